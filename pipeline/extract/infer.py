"""Assign a level to each kind of line of a document, scored over the whole document.

Labels and sections say what they are. What is left, headings and numbered lines without a label, gets levels together:
all ways to give the kinds levels that never go up while their look gets weaker are scored for nesting (what a kind
contains must be deeper, what contains it shallower), continuity of numbers, leaves, and cues; the best one wins and
its margin to the second best is the confidence.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.bands import Unrolled, unroll
from pipeline.extract.commitments import are_commitments, states_commitments
from pipeline.extract.sections import (
    APART,
    Flow,
    announced_in_text,
    governed_indexes,
    heads_level,
    is_labelled,
    names_element,
    outside_ranges,
    section_end,
)
from pipeline.extract.sheet_tables import Sheet
from pipeline.extract.sheets import Node
from pipeline.extract.signatures import BodyStyle, Line, as_text, dotted_code, letter_of_label
from pipeline.extract.tables import Grid, leaf_level, reference_columns, top_level
from pipeline.extract.tiles import Tile
from pipeline.extract.unmarked import recurs_alone, says_something
from pipeline.extract.words import is_worded
from pipeline.model import LEVEL_DEPTH, Layout, Level, Rule
from pipeline.text import fold
from pipeline.values import is_status_word
from pipeline.vocabulary import (
    begins_with_verb,
    code_key,
    is_exact_label,
    is_vision_title,
    looks_strategic,
    match_number,
    names_chapter,
    names_theme,
    plan_evidence,
    roman_value,
    split_inline_fields,
    split_title_fields,
)

#: What an unlabelled kind may become, by depth; "skip" closes what stands above and is no element.
_CANDIDATES = (Level.ENJEU, Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION, Level.SOUS_ACTION)
SKIP = "skip"
#: The kinds of dotted numbers, and the place in a kind.
_DOTTED_KIND = re.compile(r"number [1A]\.\S+ ")
_PLACE = re.compile(r" (?:indent|depth) \d+$")
#: The shape of number that a level mostly has where no label tells, and what it is worth for a kind to have it.
_SHAPES = {
    Level.OBJECTIF_STRATEGIQUE: "number 1 ",
    Level.OBJECTIF_OPERATIONNEL: "number 1.1 ",
    Level.ACTION: "number 1.1.1 ",
    Level.SOUS_ACTION: "number 1.1.1.1 ",
}
SHAPED = 0.15
#: The shape of number («a)») that items of a list mostly have, and what it is worth for actions with nothing below.
_LISTED_SHAPE, LISTED = "number a ", 0.3
#: The continuity of one number that stands several times.
LONE_CODE = 0.5
#: What fields at the end of its titles are worth for a kind, with what stands below it or without.
FIELDED = {Level.ACTION: 0.8, Level.SOUS_ACTION: 0.2}
#: What dates and states right below its titles are worth for a kind: they follow actions up.
FOLLOWED = {Level.ACTION: 0.6, Level.SOUS_ACTION: 0.2}
_FOLLOWING = frozenset(("start", "end", "planning", "status", "progress"))
#: What it is worth that a sentence announces as many elements of a level as a kind has.
ANNOUNCED = 2.5
#: Confidence of what rests on looks alone, and of what is printed.
_SET_APART, _PRINTED = 0.8, 0.97
#: What stands below a heading, beside labels, sections and kinds of lines.
_TABLE_ROWS, _ITEMS, _SHEET = "rows", "items", "sheet"
#: Share of headings that ask: such are no pillars of a vision.
_ASKING = 0.5
#: The number of assignments grows fast with the kinds; more than these many are chapters and captions.
MAXIMUM_KINDS = 6
#: What all titles of a kind have in common but this share of them.
SOME = 0.2
#: A vision text says so in its first lines.
VISION_TITLE_LINES = 8
#: So many numbers of three parts («1.1.1») are the tree of a plan.
MINIMUM_DEEP = 3
MAXIMUM_EXAMPLE_CHARACTERS = 80
#: Headings as many as this, most of them with a field right below, may be elements.
TOLD_SHARE, MINIMUM_TOLD = 0.6, 3


@dataclass(slots=True)
class Kind:
    """What is known of one kind of line over the whole document."""

    name: str
    lines: list[Line] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)  # where the lines stand in the flow
    titles: list[str] = field(default_factory=list)  # of the lines, their own or the one below
    rank: float = 0.0
    contains: Counter[str] = field(default_factory=Counter)  # what stands below, in how many instances
    inside: Counter[str] = field(default_factory=Counter)  # what stands directly above
    leaves: int = 0  # instances with nothing below
    holders: int = 0  # instances with something below that is more than a list
    named_holders: int = 0  # instances with labels, tables or headed sections below
    groups: Counter[Level] = field(default_factory=Counter)  # sections grouped by the numbers of this kind
    continuity: float = 0.0  # share of numbers that follow the one before
    strategic: float = 0.0  # share of titles with the cue of an objectif strategique
    verbal: float = 0.0  # share of titles that begin with an infinitive
    themes: float = 0.0  # share of titles that are a few words without a verb first
    asking: float = 0.0  # share of titles that ask or exclaim
    quoted: float = 0.0  # share of titles that are a quotation as a whole
    told: float = 0.0  # share of instances with a field or a value right below
    fielded: float = 0.0  # share of titles that end with fields («... (Délai : 2027)»)
    followed: float = 0.0  # share of instances with a date or a state right below
    chapters: float = 0.0  # share of titles that only say what a chapter holds
    apart: float = 0.0  # share of its numbers that foreword, method or annexes have, set as it is
    extends: Counter[str] = field(default_factory=Counter)  # what has the number that those of this kind begin with
    twins: Counter[Level] = field(default_factory=Counter)  # titles that stand elsewhere with the label of a level

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def worded(self) -> bool:
        """Tell whether its headings all begin with one word of the author's («Chantier : ...»)."""
        return is_worded(self.name)

    @property
    def numbered(self) -> bool:
        return self.name.startswith("number")

    @property
    def parents(self) -> int:
        """Instances that contain something."""
        return self.count - self.leaves

    @property
    def in_labels(self) -> bool:
        """Tell whether the kind ever stands in a labelled element."""
        return any(name.startswith("label ") for name in self.inside)


# ------------------------------------------------------------------------------------------- what stands in what


def _is_structure(line: Line) -> bool:
    return line.kind.startswith(("heading", "number"))


def _effective_rank(line: Line) -> float:
    """Rank with the depth of the number as a tie-break: «1.» stands above «1.1» set alike."""
    if line.number is None:
        return line.rank
    return line.rank - 0.2 * line.number.shape.count(".") - (0.1 if line.number.shape in ("1)", "a") else 0.0)


def _name(node: Node) -> str | None:
    """What a node counts as when it stands below a heading; None when it is text."""
    if isinstance(node, Tile):
        return None
    if isinstance(node, Grid):
        if reference_columns(node):
            return None  # its rows say themselves what they stand in
        top = top_level(node)
        return _TABLE_ROWS if top is None or top is Level.ACTION else f"label {top.value}"
    if isinstance(node, Sheet):
        return _SHEET if names_element(node) else None  # else the fields of the element above
    if node.furniture:
        return None
    if node.label is not None:
        nests = node.label.level in LEVEL_DEPTH  # a constat or an ambition under an OS does not
        return f"label {node.label.level.value}" if nests and is_labelled(node) else None
    if node.section is not None:
        return node.kind if heads_level(node) else None
    if _is_structure(node):
        return node.kind
    return _ITEMS if node.bullet and not split_inline_fields(node.text) else None


def _title_indexes(flow: Flow) -> set[int]:
    """Indexes of lines that are the title of a label or number alone on the line before."""
    out: set[int] = set()
    waiting = False
    for index, node in enumerate(flow):
        if not isinstance(node, Line):
            waiting = False
        elif not node.furniture:
            plain = node.label is None and node.number is None and node.section is None and not node.bullet
            if waiting and plain:
                out.add(index)
            number = node.number
            numbered = (node.label is not None and node.label.code) or (
                number is not None and (node.rank > 0 or "." in number.shape)
            )
            waiting = not node.title and bool(numbered)
    return out


def _title_below(flow: Flow, index: int, titles: set[int]) -> Line | None:
    """The title of a label or number alone at `index`, None when it has its own or none."""
    node = flow[index]
    if not isinstance(node, Line) or node.title:
        return None
    found = next((flow[i] for i in range(index + 1, min(index + 3, len(flow))) if i in titles), None)
    return found if isinstance(found, Line) else None


@dataclass(frozen=True, slots=True)
class _Standing:
    """How one node of the flow stands to headings: what it counts as below one, and how strongly it is set."""

    name: str | None
    rank: float
    opens: bool  # a heading, a numbered line, a label or a section: it may end what stands above
    parent: bool  # it may be what something stands in


def _standings(flow: Flow, titles: set[int]) -> list[_Standing]:
    """Read every node once; a label alone on its line is set as strongly as the title below it."""
    out: list[_Standing] = []
    for index, node in enumerate(flow):
        if not isinstance(node, Line) or node.furniture or index in titles:
            out.append(_Standing(_name(node) if not isinstance(node, Line) else None, 0.0, False, False))
            continue
        rank = _effective_rank(node)
        title = _title_below(flow, index, titles)
        if title is not None:
            rank = max(rank, title.rank)
        labelled = node.label is not None and is_labelled(node) and node.label.level in LEVEL_DEPTH
        opens = _is_structure(node) or node.section is not None or node.label is not None
        out.append(_Standing(_name(node), rank, opens, labelled or _is_structure(node) or heads_level(node)))
    return out


def _collect(unrolled: Unrolled) -> dict[str, Kind]:
    """Gather the kinds and what stands below and above each instance."""
    flow = unrolled.flow
    titles = _title_indexes(flow)
    outside = ((outside_ranges(flow) | governed_indexes(flow)) - unrolled.banded) | titles
    standings = _standings(flow, titles)
    kinds: dict[str, Kind] = {}
    for index, node in enumerate(flow):
        if isinstance(node, Line) and not node.furniture and index not in outside and _is_structure(node):
            kind = kinds.setdefault(node.kind, Kind(node.kind))
            kind.lines.append(node)
            kind.indexes.append(index)
            below = _title_below(flow, index, titles)
            kind.titles.append(node.title if below is None else below.title)
            kind.rank = max(kind.rank, standings[index].rank)
    kinds = {name: kind for name, kind in kinds.items() if not _are_labels(kind) and not _announces(kind)}
    notations = {fold(n.title): n.label.level for n in flow if isinstance(n, Line) and n.label is not None and n.title}
    for kind in kinds.values():
        for index in kind.indexes:
            _note_parent(kind, flow, standings, index)
    _note_all_contents(kinds, flow, standings)
    for kind in kinds.values():
        codes = [dotted_code(line.number) for line in kind.lines if line.number is not None]
        kind.continuity = _continuity(codes) if len(codes) == kind.count else 0.0
        kind.told = sum(_is_told(flow, index) for index in kind.indexes) / kind.count
        kind.followed = sum(_is_followed(flow, index) for index in kind.indexes) / kind.count
        kind.fielded = sum(bool(split_title_fields(title)[1]) for title in kind.titles) / kind.count
        kind.strategic = sum(map(looks_strategic, kind.titles)) / kind.count
        kind.asking = sum(line.text.rstrip().endswith(("?", "!")) for line in kind.lines) / kind.count
        kind.quoted = sum(_is_quoted(line.text.strip()) for line in kind.lines) / kind.count
        kind.verbal = sum(map(begins_with_verb, kind.titles)) / kind.count
        kind.themes = sum(map(names_theme, kind.titles)) / kind.count
        kind.chapters = sum(map(names_chapter, kind.titles)) / kind.count
        kind.apart = _share_apart(kind, flow)
        kind.twins.update(notations[folded] for title in kind.titles if (folded := fold(title)) in notations)
    _note_groups(flow, kinds)
    _note_prefixes(flow, kinds)
    return kinds


def _is_quoted(text: str) -> bool:
    """Tell whether a text is a quotation from its beginning to its end."""
    return text[:1] in ("\u00ab", "\u201c", '"') and text.rstrip(" .")[-1:] in ("\u00bb", "\u201d", '"')


def _are_labels(kind: Kind) -> bool:
    """Tell whether most lines of a kind are labels of fields («Porteur de projet», above its value)."""
    named = sum(is_exact_label(line.text.rstrip(" :?")) or is_status_word(line.text) for line in kind.lines)
    return named >= 0.5 * kind.count


def _announces(kind: Kind) -> bool:
    """Tell whether the headings of a kind all say the same («Ce que nous ferons»): they name no element."""
    return not kind.numbered and recurs_alone(kind.lines)


def _is_told(flow: Flow, index: int) -> bool:
    """Tell whether a field, or a value without a label, stands right below the line at `index`; signs do not count."""
    for position in range(index + 1, len(flow)):
        node = flow[position]
        if not isinstance(node, Line):
            return isinstance(node, Sheet) and not names_element(node)
        if not node.furniture and any(map(str.isalnum, node.text)):
            return says_something(node)
    return False


def _is_followed(flow: Flow, index: int) -> bool:
    """Tell whether one of the lines of fields right below the line at `index` is a date or a state."""
    for position in range(index + 1, len(flow)):
        node = flow[position]
        fields = split_inline_fields(node.text) if isinstance(node, Line) else []
        if any(field in _FOLLOWING and value for field, _, value in fields):
            return True
        if not fields and not (isinstance(node, Line) and node.furniture):
            return False
    return False


def _share_apart(kind: Kind, flow: Flow) -> float:
    """The share of the numbers of a kind that chapters outside the plan have («A. Cadre légal», «B. Méthode»)."""
    if not kind.numbered:
        return 0.0
    chapters = 0
    for node in flow:
        if isinstance(node, Line) and node.section is not None and node.section.concept in APART and not node.furniture:
            number = match_number(node.text, heading=node.rank > 0)
            alike = number is not None and kind.name.startswith(f"number {number.shape} ")
            chapters += alike and abs(node.rank - kind.rank) < 0.5
    return chapters / (chapters + kind.count)


def _outermost_label(flow: Flow, standings: Sequence[_Standing]) -> str:
    """The name of the outermost labels, where they are set more strongly than all below; "" where looks say nothing."""
    ranks: dict[Level, list[float]] = defaultdict(list)
    for node, stands in zip(flow, standings, strict=True):
        if isinstance(node, Line) and node.label is not None and (stands.name or "").startswith("label "):
            ranks[node.label.level].append(stands.rank)
    common = sorted(
        (LEVEL_DEPTH[level], sorted(found)[len(found) // 2], level) for level, found in ranks.items() if len(found) > 1
    )
    graded = len(common) > 1 and all(rank < common[0][1] for _, rank, _ in common[1:])
    return f"label {common[0][2].value}" if graded else ""


def _note_all_contents(kinds: Mapping[str, Kind], flow: Flow, standings: Sequence[_Standing]) -> None:
    """Note what stands below the instances of all kinds; those that stand in labels last, as what holds these ends it.

    What holds a label each time does not stand in the one before.
    """
    peer = _outermost_label(flow, standings)
    around = {name: _labels_around(kind, standings) for name, kind in kinds.items()}
    for name, kind in sorted(kinds.items(), key=lambda entry: len(around[entry[0]])):
        closing = around[name]
        for other in kinds.values() if closing else ():
            if not around[other.name] and any(other.contains[label] == other.count for label in around[name]):
                closing |= {other.name}
        for index, stop in zip(kind.indexes, [*kind.indexes[1:], len(flow)], strict=True):
            _note_contents(kind, flow, standings, index, stop, peer, closing)
        for label, times in kind.contains.items() if kind.numbered and not around[name] else ():
            if label.startswith("label ") and times == kind.count > 1:
                del kind.inside[label]


def _labels_around(kind: Kind, standings: Sequence[_Standing]) -> frozenset[str]:
    """The name of the labels in which all numbers of a kind stand, and of those above: the next one ends what is below.

    They are set no weaker, and are no more than the numbers. Empty where there are none.
    """
    name, times = kind.inside.most_common(1)[0] if kind.inside else ("", 0)
    if not kind.numbered or times < kind.count or not name.startswith("label "):
        return frozenset()
    ranks = [stands.rank for stands in standings if stands.name == name]
    if len(ranks) > kind.count or min(ranks) < kind.rank:
        return frozenset()
    depth = LEVEL_DEPTH[Level(name.removeprefix("label "))]
    return frozenset(f"label {level.value}" for level, other in LEVEL_DEPTH.items() if other <= depth)


def _note_contents(
    kind: Kind,
    flow: Flow,
    standings: Sequence[_Standing],
    index: int,
    stop: int,
    peer: str,
    closing: frozenset[str],
) -> None:
    """Note what stands below the instance at `index`, up to a stronger heading, a chapter apart, or its next one.

    A heading without a number ends at a label of the name `peer` that is set as it is: they stand side by side. Labels
    of the names `closing` end it too.
    """
    below: set[str] = set()
    for other in range(index + 1, stop):
        stands, node = standings[other], flow[other]
        if stands.name in closing:
            break
        if stands.opens and stands.rank > kind.rank + 0.01:
            break
        if not kind.numbered and stands.name == peer and stands.rank > kind.rank - 0.01:
            break
        apart = isinstance(node, Line) and node.section is not None and node.section.concept in APART
        if apart and isinstance(node, Line) and node.rank >= kind.rank:
            break
        if stands.name is not None and stands.name != kind.name:
            below.add(stands.name)
    kind.contains.update(sorted(below))  # in one order: sums of scores must not depend on it
    kind.leaves += not below
    kind.holders += bool(below - {_ITEMS})
    kind.named_holders += any(not name.startswith(("heading", _ITEMS)) for name in below)


def _note_parent(kind: Kind, flow: Flow, standings: Sequence[_Standing], index: int) -> None:
    """Note what the instance at `index` stands in: the nearest label or stronger heading above."""
    for above in range(index - 1, -1, -1):
        stands, node = standings[above], flow[above]
        if not stands.parent or not isinstance(node, Line):
            continue
        headed = node.section is not None and stands.rank >= kind.rank
        if node.label is not None or headed or stands.rank > kind.rank + 0.01:
            kind.inside[stands.name or ""] += 1
            return


def _note_groups(flow: Flow, kinds: Mapping[str, Kind]) -> None:
    """Find the sections whose paragraphs are grouped by the numbers of a kind above («01», then several objectifs)."""
    for index, node in enumerate(flow):
        if not isinstance(node, Line) or node.section is None or not heads_level(node):
            continue
        inside = [n for n in flow[index + 1 : section_end(flow, index)] if isinstance(n, Line) and not n.furniture]
        codes = {n.number.code.lstrip("0") for n in inside if n.number is not None}
        if not codes or all(n.number is not None for n in inside):
            continue
        for kind in kinds.values():
            if codes <= _last_run(kind, index):
                kind.groups[Level(node.section.concept)] += 1


def _note_prefixes(flow: Flow, kinds: Mapping[str, Kind]) -> None:
    """Note for each number what stands above with the number that it extends: «1.1.2» extends that of «OO 1.1»."""
    holders: dict[str, str] = {}  # by the key of a number: what has it, the last one read
    for index, node in enumerate(flow):
        if not isinstance(node, Line) or node.furniture:
            continue
        key = _number_key(node)
        kind = kinds.get(node.kind)
        if kind is not None and "." in key and index in kind.indexes:
            holder = holders.get(key.rpartition(".")[0])
            if holder is not None and holder != kind.name:
                kind.extends[holder] += 1
        if key:
            holders[key] = _name(node) or ""


def _number_key(line: Line) -> str:
    """The parts of the number of a line («1.2», «A.1» for A1), those of its label without its letters."""
    if line.number is not None and line.number.shape.startswith("A"):
        return dotted_code(line.number)
    letter = letter_of_label(line.label)
    if letter:
        return letter
    code = line.label.code if line.label is not None else line.number.code if line.number is not None else ""
    if re.fullmatch(r"[A-Z](?:\.\d{1,3})*", code):
        return code
    return code_key(code) if any(c.isdigit() for c in code) else ""


def _last_run(kind: Kind, before: int) -> set[str]:
    """The codes of a kind that stand before an index of the flow, back to the last «1»."""
    run: set[str] = set()
    for index, line in zip(reversed(kind.indexes), reversed(kind.lines), strict=True):
        if index >= before or line.number is None:
            continue
        code = line.number.code.lstrip("0")
        run.add(code)
        if code == "1":
            break
    return run


def _continuity(codes: Sequence[str]) -> float:
    """Share of codes that follow the one before: last part one more, or back to one."""
    repeated = len(codes) > 1
    codes = [code for code, _ in itertools.groupby(codes)]  # a sheet a page repeats its parents
    if len(codes) < 2:
        return LONE_CODE if repeated else 0.0

    roman = all(re.fullmatch("[IVX]+", code) for code in codes)

    def last(code: str) -> int | None:
        tail = re.sub(r"^[A-Z]+(?=\d)", "", code.split(".")[-1])
        if roman:
            return roman_value(tail)
        if tail.isdigit():
            return int(tail)
        return ord(tail) - ord("A") + 1 if len(tail) == 1 and tail.isalpha() else None

    values = [last(c) for c in codes]
    good = sum(b is not None and (b == 1 or (a is not None and b == a + 1)) for a, b in itertools.pairwise(values))
    return good / (len(codes) - 1)


# --------------------------------------------------------------------------------------------------------- scores


@dataclass(frozen=True, slots=True)
class _Printed:
    """What a document says of its levels without inference."""

    labelled: frozenset[Level]  # levels with labels, or columns of tables
    headed: frozenset[Level]  # levels with headings of lists
    rows_depth: int  # depth of rows of tables and items of lists
    announced: Mapping[Level, int] = field(default_factory=dict)  # how many of a level a sentence announces


@dataclass(frozen=True, slots=True)
class _Trial:
    """One assignment of levels to kinds, in the order of the kinds."""

    printed: _Printed
    levels: Mapping[str, Level | None]  # by name of kind
    given: tuple[Level, ...]
    present: frozenset[Level]

    def depth_of(self, name: str, items_depth: int) -> int | None:
        """Depth of what a name stands for; None when it is no element."""
        if name.startswith(("label ", "section ")):
            return LEVEL_DEPTH.get(Level(name.split(" ", 1)[1]))
        if name in (_ITEMS, _TABLE_ROWS, _SHEET):
            return items_depth
        level = self.levels.get(name)
        return LEVEL_DEPTH[level] if level is not None else None


def _assignments(kinds: Sequence[Kind]) -> Iterator[tuple[Level | None, ...]]:
    """All ways to give levels to kinds (strongest look first) such that depth never decreases; None is skip."""

    def extend(prefix: tuple[Level | None, ...], depth: int) -> Iterator[tuple[Level | None, ...]]:
        if len(prefix) == len(kinds):
            yield prefix
            return
        yield from extend((*prefix, None), depth)
        for level in _CANDIDATES:
            if LEVEL_DEPTH[level] >= depth:
                yield from extend((*prefix, level), LEVEL_DEPTH[level])

    yield from extend((), 0)


def _score(kinds: Sequence[Kind], assignment: Sequence[Level | None], printed: _Printed) -> float:
    """Score one assignment over the whole document; higher is better."""
    given = tuple(level for level in assignment if level is not None)
    trial = _Trial(
        printed,
        {kind.name: level for kind, level in zip(kinds, assignment, strict=True)},
        given,
        frozenset((*given, *printed.labelled, *printed.headed)),
    )
    total = 0.0
    for kind, level in zip(kinds, assignment, strict=True):
        if level is None:
            total += _score_skipped(kind, trial)
        else:
            total += _score_place(kind, level, trial)
            total += _score_contents(kind, level, trial)
            total += _score_parents(kind, level, trial)
            total += _score_prefixes(kind, level, trial)
            total += _score_leaves(kind, level, trial)
            total += _score_words(kind, level, trial)
    return total + _score_whole(kinds, assignment, trial)


def _score_skipped(kind: Kind, trial: _Trial) -> float:
    """What it costs to leave a kind out: what it would explain."""
    score = 0.0
    rows_depth = trial.printed.rows_depth
    holds = any(c not in (_ITEMS, _SHEET) and trial.depth_of(c, rows_depth) is not None for c in kind.contains)
    if holds and kind.parents >= 2:
        score -= 0.6 * kind.parents / kind.count
    anchored = kind.in_labels or not trial.printed.labelled or kind.named_holders >= 2
    if kind.continuity > 0.6 and kind.count >= 2 and anchored:
        score -= 1.0
    return score - 0.8 * kind.strategic


def _score_place(kind: Kind, level: Level, trial: _Trial) -> float:
    """How far a kind may be a level at all: numbered, often, below a shallower one."""
    labelled = trial.printed.labelled
    score = -0.45
    if kind.numbered:
        score = 0.2 if kind.continuity > 0.6 else -0.6
    structural = sum(kind.contains.values()) > kind.contains[_ITEMS]
    holders = kind.named_holders if labelled else kind.holders
    if kind.count < 2:
        score -= 1.5
    elif holders == 1 and structural and (labelled or not kind.numbered) and not _is_headed(kind, level):
        score -= 1.5 if kind.numbered else 2.5  # a title of a document, or its last chapter, holds all that follows
    shallower = any(LEVEL_DEPTH.get(p, 9) < LEVEL_DEPTH[level] for p in trial.present)
    if level is Level.ACTION and not shallower:
        score -= 0.7 if kind.numbered else 1.0
    if kind.numbered and len(labelled) >= 2 and not kind.in_labels and not kind.named_holders:
        score -= 1.0  # numbered chapters that stand in no labelled element and hold none
    if level is Level.SOUS_ACTION and Level.ACTION not in trial.present:
        score -= 1.5
    return score


def _is_headed(kind: Kind, level: Level) -> bool:
    """Tell whether nearly all instances of a kind stand in sections of a level («Nos actions»)."""
    return kind.inside[f"section {level.value}"] >= (1 - SOME) * kind.count


def _score_contents(kind: Kind, level: Level, trial: _Trial) -> float:
    """What a kind contains must be deeper."""
    depth, rows_depth = LEVEL_DEPTH[level], trial.printed.rows_depth
    alone = not kind.numbered and (kind.named_holders if trial.printed.labelled else kind.holders) == 1 < kind.count
    # headings of chapters that hold nothing say nothing of those that do
    weight = kind.count if kind.numbered else max(kind.parents, 1)
    score = 0.0
    for name, times in kind.contains.items():
        below = trial.depth_of(name, max(rows_depth, depth + 1) if name == _ITEMS else rows_depth)
        if below is None:
            continue
        score += (times / weight) * (-2.0 if below <= depth else 0.0 if alone else 0.8)
        if below - depth > 2:
            score -= 0.25 * times / weight
    return score


def _score_parents(kind: Kind, level: Level, trial: _Trial) -> float:
    """What contains a kind must be shallower; a section of a level holds that level."""
    depth = LEVEL_DEPTH[level]
    everywhere = sum(kind.inside.values())
    score = 0.0
    for name, times in kind.inside.items():
        above = trial.depth_of(name, trial.printed.rows_depth)
        if above is None:
            continue
        if name.startswith("section "):
            score += (times / everywhere) * (0.6 if above == depth else -0.4 if above > depth else 0.0)
        else:
            score += (times / everywhere) * (0.5 if above < depth else -1.5)
    return score


def _score_prefixes(kind: Kind, level: Level, trial: _Trial) -> float:
    """What has the number that those of a kind extend must be shallower."""
    score = 0.0
    for name, times in kind.extends.items():
        above = trial.depth_of(name, trial.printed.rows_depth)
        if above is not None:
            step = LEVEL_DEPTH[level] - above
            score += (times / kind.count) * (1.3 if step == 1 else 1.0 if step > 0 else -2.5)
    return score


#: What a level is worth for a kind with nothing below, and for one with nothing but lists below.
_OVER_NOTHING = {Level.ACTION: 0.7, Level.SOUS_ACTION: 0.15, Level.OBJECTIF_OPERATIONNEL: 0.25}
_OVER_LISTS = {
    Level.OBJECTIF_OPERATIONNEL: 0.5,
    Level.OBJECTIF_STRATEGIQUE: 0.35,
    Level.ACTION: 0.1,
    Level.ENJEU: 0.2,
}


def _score_leaves(kind: Kind, level: Level, trial: _Trial) -> float:
    """What stands over nothing or lists is low in the tree; unnumbered headings over little are chapters of a text."""
    printed = trial.printed
    mostly_empty = kind.parents < 0.6 * kind.count
    only_lists = bool(kind.contains[_ITEMS]) and sum(kind.contains.values()) == kind.contains[_ITEMS]
    score = 0.0
    if kind.parents == 0:
        score += _OVER_NOTHING.get(level, -0.5)
        if kind.name.startswith(_LISTED_SHAPE) and level in (Level.ACTION, Level.SOUS_ACTION):
            score += LISTED
        if kind.worded and level is Level.ACTION:
            score += LISTED
        if not kind.numbered and not printed.labelled and not printed.headed and len(trial.given) < 2:
            score -= 1.0  # unnumbered headings over nothing, and nothing above: chapters of a text
    elif only_lists:
        score += _OVER_LISTS.get(level, -0.3)
        if not kind.numbered and mostly_empty:
            score -= 0.8
    heads_sections = any(
        times >= 2 and name.startswith("section ") and trial.depth_of(name, printed.rows_depth) is not None
        for name, times in kind.contains.items()
    )
    anchored = kind.numbered or printed.labelled or heads_sections or kind.strategic >= 0.3
    if mostly_empty and not anchored and level is not Level.ACTION:
        score -= 1.5  # chapters of a text: some of them happen to hold a list
    return score


def _score_words(kind: Kind, level: Level, trial: _Trial) -> float:
    """What the words say: groups by numbers, questions, chapters, the cue of an OS, a title with a label elsewhere."""
    depth = LEVEL_DEPTH[level]
    score = 0.0
    for grouped, times in kind.groups.items():
        if times >= 2 and grouped in LEVEL_DEPTH:
            step = LEVEL_DEPTH[grouped] - depth
            score += 1.2 if step == 1 else 0.4 if step > 0 else -2.0
    announced = trial.printed.announced.get(level)
    if announced is not None and announced in (kind.count, len(set(map(fold, kind.titles)))):
        score += ANNOUNCED
    if level in _SHAPES and kind.name.startswith(_SHAPES[level]):
        score += SHAPED
    score += kind.told * kind.leaves / kind.count * {Level.ACTION: 1.2, Level.SOUS_ACTION: 0.4}.get(level, -0.2)
    score += kind.fielded * FIELDED.get(level, -0.3)
    score += kind.followed * FOLLOWED.get(level, -0.2)
    score -= 1.5 * kind.asking  # elements of a plan state, they do not ask
    score -= 2.5 * kind.chapters + 2.0 * kind.apart + 4.0 * kind.quoted
    if level is Level.ENJEU:
        lettered = kind.numbered and not kind.name.startswith("number 1")  # «1», «1.1», «1.1.1»: OS, OO, action
        score += 1.0 * (lettered and kind.themes >= 1 - SOME) - 0.8 * (kind.verbal >= 1 - SOME)
    score += kind.strategic * {Level.OBJECTIF_STRATEGIQUE: 1.6, Level.ENJEU: 0.7}.get(level, -0.4)
    twins = sum(kind.twins.values())
    if twins >= 2 and twins >= 0.5 * kind.count:
        score += 2.0 if kind.twins[level] == twins else -1.5  # one element in two notations
    elif level in trial.printed.labelled:
        score -= 0.7  # the document labels this level: lines of it without label are unlikely
    return score


def _score_whole(kinds: Sequence[Kind], assignment: Sequence[Level | None], trial: _Trial) -> float:
    """What the levels together cost: two kinds at one level, gaps between levels, levels without the one above."""
    score = 0.0
    for level in _CANDIDATES:
        same = [kind for kind, other in zip(kinds, assignment, strict=True) if other is level]
        if len(same) > 1:
            nested = any(b.name in a.contains for a in same for b in same if a is not b)
            score -= 2.0 if nested else 0.3
    depths = {LEVEL_DEPTH[level] for level in trial.present if level in LEVEL_DEPTH}
    if any(kind.contains[_TABLE_ROWS] or kind.contains[_ITEMS] for kind in kinds):
        depths.add(trial.printed.rows_depth)
    score -= 0.3 * sum(b - a - 1 for a, b in itertools.pairwise(sorted(depths)))
    if Level.OBJECTIF_STRATEGIQUE not in trial.present:
        score -= 0.5 * (Level.ENJEU in trial.given) + 0.6 * (Level.OBJECTIF_OPERATIONNEL in trial.given)
    return score


# -------------------------------------------------------------------------------------------------------- layouts


def infer_layout(source: str, flow: Flow, body: BodyStyle) -> Layout:
    """Infer what each kind of line of a document is; the result is evidence as much as decision."""
    unrolled = unroll(flow, body)
    kinds = _collect(unrolled)
    rules = _vision_rules(unrolled.flow, kinds) if is_vision(flow) else _plan_rules(unrolled.flow, kinds)
    return Layout(source=source, rules=tuple(sorted((*rules, *_printed_rules(unrolled.flow)), key=lambda r: r.kind)))


def infer_without_chapters(source: str, flow: Flow, body: BodyStyle, layout: Layout) -> Layout | None:
    """Infer a layout by which no heading («Annexe», «Mode d'emploi») opens a chapter apart; None when none does.

    `layout` is the one by which some do: its rules for them become rules for text.
    """
    apart = [isinstance(n, Line) and n.section is not None and n.section.concept in APART for n in flow]
    if not any(apart):
        return None
    opened = [as_text(n) if isinstance(n, Line) and is_apart else n for n, is_apart in zip(flow, apart, strict=True)]
    kinds = {f"section {concept}" for concept in APART}
    texts = [
        replace(rule, becomes="text", reason="no plan is read otherwise") for rule in layout.rules if rule.kind in kinds
    ]
    inferred = infer_layout(source, opened, body)
    return replace(inferred, rules=tuple(sorted((*inferred.rules, *texts), key=lambda rule: rule.kind)))


def _vision_rules(flow: Flow, kinds: Mapping[str, Kind]) -> list[Rule]:
    """Rules of a vision text: its repeated headings are pillars, with numbers where something stands below them.

    No others are where it labels its pillars («Défi 1»), nor are those of which half or more ask.
    """
    rules = []
    labels_pillars = Level.ENJEU in _read_printed(flow).labelled
    for kind in kinds.values():
        pillar = kind.count >= 2 and (not kind.numbered or (kind.rank > 0 and kind.parents == kind.count))
        pillar = pillar and not labels_pillars and kind.asking < _ASKING
        commits = kind.count >= 2 and are_commitments(kind.titles)
        level = Level.ENGAGEMENT if commits else Level.ENJEU if pillar else SKIP
        rules.append(_rule(kind, level, _SET_APART, SKIP, "vision"))
    return rules


def _plan_rules(flow: Flow, kinds: Mapping[str, Kind]) -> list[Rule]:
    """Rules of a plan: the best assignment, what the rest cannot be."""
    printed = _read_printed(flow)
    likely = [k for k in kinds.values() if _may_be_level(k, printed.labelled)]
    likely = sorted(likely, key=lambda k: (-_weight(k), -k.rank, k.indexes[0]))[:MAXIMUM_KINDS]
    ranked = sorted(likely, key=lambda k: (-k.rank, k.indexes[0]))
    scored = [(_score(ranked, assignment, printed), assignment) for assignment in _assignments(ranked)]
    scored.sort(key=lambda s: -s[0])  # stable: of equal scores the first assignment wins
    best, levels = scored[0]
    rules: list[Rule] = []
    for position, kind in enumerate(ranked):
        level = levels[position]
        rival = next((s for s in scored if s[1][position] != level), None)
        margin = best - rival[0] if rival is not None else 2.0
        second = (rival[1][position] or SKIP) if rival is not None else ""
        reason = f"score {best:.2f}, margin {margin:.2f}"
        rules.append(_rule(kind, level or SKIP, _confidence(margin), second, reason))
    named = {kind.name for kind in ranked}
    rest = [kind for kind in kinds.values() if kind.name not in named]
    return _like_others(
        rules + [_rule(kind, SKIP, _SET_APART, "", "too few or too weak to be a level") for kind in rest]
    )


def _like_others(rules: Sequence[Rule]) -> list[Rule]:
    """Give kinds of dotted numbers that are no level the one of those that differ by nothing but their place."""
    levels: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        levels[_PLACE.sub("", rule.kind)].add(rule.becomes)
    out = []
    for rule in rules:
        like = levels[_PLACE.sub("", rule.kind)] - {SKIP}
        if rule.becomes == SKIP and _DOTTED_KIND.match(rule.kind) and len(like) == 1:
            rule = replace(rule, becomes=like.pop(), reason="as others of its shape")
        out.append(rule)
    return out


def _read_printed(flow: Flow) -> _Printed:
    """Read off the levels that labels, tables and headings of lists give."""
    labels: Counter[Level] = Counter()
    for node in flow:
        if isinstance(node, Line) and not node.furniture and node.label is not None and is_labelled(node):
            labels[node.label.level] += 1
        elif isinstance(node, Grid) and (level := leaf_level(node)) is not None:
            labels[level] += 1
    labelled = frozenset(level for level, count in labels.items() if count >= 2 and level in LEVEL_DEPTH)
    headed = {
        Level(n.section.concept) for n in flow if isinstance(n, Line) and n.section is not None and heads_level(n)
    }
    below_actions = Level.ACTION in labelled and not any(isinstance(n, Grid) for n in flow)
    rows = Level.SOUS_ACTION if below_actions else Level.ACTION
    announced = {level: count for level, (count, _) in announced_in_text(flow).items()}
    return _Printed(labelled, frozenset(headed & set(LEVEL_DEPTH)), LEVEL_DEPTH[rows], announced)


def _weight(kind: Kind) -> float:
    return kind.count * (1.0 + kind.continuity) + 3.0 * sum(n for name, n in kind.contains.items() if name != _ITEMS)


def _may_be_level(kind: Kind, labelled: frozenset[Level]) -> bool:
    """Keep the kinds that can be a level: at least twice, and numbered, or with something below, or cued.

    In a document that labels its levels, headings over text may still be the level below the deepest label: all but
    always directly under it, or under «Actions», and each with words of its own.
    """
    if kind.count < 2:
        return False
    if kind.numbered:
        return kind.continuity >= 0.4
    if kind.worded:
        return True
    if labelled and not any(not name.startswith(("heading", _ITEMS)) for name in kind.contains):
        if kind.told >= TOLD_SHARE and kind.count >= MINIMUM_TOLD:
            return True
        titles = set(map(fold, kind.titles))
        name, times = kind.inside.most_common(1)[0] if kind.inside else ("", 0)
        above = Level(name.removeprefix("label ")) if name.startswith("label ") else None
        deepest = max((LEVEL_DEPTH[level] for level in labelled), default=0)
        below = above in LEVEL_DEPTH and LEVEL_DEPTH[above] == deepest < LEVEL_DEPTH[Level.ACTION]
        listed = name == f"section {Level.ACTION.value}"
        own = len(titles) >= 0.7 * kind.count and kind.count >= 3 and times >= 0.8 * kind.count
        return kind.strategic > 0.3 or ((below or listed) and own)
    return True


def _confidence(margin: float) -> float:
    return round(max(0.4, min(0.95, 0.6 + 0.25 * margin)), 2)


def _rule(kind: Kind, becomes: str, confidence: float, second: str, reason: str) -> Rule:
    example = kind.lines[0].text[:MAXIMUM_EXAMPLE_CHARACTERS]
    return Rule(kind.name, str(becomes), kind.count, _pages(kind.lines), example, confidence, str(second), reason)


def _pages(lines: Sequence[Line]) -> str:
    """The pages of lines as runs: «1-3, 5»."""
    runs: list[list[int]] = []
    for page in sorted({line.page_number for line in lines if line.page_number}):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _printed_rules(flow: Flow) -> list[Rule]:
    """Rules of the kinds that say themselves what they are; written so that a person can overrule them."""
    seen: dict[str, list[Line]] = defaultdict(list)
    for node in flow:
        if isinstance(node, Line) and not node.furniture and node.kind.startswith(("label", "section")):
            seen[node.kind].append(node)
    rules = []
    for name, lines in seen.items():
        sort, concept = name.split(" ", 1)
        becomes, reason = (
            (concept, "printed label") if sort == "label" else (f"section:{concept}", "heading of a section")
        )
        example = lines[0].text[:MAXIMUM_EXAMPLE_CHARACTERS]
        rules.append(Rule(name, becomes, len(lines), _pages(lines), example, _PRINTED, "", reason))
    return rules


# ------------------------------------------------------------------------------------------- what a document is


def is_vision(flow: Flow) -> bool:
    """Tell whether a text is a vision or a mission, and has no tree of a plan.

    It says so in its first lines, or lists commitments and nothing else.

    Labels of levels are one, and numbers of three parts: a plan may print missions before its objectives.
    """
    lines = [n for n in flow if isinstance(n, Line) and not n.furniture]
    labelled = {n.label.level for n in lines if n.label is not None and n.label.code}
    plan = {Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION}
    if labelled & plan or _has_deep_numbers(lines):
        return False
    return any(is_vision_title(line.text) for line in lines[:VISION_TITLE_LINES]) or states_commitments(flow)


def _has_deep_numbers(flow: Flow) -> bool:
    """Tell whether a text numbers in three parts («1.1.1»), as plans do."""
    deep = sum(isinstance(n, Line) and n.number is not None and n.number.shape.count(".") >= 2 for n in flow)
    return deep >= MINIMUM_DEEP


def is_plan(flow: Flow, mentions: int, named: int) -> bool:
    """Tell whether a text is a plan: elements were found (`mentions`, of which `named` have their level printed), and
    its words are not those of minutes, a recipe or a budget.
    """
    texts: list[str] = []
    for node in flow:
        if isinstance(node, Line):
            texts.append(node.text)
        elif isinstance(node, Grid):
            texts += [column.printed for column in node.columns]
        elif isinstance(node, Sheet):
            texts += [entry.printed_label for entry in node.entries]
    plan, other = plan_evidence(texts)
    if mentions < 2:
        return False
    if named >= 2:
        return plan + named >= other
    return plan >= 1 and (plan > other or (plan == other and _has_deep_numbers(flow)))
