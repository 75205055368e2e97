"""What the two workbooks share: typed cells, header row, widths; a text never becomes a formula, a link or a number."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.model import Plan, Remark, Severity
from pipeline.publish.wording import phrase, word
from pipeline.remarks import render_remark

#: A fixed day: the same tables give the same bytes.
CREATED = datetime(2000, 1, 1)
MAX_CELL_CHARACTERS = 32_767
MAX_ROWS = 1_048_576
#: Height of a line; characters on a line for each unit of width, words kept whole; Excel has no row above 409 pt.
LINE_PT, WRAP_RATIO, MAX_LINES = 13, 1.1, 30
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


def count_lines(column: Column, content: CellContent) -> int:
    """Estimate on how many lines a cell whose text wraps is shown."""
    if not isinstance(content, str):
        return 1
    return sum(1 + len(line) // max(1, int(column.width * WRAP_RATIO)) for line in content.split("\n"))


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
    wrapping = [(column_index, column) for column_index, column in enumerate(columns) if column.wrap]
    for row_index, row in enumerate(shown, start=1):
        lines = max((count_lines(column, row[column_index]) for column_index, column in wrapping), default=1)
        if lines > 1:
            # Not every program fits the rows to wrapped text when it opens the file.
            sheet.set_row(row_index, LINE_PT * min(lines, MAX_LINES) + 2)
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


# ------------------------------------------------------------------------- tables that both workbooks have

#: Codes that a column shows as French words.
CODE_TABLES = {
    "level": "level",
    "status": "status",
    "health": "health",
    "synergy": "synergy",
    "role": "role",
    "family": "family",
    "direction": "direction",
    "reason": "reason",
    "severity": "severity",
    "became": "became",
}
FORMATS = {"budget": "amount", "amount": "amount", "progress": "number", "fte": "number", "value": "number"}
REMARK_COLUMNS = (
    Column("severity", 14),
    Column("message", 90, wrap=True),
    Column("element", 50, wrap=True),
    Column("source", 24),
    Column("locator", 18),
    Column("code", 28),
    Column("element_id", 15),
)
BLOCK_COLUMNS = (
    Column("source", 24),
    Column("page", 8),
    Column("index", 8),
    Column("became", 16),
    Column("element_id", 15),
    Column("text", 90, wrap=True),
)


def write_coded(book: Book, name: str, columns: Sequence[Column], rows: Sequence[Sequence[CellContent]]) -> None:
    """Add a sheet, its codes shown as words and its amounts as amounts."""
    shown = [[show_code(column.code, content) for column, content in zip(columns, row, strict=True)] for row in rows]

    def pick_format(row_index: int, column_index: int) -> str | None:
        return FORMATS.get(columns[column_index].code) if isinstance(shown[row_index][column_index], Decimal) else None

    write_table(book, word("sheets", name), columns, shown, pick_format=pick_format)


def show_code(column: str, content: CellContent) -> CellContent:
    """Return the French word of a code, and anything else as it is."""
    table = CODE_TABLES.get(column)
    return word(table, content) if table is not None and isinstance(content, str) and content else content


def list_remarks(remarks: Sequence[Remark], titles: Mapping[str, str]) -> list[list[CellContent]]:
    """Return the rows of the sheet of remarks, a French sentence each, the gravest first."""
    weights = list(Severity)
    return [
        [r.severity, render_remark(r), titles.get(r.element_id, ""), r.source, r.locator, r.code, r.element_id]
        for r in sorted(remarks, key=lambda r: weights.index(r.severity))
    ]


def list_blocks(plan: Plan) -> list[list[CellContent]]:
    """Return the rows of the sheet of blocks."""
    return [[b.source, b.page_number, b.index, b.became, b.element_id, b.text] for b in plan.blocks]
