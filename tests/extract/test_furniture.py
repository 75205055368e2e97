"""What is left out of a page: running headers and footers, page numbers, contents; and what only looks like it."""

from __future__ import annotations

import pytest
from extract.documents import document, fates, item, outline, para, read

from pipeline.extract import extract
from pipeline.model import Block, Role

TOP_PT, BOTTOM_PT = 30.0, 780.0


def page(number: int, *texts: str, header: str = "", footer: str = "") -> list[Block]:
    """A page with its header, its lines and its footer."""
    body = [para(text, page=number, y_pt=120.0 + 30 * i) for i, text in enumerate(texts)]
    top = [para(header, page=number, y_pt=TOP_PT)] if header else []
    bottom = [para(footer, page=number, y_pt=BOTTOM_PT)] if footer else []
    return [*top, *body, *bottom]


def pages(header: str = "", footer: str = "{n}") -> list[Block]:
    """Four pages of a plan."""
    return [
        block
        for n in (1, 2, 3, 4)
        for block in page(
            n,
            f"OS {n} : Objectif de la page {n}",
            f"Action {n} : Agir à la page {n}",
            header=header.format(n=n),
            footer=footer.format(n=n),
        )
    ]


@pytest.mark.parametrize("footer", ["{n}", "- {n} -", "Page {n}", "p. {n}", "{n}/4", "Page {n} sur 4"])
def test_page_numbers_are_furniture(footer: str) -> None:
    found = extract(document(*pages(footer=footer), pages=4))
    assert fates(found)[footer.format(n=3)] == "furniture"
    assert len(outline(found)) == 8


def test_a_running_header_is_furniture_even_when_its_number_changes() -> None:
    found = extract(document(*pages(header="Commune de Valmont, page {n}"), pages=4))
    assert fates(found)["Commune de Valmont, page 2"] == "furniture"


def test_a_label_that_runs_over_several_pages_is_kept() -> None:
    found = extract(document(*pages(header="OS 1 : Objectif de la page 1"), pages=4))
    assert "os 1 | Objectif de la page 1" in "\n".join(outline(found))


def test_a_line_in_the_middle_of_the_page_is_kept_however_often_it_comes() -> None:
    blocks = [
        b for n in (1, 2, 3) for b in page(n, f"Action {n} : Agir {n}", "Suite au prochain numéro", "x", "y", "z")
    ]
    found = extract(document(*blocks, pages=3))
    assert fates(found)["Suite au prochain numéro"] != "furniture"


def test_headers_that_the_format_marks_are_furniture() -> None:
    found = read(para("Commune de Valmont", role=Role.HEADER), para("OS 1 : A"), item("Action 1 : B"))
    assert fates(found)["Commune de Valmont"] == "furniture"


def test_contents_with_leaders_give_no_second_element() -> None:
    found = read(
        para("Table des matières"),
        para("OS 1 : Rouler ............ 3"),
        para("OS 2 : Habiter ............ 5"),
        para("OS 3 : Manger ............ 7"),
        para("OS 1 : Rouler"),
        para("OS 2 : Habiter"),
        para("OS 3 : Manger"),
    )
    assert [line for line in outline(found) if not line.startswith("[")] == [
        "os 1 | Rouler",
        "os 2 | Habiter",
        "os 3 | Manger",
    ]
    assert fates(found)["OS 2 : Habiter ............ 5"] == "furniture"


def test_contents_with_bare_page_numbers_after_titles_that_end_in_a_number() -> None:
    titles = ("Passer à 30 km/h d'ici 2030", "Rouler", "Habiter")
    contents = [para(f"OS {n} : {title} {n + 2}") for n, title in enumerate(titles, 1)]
    body = [para(f"OS {n} : {title}") for n, title in enumerate(titles, 1)]
    found = read(para("Sommaire"), *contents, *body)
    assert [line for line in outline(found) if not line.startswith("[")] == [
        "os 1 | Passer à 30 km/h d'ici 2030",
        "os 2 | Rouler",
        "os 3 | Habiter",
    ]


def test_two_titles_that_end_in_a_number_are_no_contents() -> None:
    found = read(para("OS 1 : Rouler à 30"), para("OS 2 : Viser 2030"))
    assert outline(found) == ["os 1 | Rouler à 30", "os 2 | Viser 2030"]


def test_a_label_alone_after_the_contents_is_the_first_heading() -> None:
    titles = ("Rouler", "Habiter", "Manger")
    found = read(
        para("Table des matières"),
        *[para(f"OS {n} : {title} ............ {n + 2}") for n, title in enumerate(titles, 1)],
        *[block for n, title in enumerate(titles, 1) for block in (para(f"OS {n}"), para(title))],
    )
    assert [line for line in outline(found) if not line.startswith("[")] == [
        "os 1 | Rouler",
        "os 2 | Habiter",
        "os 3 | Manger",
    ]


def test_labels_over_their_titles_in_the_contents_are_contents() -> None:
    titles = ("Rouler", "Habiter", "Manger")
    contents = [block for n, title in enumerate(titles, 1) for block in (para(f"OS {n}"), para(f"{title} {n + 2}"))]
    found = read(para("Sommaire"), *contents, *[para(f"OS {n} : {title}") for n, title in enumerate(titles, 1)])
    assert [line for line in outline(found) if not line.startswith("[")] == [
        "os 1 | Rouler",
        "os 2 | Habiter",
        "os 3 | Manger",
    ]


def test_a_line_whose_number_goes_up_with_the_pages_is_furniture_on_pages_of_two_sizes() -> None:
    blocks = []
    for n in (1, 2, 3, 4):
        bottom_pt = 780.0 if n % 2 else 540.0
        lines = (f"OS {n} : Objectif de la page {n}", f"Action {n} : Agir à la page {n}")
        blocks += [para(text, page=n, y_pt=120.0 + 30 * i) for i, text in enumerate(lines)]
        blocks.append(para(f"Commune de Valmont - page {n}", page=n, y_pt=bottom_pt))
    found = extract(document(*blocks, pages=4))
    assert [fates(found)[f"Commune de Valmont - page {n}"] for n in (1, 2, 3, 4)] == 4 * ["furniture"]


def test_a_line_of_the_contents_that_lost_its_page_number_is_still_of_the_contents() -> None:
    titles = ("Isoler les écoles", "Soigner les eaux", "Garder les cimetières")
    found = read(
        para("Table des matières", size_pt=16.0, bold=True, page=1),
        para(f"Objectif stratégique : {titles[0]} 2", page=1),
        para(f"Objectif stratégique : {titles[1]} 3", page=1),
        para(f"Objectif stratégique : {titles[2]}", page=1),
        *(
            block
            for title in titles
            for block in (
                para(f"Objectif stratégique : {title}", size_pt=14.0, bold=True, page=2),
                para("Action : Poser des vitrages", page=2),
            )
        ),
        pages=3,
    )
    assert [line for line in outline(found) if not line.startswith(" ")] == [f"os | {title}" for title in titles]
    assert [fate.became.value for fate in found.blocks[1:4]] == ["furniture"] * 3
