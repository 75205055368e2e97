"""The demonstration plans: what a new user opens first is complete, opens, and says what its data says."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest
from docx import Document
from fixtures.demo.books import long_book, merge_rows, wide_book
from fixtures.demo.plan import DemoPlan, gold_brochure, gold_fields, gold_outline, iso_date, read_plan

ROOT = Path(__file__).parents[1]
INPUTS = ROOT / "inputs"
DEMO = Path(__file__).parent / "fixtures" / "demo"
PLANS = ("valmont", "cpas-valmont")


@pytest.fixture(scope="module")
def valmont() -> DemoPlan:
    return read_plan("valmont")


@pytest.fixture(scope="module")
def cpas() -> DemoPlan:
    return read_plan("cpas-valmont")


def pdf_text(path: Path) -> str:
    pdf = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", PLANS)
def test_every_file_that_plan_toml_names_is_there(name: str) -> None:
    settings = tomllib.loads((INPUTS / name / "plan.toml").read_text(encoding="utf-8"))
    named = {entry["file"] for key in ("source", "indicators") for entry in settings[key]}
    there = {str(path.relative_to(INPUTS / name)) for path in (INPUTS / name).glob("*/*") if path.is_file()}
    assert named == there


@pytest.mark.parametrize("name", PLANS)
def test_settings_are_accepted(name: str) -> None:
    from pipeline.settings import read_settings

    settings = read_settings(INPUTS / name / "plan.toml")
    assert settings.evaluation.cutoff is not None
    assert settings.session.draft


def test_plan_has_the_size_of_a_real_one(valmont: DemoPlan, cpas: DemoPlan) -> None:
    sizes = [
        (
            len(plan.parts),
            len(list(plan.goals())),
            sum(len(g.objectives) for g in plan.goals()),
            len(list(plan.actions())),
        )
        for plan in (valmont, cpas)
    ]
    assert sizes == [(2, 6, 18, 63), (1, 4, 10, 28)]


def test_story_is_that_of_a_middle_of_term(valmont: DemoPlan) -> None:
    cutoff = tomllib.loads((INPUTS / "valmont/plan.toml").read_text(encoding="utf-8"))["evaluation"][
        "cutoff"
    ].isoformat()
    actions = list(valmont.actions())
    share = {status: count / len(actions) for status, count in Counter(a.status for a in actions).items()}
    assert 0.2 < share["Réalisé"] < 0.35
    assert 0.4 < share["En cours"] < 0.55
    months = valmont.words["months"]
    open_statuses = {"Non commencé", "En cours", "En attente", "Suspendu"}
    late = [
        a
        for a in actions
        if a.status in open_statuses and iso_date(a.end, months) < cutoff[: len(iso_date(a.end, months))]
    ]
    assert 5 <= len(late) <= 12
    assert all(a.comment for a in actions)
    assert all(a.progress_percent == 100 for a in actions if a.status == "Réalisé")
    assert all(a.progress_percent < 100 for a in actions if a.status != "Réalisé")


def test_deadlines_only_slip_forward(valmont: DemoPlan) -> None:
    months = valmont.words["months"]
    moved = [a for a in valmont.actions() if a.first_end and iso_date(a.end, months)[:4] > a.first_end]
    assert len(moved) >= 8
    assert not [a for a in valmont.actions() if a.first_end and iso_date(a.end, months)[:4] < a.first_end]


def test_word_plan_prints_every_title_code_and_status(valmont: DemoPlan) -> None:
    document = Document(str(INPUTS / "valmont/sources/pst-2024-2030.docx"))
    headings = [
        p.text for p in document.paragraphs if p.style is not None and (p.style.name or "").startswith("Heading")
    ]
    for goal in valmont.goals():
        assert any(goal.title in heading for heading in headings)
        for objective in goal.objectives:
            assert any(objective.title in heading for heading in headings)
    xml = document.element.xpath("string(.)")
    for action in valmont.actions():
        assert action.title in xml
        assert action.comment in xml
    assert xml.count("Intitulé de l'action") == sum(1 for a in valmont.actions() if a.description)


def test_brochure_prints_its_own_titles_and_not_the_later_ones(valmont: DemoPlan) -> None:
    text = flat(pdf_text(INPUTS / "valmont/sources/brochure-2024.pdf"))
    for dropped in valmont.words["brochure"]["dropped"]:
        assert dropped["title"] in text
    for action in valmont.actions():
        assert (action.brochure_title in text) if action.brochure_title else (action.title not in text)


def test_cpas_plan_prints_every_action(cpas: DemoPlan) -> None:
    text = flat(pdf_text(INPUTS / "cpas-valmont/sources/plan-cpas.pdf"))
    for action in cpas.actions():
        assert action.title in text


@pytest.mark.parametrize("path", sorted(INPUTS.glob("*/sources/*.pdf")), ids=lambda path: path.name)
def test_pdfs_have_title_and_language(path: Path) -> None:
    with pikepdf.open(path) as pdf:
        assert "transversal" in str(pdf.docinfo["/Title"])
        assert str(pdf.Root.Lang) == "fr-BE"


def test_workbooks_are_those_of_the_data(valmont: DemoPlan, cpas: DemoPlan) -> None:
    built = {
        "valmont/indicators/travaux.xlsx": long_book(valmont.words["travaux"]),
        "valmont/indicators/population-sports.xlsx": wide_book(valmont.words["population_sports"]),
        "cpas-valmont/indicators/cpas.xlsx": wide_book(cpas.words["indicators"]),
    }
    for name, data in built.items():
        expected, found = (openpyxl.load_workbook(io.BytesIO(b)) for b in (data, (INPUTS / name).read_bytes()))
        assert expected.sheetnames == found.sheetnames
        for left, right in zip(expected.worksheets, found.worksheets, strict=True):
            assert list(left.values) == list(right.values)
            assert left.merged_cells == right.merged_cells


def test_gold_is_that_of_the_data(valmont: DemoPlan, cpas: DemoPlan) -> None:
    expected = {
        "valmont.gold": gold_outline(valmont, "commune"),
        "valmont.fields.tsv": gold_fields(valmont),
        "brochure-2024.gold": gold_brochure(valmont),
        "cpas-valmont.gold": gold_outline(cpas, "cpas"),
        "cpas-valmont.fields.tsv": gold_fields(cpas),
        "travaux.merge.tsv": merge_rows("valmont", valmont, valmont.words["travaux"]),
        "population-sports.merge.tsv": merge_rows("valmont", valmont, valmont.words["population_sports"]),
        "cpas.merge.tsv": merge_rows("cpas-valmont", cpas, cpas.words["indicators"]),
    }
    for name, text in expected.items():
        assert (DEMO / name).read_text(encoding="utf-8") == text, f"{name}: run build_demo again"


def test_workbook_rows_name_actions_of_the_plan(valmont: DemoPlan, cpas: DemoPlan) -> None:
    for plan, books in ((valmont, ("travaux", "population-sports")), (cpas, ("cpas",))):
        titles = {action.title for action in plan.actions()}
        for book in books:
            rows = [
                line.split("\t") for line in (DEMO / f"{book}.merge.tsv").read_text(encoding="utf-8").splitlines()[1:]
            ]
            assert {row[1] for row in rows} <= titles | {"UNMATCHED", "AMBIGUOUS"}
            assert any(row[1] not in titles for row in rows)


@pytest.mark.parametrize("path", sorted(INPUTS.rglob("*.docx")) + sorted(INPUTS.rglob("*.xlsx")), ids=lambda p: p.name)
def test_office_files_hold_no_macro_and_no_outside_link(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "vbaProject" in name]
        relations = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


def test_readme_names_every_file_of_the_demonstration() -> None:
    readme = (INPUTS / "README.md").read_text(encoding="utf-8")
    for name in ("pst-2024-2030.docx", "brochure-2024.pdf", "travaux.xlsx", "population-sports.xlsx", "plan.toml"):
        assert name in readme
