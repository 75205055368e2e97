"""Rewrite blocks of a document before its lines are read, where only the whole document tells what they are.

Parts of headings that stand apart are put in order; outline levels that the labels contradict are taken off; codes
after titles come before them; labels that stand out by their weight alone, and words that name a level in front of all
titles, get their colon; trails of parents are cut into the titles that they name, sentences that list actions into the
actions, titles that end with a percentage into both, fields without a value off the element that follows them.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.extract.heads import with_whole_heads
from pipeline.extract.pictograms import without_pictograms
from pipeline.extract.run_in import with_titles_parted
from pipeline.extract.signatures import ABBREVIATED, BodyStyle, heading_rank
from pipeline.model import LEVEL_DEPTH, Block, Cell, Document, Level, Marker, Style, Table
from pipeline.text import fold
from pipeline.vocabulary import (
    LevelLabel,
    after_half_label,
    code_path,
    is_exact_label,
    level_word,
    match_abbreviation,
    match_label,
    match_level,
    match_number,
    plan_evidence,
    roman_value,
    says_no_value,
    split_level_words,
)

#: With fewer labelled objectives than this, outline levels are taken as they are.
MINIMUM_LABELLED = 4
_OBJECTIVES = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
#: Fewer different labels in bold in front of words are emphasis.
MINIMUM_LEADS = 2
#: A single label in bold that begins as many paragraphs is the one field of a sheet.
MINIMUM_REPEATED_LEADS = 3
#: Fewer trails of parents are an accident of the text.
MINIMUM_TRAILS = 2
MINIMUM_UNNAMED_TRAILS = 3
#: Fewer half labels are words of a text.
MINIMUM_HALVES = 2
#: The letters of a label in front of its number («OS1»).
_LETTERS_OF_LABEL = re.compile(r"^[A-Z]+(?=\d)")
#: In running text so many halves count on.
MINIMUM_PLAIN_HALVES = 3
#: Half labels need no look of their own where the numbers of this share of them go with those around them.
LINKED_SHARE = 0.8
#: Words that name a level are its label where so many titles, and this share of the blocks that look so, begin so.
MINIMUM_WORDED = 4
WORDED_SHARE = 0.8
#: Labels without a number are those of elements where so many blocks begin with them.
MINIMUM_BEGUN = 2
#: What the blocks of one kind share: size, weight, colour, and what stands in front of them.
_Look = tuple[float, bool, str, Marker]
MAXIMUM_TRAIL_CHARACTERS = 400
#: A longer text that ends with a percentage is no title.
MAXIMUM_TITLE_CHARACTERS = 400
#: Titles end with a percentage where at least so many, and this share of those alike, do.
MINIMUM_VALUES = 3
VALUES_SHARE = 0.8
#: Codes with other separators than dots are codes where at least so many stand, and this share follow each other.
MINIMUM_CODES = 4
CODES_SHARE = 0.6
_SEPARATED = re.compile(
    r"(?P<label>(?:[^\W\d]+\.?\s+){0,2}(?:[^\W\d_]{1,4}[-_])?)"
    r"(?P<code>(?:\d{1,2}|[IVX]{1,4}|[A-Z](?=/|[-_]\d{1,2}[-_]))(?:[-/_]\d{1,2}){1,3})"
    r"(?P<rest>\s*[\u2013\u2014:.)|\u00b7\u2022-]?\s+\S.*)$",
    re.DOTALL,
)
_ROW_OF_CODES = re.compile(r"(?:[A-Z]{1,3}[-.]?\d{1,2}/)+(?P<last>[A-Z]{1,3}[-.]?\d{1,2}\b.*)$", re.DOTALL)
#: Labels after titles name these where nearly all of them count on.
OWN_SHARE = 0.8
_FINAL_LABEL = re.compile(r"\s*[\[(](?P<label>[^()\[\]]{2,40})[\])]$")
_LAST_PART = re.compile(r"(?:\d{1,3}|(?P<roman>[IVX]{1,4})|[A-Z])$")
_AFTER_BRACKET = re.compile(r"(?<=[)\]])\s+(?=[^\W\d_])")
_PERCENT_AT_END = re.compile(r"^(?P<title>.{8,}?[^\W\d].*?)[\s:|]+(?P<value>\d{1,3}\s?%)$", re.DOTALL)
_EMPTY_FIELD = re.compile(r"(?P<label>[^:]{2,60}?)\s?:\s+")
_TRAIL = re.compile(r"\s[>\u00bb\u2192\u25b8\u25b6]\s|\s?[\u203a\u27e9]\s?")
_STEPS = re.compile(r"\s[/|\\]\s")


def prepare(document: Document, body: BodyStyle) -> tuple[Document, frozenset[int]]:
    """Rewrite the blocks of a document; returns it and the indexes of the blocks that were trails of parents."""
    document = _with_labels_apart(_with_words_parted(without_pictograms(document, body)))
    document = _with_codes_in_front(_with_dotted_codes(_with_whole_bands(document)))
    document = with_whole_heads(_comparable(document), body)
    document = with_titles_parted(_with_listed_items(_with_values_apart(_with_whole_labels(document, body))))
    return _with_trails(_with_colons(document))


def _with_whole_labels(document: Document, body: BodyStyle) -> Document:
    """Complete labels that print half of their words («Objectif 1.1 : ...») where the document has no whole one.

    Such lines are set as headings, or their numbers and those of other labels extend one another; the first of them
    stands before the first labelled action: in the sheet of an action the word names a field.
    """
    halves: dict[int, str] = {}
    headed: set[int] = set()
    levels: set[Level] = set()
    coded: dict[int, str] = {}  # all that labels and halves number, in order
    heads = [(block, cell) for block, cell in _heads(document) if block.text.strip() or block.table is not None]
    for place, (block, cell) in enumerate(heads):
        printed = _with_word_of_marker(block) if block.table is None else ""
        label = match_level(printed)
        if label is not None and (label.code or label.rest):
            levels.add(label.level)
            coded[place] = _LETTERS_OF_LABEL.sub("", label.code)
        rest = "" if label is not None else after_half_label(printed)
        number = match_number(rest, heading=True)
        begun = Level.ACTION not in levels or headed or (halves and number is not None)  # else the field of an action
        if rest and begun and (number is not None or cell is None):
            halves[place] = rest
            coded[place] = number.code if number is not None else ""
            if heading_rank(block.style, printed, body) > 0:
                headed.add(place)
    whole = _levels_of_halves({place: coded[place] for place in halves}, coded, levels)
    if not whole:
        set_apart = headed if len(headed) >= MINIMUM_HALVES else frozenset(halves) if _count_on(halves, coded) else ()
        if not set_apart or Level.OBJECTIF_OPERATIONNEL in levels:
            return document
        above = levels & {Level.VOLET, Level.ENJEU, Level.OBJECTIF_STRATEGIQUE}
        stands_below = bool(above) or _begin_again([(coded[place], halves[place]) for place in sorted(set_apart)])
        level = Level.OBJECTIF_OPERATIONNEL if stands_below else Level.OBJECTIF_STRATEGIQUE
        whole = dict.fromkeys(set_apart, level)
    texts = {id(heads[place][1] or heads[place][0]): f"{level_word(whole[place])} {halves[place]}" for place in whole}
    blocks = (
        replace(b, text=texts[id(b)], marker="", marker_kind=Marker.NONE, list_level=None)
        if id(b) in texts
        else _with_cells(b, texts)
        for b in document.blocks
    )
    return replace(document, blocks=tuple(blocks))


def _begin_again(titles: Sequence[tuple[str, str]]) -> bool:
    """Tell whether the numbers of titles begin again at one («1», «2», «1»; «1.1», «2.1»): they stand in others.

    Titles that are printed twice, or whose number is, count once.
    """
    codes = [code for code, _ in itertools.groupby(code for code, _ in dict.fromkeys(titles))]
    return sum(_last_value(code) == 1 for code in codes) > 1


def _heads(document: Document) -> Iterator[tuple[Block, Cell | None]]:
    """The blocks of a document; for a table, also the paragraphs that are all that rows hold, with their cell."""
    for block in document.blocks:
        yield block, None
        row = -1
        for cell in _lone_cells(block.table) if block.table is not None else ():
            if cell.row_index > row + 1:
                yield block, None
            yield cell.blocks[0], cell
            row = cell.row_index


def _with_word_of_marker(block: Block) -> str:
    """The text of a block behind its number, where that holds a word («Objectif 1.1 :»)."""
    worded = block.marker_kind is Marker.NUMBER and len(block.marker.split()) > 1
    return f"{block.marker} {block.text}" if worded else block.text


def _count_on(halves: Mapping[int, str], coded: Mapping[int, str]) -> bool:
    """Tell whether half labels in running text count on from one, begun again or not, each over something.

    `halves` and `coded`, the numbers of whole labels too, are by place; halves before all of these are those of a
    foreword.
    """
    counts = [_last_value(coded[place]) for place in halves]
    foreword = len(coded) > len(halves) and next(iter(coded)) in halves
    if len(halves) < MINIMUM_PLAIN_HALVES or not all(counts) or foreword:
        return False
    steps = list(zip(itertools.pairwise(halves), itertools.pairwise(counts), strict=True))
    good = sum(after > before + 1 and second in (1, first + 1) for (before, after), (first, second) in steps)
    return counts[0] == 1 and good >= LINKED_SHARE * len(steps)


def _levels_of_halves(halves: Mapping[int, str], coded: Mapping[int, str], levels: set[Level]) -> dict[int, Level]:
    """The levels of half labels by their numbers: «Objectif 1» over «Objectif 1.1», or whole labels that extend it.

    `coded` are the numbers of all labels in order, `levels` those that are labelled in whole. Empty where most halves
    neither extend what stands above them nor are extended by what follows, or where a whole label names their level.
    """
    free = [level for level in _OBJECTIVES if level not in levels]
    depths = {code.count(".") for code in halves.values() if code}
    if not free or len(halves) < MINIMUM_HALVES or not all(halves.values()) or len(depths) > len(free):
        return {}
    order = list(coded.items())
    linked = {
        index
        for (upper_index, upper), (lower_index, lower) in itertools.pairwise(order)
        if upper and lower.startswith(f"{upper}.")
        for index in (upper_index, lower_index)
    }
    last: dict[int, str] = {}  # depth -> the number that was last there
    for index, code in order:
        depth = code.count(".")
        if depth and last.get(depth - 1) == code.rpartition(".")[0]:
            linked.add(index)
        last = {other: above for other, above in last.items() if other < depth} | {depth: code}
    if sum(index in linked for index in halves) < LINKED_SHARE * len(halves):
        return {}
    if len(depths) == 1 and len(free) > 1:
        above = levels & {Level.VOLET, Level.ENJEU}
        stands_below = bool(above) or _begin_again([(coded[index], rest) for index, rest in halves.items()])
        free = [Level.OBJECTIF_OPERATIONNEL if stands_below else Level.OBJECTIF_STRATEGIQUE]
    by_depth = dict(zip(sorted(depths), free, strict=False))
    return {index: by_depth[code.count(".")] for index, code in halves.items()}


def _with_whole_bands(document: Document) -> Document:
    """Write out the abbreviations without a number («OO – Rouler») that rows of one cell begin with.

    As in running text, each stands over several titles; a lexicon explains it but once.
    """
    bands = {
        id(cell): found
        for block in document.blocks
        if block.table is not None
        for cell in _lone_cells(block.table)
        if (found := match_abbreviation(cell.text)) is not None and found[0] in _OBJECTIVES
    }
    titles: dict[Level, set[str]] = {}
    for level, title in bands.values():
        titles.setdefault(level, set()).add(fold(title))
    if not any(len(found) >= ABBREVIATED for found in titles.values()):
        return document
    whole = {key: f"{level_word(level)} : {title}" for key, (level, title) in bands.items()}
    return replace(document, blocks=tuple(_with_cells(block, whole) for block in document.blocks))


def _lone_cells(table: Table) -> list[Cell]:
    """The cells of one paragraph that are all that their rows hold."""
    rows: dict[int, Cell | None] = {}
    for cell in table.cells:
        blocks = cell.blocks
        if blocks and (blocks[0].text or any(block.text or block.table is not None for block in blocks)):
            rows[cell.row_index] = None if cell.row_index in rows else cell
    return [cell for cell in rows.values() if cell is not None and len(cell.blocks) == 1]


def _with_cells(block: Block, texts: Mapping[int, str]) -> Block:
    """A table with these texts in cells of one paragraph, by the `id` of the cell; any other block as it is."""
    if block.table is None or not any(id(cell) in texts for cell in block.table.cells):
        return block
    cells = [
        replace(cell, blocks=(replace(cell.blocks[0], text=texts[id(cell)]),)) if id(cell) in texts else cell
        for cell in block.table.cells
    ]
    return replace(block, table=replace(block.table, cells=tuple(cells)))


def _with_words_parted(document: Document) -> Document:
    """Give a colon to the words that name a level in front of titles («Projet Tailler les haies»).

    Only where nearly all blocks of one look begin with them, and no label of that level stands in the document.
    """
    printed: set[Level] = set()
    worded: dict[Level, dict[int, tuple[str, str]]] = {}
    looks: Counter[_Look] = Counter()
    for block in document.blocks:
        if block.table is not None or not block.text.strip():
            continue
        looks[_look(block)] += 1
        label = match_level(block.text)
        if label is not None and (label.code or label.rest):
            printed.add(label.level)
        found = split_level_words(block.text) if label is None and len(block.text) <= MAXIMUM_TITLE_CHARACTERS else None
        if found is not None and not block.text.rstrip().endswith("."):
            level, words, title = found
            worded.setdefault(level, {})[block.index] = (words, title)
    parted: dict[int, tuple[str, str]] = {}
    for level, named in worded.items():
        alike = Counter(_look(block) for block in document.blocks if block.index in named)
        look, count = alike.most_common(1)[0]
        titles = {fold(title) for _, title in named.values()}
        if level not in printed and len(titles) >= MINIMUM_WORDED and count >= WORDED_SHARE * looks[look]:
            parted.update(named)
    if not parted:
        return document
    blocks = (
        replace(b, text=" : ".join(parted[b.index]), lead="") if b.index in parted and b.table is None else b
        for b in document.blocks
    )
    return replace(document, blocks=tuple(blocks))


def _look(block: Block) -> _Look:
    style = block.style
    return style.size_pt, style.bold, style.color, block.marker_kind


def _comparable(document: Document) -> Document:
    """Take the outline levels off a document whose labelled objectives have none: then looks tell more than styles."""
    labelled = [b for b in document.blocks if b.table is None and _is_labelled_objective(b.text)]
    outlined = sum(b.style.outline_level is not None for b in labelled)
    if len(labelled) < MINIMUM_LABELLED or outlined >= 0.5 * len(labelled):
        return document
    return replace(document, blocks=tuple(_without_outline(b) for b in document.blocks))


def _is_labelled_objective(text: str) -> bool:
    label = match_level(text)
    return label is not None and bool(label.code) and label.level in _OBJECTIVES


def _without_outline(block: Block) -> Block:
    if block.table is not None or block.style.outline_level is None:
        return block
    return replace(block, style=replace(block.style, outline_level=None))


def _with_colons(document: Document) -> Document:
    """Give a colon to labels that only their weight sets apart from their value («**Delai** Decembre 2030»).

    Several lines begin with such labels, or the label stands beside a value in a table elsewhere.
    """
    led = {block.index: rest for block in document.blocks if (rest := _after_label(block))}
    sure = Counter(
        block.lead
        for block in document.blocks
        if (rest := led.get(block.index, ""))[:1].isalnum() and not rest[0].islower()
    )
    enough = len(sure) >= MINIMUM_LEADS or sure.total() >= MINIMUM_REPEATED_LEADS
    leads = _first_of_pairs(document).union(sure if enough else ())
    led = {block.index: led[block.index] for block in document.blocks if block.index in led and block.lead in leads}
    if not led:
        return document
    blocks = (
        replace(b, text=f"{b.lead} : {led[b.index]}", style=replace(b.style, bold=False)) if b.index in led else b
        for b in document.blocks
    )
    return replace(document, blocks=tuple(blocks))


def _first_of_pairs(document: Document) -> frozenset[str]:
    """What stands in the first column of the tables of two columns."""
    tables = [block.table for block in document.blocks if block.table is not None and block.table.column_count == 2]
    return frozenset(cell.text.strip() for table in tables for cell in table.cells if cell.column_index == 0)


def _after_label(block: Block) -> str:
    """What follows the label that begins a block and is set apart by weight alone; "" when none does."""
    rest = block.text.removeprefix(block.lead).strip()
    if block.table is not None or not block.lead or block.lead.endswith(":"):
        return ""
    label = match_label(block.lead)
    values = label is not None and label.field not in ("title", "code", "level")
    told = rest[:1].isalnum() or says_no_value(f"{block.lead} : {rest}")
    return rest if values and told else ""


def _with_dotted_codes(document: Document) -> Document:
    """Read codes with other separators as dotted ones («1-2», «I/2»), and the last of a row of codes («AX-01/OB-02»).

    Only where they follow each other throughout the document: elsewhere «1-2» is a range.
    """
    heads = {b.index: found for b in document.blocks if b.table is None and (found := _SEPARATED.match(b.text))}
    rows = {b.index: found for b in document.blocks if b.table is None and (found := _row_of_codes(b.text))}
    steps = [int(re.split("[-/_]", found["code"])[-1]) for found in heads.values()]
    follow = sum(b in (1, a + 1) for a, b in itertools.pairwise(steps))
    if len(heads) < MINIMUM_CODES or follow < CODES_SHARE * (len(heads) - 1):
        heads = {}
    if len(rows) < MINIMUM_CODES:
        rows = {}
    if not heads and not rows:
        return document
    blocks = []
    for block in document.blocks:
        head, row = heads.get(block.index), rows.get(block.index)
        if head is not None:
            block = replace(block, text=f"{head['label']}{re.sub('[-/_]', '.', head['code'])}{head['rest']}")
        elif row is not None:
            block = replace(block, text=row["last"])
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def _row_of_codes(text: str) -> re.Match[str] | None:
    """Codes in a row in front of a title; None where their labels say what they are («OS-01/OO-02»)."""
    found = _ROW_OF_CODES.match(text)
    label = match_level(text) if found is not None else None
    return found if label is None or not code_path(label.code) else None


def _with_codes_in_front(document: Document) -> Document:
    """Put the labels that stand in brackets after titles («Tracer des pistes (OO 2)») in front of them.

    Only where they name several levels that no label in front of a line names, and count on, or where those of one
    level count from 1 without a gap: others are references.
    """
    coded = {b.index: found for b in document.blocks if b.table is None and (found := _titles_before_codes(b.text))}
    named = list(itertools.chain.from_iterable(coded.values()))
    labels = (match_level(b.text) for b in document.blocks if b.table is None and b.index not in coded)
    in_front = {label.level for label in labels if label is not None and label.code}
    levels = {label.level for _, label in named} - in_front
    if len(levels) < 2 and not (levels and _count_from_one(named)):
        return document
    if len(named) < MINIMUM_CODES or _count_own(named) < OWN_SHARE * len(named):
        return document
    blocks: list[Block] = []
    for block in document.blocks:
        pieces = [f"{label.printed} \u2013 {title}" for title, label in coded.get(block.index, ())]
        blocks += [replace(block, text=piece, lead="") for piece in pieces] or [block]
    return replace(document, blocks=tuple(blocks))


def _titles_before_codes(text: str) -> list[tuple[str, LevelLabel]]:
    """The titles of a text with the label that stands in brackets after each; none unless the text is made of these."""
    stripped = text.strip()
    if not stripped.endswith((")", "]")) or len(stripped) > MAXIMUM_TITLE_CHARACTERS or match_level(stripped):
        return []
    found: list[tuple[str, LevelLabel]] = []
    start = ""
    for piece in _AFTER_BRACKET.split(stripped):
        start = f"{start} {piece}".strip()
        match = _FINAL_LABEL.search(start)
        label = match_level(match["label"]) if match is not None else None
        if match is not None and match.start() and label is not None and label.code and not label.rest:
            found.append((start[: match.start()], replace(label, printed=match["label"])))
            start = ""
    return found if not start else []


def _count_own(named: Sequence[tuple[str, LevelLabel]]) -> int:
    """Count the labels that are those of their titles: of one title only, or one more than the last of their level.

    They begin again at 1 after a label of a level above.
    """
    titles: dict[tuple[Level, str], set[str]] = {}
    for title, label in named:
        titles.setdefault((label.level, label.code), set()).add(fold(title))
    last: dict[Level, int] = {}
    own = 0
    for _, label in named:
        value = _last_value(label.code)
        own += len(titles[label.level, label.code]) == 1 or value == last.get(label.level, 0) + 1
        last = {level: seen for level, seen in last.items() if _depth(level) < _depth(label.level)}
        last[label.level] = value
    return own


def _count_from_one(named: Sequence[tuple[str, LevelLabel]]) -> bool:
    """Tell whether labels of one level count 1, 2, 3, one title each, however often they begin again."""
    values = [_last_value(label.code) for _, label in named]
    steps = all(value in (1, before + 1) for before, value in itertools.pairwise((0, *values)))
    titles = {(label.level, label.code, fold(title)) for title, label in named}
    return steps and len(titles) == len({(label.level, label.code) for _, label in named}) == max(values, default=0)


def _depth(level: Level) -> int:
    """The depth of a level, those that do not nest below all others."""
    return LEVEL_DEPTH.get(level, len(LEVEL_DEPTH))


def _last_value(code: str) -> int:
    """The value of the last part of a code: a number, a roman numeral or a letter; 0 for none."""
    found = _LAST_PART.search(code)
    if found is None:
        return 0
    part = found[0]
    return int(part) if part.isdigit() else roman_value(part) if found["roman"] else ord(part) - ord("A") + 1


def _with_values_apart(document: Document) -> Document:
    """Part the percentage at the end of titles from them, where nearly all titles of one notation end so."""
    alike: dict[tuple[str, float, bool], list[tuple[int, re.Match[str] | None]]] = {}
    for block in document.blocks:
        notation = _notation(block)
        if notation:
            key = (notation, block.style.size_pt, block.style.bold)
            text = block.text.strip()
            ends = text.endswith("%") and len(text) <= MAXIMUM_TITLE_CHARACTERS
            alike.setdefault(key, []).append((block.index, _PERCENT_AT_END.match(text) if ends else None))
    cut: dict[int, re.Match[str]] = {}
    for found in alike.values():
        ended = {index: match for index, match in found if match is not None}
        if len(ended) >= MINIMUM_VALUES and len(ended) >= VALUES_SHARE * len(found):
            cut.update(ended)
    if not cut:
        return document
    blocks: list[Block] = []
    for block in document.blocks:
        match = cut.get(block.index)
        if match is None:
            blocks.append(block)
            continue
        plain = Style(size_pt=block.style.size_pt, color=block.style.color)
        blocks.append(replace(block, text=match["title"]))
        blocks.append(Block(match["value"], plain, block.position, index=block.index))
    return replace(document, blocks=tuple(blocks))


def _notation(block: Block) -> str:
    """The label or the shape of the number that a block begins with, "bullet" for an item; "" for other blocks."""
    if block.table is not None:
        return ""
    label = match_level(block.text)
    if label is not None:
        return label.level.value
    number = match_number(block.text)
    return number.shape if number is not None else "bullet" if block.marker_kind is Marker.BULLET else ""


def _with_labels_apart(document: Document) -> Document:
    """Cut a label that stands behind fields without a value off them («Porteur : Action : Tailler les haies»).

    A line that ended with a dash for no value was joined with the next one. Only labels without a number that begin
    blocks of the document: others are references.
    """
    cut: dict[int, tuple[int, Level]] = {}
    begun: Counter[Level] = Counter()
    for block in document.blocks:
        if block.table is not None or ":" not in block.text:
            continue
        start = _after_empty_fields(block.text)
        label = match_level(block.text[start:])
        if label is not None and label.rest and not label.code and start:
            cut[block.index] = (start, label.level)
        elif label is not None and label.rest and not label.code:
            begun[label.level] += 1
    blocks: list[Block] = []
    for block in document.blocks:
        start, level = cut.get(block.index, (0, None)) if block.table is None else (0, None)
        if level is None or begun[level] < MINIMUM_BEGUN:
            blocks.append(block)
            continue
        blocks.append(replace(block, text=block.text[:start].rstrip()))
        blocks.append(replace(block, text=block.text[start:], marker="", marker_kind=Marker.NONE, lead=""))
    return replace(document, blocks=tuple(blocks)) if len(blocks) > len(document.blocks) else document


def _after_empty_fields(text: str) -> int:
    """Where what follows the fields without a value begins, that a text begins with; 0 when it begins with none."""
    start = 0
    while (found := _EMPTY_FIELD.match(text, start)) is not None:
        label = match_label(found["label"]) if is_exact_label(found["label"]) else None
        if label is None or label.level is not None or label.field in ("title", "code"):
            break
        start = found.end()
    return start


def _with_listed_items(document: Document) -> Document:
    """Cut a sentence that lists elements («Actions : planter des haies ; tailler les arbres.») into items."""
    blocks: list[Block] = []
    for block in document.blocks:
        label = match_level(block.text) if block.table is None and ";" in block.text else None
        parts = [part.strip(" .") for part in label.rest.split(";")] if label is not None and not label.code else []
        named = match_level(label.printed) if label is not None else None
        if len(parts) < 2 or named is None or not named.plural or not all(parts):
            blocks.append(block)
            continue
        blocks.append(replace(block, text=f"{named.printed} :"))
        plain = Style(size_pt=block.style.size_pt, color=block.style.color)
        blocks += [
            Block(part, plain, block.position, 0, "\u2022", Marker.BULLET, indent_pt=block.indent_pt, index=block.index)
            for part in parts
        ]
    return replace(document, blocks=tuple(blocks)) if len(blocks) > len(document.blocks) else document


def _with_trails(document: Document) -> tuple[Document, frozenset[int]]:
    """Cut trails of parents («1. Acces aux droits > 1.1 Non-recours») into the headings that they name.

    What all of them begin with («PST 2024-2030 > OS 1 ...») is no heading. Returns the document and the indexes of the
    blocks that were trails.
    """
    document = _with_whole_trails(document)
    crumbs = {
        block.index: parts
        for block, below in itertools.pairwise((*document.blocks, Block()))
        if len(parts := _crumbs(block, below)) >= 2
    }
    leads = Counter(parts[: _first_named(parts)] for parts in crumbs.values())
    cut = {
        index: parts[_first_named(parts) :]
        for index, parts in crumbs.items()
        if _first_named(parts) == 0 or leads[parts[: _first_named(parts)]] >= MINIMUM_TRAILS
    }
    cut = {index: parts for index, parts in cut.items() if parts and all(map(_names_element, parts))}
    cut = cut or _unnamed_trails(crumbs)
    if len(cut) < MINIMUM_TRAILS:
        return document, frozenset()
    blocks: list[Block] = []
    for block in document.blocks:
        parts = cut.get(block.index, ())
        blocks += [
            replace(block, text=part, lead="", style=replace(block.style, outline_level=depth))
            for depth, part in enumerate(parts, 1)
        ] or [block]
    return replace(document, blocks=tuple(blocks)), frozenset(cut)


def _with_whole_trails(document: Document) -> Document:
    """Join the two lines of a trail that breaks at a mark, or within a title between two of them."""
    blocks: list[Block] = []
    for block in document.blocks:
        above = blocks[-1] if blocks else None
        if above is not None and _breaks_off(above, block):
            blocks[-1] = replace(above, text=f"{above.text} {block.text}")
        else:
            blocks.append(block)
    return replace(document, blocks=tuple(blocks)) if len(blocks) < len(document.blocks) else document


def _breaks_off(above: Block, block: Block) -> bool:
    """Tell whether a block is the rest of the trail above it: a mark stands between the two, or in both."""
    if above.table is not None or block.table is not None or above.style != block.style or not block.text:
        return False
    if len(above.text) + len(block.text) >= MAXIMUM_TRAIL_CHARACTERS:
        return False
    first, second = _TRAIL.split(f"{above.text} "), _TRAIL.split(f" {block.text}")
    between = not first[-1].strip() or not second[0].strip()
    if len(first) + len(second) < 3 or not (between or (len(first) > 1 and len(second) > 1)):
        return False
    whole = _crumbs(replace(above, text=f"{above.text} {block.text}"), Block())
    named = whole[_first_named(whole) :]
    return len(named) > 1 and all(map(_names_element, named)) and not (len(second) > 1 and _names_element(second[0]))


def _crumbs(block: Block, below: Block) -> tuple[str, ...]:
    """The parts of a trail, the title of the element `below` left out.

    Slashes and bars part titles only where each has the label of a deeper level.
    """
    text = block.text
    if block.table is not None or len(text) > MAXIMUM_TRAIL_CHARACTERS:
        return ()
    parts = tuple(part.strip() for part in _TRAIL.split(text)) if "\u00ab" not in text else ()
    if len(parts) >= 2:
        return _without_title_below(_without_lead_in(parts), below)
    parts = _without_lead_in(tuple(part.strip() for part in _STEPS.split(text)))
    parts = _without_title_below(parts, below)
    labels = [match_level(part) for part in parts[_first_named(parts) :]]
    depths = [LEVEL_DEPTH.get(label.level, -1) if label is not None else -1 for label in labels]
    deeper = all(a < b for a, b in itertools.pairwise((-1, *depths)))
    return parts if len(labels) >= 2 and deeper else ()


def _without_lead_in(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts without the words and the colon before the first title («Rattachement : OS 1 ...»)."""
    words, colon, title = parts[0].partition(":")
    led = colon and not any(map(str.isdigit, words)) and not _names_element(parts[0]) and _names_element(title)
    return (title.strip(), *parts[1:]) if led else parts


def _without_title_below(parts: tuple[str, ...], below: Block) -> tuple[str, ...]:
    """The parts of a trail without the last one where that is the title of the element below it."""
    own = len(parts) > 2 and below.table is None and fold(below.text).endswith(fold(parts[-1]))
    return parts[:-1] if own else parts


def _first_named(parts: Sequence[str]) -> int:
    """Where the first part of a trail that names an element stands, their count when none does."""
    return next((place for place, part in enumerate(parts) if _names_element(part)), len(parts))


def _unnamed_trails(crumbs: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """Trails of titles without labels or numbers: all begin with the name of the plan and have as many parts."""
    trails = set(crumbs.values())
    named = any(_first_named(parts) < len(parts) for parts in trails)
    if len(trails) < MINIMUM_UNNAMED_TRAILS or named or len({len(parts) for parts in trails}) > 1:
        return {}
    common = next(place for place, same in enumerate(zip(*trails, strict=True)) if len(set(same)) > 1)
    of_plan = plan_evidence(list(next(iter(trails))[:common]))[0] > 0
    return {index: parts[common:] for index, parts in crumbs.items()} if of_plan else {}


def _names_element(text: str) -> bool:
    """Tell whether a part of a trail is a numbered or labelled title, or the name of a volet."""
    label = match_level(text)
    if label is not None and label.level is Level.VOLET:
        return True
    number = match_number(text, heading=True) if label is None else None
    return bool(label is not None and label.code and label.rest) or bool(number is not None and number.rest)
