"""Services' indicator spreadsheets to statements: wide or long, with what people put around and inside their tables.

The words of headers are in data/vocabulary/measures.toml. Statements come out canonical: typed cells never go through
the text parser, and a cell that is no number keeps its text and an empty value.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache

from pipeline.match import split_code
from pipeline.model import (
    Became,
    Block,
    BlockFate,
    Cell,
    Document,
    Extraction,
    Layout,
    Remark,
    Role,
    Severity,
    Statement,
    Table,
    leaf_blocks,
)
from pipeline.text import clean, fold
from pipeline.values import (
    field_name,
    parse_period,
    parse_scale,
    parse_unit,
    plain_decimal,
    read_cell_date,
    read_cell_number,
)
from pipeline.vocabulary import load

VALUE_CONCEPTS = ("baseline", "target", "actual")
KEY_CONCEPTS = ("code", "title", "indicator")
#: Longest run of words in a header that may be a date ("1er semestre 2021", "au 31 decembre 2021").
PERIOD_WORDS = 4
#: A label of more words than this is a sentence, not a header.
LABEL_WORDS = 9
NUMERIC_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class _Column:
    """What one column holds. `label` is the header without dates; `period` the date in the header."""

    concept: str
    label: str = ""
    period: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Header:
    first_row: int
    last_row: int
    columns: Mapping[int, _Column]


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table by places: a merged cell stands at each place that it covers."""

    cells: Mapping[tuple[int, int], Cell]
    row_count: int
    column_count: int

    def text(self, row: int, column: int) -> str:
        cell = self.cells.get((row, column))
        return "" if cell is None else clean(cell.text)


@dataclass(slots=True)
class _Group:
    """What blank cells below repeat: the last reference and indicator that were typed."""

    code: str = ""
    title: str = ""
    indicator: str = ""
    unit: str = ""


@dataclass(slots=True)
class _Reading:
    """What has been read of one document so far."""

    source: str
    statements: list[Statement] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    fates: dict[int, tuple[Became, str]] = field(default_factory=dict)


# ------------------------------------------------------------------------------------------------------------ labels


@cache
def _concepts() -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
    columns = load("measures")["columns"]
    return tuple(
        (name, frozenset(fold(w) for w in entry["labels"]), tuple(fold(w) for w in entry["words"]))
        for name, entry in columns.items()
    )


@cache
def _row_words(name: str) -> frozenset[str]:
    return frozenset(fold(w) for w in load("measures")["rows"][name])


def _concept(folded: str) -> str:
    """Give the concept of a folded label, "" when it is none: the whole label first, then a word inside it."""
    for name, labels, _ in _concepts():
        if folded in labels or folded.removesuffix("s") in labels:
            return name
    padded = f" {folded} "
    for name, _, words in _concepts():
        if any(f" {word} " in padded for word in words):
            return name
    return ""


def _split_period(label: str) -> tuple[str, str]:
    """Take the date out of a header: "Valeur au 31/12/2021" gives ("Valeur au", "2021-12-31")."""
    words = label.split()
    runs = [
        (start, start + size)
        for size in range(1, min(PERIOD_WORDS, len(words)) + 1)
        for start in range(len(words) - size + 1)
    ]
    best, place = "", (0, 0)
    for start, stop in runs:  # the shortest run of words that gives the most precise date
        run = [w.strip("()[],;:") for w in words[start:stop]]
        if not any(re.search(r"\d{4}|\d[/.-]\d", w) for w in run):
            continue
        period = parse_period(" ".join(run)) or parse_period(" ".join(reversed(run)))
        if len(period) > len(best):
            best, place = period, (start, stop)
    return (" ".join(words[: place[0]] + words[place[1] :]), best) if best else (label, "")


def _read_label(text: str, value: object, years: Sequence[str]) -> _Column:
    """Read one header; `years` are those of the sheet's title, for columns that name a month or a half without year."""
    if isinstance(value, date):
        return _Column("actual", "", value.isoformat())
    if isinstance(value, Decimal):
        period = _year(value)
        return _Column("actual", "", period) if period else _Column("")
    label, unit = _split_unit(clean(text))
    label, period = _split_period(label)
    words = [w for w in fold(label).split() if w not in _row_words("filler")]
    if not period and len(years) == 1 and words:
        period = parse_period(f"{label} {years[0]}") if re.fullmatch(r"[\w.\u00e9\u00fb ]+", label) else ""
        if period and period != years[0] and not _concept(fold(label)):
            return _Column("actual", "", period, unit)
        period = ""
    if len(words) > LABEL_WORDS:
        return _Column("")
    concept = _concept(fold(label)) or _concept(" ".join(words))
    if period and concept in ("", "period") and (not words or concept == "period"):
        concept = "actual"
    return _Column(concept, label.strip(" -\u2013:()"), period, unit)


def _split_unit(label: str) -> tuple[str, str]:
    """Take a unit in brackets out of a label: "Valeur (kg)" gives ("Valeur", "kg")."""
    unit = parse_unit(label)
    return (re.sub(rf"\s*[(\[][^()\[\]]*{re.escape(unit)}\s*[)\]]", "", label), unit) if unit else (label, "")


# ----------------------------------------------------------------------------------------------------------- headers


def _build_grid(table: Table) -> _Grid:
    cells: dict[tuple[int, int], Cell] = {}
    for cell in table.cells:
        for row in range(cell.row_index, cell.row_index + cell.row_span):
            for column in range(cell.column_index, cell.column_index + cell.column_span):
                cells[row, column] = cell
    return _Grid(cells, table.row_count, table.column_count)


def _read_header(grid: _Grid, first: int, last: int, years: Sequence[str]) -> dict[int, _Column]:
    """Read the rows `first` to `last` as one header; upper labels stand above the lower ones that they span."""
    columns = {}
    for column in range(grid.column_count):
        seen: list[Cell] = []
        for row in range(first, last + 1):
            cell = grid.cells.get((row, column))
            if cell is not None and cell not in seen:
                seen.append(cell)
        texts = [t for c in seen if (t := clean(c.text))]
        if not texts:
            continue
        value = seen[-1].value if len(texts) == 1 else None
        columns[column] = _read_label(" ".join(texts), value, years)
    return columns


def _fits(columns: Mapping[int, _Column]) -> int:
    """Score a header: 0 unless it has something to name and something to measure."""
    concepts = Counter(c.concept for c in columns.values())
    values = sum(concepts[c] for c in VALUE_CONCEPTS)
    keys = sum(concepts[c] > 0 for c in KEY_CONCEPTS)
    counted = sum(_counts_something(c) for c in columns.values())
    if (keys and values) or (counted and (keys or concepts["period"])):
        return values + sum(1 for c, n in concepts.items() if c and n) + counted
    return 0


def _counts_something(column: _Column) -> bool:
    """Tell whether a header that names no concept is itself an indicator ("Nombre de visiteurs")."""
    padded = f" {fold(column.label)} "
    starts = load("measures")["kind"]["numeric_starts"]
    return not column.concept and any(padded.startswith(f" {fold(w)} ") for w in starts)


def _is_label_row(grid: _Grid, row: int) -> bool:
    """Tell whether no cell of a row is a measured number: words, years and dates only."""
    cells = [c for column in range(grid.column_count) if (c := grid.cells.get((row, column))) is not None]
    return bool(cells) and all(
        not isinstance(c.value, bool) and (not isinstance(c.value, Decimal) or (_year(c.value) != "" and not c.percent))
        for c in cells
        if clean(c.text)
    )


def _find_header(grid: _Grid, start: int, titles: Sequence[str]) -> _Header | None:
    """Find the next header from a row on: one row, or two when the second tells columns apart.

    `titles` stand above the table; lines of one cell above the header count as titles too.
    """
    above = list(titles)
    for row in range(start, grid.row_count):
        cells = _row_cells(grid, row)
        if len(cells) < 2:
            above += [clean(c.text) for c in cells]
            continue
        if not _is_label_row(grid, row):
            continue
        years = _years_of(above)
        last, columns = row, _read_header(grid, row, row, years)
        if row + 1 < grid.row_count and _is_label_row(grid, row + 1) and _goes_on(grid, row):
            two = _read_header(grid, row, row + 1, years)
            if (_fits(two), _distinct(two)) > (_fits(columns), _distinct(columns)):
                last, columns = row + 1, two
        if _fits(columns) >= 2:
            return _Header(row, last, _settle(grid, columns, last + 1))
    return None


def _distinct(columns: Mapping[int, _Column]) -> int:
    return len({(c.concept, c.period) for c in columns.values() if c.concept})


def _goes_on(grid: _Grid, row: int) -> bool:
    """Tell whether the row below continues a header: it stands under a spanning cell or fills blanks."""
    for column in range(grid.column_count):
        above, below = grid.cells.get((row, column)), grid.cells.get((row + 1, column))
        if above is not None and below is not None and above is not below and above.column_span > 1:
            return True
        if below is not None and not grid.text(row, column) and clean(below.text):
            return True
    return False


def _settle(grid: _Grid, columns: Mapping[int, _Column], first_row: int) -> dict[int, _Column]:
    """Decide what words alone do not: a title or a target, one title among several, a column that counts something."""
    numeric = load("measures")["numeric"]
    settled = dict(columns)
    for index, column in columns.items():
        share = _numeric_share(grid, index, first_row)
        folded = fold(column.label)
        if folded in numeric and share is not None and share >= NUMERIC_SHARE:
            settled[index] = replace(column, concept=numeric[folded])
        elif (
            column.concept in ("title", "indicator") and column.period and share is not None and share >= NUMERIC_SHARE
        ):
            settled[index] = replace(column, concept="target" if folded in numeric else "actual")
        elif not column.concept and column.period and share is not None and share >= NUMERIC_SHARE:
            settled[index] = replace(column, concept="actual")
    for concept in KEY_CONCEPTS:
        several = [i for i, c in settled.items() if c.concept == concept]
        exact = {i: _rank_label(settled[i].label, concept) for i in several}
        for index in sorted(several, key=lambda i: (exact[i], i))[1:]:
            settled[index] = replace(settled[index], concept="other")
    if not any(c.concept in VALUE_CONCEPTS for c in settled.values()):
        for index, column in settled.items():
            if _counts_something(column):
                settled[index] = replace(column, concept="counted")
    return settled


def _rank_label(label: str, concept: str) -> int:
    """Order labels of one concept, the surest first: "Action" before "Objectif" for the title."""
    order = [fold(w) for w in load("measures")["columns"][concept]["labels"]]
    folded = fold(label)
    if concept == "title" and "action" in folded:
        return -1
    return order.index(folded) if folded in order else len(order)


def _numeric_share(grid: _Grid, column: int, first_row: int) -> float | None:
    texts = 0
    numbers = 0
    for row in range(first_row, grid.row_count):
        cell = grid.cells.get((row, column))
        if cell is None or cell.row_index != row or not clean(cell.text):
            continue
        texts += 1
        numbers += read_cell_number(_cell_value(cell), percent=cell.percent).value is not None
    return numbers / texts if texts else None


# -------------------------------------------------------------------------------------------------------------- cells


def _cell_value(cell: Cell) -> str | Decimal | bool | date:
    return clean(cell.text) if cell.value is None or isinstance(cell.value, str) else cell.value


def _year(value: Decimal) -> str:
    return str(int(value)) if value == value.to_integral_value() and 1980 <= value <= 2100 else ""


def _is_role(folded: str) -> str:
    roles: dict[str, list[str]] = load("measures")["roles"]
    return next((role for role, words in roles.items() if folded in {fold(w) for w in words}), "")


# --------------------------------------------------------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a table stands: what names its rows, and what the sheet says above it."""

    name: str  # "Feuil1", "t2"
    code: str = ""
    title: str = ""


def _row_cells(grid: _Grid, row: int) -> list[Cell]:
    """Cells that begin in a row and are not empty."""
    found = [c for (r, column), c in grid.cells.items() if r == row and c.row_index == row and c.column_index == column]
    return [c for c in sorted(found, key=lambda c: c.column_index) if clean(c.text)]


def _mark(reading: _Reading, cells: Iterable[Cell], became: Became, mention_id: str = "") -> None:
    for cell in cells:
        for block in leaf_blocks(cell.blocks):
            reading.fates[block.index] = (became, mention_id)


def _say(reading: _Reading, severity: Severity, code: str, locator: str, **facts: str) -> None:
    reading.remarks.append(Remark(severity, code, tuple(sorted(facts.items())), "", reading.source, locator))


def _starts_with(text: str, words: frozenset[str]) -> bool:
    padded = f"{fold(text)} "
    return any(padded.startswith(f"{word} ") for word in words)


def _read_rows(reading: _Reading, grid: _Grid, header: _Header, end: int, place: _Place) -> None:
    """Read the rows under a header, up to `end`, filling down what a group of rows types once."""
    group = _Group()
    by_concept: dict[str, list[int]] = defaultdict(list)
    for index, column in sorted(header.columns.items()):
        by_concept[column.concept].append(index)
    for row in range(header.last_row + 1, end):
        cells = _row_cells(grid, row)
        if not cells:
            continue
        locator = cells[0].locator or f"{place.name}!{row + 1}"
        texts = {c: _first_text(grid, row, by_concept[c]) for c in ("code", "title", "indicator", "unit")}
        values = [i for c in (*VALUE_CONCEPTS, "counted") for i in by_concept[c] if grid.text(row, i)]
        if not by_concept["code"] and not by_concept["title"]:
            texts |= {"code": place.code, "title": place.title}
        first = clean(cells[0].text)
        if _starts_with(first, _row_words("totals")) or _starts_with(texts["indicator"], _row_words("totals")):
            _mark(reading, cells, Became.UNCLASSIFIED)
            _say(reading, Severity.INFO, "measure_total_row", locator, text=first)
            continue
        if not values and (len(cells) == 1 and _is_note(first, header, cells[0])):
            _mark(reading, cells, Became.UNCLASSIFIED)
            _say(reading, Severity.INFO, "measure_note_row", locator, text=first)
            continue
        _fill_down(group, texts)
        if not values:
            became = Became.FIELD if texts["code"] or texts["title"] or texts["indicator"] else Became.UNCLASSIFIED
            _mark(reading, cells, became)
            code = "measure_row_without_value" if became is Became.FIELD else "measure_note_row"
            _say(reading, Severity.INFO, code, locator, text=first)
            continue
        mention_id = f"{place.name}!{row + 1}"
        _mark(reading, cells, Became.FIELD, mention_id)
        _read_row(reading, grid, header, row, group, mention_id, by_concept, place)


def _first_text(grid: _Grid, row: int, columns: Sequence[int]) -> str:
    return next((t for i in columns if (t := grid.text(row, i))), "")


def _is_note(text: str, header: _Header, cell: Cell) -> bool:
    """Tell a note from a row that opens a group: a note begins as one, is a sentence, or stands in no key column."""
    column = header.columns.get(cell.column_index)
    if _starts_with(text, _row_words("notes")) or text[:1] in "*(\u00b9\u00b2":
        return True
    return column is None or column.concept not in KEY_CONCEPTS or text.endswith(".")


def _fill_down(group: _Group, texts: dict[str, str]) -> None:
    """Renew what the row types, keep what it leaves blank; a new action never inherits the indicator of the last."""
    code, title, indicator, unit = (texts[c] for c in ("code", "title", "indicator", "unit"))
    if (code and code != group.code) or (title and title != group.title):
        group.code, group.title, group.indicator, group.unit = code, title, indicator, unit
    elif indicator and indicator != group.indicator:
        group.indicator, group.unit = indicator, unit
    elif unit:
        group.unit = unit


def _read_row(
    reading: _Reading,
    grid: _Grid,
    header: _Header,
    row: int,
    group: _Group,
    mention_id: str,
    by_concept: Mapping[str, Sequence[int]],
    place: _Place,
) -> None:
    """Write the statements of one row: its reference, its indicators, and a measure for each value."""
    row_locator = _locator(grid, row, min(header.columns), place)

    def state(
        name: str, value: str, original: str, locator: str, group_name: str = "", confidence: float = 1.0
    ) -> None:
        reading.statements.append(
            Statement(mention_id, name, value, original, reading.source, locator, confidence, group_name)
        )

    code, title = group.code, group.title
    if title and not code:
        code, title = split_code(title)
    if code:
        state("ref_code", code, group.code or group.title, row_locator)
    if title:
        state("ref_title", title, group.title, row_locator)
    indicators: dict[str, str] = {}
    period = ""
    for index in by_concept["period"]:
        cell = grid.cells.get((row, index))
        if cell is not None and clean(cell.text) and not period:
            parsed = read_cell_date(_cell_value(cell))
            period = parsed.period
            if not period:
                _say(reading, Severity.WARNING, "measure_period_unreadable", cell.locator, text=clean(cell.text))
            elif parsed.remark:
                _say(
                    reading,
                    Severity.INFO,
                    parsed.remark,
                    cell.locator,
                    text=clean(cell.text),
                    field=field_name("measure_period"),
                )
    typed_role = _is_role(fold(_first_text(grid, row, by_concept["role"])))
    number = 0
    for index in sorted(i for c in (*VALUE_CONCEPTS, "counted") for i in by_concept[c]):
        cell = grid.cells.get((row, index))
        if cell is None or not clean(cell.text) or cell.row_index != row:
            continue
        column = header.columns[index]
        label, unit = group.indicator, parse_unit(group.indicator)
        if column.concept == "counted":
            label, unit = column.label, column.unit
        elif not label:
            label = group.title or group.code
        if label not in indicators:
            indicators[label] = f"i{len(indicators) + 1}"
            state("indicator_label", label, label, row_locator, indicators[label])
            if group.unit or unit:
                state("indicator_unit", group.unit or unit, group.unit or unit, row_locator, indicators[label])
        number += 1
        name = f"{indicators[label]}.m{number}"
        role = "actual" if column.concept == "counted" else column.concept
        if role == "actual" and typed_role:
            role = typed_role
        own_period = column.period or (period if role == "actual" else "")
        locator = _locator(grid, row, index, place)
        original = clean(cell.text)
        parsed_number = read_cell_number(_cell_value(cell), percent=cell.percent)
        own_unit = parsed_number.unit or group.unit or column.unit or unit
        value = "" if parsed_number.value is None else plain_decimal(parsed_number.value)
        scale = parse_scale(own_unit) if parsed_number.value is not None and not parsed_number.unit else None
        if parsed_number.value is not None and scale is not None and scale != 1:
            value, own_unit = plain_decimal(parsed_number.value * scale), "\u20ac"
        confidence = 0.9 if parsed_number.approximate else 1.0
        state("measure_period", own_period, column.period or period, locator, name)
        state("measure_role", role, column.label or role, locator, name)
        state("measure_value", value, original, locator, name, confidence)
        if own_unit:
            state("measure_unit", own_unit, parsed_number.unit or group.unit or column.unit or unit, locator, name)
        if parsed_number.value is None:
            _say(reading, Severity.INFO, "measure_no_number", locator, text=original, indicator=label)
        elif parsed_number.remark:
            _say(
                reading,
                Severity.WARNING,
                parsed_number.remark,
                locator,
                text=original,
                field=field_name("measure_value"),
            )


def _locator(grid: _Grid, row: int, column: int, place: _Place) -> str:
    cell = grid.cells.get((row, column))
    return cell.locator if cell is not None and cell.locator else f"{place.name}!{row + 1}"


# ------------------------------------------------------------------------------------------------------------- tables


def _years_of(texts: Iterable[str]) -> list[str]:
    return sorted({y for t in texts for y in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", t)})


def _context(texts: Sequence[str]) -> tuple[str, str]:
    """Find the action that a sheet names above its table ("Action A1.2.3 - Titre"): (code, title), empty when none."""
    for text in reversed(texts):
        lead, _, rest = text.partition(":")
        if rest and fold(lead) in _row_words("context"):
            return split_code(rest)
        words = fold(text).split()
        if words and words[0] in _row_words("context"):
            code, title = split_code(text.split(None, 1)[1] if " " in text else "")
            if code:
                return code, title
        code, title = split_code(text)
        if code and "." in code:
            return code, title
    return "", ""


def _read_table(reading: _Reading, table: Table, name: str, above: Sequence[str]) -> None:
    grid = _build_grid(table)
    titles: list[str] = [*above, *([table.name] if table.name else [])]
    header = _find_header(grid, 0, titles)
    if header is None:
        _say(reading, Severity.WARNING, "measure_no_header", table.name or name, sheet=table.name or name)
        for row in range(grid.row_count):
            _mark(reading, _row_cells(grid, row), Became.UNCLASSIFIED)
        return
    first = 0
    while header is not None:
        captions = []
        for row in range(first, header.first_row):
            cells = _row_cells(grid, row)
            _mark(reading, cells, Became.FURNITURE)
            captions += [clean(c.text) for c in cells]
        for row in range(header.first_row, header.last_row + 1):
            _mark(reading, _row_cells(grid, row), Became.FURNITURE)
        code, title = _context([*titles, *captions])
        following = _find_header(grid, header.last_row + 1, titles)
        while following is not None and not _is_new_header(header, following):
            following = _find_header(grid, following.first_row + 1, titles)
        end = grid.row_count if following is None else _first_caption(grid, header, following)
        _read_rows(reading, grid, header, end, _Place(name, code, title))
        first, header = end, following


def _first_caption(grid: _Grid, header: _Header, following: _Header) -> int:
    """Find where the lines above a second header begin: blank rows, and lines of one cell that are no notes."""
    row = following.first_row
    while row - 1 > header.last_row:
        cells = _row_cells(grid, row - 1)
        if len(cells) > 1 or (cells and _starts_with(clean(cells[0].text), _row_words("notes"))):
            break
        row -= 1
    return row


def _is_new_header(header: _Header, following: _Header) -> bool:
    """Tell a header repeated or changed further down from a row of data that happens to hold such words."""
    shared = sum(
        header.columns[i].concept == c.concept
        for i, c in following.columns.items()
        if c.concept and i in header.columns
    )
    return shared >= 2 or sum(c.concept != "" for c in following.columns.values()) >= 3


def extract_measures(document: Document) -> Extraction:
    """Read a service's indicator spreadsheet into canonical statements, one mention a row.

    Each mention has `ref_code` and `ref_title` (what names the action), `indicator_label` and `indicator_unit` in a
    group `i1`, and for each value a group `i1.m1` with `measure_period`, `measure_role`, `measure_value` ("" with the
    text in `original` when it is no number) and `measure_unit`. A target or a starting value takes a date only from its
    header.

    Remarks: measure_no_header, measure_hidden_sheet, measure_total_row, measure_note_row, measure_row_without_value,
    measure_no_number, measure_period_unreadable, measure_none, and those of `pipeline.values`.
    """
    reading = _Reading(document.source)
    above: list[str] = []
    count = 0
    for block in document.blocks:
        if block.table is None:
            reading.fates[block.index] = (Became.FURNITURE, "")
            above = [clean(block.text)] if block.role is Role.SHEET_NAME else [*above, clean(block.text)]
            continue
        count += 1
        if block.table.hidden:
            _say(reading, Severity.INFO, "measure_hidden_sheet", block.table.name, sheet=block.table.name)
        _read_table(reading, block.table, block.table.name or f"t{count}", above)
        above = []
    if not any(s.field == "measure_value" for s in reading.statements):
        _say(reading, Severity.WARNING, "measure_none", "")
    blocks = tuple(_fate(reading, block) for block in leaf_blocks(document.blocks))
    return Extraction(
        document.source, tuple(reading.statements), blocks, tuple(reading.remarks), Layout(document.source)
    )


def _fate(reading: _Reading, block: Block) -> BlockFate:
    became, mention_id = reading.fates.get(block.index, (Became.UNCLASSIFIED, ""))
    return BlockFate(reading.source, block.position.page_number, block.index, became, block.text, mention_id)
