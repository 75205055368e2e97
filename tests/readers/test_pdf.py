"""What a PDF gives: blocks in reading order, whole paragraphs, boxes, markers, lists."""

from __future__ import annotations

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.exceptions import SourceError
from pipeline.model import Block, Document, Marker, Role, leaf_blocks
from pipeline.readers import pdf
from pipeline.readers.pdf import read_pdf
from tests.readers.pdf_writer import Page, write_pdf


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "essai.pdf")


def texts(document: Document) -> list[str]:
    return [block.text for block in leaf_blocks(document.blocks)]


def find(document: Document, start: str) -> Block:
    return next(block for block in leaf_blocks(document.blocks) if block.text.startswith(start))


LEFT = [
    "La commune veille à la qualité de",
    "ses bâtiments, de ses rues et des",
    "places où les habitants se croi-",
    "sent chaque jour.",
]
RIGHT = [
    "Les écoles reçoivent des moyens",
    "nouveaux pour accueillir tous les",
    "enfants du village dans de bonnes",
    "conditions toute l'année.",
]


def test_a_paragraph_is_one_block_and_its_broken_words_are_whole() -> None:
    page = Page()
    page.lines(50, 100, LEFT)
    document = read(page)
    assert texts(document) == [
        "La commune veille à la qualité de ses bâtiments, de ses rues et des places où les habitants se croisent "
        "chaque jour."
    ]
    assert document.format == "pdf"
    assert document.page_count == 1


def test_a_hyphen_stays_in_a_word_that_the_document_writes_with_one() -> None:
    page = Page()
    page.lines(
        50, 100, ["Le plan prévoit un guichet commun et un compte-", "rendu annuel devant le conseil de la commune."]
    )
    page.text(50, 200, "Chaque compte-rendu est publié.")
    assert texts(read(page))[0].startswith("Le plan prévoit un guichet commun et un compte-rendu annuel")


def test_hyphens_at_line_ends_stay_where_words_are_not_broken() -> None:
    page = Page()
    page.lines(50, 100, ["Proposer la prise de rendez-", "vous par internet"])
    for index in range(25):
        page.lines(
            50, 140 + 24 * index, [f"Action {index} : entretenir les haies du", "domaine communal chaque année"], size=8
        )
    assert texts(read(page))[0] == "Proposer la prise de rendez-vous par internet"


def test_a_wrapped_title_is_one_block_with_its_style() -> None:
    page = Page()
    page.lines(
        50,
        100,
        ["Objectif stratégique 2 : être une commune proche de ses", "habitants"],
        size=14,
        bold=True,
        color="1f4e79",
    )
    page.lines(50, 150, LEFT)
    title = find(read(page), "Objectif")
    assert title.text == "Objectif stratégique 2 : être une commune proche de ses habitants"
    assert (title.style.size_pt, title.style.bold, title.style.color) == (14.0, True, "1f4e79")


def test_a_title_set_larger_than_its_label_keeps_its_second_line() -> None:
    page = Page()
    page.text(50, 100, "Objectif stratégique 1 :")
    page.text(165, 100, "Loger dignement les", size=15, bold=True, color="4f9d5b")
    page.text(50, 119, "familles", size=15, bold=True, color="4f9d5b")
    page.lines(50, 150, ["Le programme est présenté au conseil, qui en prend", "acte dans le mois."])
    assert texts(read(page))[0] == "Objectif stratégique 1 : Loger dignement les familles"


def test_a_code_below_the_label_of_its_level_belongs_to_it() -> None:
    page = Page()
    page.lines(50, 100, ["OBJECTIF STRATÉGIQUE", "1 : Planter des haies"], size=16, bold=True)
    page.lines(50, 160, LEFT)
    assert texts(read(page))[0] == "OBJECTIF STRATÉGIQUE 1 : Planter des haies"


def test_a_title_that_breaks_off_takes_its_end_whatever_its_look() -> None:
    page = Page()
    page.text(50, 100, "OS 1 : Être un acteur majeur de la culture et", size=11, bold=True)
    page.text(50, 114, "du sport", size=12)
    page.lines(50, 150, LEFT)
    assert texts(read(page))[0] == "OS 1 : Être un acteur majeur de la culture et du sport"


def test_two_labelled_lines_are_two_blocks() -> None:
    page = Page()
    page.lines(
        50, 100, ["OO 1.1 Rénover les bâtiments communaux les plus anciens", "OO 1.2 Planter des haies"], bold=True
    )
    assert len(texts(read(page))) == 2


def test_two_columns_are_read_one_after_the_other_under_their_banner() -> None:
    page = Page()
    page.box(40, 40, 555, 80, fill="c0392b")
    page.text(60, 65, "Enseignement", size=18, bold=True, color="ffffff")
    page.lines(50, 110, LEFT)
    page.lines(320, 110, RIGHT)
    document = read(page)
    assert [t.split()[0] for t in texts(document)] == ["Enseignement", "La", "Les"]
    banner, left, right = leaf_blocks(document.blocks)
    assert banner.style.fill == "c0392b"
    assert banner.position.box is not None
    assert (left.position.column_index, right.position.column_index) == (0, 1)


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    first, second = Page(), Page()
    first.lines(50, 110, [*LEFT, "", "Les travaux de la place du marché se feront"])
    first.lines(320, 110, ["en deux fois, pour que les commerces restent", *RIGHT])
    second.lines(50, 60, ["Suite du programme."])
    assert any("se feront en deux fois" in t for t in texts(read(first, second)))

    third, fourth = Page(), Page()
    long = "Le programme est présenté au conseil, qui en prend acte, puis il est publié sur le site de la"
    third.lines(
        50,
        700,
        ["Un premier alinéa qui donne sa largeur à la colonne et qui court jusqu'au bord droit du texte.", "", long],
    )
    fourth.lines(50, 60, ["commune dans le mois."])
    assert any("sur le site de la commune" in t for t in texts(read(third, fourth)))


def test_columns_start_again_under_a_short_heading() -> None:
    page = Page()
    for top, heading in ((100, "Culture"), (250, "Sport")):
        page.text(50, top, heading, size=14, bold=True)
        page.lines(
            50,
            top + 30,
            [
                f"{heading} un, texte de la colonne",
                "de gauche qui va jusqu'au bord,",
                "encore une ligne de gauche ici.",
            ],
        )
        page.lines(
            320,
            top + 30,
            [
                f"{heading} deux, texte de la colonne",
                "de droite qui va jusqu'au bord,",
                "encore une ligne de droite ici.",
            ],
        )
    starts = [" ".join(t.split()[:2]).rstrip(",") for t in texts(read(page))]
    assert starts == ["Culture", "Culture un", "Culture deux", "Sport", "Sport un", "Sport deux"]


def test_a_heading_inside_a_column_does_not_cut_the_other_column() -> None:
    page = Page()
    page.lines(50, 100, ["• Animer des ateliers de", "prévention pour les jeunes"])
    page.lines(50, 160, ["2.3 Mieux gérer les situations", "de crise"], size=12, bold=True)
    page.lines(50, 200, ["• Mettre à jour le plan", "d'urgence communal"])
    page.lines(320, 100, ["• Rédiger une charte de", "l'accueil des habitants"])
    page.text(320, 134, "• Consulter les agents")
    page.text(320, 149, "• Former les équipes")
    page.lines(320, 170, ["• Afficher la charte dans", "les halls d'entrée"])
    page.lines(320, 210, ["3.2 Améliorer la communication", "interne"], size=12, bold=True)
    page.lines(320, 250, ["• Éditer une lettre mensuelle", "pour le personnel"])
    assert [" ".join(t.split()[:2]) for t in texts(read(page))] == [
        "Animer des",
        "2.3 Mieux",
        "Mettre à",
        "Rédiger une",
        "Consulter les",
        "Former les",
        "Afficher la",
        "3.2 Améliorer",
        "Éditer une",
    ]


def test_columns_with_a_narrow_gutter_are_read_one_after_the_other() -> None:
    left = [
        "1.1. Ouvrir une maison de quartier dans",
        "l'ancienne gare du village",
        "1.2. Entretenir les sentiers qui relient nos",
        "hameaux avec les marcheurs",
        "1.3. Proposer un atelier de réparation des",
        "objets chaque mois",
    ]
    right = [
        "1.4. Planter des vergers dans les écoles",
        "et les crèches communales",
        "1.5. Former les agents aux premiers soins",
        "deux fois chaque année",
        "1.6. Éclairer les abris de bus des villages",
        "avec des lampes solaires",
    ]
    alone = Page()
    alone.lines(50, 100, left)
    edge = max(block.position.x1_pt for block in read(alone).blocks)
    page = Page()
    page.text(50, 80, "Axe 1 : Une commune où chacun peut agir près de chez soi, dans chaque village", bold=True)
    page.lines(50, 100, left)
    page.lines(edge + 5, 100, right)
    document = read(page)
    assert [text.split()[0] for text in texts(document)] == ["Axe", "1.1.", "1.2.", "1.3.", "1.4.", "1.5.", "1.6."]
    assert [block.table for block in document.blocks] == [None] * 7
    assert texts(document)[1] == "1.1. Ouvrir une maison de quartier dans l'ancienne gare du village"


def test_a_number_set_off_from_its_title_is_no_column() -> None:
    page = Page()
    for index, title in enumerate(
        ["Ouvrir une maison", "Former les agents", "Planter des haies", "Isoler l'école"] * 2
    ):
        page.text(50, 100 + 16 * index, f"OO 1.{index + 1}")
        page.text(91, 100 + 16 * index, title)
    assert texts(read(page))[:2] == ["OO 1.1 Ouvrir une maison", "OO 1.2 Former les agents"]


def test_boxes_over_lists_head_the_columns_of_the_page() -> None:
    page = Page()
    for column, name in enumerate(["Logement", "Aînés", "Emploi"]):
        x = 40 + 180 * column
        page.box(x, 60, x + 165, 120, fill="4b1d52")
        page.text(x + 6, 85, f"OS {column + 1} {name}", bold=True, color="ffffff", size=14)
        for row, top in enumerate((135, 330), 1):
            page.box(x, top, x + 165, top + 50, fill="e7d6ea")
            page.text(x + 6, top + 20, f"OO {column + 1}.{row} {name}", bold=True)
            page.lines(x + 6, top + 65, [f"• Mesure {column}{row} pour les", "habitants du village"])
    read_names = [text.split(" pour")[0] for text in texts(read(page))]
    assert read_names == [
        f"{part}"
        for column, name in enumerate(["Logement", "Aînés", "Emploi"])
        for part in [
            f"OS {column + 1} {name}",
            *(t for row in (1, 2) for t in (f"OO {column + 1}.{row} {name}", f"Mesure {column}{row}")),
        ]
    ]


def test_tall_boxes_over_lists_of_uneven_length_head_their_columns() -> None:
    page = Page(width=842, height=595)
    columns = [
        ["Rouler", "Tracer une piste", "Prêter des vélos"],
        ["Marcher", "Élargir", "Éclairer", "Planter"],
        ["Lire"],
    ]
    for index, column in enumerate(columns):
        x = 40 + 260 * index
        page.box(x, 60, x + 240, 150, fill=("ad1457", "283593", "00695c")[index])
        page.text(x + 10, 90, f"AXE {index + 1}", color="ffffff")
        page.text(x + 10, 106, column[0], bold=True, size=14, color="ffffff")
        for place, line in enumerate(column[1:] or ["Ouvrir une bibliothèque"]):
            page.text(x, 172 + 21 * place + 4 * index, f"\u2022 {line}")
            page.text(x, 260 + 17 * place + 5 * index, f"\u2022 {line} encore")
    found = texts(read(page))
    assert [found.index(text) for text in ("AXE 1", "AXE 2", "AXE 3")] == [0, 6, 14]


def test_two_labels_side_by_side_are_two_columns_even_where_their_lines_agree() -> None:
    page = Page()
    for column, x in enumerate((50, 320)):
        page.text(x, 100, f"Objectif opérationnel 1.{column + 1}", size=9)
        page.text(x, 118, ["Rénover les écoles", "Ouvrir les bibliothèques"][column], size=14, bold=True)
        for row in range(3):
            y = 140 + 50 * row + column
            page.text(x, y, f"Mesure {'AB'[column]}{row}", bold=True)
            page.text(x, y + 14, "Service : Travaux")
            page.text(x, y + 28, "Statut : En cours", size=9)
    document = read(page)
    assert [block.table for block in document.blocks if block.table is not None] == []
    assert [t for t in texts(document) if t.startswith(("Objectif", "Mesure"))] == [
        "Objectif opérationnel 1.1", "Mesure A0", "Mesure A1", "Mesure A2",
        "Objectif opérationnel 1.2", "Mesure B0", "Mesure B1", "Mesure B2",
    ]  # fmt: skip


def test_numbered_cards_without_boxes_are_read_row_by_row() -> None:
    page = Page()
    for index in range(6):
        x, y = 50 + 180 * (index % 3), 100 + 90 * (index // 3)
        page.lines(x, y, [f"Action {index + 1} : Créer un", "sentier balisé"], bold=True)
        page.lines(x, y + 30, ["Le tracé relie les villages", "et passe par les écoles."])
    titles = [text for text in texts(read(page)) if text.startswith("Action")]
    assert titles == [f"Action {index + 1} : Créer un sentier balisé" for index in range(6)]


@pytest.mark.parametrize("boxed", [False, True])
def test_headings_in_the_margin_are_read_with_the_text_beside_them(*, boxed: bool) -> None:
    page = Page()
    for index, name in enumerate(["Une commune verte", "Une commune proche"]):
        y = 100 + 150 * index
        if boxed:
            page.box(40, y - 16, 190, y + 30, fill="003366")
        page.lines(50, y, [f"OS {index + 1}", name], size=13, bold=True, color="ffffff" if boxed else "003366")
        for row in range(8):
            page.text(210, y + 16 * row, f"• Mener la mesure {index}{row} avec les habitants de nos villages")
    found = [text for text in texts(read(page)) if text.startswith(("OS", "Mener"))]
    assert [text[:4] for text in found] == ["OS 1", *["Mene"] * 8, "OS 2", *["Mene"] * 8]


def test_text_beside_a_picture_is_whole_paragraphs() -> None:
    page = Page()
    page.picture(2, 2, b"\x55\xaa\xaa\x55", box=(260, 88, 540, 130))
    page.lines(50, 100, ["La commune veille à la qualité de ses", "bâtiments. Elle entretient aussi les"])
    page.lines(50, 124, ["rues et les places de tous les hameaux"])
    page.lines(50, 136, ["où les habitants se croisent chaque jour, et elle plante des arbres le long des routes afin"])
    page.lines(50, 148, ["que chacun trouve de l'ombre en été, des bancs pour se reposer et des fontaines à eau"])
    page.lines(50, 160, ["ouvertes à tous."])
    assert len(texts(read(page))) == 1


def test_a_bold_bullet_stops_where_the_text_under_it_is_set_otherwise() -> None:
    page = Page()
    page.lines(50, 60, ["Un texte de la largeur de la colonne, qui en donne le bord droit."] * 3, leading=2.4)
    page.text(50, 150, "•")
    page.text(62, 150, "Planter deux mille arbres le long des chemins agricoles", bold=True)
    page.text(62, 164, "Concertation menée avec les riverains et les agriculteurs du village.", size=9.5)
    page.text(50, 190, "Tenir un registre des arbres plantés, village par village, pour")
    page.text(50, 202, "Sites et monuments du pays", italic=True)
    assert texts(read(page))[3:] == [
        "Planter deux mille arbres le long des chemins agricoles",
        "Concertation menée avec les riverains et les agriculteurs du village.",
        "Tenir un registre des arbres plantés, village par village, pour",
        "Sites et monuments du pays",
    ]


def test_a_contents_in_two_columns_keeps_its_page_numbers() -> None:
    page = Page()
    for column, x in enumerate((50, 320)):
        for row in range(5):
            page.text(x, 100 + 16 * row, f"OO {column + 1}.{row + 1} Rénover")
            page.text(x + 200, 100 + 16 * row, str(3 + 7 * column + row))
    document = read(page)
    assert texts(document)[:2] == ["OO 1.1 Rénover 3", "OO 1.2 Rénover 4"]
    assert texts(document)[-1] == "OO 2.5 Rénover 14"


def test_a_footer_far_below_does_not_move_the_gutter() -> None:
    page = Page()
    for x, title in ((50, "Bouger"), (320, "Se soigner")):
        page.text(x, 100, title, size=12, bold=True)
        page.text(x, 118, "En action(s) :")
    page.lines(
        60, 136, ["• Baliser une piste au bois communal", "• Ouvrir un espace de jeux", "• Courir avec le club,"]
    )
    page.text(66, 172, "au printemps et en automne")
    page.lines(330, 136, ["• Acquérir le terrain de la maison médicale", "• Placer des fontaines dans les salles de"])
    page.text(337, 160, "sport")
    page.text(50, 810, "PST 2024-2030", size=8)
    page.text(540, 810, "4", size=8)
    assert texts(read(page)) == [
        "Bouger", "En action(s) :", "Baliser une piste au bois communal", "Ouvrir un espace de jeux",
        "Courir avec le club, au printemps et en automne",
        "Se soigner", "En action(s) :", "Acquérir le terrain de la maison médicale",
        "Placer des fontaines dans les salles de sport", "PST 2024-2030 4",
    ]  # fmt: skip


def test_a_label_left_at_the_foot_of_a_column_goes_with_the_title_below() -> None:
    page = Page()
    for part, top in enumerate((60, 185)):
        page.text(50, top, f"Objectif stratégique {part + 1}", size=9)
        page.text(50, top + 22, f"Être une commune qui soutient chaque jour ses villages ({part})", size=15, bold=True)
        page.lines(50, top + 50, LEFT)
        page.lines(320, top + 50, RIGHT)
    found = texts(read(page))
    assert found.index("Objectif stratégique 2") + 1 == found.index(
        "Être une commune qui soutient chaque jour ses villages (1)"
    )


def test_a_number_tile_says_nothing_beside_a_label_with_the_same_number() -> None:
    page = Page()
    page.box(40, 100, 85, 140, fill="1f4e79")
    page.text(55, 127, "1", size=20, color="ffffff", bold=True)
    page.text(95, 112, "OBJECTIF STRATÉGIQUE 1", size=8)
    page.text(95, 132, "Une commune proche", size=16, bold=True)
    page.lines(40, 180, LEFT)
    assert [(b.marker, b.text) for b in read(page).blocks[:2]] == [
        ("", "OBJECTIF STRATÉGIQUE 1"),
        ("", "Une commune proche"),
    ]


def test_cards_are_read_box_by_box_row_by_row() -> None:
    page = Page()
    names = ["Arts", "Sécurité", "Écoles", "Gestion"]
    for index, name in enumerate(names):
        x, y = 50 + 260 * (index % 2), 100 + 140 * (index // 2)
        page.box(x, y, x + 230, y + 110, stroke="c0392b")
        page.lines(x + 10, y + 30, [f"{name} : une action menée avec", "les partenaires locaux."])
    document = read(page)
    assert [t.split()[0] for t in texts(document)] == names
    assert len({block.position.box for block in document.blocks}) == 4


def test_key_figure_tiles_that_touch_are_boxes_not_a_table() -> None:
    page = Page()
    for index, (number, caption) in enumerate([("12", "ÉCOLES"), ("345", "ÉLÈVES"), ("7", "CRÈCHES")]):
        page.box(40 + index * 120, 100, 160 + index * 120, 160, stroke="888888")
        page.text(80 + index * 120, 130, number, size=20, bold=True)
        page.text(70 + index * 120, 150, caption, size=8)
    document = read(page)
    assert texts(document) == ["12", "ÉCOLES", "345", "ÉLÈVES", "7", "CRÈCHES"]
    assert [block.table for block in document.blocks] == [None] * 6


def test_a_number_tile_is_the_marker_of_the_text_beside_it() -> None:
    page = Page()
    for index, title in enumerate(["Une commune proche", "Une commune verte"]):
        page.box(40, 100 + 40 * index, 70, 125 + 40 * index, fill="1f4e79")
        page.text(47, 117 + 40 * index, f"0{index + 1}", color="ffffff", bold=True)
        page.text(80, 117 + 40 * index, title, bold=True)
    document = read(page)
    assert [(b.marker, b.marker_kind, b.text) for b in document.blocks] == [
        ("01", Marker.NUMBER, "Une commune proche"),
        ("02", Marker.NUMBER, "Une commune verte"),
    ]


def test_a_number_tile_above_paragraphs_is_a_block() -> None:
    page = Page()
    page.box(40, 100, 70, 120, fill="1f4e79")
    page.text(47, 115, "03", color="ffffff", bold=True)
    page.lines(40, 140, LEFT)
    assert texts(read(page))[0] == "03"


def test_bullets_give_levels_by_indent_and_keep_their_wrapped_lines() -> None:
    page = Page()
    page.lines(
        50,
        80,
        ["Un texte de la largeur de la page, pour que les lignes des listes aient un bord droit connu."] * 3,
        leading=2.4,
    )
    for y, x, content in (
        (200, 60, "Premier point de la liste"),
        (214, 80, "sous-point de la liste"),
        (242, 60, "Second point"),
    ):
        page.text(x, y, "•")
        page.text(x + 12, y, content)
    page.text(92, 228, "suite du sous-point sur une autre ligne ici")
    blocks = [b for b in read(page).blocks if b.marker]
    assert [(b.list_level, b.marker) for b in blocks] == [(0, "•"), (1, "•"), (0, "•")]
    assert blocks[0].text == "Premier point de la liste"


def test_bullets_of_boxes_one_under_the_other_are_of_one_level_whatever_else_the_boxes_hold() -> None:
    page = Page()
    for y, fields in ((100, ""), (160, "Priorité : 2"), (220, "")):
        page.box(40, y - 20, 540, y + 20, stroke="336633")
        page.text(70, y - 6, "•")
        page.text(84, y - 6, f"Ouvrir la maison numéro {y}")
        page.text(50, y + 8, fields)
    blocks = [b for b in read(page).blocks if b.marker]
    assert {(b.list_level, b.indent_pt) for b in blocks} == {(0, blocks[1].indent_pt)}


def test_lines_that_begin_with_one_label_are_paragraphs_of_their_own_however_full() -> None:
    page = Page()
    full = "Sous-action : Recueillir les avis des habitants et des services sur la politique de sécurité"
    for row in range(4):
        page.lines(60, 100 + 60 * row, [full, "Sous-action : Cahier des charges"])
    assert [b.text for b in read(page).blocks] == [full, "Sous-action : Cahier des charges"] * 4


def test_a_drawn_bullet_is_a_bullet() -> None:
    page = Page()
    for y in (100, 120):
        page.box(50, y - 5, 53, y - 2, fill="000000")
        page.text(60, y, f"Point {y}")
    assert [(b.marker, b.marker_kind) for b in read(page).blocks] == [("•", Marker.BULLET)] * 2


def test_drawn_check_boxes_are_characters() -> None:
    page = Page()
    page.text(40, 100, "Synergie :")
    for x, answer, is_checked in ((110, "oui", True), (160, "non", False)):
        page.box(x, 92, x + 9, 101, stroke="000000")
        page.text(x + 13, 100, answer)
        if is_checked:
            page.line(x + 1, 93, x + 8, 100)
            page.line(x + 1, 100, x + 8, 93)
    assert texts(read(page)) == ["Synergie : ☒ oui ☐ non"]


def test_letter_spaced_headings_are_words_again() -> None:
    page = Page()
    page.text(40, 80, "LES OBJECTIFS", size=16, spacing=8)
    page.text(40, 120, "L E S   A C T I O N S   D U   C P A S", size=14)
    assert texts(read(page)) == ["LES OBJECTIFS", "LES ACTIONS DU CPAS"]


def test_bold_words_that_open_a_paragraph_are_its_lead() -> None:
    page = Page()
    page.text(50, 100, "Constat :", bold=True)
    page.text(99, 100, "le village manque de places d'accueil.")
    block = read(page).blocks[0]
    assert (block.text, block.lead) == ("Constat : le village manque de places d'accueil.", "Constat :")


def test_a_superscript_stays_in_its_line() -> None:
    page = Page()
    page.text(50, 100, "Le 1")
    page.text(69.5, 96, "er", size=6)
    page.text(80, 100, "janvier 2026")
    assert texts(read(page)) == ["Le 1er janvier 2026"]


def test_page_numbers_of_a_table_of_contents_stay_on_their_lines() -> None:
    page = Page()
    for index, (title, number) in enumerate(
        [("Introduction", 3), ("OS 1. Une commune verte", 5), ("OS 2. Le repos", 12)]
    ):
        page.text(40, 110 + 16 * index, title)
        page.text(530, 110 + 16 * index, str(number))
    assert texts(read(page)) == ["Introduction 3", "OS 1. Une commune verte 5", "OS 2. Le repos 12"]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_with_a_rotation_is_read_as_it_is_stored(rotate: int) -> None:
    page = Page(rotate=rotate)
    page.text(40, 80, "Objectif stratégique 1", size=14, bold=True)
    page.lines(40, 110, ["Premier alinéa du texte.", "Second alinéa."])
    # The writer places the text on the sheet before rotation: a viewer shows it turned, the reader sets it upright.
    assert texts(read(page)) == ["Objectif stratégique 1", "Premier alinéa du texte.", "Second alinéa."]


@pytest.mark.parametrize(("angle", "x", "y"), [(90, 100, 700), (270, 500, 100)])
def test_a_page_set_sideways_is_read_upright(angle: float, x: float, y: float) -> None:
    page = Page()
    step = 16 if angle == 90 else -16
    page.text(x, y, "Objectif stratégique 1", size=14, bold=True, angle=angle)
    page.text(x + 2 * step, y, "Une page entière posée sur le côté.", angle=angle)
    document = read(page)
    assert texts(document) == ["Objectif stratégique 1", "Une page entière posée sur le côté."]
    assert document.blocks[0].position.y0_pt < document.blocks[1].position.y0_pt


def test_highlighted_words_do_not_leave_their_line() -> None:
    page = Page()
    page.box(92, 91, 140, 103, fill="ffff00")
    page.text(50, 100, "Un texte surligné en son milieu.")
    assert texts(read(page)) == ["Un texte surligné en son milieu."]


def test_running_footers_do_not_cut_a_paragraph() -> None:
    pages = []
    for number in range(1, 4):
        page = Page()
        page.text(50, 30, "Commune d'Exempleville")
        page.lines(
            50,
            100,
            [
                "Un alinéa qui occupe toute la largeur de la page et qui donne son bord droit à la colonne de texte,",
                f"partie {number}.",
            ],
        )
        page.text(
            50, 740, "Le texte de cette page s'arrête au milieu d'une phrase qui va jusqu'au bout de la ligne et qui"
        )
        page.text(50, 820, f"Page {number}")
        pages.append(page)
        pages[-1].text(50, 60, "continue en haut de la suivante." if number > 1 else "Début du document.")
    joined = [t for t in texts(read(*pages)) if "et qui continue" in t]
    assert len(joined) == 2


def test_reading_is_deterministic() -> None:
    page = Page()
    page.lines(50, 110, LEFT)
    page.lines(320, 110, RIGHT)
    assert read(page) == read(page)


# ------------------------------------------------------------------------------------------------------- refusals


def test_a_broken_file_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        read_pdf(b"%PDF-1.7\nnothing more", "essai.pdf")
    assert caught.value.code == "file_broken"


def test_a_file_with_a_password_is_refused() -> None:
    page = Page()
    page.text(50, 100, "Secret")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(write_pdf([page]))) as document:
        document.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    with pytest.raises(SourceError) as caught:
        read_pdf(out.getvalue(), "essai.pdf")
    assert caught.value.code == "file_encrypted"


def test_a_file_without_text_or_picture_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        read(Page())
    assert caught.value.code == "no_text"


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    with pytest.raises(SourceError) as caught:
        read(Page(), Page())
    assert caught.value.code == "too_many_pages"


WORDS = st.lists(
    st.sampled_from(["commune", "école", "vélo", "budget", "1.10", "l'eau", "OO", "•", "☐", "-"]),
    min_size=1,
    max_size=6,
)


LINES = st.tuples(st.integers(20, 400), st.integers(30, 800), WORDS, st.sampled_from([8, 10, 14]))
BOXES = st.tuples(st.integers(20, 400), st.integers(20, 700), st.integers(5, 180), st.integers(5, 120))


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=25), st.lists(BOXES, max_size=6))
def test_no_word_is_lost_and_none_comes_twice(
    lines: list[tuple[int, int, list[str], int]], boxes: list[tuple[int, int, int, int]]
) -> None:
    """Whatever stands where: each letter of the page comes out once."""
    page = Page()
    for x, y, width, height in boxes:
        page.box(x, y, x + width, y + height, stroke="000000")
    expected = ""
    taken: set[int] = set()
    for x, y, words, size in lines:
        if any(abs(y - other) < 16 for other in taken):
            continue  # pdfium drops text printed over the same text
        taken.add(y)
        content = " ".join(word for word in words if word not in "•☐-") or "mot"
        page.text(x, y, content, size=size)
        expected += content
    found = "".join(
        block.text + (block.marker if block.marker_kind is Marker.NUMBER else "")
        for block in leaf_blocks(read(page).blocks)
    )

    def letters(text: str) -> list[str]:
        return sorted(char for char in text if char.isalnum())

    assert letters(found) == letters(expected)


def test_each_box_of_a_document_has_its_own_number() -> None:
    pages = []
    for number in range(3):
        page = Page()
        for index in range(3):
            page.box(40, 60 + 100 * index, 80 + 10 * number, 80 + 100 * index, fill="dddddd")  # holds nothing
            page.box(100, 60 + 100 * index, 400, 120 + 100 * index, stroke="000000")
            page.text(110, 90 + 100 * index, f"Carte {number}{index}")
        pages.append(page)
    boxes = [block.position.box for block in read(*pages).blocks]
    assert len(set(boxes)) == 9


def test_a_note_at_the_foot_of_a_page_is_a_footnote_with_its_number() -> None:
    page = Page()
    page.lines(50, 100, LEFT)
    page.lines(50, 160, LEFT)
    page.text(50, 700, "2", size=6)
    page.text(55, 703, "Source : rapport annuel, page 32.", size=8)
    note = read(page).blocks[-1]
    assert (note.marker, note.text, note.role) == ("2", "Source : rapport annuel, page 32.", Role.FOOTNOTE)


def test_a_tile_with_a_label_or_a_dotted_number_is_the_marker_of_the_title_beside_it() -> None:
    page = Page()
    for top, label, width, lines in (
        (60, "Objectif stratégique", 155, ["Prévenir plutôt que guérir : dettes, énergie,", "santé"]),
        (130, "Objectif opérationnel 1.1", 180, ["Créer des logements"]),
        (180, "1.1.1", 50, ["Acheter deux maisons"]),
    ):
        page.box(40, top, 40 + width, top + 22, fill="1f4e79")
        page.text(46, top + 16, label, size=13, color="ffffff", bold=True)
        page.text(50 + width, top + 16, lines[0], size=13, bold=True)
        page.lines(40, top + 32, lines[1:], size=13, bold=True)
    page.text(40, 222, "Actions :", bold=True)
    page.lines(40, 240, LEFT)
    assert [(b.marker, b.text) for b in read(page).blocks[:4]] == [
        ("Objectif stratégique", "Prévenir plutôt que guérir : dettes, énergie, santé"),
        ("Objectif opérationnel 1.1", "Créer des logements"),
        ("1.1.1", "Acheter deux maisons"),
        ("", "Actions :"),
    ]


def test_a_tile_with_a_status_beside_a_title_is_no_marker() -> None:
    page = Page()
    page.box(40, 100, 100, 122, fill="1f4e79")
    page.text(46, 115, "En cours", size=11, color="ffffff", bold=True)
    page.text(112, 115, "Créer des logements", size=13, bold=True)
    page.lines(40, 150, LEFT)
    assert not any(block.marker for block in read(page).blocks)


def test_a_heading_in_larger_type_is_no_row_of_the_labels_and_values_above_it() -> None:
    page = Page()
    fields = (("Début", "2027"), ("Pilote", "Service Travaux"), ("Échéance", "2029"))
    for top, code, title in ((60, "OS.1", "Une commune propre"), (180, "OS.2", "Une commune prompte")):
        page.text(50, top, code, size=18, bold=True)
        page.lines(170, top, [title, "et attentive à tous"], size=18, bold=True)
        page.text(50, top + 44, "Nettoyer les avaloirs de toutes les rues", bold=True)
        for row, (label, value) in enumerate(fields):
            page.text(50, top + 58 + 13 * row, label, size=9, bold=True)
            page.text(140, top + 58 + 13 * row, value, size=9)
    document = read(page)
    tables = [block.table for block in document.blocks if block.table is not None]
    assert [(t.row_count, t.column_count) for t in tables] == [(3, 2), (3, 2)]
    assert any(text.startswith("OS.2 Une commune prompte") for text in texts(document))


def test_a_label_that_touches_its_value_is_its_lead() -> None:
    page = Page()
    page.text(40, 100, "Pilote", bold=True)
    page.text(68.3, 100, "Cheffe de bureau")
    (block,) = read(page).blocks
    assert (block.text, block.lead) == ("Pilote Cheffe de bureau", "Pilote")


def test_what_closes_a_bracket_ends_the_title_above_it() -> None:
    page = Page()
    page.lines(40, 100, ["Rénover le lavoir (sous réserve de subsides) (Action", "15)"], bold=True)
    page.text(40, 140, "Ce texte, bien plus long que le titre, va jusqu'au bord et donne leur largeur aux lignes")
    assert texts(read(page))[0] == "Rénover le lavoir (sous réserve de subsides) (Action 15)"


def test_a_heading_under_columns_goes_with_the_text_across_them_however_it_is_set() -> None:
    page = Page()
    page.text(50, 100, "Volet interne", size=12, bold=True, color="aa0000")
    page.lines(50, 118, [*LEFT, *LEFT])
    page.lines(320, 100, RIGHT)
    page.text(320, 106 + 12 * len(RIGHT), "Volet externe", size=12, bold=True, color="aa0000")
    page.lines(320, 122 + 12 * len(RIGHT), LEFT)
    bottom = 118 + 24 * len(LEFT)
    page.text(50, bottom + 14, "Synthèse des objectifs", size=12, bold=True, color="aa0000")
    page.text(50, bottom + 30, "Volet interne")
    page.text(
        50, bottom + 42, "Premier objectif : une ligne qui court d'un bord à l'autre de la page, sous les colonnes"
    )
    starts = [" ".join(t.split()[:2]) for t in texts(read(page))]
    assert starts.index("Volet externe") < starts.index("Synthèse des")


def test_a_short_chapter_under_columns_is_read_after_them_though_a_page_number_stands_at_the_right() -> None:
    page = Page()
    page.lines(50, 100, [*LEFT, *LEFT])
    page.lines(320, 100, [*RIGHT, *LEFT])
    bottom = 100 + 12 * max(len(LEFT) + len(RIGHT), 2 * len(LEFT))
    page.text(50, bottom + 24, "Suivi et évaluation", size=15, bold=True, color="444444")
    stages = ["Présentation au conseil : 2025", "Évaluation à mi-législature : 2027", "Évaluation finale : 2030"]
    page.lines(50, bottom + 46, stages, leading=1.8)
    page.text(520, 815, "4 / 4", size=8)
    assert texts(read(page))[-5:] == ["Suivi et évaluation", *stages, "4 / 4"]


def test_a_labelled_title_in_capitals_goes_on_at_the_top_of_the_next_column() -> None:
    page = Page()
    bottom = page.lines(50, 100, [line for _ in range(6) for line in LEFT])
    page.text(50, bottom + 12, "OS 2 : RENDRE LES", size=14, bold=True)
    page.text(320, 100, "RUES AUX PIÉTONS", size=14, bold=True)
    page.lines(320, 130, [line for _ in range(6) for line in RIGHT])
    assert "OS 2 : RENDRE LES RUES AUX PIÉTONS" in texts(read(page))


def test_leaders_cut_by_the_edge_of_the_page_do_not_tell_how_wide_the_text_is() -> None:
    first, second = Page(), Page()
    for row in range(8):
        first.text(50, 80 + 14 * row, f"Objectif {row} " + "." * 300)
        second.text(
            50,
            80 + 40 * row,
            "Augmenter le nombre de places d'accueil dans les crèches de nos villages et les ouvrir tôt",
        )
        second.text(50, 92 + 40 * row, "(crèches, co-accueil)")
    joined = [t for t in texts(read(first, second)) if t.startswith("Augmenter")]
    assert len(joined) == 8
    assert all(t.endswith("(crèches, co-accueil)") for t in joined)


def test_the_last_page_of_two_columns_wraps_as_the_others_do_where_it_fills_the_first_only() -> None:
    prose = ["des travaux de dépollution commenceront en", "avril et finiront avant le mois de novembre"]
    pages = []
    for number in (1, 2):
        page = Page()
        for column in range(3 - number):
            for row in range(6):
                y = 100.0 + 44 * row
                page.lines(50 + 270 * column, y, [f"Projet {row + 1} : Assainir les anciennes friches par", *prose])
        pages.append(page)
    last = [block.text for block in read(*pages).blocks if block.position.page_number == 2]
    assert last == [f"Projet {row + 1} : Assainir les anciennes friches par {' '.join(prose)}" for row in range(6)]


def test_a_line_under_the_text_of_a_bullet_goes_on_it_however_it_is_centred() -> None:
    page = Page()
    page.lines(
        50, 60, ["Le programme court jusqu'à la fin de la mandature et sera", "évalué à mi-parcours par le collège."]
    )
    page.text(50, 120, "•")
    page.text(61, 120, "Offrir un logement étudiant tout-à-fait gratuit pour six")
    page.text(61, 132, "semaines contre un stage en milieu rural ardennais, et")
    page.text(61, 144, "en rendre compte.")
    assert (
        read(page)
        .blocks[-1]
        .text.startswith("Offrir un logement étudiant tout-à-fait gratuit pour six semaines contre")
    )


def test_letters_drawn_one_by_one_make_words_also_where_they_seem_to_run_downwards() -> None:
    widths = {
        **dict.fromkeys("il", 2.22),
        **dict.fromkeys("ft", 2.78),
        " ": 2.3,
        "r": 3.33,
        **dict.fromkeys("csxv", 5.0),
    }
    title = "Le chantier de la forêt"
    page = Page(842, 595)
    for column in range(3):
        for row in range(5):
            x = 50.0 + 260 * column
            for letter in title:
                page.text(x, 80 + 14 * row, letter)
                x += widths.get(letter, 5.56)
    assert {block.text for block in read(page).blocks} == {" ".join([title] * 5)}
