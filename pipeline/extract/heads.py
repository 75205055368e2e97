"""Put the parts of a heading that a layout prints apart back in the order of the text: label, number, title.

A code beside its title, in a margin or at the end of the line; a label under its title, or without a number over it; a
number alone on an opening page whose label stands on the next one; parents named inside of the sheet of an action.
Blocks are moved or given their label; none is lost.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.extract.sheets import Node
from pipeline.extract.signatures import (
    MAXIMUM_HEADING_CHARACTERS,
    BodyStyle,
    Line,
    heading_rank,
    is_capitals,
    line_kind,
)
from pipeline.model import LEVEL_DEPTH, Block, Document, Level, Marker, Role, leaf_blocks
from pipeline.text import REMEMBERED, clean, strip_title, unspace
from pipeline.vocabulary import (
    LevelLabel,
    code_key,
    counts_no_level,
    level_word,
    match_level,
    match_number,
    match_section,
    singular,
    split_inline_fields,
)

#: Codes stand beside their titles throughout a document where this share of them does, and no fewer than so many.
SHARE = 0.8
MINIMUM_CODES, MINIMUM_UPPER_CODES = 3, 2
MINIMUM_LABELS = 2
#: A title set weaker than the label over it is no longer than this.
MAXIMUM_PLAIN_TITLE_CHARACTERS = 120
#: Actions are sheets that name their parents where at least so many do.
MINIMUM_SHEETS = 3
#: The levels above an action, from the top.
_PARENTS = (Level.VOLET, Level.ENJEU, Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
#: The number of an opening page is set this much larger than the body.
OPENING_SIZE_RATIO = 2.0
#: The middles of a code and of the first line beside it differ by less than this share of the larger size.
_SAME_ROW = 0.45

#: Two heads stand at one height within this; an entry at left begins no lower than this below its first one at right.
_SAME_TOP_PT = 4.0
_ROW_SLACK_PT = 8.0

_CODE = re.compile(r"^(?:\d{1,2}(?:\.\d{1,3}){1,4}\.?|[A-Z](?:\.?\d{1,2}(?:\.\d{1,2})*(?:\.[a-z])?)?\.?)$")
#: A counted word that is all that a line holds («Chantier 2»).
_COUNTED_ALONE = re.compile(
    r"^(?P<word>[^\W\d_]{3,}(?: [^\W\d_]{2,}){0,2}) (?:[nN][\u00b0\u00bao] ?)?(?P<count>\d{1,2})$"
)
_OPENING = re.compile(r"^\d{1,2}$")


def with_whole_heads(document: Document, body: BodyStyle) -> Document:
    """Return the document with the parts of its headings in order; the blocks keep their indexes."""
    blocks = _codes_before_titles(_without_said_numbers(_counts_before_titles(document.blocks, body)))
    blocks = _labels_above_titles(blocks, body)
    blocks = _numbers_over_titles(_labels_of_openings(blocks, body), body)
    blocks = _labels_of_sheets(blocks)
    blocks = _parents_before_sheets(blocks)
    blocks = _rows_under_two_heads(blocks)
    return replace(document, blocks=tuple(blocks)) if blocks is not document.blocks else document


def _text(block: Block) -> str:
    return _closed_up(block.text)


@lru_cache(maxsize=REMEMBERED)
def _closed_up(text: str) -> str:
    return clean(unspace(text))


def _lone_label(block: Block) -> LevelLabel | None:
    """The label and number that are all that a block holds; None when it holds anything else."""
    if block.table is not None or block.role in (Role.HEADER, Role.FOOTER) or len(block.text) > 60:
        return None
    label = match_level(_text(block))
    return label if label is not None and label.code and not label.rest else None


def _counts_before_titles(blocks: Sequence[Block], body: BodyStyle) -> Sequence[Block]:
    """Put counted words of the author's own («Chantier 2») in front of the larger titles over which they stand.

    All lines that count the word stand so, from one on: as the first lines of pages they would pass for running ones.
    In any order («Idée n° 12») they are three or more, over titles of one look. A note at their right goes below.
    Titles that are no larger have a look that no other line has, or their pages to themselves.
    """
    found: dict[str, list[tuple[int, str, int]]] = {}
    apart: dict[str, list[tuple[int, str, int]]] = {}
    for index, block in enumerate(blocks):
        text = _counted_text(block)
        match = _COUNTED_ALONE.match(text) if block.table is None and len(block.text) <= 60 else None
        if match is not None and match_level(text) is None and not counts_no_level(text):
            title, word = _title_below(blocks, index, body), singular(match["word"])
            found.setdefault(word, []).append((index, match["count"], title))
            if heading_rank(block.style, block.text, body) > 0:
                apart.setdefault(word, []).append((index, match["count"], _title_after(blocks, index)))
    for word, counted in apart.items():
        whole = len(counted) == len(found[word]) and all(title for _, _, title in counted) and _counts_on(counted)
        larger = all(title for _, _, title in found[word])
        if whole and not larger and _have_a_place(blocks, counted, body):
            found[word] = counted
    titled = [
        (index, title)
        for counted in found.values()
        if len(counted) >= MINIMUM_LABELS and all(title for _, _, title in counted)
        if _counts_on(counted) or _are_of_one_look(blocks, counted)
        for index, _, title in counted
    ]
    if not titled:
        return blocks
    out = list(blocks)
    for index, title in titled:
        out[index] = replace(blocks[index], role=Role.HEADER)
        styles = (block.style for block in (blocks[title], blocks[index]))
        style = max(styles, key=lambda style: heading_rank(style, blocks[title].text, body))
        named = replace(blocks[title], text=f"{_counted_text(blocks[index])} : {_text(blocks[title])}", style=style)
        below = itertools.islice(blocks, title + 1, None) if title > index + 1 else ()
        fields = list(itertools.takewhile(_holds_fields, below))
        out[index + 1 : title + 1 + len(fields)] = [named, *fields, *blocks[index + 1 : title]]
    return out


def _counted_text(block: Block) -> str:
    """The text of a block, with the number that a tile beside it holds after it («Chantier», «2»)."""
    in_tile = block.marker_kind is Marker.NUMBER and block.marker.isdecimal()
    return f"{_text(block)} {block.marker}" if in_tile else _text(block)


def _title_below(blocks: Sequence[Block], index: int, body: BodyStyle) -> int:
    """The index of the larger title that a line stands right over, a note beside the line left out; 0 for none."""
    line = blocks[index]
    for place in range(index + 1, min(index + 3, len(blocks))):
        block = blocks[place]
        if block.table is None and _is_right_over(line, block) and _is_plain_heading(block, body):
            return place
        beside = block.table is None and abs(block.position.y0_pt - line.position.y0_pt) <= _SAME_TOP_PT
        if not beside or block.position.x0_pt <= line.position.x1_pt:
            return 0
    return 0


def _title_after(blocks: Sequence[Block], index: int) -> int:
    """The index of the text right after a line on its page that may be its title; 0 for none."""
    title = blocks[index + 1] if index + 1 < len(blocks) else None
    if title is None or title.position.page_number != blocks[index].position.page_number or _opens(title):
        return 0
    length = len(_text(title))
    return index + 1 if 0 < length <= MAXIMUM_HEADING_CHARACTERS and not _holds_fields(title) else 0


def _have_a_place(blocks: Sequence[Block], counted: Sequence[tuple[int, str, int]], body: BodyStyle) -> bool:
    """Tell whether the titles after counts have a look of their own, or pages without another text as large."""
    titles = [blocks[title] for _, _, title in counted]
    looks = {(block.style, heading_rank(block.style, block.text, body) > 0) for block in titles}
    if len(looks) == 1 and next(iter(looks))[1]:
        style = titles[0].style
        if len(titles) == sum(block.table is None and block.style == style for block in blocks):
            return True
    pages = {block.position.page_number: block.style.size_pt for block in titles}
    on_page = Counter(
        block.position.page_number
        for block in blocks
        if block.role not in (Role.HEADER, Role.FOOTER)
        and block.style.size_pt >= pages.get(block.position.page_number, 0.0)
    )
    return 0 not in pages and len(pages) == len(titles) and all(on_page[page] == 2 for page in pages)


def _holds_fields(block: Block) -> bool:
    return block.table is None and bool(split_inline_fields(block.text))


def _counts_on(counted: Sequence[tuple[int, str, int]]) -> bool:
    """Tell whether counts are those from one on."""
    return [int(count) for _, count, _ in counted] == list(range(1, len(counted) + 1))


def _are_of_one_look(blocks: Sequence[Block], counted: Sequence[tuple[int, str, int]]) -> bool:
    """Tell whether three or more counts, each another, stand over titles that are set alike."""
    styles = [blocks[title].style for _, _, title in counted]
    looks = {(style.size_pt, style.bold, style.color) for style in styles}
    return len(looks) == 1 and MINIMUM_CODES <= len(counted) == len({count for _, count, _ in counted})


def _is_right_over(line: Block, title: Block) -> bool:
    """Tell whether a larger title stands right below a line, on the same ground or from the same left edge."""
    place, below = line.position, title.position
    close = place.page_number == below.page_number and -2 <= below.y0_pt - place.y1_pt <= 1.5 * title.style.size_pt
    one_ground = line.style.fill != "" and line.style.fill == title.style.fill
    hung = line.marker_kind is Marker.NUMBER and place.x0_pt < below.x0_pt < place.x1_pt
    aligned = abs(below.x0_pt - place.x0_pt) <= max(4, line.style.size_pt) or one_ground or hung
    return close and aligned and title.style.size_pt > line.style.size_pt


def _without_said_numbers(blocks: Sequence[Block]) -> Sequence[Block]:
    """Take the numbers next to which their own labels stand («1» in large type over «Enjeu 1») as ornament."""
    said = set()
    for before, after in itertools.pairwise(blocks):
        for number, labelled in ((before, after), (after, before)):
            label = _lone_label(labelled) if number.table is None and _OPENING.match(number.text.strip()) else None
            together = number.position.page_number == labelled.position.page_number > 0
            if label is not None and together and code_key(label.code) == code_key(number.text.strip()):
                said.add(number.index)
    if not said:
        return blocks
    return [replace(block, role=Role.HEADER) if block.index in said else block for block in blocks]


# ------------------------------------------------------------------------------------------- codes beside titles


def _codes_before_titles(blocks: Sequence[Block]) -> Sequence[Block]:
    """Move codes printed beside their titles in front of them, where nearly all codes of one look stand so."""
    pages: dict[int, list[Block]] = {}
    for block in blocks:
        if block.table is None and block.position.x1_pt > block.position.x0_pt and clean(block.text):
            pages.setdefault(block.position.page_number, []).append(block)
    looks: dict[tuple[float, bool, str], list[tuple[Block, Block | None]]] = {}
    for on_page in pages.values():
        codes = {block.index for block in on_page if _is_code(block)}
        others = [block for block in on_page if block.index not in codes]
        for block, following in zip(on_page, [*on_page[1:], None], strict=True):
            if block.index in codes:
                look = (block.style.size_pt, block.style.bold, block.style.color)
                titled = following is not None and (_stands_over(block, following) or _is_under(block, following))
                mate = None if titled else _beside(block, others)
                looks.setdefault(look, []).append((block, mate))
    moved: dict[int, Block] = {}
    # the fewest codes of one look decide last: those of the upper levels are as few as there are OS
    for pairs in sorted(looks.values(), key=len, reverse=True):
        mates = Counter(mate.index for _, mate in pairs if mate is not None)
        single = [(code, mate) for code, mate in pairs if mate is not None and mates[mate.index] == 1]
        fewest = MINIMUM_UPPER_CODES if moved else MINIMUM_CODES
        if len(pairs) >= fewest and len(single) >= SHARE * len(pairs):
            moved.update((mate.index, code) for code, mate in single)
    if not moved:
        return blocks
    taken = {code.index for code in moved.values()}
    out: list[Block] = []
    for block in blocks:
        if block.index in taken:
            continue
        if block.index in moved:
            code = moved[block.index]
            closed = f"{_text(code).rstrip('.')}." if re.fullmatch(r"[A-Z]\.?", _text(code)) else code.text
            out.append(replace(code, text=closed))
        out.append(block)
    return out


def _stands_over(code: Block, title: Block) -> bool:
    """Tell whether a larger title stands right under a code, from the same left edge and in the same box."""
    place, below = code.position, title.position
    close = -2 <= below.y0_pt - place.y1_pt <= 1.5 * title.style.size_pt
    aligned = abs(below.x0_pt - place.x0_pt) <= 4 and place.box == below.box
    return close and aligned and title.style.size_pt > code.style.size_pt


def _is_code(block: Block) -> bool:
    """Tell whether a block holds nothing but a label with its number, or a number: a plain one only on a tile."""
    if block.marker_kind is not Marker.NONE or block.role in (Role.HEADER, Role.FOOTER):
        return False
    code = _text(block)
    return bool(_CODE.match(code) or (block.style.fill and _OPENING.match(code))) or _lone_label(block) is not None


def _beside(code: Block, others: Sequence[Block]) -> Block | None:
    """The nearest text whose first line stands on the row of a code; None when there is none."""
    place, size_pt = code.position, code.style.size_pt
    middle = (place.y0_pt + place.y1_pt) / 2
    best: tuple[float, Block] | None = None
    for other in others:
        theirs = other.position
        height_pt = min(theirs.y1_pt - theirs.y0_pt, 1.3 * other.style.size_pt or theirs.y1_pt - theirs.y0_pt)
        if abs(theirs.y0_pt + height_pt / 2 - middle) > _SAME_ROW * max(size_pt, other.style.size_pt):
            continue
        gap_pt = max(theirs.x0_pt - place.x1_pt, place.x0_pt - theirs.x1_pt)
        if gap_pt < -1 or sum(c.isalpha() for c in other.text) < 4:
            continue
        if best is None or gap_pt < best[0]:
            best = (gap_pt, other)
    return best[1] if best is not None else None


# --------------------------------------------------------------------------------------------- labels under titles


def _labels_above_titles(blocks: Sequence[Block], body: BodyStyle) -> Sequence[Block]:
    """Swap titles and the labels under them, for the levels whose labels all but always stand so.

    A title is set as a heading, or it has the page to itself and its label.
    """
    places: dict[Level, list[tuple[int, bool]]] = {}
    on_page = Counter(b.position.page_number for b in blocks if b.role not in (Role.HEADER, Role.FOOTER))
    for index, block in enumerate(blocks):
        label = _lone_label(block)
        if label is None:
            continue
        before, after = blocks[index - 1] if index else None, blocks[index + 1] if index + 1 < len(blocks) else None
        page_number = block.position.page_number
        last = after is None or after.position.page_number != page_number
        under = (
            before is not None
            and before.position.page_number == page_number
            and (
                (page_number > 0 and on_page[page_number] == 2 and not _opens(before))
                or (
                    _is_plain_heading(before, body)
                    and heading_rank(before.style, before.text, body) > heading_rank(block.style, block.text, body)
                )
            )
            and (last or (after is not None and _opens(after)))
        )
        places.setdefault(label.level, []).append((index, under))
    swapped: set[int] = set()
    for found in places.values():
        under_indexes = [index for index, under in found if under]
        if len(under_indexes) >= MINIMUM_LABELS and len(under_indexes) >= SHARE * len(found):
            swapped.update(under_indexes)
    if not swapped:
        return blocks
    out = list(blocks)
    for index in swapped:
        out[index - 1], out[index] = out[index], out[index - 1]
    return out


def _is_plain_heading(block: Block, body: BodyStyle) -> bool:
    """Tell whether a block is a heading without label, number or bullet, and names no section."""
    text = _text(block)
    if block.table is not None or block.marker_kind is not Marker.NONE or not text:
        return False
    if match_level(text) is not None or match_number(text, heading=True) is not None or match_section(text) is not None:
        return False
    return heading_rank(block.style, text, body) > 0


def _opens(block: Block) -> bool:
    """Tell whether a block is no title: a table, an item, a label or number with its own title, a section."""
    text = _text(block)
    if block.table is not None or block.marker_kind is not Marker.NONE:
        return True
    label, number = match_level(text), match_number(text, heading=True)
    return label is not None or number is not None or match_section(text) is not None


# ------------------------------------------------------------------------------- labels without numbers over titles


def join_labels(flow: Sequence[Node]) -> list[Node]:
    """Join labels without a number («Objectif stratégique») and the titles under them, for levels that print them so.

    Parents that follow an action are fields of its sheet: the first label of the document is that of an upper level.
    """
    places: dict[Level, list[tuple[int, list[int]]]] = {}
    first: Level | None = None
    for index, node in enumerate(flow):
        if not isinstance(node, Line) or node.furniture or node.label is None or node.label.level not in LEVEL_DEPTH:
            continue
        if _is_lone(node):
            places.setdefault(node.label.level, []).append((index, _title_indexes(flow, index, node)))
        if first is None and (_is_lone(node) or node.label.code or node.label.rest):
            first = node.label.level
    titles: dict[int, list[int]] = {}
    levels = []
    for level, found in places.items():
        titled = {index: title for index, title in found if title}
        if len(titled) >= MINIMUM_LABELS and len(titled) >= SHARE * len(found):
            titles.update(titled)
            levels.append(level)
    if first is None or not levels or LEVEL_DEPTH[first] > min(LEVEL_DEPTH[level] for level in levels):
        return list(flow)
    taken = set(itertools.chain.from_iterable(titles.values()))
    return [
        _joined(node, [flow[i] for i in titles[index]]) if index in titles else node
        for index, node in enumerate(flow)
        if index not in taken
    ]


def _is_lone(line: Line) -> bool:
    """Tell whether a line holds the label of a level and nothing else, in the singular."""
    label = line.label
    alone = label is not None and not (label.code or label.rest or label.plural)
    return alone and line.section is None and not line.bullet


def _title_indexes(flow: Sequence[Node], index: int, label: Line) -> list[int]:
    """The indexes of the lines of the title right under a label, on its page or the next; [] where something else is.

    A title in capitals goes on in the lines set like it.
    """
    found: list[int] = []
    first: Line | None = None
    for below in range(index + 1, len(flow)):
        line = flow[below]
        if isinstance(line, Line) and line.furniture:
            continue
        if not isinstance(line, Line) or not _may_be_title(line, label):
            break
        alike = first is None or (line.kind == first.kind and is_capitals(first.text) and is_capitals(line.text))
        if not alike:
            break
        first = first or line
        found.append(below)
    return found


def _may_be_title(line: Line, label: Line) -> bool:
    """Tell whether a line under a label may be its title: neither a label nor a number, an item, or running text."""
    if line.label or line.number or line.section or line.bullet or not line.title:
        return False
    longest = MAXIMUM_HEADING_CHARACTERS if line.rank >= label.rank else MAXIMUM_PLAIN_TITLE_CHARACTERS
    ends = line.text.rstrip().endswith((".", ";", ":"))
    return len(line.text) <= longest and not ends and line.page_number - label.page_number <= 1


def _joined(label: Node, titles: Sequence[Node]) -> Node:
    """A label and the lines of the title under it as one line, set as the strongest of them."""
    lines = [line for line in titles if isinstance(line, Line)]
    assert isinstance(label, Line)
    assert label.label is not None
    title = strip_title(" ".join(line.title for line in lines))
    named = replace(label.label, rest=title)
    rank = max(line.rank for line in (label, *lines))
    return replace(
        label,
        blocks=tuple(block for line in (label, *lines) for block in line.blocks),
        text=f"{label.text} : {' '.join(line.text for line in lines)}",
        title=title,
        label=named,
        rank=rank,
        kind=line_kind(named, None, None, lines[0].style, rank, bullet=False, depth=label.depth, indent_pt=0.0),
    )


# ------------------------------------------------------------------------------------------ labels of opening pages


def _labels_of_openings(blocks: Sequence[Block], body: BodyStyle) -> Sequence[Block]:
    """Give the large numbers of opening pages the label that repeats each of them without a title."""
    found: dict[int, Level] = {}
    opening: tuple[int, str] | None = None
    for index, block in enumerate(blocks):
        text = _text(block) if block.table is None else ""
        title = blocks[index + 1] if index + 1 < len(blocks) else None
        if _OPENING.match(text) and block.style.size_pt >= OPENING_SIZE_RATIO * body.size_pt > 0:
            opening = (index, code_key(text)) if title is not None and _is_plain_heading(title, body) else None
            continue
        label = _lone_label(block)
        if label is not None and opening is not None and code_key(label.code) == opening[1]:
            if title is None or _opens(title):
                found[opening[0]] = label.level
            opening = None
        elif text and (match_level(text) is not None):
            opening = None
    if len(found) < MINIMUM_LABELS or len(set(found.values())) > 1:
        return blocks
    return [
        replace(block, text=f"{level_word(found[index])} {_text(block)}") if index in found else block
        for index, block in enumerate(blocks)
    ]


def _numbers_over_titles(blocks: Sequence[Block], body: BodyStyle) -> Sequence[Block]:
    """Put large numbers («1» in a circle) in front of the titles of one look that they stand over, from one on."""
    found: list[tuple[int, str, int]] = []
    for index, (number, title) in enumerate(itertools.pairwise(blocks)):
        printed = _text(number) if number.table is None and number.marker_kind is Marker.NONE else ""
        heads = number.role is Role.BODY and _is_under(number, title) and _is_plain_heading(title, body)
        if _OPENING.match(printed) and heads:
            found.append((index, printed, index + 1))
    if len(found) < MINIMUM_CODES or not _counts_on(found) or not _are_of_one_size(blocks, found):
        return blocks
    out = list(blocks)
    for index, printed, title_index in found:
        out[index] = replace(blocks[index], role=Role.HEADER)
        out[title_index] = replace(blocks[title_index], text=f"{printed}. {_text(blocks[title_index])}")
    return out


def _is_under(number: Block, title: Block) -> bool:
    """Tell whether text stands right below a bare number in type no smaller, in one box and over one another."""
    place, below = number.position, title.position
    size_pt = number.style.size_pt
    near = place.page_number == below.page_number > 0 and place.box == below.box
    close = -2 <= below.y0_pt - place.y1_pt <= 1.5 * size_pt
    over = below.x0_pt - size_pt <= (place.x0_pt + place.x1_pt) / 2 <= below.x1_pt
    larger = size_pt >= title.style.size_pt and bool(_OPENING.match(_text(number)))
    return near and close and over and larger


def _are_of_one_size(blocks: Sequence[Block], counted: Sequence[tuple[int, str, int]]) -> bool:
    """Tell whether all numbers are set alike, and all titles: banners may differ in colour."""
    looks = {(blocks[i].style.size_pt, blocks[i].style.bold) for i, _, _ in counted}
    return len(looks) == 1 == len({(blocks[t].style.size_pt, blocks[t].style.bold) for _, _, t in counted})


# ------------------------------------------------------------------------------ names of the sheets of a workbook


def _labels_of_sheets(blocks: Sequence[Block]) -> Sequence[Block]:
    """Give the numbered titles that sheets begin with («1. Rouler») the label that their names print («OS 1»)."""
    found: dict[int, Block] = {}
    for index, (name, below) in enumerate(itertools.pairwise(blocks), 1):
        label = _lone_label(name) if name.role is Role.SHEET_NAME else None
        first = next(leaf_blocks((below,)), None) if label is not None else None
        number = match_number(_text(first), heading=True) if first is not None else None
        if label is None or first is None or number is None or not number.rest:
            continue
        if code_key(number.code) != code_key(label.code):
            continue
        labelled = replace(first, text=f"{level_word(label.level)} {_text(first)}")
        found[index] = labelled if below.table is None else _with_first(below, labelled)
    if len(found) < MINIMUM_LABELS:
        return blocks
    return [found.get(index, block) for index, block in enumerate(blocks)]


def _with_first(block: Block, first: Block) -> Block:
    """A table whose first paragraph is replaced."""
    assert block.table is not None
    cells = list(block.table.cells)
    place = next(i for i, cell in enumerate(cells) if cell.blocks)
    cells[place] = replace(cells[place], blocks=(first, *cells[place].blocks[1:]))
    return replace(block, table=replace(block.table, cells=tuple(cells)))


# ------------------------------------------------------------------------------------------ parents inside of sheets


def _parents_before_sheets(blocks: Sequence[Block]) -> Sequence[Block]:
    """Move the labelled parents that the sheet of an action names below its title before the sheet.

    Nearly all actions are sheets that do so («Objectif opérationnel : OO1.1 Entretenir les voiries»).
    """
    sheets: list[tuple[int, list[int]]] = []  # the action, and the parents named before the next one
    for index, block in enumerate(blocks):
        label = match_level(_text(block)) if block.table is None else None
        if label is None or not (label.code or label.rest):
            continue
        if label.level is Level.ACTION and label.code:
            sheets.append((index, []))
        elif label.level in _PARENTS and sheets:
            sheets[-1][1].append(index)
    named = [sheet for sheet in sheets if sheet[1] and _is_path(blocks, sheet)]
    last = bool(named) and named[-1] is sheets[-1]  # elsewhere what follows an action are the parents of the next
    if not last or len(named) < MINIMUM_SHEETS or len(named) < SHARE * len(sheets):
        return blocks
    moved = {index for _, parents in named for index in parents}
    first = dict(named)
    out: list[Block] = []
    for index, block in enumerate(blocks):
        out += [blocks[parent] for parent in first.get(index, ())]
        if index not in moved:
            out.append(block)
    return out


def _is_path(blocks: Sequence[Block], sheet: tuple[int, Sequence[int]]) -> bool:
    """Tell whether the parents in a sheet name each level once, from above, and stand on the page of its action."""
    action, indexes = sheet
    levels = [label.level for index in indexes if (label := match_level(_text(blocks[index]))) is not None]
    depths = [_PARENTS.index(level) for level in levels]
    pages = {blocks[index].position.page_number for index in (action, *indexes)}
    return depths == sorted(set(depths)) and len(pages) == 1


# --------------------------------------------------------------------------------- two columns that name their levels


def _rows_under_two_heads(blocks: Sequence[Block]) -> Sequence[Block]:
    """Read two columns whose heads name levels («Nos objectifs opérationnels» beside «Nos actions») row by row.

    What stands in the left column gets the label of its level; what stands beside or below it follows.
    """
    heads = [(index, level) for index, block in enumerate(blocks) if (level := _headed_level(block)) is not None]
    out = list(blocks)
    by_page = itertools.groupby(heads, key=lambda head: blocks[head[0]].position.page_number)
    pairs = (pair for _, page in by_page for pair in itertools.permutations(page, 2))
    for (first, upper), (second, lower) in pairs:
        left, right = blocks[first].position, blocks[second].position
        beside = abs(left.y0_pt - right.y0_pt) <= _SAME_TOP_PT
        if not beside or left.x1_pt > right.x0_pt or LEVEL_DEPTH[upper] >= LEVEL_DEPTH[lower]:
            continue
        rows = _rows_below(blocks, blocks[first], blocks[second])
        if not rows:
            continue
        indexes = {block.index for row in rows for block in row}
        labelled = [(replace(row[0], text=_labelled(upper, row[0])), *row[1:]) for row in rows]
        start = next(i for i, block in enumerate(out) if block.index in indexes)
        before = out[:start]
        after = [block for block in out[start:] if block.index not in indexes]
        later_head = [block for block in after if block.index == blocks[second].index]
        after = [block for block in after if block.index != blocks[second].index]
        out = [*before, *later_head, *itertools.chain.from_iterable(labelled), *after]
    return out if len(heads) > 1 else blocks


def _headed_level(block: Block) -> Level | None:
    """The level that a short block with a place on a page names as the head of a column, None when it names none."""
    if block.table is not None or block.position.x1_pt <= block.position.x0_pt or len(block.text) > 60:
        return None
    section = match_section(_text(block))
    return next((level for level in LEVEL_DEPTH if section is not None and level.value == section.concept), None)


def _rows_below(blocks: Sequence[Block], left_head: Block, right_head: Block) -> list[list[Block]]:
    """What stands below two heads down to what crosses from one column to the other: a row for each block at left."""
    page_number, split_pt = left_head.position.page_number, right_head.position.x0_pt
    below = [
        block
        for block in blocks
        if block.position.page_number == page_number and block.position.y0_pt >= left_head.position.y1_pt - 1
    ]
    crossing = [b for b in below if b.position.x0_pt < split_pt - 4 and b.position.x1_pt > split_pt + 4]
    end_pt = min((b.position.y0_pt for b in crossing), default=float("inf"))
    inside = [b for b in below if b.position.y1_pt <= end_pt + 1]
    if any(b.table is not None for b in inside):
        return []
    left = sorted((b for b in inside if b.position.x1_pt <= split_pt + 4), key=lambda b: b.position.y0_pt)
    rows = [[block] for block in left]
    for block in sorted((b for b in inside if b.position.x0_pt >= split_pt - 4), key=lambda b: b.position.y0_pt):
        owner = [row for row in rows if row[0].position.y0_pt <= block.position.y0_pt + _ROW_SLACK_PT]
        if not owner:
            return []
        owner[-1].append(block)
    return rows if rows and all(len(row) > 1 for row in rows) else []


def _labelled(level: Level, block: Block) -> str:
    """The text of a block with the label of a level in front, unless it has one."""
    text = _text(block)
    return text if match_level(text) is not None else f"{level_word(level)} : {text}"
