"""Label to concept in its context; the words are in data/vocabulary/*.toml.

Nothing here knows a document: a heading, a column header, a label of a sheet come in as text, a concept goes out.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from pipeline.model import LEVEL_DEPTH, Level
from pipeline.text import REMEMBERED, fold

#: A title that begins with the word «Volet» and has more words is a sentence.
MAXIMUM_VOLET_WORDS = 8

# ------------------------------------------------------------------------------------------------------------- results


@dataclass(frozen=True, slots=True)
class LevelLabel:
    """A level label in front of a line: what level, the code as printed, what is left as the title."""

    level: Level
    code: str  # "1.1", "A", "III", "149"; letters of a short label are kept in `printed`
    printed: str  # label and number as printed: "O.S. 1", "Objectif operationnel 1.1"
    rest: str
    plural: bool = False
    explicit: bool = True  # False when the words may as well be prose ("Action sociale")


@dataclass(frozen=True, slots=True)
class Number:
    """A typed number in front of a line that has no label. `shape` is `1`, `1.1`, `1.1.1`, `A`, `I`, `a`."""

    code: str
    shape: str
    rest: str
    delimiter: str  # what follows the number: ".", ")", ":", "-", "" ...


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a sheet or of a column: a field, and the level it belongs to where the label says so."""

    field: str
    level: Level | None = None


# ---------------------------------------------------------------------------------------------------------------- data


@cache
def load(name: str) -> dict[str, Any]:
    """Return data/vocabulary/<name>.toml."""
    return tomllib.loads(resources.files("pipeline").joinpath("data", "vocabulary", f"{name}.toml").read_text("utf-8"))


def flat(text: str) -> str:
    """Lower case without accents, every character keeping its place (so that offsets hold in the original)."""
    return "".join(_flat_character(c) for c in text)


@cache
def _flat_character(character: str) -> str:
    if character in "\u2019\u2018\u02bc`\u00b4":
        return "'"
    if character in "\u2010\u2011\u2012\u2013\u2014\u2212":
        return "-"
    if character.isspace():
        return " "
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 else character


def _pattern(words: str) -> str:
    """A label as a regular expression on flat text: optional dots, plural marks and spaces count for nothing."""
    out = []
    for token in re.split(r"([\s\-/']+)", flat(words)):
        if not token:
            continue
        if re.fullmatch(r"[\s\-]+", token):
            out.append(r"[\s\-]*")
        elif re.fullmatch(r"[\s\-/']+", token):
            out.append(re.escape(token.strip()) if token.strip() else r"\s+")
        elif "." in token:
            out.append(r"\.?\s?".join(re.escape(p) for p in token.split(".") if p) + r"\.?")
        else:
            out.append(re.escape(token))
    return "".join(out)


# ----------------------------------------------------------------------------------------------------------- numbers

_PATH = r"\d{1,3}(?:\s?\.\s?\d{1,3}){0,5}"
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
_ROMAN = r"(?=[ivx])(?:x{0,3})(?:ix|iv|v?i{0,3})"
#: A code whose parts are numbers, letters and roman numerals with dots between them («1.A.1», «I.2.a»), flat; letters
#: alone are an acronym («A.D.L.»), but for a roman numeral and a letter («I.A»).
_CODE_PART = rf"(?:\d{{1,3}}|{_ROMAN}|[a-z])"
_ACRONYM = r"(?![ivx]\.[a-z](?![.a-z0-9]))(?:[a-z]\.)+[a-z](?![a-z0-9])"
_MIXED = rf"(?!{_ACRONYM})(?=[\d.]{{0,12}}[a-z]){_CODE_PART}(?:\.{_CODE_PART}){{1,5}}(?![a-z0-9']|\.\d)"
_NUMBER = (
    rf"{_MIXED}|(?:[a-z]{{1,3}}(?:\.?\s?|-))?{_PATH}(?!\d)(?:\.?[a-z](?![a-z0-9']))?"
    rf"|{_ROMAN}(?![a-z0-9])|(?!{_ACRONYM})[a-z](?![a-z0-9])"
)
_AFTER = r"\s*(?P<delimiter>[\u00b7\u2022](?=\s)|[.:)\]\-]*)\s*"


#: Levels whose labels are no words of running text.
_OBJECTIVES = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
#: Sorts of abbreviated labels: with a number, and with a letter or a roman numeral in its place («OS B», «OS II»).
_SHORT = ("short", "lettered")


@dataclass(frozen=True, slots=True)
class _LevelForm:
    """One way to print the label of a level, as words that flat text must begin with, then a pattern."""

    level: Level
    sort: str  # free | plural | words | short | lettered
    head: str  # the first letters of the label, before any mark that may be left out
    label: str

    def match(self, tail: str) -> re.Match[str] | None:
        """Match the label and its number in front of flat text."""
        return _form_pattern(self.label, self.sort).match(tail) if tail.startswith(self.head) else None


@cache
def _form_pattern(label: str, sort: str) -> re.Pattern[str]:
    """The pattern of one form; made when a text first begins like it: a plan prints few of them."""
    body = _pattern(label)
    if sort == "short":
        end = r"(?:\.[a-z](?:(?:\.\d{1,3}){1,3}|(?=\s?[:\-])))?"
        code = (
            rf"(?:n\s?[°o]?\.?\s*)?(?P<code>(?:{_ROMAN}[.\-]|[a-z][.\-]?)?"
            + r"\d{1,3}(?:\s?[.,]\s?\d{1,3}|[.,][lio](?![a-z])){0,5}"
            + end
            + r"\.?)"
        )
        pattern = rf"(?P<label>{body})\s?[.\-_]?\s?{code}(?![\d%€])(?!\s?(?:%|€|km|kg|m2|m²))" + _AFTER
    elif sort == "lettered":
        code = rf"(?P<code>(?:{_ROMAN}|[a-z])(?![a-z0-9'])(?!\s?[.,]\s?\d|-\d))"
        pattern = rf"(?P<label>{body})(?:\s?[.\-]\s?|\s){code}" + _AFTER
    else:
        code = rf"(?:n\s?[°o]\.?\s*|numero\s+|nr\.?\s*)?(?P<code>{_NUMBER})"
        pattern = rf"(?P<label>{body}(?:s|\(s\))?)(?:\s*{code})?" + _AFTER
    return re.compile(pattern + r"(?P<rest>.*)$", re.DOTALL)


@cache
def _level_forms() -> dict[str, list[_LevelForm]]:
    """All forms by their first letter, longest labels first so that «axe strategique» wins over «axe»."""
    forms = [
        (-len(label), label, sort, _LevelForm(Level(name), sort, re.split(r"[^a-z]", flat(label))[0], label))
        for name, entry in load("levels").items()
        for sort in ("free", "plural", "words", "short", "lettered")
        for label in entry.get(sort if sort != "lettered" else "short", ())
        if sort != "lettered" or Level(name) in _OBJECTIVES
    ]
    by_letter: dict[str, list[_LevelForm]] = {}
    for _, _, _, form in sorted(forms, key=lambda entry: entry[:3]):
        by_letter.setdefault(form.head[0], []).append(form)
    return by_letter


@cache
def _ordinals() -> dict[str, str]:
    return {flat(word): number for number, words in load("sections")["ordinals"].items() for word in words}


#: What OCR makes of "OO3.1" and "OS1": the letter O and the digit 0, the letter l and the digit 1 change places.
_OCR_CODE = re.compile(
    r"^(?P<letters>[o0]{2}|[o0][s5]|[o0]\.[o0]\.?|[o0]\.[s5]\.?)\s?"
    r"(?P<code>[\dloi]\d?(?:\s?[.,]\s?\d{1,2}|[.,][loi]){0,2}|[A-H](?:\.\d{1,2}){1,2}|[A-H](?=\s[\-\u2013\u2014:|]\s))"
    r"(?=[\s:.)\-]|$)",
    re.I,
)
#: What OCR makes of the numerals II and III in front of a title.
_OCR_ROMAN = re.compile(r"^I[Il1]{1,2}(?=[.)]\s)")
_OCR_DIGITS = str.maketrans({"l": "1", "i": "1", "o": "0", "L": "1", "I": "1", "O": "0", ",": "."})


def _repair_code(text: str) -> str:
    """Give back the line with an OCR-damaged OS or OO code repaired («003.1», «OO3.l», «0S1»), else unchanged."""
    match = _OCR_CODE.match(text)
    if match is None:
        return text
    letters = match["letters"].upper().replace("0", "O").replace("5", "S")
    code = match["code"].translate(_OCR_DIGITS)
    if not re.search(r"[05]", match["letters"]) and not re.search(r"[loi,]", match["code"], re.I):
        return text  # nothing is damaged
    if match["letters"].isdigit() and "." not in code:
        return text  # «001» alone is a number
    return f"{letters} {code}{text[match.end() :]}" if code[0].isalpha() else letters + code + text[match.end() :]


#: Levels that are texts under an OS: their plural label takes a text after a colon («Notre ambition : ...»).
_TEXT_LEVELS = (Level.CONSTAT, Level.AMBITION)


@cache
def _prefixes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand before a volet or an enjeu: a letter («A) Volet interne»), an article («Un volet interne»)."""
    levels = load("levels")
    heads = "|".join(_pattern(w) for name in ("volet", "enjeu") for w in levels[name]["words"])
    articles = "|".join(re.escape(flat(a)) for a in levels["volet"]["articles"])
    free = "|".join(_pattern(w) for w in levels["volet"]["free"])
    return (
        re.compile(rf"(?:[a-z]|\d{{1,2}}|[ivx]{{1,4}})\s?[.)\-]+\s+(?=(?:{heads})\b)"),
        re.compile(rf"(?:{articles})\s?(?={free})"),
    )


@lru_cache(maxsize=REMEMBERED)
def match_level(text: str) -> LevelLabel | None:
    """Read a level label in front of a line («OS 1 : ...», «Premier objectif strategique :», «A) Volet interne»).

    None when the line starts with no label, or when the words are prose (a label written out needs a number, a
    delimiter or the end of the line after it).
    """
    return _match_level(text, len(LEVEL_DEPTH))


def _match_level(text: str, deepest: int) -> LevelLabel | None:
    """The label in front of a line, read as far as so many parts of its code."""
    stripped = _repair_code(text.strip().lstrip("*_#").strip())
    if stripped.startswith(("[", "(")):
        return _match_bracketed(stripped)
    if not stripped or not stripped[0].isalnum():
        return None
    line = flat(stripped)
    prefix_end, ordinal = 0, ""
    first, _, _ = line.partition(" ")
    if first in _ordinals():
        ordinal, prefix_end = _ordinals()[first], len(first) + 1
    else:
        enumerated, article = _prefixes()[0].match(line), _prefixes()[1].match(line)
        if enumerated is not None:
            prefix_end, ordinal = enumerated.end(), enumerated[0].strip(" .)-").upper()
        elif article is not None:
            prefix_end = article.end()
    tail = line[prefix_end:]
    if len(tail) < 2:
        return None
    chapter = _CHAPTER_NUMBER.match(stripped)
    if chapter is not None:
        numbered = match_level(stripped[chapter.end() :])
        return numbered if numbered is not None and numbered.code and not numbered.plural else None
    for form in _level_forms().get(tail[0], ()):
        match, level, sort = form.match(tail), form.level, form.sort
        if match is None:
            continue
        code = stripped[prefix_end:][slice(*match.span("code"))] if match["code"] else ordinal
        rest = stripped[prefix_end:][slice(*match.span("rest"))].strip()
        after_label = tail[match.end("label") :][:2]
        glued = after_label[:1] == "-" and after_label[1:].isalpha()  # «Fiches-projets 2024-2030»
        if after_label[:1].isalpha() or (after_label[:1] == "'" and not match["code"]) or (glued and not match["code"]):
            continue
        if not match["code"] and sort == "short":
            continue
        lettered = bool(match["code"]) and not re.search(r"\d\.?$", match["code"])
        code_end = match.end("code")
        if lettered and not _is_code(form, match, stripped[prefix_end:]) and "." in code:
            code_end = match.start("code") + code.rindex(".")  # «Axe 1.A vélo»
            code, rest = code[: code.rindex(".")], stripped[prefix_end:][code_end + 1 :].strip()
        elif lettered and not _is_code(form, match, stripped[prefix_end:]):
            code, rest = ordinal, stripped[prefix_end:][match.start("code") :].strip()
            if not match["delimiter"] and sort != "free" and not ordinal:
                continue
        if sort in _SHORT and not _short_is_label(match, stripped[prefix_end:]):
            continue
        if stripped[0].islower() and (not code or (rest[:1].islower() and not match["delimiter"])):
            continue  # the rest of a wrapped sentence
        explicit = bool(code) or bool(match["delimiter"]) or not rest or sort == "free"
        if not explicit:
            if not rest.startswith(("\u00ab", '"', "\u201c")) and not ordinal:
                continue
            explicit = True
        if (
            sort == "words"
            and not code
            and rest
            and not re.match(r"[:\-]", match["delimiter"])
            and not rest.startswith(("\u00ab", '"'))
        ):
            continue
        if sort == "plural" and code and level in _TEXT_LEVELS:
            continue  # «Ambition 1» is numbered: no text under an OS
        if sort == "plural" and not code and rest and not (level in _TEXT_LEVELS and ":" in match["delimiter"]):
            continue
        printed = stripped[: prefix_end + (code_end if match["code"] and code else match.end("label"))].strip()
        if sort == "free":
            if not _opens_title(stripped[prefix_end + match.end("label") :]):
                return None
            rest = stripped[prefix_end:].strip() if not match["code"] else rest
        if sort in _SHORT:
            code = re.sub(r"\s+", "", printed[prefix_end:])
        label = LevelLabel(level, tidy_code(code), printed, rest, sort == "plural")
        between = _BETWEEN_CODES if sort in _SHORT else _BETWEEN_WORDS
        after_code = stripped[prefix_end + code_end :] if match["code"] else ""
        deeper = _with_deeper_codes(label, after_code, between, deepest - 1) if after_code and deepest > 1 else None
        if deeper is not None:
            return deeper
        return _with_inner_code(label) if sort == "words" else label
    return _match_possessed(stripped)


#: What may stand between the parts of a code that names each level above («OS1.OO1.A1», «OS 1 / OO 1 / A 1»).
_BETWEEN_CODES = re.compile(r":(?=\S)|\s?[.\-\u2013\u2014/_|>\u2022\u00b7]?\s?")
#: The same behind a label written out, where a dash with spaces stands in front of a title («Axe 1.OS 2»).
_BETWEEN_WORDS = re.compile(r"\s?[./_>]\s?|-(?=\S)")
#: A letter and its number with a space or a dash between, which are a part of a code where others stand in front.
_SPACED_PART = re.compile(r"[A-Z][\s\-]\d{1,3}(?![^\W_])(?!\s?[a-z\d%\u20ac])")


def _with_deeper_codes(label: LevelLabel, after: str, separator: re.Pattern[str], deepest: int) -> LevelLabel | None:
    """The label of the last part of a code whose parts name ever deeper levels; the code is the whole of them."""
    between = separator.match(after)
    if between is None or label.plural or not after[between.end() :][:1].isupper():
        return None
    tail = after[between.end() :]
    spaced = _SPACED_PART.match(tail) is not None
    inner = _match_level(tail[0] + tail[2:] if spaced else tail, deepest)
    if inner is None or LEVEL_DEPTH.get(inner.level, -1) <= LEVEL_DEPTH.get(label.level, len(LEVEL_DEPTH)):
        return None
    if _whole_code(inner.printed) != inner.code or not any(map(str.isdigit, inner.code)):
        return None  # a label that is written out, which begins a title
    printed = f"{label.printed}{between[0]}{tail[: len(inner.printed) + spaced]}"
    return LevelLabel(inner.level, _whole_code(printed), printed, inner.rest.lstrip("/_|> "))


def _whole_code(printed: str) -> str:
    """Printed abbreviations with their numbers as a code; spaces stay where nothing else parts them."""
    return tidy_code(_INNER_SPACE.sub("", printed))


#: Spaces beside marks, and between letters and their number.
_INNER_SPACE = re.compile(r"(?<=[^\W\d_])\s+(?=\d)|(?<![\w\s])\s+|\s+(?![\w\s])")
#: A part of a code in capitals: an abbreviation and its number.
_PART_OF_CODE = re.compile(r"(?<![A-Z])[A-Z]{1,8}(?:\.[A-Z]{1,4}){0,3}[.\-_]{0,2}\d{1,3}(?:\.\d{1,3})*")


@lru_cache(maxsize=REMEMBERED)
def code_path(code: str) -> tuple[tuple[Level, str], ...]:
    """The level and the number of each part of a code that names those above («OS1.OO1.A1»), outermost first.

    Empty for a code of a single part.
    """
    parts = _PART_OF_CODE.findall(_INNER_SPACE.sub("", code))
    labels = [match_level(part.replace("-", "")) for part in parts]
    path = tuple((label.level, code_key(label.code)) for label in labels if label is not None)
    depths = [LEVEL_DEPTH.get(level, -1) for level, _ in path]
    deeper = all(above < below for above, below in itertools.pairwise((-1, *depths)))
    return path if len(path) == len(labels) > 1 and deeper else ()


#: No label of a level has more words.
_MOST_LABEL_WORDS = 3


@lru_cache(maxsize=REMEMBERED)
def split_level_words(text: str) -> tuple[Level, str, str] | None:
    """Part the words or the abbreviation of a level from the title after them («Projet Tailler les haies»).

    Returns (level, words, title), None where the title does not begin with a capital. Only the whole document tells
    whether these words are a label: «Action Logement» may be a name.
    """
    words = text.split(" ")
    for count in range(min(_MOST_LABEL_WORDS, len(words) - 1), 0, -1):
        label = " ".join(words[:count])
        abbreviated = count == 1 and len(label) > 1 and label.isupper()
        level = _label_words().get(fold(label)) or (_abbreviations().get(flat(label)) if abbreviated else None)
        if level is not None and words[count][:1].isupper():
            return level, label, " ".join(words[count:])
    return None


@cache
def _label_words() -> dict[str, Level]:
    return {fold(label): Level(name) for name, entry in load("levels").items() for label in entry.get("words", ())}


@lru_cache(maxsize=REMEMBERED)
def opens_level(word: str) -> bool:
    """Tell whether a word is the first of the words that name a level («Objectif», «Fiche», «Premier»)."""
    return word[:1].isalpha() and (fold(word).split(" ")[0] in _label_openers() or flat(word) in _ordinals())


@cache
def _label_openers() -> frozenset[str]:
    return frozenset(label.split(" ")[0] for label in _label_words())


#: An abbreviation in capitals, a mark, and what it names.
_ABBREVIATED = re.compile(
    r"(?P<label>[A-Z](?:\.?[A-Z]){1,5}\.?)\s?(?::|[|\-\u2013\u2014](?=\s))\s*(?P<rest>\S.*)$", re.DOTALL
)


def match_abbreviation(text: str) -> tuple[Level, str] | None:
    """Read the abbreviation of a level without a number («SA – Visiter les lieux») as (level, title); else None."""
    match = _ABBREVIATED.match(text.strip())
    level = _abbreviations().get(flat(match["label"])) if match is not None else None
    return (level, match["rest"]) if match is not None and level is not None else None


@cache
def _abbreviations() -> dict[str, Level]:
    return {flat(label): Level(name) for name, entry in load("levels").items() for label in entry.get("short", ())}


#: The number of a chapter in front of a label («3.1. Objectif stratégique 1 : ...»).
_CHAPTER_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+(?=[^\W\d])")


def _with_inner_code(label: LevelLabel) -> LevelLabel:
    """The label with the code of a short one that follows the words («Objectif stratégique : OS1 Rouler»)."""
    inner = match_level(label.rest) if label.rest and not label.code and not label.plural else None
    if inner is None or inner.level is not label.level or not inner.code:
        return label
    return LevelLabel(label.level, inner.code, f"{label.printed} {inner.printed}", inner.rest, plural=False)


_BRACKETED_LABEL = re.compile(r"(?:\[([^\[\]]{2,40})\]|\(([^()]{2,40})\))\s*(?=\S)")


def _match_bracketed(text: str) -> LevelLabel | None:
    """Read a label with its number in brackets in front of a title («[OS 1] Rouler», «(OO 1.2) Planter»)."""
    bracket = _BRACKETED_LABEL.match(text)
    label = match_level(bracket[1] or bracket[2]) if bracket is not None else None
    if bracket is None or label is None or not label.code or label.rest or label.plural:
        return None
    return LevelLabel(label.level, label.code, bracket[0].strip(), text[bracket.end() :].strip())


def _match_possessed(text: str) -> LevelLabel | None:
    """Read the label of an objective behind a possessive («Notre objectif strategique : ...»)."""
    first, _, rest = text.partition(" ")
    if fold(first) not in load("sections")["around"]["possessives"]:
        return None
    label = match_level(rest[:1].upper() + rest[1:])
    titled = label is not None and label.level in _OBJECTIVES and not label.plural and bool(label.code or label.rest)
    return label if titled else None


def is_ambition_label(label: LevelLabel) -> bool:
    """Tell whether a printed label begins with the word for an ambition, which is an enjeu or a text under an OS."""
    first_word = fold(label.printed).partition(" ")[0]
    return bool(first_word) and first_word in {fold(word) for word in load("levels")[Level.AMBITION.value]["plural"]}


def _opens_title(after: str) -> bool:
    """Tell whether what follows «volet interne» may belong to a heading rather than to a sentence."""
    after = after.strip()
    words = fold(after).split(" ")
    short = len(words) <= 4 and not after.endswith(".")
    return (
        not after
        or not after[0].islower()
        or (len(after) < 40 and (words[0] in _filler() or (short and all(w in _around() for w in words))))
    )


def _is_code(form: _LevelForm, match: re.Match[str], original: str) -> bool:
    """Tell whether a letter or roman numeral is a code, not the first word of a title («Projet À vélo»).

    A delimiter follows a code, or the end of the line, or, after a label in the singular, a capital.
    """
    code, after = original[slice(*match.span("code"))], original[match.end("code") :]
    if match["delimiter"] or not after.strip() or after.lstrip().startswith("|"):
        last = code.rpartition(".")[2]
        return code.isascii() and (min(code.upper(), last.upper()) <= "H" or code.isupper())
    singular = form.sort in _SHORT or not match["label"].endswith(("s", ")"))
    spaced = after[:1] == " " and after.lstrip()[:1].isupper()
    sure = code.isupper() or re.search(r"\d\.[a-z]$", code) is not None
    return singular and spaced and code.isascii() and sure and match_section(original) is None


def _short_is_label(match: re.Match[str], original: str) -> bool:
    """Keep out prose that looks like an abbreviation («A 3 km», «op 2»): a label has a capital, is glued or dotted."""
    label = original[slice(*match.span("label"))]
    if not label[:1].isupper():
        return False
    if len(label.replace(".", "")) == 1:
        between = original[match.end("label") : match.start("code")]
        return between.strip() in ("", ".", "-", "_") and (between == "" or "." in between or "." in match["code"])
    return True


@lru_cache(maxsize=REMEMBERED)
def code_key(code: str) -> str:
    """The numbers of a code, without zeros in front: OS.01 and 1 are the same."""
    return ".".join(str(int(n)) for n in re.findall(r"\d+", code)) or fold(code)


_FINAL_CODE = re.compile(r"\s*[\[(](?P<code>[^()\[\]]{1,14})[\])]$")
#: A bracket with a code in it is no longer than this, with the space before it.
_FINAL_CODE_CHARACTERS = 20


def split_final_code(title: str) -> tuple[str, str]:
    """Cut a code in brackets off the end of a title («Tracer des pistes (OO.2)»); returns (title, code)."""
    stripped = title.strip()
    tail = max(len(stripped) - _FINAL_CODE_CHARACTERS, 0)
    match = _FINAL_CODE.search(stripped, tail) if stripped.endswith((")", "]")) else None
    label = match_level(match["code"]) if match is not None else None
    if match is None or not stripped[: match.start()] or label is None or label.rest:
        return title, ""
    if not any(c.isdigit() for c in label.code):
        return title, ""
    return stripped[: match.start()], label.code


def roman_value(numeral: str) -> int:
    """The value of a roman numeral in capitals below 50 («XIV» is 14). Raises KeyError for another letter."""
    digits = [_ROMAN_DIGITS[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in itertools.pairwise((*digits, 0)))


def tidy_code(code: str) -> str:
    """A code without spaces nor a final dot, letters in capitals; «1.10» stays «1.10»."""
    code = re.sub(r"\s*([.,])\s*", r".", code.strip())
    code = re.sub(r"(?<=[\d.])[lLI](?=[\d.]|$)", "1", code)
    return code.strip(" .").upper()


#: A number whose parts are letters too («1.A.1», «I.A.1», «1.A», «1.1.a»): a title follows a letter at its end.
_NUMBER_WITH_LETTER = (
    r"(?:[IVX]{1,4}|\d{1,3}(?:\.\d{1,3}){0,3})\.[A-Za-z](?:\.\d{1,3}){1,3}(?!\w)"
    r"|(?:\d{1,3}\.[A-L]|\d{1,3}(?:\.\d{1,3}){1,3}\.[a-l])"
    r"(?=[.)]?\s+(?:[\-\u2013\u2014:]\s|[A-Z\u00c0-\u00d6]\w))"
)
_TYPED_NUMBER = re.compile(
    rf"^(?P<code>{_NUMBER_WITH_LETTER}|"
    r"\d{1,3}(?:\.\d{1,3}){0,5}|(?:X{0,3})(?:IX|IV|V?I{0,3})(?=[.)\s](?!\d))|[A-Z](?=[.)](?:\s|$)|\s[-\u2013\u2014]\s|(?:\s?:|\s[|\u00b7\u2022])\s+[^\W\d_])|[a-z](?=[.)]\s)|[A-Z]{1,3}\d?[.\-]\d{1,3}(?:\.\d{1,3}){0,4}(?:\.[a-z](?=[.)]?(?:\s|$)))?)"
    r"(?P<delimiter>\s?[.)\]:]+[\-\u2013\u2014]?|\s[\-\u2013\u2014]|\s[|\u00b7\u2022](?=\s+[^\W\d_])|[\-\u2013\u2014](?=\s)|\u00b0)?(?P<space>\s*)(?P<rest>.*)$",
    re.DOTALL,
)


#: A name or a function after «M.» is no longer than this, its article left out.
MAXIMUM_NAME_WORDS = 3
_NAME_WORD = re.compile(r"[^\W\d_][\w\u2019'-]*")


def _is_name(text: str) -> bool:
    """Tell whether a text may follow a title of courtesy («M. le Bourgmestre», «M. Dupont»): a function or a name."""
    words = text.split()
    if words and flat(words[0]) in load("levels")["volet"]["articles"]:
        del words[0]
    return 1 <= len(words) <= MAXIMUM_NAME_WORDS and all(_NAME_WORD.fullmatch(word) for word in words)


#: A date with dots; `1.1.10` is the tenth action of an OO, a date of two digits a part has them all.
#: The name of a domain has no more words than this.
MAXIMUM_THEME_WORDS = 4
_YEAR_WORD = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.(?:19|20)\d\d(?!\d)|(?:[0-2]\d|3[01])\.(?:0\d|1[0-2])\.(?:1[3-9]|[2-9]\d)(?!\d)")


@lru_cache(maxsize=REMEMBERED)
def match_number(text: str, *, heading: bool = False) -> Number | None:
    """Read a typed number in front of a line («1.», «1.1Encadrer», «A.», «II -»); None when it is a quantity.

    In front of a heading a bare number is a number too («1 Offrir une mobilite»), when a capital follows.
    """
    match = _TYPED_NUMBER.match(_OCR_ROMAN.sub(lambda found: "I" * len(found[0]), text.strip()))
    if match is None or not match["code"]:
        return None
    code, delimiter, rest = match["code"], (match["delimiter"] or "").strip(), match["rest"].strip()
    dotted = "." in code
    if code == "M" and delimiter == "." and _is_name(rest):
        return None
    if delimiter in (":", "|") and len(code) == 1 and code.isalpha() and not heading:
        return None  # «T : 081 12 34 56»
    if not rest and not delimiter and not dotted and not code.isdigit():
        return None
    if code.isdigit():
        if len(code) == 3 and not delimiter:
            return None
        numbered = (
            (len(code) == 2 and code.startswith("0"))
            or match["space"] == "\t"
            or (heading and len(code) <= 2 and rest[:1].isupper())
        )
        if not delimiter and rest and not numbered:
            return None  # «30 km/h», «5 agents»: a bare number then words is a quantity
    if dotted and not delimiter and rest and not rest[0].isupper() and rest[0] not in "\u00ab\"'([":
        return None  # «2.5 millions»
    if dotted and _DATE.match(code + delimiter + rest):
        return None
    if re.match(r"[\d%€]", rest) and not delimiter:
        return None
    if re.fullmatch(r"[IVX]+", code):
        shape = "I"
    elif code.isalpha():
        shape = "A" if code.isupper() else "a"
    else:
        shape = ".".join("1" if p.isdigit() else "A" for p in re.split(r"[.\-]", code))
    if delimiter in (")", "]") and shape == "1":
        shape = "1)"
    return Number(tidy_code(code), shape, rest, delimiter)


def match_code(text: str) -> Number | None:
    """Read a text that is nothing but a code, as one in front of a title is read; None for any other text."""
    number = match_number(f"{text} X", heading=True)
    return number if number is not None and number.rest == "X" else None


def starts_item(text: str) -> bool:
    """Tell whether a line opens an item of a plan (label and number, typed number): readers then start a new block."""
    label = match_level(text)
    if label is not None and (label.code or label.level is Level.VOLET or text.rstrip().endswith(":")):
        return True
    number = match_number(text)
    return number is not None and bool(number.rest) and (bool(number.delimiter) or "." in number.code)


# ---------------------------------------------------------------------------------------------------------- sections


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that is no element.

    `concept` is a level, a field, `outside`, `annex`, `contents`, `legend`, `summary`, `vision`, `key_figures` or
    `furniture`.
    """

    concept: str
    count: int | None = None  # «Nos 5 enjeux» announces 5


@cache
def _around() -> frozenset[str]:
    return frozenset(fold(w) for w in load("sections")["around"]["words"])


def level_word(level: Level) -> str:
    """The word that labels a level («Objectif opérationnel»), as one prints it in front of a number."""
    return str(load("levels")[level.value]["words"][0]).capitalize()


@cache
def column_levels() -> dict[str, Level]:
    """Folded words that name a level in part («Objectif»): in the header of a column over parents, or counted."""
    return {fold(word): Level(name) for name, entry in load("levels").items() for word in entry.get("columns", ())}


@cache
def _continuation() -> re.Pattern[str]:
    words = "|".join(re.escape(flat(word)) for word in load("sections")["continued"]["words"])
    return re.compile(rf"[(\[]\s?(?:(?:{words})(?:\s\d)?|\d\s?/\s?\d)\s?[)\]]$")


def without_continuation(title: str) -> str:
    """A title without «(suite)» or «(2/3)» at its end; "" where neither stands there."""
    found = _continuation().search(flat(title))
    return title[: found.start()].rstrip() if found is not None else ""


def is_raised(label: LevelLabel) -> bool:
    """Tell whether a label names the objective above where another level stands between it and the actions."""
    words = load("levels").get(label.level.value, {}).get("raised", ())
    return fold(label.printed).startswith(tuple(map(fold, words))) if words else False


#: No label that is printed in part has more words.
MAXIMUM_HALF_WORDS = 2


def after_half_label(text: str) -> str:
    """What follows a word that names a level only in part, a number or a colon first; "" when nothing does."""
    words = text.split(maxsplit=MAXIMUM_HALF_WORDS)
    counts = range(min(MAXIMUM_HALF_WORDS, len(words) - 1), 0, -1)
    heads = {count: " ".join(words[:count]) for count in counts}
    count = next((count for count, head in heads.items() if head[-1].isalpha() and fold(head) in column_levels()), 0)
    rest = text.split(maxsplit=count)[count] if count else ""
    return rest if rest[:1] in (":", "\u2013", "-") or match_number(rest, heading=True) is not None else ""


@cache
def _plural_labels() -> dict[str, Level]:
    table: dict[str, Level] = {}
    for name, entry in load("levels").items():
        for label in (*entry.get("plural", ()),):
            table[fold(label)] = Level(name)
    return table


#: A cardinal in words, and what it counts with the words around that, are no longer than this.
_CARDINAL_WORDS, _ANNOUNCED_WORDS = 4, 12


@lru_cache(maxsize=REMEMBERED)
def announced_levels(text: str) -> dict[Level, int]:
    """How many elements of a level a sentence announces («3 objectifs strategiques et douze actions»); {} when none."""
    words = fold(text).split()
    found: dict[Level, int] = {}
    for index, word in enumerate(words[:-1]):
        before = words[max(index + 1 - _CARDINAL_WORDS, 0) : index + 1]
        count = int(word) if word.isdigit() and len(word) <= 3 else _cardinal(before)
        if count < 2 or _cardinal(words[index + 1 : index + 2]):
            continue  # «vingt six» is one cardinal
        following = words[index + 1 : index + 1 + _ANNOUNCED_WORDS]
        while following and following[0] in _around() and following[0] not in _plural_labels():
            following = following[1:]
        for size in range(_longest_plural_words(), 0, -1):
            level = _plural_labels().get(" ".join(following[:size]))
            if level is not None:
                found.setdefault(level, count)
                break
    return found


@cache
def _cardinals() -> tuple[dict[str, int], dict[str, int], frozenset[str]]:
    """The values of the folded words below twenty, those of the tens, and the words that stand for more in front."""
    announced = load("sections")["announced"]
    units = {fold(word): value for value, word in enumerate(announced["cardinals"], 2)}
    tens = {fold(word): value for value, word in zip(range(20, 70, 10), announced["tens"], strict=True)}
    return units, tens, frozenset(map(fold, announced["hundreds"]))


def _cardinal(words: Sequence[str]) -> int:
    """The value of the cardinal that folded words end with («vingt six»); 0 for none, or one too large to tell."""
    units, tens, hundreds = _cardinals()
    *before, last = words
    count = units.get(last, 0) or tens.get(last, 0)
    while count and last in units and before and (before[-1] in tens or units.get(before[-1]) == 10):
        last = before.pop()
        count += tens.get(last, 10)
    return 0 if before and before[-1] in hundreds else count


@cache
def _level_initials() -> frozenset[str]:
    """The first letters, one to three, of the words that name a level; those of quarters left out."""
    words = (flat(word) for entry in load("levels").values() for word in (*entry.get("words", ()), *entry["plural"]))
    initials = {word[:count] for word in words for count in (1, 2, 3)}
    return frozenset(initials) - frozenset(load("sections")["counted"]["periods"])


def begins_level_word(letters: str) -> bool:
    """Tell whether letters may stand for the name of a level («P» for a project), and not for a quarter («T1»)."""
    return letters.lower() in _level_initials()


#: A word of the author's own for a level is no more words than this.
_MOST_OWN_WORDS = 3
_QUOTE = re.compile('[\u00ab\u00bb\u201c\u201d"]')
#: A sentence says within so many characters what it explains.
_EXPLAINED_CHARACTERS = 60


@cache
def _first_names() -> dict[str, Level]:
    """The first name of each level that nests, in both numbers, as flat text: other words are explained by these."""
    found: dict[str, Level] = {}
    for level in LEVEL_DEPTH:
        entry = load("levels")[level.value]
        found |= {flat(word): level for word in (entry["words"][0], entry["plural"][0])}
        found |= {flat(word): level for word in entry.get("short", ()) if level in _OBJECTIVES}
    return found


@cache
def _explanations() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The first name of a level, as flat text: behind the words that it explains, and before them."""
    explained = load("sections")["explained"]
    names, links, articles = (
        "|".join(sorted((re.escape(flat(word)) for word in words), key=len, reverse=True))
        for words in (_first_names(), explained["links"], explained["articles"])
    )
    link = rf"\s?,?\s?(?:[(=]|(?<![a-z])(?:{links})(?![a-z]))\s?(?:(?:{articles})(?:(?<=')|(?![a-z]))\s?){{0,2}}"
    own = rf"[a-z][a-z\s'-]{{2,{_EXPLAINED_CHARACTERS}}}"
    return (
        re.compile(rf"{link}(?P<name>{names})(?![a-z'-])"),
        re.compile(rf"(?<![a-z'-])(?P<name>{names}){link}(?P<own>{own})"),
    )


@lru_cache(maxsize=REMEMBERED)
def explained_levels(text: str) -> dict[str, Level]:
    """The words that a sentence explains by the name of a level («des leviers (nos objectifs operationnels)»).

    Returns levels by words, folded and in the singular; of several words beside a name, any run may be meant.
    """
    line = " ".join(_QUOTE.sub(" ", flat(text)).split())
    behind, before = _explanations()
    runs: list[tuple[str, Level]] = []
    for match in behind.finditer(line):
        words = fold(line[max(match.start() - _EXPLAINED_CHARACTERS, 0) : match.start()]).split()[-_MOST_OWN_WORDS:]
        runs += [(" ".join(words[start:]), _first_names()[match["name"]]) for start in range(len(words))]
    for match in before.finditer(line):
        words = fold(match["own"]).split()[:_MOST_OWN_WORDS]
        runs += [(" ".join(words[:stop]), _first_names()[match["name"]]) for stop in range(1, len(words) + 1)]
    names = {singular(name) for name in _first_names()}
    found: dict[str, set[Level]] = {}
    for own, level in runs:
        found.setdefault(singular(own), set()).add(level)
    return {
        own: levels.pop()
        for own, levels in found.items()
        if len(levels) == 1 and own not in names and ((label := match_label(own)) is None or label.level is not None)
    }


def singular(words: str) -> str:
    """Words folded, without the marks of the plural at their ends."""
    return _singular(fold(words))


@lru_cache(maxsize=REMEMBERED)
def words_of_heading(text: str) -> str:
    """The words of a heading («Nos chantiers :»), folded and in the singular, those that may stand around left out."""
    words = fold(text).split()
    return singular(" ".join(itertools.dropwhile(lambda word: word in _around(), words))) if len(words) < 6 else ""


@cache
def _section_tables() -> tuple[dict[str, str], list[tuple[str, str]]]:
    data = load("sections")
    exact: dict[str, str] = {}
    prefixes: list[tuple[str, str]] = []
    for name, labels in data["field"].items():
        exact.update({fold(label): name for label in labels})
    for name in ("outside", "annex", "contents", "legend", "summary", "furniture"):
        exact.update({fold(label): name for label in data[name]["labels"]})
        prefixes += [(fold(p) + " ", name) for p in data[name].get("prefixes", ())]
    return exact, prefixes


@cache
def section_concepts() -> frozenset[str]:
    """Everything that the heading of a section can stand for: a level, a field, a chapter that is no part of a plan."""
    exact, prefixes = _section_tables()
    return frozenset(
        (*(level.value for level in Level), *exact.values(), *(name for _, name in prefixes), *load("fields"))
    )


@cache
def _longest_plural_words() -> int:
    return max(len(label.split()) for label in _plural_labels())


@lru_cache(maxsize=REMEMBERED)
def match_section(text: str) -> Section | None:
    """Read a bare heading («Objectifs strategiques», «Nos 5 enjeux», «Constats :», «Nos acteurs», «Avant-propos»)."""
    if len(text) > 90 or text.strip()[:1].islower():
        return None
    folded = fold(re.sub(r"\(s\)|\(e\)s?", "s", text))
    if not folded:
        return None
    folded = (
        re.sub(r"^(?:\d{1,2}|[ivx]{1,4}|[a-h])\s(?=\D)", "", folded) if re.match(r"^\s*\S{1,4}[.)]", text) else folded
    )
    exact, prefixes = _section_tables()
    if folded in exact:
        return Section(exact[folded])
    plural = _plural_labels()
    words = folded.split()
    if len(words) <= 9:
        # every run of words that is a plural label, when only filler stands around it
        for size in range(min(_longest_plural_words(), len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                level = plural.get(" ".join(words[start : start + size]))
                if level is None:
                    continue
                others = words[:start] + words[start + size :]
                digits = [w for w in others if w.isdigit() and len(w) <= 3]
                years = [w for w in others if w.isdigit() and len(w) == 4]
                if all(w in _around() for w in others if w not in digits and w not in years):
                    return Section(level.value, int(digits[0]) if digits else None)
    for prefix, name in prefixes:
        if (folded + " ").startswith(prefix) and len(words) <= 9:
            return Section(name)
    return None


@lru_cache(maxsize=REMEMBERED)
def level_of_style(name: str) -> Level | None:
    """The level that the last words of the name of a style are the label of («PST Action»), None when none."""
    words = name.split()
    for start in range(len(words)):
        label = match_level(f"{' '.join(words[start:])} 1 : X")
        if label is not None and label.code.endswith("1") and label.rest == "X":
            return label.level
    return None


@lru_cache(maxsize=REMEMBERED)
def names_volet(title: str) -> bool:
    """Tell whether a title is that of one of the two volets («Politiques»), or says so itself («Volet social»)."""
    volet = load("levels")[Level.VOLET.value]
    words = fold(title).split()
    named = len(words) in range(2, MAXIMUM_VOLET_WORDS + 1) and words[0] == fold(volet["words"][0])
    return named or fold(title) in {fold(known) for known in volet["titles"]}


@lru_cache(maxsize=REMEMBERED)
def names_chapter(text: str) -> bool:
    """Tell whether a title only says what a chapter holds («Les actions par service», «Nos objectifs et actions»)."""
    chapter = load("sections")["chapter"]
    nouns = frozenset(map(fold, chapter["nouns"]))
    words = fold(text).split()
    known = nouns | frozenset(map(fold, chapter["words"])) | _around()
    return any(word in nouns for word in words) and all(word in known or _YEAR_WORD.match(word) for word in words)


@cache
def _section_words(name: str, key: str = "words") -> frozenset[str]:
    return frozenset(map(fold, load("sections")[name][key]))


def begins_agenda_item(title: str) -> bool:
    """Tell whether the title of a numbered line is that of an item of an agenda («OBJET : ...»)."""
    return ":" in title and fold(title.partition(":")[0]) in _section_words("agenda")


def may_name_level(word: str) -> bool:
    """Tell whether a word that labels a field may name a level too, where headings begin with it («But : ...»)."""
    return fold(word) in _section_words("heads")


def names_what_is_done(word: str) -> bool:
    """Tell whether a folded word is one for what is done («chantier», «initiative»)."""
    return word in _section_words("heads", "done")


@lru_cache(maxsize=REMEMBERED)
def counts_no_level(text: str) -> bool:
    """Tell whether a line that counts a word («Chapitre 2 : ...») counts something else than elements of a plan."""
    return (fold(text) + " ").startswith(tuple(f"{fold(word)} " for word in load("sections")["counted"]["words"]))


#: What stands before the colon of an imprint is no longer than this.
_LONGEST_IMPRINT_CHARACTERS = 30


@cache
def _imprints() -> frozenset[str]:
    return frozenset(fold(word) for word in load("sections")["furniture"]["imprint"])


def is_imprint(text: str) -> bool:
    """Tell whether a line says who answers for a printed sheet («Editeur responsable : ...»)."""
    head, colon, _ = text.partition(":")
    return bool(colon) and len(head) <= _LONGEST_IMPRINT_CHARACTERS and fold(head) in _imprints()


@cache
def _dated() -> re.Pattern[str]:
    words = "|".join(load("sections")["dated"]["words"])
    return re.compile(rf"(?P<label>\D+?)\s+(?:{words})\s+\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}", re.IGNORECASE)


def match_dated_label(text: str) -> Label | None:
    """Read a label with the date that its values were taken on («Situation au 31/12/2027»), None for any other text."""
    match = _dated().fullmatch(text.strip())
    return match_label(match["label"]) if match is not None else None


@lru_cache(maxsize=REMEMBERED)
def is_total(text: str) -> bool:
    """Tell whether a row of a table sums up the others («Total», «Sous-total OO 1»)."""
    return (fold(text) + " ").startswith(tuple(f"{fold(w)} " for w in load("sections")["totals"]["words"]))


def is_contents_title(text: str) -> bool:
    """Tell whether a heading announces a table of contents."""
    section = match_section(text)
    return section is not None and section.concept == "contents"


#: A line that announces commitments is no longer than this.
MAXIMUM_ANNOUNCEMENT_CHARACTERS = 100
#: The verb of a commitment stands among so many words after its first one («Nous ne vendrons plus»).
_VERB_WORDS = 3


@lru_cache(maxsize=REMEMBERED)
def begins_commitment(text: str) -> bool:
    """Tell whether a text begins as a commitment does («Nous ouvrirons une maison des jeunes»)."""
    vision = load("sections")["vision"]
    first, *words = fold(text[:80]).split() or [""]
    return first in vision["subjects"] and any(word.endswith(tuple(vision["verbs"])) for word in words[:_VERB_WORDS])


@lru_cache(maxsize=REMEMBERED)
def announces_commitments(text: str) -> bool:
    """Tell whether a line announces the commitments below it («Nous nous engageons à :»)."""
    vision = load("sections")["vision"]
    words = fold(text).split() if len(text) <= MAXIMUM_ANNOUNCEMENT_CHARACTERS else []
    open_end = text.rstrip().endswith((":", "...", "\u2026")) or (
        bool(words) and words[-1] in map(fold, vision["before"])
    )
    return open_end and not set(map(fold, vision["promises"])).isdisjoint(words)


def names_vision(title: str) -> bool:
    """Tell whether a title says that a text is a vision or holds commitments («13 engagements pour la ville»)."""
    vision = load("sections")["vision"]
    return not {fold(word) for word in (*vision["words"], *vision["promised"])}.isdisjoint(fold(title).split())


def names_plan(title: str) -> bool:
    """Tell whether a title says that a text is a plan («PST 2024-2030»)."""
    padded = f" {fold(title)} "
    return any(f" {fold(word)} " in padded for word in load("sections")["vision"]["plans"])


def is_vision_title(text: str) -> bool:
    """Tell whether a title announces a vision or mission text, which is no PST."""
    words = [w for w in fold(text).split() if w not in _around() and not w.isdigit()]
    return " ".join(words) in {fold(t) for t in load("sections")["vision"]["titles"]}


def plan_evidence(texts: list[str]) -> tuple[int, int]:
    """Count the words that show a plan, and those that show another kind of document (minutes, recipe, budget).

    Of the latter, a single word («Présents», «Préparation») counts only as a heading or as a label: plans use it too.
    """
    whole = " " + " ".join(fold(t) for t in texts) + " "
    data = load("sections")["plan"]
    other = {fold(w) for w in data["other"]}
    words = {w for w in other if " " not in w}
    printed = set(whole.split())  # few of the words sought stand in any text
    of_plans, of_others = (
        sum(whole.count(f" {w} ") for w in sought if printed.issuperset(w.split()))
        for sought in (map(fold, data["words"]), other - words)
    )
    return of_plans, of_others + sum(fold(t.partition(":")[0]) in words for t in texts)


@cache
def _cues() -> tuple[str, ...]:
    return tuple(f"{fold(c)} " for c in load("sections")["cues"]["objectif_strategique"])


def looks_strategic(title: str) -> bool:
    """Tell whether a title begins as those of objectifs strategiques often do: a cue, not a proof."""
    return (fold(title) + " ").startswith(_cues())


def begins_with_article(text: str) -> bool:
    """Tell whether a text begins with an article («Une grande orientation ...»)."""
    articles = map(flat, load("levels")["volet"]["articles"])
    return flat(text).startswith(tuple(word if word.endswith("'") else f"{word} " for word in articles))


@lru_cache(maxsize=REMEMBERED)
def begins_with_verb(title: str) -> bool:
    """Tell whether a title begins with an infinitive, as those of objectives and actions do, unlike themes."""
    words = fold(title).split()
    before = _endings("before_infinitive")
    place = next((i for i, word in enumerate(words) if len(word) > 1 and word not in before), len(words))
    first, *following = words[place:] or [""]
    if first in _endings("noun_or_infinitive"):
        return not following or following[0] in _endings("after_infinitive")
    return first.endswith(_endings("infinitive")) and not first.endswith(_endings("noun"))


@lru_cache(maxsize=REMEMBERED)
def names_theme(title: str) -> bool:
    """Tell whether a title names a domain in a few words («Aînés et santé»), not what is to be done."""
    words = fold(title).split()
    few = 0 < len(words) <= MAXIMUM_THEME_WORDS
    return few and words[0] not in load("sections")["cues"]["no_theme"] and not begins_with_verb(title)


@cache
def _endings(name: str) -> tuple[str, ...]:
    return tuple(fold(ending) for ending in load("sections")["cues"][name])


# ------------------------------------------------------------------------------------------------------------ fields


@cache
def _field_tables() -> tuple[dict[str, str], list[tuple[frozenset[str], str]]]:
    exact: dict[str, str] = {}
    words: list[tuple[frozenset[str], str]] = []
    for name, entry in load("fields").items():
        for label in entry["labels"]:
            exact.setdefault(_singular(_fold_label(label)), name)
        words += [(frozenset(fold(w) for w in group), name) for group in entry.get("words", ())]
    return exact, words


@cache
def _board_columns() -> dict[str, str]:
    board = load("sections")["board"]
    return {_singular(_fold_label(word)): name for name, words in board.items() for word in words}


_LONGEST_BOARD_HEADER = 40


@lru_cache(maxsize=REMEMBERED)
def _board_column(header: str) -> str:
    """The field that a column of a board has, "" when it is none of a board; no header of one is a long text."""
    return _board_columns().get(_singular(_fold_label(header)), "") if len(header) <= _LONGEST_BOARD_HEADER else ""


def board_labels(headers: Sequence[str]) -> dict[int, Label | None]:
    """The labels of the header cells of a board of cards («Liste», «Carte»), by index; None where the cells below tell.

    Empty unless one of them names cards and two others are of a board too, one of them of no field by itself.
    """
    named = {i: _board_column(text) for i, text in enumerate(headers) if text}
    found = [name for name in named.values() if name]
    if found.count("title") != 1 or len(found) < 3 or "none" not in found:
        return {}
    return {i: Label(name) if name != "none" else None for i, name in named.items() if name}


def names_deliverables(header: str) -> bool:
    """Tell whether the header of a column of results names what is delivered («Livrables»)."""
    return fold(header) in {fold(word) for word in load("fields")["result"]["done"]}


@lru_cache(maxsize=REMEMBERED)
def is_exact_label(text: str) -> bool:
    """Tell whether a text is the whole of a known label («Qui», «Quand»)."""
    return _singular(_fold_label(text)) in _field_tables()[0]


def is_whole_label(text: str) -> bool:
    """Tell whether a text is the label of a field, or the name of one element of a level («Objectif strategique»)."""
    text = text.rstrip(" :?\u00a0")
    label = match_label(text)
    return is_exact_label(text) or (
        label is not None and label.field == "title" and label.level is not None and match_section(text) is None
    )


def _singular(folded: str) -> str:
    """Take the marks of the plural off the words of a label: labels are known in one number."""
    return " ".join(t[:-1] if len(t) > 3 and t[-1] in "sx" else t for t in folded.split())


def _fold_label(text: str) -> str:
    """Fold a label: «Service(s) gestionnaire(s) :» is «services gestionnaires»; symbols with a meaning become words."""
    text = re.sub(r"\(\s*(s|x|e|es|nes|ne|trice|rice)\s*\)", r"\1", text.strip())
    text = re.sub(r"\b(?:[A-Za-z]\.){2,}", lambda initials: initials[0].replace(".", ""), text)
    text = re.sub(r"(?<=[a-z])[.\u00b7](?:e|s|es|ne|nes|rice|euse)\b\.?s?", "", text)
    for symbol, word in (
        ("%", " pourcent "),
        ("\u20ac", " eur "),
        ("n\u00b0", " numero "),
        ("N\u00b0", " numero "),
        ("n\u00ba", " numero "),
    ):
        text = text.replace(symbol, word)
    return fold(text)


@cache
def _level_nouns() -> dict[str, Level]:
    """Folded names of levels, as labels of sheets and columns print them."""
    nouns: dict[str, Level] = {}
    for name, entry in load("levels").items():
        for sort in ("words", "short", "plural"):
            for label in entry.get(sort, ()):
                nouns.setdefault(fold(label), Level(name))
        for label in entry.get("short", ()):
            nouns.setdefault(fold(label).replace(" ", ""), Level(name))
    return nouns


@cache
def _longest_noun_words() -> int:
    return max(len(noun.split()) for noun in _level_nouns())


def _in_one_number(words: str) -> tuple[str, ...]:
    """Words as printed, and without the mark of the plural at their end."""
    return (words, words[:-1]) if words.endswith("s") else (words,)


MAXIMUM_LABEL_CHARACTERS = 80
MAXIMUM_LABEL_WORDS = 7
#: A label with a colon, or of a field that has words of its own, may hold this many words that no label has.
MAXIMUM_STRANGERS = 2
#: Words that make the name of a level the label of its code («N° OO»), as `_fold_label` leaves them.
_NUMBER_WORDS = frozenset(("numero", "n", "no"))


@cache
def _filler() -> frozenset[str]:
    return frozenset(load("sections")["around"]["filler"])


@lru_cache(maxsize=REMEMBERED)
def match_label(text: str, *, loose: bool = False) -> Label | None:
    """Read a label of a sheet or of a column («Echevin(e) en charge :», «OO», «Intitule de l'action»).

    Gives `Label(field="title", level=...)` for the name of a level alone. None when the text is no known label.
    `loose` is for a place where labels stand: there «Partenaires exterieurs» is one for its first word.
    """
    if len(text) > MAXIMUM_LABEL_CHARACTERS:
        return None
    folded = _fold_label(text.strip().rstrip(":").strip())
    if not folded:
        return None
    exact, words = _field_tables()
    nouns = _level_nouns()
    noun = next((candidate for candidate in _in_one_number(folded) if candidate in nouns), "")
    if len(noun) > 1:
        return Label("title", nouns[noun])
    if _singular(folded) in exact:
        return Label(exact[_singular(folded)], _level_in(folded))
    tokens = folded.split()
    named = _label_with_level(tokens)
    if named is not None:
        return named
    if len(tokens) > MAXIMUM_LABEL_WORDS:
        return None
    if loose:
        heads = [" ".join(tokens[:size]) for size in range(len(tokens) - 1, 0, -1)]
        head = next((head for head in heads if len(head) > 3 and head in nouns), "")
        if head:
            return Label("title", nouns[head])  # «Objectif strategique poursuivi»
    present = set(tokens)
    if tokens[0] in map(fold, load("fields")["comment"]["heads"]):
        words = [(frozenset((tokens[0],)), "comment")]
    strangers = len(present - _label_tokens())
    few = strangers <= MAXIMUM_STRANGERS
    colon = text.rstrip().endswith(":")
    for group, name in words:
        known = strangers == 0 or (few and (colon or name not in _ACTORS)) or (loose and tokens[0] in group)
        if known and group <= present:
            return Label(name, _level_in(folded))
    return None


def _label_with_level(tokens: list[str]) -> Label | None:
    """Read a label that begins or ends with the name of a level («intitule de l action», «oo n»)."""
    nouns, exact = _level_nouns(), _field_tables()[0]
    found: list[tuple[int, str, int, int]] = []  # longest name first, then the one that begins the label
    for size in range(1, min(_longest_noun_words(), len(tokens) - 1) + 1):
        for start in (0, len(tokens) - size):
            for noun in _in_one_number(" ".join(tokens[start : start + size])):
                if len(noun) > 1 and noun in nouns:
                    found.append((-len(noun), noun, start, size))
    for _, noun, start, size in sorted(found):
        others = [t for t in tokens[:start] + tokens[start + size :] if t not in _filler()]
        counted = not others and bool(_NUMBER_WORDS & set(tokens))
        field = "code" if counted else exact.get(_singular(" ".join(others)))
        if field is not None:
            return Label(field, nouns[noun])
        if others and all(o in _around() or (o.isdigit() and len(o) == 4) for o in others):
            return Label("title", nouns[noun])
    return None


#: Labels of actors have no words of their own: «Responsable GRH», «Echevin de l'Environnement» are people, no labels.
_ACTORS = frozenset(("mandataire", "responsable", "porteur", "service", "partenaire"))


#: Fields that brackets after a title may hold without a label.
_IN_BRACKETS = frozenset((*_ACTORS, "acteur", "start", "end", "planning", "status", "progress", "budget", "priority"))
#: A field in such a sentence is told by no more words, among the last ones of its part.
_MOST_FIELD_WORDS, _MOST_TOLD_WORDS = 4, 12
_SENTENCE_END = re.compile(r"[.!?]\s")
_LABELS_IN_BRACKETS = re.compile(r"[\[(]([^()\[\]]{5,80})[\])]")


@cache
def _between_fields() -> re.Pattern[str]:
    """What parts the fields that a sentence lists."""
    words = "|".join(load("sections")["brackets"]["between"])
    return re.compile(rf"[,;:.()\[\]/+|]|\s[\u2013\u2014-]\s|\b(?:{words})\b")


@lru_cache(maxsize=REMEMBERED)
def explained_fields(text: str) -> tuple[str, ...]:
    """The fields that a sentence says to stand in brackets («Entre parentheses : le service et l'echeance»), in order.

    () when none does.
    """
    words = frozenset(map(fold, load("sections")["brackets"]["words"]))
    if words.isdisjoint(fold(text).split()):
        return ()
    sentences = (sentence for sentence in _SENTENCE_END.split(text) if not words.isdisjoint(fold(sentence).split()))
    return next(filter(None, map(_listed_fields, sentences)), ())


@lru_cache(maxsize=REMEMBERED)
def bracketed_labels(text: str) -> tuple[str, ...]:
    """The fields whose labels a bracket lists, two or more («Lecture : action (responsable, echeance)»); else ()."""
    for content in _LABELS_IN_BRACKETS.findall(text):
        parts = [_without_articles(part) for part in _between_fields().split(content)]
        found = [label.field for label in map(match_label, filter(is_exact_label, parts)) if label is not None]
        if _IN_BRACKETS.issuperset(found) and len(parts) == len(set(found)) > 1:
            return tuple(found)
    return ()


def _without_articles(words: str) -> str:
    return " ".join(itertools.dropwhile(lambda word: word in _around() or word in _filler(), fold(words).split()))


def _listed_fields(sentence: str) -> tuple[str, ...]:
    """The fields that a sentence lists, each once, in order."""
    fields: list[str] = []
    for part in _between_fields().split(sentence):
        words = fold(part).split()[-_MOST_TOLD_WORDS:]
        runs = (
            " ".join(words[start : start + size])
            for size in range(min(_MOST_FIELD_WORDS, len(words)), 0, -1)
            for start in range(len(words) - size + 1)
        )
        labels = (match_label(run) for run in runs if len(run) > 2 and is_exact_label(run))
        told = [label.field for label in labels if label is not None and label.field in _IN_BRACKETS]
        field = next((name for name in told if name != "planning"), next(iter(told), ""))  # «l'année d'échéance»
        if field and field not in fields:
            fields.append(field)
    return tuple(fields)


@lru_cache(maxsize=REMEMBERED)
def match_actor(name: str) -> str:
    """The role that the first word of a name says («Echevine de la Culture», «Service Travaux»); "" when none."""
    first = fold(name).partition(" ")[0]
    fields = load("fields")
    headed = next((role for role in sorted(_ACTORS) if first in map(fold, fields[role].get("heads", ()))), "")
    label = match_label(first)
    return headed or (label.field if label is not None and label.field in _ACTORS and label.level is None else "")


@cache
def _label_tokens() -> frozenset[str]:
    """Every word that occurs in a label."""
    exact, words = _field_tables()
    tokens = {t for label in exact for t in label.split()} | {t for group, _ in words for t in group}
    return frozenset(tokens | _around() | _filler() | {t for noun in _level_nouns() for t in noun.split()})


def _level_in(folded: str) -> Level | None:
    """The level that a label of a field names at its end («intitule de l action»), when it does."""
    tokens = folded.split()
    tails = [" ".join(tokens[start:]) for start in range(1, len(tokens))]
    return next((_level_nouns()[tail] for tail in tails if len(tail) > 3 and tail in _level_nouns()), None)


_INLINE_LABEL = re.compile(
    r"(?:^|(?<=[\s;|\u2013\u2014.,(\[/\u2022-]))[(\[]?(?P<label>[^\W\d_][^:;|\n\u2013\u2014?!.]{0,45}?)\s?:\s?(?=\S|$)"
)
#: A question that is a label, and its answer on the same line («Pour quand ? 2027»).
_QUESTION = re.compile(r"(?P<label>[A-Z][^:;?!.\n]{1,40}?)\s?\?[\s:]+(?P<value>[^?]+)$")
_TITLE_FIELD = re.compile(
    r"\s*(?:\s[\-\u2013\u2014|]\s|[;(\[,]\s?)(?=[^\W\d_](?:[^:;|()\[\]]|\([a-z]{1,5}\)){1,40}?\s?:\s)"
)
_LABEL_BREAK = re.compile(r"\s[\-\u2013\u2014;|/]\s|[;|]|[\])]\s*[\[(]")
_PART = re.compile(r"\s[\-\u2013\u2014]\s|[;|]")
_BETWEEN = " \t;|\u2013\u2014-/,.\u2022(["
_AROUND_VALUE = " \t;|\u2013\u2014-/,\u2022"


def split_inline_fields(text: str) -> list[tuple[str, str, str]]:
    """Cut «Echeance : 2022 - Responsable : service Travaux» into (field, printed label, value).

    Empty when the line does not begin with a known label of a field. A label within the line opens a new field only
    after a separator. «Pour quand ? 2027» is one field.
    """
    question = _QUESTION.match(text)
    if question is not None and is_exact_label(question["label"]):
        name = _field_tables()[0][_singular(_fold_label(question["label"]))]
        if name == "responsable" and fold(question["value"]).split(" ")[0] in load("fields")["service"]["heads"]:
            name = "service"
        return [(name, question["label"], question["value"])]
    if ":" not in text:
        return []
    found: list[tuple[int, int, str, str]] = []
    for match in _INLINE_LABEL.finditer(text):
        words = _LABEL_BREAK.split(match["label"])[-1].strip(_BETWEEN).split(" ")
        # the longest tail of the words before the colon that is a known label; one known to the letter where nothing
        # parts it from the value of the label before («Service : Culture Date de fin : 2028»)
        starts = list(range(len(words)))
        if found and not _PART.search(match["label"]):
            starts.sort(key=lambda start: not is_exact_label(" ".join(words[start:])))
        for start in starts:
            tail = " ".join(words[start:])
            if tail.count("(") > tail.count(")"):
                continue  # «Relire le plan (échéance : 2029)»
            known = match_label(tail)
            if match[0].rstrip().endswith("?") and not is_exact_label(tail):
                continue  # a question in running text
            if known is None or (known.level is not None and known.field == "title"):
                continue
            if start > 0 and (not tail[:1].isupper() or len(tail) < 3):
                continue
            begin = match.start("label") + match["label"].rindex(tail)
            found.append((begin, match.end(), known.field, tail))
            break
    if not found or text[: found[0][0]].strip(_BETWEEN + "*_"):
        return []
    fields = []
    for i, (_, end, field, label) in enumerate(found):
        stop = found[i + 1][0] if i + 1 < len(found) else len(text)
        value = text[end:stop].strip(_AROUND_VALUE).rstrip(f"{_AROUND_VALUE}([")
        fields.append((field, label, _without_closing(value).rstrip(_AROUND_VALUE)))
    return fields


def _without_closing(text: str) -> str:
    """The text without the closing brackets at its end that nothing in it opens."""
    text = text.rstrip()
    for opening, closing in ("()", "[]"):
        unopened = text.count(closing) - text.count(opening)
        end = len(text)
        while unopened > 0 and end and text[end - 1] == closing:
            unopened -= 1
            end -= 1
            while end and text[end - 1].isspace():
                end -= 1
        text = text[:end]
    return text


#: A sign that stands for no value, after the colon of a label («Échéance : -»).
_NO_VALUE = re.compile(r"[:?]\s*[\-\u2013\u2014/]\s*$")


def says_no_value(text: str) -> bool:
    """Tell whether a line of fields ends with a sign for no value: then its last label heads nothing below it."""
    return _NO_VALUE.search(text) is not None


def split_title_fields(title: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Cut the fields off the end of a title («Fleurir les giratoires - Echeance : 2023»); returns (title, fields)."""
    for match in _TITLE_FIELD.finditer(title) if ":" in title else ():
        rest = title[match.end() :]
        label = rest.partition(":")[0].strip()
        if match.start() >= 4 and is_exact_label(label):
            fields = split_inline_fields(_without_closing(rest))
            if fields and all(value for _, _, value in fields):
                return title[: match.start()].rstrip(), fields
    return title, []
