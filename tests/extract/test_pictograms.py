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
        ("\ufffd Planter", "\ufffd Planter"),  # decoding lost a sign: a person should see it
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


def test_signs_of_statuses_without_a_legend_are_one_list_and_say_what_they_mean_to_all() -> None:
    signed = ("\u2705 Planter des tilleuls", "\u2705 Peindre le kiosque", "\u274c Tondre la pelouse", "\u23f3 Tailler")
    found = read(*PLAN, *map(para, signed))
    assert outline(found)[2:] == [
        "    action | Planter des tilleuls",
        "    action | Peindre le kiosque",
        "    action | \u274c Tondre la pelouse",
        "    action | \u23f3 Tailler",
    ]
    assert [(s.original, s.value) for s in found.statements if s.field == "status"] == [("\u2705", "TERMINE")] * 2


def test_signs_of_statuses_in_items_and_cells_stay_with_the_titles() -> None:
    rows = (("Action", "Priorité"), ("\U0001f7e2 Tailler les haies", "\U0001f534 Priorité 1"))
    found = read(*PLAN, item("\u2705 Planter des tilleuls"), item("\U0001f534 Réparer les bancs"), table(*rows))
    assert said(found, "Planter des tilleuls") == [("status", "\u2705")]
    assert said(found, "\U0001f534 Réparer les bancs") == []
    assert said(found, "\U0001f7e2 Tailler les haies") == [("priority", "Priorité 1")]


def test_a_check_that_stands_alone_in_front_of_all_is_a_bullet_and_no_status() -> None:
    titles = ("Planter des tilleuls", "Peindre le kiosque", "Réparer les bancs")
    found = read(*PLAN, *(para(f"\u2705 {title}") for title in titles))
    assert outline(found)[2:] == [f"    action | {title}" for title in titles]
    assert "status" not in {s.field for s in found.statements}


def test_the_sign_of_a_status_in_front_of_a_label_is_that_of_its_title() -> None:
    actions = ("\u2705 Action 1.1.1 : Planter des tilleuls", "\u274c Action 1.1.2 : Peindre le kiosque")
    found = read(*PLAN, *(para(action, outline=3) for action in actions))
    assert outline(found)[2:] == [
        "    action 1.1.1 | Planter des tilleuls",
        "    action 1.1.2 | Peindre le kiosque \u274c",
    ]
    assert said(found, "Planter des tilleuls") == [("status", "\u2705")]
