"""`parse_` and `format_` twins: numbers, money, percents, dates with their precision, codes, boxes.

A grammar reads a text or says why it cannot: nothing is read by deleting the characters that disturb. The French
words are in data/vocabulary/values.toml. Every parser is total (any string in) and never raises; what it cannot read
comes back without a value and with a remark code of data/messages/normalise.toml.

Rule (project notes on the field, numbers, money and dates): a comma is decimal; a dot, a space or a narrow space before
exactly three digits groups thousands; a dot before one or two digits is ambiguous.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from functools import cache
from importlib import resources
from typing import Any

from pipeline.model import CellValue, Status
from pipeline.text import clean, fold

# --------------------------------------------------------------------------------------------------------------- words


@cache
def _words() -> Mapping[str, Any]:
    path = resources.files("pipeline").joinpath("data", "vocabulary", "values.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _bare_char(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


def _bare(text: str) -> str:
    """Lower the case and drop accents, one character for one, so that positions agree with the printed text."""
    return "".join(_bare_char(c) for c in text.replace("\u2019", "'").replace("\u2018", "'"))


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of the words in bare form, the longest first, not cutting through a longer word."""
    forms = sorted({_bare(w) for w in words}, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(_whole(form) for form in forms) + ")"


def _whole(form: str) -> str:
    pattern = r"\s+".join(re.escape(part) for part in form.split())
    before = r"(?<![a-z])" if form[0].isalpha() else ""
    after = r"(?![a-z])" if form[-1].isalnum() else ""
    return before + pattern + after


@cache
def _absent_words() -> frozenset[str]:
    return frozenset(fold(w) for w in _words()["absent"]["words"])


@cache
def _absent_openings() -> tuple[str, ...]:
    return tuple(f"{word} " for word in _absent_words() if " " in word)


def is_absent(text: str) -> bool:
    """Tell whether a text stands for "no value": empty, punctuation only, or a word for it (`n.d.`, `-`, `p.m.`)."""
    folded = fold(text)
    if not folded:
        return not any(c.isalnum() or unicodedata.category(c) == "So" for c in text)
    if folded in _absent_words():
        return True
    return folded.startswith(_absent_openings()) and not any(c.isdigit() for c in folded)


def field_name(field: str) -> str:
    """Return the printed name of a field, for remarks; the field itself when it has none."""
    return str(_words()["field_names"].get(field, field))


# ------------------------------------------------------------------------------------------------------------- numbers


@dataclass(frozen=True, slots=True)
class Parsed:
    """A number as read. `value` is None when the text is no number; `remark` is a code, "" when all is plain."""

    value: Decimal | None
    remark: str = ""
    approximate: bool = False
    unit: str = ""  # as printed, "%" for any word for percent, "\u20ac" for any word for euro


@dataclass(frozen=True, slots=True)
class _NumberGrammar:
    approximate: re.Pattern[str]
    approximate_after: re.Pattern[str]
    bound: re.Pattern[str]
    bound_after: re.Pattern[str]
    range_of: re.Pattern[str]
    fraction: re.Pattern[str]
    currency: re.Pattern[str]
    money_lead: re.Pattern[str]
    word_multiplier: re.Pattern[str]
    money_multiplier: re.Pattern[str]
    qualifier: re.Pattern[str]
    percent: re.Pattern[str]
    unit: re.Pattern[str]
    unit_ends: re.Pattern[str]
    link: re.Pattern[str]
    including: re.Pattern[str]
    amount_in_text: re.Pattern[str]


_NUMERAL = r"[+\-\u2212]?\d(?:[\d .,']*\d)?"
_NUMERAL_PATTERN = re.compile(_NUMERAL)
_GROUPED = re.compile(r"[1-9]\d{0,2}([ .'])\d{3}(?:\1\d{3})*(?:,(\d+)|\.(\d{2}))?")
_PLAIN = re.compile(r"\d+(?:,(\d+))?")
_MORE = re.compile(rf"\s+(?:et\s+)?({_NUMERAL})")
_DASH_CENTS = re.compile(r"\s?[,.]\s?[-\u2013\u2014]{1,2}")
_MOST_DIGITS = 18
#: No value is longer; a longer text is read as no value, so that a hostile one costs no time.
_LONGEST_NUMBER = 200
_LONGEST_TEXT = 1500
_EXCEL_PRECISION = Context(prec=15)


@cache
def _number_grammar() -> _NumberGrammar:
    number, amount, units = _words()["number"], _words()["amount"], _words()["units"]
    currency = _currency()
    multipliers = "|".join(sorted(amount["multiplier"], key=len, reverse=True))
    approximate = _any(number["approximate"])
    number_words = _any(number["multiplier"])
    return _NumberGrammar(
        approximate=re.compile(approximate + r"\s*:?\s*"),
        approximate_after=re.compile(_any(number["approximate_after"])),
        bound=re.compile(_any(number["bound"]) + r"\s*(?:de\s+)?[\d\u20ac]"),
        bound_after=re.compile(_any(number["bound_after"]) + r"\s*\.?$"),
        range_of=re.compile(
            rf"(?:{_any(number['range_lead'])}\s*)?{_NUMERAL}\s*[^\d\s]{{0,6}}\s*{_any(number['range'])}\s*{_NUMERAL}"
        ),
        fraction=re.compile(rf"{_NUMERAL}\s*{_any(number['fraction'])}\s*\d"),
        currency=re.compile(rf"\s*(?:d'|de\s+)?{currency}"),
        money_lead=re.compile(_any(amount["before"]) + r"\s*:?\s*"),
        word_multiplier=re.compile(rf"\s*({number_words})"),
        money_multiplier=re.compile(rf"\s?({multipliers})(?=\s?{currency}|(?![a-z0-9]))"),
        qualifier=re.compile(rf"[\s(),;:\u2013-]*(?:{_any(amount['qualifiers'])}[\s(),;:.\u2013-]*)+"),
        percent=re.compile(r"\s*" + _any(units["percent"])),
        unit=re.compile(_any(units["words"]) + rf"(?:\s*{_any(units['per'])}\s*[a-z']+)?"),
        unit_ends=re.compile(rf"(?:\s+{_any(units['goes_on'])}|\s*[(,;:]|$)"),
        link=re.compile(_any(amount["links"]["words"])),
        including=re.compile(_any(amount["including"])),
        amount_in_text=re.compile(
            rf"(?:{approximate}\s*)?(?:{currency}\s?)?(?<![\w/]){_NUMERAL}"
            rf"(?:\s?(?:{number_words}|{multipliers})(?:\s+{_NUMERAL})?)?(?:\s?(?:d')?{currency})?(?![\w/])"
        ),
    )


def _currency() -> str:
    names = sorted((_bare(w) for w in _words()["amount"]["currency"]), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(n) + (r"(?![a-z])" if n.isalpha() else "") for n in names) + ")"


def parse_number(text: str) -> Parsed:
    """Read a printed number with an optional unit: `8.627`, `24 000`, `27,5 %`, `5,895 millions`, `± 150 agents`.

    Percentages are in points; k€ and M€ are expanded. Remarks: value_absent, number_approximate (with a value);
    number_ambiguous, number_bound, number_range, number_fraction, number_unreadable (without).
    """
    return _parse_quantity(text, money=False)


def parse_amount_eur(text: str) -> Parsed:
    """Read one amount of money: `1.519.000 €`, `25 k€`, `€ 17.500,00`, `1 million 250 000€`, `25000`.

    Remarks as `parse_number`, and amount_qualified (with a value: a year, a tax or a subsidy is said beside it).
    """
    return _parse_quantity(text, money=True)


def parse_percent(text: str) -> Parsed:
    """Read a percentage in points; a bare number counts as points, save between 0 and 1 (percent_ambiguous)."""
    parsed = parse_number(text)
    if parsed.value is None:
        return parsed
    if parsed.unit not in ("", "%"):
        return Parsed(None, "number_unreadable")
    if not parsed.unit and 0 < parsed.value < 1:
        return Parsed(None, "percent_ambiguous")
    return replace(parsed, unit="%")


def _parse_quantity(text: str, *, money: bool) -> Parsed:
    printed = clean(text).rstrip(" ;,")
    if not printed:
        return Parsed(None)
    if is_absent(printed):
        return Parsed(None, "value_absent")
    if len(printed) > _LONGEST_NUMBER:
        return Parsed(None, "number_unreadable")
    grammar, bare = _number_grammar(), _bare(printed)
    position, approximate, euro = 0, False, False
    while True:
        if match := grammar.approximate.match(bare, position):
            approximate = True
        elif match := grammar.currency.match(bare, position):
            euro = True
        elif money and (match := grammar.money_lead.match(bare, position)):
            pass
        else:
            break
        position = match.end()
        while bare[position : position + 1] == " ":
            position += 1
    for pattern, code in (
        (grammar.bound, "number_bound"), (grammar.range_of, "number_range"), (grammar.fraction, "number_fraction"),
    ):  # fmt: skip
        if pattern.match(bare, position):
            return Parsed(None, code)
    numeral = _NUMERAL_PATTERN.match(bare, position)
    if numeral is None:
        return Parsed(None, "number_unreadable")
    value, remark = _read_numeral(numeral.group())
    if value is None:
        return Parsed(None, remark)
    position = numeral.end()
    if cents := _DASH_CENTS.match(bare, position):
        position = cents.end()
    value, position, multiplied = _read_multiplier(value, bare, position, money=money)
    if value is None or (multiplied and "." in numeral.group()):
        return Parsed(None, "number_ambiguous")
    if match := grammar.currency.match(bare, position):
        euro, position = True, match.end()
    three_cents = "," in numeral.group() and len(numeral.group().rsplit(",", 1)[1]) == 3
    if (money or euro) and three_cents and not multiplied:
        return Parsed(None, "number_ambiguous")
    tail = _read_tail(printed, bare, position, euro=euro, money=money)
    if tail is None:
        return Parsed(None, "number_unreadable")
    if tail.remark == "number_bound":
        return Parsed(None, "number_bound")
    approximate = approximate or tail.approximate
    return Parsed(value, "number_approximate" if approximate else tail.remark, approximate, tail.unit)


def _read_numeral(numeral: str) -> tuple[Decimal | None, str]:
    digits = numeral.lstrip("+-\u2212")
    sign = "-" if numeral[0] in "-\u2212" else ""
    if sum(c.isdigit() for c in digits) > _MOST_DIGITS or not digits.isascii():
        return None, "number_unreadable"
    if match := _GROUPED.fullmatch(digits):
        decimals = match.group(2) or match.group(3) or ""  # «37.800.00»: groups have three digits, cents two
        whole = digits[: len(digits) - len(decimals)].rstrip(",.").replace(match.group(1), "")
        return Decimal(sign + whole + (f".{decimals}" if decimals else "")), ""
    if match := _PLAIN.fullmatch(digits):
        return Decimal(sign + digits.replace(",", ".")), ""
    return None, "number_ambiguous" if "." in digits else "number_unreadable"


def _read_multiplier(value: Decimal, bare: str, position: int, *, money: bool) -> tuple[Decimal | None, int, bool]:
    """Apply `million(s)`, `k€` and the like, and add what follows (`1 million 250 000`); None: not understood."""
    grammar, words = _number_grammar(), _words()
    if match := grammar.word_multiplier.match(bare, position):
        factor = Decimal(words["number"]["multiplier"][match.group(1)])
        total, position = value * factor, match.end()
        more = _MORE.match(bare, position)
        if more is None:
            return total, position, True
        rest, _ = _read_numeral(more.group(1))
        if rest is None:
            return None, position, True
        rest, position, _ = _read_multiplier(rest, bare, more.end(), money=money)
        return (None if rest is None or not 0 <= rest < factor else total + rest), position, False
    match = grammar.money_multiplier.match(bare, position)
    if match and (money or grammar.currency.match(bare, match.end())):
        return value * words["amount"]["multiplier"][match.group(1)], match.end(), True
    return value, position, False


def _read_tail(printed: str, bare: str, position: int, *, euro: bool, money: bool) -> Parsed | None:
    """Read what follows a number: unit, qualifier, "environ"; None when it is not understood."""
    grammar = _number_grammar()
    unit = "\u20ac" if euro else ""
    if not euro and not money and (match := grammar.percent.match(bare, position)):
        unit, position = "%", match.end()
    while bare[position : position + 1] == " ":
        position += 1
    rest = bare[position:].strip(" .;,")
    if not rest:
        return Parsed(None, unit=unit)
    if grammar.approximate_after.fullmatch(rest):
        return Parsed(None, approximate=True, unit=unit)
    if grammar.bound_after.match(rest):
        return Parsed(None, "number_bound")
    if euro and not money and re.fullmatch(r"/\s?[a-z.]+", rest):
        return Parsed(None, unit=unit + rest.replace(" ", ""))
    if money or euro:
        in_brackets = rest[0] == "(" and rest[-1] == ")" and not re.search(r"[0-9]", rest)
        if in_brackets or grammar.qualifier.fullmatch(bare[position:]):
            return Parsed(None, "amount_qualified", unit=unit)
        return None
    if re.search(r"[0-9]", rest.replace("m2", "").replace("m3", "").replace("co2", "")):
        return None
    if unit:
        return Parsed(None, unit=unit)
    if (match := grammar.unit.match(bare, position)) and grammar.unit_ends.match(bare, match.end()):
        return Parsed(None, unit=printed[position : match.end()].strip(" .;,"))
    if len(rest.split()) <= 4 and (rest[0].isalpha() or re.match(r"/\s?[a-z]", rest)):
        return Parsed(None, unit=printed[position:].strip(" .;,"))
    return None


def parse_unit(label: str) -> str:
    """Return the unit that an indicator's label prints: `(en kg)`, `(m³/an)`, a final `en %`; "" when none."""
    printed = clean(label)[-_LONGEST_NUMBER:]
    bare = _bare(printed)
    for pattern in _unit_patterns():
        found = list(pattern.finditer(bare))
        if found:
            return printed[found[-1].start(1) : found[-1].end(1)]
    return ""


@cache
def _unit_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a unit in brackets and of one at the end of a label."""
    units = _words()["units"]
    lead = _any(units["lead"])
    one = rf"(?:{_any([*units['words'], *units['percent']])})(?:\s*(?:{_any(units['per'])})\s*[a-z'\u00b2\u00b3]+)?"
    in_brackets = re.compile(rf"[(\[]\s*(?:{lead}\s*:?\s*)?({one})\s*[)\]]")
    at_the_end = re.compile(rf"\s{_any(w for w in units['lead'] if w[-1] != ':')}\s+({one})\s*$")
    return in_brackets, at_the_end


def parse_scale(unit: str) -> Decimal | None:
    """Return how many euros one of `unit` is (`k€` 1000, `M€` 1000000); None for any other unit."""
    return _scales().get(_bare(clean(unit)))


@cache
def _scales() -> Mapping[str, Decimal]:
    return {_bare(name): Decimal(factor) for name, factor in _words()["units"]["scaled"].items()}


def read_cell_number(value: CellValue, *, percent: bool = False) -> Parsed:
    """Read a spreadsheet cell as a number. A typed number never goes through the text parser.

    A number under a percent format comes out in points with the unit "%". Dates and booleans are no numbers.
    """
    if value is None:
        return Parsed(None)
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, bool | date) or not value.is_finite():
        return Parsed(None, "number_unreadable")
    exact = _EXCEL_PRECISION.plus(value)
    return Parsed(exact * 100, unit="%") if percent else Parsed(exact)


def plain_decimal(value: Decimal) -> str:
    """Write a number for the tables: no exponent, no trailing zero, a dot."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def format_number(value: Decimal) -> str:
    """Write a number for a French reader: comma, thousands set apart by a narrow no-break space."""
    whole, _, decimals = plain_decimal(value).partition(".")
    grouped = f"{int(whole.lstrip('-')):,}".replace(",", "\u202f")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{grouped}{',' if decimals else ''}{decimals}"


def format_amount_eur(value: Decimal) -> str:
    """Write an amount of money; cents have two digits when there are any."""
    rounded = value.quantize(Decimal("0.01"))
    whole, _, cents = format(rounded, "f").partition(".")
    sign = "-" if rounded < 0 else ""
    number = format_number(Decimal(whole.lstrip("-")))
    return f"{sign}{number}{'' if cents == '00' else ',' + cents}\u00a0\u20ac"


def format_percent(value: Decimal) -> str:
    """Write a percentage given in points."""
    return f"{format_number(value)}\u00a0%"


# -------------------------------------------------------------------------------------------------------------- budget


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """One line of a budget text; `original` is the piece of text it was read from."""

    amount: Parsed
    year: str = ""
    funder: str = ""
    kind: str = ""
    original: str = ""
    kind_is_known: bool = False  # a kind of the vocabulary, not a purpose in the plan's own words


@dataclass(frozen=True, slots=True)
class ParsedBudget:
    """A budget text: the total in euros and its lines; no lines when the text is one plain amount."""

    total: Parsed
    parts: tuple[BudgetPart, ...] = ()


_ARTICLE = re.compile(r"\b\d{3,5}/\d{3,5}(?:-\d{2})?(?:\s?[:/-]\s?\d{8}|[./]\d{4})?\b(?:\s*[:=-])?")
_BUDGET_CUT = re.compile(r"\s*(?:[|;\n]|\s\+\s|,(?=\s)|\u2022)\s*")
_BUDGET_YEAR = re.compile(
    r"(?:\b(?:en|annee|exercice|budget)\s+|\(\s*|^\s*)((?:19|20)\d\d)(?![\d.,]\d)(?!\s?\d{3})(?!\s?(?:\u20ac|eur|k\u20ac|m\u20ac))\s*\)?"
)
_BRACKETS = re.compile(r"[()\[\]]")


def parse_budget(text: str) -> ParsedBudget:
    """Read a budget: one amount, or lines by year, funder or purpose (`2019 pour Wallonie: 1000€ | 2020: 5 k€`).

    The total is the printed one, else the sum of the lines when all are read. Remarks as `parse_amount_eur`, and
    budget_article (only article numbers), budget_partial (a line cannot be read: no total).
    """
    whole = parse_amount_eur(text)
    if whole.value is not None and whole.remark == "amount_qualified":
        line = _read_budget_part(text)
        return ParsedBudget(whole, (replace(line, amount=whole),) if line.funder or line.kind_is_known else ())
    if whole.value is not None or whole.remark in ("", "value_absent"):
        return ParsedBudget(whole)
    if len(text) > 4 * _LONGEST_TEXT:
        return ParsedBudget(whole)
    if including := _number_grammar().including.search(_bare(clean(text))):
        head, tail = clean(text)[: including.start()], clean(text)[including.end() :]
        total = parse_budget(head)
        return replace(total, parts=total.parts or parse_budget(tail).parts)
    without_articles = _ARTICLE.sub(" ", text)
    if without_articles != text and not re.search(r"[0-9]", without_articles):
        return ParsedBudget(Parsed(None, "budget_article"))
    pieces = [p for p in _BUDGET_CUT.split(without_articles) if p.strip()]
    parts = tuple(_read_budget_part(piece) for piece in pieces)
    only = parts[0] if len(parts) == 1 else None
    if only is not None and not (only.year or only.funder or only.kind_is_known):
        amount = replace(only.amount, remark=only.amount.remark or ("amount_qualified" if only.kind else ""))
        return ParsedBudget(amount if amount.value is not None else whole)
    amounts = [p for p in parts if p.amount.value is not None]
    if not amounts:
        return ParsedBudget(whole)
    totals = [p for p in amounts if fold(p.kind) in {fold(w) for w in _words()["amount"]["total"]}]
    lines = tuple(p for p in parts if p not in totals)
    if totals:
        return ParsedBudget(totals[-1].amount, lines)
    if len(amounts) < len(parts):
        return ParsedBudget(Parsed(None, "budget_partial"), lines)
    approximate = any(p.amount.approximate for p in amounts)
    summed = sum((p.amount.value for p in amounts if p.amount.value is not None), Decimal(0))
    return ParsedBudget(Parsed(summed, "number_approximate" if approximate else "", approximate, "\u20ac"), lines)


def _read_budget_part(piece: str) -> BudgetPart:
    printed = clean(piece)
    if len(printed) > _LONGEST_NUMBER:
        return BudgetPart(Parsed(None, "number_unreadable"), original=printed)
    bare = _bare(printed)
    year = ""
    if match := _BUDGET_YEAR.search(bare):
        year = match.group(1)
        printed = printed[: match.start()] + " " * (match.end() - match.start()) + printed[match.end() :]
    amount_at = _find_amount(printed)
    if amount_at is None:
        return BudgetPart(parse_amount_eur(printed), year, original=clean(piece))
    start, end, amount = amount_at
    around = clean(_BRACKETS.sub(" ", f"{printed[:start]} {printed[end:]}")).strip(" :;,.=-\u2013")
    funder, kind = parse_code(around, "funders").value, ""
    if not funder:
        kind = _code_in(around, _words()["amount"]["kinds"])
        funder = _code_in(around, _words()["funders"])
    known = kind != ""
    if around and not amount.unit and not funder and not known:
        return BudgetPart(Parsed(None, "number_unreadable"), year, original=clean(piece))
    if around and not funder and not kind:
        kind = _drop_links(around)
    return BudgetPart(amount, year, funder, kind, clean(piece), known)


def _find_amount(printed: str) -> tuple[int, int, Parsed] | None:
    """Find the one stretch of a text that is an amount, one with a currency before one without.

    None when there is no amount, when two have an equal claim, or when the text prints a range or a limit.
    """
    bare = _bare(printed)
    grammar = _number_grammar()
    if grammar.range_of.search(bare) or grammar.bound.search(bare):
        return None
    best: tuple[int, int, Parsed] | None = None
    for match in grammar.amount_in_text.finditer(bare):
        parsed = parse_amount_eur(printed[match.start() : match.end()])
        if parsed.value is None:
            return None
        better = best is None or (parsed.unit != "" and best[2].unit == "")
        if not better and parsed.unit == (best[2].unit if best else ""):
            return None
        if better:
            best = (match.start(), match.end(), parsed)
    return best


def _code_in(text: str, table: Mapping[str, list[str]]) -> str:
    folded = f" {fold(text)} "
    found = sorted(
        ((len(fold(w)), code) for code, words in table.items() for w in words if f" {fold(w)} " in folded), reverse=True
    )
    return found[0][1] if found else ""


def _drop_links(text: str) -> str:
    link = _number_grammar().link
    while match := link.match(_bare(text)):
        text = text[match.end() :].lstrip(" :")
    return text.strip()


# --------------------------------------------------------------------------------------------------------------- dates


@dataclass(frozen=True, slots=True)
class Moment:
    """A date cut to its precision: `2021`, `2021-06`, `2021-06-30`; `period` keeps `2021-S1` and `2021-Q2`."""

    value: str
    precision: str  # day | month | quarter | semester | year
    period: str


@dataclass(frozen=True, slots=True)
class Span:
    """When something starts and ends, as a text says; a single date is both. `initial` is a deadline set before."""

    start: Moment | None = None
    end: Moment | None = None
    initial: Moment | None = None
    remark: str = ""
    approximate: bool = False
    prose: bool = False  # words around the dates are not part of the grammar


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One date as read: ISO cut to the printed precision, "" when there is none; `original` is the text itself."""

    value: str
    precision: str
    period: str
    original: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    moment: Moment | None  # None: looks like a date and is none (31/02/2020)


@dataclass(frozen=True, slots=True)
class _DateGrammar:
    iso: re.Pattern[str]
    day_month_year: re.Pattern[str]
    day_word_year: re.Pattern[str]
    word_year: re.Pattern[str]
    part_ordinal: re.Pattern[str]
    part_number: re.Pattern[str]
    part_letter: re.Pattern[str]
    year_ordinal: re.Pattern[str]
    year_part: re.Pattern[str]
    short_range: re.Pattern[str]
    month_year: re.Pattern[str]
    year_month: re.Pattern[str]
    year: re.Pattern[str]
    partial: re.Pattern[str]
    no_year: re.Pattern[str]
    joint: re.Pattern[str]
    range_joint: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    plain_lead: re.Pattern[str]
    approximate: re.Pattern[str]
    plain_tail: re.Pattern[str]
    latest_tail: re.Pattern[str]
    postponed: re.Pattern[str]
    first_set: re.Pattern[str]
    open: re.Pattern[str]


_YEAR = r"(?:19[89]\d|20\d\d)"
_SEMESTER, _QUARTER = "semester", "quarter"
#: Words between, before and after dates that still belong to the grammar are no longer than this, in characters.
_LONGEST_JOINT = 48
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(20000, 80000)  # 1954 to 2119, as Excel counts days
_YEARS = range(1980, 2100)


_LEADS = ("within", "weekdays", "range_lead", "before", "after", "open", "approximate")

_TAILS = ("ignored_after", "latest_after", "open")


@cache
def _date_grammar() -> _DateGrammar:
    words = _words()["date"]
    month, suffix = _any(words["months"]) + r"\.?", _any_suffix(words["ordinal_suffixes"])
    ordinal = rf"(?P<ordinal>[1-4]|{_any(words['ordinals'])})\s?{suffix}"
    part = rf"(?P<part>{_any(words['semester'] + words['quarter'])})"
    link = rf"(?:\s*(?:{_any(words['year_links'])}|[-/,.]))*\s*"
    within = rf"(?:{_any([*words['within'], *words['weekdays']])}\.?)"
    joints = _any(words["range"])
    listed = _any(words["list"])
    fill = rf"[\s(:,.\u2013-]*(?:{within}[\s(:]*)*"
    return _DateGrammar(
        iso=re.compile(rf"(?<!\d)({_YEAR})-(\d\d)-(\d\d)(?:[t ]\d\d:\d\d(?::\d\d)?)?(?!\d)"),
        day_month_year=re.compile(
            r"(?<![\d/.])(\d{1,2})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/])(?!\s?(?:\u20ac|%))"
        ),
        day_word_year=re.compile(rf"(?<!\d)(\d{{1,2}})\s?(?:er|\u00b0)?\s?({month})\s?({_YEAR})(?!\d)"),
        word_year=re.compile(rf"({month})(?:{link}({_YEAR})(?!\d)|[-'](\d\d)(?!\d))"),
        part_ordinal=re.compile(rf"(?<![\d,.]){ordinal}\s?{part}{link}(?P<year>{_YEAR})(?!\d)"),
        part_number=re.compile(rf"{part}\s?(?P<ordinal>[1-4]){link}(?P<year>{_YEAR})(?!\d)"),
        part_letter=re.compile(rf"(?<![a-z0-9])(?P<part>[stq])\s?(?P<ordinal>[1-4]){link}(?P<year>{_YEAR})(?!\d)"),
        year_ordinal=re.compile(rf"(?<!\d)(?P<year>{_YEAR})\s?[-/,:(]?\s?{ordinal}\s?{part}\s?\)?"),
        year_part=re.compile(rf"(?<!\d)(?P<year>{_YEAR})\s?[-/., ]\s?(?P<part>[stq])\s?(?P<ordinal>[1-4])(?![a-z0-9])"),
        short_range=re.compile(rf"(?<![\d/.-])({_YEAR})\s?[-/\u2013]\s?(\d\d)(?![\d/.\-])(?!\s?(?:\u20ac|%))"),
        month_year=re.compile(rf"(?<![\d/.,])(\d{{1,2}})\s?[/.\-]\s?({_YEAR})(?!\d|/\d)"),
        year_month=re.compile(rf"(?<![\d/.-])({_YEAR})[-/](\d\d?)(?![\d/.\-])"),
        year=re.compile(
            rf"(?<![\d.,])({_YEAR})(?!\d|[.,]\d|/\d{{1,2}}(?!\d))(?!\s?(?:\u20ac|eur|%|k\u20ac|\d{{3}}(?!\d)))"
        ),
        partial=re.compile(
            rf"(?:^|[\s(:])(?:(?P<day>\d{{1,2}})\s?(?:er)?(?:\s+(?P<day_month>{month}))?|(?P<month>{month})"
            rf"|(?P<letter>[stq])\s?(?P<letter_number>[1-4])|(?P<number>[1-4]|{_any(words['ordinals'])})\s?{suffix}(?:\s?(?P<word>"
            rf"{_any(words['semester'] + words['quarter'])}))?)\s*{joints}\s*(?:{within}\s*)*$"
        ),
        no_year=re.compile(
            rf"(?:^|\s)(?:{month}|{_any(words['semester'] + words['quarter'])})(?:$|[\s,.;])|^\d{{1,2}}[/.]\d{{1,2}}$"
        ),
        joint=re.compile(rf"{fill}(?:{joints}|{listed}){fill}"),
        range_joint=re.compile(rf"{fill}(?:{joints}){fill}"),
        before=re.compile(rf"(?:^|[\s(,;:]){_any(words['before'])}[\s:]*(?:{within}\s*)*$"),
        after=re.compile(rf"(?:^|[\s(,;:]){_any(words['after'])}[\s:]*(?:{within}\s*)*$"),
        plain_lead=re.compile(
            rf"[\s(:,.\u2013-]*(?:{_any(itertools.chain.from_iterable(words[name] for name in _LEADS))}\.?[\s(:]*)*"
        ),
        approximate=re.compile(_any(words["approximate"])),
        plain_tail=re.compile(
            rf"[\s(),.;:-]*(?:{_any(itertools.chain.from_iterable(words[name] for name in _TAILS))}[\s(),.;:-]*)*"
        ),
        latest_tail=re.compile(rf"[\s(,;:-]*{_any(words['latest_after'])}"),
        postponed=re.compile(rf"[\s(),;:.\u2013-]*{_any(words['postponed'])}{fill}"),
        first_set=re.compile(rf"(?:^|[\s(,;:]){_any(words['first_set'])}[\s:]*(?:{within}\s*)*$"),
        open=re.compile(_any(words["open"])),
    )


def _any_suffix(suffixes: list[str]) -> str:
    forms = sorted({_bare(s) for s in suffixes}, key=lambda s: (-len(s), s))
    return "(?:" + "|".join(re.escape(f) for f in forms) + ")?"


@cache
def _month_numbers() -> Mapping[str, int]:
    return {_bare(name): number for name, number in _words()["date"]["months"].items()}


@cache
def _part_kinds() -> Mapping[str, str]:
    words = _words()["date"]
    kinds = {_bare(w): _SEMESTER for w in words["semester"]} | {_bare(w): _QUARTER for w in words["quarter"]}
    return kinds | {"s": _SEMESTER, "t": _QUARTER, "q": _QUARTER}


def _ordinal_number(ordinal: str) -> int:
    if ordinal.isdigit():
        return int(ordinal)
    return next(int(number) for word, number in _words()["date"]["ordinals"].items() if _bare(word) == ordinal)


def _day(year: int, month: int, day: int) -> Moment | None:
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        return None
    return Moment(iso, "day", iso) if year in _YEARS else None


def _month(year: int, month: int) -> Moment | None:
    value = f"{year:04d}-{month:02d}"
    return Moment(value, "month", value) if 1 <= month <= 12 else None


def _year(year: int) -> Moment:
    return Moment(f"{year:04d}", "year", f"{year:04d}")


def _part(kind: str, number: int, year: int) -> Moment | None:
    if number > (2 if kind == _SEMESTER else 4):
        return None
    return Moment(f"{year:04d}", kind, f"{year:04d}-{'S' if kind == _SEMESTER else 'Q'}{number}")


def _month_of(word: str) -> int:
    return _month_numbers()[word.rstrip(".")]


def _full_year(printed: str) -> int:
    return int(printed) + (2000 if len(printed) == 2 else 0)


def _find(bare: str) -> list[_Found]:
    """Find the dates of a bare text, in order, the most precise reading of each place."""
    g = _date_grammar()
    found: list[_Found] = []

    def add(start: int, end: int, moment: Moment | None) -> None:
        if all(end <= f.start or start >= f.end for f in found):
            found.append(_Found(start, end, moment))

    for m in g.iso.finditer(bare):
        add(m.start(), m.end(), _day(int(m[1]), int(m[2]), int(m[3])))
    for m in g.day_month_year.finditer(bare):
        add(m.start(), m.end(), _day(_full_year(m[4]), int(m[3]), int(m[1])))
    for m in g.day_word_year.finditer(bare):
        add(m.start(), m.end(), _day(int(m[3]), _month_of(m[2]), int(m[1])))
    for m in g.word_year.finditer(bare):
        add(m.start(), m.end(), _month(_full_year(m[2] or m[3]), _month_of(m[1])))
    for pattern in (g.part_ordinal, g.part_number, g.part_letter, g.year_ordinal, g.year_part):
        for m in pattern.finditer(bare):
            kind = _part_kinds()[m["part"]]
            add(m.start(), m.end(), _part(kind, _ordinal_number(m["ordinal"]), int(m["year"])))
    for m in g.short_range.finditer(bare):
        if int(m[2]) > 12 and int(m[2]) > int(m[1]) % 100:
            add(m.start(1), m.end(1), _year(int(m[1])))
            add(m.start(2), m.end(2), _year(int(m[1]) // 100 * 100 + int(m[2])))
    for m in g.month_year.finditer(bare):
        add(m.start(), m.end(), _month(int(m[2]), int(m[1])))
    for m in g.year_month.finditer(bare):
        add(m.start(), m.end(), _month(int(m[1]), int(m[2])))
    for m in g.year.finditer(bare):
        add(m.start(), m.end(), _year(int(m[1])))
    return sorted(found, key=lambda f: f.start)


def parse_span(text: str) -> Span:
    """Read when something starts and ends: a date, a range, `avant la fin 2016`, dates in a sentence.

    Remarks: value_absent, date_open (no date is meant), date_incomplete (no year), date_order (end before start),
    date_unreadable: no value; date_prose (dates taken out of a sentence), date_approximate: with values.
    """
    printed = clean(text)
    if not printed:
        return Span()
    if len(printed) > _LONGEST_TEXT:
        return Span(remark="date_unreadable")
    bare = _bare(printed)
    found = _find(bare)
    if not found:
        return Span(remark=_why_no_date(printed, bare))
    moments = [f.moment for f in found if f.moment is not None]
    if len(moments) < len(found):
        return Span(remark="date_unreadable")
    span = _join_moments(bare, found, moments)
    g = _date_grammar()
    lead, tail = bare[: found[0].start], bare[found[-1].end :]
    if span.start is not span.end and len(lead) <= _LONGEST_JOINT:
        lead = g.partial.sub("", lead)
    short = max(len(lead), len(tail)) <= _LONGEST_JOINT
    plain = short and g.plain_lead.fullmatch(lead) is not None and g.plain_tail.fullmatch(tail) is not None
    prose = span.prose or not plain
    approximate = g.approximate.search(lead) is not None
    remark = span.remark or ("date_prose" if prose else "date_approximate" if approximate else "")
    return replace(span, prose=prose, approximate=approximate, remark=remark)


def _why_no_date(printed: str, bare: str) -> str:
    if _date_grammar().open.search(bare):
        return "date_open"
    if is_absent(printed):
        return "value_absent"
    return "date_incomplete" if _date_grammar().no_year.search(bare) else "date_unreadable"


def _join_moments(bare: str, found: list[_Found], moments: list[Moment]) -> Span:
    g = _date_grammar()
    lead, tail = bare[: found[0].start][-_LONGEST_JOINT:], bare[found[-1].end :]
    if len(found) == 1:
        only = moments[0]
        if (partial := g.partial.search(lead)) and (first := _inherit(partial, only)):
            return _ordered(first, only)
        if g.latest_tail.match(tail) or g.before.search(lead):
            return Span(end=only)
        if g.after.search(lead):
            return Span(start=only)
        return Span(only, only)
    between = [bare[a.end : b.start] for a, b in itertools.pairwise(found)]
    short = max(len(b) for b in between) <= _LONGEST_JOINT
    if len(found) == 2 and short:
        if g.postponed.fullmatch(between[0]):
            return Span(end=moments[1], initial=moments[0])
        if g.first_set.search(between[0]):
            return Span(end=moments[0], initial=moments[1])
        if g.range_joint.fullmatch(between[0]):
            return _ordered(moments[0], moments[1])
    prose = not (short and all(g.joint.fullmatch(b) for b in between))
    first = min(moments, key=lambda m: m.value)
    last = max(moments, key=lambda m: (m.value[:4], m.value))
    return Span(first, last, prose=prose)


def _ordered(first: Moment, last: Moment) -> Span:
    shared = min(len(first.value), len(last.value))
    if first.value[:shared] > last.value[:shared]:
        return Span(remark="date_order")
    return Span(first, last)


def _inherit(partial: re.Match[str], last: Moment) -> Moment | None:
    """Complete the first half of a range from the second: `du 1er au 15 mars 2021`, `T1 - T2 2021`."""
    year = int(last.value[:4])
    if partial["month"]:
        return _month(year, _month_of(partial["month"]))
    if partial["day_month"]:
        return _day(year, _month_of(partial["day_month"]), int(partial["day"]))
    if partial["day"] and last.precision == "day":
        return _day(year, int(last.value[5:7]), int(partial["day"]))
    ordinal = partial["letter_number"] or partial["number"] or partial["day"]
    kind = _part_kinds().get(partial["letter"] or partial["word"] or "", last.precision)
    if ordinal is None or kind not in (_SEMESTER, _QUARTER):
        return None
    return _part(kind, _ordinal_number(ordinal), year)


def parse_date(text: str) -> ParsedDate:
    """Read one date. A range gives no value and the remark date_range; other remarks as `parse_span`."""
    span = parse_span(text)
    moment = span.end or span.start
    if span.start is not None and span.end is not None and span.start.period != span.end.period:
        return ParsedDate("", "", "", text, "date_range")
    if moment is None:
        return ParsedDate("", "", "", text, span.remark)
    return ParsedDate(moment.value, moment.precision, moment.period, text, span.remark)


def parse_period(text: str) -> str:
    """Return the one period that a text names (`2021`, `2021-06`, `2021-06-30`, `2021-S1`, `2021-Q2`), else ""."""
    return parse_date(text).period


def read_cell_date(value: CellValue) -> ParsedDate:
    """Read a spreadsheet cell of a date column: a typed date, an Excel serial, a year as a number, or a text.

    Remarks: date_serial (a bare number was read as Excel's count of days), date_unreadable, those of `parse_date`.
    """
    if value is None:
        return ParsedDate("", "", "", "")
    if isinstance(value, str):
        digits = value.strip()
        if digits.isascii() and digits.isdigit() and len(digits) == 5:
            return _read_serial(Decimal(digits), value)
        return parse_date(value)
    if isinstance(value, bool):
        return ParsedDate("", "", "", str(value), "date_unreadable")
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return ParsedDate(day.isoformat(), "day", day.isoformat(), day.isoformat())
    return _read_serial(value, str(value))


def _read_serial(number: Decimal, original: str) -> ParsedDate:
    if not number.is_finite() or not 0 <= number < 100000:
        return ParsedDate("", "", "", original, "date_unreadable")
    if number == int(number) and int(number) in _YEARS:
        moment = _year(int(number))
        return ParsedDate(moment.value, "year", moment.period, original)
    if int(number) not in _SERIALS:
        return ParsedDate("", "", "", original, "date_unreadable")
    iso = (_EXCEL_EPOCH + timedelta(days=int(number))).isoformat()
    return ParsedDate(iso, "day", iso, original, "date_serial")


def format_date(value: str, *, long: bool = False) -> str:
    """Write an ISO date or period for a French reader: `30/09/2027`, `06/2021`, `1er semestre 2021`.

    `long` writes the month as a word (`30 septembre 2027`). A value of another shape comes back as it is.
    """
    printed = _words()["date"]["printed"]
    if match := re.fullmatch(r"(\d{4})-([SQ])(\d)", value):
        names = printed["semesters" if match[2] == "S" else "quarters"]
        number = int(match[3])
        return f"{names[number - 1]} {match[1]}" if 1 <= number <= len(names) else value
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", value)
    if match is None or match[2] is None or not 1 <= int(match[2]) <= 12:
        return value
    if not long:
        return "/".join(part for part in (match[3], match[2], match[1]) if part is not None)
    month = printed["months"][int(match[2]) - 1]
    day = "" if match[3] is None else printed["first_day"] if match[3] == "01" else str(int(match[3]))
    return f"{day} {month} {match[1]}".strip()


# --------------------------------------------------------------------------------------------------------------- boxes

_EMPTY_BOXES = "\u2610\u25a1\u274f\u2751\u2752\u25a2\u25fb\u25ab\u25cb\u2b1c\u2b58\U0001f78e"
_TICKED_BOXES = "\u2611\u2612\u25a0\u2713\u2714\u2b1b\u25cf\u25c9\u25a3\u25fc\U0001f5f9\U0001f5f7"
_CROSSES = "\u2717\u2718\u2715\u2716\u2612"
_CHECKS = "\u2611\u2713\u2714\U0001f5f9"
_BOX = re.compile(
    rf"(?P<empty>[{_EMPTY_BOXES}]|\[\s?\]|\[_\]|\(\s\))|(?P<ticked>[{_TICKED_BOXES}\u2717\u2718\u2715\u2716]"
    r"|[\[(]\s?[xX\u2713\u2714]\s?[\])])|(?P<cross>(?<![^\s])[xX](?![^\s]))"
)


@dataclass(frozen=True, slots=True)
class Boxes:
    """Labels beside check boxes, in printed order; both empty when the text has no box."""

    ticked: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


def parse_checkboxes(text: str) -> Boxes:
    """Read check boxes: each stands before its label, or after it when a label comes first and a box last.

    A lone X is a tick only beside other boxes. Where checks and crosses stand together, only the checks are ticks.
    """
    printed = clean(text)
    found = list(_BOX.finditer(printed))
    if not any(m["empty"] or m["ticked"] for m in found):
        return Boxes()
    if not any(m["empty"] for m in found):
        found = [m for m in found if not m["cross"]]
    glyphs = "".join(m.group() for m in found)
    crossed_out = (
        not any(m["empty"] for m in found) and any(c in glyphs for c in _CHECKS) and any(c in glyphs for c in _CROSSES)
    )
    gaps = [printed[a.end() : b.start()] for a, b in itertools.pairwise(found)]
    head, tail = printed[: found[0].start()], printed[found[-1].end() :]
    labels = [head, *gaps] if _label(head) and not _label(tail) else [*gaps, tail]
    ticked: list[str] = []
    offered: list[str] = []
    for match, raw in zip(found, labels, strict=True):
        label = _label(raw)
        if not label:
            continue
        offered.append(label)
        is_cross = any(c in _CROSSES for c in match.group())
        if not match["empty"] and not (crossed_out and is_cross):
            ticked.append(label)
    return Boxes(tuple(ticked), tuple(offered))


def _label(text: str) -> str:
    return text.strip(" :;,/|\t")


# --------------------------------------------------------------------------------------------------------------- codes


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """A word read as a code of the contract; "" with a remark when it is none."""

    value: str
    remark: str = ""


@cache
def _index(table: str) -> Mapping[str, str]:
    """Return the words of a table of values.toml (folded, or bare where folding leaves nothing) with their codes."""
    entries: dict[str, str] = {}
    for code, words in _words()[table].items():
        for word in [code, *words]:
            entries[fold(word) or _bare(word)] = code
    return entries


def parse_code(text: str, table: str) -> ParsedCode:
    """Read a word, or the ticked box of several, as a code of a table of values.toml.

    Tables: health, kind, synergy, family, measure_role, indicator_kind, direction, funders. What follows the word after
    a punctuation mark is left out. Remarks: value_absent, box_several, box_none, code_unreadable.
    """
    printed = clean(text)
    boxes = parse_checkboxes(printed)
    if len(boxes.offered) > 0:
        if len(boxes.ticked) != 1:
            return ParsedCode("", "box_several" if boxes.ticked else "box_none")
        printed = boxes.ticked[0]
    if not printed:
        return ParsedCode("")
    index = _index(table)
    for candidate in (printed, re.split(r"\s*[,;:(.\u2013]|\s-\s", printed)[0]):
        code = index.get(fold(candidate) or _bare(candidate))
        if code is not None:
            return ParsedCode(code)
    return ParsedCode("", "value_absent" if is_absent(printed) else "code_unreadable")


@dataclass(frozen=True, slots=True)
class ParsedStatus:
    """A status as read: its code and the printed word; a `kind` when the word is one (`Permanent`)."""

    value: str
    printed: str
    remark: str = ""
    kind: str = ""
    prose: bool = False


#: A text longer than this is no status word.
_LONGEST_STATUS_WORD = 25
_WORD = re.compile(r"[^\W\d_]+")
#: A stem is no shorter.
_SHORTEST_STEM = 3
_LABEL_AND_VALUE = re.compile(r":\s*[^\s:]")


@cache
def _status_phrases() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """Return the folded phrases with their codes: of any text, only standing alone, only inside a sentence."""
    tables = (_words()["status"][name] for name in ("words", "alone", "prose"))
    anywhere, alone, prose = (
        {fold(form): code for code, words in t.items() for w in words for form in (w, _plural(w))} for t in tables
    )
    codes = {fold(code): code for code in _words()["status"]["words"]}
    return {**codes, **anywhere}, alone, prose


@cache
def _count() -> re.Pattern[str]:
    """A number and a noun in the plural («147 votes»): a count, though the noun may look like the word of a status."""
    return re.compile(rf"[^\w\s]?\s?\d{{1,5}} [^\W\d_]+[{''.join(_words()['status']['plural'])}]")


def _plural(phrase: str) -> str:
    return f"{phrase}s" if _bare(phrase)[-1] in "eui" else phrase


@cache
def _unbroken_statuses() -> Mapping[str, str]:
    """The statuses of one long word: narrow cells break them without a hyphen («Abandonn e»)."""
    return {phrase: code for phrase, code in _status_phrases()[0].items() if " " not in phrase and len(phrase) > 5}


def parse_status(text: str) -> ParsedStatus | None:
    """Read a status: ticked box, check mark, word, or a sentence by its key words; None when the text names none.

    `printed` is the status word alone where it can be told from what follows, else the whole text. Remarks:
    status_prose (read from a sentence); without a value: status_ambiguous, box_several, box_none.
    """
    printed = clean(text).strip(" ;,:")
    if len(printed) > _LONGEST_TEXT:
        return None
    if len(printed) == 1:
        code = next((c for c, marks in _words()["status"]["marks"].items() if printed in marks), "")
        if code:
            return ParsedStatus(code, printed)
    boxes = parse_checkboxes(printed)
    if boxes.offered:
        if len(boxes.ticked) != 1:
            return ParsedStatus("", printed, "box_several" if boxes.ticked else "box_none")
        printed = boxes.ticked[0]
    folded = fold(printed)
    anywhere, alone, _ = _status_phrases()
    whole = anywhere.get(folded) or alone.get(folded)
    if whole is not None:
        return ParsedStatus(whole, printed)
    broken = _unbroken_statuses().get(folded.replace(" ", "")) if " " in folded else None
    if broken is not None:
        return ParsedStatus(broken, printed.replace(" ", ""))
    if _index("kind").get(folded) is not None:
        return ParsedStatus("", printed, kind=_index("kind")[folded])
    counts = is_absent(printed) or _count().fullmatch(printed) is not None
    return None if counts else _read_status_sentence(printed, folded)


@cache
def status_word(text: str) -> str:
    """The code of a status when a text is nothing but its printed word or mark, else an empty text.

    Before a colon and a value the word is a label («Fin : 2027»).
    """
    labels = _LABEL_AND_VALUE.search(text) is not None
    status = parse_status(text) if 0 < len(text) <= _LONGEST_STATUS_WORD and not labels else None
    return status.value if status is not None and not status.prose else ""


def is_status_word(text: str) -> bool:
    """Tell whether a text is nothing but the word for a status («En cours», «Realise»); a mark is none."""
    return len(text) > 2 and status_word(text) != ""


#: No letter nor common mark is a sign of a status.
_FIRST_SIGN = "\u2000"


def is_status_sign(char: str) -> bool:
    """Tell whether a sign in front of a title may say how far an action is («\u2705»), whatever it says."""
    return char >= _FIRST_SIGN and char in _words()["status"]["signs"]


def tells_of_another(sentence: str, title: str) -> bool | None:
    """Tell whether a sentence has a subject of its own, other than the action with this title («Le mur est achevé»).

    None when in doubt: the action only says more of the subject («Le mur de l'école est achevé»).
    """
    subject = _subject(sentence)
    head = list(_head(subject))
    if not head or _names_action(head, title):
        return False
    return None if _names_action(subject, title) else True


def _names_action(words: Sequence[str], title: str) -> bool:
    """Tell whether a word stands for any action, or shares its stem with one of the title of the action."""
    plural = "".join(_words()["status"]["plural"])
    general = {fold(word).rstrip(plural) for word in _words()["status"]["subjects"]}
    named = not general.isdisjoint(fold(word).rstrip(plural) for word in words)
    return named or not _stems(title).isdisjoint(_stems(" ".join(words)))


def _subject(sentence: str) -> list[str]:
    """The words of the subject of a sentence in lower case: those before its verb, of the last part behind commas.

    Where a comma ends them («Le mur, fissuré, est achevé») it is those of the first part. Empty without a verb.
    """
    verbs = frozenset(_words()["status"]["verbs"])
    text = sentence.casefold()
    found = list(_WORD.finditer(text))
    verb = next((match.start() for match in found[1:] if match[0] in verbs), 0)
    parts = text[:verb].split(",")
    return _WORD.findall(parts[-1]) or _WORD.findall(parts[0])


def _head(subject: Sequence[str]) -> Iterator[str]:
    """The words of a subject, determiners left out, up to the link that says more of it."""
    known = _words()["status"]
    begun = False
    for word in subject:
        if word in known["determiners"] and not (begun and word in known["links"]):
            continue
        if begun and word in known["links"]:
            return
        if word not in known["links"]:
            begun = True
            yield word


@cache
def _stem_end() -> re.Pattern[str]:
    known = _words()["status"]
    endings = sorted({fold(ending) for ending in known["endings"]}, key=len, reverse=True)
    return re.compile(rf"(?<=[a-z]{{{_SHORTEST_STEM}}})(?:{'|'.join(endings)})?[{''.join(known['plural'])}]?$")


def _stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that mean something: «planter» and «plantations» have one."""
    skipped = {*_words()["status"]["determiners"], *_words()["status"]["links"]}
    words = (fold(word) for word in _WORD.findall(text.casefold()) if word not in skipped)
    return frozenset(_stem_end().sub("", word, count=1) for word in words)


def _read_status_sentence(printed: str, folded: str) -> ParsedStatus | None:
    anywhere, alone, _ = _status_phrases()
    matches = _longest_phrases(folded)
    if not matches:
        first = re.match(r"([^\s(,;:]+)\s*[(,;:\u2013-]", printed)
        value = "" if first is None else alone.get(fold(first.group(1)), "")
        return ParsedStatus(value, first.group(1)) if first is not None and value else None
    position, phrase, value = matches[0]
    half_done = value == Status.TERMINE and re.search(r"(?<!\d)\d{1,2}\s?%", printed) is not None
    if position == 0 and phrase in anywhere and not half_done:
        head = _printed_head(printed, phrase)
        goes_on = printed[len(head) :].lstrip()[:1].isalpha()
        return ParsedStatus(value, head, "status_prose" if goes_on else "", prose=goes_on)
    negations = tuple(f" {fold(word)} " for word in _words()["status"]["negations"])
    negated = any(f" {folded[:p]}".endswith(negations) for p, _, _ in matches)
    if negated or half_done or len({c for _, _, c in matches}) > 1:
        return ParsedStatus("", printed, "status_ambiguous", prose=True)
    return ParsedStatus(value, printed, "status_prose", prose=True)


@cache
def _sentence_phrases() -> Mapping[str, Sequence[tuple[str, str]]]:
    """The phrases that name a status inside a sentence, each with its code, by their first word."""
    anywhere, _, prose = _status_phrases()
    phrases: dict[str, list[tuple[str, str]]] = {}
    for phrase, code in {**anywhere, **prose}.items():
        phrases.setdefault(phrase.split(" ")[0], []).append((phrase, code))
    return phrases


def _longest_phrases(folded: str) -> list[tuple[int, str, str]]:
    """Find the phrases of a folded text in order, dropping those inside a longer one."""
    padded = f" {folded} "
    hits = []
    for word in set(padded.split(" ")):
        for phrase, code in _sentence_phrases().get(word, ()):
            at = padded.find(f" {phrase} ")
            while at >= 0:
                hits.append((at, phrase, code))
                at = padded.find(f" {phrase} ", at + 1)
    hits.sort(key=lambda h: (-len(h[1]), h[0]))
    kept: list[tuple[int, str, str]] = []
    for at, phrase, code in hits:
        if all(at + len(phrase) <= a or at >= a + len(p) for a, p, _ in kept):
            kept.append((at, phrase, code))
    return sorted(kept)


def _printed_head(printed: str, phrase: str) -> str:
    """Return the shortest head of the printed text that folds to `phrase`."""
    for end in range(len(phrase), len(printed) + 1):
        if fold(printed[:end]) == phrase and not printed[end : end + 1].isalnum():
            return printed[:end]
    return printed


@cache
def _priority_lead() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(_words()['priority']['before'])}|p(?=\d))\s*:?\s*")


def parse_priority(text: str) -> ParsedCode:
    """Read a priority as printed: the ticked box, a digit (`Priorit\u00e9 1`, `P1`), a word."""
    printed = clean(text)
    boxes = parse_checkboxes(printed)
    if boxes.offered:
        if len(boxes.ticked) != 1:
            return ParsedCode("", "box_several" if boxes.ticked else "box_none")
        printed = boxes.ticked[0]
    if is_absent(printed):
        return ParsedCode("", "value_absent" if printed else "")
    while match := _priority_lead().match(_bare(printed)):
        if match.end() == len(printed):
            break
        printed = printed[match.end() :]
    if digit := re.fullmatch(r"0*(\d{1,2})\s*(?:/\s*\d+|[).])?", printed):
        return ParsedCode(digit.group(1))
    return ParsedCode(printed.strip(" :;,"))


_GOALS = frozenset(str(n) for n in range(1, 18))


@cache
def _sdg_titles() -> tuple[tuple[str, int], ...]:
    titles = [(fold(t), int(number)) for number, names in _words()["sdg"]["titles"].items() for t in names]
    return tuple(sorted(titles, key=lambda t: (-len(t[0]), t)))


def parse_sdg(text: str) -> ParsedCode:
    """Read sustainable development goals: `ODD 4, ODD 11`, `4; 11`, titles, targets (`11.3`) as their goal.

    The code is the numbers in order, separated by ";". Remarks: value_absent; sdg_unknown (a number that is no goal,
    with what was read), sdg_unreadable.
    """
    boxes = parse_checkboxes(text)
    printed = "; ".join(boxes.ticked) if boxes.offered else clean(text)
    if not printed:
        return ParsedCode("")
    if is_absent(printed):
        return ParsedCode("", "value_absent")
    goals: set[int] = set()
    targets_cut = re.sub(r"(?<![\d.])(\d{1,2})\.(?:\d{1,2}|[a-d])(?![\d.]|[a-z])", r"\1", printed)
    rest = f" {fold(targets_cut)} "
    for title, number in _sdg_titles():
        if f" {title} " in rest:
            goals.add(number)
            rest = rest.replace(f" {title} ", " ")
    spaced = re.sub(r"(?<=[a-z])(?=\d)", " ", rest)
    numbers = [n.lstrip("0") for n in re.findall(r"(?<!\S)\d+(?!\S)", spaced)]
    goals |= {int(n) for n in numbers if n in _GOALS}
    unknown = [n for n in numbers if n not in _GOALS]
    code = ";".join(str(n) for n in sorted(goals))
    if unknown:
        return ParsedCode(code, "sdg_unknown")
    return ParsedCode(code, "" if code else "sdg_unreadable")


@cache
def _row_of_goals() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{'|'.join(_words()['sdg']['acronyms'])})\s?\d{{1,2}}\W*)+", re.IGNORECASE)


def is_row_of_goals(text: str) -> bool:
    """Tell whether a text is nothing but sustainable development goals by number («ODD 3 ODD 11»)."""
    return _row_of_goals().fullmatch(text.strip()) is not None


#: The title beside the number of a goal is no longer than this.
_LONGEST_GOAL = 60


@cache
def _goal_heads() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_words()['sdg']['acronyms'])})\s?(?P<number>\d{{1,2}})(?!\d)", re.IGNORECASE)


def names_goals(text: str) -> bool:
    """Tell whether a text only lists sustainable development goals with their titles («ODD 3 Sante - ODD 4 Ecole»).

    Titles are short, hold no figure and end no sentence.
    """
    printed = text.strip()
    if _goal_heads().match(printed) is None:
        return False
    heads = list(_goal_heads().finditer(printed))
    ends = [*(head.start() for head in heads[1:]), len(printed)]
    titles = [printed[head.end() : end].strip() for head, end in zip(heads, ends, strict=True)]
    plain = all(len(t) <= _LONGEST_GOAL and not re.search(r"\d|[.!?]$", t) for t in titles)
    return plain and all(head["number"].lstrip("0") in _GOALS for head in heads)


def format_sdg(code: str) -> str:
    """Write goals for a French reader: `ODD 4, ODD 11`."""
    prefix = str(_words()["sdg"]["words"][0]).upper()
    return ", ".join(f"{prefix} {number}" for number in code.split(";") if number)


def parse_plans(text: str) -> list[str]:
    """Split a run of acronyms of local plans (`PCDR PCS et PAEDC`); empty when the text holds any other word."""
    known = {fold(a) for a in _words()["plans"]["acronyms"]}
    words = [w for w in re.split(r"[\s,;|/&+]+", clean(text)) if w and fold(w) not in ("et", "")]
    return words if words and all(fold(w) in known for w in words) else []
