"""What a coordinator gets from a LibreOffice text."""

from __future__ import annotations

import pytest
from readers.office_files import marked, open_document, texts

from pipeline.exceptions import SourceError
from pipeline.model import Document, Role
from pipeline.readers.odt import read_odt

STYLES = """
<style:default-style style:family="paragraph"><style:text-properties fo:font-size="11pt"/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"/>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph"
  style:parent-style-name="Standard" style:default-outline-level="1">
  <style:text-properties fo:font-size="150%" fo:font-weight="bold" fo:color="#1f4e79"/></style:style>
<style:style style:name="Contents_20_1" style:display-name="Contents 1" style:family="paragraph"/>
<text:outline-style style:name="Outline">
<text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>
</text:outline-style>
"""
AUTOMATIC = """
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_1"/>
<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Standard">
  <style:paragraph-properties fo:margin-left="1cm" fo:break-before="page" fo:background-color="#d9e2f3"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="T2" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="C1" style:family="table-cell">
  <style:table-cell-properties fo:background-color="#ffcc00"/></style:style>
<text:list-style style:name="L1">
  <text:list-level-style-number text:level="1" style:num-format="1" style:num-prefix="OS " text:start-value="1"/>
  <text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix=")" text:display-levels="2"/>
</text:list-style>
<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="✓"/></text:list-style>
"""


def read(content: str, **more: str) -> Document:
    return read_odt(open_document("text", content, automatic=AUTOMATIC, styles=STYLES, **more), "plan.odt")


def test_headings_have_level_resolved_style_and_number() -> None:
    block = read('<text:h text:style-name="P1" text:outline-level="1">Vivre mieux</text:h>').blocks[0]
    assert (block.style.name, block.style.outline_level, block.marker) == ("Heading 1", 1, "I.")
    assert (block.style.bold, block.style.size_pt, block.style.color) == (True, 16.5, "1f4e79")


def test_lists_are_numbered_by_their_style() -> None:
    content = (
        '<text:list text:style-name="L1"><text:list-item><text:p>a</text:p><text:list>'
        "<text:list-item><text:p>b</text:p></text:list-item><text:list-item><text:p>c</text:p><text:p>suite</text:p>"
        "</text:list-item></text:list></text:list-item>"
        '<text:list-item text:start-value="7"><text:p>d</text:p></text:list-item></text:list>'
        '<text:list text:style-name="L2"><text:list-item><text:p>e</text:p></text:list-item></text:list>'
    )
    document = read(content)
    assert marked(document) == ["OS 1 a", "1.1) b", "1.2) c", "suite", "OS 7 d", "✓ e"]
    assert [b.list_level for b in document.blocks] == [0, 1, 1, None, 0, 0]


def test_list_goes_on_or_restarts() -> None:
    one = '<text:list text:style-name="L1"{}><text:list-item><text:p>x</text:p></text:list-item></text:list>'
    content = one.format("") + one.format(' text:continue-numbering="true"') + one.format("")
    assert [b.marker for b in read(content).blocks] == ["OS 1", "OS 2", "OS 1"]


def test_spans_spaces_breaks_and_hidden_text() -> None:
    content = (
        '<text:p><text:span text:style-name="T1">Constat :</text:span> deux<text:s text:c="3"/>fois'
        '<text:line-break/>ici<text:span text:style-name="T2"> caché</text:span></text:p>'
    )
    block = read(content).blocks[0]
    assert (block.text, block.lead) == ("Constat : deux fois ici", "Constat :")


def test_deletions_notes_and_comments() -> None:
    content = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>supprimé</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>Ouvrir<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Source</text:p>"
        "</text:note-body></text:note> deux<office:annotation><text:p>vérifier</text:p></office:annotation>"
        " crèches</text:p>"
    )
    document = read(content)
    assert [(b.text, b.role) for b in document.blocks] == [
        ("Ouvrir deux crèches", Role.BODY),
        ("Source", Role.FOOTNOTE),
        ("vérifier", Role.COMMENT),
    ]


def test_table_of_contents_is_known() -> None:
    content = (
        "<text:table-of-content><text:index-body><text:p>OS 1 ... 3</text:p></text:index-body></text:table-of-content>"
        '<text:p text:style-name="Contents_20_1">OS 2 ... 4</text:p><text:p>Corps</text:p>'
    )
    assert [b.role for b in read(content).blocks] == [Role.CONTENTS, Role.CONTENTS, Role.BODY]


def test_indent_fill_and_page_break() -> None:
    document = read('<text:p>a</text:p><text:p text:style-name="P2">b</text:p>')
    second = document.blocks[1]
    assert (second.indent_pt, second.style.fill, second.position.page_number) == (28.35, "d9e2f3", 2)


def test_text_box_follows_its_paragraph() -> None:
    content = (
        "<text:p>Ancre<draw:frame><draw:text-box><text:p>Chiffre</text:p></draw:text-box></draw:frame></text:p>"
        "<text:p>Suite</text:p>"
    )
    document = read(content)
    assert texts(document) == ["Ancre", "Chiffre", "Suite"]
    assert document.blocks[1].role is Role.TEXT_BOX


def test_tables_with_header_rows_spans_and_fills() -> None:
    content = (
        "<table:table><table:table-header-rows><table:table-row>"
        '<table:table-cell table:style-name="C1" table:number-columns-spanned="2"><text:p>OO 1.1</text:p>'
        "</table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows>"
        '<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>a</text:p></table:table-cell>'
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>c</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    table = read(content).blocks[0].table
    assert table is not None
    assert (table.row_count, table.column_count, table.header_row_count) == (3, 2, 1)
    assert [(c.text, c.row_index, c.column_index, c.row_span, c.column_span) for c in table.cells] == [
        ("OO 1.1", 0, 0, 1, 2),
        ("a", 1, 0, 2, 1),
        ("b", 1, 1, 1, 1),
        ("c", 2, 1, 1, 1),
    ]
    assert table.cells[0].fill == "ffcc00"


def test_headers_and_footers_once_each() -> None:
    page = (
        '<style:master-page style:name="{}"><style:header><text:p>Valmont</text:p></style:header></style:master-page>'
    )
    document = read("<text:p>Corps</text:p>", masters=page.format("A") + page.format("B"))
    assert [(b.text, b.role) for b in document.blocks] == [("Corps", Role.BODY), ("Valmont", Role.HEADER)]


def test_doctype_is_refused() -> None:
    data = open_document("text", "<text:p>x</text:p>").replace(b"content.xml", b"content.xmk")
    with pytest.raises(SourceError) as error:
        read_odt(data, "plan.odt")
    assert error.value.code == "file_broken"
