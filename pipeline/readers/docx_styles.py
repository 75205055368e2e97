"""Styles and numbering of a Word file: what a style, a list level or a table style finally says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from lxml import etree

from pipeline.readers.names import heading_level, list_style_level
from pipeline.readers.numbering import LEVELS, ListLevel
from pipeline.readers.paragraphs import Face

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
VAL = W + "val"
TWIPS_PER_POINT = 20
_OFF = ("0", "false", "off", "none")
_NO_FILL = ("", "auto", "ffffff")
_MAX_CHAIN = 30


class FacePart(NamedTuple):
    """What one place says of characters; None where it says nothing."""

    font: str | None = None
    size_pt: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    color: str | None = None
    hidden: bool | None = None
    style_id: str = ""


class ParagraphPart(NamedTuple):
    """What one place says of a paragraph; None where it says nothing."""

    outline_level: int | None = None  # 1-9; 0 for body text
    num_id: str | None = None
    list_level: int | None = None
    left_pt: float | None = None
    page_break_before: bool | None = None
    fill: str | None = None
    num_from_style: str = ""  # id of the style that gives the number
    indent_from_style: bool = False  # the style that gives the number gives the indent too
    named_list_level: int | None = None  # level from 0 that the name of the style tells ("List Bullet 2")
    style_id: str = ""
    mark_gone: bool = False  # the paragraph mark was deleted: the paragraph goes on in the next
    section_ends: bool = False


class TablePart(NamedTuple):
    """What a table style says of one part of a table (whole, first row ...)."""

    face: FacePart = FacePart()
    fill: str | None = None


NO_FACE = FacePart()
NO_PARAGRAPH = ParagraphPart()
NO_TABLE_PART = TablePart()


class Styles:
    """The styles of a file, resolved on demand through `basedOn`."""

    def __init__(self, root: etree._Element | None, theme_fonts: Mapping[str, str]) -> None:
        self._theme_fonts = theme_fonts
        self._elements: dict[str, etree._Element] = {}
        self._names: dict[str, str] = {}
        self._default_paragraph = ""
        self.defaults = NO_FACE
        if root is not None:
            for element in root.iterchildren(W + "style"):
                self._add(element)
            run_defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
            if run_defaults is not None:
                self.defaults = read_face(run_defaults, theme_fonts)
        self.face = cache(self._face)
        self.paragraph = cache(self._paragraph)
        self.table = cache(self._table)
        self.effective_face = cache(self._effective_face)

    def _add(self, element: etree._Element) -> None:
        style_id = element.get(W + "styleId", "")
        name = element.find(W + "name")
        self._elements[style_id] = element
        self._names[style_id] = style_id if name is None else name.get(VAL, style_id)
        if element.get(W + "type") == "paragraph" and is_on(element.get(W + "default", "0")):
            self._default_paragraph = style_id

    def name(self, style_id: str) -> str:
        """Name of a paragraph style as a person sees it; built-in headings with a capital."""
        name = self._names.get(style_id or self._default_paragraph, style_id)
        return name[:1].upper() + name[1:]

    def _chain(self, style_id: str) -> Iterator[tuple[str, etree._Element]]:
        """The style and those that it is based on, nearest first; a loop ends."""
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen and len(seen) < _MAX_CHAIN:
            seen.add(style_id)
            element = self._elements[style_id]
            yield style_id, element
            based_on = element.find(W + "basedOn")
            style_id = "" if based_on is None else based_on.get(VAL, "")

    def _face(self, style_id: str) -> FacePart:
        merged = NO_FACE
        for _, element in self._chain(style_id):
            properties = element.find(W + "rPr")
            if properties is not None:
                merged = over(merged, read_face(properties, self._theme_fonts))
        return merged

    def _paragraph(self, style_id: str) -> ParagraphPart:
        merged = NO_PARAGRAPH
        heading: int | None = None
        list_level: int | None = None
        for step_id, element in self._chain(style_id or self._default_paragraph):
            properties = element.find(W + "pPr")
            if properties is not None:
                part = read_paragraph(properties)
                if part.num_id is not None:
                    part = part._replace(num_from_style=step_id, indent_from_style=part.left_pt is not None)
                merged = _over_paragraph(merged, part)
            heading = heading_level(self._names[step_id]) if heading is None else heading
            list_level = list_style_level(self._names[step_id]) if list_level is None else list_level
        if merged.outline_level is None and heading is not None:
            merged = merged._replace(outline_level=heading)
        return merged._replace(named_list_level=list_level)

    def _table(self, style_id: str, kind: str) -> TablePart:
        face, fill = NO_FACE, None
        for _, element in self._chain(style_id):
            for part in (element,) if not kind else element.iterchildren(W + "tblStylePr"):
                if kind and part.get(W + "type") != kind:
                    continue
                properties = part.find(W + "rPr")
                face = face if properties is None else over(face, read_face(properties, self._theme_fonts))
                if fill is None:
                    fill = read_fill(part.find(f"{W}tcPr/{W}shd"))
        return TablePart(face, fill)

    def direct_face(self, properties: etree._Element) -> FacePart:
        """What the properties of a run say."""
        return read_face(properties, self._theme_fonts)

    def _effective_face(self, table: FacePart, paragraph_style: str, direct: FacePart) -> tuple[Face, bool]:
        """(face, hidden) of a run: defaults, table, paragraph style, character style, direct, nearest wins.

        Bold, italic and hidden given by several styles cancel each other out (ECMA-376 17.7.3); direct settings do not.
        """
        layers = (direct, self.face(direct.style_id), self.face(paragraph_style or self._default_paragraph), table)
        merged = self.defaults
        for layer in reversed(layers):
            merged = over(layer, merged)

        def toggled(values: tuple[bool | None, ...], default: bool | None) -> bool:
            if values[0] is not None:
                return values[0]
            if all(value is None for value in values):
                return bool(default)
            return sum(value is True for value in values) % 2 == 1

        bold = toggled(tuple(layer.bold for layer in layers), self.defaults.bold)
        italic = toggled(tuple(layer.italic for layer in layers), self.defaults.italic)
        hidden = toggled(tuple(layer.hidden for layer in layers), self.defaults.hidden)
        return Face(merged.font or "", merged.size_pt or 10.0, bold, italic, merged.color or ""), hidden


def over(upper: FacePart, lower: FacePart) -> FacePart:
    """Lay one part over another: what the upper one says wins."""
    if lower is NO_FACE:
        return upper
    if upper is NO_FACE:
        return lower
    return FacePart(
        lower.font if upper.font is None else upper.font,
        lower.size_pt if upper.size_pt is None else upper.size_pt,
        lower.bold if upper.bold is None else upper.bold,
        lower.italic if upper.italic is None else upper.italic,
        lower.color if upper.color is None else upper.color,
        lower.hidden if upper.hidden is None else upper.hidden,
        upper.style_id or lower.style_id,
    )


def _over_paragraph(upper: ParagraphPart, lower: ParagraphPart) -> ParagraphPart:
    numbered = upper if upper.num_id is not None else lower
    return ParagraphPart(
        lower.outline_level if upper.outline_level is None else upper.outline_level,
        numbered.num_id,
        lower.list_level if upper.list_level is None else upper.list_level,
        lower.left_pt if upper.left_pt is None else upper.left_pt,
        lower.page_break_before if upper.page_break_before is None else upper.page_break_before,
        lower.fill if upper.fill is None else upper.fill,
        numbered.num_from_style,
        numbered.indent_from_style,
    )


def is_on(value: str | None) -> bool:
    """Read an on/off value; a missing one is on, as in `<w:b/>`."""
    return value is None or value.lower() not in _OFF


def read_color(value: str | None) -> str | None:
    """A text colour as rrggbb; automatic and black are the empty string, None stays None."""
    if value is None:
        return None
    value = value.lower()
    return "" if value in ("auto", "000000") or len(value) != 6 else value


def read_fill(shading: etree._Element | None) -> str | None:
    """A shading as rrggbb, empty for white or none; None when there is no shading."""
    if shading is None:
        return None
    attribute = "color" if shading.get(VAL) == "solid" else "fill"
    value = shading.get(W + attribute, "").lower()
    return "" if value in _NO_FILL or len(value) != 6 else value


def points(value: str | None) -> float | None:
    """Twips as points; None when missing or no number."""
    if value is None:
        return None
    try:
        return float(value) / TWIPS_PER_POINT
    except ValueError:
        return None


_BOLD, _ITALIC, _VANISH, _SIZE, _COLOR, _FONTS, _RUN_STYLE = (
    W + name for name in ("b", "i", "vanish", "sz", "color", "rFonts", "rStyle")
)
_FONT_ASCII, _FONT_OTHER, _FONT_THEME = W + "ascii", W + "hAnsi", W + "asciiTheme"
_PARAGRAPH_STYLE, _OUTLINE, _NUMBERING, _INDENT, _BREAK_BEFORE, _SHADING, _MARK, _SECTION = (
    W + name for name in ("pStyle", "outlineLvl", "numPr", "ind", "pageBreakBefore", "shd", "rPr", "sectPr")
)
_MARK_GONE = (W + "del", W + "moveFrom")
_NUM_ID, _LIST_LEVEL = W + "numId", W + "ilvl"
_LEFT, _START = W + "left", W + "start"


def read_face(properties: etree._Element, theme_fonts: Mapping[str, str]) -> FacePart:
    """Read an `rPr`."""
    font: str | None = None
    size_pt: float | None = None
    bold = italic = hidden = None
    color: str | None = None
    style_id = ""
    for child in properties:
        tag = child.tag
        if tag == _BOLD:
            bold = is_on(child.get(VAL))
        elif tag == _SIZE:
            doubled = points(child.get(VAL))
            size_pt = None if doubled is None else doubled * TWIPS_PER_POINT / 2
        elif tag == _COLOR:
            color = read_color(child.get(VAL))
        elif tag == _FONTS:
            theme = child.get(_FONT_THEME)
            font = child.get(_FONT_ASCII) or child.get(_FONT_OTHER) if theme is None else theme_fonts.get(theme[:5])
        elif tag == _ITALIC:
            italic = is_on(child.get(VAL))
        elif tag == _VANISH:
            hidden = is_on(child.get(VAL))
        elif tag == _RUN_STYLE:
            style_id = child.get(VAL, "")
    return FacePart(font, size_pt, bold, italic, color, hidden, style_id)


def read_paragraph(properties: etree._Element) -> ParagraphPart:
    """Read a `pPr`, of a style or of a paragraph."""
    outline_level = list_level = left_pt = page_break_before = fill = num_id = None
    style_id = ""
    mark_gone = section_ends = False
    for child in properties:
        tag = child.tag
        if tag == _PARAGRAPH_STYLE:
            style_id = child.get(VAL, "")
        elif tag == _OUTLINE:
            level = child.get(VAL, "")
            outline_level = int(level) + 1 if level.isdecimal() and int(level) < LEVELS else 0
        elif tag == _NUMBERING:
            num_id, list_level = _read_numbering(child)
        elif tag == _INDENT:
            left_pt = points(child.get(_LEFT, child.get(_START)))
        elif tag == _BREAK_BEFORE:
            page_break_before = is_on(child.get(VAL))
        elif tag == _SHADING:
            fill = read_fill(child)
        elif tag == _MARK:
            mark_gone = any(mark.tag in _MARK_GONE for mark in child)
        elif tag == _SECTION:
            section_ends = True
    return ParagraphPart(
        outline_level,
        num_id,
        list_level,
        left_pt,
        page_break_before,
        fill,
        style_id=style_id,
        mark_gone=mark_gone,
        section_ends=section_ends,
    )


def _read_numbering(element: etree._Element) -> tuple[str | None, int | None]:
    num_id, level = element.find(_NUM_ID), element.find(_LIST_LEVEL)
    value = "" if level is None else level.get(VAL, "")
    return (
        None if num_id is None else num_id.get(VAL, "0"),
        min(int(value), LEVELS - 1) if value.isdecimal() else None,
    )


def read_theme_fonts(root: etree._Element | None) -> dict[str, str]:
    """Latin fonts of a theme by the first letters of their use: {"major": ..., "minor": ...}."""
    if root is None:
        return {}
    fonts = {}
    for use in ("major", "minor"):
        latin = root.find(f".//{A}{use}Font/{A}latin")
        if latin is not None:
            fonts[use] = latin.get("typeface", "")
    return fonts


class Numbering:
    """List definitions of a file: the levels of each list, and which list counts with which."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstracts: dict[str, etree._Element] = {}
        self._nums: dict[str, etree._Element] = {}
        self._by_style_link: dict[str, str] = {}
        if root is not None:
            for element in root.iterchildren(W + "abstractNum"):
                abstract_id = element.get(W + "abstractNumId", "")
                self._abstracts[abstract_id] = element
                link = element.find(W + "styleLink")
                if link is not None:
                    self._by_style_link[link.get(VAL, "")] = abstract_id
            for element in root.iterchildren(W + "num"):
                self._nums[element.get(W + "numId", "")] = element
        self.levels = cache(self._levels)
        self.abstract_id = cache(self._abstract_id)
        self.start_overrides = cache(self._start_overrides)
        self.level_of_style = cache(self._level_of_style)

    def _abstract_id(self, num_id: str) -> str:
        """Id of the abstract list that a list counts in, links by style followed; "" when there is none."""
        num = self._nums.get(num_id)
        reference = None if num is None else num.find(W + "abstractNumId")
        abstract_id = "" if reference is None else reference.get(VAL, "")
        abstract = self._abstracts.get(abstract_id)
        link = None if abstract is None else abstract.find(W + "numStyleLink")
        if link is not None:
            style_id = link.get(VAL, "")
            linked = self._by_style_link.get(style_id)
            if linked is None:
                target = self._styles.paragraph(style_id).num_id
                linked = self.abstract_id(target) if target is not None and target != num_id else None
            return abstract_id if linked is None else linked
        return abstract_id if abstract is not None else ""

    def _level_elements(self, num_id: str) -> dict[int, etree._Element]:
        abstract = self._abstracts.get(self.abstract_id(num_id))
        found = {} if abstract is None else {_level_index(e): e for e in abstract.iterchildren(W + "lvl")}
        for override in self._overrides(num_id):
            for element in override.iterchildren(W + "lvl"):
                found[_level_index(element)] = element
        return found

    def _overrides(self, num_id: str) -> Iterator[etree._Element]:
        num = self._nums.get(num_id)
        if num is not None:
            yield from num.iterchildren(W + "lvlOverride")

    def _levels(self, num_id: str) -> tuple[ListLevel, ...]:
        """The nine levels of a list; () when it is not defined."""
        elements = self._level_elements(num_id)
        if not elements:
            return ()
        missing = ListLevel(number_format="none")
        return tuple(_read_level(elements[i]) if i in elements else missing for i in range(LEVELS))

    def _start_overrides(self, num_id: str) -> dict[int, int]:
        """{level index: number} that a list restarts from when it is first used."""
        starts = {}
        for override in self._overrides(num_id):
            start = override.find(W + "startOverride")
            if start is not None and start.get(VAL, "").isdecimal():
                starts[_level_index(override)] = int(start.get(VAL, "1"))
        return starts

    def _level_of_style(self, num_id: str, style_id: str) -> int | None:
        """Level that is linked to a paragraph style."""
        for index, element in sorted(self._level_elements(num_id).items()):
            linked = element.find(W + "pStyle")
            if linked is not None and linked.get(VAL) == style_id:
                return index
        return None


def _level_index(element: etree._Element) -> int:
    value = element.get(W + "ilvl", "0")
    return min(int(value), LEVELS - 1) if value.isdecimal() else 0


def _read_level(element: etree._Element) -> ListLevel:
    def value(name: str, default: str) -> str:
        child = element.find(W + name)
        return default if child is None else child.get(VAL, default)

    start, restart = value("start", "1"), value("lvlRestart", "")
    fonts = element.find(f"{W}rPr/{W}rFonts")
    indent = element.find(f"{W}pPr/{W}ind")
    number_format = element.find(f".//{W}numFmt")
    legal = element.find(W + "isLgl")
    return ListLevel(
        text=value("lvlText", ""),
        number_format="decimal" if number_format is None else number_format.get(VAL, "decimal"),
        start=int(start) if start.isdecimal() else 1,
        restart_after=int(restart) if restart.isdecimal() else None,
        all_decimal=legal is not None and is_on(legal.get(VAL)),
        font="" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or "",
        left_pt=None if indent is None else points(indent.get(W + "left", indent.get(W + "start"))),
    )
