"""Rows of a form that lie in one cell, as where a pale scan has lost the rulings between: parted at their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.model import Block, Cell, Table
from pipeline.vocabulary import is_exact_label, match_label, match_level

_FEWEST_LABELS = 2
_LEVEL_PT = 4.0  # a value begins no higher above its label
_PAGE_PT = 100_000.0  # no page is as high
_FIGURES = frozenset(("budget", "start", "end", "planning", "progress"))  # fields whose values hold digits


def part_label_rows(table: Table) -> Table:
    """The table of labels beside values with one row for each label; as it is where its rows hold one each.

    Such cells hold several labels, each on a line of its own. A value belongs to the label that it begins level with or
    below; where no places are known, each paragraph is the value of one label.
    """
    if table.column_count != 2 or any(cell.column_span > 1 for cell in table.cells):
        return table
    parted = [_parted(rows) for rows in _joined_rows(table)]
    if not any(parted):
        return table
    cells: list[Cell] = []
    row_count = 0
    for rows, parts in zip(_joined_rows(table), parted, strict=True):
        first = rows[0].row_index
        height = max(cell.row_index + cell.row_span for cell in rows) - first
        cells += [replace(cell, row_index=cell.row_index - first + row_count) for cell in parts or rows]
        row_count += len(parts) // 2 if parts else height
    return replace(table, row_count=row_count, cells=tuple(cells))


def _joined_rows(table: Table) -> Iterator[list[Cell]]:
    """The cells of each row, with those of the rows that a cell of it reaches into."""
    found: list[Cell] = []
    end = 0
    for cell in table.cells:
        if found and cell.row_index >= end:
            yield found
            found = []
        found.append(cell)
        end = max(end, cell.row_index + cell.row_span)
    if found:
        yield found


def _parted(rows: Sequence[Cell]) -> list[Cell]:
    """The cells of joined rows, a row for each label at the left; none where there is but one, or anything else."""
    labels = [block for cell in rows if cell.column_index == 0 for block in cell.blocks]
    right = [cell for cell in rows if cell.column_index == 1]
    values = [block for cell in right for block in cell.blocks]
    if len(labels) < _FEWEST_LABELS or not right or not all(map(_is_label, labels)):
        return []
    if any(block.table is not None for block in values):
        return []
    placed = all(block.position.y1_pt for block in (*labels, *values))
    beside = _level_with(labels, values) if placed else _one_each(labels, values)
    if not beside:
        return []
    first = rows[0].row_index
    return [
        replace(cell, row_index=first + index, row_span=1, blocks=blocks)
        for index, (label, found) in enumerate(zip(labels, beside, strict=True))
        for cell, blocks in ((rows[0], (label,)), (right[0], _without_specks(found)))
    ]


def _level_with(labels: Sequence[Block], values: Sequence[Block]) -> list[list[Block]]:
    """The values of each label by their places; none where too few begin level with one."""
    level = sum(any(abs(_top(value) - _top(label)) <= _LEVEL_PT for value in values) for label in labels)
    if level < min(_FEWEST_LABELS, len(values)):
        return []
    beside: list[list[Block]] = [[] for _ in labels]
    for value in values:
        overlaps = [_overlap_pt(value, label) for label in labels]
        above = max(sum(_top(label) <= _top(value) + _LEVEL_PT for label in labels) - 1, 0)
        beside[overlaps.index(max(overlaps)) if max(overlaps) > _LEVEL_PT else above].append(value)
    return beside


def _top(block: Block) -> float:
    """Where a block begins, over all pages."""
    return block.position.page_number * _PAGE_PT + block.position.y0_pt


def _overlap_pt(one: Block, other: Block) -> float:
    """How far two blocks of a page stand side by side."""
    if one.position.page_number != other.position.page_number:
        return 0.0
    return min(one.position.y1_pt, other.position.y1_pt) - max(one.position.y0_pt, other.position.y0_pt)


def _one_each(labels: Sequence[Block], values: Sequence[Block]) -> list[list[Block]]:
    """The values of each label by their order; none where they are not as many, or a date or an amount has no digit."""
    if len(values) != len(labels) or any(
        _holds_figures(label) and not any(map(str.isdigit, value.text))
        for label, value in zip(labels, values, strict=True)
    ):
        return []
    return [[value] for value in values]


def _holds_figures(label: Block) -> bool:
    field = match_label(label.text.rstrip(" :"))
    return field is not None and field.field in _FIGURES


def _without_specks(values: Sequence[Block]) -> tuple[Block, ...]:
    """The values of a label without signs alone, remains of a ruling, that stand beside words."""
    said = tuple(value for value in values if any(map(str.isalnum, value.text)))
    return said or tuple(values)


def _is_label(block: Block) -> bool:
    if block.table is not None:
        return False
    printed = block.text.rstrip(" :")
    level = match_level(printed)
    return is_exact_label(printed) or (level is not None and not (level.rest or level.code))
