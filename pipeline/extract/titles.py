"""The titles that a document prints beside codes, for sheets that name the elements above theirs by code alone.

The contents, an overview or a synthesis gives them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.extract.furniture import without_page
from pipeline.extract.sections import Flow
from pipeline.extract.signatures import Line
from pipeline.extract.tables import Grid
from pipeline.model import LEVEL_DEPTH, Level
from pipeline.text import fold, strip_title
from pipeline.vocabulary import LevelLabel, code_key, flat, match_level, match_number

Code = tuple[Level, str]


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its title, as one line or cell prints them; `above` holds the codes of what it stands in."""

    level: Level
    code: str
    printed: str  # the label with its number, without spaces
    title: str
    above: tuple[Code, ...]


def find_coded(flow: Flow) -> tuple[Coded, ...]:
    """Find all that a document prints with a label, a code and a title: lines, those of contents too, and cells."""
    found: list[Coded] = []
    above: dict[Level, Code] = {}
    for label, text, title in _labelled(flow):
        depth = LEVEL_DEPTH.get(label.level)
        if depth is None or not label.code:
            continue
        above = {level: code for level, code in above.items() if LEVEL_DEPTH[level] < depth}
        if label.rest:
            printed = _printed(text.removesuffix(label.rest))
            found.append(Coded(label.level, label.code, printed, title, tuple(above.values())))
        above[label.level] = (label.level, code_key(label.code))
    return tuple(found)


def _labelled(flow: Flow) -> Iterator[tuple[LevelLabel, str, str]]:
    """The labels of lines and of cells that hold titles, each with its whole text and its title."""
    for node in flow:
        if isinstance(node, Line) and node.label is not None:
            yield node.label, node.text, without_page(node.title) if node.furniture else node.title
        elif isinstance(node, Grid):
            columns = [c.index for c in node.columns if c.field == "title"]
            for row in node.rows:
                for text in (row.text(index).replace("\n", " ") for index in columns):
                    label = match_level(text)
                    if label is not None:
                        yield label, text, strip_title(label.rest)


def _printed(text: str) -> str:
    """A label with its number as it is compared: letters, digits and the dots between."""
    return re.sub(r"[^\w.]", "", flat(text)).strip(".")


def named_by_code(coded: Collection[Coded], level: Level, text: str, parents: Collection[Code]) -> Coded | None:
    """What a text that is a code and no more («OO 1.2», «1.2») names, under `parents`; None when that is not sure."""
    label, number = match_level(text), match_number(text)
    alone = label.code if label is not None and label.level is level and not label.rest else ""
    alone = alone or (number.code if label is None and number is not None and not number.rest else "")
    if not alone:
        return None
    same = [c for c in coded if c.level is level and c.printed == _printed(text)]
    same = same or [c for c in coded if c.level is level and code_key(c.code) == code_key(alone)]
    if len({fold(c.title) for c in same}) > 1:
        same = [c for c in same if any(code in parents for code in c.above)]
    return same[0] if len({fold(c.title) for c in same}) == 1 else None
