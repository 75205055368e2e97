"""Labels of levels in a column of their own beside their titles, where they may wrap («Objectif», «stratégique 1»)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline import vocabulary
from pipeline.model import Marker
from pipeline.readers.pdf_lines import Line, make_line, words_text
from pipeline.readers.pdf_rulings import Rectangle
from pipeline.readers.pdf_text import Face, Word

_MOST_LINES = 4  # of a label
_MOST_WORDS = 3  # of a label, before its number
_LEADING = 1.5  # of the font size, at most between the lines of a label
_TEXT_LEADING = 2.5  # likewise, between a label and the text under it
_EDGE_PT = 1.5  # lines that start at one edge start as near to each other
_WIDE = 0.95  # of the font size: a gap between columns
_ROOM = 3.0  # font sizes to the limit of a column: more than its padding and a space
_LEVEL_ROWS = 0.2  # of the font size: baselines of one row
_REPEATED = 2  # labels on one line that share the edge of their titles
_NUMBER_REACH = 3.5  # font sizes between a number and the title that it is centred on, at most
_TITLE_LINES = 4  # above and below such a number, at most
_OFF_CENTRE = 0.5  # of the font size: a number stands no further from the middle of its title


@dataclass(frozen=True, slots=True)
class _Hung:
    """A label with the line of its title, what it replaces, and what is left of the lines that both share."""

    label: str
    title: Line
    used: tuple[int, ...]
    rest: tuple[Line, ...]
    x0: float
    stacked: bool  # on several lines
    heads_text: bool = False  # other text than labels stands under the label


def attach_labels(lines: Sequence[Line], right_pt: float) -> list[Line]:
    """Make the labels that stand beside titles their markers; `right_pt` is the limit that the lines may not pass.

    Labels on one line are taken only where several share the edge of their titles, and text stands under one of them:
    else they head columns of their own, or are the first cells of a table.
    """
    hung = list(_hung_labels(lines, right_pt))
    if not hung:
        return [*lines]
    edges = Counter(_edges(found) for found in hung)
    heading = {_edges(found) for found in hung if found.heads_text}
    out = list[Line | None](lines)
    for found in hung:
        repeated = edges[_edges(found)] >= _REPEATED and _edges(found) in heading
        if not (found.stacked or repeated) or any(out[index] is None for index in found.used):
            continue
        for index in found.used:
            out[index] = None
        out += [replace(found.title, marker=found.label, marker_kind=Marker.NUMBER, x0=found.x0), *found.rest]
        _widen_wraps(out, found)
    if len(out) == len(lines):
        return [*lines]
    return sorted([line for line in out if line is not None], key=lambda line: (round(line.baseline, 1), line.x0))


def attach_centred_numbers(lines: Sequence[Line]) -> list[Line]:
    """Make numbers with a look of their own, each centred on a title of several lines at its right, its marker.

    The label of a level alone over the title joins the marker, and makes one line of title enough.
    """
    out = list[Line | None](lines)
    order = sorted(range(len(lines)), key=lambda index: lines[index].baseline)
    baselines = [lines[index].baseline for index in order]
    for index, line in enumerate(lines):
        number = line.words[0]
        if line.marker or not (number.text.isdecimal() and len(number.text) <= 2):
            continue
        reach_pt = _TITLE_LINES * _LEADING * number.face.size_pt
        start = bisect_left(baselines, number.baseline - reach_pt)
        end = bisect_right(baselines, number.baseline + reach_pt)
        rest = make_line(line.words[1:]) if len(line.words) > 1 else None
        near = {other: lines[other] for other in order[start:end] if other != index and lines[other].x0 > number.x1}
        first = _first_of_title(number, rest, near)
        if first is None:
            first = _first_under_label(number, near if rest is None else {**near, index: rest})
        title = rest if first == index else out[first] if first is not None else None
        if first is None or title is None or title.marker:
            continue
        over = _next_at_edge({**near, first: title}, first, -1)
        label = out[over] if over is not None and _is_lone_label(near[over]) else None
        marker = number.text
        if over is not None and label is not None:
            marker = _numbered(label, marker)
            out[over] = None
        out[index] = rest
        out[first] = replace(title, marker=marker, marker_kind=Marker.NUMBER, x0=number.x0)
    return [line for line in out if line is not None]


def _first_under_label(number: Word, near: Mapping[int, Line]) -> int | None:
    """The first line of the title that a number is centred on together with the label of a level alone over it."""
    reach_pt = _NUMBER_REACH * number.face.size_pt
    level = {
        index: abs(line.baseline - number.baseline)
        for index, line in near.items()
        if line.x0 - number.x1 <= reach_pt and not (line.marker or _same_face(number.face, line.face))
    }
    beside = min(level, key=lambda index: level[index], default=None)
    if beside is None or level[beside] > number.face.size_pt:
        return None
    stack, over = _title_beside(near, beside)
    if over is None or not _is_lone_label(near[over]):
        return None
    box = (number.x0, number.y0, number.x1, number.y1)
    return stack[0] if _is_centred(box, [near[over], *(near[index] for index in stack)]) else None


def _first_of_title(number: Word, rest: Line | None, near: Mapping[int, Line]) -> int | None:
    """The index of the first line of the title that a number is centred on; None when it is centred on none.

    `rest` is what stands at the right of the number on its own line, `near` the lines above and below at its right.
    """
    level = (line for line in near.values() if abs(line.baseline - number.baseline) <= _LEADING * line.size)
    title = rest if rest is not None else min(level, key=lambda line: line.x0, default=None)
    if title is None or title.x0 - number.x1 > _NUMBER_REACH * number.face.size_pt:
        return None
    if _same_face(number.face, title.face):
        return None
    above = _stack(near, title, number.baseline, -1)
    below = _stack(near, title, number.baseline, 1)
    if not above or not below:
        return None
    middle = (near[above[-1]].baseline + near[below[-1]].baseline) / 2
    return above[-1] if abs(middle - number.baseline) <= _OFF_CENTRE * title.size else None


def _stack(near: Mapping[int, Line], title: Line, baseline: float, direction: int) -> tuple[int, ...]:
    """The lines of one look and edge that go on from a baseline, the nearest first; `direction` is -1 for upwards."""
    found: list[int] = []
    alike = [
        (direction * (line.baseline - baseline), index)
        for index, line in near.items()
        if abs(line.x0 - title.x0) <= _EDGE_PT and _same_face(line.face, title.face)
    ]
    last = 0.0
    for away, index in sorted(alike):
        if away <= _LEVEL_ROWS * title.size:
            continue
        if away - last > _LEADING * title.size:
            break
        found.append(index)
        last = away
    return tuple(found)


def with_tile_number(lines: Sequence[Line], beside: int, number: str, tile: Rectangle) -> list[Line]:
    """Make the number in a tile the marker of the title at its right; `beside` is the first line level with the tile.

    A title that the tile is centred on may begin above it. The label of a level alone over the title («Levier») joins
    the marker; another word there, perhaps the author's own for a level, takes it.
    """
    near = {
        index: line
        for index, line in enumerate(lines)
        if not line.marker and abs(line.baseline - lines[beside].baseline) <= _TITLE_LINES * _LEADING * line.size
    }
    stack, over = _title_beside(near, beside)
    marker, first, left_out = number, beside, None
    if over is not None and _is_lone_label(near[over]):
        marker, first, left_out = _numbered(near[over], number), stack[0], over
    elif over is not None and (over == beside or _is_centred(tile, [near[over], *(near[i] for i in stack)])):
        first = over
    elif _is_centred(tile, [near[index] for index in stack]):
        first = stack[0]
    title = lines[first]
    marked = replace(title, marker=marker, marker_kind=Marker.NUMBER, x0=min(tile[0], title.x0))
    return [marked if index == first else line for index, line in enumerate(lines) if index != left_out]


def _title_beside(near: Mapping[int, Line], beside: int) -> tuple[tuple[int, ...], int | None]:
    """The lines of the title of which one, or the word alone over it, stands beside a tile; and that word, if any."""
    below = _next_at_edge(near, beside, 1)
    title = below if below is not None and _names_title(near[beside], near[below]) else beside
    line = near[title]
    above, under = (_stack(near, line, line.baseline, direction) for direction in (-1, 1))
    stack = (*reversed(above), title, *under)
    over = _next_at_edge(near, stack[0], -1)
    return stack, over if over is not None and _names_title(near[over], line) else None


def _names_title(word: Line, title: Line) -> bool:
    """Tell whether a line is the label of a level alone, or one word in another look than the title under it."""
    return _is_lone_label(word) or (
        len(word.words) == 1 and word.text.isalpha() and not _same_face(word.face, title.face)
    )


def _next_at_edge(near: Mapping[int, Line], index: int, direction: int) -> int | None:
    """The line right under one at its left edge, or right over it; `direction` is -1 for upwards."""
    line = near[index]
    steps = (
        (direction * (other.baseline - line.baseline), place)
        for place, other in near.items()
        if abs(other.x0 - line.x0) <= _EDGE_PT
    )
    away, found = min((step for step in steps if step[0] > _LEVEL_ROWS * line.size), default=(0.0, None))
    return found if found is not None and away <= _LEADING * max(line.size, near[found].size) else None


def _numbered(label: Line, number: str) -> str:
    return f"{label.text.rstrip(' :')} {number}"


def _is_lone_label(line: Line) -> bool:
    label = vocabulary.match_level(line.text) if len(line.words) <= _MOST_WORDS else None
    return label is not None and not (label.code or label.rest or label.plural)


def _is_centred(tile: Rectangle, title: Sequence[Line]) -> bool:
    middle = (min(line.y0 for line in title) + max(line.y1 for line in title)) / 2
    return abs(middle - (tile[1] + tile[3]) / 2) <= _OFF_CENTRE * title[-1].size


def _edges(found: _Hung) -> tuple[int, int]:
    """Where the label and its title start."""
    return round(found.x0), round(found.title.words[0].x0)


def _widen_wraps(lines: list[Line | None], found: _Hung) -> None:
    """Have the lines of a title start where its label does: below them the column of the title may hold values."""
    last = found.title
    title_x = last.words[0].x0
    below = [
        (line.baseline, index, line)
        for index, line in enumerate(lines)
        if line is not None and line.baseline > last.baseline and abs(line.x0 - title_x) <= _EDGE_PT
    ]
    for _, index, line in sorted(below, key=lambda entry: entry[:2]):
        if line.baseline - last.baseline > _LEADING * last.size or not _same_face(line.face, last.face):
            return
        lines[index] = replace(line, x0=found.x0)
        last = line


def _hung_labels(lines: Sequence[Line], right_pt: float) -> Iterator[_Hung]:
    for index, line in enumerate(lines):
        if not line.marker and vocabulary.opens_level(line.words[0].text):
            found = _beside(lines, index) or _within(lines, index, right_pt)
            if found is not None:
                yield found


def _beside(lines: Sequence[Line], index: int) -> _Hung | None:
    """The label that begins with a whole line, its title the only one at its right."""
    line = lines[index]
    row = [i for i in _near(lines, index) if i != index and _is_level(line, lines[i])]
    right = [i for i in row if lines[i].x0 > line.x1]
    if len(right) != 1 or any(lines[i].x1 <= line.x0 for i in row):
        return None
    title = lines[right[0]]
    if not _same_face(line.face, title.face) or vocabulary.match_level(title.text) is not None:
        return None
    found = _complete(lines, index, line.words, title.x0)
    if found is None:
        return None
    label, used, rest = found
    under = _under(lines, used[-1], _TEXT_LEADING)
    if under is None:
        return _Hung(label, title, (*used, right[0]), rest, line.x0, stacked=len(used) > 1)
    alike = _same_face(lines[under].face, line.face)
    if alike and lines[under].x1 < title.x0 and lines[under].baseline - line.baseline <= _LEADING * line.size:
        return None  # its title stands under it
    return _Hung(label, title, (*used, right[0]), rest, line.x0, stacked=len(used) > 1, heads_text=not alike)


def _within(lines: Sequence[Line], index: int, right_pt: float) -> _Hung | None:
    """The label whose first words stand so near to its title that both make one line."""
    line = lines[index]
    for count in range(min(_MOST_WORDS, len(line.words) - 1), 0, -1):
        title_x = line.words[count].x0
        found = _complete(lines, index, line.words[:count], title_x)
        if found is None or len(found[1]) < 2:
            continue
        label, used, rest = found
        code = lines[used[-1]].words[0]
        has_room = line.x1 + (code.x1 - code.x0) + _ROOM * line.size <= right_pt
        if not rest and not has_room and code.text.isdecimal():
            continue  # a title that ends in a number wraps so too
        return _Hung(label, make_line(line.words[count:]), used, rest, line.x0, stacked=True)
    return None


def _complete(
    lines: Sequence[Line], index: int, words: Sequence[Word], title_x: float
) -> tuple[str, tuple[int, ...], tuple[Line, ...]] | None:
    """The label that words begin, its lines, and what stands beside these; None when it never gets a code."""
    printed, used = words_text(words), [index]
    rest: list[Line] = []
    gap_pt = _WIDE * lines[index].size
    is_wide = title_x - words[-1].x1 > gap_pt
    while True:
        label = vocabulary.match_level(printed)
        if label is not None and label.code and not label.rest:
            return printed, tuple(used), tuple(rest)
        below = _under(lines, used[-1]) if len(used) < _MOST_LINES else None
        if below is None or lines[below].face != lines[index].face:
            return None
        own = [word for word in lines[below].words if word.x1 < title_x]
        beside = lines[below].words[len(own) :]
        if not own or (beside and abs(beside[0].x0 - title_x) > _EDGE_PT):
            return None
        if beside and not is_wide and beside[0].x0 - own[-1].x1 < gap_pt:
            return None
        printed += f" {words_text(own)}"
        used.append(below)
        rest += [make_line(beside)] if beside else []


def _under(lines: Sequence[Line], index: int, leading: float = _LEADING) -> int | None:
    """The line right under one, at its left edge, no further below than `leading` font sizes."""
    line = lines[index]
    for other in range(index + 1, len(lines)):
        step = lines[other].baseline - line.baseline
        if step > leading * line.size:
            return None
        if step > _LEVEL_ROWS * line.size and abs(lines[other].x0 - line.x0) <= _EDGE_PT:
            return other
    return None


def _near(lines: Sequence[Line], index: int) -> Iterator[int]:
    """The lines on about one baseline with one; all are sorted by theirs."""
    for step in (-1, 1):
        other = index + step
        while 0 <= other < len(lines) and abs(lines[other].baseline - lines[index].baseline) <= lines[index].size:
            yield other
            other += step


def _is_level(first: Line, second: Line) -> bool:
    return abs(first.baseline - second.baseline) <= _LEVEL_ROWS * min(first.size, second.size)


def _same_face(first: Face, second: Face) -> bool:
    return abs(first.size_pt - second.size_pt) <= 0.6 and first.bold == second.bold and first.color == second.color
