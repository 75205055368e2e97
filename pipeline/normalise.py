"""Printed to canonical: every statement gets its value, or is replaced by the statements that its text makes.

What cannot be read keeps its statement with an empty value and gains a remark; `original` stays as printed, save for a
status, where it becomes the status word alone (`status_source`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pipeline.model import ACTOR_ROLES, Level, Remark, Severity, Statement, Status
from pipeline.text import clean, clean_lines, split_list, split_marker, strip_title
from pipeline.values import (
    Boxes,
    Moment,
    Parsed,
    Span,
    field_name,
    is_absent,
    parse_amount_eur,
    parse_budget,
    parse_checkboxes,
    parse_code,
    parse_number,
    parse_percent,
    parse_period,
    parse_plans,
    parse_priority,
    parse_scale,
    parse_sdg,
    parse_span,
    parse_status,
    parse_unit,
    plain_decimal,
)

Reading = tuple[list[Statement], list[Remark]]
#: A reader takes a statement, all statements of its mention, and a name that is its own among them.
Reader = Callable[[Statement, Sequence[Statement], str], Reading]

#: Remarks that only tell how a value was read; all others leave a value in doubt.
_INFO = frozenset(
    {
        "value_absent",
        "number_approximate",
        "amount_qualified",
        "budget_article",
        "date_open",
        "date_approximate",
        "date_from_status",
        "date_from_title",
        "end_is_start",
        "field_holds_status",
        "status_prose",
        "status_is_kind",
        "box_none",
    }
)
_APPROXIMATE = 0.9
_PROSE = 0.7
_ASIDE = 0.6  # a value that another field says in passing

_LONGEST_ITEM = 500
_LIST_NUMBER = re.compile(r"^(?:\d{1,2}\s?[.)]|[a-z]\))\s+")
_REACHED_OF_EXPECTED = re.compile(r"(.*\S)\s*=\s*([^=/]*?)\s*/\s*([^=/]*)")
_TITLE_DEADLINES = tuple(
    re.compile(rf"(?P<title>.{{4,}}?)\s*{printed}$")
    for printed in (r"\((?P<printed>[^()]{4,30})\)", r"\[(?P<printed>[^\[\]]{4,30})\]", r":\s*(?P<printed>[^:]{4,40})")
)


def normalise(statements: Sequence[Statement]) -> tuple[tuple[Statement, ...], tuple[Remark, ...]]:
    """Give every statement its canonical value, in the order given.

    A statement that already has a value, and the rows of a service's spreadsheet (`ref_code`, `ref_title`), are left as
    they are. Fields that `extract` may use beside those of `Statement`: `planning` (gives `start`, `end`), `indicator`
    (a printed list; gives `indicator_label` and, where printed, unit and measures), `target` (gives measures of the
    indicators of the same mention). Remarks: the codes of `values`, and date_from_status, date_from_title,
    end_is_start, field_holds_status, status_unreadable, status_is_kind, percent_out_of_range, target_unmatched,
    title_empty.
    """
    mentions: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements:
        mentions.setdefault((statement.source, statement.mention_id), []).append(statement)
    read: dict[tuple[str, str], Iterator[list[Statement]]] = {}
    remarks: list[Remark] = []
    for key, said in mentions.items():
        outcomes, said_remarks = _read_mention(said)
        read[key] = iter(outcomes)
        remarks.extend(said_remarks)
    written: list[Statement] = []
    for statement in statements:
        written.extend(next(read[statement.source, statement.mention_id]))
    return tuple(written), tuple(remarks)


def _read_mention(said: Sequence[Statement]) -> tuple[list[list[Statement]], list[Remark]]:
    """Return one list of statements for each one given, and the remarks."""
    if any(s.field in ("ref_code", "ref_title") for s in said):
        return [[s] for s in said], []
    outcomes: list[list[Statement]] = []
    remarks: list[Remark] = []
    for index, statement in enumerate(said):
        reader = _READERS.get(statement.field, _read_as_printed)
        if statement.value or not statement.original:
            outcomes.append([statement])
            continue
        outcome, about = reader(statement, said, str(index))
        outcomes.append(outcome)
        remarks.extend(about)
    _add_budget_total(said, outcomes)
    return outcomes, remarks


def _remark(statement: Statement, code: str) -> Remark:
    facts = (("field", field_name(statement.field)), ("text", clean(statement.original)))
    severity = Severity.INFO if code in _INFO else Severity.WARNING
    return Remark(severity, code, facts, source=statement.source, locator=statement.locator)


def _remarks(statement: Statement, *codes: str) -> list[Remark]:
    return [_remark(statement, code) for code in codes if code]


def _weaken(statement: Statement, factor: float) -> Statement:
    return replace(statement, confidence=round(statement.confidence * factor, 4))


def _has(said: Sequence[Statement], *fields: str) -> bool:
    return any(s.field in fields for s in said)


def _ticked_or_all(text: str) -> tuple[str, Boxes]:
    boxes = parse_checkboxes(text)
    return ("\n".join(boxes.ticked) if boxes.offered else text), boxes


# --------------------------------------------------------------------------------------------------------------- texts


def _read_as_printed(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    return [replace(statement, value=clean(statement.original))], []


def _read_text(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    return [replace(statement, value=clean_lines(statement.original))], []


def _read_code(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """A code is text: `1.10` stays `1.10`; only the mark that sets it apart from the title goes."""
    printed = clean(statement.original)
    return [replace(statement, value=printed.rstrip(" .:;)-\u2013\u2014") or printed)], []


def _read_title(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Clean the title; the deadline that ends the title of an action, after a colon or in brackets, becomes its end."""
    title = strip_title(statement.original)
    if not title:
        return [statement], _remarks(statement, "title_empty")
    level = next((s.value or s.original for s in said if s.field == "level"), "")
    if level in (Level.ACTION, Level.SOUS_ACTION) and not _has(said, "start", "end", "planning"):
        rest, deadline = _cut_deadline(title)
        if deadline:
            end = _weaken(replace(statement, field="end", value=deadline), _APPROXIMATE)
            return [replace(statement, value=rest), end], _remarks(statement, "date_from_title")
    return [replace(statement, value=title)], []


def _cut_deadline(title: str) -> tuple[str, str]:
    """Cut the one date that ends a title off it; returns (title, date), "" when none does."""
    for pattern in _TITLE_DEADLINES:
        match = pattern.fullmatch(title)
        span = parse_span(match["printed"]) if match is not None else Span()
        single = span.start is None or span.end is None or span.start == span.end
        moment = span.end or span.start
        if match is not None and moment is not None and single and not span.prose:
            return strip_title(match["title"]), moment.value
    return title, ""


def _read_list(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Split people, services or partners: one statement each."""
    text, boxes = _ticked_or_all(statement.original)
    names = [n for n in split_list(text) if not is_absent(n)]
    if not names:
        return [statement], _remarks(statement, "box_none" if boxes.offered else "value_absent")
    return [replace(statement, value=n) for n in names], []


def _read_plans(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    text, boxes = _ticked_or_all(statement.original)
    names = parse_plans(text) or [n for n in split_list(text) if not is_absent(n)]
    if not names:
        return [statement], _remarks(statement, "box_none" if boxes.offered else "value_absent")
    return [replace(statement, value="; ".join(names))], []


# --------------------------------------------------------------------------------------------------------------- dates


def _read_dates(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Read `start`, `end` or `planning`: a range gives both, save one that the sheet prints in a field of its own."""
    span = parse_span(statement.original)
    if span.start is None and span.end is None:
        return _read_misplaced_status(statement, said) or ([statement], _remarks(statement, span.remark))
    factor = _PROSE if span.prose else _APPROXIMATE if span.approximate else 1.0
    single = span.start is None or span.end is None or span.start == span.end
    wanted: dict[str, Moment | None] = {}
    codes = [span.remark]
    if statement.field == "planning":
        wanted = {"end": span.end} if single and span.end else {"start": span.start, "end": span.end}
    elif statement.field == "start":
        wanted = {"start": span.start or span.end, "end": None if single or span.prose else span.end}
    elif span.end is None:
        wanted = {"start": span.start}
        codes.append("end_is_start")
    else:
        wanted = {statement.field: span.end, "start": None if single or span.prose else span.start}
    if span.initial is not None and statement.field != "start":
        wanted["end_first"] = span.initial
    others = [s.field for s in said if s is not statement]
    written = [
        _weaken(replace(statement, field=field, value=moment.value), factor)
        for field, moment in wanted.items()
        if moment is not None and (field == statement.field or field not in others)
    ]
    return written or [statement], _remarks(statement, *codes)


def _read_misplaced_status(statement: Statement, said: Sequence[Statement]) -> Reading | None:
    """Read a status word that stands where a date or a rate was due; None when there is none, or a status field."""
    status = parse_status(statement.original)
    if status is None or not status.value or status.prose or _has(said, "status"):
        return None
    moved = replace(statement, field="status", value=status.value, original=status.printed)
    return [moved], _remarks(statement, "field_holds_status")


# -------------------------------------------------------------------------------------------------------------- states


def _read_status(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Read a status; a rate or a date said beside it becomes `progress`, `start` or `end` where the sheet has none."""
    beside, about = _read_beside_status(statement, said)
    status = parse_status(statement.original)
    if status is None:
        if beside and parse_percent(statement.original).value is not None:
            return beside, []
        code = "value_absent" if is_absent(clean(statement.original)) else "status_unreadable"
        return [statement, *beside], _remarks(statement, code)
    if status.kind:
        if _has(said, "kind"):
            return [statement], _remarks(statement, "status_is_kind")
        return [replace(statement, field="kind", value=status.kind)], _remarks(statement, "status_is_kind")
    written = replace(statement, value=status.value, original=status.printed)
    if status.prose:
        written = _weaken(written, _APPROXIMATE)
    return [written, *beside], [*_remarks(statement, status.remark), *about]


def _read_beside_status(statement: Statement, said: Sequence[Statement]) -> Reading:
    printed = clean(statement.original)
    boxes = parse_checkboxes(printed)
    written: list[Statement] = []
    codes: list[str] = []
    percent = re.search(r"(?<!\d)\d{1,3}(?:,\d+)?\s?%", printed)
    if percent is not None and not boxes.offered and not _has(said, "progress"):
        rate = parse_percent(percent.group())
        if rate.value is not None and 0 <= rate.value <= 100:
            written.append(replace(statement, field="progress", value=plain_decimal(rate.value)))
    status = parse_status(printed)
    if status is not None and not boxes.offered and not _has(said, "end", "planning"):
        span = parse_span(printed)
        field, moment = ("start", span.start) if span.end is None else ("end", span.end)
        # "En cours (2020)" does not say which end of the work the year is.
        told = field == "start" or status.value != Status.EN_COURS
        if moment is not None and told and not _has(said, field):
            written.append(_weaken(replace(statement, field=field, value=moment.value), _ASIDE))
            codes.append("date_from_status")
    return written, _remarks(statement, *codes)


def _read_progress(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    text, _ = _ticked_or_all(statement.original)
    rate = parse_percent(text)
    if rate.value is None:
        return _read_misplaced_status(statement, said) or ([statement], _remarks(statement, rate.remark))
    if not 0 <= rate.value <= 100:
        return [statement], _remarks(statement, "percent_out_of_range")
    return _with_number(statement, rate)


def _read_word(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Read a field whose words are a table of values.toml of the same name."""
    parsed = parse_code(statement.original, _CODED[statement.field])
    return [replace(statement, value=parsed.value)], _remarks(statement, parsed.remark)


def _read_priority(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    parsed = parse_priority(statement.original)
    return [replace(statement, value=parsed.value)], _remarks(statement, parsed.remark)


def _read_sdg(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    parsed = parse_sdg(statement.original)
    return [replace(statement, value=parsed.value)], _remarks(statement, parsed.remark)


# ------------------------------------------------------------------------------------------------------------- numbers


def _with_number(statement: Statement, parsed: Parsed) -> Reading:
    value = "" if parsed.value is None else plain_decimal(parsed.value)
    written = replace(statement, value=value)
    return [_weaken(written, _APPROXIMATE) if parsed.approximate else written], _remarks(statement, parsed.remark)


def _read_fte(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    return _with_number(statement, parse_number(statement.original))


def _read_amount(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    return _with_number(statement, parse_amount_eur(statement.original))


def _read_year(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    period = parse_period(statement.original)
    return [replace(statement, value=period[:4])], _remarks(statement, "" if period else "date_unreadable")


def _read_funder(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """A funder of the vocabulary by its usual name, any other as printed."""
    printed = clean(statement.original)
    return [replace(statement, value=parse_code(printed, "funders").value or printed)], []


def _read_budget(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Read a budget text: the total stays in `budget`, each line by year, funder or purpose becomes a group."""
    budget = parse_budget(statement.original)
    written, remarks = _with_number(statement, budget.total)
    for number, part in enumerate(budget.parts, start=1):
        value = "" if part.amount.value is None else plain_decimal(part.amount.value)
        line = replace(written[0], group=f"b{name}_{number}", original=part.original)
        fields = {"year": part.year, "funder": part.funder, "amount": value, "kind": part.kind}
        written += [
            replace(line, field=f"budget_{field}", value=text)
            for field, text in fields.items()
            if text or field == "amount"
        ]
    return written, remarks


def _add_budget_total(said: Sequence[Statement], outcomes: list[list[Statement]]) -> None:
    """Add the total of printed budget lines to a mention that prints none, when all its lines are read."""
    if _has(said, "budget"):
        return
    amounts = [s for outcome in outcomes for s in outcome if s.field == "budget_amount"]
    if not amounts or not all(s.value for s in amounts):
        return
    total = sum((Decimal(s.value) for s in amounts), Decimal(0))
    original = " | ".join(s.original for s in amounts)
    last = max(i for i, outcome in enumerate(outcomes) if any(s.field == "budget_amount" for s in outcome))
    outcomes[last].append(replace(amounts[0], field="budget", value=plain_decimal(total), original=original, group=""))


# ---------------------------------------------------------------------------------------------------------- indicators


def _indicator_items(statement: Statement) -> list[str]:
    """Split a printed list of indicators; commas stay, for labels hold them."""
    text, _ = _ticked_or_all(statement.original)
    pieces = (clean(piece) for piece in re.split(r"[\n\r|;\u2022\u25aa]", text))
    items = (strip_title(_LIST_NUMBER.sub("", split_marker(piece)[1])) for piece in pieces if piece)
    return [item for item in items if item and not is_absent(item)]


def _indicator_groups(said: Sequence[Statement]) -> list[tuple[str, Statement]]:
    """Return the group of each indicator of a mention, in printed order, with the statement that prints it."""
    groups: list[tuple[str, Statement]] = []
    for index, statement in enumerate(said):
        if statement.field == "indicator_label":
            groups.append((statement.group, statement))
        elif statement.field == "indicator":
            groups += [
                (_item_group(statement, str(index), number), statement)
                for number in range(len(_indicator_items(statement)))
            ]
    return groups


def _item_group(statement: Statement, name: str, number: int) -> str:
    first = statement.group or f"i{name}_1"
    return first if number == 0 else f"i{name}_{number + 1}"


def _read_indicators(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Read a printed list of indicators, or the main tool's export (`label = reached / expected`)."""
    items = _indicator_items(statement)
    if not items:
        return [statement], _remarks(statement, "value_absent")
    family = next((s for s in said if s.field == "indicator_family" and s.group and s.group == statement.group), None)
    written: list[Statement] = []
    remarks: list[Remark] = []
    for number, item in enumerate(items):
        group = _item_group(statement, name, number)
        pair = _REACHED_OF_EXPECTED.fullmatch(item) if len(item) <= _LONGEST_ITEM else None
        label = strip_title(pair.group(1)) if pair is not None else item
        base = replace(statement, group=group, original=item)
        written.append(replace(base, field="indicator_label", value=label))
        unit = parse_unit(label)
        if unit and not any(s.field == "indicator_unit" and s.group == group for s in said):
            written.append(replace(base, field="indicator_unit", value=_plain_unit(unit), original=unit))
        if family is not None and number > 0:
            written.append(replace(family, group=group, value=parse_code(family.original, "family").value))
        if pair is not None:
            for role, text in (("actual", pair.group(2)), ("target", pair.group(3))):
                measure, about = _measure(replace(base, group=f"{group}.{role}", original=text), role, unit)
                written += measure
                remarks += about
    return written, remarks


def _measure(statement: Statement, role: str, unit: str) -> Reading:
    """Write the measure that a text prints, with its period where it names one; nothing when the text is empty."""
    if not clean(statement.original):
        return [], []
    parsed, period = _value_and_period(statement.original)
    value, printed_unit = _scaled(parsed, unit)
    written = [
        replace(statement, field="measure_role", value=role, original=role),
        replace(statement, field="measure_value", value=value),
    ]
    if period:
        written.append(replace(statement, field="measure_period", value=period))
    if printed_unit:
        written.append(replace(statement, field="measure_unit", value=printed_unit, original=parsed.unit or unit))
    return written, _remarks(replace(statement, field="measure_value"), parsed.remark)


def _value_and_period(text: str) -> tuple[Parsed, str]:
    """Read a number, or a number with the date it is meant for (`40 % d'ici 2024`, `2024 : 40 %`)."""
    parsed = parse_number(text)
    period = parse_period(text) if parsed.value is None else ""
    if not period:
        return parsed, ""
    printed = clean(text)
    for cut in range(min(len(printed), _LONGEST_ITEM), 0, -1):
        if printed[cut - 1] not in " :(,;-\u2013":
            continue
        head, tail = printed[:cut].rstrip(" :(,;-\u2013"), printed[cut:].strip(" ()")
        for value_text, date_text in ((head, tail), (tail, head)):
            value = parse_number(value_text)
            if value.value is not None and parse_period(date_text) == period and not parse_span(date_text).prose:
                return value, period
    return parsed, ""


def _scaled(parsed: Parsed, unit: str) -> tuple[str, str]:
    """Return value and unit for the tables; a value whose unit is thousands or millions of euros is expanded."""
    printed_unit = parsed.unit or unit
    if parsed.value is None:
        return "", _plain_unit(printed_unit)
    scale = None if parsed.unit else parse_scale(unit)
    return plain_decimal(parsed.value if scale is None else parsed.value * scale), _plain_unit(printed_unit)


def _plain_unit(unit: str) -> str:
    return clean(unit) if parse_scale(unit) is None else "\u20ac"


def _read_indicator_label(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    label = strip_title(_LIST_NUMBER.sub("", split_marker(clean(statement.original))[1]))
    written = [replace(statement, value=label)]
    unit = parse_unit(label)
    if unit and not any(s.field == "indicator_unit" and s.group == statement.group for s in said):
        written.append(replace(statement, field="indicator_unit", value=_plain_unit(unit), original=unit))
    return written, []


def _read_unit(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    return [replace(statement, value="" if is_absent(statement.original) else _plain_unit(statement.original))], []


def _read_measure_value(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Read the value of a measure; its unit comes from the text, else from the measure, the indicator or its label."""
    owner = statement.group.rpartition(".")[0]
    own = next((s for s in said if s.field == "measure_unit" and s.group == statement.group), None)
    of_indicator = next((s for s in said if s.field == "indicator_unit" and s.group == owner), None)
    labels = (s.original for s in said if s.field in ("indicator", "indicator_label") and s.group == owner)
    printed = own if own is not None else of_indicator
    unit = parse_unit(next(labels, "")) if printed is None else printed.original
    parsed, period = _value_and_period(statement.original)
    value, printed_unit = _scaled(parsed, unit)
    written = replace(statement, value=value)
    statements = [_weaken(written, _APPROXIMATE) if parsed.approximate else written]
    if own is None and printed_unit:
        statements.append(replace(statement, field="measure_unit", value=printed_unit, original=parsed.unit or unit))
    if period and not any(s.field == "measure_period" and s.group == statement.group for s in said):
        statements.append(replace(statement, field="measure_period", value=period))
    return statements, _remarks(statement, parsed.remark)


def _read_period(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    period = parse_period(statement.original)
    return [replace(statement, value=period)], _remarks(statement, "" if period else "date_unreadable")


def _read_target(statement: Statement, said: Sequence[Statement], name: str) -> Reading:
    """Give the printed targets to the indicators of the mention, one each in printed order; else say so."""
    items = [clean(i) for i in re.split(r"[\n\r|;]", statement.original) if clean(i)]
    groups = _indicator_groups(said)
    if len(items) != len(groups):
        return [statement], _remarks(statement, "target_unmatched")
    written: list[Statement] = []
    remarks: list[Remark] = []
    for item, (group, printed) in zip(items, groups, strict=True):
        base = replace(statement, original=split_marker(item)[1], group=f"{group}.target{name}")
        measure, about = _measure(base, "target", parse_unit(printed.original) if len(groups) == 1 else "")
        written += measure
        remarks += about
    return written or [statement], remarks


#: Field -> table of values.toml.
_CODED: Mapping[str, str] = {
    "health": "health",
    "kind": "kind",
    "synergy": "synergy",
    "indicator_family": "family",
    "indicator_kind": "indicator_kind",
    "indicator_direction": "direction",
    "measure_role": "measure_role",
}

_READERS: Mapping[str, Reader] = {
    "code": _read_code,
    "title": _read_title,
    "description": _read_text,
    "comment": _read_text,
    "result": _read_text,
    "plans": _read_plans,
    **dict.fromkeys(ACTOR_ROLES, _read_list),
    **dict.fromkeys(("start", "end", "end_first", "planning"), _read_dates),
    "status": _read_status,
    "progress": _read_progress,
    **dict.fromkeys(_CODED, _read_word),
    "priority": _read_priority,
    "sdg": _read_sdg,
    "fte": _read_fte,
    "budget": _read_budget,
    "budget_year": _read_year,
    "budget_amount": _read_amount,
    "budget_funder": _read_funder,
    "indicator": _read_indicators,
    "indicator_label": _read_indicator_label,
    "indicator_unit": _read_unit,
    "measure_unit": _read_unit,
    "measure_value": _read_measure_value,
    "measure_period": _read_period,
    "target": _read_target,
}
