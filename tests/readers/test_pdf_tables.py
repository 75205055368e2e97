"""Tables of a PDF: cells, spans, header rows, page breaks, columns that only whitespace draws."""

from __future__ import annotations

import pytest

from pipeline.model import Document, Table
from pipeline.readers.pdf import read_pdf
from pipeline.readers.pdf_rulings import Box, Drawing, Ruling
from pipeline.readers.pdf_tables import find_grids
from tests.readers.pdf_writer import Page, write_pdf

XS = [40.0, 90.0, 330.0, 440.0, 540.0]
HEAD = ["N°", "Action", "Service", "Échéance"]


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "essai.pdf")


def tables(document: Document) -> list[Table]:
    return [block.table for block in document.blocks if block.table is not None]


def rows(table: Table) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        found[cell.row_index].append(cell.text)
    return found


def ys(count: int, top: float = 100.0) -> list[float]:
    return [top + 20 * index for index in range(count + 1)]


def test_a_ruled_table_is_read_cell_by_cell() -> None:
    page = Page()
    page.text(40, 80, "OO 1.1 Rénover", bold=True)
    page.table(XS, ys(3), [HEAD, ["1", "Isoler l'école", "Travaux", "2026"], ["2", "Planter", "", "2027"]], bold_rows=1)
    document = read(page)
    assert document.blocks[0].text == "OO 1.1 Rénover"
    assert rows(tables(document)[0]) == [HEAD, ["1", "Isoler l'école", "Travaux", "2026"], ["2", "Planter", "", "2027"]]


def test_missing_lines_merge_cells() -> None:
    page = Page()
    xs, heights = [40.0, 160.0, 300.0, 420.0], [100.0, 120.0, 140.0, 160.0]
    page.line(40, 100, 420, 100)
    page.line(40, 120, 420, 120)
    page.line(160, 140, 420, 140)
    page.line(40, 160, 420, 160)
    for x in (40, 420):
        page.line(x, 100, x, 160)
    for x in xs[1:3]:
        page.line(x, 120, x, 160)
    page.text(44, 113, "Objectif opérationnel 1.1")
    page.text(44, 133, "Travaux")
    for index, (action, state) in enumerate([("Isoler", "En cours"), ("Peindre", "Terminé")]):
        page.text(164, heights[1 + index] + 13, action)
        page.text(304, heights[1 + index] + 13, state)
    (table,) = tables(read(page))
    assert [(c.row_index, c.column_index, c.row_span, c.column_span, c.text) for c in table.cells] == [
        (0, 0, 1, 3, "Objectif opérationnel 1.1"),
        (1, 0, 2, 1, "Travaux"),
        (1, 1, 1, 1, "Isoler"),
        (1, 2, 1, 1, "En cours"),
        (2, 1, 1, 1, "Peindre"),
        (2, 2, 1, 1, "Terminé"),
    ]


def test_a_cell_keeps_its_paragraphs_and_bullets() -> None:
    page = Page()
    page.grid([40, 140, 400], [100, 180])
    page.text(44, 113, "Actions", bold=True)
    page.lines(144, 113, ["• Isoler la toiture de l'école", "• Remplacer les châssis", "1. Consulter les riverains"])
    (table,) = tables(read(page))
    assert [(b.marker, b.text) for b in table.cells[1].blocks] == [
        ("•", "Isoler la toiture de l'école"),
        ("•", "Remplacer les châssis"),
        ("", "1. Consulter les riverains"),
    ]
    assert table.cells[0].blocks[0].style.bold


def test_filled_cells_without_lines_are_a_table() -> None:
    page = Page()
    for row, color in enumerate(["4f81bd", "d0d8e7", "e9ecf3"]):
        for column in range(2):
            page.box(40 + 200 * column, 100 + 20 * row, 240 + 200 * column, 120 + 20 * row, fill=color)
            page.text(44 + 200 * column, 113 + 20 * row, f"Case {row}{column}")
    (table,) = tables(read(page))
    assert rows(table) == [[f"Case {row}{column}" for column in range(2)] for row in range(3)]
    assert table.cells[0].fill == "4f81bd"


def test_horizontal_rules_alone_are_enough() -> None:
    page = Page()
    for y in ys(3, 90):
        page.line(40, y, 540, y)
    body = [
        ["Action", "Service", "Échéance"],
        ["Rénover la salle", "Travaux", "2026"],
        ["Planter", "Espaces verts", "2027"],
    ]
    for index, row in enumerate(body):
        for x, content in zip([44, 260, 420], row, strict=True):
            page.text(x, 104 + 20 * index, content, bold=index == 0)
    assert rows(tables(read(page))[0]) == body


BAND = ["Action", "Service", "Échéance", "État"]
BAND_XS = [40.0, 250.0, 350.0, 450.0, 540.0]


def band(page: Page, top: float) -> None:
    """Draw a header of filled cells."""
    for x0, x1, name in zip(BAND_XS, BAND_XS[1:], BAND, strict=False):
        page.box(x0, top, x1, top + 20, fill="334455")
        page.text(x0 + 5, top + 14, name, bold=True, color="ffffff")


def test_striped_rows_under_a_header_band_are_its_table() -> None:
    page = Page()
    for top, title in ((100.0, "OO 1.1 Garantir un logement"), (260.0, "OO 1.2 Insérer par l'emploi")):
        page.text(40, top - 10, title, size=12, bold=True)
        band(page, top)
        page.box(40, top + 40, 540, top + 72, fill="eef1f4")
        for x, content in zip(BAND_XS, ["Créer un studio", "Logement", "2026", "En cours"], strict=False):
            page.text(x + 5, top + 33, content)
        page.lines(45, top + 52, ["Mettre en place un nouvel atelier communal", "de réparation de vélos"])
        page.text(255, top + 52, "Social")
        page.text(455, top + 52, "Réalisé")
        page.text(45, top + 85, "Informer la population")
        page.text(355, top + 85, "2028")
    document = read(page)
    assert [block.text for block in document.blocks if block.table is None] == [
        "OO 1.1 Garantir un logement",
        "OO 1.2 Insérer par l'emploi",
    ]
    assert [rows(table) for table in tables(document)] == 2 * [
        [
            BAND,
            ["Créer un studio", "Logement", "2026", "En cours"],
            ["Mettre en place un nouvel atelier communal de réparation de vélos", "Social", "", "Réalisé"],
            ["Informer la population", "", "2028", ""],
        ]
    ]


def test_rows_with_a_rule_under_each_belong_to_the_header_band_above() -> None:
    page = Page()
    band(page, 100)
    body = [["Poser des caméras", "Police", "2023", "\u00d7"], ["Nettoyer les rives", "Travaux", "", "\u00d7"]]
    for index, row in enumerate(body):
        for x0, x1, content in zip(BAND_XS, BAND_XS[1:], row, strict=False):
            page.text(x0 + 5, 133 + 20 * index, content)
            page.line(x0, 140 + 20 * index, x1, 140 + 20 * index, color="006633")
    page.text(40, 200, "Le texte qui suit le tableau occupe toute la largeur de la page et n'en fait pas partie.")
    document = read(page)
    assert rows(tables(document)[0]) == [BAND, *body]
    assert document.blocks[-1].text.startswith("Le texte qui suit")


def test_columns_of_prose_under_a_band_of_headings_are_no_table() -> None:
    page = Page()
    for x, name in ((40.0, "Axe social"), (300.0, "Axe culturel")):
        page.box(x, 100, x + 250, 120, fill="334455")
        page.text(x + 5, 114, name, bold=True, color="ffffff")
        page.lines(
            x + 5,
            140,
            [
                "La commune soutient chaque année toutes les",
                "associations du village qui en font la demande",
                "et leur prête gratuitement une salle, du matériel",
                "ainsi que des agents pour leurs activités, dans la",
                "limite des crédits du budget ordinaire.",
            ],
        )
    assert all(table.row_count == 1 for table in tables(read(page)))


def test_headers_turned_by_a_quarter_are_read_upright() -> None:
    page = Page(842, 595)
    page.grid([40, 300, 330, 360, 500], [60, 140, 160])
    page.text(44, 130, "Action")
    for x, name in ((318, "À programmer"), (348, "En cours")):
        page.text(x, 136, name, angle=90, bold=True)
    page.text(44, 153, "Rénover la salle")
    page.text(341, 153, "X")
    (table,) = tables(read(page))
    assert rows(table) == [["Action", "À programmer", "En cours", ""], ["Rénover la salle", "", "X", ""]]


def test_a_board_of_crosses_without_lines_is_a_table() -> None:
    page = Page()
    page.text(40, 100, "Actions", bold=True)
    for x, name in zip([330, 400, 460], ["A progr.", "En cours", "Fin."], strict=True):
        page.text(x, 100, name, bold=True)
    titles = ["Rénover la salle des fêtes", "Planter des haies le long du chemin", "Former le personnel communal"]
    for index, (title, column) in enumerate(zip(titles, [1, 0, 2], strict=True)):
        page.text(40, 120 + 18 * index, title)
        page.text([345, 415, 465][column], 120 + 18 * index, "X")
    (table,) = tables(read(page))
    assert rows(table)[1:] == [[titles[0], "", "X", ""], [titles[1], "X", "", ""], [titles[2], "", "", "X"]]


def test_labels_and_values_in_two_columns_are_a_table() -> None:
    page = Page()
    pairs = [("Responsable :", "Chef des travaux"), ("Échéance :", "décembre 2026"), ("Budget :", "45.000 €")]
    for index, (label, value) in enumerate(pairs):
        page.text(40, 110 + 16 * index, label, bold=True)
        page.text(160, 110 + 16 * index, value)
    (table,) = tables(read(page))
    assert rows(table) == [list(pair) for pair in pairs]


def test_two_labels_beside_their_values_are_a_table_already() -> None:
    page = Page()
    for index, pair in enumerate(pairs := [("Date de fin", "début 2029"), ("Agent pilote", "Chef des travaux")]):
        page.text(40, 110 + 16 * index, pair[0], bold=True)
        page.text(160, 110 + 16 * index, pair[1])
    (table,) = tables(read(page))
    assert rows(table) == [list(pair) for pair in pairs]


@pytest.mark.parametrize("count", [1, 2])
def test_rows_of_two_labels_beside_their_values_are_a_table_already(count: int) -> None:
    printed = [["Statut", "En cours", "Avancement", "10 %"], ["Début", "01/04/2026", "Échéance", "31/08/2027"]][:count]
    page = Page()
    page.text(60, 80, "Action 3.2.1 : Construire un observatoire", size=16, bold=True)
    for index, row in enumerate(printed):
        for x, text in zip((60, 130, 290, 360), row, strict=True):
            page.text(x, 110 + 18 * index, text, bold=x in (60, 290))
    (table,) = tables(read(page))
    assert rows(table) == printed


def test_columns_whose_sheets_print_the_same_labels_are_no_table() -> None:
    page = Page()
    for x, titles in ((40, ("Planter", "Tailler")), (300, ("Semer", "Arroser"))):
        for index, title in enumerate(titles):
            page.lines(x, 100 + 48 * index, [f"{title} les haies", "Fin : 2028", "Pilote : Travaux"], leading=1.6)
    assert tables(read(page)) == []


def test_forms_without_lines_under_headings_are_a_table_each() -> None:
    page = Page()
    forms = {
        "Projet 1 : Haies": "Chef des travaux",
        "Projet 2 : Un verger": "Cheffe de bureau",
        "Projet 3": "Médiateur",
    }
    for index, (title, owner) in enumerate(forms.items()):
        y = 100.0 + 90 * index
        page.text(40, y, title, bold=True)
        for row, (label, value, second, other) in enumerate(
            [
                ("Responsable", owner, "Service", "Voirie"),
                ("Échéance", "2027", "Budget", "450 €"),
                ("Statut", "En cours", "Avancement", "30 %"),
            ]
        ):
            for x, text in zip((40, 150, 290, 400), (label, value, second, other), strict=True):
                page.text(x, y + 18 + 14 * row, text)
    found = tables(read(page))
    assert [rows(table)[0] for table in found] == [
        ["Responsable", owner, "Service", "Voirie"] for owner in forms.values()
    ]


def test_two_columns_of_bullets_are_no_table() -> None:
    page = Page()
    for column, names in enumerate([["Écoles", "Crèches", "Musées"], ["Police", "Pompiers", "Travaux"]]):
        for index, name in enumerate(names):
            page.text(50 + 250 * column, 100 + 14 * index, f"• {name}")
    document = read(page)
    assert not tables(document)
    assert [block.text for block in document.blocks] == ["Écoles", "Crèches", "Musées", "Police", "Pompiers", "Travaux"]


def test_a_framed_paragraph_is_a_box_not_a_table() -> None:
    page = Page()
    page.box(40, 80, 400, 130, stroke="000000")
    page.lines(50, 100, ["OS 1 : une commune propre", "OO 1.1 : réduire les déchets"])
    document = read(page)
    assert not tables(document)
    assert {block.position.box for block in document.blocks} == {0}


# ------------------------------------------------------------------------------------------------------ page breaks


def board(first: int, last: int, *, top: float = 100.0, header: bool = True) -> Page:
    page = Page(842, 595)
    page.text(40, 30, "Commune d'Exempleville")
    body = [[str(n), f"Action numéro {n}", "Travaux", f"20{20 + n}"] for n in range(first, last + 1)]
    page.table(XS, ys(len(body) + header, top), [HEAD, *body] if header else body, bold_rows=int(header))
    page.text(40, 570, f"Page {first}")
    return page


def test_a_table_that_goes_on_is_one_table_without_its_repeated_header() -> None:
    document = read(board(1, 3), board(4, 6, top=60), board(7, 8, top=60))
    (table,) = tables(document)
    assert table.header_row_count == 1
    assert [row[0] for row in rows(table)] == ["N°", *map(str, range(1, 9))]
    assert sum(block.text == "Commune d'Exempleville" for block in document.blocks) == 3


def test_a_table_goes_on_without_a_header() -> None:
    (table,) = tables(read(board(1, 3), board(4, 6, top=60, header=False)))
    assert [row[0] for row in rows(table)] == ["N°", *map(str, range(1, 7))]


def test_a_row_cut_by_the_break_is_one_row() -> None:
    first, second = Page(842, 595), Page(842, 595)
    first.table(XS, [100, 120, 150], [HEAD, ["1", "", "Travaux", "2026"]], bold_rows=1)
    first.lines(94, 133, ["Isoler la toiture de l'école du centre et"])
    second.table(XS, [60, 80, 100, 120], [HEAD, ["", "remplacer la chaudière", "", ""], ["2", "Planter", "RH", "2027"]])
    (table,) = tables(read(first, second))
    assert rows(table) == [
        HEAD,
        ["1", "Isoler la toiture de l'école du centre et remplacer la chaudière", "Travaux", "2026"],
        ["2", "Planter", "RH", "2027"],
    ]


def test_a_merged_key_goes_on_over_the_break() -> None:
    first, second = Page(842, 595), Page(842, 595)
    xs = [40.0, 160.0, 400.0, 520.0]
    for page, top in ((first, 100.0), (second, 60.0)):
        for x in xs:
            page.line(x, top, x, top + 60)
        for y in (top, top + 20, top + 60):
            page.line(40, y, 520, y)
        page.line(160, top + 40, 520, top + 40)
        for x, name in zip(xs, ["Objectif", "Action", "État"], strict=False):
            page.text(x + 4, top + 13, name, bold=True)
    first.text(44, 133, "OO 1.1 Bâtir")
    for page, top, names in ((first, 100, ["Première", "Deuxième"]), (second, 60, ["Troisième", "Quatrième"])):
        for index, name in enumerate(names):
            page.text(164, top + 33 + 20 * index, f"{name} action")
            page.text(404, top + 33 + 20 * index, "En cours")
    (table,) = tables(read(first, second))
    key = next(cell for cell in table.cells if cell.text == "OO 1.1 Bâtir")
    assert (key.row_index, key.row_span, table.row_count) == (1, 4, 5)


def spanning(page: Page, top: float, keys: list[tuple[list[str], int]], actions: list[list[str]]) -> None:
    """Draw a table whose first column holds cells over several rows: the lines of each key, its number of rows."""
    xs = [40.0, 150.0, 200.0, 420.0, 520.0]
    heights = [top + 24 * index for index in range(len(actions) + 2)]
    for x in xs:
        page.line(x, top, x, heights[-1])
    for y in heights:
        page.line(150, y, 520, y)
    for x, name in zip(xs, ["Objectif", "N°", "Action", "État"], strict=False):
        page.text(x + 4, top + 15, name, bold=True)
    row = 1
    page.line(40, top, 150, top)
    for lines, count in keys:
        page.line(40, heights[row], 150, heights[row])
        page.lines(44, heights[row] + 10, lines, bold=True)
        row += count
    page.line(40, heights[-1], 150, heights[-1])
    for index, action in enumerate(actions, 1):
        for x, content in zip(xs[1:], action, strict=False):
            page.text(x + 4, heights[index] + 15, content)


def test_a_merged_key_cut_in_its_text_goes_on_over_the_break_beside_a_new_row() -> None:
    first, second = Page(842, 595), Page(842, 595)
    spanning(
        first,
        400,
        [(["OO 1.1 : Soigner", "les haies"], 2), (["OO 1.2 : Réduire la"], 1)],
        [["1.1.1", "Planter", "En cours"], ["1.1.2", "Tailler", "En cours"], ["1.2.1", "Composter", "Terminé"]],
    )
    spanning(
        second,
        60,
        [(["production de", "déchets"], 1), (["OO 1.3 : Trier"], 2)],
        [["1.2.2", "Réparer", "En cours"], ["1.3.1", "Collecter", "En cours"], ["1.3.2", "Peser", "En cours"]],
    )
    (table,) = tables(read(first, second))
    keys = [(c.text, c.row_index, c.row_span) for c in table.cells if c.column_index == 0]
    assert keys[1:] == [
        ("OO 1.1 : Soigner les haies", 1, 2),
        ("OO 1.2 : Réduire la production de déchets", 3, 2),
        ("OO 1.3 : Trier", 5, 2),
    ]


def test_a_row_and_its_merged_key_cut_by_the_break_are_one_row() -> None:
    first, second = Page(842, 595), Page(842, 595)
    spanning(
        first,
        400,
        [(["OO 3.2 : Prévenir"], 2), (["OO 3.3 :"], 1)],
        [["3.2.1", "Animer", "En cours"], ["3.2.2", "Former", "En cours"], ["3.3.1", "Mettre à jour le", "Terminé"]],
    )
    spanning(
        second,
        60,
        [(["Gérer la crise"], 2)],
        [["", "plan d'urgence communal", ""], ["3.3.2", "Tester la sirène", "En cours"]],
    )
    (table,) = tables(read(first, second))
    assert rows(table)[-2:] == [
        ["OO 3.3 : Gérer la crise", "3.3.1", "Mettre à jour le plan d'urgence communal", "Terminé"],
        ["3.3.2", "Tester la sirène", "En cours"],
    ]


def test_a_row_whose_entries_stand_on_either_side_of_the_break_is_one_row() -> None:
    body = [[str(n), f"Action {n}", "Travaux", "2026"] for n in range(1, 6)]
    first, second = Page(842, 595), Page(842, 595)
    first.table(XS, ys(7), [HEAD, *body, ["6", "Planter une haie", "", "2027"]], bold_rows=1)
    second.table(XS, ys(3, 60), [HEAD, ["", "", "Espaces verts", ""], ["7", "Élaguer", "Travaux", "2028"]], bold_rows=1)
    (table,) = tables(read(first, second))
    assert rows(table)[-2:] == [["6", "Planter une haie", "Espaces verts", "2027"], ["7", "Élaguer", "Travaux", "2028"]]


def test_a_row_that_begins_with_one_entry_at_the_foot_of_a_page_is_one_row() -> None:
    body = [["", f"Action {n}", "Travaux", "2026"] for n in range(1, 6)]
    first, second = Page(842, 595), Page(842, 595)
    first.table(XS, ys(7), [HEAD, *body, ["", "", "Espaces verts", ""]], bold_rows=1)
    second.table(XS, ys(2, 60), [["", "Planter une haie", "", "2027"], ["", "Élaguer", "Travaux", "2028"]])
    (table,) = tables(read(first, second))
    assert rows(table)[-2:] == [["", "Planter une haie", "Espaces verts", "2027"], ["", "Élaguer", "Travaux", "2028"]]


@pytest.mark.parametrize("title", ["Action 7 - Élaguer les tilleuls", "Dessiner les plans"])
def test_a_row_with_few_entries_that_begins_an_item_or_is_like_others_goes_on_no_row_before_the_break(
    title: str,
) -> None:
    xs = [40.0, 100.0, 300.0, 400.0, 470.0, 540.0]
    head = ["Objectif", "Intitulé", "Service", "Échéance", "Budget"]
    full = [["", f"Action {n} - Planter une haie", "Travaux", "2026", "1 €"] for n in range(1, 5)]
    inner = ["", "Choisir les plants", "", "", ""]
    first, second = Page(842, 595), Page(842, 595)
    first.table(xs, ys(7), [head, *full[:2], inner, *full[2:], ["", "Action 6 - Semer", "Travaux", "2027", "2 €"]])
    second.table(xs, ys(2, 60), [["", title, "", "", ""], full[0]])
    found = [row[1] for table in tables(read(first, second)) for row in rows(table)]
    assert title in found
    assert "Action 6 - Semer" in found


def test_two_sheets_of_one_form_with_labels_over_values_stay_two_tables() -> None:
    pages = []
    for number in (1, 2):
        page = Page()
        page.grid([40, 200, 360], [100, 130, 160, 190, 220])
        for row, label in enumerate(["Action", "Service", "Échéance", "Budget"]):
            page.text(44, 112 + 30 * row, label, size=7, bold=True, color="2266aa")
            page.text(44, 124 + 30 * row, f"Valeur {number}{row}")
            page.text(204, 112 + 30 * row, f"Autre {label.lower()}", size=7, bold=True, color="2266aa")
        pages.append(page)
    assert len(tables(read(*pages))) == 2


def test_two_sheets_of_one_form_stay_two_tables() -> None:
    pages = []
    for number in (1, 2):
        page = Page()
        labels = [
            ["Action", f"Fiche {number}"],
            ["Service", "Travaux"],
            ["Échéance", f"202{number}"],
            ["Budget", "1 €"],
        ]
        page.table([40, 160, 400], ys(4), labels)
        pages.append(page)
    assert len(tables(read(*pages))) == 2


def test_tables_with_other_columns_stay_apart() -> None:
    other = Page()
    other.table([40, 200, 540], ys(2), [["Recettes", "Montant"], ["Subside", "12 €"]])
    assert len(tables(read(board(1, 3), other))) == 2


# ---------------------------------------------------------------------------------------------------------- grids


def test_lines_that_settle_no_rectangle_are_given_to_pdfplumber() -> None:
    """An L-shaped hole: the cells around it are still found."""
    lines = [
        Ruling(0, 0, 300, 0, "000000"),
        Ruling(0, 100, 300, 100, "000000"),
        Ruling(0, 0, 0, 100, "000000"),
        Ruling(300, 0, 300, 100, "000000"),
        Ruling(100, 0, 100, 50, "000000"),
        Ruling(200, 0, 200, 100, "000000"),
        Ruling(0, 50, 100, 50, "000000"),
    ]
    (grid,) = find_grids(Drawing(lines, [], [], []), 595, 842)
    assert (0, 0, 1, 1) in {(c.row_index, c.column_index, c.row_span, c.column_span) for c in grid.cells}


def test_the_border_of_the_page_is_no_grid() -> None:
    assert find_grids(Drawing([], [Box(5, 5, 590, 837, "", "000000")], [], []), 595, 842) == []


def test_a_word_that_its_cell_broke_without_a_hyphen_is_whole() -> None:
    page = Page()
    page.text(40, 60, "Le développement durable de la commune.")
    page.grid([40, 108.5, 300], [100, 130])
    page.lines(42, 112, ["développeme", "nt durable"])
    page.text(114, 112, "Service du climat")
    assert tables(read(page))[0].cells[0].text == "développement durable"


@pytest.mark.parametrize(
    ("upper", "lower", "whole"),
    [("bibliothèqu", "e du village", "bibliothèque du village"), ("l'opérateur", "une ligne", "l'opérateur une ligne")],
)
def test_a_word_wider_than_its_cell_is_whole_and_whole_words_stay_two(upper: str, lower: str, whole: str) -> None:
    page = Page()
    width = 52.0 if upper.startswith("b") else 48.5
    page.grid([40, 44 + width, 300], [100, 130])
    page.lines(42, 112, [upper, lower])
    page.text(60 + width, 112, "Service du climat")
    assert tables(read(page))[0].cells[0].text == whole


def test_a_row_with_a_short_entry_on_one_page_and_the_rest_on_the_next_is_one_row() -> None:
    first, second = Page(842, 595), Page(842, 595)
    first.table(XS, ys(3), [HEAD, ["A. 1", "Ouvrir un marché", "Travaux", "2026"], ["", "Éditer une carte", "", ""]])
    second.table(XS, ys(2, 60), [HEAD, ["A. 2", "", "Espaces verts", "2027"]])
    (table,) = tables(read(first, second))
    assert rows(table)[-1] == ["A. 2", "Éditer une carte", "Espaces verts", "2027"]


def test_a_header_cut_off_by_its_cell_leaves_the_next_one_whole() -> None:
    page = Page()
    page.table(XS, ys(3), [["N°", "Action", "", ""], ["1", "Isoler", "Travaux", "2026"], ["2", "Planter", "", "2027"]])
    page.text(XS[2] + 4, 113, "Service gestionnaire prim")
    page.text(XS[3] + 2, 113, "Échéance")
    assert rows(tables(read(page))[0])[0] == ["N°", "Action", "Service gestionnaire prim", "Échéance"]


def test_rows_of_one_cell_and_bands_under_a_header_are_in_its_table() -> None:
    page = Page()
    band(page, 100)
    below = [
        ["OS 1 Vivre au village, ensemble et en sécurité, dans chaque quartier de la commune", "", "", ""],
        ["Poser des caméras", "Police", "2023", "En cours"],
        ["Visiter les lieux", "", "", ""],
        ["Choisir un poteau", "", "", ""],
        ["OS 2 Rouler autrement dans toute la commune, à pied, à vélo et en bus", "", "", ""],
        ["OO 2.1 Pédaler plus souvent, de la gare au village et du village à l'école", "", "", ""],
        ["Tracer une piste", "Travaux", "2026", "Réalisé"],
        ["Compter les vélos", "", "", ""],
    ]
    for index, row in enumerate(below):
        top = 120 + 20.0 * index
        if row[0].startswith("O"):
            page.box(40, top, 540, top + 20, fill="eef1f4")
        for x0, x1, content in zip(BAND_XS, BAND_XS[1:], row, strict=False):
            page.text(x0 + 5, top + 13, content)
            page.line(x0, top + 20, x1, top + 20, color="dddddd")
    found = tables(read(page))
    assert [[text for text in row if text] for row in rows(found[0])] == [BAND, *([t for t in r if t] for r in below)]


FRAME_XS = [40.0, 200.0, 330.0, 440.0, 540.0]


def test_a_column_of_levels_makes_no_form_of_two_pages() -> None:
    first, second = Page(), Page()
    upper = ["OS", "OO", "Action", "Action", "OO", "Action", "Action", "Action"]
    lower = ["OS", "OO", "Action", "Action", "Action", "OO", "Action", "Action"]
    above = [["Niveau", "Titre", "Service", "Délai"], *([name, f"Semer {i}", "", ""] for i, name in enumerate(upper))]
    first.table(FRAME_XS, ys(9, 600), above, bold_rows=1)
    second.table(FRAME_XS, ys(8, 60), [[name, f"Planter {i}", "", ""] for i, name in enumerate(lower)])
    assert [table.row_count for table in tables(read(first, second))] == [17]


def test_a_state_in_small_letters_on_the_next_page_makes_no_cut_row() -> None:
    first, second = Page(), Page()
    above = [["Axe", "Action", "Service", "État"], ["1", "Planter", "Travaux", "Réalisé"]]
    first.table(FRAME_XS, ys(3, 700), [*above, ["", "Semer", "GRH", "Réalisé"]], bold_rows=1)
    second.table(FRAME_XS, ys(2, 60), [["", "Tondre", "Travaux", "en cours"], ["", "Tailler", "GRH", "Réalisé"]])
    found = rows(tables(read(first, second))[0])
    assert [row[1] for row in found] == ["Action", "Planter", "Semer", "Tondre", "Tailler"]


def test_a_list_that_ends_with_a_comma_goes_on_on_the_next_page() -> None:
    first, second = Page(), Page()
    above = [["Action", "Service", "Budget", "État"], ["Planter", "GRH", "100 €", "Réalisé"]]
    first.table(FRAME_XS, ys(3, 700), [*above, ["Semer les prés de", "Travaux,", "200 €", "Réalisé"]], bold_rows=1)
    second.table(FRAME_XS, ys(2, 60), [["toute l'entité", "Écoles", "", ""], ["Tailler", "GRH", "300 €", "Réalisé"]])
    found = rows(tables(read(first, second))[0])
    assert [row[0] for row in found] == ["Action", "Planter", "Semer les prés de toute l'entité", "Tailler"]
    assert found[2][1].split() == ["Travaux,", "Écoles"]


@pytest.mark.parametrize("titles", [("2. Semer", "3. Tailler"), ("• Semer", "• Tailler"), ("Semer", "Tailler")])
def test_items_between_labels_and_values_set_like_the_labels_are_no_labels(titles: tuple[str, str]) -> None:
    page = Page()
    page.text(90, 100, "1. Planter des haies le long de tous les chemins de la commune", bold=True)
    fields = (("Service", "Travaux"), ("Délai", "début 2029"))
    for form, title in enumerate(("", *titles)):
        y = 100.0 + 60 * form
        page.text(90, y, title, bold=True)
        for row, (label, value) in enumerate(fields if form < 2 else fields[:1]):
            page.text(107, y + 17 + 17 * row, label, bold=True)
            page.text(249, y + 17 + 17 * row, value)
    page.text(290, 700, "Page 1 / 3")
    document = read(page)
    assert [rows(table) for table in tables(document)] == [[list(pair) for pair in fields]] * 2
    printed = [block.text for block in document.blocks if block.table is None]
    assert [text for text in printed if "Page" not in text][1:3] == [title.strip("• ") for title in titles]


def test_a_page_number_under_labels_and_values_is_no_value() -> None:
    page = Page()
    for row, (label, value) in enumerate([("Service", "Travaux"), ("Délai", "2029"), ("Pilote", "Agent technique")]):
        page.text(107, 700 + 17 * row, label, bold=True)
        page.text(249, 700 + 17 * row, value)
    page.text(283, 760, "Page 2 / 5")
    document = read(page)
    assert rows(tables(document)[0])[-1] == ["Pilote", "Agent technique"]
    assert document.blocks[-1].text == "Page 2 / 5"


def test_the_heading_of_a_list_is_a_row_of_its_own_among_codes_and_titles() -> None:
    page = Page()
    page.text(90, 100, "Levier 3.1", size=15, bold=True, color="c0504d")
    page.lines(215, 100, ["Former les agents de terrain", "à l'entretien"], size=15, leading=1.1, bold=True)
    page.text(90, 134, "Actions :", bold=True)
    for row, title in enumerate(("Planter", "Semer", "Tailler")):
        page.text(90, 152 + 18 * row, f"Action 3.1.{row + 1}")
        page.text(172, 152 + 18 * row, f"{title} les haies")
    assert [row[0] for row in rows(tables(read(page))[0])][:3] == ["Levier 3.1", "Actions :", "Action 3.1.1"]


def test_names_on_a_line_each_that_fill_their_cells_are_a_paragraph_each() -> None:
    page = Page()
    names = [["Directeur financier"], ["Bourgmestre"], ["Directeur financier", "Bourgmestre"]]
    edges = [300.0, 320.0, 340.0, 360.0, 390.0, 420.0]
    page.grid([40, 140, 230], edges)
    page.text(44, 313, "Action")
    page.text(144, 313, "Pilote")
    for row, cell in enumerate([*names, ["Cheffe de bureau", "Technique"]]):
        page.text(44, edges[row + 1] + 13, f"Planter {row}")
        page.lines(144, edges[row + 1] + 12, cell)
    cells = [cell for cell in tables(read(page))[0].cells if cell.column_index == 1]
    assert [[block.text for block in cell.blocks] for cell in cells[1:]] == [
        *names,
        ["Cheffe de bureau Technique"],
    ]


@pytest.mark.parametrize("printed", ["15.01.2027", "15/01/2027"])
def test_a_date_that_its_narrow_cell_breaks_is_whole(printed: str) -> None:
    page = Page()
    page.grid([40, 140, 194], [100, 120, 150])
    page.text(44, 113, "Action")
    page.text(144, 113, "Fin")
    page.text(44, 133, "Planter")
    page.lines(144, 133, [printed[:-1], printed[-1]])
    assert rows(tables(read(page))[0])[1] == ["Planter", printed]


def test_a_row_without_its_title_on_the_next_page_goes_on_whatever_moved_down_with_it() -> None:
    first, second = Page(), Page()
    above = [["Service", "Action", "Fin", "Indicateur"], ["GRH", "Planter", "2027", "Arbres"]]
    rest = [["Travaux", title, "2028", "Prés"] for title in ("Semer", "Faucher", "Arroser")]
    first.table(FRAME_XS, ys(6, 660), [*above, *rest, ["Travaux, Cadre de", "Tondre", "2028", ""]], bold_rows=1)
    second.table(FRAME_XS, ys(2, 60), [["vie", "", "", "Hectares"], ["GRH", "Tailler", "2029", "Haies"]])
    found = rows(tables(read(first, second))[0])
    assert found[5] == ["Travaux, Cadre de vie", "Tondre", "2028", "Hectares"]
    assert [row[1] for row in found] == ["Action", "Planter", "Semer", "Faucher", "Arroser", "Tondre", "Tailler"]
