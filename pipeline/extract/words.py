"""Find the words by which an author names the levels of a plan («Chantier 3 | ...»), explained in the text or not."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.extract.signatures import Line, as_label, as_number, is_named
from pipeline.model import Level
from pipeline.text import fold, strip_title
from pipeline.vocabulary import (
    Number,
    Section,
    column_levels,
    counts_no_level,
    explained_levels,
    match_label,
    roman_value,
    singular,
    words_of_heading,
)

#: A counted word in running text stands at least so often; one that the text explains, or that heads parts, as this.
PLAIN_COUNTED, COUNTED = 3, 2
#: A dotted count follows the one before in this share of the lines.
COUNTS_ON = 0.8

#: A count: a number, a roman numeral, or one of these with numbers and letters after its dots («2.1», «I.2.a»).
_COUNT = r"(?P<count>(?:\d{1,3}|[IVX]{1,4}(?![^\W\d_]))(?:\.(?:\d{1,3}|[A-Za-z](?![^\W_]))){0,4})"
#: A counted word («Chantier 3 | ...»), its count, and the title: some separator stands between these two.
_COUNTED = re.compile(
    r"^\[?(?P<word>[^\W\d_]{3,}(?: [^\W\d_]{2,}){0,2})\s+(?:[nN][\u00b0\u00bao]\s*)?"
    rf"{_COUNT}"
    r"(?:\]?\s*[:.|\u2022/)]\s*|\s*[\-\u2013\u2014]\s+)(?P<rest>\S.*)$"
)
#: The same without a separator, for words that the text explains.
_EXPLAINED_COUNT = re.compile(
    r"^\[?(?P<word>[^\W\d_]{3,}(?: [^\W\d_]{2,}){0,2})\s+(?:[nN][\u00b0\u00bao]\s*)?"
    rf"{_COUNT}\b"
    r"[\s\]:.|\u2022/)\-\u2013\u2014]*(?P<rest>.*)$"
)
#: Letters and numbers in front of a title («B1 Rouler», «AX-2 : Rouler»).
_LETTERED = re.compile(
    r"^(?P<word>)(?P<count>[A-Z]{1,3}[.\-]?\d{1,3}(?:[.\-]\d{1,3}){0,4}|[A-L])(?!\w)"
    r"[\s:.|)\-\u2013\u2014]*(?P<rest>.*)$"
)
#: A word without a count, a separator, and the title.
_TITLED = re.compile(
    r"^(?P<word>[^\W\d_]{3,}(?: [^\W\d_]{2,}){0,2})\s*(?::|[|\u2022\-\u2013\u2014](?=\s))\s*(?P<rest>\S.*)$"
)


def split_counted(text: str) -> tuple[str, str, str] | None:
    """Part a counted word in front of a title («Objectif 1.1 Rouler») as (folded word, count, title); None for none.

    A letter or a code of letters and numbers («B1 Rouler») counts without a word. A title that goes on without a
    capital may be a sentence («Phase 2 du chantier») unless a separator stands before.
    """
    text = text.replace("\n", " ")
    match = _EXPLAINED_COUNT.match(text) or _LETTERED.match(text)
    if match is None or not match["rest"] or not (match["rest"][0].isupper() or _COUNTED.match(text)):
        return None
    return singular(match["word"] or ""), match["count"].upper(), match["rest"]


def settle_words(lines: Sequence[Line]) -> list[Line]:
    """Read lines that begin with a word of the author's own as labelled where the text says of what, else as numbered.

    A word that is not explained is counted from one on, without a gap; chapters, annexes, years and the like are no
    such words. In running text it stands three times or more, and the document labels no actions.
    """
    return _settle_counted(_settle_explained(lines))


# ------------------------------------------------------------------------------------------------ explained words


def _settle_explained(lines: Sequence[Line]) -> list[Line]:
    """Give the level that a sentence says («des chantiers (nos actions)») to the lines that begin with its word."""
    levels = _explained_here(lines)
    return [_with_level(line, levels) for line in lines] if levels else list(lines)


def _explained_here(lines: Sequence[Line]) -> dict[str, Level]:
    """The words that sentences explain and that stand before titles, with their level.

    What is explained in two ways counts for nothing, nor does a level that other words label.
    """
    words = [_word_of(line) for line in lines]
    repeated = {word for word, count in Counter(filter(None, words)).items() if count >= COUNTED}
    told: dict[str, set[Level]] = {}
    for line in lines if repeated else ():
        for word, level in explained_levels(line.text).items() if line.label is None and not line.furniture else ():
            told.setdefault(word, set()).add(level)
    found = {word: levels.pop() for word, levels in told.items() if len(levels) == 1 and word in repeated}
    labelled = {
        line.label.level
        for line, word in zip(lines, words, strict=True)
        if line.label is not None and line.label.code and word not in found
    }
    return {word: level for word, level in found.items() if level not in labelled}


def _word_of(line: Line) -> str:
    """The word that a line counts, sets before a title or heads a list by, folded and in the singular; "" when none."""
    if line.furniture:
        return ""
    match = _EXPLAINED_COUNT.match(line.text) or _TITLED.match(line.text)
    return singular(match["word"]) if match is not None else words_of_heading(line.text) if _may_head(line) else ""


def _may_head(line: Line) -> bool:
    return line.rank > 0 or line.text.rstrip().endswith(":")


def _with_level(line: Line, levels: Mapping[str, Level]) -> Line:
    """The line as one with the label of the level that its word has, or as the heading of a list of such elements."""
    if line.furniture:
        return line
    level = levels.get(words_of_heading(line.text)) if _may_head(line) else None
    if level is not None:
        section = Section(level.value)
        return replace(line, label=None, number=None, section=section, kind=f"section {level.value}")
    match = _EXPLAINED_COUNT.match(line.text)
    count = match["count"] if match is not None else ""
    match = match or _TITLED.match(line.text)
    level = levels.get(singular(match["word"])) if match is not None else None
    if match is None or level is None:
        return line
    number = Number(count.upper(), "1", match["rest"], ".") if count else None
    return as_label(replace(line, number=number, section=None, title=strip_title(match["rest"])), level)


# ------------------------------------------------------------------------------------------------- repeated words


def settle_titled(lines: Sequence[Line]) -> list[Line]:
    """Cut a word and its colon off the titles of bands where several begin with it («Objectif : ...»).

    The word is no label of a field. One that names a level over columns of actions labels it here, unless a band has
    the label of that level.
    """
    words = [_word_before_colon(line) for line in lines]
    repeated = {word for word, count in Counter(filter(None, words)).items() if count >= COUNTED}
    labelled = {line.label.level for line in lines if line.label is not None}
    levels = {word: level for word, level in column_levels().items() if word in repeated and level not in labelled}
    out = []
    for line, word in zip(lines, words, strict=True):
        if word in repeated:
            title = strip_title(line.text.partition(":")[2])
            titled = replace(line, title=title, kind=f"{line.kind} {word}")
            line = as_label(titled, levels[word]) if word in levels else titled
        out.append(line)
    return out


def _word_before_colon(line: Line) -> str:
    """The word, folded, that a line sets before a colon and its title, and that nothing else explains; "" for none."""
    match = _TITLED.match(line.text)
    word, colon, _ = line.text.partition(":")
    if match is None or not colon or word.strip() != match["word"]:
        return ""
    return "" if is_named(line) or line.bullet or line.furniture or match_label(word) is not None else fold(word)


# -------------------------------------------------------------------------------------------------- counted words


def _settle_counted(lines: Sequence[Line]) -> list[Line]:
    """Read lines that count a word as numbered ones; each word has kinds of its own."""
    labelled = any(line.label is not None and line.label.level is Level.ACTION and line.label.code for line in lines)
    counted = [_COUNTED.match(line.text) if _may_be_counted(line) else None for line in lines]
    found: dict[tuple[str, bool], list[str]] = {}
    for line, match in zip(lines, counted, strict=True):
        if match is not None:
            found.setdefault((singular(match["word"]), line.rank > 0), []).append(match["count"])
    words = {
        (word, headed)
        for (word, headed), counts in found.items()
        if _counts_from_one(counts) and len(set(counts)) >= (COUNTED if headed else PLAIN_COUNTED)
        if headed or not labelled
    }
    unordered = {(word, True) for word in _words_of_looks(lines, counted)} - words
    out = list(lines)
    for index, (line, match) in enumerate(zip(lines, counted, strict=True)):
        word = (singular(match["word"]), line.rank > 0) if match is not None else None
        if match is not None and word in words:
            out[index] = _as_counted(line, match)
        elif match is not None and word in unordered:
            out[index] = replace(_as_counted(line, match), kind=line.kind)  # their order tells nothing of their level
    return out


def _words_of_looks(lines: Sequence[Line], counted: Sequence[re.Match[str] | None]) -> set[str]:
    """The words that all headings of a look count, in any order but each with a number of its own («Idée n° 12»)."""
    looks: dict[str, set[tuple[str, str]]] = {}
    heads = Counter(line.kind for line in lines if line.rank > 0 and not line.furniture)
    for line, match in zip(lines, counted, strict=True):
        if match is not None and line.rank > 0:
            looks.setdefault(line.kind, set()).add((singular(match["word"]), match["count"]))
    return {
        next(iter(found))[0]
        for kind, found in looks.items()
        if PLAIN_COUNTED <= len(found) == heads[kind] and len({word for word, _ in found}) == 1
    }


def _may_be_counted(line: Line) -> bool:
    """Tell whether nothing else explains a line, and whether it counts no chapter nor anything of the kind."""
    return not is_named(line) and not line.furniture and not counts_no_level(line.text)


def _as_counted(line: Line, match: re.Match[str]) -> Line:
    count = match["count"]
    shape = "I" if count.isalpha() else ".".join("1" if part.isdigit() else "A" for part in count.split("."))
    numbered = as_number(line, Number(count.upper(), shape, match["rest"], "."))
    return replace(numbered, kind=f"{numbered.kind} {fold(match['word'])}")


def _counts_from_one(counts: Sequence[str]) -> bool:
    """Tell whether counts are those from one on without a gap; dotted ones mostly go on or begin again at one."""
    if any("." in count for count in counts):
        last = [_place(count.rpartition(".")[2]) if not count.isalpha() else 0 for count in counts]
        good = sum(b in (1, a + 1) for a, b in itertools.pairwise(last))
        return last[0] == 1 and good >= COUNTS_ON * (len(last) - 1)
    whole = {int(count) if count.isdigit() else roman_value(count) for count in counts}
    return whole == set(range(1, len(whole) + 1))


def _place(part: str) -> int:
    """The place of the last part of a count: its number, or that of its letter («b» is 2)."""
    return int(part) if part.isdigit() else ord(part.lower()) - ord("a") + 1
