"""Visions: enjeux and commitments, told from plans with actions."""

from __future__ import annotations

import pytest

from pipeline.model import Block
from tests.extract.documents import item, outline, para, read

PROMISES = ("Nous ouvrirons la maison", "Nous ne vendrons plus de terres", "Nous réparerons", "Nous éteindrons la nuit")


def text(title: str, heads: tuple[str, str], lines: list[Block]) -> list[str]:
    first, second = (para(head, size_pt=16, bold=True) for head in heads)
    half = len(lines) // 2
    return outline(read(para(title, size_pt=24, bold=True), first, *lines[:half], second, *lines[half:]))


LABELLED = ("Enjeu 1 : Une ville ouverte", "Enjeu 2 : Une ville sobre")


@pytest.mark.parametrize(
    ("title", "heads", "enjeu"),
    [
        ("13 engagements pour Beauvoir", LABELLED, "enjeu 1 | Une ville ouverte"),
        ("La vision du Collège 2024-2030", LABELLED, "enjeu 1 | Une ville ouverte"),
        ("Nos engagements pour Beauvoir", ("Une ville ouverte", "Une ville sobre"), "enjeu | Une ville ouverte"),
        ("La vision de Beauvoir", ("1. Une ville ouverte", "2. Une ville sobre"), "enjeu 1 | Une ville ouverte"),
    ],
)
def test_what_begins_with_nous_is_a_commitment(title: str, heads: tuple[str, str], enjeu: str) -> None:
    assert text(title, heads, [item(promise) for promise in PROMISES])[:3] == [
        enjeu,
        "  engagement | Nous ouvrirons la maison",
        "  engagement | Nous ne vendrons plus de terres",
    ]


@pytest.mark.parametrize("look", ["paragraph", "bold", "number"])
def test_a_commitment_needs_no_bullet(look: str) -> None:
    lines = [
        item(promise, number=f"{count}.") if look == "number" else para(f"{promise}", bold=look == "bold")
        for count, promise in enumerate(PROMISES, 1)
    ]
    code = " 4" if look == "number" else ""
    assert text("Notre vision pour 2030", LABELLED, lines)[-1] == f"  engagement{code} | Nous éteindrons la nuit"


@pytest.mark.parametrize(
    "announcement", ["Nous nous engageons à :", "La commune s'engage à :", "Nous prenons les engagements suivants :"]
)
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("heads", [LABELLED, ("Une ville ouverte", "Une ville sobre")])
def test_what_is_announced_is_a_commitment(announcement: str, heads: tuple[str, str], *, bold: bool) -> None:
    listed = [item("ouvrir la maison"), item("garder les terres")]
    lines = [para(announcement, bold=bold), *listed, para(announcement, bold=bold), item("réparer"), item("éteindre")]
    found = text("Vision 2030 de la Province", heads, lines)
    assert [line.partition(" | ")[2] for line in found if line.startswith("  engagement")] == [
        "ouvrir la maison", "garder les terres", "réparer", "éteindre",
    ]  # fmt: skip
    assert len(found) == 6


def test_a_plan_keeps_its_actions_however_they_begin() -> None:
    promises = [item(promise) for promise in PROMISES]
    axes = text("Programme stratégique transversal 2024-2030", ("Axe 1 : Ouvrir", "Axe 2 : Épargner"), promises)
    assert axes[1] == "  action | Nous ouvrirons la maison"
    objectives = text("PST 2024-2030 : nos engagements", ("OS 1 : Ouvrir", "OS 2 : Épargner"), promises)
    assert objectives[1] == "  action | Nous ouvrirons la maison"
    announced = [para("Nous nous engageons à :"), item("ouvrir"), para("Nous nous engageons à :"), item("réparer")]
    assert text("Notre vision et notre plan", ("OO 1 : Ouvrir", "OO 2 : Épargner"), announced)[1] == "  action | ouvrir"


def test_headings_beside_labelled_challenges_are_none() -> None:
    found = read(
        para("Nos engagements pour Beauvoir", size_pt=24, bold=True),
        para("Notre méthode", size_pt=16, bold=True),
        para("Une enquête a été menée."),
        para("Défi 1 : Une ville ouverte", size_pt=20, bold=True),
        *[item(promise) for promise in PROMISES[:2]],
        para("Défi 2 : Une ville sobre", size_pt=20, bold=True),
        *[item(promise) for promise in PROMISES[2:]],
        para("Et ensuite", size_pt=16, bold=True),
    )
    assert [line for line in outline(found) if line.startswith("enjeu")] == [
        "enjeu 1 | Une ville ouverte",
        "enjeu 2 | Une ville sobre",
    ]


def test_a_sentence_above_an_announced_list_is_no_commitment_however_it_begins() -> None:
    first, second = (
        [para("Nous nous engageons à :"), item(promise), item("rendre compte chaque année"), item("accueillir")]
        for promise in ("ouvrir la maison", "éteindre la nuit")
    )
    prose = para("Nous vivons avec la rivière, et elle avec nous.")
    found = text("La vision de Beauvoir", LABELLED, [prose, *first, *second, para("Texte adopté par le conseil.")])
    assert [line.strip() for line in found if "engagement" in line] == [
        "engagement | ouvrir la maison",
        "engagement | rendre compte chaque année",
        "engagement | accueillir",
        "engagement | éteindre la nuit",
        "engagement | rendre compte chaque année",
        "engagement | accueillir",
    ]
