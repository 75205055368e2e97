"""The layout file: what was inferred is written, reads back the same, and a person's edit changes the reading."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from extract.documents import document, fates, item, outline, para
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exceptions import SettingsError
from pipeline.extract import extract, layout_from_toml, layout_to_toml
from pipeline.model import Document, Layout, Rule
from pipeline.readers import read_document
from pipeline.remarks import render_error

FIXTURES = Path(__file__).parent.parent / "fixtures" / "layouts"
#: All but the scans, which take long to recognise.
READABLE = sorted(
    path for path in FIXTURES.glob("[a-z][0-9][0-9]_*") if path.suffix not in (".gold", ".tsv") and path.name[0] != "i"
)


@cache
def fixture(path: Path) -> Document:
    return read_document(path)


def chapters() -> Document:
    """A plan whose levels rest on looks alone."""
    return document(
        *(
            block
            for title in ("Être une commune verte", "Être une commune ouverte", "Être une commune sûre")
            for block in (
                para(title, size_pt=18, bold=True),
                para(f"Agir pour {title.lower()}", size_pt=13, bold=True),
                item(f"Un premier pas : {title.lower()}"),
                item(f"Un second pas : {title.lower()}"),
            )
        ),
        para("Objectifs stratégiques du plan stratégique transversal"),
    )


def edited(becomes: dict[str, str]) -> list[str]:
    """The outline of `chapters` when a person has given other meanings to some kinds of lines."""
    read = chapters()
    rules = extract(read).layout.rules
    assert set(becomes) <= {rule.kind for rule in rules}
    text = layout_to_toml(
        Layout(read.source, tuple(Rule(r.kind, becomes.get(r.kind, r.becomes), r.count) for r in rules))
    )
    return outline(extract(read, layout_from_toml(text)))


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_what_was_inferred_reads_back_and_gives_the_same_statements(path: Path) -> None:
    inferred = extract(fixture(path))
    text = layout_to_toml(inferred.layout)
    read_back = layout_from_toml(text, file="layout.toml")
    assert read_back.rules == inferred.layout.rules
    assert extract(fixture(path), read_back).statements == inferred.statements
    assert layout_to_toml(read_back) == text


def test_the_layout_shows_its_evidence() -> None:
    rules = {rule.kind: rule for rule in extract(chapters()).layout.rules}
    rule = rules["heading x1.6b"]
    assert (rule.becomes, rule.count, rule.example) == ("objectif_strategique", 3, "Être une commune verte")
    assert rule.second
    assert "margin" in rule.reason


def test_another_level_for_a_kind_of_heading() -> None:
    before = outline(extract(chapters()))
    after = edited({"heading x1.6b": "enjeu"})
    assert before[0] == "os | Être une commune verte"
    assert after[0] == "enjeu | Être une commune verte"
    assert after[1:4] == before[1:4]


def test_a_kind_of_heading_that_is_no_element() -> None:
    assert not any("Agir pour" in line for line in edited({"heading x1.2b": "text"}))


def test_a_label_that_means_nothing_here() -> None:
    read = document(para("OS 1 : Rouler", bold=True), para("Action 1 : A"), para("Action 2 : B"), para("Fiche 3 : C"))
    rules = tuple(Rule(r.kind, "skip" if r.kind == "label action" else r.becomes) for r in extract(read).layout.rules)
    read_again = extract(read, Layout(read.source, (*rules, Rule("label action", "skip"))))
    assert not any(line.startswith("  action") for line in outline(read_again))


def test_a_kind_of_line_that_is_furniture() -> None:
    read = document(*chapters().blocks, para("Agir partout", size_pt=13, bold=True))
    rules = extract(read).layout.rules
    layout = Layout(
        read.source, tuple(Rule(r.kind, "furniture" if r.kind == "heading x1.2b" else r.becomes) for r in rules)
    )
    assert fates(extract(read, layout))["Agir partout"] == "furniture"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[[rule", "layout_broken", "layout.toml"),
        ('schema = "layout/9"', "layout_broken", "layout/9"),
        ("rule = 3", "layout_broken", "layout.toml"),
        ("rule = [3]", "layout_wrong_value", "règle 1"),
        ('[[rule]]\nkind = "heading h1"\nbecomes = "objectif"', "layout_unknown_level", "« objectif »"),
        ('[[rule]]\nkind = "heading h1"\nbecomes = "section:couleur"', "layout_unknown_level", "« section:couleur »"),
        ('[[rule]]\nkind = "heading h1"', "layout_unknown_level", "règle 1"),
        ('[[rule]]\nbecomes = "action"', "layout_wrong_value", "« kind »"),
        ('[[rule]]\nkind = 2\nbecomes = "action"', "layout_wrong_value", "« 2 »"),
        ('[[rule]]\nkind = "a"\nbecomes = "action"\nconfidence = "sûr"', "layout_wrong_value", "« confidence »"),
    ],
)
def test_a_wrong_layout_is_said_in_one_french_sentence(text: str, code: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        layout_from_toml(text, file="layout.toml")
    sentence = render_error(caught.value)
    assert caught.value.code == code
    assert words in sentence
    assert "\n" not in sentence


def test_a_rule_needs_its_kind_and_its_meaning_only() -> None:
    layout = layout_from_toml('[[rule]]\nkind = "heading h1"\nbecomes = "section:partenaire"')
    assert layout.rules == (Rule("heading h1", "section:partenaire"),)
    assert not layout.inferred


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(kind=words.filter(bool), example=words, reason=words, count=st.integers(0, 10**6), confidence=st.floats(0, 1))
def test_any_words_survive_the_file(kind: str, example: str, reason: str, count: int, confidence: float) -> None:
    rule = Rule(kind, "action", count, "1-3, 7", example, confidence, "skip", reason)
    assert layout_from_toml(layout_to_toml(Layout("plan.docx", (rule,)))).rules == (rule,)
