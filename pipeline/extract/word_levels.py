"""Tell apart two words that label one level where one of them stands in the other («Axe 1», «Thématique 1.1»)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.extract.signatures import Line
from pipeline.extract.words import is_worded
from pipeline.model import LEVEL_DEPTH, Level
from pipeline.vocabulary import singular

#: A word stands before so many elements, and this share of the outer ones hold some of the inner.
MINIMUM_LABELLED, HOLDING_SHARE = 2, 0.6
#: A word is no longer than that.
MOST_WORDS = 3

#: What the word of an enjeu may be below something else.
_BELOW = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
#: By the level of both words: what the inner one may be, or the outer one; the first that nothing else labels.
_SHIFTS: dict[Level, tuple[tuple[str, Level], ...]] = {
    Level.ENJEU: (("inner", Level.OBJECTIF_STRATEGIQUE), ("outer", Level.VOLET)),
    Level.OBJECTIF_STRATEGIQUE: (("inner", Level.OBJECTIF_OPERATIONNEL), ("outer", Level.ENJEU)),
    Level.OBJECTIF_OPERATIONNEL: (("outer", Level.OBJECTIF_STRATEGIQUE), ("inner", Level.ACTION)),
    Level.ACTION: (("outer", Level.OBJECTIF_OPERATIONNEL), ("inner", Level.SOUS_ACTION)),
}


def settle_word_levels(lines: Sequence[Line]) -> list[Line]:
    """Give the inner or the outer of two words of one level the level beside it that no word labels.

    The inner one is set less, its codes extend those of the outer one, or set alike it stands in each of these.
    """
    out = list(lines)
    for level, shifts in _SHIFTS.items():
        words = _words_of(out, level)
        if len(words) < 2:
            continue
        nested = _nested(out, words, parents=level is not Level.ACTION)
        if nested is None:
            continue
        present = {line.label.level for line in out if line.label is not None and not line.furniture}
        places = dict(zip(("outer", "inner"), nested, strict=True))
        found = next(((places[place], other) for place, other in shifts if other not in present), None)
        if found is not None:
            out = [_relabelled(line, found[1]) if _word(line, level) == found[0] else line for line in out]
    return _lowered(out)


def _lowered(lines: Sequence[Line]) -> list[Line]:
    """Lower the word of an enjeu that stands in what is none («Priorité 1», «Thématique 1.1»), set more strongly.

    It takes the level below that of what it stands in, or below an enjeu, the first that no word labels.
    """
    out = list(lines)
    present = {line.label.level for line in lines if line.label is not None and not line.furniture}
    for word, places in _words_of(lines, Level.ENJEU).items():
        heads = [i for i in places if lines[i].rank > 0] or places
        above = {_container(lines, i) for i in heads}
        if len(heads) < MINIMUM_LABELLED or len(above) != 1:
            continue
        kind, level = above.pop()
        held = sum(line.kind == kind for line in lines)
        if not kind or level in (Level.VOLET, Level.ENJEU) or not MINIMUM_LABELLED <= held < len(heads):
            continue
        lower = (other for other in _BELOW if LEVEL_DEPTH[other] > LEVEL_DEPTH[level or Level.ENJEU])
        found = next((other for other in lower if other not in present), None)
        if found is not None:
            out = [_relabelled(line, found) if _word(line, Level.ENJEU) == word else line for line in out]
    return out


def _container(lines: Sequence[Line], index: int) -> tuple[str, Level | None]:
    """The kind and level of the nearest line with a label or a word above that is set more strongly, or extended."""
    label = lines[index].label
    code = label.code if label is not None else ""
    for line in (lines[place] for place in range(index - 1, -1, -1)):
        named = line.number is not None or line.label is not None or is_worded(line.kind)
        extended = line.number is not None and code.startswith(f"{line.number.code}.")
        if named and not line.furniture and (line.rank > lines[index].rank or extended):
            return line.kind, line.label.level if line.label is not None else None
    return "", None


def _words_of(lines: Sequence[Line], level: Level) -> dict[str, list[int]]:
    """The words that label a level before several titles, with the places of their lines."""
    words: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        word = _word(line, level)
        if word:
            words.setdefault(word, []).append(index)
    return {word: places for word, places in words.items() if len(places) >= MINIMUM_LABELLED}


def _word(line: Line, level: Level) -> str:
    """The word by which a line is labelled with a level and titled, folded and in the singular; "" for none."""
    label = line.label
    if label is None or label.level is not level or line.furniture or not (line.title or label.code):
        return ""
    words: list[str] = []
    for word in label.printed.replace(":", " : ").split():
        if not word[:1].isalpha() or word.strip(".").upper() == label.code or any(map(str.isdigit, word)):
            break
        words.append(word)
    return singular(" ".join(words)) if 0 < len(words) <= MOST_WORDS else ""


def _nested(lines: Sequence[Line], words: dict[str, list[int]], *, parents: bool) -> tuple[str, str] | None:
    """The outer and the inner of two words, None where neither stands in the other.

    Words for parents that are set alike nest where some of the inner stand below each of the outer.
    """
    if len(words) != 2:
        return None
    for outer, inner in (tuple(words), tuple(reversed(words))):
        heads = {word: [i for i in words[word] if lines[i].rank > 0] or words[word] for word in (outer, inner)}
        order = sorted((index, word) for word, places in heads.items() for index in places)
        runs = [word for word, _ in groupby(word for _, word in order)]
        held = runs.count(inner)
        if (
            runs[0] == outer
            and held >= HOLDING_SHARE * len(heads[outer])
            and (
                _is_weaker(lines, heads[outer], heads[inner])
                or _extends(lines, order, outer)
                or (parents and held == len(heads[outer]) < len(heads[inner]) and _are_set_alike(lines, heads))
            )
        ):
            return outer, inner
    return None


def _are_set_alike(lines: Sequence[Line], heads: Mapping[str, Sequence[int]]) -> bool:
    return len({lines[i].rank for places in heads.values() for i in places}) == 1


def _is_weaker(lines: Sequence[Line], outer: Sequence[int], inner: Sequence[int]) -> bool:
    return min(lines[i].rank for i in outer) > max(lines[i].rank for i in inner)


def _extends(lines: Sequence[Line], order: Sequence[tuple[int, str]], outer: str) -> bool:
    """Tell whether the code of each inner line extends that of the outer line above it."""
    above = ""
    for index, word in order:
        label = lines[index].label
        code = label.code if label is not None else ""
        if word == outer:
            above = code
        elif not above or not code.startswith(f"{above}."):
            return False
    return True


def _relabelled(line: Line, level: Level) -> Line:
    assert line.label is not None
    return replace(line, label=replace(line.label, level=level), kind=f"label {level.value}")
