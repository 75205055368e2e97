"""Headings whose parts a layout prints apart: codes beside titles, labels under them, numbers on opening pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extract.documents import BODY_SIZE_PT, document, fates, item, outline, para, read, said, table, values

from pipeline.extract import extract, layout_from_toml, layout_to_toml
from pipeline.model import Block, Marker

PLAN = para("Programme stratégique transversal", size_pt=20.0)
BODY = [para(f"Du texte courant qui donne le corps du document, ligne {n}.") for n in range(6)]


def at(block: Block, x0_pt: float, x1_pt: float) -> Block:
    """The block at another place of its row."""
    return replace(block, position=replace(block.position, x0_pt=x0_pt, x1_pt=x1_pt))


def beside(*rows: tuple[str, str, float]) -> list[Block]:
    """Titles at the left and, after all of them, their codes at the right of the page: (code, title, size)."""
    placed = [(code, title, size_pt, 60.0 + 30.0 * n) for n, (code, title, size_pt) in enumerate(rows)]
    titles = [at(para(title, size_pt=size_pt, page=1, y_pt=y_pt), 50.0, 300.0) for _, title, size_pt, y_pt in placed]
    codes = [at(para(code, size_pt=8.0, page=1, y_pt=y_pt + 1.0), 500.0, 530.0) for code, _, _, y_pt in placed]
    return titles + codes


def test_codes_at_the_right_of_their_titles_are_theirs() -> None:
    found = read(
        *beside(
            ("OS.1", "Une commune où l'on roule", 16.0),
            ("OO.2", "Tracer des pistes", 13.0),
            ("A.3", "Peindre les carrefours", 11.0),
            ("A.4", "Poser des arceaux", 11.0),
        )
    )
    assert outline(found) == [
        "os 1 | Une commune où l'on roule",
        "  oo 2 | Tracer des pistes",
        "    action 3 | Peindre les carrefours",
        "    action 4 | Poser des arceaux",
    ]
    assert "unclassified" not in fates(found).values()


def test_letters_and_numbers_in_the_margin_are_those_of_the_titles_beside_them() -> None:
    rows = [
        ("A", "Mobilité", "A1", "Tracer des pistes"),
        ("B", "Énergie", "B1", "Isoler les écoles"),
        ("C", "Culture", "C1", "Ouvrir les musées"),
    ]
    blocks = []
    for page, (letter, theme, code, goal) in enumerate(rows, 1):
        blocks += [
            at(para(letter, size_pt=40.0, bold=True, page=page, y_pt=50.0), 20.0, 40.0),
            at(para(code, size_pt=14.0, bold=True, page=page, y_pt=120.0), 30.0, 45.0),
            at(para(theme, size_pt=30.0, bold=True, page=page, y_pt=50.0), 60.0, 300.0),
            at(para(goal, size_pt=14.0, bold=True, page=page, y_pt=120.0), 60.0, 300.0),
            item("Peindre les carrefours"),
            item("Poser des arceaux"),
        ]
    found = [line.strip() for line in outline(read(PLAN, *BODY, *blocks)) if "action" not in line]
    assert [line.partition(" ")[2] for line in found] == [
        "A | Mobilité",
        "1 | Tracer des pistes",
        "B | Énergie",
        "1 | Isoler les écoles",
        "C | Culture",
        "1 | Ouvrir les musées",
    ]


def test_codes_in_a_column_of_their_own_stay_where_texts_do_not_stand_beside_them() -> None:
    blocks = [at(para(f"OO {n}", page=1, y_pt=60.0 + 200.0 * n), 50.0, 90.0) for n in (1, 2, 3)]
    blocks += [at(para("Un texte à côté", page=1, y_pt=330.0), 300.0, 500.0)]
    assert [block.text for block in blocks] == list(fates(read(*blocks)))


def test_a_label_under_its_title_is_the_label_of_that_title() -> None:
    blocks = [
        block
        for n, title in enumerate(("Une commune où l'on roule", "Une commune sobre"), 1)
        for block in (
            para(title, size_pt=24.0, bold=True, page=n),
            para(f"Objectif stratégique {n}", bold=True, page=n),
            para(f"Objectif opérationnel {n} : Tracer des pistes {n}", size_pt=14.0, bold=True, page=n),
        )
    ]
    assert outline(read(*BODY, *blocks)) == [
        "os 1 | Une commune où l'on roule",
        "  oo 1 | Tracer des pistes 1",
        "os 2 | Une commune sobre",
        "  oo 2 | Tracer des pistes 2",
    ]


def test_a_title_and_the_label_under_it_may_have_a_page_of_their_own() -> None:
    blocks = [
        block
        for n, title in enumerate(("Une commune sobre", "Une commune sûre"), 1)
        for block in (
            para(title, page=2 * n),
            para(f"OBJECTIF STRATÉGIQUE {n}", size_pt=24.0, bold=True, page=2 * n),
            para(f"Objectif opérationnel {n}.1 : Tracer des pistes {n}", size_pt=14.0, bold=True, page=2 * n + 1),
            para(f"Action {n} : Peindre les carrefours {n}", size_pt=12.0, bold=True, page=2 * n + 1),
        )
    ]
    assert [line for line in outline(read(*BODY, *blocks)) if line.startswith("os")] == [
        "os 1 | Une commune sobre",
        "os 2 | Une commune sûre",
    ]


def test_the_number_of_an_opening_page_has_the_label_that_the_next_page_repeats() -> None:
    blocks = [
        block
        for n, title in enumerate(("Une commune où l'on roule", "Une commune sobre"), 1)
        for block in (
            para(f"0{n}", size_pt=90.0, bold=True, page=2 * n),
            para(title, size_pt=30.0, bold=True, page=2 * n),
            para(f"OBJECTIF STRATÉGIQUE 0{n}", size_pt=8.0, page=2 * n + 1),
            para(f"{n}.1 Tracer des pistes {n}", size_pt=14.0, bold=True, page=2 * n + 1),
            item("Peindre les carrefours"),
            item("Poser des arceaux"),
        )
    ]
    found = [line for line in outline(read(*BODY, *blocks)) if "action" not in line]
    assert found == [
        "os 01 | Une commune où l'on roule",
        "  oo 1.1 | Tracer des pistes 1",
        "os 02 | Une commune sobre",
        "  oo 2.1 | Tracer des pistes 2",
    ]


@pytest.mark.parametrize("label", ["AXE", "A X E"])
def test_a_label_its_number_and_its_title_on_three_lines_are_one_heading(label: str) -> None:
    blocks = [
        block
        for n, title in enumerate(("Mobilité", "Énergie"), 1)
        for block in (
            para(label, size_pt=13.0, page=n),
            para(str(n), size_pt=70.0, bold=True, page=n),
            para(title, size_pt=20.0, bold=True, page=n),
            para(f"OS {n} : Tracer des pistes", size_pt=14.0, bold=True, page=n),
        )
    ]
    assert outline(read(*BODY, *blocks)) == [
        "enjeu 1 | Mobilité",
        "  os 1 | Tracer des pistes",
        "enjeu 2 | Énergie",
        "  os 2 | Tracer des pistes",
    ]


def test_numbers_that_extend_a_labelled_one_stand_under_it() -> None:
    blocks = []
    for n in (1, 2):
        blocks += [para(f"OS {n} – Une commune sobre {n}", size_pt=14.0, page=n)]
        for m in (1, 2):
            blocks += [para(f"OO {n}.{m} – Isoler les écoles", size_pt=14.0, page=n)]
            blocks += [para(f"{n}.{m}.{k} Poser des vitrages {k}", size_pt=18.0, bold=True, page=n) for k in (1, 2)]
    found = outline(read(*BODY, *blocks))
    assert found[:4] == [
        "os 1 | Une commune sobre 1",
        "  oo 1.1 | Isoler les écoles",
        "    action 1.1.1 | Poser des vitrages 1",
        "    action 1.1.2 | Poser des vitrages 2",
    ]


def test_numbered_chapters_that_only_name_what_they_hold_are_no_elements() -> None:
    found = read(
        para("1. Les objectifs", size_pt=20.0, bold=True),
        para("OS1 : Une commune sobre", size_pt=BODY_SIZE_PT, bold=True),
        para("OO1.1 : Isoler les écoles", bold=True),
        para("2. Les actions par service", size_pt=20.0, bold=True),
        para("Action 1.1.1 : Poser des vitrages"),
    )
    assert not [line for line in outline(found) if "objectifs" in line or "par service" in line]


def test_parents_named_inside_of_each_sheet_are_its_parents() -> None:
    sheets = [
        ("1", "Tracer des pistes", "OO1.1 Rouler", "En cours"),
        ("2", "Poser des arceaux", "OO1.1 Rouler", "Terminé"),
        ("3", "Isoler les écoles", "OO1.2 Épargner", "En cours"),
    ]
    blocks = [
        block
        for page, (code, title, parent, status) in enumerate(sheets, 2)
        for block in (
            para(f"Fiche F0{code}", page=page),
            para(title, size_pt=16.0, bold=True, page=page),
            para("Rattachement", bold=True, page=page),
            para("Objectif stratégique : OS1 Une commune sobre", page=page),
            para(f"Objectif opérationnel : {parent}", page=page),
            para("État d'avancement", bold=True, page=page),
            para(status, page=page),
        )
    ]
    found = read(PLAN, *BODY, *blocks)
    assert [line for line in outline(found) if "action" in line or " oo " in line] == [
        "  oo 1.1 | Rouler",
        "    action 01 | Tracer des pistes",
        "  oo 1.1 | Rouler",
        "    action 02 | Poser des arceaux",
        "  oo 1.2 | Épargner",
        "    action 03 | Isoler les écoles",
    ]
    assert said(found, "Isoler les écoles") == [("status", "En cours")]


def test_a_code_in_brackets_after_a_title_is_its_code() -> None:
    found = read(
        para("Objectif stratégique : Une commune sobre (OS.1)", outline=1),
        para("Objectif opérationnel : Isoler les écoles (OO.2)", outline=2),
        para("Action : Poser des vitrages (phase 1)", outline=3),
    )
    assert outline(found) == [
        "os 1 | Une commune sobre",
        "  oo 2 | Isoler les écoles",
        "    action | Poser des vitrages (phase 1)",
    ]


def test_labels_of_one_level_in_brackets_after_titles_are_theirs_when_they_count_from_one() -> None:
    def read_axes(codes: str) -> list[str]:
        blocks = []
        for code, title in zip(codes, ("VIVRE AU VILLAGE", "SE DÉPLACER", "SE LOGER", "APPRENDRE"), strict=True):
            blocks += [para(f"{title} (Ambition {code})", size_pt=16.0, bold=True), para("Actions", bold=True)]
            blocks += [item(f"Planter {code} tilleuls"), item(f"Peindre {code} bancs")]
        return outline(read(*blocks))

    assert read_axes("1234")[::3] == [
        "enjeu 1 | VIVRE AU VILLAGE",
        "enjeu 2 | SE DÉPLACER",
        "enjeu 3 | SE LOGER",
        "enjeu 4 | APPRENDRE",
    ]
    assert not [line for line in read_axes("2113") if line.startswith("enjeu 2 ")]


def test_a_plan_may_print_its_missions_first() -> None:
    found = read(
        PLAN,
        para("Nos missions", size_pt=18.0, bold=True),
        item("Aider chacun"),
        *[
            para(text, size_pt=size_pt, bold=True)
            for text, size_pt in (
                ("1. Une commune sobre", 18.0),
                ("1.1. Isoler les écoles", 15.0),
                ("1.1.1. Poser des vitrages", 12.0),
                ("1.1.2. Isoler les toits", 12.0),
                ("2. Une commune solidaire", 18.0),
                ("2.1. Aider les familles", 15.0),
                ("2.1.1. Ouvrir une épicerie", 12.0),
                ("2.1.2. Former les bénévoles", 12.0),
            )
        ],
    )
    assert [line for line in outline(found) if "2" in line.split("|")[0]] == [
        "    action 1.1.2 | Isoler les toits",
        "os 2 | Une commune solidaire",
        "  oo 2.1 | Aider les familles",
        "    action 2.1.1 | Ouvrir une épicerie",
        "    action 2.1.2 | Former les bénévoles",
    ]


def test_an_assessment_before_the_plan_is_no_constat_of_it() -> None:
    found = read(
        para("État des lieux", size_pt=18.0, bold=True),
        item("La commune compte quatre écoles"),
        para("OS 1 : Une commune sobre", outline=1),
        para("OO 1 : Isoler les écoles", outline=2),
    )
    assert outline(found) == ["os 1 | Une commune sobre", "  oo 1 | Isoler les écoles"]


def test_two_columns_headed_by_their_levels_are_read_row_by_row() -> None:
    def left(text: str, y_pt: float, *, bold: bool = True) -> Block:
        return at(para(text, page=2, y_pt=y_pt, bold=bold), 50.0, 200.0)

    def right(text: str, y_pt: float) -> Block:
        return at(para(text, page=2, y_pt=y_pt), 250.0, 500.0)

    found = read(
        *BODY,
        para("Objectif stratégique 1 : Une commune sobre", size_pt=18.0, bold=True, page=2, y_pt=40.0),
        left("Nos objectifs opérationnels", 80.0),
        left("Isoler les écoles", 100.0),
        left("Économiser l'eau", 200.0),
        at(para("Nos actions", page=2, y_pt=80.0, bold=True), 250.0, 500.0),
        right("\u2022 Poser des vitrages", 101.0),
        right("\u2022 Isoler les toits", 130.0),
        right("\u2022 Placer des citernes", 201.0),
    )
    assert outline(found) == [
        "os 1 | Une commune sobre",
        "  oo | Isoler les écoles",
        "    action | Poser des vitrages",
        "    action | Isoler les toits",
        "  oo | Économiser l'eau",
        "    action | Placer des citernes",
    ]


def test_letters_number_all_three_levels() -> None:
    blocks = []
    for letter, theme in zip("ABC", ("Une commune sportive", "Une commune verte", "Une commune sûre"), strict=True):
        blocks += [para(f"{letter}. {theme}", size_pt=18.0, bold=True)]
        for n in (1, 2):
            blocks += [para(f"{letter}.{n} — Rénover les lieux {n}", size_pt=13.0, bold=True)]
            blocks += [para(f"{letter}.{n}.{k} Poser un banc {k} 35 %") for k in (1, 2)]
    found = read(PLAN, *blocks)
    assert outline(found)[:4] == [
        "os A | Une commune sportive",
        "  oo 1 | Rénover les lieux 1",
        "    action 1.1 | Poser un banc 1",
        "    action 1.2 | Poser un banc 2",
    ]
    assert {tuple(said(found, f"Poser un banc {k}")) for k in (1, 2)} == {(("progress", "35 %"),)}


def test_a_sentence_that_lists_actions_is_cut_into_them() -> None:
    found = read(
        para("OS 1 : Une commune sûre", outline=1),
        para("OO 1 : Préparer la gestion de crise", outline=2),
        para("Actions : exercer le comité de crise ; équiper le centre de repli ; former les agents."),
    )
    assert outline(found) == [
        "os 1 | Une commune sûre",
        "  oo 1 | Préparer la gestion de crise",
        "    action | exercer le comité de crise",
        "    action | équiper le centre de repli",
        "    action | former les agents",
    ]


def test_the_two_volets_are_known_without_the_word() -> None:
    found = read(
        para("I. Administration générale", outline=1),
        para("A. Une administration accueillante", outline=2),
        para("1) Ouvrir un guichet", outline=3),
        para("II. Développement des politiques", outline=1),
        para("A. Une commune sobre", outline=2),
        para("1) Isoler les écoles", outline=3),
        PLAN,
    )
    assert [line for line in outline(found) if not line.startswith(" ")] == [
        "volet I | Administration générale",
        "volet II | Développement des politiques",
    ]


def test_quotations_between_levels_are_no_level() -> None:
    blocks = []
    for n, quote in enumerate(("« On m'a écoutée. »", "« J'ai repris confiance. »", "« Ici, on vit. »"), 1):
        blocks += [para(f"Axe {n} : Aider chacun {n}", size_pt=20.0, bold=True), para(quote, size_pt=14.0)]
        blocks += [para(f"Objectif opérationnel : Ouvrir un lieu {n}", bold=True), item(f"Louer une salle {n}")]
    assert not [line for line in outline(read(*BODY, *blocks)) if "«" in line]


def test_a_chapter_in_larger_type_does_not_swallow_the_plan() -> None:
    blocks = [para("Méthodologie", size_pt=22.0, bold=True), para("Trois ateliers ont eu lieu.")]
    for n, title in enumerate(("Une commune sobre", "Une commune sûre"), 1):
        blocks += [para(f"Objectif stratégique {n} : {title}", size_pt=17.0, bold=True)]
        blocks += [para(f"Objectif opérationnel {n}.1 : Isoler les écoles {n}", size_pt=14.0, bold=True), item("Louer")]
    assert [line for line in outline(read(*BODY, *blocks)) if line.startswith("os")] == [
        "os 1 | Une commune sobre",
        "os 2 | Une commune sûre",
    ]


def test_a_chapter_number_in_front_of_a_label_is_not_its_number() -> None:
    found = read(
        para("3. Objectifs de la mandature", outline=1),
        para("3.1. Objectif stratégique 1 : Une commune sobre", outline=2),
        para("3.1.1. Objectif opérationnel 1.1 : Isoler les écoles", outline=3),
        item("Poser des vitrages"),
    )
    assert outline(found) == [
        "os 1 | Une commune sobre",
        "  oo 1.1 | Isoler les écoles",
        "    action | Poser des vitrages",
    ]


def test_a_label_over_its_title_keeps_it_although_another_heading_stands_beside() -> None:
    blocks = []
    for page, (pillar, goal) in enumerate((("Mobilité", "Rouler"), ("Énergie", "Isoler"), ("Culture", "Lire")), 1):
        blocks += [
            at(para(f"PILIER {page}", page=page, y_pt=60.0, box=page), 40.0, 120.0),
            at(para(pillar, size_pt=20.0, bold=True, page=page, y_pt=74.0, box=page), 40.0, 150.0),
            at(para(f"{goal} mieux", size_pt=14.0, bold=True, page=page, y_pt=60.0), 200.0, 400.0),
            item(f"{goal} ensemble"),
            item(f"{goal} souvent"),
        ]
    assert [line for line in outline(read(PLAN, *BODY, *blocks)) if line.startswith("enjeu")] == [
        "enjeu 1 | Mobilité",
        "enjeu 2 | Énergie",
        "enjeu 3 | Culture",
    ]


def test_a_plan_that_is_an_annex_is_read() -> None:
    found = read(
        para("Annexe à la délibération du Conseil"),
        PLAN,
        para("1. Une commune sobre", size_pt=18.0, bold=True),
        para("1.1. Isoler les écoles", size_pt=15.0, bold=True),
        para("1.1.1. Poser des vitrages"),
        para("1.1.2. Isoler les toits"),
        para("2. Une commune sûre", size_pt=18.0, bold=True),
        para("2.1. Former les agents", size_pt=15.0, bold=True),
        para("2.1.1. Ouvrir une cellule"),
    )
    assert [line for line in outline(found) if not line.startswith(" ")] == [
        "os 1 | Une commune sobre",
        "os 2 | Une commune sûre",
    ]


def test_items_of_two_levels_under_objectives_are_objectives_and_actions() -> None:
    blocks = []
    for n, title in enumerate(("Une commune sobre", "Une commune sûre"), 1):
        blocks += [para(f"Objectif stratégique {n} : {title}", outline=1), item(f"Isoler les écoles {n}")]
        blocks += [item(f"Poser des vitrages {n}", depth=1), item(f"Isoler les toits {n}", depth=1)]
    assert outline(read(*blocks))[:4] == [
        "os 1 | Une commune sobre",
        "  oo | Isoler les écoles 1",
        "    action | Poser des vitrages 1",
        "    action | Isoler les toits 1",
    ]


def test_a_title_broken_off_goes_on_although_the_next_line_begins_with_a_capital() -> None:
    found = read(
        para("OS 1 : Une commune sobre (avec l'aide de la", outline=1),
        para("Wallonie et de la Province)", outline=1),
        para("OO 1 : Isoler les écoles", outline=2),
    )
    assert outline(found)[0] == "os 1 | Une commune sobre (avec l'aide de la Wallonie et de la Province)"


def test_elements_listed_elsewhere_stand_under_the_one_whose_number_theirs_extends() -> None:
    found = read(
        para("OS1 : Une commune sobre", bold=True),
        para("OO1.1 : Isoler les écoles", bold=True),
        para("OO1.2 : Épargner l'eau", bold=True),
        para("Conclusion", size_pt=20.0, bold=True),
        table(["N°", "Action"], ["1.2.1", "Placer des citernes"], ["1.1.1", "Poser des vitrages"], header=1),
    )
    titles, parents = values(found, "title"), values(found, "parent")
    above = {titles[mention]: titles.get(parents[mention], "") for mention in titles}
    assert above["Placer des citernes"] == "Épargner l'eau"
    assert above["Poser des vitrages"] == "Isoler les écoles"


def test_codes_with_dashes_or_slashes_are_codes_as_printed_where_they_follow_each_other() -> None:
    blocks = []
    for n in (1, 2):
        blocks += [para(f"OS {n} – Une commune sobre {n}", bold=True, size_pt=16.0)]
        for m in (1, 2):
            blocks += [para(f"OO {n}-{m} – Isoler les écoles {m}", bold=True)]
            blocks += [para(f"{n}-{m}-{k} – Poser des vitrages {k}") for k in (1, 2)]
    assert outline(read(*blocks))[:4] == [
        "os 1 | Une commune sobre 1",
        "  oo 1-1 | Isoler les écoles 1",
        "    action 1-1-1 | Poser des vitrages 1",
        "    action 1-1-2 | Poser des vitrages 2",
    ]


def test_a_document_without_any_plan_is_read_again_with_its_chapters_open_and_its_layout_says_so() -> None:
    read_document = document(
        PLAN,
        para("Mode d'emploi", size_pt=18.0, bold=True),
        para("1. Une commune sobre", size_pt=14.0, bold=True),
        para("1.1. Isoler les écoles", size_pt=13.0, bold=True),
        para("1.1.1. Poser des vitrages"),
        para("2. Une commune sûre", size_pt=14.0, bold=True),
        para("2.1. Former les agents", size_pt=13.0, bold=True),
        para("2.1.1. Ouvrir une cellule"),
    )
    found = extract(read_document)
    assert [line for line in outline(found) if not line.startswith(" ")] == [
        "os 1 | Une commune sobre",
        "os 2 | Une commune sûre",
    ]
    assert [rule.becomes for rule in found.layout.rules if rule.kind == "section legend"] == ["text"]
    again = extract(read_document, layout_from_toml(layout_to_toml(found.layout)))
    assert again.statements == found.statements


def test_labels_without_numbers_over_their_titles_are_those_of_the_titles() -> None:
    found = read(
        para("Cadre légal"),
        para("Vu le Code de la démocratie locale et de la décentralisation ;"),
        para("Objectif stratégique"),
        para("PRÉVENIR PLUTÔT QUE GUÉRIR"),
        para("DANS TOUS LES QUARTIERS"),
        para("Objectif opérationnel"),
        para("Créer des logements de transit"),
        para("Action : Acheter deux maisons"),
        para("Objectif stratégique"),
        para("ALLER VERS LES PERSONNES"),
        para("Objectif opérationnel"),
        para("Ouvrir une permanence"),
        para("Action : Former les agents"),
    )
    assert outline(found) == [
        "os | PRÉVENIR PLUTÔT QUE GUÉRIR DANS TOUS LES QUARTIERS",
        "  oo | Créer des logements de transit",
        "    action | Acheter deux maisons",
        "os | ALLER VERS LES PERSONNES",
        "  oo | Ouvrir une permanence",
        "    action | Former les agents",
    ]
    assert fates(found)["DANS TOUS LES QUARTIERS"] == "element"


def test_parents_without_numbers_below_actions_are_no_heads_of_what_follows() -> None:
    sheets = [
        block
        for title, parent in (("Tailler les haies", "Soigner le vert"), ("Semer un pré", "Planter plus"))
        for block in (para(f"Action : {title}", bold=True), para("Objectif opérationnel"), para(parent))
    ]
    assert [line for line in outline(read(PLAN, *BODY, *sheets)) if "oo |" in line] == []


def test_a_large_number_over_its_own_label_says_nothing_more() -> None:
    def opening(number: int, title: str, page: int) -> list[Block]:
        return [
            at(para(str(number), size_pt=60.0, page=page, y_pt=40.0), 50.0, 90.0),
            at(para(f"ENJEU {number}", size_pt=8.0, page=page, y_pt=110.0), 50.0, 90.0),
            at(para(title, size_pt=20.0, bold=True, page=page, y_pt=130.0), 50.0, 200.0),
            at(para("Une introduction au niveau du grand nombre.", page=page, y_pt=64.0), 260.0, 500.0),
            at(para(f"OS {number}. Un objectif", size_pt=14.0, page=page, y_pt=200.0), 260.0, 500.0),
        ]

    found = read(PLAN, *BODY, *opening(1, "Se soigner", 2), *opening(2, "Se former", 3), *opening(3, "Agir", 4))
    assert outline(found) == [
        "enjeu 1 | Se soigner",
        "  os 1 | Un objectif",
        "enjeu 2 | Se former",
        "  os 2 | Un objectif",
        "enjeu 3 | Agir",
        "  os 3 | Un objectif",
    ]


def test_a_counted_word_over_titles_is_no_running_header() -> None:
    blocks: list[Block] = [replace(PLAN, position=replace(PLAN.position, page_number=1))]
    for number, title in enumerate(("Une ville qui bouge", "Une ville qui soigne", "Une ville qui forme"), 1):
        page = number + 1
        blocks += [
            para(f"Chantier {number}", page=page, y_pt=30.0, color="ffffff"),
            para(title, size_pt=20.0, bold=True, page=page, y_pt=44.0),
            para(f"Objectif opérationnel {number}.1 : Un objectif", bold=True, page=page, y_pt=120.0),
            *(replace(item(f"Ouvrir {place}"), position=PLAN.position) for place in ("la salle", "le parc")),
        ]
    assert outline(read(*blocks, pages=4))[:5] == [
        "os 1 | Une ville qui bouge",
        "  oo 1.1 | Un objectif",
        "    action | Ouvrir la salle",
        "    action | Ouvrir le parc",
        "os 2 | Une ville qui soigne",
    ]


def test_a_word_over_titles_whose_number_stands_in_a_tile_beside_it_is_counted() -> None:
    blocks: list[Block] = [replace(PLAN, position=replace(PLAN.position, page_number=1))]
    for number, title in enumerate(("Une ville qui bouge", "Une ville qui soigne", "Une ville qui forme"), 1):
        page = number + 1
        label = at(para("CHANTIER", bold=True, color="f28c28", page=page, y_pt=30.0), 40.0, 130.0)
        blocks += [
            replace(label, marker=str(number), marker_kind=Marker.NUMBER),
            at(para(title, size_pt=14.0, bold=True, page=page, y_pt=44.0), 82.0, 300.0),
            para(f"Objectif opérationnel {number}.1 : Un objectif", bold=True, page=page, y_pt=120.0),
            *(replace(item(f"Ouvrir {place}"), position=PLAN.position) for place in ("la salle", "le parc")),
        ]
    assert outline(read(*blocks, pages=4))[::4] == [
        "os 1 | Une ville qui bouge",
        "os 2 | Une ville qui soigne",
        "os 3 | Une ville qui forme",
    ]


def test_numbers_on_tags_over_the_titles_of_cards_are_their_codes_in_any_order() -> None:
    def card(number: int, title: str, votes: int, y_pt: float) -> list[Block]:
        return [
            at(para(f"Idée n° {number}", page=1, y_pt=y_pt), 56.0, 90.0),
            at(para(f"{votes} votes", page=1, y_pt=y_pt), 220.0, 270.0),
            para(title, size_pt=15.0, bold=True, page=1, y_pt=y_pt + 18.0),
            para("Porteur : Comité de quartier", page=1, y_pt=y_pt + 34.0),
            para("Échéance : 2028", page=1, y_pt=y_pt + 48.0),
        ]

    found = read(
        para("Programme stratégique transversal", size_pt=24.0, page=1, y_pt=20.0),
        para("Axe 1 : Un quartier vert", size_pt=20.0, page=1, y_pt=50.0),
        *card(12, "Planter un verger", 147, 100.0),
        *card(31, "Fleurir les murs", 96, 200.0),
        para("Axe 2 : Un quartier calme", size_pt=20.0, page=1, y_pt=290.0),
        *card(4, "Ralentir la rue", 203, 320.0),
        *card(18, "Peindre un passage", 88, 420.0),
        pages=1,
    )
    assert outline(found) == [
        "enjeu 1 | Un quartier vert",
        "  action 12 | Planter un verger",
        "  action 31 | Fleurir les murs",
        "enjeu 2 | Un quartier calme",
        "  action 4 | Ralentir la rue",
        "  action 18 | Peindre un passage",
    ]
    assert said(found, "Ralentir la rue") == [
        *(("porteur", "Comité de quartier"), ("end", "2028"), ("description", "203 votes")),
    ]


@pytest.mark.parametrize("numbers", [("1", "2", "3"), ("1", "3", "4")], ids=["counted", "other"])
def test_large_numbers_over_titles_are_theirs_where_they_count_on(numbers: tuple[str, ...]) -> None:
    blocks = []
    for page, (number, title) in enumerate(zip(numbers, ("Le soin", "La forêt", "Le musée"), strict=True), 1):
        blocks += [
            at(para(number, size_pt=28.0, bold=True, page=page, y_pt=50.0), 60.0, 80.0),
            at(para(title, size_pt=17.0, bold=True, page=page, y_pt=85.0), 50.0, 300.0),
            at(para(f"Levier : Agir {number} fois", size_pt=13.0, bold=True, page=page, y_pt=130.0), 50.0, 300.0),
            item(f"Compter jusqu'à {number}"),
        ]
    found = outline(read(PLAN, *BODY, *blocks))
    assert ("os 1 | Le soin" in found and "os 3 | Le musée" in found) is (numbers == ("1", "2", "3"))
