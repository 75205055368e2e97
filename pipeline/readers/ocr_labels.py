"""Labels of levels that recognition spoiled, repaired by the vocabulary and by the numbers around them.

«Obj ectif 4», «ENJEUI» and «ActionA2» are labels once parted rightly; «Action AS» between A4 and A6 is A5. Strokes and
dots that recognition saw beside a line are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.readers.ocr_look import Look, MeasuredLine
from pipeline.text import fold
from pipeline.vocabulary import match_level, roman_value

_STROKES = frozenset("|\u00a6")
_OPENING_NOISE = _STROKES | frozenset("\u2026")
_NOISE_BEFORE_LABEL = _OPENING_NOISE | frozenset(".,;:!_~=^`'\"\u2018\u2019\u201c\u201d")
_HEAD_WORDS = 5  # of a line: what may be a label and its number
_LONGEST_NUMBER = 6
_SPACE = 0.3  # of the font size
_MARKS = ":.)-\u2013\u2014"
_NUMBER = re.compile(r"(?P<prefix>(?:[A-Z]{1,3}[.\-]?)?(?:\d{1,3}[.\-]){0,4})(?P<value>\d{1,3})")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_TENS, _ROMAN_ONES = ("", "X", "XX", "XXX"), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
#: Signs that recognition takes for one another in numbers and in roman numerals.
_AS_DIGIT = str.maketrans("SsOoQDIl|!iBZzGbgq", "550000111118226699")
_AS_ROMAN = str.maketrans({**dict.fromkeys("l1|!][TtJLijZ", "I"), "H": "II", "v": "V", "x": "X"})


@dataclass(frozen=True, slots=True)
class _Head:
    """The label of a line: its words, folded, and where its number stands among the words of the line."""

    label: tuple[str, ...]
    number_index: int
    number: str


def settle_labels(looks: Sequence[Look]) -> list[Look]:
    """The pages with the labels of levels as they must have been printed, and without noise beside lines."""
    pages = [[_without_noise(line) for line in look.lines] for look in looks]
    known = {head.label for lines in pages for head in map(_head, lines) if head is not None}
    pages = [[_reparted(line, known) for line in lines] for lines in pages]
    pages = _renumbered(pages)
    return [replace(look, lines=lines) for look, lines in zip(looks, pages, strict=True)]


# ------------------------------------------------------------------------------------------------------------- noise


def _without_noise(line: MeasuredLine) -> MeasuredLine:
    texts = [word.text for word in line.words]
    first, last = 0, len(texts)
    while first < last - 1 and set(texts[first]) <= _OPENING_NOISE:
        first += 1
    while last > first + 1 and set(texts[last - 1]) <= _STROKES:
        last -= 1
    if last - first > 2 and set(texts[first]) <= _NOISE_BEFORE_LABEL and _is_numbered(texts[first + 1 : last]):
        first += 1
    if last - first == len(texts):
        return line
    return replace(line, words=line.words[first:last], strokes=line.strokes[first:last])


def _is_numbered(texts: Sequence[str]) -> bool:
    label = match_level(" ".join(texts))
    return label is not None and bool(label.code)


# ------------------------------------------------------------------------------------------------------- parted words


def _reparted(line: MeasuredLine, known: set[tuple[str, ...]]) -> MeasuredLine:
    """The line with the words of its label joined or parted so that it is one, with a number."""
    if len(line.words) < 2 or _is_numbered([word.text for word in line.words]):
        return line
    for candidate in (*_joined(line), *_split(line)):
        head = _head(candidate)
        if head is not None and (head.label in known or _is_set_off(candidate, head)):
            return candidate
    return line


def _joined(line: MeasuredLine) -> Iterator[MeasuredLine]:
    """The line with two of its first words as one («Obj ectif»), each way to do it."""
    words, strokes = line.words, line.strokes
    for at in range(min(_HEAD_WORDS, len(words)) - 1):
        before, after = words[at], words[at + 1]
        if before.text.isalpha() and after.text.isalpha() and (after.text.islower() or before.text.isupper()):
            one = before._replace(text=before.text + after.text, x1=after.x1)
            stroke = max(strokes[at : at + 2])
            yield replace(
                line,
                words=(*words[:at], one, *words[at + 2 :]),
                strokes=(*strokes[:at], stroke, *strokes[at + 2 :]),
            )


def _split(line: MeasuredLine) -> Iterator[MeasuredLine]:
    """The line with the end of one of its first words as a number («ENJEUI», «ActionA2»), each way to do it."""
    words, strokes = line.words, line.strokes
    for at in range(min(_HEAD_WORDS, len(words))):
        word = words[at]
        bare = word.text.rstrip(_MARKS)
        if match_level(bare) is not None:
            continue  # «ENJEUX» is no tenth one
        for length in range(min(_LONGEST_NUMBER, len(bare) - 2), 0, -1):
            label, number = word.text[: len(bare) - length], bare[-length:]
            if not label.isalpha() or not (_ROMAN.fullmatch(number) or _NUMBER.fullmatch(number)):
                continue
            middle = word.x0 + (word.x1 - word.x0) * len(label) / len(word.text)
            reach = _SPACE * line.size_pt / 2
            first = word._replace(text=label, x1=middle - reach)
            second = word._replace(text=word.text[len(label) :], x0=middle + reach)
            yield replace(
                line,
                words=(*words[:at], first, second, *words[at + 1 :]),
                strokes=(*strokes[: at + 1], *strokes[at:]),
            )


def _is_set_off(line: MeasuredLine, head: _Head) -> bool:
    """Tell whether a colon or a dash parts the label and its number from the title."""
    number, *after = [word.text for word in line.words[head.number_index :]]
    return number.endswith(":") or (bool(after) and after[0] in _MARKS)


def _head(line: MeasuredLine) -> _Head | None:
    """The label that opens a line, written out, with its number as a word of its own."""
    texts = [word.text for word in line.words]
    start = 1 if len(texts) > 1 and not any(map(str.isalnum, texts[0])) else 0
    label = match_level(" ".join(texts[start:]))
    if label is None or not label.code or label.plural:
        return None
    count = len(label.printed.split())
    words, number = texts[start : start + count - 1], texts[start + count - 1].rstrip(_MARKS)
    if not words or number.upper() != label.code.upper() or not any(len(word) > 2 for word in words):
        return None
    return _Head(tuple(fold(word) for word in words), start + count - 1, number)


# ------------------------------------------------------------------------------------------------------------ numbers


def _renumbered(pages: Sequence[Sequence[MeasuredLine]]) -> list[list[MeasuredLine]]:
    """The lines with the numbers of their labels as those before and after them count («A4», «AS», «A6»)."""
    settled = [list(lines) for lines in pages]
    lines = [(page, index, line) for page, each in enumerate(settled) for index, line in enumerate(each)]
    known = {head.label for _, _, line in lines if (head := _head(line)) is not None}
    series: dict[tuple[str, ...], list[tuple[int, int, _Head]]] = defaultdict(list)
    for page, index, line in lines:
        head = _opening(line, known)
        if head is not None:
            series[head.label].append((page, index, head))
    for members in series.values():
        for place, (page, index, head) in enumerate(members):
            before = members[place - 1][2].number if place else ""
            after = members[place + 1][2].number if place + 1 < len(members) else ""
            number = _counted(head.number, before, after)
            if number == head.number:
                continue
            members[place] = (page, index, replace(head, number=number))
            words = list(settled[page][index].words)
            printed = words[head.number_index]
            words[head.number_index] = printed._replace(text=number + printed.text[len(head.number) :])
            settled[page][index] = replace(settled[page][index], words=tuple(words))
    return settled


def _opening(line: MeasuredLine, known: set[tuple[str, ...]]) -> _Head | None:
    """The label of a line, of those that the document uses, with what stands where its number should."""
    texts = [word.text for word in line.words[: _HEAD_WORDS + 2]]
    start = 1 if len(texts) > 1 and not any(map(str.isalnum, texts[0])) else 0
    folded = [fold(text) for text in texts[start:]]
    for count in range(min(_HEAD_WORDS, len(folded) - 1), 0, -1):
        if tuple(folded[:count]) in known:
            number = texts[start + count].rstrip(_MARKS)
            return _Head(tuple(folded[:count]), start + count, number) if 0 < len(number) <= _LONGEST_NUMBER else None
    return None


def _counted(number: str, before: str, after: str) -> str:
    """A number, or the one that is next to those before and after where it is a misreading of that one."""
    for neighbour, step in ((before, 1), (after, -1)):
        counted = _NUMBER.fullmatch(neighbour)
        if counted is not None and not _NUMBER.fullmatch(number):
            expected = f"{counted['prefix']}{int(counted['value']) + step}"
            if expected.translate(_AS_DIGIT) == number.translate(_AS_DIGIT):
                return expected
        if neighbour and _ROMAN.fullmatch(neighbour) and not _ROMAN.fullmatch(number):
            value = roman_value(neighbour) + step
            expected = _ROMAN_TENS[value // 10] + _ROMAN_ONES[value % 10] if 0 < value < 40 else ""
            if expected and expected == number.translate(_AS_ROMAN):
                return expected
    return number
