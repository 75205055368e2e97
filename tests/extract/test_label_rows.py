"""Forms whose rows are not all parted by rulings."""

from __future__ import annotations

import pytest

from pipeline.extract import extract
from pipeline.extract.label_rows import part_label_rows
from pipeline.model import Block, Cell, Document, Extraction, Position, Table
from pipeline.readers.pdf import read_pdf
from tests.extract.documents import para, table
from tests.extract.documents import read as documents_read
from tests.readers.pdf_writer import Page, write_pdf

LABELS = ["N° :", "Action :", "Contexte :", "Gestionnaire :", "Démarrage :", "État :"]
VALUES = ["B.2.1", "Planter des tilleuls", "Le parc est nu.", "Directeur général", "2026", "Terminé"]
TOP, STEP = 120.0, 16.0


def read(page: Page) -> Document:
    return read_pdf(write_pdf([page]), "fiche.pdf")


def form(parted_left: list[int], parted_right: list[int], values: list[str] = VALUES) -> Page:
    """A form in a frame, with rulings over the rows of these numbers at the left and at the right."""
    page = Page()
    page.text(50, 60, "Objectif stratégique B : Vivre au village", size=14, bold=True)
    page.text(50, 90, "Objectif opérationnel B.2 : Fleurir les places", size=12, bold=True)
    end = TOP + STEP * len(LABELS)
    page.grid([50.0, 200.0, 540.0], [TOP, end])
    for row in parted_left:
        page.line(50, TOP + STEP * row, 200, TOP + STEP * row)
    for row in parted_right:
        page.line(200, TOP + STEP * row, 540, TOP + STEP * row)
    for row, (label, value) in enumerate(zip(LABELS, values, strict=True)):
        page.text(54, TOP + STEP * row + 11, label, size=9, bold=True)
        page.text(204, TOP + STEP * row + 11, value, size=9)
    return page


def said(extraction: Extraction) -> dict[str, str]:
    """What is said of the last element."""
    last = extraction.statements[-1].mention_id
    return {s.field: s.original for s in extraction.statements if s.mention_id == last}


@pytest.mark.parametrize(
    ("left", "right"), [([], []), ([2, 4], [2, 4]), ([1, 2, 3], [3]), ([4], [1, 2, 4]), ([1, 2, 3, 4, 5], [])]
)
def test_each_label_has_the_value_level_with_it_whatever_rulings_are_lost(left: list[int], right: list[int]) -> None:
    found = said(extract(read(form(left, right))))
    assert (
        found
        | {
            "code": "B.2.1",
            "title": "Planter des tilleuls",
            "description": "Le parc est nu.",
            "responsable": "Directeur général",
            "start": "2026",
            "status": "Terminé",
        }
        == found
    )


def test_a_label_without_a_value_takes_none_of_its_neighbours() -> None:
    found = said(extract(read(form([], [], [*VALUES[:3], "", *VALUES[4:]]))))
    assert "responsable" not in found
    assert (found["start"], found["status"]) == ("2026", "Terminé")


def test_a_value_set_at_the_middle_of_its_row_is_that_of_the_label_it_stands_beside() -> None:
    def block(text: str, y0: float, y1: float) -> Block:
        return Block(text, position=Position(1, 50.0, y0, 300.0, y1))

    labels = [block("Action", 112, 122), block("Contexte", 152, 162), block("Gestionnaire", 202, 212)]
    places = (("Planter des tilleuls", 112, 122), ("Le parc est nu.", 140, 174), ("Écopasseuse", 202, 212))
    values = [block(*place) for place in places]
    parted = part_label_rows(Table(1, 2, (Cell(0, 0, tuple(labels)), Cell(0, 1, tuple(values)))))
    beside = [c.text for c in parted.cells if c.column_index == 1]
    assert beside == ["Planter des tilleuls", "Le parc est nu.", "Écopasseuse"]


def test_paragraphs_that_leave_a_label_without_its_value_are_paired_with_none() -> None:
    sheet = table(
        ("Action", "Planter des tilleuls"),
        ("Responsable :\nPartenaires :\nBudget :", "Service Travaux\nSPW\nDNF"),
    )
    found = documents_read(para("OS 1 : Vivre", outline=1), para("OO 1.1 : Fleurir", outline=2), sheet)
    assert "budget" not in said(found)


def test_one_value_beside_two_labels_that_it_is_level_with_none_of_stays_in_its_cell() -> None:
    page = Page()
    page.grid([50.0, 200.0, 540.0], [100.0, 140.0, 180.0])
    page.lines(54, 112, ["Démarrage", "Délai"])
    page.text(204, 142, "")
    page.lines(204, 118, ["de mars 2026", "à juin 2027"])
    page.text(54, 160, "État")
    page.text(204, 160, "Terminé")
    (table,) = [block.table for block in read(page).blocks if block.table is not None]
    assert table.row_count == 2


def test_paragraphs_beside_as_many_labels_are_their_values() -> None:
    sheet = table(
        ("N°\nAction", "1.1.1\nPlanter des tilleuls"),
        ("Responsable :\nÉchéance :\nStatut :", "Directeur général\n2027\nEn cours"),
        ("Budget", "3.000 €"),
    )
    found = documents_read(para("OS 1 : Vivre", outline=1), para("OO 1.1 : Fleurir", outline=2), sheet)
    assert said(found) | {
        "code": "1.1.1",
        "responsable": "Directeur général",
        "end": "2027",
        "status": "En cours",
    } == said(found)
