"""Pages that are pictures: read by Tesseract, then laid out like any other page."""

from __future__ import annotations

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from pipeline.exceptions import ToolMissingError
from pipeline.model import Document, Marker, leaf_blocks
from pipeline.readers import ocr_tesseract
from pipeline.readers.ocr import skew_degrees
from pipeline.readers.ocr_look import MeasuredLine, settle_hollow_bullets
from pipeline.readers.pdf import read_pdf
from pipeline.readers.pdf_text import Face, Word
from tests.readers.pdf_writer import Page, write_pdf

DPI = 200


def scanned(page: Page, angle: float = 0.0) -> Page:
    """The same page as a picture, turned by some degrees."""
    document = pypdfium2.PdfDocument(write_pdf([page]))
    image = document[0].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    picture = Page(page.width, page.height)
    picture.picture(image.width, image.height, image.tobytes())
    return picture


def read(*pages: Page) -> Document:
    return read_pdf(write_pdf(list(pages)), "scan.pdf")


def plan_page() -> Page:
    page = Page()
    page.text(60, 90, "Objectif stratégique 1 : une commune propre", size=18, bold=True)
    page.lines(60, 130, ["La commune veille chaque jour à la qualité de ses rues et de ses places,"], size=11)
    page.lines(60, 144, ["avec ses habitants et ses services."], size=11)
    for index, action in enumerate(
        ["Placer des poubelles au centre", "Nettoyer les berges du canal", "Former le personnel"]
    ):
        page.text(70, 180 + 18 * index, "•", size=11)
        page.text(86, 180 + 18 * index, action, size=11)
    return page


@pytest.mark.tesseract
@pytest.mark.slow
@pytest.mark.parametrize("angle", [0.0, 1.5])
def test_a_scanned_page_gives_titles_paragraphs_and_bullets(angle: float) -> None:
    document = read(scanned(plan_page(), angle))
    assert (document.format, document.ocr_pages) == ("scan", (1,))
    title, text, *items = document.blocks
    assert title.text == "Objectif stratégique 1 : une commune propre"
    assert text.text.endswith("ses places, avec ses habitants et ses services.")
    assert title.style.size_pt > 1.4 * text.style.size_pt
    assert title.style.bold
    assert not text.style.bold
    assert [(b.marker, b.text) for b in items] == [
        ("•", "Placer des poubelles au centre"),
        ("•", "Nettoyer les berges du canal"),
        ("•", "Former le personnel"),
    ]


def test_a_hollow_bullet_read_as_another_round_sign_is_named_like_those_in_its_column() -> None:
    def line(sign: str, x: float, y: float) -> MeasuredLine:
        words = tuple(
            Word(text, x0, y - 8, x1, y, y, Face("", 10.0, bold=False, italic=False, color="000000"))
            for text, x0, x1 in ((sign, x, x + 5), ("Planter", x + 12, x + 50))
        )
        return MeasuredLine(words, 10.0, (0.0, 0.0), (0.0, 0.0, 0.0))

    lines = [line("o", 50, 100), line("0", 51, 120), line("0", 90, 140), line("5", 50, 160)]
    assert [found.words[0].text for found in settle_hollow_bullets(lines)] == ["o", "o", "0", "5"]


@pytest.mark.tesseract
@pytest.mark.slow
def test_dashes_in_front_of_the_steps_of_an_action_are_bullets() -> None:
    page = plan_page()
    steps = ["Désigner un auteur de projet", "Réunir les services", "Chiffrer deux variantes"]
    for index, step in enumerate(steps):
        page.text(98, 240 + 18 * index, "\u2013", size=11)
        page.text(114, 240 + 18 * index, step, size=11)
    blocks = read(scanned(page)).blocks[-3:]
    assert [block.text for block in blocks] == steps
    assert all(block.marker_kind is Marker.BULLET for block in blocks)


@pytest.mark.tesseract
@pytest.mark.slow
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_scanned_sideways_or_upside_down_is_turned(angle: int) -> None:
    image = pypdfium2.PdfDocument(write_pdf([plan_page()]))[0].render(scale=DPI / 72).to_pil().convert("L")
    turned = image.rotate(angle, expand=True)
    picture = Page(595, 842) if angle == 180 else Page(842, 595)
    picture.picture(turned.width, turned.height, turned.tobytes())
    title, *_, last = read(picture).blocks
    assert title.text == "Objectif stratégique 1 : une commune propre"
    assert (last.marker, last.text) == ("\u2022", "Former le personnel")


@pytest.mark.tesseract
@pytest.mark.slow
def test_a_bar_of_colour_beside_a_heading_is_no_letter() -> None:
    page = plan_page()
    page.box(40, 260, 540, 292, fill="d9d9d9")
    page.box(40, 260, 52, 292, fill="333333")
    page.text(64, 281, "Objectif stratégique 2 : une commune sûre", size=14, bold=True)
    assert read(scanned(page)).blocks[-1].text == "Objectif stratégique 2 : une commune sûre"


@pytest.mark.tesseract
@pytest.mark.slow
def test_only_the_pages_that_are_pictures_are_read_by_ocr() -> None:
    written = Page()
    written.text(60, 90, "Une page de texte.")
    document = read(written, scanned(plan_page()))
    assert (document.format, document.ocr_pages) == ("pdf", (2,))
    assert document.blocks[0].text == "Une page de texte."
    assert {b.position.page_number for b in leaf_blocks(document.blocks)} == {1, 2}


@pytest.mark.tesseract
@pytest.mark.slow
def test_a_scanned_sheet_keeps_its_table_and_its_check_boxes() -> None:
    page = Page()
    rows = [["Responsable", "Service des travaux"], ["Échéance", "30 juin 2026"], ["Synergie", ""]]
    page.table([60, 200, 500], [100, 125, 150, 175], rows)
    for x, answer, is_checked in ((204, "oui", True), (260, "non", False)):
        page.box(x, 154, x + 9, 163, stroke="000000")
        page.text(x + 14, 163, answer)
        if is_checked:
            page.line(x + 1, 155, x + 8, 162)
            page.line(x + 1, 162, x + 8, 155)
    (block,) = read(scanned(page)).blocks
    assert block.table is not None
    assert [cell.text for cell in block.table.cells] == [
        "Responsable", "Service des travaux", "Échéance", "30 juin 2026", "Synergie", "☒ oui ☐ non",
    ]  # fmt: skip


@pytest.mark.tesseract
@pytest.mark.slow
def test_a_scanned_table_with_a_dark_head_thin_lines_and_codes_is_a_table() -> None:
    page = Page()
    page.text(60, 90, "OO1.1 : Entretenir les sentiers", size=13, bold=True)
    xs, ys = [60.0, 110.0, 330.0, 430.0, 535.0], [110.0, 130.0, 150.0, 170.0, 190.0]
    page.box(xs[0], ys[0], xs[-1], ys[1], fill="404040")
    for x in xs:
        page.line(x, ys[1], x, ys[-1], color="707070", width=0.4)
    for y in ys[1:]:
        page.line(xs[0], y, xs[-1], y, color="707070", width=0.4)
    rows = [
        ["1.1.1", "Rouvrir le chemin du lavoir", "Environnement", "En cours"],
        ["1.1.2", "Remplacer les ponceaux", "Travaux", "À démarrer"],
        ["1.2.1", "Baliser les promenades", "Tourisme", "Reporté"],
    ]
    heads = ["N°", "Action", "Service", "État"]
    for x, head in zip(xs, heads, strict=False):
        page.text(x + 4, 124, head, color="ffffff", bold=True)
    for y, row in zip(ys[1:], rows, strict=False):
        for x, text in zip(xs, row, strict=False):
            page.text(x + 4, y + 14, text)
    title, table = read(scanned(page, 0.9)).blocks
    assert title.text == "OO1.1 : Entretenir les sentiers"
    assert table.table is not None
    assert [cell.text for cell in table.table.cells] == heads + [text for row in rows for text in row]


@pytest.mark.parametrize("angle", [-2.0, 0.0, 0.7, 3.5])
def test_the_skew_of_a_picture_is_measured(angle: float) -> None:
    image = Image.new("L", (1600, 2000), 255)
    lines = np.full((2000, 1600), 255, dtype=np.uint8)
    for top in range(200, 1800, 60):
        lines[top : top + 14, 200 : 1400 - (top * 7) % 500 : 3] = 0
    image.paste(Image.fromarray(lines))
    turned = np.asarray(image.rotate(-angle, fillcolor=255))
    assert skew_degrees(turned) == pytest.approx(angle, abs=0.15)


def test_without_tesseract_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr_tesseract.shutil, "which", lambda name: None)
    with pytest.raises(ToolMissingError) as caught:
        read(scanned(plan_page()))
    assert caught.value.code == "tesseract_missing"
    assert caught.value.facts == {"file": "scan.pdf"}


@pytest.mark.tesseract
@pytest.mark.slow
def test_a_scan_under_a_typed_page_number_is_read_by_ocr() -> None:
    page = scanned(plan_page())
    page.text(280, 830, "Page 3 du document numérisé")
    assert read(page).ocr_pages == (1,)
