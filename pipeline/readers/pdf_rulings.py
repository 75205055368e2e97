"""Lines and boxes drawn on a PDF page, from pdfium's path objects.

Everything that separates or frames text comes out as axis-parallel rulings and as boxes; curves, charts and pictures
that draw no frame do not.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipeline.readers.pdf_text import Sheet

Rectangle = tuple[float, float, float, float]
_Matrix = tuple[float, float, float, float, float, float]

_THIN_PT = 3.0  # a filled rectangle at most this thick is a drawn line
_SHORTEST_PT = 3.0
_MAX_SEGMENTS = 400  # a path of more is a drawing, a map or a chart
_MAX_OBJECTS = 20_000
_MAX_DEPTH = 4
_NEARLY_WHITE = 250


class Ruling(NamedTuple):
    """A drawn line; horizontal when y0 == y1, vertical when x0 == x1."""

    x0: float
    y0: float
    x1: float
    y1: float
    color: str


class Box(NamedTuple):
    """A drawn rectangle: `fill` is rrggbb or "" (none, or white), `stroke` likewise."""

    x0: float
    y0: float
    x1: float
    y1: float
    fill: str
    stroke: str

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height


class Drawing(NamedTuple):
    """What is drawn on a page, in drawing order; `images` are boxes of pictures, `crosses` of diagonal strokes."""

    rulings: list[Ruling]
    boxes: list[Box]
    images: list[Rectangle]
    crosses: list[Rectangle]


def read_drawing(page: Any, sheet: Sheet) -> Drawing:
    """Read the rulings, boxes and pictures of a pdfium page (`PdfPage.raw`), clipped to the visible sheet."""
    drawing = Drawing([], [], [], [])
    for handle, kind, matrix in _objects(page):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _read_path(handle, matrix, sheet, drawing)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            bounds = _bounds(handle)
            if bounds is not None:
                drawing.images.append(_clip(_place(bounds, matrix, sheet), sheet))
    return drawing


def is_nearly_white(color: str) -> bool:
    """Tell whether a colour (rrggbb) is white to the eye."""
    return bool(color) and all(int(color[i : i + 2], 16) >= _NEARLY_WHITE for i in (0, 2, 4))


def _objects(page: Any) -> Iterator[tuple[Any, int, _Matrix | None]]:
    """The objects of a page but for text, those of forms too, each with its type and the matrix of its forms."""
    budget = _MAX_OBJECTS
    for index in range(min(pdfium.FPDFPage_CountObjects(page), budget)):
        handle = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            for found in _form_objects(handle, None, 1):
                yield found
                budget -= 1
                if budget <= 0:
                    return
        elif kind != pdfium.FPDF_PAGEOBJ_TEXT:
            yield handle, kind, None


def _form_objects(form: Any, outer: _Matrix | None, depth: int) -> Iterator[tuple[Any, int, _Matrix | None]]:
    matrix = _object_matrix(form)
    combined = matrix if outer is None else _multiply(matrix, outer)
    for index in range(max(pdfium.FPDFFormObj_CountObjects(form), 0)):
        handle = pdfium.FPDFFormObj_GetObject(form, index)
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield handle, kind, combined
        elif depth < _MAX_DEPTH:
            yield from _form_objects(handle, combined, depth + 1)


def _object_matrix(handle: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, matrix):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _multiply(first: _Matrix, second: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _apply(matrix: _Matrix | None, x: float, y: float) -> tuple[float, float]:
    if matrix is None:
        return x, y
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(handle: Any) -> Rectangle | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _place(bounds: Rectangle, matrix: _Matrix | None, sheet: Sheet) -> Rectangle:
    ax, ay = _apply(matrix, bounds[0], bounds[1])
    bx, by = _apply(matrix, bounds[2], bounds[3])
    return sheet.rectangle(ax, ay, bx, by)


def _clip(box: Rectangle, sheet: Sheet) -> Rectangle:
    return max(box[0], 0.0), max(box[1], 0.0), min(box[2], sheet.width), min(box[3], sheet.height)


def _color(handle: Any, *, stroke: bool) -> tuple[str, int]:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    read = pdfium.FPDFPageObj_GetStrokeColor if stroke else pdfium.FPDFPageObj_GetFillColor
    if not read(handle, red, green, blue, alpha):
        return "000000", 255
    return f"{red.value:02x}{green.value:02x}{blue.value:02x}", alpha.value


def _read_path(handle: Any, matrix: _Matrix | None, sheet: Sheet, drawing: Drawing) -> None:
    fill_mode, stroked = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(handle, fill_mode, stroked):
        return
    fill, fill_alpha = _color(handle, stroke=False) if fill_mode.value else ("", 0)
    stroke, stroke_alpha = _color(handle, stroke=True) if stroked.value else ("", 0)
    if fill_alpha < 10:
        fill = ""
    if stroke_alpha < 10:
        stroke = ""
    if not fill and not stroke:
        return
    count = pdfium.FPDFPath_CountSegments(handle)
    if not 2 <= count <= _MAX_SEGMENTS:
        return
    if count <= 5 and not stroke:
        bounds = _bounds(handle)
        if bounds is not None:
            _add_rectangle(_clip(_place(bounds, matrix, sheet), sheet), fill, "", drawing)
        return
    own = _object_matrix(handle)
    whole = own if matrix is None else _multiply(own, matrix)
    parts = _subpaths(handle, count, whole, sheet)
    ring = _ring(parts) if fill and not stroke else None
    if ring is not None:
        _add_rectangle(_clip(_extent(ring), sheet), "", fill, drawing)
        return
    for part in parts:
        if fill or _is_closed_frame(part):
            _add_rectangle(_clip(_extent(part), sheet), fill, stroke, drawing)
        elif stroke:
            _add_lines(part, stroke, sheet, drawing)


def _subpaths(handle: Any, count: int, matrix: _Matrix, sheet: Sheet) -> list[list[tuple[float, float]]]:
    """The corner points of each subpath, curves by their control points, in our space."""
    parts: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(handle, index)
        if not segment or not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = sheet.point(*_apply(matrix, x.value, y.value))
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([point])
        else:
            parts[-1].append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and parts[-1][0] != parts[-1][-1]:
            parts[-1].append(parts[-1][0])
    return [part for part in parts if len(part) > 1]


def _extent(points: list[tuple[float, float]]) -> Rectangle:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _is_ring(outer: list[tuple[float, float]], inner: list[tuple[float, float]]) -> bool:
    """Tell whether two subpaths are the outside and the inside of one border."""
    ax0, ay0, ax1, ay1 = _extent(outer)
    bx0, by0, bx1, by1 = _extent(inner)
    return all(-0.1 <= gap <= 2 * _THIN_PT for gap in (bx0 - ax0, by0 - ay0, ax1 - bx1, ay1 - by1))


def _ring(parts: list[list[tuple[float, float]]]) -> list[tuple[float, float]] | None:
    """The outside of the border that two subpaths draw, whichever comes first; None when they draw something else."""
    if len(parts) != 2:
        return None
    for outer, inner in (parts, reversed(parts)):
        if _is_ring(outer, inner):
            return outer
    return None


def _is_closed_frame(points: list[tuple[float, float]]) -> bool:
    """Tell whether a stroked subpath goes round a rectangle, with square or rounded corners."""
    if len(points) < 4 or abs(points[0][0] - points[-1][0]) > 1 or abs(points[0][1] - points[-1][1]) > 1:
        return False
    x0, y0, x1, y1 = _extent(points)
    if x1 - x0 < _SHORTEST_PT or y1 - y0 < _SHORTEST_PT:
        return False
    reach = 0.25 * min(x1 - x0, y1 - y0)
    on_side = sum(1 for x, y in points if min(x - x0, x1 - x) <= reach / 4 or min(y - y0, y1 - y) <= reach / 4)
    return on_side == len(points)


def _add_rectangle(box: Rectangle, fill: str, stroke: str, drawing: Drawing) -> None:
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if width < 0 or height < 0 or max(width, height) < _SHORTEST_PT:
        return
    if height <= _THIN_PT and width > 2 * height:
        drawing.rulings.append(Ruling(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, stroke or fill))
    elif width <= _THIN_PT and height > 2 * width:
        drawing.rulings.append(Ruling((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, stroke or fill))
    else:
        visible = "" if is_nearly_white(fill) else fill
        drawing.boxes.append(Box(x0, y0, x1, y1, visible, "" if is_nearly_white(stroke) else stroke))


def _add_lines(points: list[tuple[float, float]], stroke: str, sheet: Sheet, drawing: Drawing) -> None:
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ay - by) <= 0.5 and abs(ax - bx) >= _SHORTEST_PT:
            x0, y0, x1, y1 = _clip((min(ax, bx), (ay + by) / 2, max(ax, bx), (ay + by) / 2), sheet)
            if x1 > x0:
                drawing.rulings.append(Ruling(x0, y0, x1, y1, stroke))
        elif abs(ax - bx) <= 0.5 and abs(ay - by) >= _SHORTEST_PT:
            x0, y0, x1, y1 = _clip(((ax + bx) / 2, min(ay, by), (ax + bx) / 2, max(ay, by)), sheet)
            if y1 > y0:
                drawing.rulings.append(Ruling(x0, y0, x1, y1, stroke))
        elif _SHORTEST_PT <= abs(ax - bx) <= 16 and _SHORTEST_PT <= abs(ay - by) <= 16:
            drawing.crosses.append((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
