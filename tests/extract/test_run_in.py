"""Titles with prose behind them in one paragraph, and codes whose letters nothing explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from extract.documents import item, outline, para, read, said, table

from pipeline.model import Block

HEADS = ("OS 1 : Réduire l'empreinte de la commune", "OO 1.1 : Rénover les bâtiments")
TITLES = ("Isoler l'école du Centre", "Remplacer les chaudières", "Planter des haies mixtes")
PROSE = ("Les murs seront isolés par l'extérieur. Deux étés suffiront.", "Cinq salles sont visées.", "Tout sera local.")
HEADED = [para(head, outline=rank, bold=True) for rank, head in enumerate(HEADS, 1)]
LINES = ["os 1 | Réduire l'empreinte de la commune", "  oo 1.1 | Rénover les bâtiments"]


def led(block: Block, lead: str) -> Block:
    return replace(block, lead=lead)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (lambda n, title, prose: led(para(f"Projet {n} : {title}. {prose}"), f"Projet {n} : {title}."), " {}"),
        (lambda n, title, prose: led(para(f"Projet {n} : {title}. {prose}"), f"Projet {n} :"), " {}"),
        (lambda n, title, prose: para(f"Projet {n} : {title}. {prose}"), " {}"),
        (lambda n, title, prose: para(f"1.1.{n} {title}. {prose}"), " 1.1.{}"),
        (
            lambda n, title, prose: led(para(f"Action 1.1.{n} : {title} – {prose}"), f"Action 1.1.{n} : {title}"),
            " 1.1.{}",
        ),
        (lambda n, title, prose: led(item(f"{title}. {prose}"), f"{title}."), ""),
    ],
    ids=["bold", "label bold", "plain", "number", "dash", "bullet"],
)
def test_the_prose_behind_titles_is_their_description(written: Callable[[int, str, str], Block], code: str) -> None:
    pairs = zip(TITLES, PROSE, strict=True)
    found = read(*HEADED, *(written(n, title, prose) for n, (title, prose) in enumerate(pairs, 1)))
    assert outline(found) == LINES + [f"    action{code.format(n)} | {title}" for n, title in enumerate(TITLES, 1)]
    assert said(found, TITLES[0]) == [("description", PROSE[0])]


def test_two_sentences_in_a_few_titles_stay_whole() -> None:
    titles = ["Isoler l'école. Les murs seront isolés.", *TITLES, "Ouvrir un musée"]
    found = read(*HEADED, *(para(f"Projet {n} : {title}") for n, title in enumerate(titles, 1)))
    assert outline(found)[2] == "    action 1 | Isoler l'école. Les murs seront isolés"


def test_a_cell_of_a_synthesis_that_holds_several_titles_is_no_element() -> None:
    goals = ["Rénover les bâtiments", "Former les agents"]
    plan = [para(f"OO 1.{n} : {goal}", outline=2, bold=True) for n, goal in enumerate(goals, 1)]
    actions = [para(f"Action 1.{n}.1 : {title}") for n, title in enumerate(TITLES[:2], 1)]
    rows = table(["Axe", "Objectifs"], ["Empreinte", " ".join(goals)], bold_header=True)
    found = read(HEADED[0], plan[0], actions[0], plan[1], actions[1], para("Vue d'ensemble", outline=1), rows)
    assert not any(" ".join(goals) in line for line in outline(found))


def test_codes_whose_letters_nothing_explains_number_actions_where_they_count_on() -> None:
    titles = [*TITLES, "Ouvrir un musée"]
    found = read(*HEADED, *(para(f"P{n}. {title}") for n, title in enumerate(titles, 1)))
    assert [line.split(" | ")[1] for line in outline(found)[2:]] == titles
    roads = read(*HEADED, *(item(f"N{n} : refaire le tarmac") for n in (4, 63, 25, 90)))
    assert "    action | N4 : refaire le tarmac" in outline(roads)
    quarters = read(*HEADED, para("Action 1.1.1 : Ouvrir"), *(para(f"T{n} : appeler les {n}") for n in range(1, 5)))
    assert len(outline(quarters)) == 3


def test_what_someone_is_quoted_for_is_no_title() -> None:
    panels = {"La dignité": "« On m'a écoutée sans me juger. » Une usagère", "Le logement": "« Ici, on rit ! »"}
    blocks = [
        block
        for number, (title, quoted) in enumerate(panels.items(), 1)
        for block in (
            para(f"{number}. {title}", outline=2, bold=True),
            para("Nous nous engageons à :", bold=True),
            *(item(f"{verb} nos façons de faire {number}") for verb in ("changer", "expliquer")),
            para(quoted, bold=True),
        )
    ]
    found = outline(read(para("Nos engagements", size_pt=20.0), *blocks))
    assert [line.strip() for line in found if not line.strip().startswith("engagement")] == [
        "enjeu 1 | La dignité",
        "enjeu 2 | Le logement",
    ]


def test_the_sheet_under_the_steps_of_an_action_is_that_of_the_action() -> None:
    sheet = table(["Pilote", "Service Travaux"], ["Échéance", "2027"], ["Budget", "18 500 €"])
    steps = [para("Étapes", bold=True), item("Choisir les carrefours", number="1"), item("Prévenir", number="2")]
    found = read(*HEADED, para("Action 1.1.1 : Éteindre la nuit", outline=3, bold=True), *steps, sheet)
    assert outline(found)[3:] == ["      sous_action 1 | Choisir les carrefours", "      sous_action 2 | Prévenir"]
    assert [name for name, _ in said(found, "Éteindre la nuit")] == ["porteur", "end", "budget"]
