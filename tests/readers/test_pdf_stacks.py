"""Tables of a PDF that are drawn in part: rules or stripes alone, partial borders, gutters, a frame without lines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from pipeline.extract import extract
from pipeline.model import Document, Marker, Table
from pipeline.readers import pdf
from pipeline.readers.pdf import read_pdf
from tests.readers.pdf_writer import Page, write_pdf

XS = [40.0, 190.0, 380.0, 460.0, 540.0]
HEAD = ["Objectif", "Actions", "Service", "Échéance"]
BODY = [
    (["Ramener des commerçants", "en ville"], ["Octroyer une prime aux", "commerces de bouche"], "Travaux", "2026"),
    (["Rendre le marché", "plus attractif"], ["Déplacer le marché sur", "le parvis rénové"], "Culture", "2027"),
    (["Étendre le réseau", "cyclable"], ["Finaliser la liaison vers", "l'ancienne gare"], "Mobilité", "2028"),
]
ROWS = [HEAD, *([" ".join(key), " ".join(action), service, year] for key, action, service, year in BODY)]
STEP = 36.0


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "essai.pdf")


def rows(table: Table) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        found[cell.row_index].append(cell.text.replace("\n", " "))
    return found


def tables(document: Document) -> list[list[list[str]]]:
    return [rows(block.table) for block in document.blocks if block.table is not None]


def texts(page: Page, top: float, *, pad: float = 5.0) -> None:
    """Set a header of 20 points and the rows under it; nothing is drawn."""
    for x, name in zip(XS, HEAD, strict=False):
        page.text(x + pad, top + 14, name, bold=True)
    for index, (key, action, service, year) in enumerate(BODY):
        y = top + 20 + STEP * index + 14
        page.lines(XS[0] + pad, y, key)
        page.lines(XS[1] + pad, y, action)
        page.text(XS[2] + pad, y, service)
        page.text(XS[3] + pad, y, year)


def pieces(page: Page, y: float, xs: list[float], *, gap: float = 0.0) -> None:
    for x0, x1 in pairwise(xs):
        page.line(x0, y, x1 - gap, y, color="999999")


def rules(page: Page, top: float) -> None:
    for y in (top + 20, *(top + 20 + STEP * n for n in (1, 2, 3))):
        pieces(page, y, XS)


def rules_with_gaps(page: Page, top: float) -> None:
    for y in (top + 20, *(top + 20 + STEP * n for n in (1, 2, 3))):
        pieces(page, y, XS, gap=8)


def one_rule_under_the_header_and_stripes(page: Page, top: float) -> None:
    page.box(40, top, 540, top + 20, fill="ccd6dd")
    page.box(40, top + 20 + STEP, 540, top + 20 + 2 * STEP, fill="eeeeee")


def a_band_and_rules_in_one_piece(page: Page, top: float) -> None:
    page.box(40, top, 540, top + 20, fill="ccd6dd")
    for n in (1, 2, 3):
        page.line(40, top + 20 + STEP * n, 540, top + 20 + STEP * n, color="999999")


def a_frame_round_the_rows(page: Page, top: float) -> None:
    for x0, x1 in pairwise(XS):
        page.box(x0, top, x1, top + 20, fill="ccd6dd")
    page.box(40, top, 540, top + 20 + 3 * STEP, stroke="333333")


def lines_between_the_columns(page: Page, top: float) -> None:
    page.line(40, top + 20, 540, top + 20)
    for x in XS[1:-1]:
        page.line(x, top, x, top + 20 + 3 * STEP)


def cells_with_gutters(page: Page, top: float) -> None:
    for n, (y0, y1) in enumerate(
        [(top, top + 18), *((top + 20 + STEP * n, top + 18 + STEP * (n + 1)) for n in range(3))]
    ):
        for x0, x1 in pairwise(XS):
            page.box(x0, y0, x1 - 3, y1, fill="eef3f6" if n else "ccd6dd")


@pytest.mark.parametrize(
    "draw",
    [
        rules,
        rules_with_gaps,
        one_rule_under_the_header_and_stripes,
        a_band_and_rules_in_one_piece,
        a_frame_round_the_rows,
        lines_between_the_columns,
        cells_with_gutters,
    ],
    ids=lambda draw: draw.__name__,
)
def test_the_cells_of_a_table_are_whole_however_little_of_it_is_drawn(draw: Callable[[Page, float], None]) -> None:
    """Nothing of the next column enters a wrapped title, and a wrapped title is no second row."""
    page = Page()
    for top, title in ((100.0, "Objectif stratégique 1"), (360.0, "Objectif stratégique 2")):
        page.text(40, top - 24, title, size=15, bold=True)
        draw(page, top)
        texts(page, top)
    document = read(page)
    assert tables(document) == [ROWS, ROWS]
    assert [b.text for b in document.blocks if b.table is None] == ["Objectif stratégique 1", "Objectif stratégique 2"]


def test_a_key_without_a_rule_under_it_is_one_cell_beside_several_rows() -> None:
    page = Page()
    page.box(40, 60, 540, 100, fill="aa1133")
    page.text(50, 86, "Redynamiser le centre", size=16, bold=True, color="ffffff")
    page.box(40, 120, 540, 140, fill="ccd6dd")
    for x, name in zip(XS, HEAD, strict=False):
        page.text(x + 5, 134, name, bold=True)
    keys = [
        (0, ["1.1 Ramener des", "commerçants dans", "les cellules vides"]),
        (3, ["1.2 Rendre les marchés", "attractifs"]),
    ]
    for index in range(5):
        y = 140 + 24 * index
        pieces(page, y + 24, XS if index in (2, 4) else XS[1:])
        page.text(XS[1] + 5, y + 15, f"Action numéro {index}")
        page.text(XS[2] + 5, y + 15, "Travaux")
        page.text(XS[3] + 5, y + 15, "2026")
    for index, key in keys:
        page.lines(45, 155 + 24 * index, key)
    (table,) = (block.table for block in read(page).blocks if block.table is not None)
    found = [(cell.row_index, cell.row_span, cell.text) for cell in table.cells if cell.column_index == 0]
    assert found == [
        (0, 1, "Objectif"),
        (1, 3, "1.1 Ramener des commerçants dans les cellules vides"),
        (4, 2, "1.2 Rendre les marchés attractifs"),
    ]


def test_prose_between_rules_in_two_columns_is_no_table() -> None:
    page = Page()
    for y in (100.0, 180.0, 260.0):
        page.line(40, y, 540, y)
        for x in (40, 300):
            page.lines(
                x,
                y + 16,
                [
                    "Le centre attire de moins en moins de clients",
                    "et les cellules vides y sont nombreuses depuis",
                    "des années",
                ],
            )
    assert tables(read(page)) == []


def test_cards_of_one_width_with_gutters_stay_boxes() -> None:
    page = Page()
    for row in range(3):
        for column in range(2):
            x, y = 40 + 254 * column, 100 + 80 * row
            page.box(x, y, x + 246, y + 72, fill="eef3f6")
            page.text(x + 8, y + 18, f"Action {row}.{column}", bold=True)
            page.lines(x + 8, y + 34, ["Isoler la toiture", "de l'école"])
    assert tables(read(page)) == []


def crosses(page: Page) -> None:
    """A print of a workbook where only filled cells have borders: a cross stands in a cell of its own."""
    xs = [40.0, 80.0, 300.0, 420.0, 450.0, 480.0, 510.0]
    heights = [100.0, 130.0, 150.0, 170.0, 190.0, 210.0]
    page.box(40, 100, 510, 130, fill="c6e0b4")
    for x in xs:
        page.line(x, 100, x, 130)
    page.line(40, 100, 510, 100)
    page.line(40, 130, 510, 130)
    for x in xs[:3]:
        page.line(x, 130, x, 210)
    for y in heights[2:]:
        page.line(40, y, 300, y)
    for x, name in zip(xs, ["N°", "Actions", "Service", "Prévu", "Cours", "Fini"], strict=False):
        page.text(x + 2, 112, name, size=8)
    for index, (y, place) in enumerate(zip(heights[1:], [None, 4, 5, 3], strict=False)):
        page.text(xs[0] + 4, y + 13, f"{index}" if index else "OO1")
        page.text(xs[1] + 4, y + 13, "Planter des haies" if index else "Verdir la commune", bold=not index)
        if place is not None:
            page.text(xs[2] + 4, y + 13, "Travaux")
            page.box(300, y, 420, y + 20, stroke="000000")
            page.box(xs[place], y, xs[place + 1], y + 20, stroke="000000")
            page.text(xs[place] + 4, y + 13, "X")


def test_crosses_in_lone_cells_are_cells_of_the_table_around_them() -> None:
    page = Page()
    crosses(page)
    (table,) = tables(read(page))
    assert table == [
        ["N°", "Actions", "Service", "Prévu", "Cours", "Fini"],
        ["OO1", "Verdir la commune", "", "", "", ""],
        ["1", "Planter des haies", "Travaux", "", "X", ""],
        ["2", "Planter des haies", "Travaux", "", "", "X"],
        ["3", "Planter des haies", "Travaux", "X", "", ""],
    ]


def test_boxes_level_with_one_line_of_text_are_read_to_the_end() -> None:
    """Heads at one height part nothing: the page is read in columns, and reading comes to an end."""
    page = Page()
    for x in (40, 130):
        page.box(x, 100, x + 80, 120, stroke="000000")
        page.text(x + 6, 114, f"Case {x}")
    page.lines(
        320, 114, ["Le texte à droite commence à la hauteur des cases", "et va plus bas que les deux cases réunies"]
    )
    printed = " ".join(block.text for block in read(page).blocks)
    assert all(word in printed for word in ("Case 40", "Case 130", "réunies"))


def test_a_page_whose_drawing_cannot_be_made_out_is_read_as_text_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = pdf.read_frames

    def fail_on_drawings(words, drawing, *rest):  # type: ignore[no-untyped-def]
        if drawing.rulings:
            raise RecursionError
        return genuine(words, drawing, *rest)

    monkeypatch.setattr(pdf, "read_frames", fail_on_drawings)
    first, second = Page(), Page()
    first.text(40, 100, "Objectif stratégique 1 : verdir la commune")
    second.table([40, 300, 540], [100, 120, 140], [["Action", "Service"], ["Planter", "Travaux"]])
    document = read(first, second)
    assert document.plain_pages == (2,)
    assert "Planter" in " ".join(block.text for block in document.blocks)
    (remark,) = [r for r in extract(document).remarks if r.code == "page_plain"]
    assert remark.locator == "p. 2"


# ----------------------------------------------------------------------------------------------- tabs on one baseline


def test_a_dash_or_a_code_and_its_text_behind_a_tab_are_one_line() -> None:
    page = Page()
    page.text(40, 100, "O.O. 2.1", bold=True)
    page.text(100, 100, "Programmer les travaux de voirie", bold=True)
    for y, action in ((124, "Tenir un cadastre des voiries"), (148, "Confier l'inspection des ponts à un bureau")):
        page.text(76, y, "-")
        page.text(98, y, action)
    page.text(40, 172, "O.O. 2.2", bold=True)
    page.text(100, 172, "Améliorer la sécurité des carrefours", bold=True)
    assert [(b.marker, b.marker_kind, b.text) for b in read(page).blocks] == [
        ("", Marker.NONE, "O.O. 2.1 Programmer les travaux de voirie"),
        ("-", Marker.BULLET, "Tenir un cadastre des voiries"),
        ("-", Marker.BULLET, "Confier l'inspection des ponts à un bureau"),
        ("", Marker.NONE, "O.O. 2.2 Améliorer la sécurité des carrefours"),
    ]


def test_a_title_in_capitals_somewhat_larger_than_the_text_keeps_its_second_line() -> None:
    page = Page()
    page.lines(40, 60, ["La commune accueille de plus en plus d'enfants et ses services veulent y répondre mieux."] * 3)
    page.text(40, 120, "O.S. 1", size=12, bold=True)
    page.text(125, 120, "OFFRIR À CHAQUE ENFANT UNE PLACE DE", size=12, bold=True)
    page.text(40, 136, "QUALITÉ", size=12, bold=True)
    titles = [block.text for block in read(page).blocks if block.style.bold]
    assert titles == ["O.S. 1 OFFRIR À CHAQUE ENFANT UNE PLACE DE QUALITÉ"]


# ------------------------------------------------------------------------------------------------------- page breaks


def test_one_numbered_row_at_the_top_of_a_page_belongs_to_the_table_before_it() -> None:
    xs = [40.0, 80.0, 340.0, 440.0, 540.0]
    first, second = Page(), Page()
    head = ["N°", "Action", "Service", "Échéance"]
    first.table(xs, [760, 780, 800], [head, ["10", "Animer un groupe d'appui", "Finances", "2026"]], bold_rows=1)
    second.table(xs, [60, 80], [["11", "Distribuer un plan de paiement", "Travaux", "2027"]])
    second.text(40, 120, "Objectif stratégique 3", size=14, bold=True)
    (table,) = tables(read(first, second))
    assert table[-1] == ["11", "Distribuer un plan de paiement", "Travaux", "2027"]


def test_text_that_goes_on_in_an_unruled_table_is_no_new_row() -> None:
    """Two wrapped cells of one row leave the column of dates empty, which no row does."""
    page = Page()
    texts(page, 100)
    assert tables(read(page)) == [ROWS]


def test_first_cells_over_many_rows_and_overleaf_leave_the_table_whole() -> None:
    def page(first: int, count: int, keys: dict[int, list[str]], ends: set[int], *, headed: bool) -> Page:
        found = Page()
        top = 100.0
        if headed:
            for x, name in zip(XS, HEAD, strict=False):
                found.text(x + 5, top - 6, name, bold=True)
            pieces(found, top, XS)
        else:
            pieces(found, top, XS[1:])
        for index in range(count):
            y = top + STEP * index
            found.text(XS[1] + 5, y + 15, f"Action numéro {first + index}")
            found.text(XS[2] + 5, y + 15, "Travaux")
            found.text(XS[3] + 5, y + 15, "2026")
            pieces(found, y + STEP, XS if index in ends else XS[1:])
        for index, key in keys.items():
            found.lines(45, top + STEP * index + 15, key)
        return found

    opened = page(
        1, 10, {0: ["Objectif 1.1 : Ramener", "des commerçants"], 7: ["Objectif 1.2 : Isoler"]}, {6}, headed=True
    )
    ended = page(11, 3, {1: ["Objectif 1.3 : Planter"]}, {0, 2}, headed=False)
    (table,) = (block.table for block in read(opened, ended).blocks if block.table is not None)
    keys = [(cell.row_index, cell.row_span, cell.text) for cell in table.cells if cell.column_index == 0 and cell.text]
    assert keys == [
        (0, 1, "Objectif"),
        (1, 7, "Objectif 1.1 : Ramener des commerçants"),
        (8, 4, "Objectif 1.2 : Isoler"),
        (12, 2, "Objectif 1.3 : Planter"),
    ]
    assert [cell.text for cell in table.cells if cell.column_index == 1][-1] == "Action numéro 13"


def test_numbered_cards_side_by_side_are_read_row_by_row_though_their_lines_are_not_level() -> None:
    page = Page()
    page.text(50, 60, "Ce à quoi la Ville s'engage :", bold=True)
    cards = [
        (50, 112, "11", ["Ouvrir la rivière à la baignade en", "trois endroits"]),
        (310, 112, "12", ["Planter une place par an"]),
        (50, 172, "13", ["Installer une fontaine d'eau potable à", "moins de cinq minutes de chaque", "habitant"]),
        (310, 172, "14", ["Peindre en blanc les toitures", "des bâtiments communaux"]),
    ]
    for x, middle, number, lines in cards:
        page.box(x, middle - 16, x + 34, middle + 16, fill="2a9d8f")
        page.text(x + 9, middle + 4, number, size=13, bold=True, color="ffffff")
        page.lines(x + 46, middle + 4 - 7.5 * (len(lines) - 1), lines, size=11, leading=15 / 11)
    assert [(block.marker, block.text) for block in read(page).blocks if block.marker] == [
        ("11", "Ouvrir la rivière à la baignade en trois endroits"),
        ("12", "Planter une place par an"),
        ("13", "Installer une fontaine d'eau potable à moins de cinq minutes de chaque habitant"),
        ("14", "Peindre en blanc les toitures des bâtiments communaux"),
    ]


def test_a_narrow_letter_of_a_spaced_word_is_no_word_of_its_own() -> None:
    page = Page()
    x = 50.0
    for letter, width in (("D", 7.9), ("E", 7.3), ("F", 6.7), ("I", 3.1)):
        page.text(x, 60, letter, size=11)
        x += width + 1.5
    page.text(x + 4, 60, "3", size=11)
    assert [block.text for block in read(page).blocks] == ["DEFI 3"]


def test_two_narrow_letters_side_by_side_are_no_words_of_their_own() -> None:
    page = Page()
    x = 50.0
    for letter, width in (("A", 6.7), ("M", 8.3), ("B", 6.7), ("I", 2.8), ("T", 6.1), ("I", 2.8), ("O", 7.8)):
        page.text(x, 60, letter, size=10)
        x += width + 1.5
    page.text(x, 60, "N 1", size=10, spacing=1.5)
    assert [block.text for block in read(page).blocks] == ["AMBITION 1"]


def test_a_footer_under_a_table_with_a_tall_header_is_no_row_of_it() -> None:
    page = Page()
    for left, right in pairwise(XS):
        page.box(left, 100, right - 0.5, 160, fill="833c0b")
    for x, names in zip(XS, (["Objectif"], ["Actions"], ["Service"], ["Date", "de", "fin"]), strict=False):
        page.lines(x + 5, 116, names, bold=True, color="ffffff")
    for index, (key, action, service, year) in enumerate(BODY):
        y = 160 + STEP * index + 14
        page.lines(XS[0] + 5, y, key)
        page.lines(XS[1] + 5, y, action)
        page.text(XS[2] + 5, y, service)
        page.text(XS[3] + 5, y, year)
        pieces(page, 160 + STEP * (index + 1), XS)
    page.text(XS[0], 160 + 3 * STEP + 34, "Administration communale", size=7, color="888888")
    (found,) = tables(read(page))
    assert [row[0] for row in found] == ["Objectif", *(" ".join(key) for key, *_ in BODY)]


def test_names_one_under_the_other_are_two_entries_where_cells_have_them_in_both_orders() -> None:
    page = Page()
    entries = ["Directeur général", "Chef de bureau"]
    cells = [["Pilote"], [entries[0]], entries, entries[::-1], [entries[0]]]
    page.grid([40.0, 200.0, 290.0], [100.0 + 40 * n for n in range(len(cells) + 1)])
    for index, names in enumerate(cells):
        page.text(45, 114 + 40 * index, f"Planter le verger {index}" if index else "Action", bold=not index)
        page.lines(205, 114 + 40 * index, names, bold=not index)
    table = next(block.table for block in read(page).blocks if block.table is not None)
    assert [c.text.split("\n") for c in table.cells if c.column_index == 1] == cells


def test_pills_behind_values_part_no_rows() -> None:
    page = Page()
    texts(page, 100)
    rules(page, 100)
    for row in range(3):
        top = 120 + STEP * row
        page.box(XS[2] + 3, top + 4, XS[3] - 3, top + 19, fill="e1f0ff")
    assert tables(read(page)) == [ROWS]


def test_a_pill_as_tall_as_its_row_draws_no_cells() -> None:
    page = Page()
    texts(page, 100)
    rules(page, 100)
    page.box(XS[2] + 3, 120 + STEP, XS[2] + 55, 120 + 2 * STEP, fill="e1f0ff")
    assert tables(read(page)) == [ROWS]


def test_names_right_above_a_drawn_table_are_its_headers() -> None:
    page = Page()
    texts(page, 100)
    page.grid(XS, [120 + STEP * n for n in range(4)])
    assert tables(read(page)) == [ROWS]


@pytest.mark.parametrize(
    ("head", "bold"),
    [(("Action", "Pilote", "Échéance"), False), (("Où", "Avec quelle équipe", "Pour quel public"), True)],
)
def test_a_line_in_pieces_above_a_drawn_table_with_its_header_is_none(head: tuple[str, ...], bold: bool) -> None:
    page = Page()
    xs = [50.0, 210.0, 370.0, 540.0]
    for x, piece in zip(xs, ("Commune de Valmont", "Plan stratégique", "Version 2"), strict=False):
        page.text(x + 4, 112, piece, size=9)
    body = [["Planter des tilleuls", "Travaux", "2027"], ["Tailler les haies", "Parcs", "2028"]]
    page.table(xs, [120.0, 140.0, 160.0, 180.0], [list(head), *body], bold_rows=int(bold))
    assert tables(read(page)) == [[list(head), *body]]


def test_a_sentence_right_above_a_drawn_table_is_no_header() -> None:
    page = Page()
    texts(page, 100)
    page.grid(XS, [100, *(120 + STEP * n for n in range(4))])
    page.text(45, 95, "Les actions de ce tableau")
    page.text(300, 95, "sont suivies chaque année par le collège.")
    document = read(page)
    assert tables(document) == [ROWS]
    assert any("suivies chaque année" in block.text for block in document.blocks)
