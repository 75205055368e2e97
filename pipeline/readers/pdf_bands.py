"""Tables that only partly are drawn: rows under a header band, rows between horizontal rules, striped rows.

What is drawn gives the columns (the cells of the header, the pieces of the rules) and most of the rows (rules, edges of
stripes); the lines of text give the rest. The result is a grid like those of pdf_tables, which takes the place of the
band, of its stripes and of its rules.
"""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf_rulings import Drawing, Ruling, is_nearly_white
from pipeline.readers.pdf_tables import SNAP_PT, Grid, GridCell
from pipeline.readers.pdf_text import Face, Word

_HEADER_ROWS = 2
_SAME_LINE = 0.35  # of the font size
_WORD_GAP = 0.6  # of the font size: words of one cell stand closer than that
_LEADING = 1.45  # of the font size: lines of one paragraph stand closer than that
_GAP = 2.5  # of the font size: rows without a line between them stand closer than that
_FULL_SHARE = 0.6  # of the rows of a table: those with two cells or more
_RULE_SHARE = 0.9
_FEWEST_RULES = 3
_TALLEST_ROW_PT = 220.0
_PROSE_WORDS = 5
_PROSE_FILL = 0.75


@dataclass(frozen=True, slots=True)
class _TextLine:
    """The words on one baseline between the edges of a table, left to right."""

    words: tuple[Word, ...]
    y0: float
    y1: float
    baseline: float

    @property
    def size(self) -> float:
        return max(word.face.size_pt for word in self.words)


@dataclass(slots=True)
class _BandRow:
    top: float
    lines: list[_TextLine]
    spans_all: bool = False


def with_open_tables(grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> list[Grid]:
    """Complete the grids of a page with the rows that are not fenced in; grids that became rows of another are gone."""
    upright = [word for word in words if word.direction == 0]
    found: list[Grid] = []
    taken: set[int] = set()
    for index, grid in enumerate(grids):
        if index in taken:
            continue
        if grid.column_count >= 2 and grid.row_count <= _HEADER_ROWS and len(grid.cells) >= 2:
            grown = _grown(grid, grids, drawing, upright)
            if grown is not None:
                found.append(grown)
                taken.update(i for i, other in enumerate(grids) if other is not grid and _holds(grown, other))
                continue
        found.append(grid)
    stacks = [stack for stack in _rule_stacks(drawing.rulings) if not any(_overlaps(stack, grid) for grid in found)]
    for stack in stacks:
        table = _stack_table(stack, drawing, upright)
        if table is not None and not any(_box_overlap(table.box, grid.box) for grid in found if grid.column_count > 1):
            found = [grid for grid in found if not _holds(table, grid)]
            found.append(table)
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _holds(outer: Grid, inner: Grid) -> bool:
    x0, y0, x1, y1 = inner.box
    a0, b0, a1, b1 = outer.box
    return a0 - SNAP_PT <= x0 and x1 <= a1 + SNAP_PT and b0 - SNAP_PT <= y0 and y1 <= b1 + SNAP_PT


def _box_overlap(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return min(one[2], two[2]) - max(one[0], two[0]) > SNAP_PT and min(one[3], two[3]) - max(one[1], two[1]) > SNAP_PT


# ------------------------------------------------------------------------------------------------ under a header band


def _grown(grid: Grid, grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> Grid | None:
    """The grid with the rows under it; None when there are none."""
    x0, y0, x1, bottom = grid.box
    header = [w for w in words if x0 <= (w.x0 + w.x1) / 2 <= x1 and y0 <= (w.y0 + w.y1) / 2 <= bottom]
    if not _is_header(grid, header):
        return None
    rows_below = [
        other
        for other in grids
        if other.ys[0] >= bottom - SNAP_PT and _same_sides(grid, other) and _columns_agree(grid.xs, other.xs)
        and other.row_count == 1
    ]  # fmt: skip
    in_the_way = [
        other.ys[0]
        for other in grids
        if other.ys[0] >= bottom - SNAP_PT
        and other not in rows_below
        and min(other.xs[-1], x1) - max(other.xs[0], x0) > SNAP_PT
    ]
    repeated = _text(header)
    in_the_way += [other.ys[0] for other in rows_below if _text(_inside(words, other)) == repeated]
    limit = min(in_the_way, default=float("inf"))
    edges = [y for other in rows_below if other.ys[-1] <= limit + SNAP_PT for y in other.ys]
    edges += [y for y in _full_rules(drawing.rulings, x0, x1) if bottom + SNAP_PT < y <= limit + SNAP_PT]
    lines = _text_lines(
        [w for w in words if x0 - 1 <= w.x0 and w.x1 <= x1 + 1 and bottom < w.baseline and w.y1 < limit + 2]
    )
    header_size = max(word.face.size_pt for word in header)
    rows, end = _rows(lines, grid.xs, bottom, sorted(edges), max(_GAP * header_size, bottom - grid.ys[-2]))
    if not _is_sound(rows, grid.xs, has_edges=bool(edges)):
        return None
    return _with_rows(grid, rows, end, drawing)


def _is_header(grid: Grid, header: Sequence[Word]) -> bool:
    """Tell whether most columns of the last row of a grid are labelled, without one in its place being a number."""
    row = grid.row_count - 1
    cells = [cell for cell in grid.cells if cell.row_index <= row < cell.row_index + cell.row_span]
    texts = [_text([w for w in header if cell.box[0] <= (w.x0 + w.x1) / 2 <= cell.box[2]]) for cell in cells]
    filled = [text for text in texts if any(char.isalpha() for char in text)]
    return len(filled) >= 2 and len(filled) >= 0.6 * len(cells) and len(cells) == grid.column_count


def _inside(words: Sequence[Word], grid: Grid) -> list[Word]:
    x0, y0, x1, y1 = grid.box
    return [w for w in words if x0 <= (w.x0 + w.x1) / 2 <= x1 and y0 <= (w.y0 + w.y1) / 2 <= y1]


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in sorted(words, key=lambda w: (round(w.baseline), w.x0)))


def _same_sides(one: Grid, two: Grid) -> bool:
    return abs(one.xs[0] - two.xs[0]) <= 2 * SNAP_PT and abs(one.xs[-1] - two.xs[-1]) <= 2 * SNAP_PT


def _columns_agree(wide: Sequence[float], narrow: Sequence[float]) -> bool:
    return all(min(abs(x - other) for other in wide) <= 2 * SNAP_PT for x in narrow)


def _full_rules(rulings: Sequence[Ruling], x0: float, x1: float) -> list[float]:
    """Heights at which horizontal rules reach from side to side, in one piece or several."""
    pieces: dict[int, list[tuple[float, float, float]]] = {}
    for ruling in rulings:
        if ruling.y0 != ruling.y1 or is_nearly_white(ruling.color):
            continue
        if ruling.x0 >= x0 - 2 * SNAP_PT and ruling.x1 <= x1 + 2 * SNAP_PT:
            pieces.setdefault(round(ruling.y0), []).append((ruling.x0, ruling.x1, ruling.y0))
    heights = []
    for parts in pieces.values():
        covered, reached = 0.0, x0
        for start, end, _ in sorted(parts):
            covered += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        if covered >= _RULE_SHARE * (x1 - x0):
            heights.append(parts[0][2])
    return sorted(heights)


def _text_lines(words: Sequence[Word]) -> list[_TextLine]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.baseline, w.x0)):
        if rows and word.baseline - rows[-1][0].baseline <= _SAME_LINE * min(
            word.face.size_pt, rows[-1][0].face.size_pt
        ):
            rows[-1].append(word)
        else:
            rows.append([word])
    lines = []
    for row in rows:
        row.sort(key=lambda w: w.x0)
        lines.append(_TextLine(tuple(row), min(w.y0 for w in row), max(w.y1 for w in row), row[0].baseline))
    return lines


def _rows(
    lines: Sequence[_TextLine], xs: Sequence[float], top: float, edges: Sequence[float], reach_pt: float
) -> tuple[list[_BandRow], float]:
    """The rows below `top`, and where they end: at the first line that fits neither the columns nor between edges."""
    rows: list[_BandRow] = []
    end = top
    before: _TextLine | None = None
    last_edge = edges[-1] if edges else top
    for line in lines:
        middle = (line.y0 + line.y1) / 2
        place = bisect_right(edges, middle)
        since = (before.y0 + before.y1) / 2 if before is not None else top
        parted = before is None or place > bisect_right(edges, since)
        gap = line.y0 - (before.y1 if before is not None else top)
        fenced = middle < last_edge and (place > 0 or not rows)
        if not fenced and gap > reach_pt:
            break
        if _crosses(line, xs):
            if not fenced or place >= len(edges) or (not parted and rows and not rows[-1].spans_all):
                break
            if parted:
                rows.append(_BandRow(edges[place - 1] if place else top, [line], spans_all=True))
            else:
                rows[-1].lines.append(line)
            end, before = line.y1, line
            continue
        columns = _filled(line, xs)
        step = line.baseline - before.baseline if before is not None else float("inf")
        if parted or (not fenced and step > _LEADING * line.size):
            if not parted and len(columns) < 2 and not _resumes(line, rows, xs):
                break
            boundary = edges[place - 1] if parted and place else (top if before is None else (before.y1 + line.y0) / 2)
            rows.append(_BandRow(max(boundary, top), [line]))
        else:
            rows[-1].lines.append(line)
        end, before = line.y1, line
    following = [edge for edge in edges if edge >= end - 1]
    last = rows[-1].lines[-1] if rows else None
    if last is not None and following and following[0] - last.y1 <= 3 * last.size:
        return rows, following[0]
    return rows, end + 2.0


def _crosses(line: _TextLine, xs: Sequence[float]) -> bool:
    """Tell whether a line of text runs over the side of a column."""
    for word in line.words:
        if bisect_right(xs, word.x0 + 1.5) != bisect_right(xs, word.x1 - 1.5):
            return True
    for left, right in pairwise(line.words):
        if right.x0 - left.x1 < _WORD_GAP * right.face.size_pt and _column(left, xs) != _column(right, xs):
            return True
    return False


def _column(word: Word, xs: Sequence[float]) -> int:
    return min(max(bisect_right(xs, (word.x0 + word.x1) / 2) - 1, 0), len(xs) - 2)


def _filled(line: _TextLine, xs: Sequence[float]) -> set[int]:
    return {_column(word, xs) for word in line.words}


def _resumes(line: _TextLine, rows: Sequence[_BandRow], xs: Sequence[float]) -> bool:
    """Tell whether a line alone in its column starts like those of the rows above: same face, same left edge."""
    first = line.words[0]
    column = _column(first, xs)
    for row in rows:
        for other in row.lines:
            starts = [word for word in other.words if _column(word, xs) == column]
            if starts and abs(starts[0].x0 - first.x0) <= 1.5 and _look(starts[0].face) == _look(first.face):
                return True
    return False


def _look(face: Face) -> tuple[float, bool, str]:
    return face.size_pt, face.bold, face.color


def _is_sound(rows: Sequence[_BandRow], xs: Sequence[float], *, has_edges: bool) -> bool:
    """Tell rows of a table from columns of text under headings."""
    plain = [row for row in rows if not row.spans_all]
    full = sum(1 for row in plain if len({c for line in row.lines for c in _filled(line, xs)}) >= 2)
    if not plain or full < _FULL_SHARE * len(plain):
        return False
    if has_edges:
        return True
    return sum(1 for column in range(len(xs) - 1) if _is_prose(plain, column, xs)) < 2


def _is_prose(rows: Sequence[_BandRow], column: int, xs: Sequence[float]) -> bool:
    """Tell whether the lines of a column run to its edge one after the other, as wrapped text does."""
    parts = [
        part for row in rows for line in row.lines if (part := [w for w in line.words if _column(w, xs) == column])
    ]
    if len(parts) < 2 * len(rows) or len(parts) < 4:
        return False
    width = xs[column + 1] - xs[column]
    wide = sum(1 for p in parts if p[-1].x1 - xs[column] >= _PROSE_FILL * width and len(p) >= _PROSE_WORDS)
    return wide >= 0.4 * len(parts)


def _with_rows(grid: Grid, rows: Sequence[_BandRow], end: float, drawing: Drawing) -> Grid:
    ys = [*grid.ys, *(row.top for row in rows[1:]), end]
    cells = list(grid.cells)
    fills = [box for box in drawing.boxes if box.fill]
    for place, row in enumerate(rows):
        row_index = grid.row_count + place
        middle = (ys[row_index] + ys[row_index + 1]) / 2
        x = (grid.xs[0] + grid.xs[1]) / 2
        fill = next((b.fill for b in reversed(fills) if b.x0 <= x <= b.x1 and b.y0 <= middle <= b.y1), "")
        count = 1 if row.spans_all else grid.column_count
        span = grid.column_count // count
        for column in range(count):
            box = (grid.xs[column], ys[row_index], grid.xs[column + span], ys[row_index + 1])
            cells.append(GridCell(row_index, column, 1, span, box, fill))
    return Grid(grid.xs, tuple(ys), tuple(cells))


# --------------------------------------------------------------------------------------------- between horizontal rules


@dataclass(frozen=True, slots=True)
class _Stack:
    """Horizontal rules of one width under each other; `ends` are where their pieces meet, when they are in pieces."""

    x0: float
    x1: float
    ys: tuple[float, ...]
    ends: tuple[float, ...]


def _overlaps(stack: _Stack, grid: Grid) -> bool:
    box = (stack.x0, stack.ys[0] + SNAP_PT, stack.x1, stack.ys[-1] - SNAP_PT)
    return grid.column_count > 1 and _box_overlap(box, grid.box)


def _rule_stacks(rulings: Sequence[Ruling]) -> list[_Stack]:
    rules: dict[int, list[tuple[float, float]]] = {}
    heights: dict[int, float] = {}
    for ruling in rulings:
        if ruling.y0 == ruling.y1 and not is_nearly_white(ruling.color):
            rules.setdefault(round(ruling.y0), []).append((ruling.x0, ruling.x1))
            heights.setdefault(round(ruling.y0), ruling.y0)
    if len(rules) < _FEWEST_RULES:
        return []
    chains: dict[tuple[int, int], list[tuple[float, list[float]]]] = {}
    for key in sorted(rules):
        for start, end, joints in _chains(sorted(rules[key])):
            same = next((k for k in chains if abs(k[0] - start) <= SNAP_PT and abs(k[1] - end) <= SNAP_PT), None)
            chains.setdefault(same or (round(start), round(end)), []).append((heights[key], joints))
    stacks = []
    for (x0, x1), members in chains.items():
        run = members[:1]
        for before, member in pairwise(members):
            if member[0] - before[0] > _TALLEST_ROW_PT:
                stacks += _stack_of(x0, x1, run)
                run = []
            run.append(member)
        stacks += _stack_of(x0, x1, run)
    return stacks


def _chains(pieces: list[tuple[float, float]]) -> list[tuple[float, float, list[float]]]:
    """Pieces of rules on one height joined end to end: start, end, and where they meet."""
    found: list[tuple[float, float, list[float]]] = []
    for start, end in pieces:
        if found and -SNAP_PT <= start - found[-1][1] <= SNAP_PT:
            first, last, joints = found[-1]
            found[-1] = (first, end, [*joints, (last + start) / 2])
        elif not found or end > found[-1][1]:
            found.append((start, end, []))
    return found


def _stack_of(x0: float, x1: float, members: Sequence[tuple[float, list[float]]]) -> list[_Stack]:
    if len(members) < _FEWEST_RULES:
        return []
    joints = Counter(round(x) for _, ends in members for x in ends)
    shared = sorted(x for x, count in joints.items() if count >= 2)
    ends = [x for x, before in zip(shared, [-10, *shared], strict=False) if x - before > 2 * SNAP_PT]
    return [_Stack(x0, x1, tuple(y for y, _ in members), tuple(float(x) for x in ends))]


def _stack_table(stack: _Stack, drawing: Drawing, words: Sequence[Word]) -> Grid | None:
    """The table between horizontal rules, with the header that may stand above the first; None when it is none."""
    top, bottom = stack.ys[0], stack.ys[-1]
    inside = [w for w in words if stack.x0 - 1 <= w.x0 and w.x1 <= stack.x1 + 1 and top < w.baseline < bottom + 1]
    if not inside:
        return None
    above = [w for w in words if stack.x0 - 1 <= w.x0 and w.x1 <= stack.x1 + 1 and top - 40 < w.baseline <= top]
    header = _text_lines(above)[-1:]
    xs = (stack.x0, *stack.ends, stack.x1) if stack.ends else _text_columns(stack, inside)
    if len(xs) < 3:
        return None
    start = top
    if header and not _crosses(header[0], xs) and len(_filled(header[0], xs)) >= 2 and top - header[0].y1 <= 12:
        start = header[0].y0 - 2.0
        inside += header[0].words
    edges = [y for y in stack.ys if y > start]
    rows, end = _rows(_text_lines(inside), xs, start, edges, 0.0)
    spanning = sum(1 for row in rows if row.spans_all)
    if len(rows) < 2 or spanning > 0.5 * len(rows) or not _is_sound(rows, xs, has_edges=True):
        return None
    empty = Grid(tuple(xs), (start,), ())
    return _with_rows(empty, rows, end, drawing)


def _text_columns(stack: _Stack, words: Sequence[Word]) -> tuple[float, ...]:
    """Column lines in the middle of the white strips that run through all rows."""
    gap = statistics.median(word.face.size_pt for word in words)
    strips: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda w: w.x0):
        if strips and word.x0 - strips[-1][1] < gap:
            strips[-1] = (strips[-1][0], max(strips[-1][1], word.x1))
        else:
            strips.append((word.x0, word.x1))
    return (stack.x0, *((a[1] + b[0]) / 2 for a, b in pairwise(strips)), stack.x1)
