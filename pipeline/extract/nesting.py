"""Tell inner items of a list from outer ones where fields stand between them, and fields of items from those below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.sheets import Node
from pipeline.extract.signatures import LIST_STEP_PT, Line
from pipeline.model import LEVEL_DEPTH, Level
from pipeline.vocabulary import LevelLabel, split_inline_fields

#: Shapes of numbers that count the items of a list; longer ones («1.1») are those of a tree.
_ITEM_SHAPES = ("a", "A", "1", "1)")


def settle_nesting(lines: Sequence[Line]) -> list[Line]:
    """Deepen the items whose mark (a glyph, «a)») stands further right than the bullet that their list begins with.

    A list runs on over fields and labelled sub-actions. What is deeper once under a bullet is deeper wherever the two
    marks stand in one list, or neither is moved. A lettered or numbered item under a bullet becomes an item itself.
    """
    lists = list(_lists(lines))
    steps: dict[tuple[str, str], bool] = {}
    for found in lists:
        first = lines[found[0]]
        for index in found:
            pair = (item_mark(first), item_mark(lines[index]))
            if pair[0] != pair[1]:
                steps[pair] = steps.get(pair, True) and _is_further_right(lines[index], first)
                steps[pair[::-1]] = steps.get(pair[::-1], True) and _is_further_right(first, lines[index])
    inner = {pair for pair, deeper in steps.items() if deeper}
    out = list(lines)
    for found in lists:
        first = lines[found[0]]
        for index in found:
            line = lines[index]
            if (first.bullet or line.bullet) and (item_mark(first), item_mark(line)) in inner:
                depth = max(line.depth, first.depth + 1)
                out[index] = replace(line, bullet=True, depth=depth, kind=f"item {depth}")
    return out


def find_list_feet(flow: Sequence[Node]) -> frozenset[int]:
    """The `id` of the lines of fields below lists, set no further right, that are of what the list stands in.

    So it is at the foot of a card: such fields come below several items, and never between two.
    """
    between: set[str] = set()  # names of fields that items have
    below_several: set[str] = set()  # names of fields that come after the last of several items
    feet: list[tuple[Line, frozenset[str]]] = []
    items: list[Line] = []
    below: list[tuple[Line, frozenset[str]]] = []  # the lines of fields since the last item
    for node in [*flow, None]:
        if isinstance(node, Line) and node.furniture:
            continue
        names = _inline_names(node) if isinstance(node, Line) and node.rank == 0 else frozenset()
        if isinstance(node, Line) and names:
            inner = not items or node.bullet or _is_further_right(node, items[0])
            below += [] if inner else [(node, names)]
        elif isinstance(node, Line) and _is_item(node):
            between.update(*(names for _, names in below))
            items.append(node)
            below = []
        elif not isinstance(node, Line) or _ends_list(node):
            below_several.update(*(names for _, names in below if len(items) > 1))
            feet += below
            items, below = [], []
    return frozenset(id(line) for line, names in feet if names <= below_several - between)


def _inline_names(line: Line) -> frozenset[str]:
    """The names of the fields that a line gives with their values («Porteur : CPAS»)."""
    return frozenset(name for name, _, value in split_inline_fields(line.text) if value)


def _ends_list(line: Line) -> bool:
    return line.section is not None or line.rank > 0 or line.number is not None or _is_above_items(line.label)


def settle_counting(lines: Sequence[Line]) -> list[Line]:
    """Read the few numbers that fill the gaps in the counting of others («**1.**», «2.», «**3.**») as those are.

    Each of their kind follows the number before it, or opens a counting that the next one goes on with; a 1 alone
    tells nothing.
    """
    counted = [index for index, line in enumerate(lines) if _counts(line)]
    kinds = Counter(lines[index].kind for index in counted)
    fillings: dict[str, set[str]] = {}  # what the numbers of a kind stand between; "" where they do not count on
    for place, index in enumerate(counted):
        before = lines[counted[place - 1]] if place else None
        after = lines[counted[place + 1]] if place + 1 < len(counted) else None
        if not _is_only_one(lines[index], after):
            fillings.setdefault(lines[index].kind, set()).add(_filled(before, lines[index], after))
    models = {lines[index].kind: lines[index] for index in counted}
    out = list(lines)
    for index in counted:
        kind = lines[index].kind
        others = fillings.get(kind, set()) - {kind}
        model = models.get(next(iter(others), ""))
        if len(others) == 1 and model is not None and kinds[model.kind] > 2 * kinds[kind]:
            out[index] = replace(lines[index], kind=model.kind, rank=model.rank)
    return out


def _counts(line: Line) -> bool:
    return line.number is not None and line.number.code.isdecimal() and not (line.furniture or line.label)


def _is_only_one(line: Line, after: Line | None) -> bool:
    """Tell whether a number is a 1 after which the counting begins anew."""
    return _value(line) == 1 and (after is None or _value(after) == 1)


def _filled(before: Line | None, line: Line, after: Line | None) -> str:
    """The kind of the number that one goes on from, or, of a 1, that which goes on from it; "" if there is none."""
    if before is not None and _steps(before, line):
        return before.kind
    return after.kind if after is not None and _value(line) == 1 and _steps(line, after) else ""


def _steps(one: Line, other: Line) -> bool:
    """Tell whether a number is the next one after another, in the same notation."""
    same = one.number is not None and other.number is not None and one.number.delimiter == other.number.delimiter
    return same and _value(other) == _value(one) + 1


def _value(line: Line) -> int:
    return int(line.number.code) if line.number is not None else 0


def item_mark(line: Line) -> str:
    """The glyph in front of an item, or the shape of its number."""
    return line.number.shape if line.number is not None else line.blocks[0].marker


def _lists(lines: Sequence[Line]) -> Iterator[list[int]]:
    """The indexes of the items of each list: up to the next heading, label of a level above, or section."""
    found: list[int] = []
    for index, line in enumerate(lines):
        if line.furniture:
            continue
        if _is_item(line):
            found.append(index)
        elif _ends_list(line):
            if found:
                yield found
            found = []
    if found:
        yield found


def _is_item(line: Line) -> bool:
    counted = line.number is not None and line.number.shape in _ITEM_SHAPES
    return line.rank == 0 and line.section is None and line.label is None and (line.bullet or counted)


def _is_above_items(label: LevelLabel | None) -> bool:
    return label is not None and LEVEL_DEPTH.get(label.level, 0) < LEVEL_DEPTH[Level.SOUS_ACTION]


def _is_further_right(line: Line, first: Line) -> bool:
    """Tell whether an item is set further right than the one that its list begins with."""
    return line.depth > first.depth or line.blocks[0].indent_pt - first.blocks[0].indent_pt > LIST_STEP_PT
