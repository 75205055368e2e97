"""Text of SmartArt diagrams in Word and PowerPoint files."""

from __future__ import annotations

from lxml import etree

from pipeline.model import Block
from pipeline.readers.paragraphs import PLAIN_FACE, Frame, Span, set_paragraph

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_NO_TEXT = ("pres", "parTrans", "sibTrans")
_MAX_DEPTH = 20


def read_diagram(root: etree._Element) -> list[Block]:
    """Give the nodes of a diagram's data model as list items, children under their parent, in drawing order."""
    nodes = {
        point.get("modelId", ""): point for point in root.iter(DGM + "pt") if point.get("type", "node") not in _NO_TEXT
    }
    children: dict[str, list[tuple[int, str]]] = {}
    has_parent: set[str] = set()
    for connection in root.iter(DGM + "cxn"):
        parent, child = connection.get("srcId", ""), connection.get("destId", "")
        if connection.get("type", "parOf") == "parOf" and parent in nodes and child in nodes:
            order = connection.get("srcOrd", "0")
            children.setdefault(parent, []).append((int(order) if order.isdecimal() else 0, child))
            has_parent.add(child)
    blocks: list[Block] = []
    done: set[str] = set()

    def visit(node_id: str, depth: int) -> None:
        if node_id in done or depth > _MAX_DEPTH:
            return
        done.add(node_id)
        text = _text(nodes[node_id])
        if text:
            frame = Frame(style_name="diagram", list_level=max(0, depth - 1))
            blocks.extend(set_paragraph([(text, PLAIN_FACE)], frame))
        for _, child in sorted(children.get(node_id, ())):
            visit(child, depth + 1)

    for node_id, point in nodes.items():
        if node_id not in has_parent:
            visit(node_id, 0 if point.get("type") == "doc" else 1)
    return blocks


def _text(point: etree._Element) -> str:
    paragraphs: list[Span] = [
        ("".join(text.text or "" for text in paragraph.iter(A + "t")), PLAIN_FACE) for paragraph in point.iter(A + "p")
    ]
    return " ".join(text for text, _ in paragraphs if text.strip())
