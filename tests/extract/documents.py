"""Small documents as values, and what was read of them in a form that is easy to compare."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract import extract
from pipeline.extract.flow import build_flow
from pipeline.extract.sheets import Node
from pipeline.extract.signatures import Line
from pipeline.model import (
    Block,
    Cell,
    Document,
    Extraction,
    Layout,
    Marker,
    Position,
    Role,
    Style,
    Table,
    build_document,
)

SHORT = {"objectif_strategique": "os", "objectif_operationnel": "oo"}
BODY_SIZE_PT = 11.0


def para(
    text: str,
    *,
    outline: int | None = None,
    size_pt: float = BODY_SIZE_PT,
    bold: bool = False,
    color: str = "",
    page: int = 0,
    y_pt: float = 0.0,
    indent_pt: float = 0.0,
    box: int | None = None,
    role: Role = Role.BODY,
) -> Block:
    """A paragraph; with `y_pt` it has a place on its page."""
    place = Position(page, 50.0, y_pt, 500.0, y_pt + 12.0 if y_pt else 0.0, box=box)
    style = Style(outline_level=outline, size_pt=size_pt, bold=bold, color=color)
    return Block(text, style, place, role=role, indent_pt=indent_pt)


def item(text: str, *, depth: int = 0, number: str = "", indent_pt: float = 0.0) -> Block:
    """An item of a list: a bullet, or a number that the word processor generates."""
    kind = Marker.NUMBER if number else Marker.BULLET
    style = Style(size_pt=BODY_SIZE_PT)
    return Block(text, style, list_level=depth, marker=number or "\u2022", marker_kind=kind, indent_pt=indent_pt)


def cell(
    content: str | Sequence[Block], row: int, column: int, *, columns: int = 1, rows: int = 1, bold: bool = False
) -> Cell:
    blocks = [para(line, bold=bold) for line in content.split("\n")] if isinstance(content, str) else content
    return Cell(row, column, tuple(blocks), rows, columns)


def table(*rows: Sequence[str | Sequence[Block] | Cell | None], header: int = 0, bold_header: bool = False) -> Block:
    """A table from its rows; None is a place that a merged cell covers."""
    cells = []
    for r, row in enumerate(rows):
        for c, content in enumerate(row):
            if isinstance(content, Cell):
                cells.append(content)
            elif content is not None:
                cells.append(cell(content, r, c, bold=bold_header and r == 0))
    width = max(c.column_index + c.column_span for c in cells)
    return Block(table=Table(len(rows), width, tuple(cells), header))


def document(*blocks: Block, pages: int = 0, source: str = "plan.docx") -> Document:
    return build_document(source, "docx", list(blocks), page_count=pages)


def read(*blocks: Block, pages: int = 0, layout: Layout | None = None) -> Extraction:
    return extract(document(*blocks, pages=pages), layout)


def nodes(*blocks: Block) -> list[Node]:
    """The flow of a document."""
    return build_flow(document(*blocks))[0]


def lines(*blocks: Block) -> list[Line]:
    """The lines of the flow of a document."""
    return [node for node in nodes(*blocks) if isinstance(node, Line)]


def values(extraction: Extraction, field: str) -> dict[str, str]:
    """The value (or the printed text) that each mention has for a field."""
    return {s.mention_id: s.value or s.original for s in extraction.statements if s.field == field}


def outline(extraction: Extraction) -> list[str]:
    """Every mention as `level code | title`, indented under its parent; those of repetitions in brackets."""
    levels, parents, codes, titles = (values(extraction, name) for name in ("level", "parent", "code", "title"))
    weak = values(extraction, "weak")

    def below(parent: str, indent: str) -> list[str]:
        out = []
        for mention in (m for m in levels if parents[m] == parent):
            number = re.sub(r"^[A-Z.]+(?=\d)", "", codes.get(mention, ""))  # «OS1» prints its level already
            head = " ".join(filter(None, (SHORT.get(levels[mention], levels[mention]), number)))
            line = f"{head} | {titles[mention]}"
            out += [f"{indent}[{line}]" if mention in weak else f"{indent}{line}", *below(mention, indent + "  ")]
        return out

    return below("", "")


def said(extraction: Extraction, title: str) -> list[tuple[str, str]]:
    """What is said of the element with this title, structure left out, in order."""
    mention = next(m for m, printed in values(extraction, "title").items() if printed == title)
    structure = ("level", "parent", "order", "code", "title", "page", "weak")
    return [
        (s.field, s.original) for s in extraction.statements if s.mention_id == mention and s.field not in structure
    ]


def fates(extraction: Extraction) -> dict[str, str]:
    """What each block became, by its text."""
    return {fate.text: fate.became.value for fate in extraction.blocks}


def codes(extraction: Extraction) -> list[str]:
    """The codes of the remarks."""
    return [remark.code for remark in extraction.remarks]
