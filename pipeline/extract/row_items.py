"""Cut a row of a grid whose cells hold aligned lists into the elements that it lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.extract.tables import Row
from pipeline.model import Block, Cell, Marker
from pipeline.text import clean
from pipeline.vocabulary import match_level, match_number

#: A code that tells in which element one stands («1.2», «B1.2»).
_PATH_CODE = re.compile(r"[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})+|[A-Z](?:\.\d{1,3})+")


@dataclass(frozen=True, slots=True)
class _Part:
    """An item of a list in a cell: its number (empty when bulleted), its text, and the items of the inner list."""

    number: str
    text: str
    blocks: tuple[Block, ...]
    inner: tuple[tuple[str, tuple[Block, ...]], ...] = ()
    code: str = ""  # the number where it is the code of an element («B1.2»), not its mere place in the list


class ItemCell(NamedTuple):
    """What one cell of a row says of one element of the row."""

    text: str
    blocks: tuple[Block, ...]
    place: str  # locator of the cell, "" where the format has none


@dataclass(frozen=True, slots=True)
class Item:
    """One element of a row: rows whose cells hold aligned lists give several. `inner` are the items under its title."""

    cells: dict[int, ItemCell]  # by column index
    inner: tuple[tuple[str, tuple[Block, ...]], ...] = ()


def split_row(row: Row, title_column: int) -> list[Item]:
    """Cut a row whose title cell is a list into one item a line, taking along the lines of other cells that align.

    A value that stands once for the whole row is given to every item.
    """
    cells = row.cells
    whole = {i: ItemCell(text, (cell := cells[i]).blocks, cell.locator) for i, text in row.texts.items() if text}
    title = cells.get(title_column)
    if title is None or _is_one_line(title):
        return [Item(whole)]
    parts = _list_parts(title)
    if len(parts) < 2 and not (parts and parts[0].inner):
        return [Item(whole)]
    items: list[dict[int, ItemCell]] = [{} for _ in parts]
    for index, cell in cells.items():
        others = parts if index == title_column else _aligned(parts, _list_parts(cell))
        for position, item in enumerate(items):
            other = others[position] if others else None
            if other is not None:
                text = f"{other.code} {other.text}" if other.code and index == title_column else other.text
                item[index] = ItemCell(text, other.blocks, cell.locator)
            elif not others and index in whole:
                item[index] = whole[index]
    return [Item(item, part.inner) for item, part in zip(items, parts, strict=True)]


def _is_one_line(cell: Cell) -> bool:
    """Tell whether a cell is a paragraph of one line, which lists nothing."""
    return len(cell.blocks) == 1 and "\n" not in cell.blocks[0].text


def _aligned(parts: Sequence[_Part], others: Sequence[_Part]) -> Sequence[_Part | None]:
    """The lines of another cell that belong to the items of a title: by number, else one by one; () when none do."""
    numbered = {other.number: other for other in others if other.number}
    if numbered and any(part.number for part in parts):
        found = [numbered.get(part.number) for part in parts]
        if not any(found):
            return ()  # numbers of its own: those of the parents
        return [other if other is not None and other.text else None for other in found]
    return others if len(others) == len(parts) else ()


def _list_parts(cell: Cell) -> list[_Part]:
    """Cut a cell into the items of its list; [] unless every line is numbered, labelled or bulleted.

    Bullets of an inner list level, or of another glyph than the first, belong to the item above.
    """
    parts: list[_Part] = []
    first: Block | None = None
    for block in cell.blocks:
        if block.table is not None:
            return []
        for line in block.text.split("\n"):
            text = clean(line)
            number = match_number(f"{block.marker} {text}" if block.marker_kind is Marker.NUMBER else text)
            label = match_level(text) if block.marker_kind is Marker.NONE else None
            if label is not None and label.rest and any(c.isdigit() for c in label.code):
                parts.append(_Part(label.code, text, (block,)))
            elif number is not None and (number.delimiter or block.marker_kind is Marker.NUMBER):
                code = number.code if _PATH_CODE.fullmatch(number.code) is not None else ""
                parts.append(_Part(number.code, number.rest, (block,), code=code))
            elif block.marker_kind is Marker.BULLET:
                if first is None:
                    first = block
                inner = parts and (
                    bool(parts[-1].number)
                    or (block.list_level or 0) > (first.list_level or 0)
                    or (block.marker != first.marker and block.indent_pt >= first.indent_pt)
                )
                if inner:
                    parts[-1] = replace(parts[-1], inner=(*parts[-1].inner, (text, (block,))))
                else:
                    parts.append(_Part("", text, (block,)))
            elif parts and text and text[:1].islower() and not parts[-1].inner:
                parts[-1] = replace(parts[-1], text=f"{parts[-1].text} {text}", blocks=(*parts[-1].blocks, block))
            elif text:
                return []
    return parts if len(parts) > 1 or match_level(parts[0].text if parts else "") is None else []
