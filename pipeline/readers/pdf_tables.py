"""Grids of cells from the lines and filled boxes of a page.

Each connected set of lines is one grid; a missing line between two places merges them. Where the lines leave a shape
that is no rectangle, pdfplumber's cell finder decides, on the same lines. Pure geometry: no text is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model import record
from pipeline.readers.pdf_rulings import Box, Drawing, Rectangle, Ruling, is_nearly_white

SNAP_PT = 2.6  # lines closer than this are one line: double borders, backgrounds inset from their border
_MEETING_PT = 3.0  # how far a line may stop short of the line that it meets
_COVERED = 0.6  # share of a side that must be drawn to separate two cells
_OPEN_SIDE_PT = 10.0  # a line that runs on this far past the last crossing line closes the grid there
_GUTTER_PT = 4.5
_SEVERAL_EDGES = 3
_SMALLEST_CELL_PT = (9.0, 6.5)
_WHOLE_PAGE = 0.85


@record(frozen=True, slots=True)
class GridCell:
    """A cell of a grid with its place in it."""

    row_index: int
    column_index: int
    row_span: int
    column_span: int
    box: Rectangle
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells between the vertical lines `xs` and the horizontal lines `ys`, in row order."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]

    @property
    def box(self) -> Rectangle:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @property
    def row_count(self) -> int:
        return len(self.ys) - 1

    @property
    def column_count(self) -> int:
        return len(self.xs) - 1


@dataclass(slots=True)
class _Edge:
    """A line at `at` over the sorted, disjoint intervals `spans`."""

    at: float
    spans: list[tuple[float, float]]


_Component = tuple[list[_Edge], list[_Edge]]  # horizontal and vertical lines that meet


def find_grids(drawing: Drawing, width_pt: float, height_pt: float) -> list[Grid]:
    """Find the grids of a page, single framed boxes included (one cell), top to bottom."""
    horizontal, vertical = _edges(drawing, width_pt, height_pt)
    if not horizontal or not vertical:
        return []
    grids = []
    for group_h, group_v in _with_lone_cells(_components(horizontal, vertical)):
        grid = _grid(group_h, group_v, drawing.boxes)
        if grid is not None:
            grids.append(grid)
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def covers_page(box: Box | Rectangle, width_pt: float, height_pt: float) -> bool:
    """Tell whether a box is the background or the border of the page."""
    return (box[2] - box[0]) * (box[3] - box[1]) >= _WHOLE_PAGE * width_pt * height_pt


def _edges(drawing: Drawing, width_pt: float, height_pt: float) -> tuple[list[_Edge], list[_Edge]]:
    horizontal: list[tuple[float, float, float]] = []
    vertical: list[tuple[float, float, float]] = []
    filled = [box for box in drawing.boxes if box.fill]
    for ruling in drawing.rulings:
        if is_nearly_white(ruling.color) and not _lies_on(ruling, filled):
            continue
        if ruling.y0 == ruling.y1:
            horizontal.append((ruling.y0, ruling.x0, ruling.x1))
        else:
            vertical.append((ruling.x0, ruling.y0, ruling.y1))
    for box in drawing.boxes:
        if not box.fill and not box.stroke:
            continue
        if (
            box.width < _SMALLEST_CELL_PT[0]
            or box.height < _SMALLEST_CELL_PT[1]
            or covers_page(box, width_pt, height_pt)
        ):
            continue
        horizontal += [(box.y0, box.x0, box.x1), (box.y1, box.x0, box.x1)]
        vertical += [(box.x0, box.y0, box.y1), (box.x1, box.y0, box.y1)]
    return _merged(horizontal), _merged(vertical)


def _lies_on(ruling: Ruling, boxes: Sequence[Box]) -> bool:
    x, y = (ruling.x0 + ruling.x1) / 2, (ruling.y0 + ruling.y1) / 2
    return any(b.x0 - SNAP_PT <= x <= b.x1 + SNAP_PT and b.y0 - SNAP_PT <= y <= b.y1 + SNAP_PT for b in boxes)


def _merged(lines: list[tuple[float, float, float]]) -> list[_Edge]:
    """Snap lines that nearly coincide, and join their pieces."""
    edges: list[_Edge] = []
    group: list[tuple[float, float, float]] = []
    for line in [*sorted(lines), None]:
        if line is not None and (not group or line[0] - group[0][0] <= SNAP_PT):
            group.append(line)
            continue
        if group:
            spans: list[tuple[float, float]] = []
            for _, start, end in sorted(group, key=lambda item: item[1]):
                if spans and start - spans[-1][1] <= _MEETING_PT:
                    spans[-1] = (spans[-1][0], max(spans[-1][1], end))
                else:
                    spans.append((start, end))
            spans = [span for span in spans if span[1] - span[0] >= _SMALLEST_CELL_PT[1]]
            if spans:
                edges.append(_Edge(sum(item[0] for item in group) / len(group), spans))
        group = [line] if line is not None else []
    return edges


def _components(horizontal: list[_Edge], vertical: list[_Edge]) -> list[_Component]:
    """Sets of pieces of lines that meet, each as (horizontal, vertical)."""
    pieces_h = [(edge.at, start, end) for edge in horizontal for start, end in edge.spans]
    pieces_v = [(edge.at, start, end) for edge in vertical for start, end in edge.spans]
    parent = list(range(len(pieces_h) + len(pieces_v)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, (y, x0, x1) in enumerate(pieces_h):
        for j, (x, y0, y1) in enumerate(pieces_v, len(pieces_h)):
            if x0 - _MEETING_PT <= x <= x1 + _MEETING_PT and y0 - _MEETING_PT <= y <= y1 + _MEETING_PT:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]] = defaultdict(
        lambda: ([], [])
    )
    for i, piece in enumerate(pieces_h):
        groups[root(i)][0].append(piece)
    for j, piece in enumerate(pieces_v, len(pieces_h)):
        groups[root(j)][1].append(piece)
    return [(_merged(h), _merged(v)) for h, v in groups.values() if h and v]


def _with_lone_cells(components: list[_Component]) -> list[_Component]:
    """Join the framed cells that stand free in a table (their neighbours have no border) to the lines around them."""
    joined: list[_Component] = []
    for component in sorted(components, key=_area, reverse=True):
        outer = next((other for other in joined if _continues(other, component)), None)
        if outer is None:
            joined.append(component)
        else:
            joined[joined.index(outer)] = (
                _merged([(edge.at, *span) for edge in (*outer[0], *component[0]) for span in edge.spans]),
                _merged([(edge.at, *span) for edge in (*outer[1], *component[1]) for span in edge.spans]),
            )
    return joined


def _extent(component: _Component) -> Rectangle:
    horizontal, vertical = component
    return vertical[0].at, horizontal[0].at, vertical[-1].at, horizontal[-1].at


def _area(component: _Component) -> float:
    x0, y0, x1, y1 = _extent(component)
    return (x1 - x0) * (y1 - y0)


def _continues(outer: _Component, inner: _Component) -> bool:
    """Tell whether all lines of some cells run on in lines of the table that they stand in."""
    a0, b0, a1, b1 = _extent(outer)
    x0, y0, x1, y1 = _extent(inner)
    if x0 < a0 - SNAP_PT or x1 > a1 + SNAP_PT or y0 < b0 - SNAP_PT or y1 > b1 + SNAP_PT:
        return False
    return all(
        any(abs(edge.at - line.at) <= SNAP_PT for line in lines)
        for edges, lines in zip(inner, outer, strict=True)
        for edge in edges
    )


def _grid(horizontal: list[_Edge], vertical: list[_Edge], boxes: Sequence[Box]) -> Grid | None:
    horizontal, vertical = _without_gutters(horizontal), _without_gutters(vertical)
    horizontal, vertical = _closed(horizontal, vertical), _closed(vertical, horizontal)
    xs, ys = [edge.at for edge in vertical], [edge.at for edge in horizontal]
    if len(xs) < 2 or len(ys) < 2:
        return None
    rows, columns = len(ys) - 1, len(xs) - 1
    parent = list(range(rows * columns))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for row in range(rows):
        for column in range(columns):
            place = row * columns + column
            if column + 1 < columns and not _drawn(vertical[column + 1], ys[row], ys[row + 1]):
                parent[root(place + 1)] = root(place)
            if row + 1 < rows and not _drawn(horizontal[row + 1], xs[column], xs[column + 1]):
                parent[root(place + columns)] = root(place)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(rows * columns):
        groups[root(place)].append(place)
    spans = []
    for places in groups.values():
        row_indexes, column_indexes = [p // columns for p in places], [p % columns for p in places]
        r0, r1, c0, c1 = min(row_indexes), max(row_indexes), min(column_indexes), max(column_indexes)
        if len(places) != (r1 - r0 + 1) * (c1 - c0 + 1):
            spans = _with_open_places(_found_by_pdfplumber(horizontal, vertical), rows, columns)
            break
        spans.append((r0, c0, r1 + 1, c1 + 1))
    fills = [box for box in boxes if box.fill and box.y1 > ys[0] and box.y0 < ys[-1] and box.x1 > xs[0]]
    cells = []
    for r0, c0, r1, c1 in sorted(spans):
        box = (xs[c0], ys[r0], xs[c1], ys[r1])
        cells.append(GridCell(r0, c0, r1 - r0, c1 - c0, box, cell_fill(box, fills)))
    return Grid(tuple(xs), tuple(ys), tuple(cells)) if cells else None


def _without_gutters(edges: list[_Edge]) -> list[_Edge]:
    """Join the two sides of a gutter between cells, too narrow to be a column or a row."""
    joined: list[_Edge] = []
    for edge in edges:
        if joined and edge.at - joined[-1].at <= _GUTTER_PT:
            at = (joined[-1].at + edge.at) / 2
            joined[-1:] = _merged([(at, *span) for span in (*joined[-1].spans, *edge.spans)])
        else:
            joined.append(edge)
    return joined


def _closed(edges: list[_Edge], crossing: list[_Edge]) -> list[_Edge]:
    """Add the open sides of a grid: where the crossing lines run on past the last line."""
    if not edges or not crossing:
        return edges
    start = min(span[0] for edge in crossing for span in edge.spans)
    end = max(span[1] for edge in crossing for span in edge.spans)
    reach_start = sum(1 for edge in crossing if abs(edge.spans[0][0] - start) <= _MEETING_PT)
    reach_end = sum(1 for edge in crossing if abs(edge.spans[-1][1] - end) <= _MEETING_PT)
    lo, hi = min(edge.spans[0][0] for edge in edges), max(edge.spans[-1][1] for edge in edges)
    closed = list(edges)
    # The rule under a header may be the only one that crosses the lines between columns.
    needed = 1 if len(crossing) == 1 and len(edges) >= _SEVERAL_EDGES else 2
    if edges[0].at - start >= _OPEN_SIDE_PT and reach_start >= needed:
        closed.insert(0, _Edge(start, [(lo, hi)]))
    if end - edges[-1].at >= _OPEN_SIDE_PT and reach_end >= needed:
        closed.append(_Edge(end, [(lo, hi)]))
    return closed


def _drawn(edge: _Edge, start: float, end: float) -> bool:
    covered = sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in edge.spans)
    return covered >= _COVERED * (end - start)


def _found_by_pdfplumber(horizontal: list[_Edge], vertical: list[_Edge]) -> list[tuple[int, int, int, int]]:
    """Cells as (first row, first column, row after, column after) by pdfplumber's smallest rectangles."""
    # Heavy, and needed by a few pages only.
    from pdfplumber.table import edges_to_intersections, intersections_to_cells

    edges = [
        {"orientation": "h", "object_type": "line", "x0": start, "x1": end, "top": edge.at, "bottom": edge.at}
        for edge in horizontal
        for start, end in edge.spans
    ] + [
        {"orientation": "v", "object_type": "line", "x0": edge.at, "x1": edge.at, "top": start, "bottom": end}
        for edge in vertical
        for start, end in edge.spans
    ]
    found = intersections_to_cells(edges_to_intersections(edges, _MEETING_PT, _MEETING_PT))
    columns = {edge.at: index for index, edge in enumerate(vertical)}
    rows = {edge.at: index for index, edge in enumerate(horizontal)}
    return sorted({(rows[top], columns[x0], rows[bottom], columns[x1]) for x0, top, x1, bottom in found})


def _with_open_places(
    spans: list[tuple[int, int, int, int]], rows: int, columns: int
) -> list[tuple[int, int, int, int]]:
    """Add a cell for each place without borders, where a whole row and a whole column of cells tell that it is one."""
    taken = {(row, column) for r0, c0, r1, c1 in spans for row in range(r0, r1) for column in range(c0, c1)}
    single = {r0 for r0, c0, r1, c1 in spans if c1 - c0 == 1 and r1 - r0 == 1}
    whole_row = any(sum(1 for r0, c0, _, c1 in spans if (r0, c1) == (row, c0 + 1)) == columns for row in single)
    whole_column = any(all((row, column) in taken for row in range(rows)) for column in range(columns))
    if not whole_row or not whole_column:
        return spans
    places = [(row, column) for row in range(rows) for column in range(columns) if (row, column) not in taken]
    return [*spans, *((row, column, row + 1, column + 1) for row, column in places)]


def cell_fill(cell: Rectangle, fills: Sequence[Box]) -> str:
    """The colour of the last drawn box that covers a cell."""
    x0, y0, x1, y1 = cell
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    for box in reversed(fills):
        if box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1:
            shared = (min(x1, box.x1) - max(x0, box.x0)) * (min(y1, box.y1) - max(y0, box.y0))
            if shared >= 0.7 * (x1 - x0) * (y1 - y0):
                return box.fill
    return ""
