"""The rows that go across a table, as lines of the flow: there the elements above its rows stand, as headings do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.extract.sections import Flow
from pipeline.extract.sheets import Node
from pipeline.extract.signatures import BodyStyle, Line, read_lines, settle_letters
from pipeline.extract.tables import Grid, Row
from pipeline.extract.words import settle_titled
from pipeline.model import Block


@dataclass(frozen=True, slots=True)
class Unrolled:
    """A flow with the bands of its tables as lines between their other rows; `banded`: the indexes of these lines."""

    flow: Flow
    banded: frozenset[int]


def unroll(flow: Flow, body: BodyStyle) -> Unrolled:
    """Put what stands above the header of a table, and its rows of one cell, between the other rows as lines."""
    nodes: list[Node] = []
    banded: list[int] = []
    for node in flow:
        for part in _parts(node, body) if isinstance(node, Grid) else (node,):
            if part is not node and isinstance(part, Line):
                banded.append(len(nodes))
            nodes.append(part)
    return Unrolled(nodes, frozenset(banded))


def band_lines(blocks: Sequence[Block], body: BodyStyle) -> list[Line]:
    """The lines of a band, or of what stands above a header."""
    return read_lines([block for block in blocks if block.table is None], body)


def lines_of_rows(grid: Grid, body: BodyStyle) -> list[list[Line]]:
    """The lines of each row that is a band, none for any other; letters that number them are told by all together."""
    if not any(row.band for row in grid.rows):
        return [[] for _ in grid.rows]
    found = [band_lines(row.band, body) if row.band else [] for row in grid.rows]
    settled = iter(settle_letters([line for lines in found for line in lines]))
    titled = iter(settle_titled(list(settled)))
    return [[next(titled) for _ in lines] for lines in found]


def _parts(grid: Grid, body: BodyStyle) -> Iterator[Node]:
    """The lines above a grid, then its bands and what stands between them, each run of rows a grid of its own.

    Above a header, a line without a label or a number is the title of the table.
    """
    yield from (line for line in band_lines(grid.before, body) if line.label is not None or line.number is not None)
    run: list[Row] = []
    for row, lines in zip(grid.rows, lines_of_rows(grid, body), strict=True):
        if not row.band:
            run.append(row)
            continue
        if run:
            yield replace(grid, rows=tuple(run), before=(), header_blocks=())
            run = []
        yield from lines
    if run:
        yield replace(grid, rows=tuple(run), before=(), header_blocks=())
