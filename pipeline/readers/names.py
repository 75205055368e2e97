"""What the names of styles say; the words are in data/readers.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

_NUMBERED = re.compile(r"^(?P<words>.*?)[\s_]*(?P<level>[1-9])?$", re.DOTALL)


class SpeltNumbers(NamedTuple):
    """Numbers in words, from one on, and the marks of ordinals in digits."""

    cardinal: tuple[str, ...]
    ordinal: tuple[str, ...]
    ordinal_mark_first: str
    ordinal_mark: str


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("pipeline").joinpath("data", "readers.toml").read_text("utf-8"))


@cache
def numbers_spelt_out() -> SpeltNumbers:
    """The words of generated numbering in letters."""
    numbers = _words()["numbers"]
    return SpeltNumbers(
        tuple(numbers["cardinal"]), tuple(numbers["ordinal"]), numbers["ordinal_mark_first"], numbers["ordinal_mark"]
    )


@cache
def boolean_words() -> tuple[str, str]:
    """What spreadsheets show for false and true."""
    words = _words()["sheets"]
    return words["false"], words["true"]


@cache
def unfinished_words() -> frozenset[str]:
    """Words that no line of a text ends with on purpose."""
    return frozenset(_words()["lines"]["unfinished"])


@cache
def _split(name: str) -> tuple[str, int | None]:
    match = _NUMBERED.match(name.strip().lower())
    if match is None:
        return name.strip().lower(), None
    return match["words"].strip(), None if match["level"] is None else int(match["level"])


@cache
def heading_level(style_name: str) -> int | None:
    """Level of a heading style by its name ("heading 2", "Titre 2"); None for any other style."""
    words, level = _split(style_name)
    return level if words in _words()["styles"]["heading"] else None


@cache
def is_contents_style(style_name: str) -> bool:
    """Whether a style belongs to a table of contents ("toc 1", "TM 2", "Contents Heading")."""
    return _split(style_name)[0] in _words()["styles"]["contents"]


@cache
def is_title_style(style_name: str) -> bool:
    """Whether a style is the one of the document's title."""
    words, level = _split(style_name)
    return level is None and words in _words()["styles"]["title"]


@cache
def list_style_level(style_name: str) -> int | None:
    """Level from 0 of a list style by its name ("List Bullet 2" is 1); None for any other style."""
    words, level = _split(style_name)
    if words not in _words()["styles"]["list"]:
        return None
    return 0 if level is None else level - 1
