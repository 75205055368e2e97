"""Reading order inside one frame: columns, rows of cards, tables that no line rules.

A gutter is a vertical strip that no item crosses, with items on both sides at the same height. Cutting at the tallest
gutter first, and between what crosses it, reads a banner before the columns under it and each column to its end.
"""

from __future__ import annotations

import re
import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import field, replace
from itertools import combinations, groupby, pairwise

from pipeline import text, vocabulary
from pipeline.model import Marker, record
from pipeline.readers.pdf_lines import Line, join_segments
from pipeline.readers.pdf_rulings import Rectangle
from pipeline.readers.pdf_tables import Grid

_MIN_GUTTER = 0.85  # of the font size
_NARROW_GUTTER = 0.4  # likewise, where the edge of the column alone has parted the lines
_INDENT = 1.5  # of the font size: the lines of a column start as near to its edge, where these are indented or centred
_CENTRED = 1.5  # of the font size: half of what two more lines add to the height of a card
_LEVEL_SHARE = 0.2  # of the lower of two items: what stands side by side; lines of one column hardly overlap
_ROW_TOLERANCE = 0.35  # of the font size: lines of one row of an unruled table
_PROSE_FILL = 0.72  # lines of a column of prose reach this share of its width
_PROSE_WORDS = 4
_MIN_TABLE_ROWS = 3
_MIN_LABELLED_ROWS = 2  # where the first column holds nothing but labels of fields; half of it for two such columns
_LEADING = 1.5  # of the font size: lines of one paragraph stand closer than that
_KNOWN_LABELS = 0.6  # of the labels of a form: those of fields
_MARK_WORDS = 2  # of an entry that is no text
_TEXT_LOOKS = 3  # faces that two columns share when each is set as headings and text
_SHARED_LABELS = 2  # of fields, in two columns of a page
_UNEVEN_ROWS = 2  # of different faces of these; those of a table agree along its rows
_WIDE_GAP = 3.5  # of the font size: between what belongs together and a footer
_HEAD_PT = 110.0  # height of the tallest box that holds no more than a heading
_LEVEL_PT = 6.0  # boxes of one row start as level as that
_UNDER_HEAD = 3.0  # of the font size: the text of a column begins as near under its head
_HEAD_LINES = 5
_HEAD_PADDING_PT = 16.0  # of a box beside text that starts level with its first line
_LARGER_ROW = 1.25  # a heading in the columns of labels and values is set this much larger
_HEADED_LINES = 3  # a heading and what is under it, too short to cross the columns above
_HEAD_GAP = 1.5  # of the font size: headings one under the other in a column of their own are further apart
_TILE = "tile"  # the kind of an item whose number is printed in one
_BAR_WIDTH = 0.4  # of the width of a page, at most: that of a bar beside its text
_DIGITS = re.compile(r"\d+")
_NUMBER_ONLY = re.compile(r"^[\W_]*\d{1,4}[\W_]*$")
_SHORT_LABEL = re.compile(r"^(?:\(?[0-9]{1,3}(?:[.,][0-9]{1,3}){0,3}[.)\u00b0:]?|\(?[A-Za-z][.)]|[IVXivx]{1,5}[.)])$")


@record(frozen=True, slots=True)
class Frame:
    """A drawn box, or the page itself, with what it holds in reading order.

    `identity` is the box number of `model.Position`, None for the page; `fill` the colour behind the text; `pictures`
    the boxes of pictures that text may run round.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    identity: int | None
    fill: str
    leaves: tuple[Leaf, ...]
    pictures: tuple[Rectangle, ...] = ()


@record(frozen=True, slots=True)
class TableCell:
    """A cell of a table with its place and its content."""

    row_index: int
    column_index: int
    row_span: int
    column_span: int
    frame: Frame


@record(frozen=True, slots=True)
class TableFrame:
    """A table as drawn on one page; `xs` are the lines between its columns; not `ruled` when whitespace made it."""

    x0: float
    y0: float
    x1: float
    y1: float
    xs: tuple[float, ...]
    row_count: int
    cells: tuple[TableCell, ...]
    ruled: bool = True


Item = Line | Frame | TableFrame


@record(frozen=True, slots=True)
class Leaf:
    """One column of lines, boxes and tables, top to bottom, between two limits that its lines may not pass.

    `turned` tells that the coordinates are those of the text turned upright; `place` is then the real box.
    """

    items: tuple[Item, ...]
    left: float
    right: float
    column_index: int = 0
    turned: bool = False
    place: tuple[float, float, float, float] = field(default=(0.0, 0.0, 0.0, 0.0))


def read_order(items: Sequence[Item], left: float, right: float) -> list[Leaf]:
    """Put the items of one frame in reading order, as columns of stacked items."""
    if len(items) < 2:
        return [Leaf(tuple(items), left, right)] if items else []
    bar = _side_bar(items, left, right)
    beside = [item for item in items if item is not bar]
    leaves = [_stack([bar], left, right, 0)] if bar is not None else []
    leaves += _ordered(beside, left, right, len(leaves))
    return [leaf for leaf in leaves if leaf.items]


def _side_bar(items: Sequence[Item], left: float, right: float) -> Frame | None:
    """The coloured bar at the right edge that heads, in larger type, all that stands beside it; None for none."""
    for bar in items:
        if not isinstance(bar, Frame) or not bar.fill or bar.x1 - bar.x0 > _BAR_WIDTH * (right - left):
            continue
        others = [item for item in items if item is not bar]
        at_edge = bar.x1 >= right - 2.0 and all(item.x1 <= bar.x0 + 1.0 for item in others)
        spans = all(bar.y0 <= item.y0 + 2.0 and bar.y1 >= item.y1 - 2.0 for item in others)
        if at_edge and spans and _largest([bar]) >= _LARGER_ROW * _largest(others):
            return bar
    return None


def _largest(items: Sequence[Item]) -> float:
    """The size of the largest type that items are set in, outside tables."""
    sizes = [item.size for item in items if isinstance(item, Line)]
    leaves = (leaf for item in items if isinstance(item, Frame) for leaf in item.leaves)
    return max([*sizes, *(_largest(leaf.items) for leaf in leaves)], default=0.0)


def _ordered(items: list[Item], left: float, right: float, column: int) -> list[Leaf]:
    headed = _headed_columns(items)
    if headed:
        above, columns, below = headed
        leaves = _ordered(above, left, right, column) if above else []
        for place, (head, *text) in enumerate(columns):
            leaves += _ordered([head, *text], head.x0, head.x1, column + place)
        return leaves + (_ordered(below, left, right, column) if below else [])
    cut = _best_cut(items)
    if cut is None:
        return [_stack(_with_rows_of_fields(items), left, right, column)]
    above, left_items, right_items, below = cut
    leaves = _ordered(above, left, right, column) if above else []
    middle = _middle(left_items, right_items, left, right, column)
    leaves += middle
    if below:
        leaves += _ordered(below, left, right, column)
    return leaves


def _middle(left_items: list[Item], right_items: list[Item], left: float, right: float, column: int) -> list[Leaf]:
    items = left_items + right_items
    cards = _cards(items)
    if cards is not None:
        above, rows, below = cards
        leaves = _ordered(above, left, right, column) if above else []
        for row in rows:
            if len(row) == 1:
                leaves.append(_stack(row, left, right, column))
            else:
                leaves += [_stack([item], left, right, column) for item in row]
        return leaves + (_ordered(below, left, right, column) if below else [])
    parts = (
        _between_headings(items)
        or _between_items(left_items, right_items)
        or _between_larger_rows(left_items, right_items)
    )
    if parts:
        return [leaf for part in parts for leaf in _ordered(part, left, right, column)]
    halves = _halves(items)
    if halves is not None:
        limits = (left, max(min(item.x0 for item in halves[1]), left), right)
        return [
            leaf
            for place, half in enumerate(halves)
            for leaf in _ordered(half, limits[place], limits[place + 1], column + place)
        ]
    table = _unruled_table(items) or _form_of(items)
    if table is not None:
        return [_stack([table], left, right, column)]
    bands = _headed_bands(left_items, right_items)
    cards_in_rows = [] if bands else _numbered_rows(items)
    if cards_in_rows:
        return [leaf for row_cards in cards_in_rows for leaf in _side_by_side(row_cards, left, right, column)]
    if len(bands) > 1:
        return [leaf for band in bands for leaf in _ordered(band, left, right, column)]
    restart = _restart(left_items, right_items)
    if restart is not None:
        upper = [item for item in items if item.y0 < restart]
        lower = [item for item in items if item.y0 >= restart]
        return _ordered(upper, left, right, column) + _ordered(lower, left, right, column)
    right_start = min(item.x0 for item in right_items)
    left_end = max(item.x1 for item in left_items)
    first = _ordered(left_items, left, right_start, column)
    next_column = max((leaf.column_index for leaf in first), default=column) + 1
    return first + _ordered(right_items, left_end, right, next_column)


def _between_headings(items: list[Item]) -> list[list[Item]]:
    """The parts of rows of short texts, each heading that stands alone between them a part; none when it is no such.

    Forms without rulings, one under each heading, are aligned with each other: taken as one table they would lose
    their headings to its first column.
    """
    lines = [item for item in items if isinstance(item, Line)]
    if len(lines) < len(items):
        return []
    bands = _rows_of(lines)
    left = min(line.x0 for line in lines)
    beside = Counter(same_look(line) for band in bands if len(band) > 1 for line in band)
    is_heading = [
        len(band) == 1
        and band[0].x0 <= left + 1.0
        and not beside[same_look(band[0])]
        and all(band[0].face.bold >= bold and band[0].size >= size_pt - 0.6 for size_pt, bold, _ in beside)
        for band in bands
    ]
    parts: list[list[Item]] = []
    for index, band in enumerate(bands):
        if index and not is_heading[index] and not is_heading[index - 1]:
            parts[-1] += band
        else:
            parts.append(list(band))
    rows = sum(not heading for heading in is_heading)
    forms = sum(not heading and (not index or is_heading[index - 1]) for index, heading in enumerate(is_heading))
    aligned = sum(len(band) > 1 for band in bands)
    return parts if forms >= 2 and aligned >= 0.8 * rows and rows >= 2 * forms else []


def _between_items(left_items: list[Item], right_items: list[Item]) -> list[list[Item]]:
    """The parts of labels beside values that stand under items, each item a part; none when the left holds more.

    An item begins with a bullet, a number or a label of a level, or the labels begin again under it. However it is set,
    it is no label.
    """
    left = [item for item in left_items if isinstance(item, Line)]
    right = [item for item in right_items if isinstance(item, Line)]
    if len(left) + len(right) < len(left_items) + len(right_items):
        return []
    rows = [(row[0], " ".join(part.text for part in row).rstrip(" :")) for row in _rows_of(left)]
    labels = [printed for _, printed in rows if vocabulary.is_exact_label(printed)]
    tops: list[float] = []
    read, in_title = 0, False  # labels so far, and whether the row above is a title
    for line, printed in rows:
        if labels[read : read + 1] == [printed]:
            read += 1
            if in_title:
                tops.append(line.y0 - 0.3 * line.size)
            in_title = False
            continue
        begins_again = any(label in labels[:read] for label in labels[read : read + 1]) and printed[:1].isupper()
        if any(_same_row(line, value) for value in right) or not (
            in_title or begins_again or _opens_title(line, printed)
        ):
            return []
        if not in_title or _opens_title(line, printed):
            tops.append(line.y0 - 0.3 * line.size)
        in_title = True
    return _banded([*left, *right], tops) if tops and len(labels) >= _MIN_LABELLED_ROWS else []


def _between_larger_rows(left_items: list[Item], right_items: list[Item]) -> list[list[Item]]:
    """The parts of labels beside values and of headings in larger type in the same columns («OS.2», its title beside);
    none when the left holds anything else.
    """
    left = [item for item in left_items if isinstance(item, Line)]
    right = [item for item in right_items if isinstance(item, Line)]
    lines = sorted(left + right, key=lambda line: line.baseline)
    labels = [line for line in left if _is_label(line)]
    if len(lines) < len(left_items) + len(right_items) or not labels:
        return []
    smallest = _LARGER_ROW * max(line.size for line in labels)
    if len(labels) + sum(line.size >= smallest for line in left) != len(left):
        return []
    parts = [list[Item](part) for _, part in groupby(lines, key=lambda line: line.size >= smallest)]
    return parts if len(parts) > 1 else []


def _rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines by their baseline, top to bottom, left to right in each row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and _same_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


def _opens_title(line: Line, printed: str) -> bool:
    """Tell whether a row that begins with a line opens an item: a bullet, a number, a label of a level and a title."""
    label = vocabulary.match_level(printed)
    marked = bool(line.marker) or bool(text.split_marker(printed)[0])
    return marked or vocabulary.starts_item(printed) or (label is not None and bool(label.rest))


def _headed_bands(left_items: list[Item], right_items: list[Item]) -> list[list[Item]]:
    """The rows of a page with headings at the left, each level with the text that it heads; none when there are none.

    A heading there is in a box, or set like nothing in the text.
    """
    frames = [item for item in left_items if isinstance(item, Frame)]
    if frames and (len(frames) < len(left_items) or any(map(_holds_much, frames))):
        return []
    heads: list[Item] = [*frames] or [*_headings_apart(left_items, right_items)]
    heads.sort(key=lambda item: item.y0)
    tops: list[float] = []
    for head in heads:
        reach = _HEAD_PADDING_PT if isinstance(head, Frame) else 0.8 * _size(head)
        level = [item.y0 for item in right_items if abs(item.y0 - head.y0) <= reach]
        tops.append(min([head.y0, *level]) - 1.0)
        if not level or any(item.y0 < tops[-1] < item.y1 - 1.0 for item in right_items):
            return []
    if len(tops) < 2:
        return []
    return _banded([*left_items, *right_items], tops)


def _banded(items: list[Item], tops: Sequence[float]) -> list[list[Item]]:
    """Items by the heights between which they start; none is empty."""
    bands: list[list[Item]] = [[] for _ in range(len(tops) + 1)]
    for item in items:
        bands[bisect_right(tops, item.y0)].append(item)
    return [band for band in bands if band]


def holds_heading(frame: Frame) -> bool:
    """Tell whether a box holds no more than a heading may."""
    return not _holds_much(frame) and all(isinstance(item, Line) for leaf in frame.leaves for item in leaf.items)


def _holds_much(frame: Frame) -> bool:
    return sum(len(leaf.items) for leaf in frame.leaves) > _HEAD_LINES


def _headings_apart(left_items: list[Item], right_items: list[Item]) -> list[Line]:
    """The first lines of the headings that fill a column beside text set in other faces; none when it holds more."""
    lines = sorted((item for item in left_items if isinstance(item, Line)), key=lambda line: line.baseline)
    beside = Counter(same_look(item) for item in right_items if isinstance(item, Line))
    if len(lines) < len(left_items) or not beside:
        return []
    body_size_pt = beside.most_common(1)[0][0][0]
    if any(same_look(line) in beside or line.size < body_size_pt - 0.6 for line in lines):
        return []
    return [lines[0], *(line for before, line in pairwise(lines) if line.y0 - before.y1 > _HEAD_GAP * line.size)]


def _side_by_side(cards: Sequence[list[Item]], left: float, right: float, column: int) -> list[Leaf]:
    """Each of the cards of a row in reading order, in a column of its own."""
    starts = [left, *(min(item.x0 for item in card) for card in cards[1:]), right]
    limits = pairwise(starts)
    return [
        leaf
        for place, (card, (start, end)) in enumerate(zip(cards, limits, strict=True))
        for leaf in _ordered(card, start, end, column + place)
    ]


def _numbered_rows(items: list[Item]) -> list[list[list[Item]]]:
    """The rows of cards without boxes whose numbers run on from row to row, each with what stands under it; none when
    numbers run down the columns, or there are none.
    """
    heads: dict[str, list[tuple[tuple[int, ...], Item]]] = {}
    for item in items:
        line = _first_line(item)
        kind = None if line is None else _item_kind(line)
        if kind is not None and (digits := _DIGITS.findall(kind[1])):
            heads.setdefault(kind[0], []).append((tuple(map(int, digits)), item))
    for found in heads.values():
        rows: list[list[tuple[tuple[int, ...], Item]]] = []
        for code, item in sorted(found, key=lambda head: head[0]):
            if rows and item.x0 > rows[-1][-1][1].x1:
                rows[-1].append((code, item))
            else:
                rows.append([(code, item)])
        codes = [code for row in rows for code, _ in row]
        is_grid = len(rows) >= 2 and len({len(row) for row in rows[:-1]}) == 1 and len(rows[0]) >= len(rows[-1])
        if len(rows[0]) < 2 or not is_grid or any(b != (*a[:-1], a[-1] + 1) for a, b in pairwise(codes)):
            continue
        if not all(_is_level([item for _, item in row]) for row in rows):
            continue
        tops = [min(item.y0 for _, item in row) - 1.0 for row in rows]
        if any(item.y0 < top < item.y1 - 1.0 for item in items for top in tops):
            continue
        starts = [[item.x0 - 1.0 for _, item in row][1:] for row in rows]
        bands = _banded(items, tops)
        return [_cards_of(band, xs) for band, xs in zip(bands, [[]] * (len(bands) - len(rows)) + starts, strict=True)]
    return []


def _cards_of(band: list[Item], starts: Sequence[float]) -> list[list[Item]]:
    """A row of cards by the places where all but the first start; whole when an item crosses one of these."""
    if any(item.x0 < x < item.x1 - 1.0 for item in band for x in starts):
        return [band]
    cards: list[list[Item]] = [[] for _ in range(len(starts) + 1)]
    for item in band:
        cards[bisect_right(starts, item.x0)].append(item)
    return [card for card in cards if card]


def _is_level(items: Sequence[Item]) -> bool:
    """Tell whether items begin on one row: one of them may be centred beside another that is some lines higher."""
    tops = [item.y0 for item in items]
    return max(tops) - min(tops) <= _CENTRED * _size(items[0])


def _first_line(item: Item) -> Line | None:
    """The line that opens an item; None for a table."""
    if isinstance(item, Line):
        return item
    if isinstance(item, TableFrame) or not item.leaves:
        return None
    return _first_line(item.leaves[0].items[0])


def _restart(left_items: list[Item], right_items: list[Item]) -> float | None:
    """Where both columns end and start anew under a short heading that does not reach across; None when they do not."""
    lines = sorted((item for item in left_items if isinstance(item, Line)), key=lambda line: line.baseline)
    if len(lines) < 3:
        return None
    body = Counter(same_look(line) for line in lines).most_common(1)[0][0]
    beside = {same_look(item) for item in right_items if isinstance(item, Line)}
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if same_look(line) == body or line.size < body[0] - 0.6 or line.y0 - before.y1 < 0.4 * line.size:
            continue
        if same_look(line) in beside:
            continue  # a heading of the columns themselves
        upper = [item for item in right_items if item.y1 <= line.y0 + 2]
        lower = [item for item in right_items if item.y0 >= line.y1 - 2]
        if not upper or not lower or len(upper) + len(lower) < len(right_items):
            continue
        if abs(min(item.y0 for item in lower) - after.y0) <= 0.8 * after.size:
            return line.y0
    return None


def same_look(line: Line) -> tuple[float, bool, str]:
    """What two lines of one style share: size, weight, colour."""
    return line.face.size_pt, line.face.bold, line.face.color


def _stack(items: list[Item], left: float, right: float, column: int) -> Leaf:
    lines = join_segments([item for item in items if isinstance(item, Line)])
    frames = [item for item in items if not isinstance(item, Line)]
    stacked = sorted([*lines, *frames], key=lambda item: (_top(item), item.x0))
    return Leaf(tuple(stacked), left, right, column)


def _top(item: Item) -> float:
    return item.baseline - 0.5 * item.size if isinstance(item, Line) else item.y0


def _size(item: Item) -> float:
    return item.size if isinstance(item, Line) else 10.0


def _best_cut(items: list[Item]) -> tuple[list[Item], list[Item], list[Item], list[Item]] | None:
    """The items above, left of, right of and below the tallest gutter; None when they stand in one column."""
    pairs = _neighbours(items)
    if not pairs:
        return None
    candidates: dict[int, tuple[float, int]] = {}
    starts = sorted(item.x0 for item in items)
    for first, second in pairs:
        edge = starts[bisect_left(starts, max(second.x0 - _INDENT * _size(second), (first.x1 + second.x0) / 2))]
        for x in {second.x0 - 0.4, edge - 0.4}:
            key = round(x / 3)
            count = candidates.get(key, (x, 0))[1]
            candidates[key] = (min(x, candidates.get(key, (x, 0))[0]), count + 1)
    ranked = sorted(candidates.values(), key=lambda c: (-c[1], c[0]))[:16]
    best: tuple[float, float, tuple[list[Item], list[Item], list[Item], list[Item]]] | None = None
    for x, _ in ranked:
        found = _cut_at(items, x)
        if found is not None and (best is None or (found[0], -x) > (best[0], -best[1])):
            best = (found[0], x, found[1])
    return None if best is None else best[2]


def _neighbours(items: list[Item]) -> list[tuple[Item, Item]]:
    """Pairs of items side by side with a gap between them that may be a gutter."""
    ordered = sorted(items, key=lambda item: item.y0)
    pairs = []
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if second.y0 >= first.y1:
                break
            shared = min(first.y1, second.y1) - second.y0
            if shared < _LEVEL_SHARE * min(first.y1 - first.y0, second.y1 - second.y0):
                continue
            left, right = (first, second) if first.x0 <= second.x0 else (second, first)
            gutter = _NARROW_GUTTER if isinstance(left, Line) and isinstance(right, Line) else _MIN_GUTTER
            if right.x0 - left.x1 >= gutter * min(_size(left), _size(right)):
                pairs.append((left, right))
    return pairs


def _cut_at(items: list[Item], x: float) -> tuple[float, tuple[list[Item], list[Item], list[Item], list[Item]]] | None:
    """The best part of the vertical line at `x` that no item crosses, with the height that both sides share."""
    crossing = sorted((item for item in items if item.x0 < x - 0.3 and item.x1 > x + 0.3), key=lambda item: item.y0)
    free: list[tuple[float, float]] = []
    bottom = float("-inf")
    for item in crossing:
        if item.y0 > bottom:
            free.append((bottom, item.y0))
        bottom = max(bottom, item.y1)
    free.append((bottom, float("inf")))
    crossing_ids = {id(item) for item in crossing}
    others = [item for item in items if id(item) not in crossing_ids]
    best: tuple[float, tuple[list[Item], list[Item], list[Item], list[Item]]] | None = None
    for top, end in free:
        inside = [item for item in others if top <= (item.y0 + item.y1) / 2 < end]
        left_items = [item for item in inside if item.x1 <= x + 0.3]
        right_items = [item for item in inside if item.x1 > x + 0.3]
        if not left_items or not right_items:
            continue
        if _shared_height(left_items, right_items) <= (0.0 if best is None else best[0]):
            continue
        members = {id(item) for item in inside}
        above = [item for item in items if id(item) not in members and (item.y0 + item.y1) / 2 < top]
        below = [item for item in items if id(item) not in members and (item.y0 + item.y1) / 2 >= top]
        parts = _trimmed(above, left_items, right_items, below)
        shared = _shared_height(parts[1], parts[2])
        if shared > (0.0 if best is None else best[0]):
            shared -= _empty_height([*parts[1], *parts[2]])
        if shared > (0.0 if best is None else best[0]) and _separates(parts[1], parts[2], shared):
            best = (shared, parts)
    return best


def _shared_height(left_items: list[Item], right_items: list[Item]) -> float:
    top = max(min(item.y0 for item in left_items), min(item.y0 for item in right_items))
    return min(max(item.y1 for item in left_items), max(item.y1 for item in right_items)) - top


def _empty_height(items: list[Item]) -> float:
    """The height of the wide gaps between items one under the other: down to a footer, nothing is shared."""
    empty, bottom = 0.0, float("inf")
    for item in sorted(items, key=lambda item: item.y0):
        if item.y0 - bottom > _WIDE_GAP * _size(item):
            empty += item.y0 - bottom
        bottom = item.y1 if bottom == float("inf") else max(bottom, item.y1)
    return empty


def _trimmed(
    above: list[Item], left_items: list[Item], right_items: list[Item], below: list[Item]
) -> tuple[list[Item], list[Item], list[Item], list[Item]]:
    """Keep in the columns what stands beside something: the short last line of a text above them, a heading or a footer
    under them do not cross the gutter, yet belong to no column."""
    footer = _footer_under(left_items, right_items)
    if footer is not None:
        right_items = [item for item in right_items if item is not footer]
        below = [footer, *below]
    right_top, right_end = min(item.y0 for item in right_items), max(item.y1 for item in right_items)
    early = [item for item in left_items if item.y1 <= right_top + 1]
    early = _whole_paragraphs(early, [item for item in left_items if item.y1 > right_top + 1])
    if len(early) < len(left_items):
        above = above + early
        taken = {id(item) for item in early}
        left_items = [item for item in left_items if id(item) not in taken]
    column_looks = {same_look(item) for item in right_items if isinstance(item, Line)}
    lines = sorted((item for item in left_items if isinstance(item, Line)), key=lambda line: line.baseline)
    body = Counter(same_look(line) for line in lines).most_common(1)[0][0] if lines else None
    for before, line in pairwise(lines):
        apart = line.y0 - before.y1 > 0.7 * line.size
        under = line.y0 >= right_end - 1
        runs_on = line in lines[-_HEADED_LINES:] and _runs_into(lines, below)
        is_heading = same_look(line) != body and (runs_on or same_look(line) not in column_looks)
        is_heading = is_heading and line.size >= (body[0] if body else 0.0) - 0.6
        near = before.y1 <= right_end + 1.8 * line.size or runs_on
        heads_rest = apart and is_heading and near
        if under and (heads_rest or (line is lines[-1] and below and _is_half_label(line))):
            lower = {id(item) for item in left_items if (item.y0 + item.y1) / 2 >= line.y0}
            below = [item for item in left_items if id(item) in lower] + below
            left_items = [item for item in left_items if id(item) not in lower]
            break
    items = sorted(left_items + right_items, key=lambda item: item.y0)
    bottom = items[0].y1
    for index, item in enumerate(items[1:], 1):
        if item.y0 - bottom > _WIDE_GAP * _size(item) and len(items) - index <= 3 and index >= 4:
            tail = {id(i) for i in items[index:]}
            kept_left = [i for i in left_items if id(i) not in tail]
            kept_right = [i for i in right_items if id(i) not in tail]
            if kept_left and kept_right and all(isinstance(i, Line) for i in items[index:]):
                return above, kept_left, kept_right, items[index:] + below
        bottom = max(bottom, item.y1)
    return above, left_items, right_items, below


def _runs_into(lines: Sequence[Line], below: Sequence[Item]) -> bool:
    """Tell whether text across the columns follows right under the last of the lines of one."""
    top = min((item.y0 for item in below), default=float("inf"))
    return top - lines[-1].y1 <= _LEADING * lines[-1].size


def _footer_under(left_items: list[Item], right_items: list[Item]) -> Line | None:
    """The line under both columns that begins where no other at the right does, as a page number; None if none."""
    lines = sorted((item for item in right_items if isinstance(item, Line)), key=lambda line: line.baseline)
    if not lines:
        return None
    *above, last = lines
    starts = [line.x0 for line in above]
    if len(starts) < _MIN_LABELLED_ROWS or max(starts) - min(starts) > 2.0 or abs(last.x0 - starts[0]) <= last.size:
        return None
    if any(isinstance(item, Line) and _same_row(item, last) for item in left_items):
        return None
    bottom = max(item.y1 for item in [*left_items, *above])
    return last if last.y0 - bottom > 0.7 * last.size else None


def _is_half_label(line: Line) -> bool:
    """Tell whether a line is the label of an item whose title stands on the next line."""
    label = vocabulary.match_level(line.text)
    return label is not None and bool(label.code) and not label.rest


def _whole_paragraphs(upper: list[Item], lower: list[Item]) -> list[Item]:
    """The upper items without the last lines that go on in the first of the lower ones: no paragraph is cut in two."""
    kept = sorted(upper, key=lambda item: item.y0)
    first = min(lower, key=lambda item: item.y0, default=None)
    while kept and isinstance(kept[-1], Line) and isinstance(first, Line):
        last = kept[-1]
        goes_on = same_look(last) == same_look(first) and abs(last.x0 - first.x0) <= 0.3 * first.size
        if not goes_on or first.baseline - last.baseline > _LEADING * first.size:
            break
        first = kept.pop()
    return kept


def _separates(left_items: list[Item], right_items: list[Item], shared: float) -> bool:
    """Tell whether two sides are two columns (or a table), not markers beside their text or one line with a gap."""
    frames = sum(1 for item in left_items + right_items if not isinstance(item, Line))
    left_lines = [item for item in left_items if isinstance(item, Line)]
    right_lines = [item for item in right_items if isinstance(item, Line)]
    if not frames:
        if len(left_lines) < 2 and len(right_lines) < 2:
            return False
        if all(_is_marker(line) or _is_half_label(line) for line in left_lines):
            return False
        if _are_page_numbers(left_lines, right_lines):
            return False
        if _are_few_labels(left_lines, right_lines):
            return False
        size = statistics.median(line.size for line in left_lines + right_lines)
        return shared >= 1.2 * size
    return True


def _are_page_numbers(left_lines: list[Line], right_lines: list[Line]) -> bool:
    """Tell whether what stands nearest at the right of lines are their page numbers, as in a table of contents."""
    numbers = [line for line in right_lines if _NUMBER_ONLY.match(line.text)]
    if len(numbers) == len(right_lines):
        return len(left_lines) >= len(right_lines)
    following = min(line.x0 for line in right_lines if not _NUMBER_ONLY.match(line.text))
    nearest = [line for line in numbers if line.x1 <= following]
    return len(nearest) >= _MIN_TABLE_ROWS and all(any(_same_row(n, line) for line in left_lines) for n in nearest)


def _are_few_labels(left_lines: list[Line], right_lines: list[Line]) -> bool:
    """Tell whether the sides are labels and values, too few for a table: a value goes on the line of its label."""
    beside = [next((label for label in left_lines if _same_row(label, value)), None) for value in right_lines]
    labels = [label for label in beside if label is not None and label.text.endswith(":")]
    return len(labels) == len(right_lines) and len({label.baseline for label in labels}) < _MIN_TABLE_ROWS


def _is_marker(line: Line) -> bool:
    if len(line.words) > 1:
        return False
    glyph, rest = text.split_marker(line.text + " x")
    return bool(glyph and rest == "x") or bool(_SHORT_LABEL.match(line.text))


def _cards(items: list[Item]) -> tuple[list[Item], list[list[Item]], list[Item]] | None:
    """Rows of boxes of the same height, left to right, with what stands above and below; None when there are none."""
    frames = [item for item in items if isinstance(item, Frame)]
    if len(frames) < 2:
        return None
    top, end = min(frame.y0 for frame in frames), max(frame.y1 for frame in frames)
    above = [item for item in items if item.y1 <= top + 1]
    below = [item for item in items if item.y0 >= end - 1]
    outside = {id(item) for item in above + below}
    items = [item for item in items if id(item) not in outside]
    if sum(item.y1 - item.y0 for item in frames) < 0.6 * sum(item.y1 - item.y0 for item in items):
        return None
    rows: list[list[Item]] = []
    for item in sorted(items, key=lambda i: (i.y0, i.x0)):
        middle = (item.y0 + item.y1) / 2
        if rows and any(other.y0 <= middle <= other.y1 for other in rows[-1]):
            rows[-1].append(item)
        else:
            rows.append([item])
    if any(len(row) > 1 and all(isinstance(item, Line) for item in row) for row in rows):
        return None
    aligned = alone = 0
    for row in rows:
        row.sort(key=lambda i: i.x0)
        tops = [item.y0 for item in row if isinstance(item, Frame)]
        if tops and max(tops) - min(tops) <= 6:
            aligned += len(tops)
        alone += len(tops) == 1
    return (above, rows, below) if aligned >= 0.8 * len(frames) and alone < len(frames) else None


def _headed_columns(items: Sequence[Item]) -> tuple[list[Item], list[list[Item]], list[Item]] | None:
    """Columns under boxes side by side, each of which holds the heading of the text right under it.

    Returns what stands above, each box with its text, and what stands below; None when there are no such boxes. Text
    across two columns ends them all. What stands above is in no columns: else the boxes go on in these.
    """
    frames = sorted((item for item in items if isinstance(item, Frame)), key=lambda frame: frame.y0)
    heads: list[Frame] = []
    for frame in frames:
        if heads and frame.y0 - heads[0].y0 > _LEVEL_PT:
            if len(heads) > 1:
                break
            heads = []
        heads.append(frame)
    if len(heads) < 2 or any(frame.y1 - frame.y0 > _HEAD_PT or _holds_much(frame) for frame in heads):
        return None
    heads.sort(key=lambda frame: frame.x0)
    end = max(frame.y1 for frame in heads)
    starts = [frame.x0 - 1.0 for frame in heads]
    placed = [
        (place, item)
        for item in sorted(items, key=lambda item: item.y0)
        if item.y0 >= (heads[place].y1 if (place := bisect_right(starts, item.x0) - 1) >= 0 else end) - 1
    ]
    crossing = [
        item for place, item in placed if place < 0 or (place + 1 < len(heads) and item.x1 > heads[place + 1].x0)
    ]
    stop = min((item.y0 for item in crossing), default=float("inf"))
    columns: list[list[Item]] = [[] for _ in heads]
    for place, item in placed:
        if (item.y0 + item.y1) / 2 < stop:  # a page number on the row of a footer is none of a column
            columns[place].append(item)
    for frame, column in zip(heads, columns, strict=True):
        texts = [item for item in column if isinstance(item, Line)]
        if not texts or column[0].y0 - frame.y1 > _UNDER_HEAD * _size(texts[0]):
            return None
    last = max(frame.y1 for frame in frames)
    if _unruled_table([item for column in columns for item in column if item.y0 >= last - 1]) is not None:
        return None
    members = {id(item) for item in (*heads, *(item for column in columns for item in column))}
    rest = [item for item in items if id(item) not in members]
    above = [item for item in rest if item.y0 < end - 1]
    below = [item for item in rest if item.y0 >= end - 1]
    if _best_cut(above) is not None:
        return None
    return above, [[frame, *column] for frame, column in zip(heads, columns, strict=True)], below


# -------------------------------------------------------------------------------------------------- unruled tables


def _unruled_table(items: list[Item]) -> TableFrame | None:
    """The table that lines set in aligned columns make, when they are no columns of prose; None when they are."""
    if not all(isinstance(item, Line) for item in items):
        return None
    lines = [item for item in items if isinstance(item, Line)]
    columns = _strips(lines)
    if len(columns) < 2:
        return None
    members = [[line for line in lines if start - 0.5 <= line.x0 and line.x1 <= end + 0.5] for start, end in columns]
    if sum(map(len, members)) != len(lines):
        return None
    if not _are_marks(members):
        if len(columns) == 2 and not _is_key_and_value(members[0], members[1]):
            return None
        if any(_is_prose(column) for column in members[:-1]) or sum(map(_is_prose, members)) >= 2:
            return None
    if sum(1 for column in members if _is_list(column)) >= (1 if len(columns) == 2 else 2):
        return None
    if any(_are_set_alike(*pair) or _print_same_fields(*pair) for pair in combinations(members, 2)):
        return None
    rows = _table_rows(lines, columns)
    full = sum(1 for row in rows if sum(1 for cell in row if cell) >= 2)
    labelled = len(columns) % 2 == 0 and all(_is_label(line) for column in members[::2] for line in column)
    needed = 2 * _MIN_LABELLED_ROWS // len(columns) if labelled else _MIN_TABLE_ROWS
    if full < 0.7 * len(rows) or full < needed:
        return None
    return _table_of(rows, columns)


def _halves(items: list[Item]) -> tuple[list[Item], list[Item]] | None:
    """The halves of a card: text beside a form, which is one table in its half; None when it has no such halves.

    Labels aligned with others at the left are those of one form, labels that come twice the columns of a table.
    """
    lines = [item for item in items if isinstance(item, Line)]
    strips = _strips(lines) if lines else []
    for place, (start, _) in enumerate(strips[:-1] if len(strips) > 2 else []):
        end = strips[2][0] if place == 0 else float("inf")
        inside = [item for item in items if start - 0.5 <= item.x0 < end - 0.5]
        others = [item for item in items if item.x0 < start - 0.5 or item.x0 >= end - 0.5]
        form = _form_of(inside) if others else None
        if form is None or any(item.x0 < form.x0 < item.x1 or item.x0 < form.x1 < item.x1 for item in others):
            continue
        labels = [line for line in inside if isinstance(line, Line) and line.x0 <= start + 0.5]
        keys = [item for item in others if isinstance(item, Line) and _is_label(item)]
        paired = sum(any(_same_row(key, label) for key in keys) for label in labels)
        level = sum(any(isinstance(item, Line) and _same_row(item, label) for item in others) for label in labels)
        if 2 * paired < len(labels) and (keys or level < len(labels)):
            return ([form], others) if place == 0 else (others, [form])
    return None


def _form_of(items: list[Item]) -> TableFrame | None:
    """The table of one column of labels and their values, each row down to the next label; None when they are none.

    No label comes twice, and most are known as those of fields.
    """
    lines = sorted((item for item in items if isinstance(item, Line)), key=lambda line: line.baseline)
    columns = _strips(lines) if lines else []
    if len(lines) < len(items) or len(columns) < 2:
        return None
    values_x = columns[1][0]
    labels = [line for line in lines if line.x1 < values_x]
    values = [line for line in lines if line.x1 >= values_x]
    known = sum(map(_is_label, labels))
    if known < max(_MIN_TABLE_ROWS, _KNOWN_LABELS * len(labels)) or any(map(_is_label, values)):
        return None
    alike = len({same_look(line) for line in labels}) == 1
    beside = all(any(_same_row(label, value) for value in values) for label in labels)
    if not alike or not beside or len({line.text for line in labels}) < len(labels):
        return None
    tops = [label.y0 - _ROW_TOLERANCE * label.size for label in labels]
    if values[0].y0 < tops[0]:
        return None
    rows = [[[label], list[Line]()] for label in labels]
    for value in values:
        rows[bisect_right(tops, value.y0) - 1][1].append(value)
    return _table_of(rows, [columns[0], (values_x, max(line.x1 for line in values))])


def _with_rows_of_fields(items: list[Item]) -> list[Item]:
    """Items of one column, each row of several labels beside values («Statut», «En cours», «Fin», «2027») a table."""
    if len(items) < 4:  # two labels and their values are four
        return items
    out: list[Item] = [item for item in items if not isinstance(item, Line)]
    for row in _rows_of([item for item in items if isinstance(item, Line)]):
        pairs = len(row) // 2 if len(row) % 2 == 0 else 0
        fields = pairs > 1 and all(_is_label(line) == (place % 2 == 0) for place, line in enumerate(row))
        if fields:
            out.append(_table_of([[[line] for line in row]], [(line.x0, line.x1) for line in row]))
        else:
            out += row
    return out


def _is_label(line: Line) -> bool:
    return vocabulary.is_exact_label(line.text.rstrip(" :"))


def _strips(lines: list[Line]) -> list[tuple[float, float]]:
    """The horizontal extents of the columns: intervals of x that text covers in any line."""
    strips: list[tuple[float, float]] = []
    gap = 0.6 * statistics.median(line.size for line in lines)
    for line in sorted(lines, key=lambda item: item.x0):
        if strips and line.x0 - strips[-1][1] < gap:
            strips[-1] = (strips[-1][0], max(strips[-1][1], line.x1))
        else:
            strips.append((line.x0, line.x1))
    return strips


def _are_marks(columns: list[list[Line]]) -> bool:
    """Tell whether all columns but the first hold short entries, each on a line of the first: marks, dates, states."""
    entries = [line for column in columns[1:] for line in column]
    if len(entries) < _MIN_TABLE_ROWS or statistics.median(len(line.words) for line in entries) > _MARK_WORDS:
        return False
    aligned = sum(1 for line in entries if any(_same_row(line, other) for other in columns[0]))
    return aligned >= 0.9 * len(entries) and not _is_list(entries)


def _is_key_and_value(keys: list[Line], values: list[Line]) -> bool:
    """Two columns are a table when nearly each line of the shorter one stands on a line of the other."""
    fewer, more = (keys, values) if len(keys) <= len(values) else (values, keys)
    aligned = sum(1 for line in fewer if any(_same_row(line, other) for other in more))
    return aligned >= 0.8 * len(fewer)


def _are_set_alike(one: list[Line], other: list[Line]) -> bool:
    """Tell two columns of text from two of a table: two items of one kind side by side, or headings beside text in both
    that are set alike.
    """
    rows = [(line, beside) for line in one for beside in other if _same_row(line, beside)]
    kinds = [(_item_kind(line), _item_kind(beside)) for line, beside in rows]
    if any(a is not None and b is not None and a[0] == b[0] and a[1] != b[1] for a, b in kinds):
        return True
    shared = {same_look(line) for line in one} & {same_look(line) for line in other}
    uneven = [pair for pair in rows if same_look(pair[0]) != same_look(pair[1]) and set(map(same_look, pair)) <= shared]
    return len(shared) >= _TEXT_LOOKS and len(uneven) >= _UNEVEN_ROWS


def _print_same_fields(one: list[Line], other: list[Line]) -> bool:
    """Tell whether two columns print values after the same labels, as the sheets of two columns of text do."""
    labels = [
        {fields[0][1] for line in lines if (fields := vocabulary.split_inline_fields(line.text)) and fields[0][2]}
        for lines in (one, other)
    ]
    return len(labels[0] & labels[1]) >= _SHARED_LABELS


def _item_kind(line: Line) -> tuple[str, str] | None:
    """The level or the shape of the number that opens a line, and the number itself; None when the line opens none."""
    if line.marker_kind is Marker.NUMBER and line.marker.isdigit():
        return _TILE, line.marker
    label = vocabulary.match_level(line.text)
    if label is not None and label.code:
        return label.level.value, label.code
    number = vocabulary.match_number(line.text)
    if number is None or not number.rest[:1].isalpha() or not (number.delimiter or "." in number.code):
        return None
    return number.shape, number.code


def _same_row(first: Line, second: Line) -> bool:
    return abs(first.baseline - second.baseline) <= _ROW_TOLERANCE * min(first.size, second.size)


def _is_prose(lines: list[Line]) -> bool:
    """Tell whether lines run to the edge of their column, as wrapped text does."""
    if len(lines) < 3:
        return False
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    if end - start < 8 * statistics.median(line.size for line in lines):
        return False
    long_lines = [
        line for line in lines if line.x1 - start >= _PROSE_FILL * (end - start) and len(line.words) >= _PROSE_WORDS
    ]
    return len(long_lines) >= 0.5 * len(lines)


def _is_list(lines: list[Line]) -> bool:
    marked = sum(1 for line in lines if line.marker or text.split_marker(line.text)[0])
    return marked >= max(1, 0.4 * len(lines))


def _table_rows(lines: list[Line], columns: list[tuple[float, float]]) -> list[list[list[Line]]]:
    """Rows of columns of lines: a row starts where the first column does beside another, after a wider gap, or with the
    heading of a section («Actions :») that is set unlike the line above it.
    """
    bands: list[list[list[Line]]] = []
    baselines: list[float] = []
    for line in sorted(lines, key=lambda item: item.baseline):
        place = next(i for i, (start, end) in enumerate(columns) if start - 0.5 <= line.x0 and line.x1 <= end + 0.5)
        if not bands or line.baseline - baselines[-1] > _ROW_TOLERANCE * line.size:
            bands.append([[] for _ in columns])
            baselines.append(line.baseline)
        bands[-1][place].append(line)
    steps = [b - a for a, b in pairwise(baselines)]
    tight = min(steps) if steps else 0.0
    is_apart = [not index or steps[index - 1] > 1.35 * tight for index in range(len(bands))]
    # Columns that all rows with space above them fill, and text that goes on does not: dates, states.
    full = [band for band, apart in zip(bands, is_apart, strict=True) if apart and sum(map(bool, band)) >= 2]
    keys = [c for c in range(1, len(columns)) if len(full) >= _MIN_TABLE_ROWS and all(band[c] for band in full)]
    rows: list[list[list[Line]]] = []
    for index, band in enumerate(bands):
        filled = sum(1 for cell in band if cell)
        apart = index > 0 and is_apart[index]
        beside = filled >= 2 and (apart or all(band[column] for column in keys))
        starts = not rows or (bool(band[0]) and (beside or apart or _heads_section(band[0], rows[-1][0])))
        if starts:
            rows.append([list(cell) for cell in band])
        else:
            for cell, more in zip(rows[-1], band, strict=True):
                cell.extend(more)
    return rows


def _heads_section(lines: Sequence[Line], above: Sequence[Line]) -> bool:
    """Tell whether a line is the heading of a section, and goes on no line above it."""
    apart = not above or same_look(lines[0]) != same_look(above[-1])
    return apart and vocabulary.match_section(lines[0].text) is not None


def _table_of(rows: list[list[list[Line]]], columns: list[tuple[float, float]]) -> TableFrame:
    xs = [columns[0][0]]
    xs += [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    xs.append(columns[-1][1])
    cells = []
    for row_index, row in enumerate(rows):
        row_lines = [line for cell in row for line in cell]
        y0, y1 = min(line.y0 for line in row_lines), max(line.y1 for line in row_lines)
        for column_index, cell in enumerate(row):
            left, right = xs[column_index], xs[column_index + 1]
            leaf = _stack(list(cell), left, right, 0)
            frame = Frame(left, y0, right, y1, None, "", (leaf,) if leaf.items else ())
            cells.append(TableCell(row_index, column_index, 1, 1, frame))
    everything = [line for row in rows for cell in row for line in cell]
    return TableFrame(
        xs[0],
        min(line.y0 for line in everything),
        xs[-1],
        max(line.y1 for line in everything),
        tuple(xs),
        len(rows),
        tuple(cells),
        ruled=False,
    )


def grid_table(grid: Grid, frames: Sequence[Frame]) -> TableFrame:
    """Build the table of a grid from the frames of its cells, in the same order."""
    x0, y0, x1, y1 = grid.box
    cells = tuple(
        TableCell(
            cell.row_index,
            cell.column_index,
            cell.row_span,
            cell.column_span,
            frame if frame.identity is None else replace(frame, identity=None),
        )
        for cell, frame in zip(grid.cells, frames, strict=True)
    )
    return TableFrame(x0, y0, x1, y1, grid.xs, grid.row_count, cells)
