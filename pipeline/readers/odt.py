"""OpenDocument texts (.odt): content.xml walked once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from pipeline.exceptions import SourceError
from pipeline.model import Block, Cell, Document, Marker, Position, Role, Table, build_document
from pipeline.readers.names import heading_level, is_contents_style, is_title_style, list_style_level
from pipeline.readers.numbering import LEVELS, ListLevel, advance, write_marker
from pipeline.readers.odf_styles import DRAW, OFFICE, STYLE, TABLE, TEXT, OdfStyles
from pipeline.readers.package import open_package, read_xml
from pipeline.readers.paragraphs import Frame, Span, frame_block, furniture_key, set_paragraph
from pipeline.readers.symbols import SYMBOL_FONTS, bullet_glyph, symbol_text

TITLE = "{http://purl.org/dc/elements/1.1/}title"
#: Elements of a text that hold no text of it: deleted passages, declarations, settings of forms.
_NOT_CONTENT = frozenset(
    TEXT + name
    for name in (
        "tracked-changes",
        "sequence-decls",
        "variable-decls",
        "user-field-decls",
        "index-title-template",
        "hidden-text",
        "table-of-content-source",
        "alphabetical-index-source",
        "illustration-index-source",
    )
)
_INDEXES = frozenset(
    TEXT + name
    for name in ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "user-index")
)
_HEADER_FOOTER = tuple(
    (STYLE + name, role)
    for name, role in (
        ("header", Role.HEADER), ("header-left", Role.HEADER), ("header-first", Role.HEADER),
        ("footer", Role.FOOTER), ("footer-left", Role.FOOTER), ("footer-first", Role.FOOTER),
    )
)  # fmt: skip
_MAX_REPEATED = 1000
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")


def read_odt(data: bytes, source: str) -> Document:
    """Read an OpenDocument text: body in order, then headers and footers (once each), notes and comments.

    Lists are numbered, deletions left out. Pages follow the breaks that the file records. Raises SourceError
    `file_broken`, `file_encrypted`, `archive_too_big`, `xml_doctype`.
    """
    archive = open_package(data, source)
    content = read_xml(archive, "content.xml", source)
    style_root = read_xml(archive, "styles.xml", source)
    body = None if content is None else content.find(f"{OFFICE}body/{OFFICE}text")
    if content is None or body is None:
        raise SourceError("file_broken", file=source)
    walk = _Walk(OdfStyles(style_root, content))
    walk.pages_recorded = next(body.iter(TEXT + "soft-page-break"), None) is not None
    blocks = walk.blocks(body, Role.BODY)
    page_count = walk.page_number
    walk.page_number = 0
    if style_root is not None:
        blocks += _headers_and_footers(style_root, walk)
    blocks += walk.notes
    metadata = read_xml(archive, "meta.xml", source)
    title = None if metadata is None else metadata.findtext(f".//{TITLE}")
    return build_document(source, "odt", blocks, page_count=page_count, title=" ".join((title or "").split()))


def _headers_and_footers(style_root: etree._Element, walk: _Walk) -> list[Block]:
    blocks: list[Block] = []
    seen: set[tuple[str, ...]] = set()
    for tag, role in _HEADER_FOOTER:
        for element in style_root.iter(tag):
            if element.get(STYLE + "display") == "false":
                continue
            found = walk.blocks(element, role)
            text = furniture_key(found)
            if text not in seen:
                seen.add(text)
                blocks += found
    return blocks


class _Walk:
    """State of one walk: counters of lists, page, boxes, notes met."""

    def __init__(self, styles: OdfStyles) -> None:
        self.styles = styles
        self.page_number = 1
        self.pages_recorded = False
        self.notes: list[Block] = []
        self._counters: dict[str, list[int | None]] = {}  # id of a list -> its counters
        self._last_of_style: dict[str, str] = {}  # list style -> id of the last list of that style
        self._outline: list[int | None] = [None] * LEVELS
        self._box_count = 0
        self._list_count = 0
        self._frames: list[etree._Element] = []
        self._any_text = False

    # ------------------------------------------------------------------------------------------------- containers

    def blocks(self, container: etree._Element, role: Role, *, in_cell: bool = False) -> list[Block]:
        """Blocks of a body, a section, a cell, a text box or a note."""
        blocks: list[Block] = []
        for element in container:
            tag = element.tag
            if tag == TEXT + "p" or tag == TEXT + "h":
                blocks += self._paragraph(element, role, in_cell)
            elif tag == TEXT + "list":
                blocks += self._list(element, role, in_cell, 0, "", "")
            elif tag == TEXT + "numbered-paragraph":
                opened = self._open_list(element, "", "")
                blocks += self._list_items([element], role, in_cell, _level_of(element), *opened)
            elif tag == TABLE + "table":
                blocks += self._table(element, role)
            elif tag in _INDEXES:
                inner = element.find(TEXT + "index-body")
                if inner is not None:
                    blocks += self.blocks(inner, Role.CONTENTS if role is Role.BODY else role, in_cell=in_cell)
            elif tag == TEXT + "soft-page-break":
                self._new_page(recorded=True)
            elif tag == DRAW + "frame" or tag == DRAW + "custom-shape" or tag == DRAW + "g":
                blocks += self._frame_blocks(element, role)
            elif tag == TEXT + "section" and element.get(TEXT + "display") == "none":
                continue
            elif tag not in _NOT_CONTENT and tag.startswith((TEXT, OFFICE)):
                blocks += self.blocks(element, role, in_cell=in_cell)
        return blocks

    # ------------------------------------------------------------------------------------------------------ lists

    def _open_list(self, element: etree._Element, list_id: str, style_name: str) -> tuple[str, str]:
        """(id of the counters, list style) of a list, its own or those of the list it goes on or is part of."""
        style_name = element.get(TEXT + "style-name", style_name)
        if list_id:
            return list_id, style_name
        self._list_count += 1
        own_id = element.get("{http://www.w3.org/XML/1998/namespace}id") or f"list {self._list_count}"
        continued = element.get(TEXT + "continue-list", "")
        if element.get(TEXT + "continue-numbering") == "true":
            continued = continued or self._last_of_style.get(style_name, "")
        if continued in self._counters:
            self._counters[own_id] = self._counters[continued]
        else:
            self._counters[own_id] = [None] * LEVELS
        self._last_of_style[style_name] = own_id
        return own_id, style_name

    def _list(
        self, element: etree._Element, role: Role, in_cell: bool, level: int, list_id: str, style_name: str
    ) -> list[Block]:
        list_id, style_name = self._open_list(element, list_id, style_name)
        return self._list_items(list(element), role, in_cell, level, list_id, style_name)

    def _list_items(
        self, items: list[etree._Element], role: Role, in_cell: bool, level: int, list_id: str, style_name: str
    ) -> list[Block]:
        blocks: list[Block] = []
        for item in items:
            if item.tag == TEXT + "soft-page-break":
                self._new_page(recorded=True)
                continue
            numbered = item.tag != TEXT + "list-header"
            start = item.get(TEXT + "start-value", "")
            for child in item:
                if child.tag == TEXT + "list":
                    blocks += self._list(child, role, in_cell, min(level + 1, LEVELS - 1), list_id, style_name)
                elif child.tag == TEXT + "p" or child.tag == TEXT + "h":
                    place = self._item_place(child, level, list_id, style_name, start) if numbered else None
                    blocks += self._paragraph(child, role, in_cell, place)
                    numbered = False  # the other paragraphs of an item have no marker
                elif child.tag == TEXT + "soft-page-break":
                    self._new_page(recorded=True)
        return blocks

    def _item_place(
        self, paragraph: etree._Element, level: int, list_id: str, style_name: str, start: str
    ) -> tuple[str, Marker, int, float | None]:
        name = style_name or self.styles.paragraph(paragraph.get(TEXT + "style-name", "")).list_style
        levels = self.styles.list_levels(name) or _PLAIN_LEVELS
        counters = self._counters[list_id]
        if start.isdecimal():
            counters[level] = int(start) - 1
        marker, kind = _count(counters, level, levels)
        return marker, kind, level, levels[level].left_pt

    # ------------------------------------------------------------------------------------------------- paragraphs

    def _paragraph(
        self,
        element: etree._Element,
        role: Role,
        in_cell: bool,
        place: tuple[str, Marker, int, float | None] | None = None,
    ) -> list[Block]:
        style_id = element.get(TEXT + "style-name", "")
        style = self.styles.paragraph(style_id)
        if style.page_break_before and self._any_text:
            self._new_page(recorded=False)
        outline_level = style.outline_level
        level = element.get(TEXT + "outline-level", "")
        if element.tag == TEXT + "h":
            outline_level = int(level) if level.isdecimal() else outline_level or 1
        elif outline_level is None:
            outline_level = heading_level(style.name)
        spans: list[Span] = []
        outer_frames, self._frames = self._frames, []
        page_number = self.page_number
        self._spans(element, style_id, (), spans)
        frames, self._frames = self._frames, outer_frames
        self._any_text = True

        marker, kind, list_level, left_pt = place if place is not None else ("", Marker.NONE, None, None)
        if place is None and element.tag == TEXT + "h" and outline_level and any(text.strip() for text, _ in spans):
            marker, kind = self._heading_number(outline_level, element)
        if list_level is not None:
            list_level = max(list_level, list_style_level(style.name) or 0)
        if role is Role.BODY and is_contents_style(style.name):
            role = Role.CONTENTS
        elif role is Role.BODY and is_title_style(style.name) and not in_cell:
            role = Role.TITLE
        frame = Frame(
            style.name,
            None if role is Role.CONTENTS else outline_level or None,
            style.fill,
            Position(page_number),
            list_level,
            marker,
            kind,
            role,
            style.left_pt if left_pt is None else left_pt,
            in_cell,
        )
        blocks = set_paragraph(spans, frame)
        for drawing in frames:
            blocks += self._frame_blocks(drawing, role)
        if style.page_break_after:
            self._new_page(recorded=False)
        return blocks

    def _heading_number(self, outline_level: int, element: etree._Element) -> tuple[str, Marker]:
        levels = self.styles.outline_levels()
        index = min(outline_level, LEVELS) - 1
        if not levels or element.get(TEXT + "is-list-header") == "true":
            return "", Marker.NONE
        if element.get(TEXT + "restart-numbering") == "true":
            start = element.get(TEXT + "start-value", "1")
            self._outline[index] = int(start) - 1 if start.isdecimal() else None
        return _count(self._outline, index, levels)

    def _spans(self, element: etree._Element, style_id: str, text_styles: tuple[str, ...], spans: list[Span]) -> None:
        """Add the runs of a paragraph; notes, comments and frames are set aside."""
        face, hidden = self.styles.face(style_id, *text_styles)

        def add(text: str | None) -> None:
            if text and not hidden:
                spans.append((text, face))

        add(_collapsed(element.text))
        for child in element:
            tag = child.tag
            if tag == TEXT + "span":
                self._spans(child, style_id, (*text_styles, child.get(TEXT + "style-name", "")), spans)
            elif tag == TEXT + "s":
                count = child.get(TEXT + "c", "1")
                add(" " * (min(int(count), _MAX_REPEATED) if count.isdecimal() else 1))
            elif tag == TEXT + "tab":
                add("\t")
            elif tag == TEXT + "line-break":
                add("\n")
            elif tag == TEXT + "soft-page-break":
                self._new_page(recorded=True)
            elif tag == TEXT + "note":
                self._note(child)
            elif tag == OFFICE + "annotation":
                self._set_aside(child, Role.COMMENT)
            elif tag.startswith(DRAW):
                self._frames.append(child)
            elif tag not in _NOT_CONTENT and tag.startswith(TEXT):
                self._spans(child, style_id, text_styles, spans)
            add(_collapsed(child.tail))
        if face.font.lower() in SYMBOL_FONTS:
            spans[:] = [(symbol_text(text, f.font) if f == face else text, f) for text, f in spans]

    def _note(self, note: etree._Element) -> None:
        body = note.find(TEXT + "note-body")
        if body is not None:
            self._set_aside(body, Role.FOOTNOTE)

    def _set_aside(self, element: etree._Element, role: Role) -> None:
        frames, self._frames = self._frames, []
        self.notes += self.blocks(element, role)
        self._frames = frames

    def _frame_blocks(self, drawing: etree._Element, role: Role) -> list[Block]:
        """Text of a frame or shape; a frame within it is read with it."""
        boxes = list(drawing.iter(DRAW + "text-box")) or [
            shape for shape in drawing.iter() if isinstance(shape.tag, str) and shape.find(TEXT + "p") is not None
        ]
        blocks: list[Block] = []
        done: set[etree._Element] = set()
        for box in boxes:
            if any(ancestor in done for ancestor in box.iterancestors()):
                continue
            done.add(box)
            self._box_count += 1
            number = self._box_count
            found = self.blocks(box, Role.TEXT_BOX if role in (Role.BODY, Role.TITLE) else role)
            position = Position(self.page_number, box=number)
            blocks += [replace(block, position=position) if block.table is None else block for block in found]
        return blocks

    def _new_page(self, *, recorded: bool) -> None:
        if self.page_number and (not recorded or self.pages_recorded):
            self.page_number += 1

    # ----------------------------------------------------------------------------------------------------- tables

    def _table(self, element: etree._Element, role: Role) -> list[Block]:
        page_number = self.page_number
        cells: list[Cell] = []
        row_index = header_row_count = column_count = 0
        for row, in_header in _rows(element, is_header=False):
            if row.tag == TEXT + "soft-page-break":
                self._new_page(recorded=True)
                continue
            column_index = 0
            for tc in row:
                if tc.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                    continue
                repeated = _count_of(tc, "number-columns-repeated")
                if tc.tag == TABLE + "table-cell":
                    for offset in range(repeated):
                        cells.append(
                            Cell(
                                row_index,
                                column_index + offset,
                                tuple(self.blocks(tc, role, in_cell=True)),
                                _count_of(tc, "number-rows-spanned"),
                                _count_of(tc, "number-columns-spanned"),
                                self.styles.cell_fill(tc.get(TABLE + "style-name", "")),
                            )
                        )
                column_index += repeated
            column_count = max(column_count, column_index)
            if in_header and header_row_count == row_index:
                header_row_count += 1
            row_index += _count_of(row, "number-rows-repeated")
        if not cells:
            return []
        if len(cells) == 1:
            return self._framed(cells[0])
        table = Table(row_index, column_count, tuple(cells), header_row_count)
        return [Block(position=Position(page_number), role=role, table=table)]

    def _framed(self, cell: Cell) -> list[Block]:
        self._box_count += 1
        number = self._box_count
        return [block if block.table is not None else frame_block(block, number, cell.fill) for block in cell.blocks]


_PLAIN_LEVELS = (ListLevel("\u2022", "bullet"),) * LEVELS


def _count(counters: list[int | None], level: int, levels: tuple[ListLevel, ...]) -> tuple[str, Marker]:
    if levels[level].number_format == "bullet":
        return bullet_glyph(levels[level].text, levels[level].font), Marker.BULLET
    advance(counters, level, levels)
    marker = write_marker(counters, level, levels)
    return marker, Marker.NUMBER if marker else Marker.NONE


def _level_of(element: etree._Element) -> int:
    value = element.get(TEXT + "level", "1")
    return min(max(int(value), 1), LEVELS) - 1 if value.isdecimal() else 0


def _rows(table: etree._Element, *, is_header: bool) -> Iterator[tuple[etree._Element, bool]]:
    for child in table:
        if child.tag == TABLE + "table-row" or child.tag == TEXT + "soft-page-break":
            yield child, is_header
        elif child.tag == TABLE + "table-header-rows":
            yield from _rows(child, is_header=True)
        elif child.tag in (TABLE + "table-rows", TABLE + "table-row-group"):
            yield from _rows(child, is_header=is_header)


def _count_of(element: etree._Element, name: str) -> int:
    value = element.get(TABLE + name, "1")
    return min(max(int(value), 1), _MAX_REPEATED) if value.isdecimal() else 1


def _collapsed(text: str | None) -> str | None:
    """White space of the XML counts as one space (ODF 1.3, 6.1.2)."""
    return None if text is None else _WHITE_SPACE.sub(" ", text)
