"""The order of the stages: what is out of date, and the only place where stages and storage meet.

A stage folder remembers in its datapackage.json the hashes of all it was made from (inputs, settings, templates, the
package itself); a stage whose hashes are the same is not run again.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline import isolation, storage
from pipeline.exceptions import (
    DataError,
    PipelineError,
    SettingsError,
    SourceError,
    TemplateError,
    ToolMissingError,
    UsageError,
)
from pipeline.model import REVIEW_NAME, Evaluation, Extraction, Plan, Remark, Severity, Statement, leaf_blocks
from pipeline.remarks import render_error, render_message

if TYPE_CHECKING:
    from pipeline.settings import Settings

#: Called while a source is being read: bare name, pages done, pages in all (0, 0 when the reader does not say).
Progress = Callable[[str, int, int], None]

#: A plan of 300 pages has some 15,000 paragraphs; far beyond that, a file was made to keep us busy.
MAX_BLOCKS = 200_000

SETTINGS_NAME = "plan.toml"
STAGES = ("1-extract", "2-normalise", "3-merge", "4-evaluate")


# ------------------------------------------------------------------------------------------------- one source, isolated


def _extract_normalised_in_worker(path: Path, layout_text: str | None) -> tuple[Extraction, str]:
    extraction, text = _extract_in_worker(path, layout_text)
    return _normalised(extraction), text


def _extract_in_worker(path: Path, layout_text: str | None) -> tuple[Extraction, str]:
    from pipeline.extract import extract, layout_from_toml, layout_to_toml
    from pipeline.readers import read_document

    document = read_document(path)
    if sum(1 for _ in leaf_blocks(document.blocks)) > MAX_BLOCKS:
        raise SourceError("too_many_blocks", file=path.name)
    extraction = extract(document, None if layout_text is None else layout_from_toml(layout_text))
    return extraction, layout_to_toml(extraction.layout)


def _extract_measures_in_worker(path: Path, layout_text: str | None) -> tuple[Extraction, str]:
    from pipeline.extract.layouts import layout_to_toml
    from pipeline.extract.measures import extract_measures
    from pipeline.readers import read_document

    del layout_text
    extraction = extract_measures(read_document(path))
    return extraction, layout_to_toml(extraction.layout)


def _normalised(extraction: Extraction) -> Extraction:
    from pipeline.normalise import normalise

    statements, remarks = normalise(extraction.statements)
    return replace(extraction, statements=tuple(statements), remarks=(*extraction.remarks, *remarks))


@contextmanager
def _readable(path: Path) -> Iterator[Path]:
    """Give the path of a file that a reader opens: the file itself, or what LibreOffice makes of a legacy one (same
    name).
    """
    kind = isolation.check_file(path)
    if not kind.legacy:
        yield path
        return
    from pipeline.office import convert_legacy

    with tempfile.TemporaryDirectory(prefix="pst-") as folder:
        converted = Path(folder) / path.name
        converted.write_bytes(convert_legacy(path, kind.legacy))
        yield converted


_Work = Callable[[Path, str | None], tuple[Extraction, str]]


def _read_source(
    path: Path, work: _Work, layout_text: str | None, on_progress: Progress | None
) -> tuple[Extraction, str]:
    """Return what a source says and its layout as TOML."""
    import_module("pipeline.merge")  # needs much of what the worker does: the fork then has it
    with _readable(path) as readable:
        report = None if on_progress is None else lambda done, total: on_progress(path.name, done, total)
        return isolation.call_isolated(work, (readable, layout_text), file=path.name, on_progress=report)


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    measures: bool = False  # a service's spreadsheet
    role: str = ""  # in plan.toml


@dataclass(frozen=True, slots=True)
class _Corrections:
    """What the coordinator corrected in relecture.xlsx."""

    statements: tuple[Statement, ...] = ()
    remarks: tuple[Remark, ...] = ()


def _read_review_in_worker(path: Path) -> _Corrections:
    from pipeline.readers import read_document
    from pipeline.review import read_review

    return _Corrections(*read_review(read_document(path)))


def _read_corrections(path: Path) -> _Corrections:
    """Read relecture.xlsx, isolated like a source; none when there is no such file."""
    if not path.is_file():
        return _Corrections()
    isolation.check_file(path)
    return isolation.call_isolated(_read_review_in_worker, (path,), file=path.name)


def _unread(error: PipelineError) -> Remark:
    """Say that a source is not in the plan: by its bare name, for a path is that of one machine."""
    name = Path(error.facts.get("file", "")).name
    reason = render_message(error.code, {**error.facts, "file": name}, section="errors")
    return Remark(Severity.ERROR, "source_unread", (("reason", reason),), source=name)


def _build_plan(
    extractions: Sequence[Extraction],
    measures: Sequence[Extraction],
    failures: Sequence[PipelineError],
    *,
    corrections: _Corrections = _Corrections(),
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    from pipeline.checks import check_plan
    from pipeline.merge import merge

    plan = merge(extractions, measures, corrections.statements, roles=roles)
    lost = tuple(_unread(error) for error in failures)
    return replace(plan, remarks=(*lost, *corrections.remarks, *plan.remarks, *check_plan(plan)))


# -------------------------------------------------------------------------------------------------------------- migrate


@dataclass(frozen=True, slots=True)
class Migration:
    """What `migrate` did: the tables, where they are, and the sources that could not be read."""

    folder: Path
    plan: Plan
    failures: tuple[PipelineError, ...]


def migrate(
    files: Sequence[Path], out: Path, indicators: Sequence[Path] = (), *, on_progress: Progress | None = None
) -> Migration:
    """Turn legacy documents (sources of one plan, the first has precedence) into tables, flat in `out`.

    A source that cannot be read does not stop the others; remark `source_unread`. Nothing is written when none of
    `files` can be read: its SourceError is raised. Raise UsageError when `out` is not ours or was edited, or when two
    files have one name.
    """
    from pipeline.publish.review import write_review

    folder = out.resolve()
    sources = [*(_Source(path) for path in files), *(_Source(path, measures=True) for path in indicators)]
    _check_names(sources)
    _check_replaceable(folder)
    failures: list[PipelineError] = []
    read: dict[bool, list[Extraction]] = {False: [], True: []}
    tables: dict[str, bytes] = {}
    for source in sources:
        try:
            work = _extract_measures_in_worker if source.measures else _extract_normalised_in_worker
            extraction, layout_text = _read_source(source.path, work, None, on_progress)
        except PipelineError as error:
            failures.append(error)
            continue
        read[source.measures].append(extraction)
        if not source.measures:
            tables[f"layout/{extraction.source}.toml"] = layout_text.encode("utf-8")
    if not read[False]:
        raise failures[0]
    plan = _build_plan(read[False], read[True], failures)
    tables |= storage.build_plan_files(plan)
    tables[REVIEW_NAME] = write_review(plan)
    made_from = {source.path.name: storage.hash_file(source.path) for source in sources}
    storage.write_folder(folder, tables, made_from=made_from)
    return Migration(folder, plan, tuple(failures))


def _check_names(sources: Sequence[_Source]) -> None:
    seen: set[str] = set()
    for source in sources:
        if source.path.name.casefold() in seen:
            raise UsageError("same_name_twice", file=source.path.name)
        seen.add(source.path.name.casefold())


def _check_replaceable(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError("out_is_file", folder=str(folder))
    if folder.is_dir():
        edited = storage.find_edit(folder)
        if edited:
            raise UsageError("out_edited", folder=str(folder), file=edited)


# --------------------------------------------------------------------------------------------------------- plan folders


@dataclass(frozen=True, slots=True)
class Place:
    """Where one plan lives: its inputs (only read), its outputs, and the templates."""

    name: str
    inputs: Path
    outputs: Path
    templates: Path


def find_plan(plan: str, root: Path) -> Place:
    """Find a plan by its name under `root`/inputs, or by the path of its folder or of its plan.toml.

    Raise UsageError plan_unknown.
    """
    given = Path(plan)
    for folder in (root / "inputs" / plan, given.parent if given.name == SETTINGS_NAME else given):
        if (folder / SETTINGS_NAME).is_file():
            folder = folder.resolve()
            home = folder.parent.parent if folder.parent.name == "inputs" else root.resolve()
            return Place(folder.name, folder, home / "outputs" / folder.name, find_templates(home))
    known = [place.name for place in list_plans(root)]
    raise UsageError("plan_unknown" if known else "no_plan", plan=plan, known=", ".join(known))


def list_plans(root: Path) -> tuple[Place, ...]:
    """Return all plans under `root`/inputs, by name."""
    inputs = root.resolve() / "inputs"
    folders = sorted(path.parent for path in inputs.glob(f"*/{SETTINGS_NAME}"))
    return tuple(
        Place(folder.name, folder, root.resolve() / "outputs" / folder.name, find_templates(root)) for folder in folders
    )


def find_templates(root: Path) -> Path:
    """Return `root`/templates, or the folder that stands beside the package where the project was installed from."""
    own = root.resolve() / "templates"
    return own if own.is_dir() else Path(__file__).resolve().parent.parent / "templates"


_PLAN_NAME = re.compile(r"[^\W_][\w.-]{0,60}")


def new_plan(name: str, kind: str, root: Path) -> Path:
    """Write inputs/<name>/ with a commented plan.toml and empty folders; return it.

    Raise UsageError: plan_name_invalid, plan_exists, folder_unwritable.
    """
    if _PLAN_NAME.fullmatch(name) is None or name.endswith("."):
        raise UsageError("plan_name_invalid", plan=name)
    folder = root / "inputs" / name
    if folder.exists():
        raise UsageError("plan_exists", folder=str(folder))
    template = resources.files("pipeline").joinpath("data", "plan.toml").read_text(encoding="utf-8")
    try:
        for inner in ("sources", "indicators", "layouts"):
            (folder / inner).mkdir(parents=True)
        text = template.replace("@name@", name).replace("@kind@", kind)
        (folder / SETTINGS_NAME).write_text(text, encoding="utf-8", newline="\n")
    except OSError:
        raise UsageError("folder_unwritable", folder=str(folder)) from None
    return folder


# ------------------------------------------------------------------------------------------------------------- products


@dataclass(frozen=True, slots=True)
class _Product:
    name: str
    build: Callable[[Plan, Plan, Evaluation, Settings, bytes], bytes]  # the plan, and as it was first read
    template: str = ""  # in templates/; the product is a Word document when there is one


def _render_report(plan: Plan, first: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    from pipeline.publish.report import render_report

    del first
    return render_report(plan, evaluation, settings, template)


def _render_annex(plan: Plan, first: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    from pipeline.publish.annex import render_annex

    del first
    return render_annex(plan, evaluation, settings, template)


def _render_deliberation(plan: Plan, first: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    from pipeline.publish.deliberation import render_deliberation

    del first
    return render_deliberation(plan, evaluation, settings, template)


def _write_workbook(plan: Plan, first: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    from pipeline.publish.workbook import write_workbook

    del first, settings, template
    return write_workbook(plan, evaluation)


def _write_review(plan: Plan, first: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    from pipeline.publish.review import write_review

    del evaluation, settings, template
    return write_review(plan, first)


PRODUCTS: dict[str, _Product] = {
    "report": _Product("rapport-evaluation.docx", _render_report, "rapport-evaluation.docx"),
    "annex": _Product("annexe.docx", _render_annex, "annexe.docx"),
    "deliberation": _Product("deliberation.docx", _render_deliberation, "deliberation.docx"),
    "workbook": _Product("tableaux.xlsx", _write_workbook),
    "review": _Product(REVIEW_NAME, _write_review),
}


# -------------------------------------------------------------------------------------------------------------- the run


@dataclass(slots=True)
class PlanRun:
    """What was done for one plan, filled as it goes: `said` are (code, facts) of [messages], in order."""

    place: Place
    worked: bool = False
    merged: bool = False  # 3-merge/ holds the plan as its sources are now
    said: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    failures: list[PipelineError] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The worst of the failures; 0 without any."""
        return max((failure.exit_code for failure in self.failures), default=0)


@cache
def hash_package() -> str:
    """Return one hash for the code and the data of the pipeline: a changed rule makes all stages out of date."""
    root = Path(__file__).resolve().parent
    parts = {
        path.relative_to(root).as_posix(): storage.hash_bytes(path.read_bytes())
        for path in root.rglob("*")
        if path.suffix in (".py", ".toml")
    }
    return storage.hash_parts(parts)


def run_plan(
    place: Place,
    *,
    until: str,
    products: Sequence[str] = (),
    cutoff: date | None = None,
    on_progress: Progress | None = None,
) -> PlanRun:
    """Bring the stages of one plan up to date as far as `until` (one of STAGES), then the `products` (keys of
    PRODUCTS).

    What fails is in `failures` and stops only what needs it: SettingsError, SourceError (that source is left out,
    remark `source_unread`), DataError plan_not_recognised, TemplateError, UsageError cutoff_missing and those of
    storage.
    """
    done = PlanRun(place)
    try:
        _run_stages(done, until, products, cutoff, on_progress)
    except PipelineError as error:
        done.failures.append(error)
    return done


def read_merged(place: Place) -> Plan:
    """Return the plan of 3-merge/. Raise DataError table_missing or table_broken."""
    return storage.read_plan(place.outputs / STAGES[2])


def _run_stages(
    done: PlanRun, until: str, products: Sequence[str], cutoff: date | None, on_progress: Progress | None
) -> None:
    from pipeline.settings import read_settings

    place = done.place
    settings = read_settings(place.inputs / SETTINGS_NAME)
    last = STAGES.index(until)
    if last >= STAGES.index("4-evaluate"):
        settings = _with_cutoff(settings, cutoff, place)
    sources = [
        *(_Source(place.inputs / entry.file, role=entry.role) for entry in settings.source),
        *(_Source(place.inputs / entry.file, measures=True) for entry in settings.indicators),
    ]
    _bring_extract(done, sources, on_progress)
    if last >= 1:
        _bring_normalise(done, sources)
    if last >= 2:
        _bring_merge(done, sources)
    if last < 3 or not done.merged:
        return
    plan = read_merged(place)
    if not plan.elements:
        raise DataError("plan_not_recognised", file=", ".join(source.path.name for source in sources))
    evaluation = _bring_evaluate(done, plan, settings)
    _bring_products(done, products, plan, sources, evaluation, settings)


def _with_cutoff(settings: Settings, cutoff: date | None, place: Place) -> Settings:
    if cutoff is None:
        cutoff = settings.evaluation.cutoff
    if cutoff is None:
        raise UsageError("cutoff_missing", file=f"{place.name}/{SETTINGS_NAME}")
    return settings.model_copy(update={"evaluation": settings.evaluation.model_copy(update={"cutoff": cutoff})})


def _replace_stage(done: PlanRun, stage: str, files: Mapping[str, bytes], made_from: Mapping[str, str]) -> None:
    folder = done.place.outputs / stage
    if folder.is_dir() and storage.find_edit(folder):
        aside = storage.keep_aside(folder)
        done.said.append(("kept_aside", {"file": stage, "aside": aside}))
    storage.write_folder(folder, files, made_from=made_from)
    done.worked = True


def _is_current(folder: Path, made_from: Mapping[str, str]) -> bool:
    package = storage.read_package(folder)
    return package is not None and package.made_from == dict(made_from) and not storage.find_edit(folder)


def _read_files(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names}


def _folder_of(source: _Source) -> str:
    return f"documents/{source.path.name}/"


def _layout_of(source: _Source) -> str:
    return f"layout/{source.path.name}.toml"


def _files_of(source: _Source, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the tables of one source, named as `build_extraction_files` does; empty when it could not be read."""
    folder = _folder_of(source)
    return {path.removeprefix(folder): data for path, data in files.items() if path.startswith(folder)}


def _bring_extract(done: PlanRun, sources: Sequence[_Source], on_progress: Progress | None) -> None:
    """Read the sources that changed; those that did not keep what was read of them."""
    place, folder = done.place, done.place.outputs / STAGES[0]
    package = None if storage.find_edit(folder) else storage.read_package(folder)
    files: dict[str, bytes] = {}
    made_from: dict[str, str] = {}
    for source in sources:
        name = source.path.name
        own_layout = place.inputs / "layouts" / f"{name}.toml"
        key = storage.hash_parts(
            {
                "source": storage.hash_file(source.path),
                "layout": storage.hash_file(own_layout),
                "package": hash_package(),
            }
        )
        if package is not None and package.made_from.get(name) == key:
            kept = [p for p in package.hashes if p.startswith(_folder_of(source)) or p == _layout_of(source)]
            files |= _read_files(folder, kept)
            made_from[name] = key
            continue
        try:
            if not source.path.exists():
                raise SourceError("file_missing", file=source.path.relative_to(place.inputs.parent).as_posix())
            work = _extract_measures_in_worker if source.measures else _extract_in_worker
            extraction, layout_text = _read_source(source.path, work, _read_layout(own_layout), on_progress)
        except (SourceError, ToolMissingError, SettingsError) as error:
            done.failures.append(error)
            continue
        made_from[name] = key
        if not source.measures:
            files[_layout_of(source)] = layout_text.encode("utf-8")
        for path, data in storage.build_extraction_files(extraction).items():
            files[_folder_of(source) + path] = data
    if package is None or package.made_from != made_from:
        _replace_stage(done, STAGES[0], files, made_from)


def _read_layout(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SettingsError("layout_unreadable", file=path.name) from None


def _read_stage(place: Place, stage: str) -> storage.Package:
    package = storage.read_package(place.outputs / stage)
    if package is None:
        raise DataError("table_missing", table=storage.PACKAGE_NAME, folder=stage)
    return package


def _bring_normalise(done: PlanRun, sources: Sequence[_Source]) -> None:
    before, folder = done.place.outputs / STAGES[0], done.place.outputs / STAGES[1]
    package = _read_stage(done.place, STAGES[0])
    if _is_current(folder, package.made_from):
        return
    printed = _read_files(before, package.hashes)
    files: dict[str, bytes] = {}
    for source in sources:
        own = _files_of(source, printed)
        if own and not source.measures:
            arguments = (storage.read_extraction(own),)
            extraction = isolation.call_isolated(_normalised, arguments, file=source.path.name)
            own = storage.build_extraction_files(extraction)
        files |= {_folder_of(source) + path: data for path, data in own.items()}
    _replace_stage(done, STAGES[1], files, package.made_from)


def _bring_merge(done: PlanRun, sources: Sequence[_Source]) -> None:
    """Merge what was normalised, and the corrections; a relecture.xlsx that cannot be read is one more failure."""
    place, folder = done.place, done.place.outputs / STAGES[2]
    package = _read_stage(place, STAGES[1])
    made_from = {
        f"{index:04} {source.role} {source.path.name}": package.made_from.get(source.path.name, "")
        for index, source in enumerate(sources)
    }
    review = place.inputs / REVIEW_NAME
    if review.is_file():
        made_from[REVIEW_NAME] = storage.hash_file(review)
    if _is_current(folder, made_from):
        done.merged = True
        return
    extractions, measures = _read_normalised(place, sources)
    if not extractions:
        return  # the failures say why
    corrections = _Corrections()
    try:
        corrections = _read_corrections(review)
    except SourceError as error:
        done.failures.append(error)
        made_from[REVIEW_NAME] = ""  # read again next time
    plan = _build_plan(extractions, measures, done.failures, corrections=corrections, roles=_list_roles(sources))
    _replace_stage(done, STAGES[2], storage.build_plan_files(plan), made_from)
    if corrections.statements:
        count = str(len({statement.locator for statement in corrections.statements}))
        done.said.append(("review_applied", {"file": f"{place.name}/{REVIEW_NAME}", "count": count}))
    done.merged = True


def _list_roles(sources: Sequence[_Source]) -> Mapping[str, str]:
    return {source.path.name: source.role for source in sources if not source.measures}


def _read_normalised(place: Place, sources: Sequence[_Source]) -> tuple[list[Extraction], list[Extraction]]:
    """Return what the documents and the services' spreadsheets say; those that could not be read are left out."""
    before = place.outputs / STAGES[1]
    files = _read_files(before, _read_stage(place, STAGES[1]).hashes)
    read: dict[bool, list[Extraction]] = {False: [], True: []}
    for source in sources:
        own = _files_of(source, files)
        if own:
            read[source.measures].append(storage.read_extraction(own))
    return read[False], read[True]


def _read_first(place: Place, sources: Sequence[_Source], plan: Plan) -> Plan:
    """Return the plan as it was read, without the corrections that are in it."""
    if all(statement.source != REVIEW_NAME for statement in plan.statements):
        return plan
    extractions, measures = _read_normalised(place, sources)
    return _build_plan(extractions, measures, (), roles=_list_roles(sources))


def _bring_evaluate(done: PlanRun, plan: Plan, settings: Settings) -> Evaluation:
    from pipeline.evaluate import evaluate

    place, cutoff = done.place, settings.evaluation.cutoff
    assert cutoff is not None
    made_from = {"cutoff": cutoff.isoformat(), "package": hash_package(), "plan": _hash_stage(place, STAGES[2])}
    evaluation = evaluate(plan, cutoff)
    if not _is_current(place.outputs / STAGES[3], made_from):
        _replace_stage(done, STAGES[3], {"evaluation.json": storage.build_evaluation_file(evaluation)}, made_from)
    return evaluation


def _hash_stage(place: Place, stage: str) -> str:
    return storage.hash_file(place.outputs / stage / storage.PACKAGE_NAME)


def _bring_products(
    done: PlanRun,
    names: Sequence[str],
    plan: Plan,
    sources: Sequence[_Source],
    evaluation: Evaluation,
    settings: Settings,
) -> None:
    """Write the products that are out of date, then the PDF of each Word document, then say where each is."""
    place = done.place
    facts = {"rows": str(len(plan.elements)), "remarks": str(len(plan.remarks) + len(evaluation.remarks))}
    keys: dict[str, str] = {}
    for name in names:
        product = PRODUCTS[name]
        try:
            template = _read_template(place, product.template) if product.template else b""
            keys[name] = storage.hash_parts(
                {
                    "evaluation": _hash_stage(place, STAGES[3]),
                    "settings": storage.hash_bytes(settings.model_dump_json().encode("utf-8")),
                    "template": storage.hash_bytes(template),
                    "package": hash_package(),
                }
            )
            if not _is_product_current(place, product.name, keys[name]):
                first = _read_first(place, sources, plan)
                data = _build_product(product, plan, first, evaluation, settings, template)
                _put(done, product.name, data, keys[name], facts)
        except PipelineError as error:
            keys.pop(name, None)
            done.failures.append(error)
    _bring_pdfs(done, {PRODUCTS[name].name: key for name, key in keys.items() if PRODUCTS[name].template}, facts)
    records = storage.read_records(place.outputs)
    for name in keys:
        pdf_name = f"{Path(PRODUCTS[name].name).stem}.pdf"
        for file_name in (PRODUCTS[name].name, pdf_name) if PRODUCTS[name].template else (PRODUCTS[name].name,):
            if file_name in records and (place.outputs / file_name).exists():
                pages = records[pdf_name].facts.get("pages", "") if pdf_name in records else ""
                code = "product_rows" if not PRODUCTS[name].template else "product_pages" if pages else "product_plain"
                said = {"path": str(place.outputs / file_name), "pages": pages, **records[file_name].facts}
                done.said.append((code, said))


def _read_template(place: Place, name: str) -> bytes:
    path = place.templates / name
    try:
        return path.read_bytes()
    except OSError:
        raise TemplateError("template_missing", template=name) from None


def _is_product_current(place: Place, name: str, key: str) -> bool:
    """Tell whether a product was made from the same things and still stands there, edited since or not."""
    record = storage.read_records(place.outputs).get(name)
    return record is not None and record.made_from == key and (place.outputs / name).is_file()


def _build_product(
    product: _Product, plan: Plan, first: Plan, evaluation: Evaluation, settings: Settings, template: bytes
) -> bytes:
    """Build a product; in a worker where there is a template, which is a program that may loop or eat all memory."""
    if not product.template:
        return product.build(plan, first, evaluation, settings, template)
    try:
        return isolation.call_isolated(product.build, (plan, first, evaluation, settings, template), file=product.name)
    except SourceError as error:
        raise TemplateError("product_failed", file=product.name, template=product.template) from error


def _put(done: PlanRun, name: str, data: bytes, key: str, facts: Mapping[str, str]) -> None:
    aside = storage.write_product(done.place.outputs, name, data, made_from=key, facts=facts)
    done.worked = True
    if aside:
        done.said.append(("kept_aside", {"file": name, "aside": aside}))


def _bring_pdfs(done: PlanRun, keys: Mapping[str, str], facts: Mapping[str, str]) -> None:
    """Make the PDF of each Word document (name -> key) in one LibreOffice run; say why where there is none.

    The pages of the PDF are also those that the table of contents of the Word document shows until Word counts its own.
    """
    from pipeline.office import convert_to_pdf
    from pipeline.publish.docx import prepare_for_pdf

    outputs = done.place.outputs
    stale = [name for name, key in keys.items() if not _is_product_current(done.place, f"{Path(name).stem}.pdf", key)]
    records = storage.read_records(outputs)
    with tempfile.TemporaryDirectory(prefix="pst-") as folder:
        documents: dict[str, bytes] = {}
        copies: dict[str, Path] = {}
        for name in stale:
            document = (outputs / name).read_bytes()
            if storage.hash_bytes(document) != records[name].hash:
                _say_no_pdf(done, render_message("pdf_of_edited", {"file": name}))
                continue
            documents[name] = document
            copies[name] = Path(folder) / name
            copies[name].write_bytes(prepare_for_pdf(document))
        if not copies:
            return
        try:
            converted = convert_to_pdf(list(copies.values()), Path(folder))
        except ToolMissingError as error:
            _say_no_pdf(done, render_error(error))
            return
        for name, path in zip(copies, converted, strict=True):
            if path is None:
                _say_no_pdf(done, render_message("pdf_failed", {"file": name}))
                continue
            try:
                _put_pdf(done, name, documents[name], path.read_bytes(), keys[name], facts)
            except UsageError as error:
                done.failures.append(error)


def _put_pdf(done: PlanRun, name: str, document: bytes, pdf: bytes, key: str, facts: Mapping[str, str]) -> None:
    """Put a PDF in place, and its page numbers in the contents of the Word document."""
    from pipeline.office import read_outline
    from pipeline.publish.docx import number_contents

    outline = read_outline(pdf)
    numbered = number_contents(document, outline.headings)
    if numbered != document:
        _put(done, name, numbered, key, facts)
    _put(done, f"{Path(name).stem}.pdf", pdf, key, {**facts, "pages": str(outline.page_count)})


def _say_no_pdf(done: PlanRun, reason: str) -> None:
    done.said.append(("pdf_not_made", {"reason": reason}))


def check_templates(folder: Path | None, root: Path) -> tuple[str, ...]:
    """Return what is wrong with the templates of a folder (those of the project when None), a sentence each."""
    from pipeline.publish.templates import check_templates as check

    return tuple(check(folder or find_templates(root)))
