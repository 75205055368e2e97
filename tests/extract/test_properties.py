"""What holds for every document: no block vanishes, the reading is repeatable, nothing raises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from extract.documents import cell, document, item, para, table
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.extract import extract, layout_from_toml, layout_to_toml
from pipeline.model import Became, Block, Document, Extraction, Level, Role, leaf_blocks
from pipeline.readers import read_document

FIXTURES = Path(__file__).parent.parent / "fixtures" / "layouts"
SAMPLE = [
    FIXTURES / name
    for name in (
        "w01_titres_numeros_tapes.docx",
        "w05_fiches.docx",
        "w13_listes_alignees.docx",
        "p10_colonnes_et_chiffres.pdf",
        "x02_parents_repetes.xlsx",
        "g02_ordinaux_lettres.docx",
        "n01_proces_verbal.docx",
    )
]

#: Words that mean something to the reading, and some that do not.
WORDS = (
    *(
        "OS 1 : Rouler",
        "OO 1.1 : Pédaler",
        "Objectif stratégique 2",
        "Action 3 :",
        "A.",
        "1.1",
        "12.",
        "A. Habiter",
        "Actions :",
    ),
    *("Constats :", "Nos acteurs", "Avant-propos", "Sommaire", "Légende", "Annexe 1", "Responsable", "Échéance : 2026"),
    *(
        "Réalisé le 02/12/15",
        "Partenaires :",
        "2026",
        "X",
        "☒",
        "Total",
        "27,5 %",
        "Enjeux",
        "Notre vision",
        "Volet interne",
    ),
    *(
        "Être une commune qui écoute",
        "un mot",
        "Un paragraphe.",
        "",
        "  ",
        "............ 3",
        "Rouler ..... 12",
        "Nos 3 enjeux",
    ),
)
texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=25))
paragraphs = st.builds(
    para,
    texts,
    outline=st.sampled_from([None, None, None, 1, 2]),
    size_pt=st.sampled_from([0.0, 8.0, 11.0, 14.0, 20.0]),
    bold=st.booleans(),
    page=st.integers(0, 3),
    y_pt=st.sampled_from([0.0, 30.0, 400.0, 780.0]),
    indent_pt=st.sampled_from([0.0, 18.0, 36.0]),
    box=st.sampled_from([None, None, 1, 2]),
    role=st.sampled_from([Role.BODY, Role.BODY, Role.HEADER, Role.FOOTNOTE, Role.SHEET_NAME, Role.CONTENTS]),
)
items = st.builds(item, texts, depth=st.integers(0, 2), number=st.sampled_from(["", "1.", "a)", "OS 2"]))
lines = st.one_of(paragraphs, items)


@st.composite
def tables(draw: st.DrawFn, inner: st.SearchStrategy[Block] = lines) -> Block:
    """A table of any texts, some of its first cells merged over the row."""
    width = draw(st.integers(1, 4))
    rows: list[list[object]] = []
    for index in range(draw(st.integers(1, 5))):
        if width > 1 and draw(st.booleans()) and draw(st.booleans()):
            rows.append([cell([draw(inner)], index, 0, columns=width)])
        else:
            rows.append([draw(st.lists(inner, max_size=2)) for _ in range(width)])
    return table(*rows, header=draw(st.integers(0, 1)))  # type: ignore[arg-type]


documents = st.lists(st.one_of(lines, tables(), tables(st.one_of(lines, tables()))), max_size=14).map(
    lambda blocks: document(*blocks, pages=3)
)


def check(read: Document, found: Extraction) -> None:
    """What must hold of any extraction."""
    leaves = [block.index for block in leaf_blocks(read.blocks)]
    assert [fate.index for fate in found.blocks] == leaves
    mentions = {s.mention_id for s in found.statements}
    assert {fate.mention_id for fate in found.blocks} <= mentions | {""}
    assert all(fate.mention_id for fate in found.blocks if fate.became is Became.ELEMENT)
    parents = {s.mention_id: s.value for s in found.statements if s.field == "parent"}
    assert set(parents) == mentions
    for mention in mentions:
        seen = {mention}
        while parents[mention]:
            mention = parents[mention]
            assert mention in mentions, "a parent that is no mention"
            assert mention not in seen, "an element in itself"
            seen.add(mention)
    for statement in found.statements:
        assert 0 < statement.confidence <= 1
        if statement.field == "level":
            Level(statement.value)
        if statement.field == "title":
            assert statement.original
    if not found.statements:
        assert "plan_not_recognised" in [remark.code for remark in found.remarks]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents)
@example(
    document(
        *(para(text) for text in ("OS 1 : Rouler", "OS 1 : Rouler")),
        para("Échéance : 2026", outline=1),
        item("Action 3 :"),
        table(("OS 1 : Rouler", [para("|", outline=1), para("Action 3 :")])),
    )
)
@example(document(para("OS 1 : Rouler"), para("Objectif stratégique 2"), para("Avant-propos"), pages=3))
def test_any_document_is_read_and_no_block_vanishes(read: Document) -> None:
    found = extract(read)
    check(read, found)
    assert extract(read) == found
    again = extract(read, layout_from_toml(layout_to_toml(found.layout)))
    assert again.statements == found.statements


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_every_block_of_a_fixture_has_one_fate(path: Path) -> None:
    read = read_document(path)
    check(read, extract(read))


@pytest.mark.slow
def test_the_reading_does_not_depend_on_the_order_of_sets() -> None:
    """Hash seeds change the order of sets between processes: the layout and its margins must not change with it."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom pipeline.extract import extract\n"
        "from pipeline.readers import read_document\n"
        "for path in sys.argv[1:]:\n    print(ascii(extract(read_document(Path(path)))))\n"
    )
    paths = [str(path) for path in (*SAMPLE, FIXTURES / "t01_texte_reconnu.txt")]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
