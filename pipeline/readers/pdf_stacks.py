"""Tables between horizontal rules or stripes alone.

Rules and filled bands of one width under each other are a *stack*. The pieces of the rules, or the white strips that
run through the text, are its columns; a rule over some of the columns leaves the cells of the others in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.readers.pdf_bands import (
    TextLine,
    TextRow,
    boxes_overlap,
    column_of,
    crosses_columns,
    filled_columns,
    holds_grid,
    is_prose,
    is_sound,
    text_lines,
    text_rows,
)
from pipeline.readers.pdf_rulings import Drawing, Rectangle, Ruling, is_nearly_white
from pipeline.readers.pdf_tables import SNAP_PT, Grid, GridCell, cell_fill
from pipeline.readers.pdf_text import Word
from pipeline.vocabulary import match_label

_GUTTER_PT = 10.0  # pieces of one rule stand closer than that
_TALLEST_ROW_PT = 220.0
_TALLEST_BAND_PT = 70.0
_FEWEST_MARKS = 3
_HEADER_REACH_PT = 40.0
_HEADER_GAP_PT = 12.0
_HEADER_LINES = 3
_HEADED_COLUMNS = 3
_KNOWN_SHARE = 2 / 3  # of the cells of a header, those whose labels are known
_STRIP = 0.6  # of the font size: the narrowest white strip between two columns
_SEGMENT_GAP = 0.6  # of the font size: words of one cell stand closer than that
_WIDE_LINE = 0.55  # of the width of a table: a line without a gap that reaches over columns
_LARGE_TYPE = 1.15  # of the size of a table's text: a heading, which ends the table
_LEADING = 1.45  # of the font size: lines of one paragraph stand closer than that
_REACH = 2.5  # of the font size: rows without a line between them stand closer than that
_DRAWN = 0.6  # share of a side that must be drawn to separate two cells


@dataclass(frozen=True, slots=True)
class _Mark:
    """A horizontal line from `x0` to `x1`: a rule with the `joints` of its pieces, or the edge of a `filled` band."""

    y: float
    x0: float
    x1: float
    joints: tuple[float, ...] = ()
    filled: bool = False


@dataclass(frozen=True, slots=True)
class _Stack:
    """Marks from side to side, top to bottom, and those that reach over some columns only."""

    x0: float
    x1: float
    marks: tuple[_Mark, ...]
    partial: tuple[_Mark, ...]
    joints: tuple[float, ...]


def with_stacks(grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> list[Grid]:
    """Add the tables of the stacks of a page to its grids; grids that became rows of one are gone."""
    upright = [word for word in words if word.direction == 0]
    found = list(grids)
    for stack in _stacks(drawing.rulings, grids, upright):
        for table in _tables(stack, found, drawing, upright):
            if not any(boxes_overlap(table.box, grid.box) for grid in found if grid.column_count > 1):
                found = [grid for grid in found if not holds_grid(table, grid)]
                found.append(table)
    found = [_with_header(grid, found, upright) for grid in found]
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def without_rules(grid: Grid, rulings: Sequence[Ruling]) -> Grid:
    """Any grid as it is, but of a filled box between two rules that are parted elsewhere, a pill, that box alone."""
    filled = [cell for cell in grid.cells if cell.fill]
    if grid.row_count > 1 or len(grid.cells) == 1 or len(filled) != 1:
        return grid
    sides = [x for x in grid.xs[1:-1] if min(abs(x - side) for side in (filled[0].box[0], filled[0].box[2])) < 1.0]
    ends = [
        x
        for ruling in rulings
        if ruling.y0 == ruling.y1 and any(abs(ruling.y0 - y) <= 2 * SNAP_PT for y in grid.ys)
        for x in (ruling.x0, ruling.x1)
        if grid.xs[0] + SNAP_PT < x < grid.xs[-1] - SNAP_PT
    ]
    parted = len({round(x) for x in ends}) >= 2 and not any(abs(x - side) <= SNAP_PT for x in ends for side in sides)
    box = filled[0].box
    return Grid((box[0], box[2]), grid.ys, (replace(filled[0], column_index=0),)) if parted else grid


# ------------------------------------------------------------------------------------------------------- the stacks


def _stacks(rulings: Sequence[Ruling], grids: Sequence[Grid], words: Sequence[Word]) -> list[_Stack]:
    whole = [grid.box for grid in grids if grid.column_count > 1]
    flat = [ruling for ruling in rulings if ruling.y0 == ruling.y1 and not _lies_in(ruling, whole)]
    marks = _rules(flat) + _bands(grids)
    if len(marks) < 2:
        return []
    sides: dict[tuple[float, float], list[_Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.y, mark.x0)):
        same = next((k for k in sides if _near(k[0], mark.x0) and _near(k[1], mark.x1)), None)
        sides.setdefault(same or (mark.x0, mark.x1), []).append(mark)
    stacks = []
    for (x0, x1), members in sides.items():
        inner = [m for m in marks if m not in members and x0 - SNAP_PT <= m.x0 and m.x1 <= x1 + SNAP_PT]
        runs = _runs(members, inner, words)
        for before, run, after in zip([None, *runs], runs, [*runs[1:], None], strict=False):
            above = before[-1].y if before is not None else float("-inf")
            below = after[0].y if after is not None else float("inf")
            stack = _stack(x0, x1, run, [mark for mark in inner if above < mark.y < below])
            if _is_tall(stack):
                stacks.append(stack)
    return sorted(stacks, key=lambda stack: stack.x0 - stack.x1)


def _is_tall(stack: _Stack) -> bool:
    """Tell whether there are marks enough for a table; two are where their pieces show three columns."""
    fewest = 2 if len(stack.joints) >= 2 else _FEWEST_MARKS
    return len(stack.marks) + len(stack.partial) >= fewest


def _near(one: float, two: float) -> bool:
    return abs(one - two) <= 2 * SNAP_PT


def _rules(rulings: Sequence[Ruling]) -> list[_Mark]:
    """The horizontal rules, pieces on one height joined end to end."""
    flat = sorted(ruling for ruling in rulings if not is_nearly_white(ruling.color))
    rows: dict[int, list[Ruling]] = {}
    for ruling in flat:
        rows.setdefault(round(ruling.y0), []).append(ruling)
    marks = []
    for row in rows.values():
        found: list[_Mark] = []
        for piece in row:
            last = found[-1] if found else None
            if last is not None and -SNAP_PT <= piece.x0 - last.x1 <= _GUTTER_PT:
                found[-1] = _Mark(last.y, last.x0, piece.x1, (*last.joints, (last.x1 + piece.x0) / 2))
            elif last is None or piece.x1 > last.x1:
                found.append(_Mark(piece.y0, piece.x0, piece.x1))
        marks += found
    return marks


def _lies_in(ruling: Ruling, boxes: Sequence[Rectangle]) -> bool:
    return any(
        y0 - SNAP_PT <= ruling.y0 <= y1 + SNAP_PT and min(ruling.x1, x1) - max(ruling.x0, x0) > SNAP_PT
        for x0, y0, x1, y1 in boxes
    )


def _bands(grids: Sequence[Grid]) -> list[_Mark]:
    """The edges of filled bands: headers and stripes."""
    return [
        _Mark(y, grid.xs[0], grid.xs[-1], filled=True)
        for grid in grids
        if grid.column_count == 1 and all(c.fill and c.box[3] - c.box[1] <= _TALLEST_BAND_PT for c in grid.cells)
        for y in grid.ys
    ]


def _runs(members: Sequence[_Mark], inner: Sequence[_Mark], words: Sequence[Word]) -> list[list[_Mark]]:
    """Marks of one width parted where they are no table any more: other columns, a wide gap, a heading.

    Marks over some of the columns fill a gap: beside them cells go over several rows.
    """
    runs: list[list[_Mark]] = [[members[0]]]
    joints = set(members[0].joints)
    for before, mark in pairwise(members):
        if mark.y - before.y <= SNAP_PT:
            continue
        if (
            _widest_gap_pt(before, mark, inner) > _TALLEST_ROW_PT
            or not _agree(joints, mark.joints)
            or _heading_between(before, mark, words)
        ):
            runs.append([])
            joints = set()
        runs[-1].append(mark)
        joints.update(mark.joints)
    return runs


def _widest_gap_pt(upper: _Mark, lower: _Mark, inner: Sequence[_Mark]) -> float:
    """The widest gap between two marks and those that part some columns between them."""
    starts = (upper.x0, *upper.joints)
    between = sorted(mark.y for mark in inner if upper.y < mark.y < lower.y and _begins_at(mark, starts))
    return max(b - a for a, b in pairwise((upper.y, *between, lower.y)))


def _begins_at(mark: _Mark, starts: Sequence[float]) -> bool:
    """Tell whether a mark begins where a column does."""
    return any(_near(mark.x0, x) for x in starts)


def _agree(joints: set[float], others: Sequence[float]) -> bool:
    fewer, more = (joints, others) if len(joints) <= len(others) else (others, joints)
    return all(any(_near(x, other) for other in more) for x in fewer)


def _heading_between(upper: _Mark, lower: _Mark, words: Sequence[Word]) -> bool:
    """Tell whether larger type stands between two marks than beside them on the page."""
    inside = [w for w in words if upper.x0 - 1 <= w.x0 <= upper.x1 and upper.y < w.baseline <= lower.y]
    if not inside:
        return False
    sizes = Counter(round(w.face.size_pt, 1) for w in words if upper.x0 - 1 <= w.x0 <= upper.x1)
    return max(w.face.size_pt for w in inside) >= _LARGE_TYPE * sizes.most_common(1)[0][0]


def _stack(x0: float, x1: float, run: Sequence[_Mark], inner: Sequence[_Mark]) -> _Stack:
    counts = Counter(round(x) for mark in run for x in mark.joints)
    joints = [float(x) for x, count in sorted(counts.items()) if count >= min(2, len(run))]
    top, bottom = _reach(run, inner, joints)
    partial = [
        mark
        for mark in inner
        if top - SNAP_PT < mark.y < bottom + SNAP_PT
        and not (mark.filled and joints)  # a pill behind a value, among rules that part the columns themselves
        and all(abs(mark.y - other.y) > SNAP_PT for other in run)
        and (_near(mark.x0, x0) or _begins_at(mark, joints))
        and (_near(mark.x1, x1) or any(_near(mark.x1, x) for x in joints))
    ]
    joints = [x for x, before in zip(joints, [-10.0, *joints], strict=False) if x - before > 2 * SNAP_PT]
    return _Stack(x0, x1, tuple(run), tuple(partial), tuple(joints))


def _reach(run: Sequence[_Mark], inner: Sequence[_Mark], joints: Sequence[float]) -> tuple[float, float]:
    """Where a stack begins and ends: at its own marks, or at those that part all but its first columns beyond.

    So stand the first and the last rows of a page whose first cells go on from the page before, or overleaf.
    """
    top, bottom = run[0].y, run[-1].y
    parting = [m for m in inner if _begins_at(m, joints) and _near(m.x1, run[0].x1) and _agree(set(joints), m.joints)]
    for mark in sorted(parting, key=lambda mark: mark.y):
        if bottom < mark.y <= bottom + _TALLEST_ROW_PT:
            bottom = mark.y
    for mark in sorted(parting, key=lambda mark: -mark.y):
        if top - _TALLEST_ROW_PT <= mark.y < top:
            top = mark.y
    return top, bottom


# ------------------------------------------------------------------------------------------------------- the tables


def _tables(stack: _Stack, grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> Iterator[Grid]:
    """The tables of a stack, its marks that belong to none left out: a banner or a box of text over a table."""
    marks = stack.marks
    while marks:
        partial = tuple(mark for mark in stack.partial if marks is stack.marks or mark.y > marks[0].y)
        rest = replace(stack, marks=marks, partial=partial)
        if not _is_tall(rest):
            return
        table = _table(rest, grids, drawing, words)
        if table is None:
            marks = marks[1:]
        else:
            yield table
            marks = tuple(mark for mark in marks if mark.y >= table.ys[-1] - SNAP_PT)


def _table(stack: _Stack, grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> Grid | None:
    """The table of a stack, with the header that may stand above it and the rows that may follow it; None if none."""
    heights = [mark.y for mark in (*stack.marks, *stack.partial)]
    top, bottom = min(heights), max(heights)
    limit = min(
        (g.ys[0] for g in grids if g.ys[0] >= bottom - SNAP_PT and g.xs[0] < stack.x1 and g.xs[-1] > stack.x0),
        default=float("inf"),
    )
    near = [w for w in words if stack.x0 - 1 <= w.x0 and w.x1 <= stack.x1 + 1 and w.y1 < limit + 2]
    inside = text_lines([w for w in near if top < w.baseline])
    fenced = [line for line in inside if line.baseline < bottom + 1]
    if not fenced:
        return None
    above = text_lines([w for w in near if top - _HEADER_REACH_PT < w.baseline <= top])
    xs = (stack.x0, *stack.joints, stack.x1) if stack.joints else _text_columns(stack, fenced)
    if len(xs) < 3:
        return None
    header = _header(above, xs, top)
    start = header[0].y0 - 2.0 if header else top
    edges = sorted({y for y in (*(m.y for m in stack.marks), *(m.y for m in stack.partial)) if y > start})
    lines = [*header, *inside]
    reach_pt = _REACH * fenced[0].size
    rows, end = text_rows(lines, xs, start, edges, reach_pt, splits_bands=True)
    spanning = sum(1 for row in rows if row.spans_all)
    if len(rows) < 2 or spanning > 0.5 * len(rows) or not is_sound(rows, xs, has_edges=True):
        return None
    plain = [row for row in rows if not row.spans_all]
    if not stack.joints and sum(1 for column in range(len(xs) - 1) if is_prose(plain, column, xs)) >= 2:
        return None
    return _grid(stack, rows, xs, start, end, drawing)


def _header(above: Sequence[TextLine], xs: Sequence[float], top: float) -> list[TextLine]:
    """The lines right above the first mark that are set in the columns."""
    header: list[TextLine] = []
    below = top
    for line in reversed(above[-_HEADER_LINES:]):
        gap = _HEADER_GAP_PT if not header else (_LEADING - 1) * line.size
        if crosses_columns(line, xs) or below - line.y1 > gap:
            break
        header.insert(0, line)
        below = line.y0
    while header and len(filled_columns(header[0], xs)) < 2:
        header.pop(0)
    return header


def _with_header(grid: Grid, grids: Sequence[Grid], words: Sequence[Word]) -> Grid:
    """A drawn table with the text right above it that fills its columns, a name over each, as its first row.

    One that begins with a header has it already: what stands above is a running line, or fields.
    """
    if grid.column_count < _HEADED_COLUMNS or grid.row_count < 2:
        return grid
    x0, top, x1, _ = grid.box
    near = [w for w in words if x0 - 1 <= w.x0 and w.x1 <= x1 + 1 and top - _HEADER_REACH_PT < w.baseline <= top]
    above = (x0, top - _HEADER_REACH_PT, x1, top)
    taken = [other.box for other in grids if other is not grid and boxes_overlap(above, other.box)]
    free = [w for w in near if not any(b[0] <= w.x0 <= b[2] and b[1] <= w.baseline <= b[3] for b in taken)]
    header = _header(text_lines(free), grid.xs, top)
    if {column for line in header for column in filled_columns(line, grid.xs)} != set(range(grid.column_count)):
        return grid
    if _begins_with_header(grid, words, bold=all(word.face.bold for line in header for word in line.words)):
        return grid
    start = header[0].y0 - 2.0
    heads = [
        GridCell(0, column, 1, 1, (left, start, right, top)) for column, (left, right) in enumerate(pairwise(grid.xs))
    ]
    body = [replace(cell, row_index=cell.row_index + 1) for cell in grid.cells]
    return Grid(grid.xs, (start, *grid.ys), (*heads, *body))


def _begins_with_header(grid: Grid, words: Sequence[Word], *, bold: bool) -> bool:
    """Tell whether the first row of a drawn table holds names of columns under a line of `bold` type or not.

    Most of them are known labels, or they alone are bold: unlike that line, and unlike the next row.
    """
    rows = [_row_words(grid, row_index, words) for row_index in (0, 1)]
    labels = [match_label(" ".join(word.text for word in cell)) for cell in rows[0]]
    if sum(label is not None for label in labels) >= _KNOWN_SHARE * grid.column_count:
        return True
    first, second = (all(word.face.bold for cell in row for word in cell) for row in rows)
    return first and not second and not bold


def _row_words(grid: Grid, row_index: int, words: Sequence[Word]) -> list[list[Word]]:
    """The words of the cells that begin in a row, empty ones left out, in reading order."""
    boxes = [cell.box for cell in grid.cells if cell.row_index == row_index]
    inside = ([w for w in words if b[0] <= w.x0 <= b[2] and b[1] < w.baseline <= b[3]] for b in boxes)
    return [sorted(cell, key=lambda word: (round(word.baseline), word.x0)) for cell in inside if cell]


def _text_columns(stack: _Stack, lines: Sequence[TextLine]) -> tuple[float, ...]:
    """Column lines in the white strips that run through all lines but those that run over the columns."""
    covered: list[tuple[float, float]] = []
    size = min(line.size for line in lines)
    for line in lines:
        segments = [[line.words[0].x0, line.words[0].x1]]
        for left, right in pairwise(line.words):
            if right.x0 - left.x1 < _SEGMENT_GAP * right.face.size_pt:
                segments[-1][1] = right.x1
            else:
                segments.append([right.x0, right.x1])
        if len(segments) == 1 and segments[0][1] - segments[0][0] > _WIDE_LINE * (stack.x1 - stack.x0):
            continue
        covered += [(start, end) for start, end in segments]
    strips: list[tuple[float, float]] = []
    for start, end in sorted(covered):
        if strips and start - strips[-1][1] < _STRIP * size:
            strips[-1] = (strips[-1][0], max(strips[-1][1], end))
        else:
            strips.append((start, end))
    return (stack.x0, *((a[1] + b[0]) / 2 for a, b in pairwise(strips)), stack.x1)


def _grid(
    stack: _Stack, rows: Sequence[TextRow], xs: Sequence[float], start: float, end: float, drawing: Drawing
) -> Grid:
    ys = [start, *(row.top for row in rows[1:]), end]
    count = len(xs) - 1
    first_rows = [[index] * count for index in range(len(rows))]  # of the cell that holds each place
    for index in range(1, len(rows)):
        if rows[index].spans_all or rows[index - 1].spans_all:
            continue
        for column in range(count):
            if _is_open(stack, rows, index, column, xs):
                first_rows[index][column] = first_rows[index - 1][column]
    fills = [box for box in drawing.boxes if box.fill]
    cells = []
    for index, row in enumerate(rows):
        if row.spans_all:
            box = (xs[0], ys[index], xs[-1], ys[index + 1])
            cells.append(GridCell(index, 0, 1, count, box, cell_fill(box, fills)))
            continue
        for column in range(count):
            if first_rows[index][column] != index:
                continue
            span = sum(1 for first in first_rows if first[column] == index)
            box = (xs[column], ys[index], xs[column + 1], ys[index + span])
            cells.append(GridCell(index, column, span, 1, box, cell_fill(box, fills)))
    return Grid(tuple(xs), tuple(ys), tuple(cells))


def _is_open(stack: _Stack, rows: Sequence[TextRow], index: int, column: int, xs: Sequence[float]) -> bool:
    """Tell whether a cell goes on from one row into the next: no rule between them reaches over its column, or its text
    runs on.
    """
    x0, x1 = xs[column], xs[column + 1]
    across = [m for m in (*stack.marks, *stack.partial) if abs(m.y - rows[index].top) <= SNAP_PT]
    if across:
        return not any(min(m.x1, x1) - max(m.x0, x0) >= _DRAWN * (x1 - x0) for m in across)
    upper = [w for line in rows[index - 1].lines for w in line.words if column_of(w, xs) == column]
    lower = [w for line in rows[index].lines for w in line.words if column_of(w, xs) == column]
    if not upper or not lower:
        return False
    step = min(w.baseline for w in lower) - max(w.baseline for w in upper)
    return step <= _LEADING * lower[0].face.size_pt
