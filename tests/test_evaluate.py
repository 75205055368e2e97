"""What the figures of a report are, and how each can be checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate import (
    build_attainment,
    build_fingerprint,
    evaluate,
    is_late,
    read_period_end,
    status_codes,
)
from pipeline.model import (
    Actor,
    Budget,
    Element,
    Evaluation,
    Figure,
    Indicator,
    Level,
    Measure,
    Plan,
    Severity,
    Statement,
    Status,
)

CUTOFF = date(2027, 9, 30)


def element(
    id: str, level: Level, parent: str = "", *, status: str = "", end: str = "", end_first: str = "", synergy: str = "",
    progress: str = "", budget: str = "", code: str = "",
) -> Element:  # fmt: skip
    return Element(
        id=id,
        parent_id=parent,
        position=1,
        level=level,
        code=code,
        title=id,
        status=status,
        end=end,
        end_first=end_first,
        synergy=synergy,
        progress=Decimal(progress) if progress else None,
        budget=Decimal(budget) if budget else None,
    )


def action(id: str, parent: str = "os", **fields: str) -> Element:
    return element(id, Level.ACTION, parent, **fields)  # type: ignore[arg-type]


def figure(evaluation: Evaluation, code: str, scope: str = "") -> Figure:
    (found,) = [f for f in evaluation.figures if (f.scope_id, f.code) == (scope, code)]
    return found


def counted(evaluation: Evaluation, code: str, scope: str = "") -> tuple[Decimal | int, int]:
    found = figure(evaluation, code, scope)
    return found.numerator, found.denominator


OS = element("os", Level.OBJECTIF_STRATEGIQUE)


def test_a_status_that_is_not_given_is_a_row_of_its_own_and_stays_in_the_denominator() -> None:
    plan = Plan(elements=(OS, action("a", status="TERMINE"), action("b"), action("c", status="EN_COURS")))
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "not_given") == (1, 3)
    assert counted(evaluation, "done_rate") == (1, 3)


def test_the_second_rate_leaves_abandoned_actions_out_and_only_them() -> None:
    plan = Plan(elements=(OS, action("a", status="TERMINE"), action("b"), action("c", status="ANNULE_ABANDONNE")))
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "done_rate") == (1, 3)
    assert counted(evaluation, "done_rate_without_abandoned") == (1, 2)
    assert figure(evaluation, "done_rate").rule != figure(evaluation, "done_rate_without_abandoned").rule


def test_sub_actions_are_counted_apart() -> None:
    sub = element("s", Level.SOUS_ACTION, "a", status="TERMINE")
    evaluation = evaluate(Plan(elements=(OS, action("a", status="EN_COURS"), sub)), CUTOFF)
    assert counted(evaluation, "actions") == (1, 1)
    assert counted(evaluation, "TERMINE") == (0, 1)
    assert counted(evaluation, "sub_actions_done") == (1, 1)


def test_mean_progress_says_over_how_many_actions() -> None:
    plan = Plan(elements=(OS, action("a", progress="50"), action("b", progress="75.5"), action("c")))
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "progress_mean") == (Decimal("125.5"), 2)
    assert counted(evaluation, "progress_given") == (2, 3)


@pytest.mark.parametrize(
    ("end", "status", "late"),
    [
        ("2027-09-29", "EN_COURS", True),
        ("2027-09-30", "EN_COURS", False),
        ("2027", "EN_COURS", False),
        ("2026", "NON_COMMENCE", True),
        ("2026", "TERMINE", False),
        ("2026", "ANNULE_ABANDONNE", False),
        ("2026", "", False),
        ("", "EN_COURS", False),
        ("2027-09", "EN_COURS", False),
        ("2027-08", "PROBLEME", True),
    ],
)
def test_an_action_is_late_when_its_whole_deadline_is_past_and_it_is_known_to_be_open(
    end: str, status: str, late: bool
) -> None:
    assert is_late(action("a", end=end, status=status), CUTOFF) is late


def test_a_past_deadline_without_status_is_counted_apart_and_not_as_late() -> None:
    evaluation = evaluate(Plan(elements=(OS, action("a", end="2026"))), CUTOFF)
    assert counted(evaluation, "late") == (0, 1)
    assert counted(evaluation, "overdue_not_given") == (1, 1)


def test_slipped_deadlines_are_those_now_later_than_the_first_one() -> None:
    plan = Plan(
        elements=(
            OS,
            action("a", end_first="2025", end="2026-06-30"),
            action("b", end_first="2026", end="2026"),
            action("c", end="2026"),
        )
    )
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "slipped") == (1, 3)
    assert [f.scope_id for f in evaluation.figures if f.code == "slipped" and f.scope_id == "a"] == ["a"]


def test_budget_totals_say_how_many_actions_have_an_amount_and_zero_is_an_amount() -> None:
    plan = Plan(
        elements=(replace(OS, budget=Decimal(9)), action("a", budget="1200.50"), action("b", budget="0"), action("c")),
        budgets=(
            Budget("a", "2025", Decimal(1000), "", "Wallonie"),
            Budget("a", "2026", Decimal("200.5"), "", "Commune"),
        ),
    )
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "budget_total") == (Decimal("1200.50"), 2)
    assert counted(evaluation, "budget_given") == (2, 3)
    assert counted(evaluation, "budget_year:2025") == (Decimal(1000), 1)
    assert counted(evaluation, "budget_funder:Commune") == (Decimal("200.5"), 1)
    assert counted(evaluation, "budget_other_levels") == (Decimal(9), 1)


def test_the_balance_of_synergies_counts_what_is_not_said_too() -> None:
    plan = Plan(elements=(OS, action("a", synergy="oui", status="TERMINE"), action("b", synergy="non"), action("c")))
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "synergy") == (1, 3)
    assert counted(evaluation, "synergy_not_given") == (1, 3)
    assert counted(evaluation, "synergy:TERMINE") == (1, 1)


def test_actions_outside_any_os_are_shown_so_that_totals_add_up() -> None:
    plan = Plan(elements=(OS, action("a"), action("b", parent="")))
    evaluation = evaluate(plan, CUTOFF)
    assert counted(evaluation, "actions", "os") == (1, 1)
    assert counted(evaluation, "actions", "outside_objectif_strategique") == (1, 1)
    assert not evaluation.remarks


def test_totals_that_do_not_add_up_are_an_error() -> None:
    nested = element("os2", Level.OBJECTIF_STRATEGIQUE, "os")
    evaluation = evaluate(Plan(elements=(OS, nested, action("a", parent="os2"))), CUTOFF)
    assert "evaluation_totals_differ" in {r.code for r in evaluation.remarks if r.severity is Severity.ERROR}


def test_a_loop_of_parents_does_not_hang() -> None:
    a, b = element("x", Level.OBJECTIF_STRATEGIQUE, "y"), element("y", Level.OBJECTIF_STRATEGIQUE, "x")
    assert counted(evaluate(Plan(elements=(a, b, action("a", parent="x"))), CUTOFF), "actions") == (1, 1)


def test_a_status_that_no_rule_knows_is_an_error_and_not_counted_as_another() -> None:
    evaluation = evaluate(Plan(elements=(OS, action("a", status="FINI"))), CUTOFF)
    assert counted(evaluation, "not_given") == (1, 1)
    assert [r.code for r in evaluation.remarks] == ["evaluation_status_unknown"]


def test_an_empty_plan_has_figures_and_no_rate() -> None:
    evaluation = evaluate(Plan(), CUTOFF)
    assert counted(evaluation, "done_rate") == (0, 0)
    assert [r.code for r in evaluation.remarks] == ["evaluation_no_action"]


statuses = st.sampled_from(["", *(s.value for s in Status)])


@given(st.lists(st.tuples(statuses, st.integers(0, 3)), max_size=30))
def test_counts_by_status_add_up_for_the_plan_and_over_the_objectives(actions: list[tuple[str, int]]) -> None:
    objectives = tuple(element(f"os{n}", Level.OBJECTIF_STRATEGIQUE) for n in range(3))
    rows = tuple(action(f"a{i}", parent=f"os{p}", status=s) for i, (s, p) in enumerate(actions))
    evaluation = evaluate(Plan(elements=(*objectives, *rows)), CUTOFF)
    assert sum(figure(evaluation, code).numerator for code in status_codes()) == len(rows)
    scopes = {"os0", "os1", "os2", "outside_objectif_strategique"}
    assert sum(f.numerator for f in evaluation.figures if f.code == "actions" and f.scope_id in scopes) == len(rows)
    assert "evaluation_totals_differ" not in {r.code for r in evaluation.remarks}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027", date(2027, 12, 31)),
        ("2027-02", date(2027, 2, 28)),
        ("2028-02", date(2028, 2, 29)),
        ("2027-06-30", date(2027, 6, 30)),
        ("2027-S1", date(2027, 6, 30)),
        ("2027-Q3", date(2027, 9, 30)),
        ("2027-13", None),
        ("2027-02-30", None),
        ("bientôt", None),
        ("", None),
        ("0000", None),
    ],
)
def test_a_period_ends_on_its_last_day(text: str, day: date | None) -> None:
    assert read_period_end(text) == day


# -------------------------------------------------------------------------------------------------------- indicators


def measure(role: str, value: str, period: str = "", unit: str = "") -> Measure:
    return Measure("i", period, role, Decimal(value) if value else None, unit, value or "n.d.", "s.xlsx", "F!A1")


def rated(*measures: Measure, direction: str = "", kind: str = "numeric") -> tuple[Decimal | None, str]:
    attainment, _ = build_attainment(Indicator("i", "a", "x", kind=kind, direction=direction), measures, CUTOFF)
    return attainment.rate_percent, attainment.rule


def test_attainment_goes_from_the_baseline_to_the_target() -> None:
    assert rated(measure("baseline", "10"), measure("target", "30"), measure("actual", "15", "2026")) == (
        Decimal(25),
        "from_baseline",
    )


def test_a_reduction_is_rated_like_a_rise() -> None:
    measures = (measure("baseline", "100"), measure("target", "50"), measure("actual", "75", "2026"))
    assert rated(*measures, direction="down") == (Decimal(50), "from_baseline")


def test_nothing_is_divided_by_zero() -> None:
    assert rated(measure("baseline", "5"), measure("target", "5"), measure("actual", "4", "2026"))[0] is None
    assert rated(measure("target", "0"), measure("actual", "4", "2026"))[0] is None
    assert rated(measure("target", "0"), measure("actual", "4", "2026"), direction="keep") == (Decimal(0), "keep")
    assert rated(measure("target", "0"), measure("actual", "0", "2026")) == (Decimal(100), "equal_to_target")


def test_a_reduction_without_baseline_has_no_rate_and_says_why() -> None:
    assert rated(measure("target", "5"), measure("actual", "8", "2026"), direction="down") == (
        None,
        "down_without_baseline",
    )


def test_the_last_value_whose_period_is_over_at_the_cut_off_is_taken_and_later_ones_are_said() -> None:
    measures = (
        measure("target", "10"),
        measure("actual", "4", "2025"),
        measure("actual", "6", "2026"),
        measure("actual", "9", "2027"),
        measure("actual", "", "2026-12-31"),
    )
    attainment, remarks = build_attainment(Indicator("i", "a", "x", kind="numeric"), measures, CUTOFF)
    assert attainment.actual is not None
    assert attainment.actual.value == Decimal(6)
    assert [r.code for r in remarks] == ["evaluation_period_running"]


def test_an_undated_value_is_taken_only_when_there_is_no_other_and_is_said() -> None:
    indicator = Indicator("i", "a", "x", kind="numeric")
    attainment, remarks = build_attainment(indicator, (measure("target", "20"), measure("actual", "12")), CUTOFF)
    assert attainment.rate_percent == Decimal(60)
    assert [r.code for r in remarks] == ["evaluation_actual_undated"]


def test_units_that_differ_are_not_compared() -> None:
    assert rated(measure("target", "20", unit="%"), measure("actual", "12", "2026", unit="km")) == (
        None,
        "units_differ",
    )


def test_a_target_against_the_announced_direction_is_not_rated() -> None:
    measures = (measure("baseline", "10"), measure("target", "5"), measure("actual", "8", "2026"))
    assert rated(*measures, direction="up") == (None, "direction_contradicted")


def test_a_milestone_is_reached_or_not() -> None:
    assert rated(measure("actual", "1", "2026"), kind="milestone") == (Decimal(100), "milestone")
    assert rated(measure("actual", "0", "2026"), kind="milestone") == (Decimal(0), "milestone")


numbers = st.one_of(
    st.none(), st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000)
)


@given(
    numbers,
    numbers,
    numbers,
    st.sampled_from(["", "up", "down", "keep"]),
    st.sampled_from(["numeric", "milestone", ""]),
)
def test_every_combination_of_values_gives_a_rate_or_a_rule(
    start: Decimal | None, target: Decimal | None, actual: Decimal | None, direction: str, kind: str
) -> None:
    measures = tuple(
        Measure("i", "2026", role, value, "", "", "s", "")
        for role, value in (("baseline", start), ("target", target), ("actual", actual))
    )
    _, rule = rated(*measures, direction=direction, kind=kind)
    assert rule


# ------------------------------------------------------------------------------------------- changes and fingerprint


def test_the_fingerprint_follows_the_tables_and_not_how_numbers_are_written() -> None:
    plan = Plan(elements=(OS, action("a", budget="1.50")), actors=(Actor("a", "service", "S"),))
    same = Plan(elements=(OS, action("a", budget="1.5")), actors=(Actor("a", "service", "S"),))
    other = Plan(elements=(OS, action("a", budget="1.51")), actors=(Actor("a", "service", "S"),))
    assert build_fingerprint(plan) == build_fingerprint(same) != build_fingerprint(other)
    assert len(build_fingerprint(plan)) == 64


def test_moving_a_value_to_the_next_column_changes_the_fingerprint() -> None:
    left = Plan(actors=(Actor("ab", "c", "d"),))
    right = Plan(actors=(Actor("a", "bc", "d"),))
    assert build_fingerprint(left) != build_fingerprint(right)


def statement(id: str, field: str, value: str, source: str) -> Statement:
    return Statement(f"{source}:{id}", field, value, value, source, "p. 1", element_id=id)


def test_changes_between_two_sources_are_listed() -> None:
    statements = (
        statement("a", "title", "Un titre", "pst.docx"),
        statement("a", "title", "Un titre", "brochure.pdf"),
        statement("a", "end", "2026", "pst.docx"),
        statement("a", "end", "2025", "brochure.pdf"),
        statement("b", "title", "Un autre", "pst.docx"),
        statement("a", "status", "TERMINE", "relecture.xlsx"),
    )
    evaluation = evaluate(Plan(elements=(OS, action("a"), action("b")), statements=statements), CUTOFF)
    assert evaluation.changes == (("a", "changed:end"), ("b", "only_in:pst.docx"))


def test_one_date_at_two_precisions_is_no_change() -> None:
    statements = tuple(
        statement("a", field, value, source)
        for field, value, source in (
            ("title", "Un titre", "pst.docx"),
            ("title", "Un titre", "brochure.pdf"),
            ("end", "2026-12-31", "pst.docx"),
            ("end", "2026", "brochure.pdf"),
        )
    )
    assert evaluate(Plan(elements=(OS, action("a")), statements=statements), CUTOFF).changes == ()


def test_a_single_source_has_no_changes() -> None:
    plan = Plan(elements=(OS,), statements=(statement("os", "title", "Un titre", "pst.docx"),))
    assert evaluate(plan, CUTOFF).changes == ()
