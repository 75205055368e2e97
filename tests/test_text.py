"""What the reader of a plan gets from the string functions."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import (
    clean,
    clean_lines,
    fold,
    join_lines,
    split_list,
    split_marker,
    strip_title,
    unspace,
)


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("Être une commune qui…", "etre une commune qui"),
        ("ETRE UNE COMMUNE QUI", "etre une commune qui"),
        ("L\u2019œuvre  d'art", "l oeuvre d art"),
        ("O.S. n\u00b0 1", "o s n 1"),
        ("ﬁnances", "finances"),
        ("", ""),
    ],
)
def test_titles_that_differ_only_in_setting_fold_alike(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_one_line(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\n" not in once
    assert once == once.strip()


@given(st.text(alphabet="abcdeéèàçœ '-\u00a0\u202f\u00ad"))
def test_cleaning_never_changes_what_a_title_is_compared_by(text: str) -> None:
    assert fold(clean(text)) == fold(text.replace("\u00ad", ""))


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        ("24\u202f000\u00a0€", "24 000 €"),
        ("béné\ufb01ciaires", "bénéficiaires"),
        ("transi\u00adtion", "transition"),
        ("zero\u200bwidth", "zerowidth"),
        ("e\u0301te\u0301", "été"),
        ("l\u2019école", "l\u2019école"),
        ("\uf0fe oui \uf0a8 non", "\u2611 oui \u25a1 non"),
        ("a\x00b\tc\nd", "ab c d"),
        ("affi n", "affi n"),
    ],
)
def test_invisible_things_go_and_printed_ones_stay(printed: str, cleaned: str) -> None:
    assert clean(printed) == cleaned


def test_clean_lines_keeps_the_lines_of_a_cell() -> None:
    assert clean_lines("Un\u00a0 \n\n deux\r\ntrois ") == "Un\ndeux\ntrois"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["la transi-", "tion écologique"], "la transition écologique"),
        (["la transi\u00ad", "tion"], "la transition"),
        (["Bourg-Saint-", "Pierre"], "Bourg-Saint-Pierre"),
        (["législature 2024-", "2030"], "législature 2024-2030"),
        (["l'entretien d'", "eau"], "l'entretien d'eau"),
        (["et/", "ou"], "et/ou"),
        (["un tiret -", "puis la suite"], "un tiret - puis la suite"),
        (["", " a ", "", "b"], "a b"),
        ([], ""),
    ],
)
def test_lines_of_a_paragraph_are_joined(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


def test_a_hyphen_stays_when_the_document_writes_the_word_with_it() -> None:
    lines = ["un projet socio-", "économique"]
    assert join_lines(lines) == "un projet socioéconomique"
    assert join_lines(lines, frozenset({"socio-économique"})) == "un projet socio-économique"
    assert join_lines(["le porte-", "parole"], frozenset({"porte", "parole"})) == "le porte-parole"
    assert join_lines(["le porte-", "feuille"], frozenset({"porte", "feuille", "portefeuille"})) == "le portefeuille"


@pytest.mark.parametrize(
    ("line", "marker", "rest"),
    [
        ("• Planter des haies", "•", "Planter des haies"),
        ("•Planter", "•", "Planter"),
        ("- Planter", "-", "Planter"),
        ("–\tPlanter", "–", "Planter"),
        ("o Planter", "o", "Planter"),
        ("➔ Planter", "➔", "Planter"),
        ("✓ Planter", "✓", "Planter"),
        ("=> Planter", "=>", "Planter"),
        ("\uf0d8Planter", "➢", "Planter"),
        ("\uf0b7\tPlanter", "•", "Planter"),
        ("  * Planter", "*", "Planter"),
    ],
)
def test_a_typed_bullet_is_split_from_its_text(line: str, marker: str, rest: str) -> None:
    assert split_marker(line) == (marker, rest)


@pytest.mark.parametrize(
    "line", ["-5 %", "oui", "ouvrir", "*gras*", "Saint-Pierre", "✓", "-", "☒ En cours", "□ oui ■ non", "", "1. a"]
)
def test_what_is_no_bullet_is_left_alone(line: str) -> None:
    assert split_marker(line) == ("", line)


@pytest.mark.parametrize(
    ("printed", "joined"),
    [
        ("L E S  O B J E C T I F S", "LES OBJECTIFS"),
        ("P S T  2 0 2 4 - 2 0 3 0", "PST 2024-2030"),
        ("V O L E T  I N T E R N E de la commune", "VOLET INTERNE de la commune"),
        ("X X X X", "X X X X"),
        ("a b c", "a b c"),
        ("Il y a 3 à 4 jours", "Il y a 3 à 4 jours"),
    ],
)
def test_letter_spaced_headings_are_rejoined(printed: str, joined: str) -> None:
    assert unspace(printed) == joined


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Planter des haies ;", "Planter des haies"),
        ("Planter des haies.", "Planter des haies"),
        (": Planter des haies", "Planter des haies"),
        ("→ Planter des haies", "Planter des haies"),
        ("– Planter des haies –", "Planter des haies"),
        ("Planter des haies, arbres, etc.", "Planter des haies, arbres, etc."),
        ("Bourgmestre f.f.", "Bourgmestre f.f."),
        ("Et ensuite...", "Et ensuite..."),
        ("« Planter des haies", "Planter des haies"),
        ("Le label « Haies »", "Le label « Haies »"),
        ("Limiter à 30 km/h", "Limiter à 30 km/h"),
    ],
)
def test_titles_lose_what_their_setting_left(printed: str, title: str) -> None:
    assert strip_title(printed) == title


@given(st.text())
def test_stripping_a_title_twice_changes_nothing(text: str) -> None:
    assert strip_title(strip_title(text)) == strip_title(text)


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Service Travaux, Service Environnement", ["Service Travaux", "Service Environnement"]),
        ("Service Travaux; CPAS | Police", ["Service Travaux", "CPAS", "Police"]),
        ("Service Travaux / CPAS", ["Service Travaux", "CPAS"]),
        ("Échevine du Climat/ Échevin des Sports", ["Échevine du Climat", "Échevin des Sports"]),
        ("Service Eau/Gaz", ["Service Eau/Gaz"]),
        ("Service Travaux\n• CPAS\n- Police", ["Service Travaux", "CPAS", "Police"]),
        ("Échevin de l'Environnement et du Tourisme", ["Échevin de l'Environnement et du Tourisme"]),
        ("Échevin des Travaux, de la Mobilité et de l'Eau", ["Échevin des Travaux, de la Mobilité et de l'Eau"]),
        ("Échevin des Travaux, des Sports", ["Échevin des Travaux, des Sports"]),
        ("Bourgmestre f.f.", ["Bourgmestre f.f."]),
        ("Bourgmestre et Échevin", ["Bourgmestre et Échevin"]),
        ("Service Travaux et Service Cadre de vie", ["Service Travaux", "Service Cadre de vie"]),
        ("Bourgmestre et Échevine de la Culture", ["Bourgmestre", "Échevine de la Culture"]),
        ("Police, Écoles et Pompiers", ["Police", "Écoles", "Pompiers"]),
        ("Commune, GAL du Val et Contrat de rivière", ["Commune", "GAL du Val", "Contrat de rivière"]),
        ("Province, SPW Mobilité et Infrastructures", ["Province", "SPW Mobilité et Infrastructures"]),
        (
            "Gestionnaire de réseau, Guichet Énergie et Logement",
            ["Gestionnaire de réseau", "Guichet Énergie et Logement"],
        ),
        ("Service Social, Culture et Tourisme", ["Service Social", "Culture et Tourisme"]),
        ("Recette ; Culture et Tourisme", ["Recette", "Culture et Tourisme"]),
        ("GAL et ADL", ["GAL", "ADL"]),
        ("Cellule énergie (bâtiments, voiries), PCS", ["Cellule énergie (bâtiments, voiries)", "PCS"]),
        ("1,5 ETP", ["1,5 ETP"]),
        ("Forem et AViQ", ["Forem", "AViQ"]),
        ("Service Eau et Environnement", ["Service Eau et Environnement"]),
        (" - ", []),
        ("", []),
    ],
)
def test_people_and_services_are_split_only_where_it_is_safe(printed: str, names: list[str]) -> None:
    assert split_list(printed) == names


@given(st.text(alphabet="abcdé;|, \n(/)"))
def test_splitting_a_list_loses_no_letter(text: str) -> None:
    assert fold("".join(split_list(text))).replace(" ", "") == fold(text).replace(" ", "")


@pytest.mark.parametrize("unit", ["a ", ";", "((", ". ", "- ", "a.a.", ", ", "• ", "\u00a0 "])
def test_a_hostile_text_costs_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit)) + "x"
    started = perf_counter()
    for change in (fold, clean, clean_lines, split_marker, unspace, strip_title, split_list):
        change(text)
    assert perf_counter() - started < 5
