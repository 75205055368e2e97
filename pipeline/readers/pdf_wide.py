"""Tables wider than the paper: a spreadsheet prints the columns that do not fit on pages after those of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.model import Block, Cell, Table
from pipeline.text import fold
from pipeline.vocabulary import match_label

#: Fewer rows, with the header, are at the same heights by chance.
_FEWEST_ROWS = 3
#: Rows of one height end at the same place on both pages, or begin there, or have their middle there.
_SAME_HEIGHT_PT = 3.0
#: Columns that name elements: a part with one is a table of its own.
_NAMING = ("title", "code", "level")


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where the text of a row is printed."""

    page_number: int
    y0_pt: float
    y1_pt: float


def join_wide_tables(blocks: Sequence[Block]) -> list[Block]:
    """Put the columns of a table that go on, on later pages, beside the rows that they belong to.

    Both parts have the same number of rows at the same heights, as many pages apart all along; the first names elements
    in its header, the other only fields.
    """
    joined: list[Block] = []
    last: int | None = None  # place of the last table
    for block in blocks:
        if block.table is None:
            joined.append(block)
            continue
        left = joined[last] if last is not None else None
        if last is not None and left is not None and left.table is not None and _goes_on(left.table, block.table):
            joined[last] = replace(left, table=_side_by_side(left.table, block.table))
            continue
        last = len(joined)
        joined.append(block)
    return joined


def _goes_on(left: Table, right: Table) -> bool:
    """Tell whether the columns of one table are the next ones of another's rows."""
    named = [label.field for text in _header(left) if (label := match_label(text)) is not None]
    further = _header(right)
    fields = [label.field for text in further if (label := match_label(text, loose=True)) is not None]
    if "title" not in named or 2 * len(fields) < len(further) or any(field in _NAMING for field in fields):
        return False
    return _has_other_columns(left, right)


def begins_columns(first: Table, table: Table) -> bool:
    """Tell whether the table of a page begins further columns of the rows of another page, not further rows.

    All cells of its first row are the labels of fields, two or more.
    """
    labels = [match_label(text) for text in _header(table)]
    plain = all(label is not None and label.field not in _NAMING for label in labels)
    return plain and len(labels) > 1 and _has_other_columns(first, table)


def _has_other_columns(left: Table, right: Table) -> bool:
    """Tell whether two tables have as many rows, all at the same heights, and no column in common."""
    if left.row_count != right.row_count or left.row_count < _FEWEST_ROWS:
        return False
    heads, further = _header(left), _header(right)
    shared = {fold(text) for text in heads} & {fold(text) for text in further}
    return bool(further) and not shared and _are_level(left, right)


def _header(table: Table) -> list[str]:
    return [cell.text.strip() for cell in table.cells if cell.row_index == 0 and cell.text.strip()]


def _are_level(left: Table, right: Table) -> bool:
    """Tell whether all rows that both tables print stand at one height, the same number of pages apart."""
    ours, theirs = _extents(left), _extents(right)
    both = [(ours[row], theirs[row]) for row in sorted(ours.keys() & theirs.keys())]
    apart = {other.page_number - one.page_number for one, other in both}
    return len(both) >= _FEWEST_ROWS and len(apart) == 1 and min(apart) > 0 and all(_same(*pair) for pair in both)


def _same(one: _Extent, other: _Extent) -> bool:
    top_pt, bottom_pt = other.y0_pt - one.y0_pt, other.y1_pt - one.y1_pt
    return min(abs(top_pt), abs(bottom_pt), abs(top_pt + bottom_pt) / 2) <= _SAME_HEIGHT_PT


def _extents(table: Table) -> dict[int, _Extent]:
    """By row, where its text is printed on the page where the row begins; cells over several rows do not count."""
    found: dict[int, _Extent] = {}
    for cell in table.cells:
        for place in (block.position for block in cell.blocks if cell.row_span == 1 and block.text):
            known = found.get(cell.row_index)
            if known is None or place.page_number < known.page_number:
                found[cell.row_index] = _Extent(place.page_number, place.y0_pt, place.y1_pt)
            elif place.page_number == known.page_number:
                top_pt, bottom_pt = min(known.y0_pt, place.y0_pt), max(known.y1_pt, place.y1_pt)
                found[cell.row_index] = _Extent(place.page_number, top_pt, bottom_pt)
    return found


def _side_by_side(left: Table, right: Table) -> Table:
    moved = [replace(cell, column_index=cell.column_index + left.column_count) for cell in right.cells]
    cells: list[Cell] = sorted((*left.cells, *moved), key=lambda cell: (cell.row_index, cell.column_index))
    return replace(
        left,
        column_count=left.column_count + right.column_count,
        cells=tuple(cells),
        header_row_count=max(left.header_row_count, right.header_row_count),
    )
