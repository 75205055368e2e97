"""The look of the lines of scanned pages: sizes, weights, colours and bullets, measured on the picture."""

from __future__ import annotations

import math
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from pipeline.readers.ocr_ink import connected_pieces
from pipeline.readers.ocr_squares import CHECKED, UNCHECKED
from pipeline.readers.ocr_tesseract import Pixels, ReadWord
from pipeline.readers.pdf_rulings import Drawing
from pipeline.readers.pdf_text import ASCENT, DESCENT, Face, Word

_BOLD_RATIO = 1.3  # stroke width of a word against the usual one of the document
_HEAVY_RATIO = 1.2  # the same of a line of several words
_DOUBTFUL_RATIO = 1.15  # the same of a few words that go on a heavy line
_FEW_LETTERS = 16
_FEWEST_STROKES = 20
_COLOR_DISTANCE = 70.0
_LEAST_HUE = 40.0  # between the strongest and the weakest of the three colours: less is black
_SIZE_RATIO = 1.085  # sizes closer than this are one size, measured twice
_STRAY_SHARE, _STRAY_RATIO = 0.05, 1.12
_TALL = frozenset("bdfhijklt!?()[]/|'\u2019\"%&\u20ac")
_DEEP = frozenset("gjpqy\u00e7,;()[]|")
_ACCENTS = frozenset("\u0300\u0301\u0302\u0308")
BULLET_READINGS = frozenset(
    "eoO0*+>~.\u00a2\u00ab\u00bb\u00b7\u00b0\u00a9\u00aec\u00e9\u00e8s\u00a7=-\u2014\u2013\u2022\u2018'\""
)
_BULLET = "\u2022"
_HOLLOW, _ROUND_READINGS = "o", frozenset("0OeCc\u00a9\u00ae\u00a2\u00b0\u00e9\u00e8")
_DASH, _FLAT_SIGNS = "-", frozenset("-\u2010\u2011\u2013\u2014\u2212_~=")
_FLAT = 2.2  # the ink of a dash is so many times as wide as high
_SPECK = 0.25  # of the largest piece of ink beside it
MEASURABLE_LETTERS = 4
_TIGHT = 0.2  # of the height of words: boxes that are closer are looked at
_LETTER_GAP, _SIGN_GAP = 0.45, 0.3  # of the font size, after a letter or a sign that may be a bullet


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What a picture of a page says, in points, set straight."""

    words: list[Word]
    drawing: Drawing
    width_pt: float
    height_pt: float


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A line of words with what the picture shows of it."""

    words: tuple[Word, ...]
    size_pt: float
    strokes: tuple[float, ...]  # width of the strokes of each word in points; 0 when too short to tell
    ink: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    lines: list[MeasuredLine]
    drawing: Drawing
    width_pt: float
    height_pt: float


def fit_to_ink(row: ReadWord, grey: Pixels) -> ReadWord:
    """Fit the box of a word to its ink: Tesseract's is loose beside drawn lines. A lone sign flat as a dash is one."""
    crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
    if crop.size == 0 or row.is_turned or row.text in (CHECKED, UNCHECKED):
        return row
    low, high = int(crop.min()), int(crop.max())
    if high - low < 60:
        return row
    light = float(np.median(crop)) < (low + high) / 2  # light text on a dark ground
    ink = crop > (low + high) / 2 if light else crop < (low + high) / 2
    filled = np.flatnonzero(ink.sum(axis=1) >= (1 if len(row.text) < 3 else 2))
    if len(filled) < 2:
        return row
    first, last = int(filled[0]), int(filled[-1])
    is_dash = len(row.text) == 1 and np.count_nonzero(ink.any(axis=0)) >= _FLAT * (last - first + 1)
    printed = _DASH if is_dash and row.text not in _FLAT_SIGNS else row.text
    return replace(row, text=printed, top=max(row.top, 0) + first, height=last - first + 1)


def fit_neighbours(rows: Sequence[ReadWord], grey: Pixels) -> list[ReadWord]:
    """The words of a line; boxes that nearly touch without the blank at their sides, which is the space between."""
    fitted = list(rows)
    for place in range(1, len(fitted)):
        before, after = fitted[place - 1], fitted[place]
        gap = after.left - before.left - before.width
        if before.is_turned or after.is_turned or gap > _TIGHT * min(before.height, after.height):
            continue
        ends, starts = _inked_columns(before, grey), _inked_columns(after, grey)
        if len(ends) and len(starts):
            fitted[place - 1] = replace(before, width=min(before.width, int(ends[-1]) + 1))
            fitted[place] = replace(after, left=after.left + int(starts[0]), width=after.width - int(starts[0]))
    return fitted


def _inked_columns(row: ReadWord, grey: Pixels) -> npt.NDArray[np.intp]:
    crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
    if crop.size == 0 or row.left < 0:
        return np.zeros(0, dtype=np.intp)
    middle = (int(crop.min()) + int(crop.max())) / 2
    is_light = float(np.median(crop)) < middle  # light text on a dark ground
    columns: npt.NDArray[np.intp] = np.flatnonzero((crop > middle if is_light else crop < middle).any(axis=0))
    return columns


def measure_line(rows: list[ReadWord], pixels: Pixels, grey: Pixels, scale: float) -> MeasuredLine:
    """Measure one line: size from the shape of its words, stroke width and colour from its ink."""
    shaped = [row for row in rows if any(char.isalnum() for char in row.text)] or rows
    sizes = [row.height / extent(row.text) for row in shaped]
    size_px = statistics.median(sizes)
    bottoms = [row.top + row.height - _depth(row.text) * size_px for row in shaped]
    baseline = statistics.median(bottoms) / scale
    size_pt = size_px / scale
    face = Face("", size_pt, False, False, "000000")
    words = tuple(
        Word(
            row.text,
            row.left / scale,
            baseline - ASCENT * size_pt,
            (row.left + row.width) / scale,
            baseline + DESCENT * size_pt,
            baseline,
            face,
            0,
            0,
        )
        for row in rows
    )
    words = _with_bullet(words, rows, grey, scale, size_px)
    top, bottom = max(min(row.top for row in shaped), 0), max(row.top + row.height for row in shaped)
    left, right = max(rows[0].left, 0), rows[-1].left + rows[-1].width
    strokes = tuple(_stroke(grey, row) / scale for row in rows)
    if len(words) > len(strokes):
        strokes = (0.0, *strokes)
    return MeasuredLine(words, size_pt, strokes, _ink(pixels[top:bottom, left:right]))


def fit_short_lines(lines: list[MeasuredLine]) -> list[MeasuredLine]:
    """Give a line of a few characters, too short to be measured, the size and baseline of the line beside it.

    With none beside it, it takes the size of the line above whose paragraph it ends.
    """
    fitted = []
    for line in lines:
        if sum(1 for word in line.words for char in word.text if char.isalpha()) >= MEASURABLE_LETTERS:
            fitted.append(line)
            continue
        first = line.words[0]
        middle = (first.y0 + first.y1) / 2
        is_sign = not any(char.isalnum() for word in line.words for char in word.text)
        beside = [
            other
            for other in lines
            if other is not line
            and other.words[0].y0 <= middle <= other.words[0].y1
            and (is_sign or 0.6 <= other.size_pt / line.size_pt <= 1.6)
            and sum(1 for word in other.words for char in word.text if char.isalpha()) >= MEASURABLE_LETTERS
        ]
        above = [other for other in lines if other is not line and _goes_on(other, line)]
        if not beside and above:
            fitted.append(replace(line, size_pt=max(above, key=lambda other: other.words[0].baseline).size_pt))
            continue
        if not beside:
            fitted.append(line)
            continue
        nearest = min(beside, key=lambda other: abs(other.words[0].x0 - first.x0))
        baseline = nearest.words[0].baseline
        words = tuple(word._replace(baseline=baseline) for word in line.words)
        fitted.append(replace(line, words=words, size_pt=nearest.size_pt))
    return fitted


def _goes_on(above: MeasuredLine, line: MeasuredLine) -> bool:
    """Tell whether a line ends the paragraph of the line above it."""
    first, last = above.words[0], line.words[0]
    is_near = 0.8 * above.size_pt <= last.baseline - first.baseline <= 1.7 * above.size_pt
    return is_near and abs(first.x0 - last.x0) <= 2.5 and 0.75 <= line.size_pt / above.size_pt <= 1.25


def extent(word: str) -> float:
    """Height of a word's ink in font sizes, by the shapes of its letters."""
    top, base = 0.54, ""
    for char in unicodedata.normalize("NFD", word):
        if char in _ACCENTS:
            top = max(top, 0.92 if base.isupper() else 0.78)
            continue
        base = char
        if char in _TALL or char.isupper() or char.isdigit():
            top = max(top, 0.73)
    return top + _depth(word)


def _depth(word: str) -> float:
    """How far the ink of a word reaches below its line, in font sizes; the tail of a Q is short."""
    return 0.21 if any(char in _DEEP for char in word) else 0.13 if "Q" in word else 0.0


def _with_bullet(
    words: tuple[Word, ...], rows: Sequence[ReadWord], grey: Pixels, scale: float, size_px: float
) -> tuple[Word, ...]:
    """Name a bullet that Tesseract read as a letter, or did not read, by the shape of its ink."""
    first = rows[0]
    if len(rows) > 1 and len(first.text) == 1 and first.text in BULLET_READINGS:
        gap = rows[1].left - (first.left + first.width)
        blob = _blob(grey, first.left - 2, first.left + first.width + 2, first.top - 2, first.top + first.height + 2)
        if blob is not None and gap >= 0.25 * size_px and max(blob) <= 0.48 * size_px and min(blob) >= 0.55 * max(blob):
            return (words[0]._replace(text=_BULLET), *words[1:])
        return words
    baseline_px = words[0].baseline * scale
    left, right = round(first.left - 2.6 * size_px), round(first.left - 0.35 * size_px)
    if left < 0:
        return words
    box = _blob_box(grey, left, right, round(baseline_px - 0.85 * size_px), round(baseline_px + 0.15 * size_px))
    if box is None:
        return words
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    middle = (y0 + y1) / 2
    is_round = 0.12 * size_px <= max(width, height) <= 0.45 * size_px and min(width, height) >= 0.6 * max(width, height)
    is_dash = 0.2 * size_px <= width <= 0.8 * size_px and height <= 0.16 * size_px and width >= _FLAT * height
    placed = baseline_px - 0.55 * size_px <= middle <= baseline_px - 0.1 * size_px
    if not (is_round or is_dash) or not placed or x0 <= left + 1:
        return words
    return (words[0]._replace(text=_DASH if is_dash else _BULLET, x0=x0 / scale, x1=x1 / scale), *words)


def without_doubled_bullets(lines: Sequence[MeasuredLine]) -> list[MeasuredLine]:
    """The lines without those of one sign that is the bullet of another line, seen there by its ink."""
    bullets = [line.words[0] for line in lines if len(line.words) > 1 and line.words[0].text in (_BULLET, _DASH)]
    return [line for line in lines if len(line.words) > 1 or not any(_covers(b, line.words[0]) for b in bullets)]


def settle_hollow_bullets(lines: Sequence[MeasuredLine]) -> list[MeasuredLine]:
    """The lines with the hollow bullets («o») that were read as another round sign («0») named like those above."""
    starts = [line.words[0] for line in lines if len(line.words) > 1]
    hollow = [word for word in starts if word.text == _HOLLOW]
    taken = {
        id(word)
        for word in starts
        if len(word.text) == 1 and word.text in _ROUND_READINGS and any(_is_under(word, other) for other in hollow)
    }
    return [
        replace(line, words=(line.words[0]._replace(text=_HOLLOW), *line.words[1:]))
        if id(line.words[0]) in taken
        else line
        for line in lines
    ]


def _is_under(word: Word, other: Word) -> bool:
    """Tell whether two signs stand in one column and are as wide as each other."""
    width = other.x1 - other.x0
    return abs(word.x0 - other.x0) <= width / 2 and abs(word.x1 - word.x0 - width) <= width / 2


def _covers(bullet: Word, word: Word) -> bool:
    level = (
        abs(bullet.baseline - word.baseline) <= word.face.size_pt or bullet.y0 <= (word.y0 + word.y1) / 2 <= bullet.y1
    )
    is_sign = len(word.text) <= 2 and set(word.text) <= BULLET_READINGS | _FLAT_SIGNS
    return is_sign and level and bullet.x0 - 1.0 <= (word.x0 + word.x1) / 2 <= bullet.x1 + 1.0


def _blob(grey: Pixels, x0: int, x1: int, y0: int, y1: int) -> tuple[int, int] | None:
    box = _blob_box(grey, x0, x1, y0, y1)
    return None if box is None else (box[2] - box[0], box[3] - box[1])


def _blob_box(grey: Pixels, x0: int, x1: int, y0: int, y1: int) -> tuple[int, int, int, int] | None:
    """The box of all ink in a part of the picture, dirt left out; None when it is blank."""
    x0, y0 = max(x0, 0), max(y0, 0)
    pieces = connected_pieces(grey[y0:y1, x0:x1] < 140)
    largest = max((piece.width * piece.height for piece in pieces), default=0)
    pieces = [piece for piece in pieces if piece.width * piece.height > _SPECK * largest]
    if largest < 6:
        return None
    return (
        x0 + min(piece.x0 for piece in pieces),
        y0 + min(piece.y0 for piece in pieces),
        x0 + max(piece.x1 for piece in pieces),
        y0 + max(piece.y1 for piece in pieces),
    )


def _stroke(grey: Pixels, row: ReadWord) -> float:
    """Mean width of the strokes of a word in pixels: twice its ink over its outline."""
    if sum(1 for char in row.text if char.isalpha()) < 2:
        return 0.0
    crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
    if crop.size < 50:
        return 0.0
    low, high = float(crop.min()), float(np.percentile(crop, 95))
    if high - low < 60:
        return 0.0
    middle = (low + high) / 2
    top, bottom = max(row.top, 0), row.top + row.height
    columns = slice(max(row.left, 0), row.left + row.width)
    around = np.concatenate((grey[max(top - 3, 0) : top, columns], grey[bottom : bottom + 3, columns]))
    is_light = (
        around.size > 0 and float(np.median(around)) < middle
    )  # on a dark ground; heavy letters fill their own box
    ink = np.pad(crop > middle if is_light else crop < middle, 1)
    outline = np.count_nonzero(ink[1:, :] != ink[:-1, :]) + np.count_nonzero(ink[:, 1:] != ink[:, :-1])
    # A city-block outline is longer than the true one by 4/pi on average.
    return float(2 * np.count_nonzero(ink) / (outline * 0.785)) if outline else 0.0


def _ink(crop: Pixels) -> tuple[float, float, float]:
    """The colour of the text of a line: what lies furthest from its background."""
    if crop.size == 0:
        return 0.0, 0.0, 0.0
    flat = crop.reshape(-1, 3).astype(np.float64)
    background = np.median(flat, axis=0)
    distance = np.abs(flat - background).sum(axis=1)
    furthest = flat[distance >= 0.8 * distance.max()] if distance.max() > 0 else flat[:1]
    red, green, blue = furthest.mean(axis=0)
    return float(red), float(green), float(blue)


# ------------------------------------------------------------------------------------------------- over all pages


def settle_pages(looks: Sequence[Look]) -> list[ScannedPage]:
    """Settle sizes, weights and colours over all pages: measures that nearly agree are one."""
    lines = [line for look in looks for line in look.lines]
    usual = _usual_stroke(lines)
    heavy = [_heavy_lines(look.lines, usual) for look in looks]
    # Bold lines apart: a heading may be set one point larger than the text, which is less than the noise of both.
    weighed = list(zip(lines, chain.from_iterable(heavy), strict=True))
    sizes = {
        weight: _size_steps([(line.size_pt, _letters(line)) for line, is_heavy in weighed if is_heavy is weight])
        for weight in (False, True)
    }
    colors = _color_steps([line.ink for line in lines])
    pages = []
    for look, weights in zip(looks, heavy, strict=True):
        words: list[Word] = []
        for line, is_heavy in zip(look.lines, weights, strict=True):
            size = sizes[is_heavy][line.size_pt]
            color = colors[line.ink]
            bold = [True] * len(line.words) if is_heavy else _bold_words(line, usual)
            for word, is_bold in zip(line.words, bold, strict=True):
                face = Face("", size, is_bold, False, color)
                y0, y1 = word.baseline - ASCENT * size, word.baseline + DESCENT * size
                words.append(word._replace(face=face, y0=y0, y1=y1, order=len(words)))
        words = _repeated_bullets(words)
        pages.append(ScannedPage(words, look.drawing, look.width_pt, look.height_pt))
    return pages


def _usual_stroke(lines: Sequence[MeasuredLine]) -> float:
    """The stroke of the regular weight, in font sizes: the lighter of two weights where headings are many."""
    strokes = sorted(stroke / line.size_pt for line in lines for stroke in line.strokes if stroke > 0)
    if len(strokes) < _FEWEST_STROKES:
        return statistics.median(strokes) if strokes else 0.0
    values = np.array(strokes)
    sums = np.cumsum(values)
    least = max(len(values) // 16, 4)
    counts = np.arange(least, len(values) - least)
    light, heavy = sums[counts - 1] / counts, (sums[-1] - sums[counts - 1]) / (len(values) - counts)
    best = int(np.argmax(counts * (len(values) - counts) * np.square(heavy - light)))
    if heavy[best] < _HEAVY_RATIO * light[best]:
        return float(np.median(values))
    regular, bold = float(np.median(values[: counts[best]])), float(np.median(values[counts[best] :]))
    return min(regular, math.sqrt(regular * bold) / _HEAVY_RATIO)


def _letters(line: MeasuredLine) -> int:
    return sum(len(word.text) for word in line.words)


def _is_heavy(line: MeasuredLine, usual: float) -> bool:
    """Tell whether the strokes of a whole line, long enough to be measured, are heavier than usual."""
    known = _known_strokes(line)
    if len(known) < 2 or usual <= 0:
        return bool(known) and known[0][0] >= _BOLD_RATIO * usual > 0
    letters = sum(count for _, count in known)
    light = sum(count for stroke, count in known if stroke < _HEAVY_RATIO * usual)
    return _mean_stroke(known) >= _HEAVY_RATIO * usual and light <= 0.25 * letters


def _known_strokes(line: MeasuredLine) -> list[tuple[float, int]]:
    """The width of the strokes of each word that could be measured, in font sizes, with its letters."""
    words = zip(line.words, line.strokes, strict=True)
    return [(stroke / line.size_pt, len(word.text)) for word, stroke in words if stroke > 0]


def _mean_stroke(known: Sequence[tuple[float, int]]) -> float:
    return sum(stroke * count for stroke, count in known) / sum(count for _, count in known)


def _heavy_lines(lines: Sequence[MeasuredLine], usual: float) -> list[bool]:
    """Tell of each line of a page whether it is heavy; a few words in doubt are, where they go on a heavy line."""
    heavy = [_is_heavy(line, usual) for line in lines]
    leads = [line for line, is_heavy in zip(lines, heavy, strict=True) if is_heavy]
    return [
        is_heavy or (_may_be_heavy(line, usual) and any(_ends(above, line) for above in leads))
        for line, is_heavy in zip(lines, heavy, strict=True)
    ]


def _may_be_heavy(line: MeasuredLine, usual: float) -> bool:
    known = _known_strokes(line) if _letters(line) <= _FEW_LETTERS else []
    return bool(known) and _mean_stroke(known) >= _DOUBTFUL_RATIO * usual > 0


def _ends(above: MeasuredLine, line: MeasuredLine) -> bool:
    """Tell whether a few words end the paragraph of a line above them that is set in their colour."""
    same_ink = sum(abs(a - b) for a, b in zip(above.ink, line.ink, strict=True)) <= _COLOR_DISTANCE
    return same_ink and line.words[0].text[:1].islower() and _goes_on(above, line)


def _size_steps(measured: Sequence[tuple[float, int]]) -> dict[float, float]:
    """Group measured sizes: each takes the weighted middle of its group, to the half point."""
    weights: Counter[float] = Counter()
    for size, weight in measured:
        weights[size] += weight
    groups: list[tuple[float, float, list[float]]] = []  # middle, weight, members
    remaining = dict(weights)
    while remaining:
        # The heaviest neighbourhood first: a body of text is not pulled apart by its own noise.
        center = max(
            sorted(remaining),
            key=lambda c: sum(w for s, w in remaining.items() if 1 / _SIZE_RATIO <= s / c <= _SIZE_RATIO),
        )
        members = [s for s in sorted(remaining) if 1 / _SIZE_RATIO <= s / center <= _SIZE_RATIO]
        total = sum(remaining.pop(s) for s in members)
        middle = sum(s * weights[s] for s in members) / total
        # A few short words beside a body of text of nearly their size were measured badly.
        host = next(
            (
                group
                for group in groups
                if total <= _STRAY_SHARE * group[1] and 1 / _STRAY_RATIO <= middle / group[0] <= _STRAY_RATIO
            ),
            None,
        )
        if host is None:
            groups.append((middle, total, members))
        else:
            host[2].extend(members)
    return {size: round(middle * 2) / 2 for middle, _, members in groups for size in members}


def _has_hue(ink: tuple[float, float, float]) -> bool:
    return max(ink) - min(ink) >= _LEAST_HUE


def _color_steps(inks: Sequence[tuple[float, float, float]]) -> dict[tuple[float, float, float], str]:
    """Group measured colours around the most frequent ones, colours apart from greys."""
    centers: list[list[tuple[float, float, float]]] = []
    for ink in sorted(inks):
        for members in centers:
            if _has_hue(members[0]) is not _has_hue(ink):
                continue
            middle = [statistics.fmean(channel) for channel in zip(*members, strict=True)]
            if sum(abs(a - b) for a, b in zip(ink, middle, strict=True)) <= _COLOR_DISTANCE:
                members.append(ink)
                break
        else:
            centers.append([ink])
    steps: dict[tuple[float, float, float], str] = {}
    for members in centers:
        middle = [statistics.fmean(channel) for channel in zip(*members, strict=True)]
        dark = sum(middle) <= 3 * 70 and not _has_hue(members[0])
        code = "000000" if dark else "".join(f"{round(channel):02x}" for channel in middle)
        steps.update(dict.fromkeys(members, code))
    return steps


def _bold_words(line: MeasuredLine, usual: float) -> list[bool]:
    """The bold words of a line: all of it, or its first words when they are clearly heavier than the rest."""
    limit = _BOLD_RATIO * usual * line.size_pt
    heavy = [stroke >= limit if stroke > 0 and usual > 0 else None for stroke in line.strokes]
    known = [weight for weight in heavy if weight is not None]
    if sum(known) >= 0.75 * len(known) and known:
        return [True] * len(line.words)
    lead = 0
    while lead < len(heavy) and heavy[lead] is not False:
        lead += 1
    while lead and heavy[lead - 1] is None and line.words[lead - 1].text not in (":", "-"):
        lead -= 1
    is_lead = any(heavy[:lead]) and line.words[0].text not in (CHECKED, UNCHECKED)
    return [is_lead and index < lead for index in range(len(line.words))]


def _repeated_bullets(words: list[Word]) -> list[Word]:
    """Name the bullets that the shape left open: the same odd sign at the same place before several lines."""
    lines: dict[float, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        lines[word.baseline].append(index)
    starts: dict[int, list[int]] = defaultdict(list)
    for indexes in lines.values():
        first = words[indexes[0]]
        if len(indexes) > 1 and len(first.text) == 1 and first.text in BULLET_READINGS:
            gap = words[indexes[1]].x0 - first.x1
            if gap >= (_LETTER_GAP if first.text.isalnum() else _SIGN_GAP) * first.face.size_pt:
                starts[round(first.x0 / 4)].append(indexes[0])
    repaired = list(words)
    for indexes in starts.values():
        if len(indexes) >= 2 or words[indexes[0]].text == _BULLET:
            for index in indexes:
                repaired[index] = repaired[index]._replace(text=_BULLET)
    return repaired
