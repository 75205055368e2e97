"""A plan's folder becomes tables and products; only what changed is done again; nothing of a person's is lost."""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from pipeline import isolation, office, run, storage
from pipeline.exceptions import DataError, SettingsError, ToolMissingError, UsageError
from pipeline.model import Extraction
from tests.test_cli import PLAN, pst

SETTINGS = """\
[entity]
name = "Beaurivage"
kind = "commune"
[legislature]
start = 2024
end = 2030
[[source]]
file = "sources/plan.txt"
"""
CUTOFF = date(2027, 9, 30)
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    sources = tmp_path / "inputs" / "beaurivage" / "sources"
    sources.mkdir(parents=True)
    (sources / "plan.txt").write_text(PLAN, encoding="utf-8")
    (sources.parent / "plan.toml").write_text(SETTINGS, encoding="utf-8")
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return tmp_path


@pytest.fixture
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise ToolMissingError("libreoffice_missing")

    monkeypatch.setattr(office, "find_soffice", refuse)


def bring(root: Path, until: str = "3-merge", products: tuple[str, ...] = ()) -> run.PlanRun:
    place = run.find_plan("beaurivage", root)
    return run.run_plan(place, until=until, products=products, cutoff=CUTOFF)


def said(done: run.PlanRun) -> list[str]:
    return [code for code, _ in done.said]


def rows(root: Path, table: str) -> list[dict[str, str]]:
    text = (root / "outputs" / "beaurivage" / "3-merge" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_stages_leave_their_folders(root: Path) -> None:
    done = bring(root, "4-evaluate")
    assert (done.failures, done.worked, done.exit_code) == ([], True, 0)
    outputs = root / "outputs" / "beaurivage"
    assert sorted(p.name for p in outputs.iterdir()) == list(run.STAGES)
    assert (outputs / "1-extract" / "layout" / "plan.txt.toml").is_file()
    assert (outputs / "4-evaluate" / "evaluation.json").is_file()
    assert "Planter des haies" in [row["title"] for row in rows(root, "elements")]
    assert all(storage.find_edit(outputs / stage) == "" for stage in run.STAGES)


def test_a_second_run_does_nothing(root: Path) -> None:
    bring(root, "4-evaluate")
    before = {p: p.stat().st_mtime_ns for p in (root / "outputs").rglob("*")}
    done = bring(root, "4-evaluate")
    assert (done.worked, done.failures) == (False, [])
    assert {p: p.stat().st_mtime_ns for p in (root / "outputs").rglob("*")} == before


def test_only_the_source_that_changed_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root / "inputs" / "beaurivage"
    (folder / "sources" / "brochure.txt").write_text(PLAN, encoding="utf-8")
    settings = SETTINGS + '[[source]]\nfile = "sources/brochure.txt"\nrole = "brochure"\n'
    (folder / "plan.toml").write_text(settings, encoding="utf-8")
    read: list[str] = []
    call = isolation.call_isolated

    def spy(function: object, arguments: tuple[object, ...], *, file: str, **options: object) -> object:
        if getattr(function, "__name__", "") == "_extract_in_worker":
            read.append(file)
        return call(function, arguments, file=file, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(isolation, "call_isolated", spy)
    bring(root)
    (folder / "sources" / "brochure.txt").write_text(PLAN + "Action 2.1.3 : Lire des contes\n", encoding="utf-8")
    bring(root)
    assert read == ["plan.txt", "brochure.txt", "brochure.txt"]
    assert "Lire des contes" in [row["title"] for row in rows(root, "elements")]


def test_the_order_of_the_sources_is_an_input_too(root: Path) -> None:
    folder = root / "inputs" / "beaurivage"
    other = PLAN.replace("Planter des haies", "Planter des arbres")
    (folder / "sources" / "suivi.txt").write_text(other, encoding="utf-8")
    first, second = '[[source]]\nfile = "sources/plan.txt"\n', '[[source]]\nfile = "sources/suivi.txt"\n'
    head = SETTINGS.replace(first, "")
    (folder / "plan.toml").write_text(head + first + second, encoding="utf-8")
    bring(root)
    before = {row["code"]: row["title"] for row in rows(root, "elements")}
    (folder / "plan.toml").write_text(head + second + first, encoding="utf-8")
    assert bring(root).worked
    after = {row["code"]: row["title"] for row in rows(root, "elements")}
    changed = {code for code in before if before[code] != after.get(code)}
    assert [before[code] for code in changed] == ["Planter des haies"]
    assert [after[code] for code in changed] == ["Planter des arbres"]


def test_staged_and_direct_ways_give_the_same_tables(root: Path) -> None:
    bring(root)
    assert pst("migrate", root / "inputs" / "beaurivage" / "sources" / "plan.txt", "--out", "direct", "--quiet") == 0
    for name in storage.TABLES:
        staged = root / "outputs" / "beaurivage" / "3-merge" / f"{name}.csv"
        assert staged.read_bytes() == (root / "direct" / f"{name}.csv").read_bytes(), name


def test_a_layout_edited_by_a_person_replaces_the_inference(root: Path) -> None:
    bring(root)
    layout = root / "outputs" / "beaurivage" / "1-extract" / "layout" / "plan.txt.toml"
    target = root / "inputs" / "beaurivage" / "layouts" / "plan.txt.toml"
    target.parent.mkdir()
    text = layout.read_text(encoding="utf-8")
    before = (root / "outputs" / "beaurivage" / "3-merge" / "elements.csv").read_bytes()
    target.write_text(text, encoding="utf-8")
    assert bring(root).worked
    assert (root / "outputs" / "beaurivage" / "3-merge" / "elements.csv").read_bytes() == before
    target.write_text(text.replace('becomes = "action"', 'becomes = "sous_action"'), encoding="utf-8")
    bring(root)
    assert (root / "outputs" / "beaurivage" / "3-merge" / "elements.csv").read_bytes() != before


def test_a_stage_folder_edited_by_hand_is_kept_aside(root: Path) -> None:
    bring(root)
    table = root / "outputs" / "beaurivage" / "3-merge" / "elements.csv"
    table.write_text("mine", encoding="utf-8")
    done = bring(root)
    assert said(done) == ["kept_aside"]
    aside = root / "outputs" / "beaurivage" / "3-merge (modifié 1)" / "elements.csv"
    assert aside.read_text(encoding="utf-8") == "mine"
    assert len(rows(root, "elements")) > 5


def test_a_source_that_fails_does_not_stop_the_others(root: Path) -> None:
    folder = root / "inputs" / "beaurivage"
    (folder / "sources" / "vide.pdf").write_bytes(b"")
    (folder / "plan.toml").write_text(SETTINGS + '[[source]]\nfile = "sources/vide.pdf"\n', encoding="utf-8")
    done = bring(root)
    assert [failure.code for failure in done.failures] == ["file_empty"]
    assert done.exit_code == 3
    assert ("error", "source_unread", "vide.pdf") in [
        (row["severity"], row["code"], row["source"]) for row in rows(root, "remarks")
    ]
    assert "Planter des haies" in [row["title"] for row in rows(root, "elements")]


def test_without_any_readable_source_nothing_is_built(root: Path) -> None:
    bring(root)
    (root / "inputs" / "beaurivage" / "sources" / "plan.txt").unlink()
    done = bring(root, "4-evaluate", ("report",))
    assert [failure.code for failure in done.failures] == ["file_missing"]
    assert not (root / "outputs" / "beaurivage" / "rapport-evaluation.docx").exists()


def test_a_plan_that_fails_does_not_stop_the_others(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = root / "inputs" / "abime"
    bad.mkdir()
    (bad / "plan.toml").write_text("[entity", encoding="utf-8")
    assert pst("merge") == 2
    out, err = capsys.readouterr()
    assert err.startswith("abime : abime/plan.toml, ligne 1")
    assert "beaurivage" in out
    assert len(rows(root, "elements")) > 5


def test_the_cut_off_date_is_asked_for(root: Path) -> None:
    done = run.run_plan(run.find_plan("beaurivage", root), until="4-evaluate")
    assert [type(failure) for failure in done.failures] == [UsageError]
    assert done.failures[0].code == "cutoff_missing"


def test_a_text_that_is_no_plan_has_no_products(root: Path) -> None:
    (root / "inputs" / "beaurivage" / "sources" / "plan.txt").write_text("Bonjour.\n", encoding="utf-8")
    done = bring(root, "4-evaluate", ("report",))
    assert [type(failure) for failure in done.failures] == [DataError]
    assert rows(root, "elements") == []


def test_a_plan_is_found_by_name_and_by_path(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = run.find_plan("beaurivage", root)
    assert run.find_plan("inputs/beaurivage", root) == by_name
    assert run.find_plan("inputs/beaurivage/plan.toml", root) == by_name
    monkeypatch.chdir(root / "inputs")
    assert run.find_plan("beaurivage", Path()) == by_name
    with pytest.raises(UsageError):
        run.find_plan("ailleurs", root)


@pytest.mark.parametrize("kind", ["commune", "cpas", "province"])
def test_a_new_plan_can_be_run_once_its_document_is_there(tmp_path: Path, kind: str) -> None:
    folder = run.new_plan("hautfays", kind, tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == ["indicators", "layouts", "plan.toml", "sources"]
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    assert "# " in text
    assert f'kind = "{kind}"' in text
    place = run.find_plan("hautfays", tmp_path)
    done = run.run_plan(place, until="1-extract")
    assert [failure.code for failure in done.failures] == ["file_missing"]
    (folder / "sources" / "pst.docx").write_text(PLAN, encoding="utf-8")
    with pytest.raises(UsageError):
        run.new_plan("hautfays", kind, tmp_path)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", ".a", "x" * 80, "a.", "C:"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        run.new_plan(name, "commune", tmp_path)


@pytest.mark.usefixtures("without_libreoffice")
def test_products_are_made_and_the_missing_pdf_is_said(root: Path) -> None:
    done = bring(root, "4-evaluate", ("report", "workbook", "review"))
    assert done.failures == []
    assert said(done) == ["pdf_not_made", "product_plain", "product_rows", "product_rows"]
    outputs = root / "outputs" / "beaurivage"
    assert (outputs / "rapport-evaluation.docx").read_bytes().startswith(b"PK")
    again = bring(root, "4-evaluate", ("report", "workbook", "review"))
    assert not again.worked
    assert said(again) == said(done)


def correct(root: Path, title: str, heading: str, value: object) -> None:
    """Change a cell of the review workbook of the plan, and lay it where the coordinator does."""
    place = root / "inputs" / "beaurivage" / "relecture.xlsx"
    if not place.exists():
        shutil.copyfile(root / "outputs" / "beaurivage" / "relecture.xlsx", place)
    book = openpyxl.load_workbook(place)
    sheet = book["Relecture"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, columns["Intitulé"]).value == title:
            sheet.cell(row, columns[heading]).value = value  # type: ignore[assignment]
    book.save(place)


@pytest.mark.usefixtures("without_libreoffice")
def test_corrections_reach_the_report_and_can_be_taken_back(root: Path) -> None:
    bring(root, "4-evaluate", ("report", "review"))
    before = {row["title"]: row for row in rows(root, "elements")}
    correct(root, "Planter des haies", "Statut", "Terminé")
    correct(root, "Planter des haies", "Échéance", "06/2028")
    correct(root, "Planter des haies", "Acteurs", "Service : Service Espaces verts")
    correct(root, "Planter des haies", "Intitulé", "Planter mille haies")
    done = bring(root, "4-evaluate", ("report", "review"))
    assert done.failures == []
    assert ("review_applied", {"file": "beaurivage/relecture.xlsx", "count": "4"}) in done.said
    after = {row["title"]: row for row in rows(root, "elements")}
    changed = after["Planter mille haies"]
    assert (changed["status"], changed["end"]) == ("TERMINE", "2028-06")
    assert changed["id"] == before["Planter des haies"]["id"]
    report = docx.Document(str(root / "outputs" / "beaurivage" / "rapport-evaluation.docx"))
    shown = {cell.text for table in report.tables for row in table.rows for cell in row.cells}
    assert {"Planter mille haies", "Service Espaces verts", "06/2028"} <= shown
    assert not bring(root, "4-evaluate", ("report", "review")).worked
    # The new workbook, copied over the old one, still holds what was read first.
    shutil.copyfile(root / "outputs/beaurivage/relecture.xlsx", root / "inputs/beaurivage/relecture.xlsx")
    assert ("review_applied", {"file": "beaurivage/relecture.xlsx", "count": "4"}) in bring(root).said
    assert {row["title"]: row for row in rows(root, "elements")} == after
    (root / "inputs" / "beaurivage" / "relecture.xlsx").unlink()
    bring(root)
    assert {row["title"]: row for row in rows(root, "elements")} == before


def test_a_moved_action_comes_back_under_its_new_parent(root: Path) -> None:
    bring(root, "4-evaluate", ("review",))
    correct(root, "Planter des haies", "Parent", "Accueillir les familles")
    correct(root, "Planter des haies", "Niveau", "Sous-action")
    bring(root)
    found = {row["title"]: row for row in rows(root, "elements")}
    moved = found["Planter des haies"]
    assert (moved["parent_id"], moved["level"]) == (found["Accueillir les familles"]["id"], "sous_action")


def test_a_workbook_that_is_not_ours_is_a_failure_and_the_plan_is_built_without_it(root: Path) -> None:
    (root / "inputs" / "beaurivage" / "relecture.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    done = bring(root)
    assert len(done.failures) == 1
    assert done.exit_code == 3
    assert done.merged
    assert "source_unread" in [row["code"] for row in rows(root, "remarks")]
    assert bring(root).exit_code == 3


def test_the_role_of_a_source_counts(root: Path) -> None:
    folder = root / "inputs" / "beaurivage"
    follow_up = PLAN.replace("haies\n", "haies\nStatut : terminé\n")
    (folder / "sources" / "suivi.txt").write_text(follow_up, encoding="utf-8")
    (folder / "sources" / "plan.txt").write_text(
        PLAN.replace("haies\n", "haies\nStatut : en cours\n"), encoding="utf-8"
    )
    second = '[[source]]\nfile = "sources/suivi.txt"\n'
    for role, status in (("brochure", "EN_COURS"), ("follow-up", "TERMINE")):
        (folder / "plan.toml").write_text(f'{SETTINGS}{second}role = "{role}"\n', encoding="utf-8")
        bring(root)
        assert {r["title"]: r["status"] for r in rows(root, "elements")}["Planter des haies"] == status


@pytest.mark.usefixtures("without_libreoffice")
def test_a_report_edited_by_hand_is_kept_aside_when_the_plan_changes(root: Path) -> None:
    bring(root, "4-evaluate", ("report",))
    report = root / "outputs" / "beaurivage" / "rapport-evaluation.docx"
    report.write_bytes(b"retouche")
    done = bring(root, "4-evaluate", ("report",))
    assert (done.worked, said(done)) == (False, ["pdf_not_made", "product_plain"])
    assert report.read_bytes() == b"retouche"
    source = root / "inputs" / "beaurivage" / "sources" / "plan.txt"
    source.write_text(PLAN.replace("haies", "arbres"), encoding="utf-8")
    done = bring(root, "4-evaluate", ("report",))
    assert "kept_aside" in said(done)
    assert report.with_name("rapport-evaluation (modifié 1).docx").read_bytes() == b"retouche"
    assert report.read_bytes().startswith(b"PK")


@pytest.mark.usefixtures("without_libreoffice")
def test_a_product_that_is_open_does_not_stop_the_others(root: Path) -> None:
    outputs = root / "outputs" / "beaurivage"
    outputs.mkdir(parents=True)
    (outputs / "~$pport-evaluation.docx").write_bytes(b"")
    done = bring(root, "4-evaluate", ("report", "workbook"))
    assert [failure.code for failure in done.failures] == ["file_busy"]
    assert done.exit_code == 2
    assert not (outputs / "rapport-evaluation.docx").exists()
    assert (outputs / "tableaux.xlsx").exists()


@pytest.mark.usefixtures("without_libreoffice")
def test_a_missing_template_is_exit_code_5(root: Path) -> None:
    (root / "templates" / "annexe.docx").unlink()
    done = bring(root, "4-evaluate", ("annex", "workbook"))
    assert [failure.code for failure in done.failures] == ["template_missing"]
    assert done.exit_code == 5
    assert (root / "outputs" / "beaurivage" / "tableaux.xlsx").exists()


@pytest.mark.slow
@pytest.mark.libreoffice
def test_pdfs_are_made_once_and_are_the_same_twice(root: Path) -> None:
    done = bring(root, "4-evaluate", ("report", "annex", "deliberation"))
    assert done.failures == []
    assert said(done) == ["product_pages"] * 6
    outputs = root / "outputs" / "beaurivage"
    first = {p.name: p.read_bytes() for p in outputs.glob("*.pdf")}
    assert len(first) == 3
    report = docx.Document(str(outputs / "rapport-evaluation.docx"))
    entries = [p.text for p in report.paragraphs if p.style is not None and p.style.name.startswith("toc ")]
    assert len(entries) > 5
    assert all(re.search(r"\t\d+$", entry) for entry in entries), entries
    assert not bring(root, "4-evaluate", ("report", "annex", "deliberation")).worked
    shutil.rmtree(root / "outputs")
    bring(root, "4-evaluate", ("report", "annex", "deliberation"))
    assert {p.name: p.read_bytes() for p in outputs.glob("*.pdf")} == first


def test_check_says_the_shares_and_strict_counts_warnings(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pst("check", "beaurivage") == 0
    out = capsys.readouterr().out
    assert "beaurivage : 2 OS, 3 OO, 6 actions." in out
    header, shares = (re.split(r" {2,}", line.strip()) for line in out.splitlines()[3:5])
    assert header == ["blocs", "éléments", "textes", "champs", "mise en page", "non classés"]
    assert shares[0] == "plan.txt"
    assert sum(float(share.replace(",", ".")) for share in shares[2:]) == pytest.approx(100, abs=0.3)
    source = root / "inputs" / "beaurivage" / "sources" / "plan.txt"
    source.write_text(PLAN.replace("Action 1.2.2", "Action 1.2.4"), encoding="utf-8")
    assert pst("check", "beaurivage", "--strict") == 4


def test_a_flood_of_paragraphs_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAX_BLOCKS", 5)
    assert [failure.code for failure in bring(root).failures] == ["too_many_blocks"]


def test_settings_in_error_stop_the_plan_only(root: Path) -> None:
    (root / "inputs" / "beaurivage" / "plan.toml").write_text("[entity]\n", encoding="utf-8")
    done = bring(root)
    assert [type(failure) for failure in done.failures] == [SettingsError]


def test_an_extraction_is_the_same_before_and_after_the_disk(root: Path) -> None:
    bring(root, "1-extract")
    folder = root / "outputs" / "beaurivage" / "1-extract" / "documents" / "plan.txt"
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    extraction = storage.read_extraction(files)
    assert isinstance(extraction, Extraction)
    assert storage.build_extraction_files(extraction) == files
