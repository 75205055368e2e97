"""Read brackets after titles that hold values without labels («Planter (Service Travaux, 2027)»).

What their parts are is explained once in the text, or told by the parts over the whole document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.bare import MAXIMUM_SERVICE_WORDS, read_bare_value, split_bracket
from pipeline.extract.sections import Flow
from pipeline.extract.signatures import Line
from pipeline.model import ACTOR_ROLES
from pipeline.text import fold
from pipeline.values import parse_amount_eur, parse_date, parse_span
from pipeline.vocabulary import bracketed_labels, explained_fields, match_actor

#: Fewer brackets that hold values, or a smaller share of the titles set alike, explain nothing by themselves.
MINIMUM_BRACKETS, BRACKETED = 3, 0.6
#: A name in brackets is no longer than this.
MAXIMUM_NAME_WORDS = 10
_PARTS = re.compile(r"\s*[,;|]\s*|\s+[/\u2022\u00b7\u2013\u2014\-]\s+")
#: A line that is one bracket.
WHOLE_BRACKET = re.compile(r"[\[(](?P<content>[^\[\]()]+)[\])]")
_DATES = ("end", "planning", "start")
#: The field of a value that the explanation leaves out.
_OF_SORT = {"date": "end", "status": "status", "progress": "progress", "budget": "budget"}


@dataclass(frozen=True, slots=True)
class Brackets:
    """What the brackets after the titles of a document hold."""

    fields: tuple[str, ...]  # in the order in which they stand
    names: frozenset[str]  # folded: what stands for someone in a bracket that also holds another value
    common: bool  # most titles end with a bracket


def find_brackets(flow: Flow) -> Brackets | None:
    """Read what brackets after titles hold: as a sentence explains, else as most show; None when neither does."""
    lines = [node for node in flow if isinstance(node, Line) and not node.furniture and node.section is None]
    closed = [(line, _parts(split_bracket(line.title)[1])) for line in lines]
    found = [(line, parts) for line, parts in closed if _holds_values(parts)]
    names = frozenset(fold(part) for _, parts in found for part in parts if _sort(part) == "name")
    explained = next((fields for line in lines if (fields := explained_fields(line.text))), ())
    if explained:
        return Brackets(explained, names, common=_are_most([line for line, parts in closed if parts], lines))
    if len(found) < MINIMUM_BRACKETS or not _are_most([line for line, _ in found], lines):
        return None
    labelled = next((fields for line in lines if (fields := bracketed_labels(line.text))), ())
    fields = labelled or _shown([parts for _, parts in found])
    return Brackets(fields, names, common=True) if fields else None


def _are_most(found: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Tell whether lines are most of those that are set as they are."""
    kinds = {line.kind for line in found}
    return len(found) >= max(BRACKETED * sum(line.kind in kinds for line in lines), 1)


def split_values(title: str, brackets: Brackets) -> tuple[str, list[tuple[str, str]]]:
    """Cut values in brackets off the end of a title; returns (title, fields), (title, []) when there are none."""
    rest, content = split_bracket(title)
    values = read_parts(content, brackets)
    return (rest, values) if values else (title, [])


def read_parts(content: str, brackets: Brackets) -> list[tuple[str, str]]:
    """Read the content of a bracket as (field, value); empty unless all parts are told apart."""
    parts = _parts(content)
    sorts = [_sort(part) for part in parts]
    known = any(sort != "name" for sort in sorts) or all(fold(part) in brackets.names for part in parts)
    actors = (
        brackets.common and set(ACTOR_ROLES).issuperset(brackets.fields) and all(part[:1].isupper() for part in parts)
    )
    if not parts or "" in sorts or not (known or actors):
        return []
    open_fields = list(brackets.fields)
    values: list[tuple[str, str]] = []
    for part, sort in zip(parts, sorts, strict=True):
        field = _take(part, sort, open_fields, values)
        if not field:
            return []
        values.append((field, part))
    return values


def _take(part: str, sort: str, open_fields: list[str], values: Sequence[tuple[str, str]]) -> str:
    """The field of a part, taken off those that are open; several names may stand for one field."""
    if sort == "name":
        roles = [field for field in open_fields if field in ACTOR_ROLES]
        told = match_actor(part)
        field = told if told in roles else next(iter(roles), "")
        if not field:
            return next((name for name, _ in reversed(values) if name in ACTOR_ROLES), "")
    else:
        field = next((field for field in open_fields if field in (_DATES if sort == "date" else (sort,))), "")
        field = field or (_OF_SORT[sort] if _OF_SORT[sort] not in (name for name, _ in values) else "")
    if field in open_fields:
        open_fields.remove(field)
    return field


def _parts(content: str) -> list[str]:
    return [part.strip() for part in _PARTS.split(content) if part.strip()] if content else []


def _sort(part: str) -> str:
    """What a part is by itself: a date, a status, a share in percent, an amount, a name; "" for anything else."""
    value = read_bare_value(part)
    if value is not None:
        return "date" if value[0] == "end" else value[0]
    if part[:1].isdigit() and parse_amount_eur(part).unit:
        return "budget"
    if parse_date(part).value and not parse_span(part).prose:
        return "date"
    return "name" if part[:1].isalpha() and len(part.split()) <= MAXIMUM_NAME_WORDS else ""


def _holds_values(parts: Sequence[str]) -> bool:
    """Tell whether parts are a date, a status or the like, beside names with a capital."""
    sorts = Counter(map(_sort, parts))
    names = [part for part in parts if _sort(part) == "name"]
    named = all(part[:1].isupper() and len(part.split()) <= MAXIMUM_SERVICE_WORDS + 2 for part in names)
    return len(parts) >= 2 and not sorts[""] and sorts.total() > len(names) >= 1 and named


def _shown(found: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The fields at each place of brackets of the commonest length, as most parts there show; empty when two agree."""
    length = Counter(map(len, found)).most_common(1)[0][0]
    fields: list[str] = []
    for place in range(length):
        parts = [parts[place] for parts in found if len(parts) == length]
        sort = Counter(map(_sort, parts)).most_common(1)[0][0]
        actors = Counter(filter(None, map(match_actor, parts)))
        field = _OF_SORT.get(sort) or (actors.most_common(1)[0][0] if actors else "service")
        if field in fields:
            return ()
        fields.append(field)
    return tuple(fields)
