"""Take pictograms off the texts that they stand in front of; those of a plain list are its bullets.

Signs that tell how far an action is stay with its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.extract.legends import MINIMUM_MARKS, find_marks, find_signs
from pipeline.extract.signatures import BodyStyle, heading_rank
from pipeline.model import Block, Document, Marker, leaf_blocks
from pipeline.text import split_pictograms
from pipeline.vocabulary import begins_with_verb, match_level, match_number, split_inline_fields

#: One pictogram in front of fewer paragraphs is no bullet.
MINIMUM_LISTED = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """The pictograms in front of a paragraph, what stands behind them, and whether they stay with it."""

    sign: str
    text: str
    stays: bool = False

    @property
    def sort(self) -> str:
        """Pictograms of one sort are the bullets of one list: all that tell of a status are of one."""
        return "" if self.stays else self.sign


def without_pictograms(document: Document, body: BodyStyle) -> Document:
    """Take the pictograms in front of paragraphs off them, also in cells.

    One that stands in front of plain paragraphs, half of which or more begin with a verb, becomes their bullet. Those
    stay that a legend explains, and those that may tell of a status where there are several or they are no bullets;
    behind a label or a number they stand at the end.
    """
    split = {b.index: parts for b in leaf_blocks(document.blocks) if (parts := split_pictograms(b.text))[0]}
    signs = find_signs(document)
    if not split and not signs:
        return document
    marks = find_marks(document)
    several = len({sign[0] for sign, _ in signs.values()}) >= MINIMUM_MARKS
    found = {
        index: _Found(*parts, stays=index in signs and (several or parts[0][0] in marks))
        for index, parts in {**split, **signs}.items()
        if parts[0][0] not in marks or index in signs
    }
    bullets = _bullets(document.blocks, found, body)
    if not several:
        alone = {i for i in signs if i in found and i not in bullets and not _is_labelled(found[i].text)}
        found |= {index: replace(found[index], stays=True) for index in alone}
    return replace(document, blocks=tuple(_bare(block, found, bullets) for block in document.blocks))


def _bullets(blocks: Iterable[Block], found: Mapping[int, _Found], body: BodyStyle) -> Mapping[int, str]:
    """The paragraphs whose pictograms are bullets, each with the bullet of its list."""
    listed = [block for block in blocks if block.index in found and _is_plain(block, found[block.index].text, body)]
    sorts: dict[str, list[Block]] = {}
    for block in listed:
        sorts.setdefault(found[block.index].sort, []).append(block)
    return {
        block.index: found[members[0].index].sign
        for members in sorts.values()
        if len(members) >= MINIMUM_LISTED
        and 2 * sum(begins_with_verb(found[member.index].text) for member in members) >= len(members)
        for block in members
    }


def _is_plain(block: Block, text: str, body: BodyStyle) -> bool:
    """Tell whether a paragraph is no item or heading yet, and begins neither with a label nor with a number."""
    marked = block.table is not None or block.marker_kind is not Marker.NONE or block.list_level is not None
    if marked or heading_rank(block.style, text, body) > 0:
        return False
    return not _is_labelled(text) and not split_inline_fields(text)


def _is_labelled(text: str) -> bool:
    return match_level(text) is not None or match_number(text) is not None


def _bare(block: Block, found: Mapping[int, _Found], bullets: Mapping[int, str]) -> Block:
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
    sign, text, stays = found[block.index].sign, found[block.index].text, found[block.index].stays
    lead = split_pictograms(block.lead, sign)[1] if block.lead else ""
    if stays and not _is_labelled(text):
        text, lead = block.text, block.lead
    elif stays:
        text = f"{text} {sign}"
    if block.index in bullets:
        return replace(
            block, text=text, lead=lead, marker=bullets[block.index], marker_kind=Marker.BULLET, list_level=0
        )
    return replace(block, text=text, lead=lead)
