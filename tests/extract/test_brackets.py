"""Values without labels in brackets after the titles of actions."""

from __future__ import annotations

import pytest

from pipeline.model import Block, Extraction
from tests.extract.documents import item, para, read, said

TITLES = ("Planter des haies", "Ouvrir une salle", "Former les agents", "Réparer les toits")


def actions(note: str, *brackets: str) -> Extraction:
    lines = [item(f"{title} {bracket}".strip()) for title, bracket in zip(TITLES, brackets, strict=True)]
    return read(*_plan(), *lines, para("Méthode", size_pt=16, bold=True), para(note))


def _plan() -> list[Block]:
    return [para("OS 1 : Une ville verte", size_pt=16, bold=True), para("OO 1.1 : Agir", bold=True)]


def test_brackets_hold_what_a_sentence_says_of_them() -> None:
    note = "Entre parenthèses, après chaque action : la personne responsable et l'année d'échéance."
    found = actions(note, "(Ergothérapeute, 2025)", "(Chef de cuisine, 2026)", "(2027)", "(Ergothérapeute)")
    assert said(found, "Planter des haies") == [("responsable", "Ergothérapeute"), ("end", "2025")]
    assert said(found, "Ouvrir une salle") == [("responsable", "Chef de cuisine"), ("end", "2026")]
    assert said(found, "Former les agents") == [("end", "2027")]
    assert said(found, "Réparer les toits") == [("responsable", "Ergothérapeute")]


@pytest.mark.parametrize(
    ("note", "bracket", "fields"),
    [
        (
            "Entre crochets figurent le service, l'échéance et l'état d'avancement.",
            "[Travaux – 2026 – en cours]",
            [("service", "Travaux"), ("end", "2026"), ("status", "en cours")],
        ),
        (
            "Lecture : action (échevin, service, échéance).",
            "(Bourgmestre, Police, 2027)",
            [("mandataire", "Bourgmestre"), ("service", "Police"), ("end", "2027")],
        ),
        (
            "Entre parenthèses : le responsable, l'échéance et le budget estimé.",
            "(Architecte, 2027, 10 000 €)",
            [("responsable", "Architecte"), ("end", "2027"), ("budget", "10 000 €")],
        ),
        (
            "Les parenthèses donnent l'année de fin puis le service.",
            "(2027 ; Travaux)",
            [("end", "2027"), ("service", "Travaux")],
        ),
        ("Entre parenthèses, le service.", "(Travaux)", [("service", "Travaux")]),
    ],
)  # fmt: skip
def test_sentences_explain_brackets_in_many_ways(note: str, bracket: str, fields: list[tuple[str, str]]) -> None:
    found = actions(note, *[bracket] * 4)
    assert said(found, "Planter des haies") == fields


def test_brackets_that_most_actions_have_tell_what_they_hold() -> None:
    found = actions("", "(Responsable technique, 2025)", "(Ergothérapeute, 2026)", "(Directrice, fin 2027)", "(Namur)")
    assert said(found, "Ouvrir une salle") == [("responsable", "Ergothérapeute"), ("end", "2026")]
    assert said(found, "Réparer les toits (Namur)") == []


def test_a_bracket_that_no_other_is_like_stays_in_its_title() -> None:
    found = actions("", "(Namur, 2025)", "(la suite en 2026)", "", "")
    assert said(found, "Planter des haies (Namur, 2025)") == []


def test_what_is_explained_leaves_other_brackets_in_their_titles() -> None:
    note = "Entre parenthèses : le service et l'échéance."
    found = actions(note, "(Travaux, 2025)", "(Culture, 2026)", "(Culture, 2027)", "(hêtres, chênes)")
    assert said(found, "Réparer les toits (hêtres, chênes)") == []


def test_an_explained_bracket_may_stand_on_a_line_of_its_own() -> None:
    lines = [line for title in TITLES for line in (item(title), para("(Service social, 2027)"))]
    found = read(para("Entre parenthèses : qui et pour quand."), *_plan(), *lines)
    assert said(found, "Planter des haies") == [("responsable", "Service social"), ("end", "2027")]
