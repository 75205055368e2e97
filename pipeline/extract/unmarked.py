"""Find what carries neither bullet nor label: values beside the title that they are of, lists, definitions of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile

from pipeline.extract.bare import read_bare_value, read_bare_values, split_bracket
from pipeline.extract.signatures import MAXIMUM_HEADING_CHARACTERS, NOTE_SIZE_RATIO, Line, as_text, is_named
from pipeline.model import LEVEL_DEPTH, Block, Level
from pipeline.text import fold
from pipeline.values import is_status_word, parse_date
from pipeline.vocabulary import Section, begins_with_article, begins_with_verb, match_label, split_inline_fields

#: A value stands beside a title when its middle is no further than this from the height that the title takes.
BESIDE_PT = 2.0
#: Lone values stand in a column of their own this far right of where the titles begin.
VALUE_COLUMN_PT = 120.0
#: Fewer values in a row are no column.
MINIMUM_COLUMN_VALUES = 2
#: A paragraph this long is running text, not an item of a list without bullets.
MAXIMUM_PLAIN_ITEM_CHARACTERS = 160
#: An item below running text, or in a document that also sets running text under its headings, is as short as a title.
MAXIMUM_PLAIN_TITLE_CHARACTERS = 110
#: Fewer lists without bullets are an accident of the text.
MINIMUM_PLAIN_LISTS = 3
#: Lists without bullets hold this many items on average.
MINIMUM_PLAIN_ITEMS = 1.5
#: Fewer labels over lists are titles that a text follows.
MINIMUM_HEADS = 2
#: Two definitions of a lexicon stand no further apart than this many lines.
DEFINITION_DISTANCE = 4
#: A lexicon explains a label that stands more often than this.
MINIMUM_LABELLED = 2
#: A status in a legend is no longer than this; fewer known statuses are no legend of them.
MAXIMUM_STATUS_CHARACTERS = 25
MINIMUM_STATUSES = 2
_OBJECTIVES = (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL)
#: The kind of the headings of lists of actions.
_ACTIONS = f"section {Level.ACTION.value}"


# ----------------------------------------------------------------------------------------------- values beside titles


def put_values_beside(lines: Sequence[Line]) -> list[Line]:
    """Put values that come in a row and are each printed level with a title (years in discs) right after that title.

    Readers give what stands in a column of its own, or in drawn shapes, before or after all the titles. A lone value
    that is level with the title below it, or far right of all titles with one of them, follows that title too.
    """
    after: dict[int, list[Line]] = {}  # by the identity of a title: its values
    pages: dict[int, list[Line]] = {}  # what is no value
    fields = {id(line): _value_field(line) for line in lines}
    for line in lines:
        if not fields[id(line)]:
            pages.setdefault(line.page_number, []).append(line)
    place = 0
    for field, group in groupby(lines, key=lambda line: fields[id(line)]):
        values = list(group)
        place += len(values)
        if not field or _height_pt(values[0]) is None:
            continue
        page = pages.get(values[0].page_number, [])
        if len(values) < MINIMUM_COLUMN_VALUES:
            lone = _title_of_lone(values[0], lines[: place - 1], lines[place : place + 1], page)
            titles = [lone] if lone is not None else []
        else:
            titles = [title for value in values if (title := _level_with(value, page)) is not None]
        if len(titles) == len(values) == len(set(map(id, titles))):
            for title, value in zip(titles, values, strict=True):
                after.setdefault(id(title), []).append(value)
    moved = {id(value) for values in after.values() for value in values}
    out: list[Line] = []
    for line in lines:
        if id(line) not in moved:
            out += [line, *after.get(id(line), ())]
    return out


def _title_of_lone(value: Line, before: Sequence[Line], following: Sequence[Line], page: Sequence[Line]) -> Line | None:
    """The title that a value is level with: the next one, or a marked one where all of the page begin far left of it.

    None where it is level with the line before it, or follows that title already.
    """
    if _level_with(value, before[-1:]) is not None:
        return None
    edge_pt = value.blocks[0].position.x0_pt - VALUE_COLUMN_PT
    marked = [line for line in page if _is_marked(line)]
    apart = all(line.blocks[0].position.x0_pt < edge_pt for line in marked)
    title = _level_with(value, following) or (_level_with(value, marked) if apart else None)
    above = next((line for line in reversed(before) if _is_marked(line)), None)
    return title if title is not above else None


def _is_marked(line: Line) -> bool:
    return line.label is not None or line.number is not None or line.bullet


def _value_field(line: Line) -> str:
    """The field that a line gives when it is one value and nothing else; "" for any other line."""
    value = read_bare_value(line.text) if not line.furniture else None
    return value[0] if value is not None else ""


def _height_pt(line: Line) -> tuple[float, float] | None:
    """Top and bottom of a line on its page; None where the format has no geometry."""
    first, last = line.blocks[0].position, line.blocks[-1].position
    return (first.y0_pt, last.y1_pt) if first.y1_pt and first.page_number == last.page_number else None


def _level_with(value: Line, titles: Sequence[Line]) -> Line | None:
    """The nearest title that a value is level with; None when it is level with none, or with a label."""
    top_pt, bottom_pt = _height_pt(value) or (0.0, 0.0)
    middle_pt = (top_pt + bottom_pt) / 2
    found: list[tuple[float, Line]] = []
    for line in titles:
        height_pt = _height_pt(line)
        apart_pt = _apart_pt(value, line)
        level = height_pt is not None and height_pt[0] - BESIDE_PT <= middle_pt <= height_pt[1] + BESIDE_PT
        if not level or apart_pt is None or line.furniture:
            continue
        if line.text.rstrip().endswith((":", "?")) or match_label(line.text) is not None:
            return None
        if _may_be_title(line):
            found.append((apart_pt, line))
    return min(found, key=lambda entry: entry[0])[1] if found else None


def _may_be_title(line: Line) -> bool:
    """Tell whether a line may be the title of an element: marked, set apart, or an item without a mark."""
    marked = _is_marked(line) or line.rank > 0
    return any(c.isalpha() for c in line.title) and (marked or _is_plain_item(line))


def stands_above(one: Block, other: Block) -> bool:
    """Tell whether a block ends higher on the page than another begins."""
    same_page = one.position.page_number == other.position.page_number
    return same_page and 0 < one.position.y1_pt <= other.position.y0_pt


def stand_side_by_side(one: Block, other: Block) -> bool:
    """Tell whether two blocks of a page stand beside each other: one at the height of the other, neither over it."""
    first, second = one.position, other.position
    if first.page_number != second.page_number or not first.y1_pt or not second.y1_pt:
        return False
    level = min(first.y1_pt, second.y1_pt) - max(first.y0_pt, second.y0_pt) > 0
    return level and max(second.x0_pt - first.x1_pt, first.x0_pt - second.x1_pt) >= -BESIDE_PT


def _apart_pt(value: Line, title: Line) -> float | None:
    """How far apart two lines stand from left to right; None when one stands over the other."""
    one, other = value.blocks[0].position, title.blocks[0].position
    gap_pt = max(other.x0_pt - one.x1_pt, one.x0_pt - other.x1_pt)
    return gap_pt if gap_pt >= -BESIDE_PT else None


def legend_statuses(lines: Sequence[Line]) -> frozenset[str]:
    """The statuses that a legend lists, folded: what stands among words that are known as such counts too."""
    found: set[str] = set()
    for index, head in enumerate(lines):
        if head.section is None or head.section.concept != "legend":
            continue
        entries: list[str] = []
        for line in lines[index + 1 :]:
            if line.furniture:
                continue
            if line.label is not None or line.section is not None or len(line.text) > MAXIMUM_STATUS_CHARACTERS:
                break
            entries.append(line.text)
        known = sum(map(is_status_word, entries))
        if known >= MINIMUM_STATUSES and 2 * known >= len(entries):
            found |= {fold(entry) for entry in entries if any(map(str.isalpha, entry))}
    return frozenset(found)


# ------------------------------------------------------------------------------------------------ lists without bullets


def settle_list_heads(lines: Sequence[Line]) -> list[Line]:
    """Read labels without a number («Action», the head of a table of one column) as the heading of the list below.

    Most labels of the level that stand alone have two or more short paragraphs of one look below them, or a number.
    """
    lone = [i for i, line in enumerate(lines) if _is_lone_action(line)]
    heads = [i for i in lone if _lists_alike(_paragraphs_below(lines, i)) or _stands_over_number(lines, i)]
    if len(heads) < MINIMUM_HEADS or 2 * len(heads) <= len(lone):
        return list(lines)
    actions = Section(Level.ACTION.value)
    out = list(lines)
    for index in lone:
        out[index] = replace(lines[index], label=None, section=actions, kind=_ACTIONS)
    return out


def settle_questions(lines: Sequence[Line]) -> list[Line]:
    """Read a chapter apart («Qu'est-ce qui va changer ?») that recurs under elements as the head of what they say.

    A chapter stands once. The last such question heads the actions where it stands over lists, and nothing else does.
    """
    places: dict[str, list[int]] = {}
    actions = False  # whether actions stand elsewhere
    above: Line | None = None  # the last line that opens something
    for index, line in enumerate(lines):
        if line.furniture:
            continue
        actions |= line.kind == _ACTIONS or _is_action(line)
        if line.section is not None and line.section.concept == "outside" and line.text.rstrip().endswith("?"):
            if above is not None:
                places.setdefault(fold(line.text), []).append(index)
        elif line.bullet:
            actions |= above is not None and above is lines[index - 1]
        elif line.label is not None or line.number is not None or line.rank > 0 or line.section is not None:
            above = line if line.section is None else None
    recurring = [found for found in places.values() if len(found) >= MINIMUM_PLAIN_LISTS]
    out = list(lines)
    for found in recurring:
        over_lists = all(index + 1 < len(lines) and lines[index + 1].bullet for index in found)
        heads = over_lists and found is recurring[-1] and not actions
        section = Section(Level.ACTION.value if heads else "description")
        for index in found:
            out[index] = replace(lines[index], section=section, kind=f"section {section.concept}")
    return out


def _is_action(line: Line) -> bool:
    """Tell whether a line is labelled as an action."""
    return line.label is not None and line.label.level is Level.ACTION and not line.furniture


def _is_lone_action(line: Line) -> bool:
    """Tell whether a line is the label of an action and nothing else."""
    label = line.label
    return label is not None and label.level is Level.ACTION and not (label.code or label.rest or line.furniture)


def _stands_over_number(lines: Sequence[Line], index: int) -> bool:
    """Tell whether the line right below a line is a number."""
    below = lines[index + 1] if index + 1 < len(lines) else None
    return below is not None and below.number is not None and not below.furniture


def _paragraphs_below(lines: Sequence[Line], index: int) -> list[Line]:
    """The paragraphs right below a line, down to what is none or to the end of the page."""
    below = (lines[i] for i in range(index + 1, len(lines)))
    return list(takewhile(lambda line: line.kind == "paragraph" and not line.furniture, below))


def _lists_alike(lines: Sequence[Line]) -> bool:
    """Tell whether paragraphs are two items or more, all of one look; fields («Remarque : ...») do not count."""
    items = [line for line in lines if line is lines[0] or not says_something(line)]
    looks = {(style.size_pt, style.bold, style.color) for style in (line.blocks[0].style for line in items)}
    return len(items) >= 2 and len(looks) == 1 and all(map(_is_plain_item, items))


@dataclass(frozen=True, slots=True)
class _Run:
    """The paragraphs right below a heading or label."""

    head: Line
    items: tuple[int, ...]  # indexes of the lines that may be items; empty when the paragraphs are running text
    whole: bool  # the paragraphs are items, and what is said of them, and nothing else


def find_plain_lists(lines: Sequence[Line]) -> list[Line]:
    """Read runs of short paragraphs under headings as lists, where the document sets its lists so throughout.

    At least three headings must be followed by runs of two or more such paragraphs on average, most of what follows
    headings must be such runs, and bullets must be rarer. Where other headings stand over running text, the runs below
    the deepest labels or numbers, or below one heading that recurs («Ce que nous allons faire»), are weighed alone.
    """
    held = Counter(line.box for line in lines if line.box is not None)
    cards = frozenset(box for box, count in held.items() if count == 1)
    runs = [run for index, line in enumerate(lines) if (run := _read_run(lines, index, line, cards)) is not None]
    marked = sum(line.label is not None and line.label.level is Level.ACTION for line in lines) >= MINIMUM_PLAIN_LISTS
    whole = [
        replace(run, items=run.items if run.whole else ())
        for run in runs
        if not (marked and run.head.label is not None and run.head.label.level in _OBJECTIVES)
    ]
    bullets = sum(line.bullet for line in lines)
    items = _items_of(whole)
    headings: set[int] = set()
    for kind in () if items else _leaf_kinds(lines):
        below = [run for run in runs if run.head.kind == kind]
        found = _items_of(below)
        items |= found
        headings |= {id(run.head) for run in below if found and kind.startswith("heading")}
    if bullets >= len(items):
        return list(lines)
    items |= _lone_cards(lines, runs, items, cards)
    actions = Section(Level.ACTION.value)
    return [
        replace(line, bullet=True, kind="item 0")
        if index in items
        else replace(line, section=actions, kind=_ACTIONS)
        if id(line) in headings
        else line
        for index, line in enumerate(lines)
    ]


def _lone_cards(
    lines: Sequence[Line], runs: Sequence[_Run], items: Collection[int], cards: Collection[int]
) -> set[int]:
    """The cards that stand alone under a heading or label as others do under such, where all items are cards."""
    if not items or any(lines[index].box not in cards for index in items):
        return set()
    looks = {lines[index].blocks[0].style for index in items}
    heads = {run.head.kind for run in runs if set(run.items) & set(items)}
    empty = {id(run.head) for run in runs if not run.items and run.head.kind in heads}
    alone = (index + 1 for index, line in enumerate(lines) if id(line) in empty)
    return {index for index in alone if lines[index].box in cards and lines[index].blocks[0].style in looks}


def _items_of(runs: Sequence[_Run]) -> set[int]:
    """The items of runs that are lists throughout; none when they are not."""
    lists = [run for run in runs if run.items]
    items = {index for run in lists for index in run.items}
    enough = len(lists) >= MINIMUM_PLAIN_LISTS and len(items) >= MINIMUM_PLAIN_ITEMS * len(lists)
    return items if enough and len(lists) >= 2 * (len(runs) - len(lists)) else set()


def _read_run(lines: Sequence[Line], index: int, head: Line, cards: Collection[int]) -> _Run | None:
    """Read the paragraphs below a heading or a label; None when none follow or the line is neither.

    Of `cards`, drawn boxes that hold one line each, several make a list however long the lines are.
    """
    if head.rank <= 0 and head.label is None:
        return None
    run: list[int] = []
    for position in range(index + 1, len(lines)):
        if lines[position].kind != "paragraph":
            break
        if not lines[position].furniture:
            run.append(position)
    said = [i for i in run if i != run[0] and says_something(lines[i])]
    left = [i for i in run if i not in said]
    if not left:
        return None
    carded = len(left) >= 2 and all(lines[i].box in cards for i in left)
    longest = MAXIMUM_HEADING_CHARACTERS if carded else MAXIMUM_PLAIN_ITEM_CHARACTERS
    if all(_is_plain_item(lines[i], longest) for i in left):
        largest_pt = max(lines[i].blocks[0].style.size_pt for i in left)
        titles = [i for i in left if lines[i].blocks[0].style.size_pt >= NOTE_SIZE_RATIO * largest_pt]
        return _Run(head, tuple(titles), whole=True)
    return _Run(head, _titles_among(lines, left), whole=False)


def says_something(line: Line) -> bool:
    """Tell whether a line says something of the item above it: fields, or values without labels."""
    short = len(line.text) <= MAXIMUM_PLAIN_ITEM_CHARACTERS
    values = short and (read_bare_value(line.text) or read_bare_values(line.text))
    return bool(values or split_inline_fields(line.text))


def _titles_among(lines: Sequence[Line], run: Sequence[int]) -> tuple[int, ...]:
    """The lines of a run that are titles of one look and follow each other, running text left out; empty when none do.

    Of several stretches the longest counts; of several looks the largest print.
    """
    looks: dict[tuple[float, bool, str], list[list[int]]] = {}
    for index in run:
        style = lines[index].blocks[0].style
        stretches = looks.setdefault((-style.size_pt, style.italic, style.color), [[]])
        if _is_plain_item(lines[index]) and len(lines[index].text) <= MAXIMUM_PLAIN_TITLE_CHARACTERS:
            stretches[-1].append(index)
        else:
            stretches.append([])
    longest = (max(looks[look], key=len) for look in sorted(looks))
    return next((tuple(stretch) for stretch in longest if len(stretch) >= 2), ())


def settle_plain_titles(lines: Sequence[Line]) -> list[Line]:
    """Read the paragraphs under «Actions» as titles that have lost their weight, where headings are the actions there.

    All of them are as short as titles, fewer than the headings, and several stand right under «Actions», where nothing
    is that they could tell of.
    """
    sections = [_section_of(lines, i) for i, line in enumerate(lines) if line.kind == _ACTIONS]
    inside = [i for section in sections for i in section]
    looks = Counter(lines[i].kind for i in inside if lines[i].kind.startswith("heading"))
    plain = [i for i in inside if lines[i].kind == "paragraph"]
    first = sum(bool(section) and lines[section[0]].kind == "paragraph" for section in sections)
    if len(looks) != 1 or first < MINIMUM_HEADS or len(plain) >= looks.total():
        return list(lines)
    if not all(_is_plain_item(lines[i], MAXIMUM_PLAIN_TITLE_CHARACTERS) for i in plain):
        return list(lines)
    title = next(lines[i] for i in inside if lines[i].kind in looks)
    out = list(lines)
    for index in plain:
        out[index] = replace(lines[index], kind=title.kind, rank=title.rank, style=title.style)
    return out


def _section_of(lines: Sequence[Line], head: int) -> list[int]:
    """The indexes of the lines between «Actions» and the next section, label or number, furniture left out."""
    below = takewhile(lambda i: not is_named(lines[i]), range(head + 1, len(lines)))
    return [i for i in below if not lines[i].furniture]


def _leaf_kinds(lines: Sequence[Line]) -> set[str]:
    """The kinds of lines that actions without a mark of their own may stand below; none where actions have one.

    They are the deepest labels or numbers, and the headings that only announce what follows.
    """
    kinds: dict[str, list[Line]] = {}
    for line in lines:
        if not line.furniture:
            kinds.setdefault(line.kind, []).append(line)
    depths = {name: depth for name, found in kinds.items() if (depth := _depth(found)) is not None}
    deepest = max(depths.values(), default=0)
    if not LEVEL_DEPTH[Level.ENJEU] <= deepest < LEVEL_DEPTH[Level.ACTION]:
        return set()
    announcing = {name for name, found in kinds.items() if name == _ACTIONS or _announces(found)}
    return announcing | {name for name, depth in depths.items() if depth == deepest}


def _depth(lines: Sequence[Line]) -> int | None:
    """The depth that the labels or the numbered headings of a kind show; None when they show none."""
    first = lines[0]
    if first.label is not None:
        return LEVEL_DEPTH.get(first.label.level) if len(lines) >= 2 else None
    if first.number is None or first.rank <= 0 or len(lines) < 2:
        return None
    return LEVEL_DEPTH[Level.OBJECTIF_STRATEGIQUE] + first.number.shape.count(".")


def _announces(lines: Sequence[Line]) -> bool:
    """Tell whether the headings of a kind say nothing of their own, and are no label of a field."""
    return lines[0].kind.startswith("heading") and recurs_alone(lines) and match_label(lines[0].text) is None


def recurs_alone(lines: Sequence[Line]) -> bool:
    """Tell whether the headings of a kind all say the same, time and again: such a heading names no element."""
    return len(lines) >= MINIMUM_PLAIN_LISTS and len({fold(line.title) for line in lines}) == 1


def _is_plain_item(line: Line, longest: int = MAXIMUM_PLAIN_ITEM_CHARACTERS) -> bool:
    """Tell whether a paragraph may be an item of a list without bullets: no longer than that, no sentence, no field.

    A longer one ends in brackets that hold a date («... [juin 2028]»).
    """
    text = line.text.rstrip()
    told = len(text) <= MAXIMUM_HEADING_CHARACTERS and parse_date(split_bracket(text)[1]).value != ""
    return (
        not line.furniture
        and (len(text) <= longest or told)
        and not text.endswith((".", ":", "!", "?"))
        and text[:1].isupper()
        and not says_something(line)
    )


# ----------------------------------------------------------------------------------------------- definitions of words


def find_definitions(lines: Sequence[Line]) -> list[Line]:
    """Read «Levier : maniere concrete ...», «Projet : action menee ...» as text: they say what the words mean.

    Such lines name different levels, without a number, within few lines, each level once and over no list; what follows
    the colon, or stands below the word, begins small and with no infinitive, or is a sentence with an article. The
    document labels its elements elsewhere.
    """
    found = [
        (index, line.label.level)
        for index, (line, below) in enumerate(zip(lines, (*lines[1:], None), strict=False))
        if line.label is not None and _may_define(line, below)
    ]
    defined = Counter(level for _, level in found)
    labelled = Counter(line.label.level for line in lines if line.label is not None)
    near = {
        place
        for (one, level), (other, next_level) in pairwise(found)
        if other - one <= DEFINITION_DISTANCE
        and level is not next_level
        and defined[level] == defined[next_level] == 1
        and max(labelled[level], labelled[next_level]) > MINIMUM_LABELLED
        for place in (one, other)
    }
    return [as_text(line) if index in near else line for index, line in enumerate(lines)]


def _may_define(line: Line, below: Line | None) -> bool:
    """Tell whether a line may define the word that it begins with, alone or with the line below it."""
    label = line.label
    if label is None or label.code or line.furniture or label.level not in LEVEL_DEPTH:
        return False
    if label.rest:
        defined = label.rest if below is None or not below.bullet else ""
    else:
        plain = below is not None and not below.bullet and below.kind == "paragraph"
        defined = below.text if below is not None and plain else ""
    told = defined[:1].islower() or (not label.rest and begins_with_article(defined) and defined.endswith("."))
    return told and not begins_with_verb(defined)
