"""String to string: spaces, apostrophes, ligatures, hyphens, letter-spacing, bullets, folding.

Nothing here knows what a text means; every function is total (any string in, a string out) and deterministic.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Container, Sequence
from functools import cache, lru_cache
from importlib import resources

_LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip
#: Private-use codes of Symbol, Wingdings and Wingdings 2, as Word and its PDF exports leave them, and their twins.
_SYMBOL_FONT_GLYPHS = {
    "\uf0b7": "\u2022", "\uf0a7": "\u25aa", "\uf06e": "\u25a0", "\uf06c": "\u25cf", "\uf0d8": "\u27a2",
    "\uf0fc": "\u2713", "\uf0e0": "\u2192", "\uf0e8": "\u2794", "\uf0f0": "\u21e8", "\uf0de": "\u21d2",
    "\uf0ae": "\u2192", "\uf076": "\u2756", "\uf071": "\u2751", "\uf06f": "\u25a1", "\uf0a8": "\u25a1",
    "\uf072": "\u2752", "\uf0fe": "\u2611", "\uf0fd": "\u2612", "\uf078": "\u2612", "\uf052": "\u2611",
    "\uf054": "\u2612", "\uf0a3": "\u2610", "\uf050": "\u2713", "\uf0fb": "\u2717",
}  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_UNFOLDED = re.compile(r"[^0-9a-z]+")
_LINE_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufffe\u200e\u200f\u202a\u202b\u202c\u202d\u202e")

_UNSHOWN = re.compile(
    "[" + "".join([*_LIGATURES, *_SYMBOL_FONT_GLYPHS, *sorted(_INVISIBLE)]) + r"\x00-\x1f\x7f-\x9f\ud800-\udfff]"
)

_SOFT_HYPHENS = ("\u00ad", "\u0002", "\ufffe")
_HARD_HYPHENS = ("-", "\u2010", "\u2011")
_WORD_END = re.compile(r"[^\W_]+$")
_WORD_START = re.compile(r"^[^\W_]+")

_BOXES = frozenset("\u2610\u2611\u2612\u25a1\u25a0")
_CHECKBOXES = frozenset("\u2610\u2611\u2612")
_BULLETS = frozenset(
    "\u2022\u25e6\u25aa\u25ab\u25a0\u25a1\u25cf\u25cb\u25c6\u25c7\u2756\u2751\u2752\u2713\u2714\u2717\u2794\u27a2\u27a4\u27a1\u25ba\u25b6"
    "\u25b8\u25b7\u25b9\u21d2\u21e8\u2192\u00b7\u2023\u2043\u2219\u2043\u204c\u204d\u00bb\u2605\u2606"
)
_MARKS = frozenset("\u2713\u2714\u2717")
#: What decoding puts for what it cannot read.
_UNREADABLE = "\ufffd"
#: Signs from here on are pictograms, save those that are bullets, boxes or marks; signs that only change one.
_FIRST_PICTOGRAM = "\u2600"
_MODIFIERS = frozenset("\ufe0e\ufe0f\u200d\u20e3")
_NEEDS_SPACE = re.compile(r"(-{1,2}>|=+>|[-\u2013\u2014*o\u2212])(?:[ \t\u00a0\u2002\u2003\u2009\u202f]+)(?=\S)")
_LETTER_SPACED = re.compile(r"(?<!\S)\S(?:[ \u00a0\u2009\u202f]+\S)+(?!\S)")
#: The second and the third sign of a letter-spaced run, told sooner than the run.
_LONE_SIGNS = re.compile(r"[ \u00a0\u2009\u202f]\S[ \u00a0\u2009\u202f]+\S(?!\S)")
_WORD_GAP = re.compile(r"[ \u00a0\u2009\u202f]{2,}")

#: A capital after a small letter and a space.
_UNSTOPPED_WORD = re.compile(r"(?<=[^\W\d_A-Z] )([A-Z][^\W\d_]+)\b")

_TITLE_TAIL = " ;,:|"
_DASHES = ("-", "\u2013", "\u2014")
_TITLE_HEAD = re.compile(r"^(?:[\s:;,|]+|\.(?!\.)\s*|[-\u2013\u2014\u203a\u2192\u2794\u25ba]\s+)+")
_KEEPS_DOT = re.compile(r"(?:\.\.|\betc\.|(?<!\w)\w{1,3}\.(?:\s?\w{1,3}\.)+)$", re.IGNORECASE)
_LONGEST_ABBREVIATION = 20
_LONGEST_ELIDED = 12
_QUOTES = (("\u00ab", "\u00bb"), ("\u201c", "\u201d"), ("\u2018", "\u2019"))


@cache
def _word_lists() -> dict[str, list[str]]:
    path = resources.files("pipeline").joinpath("data", "vocabulary", "text.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _folded_words(name: str) -> frozenset[str]:
    """The words of one list of text.toml, folded."""
    return frozenset(map(fold, _word_lists()[name]))


@cache
def _binding(name: str) -> re.Pattern[str]:
    """Return a pattern for one list of text.toml: at the start of a part, between parts, or at a line end."""
    words = [re.escape(w).replace("'", "['\u2019]") for w in _word_lists()[name]]
    either = "|".join(sorted(words, key=len, reverse=True))
    pattern = {
        "continues": rf"(?:(?:{either})(?:(?<=['\u2019])|\s|$)|\d)",
        "and": rf"\s+(?:{either}|[\-\u2013])\s+",
        "elided": rf"(?:\b(?:{either})|[^\s/]/)$",
    }
    return re.compile(pattern[name], re.IGNORECASE)


#: The same words pass through several rooms; remembering some thousands halves the time of a large plan.
REMEMBERED = 8192


@lru_cache(maxsize=REMEMBERED)
def fold(text: str) -> str:
    """Reduce a text to lower-case ASCII letters, digits and single spaces, for comparison only."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("\u0153", "oe").replace("\u0152", "OE"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    return _UNFOLDED.sub(" ", text.casefold()).strip()


@lru_cache(maxsize=REMEMBERED)
def clean(text: str) -> str:
    """Set a text on one line: NFC, ordinary single spaces, no invisible or control character, ligatures expanded.

    Codes of symbol fonts become their Unicode twin. Typographic apostrophes, dashes and split words stay as printed.
    """
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    if _UNSHOWN.search(text):
        text = _SPACES.sub(" ", _UNSHOWN.sub(lambda match: _shown(match.group()), text))
    return text.strip()


def clean_lines(text: str) -> str:
    """`clean` each line; empty lines go, the line breaks between the others stay."""
    return "\n".join(line for line in (clean(part) for part in _LINE_BREAKS.split(text)) if line)


def _shown(char: str) -> str:
    return _LIGATURES.get(char) or _SYMBOL_FONT_GLYPHS.get(char, "")


def join_lines(lines: Sequence[str], known_words: frozenset[str] = frozenset()) -> str:
    """Join the lines of one paragraph by spaces, rejoining words that were broken by a hyphen at a line end.

    `known_words` are the words of the document, in lower case, hyphenated ones too. A soft hyphen always joins. A hard
    one stays when a capital or a digit follows, when the hyphenated word is known, or when the joined word is not known
    and both halves are words of four letters or more; else it goes.
    """
    joined = ""
    for line in (line.strip() for line in lines):
        if not line:
            continue
        joined = _append(joined, line, known_words) if joined else line
    for soft in _SOFT_HYPHENS:
        joined = joined.replace(soft, "")
    return joined


def _append(head: str, tail: str, known_words: frozenset[str]) -> str:
    if head.endswith(_SOFT_HYPHENS):
        return head[:-1] + tail
    if head.endswith(_HARD_HYPHENS):
        left, right = _WORD_END.search(head[:-1]), _WORD_START.search(tail)
        if left is None or right is None:
            return f"{head} {tail}"
        first, last = left.group().lower(), right.group().lower()
        if not right.group()[0].islower() or left.group()[-1].isdigit():
            return head + tail
        if first + last in known_words:
            return head[:-1] + tail
        both_are_words = min(len(first), len(last)) >= 4 and first in known_words and last in known_words
        if f"{first}-{last}" in known_words or both_are_words:
            return head + tail
        return head[:-1] + tail
    # What binds ends in an apostrophe or a slash: most lines are spared the search.
    if not head[-1].isalnum() and _binding("elided").search(head[-_LONGEST_ELIDED:]):
        return head + tail
    return f"{head} {tail}"


def split_marker(text: str) -> tuple[str, str]:
    """Split a typed bullet from the text it introduces: (glyph, rest); ("", text) when there is none.

    Dashes, `*`, `o` and ASCII arrows are bullets only before a space. Check boxes are no bullets, nor is a square on a
    line of several boxes, nor a check mark that stands alone.
    """
    stripped = text.lstrip(" \t\u00a0\u2002\u2003\u2009\u200b\u202f\ufeff")
    if not stripped:
        return "", text
    glyph = _SYMBOL_FONT_GLYPHS.get(stripped[0], stripped[0])
    if "\uf000" <= glyph <= "\uf0ff":
        glyph = "\u2022"
    if glyph in _BULLETS:
        rest = stripped[1:].lstrip("\t \u00a0\u2002\u2003\u2009\u200b\u202f\ufe0e\ufe0f")
        if glyph in _MARKS and not rest:
            return "", text
        if glyph in _BOXES and any(_SYMBOL_FONT_GLYPHS.get(c, c) in _BOXES for c in rest):
            return "", text
        return glyph, rest
    match = _NEEDS_SPACE.match(stripped)
    if match is None:
        return "", text
    return match.group(1), stripped[match.end() :]


def is_pictogram(char: str) -> bool:
    """Tell whether a character is a drawn sign of no use for reading («\U0001f3af»): no bullet, box or check mark."""
    known = char in _BULLETS or char in _CHECKBOXES or char == _UNREADABLE
    return char >= _FIRST_PICTOGRAM and not known and unicodedata.category(char) in ("So", "Sk")


def split_pictograms(text: str, others: Container[str] = ()) -> tuple[str, str]:
    """Split the pictograms in front of a text from it: (pictograms, rest); ("", text) for none, or nothing behind.

    `others` are first signs that count as pictograms too.
    """
    stripped = text.lstrip()
    first = stripped[:1]
    if first.isascii() or not ((first >= _FIRST_PICTOGRAM and is_pictogram(first)) or first in others):
        return "", text
    signs = (i for i, c in enumerate(stripped[1:], 1) if not (is_pictogram(c) or c in _MODIFIERS or c.isspace()))
    end = next(signs, 0)
    rest = stripped[end:]
    return (stripped[:end].strip(), rest) if any(map(str.isalnum, rest)) else ("", text)


def unspace(text: str) -> str:
    """Rejoin letter-spaced words ("L E S  O B J E C T I F S"); call it before `clean`, which loses the wide gaps.

    A letter-spaced run has four capitals or digits (three where it is all of the text), or six signs when there are
    small letters, and three letters that differ (a board prints `X X X X`).
    """

    def rejoin(match: re.Match[str]) -> str:
        run = match.group()
        letters = [c for c in run if c.isalpha()]
        fewest = 4 if all(c.isupper() for c in letters) else 6  # "il y a 3 à 4" is a sentence
        if run == text.strip() and run.isupper():
            fewest = 3  # "A X E", alone on its line
        if sum(c.isalnum() for c in run) < fewest or len({c.casefold() for c in letters}) < 3:
            return run
        return " ".join("".join(word.split()) for word in _WORD_GAP.split(run))

    return _LETTER_SPACED.sub(rejoin, text) if _LONE_SIGNS.search(text) is not None else text


def strip_title(text: str) -> str:
    """Clean a title and drop what its setting left around it: end punctuation, leading separators, half a quotation.

    An ellipsis and the dot of an abbreviation (`etc.`, `f.f.`) stay.
    """
    title = clean(text)
    if title[:1].isalnum() and title[-1:].isalnum():
        return title  # as most: nothing stands around it
    while True:
        before = title
        title = _TITLE_HEAD.sub("", title).rstrip(_TITLE_TAIL)
        if title.endswith(_DASHES) and title[-2:-1] == " ":
            title = title[:-1]
        if title.endswith(".") and _KEEPS_DOT.search(title[-_LONGEST_ABBREVIATION:]) is None:
            title = title[:-1]
        title = _drop_half_quote(title).strip()
        if title == before:
            return title


def _drop_half_quote(title: str) -> str:
    for opening, closing in _QUOTES:
        if title.startswith(opening) and closing not in title:
            title = title[1:]
        if title.endswith(closing) and opening not in title and (closing != "\u2019" or title[-2:-1] in ("", " ")):
            title = title[:-1]
    if title.count('"') == 1:
        title = title.removeprefix('"').removesuffix('"')
    return title


def split_list(text: str) -> list[str]:
    """Split a printed list of people, services or partners; parts are cleaned, empty ones and bullets dropped.

    Separators: line break, `;`, `|`, ` / ` (before a capital one of its spaces is enough), ` + `, a typed bullet; a
    comma outside brackets unless the next part goes on (`de l'Environnement, du Tourisme`); "et" only between two parts
    that start alike, two acronyms, two functions (`Bourgmestre et Échevine de la Culture`), or before the last part of
    a list with commas (`Police, Écoles et CPAS`).
    """
    parts: list[str] = []
    for line in _LINE_BREAKS.split(text):
        cleaned_line = clean(line)
        *others, last = _cut_outside_brackets(cleaned_line)
        for piece in others:
            parts.extend(_split_and(piece))
        enumerated = cleaned_line.removesuffix(last).endswith(",")
        parts.extend(_split_last(others[0], last) if enumerated else _split_and(last))
    cleaned = (split_marker(part.strip())[1].strip(" ,;\t") for part in parts)
    return [part for part in cleaned if any(c.isalnum() for c in part)]


def _cut_outside_brackets(line: str) -> list[str]:
    pieces: list[str] = []
    start = depth = 0
    last_closing = max(line.rfind(")"), line.rfind("]"))
    for i, char in enumerate(line):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        if depth and i <= last_closing:
            continue
        if _cuts(line, i):
            pieces.append(line[start:i])
            start = i + 1
    return [*pieces, line[start:]]


def _cuts(line: str, i: int) -> bool:
    char, rest = line[i], line[i + 1 :]
    if char in ";|\u2022\u25aa\u25cf":
        return True
    if char in "/+":
        before, after = line[i - 1 : i] == " ", rest.startswith(" ")
        return (before and after) or (char == "/" and (before or after) and rest.lstrip()[:1].isupper())
    if char == ",":
        glued = not rest.startswith(" ")
        if glued and not (line[i - 1 : i].isalpha() and rest[:1].isalpha()):
            return False
        return _binding("continues").match(rest.lstrip()) is None
    return False


def _split_and(piece: str) -> list[str]:
    match = _binding("and").search(piece)
    if match is None or "(" in piece:
        return [piece]
    left, right = piece[: match.start()].strip(), piece[match.end() :].strip()
    if not left or not right:
        return [piece]
    first, second = fold(left.split()[0]), fold(right.split()[0])
    same_head = len(first) >= 5 and len(second) >= 5 and first[:6] == second[:6]
    acronyms = all(_is_acronym(w) for w in (left, right))
    acronyms |= right[:1].isupper() and any(_is_brand(w) for w in (left, right))
    dashed = piece[match.start() : match.end()].strip() in ("-", "\u2013")
    wordy = (" " in left) + (" " in right)
    named = left[:1].isupper() and right[:1].isupper()
    bodies = named and wordy == 2 and _names_someone(first) and _names_someone(second)
    functions = _folded_words("functions")
    people = named and wordy > 0 and not dashed and first in functions and second in functions
    joined = not (bodies or people or (not dashed and (same_head or acronyms)))
    return [piece] if joined else [left, *_split_and(right)]


def _split_last(first: str, last: str) -> list[str]:
    """Split the last part of a list with commas at its «et», save within a name.

    What follows the «et» is the name of a body or of a function, or what stands before it is one word («Écoles»): a
    longer name may hold an «et» of its own, and so may all those of a list whose `first` part is a service.
    """
    parts = _split_and(last)
    match = _binding("and").search(last)
    if len(parts) > 1 or match is None or "(" in last or not match.group().strip().isalpha():
        return parts
    left, right = last[: match.start()].strip(), last[match.end() :].strip()
    if not left[:1].isupper() or not right[:1].isupper() or _binding("and").search(right) is not None:
        return parts
    heads = [*first.split()[:1], left.split()[0]]
    named = " " in left or any(_names_someone(fold(word)) or _is_acronym(word) for word in heads)
    return [left, right] if not named or _names_someone(fold(right.split()[0])) else parts


def _names_someone(word: str) -> bool:
    """Tell whether the name of a service, of a body or of the function of a person begins with this folded word."""
    return word in _folded_words("bodies") or word in _folded_words("functions")


def _is_acronym(name: str) -> bool:
    return name.isalpha() and name.isupper() and len(name) >= 2


def _is_brand(name: str) -> bool:
    """Tell whether a name is one word with a capital inside («AViQ», «TEC»): a body, not a part of a longer name."""
    return name.isalpha() and name[:1].isupper() and any(c.isupper() for c in name[1:])


def is_cut_short(title: str) -> bool:
    """Tell whether a title breaks off: its last word binds it to what is not there («Agrandir l'école de»)."""
    words = fold(title).split()
    last = title.rstrip()[-1:]
    return (
        bool(words)
        and (last.isalpha() or last in "'\u2019")
        and words[-1] in _folded_words("unfinished")
        and title != title.upper()
    )


def runs_two_sentences_together(title: str) -> bool:
    """Tell whether a sentence begins in a title without a stop before it («Planter cent arbres Un cahier sera»)."""
    if title[1:].islower():
        return False  # as most: no capital that a sentence could begin with
    starts = _word_lists()["sentence_starts"]
    return any(match[1] in starts for match in _UNSTOPPED_WORD.finditer(title))
