"""The layout documents: each is listed, has its gold, prints what its gold says, and is read as its gold says."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from gold import missed_and_invented, read_plan, wrong_fields

from pipeline.model import Plan

FOLDER = Path(__file__).parent / "fixtures" / "layouts"
DEMO = Path(__file__).parent / "fixtures" / "demo"


def pairs(folder: Path) -> list[tuple[str, str, str, str]]:
    """Read pairs.tsv: name, gold, document, kind."""
    lines = (folder / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    return [(name, gold, document, kind) for name, gold, document, kind in (line.split("\t") for line in lines)]


PAIRS = pairs(FOLDER)
#: Documents that are images in whole or in part: they print no words to compare, and recognition errs in a letter.
SCANS = {"i01_scan_penche", "i02_pages_mixtes"}
#: Where a word broken by a hyphen at the line end may keep it.
HYPHENATED = {"p08_cesures"}


def marked(name: str, *values: object) -> object:
    """A case of a parametrised test, with the marks that its document needs."""
    marks = (pytest.mark.tesseract, pytest.mark.slow) if name in SCANS else ()
    return pytest.param(name, *values, id=name, marks=marks)


@cache
def plan_of(path: Path) -> Plan:
    return read_plan(path)


def letters(text: str) -> str:
    """Keep letters and digits only: spaces, marks and hyphens vary with the format."""
    text = unicodedata.normalize("NFKD", text.replace("\ufffe\r\n", "").replace("\u0153", "oe")).casefold()
    return re.sub(r"[^a-z0-9]", "", text)


def printed_text(path: Path) -> str:
    if path.suffix == ".pdf":
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    if path.suffix in (".txt", ".md"):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml")]
        xml = " ".join(archive.read(name).decode("utf-8") for name in names)
    xml = re.sub(r"<w:delText[^>]*>[^<]*</w:delText>", "", xml).replace("&apos;", "'").replace("&quot;", '"')
    return re.sub(r"<[^>]+>", "", xml.replace("&amp;", "&"))


def gold_titles(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        line.partition("|")[2].split("||")[0].strip() for line in lines if line.strip() and line.strip()[0] not in "#@"
    ]


# ------------------------------------------------------------------------------------------- the fixtures are sound


def test_every_document_is_listed_and_explained() -> None:
    documents = {
        p.name for p in FOLDER.iterdir() if re.match(r"[a-z]\d\d_", p.name) and p.suffix not in (".gold", ".tsv")
    }
    assert documents == {row[2] for row in PAIRS}
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert not [name for name in documents if f"`{name}`" not in readme]


@pytest.mark.parametrize(("name", "gold", "document"), [row[:3] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_document_prints_what_its_gold_says(name: str, gold: str, document: str) -> None:
    titles = gold_titles(FOLDER / gold)
    assert bool(titles) != name.startswith("n")
    if name in SCANS:
        return
    text = letters(printed_text(FOLDER / document))
    assert not [title for title in titles if letters(title) not in text]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.fields.tsv")), ids=lambda path: path.name)
def test_fields_belong_to_titles_of_the_outline(path: Path) -> None:
    titles = set(gold_titles(path.with_name(path.name.replace(".fields.tsv", ".gold"))))
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert rows
    assert {row[0] for row in rows} <= titles
    assert all(row[2] for row in rows)


def test_the_table_of_layouts_names_every_document() -> None:
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert not [name for name, *_ in PAIRS if f"`{name}`" not in readme]


# ----------------------------------------------------------------------------------------- what the user gets of them


@pytest.mark.parametrize(
    ("name", "gold", "document"), [marked(name, gold, document) for name, gold, document, _ in PAIRS]
)
def test_every_element_is_found_at_its_place_and_nothing_is_invented(name: str, gold: str, document: str) -> None:
    missed, invented = missed_and_invented(
        plan_of(FOLDER / document), FOLDER / gold, roughly=name in SCANS | HYPHENATED
    )
    assert not missed
    assert not invented


@pytest.mark.parametrize(
    ("name", "document"),
    [marked(name, document) for name, _, document, _ in PAIRS if (FOLDER / f"{name}.fields.tsv").exists()],
)
def test_fields_are_as_printed(name: str, document: str) -> None:
    plan = plan_of(FOLDER / document)
    assert not wrong_fields(plan, FOLDER / f"{name}.fields.tsv", roughly=name in SCANS)


@pytest.mark.parametrize(("name", "document"), [(row[0], row[2]) for row in PAIRS if row[0].startswith("n")])
def test_what_is_no_plan_gives_no_element_and_says_so(name: str, document: str) -> None:
    plan = plan_of(FOLDER / document)
    assert not plan.elements
    assert [remark.code for remark in plan.remarks if remark.code == "plan_not_recognised"]


@pytest.mark.parametrize(("name", "document"), [marked(name, document) for name, _, document, _ in PAIRS])
def test_every_element_says_where_it_comes_from(name: str, document: str) -> None:
    plan = plan_of(FOLDER / document)
    for element in plan.elements:
        assert element.source == document
        assert 0 < element.confidence <= 1
    assert not {s.locator for s in plan.statements if s.field == "title"} & {""}


@pytest.mark.parametrize(
    ("name", "gold", "document"), [row[:3] for row in pairs(DEMO)], ids=[r[0] for r in pairs(DEMO)]
)
def test_demonstration_plans_are_read_as_their_gold_says(name: str, gold: str, document: str) -> None:
    plan = plan_of((DEMO / document).resolve())
    missed, invented = missed_and_invented(plan, DEMO / gold)
    assert not missed
    assert not invented
    if (DEMO / f"{name}.fields.tsv").exists():
        assert not wrong_fields(plan, DEMO / f"{name}.fields.tsv")
