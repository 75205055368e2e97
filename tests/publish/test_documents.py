"""The report, the annex and the draft deliberation, as a reader gets them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from lxml import etree

from pipeline.evaluate import evaluate
from pipeline.exceptions import TemplateError
from pipeline.model import Evaluation, Plan, Statement
from pipeline.publish.annex import render_annex
from pipeline.publish.deliberation import render_deliberation
from pipeline.publish.docx import number_contents, prepare_for_pdf
from pipeline.publish.report import render_report
from pipeline.remarks import render_error
from pipeline.settings import Settings

TEMPLATES = Path(__file__).parents[2] / "templates"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

Render = Callable[[Plan, Evaluation, Settings, bytes], bytes]
PRODUCTS: tuple[tuple[Render, str], ...] = (
    (render_report, "rapport-evaluation.docx"),
    (render_annex, "annexe.docx"),
    (render_deliberation, "deliberation.docx"),
)
each_product = pytest.mark.parametrize(("render", "template"), PRODUCTS, ids=[name for _, name in PRODUCTS])


def read_template(name: str) -> bytes:
    return (TEMPLATES / name).read_bytes()


def read_part(document: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return archive.read(name).decode("utf-8")


def read_text(document: bytes) -> str:
    root = etree.fromstring(read_part(document).encode())
    paragraphs = ("".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))
    return "\n".join(paragraphs).replace("\u202f", " ").replace("\u00a0", " ")


def make_template(*paragraphs: str, header: str = "") -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ------------------------------------------------------------------------------------------------------ what is printed


@each_product
def test_no_tag_is_left_and_word_can_open_it(
    render: Render, template: str, commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    document = render(replace(commune, elements=commune.elements[:-1]), evaluation, settings, read_template(template))
    opened = docx.Document(io.BytesIO(document))
    assert "{{" not in read_text(document)
    assert "{%" not in read_text(document)
    assert opened.core_properties.language == "fr-BE"
    assert "Commune de Valmont" in opened.core_properties.title
    for section in opened.sections:
        assert "{{" not in section.header.paragraphs[0].text + section.footer.paragraphs[0].text


@each_product
@pytest.mark.parametrize("plan", ["empty", "tiny"])
@pytest.mark.parametrize("whose", ["settings", "cpas_settings", "province_settings"])
def test_a_plan_with_nothing_in_it_still_gives_a_document(
    render: Render, template: str, plan: str, whose: str, request: pytest.FixtureRequest
) -> None:
    given: Plan = request.getfixturevalue(plan)
    settings: Settings = request.getfixturevalue(whose)
    cutoff = settings.evaluation.cutoff
    assert cutoff is not None
    document = render(given, evaluate(given, cutoff), settings, read_template(template))
    assert "Programme stratégique transversal 2024-2030" in read_text(document)


@each_product
def test_the_same_data_give_the_same_bytes(
    render: Render, template: str, commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    first = render(commune, evaluation, settings, read_template(template))
    assert render(commune, evaluation, settings, read_template(template)) == first


def test_text_of_the_plan_that_looks_like_a_template_stays_text(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    text = read_text(render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx")))
    assert "Texte hostile {{ 7*7 }} {% for x in y %} {# note #} {_{ =1+1" in text
    assert "Service {{ 8*8 }}" in text
    assert "64" not in re.findall(r"Service (\S+)", text)
    assert "devant chaque école & chaque bibliothèque <au moins 6>" in text


def test_an_entity_whose_name_looks_like_a_template_stays_text_in_headers_too(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    named = settings.model_copy(update={"entity": settings.entity.model_copy(update={"name": "{{ 7*7 }} & <b>"})})
    document = render_annex(commune, evaluation, named, read_template("annexe.docx"))
    header = docx.Document(io.BytesIO(document)).sections[0].header.paragraphs[0].text
    assert "{{ 7*7 }} & <b>" in header
    assert "{{ 7*7 }} & <b>" in docx.Document(io.BytesIO(document)).core_properties.title


def test_footnotes_are_filled_once_even_with_several_sections(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    named = settings.model_copy(update={"entity": settings.entity.model_copy(update={"name": "{{ 7*7 }}"})})
    base = docx.Document()
    base.add_section()
    stream = io.BytesIO()
    base.save(stream)
    notes = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/'
        'wordprocessingml/2006/main"><w:footnote w:id="2"><w:p><w:r><w:t>{{ entite.nom }}</w:t></w:r></w:p>'
        "</w:footnote>"
        "</w:footnotes>"
    )
    changed = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
                part = part.replace(
                    b"</Types>", b'<Override PartName="/word/footnotes.xml" ContentType="' + kind + b'"/></Types>'
                )
            if name == "word/_rels/document.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
                part = part.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rId99" Type="' + kind + b'" Target="footnotes.xml"/></Relationships>',
                )
            target.writestr(name, part)
        target.writestr("word/footnotes.xml", notes)
    document = render_report(commune, evaluation, named, changed.getvalue())
    assert "{{ 7*7 }}" in read_part(document, "word/footnotes.xml")


def test_line_breaks_and_tabs_of_a_comment_are_those_of_word(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    template = make_template("{%p for a in actions %}", "{{ a.commentaire }}", "{%p endfor %}")
    part = read_part(render_report(commune, evaluation, settings, template))
    assert "{{ 7*7 }}</w:t><w:br/>" in part
    assert "seconde ligne</w:t><w:tab/>" in part
    assert "\x07" not in part


# -------------------------------------------------------------------------------------------------------- the figures


def test_the_report_prints_numerator_denominator_and_rule(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    opened = docx.Document(
        io.BytesIO(render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx")))
    )
    rows = [[c.text.replace("\u202f", " ") for c in r.cells] for t in opened.tables for r in t.rows]
    assert ["● Terminé", "4", "14", "28,6 %"] in rows
    rate = next(r for r in rows if r[0] == "Taux de réalisation hors actions abandonnées")
    assert rate[1:4] == ["4", "13", "30,8 %"]
    assert "abandonnées" in rate[4]


def test_what_differs_between_two_sources_is_said_once_for_each_element(settings: Settings, commune: Plan) -> None:
    element = commune.elements[3]
    statements = tuple(
        Statement(f"{source}:m", field, value, value, source, "p. 1", element_id=element.id)
        for source, title, end in (("pst.docx", "Un titre", "2026-06"), ("brochure.pdf", "Un autre", "2027"))
        for field, value in (("title", title), ("end", end))
    )
    plan = replace(commune, statements=statements)
    cutoff = settings.evaluation.cutoff
    assert cutoff is not None
    document = render_report(plan, evaluate(plan, cutoff), settings, read_template("rapport-evaluation.docx"))
    cells = [c.text for t in docx.Document(io.BytesIO(document)).tables for r in t.rows for c in r.cells]
    assert (
        "intitulés différents : Un titre (pst.docx) ; Un autre (brochure.pdf)\n"
        "échéances différentes : 06/2026 (pst.docx) ; 2027 (brochure.pdf)"
    ) in cells


def test_deadlines_amounts_and_dates_are_in_french(commune: Plan, evaluation: Evaluation, settings: Settings) -> None:
    text = read_text(render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx")))
    assert "31/12/2028 (initialement 31/12/2026)" in text
    assert "2 712 500,50 €" in text
    assert "Situation au 30 septembre 2027" in text
    assert "71,5 % (30/06/2027)" in text


def test_the_annex_is_numbered_dated_and_carries_the_fingerprint(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    text = read_text(render_annex(commune, evaluation, settings, read_template("annexe.docx")))
    assert "Annexe n° 1 à la délibération du Conseil communal – séance du 29 novembre 2027" in text
    assert evaluation.fingerprint in text
    assert "30 septembre 2027" in text


# -------------------------------------------------------------------------------------------------------------- the law


@pytest.mark.parametrize(
    ("whose", "verb", "act", "reference", "vote"),
    [
        ("settings", "PREND ACTE", "Prise d'acte", "L1123-27, § 2", False),
        ("cpas_settings", "ADOPTE", "Adoption", "article 27ter", True),
        ("province_settings", "PREND ACTE", "Prise d'acte", "L2212-47, §§ 3 et 4", False),
    ],
)
def test_each_kind_of_entity_has_its_verb_and_its_law(
    whose: str, verb: str, act: str, reference: str, vote: bool, commune: Plan, evaluation: Evaluation,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    settings: Settings = request.getfixturevalue(whose)
    text = read_text(render_deliberation(commune, evaluation, settings, read_template("deliberation.docx")))
    assert f"{verb} :" in text
    assert f"Évaluation à mi-législature – {act}" in text
    assert reference in text
    assert ("[vote à compléter]" in text) is vote
    assert "Article 1er. " in text
    assert "sur 14 actions du programme" in text


def test_a_draft_says_so_and_a_lifted_one_does_not(
    commune: Plan, evaluation: Evaluation, settings: Settings, province_settings: Settings
) -> None:
    template = read_template("deliberation.docx")
    assert "PROJET DE DÉLIBÉRATION" in read_text(render_deliberation(commune, evaluation, settings, template))
    assert "PROJET" not in read_text(render_deliberation(commune, evaluation, province_settings, template))


def test_what_only_staff_know_and_what_is_to_be_verified_is_highlighted(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    document = docx.Document(
        io.BytesIO(render_deliberation(commune, evaluation, settings, read_template("deliberation.docx")))
    )
    runs = [r for p in document.paragraphs for r in p.runs if r.font.highlight_color is not None]
    assert {"[date à compléter]", "[à vérifier]", "[destinataires à compléter]"} <= {r.text for r in runs}
    assert all(r.text.startswith("[") for r in runs)


# --------------------------------------------------------------------------------------------------------- the document


@each_product
def test_header_rows_repeat_rows_stay_whole_and_drawings_have_their_own_number(
    render: Render, template: str, commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    root = etree.fromstring(read_part(render(commune, evaluation, settings, read_template(template))).encode())
    data_tables = [t for t in root.iter(f"{W}tbl") if t.find(f"{W}tblPr/{W}tblDescription") is not None]
    for table in data_tables:
        rows = table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows)
        assert len(rows) > 1
    numbers = [d.get("id") for d in root.iter(f"{WP}docPr")]
    assert len(numbers) == len(set(numbers))
    assert all(d.get("descr") for d in root.iter(f"{WP}docPr"))


def test_cell_fills_stand_where_the_schema_wants_them(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    document = render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx"))
    order = ["cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "vAlign"]
    for properties in etree.fromstring(read_part(document).encode()).iter(f"{W}tcPr"):
        places = [order.index(etree.QName(child).localname) for child in properties]
        assert places == sorted(places)


def test_the_contents_list_every_heading_and_stay_a_field_of_word(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    document = render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx"))
    root = etree.fromstring(read_part(document).encode())
    entries = ["".join(t.text or "" for t in h.iter(f"{W}t")) for h in root.iter(f"{W}hyperlink")]
    assert any(e.startswith("OS 3 – Être une commune où l'on se déplace") for e in entries)
    assert any(e.startswith("Base légale") for e in entries)
    kinds = [m.get(f"{W}fldCharType") for m in root.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("end")
    assert "TOC \\o" in read_part(document)
    anchors = {h.get(f"{W}anchor") for h in root.iter(f"{W}hyperlink")}
    assert anchors == {b.get(f"{W}name") for b in root.iter(f"{W}bookmarkStart")}


def test_the_contents_take_the_page_numbers_of_the_pdf(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    document = render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx"))
    headings = [
        ("Base légale", 3),
        ("Un titre hors sommaire", 4),
        ("Méthode et\u00a0date d'arrêt", 4),
        ("Indicateurs", 12),
    ]
    numbered = number_contents(document, headings)
    entries = {}
    for link in etree.fromstring(read_part(numbered).encode()).iter(f"{W}hyperlink"):
        *title, number = [t.text or "" for t in link.iter(f"{W}t")]
        entries["".join(title)] = number
    assert (entries["Base légale"], entries["Méthode et date d'arrêt"], entries["Indicateurs"]) == ("3", "4", "12")
    assert entries["Échéances"] == ""
    assert "TOC \\o" in read_part(numbered)
    assert number_contents(numbered, headings) == numbered


def test_the_chart_is_native_and_carries_its_numbers(commune: Plan, evaluation: Evaluation, settings: Settings) -> None:
    document = render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx"))
    chart = etree.fromstring(read_part(document, "word/charts/chart1.xml").encode())
    c = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    values = [v.text for v in chart.find(f".//{c}val").iter(f"{c}v")]
    assert values == ["2", "4", "1", "1", "4", "1", "1"]


@pytest.mark.slow
def test_600_actions_take_a_few_seconds_at_most(large: Plan, settings: Settings) -> None:
    cutoff = settings.evaluation.cutoff
    assert cutoff is not None
    start = time.perf_counter()
    document = render_report(large, evaluate(large, cutoff), settings, read_template("rapport-evaluation.docx"))
    assert time.perf_counter() - start < 5
    assert read_text(document).count("Action inventée") >= 600


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_the_pdf_has_page_numbers_in_its_contents(
    commune: Plan, evaluation: Evaluation, settings: Settings, tmp_path: Path
) -> None:
    document = render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx"))
    source = tmp_path / "rapport.docx"
    source.write_bytes(prepare_for_pdf(document))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    import pdfplumber

    with pdfplumber.open(tmp_path / "rapport.pdf") as pdf:
        contents = pdf.pages[1].extract_text()
        page_number = int(re.search(r"Indicateurs\W+(\d+)", contents)[1])  # type: ignore[index]
        assert "Indicateurs" in pdf.pages[page_number - 1].extract_text()


def test_the_copy_for_the_pdf_keeps_the_entries_and_drops_the_field(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    document = prepare_for_pdf(render_report(commune, evaluation, settings, read_template("rapport-evaluation.docx")))
    part = read_part(document)
    assert "TOC \\o" not in part
    assert part.count('w:fldCharType="begin"') == part.count('w:fldCharType="end"') > 5
    assert docx.Document(io.BytesIO(document)).paragraphs


# ---------------------------------------------------------------------------------------------------- hostile templates


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("{{ entite.nomm }}", "template_unknown_name_suggestion"),
        ("{{ zzzzzzzz }}", "template_unknown_name"),
        ("{{ entite.nom|zzzzzzzz }}", "template_unknown_name"),
        ("{% if projet %}", "template_syntax"),
        ("{{ entite. }}", "template_syntax"),
        ("{{ cycler.__init__.__globals__ }}", "template_forbidden"),
        ("{{ 'a' * 1000000000 }}", "template_forbidden"),
        ("{{ '%999999999d' % 1 }}", "template_forbidden"),
        ("{{ range(1000000000) }}", "template_failed"),
    ],
)
def test_a_template_in_error_is_named_with_what_is_wrong(
    tag: str, code: str, commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    with pytest.raises(TemplateError) as caught:
        render_report(commune, evaluation, settings, make_template("Bonjour", tag))
    assert caught.value.code == code
    assert "rapport-evaluation.docx" in render_error(caught.value)


def test_a_file_that_is_no_word_document_is_refused(commune: Plan, evaluation: Evaluation, settings: Settings) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    for content in (b"", b"bonjour", other.getvalue()):
        with pytest.raises(TemplateError) as caught:
            render_report(commune, evaluation, settings, content)
        assert caught.value.code == "template_unreadable"


def test_a_doctype_in_a_template_is_refused(commune: Plan, evaluation: Evaluation, settings: Settings) -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_template("x"))) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document', 1)
            target.writestr(name, part)
    with pytest.raises(TemplateError) as caught:
        render_report(commune, evaluation, settings, changed.getvalue())
    assert caught.value.code == "template_hostile"


def test_an_archive_that_unpacks_beyond_the_limit_is_refused(
    commune: Plan, evaluation: Evaluation, settings: Settings
) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 101_000_000)
    with pytest.raises(TemplateError) as caught:
        render_report(commune, evaluation, settings, bomb.getvalue())
    assert caught.value.code == "template_hostile"
