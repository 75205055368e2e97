"""Tables of a PDF that are wider than the paper: the columns that did not fit come on later pages."""

from __future__ import annotations

import pytest

from pipeline.model import Document, Table
from pipeline.readers.pdf import read_pdf
from tests.readers.pdf_writer import Page, write_pdf

LEFT, RIGHT = ["N°", "Action"], ["Service", "Échéance", "Statut"]
ACTIONS = [[f"1.{number}", f"Isoler l'école {number}"] for number in range(1, 7)]
FIELDS = [[f"Travaux {number}", f"202{number}", "En cours"] for number in range(1, 7)]
LEFT_XS, RIGHT_XS = [40.0, 90.0, 420.0], [40.0, 200.0, 300.0, 420.0]


def page(xs: list[float], rows: list[list[str]], *, height: float = 20.0) -> Page:
    made = Page()
    made.table(xs, [100.0 + height * index for index in range(len(rows) + 1)], rows, bold_rows=1)
    return made


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "essai.pdf")


def tables(document: Document) -> list[Table]:
    return [block.table for block in document.blocks if block.table is not None]


def rows(table: Table) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        found[cell.row_index].append(cell.text)
    return found


def test_columns_on_the_next_page_stand_beside_their_rows() -> None:
    (wide,) = tables(read(page(LEFT_XS, [LEFT, *ACTIONS]), page(RIGHT_XS, [RIGHT, *FIELDS])))
    assert rows(wide) == [[*LEFT, *RIGHT], *([*one, *other] for one, other in zip(ACTIONS, FIELDS, strict=True))]
    assert wide.column_count == 5


@pytest.mark.parametrize("repeated", [True, False], ids=["header on each page", "header once"])
def test_rows_over_several_pages_find_their_columns(*, repeated: bool) -> None:
    def halves(xs: list[float], header: list[str], body: list[list[str]]) -> list[Page]:
        return [page(xs, [header, *body[:3]]), page(xs, [header, *body[3:]] if repeated else body[3:])]

    (wide,) = tables(read(*halves(LEFT_XS, LEFT, ACTIONS), *halves(RIGHT_XS, RIGHT, FIELDS)))
    assert rows(wide) == [[*LEFT, *RIGHT], *([*one, *other] for one, other in zip(ACTIONS, FIELDS, strict=True))]


def test_a_third_part_follows_the_second() -> None:
    notes = page([40.0, 200.0, 420.0], [["Budget", "Remarques"], *([f"{n}000 €", "À suivre"] for n in range(1, 7))])
    left, right = page(LEFT_XS, [LEFT, *ACTIONS]), page(RIGHT_XS, [RIGHT, *FIELDS])
    assert [table.column_count for table in tables(read(left, right, notes))] == [7]


@pytest.mark.parametrize(
    "other",
    [
        page(RIGHT_XS, [RIGHT, *FIELDS[:4]]),
        page(RIGHT_XS, [RIGHT, *FIELDS], height=26.0),
        page(RIGHT_XS, [["Action", "Service", "Statut"], *FIELDS]),
        page(LEFT_XS, [["N°", "Projet"], *ACTIONS]),
    ],
    ids=["fewer rows", "other heights", "titles", "another list"],
)
def test_another_table_stays_one(other: Page) -> None:
    assert len(tables(read(page(LEFT_XS, [LEFT, *ACTIONS]), other))) == 2
