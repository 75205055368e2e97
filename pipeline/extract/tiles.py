"""Find the key figures of a brochure: a figure set large over its caption, in a drawn box or in a side bar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.signatures import Line
from pipeline.extract.unmarked import stand_side_by_side
from pipeline.vocabulary import is_exact_label, split_inline_fields

#: A box with more text than this is a card, no key figure.
MAXIMUM_TILE_CHARACTERS = 200
#: A figure without a box of its own is set this much larger than its caption, which is no longer than this.
STACKED_SIZE_RATIO = 1.3
MAXIMUM_STACKED_CAPTION_CHARACTERS = 90
_FIGURE = re.compile(r"^[\u00b1+\-\s<>~]*\d")
#: A line that holds a figure and its unit only.
_BARE_FIGURE = re.compile(r"^[\u00b1+\-<>~]?\s?\d[\d\s.,/]*\s?(?:%|[^\W\d]{0,3}\u20ac|[^\W\d]{1,3}\u00b2?)?\s?\+?$")
#: A figure that may be the number, or the year, of what stands under it.
_ORDINAL = re.compile(r"^(?:\d{1,2}(?:[.,]\d{1,2})*\.?|(?:19|20)\d\d)$")


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure and its caption: a key figure."""

    figure: Line
    captions: tuple[Line, ...]


def find_tiles(lines: Sequence[Line]) -> list[Line | Tile]:
    """Take the boxes that hold one line set as a figure, and a caption, as tiles; other lines stay as they are.

    A figure set large over a small caption is a tile without a box of its own, unless it may number what is under it.
    """
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
    return _with_stacked(out)


def _with_stacked(nodes: Sequence[Line | Tile]) -> list[Line | Tile]:
    """Take figures over captions as tiles."""
    out: list[Line | Tile] = []
    index = 0
    while index < len(nodes):
        node = nodes[index]
        caption = nodes[index + 1] if index + 1 < len(nodes) else None
        if isinstance(node, Line) and isinstance(caption, Line) and _is_stacked(node, caption):
            out.append(Tile(node, (caption,)))
            index += 2
        else:
            out.append(node)
            index += 1
    return out


def _is_stacked(figure: Line, caption: Line) -> bool:
    """Tell whether a line is a figure, and the line below its caption, not the title that a number stands over."""
    if figure.furniture or caption.furniture or figure.box != caption.box or figure.page_number != caption.page_number:
        return False
    if not _BARE_FIGURE.match(figure.text) or not any(c.isalpha() for c in caption.text) or _is_structure(caption):
        return False
    if len(caption.text) > MAXIMUM_STACKED_CAPTION_CHARACTERS or caption.number is not None:
        return False
    if figure.blocks[0].style.size_pt < STACKED_SIZE_RATIO * caption.blocks[0].style.size_pt:
        return False
    return caption.text[:1].islower() or not _ORDINAL.match(figure.text)


def _read_box(inside: Sequence[Line]) -> Tile | None:
    """Read the lines of one box as a tile; None when it is a card or a banner."""
    if len(inside) < 2 or sum(len(line.text) for line in inside) > MAXIMUM_TILE_CHARACTERS:
        return None
    size_pt = max(line.blocks[0].style.size_pt for line in inside)
    figures = [line for line in inside if _FIGURE.match(line.text) and line.blocks[0].style.size_pt >= size_pt]
    if len(figures) != 1 or any(_is_structure(line) for line in inside):
        return None
    captions = tuple(line for line in inside if line is not figures[0])
    if any(_is_level_with(figures[0], line) for line in captions):
        return None
    return Tile(figures[0], captions) if any(c.isalpha() for line in captions for c in line.text) else None


def _is_level_with(figure: Line, caption: Line) -> bool:
    """Tell whether a figure stands beside a line set as large: the progress of what the line names."""
    one, other = figure.blocks[0], caption.blocks[0]
    return one.style.size_pt <= other.style.size_pt and stand_side_by_side(one, other)


def _is_structure(line: Line) -> bool:
    """Tell whether a line is part of the plan's outline, or says a field of it."""
    number = line.number
    coded = number is not None and (number.shape != "1" or (number.delimiter in (".", ")") and bool(number.rest)))
    fields = is_exact_label(line.text.rstrip(" :?")) or split_inline_fields(line.text)
    return coded or bool(line.label or line.bullet or line.section or fields)
