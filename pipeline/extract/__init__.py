"""Document to statements: what is on the pages, as printed, with provenance and confidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.apply import apply_layout
from pipeline.extract.infer import infer_layout
from pipeline.extract.layouts import layout_from_toml, layout_to_toml
from pipeline.extract.sheets import Node, find_sheets
from pipeline.extract.signatures import (
    BodyStyle,
    Line,
    find_furniture,
    find_plain_lists,
    find_tiles,
    read_body_style,
    read_lines,
    settle_letters,
    unify_colors,
)
from pipeline.extract.tables import Grid, Sheet, in_columns, read_table
from pipeline.model import Block, Document, Extraction, Layout, Level, Remark, Role, Severity, leaf_blocks
from pipeline.vocabulary import match_level

_OBJECTIVES = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)

__all__ = ["extract", "layout_from_toml", "layout_to_toml"]


def extract(document: Document, layout: Layout | None = None) -> Extraction:
    """Read what a document says.

    Infers the layout unless one is given (a person's edited layout replaces the inference). Every leaf block of the
    document has one fate in `Extraction.blocks`. Statements carry the printed text in `original`; structure (`level`,
    `parent`, `order`, `code`) is in `value` already, all else is for `normalise`. Remark codes: see `apply_layout`, and
    sheet_hidden (info): a hidden sheet is left out.
    """
    body = read_body_style(leaf_blocks(document.blocks))
    document = _comparable(document)
    furniture = find_furniture(document, body)
    flow = _with_tiles(find_sheets(_settled(list(_flow(document.blocks, body, furniture)), body)))
    used = layout if layout is not None else infer_layout(document.source, flow)
    extraction = apply_layout(document, flow, used, body, furniture)
    hidden = tuple(
        Remark(Severity.INFO, "sheet_hidden", (("sheet", b.table.name),), source=document.source, locator=b.table.name)
        for b in document.blocks
        if b.table is not None and b.table.hidden
    )
    return replace(extraction, remarks=extraction.remarks + hidden)


def _comparable(document: Document) -> Document:
    """Take the outline levels off a document whose labelled objectives have none: then looks tell more than styles."""
    labelled = [
        b for b in document.blocks
        if b.table is None and (label := match_level(b.text)) is not None and label.code and label.level in _OBJECTIVES
    ]
    outlined = sum(b.style.outline_level is not None for b in labelled)
    if len(labelled) < 4 or outlined >= 0.5 * len(labelled):
        return document
    blocks = tuple(
        replace(b, style=replace(b.style, outline_level=None)) if b.table is None and b.style.outline_level is not None else b
        for b in document.blocks
    )
    return replace(document, blocks=blocks)


def _settled(flow: list[Line | Grid | Sheet], body: BodyStyle) -> list[Line | Grid | Sheet]:
    """Settle what only the whole document tells of a line: colours, letters, lists without bullets."""
    lines = iter(find_plain_lists(settle_letters(unify_colors([n for n in flow if isinstance(n, Line)]), body)))
    return [next(lines) if isinstance(n, Line) else n for n in flow]


def _with_tiles(flow: Sequence[Node]) -> list[Node]:
    """Find the tiles in each run of lines between tables."""
    out: list[Node] = []
    run: list[Line] = []
    for node in flow:
        if isinstance(node, Line):
            run.append(node)
            continue
        out += find_tiles(run)
        run.clear()
        out.append(node)
    return out + find_tiles(run)


def _flow(blocks: Sequence[Block], body: BodyStyle, furniture: frozenset[int]) -> Iterator[Line | Grid | Sheet]:
    """Lines and read tables in reading order; tables used for layout give the lines of their cells."""
    run: list[Block] = []

    def lines() -> Iterator[Line]:
        # read without the furniture, so that titles wrapped over a page are joined; then put it back in its place
        body_lines = read_lines([b for b in run if b.index not in furniture], body)
        rest = [replace(line, furniture=True) for line in read_lines([b for b in run if b.index in furniture], body)]
        order = {id(b): i for i, b in enumerate(run)}
        yield from sorted((*body_lines, *rest), key=lambda line: order[id(line.blocks[0])])
        run.clear()

    for block in blocks:
        if block.role in (Role.HEADER, Role.FOOTER):
            continue
        if block.table is None:
            if block.role in (Role.COMMENT, Role.FOOTNOTE):
                continue
            run.append(block)
            continue
        if block.table.hidden:
            continue
        read = read_table(block.table)
        if read:
            yield from lines()
            yield from read
            continue
        cells = (
            sorted(block.table.cells, key=lambda c: (c.column_index, c.row_index))
            if in_columns(block.table)
            else block.table.cells
        )
        for cell in cells:
            inner = list(cell.blocks)
            if any(b.table is not None for b in inner):
                yield from lines()
                yield from _flow(inner, body, furniture)
            else:
                run += inner
    yield from lines()
