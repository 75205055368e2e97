"""What a person sees of the commands: words, exit codes, and where things land."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline import cli, run
from pipeline.exceptions import SourceError
from pipeline.remarks import read_sentences

PLAN = """\
Plan strat\u00e9gique transversal 2024-2030

Objectif strat\u00e9gique 1 : \u00catre une commune propre

Objectif op\u00e9rationnel 1.1 : R\u00e9duire les d\u00e9chets

Action 1.1.1 : Installer des points de tri
Action 1.1.2 : Organiser une ressourcerie

Objectif op\u00e9rationnel 1.2 : Entretenir les voiries

Action 1.2.1 : R\u00e9parer les trottoirs
Action 1.2.2 : Planter des haies

Objectif strat\u00e9gique 2 : \u00catre une commune solidaire

Objectif op\u00e9rationnel 2.1 : Accueillir les familles

Action 2.1.1 : Ouvrir une halte-garderie
Action 2.1.2 : {{ 7*7 }} et =1+1
"""


@pytest.fixture
def plan_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, encoding="utf-8")
    return path


def pst(*arguments: str | Path) -> int:
    """Run the command as `main` does, without leaving the process."""
    try:
        return cli.run_command([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


def titles(folder: Path) -> list[str]:
    with (folder / "elements.csv").open(encoding="utf-8", newline="") as stream:
        return [row["title"] for row in csv.DictReader(stream)]


def test_a_legacy_document_becomes_tables(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pst("migrate", plan_file, "--out", "dossier") == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"dossier : \d+ éléments, 0 indicateur, \d+ remarques?\.\n", out)
    assert err == ""
    assert {"Être une commune propre", "Planter des haies", "{{ 7*7 }} et =1+1"} <= set(titles(Path("dossier")))
    names = {p.relative_to("dossier").as_posix() for p in Path("dossier").rglob("*") if p.is_file()}
    assert {"datapackage.json", "relecture.xlsx", "layout/plan.txt.toml", "blocks.csv", "unmatched.csv"} <= names


def test_the_same_inputs_give_the_same_bytes(plan_file: Path) -> None:
    assert pst("migrate", plan_file, "--out", "one", "--quiet") == 0
    assert pst("migrate", plan_file, "--out", "two", "--quiet") == 0
    files = [p for p in sorted(Path("one").rglob("*")) if p.is_file()]
    assert len(files) > 10
    for path in files:
        assert path.read_bytes() == (Path("two") / path.relative_to("one")).read_bytes(), path


def test_our_own_folder_is_replaced_and_an_edited_one_is_not(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pst("migrate", plan_file, "--out", "dossier") == 0
    assert pst("migrate", plan_file, "--out", "dossier") == 0
    table = Path("dossier/elements.csv")
    table.write_bytes(table.read_bytes() + b"mine")
    before = table.read_bytes()
    capsys.readouterr()
    assert pst("migrate", plan_file, "--out", "dossier") == 2
    assert "elements.csv" in capsys.readouterr().err
    assert table.read_bytes() == before


def test_a_folder_of_somebody_else_is_not_replaced(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("dossier").mkdir()
    Path("dossier/lettre.txt").write_text("x")
    assert pst("migrate", plan_file, "--out", "dossier") == 2
    assert "lettre.txt" in capsys.readouterr().err
    assert pst("migrate", plan_file, "--out", plan_file) == 2
    assert plan_file.read_text(encoding="utf-8") == PLAN


def test_an_unreadable_file_writes_nothing_and_is_one_sentence(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("vide.pdf").write_bytes(b"")
    assert pst("migrate", "vide.pdf", "--out", "dossier") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "vide.pdf" in err
    assert not Path("dossier").exists()
    assert sorted(p.name for p in Path().iterdir()) == ["plan.txt", "vide.pdf"]


def test_one_unreadable_file_does_not_stop_the_others(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("vide.pdf").write_bytes(b"")
    Path("vide.xlsx").write_bytes(b"")
    assert pst("migrate", plan_file, "vide.pdf", "--indicators", "vide.xlsx", "--out", "dossier") == 3
    assert capsys.readouterr().err.count("\n") == 2
    assert "Planter des haies" in titles(Path("dossier"))
    remarks = Path("dossier/remarks.csv").read_text(encoding="utf-8")
    assert remarks.count("error,source_unread,") == 2


def test_a_text_that_is_no_plan_gives_empty_tables(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lettre.txt").write_text("Madame, Monsieur,\n\nVeuillez trouver la facture.\n", encoding="utf-8")
    assert pst("migrate", "lettre.txt", "--out", "dossier") == 4
    assert "Aucun plan" in capsys.readouterr().err
    assert titles(Path("dossier")) == []
    assert "plan_not_recognised" in Path("dossier/remarks.csv").read_text(encoding="utf-8")


def test_two_files_of_one_name_are_refused(plan_file: Path) -> None:
    Path("autre").mkdir()
    Path("autre/plan.txt").write_text(PLAN, encoding="utf-8")
    assert pst("migrate", plan_file, "autre/plan.txt", "--out", "dossier") == 2
    assert not Path("dossier").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["migrate"], "Il manque l'argument"),
        (["migrate", "x.pdf"], "Il manque l'option '--out'"),
        (["migrat"], "Commande inconnue : migrat. Vouliez-vous dire 'migrate' ?"),
        (["run", "--dte", "x"], "Option inconnue : --dte"),
        (["run", "--date", "31/02/2027"], "« 31/02/2027 » n'est pas une date"),
        (["run", "--date"], "L'option --date attend une valeur"),
        (["run"], "Aucun plan dans le dossier inputs/"),
        (["run", "absent"], "Aucun plan"),
        (["new", "../x"], "ne convient pas"),
        (["new", "x", "--kind", "ville"], "'ville'"),
        (["templates", "chek"], "Commande inconnue"),
    ],
)
def test_a_wrong_command_is_told_in_french(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pst(*arguments) == 2
    assert words in capsys.readouterr().err


def walk(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = command.commands if isinstance(command, click.Group) else {}
    return [path, *(place for name, child in inner.items() for place in walk(child, (*path, name)))]


@pytest.mark.parametrize("path", walk(cli.pst), ids=" ".join)
def test_every_help_page_is_french(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert pst(*path, "--help") == 0
    page = capsys.readouterr().out
    assert page.startswith("Utilisation : pst")
    english = r"\b(Usage|Options:|Show|the|and|version|show|exit|Commands|default|required|TEXT|PATH|ARGS)\b"
    assert not re.search(english, page.replace("--version", "").replace("la version", "")), page


def test_the_words_of_click_are_all_translated() -> None:
    """The messages of this version of click that a user of `pst` can meet have a French one."""
    words = read_sentences("click")
    root = Path(click.__file__).parent
    known = re.findall(r'_\(\s*"((?:[^"\\]|\\.)+)"', (root / "exceptions.py").read_text(encoding="utf-8"))
    spared = {"{editor}", "Could not open file", "unknown error"}
    missing = [m for m in known if m not in words and not any(part in m for part in spared)]
    assert missing == []


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert pst("--version") == 0
    assert re.fullmatch(r"pst \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_a_bug_is_one_line_and_a_traceback_only_when_asked(
    plan_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(run, "migrate", fail)
    monkeypatch.delenv(cli.VERBOSE, raising=False)
    assert pst("migrate", plan_file, "--out", "dossier") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "ZeroDivisionError" in err
    monkeypatch.setenv(cli.VERBOSE, "")
    assert pst("migrate", plan_file, "--out", "dossier", "--verbose") == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_130(plan_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "migrate", stop)
    assert pst("migrate", plan_file, "--out", "dossier") == 130


def test_an_error_gives_its_own_exit_code(plan_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise SourceError("file_encrypted", file="x.pdf")

    monkeypatch.setattr(run, "migrate", refuse)
    assert pst("migrate", plan_file, "--out", "dossier") == 3


def test_progress_is_silent_where_there_is_no_terminal(plan_file: Path) -> None:
    environment = {**os.environ, "COLUMNS": "80"}
    command = [sys.executable, "-m", "pipeline", "migrate", str(plan_file), "--out", "dossier", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_migrate_loads_only_what_it_needs(plan_file: Path) -> None:
    """Word templates, settings and data frames are for the commands that publish."""
    code = (
        "import sys; from pipeline.cli import run_command\n"
        f"try: run_command(['migrate', {str(plan_file)!r}, '--out', 'dossier', '-q'])\n"
        "except SystemExit: pass\n"
        "print(*sorted({'docx', 'docxtpl', 'jinja2', 'pandas', 'pydantic', 'openpyxl', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_check_lists_the_blocks_that_became_nothing_when_asked(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pst("new", "essai") == 0
    settings = Path("inputs/essai/plan.toml")
    settings.write_text(settings.read_text(encoding="utf-8").replace("pst.docx", "plan.txt"), encoding="utf-8")
    text = PLAN + "\n\nImprimé sur papier recyclé par la maison communale, éditeur responsable : le Collège.\n"
    Path("inputs/essai/sources/plan.txt").write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert pst("check", "essai") == 0
    assert "non classé\n" not in capsys.readouterr().out
    assert pst("check", "essai", "--blocks", "--info") == 0
    out = capsys.readouterr().out
    assert re.search(r"^\d+ blocs? non classés?$", out, re.M)


def test_completion_proposes_the_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert pst("new", "valmont") == 0
    environment = {**os.environ, "_PST_COMPLETE": "bash_complete", "COMP_WORDS": "pst run val", "COMP_CWORD": "2"}
    command = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "plain,valmont" in done.stdout
