"""Read a sheet: labels beside values, for one element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract.apply.cells import cut_title, open_titled
from pipeline.extract.apply.lines import read_blocks
from pipeline.extract.apply.lists import NESTED
from pipeline.extract.apply.reading import ATTACHED_LEVELS, LEVELS, TABLED, Frame, Mention, Reading, depth_of
from pipeline.extract.apply.texts import state_measure
from pipeline.extract.sheet_tables import Entry, Sheet
from pipeline.extract.signatures import locator
from pipeline.extract.tables import only_year
from pipeline.model import Became, Block, Level, Marker
from pipeline.text import strip_title
from pipeline.vocabulary import match_code, match_level, match_number, match_section

#: A sheet has parts when so many rows look like the head of one; the words of such a row are no longer than this.
MINIMUM_PARTS = 2
MAXIMUM_PART_CHARACTERS = 40
#: A sheet right under a single step may be its own; under more it is that of the action.
MINIMUM_STEPS = 2


@dataclass(frozen=True, slots=True)
class _Titles:
    """The entries of a sheet that name elements."""

    own: Entry | None  # the title of the sheet's own element; None when it prints only parents, or no title
    level: Level  # of its own element
    parents: tuple[Entry, ...]  # titles of other levels, outermost first
    held: bool  # the element above waits for this sheet: for its title, or for its parents


def read_sheet(reading: Reading, sheet: Sheet) -> None:
    """Read a sheet: the titles of its parents, its own title, its fields; loose blocks before and after are text."""
    apart = reading.apart()
    page_number = next((b.position.page_number for entry in sheet.entries for b in entry.blocks), 0)
    if apart is not None and apart.concept == "legend" and page_number > apart.page_number:
        reading.close_from(apart)  # the explanations stand on a page of their own
    if reading.in_legend():
        return
    if _counts_elements(sheet, in_summary=apart is not None and apart.concept == "summary"):
        reading.leave([b for entry in sheet.entries for b in (*entry.label_blocks, *entry.blocks)])
        reading.leave([b for _, blocks in sheet.loose for b in blocks])
        return
    above = reading.innermost()
    lists = [entry for entry in sheet.entries if _lists_elements(entry, sheet, above)]
    parts = _parts(sheet)
    sheet = replace(
        sheet, entries=tuple(entry for entry in sheet.entries if entry not in lists), loose=_loose(sheet, parts)
    )
    _end_repetition(reading)
    read_blocks(reading, [b for first, blocks in sheet.loose if first for b in blocks])
    waiting = reading.stack[-1] if reading.stack and reading.stack[-1].mention is not None else None
    titles = _read_titles(sheet, waiting.mention if waiting is not None else None)
    mention = _open_element(reading, sheet, titles, waiting)
    if mention is not None:
        for entry in sheet.entries:
            reading.leave(entry.label_blocks, Became.FIELD, mention)
        mention.has_sheet = True
        _read_fields(reading, sheet, mention)
        for entry in lists:
            _read_list(reading, entry, mention)
    reading.leave(parts, Became.FURNITURE, mention)
    read_blocks(reading, [b for first, blocks in sheet.loose if not first for b in blocks])


def _counts_elements(sheet: Sheet, *, in_summary: bool) -> bool:
    """Tell whether a sheet gives figures about elements («Actions réalisées», 5): a dashboard, no sheet of one.

    Outside a synthesis, the labels of the figures begin with the name of a level in the plural.
    """
    titles = [entry for entry in sheet.entries if _is_title(entry) and entry.text]
    counted = [entry for entry in titles if entry.text.strip(" %").isdecimal()]
    return bool(titles) and len(counted) == len(titles) and (in_summary or all(map(_is_plural, titles)))


def _is_plural(entry: Entry) -> bool:
    """Tell whether a label begins with the name of a level in the plural («Actions terminées»)."""
    words = entry.printed_label.rstrip(" :").split()
    return any(
        (section := match_section(" ".join(words[:count]))) is not None and section.concept in LEVELS
        for count in range(1, len(words) + 1)
    )


def _parts(sheet: Sheet) -> list[Block]:
    """The heads of the parts of a sheet («Identification», «Acteurs»): rows of a short paragraph, several alike."""
    rows = [blocks[0] for _, blocks in sheet.loose if len(blocks) == 1 and _may_head_part(blocks[0])]
    return rows if len(rows) >= MINIMUM_PARTS and len({row.style for row in rows}) == 1 else []


def _may_head_part(block: Block) -> bool:
    """Tell whether a paragraph is a few words set apart that name no element."""
    apart = block.style.bold or bool(block.style.fill)
    few = 0 < len(block.text) <= MAXIMUM_PART_CHARACTERS and block.marker_kind is Marker.NONE
    return apart and few and match_level(block.text) is None and match_number(block.text) is None


def _loose(sheet: Sheet, parts: Sequence[Block]) -> tuple[tuple[bool, tuple[Block, ...]], ...]:
    """The loose blocks of a sheet without the heads of its parts."""
    heads = {id(block) for block in parts}
    return tuple((first, blocks) for first, blocks in sheet.loose if not any(id(block) in heads for block in blocks))


def _lists_elements(entry: Entry, sheet: Sheet, above: Mention | None) -> bool:
    """Tell whether an entry lists elements below that of the sheet («Actions» beside a paragraph each, or bullets).

    The element of the sheet is the one that another entry names, or the one `above` it.
    """
    level = entry.label.level
    section = match_section(entry.printed_label.rstrip(" :"))  # «Actions», «Actions a mener»
    bullets = sum(block.marker_kind is Marker.BULLET for block in entry.blocks)
    listed = (section is not None and section.concept == level) or 2 <= bullets == len(entry.blocks)
    if entry.label.field != "title" or level not in NESTED.values() or level is None or not listed:
        return False
    titles = [e.label.level for e in sheet.entries if e.label.field == "title" and e is not entry and e.text]
    titles += [above.level] if above is not None and not titles else []
    return any(depth_of(other or Level.ACTION) < depth_of(level) for other in titles)


def _read_list(reading: Reading, entry: Entry, owner: Mention) -> None:
    """Read the paragraphs of an entry as elements under the one of the sheet."""
    reading.leave(entry.label_blocks, Became.FIELD, owner)
    for block in entry.blocks:
        level = entry.label.level
        if level is None or not block.text.strip():
            continue
        title, code = cut_title(block.text, level)
        reading.open_item(level, code, title, (block,), TABLED, parent=owner)
        reading.stack.pop()


def _is_title(entry: Entry) -> bool:
    return entry.label.field == "title" and entry.label.level not in ATTACHED_LEVELS


def _read_titles(sheet: Sheet, above: Mention | None) -> _Titles:
    """Tell the sheet's own title from those of its parents; `above` is the element that it stands right under."""
    titles = [entry for entry in sheet.entries if _is_title(entry) and entry.text]
    parents = sorted(
        (entry for entry in titles if entry.label.level is not None),
        key=lambda entry: depth_of(entry.label.level or Level.ACTION),
    )
    plain = next((entry for entry in titles if entry.label.level is None), None)
    own = plain or (parents[-1] if parents else None)
    level = own.label.level if own is not None else None
    if level is None:
        level = above.level if above is not None and not above.title else Level.ACTION
    only_parents = above is not None and depth_of(level) < depth_of(above.level)
    if only_parents and plain is None:
        own = None  # the sheet of the element above, which prints only the parents
    held = above is not None and (
        not above.title or (only_parents and own is None and bool(parents) and not above.has_sheet)
    )
    return _Titles(own, level, tuple(entry for entry in parents if entry is not own), held)


def _open_element(reading: Reading, sheet: Sheet, titles: _Titles, waiting: Frame | None) -> Mention | None:
    """Open the parents that a sheet prints and its own element; None when its fields belong to none."""
    held = waiting if titles.held else None
    limit = depth_of(held.mention.level if held is not None and held.mention is not None else titles.level)
    if held is not None:
        reading.stack.remove(held)
    for entry in titles.parents:
        if entry.label.level is not None and depth_of(entry.label.level) < limit:
            open_titled(reading, entry.text, entry.label.level, _code_in_label(entry), entry.blocks)
    code = next((e.text for e in sheet.entries if _is_code_of(e, titles.level) and e.text), "")
    code = code or (_code_in_label(titles.own) if titles.own is not None else "")
    if held is not None and held.mention is not None:
        _reopen(reading, held, held.mention)
        if titles.own is not None:
            _give_title(reading, held.mention, titles.own, code)
        return held.mention
    if titles.own is not None:
        return open_titled(reading, titles.own.text, titles.level, code, titles.own.blocks)
    _leave_steps(reading)
    mention = reading.innermost()
    return mention.parent if mention is not None and mention.level in ATTACHED_LEVELS else mention


def _leave_steps(reading: Reading) -> None:
    """Close the list of steps of an action («Etapes :») that a sheet stands under, unless steps have sheets."""
    mention = reading.innermost()
    if mention is None or mention.level is not Level.SOUS_ACTION or mention.parent is None:
        return
    steps = [child for child in mention.parent.children if child.level is Level.SOUS_ACTION]
    listed = next((f for f in reversed(reading.stack) if f.is_section and f.concept == Level.SOUS_ACTION.value), None)
    if listed is not None and len(steps) >= MINIMUM_STEPS and not any(step.has_sheet for step in steps):
        reading.close_from(listed)


def _is_code_of(entry: Entry, level: Level) -> bool:
    return entry.label.field == "code" and entry.label.level in (None, level)


def _code_in_label(entry: Entry) -> str:
    """The number in the label of a title («Action 1.1.1», «1.1.1» beside it); "" when it has none."""
    printed = entry.printed_label.rstrip(" :")
    label = match_level(printed)
    if label is not None:
        return label.code if not label.rest else ""
    number = match_code(printed)
    return number.code if number is not None else ""


def _reopen(reading: Reading, frame: Frame, mention: Mention) -> None:
    """Put a waiting element back on the stack under the parents that its sheet printed."""
    reading.close_for_level(mention.level, frame.rank)
    if mention.parent is not None:
        mention.parent.children.remove(mention)
    mention.parent = reading.parent_for(mention.level)
    if mention.parent is not None:
        mention.parent.children.append(mention)
    reading.stack.append(frame)


def _give_title(reading: Reading, mention: Mention, entry: Entry, code: str) -> None:
    """Give a waiting element the title of its sheet."""
    title, printed = cut_title(entry.text, mention.level)
    mention.title = strip_title(title)
    mention.code = mention.code or printed or code
    reading.settle(entry.blocks, Became.ELEMENT, mention)


def _read_fields(reading: Reading, sheet: Sheet, mention: Mention) -> None:
    """Read all entries of a sheet but the titles as fields of its element."""
    paired = _read_indicator_pairs(reading, sheet, mention) | _read_budgets_by_year(reading, sheet, mention)
    for entry in sheet.entries:
        if id(entry) in paired:
            continue
        if _is_title(entry):
            reading.leave(entry.blocks, Became.FIELD, mention)
        elif entry.label.field == "code":
            reading.leave(entry.blocks, Became.FIELD, mention)
            if not mention.code and _is_code_of(entry, mention.level):
                mention.code = entry.text
        else:
            name = "description" if entry.label.field == "title" else entry.label.field
            reading.state(mention, name, entry.text, _place(entry) or mention.place, entry.blocks)


def _read_budgets_by_year(reading: Reading, sheet: Sheet, mention: Mention) -> set[int]:
    """Read budgets whose labels each print a year of their own («Budget 2026») as one a year.

    Returns the `id` of the entries taken, none unless two or more years are printed.
    """
    yearly = [(entry, only_year(entry.printed_label)) for entry in sheet.entries if entry.label.field == "budget"]
    yearly = [(entry, year) for entry, year in yearly if year and entry.text]
    if len({year for _, year in yearly}) < 2:
        return set()
    for entry, year in yearly:
        place, group = _place(entry) or mention.place, mention.new_group("b")
        reading.state(mention, "budget_year", year, place, entry.blocks, group=group)
        reading.state(mention, "budget_amount", entry.text, place, entry.blocks, group=group)
    return {id(entry) for entry, _ in yearly}


def _place(entry: Entry) -> str:
    """Where the value of an entry stands; "" when it has none."""
    if entry.cell is not None and entry.cell.locator:
        return entry.cell.locator
    return locator(entry.blocks[0]) if entry.blocks else ""


def _read_indicator_pairs(reading: Reading, sheet: Sheet, mention: Mention) -> set[int]:
    """Read the entries that give an indicator and then its target as measures; returns the `id` of those taken."""
    taken: set[int] = set()
    if not any(entry.label.field == "target" and entry.text for entry in sheet.entries):
        return taken
    label: Entry | None = None
    for entry in sheet.entries:
        if entry.label.field == "indicator" and entry.text and "\n" not in entry.text:
            label = entry
        elif entry.label.field == "target" and entry.text and label is not None:
            group = mention.new_group("i")
            place = locator(label.blocks[0])
            reading.state(mention, "indicator_label", label.text, place, label.blocks, group=group)
            place = locator(entry.blocks[0])
            state_measure(reading, mention, f"{group}.m1", entry.text, "target", "", place, entry.blocks)
            taken |= {id(label), id(entry)}
            label = None
    return taken


def _end_repetition(reading: Reading) -> None:
    """End a foreword or synthesis where sheets begin; the elements that the sheet belongs to are kept."""
    apart = reading.apart()
    if apart is None:
        return
    position = reading.stack.index(apart)
    reading.stack[position:] = [frame for frame in reading.stack[position:] if frame.mention is not None]
    for frame in reading.stack[position:]:
        if frame.mention is not None and frame.mention.weak:
            reading.strengthen(frame.mention)
