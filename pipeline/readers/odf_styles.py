"""Styles and list definitions of OpenDocument files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from lxml import etree

from pipeline.readers.numbering import LEVELS, ListLevel
from pipeline.readers.paragraphs import Face

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"

_MAX_CHAIN = 30
_LENGTH = re.compile(r"^(-?\d+(?:\.\d+)?)(pt|cm|mm|in|pc|px)$")
_POINTS = {"pt": 1.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pc": 12.0, "px": 0.75}
_NUMBER_FORMATS = {
    "1": "decimal",
    "i": "lowerRoman",
    "I": "upperRoman",
    "a": "lowerLetter",
    "A": "upperLetter",
    "": "none",
}
_COLOR = re.compile(r"^#[0-9a-fA-F]{6}$")


class ParagraphStyle(NamedTuple):
    """What a paragraph style finally says."""

    name: str = ""  # of the style that a person sees, not of the automatic one
    outline_level: int | None = None
    list_style: str = ""
    left_pt: float = 0.0
    fill: str = ""
    page_break_before: bool = False
    page_break_after: bool = False


class OdfStyles:
    """All styles of a document, those of content.xml over those of styles.xml."""

    def __init__(self, *roots: etree._Element | None) -> None:
        self._styles: dict[tuple[str, str], etree._Element] = {}
        self._defaults: dict[str, etree._Element] = {}
        self._lists: dict[str, etree._Element] = {}
        self._automatic: set[tuple[str, str]] = set()
        self.outline: etree._Element | None = None
        fonts: dict[str, str] = {}
        for root in roots:
            if root is None:
                continue
            for face in root.iter(STYLE + "font-face"):
                fonts[face.get(STYLE + "name", "")] = face.get(SVG + "font-family", "").strip("'\"")
            for container in (*root.findall(OFFICE + "styles"), *root.findall(OFFICE + "automatic-styles")):
                self._collect(container)
        self._fonts = fonts
        self.face = cache(self._face)
        self.paragraph = cache(self._paragraph)
        self.cell_fill = cache(self._cell_fill)
        self.list_levels = cache(self._list_levels)
        self.outline_levels = cache(self._outline_levels)

    def _collect(self, container: etree._Element) -> None:
        is_automatic = container.tag == OFFICE + "automatic-styles"
        for element in container:
            if element.tag == STYLE + "style":
                key = (element.get(STYLE + "family", ""), element.get(STYLE + "name", ""))
                self._styles[key] = element
                if is_automatic:
                    self._automatic.add(key)
            elif element.tag == STYLE + "default-style":
                self._defaults[element.get(STYLE + "family", "")] = element
            elif element.tag == TEXT + "list-style":
                self._lists[element.get(STYLE + "name", "")] = element
            elif element.tag == TEXT + "outline-style":
                self.outline = element

    def chain(self, family: str, name: str) -> Iterator[tuple[tuple[str, str], etree._Element]]:
        """A style and its parents, nearest first, then the default of its family; a loop ends."""
        seen: set[str] = set()
        while (family, name) in self._styles and name not in seen and len(seen) < _MAX_CHAIN:
            seen.add(name)
            element = self._styles[family, name]
            yield (family, name), element
            name = element.get(STYLE + "parent-style-name", "")
        if family in self._defaults:
            yield (family, ""), self._defaults[family]

    def _first(self, family: str, name: str, properties: str, attribute: str) -> str | None:
        for _, element in self.chain(family, name):
            found = element.find(STYLE + properties)
            if found is not None and found.get(attribute) is not None:
                return found.get(attribute)
        return None

    def _face(self, paragraph: str, *spans: str) -> tuple[Face, bool]:
        """(face, hidden) of text in a paragraph style and the text styles laid over it, outermost first."""

        def first(attribute: str) -> str | None:
            for span in reversed(spans):
                value = self._of_text_style(span, attribute)
                if value is not None:
                    return value
            return self._first("paragraph", paragraph, "text-properties", attribute)

        color = first(FO + "color") or ""
        font = first(STYLE + "font-name")
        face = Face(
            self._fonts.get(font, font) if font else (first(FO + "font-family") or "").strip("'\""),
            self._size_pt(paragraph, spans),
            first(FO + "font-weight") in ("bold", "600", "700", "800", "900"),
            first(FO + "font-style") in ("italic", "oblique"),
            "" if color == "#000000" or not _COLOR.match(color) else color[1:].lower(),
        )
        return face, first(TEXT + "display") == "none"

    def _size_pt(self, paragraph: str, spans: tuple[str, ...]) -> float:
        """Size of text; percentages are of what they are laid over."""
        share = 1.0
        steps = [step for span in reversed(spans) for step in self.chain("text", span) if step[0][1]]
        for _, element in (*steps, *self.chain("paragraph", paragraph)):
            properties = element.find(STYLE + "text-properties")
            size = "" if properties is None else properties.get(FO + "font-size", "")
            absolute = length_pt(size)
            if absolute is not None:
                return round(absolute * share, 2)
            share *= _share(size) if size.endswith("%") else 1.0
        return 0.0

    def _of_text_style(self, name: str, attribute: str) -> str | None:
        for (_, step), element in self.chain("text", name):
            found = element.find(STYLE + "text-properties") if step else None
            if found is not None and found.get(attribute) is not None:
                return found.get(attribute)
        return None

    def _paragraph(self, name: str) -> ParagraphStyle:
        shown, outline_level, list_style = "", None, None
        for key, element in self.chain("paragraph", name):
            if not shown and key not in self._automatic and key[1]:
                shown = element.get(STYLE + "display-name") or key[1].replace("_20_", " ")
            level = element.get(STYLE + "default-outline-level", "")
            if outline_level is None and level.isdecimal():
                outline_level = int(level)
            if list_style is None:
                list_style = element.get(STYLE + "list-style-name")

        def first(attribute: str) -> str:
            return self._first("paragraph", name, "paragraph-properties", attribute) or ""

        return ParagraphStyle(
            shown or name,
            outline_level,
            list_style or "",
            length_pt(first(FO + "margin-left")) or 0.0,
            fill_color(first(FO + "background-color")),
            first(FO + "break-before") == "page",
            first(FO + "break-after") == "page",
        )

    def _cell_fill(self, name: str) -> str:
        return fill_color(self._first("table-cell", name, "table-cell-properties", FO + "background-color") or "")

    def cell_face(self, name: str) -> Face:
        """Face of the text of a spreadsheet cell."""

        def first(attribute: str) -> str:
            return self._first("table-cell", name, "text-properties", attribute) or ""

        color, font = first(FO + "color"), first(STYLE + "font-name")
        return Face(
            self._fonts.get(font, font),
            length_pt(first(FO + "font-size")) or 0.0,
            first(FO + "font-weight") == "bold",
            first(FO + "font-style") == "italic",
            "" if color == "#000000" or not _COLOR.match(color) else color[1:].lower(),
        )

    def is_shown_table(self, name: str) -> bool:
        """Whether a sheet of this table style is shown."""
        return self._first("table", name, "table-properties", TABLE + "display") != "false"

    def _list_levels(self, name: str) -> tuple[ListLevel, ...]:
        element = self._lists.get(name)
        return () if element is None else _read_levels(element)

    def _outline_levels(self) -> tuple[ListLevel, ...]:
        return () if self.outline is None else _read_levels(self.outline)


def length_pt(value: str) -> float | None:
    """A length with its unit as points; None for what is no absolute length."""
    match = _LENGTH.match(value)
    return None if match is None else round(float(match[1]) * _POINTS[match[2]], 2)


def _share(value: str) -> float:
    try:
        return float(value.removesuffix("%")) / 100
    except ValueError:
        return 1.0


def fill_color(value: str) -> str:
    """rrggbb of a background; empty for none or white."""
    return "" if not _COLOR.match(value) or value.lower() == "#ffffff" else value[1:].lower()


def _read_levels(element: etree._Element) -> tuple[ListLevel, ...]:
    levels = [ListLevel(number_format="none")] * LEVELS
    for child in element:
        value = child.get(TEXT + "level", "")
        if not value.isdecimal() or not 1 <= int(value) <= LEVELS:
            continue
        levels[int(value) - 1] = _read_level(child, int(value))
    return tuple(levels)


def _read_level(element: etree._Element, number: int) -> ListLevel:
    prefix, suffix = element.get(STYLE + "num-prefix", ""), element.get(STYLE + "num-suffix", "")
    place = element.find(f"{STYLE}list-level-properties/{STYLE}list-level-label-alignment")
    left_pt = None if place is None else length_pt(place.get(FO + "margin-left", ""))
    glyph = element.get(TEXT + "bullet-char")
    if glyph is not None or element.tag.endswith("-image"):
        properties = element.find(STYLE + "text-properties")
        fonts = [] if properties is None else [properties.get(FO + "font-family"), properties.get(STYLE + "font-name")]
        font = next((name for name in fonts if name), "")
        return ListLevel(glyph or "", "bullet", font=font.strip("'\""), left_pt=left_pt)
    letters = element.get(STYLE + "num-format", "")
    number_format = "decimalZero" if letters.startswith("0") else _NUMBER_FORMATS.get(letters, "decimal")
    start, shown = element.get(TEXT + "start-value", "1"), element.get(TEXT + "display-levels", "1")
    first = max(1, number + 1 - int(shown)) if shown.isdecimal() else number
    pattern = element.get("{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}num-list-format")
    if pattern is not None:
        text = re.sub(r"%(\d)%", r"%\1", pattern)
    else:
        text = prefix + ".".join(f"%{level}" for level in range(first, number + 1)) + suffix
    if number_format == "none":
        text = f"{prefix}{suffix}"
    return ListLevel(text, number_format, int(start) if start.isdecimal() else 1, left_pt=left_pt)
