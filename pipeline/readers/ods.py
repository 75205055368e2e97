"""OpenDocument spreadsheets (.ods): the tables of content.xml, with types, percentages and merged cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from pipeline.exceptions import SourceError
from pipeline.model import Block, CellValue, Document, build_document
from pipeline.readers.odf_styles import OFFICE, TABLE, TEXT, OdfStyles
from pipeline.readers.package import open_package, read_xml
from pipeline.readers.sheets import MAX_CELLS, Entry, Spans, sheet_blocks, show_boolean, show_number

_MAX_ROWS = 1_048_576


def read_ods(data: bytes, source: str) -> Document:
    """Read a spreadsheet with the values last computed.

    Raises SourceError `file_broken`, `file_encrypted`, `archive_too_big`, `xml_doctype`, `sheet_too_big`.
    """
    archive = open_package(data, source)
    content = read_xml(archive, "content.xml", source)
    body = None if content is None else content.find(f"{OFFICE}body/{OFFICE}spreadsheet")
    if content is None or body is None:
        raise SourceError("file_broken", file=source)
    styles = OdfStyles(read_xml(archive, "styles.xml", source), content)
    blocks: list[Block] = []
    tables = body.findall(TABLE + "table")
    for number, table in enumerate(tables, start=1):
        name = table.get(TABLE + "name", "")
        spans: Spans = {}
        entries: list[Entry] = []
        for entry in _entries(table, styles, spans):
            entries.append(entry)
            if len(entries) > MAX_CELLS:
                raise SourceError("sheet_too_big", file=source, sheet=name)
        hidden = not styles.is_shown_table(table.get(TABLE + "style-name", ""))
        blocks += sheet_blocks(name, entries, spans, number, hidden=hidden)
    return build_document(source, "ods", blocks, page_count=len(tables))


def _entries(table: etree._Element, styles: OdfStyles, spans: Spans) -> Iterator[Entry]:
    row_index = 0
    for row in _rows(table):
        repeated_rows = _repeated(row, "number-rows-repeated")
        for offset in range(repeated_rows if _holds_anything(row) else 0):
            if row_index + offset >= _MAX_ROWS:
                return
            yield from _row_entries(row, row_index + offset, styles, spans)
        row_index += repeated_rows


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == TABLE + "table-row":
            yield child
        elif child.tag in (TABLE + "table-rows", TABLE + "table-header-rows", TABLE + "table-row-group"):
            yield from _rows(child)


def _holds_anything(row: etree._Element) -> bool:
    return any(cell.tag == TABLE + "table-cell" and len(cell) for cell in row)


def _row_entries(row: etree._Element, row_index: int, styles: OdfStyles, spans: Spans) -> Iterator[Entry]:
    column_index = 0
    for cell in row:
        repeated = _repeated(cell, "number-columns-repeated")
        if cell.tag == TABLE + "table-cell":
            shown_lines = ["".join(_cell_text(line)) for line in cell.iterchildren(TEXT + "p")]
            printed = "\n".join(shown_lines).strip()
            value, shown, percent = _typed(cell, printed)
            if shown:
                rows, columns = _repeated(cell, "number-rows-spanned"), _repeated(cell, "number-columns-spanned")
                style = cell.get(TABLE + "style-name", "")
                face, fill = styles.cell_face(style), styles.cell_fill(style)
                for offset in range(repeated):
                    if rows > 1 or columns > 1:
                        spans[row_index, column_index + offset] = (rows, columns)
                    yield Entry(row_index, column_index + offset, value, shown, percent, face, fill)
        column_index += repeated


def _cell_text(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == TEXT + "line-break":
            yield "\n"
        elif child.tag == TEXT + "s" or child.tag == TEXT + "tab":
            yield " "
        elif child.tag != OFFICE + "annotation":
            yield from _cell_text(child)
        yield child.tail or ""


def _typed(cell: etree._Element, printed: str) -> tuple[CellValue, str, bool]:
    """(typed value, text shown, percent); a value that is not what its type says is kept as printed."""
    kind = cell.get(OFFICE + "value-type", "")
    if kind in ("float", "percentage", "currency"):
        try:
            number = Decimal(cell.get(OFFICE + "value", ""))
        except InvalidOperation:
            return printed or None, printed, False
        if number.is_finite():
            return number, show_number(number, percent=kind == "percentage"), kind == "percentage"
    if kind == "date":
        try:
            day = date.fromisoformat(cell.get(OFFICE + "date-value", "")[:10])
        except ValueError:
            return printed or None, printed, False
        return day, day.isoformat(), False
    if kind == "boolean":
        value = cell.get(OFFICE + "boolean-value") == "true"
        return value, show_boolean(value), False
    return printed or None, printed, False


def _repeated(element: etree._Element, name: str) -> int:
    value = element.get(TABLE + name, "1")
    return min(max(int(value), 1), _MAX_ROWS) if value.isdecimal() else 1
