"""Find the commitments of a vision («Nous ouvrirons ...», what stands under «Nous nous engageons à :»)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.extract.sections import Flow, heads_level, is_labelled, outside_ranges
from pipeline.extract.sheet_tables import Sheet
from pipeline.extract.signatures import Line
from pipeline.extract.tables import Grid
from pipeline.model import Level
from pipeline.vocabulary import Section, announces_commitments, begins_commitment, names_plan, names_vision

#: Levels of a plan: where one is printed, what is promised under it is an action.
PLAN_LEVELS = frozenset((Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION, Level.SOUS_ACTION))
#: Fewer commitments, or a smaller share of all that is listed, make no vision.
MINIMUM_COMMITMENTS, COMMITTED = 3, 0.8
#: A text says in its first lines what it is.
TITLE_LINES = 8
#: A commitment without a mark is one sentence, no longer than this.
MAXIMUM_PLAIN_CHARACTERS = 160


def states_commitments(flow: Flow) -> bool:
    """Tell whether a text lists commitments and nothing else, under one level of headings at most.

    One that calls itself a plan does so only where it announces them or its title names them.
    """
    if any(isinstance(node, (Grid, Sheet)) for node in flow):
        return False
    apart = outside_ranges(flow)
    lines = [n for i, n in enumerate(flow) if isinstance(n, Line) and not n.furniture and i not in apart]
    if any(is_labelled(n) and n.label is not None and n.label.level in PLAN_LEVELS for n in lines):
        return False
    if any(heads_level(n) and n.section is not None and n.section.concept in PLAN_LEVELS for n in lines):
        return False
    found = _commitments(lines)
    listed = sum(_is_listed(line) or id(line) in found for line in lines)
    if len(found) < MINIMUM_COMMITMENTS or len(found) < COMMITTED * listed or _levels_above(lines, found) > 1:
        return False
    opening = [n for n in flow if isinstance(n, Line) and not n.furniture][:TITLE_LINES]
    told = any(names_vision(line.text) for line in opening if line.rank > 0)
    announced = any(map(_announces, lines))
    return told or announced or not any(names_plan(line.text) for line in opening)


def settle_commitments(lines: Sequence[Line]) -> list[Line]:
    """Read what announces the commitments of a vision as the heading of a list, paragraphs that are some as items."""
    if not any(_is_plain(line) or _announces(line) for line in lines) or not states_commitments(lines):
        return list(lines)
    heading = Section(Level.ENGAGEMENT.value)
    lists_all = _lists_all(lines)
    return [
        replace(line, bullet=True, kind="item 0")
        if _is_plain(line) and not lists_all
        else replace(line, label=None, number=None, section=heading, kind=f"section {heading.concept}")
        if _announces(line)
        else line
        for line in lines
    ]


def are_commitments(titles: Iterable[str]) -> bool:
    """Tell whether most titles are those of commitments."""
    commit = [begins_commitment(title) for title in titles]
    return sum(commit) >= COMMITTED * len(commit) > 0


def _commitments(lines: Sequence[Line]) -> frozenset[int]:
    """The `id` of each commitment: it begins as one, or is listed under a line that announces some."""
    found: set[int] = set()
    announced = False
    for line in lines:
        listed = _is_listed(line)
        marked = listed or line.rank > 0 or line.number is not None
        if (marked and begins_commitment(line.title)) or _is_plain(line) or (announced and listed):
            found.add(id(line))
        announced = _announces(line) or (announced and listed)
    return frozenset(found)


def _lists_all(lines: Sequence[Line]) -> bool:
    """Tell whether the commitments are those of announced lists: the few paragraphs that begin as some are prose."""
    announced = sum(map(_announces, lines))
    return announced > 1 and sum(map(_is_plain, lines)) < announced


def _is_listed(line: Line) -> bool:
    """Tell whether a line is an item of a list."""
    return line.section is None and line.rank == 0 and (line.bullet or line.number is not None)


def _announces(line: Line) -> bool:
    """Tell whether a line, no item itself, announces commitments."""
    return not (line.bullet or line.furniture) and line.number is None and announces_commitments(line.text)


def _is_plain(line: Line) -> bool:
    """Tell whether a paragraph is a commitment."""
    whole = len(line.text) <= MAXIMUM_PLAIN_CHARACTERS and ". " not in line.text
    return line.kind == "paragraph" and whole and not line.text.rstrip().endswith(":") and begins_commitment(line.text)


def _levels_above(lines: Sequence[Line], found: frozenset[int]) -> int:
    """How many kinds of headings without a label stand over commitments, each time and again."""
    holders: dict[str, set[int]] = defaultdict(set)
    above: list[Line] = []
    for line in lines:
        if id(line) in found:
            for head in above:
                holders[head.kind].add(id(head))
        elif line.rank > 0 and line.section is None and not _announces(line):
            above = [head for head in above if head.rank > line.rank]
            above += [line] if not is_labelled(line) else []
    return sum(len(heads) > 1 for heads in holders.values())
