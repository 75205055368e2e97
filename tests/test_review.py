"""What a coordinator types in relecture.xlsx comes back as corrections; what cannot be one is said with its cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.exceptions import SourceError
from pipeline.model import Actor, Element, Level, Plan, Statement
from pipeline.publish.review import COLUMNS, write_review
from pipeline.publish.wording import word
from pipeline.readers.sheets import read_xlsx
from pipeline.remarks import render_remark
from pipeline.review import read_review

PLAN = Plan(
    elements=(
        Element("aaa", "", 1, Level.OBJECTIF_STRATEGIQUE, "1", "Être une commune calme", source="plan.docx"),
        Element("bbb", "aaa", 2, Level.OBJECTIF_OPERATIONNEL, "1.1", "Ralentir les voitures", source="plan.docx"),
        Element(
            "ccc", "bbb", 3, Level.ACTION, "1.10", "- Poser des chicanes", status="EN_COURS", progress=Decimal("27.5"),
            start="2025-06", end="2027-12-31", end_first="2026", budget=Decimal(12000), synergy="non",
            comment="Une phrase.\nUne autre.", source="plan.docx",
        ),
        Element("ddd", "bbb", 4, Level.ACTION, "1.11", "Créer une zone 30", source="plan.docx"),
        Element("eee", "bbb", 5, Level.ACTION, "1.12", "Créer une zone 30", source="plan.docx"),
    ),
    actors=(
        Actor("ccc", "service", "Service Travaux"),
        Actor("ccc", "service", "Police"),
        Actor("ccc", "partenaire", "SPW"),
    ),
)  # fmt: skip
NAMES = [word("columns", column.code) for column in COLUMNS]
Change = Callable[[Worksheet], None]


def come_back(*changes: Change, plan: Plan = PLAN) -> tuple[list[Statement], list[str]]:
    """Write the workbook, change it as a person would, save it with another program, and read it."""
    book = openpyxl.load_workbook(io.BytesIO(write_review(plan)))
    for change in changes:
        change(book["Relecture"])
    stream = io.BytesIO()
    book.save(stream)
    statements, remarks = read_review(read_xlsx(stream.getvalue(), "relecture.xlsx"))
    return list(statements), [render_remark(remark) for remark in remarks]


def type_in(element_id: str, heading: str, value: object) -> Change:
    def change(sheet: Worksheet) -> None:
        row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, len(NAMES)).value == element_id)
        sheet.cell(row, NAMES.index(heading) + 1).value = value  # type: ignore[assignment]

    return change


def values(statements: list[Statement]) -> list[tuple[str, str, str]]:
    return [(s.element_id, s.field, s.value) for s in statements]


def test_an_untouched_workbook_corrects_nothing() -> None:
    assert come_back() == ([], [])


@pytest.mark.parametrize(
    ("heading", "typed", "field", "value"),
    [
        ("Intitulé", "Poser douze chicanes", "title", "Poser douze chicanes"),
        ("Code", "1.20", "code", "1.20"),
        ("Code", None, "code", ""),
        ("Niveau", "Sous-action", "level", "sous_action"),
        ("Statut", "Terminé", "status", "TERMINE"),
        ("Statut", "réalisé", "status", "TERMINE"),
        ("Statut", None, "status", ""),
        ("Avancement (%)", 60, "progress", "60"),
        ("Avancement (%)", "62,5 %", "progress", "62.5"),
        ("Début", "2026", "start", "2026"),
        ("Échéance", "06/2028", "end", "2028-06"),
        ("Échéance", "30/06/2028", "end", "2028-06-30"),
        ("Échéance", date(2028, 6, 30), "end", "2028-06-30"),
        ("Échéance", 2029, "end", "2029"),
        ("Échéance", None, "end", ""),
        ("Première échéance", "2027", "end_first", "2027"),
        ("Budget (€)", 13500.5, "budget", "13500.5"),
        ("Budget (€)", "1.250.000 €", "budget", "1250000"),
        ("Synergie commune-CPAS", "Oui", "synergy", "oui"),
        ("Commentaire", "Tout va bien.", "comment", "Tout va bien."),
        ("Parent", "OS 1 – Être une commune calme", "parent", "aaa"),
        ("Parent", "être une commune calme", "parent", "aaa"),
        ("Parent", "aaa", "parent", "aaa"),
        ("Parent", None, "parent", ""),
    ],
)
def test_a_changed_cell_is_one_correction(heading: str, typed: object, field: str, value: str) -> None:
    statements, remarks = come_back(type_in("ccc", heading, typed))
    assert (values(statements), remarks) == ([("ccc", field, value)], [])
    (statement,) = statements
    letter = chr(ord("A") + NAMES.index(heading))
    assert (statement.source, statement.locator) == ("relecture.xlsx", f"Relecture!{letter}4")


@pytest.mark.parametrize(
    ("heading", "typed", "words"),
    [
        ("Statut", "presque", "« presque » n'est pas admis dans la colonne « Statut »"),
        ("Niveau", "Chapitre", "Objectif opérationnel, Action"),
        ("Niveau", None, "ne peut pas être vide"),
        ("Intitulé", None, "« - Poser des chicanes » est gardé"),
        ("Avancement (%)", 140, "de 0 à 100"),
        ("Échéance", "bientôt", "« bientôt » n'est pas une valeur possible"),
        ("Échéance", "2025-2027", "n'est pas une valeur possible"),
        ("Budget (€)", "beaucoup", "n'est pas une valeur possible"),
        ("Parent", "Un autre plan", "n'est le nom d'aucun autre élément"),
        ("Parent", "Créer une zone 30", "2 éléments portent le nom"),
        ("Parent", "- Poser des chicanes", "n'est le nom d'aucun autre élément"),
        ("Acteurs", "Service Travaux", "ne dit pas de rôle"),
        ("Acteurs", "Chef : Service Travaux", "Mandataire, Responsable"),
        ("Ordre", 1, "l'ordre ne se corrige pas ici"),
    ],
)
def test_what_cannot_be_a_correction_is_said_with_its_cell(heading: str, typed: object, words: str) -> None:
    statements, remarks = come_back(type_in("ccc", heading, typed))
    assert statements == []
    (remark,) = remarks
    assert words in remark
    assert f"Relecture!{chr(ord('A') + NAMES.index(heading))}4" in remark


def test_the_actors_of_a_role_are_replaced_and_those_of_a_role_that_is_gone_are_emptied() -> None:
    statements, _ = come_back(type_in("ccc", "Acteurs", "Service : Police\nMandataire : Échevine de la Mobilité"))
    assert values(statements) == [
        ("ccc", "mandataire", "Échevine de la Mobilité"),
        ("ccc", "service", "Police"),
        ("ccc", "partenaire", ""),
    ]


def test_rows_may_be_sorted_and_columns_moved_or_deleted() -> None:
    def shuffle(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), start=2):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value
        sheet.delete_cols(NAMES.index("Commentaire") + 1)
        sheet.insert_cols(1)
        sheet.cell(1, 1).value = "Vu par"

    statements, remarks = come_back(type_in("ddd", "Intitulé", "Créer deux zones 30"), shuffle)
    assert (values(statements), remarks) == ([("ddd", "title", "Créer deux zones 30")], [])


def test_rows_added_copied_or_deleted_are_said() -> None:
    def add(sheet: Worksheet) -> None:
        sheet.cell(sheet.max_row + 1, NAMES.index("Intitulé") + 1).value = "Action oubliée"
        row = [cell.value for cell in sheet[2]]
        sheet.delete_rows(3)
        sheet.append(row)

    statements, remarks = come_back(add)
    assert statements == []
    assert [
        next(w for w in ("Action oubliée", "figure deux fois", "a été supprimée") if w in remark) for remark in remarks
    ] == ["Action oubliée", "figure deux fois", "a été supprimée"]


def test_another_workbook_is_refused() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Identifiant", "Intitulé", "Niveau"])  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(SourceError) as caught:
        read_review(read_xlsx(stream.getvalue(), "relecture.xlsx"))
    assert caught.value.code == "review_not_ours"


def test_the_workbook_of_a_corrected_plan_gives_the_same_corrections_again() -> None:
    """The coordinator copies the new workbook over the old one: nothing is lost, nothing is invented."""
    moved = replace(
        PLAN.elements[3], parent_id="aaa", position=3, title="Créer deux zones 30", end="2029", end_first="2029"
    )
    elements = (*PLAN.elements[:2], moved, replace(PLAN.elements[2], position=4), PLAN.elements[4])
    correction = Statement("x", "title", moved.title, moved.title, "relecture.xlsx", "E5", element_id="ddd")
    corrected = replace(PLAN, elements=elements, statements=(correction,))
    book = openpyxl.load_workbook(io.BytesIO(write_review(corrected, PLAN)))
    stream = io.BytesIO()
    book.save(stream)
    statements, remarks = read_review(read_xlsx(stream.getvalue(), "relecture.xlsx"))
    assert remarks == ()
    assert values(list(statements)) == [
        ("ddd", "title", "Créer deux zones 30"),
        ("ddd", "parent", "aaa"),
        ("ddd", "end", "2029"),
    ]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_that_was_read_compares_equal_to_itself(title: str, comment: str) -> None:
    element = replace(PLAN.elements[2], title=title, comment=comment, code=title[:5])
    statements, remarks = read_review(read_xlsx(write_review(Plan(elements=(element,))), "relecture.xlsx"))
    assert (statements, remarks) == ((), ())
