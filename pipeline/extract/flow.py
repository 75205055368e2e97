"""Turn the blocks of a document into a flow: lines, grids, sheets and key figures in reading order.

What `infer` weighs and `apply` reads. Everything that only the whole document tells of a line is settled here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.extract.agenda import settle_agenda
from pipeline.extract.bands import unroll
from pipeline.extract.columns import holds_figures, settle_columns
from pipeline.extract.commitments import settle_commitments
from pipeline.extract.furniture import find_furniture
from pipeline.extract.heads import join_labels
from pipeline.extract.nesting import settle_counting, settle_nesting
from pipeline.extract.prepare import prepare
from pipeline.extract.sections import settle_ambitions
from pipeline.extract.sheet_tables import Sheet
from pipeline.extract.sheets import Node, find_sheets
from pipeline.extract.signatures import (
    BodyStyle,
    Line,
    as_text,
    find_notes,
    read_body_style,
    read_lines,
    settle_abbreviations,
    settle_continued,
    settle_counted_codes,
    settle_digits,
    settle_extended,
    settle_label_letters,
    settle_letters,
    settle_quotations,
    settle_styles,
    settle_volets,
    unify_colors,
)
from pipeline.extract.tables import Grid, in_columns, read_table
from pipeline.extract.tiles import find_tiles
from pipeline.extract.unmarked import (
    find_definitions,
    find_plain_lists,
    put_values_beside,
    settle_list_heads,
    settle_plain_titles,
    settle_questions,
)
from pipeline.extract.word_levels import settle_word_levels
from pipeline.extract.words import settle_between, settle_words
from pipeline.model import Block, Document, Level, Role, Table, leaf_blocks

#: A sheet says what it holds within so many nodes.
SHEET_HEAD_NODES = 4


def build_flow(document: Document) -> tuple[list[Node], BodyStyle, frozenset[int]]:
    """Read the blocks of a document; returns the flow, the style of its body, and the indexes of its furniture.

    Running headers and footers, comments and footnotes that the format marks, and hidden sheets are not in the flow.
    """
    body = read_body_style(leaf_blocks(document.blocks))
    document, trails = prepare(document, body)
    furniture = find_furniture(document, body) - trails
    flow = _settled(list(_nodes(document.blocks, body, furniture)), body)
    return _change_runs(join_labels(find_sheets(flow)), find_tiles), body, furniture


def _settled(flow: Sequence[Node], body: BodyStyle) -> list[Node]:
    """Settle what only the whole document tells of a line: colours, letters, notes, definitions, lists and their depth.

    Values that stand beside a title follow it.
    """
    flow = _without_first_annex(_change_runs(flow, put_values_beside))
    lines = [node for node in flow if isinstance(node, Line)]
    for settle in _SETTLINGS:
        lines = list(settle(lines))
    settled = iter(lines)
    flow = _settle_sheet_names([next(settled) if isinstance(n, Line) else n for n in flow], body)
    return settle_agenda(flow)


def _settle_sheet_names(flow: Sequence[Node], body: BodyStyle) -> list[Node]:
    """Take the name of a sheet as no more than that where it is the only one, or where the sheet says it in full.

    «Axe 1» names a sheet that begins with «Axe 1 : Mobilite»; the only sheet is the plan, whatever it is called.
    """
    out = list(flow)
    names = [i for i, n in enumerate(flow) if isinstance(n, Line) and n.blocks[0].role is Role.SHEET_NAME]
    for place, stop in itertools.pairwise((*names, len(flow))):
        name = flow[place]
        assert isinstance(name, Line)
        label = name.label
        alone = len(names) == 1 and name.section is not None
        if alone or (label is not None and not label.rest and _begins_with(flow[place + 1 : stop], label.level, body)):
            out[place] = replace(name, label=None, number=None, section=None, kind="sheet name")
    return out


def _begins_with(nodes: Sequence[Node], level: Level, body: BodyStyle) -> bool:
    """Tell whether the first label among the lines of a sheet, those of its tables too, is of a level with a title."""
    lines = (node for node in unroll(nodes[:SHEET_HEAD_NODES], body).flow if isinstance(node, Line))
    first = next((line.label for line in lines if line.label is not None), None)
    return first is not None and first.level is level and bool(first.rest)


#: What the whole document tells of its lines, in the order in which it is settled.
_SETTLINGS: tuple[Callable[[Sequence[Line]], Sequence[Line]], ...] = (
    unify_colors,
    settle_label_letters,
    settle_ambitions,
    settle_letters,
    settle_counted_codes,
    settle_digits,
    settle_words,
    settle_between,
    settle_word_levels,
    settle_extended,
    settle_abbreviations,
    settle_continued,
    settle_volets,
    settle_styles,
    settle_quotations,
    find_notes,
    find_definitions,
    settle_list_heads,
    settle_questions,
    settle_commitments,
    find_plain_lists,
    settle_plain_titles,
    settle_counting,
    settle_nesting,
)


def _without_first_annex(flow: Sequence[Node]) -> list[Node]:
    """Take «Annexe» in front of a plan as what the whole document is, not as a chapter after the plan."""
    out = list(flow)
    for index, node in enumerate(out):
        if not isinstance(node, Line) or node.label is not None or (node.number is not None and node.rank > 0):
            break
        if node.section is not None and node.section.concept == "annex":
            out[index] = as_text(node)
    return out


def _change_runs(flow: Sequence[Node], change: Callable[[Sequence[Line]], Sequence[Node]]) -> list[Node]:
    """Change each run of lines between tables."""
    out: list[Node] = []
    for is_line, group in itertools.groupby(flow, key=lambda node: isinstance(node, Line)):
        nodes = list(group)
        out += change([node for node in nodes if isinstance(node, Line)]) if is_line else nodes
    return out


def _nodes(blocks: Sequence[Block], body: BodyStyle, furniture: frozenset[int]) -> Iterator[Line | Grid | Sheet]:
    """Lines and read tables in reading order; tables used for layout give the lines of their cells."""
    run: list[Block] = []
    for block in blocks:
        if block.role in (Role.HEADER, Role.FOOTER):
            continue
        if block.table is None:
            if block.role not in (Role.COMMENT, Role.FOOTNOTE):
                run.append(block)
            continue
        if block.table.hidden:
            continue
        read = read_table(block.table)
        if read:
            yield from _run_lines(run, body, furniture)
            run = []
            yield from (settle_columns(part) if isinstance(part, Grid) else part for part in read)
            continue
        if holds_figures(block.table):
            yield from _run_lines(run, body, furniture)
            run = []
            yield from map(as_text, _run_lines(list(leaf_blocks((block,))), body, furniture))
            continue
        for inner in _cell_runs(block.table):
            if any(b.table is not None for b in inner):
                yield from _run_lines(run, body, furniture)
                run = []
                yield from _nodes(inner, body, furniture)
            else:
                run += inner
    yield from _run_lines(run, body, furniture)


def _run_lines(run: Sequence[Block], body: BodyStyle, furniture: frozenset[int]) -> list[Line]:
    """Read a run of text without the furniture, so that titles wrapped over a page are joined; then put it back."""
    lines = read_lines([b for b in run if b.index not in furniture], body)
    rest = read_lines([b for b in run if b.index in furniture], body)
    if not rest:
        return lines
    order = {id(b): i for i, b in enumerate(run)}
    lines += [replace(line, furniture=True) for line in rest]
    return sorted(lines, key=lambda line: order[id(line.blocks[0])])


def _cell_runs(table: Table) -> list[tuple[Block, ...]]:
    """The blocks of the cells of a table used for layout, in reading order."""
    cells = table.cells
    if in_columns(table):
        cells = tuple(sorted(cells, key=lambda c: (c.column_index, c.row_index)))
    return [cell.blocks for cell in cells]
