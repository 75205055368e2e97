"""Find the key figures of a brochure: drawn boxes that hold a figure and its caption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.signatures import Line
from pipeline.vocabulary import is_exact_label

#: A box with more text than this is a card, no key figure.
MAXIMUM_TILE_CHARACTERS = 200
_FIGURE = re.compile(r"^[\u00b1+\-\s<>~]*\d")


@dataclass(frozen=True, slots=True)
class Tile:
    """A drawn box that holds a figure and its caption: a key figure."""

    figure: Line
    captions: tuple[Line, ...]


def find_tiles(lines: Sequence[Line]) -> list[Line | Tile]:
    """Take the boxes that hold one line set as a figure, and a caption, as tiles; other lines stay as they are."""
    boxes: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        if line.box is not None and not line.furniture:
            boxes.setdefault((line.page_number, line.box), []).append(line)
    tiles = {place: tile for place, inside in boxes.items() if (tile := _read_box(inside)) is not None}
    out: list[Line | Tile] = []
    for line in lines:
        place = (line.page_number, line.box or 0)
        tile = tiles.get(place) if line.box is not None and not line.furniture else None
        if tile is None:
            out.append(line)
        elif line is boxes[place][0]:
            out.append(tile)
    return out


def _read_box(inside: Sequence[Line]) -> Tile | None:
    """Read the lines of one box as a tile; None when it is a card or a banner."""
    if len(inside) < 2 or sum(len(line.text) for line in inside) > MAXIMUM_TILE_CHARACTERS:
        return None
    size_pt = max(line.blocks[0].style.size_pt for line in inside)
    figures = [line for line in inside if _FIGURE.match(line.text) and line.blocks[0].style.size_pt >= size_pt]
    if len(figures) != 1 or any(_is_structure(line) for line in inside):
        return None
    captions = tuple(line for line in inside if line is not figures[0])
    return Tile(figures[0], captions) if any(c.isalpha() for line in captions for c in line.text) else None


def _is_structure(line: Line) -> bool:
    """Tell whether a line is part of the plan's outline, or the label of a field."""
    return bool(line.label or line.bullet or line.section) or is_exact_label(line.text.rstrip(" :?"))
