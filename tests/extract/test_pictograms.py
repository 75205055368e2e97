"""Pictograms in front of titles, and statuses behind dashes, as shared documents on the web hold them."""

from __future__ import annotations

import pytest

from pipeline.text import split_pictograms
from tests.extract.documents import item, outline, para, read, said, table

PLAN = (
    para("\U0001f3af OS 1 : Vivre au village", outline=1),
    para("\U0001f449 OO 1.1 : Fleurir les places", outline=2),
)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("\U0001f3af OS 1", "OS 1"),
        ("\U0001f5fa\ufe0f Le territoire", "Le territoire"),
        ("\u2713 Planter", "\u2713 Planter"),  # a check mark says how far an action is
        ("\u2610 Planter", "\u2610 Planter"),
        ("\u2022 Planter", "\u2022 Planter"),
        ("\U0001f7e2", "\U0001f7e2"),
        ("Planter", "Planter"),
        ("", ""),
    ],
)
def test_pictograms_are_told_from_bullets_boxes_and_marks(text: str, rest: str) -> None:
    assert split_pictograms(text)[1] == rest


def test_pictograms_in_front_of_titles_are_dropped() -> None:
    found = read(*PLAN, item("\U0001f333 Planter des tilleuls"), item("\U0001f3a8 Peindre le kiosque"))
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "    action | Peindre le kiosque",
    ]


def test_one_pictogram_in_front_of_plain_paragraphs_is_their_bullet() -> None:
    titles = ("Planter des tilleuls", "Peindre le kiosque", "Réparer les bancs")
    found = read(*PLAN, *(para(f"\U0001f449 {title}") for title in titles))
    assert outline(found)[2:] == [f"    action | {title}" for title in titles]


def test_pictograms_of_cells_are_dropped() -> None:
    rows = (("Action", "Statut"), ("\U0001f333 Planter des tilleuls", "\U0001f7e1 En cours"))
    found = read(*PLAN, table(*rows, header=1))
    assert said(found, "Planter des tilleuls") == [("status", "En cours")]


def test_a_sign_that_a_legend_explains_stays_a_status() -> None:
    legend = para("\u2705 réalisé \u00b7 \U0001f7e1 en cours")
    found = read(legend, *PLAN, item("\U0001f7e1 Planter des tilleuls"), item("\u2705 Peindre le kiosque"))
    assert [s.value for s in found.statements if s.field == "status"] == ["EN_COURS", "TERMINE"]


def test_items_with_their_status_and_deadline_behind_dashes_are_no_values_of_the_item_before() -> None:
    found = read(
        *PLAN,
        item("Planter des tilleuls \u2014 \U0001f7e1 en cours \u2014 échéance : 2027"),
        item("Peinture du kiosque \u2014 \u2705 réalisé \u2014 échéance : 2025"),
        item("Fleurir les ronds-points \u2013 à démarrer \u2013 2028"),
        item("Réparer les bancs \U0001f7e1 en cours"),
        item("Ouvrir un sentier - le long du ruisseau"),
        item("Curer les fossés (Contremaître \u2013 2029)"),
    )
    assert said(found, "Planter des tilleuls") == [("end", "2027"), ("status", "en cours")]
    assert said(found, "Peinture du kiosque") == [("end", "2025"), ("status", "réalisé")]
    assert said(found, "Fleurir les ronds-points") == [("end", "2028"), ("status", "à démarrer")]
    assert said(found, "Réparer les bancs") == [("status", "en cours")]
    assert said(found, "Ouvrir un sentier - le long du ruisseau") == []
    assert said(found, "Curer les fossés") == [("service", "Contremaître"), ("end", "2029")]


def test_the_word_for_a_status_in_brackets_is_no_part_of_a_title() -> None:
    found = read(*PLAN, item("Planter des tilleuls (abandonné)"), item("Peindre le kiosque (du parc)"))
    assert said(found, "Planter des tilleuls") == [("status", "abandonné")]
    assert said(found, "Peindre le kiosque (du parc)") == []
