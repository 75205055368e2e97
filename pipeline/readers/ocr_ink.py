"""Pieces of ink on a picture: the glyphs, dots and bullets that a crop is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected piece of ink in a crop, in pixels."""

    x0: int
    y0: int
    x1: int
    y1: int
    piece_count: int = 1

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0


def connected_pieces(ink: Mask) -> list[Piece]:
    """The connected parts of a mask."""
    runs: list[list[int]] = []  # row, start, end, root
    before: list[int] = []

    def root(index: int) -> int:
        while runs[index][3] != index:
            index = runs[index][3]
        return index

    for row in range(ink.shape[0]):
        marks = np.flatnonzero(np.diff(np.pad(ink[row].astype(np.int8), 1))).tolist()
        current = []
        for start, end in zip(marks[::2], marks[1::2], strict=True):
            index = len(runs)
            runs.append([row, start, end, index])
            current.append(index)
            for other in before:
                if runs[other][1] <= end and runs[other][2] >= start:
                    runs[root(other)][3] = root(index)
        before = current
    boxes: dict[int, Piece] = {}
    for index, (row, start, end, _) in enumerate(runs):
        home = root(index)
        box = boxes.get(home)
        boxes[home] = (
            Piece(start, row, end, row + 1)
            if box is None
            else Piece(min(box.x0, start), box.y0, max(box.x1, end), row + 1)
        )
    return [box for box in boxes.values() if box.width * box.height >= 4]
