"""The workbook of tables and the review workbook, as opened by a person."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.model import Became, BlockFate, Evaluation, Plan
from pipeline.publish.review import write_review
from pipeline.publish.sheets import MAX_CELL_CHARACTERS
from pipeline.publish.workbook import write_workbook


def open_book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def column(sheet: Worksheet, heading: str) -> list[object]:
    headings = [c.value for c in sheet[1]]
    return [row[headings.index(heading)].value for row in sheet.iter_rows(min_row=2)]


def test_there_is_a_sheet_for_each_table_with_frozen_filtered_headings(commune: Plan, evaluation: Evaluation) -> None:
    book = open_book(write_workbook(commune, evaluation))
    assert book.sheetnames == [
        "Lisez-moi", "Éléments", "Acteurs", "Budgets", "Indicateurs", "Mesures", "Non rattaché", "Chiffres", "Atteinte",
        "Remarques", "Énoncés", "Blocs",
    ]  # fmt: skip
    for name in book.sheetnames[1:]:
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref


def test_without_evaluation_the_tables_are_there_all_the_same(commune: Plan) -> None:
    assert "Chiffres" not in open_book(write_workbook(commune, None)).sheetnames


def test_an_empty_plan_gives_headings(empty: Plan) -> None:
    assert open_book(write_workbook(empty, None))["Éléments"]["A1"].value == "Identifiant"


def test_text_that_looks_like_a_formula_a_link_or_a_number_stays_text(commune: Plan) -> None:
    texts = ("=1+1", "@SUM(A1)", "+32 81 00 00 00", "-1", "https://example.org", "0012", "1.10", "{=A1}", "_x0041_")
    elements = tuple(replace(e, title=t, code=t) for e, t in zip(commune.elements, texts, strict=False))
    content = write_workbook(Plan(elements=elements), None)
    sheet = open_book(content)["Éléments"]
    assert column(sheet, "Intitulé") == list(texts)
    assert column(sheet, "Code") == list(texts)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet2.xml")


def test_numbers_are_numbers_and_codes_are_words(commune: Plan) -> None:
    sheet = open_book(write_workbook(commune, None))["Éléments"]
    assert 12500.5 in column(sheet, "Budget (€)")
    assert "Terminé" in column(sheet, "Statut")
    assert "Objectif stratégique" in column(sheet, "Niveau")
    assert "1.1.1" in column(sheet, "Code")


def test_a_text_longer_than_a_cell_is_cut_and_says_so(commune: Plan) -> None:
    element = replace(commune.elements[0], description="a" * 40_000)
    (text,) = column(open_book(write_workbook(Plan(elements=(element,)), None))["Éléments"], "Description")
    assert isinstance(text, str)
    assert len(text) == MAX_CELL_CHARACTERS
    assert text.endswith("[…]")


def test_every_figure_has_its_rule_in_words(commune: Plan, evaluation: Evaluation) -> None:
    sheet = open_book(write_workbook(commune, evaluation))["Chiffres"]
    rules = column(sheet, "Règle")
    assert all(isinstance(r, str) and " " in r for r in rules)
    assert all(isinstance(r, str) and "_" not in r for r in column(sheet, "Chiffre"))
    assert all(
        isinstance(r, str) and " " in r
        for r in column(open_book(write_workbook(commune, evaluation))["Atteinte"], "Règle")
    )


def test_the_same_tables_give_the_same_bytes(commune: Plan, evaluation: Evaluation) -> None:
    assert write_workbook(commune, evaluation) == write_workbook(commune, evaluation)
    assert write_review(commune) == write_review(commune)


# ---------------------------------------------------------------------------------------------------------- relecture


def test_the_review_has_a_row_an_element_and_keeps_the_identifiers(commune: Plan) -> None:
    sheet = open_book(write_review(commune))["Relecture"]
    assert column(sheet, "Identifiant") == [e.id for e in commune.elements]
    assert column(sheet, "Intitulé") == [e.title for e in commune.elements]
    assert "OO 1.1 – Répondre à toute demande dans les dix jours" in column(sheet, "Parent")
    assert "Service : Service Travaux" in column(sheet, "Acteurs")


def test_doubt_shows_by_a_word_and_by_a_colour(commune: Plan) -> None:
    elements = (
        replace(commune.elements[0], confidence=0.97),
        replace(commune.elements[1], confidence=0.7),
        replace(commune.elements[2], confidence=0.3),
    )
    sheet = open_book(write_review(Plan(elements=elements)))["Relecture"]
    assert column(sheet, "À vérifier") == [None, "à vérifier", "douteux"]
    fills = [sheet.cell(row, 5).fill.fgColor.rgb for row in (2, 3, 4)]
    assert len(set(fills)) == 3


def test_level_and_status_are_chosen_from_a_list(commune: Plan) -> None:
    book = open_book(write_review(commune))
    validations = book["Relecture"].data_validations.dataValidation
    assert {v.type for v in validations} == {"list"}
    assert {str(v.sqref)[0] for v in validations} == {"C", "G", "M"}
    assert book["Listes"].sheet_state == "hidden"
    assert "En cours" in [c.value for c in book["Listes"]["B"]]


def test_remarks_are_sentences_and_unclassified_blocks_are_listed(commune: Plan) -> None:
    blocks = (
        BlockFate("pst.docx", 3, 7, Became.UNCLASSIFIED, "Un passage sans place"),
        BlockFate("pst.docx", 3, 8, Became.ELEMENT, "Un titre"),
    )
    book = open_book(write_review(replace(commune, blocks=blocks)))
    assert column(book["Non classé"], "Texte") == ["Un passage sans place"]
    assert column(book["Remarques"], "Gravité") == ["Avertissement"]


def test_progress_is_a_number(commune: Plan) -> None:
    elements = (replace(commune.elements[3], progress=Decimal("27.5")),)
    assert column(open_book(write_review(Plan(elements=elements)))["Relecture"], "Avancement (%)") == [27.5]
