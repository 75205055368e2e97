"""What a line shows: its kind, its title, its place in a list; what only the whole document tells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extract.documents import item, lines, nodes, para

from pipeline.extract.signatures import BodyStyle, heading_rank, read_body_style, read_line
from pipeline.extract.tiles import Tile
from pipeline.model import Block, Level, Marker, Role, Style

BODY = [para(f"Du texte courant qui donne le corps du document, ligne {n}.") for n in range(4)]


@pytest.mark.parametrize(
    ("block", "kind", "title"),
    [
        (para("OS 1 : Rouler"), "label objectif_strategique", "Rouler"),
        (para("1.1. Pédaler"), "number 1.1 body indent 0", "Pédaler"),
        (para("1.1. Pédaler", indent_pt=36), "number 1.1 body indent 2", "Pédaler"),
        (para("Pédaler", bold=True, size_pt=14), "heading x1.3b", "Pédaler"),
        (para("Pédaler", outline=2), "heading h2", "Pédaler"),
        (para("Objectifs stratégiques", bold=True), "section objectif_strategique", "Objectifs stratégiques"),
        (para("Un paragraphe de texte"), "paragraph", "Un paragraphe de texte"),
        (item("Tracer une piste"), "item 0", "Tracer une piste"),
        (item("Tracer une piste", depth=2), "item 2", "Tracer une piste"),
        (para("- Tracer une piste"), "item 0", "Tracer une piste"),
        (item("Tracer une piste", number="3."), "number 1 body indent 0", "Tracer une piste"),
        (para("Feuil1", role=Role.SHEET_NAME), "sheet name", "Feuil1"),
        (para("1. Décret de 2018", size_pt=7), "note", "Décret de 2018"),
    ],
)
def test_kinds_of_lines(block: Block, kind: str, title: str) -> None:
    line = lines(*BODY, block)[-1]
    assert (line.kind, line.title) == (kind, title)


def test_a_wrapped_title_is_one_line() -> None:
    found = lines(*BODY, para("OS 1 : Être une commune qui", bold=True), para("protège ses paysages", bold=True))[-1]
    assert found.title == "Être une commune qui protège ses paysages"
    assert len(found.blocks) == 2


@pytest.mark.parametrize("second", ["Protège ses paysages", "- protège ses paysages", "a) protège ses paysages"])
def test_what_opens_something_does_not_continue_a_title(second: str) -> None:
    assert len(lines(*BODY, para("OS 1 : Une commune verte"), para(second))) == 6


def test_letter_spaced_titles_are_closed_up() -> None:
    assert lines(para("L E S  O B J E C T I F S"))[0].text == "LES OBJECTIFS"


def test_a_title_printed_twice_in_one_line_is_read_once() -> None:
    assert lines(para("Mobilité douce Mobilité douce"))[0].text == "Mobilité douce"


def test_letters_number_chapters_where_several_letters_do() -> None:
    found = lines(para("A. Rouler", bold=True), para("A.1 Pédaler"), para("B. Habiter", bold=True), para("B.1 Isoler"))
    assert [line.number.code for line in found if line.number is not None] == ["A", "A.1", "B", "B.1"]
    assert lines(para("A.1 Pédaler"), para("A.2 Marcher"))[0].label is not None


def test_headings_that_differ_by_the_colour_of_their_chapter_are_one_kind() -> None:
    headings = [
        para(f"Chapitre {n}", bold=True, size_pt=16, color=c) for n, c in enumerate(("ff0000", "00ff00", "0000ff"))
    ]
    assert len({line.kind for line in lines(*BODY, *headings)[4:]}) == 1


def test_two_colours_over_many_headings_are_two_kinds() -> None:
    headings = [para(f"Titre {n}", bold=True, color=("ff0000", "0000ff")[n % 2]) for n in range(6)]
    assert len({line.kind for line in lines(*BODY, *headings)[4:]}) == 2


def test_the_names_of_styles_may_be_labels() -> None:
    def styled(text: str, name: str) -> Block:
        return Block(text, Style(name=name, size_pt=11.0))

    found = lines(
        *(styled(f"Une commune {n}", "PST OS") for n in ("sobre", "verte")),
        *(styled(f"Isoler {n}", "PST Action") for n in ("les toits", "les murs")),
        styled("Un texte", "Normal"),
    )
    assert [line.kind for line in found] == ["label objectif_strategique"] * 2 + ["label action"] * 2 + ["paragraph"]


def test_runs_of_short_paragraphs_under_headings_are_lists_where_all_are() -> None:
    blocks = [
        block
        for title in ("Rouler", "Habiter", "Manger")
        for block in (para(title, bold=True), para("Acheter un vélo"), para("Tracer une piste"))
    ]
    assert [line.kind for line in lines(*blocks)][:3] == [lines(*blocks)[0].kind, "item 0", "item 0"]


def test_a_box_with_a_figure_and_a_caption_is_a_key_figure() -> None:
    found = nodes(*BODY, para("12 km", size_pt=24, box=3, page=1), para("de pistes en 2024", box=3, page=1))
    tile = found[-1]
    assert isinstance(tile, Tile)
    assert (tile.figure.text, [line.text for line in tile.captions]) == ("12 km", ["de pistes en 2024"])


@pytest.mark.parametrize(
    ("figure", "caption"), [("17", "associations partenaires"), ("412", "Habitants"), ("85 %", "Tri")]
)
def test_a_figure_set_large_over_its_caption_is_a_key_figure_without_a_box_of_its_own(
    figure: str, caption: str
) -> None:
    found = nodes(*BODY, para(figure, size_pt=22, bold=True, box=3, page=1), para(caption, box=3, page=1), *BODY)
    tiles = [node for node in found if isinstance(node, Tile)]
    assert [(tile.figure.text, [line.text for line in tile.captions]) for tile in tiles] == [(figure, [caption])]


def test_a_numbered_title_over_its_fields_in_a_box_is_no_key_figure() -> None:
    card = (para("1. Planter des haies", bold=True, box=3, page=1), para("Priorité : Haute", size_pt=9, box=3, page=1))
    assert not [node for node in nodes(*BODY, *card, *BODY) if isinstance(node, Tile)]


@pytest.mark.parametrize(("figure", "size_pt"), [("1", 22.0), ("1.2", 22.0), ("2030", 22.0), ("412", 11.0)])
def test_numbers_and_years_over_titles_and_figures_in_body_size_are_no_key_figures(figure: str, size_pt: float) -> None:
    found = nodes(*BODY, para(figure, size_pt=size_pt, page=1), para("Rouler à vélo", page=1), *BODY)
    assert not any(isinstance(node, Tile) for node in found)


@pytest.mark.parametrize("second", ["OO 1.1 : Pédaler", "24 écoles", "\u2022 Tracer une piste"])
def test_a_box_with_anything_else_is_a_card(second: str) -> None:
    found = nodes(*BODY, para("12 km", size_pt=24, box=3, page=1), para(second, size_pt=24, box=3, page=1))
    assert not any(isinstance(node, Tile) for node in found)


def test_a_line_that_begins_with_the_mark_of_a_title_above_is_a_note() -> None:
    found = lines(*BODY, para("Planter des haies*", page=1), para("* Avec le CPAS.", page=1))
    assert [(line.title, line.kind) for line in found[-2:]] == [
        ("Planter des haies", "paragraph"),
        ("Avec le CPAS", "note"),
    ]


def test_a_list_marked_by_asterisks_stays_a_list() -> None:
    found = lines(
        para("Planter des haies*", page=1), *(para(f"* Tracer {n}", page=1) for n in ("une piste", "un sentier"))
    )
    assert [line.bullet for line in found] == [False, True, True]


def test_the_body_is_what_most_characters_are_set_in() -> None:
    body = read_body_style([*BODY, para("Un titre", size_pt=30, bold=True, color="ff0000")])
    assert body == BodyStyle(11.0, False, "")


def test_signals_of_a_heading_weigh_in_order() -> None:
    body = BodyStyle(11.0, False, "")
    ranks = [
        heading_rank(Style(outline_level=1, size_pt=11), "Titre", body),
        heading_rank(Style(outline_level=3, size_pt=11), "Titre", body),
        heading_rank(Style(size_pt=18, bold=True), "Titre", body),
        heading_rank(Style(size_pt=14, bold=True), "Titre", body),
        heading_rank(Style(size_pt=11, bold=True), "Titre", body),
        heading_rank(Style(size_pt=11), "TITRE", body),
        heading_rank(Style(size_pt=11), "Titre", body),
    ]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)
    assert ranks[-1] == 0


def test_a_long_text_in_large_print_is_no_heading() -> None:
    assert heading_rank(Style(size_pt=20, bold=True), "mot " * 200, BodyStyle(11.0, False, "")) == 0


def test_the_marker_of_a_generated_number_is_part_of_the_line() -> None:
    block = Block("Rouler", Style(size_pt=11), list_level=0, marker="OS 1 :", marker_kind=Marker.NUMBER)
    line = lines(block)[0]
    assert line.label is not None
    assert (line.label.code, line.title) == ("OS1", "Rouler")


def test_a_label_in_a_tile_before_a_title_is_that_of_the_title() -> None:
    block = replace(para("Loger les familles", bold=True), marker="Objectif stratégique", marker_kind=Marker.NUMBER)
    label = read_line(block, BodyStyle(11.0, False, "")).label
    assert label is not None
    assert (label.level, label.code, label.rest) == (Level.OBJECTIF_STRATEGIQUE, "", "Loger les familles")


@pytest.mark.parametrize("typed", [True, False])
def test_a_label_behind_a_number_has_it_as_its_code(typed: bool) -> None:
    block = para("1. Enjeu : Grandir" if typed else "Enjeu : Grandir", bold=True)
    tile = replace(block, marker="1", marker_kind=Marker.NUMBER)
    line = read_line(block if typed else tile, BodyStyle(11.0, False, ""))
    assert line.label is not None
    assert (line.label.level, line.label.code, line.title) == (Level.ENJEU, "1", "Grandir")
