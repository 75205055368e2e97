"""Read running text: paragraphs, «Echeance : 2022 - Responsable : ...», sentences on a status, key figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.apply.reading import ACTION_LEVELS, LEVELS, TEXT_LEVELS, Frame, Items, Mention, Reading
from pipeline.extract.bare import read_bare_value, read_bare_values
from pipeline.extract.brackets import WHOLE_BRACKET, read_parts
from pipeline.extract.legends import status_of_mark
from pipeline.extract.signatures import LIST_STEP_PT, Line
from pipeline.extract.tiles import Tile
from pipeline.extract.unmarked import stand_side_by_side, stands_above
from pipeline.model import Became, Block
from pipeline.text import fold
from pipeline.values import is_row_of_goals, is_status_word, names_goals, parse_status, status_word, tells_of_another
from pipeline.vocabulary import match_label, says_no_value, split_inline_fields

#: A sentence on the status of an action is no longer than this.
MAXIMUM_STATUS_CHARACTERS = 90
#: A sentence this short may name the status anywhere («Action abandonnee en 2024»).
MAXIMUM_LOOSE_STATUS_CHARACTERS = 40
#: Share of the confidence of an action that its status has where the sentence may tell of something else.
DOUBTFUL_STATUS = 0.5
#: The label of a field that stands above its text is shorter than this.
MAXIMUM_HEADING_LABEL_CHARACTERS = 60
#: Fields whose label may be a word of running text: alone on a line they open no section.
_PROSE_FIELDS = ("description", "comment")
#: Sections whose running text belongs to no element.
_WITHOUT_TEXT = (Items.NUMBERS, Items.GROUPED, Items.NONE)

_FIGURE_FIRST = re.compile(r"^(?P<value>[\d][\d\s.,]*(?:\s?%)?)\s+(?P<label>\D.*)$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def read_paragraph(reading: Reading, line: Line) -> int:
    """Read running text: a field, the text of a section, the description of the element above, or nothing's.

    Returns the number of nodes that it took, always 1.
    """
    if read_fields(reading, line):
        return 1
    governing, owner = reading.governing(), reading.innermost()
    if governing is not None and owner is not None and is_field_section(governing):
        read_section_text(reading, owner, governing.concept, line)
        return 1
    if not any(map(str.isalnum, line.text)) and not status_word(line.text):
        reading.leave(line.blocks, Became.FURNITURE)  # a sign of a drawing
        return 1
    short = line.text.rstrip().endswith(":") and len(line.text) < MAXIMUM_HEADING_LABEL_CHARACTERS
    known = match_label(line.text) if short else None
    if known is not None and known.level is None and owner is not None:
        open_field_section(reading, line, owner, known.field)
        return 1
    listing = governing is not None and governing.is_section and governing.items in _WITHOUT_TEXT
    if owner is None or reading.in_repetition() or listing:
        reading.leave(line.blocks)
        return 1
    item = reading.last_item()
    target = item.mention if item is not None and item.mention is not None else owner
    if target.level in ACTION_LEVELS and _read_status_sentence(reading, line, target):
        return 1
    if target.level in TEXT_LEVELS:
        reading.leave(line.blocks)
    else:
        reading.attach(line, target)
    return 1


def is_field_section(frame: Frame) -> bool:
    """Tell whether a frame is a section that gives a field («Partenaires :»), not elements."""
    return frame.is_section and frame.concept not in LEVELS


def open_field_section(reading: Reading, line: Line, owner: Mention, name: str, *, rank: float = 0.0) -> None:
    """Open the section of a field below its label; the label becomes a field of the element."""
    reading.close_items()
    reading.stack.append(Frame(rank, concept=name, indent_pt=line.blocks[0].indent_pt))
    reading.settle(line.blocks, Became.FIELD, owner)


def read_section_text(reading: Reading, owner: Mention, concept: str, line: Line) -> None:
    """Read a line of the section of a field."""
    if concept == "key_figures":
        _read_figure(reading, owner, line.text, "", line.locator, line.blocks)
    else:
        reading.state(owner, concept, line.text, line.locator, line.blocks)


def _read_status_sentence(reading: Reading, line: Line, target: Mention) -> bool:
    """Read a short sentence under an action that says how far it is («Realise le 02/12/15») as its status.

    A sentence on something else («Le mur est acheve») is no such thing; where that is in doubt, so is the status.
    """
    if len(line.text) > MAXIMUM_STATUS_CHARACTERS or any(said.field == "status" for said in target.said):
        return False
    status = parse_status(line.text)
    if status is None or not status.value or (status.prose and not _begins_with_status(line.text)):
        return False
    of_another = status.prose and tells_of_another(line.text, target.title)
    if of_another:
        return False
    share = 1.0 if of_another is not None else DOUBTFUL_STATUS
    reading.state(target, "status", line.text, line.locator, line.blocks, share=share)
    return True


def _begins_with_status(text: str) -> bool:
    """Tell whether a sentence is short, or opens with the word for a status: else it tells what will be done."""
    words = text.split()
    heads = (parse_status(" ".join(words[:count])) for count in (1, 2, 3))
    return len(text) <= MAXIMUM_LOOSE_STATUS_CHARACTERS or any(h is not None and not h.prose for h in heads)


def read_fields(reading: Reading, line: Line) -> bool:
    """Read «Echeance : 2022 - Responsable : ...» as fields of the element above; False when the line is no such thing.

    A label alone on its line opens the section of its field.
    """
    reading.leave_list(line)
    owner = reading.innermost()
    if owner is None or reading.in_repetition() or owner.level in TEXT_LEVELS:
        return False
    fields = split_inline_fields(line.text)
    if not fields and (is_row_of_goals(line.text) or (line.rank == 0 and names_goals(line.text))):
        reading.state(reading.owner_of_foot(line, "sdg") or owner, "sdg", line.text, line.locator, line.blocks)
        return True
    if not fields:
        return owner.level in ACTION_LEVELS and _read_values(reading, line, owner)
    name, _, value = fields[0]
    label_alone = len(fields) == 1 and not value and not says_no_value(line.text)
    if label_alone and name in _PROSE_FIELDS:
        return False
    for name, _, value in fields:
        if value:
            reading.state(owner, name, value, line.locator, line.blocks)
        else:
            reading.leave(line.blocks, Became.FIELD, owner)
    if label_alone:
        reading.close_items()
        reading.stack.append(Frame(0.0, concept=name, indent_pt=line.blocks[0].indent_pt))
    return True


def _read_values(reading: Reading, line: Line, owner: Mention) -> bool:
    """Read a row of values without labels, or a bracket of them, under an action; False when the line is neither.

    An item of the list that the action itself stands in is none.
    """
    if line.bullet and _is_beside(line, owner):
        return False
    values = read_bare_values(line.title)
    bracket = WHOLE_BRACKET.fullmatch(line.text.strip()) if reading.brackets is not None and not values else None
    if bracket is not None and reading.brackets is not None:
        values = read_parts(bracket["content"], reading.brackets)
    for name, value in values:
        reading.state(owner, name, value, line.locator, line.blocks)
    return bool(values)


def _is_beside(line: Line, owner: Mention) -> bool:
    """Tell whether an item stands in one list with the item that an element is: same bullet, same depth and indent."""
    item, other = line.blocks[0], owner.blocks[0] if owner.blocks else None
    if other is None or item.list_level is None or abs(item.indent_pt - other.indent_pt) > LIST_STEP_PT:
        return False
    return (item.marker, item.marker_kind, item.list_level) == (other.marker, other.marker_kind, other.list_level)


def read_value(reading: Reading, line: Line) -> bool:
    """Read a line that is one value without a label (a status word, «40 %», a year) as a field of the action above.

    False when it is none, where that field of the action is told already or has its section open, when it stands higher
    than the action, and for a date that does not stand beside the action. A sentence read as the status before the
    word for it came is a comment.
    """
    known = fold(line.text) in reading.statuses or status_of_mark(reading.marks, line.text)
    listed = ("status", line.text) if known else None
    value, owner, governing = read_bare_value(line.text) or listed, reading.innermost(), reading.governing()
    if value is None or owner is None or owner.level not in ACTION_LEVELS or reading.in_repetition():
        return False
    name, printed = value
    told = [said for said in owner.said if said.field == name]
    sentence = name == "status" and len(told) == 1 and not is_status_word(told[0].original)
    if (told and not sentence) or (governing is not None and is_field_section(governing)):
        return False
    if owner.blocks and stands_above(line.blocks[0], owner.blocks[0]):
        return False
    if name == "end" and not any(stand_side_by_side(line.blocks[0], block) for block in owner.blocks):
        return False
    if sentence:
        owner.said[owner.said.index(told[0])] = told[0]._replace(field="comment")
    reading.state(owner, name, printed, line.locator, line.blocks)
    return True


def read_tile(reading: Reading, tile: Tile) -> None:
    """Note a key figure as an indicator of the element that the page is about."""
    frame = reading.innermost_frame()
    blocks = [b for line in (*tile.captions, tile.figure) for b in line.blocks]
    if frame is None or frame.mention is None or reading.in_repetition():
        reading.leave(blocks)
        return
    label = " ".join(line.text for line in tile.captions)
    _read_figure(reading, frame.mention, label, tile.figure.text, tile.figure.locator, blocks)


def _read_figure(reading: Reading, owner: Mention, label: str, value: str, place: str, blocks: Sequence[Block]) -> None:
    """Note a key figure: an indicator with one measured value, and the year that its words hold.

    Without a `value` the figure is what the label begins with; a label without any is an indicator as printed.
    """
    if not value:
        match = _FIGURE_FIRST.match(label)
        if match is None:
            reading.state(owner, "indicator", label, place, blocks)
            return
        value, label = match["value"], match["label"]
    group = owner.new_group("i")
    year = _YEAR.search(f"{label} {value}")
    reading.state(owner, "indicator_label", label, place, blocks, group=group)
    state_measure(reading, owner, f"{group}.m1", value, "actual", year[0] if year else "", place, blocks)


def state_measure(
    reading: Reading,
    owner: Mention,
    group: str,
    value: str,
    role: str,
    period: str,
    place: str,
    blocks: Sequence[Block],
) -> None:
    """Note a measure of an indicator: its value, its role, and its period when one is printed."""
    reading.state(owner, "measure_value", value, place, blocks, group=group)
    reading.state(owner, "measure_role", role, place, blocks, group=group)
    if period:
        reading.state(owner, "measure_period", period, place, blocks, group=group)
