"""Reading order of boxes placed freely on a page or a slide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.model import Block, Marker

#: Boxes may overlap by this much and still count as apart.
_SLACK_PT = 4.0
#: Columns whose widths are closer than this are read one after the other; else row by row (a label and its text).
_SIMILAR_WIDTHS = 0.6
#: A box of a tree stands at the middle of those that hang on it, but for this share of its own height and this much.
_OFF_MIDDLE = 0.5
_FURTHEST_OFF_PT = 20.0
_MOST_LEAVES = 100


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


def order_tree(boxes: Sequence[Box], *, connected: bool) -> list[tuple[int, bool]]:
    """Give (place, is a leaf) of the boxes of a tree, each before those that hang on it; [] when they make no tree.

    A tree grows to the right or downwards, a rank of boxes after the other, and each box stands at the middle of those
    that hang on it. Downwards it must branch at each rank, or it is no other than rows of cards, unless lines lead from
    box to box (`connected`).
    """
    for turned in (False, True):
        placed = [_turned(box) for box in boxes] if turned else list(boxes)
        ranks = [sorted(rank, key=lambda box: box.y0_pt) for rank in _cut(placed, horizontal=False)]
        sizes = [len(rank) for rank in ranks]
        grows = all(b > a if turned and not connected else b >= a for a, b in pairwise(sizes))
        if len(ranks) < 2 or not grows or not sizes[0] < sizes[-1] <= _MOST_LEAVES:
            continue
        if turned and len(ranks) == 2 and sizes[0] == 1:
            continue
        if any(b.y0_pt < a.y1_pt - _SLACK_PT for rank in ranks for a, b in pairwise(rank)):
            continue
        shares = [_share_out(upper, lower) for upper, lower in pairwise(ranks)]
        if all(shares):
            return list(_walk(ranks, shares, 0, 0, len(ranks[0])))
    return []


def _turned(box: Box) -> Box:
    return Box(box.place, box.y0_pt, box.x0_pt, box.y1_pt, box.x1_pt)


def _share_out(parents: Sequence[Box], children: Sequence[Box]) -> list[tuple[int, int]]:
    """The first and the last but one of the children of each parent, all in a row; [] when parents stand elsewhere."""
    best: dict[tuple[int, int], tuple[float, list[tuple[int, int]]]] = {(0, 0): (0.0, [])}
    for index, parent in enumerate(parents):
        middle = (parent.y0_pt + parent.y1_pt) / 2
        reach = max(_SLACK_PT, min(_OFF_MIDDLE * (parent.y1_pt - parent.y0_pt), _FURTHEST_OFF_PT))
        for start in range(len(children)):
            cost, shares = best.get((index, start), (0.0, None))
            if shares is None:
                continue
            for end in range(start + 1, len(children) + 1):
                off = abs((children[start].y0_pt + children[end - 1].y1_pt) / 2 - middle)
                key = index + 1, end
                if off <= reach and (key not in best or cost + off < best[key][0]):
                    best[key] = cost + off, [*shares, (start, end)]
    return best.get((len(parents), len(children)), (0.0, []))[1]


def _walk(
    ranks: Sequence[Sequence[Box]], shares: Sequence[Sequence[tuple[int, int]]], rank: int, start: int, end: int
) -> Iterator[tuple[int, bool]]:
    for index in range(start, end):
        yield ranks[rank][index].place, rank == len(shares)
        if rank < len(shares):
            yield from _walk(ranks, shares, rank + 1, *shares[rank][index])


def lead_columns(blocks: Sequence[Block]) -> list[Block]:
    """Put each of several banners side by side in front of the column below it; all else keeps its place.

    Banners at one height whose columns below hold text in rows, not lists, head a table: they stay as they are.
    """
    out: list[Block] = []
    index = 0
    while index < len(blocks):
        heads = _side_by_side(blocks, index)
        below = _below(blocks, index + len(heads), heads) if heads else []
        if below and all(below):
            for head, column in zip(heads, below, strict=True):
                out += [head, *column]
            index += len(heads) + sum(len(column) for column in below)
        else:
            out.append(blocks[index])
            index += 1
    return out


def _side_by_side(blocks: Sequence[Block], start: int) -> list[Block]:
    """The banners at one height that begin at `start`, from left to right; [] when there is only one."""
    found: list[Block] = []
    for block in blocks[start:]:
        place = block.position
        if block.table is not None or place.box is None:
            break
        if found:
            before = found[-1].position
            level = place.page_number == before.page_number and abs(place.y0_pt - before.y0_pt) <= _SLACK_PT
            if not level or place.x0_pt < before.x1_pt - _SLACK_PT or place.box == before.box:
                break
        found.append(block)
    return found if len(found) >= 2 else []


def _below(blocks: Sequence[Block], start: int, heads: Sequence[Block]) -> list[list[Block]]:
    """The lists below banners, one a banner; [] when what stands below is no list in columns."""
    columns: list[list[Block]] = [[] for _ in heads]
    edges = [head.position.x0_pt - _SLACK_PT for head in heads]
    last = heads[-1].position
    for block in blocks[start:]:
        place = block.position
        if block.table is not None or place.box is not None or place.page_number != last.page_number:
            break
        column = sum(place.x0_pt >= edge for edge in edges) - 1
        crosses = column + 1 < len(edges) and place.x1_pt > edges[column + 1] + 2 * _SLACK_PT
        if column < 0 or crosses or place.y0_pt < last.y1_pt - _SLACK_PT or block.marker_kind is Marker.NONE:
            break
        columns[column].append(block)
    kinds = Counter(block.marker_kind for column in columns for block in column)
    return columns if len(kinds) == 1 else []
