"""PDF documents: pages to blocks in reading order. Columns, cards, tiles, tables and geometry end here.

Text and lines come from pdfium; pages without usable text are pictures and go through OCR, then through the same
layout. See pdf_text (words), pdf_rulings (what is drawn), pdf_tables, pdf_bands and pdf_stacks (grids), pdf_frames
(what holds what), pdf_labels and pdf_cards (what belongs together), pdf_columns (order), pdf_paragraphs (lines to
blocks), pdf_join (what page breaks cut), pdf_tags (the structure tree).
"""

from __future__ import annotations

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.exceptions import SourceError
from pipeline.model import Document, build_document
from pipeline.readers.pdf_columns import Frame
from pipeline.readers.pdf_forms import read_field_words
from pipeline.readers.pdf_frames import next_identity, read_frames, turn_rectangle, turn_word
from pipeline.readers.pdf_join import join_pages
from pipeline.readers.pdf_paragraphs import measure, page_blocks
from pipeline.readers.pdf_rulings import Drawing, Ruling, read_drawing
from pipeline.readers.pdf_tags import is_tagged, read_tags
from pipeline.readers.pdf_text import PageText, Sheet, Word, page_sheet, read_words, split_word
from pipeline.readers.pdf_wide import join_wide_tables
from pipeline.readers.reading_order import lead_columns

MAX_PAGES = 2000
_MIN_CHARACTERS = 12  # fewer on a page with a picture: the text is in the picture
_GARBAGE_SHARE = 0.3
_PICTURE_SHARE = 0.1  # of a page without text: a picture this large may hold some
_WHOLE_PAGE_SHARE = 0.8
_EDGE_SHARE = 0.1  # of the height, at the top and at the bottom


def read_pdf(data: bytes, source: str, *, max_ocr_workers: int | None = None) -> Document:
    """Read a PDF file.

    Blocks come in reading order with their place in points. `max_ocr_workers` bounds the pages that are read by OCR at
    the same time (default: one a core). Raises `SourceError`: `file_encrypted` (a password is needed), `file_broken`,
    `too_many_pages`, `no_text` (neither text nor picture); `ToolMissingError`: `tesseract_missing`.
    """
    document = _opened(data, source)
    try:
        return _read(document, source, max_ocr_workers)
    finally:
        document.close()


def _opened(data: bytes, source: str) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        code = "file_encrypted" if "password" in str(error).lower() else "file_broken"
        raise SourceError(code, file=source) from error
    if count == 0:
        raise SourceError("file_broken", file=source)
    if count > MAX_PAGES:
        raise SourceError("too_many_pages", file=source, pages=str(count), limit=str(MAX_PAGES))
    return document


def _read(document: pdfium.PdfDocument, source: str, max_ocr_workers: int | None) -> Document:
    frames: dict[int, Frame] = {}
    pictures: list[int] = []
    plain_pages: list[int] = []
    boxes = 0
    tagged = is_tagged(document.raw)
    if document.get_formtype() != raw.FORMTYPE_NONE:
        document.init_forms()
    for page_index in range(len(document)):
        frame = _page_frame(document, page_index, boxes, source, plain_pages, tagged=tagged)
        if frame is None:
            pictures.append(page_index)
        else:
            frames[page_index] = frame
            boxes = next_identity(frame, boxes)
    ocr_pages = []
    if pictures:
        from pipeline.readers import ocr  # numpy and Pillow, needed by scans only

        for page_index, scanned in ocr.read_pages(document, pictures, source, max_workers=max_ocr_workers):
            frame = read_frames(scanned.words, scanned.drawing, scanned.width_pt, scanned.height_pt, _unsplit, boxes)
            frames[page_index] = frame
            boxes = next_identity(frame, boxes)
            ocr_pages.append(page_index + 1)
    ordered = [frames[page_index] for page_index in sorted(frames)]
    if not any(frame.leaves for frame in ordered):
        raise SourceError("no_text", file=source)
    typography = measure(ordered)
    pages = [page_blocks(frame, number, typography) for number, frame in enumerate(ordered, 1)]
    joined = join_pages(pages, [frame.y1 for frame in ordered], typography.known_words)
    blocks = lead_columns(join_wide_tables(joined))
    title = str(document.get_metadata_value("Title") or "")
    kind = "scan" if len(ocr_pages) == len(document) else "pdf"
    return build_document(
        source,
        kind,
        blocks,
        page_count=len(document),
        title=title,
        ocr_pages=tuple(ocr_pages),
        plain_pages=tuple(plain_pages),
    )


def _page_frame(
    document: pdfium.PdfDocument, page_index: int, first_box: int, source: str, plain_pages: list[int], *, tagged: bool
) -> Frame | None:
    """Read one page; None when its text is in a picture.

    A page whose drawing is more than the geometry can make out is read without it, and added to `plain_pages`.
    """
    try:
        page = document[page_index]
    except pdfium.PdfiumError as error:
        raise SourceError("file_broken", file=source) from error
    text_page = page.get_textpage()
    try:
        sheet = page_sheet(page)
        found = read_words(text_page.raw, sheet, read_tags(page.raw) if tagged else {})
        drawing = read_drawing(page.raw, sheet)
        if document.formenv is not None:
            found.words.extend(read_field_words(document.formenv.raw, page.raw, sheet, found.words))
        if _is_picture(found, drawing, sheet):
            return None
        words, drawing, width, height, direction = _upright(found.words, drawing, sheet)

        def cut(word: Word, x_pt: float) -> list[Word]:
            return split_word(word, x_pt, text_page.raw, sheet) if direction == 0 else [word]

        try:
            return read_frames(words, drawing, width, height, cut, first_box)
        except (LookupError, RecursionError, ValueError):
            plain_pages.append(page_index + 1)
            return read_frames(words, Drawing([], [], drawing.images, []), width, height, cut, first_box)
    finally:
        text_page.close()
        page.close()


def _is_picture(found: PageText, drawing: Drawing, sheet: Sheet) -> bool:
    area = sheet.width * sheet.height
    covered = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in drawing.images if x1 > x0 and y1 > y0)
    if found.character_count < _MIN_CHARACTERS:
        return covered >= _PICTURE_SHARE * area
    if found.garbage_share > _GARBAGE_SHARE:
        return True
    if covered < _WHOLE_PAGE_SHARE * area:
        return False
    # A scan under a typed header or page number; a title over a photograph stands further from the edges.
    edge = _EDGE_SHARE * sheet.height
    return all(word.y1 <= edge or word.y0 >= sheet.height - edge for word in found.words)


def _unsplit(word: Word, x_pt: float) -> list[Word]:
    """A word read by OCR has no characters of its own: it goes whole to the side where its middle is."""
    return [word]


def _upright(words: list[Word], drawing: Drawing, sheet: Sheet) -> tuple[list[Word], Drawing, float, float, int]:
    """Turn a page whose text is mostly set sideways."""
    weights = {0: 0, 90: 0, 180: 0, 270: 0}
    for word in words:
        weights[word.direction] += len(word.text)
    direction = max(weights, key=lambda angle: weights[angle])
    if direction == 0 or weights[direction] < 0.6 * sum(weights.values()):
        return words, drawing, sheet.width, sheet.height, 0
    width, height = (sheet.height, sheet.width) if direction in (90, 270) else (sheet.width, sheet.height)
    dx = width if direction in (90, 180) else 0.0
    dy = height if direction in (180, 270) else 0.0

    def moved(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = turn_rectangle(box, direction)
        return x0 + dx, y0 + dy, x1 + dx, y1 + dy

    turned = []
    for word in words:
        if word.direction == direction:
            upright = turn_word(word, direction)
            turned.append(
                upright._replace(
                    x0=upright.x0 + dx, x1=upright.x1 + dx, y0=upright.y0 + dy, y1=upright.y1 + dy,
                    baseline=upright.baseline + dy,
                )
            )  # fmt: skip
        else:
            x0, y0, x1, y1 = moved((word.x0, word.y0, word.x1, word.y1))
            rest = (word.direction - direction) % 360
            turned.append(word._replace(x0=x0, y0=y0, x1=x1, y1=y1, baseline=y1, direction=rest))
    redrawn = Drawing(
        [Ruling(*moved(ruling[:4]), ruling.color) for ruling in drawing.rulings],
        [box._replace(x0=b[0], y0=b[1], x1=b[2], y1=b[3]) for box in drawing.boxes for b in (moved(box[:4]),)],
        [moved(image) for image in drawing.images],
        [moved(cross) for cross in drawing.crosses],
    )
    return turned, redrawn, width, height, direction
