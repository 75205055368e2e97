"""Take back what the whole document shows to be something else than it seemed when it was read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby, takewhile

from pipeline.extract.apply.doubts import weigh_doubts
from pipeline.extract.apply.reading import ACTION_LEVELS, REPEATED, Mention, Reading, Said
from pipeline.extract.signatures import with_letter
from pipeline.model import LEVEL_DEPTH, Became, Level, Remark, Severity
from pipeline.text import fold
from pipeline.vocabulary import code_key, code_path, match_level

#: A chapter apart whose elements stand elsewhere for less than this share held the plan itself.
REPEATED_SHARE = 0.34
#: Outer items of lists are objectives where this share of them hold items.
NESTED_SHARE = 0.6
#: A list of titles that stand again below is an overview from this many on.
MINIMUM_OVERVIEW = 2
#: An objective of a list is a summary when at least this many objectives with something below follow.
MINIMUM_DETAILED = 2
_DOTTED = re.compile(r"(?:\d{1,2}|[IVX]{1,4})(?:\.\d{1,2}){1,3}$")
#: What recognition makes of a 1 or an I.
_STROKES = frozenset("1IlLTi|!")
#: Letters and such a sign, the first code of a list («L» before «2», «AT» before «A2»).
_SPOILED = re.compile(r"(?P<letters>[A-Z]{0,3}?)[1IlLTi|!]+")
#: A code whose number is a numeral or a letter.
_LETTERED_CODE = re.compile(r"[A-Z.]*?(?P<letter>II|H|K)(?:\.\d+)*")


def finish_reading(reading: Reading, ocr_pages: Collection[int] = ()) -> None:
    """Weigh the mentions over the whole document: repetitions, items that were texts, headings over nothing, lists of
    what comes later, elements without a title; doubts lower the confidence. Remark codes: title_missing (warning).
    """
    _weaken_overviews(reading.mentions)
    _level_repetitions(reading.mentions)
    _drop_rows_of_titles(reading)
    _weigh_repetitions(reading)
    _turn_early_items_into_texts(reading)
    _raise_lists(reading.mentions)
    _free_sheets(reading.mentions)
    for mention in reading.mentions:
        if mention.heading and _holds_nothing(mention) and not reading.vision:
            _drop(reading, mention)
    _weaken_summaries(reading)
    _settle_titles(reading)
    _adopt_by_codes(reading.mentions)
    _move_under_named(reading.mentions)
    kept = [mention for mention in reading.mentions if not mention.dropped]
    _settle_codes(kept)
    _settle_numerals(kept)
    _settle_strokes([mention for mention in kept if mention.page_number in ocr_pages])
    weigh_doubts(reading, ocr_pages)


def restore_separators(mentions: Sequence[Mention], printed: Mapping[int, str]) -> None:
    """Give the codes that were read as dotted ones the separators that they are printed with («1-2», «1/2»).

    `printed` holds the texts as the source has them, by the index of their block.
    """
    for mention in mentions:
        text = printed.get(mention.blocks[0].index, "") if mention.code and mention.blocks else ""
        dotted = _DOTTED.search(mention.code) if text else None
        if dotted is None or dotted.group() in text:
            continue
        found = re.search(rf"(?<!\w){'[-/]'.join(dotted.group().split('.'))}(?!\w)", text)
        if found is not None:
            mention.code = mention.code[: dotted.start()] + found.group()


def _adopt_by_codes(mentions: Sequence[Mention]) -> None:
    """Put elements without a parent under the one whose number theirs extends («1.2.3» under an OO 1.2 elsewhere)."""
    holders: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.code and not mention.dropped and not mention.weak and mention.level in LEVEL_DEPTH:
            holders.setdefault(code_key(mention.code), []).append(mention)
    for mention in mentions:
        if mention.parent is not None or mention.dropped or mention.weak or mention.level not in LEVEL_DEPTH:
            continue
        prefix = code_key(mention.code).rpartition(".")[0] if mention.code else ""
        above = [m for m in holders.get(prefix, ()) if LEVEL_DEPTH[m.level] < LEVEL_DEPTH[mention.level]]
        if len({(m.level, fold(m.title)) for m in above}) == 1:
            mention.parent = above[-1]
            above[-1].children.append(mention)


def _move_under_named(mentions: Sequence[Mention]) -> None:
    """Put elements under the one that their codes name («OS3.A1» under OS 3, after the OO of it)."""
    kept = [m for m in mentions if not m.dropped and not m.weak]
    for mention in kept:
        path = code_path(mention.code)
        if not path or path[-1][0] is not mention.level or _is_named(mention.parent, path[:-1]):
            continue
        named = [other for other in kept if _is_named(other, path[:-1])]
        if len(named) != 1:
            continue
        if mention.parent is not None:
            mention.parent.children.remove(mention)
        mention.parent = named[0]
        named[0].children.append(mention)


def _is_named(mention: Mention | None, path: Sequence[tuple[Level, str]]) -> bool:
    """Tell whether a path names an element: by its whole code, or by its own number and those of its parents."""
    if mention is None or not mention.code or mention.level is not path[-1][0]:
        return False
    own = code_key(mention.code)
    if own == ".".join(number for _, number in path):
        return True
    return own == path[-1][1] and (len(path) == 1 or _is_named(mention.parent, path[:-1]))


def _settle_codes(mentions: Sequence[Mention]) -> None:
    """Give a code back the dots that recognition lost («OO 12» over 1.2.1 and 1.2.2)."""
    for mention in mentions:
        digits = code_key(mention.code)
        if len(digits) < 2 or not digits.isdigit():
            continue
        dotted = ".".join(digits)
        below = [code_key(child.code) for child in mention.children if child.code]
        if below and all(code.startswith(f"{dotted}.") for code in below):
            mention.code = mention.code.replace(digits, dotted)


def _settle_numerals(mentions: Sequence[Mention]) -> None:
    """Give codes in cells back the letter that was read as a 1 («OO I.1» beside «OO II.1»)."""
    letters = {found["letter"] for m in mentions if (found := _LETTERED_CODE.fullmatch(m.code)) is not None}
    for mention in mentions if letters else ():
        text = mention.blocks[0].text if mention.blocks else ""
        label = match_level(text)
        if label is not None and label.code == mention.code:
            mention.code = with_letter(mention.code, text, letters)


def _settle_strokes(mentions: Sequence[Mention]) -> None:
    """Give codes of scans the numeral of their parent back («11.1» below «II»), and to an «L» before «2» its 1.

    Some codes of the same level are read as they are printed.
    """
    numerals = {m.level for m in mentions if m.parent is not None and _extends_numeral(m.code, m.parent.code)}
    for mention in mentions:
        above, _, last = mention.code.rpartition(".")
        if mention.parent is not None and mention.level in numerals and _has_strokes_of(above, mention.parent.code):
            mention.code = f"{mention.parent.code}.{last}"
    codes = {level: {m.code for m in mentions if m.level is level} for level in LEVEL_DEPTH}
    for mention in mentions:
        others = codes.get(mention.level, set()) - {mention.code, ""}
        found = _SPOILED.fullmatch(mention.code)
        if found is None or mention.code.isdecimal():
            continue
        letters = found["letters"]
        alike = all(other.removeprefix(letters).isdecimal() for other in others)
        if alike and f"{letters}2" in others and f"{letters}1" not in others:
            mention.code = f"{letters}1"


def _extends_numeral(code: str, above: str) -> bool:
    return any(map(str.isalpha, above)) and code.startswith(f"{above}.")


def _has_strokes_of(code: str, other: str) -> bool:
    """Tell whether the parts of two codes are alike, but for upright strokes («11.1», «IL.1», «II.1»)."""
    parts, others = code.split("."), other.split(".")
    pairs = list(zip(parts, others, strict=False))
    alike = all(one == two or (_is_strokes(one) and _is_strokes(two)) for one, two in pairs)
    return len(parts) == len(others) and alike and "" not in parts


def _is_strokes(part: str) -> bool:
    return bool(part) and _STROKES.issuperset(part)


def _weaken_overviews(mentions: Sequence[Mention]) -> None:
    """Take a run of elements under nothing, with nothing below, as an overview where all stand again with something.

    Each stands again further down, above the actions; what the run itself is read as does not count.
    """
    last: dict[str, int] = {}  # title -> the last place where it holds something
    for position, mention in enumerate(mentions):
        if mention.children and mention.level in LEVEL_DEPTH and mention.level not in ACTION_LEVELS:
            last[fold(mention.title)] = position
    listed = [m.parent is None and not (m.children or m.has_sheet or m.said or m.weak) for m in mentions]
    for alone, group in groupby(range(len(mentions)), key=lambda position: listed[position]):
        run = list(group)
        again = all(last.get(fold(mentions[position].title), -1) > position for position in run)
        if alone and again and len(run) >= MINIMUM_OVERVIEW:
            for position in run:
                mention = mentions[position]
                mention.weak, mention.confidence = True, min(mention.confidence, REPEATED)


def _level_repetitions(mentions: Sequence[Mention]) -> None:
    """Give what a foreword, contents or synthesis repeats the level and the parent that its title has in the plan."""
    strong: dict[str, list[Mention]] = {}
    for mention in mentions:
        if not mention.weak and mention.level in LEVEL_DEPTH:
            strong.setdefault(fold(mention.title), []).append(mention)
    for mention in mentions:
        meant = strong.get(fold(mention.title), []) if mention.weak and mention.level in LEVEL_DEPTH else []
        if mention.children or not meant or any(m.level is mention.level for m in meant):
            continue
        if len({(m.level, code_key(m.code), id(m.parent)) for m in meant}) == 1:
            if mention.parent is not None:
                mention.parent.children.remove(mention)
            mention.level, mention.parent = meant[0].level, meant[0].parent
            if mention.parent is not None:
                mention.parent.children.append(mention)


def _drop_rows_of_titles(reading: Reading) -> None:
    """Take back what has nothing below and is a row of titles of the plan: those of one cell of a synthesis."""
    titles: dict[str, set[int]] = {}
    for mention in reading.mentions:
        if mention.parent is not None and not mention.dropped:
            titles.setdefault(fold(mention.title), set()).add(id(mention.parent))
    for mention in reading.mentions:
        holds = any(not child.dropped for child in mention.children)
        if mention.parent is None and not (holds or mention.dropped) and _is_row_of(titles, mention):
            _drop(reading, mention)


def _is_row_of(titles: Mapping[str, Collection[int]], mention: Mention) -> bool:
    """Tell whether a title is made of several titles of elements under one parent."""
    parents: set[int] | None = None
    head, count = "", 0
    for word in fold(mention.title).split():
        head = f"{head} {word}".lstrip()
        if head in titles:
            parents = set(titles[head]) if parents is None else parents & set(titles[head])
            head, count = "", count + 1
    return count > 1 and not head and bool(parents)


def _weigh_repetitions(reading: Reading) -> None:
    """Take a chapter outside the plan whose elements stand nowhere else for the plan itself."""
    strong = {
        (m.level, key) for m in reading.mentions if not m.weak for key in (fold(m.title), code_key(m.code)) if key
    }
    for number in sorted({m.repetition for m in reading.mentions if m.repetition}):
        held = [m for m in reading.mentions if m.repetition == number]
        again = sum((m.level, fold(m.title)) in strong or (m.level, code_key(m.code)) in strong for m in held)
        if again < REPEATED_SHARE * len(held) and len(held) >= 2:
            for mention in held:
                reading.strengthen(mention)


def _turn_early_items_into_texts(reading: Reading) -> None:
    """Turn items of a list right under an OS into its text where OO follow."""
    for mention in reading.mentions:
        if mention.level is not Level.OBJECTIF_STRATEGIQUE:
            continue
        before = list(takewhile(lambda child: child.level is not Level.OBJECTIF_OPERATIONNEL, mention.children))
        if len(before) == len(mention.children):
            continue
        for child in before:
            if child.provisional:
                mention.said.append(Said("description", child.title, child.place, "", child.confidence))
                reading.settle(child.blocks, Became.TEXT, mention)
                _detach(child)


def _raise_lists(mentions: Sequence[Mention]) -> None:
    """Take the outer items of lists under OS for OO where most of them hold items, in a plan without any other OO.

    Those under a heading («Actions :») are what it says, those over labelled sub-actions are actions.
    """
    items = [
        m
        for m in mentions
        if m.level is Level.ACTION
        and m.provisional
        and m.parent is not None
        and not m.dropped
        and m.parent.level is Level.OBJECTIF_STRATEGIQUE
    ]
    outer = {id(m) for m in items}
    holding = [m for m in items if any(child.level is Level.SOUS_ACTION for child in m.children)]
    others = any(m.level in (Level.OBJECTIF_OPERATIONNEL, Level.ACTION) and id(m) not in outer for m in mentions)
    labelled = any(m.level is Level.SOUS_ACTION and m.named for m in mentions)
    if others or labelled or len(holding) < MINIMUM_DETAILED or len(holding) < NESTED_SHARE * len(items):
        return
    for item in items:
        item.level, item.provisional = Level.OBJECTIF_OPERATIONNEL, False
        for child in item.children:
            if child.level is Level.SOUS_ACTION:
                child.level = Level.ACTION


def _free_sheets(mentions: Sequence[Mention]) -> None:
    """Take sheets that repeat an action of a table above, with its code and its title, away from where they stand.

    Below the last objective of the plan or «Fiches du lot 1» they are those actions, not others.
    """
    rows: dict[tuple[str, str], list[Mention]] = {}
    sheets: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        if mention.code and mention.level is Level.ACTION and not (mention.dropped or mention.weak):
            held = sheets if mention.has_sheet else rows
            held.setdefault((code_key(mention.code), fold(mention.title)), []).append(mention)
    for key, found in sheets.items():
        twins, sheet = rows.get(key, ()), found[0]
        if len(found) == len(twins) == 1 and twins[0].parent not in (None, sheet.parent):
            if sheet.parent is not None:
                sheet.parent.children.remove(sheet)
            sheet.parent, sheet.weak = None, True


def _holds_nothing(mention: Mention) -> bool:
    """Tell whether nothing stands under an element above the actions: no element, no sheet."""
    empty = all(child.dropped for child in mention.children) and not mention.has_sheet
    return empty and mention.level not in ACTION_LEVELS


def _weaken_summaries(reading: Reading) -> None:
    """Take items of a list that has nothing below as a summary where the elements of their level come later."""
    detailed: dict[Level, list[int]] = {}
    for position, mention in enumerate(reading.mentions):
        if mention.children and not mention.dropped:
            detailed.setdefault(mention.level, []).append(position)
    for position, mention in enumerate(reading.mentions):
        listed = mention.from_list and not mention.children and mention.parent is None
        if listed and mention.level in (Level.ENJEU, Level.OBJECTIF_STRATEGIQUE):
            later = sum(other > position for other in detailed.get(mention.level, ()))
            if later >= MINIMUM_DETAILED:
                mention.weak, mention.confidence = True, min(mention.confidence, REPEATED)


def _settle_titles(reading: Reading) -> None:
    """Give elements without a title their code where they hold others; drop and report the rest."""
    for mention in reading.mentions:
        if mention.title or mention.dropped:
            continue
        if mention.code and (mention.children or mention.level in (Level.VOLET, Level.ENJEU)):
            mention.title = mention.code
            continue
        facts = (("code", mention.code),)
        reading.remarks.append(
            Remark(Severity.WARNING, "title_missing", facts, source=reading.source, locator=mention.place)
        )
        _drop(reading, mention)


def _drop(reading: Reading, mention: Mention) -> None:
    """Take a mention back: its blocks are unclassified again."""
    _detach(mention)
    for index, (_, owner) in reading.fates.items():
        if owner is mention:
            reading.fates[index] = (Became.UNCLASSIFIED, None)


def _detach(mention: Mention) -> None:
    """Leave a mention out; its children go to its parent."""
    mention.dropped = True
    for child in mention.children:
        child.parent = mention.parent
        if mention.parent is not None:
            mention.parent.children.append(child)
