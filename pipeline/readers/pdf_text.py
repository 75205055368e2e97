"""Words of a PDF page, with their place and their face, from pdfium's text page.

pdfium groups characters into text objects and inserts spaces and line ends of its own; this module asks for the text of
the whole page in one call and for places only at the ends of words, which keeps a page of text near a millisecond.
Places are in points, y grows downwards, after the page's own rotation.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from statistics import median_high
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

#: Share of the font size above and below the baseline; loose character boxes are wrong in y for some LibreOffice fonts.
ASCENT, DESCENT = 0.76, 0.22
_TOKEN = re.compile(r"[^\s\x00]+")
_MEANINGLESS = re.compile(r"[\ufffd\ue000-\uefff\uf100-\uf8ff]")  # U+F000 to U+F0FF are symbol fonts
_SUBSET_PREFIX = re.compile(r"^[A-Z]{6}\+")
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|(?:^|[-,])(?:bd|blk|sb)\b", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|(?:^|[-,])it\b", re.IGNORECASE)
_SYMBOL_FONT = re.compile(r"wingdings|webdings|symbol|dingbats|opensymbol", re.IGNORECASE)
_ITALIC_FLAG, _BOLD_FLAG = 1 << 6, 1 << 18
_BOLD_WEIGHT = 600
_APART = 0.25  # of the font size: text objects further apart are two words
_OVERLAP = 0.12  # likewise: the second starts anew over the first, as the text of the next cell does; kerning is less
_LEAST_TRACKING, _WIDEST_TRACKING = 0.05, 0.25  # likewise: between letters of one word that are set apart
_EVEN_TRACKING = 1.15  # gaps between such letters are alike but for this much
_LONE_LETTERS, _LONE_SHARE = 20, 0.7  # so many words of one letter, and this share of all, are words taken apart
_CLOSE = 0.1  # of the font size: letters no further apart are those of one word
_NEAR_LINE = 0.75  # of the font size: the text of a cell starts as near as that to the line before it
#: pdfium replaces a hyphen at a line end, soft or hard, by U+0002 (older builds: U+FFFE).
_LINE_END_HYPHENS = ("\x02", "\ufffe")


def _bare(function: Any, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes and gives addresses as they are, without pointer objects around them."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


# Asked of every word, twice.
_object_address = _bare(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_loose_box = _bare(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Face(NamedTuple):
    """How a word is set; a named tuple because one is compared for every word."""

    font: str
    size_pt: float
    bold: bool
    italic: bool
    color: str


class Word(NamedTuple):
    """A run of characters without space; a named tuple because there are hundreds on a page.

    `direction` is 0 for upright text, else the angle in degrees that it is turned counterclockwise (90, 180, 270).
    `order` is the index of the first character in the page's content order; `tag` what the structure tree says it is.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    face: Face
    direction: int = 0
    order: int = 0
    tag: str = ""

    @property
    def height(self) -> float:
        return self.y1 - self.y0


class Sheet(NamedTuple):
    """From pdfium's page space to ours: the visible box of the page and its rotation in quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    quarter_turns: int

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.quarter_turns % 2 else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.quarter_turns % 2 else self.top - self.bottom

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Turn a point of page space into ours."""
        if self.quarter_turns == 1:
            return y - self.bottom, x - self.left
        if self.quarter_turns == 2:
            return self.right - x, y - self.bottom
        if self.quarter_turns == 3:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def rectangle(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Turn a rectangle of page space into (x0, y0, x1, y1) of ours."""
        ax, ay = self.point(left, bottom)
        bx, by = self.point(right, top)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


class PageText(NamedTuple):
    """The words of a page in content order, and the share of characters that have no known meaning."""

    words: list[Word]
    character_count: int
    garbage_share: float


def page_sheet(page: Any) -> Sheet:
    """Read the visible box and the rotation of a pdfium page."""
    left, bottom, right, top = page.get_bbox()
    return Sheet(left, bottom, right, top, page.get_rotation() // 90 % 4)


def read_words(text_page: Any, sheet: Sheet, tags: Mapping[int, str]) -> PageText:
    """Read the words of a text page (`PdfTextPage.raw`), in content order; `tags` by marked content (see pdf_tags)."""
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return PageText([], 0, 0.0)
    text = _page_characters(text_page, count)
    for hyphen in _LINE_END_HYPHENS:
        text = text.replace(hyphen, "-")
    reader = _Reader(text_page, sheet, tags)
    words = reader.words(text)
    if reader.clipped:
        words = [word for word in words if not reader.is_clipped(word)]
    words = _spaced_letters_joined(_lone_letters_joined(words), reader)
    odd = len(_MEANINGLESS.findall(text))
    printed = sum(len(word.text) for word in words)
    return PageText(words, printed, odd / printed if printed else 0.0)


def split_word(word: Word, x_pt: float, text_page: Any, sheet: Sheet) -> list[Word]:
    """Split an upright word at a vertical line, where another text object starts there; else it is whole.

    A word of one text object was written into one cell, however far it runs over the next.
    """
    reader = _Reader(text_page, sheet, {})
    starts = [
        (abs(reader.box(index)[0] - x_pt), index - word.order)
        for index in range(word.order + 1, word.order + len(word.text))
        if reader.starts_object(index)
    ]
    distance, cut = min(starts, default=(float("inf"), 0))
    if distance > _NEAR_LINE * word.face.size_pt:
        return [word]
    _, _, left_end, _ = reader.box(word.order + cut - 1)
    right_start, _, _, _ = reader.box(word.order + cut)
    return [
        word._replace(text=word.text[:cut], x1=left_end),
        word._replace(text=word.text[cut:], x0=right_start, order=word.order + cut),
    ]


def _lone_letters_joined(words: list[Word]) -> list[Word]:
    """Join the letters of a page that pdfium takes to be written downwards, where each is drawn by itself."""
    lone = sum(len(word.text) == 1 for word in words)
    if lone < _LONE_LETTERS or lone < _LONE_SHARE * len(words):
        return words
    joined = words[:1]
    for word in words[1:]:
        last = joined[-1]
        size = last.face.size_pt
        alike = last.face == word.face and last.direction == word.direction == 0
        if alike and last.baseline == word.baseline and -_OVERLAP * size <= word.x0 - last.x1 <= _CLOSE * size:
            joined[-1] = last._replace(text=last.text + word.text, x1=max(last.x1, word.x1))
        else:
            joined.append(word)
    return joined


def _spaced_letters_joined(words: list[Word], reader: _Reader) -> list[Word]:
    """Join what pdfium parted in words whose letters are set apart, where letters are narrow («DÉF I», «A M BITIO N»).

    How far is told by the letters of the parts, and of the longest of all that may be parts of the same word.
    """
    joined: list[Word] = []
    for run in _runs_set_apart(words, reader):
        joined.append(run[0])
        tracking = reader.tracking(max(run, key=lambda word: len(word.text))) if len(run) > 1 else 0.0
        for before, word in pairwise(run):
            longer = max(before, word, key=lambda word: len(word.text))
            if word.x0 - before.x1 <= _EVEN_TRACKING * max(tracking, reader.tracking(longer)):
                joined[-1] = joined[-1]._replace(text=joined[-1].text + word.text, x1=word.x1)
            else:
                joined.append(word)
    return joined


def _runs_set_apart(words: list[Word], reader: _Reader) -> list[list[Word]]:
    """The words of a page, together where they may be parts of one."""
    runs = [words[:1]] if words else []
    for before, word in pairwise(words):
        if _may_be_parted(before, word) and not reader.prints_space(before, word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _may_be_parted(left: Word, right: Word) -> bool:
    """Tell whether two words on one line stand no further apart than the letters of one may be set."""
    gap, size = right.x0 - left.x1, left.face.size_pt
    return (
        _LEAST_TRACKING * size <= gap <= _WIDEST_TRACKING * size
        and left.baseline == right.baseline
        and left.face == right.face
        and left.order < right.order
        and left.text.isalpha()
        and right.text.isalpha()
    )


def _begins_word(token: str, place: int) -> bool:
    """Tell whether a capital stands after a small letter: where the weight changes too, another word begins."""
    return token[place - 1].islower() and token[place].isupper()


def _as_symbols(token: str) -> str:
    """The characters of a font of symbols, where Word has them."""
    return "".join(chr(0xF000 + ord(c)) if 0x20 < ord(c) < 0x100 else c for c in token)


def _page_characters(text_page: Any, count: int) -> str:
    """The page's characters, one a character index."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer).decode("utf-16-le", errors="replace")[: max(written - 1, 0)]
    if len(text) == count:
        return text
    # Control characters and characters outside the basic plane make the text and the indexes diverge.
    codes = (pdfium.FPDFText_GetUnicode(text_page, index) for index in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " " for code in codes)


class _Run(NamedTuple):
    """What the words of one upright text object have in common."""

    face: Face
    symbol: bool
    y0: float
    y1: float
    baseline: float
    tag: str


@lru_cache(maxsize=1024)
def _turn(a: float, b: float, c: float, d: float, quarter_turns: int) -> tuple[float, int, bool]:
    """What the matrix of a text object does: its scale, the direction of its text, whether it slants it."""
    turned = math.degrees(math.atan2(b, a)) - 90 * quarter_turns
    direction = round(turned / 90) % 4 * 90
    slanted = direction == 0 and abs(c) > 0.1 * abs(d) and abs(b) < 0.01 * abs(a)
    return math.hypot(c, d) or 1.0, direction, slanted


@lru_cache(maxsize=4096)
def _shared_face(font: str, size_pt: float, rgb: tuple[int, int, int], *, bold: bool, italic: bool) -> Face:
    """The one object of a face: two words of a page mostly have the same, which `is` tells at once."""
    return Face(font, round(size_pt, 1), bold, italic, "{:02x}{:02x}{:02x}".format(*rgb))


class _Reader:
    """The ctypes buffers of one text page, made once, and the faces of its text objects."""

    def __init__(self, text_page: Any, sheet: Sheet, tags: Mapping[int, str]) -> None:
        self._tags = tags
        self._page = text_page
        self._address = ctypes.addressof(text_page.contents)
        self._sheet = sheet
        self._rect = pdfium.FS_RECTF()
        self._rect_address = ctypes.addressof(self._rect)
        self._matrix = pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._corner = [ctypes.c_float() for _ in range(2)]
        self._rgba = [ctypes.c_uint() for _ in range(4)]
        self._name = ctypes.create_string_buffer(256)
        self._flags = ctypes.c_int()
        self._faces: dict[int, tuple[Face, int, bool]] = {}
        self._fonts: dict[int, tuple[str, bool, bool, bool]] = {}
        self._runs: dict[int, _Run] = {}
        self.clipped: set[int] = set()  # text objects that their clip leaves out

    def words(self, text: str) -> list[Word]:
        """The words of the page, whose characters `text` is, in content order."""
        words: list[Word] = []
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            first = self._object(start)
            last = first if end - start == 1 else self._object(end - 1)
            run = self._runs.get(first) if first == last else None
            if run is not None:
                words.append(self._upright(match.group(), start, end, run))
            else:
                words.extend(self._parts(match.group(), start, end, first, last))
        return words

    def _parts(self, token: str, start: int, end: int, first: int, last: int) -> list[Word]:
        """The words of one token: usually one, more when several text objects of different place or weight touch."""
        if first == last:
            return [self._word(token, start, end, first)]
        cuts = [start]
        previous = first
        for index in range(start + 1, end):
            current = self._object(index)
            if current != previous:
                if self._breaks(index, previous, current, capital=_begins_word(token, index - start)):
                    cuts.append(index)
                previous = current
        cuts.append(end)
        return [self._word(token[a - start : b - start], a, b, self._object(a)) for a, b in pairwise(cuts)]

    def _sides(self, start: int, end: int) -> tuple[float, float]:
        """The left and the right side of a word."""
        if self._sheet.quarter_turns:
            left, right = self.box(start), self.box(end - 1)
            return min(left[0], right[0]), max(left[2], right[2])
        page, rect, origin = self._address, self._rect, self._sheet.left
        is_placed = _loose_box(page, start, self._rect_address)
        x0, x1 = (rect.left - origin, rect.right - origin) if is_placed else (0.0, 0.0)
        if end - start == 1:
            return x0, x1
        is_placed = _loose_box(page, end - 1, self._rect_address)
        last_x0, last_x1 = (rect.left - origin, rect.right - origin) if is_placed else (0.0, 0.0)
        return x0 if x0 < last_x0 else last_x0, last_x1 if last_x1 > x1 else x1

    def box(self, index: int) -> tuple[float, float, float, float]:
        """The loose box of a character in our space."""
        if not _loose_box(self._address, index, self._rect_address):
            return 0.0, 0.0, 0.0, 0.0
        rect, sheet = self._rect, self._sheet
        if sheet.quarter_turns == 0:
            return rect.left - sheet.left, sheet.top - rect.top, rect.right - sheet.left, sheet.top - rect.bottom
        return sheet.rectangle(rect.left, rect.bottom, rect.right, rect.top)

    def prints_space(self, left: Word, right: Word) -> bool:
        """Tell whether a space is printed between two words: pdfium has not put it there."""
        between = range(left.order + len(left.text), right.order)
        return any(pdfium.FPDFText_IsGenerated(self._page, index) != 1 for index in between)

    def tracking(self, word: Word) -> float:
        """How far the letters of a word mostly stand from each other, kerned pairs («AT») apart; 0 for one letter."""
        boxes = [self.box(word.order + place) for place in range(len(word.text))]
        gaps = [right[0] - left[2] for left, right in pairwise(boxes)]
        return median_high(gaps) if gaps else 0.0

    def starts_object(self, index: int) -> bool:
        """Tell whether a character is the first of its text object."""
        return self._object(index) != self._object(index - 1)

    def is_clipped(self, word: Word) -> bool:
        """Tell whether a word is left out by its clip, as the rest of a cell that goes on over a page break is."""
        return self._object(word.order) in self.clipped

    def _object(self, index: int) -> int:
        return _object_address(self._address, index) or 0

    def _breaks(self, index: int, previous: int, current: int, *, capital: bool) -> bool:
        face, direction, _ = self._face(index - 1, previous)
        other, other_direction, _ = self._face(index, current)
        if direction != other_direction or (capital and face.bold != other.bold):
            return True
        if direction != 0:
            return False
        _, _, left_end, _ = self.box(index - 1)
        right_start, _, _, _ = self.box(index)
        gap = right_start - left_end
        size = max(face.size_pt, other.size_pt)
        return gap > _APART * size or gap < -_OVERLAP * size

    def _word(self, token: str, start: int, end: int, handle: int) -> Word:
        face, direction, symbol = self._face(start, handle)
        if direction == 0:
            return self._upright(token, start, end, self._run(start, handle))
        ax0, ay0, ax1, ay1 = self.box(start)
        bx0, by0, bx1, by1 = self.box(end - 1)
        y1 = max(ay1, by1)
        printed = _as_symbols(token) if symbol else token
        return Word(printed, min(ax0, bx0), min(ay0, by0), max(ax1, bx1), y1, y1, face, direction, start)

    def _upright(self, token: str, start: int, end: int, run: _Run) -> Word:
        x0, x1 = self._sides(start, end)
        printed = _as_symbols(token) if run.symbol else token
        return Word(printed, x0, run.y0, x1, run.y1, run.baseline, run.face, 0, start, run.tag)

    def _run(self, start: int, handle: int) -> _Run:
        known = self._runs.get(handle)
        if known is not None:
            return known
        face, _, symbol = self._face(start, handle)
        pdfium.FPDFText_GetCharOrigin(self._page, start, self._x, self._y)
        _, baseline = self._sheet.point(self._x.value, self._y.value)
        tag = self._tag(start) if self._tags else ""
        run = _Run(face, symbol, baseline - ASCENT * face.size_pt, baseline + DESCENT * face.size_pt, baseline, tag)
        if handle:
            self._runs[handle] = run
        return run

    def _tag(self, index: int) -> str:
        text_object = pdfium.FPDFText_GetTextObject(self._page, index)
        content = pdfium.FPDFPageObj_GetMarkedContentID(text_object) if text_object else -1
        return self._tags.get(content, "")

    def _face(self, index: int, handle: int) -> tuple[Face, int, bool]:
        known = self._faces.get(handle)
        if known is None:
            text_object = pdfium.FPDFText_GetTextObject(self._page, index) if handle else None
            known = self._read_face(index, text_object)
            if text_object is not None:
                self._faces[handle] = known
                if known[1] == 0 and self._sheet.quarter_turns == 0 and self._is_out_of_clip(text_object):
                    self.clipped.add(handle)
        return known

    def _read_face(self, index: int, text_object: Any) -> tuple[Face, int, bool]:
        page, matrix = self._page, self._matrix
        size, direction, slanted = pdfium.FPDFText_GetFontSize(page, index), 0, False
        if pdfium.FPDFText_GetMatrix(page, index, matrix):
            scale, direction, slanted = _turn(matrix.a, matrix.b, matrix.c, matrix.d, self._sheet.quarter_turns)
            size *= scale
        name, bold, italic, symbol = self._font(index, text_object)
        red, green, blue, alpha = self._rgba
        rgb = (0, 0, 0)
        if pdfium.FPDFText_GetFillColor(page, index, red, green, blue, alpha):
            rgb = red.value, green.value, blue.value
        if text_object is not None and not bold:
            bold = pdfium.FPDFTextObj_GetTextRenderMode(text_object) == 2
        return _shared_face(name, size, rgb, bold=bold, italic=italic or slanted), direction, symbol

    def _is_out_of_clip(self, text_object: Any) -> bool:
        """Tell whether the middle of an upright text object is above or below its clip; a cut at a side is kept."""
        clip = pdfium.FPDFPageObj_GetClipPath(text_object)
        count = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
        if count <= 0:
            return False
        left, bottom, right, top = self._edges
        if not pdfium.FPDFPageObj_GetBounds(text_object, left, bottom, right, top):
            return False
        middle = (bottom.value + top.value) / 2
        x, y = self._corner
        for path in range(count):
            ys = []
            for place in range(pdfium.FPDFClipPath_CountPathSegments(clip, path)):
                segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, place)
                if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
                    ys.append(y.value)
            if ys and not min(ys) <= middle <= max(ys):
                return True
        return False

    def _font(self, index: int, text_object: Any) -> tuple[str, bool, bool, bool]:
        """Name of the font of a character, whether it is bold, italic, and a font of symbols."""
        key = 0
        if text_object is not None:
            font = pdfium.FPDFTextObj_GetFont(text_object)
            key = ctypes.addressof(font.contents) if font else 0
        known = self._fonts.get(key) if key else None
        if known is not None:
            return known
        length = pdfium.FPDFText_GetFontInfo(self._page, index, self._name, 256, self._flags)
        raw_name = self._name.raw[: min(max(length - 1, 0), 255)].decode("utf-8", errors="replace")
        name = _SUBSET_PREFIX.sub("", raw_name)
        flags = self._flags.value if length else 0
        heavy = pdfium.FPDFText_GetFontWeight(self._page, index) >= _BOLD_WEIGHT
        bold = heavy or bool(_BOLD_NAME.search(name)) or bool(flags & _BOLD_FLAG)
        italic = bool(_ITALIC_NAME.search(name)) or bool(flags & _ITALIC_FLAG)
        found = name, bold, italic, bool(_SYMBOL_FONT.search(name))
        if key:
            self._fonts[key] = found
        return found
