"""What is trusted less: titles, codes and places that something in the document speaks against."""

from __future__ import annotations

import pytest
from extract.documents import item, para, read

from pipeline.extract.apply.doubts import DOUBTED
from pipeline.model import Block, Extraction
from pipeline.text import is_cut_short, runs_two_sentences_together

GOALS = ("Tracer des pistes", "Isoler les écoles", "Ouvrir les musées")


def plan(*more: Block) -> list[Block]:
    """A plan of three objectives with two actions each, then more blocks."""
    blocks = [para("OS 1 : Une commune sobre", outline=1)]
    for n, goal in enumerate(GOALS, 1):
        blocks += [para(f"OO 1.{n} : {goal}", outline=2)]
        blocks += [
            para(f"Action 1.{n}.{k} : Poser {thing} {n}", outline=3) for k, thing in enumerate(("un banc", "un mât"), 1)
        ]
    return [*blocks, *more]


def trust(extraction: Extraction) -> dict[str, float]:
    """The confidence of each element, by its title."""
    return {s.original: s.confidence for s in extraction.statements if s.field == "title"}


def test_what_labels_and_codes_agree_on_is_trusted() -> None:
    assert min(trust(read(*plan())).values()) >= 0.9


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Action 1.3.3 : Agrandir l'école fondamentale de", "Agrandir l'école fondamentale de"),
        ("Action 1.3.3 : Planter cent arbres Un cahier sera rédigé", "Planter cent arbres Un cahier sera rédigé"),
        ("Action 1.3.3 : En cours", "En cours"),
        ("Action 1.3.3 : (48 000 €)", "(48 000 €)"),
        ("Action 1.3.3 : 48 000 €", "48 000 €"),
        ("Action 1.3.3 : Notre objectif stratégique : rouler", "Notre objectif stratégique : rouler"),
        ("Action 1.2.3 : Ouvrir un kiosque", "Ouvrir un kiosque"),
        ("Action 1.3.2 : Ouvrir un kiosque", "Ouvrir un kiosque"),
    ],
    ids=[
        "cut short",
        "two sentences",
        "a status",
        "an amount in brackets",
        "an amount",
        "a label",
        "other code",
        "same code",
    ],
)
def test_an_odd_title_or_code_is_trusted_less(line: str, title: str) -> None:
    found = trust(read(*plan(para(line, outline=3))))
    assert found[title] <= DOUBTED
    assert found["Poser un banc 1"] >= 0.9


def test_values_that_recur_as_titles_are_trusted_less() -> None:
    blocks = [para("OS 1 : Une commune sobre", outline=1)]
    for n, goal in enumerate(GOALS, 1):
        blocks += [para(f"OO 1.{n} : {goal}", outline=2), item("Service Travaux"), item(f"Poser un banc {n}")]
    found = trust(read(*blocks))
    assert found["Service Travaux"] <= DOUBTED


def test_what_stands_in_a_doubtful_element_is_doubtful() -> None:
    found = trust(
        read(
            *plan(
                para("OO 1.4 : Agrandir l'école de la", outline=2), para("Action 1.4.1 : Ouvrir un kiosque", outline=3)
            )
        )
    )
    assert found["Ouvrir un kiosque"] <= DOUBTED


def test_headings_that_nothing_explains_make_what_stands_below_doubtful() -> None:
    blocks = [para("OS 1 : Une commune sobre", outline=1)]
    for n, goal in enumerate(GOALS, 1):
        blocks += [para(f"OO 1.{n} : {goal}", size_pt=20, bold=True)]
        blocks += [para(f"Quartier {n}", size_pt=15, bold=True)] if n < 3 else []
        blocks += [item(f"Poser un banc {n}"), item(f"Poser un mât {n}")]
    found = trust(read(*blocks))
    assert "Quartier 1" not in found
    assert max(found["Poser un banc 1"], found["Poser un mât 2"]) <= DOUBTED < found["Poser un banc 3"]


def test_much_doubt_is_doubt_of_the_whole() -> None:
    odd = [para(f"Action 1.3.{k} : Agrandir l'école numéro {k} de", outline=3) for k in range(3, 9)]
    assert max(trust(read(*plan(*odd))).values()) <= DOUBTED


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("Agrandir l'école de", True),
        ("Végétaliser la cour et", True),
        ("Agrandir l'école", False),
        ("PLAN DE LA", False),
    ],
)
def test_titles_cut_short(title: str, cut: bool) -> None:
    assert is_cut_short(title) is cut


@pytest.mark.parametrize(
    ("title", "two"),
    [
        ("Planter cent arbres Un cahier suivra", True),
        ("Un été à la ferme", False),
        ("Rénover la maison Les Glycines", False),
    ],
)
def test_two_sentences_in_one_title(title: str, two: bool) -> None:
    assert runs_two_sentences_together(title) is two
