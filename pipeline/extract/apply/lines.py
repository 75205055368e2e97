"""Read one line of the flow: labels, headings, numbered lines; what is none of these goes to `lists` or `texts`."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.apply.lists import full_title, read_item, read_section, read_section_item, resume_list
from pipeline.extract.apply.reading import (
    ACTION_LEVELS,
    ATTACHED_LEVELS,
    LABELLED,
    LEVELS,
    NUMBERED,
    SET_APART,
    TEXT_LEVELS,
    Frame,
    Items,
    Reading,
)
from pipeline.extract.apply.texts import open_field_section, read_fields, read_paragraph, read_value
from pipeline.extract.infer import SKIP
from pipeline.extract.sections import (
    BEFORE_PLAN,
    OUTSIDE_END,
    PLAIN_HEADING_RANK,
    Flow,
    ends_legend,
    ends_outside,
    follows,
    is_labelled,
    is_open_ambition,
)
from pipeline.extract.signatures import Line, read_lines
from pipeline.extract.words import is_worded
from pipeline.model import LEVEL_DEPTH, Became, Block, Level
from pipeline.text import fold
from pipeline.values import is_status_word
from pipeline.vocabulary import match_label, names_chapter

#: A paragraph that begins with the word «Action» and is longer than this is running text.
MAXIMUM_ACTION_CHARACTERS = 250
#: A rule less sure than this is not made surer by numbers.
SURE_RULE = 0.65
#: A heading set this much stronger than the line above it, in one banner, owns that line.
BANNER_STEP = 10.0
#: Shapes of numbers that are codes of items in a list outside of a numbered section.
_ITEM_SHAPES = ("1", "1)", "A", "a", "1.1", "1.1.1")


def read_line(reading: Reading, line: Line, index: int, flow: Flow) -> int:
    """Read the line at `index` of a flow by the rule of its kind; returns how many nodes of the flow it took."""
    becomes = reading.becomes.get(line.kind, "")
    if line.furniture or becomes == "furniture" or (line.section is not None and line.section.concept == "furniture"):
        _read_furniture(reading, line)
        return 1
    _leave_chapter_apart(reading, line)
    ended = next((frame for frame in reading.stack if frame.until is line), None)
    if ended is not None:
        reading.close_from(ended)
    heading = _heading_of_banner(reading, line, index, flow)
    if heading is not None:
        taken = read_line(reading, heading, index + 1, flow)
        read_paragraph(reading, line)
        return taken + 1
    if line.kind == "note":
        reading.leave(line.blocks)
        return 1
    if becomes == "text":
        return read_paragraph(reading, line)
    if becomes == SKIP and (line.section is not None or is_labelled(line)):
        _read_heading(reading, line)  # a person overruled what its words say
        return 1
    if line.section is not None:
        if _explained(reading, line):
            reading.leave(line.blocks)
            return 1
        read_section(reading, line, _section_concept(line.section.concept, becomes), index, flow)
        return 1
    if is_labelled(line) and line.label is not None and not line.label.code and reading.in_legend():
        reading.leave(line.blocks)  # a word of a lexicon and what it means
        return 1
    if is_labelled(line):
        return _read_label(reading, line, becomes, index, flow)
    return _read_unlabelled(reading, line, becomes, index, flow)


def _explained(reading: Reading, line: Line) -> bool:
    """Tell whether the words of a section only stand among those that a legend on the same page explains."""
    apart = reading.apart()
    legend = apart is not None and apart.concept == "legend" and line.page_number == apart.page_number
    return legend and apart is not None and line.rank < apart.rank


def _section_concept(concept: str, becomes: str) -> str:
    """What a heading of a section opens: what its rule says, else what its words say."""
    if becomes.startswith("section:"):
        return becomes.removeprefix("section:")
    return becomes if concept in LEVELS and becomes in LEVELS else concept


def _read_furniture(reading: Reading, line: Line) -> None:
    """Leave furniture out; that of the page goes unseen, a rule that makes a line furniture ends what stands above."""
    reading.leave(line.blocks, Became.FURNITURE)
    for frame in reading.stack:
        if frame.concept == "contents":
            frame.listed = True
    if not line.furniture:
        while reading.stack and (reading.stack[-1].item or reading.stack[-1].is_section):
            reading.stack.pop()


def _leave_chapter_apart(reading: Reading, line: Line) -> None:
    """End contents after their lines or page, and a chapter whose heading is set like the body at the next heading."""
    apart = reading.apart()
    if apart is None:
        return
    begins = apart.concept == "outside" and is_labelled(line) and reading.stands_once(line)
    if begins and line.label is not None and not line.label.code and reading.innermost() is not None:
        reading.stack.remove(apart)  # the plan has begun above this line, with what a synthesis repeats
        return
    if begins or (apart.concept in BEFORE_PLAN and id(line) in reading.sheet_heads):
        reading.close_from(apart)
        return
    turned = apart.concept == "contents" and line.page_number > apart.page_number
    if apart.concept == "legend" and ends_legend(line, apart.page_number):
        turned = True
    repeats = apart.concept == "summary" and line.number is not None  # until a number comes twice
    if turned or apart.listed or (apart.rank == 0 and apart.used and not repeats and ends_outside(line, 0.0)):
        reading.close_from(apart)
    else:
        apart.used = True


def _heading_of_banner(reading: Reading, line: Line, index: int, flow: Flow) -> Line | None:
    """The heading right below a smaller line in the same banner: the line then belongs to the heading."""
    node = flow[index + 1] if index + 1 < len(flow) else None
    if line.box is None or not isinstance(node, Line) or node.box != line.box or node.rank < line.rank + BANNER_STEP:
        return None
    before = flow[index - 1] if index else None
    first = not isinstance(before, Line) or before.box != line.box
    if line.label or line.number or line.section or line.bullet or not first:
        return None
    return node if reading.becomes.get(node.kind) in LEVELS else None


def _read_unlabelled(reading: Reading, line: Line, becomes: str, index: int, flow: Flow) -> int:
    """Read a heading, a numbered line, an item or running text; returns how many nodes of the flow it took."""
    if (
        line.number is None
        and not line.bullet
        and is_status_word(line.text)
        and _open_board(reading, line, index, flow)
    ):
        return 1
    if not _is_captioned(line, index, flow) and read_value(reading, line):
        return 1
    resume_list(reading, line)
    governing = reading.governing()
    section = governing if governing is not None and governing.is_section and governing.concept in LEVELS else None
    if line.number is not None or line.rank > 0:
        if section is not None and _stays_in_section(reading, line, section, becomes):
            return read_section_item(reading, line, section, index, flow)
        if becomes in LEVELS:
            return _read_structure(reading, line, LEVELS[becomes], index, flow)
        if line.number is None or (becomes == SKIP and line.rank > PLAIN_HEADING_RANK):
            _read_heading(reading, line)
            return 1
    if read_fields(reading, line):
        return 1
    if line.number is not None or line.bullet:
        counted = line.number is not None and line.number.shape in _ITEM_SHAPES
        return read_item(reading, line, line.number.code if line.number is not None and counted else "")
    if section is not None:
        return read_section_item(reading, line, section, index, flow)
    return read_paragraph(reading, line)


def _is_captioned(line: Line, index: int, flow: Flow) -> bool:
    """Tell whether a figure goes on in the line below it («45 %», «des menages»)."""
    node = flow[index + 1] if index + 1 < len(flow) else None
    return line.text[:1].isdigit() and isinstance(node, Line) and not node.bullet and node.text[:1].islower()


def _open_board(reading: Reading, line: Line, index: int, flow: Flow) -> bool:
    """Read a status word as the head of a column of a board: the actions that follow have this status."""
    owner = reading.innermost()
    if reading.board is not None and reading.is_open(reading.board[0]):
        owner = reading.board[0]
    elif (
        owner is None
        or owner.level not in LEVEL_DEPTH
        or owner.level in ACTION_LEVELS
        or not _heads_columns(reading, index, flow)
    ):
        return False
    while reading.stack and reading.stack[-1].mention is not owner:
        reading.stack.pop()
    reading.board = (owner, line.text)
    reading.settle(line.blocks, Became.FIELD, owner)
    return True


def _heads_columns(reading: Reading, index: int, flow: Flow) -> bool:
    """Tell whether the status word at `index` and others stand over actions, not each below the one that it is of."""
    others = 0
    last_is_action = False
    for node in flow[index + 1 :]:
        if not isinstance(node, Line):
            break
        if node.furniture:
            continue
        level = node.label.level if node.label is not None else LEVELS.get(reading.becomes.get(node.kind, ""))
        if node.section is not None or (level in LEVEL_DEPTH and level not in ACTION_LEVELS):
            break
        is_status = is_status_word(node.text)
        others += is_status
        if is_status or level in ACTION_LEVELS or node.bullet or node.number is not None:
            last_is_action = not is_status
    return last_is_action and others > 0


def _stays_in_section(reading: Reading, line: Line, section: Frame, becomes: str) -> bool:
    """Tell whether a heading or numbered line is an item of its section, not an element by its own rule."""
    below = reading.innermost() is not None and line.rank == 0
    counted = section.items is Items.NUMBERS and below and _counts_on(line, section)
    if line.number is not None and (section.items is Items.GROUPED or counted):
        return True
    another_level = line.number is not None and becomes != section.concept
    if becomes in LEVELS and (line.rank > PLAIN_HEADING_RANK or another_level):
        return False
    if section.rank == 0 or line.number is not None:
        return True
    return line.rank < section.rank and line.rank <= PLAIN_HEADING_RANK


def _counts_on(line: Line, section: Frame) -> bool:
    """Tell whether a number is the next one in a section, or its first."""
    if line.number is None or section.last is None:
        return line.number is not None and line.number.code.strip("0.") == "1"
    return follows(line, section.last)


def _read_label(reading: Reading, line: Line, becomes: str, index: int, flow: Flow) -> int:
    """Read a line with the label of a level; returns how many nodes of the flow it took."""
    label = line.label
    assert label is not None
    level = LEVELS.get(becomes, label.level)
    attached = level is Level.ENJEU and is_open_ambition(label) and not reading.ambitions_head
    if attached and reading.has_open(Level.OBJECTIF_STRATEGIQUE):
        level = Level.AMBITION
    if level in ATTACHED_LEVELS:
        _read_attached(reading, line, level, label.code)
        return 1
    title, blocks, taken = full_title(line, index, flow) if label.code else (line.title, line.blocks, 1)
    repeated = reading.open_with_code(level, label.code) if not title else None
    if repeated is not None:
        reading.settle(line.blocks, Became.ELEMENT, repeated)
        return 1
    plain = not label.code and not line.rank
    if level is Level.ACTION and plain and len(title) > MAXIMUM_ACTION_CHARACTERS:
        return read_paragraph(reading, line)
    rank = _rank_with_title(line, index + taken - 1, flow)
    reading.open(level, label.code, title, blocks, LABELLED, rank=rank, depth=line.depth, named=True)
    return taken


def _rank_with_title(line: Line, title_index: int, flow: Flow) -> float:
    """How strongly a label or number is set, with the title that stands on a line of its own."""
    title = flow[title_index]
    return max(line.rank, title.rank) if isinstance(title, Line) else line.rank


def _read_attached(reading: Reading, line: Line, level: Level, code: str) -> None:
    """Read a labelled constat or ambition: a row of its own under an objective, the description of an action."""
    owner = reading.owner_of_text()
    if owner is None:
        read_paragraph(reading, line)
    elif owner.level in ACTION_LEVELS:
        reading.attach(line, owner)
    else:
        reading.close_items()
        reading.open_item(level, code, line.title, line.blocks, LABELLED, parent=owner, named=True)


def _read_structure(reading: Reading, line: Line, level: Level, index: int, flow: Flow) -> int:
    """Read a heading or numbered line that the layout makes an element; returns how many nodes of the flow it took."""
    code = line.number.code if line.number is not None else ""
    if level in TEXT_LEVELS:
        return read_item(reading, line, code)
    title, blocks, taken = full_title(line, index, flow) if line.number is not None else (line.title, line.blocks, 1)
    if not title and line.number is not None:
        reading.leave(line.blocks)
        return 1
    apart = reading.apart()
    if apart is not None and line.rank >= OUTSIDE_END * apart.rank > 0:
        reading.close_from(apart)
    elif apart is not None and (line.number is None or apart.concept in ("contents", "legend")):
        reading.leave(line.blocks)
        return 1
    if line.rank > 0 and names_chapter(title):
        _read_heading(reading, line)
        return 1
    confidence = reading.confidences.get(line.kind, SET_APART)
    if line.number is not None and confidence >= SURE_RULE:
        confidence = max(confidence, NUMBERED)
    rank = _rank_with_title(line, index + taken - 1, flow)
    mention = reading.open(level, code, title, blocks, confidence, rank=rank, depth=line.depth)
    mention.heading = line.number is None and not is_worded(line.kind)
    return taken


def _read_heading(reading: Reading, line: Line) -> None:
    """Read a heading that is no element: it closes what is set weaker, or opens a part of the element above."""
    known = match_label(line.text)
    field = known.field if known is not None and known.level is None else ""
    owner, frame = reading.innermost(), reading.innermost_frame()
    if frame is not None and owner is not None and line.rank < frame.rank:
        reading.close_items()
        while reading.stack and reading.stack[-1].is_section and reading.stack[-1].rank <= line.rank:
            reading.stack.pop()
        if field:
            open_field_section(reading, line, owner, field, rank=line.rank)
        elif fold(line.text) in reading.recurring:
            reading.leave(line.blocks, Became.FURNITURE)
        else:
            reading.attach(line, owner)
        return
    plain = line.text.rstrip().endswith(":") or line.rank <= PLAIN_HEADING_RANK
    if field and owner is not None and plain:
        open_field_section(reading, line, owner, field)
        return
    reading.close_for_rank(line.rank)
    reading.stack.append(Frame(line.rank, concept="chapter", closed=True))
    reading.leave(line.blocks)


def read_blocks(reading: Reading, blocks: Sequence[Block]) -> None:
    """Read blocks inside a table as running text."""
    read_run(reading, read_lines([b for b in blocks if b.table is None], reading.body))


def read_run(reading: Reading, lines: Sequence[Line]) -> None:
    """Read lines inside a table as running text."""
    index = 0
    while index < len(lines):
        index += read_line(reading, lines[index], index, lines)
