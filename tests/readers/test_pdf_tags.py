"""What a PDF says of itself: its structure tree when it holds, and the values of its form fields."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from pipeline.model import Document, leaf_blocks
from pipeline.readers.pdf import read_pdf
from tests.readers.pdf_writer import Page, write_pdf


def read_tagged(pieces: list[tuple[str, str, float]]) -> Document:
    """Read a page whose lines are tagged: (tag, text, size)."""
    page = Page()
    for index, (tag, content, size) in enumerate(pieces):
        page.operators.append(f"/{tag} << /MCID {index} >> BDC")
        page.text(50, 80 + 40 * index, content, size=size)
        page.operators.append("EMC")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(write_pdf([page]))) as pdf:
        leaf = pdf.pages[0].obj
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        elements = [
            pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{tag}"), P=root, Pg=leaf, K=index))
            for index, (tag, _, _) in enumerate(pieces)
        ]
        root.K = Array(elements)
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array([0, Array(elements)])))
        leaf.StructParents = 0
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.save(out)
    return read_pdf(out.getvalue(), "essai.pdf")


def levels(document: Document) -> list[int | None]:
    return [block.style.outline_level for block in leaf_blocks(document.blocks)]


BODY = [("P", "Un alinéa de plusieurs mots qui suit son titre et qui fait le texte.", 10.0)] * 2


def test_headings_of_a_sound_tree_give_outline_levels() -> None:
    document = read_tagged([("H1", "Volet externe", 16), ("H2", "Objectif stratégique", 13), *BODY])
    assert levels(document) == [1, 2, None, None]


def test_a_tree_whose_deep_headings_are_set_larger_is_not_believed() -> None:
    document = read_tagged([("H1", "Volet externe", 10), ("H2", "Objectif stratégique", 16), *BODY])
    assert levels(document) == [None] * 4


def test_a_tree_where_all_is_heading_is_not_believed() -> None:
    assert levels(read_tagged([("H1", content, size) for _, content, size in BODY])) == [None, None]


def test_filled_fields_are_read_where_they_stand() -> None:
    page = Page()
    page.text(50, 100, "Responsable :")
    page.text(50, 130, "Synergie :")
    page.text(180, 130, "oui")
    page.text(50, 160, "Observations")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(write_pdf([page]))) as pdf:

        def widget(rectangle: list[int], entries: Dictionary) -> pikepdf.Object:
            field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array(rectangle), F=4)
            for key, value in entries.items():
                field[key] = value
            return pdf.make_indirect(field)

        fields = [
            widget([130, 735, 330, 755], Dictionary(FT=Name.Tx, T=String("a"), V=String("Chef des travaux"))),
            widget([150, 708, 162, 720], Dictionary(FT=Name.Btn, T=String("b"), V=Name.Yes, AS=Name.Yes)),
        ]
        pdf.pages[0].obj.Annots = Array(fields)
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array(fields)))
        pdf.save(out)
    found = [block.text for block in leaf_blocks(read_pdf(out.getvalue(), "essai.pdf").blocks)]
    assert found == ["Responsable : Chef des travaux", "Synergie : ☒ oui", "Observations"]
