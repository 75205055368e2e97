"""French words and French forms of numbers and dates."""

from __future__ import annotations

import re
import string
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Became, Level, Severity, Status
from pipeline.publish import wording
from pipeline.remarks import read_sentences

SOURCES = Path(wording.__file__).parents[1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "0"), ("24000", "24 000"), ("1519000.50", "1 519 000,5"), ("-3.20", "−3,2"), ("0.05", "0,05"), ("-0", "0")],
)
def test_numbers(value: str, shown: str) -> None:
    assert wording.format_number(Decimal(value)) == shown.replace(" ", "\u202f")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_printed_number_reads_back_as_the_same_number(value: Decimal) -> None:
    plain = wording.format_number(value).replace("\u202f", "").replace(",", ".").replace("−", "-")
    assert Decimal(plain) == value


def test_amounts_have_cents_only_when_there_are_some() -> None:
    assert wording.format_amount(Decimal(24000)) == "24\u202f000\u00a0€"
    assert wording.format_amount(Decimal("12500.5")) == "12\u202f500,50\u00a0€"
    assert wording.format_amount(Decimal("0.004")) == "0\u00a0€"


def test_rates_round_half_up_and_never_divide_by_zero() -> None:
    assert wording.format_rate(1, 8, decimals=0) == "13\u202f%"
    assert wording.format_rate(1, 3) == "33,3\u202f%"
    assert wording.format_rate(0, 0) == "–"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2027", "2027"),
        ("2027-06", "06/2027"),
        ("2027-06-30", "30/06/2027"),
        ("2027-S1", "1er semestre 2027"),
        ("2027-Q4", "4e trimestre 2027"),
        ("courant 2027", "courant 2027"),
        ("", ""),
    ],
)
def test_periods(text: str, shown: str) -> None:
    assert wording.format_period(text) == shown


def test_dates() -> None:
    assert wording.format_long_date(date(2027, 9, 30)) == "30 septembre 2027"
    assert wording.format_long_date(date(2028, 1, 1)) == "1er janvier 2028"
    assert wording.format_short_date(date(2027, 9, 3)) == "03/09/2027"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Valmont", "Commune de Valmont"), ("Ormeval", "Commune d'Ormeval"), ("Ville de Valmont", "Ville de Valmont")],
)
def test_the_name_of_an_entity(name: str, shown: str) -> None:
    assert wording.name_entity(name, "Commune", ("Commune", "Ville")) == shown


def test_every_code_has_its_word() -> None:
    tables = wording.read_wording()
    for table, codes in (("status", Status), ("level", Level), ("severity", Severity), ("became", Became)):
        assert {str(c) for c in codes} <= set(tables[table])
    for table in ("status_symbol", "status_fill", "status_ink", "status_count"):
        assert set(tables[table]) == set(tables["status"])


def test_every_rule_and_remark_that_the_evaluation_uses_has_its_sentence() -> None:
    source = (SOURCES / "evaluate.py").read_text(encoding="utf-8")
    rules = set(re.findall(r'"((?:count|done|mean|late|overdue|deadline|budget)_[a-z_]+)"', source))
    known = set(wording.read_wording()["rule"]) | set(wording.read_wording()["figure"])
    assert {r for r in rules if r not in known} <= {"deadline_given", "budget_year", "budget_funder"}
    remarks = set(re.findall(r'"(evaluation_[a-z_]+)"', source))
    assert remarks <= set(read_sentences("remarks"))


def test_every_fact_of_a_sentence_is_a_plain_name() -> None:
    for section in ("remarks", "errors"):
        for code, sentence in read_sentences(section).items():
            if code.startswith(("template_", "evaluation_")):
                names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
                assert names or code == "evaluation_no_action"


def test_python_sources_of_the_publishing_room_hold_no_french_sentence() -> None:
    for path in sorted((SOURCES / "publish").glob("*.py")):
        text = re.sub(r'""".*?"""|#.*', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"[éèêàçùôîœ]", text), path.name
