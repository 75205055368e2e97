"""Spreadsheets: every sheet as its name and one table of typed cells."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pipeline.exceptions import SourceError
from pipeline.model import Block, Cell, CellValue, Document, Position, Role, Style, Table, build_document
from pipeline.readers.names import boolean_words
from pipeline.readers.package import open_package, read_member, refuse_doctypes
from pipeline.readers.paragraphs import Face, Frame, set_paragraph
from pipeline.readers.text import decode_text

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as WorkbookCell
    from openpyxl.cell.cell import MergedCell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: A sheet beyond this is no plan and no follow-up of one: a formatted column down to the last row.
MAX_CELLS = 500_000
MAX_MERGED_CELLS = 100_000
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"[^>]*?/>')
_DELIMITERS = ";\t,|"
_SNIFFED_LINES = 50
#: Parts of a number format that are shown as they stand.
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class Entry(NamedTuple):
    """A cell that holds something."""

    row_index: int
    column_index: int
    value: CellValue
    shown: str
    percent: bool = False
    face: Face = Face()
    fill: str = ""
    indent: int = 0


Spans = dict[tuple[int, int], tuple[int, int]]  # top left place of a merge -> (rows, columns)


def read_xlsx(data: bytes, source: str) -> Document:
    """Read an Excel workbook with the values that Excel last computed; a formula never computed stays as its text.

    Raises SourceError `file_broken`, `file_encrypted`, `archive_too_big`, `xml_doctype`, `sheet_too_big`.
    """
    archive = open_package(data, source)
    refuse_doctypes(archive, source)
    from openpyxl import load_workbook

    sheets = {
        name: read_member(archive, name, source) or b""
        for name in archive.namelist()
        if name.startswith("xl/worksheets/") and name.endswith(".xml")
    }
    has_formulas = any(b"<f" in content for content in sheets.values())
    lighter = {name: _without_huge_merges(content) for name, content in sheets.items()}
    if lighter != sheets:
        data = _with_members(archive, lighter, source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions that openpyxl leaves out hold no cell
            workbook = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
            formulas = load_workbook(io.BytesIO(data), keep_links=False) if has_formulas else None
        return _workbook_document(workbook, formulas, source)
    except SourceError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it raise
        raise SourceError("file_broken", file=source) from error


def _workbook_document(workbook: Workbook, formulas: Workbook | None, source: str) -> Document:
    blocks: list[Block] = []
    for number, sheet in enumerate(workbook.worksheets, start=1):
        if len(sheet._cells) > MAX_CELLS:
            raise SourceError("sheet_too_big", file=source, sheet=sheet.title)
        twin = None if formulas is None else formulas.worksheets[number - 1]
        spans = {
            (merge.min_row - 1, merge.min_col - 1): (merge.size["rows"], merge.size["columns"])
            for merge in sheet.merged_cells.ranges
        }
        entries = list(_xlsx_entries(sheet, twin))
        blocks += sheet_blocks(sheet.title, entries, spans, number, hidden=sheet.sheet_state != "visible")
    title = workbook.properties.title or ""
    return build_document(source, "xlsx", blocks, page_count=len(workbook.worksheets), title=" ".join(title.split()))


def _without_huge_merges(sheet: bytes) -> bytes:
    """Drop the merges of whole columns or rows: openpyxl makes an object for each of their million cells."""
    area = 0

    def keep(match: re.Match[bytes]) -> bytes:
        nonlocal area
        left, top, right, bottom = (match[i].decode() for i in range(1, 5))
        area += (int(bottom) - int(top) + 1) * (_column_number(right) - _column_number(left) + 1)
        return match[0] if area <= MAX_MERGED_CELLS else b""

    return _MERGE.sub(keep, sheet)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _with_members(archive: zipfile.ZipFile, members: dict[str, bytes], source: str) -> bytes:
    """The same package with some members replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, members.get(name) or read_member(archive, name, source) or b"")
    return buffer.getvalue()


def _xlsx_entries(sheet: Worksheet, twin: Worksheet | None) -> Iterator[Entry]:
    """Cells that hold something; those that exist are walked, not the rectangle they span, maybe all of Excel."""
    for place in sorted(sheet._cells):
        cell = sheet._cells[place]
        value, number_format = cell.value, cell.number_format
        if value is None and twin is not None and place in twin._cells:
            value, number_format = _formula(twin._cells[place].value), ""
        signs = _LITERALS.sub("", number_format).lower()
        typed, shown, percent = _typed(value, percent="%" in signs, time_shown="h" in signs)
        if shown:
            indent = 0 if cell.alignment is None else int(cell.alignment.indent)
            yield Entry(place[0] - 1, place[1] - 1, typed, shown, percent, _face(cell), _fill(cell), indent)


def _formula(value: object) -> str | None:
    if value is None:
        return None
    return str(getattr(value, "text", value))


def _face(cell: WorkbookCell | MergedCell) -> Face:
    font = cell.font
    if font is None:
        return Face()
    return Face(font.name or "", float(font.sz or 0), bool(font.b), bool(font.i), _rgb(font.color, black=""))


def _fill(cell: WorkbookCell | MergedCell) -> str:
    fill = cell.fill
    if fill is None or fill.fill_type != "solid":
        return ""
    color = _rgb(fill.fgColor, black="000000")
    return "" if color == "ffffff" else color


def _rgb(color: object, *, black: str) -> str:
    """rrggbb of a colour given as such; indexed and theme colours are not resolved."""
    value = getattr(color, "rgb", None)
    if getattr(color, "type", "") != "rgb" or not isinstance(value, str) or len(value) != 8:
        return ""
    return black if value[2:] == "000000" else value[2:].lower()


def read_calamine(data: bytes, source: str, file_type: str) -> Document:
    """Read an .xls or .xlsb workbook. Number formats are not known there: a percentage is a plain fraction.

    Raises SourceError `file_broken`, `file_encrypted`, `archive_too_big`, `sheet_too_big`.
    """
    if file_type == "xlsb":
        refuse_doctypes(open_package(data, source), source)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    blocks: list[Block] = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        for number, metadata in enumerate(sheets, start=1):
            sheet = workbook.get_sheet_by_name(metadata.name)
            if sheet.total_height * sheet.total_width > MAX_CELLS:
                raise SourceError("sheet_too_big", file=source, sheet=metadata.name)
            rows = sheet.to_python(skip_empty_area=False)
            spans = {
                (top, left): (bottom - top + 1, right - left + 1)
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
            }
            entries = list(_calamine_entries(rows))
            hidden = metadata.visible != SheetVisibleEnum.Visible
            blocks += sheet_blocks(metadata.name, entries, spans, number, hidden=hidden)
    except PasswordError as error:
        raise SourceError("file_encrypted", file=source) from error
    except (CalamineError, ValueError, OSError) as error:
        raise SourceError("file_broken", file=source) from error
    return build_document(source, file_type, blocks, page_count=len(sheets))


def _calamine_entries(rows: Sequence[Sequence[object]]) -> Iterator[Entry]:
    for row_index, row in enumerate(rows):
        for column_index, value in enumerate(row):
            typed, shown, percent = _typed(value, percent=False, time_shown=isinstance(value, datetime))
            if shown:
                yield Entry(row_index, column_index, typed, shown, percent)


def read_csv(data: bytes, source: str) -> Document:
    """Read a CSV or TSV file: encoding and delimiter are found, values stay text. Raises SourceError `file_broken`."""
    text = decode_text(data)
    if text is None:
        raise SourceError("file_broken", file=source)
    lines = list(io.StringIO(text, newline=""))
    delimiter = find_delimiter(lines)
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == len("sep=;"):
        delimiter, lines[0] = lines[0].strip()[-1], "\n"
    csv.field_size_limit(max(csv.field_size_limit(), len(data) + 1))
    entries = []
    try:
        for row_index, row in enumerate(csv.reader(lines, delimiter=delimiter)):
            for column_index, value in enumerate(row):
                shown = value.strip()
                if shown:
                    entries.append(Entry(row_index, column_index, shown, shown))
    except csv.Error as error:
        raise SourceError("file_broken", file=source) from error
    return build_document(source, "csv", sheet_blocks("", entries, {}, 1, hidden=False), page_count=1)


def find_delimiter(lines: Sequence[str]) -> str:
    """Find what separates the cells: the sign that cuts most rows in the same number of cells, two or more.

    The first that cuts nothing when none does. Signs within quotes do not count, nor those of sentences.
    """
    sample = [line for line in lines[:_SNIFFED_LINES] if line.strip()]
    cut = {delimiter: [row for row in csv.reader(sample, delimiter=delimiter) if row] for delimiter in _DELIMITERS}
    cut = {delimiter: rows for delimiter, rows in cut.items() if not _is_prose(rows)}
    best, best_score = next(iter(cut), _DELIMITERS[0]), 0.0
    for delimiter, rows in cut.items():
        widths = [len(row) for row in rows if len(row) > 1]
        if not widths:
            continue
        usual = max(sorted(set(widths)), key=widths.count)
        score = widths.count(usual) / len(rows) * min(usual, 3)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _is_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a sign cuts sentences, not cells: few rows, and what follows it always begins with a space."""
    cut = [row for row in rows if len(row) > 1]
    spaced = all(cell.startswith(" ") for row in cut for cell in row[1:])
    return 0 < 2 * len(cut) < len(rows) and spaced


def _typed(value: object, *, percent: bool, time_shown: bool) -> tuple[CellValue, str, bool]:
    """(typed value, text shown, percent) of a cell as a library gives it; an empty text is an empty cell."""
    match value:
        case None:
            return None, "", False
        case bool():
            return value, show_boolean(value), False
        case int() | float():
            number = _decimal(value)
            if number is None:
                return None, str(value), False
            return number, show_number(number, percent=percent), percent
        case datetime():
            at_midnight = value.time() == time(0)
            if at_midnight or not time_shown:
                return value.date(), value.date().isoformat(), False
            return value.date(), value.isoformat(" ", "minutes"), False
        case date():
            return value, value.isoformat(), False
        case time() | timedelta():
            return str(value), str(value), False
        case _:
            text = str(value)
            return text, text.strip(), False


def _decimal(value: int | float) -> Decimal | None:
    """The number as typed: 0.1 stays 0.1, 12.0 is 12; None for what is no number."""
    number = Decimal(repr(value))
    if not number.is_finite():
        return None
    is_whole = number == number.to_integral_value() and abs(number) < Decimal(10) ** 15
    return number.quantize(Decimal(1)) if is_whole else number


def show_boolean(value: bool) -> str:
    """A truth value as a spreadsheet shows it in French."""
    return boolean_words()[value]


def show_number(number: Decimal, *, percent: bool) -> str:
    """A number as a French reader sees it: decimal comma, points for a percentage."""
    if percent:
        return f"{_plain(number * 100)} %"
    return _plain(number)


def _plain(number: Decimal) -> str:
    digits = format(number, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return digits.replace(".", ",")


def sheet_blocks(name: str, entries: list[Entry], spans: Spans, number: int, *, hidden: bool) -> list[Block]:
    """The name of a sheet, then its table; a sheet without any value gives its name only."""
    position = Position(number)
    titles = [Block(name, Style(outline_level=1), position, role=Role.SHEET_NAME)] if name else []
    row_count = max((entry.row_index for entry in entries), default=-1) + 1
    column_count = max((entry.column_index for entry in entries), default=-1) + 1
    covered: set[tuple[int, int]] = set()
    cells = []
    for entry in entries:
        place = (entry.row_index, entry.column_index)
        if place in covered:
            continue
        rows, columns = spans.get(place, (1, 1))  # cut at the last value: a merge may run down to the end of the sheet
        rows, columns = min(rows, row_count - place[0]), min(columns, column_count - place[1])
        if rows > 1 or columns > 1:
            covered |= {(place[0] + row, place[1] + column) for row in range(rows) for column in range(columns)}
        blocks = tuple(_cell_blocks(entry, position))
        cells.append(
            Cell(*place, blocks, rows, columns, entry.fill, entry.value, entry.percent, locator=locate(name, *place))
        )
    if not cells:
        return titles
    table = Table(row_count, column_count, tuple(cells), name=name, hidden=hidden)
    return [*titles, Block(position=position, table=table)]


def _cell_blocks(entry: Entry, position: Position) -> Iterator[Block]:
    frame = Frame(fill=entry.fill, position=position, indent_pt=entry.indent * 9.0, in_cell=True)
    for line in entry.shown.splitlines():
        yield from set_paragraph([(line, entry.face)], frame)


def locate(sheet: str, row_index: int, column_index: int) -> str:
    """Name a cell as a person does: `Feuil1!C7`; `C7` when the sheet has no name."""
    letters = ""
    rest = column_index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{sheet}!{letters}{row_index + 1}" if sheet else f"{letters}{row_index + 1}"
