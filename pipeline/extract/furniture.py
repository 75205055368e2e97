"""Find page furniture: running headers and footers, page numbers, the lines of a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from pipeline.extract.signatures import HEADING_SIZE_RATIO, BodyStyle
from pipeline.model import Block, Document, Marker, Role, leaf_blocks
from pipeline.text import clean, fold, unspace
from pipeline.values import is_row_of_goals, is_status_word, parse_status
from pipeline.vocabulary import (
    is_contents_title,
    is_exact_label,
    is_imprint,
    match_level,
    match_number,
    match_section,
    split_inline_fields,
)

#: The top and the bottom of the printed area, as a share of its height, where running lines stand.
EDGE = 0.10
#: Lines within one such step stand at one height.
HEIGHT_STEP_PT = 6.0
#: Running lines are among this many of the highest and of the lowest lines of a page.
OUTERMOST_LINES = 2
#: A running line that is not bold is set no larger than this against the body.
RUNNING_SIZE_RATIO = 1.25
#: A running line stands on this many pages; on two in a document of one or two.
MINIMUM_PAGES = 3
#: A line that could say something of an element is a running line only on this share of the pages.
EVERYWHERE = 0.8
#: Fewer lines are no table of contents.
MINIMUM_CONTENTS_LINES = 3
#: Page numbers in contents may go beyond the last page by as much: parts are bound, covers left out.
PAGE_SLACK = 20
#: A heading of a section within contents is no longer than this.
MAXIMUM_CONTENTS_HEADING_CHARACTERS = 40

#: A sentence on a status («À initier en 2027.») is no longer than this.
MAXIMUM_STATUS_CHARACTERS = 60

_PAGE_NUMBER = re.compile(
    r"^(?:page\s*|p\.?\s*)?[\-\u2013\u2014|]?\s*\d{1,4}\s*[\-\u2013\u2014|]?(?:\s*(?:/|sur|de|of)\s*\d{1,4})?$", re.I
)
_LAST_NUMBER = re.compile(r"(\d{1,4})\s*(?:(?:/|sur|de)\s*\d{1,4}\s*)?$", re.IGNORECASE)
_LEADERS = re.compile(r"^(?P<title>.{3,}?)(?:\s*(?:\.\s?){4,}|\s*\u2026+\s*|\t+|\s{3,})\s*(?P<page>\d{1,4})\s*$")
_PAGE_AFTER = re.compile(r"^(?P<title>.*\S)[\s.\u2026]+(?P<page>\d{1,3})$")


def find_furniture(document: Document, body: BodyStyle) -> frozenset[int]:
    """Return the indexes of blocks that are page furniture: running headers and footers, page numbers, contents.

    A running line stands at one height on at least three pages (two of a short document), set no larger than the body,
    and carries no label of a level.
    """
    found: set[int] = set()
    running: dict[tuple[str, int], list[Block]] = {}
    placed = [b.position for b in document.blocks if b.position.y1_pt]
    top_pt, bottom_pt = min((p.y0_pt for p in placed), default=0.0), max((p.y1_pt for p in placed), default=0.0)
    edge_pt = EDGE * (bottom_pt - top_pt)
    outermost = _outermost(document)

    def is_large(block: Block) -> bool:
        ratio = HEADING_SIZE_RATIO if block.style.bold else RUNNING_SIZE_RATIO
        return bool(body.size_pt) and block.style.size_pt > body.size_pt * ratio

    for block in document.blocks:
        if block.role in (Role.HEADER, Role.FOOTER, Role.CONTENTS):
            found.update(leaf.index for leaf in leaf_blocks((block,)))
            continue
        if block.table is not None:
            continue
        if is_imprint(block.text):
            found.add(block.index)
            continue
        place = block.position
        at_edge = bool(placed) and (place.y0_pt <= top_pt + edge_pt or place.y1_pt >= bottom_pt - edge_pt)
        if not at_edge:
            continue
        plain = place.box is None and block.marker_kind is Marker.NONE
        paged = plain and (block.index in outermost or not is_large(block))
        if paged and _PAGE_NUMBER.match(clean(block.text)):
            found.add(block.index)
        elif block.index in outermost and not is_exact_label(block.text.rstrip(" :?")):
            words = re.sub(r"\d+", "#", fold(block.text))
            running.setdefault((words, round(place.y0_pt / HEIGHT_STEP_PT)), []).append(block)
    needed = MINIMUM_PAGES if document.page_count > 2 else 2
    for blocks in running.values():
        pages = len({b.position.page_number for b in blocks})
        everywhere = pages >= EVERYWHERE * document.page_count
        if pages >= needed and (everywhere or not _may_be_field(clean(blocks[0].text))):
            found.update(
                b.index
                for b in blocks
                if not is_large(b) and b.style.outline_level is None and match_level(clean(unspace(b.text))) is None
            )
    found |= _find_page_lines(document, outermost, needed)
    return frozenset(found | _find_contents(document) | _find_menus(document))


def _find_page_lines(document: Document, outermost: Collection[int], needed: int) -> set[int]:
    """Find lines of the same words whose last number goes up with the pages («Commune de Rives - page 4»).

    They stand at one height on pages of one size only: in a document whose pages lie and stand, no height tells them.
    """
    lines: dict[tuple[str, int], list[Block]] = {}
    for block in document.blocks:
        number = _LAST_NUMBER.search(block.text) if block.index in outermost and block.table is None else None
        if number is None or match_level(clean(unspace(block.text))) is not None:
            continue
        words = re.sub(r"\d+", "#", fold(block.text))
        lines.setdefault((words, int(number[1]) - block.position.page_number), []).append(block)
    return {
        block.index
        for (words, _), blocks in lines.items()
        if any(map(str.isalpha, words)) and len({b.position.page_number for b in blocks}) >= needed
        for block in blocks
    }


def _find_menus(document: Document) -> set[int]:
    """Find what stands on the sheets of a workbook that only list the others («Menu», «Sommaire»)."""
    names = [b for b in document.blocks if b.role is Role.SHEET_NAME]
    menus = {b.position.page_number for b in names if is_contents_title(clean(b.text))}
    if len(menus) >= len(names):
        return set()
    return {
        leaf.index for block in document.blocks if block.position.page_number in menus for leaf in leaf_blocks((block,))
    }


def _may_be_field(text: str) -> bool:
    """Tell whether a line may say something of an element: a label and its value, a status, goals («ODD 3»)."""
    if split_inline_fields(text) or is_status_word(text) or is_row_of_goals(text):
        return True
    status = parse_status(text) if len(text) <= MAXIMUM_STATUS_CHARACTERS else None
    return status is not None and bool(status.value)


def _outermost(document: Document) -> frozenset[int]:
    """The blocks on the highest and the lowest lines of each page."""
    pages: dict[int, list[Block]] = {}
    for block in document.blocks:
        if block.table is None and block.position.page_number and block.position.y1_pt:
            pages.setdefault(block.position.page_number, []).append(block)
    found: set[int] = set()
    for blocks in pages.values():
        tops = {b.index: round(b.position.y0_pt / HEIGHT_STEP_PT) for b in blocks}
        bottoms = {b.index: round(b.position.y1_pt / HEIGHT_STEP_PT) for b in blocks}
        highest = sorted(set(tops.values()))[:OUTERMOST_LINES]
        lowest = sorted(set(bottoms.values()))[-OUTERMOST_LINES:]
        found.update(index for index in tops if tops[index] in highest or bottoms[index] in lowest)
    return frozenset(found)


def _bare_title(text: str) -> str:
    """A title without label nor number, folded."""
    label = match_level(text)
    if label is not None:
        return fold(label.rest or text)
    number = match_number(text, heading=True)
    return fold(number.rest if number is not None and number.rest else text)


def _find_contents(document: Document) -> set[int]:
    """Find the lines of a table of contents.

    They have leaders and a page number; or a page number after a title that stands below again; or a page number, in
    a run that follows a heading «Sommaire»; in such a run a title that stands below again may have lost its number.
    """
    blocks = [b for b in document.blocks if b.table is None and b.text]
    paged = [(b, text) for b in blocks if (text := b.text.strip())[-1:].isdecimal()]
    found = {b.index for b, text in paged if _LEADERS.match(text) and not re.search(r":\s*\d+$", b.text)}
    numbered = {b.index: match for b, text in paged if (match := _PAGE_AFTER.match(text)) is not None}
    if not found and not numbered:
        return set()
    titles = Counter(_bare_title(clean(b.text)) for b in blocks)
    last_page = max(document.page_count, 1) + PAGE_SLACK
    run: list[tuple[int, int]] = []  # index of the block, page that it prints
    labels: list[int] = []  # blocks that are a label with its code and no more: their titles may follow, with a page
    headed = False
    listed_titles: set[str] = set()
    last_on = 0  # the page where the run stands
    for block in blocks:
        if (run or headed) and _is_bare_label(block.text):
            labels.append(block.index)
            continue
        match = numbered.get(block.index)
        listed = match is not None and int(match["page"]) <= last_page
        if match is not None and listed and (headed or titles[_bare_title(clean(match["title"]))] >= 1):
            run += [(index, int(match["page"])) for index in (*labels, block.index)]
            listed_titles.add(_bare_title(clean(match["title"])))
            last_on = block.position.page_number
        elif is_contents_title(clean(block.text)):
            found |= _contents_run(run, headed=headed)
            run, headed = [], True
        elif block.index in found or (run and _may_head_contents(block.text)):
            continue
        elif (
            headed
            and run
            and block.position.page_number == last_on
            and titles[title := _bare_title(clean(block.text))] > 1
            and title not in listed_titles
        ):
            run.append((block.index, run[-1][1]))
            listed_titles.add(title)
        else:
            found |= _contents_run(run, headed=headed)
            run, headed = [], False
        labels.clear()
    found |= _contents_run(run, headed=headed)
    return found if len(found) >= MINIMUM_CONTENTS_LINES else set()


def without_page(title: str) -> str:
    """A line of the contents without its leaders and the number of a page."""
    match = _LEADERS.match(title) or _PAGE_AFTER.match(title)
    return match["title"] if match is not None else title


def _is_bare_label(text: str) -> bool:
    """Tell whether a line is the label of a level with its code and nothing else («Axe 1»)."""
    label = match_level(clean(text)) if text[-1:].isdecimal() else None
    return label is not None and bool(label.code) and not label.rest


def _may_head_contents(text: str) -> bool:
    return len(text) < MAXIMUM_CONTENTS_HEADING_CHARACTERS and match_section(text) is not None


def _contents_run(run: Sequence[tuple[int, int]], *, headed: bool) -> set[int]:
    """The blocks of a run when it is a part of the contents: under their heading, or with pages that only go up."""
    pages = [page for _, page in run]
    if len(run) >= MINIMUM_CONTENTS_LINES and (headed or pages == sorted(pages)):
        return {index for index, _ in run}
    return set()
