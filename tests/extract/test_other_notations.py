"""Notations that a stranger's plan may use: half labels, trails of parents, boards by status, values without labels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extract.documents import cell, codes, fates, item, outline, para, read, said, table, values

from pipeline.extract.bare import read_bare_values, split_bare_bracket
from pipeline.model import Block, Extraction, Level, Role, Style
from pipeline.vocabulary import match_level

HEADED = 14.0


def led(lead: str, rest: str) -> Block:
    """A paragraph that begins with a bold label, without a colon."""
    return Block(f"{lead} {rest}", Style(size_pt=11.0), lead=lead)


def parents_of(extraction: Extraction) -> dict[str, str]:
    """The title of the parent of each element that has one, by its own."""
    titles, parents = values(extraction, "title"), values(extraction, "parent")
    return {title: titles[parents[mention]] for mention, title in titles.items() if parents.get(mention)}


def test_half_a_label_in_a_heading_names_an_objective_where_no_whole_one_does() -> None:
    found = read(
        para("Axe 1 : Vivre au village", outline=1),
        para("Objectif 1.1 : Fleurir les places", size_pt=HEADED, bold=True),
        para("Action 1.1.1 : Planter des tilleuls"),
        para("Objectif 1.2 : Animer les soirées", size_pt=HEADED, bold=True),
        para("Action 1.2.1 : Ouvrir un kiosque"),
    )
    assert outline(found) == [
        "enjeu 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action 1.1.1 | Planter des tilleuls",
        "  oo 1.2 | Animer les soirées",
        "    action 1.2.1 | Ouvrir un kiosque",
    ]


def test_the_same_word_below_an_action_is_no_objective() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        para("Objectif : rafraîchir la place", bold=True),
        para("Action 2 : Ouvrir un kiosque", outline=2),
        para("Objectif : animer les soirées", bold=True),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  action 1 | Planter des tilleuls",
        "  action 2 | Ouvrir un kiosque",
    ]


def test_a_trail_of_parents_over_each_sheet_gives_the_parents() -> None:
    found = read(
        para("1. Vivre au village > 1.1 Fleurir les places"),
        para("Action 1 – Planter des tilleuls", size_pt=16.0, bold=True),
        para("1. Vivre au village > 1.2 Animer les soirées"),
        para("Action 2 – Ouvrir un kiosque", size_pt=16.0, bold=True),
        para("2. Bien grandir > 2.1 Ouvrir les écoles"),
        para("Action 3 – Prolonger la garderie", size_pt=16.0, bold=True),
        para("2. Bien grandir > 2.2 Aider les jeunes"),
        para("Action 4 – Créer un local", size_pt=16.0, bold=True),
    )
    titles, parents = values(found, "title"), values(found, "parent")
    above = {titles[mention]: titles.get(parents[mention], "") for mention in titles}
    assert above["Planter des tilleuls"] == "Fleurir les places"
    assert above["Ouvrir un kiosque"] == "Animer les soirées"
    assert above["Animer les soirées"] == "Vivre au village"


SHEETS = (
    ("1", "Vivre au village", "1.1", "Fleurir les places", "Planter des tilleuls"),
    ("1", "Vivre au village", "1.1", "Fleurir les places", "Poser des bacs"),
    ("1", "Vivre au village", "1.2", "Animer les soirées", "Ouvrir un kiosque"),
    ("2", "Rouler autrement", "2.1", "Tracer des pistes", "Peindre les bandes"),
)
PARENTS = {
    "Planter des tilleuls": "Fleurir les places",
    "Poser des bacs": "Fleurir les places",
    "Ouvrir un kiosque": "Animer les soirées",
    "Peindre les bandes": "Tracer des pistes",
    "Fleurir les places": "Vivre au village",
    "Animer les soirées": "Vivre au village",
    "Tracer des pistes": "Rouler autrement",
}


@pytest.mark.parametrize("mark", [">", "/", "|", "\u203a", "\u2192", "\u25b8"])
@pytest.mark.parametrize(
    "trail",
    [
        "PST 2024-2030 > OS {0} {1} > OO {2} {3}",
        "Commune de Valmont > PST > OS {0} : {1} > OO {2} : {3}",
        "Rattachement : OS {0} {1} > OO {2} {3}",
        "PST > OS {0} {1} > OO {2} {3} > {4}",
    ],
)
def test_what_all_trails_begin_with_is_no_parent(trail: str, mark: str) -> None:
    blocks = []
    for sheet in SHEETS:
        blocks += [para(line, size_pt=8.0) for line in trail.replace(">", mark).format(*sheet).split("\n")]
        blocks += [para(f"Action : {sheet[4]}", size_pt=16.0, bold=True), para("Échéance : 2027")]
    found = read(*blocks)
    assert parents_of(found) == PARENTS


@pytest.mark.parametrize("trail", ["PST > OS {0} {1} >\nOO {2} {3}", "PST > OS {0} {1}\n> OO {2} {3}"])
def test_a_trail_that_breaks_at_a_mark_is_one(trail: str) -> None:
    blocks = []
    for sheet in SHEETS:
        blocks += [para(line, size_pt=8.0) for line in trail.format(*sheet).split("\n")]
        blocks += [para(f"Action : {sheet[4]}", size_pt=16.0, bold=True), para("Échéance : 2027")]
    assert parents_of(read(*blocks)) == PARENTS


def test_trails_of_titles_alone_name_the_parents_below_the_plan() -> None:
    blocks = [para("Programme stratégique transversal", size_pt=20.0, bold=True)]
    for _, first, _, second, title in SHEETS:
        blocks += [para(f"Accueil \u203a PST 2024-2030 \u203a {first} \u203a {second}", size_pt=8.0)]
        blocks += [para(title, size_pt=16.0, bold=True), para("Échéance : 2027")]
    assert parents_of(read(*blocks)) == PARENTS


def test_titles_that_slashes_or_quotations_part_are_no_trails() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Relier commune / CPAS", outline=2),
        para("Action 2 : Lancer « Au jardin »", outline=2),
        para("1. Cultiver / 2. Récolter"),
        para("3. Cuisiner / 4. Partager"),
    )
    assert outline(found)[:3] == [
        "os 1 | Vivre au village",
        "  action 1 | Relier commune / CPAS",
        "  action 2 | Lancer « Au jardin »",
    ]


def test_labels_in_bold_without_a_colon_give_fields() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        led("Service", "Espaces verts"),
        led("Échéance", "juin 2028"),
        para("Action 2 : Poser des bacs", outline=2),
        led("Service", "Travaux"),
        led("Échéance", "2029"),
    )
    assert said(found, "Planter des tilleuls") == [("service", "Espaces verts"), ("end", "juin 2028")]
    assert said(found, "Poser des bacs") == [("service", "Travaux"), ("end", "2029")]


def test_the_only_label_of_all_sheets_in_bold_without_a_colon_gives_its_field() -> None:
    titles = ("Planter des tilleuls", "Poser des bacs", "Tailler les haies")
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        *(
            block
            for n, title in enumerate(titles, 1)
            for block in (para(f"Action {n} : {title}", outline=2), led("Fin", f"{2026 + n}"))
        ),
    )
    assert [said(found, title) for title in titles] == [[("end", "2027")], [("end", "2028")], [("end", "2029")]]


def test_one_bold_word_in_a_text_is_emphasis() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        led("Budget", "Le collège en décidera au printemps."),
    )
    assert ("budget", "Le collège en décidera au printemps.") not in said(found, "Planter des tilleuls")


def test_status_words_over_columns_give_the_status_of_the_actions_below() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        para("Réalisé", bold=True),
        item("Planter des tilleuls"),
        para("En cours", bold=True),
        item("Poser des bacs"),
        item("Tailler les haies"),
    )
    assert said(found, "Planter des tilleuls") == [("status", "Réalisé")]
    assert said(found, "Poser des bacs") == [("status", "En cours")]
    assert said(found, "Tailler les haies") == [("status", "En cours")]


def test_a_status_below_each_action_is_that_of_the_action() -> None:
    found = read(
        para("OO 1.1 : Fleurir les places", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        para("Réalisé"),
        para("Action 2 : Poser des bacs", outline=2),
        para("En cours"),
    )
    assert said(found, "Planter des tilleuls") == [("status", "Réalisé")]
    assert said(found, "Poser des bacs") == [("status", "En cours")]


def test_a_word_for_a_status_before_a_date_is_the_label_of_an_end() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        para("Fin : août 2028"),
        para("Statut : à initier"),
        para("Action 2 : Poser des bacs", outline=2),
        para("Statut : Fin"),
    )
    assert said(found, "Planter des tilleuls") == [("end", "août 2028"), ("status", "à initier")]
    assert said(found, "Poser des bacs") == [("status", "Fin")]


def test_what_will_be_done_is_no_status() -> None:
    sentence = "Un cahier des charges sera rédigé par le service puis soumis au collège."
    found = read(
        para("OO 1.1 : Fleurir les places", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        para(sentence),
    )
    assert said(found, "Planter des tilleuls") == [("description", sentence)]


def test_a_column_of_codes_refers_to_the_objectives_above() -> None:
    found = read(
        para("OO 1.1 : Fleurir les places"),
        para("OO 1.2 : Animer les soirées"),
        table(
            ["N°", "Action", "OO", "Échéance"],
            ["A1", "Ouvrir un kiosque", "OO 1.2", "2027"],
            ["A2", "Planter des tilleuls", "OO 1.1", "2028"],
            bold_header=True,
        ),
    )
    assert outline(found) == [
        "oo 1.1 | Fleurir les places",
        "  action 2 | Planter des tilleuls",
        "oo 1.2 | Animer les soirées",
        "  action 1 | Ouvrir un kiosque",
    ]


def test_prefixes_in_a_column_of_codes_tell_the_levels() -> None:
    found = read(
        table(
            ["Réf.", "Objectif / action", "Échéance"],
            ["OS1", "Vivre au village", ""],
            ["OO1.1", "Fleurir les places", ""],
            ["A1.1.1", "Planter des tilleuls", "2028"],
            ["A1.1.2", "Poser des bacs", "2029"],
            bold_header=True,
        )
    )
    assert [line.split(" | ")[1] for line in outline(found)] == [
        "Vivre au village",
        "Fleurir les places",
        "Planter des tilleuls",
        "Poser des bacs",
    ]
    assert [len(line) - len(line.lstrip()) for line in outline(found)] == [0, 2, 4, 4]


def test_fields_merged_over_the_steps_of_an_action_belong_to_the_action() -> None:
    found = read(
        table(
            ["Action", "Étape", "Responsable"],
            [cell("Planter des tilleuls", 1, 0, rows=2), "Choisir les essences", cell("Jardinier", 1, 2, rows=2)],
            [None, "Creuser les fosses", None],
            ["Ouvrir un kiosque", "Trouver un lieu", "Animatrice"],
            bold_header=True,
        )
    )
    assert said(found, "Planter des tilleuls") == [("responsable", "Jardinier")]
    assert said(found, "Creuser les fosses") == []


def test_a_group_header_names_the_level_of_its_columns() -> None:
    found = read(
        table(
            [
                cell("Axe", 0, 0, columns=2),
                None,
                cell("Objectif", 0, 2, columns=2),
                None,
                cell("Projet", 0, 4, columns=2),
                None,
            ],
            ["N°", "Titre", "N°", "Titre", "N°", "Titre"],
            ["1", "Vivre au village", "1.1", "Fleurir les places", "1.1.1", "Planter des tilleuls"],
            ["1", "Vivre au village", "1.1", "Fleurir les places", "1.1.2", "Poser des bacs"],
            bold_header=True,
        )
    )
    assert outline(found) == [
        "enjeu 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action 1.1.1 | Planter des tilleuls",
        "    action 1.1.2 | Poser des bacs",
    ]


def test_roman_numerals_count() -> None:
    found = read(
        para("Note de politique stratégique"),
        para("I. Vivre au village", outline=1),
        para("I.1. Fleurir les places", outline=2),
        item("planter des tilleuls"),
        para("II. Bien grandir", outline=1),
        para("II.1. Ouvrir les écoles", outline=2),
        item("prolonger la garderie"),
        para("III. Bien vieillir", outline=1),
        para("III.1. Aider à domicile", outline=2),
        item("livrer les repas"),
    )
    assert [line for line in outline(found) if not line.startswith(" ")] == [
        "os I | Vivre au village",
        "os II | Bien grandir",
        "os III | Bien vieillir",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Service Travaux | juin 2028 | En cours",
            {"service": "Service Travaux", "end": "juin 2028", "status": "En cours"},
        ),
        ("Secrétariat – 2029", {"service": "Secrétariat", "end": "2029"}),
        ("Service Travaux", {}),
        ("Planter des tilleuls – 2029 – puis arroser", {}),
        ("2028 – 2029", {}),
    ],
)
def test_values_without_labels_are_told_apart_by_what_they_are(text: str, expected: dict[str, str]) -> None:
    assert dict(read_bare_values(text)) == expected


def test_a_part_of_a_title_before_a_date_in_brackets_is_no_value() -> None:
    assert read_bare_values("Salle des fêtes – 1re phase [fin 2027]") == []


def test_brackets_that_hold_no_values_stay_in_the_title() -> None:
    assert split_bare_bracket("Poser des bacs (place du Tilleul)") == ("Poser des bacs (place du Tilleul)", [])
    title, fields = split_bare_bracket("Poser des bacs [Service Travaux – juin 2028]")
    assert (title, dict(fields)) == ("Poser des bacs", {"service": "Service Travaux", "end": "juin 2028"})


def test_a_word_of_the_author_that_headings_count_is_their_label() -> None:
    plan = para("Le plan stratégique transversal de la commune compte deux objectifs stratégiques.")
    lines = [
        para("Chantier 1 | Fleurir les places", outline=1), item("Planter des tilleuls"), item("Poser des bacs"),
        para("Chantier 2 | Éclairer les rues", outline=1), item("Changer les ampoules"), item("Éteindre à minuit"),
    ]  # fmt: skip
    assert outline(read(plan, *lines)) == [
        "os 1 | Fleurir les places",
        "  action | Planter des tilleuls",
        "  action | Poser des bacs",
        "os 2 | Éclairer les rues",
        "  action | Changer les ampoules",
        "  action | Éteindre à minuit",
    ]
    apart = replace(lines[3], text="Chantier 4 | Éclairer les rues")
    assert outline(read(plan, *lines[:3], apart, *lines[4:]))[0] == "os | Chantier 1 | Fleurir les places"


def test_headings_that_begin_with_the_word_volet_are_volets() -> None:
    objectives = [
        [para(f"OS {n} : {title}", outline=2), para(f"OO {n}.1 : {title} mieux", outline=3), item(f"Aider à {title}")]
        for n, title in enumerate(("Loger", "Soigner"), 1)
    ]
    found = read(
        para("Volet Maison de repos", outline=1), *objectives[0], para("Volet supracommunal", outline=1), *objectives[1]
    )
    assert [line for line in outline(found) if not line.startswith("    ")] == [
        "volet | Volet Maison de repos",
        "  os 1 | Loger",
        "volet | Volet supracommunal",
        "  os 2 | Soigner",
    ]


def test_an_oo_numbered_by_the_roman_numeral_of_its_os_keeps_its_code() -> None:
    label = match_level("OO III.2 : Renforcer le contrôle interne")
    assert label is not None
    assert (label.level, label.code, label.rest) == (
        Level.OBJECTIF_OPERATIONNEL,
        "OOIII.2",
        "Renforcer le contrôle interne",
    )


def test_the_name_of_a_sheet_is_no_element_where_the_sheet_says_it_in_full() -> None:
    sheets = [
        block
        for n, title in enumerate(("Rouler", "Marcher"), 1)
        for block in (
            replace(para(f"Axe {n}"), role=Role.SHEET_NAME),
            table(
                (cell(f"Axe {n} : {title}", 0, 0, columns=2), None),
                ("Action", "Délai"),
                (f"Aider à {title}", "2027"),
                (f"Lire {n}", "2028"),
            ),
        )
    ]
    assert [line for line in outline(read(*sheets)) if line.startswith("enjeu")] == [
        "enjeu 1 | Rouler",
        "enjeu 2 | Marcher",
    ]


def test_a_closing_question_is_no_action() -> None:
    found = read(
        para("OO 1.1 : Fleurir les places", outline=1),
        item("Planter des tilleuls"),
        para("OO 1.2 : Éclairer les rues", outline=1),
        item("Changer les ampoules"),
        para("Merci de votre attention", outline=1),
        item("Questions ?"),
    )
    assert outline(found)[-2:] == ["oo 1.2 | Éclairer les rues", "  action | Changer les ampoules"]


def test_an_address_is_no_action() -> None:
    found = read(
        para("OO 1.1 : Fleurir les places", outline=1),
        item("Planter des tilleuls"),
        item("pst@commune.example"),
    )
    assert outline(found) == ["oo 1.1 | Fleurir les places", "  action | Planter des tilleuls"]
    assert fates(found)["\u2022 pst@commune.example"] == "unclassified"


def test_an_action_whose_code_disagrees_with_its_parent_is_trusted_less() -> None:
    found = read(
        para("OO 1.1 : Fleurir les places", outline=1),
        para("Action 1.1.1 : Planter des tilleuls", outline=2),
        para("Action 1.1.2 : Poser des bacs", outline=2),
        para("Action 1.1.3 : Tailler les haies", outline=2),
        para("Action 1.2.1 : Ouvrir un kiosque", outline=2),
    )
    trust = {s.original: s.confidence for s in found.statements if s.field == "title"}
    assert trust["Ouvrir un kiosque"] < 0.9 <= trust["Planter des tilleuls"]
    assert codes(found) == []


def test_dots_that_recognition_lost_in_a_code_are_told_by_the_codes_below() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("O0 12 : Animer les soirées", outline=2),
        para("Action 1.2.1 : Ouvrir un kiosque", outline=3),
        para("Action 1.2.2 : Prêter des chaises", outline=3),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.2 | Animer les soirées",
        "    action 1.2.1 | Ouvrir un kiosque",
        "    action 1.2.2 | Prêter des chaises",
    ]


def test_fields_in_brackets_that_wrap_after_a_separator_are_those_of_the_title() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Animer les soirées", outline=2),
        item("Ouvrir un kiosque (Service(s) : Culture ;"),
        para("Fin : juin 2028)"),
        item("Prêter des chaises (Partenaire(s) : écoles, ONE ; Fin :"),
        para("2027)"),
    )
    assert outline(found)[2:] == ["    action | Ouvrir un kiosque", "    action | Prêter des chaises"]
    assert said(found, "Ouvrir un kiosque") == [("service", "Culture"), ("end", "juin 2028")]
    assert said(found, "Prêter des chaises") == [("partenaire", "écoles, ONE"), ("end", "2027")]


@pytest.mark.parametrize("mark", ["", " –", " |", " :"])
@pytest.mark.parametrize("label", ["OS", "Objectif stratégique"])
def test_objectives_are_numbered_by_letters(label: str, mark: str) -> None:
    found = read(
        para(f"{label} A{mark} Vivre au village"),
        para("OO A.1 – Fleurir les places"),
        item("Planter des tilleuls"),
        para(f"{label} B{mark} Rouler autrement"),
        para("OO B.1 – Tracer des pistes"),
        item("Peindre les bandes"),
    )
    assert [line.split(" | ")[1] for line in outline(found) if line.startswith("os")] == [
        "Vivre au village",
        "Rouler autrement",
    ]
    assert [code[-1] for code in values(found, "code").values() if "." not in code] == ["A", "B"]


def test_a_letter_that_no_other_follows_is_a_word_of_the_line() -> None:
    found = read(
        para("OO 1 : Fleurir les places", outline=1),
        para("ACTION A MENER", bold=True),
        item("Planter des tilleuls"),
        para("OO 2 : Tracer des pistes", outline=1),
        para("ACTION A MENER", bold=True),
        item("Peindre les bandes"),
    )
    assert "MENER" not in values(found, "title").values()


def test_the_first_numeral_and_letters_like_a_one_are_told_by_their_neighbours() -> None:
    numerals = read(
        para("OS I – Vivre au village"),
        item("Planter des tilleuls"),
        para("OS II – Rouler"),
        item("Peindre les bandes"),
    )
    assert list(values(numerals, "code").values()) == ["OSI", "OSII"]
    scanned = read(
        para("OS I – Vivre au village"),
        item("Planter des tilleuls"),
        para("OS 2 – Rouler"),
        item("Peindre les bandes"),
    )
    assert list(values(scanned, "code").values()) == ["OS1", "OS2"]


def test_ambitions_before_the_first_objective_are_enjeux() -> None:
    found = read(
        para("Ambition : Vivre au village", outline=1),
        para("OS 1 : Fleurir les places", outline=2),
        item("Planter des tilleuls"),
        para("Ambition – Bouger", outline=1),
        para("OS 2 : Tracer des pistes", outline=2),
        item("Peindre les bandes"),
    )
    assert outline(found) == [
        "enjeu | Vivre au village",
        "  os 1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "enjeu | Bouger",
        "  os 2 | Tracer des pistes",
        "    action | Peindre les bandes",
    ]


def test_ambitions_below_an_objective_are_its_texts() -> None:
    found = read(
        para("OS 1 : Fleurir les places", outline=1),
        para("Ambition : Vivre au village"),
        para("OO 1.1 : Planter des arbres", outline=2),
        para("OS 2 : Tracer des pistes", outline=1),
        para("Ambition : Bouger"),
        para("OO 2.1 : Peindre les bandes", outline=2),
    )
    assert outline(found) == [
        "os 1 | Fleurir les places",
        "  ambition | Vivre au village",
        "  oo 1.1 | Planter des arbres",
        "os 2 | Tracer des pistes",
        "  ambition | Bouger",
        "  oo 2.1 | Peindre les bandes",
    ]


def test_codes_after_titles_name_the_levels_where_no_label_does() -> None:
    found = read(
        para("Vivre au village (OS.1)", bold=True),
        para("Fleurir les places [OO.2]", bold=True),
        para("Planter des tilleuls (A.3) Poser des bacs (2 x 2 m) (A.4)"),
        para("Rouler autrement (OS.5)", bold=True),
        para("Tracer des pistes (OO.6)", bold=True),
        para("Peindre les bandes (A.7)"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 2 | Fleurir les places",
        "    action 3 | Planter des tilleuls",
        "    action 4 | Poser des bacs (2 x 2 m)",
        "os 5 | Rouler autrement",
        "  oo 6 | Tracer des pistes",
        "    action 7 | Peindre les bandes",
    ]


def test_codes_after_titles_may_begin_again_at_one_below_each_parent() -> None:
    found = read(
        para("Vivre au village (Enjeu I)", bold=True, size_pt=HEADED),
        para("Fleurir les places (Objectif opérationnel 1)", bold=True),
        item("Planter des tilleuls (Action 1)"),
        item("Poser des bacs (Action 2)"),
        para("Rouler autrement (Enjeu II)", bold=True, size_pt=HEADED),
        para("Tracer des pistes (Objectif opérationnel 1)", bold=True),
        item("Peindre les bandes (Action 1)"),
    )
    assert outline(found) == [
        "enjeu I | Vivre au village",
        "  oo 1 | Fleurir les places",
        "    action 1 | Planter des tilleuls",
        "    action 2 | Poser des bacs",
        "enjeu II | Rouler autrement",
        "  oo 1 | Tracer des pistes",
        "    action 1 | Peindre les bandes",
    ]


def test_codes_after_titles_that_other_lines_begin_with_are_references() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        item("Planter des tilleuls (OS 2)"),
        item("Poser des bacs (OO 2.1)"),
        para("OS 2 : Rouler autrement", outline=1),
        para("OO 2.1 : Tracer des pistes", outline=2),
        item("Peindre les bandes (OS 1)"),
        item("Border les pistes (OO 1.1)"),
    )
    assert [line.split(" | ")[1] for line in outline(found) if "action" in line] == [
        "Planter des tilleuls",
        "Poser des bacs",
        "Peindre les bandes",
        "Border les pistes",
    ]


def test_labels_after_titles_that_do_not_count_on_are_references() -> None:
    found = read(
        para("1. Fleurir les places", outline=1),
        *[item(f"{title} (OS 2)") for title in ("Planter des tilleuls", "Poser des bacs", "Tailler les haies")],
        para("2. Tracer des pistes", outline=1),
        *[item(f"{title} (Enjeu 3)") for title in ("Peindre les bandes", "Border les pistes", "Poser des arceaux")],
        para("3. Animer les soirées", outline=1),
        *[item(f"{title} (OS 1)") for title in ("Ouvrir un kiosque", "Prêter des chaises", "Louer une scène")],
    )
    assert not [line for line in outline(found) if line.lstrip().startswith("enjeu")]


def test_a_word_that_begins_all_titles_of_one_look_is_their_label() -> None:
    found = read(
        para("OO 1 : Rénover les logements", outline=1),
        para("Projet Isoler les toitures", bold=True),
        para("Délai : 2027"),
        para("Projet Remplacer les chaudières", bold=True),
        para("Projet Poser des panneaux solaires"),
        para("Projet Former les concierges", bold=True),
        para("Délai : 2028"),
    )
    assert outline(found) == [
        "oo 1 | Rénover les logements",
        "  action | Isoler les toitures",
        "  action | Remplacer les chaudières",
        "  action | Poser des panneaux solaires",
        "  action | Former les concierges",
    ]


def test_a_word_that_begins_some_titles_only_is_part_of_them() -> None:
    found = read(
        para("OO 1 : Rénover les logements", outline=1),
        para("Actions :"),
        *[item(f"Projet {name}") for name in ("Isolation", "Chaudières", "Panneaux", "Concierges")],
        *[item(title) for title in ("Vendre une maison", "Louer un étage", "Peindre les volets")],
        para("OO 2 : Loger les familles", outline=1),
    )
    assert "  action | Projet Isolation" in outline(found)


def test_a_label_behind_a_field_without_a_value_begins_an_element() -> None:
    found = read(
        para("OO 1 : Rénover les logements", outline=1),
        para("Action : Isoler les toitures"),
        para("Priorité : Porteur : Action : Remplacer les chaudières"),
        para("Porteur : Chef de projet"),
        para("Action : Poser des panneaux"),
    )
    assert outline(found)[1:] == [
        "  action | Isoler les toitures",
        "  action | Remplacer les chaudières",
        "  action | Poser des panneaux",
    ]
    assert said(found, "Remplacer les chaudières") == [("porteur", "Chef de projet")]


def test_a_label_with_a_number_behind_a_field_is_a_reference() -> None:
    found = read(
        para("OO 1 : Rénover les logements", outline=1),
        para("Action : Isoler les toitures"),
        para("Action : Poser des panneaux"),
        para("Partenaire : Action 7 : Former les concierges"),
    )
    assert len(outline(found)) == 3


def test_one_label_in_bold_without_a_colon_gives_its_field_where_tables_print_it_beside_values() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        led("Priorité", "Haute"),
        para("Action 2 : Poser des bacs", outline=2),
        table(["Priorité", "Basse"], ["Échéance", "2029"]),
    )
    assert said(found, "Planter des tilleuls") == [("priority", "Haute")]


def test_labels_with_the_sign_for_no_value_take_nothing_of_what_follows() -> None:
    actions = ("Planter des tilleuls", "Poser des bacs", "Tailler les haies")
    fields = (para("Service : Voirie"), para("Début : -"), para("Priorité : -"))
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        *(block for title in actions for block in (item(title), *fields)),
    )
    assert [line.partition("| ")[2] for line in outline(found)[2:]] == list(actions)
    assert said(found, "Poser des bacs") == [("service", "Voirie")]


def test_a_bullet_left_of_a_label_without_value_is_the_next_item() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        para("Actions", bold=True),
        item("Planter des tilleuls"),
        para("Partenaires", indent_pt=18.0, bold=True),
        item("Poser des bacs"),
        para("Partenaires : Les écoles", indent_pt=18.0),
    )
    assert [line.partition("| ")[2] for line in outline(found)[2:]] == ["Planter des tilleuls", "Poser des bacs"]


def test_lettered_parts_of_a_report_are_no_elements_where_the_first_of_them_are_its_method_and_its_law() -> None:
    blocks = [para(f"{letter}. {name}", outline=1) for letter, name in (("A", "Cadre légal"), ("B", "Méthode"))]
    blocks += [para("C. Synthèse", outline=1), para("Le plan avance."), para("D. État des actions", outline=1)]
    for n in (1, 2):
        blocks += [para(f"Objectif stratégique {n} : Une commune sobre {n}", outline=2)]
        blocks += [para(f"Objectif opérationnel {n}.1 : Isoler les écoles {n}", outline=3)]
        blocks += [item("Poser des vitrages"), item("Changer les chaudières")]
    blocks += [para("E. Propositions du Collège", outline=1), para("Le Collège propose de poursuivre.")]
    roots = [line for line in outline(read(*blocks)) if line[0] not in " ["]
    assert roots == ["os 1 | Une commune sobre 1", "os 2 | Une commune sobre 2"]


def test_chapters_set_as_the_objectives_are_stand_beside_them() -> None:
    blocks = [para("Fondements de la démarche", size_pt=16.0, bold=True), para("Le Collège a consulté la population.")]
    for n in (1, 2):
        blocks += [para(f"OS {n}. Une commune sobre {n}", size_pt=16.0, bold=True)]
        blocks += [para(f"OO {n}.1. Isoler les écoles {n}", size_pt=13.0, bold=True)]
        blocks += [para(f"{n}.1.{k}. Poser des vitrages {k}") for k in (1, 2)]
    blocks += [para("Où trouver quoi", size_pt=16.0, bold=True)]
    for n in (1, 2):
        blocks += [para(part) for k in (1, 2) for part in (f"Poser des vitrages {k}", f"{n}.1.{k}")]
    roots = [line for line in outline(read(*blocks)) if line[0] not in " ["]
    assert roots == ["os 1 | Une commune sobre 1", "os 2 | Une commune sobre 2"]


def test_an_index_at_the_end_repeats_the_plan() -> None:
    blocks = []
    for n in (1, 2):
        blocks += [para(f"OS {n}. Une commune sobre {n}", size_pt=16.0, bold=True)]
        blocks += [para(f"OO {n}.1. Isoler les écoles {n}", size_pt=13.0, bold=True)]
        blocks += [para(f"{n}.1.{k}. Poser des vitrages de type {n}{k}") for k in (1, 2)]
    blocks += [para("Index des actions", size_pt=16.0, bold=True)]
    for n in (1, 2):
        blocks += [para(part) for k in (1, 2) for part in (f"Poser des vitrages de type {n}{k}", f"{n}.1.{k}")]
    found = [line for line in outline(read(*blocks)) if "[" not in line]
    assert len(found) == 8
    assert [line for line in found if line[0] != " "] == ["os 1 | Une commune sobre 1", "os 2 | Une commune sobre 2"]
