"""What the headings of sections govern: chapters outside the plan, and lists of elements under a heading («Actions :»).

Both the inference and the reading ask here, so that they agree on where a section ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.sheet_tables import Sheet
from pipeline.extract.sheets import Node
from pipeline.extract.signatures import Line
from pipeline.extract.tiles import Tile
from pipeline.model import LEVEL_DEPTH, Level
from pipeline.text import fold
from pipeline.vocabulary import LevelLabel, announced_levels, is_ambition_label

Flow = Sequence[Node]

#: Sections that hold no element of their own: chapters outside the plan, contents, legends, and what repeats the plan.
APART = ("outside", "annex", "contents", "legend", "summary")
#: A heading set no stronger than this is bold or in capitals at body size.
PLAIN_HEADING_RANK = 7.5
#: A heading set this strongly against that of a foreword ends the foreword.
OUTSIDE_END = 0.75
#: Chapters that stand before a plan.
BEFORE_PLAN = ("outside", "legend")
#: Sheets with numbers or labels above them are those of a plan where there are at least so many.
MINIMUM_SHEETS = 2
#: The number above a section stands within this many nodes.
LINES_ABOVE = 40
#: A line no longer than this may be the heading that follows a chapter whose own heading is set like the body.
MAXIMUM_PLAIN_HEADING_CHARACTERS = 80

#: One ambition before the first OS is a word of the foreword.
MINIMUM_AMBITIONS = 2
#: Levels that stand below an ambition, or beside it.
_HEADED = frozenset(LEVEL_DEPTH) - {Level.VOLET}

_LEVEL_NAMES = frozenset(level.value for level in Level)


def is_labelled(line: Line) -> bool:
    """Tell whether a line carries the label of a level with a number or a title."""
    return line.label is not None and bool(line.label.code or line.label.rest)


def heads_level(line: Line) -> bool:
    """Tell whether a line is the heading of a list of elements («Actions :», «Nos objectifs»)."""
    return line.section is not None and line.section.concept in _LEVEL_NAMES


def announced_count(line: Line) -> tuple[Level, int] | None:
    """Return the level and the count that a heading announces («Nos 5 enjeux»), None when it announces none."""
    if line.section is None or line.section.count is None or not heads_level(line):
        return None
    return Level(line.section.concept), line.section.count


def announced_in_text(flow: Flow) -> dict[Level, tuple[int, str]]:
    """How many elements of each level sentences announce, and where; what is said in two ways counts for nothing."""
    found: dict[Level, dict[int, str]] = {}
    for node in flow:
        if isinstance(node, Line) and not node.furniture and node.label is None and node.number is None:
            for level, count in announced_levels(node.text).items():
                found.setdefault(level, {}).setdefault(count, node.locator)
    return {level: next(iter(counts.items())) for level, counts in found.items() if len(counts) == 1}


def outside_ranges(flow: Flow) -> set[int]:
    """Indexes of the flow that stand in sections outside the plan (foreword, method, contents)."""
    outside: set[int] = set()
    rank: float | None = None
    contents = listed = False  # whether a table of contents is open, and whether its lines have come
    legend_page: int | None = None  # where the legend that is open began
    heads, before_plan = sheet_heads(flow), False
    for index, node in enumerate(flow):
        if before_plan and id(node) in heads:
            rank = None
        if isinstance(node, Line) and node.furniture and contents:
            listed = True
        if not isinstance(node, Line):
            rank = None if rank == 0 else rank
        elif node.section is not None and node.section.concept in APART:
            rank, contents, listed = node.rank, node.section.concept == "contents", False
            legend_page = node.page_number if node.section.concept == "legend" else None
            before_plan = node.section.concept in BEFORE_PLAN
            outside.add(index)
            continue
        elif (
            rank is not None
            and not node.furniture
            and (listed or ends_outside(node, rank) or (legend_page is not None and ends_legend(node, legend_page)))
        ):
            rank = None
        if rank is not None:
            outside.add(index)
    return outside


def sheet_heads(flow: Flow) -> frozenset[int]:
    """The `id` of the first of the numbered or labelled lines right above each sheet; none where few sheets have such.

    No foreword holds sheets of actions: it has ended there, however weakly these lines are set.
    """
    found: set[int] = set()
    head: Line | None = None  # the first line of the run that goes on
    for node in flow:
        if isinstance(node, Sheet):
            found.update([id(head)] if head is not None else [])
            head = None
        elif not isinstance(node, Line):
            head = None
        elif not node.furniture:
            named = node.section is None and (node.number is not None or is_labelled(node))
            head = (head or node) if named else None
    return frozenset(found) if len(found) >= MINIMUM_SHEETS else frozenset()


def ends_outside(line: Line, rank: float) -> bool:
    """Tell whether a line ends a section outside the plan whose heading has this rank.

    Where the heading is set like the body, the next line that could be a heading ends it.
    """
    if is_labelled(line) and line.rank >= rank:
        return True
    if rank > 0:
        return line.rank >= OUTSIDE_END * rank
    plain_heading = (
        not line.bullet
        and len(line.text) <= MAXIMUM_PLAIN_HEADING_CHARACTERS
        and not line.text.rstrip().endswith((".", ";", ",", ":"))
    )
    return line.rank > 0 or line.number is not None or plain_heading


def ends_legend(line: Line, page_number: int) -> bool:
    """Tell whether a label ends a legend that began on this page: set as a heading, or on a later page.

    One without a number is a word that is explained, unless both are so.
    """
    later, headed = line.page_number > page_number, line.rank > 0
    if line.label is None:
        return False
    return later or headed if line.label.code else later and headed and bool(line.title)


def section_end(flow: Flow, head_index: int) -> int:
    """Index after the last node that the heading at `head_index` governs.

    A section ends at the next section, label or table, at a heading as strong as its own, and at the number that comes
    after the one above it. A sheet that names no element holds the fields of the last item.
    """
    head = flow[head_index]
    assert isinstance(head, Line)
    first: Line | None = None
    outer = _numbered_above(flow, head_index) if head.rank == 0 else None
    inner: Line | None = None  # the last numbered line
    for index in range(head_index + 1, len(flow)):
        node = flow[index]
        if isinstance(node, Tile) or (first is not None and isinstance(node, Sheet) and not names_element(node)):
            continue
        if not isinstance(node, Line):
            return index
        if node.furniture:
            continue
        if first is None:
            first = node
        if node.section is not None or is_labelled(node):
            return index
        runs_on = node.rank <= PLAIN_HEADING_RANK and _runs_on(node, first)
        as_strong = node.rank >= head.rank > 0 and not runs_on
        heading_over_plain = head.rank == 0 and node.rank > 0 and node.number is None
        chapter = node.rank > PLAIN_HEADING_RANK and bool(node.title)  # its level is inferred
        if as_strong or heading_over_plain or chapter:
            return index
        if node.number is not None:
            if outer is not None and _goes_on_after(node, outer, inner):
                return index
            inner = node
    return len(flow)


def names_element(sheet: Sheet) -> bool:
    """Tell whether a sheet holds the title or the code of an element."""
    return any(entry.label.field in ("title", "code") or entry.label.level is not None for entry in sheet.entries)


def _numbered_above(flow: Flow, index: int) -> Line | None:
    """The nearest numbered line above a place, None when a table or a label stands between."""
    for node in reversed(flow[max(index - LINES_ABOVE, 0) : index]):
        if not isinstance(node, Line) or is_labelled(node):
            return None
        if node.number is not None and not node.furniture:
            return node
    return None


def _goes_on_after(node: Line, outer: Line, inner: Line | None) -> bool:
    """Tell whether a number comes after the one above a section and not after the last one in it.

    Where it comes after both, it goes with the line that looks like its own.
    """
    if not follows(node, outer):
        return False
    if inner is None or not follows(node, inner) or _depth(node) < _depth(inner):
        return True
    return _set_as(node) == _set_as(outer) != _set_as(inner)


def follows(node: Line, before: Line) -> bool:
    """Tell whether a number is the next one, at its own depth («1.3», «1.4») or at one above («1.3», «2»)."""
    assert node.number is not None
    assert before.number is not None
    code, previous = _parts(node.number.code), _parts(before.number.code)
    above = previous[: len(code)]
    return bool(code) and len(code) == len(above) and code == [*above[:-1], above[-1] + 1]


def _depth(node: Line) -> int:
    return len(_parts(node.number.code)) if node.number is not None else 0


def _parts(code: str) -> list[int]:
    """The numbers of a dotted code; [] when a part is no number."""
    parts = code.strip(".").split(".")
    return [int(part) for part in parts] if all(part.isdigit() for part in parts) else []


def _set_as(node: Line) -> tuple[str, bool, float]:
    """What tells numbered lines of two lists apart: what follows the number, capitals, the indent."""
    assert node.number is not None
    return node.number.delimiter.strip(), node.title.isupper(), round(node.blocks[0].indent_pt)


def _runs_on(node: Line, first: Line) -> bool:
    """Tell whether a numbered line goes on with the numbering that a section began with."""
    return first.number is not None and node.number is not None and node.number.shape == first.number.shape


def ambitions_head(flow: Flow) -> bool:
    """Tell whether ambitions without a number are the level above the OS, not texts under them.

    The first of them stands before the first OS, and an OS stands right below each; nothing else is the level above.
    """
    lines = [node for node in flow if isinstance(node, Line) and not node.furniture]
    if _ambitions_set_strongest(lines):
        return True
    printed = [line.label for line in lines if line.label is not None and is_labelled(line)]
    labels = [label for label in printed if label.level in _HEADED or is_open_ambition(label)]
    ambitions = {fold(label.rest) for label in labels if is_open_ambition(label)}
    upper = (label for label in labels if label.level is Level.OBJECTIF_STRATEGIQUE or is_open_ambition(label))
    if len(ambitions) < MINIMUM_AMBITIONS or not is_open_ambition(next(upper)):
        return False
    alone = all(is_open_ambition(label) for label in labels if label.level is Level.ENJEU)
    below = [after.level for label, after in itertools.pairwise(labels) if is_open_ambition(label)]
    return alone and not is_open_ambition(labels[-1]) and set(below) == {Level.OBJECTIF_STRATEGIQUE}


def _ambitions_set_strongest(lines: Sequence[Line]) -> bool:
    """Tell whether ambitions without a number are headings over others, set more strongly than all that follows."""
    places = [i for i, line in enumerate(lines) if line.label is not None and is_open_ambition(line.label)]
    if len({fold(lines[i].title) for i in places}) < MINIMUM_AMBITIONS or any(not lines[i].title for i in places):
        return False
    own = set(places)
    others = [line.rank for i, line in enumerate(lines) if i > places[0] and i not in own]
    over = [
        any(line.rank > 0 for line in lines[i + 1 : after]) for i, after in itertools.pairwise([*places, len(lines)])
    ]
    return all(over) and min(lines[i].rank for i in places) > max(others, default=0.0) > 0


def is_open_ambition(label: LevelLabel) -> bool:
    """Tell whether a label is that of an ambition without a number, which only the document tells to be an enjeu."""
    return is_ambition_label(label) and not label.code and label.level in (Level.ENJEU, Level.AMBITION)


def settle_ambitions(lines: Sequence[Line]) -> list[Line]:
    """Read ambitions as enjeux where they are the level above the OS."""
    if not ambitions_head(lines):
        return list(lines)
    return [
        replace(line, label=replace(line.label, level=Level.ENJEU, plural=False), kind=f"label {Level.ENJEU.value}")
        if line.label is not None and is_labelled(line) and is_open_ambition(line.label)
        else line
        for line in lines
    ]


def governed_indexes(flow: Flow) -> set[int]:
    """Indexes of the flow that stand in a section of a level: the section says what they are."""
    out: set[int] = set()
    for index, node in enumerate(flow):
        if isinstance(node, Line) and heads_level(node):
            out.update(range(index + 1, section_end(flow, index)))
    return out
