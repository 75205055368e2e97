"""Where the reading of a flow stands: a stack of frames, the mentions found so far, and what every block became.

A frame is an element, a section («Actions :», «Nos acteurs»), or a closed chapter outside the plan. What comes next
closes the frames that it does not belong to and opens its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pipeline.extract.bare import split_bare_bracket, split_bare_tail
from pipeline.extract.brackets import Brackets, find_brackets, split_values
from pipeline.extract.infer import is_vision
from pipeline.extract.legends import split_mark
from pipeline.extract.nesting import find_list_feet
from pipeline.extract.sections import APART, PLAIN_HEADING_RANK, Flow, ambitions_head, sheet_heads
from pipeline.extract.signatures import BodyStyle, Line, locator
from pipeline.extract.titles import Coded, find_coded
from pipeline.extract.unmarked import legend_statuses
from pipeline.model import LEVEL_DEPTH, Became, Block, Layout, Level, Remark
from pipeline.text import fold, strip_title
from pipeline.vocabulary import LevelLabel, code_key, split_final_code, split_title_fields

#: Confidence of a mention by what it rests on.
LABELLED, TABLED, NUMBERED, LISTED, SET_APART, REPEATED = 0.97, 0.95, 0.92, 0.9, 0.8, 0.45
LEVELS = {level.value: level for level in Level}
#: Levels that are texts of an element, and take no field or text of their own.
TEXT_LEVELS = (Level.CONSTAT, Level.AMBITION, Level.ENGAGEMENT)
#: Constats and ambitions: rows of their own under an OS, descriptions on the sheet of an action.
ATTACHED_LEVELS = (Level.CONSTAT, Level.AMBITION)
ACTION_LEVELS = (Level.ACTION, Level.SOUS_ACTION)
#: The heading of a form stands at least this often.
RECURRING = 3
#: Deeper than every level that nests.
_BELOW_ALL = 9


def depth_of(level: Level) -> int:
    """The depth of a level; levels that do not nest stand below all others."""
    return LEVEL_DEPTH.get(level, _BELOW_ALL)


class Said(NamedTuple):
    """What one place says of a mention."""

    field: str
    original: str
    place: str
    group: str
    confidence: float


@dataclass(slots=True, eq=False)
class Mention:
    """One appearance of an element while it is being read."""

    id: str
    level: Level
    parent: Mention | None
    code: str
    title: str
    place: str
    page_number: int
    confidence: float
    named: bool = False  # its level is printed: by a label, or by the column that holds it
    weak: bool = False  # repeated in a foreword, contents or synthesis
    provisional: bool = False  # an item directly under an OS, which an OO after it turns into text
    heading: bool = False  # an unnumbered, unlabelled heading: an element only when something stands below
    from_list: bool = False
    repetition: int = 0  # number of the foreword or synthesis that holds it, 0 for none
    blocks: list[Block] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    children: list[Mention] = field(default_factory=list)
    groups: int = 0
    has_sheet: bool = False
    dropped: bool = False

    def new_group(self, sort: str) -> str:
        """Name a group of statements that belong together: `i3`, `b1`."""
        self.groups += 1
        return f"{sort}{self.groups}"


class Items(StrEnum):
    """What counts as an item of a section."""

    UNKNOWN = ""
    BULLETS = "bullets"
    NUMBERS = "numbers"
    PARAGRAPHS = "paragraphs"
    GROUPED = "grouped"  # paragraphs, under the numbers of elements that stand above
    NONE = "none"


@dataclass(slots=True, eq=False)
class Frame:
    """Where we are: an element (then `mention` is set), a closed chapter, or else a section."""

    rank: float
    mention: Mention | None = None
    concept: str = ""  # of a section: a level or a field; of a closed chapter: one of APART, or "chapter"
    closed: bool = False
    item: bool = False  # an element that is an item of a list
    depth: int = 0  # list level of an item
    items: Items = Items.UNKNOWN  # of a section of a level
    group: Mention | None = None  # of a section: the element that a number over its items names
    until: Line | None = None  # of a section of a level: the number that comes after those of its items
    last: Line | None = None  # of a section of a level: the last number in it
    used: bool = False  # something has been read in it
    indent_pt: float = 0.0  # of a section of a field: where its label is set
    listed: bool = False  # of contents: their lines have come
    number: int = 0  # of a closed chapter
    page_number: int = 0  # where a closed chapter begins
    #: Of a repetition: what it has repeated so far, by level and code or title, with the parent and the title.
    seen: dict[tuple[Level, str], tuple[Mention | None, str]] = field(default_factory=dict)

    @property
    def is_section(self) -> bool:
        """Tell whether the frame is a section."""
        return self.mention is None and not self.closed


@dataclass(slots=True, eq=False)
class Reading:
    """The state of one reading: made by `start_reading`, gone when the statements are written."""

    source: str
    flow: Flow
    body: BodyStyle
    becomes: dict[str, str]  # kind of line -> what the layout makes of it
    confidences: dict[str, float]  # kind of line -> confidence of its rule
    levels: frozenset[Level]  # levels that a rule of the layout gives
    vision: bool  # the text is a vision or mission, no plan
    label_counts: Counter[tuple[Level, str]]  # how often each label stands with its code, without one with its title
    flat_labels: frozenset[tuple[Level, bool]]  # labels, with a code or without, that never look like headings
    recurring: frozenset[str]  # headings of a form, folded: the same words again and again
    strongest: float  # rank of the strongest heading
    heading_counts: Counter[str]  # how often each kind of section heading stands in the flow
    statuses: frozenset[str]  # what a legend of the document lists as statuses, folded
    feet: Mapping[int, int]  # the drawn boxes, each with the index of the block that begins its last line
    list_feet: frozenset[int]  # the `id` of the lines of fields below lists; see `nesting.find_list_feet`
    marks: Mapping[str, str]  # the signs or letters that a legend explains, with the statuses that they stand for
    ambitions_head: bool  # ambitions are the level above the OS, not texts under them
    sheet_heads: frozenset[int]  # the `id` of the first line above each sheet; see `sections.sheet_heads`
    brackets: Brackets | None  # what brackets after titles hold, where the document tells
    coded: tuple[Coded, ...]  # the titles that the document prints beside codes
    board: tuple[Mention, str] | None = None  # an element, and the status that heads a column of its actions
    stack: list[Frame] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    fates: dict[int, tuple[Became, Mention | None]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    announced: list[tuple[Level, int, str]] = field(default_factory=list)  # level, count, place
    chapters: int = 0

    # ---------------------------------------------------------------------------------------- what stands above

    def innermost(self) -> Mention | None:
        """The innermost element, unless a closed chapter stands above it."""
        for frame in reversed(self.stack):
            if frame.mention is not None:
                return frame.mention
            if frame.closed:
                return None
        return None

    def governing(self) -> Frame | None:
        """The frame that governs the next item: the innermost that is not itself an item of a list."""
        return next((frame for frame in reversed(self.stack) if not frame.item), None)

    def last_item(self) -> Frame | None:
        """The item of a list that was read last, if it is still open."""
        return self.stack[-1] if self.stack and self.stack[-1].item else None

    def innermost_frame(self) -> Frame | None:
        """The frame of the innermost element that is no item, closed chapters or not."""
        return next((f for f in reversed(self.stack) if f.mention is not None and not f.item), None)

    def owner_of_text(self) -> Mention | None:
        """The element to which a constat or an ambition belongs: the innermost that is no item."""
        for frame in reversed(self.stack):
            if frame.closed:
                return None
            if frame.mention is not None and not frame.item:
                return frame.mention
        return None

    def parent_for(self, level: Level) -> Mention | None:
        """The element that an element of this level would stand in."""
        depth = LEVEL_DEPTH.get(level)
        for frame in reversed(self.stack):
            if frame.closed and frame.concept not in APART:
                return None
            if frame.mention is None:
                continue
            other = LEVEL_DEPTH.get(frame.mention.level)
            if depth is None:
                if level is Level.ENGAGEMENT or (other is not None and not frame.item):
                    return frame.mention
            elif other is not None and other < depth:
                return frame.mention
        return None

    def has_open(self, level: Level) -> bool:
        """Tell whether an element of this level is open."""
        return any(f.mention is not None and f.mention.level is level for f in self.stack)

    def is_closed(self) -> bool:
        """Tell whether a chapter outside the plan is open."""
        return any(f.closed for f in self.stack)

    def is_open(self, mention: Mention) -> bool:
        """Tell whether a mention still stands on the stack."""
        return any(f.mention is mention for f in self.stack)

    def apart(self) -> Frame | None:
        """The frame of the foreword, contents, synthesis or annex that is open, if any."""
        for frame in self.stack:
            if frame.closed and frame.concept in APART:
                return frame
        return None

    def in_repetition(self) -> bool:
        """Tell whether a foreword, contents, synthesis or annex is open."""
        return self.apart() is not None

    def owner_of_foot(self, line: Line, name: str) -> Mention | None:
        """The element that a card is about, when a line is the foot of the card and gives a field that none there has.

        The card is the drawn box of the line; the element is the outermost one that is open and titled in it.
        """
        if line.box is None or self.feet.get(line.box) != line.blocks[0].index:
            return None
        inside = [m for m in self.mentions if m.blocks and any(b.position.box == line.box for b in m.blocks)]
        if any(said.field == name for mention in inside for said in mention.said):
            return None
        return next((mention for mention in inside if self.is_open(mention)), None)

    def leave_list(self, line: Line) -> None:
        """Close the sub-actions of a list when a line of fields below it comes, which is of their action."""
        item = self.last_item()
        if item is None or item.mention is None or id(line) not in self.list_feet:
            return
        if item.mention.level is Level.SOUS_ACTION:
            self.close_items()

    def in_legend(self) -> bool:
        """Tell whether a legend is open."""
        return any(f.closed and f.concept == "legend" for f in self.stack)

    # ----------------------------------------------------------------------------------------------- what closes

    def close_from(self, frame: Frame) -> None:
        """Close a frame and all that stands in it."""
        del self.stack[self.stack.index(frame) :]

    def close_items(self) -> None:
        """Close the items of the list that is open."""
        while self.stack and self.stack[-1].item:
            self.stack.pop()

    def close_items_until(self, depth: int) -> None:
        """Close the items of a list that are no parents of an item at this list level."""
        while self.stack and self.stack[-1].item and self.stack[-1].depth >= depth:
            self.stack.pop()

    def close_for_rank(self, rank: float) -> None:
        """Close what is set no stronger than a heading of this rank."""
        while self.stack and self.stack[-1].rank <= rank:
            self.stack.pop()
        self.close_items()

    def close_for_level(self, level: Level, rank: float) -> None:
        """Close what an element of this level does not stand in."""
        depth = depth_of(level)
        while self.stack:
            frame = self.stack[-1]
            if frame.closed:
                if frame.concept in APART and (frame.rank > rank or (frame.concept == "summary" and rank == 0)):
                    return
            elif (frame.mention or self._lists_down_to(frame, depth)) and not self._holds_as_deep(depth):
                return
            self.stack.pop()

    def _holds_as_deep(self, depth: int) -> bool:
        """Tell whether an element of a level at this depth or below it is open."""
        for frame in reversed(self.stack):
            if frame.mention is not None and depth_of(frame.mention.level) >= depth:
                return True
        return False

    @staticmethod
    def _lists_down_to(section: Frame, depth: int) -> bool:
        """Tell whether a section lists elements of a level that is no deeper than this."""
        level = LEVELS.get(section.concept)
        return level in LEVEL_DEPTH and LEVEL_DEPTH[level] <= depth

    def stands_once(self, line: Line) -> bool:
        """Tell whether a line with a label, set as a heading or as all of its level, repeats no other."""
        label = line.label
        if label is None or (line.rank == 0 and (label.level, bool(label.code)) not in self.flat_labels):
            return False
        return self.label_counts[_label_key(line, label)] == 1

    def codes_open(self) -> set[tuple[Level, str]]:
        """The levels and codes of the elements that are open."""
        mentions = (frame.mention for frame in self.stack if frame.mention is not None)
        return {(m.level, code_key(m.code)) for m in mentions if m.code}

    def open_with_code(self, level: Level, code: str) -> Mention | None:
        """The open element of a level that has this code, None when there is none."""
        mentions = (frame.mention for frame in self.stack if frame.mention is not None)
        return next((m for m in mentions if m.level is level and code_key(m.code) == code_key(code)), None)

    def leave_repetition(self, level: Level, code: str, title: str, parent: Mention | None) -> None:
        """End a foreword, contents or synthesis when an element comes that it has repeated already.

        The same code over another title in another parent is none: numbers that begin again in each parent.
        """
        frame, key = self.apart(), (level, code or fold(title))
        if frame is None or not key[1]:
            return
        before = frame.seen.get(key)
        if before is not None and frame.concept != "legend" and not _begins_again(before, parent, title):
            self.close_from(frame)
        frame.seen[key] = (parent, title)

    # -------------------------------------------------------------------------------------------------- mentions

    def open(
        self,
        level: Level,
        code: str,
        title: str,
        blocks: Sequence[Block],
        confidence: float,
        *,
        place: str = "",
        rank: float = 0.0,
        depth: int = 0,
        named: bool = False,
    ) -> Mention:
        """Open an element under what is on the stack, once all that it does not stand in is closed.

        `place` is where its first block stands unless given.
        """
        if self.in_repetition():
            self.leave_repetition(level, code, title, self.parent_for(level))
        self.close_for_level(level, rank)
        mention = self._begin(level, code, title, blocks, confidence, place, self.parent_for(level), named=named)
        self.stack.append(Frame(max(rank, PLAIN_HEADING_RANK) if named else rank, mention, depth=depth))
        return mention

    def open_item(
        self,
        level: Level,
        code: str,
        title: str,
        blocks: Sequence[Block],
        confidence: float,
        *,
        parent: Mention | None = None,
        depth: int = 0,
        named: bool = False,
    ) -> Mention:
        """Open an item of a list under `parent` (or under what is on the stack), closing nothing."""
        if self.in_repetition():
            self.leave_repetition(level, code, title, parent or self.parent_for(level))
        parent = parent or self.parent_for(level)
        mention = self._begin(level, code, title, blocks, confidence, "", parent, named=named)
        self.stack.append(Frame(PLAIN_HEADING_RANK if named else 0.0, mention, item=True, depth=depth))
        return mention

    def _begin(
        self,
        level: Level,
        code: str,
        title: str,
        blocks: Sequence[Block],
        confidence: float,
        place: str,
        parent: Mention | None,
        *,
        named: bool,
    ) -> Mention:
        """Note a mention; the fields at the end of its title become fields."""
        apart = self.apart()
        title, fields = split_title_fields(title)
        if not code:
            title, code = split_final_code(title)
        title, mark = split_mark(self.marks, title) if level in ACTION_LEVELS else (title, "")
        title, values = self._split_bracket(title) if level in ACTION_LEVELS else (title, [])
        values = [*values, ("status", mark)] if mark else values
        mention = Mention(
            id=f"m{len(self.mentions) + 1}",
            level=level,
            parent=parent,
            code=code,
            title=strip_title(title),
            place=place or (locator(blocks[0]) if blocks else ""),
            page_number=blocks[0].position.page_number if blocks else 0,
            confidence=confidence if apart is None else confidence * (REPEATED / LABELLED),
            weak=apart is not None,
            named=named,
            repetition=apart.number if apart is not None else 0,
            blocks=list(blocks),
        )
        if parent is not None:
            parent.children.append(mention)
        self.mentions.append(mention)
        for block in blocks:
            self.fates[block.index] = (Became.ELEMENT, mention)
        for name, _, value in fields:
            self.state(mention, name, value, mention.place, ())
        for name, value in values:
            self.state(mention, name, value, mention.place, ())
        if level not in ACTION_LEVELS:
            self.board = None
        elif self.board is not None and parent is self.board[0]:
            self.state(mention, "status", self.board[1], mention.place, ())
        return mention

    def _split_bracket(self, title: str) -> tuple[str, list[tuple[str, str]]]:
        """Cut values in brackets off the end of the title of an action, as the document explains or shows them."""
        rest, values = split_values(title, self.brackets) if self.brackets is not None else (title, [])
        rest, values = (rest, values) if values else split_bare_bracket(title)
        return (rest, values) if values else split_bare_tail(title)

    def strengthen(self, mention: Mention) -> None:
        """Take a mention of a foreword or synthesis as one of the body after all."""
        mention.weak, mention.repetition = False, 0
        mention.confidence = min(LABELLED, mention.confidence * LABELLED / REPEATED)

    def state(
        self,
        mention: Mention,
        name: str,
        original: str,
        place: str,
        blocks: Sequence[Block],
        *,
        group: str = "",
        became: Became = Became.FIELD,
        share: float = 1.0,
    ) -> None:
        """Note a field as printed; its blocks keep the fate that they have already.

        Its confidence is that `share` of the mention's.
        """
        original = original.strip()
        for block in blocks:
            fate = self.fates.get(block.index)
            if fate is None or fate[0] is Became.UNCLASSIFIED:
                self.fates[block.index] = (became, mention)
        if original:
            mention.said.append(Said(name, original, place, group, share * mention.confidence))

    def attach(self, line: Line, mention: Mention) -> None:
        """Attach running text to an element as its description."""
        self.state(mention, "description", line.text, line.locator, line.blocks, became=Became.TEXT)

    # ----------------------------------------------------------------------------------------------------- fates

    def leave(
        self, blocks: Sequence[Block], became: Became = Became.UNCLASSIFIED, mention: Mention | None = None
    ) -> None:
        """Give blocks a fate where they have none yet."""
        for block in blocks:
            self.fates.setdefault(block.index, (became, mention))

    def settle(self, blocks: Sequence[Block], became: Became, mention: Mention) -> None:
        """Give blocks a fate whatever they had."""
        for block in blocks:
            self.fates[block.index] = (became, mention)


def _begins_again(before: tuple[Mention | None, str], parent: Mention | None, title: str) -> bool:
    """Tell whether an element with the code of one seen before, in its parent, is another one."""
    other, other_title = before
    return None not in (parent, other) and parent is not other and fold(title) != fold(other_title)


def start_reading(source: str, flow: Flow, layout: Layout, body: BodyStyle, marks: Mapping[str, str]) -> Reading:
    """Begin the reading of a flow by a layout; `marks` are those of statuses in the legends of the document."""
    return Reading(
        source=source,
        flow=flow,
        body=body,
        becomes={rule.kind: rule.becomes for rule in layout.rules},
        confidences={rule.kind: rule.confidence for rule in layout.rules},
        levels=frozenset(LEVELS[rule.becomes] for rule in layout.rules if rule.becomes in LEVELS),
        vision=is_vision(flow),
        label_counts=Counter(
            _label_key(n, n.label) for n in flow if isinstance(n, Line) and n.label is not None and not n.furniture
        ),
        flat_labels=_flat_labels(flow),
        recurring=_recurring(flow),
        strongest=max((n.rank for n in flow if isinstance(n, Line) and not n.furniture), default=0.0),
        heading_counts=Counter(
            n.kind
            for i, n in enumerate(flow)
            if isinstance(n, Line) and n.section is not None and not _is_twin(flow, i)
        ),
        statuses=legend_statuses([n for n in flow if isinstance(n, Line)]),
        feet={n.box: n.blocks[0].index for n in flow if isinstance(n, Line) and n.box is not None and n.blocks},
        list_feet=find_list_feet(flow),
        marks=marks,
        ambitions_head=ambitions_head(flow),
        sheet_heads=sheet_heads(flow),
        brackets=find_brackets(flow),
        coded=find_coded(flow),
    )


def _label_key(line: Line, label: LevelLabel) -> tuple[Level, str]:
    """What tells one labelled heading from another: its code, or its title when it has none."""
    return label.level, code_key(label.code) or fold(line.title)


def _flat_labels(flow: Flow) -> frozenset[tuple[Level, bool]]:
    """The labels, with a code or without, that stand at least twice and are set like the body every time."""
    ranks: dict[tuple[Level, bool], list[float]] = {}
    for node in flow:
        if isinstance(node, Line) and node.label is not None and not node.furniture:
            ranks.setdefault((node.label.level, bool(node.label.code)), []).append(node.rank)
    return frozenset(label for label, found in ranks.items() if len(found) >= 2 and not any(found))


def _recurring(flow: Flow) -> frozenset[str]:
    """The folded texts of headings that stand at least three times, as those of a form do."""
    counts = Counter(fold(n.text) for n in flow if isinstance(n, Line) and n.rank > 0 and not n.furniture)
    return frozenset(text for text, count in counts.items() if count >= RECURRING)


def _is_twin(flow: Flow, index: int) -> bool:
    """Tell whether a line only repeats the kind of the line just before it."""
    before, node = flow[index - 1] if index else None, flow[index]
    return isinstance(before, Line) and isinstance(node, Line) and before.kind == node.kind
