"""Union of statements: mentions become elements, sources that disagree stay visible, nothing is lost.

A mention is one appearance in one source. Mentions are gathered listing by listing (the children of one printed
parent), in order of precedence and from the top of the tree down, so that a code or a title is compared only where it
can mean the same thing. What each element says is then resolved field by field: first source wins, then confidence,
then reading order; what is outranked keeps its rank.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from rapidfuzz import fuzz, process

from pipeline.match import (
    AMBIGUOUS_SCORE,
    SAME_TITLE_RATIO,
    TRUNCATION_LENGTH,
    CodeKey,
    Match,
    TitleIndex,
    build_title_index,
    codes_contradict,
    content_words,
    is_revision,
    match_title,
    name_code,
    read_code,
    same_code,
    same_title,
    title_score,
)
from pipeline.model import (
    ACTOR_ROLES,
    LEVEL_DEPTH,
    Actor,
    Became,
    BlockFate,
    Budget,
    Element,
    Extraction,
    Indicator,
    Level,
    Measure,
    Plan,
    Remark,
    Severity,
    Statement,
    Unmatched,
)
from pipeline.text import fold
from pipeline.values import format_date
from pipeline.vocabulary import load

#: A heading renamed from one source to the next keeps its number and at least this much of its words.
RENAMED_RATIO = 60.0
#: In one source the same number twice is more often a typing error than a new name.
REPEATED_SCORE = 75.0
#: A mention from a summary that is found nowhere else counts as an element from this confidence on.
LOOSE_CONFIDENCE = 0.5
CONTRADICTING_SCORE = 50.0
SAME_LABEL_RATIO = 90.0

#: Fields that place a mention; `weak` marks what a foreword, a contents page or a synthesis repeats.
CORE_FIELDS = frozenset({"level", "parent", "order", "code", "title", "page", "weak"})
TEXT_FIELDS = ("description", "comment", "result")
JOINED_FIELDS = ("sdg", "plans")
SCALAR_FIELDS = (
    "code", "title", "status", "progress", "health", "start", "end", "priority", "budget", "fte", "kind", "synergy",
)  # fmt: skip
NUMBER_FIELDS = frozenset({"progress", "budget", "fte"})
INDICATOR_FIELDS = ("family", "kind", "unit", "direction")
#: Roles of sources that say how far the plan is; in CURRENT_FIELDS they win over what was adopted before.
CURRENT_ROLES = frozenset({"update", "follow-up"})
#: Roles of the plan itself, as the council took note of it or brought up to date, and of a printed summary of it.
PLAN_ROLES, BROCHURE = frozenset({"adopted", "update"}), "brochure"
CURRENT_FIELDS = frozenset({"status", "progress", "health", "comment", "end"})
#: Number of the corrections among the sources: before all of them.
CORRECTION = -1

MentionKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Mention:
    key: MentionKey
    level: Level
    parent: MentionKey | None
    order: int
    code: CodeKey
    title: str
    folded: str
    confidence: float
    has_fields: bool
    weak: bool
    described: str  # folded description, for levels above the actions


@dataclass(slots=True)
class _Clusters:
    """Mentions gathered so far, and the ways to find them again."""

    members: list[list[_Mention]] = field(default_factory=list)
    parents: list[set[int]] = field(default_factory=list)
    sources: list[set[int]] = field(default_factory=list)
    of: dict[MentionKey, int] = field(default_factory=dict)
    by_title: dict[tuple[Level, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    by_code: dict[tuple[Level, tuple[str, ...]], list[int]] = field(default_factory=lambda: defaultdict(list))
    #: first or last word, or parent -> title -> clusters: where a title that is nearly the same is looked for
    by_edge: dict[tuple[Level, str | int], dict[str, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    by_start: dict[tuple[Level, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    children: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


# ---------------------------------------------------------------------------------------------------------- mentions


def _group_by_mention(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    groups: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        groups[statement.mention_id].append(statement)
    return groups


def _printed(statement: Statement | None) -> str:
    return "" if statement is None else statement.value or statement.original


def _best(statements: Iterable[Statement], name: str) -> Statement | None:
    found = [s for s in statements if s.field == name]
    return max(found, key=lambda s: s.confidence, default=None)


def _integer(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\s*\d+\s*", text) else default


def _fold_description(level: Statement, statements: Iterable[Statement]) -> str:
    if LEVEL_DEPTH.get(Level(_printed(level)), 9) >= LEVEL_DEPTH[Level.ACTION]:
        return ""
    return " ".join(fold(_printed(s)) for s in statements if s.field == "description")


def _read_mentions(
    source_index: int, statements: Sequence[Statement]
) -> tuple[list[_Mention], dict[str, list[Statement]], list[Remark]]:
    """Give the mentions of one source in reading order, the statements of each, and `parent_unknown` remarks."""
    groups = _group_by_mention(statements)
    known = {m for m, group in groups.items() if any(s.field == "level" for s in group)}
    mentions, remarks = [], []
    for rank, (mention_id, group) in enumerate(groups.items()):
        level = _best(group, "level")
        if level is None or _printed(level) not in set(Level):
            continue
        title = _best(group, "title")
        parent_id = _printed(_best(group, "parent"))
        if parent_id and (parent_id not in known or parent_id == mention_id):
            facts = (("title", _printed(title)), ("parent", parent_id))
            remarks.append(Remark(Severity.WARNING, "parent_unknown", facts, "", level.source, level.locator))
            parent_id = ""
        mentions.append(
            _Mention(
                key=(source_index, mention_id),
                level=Level(_printed(level)),
                parent=(source_index, parent_id) if parent_id else None,
                order=_integer(_printed(_best(group, "order")), rank),
                code=read_code(_printed(_best(group, "code"))),
                title=_printed(title),
                folded=fold(_printed(title)),
                confidence=min(level.confidence, 1.0 if title is None else title.confidence),
                has_fields=any(s.field not in CORE_FIELDS for s in group),
                weak=_printed(_best(group, "weak")) != "",
                described=_fold_description(level, group),
            )
        )
    return sorted(mentions, key=lambda m: m.order), groups, remarks


def _without_cycles(mentions: list[_Mention]) -> tuple[list[_Mention], list[_Mention]]:
    """Cut parents that lead back to the mention itself; give the mentions and those that were cut."""
    parent = {m.key: m.parent for m in mentions}
    cut = []
    for mention in mentions:
        seen = {mention.key}
        above = parent[mention.key]
        while above is not None and above not in seen:
            seen.add(above)
            above = parent.get(above)
        if above == mention.key:
            parent[mention.key] = None
            cut.append(mention)
    return [replace(m, parent=parent[m.key]) for m in mentions], cut


# ---------------------------------------------------------------------------------------------------------- gathering


def _add(clusters: _Clusters, mention: _Mention, cluster: int | None) -> int:
    if cluster is None:
        cluster = len(clusters.members)
        clusters.members.append([])
        clusters.parents.append(set())
        clusters.sources.append(set())
    clusters.members[cluster].append(mention)
    clusters.sources[cluster].add(mention.key[0])
    clusters.of[mention.key] = cluster
    parent = None if mention.parent is None else clusters.of.get(mention.parent)
    if parent is not None and parent != cluster and parent not in clusters.parents[cluster]:
        clusters.parents[cluster].add(parent)
        clusters.children[parent].append(cluster)
    entries = [(clusters.by_title, mention.folded), (clusters.by_title, mention.folded.replace(" ", ""))]
    entries.append((clusters.by_start, mention.folded[:TRUNCATION_LENGTH]))
    for index, text in entries:
        if text and cluster not in index[mention.level, text]:
            index[mention.level, text].append(cluster)
    for edge in _edges(clusters, mention):
        found = clusters.by_edge[mention.level, edge].setdefault(mention.folded, [])
        if cluster not in found:
            found.append(cluster)
    if mention.code.parts:
        for parts in {mention.code.parts, mention.code.repaired[1]}:
            if cluster not in clusters.by_code[mention.level, parts]:
                clusters.by_code[mention.level, parts].append(cluster)
    return cluster


def _edges(clusters: _Clusters, mention: _Mention) -> set[str | int]:
    words = content_words(mention.folded)
    parent = None if mention.parent is None else clusters.of.get(mention.parent)
    edges: set[str | int] = set() if parent is None else {parent}
    return edges | {words[0], words[-1]} if words else set()


def _contradicts(clusters: _Clusters, mention: _Mention, cluster: int) -> bool:
    """Tell whether the printed numbers keep a mention out: it fits none of those that the element is known under."""
    known = [m.code for m in clusters.members[cluster] if m.code.parts]
    return bool(known) and all(codes_contradict(mention.code, code) for code in known)


def _code_agrees(clusters: _Clusters, mention: _Mention, cluster: int) -> bool:
    return any(same_code(mention.code, m.code) for m in clusters.members[cluster])


def _likeness(clusters: _Clusters, mention: _Mention, cluster: int) -> float:
    return max((fuzz.ratio(mention.folded, m.folded) for m in clusters.members[cluster]), default=0.0)


def _is_same_title(clusters: _Clusters, mention: _Mention, cluster: int) -> bool:
    if mention.level is Level.VOLET:  # "Volet interne" alone on its page, then with what it is about
        return any(_begins(mention.folded, m.folded) for m in clusters.members[cluster])
    return any(same_title(mention.folded, m.folded) for m in clusters.members[cluster])


def _begins(a: str, b: str) -> bool:
    short, long = sorted((a.split(), b.split()), key=len)
    return same_title(a, b) or (len(short) >= 2 and long[: len(short)] == short)


def _stated_again(clusters: _Clusters, mention: _Mention, cluster: int) -> bool:
    """Tell whether the same number with another title is the same thing.

    From one source to the next a title is renamed; inside one source the titles must share most of their meaning.
    """
    known = [m for m in clusters.members[cluster] if same_code(mention.code, m.code)]
    if not mention.folded or any(not m.folded for m in known):
        return bool(known)
    if any(m.key[0] != mention.key[0] and fuzz.ratio(mention.folded, m.folded) >= RENAMED_RATIO for m in known):
        return True
    return any(title_score(mention.folded, m.folded, {}) >= REPEATED_SCORE for m in known if m.key[0] == mention.key[0])


def _within_reach(clusters: _Clusters, mention: _Mention, cluster: int) -> bool:
    """Tell whether the parents allow it: the same one, or none on one side."""
    parent = None if mention.parent is None else clusters.of.get(mention.parent)
    return parent is None or not clusters.parents[cluster] or parent in clusters.parents[cluster]


def _titled(clusters: _Clusters, mention: _Mention) -> list[int]:
    if not mention.folded:
        return []
    found = clusters.by_title.get((mention.level, mention.folded), [])
    glued = clusters.by_title.get((mention.level, mention.folded.replace(" ", "")), [])
    return sorted({*found, *glued})


def _alike(clusters: _Clusters, mention: _Mention) -> list[int]:
    start = mention.folded[:TRUNCATION_LENGTH]
    found = set(clusters.by_start.get((mention.level, start), ())) if len(start) == TRUNCATION_LENGTH else set()
    for edge in _edges(clusters, mention):
        titles = clusters.by_edge.get((mention.level, edge), {})
        if mention.level is Level.VOLET:
            found.update(c for owners in titles.values() for c in owners)
        for title, _, _ in process.extract(
            mention.folded, list(titles), scorer=fuzz.ratio, score_cutoff=SAME_TITLE_RATIO, limit=None
        ):
            found.update(titles[title])
    return sorted(c for c in found if _is_same_title(clusters, mention, c))


def _numbered(clusters: _Clusters, mention: _Mention) -> list[int]:
    if not mention.code.parts:
        return []
    found: set[int] = set()
    for parts in {mention.code.parts, mention.code.repaired[1]}:
        found.update(clusters.by_code.get((mention.level, parts), ()))
    return sorted(c for c in found if _code_agrees(clusters, mention, c) and _stated_again(clusters, mention, c))


def _pick(clusters: _Clusters, mention: _Mention, found: Iterable[int]) -> int | None:
    """Choose among equals: same number, same parent, no mention yet from a list like this one, nearest title, first."""
    parent = None if mention.parent is None else clusters.of.get(mention.parent)

    def preference(cluster: int) -> tuple[bool, bool, int, float, int]:
        loose = sum(m.parent is None and m.key[0] == mention.key[0] for m in clusters.members[cluster])
        return (
            not _code_agrees(clusters, mention, cluster),
            parent is not None and parent not in clusters.parents[cluster],
            loose if mention.parent is None else 0,
            -_likeness(clusters, mention, cluster),
            cluster,
        )

    return min(found, key=preference, default=None)


def _by_title(clusters: _Clusters, mention: _Mention, claimed: set[int]) -> int | None:
    return _pick(clusters, mention, _reach(clusters, mention, _titled(clusters, mention), claimed, printed_number=True))


def _by_likeness(clusters: _Clusters, mention: _Mention, claimed: set[int]) -> int | None:
    return _pick(clusters, mention, _reach(clusters, mention, _alike(clusters, mention), claimed, printed_number=True))


def _by_title_numbered_anew(clusters: _Clusters, mention: _Mention, claimed: set[int]) -> int | None:
    found = _titled(clusters, mention) or _alike(clusters, mention)
    found = [c for c in found if mention.key[0] not in clusters.sources[c]]
    reach = _reach(clusters, mention, found, claimed, printed_number=False)
    return reach[0] if len(reach) == 1 else None


def _by_number(clusters: _Clusters, mention: _Mention, claimed: set[int]) -> int | None:
    return _pick(
        clusters, mention, _reach(clusters, mention, _numbered(clusters, mention), claimed, printed_number=False)
    )


#: From the surest on; each gives the element that a mention is, or None.
_RULES = (_by_title, _by_likeness, _by_title_numbered_anew, _by_number)


def _reach(
    clusters: _Clusters, mention: _Mention, found: Iterable[int], claimed: set[int], *, printed_number: bool
) -> list[int]:
    return [
        c
        for c in found
        if c not in claimed
        and _within_reach(clusters, mention, c)
        and not (printed_number and _contradicts(clusters, mention, c))
    ]


def _find(clusters: _Clusters, mention: _Mention) -> int | None:
    found = (rule(clusters, mention, set()) for rule in _RULES)
    return next((c for c in found if c is not None), None)


def _moved(clusters: _Clusters, mention: _Mention, twins: Mapping[tuple[Level, str], int]) -> int | None:
    """Find the same title under another parent, or at another level, in another source; it must be the only one."""
    if not mention.folded or twins[mention.level, mention.folded] > 1:
        return None
    found = [c for c in _titled(clusters, mention) if mention.key[0] not in clusters.sources[c]]
    if found or mention.level not in LEVEL_DEPTH:
        return found[0] if len(found) == 1 else None
    if len(content_words(mention.folded)) < 3:
        return None
    depth = LEVEL_DEPTH[mention.level]
    near = [level for level, other in LEVEL_DEPTH.items() if abs(other - depth) == 1]
    found = [c for level in near for c in clusters.by_title.get((level, mention.folded), ())]
    found = [c for c in found if mention.key[0] not in clusters.sources[c]]
    if mention.parent is not None and (above := clusters.of.get(mention.parent)) is not None:
        found = [c for c in found if c != above and above not in _descendants(clusters, c)]
    return found[0] if len(found) == 1 else None


def _descendants(clusters: _Clusters, cluster: int) -> set[int]:
    seen: set[int] = set()
    waiting = [cluster]
    while waiting:
        for child in clusters.children[waiting.pop()]:
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return seen


def _pair_revised(clusters: _Clusters, left: Sequence[_Mention], claimed: set[int]) -> dict[MentionKey, int]:
    """Pair what is left of a list with what another source has under the same parent and was reworded since."""
    wanted: dict[MentionKey, list[int]] = {}
    for mention in left:
        parent = None if mention.parent is None else clusters.of.get(mention.parent)
        family = [] if parent is None else clusters.children[parent]
        wanted[mention.key] = [
            c
            for c in family
            if c not in claimed
            and mention.key[0] not in clusters.sources[c]
            and clusters.members[c][0].level is mention.level
            and not _contradicts(clusters, mention, c)
            and any(is_revision(m.folded, mention.folded) for m in clusters.members[c])
        ]
    times = Counter(c for found in wanted.values() for c in found)
    return {key: found[0] for key, found in wanted.items() if len(found) == 1 and times[found[0]] == 1}


def _is_doubtful(mention: _Mention) -> bool:
    return mention.confidence < LOOSE_CONFIDENCE and not mention.has_fields


def _gather_siblings(
    clusters: _Clusters, listing: list[_Mention], twins: Mapping[tuple[Level, str], int]
) -> list[_Mention]:
    """Place the children of one printed parent: each stands for another element, surest matches first.

    Give those that only a summary prints and that are too doubtful to be elements.
    """
    left = list(listing)
    claimed: set[int] = set()
    for rule in _RULES:
        waiting = []
        for mention in left:
            found = rule(clusters, mention, claimed)
            if found is None:
                waiting.append(mention)
            else:
                claimed.add(_add(clusters, mention, found))
        left = waiting
    doubtful = []
    revised = _pair_revised(clusters, left, claimed)
    for mention in left:
        again = [c for c in _titled(clusters, mention) if c in claimed and not _contradicts(clusters, mention, c)]
        again = [c for c in again if _within_reach(clusters, mention, c)]
        target = revised.get(mention.key, again[0] if again else None)
        target = _moved(clusters, mention, twins) if target is None else target
        if target is None and mention.weak and _is_doubtful(mention):
            doubtful.append(mention)
        else:
            claimed.add(_add(clusters, mention, target))
    return doubtful


def _by_description(clusters: _Clusters, mention: _Mention) -> int | None:
    """Find the one element whose description holds the title of a doubtful mention: a motto, printed for a name."""
    if len(content_words(mention.folded)) < 3:
        return None
    found = [
        c
        for c, members in enumerate(clusters.members)
        if any(m.level is mention.level and m.described and mention.folded in m.described for m in members)
    ]
    return found[0] if len(found) == 1 else None


def _gather_source(clusters: _Clusters, mentions: list[_Mention]) -> list[_Mention]:
    """Place all mentions of one source, the body before what repeats it; give those that are too doubtful."""
    twins = Counter((m.level, m.folded) for m in mentions)
    body = [m for m in mentions if not m.weak]
    doubtful = []
    for part in (body, [m for m in mentions if m.weak]) if body else (mentions,):
        doubtful += _gather_part(clusters, part, twins)
    return doubtful


def _gather_part(
    clusters: _Clusters, mentions: list[_Mention], twins: Mapping[tuple[Level, str], int]
) -> list[_Mention]:
    """Place the body of a source, or its summaries: roots that hold something, then their lists, then the rest."""
    here = {m.key for m in mentions}
    children: dict[MentionKey, list[_Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.parent is not None:
            children[mention.parent].append(mention)
    roots = [m for m in mentions if m.parent is None]
    anchored = [m for m in roots if m.has_fields or m.key in children]
    anchored_keys = {m.key for m in anchored}
    loose = [m for m in roots if m.key not in anchored_keys]
    loose.sort(key=lambda m: m.confidence < LOOSE_CONFIDENCE)  # the doubtful last: what they repeat is known by then
    for mention in anchored:
        found = _find(clusters, mention)
        _add(clusters, mention, _moved(clusters, mention, twins) if found is None else found)
    doubtful = []
    listings = [m.key for m in anchored] + [key for key in children if key not in here]
    while listings:
        for key in listings:
            if children[key]:
                doubtful += _gather_siblings(clusters, children[key], twins)
        listings = [child.key for key in listings for child in children[key]]
    for mention in loose:
        found = _find(clusters, mention)
        found = _moved(clusters, mention, twins) if found is None else found
        if found is None and _is_doubtful(mention):
            found = _by_description(clusters, mention)
            if found is None:
                doubtful.append(mention)
                continue
        _add(clusters, mention, found)
    return doubtful


# --------------------------------------------------------------------------------------------------------------- tree


def _ranked(members: Iterable[_Mention]) -> list[_Mention]:
    """First source, then confidence, then reading order."""
    return sorted(members, key=lambda m: (m.key[0], -m.confidence, m.order))


def _choose_level(members: list[_Mention]) -> Level:
    first = min(m.key[0] for m in members)
    weights: dict[Level, float] = defaultdict(float)
    for mention in _ranked(members):
        if mention.key[0] == first:
            weights[mention.level] += mention.confidence
    return max(weights, key=lambda level: weights[level])


def _choose_parents(clusters: _Clusters) -> tuple[list[int | None], list[tuple[int, int]]]:
    """Give each cluster its parent, never below itself, and the (cluster, other parent) pairs in dispute."""
    chosen: list[int | None] = [None] * len(clusters.members)
    disputed = []
    for cluster, members in enumerate(clusters.members):
        wanted: list[int] = []
        for mention in _ranked(members):
            parent = None if mention.parent is None else clusters.of.get(mention.parent)
            if parent is not None and parent != cluster and parent not in wanted:
                wanted.append(parent)
        for parent in wanted:
            above: int | None = parent
            while above is not None and above != cluster:
                above = chosen[above]
            if above is None and chosen[cluster] is None:
                chosen[cluster] = parent
            elif parent != chosen[cluster]:
                disputed.append((cluster, parent))
    return chosen, disputed


def _order_siblings(clusters: _Clusters, siblings: list[int]) -> list[int]:
    """Order as the first source prints them; what only later sources have comes after its nearest earlier sibling.

    Siblings that are all numbered, each with a number of its own, stand in the order of their numbers: cards in rows,
    sheets of several services and forewords print them in another.
    """
    placed = _order_as_printed(clusters, siblings)
    numbers: dict[int, tuple[int, ...]] = {}
    levels: dict[int, Level] = {}
    for cluster in placed:
        best = _ranked(clusters.members[cluster])[0]
        levels[cluster] = best.level
        if best.code.parts and all(part.isdigit() for part in best.code.parts):
            numbers[cluster] = tuple(int(part) for part in best.code.parts)
    for level in set(levels.values()):
        places = [i for i, c in enumerate(placed) if levels[c] is level]
        keys = [numbers.get(placed[i]) for i in places]
        if (
            len(places) > 1
            and None not in keys
            and len(set(keys)) == len(keys)
            and len({len(k) for k in keys if k}) == 1
        ):
            ordered = sorted((placed[i] for i in places), key=lambda c: numbers[c])
            for i, cluster in zip(places, ordered, strict=True):
                placed[i] = cluster
    return placed


def _order_as_printed(clusters: _Clusters, siblings: list[int]) -> list[int]:
    placed: list[int] = []
    known: set[int] = set()
    for source in sorted({s for c in siblings for s in clusters.sources[c]}):
        here = []
        for cluster in siblings:
            own = [m for m in clusters.members[cluster] if m.key[0] == source]
            if own:
                best = min(own, key=lambda m: (-m.confidence, not (m.has_fields or m.parent is not None), m.order))
                here.append((best.order, cluster))
        here.sort()
        place = 0 if any(cluster in known for _, cluster in here) else len(placed)
        for _, cluster in here:
            if cluster in known:
                place = placed.index(cluster) + 1
            else:
                placed.insert(place, cluster)
                known.add(cluster)
                place += 1
    return placed


def _walk(clusters: _Clusters, parents: Sequence[int | None]) -> list[int]:
    """Give the clusters in plan order: depth first, parents first."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for cluster, parent in enumerate(parents):
        children[parent].append(cluster)
    walked: list[int] = []
    waiting = list(reversed(_order_siblings(clusters, children[None])))
    while waiting:
        cluster = waiting.pop()
        walked.append(cluster)
        waiting += reversed(_order_siblings(clusters, children[cluster]))
    return walked


def _read_id(level: Level, path: str, folded: str, homonym: int) -> str:
    return hashlib.sha256("|".join((level.value, path, folded, str(homonym))).encode()).hexdigest()[:12]


# --------------------------------------------------------------------------------------------------------- resolution


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement on an element with its place in the order of precedence; `current`: its source says how far it is."""

    source: int
    sequence: int
    statement: Statement
    current: bool = False

    def precedence(self, name: str) -> tuple[bool, bool, int]:
        """Return the place of the source for a field: corrections, then what is current, then the order given."""
        is_current = self.current and name in CURRENT_FIELDS
        return (self.source != CORRECTION, not is_current, self.source)

    def preference(self, name: str) -> tuple[bool, tuple[bool, bool, int], float, int]:
        """Return the place of the statement; an empty value is a value only where a correction empties a field."""
        is_empty = self.statement.value == "" and self.source != CORRECTION
        return (is_empty, self.precedence(name), -self.statement.confidence, self.sequence)


def _same_value(name: str, a: str, b: str) -> bool:
    """Tell whether two canonical values agree; a date agrees with the same date printed less precisely."""
    if a == b:
        return True
    if name in NUMBER_FIELDS:
        x, y = _decimal(a), _decimal(b)
        return x is not None and x == y
    if name in ("start", "end"):
        return a.startswith(b) or b.startswith(a)
    if name == "code":
        return same_code(read_code(a), read_code(b))
    return fold(a) == fold(b)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


class _Ranks:
    """The rank of each statement; what is never ranked stays at 0."""

    def __init__(self) -> None:
        self.of: dict[int, int] = {}

    def set(self, said: Iterable[_Said], first: int) -> None:
        for rank, one in enumerate(said, first):
            self.of[one.sequence] = rank


def _keep_first(said: list[_Said], name: str, ranks: _Ranks) -> _Said | None:
    found = sorted((s for s in said if s.statement.field == name), key=lambda s: s.preference(name))
    if name == "title" and found:
        found = _whole_title_first(found)
    ranks.set(found, 0)
    return found[0] if found else None


def _whole_title_first(found: list[_Said]) -> list[_Said]:
    """Put the whole title before the same one cut short in the same source."""
    first = found[0]
    whole = [
        s
        for s in found[1:]
        if s.source == first.source
        and len(fold(s.statement.value)) > len(fold(first.statement.value))
        and fold(s.statement.value).startswith(fold(first.statement.value))
    ]
    if not whole or not first.statement.value.rstrip().endswith(("...", "\u2026")):
        return found
    return [whole[0], *(s for s in found if s is not whole[0])]


def _keep_text(said: list[_Said], name: str, ranks: _Ranks) -> tuple[str, _Said | None]:
    """Join the paragraphs that the winning source prints, each once; a paragraph contained in another adds nothing."""
    found = sorted((s for s in said if s.statement.field == name), key=lambda s: (s.precedence(name), s.sequence))
    readable = [s for s in found if s.statement.value or s.source == CORRECTION]
    winner = readable[0].source if readable else None
    kept: list[_Said] = []
    for one in readable:
        if one.source == winner:
            folded = fold(one.statement.value)
            if any(folded == fold(k.statement.value) or (folded and folded in fold(k.statement.value)) for k in kept):
                continue
            kept = [k for k in kept if not (fold(k.statement.value) and fold(k.statement.value) in folded)]
            kept.append(one)
    ranks.set((s for s in found if s not in kept), 1)
    return "\n".join(k.statement.value for k in kept), kept[0] if kept else None


def _keep_joined(said: list[_Said], name: str, ranks: _Ranks) -> str:
    """Join the values of the winning source: numbers sorted for `sdg`, printed order for the others."""
    found = sorted((s for s in said if s.statement.field == name), key=lambda s: (s.source, s.sequence))
    readable = [s for s in found if s.statement.value]
    winner = readable[0].source if readable else None
    ranks.set((s for s in found if s.source != winner), 1)
    parts: dict[str, str] = {}
    for one in readable:
        if one.source == winner:
            for part in one.statement.value.split(";"):
                if part.strip():
                    parts.setdefault(fold(part), part.strip())
    values = list(parts.values())
    if name == "sdg":
        values.sort(key=lambda v: (_integer(v, 99), v))
    return ";".join(values)


def _show(name: str, statement: Statement) -> str:
    """Return a value as a person reads it: a date in French, a status by its printed word."""
    if name in ("start", "end"):
        return format_date(statement.value)
    return statement.original if name == "status" and statement.original else statement.value


def _conflicts(element_id: str, title: str, said: list[_Said]) -> list[Remark]:
    """Give one `conflict` remark for each value that differs from the one that was kept."""
    remarks = []
    for name in (*SCALAR_FIELDS, *TEXT_FIELDS):
        if any(s.source == CORRECTION and s.statement.field == name for s in said):
            continue
        found = [s for s in said if s.statement.field == name and s.statement.value]
        found.sort(key=lambda s: s.preference(name))
        if len(found) < 2 or (name in TEXT_FIELDS and len({s.source for s in found}) < 2):
            continue
        kept = found[0]
        seen = [kept.statement.value]
        for other in found[1:]:
            value = other.statement.value
            if any(_same_value(name, value, known) for known in seen):
                continue
            if name in ("title", *TEXT_FIELDS) and same_title(fold(value), fold(kept.statement.value)):
                continue
            if name == "title" and other.source == kept.source and _begins(fold(value), fold(kept.statement.value)):
                continue
            if other.source == kept.source and (name in TEXT_FIELDS or other.statement.confidence < LOOSE_CONFIDENCE):
                continue
            seen.append(value)
            facts = (
                ("field", name_code(name)), ("title", title),
                ("kept", _show(name, kept.statement)), ("other", _show(name, other.statement)),
                ("kept_source", kept.statement.source), ("kept_locator", kept.statement.locator),
            )  # fmt: skip
            moved_on = name in CURRENT_FIELDS and kept.current and not other.current
            severity = Severity.INFO if name in TEXT_FIELDS or moved_on else Severity.WARNING
            remarks.append(
                Remark(severity, "conflict", facts, element_id, other.statement.source, other.statement.locator)
            )
    return remarks


def _first_end(said: list[_Said], kept: _Said | None) -> str:
    """Give the deadline that was first set, where it slipped: the one printed as such, the one that was adopted before
    the current one, or the earliest that a source prints.

    A corrected deadline was misread: what its source says of it does not count.
    """
    end = "" if kept is None else kept.statement.value
    firsts = sorted((s for s in said if s.statement.field == "end_first"), key=lambda s: s.preference("end_first"))
    if firsts and (firsts[0].statement.value or firsts[0].source == CORRECTION):
        return firsts[0].statement.value or end
    ends = [s for s in said if s.statement.field == "end" and s.statement.value and s.source != CORRECTION]
    ends.sort(key=lambda s: s.preference("end"))
    if kept is not None and kept.source == CORRECTION:
        ends = [s for s in ends if s.source != ends[0].source]
    before = [s for s in ends if not s.current]
    if kept is not None and kept.current and before:
        ends = before
        candidates: tuple[str, ...] = ()
    else:
        candidates = (end,)
    others = (s.statement.value for s in ends)
    return min((*(o for o in others if not _same_value("end", o, end)), *candidates), key=_by_year, default=end)


def _by_year(end: str) -> tuple[str, str]:
    return (end[:4], end)


def _page(locator: str) -> str:
    found = re.match(r"p\.\s?(\d+)", locator)
    return found.group(1) if found is not None else ""


def _find_page(title: _Said | None, said: Iterable[_Said]) -> str:
    """Give the page on which the title that was kept stands."""
    if title is None:
        return ""
    own = (s.statement for s in said if s.source == title.source and s.statement.field == "page")
    printed = next((s.value for s in own if s.mention_id == title.statement.mention_id), "")
    return printed or _page(title.statement.locator)


def _groups(said: list[_Said], prefix: str) -> list[tuple[int, list[_Said]]]:
    """Gather the parts of budget lines or indicators by (mention, group), in order of precedence and of reading."""
    groups: dict[tuple[int, str, str], list[_Said]] = defaultdict(list)
    for one in sorted(said, key=lambda s: (s.source, s.sequence)):
        if one.statement.field.startswith(prefix) and one.statement.group:
            groups[one.source, one.statement.mention_id, one.statement.group].append(one)
    return [(source, parts) for (source, _, _), parts in groups.items()]


def _part(parts: Iterable[_Said], name: str) -> Statement | None:
    return next((p.statement for p in parts if p.statement.field == name), None)


def _value(parts: Iterable[_Said], name: str) -> str:
    statement = _part(parts, name)
    return "" if statement is None else statement.value


def _resolve_actors(element_id: str, said: list[_Said], ranks: _Ranks) -> list[Actor]:
    """Unite the names that the sources give to each role; a correction of a role stands alone."""
    actors = []
    for role in ACTOR_ROLES:
        seen: dict[str, int] = {}
        found = sorted((s for s in said if s.statement.field == role), key=lambda s: (s.source, s.sequence))
        corrected = any(s.source == CORRECTION for s in found)
        for one in found:
            name = one.statement.value
            if corrected and one.source != CORRECTION:
                ranks.of[one.sequence] = 1
            elif fold(name) in seen:
                seen[fold(name)] += 1
                ranks.of[one.sequence] = seen[fold(name)]
            elif name:
                seen[fold(name)] = 0
                actors.append(Actor(element_id, role, name))
    return actors


def _resolve_budgets(element_id: str, said: list[_Said], ranks: _Ranks) -> list[Budget]:
    groups = _groups(said, "budget_")
    budgets: list[Budget] = []
    winner = groups[0][0] if groups else None
    for source, parts in groups:
        budget = Budget(
            element_id,
            _value(parts, "budget_year"),
            _decimal(_value(parts, "budget_amount")),
            _value(parts, "budget_kind"),
            _value(parts, "budget_funder"),
        )
        if source == winner and budget not in budgets:
            budgets.append(budget)
        else:
            for part in parts:
                ranks.of[part.sequence] = 1
    return budgets


# --------------------------------------------------------------------------------------------------------- indicators


def _indicator_kind(label: str, measures: Sequence[Measure]) -> str:
    if any(m.value is not None for m in measures):
        return "numeric"
    words = load("measures")["kind"]
    values = {fold(m.original) for m in measures if m.original}
    if values and values <= {fold(w) for w in words["milestone_values"]}:
        return "milestone"
    padded = f" {fold(label)} "
    if any(padded.startswith(f" {fold(w)} ") for w in words["numeric_starts"]) or "%" in label:
        return "numeric"
    if any(f" {fold(w)} " in padded for w in words["milestone_words"]):
        return "milestone"
    return "text"


def _indicator_direction(label: str) -> str:
    """Read the direction from words that say it; empty when they do not, or say two things."""
    padded = f" {fold(label)} "
    directions: dict[str, list[str]] = load("measures")["direction"]
    found = {d for d, words in directions.items() if any(f" {fold(w)} " in padded for w in words)}
    return found.pop() if len(found) == 1 else ""


def _resolve_indicators(
    element_id: str, said: list[_Said], ranks: _Ranks
) -> tuple[list[Indicator], list[Measure], list[Remark]]:
    """Give the indicators of one element, one a label, and their measures; say where sources differ on one."""
    known: list[tuple[str, str, list[list[_Said]]]] = []  # label, folded label, groups
    by_group: dict[tuple[int, str, str], int] = {}
    for source, parts in _groups(said, "indicator_"):
        label = _value(parts, "indicator_label") or _printed(_part(parts, "indicator_label"))
        folded = fold(label)
        place = next((i for i, (_, f, _) in enumerate(known) if f == folded), None)
        if place is None and folded:
            place = next((i for i, (_, f, _) in enumerate(known) if _same_label(folded, f)), None)
        if place is None:
            place = len(known)
            known.append((label, folded, []))
        else:
            for part in parts:
                ranks.of[part.sequence] = len(known[place][2])
        known[place][2].append(parts)
        by_group[source, parts[0].statement.mention_id, parts[0].statement.group] = place
    measures_of: dict[int, list[tuple[int, list[_Said]]]] = defaultdict(list)
    for source, parts in _groups(said, "measure_"):
        statement = parts[0].statement
        owner = (source, statement.mention_id, statement.group.rpartition(".")[0])
        if owner not in by_group:
            by_group[owner] = len(known)
            known.append(("", "", []))
        measures_of[by_group[owner]].append((source, parts))
    indicators, measures, remarks = [], [], []
    for place, (label, folded, groups) in enumerate(known):
        own, said_twice = _resolve_measures(element_id, label, folded, measures_of[place], ranks)
        remarks += said_twice
        fields = {
            name: next((v for parts in groups if (v := _value(parts, f"indicator_{name}"))), "")
            for name in INDICATOR_FIELDS
        }
        unit = fields["unit"] or next((m.unit for m in own if m.unit), "")
        indicators.append(
            Indicator(
                id=_indicator_id(element_id, folded),
                element_id=element_id,
                label=label,
                family=fields["family"],
                kind=fields["kind"] or _indicator_kind(label, own),
                unit=unit,
                direction=fields["direction"] or _indicator_direction(label),
            )
        )
        measures += [m if m.unit or m.value is None else replace(m, unit=unit) for m in own]
    return indicators, measures, remarks


def _same_label(a: str, b: str) -> bool:
    """Tell whether two folded labels name one indicator; other numbers or other words make another one."""
    return (fuzz.ratio(a, b) >= SAME_LABEL_RATIO and same_title(a, b)) or title_score(a, b, {}) >= SAME_LABEL_RATIO


def _indicator_id(element_id: str, folded: str) -> str:
    return hashlib.sha256(f"{element_id}|{folded}".encode()).hexdigest()[:12]


def _resolve_measures(
    element_id: str, label: str, folded: str, groups: list[tuple[int, list[_Said]]], ranks: _Ranks
) -> tuple[list[Measure], list[Remark]]:
    measures: list[Measure] = []
    remarks = []
    for _, parts in groups:
        value = _part(parts, "measure_value")
        if value is None:
            continue
        measure = Measure(
            indicator_id=_indicator_id(element_id, folded),
            period=_value(parts, "measure_period"),
            role=_value(parts, "measure_role"),
            value=_decimal(value.value),
            unit=_value(parts, "measure_unit"),
            original=value.original,
            source=value.source,
            locator=value.locator,
        )
        same = [m for m in measures if (m.period, m.role) == (measure.period, measure.role)]
        repeated = [m for m in same if m.source == measure.source and m.original == measure.original]
        if repeated:
            for part in parts:
                ranks.of[part.sequence] = 1
            if measure.role == "actual":  # a long table prints the target beside each value
                remarks.append(
                    _measure_remark(Severity.INFO, "measure_repeated", element_id, label, measure, repeated[0])
                )
            continue
        differing = [m for m in same if m.value is not None and measure.value is not None and m.value != measure.value]
        if differing:
            remarks.append(
                _measure_remark(Severity.WARNING, "measure_conflict", element_id, label, measure, differing[0])
            )
        measures.append(measure)
    return measures, remarks


def _measure_remark(
    severity: Severity, code: str, element_id: str, label: str, measure: Measure, kept: Measure
) -> Remark:
    facts = (
        ("indicator", label),
        ("period", measure.period),
        ("role", name_code(measure.role)),
        ("other", measure.original),
        ("kept", kept.original),
        ("kept_source", kept.source),
        ("kept_locator", kept.locator),
    )
    return Remark(severity, code, facts, element_id, measure.source, measure.locator)


# ------------------------------------------------------------------------------------------- services' spreadsheets


@dataclass(frozen=True, slots=True)
class _Directory:
    """The elements as a spreadsheet may name them."""

    codes: Mapping[tuple[str, ...], tuple[tuple[CodeKey, str], ...]]
    titles: TitleIndex
    printed: Mapping[str, str]
    folded: Mapping[str, tuple[str, ...]]
    above: Mapping[str, str]
    indicators: Mapping[str, tuple[str, ...]]  # folded label of an indicator -> elements that print it


def _build_directory(
    clusters: _Clusters,
    order: Sequence[int],
    ids: Mapping[int, str],
    parents: Sequence[int | None],
    titles: Mapping[int, str],
    grouped: Mapping[MentionKey, list[Statement]],
) -> _Directory:
    codes: dict[tuple[str, ...], list[tuple[CodeKey, str]]] = defaultdict(list)
    paths: dict[int, tuple[str, ...]] = {}
    for cluster in order:
        above = parents[cluster]
        own = [m.code for m in _ranked(clusters.members[cluster]) if m.code.parts]
        prefix = () if above is None else paths[above]
        paths[cluster] = prefix
        if own:
            paths[cluster] = (*prefix, *own[0].parts) if len(own[0].parts) == 1 else own[0].parts
        for code in own:
            for parts in {code.parts, code.repaired[1]}:
                entry = (code, ids[cluster])
                if entry not in codes[parts]:
                    codes[parts].append(entry)
        if own and paths[cluster] != own[0].parts:
            codes[paths[cluster]].append((CodeKey("", paths[cluster], ("", paths[cluster])), ids[cluster]))
    names = [(ids[c], m.title) for c in order for m in clusters.members[c]]
    owners: dict[str, list[str]] = defaultdict(list)
    for cluster in order:
        for mention in clusters.members[cluster]:
            for statement in grouped[mention.key]:
                label = fold(_printed(statement)) if statement.field == "indicator_label" else ""
                if label and ids[cluster] not in owners[label]:
                    owners[label].append(ids[cluster])
    return _Directory(
        {parts: tuple(entries) for parts, entries in codes.items()},
        build_title_index(names),
        {ids[c]: titles[c] for c in order},
        {ids[c]: tuple(sorted({m.folded for m in clusters.members[c]})) for c in order},
        {ids[c]: ids[above] for c in order if (above := parents[c]) is not None},
        {label: tuple(found) for label, found in owners.items()},
    )


def _match_reference(
    directory: _Directory, code: str, title: str, labels: Sequence[str]
) -> tuple[str, str, list[Match]]:
    """Find the element that a row names: (element id, "", []) or ("", reason, candidates).

    The code decides when the title does not contradict it; a code that names the parent of what the title names is a
    column of parents. A row without either is matched by its indicators, when only one element prints them.
    """
    key, folded = read_code(code), fold(title)
    by_code: list[str] = []
    for parts in dict.fromkeys((key.parts, key.repaired[1])):
        for known, element_id in directory.codes.get(parts, ()) if parts else ():
            if same_code(key, known) and element_id not in by_code:
                by_code.append(element_id)
    weights = directory.titles.weights
    scores = {e: max(title_score(folded, t, weights) for t in directory.folded[e]) for e in by_code}
    if by_code and folded:
        agreeing = [e for e in by_code if scores[e] >= CONTRADICTING_SCORE]
        if len(agreeing) == 1:
            return agreeing[0], "", []
        best = sorted(agreeing, key=lambda e: -scores[e])
        if len(best) > 1 and scores[best[0]] - scores[best[1]] >= CONTRADICTING_SCORE / 2:
            return best[0], "", []
        named, found = match_title(title, directory.titles)
        if named and any(_is_above(directory, e, named) for e in by_code):
            return named, "", []
        candidates = [Match(e, scores[e]) for e in by_code] + [m for m in found if m.key not in by_code]
        return "", "ambiguous", sorted(candidates, key=lambda m: -m.score)
    if len(by_code) == 1:
        return by_code[0], "", []
    if by_code:
        return "", "ambiguous", [Match(e, 100.0) for e in by_code]
    if not code and not title:
        owners = [directory.indicators.get(fold(label), ()) for label in labels]
        if owners and all(o == owners[0] and len(o) == 1 for o in owners):
            return owners[0][0], "", []
        several = {e for o in owners for e in o}
        return "", "ambiguous" if several else "no_match", [Match(e, 100.0) for e in sorted(several)]
    element_id, found = match_title(title, directory.titles)
    if element_id:
        return element_id, "", []
    near = len(found) > 0 and found[0].score >= AMBIGUOUS_SCORE
    return "", "ambiguous" if near else "no_match", found


def _is_above(directory: _Directory, upper: str, lower: str) -> bool:
    while lower:
        lower = directory.above.get(lower, "")
        if lower == upper:
            return True
    return False


def _unmatched_remark(statement: Statement, label: str, reason: str, count: int, candidates: Sequence[str]) -> Remark:
    code = "measure_ambiguous" if reason == "ambiguous" else "measure_unmatched"
    named = ", ".join(f"\u00ab\u00a0{title}\u00a0\u00bb" for title in candidates)
    facts = (("label", label), ("count", str(count)), ("candidates", named))
    return Remark(Severity.WARNING, code, facts, "", statement.source, statement.locator)


def _list_unmatched(
    statements: Sequence[Statement], label: str, reason: str, candidates: list[Match], directory: _Directory
) -> list[Unmatched]:
    listed = "; ".join(f"{m.key} {directory.printed[m.key]} ({round(m.score)})" for m in candidates)
    said = [_Said(0, i, s) for i, s in enumerate(statements)]
    labels = {p[0].statement.group: _printed(_part(p, "indicator_label")) for _, p in _groups(said, "indicator_")}
    rows = []
    for _, parts in _groups(said, "measure_"):
        value = _part(parts, "measure_value")
        if value is not None:
            indicator = labels.get(value.group.rpartition(".")[0], "")
            period, role = _value(parts, "measure_period"), _value(parts, "measure_role")
            rows.append(
                Unmatched(
                    value.source,
                    value.locator,
                    reason,
                    label,
                    indicator,
                    period,
                    role,
                    value.value or value.original,
                    listed,
                )
            )
    return rows


# --------------------------------------------------------------------------------------------------------------- plan


def _distinct_mentions(extractions: Sequence[Extraction]) -> list[Extraction]:
    """Prefix mention ids that two sources share, so that a mention names one appearance in one source."""
    owners: dict[str, set[int]] = defaultdict(set)
    for index, extraction in enumerate(extractions):
        for statement in extraction.statements:
            owners[statement.mention_id].add(index)
    shared = {mention for mention, sources in owners.items() if len(sources) > 1}
    if not shared:
        return list(extractions)
    renamed = []
    bare = Counter(e.source for e in extractions)
    for index, extraction in enumerate(extractions):
        mark = extraction.source if bare[extraction.source] == 1 else f"{extraction.source}~{index + 1}"

        def name(mention: str, mark: str = mark) -> str:
            return f"{mark}:{mention}" if mention in shared else mention

        statements = tuple(
            replace(
                s,
                mention_id=name(s.mention_id),
                value=name(s.value) if s.field == "parent" and s.value else s.value,
                original=name(s.original) if s.field == "parent" and not s.value and s.original else s.original,
            )
            for s in extraction.statements
        )
        blocks = tuple(replace(b, mention_id=name(b.mention_id)) if b.mention_id else b for b in extraction.blocks)
        renamed.append(replace(extraction, statements=statements, blocks=blocks))
    return renamed


def merge(
    extractions: Sequence[Extraction],
    measures: Sequence[Extraction] = (),
    corrections: Sequence[Statement] = (),
    *,
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Merge normalised sources, in order of precedence, services' spreadsheets and corrections into one plan.

    Every statement that comes in is in `Plan.statements` once, with its element ("" when it belongs to none) and rank.
    Corrections name an element by `element_id`, or by `mention_id` when that is empty; they outrank every source and
    never change an id; one without a value empties its field. `roles` (name of a source -> role in plan.toml): what a
    source of CURRENT_ROLES says of CURRENT_FIELDS outranks the others, wherever it stands. Remarks: parent_unknown,
    parent_cycle, parent_conflict, level_conflict, mention_doubtful, not_adopted, duplicate_code, conflict,
    measure_conflict, measure_repeated, measure_unmatched, measure_ambiguous, correction_unknown.
    """
    distinct = _distinct_mentions((*extractions, *measures))
    sources, sheets = distinct[: len(extractions)], distinct[len(extractions) :]
    remarks: list[Remark] = [r for e in distinct for r in e.remarks]
    clusters = _Clusters()
    grouped: dict[MentionKey, list[Statement]] = {}
    for index, extraction in enumerate(sources):
        mentions, groups, said = _read_mentions(index, extraction.statements)
        grouped.update({(index, m): g for m, g in groups.items()})
        mentions, cut = _without_cycles(mentions)
        doubtful = _gather_source(clusters, mentions)
        remarks += said
        for code, found in (("parent_cycle", cut), ("mention_doubtful", doubtful)):
            for mention in found:
                place = _best(grouped[mention.key], "title") or grouped[mention.key][0]
                facts = (("title", mention.title), ("level", name_code(mention.level)))
                remarks.append(Remark(Severity.WARNING, code, facts, "", place.source, place.locator))

    parents, disputed = _choose_parents(clusters)
    levels = [_choose_level(members) for members in clusters.members]
    order = _walk(clusters, parents)
    ids = _name_elements(clusters, order, parents, levels)
    first_titles = {c: _first_title(clusters.members[c]) for c in order}
    remarks += _structure_remarks(clusters, order, ids, parents, levels, disputed, first_titles)
    remarks += _not_adopted(clusters, order, ids, grouped, [roles.get(e.source, "") for e in extractions])

    known_ids = set(ids.values())
    corrected: dict[str, list[Statement]] = defaultdict(list)
    lost: list[Statement] = []
    for statement in corrections:
        target = statement.element_id or statement.mention_id
        if target in known_ids:
            corrected[target].append(statement)
        else:
            lost.append(statement)
            remarks.append(_unknown_correction(statement, target, ""))
    parents, levels, moved_remarks = _correct_tree(clusters, ids, parents, levels, corrected)
    remarks += moved_remarks
    order = _walk(clusters, parents)

    directory = _build_directory(clusters, order, ids, parents, first_titles, grouped)
    rows: dict[str, list[tuple[int, str, list[Statement]]]] = defaultdict(list)
    loose_rows: list[Statement] = []
    unmatched: list[Unmatched] = []
    for index, sheet in enumerate(sheets, len(sources)):
        for mention_id, group in _group_by_mention(sheet.statements).items():
            code, title = _printed(_best(group, "ref_code")), _printed(_best(group, "ref_title"))
            labels = [_printed(s) for s in group if s.field == "indicator_label"]
            element_id, reason, candidates = _match_reference(directory, code, title, labels)
            if element_id:
                rows[element_id].append((index, mention_id, group))
                continue
            loose_rows += group
            label = " ".join(part for part in (code, title) if part) or ", ".join(labels)
            listed = _list_unmatched(group, label, reason, candidates, directory)
            unmatched += listed
            named = [directory.printed[m.key] for m in candidates]
            remarks.append(_unmatched_remark(group[0], label, reason, len(listed), named))

    return _assemble(
        clusters,
        order,
        ids,
        parents,
        levels,
        grouped,
        corrected,
        rows,
        (*lost, *loose_rows),
        distinct,
        unmatched,
        remarks,
        frozenset(index for index, e in enumerate(extractions) if roles.get(e.source) in CURRENT_ROLES),
    )


def _first_title(members: Sequence[_Mention]) -> str:
    ranked = _ranked(members)
    return next((m.title for m in ranked if m.title), "")


def _name_elements(
    clusters: _Clusters, order: Sequence[int], parents: Sequence[int | None], levels: Sequence[Level]
) -> dict[int, str]:
    """Give each cluster its id: level, printed code path, folded title as first read, rank among homonyms."""
    ids: dict[int, str] = {}
    paths: dict[int, str] = {}
    homonyms: Counter[tuple[Level, str, str]] = Counter()
    for cluster in order:
        ranked = _ranked(clusters.members[cluster])
        code = next((m.code.text for m in ranked if m.code.parts), "")
        above = parents[cluster]
        prefix = "" if above is None else paths[above]
        paths[cluster] = "/".join(part for part in (prefix, code) if part)
        name = (levels[cluster], paths[cluster], fold(_first_title(ranked)))
        ids[cluster] = _read_id(*name, homonyms[name])
        homonyms[name] += 1
    return ids


def _not_adopted(
    clusters: _Clusters,
    order: Sequence[int],
    ids: Mapping[int, str],
    grouped: Mapping[MentionKey, Sequence[Statement]],
    roles: Sequence[str],
) -> list[Remark]:
    """Say which elements stand in a brochure alone, where the plan itself is among the sources."""
    if not PLAN_ROLES & set(roles):
        return []
    remarks = []
    for cluster in order:
        members = _ranked(clusters.members[cluster])
        if all(roles[member.key[0]] == BROCHURE for member in members):
            place = _best(grouped[members[0].key], "title") or grouped[members[0].key][0]
            facts = (("title", members[0].title),)
            remarks.append(Remark(Severity.WARNING, "not_adopted", facts, ids[cluster], place.source, place.locator))
    return remarks


def _structure_remarks(
    clusters: _Clusters,
    order: Sequence[int],
    ids: Mapping[int, str],
    parents: Sequence[int | None],
    levels: Sequence[Level],
    disputed: Iterable[tuple[int, int]],
    titles: Mapping[int, str],
) -> list[Remark]:
    """Say where mentions disagree on level or parent, and where siblings print the same number."""
    remarks = []
    for cluster in order:
        other = [m for m in _ranked(clusters.members[cluster]) if m.level is not levels[cluster]]
        if other:
            facts = (
                ("title", titles[cluster]),
                ("kept", name_code(levels[cluster])),
                ("other", name_code(other[0].level)),
            )
            remarks.append(Remark(Severity.WARNING, "level_conflict", facts, ids[cluster]))
    for cluster, parent in disputed:
        above = parents[cluster]
        kept = "" if above is None else titles[above]
        facts = (("title", titles[cluster]), ("kept", kept), ("other", titles[parent]))
        remarks.append(Remark(Severity.WARNING, "parent_conflict", facts, ids[cluster]))
    seen: dict[tuple[int | None, Level, tuple[str, ...]], int] = {}
    for cluster in order:
        code = next((m.code for m in _ranked(clusters.members[cluster]) if m.code.parts), None)
        if code is None:
            continue
        key = (parents[cluster], levels[cluster], code.parts)
        if key in seen:
            facts = (("code", code.text), ("title", titles[cluster]), ("other", titles[seen[key]]))
            remarks.append(Remark(Severity.WARNING, "duplicate_code", facts, ids[cluster]))
        else:
            seen[key] = cluster
    return remarks


def _correct_tree(
    clusters: _Clusters,
    ids: Mapping[int, str],
    parents: Sequence[int | None],
    levels: Sequence[Level],
    corrected: Mapping[str, Sequence[Statement]],
) -> tuple[list[int | None], list[Level], list[Remark]]:
    """Apply corrections of parent and level; a parent that is unknown or below the element is said and left out."""
    new_parents, new_levels, remarks = list(parents), list(levels), []
    by_id = {element_id: cluster for cluster, element_id in ids.items()}
    for element_id, statements in corrected.items():
        cluster = by_id[element_id]
        level, parent = _best(statements, "level"), _best(statements, "parent")
        if level is not None and level.value in set(Level):
            new_levels[cluster] = Level(level.value)
        if parent is None:
            continue
        target = by_id.get(parent.value)
        above = target
        while above is not None and above != cluster:
            above = new_parents[above]
        if parent.value and (target is None or above == cluster):
            remarks.append(_unknown_correction(parent, element_id, element_id))
        else:
            new_parents[cluster] = target
    return new_parents, new_levels, remarks


def _unknown_correction(statement: Statement, target: str, element_id: str) -> Remark:
    facts = (("field", name_code(statement.field)), ("value", statement.value or statement.original), ("id", target))
    return Remark(Severity.WARNING, "correction_unknown", facts, element_id, statement.source, statement.locator)


def _assemble(
    clusters: _Clusters,
    order: Sequence[int],
    ids: Mapping[int, str],
    parents: Sequence[int | None],
    levels: Sequence[Level],
    grouped: Mapping[MentionKey, list[Statement]],
    corrected: Mapping[str, Sequence[Statement]],
    rows: Mapping[str, list[tuple[int, str, list[Statement]]]],
    loose: Sequence[Statement],
    distinct: Sequence[Extraction],
    unmatched: Sequence[Unmatched],
    remarks: list[Remark],
    current: frozenset[int],
) -> Plan:
    """Resolve every field of every element, in plan order; `current` are the sources that say how far it is."""
    ranks = _Ranks()
    counter = 0
    elements, actors, budgets = [], [], []
    indicators: list[Indicator] = []
    measures: list[Measure] = []
    statements: list[tuple[_Said, str]] = []
    for position, cluster in enumerate(order, 1):
        element_id = ids[cluster]
        said: list[_Said] = []
        sources = [(CORRECTION, list(corrected.get(element_id, ())))]
        sources += [
            (m.key[0], grouped[m.key]) for m in sorted(clusters.members[cluster], key=lambda m: (m.key[0], m.order))
        ]
        sources += [(index, group) for index, _, group in rows.get(element_id, ())]
        for source, group in sources:
            for statement in group:
                said.append(_Said(source, counter, statement, source in current))
                counter += 1
        kept = {name: _keep_first(said, name, ranks) for name in (*SCALAR_FIELDS, "level", "parent", "order")}
        values = {name: "" if one is None else one.statement.value for name, one in kept.items()}
        texts = {name: _keep_text(said, name, ranks)[0] for name in TEXT_FIELDS}
        joined = {name: _keep_joined(said, name, ranks) for name in JOINED_FIELDS}
        title, status, code = kept["title"], kept["status"], kept["code"]
        printed = _keep_first([s for s in said if s.source != CORRECTION], "title", _Ranks())
        above = parents[cluster]
        elements.append(
            Element(
                id=element_id,
                parent_id="" if above is None else ids[above],
                position=position,
                level=levels[cluster],
                code=_printed(None if code is None else code.statement),
                title=_printed(None if title is None else title.statement),
                description=texts["description"],
                comment=texts["comment"],
                status=values["status"],
                status_source="" if status is None else status.statement.original,
                progress=_decimal(values["progress"]),
                health=values["health"],
                start=values["start"],
                end=values["end"],
                end_first=_first_end(said, kept["end"]),
                priority=values["priority"],
                budget=_decimal(values["budget"]),
                fte=_decimal(values["fte"]),
                sdg=joined["sdg"],
                kind=values["kind"],
                synergy=values["synergy"],
                result=texts["result"],
                plans=joined["plans"],
                page=_find_page(printed, said),
                source="" if printed is None else printed.statement.source,
                confidence=max(m.confidence for m in clusters.members[cluster]),
            )
        )
        actors += _resolve_actors(element_id, said, ranks)
        budgets += _resolve_budgets(element_id, said, ranks)
        own, figures, differing = _resolve_indicators(element_id, said, ranks)
        indicators += own
        measures += figures
        remarks += _conflicts(element_id, elements[-1].title, said)
        remarks += differing
        statements += [(one, element_id) for one in said]
    placed = [_place(one.statement, e, ranks.of.get(one.sequence, 0)) for one, e in statements]
    left = [s for key, group in grouped.items() if key not in clusters.of for s in group]
    placed += [_place(s, "", 0) for s in (*left, *loose)]
    return Plan(
        elements=tuple(elements),
        actors=tuple(actors),
        budgets=tuple(budgets),
        indicators=tuple(indicators),
        measures=tuple(measures),
        unmatched=tuple(unmatched),
        statements=tuple(placed),
        remarks=tuple(remarks),
        blocks=tuple(_place_blocks(clusters, ids, rows, distinct)),
    )


def _place(statement: Statement, element_id: str, rank: int) -> Statement:
    """Give the statement its element and rank; built anew, as `replace` takes several times as long on a whole plan."""
    s = statement
    return Statement(
        s.mention_id, s.field, s.value, s.original, s.source, s.locator, s.confidence, s.group, element_id, rank
    )


def _place_blocks(
    clusters: _Clusters,
    ids: Mapping[int, str],
    rows: Mapping[str, list[tuple[int, str, list[Statement]]]],
    distinct: Sequence[Extraction],
) -> list[BlockFate]:
    """Give each block its element; a block whose mention became none is unclassified again."""
    element_of: dict[MentionKey, str] = {key: ids[cluster] for key, cluster in clusters.of.items()}
    for element_id, entries in rows.items():
        element_of.update({(index, mention_id): element_id for index, mention_id, _ in entries})
    fates = []
    for index, extraction in enumerate(distinct):
        for fate in extraction.blocks:
            element_id = element_of.get((index, fate.mention_id), "")
            became = Became.UNCLASSIFIED if fate.became is Became.ELEMENT and not element_id else fate.became
            fates.append(replace(fate, element_id=element_id, became=became))
    return fates
