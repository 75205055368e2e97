"""Titles in cells: cut off their label and number, open their element."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.apply.reading import LABELLED, Mention, Reading
from pipeline.extract.titles import named_by_code
from pipeline.extract.words import split_counted
from pipeline.model import Block, Level
from pipeline.vocabulary import match_level, match_number

#: Levels whose titles in cells may begin with a bare number («1 Offrir une mobilite»).
_HEADING_LEVELS = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)

#: A number on a line of its own above a title.
_LONE_NUMBER = re.compile(r"\d{1,2}\.?")
#: A letter and a number in front of a title («B2. Encourager ...»).
_LETTERED_CODE = re.compile(r"(?P<code>[A-Z]\d{1,2})\s?[.):\u2013-]\s+(?P<rest>[^\W\d_].*)", re.DOTALL)


def cut_title(text: str, level: Level, counted: str | None = None) -> tuple[str, str]:
    """Cut the label and number off a title in a cell; returns (title, code).

    `counted` is what counts the titles beside it (see `Column`).
    """
    first, _, below = text.partition("\n")
    if below[:1].isupper() and _LONE_NUMBER.fullmatch(first):
        return below.replace("\n", " "), first.rstrip(".")
    text = text.replace("\n", " ")
    label = match_level(text)
    if label is not None and label.rest:
        named = label.level is level and text.partition(":")[0].strip() == label.printed
        if label.code or label.level is Level.VOLET or named:
            return label.rest, label.code
    parted = split_counted(text) if counted is not None else None
    if parted is not None and parted[0] == counted:
        return parted[2], parted[1]
    number = match_number(text, heading=level in _HEADING_LEVELS)
    if number is not None and number.rest:
        return number.rest, number.code
    lettered = _LETTERED_CODE.match(text)
    return (lettered["rest"], lettered["code"]) if lettered is not None else (text, "")


def open_titled(reading: Reading, text: str, level: Level, code: str, blocks: Sequence[Block]) -> Mention:
    """Open the element that a labelled cell names; `code` is that of a cell of its own, "" when there is none.

    A cell that holds its code alone («OO 1.2») names the element to which the document gives a title elsewhere.
    """
    title, printed = cut_title(text, level)
    named = named_by_code(reading.coded, level, text, reading.codes_open())
    if named is not None:
        title, printed = named.title, named.code
    return reading.open(level, code or printed, title, blocks, LABELLED, named=True)
