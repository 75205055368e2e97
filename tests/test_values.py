"""What numbers, amounts, dates, boxes and words of a plan turn into, and what is said when it is nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import CellValue
from pipeline.values import (
    Boxes,
    ParsedCode,
    field_name,
    format_amount_eur,
    format_date,
    format_number,
    format_percent,
    format_sdg,
    is_absent,
    parse_amount_eur,
    parse_budget,
    parse_checkboxes,
    parse_code,
    parse_date,
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
    read_cell_date,
    read_cell_number,
)

# ------------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("8.627", "8627", ""),
        ("24 000", "24000", ""),
        ("24\u202f000", "24000", ""),
        ("24\u00a0000,5", "24000.5", ""),
        ("37.800,00", "37800", ""),
        ("37.800.00", "37800", ""),
        ("1 519 000.50", "1519000.5", ""),
        ("0", "0", ""),
        ("-5", "-5", ""),
        ("\u22125", "-5", ""),
        ("1,250", "1.25", ""),
        ("27,5 %", "27.5", "%"),
        ("100%", "100", "%"),
        ("40 pour cent", "40", "%"),
        ("85 % des agents formés", "85", "%"),
        ("7 agents", "7", "agents"),
        ("24 000 visiteurs uniques", "24000", "visiteurs uniques"),
        ("2 ha de forêt", "2", "ha"),
        ("450 m²", "450", "m²"),
        ("12 kg/hab", "12", "kg/hab"),
        ("957 ETP", "957", "ETP"),
        ("5,895 millions", "5895000", ""),
        ("82,5 k€", "82500", "€"),
        ("2 M€", "2000000", "€"),
        ("1 million 250 000€", "1250000", "€"),
        ("200.000 €/an", "200000", "€/an"),
    ],
)
def test_numbers_are_read_as_a_french_reader_does(printed: str, value: str, unit: str) -> None:
    parsed = parse_number(printed)
    assert (parsed.value, parsed.unit, parsed.remark) == (Decimal(value), unit, "")


@pytest.mark.parametrize(
    ("printed", "remark"),
    [
        ("n.d.", "value_absent"),
        ("-", "value_absent"),
        ("/", "value_absent"),
        ("À chiffrer", "value_absent"),
        ("p.m.", "value_absent"),
        ("12.5", "number_ambiguous"),
        ("12.50", "number_ambiguous"),
        ("0.500", "number_ambiguous"),
        ("17,500.00", "number_ambiguous"),
        ("5.895 millions", "number_ambiguous"),
        ("<10", "number_bound"),
        ("au moins 40 %", "number_bound"),
        ("10 max", "number_bound"),
        ("10 à 15", "number_range"),
        ("10-15 %", "number_range"),
        ("entre 10 et 15", "number_range"),
        ("12 / 20", "number_fraction"),
        ("12 sur 20", "number_fraction"),
        ("1,519,000", "number_unreadable"),
        ("3 réunions en 2021", "number_unreadable"),
        ("une dizaine", "number_unreadable"),
        ("9" * 40, "number_unreadable"),
    ],
)
def test_what_is_no_number_has_no_value_and_says_why(printed: str, remark: str) -> None:
    parsed = parse_number(printed)
    assert (parsed.value, parsed.remark) == (None, remark)


@pytest.mark.parametrize("printed", ["± 150", "environ 150", "150 environ", "+/- 150", "~150", "à peu près 150"])
def test_an_approximation_gives_the_number_and_says_so(printed: str) -> None:
    parsed = parse_number(printed)
    assert (parsed.value, parsed.remark, parsed.approximate) == (Decimal(150), "number_approximate", True)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("25 k€", "25000"),
        ("12 kEUR", "12000"),
        ("12k", "12000"),
        ("1,2 M€", "1200000"),
        ("45.000,00 €", "45000"),
        ("€ 17.500,00", "17500"),
        ("1.519.000 €", "1519000"),
        ("25000", "25000"),
        ("0 €", "0"),
        ("20 000,- €", "20000"),
        ("1,5 million d'euros", "1500000"),
        ("1 million 250 000€", "1250000"),
        ("Budget : 25.000 €", "25000"),
        ("37.800,00 EUR", "37800"),
    ],
)
def test_amounts_are_in_euros(printed: str, value: str) -> None:
    parsed = parse_amount_eur(printed)
    assert (parsed.value, parsed.remark) == (Decimal(value), "")


def test_an_amount_with_a_tax_or_a_year_beside_it_is_kept_with_a_remark() -> None:
    for printed in ("25.000 € TVAC", "25.000 € par an", "25.000 € (hors subsides)", "25.000 € par an pendant 3 ans"):
        total = parse_budget(printed).total
        assert (total.value, total.remark) == (Decimal(25000), "amount_qualified")


def test_an_amount_is_not_made_of_people_nor_of_three_cents() -> None:
    assert parse_amount_eur("25 ETP").value is None
    assert parse_amount_eur("1,250 €").remark == "number_ambiguous"


def test_a_rate_without_a_sign_is_in_points_unless_it_may_be_a_fraction() -> None:
    assert parse_percent("40").value == 40
    assert parse_percent("40 %").value == 40
    assert parse_percent("0,4 %").value == Decimal("0.4")
    assert parse_percent("0,4").remark == "percent_ambiguous"
    assert parse_percent("40 agents").value is None


NUMBERS = st.decimals(-(10**12), 10**12, places=3, allow_nan=False, allow_infinity=False)


@given(NUMBERS)
def test_a_number_written_is_read_back(value: Decimal) -> None:
    assert parse_number(format_number(value)).value == value
    assert parse_number(format_percent(value)).value == value
    assert Decimal(plain_decimal(value)) == value


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False, allow_infinity=False))
def test_an_amount_written_is_read_back(value: Decimal) -> None:
    assert parse_amount_eur(format_amount_eur(value)).value == value


def test_numbers_are_written_for_french_readers_and_for_tables() -> None:
    assert format_number(Decimal("-1234567.50")) == "-1\u202f234\u202f567,5"
    assert format_amount_eur(Decimal("24000")) == "24\u202f000\u00a0€"
    assert format_amount_eur(Decimal("-0.5")) == "-0,50\u00a0€"
    assert format_percent(Decimal("27.50")) == "27,5\u00a0%"
    assert [plain_decimal(Decimal(t)) for t in ("1E+3", "27.500", "-0", "0.00")] == ["1000", "27.5", "0", "0"]


@pytest.mark.parametrize(
    ("cell", "percent", "value"),
    [
        (Decimal("12.5"), False, "12.5"),
        (Decimal("0.275"), True, "27.5"),
        (Decimal("27.500000000000004"), False, "27.5"),
        ("27,5 %", False, "27.5"),
        ("8.627", False, "8627"),
        (True, False, None),
        (date(2021, 1, 1), False, None),
        (None, False, None),
    ],
)
def test_a_typed_cell_never_goes_through_the_text_parser(cell: CellValue, percent: bool, value: str | None) -> None:
    assert read_cell_number(cell, percent=percent).value == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Quantité d'ordures par habitant (en kg)", "kg"),
        ("Volume créé (en m³)", "m³"),
        ("Consommation [kWh/an]", "kWh/an"),
        ("Part de produits locaux (%)", "%"),
        ("Part de produits locaux en %", "%"),
        ("Coût des travaux (k€)", "k€"),
        ("Formations (en cours)", ""),
        ("Nombre de visites (2021)", ""),
        ("Nombre d'agents formés", ""),
    ],
)
def test_the_unit_hidden_in_a_label_is_found(label: str, unit: str) -> None:
    assert parse_unit(label) == unit


def test_thousands_of_euros_are_a_scale_and_kilos_are_none() -> None:
    assert parse_scale("k€") == parse_scale("milliers d\u2019euros") == 1000
    assert parse_scale("M€") == 1_000_000
    assert parse_scale("kg") is None


# -------------------------------------------------------------------------------------------------------------- budget


def test_a_budget_by_year_and_funder_gives_lines_and_their_total() -> None:
    budget = parse_budget("2019 pour Wallonie: 1000€ | 2019 pour Europe: 200€")
    assert budget.total.value == 1200
    assert [(p.year, p.funder, p.amount.value) for p in budget.parts] == [
        ("2019", "Wallonie", Decimal(1000)),
        ("2019", "Europe", Decimal(200)),
    ]


@pytest.mark.parametrize(
    ("printed", "total", "lines"),
    [
        ("25.000 €", 25000, []),
        ("2020 : 25.000 € ; 2021 : 30.000 €", 55000, [("2020", "", ""), ("2021", "", "")]),
        ("10 000 € (2020)\n20 000 € (2021)", 30000, [("2020", "", ""), ("2021", "", "")]),
        ("25.000 € (commune) + 10.000 € (Région)", 35000, [("", "Ville", ""), ("", "Wallonie", "")]),
        ("Étude : 25.000 € ; travaux : 250 k€", 275000, [("", "", "Étude"), ("", "", "travaux")]),
        ("Total : 30.000 € ; 2019 : 10.000 € ; 2020 : 20.000 €", 30000, [("2019", "", ""), ("2020", "", "")]),
        ("25.000 € (budget extraordinaire)", 25000, [("", "", "extraordinaire")]),
        ("421/731-60 : 25.000 €", 25000, []),
    ],
)
def test_budget_texts(printed: str, total: int, lines: list[tuple[str, str, str]]) -> None:
    budget = parse_budget(printed)
    assert budget.total.value == total
    assert [(p.year, p.funder, p.kind) for p in budget.parts] == lines


@pytest.mark.parametrize(
    ("printed", "remark"),
    [
        ("À chiffrer", "value_absent"),
        ("421/731-60", "budget_article"),
        ("2020 : à chiffrer | 2021 : 5 k€", "budget_partial"),
        ("voir le plan de rénovation", "number_unreadable"),
        ("Subside : 80 %", "number_unreadable"),
        ("entre 5.000 et 10.000 €", "number_range"),
    ],
)
def test_a_budget_without_a_total_says_why(printed: str, remark: str) -> None:
    budget = parse_budget(printed)
    assert (budget.total.value, budget.total.remark) == (None, remark)


# --------------------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("printed", "value", "precision"),
    [
        ("02/12/15", "2015-12-02", "day"),
        ("28/07/2020", "2020-07-28", "day"),
        ("31.12.2022", "2022-12-31", "day"),
        ("2021-06-30", "2021-06-30", "day"),
        ("28 août 2019", "2019-08-28", "day"),
        ("1er janvier 2021", "2021-01-01", "day"),
        ("lundi 3 mai 2021", "2021-05-03", "day"),
        ("06/2021", "2021-06", "month"),
        ("2021-06", "2021-06", "month"),
        ("août 2015", "2015-08", "month"),
        ("AOUT 2015", "2015-08", "month"),
        ("déc. 2021", "2021-12", "month"),
        ("fin juin 2021", "2021-06", "month"),
        ("2021", "2021", "year"),
        ("début 2020", "2020", "year"),
        ("courant 2016", "2016", "year"),
        ("fin 2021", "2021", "year"),
        ("été 2021", "2021", "year"),
        ("1er semestre 2016", "2016", "semester"),
        ("1 e semestre 2016", "2016", "semester"),
        ("premier semestre 2016", "2016", "semester"),
        ("T3 2021", "2021", "quarter"),
        ("3e trimestre 2021", "2021", "quarter"),
        ("avant la fin 2016", "2016", "year"),
        ("d'ici 2030", "2030", "year"),
    ],
)
def test_a_date_is_cut_to_the_precision_it_is_printed_with(printed: str, value: str, precision: str) -> None:
    parsed = parse_date(printed)
    assert (parsed.value, parsed.precision, parsed.remark, parsed.original) == (value, precision, "", printed)


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("2019-2024", "2019", "2024"),
        ("2019/2024", "2019", "2024"),
        ("2019-24", "2019", "2024"),
        ("de 2019 à 2024", "2019", "2024"),
        ("législature 2018-2024", "2018", "2024"),
        ("de mars 2020 à juin 2021", "2020-03", "2021-06"),
        ("mars à juin 2021", "2021-03", "2021-06"),
        ("du 1er au 15 mars 2021", "2021-03-01", "2021-03-15"),
        ("1er janvier au 30 juin 2021", "2021-01-01", "2021-06-30"),
        ("03/2020-06/2021", "2020-03", "2021-06"),
        ("01/01/2020 - 31/12/2021", "2020-01-01", "2021-12-31"),
        ("Q1 2020 - Q3 2021", "2020", "2021"),
        ("2019, 2020, 2021", "2019", "2021"),
        ("année scolaire 2021-2022", "2021", "2022"),
        ("2021-2024 (législature)", "2021", "2024"),
        ("début 2019 à fin 2020", "2019", "2020"),
        ("avant la fin 2016", "", "2016"),
        ("jusqu'en 2024", "", "2024"),
        ("2023 au plus tard", "", "2023"),
        ("à partir de 2020", "2020", ""),
        ("dès janvier 2020", "2020-01", ""),
        ("récurrent dès 2020", "2020", ""),
    ],
)
def test_a_range_gives_both_ends_and_a_limit_gives_one(printed: str, start: str, end: str) -> None:
    span = parse_span(printed)
    assert ("" if span.start is None else span.start.value, "" if span.end is None else span.end.value) == (start, end)
    assert span.remark == ""


def test_a_deadline_that_slipped_keeps_the_first_one() -> None:
    span = parse_span("02/12/15 (reporté au 30/06/16)")
    assert span.end is not None
    assert span.initial is not None
    assert (span.initial.value, span.end.value) == ("2015-12-02", "2016-06-30")


@pytest.mark.parametrize(
    ("printed", "remark"),
    [
        ("législature", "date_open"),
        ("récurrent", "date_open"),
        ("fin de législature", "date_open"),
        ("à définir", "value_absent"),
        ("juin", "date_incomplete"),
        ("30/06", "date_incomplete"),
        ("dès que possible", "date_open"),
        ("1er trimestre", "date_incomplete"),
        ("31/02/2020", "date_unreadable"),
        ("13/13/2020", "date_unreadable"),
        ("30 km/h", "date_unreadable"),
        ("2000 €", "date_unreadable"),
        ("2024-2019", "date_order"),
        ("2019-2024", "date_range"),
        ("", ""),
    ],
)
def test_what_is_no_single_date_says_why(printed: str, remark: str) -> None:
    assert (parse_date(printed).value, parse_date(printed).remark) == ("", remark)


def test_a_date_taken_out_of_a_sentence_is_flagged() -> None:
    assert parse_date("Formation reçue le 02/12/15").value == "2015-12-02"
    assert parse_date("Formation reçue le 02/12/15").remark == "date_prose"
    assert parse_span("Étude : 2020 ; travaux : 2021-2022").prose


@pytest.mark.parametrize(
    ("printed", "period"),
    [
        ("2021", "2021"),
        ("S1 2021", "2021-S1"),
        ("2021-S2", "2021-S2"),
        ("2021 (2e semestre)", "2021-S2"),
        ("2e semestre 2021", "2021-S2"),
        ("T3 2021", "2021-Q3"),
        ("2021-Q3", "2021-Q3"),
        ("juin 2021", "2021-06"),
        ("30/06/2021", "2021-06-30"),
        ("Situation au 31/12/2021", "2021-12-31"),
        ("2019-2024", ""),
        ("cible", ""),
    ],
)
def test_the_period_of_a_measure(printed: str, period: str) -> None:
    assert parse_period(printed) == period


PERIODS = st.one_of(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)).map(str),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)).map(lambda d: str(d)[:7]),
    st.integers(1990, 2099).map(str),
    st.tuples(st.integers(1990, 2099), st.sampled_from(["S1", "S2", "Q1", "Q2", "Q3", "Q4"])).map(
        lambda p: f"{p[0]}-{p[1]}"
    ),
)


@given(PERIODS, st.booleans())
def test_a_period_written_is_read_back(period: str, long: bool) -> None:
    assert parse_period(format_date(period, long=long)) == period
    assert parse_period(period) == period


def test_dates_are_written_for_french_readers() -> None:
    assert format_date("2027-09-30") == "30/09/2027"
    assert format_date("2027-09-01", long=True) == "1er septembre 2027"
    assert format_date("2021-S1") == "1er semestre 2021"
    assert format_date("inconnu") == "inconnu"


@pytest.mark.parametrize(
    ("cell", "value", "remark"),
    [
        (date(2021, 6, 30), "2021-06-30", ""),
        (datetime(2021, 6, 30, 12, 0), "2021-06-30", ""),
        (Decimal(44196), "2020-12-31", "date_serial"),
        ("44196", "2020-12-31", "date_serial"),
        (Decimal(2021), "2021", ""),
        ("2021", "2021", ""),
        ("juin 2021", "2021-06", ""),
        (Decimal("12"), "", "date_unreadable"),
        (True, "", "date_unreadable"),
        (None, "", ""),
    ],
)
def test_a_cell_of_a_date_column(cell: CellValue, value: str, remark: str) -> None:
    assert (read_cell_date(cell).value, read_cell_date(cell).remark) == (value, remark)


# ------------------------------------------------------------------------------------------------------ boxes and codes


@pytest.mark.parametrize(
    ("printed", "ticked"),
    [
        ("☐ À démarrer ☒ En cours ☐ Terminé", ("En cours",)),
        ("☐1 ☐2 ☒3", ("3",)),
        ("oui ☒ non ☐", ("oui",)),
        ("Abandonné ☐\nTerminé ☒", ("Terminé",)),
        ("[x] oui [ ] non", ("oui",)),
        ("(x) oui ( ) non", ("oui",)),
        ("■ oui □ non", ("oui",)),
        ("\uf0fe oui \uf0a8 non", ("oui",)),
        ("☐ oui X non", ("non",)),
        ("☑ oui ☒ non", ("oui",)),
        ("Synergie : ☒ oui ☐ non", ("oui",)),
        ("☐ oui ☐ non", ()),
        ("X X", ()),
    ],
)
def test_ticked_boxes(printed: str, ticked: tuple[str, ...]) -> None:
    assert parse_checkboxes(printed).ticked == ticked


def test_a_text_without_boxes_offers_none() -> None:
    assert parse_checkboxes("En cours") == Boxes()


@pytest.mark.parametrize(
    ("printed", "code", "word"),
    [
        ("En cours", "EN_COURS", "En cours"),
        ("EN COURS", "EN_COURS", "EN COURS"),
        ("À démarrer", "NON_COMMENCE", "À démarrer"),
        ("A progr.", "NON_COMMENCE", "A progr."),
        ("Fin.", "TERMINE", "Fin."),
        ("✓", "TERMINE", "✓"),
        ("Suspendu", "PROBLEME", "Suspendu"),
        ("Reporté", "EN_ATTENTE", "Reporté"),
        ("Ne sera pas concrétisé", "ANNULE_ABANDONNE", "Ne sera pas concrétisé"),
        ("récurrent", "EN_COURS", "récurrent"),
        ("pas encore commencé", "NON_COMMENCE", "pas encore commencé"),
        ("☐ À démarrer ☒ En cours ☐ Terminé", "EN_COURS", "En cours"),
        ("En cours (40 %)", "EN_COURS", "En cours"),
        ("En attente - subside", "EN_ATTENTE", "En attente"),
        ("Prévu avant la fin 2016", "NON_COMMENCE", "Prévu"),
        ("Formation reçue le 02/12/15", "TERMINE", "Formation reçue le 02/12/15"),
    ],
)
def test_a_status_has_its_code_and_keeps_its_printed_word(printed: str, code: str, word: str) -> None:
    status = parse_status(printed)
    assert status is not None
    assert (status.value, status.printed) == (code, word)


@pytest.mark.parametrize("printed", ["bidule", "", "n.d.", "fin 2021", "Service Travaux", "147 votes", "♥ 147 votes"])
def test_what_names_no_status_is_none(printed: str) -> None:
    assert parse_status(printed) is None


@pytest.mark.parametrize(
    ("printed", "remark"),
    [
        ("☐ En cours ☐ Terminé", "box_none"),
        ("☒ En cours ☒ Terminé", "box_several"),
        ("le marché n'est pas terminé", "status_ambiguous"),
        ("Réalisé à 40 %", "status_ambiguous"),
        ("étude terminée, travaux abandonnés puis annulés", "status_ambiguous"),
    ],
)
def test_a_doubtful_status_has_no_code(printed: str, remark: str) -> None:
    status = parse_status(printed)
    assert status is not None
    assert (status.value, status.remark) == ("", remark)


def test_permanent_is_a_kind_of_action() -> None:
    status = parse_status("Permanent")
    assert status is not None
    assert (status.value, status.kind) == ("", "perenne")


@pytest.mark.parametrize(
    ("printed", "table", "code"),
    [
        ("En pause", "health", "PAUSE"),
        ("À risque", "health", "RISQUE"),
        ("Hors champ", "kind", "hors_champ"),
        ("☒ oui ☐ non", "synergy", "oui"),
        ("Oui, avec le service social", "synergy", "oui"),
        ("X", "synergy", "oui"),
        ("Indicateur de résultat", "family", "resultat"),
        ("Cible", "measure_role", "target"),
        ("Valeur initiale", "measure_role", "baseline"),
    ],
)
def test_words_become_codes(printed: str, table: str, code: str) -> None:
    assert parse_code(printed, table) == ParsedCode(code)


def test_a_word_of_no_table_is_reported() -> None:
    assert parse_code("mauve", "health") == ParsedCode("", "code_unreadable")
    assert parse_code("n.d.", "health") == ParsedCode("", "value_absent")


@pytest.mark.parametrize(
    ("printed", "code", "remark"),
    [
        ("ODD 4, ODD 11", "4;11", ""),
        ("4; 11", "4;11", ""),
        ("11 et 4", "4;11", ""),
        ("ODD4/ODD11", "4;11", ""),
        ("4. Éducation de qualité", "4", ""),
        ("Paix, justice et institutions efficaces", "16", ""),
        ("ODD 11.3 et 13.2", "11;13", ""),
        ("01", "1", ""),
        ("ODD 4 et 99", "4", "sdg_unknown"),
        ("néant", "", "value_absent"),
        ("le climat", "", "sdg_unreadable"),
    ],
)
def test_goals_of_sustainable_development(printed: str, code: str, remark: str) -> None:
    assert parse_sdg(printed) == ParsedCode(code, remark)


@given(st.sets(st.integers(1, 17), min_size=1))
def test_goals_written_are_read_back(goals: set[int]) -> None:
    code = ";".join(str(g) for g in sorted(goals))
    assert parse_sdg(format_sdg(code)).value == code


@pytest.mark.parametrize(
    ("printed", "value"),
    [("☒1 ☐2 ☐3", "1"), ("Priorité 2", "2"), ("P1", "1"), ("1/3", "1"), ("haute", "haute"), ("-", "")],
)
def test_priorities_are_kept_as_printed(printed: str, value: str) -> None:
    assert parse_priority(printed).value == value


def test_a_run_of_plan_acronyms_is_split_and_a_sentence_is_not() -> None:
    assert parse_plans("PCDR, PCS et PAEDC") == ["PCDR", "PCS", "PAEDC"]
    assert parse_plans("Plan de mobilité") == []


@pytest.mark.parametrize("printed", ["", "-", "/", "n.d.", "N/A", "Néant", "à chiffrer par le service", "…", "?"])
def test_words_that_stand_for_no_value(printed: str) -> None:
    assert is_absent(printed)


@pytest.mark.parametrize("printed", ["0", "oui", "✓", "à chiffrer : 500 €", "Nantes"])
def test_words_that_are_a_value(printed: str) -> None:
    assert not is_absent(printed)


def test_fields_have_a_printed_name() -> None:
    assert field_name("end") == "échéance"
    assert field_name("unknown") == "unknown"


WORDS = (
    "12 2021 1.250,5 € k€ % avant fin à - / juin semestre 1er T3 million pour Wallonie : ; ☒ ☐ oui ODD cours ( ) "
    "reporté 31/12/2021 dont +"
)
TOKENS = st.lists(st.sampled_from(WORDS.split(" "))).map(" ".join)
PARSERS = (
    *(parse_number, parse_amount_eur, parse_percent, parse_budget, parse_span, parse_date, parse_period, parse_status),
    *(
        parse_sdg,
        parse_priority,
        parse_checkboxes,
        parse_unit,
        parse_plans,
        read_cell_number,
        read_cell_date,
        is_absent,
    ),
)


@given(st.one_of(st.text(), TOKENS))
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in PARSERS:
        parse(text)
    parse_code(text, "health")


HOSTILE = ["1 ", "1", "de ", "fin de ", "((", "☐ ", "2021 - ", "2021/", "1.", "1,1 ", ";", "réalisé ", "ht ", "à "]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_text_costs_no_time(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + "x"
    started = perf_counter()
    for parse in PARSERS:
        parse(text)
        parse(text[-1400:])
    assert perf_counter() - started < 5
