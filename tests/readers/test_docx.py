"""What a coordinator gets from a Word file."""

from __future__ import annotations

import io
import zipfile

import pytest
from readers.office_files import (
    W_NS,
    by_text,
    cell,
    item,
    level,
    lists,
    marked,
    para,
    row,
    run,
    table,
    texts,
    word,
    zip_of,
)

from pipeline.exceptions import SourceError
from pipeline.model import Block, Document, Marker, Role, Table
from pipeline.readers.docx import read_docx


def read(body: str, **parts: object) -> Document:
    return read_docx(word(body, **parts), "plan.docx")  # type: ignore[arg-type]


def only_table(document: Document) -> Table:
    tables = [block.table for block in document.blocks if block.table is not None]
    assert len(tables) == 1
    return tables[0]


def grid(found: Table) -> dict[tuple[int, int], str]:
    return {(c.row_index, c.column_index): c.text for c in found.cells}


# ------------------------------------------------------------------------------------------------------------- styles


def test_heading_styles_give_outline_level_size_weight_and_colour() -> None:
    heading = by_text(read(para("Être une commune verte", style="Titre2")))["Être une commune verte"]
    assert heading.style.name == "Heading 2"
    assert heading.style.outline_level == 2
    assert (heading.style.size_pt, heading.style.bold, heading.style.color) == (13.0, True, "1f4e79")
    assert heading.style.font == "Calibri"


def test_heading_without_outline_level_is_known_by_its_name() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="T3"><w:name w:val="Titre 3"/></w:style>'
    assert by_text(read(para("Plan", style="T3"), styles=styles))["Plan"].style.outline_level == 3


def test_direct_outline_level_wins_over_the_style() -> None:
    document = read(
        para("Enjeu", properties='<w:outlineLvl w:val="0"/>')
        + para("Texte", style="Titre1", properties='<w:outlineLvl w:val="9"/>')
    )
    assert [b.style.outline_level for b in document.blocks] == [1, None]


def test_style_of_a_paragraph_is_that_of_most_characters() -> None:
    body = para(run("OS 1", "<w:b/>") + run(" Une administration proche de ses habitants", '<w:sz w:val="28"/>'))
    block = read(body).blocks[0]
    assert (block.style.bold, block.style.size_pt) == (False, 14.0)


def test_bold_beginning_is_the_lead() -> None:
    document = read(
        para(run("Constat ", "<w:b/>") + run(": ", "<w:b/>") + run("les bâtiments sont anciens"))
        + para(run("Tout est gras", "<w:b/>"))
        + para(run("Rien puis ") + run("gras", "<w:b/>"))
    )
    assert [b.lead for b in document.blocks] == ["Constat :", "", ""]
    assert document.blocks[0].text == "Constat : les bâtiments sont anciens"


def test_bold_given_twice_by_styles_cancels_out_but_direct_bold_does_not() -> None:
    document = read(
        para(run("deux fois", '<w:rStyle w:val="Fort"/>'), style="Gras")
        + para(run("directement", '<w:rStyle w:val="Fort"/><w:b/>'), style="Gras")
        + para(run("pas du tout", '<w:b w:val="0"/>'), style="Gras")
    )
    assert [b.style.bold for b in document.blocks] == [False, True, False]


def test_styles_that_are_based_on_each_other_end() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/></w:style>'
        for a, b in (("A", "B"), ("B", "A"))
    )
    assert texts(read(para("Texte", style="A"), styles=styles)) == ["Texte"]


def test_fill_and_indent_of_a_paragraph() -> None:
    block = read(para("Bandeau", properties='<w:shd w:val="clear" w:fill="D9E2F3"/><w:ind w:left="720"/>')).blocks[0]
    assert (block.style.fill, block.indent_pt) == ("d9e2f3", 36.0)


def test_leading_tabs_indent_a_paragraph() -> None:
    block = read(para("<w:r><w:tab/><w:t>Action</w:t></w:r>")).blocks[0]
    assert (block.text, block.indent_pt) == ("Action", 36.0)


def test_title_style_gives_the_role_of_a_title() -> None:
    assert read(para("PST 2024-2030", style="Titre")).blocks[0].role is Role.TITLE


# --------------------------------------------------------------------------------------------------- generated numbers


def test_multilevel_numbers_are_computed() -> None:
    numbering = lists(level(0, "OS %1"), level(1, "%1.%2."), level(2, "%3)", "lowerLetter"))
    body = item("a") + item("b", 1) + item("c", 1) + item("d", 2) + item("e") + item("f", 1) + item("g", 2)
    document = read(body, numbering=numbering)
    assert marked(document) == ["OS 1 a", "1.1. b", "1.2. c", "a) d", "OS 2 e", "2.1. f", "a) g"]
    assert {b.marker_kind for b in document.blocks} == {Marker.NUMBER}
    assert [b.list_level for b in document.blocks] == [0, 1, 1, 2, 0, 1, 2]


def test_a_level_that_was_skipped_counts_as_used() -> None:
    numbering = lists(level(0, "%1"), level(1, "%1.%2"), level(2, "%1.%2.%3"))
    body = item("a") + item("b", 2) + item("c", 1) + item("d")
    assert marked(read(body, numbering=numbering)) == ["1 a", "1.1.1 b", "1.2 c", "2 d"]


@pytest.mark.parametrize(
    ("number_format", "expected"),
    [
        ("upperRoman", "IV"),
        ("lowerRoman", "iv"),
        ("upperLetter", "D"),
        ("lowerLetter", "d"),
        ("decimalZero", "04"),
        ("ordinal", "4e"),
        ("ordinalText", "Quatrième"),
        ("cardinalText", "Quatre"),
        ("unheardOf", "4"),
    ],
)
def test_number_formats(number_format: str, expected: str) -> None:
    document = read("".join(item(str(i)) for i in range(4)), numbering=lists(level(0, "%1", number_format)))
    assert document.blocks[3].marker == expected


def test_start_override_restarts_a_list_once() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = item("a") + item("b") + item("c", num_id=2) + item("d", num_id=2) + item("e")
    document = read(body, numbering=lists(level(0, "%1."), nums=nums))
    assert [b.marker for b in document.blocks] == ["1.", "2.", "5.", "6.", "7."]


def test_two_lists_of_one_definition_count_together() -> None:
    nums = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/></w:num>' for n in (1, 2))
    document = read(item("a") + item("b", num_id=2), numbering=lists(level(0, "%1."), nums=nums))
    assert [b.marker for b in document.blocks] == ["1.", "2."]


def test_level_that_never_restarts_is_a_global_counter() -> None:
    numbering = lists(level(0, "OS.%1"), level(1, "OO.%2", more='<w:lvlRestart w:val="0"/>'))
    document = read(item("a") + item("b", 1) + item("c") + item("d", 1), numbering=numbering)
    assert [b.marker for b in document.blocks] == ["OS.1", "OO.1", "OS.2", "OO.2"]


def test_legal_numbering_writes_roman_parents_in_digits() -> None:
    numbering = lists(level(0, "%1", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>"))
    assert [b.marker for b in read(item("a") + item("b", 1), numbering=numbering).blocks] == ["I", "1.1"]


def test_numbers_linked_to_heading_styles() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/>'
        f'<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for n in (1, 2)
    )
    numbering = lists(
        level(0, "Axe %1", more='<w:pStyle w:val="H1"/>'), level(1, "%1.%2", more='<w:pStyle w:val="H2"/>')
    )
    body = para("a", style="H1") + para("b", style="H2") + para("c", style="H2")
    assert marked(read(body, styles=styles, numbering=numbering)) == ["Axe 1 a", "1.1 b", "1.2 c"]


def test_list_defined_through_a_list_style() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="MaListe"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1"><w:styleLink w:val="MaListe"/>{level(0, "A.%1")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert marked(read(item("x") + item("y"), numbering=numbering)) == ["A.1 x", "A.2 y"]


def test_number_zero_takes_a_paragraph_out_of_its_list() -> None:
    body = item("a") + para("b", properties='<w:numPr><w:numId w:val="0"/></w:numPr>') + item("c")
    document = read(body, numbering=lists(level(0, "%1.")))
    assert [(b.marker, b.list_level) for b in document.blocks] == [("1.", 0), ("", None), ("2.", 0)]


@pytest.mark.parametrize(
    ("glyph", "font", "expected"),
    [
        ("\uf0b7", "Symbol", "•"),
        ("\uf0fc", "Wingdings", "✓"),
        ("\uf0e8", "Wingdings", "➔"),
        ("\uf0d8", "Wingdings", "➢"),
        ("o", "Courier New", "o"),
        ("-", "Arial", "-"),
        ("\uf099", "Fantaisie", "•"),
    ],
)
def test_bullets_of_symbol_fonts(glyph: str, font: str, expected: str) -> None:
    properties = f'<w:rPr><w:rFonts w:ascii="{font}"/></w:rPr>'
    block = read(item("Planter"), numbering=lists(level(0, glyph, "bullet", properties=properties))).blocks[0]
    assert (block.marker, block.marker_kind, block.list_level) == (expected, Marker.BULLET, 0)


def test_second_bullet_style_is_a_second_level() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="L{n}"><w:name w:val="{name}"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for n, name in ((1, "List Bullet"), (2, "List Bullet 2"))
    )
    body = para("a", style="L1") + para("b", style="L2")
    document = read(body, styles=styles, numbering=lists(level(0, "•", "bullet")))
    assert [b.list_level for b in document.blocks] == [0, 1]


def test_indent_comes_from_the_list_level_unless_set_directly() -> None:
    indent = '<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr>'
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = item("a") + para("b", properties=f'{numbered}<w:ind w:left="1440"/>')
    document = read(body, numbering=lists(level(0, "•", "bullet", properties=indent)))
    assert [b.indent_pt for b in document.blocks] == [36.0, 72.0]


def test_typed_bullet_becomes_the_marker() -> None:
    block = read(para("- Planter des haies")).blocks[0]
    assert (block.marker, block.marker_kind, block.text) == ("-", Marker.BULLET, "Planter des haies")


# --------------------------------------------------------------------------------------------------------------- text


def test_insertions_are_accepted_and_deletions_dropped() -> None:
    body = para(
        run("Ouvrir ")
        + f"<w:ins>{run('deux')}</w:ins>"
        + f"<w:del><w:r><w:delText>une</w:delText></w:r></w:del>{run(' crèches')}"
        + f"<w:moveFrom>{run(' ailleurs')}</w:moveFrom><w:moveTo>{run(' ici')}</w:moveTo>"
    )
    assert texts(read(body)) == ["Ouvrir deux crèches ici"]


def test_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    body = para("Rénover ", properties="<w:rPr><w:del/></w:rPr>") + para("la crèche", style="Titre1") + para("Suite")
    document = read(body)
    assert texts(document) == ["Rénover la crèche", "Suite"]
    assert document.blocks[0].style.outline_level == 1


def test_deleted_item_does_not_count() -> None:
    gone = '<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>'
    body = item("a") + para("<w:del><w:r><w:delText>b</w:delText></w:r></w:del>", properties=gone) + item("c")
    assert marked(read(body, numbering=lists(level(0, "%1.")))) == ["1. a", "2. c"]


def test_hidden_text_comments_and_field_codes_are_left_out() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE \\@ "yyyy"</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2027</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    body = para(
        run("Bilan ")
        + field
        + run(" caché", "<w:vanish/>")
        + '<w:r><w:commentReference w:id="1"/></w:r>'
        + run(" public")
    )
    assert texts(read(body)) == ["Bilan 2027 public"]


def test_field_that_is_never_closed_does_not_swallow_the_document() -> None:
    opened = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    body = para(opened) + para("Visible") + para(opened + separate) + para("Plan", style="Titre1") + para("Action")
    document = read(body)
    assert texts(document) == ["Visible", "Plan", "Action"]
    assert document.blocks[2].role is Role.BODY


def test_links_smart_tags_and_controls_are_transparent() -> None:
    body = (
        para(
            f'<w:hyperlink r:id="far">{run("Voir")}</w:hyperlink><w:smartTag>{run(" le")}</w:smartTag>'
            f"<w:sdt><w:sdtContent>{run(' plan')}</w:sdtContent></w:sdt>"
        )
        + f"<w:sdt><w:sdtContent>{para('Bloc')}</w:sdtContent></w:sdt>"
    )
    assert texts(read(body)) == ["Voir le plan", "Bloc"]


def test_placeholder_of_an_empty_control_is_no_text() -> None:
    empty = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Choisissez')}</w:sdtContent></w:sdt>"
    assert texts(read(para(run("Statut : ") + empty))) == ["Statut :"]


def test_check_boxes_of_all_kinds() -> None:
    modern = f"<w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent>{run('☒')}</w:sdtContent></w:sdt>"
    form = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>{}</w:checkBox></w:ffData>'
        "</w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    body = para(
        modern
        + run(" En cours ")
        + form.format("<w:checked/>")
        + run(" Terminé ")
        + form.format("")
        + run(" Annulé ")
        + symbol
        + run(" Reporté")
    )
    assert texts(read(body)) == ["☒ En cours ☒ Terminé ☐ Annulé ☑ Reporté"]


def test_drop_down_form_field_gives_the_choice() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="À démarrer"/><w:listEntry w:val="En cours"/></w:ddList></w:ffData></w:fldChar></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert texts(read(para(run("Statut : ") + field))) == ["Statut : En cours"]


def test_text_in_a_symbol_font_is_read_as_what_it_shows() -> None:
    assert texts(read(para(run("ü", '<w:rFonts w:ascii="Wingdings"/>') + run(" fait")))) == ["fait"]
    assert marked(read(para(run("ü", '<w:rFonts w:ascii="Wingdings"/>') + run(" fait")))) == ["✓ fait"]


def test_line_break_joins_a_wrapped_title_but_separates_items() -> None:
    br = "<w:r><w:br/></w:r>"
    body = para(run("Objectif stratégique 1 :") + br + run("Être une commune sûre")) + para(
        run("- planter") + br + run("- arroser")
    )
    document = read(body)
    assert marked(document) == ["Objectif stratégique 1 : Être une commune sûre", "- planter", "- arroser"]


def test_letter_spaced_heading_is_rejoined() -> None:
    assert texts(read(para("L E S  O B J E C T I F S"))) == ["LES OBJECTIFS"]


def test_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent>{para('Chiffre clé')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document = read(para(run("Ancre") + drawing) + para("Suite"))
    assert texts(document) == ["Ancre", "Chiffre clé", "Suite"]
    assert document.blocks[1].role is Role.TEXT_BOX
    assert document.blocks[1].position.box is not None


def test_nodes_of_a_diagram_are_read_under_their_parent() -> None:
    namespaces = (
        'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    node = '<dgm:pt modelId="{0}"><dgm:t><a:p><a:r><a:t>{1}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    link = '<dgm:cxn srcId="{0}" destId="{1}" srcOrd="{2}"/>'
    content = (
        f'<dgm:dataModel {namespaces}><dgm:ptLst><dgm:pt modelId="0" type="doc"/>{node.format(3, "OO 1.1")}'
        f'{node.format(1, "OS 1")}{node.format(2, "OS 2")}<dgm:pt modelId="9" type="pres"/></dgm:ptLst><dgm:cxnLst>'
        f"{link.format(0, 2, 1)}{link.format(0, 1, 0)}{link.format(1, 3, 0)}</dgm:cxnLst></dgm:dataModel>"
    )
    drawing = f'<w:r><w:drawing><dgm:relIds {namespaces} r:dm="diagramData1"/></w:drawing></w:r>'
    document = read(para(run("Articulation") + drawing), parts={"diagramData1": content})
    assert [(b.text, b.list_level) for b in document.blocks] == [
        ("Articulation", None),
        ("OS 1", 0),
        ("OO 1.1", 1),
        ("OS 2", 0),
    ]


def test_headers_footers_notes_and_comments_have_their_roles() -> None:
    references = (
        '<w:headerReference r:id="header1"/><w:headerReference r:id="header2"/><w:footerReference r:id="footer1"/>'
    )
    sections = f"<w:sectPr>{references}</w:sectPr>"
    document = read(
        para(run("Corps") + '<w:r><w:footnoteReference w:id="2"/></w:r>') + sections,
        parts={
            "header1": para("Commune"),
            "header2": para("Commune"),
            "footer1": para("Page"),
            "footnotes": f'<w:footnote w:type="separator" w:id="0">{para("x")}</w:footnote>'
            f'<w:footnote w:id="2">{para("Source : enquête")}</w:footnote>',
            "comments": f'<w:comment w:id="1">{para("À vérifier")}</w:comment>',
        },
    )
    assert [(b.role, b.text) for b in document.blocks] == [
        (Role.BODY, "Corps"),
        (Role.HEADER, "Commune"),
        (Role.FOOTER, "Page"),
        (Role.FOOTNOTE, "Source : enquête"),
        (Role.COMMENT, "À vérifier"),
    ]


def test_table_of_contents_is_known_by_style_field_or_gallery() -> None:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3"</w:instrText></w:r>'
    body = (
        para("OS 1 ... 3", style="TM1")
        + para(begin + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("OS 2 ... 4"))
        + para(run("OS 3 ... 5") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        + f"<w:sdt>{gallery}<w:sdtContent>{para('OS 4 ... 6')}</w:sdtContent></w:sdt>"
        + para("Corps")
    )
    roles = [b.role for b in read(body).blocks]
    assert roles == [Role.CONTENTS] * 4 + [Role.BODY]


# -------------------------------------------------------------------------------------------------------------- pages


def pages(document: Document) -> list[int]:
    return [b.position.page_number for b in document.blocks]


def test_explicit_breaks_and_sections_count_pages() -> None:
    body = (
        para("a")
        + para('<w:r><w:br w:type="page"/><w:t>b</w:t></w:r>')
        + para("c", properties="<w:pageBreakBefore/>")
        + para("d", properties="<w:sectPr/>")
        + para("e")
        + '<w:sectPr><w:type w:val="nextPage"/></w:sectPr>'
    )
    document = read(body)
    assert pages(document) == [1, 2, 3, 3, 4]
    assert document.page_count == 4


def test_recorded_page_breaks_win_over_explicit_ones() -> None:
    body = para('<w:r><w:t>a</w:t><w:br w:type="page"/></w:r>') + para(
        "<w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r>"
    )
    assert pages(read(body)) == [1, 2]


# ------------------------------------------------------------------------------------------------------------- tables


def test_merged_cells_repeated_headers_and_fills() -> None:
    header = "<w:tblHeader/>"
    document = read(
        table(
            row(cell("OO 1.1", '<w:gridSpan w:val="3"/><w:shd w:val="clear" w:fill="2F5496"/>'), properties=header),
            row(cell("Action"), cell("Qui"), cell("Délai"), properties=header),
            row(cell("a"), cell("Service", '<w:vMerge w:val="restart"/>'), cell("2025")),
            row(cell("b"), cell("", "<w:vMerge/>"), cell("2026")),
            row(cell("c"), cell("Autre"), cell("2027")),
        )
    )
    found = only_table(document)
    assert (found.row_count, found.column_count, found.header_row_count) == (5, 3, 2)
    spans = {c.text: (c.row_span, c.column_span) for c in found.cells}
    assert spans["OO 1.1"] == (1, 3)
    assert spans["Service"] == (2, 1)
    assert (3, 1) not in grid(found)
    assert found.cells[0].fill == "2f5496"


def test_rows_that_begin_or_end_within_the_grid() -> None:
    document = read(
        table(
            row(cell("a"), cell("b"), cell("c")),
            row(cell("d"), cell("e"), properties='<w:gridBefore w:val="1"/>'),
            row(cell("f"), properties='<w:gridAfter w:val="2"/>'),
        )
    )
    assert grid(only_table(document)) == {
        (0, 0): "a",
        (0, 1): "b",
        (0, 2): "c",
        (1, 1): "d",
        (1, 2): "e",
        (2, 0): "f",
    }


def test_old_style_horizontal_merge() -> None:
    document = read(
        table(row(cell("a", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>")), row(cell("b"), cell("c")))
    )
    first = only_table(document).cells[0]
    assert (first.text, first.column_span) == ("a", 2)


def test_columns_where_no_cell_begins_are_dropped() -> None:
    wide = '<w:gridSpan w:val="2"/>'
    found = only_table(read(table(row(cell("a", wide), cell("b", wide)), row(cell("c", wide), cell("d", wide)))))
    assert (found.column_count, {c.column_span for c in found.cells}) == (2, {1})


def test_table_in_a_table_is_a_block_of_its_cell() -> None:
    inner = table(row(cell("x"), cell("y")))
    outer = only_table(read(table(row(cell("a"), cell(inner + para("fin"))))))
    nested: Block = outer.cells[1].blocks[0]
    assert nested.table is not None
    assert grid(nested.table) == {(0, 0): "x", (0, 1): "y"}
    assert outer.cells[1].blocks[1].text == "fin"


def test_tracked_rows_and_controls_around_rows_and_cells() -> None:
    controlled_row = f"<w:sdt><w:sdtContent>{row(cell('c'), cell('d'))}</w:sdtContent></w:sdt>"
    controlled_cell = row(f"<w:sdt><w:sdtContent>{cell('e')}</w:sdtContent></w:sdt>", cell("f"))
    found = only_table(
        read(
            table(
                row(cell("a"), cell("b"), properties="<w:ins/>"),
                row(cell("supprimée"), cell("x"), properties="<w:del/>"),
                controlled_row,
                controlled_cell,
            )
        )
    )
    assert list(grid(found).values()) == ["a", "b", "c", "d", "e", "f"]


def test_table_style_makes_the_first_row_bold_and_filled() -> None:
    look = '<w:tblStyle w:val="Grille"/><w:tblLook w:firstRow="1"/>'
    found = only_table(read(table(row(cell("Titre"), cell("Qui")), row(cell("a"), cell("b")), properties=look)))
    head, _, body, _ = found.cells
    assert (head.blocks[0].style.bold, head.blocks[0].style.color, head.fill) == (True, "ffffff", "2f5496")
    assert (body.blocks[0].style.bold, body.fill) == (False, "")


def test_table_of_one_cell_is_a_banner_not_a_table() -> None:
    banner = read(table(row(cell("OS 2 : Bien vivre", '<w:shd w:val="clear" w:fill="C00000"/>')))).blocks[0]
    assert (banner.table, banner.text, banner.style.fill) == (None, "OS 2 : Bien vivre", "c00000")
    assert banner.position.box is not None


def test_lines_of_a_cell_stay_apart_unless_they_go_on() -> None:
    br = "<w:r><w:br/></w:r>"
    content = para(run("Service Travaux") + br + run("Service Écoles de") + br + run("Valmont"))
    found = only_table(read(table(row(cell("Qui"), cell(content)))))
    assert found.cells[1].text == "Service Travaux\nService Écoles de Valmont"


# ------------------------------------------------------------------------------------------------------ hostile input


def refusal(data: bytes) -> str:
    with pytest.raises(SourceError) as error:
        read_docx(data, "plan.docx")
    return error.value.code


def test_doctype_is_refused() -> None:
    assert refusal(word(para("x"), prolog='<!DOCTYPE w [<!ENTITY a "b">]>')) == "xml_doctype"


def test_broken_xml_and_truncated_package_are_refused() -> None:
    assert refusal(word("<w:p>")) == "file_broken"
    assert refusal(word(para("x"))[:-40]) == "file_broken"


def test_package_that_claims_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.package.MAX_INFLATED_BYTES", 1_000)
    assert refusal(word(para("x" * 5_000))) == "archive_too_big"


def test_template_syntax_stays_text() -> None:
    assert texts(read(para("Former {{ 7*7 }} agents {% raw %}"))) == ["Former {{ 7*7 }} agents {% raw %}"]


def test_strict_office_namespace_is_read() -> None:
    data = word(para("Strict"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    usual, strict = W_NS.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    strict_data = zip_of({name: content.replace(usual, strict) for name, content in members.items()})
    assert texts(read_docx(strict_data, "plan.docx")) == ["Strict"]
