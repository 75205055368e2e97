"""What a person gets from the matcher: one thing under several spellings is one, two things alike stay two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.match import (
    best_matches,
    build_title_index,
    codes_contradict,
    match_title,
    name_code,
    read_code,
    same_code,
    same_title,
    split_code,
    title_score,
)
from pipeline.text import fold

ACTIONS = [
    ("a1", "Établir un plan de mobilité douce pluriannuel"),
    ("a2", "Organiser une fête d'accueil des nouveaux habitants"),
    ("a3", "Rénover les vestiaires du stade des Tilleuls"),
    ("a4", "Tenir un inventaire des arbres remarquables"),
    ("a5", "Rénover l'école de Haut-Pré"),
    ("a6", "Rénover l'école de Bas-Pré"),
    ("a7", "Jumelages"),
    ("a8", "Réaliser un audit énergétique des bâtiments et en tirer un plan de travaux annuel"),
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OS1", "O.S. 1"),
        ("OS1", "OS 01"),
        ("OS 1", "os.1"),
        ("OO1.1", "OO 1.1."),
        ("OO3.1", "003.1"),
        ("OO3.1", "O03.1"),
        ("OO3.1", "OO3.l"),
        ("OO3.1", "3.1"),
        ("A1.2.3", "1.2.3."),
        ("Action 149", "A149"),
        ("Objectif stratégique n° 2", "OS2"),
        ("A.", "a)"),
    ],
)
def test_spellings_of_one_code(one: str, other: str) -> None:
    assert same_code(read_code(one), read_code(other))
    assert same_code(read_code(other), read_code(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.10", "1.1"), ("OS1", "OO1"), ("OO1.1", "OO1.2"), ("A", "B"), ("", ""), ("", "1"), ("12", "1.2")],
)
def test_codes_that_differ(one: str, other: str) -> None:
    assert not same_code(read_code(one), read_code(other))


def test_two_notations_do_not_contradict() -> None:
    assert not codes_contradict(read_code("A."), read_code("1"))
    assert not codes_contradict(read_code("1"), read_code("2.1"))
    assert not codes_contradict(read_code(""), read_code("2.1"))
    assert codes_contradict(read_code("1.1"), read_code("1.2"))
    assert codes_contradict(read_code("A."), read_code("B."))


@given(st.text(max_size=20))
def test_any_code_can_be_read_and_is_the_same_as_itself(code: str) -> None:
    key = read_code(code)
    assert same_code(key, key) == bool(key.parts)


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [
        ("A1.2.3 - Planter des haies", "A1.2.3", "Planter des haies"),
        ("1.2.3 Planter des haies", "1.2.3", "Planter des haies"),
        ("OO 1.2 : Planter", "OO 1.2", "Planter"),
        ("OO1.2", "OO1.2", ""),
        ("12. Planter", "12", "Planter"),
        ("30 km/h dans les quartiers", "", "30 km/h dans les quartiers"),
        ("2 agents de quartier", "", "2 agents de quartier"),
        ("Planter des haies", "", "Planter des haies"),
    ],
)
def test_a_code_typed_before_the_title(text: str, code: str, title: str) -> None:
    assert split_code(text) == (code, title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Réduire l'empreinte énergétique", "REDUIRE L'EMPREINTE ENERGETIQUE"),
        ("Améliorer les bénéfices du réseau cyclable", "Améliorer les bénéf ices du réseau cyclable"),
        ("Améliorer le réseau cyclable communal", "Amé1iorer le réseau cyclable communal"),
        ("Entretenir les sentiers et chemins de", "Entretenir les sentiers et chemins de promenade du territoire"),
    ],
)
def test_one_title_read_twice(one: str, other: str) -> None:
    assert same_title(fold(one), fold(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Volet interne", "Volet externe"),
        ("Rénover la salle des fêtes, phase 1", "Rénover la salle des fêtes, phase 2"),
        ("Rénover l'école communale de Haut-Pré", "Rénover l'école communale de Bas-Pré"),
        ("Communiquer", "Communiquer mieux"),
        ("", ""),
    ],
)
def test_two_titles_that_look_alike(one: str, other: str) -> None:
    assert not same_title(fold(one), fold(other))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Etablir un plan de mobilité douce pluri-annuel", "a1"),
        ("Fête d'accueil des nouveaux habitants", "a2"),
        ("TENIR UN INVENTAIRE DES ARBRES REMARQUABLES", "a4"),
        ("Tenir un inventaire des arbres remarquables communaux", "a4"),
        ("Rénover l'école de Bas-Pré", "a6"),
        ("Jumelages", "a7"),
        ("Réaliser un audit énergétique des bâtiments", "a8"),
        ("Tenir un inventaire des arbres remarqables", "a4"),
    ],
)
def test_a_title_as_services_type_it(typed: str, key: str) -> None:
    assert match_title(typed, build_title_index(ACTIONS))[0] == key


@pytest.mark.parametrize(
    "typed", ["Rénover la piscine communale", "Rénover l'école", "Rénover", "Inventaire", "", "?!"]
)
def test_a_title_that_names_nothing_or_several(typed: str) -> None:
    assert match_title(typed, build_title_index(ACTIONS))[0] == ""


def test_several_candidates_are_listed_best_first() -> None:
    found = best_matches("Rénover l'école de Pré", build_title_index(ACTIONS))
    assert {m.key for m in found[:2]} == {"a5", "a6"}
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


@given(st.sampled_from([t for _, t in ACTIONS]), st.sampled_from([t for _, t in ACTIONS]))
def test_a_title_is_nearest_to_itself(one: str, other: str) -> None:
    assert title_score(fold(one), fold(one), {}) == 100
    assert 0 <= title_score(fold(one), fold(other), {}) <= 100


def test_names_in_remarks_are_words() -> None:
    assert name_code("target") == "valeur cible"
    assert name_code("end") == "échéance"
