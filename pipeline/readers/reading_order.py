"""Reading order of boxes placed freely on a page or a slide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: Boxes may overlap by this much and still count as apart.
_SLACK_PT = 4.0
#: Columns whose widths are closer than this are read one after the other; else row by row (a label and its text).
_SIMILAR_WIDTHS = 0.6


class Box(NamedTuple):
    """A rectangle, y downwards, and the place of its owner in the list of the caller."""

    place: int
    x0_pt: float
    y0_pt: float
    x1_pt: float
    y1_pt: float


def order_boxes(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Give (place, column) in reading order, by cutting the page along its white gaps.

    Columns of like width are read one after the other, below whatever spans them; otherwise row by row.
    """
    return _order(list(boxes), 0)


def _order(boxes: list[Box], column: int) -> list[tuple[int, int]]:
    if len(boxes) <= 1:
        return [(box.place, column) for box in boxes]
    columns = _cut(boxes, horizontal=False)
    rows = _cut(boxes, horizontal=True)
    if len(columns) > 1 and (len(rows) == 1 or _alike(columns)):
        return [place for number, part in enumerate(columns) for place in _order(part, column + number)]
    if len(rows) > 1:
        return [place for part in _join_rows(rows) for place in _order(part, column)]
    return [(box.place, column) for box in sorted(boxes, key=lambda b: (round(b.y0_pt), b.x0_pt, b.place))]


def _cut(boxes: list[Box], *, horizontal: bool) -> list[list[Box]]:
    """Groups of boxes between white gaps that run through all of them."""

    def near(box: Box) -> float:
        return box.y0_pt if horizontal else box.x0_pt

    groups: list[list[Box]] = []
    end = float("-inf")
    for box in sorted(boxes, key=lambda b: (near(b), b.place)):
        if not groups or near(box) >= end - _SLACK_PT:
            groups.append([])
        groups[-1].append(box)
        end = max(end, box.y1_pt if horizontal else box.x1_pt)
    return groups


def _alike(columns: list[list[Box]]) -> bool:
    widths = [max(b.x1_pt for b in column) - min(b.x0_pt for b in column) for column in columns]
    return min(widths) >= _SIMILAR_WIDTHS * max(widths) and max(len(column) for column in columns) > 1


def _join_rows(rows: list[list[Box]]) -> list[list[Box]]:
    """Keep rows together that are set in the same columns, so that each column is read to its end."""
    joined = [rows[0]]
    for row in rows[1:]:
        together = [*joined[-1], *row]
        columns = _cut(together, horizontal=False)
        if len(row) > 1 and len(joined[-1]) > 1 and len(columns) > 1 and _alike(columns):
            joined[-1] = together
        else:
            joined.append(row)
    return joined
