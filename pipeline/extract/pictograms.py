"""Take pictograms off the texts that they stand in front of; those of a plain list are its bullets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pipeline.extract.legends import find_marks
from pipeline.extract.signatures import BodyStyle, heading_rank
from pipeline.model import Block, Document, Marker, leaf_blocks
from pipeline.text import split_pictograms
from pipeline.vocabulary import begins_with_verb, match_level, match_number, split_inline_fields

#: One pictogram in front of fewer paragraphs is no bullet.
MINIMUM_LISTED = 3


def without_pictograms(document: Document, body: BodyStyle) -> Document:
    """Take the pictograms in front of paragraphs off them, also in cells; those that a legend explains stay.

    One that stands in front of plain paragraphs, half of which or more begin with a verb, becomes their bullet.
    """
    found = {b.index: parts for b in leaf_blocks(document.blocks) if (parts := split_pictograms(b.text))[0]}
    marks = find_marks(document) if found else {}
    found = {index: parts for index, parts in found.items() if parts[0][0] not in marks}
    if not found:
        return document
    bullets = _bullets(document.blocks, found, body)
    return replace(document, blocks=tuple(_bare(block, found, bullets) for block in document.blocks))


def _bullets(blocks: Iterable[Block], found: dict[int, tuple[str, str]], body: BodyStyle) -> frozenset[int]:
    """The paragraphs whose pictograms are bullets."""
    listed = [block for block in blocks if block.index in found and _is_plain(block, found[block.index][1], body)]
    counts = Counter(found[block.index][0] for block in listed)
    verbs = Counter(found[block.index][0] for block in listed if begins_with_verb(found[block.index][1]))
    signs = {sign for sign, count in counts.items() if count >= MINIMUM_LISTED and 2 * verbs[sign] >= count}
    return frozenset(block.index for block in listed if found[block.index][0] in signs)


def _is_plain(block: Block, text: str, body: BodyStyle) -> bool:
    """Tell whether a paragraph is no item or heading yet, and begins neither with a label nor with a number."""
    marked = block.table is not None or block.marker_kind is not Marker.NONE or block.list_level is not None
    if marked or heading_rank(block.style, text, body) > 0:
        return False
    return match_level(text) is None and match_number(text) is None and not split_inline_fields(text)


def _bare(block: Block, found: dict[int, tuple[str, str]], bullets: frozenset[int]) -> Block:
    """A block without its pictogram, or those of its cells."""
    if block.table is not None:
        if not any(inner.index in found for inner in leaf_blocks((block,))):
            return block
        cells = tuple(
            replace(cell, blocks=tuple(_bare(inner, found, bullets) for inner in cell.blocks))
            for cell in block.table.cells
        )
        return replace(block, table=replace(block.table, cells=cells))
    if block.index not in found:
        return block
    sign, text = found[block.index]
    lead = split_pictograms(block.lead)[1] if block.lead else ""
    if block.index in bullets:
        return replace(block, text=text, lead=lead, marker=sign, marker_kind=Marker.BULLET, list_level=0)
    return replace(block, text=text, lead=lead)
