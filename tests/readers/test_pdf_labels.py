"""Labels in a column of their own beside their titles, dashes beside values, titles that boxes and columns cut."""

from __future__ import annotations

import pytest

from pipeline.model import Block, Document, leaf_blocks
from pipeline.readers.pdf import read_pdf
from tests.readers.pdf_writer import Page, write_pdf


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "essai.pdf")


def marked(document: Document) -> list[str]:
    return [f"{block.marker} {block.text}".strip() for block in leaf_blocks(document.blocks)]


def find(document: Document, start: str) -> Block:
    return next(block for block in leaf_blocks(document.blocks) if block.text.startswith(start))


def test_a_label_that_wraps_beside_its_title_is_read_in_front_of_it() -> None:
    page = Page()
    for row, (code, title) in enumerate([("1", ["Être une commune solidaire", "envers ses aînés"]), ("2", ["Verdir"])]):
        y = 100.0 + 120 * row
        page.lines(57, y, ["Objectif", f"stratégique {code}"], size=16, bold=True)
        page.lines(200, y, title, size=16, bold=True)
        page.text(57, y + 45, "Le collège suit ce chapitre chaque année et en rend compte au conseil communal.")
    assert marked(read(page))[::2] == [
        "Objectif stratégique 1 Être une commune solidaire envers ses aînés",
        "Objectif stratégique 2 Verdir",
    ]


def test_a_code_under_its_label_close_to_the_title_is_no_part_of_the_title() -> None:
    page = Page()
    page.text(57, 100, "Fiche-projet", bold=True)
    page.lines(119, 100, ["Dire les lieux-dits en toutes lettres dans l'ensemble des rues,", "avec l'aide des écoles"],
               bold=True)  # fmt: skip
    page.text(57, 112, "1.1.2", bold=True)
    page.text(57, 126, "Délai : 2027", size=9)
    assert marked(read(page)) == [
        "Fiche-projet 1.1.2 Dire les lieux-dits en toutes lettres dans l'ensemble des rues, avec l'aide des écoles",
        "Délai : 2027",
    ]


def test_a_title_that_ends_in_a_year_on_the_next_line_keeps_it() -> None:
    page = Page()
    page.text(57, 100, "Action Organiser les fêtes du centenaire de la Libération en", bold=True)
    page.text(57, 112, "2027", bold=True)
    page.text(57, 140, "Le comité des fêtes de la commune s'est réuni avec les écoles de chaque village.")
    assert marked(read(page))[0] == "Action Organiser les fêtes du centenaire de la Libération en 2027"


def test_labels_over_fields_are_read_with_the_titles_beside_them() -> None:
    page = Page()
    for row, title in enumerate(("Planter des haies", "Semer des prairies", "Tailler les arbres")):
        page.text(57, 100 + 40 * row, f"Fiche action 1.{row + 1}", bold=True)
        page.text(240, 100 + 40 * row, title, bold=True)
        page.text(57, 114 + 40 * row, "Département : Service Travaux", size=9)
    assert marked(read(page))[:2] == ["Fiche action 1.1 Planter des haies", "Département : Service Travaux"]


def test_steps_behind_dashes_below_labels_and_values_are_items() -> None:
    page = Page()
    for form, steps in enumerate((["Choisir les essences"], ["Creuser les fosses du parc", "Arroser"])):
        y = 100.0 + 110 * form
        page.text(57, y, f"Action 1.{form + 1} : Planter des haies", bold=True)
        for row, (label, value) in enumerate((("Priorité", "Haute"), ("Service", "Travaux"))):
            page.text(57, y + 14 + 13 * row, label, size=9, bold=True)
            page.text(130, y + 14 + 13 * row, value, size=9)
        for row, step in enumerate(steps):
            page.text(81, y + 44 + 16 * row, "-")
            page.text(95, y + 44 + 16 * row, step)
    document = read(page)
    assert [b.text for b in document.blocks if b.marker == "-"] == [
        "Choisir les essences",
        "Creuser les fosses du parc",
        "Arroser",
    ]


def test_items_of_a_box_are_indented_against_all_that_it_holds() -> None:
    page = Page()
    page.box(50, 80, 540, 160, stroke="00695c")
    page.text(60, 96, "•")
    page.text(70, 96, "Planter des haies le long des chemins")
    for row, (label, value) in enumerate((("Priorité", "Haute"), ("Service", "Travaux"))):
        page.text(60, 112 + 13 * row, label, size=9, bold=True)
        page.text(140, 112 + 13 * row, value, size=9)
    page.text(80, 142, "-")
    page.text(90, 142, "Choisir les essences")
    document = read(page)
    step, title = find(document, "Choisir"), find(document, "Planter")
    assert step.indent_pt - title.indent_pt == pytest.approx(20, abs=1)


@pytest.mark.parametrize("dots", ["", "." * 60])
def test_the_page_of_a_wrapped_title_of_the_contents_stands_behind_it(dots: str) -> None:
    page = Page()
    page.text(57, 100, f"OO 2.2 : Augmenter le nombre de places d'accueil (crèches, {dots}")
    page.text(530, 100, "6")
    page.text(57, 112, "accueillantes)")
    assert [block.text.replace(".", "").split()[-2:] for block in read(page).blocks] == [["accueillantes)", "6"]]


def test_a_label_beside_a_dash_is_set_apart_as_others_are() -> None:
    page = Page()
    page.text(57, 100, "Service pilote", size=9, bold=True)
    page.text(125, 100, "-", size=9)
    assert [block.lead for block in read(page).blocks] == ["Service pilote"]


def test_a_title_in_capitals_goes_on_however_short_its_lines() -> None:
    page = Page()
    page.lines(57, 100, ["OS 2 : COORDONNER", "LES SERVICES", "COMMUNAUX"], size=19, bold=True, leading=1.15)
    page.text(57, 180, "Le collège suit ce chapitre chaque année et en rend compte au conseil communal, article par")
    assert marked(read(page))[0] == "OS 2 : COORDONNER LES SERVICES COMMUNAUX"


def test_a_coloured_title_that_a_page_break_cuts_is_one() -> None:
    first, second = Page(), Page()
    first.text(57, 100, "Le collège suit ce chapitre chaque année et en rend compte au conseil communal.")
    first.box(57, 740, 540, 800, fill="eef2dd")
    title = ["OS 4 : Coordonner les services de la commune, entre", "eux et avec tous ceux qui relèvent du centre"]
    first.lines(65, 765, title, size=18, bold=True)
    second.box(57, 50, 540, 90, fill="eef2dd")
    second.text(65, 75, "public d'action sociale", size=18, bold=True)
    assert marked(read(first, second))[-1].endswith("du centre public d'action sociale")


def test_a_heading_under_uneven_columns_stands_after_both() -> None:
    page = Page()
    words = ["La commune veille à la qualité de", "ses bâtiments, de ses rues et des", "places où chacun se promène."]
    page.lines(50, 100, words * 3)
    page.lines(310, 100, ["OO 5 : Fleurir les places et les", "parcs avec les écoles du village"], bold=True)
    page.text(50, 240, "Synthèse des objectifs", size=15, bold=True, color="444444")
    page.text(50, 256, "Objectif opérationnel 5 : Fleurir les places et les parcs avec les écoles du village")
    found = marked(read(page))
    assert found.index("Synthèse des objectifs") > next(i for i, text in enumerate(found) if text.startswith("OO 5"))


def test_sheets_of_one_form_on_pages_of_their_own_are_tables_of_their_own() -> None:
    pages = []
    for number in (1, 2):
        page = Page()
        cells = ["Intitulé :", f"A.{number} : Planter {number}00 haies", "Descriptif :", f"Texte {number}", "Échevin :",
                 f"Échevine {number}", "Budget estimé :", f"{number} 500 €"]  # fmt: skip
        rows = [[label, "Remarques :" if index == 6 else ""] for index, label in enumerate(cells)]
        page.table([40, 300, 550], [60.0 + 20 * index for index in range(9)], rows)
        pages.append(page)
    assert [block.table.row_count for block in read(*pages).blocks if block.table is not None] == [8, 8]


@pytest.mark.parametrize("lines", [2, 3])
@pytest.mark.parametrize("color", ["6a1b4d", "ffffff"])
def test_a_number_of_another_colour_centred_on_a_wrapped_title_is_its_number(lines: int, color: str) -> None:
    page = Page()
    title = ["Le défi de la pauvreté", "énergétique et", "de l'isolation"][:lines]
    page.box(40, 80, 300, 140, fill="6a1b4d")
    page.lines(80, 100, title, size=12, bold=True, color="ffffff")
    page.text(55, 100 + 7.2 * (lines - 1), "2", size=12, bold=True, color=color)
    page.text(40, 180, "Le collège suit ce chapitre chaque année et en rend compte au conseil communal.")
    assert (marked(read(page))[0] == f"2 {' '.join(title)}") is (color == "6a1b4d")


@pytest.mark.parametrize("drawn", [True, False])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_number_beside_a_label_and_the_title_under_it_is_that_of_the_label(lines: int, *, drawn: bool) -> None:
    page = Page()
    title = ["Ouvrir les écoles à tous", "les métiers de demain", "dans chaque village"][:lines]
    middle = 97.5 + 7.2 * lines
    page.box(30, 80, 250, 170, stroke="888888")
    if drawn:
        page.box(40, middle - 16, 72, middle + 16, fill="f28c28")
    page.text(52, middle + 5, "3", size=14, bold=True, color="ffffff" if drawn else "f28c28")
    page.text(82, 100, "LEVIER", size=9, bold=True, color="f28c28")
    page.lines(82, 114, title, size=12, bold=True)
    page.text(40, 190, "Le collège suit ce chapitre chaque année et en rend compte au conseil communal.")
    assert marked(read(page))[0] == f"LEVIER 3 {' '.join(title)}"


def test_a_number_tile_centred_on_a_title_that_begins_above_it_is_that_of_the_whole_title() -> None:
    page = Page()
    page.box(30, 75, 240, 160, stroke="888888")
    page.box(40, 102, 66, 128, fill="f28c28")
    page.text(50, 120, "1", size=14, bold=True, color="ffffff")
    page.lines(82, 100, ["Ouvrir les écoles à tous", "les métiers de demain", "dans chaque village"], size=13,
               bold=True)  # fmt: skip
    page.text(40, 190, "Le collège suit ce chapitre chaque année et en rend compte au conseil communal.")
    assert marked(read(page))[0] == "1 Ouvrir les écoles à tous les métiers de demain dans chaque village"


def test_columns_under_numbers_centred_in_their_margin_are_read_each_to_its_end() -> None:
    page = Page()
    rural = ["Aller à la rencontre des habitants de", "tous les villages éloignés"]
    columns = [
        (40.0, "3", rural, ["Acquérir un second car", "Louer une salle"]),
        (310.0, "4", ["Promouvoir la santé"], ["Étendre le label des écoles", "Ouvrir une ligne d'écoute"]),
    ]
    for (x, number, title, steps), top in zip(columns, (100.0, 104.0), strict=True):
        under = top + 13.2 * len(title)
        page.text(x + 10, top - 3 + 7.2 * len(title), number, size=20, bold=True, color="f28c28")
        page.lines(x + 42, top, title, size=11, bold=True)
        page.text(x, under + 6, "Nos chantiers", size=7)
        for row, step in enumerate(steps):
            page.text(x + 11, under + 24 + 18 * row, step, size=9)
    assert [block.split()[0] for block in marked(read(page))] == [
        "3", "Nos", "Acquérir", "Louer", "4", "Nos", "Étendre", "Ouvrir",
    ]  # fmt: skip
