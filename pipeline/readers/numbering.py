"""Numbers that an office program generates in front of paragraphs: formats and running counters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.readers.names import numbers_spelt_out

LEVELS = 9

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_PLACEHOLDER = re.compile(r"%([1-9])")
#: Letters and roman numerals beyond this are no real numbering; they are written in digits.
_LAST_SPELT = 3_000


class ListLevel(NamedTuple):
    """One level of a list definition. `text` holds %1 … %9 for the numbers of the levels."""

    text: str = ""
    number_format: str = "decimal"  # names of WordprocessingML (ST_NumberFormat)
    start: int = 1
    restart_after: int | None = None  # last level (1-9) after which it restarts, 0 never; None: any outer level
    all_decimal: bool = False
    font: str = ""
    left_pt: float | None = None


def format_number(number: int, number_format: str) -> str:
    """Write a number as a list level shows it; an unknown format gives digits, `none` nothing."""
    match number_format:
        case "none" | "bullet":
            return ""
        case "decimalZero":
            return f"{number:02d}"
        case "upperRoman" | "lowerRoman" if 0 < number <= _LAST_SPELT:
            roman = _roman(number)
            return roman if number_format == "upperRoman" else roman.lower()
        case "upperLetter" | "lowerLetter" if 0 < number <= _LAST_SPELT:
            turns, place = divmod(number - 1, 26)
            letters = chr(ord("A") + place) * (turns + 1)
            return letters if number_format == "upperLetter" else letters.lower()
        case "ordinal":
            marks = numbers_spelt_out()
            return f"{number}{marks.ordinal_mark_first if number == 1 else marks.ordinal_mark}"
        case "cardinalText" | "ordinalText":
            words = numbers_spelt_out().cardinal if number_format == "cardinalText" else numbers_spelt_out().ordinal
            return words[number - 1].capitalize() if 0 < number <= len(words) else str(number)
        case "numberInDash":
            return f"- {number} -"
        case "decimalEnclosedParen":
            return f"({number})"
        case _:
            return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def advance(counters: list[int | None], level_index: int, levels: Sequence[ListLevel]) -> None:
    """Count one paragraph at a level: its counter goes up or starts, deeper ones restart where their level says so.

    An outer level that was skipped counts as used once, as in word processors: 1, 1.1.1, then 1.2.
    """
    for outer in range(level_index):
        counters[outer] = levels[outer].start if counters[outer] is None else counters[outer]
    current = counters[level_index]
    counters[level_index] = levels[level_index].start if current is None else current + 1
    for deeper in range(level_index + 1, len(counters)):
        limit = levels[deeper].restart_after
        if limit is None or 0 < level_index + 1 <= limit:
            counters[deeper] = None


def write_marker(counters: Sequence[int | None], level_index: int, levels: Sequence[ListLevel]) -> str:
    """Fill the text of a level with the numbers reached; a level not met yet shows its start."""
    level = levels[level_index]

    def number(match: re.Match[str]) -> str:
        shown = int(match.group(1)) - 1
        count = counters[shown]
        number_format = levels[shown].number_format
        if level.all_decimal and number_format not in ("none", "decimalZero"):
            number_format = "decimal"
        return format_number(levels[shown].start if count is None else count, number_format)

    return _PLACEHOLDER.sub(number, level.text).strip()
