"""Titles in cells: cut off their label and number, open their element."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.apply.reading import LABELLED, Mention, Reading
from pipeline.model import Block, Level
from pipeline.vocabulary import match_level, match_number

#: Levels whose titles in cells may begin with a bare number («1 Offrir une mobilite»).
_HEADING_LEVELS = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)


def cut_title(text: str, level: Level) -> tuple[str, str]:
    """Cut the label and number off a title in a cell; returns (title, code)."""
    text = " ".join(text.split("\n"))
    label = match_level(text)
    if label is not None and label.rest and (label.code or label.level is Level.VOLET):
        return label.rest, label.code
    number = match_number(text, heading=level in _HEADING_LEVELS)
    if number is not None and number.rest:
        return number.rest, number.code
    return text, ""


def open_titled(reading: Reading, text: str, level: Level, code: str, blocks: Sequence[Block]) -> Mention:
    """Open the element that a labelled cell names; `code` is that of a cell of its own, "" when there is none."""
    title, printed = cut_title(text, level)
    return reading.open(level, code or printed, title, blocks, LABELLED, named=True)
