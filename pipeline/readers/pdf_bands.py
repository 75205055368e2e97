"""Tables that only partly are drawn: rows under a header of cells, in a frame without lines, cells with gutters.

What is drawn gives the columns (the cells of the header) and most of the rows (rules, edges of stripes); the lines of
text give the rest. The result is a grid like those of pdf_tables, which takes the place of the header, of its stripes
and of its rules. See pdf_stacks for tables without a header of cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf_rulings import Drawing, Ruling, is_nearly_white
from pipeline.readers.pdf_tables import SNAP_PT, Grid, GridCell
from pipeline.readers.pdf_text import Face, Word

_HEADER_ROWS = 2
_OPENED_COLUMNS = 3
_SAME_LINE = 0.35  # of the font size
_WORD_GAP = 0.6  # of the font size: words of one cell stand closer than that
_LEADING = 1.45  # of the font size: lines of one paragraph stand closer than that
_SMALL_TYPE = 0.9  # of the size of the rows above: a footer, a note
_GAP = 2.5  # of the font size: rows without a line between them stand closer than that
_FULL_SHARE = 0.6  # of the rows of a table: those with two cells or more
_CUT_FULL_SHARE = 0.2  # likewise, where the rules are drawn from column to column
_CUT_RULES = 2
_RULE_SHARE = 0.9
_TALLEST_BAND_PT = 70.0
_TALLEST_ROW_PT = 220.0
_GUTTER_PT = 10.0  # cells of one row, and rows of one table, stand closer than that
_UNLIKE_WIDTHS = 1.3  # of two columns; cards are alike
_ONE_FACE_SHARE = 0.8  # of the cells of a table: those set in one face
_PROSE_WORDS = 5
_PROSE_FILL = 0.75


@dataclass(frozen=True, slots=True)
class TextLine:
    """The words on one baseline between the edges of a table, left to right."""

    words: tuple[Word, ...]
    y0: float
    y1: float
    baseline: float

    @property
    def size(self) -> float:
        return max(word.face.size_pt for word in self.words)


@dataclass(slots=True)
class TextRow:
    top: float
    lines: list[TextLine]
    spans_all: bool = False


def with_open_tables(grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> list[Grid]:
    """Complete the grids of a page with the rows that are not fenced in; grids that became rows of another are gone."""
    upright = [word for word in words if word.direction == 0]
    grids = _without_gutters(grids, drawing, upright)
    found: list[Grid] = []
    taken: set[int] = set()
    for index, grid in enumerate(grids):
        if index in taken:
            continue
        opened = _opened(grid, drawing, upright) if grid.column_count >= _OPENED_COLUMNS else None
        if opened is not None:
            found.append(opened)
            continue
        head, bands = _without_bands(grid)
        if head.column_count >= 2 and head.row_count <= _HEADER_ROWS and len(head.cells) >= 2:
            grown = _grown(head, [*grids, *bands], drawing, upright)
            if grown is not None:
                found.append(grown)
                taken.update(i for i, other in enumerate(grids) if other is not grid and holds_grid(grown, other))
                continue
        found.append(grid)
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _without_bands(grid: Grid) -> tuple[Grid, list[Grid]]:
    """A grid without its last rows of one cell each, and those rows, each a grid of its own."""
    whole = {
        c.row_index: c for c in grid.cells if c.row_span == 1 and c.column_span == grid.column_count and c.row_index
    }
    count = grid.row_count
    while count - 1 in whole:
        count -= 1
    cells = tuple(cell for cell in grid.cells if cell.row_index < count)
    sides = (grid.xs[0], grid.xs[-1])
    bands = [
        Grid(sides, grid.ys[row : row + 2], (GridCell(0, 0, 1, 1, whole[row].box, whole[row].fill),))
        for row in range(count, grid.row_count)
    ]
    return (Grid(grid.xs, grid.ys[: count + 1], cells), bands) if bands else (grid, [])


def holds_grid(outer: Grid, inner: Grid) -> bool:
    x0, y0, x1, y1 = inner.box
    a0, b0, a1, b1 = outer.box
    return a0 - SNAP_PT <= x0 and x1 <= a1 + SNAP_PT and b0 - SNAP_PT <= y0 and y1 <= b1 + SNAP_PT


def boxes_overlap(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return min(one[2], two[2]) - max(one[0], two[0]) > SNAP_PT and min(one[3], two[3]) - max(one[1], two[1]) > SNAP_PT


# ------------------------------------------------------------------------------------------------ cells with gutters


def _without_gutters(grids: Sequence[Grid], drawing: Drawing, words: Sequence[Word]) -> list[Grid]:
    """Join boxes in rows with narrow gutters between them to one grid where they are the cells of a table: a header,
    or columns of unlike widths, of short texts set in one face each. Cards keep apart.
    """
    strips = [strip for row in _level_rows(grids) for strip in _side_by_side(row)]
    strips.sort(key=lambda strip: (strip[0].ys[0], strip[0].xs[0]))
    stacks: list[list[list[Grid]]] = []
    for strip in strips:
        above = next((s for s in stacks if _stands_under(s[-1], strip)), None)
        if above is None:
            stacks.append([strip])
        else:
            above.append(strip)
    joined = list(grids)
    for stack in stacks:
        grid = _joined(stack)
        members = {id(part) for strip in stack for part in strip}
        if grid.row_count > _HEADER_ROWS:
            is_table = _is_set_as_table(grid, words)
        else:
            rest = [other for other in grids if id(other) not in members]
            is_table = _grown(grid, [*rest, grid], drawing, words) is not None
        if is_table:
            joined = [other for other in joined if id(other) not in members] + [grid]
    return sorted(joined, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _level_rows(grids: Sequence[Grid]) -> list[list[Grid]]:
    """Grids of one column that start, end and are cut at the same heights."""
    rows: list[list[Grid]] = []
    for grid in grids:
        if grid.column_count > 1:
            continue
        row = next((r for r in rows if _same_lines(r[0].ys, grid.ys)), None)
        if row is None:
            rows.append([grid])
        else:
            row.append(grid)
    return rows


def _same_lines(one: Sequence[float], two: Sequence[float]) -> bool:
    return len(one) == len(two) and all(abs(a - b) <= SNAP_PT for a, b in zip(one, two, strict=True))


def _side_by_side(row: Sequence[Grid]) -> list[list[Grid]]:
    strips: list[list[Grid]] = []
    for grid in sorted(row, key=lambda grid: grid.xs[0]):
        if strips and 0 <= grid.xs[0] - strips[-1][-1].xs[-1] <= _GUTTER_PT:
            strips[-1].append(grid)
        else:
            strips.append([grid])
    return [strip for strip in strips if len(strip) > 1]


def _stands_under(upper: Sequence[Grid], lower: Sequence[Grid]) -> bool:
    if not 0 <= lower[0].ys[0] - upper[0].ys[-1] <= _GUTTER_PT:
        return False
    return _same_lines([x for grid in upper for x in grid.xs], [x for grid in lower for x in grid.xs])


def _joined(stack: Sequence[Sequence[Grid]]) -> Grid:
    """One grid of strips of grids, its lines in the middle of the gutters."""
    first = stack[0]
    xs = (first[0].xs[0], *((a.xs[-1] + b.xs[0]) / 2 for a, b in pairwise(first)), first[-1].xs[-1])
    ys = [stack[0][0].ys[0]]
    fills: list[list[str]] = []
    for strip, below in zip(stack, [*stack[1:], None], strict=True):
        ys += strip[0].ys[1:-1]
        ys.append(strip[0].ys[-1] if below is None else (strip[0].ys[-1] + below[0].ys[0]) / 2)
        fills += [[grid.cells[row].fill for grid in strip] for row in range(strip[0].row_count)]
    cells = [
        GridCell(row, column, 1, 1, (xs[column], ys[row], xs[column + 1], ys[row + 1]), fill)
        for row, colors in enumerate(fills)
        for column, fill in enumerate(colors)
    ]
    return Grid(xs, tuple(ys), tuple(cells))


def _is_set_as_table(grid: Grid, words: Sequence[Word]) -> bool:
    widths = [b - a for a, b in pairwise(grid.xs)]
    heads = {cell.fill for cell in grid.cells if cell.row_index == 0}
    body = {cell.fill for cell in grid.cells if cell.row_index > 0}
    if max(widths) < _UNLIKE_WIDTHS * min(widths) and (heads & body or len(heads) > 1):
        return False
    faces = [{_look(w.face) for w in _in_box(words, cell.box)} for cell in grid.cells]
    return sum(1 for looks in faces if len(looks) <= 1) >= _ONE_FACE_SHARE * len(faces)


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
        and (other.row_count == 1 or _are_bands(other))
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
    lines = text_lines(
        [w for w in words if x0 - 1 <= w.x0 and w.x1 <= x1 + 1 and bottom < w.baseline and w.y1 < limit + 2]
    )
    header_size = max(word.face.size_pt for word in header)
    rows, end = text_rows(lines, grid.xs, bottom, sorted(edges), max(_GAP * header_size, bottom - grid.ys[-2]))
    is_cut = sum(bottom < y < end for y in _cut_rules(drawing.rulings, grid.xs)) >= _CUT_RULES
    share = _CUT_FULL_SHARE if is_cut else _FULL_SHARE
    if not is_sound(rows, grid.xs, has_edges=bool(edges), full_share=share):
        return None
    return _with_rows(grid, rows, end, drawing)


def _are_bands(grid: Grid) -> bool:
    """Tell whether a grid is low filled boxes from side to side, one under the other."""
    return grid.column_count == 1 and all(
        cell.fill and cell.box[3] - cell.box[1] <= _TALLEST_BAND_PT for cell in grid.cells
    )


def _cut_rules(rulings: Sequence[Ruling], xs: Sequence[float]) -> list[float]:
    """Heights at which horizontal rules are drawn in pieces that begin and end where columns do."""
    ends: dict[int, list[float]] = {}
    for ruling in rulings:
        if ruling.y0 == ruling.y1 and not is_nearly_white(ruling.color):
            ends.setdefault(round(ruling.y0), []).extend((ruling.x0, ruling.x1))
    return [float(y) for y, found in ends.items() if all(any(abs(x - at) <= SNAP_PT for at in found) for x in xs)]


def _opened(grid: Grid, drawing: Drawing, words: Sequence[Word]) -> Grid | None:
    """A header over one tall row without lines in it (a frame, or lines between the columns only) with the rows that
    its text makes; None when it makes none.
    """
    body = [cell for cell in grid.cells if cell.row_index >= 1]
    if grid.row_count != _HEADER_ROWS or len(body) not in (1, grid.column_count):
        return None
    head = Grid(grid.xs, grid.ys[:2], tuple(cell for cell in grid.cells if cell.row_index == 0))
    if len(head.cells) != grid.column_count or not _is_header(head, _inside(words, head)):
        return None
    box = (grid.xs[0], grid.ys[1], grid.xs[-1], grid.ys[2])
    lines = text_lines(_in_box(words, box))
    if any(crosses_columns(line, grid.xs) for line in lines):
        return None
    rows, end = text_rows(lines, grid.xs, grid.ys[1], grid.ys[1:], 0.0, splits_bands=True)
    if len(rows) < _HEADER_ROWS or not is_sound(rows, grid.xs, has_edges=True):
        return None
    return _with_rows(head, rows, end, drawing)


def _is_header(grid: Grid, header: Sequence[Word]) -> bool:
    """Tell whether most columns of the last row of a grid are labelled, without one in its place being a number."""
    row = grid.row_count - 1
    cells = [cell for cell in grid.cells if cell.row_index <= row < cell.row_index + cell.row_span]
    texts = [_text([w for w in header if cell.box[0] <= (w.x0 + w.x1) / 2 <= cell.box[2]]) for cell in cells]
    filled = [text for text in texts if any(char.isalpha() for char in text)]
    return len(filled) >= 2 and len(filled) >= 0.6 * len(cells) and len(cells) == grid.column_count


def _inside(words: Sequence[Word], grid: Grid) -> list[Word]:
    return _in_box(words, grid.box)


def _in_box(words: Sequence[Word], box: tuple[float, float, float, float]) -> list[Word]:
    x0, y0, x1, y1 = box
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


def text_lines(words: Sequence[Word]) -> list[TextLine]:
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
        lines.append(TextLine(tuple(row), min(w.y0 for w in row), max(w.y1 for w in row), row[0].baseline))
    return lines


def text_rows(
    lines: Sequence[TextLine],
    xs: Sequence[float],
    top: float,
    edges: Sequence[float],
    reach_pt: float,
    *,
    splits_bands: bool = False,
) -> tuple[list[TextRow], float]:
    """The rows below `top`, and where they end: at the first line that fits neither the columns nor between edges.

    `splits_bands` tells that what stands between two edges may be several rows.
    """
    rows: list[TextRow] = []
    end = top
    before: TextLine | None = None
    last_edge = edges[-1] if edges else top
    for line in lines:
        middle = (line.y0 + line.y1) / 2
        place = bisect_right(edges, middle)
        since = (before.y0 + before.y1) / 2 if before is not None else top
        parted = before is None or place > bisect_right(edges, since)
        gap = line.y0 - (before.y1 if before is not None else top)
        fenced = middle < last_edge and (place > 0 or not rows)
        if not fenced and (gap > reach_pt or (before is not None and line.size <= _SMALL_TYPE * before.size)):
            break  # a footer
        if crosses_columns(line, xs):
            if not fenced or place >= len(edges) or (not parted and rows and not rows[-1].spans_all):
                break
            if parted:
                rows.append(TextRow(edges[place - 1] if place else top, [line], spans_all=True))
            else:
                rows[-1].lines.append(line)
            end, before = line.y1, line
            continue
        columns = filled_columns(line, xs)
        step = line.baseline - before.baseline if before is not None else float("inf")
        opens = not fenced or (splits_bands and _opens_like(columns, rows, xs))
        if parted or (opens and step > _LEADING * line.size):
            if not parted and len(columns) < 2 and not _resumes(line, rows, xs):
                break
            boundary = edges[place - 1] if parted and place else (top if before is None else (before.y1 + line.y0) / 2)
            rows.append(TextRow(max(boundary, top), [line]))
        else:
            rows[-1].lines.append(line)
        end, before = line.y1, line
    following = [edge for edge in edges if edge >= end - 1]
    last = rows[-1].lines[-1] if rows else None
    if last is not None and following and following[0] - last.y1 <= 3 * last.size:
        return rows, following[0]
    return rows, end + 2.0


def crosses_columns(line: TextLine, xs: Sequence[float]) -> bool:
    """Tell whether a line of text runs over the side of a column."""
    for word in line.words:
        if bisect_right(xs, word.x0 + 1.5) != bisect_right(xs, word.x1 - 1.5):
            return True
    for left, right in pairwise(line.words):
        if right.x0 - left.x1 < _WORD_GAP * right.face.size_pt and column_of(left, xs) != column_of(right, xs):
            return True
    return False


def column_of(word: Word, xs: Sequence[float]) -> int:
    return min(max(bisect_right(xs, (word.x0 + word.x1) / 2) - 1, 0), len(xs) - 2)


def filled_columns(line: TextLine, xs: Sequence[float]) -> set[int]:
    return {column_of(word, xs) for word in line.words}


def _resumes(line: TextLine, rows: Sequence[TextRow], xs: Sequence[float]) -> bool:
    """Tell whether a line alone in its column starts like those of the rows above: same face, same left edge."""
    first = line.words[0]
    column = column_of(first, xs)
    for row in rows:
        for other in row.lines:
            starts = [word for word in other.words if column_of(word, xs) == column]
            if starts and abs(starts[0].x0 - first.x0) <= 1.5 and _look(starts[0].face) == _look(first.face):
                return True
    return False


def _opens_like(columns: set[int], rows: Sequence[TextRow], xs: Sequence[float]) -> bool:
    """Tell whether a line fills what the first line of the row above does, but for the key that rows may share."""
    first = filled_columns(rows[-1].lines[0], xs) if rows and not rows[-1].spans_all else set()
    return len(xs) > 3 and len(columns) >= 2 and len(first) >= 2 and first - {0} <= columns


def _look(face: Face) -> tuple[float, bool, str]:
    return face.size_pt, face.bold, face.color


def is_sound(rows: Sequence[TextRow], xs: Sequence[float], *, has_edges: bool, full_share: float = _FULL_SHARE) -> bool:
    """Tell rows of a table, `full_share` of them or more with two cells, from columns of text under headings."""
    plain = [row for row in rows if not row.spans_all]
    full = sum(1 for row in plain if len({c for line in row.lines for c in filled_columns(line, xs)}) >= 2)
    if not plain or full < full_share * len(plain):
        return False
    if has_edges:
        return True
    return sum(1 for column in range(len(xs) - 1) if is_prose(plain, column, xs)) < 2


def is_prose(rows: Sequence[TextRow], column: int, xs: Sequence[float]) -> bool:
    """Tell whether the lines of a column run to its edge one after the other, as wrapped text does."""
    parts = [
        part for row in rows for line in row.lines if (part := [w for w in line.words if column_of(w, xs) == column])
    ]
    if len(parts) < 2 * len(rows) or len(parts) < 4:
        return False
    width = xs[column + 1] - xs[column]
    wide = sum(1 for p in parts if p[-1].x1 - xs[column] >= _PROSE_FILL * width and len(p) >= _PROSE_WORDS)
    return wide >= 0.4 * len(parts)


def _with_rows(grid: Grid, rows: Sequence[TextRow], end: float, drawing: Drawing) -> Grid:
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
