"""Tell the level of each row of a grid: by its column, its label, what its code tells or its indent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.extract.apply.lists import NESTED
from pipeline.extract.apply.reading import Mention, depth_of
from pipeline.extract.columns import Trail, find_trail
from pipeline.extract.row_items import Item
from pipeline.extract.tables import Column, Grid, Row
from pipeline.model import LEVEL_DEPTH, Level
from pipeline.text import fold
from pipeline.vocabulary import LevelLabel, column_levels, match_code, match_label, match_level, match_number

#: Levels by the depth of codes or of indents, when the outermost is an objectif strategique.
_LADDER = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION, Level.SOUS_ACTION)
_PARENTS = _LADDER[:2]
#: The parts of a code: letters, numbers.
_CODE_PARTS = re.compile(r"[^\W\d_]+|\d+")
#: Fewer rows with bare numbers are slips.
MINIMUM_BARE = 2


@dataclass(frozen=True, slots=True)
class RowLevels:
    """What tells the levels of the rows of a grid whose columns do not."""

    by_code_depth: Mapping[int, Level]  # number of dots in a code -> level
    by_indent: Mapping[int, Level]  # indent of a title in points -> level
    by_code: Mapping[str, Level]  # code of a row -> level, where codes extend one another or rows name their parents
    prefixed: bool  # the codes of the only title column name several levels («OS1», «OO1.1»)
    bare: Level | None  # the level of bare numbers below codes that name a level («1» below «OO1.1»)
    stating: tuple[int, ...]  # columns «Niveau» or «Type»
    lone: bool  # there is one column of titles: what is stated is said of it
    by_word: Mapping[str, Level]  # what columns «Type» hold, folded -> level
    by_trail: Mapping[str, Level]  # what tells a row by the titles that it stands in and its own -> level
    trail: Trail | None  # the column of these titles


def find_row_levels(grid: Grid, titles: Sequence[Column], rising: frozenset[int], owner: Mention | None) -> RowLevels:
    """Find what tells the levels of rows under `owner`; `rising` are the columns that name the parents of rows."""
    codes = _row_codes(grid, titles[0]) if len(titles) == 1 else []
    by_code_depth = _levels_by_code(grid, codes, owner)
    by_indent = _levels_by_indent(grid, titles, owner) if not by_code_depth else {}
    bare = _level_of_bare_numbers(codes)
    prefixed = bare is not None or _names_levels_in_codes(codes, titles)
    by_code = _levels_by_chain(grid, titles, owner)
    if rising and not prefixed and not by_code and owner is None and [column.level for column in titles] == [None]:
        by_code = _levels_by_parent(grid, rising)
    stating = tuple(column.index for column in grid.columns if column.field in ("level", "kind"))
    by_word = _levels_by_word([row.text(index) for row in grid.rows for index in stating])
    trail = find_trail(grid)
    by_trail = _levels_by_trail(grid, trail) if trail is not None else {}
    lone = len(titles) == 1
    return RowLevels(by_code_depth, by_indent, by_code, prefixed, bare, stating, lone, by_word, by_trail, trail)


def level_of(levels: RowLevels, item: Item, column: Column, code: str) -> Level:
    """The level of a title: of its column, of its row, of its label, of the depth of its code, of its indent."""
    cell = item.cells[column.index]
    stated = _stated_level(levels, item) if levels.stating else None
    if stated is None and levels.trail is not None:
        texts = {index: other.text for index, other in item.cells.items()}
        stated = levels.by_trail.get(levels.trail.whole(texts))
    chained = levels.by_code.get(" ".join(code.split())) if stated is None and levels.by_code else None
    if chained is not None:
        return chained
    named = column.level
    printed = (code or cell.text.partition(" ")[0]) if levels.prefixed and stated is None else ""
    prefix = match_level(f"{printed} : X") if printed else None
    if prefix is not None and prefix.code:
        return prefix.level
    if levels.bare is not None and stated is None and code.isdigit():
        return levels.bare
    if named is not None or stated is not None:
        return (stated or named if levels.lone else named or stated) or Level.ACTION
    text = f"{code} {cell.text}" if code else cell.text
    label = match_level(text)
    if label is not None and label.code and label.rest:
        level = label.level
    else:
        number = match_number(text, heading=bool(code)) if levels.by_code_depth else None
        level = levels.by_code_depth.get(number.code.count("."), Level.ACTION) if number is not None else Level.ACTION
    if level is Level.ACTION and levels.by_indent and cell.blocks:
        return levels.by_indent.get(round(cell.blocks[0].indent_pt), level)
    return level


def _stated_level(levels: RowLevels, item: Item) -> Level | None:
    """The level that a column «Niveau» or «Type» states for a row."""
    texts = (item.cells[index].text for index in levels.stating if index in item.cells)
    return next((level for text in texts if (level := levels.by_word.get(fold(text))) is not None), None)


def _levels_by_word(texts: Sequence[str]) -> dict[str, Level]:
    """Levels by the folded words of a column «Type», outermost first in the order in which the rows first name them.

    «Objectif» is of the level that the others leave; of two words for one level («Axe», «Thématique») the second is of
    the one below, where no other word is.
    """
    found: dict[str, Level] = {}
    open_words: dict[str, Level] = {}
    for text in dict.fromkeys(texts):
        label = match_label(text)
        if label is not None and label.field == "title" and label.level is not None:
            found[fold(text)] = label.level
        elif fold(text) in column_levels():
            open_words[fold(text)] = column_levels()[fold(text)]
    free = [level for level in _PARENTS if level not in found.values()]
    if len(open_words) == 1:
        found |= {word: level if level in free else next(iter(free), level) for word, level in open_words.items()}
    else:
        found |= dict(zip(open_words, free, strict=False))
    enjeux = [word for word, level in found.items() if level is Level.ENJEU]
    if len(enjeux) == 2 and Level.OBJECTIF_STRATEGIQUE not in found.values():
        found[enjeux[1]] = Level.OBJECTIF_STRATEGIQUE
    return found


def _levels_by_trail(grid: Grid, trail: Trail) -> dict[str, Level]:
    """Levels by what tells a row by the titles that it stands in: those of most rows that hold none are actions."""
    rows = [row for row in grid.rows if not row.band]
    above = {trail.whole(row.texts): trail.above(row.texts) for row in rows}
    depths: dict[str, int] = {}
    for name in above:
        over, depth = above[name], 0
        while over in above and depth <= len(LEVEL_DEPTH):
            over, depth = above[over], depth + 1
        depths[name] = depth
    holders = set(above.values())
    leaves = Counter(depth for name, depth in depths.items() if name not in holders)
    leaf = min(leaves, key=lambda depth: (-leaves[depth], depth), default=0)
    ladders = {1: (Level.OBJECTIF_STRATEGIQUE,), 2: _PARENTS, 3: (Level.ENJEU, *_PARENTS)}
    if leaf not in ladders or max(depths.values()) > leaf + 1:
        return {}
    ladder = (*ladders[leaf], Level.ACTION, Level.SOUS_ACTION)
    return {name: ladder[depth] for name, depth in depths.items()}


def _levels_by_code(grid: Grid, codes: Sequence[str], owner: Mention | None) -> dict[int, Level]:
    """Levels by the depth of the codes of a grid with one title column: 1, 1.1, 1.1.1 are OS, OO, action.

    Those of the bands between the rows count too.
    """
    found: set[int] = set()
    for code in codes:
        number = match_code(code) if code else None
        if number is not None:
            found.add(number.code.count("."))
    if len(found) < 2:
        return {}
    bands = (match_number(row.band_text, heading=True) for row in grid.rows if row.band)
    found |= {number.code.count(".") for number in bands if number is not None}
    ladder: Sequence[Level] = _LADDER
    if len(found) == 2:
        under_os = owner is not None and owner.level is Level.OBJECTIF_STRATEGIQUE
        ladder = (Level.OBJECTIF_OPERATIONNEL if under_os else Level.OBJECTIF_STRATEGIQUE, Level.ACTION)
    return dict(zip(sorted(found), ladder, strict=False))


def _levels_by_chain(grid: Grid, titles: Sequence[Column], owner: Mention | None) -> dict[str, Level]:
    """Levels by code where the codes beside a column of actions extend one another («1», «1.1», «P1.1.1»).

    What stands above the actions has a code and a title and nothing else; none when it has more.
    """
    if len(titles) != 1 or titles[0].level is not Level.ACTION:
        return {}
    codes = [column.index for column in grid.columns if column.field == "code"]
    if len(codes) != 1:
        return {}
    naming = {codes[0], titles[0].index}
    coded = [(row, " ".join(row.text(codes[0]).split())) for row in grid.rows if row.text(titles[0].index)]
    parted = [(row, code, parts) for row, code in coded if (parts := tuple(_CODE_PARTS.findall(code)))]
    if len({len(parts) for _, _, parts in parted}) < 2:
        return {}  # as most: no code extends another
    depths: dict[str, int] = {}
    alone: dict[int, bool] = {}  # depth -> whether its rows hold nothing but code and title
    chain: list[tuple[str, ...]] = []
    for row, code, parts in parted:
        while chain and not _extends(parts, chain[-1]):
            chain.pop()
        depth = len(chain)
        chain.append(parts)
        if depths.setdefault(code, depth) != depth:
            return {}
        alone[depth] = alone.get(depth, True) and not any(text for i, text in row.texts.items() if i not in naming)
    above = LEVEL_DEPTH.get(owner.level, 0) if owner is not None else -1
    ladder = [level for level in _LADDER if LEVEL_DEPTH[level] > above]
    deepest = max(alone, default=0)
    if deepest == 1 and ladder[:1] == [Level.OBJECTIF_STRATEGIQUE]:
        ladder.remove(Level.OBJECTIF_OPERATIONNEL)
    parents = [depth for depth, level in enumerate(ladder[:deepest]) if level in _PARENTS]
    if not parents or deepest >= len(ladder) or not all(alone[depth] for depth in parents):
        return {}
    return {code: ladder[depth] for code, depth in depths.items()}


def _extends(parts: tuple[str, ...], above: tuple[str, ...]) -> bool:
    """Tell whether the parts of a code are those of another and one more, the letters in front left out."""
    return parts[:-1] == above or (parts[0].isalpha() and len(parts) > 2 and parts[1:-1] == above)


def _levels_by_parent(grid: Grid, rising: frozenset[int]) -> dict[str, Level]:
    """Levels by code where rows name those that they stand in, by how many stand above each.

    None unless as many stand above all of the innermost: other references («Après») leave rows with none.
    """
    codes = [column.index for column in grid.columns if column.field == "code"]
    if len(codes) != 1 or len(rising) != 1:
        return {}
    rows = [row for row in grid.rows if not row.band and row.text(codes[0])]
    above = {row.folded(codes[0]): row.folded(next(iter(rising))) for row in rows}
    depths: dict[str, int] = {}
    for row in rows:
        code, depth = above[row.folded(codes[0])], 0
        while code and depth <= len(_LADDER):
            code, depth = above.get(code, ""), depth + 1
        depths[" ".join(row.text(codes[0]).split())] = depth
    deepest = max(depths.values(), default=0)
    holders = set(above.values())
    leaves = {depth for code, depth in depths.items() if fold(code) not in holders}
    if not 0 < deepest < len(_LADDER) or leaves != {deepest}:
        return {}
    ladder = _LADDER if deepest > 1 else (Level.OBJECTIF_STRATEGIQUE, Level.ACTION)
    return {code: ladder[depth] for code, depth in depths.items()}


def _names_levels_in_codes(codes: Sequence[str], titles: Sequence[Column]) -> bool:
    """Tell whether the codes of a grid with one title column name several levels («OS1», «OO1.1», «A1.1.1»).

    A level above that of the column is one more («Axe 1» above actions «1», «2»).
    """
    if len(titles) != 1:
        return False
    labels = (match_level(f"{code} : X") for code in codes if code)
    levels = {label.level for label in labels if label is not None and label.code}
    named = titles[0].level
    return len(levels) >= 2 or (named in LEVEL_DEPTH and any(depth_of(level) < depth_of(named) for level in levels))


def _level_of_bare_numbers(codes: Sequence[str]) -> Level | None:
    """The level of rows numbered «1», «2» below rows whose codes name one level («OO1.1»); None without such rows."""
    if sum(map(str.isdigit, codes)) < MINIMUM_BARE:
        return None
    labels = (match_level(f"{code} : X") for code in codes if code and not code.isdigit())
    levels = {label.level for label in labels if label is not None and label.code}
    return NESTED.get(levels.pop()) if len(levels) == 1 else None


def _levels_by_indent(grid: Grid, titles: Sequence[Column], owner: Mention | None) -> dict[int, Level]:
    """Levels by the indent of the cells of a grid with one title column that names no level."""
    if len(titles) != 1 or titles[0].level is not None:
        return {}
    column = titles[0].index
    labels = [row_label(row, column) for row in grid.rows]
    indents = {
        round(row.cells[column].blocks[0].indent_pt)
        for row, label in zip(grid.rows, labels, strict=True)
        if label is None and column in row.cells and row.cells[column].blocks
    }
    named = [label.level for label in labels if label is not None] + ([owner.level] if owner is not None else [])
    above = max((LEVEL_DEPTH.get(level, 0) for level in named), default=-1)
    ladder = [level for level in _LADDER if LEVEL_DEPTH[level] > above]
    if not 2 <= len(indents) <= len(ladder):
        return {}
    if above < 0 and len(indents) == 2:
        ladder = [Level.OBJECTIF_OPERATIONNEL, Level.ACTION]
    return dict(zip(sorted(indents), ladder, strict=False))


def row_label(row: Row, column: int) -> LevelLabel | None:
    """The label of a level in a row: in its band, or in front of its title."""
    label = match_level(row.band_text if row.band else row.text(column))
    return label if label is not None and label.code else None


def _row_codes(grid: Grid, title: Column) -> list[str]:
    """The code of each row, "" for a band: in a column of codes, else the first word of its title."""
    columns = [column.index for column in grid.columns if column.field == "code"]
    held = [next((row.text(index) for index in columns if index in row.cells), None) for row in grid.rows]
    return [
        " ".join(text.split()) if text is not None else row.text(title.index).partition("\n")[0].partition(" ")[0]
        for row, text in zip(grid.rows, held, strict=True)
    ]
