"""Read values printed without labels, told apart by what they are («Service Travaux – juin 2028 – En cours»)."""

from __future__ import annotations

import re

from pipeline.values import is_status_word, parse_date, parse_span
from pipeline.vocabulary import begins_with_verb

#: The name of a service beside a date or a status is no longer than this.
MAXIMUM_SERVICE_WORDS = 6
#: Fewer words say what is to be done no more than a function («Contremaître») does.
MINIMUM_CLAUSE_WORDS = 3
#: A date that stands alone is no longer than this.
MAXIMUM_DATE_CHARACTERS = 12

_PERCENT = re.compile(r"(?:100|\d{1,2})(?:[.,]\d{1,2})?\s?%")
_BETWEEN = re.compile(r"[|;\u25ba]|(?<=\s)[\u2013\u2014\-](?=\s)")
_BRACKET = re.compile(r"^(?P<title>.*\S)\s*[\[(](?P<content>[^\[\]()]+)[\])]$", re.DOTALL)
#: What stands between a title and a value: a dash, or the sign in front of the value.
_BEFORE_TAIL = re.compile(r"\s[\u2013\u2014-]\s|\s(?=[\u25cb-\u25d7\u2600-\u27bf\U0001f000-\U0001faff])")


def read_bare_value(text: str) -> tuple[str, str] | None:
    """Read a text that is nothing but one value as (field, value): a status word, a share in percent, a date."""
    text = text.strip()
    if is_status_word(text):
        return "status", text
    if _PERCENT.fullmatch(text):
        return "progress", text
    dated = len(text) <= MAXIMUM_DATE_CHARACTERS and text[:1].isdigit() and bool(parse_date(text).value)
    return ("end", text) if dated else None


def read_bare_values(text: str) -> list[tuple[str, str]]:
    """Read a row of values as (field, value): a date is the end, a status word the status, one name the service.

    Empty unless there are at least two, one of them a date or a status, and all of them are told apart.
    """
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    if any(part.count("(") != part.count(")") or part.count("[") != part.count("]") for part in parts):
        return []  # the values stand in brackets after a title
    found: dict[str, str] = {}
    for part in parts:
        if is_status_word(part):
            field = "status"
        elif parse_date(part).value and not parse_span(part).prose:
            field = "end"
        elif part[:1].isupper() and len(part.split()) <= MAXIMUM_SERVICE_WORDS and not _is_clause(part):
            field = "service"
        else:
            return []
        if field in found:
            return []
        found[field] = part
    return list(found.items()) if len(found) >= 2 and found.keys() & {"status", "end"} else []


def _is_clause(part: str) -> bool:
    """Tell whether a part says what is to be done, or holds a label: it names no service."""
    return ":" in part or (len(part.split()) >= MINIMUM_CLAUSE_WORDS and begins_with_verb(part))


def split_bare_bracket(title: str) -> tuple[str, list[tuple[str, str]]]:
    """Cut values, or the word for a status, in brackets off the end of a title («... [Service Travaux – juin 2028]»).

    Returns (title, fields).
    """
    rest, printed = split_bracket(title)
    values = read_bare_values(printed) if printed else []
    if not values and is_status_word(printed.strip()):
        values = [("status", printed.strip())]
    return (rest, values) if values else (title, [])


def split_bare_tail(title: str) -> tuple[str, list[tuple[str, str]]]:
    """Cut the word for a status off the end of a title («Repaver - en cours - 2027»); returns (title, fields).

    A dash or a sign («● en cours») stands before it, and there may be a date before or after it.
    """
    rest, found = title.rstrip(), dict[str, str]()
    for match in reversed(list(_BEFORE_TAIL.finditer(rest))):
        value = read_bare_value(_without_sign(rest[match.end() :]))
        if value is None or value[0] not in ("status", "end") or value[0] in found:
            break
        found[value[0]] = value[1]
        rest = rest[: match.start()]
    return (rest, list(found.items())) if "status" in found else (title, [])


def _without_sign(printed: str) -> str:
    """A value without the sign in front of it."""
    return next((printed[place:] for place, char in enumerate(printed) if char.isalnum()), printed)


def split_bracket(title: str) -> tuple[str, str]:
    """Cut what stands in brackets off the end of a title; returns (title, content), "" when there is none."""
    match = _BRACKET.match(title.strip()) if title.rstrip().endswith((")", "]")) else None
    return (match["title"], match["content"]) if match is not None else (title, "")
