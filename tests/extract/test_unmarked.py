"""What carries neither bullet nor number: actions as plain lines or cards, values beside titles, definitions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extract.documents import item, outline, para, read
from extract.documents import said as said_in_order

from pipeline.model import Block, Extraction, Position, Style

PROSE = "Le village compte trois places et deux écoles, et le service des travaux les entretient toute l'année."
THEMES = ("Fleurir les places", "Animer les soirées", "Réparer les ponts")


def said(found: Extraction, title: str) -> dict[str, str]:
    """What is said of an action, its comments left out."""
    return {name: value for name, value in said_in_order(found, title) if name != "description"}


def at(block: Block, x_pt: float, y_pt: float, *, fill: str = "") -> Block:
    """The block at a place of page 1, one line high."""
    place = Position(1, x_pt, y_pt, x_pt + 200.0, y_pt + 12.0)
    return replace(block, position=place, style=replace(block.style, fill=fill))


def small(text: str) -> Block:
    return para(text, size_pt=8.0, color="666666")


def objective(number: int) -> Block:
    return para(f"OO 1.{number} : {THEMES[number - 1]}", size_pt=14.0, bold=True)


def test_short_lines_below_the_deepest_label_are_actions_where_others_stand_over_text() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True), para(PROSE)]
    for number in (1, 2, 3):
        blocks += [objective(number), para(PROSE), para(f"Planter le tilleul {number}", size_pt=12.0)]
        blocks.append(para(f"Peindre le kiosque {number}", size_pt=12.0))
    found = outline(read(*blocks))
    assert found[:4] == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter le tilleul 1",
        "    action | Peindre le kiosque 1",
    ]
    assert sum("action" in line for line in found) == 6


@pytest.mark.parametrize("line", [PROSE, "« Un village où l'on se parle »", "412 habitants"])
def test_running_text_quotations_and_figures_below_a_label_are_no_actions(line: str) -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        blocks += [objective(number), para(line), para(line)]
    assert not any("action" in found for found in outline(read(*blocks)))


def test_lines_below_objectives_are_text_where_the_actions_have_labels() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True), para(PROSE)]
    for number in (1, 2, 3):
        blocks += [objective(number), para("Un cadre de vie pour tous"), para("Des villages qui se parlent")]
        blocks.append(para(f"Action 1.{number}.1 : Planter le tilleul {number}", bold=True))
    found = outline(read(*blocks))
    assert [line.strip() for line in found if "action" in line] == [
        f"action 1.{number}.1 | Planter le tilleul {number}" for number in (1, 2, 3)
    ]


def test_a_heading_that_recurs_over_short_lines_announces_actions() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True), para(PROSE)]
    for number in (1, 2, 3):
        blocks += [objective(number), para(PROSE), para("Au travail", bold=True)]
        blocks += [para(f"Planter le tilleul {number}"), para(f"Peindre le kiosque {number}")]
    found = outline(read(*blocks))
    assert sum(line.startswith("    action") for line in found) == 6
    assert not any("Au travail" in line for line in found)


def test_a_title_over_answers_to_questions_is_an_action_with_fields() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True), para("Programme stratégique transversal")]
    for number in (1, 2, 3):
        blocks += [para(THEMES[number - 1], size_pt=15.0, bold=True)]
        for name in (f"Planter le tilleul {number}", f"Peindre le kiosque {number}"):
            blocks += [para(name, bold=True), para("?", size_pt=8.0), para("Qui ? Service Travaux")]
            blocks += [para("Avec qui ? Province"), para("Pour quand ? 2027", bold=True), para("Combien ? 7 500 €")]
    found = read(*blocks)
    assert outline(found)[:4] == [
        "os 1 | Vivre au village",
        "  oo | Fleurir les places",
        "    action | Planter le tilleul 1",
        "    action | Peindre le kiosque 1",
    ]
    assert said(found, "Planter le tilleul 1") == {
        "service": "Service Travaux",
        "partenaire": "Province",
        "end": "2027",
        "budget": "7 500 €",
    }


def test_a_title_over_a_status_and_a_comment_is_an_action() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        blocks += [objective(number)]
        for name in (f"Planter le tilleul {number}", f"Peindre le kiosque {number}"):
            blocks += [para(name, bold=True), para("En cours"), small("Le marché est attribué.")]
    found = read(para("Légende", size_pt=20.0, bold=True), para("Réalisé"), para("En cours"), *blocks)
    assert sum("action" in line for line in outline(found)) == 6
    assert said(found, "Peindre le kiosque 2")["status"] == "En cours"


def test_a_status_on_a_coloured_pill_and_a_share_below_an_action_are_its_fields() -> None:
    found = read(
        at(para("OS 1 : Vivre au village", size_pt=18.0, bold=True), 50.0, 50.0),
        at(para("1.1 Fleurir les places", size_pt=14.0, bold=True), 50.0, 80.0),
        at(para("Action 1 : Planter des tilleuls"), 50.0, 100.0),
        at(small("Le marché est attribué."), 50.0, 115.0),
        at(para("En cours", size_pt=8.0), 400.0, 100.0, fill="f4a261"),
        at(para("45 %", bold=True), 480.0, 100.0),
        at(para("Action 2 : Peindre le kiosque"), 50.0, 140.0),
        at(para("Abandonné", size_pt=8.0), 400.0, 140.0, fill="e63946"),
        at(para("0 %", bold=True), 480.0, 140.0),
    )
    first, second = said(found, "Planter des tilleuls"), said(found, "Peindre le kiosque")
    assert (first["status"], first["progress"]) == ("En cours", "45 %")
    assert (second["status"], second["progress"]) == ("Abandonné", "0 %")


def test_a_figure_with_a_caption_below_an_action_is_no_progress() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("Action 1 : Planter des tilleuls", outline=2),
        para("45 %"),
        para("des habitants le demandent"),
    )
    assert "progress" not in said(found, "Planter des tilleuls")


def test_a_word_that_only_the_legend_lists_among_statuses_is_a_status() -> None:
    legend = [para("Légende", size_pt=20.0, bold=True), para("Réalisé"), para("En cours"), para("Mis au frigo")]
    plan = [
        para("OS 1 : Vivre au village", size_pt=24.0, bold=True),
        para("Action 1 : Planter des tilleuls", bold=True),
        para("Mis au frigo"),
    ]
    assert said(read(*legend, *plan), "Planter des tilleuls")["status"] == "Mis au frigo"
    assert "status" not in said(read(*plan), "Planter des tilleuls")


@pytest.mark.parametrize("years_first", [True, False])
def test_years_in_a_column_beside_plain_lines_are_when_they_end(*, years_first: bool) -> None:
    blocks = [at(para("OS 1 : Vivre au village", size_pt=18.0, bold=True), 50.0, 20.0)]
    for number in (1, 2, 3):
        top_pt = 100.0 * number
        names = (f"Planter le tilleul {number}", f"Peindre le kiosque {number}")
        years = [at(para(str(2026 + row), size_pt=9.0), 50.0, top_pt + 20 * row + 2, fill="457b9d") for row in (1, 2)]
        titles = [at(para(name), 300.0, top_pt + 20 * row) for row, name in enumerate(names, 1)]
        blocks += [at(objective(number), 50.0, top_pt), *(years + titles if years_first else titles + years)]
    found = read(*blocks, at(para("Chaque pastille porte une année."), 50.0, 800.0), pages=1)
    assert sum("action" in line for line in outline(found)) == 6
    assert said(found, "Planter le tilleul 2")["end"] == "2027"
    assert said(found, "Peindre le kiosque 3")["end"] == "2028"


def test_a_year_below_an_action_is_not_when_it_ends_and_no_item_is_a_year_or_an_amount() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        item("Planter des tilleuls"),
        para("2027"),
        item("2028"),
        item("48 000 €"),
    )
    assert outline(found)[1:] == ["  oo 1.1 | Fleurir les places", "    action | Planter des tilleuls"]
    assert "end" not in said(found, "Planter des tilleuls")


def test_definitions_of_the_words_of_a_plan_are_no_elements() -> None:
    plan = [para("OS 1 : Vivre au village", outline=1)]
    for theme in THEMES:
        plan += [para(f"Levier : {theme}", outline=2), item(f"Préparer : {theme}")]
    words = [para("Levier : manière d'atteindre un objectif."), para("Projet : action menée par un service.")]
    for heading in ("Lexique", "Les mots du plan"):
        found = outline(read(*plan, para(heading, size_pt=20.0, bold=True), *words))
        assert len(found) == 7
        assert not any("manière" in line or "menée" in line for line in found)


def test_labels_without_a_number_stay_elements_where_they_are_the_plan() -> None:
    found = read(
        para("Objectif stratégique : un village vert", outline=1),
        para("Objectif opérationnel : des places fleuries", outline=2),
        item("Planter des tilleuls"),
    )
    assert [line.split(" | ")[1] for line in outline(found)] == [
        "un village vert",
        "des places fleuries",
        "Planter des tilleuls",
    ]


def test_a_possessive_before_the_label_of_an_objective_is_not_in_its_title() -> None:
    found = read(
        para("Notre objectif stratégique : être un village vert", outline=1),
        para("Notre objectif opérationnel 1.1 | Fleurir les places |", outline=2),
        item("Planter des tilleuls"),
    )
    assert outline(found)[:2] == ["os | être un village vert", "  oo 1.1 | Fleurir les places"]


def test_the_title_below_a_label_sets_its_rank() -> None:
    found = read(
        para("OBJECTIF STRATÉGIQUE 1", size_pt=8.0, bold=True),
        para("Vivre au village", size_pt=22.0, bold=True),
        para("Parole d'habitante", size_pt=13.0, bold=True),
        para("Des places à vivre."),
        para("OO 1.1 : Fleurir les places", size_pt=14.0, bold=True),
        item("Planter des tilleuls"),
    )
    assert outline(found)[1] == "  oo 1.1 | Fleurir les places"


def test_bold_fields_are_fields_not_headings() -> None:
    found = read(
        para("OS 1 : Vivre au village", size_pt=18.0, bold=True),
        para("OO 1.1 : Fleurir les places", size_pt=14.0, bold=True),
        item("Planter des tilleuls"),
        Block("Échéance : 2027", Style(size_pt=11.0, bold=True)),
        Block("Qui ? Cheffe des travaux", Style(size_pt=11.0, bold=True)),
        item("Peindre le kiosque"),
    )
    assert said(found, "Planter des tilleuls") == {"end": "2027", "responsable": "Cheffe des travaux"}
    assert outline(found)[-1] == "    action | Peindre le kiosque"


def test_a_long_title_in_a_card_of_its_own_is_an_item_like_the_others() -> None:
    long = "Aménager la place en tirant parti de l'expérience acquise par d'autres communes de la même taille et des"
    long = f"{long} outils que la Région met à la disposition de ses communes depuis le début de la législature"
    assert len(long) > 160
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        first = long if number == 3 else f"Planter le tilleul {number}"
        cards = (para(first, box=2 * number), para(f"Peindre le kiosque {number}", box=2 * number + 1))
        blocks += [objective(number), *cards]
    assert outline(read(*blocks))[-2:] == [f"    action | {long}", "    action | Peindre le kiosque 3"]


def test_a_card_alone_under_its_objective_is_an_item_where_others_have_several() -> None:
    long = "Aménager la place sur la base d'un diagnostic partagé avec les services et les écoles, " * 2
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        several = [f"Planter le tilleul {number}", f"Peindre le banc {number}"]
        titles = several if number < 3 else [f"{long}puis décider"]
        blocks += [objective(number), *(para(title, box=2 * number + i) for i, title in enumerate(titles))]
    blocks += [objective(1), para("Planter le tilleul 4", box=10), para("Peindre le banc 4", box=11)]
    assert f"    action | {long}puis décider" in outline(read(*blocks))


def test_the_label_of_an_action_over_several_lines_heads_their_list() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        blocks += [objective(number), para("Action", bold=True), para(f"Planter le tilleul {number}")]
        blocks += [para(f"Peindre le kiosque {number}")] if number < 3 else []
    assert outline(read(*blocks)) == [
        "os 1 | Vivre au village",
        *("  oo 1.1 | Fleurir les places", "    action | Planter le tilleul 1", "    action | Peindre le kiosque 1"),
        *("  oo 1.2 | Animer les soirées", "    action | Planter le tilleul 2", "    action | Peindre le kiosque 2"),
        *("  oo 1.3 | Réparer les ponts", "    action | Planter le tilleul 3"),
    ]


def test_a_long_line_that_ends_with_its_date_in_brackets_is_an_action_like_the_others() -> None:
    long = "Rouvrir les sentiers entre la ferme et le bois, en accord avec les riverains, " * 2 + "vite [juin 2028]"
    assert len(long) > 160
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        blocks += [objective(number), para("Actions", bold=True)]
        first = long if number == 2 else f"Planter {number} tilleuls [2027]"
        blocks += [para(first), para("Peindre le kiosque [2028]")]
    assert sum("action | Rouvrir les sentiers" in line for line in outline(read(*blocks))) == 1


def test_titles_under_actions_that_have_lost_their_weight_are_actions_like_the_bold_ones() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        blocks += [objective(number), para("Nos actions", bold=True)]
        blocks += [para(f"Planter le tilleul {number}", bold=number > 2), item("Choisir les plants")]
        blocks += [para(f"Peindre le kiosque {number}", bold=True), para(f"Tailler la haie {number}", bold=True)]
    found = outline(read(*blocks))
    assert found[1:6] == [
        "  oo 1.1 | Fleurir les places",
        "    action | Planter le tilleul 1",
        "      sous_action | Choisir les plants",
        "    action | Peindre le kiosque 1",
        "    action | Tailler la haie 1",
    ]


def test_a_text_under_bold_actions_is_no_action() -> None:
    blocks = [para("OS 1 : Vivre au village", size_pt=18.0, bold=True)]
    for number in (1, 2, 3):
        blocks += [objective(number), para("Nos actions", bold=True)]
        blocks += [para(f"Planter le tilleul {number}", bold=True), para(PROSE)]
        blocks += [para(f"Peindre le kiosque {number}", bold=True)]
    assert sum("action" in line for line in outline(read(*blocks))) == 6


def asked(*questions: tuple[str, str]) -> list[str]:
    """A plan of three objectives that answers questions with two items each."""
    blocks = [para("Programme stratégique transversal", size_pt=20.0)]
    for number, theme in enumerate(THEMES, 1):
        blocks += [para(f"Objectif {number}", size_pt=16.0, bold=True), para(theme, size_pt=16.0, bold=True)]
        for question, word in questions:
            blocks += [para(question), item(f"{word} les bancs {number}"), item(f"{word} les arbres {number}")]
    return outline(read(*blocks))


@pytest.mark.parametrize(
    "questions",
    [
        (("Qu'est-ce que nous allons faire ?", "Poser"),),
        (("Qu'est-ce qui va changer ?", "Poser"),),
        (("C'est quoi, le problème ?", "Regretter"), ("Qu'est-ce qui va changer ?", "Poser")),
        (("Qu'est-ce que nous allons faire ?", "Poser"), ("Qu'est-ce qui va changer ?", "Voir")),
    ],
)
def test_the_items_under_a_question_that_recurs_are_the_actions(questions: tuple[tuple[str, str], ...]) -> None:
    assert asked(*questions)[:4] == [
        "os 1 | Fleurir les places",
        "  action | Poser les bancs 1",
        "  action | Poser les arbres 1",
        "os 2 | Animer les soirées",
    ]


def test_the_imprint_of_a_poster_is_no_item_of_its_last_list() -> None:
    blocks = [para("Notre programme stratégique transversal, version affiche", size_pt=26.0, bold=True)]
    cards = ("Un jardin pour la gare", "Un banc pour la cure", "Un toit pour la halle")
    for theme in THEMES:
        blocks += [para(theme, outline=2), *map(para, cards)]
    blocks.append(para("Éditeur responsable : Collège communal de Valmont, place du Perron 1. Sur papier recyclé."))
    found = outline(read(*blocks))
    assert found[-4:] == ["os | Réparer les ponts", *(f"  action | {card}" for card in cards)]


def test_a_pill_level_with_the_title_below_it_is_the_status_of_that_action() -> None:
    found = read(
        at(para("OS 1 : Vivre au village", size_pt=18.0, bold=True), 50.0, 50.0),
        at(para("OO 1.1 : Fleurir les places", size_pt=14.0, bold=True), 50.0, 80.0),
        at(para("Action 1 : Planter des tilleuls"), 50.0, 100.0),
        at(para("Le marché est attribué à une pépinière de la vallée depuis le printemps dernier."), 50.0, 115.0),
        at(para("Abandonné", size_pt=8.0), 400.0, 142.0, fill="6b7280"),
        at(para("Action 2 : Peindre le kiosque"), 50.0, 140.0),
    )
    assert "status" not in said(found, "Planter des tilleuls")
    assert said(found, "Peindre le kiosque")["status"] == "Abandonné"


@pytest.mark.parametrize(
    ("sentence", "is_status"),
    [
        ("Le gros œuvre est terminé.", False),
        ("Deux salles sur quatre sont rénovées.", False),
        ("La crèche est terminée.", True),
        ("Ce projet est abandonné.", True),
        ("Les travaux ont débuté.", True),
        ("Réalisé en mai 2025.", True),
        ("Formation reçue le 02/12/15", True),
    ],
)
def test_a_sentence_on_something_else_is_no_status(sentence: str, is_status: bool) -> None:
    plan = (para("OS 1 : Grandir", outline=1), para("OO 1.1 : Accueillir", outline=2))
    found = read(*plan, para("Action 1 : Agrandir la crèche communale", outline=3), para(sentence))
    assert ("status" in said(found, "Agrandir la crèche communale")) == is_status


@pytest.mark.parametrize(
    ("title", "sentence", "is_status"),
    [
        ("Rénover l'école", "La rénovation est terminée.", True),
        ("Recruter un agent", "Le recrutement est en cours.", True),
        ("Planter des arbres", "Les plantations sont terminées.", True),
        ("Rénover l'école", "À ce jour, le projet est terminé.", True),
        ("Rénover l'école", "En 2024, l'action est réalisée.", True),
        ("Rénover l'école", "Actuellement, le dossier est en cours.", True),
        ("Rénover l'école", "Depuis 2022 cette action est en cours.", True),
        ("Rénover l'école", "Celle-ci est terminée.", True),
        ("Rénover l'école", "Le présent projet est terminé.", True),
        ("Rénover l'école", "Cette première phase est terminée.", True),
        ("Rénover l'école", "En 2024, le mur du fond est achevé.", False),
        ("Rénover l'école", "Le mur, fissuré, est achevé.", False),
        ("Rénover l'école", "L'acte de vente est signé.", False),
    ],
)
def test_a_sentence_names_its_action_by_a_noun_of_the_title_or_by_a_general_word(
    title: str, sentence: str, is_status: bool
) -> None:
    plan = (para("OS 1 : Grandir", outline=1), para("OO 1.1 : Accueillir", outline=2))
    found = read(*plan, para(f"Action 1 : {title}", outline=3), para(sentence))
    assert ("status" in said(found, title)) == is_status


def test_a_sentence_that_may_tell_of_a_part_of_the_action_gives_a_doubtful_status() -> None:
    plan = (para("OS 1 : Grandir", outline=1), para("OO 1.1 : Accueillir", outline=2))
    actions = (para("Action 1 : Rénover l'école", outline=3), para("Action 2 : Planter des arbres", outline=3))
    found = read(*plan, actions[0], para("La façade de l'école est achevée."), actions[1], para("Tout est achevé."))
    doubtful, sure = (s.confidence for s in found.statements if s.field == "status")
    assert doubtful < sure


def test_lone_pills_at_the_right_edge_are_the_statuses_of_the_titles_that_they_are_level_with() -> None:
    found = read(
        at(para("OS 1 : Vivre au village", size_pt=18.0, bold=True), 50.0, 50.0),
        at(para("OO 1.1 : Fleurir les places", size_pt=14.0, bold=True), 50.0, 80.0),
        at(para("Action 1 : Planter des tilleuls"), 50.0, 100.0),
        at(para("Action 2 : Peindre le kiosque"), 50.0, 140.0),
        at(para("Action 3 : Réparer les bancs"), 50.0, 170.0),
        at(para("Abandonné", size_pt=8.0), 400.0, 102.0, fill="6b7280"),
        at(para("NOUVEAU", size_pt=8.0), 400.0, 142.0, fill="ea580c"),
        at(para("En cours", size_pt=8.0), 400.0, 172.0, fill="6b7280"),
    )
    assert said(found, "Planter des tilleuls")["status"] == "Abandonné"
    assert "status" not in said(found, "Peindre le kiosque")
    assert said(found, "Réparer les bancs")["status"] == "En cours"


def test_functions_that_end_like_infinitives_are_those_of_who_is_in_charge() -> None:
    plan = (para("OS 1 : Grandir", outline=1), para("OO 1.1 : Accueillir", outline=2))
    found = read(
        *plan,
        para("Action 1 : Planter des arbres", outline=3),
        para("Conseiller en mobilité – 2028"),
        para("Action 2 : Peindre le kiosque", outline=3),
        para("Ouvrier en chef voirie – En cours"),
        para("Action 3 : Aider les ménages", outline=3),
        para("Conseiller les familles du village – 2028"),
    )
    assert said(found, "Planter des arbres") == {"service": "Conseiller en mobilité", "end": "2028"}
    assert said(found, "Peindre le kiosque") == {"service": "Ouvrier en chef voirie", "status": "En cours"}
    assert "service" not in said(found, "Aider les ménages")
