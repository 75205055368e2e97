"""The commands: parse, call, print. The only module that prints, reads argv or exits; all words come from
data/messages.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.shell_completion
import click.termui
import click.types
from click.shell_completion import CompletionItem

from pipeline.exceptions import PipelineError, TemplateError, UsageError
from pipeline.isolation import COLLECT_AFTER_OBJECTS, VERBOSE
from pipeline.model import Became, Level, Plan, Severity
from pipeline.remarks import read_sentences, render_error, render_message, render_remark

if TYPE_CHECKING:
    from pipeline.run import Place

EXIT_BUG = 1
EXIT_USAGE = 2
EXIT_NO_PLAN = 4
EXIT_INTERRUPTED = 130
PROGRESS_AFTER_S = 1.0


def _say(code: str, **facts: str) -> str:
    return render_message(code, facts)


def _speak_french() -> None:
    """Give click its words from data/messages/click.toml: it asks gettext, which follows the machine's language."""
    words = read_sentences("click")

    def translate(message: str) -> str:
        return words.get(message, message)

    def translate_count(one: str, many: str, count: int) -> str:
        return translate(one if count in (0, 1) else many)

    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.shell_completion,
        click.termui,
        click.types,
    ):
        for name, function in (("_", translate), ("ngettext", translate_count)):
            if hasattr(module, name):
                setattr(module, name, function)


_speak_french()


def _print_error(error: PipelineError) -> None:
    click.echo(render_error(error), err=True)


class _Progress:
    """One line on a terminal once work lasts more than a second; nothing elsewhere, nothing with --quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._since_s = time.monotonic()
        self._status: Any = None

    def __call__(self, source: str, done: int, total: int) -> None:
        if not self._shown or time.monotonic() - self._since_s < PROGRESS_AFTER_S:
            return
        if self._status is None:
            from rich.console import Console
            from rich.live import Live

            # Drawn from here only: a drawing thread would not go with forked workers.
            self._status = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._status.start()
        from rich.spinner import Spinner

        code = "progress_pages" if total else "progress_source"
        line = _say(code, source=source, done=str(done), total=str(total))
        self._status.update(Spinner("dots", text=line), refresh=True)

    def close(self) -> None:
        """Take the line away."""
        if self._status is not None:
            self._status.stop()


def _parse_day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """Read a day written 2027-09-30 or 30/09/2027."""
    for form in ("%Y-%m-%d", "%d/%m/%Y") if value is not None else ():
        with contextlib.suppress(ValueError):
            return datetime.strptime(str(value), form).date()
    if value is None:
        return None
    raise click.BadParameter(_say("date_unreadable", value=value), context, parameter)


def _complete_plan(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Propose the plans under inputs/, and folders."""
    del context, parameter
    from pipeline import run

    names = [place.name for place in run.list_plans(Path.cwd()) if place.name.startswith(incomplete)]
    return [*(CompletionItem(name) for name in names), CompletionItem(incomplete, type="dir")]


_FILE = click.Path(path_type=Path)
_Command = Callable[..., None]

_quiet = click.option("--quiet", "-q", is_flag=True, help=_say("help_quiet"))
_date = click.option("--date", "cutoff", callback=_parse_day, metavar=_say("meta_date"), help=_say("help_date"))
_plans = click.argument("plans", nargs=-1, metavar=_say("meta_plans"), shell_complete=_complete_plan)


def _set_verbose(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    del context, parameter
    if value:
        os.environ[VERBOSE] = "1"


_verbose = click.option(
    "--verbose", "-v", is_flag=True, help=_say("help_verbose"), expose_value=False, callback=_set_verbose
)


@click.group(
    name="pst",
    help=_say("help_pst"),
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar=_say("meta_command"),
)
@click.version_option(package_name="pst-pipeline", message="pst %(version)s")
def pst() -> None:
    """Group all commands."""


@pst.command("migrate", help=_say("help_migrate"), short_help=_say("short_migrate"))
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar=_say("meta_files"))
@click.option("--out", required=True, type=_FILE, metavar=_say("meta_folder"), help=_say("help_out"))
@click.option("--indicators", multiple=True, type=_FILE, metavar=_say("meta_file"), help=_say("help_indicators"))
@_quiet
@_verbose
def migrate_command(files: Sequence[Path], out: Path, indicators: Sequence[Path], quiet: bool) -> None:
    """Turn legacy documents into tables, no plan folder needed."""
    from pipeline import run

    progress = _Progress(quiet=quiet)
    try:
        migration = run.migrate(files, out, indicators, on_progress=progress)
    finally:
        progress.close()
    for failure in migration.failures:
        _print_error(failure)
    plan = migration.plan
    if not quiet:
        counts = {"elements": plan.elements, "indicators": plan.indicators, "remarks": plan.remarks}
        facts = {name: str(len(rows)) for name, rows in counts.items()}
        click.echo(_say("migrate_done", folder=str(out), **facts))
    if not plan.elements:
        click.echo(_say("plan_not_recognised", file=", ".join(path.name for path in files)), err=True)
    no_plan = [] if plan.elements else [EXIT_NO_PLAN]
    sys.exit(max([0, *no_plan, *(failure.exit_code for failure in migration.failures)]))


@pst.command("new", help=_say("help_new"), short_help=_say("short_new"))
@click.argument("name", metavar=_say("meta_name"))
@click.option("--kind", type=click.Choice(["commune", "cpas", "province"]), default="commune", help=_say("help_kind"))
@_verbose
def new_command(name: str, kind: str) -> None:
    """Write the folder of a plan to start from."""
    from pipeline import run

    folder = run.new_plan(name, kind, Path())
    click.echo(_say("new_done", folder=str(folder), file=run.SETTINGS_NAME, plan=name))


def _stage_command(name: str, stage: str, products: Sequence[str] = (), *, with_date: bool) -> _Command:
    """Register the command that brings plans up to date as far as a stage, and the products on top of it."""

    def command(plans: Sequence[str], quiet: bool, cutoff: date | None = None) -> None:
        _run_plans(plans, stage, products, cutoff, quiet=quiet)

    decorated = _plans(_quiet(_verbose(command)))
    if with_date:
        decorated = _date(decorated)
    pst.command(name, help=_say(f"help_{name}"), short_help=_say(f"short_{name}"))(decorated)
    return command


_stage_command("extract", "1-extract", with_date=False)
_stage_command("normalise", "2-normalise", with_date=False)
_stage_command("merge", "3-merge", with_date=False)
_stage_command("evaluate", "4-evaluate", with_date=True)
_stage_command("report", "4-evaluate", ("report",), with_date=True)
_stage_command("annex", "4-evaluate", ("annex",), with_date=True)
_stage_command("deliberation", "4-evaluate", ("deliberation",), with_date=True)
_stage_command("run", "4-evaluate", ("report", "annex", "deliberation", "workbook", "review"), with_date=True)


def _find_places(plans: Sequence[str]) -> list[Place]:
    from pipeline import run

    root = Path()
    if plans:
        return [run.find_plan(plan, root) for plan in plans]
    places = list(run.list_plans(root))
    if not places:
        raise UsageError("no_plan")
    return places


def _run_plans(plans: Sequence[str], stage: str, products: Sequence[str], cutoff: date | None, *, quiet: bool) -> None:
    """Run the plans one after the other; a plan that fails does not stop the others. Exit with the worst code."""
    from pipeline import run

    worst = 0
    for place in _find_places(plans):
        progress = _Progress(quiet=quiet)
        try:
            done = run.run_plan(place, until=stage, products=products, cutoff=cutoff, on_progress=progress)
        finally:
            progress.close()
        for failure in done.failures:
            click.echo(_say("plan_failed", plan=place.name, error=render_error(failure)), err=True)
        worst = max(worst, done.exit_code)
        if not quiet:
            if not done.worked and not done.failures:
                click.echo(_say("nothing_to_do", plan=place.name))
            elif not products and not done.failures:
                click.echo(_say("stage_done", plan=place.name, folder=_near(place.outputs / stage)))
            for code, facts in done.said:
                click.echo(_say(code, **{k: _near(Path(v)) if k == "path" else v for k, v in facts.items()}))
    sys.exit(worst)


def _near(path: Path) -> str:
    """Return a path as seen from here when it is under the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@pst.command("check", help=_say("help_check"), short_help=_say("short_check"))
@_plans
@click.option("--strict", is_flag=True, help=_say("help_strict"))
@click.option("--blocks", is_flag=True, help=_say("help_blocks"))
@click.option("--info", is_flag=True, help=_say("help_info"))
@_quiet
@_verbose
def check_command(plans: Sequence[str], strict: bool, blocks: bool, info: bool, quiet: bool) -> None:
    """Say what was read of each source and all that there is to remark."""
    from pipeline import run

    worst = 0
    for place in _find_places(plans):
        progress = _Progress(quiet=quiet)
        try:
            done = run.run_plan(place, until="3-merge", on_progress=progress)
        finally:
            progress.close()
        for failure in done.failures:
            click.echo(_say("plan_failed", plan=place.name, error=render_error(failure)), err=True)
        worst = max(worst, done.exit_code)
        if not done.merged:
            continue
        plan = run.read_merged(place)
        _print_levels(place.name, plan)
        if not quiet:
            _print_shares(plan)
            _print_remarks(plan, info=info)
        if blocks:
            _print_unclassified(plan)
        weights = Counter(remark.severity for remark in plan.remarks)
        click.echo(_say("check_total", plan=place.name, **{severity: str(weights[severity]) for severity in Severity}))
        if strict and (weights[Severity.ERROR] or weights[Severity.WARNING]):
            worst = max(worst, EXIT_NO_PLAN)
        if not plan.elements:
            worst = max(worst, EXIT_NO_PLAN)
    sys.exit(worst)


def _print_levels(name: str, plan: Plan) -> None:
    levels = Counter(element.level for element in plan.elements)
    listed = ", ".join(_say(f"level_{level}", count=str(levels[level])) for level in Level if levels[level])
    click.echo(_say("check_plan", plan=name, levels=listed or _say("check_none")))


def _print_shares(plan: Plan) -> None:
    """Print a row a source: how many blocks, and the share of them that became each thing."""
    sources = list(dict.fromkeys(block.source for block in plan.blocks))
    rows = [["", _say("check_blocks"), *(_say(f"became_{became}") for became in Became)]]
    for source in sources:
        fates = Counter(block.became for block in plan.blocks if block.source == source)
        total = sum(fates.values())
        rows.append([source, str(total), *(_percent(fates[became], total) for became in Became)])
    if sources:
        click.echo("\n" + _say("check_shares"))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for first, *others in rows:
            cells = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
            click.echo("  ".join((f"  {first.ljust(widths[0])}", *cells)))


def _print_remarks(plan: Plan, *, info: bool) -> None:
    """Print the remarks, the gravest first, those of one source together."""
    for severity in Severity:
        remarks = [remark for remark in plan.remarks if remark.severity is severity]
        if not remarks:
            continue
        click.echo("\n" + _say(f"check_{severity}", count=str(len(remarks))))
        if severity is Severity.INFO and not info:
            click.echo(_say("check_info_hidden"))
            continue
        for source in sorted({remark.source for remark in remarks}):
            click.echo(_say("check_group", source=source or _say("check_whole_plan")))
            for remark in remarks:
                if remark.source == source:
                    locator = remark.locator
                    message = render_remark(remark)
                    bare = not locator or locator in message
                    code = "check_remark_bare" if bare else "check_remark"
                    click.echo(_say(code, place=locator, message=message))
    click.echo()


def _print_unclassified(plan: Plan) -> None:
    """Print the blocks that became nothing, source by source."""
    blocks = [block for block in plan.blocks if block.became is Became.UNCLASSIFIED]
    click.echo(_say("check_unclassified", count=str(len(blocks))))
    for source in sorted({block.source for block in blocks}):
        click.echo(_say("check_group", source=source))
        for block in blocks:
            if block.source == source:
                code = "check_block" if block.page_number else "check_block_bare"
                click.echo(_say(code, page=str(block.page_number), text=block.text))
    click.echo()


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}".replace(".", ",") if total else "0"


@pst.group(
    "templates",
    help=_say("help_templates"),
    short_help=_say("help_templates"),
    subcommand_metavar=_say("meta_command"),
)
def templates_group() -> None:
    """Group what concerns the Word templates."""


@templates_group.command("check", help=_say("help_templates_check"), short_help=_say("help_templates_check"))
@click.argument("folder", required=False, type=_FILE, metavar=_say("meta_folder"))
@_verbose
def templates_check_command(folder: Path | None) -> None:
    """Prove that every template can be filled."""
    from pipeline import run

    problems = run.check_templates(folder, Path())
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(TemplateError.exit_code)
    click.echo(_say("templates_fine"))


def _raise_interrupt(signal_number: int, frame: FrameType | None) -> NoReturn:
    del signal_number, frame
    raise KeyboardInterrupt


def main() -> None:
    """Run `pst` and exit with the codes of the contract."""
    signal.signal(signal.SIGTERM, _raise_interrupt)
    gc.set_threshold(COLLECT_AFTER_OBJECTS)  # a command makes hardly any cycles, and soon ends
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit code of the contract, everything said."""
    try:
        answer = pst.main(list(arguments), prog_name="pst", standalone_mode=False)
        return answer if isinstance(answer, int) else 0
    except PipelineError as error:
        _print_error(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return EXIT_USAGE
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo(_say("interrupted"), err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get(VERBOSE):
            import traceback

            traceback.print_exc()
        click.echo(_say("bug", kind=type(error).__name__), err=True)
        return EXIT_BUG
