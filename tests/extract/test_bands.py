"""Parents in rows across a table, or above its header; steps in rows or cells under an action."""

from __future__ import annotations

import pytest
from extract.documents import cell, item, outline, para, read, said, table

from pipeline.extract import extract
from pipeline.model import Block, Cell, Extraction, Table
from pipeline.readers.sheets import read_csv

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


def sheet(*rows: str) -> Extraction:
    """What is read of a spreadsheet whose cells are parted by semicolons, none of them merged."""
    return extract(read_csv("\n".join(rows).encode(), "suivi.csv"))


PLAN = [
    "os 1 | Rouler autrement, en ville comme au village",
    "  oo 1.1 | Pédaler",
    "    action | Tracer une piste",
    "    action | Prêter des vélos",
    "  oo 1.2 | Marcher",
    "    action | Élargir un trottoir",
]
TITLES = [line.split(" | ")[1] for line in PLAN]


@pytest.mark.parametrize(
    "heads",
    [
        ("1. ", "1.1. ", "1.2. "),
        ("01 ", "01.01 ", "01.02 "),
        ("A - ", "A.1 - ", "A.2 - "),
        ("OS 1 : ", "OO 1.1 : ", "OO 1.2 : "),
        ("Objectif stratégique : ", "Objectif opérationnel : ", "Objectif opérationnel : "),
    ],
)
@pytest.mark.parametrize("fields", ["", ";Travaux;2027"])
def test_rows_of_one_cell_are_the_parents_of_those_below(heads: tuple[str, str, str], fields: str) -> None:
    prefixes = iter((heads[0], heads[1], "", "", heads[2], ""))
    rows = [f"{prefix}{title}{'' if prefix else fields}" for prefix, title in zip(prefixes, TITLES, strict=True)]
    more = [f"{heads[0].replace('1', '2').replace('A', 'B')}Planter", *(f"{h}Semer{fields}" for h in ("",))]
    found = sheet("Suivi du plan", "Action;Service;Délai" if fields else "Action", *rows, *more)
    shown = [(line.split(" | ")[0].split()[0], line.split(" | ")[1]) for line in outline(found)]
    assert shown == [
        *((line.split(" | ")[0].split()[0], line.split(" | ")[1]) for line in PLAN),
        ("os", "Planter"),
        ("action", "Semer"),
    ]


def test_numbers_below_labels_in_a_list_of_one_column_are_those_of_actions() -> None:
    found = sheet("Actions", "OS1 : Rouler", "OO1 : Pédaler", "1. Tracer une piste", " - Choisir un tracé", "2. Prêter")
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1 | Pédaler",
        "    action 1 | Tracer une piste",
        "      sous_action | Choisir un tracé",
        "    action 2 | Prêter",
    ]


def test_a_row_of_one_bullet_in_a_spreadsheet_is_the_step_of_the_action_above() -> None:
    rows = ("Action;Service;Délai", "OO 1.1 : Pédaler;;", "Tracer une piste;Travaux;2027", " - Choisir un tracé;;")
    assert outline(sheet(*rows, "Prêter des vélos;;2028")) == [
        "oo 1.1 | Pédaler",
        "  action | Tracer une piste",
        "    sous_action | Choisir un tracé",
        "  action | Prêter des vélos",
    ]


def test_a_larger_number_in_the_last_row_of_a_table_heads_the_next_table() -> None:
    found = read(
        para("1. Rouler", outline=1, size_pt=16),
        para("1.1. Pédaler", outline=2, size_pt=14),
        banded(
            HEADER, ("Tracer une piste", "Travaux", "2027"), ([para("1.2. Marcher", outline=2, size_pt=14)], "", "")
        ),
        banded(HEADER, ("Élargir un trottoir", "Travaux", "2027")),
        para("2. Planter", outline=1, size_pt=16),
        para("2.1. Verdir", outline=2, size_pt=14),
        banded(HEADER, ("Semer une prairie", "Nature", "2027")),
    )
    assert outline(found)[:5] == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action | Tracer une piste",
        "  oo 1.2 | Marcher",
        "    action | Élargir un trottoir",
    ]


def test_a_labelled_element_alone_in_its_row_is_no_label_above_a_value() -> None:
    head = (cell("Réf.", 0, 0, rows=2), cell("Action", 0, 1, rows=2), "Calendrier")
    rows = (("A1.1", "Tracer une piste", "2027"), ("A2.1", "Élargir un trottoir", "2028"))
    across = [
        cell(text, row, 0, columns=3)
        for row, text in ((2, "Axe 1 – Mobilité"), (3, "OO1 – Pédaler"), (5, "OO2 – Marcher"))
    ]
    found = read(
        table(head, (None, None, "Échéance"), (across[0],), (across[1],), rows[0], (across[2],), rows[1]),
    )
    assert outline(found)[:3] == ["enjeu 1 | Mobilité", "  oo 1 | Pédaler", "    action 1.1 | Tracer une piste"]
    assert said(found, "Élargir un trottoir") == [("end", "2028")]


@pytest.mark.parametrize("word", ["Objectif", "Grande visée"])
def test_a_word_that_rows_across_repeat_before_a_colon_is_no_part_of_their_titles(word: str) -> None:
    def band(title: str) -> tuple[list[Block]]:
        return ([para(f"{word} : {title}", bold=True, size_pt=14.0)],)

    found = read(
        para("Programme stratégique transversal"),
        banded(
            HEADER,
            band("Partager le matériel"),
            ("Acheter une nacelle", "Travaux", "2027"),
            band("Regrouper les achats"),
            ("Conclure un marché", "Finances", "2028"),
        ),
    )
    assert [line.rpartition(" | ")[2] for line in outline(found)] == [
        "Partager le matériel",
        "Acheter une nacelle",
        "Regrouper les achats",
        "Conclure un marché",
    ]
    assert outline(found)[1].startswith("  action")
