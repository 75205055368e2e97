"""Read sections («Actions :», «Constats :», «Nos acteurs») and the items of lists, by what governs them."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.extract.apply.reading import (
    ACTION_LEVELS,
    ATTACHED_LEVELS,
    LEVELS,
    LISTED,
    NUMBERED,
    SET_APART,
    Frame,
    Items,
    Mention,
    Reading,
    depth_of,
)
from pipeline.extract.apply.texts import (
    is_field_section,
    open_field_section,
    read_fields,
    read_paragraph,
    read_section_text,
)
from pipeline.extract.nesting import item_mark
from pipeline.extract.sections import APART, PLAIN_HEADING_RANK, Flow, announced_count, section_end
from pipeline.extract.signatures import LIST_STEP_PT, Line
from pipeline.model import LEVEL_DEPTH, Became, Block, Level
from pipeline.vocabulary import match_label, split_inline_fields

#: What an item of an inner list is, by the item or the row above it.
NESTED = {
    Level.OBJECTIF_STRATEGIQUE: Level.OBJECTIF_OPERATIONNEL,
    Level.OBJECTIF_OPERATIONNEL: Level.ACTION,
    Level.ACTION: Level.SOUS_ACTION,
    Level.ENGAGEMENT: Level.ENGAGEMENT,
}
#: A label or number alone on its line has its title within this many nodes: page furniture may stand between.
TITLE_DISTANCE = 3
#: The title of a document stands among its first nodes.
TITLE_NODES = 3

#: A paragraph that begins so is a figure or an aside, no item of a section.
_NO_ITEM = re.compile(r"^[\d+\-\u00b1(]")


def full_title(line: Line, index: int, flow: Flow) -> tuple[str, tuple[Block, ...], int]:
    """The title of a labelled or numbered line, its own or the line below; with its blocks, and how many nodes it took.

    An empty title, and one node, when the line has none and none stands below.
    """
    if line.title:
        return line.title, line.blocks, 1
    for position in range(index + 1, min(index + 1 + TITLE_DISTANCE, len(flow))):
        node = flow[position]
        if isinstance(node, Line) and node.furniture:
            continue
        if isinstance(node, Line) and _may_be_title(node):
            return node.title, (*line.blocks, *node.blocks), position - index + 1
        break
    return "", line.blocks, 1


def _may_be_title(line: Line) -> bool:
    """Tell whether a line opens nothing of its own: no label, number, bullet, section or field."""
    opens = line.label is not None or line.section is not None or line.bullet or line.number is not None
    return not opens and bool(line.title) and not split_inline_fields(line.text)


# ----------------------------------------------------------------------------------------------------- sections


def read_section(reading: Reading, line: Line, concept: str, index: int, flow: Flow) -> None:
    """Read the heading of a section; `concept` is a level, a field, or one of APART."""
    first = index < TITLE_NODES and not reading.mentions
    title_of_document = first and line.rank > 0 and line.rank >= reading.strongest
    if title_of_document and concept in LEVELS:
        reading.close_for_rank(line.rank)
        reading.leave(line.blocks)
        return
    announced = announced_count(line)
    if announced is not None:
        reading.announced.append((*announced, line.locator))
    if concept in APART:
        _read_chapter_apart(reading, line, concept)
        return
    reading.leave(line.blocks)
    _close_for_section(reading, line)
    if concept in LEVELS:
        _open_level_section(reading, line, LEVELS[concept], index, flow)
        return
    reading.stack.append(Frame(line.rank, concept=concept))
    owner = reading.innermost()
    if owner is not None:
        reading.settle(line.blocks, Became.FIELD, owner)


def _read_chapter_apart(reading: Reading, line: Line, concept: str) -> None:
    """Open a foreword, contents, legend, synthesis or annex; a weak heading «Contexte» may be a field instead."""
    owner, frame = reading.innermost(), reading.innermost_frame()
    known = match_label(line.text)
    if (
        concept == "outside"
        and owner is not None
        and frame is not None
        and line.rank < frame.rank
        and known is not None
        and known.level is None
    ):
        open_field_section(reading, line, owner, known.field, rank=line.rank)
        return
    reading.close_for_rank(line.rank or PLAIN_HEADING_RANK)
    if line.rank == 0 or concept in ("annex", "contents", "summary"):
        reading.stack.clear()
    reading.chapters += 1
    reading.stack.append(
        Frame(line.rank, concept=concept, closed=True, number=reading.chapters, page_number=line.page_number)
    )
    reading.leave(line.blocks)


def _close_for_section(reading: Reading, line: Line) -> None:
    """Close the items and sections that a section does not stand in, and chapters set no stronger.

    Items of an earlier section close too: «Actions» after a list of OO stands beside the list, not in its last item.
    """
    stack = reading.stack
    while stack and (stack[-1].item or (stack[-1].is_section and (stack[-1].used or stack[-1].rank <= line.rank))):
        stack.pop()
    while stack and stack[-1].closed and stack[-1].rank <= line.rank and line.rank > 0:
        stack.pop()


def _open_level_section(reading: Reading, line: Line, level: Level, index: int, flow: Flow) -> None:
    """Open a section whose items are elements of a level."""
    under_objective = reading.has_open(Level.OBJECTIF_STRATEGIQUE) or reading.has_open(Level.OBJECTIF_OPERATIONNEL)
    if level is Level.AMBITION and not under_objective:
        level = Level.ENJEU
    if level is Level.ACTION and _stands_in_action(reading, line):
        level = Level.SOUS_ACTION
    if level in LEVEL_DEPTH:
        stack = reading.stack
        while stack and (above := stack[-1].mention) is not None and depth_of(above.level) >= LEVEL_DEPTH[level]:
            stack.pop()
    owner = reading.innermost()
    if level in ATTACHED_LEVELS and owner is None:
        _read_chapter_apart(reading, line, "outside")  # an assessment of the whole territory
        return
    if level in ATTACHED_LEVELS and owner is not None and owner.level in ACTION_LEVELS:
        reading.stack.append(Frame(line.rank, concept="description"))
        return
    items = _items_of_section(reading, level, owner, line, index, flow)
    reading.stack.append(Frame(line.rank, concept=level.value, items=items, until=_number_after(line, index, flow)))


def _stands_in_action(reading: Reading, head: Line) -> bool:
    """Tell whether a heading «Actions» stands below an action set more strongly, as on the card of a project."""
    frame = reading.innermost_frame()
    return (
        frame is not None
        and frame is next((f for f in reversed(reading.stack) if f.mention is not None or f.closed), None)
        and frame.mention is not None
        and frame.mention.level is Level.ACTION
        and not frame.mention.from_list
        and frame.rank > head.rank
    )


def _number_after(head: Line, index: int, flow: Flow) -> Line | None:
    """The numbered line that ends a section set like the body; None when something else does."""
    end = section_end(flow, index)
    node = flow[end] if head.rank == 0 and end < len(flow) else None
    return node if isinstance(node, Line) and node.number is not None and node.section is None else None


def _items_of_section(
    reading: Reading, level: Level, owner: Mention | None, head: Line, index: int, flow: Flow
) -> Items:
    """Look ahead to the end of a section: are its items bullets, numbered lines, or paragraphs?"""
    lines = [n for n in flow[index + 1 : section_end(flow, index)] if isinstance(n, Line) and not n.furniture]
    bullets = sum(line.bullet for line in lines)
    codes = [line.number.code.lstrip("0") or "0" for line in lines if line.number is not None and not line.bullet]
    first = next((line for line in lines if line.bullet or line.number is not None), None)
    paragraphs = len(lines) - bullets - len(codes)
    siblings = [c for c in owner.children if c.level is level] if owner is not None else []
    unlisted = [c for c in siblings if not c.from_list]
    counted = [c.code for c in unlisted if c.code.isdigit()]
    if counted and (not codes or codes[0] != str(int(counted[-1]) + 1)):
        return Items.NONE  # the items of this level stand above already; what follows the heading is something else
    if owner is not None and codes and paragraphs and level in LEVEL_DEPTH and _are_groups(owner, level, codes):
        return Items.GROUPED
    if not codes and unlisted:
        return Items.NONE
    if codes and (not bullets or (first is not None and first.number is not None)):
        return Items.NUMBERS
    if bullets:
        return Items.BULLETS
    if siblings:
        return Items.NONE
    if head.rank == 0 and not head.text.rstrip().endswith(":") and reading.heading_counts[head.kind] < 2:
        return Items.NONE  # a line of running text that happens to read like a heading
    return Items.PARAGRAPHS


def _are_groups(owner: Mention, level: Level, codes: list[str]) -> bool:
    """Tell whether the numbers in a section of a level are those of elements above that level, each once."""
    above = {c.code.lstrip("0") for c in owner.children if depth_of(c.level) < LEVEL_DEPTH[level] and c.code}
    return bool(above) and set(codes) <= above and len(set(codes)) == len(codes)


# -------------------------------------------------------------------------------------------------------- items


def read_section_item(reading: Reading, line: Line, section: Frame, index: int, flow: Flow) -> int:
    """Read a line without a bullet in a section of a level; returns the number of nodes that it took."""
    level = LEVELS[section.concept]
    if read_fields(reading, line):
        return 1
    if section.items is Items.GROUPED:
        if line.number is not None:
            section.group = _named_group(reading, section, level, line.number.code)
            if not line.title:
                reading.leave(line.blocks)
                return 1
        if not line.bullet:
            return _open_section_item(reading, line, level, "", section, SET_APART)
    code = line.number.code if line.number is not None else ""
    if section.items is Items.NUMBERS and line.number is not None:
        title, blocks, taken = full_title(line, index, flow)
        if not title:
            reading.leave(line.blocks)
            return 1
        reading.close_items_until(line.depth)
        section.used, section.last = True, line
        reading.open_item(level, code, title, blocks, NUMBERED, depth=line.depth)
        return taken
    named = any(map(str.isalpha, line.title)) and not _NO_ITEM.match(line.title)
    is_item = named and not line.text.rstrip().endswith(":")
    if section.items is Items.PARAGRAPHS and is_item:
        return _open_section_item(reading, line, level, code, section, SET_APART)
    if section.items is Items.BULLETS and line.depth > 0 and reading.last_item() is not None:
        return read_item(reading, line, code)
    if section.items is Items.BULLETS and line.number is not None and line.title:
        return _open_section_item(reading, line, level, code, section, LISTED)
    return read_paragraph(reading, line)


def _named_group(reading: Reading, section: Frame, level: Level, code: str) -> Mention | None:
    """The element above a section that a number over its items names."""
    above = reading.stack[: reading.stack.index(section)]
    owner = next((frame.mention for frame in reversed(above) if frame.mention is not None), None)
    if owner is None:
        return None
    same = (c for c in owner.children if c.code.lstrip("0") == code.lstrip("0") and c.level is not level)
    return next(same, None)


def _open_section_item(reading: Reading, line: Line, level: Level, code: str, section: Frame, confidence: float) -> int:
    reading.close_items_until(line.depth)
    parent = section.group
    if parent is None and level in ATTACHED_LEVELS:
        parent = reading.owner_of_text()
    mention = reading.open_item(level, code, line.title, line.blocks, confidence, parent=parent, depth=line.depth)
    mention.from_list = True
    section.used = True
    return 1


def resume_list(reading: Reading, line: Line) -> None:
    """Close the item of a list in which labelled elements stand («• ...», «Étape : ...») when the next one comes.

    The next one carries the same bullet, no deeper, or the next number.
    """
    frames = reading.stack
    place = next((place for place in reversed(range(len(frames))) if frames[place].item), None)
    if place is None or place == len(frames) - 1:
        return
    item, above = frames[place], frames[place].mention
    if above is None or not all(frame.mention is not None and frame.mention.named for frame in frames[place + 1 :]):
        return
    same_bullet = line.bullet and line.number is None and item_mark(line) == above.blocks[0].marker
    next_number = line.number is not None and _follows(line.number.code, above.code)
    if (same_bullet and line.depth <= item.depth) or next_number:
        reading.close_from(item)


def _follows(code: str, before: str) -> bool:
    """Tell whether a number is the one after another."""
    return code.isdecimal() and before.isdecimal() and int(code) == int(before) + 1


def read_item(reading: Reading, line: Line, code: str) -> int:
    """Read an item of a list by what governs it; returns the number of nodes that it took, always 1."""
    if not any(map(str.isalpha, line.title)):
        reading.leave(line.blocks)  # a year, an amount: no title
        return 1
    governing = reading.governing()
    if governing is not None and is_field_section(governing) and _stands_left(line, governing):
        reading.close_from(governing)  # the label has no value: the item stands beside the one that it is of
        governing = reading.governing()
    if governing is not None and governing.items is Items.NUMBERS and line.number is None:
        line = replace(line, depth=line.depth + 1)  # bullets under the numbered items of a section are inner items
    reading.close_items_until(line.depth)
    item = reading.last_item()
    above = item.mention if item is not None else None
    if governing is None or governing.closed:
        _read_loose_item(reading, line, code, governing, above)
    elif is_field_section(governing):
        owner = reading.innermost()
        if owner is None:
            reading.leave(line.blocks)
        else:
            read_section_text(reading, owner, governing.concept, line)
    elif above is not None:
        _read_inner_item(reading, line, code, above)
    elif governing.is_section:
        if governing.items is Items.NONE:
            reading.leave(line.blocks)
        else:
            _open_section_item(reading, line, LEVELS[governing.concept], code, governing, LISTED)
    elif governing.mention is not None:
        _read_item_of_element(reading, line, code, governing.mention)
    return 1


def _stands_left(line: Line, section: Frame) -> bool:
    """Tell whether a bullet is set further left than the label that opened the section of a field."""
    return line.bullet and section.indent_pt - line.blocks[0].indent_pt > LIST_STEP_PT


def _read_inner_item(reading: Reading, line: Line, code: str, above: Mention) -> None:
    """Read an item of a list inside an item: the level below, else its text."""
    level = NESTED.get(above.level)
    if level is None:
        reading.attach(line, above)
    else:
        reading.open_item(level, code, line.title, line.blocks, LISTED, parent=above, depth=line.depth)


def _read_item_of_element(reading: Reading, line: Line, code: str, owner: Mention) -> None:
    """Read an item of a list directly under an element: the level below, else its text."""
    level = _item_level(reading, owner)
    if level is None:
        reading.attach(line, owner)
        return
    confidence = LISTED if owner.level is Level.OBJECTIF_OPERATIONNEL else SET_APART
    mention = reading.open_item(level, code, line.title, line.blocks, confidence, parent=owner, depth=line.depth)
    mention.provisional = owner.level is Level.OBJECTIF_STRATEGIQUE
    mention.from_list = True


def _item_level(reading: Reading, owner: Mention) -> Level | None:
    """What an item of a list is, directly under an element; None when it is text."""
    if reading.vision:
        return Level.ENGAGEMENT
    if owner.level in (Level.OBJECTIF_OPERATIONNEL, Level.OBJECTIF_STRATEGIQUE):
        return Level.ACTION
    if owner.level in (Level.ENJEU, Level.VOLET):
        return None if reading.levels & {Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL} else Level.ACTION
    if owner.level is Level.ACTION and Level.SOUS_ACTION not in reading.levels:
        return Level.SOUS_ACTION
    return None


def _read_loose_item(reading: Reading, line: Line, code: str, governing: Frame | None, above: Mention | None) -> None:
    """Read an item under no element: a commitment of a vision text, else nothing's."""
    if not reading.vision or (governing is not None and governing.concept == "outside"):
        reading.leave(line.blocks)
        return
    reading.open_item(Level.ENGAGEMENT, code, line.title, line.blocks, LISTED, parent=above, depth=line.depth)
