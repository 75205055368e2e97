"""Tables that plain text sets in columns of spaces under a line of headers, as converters of PDF leave them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from pipeline.text import is_cut_short, split_marker
from pipeline.vocabulary import is_exact_label, match_label, match_level, match_section

#: Words between runs of two spaces or more, in a line without tabs.
_SEGMENT = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"\S+")
_CODE = re.compile(r"[\w.\-/]{0,5}\d[\w.\-/]{0,8}")
_LONGEST_HEADER = 40
#: A longer line is none of a table.
_LONGEST_LINE = 600
#: Fewer headers are those of a table where all of them are known, one of them as that of titles.
_FEW_HEADERS = 2
_KNOWN_SHARE = 2 / 3
_TITLE_FIELDS = ("title", "code")
#: Rows of a table that fill two columns or more.
_FULL_SHARE = 0.5

_Cells = dict[int, str]  # the text of a line by the index of its column


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of cells of lines, the headers first, and the place of the line after the table."""

    rows: tuple[tuple[tuple[str, ...], ...], ...]
    end: int


@dataclass(frozen=True, slots=True)
class _Segment:
    start: int
    end: int
    text: str


def find_text_table(lines: Sequence[str], place: int) -> TextTable | None:
    """Find the table whose headers are the line at `place`; None when they are no headers or no rows stand below.

    Its lines are those whose words leave white strips free between the columns; a line with a text for each column may
    stand elsewhere, for converters shift them, and those below it with it. The table ends at the first line that does
    neither, at the next headers, and at a line that opens an element or a section outside the columns.
    """
    head = _headers(lines[place])
    if not head:
        return None
    strips = _strips_between(head)
    body: list[_Cells] = []
    section: list[str] = []  # lines set in the same columns
    for line in lines[place + 1 :]:
        if len(line.rstrip()) > _LONGEST_LINE or (_headers(line) and not any(map(str.isdigit, line))):
            break
        narrowed = _narrowed(strips, line)
        parts = _segments_for(line, len(head))
        if parts and not (all(narrowed) and _is_cut_at(line, parts, _starts(narrowed))):
            body += _placed_all(section, strips)
            section, narrowed = [], _strips_between(parts)
        if not all(narrowed) or _is_apart(line, _starts(narrowed), after_gap=section[-1:] == [""]):
            break
        strips = narrowed
        section.append(line.rstrip())
    body += _placed_all(section, strips)
    body = body[: _end_of_rows(body, _starts(strips)[1])]
    rows = _rows(body, _title_columns(head))
    if not rows or sum(len(row) > 1 for row in rows) < _FULL_SHARE * len(rows):
        return None
    names = tuple((segment.text,) for segment in head)
    cells = (tuple(tuple(row.get(column, ())) for column in range(len(head))) for row in rows)
    return TextTable((names, *cells), place + 1 + len(body))


def is_header_line(line: str) -> bool:
    """Tell whether a line is names of columns set apart by spaces."""
    return bool(_headers(line))


def goes_on_below(header: str, lines: Sequence[str]) -> bool:
    """Tell whether a page begins with a row of the table that has this line of headers on the page before."""
    first = next((line for line in lines if line.strip()), "")
    begins = len(_segments(first)) > 1 and bool(first[: _headers(header)[0].end].strip())
    return begins and find_text_table([header, *lines], 0) is not None


def cell_paragraphs(lines: Sequence[str]) -> list[list[str]]:
    """The lines of a cell by paragraph: one begins at a bullet."""
    paragraphs: list[list[str]] = []
    for line in lines:
        if not paragraphs or split_marker(line)[0]:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return paragraphs


# ------------------------------------------------------------------------------------------------------------ headers


def _segments(line: str) -> list[_Segment]:
    return [_Segment(match.start(), match.end(), match[0]) for match in _SEGMENT.finditer(line)]


def _headers(line: str) -> list[_Segment]:
    """The names of columns that a line is made of, most of them known; none for any other line."""
    if "  " not in line.strip() or ":" in line or len(line) > _LONGEST_HEADER * 10:
        return []
    segments = [part for segment in _segments(line) for part in _parted(segment)]
    if len(segments) < _FEW_HEADERS or any(len(segment.text) > _LONGEST_HEADER for segment in segments):
        return []
    known = [label for label in (match_label(segment.text) for segment in segments) if label is not None]
    if len(segments) > _FEW_HEADERS:
        return segments if len(known) >= max(_FEW_HEADERS, _KNOWN_SHARE * len(segments)) else []
    titled = any(label.level is not None or label.field in _TITLE_FIELDS for label in known)
    return segments if titled and len(set(known)) == len(segments) else []


def _parted(segment: _Segment) -> list[_Segment]:
    """Two names that a single space parts («Échéance État»), or the one name that a segment is."""
    if is_exact_label(segment.text):
        return [segment]
    for match in re.finditer(" ", segment.text):
        one, other = segment.text[: match.start()], segment.text[match.end() :]
        if is_exact_label(one) and is_exact_label(other):
            middle = segment.start + match.start()
            return [_Segment(segment.start, middle, one), _Segment(middle + 1, segment.end, other)]
    return [segment]


# -------------------------------------------------------------------------------------------------------------- lines


def _is_apart(line: str, starts: Sequence[int], *, after_gap: bool) -> bool:
    """Tell whether a line without wide gaps is no row: a heading, or a text over more than a code and a title."""
    segments = _segments(line)
    if len(segments) != 1:
        return False
    printed = segments[0].text
    label = match_level(printed)
    if (label is not None and (label.code or label.rest)) or match_section(printed) is not None:
        return True
    columns = list(_placed(line, starts))
    coded = _CODE.fullmatch(printed.split(" ")[0]) is not None
    return len(columns) > 2 or (columns[0] == 0 and not coded and (after_gap or len(columns) > 1))


def _is_cut_at(line: str, parts: Sequence[_Segment], starts: Sequence[int]) -> bool:
    """Tell whether columns that begin there cut a line into these parts."""
    return list(_placed(line, starts).values()) == [part.text for part in parts]


def _end_of_rows(lines: Sequence[_Cells], width: int) -> int:
    """Where the rows end: before the text under them, which stands in the first column of that width alone.

    It begins with a capital though its first word has room in the line above: that line goes on in no other.
    """
    filled = [place for place, line in enumerate(lines) if line]
    end = filled[-1] + 1 if filled else 0
    for place in range(end - 1, 0, -1):
        line, above = lines[place], lines[place - 1].get(0, "")
        if set(line) - {0}:
            break
        word = line.get(0, "").split(" ")[0]
        has_room = bool(above) and len(above) + 1 + len(word) < width and not is_cut_short(above)
        if word[:1].isupper() and has_room and not _CODE.fullmatch(word):
            end = place
    return end


def _title_columns(head: Sequence[_Segment]) -> frozenset[int]:
    """The columns of titles by their headers; the first column where none is."""
    labels = enumerate(match_label(segment.text) for segment in head)
    found = {column for column, label in labels if label is not None and label.field == "title"}
    return frozenset(found or {0})


def _strips_between(segments: Sequence[_Segment]) -> list[set[int]]:
    return [set(range(one.end, other.start)) for one, other in pairwise(segments)]


def _narrowed(strips: Sequence[set[int]], line: str) -> list[set[int]]:
    """What a line leaves free of the strips between columns."""
    covered = {position for word in _WORD.finditer(line) for position in range(word.start(), word.end())}
    return [strip - covered for strip in strips]


def _segments_for(line: str, count: int) -> list[_Segment]:
    """The parts of a line where it has one for each of so many columns, a code in front of a title apart; else none."""
    segments = _segments(line)
    code, space, title = segments[0].text.partition(" ") if segments else ("", "", "")
    if len(segments) == count - 1 and space and _CODE.fullmatch(code):
        start = segments[0].start
        first = [_Segment(start, start + len(code), code), _Segment(start + len(code) + 1, segments[0].end, title)]
        segments = [*first, *segments[1:]]
    return segments if len(segments) == count > _FEW_HEADERS else []


def _placed_all(lines: Sequence[str], strips: Sequence[set[int]]) -> list[_Cells]:
    starts = _starts(strips)
    return [_placed(line, starts) for line in lines]


def _starts(strips: Sequence[set[int]]) -> list[int]:
    """Where the columns begin."""
    return [0, *map(_middle, strips)]


def _middle(strip: set[int]) -> int:
    """Where the column right of a strip begins: behind the widest run of free places in it."""
    runs: list[list[int]] = []
    for position in sorted(strip):
        if runs and position == runs[-1][-1] + 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return max(runs, key=len)[-1] + 1


def _placed(line: str, starts: Sequence[int]) -> _Cells:
    """The text of a line by column."""
    edges = [*starts, max(len(line), starts[-1])]
    cells = ((column, line[start:end].strip()) for column, (start, end) in enumerate(pairwise(edges)))
    return {column: text for column, text in cells if text}


# --------------------------------------------------------------------------------------------------------------- rows


def _rows(lines: Sequence[_Cells], titled: frozenset[int]) -> list[dict[int, list[str]]]:
    """The cells of the lines under the headers, row by row; an empty line has no cells."""
    rows: list[dict[int, list[str]]] = []
    for group in _row_lines(lines, titled):
        row: dict[int, list[str]] = {}
        for line in group:
            for column, text in line.items():
                row.setdefault(column, []).append(text)
        rows.append(row)
    return rows


def _row_lines(lines: Sequence[_Cells], titled: frozenset[int]) -> list[list[_Cells]]:
    """The lines of each row of a table with these columns of titles.

    A row begins after an empty line, where its lines fill the first column; at the next code in that column; at a line
    that is no wrap, where no empty lines part the rows. Codes may stand at the middle of their rows.
    """
    filled = [line for line in lines if line]
    keys = [line[0] for line in filled if 0 in line]
    coded = bool(keys) and all(_CODE.fullmatch(key) for key in keys)
    groups = [list(group) for some, group in groupby(lines, key=bool) if some]
    parted = sum(any(0 in line for line in group) for group in groups) > 1
    if coded and len(groups) == 1 and 0 not in filled[0]:
        return _round_codes(filled)
    rows: list[list[_Cells]] = []
    after_gap, has_key = True, False
    for index, line in enumerate(lines):
        if not line:
            after_gap = True
            continue
        keyed = any(0 in other for other in takewhile(bool, lines[index:])) if after_gap else False
        begins = has_key if coded else not parted and _begins_row(line, lines[index - 1], filled[0], titled)
        if not rows or keyed or (0 in line and begins):
            rows.append([])
            has_key = False
        has_key |= 0 in line
        rows[-1].append(line)
        after_gap = False
    return rows


def _begins_row(line: _Cells, above: _Cells, first: _Cells, titled: frozenset[int]) -> bool:
    """Tell whether a line that fills the first column is no wrap of the line above.

    No title in it begins with a small letter or goes on what breaks off above; no other value does in a column whose
    `first` one does not, unless the line fills all columns.
    """
    if 0 not in line or len(line) < 2:
        return False
    titles = [column for column in line if column in titled]
    if any(_is_small(line[column]) or is_cut_short(above.get(column, "")) for column in titles):
        return False
    whole = bool(titles) and set(line) == set(first)
    return whole or not any(_is_small(text) and not _is_small(first.get(c, "")) for c, text in line.items())


def _is_small(text: str) -> bool:
    return text[:1].islower()


def _round_codes(lines: Sequence[_Cells]) -> list[list[_Cells]]:
    """The lines of rows whose codes stand at their middle: as many above as below; none when they do not."""
    places = [place for place, line in enumerate(lines) if 0 in line]
    rows: list[list[_Cells]] = []
    start = 0
    for place in places:
        end = 2 * place - start + 1
        if place < start or end > len(lines):
            return []
        rows.append(list(lines[start:end]))
        start = end
    return rows if start == len(lines) else []
