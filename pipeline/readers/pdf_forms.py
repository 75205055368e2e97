"""Filled form fields and typed notes: text that a viewer shows and that is no part of the page's own text."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.readers.pdf_rulings import Rectangle
from pipeline.readers.pdf_text import ASCENT, DESCENT, Face, Sheet, Word

_CHECKED, _UNCHECKED = "\u2612", "\u2610"
_MAX_ANNOTATIONS = 5_000
_MAX_VALUE_BYTES = 200_000
_USUAL_SIZE_PT = 10.0
_MEAN_LETTER = 0.5  # width in font sizes
_TICKS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_VALUES = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)


def read_field_words(form: Any, page: Any, sheet: Sheet, printed: Sequence[Word]) -> list[Word]:
    """Read the values of the fields of a page (`PdfPage.raw`) as words at their places; `form` is the form environment.

    A check box or a radio button gives a checked or an empty square. Hidden fields give nothing. A value stands on the
    baseline of the `printed` words beside it, as its label does.
    """
    words: list[Word] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            words += _field_words(form, annotation, sheet)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return [_on_baseline(word, printed) for word in words]


def _on_baseline(word: Word, printed: Sequence[Word]) -> Word:
    near = [other.baseline for other in printed if abs(other.baseline - word.baseline) <= 0.5 * word.face.size_pt]
    if not near:
        return word
    step = min(near, key=lambda baseline: abs(baseline - word.baseline)) - word.baseline
    return word._replace(y0=word.y0 + step, y1=word.y1 + step, baseline=word.baseline + step)


def _field_words(form: Any, annotation: Any, sheet: Sheet) -> list[Word]:
    subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
    hidden = pdfium.FPDFAnnot_GetFlags(annotation) & (pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW)
    box = _box(annotation, sheet)
    if hidden or box is None:
        return []
    if subtype == pdfium.FPDF_ANNOT_FREETEXT:
        return _set_in(box, _string(annotation, "Contents"))
    if subtype != pdfium.FPDF_ANNOT_WIDGET:
        return []
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _TICKS:
        return _set_in(box, _CHECKED if pdfium.FPDFAnnot_IsChecked(form, annotation) else _UNCHECKED)
    if kind in _VALUES:
        length = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
        if not 2 < length <= _MAX_VALUE_BYTES:
            return []
        buffer = (ctypes.c_ushort * (length // 2))()
        pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, length)
        return _set_in(box, _decoded(buffer))
    return []


def _box(annotation: Any, sheet: Sheet) -> Rectangle | None:
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(annotation, rect):
        return None
    return sheet.rectangle(rect.left, rect.bottom, rect.right, rect.top)


def _string(annotation: Any, key: str) -> str:
    length = pdfium.FPDFAnnot_GetStringValue(annotation, key.encode(), None, 0)
    if not 2 < length <= _MAX_VALUE_BYTES:
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFAnnot_GetStringValue(annotation, key.encode(), buffer, length)
    return _decoded(buffer)


def _decoded(buffer: Any) -> str:
    return bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\x00")


def _set_in(box: Rectangle, value: str) -> list[Word]:
    """Set a value in its box, line by line, as a viewer would."""
    x0, y0, x1, y1 = box
    lines = [line.split() for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        return []
    leading = (y1 - y0) / len(lines)
    size = round(min(_USUAL_SIZE_PT, 0.75 * leading) or 1.0, 1)
    face = Face("", size, False, False, "000000")
    words = []
    for number, line in enumerate(lines):
        baseline = y0 + number * leading + leading / 2 + 0.35 * size
        letters = sum(map(len, line)) + len(line) - 1
        advance = min(_MEAN_LETTER * size, (x1 - x0) / max(letters, 1))
        x = x0 + 1
        for content in line:
            end = x + advance * len(content)
            words.append(Word(content, x, baseline - ASCENT * size, end, baseline + DESCENT * size, baseline, face))
            x = end + advance
    return words
