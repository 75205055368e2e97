"""Words that name a level in part («Objectif 1»), counts apart from their titles, objectives over other levels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extract.documents import cell, item, outline, para, read, table, values

from pipeline.model import Block, Extraction, Marker, Position

OBJECTIVES = (
    ("Fleurir les places", ("Planter des tilleuls", "Poser des bacs")),
    ("Animer les soirées", ("Ouvrir un kiosque", "Inviter des fanfares")),
    ("Ouvrir les écoles", ("Prolonger la garderie", "Rénover la cour")),
)


def parents_of(extraction: Extraction) -> dict[str, str]:
    """The title of the parent of each element that has one, by its own."""
    titles, parents = values(extraction, "title"), values(extraction, "parent")
    return {title: titles[parents[mention]] for mention, title in titles.items() if parents.get(mention)}


@pytest.mark.parametrize("upper", ["Priorité {} : ", "Défi {} – ", "PRIORITÉ {} : "])
def test_half_labels_in_running_text_that_begin_again_are_the_level_between(upper: str) -> None:
    found = read(
        para("Programme stratégique transversal 2024-2030"),
        para(f"{upper.format('I')}Vivre au village", bold=True),
        para("Objectif 1 : Fleurir les places"),
        *(para("a) Planter des tilleuls ;"), para("b) Poser des bacs.")),
        para("Objectif 2 : Animer les soirées"),
        *(para("a) Ouvrir un kiosque ;"), para("b) Inviter des fanfares.")),
        para(f"{upper.format('II')}Bien grandir", bold=True),
        para("Objectif 1 : Ouvrir les écoles"),
        *(para("a) Prolonger la garderie ;"), para("b) Rénover la cour.")),
    )
    above = parents_of(found)
    assert above["Animer les soirées"] == "Vivre au village"
    assert above["Ouvrir les écoles"] == "Bien grandir"
    assert (above["Poser des bacs"], above["Rénover la cour"]) == ("Fleurir les places", "Ouvrir les écoles")
    assert [line.split()[0] for line in outline(found)].count("action") == 6


def test_half_labels_of_a_foreword_are_no_level() -> None:
    aims = ("Informer", "Écouter", "Décider")
    found = read(
        *(para(text) for n, aim in enumerate(aims, 1) for text in (f"Objectif {n} : {aim}", "Un livret paraît.")),
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        para("Action 2 : Ouvrir un kiosque", outline=2),
    )
    assert [line.split(" | ")[0].strip() for line in outline(found)] == ["os 1", "action 1", "action 2"]


def test_a_half_label_that_the_numbering_of_the_word_processor_gives_is_one() -> None:
    def numbered(marker: str, title: str, level: int) -> Block:
        return replace(para(title, outline=level), marker=marker, marker_kind=Marker.NUMBER)

    found = read(
        numbered("Enjeu 1 :", "Vivre au village", 1),
        numbered("Objectif 1.1 :", "Fleurir les places", 2),
        *(numbered("1.1.1", "Planter des tilleuls", 3), numbered("1.1.2", "Poser des bacs", 3)),
        numbered("Objectif 1.2 :", "Animer les soirées", 2),
        numbered("1.2.1", "Ouvrir un kiosque", 3),
    )
    assert outline(found) == [
        "enjeu 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action 1.1.1 | Planter des tilleuls",
        "    action 1.1.2 | Poser des bacs",
        "  oo 1.2 | Animer les soirées",
        "    action 1.2.1 | Ouvrir un kiosque",
    ]


@pytest.mark.parametrize("codes_of", ["B.{}", "{}"])
def test_half_labels_in_rows_across_a_table_are_levels(codes_of: str) -> None:
    texts = [["Action", "Service", "Échéance"]]
    for number, (objective, actions) in enumerate(OBJECTIVES, 1):
        texts.append([f"Objectif {codes_of.format(number)} – {objective}"])
        texts += [[action, "Service Travaux", "2027"] for action in actions]
    rows = [
        [cell(text, row, column, columns=3 if len(printed) == 1 else 1) for column, text in enumerate(printed)]
        for row, printed in enumerate(texts)
    ]
    grid = table(*rows)
    found = read(para("Domaine B – Vivre au village", outline=1), grid)
    lines = outline(found)
    assert lines[:3] == [
        "enjeu B | Vivre au village",
        f"  oo 1 | {OBJECTIVES[0][0]}",
        f"    action | {OBJECTIVES[0][1][0]}",
    ]
    assert f"  oo 3 | {OBJECTIVES[2][0]}" in lines


def test_counts_on_opening_slides_are_joined_with_their_titles_and_the_list_of_them_adds_nothing() -> None:
    def slide(page: int, title: str, *texts: Block) -> list[Block]:
        place = Position(page_number=page)
        return [replace(block, position=place) for block in (para(title, outline=1), *texts)]

    found = read(
        *slide(1, "Programme stratégique transversal"),
        *slide(2, "Nos deux priorités", item("1. Vivre au village"), item("2. Bien grandir")),
        *slide(3, "Priorité 1", para("Vivre au village", size_pt=30.0)),
        *slide(4, "Objectif 1.1 – Fleurir les places", item("Planter des tilleuls"), item("Poser des bacs")),
        *slide(5, "Objectif 1.1 – Fleurir les places (suite)", item("Semer des prairies"), item("Arroser")),
        *slide(6, "Priorité 2", para("Bien grandir", size_pt=30.0)),
        *slide(7, "Objectif 2.1 – Ouvrir les écoles", item("Prolonger la garderie"), item("Rénover la cour")),
    )
    above = parents_of(found)
    assert above["Fleurir les places"] == "Vivre au village"
    assert (above["Semer des prairies"], above["Rénover la cour"]) == ("Fleurir les places", "Ouvrir les écoles")
    assert "Fleurir les places (suite)" not in values(found, "title").values()


@pytest.mark.parametrize("middle", ["Stratégie {} : ", "Piste {} – "])
@pytest.mark.parametrize("upper", ["Objectif spécifique", "Levier"])
def test_an_objective_over_lines_that_count_a_word_is_an_os(upper: str, middle: str) -> None:
    found = read(
        para("Plan de pilotage"),
        *(para(f"{upper} 1 : Mieux lire", outline=2), para("Les résultats stagnent.")),
        *(para(f"{middle.format('1.1')}Harmoniser", outline=3), item("Élaborer un référentiel"), item("Lire")),
        *(para(f"{middle.format('1.2')}Observer", outline=3), item("Organiser des visites"), item("Échanger")),
        *(para(f"{upper} 2 : Mieux vivre", outline=2), para("Les enfants sont inquiets.")),
        *(para(f"{middle.format('2.1')}Aménager", outline=3), item("Tracer trois zones"), item("Planter")),
    )
    assert outline(found)[:3] == ["os 1 | Mieux lire", "  oo 1.1 | Harmoniser", "    action | Élaborer un référentiel"]
