"""What a person is told of a plan that does not hold together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipeline.checks import check_plan
from pipeline.model import Became, BlockFate, Budget, Element, Level, Plan, Remark, Severity
from pipeline.remarks import read_sentences, render_remark

OS, OO, ACTION = Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION


def element(name: str, parent: str, level: Level, code: str = "", **fields: object) -> Element:
    return Element(id=name, parent_id=parent, position=1, level=level, code=code, title=f"Titre {name}", **fields)  # type: ignore[arg-type]


def tree(*codes: str) -> list[Element]:
    return [element("os", "", OS, "OS1"), *(element(f"a{i}", "os", ACTION, c) for i, c in enumerate(codes))]


def found(elements: Sequence[Element], **tables: object) -> list[str]:
    plan = Plan(elements=tuple(elements), **tables)  # type: ignore[arg-type]
    return [r.code for r in check_plan(plan)]


def test_a_sound_plan_has_nothing_to_say() -> None:
    assert found(tree("1.1", "1.2", "1.3")) == []


def test_a_gap_in_the_numbers_names_what_is_missing() -> None:
    remarks = check_plan(Plan(elements=tuple(tree("1.1", "1.2", "1.5"))))
    assert [r.code for r in remarks] == ["numbering_gap"]
    assert "3, 4" in render_remark(remarks[0])
    assert remarks[0].element_id == "a2"


def test_numbers_are_not_decimals() -> None:
    assert found(tree(*(f"1.{n}" for n in range(1, 12)))) == []


def test_numbers_that_restart_under_each_parent() -> None:
    elements = [
        *tree("1", "2"),
        element("os2", "", OS, "OS2"),
        element("b1", "os2", ACTION, "1"),
        element("b3", "os2", ACTION, "3"),
    ]
    assert found(elements) == ["numbering_gap"]


def test_one_counter_over_all_levels_has_no_gap() -> None:
    elements = [
        element("os", "", OS, "OS.1"),
        element("oo", "os", OO, "OO.2"),
        element("a3", "oo", ACTION, "A.3"),
        element("a4", "oo", ACTION, "A.4"),
        element("o5", "os", OO, "OO.5"),
        element("a6", "o5", ACTION, "A.6"),
    ]
    assert found(elements) == []
    assert found([*elements[:4], *[element("o7", "os", OO, "OO.7"), element("a8", "o7", ACTION, "A.8")]]) == [
        "numbering_gap"
    ]


def test_a_number_used_twice_is_said_once() -> None:
    elements = tree("1.1", "1.2", "1.2")
    assert found(elements) == ["duplicate_code"]
    assert found(elements, remarks=(Remark(Severity.WARNING, "duplicate_code", (), "a2"),)) == []


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2024", "2023-12", True),
        ("2024-06", "2024", False),
        ("2024-06-01", "2024-05", True),
        ("", "2020", False),
        ("2024", "2024", False),
    ],
)
def test_an_end_before_the_start(start: str, end: str, said: bool) -> None:
    assert ("end_before_start" in found([*tree(), element("a", "os", ACTION, start=start, end=end)])) is said


@pytest.mark.parametrize(
    ("progress", "status", "code"),
    [
        ("100", "EN_COURS", "progress_not_done"),
        ("80", "TERMINE", "done_not_complete"),
        ("0", "TERMINE", "done_not_complete"),
        ("120", "EN_COURS", "progress_out_of_range"),
        ("100", "TERMINE", ""),
        ("100", "", ""),
    ],
)
def test_a_progress_that_contradicts_the_status(progress: str, status: str, code: str) -> None:
    said = found([*tree(), element("a", "os", ACTION, progress=Decimal(progress), status=status)])
    assert said == ([code] if code else [])


def test_an_objective_that_lost_its_place() -> None:
    assert found([*tree("1"), element("x", "gone", ACTION)]) == ["parent_missing"]
    assert found([*tree("1", "2"), element("x", "", ACTION)]) == ["parent_not_given"]
    assert found([*tree("1"), element("x", "a0", OS, "OS2")]) == ["level_inverted"]


def test_an_action_without_operational_objective_among_others_that_have_one() -> None:
    elements = [element("os", "", OS), element("oo", "os", OO), *(element(f"a{i}", "oo", ACTION) for i in range(3))]
    assert found([*elements, element("x", "os", ACTION)]) == ["level_skipped"]
    assert found(tree("1", "2")) == []


def test_amounts_that_do_not_add_up() -> None:
    lines = (Budget("a", "2024", Decimal(100)), Budget("a", "2025", Decimal(200)))
    action = element("a", "os", ACTION, budget=Decimal(400))
    assert found([element("os", "", OS), action], budgets=lines) == ["budget_lines_differ"]
    assert found([element("os", "", OS, budget=Decimal(900)), action]) == ["budget_children_differ"]
    assert found([element("os", "", OS, budget=Decimal(400)), action]) == []


def test_missing_statuses_are_counted() -> None:
    elements = [element("os", "", OS), element("a", "os", ACTION, status="EN_COURS"), element("b", "os", ACTION)]
    remark = check_plan(Plan(elements=tuple(elements)))[0]
    assert render_remark(remark).startswith("1 action sur 2 n'a pas")


def test_no_element_at_all_is_said_once_with_the_files() -> None:
    blocks = (BlockFate("recette.docx", 1, 0, Became.UNCLASSIFIED, "Cuire"),)
    remark = check_plan(Plan(blocks=blocks))[0]
    assert (remark.code, dict(remark.facts)["file"]) == ("plan_not_recognised", "recette.docx")
    assert check_plan(Plan(blocks=blocks, remarks=(remark,))) == ()


def test_every_remark_of_these_rooms_has_its_sentence() -> None:
    codes = [
        "id_repeated", "parent_missing", "element_without_title", "level_inverted", "parent_not_given", "level_skipped",
        "numbering_gap", "duplicate_code", "end_before_start", "progress_out_of_range", "progress_not_done",
        "done_not_complete", "budget_lines_differ", "budget_children_differ", "status_missing", "parent_unknown",
        "parent_cycle", "parent_conflict", "level_conflict", "mention_doubtful", "conflict", "correction_unknown",
        "measure_conflict", "measure_repeated", "measure_unmatched", "measure_ambiguous", "measure_no_header",
        "measure_hidden_sheet", "measure_total_row", "measure_note_row", "measure_row_without_value",
        "measure_no_number", "measure_period_unreadable", "measure_none",
    ]  # fmt: skip
    assert [c for c in codes if c not in read_sentences("remarks")] == []
