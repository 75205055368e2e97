"""Parents in rows across a table, or above its header; steps in rows or cells under an action."""

from __future__ import annotations

import pytest
from extract.documents import cell, item, outline, para, read, said, table

from pipeline.model import Block, Cell, Table

HEADER = ("Action", "Service", "Délai")


def banded(*rows: tuple[str | list[Block], ...]) -> Block:
    """A table of three columns whose rows of one text go across."""
    cells: list[Cell] = []
    for index, row in enumerate(rows):
        columns = 3 if len(row) == 1 else 1
        cells += [cell(text, index, place, columns=columns) for place, text in enumerate(row)]
    return Block(table=Table(len(rows), 3, tuple(cells)))


def test_numbers_in_rows_across_a_table_are_its_parents() -> None:
    found = read(
        para("Programme stratégique transversal"),
        banded(
            HEADER,
            ("1. Rouler autrement",),
            ("1.1. Pédaler",),
            ("Tracer une piste", "Travaux", "2027"),
            ("1.2. Partager les trajets",),
            ("Ouvrir une aire de covoiturage", "Travaux", "2028"),
            ("2. Vivre la nuit",),
            ("2.1. Éclairer",),
            ("Changer les ampoules", "Énergie", "2026"),
        ),
    )
    assert outline(found) == [
        "os 1 | Rouler autrement",
        "  oo 1.1 | Pédaler",
        "    action | Tracer une piste",
        "  oo 1.2 | Partager les trajets",
        "    action | Ouvrir une aire de covoiturage",
        "os 2 | Vivre la nuit",
        "  oo 2.1 | Éclairer",
        "    action | Changer les ampoules",
    ]
    assert said(found, "Changer les ampoules") == [("service", "Énergie"), ("end", "2026")]


def test_numbers_above_the_headers_of_tables_are_parents_and_plain_titles_are_not() -> None:
    def tables(*titles: str) -> list[Block]:
        return [
            banded((t,), HEADER, (f"Tracer la piste {i}", "Travaux", "2027"), (f"Border la piste {i}", "", "2028"))
            for i, t in zip(("nord", "sud"), titles, strict=True)
        ]

    plan = para("Objectifs stratégiques et actions du PST", outline=1)
    assert outline(read(plan, *tables("1. Rouler", "2. Marcher")))[:2] == [
        "os 1 | Rouler",
        "  action | Tracer la piste nord",
    ]
    plain = tables("Suivi du nord", "Suivi du sud")
    found = outline(read(para("OS 1 : Rouler", outline=1), para("OO 1.1 : Pédaler", outline=2), *plain))
    assert found[:3] == ["os 1 | Rouler", "  oo 1.1 | Pédaler", "    action | Tracer la piste nord"]
    assert not any("Suivi" in line for line in found)


def test_a_row_of_one_bullet_under_an_action_is_its_step() -> None:
    found = read(
        banded(
            HEADER,
            ("OS 1 : Rouler",),
            ("OO 1.1 : Pédaler",),
            ("Tracer une piste", "Travaux", "2027"),
            ([item("Choisir un tracé")], "", ""),
            ([item("Désigner un auteur de projet")], "", ""),
            ("Prêter des vélos", "Jeunesse", "2028"),
        )
    )
    assert outline(found)[2:] == [
        "    action | Tracer une piste",
        "      sous_action | Choisir un tracé",
        "      sous_action | Désigner un auteur de projet",
        "    action | Prêter des vélos",
    ]


def test_the_fields_of_a_row_are_those_of_its_action_not_of_the_steps_in_a_cell() -> None:
    steps = [item("Choisir un tracé"), item("Désigner un auteur de projet")]
    found = read(
        para("OO 1.1 : Pédaler", outline=1),
        table(("Projet", "Étapes", "Service"), ("Tracer une piste", steps, "Travaux"), ("Prêter des vélos", "", "")),
    )
    assert outline(found) == [
        "oo 1.1 | Pédaler",
        "  action | Tracer une piste",
        "    sous_action | Choisir un tracé",
        "    sous_action | Désigner un auteur de projet",
        "  action | Prêter des vélos",
    ]
    assert said(found, "Tracer une piste") == [("service", "Travaux")]
    assert said(found, "Désigner un auteur de projet") == []


def test_bullets_beside_the_label_of_a_lower_level_are_elements_of_a_sheet() -> None:
    found = read(
        table(
            ("Objectif opérationnel", "OO 2. Pédaler"),
            ("Objectif stratégique", "OS 1. Rouler"),
            ("Action", [item("Tracer une piste"), item("Prêter des vélos")]),
            ("Service", "Travaux"),
        ),
        table(
            ("Objectif opérationnel", "OO 3. Marcher"),
            ("Objectif stratégique", "OS 1. Rouler"),
            ("Action", [item("Élargir un trottoir"), item("Éclairer la place")]),
            ("Service", "Jeunesse"),
        ),
    )
    assert outline(found)[:4] == [
        "os 1 | Rouler",
        "  oo 2 | Pédaler",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
    ]
    assert said(found, "Pédaler") == [("service", "Travaux")]


def test_the_heads_of_the_parts_of_a_sheet_close_nothing() -> None:
    sheet = banded(
        ([para("Identification", bold=True)],),
        ("Mandataire", "Bourgmestre", ""),
        ([para("Acteurs", bold=True)],),
        ("Service", "Travaux", ""),
        ([para("Planning", bold=True)],),
        ("Délai", "2027", ""),
    )
    found = read(
        para("OS 1 : Rouler", outline=1),
        para("OO 1.1 : Pédaler", outline=2),
        para("Action 1.1.1 : Tracer une piste", bold=True),
        sheet,
    )
    assert said(found, "Tracer une piste") == [("mandataire", "Bourgmestre"), ("service", "Travaux"), ("end", "2027")]


@pytest.mark.parametrize("legend", ["Légende des états d'avancement", "Glossaire"])
def test_a_table_that_lists_elements_with_fields_is_no_legend(legend: str) -> None:
    rows = [
        ("Niveau", "N°", "Intitulé", "Délai"),
        ("Axe stratégique", "1", "Rouler", ""),
        ("Action", "1.1", "Pédaler", "2027"),
        ("Action", "1.2", "Lire", "2028"),
    ]
    plan = para("Plan stratégique transversal : objectifs stratégiques et actions", outline=1)
    found = read(plan, para(legend, outline=1), para("En cours : le travail a commencé"), table(*rows))
    assert [line.strip() for line in outline(found)][-2:] == ["action 1.1 | Pédaler", "action 1.2 | Lire"]
