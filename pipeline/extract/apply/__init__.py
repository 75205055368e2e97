"""Apply a layout to the flow of a document: mentions, their fields and texts, and what every block became.

`reading` holds the state; `lines`, `lists`, `texts`, `grids` and `forms` read one kind of thing each; `afterthoughts`
takes back what the whole document shows to be something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from pipeline.extract.apply.afterthoughts import finish_reading, restore_separators
from pipeline.extract.apply.forms import read_sheet
from pipeline.extract.apply.grids import read_grid
from pipeline.extract.apply.lines import read_line
from pipeline.extract.apply.reading import Mention, Reading, start_reading
from pipeline.extract.apply.texts import read_tile
from pipeline.extract.infer import is_plan
from pipeline.extract.legends import find_marks, status_of_mark
from pipeline.extract.sections import Flow, announced_in_text
from pipeline.extract.signatures import BodyStyle, Line
from pipeline.extract.tables import Grid
from pipeline.extract.tiles import Tile
from pipeline.model import (
    Became,
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
from pipeline.text import clean, fold


def apply_layout(
    document: Document, flow: Flow, layout: Layout, body: BodyStyle, furniture: frozenset[int]
) -> Extraction:
    """Apply a layout to the flow of a document.

    Remark codes: plan_not_recognised (warning), title_missing (warning), count_announced (warning).
    """
    reading = start_reading(document.source, flow, layout, body, find_marks(document))
    _read_flow(reading)
    finish_reading(reading, document.ocr_pages)
    restore_separators(reading.mentions, {b.index: b.text for b in document.blocks if b.table is None})
    kept = [mention for mention in reading.mentions if not mention.dropped]
    vision = reading.vision and len(kept) >= 2
    if not vision and not is_plan(flow, len(kept), sum(mention.named for mention in kept)):
        remark = Remark(Severity.WARNING, "plan_not_recognised", (("file", document.source),), source=document.source)
        fates = {
            index: (became if became is Became.FURNITURE else Became.UNCLASSIFIED, None)
            for index, (became, _) in reading.fates.items()
        }
        return Extraction(document.source, (), _block_fates(document, fates, furniture), (remark,), layout)
    said = (_statements(m, document.source, order, reading.marks) for order, m in enumerate(kept, 1))
    statements = tuple(chain.from_iterable(said))
    remarks = (*reading.remarks, *_check_counts(reading, kept))
    return Extraction(document.source, statements, _block_fates(document, reading.fates, furniture), remarks, layout)


def _read_flow(reading: Reading) -> None:
    """Read the whole flow in order."""
    index = 0
    while index < len(reading.flow):
        node = reading.flow[index]
        if isinstance(node, Line):
            index += read_line(reading, node, index, reading.flow)
            continue
        if isinstance(node, Tile):
            read_tile(reading, node)
        elif isinstance(node, Grid):
            read_grid(reading, node)
        else:
            read_sheet(reading, node)
        index += 1


def _check_counts(reading: Reading, kept: Sequence[Mention]) -> list[Remark]:
    """Report where a heading («Nos 5 enjeux») or a sentence announces another count of elements than was found.

    A sentence counts when it announces two levels or more: then it describes the plan, not some part of it.
    """
    remarks: list[Remark] = []
    told = announced_in_text(reading.flow)
    places = Counter(place for _, place in told.values())
    told = {level: (count, place) for level, (count, place) in told.items() if places[place] > 1}
    headed = [(level, count, place) for level, count, place in reading.announced if level not in told]
    levels = {mention.level for mention in kept if not mention.weak}
    if Level.ENJEU in levels and Level.AMBITION not in levels and Level.ENJEU not in told and Level.AMBITION in told:
        told[Level.ENJEU] = told.pop(Level.AMBITION)  # ambitions that are the level above the OS
    for level, count, place in (*headed, *((level, count, place) for level, (count, place) in told.items())):
        found = len({(m.code, fold(m.title)) for m in kept if m.level is level and not m.weak})
        if found != count and (found or level in told):
            facts = (("level", level.value), ("announced", str(count)), ("found", str(found)))
            remarks.append(Remark(Severity.WARNING, "count_announced", facts, source=reading.source, locator=place))
    return remarks


def _statements(mention: Mention, source: str, order: int, marks: Mapping[str, str]) -> list[Statement]:
    """The statements of one mention: what it is, then what is said of it.

    A status that is a mark of a legend has the value that the legend gives it.
    """
    mention_id, place, confidence = f"{source}#{mention.id}", mention.place, round(mention.confidence, 3)
    level = mention.level.value
    parent = f"{source}#{mention.parent.id}" if mention.parent is not None else ""
    own = [("level", level, level), ("parent", parent, ""), ("order", str(order), "")]
    if mention.page_number:
        own.append(("page", str(mention.page_number), ""))
    if mention.code:
        own.append(("code", mention.code, mention.code))
    own.append(("title", "", mention.title))
    if mention.weak:
        own.append(("weak", "1", ""))
    return [
        Statement(mention_id, name, value, original, source, place, confidence) for name, value, original in own
    ] + [
        Statement(
            mention_id,
            field,
            status_of_mark(marks, original) if marks and field == "status" else "",
            original,
            source,
            place,
            round(confidence, 3),
            group,
        )
        for field, original, place, group, confidence in mention.said
    ]


def _block_fates(
    document: Document, fates: Mapping[int, tuple[Became, Mention | None]], furniture: frozenset[int]
) -> tuple[BlockFate, ...]:
    """One fate for every leaf block; what nothing read is furniture when it is that or empty, else unclassified."""
    out = []
    source, unread = document.source, (Became.UNCLASSIFIED, None)
    for block in leaf_blocks(document.blocks):
        became, mention = fates.get(block.index, unread)
        text = clean(block.text)
        printed = text if block.marker_kind is Marker.NONE else clean(f"{block.marker} {text}")
        if became is Became.UNCLASSIFIED and (block.index in furniture or not text):
            became = Became.FURNITURE
        owned = mention is not None and not mention.dropped and became is not Became.UNCLASSIFIED
        mention_id = f"{source}#{mention.id}" if owned and mention is not None else ""
        out.append(BlockFate(source, block.position.page_number, block.index, became, printed, mention_id))
    return tuple(out)
