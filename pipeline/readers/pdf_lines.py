"""Words to lines: one baseline, one column; letter-spaced words rejoined, superscripts kept on their line."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

from pipeline import vocabulary
from pipeline.model import Marker, record
from pipeline.readers.pdf_text import Face, Word
from pipeline.text import split_marker

_SAME_BASELINE = 0.22  # share of the font size
_COLUMN_GAP = 0.95  # a wider gap, in font sizes, may be a gutter; lines are rejoined when it is not
_BULLET_GAP = 1.6  # likewise: no gutter behind a bullet that opens a piece is narrower
_LEAST_GAP_PT = 3.0  # no gap is wider in most lines, which saves looking closer
_NARROW_GAP = 0.45  # likewise: as narrow as that where lines one under the other start behind it
_NARROW_ROWS = 5  # rows that start at such an edge; those whose gap stands out count twice
_MANY_ROWS = 8  # likewise, where none does
_EDGE_PT = 0.8  # how far the lines of a column may start from its edge
_EDGE_SHARE = 0.6  # of the lines of a column: those that are not indented
_NARROWEST_COLUMN = 8.0  # in font sizes: what is narrower before such an edge is a bullet, a number or a label
_KNOWN_GAPS = 3
_USUAL_GAP = 0.28  # of the font size: between words, where the line has too few of them to tell
_WIDER = 1.5
_SMALL_FACE = 0.8
_WIDEST_LETTER = 0.75  # mean width of the letters of a word in capitals, in font sizes
_MIN_LETTER_RUN = 4
_LETTER_SHARE = 0.6  # of the words of such a run: those of one letter
_WORD_GAP_RATIO = 1.55
_NO_SPACE_BEFORE = re.compile(r"^[,.)\]\u2026]+$")


@record(frozen=True, slots=True)
class Line:
    """Words on one baseline, left to right; `marker` is a number tile or a drawn bullet that stands before them."""

    words: tuple[Word, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    face: Face
    text: str
    marker: str = ""
    marker_kind: Marker = Marker.NONE

    @property
    def size(self) -> float:
        return self.face.size_pt

    @property
    def order(self) -> int:
        return self.words[0].order


def make_line(words: Sequence[Word]) -> Line:
    """Build a line from its words, left to right; its face is the one that most of its characters have."""
    first = words[0].face
    if all(word.face is first for word in words) or all(word.face == first for word in words):
        face = first
        baseline = words[0].baseline
    else:
        weights: dict[Face, int] = defaultdict(int)
        for word in words:
            weights[word.face] += len(word.text)
        face = max(weights, key=lambda f: weights[f])
        baseline = next(word.baseline for word in words if word.face == face)
    return Line(
        tuple(words),
        min([w.x0 for w in words]),
        min([w.y0 for w in words]),
        max([w.x1 for w in words]),
        max([w.y1 for w in words]),
        baseline,
        face,
        words_text(words),
    )


def words_text(words: Iterable[Word]) -> str:
    """The text of words on one line: a space where there is a gap between them, or a capital in another weight."""
    parts: list[str] = []
    previous: Word | None = None
    for word in words:
        if previous is not None:
            size = word.face.size_pt if word.face is previous.face else max(word.face.size_pt, previous.face.size_pt)
            reweighted = word.face.bold != previous.face.bold and previous.text[-1].islower() and word.text[0].isupper()
            if word.x0 - previous.x1 > 0.09 * size or reweighted:
                parts.append(" ")
        parts.append(word.text)
        previous = word
    return "".join(parts)


def segment_lines(words: list[Word]) -> list[Line]:
    """Group upright words into segments: pieces of lines without a gap wide enough for a gutter; top to bottom."""
    if len(words) < 2:
        return [make_line(words)] if words else []
    segments: list[Line] = []
    rows = [_join_letters(row) for row in _rows(words)]
    open_rows = [i for i, row in enumerate(rows) if any(b.x0 - a.x1 > _LEAST_GAP_PT for a, b in pairwise(row))]
    gutters = _narrow_gutters(rows, open_rows)
    parts = {index: _split_at_gaps(rows[index], gutters.get(index, ())) for index in open_rows}
    for index, row in enumerate(rows):
        segments.extend([make_line(part) for part in parts.get(index, (row,))])
    segments.sort(key=lambda line: (round(line.baseline, 1), line.x0))
    return segments


def join_segments(segments: list[Line]) -> list[Line]:
    """Join the segments of one column that stand on one baseline; top to bottom."""
    lines: list[Line] = []
    for segment in sorted(segments, key=lambda line: (line.baseline, line.x0)):
        if lines and _on_one_baseline(lines[-1], segment):
            lines[-1] = _joined(lines[-1], segment)
        else:
            lines.append(segment)
    return lines


def _on_one_baseline(first: Line, second: Line) -> bool:
    return abs(first.baseline - second.baseline) <= _SAME_BASELINE * max(first.size, second.size) and (
        second.x0 >= first.x1 - 0.3 * second.size or second.x1 <= first.x0 + 0.3 * first.size
    )


def _joined(first: Line, second: Line) -> Line:
    left, right = (first, second) if first.x0 <= second.x0 else (second, first)
    joined = make_line(left.words + right.words)
    marked = left if left.marker else right
    if marked.marker:
        joined = replace(joined, marker=marked.marker, marker_kind=marked.marker_kind, x0=min(joined.x0, marked.x0))
    return joined


def _rows(words: list[Word]) -> list[list[Word]]:
    """Words by baseline, each row left to right, small raised or lowered words on the row they touch."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=attrgetter("baseline", "x0")):
        for row in rows[-1:-4:-1]:
            head = row[0]
            if word.baseline - head.baseline <= _SAME_BASELINE * min(word.face.size_pt, head.face.size_pt):
                row.append(word)
                break
        else:
            rows.append([word])
    for row in rows:
        if row[0].baseline != row[-1].baseline:
            row.sort(key=lambda w: w.x0)
    return _raised_words_joined(rows)


def _raised_words_joined(rows: list[list[Word]]) -> list[list[Word]]:
    largest = [max([w.face.size_pt for w in row]) for row in rows]
    if min(largest) == max(largest):
        return rows
    kept: list[list[Word]] = []
    for index, row in enumerate(rows):
        host = next(
            (
                rows[other]
                for other in (index - 1, index + 1)
                if 0 <= other < len(rows)
                and largest[index] < largest[other]
                and all(_touches(word, rows[other]) for word in row)
            ),
            None,
        )
        if host is None:
            kept.append(row)
        else:
            host.extend(row)
            host.sort(key=lambda w: w.x0)
    return kept


def _touches(word: Word, row: list[Word]) -> bool:
    """Tell whether a word is set small against one of a row, or is a number raised beside it."""
    middle = (word.y0 + word.y1) / 2
    return any(
        other.y0 - 0.3 * other.height <= middle <= other.y1 + 0.1 * other.height
        and (word.face.size_pt <= _SMALL_FACE * other.face.size_pt or is_raised_number(word, other))
        and -0.2 * other.height <= max(word.x0 - other.x1, other.x0 - word.x1) <= 0.35 * other.face.size_pt
        for other in row
    )


def is_raised_number(word: Word, other: Word) -> bool:
    """Tell whether a word is the number of a note, set smaller and higher than the word beside it."""
    size = other.face.size_pt
    return word.text.isdigit() and word.face.size_pt < size and word.baseline <= other.baseline - 0.2 * size


def _split_at_gaps(row: list[Word], gutters: Sequence[float]) -> list[list[Word]]:
    parts = [[row[0]]]
    for word in row[1:]:
        last = parts[-1][-1]
        gap = word.x0 - last.x1
        # The pitch of a word is its font size at least.
        is_wide = gap > _COLUMN_GAP * last.face.size_pt and gap > _COLUMN_GAP * max(_pitch(word), _pitch(last))
        if is_wide and gap <= _BULLET_GAP * word.face.size_pt and len(parts[-1]) == 1:
            is_wide = not (_is_bullet(last) and word.text[0].isalpha())
        if is_wide or (gutters and any(last.x1 <= x <= word.x0 + _EDGE_PT for x in gutters)):
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _is_bullet(word: Word) -> bool:
    glyph, rest = split_marker(f"{word.text} x")
    return bool(glyph) and rest == "x"


def _narrow_gutters(rows: Sequence[Sequence[Word]], open_rows: Sequence[int]) -> dict[int, list[float]]:
    """Where a column starts after a gap no wider than one between words: left edges of columns by the index of a row.

    Such an edge is shared by lines one under the other, without a word across it: a gap in justified text or behind a
    bullet is not. `open_rows` are the indexes of the rows with a gap to look at.
    """
    seeds: dict[int, list[tuple[int, float, bool]]] = defaultdict(list)
    for index in open_rows:
        row = rows[index]
        for place in range(1, len(row)):
            word = row[place]
            gap, size = word.x0 - row[place - 1].x1, word.face.size_pt
            if _NARROW_GAP * size <= gap <= _COLUMN_GAP * size and _follows_text(row, place):
                seeds[round(word.x0)].append((index, word.x0, gap >= _WIDER * _usual_gap(row, place)))
    found: dict[int, list[float]] = defaultdict(list)
    for key in sorted(seeds):
        near = [*seeds[key], *seeds.get(key + 1, ())]
        edge = statistics.median_low(x for _, x, _ in near)
        along: set[int] = set()
        for seed, _, _ in near:
            if seed not in along:
                run = _run_along(edge, seed, rows)
                if _is_edge(edge, run, rows, sum(is_wide for index, _, is_wide in near if index in run)):
                    along.update(run)
        for index in along:
            found[index].append(edge)
    return found


def _follows_text(row: Sequence[Word], place: int) -> bool:
    """Tell whether what stands before a word is a column of text, not a bullet, a number or a label."""
    size = row[place].face.size_pt
    start = place - 1
    while start and row[start].x0 - row[start - 1].x1 <= _COLUMN_GAP * size:
        start -= 1
    if row[place - 1].x1 - row[start].x0 < _NARROWEST_COLUMN * size:
        return False
    before = words_text(row[start:place])
    label = vocabulary.match_level(before)
    return not before.endswith(":") and (label is None or bool(label.rest))


def _usual_gap(row: Sequence[Word], place: int) -> float:
    """The gap between the other words of a row."""
    gaps = sorted(b.x0 - a.x1 for index, (a, b) in enumerate(pairwise(row), 1) if index != place)
    return gaps[len(gaps) // 2] if len(gaps) >= _KNOWN_GAPS else _USUAL_GAP * row[place].face.size_pt


def _run_along(edge: float, seed: int, rows: Sequence[Sequence[Word]]) -> set[int]:
    """The rows above and below one, and itself, up to the first with a word in the gutter or across an edge."""
    run = {seed}
    for step in (-1, 1):
        index = seed + step
        while 0 <= index < len(rows) and not any(_reaches(word, edge) for word in rows[index]):
            run.add(index)
            index += step
    return run


def _reaches(word: Word, edge: float) -> bool:
    """Tell whether a word stands in the gutter before an edge, or across it."""
    return word.x0 < edge - _EDGE_PT and word.x1 > edge - (_NARROW_GAP - 0.05) * word.face.size_pt


def _is_edge(edge: float, run: set[int], rows: Sequence[Sequence[Word]], wide: int) -> bool:
    """Tell whether rows start a column at an edge: nearly all that reach it, several beside text at its left."""
    reaching = [(min(right), rows[i]) for i in run if (right := [w.x0 for w in rows[i] if w.x0 >= edge - _EDGE_PT])]
    at_edge = [row for x, row in reaching if x - edge <= _EDGE_PT]
    beside = sum(1 for row in at_edge if row[0].x1 < edge)
    if len(at_edge) < _EDGE_SHARE * len(reaching):
        return False
    return (wide > 0 and beside + wide >= _NARROW_ROWS) or beside >= _MANY_ROWS


def _pitch(word: Word) -> float:
    """The font size, or more where letters are set apart: the spaces between such words are wider too."""
    size = word.face.size_pt
    if len(word.text) < 3 or not word.text.isalpha():
        return size
    return max(size, (word.x1 - word.x0) / len(word.text) / _WIDEST_LETTER)


def _join_letters(row: list[Word]) -> list[Word]:
    """Rejoin words that were set letter by letter ("L E S   O B J E C T I F S")."""
    if len(row) < _MIN_LETTER_RUN or sum([len(word.text) == 1 for word in row]) < _MIN_LETTER_RUN:
        return row
    joined: list[Word] = []
    run: list[Word] = []
    for word in [*row, None]:
        spaced = word is not None and len(word.text) <= 2 and (not run or _letter_spaced(run[-1], word))
        if spaced and word is not None:
            run.append(word)
            continue
        joined.extend(_words_of_letters(run))
        run = []
        if word is not None:
            if len(word.text) == 1:
                run = [word]
            else:
                joined.append(word)
    return joined


def _letter_spaced(left: Word, right: Word) -> bool:
    gap = right.x0 - left.x1
    return left.face == right.face and 0 < gap < 2.6 * left.face.size_pt


def _words_of_letters(run: list[Word]) -> list[Word]:
    if len(run) < _MIN_LETTER_RUN or sum(1 for word in run if word.text.isalpha()) < 0.7 * len(run):
        return run
    if sum(1 for word in run if len(word.text) == 1) < _LETTER_SHARE * len(run):
        return run
    gaps = [b.x0 - a.x1 for a, b in pairwise(run)]
    usual = statistics.median_low(gaps)
    if usual < 0.12 * run[0].face.size_pt:
        return run
    words = [run[0]]
    for gap, letter in zip(gaps, run[1:], strict=True):
        last = words[-1]
        if gap > _WORD_GAP_RATIO * usual:
            words.append(letter)
        else:
            words[-1] = last._replace(text=last.text + letter.text, x1=letter.x1)
    return words if len(words) <= len(run) / 2 else run
