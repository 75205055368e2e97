"""Check boxes on a picture: small drawn squares, with or without a mark inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.readers.ocr_tesseract import Pixels, ReadWord

CHECKED, UNCHECKED = "\u2612", "\u2610"
_CHECK_BOX_PT = (5.5, 14.0)
_RING_PX = 4


@dataclass(frozen=True, slots=True)
class Square:
    """A drawn check box, in pixels."""

    x0: int
    y0: int
    x1: int
    y1: int
    is_marked: bool


def find_squares(grey: Pixels, scale: float) -> list[Square]:
    """Drawn check boxes: small squares with straight thin sides, with or without a mark inside."""
    dark = grey < 170
    shortest, longest = round(_CHECK_BOX_PT[0] * scale), round(_CHECK_BOX_PT[1] * scale)
    if min(dark.shape) <= shortest:
        return []
    across = _solid(dark, shortest)[: dark.shape[0] - shortest + 1]
    down = _solid(dark.T, shortest).T[:, : dark.shape[1] - shortest + 1]
    corners = across & down
    corners[_RING_PX:] &= ~dark[: corners.shape[0] - _RING_PX, : corners.shape[1]]
    corners[:, _RING_PX:] &= ~dark[: corners.shape[0], : corners.shape[1] - _RING_PX]
    squares: list[Square] = []
    for y, x in np.argwhere(corners):
        y0, x0 = int(y), int(x)
        if any(abs(q.x0 - x0) < shortest / 2 and abs(q.y0 - y0) < shortest / 2 for q in squares[-12:]):
            continue
        width = _run_length(dark[y0, x0 : x0 + longest + 2])
        height = _run_length(dark[y0 : y0 + longest + 2, x0])
        if max(width, height) > longest or abs(width - height) > 0.2 * max(width, height):
            continue
        y1, x1 = y0 + height - 1, x0 + width - 1
        edge = max(2, round(0.12 * width))
        right = dark[y0 : y1 + 1, max(x1 - edge, 0) : x1 + edge].mean(axis=0)
        bottom = dark[max(y1 - edge, 0) : y1 + edge, x0 : x1 + 1].mean(axis=1)
        inner = dark[y0 + 2 * edge : y1 - 2 * edge, x0 + 2 * edge : x1 - 2 * edge]
        if min(right.max(initial=0.0), bottom.max(initial=0.0)) < 0.9 or not inner.size or inner.mean() > 0.75:
            continue
        stem = dark[y0 + 2 * edge : y1 - 2 * edge, x0 + round(0.22 * width)]
        if stem.size and stem.mean() > 0.5:
            continue  # the stem of a letter in bold
        far_corners = (
            dark[y0 : y0 + 3, x1 - 2 : x1 + 1],
            dark[y1 - 2 : y1 + 1, x1 - 2 : x1 + 1],
            dark[y1 - 2 : y1 + 1, x0 : x0 + 3],
        )
        if _ring_share(dark, x0, y0, x1, y1) > 0.12 or min(corner.mean() for corner in far_corners) < 0.5:
            continue
        squares.append(Square(x0, y0, x1, y1, bool(inner.mean() > 0.08)))
    return squares


def _ring_share(dark: npt.NDArray[np.bool_], x0: int, y0: int, x1: int, y1: int) -> float:
    """Share of ink just outside a square: a box stands free, the parts of a letter do not."""
    top, left = max(y0 - _RING_PX, 0), max(x0 - _RING_PX, 0)
    bottom, right = min(y1 + _RING_PX, dark.shape[0] - 1), min(x1 + _RING_PX, dark.shape[1] - 1)
    ring = (
        dark[top, left : right + 1],
        dark[bottom, left : right + 1],
        dark[top : bottom + 1, left],
        dark[top : bottom + 1, right],
    )
    return float(max(side.mean() for side in ring))


def _solid(dark: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """Where a run of `length` dark pixels to the right starts."""
    sums = np.zeros((dark.shape[0], dark.shape[1] + 1), dtype=np.uint16)
    np.cumsum(dark, axis=1, dtype=np.uint16, out=sums[:, 1:])
    solid: npt.NDArray[np.bool_] = (sums[:, length:] - sums[:, :-length]) == length
    return solid


def _run_length(dark: npt.NDArray[np.bool_]) -> int:
    stops = np.flatnonzero(~dark)
    return int(stops[0]) if len(stops) else len(dark)


def without_squares(grey: Pixels, squares: Sequence[Square]) -> Pixels:
    """The picture with the check boxes wiped out: Tesseract would read them as letters."""
    if not squares:
        return grey
    wiped = grey.copy()
    for square in squares:
        margin = max(3, (square.x1 - square.x0) // 6)
        y0, x0 = max(square.y0 - margin, 0), max(square.x0 - margin, 0)
        y1, x1 = square.y1 + margin + 1, square.x1 + margin + 1
        wiped[y0:y1, x0:x1] = int(np.percentile(grey[y0:y1, x0:x1], 90))
    return wiped


def square_word(square: Square, rows: Sequence[ReadWord]) -> ReadWord:
    """A check box as a word of the line at its height, the nearest word at its right first."""
    middle = (square.y0 + square.y1) / 2
    beside = [row for row in rows if row.top - 0.3 * row.height <= middle <= row.top + 1.3 * row.height]
    nearest = min(beside, key=lambda row: (row.left < square.x0, abs(row.left - square.x1)), default=None)
    line = nearest.line if nearest is not None else (0, square.y0, square.x0)
    glyph = CHECKED if square.is_marked else UNCHECKED
    return ReadWord(line, square.x0, square.y0, square.x1 - square.x0, square.y1 - square.y0, glyph)
