"""Find the words by which an author names the levels of a plan («Chantier 3 | ...»), explained in the text or not."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.extract.signatures import Line, as_label, as_number, as_text, is_named
from pipeline.model import Level
from pipeline.text import fold, strip_title
from pipeline.vocabulary import (
    Number,
    Section,
    column_levels,
    counts_no_level,
    explained_levels,
    is_raised,
    match_label,
    may_name_level,
    names_what_is_done,
    roman_value,
    singular,
    words_of_heading,
)

_OBJECTIVES = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
#: A counted word in running text stands at least so often; one that the text explains, or that heads parts, as this.
PLAIN_COUNTED, COUNTED = 3, 2
#: Dots in a count behind which running text needs no separator.
SURE_DOTS = 2
#: Of two counts that begin again and again, there are at least so many.
BEGUN_AGAIN = 6
#: A dotted count follows the one before in this share of the lines.
COUNTS_ON = 0.8

#: A count: a number, a roman numeral, a letter with a number, or one of these with numbers and letters after its dots
#: («2.1», «I.2.a», «A.1»).
_COUNT = (
    r"(?P<count>(?:\d{1,3}|[IVX]{1,4}(?![^\W\d_])|[A-L](?=\.\d))(?:\.(?:\d{1,3}|[A-Za-z](?![^\W_]))){0,4}"
    r"|[A-L](?=\s*[:.|)\-\u2013\u2014]\s))"
)
#: A counted word («Chantier 3 | ...»), its count, and the title: some separator stands between these two.
_COUNTED = re.compile(
    r"^\[?(?P<word>[^\W\d_]{3,}(?: [^\W\d_]{2,}){0,2})\s+(?:[nN][\u00b0\u00bao]\s*)?"
    rf"{_COUNT}"
    r"(?:\]?\s*(?:[:|\u2022/)]|\.(?!\d))\s*|\s*[\-\u2013\u2014]\s+)(?P<rest>\S.*)$"
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
_WORDED_KIND = re.compile(r"heading \S+ [^\W\d_]")
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


def counts_in_letters(counts: Iterable[str]) -> bool:
    """Tell whether codes of letters and numbers («B1», «B2»; «A.1», «B.1») are those of a list, none left out.

    Roads and classes («E411», «N4») are none.
    """
    numbers: dict[str, set[int]] = {}
    for count in counts:
        letters, _, number = re.sub(r"[.\-]", " ", re.sub(r"(?<=[A-Z])(?=\d)", " ", count)).partition(" ")
        first = number.split(" ")[0]
        numbers.setdefault(letters, set()).add(int(first) if first else 1)
    letters_in_order = sorted(letters for letters in numbers if len(letters) == 1)
    whole = all(found == set(range(1, len(found) + 1)) for found in numbers.values())
    in_order = letters_in_order == [chr(ord(letters_in_order[0]) + i) for i in range(len(letters_in_order))]
    return whole and (len(numbers) == 1 or (len(letters_in_order) == len(numbers) and in_order))


def settle_words(lines: Sequence[Line]) -> list[Line]:
    """Read lines that begin with a word of the author's own as labelled where the text says of what, else as numbered.

    A word that is not explained is counted from one on, without a gap; chapters, annexes, years and the like are no
    such words. In running text it stands three times or more, and the document labels no actions.
    """
    return _settle_running(_settle_headed(_settle_counted(_settle_explained(lines))))


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


# -------------------------------------------------------------------------------------------------- levels between


def settle_between(lines: Sequence[Line]) -> list[Line]:
    """Read «Objectif spécifique 1» as an OS where lines counting a word («Stratégie 1.1») stand between it and actions.

    The document labels no other objectives, and nearly all of these and of those lines hold something.
    """
    labels = [line.label if not line.furniture else None for line in lines]
    upper = [i for i, label in enumerate(labels) if label is not None and label.code and is_raised(label)]
    objectives = {
        i for i, label in enumerate(labels) if label is not None and label.code and label.level in _OBJECTIVES
    }
    if len(upper) < COUNTED or objectives != set(upper):
        return list(lines)
    middle = [i for i in range(upper[0], len(lines)) if _is_counted_number(lines[i])]
    marks = sorted({*upper, *middle})
    nexts = dict(zip(marks, [*marks[1:], len(lines)], strict=True))
    over_middle = sum(nexts[i] in middle for i in upper)
    holding = sum(any(map(_may_be_held, lines[i + 1 : nexts[i]])) for i in middle)
    if over_middle < COUNTS_ON * len(upper) or holding < COUNTS_ON * len(middle):
        return list(lines)
    out = list(lines)
    for i in upper:
        label = labels[i]
        assert label is not None
        raised = replace(label, level=Level.OBJECTIF_STRATEGIQUE)
        out[i] = replace(lines[i], label=raised, kind=f"label {raised.level.value}")
    return out


def _is_counted_number(line: Line) -> bool:
    """Tell whether a line counts a word of the author's own, and is set as a numbered one."""
    return line.number is not None and not line.furniture and line.kind.startswith("number ") and _counts_word(line)


def _counts_word(line: Line) -> bool:
    return _COUNTED.match(line.text) is not None or _EXPLAINED_COUNT.match(line.text) is not None


def _may_be_held(line: Line) -> bool:
    """Tell whether a line may be an action: an item, a numbered or labelled line, or the heading of a list of them."""
    listed = line.section is not None and line.section.concept == Level.ACTION.value
    return not line.furniture and (line.bullet or line.number is not None or line.label is not None or listed)


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
            titled = replace(line, title=_behind_colon(line), kind=f"{line.kind} {word}")
            line = as_label(titled, levels[word]) if word in levels else titled
        out.append(line)
    return out


def _word_before_colon(line: Line) -> str:
    """The word, folded, that a line sets before a colon and its title, and that nothing else explains; "" for none."""
    match = _TITLED.match(line.text)
    word, colon, _ = line.text.partition(":")
    if match is None or not colon or word.strip() != match["word"]:
        return ""
    if is_named(line) or line.bullet or line.furniture:
        return ""
    return "" if match_label(word) is not None and not (line.rank > 0 and may_name_level(word)) else fold(word)


def _behind_colon(line: Line) -> str:
    return strip_title(line.text.partition(":")[2])


def is_worded(kind: str) -> bool:
    """Tell whether a kind is that of headings that all begin with a word of the author's («heading h2 chantier»)."""
    return _WORDED_KIND.match(kind) is not None


def _settle_headed(lines: Sequence[Line]) -> list[Line]:
    """Cut the word and its colon off the headings of a look that all begin with one («But : ...»), a kind for each.

    Each word stands before several of them. What stands once below each labelled action is text about it.
    """
    heads: dict[str, list[tuple[int, str]]] = {}
    for index, line in enumerate(lines):
        if line.rank > 0 and not line.furniture and line.section is None:
            word = _word_before_colon(line)
            heads.setdefault(line.kind, []).append((index, "" if counts_no_level(line.text) else word))
    out = list(lines)
    for found in heads.values():
        counts = Counter(word for _, word in found)
        if counts[""] or min(counts.values()) < COUNTED:
            continue
        of_actions = _are_said_of_actions(lines, [index for index, _ in found])
        for index, word in found:
            line = lines[index]
            out[index] = (
                as_text(line) if of_actions else replace(line, title=_behind_colon(line), kind=f"{line.kind} {word}")
            )
    return out


def _settle_running(lines: Sequence[Line]) -> list[Line]:
    """Read paragraphs that begin with a word for what is done («Chantier : ...») as actions where nothing else is one.

    Several begin with the one such word of the document, each with a title of its own.
    """
    if any(line.label is not None and line.label.level is Level.ACTION for line in lines):
        return list(lines)
    words = [_word_before_colon(line) if line.rank <= 0 and line.section is None else "" for line in lines]
    titles: dict[str, set[str]] = {}
    for line, word in zip(lines, words, strict=True):
        if names_what_is_done(word):
            titles.setdefault(word, set()).add(fold(line.text))
    found = {word for word, said in titles.items() if len(said) >= PLAIN_COUNTED}
    if len(found) != 1:
        return list(lines)
    return [
        as_label(replace(line, title=_behind_colon(line)), Level.ACTION) if word in found else line
        for line, word in zip(lines, words, strict=True)
    ]


def _are_said_of_actions(lines: Sequence[Line], places: Sequence[int]) -> bool:
    """Tell whether each line, nearly, stands alone below a labelled action, set less: a field («Objectif : ...»)."""
    actions = [i for i, line in enumerate(lines) if line.label is not None and line.label.level is Level.ACTION]
    above = [(bisect_left(actions, place) - 1, lines[place].rank) for place in places]
    held = [found for found, rank in above if found >= 0 and lines[actions[found]].rank > rank]
    return len(set(held)) == len(held) >= COUNTS_ON * len(places)


# -------------------------------------------------------------------------------------------------- counted words


def _settle_counted(lines: Sequence[Line]) -> list[Line]:
    """Read lines that count a word as numbered ones; each word has kinds of its own."""
    labelled = any(line.label is not None and line.label.level is Level.ACTION and line.label.code for line in lines)
    counted = [_counted(line) if _may_be_counted(line) else None for line in lines]
    found: dict[tuple[str, bool], list[str]] = {}
    for line, match in zip(lines, counted, strict=True):
        if match is not None:
            found.setdefault((singular(match["word"]), line.rank > 0), []).append(match["count"])
    words = {
        (word, headed)
        for (word, headed), counts in found.items()
        if _counts_from_one(counts) and _counts_often(counts, headed=headed)
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


def _counted(line: Line) -> re.Match[str] | None:
    """The counted word in front of a line; behind a dotted count («But A.1 Rouler») it needs no separator."""
    match = _COUNTED.match(line.text)
    if match is not None:
        return match
    match = _EXPLAINED_COUNT.match(line.text)
    dots = 1 if line.rank > 0 else SURE_DOTS
    return match if match is not None and match["count"].count(".") >= dots and match["rest"][:1].isupper() else None


def _counts_often(counts: Sequence[str], *, headed: bool) -> bool:
    """Tell whether there are counts enough: few different ones where they begin again often."""
    different = len(set(counts))
    return different >= (COUNTED if headed else PLAIN_COUNTED) or (different >= COUNTED and len(counts) >= BEGUN_AGAIN)


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
    if all(len(count) == 1 and count.isalpha() for count in counts) and not set(counts) <= set("IVX"):
        return {_place(count) for count in counts} == set(range(1, len(set(counts)) + 1))
    whole = {int(count) if count.isdigit() else roman_value(count) for count in counts}
    return whole == set(range(1, len(whole) + 1))


def _place(part: str) -> int:
    """The place of the last part of a count: its number, or that of its letter («b» is 2)."""
    return int(part) if part.isdigit() else ord(part.lower()) - ord("a") + 1
