"""Read a table for what it is: a grid (a header row, an element or a measure a row) or a sheet (labels beside values).

Anything else is a table used for layout, whose cells are read as running text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from pipeline.model import Block, Cell, Level, Marker, Table
from pipeline.text import clean, fold
from pipeline.values import parse_status
from pipeline.vocabulary import (
    Label,
    is_whole_label,
    match_label,
    match_level,
    match_number,
    match_section,
    split_inline_fields,
)

MAXIMUM_LABEL_CHARACTERS = 80
#: Marks that tick a column of a board.
_TICK = re.compile(r"^\s*(?:[xX\u00d7\u2612\u2611\u2713\u2714\u2717\u2718\u25a0\u25cf\u2022]|\[x\]|oui)\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value beside or below its label."""

    label: Label
    printed_label: str
    cell: Cell | None
    text: str
    blocks: tuple[Block, ...]
    label_blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Labels beside values: one element, the one whose title it holds or the one above it.

    `loose` holds the blocks of rows that carry no label (a band above, a remark below), with whether they stand before
    the first label.
    """

    entries: tuple[Entry, ...]
    loose: tuple[tuple[bool, tuple[Block, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid. `status` is set on a board's columns, whose mark gives the status."""

    index: int
    label: Label | None
    printed: str
    status: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a grid: by column index the cell that covers it; `band` holds the blocks of a row of one cell."""

    cells: dict[int, Cell] = field(default_factory=dict)
    band: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A header row and the rows below it."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    before: tuple[Block, ...] = ()  # blocks of rows above the header
    header_blocks: tuple[Block, ...] = ()


def cell_text(cell: Cell | None) -> str:
    """The text of a cell, its paragraphs on lines of their own."""
    if cell is None:
        return ""
    if isinstance(cell.value, Decimal) and cell.percent:
        return f"{(cell.value * 100).normalize():f} %"
    return "\n".join(clean(line) for line in cell.text.split("\n") if clean(line))


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A cell with what is read off it once: its text, the label or status that the text is, the year."""

    cell: Cell
    text: str
    label: Label | None
    status: str
    year: str


_Matrix = list[list[_Place | None]]


def _matrix(table: Table) -> _Matrix:
    """Lay the cells out so that each place of a merged cell holds the cell."""
    grid: _Matrix = [[None] * table.column_count for _ in range(table.row_count)]
    for inner in table.cells:
        text = cell_text(inner)
        cell = _Place(inner, text, _label_of(inner, text), _status_word(text), _year(text))
        for r in range(inner.row_index, min(inner.row_index + inner.row_span, table.row_count)):
            for c in range(inner.column_index, min(inner.column_index + inner.column_span, table.column_count)):
                grid[r][c] = cell
    return grid


def _distinct(row: Sequence[_Place | None]) -> list[_Place]:
    """The cells of a row, each once, empty ones left out."""
    out: list[_Place] = []
    for cell in row:
        if cell is not None and (not out or out[-1] is not cell) and cell.text:
            out.append(cell)
    return out


def _label_of(cell: Cell, text: str) -> Label | None:
    if not text or len(text) > MAXIMUM_LABEL_CHARACTERS or any(b.marker_kind is Marker.BULLET for b in cell.blocks):
        return None
    if re.search(r"[\u2610-\u2612]", text):
        return None
    return _two_lines(text) or match_label(text.replace("\n", " "))


def _two_lines(text: str) -> Label | None:
    """Read a header of two lines: a level above, a field below."""
    lines = text.split("\n")
    if len(lines) != 2:
        return None
    first, second = match_label(lines[0]), match_label(lines[1])
    if first is not None and first.level is not None and second is not None:
        return Label(second.field, first.level)
    return None


def _header(matrix: _Matrix, table: Table) -> int | None:
    """Return the index of the header row: most of its cells are labels, and no value stands beside its label."""
    best: tuple[float, int] | None = None
    for index, row in enumerate(matrix[:12]):
        cells = _distinct(row)
        if len(cells) < 2:
            continue
        known = sum(c.label is not None or c.status != "" or c.year != "" for c in cells)
        labelled = sum(c.label is not None for c in cells)
        share = known / len(cells)
        board = sum(c.status != "" for c in cells) >= 2 and any(_is_band(c.text) for c in cells[:1])
        if (labelled == 0 and not board) or index + 1 >= len(matrix):
            continue
        marked = index < table.header_row_count
        titled = any((label := c.label) is not None and label.field == "title" for c in cells)
        enough = (
            board
            or (known >= 2
            and (share >= 0.6 or (share >= 0.4 and (marked or titled))))
            or (titled and (marked or _is_set_as_header(cells, matrix[index + 1]) or _lists_below(matrix, index)))
        )
        if enough and (marked or _lists_below(matrix, index) or not _is_pairs(row)):
            score = share + (0.5 if marked else 0.0) + (0.3 if titled else 0.0) - 0.01 * index
            if best is None or score > best[0]:
                best = (score, index)
    return best[1] if best else None


def _lists_below(matrix: _Matrix, index: int) -> bool:
    """Tell whether the first row names a level and at least three rows of other words stand below it."""
    head = matrix[index][0]
    first = head.label if head is not None else None
    below = [row[0] for row in matrix[index + 1 :] if row[0] is not None and row[0].text]
    return (
        index == 0
        and first is not None
        and first.field == "title"
        and first.level is not None
        and len(below) >= 3
        and sum(c.label is not None for c in below) <= len(below) / 3
    )


def _is_set_as_header(cells: Sequence[_Place], below: Sequence[_Place | None]) -> bool:
    """Tell whether a row is set apart from the one below it by fill or weight."""

    def weight(row: Sequence[_Place]) -> tuple[bool, bool]:
        return (
            all(c.cell.fill or any(b.style.fill for b in c.cell.blocks) for c in row) if row else False,
            all(b.style.bold for c in row for b in c.cell.blocks if b.text) if row else False,
        )

    top, under = weight(cells), weight(_distinct(below))
    return (top[0] and not under[0]) or (top[1] and not under[1])


def _is_pairs(row: Sequence[_Place | None]) -> bool:
    """Tell whether labels and values take turns in a row."""
    cells = list(_distinct(row))
    if len(cells) not in (2, 4, 6):
        return False
    return all((c.label is not None) == (i % 2 == 0) for i, c in enumerate(cells))


@cache
def _status_word(text: str) -> str:
    """The code of a status when a header cell is its printed word, else an empty text."""
    parsed = parse_status(text) if 0 < len(text) <= 25 else None
    return parsed.value if parsed is not None and not parsed.prose else ""


def _year(text: str) -> str:
    match = re.fullmatch(r"\s*(20\d\d)\s*", text)
    return match[1] if match else ""


def read_table(table: Table) -> tuple[Grid | Sheet, ...]:
    """Read a table as a grid or as sheets, one after another; () when it is only there for layout."""
    matrix = _matrix(table)
    if table.column_count < 2 or not matrix:
        return ()
    stacked = _read_stacked(matrix)
    if stacked:
        return stacked
    header = _header(matrix, table)
    sheets = _read_sheet(matrix)
    if header is None:
        return sheets
    leveled = any(p is not None and p.label is not None and p.label.field == "level" for p in matrix[header])
    if sheets and not leveled and _labels_first_column(matrix, header):
        return sheets
    grid = _read_grid(matrix, header)
    return (grid,) if grid is not None else ()


def _labels_first_column(matrix: _Matrix, header: int) -> bool:
    """Tell whether most rows begin with a label: then a row of two labels («Responsable : | Responsable GRH») is no header."""
    firsts = [row[0] for i, row in enumerate(matrix) if i != header and row[0] is not None and row[0].text]
    return len(firsts) >= 2 and sum(c.label is not None for c in firsts) >= 0.6 * len(firsts)


def _cell_entry(place: _Place) -> Entry | None:
    """Read a cell that holds its own label: «Label» above the value, or «Label : value»."""
    head, _, rest = place.text.partition("\n")
    blocks = place.cell.blocks
    label = match_label(head) if len(head) <= MAXIMUM_LABEL_CHARACTERS else None
    if label is not None and rest and (head.rstrip().endswith(":") or is_whole_label(head)):
        return Entry(label, head, place.cell, rest, blocks[1:] or blocks, blocks[:1])
    fields = split_inline_fields(place.text)
    if len(fields) == 1:
        name, printed, value = fields[0]
        return Entry(Label(name), printed, place.cell, value, blocks, ())
    if label is not None and not rest and is_whole_label(head):
        return Entry(label, head, place.cell, "", (), blocks)
    return None


def _read_stacked(matrix: _Matrix) -> tuple[Sheet, ...]:
    """Read a sheet whose labels stand in the cells of their values, or in rows above rows of values; () when none."""
    places = list({id(p): p for row in matrix for p in row if p is not None and p.text}.values())
    own = [(p, _cell_entry(p)) for p in places]
    filled = sum(e is not None and bool(e.text) for _, e in own)
    if filled >= 3 and filled >= 0.5 * len(places) and sum(e is not None for _, e in own) >= 0.6 * len(places):
        return cut_sheets([e if e is not None else p.cell.blocks for p, e in own])
    heads = [i for i, row in enumerate(matrix) if (cells := _distinct(row)) and all(p.label is not None for p in cells)]
    if len(heads) < 2 or not any(len(_distinct(matrix[i])) >= 2 for i in heads):
        return ()
    gaps = [b - a for a, b in pairwise(heads)]
    if min(gaps) < 2 or sorted(gaps)[len(gaps) // 2] != 2:
        return ()  # rows of labels do not take turns with rows of values
    events: list[Entry | tuple[Block, ...]] = []
    for index, row in enumerate(matrix):
        if index in heads:
            below = matrix[index + 1] if index + 1 < len(matrix) else []
            for place in _distinct(row):
                value = below[place.cell.column_index] if place.cell.column_index < len(below) else None
                assert place.label is not None
                if value is None:
                    events.append(Entry(place.label, place.text, None, "", (), place.cell.blocks))
                else:
                    events.append(Entry(place.label, place.text, value.cell, value.text, value.cell.blocks, place.cell.blocks))
        elif index - 1 not in heads and _distinct(row):
            events.append(tuple(b for p in _distinct(row) for b in p.cell.blocks))
    return cut_sheets(events) if sum(isinstance(e, Entry) and bool(e.text) for e in events) >= 2 else ()


def _read_grid(matrix: _Matrix, header: int) -> Grid | None:
    first = matrix[header]
    last_header = header
    second: list[_Place | None] = []
    if header + 1 < len(matrix) and any(c is not None and c.cell.column_span > 1 for c in first):
        below = matrix[header + 1]
        if any(c.label is not None or c.status != "" or c.year for c in below if c is not None and c not in first):
            second, last_header = below, header + 1
    columns: list[Column] = []
    header_blocks: list[Block] = []
    for index, cell in enumerate(first):
        if cell is not None and cell not in first[:index]:
            header_blocks += cell.cell.blocks
        lower = second[index] if second else None
        if lower is not None and lower is not cell:
            if lower not in second[:index]:
                header_blocks += lower.cell.blocks
            # under «Etat d'avancement» or «Calendrier» the lower words, statuses or years, name the columns
            named = lower.status != "" or lower.year != ""
            label = lower.label or (cell.label if cell is not None and not named else None)
            upper = cell.label if cell is not None else None
            if (
                label is not None
                and label.level is None
                and upper is not None
                and upper.level is not None
                and lower.text
            ):
                label = Label(label.field, upper.level)
            printed = lower.text or (cell.text if cell is not None else "")
        else:
            label, printed = (cell.label if cell is not None else None), (cell.text if cell is not None else "")
        if cell is not None and index > 0 and first[index - 1] is cell and not second:
            label = None  # the rest of a merged header cell
        status = _status_word(printed) if label is None else ""
        columns.append(Column(index, label, printed.replace("\n", " "), status, _year(printed)))
    if sum(bool(c.status) for c in columns) >= 2:
        # on a board «Fin.» is a status, not a date
        columns = [
            replace(c, status=_status_word(c.printed), label=None)
            if not c.status and c.label is not None and c.label.field in ("end", "status") and _status_word(c.printed)
            else c
            for c in columns
        ]
    heads = [
        b for c in _distinct(first) if _is_band(c.text) for b in c.cell.blocks
    ]  # «OO 1.1 : ...» over the first column
    rows: list[Row] = []
    header_key = [fold(c.text) for c in _distinct(first)]
    leftmost = min((p.cell.column_index for row in matrix[header:] for p in _distinct(row)), default=0)
    for row in matrix[last_header + 1 :]:
        cells = _distinct(row)
        if not cells:
            continue
        if [fold(c.text) for c in cells] == header_key:
            header_blocks += [b for c in cells for b in c.cell.blocks]
            continue
        if len(cells) == 1 and (cells[0].cell.column_span >= max(2, len(columns) // 2) or _is_heading_cell(cells[0], leftmost)):
            rows.append(Row(band=cells[0].cell.blocks))
            continue
        covering = {
            i: cell.cell for i, cell in enumerate(row) if cell is not None and (i == 0 or row[i - 1] is not cell)
        }
        rows.append(Row(cells=covering))
    before = [b for row in matrix[:header] for c in _distinct(row) for b in c.cell.blocks]
    return Grid(
        tuple(columns), tuple(rows), _once((*before, *heads)), _once([b for b in header_blocks if b not in heads])
    )


def _is_band(text: str) -> bool:
    """Tell whether a cell holds a labelled element («OO 1.1 : ...»)."""
    label = match_level(text)
    return label is not None and bool(label.code) and bool(label.rest)


def _is_heading_cell(place: _Place, leftmost: int) -> bool:
    """Tell whether the only filled cell of a row is a band: a labelled element or the heading of a section."""
    return place.cell.column_index <= leftmost and (_is_band(place.text) or match_section(place.text) is not None)


def _once(blocks: Sequence[Block]) -> tuple[Block, ...]:
    seen: set[int] = set()
    out = []
    for block in blocks:
        if id(block) not in seen:
            seen.add(id(block))
            out.append(block)
    return tuple(out)


def _label_columns(matrix: _Matrix) -> frozenset[int]:
    """The columns in which labels stand: at least two, and half of what the column holds."""
    found = set()
    width = max(len(row) for row in matrix)
    for index in range(width):
        cells = {
            id(c): c
            for row in matrix
            if index < len(row) and (c := row[index]) is not None and c.cell.column_index == index and c.text
        }
        wide = [c for c in cells.values() if c.cell.column_span < width]
        known = sum(c.label is not None for c in wide)
        if known >= 2 and known >= 0.5 * len(wide) and index - 1 not in found:
            found.add(index)
    return frozenset(found)


def _read_sheet(matrix: _Matrix) -> tuple[Sheet, ...]:
    """Read labels beside values, () when the table is none; where labels stand is told by the columns that hold most of them."""
    columns = _label_columns(matrix)
    width = max(len(row) for row in matrix)
    events: list[Entry | tuple[Block, ...]] = []
    labelled_rows = rows = 0
    done: set[int] = set()
    for row in matrix:
        places: list[_Place] = []
        for place in row:
            if place is not None and (not places or places[-1] is not place):
                places.append(place)
        if not any(p.text for p in places):
            continue
        rows += 1
        found = False
        stray: list[Block] = []
        for position, place in enumerate(places):
            if id(place) in done:
                continue
            done.add(id(place))
            placed = place.cell.column_index in columns and place.cell.column_span < width
            label = (
                match_label(place.text.replace("\n", " "), loose=True)
                if placed
                else place.label
                if len(places) > 1
                else None
            )
            value = places[position + 1] if position + 1 < len(places) else None
            if label is None or (not placed and value is None):
                stray += place.cell.blocks
                continue
            found = True
            if (
                value is None
                or value.cell.column_index in columns
                or id(value) in done
                or (not placed and value.label is not None and not _is_value_like(value))
            ):
                events.append(Entry(label, place.text, None, "", (), place.cell.blocks))
                continue
            done.add(id(value))
            events.append(Entry(label, place.text, value.cell, value.text, value.cell.blocks, place.cell.blocks))
        if stray:
            events.append(tuple(stray))
        labelled_rows += found
    filled = sum(isinstance(e, Entry) and bool(e.text) for e in events)
    enough = labelled_rows >= 2 and labelled_rows >= 0.5 * rows and filled >= 1
    one_row = labelled_rows == 1 and rows == 1 and filled >= 2
    return cut_sheets(events) if enough or one_row else ()


def cut_sheets(events: Sequence[Entry | tuple[Block, ...]]) -> tuple[Sheet, ...]:
    """Cut a run of labels and loose blocks into sheets: one form after another in one table is one sheet each.

    A sheet begins where a band names an element, or where the first label of the sheet comes again.
    """
    sheets: list[Sheet] = []
    entries: list[Entry] = []
    loose: list[tuple[bool, tuple[Block, ...]]] = []

    def close() -> None:
        if entries or loose:
            sheets.append(Sheet(tuple(entries), tuple(loose)))
        entries.clear()
        loose.clear()

    for event in events:
        if isinstance(event, Entry):
            if entries and fold(event.printed_label) == fold(entries[0].printed_label) and len(entries) >= 3:
                close()
            entries.append(event)
        else:
            if entries and _is_band(" ".join(clean(b.text) for b in event)):
                close()
            loose.append((not entries, event))
    close()
    return tuple(sheets)


def _is_value_like(place: _Place) -> bool:
    """Tell whether a cell that could be a label is more likely a value: no colon at its end, and not set as a label."""
    if place.text.endswith(":") or place.cell.fill:
        return False
    return not any(b.style.bold for b in place.cell.blocks)


def is_ticked(text: str) -> bool:
    """Tell whether the cell of a board is ticked."""
    return bool(_TICK.match(text))


@dataclass(frozen=True, slots=True)
class Part:
    """An item of a list in a cell: its number (empty when bulleted), its text, and the items of the inner list."""

    number: str
    text: str
    blocks: tuple[Block, ...]
    inner: tuple[tuple[str, tuple[Block, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One element of a row: rows whose cells hold aligned lists give several. `inner` are the items under its title."""

    cells: dict[int, tuple[str, tuple[Block, ...], str]]  # column index -> text, blocks, locator of the cell
    inner: tuple[tuple[str, tuple[Block, ...]], ...] = ()


def split_row(row: Row, title_column: int) -> list[Item]:
    """Cut a row whose title cell is a list into one item a line, taking along the lines of other cells that align.

    A value that stands once for the whole row is given to every item.
    """
    whole = {i: (cell_text(c), c.blocks, c.locator) for i, c in row.cells.items() if c.text.strip()}
    title = row.cells.get(title_column)
    parts = _list_parts(title) if title is not None else []
    if len(parts) < 2 and not (parts and parts[0].inner):
        return [Item(whole)]
    items: list[dict[int, tuple[str, tuple[Block, ...], str]]] = [{} for _ in parts]
    for index, cell in row.cells.items():
        if index == title_column:
            for item, part in zip(items, parts, strict=True):
                item[index] = (part.text, part.blocks, cell.locator)
            continue
        others = _list_parts(cell)
        numbered = {other.number: other for other in others if other.number}
        if numbered and any(part.number for part in parts):
            for item, part in zip(items, parts, strict=True):
                other = numbered.get(part.number)
                if other is not None and other.text:
                    item[index] = (other.text, other.blocks, cell.locator)
        elif len(others) == len(parts):
            for item, other in zip(items, others, strict=True):
                item[index] = (other.text, other.blocks, cell.locator)
        elif index in whole:
            for item in items:
                item[index] = whole[index]
    return [Item(item, part.inner) for item, part in zip(items, parts, strict=True)]


def _list_parts(cell: Cell) -> list[Part]:
    """Cut a cell into the items of its list; [] unless every line is numbered or bulleted.

    Bullets of an inner list level, or of another glyph than the first, belong to the item above.
    """
    parts: list[Part] = []
    first: Block | None = None
    for block in cell.blocks:
        if block.table is not None:
            return []
        for line in block.text.split("\n"):
            text = clean(line)
            number = match_number(f"{block.marker} {text}" if block.marker_kind is Marker.NUMBER else text)
            if number is not None and (number.delimiter or block.marker_kind is Marker.NUMBER):
                parts.append(Part(number.code, number.rest, (block,)))
            elif block.marker_kind is Marker.BULLET:
                if first is None:
                    first = block
                inner = parts and (
                    bool(parts[-1].number)
                    or (block.list_level or 0) > (first.list_level or 0)
                    or (block.marker != first.marker and block.indent_pt >= first.indent_pt)
                )
                if inner:
                    parts[-1] = replace(parts[-1], inner=(*parts[-1].inner, (text, (block,))))
                else:
                    parts.append(Part("", text, (block,)))
            elif parts and text and text[:1].islower() and not parts[-1].inner:
                parts[-1] = replace(parts[-1], text=f"{parts[-1].text} {text}", blocks=(*parts[-1].blocks, block))
            elif text:
                return []
    return parts


def in_columns(table: Table) -> bool:
    """Tell whether a table used for layout is read column by column: its first row holds one labelled element a cell."""
    first = [c for c in table.cells if c.row_index == 0 and c.text.strip()]
    return len(first) >= 2 and table.row_count >= 2 and all(_is_band(c.text) for c in first)


def leaf_level(grid: Grid) -> Level | None:
    """The deepest level that a column of a grid names, None when no title column names one."""
    levels = [
        c.label.level
        for c in grid.columns
        if c.label is not None and c.label.level is not None and c.label.field == "title"
    ]
    order = list(Level)
    return max(levels, key=order.index) if levels else None
