"""What the two workbooks share: typed cells, header row, widths; a text never becomes a formula, a link or a number."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish.charts import CREATED
from pipeline.publish.wording import phrase, word

MAX_CELL_CHARACTERS = 32_767
MAX_ROWS = 1_048_576
HEADER_FILL, INK, GREY, LINE = "1D5560", "22303A", "7A868E", "C4CFD3"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

CellContent = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: code of its heading, width in characters, and whether its text wraps."""

    code: str
    width: int
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook being written, with the formats that all sheets share."""

    workbook: xlsxwriter.Workbook
    stream: io.BytesIO
    formats: dict[str, Format]


def open_book() -> Book:
    """Start a workbook in memory; its day is fixed, so that the same tables give the same bytes."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(stream, options)
    workbook.set_properties({"created": CREATED})
    base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
    formats = {
        "header": {**base, "bold": True, "font_color": "FFFFFF", "bg_color": HEADER_FILL, "text_wrap": True},
        "text": base,
        "wrap": {**base, "text_wrap": True},
        "grey": {**base, "font_color": GREY, "font_size": 8},
        "title": {**base, "bold": True, "font_size": 14, "font_color": HEADER_FILL},
        "number": {**base, "num_format": "#,##0.##########"},
        "amount": {**base, "num_format": '#,##0.00 "\u20ac"'},
        "whole": {**base, "num_format": "0"},
        "rate": {**base, "num_format": "0.0"},
    }
    return Book(workbook, stream, {name: workbook.add_format(given) for name, given in formats.items()})


def close_book(book: Book) -> bytes:
    """Finish the workbook and return its bytes."""
    book.workbook.close()
    return book.stream.getvalue()


def shorten(text: str) -> str:
    """Drop characters that a cell cannot hold; a text longer than a cell is cut, and says so (the CSV has it whole)."""
    text = _CONTROL.sub("", text)
    if len(text) <= MAX_CELL_CHARACTERS:
        return text
    mark = phrase("cut")
    return text[: MAX_CELL_CHARACTERS - len(mark)] + mark


def write_cell(
    book: Book, sheet: Worksheet, row_index: int, column_index: int, content: CellContent, form: str
) -> None:
    """Write one typed cell; None and empty texts stay blank."""
    if content is None or content == "":
        sheet.write_blank(row_index, column_index, None, book.formats[form])
    elif isinstance(content, str):
        sheet.write_string(row_index, column_index, shorten(content), book.formats[form])
    else:
        sheet.write_number(row_index, column_index, float(content), book.formats[form])


def write_table(
    book: Book,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[CellContent]],
    *,
    pick_format: Callable[[int, int], str | None] | None = None,
) -> Worksheet:
    """Add a sheet with a frozen, filtered header row; `pick_format(row, column)` may name a format of the book."""
    sheet = book.workbook.add_worksheet(name)
    for column_index, column in enumerate(columns):
        sheet.set_column(column_index, column_index, column.width, book.formats["text"])
        sheet.write_string(0, column_index, word("columns", column.code), book.formats["header"])
    sheet.set_row(0, 32)
    shown = rows[: MAX_ROWS - 1]
    for row_index, row in enumerate(shown, start=1):
        for column_index, (column, content) in enumerate(zip(columns, row, strict=True)):
            form = None if pick_format is None else pick_format(row_index - 1, column_index)
            write_cell(book, sheet, row_index, column_index, content, form or ("wrap" if column.wrap else "text"))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(shown)), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return sheet
