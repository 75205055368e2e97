"""Rows of dots on a picture, from a title to the number of its page: taken off, for OCR reads letters in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_INK = 140
_DOT_PT = 1.5  # a dot is no wider and no higher
_BLANK_PT = 3.5  # nothing is printed above and below dots as near as that
_BESIDE_PT = 0.7  # likewise, this far to the left and to the right
_STEP_PT = 6.0  # the dots of a row are no further apart
_FEWEST_DOTS = 10
_EVEN = 0.4  # of the usual step: how far the others may be from it


def without_leaders(grey: Pixels, scale: float) -> Pixels:
    """The picture without its rows of evenly spaced dots; `scale` is in pixels a point."""
    dots = _flat(grey < _INK, scale)
    cleared: Pixels | None = None
    margin = max(round(0.5 * scale), 1)
    for row in np.flatnonzero(np.count_nonzero(dots, axis=1) >= _FEWEST_DOTS).tolist():
        for start, end in _rows_of_dots(dots[row], scale):
            if cleared is None:
                cleared = grey.copy()
            top, bottom = max(row - margin, 0), row + margin + 1
            columns = slice(max(start - 1, 0), end + 1)
            cleared[top:bottom, columns] = np.percentile(grey[top:bottom, columns], 90)
    return grey if cleared is None else cleared


def _flat(ink: Mask, scale: float) -> Mask:
    """The ink with none above it nor below it, nor beside these, but what is as low as a dot: no edge of a letter."""
    near, far = max(round(_DOT_PT * scale), 1), max(round(_BLANK_PT * scale), 2)
    height = ink.shape[0]
    padded = np.pad(ink, ((far + 1, far + 1), (0, 0)))
    total = np.cumsum(padded, axis=0, dtype=np.int32)
    first = far + 1
    above = total[first - near : first - near + height] - total[first - far - 1 : first - far - 1 + height]
    below = total[first + far : first + far + height] - total[first + near : first + near + height]
    tall = (above + below) > 0
    reach = max(round(_BESIDE_PT * scale), 1)
    beside = np.pad(tall, ((0, 0), (reach, reach)))
    for shift in range(2 * reach + 1):
        tall |= beside[:, shift : shift + ink.shape[1]]
    flat: Mask = ink & ~tall
    return flat


def _rows_of_dots(dots: Mask, scale: float) -> list[tuple[int, int]]:
    """Where rows of dots start and end on one line of pixels."""
    marks = np.flatnonzero(np.diff(np.pad(dots.astype(np.int8), 1)))
    starts, ends = marks[::2], marks[1::2]
    narrow = ends - starts <= _DOT_PT * scale
    starts, ends = starts[narrow], ends[narrow]
    if len(starts) < _FEWEST_DOTS:
        return []
    steps = np.diff(starts)
    usual = float(np.median(steps))
    breaks = np.flatnonzero((steps > _STEP_PT * scale) | (np.abs(steps - usual) > _EVEN * usual)) + 1
    runs = zip((0, *breaks.tolist()), (*breaks.tolist(), len(starts)), strict=True)
    return [(int(starts[a]), int(ends[b - 1])) for a, b in runs if b - a >= _FEWEST_DOTS]
