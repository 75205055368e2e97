"""What a person gets from tables whose headers alone do not say what their columns are."""

from __future__ import annotations

import pytest
from extract.documents import cell, nodes, outline, para, read, said, table, values

from pipeline.extract.columns import holds_figures
from pipeline.extract.signatures import Line
from pipeline.model import Extraction

EXPORT = (
    ("Axe", "PST 2024-2030", "Mobilité douce", ""),
    ("Objectif", "PST 2024-2030 > Mobilité douce", "Pédaler plus souvent", ""),
    ("Action", "PST 2024-2030 > Mobilité douce > Pédaler plus souvent", "Tracer une piste", "2026"),
    ("Tâche", "PST 2024-2030 > Mobilité douce > Pédaler plus souvent > Tracer une piste", "Lever le plan", "2025"),
    ("Action", "PST 2024-2030 > Mobilité douce > Pédaler plus souvent", "Prêter des vélos", "2027"),
    ("Axe", "PST 2024-2030", "Cadre de vie", ""),
    ("Objectif", "PST 2024-2030 > Cadre de vie", "Fleurir les villages", ""),
    ("Action", "PST 2024-2030 > Cadre de vie > Fleurir les villages", "Semer des prés fleuris", "2028"),
)
NESTED = [
    "enjeu | Mobilité douce",
    "  oo | Pédaler plus souvent",
    "    action | Tracer une piste",
    "      sous_action | Lever le plan",
    "    action | Prêter des vélos",
    "enjeu | Cadre de vie",
    "  oo | Fleurir les villages",
    "    action | Semer des prés fleuris",
]
MERGED = (
    ("Tracer une piste", "2026"),
    ("Prêter des vélos", "2027"),
    ("Semer des prés fleuris", "2028"),
    ("Planter une haie", "2029"),
)


def export(*columns: int, headers: tuple[str, ...], rows: tuple[tuple[str, ...], ...] = EXPORT) -> Extraction:
    return read(table(headers, *(tuple(row[column] for column in columns) for row in rows)))


def grouped(head: str, first: str = "Pédaler plus souvent", second: str = "Fleurir les villages") -> Extraction:
    """A table whose first column is merged over two rows each."""
    texts = (cell(first, 1, 0, rows=2), None, cell(second, 3, 0, rows=2), None)
    rows = [(text, *row) for text, row in zip(texts, MERGED, strict=True)]
    return read(para("Axe 1 : Vivre ici", outline=1), table((head, "Projet", "Échéance"), *rows))


def test_a_column_of_types_tells_levels_also_where_objectif_is_one_of_them() -> None:
    found = export(0, 2, 3, headers=("Type", "Intitulé", "Échéance"))
    assert outline(found) == NESTED
    assert not values(found, "kind")


def test_two_words_for_one_level_stand_one_below_the_other() -> None:
    words = {"Axe": "Objectif", "Objectif": "Sous-objectif"}
    rows = tuple((words.get(kind, kind), *rest) for kind, *rest in EXPORT)
    found = export(0, 2, 3, headers=("Type", "Intitulé", "Échéance"), rows=rows)
    assert outline(found) == [line.replace("enjeu", "os") for line in NESTED]


def test_the_way_to_a_row_puts_it_under_its_parents_in_any_order() -> None:
    rows = (*EXPORT[:1], *EXPORT[5:], *EXPORT[1:5])
    found = export(0, 1, 2, 3, headers=("Type", "Chemin", "Intitulé", "Échéance"), rows=rows)
    assert sorted(outline(found)) == sorted(NESTED)
    assert outline(found)[:2] == ["enjeu | Mobilité douce", "  oo | Pédaler plus souvent"]


@pytest.mark.parametrize("closed", [False, True], ids=["parents", "parents_and_title"])
def test_the_way_to_a_row_tells_its_level_where_no_column_does(closed: bool) -> None:
    rows = tuple((kind, f"{way} > {title}" if closed else way, title, end) for kind, way, title, end in EXPORT)
    found = export(1, 2, 3, headers=("Chemin", "Intitulé", "Échéance"), rows=rows)
    assert outline(found) == [line.replace("enjeu", "os") for line in NESTED]


def test_ways_to_rows_name_parents_that_have_no_row() -> None:
    rows = tuple(row for row in EXPORT if row[0] == "Action")
    numbered = tuple((str(number), *row) for number, row in enumerate(rows, 7))
    found = export(0, 2, 3, 4, headers=("N°", "Chemin", "Intitulé", "Échéance"), rows=numbered)
    assert outline(found) == [
        "os | Mobilité douce",
        "  oo | Pédaler plus souvent",
        "    action 7 | Tracer une piste",
        "    action 8 | Prêter des vélos",
        "os | Cadre de vie",
        "  oo | Fleurir les villages",
        "    action 9 | Semer des prés fleuris",
    ]
    assert said(found, "Prêter des vélos") == [("end", "2027")]


@pytest.mark.parametrize("head", ["Finalité", "Chantier", "But poursuivi"])
def test_cells_merged_over_projects_are_their_parents_whatever_their_word(head: str) -> None:
    assert outline(grouped(head)) == [
        "enjeu 1 | Vivre ici",
        "  oo | Pédaler plus souvent",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
        "  oo | Fleurir les villages",
        "    action | Semer des prés fleuris",
        "    action | Planter une haie",
    ]


def test_merged_cells_of_a_known_field_or_of_sentences_are_no_parents() -> None:
    titles = ["enjeu 1 | Vivre ici", *(f"  action | {title}" for title, _ in MERGED)]
    assert outline(grouped("Service", "Service Mobilité", "Service Environnement")) == titles
    told = "Les routes sont étroites. Rien n'y est prévu pour les vélos."
    assert outline(grouped("Contexte", told, "Les talus sont fauchés trop tôt. Les fleurs y manquent.")) == titles


def test_a_number_left_of_merged_parents_is_that_of_the_project() -> None:
    texts = (cell("Pédaler plus souvent", 1, 1, rows=2), None, cell("Fleurir les villages", 3, 1, rows=2), None)
    rows = [(str(n), text, *row) for n, (text, row) in enumerate(zip(texts, MERGED, strict=True), 1)]
    found = read(table(("N°", "Finalité", "Projet", "Échéance"), *rows))
    assert outline(found)[:3] == [
        "oo | Pédaler plus souvent",
        "  action 1 | Tracer une piste",
        "  action 2 | Prêter des vélos",
    ]


def test_two_columns_of_one_level_stand_one_in_the_other() -> None:
    found = read(
        table(
            ("Axe", "Thématique", "N°", "Action"),
            (cell("Axe 1 : Vivre ici", 1, 0, rows=3), cell("1.1 Rouler", 1, 1, rows=2), "1.1.1", "Tracer une piste"),
            (None, None, "1.1.2", "Prêter des vélos"),
            (None, "1.2 Fleurir", "1.2.1", "Semer des prés fleuris"),
        )
    )
    assert outline(found) == [
        "enjeu 1 | Vivre ici",
        "  os 1.1 | Rouler",
        "    action 1.1.1 | Tracer une piste",
        "    action 1.1.2 | Prêter des vélos",
        "  os 1.2 | Fleurir",
        "    action 1.2.1 | Semer des prés fleuris",
    ]


def test_codes_below_a_word_for_actions_are_those_of_the_titles_beside_them() -> None:
    found = read(
        para("OO 1.1 : Pédaler plus", bold=True),
        table(
            ("Fiche", "Intitulé du projet", "Échéance"),
            ("1.1", "Tracer une piste", "2026"),
            ("1.2", "Prêter des vélos", "2027"),
        ),
    )
    assert outline(found)[1:] == ["  action 1.1 | Tracer une piste", "  action 1.2 | Prêter des vélos"]


def test_the_counts_of_a_dashboard_are_no_actions() -> None:
    dashboard = table(
        ("Objectif stratégique", "Actions", "Terminées"),
        ("OS 1 : Rouler autrement", "5", "1"),
        ("OS 2 : Fleurir les villages", "7", "3"),
        ("Total", "=SUM(B2:B3)", "=SUM(C2:C3)"),
    )
    assert outline(read(dashboard)) == ["os 1 | Rouler autrement", "os 2 | Fleurir les villages"]


def test_a_table_of_figures_is_text() -> None:
    rivers = table(
        ("Cours d'eau", "Catégorie", "Longueur (km)"),
        ("Le Ry", "1", "42,3"),
        ("La Fosse", "2", "18,9"),
    )
    assert {node.kind for node in nodes(rivers) if isinstance(node, Line)} == {"paragraph"}
    objectives = table(("Objectifs", "Page"), ("OS 1 : Rouler autrement", "4"), ("OS 2 : Fleurir les villages", "9"))
    assert objectives.table is not None
    assert not holds_figures(objectives.table)


def test_a_sheet_after_the_plan_is_the_action_of_the_table_with_its_code_and_title() -> None:
    found = read(
        para("Axe 1 : Rouler", outline=1),
        para("Objectif opérationnel 1.1 : Pédaler plus", outline=2),
        table(("N°", "Action", "Échéance"), ("1.1.1", "Tracer une piste", "2026"), ("1.1.2", "Prêter un vélo", "2027")),
        para("Objectif opérationnel 1.2 : Marcher plus", outline=2),
        table(("N°", "Action", "Échéance"), ("1.2.1", "Élargir un trottoir", "2026")),
        table(
            (cell("Fiche-action 1.1.2 – Prêter un vélo", 0, 0, columns=2), None),
            ("Service", "Mobilité"),
            ("Échéance", "2027"),
            ("Partenaires", "CPAS"),
        ),
    )
    assert outline(found)[2:] == [
        "    action 1.1.1 | Tracer une piste",
        "    action 1.1.2 | Prêter un vélo",
        "  oo 1.2 | Marcher plus",
        "    action 1.2.1 | Élargir un trottoir",
        "[action 1.1.2 | Prêter un vélo]",
    ]


@pytest.mark.parametrize(
    ("parts", "volets"),
    [
        (("Partie IV – Stratégie", "Partie V – Projets"), 0),
        (("Partie IV – Projets",), 0),
        (("Volet 2 : externe",), 1),
        (("Volet 1 : interne", "Volet 2 : externe"), 2),
    ],
)
def test_parts_of_a_larger_document_are_no_volets(parts: tuple[str, ...], volets: int) -> None:
    read_lines = [node for node in nodes(*map(para, parts), para("OS 1 : Rouler autrement")) if isinstance(node, Line)]
    assert sum(line.kind == "label volet" for line in read_lines) == volets
