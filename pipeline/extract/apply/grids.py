"""Read a grid: a header row, then an element, several nested elements, or an indicator a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.apply.cells import cut_title
from pipeline.extract.apply.lines import read_blocks, read_run
from pipeline.extract.apply.lists import NESTED
from pipeline.extract.apply.reading import ATTACHED_LEVELS, LEVELS, TABLED, Frame, Mention, Reading, depth_of
from pipeline.extract.apply.row_levels import RowLevels, find_row_levels, level_of, row_label
from pipeline.extract.apply.texts import state_measure
from pipeline.extract.bands import band_lines, lines_of_rows
from pipeline.extract.bare import split_bracket
from pipeline.extract.row_items import Item, ItemCell, split_row
from pipeline.extract.sheets import Node
from pipeline.extract.signatures import Line, is_named, locator
from pipeline.extract.tables import (
    Column,
    Grid,
    Row,
    explains_codes,
    is_accounts,
    is_figure,
    is_ticked,
    reference_columns,
)
from pipeline.model import LEVEL_DEPTH, Became, Block, Level, Marker, leaf_blocks
from pipeline.text import fold
from pipeline.vocabulary import (
    Label,
    code_key,
    is_total,
    match_level,
    match_section,
    names_deliverables,
)

#: A column without a label holds titles only when some cell of it is longer than this.
MINIMUM_TITLE_CHARACTERS = 8
#: A column that names no level stands between OO and actions.
_UNNAMED_DEPTH = 4.5
#: A cell that holds a code and nothing else.
_CODE = re.compile(r"[A-Z\d][A-Z\d. /-]{0,11}")
#: Fields of a follow-up: a table with two of them in its columns follows the elements of a plan.
_FOLLOWED = frozenset(
    (
        *("mandataire", "responsable", "porteur", "service", "partenaire"),
        *("start", "end", "planning", "status", "progress", "priority"),
    )
)
#: What the columns of a table of indicators measure.
_MEASURED = {"target": "target", "result": "actual", "progress": "actual"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """The element that the last row with one of this level gave: its folded code and title."""

    code: str
    title: str
    mention: Mention


@dataclass(slots=True)
class _Rows:
    """What the rows of one grid share while they are read."""

    grid: Grid
    titles: Sequence[Column]  # outermost first
    coded: Sequence[Column]  # columns of codes
    levels: RowLevels
    parents: dict[tuple[int, str], Mention]  # by the column that gives the code of a parent and that code
    naming: frozenset[int]  # columns of titles and codes
    elements: frozenset[int]  # columns whose cells say which element a row is, not something of it
    rising: frozenset[int]  # columns that name the rows that others stand in («Code parent»)
    seen: dict[Level, _Seen] = field(default_factory=dict)
    named_by: dict[str, Mention] = field(default_factory=dict)  # by what other rows name their parents by
    pending: list[tuple[Mention, str]] = field(default_factory=list)  # elements, and what names their parents


def read_grid(reading: Reading, grid: Grid) -> None:
    """Read a grid under what stands above it; what it explains after its rows («Legende») is left."""
    apart = reading.apart()
    if apart is not None and apart.concept == "legend" and _lists_plan(grid):
        reading.close_from(apart)
    if reading.in_legend():
        return
    _read_above(reading, grid.before)
    reading.close_items()
    grid = replace(grid, columns=tuple(_at_root(reading, column) for column in grid.columns))
    parents = _parents_by_code(reading, grid)
    rising = _parent_columns(grid)
    references = reference_columns(grid) | {index for index, _ in parents} | rising
    titles = [column for column in grid.columns if _is_title(column) and column.index not in references]
    if not titles:
        indicators = next((c for c in grid.columns if c.field == "indicator"), None)
        if indicators is not None:
            _read_indicators(reading, grid, indicators)
            return
        stand_in = _stand_in_title(grid) or _deliverables(reading, grid)
        if stand_in is None or (reading.is_closed() and not _is_follow_up(grid)):
            _read_as_text(reading, grid)
            return
        titles = [stand_in]
    beside_plan = bool(reading.mentions) and reading.innermost() is None
    if is_accounts(grid) or _counts_elements(grid, titles) or (beside_plan and explains_codes(grid)):
        reading.leave([*grid.header_blocks, *(b for row in grid.rows for c in row.cells.values() for b in c.blocks)])
        return
    owner = reading.innermost()
    levels = find_row_levels(grid, titles, rising, owner)
    naming = frozenset(c.index for c in grid.columns if c in titles or c.field in ("title", "code"))
    elements = references | {c.index for c in grid.columns if c.field in ("code", "level")}
    if levels.trail is not None:
        elements |= {levels.trail.column}
    coded = [c for c in grid.columns if c.field == "code"]
    rows = _Rows(grid, sorted(titles, key=_title_depth), coded, levels, parents, naming, elements, rising)
    _read_rows(reading, rows)
    for mention, name in rows.pending:
        _put_under(rows.named_by.get(name), mention)
    reading.leave(grid.header_blocks, Became.FURNITURE, owner)


def _counts_elements(grid: Grid, titles: Sequence[Column]) -> bool:
    """Tell whether the rows of a grid give figures about elements that they name by code alone («OS 1», 5, 2)."""
    naming = [c for c in grid.columns if c in titles or _is_title(c)]
    counts = [c for c in naming if match_section(c.printed) is not None and _holds_counts(grid, c)]
    named = [c for c in naming if c not in counts]
    if len(named) != 1 or any(row.band for row in grid.rows):
        return False
    figures = [c for c in grid.columns if c not in named and c.field != "code"]
    counted = [c for c in figures if (c.label is None and not c.year) or c in counts]
    if not counted:
        return False
    rows = [row for row in grid.rows if not is_total(row.text(named[0].index))]
    rows = [row for row in rows if any(row.text(c.index) for c in figures)]  # words alone below them are a note
    names = [name for row in rows if (name := row.text(named[0].index))]
    if not names or not all(map(_is_bare_label, names)):
        return False
    told = [row.text(c.index) for row in rows for c in figures if row.text(c.index)]
    return bool(told) and all(map(is_figure, told))


def _is_bare_label(text: str) -> bool:
    """Tell whether a text is the label and the number of an element, without its title («OS 1»)."""
    label = match_level(text)
    return label is not None and label.code != "" and not label.rest


def _holds_counts(grid: Grid, column: Column) -> bool:
    """Tell whether the cells of a column («Actions») are whole numbers."""
    texts = [text for row in grid.rows if (text := row.text(column.index))]
    return bool(texts) and all(map(str.isdecimal, texts))


def _read_above(reading: Reading, blocks: Sequence[Block]) -> None:
    """Read what stands above a header; below «Actions», lines without a mark are the title of the table, no actions."""
    frame = reading.governing()
    listing = frame is not None and frame.is_section and frame.concept in LEVELS
    if listing and not any(is_named(line) or line.bullet for line in band_lines(blocks, reading.body)):
        reading.leave(blocks)
    else:
        read_blocks(reading, blocks)


def _parents_by_code(reading: Reading, grid: Grid) -> dict[tuple[int, str], Mention]:
    """The elements that columns of a grid name by code alone («OO 1.1»), by column and code as printed.

    Codes without a label («1.1» below «Objectif operationnel») name elements where all of them are known.
    """
    labelled = reference_columns(grid)
    titles = [column for column in grid.columns if _is_title(column)]
    found: dict[tuple[int, str], Mention] = {}
    for column in titles if len(titles) > 1 else ():
        named = column.level
        texts = {text for row in grid.rows if (text := row.text(column.index)) and not is_total(text)}
        if column.index not in labelled and (named is None or not all(map(_CODE.fullmatch, texts))):
            continue
        known: dict[str, Mention] = {}
        for text in texts:
            label = match_level(text) if column.index in labelled else None
            above = _coded(reading, named, text)
            if above is None and label is not None:
                above = _coded(reading, label.level, text)
            if above is not None:
                known[text] = above
        if column.index in labelled or len(known) == len(texts):
            found |= {(column.index, text): above for text, above in known.items()}
    return found


def _coded(reading: Reading, level: Level | None, code: str) -> Mention | None:
    """The last element of a level that has a code: as it is printed, else the only one with its numbers."""
    printed = _without_spaces(code)
    same = [mention for mention in reversed(reading.mentions) if mention.level is level and mention.code]
    numbers = code_key(code)
    alike = [mention for mention in same if code_key(mention.code) == numbers]
    return next(
        (mention for mention in same if _without_spaces(mention.code) == printed),
        alike[0] if len({_without_spaces(mention.code) for mention in alike}) == 1 else None,
    )


def _without_spaces(code: str) -> str:
    return "".join(code.split()).upper()


def _parent_columns(grid: Grid) -> frozenset[int]:
    """The columns that name a row of the same grid each, by its code or its title («Code parent», «Rattaché à»).

    Some rows stand in none; those that do name others, and one of them is named more than once.
    """
    naming = [c.index for c in grid.columns if c.field == "code" or (_is_title(c) and c.level is None)]
    rows = [row for row in grid.rows if not row.band]
    return frozenset(
        column.index
        for column in grid.columns
        if column.label is None
        and not (column.status or column.year)
        and any(_rises(rows, column.index, name) for name in naming)
    )


def _rises(rows: Sequence[Row], column: int, name: int) -> bool:
    """Tell whether the cells of a column name rows of a grid as the column `name` does."""
    names = {row.folded(name) for row in rows} - {""}
    pairs = [(row.folded(name), above) for row in rows if (above := row.folded(column))]
    named = {above for _, above in pairs}
    return len(names) > len(pairs) > len(named) > 0 and named <= names and all(own != above for own, above in pairs)


def _lists_plan(grid: Grid) -> bool:
    """Tell whether a grid lists elements with their codes, their fields or their parents: no legend does."""
    named = any(_is_title(column) and column.level is not None for column in grid.columns)
    coded = any(map(_is_title, grid.columns)) and any(column.field in ("code", "level") for column in grid.columns)
    told = any(column.field not in ("", "title", "code", "level", "description") for column in grid.columns)
    levels = {column.level for column in grid.columns if _is_title(column)} - {None}
    parents = len(levels) > 1 or any(row.band and row_label(row, -1) is not None for row in grid.rows)
    return len(grid.rows) > 1 and ((named and (coded or told or parents)) or (coded and told))


def _is_title(column: Column) -> bool:
    return column.field == "title" and column.level not in ATTACHED_LEVELS


def _at_root(reading: Reading, column: Column) -> Column:
    """A column of ambitions with no OS above lists enjeux."""
    if column.level is not Level.AMBITION or reading.has_open(Level.OBJECTIF_STRATEGIQUE):
        return column
    return replace(column, label=Label(column.field, Level.ENJEU))


def _stand_in_title(grid: Grid) -> Column | None:
    """The column that holds the titles of a grid where none is labelled so: «Description», or the first with words."""
    described = next((c for c in grid.columns if c.field == "description"), None)
    if described is not None:
        return described
    unlabelled = (c for c in grid.columns if c.label is None and not c.status and not c.year)
    return next(
        (c for c in unlabelled if any(len(row.text(c.index)) > MINIMUM_TITLE_CHARACTERS for row in grid.rows)), None
    )


def _deliverables(reading: Reading, grid: Grid) -> Column | None:
    """The column of what is delivered under an objective («N°», «Livrable», «Échéance»); None for none.

    Rows have a number or follow-up of their own, and nothing else in the document is an action.
    """
    owner = reading.innermost()
    column = next((c for c in grid.columns if names_deliverables(c.printed)), None)
    followed = any(c.field == "code" for c in grid.columns) or _is_follow_up(grid)
    above = owner is not None and owner.level in LEVEL_DEPTH and depth_of(owner.level) < LEVEL_DEPTH[Level.ACTION]
    if column is None or not followed or not above or Level.ACTION.value in reading.becomes.values():
        return None
    titles = [row.text(column.index) for row in grid.rows if not row.band]
    told = all(titles) and all(len(title) > MINIMUM_TITLE_CHARACTERS for title in titles)
    return column if told and not any(map(_names_action, reading.flow)) else None


def _names_action(node: Node) -> bool:
    """Tell whether a line is the label of an action, or a grid has a column of them."""
    if isinstance(node, Line):
        return node.label is not None and node.label.level is Level.ACTION
    return isinstance(node, Grid) and any(_is_title(c) and c.level is Level.ACTION for c in node.columns)


def _is_follow_up(grid: Grid) -> bool:
    """Tell whether the columns of a grid are those of a follow-up of actions."""
    fields = {column.field for column in grid.columns} & _FOLLOWED
    board = sum(bool(column.status) for column in grid.columns) >= 2
    return len(fields) + board >= 2


def _read_as_text(reading: Reading, grid: Grid) -> None:
    for row in grid.rows:
        _read_row_as_text(reading, row)


def _read_row_as_text(reading: Reading, row: Row) -> None:
    read_blocks(reading, row.band or [b for cell in row.cells.values() for b in cell.blocks])


# ----------------------------------------------------------------------------------------------------------- rows


def _read_rows(reading: Reading, rows: _Rows) -> None:
    """Read the rows in order; a band across the table closes what the rows above it opened."""
    around = list(reading.stack)
    for row, lines in zip(rows.grid.rows, lines_of_rows(rows.grid, reading.body), strict=True):
        if not row.band:
            _read_row(reading, rows, row)
            continue
        section = match_section(row.band_text)
        if section is not None and section.concept in ("legend", "outside"):
            break  # what follows explains the table
        if _names_element(reading, row, lines):
            read_run(reading, lines)
            around = list(reading.stack)
        else:
            reading.stack[:] = [frame for frame in reading.stack if frame in around]
            read_run(reading, lines)
    _close_rows(reading, rows.titles, around)


def _names_element(reading: Reading, row: Row, lines: Sequence[Line]) -> bool:
    """Tell whether a band names an element («OO 1.1 : ...»), by its label or by the rule of its kind."""
    label = match_level(row.band_text)
    if label is not None and (label.code or label.rest):
        return True
    return any(reading.becomes.get(line.kind) in LEVELS for line in lines)


def _close_rows(reading: Reading, titles: Sequence[Column], around: Sequence[Frame]) -> None:
    """Close the elements of the last row: what comes after a table does not belong to its last line."""
    named = [depth_of(level) for column in titles if (level := column.level) is not None]
    leaf_depth = min(max(named, default=LEVEL_DEPTH[Level.ACTION]), LEVEL_DEPTH[Level.ACTION])
    reading.stack[:] = [
        frame
        for frame in reading.stack
        if frame in around or frame.mention is None or depth_of(frame.mention.level) < leaf_depth
    ]


def _read_row(reading: Reading, rows: _Rows, row: Row) -> None:
    """Read a row: one element a title column, or as many as its cells hold aligned items; totals are left out."""
    if any(map(is_total, map(row.text, rows.naming))):
        return
    filled = [column for column in rows.titles if row.text(column.index)]
    if not filled:
        owner = reading.innermost()
        for cell in row.cells.values():
            reading.leave(list(leaf_blocks(cell.blocks)), Became.UNCLASSIFIED, owner)
        return
    inner = _is_inner_row(reading, row, filled)
    for item in split_row(row, filled[-1].index):
        _read_item(reading, rows, row, item, filled, inner=inner)


def _is_inner_row(reading: Reading, row: Row, filled: Sequence[Column]) -> bool:
    """Tell whether a row is a step of the action above: a bullet before its title, none before that one's, no more."""
    if len(filled) != 1:
        return False
    block = next(iter(row.cells[filled[0].index].blocks), None)
    if block is None or block.marker_kind is not Marker.BULLET:
        return False
    above = reading.innermost()
    above = above.parent if above is not None and above.level is Level.SOUS_ACTION else above
    if above is None or above.level is not Level.ACTION or not above.blocks:
        return False
    alone = [index for index, text in row.texts.items() if text] == [filled[0].index]
    return alone and above.blocks[0].marker_kind is not Marker.BULLET


def _title_depth(column: Column) -> float:
    level = column.level
    return depth_of(level) if level is not None else _UNNAMED_DEPTH


def _read_item(
    reading: Reading, rows: _Rows, row: Row, item: Item, filled: Sequence[Column], *, inner: bool = False
) -> None:
    """Read one element of a row with its parents in other title columns, its inner items, and its fields.

    An `inner` one is of the level below that of its column.
    """
    codes = _codes(rows.coded, item, filled)
    leaf: Mention | None = None
    opened: dict[Level, Mention] = {}
    merged: dict[tuple[int, int], Mention] = {}  # by the rows that the cell of its title covers
    extents: dict[Level, tuple[int, int]] = {}
    for column in filled:
        cell = item.cells.get(column.index)
        if cell is None or not cell.text:
            continue
        code = codes.get(column.index, "")
        level = level_of(rows.levels, item, column, code)
        level = NESTED.get(level, level) if inner else level
        leaf = _open_title(reading, rows, filled, column, cell, code, level)
        opened[level] = leaf
        extents[level] = _extent(row, column)
        merged[extents[level]] = leaf
    if leaf is None:
        return
    if rows.parents:
        _refer_to_parent(rows, item, leaf)
    if rows.rising or rows.levels.trail is not None:
        _note_parent(rows, row, leaf)
    below = NESTED.get(leaf.level)
    if below is not None:
        for text, blocks in item.inner:
            reading.open_item(below, "", text, blocks, TABLED, parent=leaf)
            reading.stack.pop()
    titles = [column.index for column in filled]
    steps_in_cell = leaf.level is Level.SOUS_ACTION and extents.get(Level.ACTION) == extents[Level.SOUS_ACTION]
    for column in rows.grid.columns:
        cell = item.cells.get(column.index)
        if cell is None:
            continue
        if column.index in rows.elements or column.index in titles:
            reading.leave(cell.blocks, Became.ELEMENT, leaf)
        else:
            target = _owner_of_field(rows, column, leaf, opened)
            if target is leaf and steps_in_cell:
                target = opened[Level.ACTION]
            if target is leaf and row.cells[column.index].row_span > 1:
                target = merged.get(_extent(row, column), leaf)  # merged over exactly the rows of an element above
            place = cell.place or (locator(cell.blocks[0]) if cell.blocks else leaf.place)
            _read_field(reading, column, cell, target, place)


def _extent(row: Row, column: Column) -> tuple[int, int]:
    """The first row and the number of rows that the cell of a column covers."""
    cell = row.cells[column.index]
    return cell.row_index, cell.row_span


def _refer_to_parent(rows: _Rows, item: Item, leaf: Mention) -> None:
    """Put an element under the one whose code a column of its row gives («OO 1.1»); without such a one it stays."""
    for column in rows.grid.columns:
        cell = item.cells.get(column.index)
        above = rows.parents.get((column.index, cell.text)) if cell is not None else None
        _put_under(above, leaf)


def _put_under(above: Mention | None, leaf: Mention) -> None:
    """Put an element under another of a level above its own."""
    if above is None or depth_of(above.level) >= depth_of(leaf.level) or leaf.parent is above:
        return
    if leaf.parent is not None:
        leaf.parent.children.remove(leaf)
    leaf.parent = above
    above.children.append(leaf)


def _note_parent(rows: _Rows, row: Row, leaf: Mention) -> None:
    """Keep what names an element in other rows, and what its own row names its parent by: that may come below."""
    trail = rows.levels.trail
    if trail is not None:
        rows.pending.append((leaf, trail.above(row.texts)))
        rows.named_by.setdefault(trail.whole(row.texts), leaf)
        return
    for column in rows.grid.columns:
        text = row.folded(column.index)
        if text and column.index in rows.rising:
            rows.pending.append((leaf, text))
        elif text and column.index in rows.naming:
            rows.named_by.setdefault(text, leaf)


def _codes(coded: Sequence[Column], item: Item, filled: Sequence[Column]) -> dict[int, str]:
    """The codes in columns of their own, by the index of the title column that each belongs to."""
    codes: dict[int, str] = {}
    for column in coded:
        if column.index in item.cells:
            title = _title_of_code(column, filled)
            if title is not None:
                codes[title.index] = item.cells[column.index].text.replace("\n", " ").strip()
    return codes


def _title_of_code(column: Column, filled: Sequence[Column]) -> Column | None:
    """The title column that a code column belongs to: of its level, else the next to the right, else the last."""
    level = column.level
    if level is not None:
        same = next((c for c in filled if c.level is level), None)
        return same or next((c for c in filled if c.level is None), None)
    return next((c for c in filled if c.index > column.index), filled[-1] if filled else None)


def _open_title(
    reading: Reading, rows: _Rows, filled: Sequence[Column], column: Column, cell: ItemCell, code: str, level: Level
) -> Mention:
    """Open the element of a title, or go on with that of the row above when the cell only repeats it."""
    text, value = split_bracket(cell.text) if column.bracket else (cell.text, "")
    title, printed = cut_title(text, level, column.counted)
    folded_code, folded_title = fold(code or printed), fold(title)
    known = rows.seen.get(level)
    if known is not None and (known.code, known.title) == (folded_code, folded_title):
        # a leaf without a code is repeated only when its parents are: the same title twice may be on purpose
        parents_repeated = len(filled) > 1 and reading.is_open(known.mention)
        if column is not filled[-1] or folded_code or parents_repeated:
            reading.settle(cell.blocks, Became.ELEMENT, known.mention)
            return known.mention
    named = column.level is not None or level is not Level.ACTION
    mention = reading.open(level, code or printed, title, cell.blocks, TABLED, place=cell.place, named=named)
    if value:
        reading.state(mention, column.bracket, value, mention.place, ())
    for deeper in [other for other in rows.seen if depth_of(other) > depth_of(level)]:
        del rows.seen[deeper]
    rows.seen[level] = _Seen(folded_code, folded_title, mention)
    return mention


def _owner_of_field(rows: _Rows, column: Column, leaf: Mention, opened: dict[Level, Mention]) -> Mention:
    """The element that a field belongs to: of the level that its column names, else the leaf of the row."""
    level = column.level
    if level is None or column.field == "title":
        return leaf
    known = rows.seen.get(level)
    return opened.get(level) or (known.mention if known is not None else leaf)


def _read_field(reading: Reading, column: Column, cell: ItemCell, target: Mention, place: str) -> None:
    """Read a cell below a label, a status of a board, or a year of a calendar; else it is unclassified."""
    if column.status:
        if is_ticked(cell.text):
            reading.state(target, "status", column.printed, place, cell.blocks)
        reading.leave(cell.blocks, Became.FIELD, target)
    elif column.label is not None:
        name = "description" if column.field == "title" else column.field
        printed = cell.text.strip()
        for said in target.said:
            if said.field == name and said.original == printed:
                reading.leave(cell.blocks, Became.FIELD, target)
                return  # a value that stands once for several rows
        if column.year and name == "budget":
            if not fold(cell.text) or _is_said(target, column.year, cell.text, place):
                reading.leave(cell.blocks, Became.FIELD, target)
                return  # a dash, or a cell that stands for several rows
            group = target.new_group("b")
            reading.state(target, "budget_year", column.year, place, cell.blocks, group=group)
            reading.state(target, "budget_amount", cell.text, place, cell.blocks, group=group)
        else:
            reading.state(target, name, cell.text, place, cell.blocks)
    elif column.year and is_ticked(cell.text):
        _tick(reading, f"{column.part} {column.year}".strip(), target, place, cell.blocks)
    else:
        reading.leave(cell.blocks, Became.UNCLASSIFIED, target)


def _is_said(target: Mention, year: str, amount: str, place: str) -> bool:
    """Tell whether the cell of a budget by year has been read for the row above."""
    here = [said for said in target.said if said.place == place]
    return any(
        line.field == "budget_year"
        and line.original == year
        and any(said.group == line.group and said.original == amount.strip() for said in here)
        for line in here
    )


def _tick(reading: Reading, period: str, target: Mention, place: str, blocks: Sequence[Block]) -> None:
    """Lengthen the planning of an element to a ticked year, or part of one."""
    planned = next((said.original for said in target.said if said.field == "planning"), period)
    target.said[:] = [said for said in target.said if said.field != "planning"]
    dash = " - " if " " in period else "-"
    first = planned.split(dash)[0]
    reading.state(target, "planning", first if first == period else f"{first}{dash}{period}", place, blocks)


# ----------------------------------------------------------------------------------------------------- indicators


def _read_indicators(reading: Reading, grid: Grid, title: Column) -> None:
    """Read a table of indicators that stands under an element."""
    owner = reading.innermost()
    for row in grid.rows:
        if row.band or owner is None:
            _read_row_as_text(reading, row)
        elif row.text(title.index):
            _read_indicator(reading, grid, row, title, owner)
    reading.leave(grid.header_blocks, Became.FURNITURE, owner)


def _read_indicator(reading: Reading, grid: Grid, row: Row, title: Column, owner: Mention) -> None:
    """Read a row as an indicator and its measures: target, result, and a value a year."""
    label = row.cells[title.index]
    group = owner.new_group("i")
    place = label.locator or locator(label.blocks[0])
    text = label.text.replace("\n", " ")
    reading.state(owner, "indicator_label", text, place, label.blocks, group=group)
    number = 0
    for column in grid.columns:
        cell = row.cells.get(column.index)
        if cell is None or column is title or not row.text(column.index):
            continue
        role = _MEASURED.get(column.field, "actual" if column.year else "")
        if not role:
            reading.leave(cell.blocks, Became.FIELD, owner)
            continue
        number += 1
        place = cell.locator or locator(cell.blocks[0])
        state_measure(reading, owner, f"{group}.m{number}", cell.text, role, column.year, place, cell.blocks)
