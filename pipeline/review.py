"""The coordinator's corrections: relecture.xlsx as it comes back -> statements that outrank every source.

`publish/review.py` wrote it: a sheet to correct, and a hidden one that keeps every cell as first read. A cell that
differs from its hidden twin is a correction; rows are told apart by the identifier in their last column, so that they
may be sorted, filtered or hidden. The words are those of data/messages/wording.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from pipeline.exceptions import SourceError
from pipeline.model import ACTOR_ROLES, CellValue, Document, Level, Remark, Severity, Statement, Status, Table
from pipeline.remarks import read_sentences
from pipeline.text import fold
from pipeline.values import (
    Parsed,
    parse_amount_eur,
    parse_code,
    parse_number,
    parse_percent,
    parse_span,
    parse_status,
    plain_decimal,
)

ID, LABEL, POSITION, PARENT, ACTORS = "id", "label", "position", "parent", "actors"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A cell: what it holds ("" when empty), as text, and where it stands."""

    text: str
    value: CellValue
    percent: bool
    locator: str


_Row = Mapping[str, _Entry]  # code of the column -> cell
_Sheet = list[_Row]
#: A cell as a canonical value; None when it cannot be read.
_Reader = Callable[[_Entry], str | None]


def read_review(document: Document) -> tuple[tuple[Statement, ...], tuple[Remark, ...]]:
    """Return one statement for each changed cell (for each name, where the actors changed), `element_id` set.

    An emptied cell gives a statement without value. Remarks, all warnings: review_value_unknown, review_word_unknown,
    review_cell_empty, review_parent_unknown, review_parent_ambiguous, review_role_unknown, review_order_ignored,
    review_row_added, review_row_twice, review_row_removed. Raise SourceError review_not_ours when the sheets are not
    there.
    """
    corrected, first = _read_sheets(document)
    first_rows = {row[ID].text: row for row in first if ID in row and row[ID].text}
    names = _name_elements(first)
    statements: list[Statement] = []
    remarks: list[Remark] = []
    seen: set[str] = set()
    for row in corrected:
        element_id = row[ID].text
        before = first_rows.get(element_id)
        if element_id in seen or before is None:
            if any(entry.text for entry in row.values()):
                code = "review_row_twice" if element_id in seen else "review_row_added"
                remarks.append(_remark(document, code, row[ID], (("title", _text_of(row, "title")),)))
            continue
        seen.add(element_id)
        for column, entry in row.items():
            if column in before and column in _COLUMNS and entry.text != before[column].text:
                said, about = _COLUMNS[column](document, element_id, column, entry, before[column], names)
                statements += said
                remarks += about
    for element_id, row in first_rows.items():
        if element_id not in seen:
            remarks.append(_remark(document, "review_row_removed", row[ID], (("title", _text_of(row, "title")),)))
    return tuple(statements), tuple(remarks)


# ----------------------------------------------------------------------------------------------------------- the sheets


@cache
def _words(table: str) -> Mapping[str, str]:
    """Return folded word -> code of a table of wording.toml."""
    return {fold(word): code for code, word in read_sentences(table).items()}


def _read_sheets(document: Document) -> tuple[_Sheet, _Sheet]:
    """Return the rows that were corrected and those first read."""
    tables = [block.table for block in document.blocks if block.table is not None]
    hidden_name = fold(read_sentences("sheets")["first_read"])
    first = next((t for t in tables if fold(t.name) == hidden_name), None)
    # The sheet may have been renamed; its headings tell it.
    found = [t for t in tables if t is not first and {ID, "title", "level"} <= set(_read_header(t)[1].values())]
    if first is None or not found:
        raise SourceError("review_not_ours", file=document.source)
    return _read_rows(found[0]), _read_rows(first)


def _read_header(table: Table) -> tuple[int, dict[int, str]]:
    """Return the row of headings and column index -> code; a heading that is not ours is left out."""
    headings: dict[int, dict[int, str]] = {}
    labelled = {fold(read_sentences("columns")[code]): code for code in (*_COLUMNS, ID, LABEL)}
    for cell in table.cells:
        text = fold(_show(cell.value))
        code = labelled.get(text)
        if code is not None and code not in headings.setdefault(cell.row_index, {}).values():
            headings[cell.row_index][cell.column_index] = code
    row_index = next((r for r in sorted(headings) if ID in headings[r].values()), -1)
    return row_index, headings.get(row_index, {})


def _read_rows(table: Table) -> _Sheet:
    header_index, columns = _read_header(table)
    cells = {(c.row_index, c.column_index): c for c in table.cells if c.row_index > header_index}
    rows: _Sheet = []
    for row_index in range(header_index + 1, table.row_count):
        row: dict[str, _Entry] = {}
        for column_index, code in columns.items():
            cell = cells.get((row_index, column_index))
            locator = f"{table.name}!{_letters(column_index)}{row_index + 1}"
            value = None if cell is None else cell.value
            row[code] = _Entry(_show(value), value, cell is not None and cell.percent, locator)
        rows.append(row)
    return rows


def _letters(column_index: int) -> str:
    letters = ""
    rest = column_index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _show(value: CellValue) -> str:
    """Return what a cell holds as text, so that a sheet saved by another program compares equal."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    return "\n".join(" ".join(line.split()) for line in str(value).splitlines() if line.strip())


def _text_of(row: _Row, column: str) -> str:
    return row[column].text if column in row else ""


def _name_elements(first: _Sheet) -> Mapping[str, frozenset[str]]:
    """Return folded name -> ids: the label of the column of parents, the title alone, the code alone."""
    names: dict[str, set[str]] = {}
    for row in first:
        for column in (LABEL, "title", "code", ID):
            name = fold(_text_of(row, column))
            if name:
                names.setdefault(name, set()).add(_text_of(row, ID))
    return {name: frozenset(ids) for name, ids in names.items()}


# ------------------------------------------------------------------------------------------------------------ the cells

_Names = Mapping[str, frozenset[str]]
_Facts = tuple[tuple[str, str], ...]
_Said = tuple[list[Statement], list[Remark]]
_Column = Callable[[Document, str, str, _Entry, _Entry, _Names], _Said]


def _remark(
    document: Document, code: str, entry: _Entry, facts: tuple[tuple[str, str], ...], about: str = ""
) -> Remark:
    return Remark(Severity.WARNING, code, facts, about, document.source, entry.locator)


def _state(document: Document, element_id: str, field: str, value: str, entry: _Entry, original: str = "") -> Statement:
    mention = f"{document.source}!{element_id}"
    text = original or entry.text
    return Statement(mention, field, value, text, document.source, entry.locator, element_id=element_id)


def _read_cell(reader: _Reader, allowed: str = "") -> _Column:
    """Make the reading of a column that holds one value; `allowed` names the column whose words a remark lists."""

    def read(document: Document, element_id: str, column: str, entry: _Entry, before: _Entry, names: _Names) -> _Said:
        value = "" if not entry.text else reader(entry)
        if value is None:
            words = ", ".join(read_sentences(allowed)[code] for code in _ALLOWED[allowed]) if allowed else ""
            code = "review_word_unknown" if allowed else "review_value_unknown"
            facts: _Facts = (("column", read_sentences("columns")[column]), ("text", entry.text), ("words", words))
            return [], [_remark(document, code, entry, facts, element_id)]
        if not value and column in ("title", "level"):
            facts = (("column", read_sentences("columns")[column]), ("text", before.text))
            return [], [_remark(document, "review_cell_empty", entry, facts, element_id)]
        return [_state(document, element_id, column, value, entry)], []

    return read


_ALLOWED: Mapping[str, Sequence[str]] = {"level": tuple(Level), "status": tuple(Status), "synergy": ("oui", "non")}


def _read_text(entry: _Entry) -> str | None:
    return entry.text


def _read_level(entry: _Entry) -> str | None:
    code = _words("level").get(fold(entry.text), "")
    return code if code in set(Level) else None


def _read_status(entry: _Entry) -> str | None:
    code = _words("status").get(fold(entry.text), "")
    if code in set(Status):
        return code
    parsed = parse_status(entry.text)
    return None if parsed is None or parsed.prose or not parsed.value else parsed.value


def _read_synergy(entry: _Entry) -> str | None:
    return parse_code(entry.text, "synergy").value or None


def _read_progress(entry: _Entry) -> str | None:
    if isinstance(entry.value, Decimal):
        number: Decimal | None = entry.value * 100 if entry.percent else entry.value
    else:
        number = parse_percent(entry.text).value
    return plain_decimal(number) if number is not None and 0 <= number <= 100 else None


def _read_amount(entry: _Entry) -> str | None:
    if isinstance(entry.value, Decimal):
        return plain_decimal(entry.value)
    parsed: Parsed = parse_amount_eur(entry.text)
    number = parse_number(entry.text).value if parsed.value is None else parsed.value
    return None if number is None or parsed.approximate else plain_decimal(number)


def _read_day(entry: _Entry) -> str | None:
    """Read a date at the precision typed: 2027, 06/2027, 30/06/2027; a range or a sentence is none."""
    if isinstance(entry.value, date):
        return entry.value.isoformat()
    if isinstance(entry.value, Decimal) and not 1900 <= entry.value <= 2200:
        return None
    span = parse_span(entry.text)
    moment = span.end or span.start
    ranged = span.start is not None and span.end is not None and span.start != span.end
    return None if moment is None or ranged or span.prose else moment.value


def _read_parent(
    document: Document, element_id: str, column: str, entry: _Entry, before: _Entry, names: _Names
) -> _Said:
    found = names.get(fold(entry.text), frozenset()) - {element_id} if entry.text else frozenset({""})
    if len(found) != 1:
        code = "review_parent_ambiguous" if found else "review_parent_unknown"
        facts = (("text", entry.text), ("count", str(len(found))))
        return [], [_remark(document, code, entry, facts, element_id)]
    return [_state(document, element_id, column, next(iter(found)), entry)], []


def _read_actors(
    document: Document, element_id: str, column: str, entry: _Entry, before: _Entry, names: _Names
) -> _Said:
    """Read lines `role : name`; a role whose names changed is replaced whole, one that is gone is emptied."""
    now, unknown = _list_actors(entry.text)
    then, _ = _list_actors(before.text)
    if unknown:
        words = ", ".join(read_sentences("role")[role] for role in ACTOR_ROLES)
        facts = (("text", unknown), ("words", words))
        return [], [_remark(document, "review_role_unknown", entry, facts, element_id)]
    statements = []
    for role in ACTOR_ROLES:
        listed = now.get(role, [])
        if listed != then.get(role, []):
            statements += [_state(document, element_id, role, name, entry, name) for name in listed or [""]]
    return statements, []


def _list_actors(text: str) -> tuple[dict[str, list[str]], str]:
    """Return role -> names, and the first line that names no role ("" when all do)."""
    actors: dict[str, list[str]] = {}
    for line in text.splitlines():
        head, separator, name = line.partition(":")
        role = _words("role").get(fold(head), "")
        if role not in ACTOR_ROLES or not separator or not name.strip():
            return {}, line
        actors.setdefault(role, []).append(name.strip())
    return actors, ""


def _ignore_order(
    document: Document, element_id: str, column: str, entry: _Entry, before: _Entry, names: _Names
) -> _Said:
    return [], [_remark(document, "review_order_ignored", entry, (("text", entry.text),), element_id)]


#: Column -> how a changed cell is read; columns that are not here only inform.
_COLUMNS: Mapping[str, _Column] = {
    POSITION: _ignore_order,
    "level": _read_cell(_read_level, "level"),
    "code": _read_cell(_read_text),
    "title": _read_cell(_read_text),
    PARENT: _read_parent,
    "status": _read_cell(_read_status, "status"),
    "progress": _read_cell(_read_progress),
    "start": _read_cell(_read_day),
    "end": _read_cell(_read_day),
    "end_first": _read_cell(_read_day),
    "budget": _read_cell(_read_amount),
    "synergy": _read_cell(_read_synergy, "synergy"),
    ACTORS: _read_actors,
    "comment": _read_cell(_read_text),
}
