"""Find action sheets that are set without a table: labels on lines of their own, each above its value."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.signatures import Line, Tile
from pipeline.extract.tables import Entry, Grid, Sheet, cut_sheets
from pipeline.model import Level
from pipeline.vocabulary import Label, is_exact_label, is_whole_label, match_label

Node = Line | Grid | Sheet | Tile

#: Fewer labels are headings over running text, no sheet.
MINIMUM_LABELS = 4
MAXIMUM_VALUE_LINES = 8


def _label(line: Line) -> Label | None:
    """The label that a whole line is; None for all else, and for the heading of a list of elements («Actions»)."""
    text = line.text.rstrip(" :?")
    if line.bullet or line.furniture or len(text) > 60 or (line.label is not None and line.label.code):
        return None
    if line.section is not None and line.section.concept in set(Level) and not is_exact_label(text):
        return None
    return match_label(text) if is_whole_label(text) else None


def _look(line: Line) -> tuple[bool, float]:
    style = line.blocks[0].style
    return style.bold, round(style.size_pt, 1)


def find_sheets(nodes: Sequence[Node]) -> list[Node]:
    """Replace runs of labels above values by sheets; everything else stays as it is."""
    out: list[Node] = []
    index = 0
    while index < len(nodes):
        node = nodes[index]
        label = _label(node) if isinstance(node, Line) else None
        if label is None or not isinstance(node, Line):
            out.append(node)
            index += 1
            continue
        sheets, stop = _read_run(nodes, index)
        if not sheets:
            out.append(node)
            index += 1
            continue
        out += sheets
        out += [n for n in nodes[index:stop] if isinstance(n, Line) and n.furniture]
        index = stop
    return out


def _read_run(nodes: Sequence[Node], start: int) -> tuple[tuple[Sheet, ...], int]:
    """Read the run of labels and values that starts at a label; returns the sheets, if any, and where they end."""
    first = nodes[start]
    assert isinstance(first, Line)
    look = _look(first)
    found: list[tuple[Line, Label, list[Line]]] = []
    index = start
    while index < len(nodes):
        node = nodes[index]
        if not isinstance(node, Line):
            break
        if node.furniture:
            index += 1
            continue
        label = _label(node) if _look(node) == look else None
        if label is not None:
            found.append((node, label, []))
        else:
            values = found[-1][2]
            named = found[-1][1].field == "title" and found[-1][1].level is not None
            element = node.label is not None and bool(node.label.code) and not (named and not values)
            parent = named and not values
            if element or (node.rank > first.rank + 5 and not parent) or len(values) >= MAXIMUM_VALUE_LINES or (_look(node) == look and look[0] and not parent):
                break
            if node.page_number != found[-1][0].page_number and values and node.text[:1].isupper():
                break
            values.append(node)
        index += 1
    fields = {label.field for _, label, values in found if values and label.field != "title"}
    if len(found) < MINIMUM_LABELS or len(fields) < MINIMUM_LABELS - 1:
        return (), start
    entries = [
        Entry(label, head.text, None, "\n".join(v.text for v in values), tuple(b for v in values for b in v.blocks), head.blocks)
        for head, label, values in found
    ]
    return cut_sheets(entries), index
