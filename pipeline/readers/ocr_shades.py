"""Filled rectangles on a picture of a page: heads of tables, bands, banners and cards.

A fill is a region of even colour with straight edges against what is around it. The shadow of a fold changes slowly and
has no edge, the ground of the paper reaches the sides of the page, a photograph is not even: none of them is a fill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.readers.ocr_rulings import find_lines
from pipeline.readers.ocr_tesseract import Pixels, ReadWord
from pipeline.readers.pdf_rulings import Box, Rectangle, Ruling

_TILE_PT = 2.0
_EVEN = 5  # grey levels between neighbouring tiles of one fill
_CONTRAST = 0.046  # of the grey around it
_COLORED = 30  # the same, summed over the three colours
_SMALLEST_PT = (18.0, 6.0)
_FILLED = 0.5  # share of the rectangle: the rest is text
_HELD = 0.25  # of a row or column of tiles at the side of a region
_STRAIGHT = 0.75  # share of a side with the contrast
_WHOLE_PAGE = 0.85
_GROUND_SHARE = 0.4  # of what lies between two parts of one fill
_LETTER_TILES = 4  # no wider than a letter
_NEAR = 20  # grey levels
_MAX_SHADES = 400
_SEATED = (0.85, 0.7, 0.2)  # of a fill in a cell; of the height of the cell; of its area
_DARK = 150
_MEETING_PT = 3.5
_BLANK = 0.95  # share of a wall through a head that no letter touches
_INK = 50  # grey levels from the fill
_INKED_CELLS = 0.6
_COLUMN_GAP, _NARROWEST_STRIP = 1.0, 0.35  # heights of the words
_FEWEST_COLUMNS = 3

Tiles = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Region:
    """A region of tiles: its rows and columns (the last ones not in it) and its grey."""

    top: int
    left: int
    bottom: int
    right: int
    grey: int


def find_shades(pixels: Pixels, grey: Pixels, scale: float) -> list[Box]:
    """Find the filled rectangles of a picture that was set straight, in points, the larger ones first."""
    size = max(round(_TILE_PT * scale / 2) * 2, 4)
    tiles = _tiles(grey, size)
    shades = []
    regions = _regions(tiles, _SMALLEST_PT[0] / _TILE_PT, _SMALLEST_PT[1] / _TILE_PT)[:_MAX_SHADES]
    for region in _mended(regions, grey, size):
        color = _color(pixels, tiles, region, size)
        sides = [_is_edge(pixels, tiles, region, side, color, size) for side in range(4)]
        if not ((sides[0] and sides[2]) or (sides[1] and sides[3])):
            continue
        x0, y0, x1, y1 = _fitted(grey, tiles, region, sides, size)
        code = "".join(f"{channel:02x}" for channel in color)
        shades.append(Box(x0 / scale, y0 / scale, x1 / scale, y1 / scale, code, ""))
    return sorted(shades, key=lambda box: -box.area)


def seated(shades: Sequence[Box], cells: Sequence[Rectangle]) -> list[Box]:
    """The fills, each on the whole of the drawn cell that it lies in: letters hide a part of it."""
    found: dict[Box, None] = {}
    for shade in shades:
        home = next((cell for cell in cells if _is_seat(cell, shade)), None)
        found[shade if home is None else Box(*home, shade.fill, shade.stroke)] = None
    return list(found)


def _is_seat(cell: Rectangle, shade: Box) -> bool:
    width = min(cell[2], shade.x1) - max(cell[0], shade.x0)
    height = min(cell[3], shade.y1) - max(cell[1], shade.y0)
    if width <= 0 or height <= 0 or width * height < _SEATED[0] * shade.area:
        return False
    area = (cell[2] - cell[0]) * (cell[3] - cell[1])
    return height >= _SEATED[1] * (cell[3] - cell[1]) and width * height >= _SEATED[2] * area


def head_walls(shades: Sequence[Box], rulings: Sequence[Ruling], grey: Pixels, scale: float) -> list[Ruling]:
    """The lines between the cells of filled heads: light ones, and those that the columns below go on to.

    A scan shows no dark border on a dark fill. The columns are carried up through a fill only when no letter stands in
    the way and most of the cells then hold text: a band over all columns has its text in one.
    """
    walls = []
    for box in shades:
        x0, y0, x1, y1 = (round(value * scale) for value in box[:4])
        crop = grey[y0:y1, x0:x1]
        if crop.size == 0:
            continue
        fill = int(np.median(crop))
        found = _light_walls(crop, fill, scale)
        tops = {
            round(wall.x0 * scale) - x0
            for wall in rulings
            if wall.x0 == wall.x1
            and abs(wall.y0 - box.y1) <= _MEETING_PT
            and box.x0 + 2 * _MEETING_PT < wall.x0 < box.x1 - 2 * _MEETING_PT
        }
        missing = [x for x in tops if all(abs(x - other) > _MEETING_PT * scale for other in found)]
        if missing:
            found = _carried_up(crop, fill, found, missing) or found
        walls += [Ruling(box.x0 + x / scale, box.y0, box.x0 + x / scale, box.y1, "000000") for x in found]
    return walls


def _light_walls(crop: Pixels, fill: int, scale: float) -> list[int]:
    if fill > _DARK:
        return []
    upright = find_lines(255 - crop, scale).upright
    return [line.first + line.last for line in upright if 2 * (line.end - line.start) >= 0.85 * crop.shape[0]]


def _carried_up(crop: Pixels, fill: int, found: list[int], missing: list[int]) -> list[int]:
    """The walls found in a fill and those of the columns below it; [] when a letter stands in the way of one.

    A light line from top to bottom, too faint to be found, is no letter.
    """
    ink = np.abs(crop.astype(np.int16) - fill) > _INK
    inner = ink[crop.shape[0] // 10 : crop.shape[0] - crop.shape[0] // 10]
    touched = (float(inner[:, max(x - 1, 0) : x + 2].any(axis=1).mean()) for x in missing)
    if any(1 - share < _BLANK and share < _BLANK for share in touched):
        return []
    walls = sorted([*found, *missing])
    edges = [0, *walls, crop.shape[1]]
    inked = [bool(inner[:, start + 4 : end - 4].sum() >= 20) for start, end in pairwise(edges)]
    return walls if sum(inked) >= _INKED_CELLS * len(inked) else []


def open_columns(
    shades: Sequence[Box], rulings: Sequence[Ruling], words: Sequence[ReadWord], scale: float
) -> list[Ruling]:
    """The lines between the cells of a filled head over rows without upright lines: in the white strips below it."""
    walls = []
    for box in shades:
        if any(w.x0 == w.x1 and box.x0 + 1 < w.x0 < box.x1 - 1 and w.y0 < box.y1 + 1 < w.y1 + 2 for w in rulings):
            continue
        x0, y0, x1, y1 = (value * scale for value in box[:4])
        within = [word for word in words if x0 <= word.left and word.left + word.width <= x1]
        head = [word for word in within if y0 < word.top + word.height / 2 < y1]
        strips = _strips(head, _COLUMN_GAP)
        if len(strips) < _FEWEST_COLUMNS - 1:
            continue
        below = sorted((word for word in within if word.top + word.height / 2 > y1), key=lambda word: word.top)
        held, rows, reached = strips, 0, y1
        for line in _levels(below):
            size = max(word.height for word in line)
            narrowed = _narrowed(held, line)
            if line[0].top - reached > 3 * size or len(narrowed) < len(held):
                break
            held, rows, reached = narrowed, rows + (len(line) > 1), max(word.top + word.height for word in line)
        if rows:
            walls += [Ruling(x / scale, box.y0, x / scale, box.y1, "000000") for x in ((a + b) / 2 for a, b in held)]
    return walls


def _strips(words: Sequence[ReadWord], least_gap: float) -> list[tuple[float, float]]:
    """The blank strips between words, at least so many heights of a word wide."""
    strips = []
    reached, size = None, max((word.height for word in words), default=0)
    for word in sorted(words, key=lambda word: word.left):
        if reached is not None and word.left - reached >= least_gap * size:
            strips.append((reached, float(word.left)))
        reached = max(reached or 0.0, float(word.left + word.width))
    return strips


def _levels(words: Sequence[ReadWord]) -> list[list[ReadWord]]:
    """Words on one height, top to bottom."""
    lines: list[list[ReadWord]] = []
    for word in words:
        middle = word.top + word.height / 2
        if lines and lines[-1][0].top <= middle <= lines[-1][0].top + lines[-1][0].height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _narrowed(strips: Sequence[tuple[float, float]], line: Sequence[ReadWord]) -> list[tuple[float, float]]:
    """What a line of words leaves of each strip: its widest part; nothing of a strip that it fills."""
    narrowed = []
    for start, end in strips:
        parts, reached = [], start
        for word in sorted(line, key=lambda word: word.left):
            if word.left + word.width > start and word.left < end:
                parts.append((reached, float(word.left)))
                reached = max(reached, float(word.left + word.width))
        parts.append((reached, end))
        widest = max(parts, key=lambda part: part[1] - part[0])
        if widest[1] - widest[0] >= _NARROWEST_STRIP * max(word.height for word in line):
            narrowed.append(widest)
    return narrowed


def _tiles(grey: Pixels, size: int) -> Tiles:
    """The median grey of each square of `size` pixels, its noise smoothed."""
    height, width = grey.shape[0] // size * size, grey.shape[1] // size * size
    smooth = (grey[:height:2, :width:2].astype(np.uint16) + grey[1:height:2, :width:2]) // 2
    smooth[:, :-1] = (smooth[:, :-1] + smooth[:, 1:]) // 2
    half = size // 2
    even = smooth.reshape(height // size, half, width // size, half)
    flat = even.transpose(0, 2, 1, 3).reshape(height // size, width // size, -1)
    middle = flat.shape[2] // 2
    medians: Tiles = np.partition(flat, middle, axis=2)[:, :, middle].astype(np.int16)
    return medians


def _regions(tiles: Tiles, least_width: float, least_height: float) -> list[_Region]:
    """The even regions that fill most of their rectangle, without the paper; the larger first."""
    rows, columns = tiles.shape
    if rows < 3 or columns < 3:
        return []
    breaks = np.ones((rows, columns), dtype=bool)
    breaks[:, 1:] = np.abs(np.diff(tiles, axis=1)) > _EVEN
    runs = np.cumsum(breaks.ravel()).reshape(rows, columns) - 1
    joined = np.abs(np.diff(tiles, axis=0)) <= _EVEN
    pairs = np.unique(np.stack((runs[:-1][joined], runs[1:][joined]), axis=1), axis=0)
    parent = list(range(int(runs[-1, -1]) + 1))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for above, below in pairs.tolist():
        parent[root(below)] = root(above)
    labels = np.array([root(index) for index in range(len(parent))])[runs]
    counts = np.bincount(labels.ravel())
    found = []
    for label in np.flatnonzero(counts >= _FILLED * least_width * least_height).tolist():
        member = labels == label
        ys, xs = np.flatnonzero(member.any(axis=1)), np.flatnonzero(member.any(axis=0))
        top, bottom, left, right = int(ys[0]), int(ys[-1]) + 1, int(xs[0]), int(xs[-1]) + 1
        # A few tiles half on the fill and half on its neighbour may have the grey of another one.
        rows_held = np.flatnonzero(member[top:bottom, left:right].mean(axis=1) >= _HELD)
        columns_held = np.flatnonzero(member[top:bottom, left:right].mean(axis=0) >= _HELD)
        if not len(rows_held) or not len(columns_held):
            continue
        top, bottom = top + int(rows_held[0]), top + int(rows_held[-1]) + 1
        left, right = left + int(columns_held[0]), left + int(columns_held[-1]) + 1
        area = (bottom - top) * (right - left)
        if right - left < least_width or bottom - top < least_height or counts[label] < _FILLED * area:
            continue
        if area >= _WHOLE_PAGE * rows * columns:
            continue
        found.append(_Region(top, left, bottom, right, int(np.median(tiles[member]))))
    return sorted(found, key=lambda r: (r.top - r.bottom) * (r.right - r.left))


def _mended(regions: Sequence[_Region], grey: Pixels, size: int) -> list[_Region]:
    """The regions, joined where only the letters of a line in heavy print part them."""
    mended: list[_Region] = []
    for region in sorted(regions, key=lambda region: region.left):
        for index, before in enumerate(mended):
            is_level = abs(before.top - region.top) <= 1 and abs(before.bottom - region.bottom) <= 1
            if not is_level or region.left < before.right or abs(before.grey - region.grey) > 2 * _EVEN:
                continue
            rows, columns = (
                slice(region.top * size, region.bottom * size),
                slice(before.right * size, region.left * size),
            )
            around = grey[max(region.top - 3, 0) * size : (region.bottom + 3) * size, columns]
            if around.size:
                near = min(_NEAR, abs(float(np.percentile(around, 90)) - region.grey) / 3)
                least = _GROUND_SHARE if region.left - before.right > _LETTER_TILES else _GROUND_SHARE / 2
                if (np.abs(grey[rows, columns].astype(np.int16) - region.grey) <= near).mean() < least:
                    continue
            top, bottom = min(before.top, region.top), max(before.bottom, region.bottom)
            mended[index] = _Region(top, before.left, bottom, region.right, before.grey)
            break
        else:
            mended.append(region)
    return mended


def _color(pixels: Pixels, tiles: Tiles, region: _Region, size: int) -> tuple[int, int, int]:
    ys, xs = np.nonzero(np.abs(tiles[region.top : region.bottom, region.left : region.right] - region.grey) <= _EVEN)
    step = max(len(ys) // 400, 1)
    rows, columns = (ys[::step] + region.top) * size + size // 2, (xs[::step] + region.left) * size + size // 2
    red, green, blue = np.median(pixels[rows, columns], axis=0)
    return int(red), int(green), int(blue)


def _beside(region: _Region, side: int, distance: int, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    """The tiles beside a side (top, right, bottom, left); None beyond the edge of the page."""
    place = (region.top - distance, region.right + distance - 1, region.bottom + distance - 1, region.left - distance)
    at = place[side]
    if side in (0, 2):
        return (slice(at, at + 1), slice(region.left, region.right)) if 0 <= at < shape[0] else None
    return (slice(region.top, region.bottom), slice(at, at + 1)) if 0 <= at < shape[1] else None


def _is_edge(pixels: Pixels, tiles: Tiles, region: _Region, side: int, color: tuple[int, int, int], size: int) -> bool:
    """Tell whether a fill ends at a side: what is beyond is lighter, or of another colour."""
    beyond = _beside(region, side, 3, (tiles.shape[0], tiles.shape[1]))
    if beyond is None:
        return True
    rows = np.arange(tiles.shape[0])[beyond[0]] * size + size // 2
    columns = np.arange(tiles.shape[1])[beyond[1]] * size + size // 2
    seen = pixels[np.ix_(rows, columns)].reshape(-1, 3).astype(np.int16)
    around = tiles[beyond].ravel()
    lighter = around - region.grey >= _CONTRAST * around
    other = np.abs(seen - np.array(color, dtype=np.int16)).sum(axis=1) >= _COLORED
    is_colored = max(color) - min(color) >= _COLORED
    return float((lighter | (other & is_colored)).mean()) >= _STRAIGHT


def _fitted(
    grey: Pixels, tiles: Tiles, region: _Region, sides: list[bool], size: int
) -> tuple[float, float, float, float]:
    """The rectangle of a region in pixels, its edges where the grey changes."""
    edges = [region.top * size, region.right * size, region.bottom * size, region.left * size]
    for side, is_edge in enumerate(sides):
        beyond = _beside(region, side, 3, (tiles.shape[0], tiles.shape[1]))
        if not is_edge or beyond is None:
            continue
        middle = (region.grey + float(np.median(tiles[beyond]))) / 2
        across = range(max(edges[side] - 2 * size, 0), edges[side] + 2 * size)
        if side in (0, 2):
            band = grey[across.start : across.stop, region.left * size : region.right * size : 3]
            profile = np.median(band, axis=1)
        else:
            band = grey[region.top * size : region.bottom * size : 3, across.start : across.stop]
            profile = np.median(band, axis=0)
        inside = (profile > middle) == (region.grey > middle)
        places = np.flatnonzero(inside)
        if len(places):
            edges[side] = across.start + int(places[0] if side in (0, 3) else places[-1] + 1)
    top, right, bottom, left = edges
    return left, top, right, bottom
