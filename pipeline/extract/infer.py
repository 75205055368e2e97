"""Assign a level to each kind of line of a document, scored over the whole document.

Labels and sections say what they are. What is left, headings and numbered lines without a label, gets levels together:
all ways to give the kinds levels that never go up while their look gets weaker are scored for nesting (what a kind
contains must be deeper, what contains it shallower), continuity of numbers, leaves, and cues; the best one wins and
its margin to the second best is the confidence.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extract.sheets import Node
from pipeline.extract.signatures import Line, Tile
from pipeline.extract.tables import Grid, Sheet, leaf_level
from pipeline.model import LEVEL_DEPTH, Layout, Level, Rule
from pipeline.text import fold
from pipeline.vocabulary import is_exact_label, is_vision_title, looks_strategic, plan_evidence

Flow = Sequence[Node]

#: What an unlabelled kind may become, by depth; "skip" closes what stands above and is no element.
_CANDIDATES = (Level.ENJEU, Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION, Level.SOUS_ACTION)
SKIP = "skip"
#: Sections that hold no element of their own: chapters outside the plan, contents, legends, and what repeats the plan.
APART = ("outside", "annex", "contents", "legend", "summary")
#: Confidence of what rests on looks alone.
SET_APART = 0.8
_TABLE_ROWS = "rows"
_ITEMS = "items"
MAXIMUM_KINDS = 6
#: A heading set no stronger than this is bold or in capitals at body size.
PLAIN_HEADING_RANK = 7.5
#: A heading set this strongly against that of a foreword ends the foreword.
OUTSIDE_END = 0.75


@dataclass(slots=True)
class Kind:
    """What is known of one kind of line over the whole document."""

    name: str
    lines: list[int] = field(default_factory=list)  # indexes in the flow
    rank: float = 0.0
    contains: Counter[str] = field(default_factory=Counter)  # what stands below, in how many instances
    inside: Counter[str] = field(default_factory=Counter)  # what stands directly above
    leaves: int = 0  # instances with nothing below
    holders: int = 0  # instances with something below that is more than a list
    named_holders: int = 0  # instances with labels, tables or headed sections below
    groups: Counter[Level] = field(
        default_factory=Counter
    )  # sections whose paragraphs are grouped by the numbers of this kind
    continuity: float = 0.0  # share of numbers that follow the one before
    strategic: float = 0.0  # share of titles with the cue of an objectif strategique
    asking: float = 0.0  # share of titles that ask or exclaim
    twins: Counter[Level] = field(default_factory=Counter)  # titles that stand elsewhere with the label of a level

    @property
    def count(self) -> int:
        return len(self.lines)


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
        return _TABLE_ROWS
    if isinstance(node, Sheet):
        return "sheet"
    if node.furniture:
        return None
    if node.label is not None:
        if node.label.level not in LEVEL_DEPTH:
            return None  # a constat or an ambition under an OS
        return f"label {node.label.level.value}" if (node.label.code or node.label.rest) else None
    if node.section is not None:
        return node.kind if node.section.concept in set(Level) else None
    if node.kind.startswith(("heading", "number")):
        return node.kind
    return _ITEMS if node.bullet else None


def outside_ranges(flow: Flow) -> set[int]:
    """Indexes of the flow that stand in sections outside the plan (foreword, method, contents)."""
    outside: set[int] = set()
    rank: float | None = None
    contents = listed = False  # whether a table of contents is open, and whether its lines have come
    for index, node in enumerate(flow):
        if isinstance(node, Line) and node.furniture and contents:
            listed = True
        if not isinstance(node, Line):
            rank = None if rank == 0 else rank
        elif node.section is not None and node.section.concept in APART:
            rank, contents, listed = node.rank, node.section.concept == "contents", False
            outside.add(index)
            continue
        elif rank is not None and not node.furniture and (listed or ends_outside(node, rank)):
            rank = None
        if rank is not None:
            outside.add(index)
    return outside


def ends_outside(line: Line, rank: float) -> bool:
    """Tell whether a line ends a section outside the plan whose heading has this rank.

    Where the heading is set like the body, the next line that could be a heading ends it.
    """
    if line.label is not None and (line.label.code or line.label.rest) and line.rank >= rank:
        return True
    if rank > 0:
        return line.rank >= OUTSIDE_END * rank
    return (
        line.rank > 0
        or line.number is not None
        or (not line.bullet and len(line.text) <= 80 and not line.text.rstrip().endswith((".", ";", ",", ":")))
    )


def _runs_on(node: Line, first: Line | None) -> bool:
    """Tell whether a numbered line goes on with the numbering that a section began with."""
    return first is not None and first.number is not None and node.number is not None and node.number.shape == first.number.shape


def section_end(flow: Flow, head_index: int) -> int:
    """Index after the last node that a section heading governs: up to the next section, label, table, or as strong a heading."""
    head = flow[head_index]
    assert isinstance(head, Line)
    first: Line | None = None
    for index in range(head_index + 1, len(flow)):
        node = flow[index]
        if isinstance(node, Tile):
            continue
        if first is None and isinstance(node, Line) and not node.furniture:
            first = node
        if not isinstance(node, Line):
            return index
        if node.furniture:
            continue
        if node.section is not None or (node.label is not None and (node.label.code or node.label.rest)):
            return index
        plain = node.rank <= PLAIN_HEADING_RANK and _runs_on(node, first)
        if (node.rank >= head.rank > 0 and not plain) or (head.rank == 0 and node.rank > 0 and node.number is None):
            return index
        if node.rank > PLAIN_HEADING_RANK and node.title:
            return index  # a chapter of its own; its level is inferred
    return len(flow)


def _governed(flow: Flow) -> set[int]:
    """Indexes of the flow that stand in a section of a level: the section says what they are."""
    out: set[int] = set()
    for index, node in enumerate(flow):
        if isinstance(node, Line) and node.section is not None and node.section.concept in set(Level):
            out.update(range(index + 1, section_end(flow, index)))
    return out


def _titles(flow: Flow) -> set[int]:
    """Indexes of lines that are the title of a label or number alone on the line before."""
    out: set[int] = set()
    waiting = False
    for index, node in enumerate(flow):
        if not isinstance(node, Line):
            waiting = False
        elif not node.furniture:
            if waiting and node.label is None and node.number is None and node.section is None and not node.bullet:
                out.add(index)
            waiting = not node.title and bool(
                (node.label is not None and node.label.code) or (node.number is not None and node.rank > 0)
            )
    return out


@dataclass(frozen=True, slots=True)
class _Standing:
    """How one node of the flow stands to headings: what it counts as below one, and how strongly it is set."""

    name: str | None
    rank: float
    opens: bool  # a heading, a numbered line, a label or a section: it may end what stands above
    parent: bool  # it may be what something stands in


def _standings(flow: Flow) -> list[_Standing]:
    """Read every node once; a label alone on its line is set as strongly as the title below it."""
    titles = _titles(flow)
    out: list[_Standing] = []
    for index, node in enumerate(flow):
        if not isinstance(node, Line) or node.furniture or index in titles:
            out.append(_Standing(_name(node) if not isinstance(node, Line) else None, 0.0, False, False))
            continue
        rank = _effective_rank(node)
        following = next((i for i in range(index + 1, min(index + 3, len(flow))) if i in titles), None)
        if following is not None and not node.title and isinstance(below := flow[following], Line):
            rank = max(rank, below.rank)
        labelled = node.label is not None and bool(node.label.code or node.label.rest) and node.label.level in LEVEL_DEPTH
        kinded = node.kind.startswith(("heading", "number"))
        headed = node.section is not None and node.section.concept in set(Level)
        opens = kinded or node.section is not None or node.label is not None
        out.append(_Standing(_name(node), rank, opens, labelled or kinded or headed))
    return out


def _are_labels(flow: Flow, kind: Kind) -> bool:
    """Tell whether most lines of a kind are labels of fields («Porteur de projet», above its value)."""
    lines = [line for i in kind.lines if isinstance(line := flow[i], Line)]
    return sum(is_exact_label(line.text.rstrip(" :?")) for line in lines) >= 0.5 * len(lines)


def _collect(flow: Flow) -> dict[str, Kind]:
    """Gather the kinds and what stands below and above each instance."""
    outside = outside_ranges(flow) | _governed(flow) | _titles(flow)
    standings = _standings(flow)
    kinds: dict[str, Kind] = {}
    for index, node in enumerate(flow):
        if isinstance(node, Line) and not node.furniture and index not in outside and node.kind.startswith(("heading", "number")):
            kind = kinds.setdefault(node.kind, Kind(node.kind))
            kind.lines.append(index)
            kind.rank = max(kind.rank, standings[index].rank)
    kinds = {name: kind for name, kind in kinds.items() if not _are_labels(flow, kind)}
    notations = {fold(n.title): n.label.level for n in flow if isinstance(n, Line) and n.label is not None and n.title}
    for kind in kinds.values():
        for position, index in enumerate(kind.lines):
            stop = kind.lines[position + 1] if position + 1 < len(kind.lines) else len(flow)
            below: set[str] = set()
            for other in range(index + 1, stop):
                stands, node = standings[other], flow[other]
                if stands.opens and stands.rank > kind.rank + 0.01:
                    break
                if isinstance(node, Line) and node.section is not None and node.section.concept in APART and node.rank >= kind.rank:
                    break
                if stands.name is not None and stands.name != kind.name:
                    below.add(stands.name)
            kind.contains.update(below)
            kind.leaves += not below
            kind.holders += bool(below - {_ITEMS})
            kind.named_holders += any(not name.startswith(("heading", _ITEMS)) for name in below)
            for above in range(index - 1, -1, -1):
                stands, node = standings[above], flow[above]
                labelled = isinstance(node, Line) and node.label is not None
                headed = isinstance(node, Line) and node.section is not None
                if stands.parent and (labelled or stands.rank > kind.rank + 0.01 or (headed and stands.rank >= kind.rank)):
                    kind.inside[stands.name or ""] += 1
                    break
        numbers = [
            line.number.code for i in kind.lines if isinstance(line := flow[i], Line) and line.number is not None
        ]
        kind.continuity = _continuity(numbers) if len(numbers) == kind.count and numbers else 0.0
        titles = [line.title for i in kind.lines if isinstance(line := flow[i], Line)]
        kind.strategic = sum(looks_strategic(t) for t in titles) / len(titles) if titles else 0.0
        kind.twins.update(notations[fold(t)] for t in titles if fold(t) in notations)
        kind.asking = sum(
            line.text.rstrip().endswith(("?", "!")) for i in kind.lines if isinstance(line := flow[i], Line)
        ) / max(len(kind.lines), 1)
    _note_groups(flow, kinds)
    return kinds


def _note_groups(flow: Flow, kinds: dict[str, Kind]) -> None:
    """Find the sections whose paragraphs are grouped under the numbers of a kind above («01», then several objectifs)."""
    for index, node in enumerate(flow):
        if not isinstance(node, Line) or node.section is None or node.section.concept not in set(Level):
            continue
        inside = [n for n in flow[index + 1 : section_end(flow, index)] if isinstance(n, Line) and not n.furniture]
        codes = [n.number.code.lstrip("0") for n in inside if n.number is not None]
        if len(codes) < 1 or len(inside) <= len(codes):
            continue
        for kind in kinds.values():
            before = [
                line for i in kind.lines if i < index and isinstance(line := flow[i], Line) and line.number is not None
            ]
            run: list[str] = []
            for line in reversed(before):
                assert line.number is not None
                run.append(line.number.code.lstrip("0"))
                if run[-1] == "1":
                    break
            if run and set(codes) <= set(run):
                kind.groups[Level(node.section.concept)] += 1


def _continuity(codes: Sequence[str]) -> float:
    """Share of codes that follow the one before: last part one more, or back to one."""
    if len(codes) < 2:
        return 0.0

    def last(code: str) -> int | None:
        tail = code.split(".")[-1]
        if tail.isdigit():
            return int(tail)
        return ord(tail) - 64 if len(tail) == 1 and tail.isalpha() else None

    values = [last(c) for c in codes]
    good = sum(
        b is not None and (b == 1 or (a is not None and b == a + 1)) for a, b in itertools.pairwise(values)
    )
    return good / (len(codes) - 1)


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


def _depth_of(name: str, levels: dict[str, Level | None], items_depth: int) -> int | None:
    """Depth of what a name stands for under an assignment; None when it is no element."""
    if name.startswith(("label ", "section ")):
        level = Level(name.split(" ", 1)[1])
        return LEVEL_DEPTH.get(level)
    if name in (_ITEMS, _TABLE_ROWS, "sheet"):
        return items_depth
    given = levels.get(name)
    return LEVEL_DEPTH[given] if given is not None else None


def _in_labels(kind: Kind) -> bool:
    """Tell whether a kind ever stands in a labelled element."""
    return any(name.startswith("label ") for name in kind.inside)


def _score(
    kinds: Sequence[Kind],
    assignment: Sequence[Level | None],
    fixed: frozenset[Level],
    sections: frozenset[Level],
    rows_depth: int,
) -> float:
    """Score one assignment over the whole document; higher is better. `fixed` levels are labelled, `sections` headed."""
    levels = {k.name: level for k, level in zip(kinds, assignment, strict=True)}
    given = [level for level in assignment if level is not None]
    present = set(given) | set(fixed) | set(sections)
    total = 0.0
    for kind, level in zip(kinds, assignment, strict=True):
        n = kind.count
        structural = sum(kind.contains.values()) - kind.contains[_ITEMS]
        parents = n - kind.leaves  # instances that contain something
        if level is None:
            # leaving a kind out costs what it would explain
            if (
                any(_depth_of(c, levels, rows_depth) is not None and c not in (_ITEMS, "sheet") for c in kind.contains)
                and parents >= 2
            ):
                total -= 0.6 * parents / n
            if kind.continuity > 0.6 and n >= 2 and (_in_labels(kind) or not fixed or kind.named_holders):
                total -= 1.0
            total -= 0.8 * kind.strategic
            continue
        depth = LEVEL_DEPTH[level]
        numbered = kind.name.startswith("number")
        total += 0.2 if numbered and kind.continuity > 0.6 else -0.6 if numbered else -0.45
        holders = kind.named_holders if fixed else kind.holders
        if n < 2 or (not numbered and holders == 1 and structural):
            total -= 1.5  # a title of a document, or its last chapter, holds all that follows
        weight = (
            n if numbered else max(parents, 1)
        )  # headings of chapters that hold nothing say nothing of those that do
        for name, times in kind.contains.items():
            below = _depth_of(name, levels, max(rows_depth, depth + 1) if name == _ITEMS else rows_depth)
            if below is None:
                continue
            total += (times / weight) * (0.8 if below > depth else -2.0)
            if below > depth and below - depth > 2:
                total -= 0.25 * times / weight
        shallower = any(LEVEL_DEPTH.get(p, 9) < depth for p in present)
        if level is Level.ACTION and not numbered and not shallower:
            total -= 1.0
        if numbered and len(fixed) >= 2 and not _in_labels(kind) and not kind.named_holders:
            total -= 1.0  # numbered chapters that stand in no labelled element and hold none
        if level is Level.SOUS_ACTION and Level.ACTION not in present:
            total -= 1.5
        inside_total = sum(kind.inside.values())
        for name, times in kind.inside.items():
            above = _depth_of(name, levels, rows_depth)
            if above is None:
                continue
            if name.startswith("section "):
                total += (times / inside_total) * (0.6 if above == depth else -0.4 if above > depth else 0.0)
            else:
                total += (times / inside_total) * (0.5 if above < depth else -1.5)
        if parents == 0:
            total += {Level.ACTION: 0.7, Level.SOUS_ACTION: 0.15, Level.OBJECTIF_OPERATIONNEL: 0.25}.get(level, -0.5)
            if not numbered and not fixed and not sections and len(given) < 2:
                total -= 1.0  # unnumbered headings over nothing, and nothing above: chapters of a text
        elif structural == 0 and kind.contains[_ITEMS]:
            total += {
                Level.OBJECTIF_OPERATIONNEL: 0.5,
                Level.OBJECTIF_STRATEGIQUE: 0.35,
                Level.ACTION: 0.1,
                Level.ENJEU: 0.2,
            }.get(level, -0.3)
            if not numbered and parents < 0.6 * n:
                total -= 0.8
        headed = any(
            times >= 2 and _depth_of(name, levels, rows_depth) is not None
            for name, times in kind.contains.items()
            if name.startswith("section ")
        )
        if (
            not numbered
            and not fixed
            and not headed
            and parents < 0.6 * n
            and kind.strategic < 0.3
            and level is not Level.ACTION
        ):
            total -= 1.5  # chapters of a text: some of them happen to hold a list
        for grouped, times in kind.groups.items():
            if times >= 2 and grouped in LEVEL_DEPTH:
                total += 1.2 if LEVEL_DEPTH[grouped] - depth == 1 else 0.4 if LEVEL_DEPTH[grouped] > depth else -2.0
        total -= 1.5 * kind.asking  # elements of a plan state, they do not ask
        total += kind.strategic * {Level.OBJECTIF_STRATEGIQUE: 1.6, Level.ENJEU: 0.7}.get(level, -0.4)
        twins = sum(kind.twins.values())
        if twins >= 2 and twins >= 0.5 * n:
            total += 2.0 if kind.twins[level] == twins else -1.5  # one element in two notations
        elif level in fixed:
            total -= 0.7  # the document labels this level: lines of it without label are unlikely
    ordered = sorted(
        {LEVEL_DEPTH[p] for p in present if p in LEVEL_DEPTH}
        | ({rows_depth} if any(k.contains[_TABLE_ROWS] or k.contains[_ITEMS] for k in kinds) else set())
    )
    if len(given) != len(set(given)):
        duplicates = [level for level in set(given) if given.count(level) > 1]
        for level in duplicates:
            same = [k for k, a in zip(kinds, assignment, strict=True) if a is level]
            nested = any(b.name in a.contains for a in same for b in same if a is not b)
            total -= 2.0 if nested else 0.3
    total -= 0.3 * sum(b - a - 1 for a, b in itertools.pairwise(ordered) if b - a > 1)
    if given and Level.ENJEU in given and Level.OBJECTIF_STRATEGIQUE not in present:
        total -= 0.5
    if given and Level.OBJECTIF_OPERATIONNEL in given and Level.OBJECTIF_STRATEGIQUE not in present:
        total -= 0.6
    return total


def is_vision(flow: Flow) -> bool:
    """Tell whether a text states a vision or a mission: it says so in its first lines, and labels no level of a plan."""
    lines = [n for n in flow if isinstance(n, Line) and not n.furniture]
    labelled = {n.label.level for n in lines if n.label is not None and n.label.code}
    return not labelled & set(_CANDIDATES[1:4]) and any(is_vision_title(line.text) for line in lines[:8])


def infer_layout(source: str, flow: Flow) -> Layout:
    """Infer what each kind of line of a document is; the result is evidence as much as decision."""
    kinds = _collect(flow)
    if is_vision(flow):
        pillars = [
            _rule(
                flow,
                k,
                Level.ENJEU.value if k.count >= 2 and k.name.startswith("heading") else SKIP,
                SET_APART,
                SKIP,
                "vision",
            )
            for k in kinds.values()
        ]
        return Layout(source=source, rules=tuple(sorted((*pillars, *_given_rules(flow)), key=lambda r: r.kind)))
    fixed: Counter[Level] = Counter()
    for node in flow:
        if (
            isinstance(node, Line)
            and not node.furniture
            and node.label is not None
            and (node.label.code or node.label.rest)
        ):
            fixed[node.label.level] += 1
        elif isinstance(node, Grid) and (level := leaf_level(node)) is not None:
            fixed[level] += 1
    fixed_levels = frozenset(level for level, count in fixed.items() if count >= 2 and level in LEVEL_DEPTH)
    sections = frozenset(
        Level(n.section.concept)
        for n in flow
        if isinstance(n, Line) and n.section is not None and n.section.concept in set(Level)
    )
    ranked = sorted(
        (k for k in kinds.values() if _may_be_structure(flow, k, fixed_levels)), key=lambda k: (-k.rank, k.lines[0])
    )
    ranked = sorted(sorted(ranked, key=lambda k: -_weight(k))[:MAXIMUM_KINDS], key=lambda k: (-k.rank, k.lines[0]))
    rows_depth = LEVEL_DEPTH[Level.ACTION]
    if Level.ACTION in fixed_levels and not any(isinstance(n, Grid) for n in flow):
        rows_depth = LEVEL_DEPTH[Level.SOUS_ACTION]
    scored = sorted(
        (
            (_score(ranked, a, fixed_levels, sections & set(LEVEL_DEPTH), rows_depth), i, a)
            for i, a in enumerate(_assignments(ranked))
        ),
        key=lambda s: (-s[0], s[1]),
    )
    best = scored[0] if scored else (0.0, 0, ())
    rules: list[Rule] = []
    for position, kind in enumerate(ranked):
        level = best[2][position]
        rival = next((s for s in scored[1:] if s[2][position] != level), None)
        margin = best[0] - rival[0] if rival is not None else 2.0
        rules.append(
            _rule(
                flow,
                kind,
                level.value if level else SKIP,
                _confidence(margin),
                (rival[2][position].value if rival[2][position] else SKIP) if rival else "",
                f"score {best[0]:.2f}, margin {margin:.2f}",
            )
        )
    named = {r.kind for r in rules}
    rules += [
        _rule(flow, kind, SKIP, 0.8, "", "too few or too weak to be a level")
        for kind in kinds.values()
        if kind.name not in named
    ]
    rules += _given_rules(flow)
    return Layout(source=source, rules=tuple(sorted(rules, key=lambda r: r.kind)))


def _weight(kind: Kind) -> float:
    return kind.count * (1.0 + kind.continuity) + 3.0 * sum(n for name, n in kind.contains.items() if name != _ITEMS)


def _may_be_structure(flow: Flow, kind: Kind, fixed: frozenset[Level]) -> bool:
    """Keep the kinds that can be a level: at least twice, and numbered, or with something below, or cued.

    In a document that labels its levels, headings over text may still be the level below the deepest label: all but
    always directly under it, and each with words of its own.
    """
    if kind.count < 2:
        return False
    if kind.name.startswith("number"):
        return kind.continuity >= 0.4
    if fixed and not any(not name.startswith(("heading", _ITEMS)) for name in kind.contains):
        titles = {fold(line.title) for i in kind.lines if isinstance(line := flow[i], Line)}
        name, times = kind.inside.most_common(1)[0] if kind.inside else ("", 0)
        under = Level(name.removeprefix("label ")) if name.startswith("label ") else None
        below = under in (Level.OBJECTIF_OPERATIONNEL, Level.OBJECTIF_STRATEGIQUE) and Level.ACTION not in fixed
        own = len(titles) >= 0.7 * kind.count and kind.count >= 3 and times >= 0.8 * kind.count
        return kind.strategic > 0.3 or (below and own)
    return True


def _confidence(margin: float) -> float:
    return round(max(0.4, min(0.95, 0.6 + 0.25 * margin)), 2)


def _rule(flow: Flow, kind: Kind, becomes: str, confidence: float, second: str, reason: str) -> Rule:
    lines = [line for i in kind.lines if isinstance(line := flow[i], Line)]
    return Rule(kind.name, becomes, kind.count, _pages(lines), lines[0].text[:80], confidence, second, reason)


def _pages(lines: Sequence[Line]) -> str:
    pages = sorted({line.page_number for line in lines if line.page_number})
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _given_rules(flow: Flow) -> list[Rule]:
    """Rules of the kinds that say themselves what they are; written so that a person can overrule them."""
    seen: dict[str, list[Line]] = defaultdict(list)
    for node in flow:
        if isinstance(node, Line) and not node.furniture and node.kind.startswith(("label", "section")):
            seen[node.kind].append(node)
    rules = []
    for name, lines in seen.items():
        sort, concept = name.split(" ", 1)
        becomes = concept if sort == "label" else f"section:{concept}"
        rules.append(
            Rule(
                name,
                becomes,
                len(lines),
                _pages(lines),
                lines[0].text[:80],
                0.97,
                "",
                "printed label" if sort == "label" else "heading of a section",
            )
        )
    return rules


def is_plan(flow: Flow, mentions: int, labelled: int) -> bool:
    """Tell whether a text is a plan: elements were found, and its words are not those of minutes, a recipe or a budget."""
    texts = [n.text for n in flow if isinstance(n, Line)]
    for node in flow:
        if isinstance(node, Grid):
            texts += [c.printed for c in node.columns]
        elif isinstance(node, Sheet):
            texts += [e.printed_label for e in node.entries]
    plan, other = plan_evidence(texts)
    if mentions < 2:
        return False
    if labelled >= 2:
        return plan + labelled >= other
    return plan >= 1 and plan > other
