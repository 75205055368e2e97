"""The structure tree of a tagged PDF: what each marked piece of a page says it is.

The tree is a claim of the program that wrote the file; `pdf_paragraphs.measure` checks it against the geometry before
anything is made of it.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

import pypdfium2.raw as pdfium

HEADING = re.compile(r"^H[1-6]$")
HEADER_CELL = "TH"
PLAIN = "P"
_MAX_DEPTH = 40
_MAX_ELEMENTS = 20_000


def is_tagged(document: Any) -> bool:
    """Tell whether a pdfium document (`PdfDocument.raw`) says that it is tagged."""
    return bool(pdfium.FPDFCatalog_IsTagged(document))


def read_tags(page: Any) -> dict[int, str]:
    """What each marked content of a page (`PdfPage.raw`) is: "H1" to "H6", "TH", or "P" for anything else."""
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if not tree:
        return {}
    tags: dict[int, str] = {}
    try:
        waiting = [
            (pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), PLAIN, 0)
            for index in range(pdfium.FPDF_StructTree_CountChildren(tree))
        ]
        seen = 0
        while waiting and seen < _MAX_ELEMENTS:
            element, outer, depth = waiting.pop()
            seen += 1
            if not element or depth > _MAX_DEPTH:
                continue
            tag = _tag(element, outer)
            for index in range(max(pdfium.FPDF_StructElement_CountChildren(element), 0)):
                content = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)
                if content >= 0:
                    tags[content] = tag
                else:
                    waiting.append((pdfium.FPDF_StructElement_GetChildAtIndex(element, index), tag, depth + 1))
    finally:
        pdfium.FPDF_StructTree_Close(tree)
    return tags


def _tag(element: Any, outer: str) -> str:
    """The tag of an element: a heading or a header cell keeps its tag for all that is in it."""
    if outer != PLAIN:
        return outer
    length = pdfium.FPDF_StructElement_GetType(element, None, 0)
    if not 0 < length <= 64:
        return outer
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDF_StructElement_GetType(element, buffer, length)
    name = buffer.raw[:length].decode("utf-16-le", errors="replace").rstrip("\x00")
    return name if HEADING.match(name) or name == HEADER_CELL else PLAIN
