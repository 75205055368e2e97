"""What page breaks cut: tables continued with their header repeated, rows and paragraphs cut in two; list levels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline import text
from pipeline.model import Block, Cell, Marker, Table
from pipeline.readers.pdf_paragraphs import Placed

_EDGE_SHARE = 0.13  # of the page height, at the top and at the bottom: where furniture stands
_FURNITURE_PAGES = 3
_COLUMN_TOLERANCE_PT = 6.0
_UNFINISHED = re.compile(r"[^.!?;:\u2026\u00bb)]$")
_STARTS_LOW = re.compile(r"^[\W_]*[a-z\u00df-\u00f6\u00f8-\u00ff\u0153]")
_DIGITS = re.compile(r"\d+")
_INDENT_STEP_PT = 3.5


def join_pages(pages: Sequence[Sequence[Placed]], heights: Sequence[float], known_words: frozenset[str]) -> list[Block]:
    """Put the pages end to end, joining what a break cut; what stands at the edge of many pages does not separate."""
    furniture = _furniture(pages, heights)
    flow: list[Placed] = []
    waiting: list[Placed] = []  # footers since the last block of the text
    for number, (page, height) in enumerate(zip(pages, heights, strict=True)):
        fresh = True
        for placed in page:
            if _is_furniture(placed, height, furniture):
                waiting.append(placed)
                continue
            joined = _join(flow[-1], placed, known_words) if fresh and number and flow else None
            if joined is None and flow and not fresh:
                joined = _join_in_page(flow[-1], placed, known_words)
            fresh = False
            if joined is not None:
                flow[-1] = joined
                continue
            flow += waiting
            waiting = []
            flow.append(placed)
        # Furniture at the foot of a page must not stand between the two halves of a table.
    flow += waiting
    return with_list_levels([placed.block for placed in flow])


def _furniture_key(placed: Placed, height: float) -> tuple[str, int] | None:
    block = placed.block
    if block.table is not None:
        return None
    top, bottom = block.position.y0_pt, block.position.y1_pt
    if bottom > _EDGE_SHARE * height and top < (1 - _EDGE_SHARE) * height:
        return None
    return _DIGITS.sub("#", block.text), round(top / 12)


def _furniture(pages: Sequence[Sequence[Placed]], heights: Sequence[float]) -> frozenset[tuple[str, int]]:
    counts: Counter[tuple[str, int]] = Counter()
    for page, height in zip(pages, heights, strict=True):
        counts.update({key for placed in page if (key := _furniture_key(placed, height)) is not None})
    needed = min(_FURNITURE_PAGES, max(2, len(pages)))
    return frozenset(key for key, count in counts.items() if count >= needed)


def _is_furniture(placed: Placed, height: float, furniture: frozenset[tuple[str, int]]) -> bool:
    key = _furniture_key(placed, height)
    if key is None:
        return False
    return key in furniture or not any(char.isalpha() for char in key[0])


# ------------------------------------------------------------------------------------------------------- joining


def _join(first: Placed, second: Placed, known_words: frozenset[str]) -> Placed | None:
    """Join the last block of a page and the first of the next; None when they are two."""
    if first.block.table is not None and second.block.table is not None:
        return _join_tables(first, second, known_words)
    return _join_paragraphs(first, second, known_words)


def _join_in_page(first: Placed, second: Placed, known_words: frozenset[str]) -> Placed | None:
    """Join a paragraph cut by the end of a column."""
    if first.block.position.column_index + 1 != second.block.position.column_index:
        return None
    if first.block.position.y0_pt < second.block.position.y0_pt:
        return None
    return _join_paragraphs(first, second, known_words)


def _join_paragraphs(first: Placed, second: Placed, known_words: frozenset[str]) -> Placed | None:
    one, two = first.block, second.block
    if one.table is not None or two.table is not None or two.marker or one.position.box != two.position.box:
        return None
    if not first.is_open or not _UNFINISHED.search(one.text) or not _STARTS_LOW.match(two.text):
        return None
    if not _same_style(one, two):
        return None
    return replace(first, block=_merged(one, two, known_words), is_open=second.is_open)


def _same_style(one: Block, two: Block) -> bool:
    a, b = one.style, two.style
    return abs(a.size_pt - b.size_pt) <= 0.6 and a.color == b.color and a.bold == b.bold


def _merged(one: Block, two: Block, known_words: frozenset[str]) -> Block:
    return replace(one, text=text.clean(text.join_lines([one.text, two.text], known_words)))


def _join_tables(first: Placed, second: Placed, known_words: frozenset[str]) -> Placed | None:
    """Join the two parts of a table whose columns stand under each other; the repeated header goes."""
    one, two = first.block.table, second.block.table
    if one is None or two is None or first.block.position.box != second.block.position.box:
        return None
    lines = _shared_columns(first.xs, second.xs)
    if lines is None:
        return None
    header = _repeated_rows(one, two)
    if not header and not first.ruled:
        return None
    if not header and _opens_anew(one, two):
        return None
    upper = _regridded(one, first.xs, lines)
    lower = _regridded(_without_rows(two, header), second.xs, lines)
    if lower.row_count == 0:
        return None
    table = _appended(upper, lower, known_words)
    table = replace(table, header_row_count=max(one.header_row_count, header))
    return replace(first, block=replace(first.block, table=table), xs=lines)


def _shared_columns(first: tuple[float, ...], second: tuple[float, ...]) -> tuple[float, ...] | None:
    """The column lines of both parts, when one part has all those of the other; None when the tables differ."""
    few, many = (first, second) if len(first) <= len(second) else (second, first)
    if abs(few[0] - many[0]) > _COLUMN_TOLERANCE_PT or abs(few[-1] - many[-1]) > _COLUMN_TOLERANCE_PT:
        return None
    if any(min(abs(x - other) for other in many) > _COLUMN_TOLERANCE_PT for x in few):
        return None
    if len(few) < len(many) and len(few) <= 2:
        return None
    return many


def _rows_text(table: Table, row_index: int) -> list[tuple[int, str]]:
    return [(c.column_index, text.fold(c.text)) for c in table.cells if c.row_index == row_index]


def _repeated_rows(one: Table, two: Table) -> int:
    """How many rows at the top of the second part repeat the top of the first."""
    count = 0
    while count < min(one.row_count, two.row_count - 1, 4):
        upper, lower = _rows_text(one, count), _rows_text(two, count)
        if [t for _, t in upper] != [t for _, t in lower] or not any(t for _, t in upper):
            break
        count += 1
    return count


def _opens_anew(one: Table, two: Table) -> bool:
    """Tell whether the second part is a table of its own: another header, or a sheet that starts like the first one."""
    first_row, second_row = _rows_text(one, 0), _rows_text(two, 0)
    if not first_row or not second_row:
        return False
    same_labels = [t for i, t in first_row if i == 0] == [t for i, t in second_row if i == 0]
    return same_labels and bool(first_row[0][1])


def _without_rows(table: Table, count: int) -> Table:
    cells = tuple(replace(c, row_index=c.row_index - count) for c in table.cells if c.row_index >= count)
    return replace(table, cells=cells, row_count=table.row_count - count)


def _regridded(table: Table, xs: tuple[float, ...], lines: tuple[float, ...]) -> Table:
    """Express a table on a finer set of column lines."""
    if len(xs) == len(lines):
        return table
    place = [min(range(len(lines)), key=lambda i: abs(lines[i] - x)) for x in xs]
    cells = tuple(
        replace(
            c,
            column_index=place[c.column_index],
            column_span=place[c.column_index + c.column_span] - place[c.column_index],
        )
        for c in table.cells
    )
    return replace(table, cells=cells, column_count=len(lines) - 1)


def _appended(upper: Table, lower: Table, known_words: frozenset[str]) -> Table:
    """Put the rows of the second part under the first, the first of them onto the last row when the break cut it."""
    cut = _cut_row(upper, lower)
    shift = upper.row_count - (1 if cut else 0)
    cells = list(upper.cells)
    if cut:
        by_column = {c.column_index: index for index, c in enumerate(cells) if c.row_index + c.row_span == upper.row_count}
        for cell in (c for c in lower.cells if c.row_index == 0):
            index = by_column.get(cell.column_index)
            if index is None:
                cells.append(replace(cell, row_index=shift))
                continue
            old = cells[index]
            span = old.row_span + cell.row_span - 1
            cells[index] = replace(old, blocks=_joined_blocks(old.blocks, cell.blocks, known_words), row_span=span)
    cells += [replace(c, row_index=c.row_index + shift) for c in lower.cells if c.row_index > 0 or not cut]
    return replace(upper, cells=tuple(cells), row_count=shift + lower.row_count)


def _cut_row(upper: Table, lower: Table) -> bool:
    """Tell whether the first row of the second part goes on the last row of the first."""
    last = {c.column_index: c for c in upper.cells if c.row_index + c.row_span == upper.row_count}
    first = {c.column_index: c for c in lower.cells if c.row_index == 0}
    if set(last) != set(first) or any(last[i].column_span != first[i].column_span for i in first):
        return False
    filled = [i for i in sorted(first) if first[i].text.strip()]
    if not filled or len(first) < 2:
        return False
    key_is_empty = not first[min(first)].text.strip()
    if key_is_empty and len(filled) < len(first):
        goes_on = any(_goes_on(last[i], first[i]) for i in filled)
        return goes_on or all(last[i].text.strip() for i in filled)
    return all(_goes_on(last[i], first[i]) for i in filled) and all(last[i].text.strip() for i in filled)


def _goes_on(upper: Cell, lower: Cell) -> bool:
    return bool(upper.text and _UNFINISHED.search(upper.text) and _STARTS_LOW.match(lower.text))


def _joined_blocks(
    upper: tuple[Block, ...], lower: tuple[Block, ...], known_words: frozenset[str]
) -> tuple[Block, ...]:
    if not upper or not lower:
        return upper + lower
    one, two = upper[-1], lower[0]
    plain = one.table is None and two.table is None and not two.marker
    if plain and _STARTS_LOW.match(two.text) and _UNFINISHED.search(one.text):
        return (*upper[:-1], _merged(one, two, known_words), *lower[1:])
    return upper + lower


# --------------------------------------------------------------------------------------------------------- list levels


def with_list_levels(blocks: Sequence[Block]) -> list[Block]:
    """Rank the indents of the bullets of each list; a paragraph that is no item and not indented ends the list."""
    levels: list[float] = []
    ranked = []
    for block in blocks:
        if block.table is not None:
            cells = tuple(replace(c, blocks=tuple(with_list_levels(c.blocks))) for c in block.table.cells)
            ranked.append(replace(block, table=replace(block.table, cells=cells)))
            levels = []
            continue
        if block.marker_kind is not Marker.BULLET:
            if not levels or block.indent_pt <= levels[0] + _INDENT_STEP_PT:
                levels = []
            ranked.append(block)
            continue
        while len(levels) > 1 and block.indent_pt < levels[-1] - _INDENT_STEP_PT:
            levels.pop()
        if not levels:
            levels = [block.indent_pt]
        elif block.indent_pt > levels[-1] + _INDENT_STEP_PT:
            levels.append(block.indent_pt)
        ranked.append(replace(block, list_level=len(levels) - 1))
    return ranked
