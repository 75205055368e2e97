"""Find the items of an agenda, or the numbered chapters of a report, that stand before and after the plan."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.extract.sections import PLAIN_HEADING_RANK, is_labelled
from pipeline.extract.sheets import Node
from pipeline.extract.signatures import Line
from pipeline.model import LEVEL_DEPTH, Level
from pipeline.text import fold
from pipeline.vocabulary import LevelLabel, Section, begins_agenda_item, counts_no_level

#: An agenda has at least so many items.
MINIMUM_ITEMS = 3
#: A plan inside of one item labels so many levels, and so many elements of the upper one.
MINIMUM_LEVELS, MINIMUM_UPPER = 2, 2
#: The other items are running text: no more than this share of their lines belong to lists.
LISTED_SHARE = 0.5
#: Items that some other chapter stands between follow each other within so many.
WIDEST_STEP = 2

_COUNTED = re.compile(r"(?P<word>[^\W\d_]{4,20})\s+(?:[nN]\s?[\u00b0\u00ba]\s*)?(?P<count>\d{1,2})\b")


def settle_agenda(flow: Sequence[Node]) -> list[Node]:
    """Read numbered items as chapters outside the plan where all labelled elements stand in one of them.

    The item that holds the plan is a heading.
    """
    out = list(flow)
    labelled = [index for index, node in enumerate(flow) if _label(node) is not None]
    if not _is_plan([label for node in flow if (label := _label(node)) is not None]):
        return out
    groups: dict[str, dict[int, int]] = {}
    for index, node in enumerate(flow):
        name, count = _counted(node)
        if name:
            groups.setdefault(name, {})[index] = count
    for items in groups.values():
        inside = [index for index in items if labelled[0] < index < labelled[-1]]
        holder = max((index for index in items if index < labelled[0]), default=None)
        in_order = _follow(list(items.values())) or _are_objects(flow, items)
        if inside or holder is None or not in_order or not _are_texts(flow, list(items), holder):
            continue
        rank = max(PLAIN_HEADING_RANK + 1.0, *(_rank(flow[index]) for index in (*labelled, *items)))
        for index in items:
            out[index] = _as_chapter(flow[index], rank, outside=index != holder)
    return out


def _label(node: Node) -> LevelLabel | None:
    """The label of an element that is no furniture; None for other nodes."""
    named = isinstance(node, Line) and not node.furniture and is_labelled(node)
    label = node.label if isinstance(node, Line) and named else None
    return label if label is not None and label.code and label.level in LEVEL_DEPTH else None


def _is_plan(labels: Sequence[LevelLabel]) -> bool:
    """Tell whether labels name several levels, and several elements of the upper one."""
    levels: dict[Level, set[str]] = {}
    for label in labels:
        levels.setdefault(label.level, set()).add(label.code)
    upper = min(levels, key=LEVEL_DEPTH.__getitem__, default=None)
    return len(levels) >= MINIMUM_LEVELS and upper is not None and len(levels[upper]) >= MINIMUM_UPPER


def _counted(node: Node) -> tuple[str, int]:
    """What the items of one agenda share, and the number of this one; "" for a line that may be none."""
    if not isinstance(node, Line) or node.furniture or node.label is not None or node.section is not None:
        return "", 0
    if node.number is not None:
        code = node.number.code
        return (f"{node.kind} {node.number.delimiter}", int(code)) if code.isdigit() else ("", 0)
    match = _COUNTED.match(node.text) if node.rank > 0 and counts_no_level(node.text) else None
    return (f"{fold(match['word'])} {node.style}", int(match["count"])) if match is not None else ("", 0)


def _follow(counts: Sequence[int]) -> bool:
    """Tell whether items are counted from one on; an agenda may be listed before it is treated."""
    steps = all(after == 1 or 0 < after - before <= WIDEST_STEP for before, after in itertools.pairwise(counts))
    return steps and counts[0] == 1 and len(counts) >= MINIMUM_ITEMS


def _are_objects(flow: Sequence[Node], items: Mapping[int, int]) -> bool:
    """Tell whether items are said to be those of an agenda («9. OBJET : ...»), of which an extract holds a few."""
    named = all(isinstance(node := flow[index], Line) and begins_agenda_item(node.title) for index in items)
    return named and all(0 < after - before <= WIDEST_STEP for before, after in itertools.pairwise(items.values()))


def _are_texts(flow: Sequence[Node], items: Sequence[int], holder: int) -> bool:
    """Tell whether all items but the one that holds the plan are running text."""
    inside: list[Node] = []
    for index, stop in itertools.pairwise((*items, len(flow))):
        inside += flow[index + 1 : stop] if index != holder else ()
    lines = [node for node in inside if isinstance(node, Line)]
    listed = sum(line.bullet or line.number is not None for line in lines)
    return len(lines) == len(inside) and listed <= LISTED_SHARE * len(lines)


def _rank(node: Node) -> float:
    return node.rank if isinstance(node, Line) else 0.0


def _as_chapter(node: Node, rank: float, *, outside: bool) -> Node:
    """An item as a heading of this rank, of a chapter outside the plan or of the one that holds it."""
    assert isinstance(node, Line)
    section = Section("outside") if outside else None
    return replace(node, number=None, section=section, kind="section outside" if outside else "heading plan", rank=rank)
