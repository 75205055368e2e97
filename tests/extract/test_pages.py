"""Layouts that are a matter of pages: slides that repeat their title, scans set straight in two columns."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from gold import noted_plan, read_plan, similar
from readers.pdf_writer import Page, write_pdf

SLIDES = (
    ("OS 1 : Être une commune propre", ("Action 1 : Installer des bulles à verre", "Action 2 : Former les agents")),
    ("OS 1 : Être une commune propre", ("Action 3 : Nettoyer les avaloirs",)),
    ("OS 2 : Être une commune sportive", ("Action 4 : Rénover le hall", "Action 5 : Ouvrir un terrain")),
)
COLUMNS = (
    ("OO 1.1 : Trier mieux", ("Action 1 : Installer des bulles", "Action 2 : Former les agents")),
    ("OO 1.2 : Nettoyer plus", ("Action 3 : Vider les avaloirs", "Action 4 : Balayer le centre")),
)


def outline(path: Path) -> list[tuple[str, str]]:
    """Code and title of every element, in plan order."""
    return [(noted.code, noted.titles[-1]) for noted in noted_plan(read_plan(path))]


def test_a_title_repeated_on_the_slides_of_a_pdf_is_one_element(tmp_path: Path) -> None:
    pages = []
    for title, actions in SLIDES:
        page = Page(width=720, height=405)
        page.text(40, 60, title, size=28, bold=True)
        for row, action in enumerate(actions):
            page.text(60, 140 + 50 * row, action, size=18)
        pages.append(page)
    path = tmp_path / "diapositives.pdf"
    path.write_bytes(write_pdf(pages))
    assert outline(path) == [
        ("1", "etre une commune propre"),
        ("1", "installer des bulles a verre"),
        ("2", "former les agents"),
        ("3", "nettoyer les avaloirs"),
        ("2", "etre une commune sportive"),
        ("4", "renover le hall"),
        ("5", "ouvrir un terrain"),
    ]


@pytest.mark.tesseract
@pytest.mark.slow
def test_a_straight_scan_in_two_columns_is_read_column_by_column(tmp_path: Path) -> None:
    page = Page()
    page.text(50, 80, "OS 1 : Une commune propre", size=24, bold=True)
    for column, (title, actions) in enumerate(COLUMNS):
        x = 50 + 260 * column
        page.text(x, 140, title, size=15, bold=True)
        y = 170.0
        for action in actions:
            page.text(x, y, action, size=12)
            page.lines(x, y + 20, ["Le service prépare un cahier", "des charges, puis un marché."], size=11)
            y += 70
    typed, scan = tmp_path / "page.pdf", tmp_path / "scan.pdf"
    typed.write_bytes(write_pdf([page]))
    pypdfium2.PdfDocument(typed)[0].render(scale=200 / 72).to_pil().convert("L").save(scan, resolution=200)
    found = outline(scan)
    wanted = [("1", "une commune propre")]
    for title, actions in COLUMNS:
        wanted += [(line.split(" : ")[0].split()[1], line.split(" : ")[1].lower()) for line in (title, *actions)]
    assert [code for code, _ in found] == [code for code, _ in wanted]
    assert all(similar(a, b) for (_, a), (_, b) in zip(found, wanted, strict=True))
