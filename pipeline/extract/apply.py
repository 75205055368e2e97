"""Apply a layout to the flow of a document: mentions, their fields and texts, and what every block became.

A stack of frames says where we are: elements by depth, sections («Actions :», «Nos acteurs»), closed chapters. A line
that a rule makes an element closes the frames it does not belong to and opens its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from pipeline.extract.infer import (
    APART,
    OUTSIDE_END,
    PLAIN_HEADING_RANK,
    Flow,
    ends_outside,
    is_plan,
    is_vision,
    section_end,
)
from pipeline.extract.signatures import BodyStyle, Line, Tile, announces, locator, read_lines
from pipeline.extract.tables import Column, Entry, Grid, Item, Row, Sheet, cell_text, is_ticked, split_row
from pipeline.model import (
    LEVEL_DEPTH,
    Became,
    Block,
    BlockFate,
    Document,
    Extraction,
    Layout,
    Level,
    Marker,
    Remark,
    Severity,
    Statement,
    leaf_blocks,
)
from pipeline.text import clean, fold, strip_title
from pipeline.values import parse_status
from pipeline.vocabulary import (
    Label,
    LevelLabel,
    is_total,
    match_label,
    match_level,
    match_number,
    match_section,
    split_inline_fields,
    split_title_fields,
)

#: Confidence of a mention by what it rests on.
LABELLED, TABLED, NUMBERED, LISTED, SETAPART, REPEATED = 0.97, 0.95, 0.92, 0.9, 0.8, 0.45

_NESTED = {
    Level.OBJECTIF_STRATEGIQUE: Level.OBJECTIF_OPERATIONNEL,
    Level.OBJECTIF_OPERATIONNEL: Level.ACTION,
    Level.ACTION: Level.SOUS_ACTION,
    Level.ENGAGEMENT: Level.ENGAGEMENT,
}
#: A sentence on the status of an action is no longer than this.
MAXIMUM_STATUS_CHARACTERS = 90
_LEVELS = {level.value: level for level in Level}


@dataclass(slots=True)
class _Mention:
    """One appearance of an element while it is being read."""

    id: str
    level: Level
    parent: _Mention | None
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
    statements: list[tuple[str, str, str, str, float]] = field(
        default_factory=list
    )  # field, original, place, group, confidence
    children: list[_Mention] = field(default_factory=list)
    groups: int = 0
    has_sheet: bool = False
    dropped: bool = False


@dataclass(slots=True)
class _Frame:
    """Where we are: an element, a section, or a closed chapter."""

    sort: str  # element | section | closed
    rank: float
    mention: _Mention | None = None
    concept: str = ""
    item: bool = False
    depth: int = 0  # list level of an item
    mode: str = ""  # of a section: what counts as its items (bullets | numbers | paragraphs | grouped | none)
    group: _Mention | None = None  # of a section: the element that a number over its items names
    used: bool = False
    number: int = 0  # of a closed chapter
    page_number: int = 0  # where a closed chapter begins
    seen: set[tuple[Level, str]] = field(default_factory=set)  # of a repetition: what it has repeated so far


class _Reader:
    """The state of one reading; lives only within `apply_layout`."""

    def __init__(self, document: Document, flow: Flow, layout: Layout, body: BodyStyle) -> None:
        self.document = document
        self.flow = flow
        self.rules = {rule.kind: rule for rule in layout.rules}
        self.body = body
        self.stack: list[_Frame] = []
        self.mentions: list[_Mention] = []
        self.fates: dict[int, tuple[Became, _Mention | None]] = {}
        self.remarks: list[Remark] = []
        self.announced: list[tuple[Level, int, str]] = []
        self.levels = {Level(rule.becomes) for rule in layout.rules if rule.becomes in _LEVELS}
        self.chapters = 0
        self.strongest = max((n.rank for n in flow if isinstance(n, Line) and not n.furniture), default=0.0)
        self.vision = is_vision(flow)
        self.section_counts = Counter(
            n.kind
            for i, n in enumerate(flow)
            if isinstance(n, Line) and n.section is not None and not self.follows_twin(i)
        )

    def follows_twin(self, index: int) -> bool:
        """Tell whether a heading only repeats the one just before it."""
        before, node = self.flow[index - 1] if index else None, self.flow[index]
        return isinstance(before, Line) and isinstance(node, Line) and before.kind == node.kind

    # ------------------------------------------------------------------------------------------------- the stack

    def top_mention(self) -> _Mention | None:
        """The innermost element, unless a closed chapter stands above it."""
        for frame in reversed(self.stack):
            if frame.sort == "element":
                return frame.mention
            if frame.sort == "closed":
                return None
        return None

    def context(self) -> _Frame | None:
        """The frame that governs the next item: the innermost that is not itself an item of a list."""
        for frame in reversed(self.stack):
            if not frame.item:
                return frame
        return None

    def in_repetition(self) -> bool:
        return any(f.sort == "closed" and f.concept in APART for f in self.stack)

    def close_items(self) -> None:
        while self.stack and self.stack[-1].item:
            self.stack.pop()

    def close_for_level(self, level: Level, rank: float) -> None:
        """Close what an element of this level does not stand in."""
        depth = LEVEL_DEPTH.get(level, 9)
        while self.stack:
            frame = self.stack[-1]
            if frame.sort == "element" and frame.mention is not None:
                if LEVEL_DEPTH.get(frame.mention.level, 9) >= depth:
                    self.stack.pop()
                    continue
                deeper = next(
                    (
                        f
                        for f in self.stack
                        if f.sort == "element"
                        and f.mention is not None
                        and LEVEL_DEPTH.get(f.mention.level, 9) >= depth
                    ),
                    None,
                )
                if deeper is None:
                    return
                self.stack.pop()
            elif frame.sort == "closed":
                if frame.concept in APART and frame.rank > rank:
                    return
                self.stack.pop()
            else:
                concept = _LEVELS.get(frame.concept)
                if concept is not None and LEVEL_DEPTH.get(concept, 9) <= depth and concept in LEVEL_DEPTH:
                    inner = any(
                        f.sort == "element" and f.mention is not None and LEVEL_DEPTH.get(f.mention.level, 9) >= depth
                        for f in self.stack[: self.stack.index(frame)]
                    )
                    if not inner:
                        return
                self.stack.pop()

    def close_for_rank(self, rank: float) -> None:
        """Close what is set no stronger than a heading of this rank."""
        while self.stack and self.stack[-1].rank <= rank:
            self.stack.pop()
        self.close_items()

    def parent_for(self, level: Level) -> _Mention | None:
        depth = LEVEL_DEPTH.get(level)
        for frame in reversed(self.stack):
            if frame.sort == "closed" and frame.concept not in APART:
                return None
            if frame.sort != "element" or frame.mention is None:
                continue
            other = LEVEL_DEPTH.get(frame.mention.level)
            if depth is None:
                if level is Level.ENGAGEMENT or (other is not None and not frame.item):
                    return frame.mention
            elif other is not None and other < depth:
                return frame.mention
        return None

    # -------------------------------------------------------------------------------------------------- mentions

    def open(
        self,
        level: Level,
        code: str,
        title: str,
        blocks: Sequence[Block],
        place: str,
        page_number: int,
        confidence: float,
        *,
        rank: float = 0.0,
        item: bool = False,
        depth: int = 0,
        parent: _Mention | None = None,
        keep_stack: bool = False,
        named: bool = False,
    ) -> _Mention:
        """Open an element under what is on the stack (or under `parent`)."""
        self.leave_repetition(level, code or fold(title))
        if not keep_stack:
            self.close_for_level(level, rank)
        weak = self.in_repetition()
        title, fields = split_title_fields(title)
        mention = _Mention(
            id=f"m{len(self.mentions) + 1}",
            level=level,
            parent=parent or self.parent_for(level),
            code=code,
            title=strip_title(title),
            place=place,
            page_number=page_number,
            confidence=confidence * (REPEATED / LABELLED if weak else 1.0),
            weak=weak,
            named=named,
        )
        mention.blocks += blocks
        if weak:
            mention.repetition = next(f.number for f in self.stack if f.sort == "closed" and f.concept in APART)
        if mention.parent is not None:
            mention.parent.children.append(mention)
        self.mentions.append(mention)
        for block in blocks:
            self.fates[block.index] = (Became.ELEMENT, mention)
        for name, _, value in fields:
            self.state(mention, name, value, place, ())
        self.stack.append(
            _Frame("element", max(rank, PLAIN_HEADING_RANK) if named else rank, mention, item=item, depth=depth)
        )
        return mention

    def leave_repetition(self, level: Level, key: str) -> None:
        """End a foreword, contents or synthesis when an element comes that it has repeated already."""
        position = next((i for i, f in enumerate(self.stack) if f.sort == "closed" and f.concept in APART), None)
        if position is None or not key:
            return
        frame = self.stack[position]
        if (level, key) in frame.seen and frame.concept != "legend":
            del self.stack[position:]
        frame.seen.add((level, key))

    def state(
        self,
        mention: _Mention,
        name: str,
        original: str,
        place: str,
        blocks: Sequence[Block],
        *,
        group: str = "",
        became: Became = Became.FIELD,
    ) -> None:
        """Note a field as printed."""
        original = original.strip()
        for block in blocks:
            if self.fates.get(block.index, (Became.UNCLASSIFIED, None))[0] is Became.UNCLASSIFIED:
                self.fates[block.index] = (became, mention)
        if original:
            mention.statements.append((name, original, place, group, mention.confidence))

    def attach(self, line: Line, mention: _Mention) -> None:
        """Attach running text to an element as its description."""
        self.state(mention, "description", line.text, line.locator, line.blocks, became=Became.TEXT)

    def leave(self, line: Line, became: Became = Became.UNCLASSIFIED) -> None:
        for block in line.blocks:
            self.fates.setdefault(block.index, (became, None))

    # ------------------------------------------------------------------------------------------------------ lines

    def read_all(self) -> None:
        index = 0
        while index < len(self.flow):
            node = self.flow[index]
            if isinstance(node, Line):
                index += self.read_line(node, index, self.flow)
            else:
                if isinstance(node, Tile):
                    self.read_tile(node)
                elif isinstance(node, Grid):
                    self.read_grid(node)
                else:
                    self.read_sheet(node)
                index += 1

    def read_line(self, line: Line, index: int, flow: Flow) -> int:
        """Read one line; returns how many nodes of the flow it took."""
        rule = self.rules.get(line.kind)
        becomes = rule.becomes if rule is not None else ""
        if (
            line.furniture
            or becomes == "furniture"
            or (line.section is not None and line.section.concept == "furniture")
        ):
            self.leave(line, Became.FURNITURE)
            for frame in self.stack:
                if frame.concept == "contents":
                    frame.mode = "listed"
            while not line.furniture and self.stack and (self.stack[-1].item or self.stack[-1].sort == "section"):
                self.stack.pop()
            return 1
        apart = next((f for f in self.stack if f.sort == "closed" and f.concept in APART), None)
        turned = apart is not None and apart.concept == "contents" and line.page_number > apart.page_number
        if apart is not None and (turned or apart.mode == "listed" or (apart.rank == 0 and apart.used and ends_outside(line, 0.0))):
            del self.stack[self.stack.index(apart) :]
        elif apart is not None:
            apart.used = True
        following = self.heading_of_box(line, index, flow)
        if following is not None:
            taken = self.read_line(following, index + 1, flow)
            self.read_paragraph(line)
            return taken + 1
        if line.kind == "note":
            self.leave(line)  # a footnote
            return 1
        if becomes == "text":
            return self.read_paragraph(line)
        if line.section is not None:
            concept = becomes.removeprefix("section:") if becomes.startswith("section:") else line.section.concept
            if concept in _LEVELS and becomes in _LEVELS:
                concept = becomes
            self.read_section(line, concept, index, flow)
            return 1
        if line.label is not None and (line.label.code or line.label.rest):
            return self.read_label(line, becomes, index, flow)
        context = self.context()
        in_section = context is not None and context.sort == "section" and context.concept in _LEVELS
        if line.number is not None or line.rank > 0:
            if in_section and context is not None and self.stays_in_section(line, context, becomes):
                return self.read_section_item(line, context, index, flow)
            if becomes in _LEVELS:
                return self.read_structure(line, _LEVELS[becomes], rule.confidence if rule else SETAPART, index, flow)
            if line.number is None:
                return self.read_heading(line)
        if line.number is not None and not line.bullet:
            fields = self.read_fields(line)
            return (
                1
                if fields
                else self.read_item(
                    line, line.number.code if line.number.shape in ("1", "1)", "A", "a", "1.1", "1.1.1") else ""
                )
            )
        if self.read_fields(line):
            return 1
        if line.bullet:
            return self.read_item(line, "")
        if in_section and context is not None:
            return self.read_section_item(line, context, index, flow)
        return self.read_paragraph(line)

    def stays_in_section(self, line: Line, section: _Frame, becomes: str) -> bool:
        """Tell whether a heading or numbered line is an item of the section it stands in, not an element by its own rule."""
        if section.mode == "grouped" and line.number is not None:
            return True
        if becomes in _LEVELS and (
            line.rank > PLAIN_HEADING_RANK or (line.number is not None and becomes != section.concept)
        ):
            return False
        if section.rank == 0 or line.number is not None:
            return True
        return line.rank < section.rank and line.rank <= PLAIN_HEADING_RANK

    def heading_of_box(self, line: Line, index: int, flow: Flow) -> Line | None:
        """The heading right below a smaller line in the same banner: the line then belongs to the heading."""
        node = flow[index + 1] if index + 1 < len(flow) else None
        if (
            line.box is None
            or not isinstance(node, Line)
            or node.box != line.box
            or node.rank < line.rank + 10
            or line.label
            or line.number
            or line.section
        ):
            return None
        rule = self.rules.get(node.kind)
        return node if rule is not None and rule.becomes in _LEVELS else None

    def next_title(self, index: int, flow: Flow) -> Line | None:
        """The line that gives a label alone on its line its title."""
        for node in flow[index + 1 : index + 4]:
            if not isinstance(node, Line):
                return None
            if node.furniture:
                continue
            if (
                node.label is not None
                or node.section is not None
                or node.bullet
                or node.number is not None
                or not node.title
            ):
                return None
            if split_inline_fields(node.text):
                return None
            return node
        return None

    def read_label(self, line: Line, becomes: str, index: int, flow: Flow) -> int:
        label = line.label
        assert label is not None
        level = _LEVELS.get(becomes, label.level)
        first_word = fold(label.printed).split(" ")[0] if label.printed else ""
        if (
            level is Level.ENJEU
            and not label.code
            and first_word in ("ambition", "ambitions")
            and self.has_open(Level.OBJECTIF_STRATEGIQUE)
        ):
            level = Level.AMBITION
        if level in (Level.CONSTAT, Level.AMBITION):
            owner = self.owner_of_text()
            if owner is None:
                return self.read_paragraph(line)
            if owner.level in (Level.ACTION, Level.SOUS_ACTION):
                self.attach(line, owner)
                return 1
            self.close_items()
            self.open(
                level,
                label.code,
                line.title,
                line.blocks,
                line.locator,
                line.page_number,
                LABELLED,
                item=True,
                parent=owner,
                keep_stack=True,
                named=True,
            )
            return 1
        title, blocks, taken = line.title, line.blocks, 1
        if not title and label.code:
            following = self.next_title(index, flow)
            if following is not None:
                title, blocks = following.title, (*blocks, *following.blocks)
                taken = next(i for i in range(index + 1, index + 4) if flow[i] is following) - index + 1
        if level is Level.ACTION and not label.code and not line.rank and len(title) > 250:
            return self.read_paragraph(line)
        self.open(
            level,
            label.code,
            title,
            blocks,
            line.locator,
            line.page_number,
            LABELLED,
            rank=line.rank,
            depth=line.depth,
            named=True,
        )
        return taken

    def has_open(self, level: Level) -> bool:
        return any(f.sort == "element" and f.mention is not None and f.mention.level is level for f in self.stack)

    def owner_of_text(self) -> _Mention | None:
        """The element to which a constat or an ambition belongs: the innermost that is no item."""
        for frame in reversed(self.stack):
            if frame.sort == "closed":
                return None
            if frame.sort == "element" and not frame.item:
                return frame.mention
        return None

    def read_structure(self, line: Line, level: Level, confidence: float, index: int, flow: Flow) -> int:
        """Read a heading or a numbered line that the layout makes an element."""
        if level in (Level.CONSTAT, Level.AMBITION, Level.ENGAGEMENT):
            return self.read_item(line, line.number.code if line.number else "")
        title, blocks, taken = line.title, line.blocks, 1
        if not title and line.number is not None:
            following = self.next_title(index, flow)
            if following is None:
                self.leave(line)
                return 1
            title, blocks = following.title, (*blocks, *following.blocks)
            taken = next(i for i in range(index + 1, index + 4) if flow[i] is following) - index + 1
        apart = next((f for f in self.stack if f.sort == "closed" and f.concept in APART), None)
        if apart is not None and line.rank >= OUTSIDE_END * apart.rank > 0:
            del self.stack[self.stack.index(apart) :]
        elif apart is not None and (line.number is None or apart.concept in ("contents", "legend")):
            self.leave(line)
            return 1
        mention = self.open(
            level,
            line.number.code if line.number else "",
            title,
            blocks,
            line.locator,
            line.page_number,
            confidence if line.number is None else max(confidence, NUMBERED),
            rank=line.rank,
            depth=line.depth,
        )
        mention.heading = line.number is None
        return taken

    def read_heading(self, line: Line) -> int:
        """Read a heading that is no element: it closes what is set weaker, or opens a part of the element above."""
        known = match_label(line.text)
        top = self.top_mention()
        frames = [f for f in self.stack if f.sort == "element" and not f.item]
        inner = frames[-1] if frames else None
        if inner is not None and top is not None and line.rank < inner.rank:
            self.close_items()
            while self.stack and self.stack[-1].sort == "section" and self.stack[-1].rank <= line.rank:
                self.stack.pop()
            if known is not None and known.level is None:
                self.stack.append(_Frame("section", line.rank, concept=known.field))
                self.leave_field(line, top)
            else:
                self.attach(line, top)
            return 1
        if (
            known is not None
            and top is not None
            and known.level is None
            and (line.text.rstrip().endswith(":") or line.rank <= PLAIN_HEADING_RANK)
        ):
            self.close_items()
            self.stack.append(_Frame("section", 0.0, concept=known.field))
            self.leave_field(line, top)
            return 1
        self.close_for_rank(line.rank)
        self.stack.append(_Frame("closed", line.rank, concept="chapter"))
        self.leave(line)
        return 1

    def leave_field(self, line: Line, mention: _Mention) -> None:
        for block in line.blocks:
            self.fates[block.index] = (Became.FIELD, mention)

    # --------------------------------------------------------------------------------------------------- sections

    def read_section(self, line: Line, concept: str, index: int, flow: Flow) -> None:
        if index < 3 and line.rank > 0 and line.rank >= self.strongest and concept in _LEVELS:
            self.close_for_rank(line.rank)
            self.leave(line)  # the title of the document
            return
        found = announces(line)
        if found is not None:
            self.announced.append((*found, line.locator))
        if concept in APART:
            top = self.top_mention()
            known = match_label(line.text)
            inner = next((f for f in reversed(self.stack) if f.sort == "element" and not f.item), None)
            if (
                top is not None
                and inner is not None
                and known is not None
                and known.level is None
                and line.rank < inner.rank
                and concept == "outside"
            ):
                self.close_items()
                self.stack.append(_Frame("section", line.rank, concept=known.field))
                self.leave_field(line, top)
                return
            self.close_for_rank(line.rank or PLAIN_HEADING_RANK)
            if line.rank == 0 or concept in ("annex", "contents", "summary"):
                self.stack.clear()
            self.chapters += 1
            self.stack.append(_Frame("closed", line.rank, concept=concept, number=self.chapters, page_number=line.page_number))
            self.leave(line)
            return
        self.leave(line, Became.UNCLASSIFIED)
        level = _LEVELS.get(concept)
        # items of an earlier section close with it: «Actions» after a list of OO stands beside the list, not in its last item
        while self.stack and (
            self.stack[-1].item
            or (self.stack[-1].sort == "section" and (self.stack[-1].used or self.stack[-1].rank <= line.rank))
        ):
            self.stack.pop()
        while self.stack and self.stack[-1].sort == "closed" and self.stack[-1].rank <= line.rank and line.rank > 0:
            self.stack.pop()
        if level is None:
            self.stack.append(_Frame("section", line.rank, concept=concept))
            owner = self.top_mention()
            if owner is not None:
                self.leave_field(line, owner)
            return
        if (
            level is Level.AMBITION
            and not self.has_open(Level.OBJECTIF_STRATEGIQUE)
            and not self.has_open(Level.OBJECTIF_OPERATIONNEL)
        ):
            level = Level.ENJEU
        if level in LEVEL_DEPTH:
            while (
                self.stack
                and self.stack[-1].sort == "element"
                and self.stack[-1].mention is not None
                and LEVEL_DEPTH.get(self.stack[-1].mention.level, 9) >= LEVEL_DEPTH[level]
            ):
                self.stack.pop()
        owner = self.top_mention()
        if (
            level in (Level.CONSTAT, Level.AMBITION)
            and owner is not None
            and owner.level in (Level.ACTION, Level.SOUS_ACTION)
        ):
            self.stack.append(_Frame("section", line.rank, concept="description"))
            return
        frame = _Frame("section", line.rank, concept=level.value)
        frame.mode = self.section_mode(level, owner, line, index, flow)
        self.stack.append(frame)

    def section_mode(self, level: Level, owner: _Mention | None, head: Line, index: int, flow: Flow) -> str:
        """Look ahead to the end of a section: are its items bullets, numbered lines, or paragraphs?"""
        bullets = numbers = paragraphs = 0
        first_is_number = False
        codes: list[str] = []
        for node in flow[index + 1 : section_end(flow, index)]:
            if not isinstance(node, Line) or node.furniture:
                continue
            if bullets + numbers == 0:
                first_is_number = node.number is not None
            if node.bullet:
                bullets += 1
            elif node.number is not None:
                numbers += 1
                codes.append(node.number.code.lstrip("0") or "0")
            else:
                paragraphs += 1
        numbered = (
            [c for c in owner.children if c.level is level and c.code.isdigit() and not c.from_list]
            if owner is not None
            else []
        )
        if numbered and (not codes or codes[0] != str(int(numbered[-1].code) + 1)):
            return "none"  # the items of this level stand above already; what follows the heading is something else
        if owner is not None and codes and paragraphs and level in LEVEL_DEPTH:
            above = {
                c.code.lstrip("0"): c
                for c in owner.children
                if LEVEL_DEPTH.get(c.level, 9) < LEVEL_DEPTH[level] and c.code
            }
            if above and all(code in above for code in codes) and len(set(codes)) == len(codes):
                return "grouped"
        if not codes and owner is not None and any(c.level is level and not c.from_list for c in owner.children):
            return "none"
        if numbers and (not bullets or first_is_number):
            return "numbers"
        if bullets:
            return "bullets"
        if owner is not None and any(c.level is level for c in owner.children):
            return "none"
        if head.rank == 0 and not head.text.rstrip().endswith(":") and self.section_counts[head.kind] < 2:
            return "none"  # a line of running text that happens to read like a heading
        return "paragraphs"

    def read_section_item(self, line: Line, frame: _Frame, index: int, flow: Flow) -> int:
        level = _LEVELS[frame.concept]
        if self.read_fields(line):
            return 1
        mode = frame.mode
        if mode == "grouped":
            if line.number is not None:
                owner = self.section_owner(frame)
                frame.group = (
                    next(
                        (
                            c
                            for c in owner.children
                            if c.code.lstrip("0") == line.number.code.lstrip("0") and c.level is not level
                        ),
                        None,
                    )
                    if owner
                    else None
                )
                if not line.title:
                    self.leave(line)
                    return 1
            if not line.bullet:
                return self.open_item(line, level, "", frame, SETAPART)
        if mode == "numbers" and line.number is not None:
            title, blocks, taken = line.title, line.blocks, 1
            if not title:
                following = self.next_title(index, flow)
                if following is None:
                    self.leave(line)
                    return 1
                title, blocks = following.title, (*blocks, *following.blocks)
                taken = next(i for i in range(index + 1, index + 4) if flow[i] is following) - index + 1
            self.close_items_until(line.depth)
            frame.used = True
            self.open(
                level,
                line.number.code,
                title,
                blocks,
                line.locator,
                line.page_number,
                NUMBERED,
                item=True,
                depth=line.depth,
                keep_stack=True,
                parent=self.item_parent(level, line.depth),
            )
            return taken
        if (
            mode == "paragraphs"
            and not re.match(r"^[\d+\-\u00b1(]", line.title)
            and not line.text.rstrip().endswith(":")
        ):
            return self.open_item(line, level, line.number.code if line.number else "", frame, SETAPART)
        if mode == "bullets" and line.number is not None and line.title:
            return self.open_item(line, level, line.number.code, frame, LISTED)
        return self.read_paragraph(line)

    def section_owner(self, frame: _Frame) -> _Mention | None:
        for other in reversed(self.stack[: self.stack.index(frame)]):
            if other.sort == "element":
                return other.mention
        return None

    def item_parent(self, level: Level, depth: int) -> _Mention | None:
        return None

    def open_item(self, line: Line, level: Level, code: str, frame: _Frame, confidence: float) -> int:
        self.close_items_until(line.depth)
        parent = frame.group
        if level is Level.ENGAGEMENT or level in LEVEL_DEPTH or parent is not None:
            mention = self.open(
                level,
                code,
                line.title,
                line.blocks,
                line.locator,
                line.page_number,
                confidence,
                item=True,
                depth=line.depth,
                keep_stack=True,
                parent=parent or self.item_owner(level),
            )
        else:
            mention = self.open(
                level,
                code,
                line.title,
                line.blocks,
                line.locator,
                line.page_number,
                confidence,
                item=True,
                depth=line.depth,
                keep_stack=True,
                parent=self.owner_of_text(),
            )
        mention.from_list = True
        frame.used = True
        return 1

    def item_owner(self, level: Level) -> _Mention | None:
        return self.parent_for(level)

    def close_items_until(self, depth: int) -> None:
        """Close the items of a list that are no parents of an item at this list level."""
        while self.stack and self.stack[-1].item and self.stack[-1].depth >= depth:
            self.stack.pop()

    # ------------------------------------------------------------------------------------------------------ items

    def read_item(self, line: Line, code: str) -> int:
        """Read an item of a list by what governs it."""
        if not line.title:
            self.leave(line)
            return 1
        context = self.context()
        under_number = context is not None and context.mode == "numbers" and line.number is None
        if under_number:
            line = replace(line, depth=line.depth + 1)  # bullets under the numbered items of a section are inner items
        self.close_items_until(line.depth)
        above = self.stack[-1] if self.stack and self.stack[-1].item else None
        if context is None or context.sort == "closed":
            return self.read_loose_item(line, code, context, above)
        if context.sort == "section" and context.concept not in _LEVELS:
            owner = self.top_mention()
            if owner is None:
                self.leave(line)
            elif context.concept == "key_figures":
                self.read_figure(owner, line.text, "", line.locator, line.blocks)
            elif context.concept in ("description", "comment", "result"):
                self.state(owner, context.concept, line.text, line.locator, line.blocks)
            else:
                self.state(owner, context.concept, line.text, line.locator, line.blocks)
            return 1
        if above is not None and above.mention is not None:
            level = _NESTED.get(above.mention.level)
            if level is None or (level is Level.SOUS_ACTION and above.mention.level is Level.SOUS_ACTION):
                self.attach(line, above.mention)
                return 1
            self.open(
                level,
                code,
                line.title,
                line.blocks,
                line.locator,
                line.page_number,
                LISTED,
                item=True,
                depth=line.depth,
                keep_stack=True,
                parent=above.mention,
            )
            return 1
        if context.sort == "section":
            if context.mode == "none":
                self.leave(line)
                return 1
            return self.open_item(line, _LEVELS[context.concept], code, context, LISTED)
        owner = context.mention
        assert owner is not None
        below = self.item_level(owner, line)
        if below is None:
            self.attach(line, owner)
            return 1
        mention = self.open(
            below,
            code,
            line.title,
            line.blocks,
            line.locator,
            line.page_number,
            LISTED if owner.level is Level.OBJECTIF_OPERATIONNEL else SETAPART,
            item=True,
            depth=line.depth,
            keep_stack=True,
            parent=owner,
        )
        mention.provisional = owner.level is Level.OBJECTIF_STRATEGIQUE
        mention.from_list = True
        return 1

    def item_level(self, owner: _Mention, line: Line) -> Level | None:
        """What an item of a list is, directly under an element."""
        if self.vision:
            return Level.ENGAGEMENT
        if owner.level is Level.OBJECTIF_OPERATIONNEL:
            return Level.ACTION
        if owner.level is Level.OBJECTIF_STRATEGIQUE:
            return Level.ACTION
        if owner.level in (Level.ENJEU, Level.VOLET):
            return None if self.levels & {Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL} else Level.ACTION
        if owner.level is Level.ACTION and Level.SOUS_ACTION not in self.levels and not owner.has_sheet:
            return Level.SOUS_ACTION
        return None

    def read_loose_item(self, line: Line, code: str, context: _Frame | None, above: _Frame | None) -> int:
        """Read an item under no element: a commitment of a vision text, else text."""
        if not self.vision or (context is not None and context.concept == "outside"):
            self.leave(line)
            return 1
        parent = above.mention if above is not None else None
        self.open(
            Level.ENGAGEMENT,
            code,
            line.title,
            line.blocks,
            line.locator,
            line.page_number,
            LISTED,
            item=True,
            depth=line.depth,
            keep_stack=True,
            parent=parent or self.parent_for(Level.ENGAGEMENT),
        )
        return 1

    def read_paragraph(self, line: Line) -> int:
        """Read running text: the description of the element above, or nothing's."""
        if self.read_fields(line):
            return 1
        context = self.context()
        owner = self.top_mention()
        if context is not None and context.sort == "section" and context.concept not in _LEVELS and owner is not None:
            if context.concept == "key_figures":
                self.read_figure(owner, line.text, "", line.locator, line.blocks)
            else:
                self.state(owner, context.concept, line.text, line.locator, line.blocks)
            return 1
        known = match_label(line.text) if line.text.rstrip().endswith(":") and len(line.text) < 60 else None
        if known is not None and known.level is None and owner is not None:
            self.close_items()
            self.stack.append(_Frame("section", 0.0, concept=known.field))
            self.leave_field(line, owner)
            return 1
        if owner is None or self.in_repetition() or (context is not None and context.sort == "section" and context.mode in ("numbers", "grouped", "none")):
            self.leave(line)
        else:
            item = self.stack[-1].mention if self.stack and self.stack[-1].item else None
            target = item or owner
            if target.level in (Level.ACTION, Level.SOUS_ACTION) and self.read_prose_status(line, target):
                return 1
            if target.level in (Level.CONSTAT, Level.AMBITION, Level.ENGAGEMENT):
                self.leave(line)
            else:
                self.attach(line, target)
        return 1

    def read_prose_status(self, line: Line, target: _Mention) -> bool:
        """Read a short sentence under an action that says how far it is («Realise le 02/12/15») as its status."""
        if len(line.text) > MAXIMUM_STATUS_CHARACTERS or any(name == "status" for name, *_ in target.statements):
            return False
        status = parse_status(line.text)
        if status is None or not status.value:
            return False
        self.state(target, "status", line.text, line.locator, line.blocks)
        return True

    def read_fields(self, line: Line) -> bool:
        """Read «Echeance : 2022 - Responsable : ...» as fields of the element above."""
        owner = self.top_mention()
        if owner is None or self.in_repetition() or owner.level in (Level.CONSTAT, Level.AMBITION, Level.ENGAGEMENT):
            return False
        fields = split_inline_fields(line.text)
        if not fields:
            return False
        if fields[0][0] in ("description", "comment") and len(fields) == 1 and not fields[0][2]:
            return False
        for name, _, value in fields:
            if value:
                self.state(owner, name, value, line.locator, line.blocks)
            else:
                for block in line.blocks:
                    self.fates.setdefault(block.index, (Became.FIELD, owner))
        if len(fields) == 1 and not fields[0][2]:
            self.close_items()
            self.stack.append(_Frame("section", 0.0, concept=fields[0][0]))
        return True

    # ---------------------------------------------------------------------------------------------------- figures

    def read_tile(self, tile: Tile) -> None:
        """Note a key figure as an indicator of the element that the page is about."""
        owner = next((f.mention for f in reversed(self.stack) if f.sort == "element" and not f.item), None)
        blocks = [b for line in (*tile.captions, tile.figure) for b in line.blocks]
        if owner is None or self.in_repetition():
            for block in blocks:
                self.fates.setdefault(block.index, (Became.UNCLASSIFIED, None))
            return
        self.read_figure(
            owner, " ".join(line.text for line in tile.captions), tile.figure.text, tile.figure.locator, blocks
        )

    def read_figure(self, owner: _Mention, label: str, value: str, place: str, blocks: Sequence[Block]) -> None:
        """Note a key figure: an indicator with one measured value."""
        if not value:
            match = re.match(r"^(?P<value>[\d][\d\s.,]*(?:\s?%)?)\s+(?P<label>\D.*)$", label)
            if match is None:
                self.state(owner, "indicator", label, place, blocks)
                return
            value, label = match["value"], match["label"]
        owner.groups += 1
        group = f"i{owner.groups}"
        self.state(owner, "indicator_label", label, place, blocks, group=group)
        self.state(owner, "measure_value", value, place, blocks, group=f"{group}.m1")
        self.state(owner, "measure_role", "actual", place, blocks, group=f"{group}.m1")
        year = re.search(r"\b(?:19|20)\d\d\b", f"{label} {value}")
        if year:
            self.state(owner, "measure_period", year[0], place, blocks, group=f"{group}.m1")

    # ------------------------------------------------------------------------------------------------------ sheets

    def read_sheet(self, sheet: Sheet) -> None:
        if any(f.sort == "closed" and f.concept == "legend" for f in self.stack):
            return
        self.end_repetition()
        before = [b for first, blocks in sheet.loose if first for b in blocks]
        after = [b for first, blocks in sheet.loose if not first for b in blocks]
        self.read_blocks(before)
        titles = [
            e
            for e in sheet.entries
            if e.label.field == "title" and e.label.level not in (Level.CONSTAT, Level.AMBITION)
        ]
        codes = [e for e in sheet.entries if e.label.field == "code"]
        parents = sorted(
            (e for e in titles if e.label.level is not None and e.text),
            key=lambda e: LEVEL_DEPTH.get(e.label.level or Level.ACTION, 9),
        )
        waiting = self.stack[-1] if self.stack and self.stack[-1].sort == "element" else None
        mention = waiting.mention if waiting is not None else None
        plain = next((e for e in titles if e.label.level is None and e.text), None)
        leaf = plain or (parents[-1] if parents else None)
        leaf_level = (leaf.label.level if leaf is not None else None) or (mention.level if mention is not None and not mention.title else Level.ACTION)
        deeper = mention is not None and LEVEL_DEPTH.get(leaf_level, 9) < LEVEL_DEPTH.get(mention.level, 9)
        if deeper and plain is None:
            leaf = None  # the sheet of the element above, which prints only the parents
        # the element above waits for this sheet: for its title, or for its parents
        held = mention is not None and (not mention.title or (deeper and leaf is None and bool(parents) and not mention.has_sheet))
        pending = waiting if held else None
        plain_parents = [e for e in parents if e is not leaf]
        limit = LEVEL_DEPTH.get(mention.level if held and mention is not None else leaf_level, 9)
        if pending is not None:
            self.stack.remove(pending)
        for entry in plain_parents:
            if entry.label.level is not None and LEVEL_DEPTH.get(entry.label.level, 9) < limit:
                self.open_titled(entry.text, entry.label.level, "", entry.blocks, LABELLED)
        code = next((e.text for e in codes if e.text and (e.label.level in (None, leaf_level))), "")
        if leaf is not None:
            if pending is not None and pending.mention is not None:
                mention = pending.mention
                self.reopen(pending, mention)
                title, printed = self.cut_title(leaf.text, mention.level)
                mention.title = strip_title(title)
                mention.code = mention.code or printed or code
                for block in leaf.blocks:
                    self.fates[block.index] = (Became.ELEMENT, mention)
            else:
                mention = self.open_titled(leaf.text, leaf_level, code, leaf.blocks, LABELLED)
        elif pending is not None and pending.mention is not None:
            mention = pending.mention
            self.reopen(pending, mention)
        else:
            mention = self.top_mention()
            if mention is not None and mention.level in (Level.CONSTAT, Level.AMBITION):
                mention = mention.parent
        for entry in sheet.entries:
            for block in entry.label_blocks:
                if mention is not None:
                    self.fates.setdefault(block.index, (Became.FIELD, mention))
        if mention is None:
            self.read_blocks(after)
            return
        mention.has_sheet = True
        paired = self.read_indicator_pairs(sheet, mention)
        for entry in sheet.entries:
            name = entry.label.field
            if entry in paired:
                continue
            if entry in titles and (name == "title"):
                for block in entry.blocks:
                    self.fates.setdefault(block.index, (Became.FIELD, mention))
                continue
            if name == "title":
                name = "description"
            if name == "code":
                for block in entry.blocks:
                    self.fates.setdefault(block.index, (Became.FIELD, mention))
                if not mention.code and entry.text and entry.label.level in (None, mention.level):
                    mention.code = entry.text
                continue
            self.state(
                mention,
                name,
                entry.text,
                entry.cell.locator
                if entry.cell is not None and entry.cell.locator
                else (locator(entry.blocks[0]) if entry.blocks else mention.place),
                entry.blocks,
            )
        self.read_blocks(after)

    def read_indicator_pairs(self, sheet: Sheet, mention: _Mention) -> list[Entry]:
        """Read the rows of a sheet that give an indicator and then its target; a sheet with several pairs several such rows."""
        taken: list[Entry] = []
        label: Entry | None = None
        if sum(e.label.field == "target" and bool(e.text) for e in sheet.entries) == 0:
            return taken
        for entry in sheet.entries:
            if entry.label.field == "indicator" and entry.text and "\n" not in entry.text:
                label = entry
            elif entry.label.field == "target" and entry.text and label is not None:
                mention.groups += 1
                group = f"i{mention.groups}"
                self.state(mention, "indicator_label", label.text, locator(label.blocks[0]), label.blocks, group=group)
                self.state(
                    mention, "measure_value", entry.text, locator(entry.blocks[0]), entry.blocks, group=f"{group}.m1"
                )
                self.state(
                    mention, "measure_role", "target", locator(entry.blocks[0]), entry.blocks, group=f"{group}.m1"
                )
                taken += [label, entry]
                label = None
        return taken

    def end_repetition(self) -> None:
        """End a foreword or synthesis where sheets begin; the elements that the sheet belongs to are kept."""
        position = next((i for i, f in enumerate(self.stack) if f.sort == "closed" and f.concept in APART), None)
        if position is None:
            return
        self.stack[position:] = [f for f in self.stack[position:] if f.sort == "element"]
        for frame in self.stack[position:]:
            if frame.mention is not None and frame.mention.weak:
                self.strengthen(frame.mention)

    def strengthen(self, mention: _Mention) -> None:
        """Take a mention as one of the body after all."""
        mention.weak, mention.repetition = False, 0
        mention.confidence = min(LABELLED, mention.confidence * LABELLED / REPEATED)

    def reopen(self, frame: _Frame, mention: _Mention) -> None:
        """Put a pending element back on the stack under the parents that its sheet printed."""
        self.close_for_level(mention.level, frame.rank)
        parent = self.parent_for(mention.level)
        if mention.parent is not None:
            mention.parent.children.remove(mention)
        mention.parent = parent
        if parent is not None:
            parent.children.append(mention)
        self.stack.append(frame)

    def cut_title(self, text: str, level: Level) -> tuple[str, str]:
        """Cut the label and number off a title in a cell; returns (title, code)."""
        text = " ".join(text.split("\n"))
        label = match_level(text)
        if label is not None and label.rest and (label.code or label.level is Level.VOLET):
            return label.rest, label.code
        number = match_number(text, heading=level in (Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL))
        if number is not None and number.rest:
            return number.rest, number.code
        return text, ""

    def open_titled(self, text: str, level: Level, code: str, blocks: Sequence[Block], confidence: float) -> _Mention:
        title, printed = self.cut_title(text, level)
        place = locator(blocks[0]) if blocks else ""
        page = blocks[0].position.page_number if blocks else 0
        return self.open(level, code or printed, title, blocks, place, page, confidence, named=True)

    def read_blocks(self, blocks: Sequence[Block]) -> None:
        """Read blocks inside a table as running text."""
        lines = read_lines([b for b in blocks if b.table is None], self.body)
        index = 0
        while index < len(lines):
            index += self.read_line(lines[index], index, lines)

    # ------------------------------------------------------------------------------------------------------- grids

    def read_grid(self, grid: Grid) -> None:
        if any(f.sort == "closed" and f.concept == "legend" for f in self.stack):
            return
        self.read_blocks(grid.before)
        self.close_items()
        grid = replace(grid, columns=tuple(self.at_root(c) for c in grid.columns))
        titles = [
            c
            for c in grid.columns
            if c.label is not None and c.label.field == "title" and c.label.level not in (Level.CONSTAT, Level.AMBITION)
        ]
        if not titles:
            indicators = [c for c in grid.columns if c.label is not None and c.label.field == "indicator"]
            if indicators:
                self.read_indicator_grid(grid, indicators[0])
                return
            fallback = next(
                (c for c in grid.columns if c.label is not None and c.label.field == "description"), None
            ) or next(
                (
                    c
                    for c in grid.columns
                    if c.label is None
                    and not c.status
                    and not c.year
                    and any(c.index in r.cells and len(r.cells[c.index].text) > 8 for r in grid.rows)
                ),
                None,
            )
            if fallback is None or (self.in_closed() and not followed(grid)):
                for row in grid.rows:
                    self.read_blocks(row.band or tuple(b for c in row.cells.values() for b in c.blocks))
                return
            titles = [fallback]
        header_owner = self.top_mention()
        depths = self.code_depths(grid, titles)
        indents = self.indent_levels(grid, titles) if not depths else {}
        seen: dict[Level, tuple[str, str, _Mention]] = {}
        around = list(self.stack)
        for row in grid.rows:
            if row.band:
                section = match_section(" ".join(b.text for b in row.band))
                if section is not None and section.concept in ("legend", "outside"):
                    break  # what follows explains the table
                if not self.band_is_element(row):
                    self.stack[:] = [f for f in self.stack if f in around]
                self.read_blocks(row.band)
                if self.band_is_element(row):
                    around = list(self.stack)
                continue
            self.read_row(grid, row, titles, depths, indents, seen)
        self.close_rows(titles, around)
        for block in grid.header_blocks:
            self.fates.setdefault(block.index, (Became.FURNITURE, header_owner))

    def close_rows(self, titles: Sequence[Column], around: Sequence[_Frame]) -> None:
        """Close the elements of the last row: what comes after a table does not belong to its last line."""
        named = [LEVEL_DEPTH.get(c.label.level, 9) for c in titles if c.label is not None and c.label.level is not None]
        leaf_depth = min(max(named, default=LEVEL_DEPTH[Level.ACTION]), LEVEL_DEPTH[Level.ACTION])
        self.stack[:] = [
            f
            for f in self.stack
            if f in around or f.mention is None or LEVEL_DEPTH.get(f.mention.level, 9) < leaf_depth
        ]

    def at_root(self, column: Column) -> Column:
        """A column of ambitions with no OS above lists enjeux."""
        if (
            column.label is None
            or column.label.level is not Level.AMBITION
            or self.has_open(Level.OBJECTIF_STRATEGIQUE)
        ):
            return column
        return replace(column, label=Label(column.label.field, Level.ENJEU))

    def in_closed(self) -> bool:
        return any(f.sort == "closed" for f in self.stack)

    def band_is_element(self, row: Row) -> bool:
        label = match_level(" ".join(b.text for b in row.band))
        return label is not None and bool(label.code or label.rest)

    def stated_level(self, grid: Grid, item: Item) -> Level | None:
        """The level that a column «Niveau» or «Type» states for a row."""
        for column in grid.columns:
            if column.label is not None and column.label.field in ("level", "kind") and column.index in item.cells:
                label = match_label(item.cells[column.index][0])
                if label is not None and label.field == "title" and label.level is not None:
                    return label.level
        return None

    def code_depths(self, grid: Grid, titles: Sequence[Column]) -> dict[int, Level]:
        """Levels by the depth of the codes of a grid with one title column: 1, 1.1, 1.1.1 are OS, OO, action."""
        if len(titles) != 1:
            return {}
        found: set[int] = set()
        for row in grid.rows:
            text = self.row_code(grid, row, titles[0])
            number = match_number(f"{text} X", heading=True) if text else None
            if number is not None:
                found.add(number.code.count("."))
        ordered = sorted(found)
        if len(ordered) < 2:
            return {}
        ladder = [Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL, Level.ACTION, Level.SOUS_ACTION]
        if len(ordered) == 2:
            top = self.top_mention()
            ladder = (
                [Level.OBJECTIF_OPERATIONNEL, Level.ACTION]
                if top is not None and top.level is Level.OBJECTIF_STRATEGIQUE
                else [Level.OBJECTIF_STRATEGIQUE, Level.ACTION]
            )
        return dict(zip(ordered, ladder, strict=False))

    def indent_levels(self, grid: Grid, titles: Sequence[Column]) -> dict[int, Level]:
        """Levels by the indent of the cells of a grid with one title column that names no level."""
        if len(titles) != 1 or (titles[0].label is not None and titles[0].label.level is not None):
            return {}
        column = titles[0].index
        named = [label.level for r in grid.rows for label in [self.row_label(r, column)] if label is not None]
        found = sorted(
            {
                round(r.cells[column].blocks[0].indent_pt)
                for r in grid.rows
                if column in r.cells and r.cells[column].blocks and self.row_label(r, column) is None
            }
        )
        top = self.top_mention()
        above = max([LEVEL_DEPTH.get(n, 0) for n in named] + ([LEVEL_DEPTH.get(top.level, 0)] if top is not None else []), default=-1)
        ladder = [level for level in LEVEL_DEPTH if LEVEL_DEPTH[level] > above and level not in (Level.VOLET, Level.ENJEU)]
        if not 2 <= len(found) <= len(ladder):
            return {}
        if above < 0 and len(found) == 2:
            ladder = [Level.OBJECTIF_OPERATIONNEL, Level.ACTION]
        return dict(zip(found, ladder, strict=False))

    def row_label(self, row: Row, column: int) -> LevelLabel | None:
        """The label of a level in a row: in its band, or in front of its title."""
        text = " ".join(b.text for b in row.band) if row.band else cell_text(row.cells.get(column))
        label = match_level(text)
        return label if label is not None and label.code else None

    def row_code(self, grid: Grid, row: Row, title: Column) -> str:
        for column in grid.columns:
            if column.label is not None and column.label.field == "code" and column.index in row.cells:
                return clean(row.cells[column.index].text)
        return clean(row.cells[title.index].text).split(" ")[0] if title.index in row.cells else ""

    def read_row(
        self,
        grid: Grid,
        row: Row,
        titles: Sequence[Column],
        depths: dict[int, Level],
        indents: dict[int, Level],
        seen: dict[Level, tuple[str, str, _Mention]],
    ) -> None:
        filled = sorted(
            (c for c in titles if c.index in row.cells and row.cells[c.index].text.strip()),
            key=lambda c: LEVEL_DEPTH.get(c.label.level, 9) if c.label is not None and c.label.level is not None else 4.5,
        )
        if not filled:
            target = self.top_mention()
            for cell in row.cells.values():
                for block in leaf_blocks(cell.blocks):
                    self.fates.setdefault(block.index, (Became.UNCLASSIFIED, target))
            return
        if is_total(cell_text(row.cells[filled[0].index])):
            return
        last = filled[-1]
        for item in split_row(row, last.index):
            self.read_row_item(grid, item, filled, depths, indents, seen)

    def level_of(
        self,
        column: Column,
        code: str,
        text: str,
        depths: dict[int, Level],
        stated: Level | None,
    ) -> Level:
        label = match_level(f"{code} {text}" if code else text)
        if column.label is not None and column.label.level is not None:
            return column.label.level
        if stated is not None:
            return stated
        if label is not None and label.code and label.rest:
            return label.level
        number = match_number(f"{code} {text}" if code else text, heading=bool(code))
        if depths and number is not None and number.code.count(".") in depths:
            return depths[number.code.count(".")]
        return Level.ACTION

    def read_row_item(
        self,
        grid: Grid,
        item: Item,
        filled: Sequence[Column],
        depths: dict[int, Level],
        indents: dict[int, Level],
        seen: dict[Level, tuple[str, str, _Mention]],
    ) -> None:
        codes: dict[int, str] = {}
        for column in grid.columns:
            if column.label is not None and column.label.field == "code" and column.index in item.cells:
                target = self.title_for_code(column, filled)
                if target is not None:
                    codes[target.index] = item.cells[column.index][0].replace("\n", " ").strip()
        stated = self.stated_level(grid, item)
        leaf: _Mention | None = None
        opened: dict[Level, _Mention] = {}
        for column in filled:
            text, blocks, place = item.cells.get(column.index, ("", (), ""))
            if not text:
                continue
            code = codes.get(column.index, "")
            level = self.level_of(column, code, text, depths, stated)
            if indents and blocks and level is Level.ACTION and stated is None:
                level = indents.get(round(blocks[0].indent_pt), level)
            title, printed = self.cut_title(text, level)
            key = (fold(code or printed), fold(title))
            known = seen.get(level)
            repeated = (
                known is not None
                and (known[0], known[1]) == key
                and (column is not filled[-1] or bool(key[0]) or (len(filled) > 1 and self.same_path(known[2])))
            )
            if repeated and known is not None:
                leaf = known[2]
                for block in blocks:
                    self.fates[block.index] = (Became.ELEMENT, leaf)
                opened[level] = leaf
                continue
            leaf = self.open(
                level,
                code or printed,
                title,
                blocks,
                place or (locator(blocks[0]) if blocks else ""),
                blocks[0].position.page_number if blocks else 0,
                TABLED,
                rank=0.0,
                named=(column.label is not None and column.label.level is not None) or level is not Level.ACTION,
            )
            for deeper in [d for d in seen if LEVEL_DEPTH.get(d, 9) > LEVEL_DEPTH.get(level, 9)]:
                del seen[deeper]
            seen[level] = (*key, leaf)
            opened[level] = leaf
        if leaf is None:
            return
        for text, blocks in item.inner:
            below = _NESTED.get(leaf.level)
            if below is not None:
                place = locator(blocks[0])
                self.open(
                    below, "", text, blocks, place, blocks[0].position.page_number, TABLED, item=True, parent=leaf, keep_stack=True
                )
                self.stack.pop()
        for column in grid.columns:
            if column.index not in item.cells:
                continue
            text, blocks, place = item.cells[column.index]
            where = place or (locator(blocks[0]) if blocks else leaf.place)
            if column in filled or (column.label is not None and column.label.field in ("code", "level")):
                for block in blocks:
                    self.fates.setdefault(block.index, (Became.ELEMENT, leaf))
                continue
            self.read_row_field(column, text, where, blocks, leaf, opened, seen)

    def read_row_field(
        self,
        column: Column,
        text: str,
        where: str,
        blocks: Sequence[Block],
        leaf: _Mention,
        opened: dict[Level, _Mention],
        seen: dict[Level, tuple[str, str, _Mention]],
    ) -> None:
        target = leaf
        if column.label is not None and column.label.level is not None and column.label.field != "title":
            known = seen.get(column.label.level)
            target = opened.get(column.label.level) or (known[2] if known is not None else leaf)
        if column.status:
            if is_ticked(text):
                self.state(target, "status", column.printed, where, blocks)
            for block in blocks:
                self.fates.setdefault(block.index, (Became.FIELD, target))
        elif column.label is not None:
            name = column.label.field if column.label.field != "title" else "description"
            already = any(f == name and o == text.strip() for f, o, *_ in target.statements)
            for block in blocks:
                self.fates.setdefault(block.index, (Became.FIELD, target))
            if not already:
                if column.year and name == "budget":
                    target.groups += 1
                    self.state(target, "budget_year", column.year, where, blocks, group=f"b{target.groups}")
                    self.state(target, "budget_amount", text, where, blocks, group=f"b{target.groups}")
                else:
                    self.state(target, name, text, where, blocks)
        elif column.year and is_ticked(text):
            years = [o for f, o, *_ in target.statements if f == "planning"]
            target.statements[:] = [s for s in target.statements if s[0] != "planning"]
            first = years[0].split("-")[0] if years else column.year
            self.state(target, "planning", first if first == column.year else f"{first}-{column.year}", where, blocks)
        else:
            for block in blocks:
                self.fates.setdefault(block.index, (Became.UNCLASSIFIED, target))

    def same_path(self, mention: _Mention) -> bool:
        return any(f.mention is mention for f in self.stack)

    def title_for_code(self, column: Column, filled: Sequence[Column]) -> Column | None:
        """The title column that a code column belongs to: of its level, else the next to the right, else the last."""
        if column.label is not None and column.label.level is not None:
            same = next((c for c in filled if c.label is not None and c.label.level is column.label.level), None)
            return same or next((c for c in filled if c.label is None or c.label.level is None), None)
        return next((c for c in filled if c.index > column.index), filled[-1] if filled else None)

    def read_indicator_grid(self, grid: Grid, title: Column) -> None:
        """Read a table of indicators that stands under an element."""
        owner = self.top_mention()
        for row in grid.rows:
            if row.band or owner is None:
                self.read_blocks(row.band or tuple(b for c in row.cells.values() for b in c.blocks))
                continue
            cell = row.cells.get(title.index)
            if cell is None or not cell.text.strip():
                continue
            owner.groups += 1
            group = f"i{owner.groups}"
            place = cell.locator or locator(cell.blocks[0])
            self.state(owner, "indicator_label", cell.text.replace("\n", " "), place, cell.blocks, group=group)
            number = 0
            for column in grid.columns:
                value = row.cells.get(column.index)
                if value is None or column is title or not value.text.strip():
                    continue
                role = {"target": "target", "result": "actual", "progress": "actual"}.get(
                    column.label.field if column.label else "", "actual" if column.year else ""
                )
                where = value.locator or locator(value.blocks[0])
                if not role:
                    for block in value.blocks:
                        self.fates.setdefault(block.index, (Became.FIELD, owner))
                    continue
                number += 1
                self.state(owner, "measure_value", value.text, where, value.blocks, group=f"{group}.m{number}")
                self.state(owner, "measure_role", role, where, value.blocks, group=f"{group}.m{number}")
                if column.year:
                    self.state(owner, "measure_period", column.year, where, value.blocks, group=f"{group}.m{number}")
        for block in grid.header_blocks:
            self.fates.setdefault(block.index, (Became.FURNITURE, owner))

    # ------------------------------------------------------------------------------------------------ afterthoughts

    def finish(self) -> None:
        """Take back what the whole document shows to be something else."""
        self.weigh_repetitions()
        for mention in self.mentions:
            if mention.level is Level.OBJECTIF_STRATEGIQUE:
                before = takewhile(lambda c: c.level is not Level.OBJECTIF_OPERATIONNEL, mention.children)
                if any(c.level is Level.OBJECTIF_OPERATIONNEL for c in mention.children):
                    for child in [c for c in before if c.provisional]:
                        self.turn_into_text(child, mention)
        for mention in self.mentions:
            if (
                mention.heading
                and not any(not c.dropped for c in mention.children)
                and mention.level not in (Level.ACTION, Level.SOUS_ACTION)
                and not self.vision
                and not mention.has_sheet
            ):
                self.drop(mention)
        with_children: dict[Level, list[int]] = {}
        for position, mention in enumerate(self.mentions):
            if mention.children and not mention.dropped:
                with_children.setdefault(mention.level, []).append(position)
        for position, mention in enumerate(self.mentions):
            if (
                mention.from_list
                and not mention.children
                and mention.level in (Level.ENJEU, Level.OBJECTIF_STRATEGIQUE)
                and mention.parent is None
            ):
                later = [p for p in with_children.get(mention.level, ()) if p > position]
                if len(later) >= 2:
                    mention.weak, mention.confidence = True, min(mention.confidence, REPEATED)
        for mention in self.mentions:
            if not mention.title and not mention.dropped:
                if mention.children or (mention.code and mention.level in (Level.VOLET, Level.ENJEU)):
                    mention.title = mention.code
                else:
                    self.remarks.append(
                        Remark(
                            Severity.WARNING,
                            "title_missing",
                            (("code", mention.code),),
                            source=self.document.source,
                            locator=mention.place,
                        )
                    )
                    self.drop(mention)

    def weigh_repetitions(self) -> None:
        """A chapter outside the plan whose elements stand nowhere else held the plan itself."""
        strong = {
            (m.level, key) for m in self.mentions if not m.weak for key in (fold(m.title), code_key(m.code)) if key
        }
        for number in {m.repetition for m in self.mentions if m.repetition}:
            held = [m for m in self.mentions if m.repetition == number]
            again = sum(
                (m.level, fold(m.title)) in strong or (bool(m.code) and (m.level, code_key(m.code)) in strong)
                for m in held
            )
            if again < 0.34 * len(held) and len(held) >= 2:
                for mention in held:
                    self.strengthen(mention)

    def turn_into_text(self, mention: _Mention, owner: _Mention) -> None:
        owner.statements.append(("description", mention.title, mention.place, "", mention.confidence))
        for block in mention.blocks:
            self.fates[block.index] = (Became.TEXT, owner)
        self.drop(mention, keep_fates=True)

    def drop(self, mention: _Mention, *, keep_fates: bool = False) -> None:
        """Take a mention back; its children go to its parent."""
        mention.dropped = True
        for child in mention.children:
            child.parent = mention.parent
            if mention.parent is not None:
                mention.parent.children.append(child)
        if not keep_fates:
            for index, (_, owner) in list(self.fates.items()):
                if owner is mention:
                    self.fates[index] = (Became.UNCLASSIFIED, None)


#: Fields of a follow-up: a table with two of them in its columns follows the elements of a plan.
_FOLLOWED = frozenset(("mandataire", "responsable", "porteur", "service", "partenaire", "start", "end", "planning", "status", "progress", "priority"))


def followed(grid: Grid) -> bool:
    """Tell whether the columns of a grid are those of a follow-up of actions."""
    fields = {c.label.field for c in grid.columns if c.label is not None} & _FOLLOWED
    return len(fields) + (sum(bool(c.status) for c in grid.columns) >= 2) >= 2


def code_key(code: str) -> str:
    """The numbers of a code, without zeros in front: OS.01 and 1 are the same."""
    return ".".join(str(int(n)) for n in re.findall(r"\d+", code)) or fold(code)


def _statements(mention: _Mention, source: str, order: int) -> Iterator[Statement]:
    """The statements of one mention: what it is, then what is said of it."""

    def one(
        name: str,
        value: str,
        original: str,
        place: str = mention.place,
        group: str = "",
        confidence: float = mention.confidence,
    ) -> Statement:
        return Statement(f"{source}#{mention.id}", name, value, original, source, place, round(confidence, 3), group)

    yield one("level", mention.level.value, mention.level.value)
    yield one("parent", f"{source}#{mention.parent.id}" if mention.parent is not None else "", "")
    yield one("order", str(order), "")
    if mention.page_number:
        yield one("page", str(mention.page_number), "")
    if mention.code:
        yield one("code", mention.code, mention.code)
    yield one("title", "", mention.title)
    if mention.weak:
        yield one("weak", "1", "")
    for name, original, place, group, confidence in mention.statements:
        yield one(name, "", original, place, group, confidence)


def apply_layout(
    document: Document, flow: Flow, layout: Layout, body: BodyStyle, furniture: frozenset[int]
) -> Extraction:
    """Apply a layout to the flow of a document.

    Remark codes: plan_not_recognised (warning), title_missing (warning), count_announced (warning).
    """
    reader = _Reader(document, flow, layout, body)
    reader.read_all()
    reader.finish()
    kept = [m for m in reader.mentions if not m.dropped]
    labelled = sum(m.named for m in kept)
    vision_items = reader.vision and len(kept) >= 2
    if not (is_plan(flow, len(kept), labelled) or vision_items):
        remark = Remark(Severity.WARNING, "plan_not_recognised", (("file", document.source),), source=document.source)
        fates = {i: (b if b is Became.FURNITURE else Became.UNCLASSIFIED, None) for i, (b, _) in reader.fates.items()}
        return Extraction(document.source, (), _block_fates(document, fates, furniture), (remark,), layout)
    statements = tuple(s for order, m in enumerate(kept, 1) for s in _statements(m, document.source, order))
    for level, count, place in reader.announced:
        found = {(m.code, fold(m.title)) for m in kept if m.level is level and not m.weak}
        if found and len(found) != count:
            reader.remarks.append(
                Remark(
                    Severity.WARNING,
                    "count_announced",
                    (("level", level.value), ("announced", str(count)), ("found", str(len(found)))),
                    source=document.source,
                    locator=place,
                )
            )
    return Extraction(
        document.source, statements, _block_fates(document, reader.fates, furniture), tuple(reader.remarks), layout
    )


def _block_fates(
    document: Document, fates: Mapping[int, tuple[Became, _Mention | None]], furniture: frozenset[int]
) -> tuple[BlockFate, ...]:
    out = []
    for block in leaf_blocks(document.blocks):
        became, mention = fates.get(block.index, (Became.UNCLASSIFIED, None))
        if block.index in furniture and became is Became.UNCLASSIFIED:
            became = Became.FURNITURE
        if not clean(block.text) and became is Became.UNCLASSIFIED:
            became = Became.FURNITURE
        text = f"{block.marker} {block.text}".strip() if block.marker_kind is not Marker.NONE else block.text
        shown = mention is not None and not mention.dropped
        out.append(
            BlockFate(
                document.source,
                block.position.page_number,
                block.index,
                became,
                clean(text),
                f"{document.source}#{mention.id}"
                if shown and mention is not None and became is not Became.UNCLASSIFIED
                else "",
            )
        )
    return tuple(out)


__all__ = ["apply_layout", "match_section"]
