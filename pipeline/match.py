"""One matcher: mention to element, row of a service's spreadsheet to element, returned sheet to element.

Titles come in folded (`text.fold`), codes as printed. Nothing here decides alone: callers see scores and margins.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import log
from typing import Any

from rapidfuzz import fuzz

from pipeline.text import fold
from pipeline.values import field_name

SAME_TITLE_RATIO = 92.0
NEAR_TOKEN_RATIO = 80.0
#: In a title of so few words a word that differs by more than one letter is another word.
SHORT_TITLE_WORDS = 3
#: Shortest folded text that may stand for a longer one which begins with it.
TRUNCATION_LENGTH = 24
MATCH_SCORE = 78.0
MATCH_MARGIN = 8.0
CANDIDATE_SCORE = 45.0
#: A title this near to one or several, but not near enough to be taken for it.
AMBIGUOUS_SCORE = 65.0


@cache
def _vocabulary() -> dict[str, Any]:
    text = resources.files("pipeline").joinpath("data", "vocabulary", "match.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_vocabulary()[name])


def name_code(code: str) -> str:
    """Give the name that a remark prints for a level, a role of measure or a field; the code itself when none."""
    names: dict[str, str] = _vocabulary()["names"]
    return names.get(code) or field_name(code)


# ------------------------------------------------------------------------------------------------------------- codes


@dataclass(frozen=True, slots=True)
class CodeKey:
    """A printed code made comparable: "O.S. 01" and "OS1" are ("os", ("1",)), "1.10" is ("", ("1", "10")).

    `repaired` is the same after undoing what OCR does to codes: "003.1", "O03.1" and "OO3.l" are ("oo", ("3", "1")).
    """

    label: str
    parts: tuple[str, ...]
    repaired: tuple[str, tuple[str, ...]]

    @property
    def text(self) -> str:
        """The canonical spelling, as used in code paths."""
        return self.label + ".".join(self.parts)


def _split_key(folded: str) -> tuple[str, tuple[str, ...]]:
    found = re.match(r"[a-z ]*", folded)
    head = found.group() if found is not None else ""
    words = [w for w in head.split() if w not in _words("number_words")] or head.split()
    rest = re.findall(r"\d+|[a-z]+", folded[len(head) :])
    parts = tuple(p.lstrip("0") or "0" if p.isdigit() else p for p in rest)
    label = words[0] if len(words) == 1 and len(words[0]) <= 3 else "".join(w[0] for w in words)
    if not parts and label:
        return "", (words[0] if len(words) == 1 else label,)
    return label, parts


@cache
def read_code(code: str) -> CodeKey:
    """Read a printed code; an empty one gives a key without parts, which is the same as no other."""
    folded = fold(code)
    label, parts = _split_key(folded)
    glued = re.sub(r"(?<=[a-z0-9]) (?=[a-z])", "", folded) if re.match(r"[o0] [o0] ?\d", folded) else folded
    mended = re.sub(r"^(?:[o0]{2})(?= ?[0-9li])", "oo", glued)
    found = re.match(r"[a-z]+?(?=[\dli]|$| )|", mended)
    head = found.group() if found is not None and mended[:2] in ("oo", "os") else ""
    tail = re.sub(r"(?<![a-z])[li](?![a-z])|(?<=\d)[li]|[li](?=\d)", "1", mended[len(head) :])
    tail = re.sub(r"(?<=\d)o|o(?=\d)", "0", tail) if head or tail[:1].isdigit() else tail
    return CodeKey(label, parts, _split_key(head + tail))


def same_code(a: CodeKey, b: CodeKey) -> bool:
    """Tell whether two codes are one: same numbers, and labels that agree or are left out on one side."""
    if not a.parts or not b.parts:
        return False
    if a.parts == b.parts and _labels_agree(a.label, b.label):
        return True
    (a_label, a_parts), (b_label, b_parts) = a.repaired, b.repaired
    return a_parts == b_parts and _labels_agree(a_label, b_label)


def _labels_agree(a: str, b: str) -> bool:
    return not a or not b or a == b


def codes_contradict(a: CodeKey, b: CodeKey) -> bool:
    """Tell whether two printed codes cannot name one thing.

    Codes of different notations do not contradict ("A." in the body, "Premier" or "1" in the summary; "1" and "2.1"
    where one lost or took the number of its parent).
    """
    if not a.parts or not b.parts or same_code(a, b):
        return False
    return [p.isdigit() for p in a.parts] == [p.isdigit() for p in b.parts]


_LEADING_CODE = re.compile(
    r"^\s*((?:[A-Za-z]{1,3}[.\s]{0,2}){0,2}\d+(?:\.\d+)*(?:\.?[a-z])?)\s*(?:[.:)\u2013\u2014-]+\s*|\s+)(?=\S)"
)
_CODE_ALONE = re.compile(r"^\s*(?:[A-Za-z]{1,8}[.\s-]{0,2}){0,2}(?:n\W{0,2})?\d+(?:\.\d+)*\.?[a-z]?\s*$")


def split_code(text: str) -> tuple[str, str]:
    """Split "A1.2.3 - Titre" into its code and its title; a text without a code gives an empty code.

    A bare number is a code only when it is dotted or set apart by a sign: "30 km/h" and "2 agents" have none.
    """
    if _CODE_ALONE.match(text):
        return text.strip(), ""
    found = _LEADING_CODE.match(text)
    if found is None:
        return "", text.strip()
    code, rest = found.group(1).strip(), text[found.end() :].strip()
    set_apart = re.search(r"[.:)\u2013\u2014-]\s*$", found.group()) is not None
    if code.isdigit() and not set_apart:
        return "", text.strip()
    return code, rest


# ------------------------------------------------------------------------------------------------------------ titles


def same_title(a: str, b: str) -> bool:
    """Tell whether two folded titles are one title read twice: OCR, broken words, cut off at the end.

    "Volet interne" and "Volet externe", "phase 1" and "phase 2" are close as strings and are not the same: each word
    that differs needs a near counterpart, and numbers must be equal.
    """
    if not a or not b:
        return False
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return True
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) >= TRUNCATION_LENGTH and long.startswith(short):
        return True
    if fuzz.ratio(a, b) < SAME_TITLE_RATIO:
        return False
    a_words, b_words = a.split(), b.split()
    only_a, only_b = _subtract(a_words, b_words), _subtract(b_words, a_words)
    if len(short.split()) <= SHORT_TITLE_WORDS and abs(sum(map(len, only_a)) - sum(map(len, only_b))) > 1:
        return False  # "Volet commun" and "Volet communal" are two
    return _near(only_a, only_b) and _near(only_b, only_a)


def _subtract(words: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    kept = []
    for word in words:
        if word in left:
            left.remove(word)
        else:
            kept.append(word)
    return kept


def _near(words: Sequence[str], others: Sequence[str]) -> bool:
    glued = "".join(others)
    for word in words:
        if word in _words("stop_words"):
            continue
        if word.isdigit():
            return False
        if word in glued and len(word) > 3:
            continue
        if not any(fuzz.ratio(word, o) >= NEAR_TOKEN_RATIO for o in (*others, glued)):
            return False
    return True


def content_words(folded: str) -> list[str]:
    """Words of a folded title that carry meaning; all of them when none does."""
    words = folded.split()
    return [w for w in words if w not in _words("stop_words")] or words


@dataclass(frozen=True, slots=True)
class Match:
    """One candidate: the key it was indexed under and how well it fits, 0 to 100."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class TitleIndex:
    """Titles ready to be searched: built once, then each search looks only at titles that share a word."""

    titles: Mapping[str, tuple[str, ...]]  # key -> folded titles it is known under
    words: Mapping[str, frozenset[str]]  # word -> keys
    weights: Mapping[str, float] = field(default_factory=dict)
    glued: Mapping[str, frozenset[str]] = field(default_factory=dict)


def build_title_index(titles: Iterable[tuple[str, str]]) -> TitleIndex:
    """Index (key, title as printed or folded) pairs; one key may come several times."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for key, title in titles:
        folded = fold(title)
        if folded and folded not in by_key[key]:
            by_key[key].append(folded)
    words: dict[str, set[str]] = defaultdict(set)
    glued: dict[str, set[str]] = defaultdict(set)
    for key, folded_titles in by_key.items():
        for folded in folded_titles:
            glued[folded.replace(" ", "")].add(key)
            for word in content_words(folded):
                words[word].add(key)
    count = max(1, len(by_key))
    weights = {w: 1.0 + log(1.0 + count / len(keys)) for w, keys in words.items()}
    return TitleIndex(
        {k: tuple(v) for k, v in by_key.items()},
        {w: frozenset(k) for w, k in words.items()},
        weights,
        {g: frozenset(k) for g, k in glued.items()},
    )


def compare_words(query: str, title: str) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Pair the words of two folded titles that carry meaning: (pairs, left in the query, left in the title).

    A typing error or an ending makes a pair; two numbers never do, unless equal.
    """
    q_words, t_words = content_words(query), content_words(title)
    q_left, t_left = _subtract(q_words, t_words), _subtract(t_words, q_words)
    pairs = [(w, w) for w in _subtract(q_words, q_left)]
    for q in list(q_left):
        near = max(t_left, key=lambda t: fuzz.ratio(q, t), default=None)
        if near is not None and not q.isdigit() and not near.isdigit() and fuzz.ratio(q, near) >= NEAR_TOKEN_RATIO:
            pairs.append((q, near))
            q_left.remove(q)
            t_left.remove(near)
    for mine, other in ((q_left, t_left), (t_left, q_left)):  # "pluri annuel" against "pluriannuel"
        glued = "".join(mine)
        if len(mine) > 1 and glued in other:
            pairs.append((glued, glued))
            other.remove(glued)
            mine.clear()
    return pairs, q_left, t_left


def shared_meaning(query: str, title: str, weights: Mapping[str, float]) -> float:
    """Give the share of meaning that two folded titles have in common, 0 to 100; a rare word counts for more."""
    pairs, q_left, t_left = compare_words(query, title)
    common = sum((_weight(q, weights) + _weight(t, weights)) / 2 for q, t in pairs)
    rest = sum(_weight(w, weights) for w in (*q_left, *t_left))
    return 100.0 * 2 * common / max(1e-9, 2 * common + rest)


def title_score(query: str, title: str, weights: Mapping[str, float]) -> float:
    """Score what a service typed against a title, both folded, 0 to 100.

    A dropped verb, one word more, a hyphen or a typing error cost little; another place name or another number costs
    much, however alike the strings are. What was typed may be the title cut short: three words are enough to be taken
    for it, fewer make a candidate.
    """
    if query.replace(" ", "") == title.replace(" ", ""):
        return 100.0
    score = shared_meaning(query, title, weights)
    _, q_left, t_left = compare_words(query, title)
    size = len(content_words(query))
    if query and not q_left:
        score = max(score, 80.0 + 4.0 * min(5, size - 2) if size >= 3 else AMBIGUOUS_SCORE)
    if any(w.isdigit() for w in q_left) and any(w.isdigit() for w in t_left):
        score = min(score, MATCH_SCORE - MATCH_MARGIN)
    return score


def is_revision(old: str, new: str) -> bool:
    """Tell whether a folded title may be another one revised: words added or dropped, or a quantity changed.

    A quantity is a number, in digits or letters, with a noun after it: "cinq salles" may become "six salles", "phase 1"
    is not "phase 2", and "la salle des jeunes" is not "la salle des aines".
    """
    if shared_meaning(old, new, {}) < MATCH_SCORE:
        return False
    _, old_left, new_left = compare_words(old, new)
    if not old_left or not new_left:
        return not any(w.isdigit() for w in (*old_left, *new_left))
    return all(_is_quantity(w, old) for w in old_left) and all(_is_quantity(w, new) for w in new_left)


def _is_quantity(word: str, title: str) -> bool:
    return (word.isdigit() or word in _words("cardinals")) and not title.endswith(word)


def _weight(word: str, weights: Mapping[str, float]) -> float:
    return weights.get(word, 1.5)


def best_matches(query: str, index: TitleIndex, *, limit: int = 5) -> list[Match]:
    """Give the titles nearest to the query (as printed or folded), best first, ties in order of the key."""
    folded = fold(query)
    if not folded:
        return []
    keys: set[str] = set(index.glued.get(folded.replace(" ", ""), ()))
    for word in content_words(folded):
        found = index.words.get(word)
        if found is not None:
            keys |= found
        else:
            for known, its_keys in index.words.items():
                if known[:2] == word[:2] and fuzz.ratio(known, word) >= NEAR_TOKEN_RATIO:
                    keys |= its_keys
    scored = [Match(k, max(title_score(folded, t, index.weights) for t in index.titles[k])) for k in keys]
    scored = [m for m in scored if m.score >= CANDIDATE_SCORE]
    return sorted(scored, key=lambda m: (-m.score, m.key))[:limit]


def match_title(query: str, index: TitleIndex) -> tuple[str, list[Match]]:
    """Give the key that the query names, "" when none does or several could, and the candidates best first."""
    found = best_matches(query, index)
    if not found or found[0].score < MATCH_SCORE:
        return "", found
    if len(found) > 1 and found[0].score - found[1].score < MATCH_MARGIN:
        return "", found
    return found[0].key, found
