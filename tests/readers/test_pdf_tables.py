"""Tables of a PDF: cells, spans, header rows, page breaks, columns that only whitespace draws."""

from __future__ import annotations

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
