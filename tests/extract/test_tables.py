"""What a person gets from tables: grids, boards, sheets of labels and values, tables that only serve as layout."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from extract.documents import cell, codes, document, fates, item, nodes, outline, para, read, said, table, values

from pipeline.extract import extract
from pipeline.extract.sheet_tables import Sheet
from pipeline.extract.tables import Grid
from pipeline.model import Block, Cell, Extraction, Marker, Role, Table

OBJECTIVES = (para("OS 1 : Rouler autrement", bold=True), para("OO 1.1 : Pédaler plus", bold=True))


def indented(text: str, indent_pt: float) -> list[Block]:
    return [para(text, indent_pt=indent_pt)]


# --------------------------------------------------------------------------------------------------------------- grids


def test_a_row_is_an_action_and_its_columns_are_fields() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("N°", "Action", "Responsable", "Échéance"),
            ("1.1.1", "Tracer une piste", "Service Travaux", "2026"),
            ("1.1.2", "Prêter des vélos", "Service Mobilité", "juin 2027"),
        ),
    )
    assert outline(found)[2:] == ["    action 1.1.1 | Tracer une piste", "    action 1.1.2 | Prêter des vélos"]
    assert said(found, "Prêter des vélos") == [("responsable", "Service Mobilité"), ("end", "juin 2027")]
    assert fates(found)["Échéance"] == "furniture"


def test_a_header_repeated_on_the_next_page_is_no_row() -> None:
    header = ("Action", "Responsable")
    found = read(*OBJECTIVES, table(header, ("Tracer une piste", "Travaux"), header, ("Prêter des vélos", "Mobilité")))
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]


def test_parents_in_merged_cells_hold_the_rows_beside_them() -> None:
    found = read(
        table(
            ("OS", "OO", "Action"),
            (cell("OS 1 : Rouler", 1, 0, rows=3), cell("OO 1.1 : Pédaler", 1, 1, rows=2), "Tracer une piste"),
            (None, None, "Prêter des vélos"),
            (None, "OO 1.2 : Marcher", "Élargir un trottoir"),
        )
    )
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
        "  oo 1.2 | Marcher",
        "    action | Élargir un trottoir",
    ]


def test_labels_in_its_cells_name_a_column_without_a_header() -> None:
    found = read(
        table(
            ["", "Objectif opérationnel", "Action"],
            [cell("OS 1 : Une commune sobre", 1, 0, rows=2), "OO 1.1 : Isoler", "Poser des vitrages"],
            [None, "OO 1.2 : Épargner", "Placer des citernes"],
            ["OS 2 : Une commune sûre", "OO 2.1 : Prévenir", "Former les agents"],
            header=1,
        )
    )
    assert [line for line in outline(found) if " action" not in line] == [
        "os 1 | Une commune sobre",
        "  oo 1.1 | Isoler",
        "  oo 1.2 | Épargner",
        "os 2 | Une commune sûre",
        "  oo 2.1 | Prévenir",
    ]


def test_parents_repeated_on_every_row_are_one_element() -> None:
    found = read(
        table(
            ("OS", "OO", "Action"),
            ("Rouler", "Pédaler", "Tracer une piste"),
            ("Rouler", "Pédaler", "Prêter des vélos"),
            ("Habiter", "Isoler", "Poser des châssis"),
        )
    )
    assert outline(found) == [
        "os | Rouler",
        "  oo | Pédaler",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
        "os | Habiter",
        "  oo | Isoler",
        "    action | Poser des châssis",
    ]


def test_parents_on_rows_of_their_own_across_the_table() -> None:
    found = read(
        table(
            ("N°", "Action", "Échéance"),
            (cell("OS 1 : Rouler", 1, 0, columns=3), None, None),
            (cell("OO 1.1 : Pédaler", 2, 0, columns=3), None, None),
            ("1", "Tracer une piste", "2026"),
            (cell("OO 1.2 : Marcher", 4, 0, columns=3), None, None),
            ("1", "Élargir un trottoir", "2027"),
        )
    )
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action 1 | Tracer une piste",
        "  oo 1.2 | Marcher",
        "    action 1 | Élargir un trottoir",
    ]


def test_codes_of_growing_depth_give_levels_in_one_column() -> None:
    found = read(
        para("Programme stratégique transversal"),
        table(
            ("Code", "Intitulé", "Échéance"),
            ("1", "Rouler", ""),
            ("1.1", "Pédaler", ""),
            ("1.1.1", "Tracer une piste", "2026"),
            ("1.1.2", "Prêter des vélos", "2027"),
        ),
    )
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action 1.1.1 | Tracer une piste",
        "    action 1.1.2 | Prêter des vélos",
    ]


def test_a_column_states_the_level() -> None:
    found = read(
        para("Programme stratégique transversal"),
        table(
            ("Niveau", "Intitulé", "Échéance"),
            ("OS", "Rouler", ""),
            ("OO", "Pédaler", ""),
            ("Action", "Tracer une piste", "2026"),
            ("Action", "Prêter des vélos", "2027"),
        ),
    )
    assert outline(found)[1:3] == ["  oo | Pédaler", "    action | Tracer une piste"]


def test_a_stated_level_counts_more_than_the_shape_of_the_codes_beside_it() -> None:
    found = read(
        para("Programme stratégique transversal"),
        table(
            ("Niveau", "N°", "Intitulé", "Échéance"),
            ("Objectif stratégique", "1", "Rouler", ""),
            ("Objectif opérationnel", "1", "Pédaler", ""),
            ("Action", "A1", "Tracer une piste", "2026"),
            ("Action", "A2", "Prêter des vélos", "2027"),
            ("Objectif opérationnel", "2", "Marcher", ""),
            ("Action", "A1", "Élargir un trottoir", "2028"),
        ),
    )
    assert [line.rstrip("12A ") for line in (line.partition("|")[0] for line in outline(found))] == [
        "os", "  oo", "    action", "    action", "  oo", "    action",
    ]  # fmt: skip


def test_indents_in_one_column_give_levels() -> None:
    found = read(
        para("Programme stratégique transversal"),
        table(
            ("Intitulé", "Responsable", "Échéance"),
            (indented("Rouler", 0), "", ""),
            (indented("Pédaler", 12), "", ""),
            (indented("Tracer une piste", 24), "Travaux", "2026"),
            (indented("Prêter des vélos", 24), "Mobilité", "2027"),
        ),
    )
    assert outline(found) == [
        "os | Rouler",
        "  oo | Pédaler",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
    ]


def test_a_header_of_two_lines_gives_level_and_field() -> None:
    found = read(
        table(
            (cell("Action", 0, 0, columns=2), None, "Statut"),
            ("Référence", "Libellé", ""),
            ("A.1", "Tracer une piste", "En cours"),
            ("A.2", "Prêter des vélos", "Réalisé"),
        )
    )
    assert outline(found) == ["action 1 | Tracer une piste", "action 2 | Prêter des vélos"]
    assert said(found, "Prêter des vélos") == [("status", "Réalisé")]


def test_totals_are_no_actions() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Budget"), ("Tracer une piste", "1.000 €"), ("Prêter des vélos", "500 €"), ("Total", "1.500 €")
        ),
    )
    assert len(outline(found)) == 4


def test_a_legend_below_the_rows_is_no_action() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Statut"),
            ("Tracer une piste", "En cours"),
            ("Prêter des vélos", "Réalisé"),
            (cell("Légende", 3, 0, columns=2), None),
            ("En cours", "l'action a commencé"),
        ),
    )
    assert len(outline(found)) == 4


def test_a_budget_a_year() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Budget 2026", "Budget 2027"),
            ("Tracer une piste", "1.000 €", ""),
            ("Prêter des vélos", "", "500 €"),
        ),
    )
    assert len(outline(found)) == 4
    assert said(found, "Tracer une piste") == [("budget_year", "2026"), ("budget_amount", "1.000 €")]


def budget_lines(found: Extraction, title: str) -> list[str]:
    """The budget of an element as printed: its lines by year, then its total."""
    told = [(name, value) for name, value in said(found, title) if name.startswith("budget")]
    values = iter(value for name, value in told if name != "budget")
    return [f"{year}: {next(values)}" for year in values] + [value for name, value in told if name == "budget"]


def test_years_below_a_budget_are_budgets_by_year() -> None:
    found = read(
        *OBJECTIVES,
        table(
            (cell("Action", 0, 0, rows=2), cell("Budget", 0, 1, columns=3), None, None, cell("Pilote", 0, 4, rows=2)),
            (None, "2026", "2027", "Total", None),
            ("Tracer une piste", "1.000 €", "500 €", "1.500 €", "Travaux"),
            ("Prêter des vélos", "-", "500 €", "500 €", "Mobilité"),
            ("Action", "2026", "2027", "Total", "Pilote"),
            ("Compter les cyclistes", "", "", "", "Mobilité"),
        ),
    )
    assert len(outline(found)) == 5
    assert budget_lines(found, "Tracer une piste") == ["2026: 1.000 €", "2027: 500 €", "1.500 €"]
    assert budget_lines(found, "Prêter des vélos") == ["2027: 500 €", "500 €"]
    assert budget_lines(found, "Compter les cyclistes") == []


def test_years_below_a_budget_in_cells_left_unmerged() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Budget", "", "Pilote"),
            ("", "2026", "2027", ""),
            ("Tracer une piste", "10", "20", "Travaux"),
            ("Prêter des vélos", "30", "", "Mobilité"),
        ),
    )
    assert budget_lines(found, "Tracer une piste") == ["2026: 10", "2027: 20"]
    assert budget_lines(found, "Prêter des vélos") == ["2026: 30"]


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        (("2026", "2027", "Total"), ("1.000 €", "-", "1.000 €"), ("500 €", "250 €", "750 €")),
        (("2026 (€)", "2027 (€)", "Total"), ("40", "2", "42"), ("5", "3", "8")),
        (("2026", "2027", "Total général"), ("25000", "0", "25000"), ("1000", "500", "1500")),
    ],
)
def test_years_without_a_label_are_budgets_when_they_hold_money(
    header: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    rows = table(("Action", *header), ("Tracer une piste", *first), ("Prêter des vélos", *second))
    found = read(*OBJECTIVES, rows)
    assert len(outline(found)) == 4
    assert budget_lines(found, "Prêter des vélos") == [f"2026: {second[0]}", f"2027: {second[1]}", second[2]]


@pytest.mark.parametrize(
    "figures", [("12", "30", "42"), ("10 %", "20 %", "30 %"), ("1200", "1300", "7"), ("1 ETP", "2 ETP", "3 ETP")]
)
def test_other_figures_below_years_are_no_budget(figures: tuple[str, ...]) -> None:
    found = read(
        *OBJECTIVES,
        table(("Action", "2026", "2027", "Total"), ("Tracer une piste", *figures), ("Prêter des vélos", *figures)),
    )
    assert budget_lines(found, "Tracer une piste") == []


def test_figures_of_indicators_below_years_stay_measures() -> None:
    found = read(
        *OBJECTIVES,
        para("Action 1 : Tracer une piste", bold=True),
        table(
            ("Indicateur", "2026", "2027", "Total"), ("Dépense", "1000", "500", "1500"), ("Aide", "100", "900", "1000")
        ),
    )
    told = said(found, "Tracer une piste")
    assert [value for name, value in told if name == "measure_value"] == ["1000", "500", "100", "900"]
    assert budget_lines(found, "Tracer une piste") == []


def test_a_header_in_thousands_of_euros_holds_for_bare_amounts() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Budget 2026 (k€)", "Budget 2027 (k€)"),
            ("Tracer une piste", "12", "3,5"),
            ("Prêter des vélos", "", "800 €"),
        ),
    )
    assert budget_lines(found, "Tracer une piste") == ["2026: 12 k€", "2027: 3,5 k€"]
    assert budget_lines(found, "Prêter des vélos") == ["2027: 800 €"]


def test_a_budget_below_each_year() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", cell("2026", 0, 1, columns=2), None, cell("2027", 0, 3, columns=2), None),
            ("", "Budget", "Statut", "Budget", "Statut"),
            ("Tracer une piste", "1.000 €", "En cours", "500 €", ""),
            ("Prêter des vélos", "200 €", "", "", ""),
        ),
    )
    assert budget_lines(found, "Tracer une piste") == ["2026: 1.000 €", "2027: 500 €"]


def test_sums_in_any_column_of_titles_or_codes_are_no_elements() -> None:
    found = read(
        table(
            ("OS", "OO", "Code", "Action", "Budget"),
            ("Rouler", "Pédaler", "1", "Tracer une piste", "1.000 €"),
            ("Rouler", "Pédaler", "2", "Prêter des vélos", "500 €"),
            ("Rouler", "Total Pédaler", "", "", "1.500 €"),
            ("Rouler", "Marcher", "3", "Élargir un trottoir", "1.000 €"),
            ("Rouler", "Marcher", "Sous-total", "", "1.000 €"),
            ("TOTAL GÉNÉRAL", "", "", "", "2.500 €"),
        )
    )
    assert outline(found) == [
        "os | Rouler",
        "  oo | Pédaler",
        "    action 1 | Tracer une piste",
        "    action 2 | Prêter des vélos",
        "  oo | Marcher",
        "    action 3 | Élargir un trottoir",
    ]


def test_the_decimals_of_a_spreadsheet_are_no_thousands() -> None:
    def number(text: str, row: int, column: int) -> Cell:
        return replace(cell(text, row, column), value=Decimal(text))

    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Budget 2026", "Budget 2027"),
            ("Tracer une piste", number("1250.5", 1, 1), number("12.125", 1, 2)),
            ("Prêter des vélos", number("300", 2, 1), None),
        ),
    )
    assert budget_lines(found, "Tracer une piste") == ["2026: 1250,5", "2027: 12,125"]


def test_an_x_under_a_status_gives_the_status() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "A progr.", "En cours", "Fin."),
            ("Tracer une piste", "", "X", ""),
            ("Prêter des vélos", "", "", "X"),
        ),
    )
    assert said(found, "Tracer une piste") == [("status", "En cours")]
    assert said(found, "Prêter des vélos") == [("status", "Fin.")]


def test_crosses_under_years_give_the_planning() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("Action", "Responsable", "2025", "2026", "2027"),
            ("Tracer une piste", "Travaux", "X", "X", ""),
            ("Prêter des vélos", "Mobilité", "", "", "X"),
        ),
    )
    assert ("planning", "2025-2026") in said(found, "Tracer une piste")
    assert ("planning", "2027") in said(found, "Prêter des vélos")


def test_a_table_of_indicators_under_an_objective() -> None:
    found = read(
        *OBJECTIVES,
        item("Tracer une piste"),
        item("Prêter des vélos"),
        para("OO 1.2 : Marcher", bold=True),
        table(("Indicateur", "Cible", "Résultat"), ("Trottoirs élargis", "12 km", "3 km")),
    )
    assert said(found, "Marcher") == [
        ("indicator_label", "Trottoirs élargis"),
        ("measure_value", "12 km"),
        ("measure_role", "target"),
        ("measure_value", "3 km"),
        ("measure_role", "actual"),
    ]


def test_what_comes_after_a_table_does_not_belong_to_its_last_row() -> None:
    found = read(
        *OBJECTIVES,
        table(("Action", "Échéance"), ("Tracer", "2026"), ("Prêter", "2027")),
        para("Ce plan évolue encore."),
    )
    assert said(found, "Prêter") == [("end", "2027")]


# ------------------------------------------------------------------------------------------------------ lists in cells


def test_lists_in_cells_are_aligned_item_by_item_with_empty_items() -> None:
    found = read(
        table(
            ("OO", "Actions", "Échéance"),
            ("Pédaler", "1. Tracer une piste\n2. Prêter des vélos\n3. Compter les cyclistes", "1. 2026\n2.\n3. 2028"),
            ("Marcher", "1. Élargir un trottoir\n2. Poser un banc", "1. 2027\n2. 2029"),
        )
    )
    assert outline(found)[:4] == [
        "oo | Pédaler",
        "  action | Tracer une piste",
        "  action | Prêter des vélos",
        "  action | Compter les cyclistes",
    ]
    assert said(found, "Tracer une piste") == [("end", "2026")]
    assert said(found, "Prêter des vélos") == []
    assert said(found, "Compter les cyclistes") == [("end", "2028")]


def test_paragraphs_of_a_cell_that_each_have_a_code_are_elements_each() -> None:
    found = read(
        para("OS 1 : Une commune sobre", outline=1),
        table(
            ["Objectif opérationnel", "Actions (service)"],
            ["OO1 Isoler les écoles", "A1 Poser des vitrages (Service Travaux)\nA2 Isoler les toits (Régie)"],
            ["OO2 Économiser l'eau", "A3 Placer des citernes (Service Travaux)"],
            header=1,
        ),
    )
    assert outline(found) == [
        "os 1 | Une commune sobre",
        "  oo 1 | Isoler les écoles",
        "    action 1 | Poser des vitrages",
        "    action 2 | Isoler les toits",
        "  oo 2 | Économiser l'eau",
        "    action 3 | Placer des citernes",
    ]
    assert said(found, "Isoler les toits") == [("service", "Régie")]


def test_a_value_that_stands_once_is_given_to_every_item_of_the_row() -> None:
    found = read(
        table(
            ("OO", "Actions", "Responsable"),
            ("Pédaler", [item("Tracer une piste"), item("Prêter des vélos")], "Travaux"),
            ("Marcher", [item("Élargir un trottoir"), item("Poser un banc")], "Voirie"),
        )
    )
    assert said(found, "Prêter des vélos") == [("responsable", "Travaux")]


def test_inner_bullets_of_a_cell_are_items_below_its_title() -> None:
    found = read(
        table(
            ("OO", "Actions"),
            ("Pédaler", [item("Tracer une piste"), item("Mesurer la rue", depth=1), item("Prêter des vélos")]),
            ("Marcher", [item("Élargir un trottoir")]),
        )
    )
    assert outline(found)[:4] == [
        "oo | Pédaler",
        "  action | Tracer une piste",
        "    sous_action | Mesurer la rue",
        "  action | Prêter des vélos",
    ]


# -------------------------------------------------------------------------------------------------------------- sheets


def sheet(title: str) -> Block:
    return table(
        ("Intitulé de l'action", title),
        ("Responsable", "Service Travaux"),
        ("Échéance", "2026"),
        ("Statut", "En cours"),
    )


def test_a_sheet_is_one_action_with_its_fields() -> None:
    found = read(*OBJECTIVES, sheet("Tracer une piste"), sheet("Prêter des vélos"))
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]
    assert said(found, "Tracer une piste") == [
        ("responsable", "Service Travaux"),
        ("end", "2026"),
        ("status", "En cours"),
    ]


def test_the_actions_of_a_sheet_of_an_objective_are_a_paragraph_each() -> None:
    found = read(
        table(
            ["Objectif stratégique 1", "Une commune sobre"],
            ["Objectif opérationnel 1.1", "Isoler les écoles"],
            ["Responsable", "Cheffe de bureau"],
            ["Actions", "Poser des vitrages\nIsoler les toits"],
            ["ODD", "7"],
        )
    )
    assert [line.split(" | ")[1] for line in outline(found)] == [
        "Une commune sobre",
        "Isoler les écoles",
        "Poser des vitrages",
        "Isoler les toits",
    ]
    assert said(found, "Isoler les écoles") == [("responsable", "Cheffe de bureau"), ("sdg", "7")]


def test_labels_codes_and_titles_in_cells_of_their_own_head_the_rows_below() -> None:
    found = read(
        table(
            ["OBJECTIF STRATÉGIQUE", "01", "Une commune sobre", "", ""],
            ["OBJECTIF OPÉRATIONNEL", "01.01", "Isoler les écoles", "", ""],
            ["", "Code", "Action", "Responsable", "Fin"],
            ["", "01.01.01", "Poser des vitrages", "Cheffe de bureau", "2028"],
            ["", "01.01.02", "Isoler les toits", "Chef des travaux", "2029"],
            ["OBJECTIF OPÉRATIONNEL", "01.02", "Épargner l'eau", "", ""],
            ["", "Code", "Action", "Responsable", "Fin"],
            ["", "01.02.01", "Placer des citernes", "Chef des travaux", "2027"],
        )
    )
    assert outline(found) == [
        "os 01 | Une commune sobre",
        "  oo 01.01 | Isoler les écoles",
        "    action 01.01.01 | Poser des vitrages",
        "    action 01.01.02 | Isoler les toits",
        "  oo 01.02 | Épargner l'eau",
        "    action 01.02.01 | Placer des citernes",
    ]


def test_bare_numbers_below_codes_of_objectives_are_actions() -> None:
    found = read(
        para("OS 1 : Une commune sobre", outline=1),
        table(
            ["N°", "Objectifs opérationnels et actions", "Service"],
            ["OO1.1", "Isoler les écoles", ""],
            ["1", "Poser des vitrages", "Travaux"],
            ["2", "Isoler les toits", "Travaux"],
            ["OO1.2", "Épargner l'eau", ""],
            ["1", "Placer des citernes", "Régie"],
            header=1,
        ),
    )
    assert outline(found) == [
        "os 1 | Une commune sobre",
        "  oo 1.1 | Isoler les écoles",
        "    action 1 | Poser des vitrages",
        "    action 2 | Isoler les toits",
        "  oo 1.2 | Épargner l'eau",
        "    action 1 | Placer des citernes",
    ]


def test_a_header_may_print_the_date_of_its_values() -> None:
    found = read(
        para("OS 1 : Une commune sobre", outline=1),
        table(
            ["Action", "Resp.", "Situation au 31/12/2027"],
            ["Poser des vitrages", "Cheffe de bureau", "En cours"],
            ["Isoler les toits", "Régie", "Terminé"],
            header=1,
        ),
    )
    assert said(found, "Poser des vitrages") == [("responsable", "Cheffe de bureau"), ("status", "En cours")]


def test_a_header_may_name_its_level_in_brackets() -> None:
    found = read(
        table(
            ["Axe (objectif stratégique)", "Objectif opérationnel", "Action"],
            ["Une commune sobre", "Isoler les écoles", "Poser des vitrages"],
            ["Une commune sobre", "Épargner l'eau", "Placer des citernes"],
            header=1,
        )
    )
    assert outline(found)[0] == "os | Une commune sobre"


def test_the_budgets_of_a_sheet_by_year_are_one_a_year() -> None:
    found = read(
        para("OS 1 : Une commune sobre", outline=1),
        table(
            ["Action", "Action 1 : Rouler à vélo"],
            ["Responsable", "Cheffe de bureau"],
            ["Budget 2025", "1.000 €"],
            ["Budget 2026", "2.500 €"],
            ["État", "En cours"],
        ),
    )
    assert [pair for pair in said(found, "Rouler à vélo") if "budget" in pair[0]] == [
        ("budget_year", "2025"),
        ("budget_amount", "1.000 €"),
        ("budget_year", "2026"),
        ("budget_amount", "2.500 €"),
    ]


def test_a_sheet_prints_its_parents() -> None:
    found = read(
        *(
            table(
                ("Objectif stratégique", "OS 1 : Rouler"),
                ("Objectif opérationnel", "OO 1.1 : Pédaler"),
                ("Action", title),
                ("Responsable", "Travaux"),
            )
            for title in ("Tracer une piste", "Prêter des vélos")
        )
    )
    assert [line for line in outline(found) if "action" in line] == [
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
    ]


def test_two_pairs_of_labels_and_values_on_a_row() -> None:
    found = read(
        *OBJECTIVES,
        *(
            table(
                ("Action", title, "N°", str(number)),
                ("Responsable", "Travaux", "Échéance", "2026"),
                ("Budget", "12.000 €", "Statut", "En cours"),
            )
            for number, title in ((1, "Tracer une piste"), (2, "Prêter des vélos"))
        ),
    )
    assert outline(found)[2:] == ["    action 1 | Tracer une piste", "    action 2 | Prêter des vélos"]
    assert said(found, "Tracer une piste") == [
        ("responsable", "Travaux"),
        ("end", "2026"),
        ("budget", "12.000 €"),
        ("status", "En cours"),
    ]


def test_a_value_that_reads_like_a_label_is_no_header() -> None:
    wide = [cell(text, row, 0, columns=4) for row, text in enumerate(("OS 1 : Rouler", "Action 1 : Tracer des pistes"))]
    found = read(
        table(
            [wide[0]],
            [wide[1]],
            ["Responsable", "Cheffe de bureau", "Mandataire", "Échevin du Personnel"],
            ["Date de début", "26/11/2026", "Date de fin", "09/10/2029"],
            ["Coût estimé", "48 000 €", "État d'avancement", "En cours"],
            [cell("Remarques", 5, 0, columns=4)],
            [cell("Le marché est attribué.", 6, 0, columns=4)],
        )
    )
    assert outline(found) == ["os 1 | Rouler", "  action 1 | Tracer des pistes"]
    assert said(found, "Tracer des pistes") == [
        ("responsable", "Cheffe de bureau"),
        ("mandataire", "Échevin du Personnel"),
        ("start", "26/11/2026"),
        ("end", "09/10/2029"),
        ("budget", "48 000 €"),
        ("status", "En cours"),
        ("comment", "Le marché est attribué."),
    ]


def test_a_sheet_under_a_labelled_action_gives_it_its_fields() -> None:
    fields = table(("Responsable", "Travaux"), ("Échéance", "2026"), ("Statut", "En cours"))
    found = read(*OBJECTIVES, para("Action 1 : Tracer une piste"), fields, para("Action 2 : Prêter des vélos"), fields)
    assert len(outline(found)) == 4
    assert said(found, "Prêter des vélos") == [("responsable", "Travaux"), ("end", "2026"), ("status", "En cours")]


def test_one_form_after_another_in_one_table_is_one_sheet_each() -> None:
    rows = [
        row
        for title in ("Tracer une piste", "Prêter des vélos")
        for row in (("Action", title), ("Responsable", "Travaux"), ("Échéance", "2026"))
    ]
    assert outline(read(*OBJECTIVES, table(*rows)))[2:] == [
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
    ]


def test_labels_in_rows_above_rows_of_values() -> None:
    found = read(
        *OBJECTIVES,
        *(
            table(("Action", "Responsable"), (title, "Travaux"), ("Échéance", "Statut"), ("2026", "En cours"))
            for title in ("Tracer une piste", "Prêter des vélos")
        ),
    )
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]
    assert said(found, "Tracer une piste") == [("responsable", "Travaux"), ("end", "2026"), ("status", "En cours")]


def test_labels_in_the_cells_of_their_values() -> None:
    found = read(
        *OBJECTIVES,
        *(
            table((f"Action : {title}", "Responsable : Travaux"), ("Échéance :\n2026", "Statut :\nEn cours"))
            for title in ("Tracer une piste", "Prêter des vélos")
        ),
    )
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]
    assert said(found, "Tracer une piste") == [("responsable", "Travaux"), ("end", "2026"), ("status", "En cours")]


def test_an_indicator_and_its_target_are_one_measure() -> None:
    found = read(
        *OBJECTIVES,
        *(
            table(("Action", title), ("Responsable", "Travaux"), ("Indicateur", "Mètres tracés"), ("Cible", "400"))
            for title in ("Tracer une piste", "Prêter des vélos")
        ),
    )
    assert sorted(said(found, "Tracer une piste")) == [
        ("indicator_label", "Mètres tracés"),
        ("measure_role", "target"),
        ("measure_value", "400"),
        ("responsable", "Travaux"),
    ]


def test_a_sheet_without_a_table_is_labels_above_values() -> None:
    def form(title: str) -> list[Block]:
        pairs = (("Action", title), ("Responsable", "Travaux"), ("Échéance", "2026"), ("Partenaires", "Écoles"))
        return [block for label, value in pairs for block in (para(label, bold=True), para(value))]

    found = read(*OBJECTIVES, *form("Tracer une piste"), *form("Prêter des vélos"))
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]
    assert said(found, "Prêter des vélos") == [("responsable", "Travaux"), ("end", "2026"), ("partenaire", "Écoles")]


def test_three_labels_above_text_are_headings_and_no_sheet() -> None:
    text = "Du texte courant, plus long que la valeur d'un champ, comme en ont les chapitres d'un plan."
    found = nodes(*(b for label in ("Contexte", "Budget", "Suivi") for b in (para(label, bold=True), para(text))))
    assert not any(isinstance(node, Sheet) for node in found)


# -------------------------------------------------------------------------------------------- tables that are no tables


def test_a_table_used_for_layout_is_read_as_text() -> None:
    found = nodes(table(([para("OS 1 : Rouler", bold=True)], [para("Une image et sa légende.")])))
    assert not any(isinstance(node, (Grid, Sheet)) for node in found)


@pytest.mark.parametrize("head", [("OO 1.1", "Pédaler"), ("OO 1.1 : Pédaler", "")])
def test_an_oo_and_the_labels_of_fields_head_a_table(head: tuple[str, str]) -> None:
    rows = [(*head, "Échéance"), ("A 1.1.1", "Tracer une piste", "2027"), ("A 1.1.2", "Prêter des vélos", "2028")]
    found = read(para("OS 1 : Rouler", bold=True), table(*rows))
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action A 1.1.1 | Tracer une piste",
        "    action A 1.1.2 | Prêter des vélos",
    ]
    assert said(found, "Prêter des vélos") == [("end", "2028")]


def test_cards_side_by_side_are_read_column_by_column() -> None:
    found = read(
        para("OS 1 : Rouler", bold=True),
        table(
            ("OO 1.1 : Pédaler", "OO 1.2 : Marcher"),
            ([item("Tracer une piste"), item("Prêter des vélos")], [item("Élargir un trottoir")]),
        ),
    )
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
        "  oo 1.2 | Marcher",
        "    action | Élargir un trottoir",
    ]


def test_a_table_inside_a_cell_is_read_in_its_place() -> None:
    inner = table(("Action", "Échéance"), ("Tracer une piste", "2026"), ("Prêter des vélos", "2027"))
    found = read(table(([para("OS 1 : Rouler"), para("OO 1.1 : Pédaler"), inner],)))
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]


def test_hidden_sheets_are_left_out_and_reported() -> None:
    cells = (Cell(0, 0, (para("Action"),)), Cell(0, 1, (para("Échéance"),)), Cell(1, 0, (para("Cachée"),)))
    hidden = Block(table=Table(2, 2, cells, name="Brouillon", hidden=True))
    found = extract(document(*OBJECTIVES, item("Tracer"), item("Prêter"), hidden))
    assert "action | Cachée" not in "\n".join(outline(found))
    assert codes(found) == ["sheet_hidden"]


def test_two_labels_beside_values_are_a_sheet_though_a_value_sounds_like_a_label() -> None:
    found = nodes(table(["Pilote", "Agent technique en chef"], ["Partenaires externes", "Les riverains"]))
    sheet = next(node for node in found if isinstance(node, Sheet))
    assert [(entry.printed_label, entry.text) for entry in sheet.entries] == [
        ("Pilote", "Agent technique en chef"),
        ("Partenaires externes", "Les riverains"),
    ]


def test_headings_over_sheets_of_fields_are_the_actions_of_their_section() -> None:
    def sheet(year: str) -> Block:
        return table(["Échéance", year], ["Pilote", "Travaux"], ["Budget", "12 k€"])

    actions = ("Tailler les haies", "Semer un pré", "Planter des tilleuls", "Creuser une mare")
    found = read(
        para("OS 1 : Soigner le vert", size_pt=18.0, bold=True),
        para("OO 1.1 : Entretenir", size_pt=15.0, bold=True),
        para("Actions", bold=True),
        *[block for title in actions[:2] for block in (para(title, bold=True), sheet("2027"))],
        para("OO 1.2 : Planter", size_pt=15.0, bold=True),
        para("Actions", bold=True),
        *[block for title in actions[2:] for block in (para(title, bold=True), sheet("2028"))],
    )
    assert outline(found) == [
        "os 1 | Soigner le vert",
        "  oo 1.1 | Entretenir",
        "    action | Tailler les haies",
        "    action | Semer un pré",
        "  oo 1.2 | Planter",
        "    action | Planter des tilleuls",
        "    action | Creuser une mare",
    ]
    assert ("end", "2028") in said(found, "Creuser une mare")


# ------------------------------------------------------------------------------- sheets that name their parents by code


def coded_sheets(*sheets: tuple[str, str, str]) -> list[Block]:
    return [
        table(
            ("Objectif stratégique", os),
            ("Objectif opérationnel", oo),
            ("Titre de l'action", title),
            ("Responsable", "Service Travaux"),
        )
        for os, oo, title in sheets
    ]


SHEETS = (
    ("OS 1", "OO 1.1", "Tracer une piste"),
    ("OS 1", "OO 1.2", "Élargir un trottoir"),
    ("OS 2", "OO 2.1", "Planter une haie"),
)
CODED = [
    "os 1 | Rouler",
    "  oo 1.1 | Pédaler",
    "    action | Tracer une piste",
    "os 1 | Rouler",
    "  oo 1.2 | Marcher",
    "    action | Élargir un trottoir",
    "os 2 | Verdir",
    "  oo 2.1 | Planter",
    "    action | Planter une haie",
]


def test_parents_that_a_sheet_names_by_code_have_the_titles_that_the_contents_print() -> None:
    entries = (
        *("OS 1 : Rouler ...... 3", "OO 1.1 : Pédaler ...... 4", "OO 1.2 : Marcher ...... 5"),
        *("OS 2 : Verdir ...... 6", "OO 2.1 : Planter ...... 7"),
    )
    contents = [para("Table des matières", outline=1), *map(para, entries)]
    assert outline(read(*contents, *coded_sheets(*SHEETS))) == CODED


def test_numbers_that_begin_again_in_each_parent_name_what_stands_in_it() -> None:
    entries = ("OS 1 : Rouler", "OO 1 : Pédaler", "OO 2 : Marcher", "OS 2 : Verdir", "OO 1 : Planter")
    sheets = [(os, f"OO {oo[-1]}", title) for os, oo, title in SHEETS]
    found = outline(read(para("Synthèse", outline=1), *map(para, entries), *coded_sheets(*sheets)))
    assert found[-9:] == [
        *("os 1 | Rouler", "  oo 1 | Pédaler", "    action | Tracer une piste"),
        *("os 1 | Rouler", "  oo 2 | Marcher", "    action | Élargir un trottoir"),
        *("os 2 | Verdir", "  oo 1 | Planter", "    action | Planter une haie"),
    ]


def test_a_code_that_the_document_gives_no_title_stays_as_printed() -> None:
    assert outline(read(*coded_sheets(*SHEETS)))[0] == "os | OS 1"


# ---------------------------------------------------------------------------------------- cells, headers and sheets


def test_a_number_over_its_title_in_a_cell_is_its_code() -> None:
    found = read(*OBJECTIVES, table(("Actions", "Délai"), ("1\nTracer une piste", "2026"), ("2\nPlanter", "2027")))
    assert outline(found)[2:] == ["    action 1 | Tracer une piste", "    action 2 | Planter"]


def test_roman_numerals_in_cells_keep_their_first() -> None:
    rows = [("OS I\nRouler", "OO I.1\nPédaler", "Tracer une piste"), ("OS II\nVerdir", "OO II.1\nPlanter", "Semer")]
    found = read(table(("Objectif stratégique", "Objectif opérationnel", "Actions"), *rows))
    assert [s.original for s in found.statements if s.field == "code"] == ["OSI", "OOI.1", "OSII", "OOII.1"]


def test_parents_beside_a_bulleted_step_are_parents() -> None:
    rows = [
        ("OS 1 : Rouler", "OO 1.1 : Pédaler", "Tracer une piste", ""),
        ("OS 2 : Verdir", "OO 2.1 : Planter", "Semer un pré", [item("Acheter des graines")]),
    ]
    found = read(table(("Objectif stratégique", "Objectif opérationnel", "Actions", "Sous-actions"), *rows))
    assert outline(found) == [
        *("os 1 | Rouler", "  oo 1.1 | Pédaler", "    action | Tracer une piste"),
        *("os 2 | Verdir", "  oo 2.1 | Planter", "    action | Semer un pré"),
        "      sous_action | Acheter des graines",
    ]


def test_a_header_cell_over_one_column_is_a_header_of_two_rows() -> None:
    found = read(
        table(
            (cell("OS", 0, 0, rows=2), cell("Action", 0, 1, rows=2), "Calendrier", cell("Statut", 0, 3, rows=2)),
            (None, None, cell("Échéance", 1, 2), None),
            ("OS 1 : Rouler", "Tracer une piste", "2026", "En cours"),
            ("OS 2 : Verdir", "Planter", "2027", "Terminé"),
        )
    )
    assert outline(found)[0] == "os 1 | Rouler"
    assert said(found, "Planter") == [("end", "2027"), ("status", "Terminé")]


def test_labels_under_a_header_whose_merged_cells_are_lost_name_the_columns() -> None:
    found = read(
        *OBJECTIVES,
        table(
            ("N°", "Action", "Acteurs", "", "Priorité"),
            ("", "", "Mandataire", "Partenaires", ""),
            ("1", "Tracer une piste", "Bourgmestre", "Police", "Haute"),
            ("2", "Prêter des vélos", "Échevine", "Écoles", "Basse"),
        ),
    )
    assert said(found, "Tracer une piste") == [
        *(("mandataire", "Bourgmestre"), ("partenaire", "Police")),
        ("priority", "Haute"),
    ]


def test_values_that_could_be_labels_stand_under_their_labels() -> None:
    head = [
        (cell("Titre", 0, 0, columns=2), None),
        (cell("Tracer une piste", 1, 0, columns=2), None),
        (cell("Planning et budget", 2, 0, columns=2, bold=True), None),
    ]
    found = read(
        *OBJECTIVES,
        table(
            *head,
            ("Début", "Échéance"),
            ("2026", "2027"),
            ("ETP", "Indicateur"),
            ("1 ETP", "Délai moyen de réponse (en jours)"),
            ("Mandataire", "Partenaires"),
            ("Bourgmestre", "Police"),
            (cell("Évaluation", 9, 0, columns=2, bold=True), None),
            ("Statut", "Priorité"),
            ("En cours", "Haute"),
        ),
    )
    assert said(found, "Tracer une piste") == [
        *(("start", "2026"), ("end", "2027"), ("fte", "1 ETP"), ("indicator", "Délai moyen de réponse (en jours)")),
        *(("mandataire", "Bourgmestre"), ("partenaire", "Police"), ("status", "En cours"), ("priority", "Haute")),
    ]


def test_labels_beside_values_that_could_be_labels_are_no_rows_of_labels() -> None:
    found = read(
        *OBJECTIVES,
        table(
            (cell("Action 1 : Tracer une piste", 0, 0, columns=2), None),
            ("Responsable", "Responsable du service Travaux"),
            ("Échéance", "2027"),
            ("Porteur", "Agent technique en chef"),
            ("Service", "GRH"),
            ("ODD", "ODD 7 et ODD 12"),
        ),
    )
    assert said(found, "Tracer une piste")[:3] == [
        ("responsable", "Responsable du service Travaux"),
        ("end", "2027"),
        ("porteur", "Agent technique en chef"),
    ]


def test_a_numbered_action_beside_a_plural_is_one_of_the_list_of_its_objective() -> None:
    actions = [para("1.1.1. Tracer une piste"), para("1.1.2. Prêter des vélos")]
    found = read(
        para("OS 1 : Rouler autrement", bold=True),
        table(
            (cell("OO 1.1 : Pédaler plus", 0, 0, columns=2), None),
            ("Actions à mener", actions),
            ("Responsable", "Travaux"),
        ),
    )
    assert outline(found)[1:] == [
        *("  oo 1.1 | Pédaler plus", "    action 1.1.1 | Tracer une piste", "    action 1.1.2 | Prêter des vélos")
    ]
    assert said(found, "Pédaler plus") == [("responsable", "Travaux")]


def test_bullets_alone_tick_the_years_of_a_calendar() -> None:
    dot = Block(marker="\u25cf", marker_kind=Marker.BULLET)
    found = read(*OBJECTIVES, table(("Action", "2026", "2027", "2028"), ("Tracer une piste", [dot], [dot], "")))
    assert said(found, "Tracer une piste") == [("planning", "2026-2027")]


def test_a_table_of_levels_after_a_legend_is_the_plan() -> None:
    rows = [("OS 1 : Rouler", "OO 1.1 : Pédaler", "Tracer une piste"), ("", "OO 1.2 : Marcher", "Élargir un trottoir")]
    found = read(
        para("Légende des états d'avancement", outline=1),
        para("En cours"),
        para("Terminé"),
        table(("Objectif stratégique", "Objectif opérationnel", "Actions"), *rows),
        para("Annexe : les services", outline=1),
        item("Service Travaux : voiries, bâtiments"),
        item("Service Population : état civil"),
    )
    assert outline(found)[:3] == ["os 1 | Rouler", "  oo 1.1 | Pédaler", "    action | Tracer une piste"]
    assert not any("Service" in line for line in outline(found))


def test_the_name_of_a_sheet_says_of_what_level_its_numbered_title_is() -> None:
    blocks = []
    for number, title in ((1, "Rouler"), (2, "Verdir")):
        rows = (("Code", "Action", "Priorité"), (f"{number}.1", f"Agir pour {title}", "Haute"))
        blocks += [para(f"OS {number}", role=Role.SHEET_NAME), table((f"{number}. {title}", "", ""), *rows)]
    assert outline(read(*blocks)) == [
        *("os 1 | Rouler", "  action 1.1 | Agir pour Rouler"),
        *("os 2 | Verdir", "  action 2.1 | Agir pour Verdir"),
    ]


@pytest.mark.parametrize(
    ("codes_of_rows", "levels"),
    [
        (("1", "1.1", "P1.1.1", "P1.1.2", "1.2", "P1.2.1"), ("os", "oo", "action", "action", "oo", "action")),
        (("A", "A.1", "A.1.1", "A.1.2", "A.2", "A.2.1"), ("os", "oo", "action", "action", "oo", "action")),
        (("01", "01.01", "01.02", "01.03", "02", "02.01"), ("os", "action", "action", "action", "os", "action")),
    ],
)
def test_codes_that_extend_one_another_below_actions_tell_the_parents(
    codes_of_rows: tuple[str, ...], levels: tuple[str, ...]
) -> None:
    rows = [(code, f"Projet {i} de mobilité", "") for i, code in enumerate(codes_of_rows)]
    rows = [
        (code, title, "2027" if level == "action" else "") for (code, title, _), level in zip(rows, levels, strict=True)
    ]
    found = outline(read(table(("Code", "Actions", "Délai"), *rows)))
    assert tuple(line.split()[0] for line in found) == levels
    assert found[0].startswith(levels[0])
    told = outline(read(table(("Code", "Actions", "Délai"), *((code, title, "2027") for code, title, _ in rows))))
    assert {line.split()[0] for line in told} == {"action"}


def test_codes_with_the_word_of_a_level_are_of_that_level_above_numbered_actions() -> None:
    rows = (("Axe 1", "Mobilité", ""), ("1", "Tracer une piste", "2027"), ("2", "Prêter des vélos", "2028"))
    found = read(table(("Référence", "Action", "Fin"), *rows))
    assert [line.split()[0] for line in outline(found)] == ["enjeu", "action", "action"]


@pytest.mark.parametrize(
    ("parents", "named"),
    [
        (("1", "1.1", "1.2"), ("1.1", "1.2")),
        (("A", "A.1", "A.2"), ("A.1", "A.2")),
        (("OS I", "OO I.1", "OO I.2"), ("OO I.1", "OO I.2")),
    ],
)
def test_codes_in_a_column_of_parents_name_elements_of_another_sheet(
    parents: tuple[str, str, str], named: tuple[str, str]
) -> None:
    names = ("Objectif stratégique", "Objectif opérationnel", "Objectif opérationnel")
    titles = ("Rouler autrement", "Pédaler", "Marcher")
    found = read(
        para("Objectifs", role=Role.SHEET_NAME),
        table(("Code", "Niveau", "Intitulé"), *zip(parents, names, titles, strict=True)),
        para("Actions", role=Role.SHEET_NAME),
        table(
            ("Suivi du plan de la commune", "", "", ""),
            ("Objectif opérationnel", "N°", "Action", "Délai"),
            (named[0], "1", "Tracer une piste", "2027"),
            (named[1], "2", "Élargir un trottoir", "2028"),
            (named[1], "3", "Abaisser une bordure", "2029"),
            ("TOTAL", "", "", ""),
        ),
    )
    assert [line.lstrip().split(" | ")[1] for line in outline(found)] == [
        "Rouler autrement",
        "Pédaler",
        "Tracer une piste",
        "Marcher",
        "Élargir un trottoir",
        "Abaisser une bordure",
    ]


def test_words_over_groups_of_columns_stand_above_labels_and_years() -> None:
    found = read(
        para("OO 1.1 : Pédaler", outline=1),
        table(
            ("Acteurs", "Action", "Calendrier", "", ""),
            ("Service", "", "2025", "2026", "2027"),
            ("Travaux", "Tracer une piste", "X", "X", ""),
            ("Jeunesse", "Prêter des vélos", "", "X", "X"),
        ),
    )
    assert said(found, "Prêter des vélos") == [("service", "Jeunesse"), ("planning", "2026-2027")]
    found = read(
        para("OO 1.1 : Pédaler", outline=1),
        table(
            ("Code", "Action", "Acteurs", "Calendrier"),
            ("", "", "Service", "Échéance"),
            ("1", "Tracer une piste", "Travaux", "2027"),
            ("2", "Prêter des vélos", "Jeunesse", "2028"),
        ),
    )
    assert said(found, "Prêter des vélos") == [("service", "Jeunesse"), ("end", "2028")]


def test_numbers_of_parents_do_not_part_the_items_of_a_row_from_their_parent() -> None:
    found = read(
        para("Notre plan", size_pt=20.0, bold=True),
        table(
            ("Pilier", "Objectif stratégique", "Objectifs opérationnels"),
            ("B. Apprendre", "B1. Soigner les écoles", "B1.1. Isoler les classes\nB1.2. Ouvrir une cantine"),
            ("C. Protéger", "C1. Prévenir les vols", "C1.1. Former des agents\nC1.2. Éclairer les places"),
        ),
    )
    assert outline(found) == [
        "enjeu B | Apprendre",
        "  os 1 | Soigner les écoles",
        "    oo 1.1 | Isoler les classes",
        "    oo 1.2 | Ouvrir une cantine",
        "enjeu C | Protéger",
        "  os 1 | Prévenir les vols",
        "    oo 1.1 | Former des agents",
        "    oo 1.2 | Éclairer les places",
    ]
    assert set(values(found, "code").values()) == {"B", "B1", "B1.1", "B1.2", "C", "C1", "C1.1", "C1.2"}


EXPORT = (
    ("Objectif stratégique", "17", "", "Vivre au village", ""),
    ("Objectif opérationnel", "21", "17", "Fleurir les places", ""),
    ("Action", "18", "21", "Planter des tilleuls", "En cours"),
    ("Action", "24", "21", "Poser des bacs", "Terminé"),
    ("Objectif stratégique", "19", "", "Rouler autrement", ""),
    ("Objectif opérationnel", "22", "19", "Tracer des pistes", ""),
    ("Action", "23", "22", "Peindre les bandes", "En cours"),
)
EXPORTED = {
    "os 17 | Vivre au village",
    "  oo 21 | Fleurir les places",
    "    action 18 | Planter des tilleuls",
    "    action 24 | Poser des bacs",
    "os 19 | Rouler autrement",
    "  oo 22 | Tracer des pistes",
    "    action 23 | Peindre les bandes",
}


@pytest.mark.parametrize("head", ["Type", "Nature", "Niveau", "Type d'objet", "Type d'élément"])
def test_a_column_whose_cells_name_levels_gives_those_of_the_rows(head: str) -> None:
    found = read(table((head, "Code", "Code parent", "Intitulé", "Statut"), *EXPORT))
    assert set(outline(found)) == EXPORTED
    assert said(found, "Poser des bacs") == [("status", "Terminé")]


@pytest.mark.parametrize("head", ["Code parent", "Rattaché à", "Parent"])
def test_a_column_that_names_other_rows_tells_the_parents_in_whatever_order_they_come(head: str) -> None:
    found = read(table(("Type", "ID", head, "Titre", "Statut"), *sorted(EXPORT)))
    assert set(outline(found)) == EXPORTED


def test_parents_may_be_named_by_their_titles() -> None:
    titles = {row[1]: row[3] for row in EXPORT} | {"": ""}
    by_title = [(level, code, titles[above], *rest) for level, code, above, *rest in EXPORT]
    found = read(table(("Type", "Code", "Élément parent", "Titre", "Statut"), *sorted(by_title)))
    assert set(outline(found)) == EXPORTED


def test_parents_tell_the_levels_where_nothing_else_does() -> None:
    found = read(table(("ID", "ID parent", "Titre", "Statut"), *(row[1:] for row in EXPORT)))
    assert set(outline(found)) == EXPORTED


def test_actions_that_follow_others_stay_actions() -> None:
    found = read(
        table(
            ("N°", "Après", "Action", "Statut"),
            ("1", "", "Dresser un inventaire", "Terminé"),
            ("2", "1", "Planter des tilleuls", "En cours"),
            ("3", "1", "Poser des bacs", "En cours"),
            ("4", "", "Ouvrir un kiosque", "En cours"),
        )
    )
    assert [line.split(" ")[0] for line in outline(found)] == ["action"] * 4


# ---------------------------------------------------------------------------------------------------------- dashboards


@pytest.mark.parametrize(
    "dashboard",
    [
        table(("Objectif stratégique", "Nombre d'actions", "Terminées"), ("OS 1", "5", "2"), ("OS 2", "4", "")),
        table(("OS", "Actions", "% réal."), ("OS 1", "5", "40 %"), ("OS 2", "4", "0 %"), ("Total", "9", "22 %")),
        table(("Indicateur", "Valeur"), ("Actions", "9"), ("Actions réalisées", "2"), ("Taux moyen", "0,22")),
        table(("Objectifs stratégiques", "2"), ("Objectifs opérationnels", "4"), ("Actions terminées", "2")),
        table(
            ("Objectif stratégique", "Nombre d'actions"),
            ("OS 1", "5"),
            ("OS 2", "4"),
            ("Situation au 31 mars 2026.", ""),
        ),
    ],
    ids=["counts", "rates", "figures", "levels", "note"],
)
@pytest.mark.parametrize("head", [[para("Tableau de bord", outline=1)], []], ids=["headed", "bare"])
def test_figures_about_elements_are_no_elements(dashboard: Block, head: list[Block]) -> None:
    plan = (*OBJECTIVES, table(("Action", "Statut"), ("Tracer une piste", "Terminé"), ("Prêter des vélos", "En cours")))
    assert outline(read(*plan, *head, dashboard)) == outline(read(*plan))


def test_a_follow_up_by_code_alone_still_speaks_of_elements() -> None:
    plan = (*OBJECTIVES, table(("N°", "Action"), ("1.1.1", "Tracer une piste"), ("1.1.2", "Prêter des vélos")))
    found = read(*plan, table(("Action", "Échéance"), ("Action 1.1.1", "2026"), ("Action 1.1.2", "2027")))
    assert {"2026", "2027"} <= {s.original for s in found.statements if s.field == "end"}


# ------------------------------------------------------------------------------------------------- goals of a card


def test_the_goals_at_the_foot_of_a_card_are_those_of_its_head() -> None:
    card = (
        para("OO 1.1 : Pédaler plus", bold=True, box=1, page=1, y_pt=80),
        para("Action 1 : Tracer une piste", box=1, page=1, y_pt=100),
        para("Action 2 : Prêter des vélos", box=1, page=1, y_pt=120),
        para("ODD 3 Bonne santé · ODD 11 Villes durables", box=1, page=1, y_pt=140),
    )
    found = read(OBJECTIVES[0], *card)
    assert said(found, "Pédaler plus") == [("sdg", "ODD 3 Bonne santé · ODD 11 Villes durables")]
    assert said(found, "Prêter des vélos") == []


def test_goals_under_each_action_of_a_card_are_its_own() -> None:
    card = (
        para("OO 1.1 : Pédaler plus", bold=True, box=1, page=1, y_pt=80),
        para("Action 1 : Tracer une piste", box=1, page=1, y_pt=100),
        para("ODD 11 Villes durables", box=1, page=1, y_pt=120),
        para("Action 2 : Prêter des vélos", box=1, page=1, y_pt=140),
        para("ODD 3 Bonne santé", box=1, page=1, y_pt=160),
    )
    found = read(OBJECTIVES[0], *card)
    assert said(found, "Tracer une piste") == [("sdg", "ODD 11 Villes durables")]
    assert said(found, "Prêter des vélos") == [("sdg", "ODD 3 Bonne santé")]


# ----------------------------------------------------------------------------- headers of two r


def test_the_lower_half_of_a_header_is_no_row() -> None:
    found = read(
        table(
            [cell("N°", 0, 0, rows=2), cell("Action", 0, 1, rows=2), cell("Apports", 0, 2, columns=2)],
            [None, None, "Commune", "CPAS"],
            ["S1", "Acheter une nacelle", "Un local", "Un agent"],
            ["S2", "Conclure un marché", "Un agent", "Un tiers du coût"],
        )
    )
    assert outline(found) == ["action 1 | Acheter une nacelle", "action 2 | Conclure un marché"]


def test_ticks_under_parts_of_years_give_the_planning() -> None:
    quarters = ["T1", "T2", "T3", "T4"]
    heads = [cell("N°", 0, 0, rows=2), cell("Action", 0, 1, rows=2)]
    found = read(
        *OBJECTIVES,
        table(
            [*heads, cell("2026", 0, 2, columns=4), cell("2027", 0, 6, columns=4)],
            [None, None, *quarters, *quarters],
            ["1", "Tracer une piste", "", "", "X", "X", "X", "", "", ""],
            ["2", "Prêter des vélos", "", "X", "", "", "", "", "", ""],
        ),
    )
    assert outline(found)[2:] == ["    action 1 | Tracer une piste", "    action 2 | Prêter des vélos"]
    assert said(found, "Tracer une piste") == [("planning", "T3 2026 - T1 2027")]
    assert said(found, "Prêter des vélos") == [("planning", "T2 2026")]


def test_rows_of_accounts_by_year_are_no_actions() -> None:
    found = read(
        *OBJECTIVES,
        para("Actions :"),
        item("Tracer une piste"),
        item("Prêter des vélos"),
        table(
            ("Fonction", "2026", "2027"),
            ("104 – Administration", "412.500,00", "419.800,00"),
            ("421 – Voirie", "268.000,00", "-"),
            ("Total", "680.500,00", "419.800,00"),
        ),
    )
    assert outline(found)[2:] == ["    action | Tracer une piste", "    action | Prêter des vélos"]
    assert said(found, "Prêter des vélos") == []


def test_a_comment_on_another_field_is_a_comment_and_a_light_is_the_health() -> None:
    found = read(
        *OBJECTIVES,
        table(("Action", "Feu", "Commentaire du pilote"), ("Tracer une piste", "Orange", "Marché à relancer.")),
    )
    assert said(found, "Tracer une piste") == [("health", "Orange"), ("comment", "Marché à relancer.")]


def test_the_label_of_the_column_before_a_colon_is_no_part_of_a_title() -> None:
    found = read(
        table(
            ("Objectif stratégique", "Action"),
            ("Objectif stratégique : Rouler autrement", "Tracer une piste"),
            ("Objectif stratégique : Marcher", "Élargir un trottoir"),
        )
    )
    assert outline(found)[::2] == ["os | Rouler autrement", "os | Marcher"]


def test_titles_of_axes_that_begin_like_a_field_are_no_labels_of_a_sheet() -> None:
    found = read(
        table(
            ("Axe", "Objectif stratégique", "Actions", "Porteur"),
            ("Axe 1 : Synergies avec la commune", "OS.1 : Partager les achats", "Acheter ensemble", "Économe"),
            ("Axe 1 : Synergies avec la commune", "OS.1 : Partager les achats", "Louer un camion", "Économe"),
            ("Axe 1 : Synergies avec la commune", "OS.2 : Mêler les équipes", "Former en commun", "Directrice"),
        )
    )
    assert outline(found) == [
        "enjeu 1 | Synergies avec la commune",
        "  os 1 | Partager les achats",
        "    action | Acheter ensemble",
        "    action | Louer un camion",
        "  os 2 | Mêler les équipes",
        "    action | Former en commun",
    ]


def test_rows_of_parents_without_numbers_are_no_labels_over_values() -> None:
    found = read(
        table(
            ("Actions", "Partenaires", "Budget"),
            (cell("Volet : Vie sociale", 1, 0, columns=3), None, None),
            (cell("Objectif stratégique : Soigner le personnel", 2, 0, columns=3), None, None),
            (cell("Objectif opérationnel : Encadrer les équipes", 3, 0, columns=3), None, None),
            ("Former les chefs d'équipe", "Province", "1 000 €"),
            (cell("Objectif opérationnel : Accueillir les nouveaux", 5, 0, columns=3), None, None),
            ("Écrire un guide", "Commune", "500 €"),
        )
    )
    assert outline(found) == [
        "volet | Vie sociale",
        "  os | Soigner le personnel",
        "    oo | Encadrer les équipes",
        "      action | Former les chefs d'équipe",
        "    oo | Accueillir les nouveaux",
        "      action | Écrire un guide",
    ]


def test_a_list_of_what_codes_mean_beside_a_plan_holds_no_actions() -> None:
    plan = table(
        ("Code", "Type", "Intitulé", "Budget"),
        ("1", "OS", "Rouler", ""),
        ("1.1", "OO", "Pédaler", ""),
        ("1.1.1", "Action", "Tracer une piste", "12.000 €"),
        ("1.1.2", "Action", "Prêter des vélos", "3.000 €"),
    )
    functions = table(
        ("Fonction", "Libellé"),
        ("040", "Impôts et redevances"),
        ("421", "Voirie"),
        ("766", "Espaces verts"),
        bold_header=True,
    )
    names = [para(name, outline=1, role=Role.SHEET_NAME) for name in ("PST chiffré", "Fonctions")]
    found = read(names[0], plan, names[1], functions)
    assert [line.split("|")[1].strip() for line in outline(found)] == [
        "Rouler", "Pédaler", "Tracer une piste", "Prêter des vélos",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header", [("Objectif", "Sous-objectif"), ("Programme", "Objectif"), ("Objectif général", "Objectif spécifique")]
)
def test_a_half_label_over_the_column_left_of_the_oo_heads_the_os(header: tuple[str, str]) -> None:
    found = read(
        table(
            [*header, "Action", "Échéance"],
            ["Rouler autrement", "Pédaler plus", "Tracer des pistes", "2027"],
            ["Rouler autrement", "Pédaler plus", "Relier les gares", "2028"],
            ["Rouler autrement", "Marcher mieux", "Élargir les trottoirs", "2029"],
        )
    )
    assert outline(found) == [
        "os | Rouler autrement",
        "  oo | Pédaler plus",
        "    action | Tracer des pistes",
        "    action | Relier les gares",
        "  oo | Marcher mieux",
        "    action | Élargir les trottoirs",
    ]


def test_what_is_delivered_under_an_objective_without_actions_is_what_is_done() -> None:
    def delivered(*blocks: Block) -> list[str]:
        rows = (["L1", "Cadastre des conduites", "2026"], ["L2", "Station de mesure", "2027"])
        return outline(read(*OBJECTIVES, *blocks, table(["N°", "Livrable", "Échéance"], *rows)))

    assert delivered() == [
        "os 1 | Rouler autrement",
        "  oo 1.1 | Pédaler plus",
        "    action 1 | Cadastre des conduites",
        "    action 2 | Station de mesure",
    ]
    assert delivered(para("Action 1.1.1 : Tracer des pistes"))[2:] == ["    action 1.1.1 | Tracer des pistes"]


def test_abbreviations_without_numbers_across_a_table_are_labels() -> None:
    def across(text: str, row: int) -> list[Cell | None]:
        return [cell(text, row, 0, columns=3), None, None]

    found = read(
        table(
            ["Texte", "Responsable", "Échéance"],
            across("OS – Rouler autrement", 1),
            across("OO – Pédaler plus", 2),
            ["Tracer des pistes", "Voirie", "2027"],
            across("OO – Marcher mieux", 4),
            ["Élargir les trottoirs", "Voirie", "2028"],
            across("OO – Rouler ensemble", 6),
            ["Partager des voitures", "Mobilité", "2029"],
        )
    )
    assert outline(found) == [
        "os | Rouler autrement",
        "  oo | Pédaler plus",
        "    action | Tracer des pistes",
        "  oo | Marcher mieux",
        "    action | Élargir les trottoirs",
        "  oo | Rouler ensemble",
        "    action | Partager des voitures",
    ]


@pytest.mark.parametrize("title", ["WiFi", "Relancer le budget participatif de chaque quartier"])
def test_the_title_of_a_sheet_above_its_labels_may_be_short(title: str) -> None:
    found = read(
        para("Fiche 1", outline=1, role=Role.SHEET_NAME),
        table(
            (f"Fiche action B.2.2 : {title}", ""),
            ("Objectif stratégique", "OS B : Être une ville propre"),
            ("Porteur", "Directeur général"),
            ("Planning", "2025-2027"),
            ("Statut", "En attente"),
        ),
    )
    assert ("porteur", "Directeur général") in said(found, title)


def test_bullets_beside_sub_actions_stand_under_the_plain_title_of_the_sheet() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        table(
            ("Titre", "Planter des tilleuls"),
            ("Sous-actions", [item("Choisir les essences"), item("Creuser les fosses")]),
            ("Mandataire", "Bourgmestre"),
            ("Priorité", "Haute"),
        ),
    )
    assert outline(found)[2:] == [
        "    action | Planter des tilleuls",
        "      sous_action | Choisir les essences",
        "      sous_action | Creuser les fosses",
    ]


@pytest.mark.parametrize("head", ["Type", "Nature"])
def test_what_kind_of_action_a_row_is_says_nothing_of_its_parents(head: str) -> None:
    found = read(
        para("Programme stratégique transversal"),
        table(
            ("Objectif stratégique", "Objectif opérationnel", "Action", head, "Pilote"),
            ("Rouler", "Pédaler", "Tracer une piste", "Projet", "Travaux"),
            ("Rouler", "Pédaler", "Prêter des vélos", "Action", "Mobilité"),
            ("Rouler", "Marcher", "Élargir un trottoir", "Projet", "Travaux"),
        ),
    )
    assert outline(found) == [
        "os | Rouler",
        "  oo | Pédaler",
        "    action | Tracer une piste",
        "    action | Prêter des vélos",
        "  oo | Marcher",
        "    action | Élargir un trottoir",
    ]
