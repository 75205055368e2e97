"""Pages scanned in black and white alone, as faxes are: their specks taken off, their stepped edges smoothed.

Tesseract takes the steps of such letters for strokes, and specks beside a line for signs in front of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from PIL import Image, ImageFilter
from pypdfium2 import PdfiumError

from pipeline.readers.ocr_tesseract import Pixels

_MOST_DPI = 350.0  # a finer picture is smoothed by being drawn smaller
_LEAST_COVER = 0.5  # of the page, by the picture
_MOST_GREY, _BLACK, _WHITE = 0.05, 64, 192  # pixels that are neither, against those that are black
_INK = 128
_SPECK_REACH_PT, _SPECK_AREA_PT2 = 0.7, 0.7  # the dot of a letter in small print is larger
_ALONE_PT = 4.0  # no ink is as near to a speck; the dots of a letter or a colon have theirs there
_FRINGE_PT = 0.5  # what the drawing makes of the edge of a speck
_SMOOTH_PT = 0.36


def is_bilevel(page: Any) -> bool:
    """Tell whether a pdfium page is one coarse picture in black and white alone, however it is stored."""
    width, height = page.get_size()
    pictures = [
        picture
        for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        if _area(picture.get_bounds()) >= _LEAST_COVER * width * height
    ]
    if len(pictures) != 1:
        return False
    try:
        facts = pictures[0].get_metadata()
        if not 0 < facts.horizontal_dpi <= _MOST_DPI:
            return False
        if facts.bits_per_pixel != 8:
            return bool(facts.bits_per_pixel == 1)
        counts = np.bincount(pictures[0].get_bitmap().to_numpy().ravel(), minlength=256)
    except PdfiumError:  # a picture that only the drawing of the page decodes
        return False
    return bool(counts[_BLACK:_WHITE].sum() <= _MOST_GREY * counts[:_BLACK].sum())


def smoothed(pixels: Pixels, scale: float) -> Pixels:
    """A picture in black and white without its specks, its edges smooth; `scale` is in pixels a point."""
    image = Image.fromarray(_without_specks(pixels, scale))
    smooth: Pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(_SMOOTH_PT * scale)), dtype=np.uint8)
    return smooth


def _area(box: tuple[float, float, float, float]) -> float:
    left, bottom, right, top = box
    return (right - left) * (top - bottom)


def _without_specks(pixels: Pixels, scale: float) -> Pixels:
    ink = np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.uint8) < _INK
    rows, columns = ink.shape
    total = np.zeros((rows + 1, columns + 1), dtype=np.int32)
    np.cumsum(np.cumsum(ink, axis=0, dtype=np.int32), axis=1, out=total[1:, 1:])
    ys, xs = np.nonzero(ink)

    def counted(reach_pt: float) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        reach = round(reach_pt * scale)
        top, bottom = np.maximum(ys - reach, 0), np.minimum(ys + reach + 1, rows)
        left, right = np.maximum(xs - reach, 0), np.minimum(xs + reach + 1, columns)
        return total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]

    own = counted(_SPECK_REACH_PT)
    is_speck = (own == counted(_ALONE_PT)) & (own <= _SPECK_AREA_PT2 * scale * scale)
    cleaned = pixels.copy()
    fringe = round(_FRINGE_PT * scale)
    for down in range(-fringe, fringe + 1):
        for right in range(-fringe, fringe + 1):
            y, x = ys[is_speck] + down, xs[is_speck] + right
            cleaned[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)] = 255
    return cleaned
