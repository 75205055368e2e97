"""Read a grid: a header row, then an element, several nested elements, or an indicator a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.apply.cells import cut_title
from pipeline.extract.apply.lines import read_blocks, read_run
from pipeline.extract.apply.lists import NESTED
from pipeline.extract.apply.reading import ATTACHED_LEVELS, LEVELS, TABLED, Frame, Mention, Reading, depth_of
from pipeline.extract.apply.texts import state_measure
from pipeline.extract.bands import band_lines, lines_of_rows
from pipeline.extract.bare import split_bracket
from pipeline.extract.signatures import Line, is_named, locator
from pipeline.extract.tables import Column, Grid, Item, ItemCell, Row, is_ticked, reference_columns, split_row
from pipeline.model import LEVEL_DEPTH, Became, Block, Level, Marker, leaf_blocks
from pipeline.text import fold
from pipeline.vocabulary import (
    Label,
    LevelLabel,
    code_key,
    is_total,
    match_label,
    match_level,
    match_number,
    match_section,
)

#: A column without a label holds titles only when some cell of it is longer than this.
MINIMUM_TITLE_CHARACTERS = 8
#: A column that names no level stands between OO and actions.
_UNNAMED_DEPTH = 4.5
#: Levels by the depth of codes or of indents, when the outermost is an objectif strategique.
_LADDER = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION, Level.SOUS_ACTION)
_PARENTS = _LADDER[:2]
#: The parts of a code: letters, numbers.
_CODE_PARTS = re.compile(r"[^\W\d_]+|\d+")
_ROW_OF_CODES = re.compile(r"(?:[A-Z]{1,3}[-.]?\d{1,3}/)+[A-Z]{1,3}[-.]?\d{1,3}")
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

#: Fewer rows with bare numbers are slips.
MINIMUM_BARE = 2


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
    titles: Sequence[Column]
    by_code_depth: dict[int, Level]  # number of dots in a code -> level
    by_indent: dict[int, Level]  # indent of a title in points -> level
    by_code: dict[str, Level]  # code of a row -> level, where the codes below «Actions» extend one another
    parents: dict[tuple[int, str], Mention]  # by the column that gives the code of a parent and that code
    prefixed: bool = False  # the codes of the only title column name several levels («OS1», «OO1.1»)
    bare: Level | None = None  # the level of bare numbers below codes that name a level («1» below «OO1.1»)
    naming: frozenset[int] = frozenset()  # columns of titles and codes
    elements: frozenset[int] = frozenset()  # columns whose cells say which element a row is, not something of it
    seen: dict[Level, _Seen] = field(default_factory=dict)
    rising: frozenset[int] = frozenset()  # columns that name the rows that others stand in («Code parent»)
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
        indicators = next((c for c in grid.columns if _field(c) == "indicator"), None)
        if indicators is not None:
            _read_indicators(reading, grid, indicators)
            return
        stand_in = _stand_in_title(grid)
        if stand_in is None or (reading.is_closed() and not _is_follow_up(grid)):
            _read_as_text(reading, grid)
            return
        titles = [stand_in]
    if _counts_elements(grid, titles):
        reading.leave([*grid.header_blocks, *(b for row in grid.rows for c in row.cells.values() for b in c.blocks)])
        return
    owner = reading.innermost()
    by_code_depth = _levels_by_code(reading, grid, titles)
    by_indent = _levels_by_indent(reading, grid, titles) if not by_code_depth else {}
    bare = _level_of_bare_numbers(grid, titles)
    prefixed = bare is not None or _names_levels_in_codes(grid, titles)
    naming = {c.index for c in titles} | {c.index for c in grid.columns if _field(c) in ("title", "code")}
    elements = references | {c.index for c in grid.columns if _field(c) in ("code", "level")}
    by_code = _levels_by_chain(reading, grid, titles)
    if rising and not prefixed and not by_code and owner is None and [_level(c) for c in titles] == [None]:
        by_code = _levels_by_parent(grid, rising)
    rows = _Rows(grid, titles, by_code_depth, by_indent, by_code, parents, prefixed, bare, frozenset(naming), elements)
    rows.rising = rising
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
    figures = [c for c in grid.columns if c not in named and _field(c) != "code"]
    counted = [c for c in figures if (c.label is None and not c.year) or c in counts]
    names = [name for row in grid.rows if (name := row.text(named[0].index)) and not is_total(name)]
    if not counted or not names or not all(map(_is_bare_label, names)):
        return False
    told = [row.text(c.index) for row in grid.rows for c in figures if row.text(c.index)]
    return bool(told) and all(map(_is_figure, told))


def _is_bare_label(text: str) -> bool:
    """Tell whether a text is the label and the number of an element, without its title («OS 1»)."""
    label = match_level(text)
    return label is not None and label.code != "" and not label.rest


def _holds_counts(grid: Grid, column: Column) -> bool:
    """Tell whether the cells of a column («Actions») are whole numbers."""
    texts = [text for row in grid.rows if (text := row.text(column.index))]
    return bool(texts) and all(map(str.isdecimal, texts))


def _is_figure(text: str) -> bool:
    """Tell whether a text holds digits and no letters."""
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


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
        named = _level(column)
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
    naming = [c.index for c in grid.columns if _field(c) == "code" or (_is_title(c) and _level(c) is None)]
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
    names = {_name_in(row, name) for row in rows} - {""}
    pairs = [(_name_in(row, name), above) for row in rows if (above := _name_in(row, column))]
    named = {above for _, above in pairs}
    return len(names) > len(pairs) > len(named) > 0 and named <= names and all(own != above for own, above in pairs)


def _levels_by_parent(grid: Grid, rising: frozenset[int]) -> dict[str, Level]:
    """Levels by code where rows name those that they stand in, by how many stand above each.

    None unless as many stand above all of the innermost: other references («Après») leave rows with none.
    """
    codes = [column.index for column in grid.columns if _field(column) == "code"]
    if len(codes) != 1 or len(rising) != 1:
        return {}
    rows = [row for row in grid.rows if not row.band and row.text(codes[0])]
    above = {_name_in(row, codes[0]): _name_in(row, next(iter(rising))) for row in rows}
    depths: dict[str, int] = {}
    for row in rows:
        code, depth = above[_name_in(row, codes[0])], 0
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


def _lists_plan(grid: Grid) -> bool:
    """Tell whether a grid lists elements with their codes, their fields or their parents: no legend does."""
    named = any(_is_title(column) and _level(column) is not None for column in grid.columns)
    coded = any(map(_is_title, grid.columns)) and any(_field(column) in ("code", "level") for column in grid.columns)
    told = any(_field(column) not in ("", "title", "code", "level", "description") for column in grid.columns)
    levels = {_level(column) for column in grid.columns if _is_title(column)} - {None}
    parents = len(levels) > 1 or any(row.band and _row_label(row, -1) is not None for row in grid.rows)
    return len(grid.rows) > 1 and ((named and (coded or told or parents)) or (coded and told))


def _field(column: Column) -> str:
    return column.label.field if column.label is not None else ""


def _level(column: Column) -> Level | None:
    return column.label.level if column.label is not None else None


def _is_title(column: Column) -> bool:
    return _field(column) == "title" and _level(column) not in ATTACHED_LEVELS


def _at_root(reading: Reading, column: Column) -> Column:
    """A column of ambitions with no OS above lists enjeux."""
    if _level(column) is not Level.AMBITION or reading.has_open(Level.OBJECTIF_STRATEGIQUE):
        return column
    return replace(column, label=Label(_field(column), Level.ENJEU))


def _stand_in_title(grid: Grid) -> Column | None:
    """The column that holds the titles of a grid where none is labelled so: «Description», or the first with words."""
    described = next((c for c in grid.columns if _field(c) == "description"), None)
    if described is not None:
        return described
    unlabelled = (c for c in grid.columns if c.label is None and not c.status and not c.year)
    return next(
        (c for c in unlabelled if any(len(row.text(c.index)) > MINIMUM_TITLE_CHARACTERS for row in grid.rows)), None
    )


def _is_follow_up(grid: Grid) -> bool:
    """Tell whether the columns of a grid are those of a follow-up of actions."""
    fields = {_field(column) for column in grid.columns} & _FOLLOWED
    board = sum(bool(column.status) for column in grid.columns) >= 2
    return len(fields) + board >= 2


def _read_as_text(reading: Reading, grid: Grid) -> None:
    for row in grid.rows:
        _read_row_as_text(reading, row)


def _read_row_as_text(reading: Reading, row: Row) -> None:
    read_blocks(reading, row.band or [b for cell in row.cells.values() for b in cell.blocks])


# ------------------------------------------------------------------------------------------- levels of the rows


def _row_code(grid: Grid, row: Row, title: Column) -> str:
    """The code of a row: in a column of codes, else the first word of its title."""
    for column in grid.columns:
        if _field(column) == "code" and column.index in row.cells:
            return " ".join(row.text(column.index).split())
    return row.text(title.index).partition("\n")[0].partition(" ")[0]


def _last_code(code: str) -> str:
    """The last of a row of codes («A-03» of «OS-01/OO-02/A-03»): that of the element itself."""
    return code.rpartition("/")[2] if _ROW_OF_CODES.fullmatch(code) is not None else code


def _levels_by_code(reading: Reading, grid: Grid, titles: Sequence[Column]) -> dict[int, Level]:
    """Levels by the depth of the codes of a grid with one title column: 1, 1.1, 1.1.1 are OS, OO, action.

    Those of the bands between the rows count too.
    """
    if len(titles) != 1:
        return {}
    found: set[int] = set()
    for row in grid.rows:
        code = _row_code(grid, row, titles[0])
        number = match_number(f"{code} X", heading=True) if code else None
        if number is not None:
            found.add(number.code.count("."))
    if len(found) < 2:
        return {}
    bands = (match_number(_band_text(row), heading=True) for row in grid.rows if row.band)
    found |= {number.code.count(".") for number in bands if number is not None}
    ladder: Sequence[Level] = _LADDER
    if len(found) == 2:
        above = reading.innermost()
        under_os = above is not None and above.level is Level.OBJECTIF_STRATEGIQUE
        ladder = (Level.OBJECTIF_OPERATIONNEL if under_os else Level.OBJECTIF_STRATEGIQUE, Level.ACTION)
    return dict(zip(sorted(found), ladder, strict=False))


def _levels_by_chain(reading: Reading, grid: Grid, titles: Sequence[Column]) -> dict[str, Level]:
    """Levels by code where the codes beside a column of actions extend one another («1», «1.1», «P1.1.1»).

    What stands above the actions has a code and a title and nothing else; none when it has more.
    """
    if len(titles) != 1 or _level(titles[0]) is not Level.ACTION:
        return {}
    codes = [column.index for column in grid.columns if _field(column) == "code"]
    if len(codes) != 1:
        return {}
    naming = {codes[0], titles[0].index}
    depths: dict[str, int] = {}
    alone: dict[int, bool] = {}  # depth -> whether its rows hold nothing but code and title
    chain: list[tuple[str, ...]] = []
    for row in grid.rows:
        code = " ".join(row.text(codes[0]).split())
        parts = tuple(_CODE_PARTS.findall(code)) if not row.band else ()
        if not parts or not row.text(titles[0].index):
            continue
        while chain and not _extends(parts, chain[-1]):
            chain.pop()
        depth = len(chain)
        chain.append(parts)
        if depths.setdefault(code, depth) != depth:
            return {}
        alone[depth] = alone.get(depth, True) and not any(text for i, text in row.texts.items() if i not in naming)
    owner = reading.innermost()
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


def _names_levels_in_codes(grid: Grid, titles: Sequence[Column]) -> bool:
    """Tell whether the codes of a grid with one title column name several levels («OS1», «OO1.1», «A1.1.1»).

    A level above that of the column is one more («Axe 1» above actions «1», «2»).
    """
    if len(titles) != 1:
        return False
    labels = (match_level(f"{_last_code(_row_code(grid, row, titles[0]))} : X") for row in grid.rows if not row.band)
    levels = {label.level for label in labels if label is not None and label.code}
    named = _level(titles[0])
    return len(levels) >= 2 or (named in LEVEL_DEPTH and any(depth_of(level) < depth_of(named) for level in levels))


def _level_of_bare_numbers(grid: Grid, titles: Sequence[Column]) -> Level | None:
    """The level of rows numbered «1», «2» below rows whose codes name one level («OO1.1»); None without such rows."""
    if len(titles) != 1:
        return None
    codes = [_row_code(grid, row, titles[0]) for row in grid.rows if not row.band]
    labels = (match_level(f"{code} : X") for code in codes if not code.isdigit())
    levels = {label.level for label in labels if label is not None and label.code}
    bare = sum(code.isdigit() for code in codes)
    return NESTED.get(levels.pop()) if len(levels) == 1 and bare >= MINIMUM_BARE else None


def _levels_by_indent(reading: Reading, grid: Grid, titles: Sequence[Column]) -> dict[int, Level]:
    """Levels by the indent of the cells of a grid with one title column that names no level."""
    if len(titles) != 1 or _level(titles[0]) is not None:
        return {}
    column = titles[0].index
    labels = [_row_label(row, column) for row in grid.rows]
    indents = {
        round(row.cells[column].blocks[0].indent_pt)
        for row, label in zip(grid.rows, labels, strict=True)
        if label is None and column in row.cells and row.cells[column].blocks
    }
    owner = reading.innermost()
    named = [label.level for label in labels if label is not None] + ([owner.level] if owner is not None else [])
    above = max((LEVEL_DEPTH.get(level, 0) for level in named), default=-1)
    ladder = [level for level in _LADDER if LEVEL_DEPTH[level] > above]
    if not 2 <= len(indents) <= len(ladder):
        return {}
    if above < 0 and len(indents) == 2:
        ladder = [Level.OBJECTIF_OPERATIONNEL, Level.ACTION]
    return dict(zip(sorted(indents), ladder, strict=False))


def _row_label(row: Row, column: int) -> LevelLabel | None:
    """The label of a level in a row: in its band, or in front of its title."""
    label = match_level(_band_text(row) if row.band else row.text(column))
    return label if label is not None and label.code else None


def _stated_level(grid: Grid, item: Item) -> Level | None:
    """The level that a column «Niveau» or «Type» states for a row."""
    for column in grid.columns:
        if _field(column) in ("level", "kind") and column.index in item.cells:
            label = match_label(item.cells[column.index].text)
            if label is not None and label.field == "title" and label.level is not None:
                return label.level
    return None


def _level_of(rows: _Rows, column: Column, code: str, cell: ItemCell, stated: Level | None) -> Level:
    """The level of a title: of its column, of its row, of its label, of the depth of its code, of its indent."""
    chained = rows.by_code.get(" ".join(code.split())) if stated is None else None
    if chained is not None:
        return chained
    named = _level(column)
    printed = _last_code(code or cell.text.partition(" ")[0])
    prefix = match_level(f"{printed} : X") if rows.prefixed and stated is None else None
    if prefix is not None and prefix.code:
        return prefix.level
    if rows.bare is not None and code.isdigit():
        return rows.bare
    if named is not None or stated is not None:
        return named or stated or Level.ACTION
    text = f"{code} {cell.text}" if code else cell.text
    label = match_level(text)
    if label is not None and label.code and label.rest:
        level = label.level
    else:
        number = match_number(text, heading=bool(code)) if rows.by_code_depth else None
        level = rows.by_code_depth.get(number.code.count("."), Level.ACTION) if number is not None else Level.ACTION
    if level is Level.ACTION and rows.by_indent and cell.blocks:
        return rows.by_indent.get(round(cell.blocks[0].indent_pt), level)
    return level


# ----------------------------------------------------------------------------------------------------------- rows


def _read_rows(reading: Reading, rows: _Rows) -> None:
    """Read the rows in order; a band across the table closes what the rows above it opened."""
    around = list(reading.stack)
    for row, lines in zip(rows.grid.rows, lines_of_rows(rows.grid, reading.body), strict=True):
        if not row.band:
            _read_row(reading, rows, row)
            continue
        section = match_section(" ".join(block.text for block in row.band))
        if section is not None and section.concept in ("legend", "outside"):
            break  # what follows explains the table
        if _names_element(reading, row, lines):
            read_run(reading, lines)
            around = list(reading.stack)
        else:
            reading.stack[:] = [frame for frame in reading.stack if frame in around]
            read_run(reading, lines)
    _close_rows(reading, rows.titles, around)


def _band_text(row: Row) -> str:
    return " ".join(block.text for block in row.band)


def _names_element(reading: Reading, row: Row, lines: Sequence[Line]) -> bool:
    """Tell whether a band names an element («OO 1.1 : ...»), by its label or by the rule of its kind."""
    label = match_level(_band_text(row))
    if label is not None and (label.code or label.rest):
        return True
    return any(reading.becomes.get(line.kind) in LEVELS for line in lines)


def _close_rows(reading: Reading, titles: Sequence[Column], around: Sequence[Frame]) -> None:
    """Close the elements of the last row: what comes after a table does not belong to its last line."""
    named = [depth_of(level) for column in titles if (level := _level(column)) is not None]
    leaf_depth = min(max(named, default=LEVEL_DEPTH[Level.ACTION]), LEVEL_DEPTH[Level.ACTION])
    reading.stack[:] = [
        frame
        for frame in reading.stack
        if frame in around or frame.mention is None or depth_of(frame.mention.level) < leaf_depth
    ]


def _read_row(reading: Reading, rows: _Rows, row: Row) -> None:
    """Read a row: one element a title column, or as many as its cells hold aligned items; totals are left out."""
    if any(is_total(row.text(index)) for index in rows.naming):
        return
    filled = sorted((column for column in rows.titles if row.text(column.index)), key=_title_depth)
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
    above = reading.innermost()
    above = above.parent if above is not None and above.level is Level.SOUS_ACTION else above
    if above is None or above.level is not Level.ACTION or not above.blocks:
        return False
    alone = [index for index, text in row.texts.items() if text] == [filled[0].index]
    block = next(iter(row.cells[filled[0].index].blocks), None)
    bulleted = block is not None and block.marker_kind is Marker.BULLET
    return alone and bulleted and above.blocks[0].marker_kind is not Marker.BULLET


def _title_depth(column: Column) -> float:
    level = _level(column)
    return depth_of(level) if level is not None else _UNNAMED_DEPTH


def _read_item(
    reading: Reading, rows: _Rows, row: Row, item: Item, filled: Sequence[Column], *, inner: bool = False
) -> None:
    """Read one element of a row with its parents in other title columns, its inner items, and its fields.

    An `inner` one is of the level below that of its column.
    """
    codes = _codes(rows.grid, item, filled)
    stated = _stated_level(rows.grid, item)
    leaf: Mention | None = None
    opened: dict[Level, Mention] = {}
    merged: dict[tuple[int, int], Mention] = {}  # by the rows that the cell of its title covers
    extents: dict[Level, tuple[int, int]] = {}
    for column in filled:
        cell = item.cells.get(column.index)
        if cell is None or not cell.text:
            continue
        code = codes.get(column.index, "")
        level = _level_of(rows, column, code, cell, stated)
        level = NESTED.get(level, level) if inner else level
        leaf = _open_title(reading, rows, filled, column, cell, code, level)
        opened[level] = leaf
        extents[level] = _extent(row, column)
        merged[extents[level]] = leaf
    if leaf is None:
        return
    if rows.parents:
        _refer_to_parent(rows, item, leaf)
    if rows.rising:
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
            extent = _extent(row, column)
            if target is leaf and extent[1] > 1:
                target = merged.get(extent, leaf)  # merged over exactly the rows of an element above
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
    for column in rows.grid.columns:
        text = _name_in(row, column.index)
        if text and column.index in rows.rising:
            rows.pending.append((leaf, text))
        elif text and column.index in rows.naming:
            rows.named_by.setdefault(text, leaf)


def _name_in(row: Row, column_index: int) -> str:
    return fold(row.text(column_index))


def _codes(grid: Grid, item: Item, filled: Sequence[Column]) -> dict[int, str]:
    """The codes in columns of their own, by the index of the title column that each belongs to."""
    codes: dict[int, str] = {}
    for column in grid.columns:
        if _field(column) == "code" and column.index in item.cells:
            title = _title_of_code(column, filled)
            if title is not None:
                codes[title.index] = item.cells[column.index].text.replace("\n", " ").strip()
    return codes


def _title_of_code(column: Column, filled: Sequence[Column]) -> Column | None:
    """The title column that a code column belongs to: of its level, else the next to the right, else the last."""
    level = _level(column)
    if level is not None:
        same = next((c for c in filled if _level(c) is level), None)
        return same or next((c for c in filled if _level(c) is None), None)
    return next((c for c in filled if c.index > column.index), filled[-1] if filled else None)


def _open_title(
    reading: Reading, rows: _Rows, filled: Sequence[Column], column: Column, cell: ItemCell, code: str, level: Level
) -> Mention:
    """Open the element of a title, or go on with that of the row above when the cell only repeats it."""
    text, value = split_bracket(cell.text) if column.bracket else (cell.text, "")
    title, printed = cut_title(text, level)
    folded_code, folded_title = fold(code or printed), fold(title)
    known = rows.seen.get(level)
    if known is not None and (known.code, known.title) == (folded_code, folded_title):
        # a leaf without a code is repeated only when its parents are: the same title twice may be on purpose
        parents_repeated = len(filled) > 1 and reading.is_open(known.mention)
        if column is not filled[-1] or folded_code or parents_repeated:
            reading.settle(cell.blocks, Became.ELEMENT, known.mention)
            return known.mention
    named = _level(column) is not None or level is not Level.ACTION
    mention = reading.open(level, code or printed, title, cell.blocks, TABLED, place=cell.place, named=named)
    if value:
        reading.state(mention, column.bracket, value, mention.place, ())
    for deeper in [other for other in rows.seen if depth_of(other) > depth_of(level)]:
        del rows.seen[deeper]
    rows.seen[level] = _Seen(folded_code, folded_title, mention)
    return mention


def _owner_of_field(rows: _Rows, column: Column, leaf: Mention, opened: dict[Level, Mention]) -> Mention:
    """The element that a field belongs to: of the level that its column names, else the leaf of the row."""
    level = _level(column)
    if level is None or _field(column) == "title":
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
        reading.leave(cell.blocks, Became.FIELD, target)
        name = "description" if column.label.field == "title" else column.label.field
        printed = cell.text.strip()
        for said in target.said:
            if said.field == name and said.original == printed:
                return  # a value that stands once for several rows
        if column.year and name == "budget":
            if not fold(cell.text) or _is_said(target, column.year, cell.text, place):
                return  # a dash, or a cell that stands for several rows
            group = target.new_group("b")
            reading.state(target, "budget_year", column.year, place, cell.blocks, group=group)
            reading.state(target, "budget_amount", cell.text, place, cell.blocks, group=group)
        else:
            reading.state(target, name, cell.text, place, cell.blocks)
    elif column.year and is_ticked(cell.text):
        _tick_year(reading, column.year, target, place, cell.blocks)
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


def _tick_year(reading: Reading, year: str, target: Mention, place: str, blocks: Sequence[Block]) -> None:
    """Lengthen the planning of an element to a ticked year."""
    planned = next((said.original for said in target.said if said.field == "planning"), year)
    target.said[:] = [said for said in target.said if said.field != "planning"]
    first = planned.split("-")[0]
    reading.state(target, "planning", first if first == year else f"{first}-{year}", place, blocks)


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
        role = _MEASURED.get(_field(column), "actual" if column.year else "")
        if not role:
            reading.leave(cell.blocks, Became.FIELD, owner)
            continue
        number += 1
        place = cell.locator or locator(cell.blocks[0])
        state_measure(reading, owner, f"{group}.m{number}", cell.text, role, column.year, place, cell.blocks)
