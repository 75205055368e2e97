"""Document to statements: what is on the pages, as printed, with provenance and confidence."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.apply import apply_layout
from pipeline.extract.flow import build_flow
from pipeline.extract.infer import infer_layout
from pipeline.extract.layouts import layout_from_toml, layout_to_toml
from pipeline.model import Document, Extraction, Layout, Remark, Severity

__all__ = ["extract", "layout_from_toml", "layout_to_toml"]


def extract(document: Document, layout: Layout | None = None) -> Extraction:
    """Read what a document says.

    Infers the layout unless one is given (a person's edited layout replaces the inference). Every leaf block of the
    document has one fate in `Extraction.blocks`. Statements carry the printed text in `original`; structure (`level`,
    `parent`, `order`, `code`) is in `value` already, all else is for `normalise`. Remark codes: see `apply_layout`, and
    sheet_hidden (info): a hidden sheet is left out.
    """
    flow, body, furniture = build_flow(document)
    used = layout if layout is not None else infer_layout(document.source, flow)
    extraction = apply_layout(document, flow, used, body, furniture)
    hidden = tuple(
        Remark(Severity.INFO, "sheet_hidden", (("sheet", b.table.name),), source=document.source, locator=b.table.name)
        for b in document.blocks
        if b.table is not None and b.table.hidden
    )
    return replace(extraction, remarks=extraction.remarks + hidden)
