"""PowerPoint presentations (.pptx): shapes of each slide in reading order."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from pipeline.exceptions import SourceError
from pipeline.model import Block, Cell, Document, Marker, Position, Role, Table, build_document
from pipeline.readers.diagrams import read_diagram
from pipeline.readers.numbering import format_number
from pipeline.readers.package import open_package, parse_xml, refuse_doctypes
from pipeline.readers.paragraphs import Face, Frame, Span, set_paragraph
from pipeline.readers.reading_order import Box, order_boxes, order_tree
from pipeline.readers.symbols import SYMBOL_FONTS, bullet_glyph, symbol_text
from pipeline.readers.theme import Theme, read_theme

if TYPE_CHECKING:
    from pptx.presentation import Presentation as PresentationType
    from pptx.slide import Slide

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
EMU_PER_POINT = 12700
_DEFAULT_SIZE_PT = 18.0
_MAX_GROUP_DEPTH = 20
_MAX_TILE_CHARACTERS = 4

_TITLES = ("title", "ctrTitle")
_FOOTERS = ("ftr", "sldNum", "dt", "hdr")
_BODIES = ("body", "obj", "subTitle", "")
_NUMBER_FORMATS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_NUMBER_ENDINGS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}


class _Shape(NamedTuple):
    """A shape with text, placed on its slide."""

    element: etree._Element
    placeholder: str | None  # type of placeholder, "" for a general one; None for other shapes
    text_styles: tuple[etree._Element, ...]  # list styles that its paragraphs inherit from, nearest first
    x0_pt: float
    y0_pt: float
    x1_pt: float
    y1_pt: float


class _Transform(NamedTuple):
    """Scale and shift from the coordinates of a group to those of the slide, in points."""

    scale_x: float = 1 / EMU_PER_POINT
    scale_y: float = 1 / EMU_PER_POINT
    shift_x: float = 0.0
    shift_y: float = 0.0


def read_pptx(data: bytes, source: str) -> Document:
    """Read a presentation: title of each slide (outline level 1), then the other shapes in reading order.

    Bullets, numbers, sizes and colours are inherited from layout and master; footers, dates and slide numbers get the
    role FOOTER; notes are left out. `page_number` is the slide's. Raises SourceError `file_broken`, `archive_too_big`,
    `file_encrypted`, `xml_doctype`.
    """
    refuse_doctypes(open_package(data, source), source)
    from pptx import Presentation

    blocks: list[Block] = []
    boxes = iter(range(1, 1_000_000))
    try:
        presentation = Presentation(io.BytesIO(data))
        for number, slide in enumerate(presentation.slides, start=1):
            blocks += _slide_blocks(presentation, slide, number, boxes, source)
        title = " ".join((presentation.core_properties.title or "").split())
        page_count = len(presentation.slides)
    except SourceError:
        raise
    except Exception as error:  # python-pptx raises whatever a broken part makes it raise
        raise SourceError("file_broken", file=source) from error
    return build_document(source, "pptx", blocks, page_count=page_count, title=title)


def _slide_blocks(
    presentation: PresentationType, slide: Slide, number: int, boxes: Iterator[int], source: str
) -> list[Block]:
    master = slide.slide_layout.slide_master
    theme = _theme(master, source)
    shapes = list(_shapes(presentation, slide))
    titles = [shape for shape in shapes if shape.placeholder in _TITLES]
    footers = [shape for shape in shapes if shape.placeholder in _FOOTERS]
    others = [shape for shape in shapes if shape.placeholder not in (*_TITLES, *_FOOTERS)]
    blocks: list[Block] = []
    for shape in titles:
        blocks += _title_blocks(shape, number, theme)
    placed: list[tuple[_Shape, list[Block]]] = []
    for shape in others:
        content = _diagram_blocks(shape, slide, number, source) or _content(shape, number, theme, boxes)
        if content:
            placed.append((shape, content))
    placed = _attach_tiles(placed)
    places = [Box(i, s.x0_pt, s.y0_pt, s.x1_pt, s.y1_pt) for i, (s, _) in enumerate(placed)]
    connected = next(slide.shapes._spTree.iter(P + "cxnSp"), None) is not None
    tree = order_tree(places, connected=True) if connected else []
    for index, column in [(index, 0) for index, _ in tree] or order_boxes(places):
        blocks += [replace(b, position=replace(b.position, column_index=column)) for b in placed[index][1]]
    for shape in footers:
        blocks += [replace(block, role=Role.FOOTER) for block in _content(shape, number, theme, boxes)]
    return blocks


def _theme(master: object, source: str) -> Theme:
    part = master.part  # type: ignore[attr-defined]
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/theme"):
            color_map = part._element.find(P + "clrMap")
            return read_theme(
                parse_xml(relation.target_part.blob, source), {} if color_map is None else color_map.attrib
            )
    return Theme({}, {})


# ------------------------------------------------------------------------------------------------------------ shapes


def _shapes(presentation: PresentationType, slide: Slide) -> Iterator[_Shape]:
    """Shapes of a slide, groups opened, in drawing order."""
    master_styles = slide.slide_layout.slide_master._element.find(P + "txStyles")
    default_style = presentation.element.find(P + "defaultTextStyle")
    bases = {shape._element: shape for shape in slide.placeholders}
    tree = slide.shapes._spTree

    def walk(container: etree._Element, transform: _Transform, depth: int) -> Iterator[_Shape]:
        for element in container:
            kind = etree.QName(element).localname
            if kind == "AlternateContent":
                branch = next(iter(element), None)
                if branch is not None:
                    yield from walk(branch, transform, depth)
            elif kind == "grpSp" and depth < _MAX_GROUP_DEPTH:
                yield from walk(element, _into_group(element, transform), depth + 1)
            elif kind in ("sp", "graphicFrame"):
                placeholder = element.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
                placeholder = element.find(f"{P}nvGraphicFramePr/{P}nvPr/{P}ph") if placeholder is None else placeholder
                type_name = None if placeholder is None else placeholder.get("type", "")
                styles = list(_inherited_styles(element, bases, type_name, master_styles, default_style))
                yield _Shape(element, type_name, tuple(styles), *_bounds(element, bases, transform))

    yield from walk(tree, _Transform(), 0)


def _into_group(group: etree._Element, outer: _Transform) -> _Transform:
    frame = group.find(f"{P}grpSpPr/{A}xfrm")
    if frame is None:
        return outer
    offset, extent = frame.find(A + "off"), frame.find(A + "ext")
    child_offset, child_extent = frame.find(A + "chOff"), frame.find(A + "chExt")
    if offset is None or extent is None or child_offset is None or child_extent is None:
        return outer
    ratio_x = _number(extent, "cx") / (_number(child_extent, "cx") or 1)
    ratio_y = _number(extent, "cy") / (_number(child_extent, "cy") or 1)
    return _Transform(
        outer.scale_x * ratio_x,
        outer.scale_y * ratio_y,
        outer.shift_x + outer.scale_x * (_number(offset, "x") - ratio_x * _number(child_offset, "x")),
        outer.shift_y + outer.scale_y * (_number(offset, "y") - ratio_y * _number(child_offset, "y")),
    )


def _bounds(
    element: etree._Element, bases: dict[etree._Element, object], transform: _Transform
) -> tuple[float, float, float, float]:
    frame = element.find(f"{P}spPr/{A}xfrm")
    frame = element.find(P + "xfrm") if frame is None else frame
    offset = None if frame is None else frame.find(A + "off")
    extent = None if frame is None else frame.find(A + "ext")
    if offset is not None and extent is not None:
        x, y, width, height = _number(offset, "x"), _number(offset, "y"), _number(extent, "cx"), _number(extent, "cy")
    else:
        base = bases.get(element)  # a placeholder takes its place from the layout
        x, y, width, height = (float(getattr(base, name, None) or 0) for name in ("left", "top", "width", "height"))
    x0, y0 = transform.shift_x + transform.scale_x * x, transform.shift_y + transform.scale_y * y
    return tuple(  # type: ignore[return-value]
        round(value, 1) for value in (x0, y0, x0 + transform.scale_x * width, y0 + transform.scale_y * height)
    )


def _number(element: etree._Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        return 0.0


def _inherited_styles(
    element: etree._Element,
    bases: dict[etree._Element, object],
    placeholder: str | None,
    master_styles: etree._Element | None,
    default_style: etree._Element | None,
) -> Iterator[etree._Element]:
    own = element.find(f"{P}txBody/{A}lstStyle")
    if own is not None:
        yield own
    base = getattr(bases.get(element), "_base_placeholder", None)
    while base is not None:
        style = base._element.find(f"{P}txBody/{A}lstStyle")
        if style is not None:
            yield style
        base = getattr(base, "_base_placeholder", None)
    if placeholder is None:
        if default_style is not None:
            yield default_style
    elif master_styles is not None:
        name = "titleStyle" if placeholder in _TITLES else "bodyStyle" if placeholder in _BODIES else "otherStyle"
        style = master_styles.find(P + name)
        if style is not None:
            yield style


# ---------------------------------------------------------------------------------------------------------- contents


def _title_blocks(shape: _Shape, number: int, theme: Theme) -> list[Block]:
    """The title of a slide as one block, unless it holds several items."""
    position = _position(shape, number, None)
    body = shape.element.find(P + "txBody")
    if body is None:
        return []
    spans: list[Span] = []
    for paragraph in body.iterchildren(A + "p"):
        found = _spans(paragraph, shape, theme)
        if found:
            spans += [("\n", spans[-1][1])] if spans else []
            spans += found
    return set_paragraph(spans, Frame("title", 1, _fill(shape, theme), position, role=Role.TITLE))


def _content(shape: _Shape, number: int, theme: Theme, boxes: Iterator[int]) -> list[Block]:
    table = shape.element.find(f".//{A}tbl")
    if table is not None:
        return _table_blocks(table, shape, number, theme)
    body = shape.element.find(P + "txBody")
    if body is None:
        return []
    fill = _fill(shape, theme)
    is_drawn = shape.placeholder is None and (
        bool(fill) or shape.element.find(f"{P}spPr/{A}ln/{A}solidFill") is not None
    )
    position = _position(shape, number, next(boxes) if is_drawn else None)
    return _paragraph_blocks(body, shape, position, fill, theme, in_cell=False)


def _position(shape: _Shape, number: int, box: int | None) -> Position:
    return Position(number, shape.x0_pt, shape.y0_pt, shape.x1_pt, shape.y1_pt, 0, box)


def _diagram_blocks(shape: _Shape, slide: Slide, number: int, source: str) -> list[Block]:
    reference = shape.element.find(f".//{DGM}relIds")
    relation = None if reference is None else slide.part.rels.get(reference.get(R + "dm", ""))
    if relation is None or relation.is_external:
        return []
    position = _position(shape, number, None)
    return [replace(block, position=position) for block in read_diagram(parse_xml(relation.target_part.blob, source))]


def _paragraph_blocks(
    body: etree._Element, shape: _Shape, position: Position, fill: str, theme: Theme, *, in_cell: bool
) -> list[Block]:
    blocks: list[Block] = []
    counters: dict[int, tuple[str, int]] = {}  # level -> (kind of number, last number)
    style_name = "subtitle" if shape.placeholder == "subTitle" else "body" if shape.placeholder in _BODIES else ""
    for paragraph in body.iterchildren(A + "p"):
        spans = _spans(paragraph, shape, theme)
        if not any(text.strip() for text, _ in spans):
            continue
        properties = paragraph.find(A + "pPr")
        level = min(int(_number(properties, "lvl")), 8) if properties is not None else 0
        chain = _chain(properties, shape.text_styles, level)
        marker, kind, is_item = _marker(chain, level, counters)
        if not is_item and shape.placeholder in ("body", "obj", "") and level > 0 and kind is None:
            is_item = True  # nothing says whether it has a bullet: the level says that it is an item
        indent = next((_number(step, "marL") for step in chain if step.get("marL") is not None), 0.0)
        frame = Frame(
            style_name,
            None,
            fill,
            position,
            level if is_item else None,
            marker,
            kind or Marker.NONE,
            indent_pt=indent / EMU_PER_POINT,
            in_cell=in_cell,
        )
        blocks += set_paragraph(spans, frame)
    return blocks


def _chain(properties: etree._Element | None, styles: Sequence[etree._Element], level: int) -> list[etree._Element]:
    """What speaks of a paragraph of a level, nearest first: its own properties, then each list style."""
    chain = [] if properties is None else [properties]
    for style in styles:
        step = style.find(f"{A}lvl{level + 1}pPr")
        if step is not None:
            chain.append(step)
    return chain


def _marker(
    chain: Sequence[etree._Element], level: int, counters: dict[int, tuple[str, int]]
) -> tuple[str, Marker | None, bool]:
    """(marker, kind, whether it is an item); the kind is None when nothing says."""
    font = ""
    found: etree._Element | None = None
    for step in chain:
        typeface = step.find(A + "buFont")
        font = font or ("" if typeface is None else typeface.get("typeface", ""))
        if found is None:
            found = next((child for child in step if child.tag in _BULLETS), None)
    for deeper in [known for known in counters if known > level]:
        del counters[deeper]
    if found is None or found.tag != A + "buAutoNum":
        counters.pop(level, None)
    if found is None:
        return "", None, False
    if found.tag == A + "buChar":
        return bullet_glyph(found.get("char", ""), font), Marker.BULLET, True
    if found.tag == A + "buBlip":
        return bullet_glyph(""), Marker.BULLET, True
    if found.tag == A + "buNone":
        return "", Marker.NONE, False
    kind = found.get("type", "arabicPeriod")
    start = int(_number(found, "startAt")) or 1
    known, last = counters.get(level, ("", 0))
    number = last + 1 if known == f"{kind}{start}" else start
    counters[level] = (f"{kind}{start}", number)
    ending = next((name for name in _NUMBER_ENDINGS if kind.endswith(name)), "Plain")
    written = format_number(number, _NUMBER_FORMATS.get(kind.removesuffix(ending), "decimal"))
    return _NUMBER_ENDINGS[ending].format(written), Marker.NUMBER, True


_BULLETS = frozenset(A + name for name in ("buNone", "buChar", "buAutoNum", "buBlip"))


def _spans(paragraph: etree._Element, shape: _Shape, theme: Theme) -> list[Span]:
    properties = paragraph.find(A + "pPr")
    level = min(int(_number(properties, "lvl")), 8) if properties is not None else 0
    steps = [step.find(A + "defRPr") for step in _chain(None, shape.text_styles, level)]
    inherited = [step for step in steps if step is not None]
    reference = shape.element.find(f"{P}style/{A}fontRef")
    spans: list[Span] = []
    for child in paragraph:
        if child.tag == A + "r" or child.tag == A + "fld":
            own = child.find(A + "rPr")
            face = _face(inherited if own is None else [own, *inherited], reference, theme)
            text = child.findtext(A + "t") or ""
            text = symbol_text(text, face.font) if face.font.lower() in SYMBOL_FONTS else text
            spans.append((text.replace("\v", "\n"), face))
        elif child.tag == A + "br":
            spans.append(("\n", spans[-1][1] if spans else _face(inherited, reference, theme)))
    return spans


def _face(chain: Sequence[etree._Element], reference: etree._Element | None, theme: Theme) -> Face:
    def first(name: str) -> str:
        return next((value for step in chain if (value := step.get(name)) is not None), "")

    size, color, font = first("sz"), None, ""
    for step in chain:
        fill = step.find(A + "solidFill")
        if color is None and fill is not None:
            color = theme.color(fill)
        latin = step.find(A + "latin")
        if not font and latin is not None:
            font = theme.font(latin.get("typeface", ""))
    if color is None and reference is not None:
        color = theme.color(reference)
    size_pt = int(size) / 100 if size.isdecimal() else _DEFAULT_SIZE_PT
    bold, italic = first("b") in ("1", "true"), first("i") in ("1", "true")
    return Face(font, size_pt, bold, italic, "" if color in (None, "000000") else color)


def _fill(shape: _Shape, theme: Theme) -> str:
    properties = shape.element.find(P + "spPr")
    if properties is None or properties.find(A + "noFill") is not None:
        return ""
    for name in (f"{A}solidFill", f"{A}gradFill/{A}gsLst/{A}gs"):
        fill = properties.find(name)
        if fill is not None:
            return _not_white(theme.color(fill))
    reference = shape.element.find(f"{P}style/{A}fillRef")
    return _not_white(theme.color(reference)) if reference is not None and reference.get("idx", "0") != "0" else ""


def _not_white(color: str | None) -> str:
    return "" if color is None or color == "ffffff" else color


def _table_blocks(table: etree._Element, shape: _Shape, number: int, theme: Theme) -> list[Block]:
    position = _position(shape, number, None)
    cells = []
    rows = table.findall(A + "tr")
    for row_index, row in enumerate(rows):
        for column_index, tc in enumerate(row.findall(A + "tc")):
            if tc.get("hMerge") in ("1", "true") or tc.get("vMerge") in ("1", "true"):
                continue
            fill_element = tc.find(f"{A}tcPr/{A}solidFill")
            fill = "" if fill_element is None else _not_white(theme.color(fill_element))
            body = tc.find(A + "txBody")
            content = [] if body is None else _paragraph_blocks(body, shape, position, "", theme, in_cell=True)
            spans = (max(1, int(_number(tc, "rowSpan"))), max(1, int(_number(tc, "gridSpan"))))
            cells.append(Cell(row_index, column_index, tuple(content), *spans, fill))
    if not any(cell.blocks for cell in cells):
        return []
    column_count = max(cell.column_index + cell.column_span for cell in cells)
    return [Block(position=position, table=Table(len(rows), column_count, tuple(cells)))]


def _attach_tiles(placed: list[tuple[_Shape, list[Block]]]) -> list[tuple[_Shape, list[Block]]]:
    """Make a number alone in a small shape the marker of the text set beside it on its right."""
    kept = list(placed)
    for tile, tile_blocks in placed:
        if len(tile_blocks) != 1 or not _is_tile(tile_blocks[0]):
            continue
        height = tile.y1_pt - tile.y0_pt
        beside = [
            (shape.x0_pt - tile.x1_pt, index)
            for index, (shape, blocks) in enumerate(kept)
            if shape is not tile
            and -height / 2 <= shape.x0_pt - tile.x1_pt <= 2 * (tile.x1_pt - tile.x0_pt)
            and min(shape.y1_pt, tile.y1_pt) - max(shape.y0_pt, tile.y0_pt) >= height / 2
            and blocks[0].table is None
            and blocks[0].marker_kind is not Marker.NUMBER
            and not _is_tile(blocks[0])
        ]
        if not beside:
            continue
        _, index = min(beside)
        shape, blocks = kept[index]
        first = replace(blocks[0], marker=tile_blocks[0].text, marker_kind=Marker.NUMBER)
        shape = shape._replace(x0_pt=min(shape.x0_pt, tile.x0_pt), y0_pt=min(shape.y0_pt, tile.y0_pt))
        kept[index] = (shape, [first, *blocks[1:]])
        kept = [entry for entry in kept if entry[0] is not tile]
    return kept


def _is_tile(block: Block) -> bool:
    text = block.text.rstrip(".)")
    return block.table is None and len(block.text) <= _MAX_TILE_CHARACTERS and (text.isdecimal() or len(text) == 1)
