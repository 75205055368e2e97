"""plan.toml: what is right is read, what is wrong is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.exceptions import SettingsError
from pipeline.remarks import render_error
from pipeline.settings import find_lines, parse_settings, read_settings

GOOD = """
[entity]
name = "Beaurivage"
kind = "commune"
ins = "99998"
[legislature]
start = 2024
end = 2030
[[source]]
file = "sources/plan.docx"
[[source]]
file = "sources/brochure.pdf"
role = "brochure"
[[indicators]]
file = "indicators/sports.xlsx"
date = 2027-03-31
[evaluation]
cutoff = 2027-09-30
"""


def sentence_of(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    return render_error(caught.value)


def test_a_good_file_is_read_in_order() -> None:
    settings = parse_settings(GOOD)
    assert [s.file for s in settings.source] == ["sources/plan.docx", "sources/brochure.pdf"]
    assert [s.role for s in settings.source] == ["adopted", "brochure"]
    assert settings.indicators[0].date == date(2027, 3, 31)
    assert settings.evaluation.cutoff == date(2027, 9, 30)
    assert settings.session.draft is True


@pytest.mark.parametrize(("kind", "verb"), [("commune", "prend acte"), ("province", "prend acte"), ("cpas", "adopte")])
def test_the_law_of_the_entity_gives_the_defaults(kind: str, verb: str) -> None:
    settings = parse_settings(GOOD.replace('"commune"', f'"{kind}"'))
    assert settings.session.verb == verb
    assert settings.session.organ.startswith("Conseil")
    assert settings.signatories.secretary.startswith("Le Directeur")


def test_what_a_person_wrote_stands_before_the_law() -> None:
    settings = parse_settings(GOOD + '[session]\nverb = "approuve"\n')
    assert settings.session.verb == "approuve"
    assert settings.session.organ != ""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('kind = "commune"', 'kind = "comune"', 4, ["entity.kind", "comune", '"cpas"']),
        ('kind = "commune"', 'knd = "commune"', 4, ["knd", "vouliez-vous dire « kind »"]),
        ('ins = "99998"', "ins = 99998", 5, ["entity.ins", "guillemets"]),
        ('ins = "99998"', 'ins = "9999"', 5, ["entity.ins", "cinq chiffres"]),
        ("start = 2024", 'start = "2024"', 7, ["legislature.start", "entier"]),
        ("start = 2024", "start = 24", 7, ["legislature.start", "1990"]),
        ("start = 2024", "start = 2031", 6, ["legislature", "précède"]),
        ('file = "sources/plan.docx"', 'file = "../plan.docx"', 10, ["source.file", "sort du dossier"]),
        ('file = "sources/plan.docx"', 'file = "C:\\\\plan.docx"', 10, ["source.file", "sort du dossier"]),
        ('file = "sources/brochure.pdf"', 'file = "sources/PLAN.docx"', 12, ["même nom", "PLAN.docx"]),
        ('role = "brochure"', 'role = "brochur"', 13, ["source.role", "brochur"]),
        ("cutoff = 2027-09-30", 'cutoff = "30/09/2027"', 18, ["evaluation.cutoff", "2027-09-30"]),
        ("cutoff = 2027-09-30", "cutoff = 30/09/2027", 18, ["TOML"]),
        ("[evaluation]", "[evaluaton]", 17, ["evaluaton", "vouliez-vous dire « evaluation »"]),
        ('name = "Beaurivage"', 'name = ""', 3, ["entity.name", "vide"]),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, words: list[str]) -> None:
    said = sentence_of(GOOD.replace(old, new, 1))
    assert f"ligne {line} " in said
    assert all(word in said for word in words), said


def test_all_mistakes_are_named_at_once() -> None:
    said = sentence_of(GOOD.replace('"commune"', '"ville"').replace("end = 2030", "end = true"))
    assert "ligne 4 " in said
    assert "ligne 8 " in said


def test_what_is_missing_is_named() -> None:
    assert "legislature.end" in sentence_of(GOOD.replace("end = 2030", ""))
    assert "source" in sentence_of('[entity]\nname = "X"\nkind = "cpas"\n[legislature]\nstart = 2024\nend = 2030\n')


def test_a_file_that_is_absent_or_not_utf_8_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read_settings(tmp_path / "plan.toml")
    (tmp_path / "plan.toml").write_bytes('[entity]\nname = "Li\u00e8ge"'.encode("cp1252"))
    with pytest.raises(SettingsError) as caught:
        read_settings(tmp_path / "plan.toml")
    assert "UTF-8" in render_error(caught.value)


def test_lines_are_found_past_equals_signs_and_hashes_in_texts() -> None:
    lines = find_lines('[a]\nx = "b = 1 # c = 2"  # d = 3\n[[s]]\ny = 1\n[[s]]\ny = 2; z = 3\n')
    assert lines == {("a",): 1, ("a", "x"): 2, ("s",): 3, ("s", 0): 3, ("s", 0, "y"): 4, ("s", 1): 5, ("s", 1, "y"): 6, ("s", 1, "z"): 6}  # fmt: skip  # noqa: E501
