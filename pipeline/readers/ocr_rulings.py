"""Lines drawn on a picture of a page: found, and wiped out so that they are not read as letters.

A line of a scan is thin, grey, broken by the scanner and rarely quite level: it is what stays dark against the ground
around it, nearly without a gap, over a length that no letter has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.readers.ocr_tesseract import Pixels
from pipeline.readers.pdf_rulings import Box, Ruling

Mask = npt.NDArray[np.bool_]

_SHORTEST_PT = 40.0
_SHORTEST_SIDE_PT = 11.0  # of a cell: the height of a row of small print
_THICKEST_PT = 3.2
_SOLID = 0.9  # share of a line that is dark
_MEETING_PT = 3.0
_TOUCHING_PT = 1.7  # likewise, at the edge of a filled rectangle: the letters in it stand further from it
_GAP_PT = 30.0  # the longest part of a line that may be too faint
_FAINT_SHARE = 0.5  # of such a part, dark nevertheless
_PARTED_PT = (2.0, 14.0)  # between two frames side by side; a wider gap is seen as such
_FLANK_SHARE = 0.35  # of the strips beside a line, at most, touched by letters
_LETTERED = (0.25, 0.75)  # share of a row of letters with blank between ink above and ink below; of a line, none or all
_FEWEST_HANGING = 3
_UNDERLINE_SOLID = 0.98  # share of a line under words that is dark
_INK_SHARE = 0.7  # of the lightness beside a line: what is darker is ink
_DARK_SHARE = 0.6  # of the lightness of the ground: what is darker is ink
_LEAST_CONTRAST = 26.0
_NOISE_RATIO = 2.5


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in pixels at half the resolution: from `start` to `end` along it, from `first` to `last` across it."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DrawnLines:
    """The level and the upright lines of a picture."""

    level: list[DrawnLine]
    upright: list[DrawnLine]

    def rulings(self, scale: float) -> list[Ruling]:
        """The same in points; `scale` in pixels a point."""
        half = scale / 2
        found = []
        for line in self.level:
            y = (line.first + line.last + 1) / 2 / half
            found.append(Ruling(line.start / half, y, line.end / half, y, "000000"))
        for line in self.upright:
            x = (line.first + line.last + 1) / 2 / half
            found.append(Ruling(x, line.start / half, x, line.end / half, "000000"))
        return found


def find_lines(grey: Pixels, scale: float, shades: Sequence[Box] = ()) -> DrawnLines:
    """Find the lines drawn on a picture that was set straight; `scale` in pixels a point.

    An upright line may end at a level line or at one of `shades`, the filled rectangles of the page.
    """
    small = _halved(grey)
    half = scale / 2
    level = [line for line in _lines(small, round(_SHORTEST_PT * half), half) if not _are_letters(grey, line)]
    upright = _lines(np.ascontiguousarray(small.T), round(_SHORTEST_SIDE_PT * half), half)
    edges = [
        DrawnLine(round(y * half), round(y * half), round(box.x0 * half), round(box.x1 * half))
        for box in shades
        for y in (box.y0, box.y1)
    ]
    upright = _in_grids(upright, level, edges, half)
    thickest = round(_THICKEST_PT * half) + 2
    return DrawnLines(
        _parted(level, upright, _thin(small, thickest), half),
        _parted(upright, level, _thin(np.ascontiguousarray(small.T), thickest), half),
    )


def without_lines(grey: Pixels, lines: DrawnLines) -> Pixels:
    """The picture with the lines wiped out, save where a letter crosses them."""
    if not lines.level and not lines.upright:
        return grey
    wiped = grey.copy()
    for line in lines.level:
        _wipe(wiped, line)
    turned = wiped.T
    for line in lines.upright:
        _wipe(turned, line)
    return wiped


def without_underlines(grey: Pixels, scale: float) -> Pixels:
    """The picture without the lines under words, which letters touch from above; `scale` in pixels a point.

    Such a line is dark without a gap, as no row of letters is, and has little below it but the tails of letters.
    """
    small = _halved(grey)
    length, half = round(_SHORTEST_PT * scale / 2), scale / 2
    if small.shape[1] <= length or small.shape[0] < 3:
        return grey
    dark = small < _DARK_SHARE * float(np.median(small))
    _, runs = _long_runs(dark, length, _UNDERLINE_SOLID, round(_THICKEST_PT * half) + 2)
    wiped = grey.copy()
    for line in runs:
        below = dark[line.last + 2 : line.last + 4, line.start : line.end]
        if below.size and float(below.any(axis=0).mean()) <= _FLANK_SHARE:
            _wipe_under(wiped, line)
    return wiped


def _wipe_under(picture: Pixels, line: DrawnLine) -> None:
    """Paint a line under words, given at half the resolution, with the ground below it, save where a letter crosses."""
    top, bottom = 2 * line.first, min(2 * line.last + 3, picture.shape[0] - 3)
    left, right = max(2 * line.start - 2, 0), min(2 * line.end + 2, picture.shape[1])
    below = picture[bottom : bottom + 3, left:right].min(axis=0)
    band = picture[top:bottom, left:right]
    free = below > _DARK_SHARE * np.median(below)
    band[:, free] = np.maximum(band[:, free], below[free])


def _halved(grey: Pixels) -> Pixels:
    """The picture at half its resolution; a thin line stays as dark as it is."""
    even = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
    rows = np.minimum(even[::2], even[1::2])
    halved: Pixels = np.minimum(rows[:, ::2], rows[:, 1::2])
    return halved


def _thin(small: Pixels, thickest: int) -> Mask:
    """What is darker than the ground both above and below it, by more than the noise of the picture."""
    reach = thickest // 2 + 1
    closed = _spread(_spread(small, reach, np.maximum), reach, np.minimum)
    depth = closed - small  # never negative: the ground is at least as light
    sample = depth[::8, ::8]
    limit = max(_LEAST_CONTRAST, _NOISE_RATIO * float(np.median(sample)))
    thin: Mask = depth > limit
    return thin


def _spread(picture: Pixels, reach: int, extreme: Callable[[Pixels, Pixels], Pixels]) -> Pixels:
    """The lightest or the darkest of the pixels up to `reach` rows away."""
    padded = np.pad(picture, ((reach, reach), (0, 0)), mode="edge")
    spread = padded[: picture.shape[0]].copy()
    for offset in range(1, 2 * reach + 1):
        spread = extreme(spread, padded[offset : offset + picture.shape[0]])
    return spread


def _lines(small: Pixels, length: int, half: float) -> list[DrawnLine]:
    """The lines along the rows of a picture, their faint parts bridged."""
    if small.shape[1] <= length or small.shape[0] < 3:
        return []
    thickest = round(_THICKEST_PT * half) + 2
    dark = _thin(small, thickest)
    wide, found = _long_runs(dark, length, _SOLID, thickest)
    lines = [line for line in found if line.end - line.start >= _SOLID * length and _stands_free(dark, line)]
    return _bridged(lines, wide, half)


def _long_runs(dark: Mask, length: int, solid_share: float, thickest: int) -> tuple[Mask, list[DrawnLine]]:
    """What is dark over at least `length` and no more than `thickest` rows, with the mask that it was found in.

    A line that is not quite level steps from row to row: the mask holds each dark pixel in the rows beside it too.
    """
    wide = dark.copy()
    wide[1:] |= dark[:-1]
    wide[:-1] |= dark[1:]
    sums = np.cumsum(np.pad(wide.astype(np.int32), ((0, 0), (1, 0))), axis=1)
    solid = (sums[:, length:] - sums[:, :-length]) >= solid_share * length
    found: list[list[int]] = []
    for row in np.flatnonzero(solid.any(axis=1)).tolist():
        marks = np.flatnonzero(np.diff(np.pad(solid[row].astype(np.int8), 1))).tolist()
        for start, stop in zip(marks[::2], marks[1::2], strict=True):
            end = stop + length - 1
            for line in reversed(found[-60:]):
                if row - line[1] <= 2 and start <= line[3] and end >= line[2]:
                    line[1], line[2], line[3] = row, min(line[2], start), max(line[3], end)
                    break
            else:
                found.append([row, row, start, end])
    return wide, [
        _trimmed(wide, DrawnLine(min(first + 1, last), max(last - 1, first), start, end))
        for first, last, start, end in found
        if last - first + 1 <= thickest
    ]


def _trimmed(wide: Mask, line: DrawnLine) -> DrawnLine:
    """The line without the blank that the last window of each side may hold."""
    filled = np.flatnonzero(wide[line.first : line.last + 1, line.start : line.end].any(axis=0))
    return (
        replace(line, start=line.start + int(filled[0]), end=line.start + int(filled[-1]) + 1) if len(filled) else line
    )


def _stands_free(dark: Mask, line: DrawnLine) -> bool:
    """Tell a line from a row of letters: what is beside it is mostly blank."""
    shares = []
    for near in (line.first - 3, line.last + 2):
        strip = dark[max(near, 0) : max(near + 2, 0), line.start : line.end]
        shares.append(float(strip.any(axis=0).mean()) if strip.size else 0.0)
    return max(shares) <= _FLANK_SHARE


def _are_letters(grey: Pixels, line: DrawnLine) -> bool:
    """Tell a row of small heavy letters, given at half the resolution, from a line: it has holes («a», «e», «s»)."""
    top, columns = max(2 * line.first - 4, 0), slice(2 * line.start, 2 * line.end)
    band = grey[top : 2 * line.last + 6, columns]
    if band.size == 0:
        return False
    beside = (grey[max(top - 4, 0) : top + 1, columns], grey[2 * line.last + 5 : 2 * line.last + 10, columns])
    ink = band < _INK_SHARE * float(np.median(np.concatenate(beside)))
    begins = np.diff(np.pad(ink.astype(np.int8), ((1, 0), (0, 0))), axis=0) == 1
    share = float((np.count_nonzero(begins, axis=0) >= 2).mean())
    return _LETTERED[0] <= share <= _LETTERED[1]


def _bridged(lines: Sequence[DrawnLine], wide: Mask, half: float) -> list[DrawnLine]:
    """Join pieces of one line over the parts where it is too faint."""
    joined: list[DrawnLine] = []
    for line in sorted(lines, key=lambda line: (line.start, line.first)):
        for index, before in enumerate(joined):
            gap = line.start - before.end
            apart = abs(line.first + line.last - before.first - before.last) / 2
            if apart > 1.5 * half or gap > _GAP_PT * half:
                continue
            first, last = min(before.first, line.first), max(before.last, line.last)
            if gap <= 2 * half or _faint_share(wide, DrawnLine(first, last, before.end, line.start)) >= _FAINT_SHARE:
                joined[index] = DrawnLine(first, last, before.start, max(before.end, line.end))
                break
        else:
            joined.append(line)
    return joined


def _faint_share(wide: Mask, gap: DrawnLine) -> float:
    """The share of a gap where something thin is left of the line: letters that stand in the way are not thin."""
    left = gap.start
    centre = wide[gap.first : gap.last + 1, left : gap.end].any(axis=0)
    above = wide[max(gap.first - 4, 0) : max(gap.first - 2, 0), left : gap.end].any(axis=0)
    below = wide[gap.last + 3 : gap.last + 5, left : gap.end].any(axis=0)
    return float((centre & ~above & ~below).mean())


def _parted(lines: Sequence[DrawnLine], crossing: Sequence[DrawnLine], dark: Mask, half: float) -> list[DrawnLine]:
    """The lines, cut where two frames stand side by side: at a blank between two crossing lines."""
    parted = []
    for line in lines:
        near = sorted(
            ((other.first, other.last) for other in crossing if _meets(other, line, half)), key=lambda place: place[0]
        )
        start = line.start
        for (_, end), (after, _) in pairwise(near):
            if not _PARTED_PT[0] * half <= after - end <= _PARTED_PT[1] * half or not start < end < line.end:
                continue
            between = dark[max(line.first - 1, 0) : line.last + 2, end + 2 : after - 1]
            if between.shape[1] and between.any(axis=0).mean() <= 1 - _SOLID:
                parted.append(replace(line, start=start, end=end))
                start = after
        parted.append(replace(line, start=start))
    return parted


def _meets(other: DrawnLine, line: DrawnLine, half: float) -> bool:
    reach = _MEETING_PT * half
    return other.start - reach <= line.first <= other.end + reach


def _in_grids(
    lines: Sequence[DrawnLine], level: Sequence[DrawnLine], edges: Sequence[DrawnLine], half: float
) -> list[DrawnLine]:
    """The upright lines that are no stems of letters; `edges` are those of filled rectangles.

    They are long, or go from one level line or edge to another; or several start at one level line and end at one
    height: the row of a table that the end of the page cuts.
    """
    reach = _MEETING_PT * half
    reaches = [*((other, reach) for other in level), *((edge, _TOUCHING_PT * half) for edge in edges)]
    kept, hanging = [], []
    for line in lines:
        x = (line.first + line.last) / 2
        met = [(other, near) for other, near in reaches if other.start - reach <= x <= other.end + reach]
        ends = [any(o.first - near <= y <= o.last + near for o, near in met) for y in (line.start, line.end)]
        if line.end - line.start >= _SHORTEST_PT * half or all(ends):
            kept.append(line)
        elif any(ends):
            hanging.append(line)
    for line in hanging:
        like = [o for o in hanging if abs(o.start - line.start) <= reach and abs(o.end - line.end) <= reach]
        if len(like) >= _FEWEST_HANGING:
            kept.append(line)
    return kept


def _wipe(picture: Pixels, line: DrawnLine) -> None:
    """Paint a line, given at half the resolution, with the ground beside it, in place."""
    top, bottom = max(2 * line.first - 3, 3), min(2 * line.last + 5, picture.shape[0] - 3)
    left, right = max(2 * line.start - 4, 0), min(2 * line.end + 4, picture.shape[1])
    if bottom <= top:
        return
    above = picture[top - 3 : top, left:right].min(axis=0).astype(np.int16)
    below = picture[bottom : bottom + 3, left:right].min(axis=0).astype(np.int16)
    band = picture[top:bottom, left:right]
    ground = np.maximum(above, below)
    free = np.minimum(above, below) > (band.min(axis=0) + ground) // 2
    band[:, free] = np.maximum(band[:, free], ground[free])
