"""Items of an agenda around the plan, and words that a document defines before it."""

from __future__ import annotations

import pytest
from extract.documents import outline, para, read

from pipeline.model import Block

PLAN = (
    ("OS 1 : Vivre au village", True),
    ("OO 1.1 : Fleurir les places", False),
    ("Action 1.1.1 : Planter des tilleuls", False),
    ("OS 2 : Rouler autrement", True),
    ("OO 2.1 : Tracer des pistes", False),
    ("Action 2.1.1 : Peindre les bandes", False),
)
TREE = [
    "os 1 | Vivre au village",
    "  oo 1.1 | Fleurir les places",
    "    action 1.1.1 | Planter des tilleuls",
    "os 2 | Rouler autrement",
    "  oo 2.1 | Tracer des pistes",
    "    action 2.1.1 | Peindre les bandes",
]
POINTS = (
    "Procès-verbal de la séance précédente – Approbation",
    "Programme stratégique transversal – Prise d'acte",
    "Marché de travaux – Réfection de la rue du Lavoir",
    "Questions orales",
)


def minutes(form: str, *, bold: bool, listed_first: bool = False) -> list[Block]:
    blocks = [para("Procès-verbal du conseil communal", bold=True, size_pt=16.0)]
    if listed_first:
        blocks += [para(form.format(n=n, title=title)) for n, title in enumerate(POINTS, 1)]
    for n, title in enumerate(POINTS, 1):
        blocks.append(para(form.format(n=n, title=title), bold=bold))
        blocks.append(para("Le Conseil, après en avoir délibéré, approuve le texte qui lui est soumis ce jour."))
        if n == 2:
            blocks += [para(text, bold=strong) for text, strong in PLAN]
    return blocks


FORMS = ("{n}. {title}", "{n}) {title}", "{n}° {title}", "Point {n} : {title}", "Point n° {n} – {title}")


@pytest.mark.parametrize("form", FORMS)
def test_the_items_of_an_agenda_around_the_plan_are_no_elements(form: str) -> None:
    assert outline(read(*minutes(form, bold=True))) == TREE


def test_items_set_like_the_text_are_no_elements_either() -> None:
    assert outline(read(*minutes("{n}. {title}", bold=False))) == TREE


def test_an_agenda_listed_before_it_is_treated_holds_no_elements() -> None:
    assert outline(read(*minutes("{n}. {title}", bold=False, listed_first=True))) == TREE


def test_numbered_actions_below_labelled_objectives_stay_actions() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        *(para(f"{n}. Planter des tilleuls rue {n}") for n in range(1, 4)),
        para("OS 2 : Rouler autrement", outline=1),
        para("OO 2.1 : Tracer des pistes", outline=2),
        *(para(f"{n}. Peindre les bandes rue {n}") for n in range(1, 4)),
    )
    assert len([line for line in outline(found) if line.startswith("    action")]) == 6


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("une grande orientation politique", "ce que la Ville veut avoir changé ; son numéro suit celui de l'axe"),
        ("Une grande orientation politique.", "Un changement que la Ville veut obtenir."),
    ],
)
def test_terms_over_their_definitions_are_no_elements(upper: str, lower: str) -> None:
    found = read(
        para("De quoi parle-t-on ?", outline=1),
        para("Axe", bold=True),
        para(upper),
        para("Objectif stratégique", bold=True),
        para(lower),
        *(
            para(text, outline=depth)
            for n in (1, 2, 3)
            for text, depth in ((f"Axe {n} : Vivre {n}", 1), (f"Objectif stratégique {n}.1 : Fleurir {n}", 2))
        ),
    )
    assert outline(found) == [
        line for n in (1, 2, 3) for line in (f"enjeu {n} | Vivre {n}", f"  os {n}.1 | Fleurir {n}")
    ]


def test_the_next_object_of_an_extract_is_no_sub_action_of_the_plan_before_it() -> None:
    found = read(
        para("Extrait du registre aux délibérations", bold=True, size_pt=14.0),
        para("8. OBJET : Programme stratégique transversal – Prise d'acte", bold=True),
        para("Le Conseil prend acte du programme, annexé à la présente délibération."),
        para("ANNEXE – PROGRAMME STRATÉGIQUE TRANSVERSAL", bold=True, size_pt=18.0),
        *(para(text, bold=outer, size_pt=14.0 if outer else 11.0) for text, outer in PLAN),
        para("9. OBJET : Marché public de fournitures – Conditions", bold=True),
        para("Le Conseil, en séance publique, approuve le cahier des charges et le montant estimé."),
    )
    assert outline(found) == TREE
