"""Find action sheets that are set without a table: labels on lines of their own, each above its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.sheet_tables import Entry, Sheet, cut_sheets
from pipeline.extract.signatures import Line
from pipeline.extract.tables import Grid
from pipeline.extract.tiles import Tile
from pipeline.model import Level
from pipeline.vocabulary import Label, is_exact_label, is_whole_label, match_label, says_no_value, split_inline_fields

Node = Line | Grid | Sheet | Tile

_LEVEL_NAMES = frozenset(level.value for level in Level)
#: Fewer labels are headings over running text, no sheet.
MINIMUM_LABELS = 4
#: A label with more lines below it is the heading of a chapter.
MAXIMUM_VALUE_LINES = 8
MAXIMUM_LABEL_CHARACTERS = 60
#: Labels and values that are as short as this make a sheet of three already.
MAXIMUM_PAIR_CHARACTERS = 60
#: A heading set this much stronger than the labels ends the sheet.
HEADING_STEP = 5.0


@dataclass(slots=True)
class _Labelled:
    """A label on a line of its own, and the lines of its value below it."""

    head: Line
    label: Label
    values: list[Line] = field(default_factory=list)

    @property
    def waits_for_title(self) -> bool:
        """Tell whether the value to come is the title of an element."""
        return self.label.field == "title" and self.label.level is not None and not self.values

    def entry(self) -> Entry:
        """The label and its value as an entry of a sheet."""
        blocks = tuple(block for line in self.values for block in line.blocks)
        text = "\n".join(line.text for line in self.values)
        return Entry(self.label, self.head.text, None, text, blocks, self.head.blocks)


def find_sheets(nodes: Sequence[Node]) -> list[Node]:
    """Replace runs of labels above values by sheets; everything else stays as it is."""
    out: list[Node] = []
    index = 0
    while index < len(nodes):
        sheets, stop = _read_run(nodes, index)
        if not sheets:
            out.append(nodes[index])
            index += 1
            continue
        out += sheets
        out += [n for n in nodes[index:stop] if isinstance(n, Line) and n.furniture]
        index = stop
    return out


def _label(line: Line) -> Label | None:
    """The label that a whole line is; None for all else, and for the heading of a list of elements («Actions»)."""
    text = line.text.rstrip(" :?")
    numbered = line.label is not None and bool(line.label.code)
    if line.bullet or line.furniture or numbered or len(text) > MAXIMUM_LABEL_CHARACTERS or _has_no_value(line):
        return None
    if line.section is not None and line.section.concept in _LEVEL_NAMES and not is_exact_label(text):
        return None
    return match_label(text) if is_whole_label(text) else None


def _has_no_value(line: Line) -> bool:
    """Tell whether a line is a label and the sign for no value («Début : -»)."""
    return says_no_value(line.text) and bool(split_inline_fields(line.text))


def _look(line: Line) -> tuple[bool, float]:
    style = line.blocks[0].style
    return style.bold, round(style.size_pt, 1)


def _read_run(nodes: Sequence[Node], start: int) -> tuple[tuple[Sheet, ...], int]:
    """Read the run of labels and values that starts at `start`; returns the sheets, if any, and where they end."""
    first = nodes[start]
    label = _label(first) if isinstance(first, Line) else None
    if label is None or not isinstance(first, Line):
        return (), start
    found = [_Labelled(first, label)]
    index = start + 1
    while index < len(nodes):
        node = nodes[index]
        if not isinstance(node, Line):
            break
        if not node.furniture:
            label = _label(node) if _look(node) == _look(first) else None
            if label is not None:
                found.append(_Labelled(node, label))
            elif _ends_run(node, first, found[-1]):
                break
            else:
                found[-1].values.append(node)
        index += 1
    fields = {item.label.field for item in found if item.values and item.label.field != "title"}
    needed = MINIMUM_LABELS - 1 if _are_plain_pairs(found) else MINIMUM_LABELS
    if len(found) < needed or len(fields) < MINIMUM_LABELS - 1:
        return (), start
    return cut_sheets([item.entry() for item in found]), index


def _are_plain_pairs(found: Sequence[_Labelled]) -> bool:
    """Tell whether every label is known to the letter, names a field, and has one short line for its value."""
    return all(
        item.label.field != "title"
        and is_exact_label(item.head.text)
        and len(item.values) == 1
        and len(item.values[0].text) <= MAXIMUM_PAIR_CHARACTERS
        for item in found
    )


def _ends_run(line: Line, first: Line, last: _Labelled) -> bool:
    """Tell whether a line is no value of the last label: an element, a heading, a paragraph of the next page."""
    if len(last.values) >= MAXIMUM_VALUE_LINES:
        return True
    if last.waits_for_title:
        return False
    element = line.label is not None and bool(line.label.code)
    set_as_label = _look(line) == _look(first) and line.blocks[0].style.bold
    next_page = line.page_number != last.head.page_number and bool(last.values) and line.text[:1].isupper()
    inline = _has_no_value(line)
    return element or set_as_label or next_page or inline or line.rank > first.rank + HEADING_STEP
