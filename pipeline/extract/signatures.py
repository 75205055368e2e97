"""Describe every line of a document by what it shows: label, number, style rank, bullet, place.

A `Line` is a block (or the blocks of one wrapped title); its `kind` is the signature in words, shared by all lines
that look alike. Nothing here decides a level.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.model import Block, Document, Level, Marker, Role, Style
from pipeline.text import clean, fold, split_marker, strip_title, unspace
from pipeline.vocabulary import (
    LevelLabel,
    Number,
    Section,
    is_contents_title,
    is_exact_label,
    match_level,
    match_number,
    match_section,
    split_inline_fields,
)

MAXIMUM_HEADING_CHARACTERS = 220
#: A heading is printed at least this much larger than the body.
HEADING_SIZE_RATIO = 1.08
#: A line that ends like a sentence is a heading only when it is set this much larger than the body.
SENTENCE_SIZE_RATIO = 1.3
#: Items of a list that stand this much further right belong to an inner list.
LIST_STEP_PT = 8.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the flow with its features."""

    blocks: tuple[Block, ...]
    text: str  # number or label included, bullet left out
    title: str  # what is left when label, number and bullet are gone
    kind: str
    rank: float  # how strongly it is set as a heading; 0 for body text
    style: str
    label: LevelLabel | None = None
    number: Number | None = None
    section: Section | None = None
    bullet: bool = False
    depth: int = 0  # list level, 0 for the outer one
    page_number: int = 0
    box: int | None = None
    furniture: bool = False

    @property
    def locator(self) -> str:
        """Where the line is: page (or nothing when the format has none) and block."""
        return locator(self.blocks[0])


def locator(block: Block) -> str:
    """Where a block is, in the form that tables print."""
    page = f"p. {block.position.page_number} " if block.position.page_number else ""
    return f"{page}\u00a7 {block.index + 1}"


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """The style that most characters of a document have."""

    size_pt: float
    bold: bool
    color: str
    fills: frozenset[str] = frozenset()  # fills behind many lines of body size: cards and shaded cells, no headings


#: The body of a document is bold only when this share of its characters is: many plans are mostly bold titles.
BOLD_BODY = 0.8
#: Numbered lines set smaller than this against the body are footnotes.
NOTE_SIZE_RATIO = 0.9
#: A fill behind this many lines of running text sets no heading apart.
COMMON_FILL_LINES = 8


def read_body_style(blocks: Iterable[Block]) -> BodyStyle:
    """Return the commonest size, weight and colour, weighed by characters, over paragraphs that are no headings."""
    sizes: Counter[float] = Counter()
    bolds: Counter[bool] = Counter()
    colors: Counter[str] = Counter()
    fills: Counter[tuple[str, float, bool]] = Counter()
    for block in blocks:
        if block.style.fill:
            fills[block.style.fill, round(block.style.size_pt * 2) / 2, block.style.bold] += 1
        if block.role in (Role.BODY, Role.TEXT_BOX) and block.style.outline_level is None:
            weight = len(block.text)
            sizes[round(block.style.size_pt * 2) / 2] += weight
            bolds[block.style.bold] += weight
            colors[block.style.color] += weight
    if not sizes:
        return BodyStyle(0.0, False, "")
    size = sizes.most_common(1)[0][0]
    bold = bolds[True] >= BOLD_BODY * (bolds[True] + bolds[False])
    common = frozenset(
        fill for (fill, fill_size, fill_bold), count in fills.items() if count >= COMMON_FILL_LINES and fill_size <= size and fill_bold == bold
    )
    return BodyStyle(size, bold, colors.most_common(1)[0][0], common)


def is_capitals(text: str) -> bool:
    """Tell whether a text is set in capitals (at least four letters, no small one)."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and all(c == c.upper() for c in letters)


def heading_rank(style: Style, text: str, body: BodyStyle) -> float:
    """Weigh how strongly a line is set as a heading: outline levels first, then size, weight, fill, capitals, colour.

    0 for body text. Outline level 1 weighs 100, level 9 20; a bold line of body size some 6; size counts 40 a doubling.
    """
    if style.outline_level is not None:
        return 110.0 - 10.0 * style.outline_level
    if len(text) > MAXIMUM_HEADING_CHARACTERS or not any(c.isalpha() for c in text):
        return 0.0
    rank = 0.0
    sentence = (
        text.rstrip().endswith((".", ";")) and not style.bold and style.size_pt < SENTENCE_SIZE_RATIO * body.size_pt
    )
    if body.size_pt and style.size_pt > body.size_pt * HEADING_SIZE_RATIO and not sentence:
        rank += 8.0 + min(60.0, 40.0 * (style.size_pt / body.size_pt - 1.0))
    ends_sentence = text.rstrip().endswith((".", ";", ",")) and len(text) > 60
    if style.bold and not body.bold and not ends_sentence:
        rank += 6.0
    if is_capitals(text) and not ends_sentence:
        rank += 4.0
    if style.fill and style.fill not in body.fills and not ends_sentence:
        rank += 3.0
    if rank and style.color and style.color != body.color:
        rank += 1.0
    return rank


def style_key(style: Style, rank: float, body: BodyStyle) -> str:
    """Name the look of a line so that lines of one look share the name."""
    if style.outline_level is not None:
        return f"h{style.outline_level}"
    if rank <= 0:
        return "body"
    ratio = round(style.size_pt / body.size_pt, 1) if body.size_pt else 1.0
    marks = ("b" if style.bold else "") + ("i" if style.italic else "")
    return f"x{ratio:.1f}{marks}{'#' + style.color if style.color != body.color else ''}{'/' + style.fill if style.fill else ''}"


_REPEATED = re.compile(r"^(.{4,40}?)(?:\s+\1)+$", re.DOTALL)


def read_line(block: Block, body: BodyStyle) -> Line:
    """Describe one block."""
    text = unspace(clean(block.text))
    bullet = block.marker_kind is Marker.BULLET
    if not bullet and block.marker_kind is Marker.NONE:
        marker, rest = split_marker(text)
        if marker:
            bullet, text = True, rest
    repeated = _REPEATED.match(text)
    if repeated:
        text = repeated[1].strip()
    whole = f"{block.marker} {text}".strip() if block.marker_kind is Marker.NUMBER else text
    listed = block.list_level is not None
    label = match_level(whole)
    rank = 0.0 if bullet else heading_rank(block.style, text, body)
    if listed and block.style.outline_level is None and block.marker_kind is not Marker.NUMBER:
        rank = 0.0
    number = None if label is not None else match_number(whole, heading=rank > 0)
    if number is None and label is None and block.marker_kind is Marker.NUMBER:
        number = Number(block.marker.strip(" .)"), "1", text, ".")
    section = (
        match_section(text)
        if (rank > 0 or len(text) <= 60) and not (bullet and not text.rstrip().endswith(":"))
        else None
    )
    if section is not None and label is not None and (label.code or label.rest):
        section = None
    if (
        section is not None
        and number is not None
        and block.marker_kind is not Marker.NUMBER
        and section.concept not in ("outside", "annex", "contents", "legend", "summary")
    ):
        section = None
    if section is not None:
        label = number = None
    title = label.rest if label else number.rest if number else text
    look = style_key(block.style, rank, body)
    if block.role is Role.SHEET_NAME and label is None and section is None:
        number, look = None, "sheet name"  # names of sheets set parts apart, they are no titles of a plan
    small = 0 < block.style.size_pt < NOTE_SIZE_RATIO * body.size_pt
    if small and number is not None and number.shape == "1" and not listed and block.position.box is None:
        number, look = None, "note"
    return Line(
        blocks=(block,),
        text=whole,
        title=strip_title(title),
        rank=rank,
        style=look,
        label=label,
        number=number,
        section=section,
        bullet=bullet,
        depth=block.list_level or 0,
        page_number=block.position.page_number,
        box=block.position.box,
        kind=_kind(label, number, section, bullet, block.list_level or 0, rank, look, block.indent_pt),
    )


def _kind(
    label: LevelLabel | None,
    number: Number | None,
    section: Section | None,
    bullet: bool,
    depth: int,
    rank: float,
    look: str,
    indent_pt: float,
) -> str:
    """The signature in words; equal for lines that look alike."""
    if section is not None:
        return f"section {section.concept}"
    if label is not None:
        return f"label {label.level.value}"
    if number is not None:
        place = "" if rank > 0 else f" depth {depth}" if depth else f" indent {round(indent_pt / 18)}"
        return f"number {number.shape} {look}{place}"
    if bullet:
        return f"item {depth}"
    if look in ("sheet name", "note"):
        return look
    return f"heading {look}" if rank > 0 else "paragraph"


def settle_letters(lines: Sequence[Line], body: BodyStyle) -> list[Line]:
    """Read «A.1» as a number where the document numbers by letters («A.», «B.1»), not as the short label of an action."""
    letters = {
        line.number.code[0]
        for line in lines
        if line.number is not None and line.number.shape in ("A", "A.1") and line.number.code[:1].isalpha()
    }
    if not letters - {"A"}:
        return list(lines)
    out = []
    for line in lines:
        if (
            line.label is not None
            and line.label.level is Level.ACTION
            and re.fullmatch(r"A[.\-]?\d{1,3}", line.label.code)
        ):
            printed = re.match(r"\S+\s*", line.text)
            number = Number(line.label.code, "A.1", line.label.rest, ".")
            if printed is not None:
                block = line.blocks[0]
                line = replace(
                    line,
                    label=None,
                    number=number,
                    kind=_kind(None, number, None, line.bullet, line.depth, line.rank, line.style, block.indent_pt),
                )
        out.append(line)
    return out


#: A paragraph this long is running text, not an item of a list without bullets.
MAXIMUM_PLAIN_ITEM_CHARACTERS = 160


def _is_plain_item(line: Line) -> bool:
    """Tell whether a paragraph may be an item of a list without bullets: short, no sentence, no field."""
    text = line.text.rstrip()
    return (
        line.kind == "paragraph"
        and not line.furniture
        and len(text) <= MAXIMUM_PLAIN_ITEM_CHARACTERS
        and not text.endswith((".", ":", "!", "?"))
        and text[:1].isupper()
        and not split_inline_fields(text)
    )


def find_plain_lists(lines: Sequence[Line]) -> list[Line]:
    """Read runs of short paragraphs under headings as lists, where the document sets its lists so throughout.

    At least three headings must be followed by runs of two or more such paragraphs on average, most of what follows
    headings must be such runs, and bullets must be rarer.
    """
    runs: list[list[int]] = []
    other = 0
    for index, line in enumerate(lines):
        if line.rank <= 0 and line.label is None:
            continue
        run: list[int] = []
        position = index + 1
        while position < len(lines) and lines[position].kind == "paragraph":
            run.append(position)
            position += 1
        if run and all(_is_plain_item(lines[i]) for i in run):
            runs.append(run)
        elif run:
            other += 1
    items = [i for run in runs for i in run]
    bullets = sum(line.bullet for line in lines)
    if len(runs) < 3 or len(items) < 1.5 * len(runs) or len(runs) < 2 * other or bullets >= len(items):
        return list(lines)
    found = set(items)
    return [replace(line, bullet=True, kind="item 0") if i in found else line for i, line in enumerate(lines)]


_FIGURE = re.compile(r"^[\u00b1+\-\s<>~]*\d")
MAXIMUM_TILE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Tile:
    """A drawn box that holds a figure and its caption: a key figure."""

    figure: Line
    captions: tuple[Line, ...]


def find_tiles(lines: Sequence[Line]) -> list[Line | Tile]:
    """Take the boxes that hold one line set as a figure, and a caption, as tiles."""
    boxes: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        if line.box is not None and not line.furniture:
            boxes.setdefault((line.page_number, line.box), []).append(line)
    tiles: dict[tuple[int, int], Tile] = {}
    for box, inside in boxes.items():
        size = max(line.blocks[0].style.size_pt for line in inside)
        figures = [line for line in inside if _FIGURE.match(line.text) and line.blocks[0].style.size_pt >= size]
        plain = not any(line.label or line.bullet or line.section or is_exact_label(line.text.rstrip(" :?")) for line in inside)
        if (
            len(inside) < 2
            or len(figures) != 1
            or not plain
            or sum(len(line.text) for line in inside) > MAXIMUM_TILE_CHARACTERS
        ):
            continue
        captions = tuple(line for line in inside if line is not figures[0])
        if any(c.isalpha() for line in captions for c in line.text):
            tiles[box] = Tile(figures[0], captions)
    out: list[Line | Tile] = []
    for line in lines:
        place = (line.page_number, line.box or 0)
        tile = tiles.get(place) if line.box is not None and not line.furniture else None
        if tile is None:
            out.append(line)
        elif line is boxes[place][0]:
            out.append(tile)
    return out


def unify_colors(lines: Sequence[Line]) -> list[Line]:
    """Give one kind to headings that differ by nothing but a colour that changes from chapter to chapter.

    Colours are kept when they set levels apart: two colours over one size and weight, or one colour for most headings.
    """
    groups: dict[str, Counter[str]] = {}
    for line in lines:
        if line.rank > 0 and "#" in line.style + "/" and line.style.startswith("x"):
            groups.setdefault(re.split(r"[#/]", line.style)[0], Counter())[line.style] += 1
    varied = {
        base for base, looks in groups.items() if len(looks) >= 3 and max(looks.values()) <= 0.5 * sum(looks.values())
    }
    out = []
    for line in lines:
        base = re.split(r"[#/]", line.style)[0]
        if base in varied and line.style != base:
            look = base + ("/fill" if "/" in line.style else "#color")
            line = replace(line, style=look, kind=line.kind.replace(line.style, look))
        out.append(line)
    return out


def _continues(previous: Line, line: Line) -> bool:
    """Tell whether a line is the wrapped rest of a title: same look, small first letter, nothing that opens an item."""
    if previous.section or line.label or line.section or line.number or line.bullet:
        return False
    if not (previous.label or previous.bullet or previous.rank > 0 or previous.number):
        return False
    if not line.text[:1].islower() or previous.text.rstrip().endswith((".", ";", ":", "!", "?")) or not previous.title:
        return False
    if previous.box != line.box or line.page_number - previous.page_number not in (0, 1):
        return False
    first, second = previous.blocks[-1], line.blocks[0]
    sizes = sorted((first.style.size_pt, second.style.size_pt))
    same_look = first.style.bold == second.style.bold and sizes[1] <= 1.25 * sizes[0]  # OCR measures sizes roughly
    return same_look and second.list_level in (None, first.list_level) and second.table is None


def read_lines(blocks: Sequence[Block], body: BodyStyle) -> list[Line]:
    """Describe the blocks of a run of text in order; wrapped titles become one line."""
    lines: list[Line] = []
    for block in blocks:
        if not clean(block.text) and not block.marker.strip():
            continue
        line = read_line(block, body)
        if lines and _continues(lines[-1], line):
            previous = lines[-1]
            lines[-1] = replace(
                previous,
                blocks=previous.blocks + line.blocks,
                text=f"{previous.text} {line.text}",
                title=strip_title(f"{previous.title} {line.text}"),
            )
        else:
            lines.append(line)
    return _deepen(lines)


def _deepen(lines: list[Line]) -> list[Line]:
    """Tell the levels of lists apart by indentation where the format gives all items of a run one level."""
    out = list(lines)
    start = 0
    while start < len(out):
        if not out[start].bullet:
            start += 1
            continue
        stop = start
        while stop < len(out) and out[stop].bullet and out[stop].page_number - out[start].page_number <= 1:
            stop += 1
        run = out[start:stop]
        if len({line.depth for line in run}) == 1:
            steps: list[float] = []
            for indent in sorted({line.blocks[0].indent_pt for line in run}):
                if not steps or indent - steps[-1] > LIST_STEP_PT:
                    steps.append(indent)
            if len(steps) > 1:
                for offset, line in enumerate(run):
                    depth = sum(line.blocks[0].indent_pt > step - 0.5 for step in steps) - 1
                    out[start + offset] = replace(
                        line, depth=depth, kind=f"item {depth}" if line.kind.startswith("item ") else line.kind
                    )
        start = stop
    return out


# --------------------------------------------------------------------------------------------------------- furniture

_PAGE_NUMBER = re.compile(
    r"^(?:page\s*|p\.?\s*)?[\-\u2013\u2014|]?\s*\d{1,4}\s*[\-\u2013\u2014|]?(?:\s*(?:/|sur|de|of)\s*\d{1,4})?$", re.I
)
_LEADERS = re.compile(r"^(?P<title>.{3,}?)(?:\s*(?:\.\s?){4,}|\s*\u2026+\s*|\t+|\s{3,})\s*(?P<page>\d{1,4})\s*$")


def find_furniture(document: Document, body: BodyStyle) -> frozenset[int]:
    """Return the indexes of blocks that are page furniture: running headers and footers, page numbers, contents.

    A running line stands at one height on at least three pages (two of a short document), set no larger than the body,
    and carries no label of a level.
    """
    found: set[int] = set()
    paged: dict[tuple[str, int], list[Block]] = {}
    tops = [b.position.y0_pt for b in document.blocks if b.position.y1_pt]
    bottoms = [b.position.y1_pt for b in document.blocks if b.position.y1_pt]
    top, bottom = (min(tops), max(bottoms)) if tops else (0.0, 0.0)
    edge_pt = 0.10 * (bottom - top)
    outermost = _outermost(document)
    for block in document.blocks:
        if block.role in (Role.HEADER, Role.FOOTER, Role.CONTENTS):
            found.update(_leaves(block))
            continue
        if block.table is not None:
            continue
        at_edge = bool(tops) and (block.position.y0_pt <= top + edge_pt or block.position.y1_pt >= bottom - edge_pt)
        plain = block.position.box is None and not (
            body.size_pt and block.style.size_pt > body.size_pt * HEADING_SIZE_RATIO
        )
        if _PAGE_NUMBER.match(clean(block.text)) and at_edge and plain and block.marker_kind is Marker.NONE:
            found.add(block.index)
        elif at_edge and block.index in outermost and not is_exact_label(block.text.rstrip(" :?")):
            key = (re.sub(r"\d+", "#", fold(block.text)), round(block.position.y0_pt / 6))
            paged.setdefault(key, []).append(block)
    needed = 3 if document.page_count > 2 else 2
    for (_, _height), blocks in paged.items():
        pages = {b.position.page_number for b in blocks}
        if len(pages) < needed:
            continue
        for block in blocks:
            large = body.size_pt and block.style.size_pt > body.size_pt * HEADING_SIZE_RATIO
            if not large and block.style.outline_level is None and match_level(block.text) is None:
                found.add(block.index)
    found |= _find_contents(document)
    return frozenset(found)


def _outermost(document: Document) -> frozenset[int]:
    """The blocks on the two highest and the two lowest lines of each page."""
    pages: dict[int, list[Block]] = {}
    for block in document.blocks:
        if block.table is None and block.position.page_number and block.position.y1_pt:
            pages.setdefault(block.position.page_number, []).append(block)
    found: set[int] = set()
    for blocks in pages.values():
        highest = sorted({round(b.position.y0_pt / 6) for b in blocks})[:2]
        lowest = sorted({round(b.position.y1_pt / 6) for b in blocks})[-2:]
        found.update(b.index for b in blocks if round(b.position.y0_pt / 6) in highest or round(b.position.y1_pt / 6) in lowest)
    return frozenset(found)


def _leaves(block: Block) -> set[int]:
    if block.table is None:
        return {block.index}
    return {i for cell in block.table.cells for inner in cell.blocks for i in _leaves(inner)}


_PAGE_AFTER = re.compile(r"^(?P<title>.*\D)[\s.\u2026]+(?P<page>\d{1,3})$")


def _bare_title(text: str) -> str:
    """A title without label nor number, folded."""
    label = match_level(text)
    number = match_number(text, heading=True) if label is None else None
    return fold(
        label.rest if label is not None and label.rest else number.rest if number is not None and number.rest else text
    )


def _find_contents(document: Document) -> set[int]:
    """Find the lines of a table of contents.

    They have leaders and a page number; or a page number after a title that stands below again; or a page number, in
    a run that follows a heading «Sommaire». Fewer than three are no table of contents.
    """
    blocks = [b for b in document.blocks if b.table is None and b.text]
    found = {b.index for b in blocks if _LEADERS.match(b.text.strip()) and not re.search(r":\s*\d+$", b.text)}
    if not found and not any(_PAGE_AFTER.match(b.text.strip()) for b in blocks):
        return set()
    titles = Counter(_bare_title(clean(b.text)) for b in blocks)
    run: list[int] = []
    pages: list[int] = []
    headed = False

    def close() -> None:
        if len(run) >= 3 and (pages == sorted(pages) or headed):
            found.update(run)
        run.clear()
        pages.clear()

    for block in blocks:
        match = _PAGE_AFTER.match(block.text.strip())
        plausible = match is not None and int(match["page"]) <= max(document.page_count, 1) + 20
        if match is not None and plausible and (headed or titles[_bare_title(clean(match["title"]))] >= 1):
            run.append(block.index)
            pages.append(int(match["page"]))
        elif is_contents_title(clean(block.text)):
            close()
            headed = True
        elif block.index in found or (run and len(block.text) < 40 and match_section(block.text)):
            continue
        else:
            close()
            headed = False
    close()
    return found if len(found) >= 3 else set()


def announces(line: Line) -> tuple[Level, int] | None:
    """Return the count that a heading announces («Nos 5 enjeux»)."""
    if line.section is None or line.section.count is None:
        return None
    return (Level(line.section.concept), line.section.count) if line.section.concept in set(Level) else None
