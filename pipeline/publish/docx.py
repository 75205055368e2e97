"""Fill a Word template: names in, .docx bytes out; sandboxed, deterministic, with a filled table of contents.

docxtpl is kept to what it is good at, finding the tags that Word scatters over runs. Printing goes through one
function, so that a text of the plan stays a text, whatever it looks like.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import docxtpl
import jinja2
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from pipeline.exceptions import TemplateError
from pipeline.publish.charts import Chart, build_drawing
from pipeline.publish.sheets import CREATED

MAX_TEMPLATE_BYTES = 50_000_000
MAX_MEMBER_BYTES = 100_000_000
MAX_MEMBERS = 2_000
FIRST_CHART_NUMBER = 1
#: Numbers of the elements of a drawing start above those that Word gives.
FIRST_DRAWING_ID = 1_000

_LONGEST_LINE = 120
_BLANK = re.compile(r"(\[[^\]\[]*\])")
_FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NEXT_TEXT = '</w:t>{}<w:t xml:space="preserve">'
_PARAGRAPH_START = re.compile(r"<w:p(?=[ >])")
_TAGS = re.compile(r"<[^>]+>")
_NAME_IN_MESSAGE = re.compile(
    r"'([^']+)' is undefined|has no attribute '([^']+)'|[Nn]o (?:filter|test) named '([^']+)'"
)


class Blanks(str):
    """A text in which what stands in square brackets is for a person to fill in, and is shown so."""

    __slots__ = ()


class SafeEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, without the operators that make texts of any length out of short ones."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse: a template shows, it does not compute."""
        raise SecurityError(operator)


class Filling(docxtpl.DocxTemplate):  # type: ignore[misc]
    """docxtpl without its late replacements in the text that was printed."""

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        """Fill one part. A line a paragraph, so that an error names its paragraph."""
        self.current_rendering_part = part
        marked = _PARAGRAPH_START.sub("\n<w:p", src_xml)
        try:
            filled: str = jinja_env.from_string(marked).render(context)
        except jinja2.TemplateSyntaxError as error:
            error.docx_tags = marked  # type: ignore[attr-defined]
            raise
        return filled.replace("\n<w:p", "<w:p")

    def fix_tables(self, xml: str) -> Any:
        """Parse strictly first: docxtpl's own parser drops what it does not understand without a word."""
        etree.fromstring(xml, parser=etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        return super().fix_tables(xml)

    def render_properties(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """Leave the properties alone: `fill_template` sets them."""

    def render_footnotes(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """Fill the footnotes once; docxtpl does it once a section, and so would read printed text as tags."""
        for part in self.docx.part.package.parts:
            if part.content_type.endswith(".footnotes+xml"):
                xml = self.patch_xml(self.get_part_xml(part))
                part._blob = self.render_xml_part(xml, part, context, jinja_env).encode("utf-8")


def build_environment(show: Callable[[object], object]) -> SafeEnvironment:
    """Return the environment of all templates; `show` turns each printed value into WordprocessingML."""
    return SafeEnvironment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=show)


def fill_template(template: bytes, names: Mapping[str, Any], *, template_name: str, title: str, author: str) -> bytes:
    """Return the filled document.

    `title` and `author` (the entity) are its properties; the day is fixed, so that the same data give the same bytes.
    Raise TemplateError: template_unreadable, template_hostile, template_unknown_name(_suggestion), template_syntax,
    template_forbidden, template_failed.
    """
    filling = open_filling(template, template_name)
    chart_numbers = iter(range(FIRST_CHART_NUMBER, 1_000))

    def show(value: object) -> object:
        if isinstance(value, Chart):
            drawing = build_drawing(value, filling.current_rendering_part, number=next(chart_numbers))
            return Markup(_NEXT_TEXT.format(drawing))
        return show_value(value)

    try:
        filling.render(names, build_environment(show), autoescape=True)
    except jinja2.TemplateError as error:
        raise explain(error, template_name, names, getattr(error, "docx_tags", "")) from error
    except (etree.XMLSyntaxError, TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
        raise TemplateError("template_failed", template=template_name, detail=type(error).__name__) from error
    document = filling.docx
    finish(document, title=title, author=author)
    stream = io.BytesIO()
    document.save(stream)
    return freeze_archive(stream.getvalue())


def open_filling(template: bytes, template_name: str) -> Filling:
    """Open a template after the cheap checks; raise TemplateError template_unreadable or template_hostile."""
    check_archive(template, template_name)
    try:
        filling = Filling(io.BytesIO(template))
        filling.init_docx()
        filling.docx.element.body.tag  # noqa: B018  (a document part without body fails here and not later)
    except Exception as error:  # python-docx raises whatever its XML raised: KeyError, ValueError, XMLSyntaxError
        raise TemplateError("template_unreadable", template=template_name) from error
    return filling


def read_tags(template: bytes, template_name: str) -> list[str]:
    """Return the parts of a template that hold tags, as the template engine sees them: a line a paragraph."""
    filling = open_filling(template, template_name)
    parts = [filling.get_xml()]
    for part in filling.docx.part.package.parts:
        if part.content_type.endswith((".header+xml", ".footer+xml", ".footnotes+xml")):
            parts.append(filling.get_part_xml(part))
    return [_PARAGRAPH_START.sub("\n<w:p", filling.patch_xml(part)) for part in parts]


# ----------------------------------------------------------------------------------------------------- printing values


def show_value(value: object) -> object:
    """Return a printed value as the inside of a `w:t`: escaped, line breaks and tabs as Word has them."""
    if isinstance(value, Markup | jinja2.Undefined):
        return value
    if value is None or isinstance(value, bool):
        # A truth value printed by mistake would be English; nothing is printed, as for an empty cell.
        return ""
    if isinstance(value, Blanks):
        return Markup("").join(
            Markup(
                '</w:t></w:r><w:r><w:rPr><w:highlight w:val="yellow"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
                '<w:r><w:t xml:space="preserve">'
            ).format(show_text(piece))
            if _BLANK.fullmatch(piece)
            else show_text(piece)
            for piece in _BLANK.split(value)
        )
    return show_text(str(value))


def show_text(text: str) -> Markup:
    """Escape a text; characters that XML forbids are dropped."""
    lines = _LINE_BREAK.split(_FORBIDDEN_CHARACTERS.sub("", text))
    escaped = Markup(_NEXT_TEXT.format("<w:br/>")).join(escape(line) for line in lines)
    return Markup(str(escaped).replace("\t", _NEXT_TEXT.format("<w:tab/>")))


# -------------------------------------------------------------------------------------------------------------- errors


def check_archive(template: bytes, template_name: str) -> None:
    """Refuse what is no .docx, what unpacks too large, and any DOCTYPE, before a library opens it."""
    if len(template) > MAX_TEMPLATE_BYTES:
        raise TemplateError("template_hostile", template=template_name)
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_MEMBER_BYTES:
                raise TemplateError("template_hostile", template=template_name)
            left = MAX_MEMBER_BYTES
            for member in members:
                with archive.open(member) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                markup = member.filename.endswith((".xml", ".rels"))
                # UTF-16 would hide the word from a search of bytes.
                hidden = content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]
                if left < 0 or (markup and (hidden or b"<!DOCTYPE" in content or b"<!ENTITY" in content)):
                    raise TemplateError("template_hostile", template=template_name)
            if "word/document.xml" not in archive.namelist():
                raise TemplateError("template_unreadable", template=template_name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise TemplateError("template_unreadable", template=template_name) from error


def explain(error: jinja2.TemplateError, template_name: str, names: Mapping[str, Any], tags: str) -> TemplateError:
    """Turn an error of the template engine into ours, with the name or the text of the line of `tags`."""
    text = error.message or ""
    found = _NAME_IN_MESSAGE.search(text)
    if isinstance(error, SecurityError):
        return TemplateError("template_forbidden", template=template_name, detail=text)
    if found is not None:
        name = next(group for group in found.groups() if group is not None)
        return unknown_name(template_name, name, list_names(names))
    if isinstance(error, jinja2.TemplateSyntaxError):
        lines = tags.split("\n")
        line = _TAGS.sub("", lines[min(error.lineno, len(lines)) - 1]).strip()[:_LONGEST_LINE]
        return TemplateError("template_syntax", template=template_name, detail=text, line=line)
    return TemplateError("template_failed", template=template_name, detail=text or type(error).__name__)


def unknown_name(template_name: str, name: str, known: frozenset[str]) -> TemplateError:
    """Return the error for a name that does not exist, with the nearest one that does."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    if near:
        return TemplateError("template_unknown_name_suggestion", template=template_name, name=name, suggestion=near[0])
    return TemplateError("template_unknown_name", template=template_name, name=name)


def list_names(names: object) -> frozenset[str]:
    """Return every name at any depth."""
    found: set[str] = set()
    if isinstance(names, Mapping):
        for key, value in names.items():
            found |= {str(key)} | list_names(value)
    elif isinstance(names, list | tuple):
        for entry in names:
            found |= list_names(entry)
    return frozenset(found)


# ------------------------------------------------------------------------------------------------------- finishing


def finish(document: Any, *, title: str, author: str) -> None:
    """Set the properties, put cell properties in the order of the schema, number the drawings, fill the contents."""
    body = document.element.body
    for properties in body.iter(qn("w:tcPr")):
        # docxtpl writes the cell's fill first; the schema wants it after width, spans and borders.
        shade = properties.find(qn("w:shd"))
        if shade is not None:
            properties.remove(shade)
            before = [qn(f"w:{n}") for n in ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders")]
            index = sum(1 for child in properties if child.tag in before)
            properties.insert(index, shade)
    number = FIRST_DRAWING_ID
    roots = [body, *(r.target_part.element for r in document.part.rels.values() if is_margin(r))]
    for root in roots:
        for drawing in root.iter(qn("wp:docPr")):
            number += 1
            drawing.set("id", str(number))
    fill_contents(body)
    core = document.core_properties
    core.title, core.author, core.language = title[:255], author[:255], "fr-BE"
    core.subject = core.keywords = core.comments = core.last_modified_by = ""
    core.created = core.modified = CREATED
    core.revision = 1


def is_margin(relation: Any) -> bool:
    """Tell whether a relation leads to a header or a footer."""
    return relation.reltype in (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)


def fill_contents(body: Any) -> None:
    """Write the entries of the table of contents, with a link and a page field each.

    Word rewrites them when the fields are updated; a viewer or a converter that does not still shows a contents table.
    """
    start = find_contents(body)
    if start is None:
        return
    first, last, deepest = start
    headings = number_headings(body, deepest)
    for paragraph in list(first.itersiblings()):
        if first is last:
            break
        paragraph.getparent().remove(paragraph)
        if paragraph is last:
            break
    for run in list(first):
        if run.tag != qn("w:pPr"):
            first.remove(run)
    _write_entries(first, headings, deepest)


def number_contents(document: bytes, headings: Sequence[tuple[str, int]]) -> bytes:
    """Return the document with page numbers in its contents, from (title, page number) of its headings in order.

    An entry whose title is not among them stays without number. Word counts its own pages when the fields are updated.
    """
    return freeze_archive(document, {"word/document.xml": lambda content: number_entries(content, headings)})


def number_entries(content: bytes, headings: Sequence[tuple[str, int]]) -> bytes:
    """Write the page numbers into the PAGEREF fields of a document part."""
    root = etree.fromstring(content, parser=etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    found = find_contents(root)
    if found is None:
        return content
    left = [("".join(title.split()), page_number) for title, page_number in headings]
    for paragraph in (found[0], *found[0].itersiblings(qn("w:p"))):
        for link in paragraph.iter(qn("w:hyperlink")):
            texts = list(link.iter(qn("w:t")))
            title = "".join("".join(t.text or "" for t in texts[:-1]).split())
            place = next((i for i, (other, _) in enumerate(left) if other == title), None)
            if place is not None and texts:
                texts[-1].text = str(left[place][1])
                del left[: place + 1]
        if paragraph is found[1]:
            break
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def prepare_for_pdf(document: bytes) -> bytes:
    """Return the document with the entries of its contents as plain paragraphs, for LibreOffice only.

    LibreOffice shows the stored result of a TOC field and does not compute the page numbers in it; outside of the field
    it does. The document for people keeps its field.
    """
    return freeze_archive(document, {"word/document.xml": unwrap_contents})


def unwrap_contents(content: bytes) -> bytes:
    """Remove the marks of the TOC field from a document part, and leave its entries."""
    root = etree.fromstring(content, parser=etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    found = find_contents(root)
    if found is None:
        return content
    depth = 0
    inside = False
    for run in list(root.iter(qn("w:r"))):
        inside = inside or run.getparent() is found[0]
        mark = run.find(qn("w:fldChar"))
        kind = "" if mark is None else mark.get(qn("w:fldCharType"))
        depth += kind == "begin"
        if inside and depth == 1 and (kind or run.find(qn("w:instrText")) is not None):
            run.getparent().remove(run)
        depth -= kind == "end"
        if inside and depth == 0 and kind == "end":
            break
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def find_contents(body: Any) -> tuple[Any, Any, int] | None:
    """Return the first and last paragraph of the TOC field and its deepest level; None when there is none."""
    first: Any = None
    depth = 0
    deepest = 3
    for paragraph in body.iter(qn("w:p")):
        for node in paragraph.iter(qn("w:fldChar"), qn("w:instrText")):
            if node.tag == qn("w:instrText"):
                if first is None and depth == 1 and (node.text or "").split()[:1] == ["TOC"]:
                    first = paragraph
                    found = re.search(r'"1-(\d)"', node.text or "")
                    deepest = int(found[1]) if found else deepest
                continue
            kind = node.get(qn("w:fldCharType"))
            depth += {"begin": 1, "end": -1}.get(kind, 0)
            if kind == "end" and depth == 0 and first is not None:
                return first, paragraph, deepest
    return None


def number_headings(body: Any, deepest: int) -> list[tuple[int, str, str]]:
    """Bookmark the headings; return level, text and bookmark of each."""
    headings: list[tuple[int, str, str]] = []
    for paragraph in body.iter(qn("w:p")):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        found = None if style is None else re.fullmatch(r"(?:Heading|Titre)\s?([1-9])", style.get(qn("w:val"), ""))
        text = "".join(t.text or "" for t in paragraph.iter(qn("w:t"))).strip()
        if found is None or int(found[1]) > deepest or not text:
            continue
        name = f"_Toc{len(headings) + 1:08}"
        opening, closing = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (opening, closing):
            mark.set(qn("w:id"), str(10_000 + len(headings)))
        opening.set(qn("w:name"), name)
        index = 1 if paragraph.find(qn("w:pPr")) is not None else 0
        paragraph.insert(index, opening)
        paragraph.append(closing)
        headings.append((int(found[1]), text, name))
    return headings


def _write_entries(first: Any, headings: list[tuple[int, str, str]], deepest: int) -> None:
    """Write the field into `first` and the paragraphs after it."""
    style = first.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    # Word in French names these styles TM1, TM2.
    prefix = "TM" if style is not None and style.get(qn("w:val"), "").startswith("TM") else "TOC"
    paragraph = first
    for position, (level, text, name) in enumerate(headings):
        if position:
            following = OxmlElement("w:p")
            paragraph.addnext(following)
            paragraph = following
        properties = paragraph.find(qn("w:pPr"))
        if properties is not None:
            paragraph.remove(properties)
        paragraph.insert(0, _element("w:pPr", children=(_element("w:pStyle", val=f"{prefix}{level}"),)))
        if position == 0:
            for run in _field_start(f' TOC \\o "1-{deepest}" \\h \\z \\u '):
                paragraph.append(run)
        link = _element("w:hyperlink", anchor=name, history="1")
        link.append(_run(_text(text)))
        link.append(_run(_element("w:tab")))
        for run in (*_field_start(f" PAGEREF {name} \\h "), _run(_text("")), _run(_field_mark("end"))):
            link.append(run)
        paragraph.append(link)
    if not headings:
        for run in _field_start(f' TOC \\o "1-{deepest}" \\h \\z \\u '):
            paragraph.append(run)
    paragraph.append(_run(_field_mark("end")))


def _element(tag: str, *, val: str = "", children: tuple[Any, ...] = (), anchor: str = "", history: str = "") -> Any:
    element = OxmlElement(tag)
    for name, value in (("val", val), ("anchor", anchor), ("history", history)):
        if value:
            element.set(qn(f"w:{name}"), value)
    for child in children:
        element.append(child)
    return element


def _run(child: Any) -> Any:
    return _element("w:r", children=(child,))


def _text(text: str, tag: str = "w:t") -> Any:
    element = OxmlElement(tag)
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element


def _field_mark(kind: str) -> Any:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _field_start(instruction: str) -> tuple[Any, ...]:
    return (
        _run(_field_mark("begin")),
        _run(_text(instruction, "w:instrText")),
        _run(_field_mark("separate")),
    )


def freeze_archive(content: bytes, changes: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({})) -> bytes:
    """Rewrite a zip archive without the clock: the same parts give the same bytes; `changes` rewrites parts by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            part = source.read(name)
            target.writestr(member, changes[name](part) if name in changes else part)
    return stream.getvalue()
