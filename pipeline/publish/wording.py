"""Codes -> French words, numbers and dates -> their French form; both from data/messages/wording.toml.

These are the forms of documents that people read. The forms of the tables are in `values.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources

from pipeline.model import Element
from pipeline.remarks import fill_sentence

_PERIOD = re.compile(r"(\d{4})(?:-(?:S(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?")


@cache
def read_wording() -> Mapping[str, Mapping[str, str]]:
    """Return the tables of wording.toml."""
    text = resources.files("pipeline").joinpath("data", "messages", "wording.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word(table: str, code: str) -> str:
    """Return the French word of a code; a code without one is shown as it is, nothing is hidden."""
    return read_wording()[table].get(code, code)


def phrase(code: str, facts: Mapping[str, str] | None = None) -> str:
    """Return a phrase with its facts filled in."""
    return fill_sentence(read_wording()["phrases"][code], facts or {})


def format_number(value: Decimal | int, *, decimals: int | None = None) -> str:
    """Write a number the French way; `decimals` rounds half up, None keeps the digits that the number has."""
    forms = read_wording()["format"]
    number = Decimal(value)
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    plain = format(number, "f")
    whole, _, fraction = plain.lstrip("-").partition(".")
    fraction = fraction.rstrip("0")
    groups = f"{int(whole):,}".replace(",", forms["thousands"])
    sign = "\u2212" if plain.startswith("-") and (int(whole) or fraction) else ""
    return sign + groups + (forms["decimal"] + fraction if fraction else "")


def format_percent(value: Decimal, *, decimals: int = 1) -> str:
    """Write percentage points: 27.5 -> `27,5 %`."""
    return format_number(value, decimals=decimals) + read_wording()["format"]["percent"]


def format_rate(numerator: Decimal | int, denominator: int, *, decimals: int = 1) -> str:
    """Write a rate in percent; a dash when there is nothing to divide by."""
    if denominator == 0:
        return phrase("none")
    return format_percent(Decimal(numerator) * 100 / denominator, decimals=decimals)


def format_amount(value: Decimal) -> str:
    """Write euros, with cents only when there are some: `24 000 €`, `12,50 €`."""
    forms = read_wording()["format"]
    text = format_number(value, decimals=2)
    whole, separator, fraction = text.partition(forms["decimal"])
    return whole + (separator + fraction.ljust(2, "0") if separator else "") + forms["euro"]


def format_quantity(value: Decimal, unit: str) -> str:
    """Write a value with its unit as printed."""
    if unit == "%":
        return format_percent(value, decimals=2)
    if unit in ("€", "EUR"):
        return format_amount(value)
    return f"{format_number(value)}\u00a0{unit}" if unit else format_number(value)


def format_period(text: str) -> str:
    """Write an ISO date cut to its precision, a half-year or a quarter; anything else is shown as it is."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return text
    year = found[1]
    if found["day"] is not None:
        return f"{found['day']}/{found['month']}/{year}"
    if found["month"] is not None:
        return f"{found['month']}/{year}"
    forms: Mapping[str, Mapping[str, str]] = read_wording()["format"]  # type: ignore[assignment]
    for name in ("half", "quarter"):
        if found[name] is not None:
            return fill_sentence(forms[name][found[name]], {"year": year})
    return year


def format_short_date(day: date) -> str:
    """Write `30/09/2027`."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def format_long_date(day: date) -> str:
    """Write `30 septembre 2027`, `1er janvier 2027`."""
    forms = read_wording()["format"]
    number = forms["first_day"] if day.day == 1 else str(day.day)
    return f"{number} {forms['months'][day.month - 1]} {day.year}"


def join_of(name: str) -> str:
    """Put « de » before a proper name, elided before a vowel."""
    exception = read_wording()["of_exceptions"].get(name)
    if exception is not None:
        return exception
    forms = read_wording()["format"]
    return (forms["of_elided"] if name[:1].upper() in forms["elided"] else forms["of"]) + name


def name_entity(name: str, designation: str, name_words: tuple[str, ...]) -> str:
    """Return the full name of an entity: `Valmont` -> `Commune de Valmont`; a name already full stays."""
    first_word = re.split(r"[\s']", name, maxsplit=1)[0].casefold()
    if first_word in {w.casefold() for w in name_words}:
        return name
    return f"{designation} {join_of(name)}"


def title_element(element: Element) -> str:
    """Return code and title on one line; a bare number gets the short word of its level: `OS 1 – …`."""
    code = element.code
    if code[:1].isdigit() and element.level.value in read_wording()["level_short"]:
        code = f"{word('level_short', element.level)} {code}"
    return " \u2013 ".join(part for part in (code, element.title) if part)
