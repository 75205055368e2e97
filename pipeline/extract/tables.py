"""Read a table for what it is: a grid (a header row, an element or a measure a row) or a sheet (labels beside values).

Anything else is a table used for layout, whose cells are read as running text.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from itertools import chain, takewhile

from pipeline.extract.boards import name_board
from pipeline.extract.label_rows import part_label_rows
from pipeline.extract.matrix import MAXIMUM_LABEL_CHARACTERS, Matrix, MatrixRow, Place, is_band, is_parent, lay_out
from pipeline.extract.sheet_tables import Sheet, read_sheet, read_stacked
from pipeline.extract.signatures import HEADING_SIZE_RATIO
from pipeline.extract.words import counts_in_letters, split_counted
from pipeline.model import LEVEL_DEPTH, Block, Cell, Level, Marker, Table
from pipeline.text import REMEMBERED, fold
from pipeline.values import parse_amount_eur, parse_period, parse_scale, parse_unit, status_word
from pipeline.vocabulary import (
    Label,
    column_levels,
    is_exact_label,
    is_total,
    is_whole_label,
    match_dated_label,
    match_label,
    match_level,
    match_number,
    match_section,
)

#: Cells no longer than this may hold codes.
MAXIMUM_CODE_CHARACTERS = 12
#: Fields whose cells name the element of a row where its level stands in another.
_TITLES = ("title", "description")
#: The header stands among the first rows; what is above it is a title.
HEADER_ROWS = 12
#: Years without a currency hold money when they add up to a total, and their amounts are not smaller than these.
LEAST_AMOUNT_EUR = Decimal(100)
LEAST_HIGHEST_AMOUNT_EUR = Decimal(1000)
#: Labels in so many cells name a column that has no header.
MINIMUM_LABELLED = 2
_BRACKETED = re.compile(r"^(?P<titles>[^()]+?)\s*\((?P<field>[^()]+)\)$", re.DOTALL)
#: A code in a list of codes («040», «ENV», «12-3»).
_KEY = re.compile(r"[A-Z\d][A-Z\d./-]{0,7}")
#: Marks that tick a column of a board.
_TICK = re.compile(r"^\s*(?:[xX\u00d7\u2612\u2611\u2713\u2714\u2717\u2718\u25a0\u25cf\u2022]|\[x\]|oui)\s*$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid. `status` is set on a board's columns, whose mark gives the status.

    `counted` is the word, folded, that the titles count in front of themselves («Objectif 1.1» in each), "" where they
    begin with codes of letters and numbers («B1», «B2»), None where they do neither;
    `part` is that of the year («T1»); `unit` is the unit of money that the header prints («€», «k€»); `bracket` the
    field that stands in brackets after each title («Actions (service)»).
    """

    index: int
    label: Label | None
    printed: str
    status: str = ""
    year: str = ""
    part: str = ""
    unit: str = ""
    bracket: str = ""
    counted: str | None = None
    level: Level | None = dataclasses.field(init=False)  # that the header names, None when there is none
    field: str = dataclasses.field(init=False)  # that the header names, "" when there is none

    def __post_init__(self) -> None:
        """Take the field and the level off the label once: they are asked for at each cell."""
        object.__setattr__(self, "level", self.label.level if self.label is not None else None)
        object.__setattr__(self, "field", self.label.field if self.label is not None else "")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a grid: by column index the cell that covers it; `band` holds the blocks of a row of one cell."""

    cells: dict[int, Cell] = field(default_factory=dict)
    band: tuple[Block, ...] = ()
    texts: dict[int, str] = field(default_factory=dict)  # of the cells, see `matrix`

    def text(self, column_index: int) -> str:
        """The text of the cell in a column, "" when there is none."""
        return self.texts.get(column_index, "")

    def folded(self, column_index: int) -> str:
        """The text of the cell in a column as it is compared, "" when there is none."""
        return fold(self.text(column_index))

    @property
    def band_text(self) -> str:
        """The text of a row of one cell, "" for any other."""
        return " ".join(block.text for block in self.band)


@dataclass(frozen=True, slots=True)
class Grid:
    """A header row and the rows below it."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    before: tuple[Block, ...] = ()  # blocks of rows above the header
    header_blocks: tuple[Block, ...] = ()


def _header(matrix: Matrix, table: Table) -> int | None:
    """Return the index of the header row: most of its cells are labels, and no value stands beside its label."""
    scores: dict[int, float] = {}
    for index, row in enumerate(matrix[:HEADER_ROWS]):
        cells = row.distinct
        if len(cells) < 2 or index + 1 >= len(matrix):
            continue
        labels = [c.label for c in cells if c.label is not None]
        if cells[-1].label is not None and _heads_rows(row, matrix[index + 1 :]):
            scores[index] = 1.0 - 0.01 * index
            continue
        if _heads_accounts(row, matrix[index + 1 :]):
            scores[index] = 1.0 - 0.01 * index
            continue
        if not labels and not is_band(cells[0].text):
            continue
        statuses = sum(status_word(c.text) != "" for c in cells)
        board = statuses >= 2 and is_band(cells[0].text)
        if not labels and not board:
            continue
        known = sum(c.label is not None or _names_column(c) for c in cells)
        share = known / len(cells)
        marked = index < table.header_row_count  # the format itself says so
        titled = any(label.field == "title" for label in labels)
        listing = _lists_below(matrix, index)
        mostly_known = known >= 2 and (share >= 0.6 or (share >= 0.4 and (marked or titled)))
        set_apart = titled and (marked or listing or _is_set_as_header(cells, matrix[index + 1]))
        if (board or mostly_known or set_apart) and (marked or listing or not _is_pairs(cells)):
            scores[index] = share + 0.5 * marked + 0.3 * titled - 0.01 * index
    best = max(scores, key=lambda index: (scores[index], -index)) if scores else None
    joins = (_groups_columns, _reaches_into, _names_titles_over)
    return best - 1 if best and any(join(matrix[best - 1], matrix[best]) for join in joins) else best


def _heads_rows(row: MatrixRow, below: Matrix) -> bool:
    """Tell whether a row is the element above those below, then labels of their fields («OO 1.1 | ... | Delai»)."""
    cells = row.distinct
    head = match_level(cells[0].text) if cells[0] is row.places[0] else None
    if head is None or not head.code or head.plural:
        return False
    fields = cells[1:] if head.rest else cells[2:]
    titled = head.rest or (len(cells) > 1 and cells[1].label is None)
    named = [c.label for c in fields if c.label is not None and c.label.field not in ("title", "code")]
    filled = [other.distinct for other in below if len(other.distinct) >= 2]
    free = all(place.label is None for places in filled for place in places)
    return bool(titled) and bool(fields) and len(named) == len(fields) and bool(filled) and free


def _heads_accounts(row: MatrixRow, below: Matrix) -> bool:
    """Tell whether a row heads accounts by year: an unknown word, years, and rows of figures down to their total."""
    first, years = row.places[0], row.distinct[1:]
    if not all(map(_names_year, years)) or sum(bool(_year(place.text)) for place in years) < 2:
        return False
    if first is None or not first.text or first.label is not None or _names_column(first):
        return False
    filled = [other.distinct for other in below if len(other.distinct) > 1]
    figured = all(is_figure(place.text) or not fold(place.text) for places in filled for place in places[1:])
    return figured and any(is_total(places[0].text) for places in filled)


def _names_year(place: Place) -> bool:
    return bool(_year(place.text)) or is_total(place.text)


def _groups_columns(row: MatrixRow, header: MatrixRow) -> bool:
    """Tell whether the row above a header names levels over groups of its columns («Axe» over «N°» and «Titre»)."""
    merged = [place for place in row.distinct if place.cell.column_span > 1]
    named = sum(place.label is not None and place.label.level is not None for place in merged)
    plain = sum(place.label is not None and place.label.level is None for place in header.distinct)
    return len(merged) >= 2 and named >= 1 and plain >= 2


def _reaches_into(row: MatrixRow, header: MatrixRow) -> bool:
    """Tell whether labels of the row above a header are merged with places of the header: the two are one."""
    return any(place is not None and place.label is not None and place in header.places for place in row.places)


def _names_titles_over(row: MatrixRow, header: MatrixRow) -> bool:
    """Tell whether the row above a header of fields names the titles, over a place where the header names nothing."""
    if any(place.label is not None and place.label.field == "title" for place in header.distinct):
        return False
    return any(
        over is not None and over.label is not None and over.label.field == "title" and (not place or not place.text)
        for over, place in zip(row.places, header.places, strict=True)
    )


def _lists_below(matrix: Matrix, index: int) -> bool:
    """Tell whether the first row names a level and at least three rows of other words stand below it."""
    head = matrix[index].places[0]
    first = head.label if head is not None else None
    below = [c for row in matrix[index + 1 :] if (c := row.places[0]) is not None and c.text]
    return (
        index == 0
        and first is not None
        and first.field == "title"
        and first.level is not None
        and len(below) >= 3
        and sum(c.label is not None for c in below) <= len(below) / 3
    )


def _is_set_as_header(cells: Sequence[Place], below: MatrixRow) -> bool:
    """Tell whether a row is set apart from the one below it by fill or weight."""

    def weight(row: Sequence[Place]) -> tuple[bool, bool]:
        return (
            all(c.cell.fill or any(b.style.fill for b in c.cell.blocks) for c in row) if row else False,
            all(b.style.bold for c in row for b in c.cell.blocks if b.text) if row else False,
        )

    top, under = weight(cells), weight(below.distinct)
    return (top[0] and not under[0]) or (top[1] and not under[1])


def _is_pairs(cells: Sequence[Place]) -> bool:
    """Tell whether labels and values take turns in a row."""
    if len(cells) not in (2, 4, 6):
        return False
    return all((c.label is not None) == (i % 2 == 0) for i, c in enumerate(cells))


def _year(text: str) -> str:
    """The year that a header cell is, alone or before a unit of money («2026», «2026 (k€)»)."""
    match = re.fullmatch(r"\s*(20\d\d)\b(.*)", text, re.DOTALL) if "20" in text else None
    return match[1] if match and (not match[2].strip() or _money_unit(text)) else ""


@lru_cache(maxsize=REMEMBERED)
def _money_unit(text: str) -> str:
    """The unit of money in a header («Budget (k€)», «2026 €»), "" when there is none."""
    unit = parse_unit(text) or re.sub(r"^.*\b20\d\d\b", "", text, flags=re.DOTALL).strip(" \n()[]")
    return unit if len(unit) <= MAXIMUM_LABEL_CHARACTERS and parse_amount_eur(f"1 {unit}").unit else ""


def only_year(text: str) -> str:
    """The year in a header («Budget 2026»), "" when there is none or several."""
    years = re.findall(r"\b20\d\d\b", text) if "20" in text else []
    return years[0] if len(years) == 1 else ""


def _names_column(place: Place) -> bool:
    """Tell whether a header cell names its column by a status or a year."""
    return status_word(place.text) != "" or _year(place.text) != ""


def read_table(table: Table) -> tuple[Grid | Sheet, ...]:
    """Read a table as a grid or as sheets, one after another; () when it is only there for layout."""
    table = part_label_rows(table)
    matrix = lay_out(table)
    if table.column_count < 2 or not matrix:
        head = _head_of_list(matrix)
        return (_read_grid(matrix, head),) if head is not None else ()
    board = name_board(matrix)
    if board is not None:
        return (_read_grid(matrix, board),)
    stacked = read_stacked(matrix)
    if stacked:
        return stacked
    header = _header(matrix, table)
    if header is None:
        return read_sheet(matrix)
    leveled = _level_column(matrix[header].places, matrix[header + 1 :]) is not None
    sheets = read_sheet(matrix) if not leveled and _labels_first_column(matrix, header) else ()
    return sheets or (_read_grid(matrix, header),)


def _level_column(header: Sequence[Place | None], below: Matrix) -> int | None:
    """The column that names the level of each row («Niveau»), None without one.

    It is one too, whatever it is called («Type», «Nature»), where its cells name several levels, some of them more than
    once, beside a column of titles.
    """
    named = (i for i, place in enumerate(header) if place is not None and _is_labelled(place, "level"))
    titled = [i for i, p in enumerate(header) if p is not None and p.label is not None and p.label.field in _TITLES]
    told = (i for i in range(len(header)) if titled not in ([], [i]) and _tells_levels(header[i], below, i))
    return next(chain(named, told), None)


def _is_labelled(place: Place, field: str) -> bool:
    return place.label is not None and place.label.field == field


def _tells_levels(head: Place | None, below: Matrix, index: int) -> bool:
    """Tell whether all cells of a column are words for levels, which its header is not."""
    if head is None or not head.text or (_is_labelled(head, "title") and head.label is not None and head.label.level):
        return False
    levels: set[Level] = set()
    filled = 0
    for row in below:
        place = row.places[index]
        if place is None or not place.text or place.cell.column_span > 1:
            continue
        level = place.label.level if place.label is not None else column_levels().get(fold(place.text))
        if level is None or (place.label is not None and place.label.field != "title"):
            return False
        levels.add(level)
        filled += 1
    return filled > len(levels) > 1


def _head_of_list(matrix: Matrix) -> int | None:
    """The row of a sheet of one column that names what stands below it («Actions»); None when there is none.

    Among the rows below, those of the parents are set apart by labels or numbers, and some are not.
    """
    rows = [row.places[0] for row in matrix if row.places]
    if any(place is not None and not place.cell.locator for place in rows):
        return None  # no spreadsheet: a frame around text
    head = next((i for i, place in enumerate(rows[:HEADER_ROWS]) if place is not None and _names_list(place)), None)
    if head is None:
        return None
    texts = [place.text for place in rows[head + 1 :] if place is not None and place.text]
    apart = [text for text in texts if is_parent(text)] or [text for text in texts if _has_number(text)]
    return head if MINIMUM_LABELLED <= len(apart) < len(texts) else None


def _names_list(place: Place) -> bool:
    """Tell whether a cell is the name of a column of titles and nothing else."""
    titles = place.label is not None and place.label.field == "title"
    return titles and (is_whole_label(place.text) or match_section(place.text) is not None)


def _labels_first_column(matrix: Matrix, header: int) -> bool:
    """Tell whether most rows begin with a label: then a row of two («Responsable : | Responsable GRH») is no header.

    Cells as wide as the table stand beside nothing; they do not count.
    """
    firsts = [
        place
        for i, row in enumerate(matrix)
        if i != header
        and (place := row.places[0]) is not None
        and place.text
        and place.cell.column_span < len(row.places)
    ]
    if len(matrix) == 2 and _are_pairs(matrix):
        return True
    bare = sum(len(row.distinct) >= 3 and row.distinct[0] is not row.places[0] for row in matrix)
    if bare > len(firsts):
        return False  # rows of a grid whose first column is for the heads between them
    return len(firsts) >= 2 and sum(c.label is not None for c in firsts) >= 0.6 * len(firsts)


def _are_pairs(matrix: Matrix) -> bool:
    """Tell whether each row is the label of a field, known to the letter, and a value that is no such label."""
    return all(
        len(row) == 2
        and row[0] is not None
        and row[1] is not None
        and is_exact_label(row[0].text.rstrip(" :?"))
        and not is_exact_label(row[1].text.rstrip(" :?"))
        for row in (line.places for line in matrix)
    )


def _read_grid(matrix: Matrix, header: int) -> Grid:
    """Read a table whose header is the row at `header`, with the row below it when that names the columns too."""
    first = matrix[header]
    second = _second_header(matrix, header)
    below = matrix[header + (1 if second is None else 2) :]
    upper, lower = first.places, second.places if second is not None else ()
    heads = _named_parents([*upper, *lower])
    columns = [_read_column(index, upper, lower, heads) for index in range(len(upper))]
    if sum(bool(column.status) for column in columns) >= 2:
        columns = [_as_status(column) for column in columns]
    columns = _as_budgets(columns, matrix[:header], below)
    columns = [_named_by_cells(column, below) for column in columns]
    leveled = _level_column(upper, below)
    columns = [replace(c, label=Label("level")) if c.index == leveled else c for c in columns]
    columns = [replace(c, counted=_counted_word(c, below)) if c.field == "title" else c for c in columns]
    header_blocks = [b for place in (*_distinct_all(upper), *_distinct_all(lower)) for b in place.cell.blocks]
    # «OO 1.1 : ...» over the first column
    if _heads_rows(first, matrix[header + 1 :]):
        bands = [b for place in first.distinct if place.label is None for b in place.cell.blocks]
        columns = _under_head(columns, matrix[header + 1 :])
    else:
        bands = [b for place in first.distinct if is_band(place.text) for b in place.cell.blocks]
    rows: list[Row] = []
    headers = (first,) if second is None else (first, second)
    header_words = [[fold(place.text) for place in row.distinct] for row in headers]
    header_starts = {words[0] for words in header_words if words}
    leftmost = min((row.distinct[0].cell.column_index for row in matrix[header:] if row.distinct), default=0)
    filled = [row.distinct for row in below]
    levels = {c.level for c in columns if c.field == "title" and c.level}
    by_look = len(levels) < 2  # else the columns tell the parents
    numbered = by_look and _are_heads_numbered(filled, leftmost)
    plain = [not (c.status or c.year or c.field == "budget") for c in columns]  # what is printed is the text
    for row in below:
        places = row.distinct
        if not places:
            continue
        if fold(places[0].text) in header_starts and any(_has_words(places, words) for words in header_words):
            header_blocks += [b for place in places for b in place.cell.blocks]  # repeated on a new page
        elif len(places) == 1 and (
            _is_across(places[0], len(columns), leftmost, numbered=numbered)
            or (by_look and _is_larger(places[0], filled))
        ):
            rows.append(Row(band=places[0].cell.blocks))
        elif not columns[0].printed and _is_head_in_cells(row):
            rows.append(Row(band=tuple(b for place in places for b in place.cell.blocks)))
        else:
            covering = {
                i: p for i, p in enumerate(row.places) if p is not None and (i == 0 or row.places[i - 1] is not p)
            }
            texts = {i: p.text if plain[i] else _text_under(columns[i], p) for i, p in covering.items()}
            rows.append(Row({i: p.cell for i, p in covering.items()}, (), texts))
    before = [b for row in matrix[:header] for place in row.distinct for b in place.cell.blocks]
    return Grid(
        tuple(columns), tuple(rows), _once((*before, *bands)), _once([b for b in header_blocks if b not in bands])
    )


def _under_head(columns: Sequence[Column], below: Matrix) -> list[Column]:
    """Name the columns under an element that heads a table: those in front of the fields hold codes, then titles."""
    free = list(takewhile(lambda column: column.label is None, columns))
    firsts = [p.text for row in below if (p := row.places[0]) is not None and p.text]
    coded = len(free) >= 2 and all(len(text) <= MAXIMUM_CODE_CHARACTERS for text in firsts)
    names = {free[0].index: "code", free[1].index: "title"} if coded else {free[0].index: "title"} if free else {}
    return [replace(c, label=Label(names[c.index])) if c.index in names else c for c in columns]


def _is_head_in_cells(row: MatrixRow) -> bool:
    """Tell whether a row is a label, its number and its title in cells of their own («OO», «1.2», «Isoler»)."""
    first = row.places[0]
    label = match_level(first.text) if first is not None and first.text else None
    return label is not None and not label.rest and not label.plural and 2 <= len(row.distinct) <= 3


def _named_by_cells(column: Column, below: Matrix) -> Column:
    """A column without a header is of the level that the labels in its cells name («OS 1 : ...» in each)."""
    if column.printed or column.status or column.year:
        return column
    texts = {id(p): p.text for row in below if (p := row.places[column.index]) and p.text}
    labels = [match_level(text.replace("\n", " ")) for text in texts.values()]
    levels = {label.level for label in labels if label is not None and label.code and label.rest}
    named = len(labels) >= MINIMUM_LABELLED and len(levels) == 1 and all(label and label.code for label in labels)
    return replace(column, label=Label("title", levels.pop())) if named and levels <= set(LEVEL_DEPTH) else column


def _counted_word(column: Column, below: Matrix) -> str | None:
    """The word, folded, that all titles of a column count («Objectif 1.1 ...», «Idée n° 12 : ...»); None for none.

    It names a level or stands in the header too, for «École 1» is part of a title. Letters count from one on («B1»).
    """
    texts = {p.text for row in below if (p := row.places[column.index]) and p.text and not is_total(p.text)}
    counted = [found for text in texts if (found := split_counted(text)) is not None]
    words = {word for word, _, _ in counted}
    counts = {count for _, count, _ in counted}
    if len(words) != 1 or not MINIMUM_LABELLED <= len(counts) == len(counted) == len(texts):
        return None
    word = words.pop()
    if not word:
        return word if counts_in_letters(counts) else None
    named = word in fold(column.printed).split() or word in column_levels() or match_level(f"{word} 1 : X") is not None
    return word if named else None


def _has_words(places: Sequence[Place], words: Sequence[str]) -> bool:
    """Tell whether cells hold these folded words, one each."""
    return len(places) == len(words) and all(fold(p.text) == word for p, word in zip(places, words, strict=True))


def _as_budgets(columns: Sequence[Column], above: Matrix, below: Matrix) -> list[Column]:
    """Name the columns of years that hold money budgets, and the total of budgets by year one; below are the rows."""
    if not any(c.year for c in columns):
        return list(columns)
    titles = [c.index for c in columns if c.field in ("title", "code")]
    rows = [row for row in below if not any((p := row.places[i]) is not None and is_total(p.text) for i in titles)]
    sums = [c for c in columns if c.label is None and not c.year and is_total(c.printed)]
    bare = [c for c in columns if c.label is None and c.year and not c.part]
    if bare and titles:
        named = any(p.label is not None and p.label.field == "budget" for row in above for p in row.distinct)
        if _is_money(rows, bare, sums, named=named):
            columns = [replace(c, label=Label("budget")) if c in bare else c for c in columns]
    years = [c for c in columns if c.year and c.field == "budget"]
    total = next((c for c in sums if len(fold(c.printed).split()) == 1 or _adds_up(rows, years, c)), None)
    if not years or total is None:
        return list(columns)
    return [replace(c, label=Label("budget")) if c is total else c for c in columns]


def _is_money(rows: Matrix, years: Sequence[Column], sums: Sequence[Column], *, named: bool) -> bool:
    """Tell whether columns of years hold amounts of money; `named` when what stands above the table says so.

    A currency says so too, in their cells or headers. Without one, only high amounts that add up to a total are money:
    figures by year may count anything.
    """
    texts = [p.text for row in rows for c in years if (p := row.places[c.index]) is not None and fold(p.text)]
    read = [parse_amount_eur(text) for text in texts]
    amounts = [parsed.value for parsed in read if parsed.value is not None]
    if not amounts or 2 * len(amounts) < len(texts):
        return False
    if 2 * sum(bool(parsed.unit) for parsed in read) >= len(texts) or any(c.unit for c in (*years, *sums)):
        return True
    if len(amounts) < len(texts):
        return False
    highest, least = max(amounts), min((amount for amount in amounts if amount), default=Decimal(0))
    high = highest >= LEAST_HIGHEST_AMOUNT_EUR and least >= LEAST_AMOUNT_EUR
    return named or (high and len(years) >= 2 and any(_adds_up(rows, years, c) for c in sums))


def _adds_up(rows: Matrix, parts: Sequence[Column], total: Column) -> bool:
    """Tell whether a column is the sum of others in most of the rows whose amounts are all read."""
    found = []
    for row in rows:
        whole = row.places[total.index]
        amounts = [_amount(row.places[part.index]) for part in parts]
        if whole is not None and fold(whole.text) and None not in amounts:
            found.append(_amount(whole) == sum((a for a in amounts if a is not None), Decimal(0)))
    return bool(found) and 2 * sum(found) > len(found)


def _amount(place: Place | None) -> Decimal | None:
    """The amount in a cell, 0 for an empty one or a dash; None when it cannot be read."""
    return parse_amount_eur(place.text).value if place is not None and fold(place.text) else Decimal(0)


def _text_under(column: Column, place: Place) -> str:
    """The text of a cell, or the lone bullet that ticks it; a bare amount takes the thousands that its header prints.

    The decimals of a number in a spreadsheet stand after a comma: after a point, three of them are thousands.
    """
    if not place.text and (column.status or column.year):
        return next((block.marker for block in place.cell.blocks if block.marker_kind is Marker.BULLET), "")
    if column.field != "budget":
        return place.text
    number = isinstance(place.cell.value, Decimal) and not place.cell.percent
    text = place.text.replace(".", ",") if number else place.text
    bare = parse_scale(column.unit) is not None and not re.search(r"[^\d\s.,]", text) and re.search(r"\d", text)
    return f"{text} {column.unit}" if bare else text


def _second_header(matrix: Matrix, header: int) -> MatrixRow | None:
    """The row below the header when the header has merged cells and the row names columns; None when there is none."""
    if header + 1 >= len(matrix):
        return None
    first, below = matrix[header].places, matrix[header + 1]
    named = below.distinct
    if len(named) >= 2 and all(_year(p.text) or (i and is_total(p.text)) for i, p in enumerate(named)):
        return below  # «2026», «2027» and their total, below cells that a spreadsheet leaves unmerged
    over = [first[place.cell.column_index] for place in named]
    bare = any(place is None or not place.text for place in over)
    if len(named) >= 2 and bare and all(p.label is not None or _names_column(p) for p in named):
        return below  # «Mandataire», «Partenaires» below «Acteurs» and nothing, likewise
    if len(named) >= 2 and _are_parts_of_groups(over, named):
        return below  # «Service» below «Acteurs», «Echeance» below «Calendrier»
    if _goes_on_below(matrix[header], below):
        return below  # «Commune», «CPAS» below «Apports», «T1» below «2026»
    merged = any(place is not None and (place.cell.column_span > 1 or place in below.places) for place in first)
    lower = [place for place in below.places if place is not None and place not in first]
    return below if merged and any(p.label is not None or _names_column(p) for p in lower) else None


def _goes_on_below(header: MatrixRow, below: MatrixRow) -> bool:
    """Tell whether a row is the lower half of a header: labels reach into it, its own cells divide wider ones."""
    shared = [place for place in below.distinct if place in header.places]
    own = [place for place in below.distinct if place not in header.places]
    over = [header.places[place.cell.column_index] for place in own]
    divides = all(
        wide is not None and wide.text != "" and wide.cell.column_span > place.cell.column_span
        for wide, place in zip(over, own, strict=True)
    )
    return len(own) >= 2 and divides and any(place.label is not None for place in shared)


def _are_parts_of_groups(header: Sequence[Place | None], below: Sequence[Place]) -> bool:
    """Tell whether cells are labels of fields to the letter, each below a word that may head several («Acteurs»)."""
    return all(
        over is not None
        and over.text != ""
        and is_exact_label(place.text)
        and place.label is not None
        and place.label.field not in ("title", "code")
        for over, place in zip(header, below, strict=True)
    )


def _named_parents(header: Sequence[Place | None]) -> dict[int, Label]:
    """The labels that header cells like «Objectif» have beside a column of actions, by the `id` of the cell.

    To the left of one of OO, such a word names the OS («Objectif», «Sous-objectif», «Action»).
    """
    places = list({id(place): place for place in header if place is not None}.values())
    levels = {place.label.level for place in places if place.label is not None and place.label.field == "title"}
    if Level.ACTION not in levels:
        return {}
    words = column_levels()
    named = [words.get(fold(place.text)) if place.label is None else place.label.level for place in places]
    heads = [index for index, place in enumerate(places) if place.label is None and named[index] is not None]
    if heads and Level.OBJECTIF_STRATEGIQUE not in levels and Level.OBJECTIF_OPERATIONNEL in named[heads[0] + 1 :]:
        named[heads[0]] = Level.OBJECTIF_STRATEGIQUE
    found = {id(places[index]): Label("title", named[index]) for index in heads if named[index] not in levels}
    return found if len(found) == len({label.level for label in found.values()}) else {}


def _read_column(
    index: int, first: Sequence[Place | None], second: Sequence[Place | None], heads: Mapping[int, Label]
) -> Column:
    """Read the name of a column off one or two header cells; `heads` are labels that only this table gives."""
    upper, lower = first[index], second[index] if second else None
    if second and lower is not None and lower.text and (upper is None or not upper.text):
        upper = next((p for p in reversed(first[:index]) if p is not None and p.text), None)  # left unmerged
    if lower is not None and lower is not upper:
        # under «Etat d'avancement» or «Calendrier» the lower words, statuses or years, name the columns
        named = _names_column(lower)
        above = upper.label or heads.get(id(upper)) if upper is not None else None
        money = above is not None and above.field == "budget" and _year(lower.text) != ""
        label = lower.label or (above if money or not named else None)
        if label is not None and label.level is None and above is not None and above.level is not None and lower.text:
            label = Label(label.field, above.level)
        printed = lower.text or (upper.text if upper is not None else "")
    else:
        label = upper.label or heads.get(id(upper)) if upper is not None else None
        printed = upper.text if upper is not None else ""
    if upper is not None and index > 0 and first[index - 1] is upper and not second:
        label = None  # the rest of a merged header cell
    label = label or match_dated_label(printed.replace("\n", " "))
    label, bracket = _split_bracket(printed, label)
    status = status_word(printed) if label is None else ""
    year = _year(printed) if label is None else only_year(printed)
    part = printed if upper is not None and label is None and _is_part(printed, _year(upper.text)) else ""
    year = _year(upper.text) if upper is not None and part else year
    unit = _money_unit(printed)
    if upper is not None and label is not None and label.field == "budget":
        year = year or only_year(upper.text)
        unit = unit or _money_unit(upper.text)
    return Column(index, label, printed.replace("\n", " "), status, year, part, unit, bracket)


def _is_part(printed: str, year: str) -> bool:
    """Tell whether a header names a part of the year above it («T1» below «2026»)."""
    return year not in ("", printed) and not _year(printed) and parse_period(f"{printed} {year}") not in ("", year)


def _split_bracket(printed: str, label: Label | None) -> tuple[Label | None, str]:
    """The label of a header of titles, and the field that it names in brackets («Actions (service)»), "" when none."""
    match = _BRACKETED.match(printed.strip()) if "(" in printed else None
    titles = match_label(match["titles"]) if match is not None else None
    field = match_label(match["field"]) if match is not None else None
    if titles is not None and field is not None and titles.field == field.field == "title" and field.level is not None:
        return field, ""  # «Axe (objectif stratégique)»
    if titles is None or titles.field != "title" or field is None or field.level is not None or field.field == "title":
        return label, ""
    return titles, field.field


def _as_status(column: Column) -> Column:
    """The column of a board: there «Fin.» is a status, not a date."""
    status = status_word(column.printed)
    dated = column.field in ("end", "status")
    return replace(column, status=status, label=None) if not column.status and dated and status else column


def _distinct_all(row: Sequence[Place | None]) -> list[Place]:
    """The cells of a row, each once, empty ones too."""
    return list({id(place): place for place in row if place is not None}.values())


def _is_across(place: Place, width: int, leftmost: int, *, numbered: bool) -> bool:
    """Tell whether the only filled cell of a row is a band: wide, a labelled element, or the heading of a section.

    So is a number with its title where they are `numbered`.
    """
    if place.cell.column_span >= max(2, width // 2):
        return True
    if place.cell.column_index > leftmost:
        return False
    text = place.text
    return is_band(text) or is_parent(text) or match_section(text) is not None or (numbered and _has_number(text))


def _is_larger(place: Place, rows: Sequence[Sequence[Place]]) -> bool:
    """Tell whether a cell is a number and its title in larger print than all rows of several cells."""
    if not _has_number(place.text):
        return False
    sizes_pt = [cell.cell.blocks[0].style.size_pt for cells in rows if len(cells) > 1 for cell in cells]
    return place.cell.blocks[0].style.size_pt > HEADING_SIZE_RATIO * max(sizes_pt, default=0.0) > 0


def _are_heads_numbered(rows: Sequence[Sequence[Place]], leftmost: int) -> bool:
    """Tell whether rows of one cell are set apart by numbers («1.1 Isoler»): in fuller rows no title has one there."""
    heads = [places[0] for places in rows if len(places) == 1 and places[0].cell.column_index <= leftmost]
    if sum(_has_number(place.text) for place in heads) < MINIMUM_LABELLED:
        return False
    firsts = [places[0] for places in rows if len(places) > 1]
    if not firsts and not any(map(_is_plain, heads)):
        return False  # a list: below labels, numbers are those of its items
    return not any(place.cell.column_index <= leftmost and _has_number(place.text) for place in firsts)


def _is_plain(place: Place) -> bool:
    """Tell whether a cell has no label, number or bullet in front."""
    bulleted = any(block.marker_kind is Marker.BULLET for block in place.cell.blocks)
    return not (bulleted or is_parent(place.text) or _has_number(place.text))


def _has_number(text: str) -> bool:
    """Tell whether a text is a number and its title («01.02. Isoler»)."""
    number = match_number(text)
    return number is not None and bool(number.rest) and (bool(number.delimiter) or number.code[-1:].isdigit())


def _once(blocks: Sequence[Block]) -> tuple[Block, ...]:
    seen: set[int] = set()
    out = []
    for block in blocks:
        if id(block) not in seen:
            seen.add(id(block))
            out.append(block)
    return tuple(out)


def is_figure(text: str) -> bool:
    """Tell whether a text holds digits and no letters."""
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def is_accounts(grid: Grid) -> bool:
    """Tell whether a grid gives the figures of years, and their total, of what no header says to be elements."""
    first, *others = grid.columns
    unnamed = first.label is None and first.printed != "" and not (first.status or first.year)
    years = [column for column in others if column.year and column.label is None]
    by_year = len(years) >= 2 and all(column in years or is_total(column.printed) for column in others)
    figured = all(is_figure(text) or not fold(text) for row in grid.rows for i, text in row.texts.items() if i)
    return unnamed and by_year and figured and any(is_total(row.text(0)) for row in grid.rows)


def explains_codes(grid: Grid) -> bool:
    """Tell whether a grid says what codes mean that no header calls those of elements («Fonction», «Libellé»)."""
    if len(grid.columns) != 2 or any(row.band for row in grid.rows):
        return False
    code, name = grid.columns
    plain = code.label is None and code.printed != "" and not (code.status or code.year)
    keys = [row.text(code.index) for row in grid.rows]
    are_keys = len(set(keys)) == len(keys) > 1 and all(map(_KEY.fullmatch, keys))
    return plain and name.field == "title" and name.level is None and are_keys


def is_ticked(text: str) -> bool:
    """Tell whether the cell of a board is ticked."""
    return bool(_TICK.match(text))


def in_columns(table: Table) -> bool:
    """Tell whether a table used for layout is read by columns: its first row holds one labelled element a cell."""
    first = [c for c in table.cells if c.row_index == 0 and c.text.strip()]
    return len(first) >= 2 and table.row_count >= 2 and all(is_band(c.text) for c in first)


def reference_columns(grid: Grid) -> frozenset[int]:
    """The columns that name a level and hold nothing but codes of it («OO 1.1»): they refer to elements, beside titles.

    None when no other column holds titles.
    """
    titles = [c.index for c in grid.columns if c.field == "title"]
    if len(titles) < 2:
        return frozenset()
    found = frozenset(index for index in titles if _are_codes([row.text(index) for row in grid.rows]))
    return found if len(found) < len(titles) else frozenset()


def _are_codes(texts: Sequence[str]) -> bool:
    """Tell whether texts, the empty ones and totals left out, are the label and number of an element each."""
    labels = [match_level(text) for text in texts if text and not is_total(text)]
    return bool(labels) and all(label is not None and label.code and not label.rest for label in labels)


def top_level(grid: Grid) -> Level | None:
    """The shallowest level that a column of a grid names, None when no title column names one."""
    levels = [c.level for c in grid.columns if c.field == "title"]
    order = list(Level)
    return min((level for level in levels if level in LEVEL_DEPTH), key=order.index, default=None)


def leaf_level(grid: Grid) -> Level | None:
    """The deepest level that a column of a grid names, None when no title column names one."""
    levels = [c.level for c in grid.columns if c.field == "title" and c.level is not None]
    order = list(Level)
    return max(levels, key=order.index) if levels else None
