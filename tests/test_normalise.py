"""What the printed words of a plan become in its tables."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Remark, Severity, Statement
from pipeline.normalise import _READERS, normalise
from pipeline.remarks import render_remark

Said = tuple[str, str] | tuple[str, str, str]


def printed(*said: Said, mention: str = "m1") -> list[Statement]:
    """Statements as extract gives them: (field, original) or (field, original, group)."""
    return [
        Statement(mention, one[0], "", one[1], "plan.docx", "p. 3", 1.0, one[2] if len(one) == 3 else "")
        for one in said
    ]


def read(*said: Said) -> list[tuple[str, str]]:
    return [(s.field, s.value) for s in normalise(printed(*said))[0]]


def remarks(*said: Said) -> list[Remark]:
    return list(normalise(printed(*said))[1])


def test_an_action_sheet_becomes_canonical() -> None:
    assert read(
        ("code", "1.10."),
        ("title", "Ouvrir une bibliothèque ;"),
        ("status", "☐ À démarrer ☒ En cours ☐ Terminé"),
        ("progress", "40 %"),
        ("priority", "☐1 ☐2 ☒3"),
        ("start", "mars 2020"),
        ("end", "28/10/2022"),
        ("budget", "25 k€"),
        ("fte", "0,5 ETP"),
        ("sdg", "ODD 11, ODD 4"),
        ("synergy", "☒ oui ☐ non"),
        ("health", "En pause"),
        ("kind", "Pérenne"),
        ("plans", "PCDR et PCS"),
        ("service", "Service Travaux, Service Culture"),
        ("description", "Une ligne.\n\nUne autre."),
    ) == [
        ("code", "1.10"),
        ("title", "Ouvrir une bibliothèque"),
        ("status", "EN_COURS"),
        ("progress", "40"),
        ("priority", "3"),
        ("start", "2020-03"),
        ("end", "2022-10-28"),
        ("budget", "25000"),
        ("fte", "0.5"),
        ("sdg", "4;11"),
        ("synergy", "oui"),
        ("health", "PAUSE"),
        ("kind", "perenne"),
        ("plans", "PCDR; PCS"),
        ("service", "Service Travaux"),
        ("service", "Service Culture"),
        ("description", "Une ligne.\nUne autre."),
    ]


def test_the_printed_words_stay_save_for_the_status_which_is_the_ticked_label() -> None:
    statements, _ = normalise(printed(("status", "☐ À démarrer ☒ En cours"), ("budget", "25 k€")))
    assert [s.original for s in statements] == ["En cours", "25 k€"]


def test_what_has_a_value_and_what_a_service_sent_is_left_alone() -> None:
    given_statements = [
        Statement("m1", "parent", "m0", "", "plan.docx", ""),
        Statement("m1", "level", "action", "Action", "plan.docx", ""),
        Statement("m2", "ref_code", "", "1.10", "travaux.xlsx", ""),
        Statement("m2", "measure_value", "", "n.d.", "travaux.xlsx", "", group="i1.m1"),
    ]
    assert normalise(given_statements) == (tuple(given_statements), ())


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("budget", "à chiffrer", ""),
        ("progress", "150", ""),
        ("end", "législature", ""),
        ("status", "bidule", ""),
        ("health", "mauve", ""),
        ("partenaire", "-", ""),
        ("fte", "quelques agents", ""),
        ("sdg", "le climat", ""),
    ],
)
def test_what_cannot_be_read_keeps_its_text_and_gains_a_remark(field: str, text: str, value: str) -> None:
    statements, said = normalise(printed((field, text)))
    assert [(s.field, s.value, s.original) for s in statements] == [(field, value, text)]
    assert len(said) == 1
    assert (said[0].source, said[0].locator) == ("plan.docx", "p. 3")
    assert text in render_remark(said[0])


def test_a_missing_value_is_told_and_an_unread_one_is_a_warning() -> None:
    assert remarks(("budget", "p.m."))[0].severity is Severity.INFO
    assert remarks(("budget", "beaucoup"))[0].severity is Severity.WARNING


# --------------------------------------------------------------------------------------------------------------- dates


def test_a_planning_is_read_by_its_content() -> None:
    assert read(("planning", "2019-2024")) == [("start", "2019"), ("end", "2024")]
    assert read(("planning", "avant la fin 2016")) == [("end", "2016")]
    assert read(("planning", "à partir de 2020")) == [("start", "2020")]
    assert read(("planning", "1er semestre 2016")) == [("end", "2016")]


def test_a_range_in_a_deadline_gives_the_start_unless_the_sheet_prints_one() -> None:
    assert read(("end", "2019-2024")) == [("end", "2024"), ("start", "2019")]
    assert read(("start", "2018"), ("end", "2019-2024")) == [("start", "2018"), ("end", "2024")]


def test_a_deadline_that_slipped_gives_the_first_and_the_last() -> None:
    assert read(("end", "02/12/15 (reporté au 30/06/16)")) == [("end", "2016-06-30"), ("end_first", "2015-12-02")]


def test_a_start_printed_as_a_deadline_is_a_start_and_is_told() -> None:
    assert read(("end", "récurrent dès 2020")) == [("start", "2020")]
    assert [r.code for r in remarks(("end", "récurrent dès 2020"))] == ["end_is_start"]


def test_a_deadline_at_the_end_of_the_title_of_an_action_is_its_end() -> None:
    level = Statement("m1", "level", "action", "", "plan.docx", "")
    statements, said = normalise([level, *printed(("title", "Former les agents : début 2020."))])
    assert [(s.field, s.value) for s in statements[1:]] == [("title", "Former les agents"), ("end", "2020")]
    assert [r.code for r in said] == ["date_from_title"]


@pytest.mark.parametrize("title", ["Former les agents : essai [fin 2027]", "Former les agents : essai (2027)"])
def test_a_deadline_in_brackets_at_the_end_of_the_title_of_an_action_is_its_end(title: str) -> None:
    level = Statement("m1", "level", "action", "", "plan.docx", "")
    statements, _ = normalise([level, *printed(("title", title))])
    assert [(s.field, s.value) for s in statements[1:]] == [("title", "Former les agents : essai"), ("end", "2027")]


def test_a_title_that_only_mentions_a_date_keeps_it() -> None:
    level = Statement("m1", "level", "action", "", "plan.docx", "")
    for title in ("Réduire le CO2 d'ici 2030", "Fêter l'année 2024 : un siècle de gare", "Plan communal : 2024-2030"):
        statements, _ = normalise([level, *printed(("title", title))])
        assert [(s.field, s.value) for s in statements[1:]] == [("title", title)]


# -------------------------------------------------------------------------------------------------------------- states


def test_a_status_in_prose_gives_its_date_with_less_confidence() -> None:
    statements, said = normalise(printed(("status", "Formation reçue le 02/12/15")))
    assert [(s.field, s.value) for s in statements] == [("status", "TERMINE"), ("end", "2015-12-02")]
    assert statements[0].confidence > statements[1].confidence
    assert [r.code for r in said] == ["status_prose", "date_from_status"]


def test_a_date_in_a_status_does_not_replace_the_deadline_of_the_sheet() -> None:
    assert read(("status", "Prévu avant la fin 2016"), ("end", "2017")) == [("status", "NON_COMMENCE"), ("end", "2017")]


def test_permanent_in_a_status_column_is_a_kind() -> None:
    assert read(("status", "Permanent")) == [("kind", "perenne")]


def test_a_rate_printed_as_a_status_is_a_rate_and_the_other_way_round() -> None:
    assert read(("status", "40 %")) == [("progress", "40")]
    assert read(("status", "En cours (40 %)")) == [("status", "EN_COURS"), ("progress", "40")]
    assert read(("progress", "En cours")) == [("status", "EN_COURS")]
    assert read(("status", "En cours (40 %)"), ("progress", "50 %")) == [("status", "EN_COURS"), ("progress", "50")]


# -------------------------------------------------------------------------------------------------------------- budget


def test_a_budget_by_year_and_funder_is_a_total_and_its_lines() -> None:
    statements, _ = normalise(printed(("budget", "2019 pour Wallonie: 1000€ | 2019 pour Europe: 200€")))
    assert (statements[0].field, statements[0].value, statements[0].group) == ("budget", "1200", "")
    lines: dict[str, dict[str, str]] = {}
    for s in statements[1:]:
        lines.setdefault(s.group, {})[s.field] = s.value
    assert list(lines.values()) == [
        {"budget_year": "2019", "budget_funder": "Wallonie", "budget_amount": "1000"},
        {"budget_year": "2019", "budget_funder": "Europe", "budget_amount": "200"},
    ]


def test_budget_columns_by_year_are_added_up_when_all_are_read() -> None:
    first: list[Said] = [("budget_year", "2020", "b1"), ("budget_amount", "1.000 €", "b1")]
    assert read(*first, ("budget_year", "2021", "b2"), ("budget_amount", "2.000 €", "b2"))[-1] == ("budget", "3000")
    assert ("budget", "1000") not in read(*first, ("budget_amount", "?", "b2"))


# ---------------------------------------------------------------------------------------------------------- indicators


def groups(*said: Said) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for s in normalise(printed(*said))[0]:
        found.setdefault(s.group, {})[s.field] = s.value
    return found


def test_a_printed_list_of_indicators_is_split_and_units_are_found() -> None:
    found = groups(("indicator", "• Nombre de visites, par an\n• Déchets par habitant (en kg)"))
    assert list(found.values()) == [
        {"indicator_label": "Nombre de visites, par an"},
        {"indicator_label": "Déchets par habitant (en kg)", "indicator_unit": "kg"},
    ]


def test_the_export_of_the_main_tool_gives_reached_and_expected() -> None:
    found = groups(("indicator", "Haies = 12 / 20 | Mares = 1 /", "i1"))
    assert found["i1"] == {"indicator_label": "Haies"}
    assert found["i1.actual"] == {"measure_role": "actual", "measure_value": "12"}
    assert found["i1.target"] == {"measure_role": "target", "measure_value": "20"}
    assert sum(g.endswith(".target") for g in found) == 1


def test_every_indicator_of_a_list_has_the_family_of_the_label() -> None:
    found = groups(("indicator_family", "Indicateur de résultat", "i1"), ("indicator", "Haies\nMares", "i1"))
    assert [f.get("indicator_family") for f in found.values()] == ["resultat", "resultat"]


def test_targets_go_to_the_indicators_one_each() -> None:
    found = groups(("indicator", "Visites\nDéchets (en kg)"), ("target", "100\n40 kg d'ici 2024"))
    measures = [f for f in found.values() if "measure_value" in f]
    assert [(m["measure_value"], m.get("measure_period"), m.get("measure_unit")) for m in measures] == [
        ("100", None, None),
        ("40", "2024", "kg"),
    ]


def test_targets_that_do_not_line_up_are_reported() -> None:
    assert [r.code for r in remarks(("indicator", "Visites\nDéchets"), ("target", "100"))] == ["target_unmatched"]


def test_a_measure_has_its_number_unit_period_and_role() -> None:
    found = groups(
        ("indicator_label", "Part de produits locaux", "i1"),
        ("measure_value", "27,5 %", "i1.m1"),
        ("measure_role", "atteint", "i1.m1"),
        ("measure_period", "1er semestre 2022", "i1.m1"),
    )
    assert found["i1.m1"] == {
        "measure_value": "27.5",
        "measure_unit": "%",
        "measure_role": "actual",
        "measure_period": "2022-S1",
    }


def test_thousands_of_euros_are_expanded_wherever_they_are_printed() -> None:
    for said in (
        [("indicator_label", "Coût (k€)", "i1"), ("measure_value", "82,5", "i1.m1")],
        [("indicator_label", "Coût", "i1"), ("measure_value", "82,5", "i1.m1"), ("measure_unit", "k€", "i1.m1")],
        [("indicator_label", "Coût", "i1"), ("measure_value", "82,5 k€", "i1.m1")],
    ):
        measure = groups(*said)["i1.m1"]
        assert (measure["measure_value"], measure["measure_unit"]) == ("82500", "€")


# ---------------------------------------------------------------------------------------------------------- properties

PRINTED = "2021 avant fin oui ☒ ☐ cours % 12 k€ pour Wallonie : | ; \n ODD = /"
WORDS = st.sampled_from(PRINTED.split(" "))
TEXTS = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=12).map(" ".join))
FIELDS = st.sampled_from([*sorted(_READERS), "unknown"])


@given(st.lists(st.tuples(FIELDS, TEXTS, st.sampled_from(["", "i1", "i1.m1"])), max_size=6))
def test_nothing_printed_is_lost_and_every_remark_has_its_sentence(said: list[tuple[str, str, str]]) -> None:
    given_statements = printed(*said)
    statements, about = normalise(given_statements)
    assert len(statements) >= len(given_statements)
    assert {(s.mention_id, s.source, s.locator) for s in statements} == {
        (s.mention_id, s.source, s.locator) for s in given_statements
    }
    for remark in about:
        assert re.match(r"[A-ZÀÉ«]", render_remark(remark)), remark
        assert not render_remark(remark).startswith(remark.code)


@given(st.lists(st.tuples(FIELDS, TEXTS, st.sampled_from(["", "i1", "i1.m1"])), max_size=6))
def test_the_same_plan_gives_the_same_values(said: list[tuple[str, str, str]]) -> None:
    assert normalise(printed(*said)) == normalise(printed(*said))
