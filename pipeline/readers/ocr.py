"""Pages that are pictures: Tesseract's words, with the place and the look that the picture gives them.

A page is drawn by pdfium at 300 dpi, set straight, read by Tesseract (one process a page, one page a core), and comes
out as the words and lines that a text page would have given: sizes, colours and weights are measured on the picture.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import statistics
import subprocess
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium
from PIL import Image

from pipeline import isolation
from pipeline.exceptions import SourceError, ToolMissingError
from pipeline.isolation import report_progress
from pipeline.readers.pdf_rulings import Drawing, Ruling
from pipeline.readers.pdf_text import ASCENT, DESCENT, Face, Word

Pixels = npt.NDArray[np.uint8]

DPI = 300
MAX_PIXELS = 36_000_000  # an A3 page at 300 dpi is 17 million
PAGE_DEADLINE_S = 120
_LANGUAGE = "fra"
_MAX_SKEW_DEGREES = 6.0
_LEAST_SKEW_DEGREES = 0.08
_LEAST_CONFIDENCE = 20.0
_DOUBTFUL_CONFIDENCE, _SURE_CONFIDENCE = 70.0, 80.0  # mean of a page, by character
_FEWEST_LETTERS = 20
_BAR_HEIGHT, _BAR_INK = 1.5, 0.8  # against the words beside it; share of its box
_BOLD_RATIO = 1.3  # stroke width of a word against the usual one of the document
_HEAVY_RATIO = 1.2  # the same of a line of several words
_COLOR_DISTANCE = 70.0
_SIZE_RATIO = 1.085  # sizes closer than this are one size, measured twice
_STRAY_SHARE, _STRAY_RATIO = 0.05, 1.12
_SHORTEST_RULING_PT = 40.0
_TALL = frozenset("bdfhijklt!?()[]/|'\u2019\"%&\u20ac")
_DEEP = frozenset("gjpqy\u00e7,;()[]|Q")
_ACCENTS = frozenset("\u0300\u0301\u0302\u0308")
_BULLET_READINGS = frozenset(
    "eoO0*+.\u00a2\u00ab\u00bb\u00b7\u00b0\u00a9\u00aec\u00e9\u00e8s\u00a7=-\u2014\u2013\u2022\u2018'\""
)
_STRAY_LETTERS, _STRAY_HEIGHT, _STRAY_REACH = 3, 0.55, 3.0  # of a bullet; in heights of the word beside it
_BULLET = "\u2022"
_CHECKED, _UNCHECKED = "\u2612", "\u2610"
_CHECK_BOX_PT = (5.5, 14.0)
_RING_PX = 4
_MEASURABLE_LETTERS = 4


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What a picture of a page says, in points, set straight."""

    words: list[Word]
    drawing: Drawing
    width_pt: float
    height_pt: float


@dataclass(frozen=True, slots=True)
class _Row:
    """One word of Tesseract's table, in pixels."""

    line: tuple[int, int, int]
    left: int
    top: int
    width: int
    height: int
    text: str
    confidence: float = 100.0


@dataclass(frozen=True, slots=True)
class _Reading:
    """A picture set straight, with its words and how sure Tesseract is of them (percent, 0 without words)."""

    pixels: Pixels
    grey: Pixels
    rows: list[_Row]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Square:
    """A drawn check box, in pixels."""

    x0: int
    y0: int
    x1: int
    y1: int
    is_marked: bool


@dataclass(frozen=True, slots=True)
class _Measured:
    """A line of words with what the picture shows of it."""

    words: tuple[Word, ...]
    size_pt: float
    strokes: tuple[float, ...]  # width of the strokes of each word in points; 0 when too short to tell
    ink: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Look:
    lines: list[_Measured]
    rulings: list[Ruling]
    width_pt: float
    height_pt: float


def read_pages(
    document: Any, page_indexes: Sequence[int], source: str, *, max_workers: int | None
) -> list[tuple[int, ScannedPage]]:
    """Read pages of a pdfium document (indexes from 0) by OCR; each batch of pages is announced as progress.

    Raises `ToolMissingError` (`tesseract_missing`, `tesseract_language_missing`) and `SourceError` (`ocr_failed`).
    """
    tesseract = find_tesseract(source)
    isolation.report_progress(0, len(page_indexes))
    workers = max(1, min(max_workers or os.cpu_count() or 1, len(page_indexes)))
    looks: list[_Look] = []
    report_progress(0, len(page_indexes))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        # pdfium draws in this thread only; a batch of pictures at a time keeps memory flat.
        for start in range(0, len(page_indexes), workers):
            batch = page_indexes[start : start + workers]
            pictures = [_draw(document, index) for index in batch]
            names = [str(index + 1) for index in batch]
            looks += pool.map(partial(_look, tesseract, source), pictures, names)
            isolation.report_progress(len(looks), len(page_indexes))
            report_progress(len(looks), len(page_indexes))
    return list(zip(page_indexes, _settled(looks), strict=True))


def find_tesseract(source: str) -> str:
    """Path of the Tesseract command. Raises `ToolMissingError` (`tesseract_missing`)."""
    found = shutil.which("tesseract")
    if found is None:
        raise ToolMissingError("tesseract_missing", file=source)
    return found


def recognise(tesseract: str, image: Pixels, dpi: int, page: str, source: str) -> str:
    """Run Tesseract on a grey picture and return its table of words (TSV)."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PPM")
    try:
        done = subprocess.run(
            [tesseract, "stdin", "stdout", "-l", _LANGUAGE, "--dpi", str(dpi), "--psm", "3", "tsv"],
            input=stream.getvalue(),
            capture_output=True,
            timeout=PAGE_DEADLINE_S,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # more threads make it several times slower
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError("ocr_failed", file=source, page=page) from error
    if done.returncode != 0:
        if b"language" in done.stderr:
            raise ToolMissingError("tesseract_language_missing", file=source)
        raise SourceError("ocr_failed", file=source, page=page)
    return done.stdout.decode("utf-8", errors="replace")


# --------------------------------------------------------------------------------------------------------- one picture


def _draw(document: Any, page_index: int) -> tuple[Pixels, float]:
    """Draw a page in colour; its scale in pixels a point."""
    page = document[page_index]
    try:
        width, height = page.get_size()
        scale = DPI / 72
        if width * height * scale * scale > MAX_PIXELS:
            scale = (MAX_PIXELS / (width * height)) ** 0.5
        bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=pdfium.FPDFBitmap_BGR)
        pixels: Pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
        bitmap.close()
        return pixels, scale
    finally:
        page.close()


def _look(tesseract: str, source: str, picture: tuple[Pixels, float], page: str) -> _Look:
    pixels, scale = picture
    read = partial(_read, tesseract, source, scale, page)
    reading = read(pixels)
    if reading.confidence < _DOUBTFUL_CONFIDENCE and sum(len(row.text) for row in reading.rows) >= _FEWEST_LETTERS:
        # A page that was scanned sideways or upside down: quarter turns counterclockwise.
        for turns in (1, 3, 2) if _stands_on_end(reading.rows) else (2, 1, 3):
            other = read(np.ascontiguousarray(np.rot90(pixels, turns)))
            if other.confidence > reading.confidence:
                reading = other
            if reading.confidence >= _SURE_CONFIDENCE:
                break
    pixels, grey, rows = reading.pixels, reading.grey, reading.rows
    lines = [_measured(group, pixels, grey, scale) for group in _grouped([_tight(row, grey) for row in rows])]
    lines = _short_lines_fitted(lines)
    height, width = grey.shape
    return _Look(lines, _rulings(grey, scale), width / scale, height / scale)


def _read(tesseract: str, source: str, scale: float, page: str, pixels: Pixels) -> _Reading:
    """Set a picture straight and read its words."""
    grey = _grey(pixels)
    skew = skew_degrees(grey)
    if abs(skew) >= _LEAST_SKEW_DEGREES:
        turned = Image.fromarray(pixels).rotate(skew, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
        pixels = np.asarray(turned, dtype=np.uint8)
        grey = _grey(pixels)
    squares = _squares(grey, scale)
    rows = _table_rows(recognise(tesseract, _without(grey, squares), round(72 * scale), page, source))
    rows = _without_stray_bullets(_without_bars(rows, grey))
    confidence = 0.0 if _stands_on_end(rows) else _mean_confidence(rows)
    return _Reading(pixels, grey, rows + [_square_row(square, rows) for square in squares], confidence)


def _without_bars(rows: Sequence[_Row], grey: Pixels) -> list[_Row]:
    """The words without those that Tesseract saw in a bar of colour beside a heading."""
    heights: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row in rows:
        heights[row.line].append(row.height)
    kept = []
    for row in rows:
        usual = statistics.median(heights[row.line])
        if len(row.text) <= 2 and len(heights[row.line]) > 2 and row.height >= _BAR_HEIGHT * usual:
            crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
            ink = crop < 128
            columns, lines = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
            if len(columns) and ink[lines[0] : lines[-1] + 1, columns[0] : columns[-1] + 1].mean() >= _BAR_INK:
                continue
        kept.append(row)
    return kept


def _without_stray_bullets(rows: Sequence[_Row]) -> list[_Row]:
    """The words without the bullets that Tesseract read as several letters; `_with_bullet` then sees their ink."""
    return [row for row in rows if not (_is_stray(row) and any(_opens(row, other) for other in rows))]


def _is_stray(row: _Row) -> bool:
    is_round = 0.6 <= row.width / max(row.height, 1) <= 1.7
    return is_round and 2 <= len(row.text) <= _STRAY_LETTERS and set(row.text) <= _BULLET_READINGS


def _opens(stray: _Row, other: _Row) -> bool:
    """Tell whether a small sign stands before a word, on its line."""
    middle = stray.top + stray.height / 2
    gap = other.left - stray.left - stray.width
    return (
        stray.height <= _STRAY_HEIGHT * other.height
        and other.top <= middle <= other.top + other.height
        and 0 < gap <= _STRAY_REACH * other.height
    )


def _mean_confidence(rows: Sequence[_Row]) -> float:
    letters = sum(len(row.text) for row in rows)
    return sum(row.confidence * len(row.text) for row in rows) / letters if letters else 0.0


def _stands_on_end(rows: Sequence[_Row]) -> bool:
    """Tell whether most words are higher than wide: Tesseract reads text set sideways too, but in no useful order."""
    words = [row for row in rows if sum(char.isalpha() for char in row.text) >= _MEASURABLE_LETTERS]
    return sum(row.height > row.width for row in words) > 0.5 * len(words)


def _grey(pixels: Pixels) -> Pixels:
    weights = np.array([77, 150, 29], dtype=np.uint16)
    return ((pixels.astype(np.uint16) @ weights) >> 8).astype(np.uint8)


def skew_degrees(grey: Pixels) -> float:
    """The angle, counterclockwise, by which to turn a picture so that its lines of text are level."""
    small = grey[::4, ::4]
    dark = small < 128
    if dark.mean() > 0.5:
        dark = ~dark
    ys, xs = np.nonzero(dark)
    if len(xs) < 200:
        return 0.0
    step = max(1, len(xs) // 40_000)
    ys, xs = ys[::step].astype(np.float64), xs[::step].astype(np.float64)

    def sharpness(angle: float) -> float:
        levels = ys - xs * np.tan(np.radians(angle))
        counts = np.bincount((levels - levels.min()).astype(np.int64)).astype(np.float64)
        return float(np.square(np.diff(counts)).sum())

    coarse = max(np.arange(-_MAX_SKEW_DEGREES, _MAX_SKEW_DEGREES + 0.01, 0.25), key=lambda a: (sharpness(a), -abs(a)))
    fine = max(np.arange(coarse - 0.25, coarse + 0.251, 0.05), key=lambda a: (sharpness(a), -abs(a)))
    return float(round(fine, 2))


def _table_rows(tsv: str) -> list[_Row]:
    rows = []
    for record in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE):
        printed = (record.get("text") or "").strip().lstrip("_")  # what Tesseract makes of a bullet's shadow
        if record.get("level") != "5" or not printed or float(record["conf"]) < 0:
            continue
        if float(record["conf"]) < _LEAST_CONFIDENCE and not any(char.isalnum() for char in printed):
            continue
        line = (int(record["block_num"]), int(record["par_num"]), int(record["line_num"]))
        left, top, width, height = (int(record[key]) for key in ("left", "top", "width", "height"))
        rows.append(_Row(line, left, top, width, height, printed, float(record["conf"])))
    return rows


def _grouped(rows: Iterable[_Row]) -> list[list[_Row]]:
    """The words of each line, left to right, cut where the gap is that of a column or a cell."""
    lines: dict[tuple[int, int, int], list[_Row]] = defaultdict(list)
    for row in rows:
        lines[row.line].append(row)
    groups: list[list[_Row]] = []
    for line in lines.values():
        line.sort(key=lambda row: row.left)
        size = statistics.median(row.height / _extent(row.text) for row in line)
        groups.append(line[:1])
        for row in line[1:]:
            before = groups[-1][-1]
            bullet = len(groups[-1]) == 1 and len(before.text) == 1
            if row.left - before.left - before.width > (2.5 if bullet else 1.1) * size:
                groups.append([row])
            else:
                groups[-1].append(row)
    return groups


def _tight(row: _Row, grey: Pixels) -> _Row:
    """Fit the box of a word to its ink: Tesseract's is loose beside drawn lines."""
    crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
    if crop.size == 0 or row.text in (_CHECKED, _UNCHECKED):
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
    return replace(row, top=max(row.top, 0) + first, height=last - first + 1)


def _squares(grey: Pixels, scale: float) -> list[_Square]:
    """Drawn check boxes: small squares with straight thin sides, with or without a mark inside."""
    dark = grey < 170
    shortest, longest = round(_CHECK_BOX_PT[0] * scale), round(_CHECK_BOX_PT[1] * scale)
    if min(dark.shape) <= shortest:
        return []
    across = _solid(dark, shortest)[: dark.shape[0] - shortest + 1]
    down = _solid(dark.T, shortest).T[:, : dark.shape[1] - shortest + 1]
    corners = across & down
    corners[_RING_PX:] &= ~dark[: corners.shape[0] - _RING_PX, : corners.shape[1]]
    corners[:, _RING_PX:] &= ~dark[: corners.shape[0], : corners.shape[1] - _RING_PX]
    squares: list[_Square] = []
    for y, x in np.argwhere(corners):
        y0, x0 = int(y), int(x)
        if any(abs(q.x0 - x0) < shortest / 2 and abs(q.y0 - y0) < shortest / 2 for q in squares[-12:]):
            continue
        width = _run_length(dark[y0, x0 : x0 + longest + 2])
        height = _run_length(dark[y0 : y0 + longest + 2, x0])
        if max(width, height) > longest or abs(width - height) > 0.2 * max(width, height):
            continue
        y1, x1 = y0 + height - 1, x0 + width - 1
        edge = max(2, round(0.12 * width))
        right = dark[y0 : y1 + 1, max(x1 - edge, 0) : x1 + edge].mean(axis=0)
        bottom = dark[max(y1 - edge, 0) : y1 + edge, x0 : x1 + 1].mean(axis=1)
        inner = dark[y0 + 2 * edge : y1 - 2 * edge, x0 + 2 * edge : x1 - 2 * edge]
        if min(right.max(initial=0.0), bottom.max(initial=0.0)) < 0.9 or not inner.size or inner.mean() > 0.75:
            continue
        stem = dark[y0 + 2 * edge : y1 - 2 * edge, x0 + round(0.22 * width)]
        if stem.size and stem.mean() > 0.5:
            continue  # the stem of a letter in bold
        far_corners = (
            dark[y0 : y0 + 3, x1 - 2 : x1 + 1],
            dark[y1 - 2 : y1 + 1, x1 - 2 : x1 + 1],
            dark[y1 - 2 : y1 + 1, x0 : x0 + 3],
        )
        if _ring_share(dark, x0, y0, x1, y1) > 0.12 or min(corner.mean() for corner in far_corners) < 0.5:
            continue
        squares.append(_Square(x0, y0, x1, y1, bool(inner.mean() > 0.08)))
    return squares


def _ring_share(dark: npt.NDArray[np.bool_], x0: int, y0: int, x1: int, y1: int) -> float:
    """Share of ink just outside a square: a box stands free, the parts of a letter do not."""
    top, left = max(y0 - _RING_PX, 0), max(x0 - _RING_PX, 0)
    bottom, right = min(y1 + _RING_PX, dark.shape[0] - 1), min(x1 + _RING_PX, dark.shape[1] - 1)
    ring = (
        dark[top, left : right + 1],
        dark[bottom, left : right + 1],
        dark[top : bottom + 1, left],
        dark[top : bottom + 1, right],
    )
    return float(max(side.mean() for side in ring))


def _solid(dark: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """Where a run of `length` dark pixels to the right starts."""
    sums = np.zeros((dark.shape[0], dark.shape[1] + 1), dtype=np.uint16)
    np.cumsum(dark, axis=1, dtype=np.uint16, out=sums[:, 1:])
    solid: npt.NDArray[np.bool_] = (sums[:, length:] - sums[:, :-length]) == length
    return solid


def _run_length(dark: npt.NDArray[np.bool_]) -> int:
    stops = np.flatnonzero(~dark)
    return int(stops[0]) if len(stops) else len(dark)


def _without(grey: Pixels, squares: Sequence[_Square]) -> Pixels:
    """The picture with the check boxes wiped out: Tesseract would read them as letters."""
    if not squares:
        return grey
    wiped = grey.copy()
    for square in squares:
        margin = max(3, (square.x1 - square.x0) // 6)
        y0, x0 = max(square.y0 - margin, 0), max(square.x0 - margin, 0)
        y1, x1 = square.y1 + margin + 1, square.x1 + margin + 1
        wiped[y0:y1, x0:x1] = int(np.percentile(grey[y0:y1, x0:x1], 90))
    return wiped


def _square_row(square: _Square, rows: Sequence[_Row]) -> _Row:
    """A check box as a word of the line at its height, the nearest word at its right first."""
    middle = (square.y0 + square.y1) / 2
    beside = [row for row in rows if row.top - 0.3 * row.height <= middle <= row.top + 1.3 * row.height]
    nearest = min(beside, key=lambda row: (row.left < square.x0, abs(row.left - square.x1)), default=None)
    line = nearest.line if nearest is not None else (0, square.y0, square.x0)
    glyph = _CHECKED if square.is_marked else _UNCHECKED
    return _Row(line, square.x0, square.y0, square.x1 - square.x0, square.y1 - square.y0, glyph)


def _measured(rows: list[_Row], pixels: Pixels, grey: Pixels, scale: float) -> _Measured:
    """Measure one line: size from the shape of its words, stroke width and colour from its ink."""
    shaped = [row for row in rows if any(char.isalnum() for char in row.text)] or rows
    sizes = [row.height / _extent(row.text) for row in shaped]
    size_px = statistics.median(sizes)
    bottoms = [row.top + row.height - (DESCENT * 0.95 * size_px if _is_deep(row.text) else 0.0) for row in shaped]
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
    return _Measured(words, size_pt, strokes, _ink(pixels[top:bottom, left:right]))


def _short_lines_fitted(lines: list[_Measured]) -> list[_Measured]:
    """Give a line of a few characters, too short to be measured, the size and baseline of the line beside it."""
    fitted = []
    for line in lines:
        if sum(1 for word in line.words for char in word.text if char.isalpha()) >= _MEASURABLE_LETTERS:
            fitted.append(line)
            continue
        first = line.words[0]
        middle = (first.y0 + first.y1) / 2
        beside = [
            other
            for other in lines
            if other is not line
            and other.words[0].y0 <= middle <= other.words[0].y1
            and 0.6 <= other.size_pt / line.size_pt <= 1.6
            and sum(1 for word in other.words for char in word.text if char.isalpha()) >= _MEASURABLE_LETTERS
        ]
        if not beside:
            fitted.append(line)
            continue
        nearest = min(beside, key=lambda other: abs(other.words[0].x0 - first.x0))
        baseline = nearest.words[0].baseline
        words = tuple(word._replace(baseline=baseline) for word in line.words)
        fitted.append(replace(line, words=words, size_pt=nearest.size_pt))
    return fitted


def _extent(word: str) -> float:
    """Height of a word's ink in font sizes, by the shapes of its letters."""
    top, base = 0.54, ""
    for char in unicodedata.normalize("NFD", word):
        if char in _ACCENTS:
            top = max(top, 0.92 if base.isupper() else 0.78)
            continue
        base = char
        if char in _TALL or char.isupper() or char.isdigit():
            top = max(top, 0.73)
    return top + (0.21 if _is_deep(word) else 0.0)


def _is_deep(word: str) -> bool:
    return any(char in _DEEP for char in word)


def _with_bullet(
    words: tuple[Word, ...], rows: Sequence[_Row], grey: Pixels, scale: float, size_px: float
) -> tuple[Word, ...]:
    """Name a bullet that Tesseract read as a letter, or did not read, by the shape of its ink."""
    first = rows[0]
    if len(rows) > 1 and len(first.text) == 1 and first.text in _BULLET_READINGS:
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
    if not is_round or not baseline_px - 0.55 * size_px <= middle <= baseline_px - 0.1 * size_px or x0 <= left + 1:
        return words
    return (words[0]._replace(text=_BULLET, x0=x0 / scale, x1=x1 / scale), *words)


def _blob(grey: Pixels, x0: int, x1: int, y0: int, y1: int) -> tuple[int, int] | None:
    box = _blob_box(grey, x0, x1, y0, y1)
    return None if box is None else (box[2] - box[0], box[3] - box[1])


def _blob_box(grey: Pixels, x0: int, x1: int, y0: int, y1: int) -> tuple[int, int, int, int] | None:
    """The box of all ink in a part of the picture; None when it is blank."""
    x0, y0 = max(x0, 0), max(y0, 0)
    dark = grey[y0:y1, x0:x1] < 140
    ys, xs = np.nonzero(dark)
    if len(xs) < 6:
        return None
    return x0 + int(xs.min()), y0 + int(ys.min()), x0 + int(xs.max()) + 1, y0 + int(ys.max()) + 1


def _stroke(grey: Pixels, row: _Row) -> float:
    """Mean width of the strokes of a word in pixels: twice its ink over its outline."""
    if sum(1 for char in row.text if char.isalpha()) < 2:
        return 0.0
    crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
    if crop.size < 50:
        return 0.0
    low, high = float(crop.min()), float(np.percentile(crop, 95))
    if high - low < 60:
        return 0.0
    ink = np.pad(crop < (low + high) / 2, 1)
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


def _rulings(grey: Pixels, scale: float) -> list[Ruling]:
    """Long straight dark lines, at half the resolution."""
    small = np.minimum(np.minimum(grey[::2, ::2][: grey.shape[0] // 2, : grey.shape[1] // 2],
                                  grey[1::2, ::2][: grey.shape[0] // 2, : grey.shape[1] // 2]),
                       grey[::2, 1::2][: grey.shape[0] // 2, : grey.shape[1] // 2])  # fmt: skip
    dark = small < 160
    half = scale / 2
    length = round(_SHORTEST_RULING_PT * half)
    horizontal = [
        Ruling(x0 / half, y / half, x1 / half, y / half, "000000") for y, x0, x1 in _runs(dark, length, round(3 * half))
    ]
    vertical = [
        Ruling(x / half, y0 / half, x / half, y1 / half, "000000")
        for x, y0, y1 in _runs(dark.T, round(length / 3), round(3 * half))
    ]
    if not any(ruling.y1 - ruling.y0 >= _SHORTEST_RULING_PT / 2 for ruling in vertical):
        vertical = []
    return horizontal + vertical


def _runs(dark: npt.NDArray[np.bool_], length: int, thickest: int) -> list[tuple[float, float, float]]:
    """Thin runs of dark pixels along the rows: (row, start, end)."""
    if dark.shape[1] <= length:
        return []
    sums = np.cumsum(np.pad(dark.astype(np.int32), ((0, 0), (1, 0))), axis=1)
    solid = (sums[:, length:] - sums[:, :-length]) >= 0.97 * length
    found: list[list[float]] = []  # first row, last row, start, end
    for row in np.flatnonzero(solid.any(axis=1)).tolist():
        marks = np.flatnonzero(np.diff(np.pad(solid[row].astype(np.int8), 1))).tolist()
        for start, stop in zip(marks[::2], marks[1::2], strict=True):
            end = stop + length - 1
            for line in reversed(found[-40:]):
                if row - line[1] <= 2 and start <= line[3] and end >= line[2]:
                    line[1], line[2], line[3] = row, min(line[2], start), max(line[3], end)
                    break
            else:
                found.append([row, row, start, end])
    return [((top + bottom) / 2, start, end) for top, bottom, start, end in found if bottom - top <= thickest]


# ------------------------------------------------------------------------------------------------- over all pages


def _settled(looks: Sequence[_Look]) -> list[ScannedPage]:
    """Settle sizes, weights and colours over all pages: measures that nearly agree are one."""
    lines = [line for look in looks for line in look.lines]
    strokes = [stroke / line.size_pt for line in lines for stroke in line.strokes if stroke > 0]
    usual = statistics.median(strokes) if strokes else 0.0
    # Bold lines apart: a heading may be set one point larger than the text, which is less than the noise of both.
    sizes = {
        is_heavy: _size_steps([(line.size_pt, _letters(line)) for line in lines if _is_heavy(line, usual) is is_heavy])
        for is_heavy in (False, True)
    }
    colors = _color_steps([line.ink for line in lines])
    pages = []
    for look in looks:
        words: list[Word] = []
        for line in look.lines:
            size = sizes[_is_heavy(line, usual)][line.size_pt]
            color = colors[line.ink]
            bold = _bold_words(line, usual)
            for word, is_bold in zip(line.words, bold, strict=True):
                face = Face("", size, is_bold, False, color)
                y0, y1 = word.baseline - ASCENT * size, word.baseline + DESCENT * size
                words.append(word._replace(face=face, y0=y0, y1=y1, order=len(words)))
        words = _repeated_bullets(words)
        pages.append(ScannedPage(words, Drawing(look.rulings, [], [], []), look.width_pt, look.height_pt))
    return pages


def _letters(line: _Measured) -> int:
    return sum(len(word.text) for word in line.words)


def _is_heavy(line: _Measured, usual: float) -> bool:
    """Tell whether the strokes of a whole line, long enough to be measured, are heavier than usual."""
    known = [stroke / line.size_pt for stroke in line.strokes if stroke > 0]
    if len(known) < 2 or usual <= 0:
        return bool(known) and min(known) >= _BOLD_RATIO * usual > 0
    light = sum(1 for stroke in known if stroke < _HEAVY_RATIO * usual)
    return statistics.fmean(known) >= _HEAVY_RATIO * usual and light <= 0.25 * len(known)


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


def _color_steps(inks: Sequence[tuple[float, float, float]]) -> dict[tuple[float, float, float], str]:
    """Group measured colours around the most frequent ones."""
    centers: list[list[tuple[float, float, float]]] = []
    for ink in sorted(inks):
        for members in centers:
            middle = [statistics.fmean(channel) for channel in zip(*members, strict=True)]
            if sum(abs(a - b) for a, b in zip(ink, middle, strict=True)) <= _COLOR_DISTANCE:
                members.append(ink)
                break
        else:
            centers.append([ink])
    steps: dict[tuple[float, float, float], str] = {}
    for members in centers:
        middle = [statistics.fmean(channel) for channel in zip(*members, strict=True)]
        dark = sum(middle) <= 3 * 70
        code = "000000" if dark else "".join(f"{round(channel):02x}" for channel in middle)
        steps.update(dict.fromkeys(members, code))
    return steps


def _bold_words(line: _Measured, usual: float) -> list[bool]:
    """The bold words of a line: all of it, or its first words when they are clearly heavier than the rest."""
    limit = _BOLD_RATIO * usual * line.size_pt
    if _is_heavy(line, usual):
        return [True] * len(line.words)
    heavy = [stroke >= limit if stroke > 0 and usual > 0 else None for stroke in line.strokes]
    known = [weight for weight in heavy if weight is not None]
    if sum(known) >= 0.75 * len(known) and known:
        return [True] * len(line.words)
    lead = 0
    while lead < len(heavy) and heavy[lead] is not False:
        lead += 1
    while lead and heavy[lead - 1] is None and line.words[lead - 1].text not in (":", "-"):
        lead -= 1
    is_lead = any(heavy[:lead]) and line.words[0].text not in (_CHECKED, _UNCHECKED)
    return [is_lead and index < lead for index in range(len(line.words))]


def _repeated_bullets(words: list[Word]) -> list[Word]:
    """Name the bullets that the shape left open: the same odd sign at the same place before several lines."""
    lines: dict[float, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        lines[word.baseline].append(index)
    starts: dict[int, list[int]] = defaultdict(list)
    for indexes in lines.values():
        first = words[indexes[0]]
        if len(indexes) > 1 and len(first.text) == 1 and first.text in _BULLET_READINGS:
            gap = words[indexes[1]].x0 - first.x1
            if gap >= 0.45 * first.face.size_pt:
                starts[round(first.x0 / 4)].append(indexes[0])
    repaired = list(words)
    for indexes in starts.values():
        if len(indexes) >= 2 or words[indexes[0]].text == _BULLET:
            for index in indexes:
                repaired[index] = repaired[index]._replace(text=_BULLET)
    return repaired
