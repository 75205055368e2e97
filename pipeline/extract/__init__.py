"""Document to statements: what is on the pages, as printed, with provenance and confidence."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.apply import apply_layout
from pipeline.extract.flow import build_flow
from pipeline.extract.infer import infer_layout, infer_without_chapters
from pipeline.extract.layouts import layout_from_toml, layout_to_toml
from pipeline.model import Document, Extraction, Layout, Remark, Severity

__all__ = ["extract", "layout_from_toml", "layout_to_toml"]


def extract(document: Document, layout: Layout | None = None) -> Extraction:
    """Read what a document says.

    A document without any plan is read once more as if no heading («Annexe», «Mode d'emploi») opened a chapter apart.

    Infers the layout unless one is given (a person's edited layout replaces the inference). Every leaf block of the
    document has one fate in `Extraction.blocks`. Statements carry the printed text in `original`; structure (`level`,
    `parent`, `order`, `code`) is in `value` already, all else is for `normalise`. Remark codes: see `apply_layout`, and
    sheet_hidden (info): a hidden sheet is left out; page_plain (warning): a page was read without its tables.
    """
    flow, body, furniture = build_flow(document)
    used = layout if layout is not None else infer_layout(document.source, flow, body)
    extraction = apply_layout(document, flow, used, body, furniture)
    if layout is None and not extraction.statements:
        opened = infer_without_chapters(document.source, flow, body, used)
        again = apply_layout(document, flow, opened, body, furniture) if opened is not None else extraction
        extraction = again if again.statements else extraction
    hidden = tuple(
        Remark(Severity.INFO, "sheet_hidden", (("sheet", b.table.name),), source=document.source, locator=b.table.name)
        for b in document.blocks
        if b.table is not None and b.table.hidden
    )
    plain = tuple(
        Remark(Severity.WARNING, "page_plain", source=document.source, locator=f"p. {page_number}")
        for page_number in document.plain_pages
    )
    return replace(extraction, remarks=extraction.remarks + hidden + plain)
