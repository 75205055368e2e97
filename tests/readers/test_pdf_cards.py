"""In what order boxes side by side are read: cards with a head and a body, mind maps, organisation charts, sidebars."""

from __future__ import annotations

import pytest

from pipeline.model import Document, Marker, leaf_blocks
from pipeline.readers.pdf import read_pdf
from tests.readers.pdf_writer import Page, write_pdf

OBJECTIVES = ["Une commune propre", "Une commune verte"]
ACTIONS = [["Nettoyer les avaloirs", "Peindre les bancs"], ["Planter des haies", "Semer des prairies"]]
CARDS = [OBJECTIVES[0], *ACTIONS[0], OBJECTIVES[1], *ACTIONS[1]]


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "essai.pdf")


def texts(document: Document) -> list[str]:
    return [block.text for block in leaf_blocks(document.blocks)]


@pytest.mark.parametrize("gap_pt", [0, 6])
def test_the_head_of_a_card_is_read_with_the_box_under_it(gap_pt: int) -> None:
    page = Page()
    for index, (title, actions) in enumerate(zip(OBJECTIVES, ACTIONS, strict=True)):
        x = 50 + 260 * index
        page.box(x, 100, x + 230, 130, fill="0b7a75")
        page.text(x + 10, 119, title, bold=True, color="ffffff")
        page.box(x, 130 + gap_pt, x + 230, 200 + gap_pt, fill="f0f0f0")
        page.lines(x + 10, 155 + gap_pt, actions, leading=2)
    document = read(page)
    assert texts(document) == CARDS
    assert len({block.position.box for block in document.blocks}) == 4


def test_rows_of_cards_of_one_colour_are_read_row_by_row() -> None:
    page = Page()
    names = ["Arts", "Sports", "Santé", "Routes"]
    for index, name in enumerate(names):
        x, y = 50 + 260 * (index % 2), 100 + 90 * (index // 2)
        page.box(x, y, x + 230, y + 80, fill="dddddd")
        page.lines(x + 10, y + 30, [f"{name} : une action menée avec", "les partenaires locaux."])
    assert [text.split()[0] for text in texts(read(page))] == names


def test_a_heading_over_each_box_of_a_row_is_read_with_its_box() -> None:
    page = Page()
    for row in range(2):
        for index, (title, actions) in enumerate(zip(OBJECTIVES, ACTIONS, strict=True)):
            x, y = 50 + 260 * index, 100 + 130 * row
            page.text(x, y, title, size=13, bold=True)
            page.box(x, y + 12, x + 230, y + 80, stroke="888888")
            page.lines(x + 10, y + 35, actions, leading=2)
    assert texts(read(page)) == CARDS * 2


MAP = ["Une commune solidaire", "Loger chacun", "Rénover", "Louer", "Meubler", "Soigner", "Ouvrir", "Former", "Aider"]


def _mind_map(page: Page, *, joined: bool) -> None:
    page.box(30, 170, 170, 230, fill="14213d")
    page.text(40, 200, MAP[0], color="ffffff")
    for index in range(2):
        middle = 140 + 120 * index
        page.box(210, middle - 20, 330, middle + 20, fill="fca311")
        page.text(220, middle + 4, MAP[1 + 4 * index])
        for leaf in range(3):
            y = middle - 38 + 38 * leaf
            page.box(400, y - 14, 540, y + 14, fill="e9ecef")
            page.text(410, y + 4, MAP[2 + 4 * index + leaf])
            if joined:
                page.line(365, y, 400, y)
        if joined:
            page.line(330, middle, 365, middle)
            page.line(365, middle - 38, 365, middle + 38)
            page.line(190, middle, 210, middle)
    if joined:
        page.line(170, 200, 190, 200)
        page.line(190, 140, 190, 260)


@pytest.mark.parametrize("joined", [False, True])
def test_a_mind_map_is_read_branch_by_branch(*, joined: bool) -> None:
    page = Page()
    page.text(30, 50, "Notre carte des objectifs", size=16, bold=True)
    _mind_map(page, joined=joined)
    document = read(page)
    assert texts(document) == ["Notre carte des objectifs", *MAP]
    assert all(block.table is None for block in document.blocks)


def test_an_organisation_chart_is_read_branch_by_branch() -> None:
    page = Page()
    page.box(220, 100, 380, 130, fill="ccddee")
    page.text(230, 119, "Une commune propre et verte")
    page.line(300, 130, 300, 150)
    page.line(150, 150, 450, 150)
    for index, (title, actions) in enumerate(zip(OBJECTIVES, ACTIONS, strict=True)):
        x = 50 + 300 * index
        page.line(x + 100, 150, x + 100, 170)
        page.box(x, 170, x + 200, 200, fill="ffddaa")
        page.text(x + 10, 189, title)
        page.line(x + 100, 200, x + 100, 240)
        page.box(x, 240, x + 200, 300, fill="eeeeee")
        page.lines(x + 10, 260, actions, leading=2)
    assert texts(read(page)) == ["Une commune propre et verte", *CARDS]


def test_the_lines_of_a_table_between_filled_cells_are_no_connectors() -> None:
    page = Page()
    for row in range(3):
        y = 100 + 20 * row
        page.line(150, y, 400, y)
        page.text(160, y + 14, f"Action {row + 1}")
    page.line(150, 160, 400, 160)
    page.box(50, 100, 150, 160, fill="dddddd")
    page.text(60, 130, "Propreté")
    page.box(400, 100, 500, 160, fill="dddddd")
    page.text(410, 130, "Travaux")
    table = read(page).blocks[0].table
    assert table is not None
    assert [cell.text for cell in table.cells] == ["Propreté", "Action 1", "Travaux", "Action 2", "Action 3"]


def test_the_lines_between_filled_rows_are_no_connectors() -> None:
    page = Page()
    for index in range(3):
        y = 100 + 40 * index
        page.box(50, y, 500, y + 20, fill="dddddd")
        page.text(60, y + 14, f"1.1.{index + 1} Une action")
        for x in (50, 200, 350, 500):
            page.line(x, y + 20, x, y + 40)
        for x, value in ((60, "Travaux"), (260, "2027"), (410, "5 000 euros")):
            page.text(x, y + 34, value)
    page.line(50, 220, 500, 220)
    table = read(page).blocks[0].table
    assert table is not None
    assert [cell.text for cell in table.cells][:4] == ["1.1.1 Une action", "Travaux", "2027", "5 000 euros"]


def test_boxes_in_a_sidebar_do_not_cut_the_text_beside_them() -> None:
    page = Page()
    page.lines(50, 100, ["Être une commune qui protège", "ses habitants"], size=18, bold=True)
    for index, heading in enumerate(["Le constat", "Le chiffre", "La parole"]):
        page.box(400, 90 + 60 * index, 560, 135 + 60 * index, fill="e6eef2")
        page.text(405, 105 + 60 * index, heading, bold=True, size=8)
        page.text(405, 120 + 60 * index, "Trois villages sur six.", size=8)
    page.lines(50, 160, ["Le collège a retenu cet objectif après une consultation", "menée dans chaque village."])
    page.lines(50, 200, ["Le suivi est assuré par une équipe qui se réunit tous", "les deux mois au moins."])
    assert texts(read(page))[:3] == [
        "Être une commune qui protège ses habitants",
        "Le collège a retenu cet objectif après une consultation menée dans chaque village.",
        "Le suivi est assuré par une équipe qui se réunit tous les deux mois au moins.",
    ]


def test_discs_as_large_as_the_type_are_bullets_and_lights_of_several_colours_are_not() -> None:
    bullets, lights = Page(), Page()
    for index, color in enumerate(["00aa00", "ff8800", "cc0000"]):
        y = 100 + 20 * index
        bullets.box(50, y - 8, 58.5, y + 0.5, fill="0b5351")
        bullets.text(66, y, f"Action {index}", size=10.5)
        lights.box(50, y - 8, 58.5, y + 0.5, fill=color)
        lights.text(66, y, f"Action {index}", size=10.5)
    assert [block.marker_kind for block in read(bullets).blocks] == [Marker.BULLET] * 3
    assert [block.marker_kind for block in read(lights).blocks] == [Marker.NONE] * 3


def test_cards_on_two_pages_stay_apart() -> None:
    pages = []
    for index in range(2):
        page = Page()
        page.box(50, 100, 550, 120, fill="5b2a86")
        page.box(50, 120, 300, 160, stroke="5b2a86")
        page.box(300, 120, 550, 160, stroke="5b2a86")
        page.text(54, 113, f"1.1.{index + 1} Mettre en place un guichet", bold=True, color="ffffff")
        page.lines(54, 135, ["DESCRIPTION", "Mener une étude."])
        page.lines(304, 135, ["SERVICE", "Travaux"])
        pages.append(page)
    assert [block.table.row_count for block in read(*pages).blocks if block.table] == [2, 2]


def test_text_that_its_clip_leaves_out_is_not_read() -> None:
    page = Page()
    page.text(50, 100, "Objectif stratégique", bold=True)
    page.operators.append("q 50 700 200 35 re W n")  # the part of a cell below a repeated header
    page.text(50, 101, "Être une commune où l'on se")
    page.text(50, 125, "déplace autrement")
    page.operators.append("Q")
    assert texts(read(page)) == ["Objectif stratégique", "déplace autrement"]


def test_short_words_in_columns_side_by_side_are_no_spaced_letters() -> None:
    page = Page(width=1191)
    for index in range(4):
        page.text(50 + 170 * index, 100, f"OS {index + 1} Une ville où il", size=15, bold=True)
        page.text(50 + 170 * index, 118, "fait bon vivre", size=15, bold=True)
    assert texts(read(page)) == [f"OS {index + 1} Une ville où il fait bon vivre" for index in range(4)]


FIELDS = {"Pilote": "Service Travaux", "Échéance": "juin 2026", "Budget": "18 500 €", "Statut": "En cours"}


@pytest.mark.parametrize(("text_x", "fields_x"), [(50, 320), (320, 50)], ids=["fields right", "fields left"])
def test_the_halves_of_a_card_are_read_one_after_the_other(text_x: int, fields_x: int) -> None:
    page = Page()
    page.box(40, 80, 540, 240, stroke="bbbbbb")
    page.text(text_x, 100, "Descriptif", bold=True)
    page.lines(text_x, 114, ["Les points lumineux seront coupés de", "minuit à cinq heures, sauf aux carrefours."])
    page.text(text_x, 146, "Étapes", bold=True)
    page.lines(text_x, 161, ["• Choisir les carrefours", "• Prévenir les riverains"], leading=1.7)
    for row, (label, value) in enumerate(FIELDS.items()):
        page.text(fields_x, 100 + 17 * row, label, bold=True)
        page.text(fields_x + 80, 100 + 17 * row, value)
    for row, state in enumerate(["Suspendu", "Terminé"], 1):
        page.text(fields_x + 80, 151 + 13 * row, state)
    document = read(page)
    form = next(block.table for block in document.blocks if block.table is not None)
    values = ["Service Travaux", "juin 2026", "18 500 €"]
    assert [cell.text.split("\n")[0] for cell in form.cells if cell.column_index == 1][:3] == values
    assert [cell.text for cell in form.cells if cell.column_index == 0] == list(FIELDS)
    assert [block.text for block in document.blocks if block.table is None] == [
        "Descriptif",
        "Les points lumineux seront coupés de minuit à cinq heures, sauf aux carrefours.",
        "Étapes",
        "Choisir les carrefours",
        "Prévenir les riverains",
    ]


@pytest.mark.parametrize("bar_x", [0, 440])
def test_a_coloured_bar_at_either_edge_heads_what_stands_beside_it(bar_x: int) -> None:
    page = Page()
    page.box(bar_x, 0, bar_x + 155, page.height, fill="264653")
    page.lines(bar_x + 20, 120, ["Le chantier", "du soin"], size=18, bold=True, color="ffffff")
    for column, (title, action) in enumerate([("Former", "Ouvrir une école"), ("Prévenir", "Équiper un car")]):
        x = (160 if bar_x == 0 else 10) + 210 * column
        page.box(x, 40, x + 195, 500, fill="f6f5f1")
        page.text(x + 10, 70, title, size=13, bold=True)
        page.text(x + 10, 100, f"• {action}")
    assert texts(read(page)) == ["Le chantier du soin", "Former", "Ouvrir une école", "Prévenir", "Équiper un car"]
