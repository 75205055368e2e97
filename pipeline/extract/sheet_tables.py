"""Read a table of labels beside, above or in the cells of their values: a sheet, or several one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.matrix import MAXIMUM_LABEL_CHARACTERS, Matrix, Place, is_band, is_parent
from pipeline.model import Block, Cell
from pipeline.text import clean, fold
from pipeline.vocabulary import (
    Label,
    is_exact_label,
    is_whole_label,
    match_code,
    match_label,
    match_level,
    split_inline_fields,
)


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


def read_stacked(matrix: Matrix) -> tuple[Sheet, ...]:
    """Read a sheet whose labels stand in the cells of their values, or in rows above rows of values; () when none."""
    return _read_labels_in_cells(matrix) or _read_labels_above(matrix)


def _read_labels_in_cells(matrix: Matrix) -> tuple[Sheet, ...]:
    """Read a sheet most of whose cells hold a label and, mostly, its value; () when it is none."""
    places = list({id(place): place for row in matrix for place in row.distinct}.values())
    if sum(_may_hold_label(place) for place in places) < 0.6 * len(places):
        return ()  # told before any is read: most tables are grids
    events: list[Entry | tuple[Block, ...]] = []
    filled = others = 0
    for place in places:
        entry = _cell_entry(place)
        events.append(entry if entry is not None else place.cell.blocks)
        filled += entry is not None and bool(entry.text)
        others += entry is None
        if others > 0.4 * len(places):
            return ()
    return cut_sheets(events) if filled >= 3 and filled >= 0.5 * len(places) else ()


def _cell_entry(place: Place) -> Entry | None:
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


def _may_hold_label(place: Place) -> bool:
    """Tell whether a cell is a label, or has what stands between a label and its value."""
    return place.label is not None or ":" in place.text or "\n" in place.text or "?" in place.text


def _read_labels_above(matrix: Matrix) -> tuple[Sheet, ...]:
    """Read a sheet whose rows of labels take turns with rows of values; () when it is none."""
    rows = [row.distinct for row in matrix]
    heads = _label_rows(rows)
    known = frozenset(heads)
    if len(heads) < 2 or not any(len(rows[i]) >= 2 for i in heads):
        return ()
    if len({tuple(fold(place.text) for place in rows[i]) for i in heads}) == 1:
        return ()  # the header of a grid, repeated
    parts = {i for i, cells in enumerate(rows) if len(cells) == 1 and known.isdisjoint((i - 1, i))}
    gaps = sorted(after - before - (after - 1 in parts) for before, after in pairwise(heads))
    if gaps[len(gaps) // 2] != 2:
        return ()
    under = [rows[i + 1][0] for i in heads if i + 1 < len(rows) and rows[i + 1]]
    if 2 * sum(place.label is not None for place in under) > len(under):
        return ()  # labels beside values that could be labels
    events: list[Entry | tuple[Block, ...]] = []
    for index, cells in enumerate(rows):
        if index in known:
            below = matrix[index + 1].places if index + 1 < len(matrix) else ()
            events += [_entry_above(place, below) for place in cells]
        elif index - 1 not in known and cells:
            events.append(tuple(block for place in cells for block in place.cell.blocks))
    return cut_sheets(events) if sum(isinstance(e, Entry) and bool(e.text) for e in events) >= 2 else ()


def _label_rows(rows: Sequence[Sequence[Place]]) -> list[int]:
    """The rows of labels that may stand over rows of values.

    What stands under labels are values, though they could be labels («1 ETP»); a lone label over the labels of values
    heads a part of the sheet.
    """
    named = [all(place.label is not None for place in cells) and not _is_element(cells) for cells in rows]
    found: list[int] = []
    for index, cells in enumerate(rows):
        heads_part = len(cells) == 1 and named[index + 1 : index + 3] == [True, False]
        if named[index] and found[-1:] != [index - 1] and not heads_part:
            found.append(index)
    return found


def _is_element(cells: Sequence[Place]) -> bool:
    """Tell whether a row is empty, or a labelled element and its title alone («OO 1.1 : Isoler»)."""
    return not cells or (len(cells) == 1 and (is_band(cells[0].text) or is_parent(cells[0].text)))


def _entry_above(place: Place, below: Sequence[Place | None]) -> Entry:
    """The entry of a label and of the value in the row below it."""
    assert place.label is not None
    value = below[place.cell.column_index] if place.cell.column_index < len(below) else None
    return _entry(place.label, place, value)


def _entry(label: Label, place: Place, value: Place | None) -> Entry:
    """The entry of a label in one cell and its value in another, an empty one when there is none."""
    if value is None:
        return Entry(label, place.text, None, "", (), place.cell.blocks)
    return Entry(label, place.text, value.cell, value.text, value.cell.blocks, place.cell.blocks)


def read_sheet(matrix: Matrix) -> tuple[Sheet, ...]:
    """Read labels beside values, () when there are none; the columns that hold most labels tell where they stand.

    A label as wide as the table has its value below; other rows of one wide cell stand beside nothing.
    """
    columns = _label_columns(matrix)
    events: list[Entry | tuple[Block, ...]] = []
    labelled_rows = rows = 0
    done: set[int] = set()
    for index, row in enumerate(line.places for line in matrix):
        places = [place for i, place in enumerate(row) if place is not None and (i == 0 or row[i - 1] is not place)]
        if not any(place.text for place in places):
            continue
        if len(places) == 1 and places[0].cell.column_span == len(row) > 1:
            if id(places[0]) not in done:
                done.add(id(places[0]))
                events.append(_read_wide(places[0], matrix[index + 1].places if index + 1 < len(matrix) else (), done))
            continue
        coded = _coded_title(places) if not events and 0 in columns else None
        if coded is not None:
            done.update(map(id, places))
            events.append(coded)
            continue
        found = _read_sheet_row(places, columns, len(row), done)
        events += found
        rows += 1
        labelled_rows += any(isinstance(event, Entry) for event in found)
    filled = sum(isinstance(e, Entry) and bool(e.text) for e in events)
    enough = labelled_rows >= 2 and labelled_rows >= 0.5 * rows and filled >= 1
    one_row = labelled_rows == 1 and rows == 1 and filled >= 2
    return cut_sheets(events) if enough or one_row else ()


def _coded_title(places: Sequence[Place]) -> Entry | None:
    """The entry of a title that stands beside its number alone («1.1.1»); None for any other row."""
    if len(places) != 2 or any(place.label is not None for place in places):
        return None
    coded = match_code(places[0].text) is not None and places[0].text[:1].isalnum()
    return _entry(Label("title"), *places) if coded and len(places[1].text.split()) > 1 else None


def _label_columns(matrix: Matrix) -> frozenset[int]:
    """The columns in which labels stand: at least two, and half of what the column holds."""
    found = set()
    width = max(len(row.places) for row in matrix)
    for index in range(width):
        cells = {
            id(c): c
            for row in matrix
            if index < len(row.places)
            and (c := row.places[index]) is not None
            and c.cell.column_index == index
            and c.text
        }
        wide = [c for c in cells.values() if c.cell.column_span < width and not _is_coded_label(c)]
        known = sum(c.label is not None for c in wide)
        if known >= 2 and known >= 0.5 * len(wide) and index - 1 not in found:
            found.add(index)
    return frozenset(found)


def _is_coded_label(place: Place) -> bool:
    """Tell whether a cell is the label and the number of an element («OO 1.1»), beside whose title it stands."""
    label = match_level(place.text) if place.label is None else None
    return label is not None and label.code != "" and not label.rest


def _read_wide(place: Place, below: Sequence[Place | None], done: set[int]) -> Entry | tuple[Block, ...]:
    """Read a cell as wide as the table: a label with the wide cell below as its value, else text on its own."""
    value = below[0] if below and below[0] is not None and below[0].cell.column_span == len(below) else None
    label = place.label if place.label is not None and is_exact_label(place.text.rstrip(" :?")) else None
    if label is None or label.level is not None or value is None or value.label is not None or not value.text:
        return place.cell.blocks
    done.add(id(value))
    return _entry(label, place, value)


def _read_sheet_row(
    places: Sequence[Place], columns: frozenset[int], width: int, done: set[int]
) -> list[Entry | tuple[Block, ...]]:
    """Read the labels and values of one row, then what is neither; `done` gathers the cells that are read."""
    events: list[Entry | tuple[Block, ...]] = []
    stray: list[Block] = []
    for position, place in enumerate(places):
        if id(place) in done:
            continue
        done.add(id(place))
        placed = place.cell.column_index in columns and place.cell.column_span < width
        value = places[position + 1] if position + 1 < len(places) else None
        titled = is_band(place.text) and (value is None or not value.text)  # «Action 1.1 : Isoler», beside nothing
        if placed and not titled:
            label = match_label(place.text.replace("\n", " "), loose=True)
        else:
            label = place.label if len(places) > 1 and not titled else None
        if label is None or (not placed and value is None):
            stray += place.cell.blocks
            continue
        if value is not None:
            another_label = not placed and value.label is not None and not _is_value_like(value)
            if value.cell.column_index in columns or id(value) in done or another_label:
                value = None
        if value is not None:
            done.add(id(value))
        events.append(_entry(label, place, value))
    if stray:
        events.append(tuple(stray))
    return events


def _is_value_like(place: Place) -> bool:
    """Tell whether a cell that could be a label is more likely a value: no colon at its end, and not set as a label."""
    if place.text.endswith(":") or place.cell.fill:
        return False
    return not any(b.style.bold for b in place.cell.blocks)


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
            if entries and is_band(" ".join(clean(b.text) for b in event)):
                close()
            loose.append((not entries, event))
    close()
    return tuple(sheets)
