"""What a coordinator gets from text, Markdown, and what converters and OCR leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers.office_files import marked, texts

from pipeline.model import Document, Role, leaf_blocks
from pipeline.readers.text import decode_text, read_text


def read(text: str) -> Document:
    return read_text(text.encode(), "plan.md")


def test_headings_rules_and_paragraphs() -> None:
    document = read("# Avant-propos\n\n---\n\nChers citoyens,\n\n## Nos enjeux ##\n")
    assert [(b.style.outline_level, b.text) for b in document.blocks] == [
        (1, "Avant-propos"),
        (None, "Chers citoyens,"),
        (2, "Nos enjeux"),
    ]


def test_marks_of_weight_and_html_residue_are_taken_off() -> None:
    document = read("**Constat :** les _haies_ sont rares\n\n20<sup>22</sup><sub>24</sub> R&amp;D\\*\n\n**Tout**")
    assert texts(document) == ["Constat : les haies sont rares", "202224 R&D*", "Tout"]
    assert [(b.lead, b.style.bold) for b in document.blocks] == [("Constat :", False), ("", False), ("", True)]


def test_nested_lists_by_indent_and_the_bullet_printed_under_the_converters_dash() -> None:
    document = read("- a\n - b\n - c\n- ✓ d\n    * e\n\ntexte\n")
    assert marked(document) == ["- a", "- b", "- c", "✓ d", "* e", "texte"]
    assert [b.list_level for b in document.blocks] == [0, 1, 1, 0, 1, None]


def test_hard_breaks_join_the_lines_of_one_heading() -> None:
    document = read("# Programme  \nStratégique  \nTransversal\n\nFin\n")
    assert [(b.style.outline_level, b.text) for b in document.blocks] == [
        (1, "Programme Stratégique Transversal"),
        (None, "Fin"),
    ]


def test_wrapped_lines_are_joined_and_items_kept_apart() -> None:
    document = read(
        "un outil de gouvernance pour une gestion\ncommunale efficace\n"
        "OO1.1 : Améliorer les procédures\nOO1.2 : Optimiser\n1. Planter\n2. Arroser\nProvince de\nNamur\n"
    )
    assert texts(document) == [
        "un outil de gouvernance pour une gestion communale efficace",
        "OO1.1 : Améliorer les procédures",
        "OO1.2 : Optimiser",
        "1. Planter",
        "2. Arroser",
        "Province de Namur",
    ]


def test_title_cut_by_an_empty_line_is_rejoined() -> None:
    assert texts(read("OS3 : Être une administration\n\ntournée vers le citoyen\n\nDes mots\n\nen plus\n")) == [
        "OS3 : Être une administration tournée vers le citoyen",
        "Des mots",
        "en plus",
    ]


def test_labelled_lines_stay_apart() -> None:
    assert texts(read("Responsable : service Travaux\nÉchéance : 2027\n")) == [
        "Responsable : service Travaux",
        "Échéance : 2027",
    ]


def test_pipe_table_with_a_ruled_header() -> None:
    table = read("| Action | Qui |\n|---|:--:|\n| Bancs | Travaux<br>Parcs |\n").blocks[0].table
    assert table is not None
    assert (table.row_count, table.column_count, table.header_row_count) == (2, 2, 1)
    assert [c.text for c in table.cells] == ["Action", "Qui", "Bancs", "Travaux\nParcs"]


@pytest.mark.parametrize("rule", ["|:--|:-:|", "|-|-|", "| :- | -: |", ":--|--:"])
def test_the_rule_of_a_pipe_table_may_be_as_short_as_one_dash(rule: str) -> None:
    table = read(f"| Action | Qui |\n{rule}\n| Bancs | Travaux |\n").blocks[0].table
    assert table is not None
    assert (table.header_row_count, [c.text for c in table.cells]) == (1, ["Action", "Qui", "Bancs", "Travaux"])


def test_table_set_with_tabs() -> None:
    table = read("Action\tQui\nBancs\tTravaux\n\nfin").blocks[0].table
    assert table is not None
    assert (table.header_row_count, [c.text for c in table.cells]) == (0, ["Action", "Qui", "Bancs", "Travaux"])


def test_form_feed_starts_a_page() -> None:
    document = read("a\n\fb\n\f")
    assert [b.position.page_number for b in document.blocks] == [1, 2]
    assert document.page_count == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [("é".encode(), "é"), ("é".encode("cp1252"), "é"), ("é".encode("utf-16"), "é"), (b"\x00\x01", None)],
)
def test_text_is_decoded_and_bytes_that_are_no_text_are_not(data: bytes, expected: str | None) -> None:
    assert decode_text(data) == expected


@given(st.lists(st.sampled_from(["alpha", "Beta", "- gamma", "# Delta", "1. zeta", "", "a | b", "c\td"]), max_size=12))
def test_no_word_vanishes_whatever_the_layout(lines: list[str]) -> None:
    document = read("\n".join(lines))
    read_words = " ".join(b.text for b in leaf_blocks(document.blocks))
    for word in ("alpha", "Beta", "gamma", "Delta", "zeta"):
        assert read_words.count(word) == sum(word in line for line in lines)


def test_fields_under_each_other_with_hard_breaks_stay_apart() -> None:
    document = read("- Planter des haies\n    **Délai :**  06/2027  \n    **Pilote :**  Service Travaux  \n- Autre\n")
    assert texts(document) == ["Planter des haies", "Délai : 06/2027", "Pilote : Service Travaux", "Autre"]


def test_lines_that_run_through_the_pages_are_headers_and_footers() -> None:
    body = ("Haies", "Tilleuls", "Vergers")
    pages = [f"Commune – Plan\n\n{words} du village\n\n      {n}\n" for n, words in enumerate(body, 1)]
    blocks = read("\f".join(pages)).blocks
    assert [b.text for b in blocks if b.role is Role.HEADER] == ["Commune – Plan"] * 3
    assert [b.text for b in blocks if b.role is Role.FOOTER] == ["1", "2", "3"]
    assert [b.text for b in blocks if b.role is Role.BODY] == [f"{words} du village" for words in body]


def test_a_title_in_capitals_goes_on_however_short_its_line() -> None:
    document = read(
        "OS 2 ACCOMPAGNER LA TRANSITION\nAGRICOLE\n"
        "Cette orientation prolonge les engagements de la déclaration de politique du collège.\n"
    )
    assert texts(document)[0] == "OS 2 ACCOMPAGNER LA TRANSITION AGRICOLE"


def test_a_title_in_capitals_behind_a_number_goes_on_however_short_its_line() -> None:
    document = read(
        "02. ÊTRE UNE COMMUNE OÙ L'ON SE DÉPLACE\nSANS VOITURE\n02.01 Encourager le réemploi\n"
        "Cette orientation prolonge les engagements de la déclaration de politique du collège.\n"
    )
    assert texts(document)[:2] == [
        "02. ÊTRE UNE COMMUNE OÙ L'ON SE DÉPLACE SANS VOITURE",
        "02.01 Encourager le réemploi",
    ]


def test_a_sentence_below_a_long_title_is_no_part_of_it() -> None:
    title = "Objectif stratégique 1     Conserver le patrimoine des générations antérieures"
    sentence = "Les constats posés avec les services et les habitants montrent que la demande a évolué"
    document = read(f"{title}\n{sentence}\nvite.\n")
    assert texts(document)[0] == "Objectif stratégique 1 Conserver le patrimoine des générations antérieures"


def test_names_of_levels_with_a_colon_and_labels_before_a_bar_are_lines_of_their_own() -> None:
    assert texts(read("Étape : Visiter les lieux\nÉtape : Choisir un lieu\n")) == [
        "Étape : Visiter les lieux",
        "Étape : Choisir un lieu",
    ]
    assert texts(read("OO 1 | Rouler\nOO 2 | Habiter\n")) == ["OO 1 | Rouler", "OO 2 | Habiter"]


def test_a_bullet_on_a_line_of_its_own_is_that_of_the_text_below() -> None:
    blocks = read("•\n\nPlanter des haies\nPilote : Travaux\n\n•\n\nSemer des prés\n").blocks
    assert [b.text for b in blocks if b.marker] == ["Planter des haies", "Semer des prés"]


def test_the_name_of_a_level_is_a_line_of_its_own_and_never_runs_through_the_pages() -> None:
    titles = ("Former les travailleurs sociaux à l'accueil de toutes les souffrances", "Rouler", "Habiter")
    pages = [f"Objectif stratégique\n{title}\nObjectif opérationnel\nInformer : {title}\n" for title in titles]
    blocks = read("\f".join(pages)).blocks
    assert [b.text for b in blocks if b.role is Role.BODY] == [
        part
        for title in titles
        for part in ("Objectif stratégique", title, "Objectif opérationnel", f"Informer : {title}")
    ]


def test_a_wrapped_row_of_fields_is_one_line() -> None:
    row = "Pilote : Écopasseuse - Service : Travaux - Partenaires : Province, GAL du Val et Contrat - Fin : 2028"
    wrapped = row.replace(" Travaux", "\nTravaux").replace("GAL ", "GAL\n").replace(" 2028", "\n2028")
    long = "Un texte sur une seule ligne, " * 6
    assert texts(read(f"{long}\n\nAction : Planter\n{wrapped}\nAction : Semer\n"))[1:] == [
        "Action : Planter",
        row,
        "Action : Semer",
    ]


def test_bullets_printed_before_the_fields_of_the_item_above_stand_before_their_own_titles() -> None:
    document = read(
        "OO 1 : Verdir\n\n▪\n\nPlanter des haies\n\n▪\n\nService : Travaux\nDélai : 2027\nSemer des prairies\n\n▪\n\n"
        "Service : Parcs\n\fDélai : 2028\nTailler les arbres fruitiers du verger\nService : Travaux\n"
    )
    assert marked(document) == [
        "OO 1 : Verdir",
        "▪ Planter des haies",
        "Service : Travaux",
        "Délai : 2027",
        "▪ Semer des prairies",
        "Service : Parcs",
        "Délai : 2028",
        "▪ Tailler les arbres fruitiers du verger",
        "Service : Travaux",
    ]


def test_a_bullet_that_stands_before_fields_only_is_theirs() -> None:
    document = read("1. Planter des haies\n○\n\nService : Travaux\n\n○\n\nDélai : 2027\n\n2. Semer\n")
    assert marked(document) == ["1. Planter des haies", "○ Service : Travaux", "○ Délai : 2027", "2. Semer"]


def test_a_title_in_capitals_behind_a_label_without_a_number_goes_on() -> None:
    document = read("Axe stratégique : RENDRE\nLES RUES AUX PIÉTONS\nPourquoi ? Les rues du centre sont encombrées.\n")
    assert texts(document)[0] == "Axe stratégique : RENDRE LES RUES AUX PIÉTONS"


def test_a_bracket_in_lower_case_goes_on_the_title_above_unless_it_holds_a_field() -> None:
    document = read(
        "Objectif stratégique 1 – Être un pouvoir public exemplaire\n(éthique, marchés)\n"
        "Action 1 – Planter des tilleuls\n(service : Travaux)\n"
        "Une phrase plus longue montre que les lignes du texte vont plus loin que les titres du plan.\n"
    )
    assert texts(document)[:3] == [
        "Objectif stratégique 1 – Être un pouvoir public exemplaire (éthique, marchés)",
        "Action 1 – Planter des tilleuls",
        "(service : Travaux)",
    ]


COLUMNS = """\
Objectif opérationnel 1.1 : Relier les villages

 N°      Action                                       Service           Échéance
{rows}
Objectif opérationnel 1.2 : Ralentir le trafic
"""
TIGHT = """\
 1.1.1 Créer une ligne de bus entre la gare et le     Service mobilité  2026
       hameau des Trois-Chênes
 1.1.2 Refaire les trottoirs                          Travaux et        2027
                                                      voirie
"""
SPACED = """\

 1.1.1   Créer une ligne de bus entre la gare et le   Service mobilité  2026
         hameau des Trois-Chênes

 1.1.2   Refaire les trottoirs                        Travaux et        2027
                                                      voirie
"""
MIDDLE = """\
       Créer une ligne de bus entre la gare et le
 1.1.1                                                Service mobilité  2026
       hameau des Trois-Chênes
                                                      Travaux et
 1.1.2 Refaire les trottoirs                                            2027
                                                      voirie
"""
SHIFTED = """\
 1.1.1 Créer une ligne de bus entre la gare et le     Service mobilité  2026
       hameau des Trois-Chênes
 1.1.2   Refaire les trottoirs           Travaux et            2027
                                         voirie
"""


def rows_of(document: Document) -> list[list[str]]:
    found: list[list[str]] = []
    for table in (block.table for block in document.blocks if block.table is not None):
        for cell in table.cells:
            if cell.column_index == 0:
                found.append([])
            found[-1].append(cell.text)
    return found


@pytest.mark.parametrize("rows", [TIGHT, SPACED, MIDDLE, SHIFTED])
def test_columns_of_spaces_under_known_headers_are_a_table(rows: str) -> None:
    document = read(COLUMNS.format(rows=rows))
    assert rows_of(document) == [
        ["N°", "Action", "Service", "Échéance"],
        ["1.1.1", "Créer une ligne de bus entre la gare et le hameau des Trois-Chênes", "Service mobilité", "2026"],
        ["1.1.2", "Refaire les trottoirs", "Travaux et voirie", "2027"],
    ]
    assert texts(document)[-1] == "Objectif opérationnel 1.2 : Ralentir le trafic"


def test_headers_over_the_middle_of_their_columns_and_rows_without_codes() -> None:
    document = read(
        "                Action                    Service    Échéance État\n"
        "Créer une ligne de bus entre la gare et   Mobilité   2026     En\n"
        "le hameau des Trois-Chênes                                    cours\n"
        "Refaire les trottoirs                     Travaux    2027     Terminé\n\n"
        "Une phrase explique pourquoi il faut ralentir.\n"
    )
    assert rows_of(document)[1:] == [
        ["Créer une ligne de bus entre la gare et le hameau des Trois-Chênes", "Mobilité", "2026", "En cours"],
        ["Refaire les trottoirs", "Travaux", "2027", "Terminé"],
    ]
    assert texts(document)[-1] == "Une phrase explique pourquoi il faut ralentir."


def test_a_table_in_columns_goes_on_on_the_next_page() -> None:
    document = read(
        "N°     Action                   Service     Échéance\n"
        "1.1    Créer une ligne de bus   Mobilité    2026\n"
        "\f"
        "1.2   Refaire les trottoirs   Travaux   2027\n"
        "      du centre\n"
    )
    assert rows_of(document)[-1] == ["1.2", "Refaire les trottoirs du centre", "Travaux", "2027"]


@pytest.mark.parametrize(
    "text",
    [
        "La commune   veut des  rues sûres  et\ncalmes pour   tous les habitants  du\nvillage et  des hameaux.\n",
        "Responsable : Travaux      Échéance : 2027\nBudget : 1.000 €           Statut : en cours\n",
        "Action      Service      Échéance\n\nUne phrase de texte sous ces trois mots, sans aucune rangée.\n",
    ],
)
def test_justified_text_fields_and_headers_without_rows_are_no_table(text: str) -> None:
    assert rows_of(read(text)) == []


STATES = """\
Action                       Responsable        État
Planter des tilleuls dans    Travaux            en cours
toutes les rues du bourg                        de marché
Tailler les haies                               réalisé
Peindre le kiosque           Travaux            à lancer
Réparer les bancs            Parcs              fin 2027
"""


def test_values_in_small_letters_are_no_wraps() -> None:
    assert rows_of(read(STATES))[1:] == [
        ["Planter des tilleuls dans toutes les rues du bourg", "Travaux", "en cours de marché"],
        ["Tailler les haies", "", "réalisé"],
        ["Peindre le kiosque", "Travaux", "à lancer"],
        ["Réparer les bancs", "Parcs", "fin 2027"],
    ]


def test_rows_with_a_gap_for_each_column_are_cut_there_though_they_are_not_aligned() -> None:
    rows = "Planter   Travaux   en cours\nTailler   Parcs   réalisé\nPeindre   Travaux   à lancer\n"
    assert rows_of(read(f"Action   Responsable   État\n{rows}"))[1:] == [
        ["Planter", "Travaux", "en cours"],
        ["Tailler", "Parcs", "réalisé"],
        ["Peindre", "Travaux", "à lancer"],
    ]


def test_text_right_under_the_last_row_is_no_part_of_it() -> None:
    document = read(f"{STATES}Autres remarques du collège.\nLe conseil suivra.\n")
    assert rows_of(document)[-1] == ["Réparer les bancs", "Parcs", "fin 2027"]
    assert texts(document)[-2:] == ["Autres remarques du collège.", "Le conseil suivra."]


def test_a_line_of_millions_of_spaces_is_no_row() -> None:
    gap = " " * 100_000
    assert rows_of(read(f"Action  Statut  Budget\nPlanter{gap}en cours{gap}12\n")) == []


def test_letters_in_brackets_are_items_and_brackets_do_not_go_on_sentences() -> None:
    document = read(
        "Voici ce que nous ferons cette année dans tous les quartiers du village\n(a) planter des tilleuls\n"
        "(b) tailler les haies\n- Peindre le kiosque.\n(voir fiche 3)\n"
    )
    assert texts(document)[1:] == [
        "(a) planter des tilleuls",
        "(b) tailler les haies",
        "Peindre le kiosque.",
        "(voir fiche 3)",
    ]


def test_a_short_numbered_title_in_capitals_does_not_go_on_below() -> None:
    document = read("1. MOBILITE\nVOIRIES\n- Planter des tilleuls dans les rues du bourg\n2. ENFANCE ET\nECOLES\n")
    assert texts(document) == [
        "1. MOBILITE",
        "VOIRIES",
        "Planter des tilleuls dans les rues du bourg",
        "2. ENFANCE ET ECOLES",
    ]
