"""What a document is made of: the numbers of its paragraphs."""

from __future__ import annotations

from pipeline.model import Block, Cell, Table, build_document, leaf_blocks


def _table(*cells: tuple[Block, ...]) -> Block:
    return Block(table=Table(1, len(cells), tuple(Cell(0, i, blocks) for i, blocks in enumerate(cells))))


def _indexes(blocks: tuple[Block, ...]) -> list[int]:
    return [block.index for block in leaf_blocks(blocks)]


def test_paragraphs_are_numbered_in_reading_order_those_of_nested_tables_too() -> None:
    inner = _table((Block("Porteur"),), (Block("Service Travaux"),))
    blocks = [Block("OS 1"), _table((Block("1.1"), inner), (Block("Planter des haies"),)), Block("OS 2")]
    assert _indexes(build_document("plan.docx", "docx", blocks).blocks) == [0, 1, 2, 3, 4, 5]


def test_a_paragraph_that_stands_in_two_places_has_a_number_in_each() -> None:
    title = Block("Actions")
    blocks = build_document("plan.docx", "docx", [title, _table((Block("1.1"), title)), title]).blocks
    assert _indexes(blocks) == [0, 1, 2, 3]


def test_a_document_keeps_its_numbers_when_another_is_made_of_its_paragraphs() -> None:
    first = build_document("plan.docx", "docx", [Block("OS 1"), Block("OS 2")])
    second = build_document("extrait.docx", "docx", [first.blocks[1]])
    assert _indexes(first.blocks) == [0, 1]
    assert _indexes(second.blocks) == [0]
