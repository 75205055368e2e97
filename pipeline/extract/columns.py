"""What the columns of a grid are where their headers alone do not say: by what stands in the cells of all rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract.tables import Column, Grid, Row, is_figure
from pipeline.model import LEVEL_DEPTH, Level, Table
from pipeline.text import fold
from pipeline.vocabulary import Label, is_total, match_level, match_section

#: A code in a cell of its own («1.1», «A-03», «PT 12 b»).
_CODE = re.compile(r"[A-Z]{0,4}[ .\-]?\d{1,4}(?:[./\-]\d{1,4}){0,4}(?: ?[a-z])?\.?")
#: Marks between the titles of a trail of parents.
_PARTED = re.compile(r"[>\u203a\u00bb\u2192|\\]|\s/\s")
_TRAIL_MARK = re.compile(r"[>\u203a\u2192\\]")
#: The levels of so many parents.
_TRAIL_LADDERS: Mapping[int, Sequence[Level]] = {
    1: (Level.OBJECTIF_STRATEGIQUE,),
    2: (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL),
    3: (Level.ENJEU, Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL),
}
#: A title is no longer, and has more letters than this: a value may be shorter, a description longer.
MAXIMUM_TITLE_CHARACTERS = 150
MINIMUM_TITLE_CHARACTERS = 8
#: Cells of a column with nothing below are heads of groups from so many on.
MINIMUM_GROUPS = 2
#: A sentence that ends before another: a title is one.
_SENTENCES = re.compile(r"[.!?]\s+[A-Z\u00c0-\u00dc]")
#: Levels from the outermost to the one above actions, for columns that stand one in another.
_PARENTS = (Level.VOLET, Level.ENJEU, Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)


def settle_columns(grid: Grid) -> Grid:
    """Settle what only the rows tell of the columns of a grid: codes, counts, parents, and which stands in which."""
    grid = _with_trail_parted(grid)
    rows = [row for row in grid.rows if not row.band]
    columns = list(grid.columns)
    for settle in _SETTLINGS:
        columns = settle(columns, rows)
    return replace(grid, columns=tuple(columns)) if columns != list(grid.columns) else grid


@dataclass(frozen=True, slots=True)
class Trail:
    """The column that gives the titles which a row stands in («PST > Mobilité > Rouler»), and that of its own title."""

    column: int
    title: int
    closed: bool  # the title of the row itself ends it

    def above(self, texts: Mapping[int, str]) -> str:
        """What tells the row above one, from the texts of the row by column."""
        trail = fold(texts.get(self.column, ""))
        return trail.removesuffix(fold(texts.get(self.title, ""))).strip() if self.closed else trail

    def whole(self, texts: Mapping[int, str]) -> str:
        """What tells a row, from its texts by column."""
        trail = fold(texts.get(self.column, ""))
        return trail if self.closed else f"{trail} {fold(texts.get(self.title, ''))}".strip()


def find_trail(grid: Grid) -> Trail | None:
    """The column whose cells name the rows that others stand in by all their titles; None when there is none.

    All rows but those of the outermost level stand in another; what these stand in is one thing, or nothing.
    """
    titles = [column.index for column in grid.columns if column.field == "title"]
    if len(titles) != 1:
        return None
    rows = [row.texts for row in grid.rows if not row.band and row.text(titles[0])]
    for column in grid.columns:
        named = column.label is not None or column.status or column.year
        if named or not any(_PARTED.search(texts.get(column.index, "")) for texts in rows):
            continue
        cells = [(fold(texts.get(column.index, "")), fold(texts[titles[0]])) for texts in rows]
        trail = Trail(column.index, titles[0], all(cell.endswith(title) for cell, title in cells))
        names = {trail.whole(texts) for texts in rows}
        above = [trail.above(texts) for texts in rows]
        roots = {name for name in above if name not in names}
        inner = sum(name in names for name in above)
        if len(roots) == 1 and inner > 1 and len(names) == len(rows):
            return trail
    return None


def holds_figures(table: Table) -> bool:
    """Tell whether a table without known headers gives figures about what its first column names.

    Words head a column right of the first, nothing but figures stands below them, and no cell is the label of an
    element.
    """
    texts = {(cell.row_index, cell.column_index): cell.text.strip() for cell in table.cells}
    filled = [text for text in texts.values() if text]
    width, height = table.column_count, table.row_count
    heads = [texts.get((0, index), "") for index in range(width)]
    if width < 2 or height < 3 or not all(heads) or any(map(is_figure, heads)):
        return False
    below = [[texts.get((row, index), "") for row in range(1, height)] for index in range(width)]
    named = not any(map(is_figure, below[0]))
    figured = any(all(map(is_figure, column)) for column in below[1:])
    return named and figured and not any((label := match_level(text)) and label.code for text in filled)


def _with_trail_parted(grid: Grid) -> Grid:
    """Give each parent of a trail («PST > Mobilité > Rouler») a column of its own, where no row is one of them.

    What all trails begin with is the plan. Every row has as many parents.
    """
    titles = [column for column in grid.columns if column.field == "title"]
    rows = [row for row in grid.rows if not row.band]
    if len(titles) != 1 or titles[0].level not in (None, Level.ACTION) or len(rows) < 2 or find_trail(grid) is not None:
        return grid
    for column in grid.columns:
        if column.label is None and not (column.status or column.year):
            trails = [[part.strip() for part in _TRAIL_MARK.split(row.text(column.index))] for row in rows]
            if all(trail[-1] == row.text(titles[0].index) for trail, row in zip(trails, rows, strict=True)):
                trails = [trail[:-1] for trail in trails]
            lengths = {len(trail) for trail in trails}
            if max(lengths) < 2 or len(lengths) > 1 or not all(map(all, trails)):
                continue
            start = next((i for i, same in enumerate(zip(*trails, strict=True)) if len(set(same)) > 1), max(lengths))
            ladder = _TRAIL_LADDERS.get(max(lengths) - start)
            if ladder is not None:
                return _part(grid, column, rows, [trail[start:] for trail in trails], ladder)
    return grid


def _part(
    grid: Grid, column: Column, rows: Sequence[Row], trails: Sequence[Sequence[str]], ladder: Sequence[Level]
) -> Grid:
    """Put a column a level, before all others, for that of the trails of `rows`: those of the grid but its bands."""
    labels = [[match_level(part) for part in parts] for parts in zip(*trails, strict=True)]
    named = [
        {label.level if label is not None and label.code else None for label in found}.pop() or level
        for found, level in zip(labels, ladder, strict=True)
    ]
    more, place = len(named), column.index
    columns = [replace(column, index=index, label=Label("title", level)) for index, level in enumerate(named)]
    columns += [replace(old, index=_shifted(old.index, place, more)) for old in grid.columns if old is not column]
    parted = dict(zip(map(id, rows), trails, strict=True))
    inner = tuple(row if row.band else _part_row(row, place, parted[id(row)]) for row in grid.rows)
    return replace(grid, columns=tuple(columns), rows=inner)


def _part_row(row: Row, place: int, parts: Sequence[str]) -> Row:
    """A row with a cell for each part of the trail that stood at `place`, before all others."""
    block = row.cells[place].blocks[0]
    cells = {index: replace(row.cells[place], blocks=(replace(block, text=part),)) for index, part in enumerate(parts)}
    texts = dict(enumerate(parts))
    for index, cell in row.cells.items():
        if index != place:
            cells[_shifted(index, place, len(parts))] = cell
            texts[_shifted(index, place, len(parts))] = row.text(index)
    return Row(cells, (), texts)


def _shifted(index: int, place: int, more: int) -> int:
    """The new index of a column where that at `place` makes room for `more` before all others."""
    return index + more if index < place else index + more - 1


# ------------------------------------------------------------------------------------------------- codes, counts


def _as_codes(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """The codes of elements whose titles stand in another column («Fiche», «Intitulé du projet»)."""
    titles = _titles(columns)
    coded = any(column.field == "code" for column in columns)
    for column in titles if len(titles) > 1 and not coded else ():
        texts = _texts(column, rows)
        others = [c for c in titles if c is not column and c.level in (None, column.level) and _holds_words(c, rows)]
        counts = match_section(column.printed) is not None and all(map(str.isdecimal, texts))
        lone = len(set(texts)) == len(texts) >= 1 and all(map(_CODE.fullmatch, texts))
        if len(others) == 1 and lone and not counts:
            return [_relabelled(c, Label("code", c.level)) if c is column else c for c in columns]
    return list(columns)


def _without_counts(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """Columns of numbers that name a level count its elements («Actions»: 5, 7): bare numbers are no titles.

    Left of a column of titles of a deeper level, or of none, they refer to elements.
    """
    titles = _titles(columns)
    figured = [column for column in titles if column.level is not None and _holds_figures(column, rows)]
    if not figured:
        return list(columns)
    worded = [column for column in titles if _holds_words(column, rows)]
    deepest = max((_depth(column) for column in worded), default=-1.0)
    counts = {column.index for column in figured if _depth(column) > deepest}
    return [_relabelled(c, None) if c.index in counts else c for c in columns]


# ------------------------------------------------------------------------------------------------------- parents


def _with_merged_parents(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """A column whose cells are merged over rows of the titles to the right holds their parents, whatever its word."""
    if not any(map(_may_name_parents, columns)) or any(c.field == "level" for c in columns):
        return list(columns)
    titles = [column for column in _titles(columns) if _holds_words(column, rows)]
    if not titles:
        return list(columns)
    first = min(titles, key=lambda column: column.index)
    used = {column.level for column in titles}
    if first.level not in (None, Level.ACTION) or Level.OBJECTIF_OPERATIONNEL in used:
        return list(columns)
    before = [c for c in columns if c.index < first.index and _may_name_parents(c) and _covers_titles(c, first, rows)]
    if len(before) != 1:
        return list(columns)
    label = Label("title", Level.OBJECTIF_OPERATIONNEL)
    return [_relabelled(c, label) if c is before[0] else c for c in columns]


def _may_name_parents(column: Column) -> bool:
    """Tell whether the header of a column leaves open that it names parents: an unknown word, or «Finalité»."""
    return _is_unknown(column) or (column.field == "description" and column.level is None)


def _is_unknown(column: Column) -> bool:
    return column.label is None and column.printed != "" and not (column.status or column.year)


def _covers_titles(column: Column, titles: Column, rows: Sequence[Row]) -> bool:
    """Tell whether the cells of a column are titles that cover the rows, some of them several titles each.

    Cells are merged, those under an unknown word in the first column may be left empty below as well.
    """
    counts: dict[int, int] = {}
    names: list[str] = []
    for row in rows:
        cell, name = row.cells.get(column.index), row.text(column.index)
        if not row.text(titles.index) or (not names and not name):
            return False
        counts[id(cell)] = counts.get(id(cell), 0) + (cell is not None and name != "")
        names += [name] if name and name not in names[-1:] else []
    if len(set(names)) != len(names) or not all(map(_is_title, names)):
        return False
    merged = any(count > 1 for count in counts.values())
    filled = sum(row.text(column.index) != "" for row in rows)
    sparse = _is_unknown(column) and column.index == 0 and MINIMUM_GROUPS <= filled <= len(rows) / 2
    return (merged and filled == len(rows)) or sparse


def _is_title(text: str) -> bool:
    """Tell whether a text may be the title of an element: words, of one sentence."""
    long_enough = MINIMUM_TITLE_CHARACTERS < len(text) <= MAXIMUM_TITLE_CHARACTERS
    return long_enough and not is_figure(text) and not _SENTENCES.search(text) and "\n" not in text


def _with_codes_of_leaves(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """Codes that differ from row to row left of parents that do not are those of actions («N°», «But», «Projet»)."""
    titles = _titles(columns)
    codes = [column for column in columns if column.field == "code"]
    if len(titles) < 2 or len(codes) != 1 or codes[0].level is not None:
        return list(columns)
    beside = next((column for column in titles if column.index > codes[0].index), None)
    leaf = max(titles, key=_depth)
    texts = _texts(codes[0], rows)
    if beside in (None, leaf) or beside is None or leaf.level not in (None, Level.ACTION):
        return list(columns)
    differ = len(texts) == len(set(texts)) == len(_texts(leaf, rows)) > len({*_texts(beside, rows)})
    return [_relabelled(c, Label("code", Level.ACTION)) if differ and c is codes[0] else c for c in columns]


def _as_nested(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """Two columns of one level of parents stand one in another («Axe», «Thématique»): the right one is a level below.

    Each title at the right stands beside one at the left, which has several. Where the level below has a column of its
    own, the left one is a level above instead.
    """
    titles = _titles(columns)
    used = {column.level for column in titles}
    for left, right in pairwise(titles):
        if left.level not in _PARENTS or left.level is not right.level or not _nest(left, right, rows):
            continue
        place = _PARENTS.index(left.level)
        lower = next((level for level in _PARENTS[place + 1 : place + 2] if level not in used), None)
        upper = next((level for level in _PARENTS[max(place - 1, 0) : place] if level not in used), None)
        moved, level = (right, lower) if lower is not None else (left, upper)
        if level is not None:
            return [_relabelled(c, Label("title", level)) if c is moved else c for c in columns]
    return list(columns)


def _nest(left: Column, right: Column, rows: Sequence[Row]) -> bool:
    """Tell whether each title of a column stands beside only one of another, which has several of them."""
    pairs: list[tuple[str, str]] = []
    above = ""
    for row in rows:
        above = row.folded(left.index) or above  # left empty below the first
        if row.folded(right.index):
            pairs.append((above, row.folded(right.index)))
    inner = set(pairs)
    outer = {name for name, _ in inner}
    return 0 < len(outer) < len(inner) and all(name and below and name != below for name, below in inner)


def _titles(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.field == "title"]


def _texts(column: Column, rows: Sequence[Row]) -> list[str]:
    """The filled cells of a column, totals left out."""
    texts = (row.text(column.index) for row in rows if not any(map(is_total, row.texts.values())))
    return [text for text in texts if text]


def _holds_figures(column: Column, rows: Sequence[Row]) -> bool:
    """Tell whether the filled cells of a column are nothing but figures."""
    first = next((text for row in rows if (text := row.text(column.index))), "")
    if first and not is_figure(first) and fold(first):
        return False  # most columns hold titles
    return any(map(is_figure, texts := _texts(column, rows))) and all(is_figure(t) or not fold(t) for t in texts)


def _holds_words(column: Column, rows: Sequence[Row]) -> bool:
    """Tell whether most cells of a column are more than figures and codes."""
    texts = _texts(column, rows)
    return 2 * sum(not (is_figure(text) or _CODE.fullmatch(text)) for text in texts) > len(texts)


def _depth(column: Column) -> float:
    return LEVEL_DEPTH.get(column.level, LEVEL_DEPTH[Level.ACTION]) if column.level is not None else 4.0


def _relabelled(column: Column, label: Label | None) -> Column:
    return replace(column, label=label)


#: What is settled, in this order.
_SETTLINGS: tuple[Callable[[Sequence[Column], Sequence[Row]], list[Column]], ...] = (
    _as_codes,
    _without_counts,
    _with_merged_parents,
    _as_nested,
    _with_codes_of_leaves,
)
