"""The layout documents: each is listed, has its gold, and prints what its gold says."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path

import pypdfium2
import pytest

FOLDER = Path(__file__).parent / "fixtures" / "layouts"
PAIRS = [line.split("\t") for line in (FOLDER / "pairs.tsv").read_text(encoding="utf-8").splitlines()]
#: What LibreOffice, slides or recognition do to the text: no words to compare.
WITHOUT_TEXT = {"i01_scan_penche", "i02_pages_mixtes"}


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
    if name in WITHOUT_TEXT:
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
