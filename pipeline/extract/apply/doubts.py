"""Lower the confidence of the elements that something speaks against: what the whole document shows of each.

Nothing is changed but the confidence: a doubtful element stays where it was read, and a person looks at it first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from pipeline.extract.apply.reading import ACTION_LEVELS, TEXT_LEVELS, Mention, Reading
from pipeline.extract.signatures import Line
from pipeline.extract.tables import Grid
from pipeline.model import LEVEL_DEPTH, Became, Level
from pipeline.text import fold, is_cut_short, runs_two_sentences_together
from pipeline.values import is_status_word, parse_date
from pipeline.vocabulary import code_key, code_path, column_levels, is_exact_label, match_level, match_section

#: The most that an element is trusted that something speaks against.
DOUBTED = 0.85
#: Codes tell parents where they do for this share of the elements.
CODED_SHARE = 0.6
#: Titles begin with a capital where this share of them do.
CAPITAL_SHARE = 0.8
#: Elements of a level stand under one level where this share of them do.
ALIKE_SHARE = 0.6
#: A label that stands in a title has no more words than this.
MAXIMUM_LABEL_WORDS = 4
#: Under so many parents, the same few words are a value that recurs, not the title of an action.
RECURRING = 3
#: A heading that nothing explains stands at least this often.
RECURRING_HEADINGS = 2
#: Where this share of the elements, and so many, are in doubt, the reading of the whole document is.
DOUBTED_SHARE = 0.2
MINIMUM_DOUBTED = 5

#: By the `id` of a mention: whether its code begins with that of its parent; None when their codes cannot tell.
_Follows = Mapping[int, bool | None]

_LETTERS = re.compile(r"(?:[^\W\d_][\W\d_]*){3}")
_BRACKET = re.compile(r"[\[(]([^\[\]()]*)[\])]\W*$")


def weigh_doubts(reading: Reading, ocr_pages: Collection[int]) -> None:
    """Lower the confidence of what recognition read and of what something speaks against, then of what stands in it.

    Doubt is one of: no parent or another parent than its like, a code that is not its parent's or that another title
    has, a title cut short or run together or holding values, a level that its own words deny, a heading between it
    and its parent that nothing explains. Much doubt in a document is doubt of the whole.
    """
    mentions = [mention for mention in reading.mentions if not mention.dropped]
    follows = {id(mention): _follows_code(mention) for mention in mentions}
    odd = (*_with_odd_codes(mentions, follows), *_with_odd_titles(mentions), *_alone_on_top(mentions))
    strange = {id(mention) for mention in odd}
    doubted = {id(m) for m in mentions if m.page_number in ocr_pages} | strange
    for found in (_with_odd_places(mentions, follows), _under_unexplained_headings(reading, mentions, follows)):
        doubted |= {id(mention) for mention in found}
    for mention in mentions:  # parents come before what stands in them; codes that agree tell the place of both
        parent = id(mention.parent)
        if parent in strange or (parent in doubted and follows[id(mention)] is not True):
            doubted.add(id(mention))
    whole = len(doubted) >= max(MINIMUM_DOUBTED, DOUBTED_SHARE * len(mentions))
    for mention in mentions:
        if whole or id(mention) in doubted:
            mention.confidence = min(mention.confidence, DOUBTED)


def _follows_code(mention: Mention) -> bool | None:
    """Tell whether the code of an element begins with that of its parent; None when their codes cannot tell."""
    parent = mention.parent
    if parent is None or not mention.code or not parent.code:
        return None
    own, above = code_key(mention.code).split("."), code_key(parent.code).split(".")
    return own[: len(above)] == above if len(own) > len(above) else None


def _with_odd_places(mentions: Sequence[Mention], follows: _Follows) -> list[Mention]:
    """Elements without a parent, or under a level, where most of their like stand otherwise."""
    above = Counter((m.level, m.parent.level if m.parent is not None else None) for m in mentions if not m.weak)
    count = Counter(m.level for m in mentions if not m.weak)
    usual = {level: parent for (level, parent), times in above.items() if times >= ALIKE_SHARE * count[level]}
    placed = {m.level for m in mentions if m.parent is not None}
    odd = []
    for mention in mentions:
        parent = mention.parent.level if mention.parent is not None else None
        orphan = parent is None and (mention.level in placed or mention.level in ACTION_LEVELS)
        unlike = mention.level in usual and usual[mention.level] is not parent and mention.level in LEVEL_DEPTH
        alone = mention.level is Level.SOUS_ACTION and parent not in ACTION_LEVELS
        if orphan or alone or (unlike and follows[id(mention)] is not True):
            odd.append(mention)
    return odd


def _alone_on_top(mentions: Sequence[Mention]) -> list[Mention]:
    """The one element of the top level, when nothing printed says its level: a title of the document, or a chapter."""
    top = [m for m in mentions if m.parent is None and not m.weak and m.level in LEVEL_DEPTH]
    only = len(top) == 1 and not top[0].named and bool(top[0].children)
    return top if only else []


def _own_key(mention: Mention) -> str:
    """What a code shares with its repetitions alone: its numbers, behind the levels that its parts name."""
    levels = (level.value for level, _ in code_path(mention.code))
    return " ".join((*levels, code_key(mention.code)))


def _with_odd_codes(mentions: Sequence[Mention], follows: _Follows) -> list[Mention]:
    """Elements whose code is that of another parent, or names another level, or is that of a sibling too."""
    coded = [follow for follow in follows.values() if follow is not None]
    ordered = sum(coded) >= CODED_SHARE * len(coded)
    titles: dict[tuple[int, str], set[str]] = {}
    keys = {code_key(mention.code) for mention in mentions if mention.code}
    places = {id(mention): (id(mention.parent), _own_key(mention)) for mention in mentions if mention.code}
    for mention in mentions:
        if mention.code:
            titles.setdefault(places[id(mention)], set()).add(fold(mention.title))
    odd = []
    for mention in mentions:
        label = match_level(mention.code) if mention.code else None
        denied = label is not None and label.level is not mention.level and label.level in LEVEL_DEPTH
        astray = ordered and follows[id(mention)] is False
        shared = bool(mention.code) and len(titles[places[id(mention)]]) > 1
        prefix = code_key(mention.code).rpartition(".")[0] if mention.code else ""
        above = code_key(mention.parent.code) if mention.parent is not None and mention.parent.code else ""
        elsewhere = bool(prefix) and prefix in keys and above != prefix and not mention.weak
        if denied or astray or shared or elsewhere:
            odd.append(mention)
    return odd


def _with_odd_titles(mentions: Sequence[Mention]) -> list[Mention]:
    """Elements whose title is no title: cut short, two texts in one, a value, a label, the same words all over."""
    capital = sum(not mention.title[:1].islower() for mention in mentions) >= CAPITAL_SHARE * len(mentions)
    parents: dict[tuple[Level, str], set[int]] = {}
    for mention in mentions:
        if mention.level in ACTION_LEVELS and not mention.weak:
            parents.setdefault((mention.level, fold(mention.title)), set()).add(id(mention.parent))
    odd = []
    for mention in mentions:
        if mention.level in TEXT_LEVELS:
            continue
        title = mention.title
        broken = (capital and title[:1].islower()) or is_cut_short(title) or runs_two_sentences_together(title)
        recurring = len(parents.get((mention.level, fold(title)), ())) >= RECURRING
        if broken or recurring or _is_value(title) or _holds_value(title) or _names_level(title, mention):
            odd.append(mention)
    return odd


def _is_value(title: str) -> bool:
    """Tell whether a title is the value or the label of a field: a status, a date, a number."""
    return is_status_word(title) or is_exact_label(title) or _LETTERS.search(title) is None


def _holds_value(title: str) -> bool:
    """Tell whether a title ends with a bracket that holds a date or a status."""
    bracket = _BRACKET.search(title)
    pieces = re.split(r"\s[-\u2013\u2014]\s|[;,|]", bracket[1]) if bracket else []
    return any(is_status_word(piece) or parse_date(piece).value for piece in pieces if piece.strip())


def _names_level(title: str, mention: Mention) -> bool:
    """Tell whether a title holds a label that should have been read: «Objectif 1.1 - ...», «Notre objectif : ...»."""
    head, colon, rest = title.partition(" : ")
    words = fold(head if colon else title).split()[:MAXIMUM_LABEL_WORDS]
    half = bool(words) and words[0] in column_levels() and len(words) > 1 and words[1][0].isdigit()
    inside = bool(colon and rest) and match_level(f"{head.partition(' ')[2].capitalize()} : x") is not None
    if half or inside or (colon and match_section(head) is not None):
        return True
    label = match_level(title)
    code = label.code if label is not None else ""
    return any(c.isdigit() for c in code) and code_key(code) != code_key(mention.code)


def _under_unexplained_headings(reading: Reading, mentions: Sequence[Mention], follows: _Follows) -> list[Mention]:
    """Elements between which and their parent a heading stands that became nothing, of a kind that recurs."""
    headings = [
        node
        for node in reading.flow
        if isinstance(node, Line)
        and not node.furniture
        and node.rank > 0
        and node.section is None
        and not is_exact_label(node.text.rstrip(" :?"))
        and all(_is_unexplained(reading, block.index) for block in node.blocks)
    ]
    recurring = Counter(node.kind for node in headings)
    starts = {id(node) for node in headings if recurring[node.kind] >= RECURRING_HEADINGS}
    if not starts:
        return []
    first_block = {id(m): min(block.index for block in m.blocks) for m in mentions if m.blocks}
    by_block = {index: m for m in mentions if (index := first_block.get(id(m))) is not None}
    odd: list[Mention] = []
    heading: Line | None = None
    for node in reading.flow:
        if isinstance(node, Line):
            if id(node) in starts:
                heading = node
                continue
            found = [m for block in node.blocks if (m := by_block.get(block.index)) is not None]
            if heading is not None and found and node.rank >= heading.rank:
                heading = None
        elif isinstance(node, Grid):
            found = [m for index in _grid_blocks(node) if (m := by_block.get(index)) is not None]
        else:
            continue
        if heading is None:
            continue
        before = heading.blocks[0].index
        for mention in found:
            above = first_block.get(id(mention.parent)) if mention.parent is not None else -1
            if above is not None and above < before and follows[id(mention)] is not True and not mention.weak:
                odd.append(mention)
    return odd


def _is_unexplained(reading: Reading, index: int) -> bool:
    """Tell whether a block became nothing, or running text of an element."""
    return reading.fates.get(index, (Became.UNCLASSIFIED, None))[0] in (Became.UNCLASSIFIED, Became.TEXT)


def _grid_blocks(grid: Grid) -> list[int]:
    """The indexes of the blocks in the cells of a grid."""
    return [block.index for row in grid.rows for cell in row.cells.values() for block in cell.blocks]
