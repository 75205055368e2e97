"""Words of the author's own for the levels of a plan, explained in the text or only counted."""

from __future__ import annotations

import pytest

from pipeline.model import Block, Level
from pipeline.vocabulary import explained_levels
from tests.extract.documents import item, outline, para, read

NAMED = (
    "Notre plan stratégique transversal se lit en leviers (nos objectifs opérationnels) et en chantiers (nos actions)."
)
UNNAMED = "Notre plan stratégique transversal a été écrit par les services."
TREE = [
    "os 1 | Une ville verte",
    "  oo 1 | Planter partout",
    "    action 1 | Poser des bacs",
    "    action 2 | Semer des prés",
    "  oo 2 | Former chacun",
    "    action 3 | Ouvrir une salle",
]


def plan(intro: str, lines: list[Block]) -> list[Block]:
    return [para(intro), para("Objectif stratégique 1 : Une ville verte", size_pt=16, bold=True), *lines]


@pytest.mark.parametrize("between", [". ", " : ", " – ", " ", " | "])
def test_a_word_that_a_sentence_explains_labels_its_level(between: str) -> None:
    lines = [
        para(f"Levier 1{between}Planter partout", size_pt=13),
        para(f"Chantier 1{between}Poser des bacs"),
        para(f"Chantier 2{between}Semer des prés"),
        para(f"Levier 2{between}Former chacun", size_pt=13),
        para(f"Chantier 3{between}Ouvrir une salle"),
    ]
    assert outline(read(*plan(NAMED, lines))) == TREE


@pytest.mark.parametrize("intro", [NAMED, UNNAMED])
def test_a_counted_word_in_running_text_stands_where_its_level_does(intro: str) -> None:
    lines = [
        para("Levier 1 : Planter partout", size_pt=13),
        para("Piste 1. Poser des bacs"),
        para("Piste 2. Semer des prés"),
        para("Levier 2 : Former chacun", size_pt=13),
        para("Piste 3. Ouvrir une salle"),
    ]
    assert outline(read(*plan(intro, lines))) == TREE


def test_a_known_word_has_the_level_that_the_text_gives_it() -> None:
    intro = "Le PST compte des projets (objectifs opérationnels) et des mesures (actions)."
    lines = [
        para("Projet 1. Planter partout", size_pt=13),
        item("Mesure 1. Poser des bacs"),
        item("Mesure 2. Semer des prés"),
        para("Projet 2. Former chacun", size_pt=13),
        item("Mesure 3. Ouvrir une salle"),
    ]
    assert outline(read(*plan(intro, lines))) == TREE


def test_an_explained_word_is_a_label_without_numbers_too() -> None:
    lines = [
        para("Levier : Planter partout", bold=True),
        para("Nos chantiers :"),
        item("Poser des bacs"),
        para("Levier : Former chacun", bold=True),
        para("Nos chantiers :"),
        item("Ouvrir une salle"),
    ]
    assert outline(read(*plan(NAMED, lines)))[1:] == [
        "  oo | Planter partout",
        "    action | Poser des bacs",
        "  oo | Former chacun",
        "    action | Ouvrir une salle",
    ]


def test_an_explained_word_heads_a_list_of_its_level() -> None:
    lines = [para("Nos défis :"), item("Planter partout"), item("Former chacun")]
    second = para("Objectif stratégique 2 : Une ville ouverte", size_pt=16, bold=True)
    intro = "Chaque objectif stratégique tient en quelques défis, qui sont nos objectifs opérationnels."
    assert outline(read(*plan(intro, [*lines, second, *lines]))) == [
        "os 1 | Une ville verte",
        "  oo | Planter partout",
        "  oo | Former chacun",
        "os 2 | Une ville ouverte",
        "  oo | Planter partout",
        "  oo | Former chacun",
    ]


def test_a_number_of_the_word_processor_may_hold_the_word() -> None:
    lines = [
        item("Planter partout", number="Levier 1."),
        item("Poser des bacs", number="Chantier 1.", depth=1),
        item("Semer des prés", number="Chantier 2.", depth=1),
        item("Former chacun", number="Levier 2."),
        item("Ouvrir une salle", number="Chantier 3.", depth=1),
    ]
    assert outline(read(*plan(NAMED, lines))) == TREE


def test_what_a_document_with_labelled_actions_counts_in_its_text_is_text() -> None:
    lines = [
        para("Objectif opérationnel 1 : Planter partout", size_pt=13),
        para("Action 1 : Poser des bacs", bold=True),
        para("Critère 1 : le prix"),
        para("Critère 2 : la taille"),
        para("Action 2 : Semer des prés", bold=True),
        para("Critère 3 : la place"),
    ]
    assert outline(read(*plan(UNNAMED, lines)))[1:] == [
        "  oo 1 | Planter partout",
        "    action 1 | Poser des bacs",
        "    action 2 | Semer des prés",
    ]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Nos actions, appelées chantiers, sont suivies chaque semestre.", Level.ACTION),
        ("Un chantier est une action.", Level.ACTION),
        ("Les chantiers sont nos actions.", Level.ACTION),
        ("des « chantiers », c'est-à-dire des objectifs opérationnels", Level.OBJECTIF_OPERATIONNEL),
        ("Les chantiers et les actions sont suivis.", None),
        ("nos objectifs opérationnels, nos chantiers et nos actions", None),
    ],
)
def test_a_sentence_explains_a_word(text: str, level: Level | None) -> None:
    assert explained_levels(text).get("chantier") is level


def test_the_label_of_a_field_is_no_word_for_a_level() -> None:
    assert explained_levels("Descriptif = l'action prolonge un essai") == {}
