"""Pages that are pictures: Tesseract's words, with the place and the look that the picture gives them.

A page is drawn by pdfium at 300 dpi, set straight, read by Tesseract (one process a page, one page a core), and comes
out as the words, lines and boxes that a text page would have given. See ocr_tesseract (runs it), ocr_rulings and
ocr_shades (what is drawn), ocr_bilevel (faxes), ocr_squares (check boxes), ocr_doubts (cells and codes read again),
ocr_labels (labels that recognition spoiled), ocr_look (sizes, weights and colours, measured on the picture), ocr_ink
(pieces of ink).
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from PIL import Image

from pipeline.isolation import report_progress
from pipeline.readers.ocr_bilevel import is_bilevel, smoothed
from pipeline.readers.ocr_doubts import settle_cells, settle_codes, settle_stacks, split_joined
from pipeline.readers.ocr_labels import settle_labels
from pipeline.readers.ocr_leaders import without_leaders
from pipeline.readers.ocr_look import (
    BULLET_READINGS,
    MEASURABLE_LETTERS,
    Look,
    ScannedPage,
    extent,
    fit_neighbours,
    fit_short_lines,
    fit_to_ink,
    measure_line,
    settle_hollow_bullets,
    settle_pages,
    without_doubled_bullets,
)
from pipeline.readers.ocr_rulings import DrawnLines, find_lines, without_lines, without_underlines
from pipeline.readers.ocr_shades import find_shades, head_walls, open_columns, seated
from pipeline.readers.ocr_squares import Square, find_squares, square_word, without_squares
from pipeline.readers.ocr_tesseract import Pixels, ReadWord, find_tesseract, recognise, recognise_parts
from pipeline.readers.pdf_rulings import Box, Drawing, Ruling
from pipeline.readers.pdf_tables import find_grids

DPI = 300
MAX_PIXELS = 36_000_000  # an A3 page at 300 dpi is 17 million
_MAX_SKEW_DEGREES = 6.0
_LEAST_SKEW_DEGREES = 0.08
_DOUBTFUL_CONFIDENCE, _SURE_CONFIDENCE = 70.0, 80.0  # mean of a page, by character
_FEWEST_LETTERS = 20
_BAR_HEIGHT, _BAR_INK = 1.5, 0.8  # against the words beside it; share of its box
_WIDEST_SIGN, _WIDEST_DASH = 1.7, 8.0  # of the height: a bullet, a dash in its place
_DASHES = frozenset("-_\u2013\u2014")
_GLUED = "*_\u2022\u00b0+\u00b7\u00ab\u00bb"  # what a bullet is read as before a word that it was read with
_BULLET_SPACE, _INK = 0.25, 140  # of the height of such a word; what is darker is ink
_STRAY_LETTERS, _STRAY_HEIGHT, _STRAY_REACH = 3, 0.55, 3.0  # of a bullet; in heights of the word beside it


@dataclass(frozen=True, slots=True)
class _Reading:
    """A picture set straight, with what is on it; `confidence` in percent, 0 without words."""

    pixels: Pixels
    grey: Pixels  # without the drawn lines
    rows: list[ReadWord]
    confidence: float
    lines: DrawnLines
    shades: list[Box]
    squares: list[Square]


def read_pages(
    document: Any, page_indexes: Sequence[int], source: str, *, max_workers: int | None
) -> list[tuple[int, ScannedPage]]:
    """Read pages of a pdfium document (indexes from 0) by OCR; each batch of pages is announced as progress.

    Raises `ToolMissingError` (`tesseract_missing`, `tesseract_language_missing`) and `SourceError` (`ocr_failed`).
    """
    tesseract = find_tesseract(source)
    workers = max(1, min(max_workers or os.cpu_count() or 1, len(page_indexes)))
    looks: list[Look] = []
    report_progress(0, len(page_indexes))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        # pdfium draws in this thread only; a batch of pictures at a time keeps memory flat.
        for start in range(0, len(page_indexes), workers):
            batch = page_indexes[start : start + workers]
            pictures = [_draw(document, index) for index in batch]
            names = [str(index + 1) for index in batch]
            looks += pool.map(partial(_look, tesseract, source), pictures, names)
            report_progress(len(looks), len(page_indexes))
    return list(zip(page_indexes, settle_pages(settle_labels(looks)), strict=True))


# --------------------------------------------------------------------------------------------------------- one picture


def _draw(document: Any, page_index: int) -> tuple[Pixels, float, bool]:
    """Draw a page in colour; its scale in pixels a point, and whether it was scanned in black and white alone."""
    page = document[page_index]
    try:
        width, height = page.get_size()
        scale = DPI / 72
        if width * height * scale * scale > MAX_PIXELS:
            scale = (MAX_PIXELS / (width * height)) ** 0.5
        bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=pdfium.FPDFBitmap_BGR)
        pixels: Pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
        bitmap.close()
        return pixels, scale, is_bilevel(page)
    finally:
        page.close()


def _look(tesseract: str, source: str, picture: tuple[Pixels, float, bool], page: str) -> Look:
    pixels, scale, is_coarse = picture
    if is_coarse:
        pixels = smoothed(pixels, scale)
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
    pixels, grey = reading.pixels, reading.grey
    again = partial(_read_parts, tesseract, source, scale, page)
    height, width = grey.shape
    rulings = reading.lines.rulings(scale)
    ruled = find_grids(Drawing(rulings, [], [], []), width / scale, height / scale)
    shades = seated(reading.shades, [cell.box for grid in ruled for cell in grid.cells])
    rulings += head_walls(shades, rulings, grey, scale)
    rulings += open_columns(shades, rulings, reading.rows, scale)
    drawing = Drawing(rulings, shades, [], [])
    cells = [cell.box for grid in find_grids(drawing, width / scale, height / scale) for cell in grid.cells]
    bare = without_squares(grey, reading.squares)
    rows = settle_stacks(reading.rows, bare, again)
    rows = split_joined(settle_cells(rows, bare, cells, scale, again), bare)
    rows = settle_codes(rows, bare, again)
    rows += [square_word(square, rows) for square in reading.squares]
    groups = _grouped([fit_to_ink(row, grey) for row in rows], [wall for wall in rulings if wall.x0 == wall.x1], scale)
    measured = [measure_line(fit_neighbours(group, grey), pixels, grey, scale) for group in groups]
    lines = fit_short_lines(settle_hollow_bullets(without_doubled_bullets(measured)))
    return Look(lines, drawing, width / scale, height / scale)


def _read_parts(
    tesseract: str, source: str, scale: float, page: str, parts: Sequence[Pixels], mode: str
) -> list[list[ReadWord]]:
    return recognise_parts(tesseract, parts, round(72 * scale), mode, page, source)


def _read(tesseract: str, source: str, scale: float, page: str, pixels: Pixels) -> _Reading:
    """Set a picture straight and read its words."""
    grey = _grey(pixels)
    skew = skew_degrees(grey)
    if abs(skew) >= _LEAST_SKEW_DEGREES:
        turned = Image.fromarray(pixels).rotate(skew, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
        pixels = np.asarray(turned, dtype=np.uint8)
        grey = _grey(pixels)
    squares = find_squares(grey, scale)
    shades = find_shades(pixels, grey, scale)
    lines = find_lines(without_squares(grey, squares), scale, shades)
    plain = without_leaders(without_underlines(without_lines(grey, lines), scale), scale)
    rows = recognise(tesseract, without_squares(plain, squares), round(72 * scale), page, source)
    rows = _without_stray_bullets(_without_glued_bullets(_without_bars(rows, plain), plain))
    confidence = 0.0 if _stands_on_end(rows) else _mean_confidence(rows)
    return _Reading(pixels, plain, rows, confidence, lines, shades, squares)


def _without_bars(rows: Sequence[ReadWord], grey: Pixels) -> list[ReadWord]:
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


def _without_glued_bullets(rows: Sequence[ReadWord], grey: Pixels) -> list[ReadWord]:
    """The words without the bullets that Tesseract read with them («*_Installer»); `_with_bullet` then sees their ink.

    A bullet stands apart from its word by as much as a space.
    """
    kept = []
    for row in rows:
        word = row.text.lstrip(_GLUED)
        if word != row.text and len(row.text) - len(word) <= _STRAY_LETTERS and word[:1].isupper():
            crop = grey[max(row.top, 0) : row.top + row.height, max(row.left, 0) : row.left + row.width]
            inked = np.flatnonzero((crop < _INK).any(axis=0))
            gaps = np.flatnonzero(np.diff(inked) >= _BULLET_SPACE * row.height)
            if len(gaps):
                left = int(inked[gaps[0] + 1])
                row = replace(row, text=word, left=row.left + left, width=row.width - left)
        kept.append(row)
    return kept


def _without_stray_bullets(rows: Sequence[ReadWord]) -> list[ReadWord]:
    """The words without the bullets that Tesseract read as several letters; `_with_bullet` then sees their ink."""
    return [row for row in rows if not (_is_stray(row) and any(_opens(row, other) for other in rows))]


def _is_stray(row: ReadWord) -> bool:
    if not set(row.text) <= BULLET_READINGS | {"_"} or len(row.text) > _STRAY_LETTERS:
        return False
    widest = _WIDEST_DASH if set(row.text) <= _DASHES else _WIDEST_SIGN
    return len(row.text) == 1 or 0.6 <= row.width / max(row.height, 1) <= widest


def _opens(stray: ReadWord, other: ReadWord) -> bool:
    """Tell whether a small sign stands before a word, at its height, and is no letter that was read with it."""
    if len(stray.text) == 1 and stray.line == other.line:
        return False
    middle = stray.top + stray.height / 2
    gap = other.left - stray.left - stray.width
    return (
        stray.height <= _STRAY_HEIGHT * other.height
        and other.top <= middle <= other.top + other.height
        and 0 < gap <= _STRAY_REACH * other.height
    )


def _mean_confidence(rows: Sequence[ReadWord]) -> float:
    letters = sum(len(row.text) for row in rows)
    return sum(row.confidence * len(row.text) for row in rows) / letters if letters else 0.0


def _stands_on_end(rows: Sequence[ReadWord]) -> bool:
    """Tell whether most words are higher than wide: Tesseract reads text set sideways too, but in no useful order."""
    words = [row for row in rows if sum(char.isalpha() for char in row.text) >= MEASURABLE_LETTERS]
    return sum(row.height > row.width for row in words) > 0.5 * len(words)


def _grey(pixels: Pixels) -> Pixels:
    grey: Pixels = np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.uint8)
    return grey


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


def _grouped(rows: Iterable[ReadWord], walls: Sequence[Ruling], scale: float) -> list[list[ReadWord]]:
    """The words of each line, left to right, cut at upright lines and where the gap is that of a column or a cell."""
    lines: dict[tuple[int, int, int], list[ReadWord]] = defaultdict(list)
    for row in rows:
        lines[row.line].append(row)
    groups: list[list[ReadWord]] = []
    for line in lines.values():
        line.sort(key=lambda row: row.left)
        size = statistics.median(row.height / extent(row.text) for row in line)
        groups.append(line[:1])
        for row in line[1:]:
            before = groups[-1][-1]
            bullet = len(groups[-1]) == 1 and len(before.text) == 1
            is_far = row.left - before.left - before.width > (2.5 if bullet else 1.1) * size
            if is_far or any(_stands_between(wall, before, row, scale) for wall in walls):
                groups.append([row])
            else:
                groups[-1].append(row)
    return groups


def _stands_between(wall: Ruling, before: ReadWord, after: ReadWord, scale: float) -> bool:
    x, y = wall.x0 * scale, after.top + after.height / 2
    left, right = before.left + before.width / 2, after.left + after.width / 2
    return left < x < right and wall.y0 * scale <= y <= wall.y1 * scale
