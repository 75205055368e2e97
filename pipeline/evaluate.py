"""Plan -> Evaluation: every figure of the report with its numerator, denominator and rule, none computed anywhere else.

Rates are over actions; sub-actions are counted apart. « Not given » is a row of its own and stays in the denominator;
abandoned actions are in, and a second rate leaves them out (DESIGN.md, Rates).
"""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import date
from decimal import Decimal

import pandas as pd

from pipeline.model import (
    REVIEW_NAME,
    Actor,
    Attainment,
    Budget,
    Element,
    Evaluation,
    Figure,
    Indicator,
    Level,
    Measure,
    Plan,
    Remark,
    Severity,
    Statement,
    Status,
)

NOT_GIVEN = "not_given"
OUTSIDE = {
    Level.VOLET: "outside_volet",
    Level.OBJECTIF_STRATEGIQUE: "outside_objectif_strategique",
}
SCOPE_LEVELS = (Level.VOLET, Level.ENJEU, Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
RESPONSIBLE_ROLES = ("mandataire", "responsable", "porteur", "service")
CHANGE_FIELDS = ("title", "status", "start", "end", "budget")
HUNDRED = Decimal(100)

_PERIOD_PATTERN = re.compile(
    r"(\d{4})(?:-(?:S(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?"
)
STATUS_CODES = frozenset(s.value for s in Status)


def evaluate(plan: Plan, cutoff: date) -> Evaluation:
    """Count, rate and compare the plan as it stands at `cutoff`.

    Remarks: `evaluation_no_action`, `evaluation_status_unknown`, `evaluation_totals_differ`,
    `evaluation_deadline_unreadable`, and those of `build_attainment`.
    """
    actions = [e for e in plan.elements if e.level is Level.ACTION]
    ancestors = build_ancestors(plan.elements)
    remarks: list[Remark] = []
    if not actions:
        remarks.append(Remark(Severity.WARNING, "evaluation_no_action"))
    remarks += check_values(plan.elements)

    memberships = build_memberships(plan.elements, ancestors)
    figures = build_figures(build_frame(plan.elements, cutoff), memberships)
    for level in OUTSIDE:
        scope_ids = [e.id for e in plan.elements if e.level is level]
        if scope_ids:
            remarks += check_totals(figures, level, scope_ids)
    for action in actions:
        figures += [
            Figure(action.id, code, 1, 1, rule)
            for code, rule, holds in (
                ("late", "late_at_cutoff", is_late(action, cutoff)),
                ("slipped", "deadline_slipped", is_slipped(action)),
            )
            if holds
        ]
    figures += build_missing_figures(plan, actions)
    figures += build_budget_figures(plan, {a.id for a in actions})

    attainments: list[Attainment] = []
    measures: dict[str, list[Measure]] = {i.id: [] for i in plan.indicators}
    for measure in plan.measures:
        measures.setdefault(measure.indicator_id, []).append(measure)
    for indicator in plan.indicators:
        attainment, said = build_attainment(indicator, measures[indicator.id], cutoff)
        attainments.append(attainment)
        remarks += said
    figures.append(
        Figure(
            "",
            "indicators_rated",
            sum(1 for a in attainments if a.rate_percent is not None),
            len(attainments),
            "count_indicators_rated",
        )
    )
    return Evaluation(
        cutoff=cutoff,
        figures=tuple(figures),
        attainments=tuple(attainments),
        remarks=tuple(remarks),
        fingerprint=build_fingerprint(plan),
        changes=build_changes(plan.statements),
    )


# ------------------------------------------------------------------------------------------------------------ counts


def build_ancestors(elements: Sequence[Element]) -> dict[str, tuple[str, ...]]:
    """Map each id to the ids above it, nearest first. A parent that does not exist, or a loop, ends the chain."""
    parents = {e.id: e.parent_id for e in elements}
    chains: dict[str, tuple[str, ...]] = {}
    for element in elements:
        chain: list[str] = []
        above = element.parent_id
        while above in parents and above not in chain and above != element.id:
            chain.append(above)
            above = parents[above]
        chains[element.id] = tuple(chain)
    return chains


def build_memberships(
    elements: Sequence[Element], ancestors: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Map each scope to the ids of the elements in it: the plan (""), each element of SCOPE_LEVELS in plan order, and,
    after those of its level, the actions outside of them all (OUTSIDE) where there are some.
    """
    memberships: dict[str, tuple[str, ...]] = {"": tuple(e.id for e in elements)}
    for level in SCOPE_LEVELS:
        members: dict[str, list[str]] = {e.id: [] for e in elements if e.level is level}
        outside: list[Element] = []
        for element in elements:
            above = [a for a in ancestors[element.id] if a in members]
            for scope_id in above:
                members[scope_id].append(element.id)
            if not above:
                outside.append(element)
        memberships |= {scope_id: tuple(inner) for scope_id, inner in members.items()}
        if members and level in OUTSIDE and any(e.level is Level.ACTION for e in outside):
            memberships[OUTSIDE[level]] = tuple(e.id for e in outside)
    return memberships


def build_frame(elements: Sequence[Element], cutoff: date) -> pd.DataFrame:
    """Return a row an action or sub-action: what is counted as booleans, what is summed as Decimal (0 where there is
    none), codes as text.
    """
    counted = [e for e in elements if e.level in (Level.ACTION, Level.SOUS_ACTION)]
    status = [read_status(e) for e in counted]
    past = [is_past(e.end, cutoff) for e in counted]
    return pd.DataFrame(
        {
            "id": pd.Series([e.id for e in counted], dtype="object"),
            "is_action": pd.Series([e.level is Level.ACTION for e in counted], dtype="bool"),
            "status": pd.Series(status, dtype="object"),
            "kind": pd.Series([e.kind for e in counted], dtype="object"),
            "synergy": pd.Series([e.synergy == "oui" for e in counted], dtype="bool"),
            "synergy_not_given": pd.Series([not e.synergy for e in counted], dtype="bool"),
            "deadline_given": pd.Series([read_period_end(e.end) is not None for e in counted], dtype="bool"),
            "late": pd.Series([is_late(e, cutoff) for e in counted], dtype="bool"),
            "overdue_not_given": pd.Series(
                [p and s == NOT_GIVEN for p, s in zip(past, status, strict=True)], dtype="bool"
            ),
            "slipped": pd.Series([is_slipped(e) for e in counted], dtype="bool"),
            "progress_given": pd.Series([e.progress is not None for e in counted], dtype="bool"),
            "progress": pd.Series([e.progress or Decimal(0) for e in counted], dtype="object"),
            "budget_given": pd.Series([e.budget is not None for e in counted], dtype="bool"),
            "budget": pd.Series([e.budget or Decimal(0) for e in counted], dtype="object"),
        }
    )


COUNTED = ("synergy", "synergy_not_given", "deadline_given", "late", "overdue_not_given", "slipped", "progress_given",
           "budget_given")  # fmt: skip


def build_figures(frame: pd.DataFrame, memberships: Mapping[str, Sequence[str]]) -> list[Figure]:
    """Return all figures of every scope, in the order of `memberships`; `frame` is that of `build_frame`."""
    pairs = [(scope_id, member) for scope_id, members in memberships.items() for member in members]
    links = pd.DataFrame(pairs, columns=["scope", "id"], dtype="object")
    rows = links.merge(frame, on="id", how="inner")
    actions, sub_actions = rows[rows["is_action"]], rows[~rows["is_action"]]
    totals = actions.groupby("scope").size()
    by_status = actions.groupby(["scope", "status"]).size()
    by_kind = actions[actions["kind"] != ""].groupby(["scope", "kind"]).size()
    in_synergy = actions[actions["synergy"]].groupby(["scope", "status"]).size()
    counts = actions.groupby("scope")[list(COUNTED)].sum().to_dict("index")
    sub_totals = sub_actions.groupby("scope").size()
    sub_status = sub_actions.groupby(["scope", "status"]).size()
    sums: dict[tuple[str, str], Decimal] = {}
    for column in ("progress", "budget"):
        for scope_id, values in actions[actions[f"{column}_given"]].groupby("scope")[column]:
            sums[str(scope_id), column] = sum(values, Decimal(0))
    kinds: dict[str, list[str]] = {}
    for scope_id, kind in by_kind.index:
        kinds.setdefault(scope_id, []).append(kind)

    figures: list[Figure] = []
    for scope_id in memberships:
        total = int(totals.get(scope_id, 0))
        count = {name: int(counts[scope_id][name]) if total else 0 for name in COUNTED}
        status = {code: int(by_status.get((scope_id, code), 0)) for code in status_codes()}
        done, abandoned = status[Status.TERMINE], status[Status.ANNULE_ABANDONNE]
        dated, synergies, subs = count["deadline_given"], count["synergy"], int(sub_totals.get(scope_id, 0))
        progress_sum = sums.get((scope_id, "progress"), Decimal(0))
        budget_sum = sums.get((scope_id, "budget"), Decimal(0))
        listed: list[tuple[str, int | Decimal, int, str]] = [("actions", total, total, "count_actions")]
        listed += [(code, status[code], total, "count_status") for code in Status]
        listed += [
            (NOT_GIVEN, status[NOT_GIVEN], total, "count_not_given"),
            ("done_rate", done, total, "done_all"),
            ("done_rate_without_abandoned", done, total - abandoned, "done_without_abandoned"),
            ("progress_mean", progress_sum, count["progress_given"], "mean_progress_given"),
            ("progress_given", count["progress_given"], total, "count_progress_given"),
            ("deadline_given", dated, total, "count_deadline_given"),
            ("late", count["late"], dated, "late_at_cutoff"),
            ("overdue_not_given", count["overdue_not_given"], dated, "overdue_not_given"),
            ("slipped", count["slipped"], dated, "deadline_slipped"),
            ("budget_total", budget_sum, count["budget_given"], "budget_printed"),
            ("budget_given", count["budget_given"], total, "count_budget_given"),
            ("synergy", synergies, total, "count_synergy"),
            ("synergy_not_given", count["synergy_not_given"], total, "count_synergy_not_given"),
        ]
        listed += [
            (f"synergy:{code}", int(in_synergy.get((scope_id, code), 0)), synergies, "count_synergy_status")
            for code in status_codes()
        ]
        listed += [
            (f"kind:{kind}", int(by_kind[scope_id, kind]), total, "count_kind")
            for kind in sorted(kinds.get(scope_id, ()))
        ]
        listed += [
            ("sub_actions", subs, subs, "count_sub_actions"),
            (
                "sub_actions_done",
                int(sub_status.get((scope_id, Status.TERMINE.value), 0)),
                subs,
                "count_sub_actions_done",
            ),
            (
                "sub_actions_not_given",
                int(sub_status.get((scope_id, NOT_GIVEN), 0)),
                subs,
                "count_sub_actions_not_given",
            ),
        ]
        figures += [Figure(scope_id, code, top, bottom, rule) for code, top, bottom, rule in listed]
    return figures


def build_missing_figures(plan: Plan, actions: Sequence[Element]) -> list[Figure]:
    """Count, for each field that an evaluation needs, the actions without a value: `missing:<field>`."""
    with_indicator = {i.element_id for i in plan.indicators}
    with_responsible = {a.element_id for a in plan.actors if a.role in RESPONSIBLE_ROLES}
    given = {
        "status": [bool(a.status) for a in actions],
        "progress": [a.progress is not None for a in actions],
        "end": [bool(a.end) for a in actions],
        "responsible": [a.id in with_responsible for a in actions],
        "budget": [a.budget is not None for a in actions],
        "indicator": [a.id in with_indicator for a in actions],
        "synergy": [bool(a.synergy) for a in actions],
    }
    return [
        Figure("", f"missing:{name}", known.count(False), len(actions), "count_missing")
        for name, known in given.items()
    ]


def build_budget_figures(plan: Plan, action_ids: set[str]) -> list[Figure]:
    """Return the budget lines of actions summed by year and by funder; the denominator counts the lines summed."""
    figures: list[Figure] = []
    lines = [b for b in plan.budgets if b.element_id in action_ids and b.amount is not None]
    frame = pd.DataFrame(
        {
            "budget_year": pd.Series([b.year for b in lines], dtype="object"),
            "budget_funder": pd.Series([b.funder for b in lines], dtype="object"),
            "amount": pd.Series([b.amount for b in lines], dtype="object"),
        }
    )
    for code in ("budget_year", "budget_funder"):
        for name, amounts in frame[frame[code] != ""].groupby(code, sort=True)["amount"]:
            total = sum(amounts, Decimal(0))
            figures.append(Figure("", f"{code}:{name}", total, len(amounts), f"{code}_printed"))
    elsewhere = [e.budget for e in plan.elements if e.id not in action_ids and e.budget is not None]
    if elsewhere:
        figures.append(
            Figure("", "budget_other_levels", sum(elsewhere, Decimal(0)), len(elsewhere), "budget_other_levels")
        )
    return figures


def status_codes() -> tuple[str, ...]:
    """Return the codes of the status rows, « not given » last."""
    return (*(str(s) for s in Status), NOT_GIVEN)


def read_status(element: Element) -> str:
    """Return the status code, or NOT_GIVEN when there is none; an unknown code is remarked by `check_values`."""
    return element.status if element.status in STATUS_CODES else NOT_GIVEN


def check_values(elements: Iterable[Element]) -> list[Remark]:
    """Say the statuses and deadlines that no rule can count."""
    remarks: list[Remark] = []
    for e in elements:
        if e.status and e.status not in STATUS_CODES:
            facts = (("code", e.code), ("title", e.title), ("status", e.status))
            remarks.append(Remark(Severity.ERROR, "evaluation_status_unknown", facts, e.id, e.source))
        if e.end and read_period_end(e.end) is None:
            facts = (("code", e.code), ("title", e.title), ("end", e.end))
            remarks.append(Remark(Severity.WARNING, "evaluation_deadline_unreadable", facts, e.id, e.source))
    return remarks


def check_totals(figures: Sequence[Figure], level: Level, scope_ids: Sequence[str]) -> list[Remark]:
    """Check that the counts by status of the scopes of one level, and of what is outside, add up to the plan.

    Remark: `evaluation_totals_differ`, an error, one for each code that does not add up.
    """
    codes = ("actions", *status_codes())
    index = {(f.scope_id, f.code): f.numerator for f in figures if f.code in codes}
    remarks: list[Remark] = []
    for code in codes:
        parts = sum(index.get((scope, code), 0) for scope in (*scope_ids, OUTSIDE[level]))
        if parts != index["", code]:
            facts = (("level", level.value), ("code", code), ("parts", str(parts)), ("plan", str(index["", code])))
            remarks.append(Remark(Severity.ERROR, "evaluation_totals_differ", facts))
    return remarks


# ------------------------------------------------------------------------------------------------------------- dates


def read_period_end(text: str) -> date | None:
    """Return the last day of an ISO date cut to its precision, a half-year (`2021-S1`) or a quarter (`2021-Q2`)."""
    found = _PERIOD_PATTERN.fullmatch(text)
    if found is None:
        return None
    year = int(found[1])
    month = 12
    for name, length_months in (("half", 6), ("quarter", 3), ("month", 1)):
        if found[name] is not None:
            month = int(found[name]) * length_months
    if not (1 <= month <= 12 and date.min.year <= year <= date.max.year):
        return None
    last_day = calendar.monthrange(year, month)[1]
    day = last_day if found["day"] is None else int(found["day"])
    return date(year, month, day) if 1 <= day <= last_day else None


def is_past(period: str, cutoff: date) -> bool:
    """Tell whether the whole period lies before the cut-off: a deadline `2027` is past on 2028-01-01."""
    end = read_period_end(period)
    return end is not None and end < cutoff


def is_late(element: Element, cutoff: date) -> bool:
    """Tell whether the deadline is past while the printed status is neither done nor abandoned."""
    open_status = read_status(element) not in (Status.TERMINE, Status.ANNULE_ABANDONNE, NOT_GIVEN)
    return open_status and is_past(element.end, cutoff)


def is_slipped(element: Element) -> bool:
    """Tell whether the deadline is now later than the one first set."""
    first, now = read_period_end(element.end_first), read_period_end(element.end)
    return first is not None and now is not None and first < now


# -------------------------------------------------------------------------------------------------------- indicators


def build_attainment(
    indicator: Indicator, measures: Sequence[Measure], cutoff: date
) -> tuple[Attainment, list[Remark]]:
    """Compare the last actual on or before the cut-off with the last target, from the first baseline.

    A period counts once it is over: `2027` is not known on 2027-09-30. An actual without date is used only when there
    is no dated one. Remarks: `evaluation_period_running`, `evaluation_actual_undated`, `evaluation_units_differ`,
    `evaluation_direction_contradicted`.
    """
    remarks: list[Remark] = []
    last_days = {m: read_period_end(m.period) for m in measures}
    facts = (("label", indicator.label),)

    def say(severity: Severity, code: str, measure: Measure, *more: tuple[str, str]) -> None:
        remarks.append(Remark(severity, code, (*facts, *more), indicator.element_id, measure.source, measure.locator))

    def sort_key(measure: Measure) -> tuple[date, bool]:
        return (last_days[measure] or date.min, measure.value is not None)

    baselines = sorted((m for m in measures if m.role == "baseline"), key=sort_key)
    targets = sorted((m for m in measures if m.role == "target"), key=sort_key)
    actuals = [m for m in measures if m.role == "actual"]
    # A text is no value, but it is what is known of a milestone or a text indicator.
    usable = [m for m in actuals if m.value is not None or indicator.kind in ("milestone", "text")]
    known = [m for m in usable if (day := last_days[m]) is not None and day <= cutoff]
    undated = [m for m in usable if last_days[m] is None]
    for measure in usable:
        day = last_days[measure]
        if day is not None and day > cutoff:
            say(Severity.INFO, "evaluation_period_running", measure, ("period", measure.period))
    actual = None
    if known:
        actual = max(known, key=sort_key)
    elif undated:
        actual = undated[-1]
        say(Severity.WARNING, "evaluation_actual_undated", actual)
    baseline = baselines[0] if baselines else None
    target = targets[-1] if targets else None

    rate, rule = rate_indicator(indicator, baseline, target, actual)
    if rule in ("units_differ", "direction_contradicted") and actual is not None:
        say(Severity.WARNING, f"evaluation_{rule}", actual)
    return Attainment(indicator.id, baseline, target, actual, rate, rule), remarks


def rate_indicator(
    indicator: Indicator, baseline: Measure | None, target: Measure | None, actual: Measure | None
) -> tuple[Decimal | None, str]:
    """Return the attainment in percent, not bounded to 0-100, and the code of the rule; no division by zero is made."""
    if indicator.kind == "text":
        return None, "text"
    if actual is None or actual.value is None:
        return None, "no_actual"
    if indicator.kind == "milestone":
        wanted = target.value if target is not None and target.value is not None else Decimal(1)
        return (HUNDRED if actual.value >= wanted else Decimal(0)), "milestone"
    if target is None or target.value is None:
        return None, "no_target"
    start = None if baseline is None else baseline.value
    units = {m.unit for m in (baseline, target, actual) if m is not None and m.unit}
    if len(units) > 1:
        return None, "units_differ"
    if indicator.direction == "keep":
        return rate_kept(target.value, actual.value)
    if actual.value == target.value:
        return HUNDRED, "equal_to_target"
    if start is None:
        return rate_without_baseline(indicator.direction, target.value, actual.value)
    if start == target.value:
        return None, "baseline_equals_target"
    if indicator.direction and (indicator.direction == "up") != (target.value > start):
        return None, "direction_contradicted"
    return (actual.value - start) / (target.value - start) * HUNDRED, "from_baseline"


def rate_kept(target: Decimal, actual: Decimal) -> tuple[Decimal | None, str]:
    """Rate a value to be kept: 100 when equal, less the further away on either side."""
    if actual == target:
        return HUNDRED, "keep"
    if min(actual, target) < 0 or max(actual, target) <= 0:
        return None, "keep_not_positive"
    return min(actual, target) / max(actual, target) * HUNDRED, "keep"


def rate_without_baseline(direction: str, target: Decimal, actual: Decimal) -> tuple[Decimal | None, str]:
    """Rate against the target alone: only a rise towards a positive target has a ratio."""
    if direction == "down":
        return None, "down_without_baseline"
    if target <= 0:
        return None, "target_not_positive"
    return actual / target * HUNDRED, "ratio_to_target" if direction == "up" else "ratio_direction_not_given"


# ------------------------------------------------------------------------------------------- changes and fingerprint


def build_changes(statements: Sequence[Statement]) -> tuple[tuple[str, str], ...]:
    """Return what differs between the sources that describe elements: `changed:<field>` and `only_in:<source>`.

    Spreadsheets of indicators and corrections of the reading are left out: they change no plan. With a single source
    nothing is returned.
    """
    titles = [s for s in statements if s.field == "title" and s.element_id and s.source != REVIEW_NAME]
    sources = {s.source for s in titles}
    if len(sources) < 2:
        return ()
    changes: list[tuple[str, str]] = []
    seen: dict[str, set[str]] = {}
    values: dict[tuple[str, str], dict[str, set[str]]] = {}
    for s in statements:
        if not s.element_id or s.source not in sources:
            continue
        if s.field == "title":
            seen.setdefault(s.element_id, set()).add(s.source)
        if s.field in CHANGE_FIELDS and s.value:
            values.setdefault((s.element_id, s.field), {}).setdefault(s.source, set()).add(s.value)
    for element_id, where in seen.items():
        if len(where) == 1:
            changes.append((element_id, f"only_in:{next(iter(where))}"))
        for name in CHANGE_FIELDS:
            by_source = values.get((element_id, name), {})
            said = list(by_source.values())
            if any(not agree(a, b, name) for i, a in enumerate(said) for b in said[i + 1 :]):
                changes.append((element_id, f"changed:{name}"))
    return tuple(changes)


def agree(first: set[str], second: set[str], field_name: str) -> bool:
    """Tell whether two sources give a value in common; `2026` and `2026-12-31` are one date at two precisions."""
    if field_name not in ("start", "end"):
        return not first.isdisjoint(second)
    return any(a.startswith(b) or b.startswith(a) for a in first for b in second)


def build_fingerprint(plan: Plan) -> str:
    """Return the SHA-256 (hexadecimal) of the plan's tables, one JSON array a line, numbers without trailing zeros."""
    digest = hashlib.sha256()
    tables: tuple[tuple[str, type, Sequence[object]], ...] = (
        ("elements", Element, plan.elements),
        ("actors", Actor, plan.actors),
        ("budgets", Budget, plan.budgets),
        ("indicators", Indicator, plan.indicators),
        ("measures", Measure, plan.measures),
    )
    for name, kind, rows in tables:
        write_line(digest, [name, *(f.name for f in fields(kind))])
        for row in rows:
            write_line(digest, [canonical(v) for v in astuple(row)])  # type: ignore[call-overload]
    return digest.hexdigest()


def write_line(digest: hashlib._Hash, row: Sequence[object]) -> None:
    """Feed one line to the digest."""
    digest.update((json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8", "surrogatepass"))


def canonical(value: object) -> object:
    """Return the value as JSON knows it: `1.50` and `1.5` are one number, an empty cell is null."""
    if isinstance(value, Decimal | float):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        return format(number.normalize(), "f") if number.is_finite() else str(number)
    return value if value is None or isinstance(value, int) else str(value)
