"""What a coordinator gets from slides."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt
from readers.office_files import marked, texts, zip_of

from pipeline.exceptions import SourceError
from pipeline.model import Block, Document, Marker, Role
from pipeline.readers.pptx import read_pptx
from pipeline.readers.reading_order import Box, order_boxes

TITLE_AND_BODY, BLANK = 1, 6


def read(*draw: Callable[[Slide], None], layout: int = BLANK) -> Document:
    presentation = Presentation()
    for each in draw:
        each(presentation.slides.add_slide(presentation.slide_layouts[layout]))
    buffer = io.BytesIO()
    presentation.save(buffer)
    return read_pptx(buffer.getvalue(), "plan.pptx")


def box(slide: Slide, text: str, x: float, y: float, width: float = 200, height: float = 40) -> None:
    slide.shapes.add_textbox(Pt(x), Pt(y), Pt(width), Pt(height)).text_frame.text = text


def find(document: Document, text: str) -> Block:
    return next(block for block in document.blocks if block.text == text)


def test_title_and_bulleted_body_of_a_slide() -> None:
    def draw(slide: Slide) -> None:
        slide.shapes.title.text = "OS 1 : Être une commune sûre"
        frame = slide.placeholders[1].text_frame
        frame.text = "Sécuriser les écoles"
        inner = frame.add_paragraph()
        inner.text, inner.level = "Poser des ralentisseurs", 1

    document = read(draw, layout=TITLE_AND_BODY)
    title, outer, inner = document.blocks
    assert (title.role, title.style.outline_level, title.style.name) == (Role.TITLE, 1, "title")
    assert (outer.list_level, outer.marker, outer.marker_kind) == (0, "•", Marker.BULLET)
    assert (inner.list_level, inner.marker) == (1, "–")
    assert inner.indent_pt > outer.indent_pt
    assert title.style.size_pt > outer.style.size_pt > inner.style.size_pt > 0
    assert title.position.x1_pt > title.position.x0_pt > 0


def test_title_wrapped_by_hand_is_one_block() -> None:
    def draw(slide: Slide) -> None:
        slide.shapes.title.text = "Être une commune\nqui protège son climat"

    assert texts(read(draw, layout=TITLE_AND_BODY)) == ["Être une commune qui protège son climat"]


def test_own_bullets_numbers_and_their_absence() -> None:
    def draw(slide: Slide) -> None:
        frame = slide.placeholders[1].text_frame
        for text, tag, attributes in (
            ("a", "a:buNone", {}),
            ("b", "a:buChar", {"char": "➔"}),
            ("c", "a:buAutoNum", {"type": "arabicParenR"}),
            ("d", "a:buAutoNum", {"type": "arabicParenR"}),
            ("e", "a:buAutoNum", {"type": "romanUcPeriod", "startAt": "4"}),
        ):
            paragraph = frame.paragraphs[0] if text == "a" else frame.add_paragraph()
            paragraph.text = text
            properties = paragraph._p.get_or_add_pPr()
            properties.append(properties.makeelement(qn(tag), attributes))

    document = read(draw, layout=TITLE_AND_BODY)
    assert marked(document) == ["a", "➔ b", "1) c", "2) d", "IV. e"]
    assert [b.list_level for b in document.blocks] == [None, 0, 0, 0, 0]


def test_typed_bullets_of_a_text_box() -> None:
    document = read(lambda slide: box(slide, "✓ Rénover la crèche\n• Planter", 10, 10))
    assert marked(document) == ["✓ Rénover la crèche", "• Planter"]


def test_run_settings_shape_fill_and_box() -> None:
    def draw(slide: Slide) -> None:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(10), Pt(10), Pt(300), Pt(60))
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor(0xC0, 0, 0)
        run = shape.text_frame.paragraphs[0].add_run()
        run.text, run.font.bold, run.font.size = "Axe 1", True, Pt(28)
        run.font.color.rgb = RGBColor(0, 0x70, 0xC0)

    block = read(draw).blocks[0]
    assert (block.style.bold, block.style.size_pt, block.style.color, block.style.fill) == (
        True,
        28.0,
        "0070c0",
        "c00000",
    )
    assert block.position.box is not None


def test_theme_colours_are_resolved() -> None:
    def draw(slide: Slide) -> None:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(10), Pt(10), Pt(300), Pt(60))
        shape.fill.solid()
        shape.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_2
        shape.text_frame.text = "Axe"

    assert read(draw).blocks[0].style.fill == "c0504d"


def test_columns_are_read_one_after_the_other_below_a_banner() -> None:
    def draw(slide: Slide) -> None:
        box(slide, "droite 1", 400, 100)
        box(slide, "gauche 2", 20, 200)
        box(slide, "droite 2", 400, 200)
        box(slide, "bandeau", 20, 10, width=640)
        box(slide, "gauche 1", 20, 100)

    document = read(draw)
    assert texts(document) == ["bandeau", "gauche 1", "gauche 2", "droite 1", "droite 2"]
    assert find(document, "droite 2").position.column_index == 1


def test_a_mind_map_is_read_branch_by_branch() -> None:
    def draw(slide: Slide) -> None:
        box(slide, "Objectif", 20, 130, 120)
        for index in range(2):
            middle = 90 + 120 * index
            box(slide, f"Branche {index + 1}", 180, middle - 20, 120)
            for leaf in range(2):
                y = middle - 50 + 60 * leaf
                box(slide, f"Action {index + 1}.{leaf + 1}", 340, y, 120)
                slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Pt(300), Pt(middle), Pt(340), Pt(y + 20))

    assert [block.text for block in read(draw).blocks] == [
        "Objectif", "Branche 1", "Action 1.1", "Action 1.2", "Branche 2", "Action 2.1", "Action 2.2",
    ]  # fmt: skip


def test_labels_beside_their_text_are_read_row_by_row() -> None:
    def draw(slide: Slide) -> None:
        for number, top in enumerate((50, 120, 190), start=1):
            box(slide, f"texte {number}", 200, top, width=450)
            box(slide, f"mot {number}", 20, top, width=120)

    assert texts(read(draw)) == ["mot 1", "texte 1", "mot 2", "texte 2", "mot 3", "texte 3"]


def test_number_tile_is_the_marker_of_the_text_beside() -> None:
    def draw(slide: Slide) -> None:
        for number, top in enumerate((50, 120), start=1):
            box(slide, f"0{number}", 20, top, width=40)
            box(slide, f"objectif {number}", 70, top, width=500)

    document = read(draw)
    assert marked(document) == ["01 objectif 1", "02 objectif 2"]
    assert document.blocks[0].marker_kind is Marker.NUMBER


def test_shapes_of_a_group_are_placed_on_the_slide() -> None:
    def draw(slide: Slide) -> None:
        box(slide, "après", 20, 300)
        group = slide.shapes.add_group_shape()
        inner = group.shapes.add_textbox(Pt(30), Pt(40), Pt(100), Pt(20))
        inner.text_frame.text = "dans le groupe"

    document = read(draw)
    assert texts(document) == ["dans le groupe", "après"]
    assert document.blocks[0].position.y0_pt == pytest.approx(40, abs=1)


def test_merged_cells_of_a_table() -> None:
    def draw(slide: Slide) -> None:
        table = slide.shapes.add_table(2, 3, Pt(10), Pt(10), Pt(400), Pt(100)).table
        table.cell(0, 0).merge(table.cell(0, 2))
        for place, text in (((0, 0), "OO 1.1"), ((1, 0), "Action"), ((1, 1), "Qui"), ((1, 2), "2026")):
            table.cell(*place).text = text

    table = read(draw).blocks[0].table
    assert table is not None
    assert (table.row_count, table.column_count) == (2, 3)
    assert [(c.text, c.column_span) for c in table.cells] == [("OO 1.1", 3), ("Action", 1), ("Qui", 1), ("2026", 1)]


def test_footers_have_their_role_and_notes_are_left_out() -> None:
    def draw(slide: Slide) -> None:
        slide.shapes.title.text = "Titre"
        slide.notes_slide.notes_text_frame.text = "ne pas lire"
        for shape in slide.slide_layout.placeholders:
            if shape.placeholder_format.type is not None and "FOOTER" in str(shape.placeholder_format.type):
                slide.shapes.clone_placeholder(shape)
        slide.placeholders[11].text = "Commune de Valmont"

    document = read(draw, layout=TITLE_AND_BODY)
    assert [(b.text, b.role) for b in document.blocks] == [("Titre", Role.TITLE), ("Commune de Valmont", Role.FOOTER)]


def test_pages_are_slides() -> None:
    document = read(lambda s: box(s, "a", 0, 0), lambda s: box(s, "b", 0, 0))
    assert [b.position.page_number for b in document.blocks] == [1, 2]
    assert document.page_count == 2


def test_doctype_in_any_part_and_broken_packages_are_refused() -> None:
    parts = {"ppt/presentation.xml": "<p/>", "ppt/theme/theme1.xml": "<!DOCTYPE a><a/>"}
    for data, code in ((zip_of(parts), "xml_doctype"), (zip_of({"ppt/presentation.xml": "<p/>"}), "file_broken")):
        with pytest.raises(SourceError) as error:
            read_pptx(data, "plan.pptx")
        assert error.value.code == code


def test_every_box_is_read_exactly_once() -> None:
    boxes = [Box(i, (i * 37) % 90, (i * 53) % 70, (i * 37) % 90 + 40, (i * 53) % 70 + 30) for i in range(12)]
    assert sorted(place for place, _ in order_boxes(boxes)) == list(range(12))
