"""The supplied templates, the page that lists their names, and the check that legal affairs run."""

from __future__ import annotations

import re
from pathlib import Path

import docx

from pipeline.publish.docx import list_names
from pipeline.publish.names import build_names
from pipeline.publish.templates import build_sample, build_sample_settings, check_templates
from pipeline.publish.wording import read_wording
from pipeline.settings import read_law

TEMPLATES = Path(__file__).parents[2] / "templates"


def write_template(folder: Path, *paragraphs: str, name: str = "modele.docx") -> None:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(folder / name))


def test_the_supplied_templates_are_sound() -> None:
    assert check_templates(TEMPLATES) == ()


def test_the_page_for_legal_affairs_lists_every_name_and_no_other() -> None:
    page = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    section = page.split("## Les noms", 1)[1]
    listed = {part for quoted in re.findall(r"`([a-z_.]+)`", section) for part in quoted.split(".")}
    assert listed == list_names(build_names(*build_sample(), build_sample_settings("commune", draft=True)))


def test_a_wrong_name_is_found_even_where_no_plan_leads(tmp_path: Path) -> None:
    write_template(tmp_path, "{% if projet and not projet %}{{ entite.desination }}{% endif %}")
    (sentence,) = check_templates(tmp_path)
    assert "modele.docx" in sentence
    assert "desination" in sentence
    assert "designation" in sentence


def test_a_wrong_name_in_a_header_is_found(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ inconnuinconnu }}"
    document.save(str(tmp_path / "modele.docx"))
    assert "inconnuinconnu" in check_templates(tmp_path)[0]


def test_all_wrong_names_of_a_template_are_named_at_once(tmp_path: Path) -> None:
    write_template(tmp_path, "{{ qqqqqq }} {{ wwwwww }}")
    assert len(check_templates(tmp_path)) == 2


def test_an_unclosed_loop_is_found_with_its_line(tmp_path: Path) -> None:
    write_template(tmp_path, "Bonjour", "{%p for a in actions %}", "{{ a.titre }}")
    (sentence,) = check_templates(tmp_path)
    assert "modele.docx" in sentence


def test_names_given_in_the_template_and_loop_words_are_known(tmp_path: Path) -> None:
    write_template(tmp_path, "{% set n = entite.nom %}{% for a in actions %}{{ loop.index }} {{ n }}{% endfor %}")
    assert check_templates(tmp_path) == ()


def test_an_open_word_file_is_no_template_and_an_empty_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "~$modele.docx").write_bytes(b"x")
    assert len(check_templates(tmp_path)) == 1


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "casse.docx").write_bytes(b"PK\x03\x04 casse")
    (sentence,) = check_templates(tmp_path)
    assert "casse.docx" in sentence


def test_the_fills_of_statuses_contrast_with_the_text() -> None:
    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for fill in read_wording()["status_fill"].values():
        assert (luminance(fill) + 0.05) / (luminance("22303A") + 0.05) > 7


def test_each_kind_of_entity_has_all_that_the_documents_ask() -> None:
    for kind in ("commune", "cpas", "province"):
        law = read_law(kind)
        assert {"session", "signatories", "terms", "basis", "visa", "considering", "article", "closing"} <= set(law)
        assert len(law["article"]) == 3
