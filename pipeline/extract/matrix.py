"""Lay the cells of a table out by row and column, and read the text and the label of each once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.legends import is_sign
from pipeline.model import LEVEL_DEPTH, Cell, Level, Marker, Table
from pipeline.text import clean
from pipeline.values import parse_date
from pipeline.vocabulary import Label, is_exact_label, match_label, match_level

MAXIMUM_LABEL_CHARACTERS = 80
#: Fields whose values may begin with their label («début 2029»).
_DATES = ("start", "end", "planning")
#: The levels above actions.
PARENT_LEVELS = frozenset(level for level, depth in LEVEL_DEPTH.items() if depth < LEVEL_DEPTH[Level.ACTION])
_CHECKBOX = re.compile(r"[\u2610-\u2612]")


def _cell_text(cell: Cell) -> str:
    """The text of a cell, its paragraphs on lines of their own; a lone sign that a reader took for a bullet is text."""
    if cell.percent and isinstance(cell.value, Decimal):
        return f"{(cell.value * 100).normalize():f} %"
    text = cell.text
    if not text:
        lone = len(cell.blocks) == 1 and is_sign(cell.blocks[0].marker)
        return cell.blocks[0].marker if lone else ""
    return clean(text) if "\n" not in text else "\n".join(line for part in text.split("\n") if (line := clean(part)))


@dataclass(slots=True, eq=False)
class Place:
    """A cell with what is read off it once: its text, and the label that the text is."""

    cell: Cell
    text: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row of a table: `places` by column, a merged cell at each of its places; `distinct`, filled cells once each."""

    places: Sequence[Place | None]
    distinct: Sequence[Place]


Matrix = Sequence[MatrixRow]


def lay_out(table: Table) -> Matrix:
    """Lay the cells out so that each place of a merged cell holds the cell."""
    width, height = table.column_count, table.row_count
    grid: list[list[Place | None]] = [[None] * width for _ in range(height)]
    for cell in table.cells:
        text = _cell_text(cell)
        short = 0 < len(text) <= MAXIMUM_LABEL_CHARACTERS
        place = Place(cell, text, _label_of(cell, text) if short else None)
        row_index, column_index = cell.row_index, cell.column_index
        if cell.row_span == cell.column_span == 1 and row_index < height and column_index < width:
            grid[row_index][column_index] = place  # as most
            continue
        last = min(column_index + cell.column_span, width)
        for row in grid[row_index : row_index + cell.row_span]:
            row[column_index:last] = [place] * (last - column_index)
    return [MatrixRow(places, _distinct(places)) for places in grid]


def _distinct(row: Sequence[Place | None]) -> list[Place]:
    """The cells of a row, each once, empty ones left out."""
    out: list[Place] = []
    for place in row:
        if place is not None and (not out or out[-1] is not place) and place.text:
            out.append(place)
    return out


def _label_of(cell: Cell, text: str) -> Label | None:
    """The label that a short text is, None when it is a value."""
    label = match_label(text) if "\n" not in text else _two_lines(text) or match_label(text.replace("\n", " "))
    if label is None or _CHECKBOX.search(text):
        return None
    listed = any(block.marker_kind is Marker.BULLET for block in cell.blocks)
    dated = label.field in _DATES and not is_exact_label(text) and parse_date(text).value != ""
    titled = label.level is None and is_band(text)  # «Axe 2 : Synergies ...» names no field
    return None if listed or dated or titled else label


def _two_lines(text: str) -> Label | None:
    """Read a header of two lines: a level above, a field below."""
    lines = text.split("\n")
    if len(lines) != 2:
        return None
    first, second = match_label(lines[0]), match_label(lines[1])
    if first is not None and first.level is not None and second is not None:
        return Label(second.field, first.level)
    return None


def is_band(text: str) -> bool:
    """Tell whether a cell holds a labelled element («OO 1.1 : ...»)."""
    label = match_level(text)
    return label is not None and bool(label.code) and bool(label.rest)


def is_parent(text: str) -> bool:
    """Tell whether a text is the label of a level above actions and its title, with or without a code."""
    label = match_level(text)
    return label is not None and bool(label.rest) and label.level in PARENT_LEVELS
