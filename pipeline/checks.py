"""What must hold of a plan: numbering, dates, progress, tree, totals. Reads a plan, changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from pipeline.match import CodeKey, name_code, read_code
from pipeline.model import LEVEL_DEPTH, Element, Level, Plan, Remark, Severity, Status

#: Cents that rounding may cost between a total and the sum of its lines.
EURO_TOLERANCE = Decimal("1")


def check_plan(plan: Plan) -> tuple[Remark, ...]:
    """Give what does not hold, in plan order within each check; what `plan.remarks` says is not said again.

    Remarks, as errors: id_repeated, parent_missing; as warnings: plan_not_recognised, element_without_title,
    level_inverted, parent_not_given, numbering_gap, duplicate_code, end_before_start, progress_out_of_range,
    progress_not_done, done_not_complete, budget_lines_differ; as information: status_missing, level_skipped,
    budget_children_differ.
    """
    if not plan.elements:
        if any(r.code == "plan_not_recognised" for r in plan.remarks):
            return ()
        files = ", ".join(sorted({b.source for b in plan.blocks} | {s.source for s in plan.statements}))
        return (Remark(Severity.WARNING, "plan_not_recognised", (("file", files),)),)
    by_id = {e.id: e for e in plan.elements}
    found = [
        *_check_tree(plan.elements, by_id),
        *_check_numbers(plan.elements, by_id),
        *_check_dates(plan.elements),
        *_check_progress(plan.elements),
        *_check_budgets(plan, by_id),
        *_check_status_given(plan.elements),
    ]
    said = {(r.code, r.element_id) for r in plan.remarks}
    return tuple(r for r in found if (r.code, r.element_id) not in said)


def _on(severity: Severity, code: str, element: Element, **facts: str) -> Remark:
    named = {"code": element.code, "title": element.title, **facts}
    locator = f"p. {element.page}" if element.page else ""
    return Remark(severity, code, tuple(sorted(named.items())), element.id, element.source, locator)


def _check_tree(elements: Sequence[Element], by_id: Mapping[str, Element]) -> list[Remark]:
    remarks = []
    seen: set[str] = set()
    weight = Counter(e.level for e in elements if e.parent_id)
    weight.subtract(e.level for e in elements if not e.parent_id)
    for element in elements:
        if element.id in seen:
            remarks.append(_on(Severity.ERROR, "id_repeated", element, id=element.id))
        seen.add(element.id)
        if not element.title.strip():
            remarks.append(_on(Severity.WARNING, "element_without_title", element, level=name_code(element.level)))
        parent = by_id.get(element.parent_id)
        if parent is None and element.parent_id:
            remarks.append(_on(Severity.ERROR, "parent_missing", element, parent=element.parent_id))
        elif parent is None and weight[element.level] > 0:
            remarks.append(_on(Severity.WARNING, "parent_not_given", element, level=name_code(element.level)))
        elif parent is not None and _depth(parent) >= _depth(element):
            remarks.append(_on(Severity.WARNING, "level_inverted", element, parent=parent.title))
    return remarks + _check_skipped(elements, by_id)


def _depth(element: Element) -> int:
    """Depth of a level; texts that count as rows of their own may stand under any level that nests."""
    return LEVEL_DEPTH.get(element.level, len(LEVEL_DEPTH))


def _check_skipped(elements: Sequence[Element], by_id: Mapping[str, Element]) -> list[Remark]:
    """Say which actions hang on an OS in a plan where most hang on an OO."""
    actions = [e for e in elements if e.level is Level.ACTION and e.parent_id in by_id]
    skipping = [e for e in actions if by_id[e.parent_id].level is Level.OBJECTIF_STRATEGIQUE]
    regular = [e for e in actions if by_id[e.parent_id].level is Level.OBJECTIF_OPERATIONNEL]
    if len(skipping) >= len(regular):
        return []
    return [_on(Severity.INFO, "level_skipped", e, parent=by_id[e.parent_id].title) for e in skipping]


# ------------------------------------------------------------------------------------------------------------ numbers


def _last_number(code: CodeKey) -> int | None:
    return int(code.parts[-1]) if code.parts and code.parts[-1].isdigit() else None


def _check_numbers(elements: Sequence[Element], by_id: Mapping[str, Element]) -> list[Remark]:
    """Say gaps and repeats: inside each parent where numbers restart, over the plan where one counter runs."""
    families: dict[tuple[Level, str], list[Element]] = defaultdict(list)
    for element in elements:
        if _last_number(read_code(element.code)) is not None:
            families[element.level, element.parent_id].append(element)
    remarks = []
    running: list[Element] = []
    for level in Level:
        own = {parent: family for (of, parent), family in families.items() if of is level}
        if not own:
            continue
        firsts = [min(_numbers(family)) for family in own.values()]
        if sum(n <= 1 for n in firsts) * 2 > len(firsts):
            for parent_id, family in own.items():
                above = by_id.get(parent_id)
                remarks += _gaps(family, 1, "" if above is None else above.title)
                remarks += _repeats(family)
        else:
            running += [e for family in own.values() for e in family]
    numbers = _numbers(running)
    if running and len(set(numbers)) * 10 >= len(numbers) * 9:
        taken = {n for e in elements if (n := _last_number(read_code(e.code))) is not None}
        remarks += _gaps(sorted(running, key=_number), min(numbers), "", taken)
    return remarks


def _number(element: Element) -> int:
    return _last_number(read_code(element.code)) or 0


def _numbers(elements: Iterable[Element]) -> list[int]:
    return [_number(e) for e in elements]


def _gaps(family: Sequence[Element], first: int, parent: str, taken: Iterable[int] = ()) -> list[Remark]:
    """Give one remark on the numbers that a family lacks, at the element that follows the first gap."""
    numbers = {*_numbers(family), *taken}
    last = max(_numbers(family))
    missing = [n for n in range(first, last) if n not in numbers]
    if not missing or len(missing) > last:
        return []
    after = min((e for e in family if _number(e) > missing[0]), key=_number)
    facts = {
        "parent": parent,
        "missing": _list_numbers(missing),
        "level": name_code(after.level),
        "count": str(len(missing)),
    }
    return [_on(Severity.WARNING, "numbering_gap", after, **facts)]


def _list_numbers(numbers: Sequence[int], limit: int = 12) -> str:
    listed = ", ".join(str(n) for n in numbers[:limit])
    return listed if len(numbers) <= limit else f"{listed}, \u2026"


def _repeats(family: Sequence[Element]) -> list[Remark]:
    remarks = []
    seen: dict[tuple[str, ...], Element] = {}
    for element in family:
        parts = read_code(element.code).parts
        if parts in seen:
            remarks.append(_on(Severity.WARNING, "duplicate_code", element, other=seen[parts].title))
        seen.setdefault(parts, element)
    return remarks


# ------------------------------------------------------------------------------------------- dates, progress, budgets


def _check_dates(elements: Iterable[Element]) -> list[Remark]:
    """Say deadlines before the start, compared at the precision that both print."""
    remarks = []
    for element in elements:
        size = min(len(element.start), len(element.end))
        if size and element.end[:size] < element.start[:size]:
            remarks.append(_on(Severity.WARNING, "end_before_start", element, start=element.start, end=element.end))
    return remarks


def _check_progress(elements: Iterable[Element]) -> list[Remark]:
    remarks = []
    for element in elements:
        progress = element.progress
        if progress is None:
            continue
        facts = {"progress": format(progress.normalize(), "f"), "status": element.status_source or element.status}
        if not 0 <= progress <= 100:
            remarks.append(_on(Severity.WARNING, "progress_out_of_range", element, **facts))
        elif progress == 100 and element.status and element.status != Status.TERMINE:
            remarks.append(_on(Severity.WARNING, "progress_not_done", element, **facts))
        elif progress < 100 and element.status == Status.TERMINE:
            remarks.append(_on(Severity.WARNING, "done_not_complete", element, **facts))
    return remarks


def _check_budgets(plan: Plan, by_id: Mapping[str, Element]) -> list[Remark]:
    """Say totals that differ from the sum of their lines, or from the sum of the budgets of all their children."""
    remarks = []
    lines: dict[str, list[Decimal | None]] = defaultdict(list)
    for budget in plan.budgets:
        lines[budget.element_id].append(budget.amount)
    children: dict[str, list[Decimal | None]] = defaultdict(list)
    for element in plan.elements:
        if element.parent_id in by_id and element.level in LEVEL_DEPTH:
            children[element.parent_id].append(element.budget)
    for element in plan.elements:
        if element.budget is None:
            continue
        for parts, severity, code in (
            (lines[element.id], Severity.WARNING, "budget_lines_differ"),
            (children[element.id], Severity.INFO, "budget_children_differ"),
        ):
            amounts = [p for p in parts if p is not None]
            total = sum(amounts, Decimal(0))
            if amounts and len(amounts) == len(parts) and abs(total - element.budget) > EURO_TOLERANCE:
                facts = {"total": format(element.budget, "f"), "sum": format(total, "f")}
                remarks.append(_on(severity, code, element, **facts))
    return remarks


def _check_status_given(elements: Sequence[Element]) -> list[Remark]:
    """Count the actions without a status, where the plan prints any."""
    actions = [e for e in elements if e.level is Level.ACTION]
    missing = [e for e in actions if not e.status]
    if not missing or len(missing) == len(actions):
        return []
    facts = (("count", str(len(missing))), ("total", str(len(actions))))
    return [Remark(Severity.INFO, "status_missing", facts)]
