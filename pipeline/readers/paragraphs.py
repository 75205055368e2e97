"""From runs of characters to blocks: the same for every office format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from pipeline.model import Block, Marker, Position, Role, Style, leaf_blocks
from pipeline.readers.names import unfinished_words
from pipeline.text import clean, split_marker, unspace
from pipeline.vocabulary import split_inline_fields, starts_item

#: Characters that `text.clean` leaves alone: a text of these only needs its spaces collapsed.
_PLAIN = re.compile(
    "[\\s!-~\u00c0-\u00ff\u0152\u0153\u2018\u2019\u201c\u201d\u00ab\u00bb\u2013\u2014\u2026\u20ac\u00b0\u00b2]*\\Z"
)
#: What a text with a typed bullet may begin with; most begin with a letter, and need no closer look.
_MAY_BE_MARKED = re.compile(r"[^\w\s]|o\s")
_LETTER_SPACED = re.compile(r"(?<!\S)\w\s\w\s\w\s")
_LETTER_SPACED_MAX = 150
_DIGITS = re.compile(r"\d+")
_UNFINISHED = (",", "-", "\u2013", "(", "\u00ab", "'", "\u2019", "&", "/")
#: Width that a typed tab stands for when a paragraph starts with it (default tab stops are a half inch apart).
TAB_PT = 36.0


class Face(NamedTuple):
    """How characters are set; the colour is rrggbb, empty for black or automatic."""

    font: str = ""
    size_pt: float = 0.0
    bold: bool = False
    italic: bool = False
    color: str = ""


class Frame(NamedTuple):
    """What a whole paragraph is, apart from its characters."""

    style_name: str = ""
    outline_level: int | None = None
    fill: str = ""
    position: Position = Position()
    list_level: int | None = None
    marker: str = ""
    marker_kind: Marker = Marker.NONE
    role: Role = Role.BODY
    indent_pt: float = 0.0
    in_cell: bool = False


Span = tuple[str, Face]
#: What a block has besides its text, in the order of its fields.
Look = tuple[Style, Position, int | None, str, Marker, str, Role, float]
PLAIN_FACE = Face()
PLAIN_FRAME = Frame()


def clean_text(text: str) -> str:
    """`text.clean`, quickly for ordinary text, with letter-spaced words of a short text rejoined."""
    words = text.split()
    if len(words) > 2 and len(text) < _LETTER_SPACED_MAX and _LETTER_SPACED.search(text) is not None:
        text = unspace(text)
        words = text.split()
    plain = text.isprintable() if text.isascii() else _PLAIN.match(text) is not None
    return " ".join(words) if plain else clean(text)


def set_paragraph(spans: Sequence[Span], frame: Frame = PLAIN_FRAME) -> list[Block]:
    """Make the blocks of one paragraph; none when it is empty.

    A line break ("\\n" in a span) is a space, except that a line that opens an item, a bullet or a labelled field is a
    block of its own; so is each line of a cell that does not go on the line before. A typed bullet becomes the marker.
    The style is that of most characters; `lead` is the bold beginning of a text that is not bold throughout.
    """
    raw = spans[0][0] if len(spans) == 1 else "".join(text for text, _ in spans)
    if not raw or raw.isspace():
        return []
    if "\n" not in raw:
        block = _block(spans, frame, raw)
        return [block] if block.text else []
    lines = _lines(spans)
    blocks: list[Block] = []
    for number, group in enumerate(_items(lines, frame)):
        part = frame if number == 0 else frame._replace(marker="", marker_kind=Marker.NONE)
        blocks.append(_block(group, part, "".join(text for text, _ in group)))
    return [block for block in blocks if block.text]


def _lines(spans: Sequence[Span]) -> list[list[Span]]:
    lines: list[list[Span]] = [[]]
    for text, face in spans:
        first, *others = text.split("\n")
        lines[-1].append((first, face))
        lines.extend([(other, face)] for other in others)
    return [line for line in lines if any(text.strip() for text, _ in line)]


def _items(lines: list[list[Span]], frame: Frame) -> list[list[Span]]:
    groups = [lines[0]]
    for line in lines[1:]:
        before, text = _plain(groups[-1]), _plain(line)
        if opens_item(text) or (frame.in_cell and frame.marker_kind is Marker.NONE and not goes_on(before, text)):
            groups.append(line)
        else:
            groups[-1] = [*groups[-1], (" ", line[0][1]), *line]
    return groups


def _plain(spans: Sequence[Span]) -> str:
    return clean_text("".join(text for text, _ in spans))


def opens_item(text: str) -> bool:
    """Whether a line begins with a bullet, a number, the label of a level or the label of a field."""
    return bool(split_marker(text)[0]) or starts_item(text) or bool(split_inline_fields(text))


def goes_on(before: str, text: str) -> bool:
    """Whether a line goes on the one before: it starts in lower case, or the one before is not finished."""
    if text[:1].islower() or before.endswith(_UNFINISHED):
        return True
    return before.rpartition(" ")[2].lower().replace("\u2019", "'") in unfinished_words()


def _block(spans: Sequence[Span], frame: Frame, raw: str) -> Block:
    text = clean_text(raw)
    style_name, outline_level, fill, position, list_level, marker, marker_kind, role, indent_pt, _ = frame
    face, lead = (spans[0][1], "") if len(spans) == 1 else _weigh(spans)
    if marker_kind is Marker.NONE:
        leading_tabs = len(raw) - len(raw.lstrip("\t")) if raw[:1] == "\t" else 0
        indent_pt += leading_tabs * TAB_PT
        if _MAY_BE_MARKED.match(text) is not None:
            glyph, rest = split_marker(text)
            if glyph and rest:
                lead = split_marker(lead)[1].strip() if marker != glyph else lead
                text, marker, marker_kind = rest, glyph, Marker.BULLET
                list_level = leading_tabs if list_level is None else list_level
    style = _style(style_name, outline_level, face, fill)
    indent_pt = round(indent_pt, 2) if indent_pt else 0.0
    return Block(text, style, position, list_level, marker, marker_kind, lead, role, indent_pt)


def look_of(face: Face, frame: Frame) -> Look:
    """What a paragraph of one face has besides its text."""
    style = _style(frame.style_name, frame.outline_level, face, frame.fill)
    indent_pt = round(frame.indent_pt, 2)
    return style, frame.position, frame.list_level, frame.marker, frame.marker_kind, "", frame.role, indent_pt


def plain_block(raw: str, look: Look) -> Block | None:
    """The block of a text of one face, as `set_paragraph` makes it; None where that has more to do.

    It has for texts with tabs or line breaks, for those that may begin with a bullet, and for empty ones.
    """
    text = clean_text(raw)
    if not text or "\n" in raw or raw[:1] == "\t" or _MAY_BE_MARKED.match(text) is not None:
        return None
    return Block(text, *look)


def frame_block(block: Block, box: int, fill: str) -> Block:
    """Put a paragraph into a drawn box with a fill; what it has of its own stays."""
    position = block.position if block.position.box is not None else replace(block.position, box=box)
    return replace(block, position=position, style=replace(block.style, fill=block.style.fill or fill))


def furniture_key(blocks: Sequence[Block]) -> tuple[str, ...]:
    """What headers and footers are compared by: their words, without page numbers."""
    return tuple(_DIGITS.sub("", block.text) for block in leaf_blocks(tuple(blocks)))


@lru_cache(maxsize=4096)
def _style(name: str, outline_level: int | None, face: Face, fill: str) -> Style:
    return Style(name, outline_level, face.font, face.size_pt, face.bold, face.italic, face.color, fill)


def _weigh(spans: Sequence[Span]) -> tuple[Face, str]:
    """The face of most characters of several runs, and the bold beginning when the rest is not bold."""
    weights: dict[Face, int] = {}
    stretches: list[tuple[bool, list[str]]] = []
    for text, face in spans:
        size = len(text) - text.count(" ")
        if size == 0:
            if stretches:
                stretches[-1][1].append(text)
            continue
        weights[face] = weights.get(face, 0) + size
        if stretches and stretches[-1][0] == face.bold:
            stretches[-1][1].append(text)
        else:
            stretches.append((face.bold, [text]))
    lead = clean_text("".join(stretches[0][1])) if len(stretches) > 1 and stretches[0][0] else ""
    return max(weights, key=lambda face: weights[face]), lead
