"""What the first pass over a page leaves in doubt, read again by itself: cells of tables, and codes.

Tesseract reads words by the words beside them: it skips a lone cross, and takes «OO1.1» for a word of French. A cell
is read again as a picture of its own; the glyphs of a code are counted on the picture, which also shows its dots.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from PIL import Image

from pipeline.readers.ocr_ink import Mask, Piece, connected_pieces
from pipeline.readers.ocr_tesseract import BLOCK, LINE, WORD, Pixels, ReadWord
from pipeline.readers.pdf_rulings import Rectangle

#: Reads parts of a page in one run: pictures and the mode to words of each, with places in that picture.
PartReader = Callable[[Sequence[Pixels], str], list[list[ReadWord]]]
_PixelBox = tuple[int, int, int, int]

MAX_PARTS = 160  # of a page; about ten milliseconds each
_FEWEST_STACKED = 3  # words one above the other
_STACKS = 100_000  # more than there are cells on a page: their lines are numbered after those of cells
_SURE_CONFIDENCE = 75.0
_SURE_CODE_CONFIDENCE = 90.0
_LEAST_CONFIDENCE = 45.0  # of what is read where nothing was
_INSET_PT = 1.2  # of a cell: its borders may be left in part
_LEAST_INK_PT = 3.0  # the smaller side of a sign; dirt is smaller
_CONTRAST = 60
_MARGIN_PX = 14
_ONE_LINE_PT = 19.0
_LEAST_TURNED_PT = 12.0  # the length of a turned word
_LONGEST_CODE = 10
_GLYPH_GAP_PX = 3
_SHORTEST_JOINED = 4
_SPACE = 0.22  # of the height of a word
_SPACE_SHARE = 0.6  # of the usual space beside it
_GLYPH_HEIGHTS_PX = (0, 22, 40)  # at which the glyphs of a code are read; 0: as they are
_CODE = re.compile(r"(?:[A-Z]{1,3}[.\- ]?)?\d{1,3}(?:\.\d{1,3})*[.:)]?")
_ONE = re.compile(r"(?<=\.)[Ll](?=\.|$)")  # the digit as it is read behind a dot («A.L»)
_OPENING = re.compile(r"[A-Z0O.]{1,6}")
_LONGEST_OPENING = 6
_ALIKE = str.maketrans("0581", "OSBI")
_TALL, _DOT = 0.6, 0.36  # heights of glyphs against the tallest
_WIDE_ROUND = 0.84  # width over height: the letter O and not the digit 0
_SAME_WIDTH = 0.92
_WORD_GAP = 0.55  # against the height of the glyphs


def settle_cells(
    words: Sequence[ReadWord], grey: Pixels, cells: Sequence[Rectangle], scale: float, read: PartReader
) -> list[ReadWord]:
    """Read again the cells (boxes in points) with ink and no words, or with words that are in doubt.

    `grey` is the picture without the lines of the tables. What is read again counts when it is surer.
    """
    cells = [cell for cell in cells if not any(_holds(cell, other) for other in cells)]
    homes = _homes(words, cells, scale)
    doubtful = []
    for index, cell in enumerate(cells):
        box = _pixel_box(cell, grey, scale)
        if box is not None and _is_doubtful(homes.get(index, []), cell, grey[box[1] : box[3], box[0] : box[2]], scale):
            doubtful.append((index, box))
    doubtful = doubtful[:MAX_PARTS]
    found: dict[int, list[ReadWord]] = {}
    for mode in (LINE, BLOCK):
        part = [(i, box) for i, box in doubtful if (box[3] - box[1] <= _ONE_LINE_PT * scale) is (mode == LINE)]
        crops = [_framed(grey[y0:y1, x0:x1]) for _, (x0, y0, x1, y1) in part]
        for (index, box), again in zip(part, read(crops, mode) if crops else [], strict=True):
            before = homes.get(index, [])
            if again and _confidence(again) > max(_confidence(before), 0.0 if before else _LEAST_CONFIDENCE):
                found[index] = [_placed(word, box, index) for word in again]
    for (index, box), again in _turned(doubtful, grey, scale, read):
        before = homes.get(index, [])
        if _confidence(again) > max(_confidence(found.get(index, before)), _LEAST_CONFIDENCE):
            found[index] = _laid_level(again, box, index)
    replaced = {id(word) for index in found for word in homes.get(index, [])}
    kept = [word for word in words if id(word) not in replaced]
    return kept + [word for again in found.values() for word in again]


def settle_stacks(words: Sequence[ReadWord], grey: Pixels, read: PartReader) -> list[ReadWord]:
    """Read again, line by line, what Tesseract took for a line set on end: a column of numbers, as those of pages."""
    lines: dict[tuple[int, int, int], list[ReadWord]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    stacks = [stack for stack in lines.values() if len(stack) >= _FEWEST_STACKED and _is_stack(stack)]
    boxes = [_reach(stack) for stack in stacks]
    crops = [_framed(grey[y0:y1, x0:x1]) for x0, y0, x1, y1 in boxes]
    settled = list(words)
    for number, (stack, box, again) in enumerate(zip(stacks, boxes, read(crops, BLOCK) if crops else [], strict=True)):
        if _confidence(again) <= _confidence(stack):
            continue
        stood = {id(word) for word in stack}
        settled = [word for word in settled if id(word) not in stood]
        settled += [_placed(word, box, _STACKS + number) for word in again]
    return settled


def _is_stack(words: Sequence[ReadWord]) -> bool:
    """Tell whether the words of a line stand one above the other, as wide as they are together."""
    ordered = sorted(words, key=lambda word: word.top)
    apart = all(below.top >= above.top + above.height for above, below in pairwise(ordered))
    x0, y0, x1, y1 = _reach(words)
    return apart and y1 - y0 > 2 * (x1 - x0)


def _reach(words: Sequence[ReadWord]) -> _PixelBox:
    """The box that holds words, with a little of the ground around them."""
    edge = 4
    return (
        max(min(word.left for word in words) - edge, 0),
        max(min(word.top for word in words) - edge, 0),
        max(word.left + word.width for word in words) + edge,
        max(word.top + word.height for word in words) + edge,
    )


def settle_codes(words: Sequence[ReadWord], grey: Pixels, read: PartReader) -> list[ReadWord]:
    """Give the codes the glyphs and the dots that the picture shows («OOL1», «212» printed «OO1.1», «2.1.2»).

    A word whose glyphs a code before it has («OO2» over «OO 2») is left out.
    """
    settled = list(words)
    spans: dict[int, tuple[int, int]] = {}  # the glyphs of what was settled, left to right
    doubtful: list[tuple[int, list[Piece]]] = []
    pictures: list[Pixels] = []
    for index, before, after in _candidates(words):
        word = words[index]
        crop, left = _code_crop(word, grey, before, after)
        glyphs = _first_word(_glyphs(crop))
        if not 2 <= len(glyphs) <= _LONGEST_CODE or len(doubtful) >= MAX_PARTS // len(_GLYPH_HEIGHTS_PX):
            continue
        own = _spelled(word.text, glyphs)
        # A first reading that already has the dots of the picture is the better one: it saw the glyphs as they stand.
        limit = _SURE_CONFIDENCE if own.count(".") == word.text.count(".") else _SURE_CODE_CONFIDENCE
        sure = own if word.confidence >= limit else ""
        x0, x1 = left + glyphs[0].x0, left + glyphs[-1].x1
        if sure:
            settled[index] = replace(word, text=sure)
            spans[index] = (x0, x1)
        elif _may_be_code(word, glyphs):
            settled[index] = replace(word, left=x0, width=x1 - x0)
            doubtful.append((index, glyphs))
            pictures += _tall_glyphs(crop, glyphs)
    readings = read(pictures, WORD) if pictures else []
    for number, (index, glyphs) in enumerate(doubtful):
        word = words[index]
        votes: dict[str, float] = defaultdict(float)
        votes[_spelled(word.text, glyphs)] += word.confidence
        for again in readings[number * len(_GLYPH_HEIGHTS_PX) : (number + 1) * len(_GLYPH_HEIGHTS_PX)]:
            votes[_spelled("".join(part.text for part in again).upper(), glyphs)] += _confidence(again)
        spelled = max(sorted(votes), key=lambda text: (text != "", votes[text]))
        own = _spelled(word.text, glyphs)
        if own and own.translate(_ALIKE) == spelled.translate(_ALIKE):
            spelled = own  # by the words beside it, which tell a letter from a digit of the same shape
        elif word.text.isalpha() and word.text.translate(_ALIKE) == spelled.translate(_ALIKE):
            spelled = ""
        if spelled:
            spans[index] = (settled[index].left, settled[index].left + settled[index].width)
        settled[index] = replace(settled[index], text=spelled) if spelled else word
    said = _said_twice(words, spans)
    return [word for index, word in enumerate(settled) if index not in said]


def _said_twice(words: Sequence[ReadWord], spans: Mapping[int, tuple[int, int]]) -> set[int]:
    """The indexes of the words that stand inside of a code on their line, at its right."""
    said: set[int] = set()
    for code, (x0, x1) in spans.items():
        if code in said:
            continue
        for index, word in enumerate(words):
            inside = words[code].left < word.left and x0 < word.left + word.width / 2 < x1
            if inside and word.line == words[code].line:
                said.add(index)
    return said


def _turned(
    doubtful: Sequence[tuple[int, _PixelBox]], grey: Pixels, scale: float, read: PartReader
) -> list[tuple[tuple[int, _PixelBox], list[ReadWord]]]:
    """What the cells with text that runs upwards or downwards say: the heads of narrow columns."""
    homes, crops = [], []
    for index, box in doubtful:
        crop = grey[box[1] : box[3], box[0] : box[2]]
        ink = _ink(crop)
        across, down = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
        if not len(across) or down[-1] - down[0] < max(_LEAST_TURNED_PT * scale, 1.3 * (across[-1] - across[0])):
            continue
        homes += [(index, box), (index, box)]
        crops += [_framed(np.ascontiguousarray(np.rot90(crop, turns))) for turns in (3, 1)]
    readings = read(crops, BLOCK) if crops else []
    return [(home, split_joined(again, crop)) for home, crop, again in zip(homes, crops, readings, strict=True)]


def _laid_level(words: Sequence[ReadWord], box: _PixelBox, cell_index: int) -> list[ReadWord]:
    """Turned words, side by side in their cell, as they would be read."""
    lines = sorted({word.line for word in words})
    laid = []
    for number, line in enumerate(lines):
        parts = [word for word in words if word.line == line]
        letters = sum(len(word.text) + 1 for word in parts)
        left = float(box[0])
        for word in parts:
            width = (box[2] - box[0]) * len(word.text) / letters
            top = box[1] + round((box[3] - box[1]) * (number + 0.5) / len(lines) - word.height / 2)
            laid.append(
                replace(word, line=(-1 - cell_index, 0, number), left=round(left), width=round(width), top=top,
                        part_index=0, is_turned=True)
            )  # fmt: skip
            left += (box[2] - box[0]) * (len(word.text) + 1) / letters
    return laid


def split_joined(words: Sequence[ReadWord], grey: Pixels) -> list[ReadWord]:
    """The words, with the spaces that the picture shows inside one («Encours» printed «En cours»)."""
    spaces = _spaces_beside(words)
    parts: list[ReadWord] = []
    for word in words:
        crop = grey[max(word.top, 0) : word.top + word.height, max(word.left, 0) : word.left + word.width]
        if (
            word.is_turned
            or len(word.text) < _SHORTEST_JOINED
            or not word.text.rstrip(".").isalpha()
            or not _holds_space(crop)
        ):
            parts.append(word)
            continue
        glyphs = _glyphs(crop)
        gaps = [after.x0 - before.x1 for before, after in pairwise(glyphs)]
        if len(glyphs) != len(word.text) or max(gaps) < _SPACE_SHARE * spaces.get(id(word), 0.0):
            parts.append(word)
            continue
        cut = gaps.index(max(gaps)) + 1
        left, right = glyphs[cut - 1].x1, glyphs[cut].x0
        parts.append(replace(word, text=word.text[:cut], width=left))
        parts.append(replace(word, text=word.text[cut:], left=word.left + right, width=word.width - right))
    return parts


def _spaces_beside(words: Sequence[ReadWord]) -> dict[int, float]:
    """The usual space in pixels in the line of each word of lines of three and more, by its `id`; endless where the box
    of a word holds the beginning of the next one: what stands apart in it is that.
    """
    lines: dict[tuple[int, int, int], list[ReadWord]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    spaces: dict[int, float] = {}
    for found in lines.values():
        found.sort(key=lambda word: word.left)
        gaps = [b.left - a.left - a.width for a, b in pairwise(found)]
        if len(found) > 2:
            spaces.update(dict.fromkeys(map(id, found), statistics.median(gaps)))
        spaces.update((id(word), float("inf")) for word, gap in zip(found, gaps, strict=False) if gap < 0)
    return spaces


def _holds_space(crop: Pixels) -> bool:
    """Tell whether one gap between the letters of a word is as wide as a space, and twice as wide as any other."""
    if crop.size == 0:
        return False
    blank = np.logical_not(_ink(crop).any(axis=0))
    marks = np.flatnonzero(np.diff(np.pad(blank.astype(np.int8), 1))).tolist()
    runs = zip(marks[::2], marks[1::2], strict=True)
    gaps = sorted(end - start for start, end in runs if start > 0 and end < crop.shape[1])
    return bool(gaps) and gaps[-1] >= _SPACE * crop.shape[0] and (len(gaps) < 2 or gaps[-1] >= 1.8 * gaps[-2])


# ------------------------------------------------------------------------------------------------------------- cells


def _holds(outer: Rectangle, inner: Rectangle) -> bool:
    """Tell whether a cell has another one inside: its text is not its own."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    is_inside = outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
    return is_inside and (outer[2] - outer[0]) * (outer[3] - outer[1]) > (inner[2] - inner[0]) * (inner[3] - inner[1])


def _homes(words: Sequence[ReadWord], cells: Sequence[Rectangle], scale: float) -> dict[int, list[ReadWord]]:
    """The words of each cell, by their middle."""
    homes: dict[int, list[ReadWord]] = defaultdict(list)
    for word in words:
        x, y = (word.left + word.width / 2) / scale, (word.top + word.height / 2) / scale
        for index, (x0, y0, x1, y1) in enumerate(cells):
            if x0 <= x <= x1 and y0 <= y <= y1:
                homes[index].append(word)
                break
    return homes


def _pixel_box(cell: Rectangle, grey: Pixels, scale: float) -> tuple[int, int, int, int] | None:
    x0, y0 = (max(round((value + _INSET_PT) * scale), 0) for value in cell[:2])
    x1, y1 = (round((value - _INSET_PT) * scale) for value in cell[2:])
    x1, y1 = min(x1, grey.shape[1]), min(y1, grey.shape[0])
    return (x0, y0, x1, y1) if min(x1 - x0, y1 - y0) >= _LEAST_INK_PT * scale else None


def _is_doubtful(words: Sequence[ReadWord], cell: Rectangle, crop: Pixels, scale: float) -> bool:
    if words:
        reach = 2 * _LEAST_INK_PT * scale
        return any(
            word.confidence < _SURE_CONFIDENCE
            or word.left < cell[0] * scale - reach
            or word.left + word.width > cell[2] * scale + reach
            for word in words
        )
    ink = _ink(crop)
    across, down = np.flatnonzero(ink.sum(axis=0) >= 2), np.flatnonzero(ink.sum(axis=1) >= 2)
    least = _LEAST_INK_PT * scale
    return len(across) >= least and len(down) >= least


def _confidence(words: Sequence[ReadWord]) -> float:
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def _placed(word: ReadWord, box: tuple[int, int, int, int], cell_index: int) -> ReadWord:
    """A word of a crop, back on the page; its line is one of its own."""
    block, paragraph, line = word.line
    return replace(
        word,
        line=(-1 - cell_index, 100 * block + paragraph, line),
        left=word.left + box[0] - _MARGIN_PX,
        top=word.top + box[1] - _MARGIN_PX,
        part_index=0,
    )


def _framed(crop: Pixels) -> Pixels:
    """A crop, dark on light, with a margin of its ground: Tesseract wants some."""
    ground = int(np.median(crop))
    if ground < 128:
        crop, ground = 255 - crop, 255 - ground
    framed: Pixels = np.pad(crop, _MARGIN_PX, constant_values=ground)
    return framed


def _ink(crop: Pixels) -> Mask:
    ground = int(np.median(crop))
    ink: Mask = np.abs(crop.astype(np.int16) - ground) > _CONTRAST
    return ink


# ------------------------------------------------------------------------------------------------------------- codes


def _may_be_code(word: ReadWord, glyphs: Sequence[Piece]) -> bool:
    """Tell whether a word may be a code: a code has no words of French to lean on, but dots between its glyphs."""
    if any(char.isdigit() for char in word.text) and word.confidence < _SURE_CODE_CONFIDENCE:
        return True
    tallest = max(glyph.height for glyph in glyphs)
    tall = sum(1 for glyph in glyphs if glyph.height >= _TALL * tallest)
    is_short = tall > sum(char.isalnum() for char in word.text)
    opens = bool(_OPENING.fullmatch(word.text))
    return _holds_dot(glyphs) or (opens and (is_short or word.confidence < _SURE_CONFIDENCE))


def _candidates(words: Sequence[ReadWord]) -> Iterator[tuple[int, ReadWord | None, ReadWord | None]]:
    """The words that may be codes, each with the word before it and the next one of its line."""
    lines: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        lines[word.line].append(index)
    for indexes in lines.values():
        indexes.sort(key=lambda index: words[index].left)
        is_labelled = words[indexes[0]].text.isupper()
        for place, index in enumerate(indexes):
            word = words[index]
            before = words[indexes[place - 1]] if place else None
            following = words[indexes[place + 1]] if place + 1 < len(indexes) else None
            if len(word.text) > _LONGEST_CODE:
                continue
            opens = place == 0 and len(word.text) <= _LONGEST_OPENING
            follows_label = place > 0 and is_labelled and word.confidence < _SURE_CONFIDENCE
            if opens or any(char.isdigit() for char in word.text) or (follows_label and len(word.text) <= 5):
                yield index, before, following


def _code_crop(word: ReadWord, grey: Pixels, before: ReadWord | None, after: ReadWord | None) -> tuple[Pixels, int]:
    """The picture of a word as far as the words beside it, and its left edge: a misread word may be half of what
    stands.
    """
    margin = max(2, word.height // 5)
    start = 0 if before is None else min(before.left + before.width + 1, word.left)
    limit = grey.shape[1] if after is None else after.left
    left, top = max(word.left - margin, start, 0), max(word.top - margin, 0)
    right = max(min(word.left + word.width + 2 * word.height, limit - 1), word.left + word.width)
    return grey[top : word.top + word.height + margin, left : min(right, grey.shape[1])], left


def _holds_dot(glyphs: Sequence[Piece]) -> bool:
    tallest = max(glyph.height for glyph in glyphs)
    return any(max(glyph.height, glyph.width) <= _DOT * tallest for glyph in glyphs[1:-1])


def _tall_glyphs(crop: Pixels, glyphs: Sequence[Piece]) -> list[Pixels]:
    """The glyphs of a code without its dots, set close, at several sizes: so Tesseract takes each for what it is."""
    tallest = max(glyph.height for glyph in glyphs)
    ground = int(np.median(crop))
    pieces = [
        np.pad(crop[:, glyph.x0 : glyph.x1], ((0, 0), (_GLYPH_GAP_PX, _GLYPH_GAP_PX)), constant_values=ground)
        for glyph in glyphs
        if glyph.height >= _TALL * tallest
    ]
    picture = Image.fromarray(np.concatenate(pieces, axis=1))
    sizes = [(height / tallest) if height else 1.0 for height in _GLYPH_HEIGHTS_PX]
    return [
        _framed(np.asarray(picture.resize((max(1, round(picture.width * s)), max(1, round(picture.height * s))))))
        for s in sizes
    ]


def _glyphs(crop: Pixels) -> list[Piece]:
    """The pieces of ink of a crop, left to right; what stands above one another is one glyph."""
    if crop.size == 0:
        return []
    low, high = (float(np.percentile(crop, share)) for share in (1, 99))
    if high - low < _CONTRAST:
        return []
    middle = (low + high) / 2
    is_light = float(np.median(crop)) < middle  # on a dark ground
    pieces = connected_pieces(crop > middle if is_light else crop < middle)
    glyphs: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        before = glyphs[-1] if glyphs else None
        if before is not None and min(piece.x1, before.x1) - piece.x0 > 0.5 * min(piece.width, before.width):
            glyphs[-1] = Piece(
                min(before.x0, piece.x0),
                min(before.y0, piece.y0),
                max(before.x1, piece.x1),
                max(before.y1, piece.y1),
                before.piece_count + 1,
            )
        else:
            glyphs.append(piece)
    tallest = max((glyph.height for glyph in glyphs), default=0)
    return [glyph for glyph in glyphs if max(glyph.height, glyph.width) >= 0.08 * tallest]


def _first_word(glyphs: Sequence[Piece]) -> list[Piece]:
    """The glyphs up to the first gap that is a space, or to a colon."""
    tallest = max((glyph.height for glyph in glyphs), default=0)
    bottom = max((glyph.y1 for glyph in glyphs if glyph.height >= _TALL * tallest), default=0)
    first: list[Piece] = []
    for glyph in glyphs:
        is_colon = glyph.piece_count == 2 and glyph.width <= _DOT * tallest
        is_dash = glyph.height <= _DOT * tallest and glyph.y1 < bottom - 0.2 * tallest
        if is_colon or is_dash or (first and glyph.x0 - first[-1].x1 > _WORD_GAP * tallest):
            break
        first.append(glyph)
    return first


def _spelled(reading: str, glyphs: Sequence[Piece]) -> str:
    """A reading with the dots of the picture; "" when it has another number of letters, or is no code."""
    tallest = max(glyph.height for glyph in glyphs)
    bottom = max(glyph.y1 for glyph in glyphs if glyph.height >= _TALL * tallest)
    letters = [char for char in reading if char.isalnum()]
    tall = [glyph for glyph in glyphs if glyph.height >= _TALL * tallest]
    if len(letters) != len(tall):
        return ""
    spelled, remaining = "", iter(letters)
    for place, glyph in enumerate(glyphs):
        if glyph.height >= _TALL * tallest:
            letter = _round_letter(next(remaining), glyph, glyphs[place - 1] if spelled.endswith("O") else None)
            spelled += letter
        elif max(glyph.height, glyph.width) <= _DOT * tallest and abs(glyph.y1 - bottom) <= 0.15 * tallest:
            spelled += "."
        else:
            return ""
    spelled = _ONE.sub("1", spelled)
    return spelled if _CODE.fullmatch(spelled) or set(spelled) == {"O"} else ""


def _round_letter(char: str, glyph: Piece, before: Piece | None) -> str:
    """The letter O is about as wide as high, as no digit is, or as wide as the O before it; the digit 0 is narrow."""
    if char not in "O0o689":
        return char
    if glyph.width >= _WIDE_ROUND * glyph.height:
        return "O"
    if char in "689":
        return char
    return "O" if before is not None and glyph.width >= _SAME_WIDTH * before.width else "0"
