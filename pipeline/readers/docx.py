"""Word documents (.docx): the XML parts of the package, walked once.

python-docx is not used here: it parses every part before the first paragraph, and its `.text` leaves out line breaks,
accepted insertions, text boxes and footnotes.
"""

from __future__ import annotations

import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from lxml import etree

from pipeline.exceptions import SourceError
from pipeline.model import Block, Cell, Document, Marker, Position, Role, Table, build_document
from pipeline.readers.diagrams import read_diagram
from pipeline.readers.docx_styles import (
    NO_FACE,
    NO_PARAGRAPH,
    VAL,
    FacePart,
    Numbering,
    ParagraphPart,
    Styles,
    TablePart,
    W,
    is_on,
    over,
    read_fill,
    read_paragraph,
    read_theme_fonts,
)
from pipeline.readers.names import is_contents_style, is_title_style
from pipeline.readers.numbering import LEVELS, advance, write_marker
from pipeline.readers.package import open_package, parse_office_xml, read_member, read_relations, read_xml
from pipeline.readers.paragraphs import (
    Face,
    Frame,
    Look,
    Span,
    frame_block,
    furniture_key,
    look_of,
    plain_block,
    set_paragraph,
)
from pipeline.readers.symbols import SYMBOL_FONTS, bullet_glyph, symbol_text

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
TITLE = "{http://purl.org/dc/elements/1.1/}title"

P, TBL, RUN, TEXT = W + "p", W + "tbl", W + "r", W + "t"
SECTION = W + "sectPr"
TEXT_BOX = W + "txbxContent"
#: Wrappers whose content counts as if it stood there itself: accepted insertions, links, controls, smart tags.
TRANSPARENT = frozenset(
    W + name
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdtContent", "fldSimple", "bdo", "dir")
)
ALTERNATIVES, CHOICE, FALLBACK = (MC + name for name in ("AlternateContent", "Choice", "Fallback"))
FORMULAS = (M + "oMath", M + "oMathPara")
DIAGRAM = DGM + "relIds"
CONTROL, CONTROL_CONTENT = W + "sdt", W + "sdtContent"
PLACEHOLDER = f"{W}sdtPr/{W}showingPlcHdr"
CONTROL_GALLERY = f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"
PARAGRAPH_PROPERTIES = W + "pPr"
CELL, CELL_PROPERTIES, CELL_SPAN, CELL_SHADING, CELL_DELETED = (
    W + name for name in ("tc", "tcPr", "gridSpan", "shd", "cellDel")
)
VERTICAL_MERGE, HORIZONTAL_MERGE = W + "vMerge", W + "hMerge"
CELL_PARTS = frozenset((CELL_SPAN, CELL_SHADING, CELL_DELETED, VERTICAL_MERGE, HORIZONTAL_MERGE))
ROW, ROW_PROPERTIES, ROW_DELETED, ROW_HEADER, ROW_GRID_BEFORE = (
    W + name for name in ("tr", "trPr", "del", "tblHeader", "gridBefore")
)
#: What each child of a run is.
RUN_PARTS = {
    W + name: part
    for part, names in (
        ("properties", ("rPr",)),
        ("text", ("tab", "ptab", "cr", "noBreakHyphen")),
        ("break", ("br",)),
        ("page", ("lastRenderedPageBreak",)),
        ("symbol", ("sym",)),
        ("field", ("fldChar",)),
        ("code", ("instrText",)),
        ("note", ("footnoteReference", "endnoteReference", "commentReference")),
        ("drawing", ("drawing", "pict", "object")),
        ("ruby", ("ruby",)),
    )
    for name in names
} | {ALTERNATIVES: "alternatives"}
RUN_TEXTS = {W + "tab": "\t", W + "ptab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-"}
CHECKED, UNCHECKED = "\u2612", "\u2610"
_CONTENTS_FIELDS = ("TOC", "TOA")


def read_docx(data: bytes, source: str) -> Document:
    """Read a Word package: body in order, then headers and footers (once each), footnotes, endnotes and comments.

    Generated numbers are computed, insertions accepted and deletions dropped, hidden text and field codes left out.
    Page numbers come from the page breaks that Word recorded, else from explicit breaks. Raises SourceError `not_word`,
    `file_broken`, `file_encrypted`, `archive_too_big`, `xml_doctype`.
    """
    archive = open_package(data, source)
    main = next((part for kind, part in read_relations(archive, "", source).values() if kind == "officeDocument"), "")
    main_data = read_member(archive, main, source) if main else None
    if main_data is None:
        raise SourceError("not_word", file=source)
    root = parse_office_xml(main_data, source)
    body = root.find(W + "body")
    if body is None:
        raise SourceError("not_word", file=source)
    relations = read_relations(archive, main, source)

    def part(kind: str) -> etree._Element | None:
        name = next((name for found, name in relations.values() if found == kind), "")
        return read_xml(archive, name, source) if name else None

    styles = Styles(part("styles"), read_theme_fonts(part("theme")))
    walk = _Walk(styles, Numbering(part("numbering"), styles))
    walk.diagrams = {
        relation: blocks
        for relation, (kind, name) in relations.items()
        if kind == "diagramData" and (blocks := _diagram(archive, name, source))
    }
    walk.pages_recorded = b"lastRenderedPageBreak" in main_data
    sections = list(root.iter(SECTION))
    walk.section_kinds = [_section_kind(section) for section in sections]
    blocks = walk.blocks(body)
    page_count = walk.page_number
    for kind, role in (("header", Role.HEADER), ("footer", Role.FOOTER)):
        names = _furniture_parts(sections, relations, kind)
        blocks += _furniture(archive, source, names, role, walk)
    for kind, role in (("footnotes", Role.FOOTNOTE), ("endnotes", Role.FOOTNOTE), ("comments", Role.COMMENT)):
        notes = part(kind)
        blocks += [] if notes is None else _notes(notes, role, walk)
    return build_document(source, "docx", blocks, page_count=page_count, title=_metadata_title(archive, source))


def _diagram(archive: zipfile.ZipFile, name: str, source: str) -> list[Block]:
    root = read_xml(archive, name, source)
    return [] if root is None else read_diagram(root)


def _metadata_title(archive: zipfile.ZipFile, source: str) -> str:
    root = read_xml(archive, "docProps/core.xml", source)
    title = None if root is None else root.findtext(TITLE)
    return " ".join((title or "").split())


def _section_kind(section: etree._Element) -> str:
    kind = section.find(W + "type")
    return "nextPage" if kind is None else kind.get(VAL, "nextPage")


def _furniture_parts(sections: Sequence[etree._Element], relations: dict[str, tuple[str, str]], kind: str) -> list[str]:
    """Names of the parts of headers or footers that sections use, each once."""
    references = (reference for section in sections for reference in section.iterchildren(f"{W}{kind}Reference"))
    names = (relations.get(reference.get(R + "id", ""), ("", ""))[1] for reference in references)
    return list(dict.fromkeys(name for name in names if name))


def _furniture(
    archive: zipfile.ZipFile,
    source: str,
    names: Sequence[str],
    role: Role,
    walk: _Walk,
) -> list[Block]:
    """Headers or footers, each text once."""
    blocks: list[Block] = []
    seen: set[tuple[str, ...]] = set()
    for name in names:
        part = read_xml(archive, name, source)
        if part is None:
            continue
        found = walk.outside(part, role, page_number=0)
        text = furniture_key(found)
        if text not in seen:
            seen.add(text)
            blocks += found
    return blocks


def _notes(root: etree._Element, role: Role, walk: _Walk) -> list[Block]:
    blocks: list[Block] = []
    for note in root:
        if note.get(W + "type", "normal") != "normal":
            continue
        key = (etree.QName(note).localname, note.get(W + "id", ""))
        blocks += walk.outside(note, role, page_number=walk.note_pages.get(key, 0))
    return blocks


class _Field:
    """A complex field being walked: its code until `separate`, its result after."""

    __slots__ = ("code", "glyph", "in_result")

    def __init__(self) -> None:
        self.code = ""
        self.glyph = ""
        self.in_result = False

    @property
    def is_contents(self) -> bool:
        return self.code.split()[:1] in ([name] for name in _CONTENTS_FIELDS)


class _Setting(NamedTuple):
    """What a paragraph is by its properties, those of its style and of its list, whatever its text."""

    style_name: str
    outline_level: int | None
    fill: str
    breaks_page: bool
    in_contents: bool  # the style is one of a table of contents
    is_title: bool
    indent_pt: float
    num_id: str = ""  # empty when it is not in a list
    level_index: int = 0
    list_level: int | None = None
    marker_kind: Marker = Marker.NONE


class _Walk:
    """State of one walk through a document: counters of lists, open fields, page, paragraph to be merged."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        self.page_number = 1
        self.pages_recorded = False
        self.section_kinds: list[str] = []
        self.note_pages: dict[tuple[str, str], int] = {}
        self.diagrams: dict[str, list[Block]] = {}
        self._position = cache(Position)
        self._setting = cache(self._read_setting)
        self._frame = cache(self._build_frame)
        self._plain = self._setting(NO_PARAGRAPH)
        self._plain_look = cache(self._read_plain_look)
        self._sections_ended = 0
        self._counters: dict[str, list[int | None]] = {}
        self._lists_started: set[tuple[str, int]] = set()
        self._fields: list[_Field] = []
        self._contents_depth = 0
        self._box_count = 0
        self._held: list[Span] = []  # runs of paragraphs whose mark was deleted
        self._boxes: list[etree._Element] = []  # text boxes and diagrams anchored in the paragraph being read
        self._text_page = 0  # page of the first character of the paragraph being read
        self._contents_text = False  # the paragraph being read has text from a table of contents

    # ------------------------------------------------------------------------------------------------- containers

    def outside(self, container: etree._Element, role: Role, *, page_number: int) -> list[Block]:
        """Blocks of a part apart from the body: all of one role, on one page."""
        self._fields.clear()
        body_page, self.page_number = self.page_number, page_number
        blocks = self.blocks(container, role=role)
        self.page_number = body_page
        return blocks

    def blocks(
        self,
        container: etree._Element,
        *,
        role: Role = Role.BODY,
        table_face: FacePart = NO_FACE,
        in_cell: bool = False,
    ) -> list[Block]:
        """Blocks of a body, a cell, a text box or a note."""
        blocks: list[Block] = []
        self._gather(container, blocks, role, table_face, in_cell)
        if self._held:
            blocks += self._flush(role, in_cell)
        return blocks

    def _gather(
        self, container: etree._Element, blocks: list[Block], role: Role, table_face: FacePart, in_cell: bool
    ) -> None:
        """Add the paragraphs and tables of a container to `blocks`, wrappers opened."""
        for child in container:
            tag = child.tag
            if tag == P:
                blocks += self._paragraph(child, role, table_face, in_cell)
            elif tag == TBL:
                blocks += self._flush(role, in_cell)
                blocks += self._table(child, role, in_cell)
            elif tag == CONTROL:
                content = child.find(CONTROL_CONTENT)
                if content is not None and child.find(PLACEHOLDER) is None:
                    is_contents = _is_contents(child)
                    self._contents_depth += is_contents
                    self._gather(content, blocks, role, table_face, in_cell)
                    self._contents_depth -= is_contents
            elif tag in TRANSPARENT:
                self._gather(child, blocks, role, table_face, in_cell)
            elif tag == ALTERNATIVES:
                self._gather(_alternative(child), blocks, role, table_face, in_cell)

    def _flush(self, role: Role, in_cell: bool) -> list[Block]:
        """The runs held back for a paragraph that never came."""
        if not self._held:
            return []
        spans, self._held = self._held, []
        return set_paragraph(spans, Frame(role=role, position=self._position(self.page_number), in_cell=in_cell))

    # ------------------------------------------------------------------------------------------------- paragraphs

    def _paragraph(self, element: etree._Element, role: Role, table_face: FacePart, in_cell: bool) -> list[Block]:
        children = list(element)
        if len(children) == 1 and not self._fields and not self._held:
            text = _only_text(children[0])
            if text is not None and not self._plain.breaks_page and not self._plain.num_id:
                return self._plain_paragraph(text, role, table_face, in_cell)
        direct = NO_PARAGRAPH
        for child in children:
            if child.tag == PARAGRAPH_PROPERTIES:  # the first child in a sound file
                direct = read_paragraph(child)
                break
        setting = self._setting(direct)
        if setting.breaks_page and self._text_page:  # not on the first paragraph of the document
            self._new_page(recorded=False)
        if self._fields and setting.outline_level and not setting.in_contents:
            self._fields.clear()  # a field that was never closed must not swallow the document

        outer_boxes, self._boxes = self._boxes, []
        self._text_page, self._contents_text = 0, False
        spans, self._held = self._held, []
        self._runs(children, direct.style_id, table_face, spans)
        if self._fields:
            self._fields = [field for field in self._fields if field.in_result]
        if direct.mark_gone:
            self._held = spans
            boxes, self._boxes = self._boxes, outer_boxes
            return self._box_blocks(boxes, role)

        marker = self._count(setting.num_id, setting.level_index) if setting.num_id else ""
        page_number = self._text_page or self.page_number
        self._text_page = page_number
        in_contents = self._contents_depth > 0 or self._contents_text
        frame = self._frame(setting, role, page_number, in_contents, in_cell)
        if marker:
            frame = frame._replace(marker=marker, marker_kind=setting.marker_kind)
        blocks = set_paragraph(spans, frame)
        boxes, self._boxes = self._boxes, outer_boxes
        if boxes:
            blocks += self._box_blocks(boxes, frame.role)
        if direct.section_ends:
            self._sections_ended += 1
            following = self.section_kinds[self._sections_ended : self._sections_ended + 1]
            if not self.pages_recorded and following and following[0] != "continuous":
                self.page_number += 1
        return blocks

    def _plain_paragraph(self, text: str, role: Role, table_face: FacePart, in_cell: bool) -> list[Block]:
        """One that is a text and says nothing of itself, as most cells hold; the same as by the longer way."""
        self._text_page = self.page_number
        plain = self._plain_look(table_face, role, self.page_number, self._contents_depth > 0, in_cell)
        if plain is None:
            return []
        face, frame, look = plain
        if look is not None and (block := plain_block(text, look)) is not None:
            return [block]
        return set_paragraph([(symbol_text(text, face.font) if look is None else text, face)], frame)

    def _read_plain_look(
        self, table_face: FacePart, role: Role, page_number: int, in_contents: bool, in_cell: bool
    ) -> tuple[Face, Frame, Look | None] | None:
        """How a paragraph is set that says nothing of itself: None when hidden, without a look when in signs."""
        face, hidden = self.styles.effective_face(table_face, "", NO_FACE)
        frame = self._frame(self._plain, role, page_number, in_contents, in_cell)
        look = None if face.font.lower() in SYMBOL_FONTS else look_of(face, frame)
        return None if hidden else (face, frame, look)

    def _build_frame(self, setting: _Setting, role: Role, page_number: int, in_contents: bool, in_cell: bool) -> Frame:
        """The frame of a paragraph without its marker; the role of one in the body is told by its style."""
        outline_level = setting.outline_level
        if role is Role.BODY:
            if in_contents or setting.in_contents:
                role, outline_level = Role.CONTENTS, None
            elif setting.is_title and not in_cell:
                role = Role.TITLE
        return Frame(
            setting.style_name,
            outline_level,
            setting.fill,
            self._position(page_number),
            setting.list_level,
            role=role,
            indent_pt=setting.indent_pt,
            in_cell=in_cell,
        )

    def _read_setting(self, direct: ParagraphPart) -> _Setting:
        """Lay the properties of a paragraph over those of its style and of its list."""
        styled = self.styles.paragraph(direct.style_id)
        style_name = self.styles.name(direct.style_id)
        breaks = styled.page_break_before if direct.page_break_before is None else direct.page_break_before
        outline_level = styled.outline_level if direct.outline_level is None else direct.outline_level
        fill = styled.fill if direct.fill is None else direct.fill
        setting = _Setting(
            style_name,
            outline_level or None,
            fill or "",
            bool(breaks),
            is_contents_style(style_name),
            is_title_style(style_name),
            _first_known(direct.left_pt, styled.left_pt),
        )
        own = direct.num_id is not None
        num_id = direct.num_id if own else styled.num_id
        levels = () if num_id is None or num_id == "0" else self.numbering.levels(num_id)
        if num_id is None or not levels:
            return setting
        level_index = direct.list_level
        if level_index is None and not own:
            level_index = self.numbering.level_of_style(num_id, styled.num_from_style)
        if level_index is None:
            level_index = 0 if styled.list_level is None else styled.list_level
        level_index = min(level_index, LEVELS - 1)
        level = levels[level_index]
        if not own and styled.indent_from_style:
            indent_pt = _first_known(direct.left_pt, styled.left_pt, level.left_pt)
        else:
            indent_pt = _first_known(direct.left_pt, level.left_pt, styled.left_pt)
        return setting._replace(
            indent_pt=indent_pt,
            num_id=num_id,
            level_index=level_index,
            list_level=max(level_index, styled.named_list_level or 0),
            marker_kind=Marker.BULLET if level.number_format == "bullet" else Marker.NUMBER,
        )

    def _count(self, num_id: str, level_index: int) -> str:
        """Marker of the next paragraph of a list; the counters of the list move on."""
        levels = self.numbering.levels(num_id)
        level = levels[level_index]
        if level.number_format == "bullet":
            return bullet_glyph(level.text, level.font) if level.text.strip() else ""
        counters = self._counters.setdefault(self.numbering.abstract_id(num_id), [None] * LEVELS)
        start = self.numbering.start_overrides(num_id).get(level_index)
        if start is not None and (num_id, level_index) not in self._lists_started:
            counters[level_index] = start - 1
        self._lists_started.add((num_id, level_index))
        advance(counters, level_index, levels)
        return write_marker(counters, level_index, levels)

    # ------------------------------------------------------------------------------------------------------- runs

    def _runs(self, children: Iterable[etree._Element], style_id: str, table_face: FacePart, spans: list[Span]) -> None:
        """Add the visible runs among the children of a paragraph, wrappers opened, to `spans`."""
        for child in children:
            tag = child.tag
            if tag == RUN:
                self._run(child, style_id, table_face, spans)
            elif tag == CONTROL:
                content = child.find(CONTROL_CONTENT)
                if content is not None and child.find(PLACEHOLDER) is None:
                    self._runs(content, style_id, table_face, spans)
            elif tag in TRANSPARENT:
                self._runs(child, style_id, table_face, spans)
            elif tag in FORMULAS:
                face, _ = self.styles.effective_face(table_face, style_id, NO_FACE)
                self._add("".join(text.text or "" for text in child.iter(M + "t")), face, spans)

    def _run(self, run: etree._Element, style_id: str, table_face: FacePart, spans: list[Span]) -> None:
        direct = NO_FACE
        text = ""
        for child in run:
            tag = child.tag
            if tag == TEXT:
                text += child.text or ""
                continue
            match RUN_PARTS.get(tag):
                case "properties":
                    direct = self.styles.direct_face(child)
                case "text":
                    text += RUN_TEXTS[tag]
                case "break":
                    if child.get(W + "type") == "page":
                        text = self._set(text, style_id, table_face, direct, spans)
                        self._new_page(recorded=False)
                    else:
                        text += " " if child.get(W + "type") == "column" else "\n"
                case "page":
                    text = self._set(text, style_id, table_face, direct, spans)
                    self._new_page(recorded=True)
                case "symbol":
                    text += _symbol(child)
                case "field":
                    self._set(text, style_id, table_face, direct, spans)
                    text = self._field_character(child)
                case "code":
                    if self._fields and not self._fields[-1].in_result:
                        self._fields[-1].code += child.text or ""
                case "note":
                    kind = etree.QName(child).localname.removesuffix("Reference")
                    self.note_pages.setdefault((kind, child.get(W + "id", "")), self.page_number)
                case "alternatives":
                    text += self._alternate_run(child)
                case "drawing":
                    self._anchor(child)
                case "ruby":
                    text = self._set(text, style_id, table_face, direct, spans)
                    base = child.find(W + "rubyBase")
                    if base is not None:
                        self._runs(base, style_id, table_face, spans)
        if text:
            self._set(text, style_id, table_face, direct, spans)

    def _set(self, text: str, style_id: str, table_face: FacePart, direct: FacePart, spans: list[Span]) -> str:
        """Add what a run holds so far, unless it is hidden; returns what it holds then, nothing."""
        if text:
            face, hidden = self.styles.effective_face(table_face, style_id, direct)
            if not hidden:
                self._add(text, face, spans)
        return ""

    def _add(self, text: str, face: Face, spans: list[Span]) -> None:
        if not text:
            return
        if self._fields:
            if not all(field.in_result for field in self._fields):
                return
            if text.strip() and any(field.is_contents for field in self._fields):
                self._contents_text = True
        if face.font.lower() in SYMBOL_FONTS:
            text = symbol_text(text, face.font)
        if not self._text_page and text.strip():
            self._text_page = self.page_number
        if spans and spans[-1][1] == face:
            spans[-1] = (spans[-1][0] + text, face)
        else:
            spans.append((text, face))

    def _new_page(self, *, recorded: bool) -> None:
        if self.page_number and recorded == self.pages_recorded:
            self.page_number += 1

    def _field_character(self, element: etree._Element) -> str:
        """Follow a complex field; gives the glyph of a check box or the choice of a drop-down list."""
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            field = _Field()
            field.glyph = _form_field(element)
            self._fields.append(field)
        elif kind == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            return self._fields.pop().glyph
        return ""

    def _alternate_run(self, element: etree._Element) -> str:
        """Text boxes of the first alternative that has any; else the plain text of the fallback (emoji, symbols)."""
        branches = [*element.findall(CHOICE), *element.findall(FALLBACK)]
        for branch in branches:
            if next(branch.iter(TEXT_BOX, DIAGRAM), None) is not None:
                self._anchor(branch)
                return ""
        fallback = element.find(FALLBACK)
        return "" if fallback is None else "".join(text.text or "" for text in fallback.iter(TEXT))

    def _anchor(self, drawing: etree._Element) -> None:
        """Note the text boxes and diagrams of a drawing, each once whatever alternatives it has inside."""
        for child in drawing:
            if child.tag == TEXT_BOX or child.tag == DIAGRAM:
                self._boxes.append(child)
            elif child.tag == ALTERNATIVES:
                self._alternate_run(child)
            else:
                self._anchor(child)

    def _box_blocks(self, boxes: list[etree._Element], role: Role) -> list[Block]:
        blocks: list[Block] = []
        for box in boxes:
            self._box_count += 1
            number = self._box_count
            box_role = Role.TEXT_BOX if role in (Role.BODY, Role.TITLE) else role
            held, self._held = self._held, []
            if box.tag == TEXT_BOX:
                found = self.blocks(box, role=box_role)
            else:
                found = [replace(b, role=box_role) for b in self.diagrams.get(box.get(R + "dm", ""), [])]
            self._held = held
            position = Position(self.page_number, box=number)
            blocks += [replace(block, position=position) if block.table is None else block for block in found]
        return blocks

    # ----------------------------------------------------------------------------------------------------- tables

    def _table(self, element: etree._Element, role: Role, in_cell: bool) -> list[Block]:
        """A table as one block; one of a single cell is a frame, and gives its content."""
        look = _Look(element, self.styles)
        rows = [(row, said) for row in _rows(element) if not (said := _read_row(row)).deleted]
        last_row = len(rows) - 1
        page_number = self.page_number
        placed: list[_Draft] = []
        open_merges: dict[int, _Draft] = {}  # column -> cell that goes on below
        header_row_count = 0
        for row_index, (row, said) in enumerate(rows):
            column = said.columns_before
            if said.header and header_row_count == row_index:
                header_row_count += 1
            merged_row: dict[int, _Draft] = {}
            last: _Draft | None = None
            parts = [(tc, cell) for tc in _row_cells(row) if not (cell := _read_cell(tc)).deleted]
            for position, (tc, cell) in enumerate(parts):
                owner = open_merges.get(column)
                if cell.horizontal == "continue" and last is not None:
                    last.column_span += cell.span
                elif cell.vertical == "continue" and owner is not None:
                    owner.row_span = row_index - owner.row_index + 1
                    merged_row[column] = owner
                else:
                    part = look.part(position == len(parts) - 1, position == 0, row_index == last_row, row_index == 0)
                    blocks = self.blocks(tc, role=role, table_face=part.face, in_cell=True)
                    fill = part.fill if cell.fill is None else cell.fill
                    last = _Draft(row_index, column, cell.span, fill or "", blocks)
                    placed.append(last)
                    if cell.vertical:
                        merged_row[column] = last
                column += cell.span
            open_merges = merged_row
        if not placed:
            return []
        if len(placed) == 1:
            return self._framed(placed[0], in_cell)
        cells, column_count = _without_empty_columns(placed)
        table = Table(len(rows), column_count, cells, header_row_count)
        return [Block(position=self._position(page_number), role=role, table=table)]

    def _framed(self, cell: _Draft, in_cell: bool) -> list[Block]:
        self._box_count += 1
        number = self._box_count
        blocks = [block if block.table is not None else frame_block(block, number, cell.fill) for block in cell.blocks]
        if in_cell:
            return blocks
        return [
            replace(block, role=Role.TITLE) if block.role is Role.BODY and is_title_style(block.style.name) else block
            for block in blocks
        ]


class _Look:
    """Which parts of its style a table shows."""

    __slots__ = ("_flags", "_style_id", "_styles", "part")

    def __init__(self, table: etree._Element, styles: Styles) -> None:
        style = table.find(f"{W}tblPr/{W}tblStyle")
        look = table.find(f"{W}tblPr/{W}tblLook")
        self._styles = styles
        self._style_id = "" if style is None else style.get(VAL, "")
        bits = _hexadecimal("0" if look is None else look.get(VAL, "0"))
        names = (("lastColumn", 0x100), ("firstColumn", 0x80), ("lastRow", 0x40), ("firstRow", 0x20))
        self._flags = tuple(
            is_on(look.get(W + name)) if look is not None and look.get(W + name) is not None else bool(bits & bit)
            for name, bit in names
        )
        self.part = cache(self._part)

    def _part(self, *places: bool) -> TablePart:
        """What the style says of a cell that stands in the last column, the first, the last row, the first row.

        The whole table comes first, then these parts in order, the nearest last.
        """
        merged = self._styles.table(self._style_id, "")
        kinds = ("lastCol", "firstCol", "lastRow", "firstRow")
        for kind, shown, stands in zip(kinds, self._flags, places, strict=True):
            if shown and stands:
                part = self._styles.table(self._style_id, kind)
                merged = TablePart(over(part.face, merged.face), merged.fill if part.fill is None else part.fill)
        return merged


@dataclass(slots=True)
class _Draft:
    """A cell while its spans still grow."""

    row_index: int
    column_index: int
    column_span: int
    fill: str
    blocks: list[Block]
    row_span: int = 1


class _CellPart(NamedTuple):
    """What a cell says of itself; merges are "restart", "continue" or ""."""

    span: int = 1
    vertical: str = ""
    horizontal: str = ""
    fill: str | None = None
    deleted: bool = False


class _RowPart(NamedTuple):
    """What a row says of itself."""

    columns_before: int = 0  # columns of the grid left out in front of the first cell
    header: bool = False  # repeated on each page
    deleted: bool = False


_PLAIN_CELL, _PLAIN_ROW = _CellPart(), _RowPart()


def _read_row(row: etree._Element) -> _RowPart:
    properties = _child(row, ROW_PROPERTIES)
    if properties is None:
        return _PLAIN_ROW
    marked = properties.find(ROW_HEADER)
    return _RowPart(
        _count_of(properties.find(ROW_GRID_BEFORE), 0),
        marked is not None and is_on(marked.get(VAL)),
        properties.find(ROW_DELETED) is not None,
    )


def _only_text(run: etree._Element) -> str | None:
    """The text of a run that holds this alone, None for any other element."""
    if run.tag != RUN:
        return None
    texts = list(run)
    return texts[0].text or "" if len(texts) == 1 and texts[0].tag == TEXT else None


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    """The first child of this tag, which comes first of all in a sound file; `find` takes four times as long."""
    for child in element:
        if child.tag == tag:
            return child
    return None


def _read_cell(tc: etree._Element) -> _CellPart:
    properties = _child(tc, CELL_PROPERTIES)
    if properties is None:
        return _PLAIN_CELL
    span, vertical, horizontal, fill, deleted = 1, "", "", None, False
    plain = True
    for child in properties:
        tag = child.tag
        if tag not in CELL_PARTS:
            continue
        plain = False
        if tag == CELL_SPAN:
            span = max(1, _count_of(child, 1))
        elif tag == CELL_SHADING:
            fill = read_fill(child)
        elif tag == VERTICAL_MERGE:
            vertical = child.get(VAL, "continue")
        elif tag == HORIZONTAL_MERGE:
            horizontal = child.get(VAL, "continue")
        else:
            deleted = True
    return _PLAIN_CELL if plain else _CellPart(span, vertical, horizontal, fill, deleted)


def _without_empty_columns(drafts: list[_Draft]) -> tuple[tuple[Cell, ...], int]:
    """Cells on a grid without the columns where no cell begins, and the number of columns left."""
    edges = sorted({draft.column_index for draft in drafts})
    place = {edge: index for index, edge in enumerate(edges)}
    ends = {draft.column_index + draft.column_span for draft in drafts}
    place.update({end: bisect_left(edges, end) for end in ends})
    cells = [
        Cell(
            draft.row_index,
            place[draft.column_index],
            tuple(draft.blocks),
            draft.row_span,
            max(1, place[draft.column_index + draft.column_span] - place[draft.column_index]),
            draft.fill,
        )
        for draft in drafts
    ]
    return tuple(cells), len(edges)


def _is_contents(control: etree._Element) -> bool:
    """Whether a content control holds the table of contents."""
    gallery = control.find(CONTROL_GALLERY)
    return gallery is not None and "contents" in gallery.get(VAL, "").lower()


def _first_known(*values_pt: float | None) -> float:
    return next((value for value in values_pt if value is not None), 0.0)


def _alternative(element: etree._Element) -> etree._Element:
    """The first alternative that holds paragraphs."""
    for branch in (*element.findall(CHOICE), *element.findall(FALLBACK)):
        if next(branch.iter(P), None) is not None:
            return branch
    return element


def _symbol(element: etree._Element) -> str:
    code = _hexadecimal(element.get(W + "char", ""))
    return symbol_text(chr(code), element.get(W + "font", "")) if 0 < code <= 0xFFFF else ""


def _hexadecimal(value: str) -> int:
    try:
        return int(value, 16)
    except ValueError:
        return 0


def _form_field(element: etree._Element) -> str:
    """What a legacy form field shows: the box of a check box, the chosen entry of a list."""
    box = element.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        state = box.find(W + "checked")
        state = box.find(W + "default") if state is None else state
        return CHECKED if state is not None and is_on(state.get(VAL)) else UNCHECKED
    choices = element.find(f"{W}ffData/{W}ddList")
    if choices is None:
        return ""
    result = choices.find(W + "result")
    result = choices.find(W + "default") if result is None else result
    index = 0 if result is None else int(result.get(VAL, "0")) if result.get(VAL, "0").isdecimal() else 0
    entries = [entry.get(VAL, "") for entry in choices.findall(W + "listEntry")]
    return entries[index] if index < len(entries) else ""


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """Rows of a table, through content controls and insertions; deleted ones are left to the caller."""
    for child in table:
        if child.tag == ROW:
            yield child
        elif child.tag == CONTROL:
            content = child.find(CONTROL_CONTENT)
            if content is not None:
                yield from _rows(content)
        elif child.tag in TRANSPARENT:
            yield from _rows(child)


def _row_cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == CELL:
            yield child
        elif child.tag == CONTROL:
            content = child.find(CONTROL_CONTENT)
            if content is not None:
                yield from _row_cells(content)
        elif child.tag in TRANSPARENT:
            yield from _row_cells(child)


def _count_of(element: etree._Element | None, default: int) -> int:
    value = "" if element is None else element.get(VAL, "")
    return min(int(value), 1000) if value.isdecimal() else default
