"""What the headings of sections govern: chapters outside the plan, and lists of elements under a heading («Actions :»).

Both the inference and the reading ask here, so that they agree on where a section ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.sheets import Node
from pipeline.extract.signatures import Line
from pipeline.extract.tiles import Tile
from pipeline.model import Level

Flow = Sequence[Node]

#: Sections that hold no element of their own: chapters outside the plan, contents, legends, and what repeats the plan.
APART = ("outside", "annex", "contents", "legend", "summary")
#: A heading set no stronger than this is bold or in capitals at body size.
PLAIN_HEADING_RANK = 7.5
#: A heading set this strongly against that of a foreword ends the foreword.
OUTSIDE_END = 0.75
#: A line no longer than this may be the heading that follows a chapter whose own heading is set like the body.
MAXIMUM_PLAIN_HEADING_CHARACTERS = 80

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


def outside_ranges(flow: Flow) -> set[int]:
    """Indexes of the flow that stand in sections outside the plan (foreword, method, contents)."""
    outside: set[int] = set()
    rank: float | None = None
    contents = listed = False  # whether a table of contents is open, and whether its lines have come
    legend_page: int | None = None  # where the legend that is open began
    for index, node in enumerate(flow):
        if isinstance(node, Line) and node.furniture and contents:
            listed = True
        if not isinstance(node, Line):
            rank = None if rank == 0 else rank
        elif node.section is not None and node.section.concept in APART:
            rank, contents, listed = node.rank, node.section.concept == "contents", False
            legend_page = node.page_number if node.section.concept == "legend" else None
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
    """Tell whether a numbered label ends a legend that began on this page: set as a heading, or on a later page."""
    numbered = line.label is not None and bool(line.label.code)
    return numbered and (line.rank > 0 or line.page_number > page_number)


def section_end(flow: Flow, head_index: int) -> int:
    """Index after the last node that the heading at `head_index` governs.

    A section ends at the next section, label or table, and at a heading as strong as its own.
    """
    head = flow[head_index]
    assert isinstance(head, Line)
    first: Line | None = None
    for index in range(head_index + 1, len(flow)):
        node = flow[index]
        if isinstance(node, Tile):
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
    return len(flow)


def _runs_on(node: Line, first: Line) -> bool:
    """Tell whether a numbered line goes on with the numbering that a section began with."""
    return first.number is not None and node.number is not None and node.number.shape == first.number.shape


def governed_indexes(flow: Flow) -> set[int]:
    """Indexes of the flow that stand in a section of a level: the section says what they are."""
    out: set[int] = set()
    for index, node in enumerate(flow):
        if isinstance(node, Line) and heads_level(node):
            out.update(range(index + 1, section_end(flow, index)))
    return out
