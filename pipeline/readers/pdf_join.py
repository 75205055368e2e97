"""What page breaks cut: tables continued with their header repeated, rows and paragraphs cut in two; list levels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline import text, vocabulary
from pipeline.model import Block, Cell, Marker, Table
from pipeline.readers.pdf_paragraphs import Placed
from pipeline.readers.pdf_wide import begins_columns

_EDGE_SHARE = 0.13  # of the page height, at the top and at the bottom: where furniture stands
_FURNITURE_PAGES = 3
_COLUMN_TOLERANCE_PT = 6.0
_UNFINISHED = re.compile(r"[^.!?;:\u2026\u00bb)]$")
_STARTS_LOW = re.compile(r"^[\W_]*[a-z\u00df-\u00f6\u00f8-\u00ff\u0153]")
_OPEN_ENDS = (":", "-", "\u2013", "\u2014", ",", "'", "\u2019")
_OPEN_CELL_ENDS = (",", "'", "\u2019")  # no dash: it stands for no value
_NUMBERED_KEY = re.compile(r"\W*(?:[^\W\d_]{1,12}[\W_]*){0,2}\d")
_DIGITS = re.compile(r"\d+")
_INDENT_STEP_PT = 3.5
_HEADER_ROWS = 4
_FORM_ROWS = 12
_FORM_LABELS = 3  # of fields, that two sheets of one form print at the same rows
_RECENT_CELLS = 200
_FEWEST_ROWS = 4


def join_pages(pages: Sequence[Sequence[Placed]], heights: Sequence[float], known_words: frozenset[str]) -> list[Block]:
    """Put the pages end to end, joining what a break cut; what stands at the edge of many pages does not separate."""
    furniture = _furniture(pages, heights)
    flow: list[Block] = []
    skipped: set[int] = set()  # places of furniture in the flow
    waiting: list[Block] = []  # furniture since the last block of the text
    last: Placed | None = None
    growing: _GrowingTable | None = None

    def flush() -> None:
        nonlocal growing
        if growing is not None:
            flow[-1] = growing.block()
            growing = None
        skipped.update(range(len(flow), len(flow) + len(waiting)))
        flow.extend(waiting)
        waiting.clear()

    for page, height in zip(pages, heights, strict=True):
        is_first = True
        for placed in page:
            if _is_furniture(placed, height, furniture):
                waiting.append(placed.block)
                continue
            if last is not None and last.block.table is not None and placed.block.table is not None and is_first:
                grown = growing or _GrowingTable.of(last)
                if grown.take(placed, known_words):
                    growing, last, is_first = grown, placed, False
                    continue
            elif last is not None:
                joined = _joined_paragraphs(last, placed, known_words, at_page_top=is_first)
                if joined is not None:
                    flow[-1] = joined.block
                    last, is_first = joined, False
                    continue
            flush()
            flow.append(placed.block)
            last, is_first = placed, False
    flush()
    kept = [block for index, block in enumerate(flow) if index not in skipped]
    ranked = iter(with_list_levels(_with_indents_of_boxes(kept)))
    return [block if index in skipped else next(ranked) for index, block in enumerate(flow)]


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


# ---------------------------------------------------------------------------------------------------- paragraphs


def _joined_paragraphs(
    first: Placed, second: Placed, known_words: frozenset[str], *, at_page_top: bool
) -> Placed | None:
    """Join a paragraph cut by the end of a page or of a column; None when they are two."""
    one, two = first.block, second.block
    if not at_page_top:
        next_column = one.position.column_index + 1 == two.position.column_index
        if not next_column or one.position.y0_pt < two.position.y0_pt:
            return None
    if one.table is not None or two.table is not None or two.marker or not _in_one_box(one, two):
        return None
    goes_on = _goes_on(one.text, two.text) or _goes_on_in_capitals(one.text, two.text)
    if not first.is_open or not goes_on or not _same_style(one, two):
        return None
    return replace(first, block=_merged(one, two, known_words), is_open=second.is_open)


def _in_one_box(one: Block, two: Block) -> bool:
    """Tell whether two paragraphs stand in one box, or in none; one that a break cuts is drawn twice."""
    boxes = one.position.box, two.position.box
    return boxes[0] == boxes[1] or (None not in boxes and one.style.fill == two.style.fill)


def _goes_on(upper: str, lower: str) -> bool:
    return bool(_UNFINISHED.search(upper) and _STARTS_LOW.match(lower))


def _goes_on_in_capitals(upper: str, lower: str) -> bool:
    """Tell whether a text in capitals goes on the labelled title in capitals above it («OS 2 : RENDRE», «LES RUES»)."""
    if not lower.isupper() or not upper[-1:].isupper():
        return False
    label = vocabulary.match_level(upper)
    titled = label is not None and bool(label.code) and label.rest.isupper()
    return titled and not vocabulary.starts_item(lower) and vocabulary.match_section(lower) is None


def _same_style(one: Block, two: Block) -> bool:
    a, b = one.style, two.style
    return abs(a.size_pt - b.size_pt) <= 0.6 and a.color == b.color and a.bold == b.bold


def _merged(one: Block, two: Block, known_words: frozenset[str]) -> Block:
    return replace(one, text=text.clean(text.join_lines([one.text, two.text], known_words)))


# -------------------------------------------------------------------------------------------------------- tables


@dataclass(slots=True)
class _GrowingTable:
    """A table while its parts are put under each other; grows in time proportional to what it takes in."""

    first: Placed
    xs: tuple[float, ...]
    cells: list[Cell]
    row_count: int
    header_row_count: int
    last: dict[int, int]  # column -> place in `cells` of the cell that ends the last row
    opening: list[list[str]]  # folded texts of the first rows
    labels: list[str]  # folded texts of the first column of the first part
    spanning: dict[int, int]  # column -> row of its last cell over several rows
    first_rows: tuple[tuple[str, ...], ...]  # folded first paragraphs of the cells of the first two rows

    @classmethod
    def of(cls, placed: Placed) -> _GrowingTable:
        table = placed.block.table
        assert table is not None
        growing = cls(
            placed, placed.xs, [], 0, table.header_row_count, {}, _opening(table), _labels(table), {}, _heads(table, 2)
        )
        growing._append(table.cells, table.row_count)
        return growing

    def block(self) -> Block:
        table = Table(self.row_count, len(self.xs) - 1, tuple(_in_row_order(self.cells)), self.header_row_count)
        return replace(self.first.block, table=table)

    def take(self, placed: Placed, known_words: frozenset[str]) -> bool:
        """Take in the part on the next page; False when it is another table."""
        table = placed.block.table
        assert table is not None
        if self.first.block.position.box != placed.block.position.box:
            return False
        lines = _shared_columns(self.xs, placed.xs)
        if lines is None:
            return False
        header = _repeated_rows(self.opening, _opening(table), table.row_count)
        if _is_same_form(self.labels, _labels(table), header) or _is_next_card(self.first_rows, table):
            return False
        first = self.first.block.table
        if first is not None and not header and begins_columns(first, table):
            return False
        if not header and not self.first.ruled:
            return False
        if len(lines) > len(self.xs):
            self.cells = _regridded(self.cells, self.xs, lines)
            self._find_last()
        cells = _moved([c for c in table.cells if c.row_index >= header], -header)
        if len(lines) > len(placed.xs):
            cells = _regridded(cells, placed.xs, lines)
        self.xs = lines
        self.header_row_count = max(self.header_row_count, header)
        row_count = table.row_count - header
        self._take_rows(cells, row_count, known_words)
        return True

    def _take_rows(self, cells: list[Cell], row_count: int, known_words: frozenset[str]) -> None:
        """Put the rows of the next page under the last one, or, when the break cut that row, its first one into it."""
        keys = self._key_columns(cells)
        first_row = {c.column_index: c for c in cells if c.row_index == 0}
        rest = {column: cell for column, cell in first_row.items() if column >= keys}
        carried = self._carried_keys(first_row, keys)
        is_cut = len(carried) == len(first_row) - len(rest) and self._is_cut(rest)
        for column in carried:
            self._complete(column, first_row[column], known_words, carried=True, shift=1 if is_cut else 0)
        if is_cut:
            for column, cell in rest.items():
                self._complete(column, cell, known_words, carried=False, shift=1)
            following = _moved([c for c in cells if c.row_index > 0], -1)
            self._append(following, row_count - 1)
        else:
            self._append([c for c in cells if c.row_index > 0 or c.column_index not in carried], row_count)

    def _append(self, cells: Sequence[Cell], row_count: int) -> None:
        if row_count <= 0:
            return
        shift = self.row_count
        start = len(self.cells)
        self.cells += _moved(cells, shift)
        self.row_count += row_count
        self.spanning.update({column: row + shift for column, row in _spanning(cells).items()})
        self.last = {
            c.column_index: place
            for place, c in enumerate(self.cells[start:], start)
            if c.row_index + c.row_span == self.row_count
        }

    def _find_last(self) -> None:
        self.spanning = _spanning(self.cells)
        self.last = {
            c.column_index: place for place, c in enumerate(self.cells) if c.row_index + c.row_span == self.row_count
        }

    def _key_columns(self, cells: Sequence[Cell]) -> int:
        """How many columns at the left hold cells over several rows; two columns at least are none."""
        spanning = {column for column, row in self.spanning.items() if row >= self.header_row_count}
        spanning.update(_spanning(cells))
        keys = next(column for column in range(len(self.xs)) if column not in spanning)
        return max(min(keys, len(self.xs) - 3), 0)

    def _carried_keys(self, first_row: dict[int, Cell], keys: int) -> tuple[int, ...]:
        """The key columns, from the left, whose last cell goes on over the break: drawn again empty, or cut in two."""
        carried: list[int] = []
        for column in range(keys):
            cell, place = first_row.get(column), self.last.get(column)
            if cell is None or place is None:
                break
            old = self.cells[place]
            upper, lower = old.text.strip(), cell.text.strip()
            if lower and not (upper and self._key_goes_on(column, upper, lower)):
                break
            carried.append(column)
        return tuple(carried)

    def _key_goes_on(self, column: int, upper: str, lower: str) -> bool:
        if vocabulary.starts_item(lower):
            return False
        if _goes_on(upper, lower) or upper.rstrip().endswith(_OPEN_ENDS):
            return True
        recent = self.cells[-_RECENT_CELLS:]
        keys = [c.text for c in recent if c.column_index == column and c.row_index >= self.header_row_count]
        numbered = [bool(_NUMBERED_KEY.match(key)) for key in keys if key.strip()]
        return len(numbered) >= 2 and all(numbered) and not _NUMBERED_KEY.match(lower)

    def _is_cut(self, first_row: dict[int, Cell]) -> bool:
        """Tell whether the first row of a part goes on the last row so far; key columns are left out."""
        upper = {
            column: self.cells[place] for column, place in self.last.items() if column >= min(first_row, default=0)
        }
        if set(upper) != set(first_row) or len(first_row) < 2:
            return False
        if any(upper[i].column_span != first_row[i].column_span for i in first_row):
            return False
        filled = [i for i in sorted(first_row) if first_row[i].text.strip()]
        main = min(first_row)
        both = [i for i in filled if upper[i].text.strip()]
        needed = _FEWEST_ROWS if both else 1
        if filled and bool(upper[main].text.strip()) != (main in filled) and self._is_always_filled(main, needed):
            # A row without its main entry is a part of one: of the last row, or of the one that it starts.
            return main not in filled or all(_goes_on(upper[i].text, first_row[i].text) for i in both)
        lacking = any(i not in filled and self._is_always_filled(i, _FEWEST_ROWS) for i in first_row)
        begun = any(not upper[i].text.strip() and self._is_always_filled(i, _FEWEST_ROWS) for i in filled)
        if (begun or (lacking and both)) and all(_goes_on(upper[i].text, first_row[i].text) for i in both):
            return True  # without its title, say, it is a part of a row, whatever the break has moved
        if not filled or not all(upper[i].text.strip() for i in filled):
            return False
        going_on = [
            i for i in filled if _goes_on(upper[i].text, first_row[i].text) or upper[i].text.endswith(_OPEN_CELL_ENDS)
        ]
        if first_row[min(first_row)].text.strip():
            return len(going_on) == len(filled)
        # a state in small letters under another one goes on nothing: the first entry does, or as many as do not
        goes_on = bool(going_on) and (filled[0] in going_on or 2 * len(going_on) >= len(filled))
        if goes_on:
            return True
        begins = any(vocabulary.starts_item(first_row[i].text) for i in filled)
        return len(filled) <= len(first_row) / 3 and not begins and not self._holds_rows_of(filled)

    def _holds_rows_of(self, columns: Sequence[int]) -> bool:
        """Tell whether rows below the header have entries in these columns alone: sub-actions under their action."""
        filled: dict[int, list[int]] = {}
        for cell in self.cells[-_RECENT_CELLS:]:
            if cell.row_index >= self.header_row_count and cell.text.strip():
                filled.setdefault(cell.row_index, []).append(cell.column_index)
        return any(sorted(found) == list(columns) for found in filled.values())

    def _is_always_filled(self, column: int, fewest_rows: int) -> bool:
        """Tell whether a column has an entry in each row below the header but the last, of which there are enough."""
        recent = self.cells[-_RECENT_CELLS:]
        rows = range(self.header_row_count, self.row_count - 1)
        cells = [c for c in recent if c.column_index == column and c.row_index in rows]
        return len(cells) >= fewest_rows and all(c.text.strip() for c in cells)

    def _complete(self, column: int, cell: Cell, known_words: frozenset[str], *, carried: bool, shift: int) -> None:
        """Let the cell that ends a column go on in one of the next part; `shift` rows of it are the last row itself."""
        place = self.last[column]
        old = self.cells[place]
        right = self.xs[min(column + old.column_span, len(self.xs) - 1)]
        blocks = _joined_blocks(old.blocks, cell.blocks, right, known_words, is_one=carried)
        self.cells[place] = replace(old, blocks=blocks, row_span=old.row_span + cell.row_span - shift)


def _moved(cells: Sequence[Cell], rows: int) -> list[Cell]:
    """The cells of a part of a table, so many rows further down."""
    return [replace(cell, row_index=cell.row_index + rows) for cell in cells] if rows else list(cells)


def _spanning(cells: Sequence[Cell]) -> dict[int, int]:
    """Columns with cells over more rows than one at their right, each with the last such row; cells in row order."""
    shortest: dict[int, int] = {}
    spanning: dict[int, int] = {}
    for cell in reversed(cells):
        at_right = shortest.get(cell.row_index, cell.row_span)
        if cell.row_span > at_right:
            spanning.setdefault(cell.column_index, cell.row_index)
        shortest[cell.row_index] = min(at_right, cell.row_span)
    return spanning


def _in_row_order(cells: Sequence[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda c: (c.row_index, c.column_index))


def _opening(table: Table) -> list[list[str]]:
    """The folded texts of the first rows, where a header stands."""
    rows: list[list[str]] = [[] for _ in range(min(table.row_count, _HEADER_ROWS))]
    for cell in table.cells:
        if cell.row_index >= len(rows):
            break
        rows[cell.row_index].append(text.fold(cell.text))
    return rows


def _labels(table: Table) -> list[str]:
    """The folded first paragraphs of the first column: its labels, also where a label stands over its value."""
    first = [cell for cell in table.cells[: _FORM_ROWS * table.column_count] if cell.column_index == 0]
    return [text.fold(cell.blocks[0].text) if cell.blocks else "" for cell in first[:_FORM_ROWS]]


def _repeated_rows(one: list[list[str]], two: list[list[str]], row_count: int) -> int:
    """How many rows at the top of the second part repeat the top of the first; one row at least is left."""
    count = 0
    for upper, lower in zip(one, two, strict=False):
        if upper != lower or not any(upper) or count + 1 >= row_count:
            break
        count += 1
    return count


def _is_same_form(one: list[str], two: list[str], header: int) -> bool:
    """Tell whether two tables are two sheets of one form: the same labels at the same rows below the header.

    What comes again in a column («OO», «Action», «Action») is no label. Values that stand under their labels differ.
    """
    first, second = one[header:], two[header:]
    if header == 0 and first and second and first[0] and first[0] == second[0]:
        return True
    pairs = [(a, b) for a, b in zip(first, second, strict=False) if a and b]
    same = {a for a, b in pairs if a == b}
    if len(same) >= 2 and len(same) >= 0.6 * len(pairs):
        return True
    return sum(map(vocabulary.is_exact_label, same)) >= _FORM_LABELS


def _is_next_card(first_rows: tuple[tuple[str, ...], ...], table: Table) -> bool:
    """Tell whether two tables are two cards: each a title over all columns, cells with the same labels below."""
    rows = _heads(table, 2)
    if len(rows) < 2 or len(first_rows) < 2:
        return False
    one, other = first_rows[0], rows[0]
    same_labels = len(rows[1]) >= 2 and all(rows[1]) and first_rows[1] == rows[1]
    return same_labels and len(one) == len(other) == 1 and one != other


def _heads(table: Table, row_count: int) -> tuple[tuple[str, ...], ...]:
    """The folded first paragraphs of the cells of the first rows."""
    rows: list[list[str]] = [[] for _ in range(min(row_count, table.row_count))]
    for cell in table.cells:
        if cell.row_index >= len(rows):
            break
        rows[cell.row_index].append(text.fold(cell.blocks[0].text) if cell.blocks else "")
    return tuple(tuple(row) for row in rows)


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


def _regridded(cells: Sequence[Cell], xs: tuple[float, ...], lines: tuple[float, ...]) -> list[Cell]:
    """Express cells on a finer set of column lines."""
    place = [min(range(len(lines)), key=lambda i: abs(lines[i] - x)) for x in xs]
    return [
        replace(
            c,
            column_index=place[c.column_index],
            column_span=place[c.column_index + c.column_span] - place[c.column_index],
        )
        for c in cells
    ]


def _joined_blocks(
    upper: tuple[Block, ...], lower: tuple[Block, ...], right_pt: float, known_words: frozenset[str], *, is_one: bool
) -> tuple[Block, ...]:
    """The blocks of a cell that the break cut; its paragraph goes on unless it was finished, or had room left.

    `is_one` tells that the cell is known to be cut: then only another style makes another paragraph.
    """
    if not upper or not lower:
        return upper + lower
    one, two = upper[-1], lower[0]
    if one.table is not None or two.table is not None or two.marker or not _same_style(one, two):
        return upper + lower
    if is_one:
        return (*upper[:-1], _merged(one, two, known_words), *lower[1:])
    if not _UNFINISHED.search(one.text) or not (_STARTS_LOW.match(two.text) or not _had_room(one, two, right_pt)):
        return upper + lower
    return (*upper[:-1], _merged(one, two, known_words), *lower[1:])


def _had_room(one: Block, two: Block, right_pt: float) -> bool:
    """Tell whether the first word of a block would have fitted after another one, in a cell that ends at `right_pt`."""
    word = two.text.split(" ", 1)[0]
    padding_pt = 5.0
    return one.position.x1_pt + (len(word) + 1) * 0.5 * two.style.size_pt < right_pt - padding_pt


# --------------------------------------------------------------------------------------------------------- list levels


def _with_indents_of_boxes(blocks: Sequence[Block]) -> list[Block]:
    """Give the bullets of drawn boxes that stand one under the other one indent: some hold nothing further left."""
    widest: dict[tuple[int, int], float] = {}
    for block in blocks:
        if _is_boxed_item(block):
            key = _place_in_box(block)
            widest[key] = max(widest.get(key, 0.0), block.indent_pt)
    return [replace(b, indent_pt=widest[_place_in_box(b)]) if _is_boxed_item(b) else b for b in blocks]


def _is_boxed_item(block: Block) -> bool:
    return block.marker_kind is Marker.BULLET and block.position.box is not None


def _place_in_box(block: Block) -> tuple[int, int]:
    return block.position.column_index, round(block.position.x0_pt)


def with_list_levels(blocks: Sequence[Block]) -> list[Block]:
    """Rank the indents of the bullets of each list; a paragraph that is no item and not indented ends the list."""
    levels: list[float] = []
    ranked = []
    for block in blocks:
        if block.table is not None:
            ranked.append(_with_list_levels_in_cells(block))
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


def _with_list_levels_in_cells(block: Block) -> Block:
    assert block.table is not None
    cells = [
        replace(cell, blocks=tuple(with_list_levels(cell.blocks)))
        if any(b.marker_kind is Marker.BULLET or b.table is not None for b in cell.blocks)
        else cell
        for cell in block.table.cells
    ]
    return replace(block, table=replace(block.table, cells=tuple(cells)))
