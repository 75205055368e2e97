"""What stands in what when a list is broken up: by fields, by labelled sub-actions, by numbers that begin again."""

from __future__ import annotations

from dataclasses import replace

from extract.documents import item, outline, para, read, said, table

from pipeline.model import Block, Style

HEADED = 14.0


def dash(text: str) -> Block:
    """An item behind a dash, set further right than bullets; the format gives both one list level."""
    return replace(item(text, indent_pt=24.0), marker="-")


def lettered(text: str) -> Block:
    """A typed «a) ...», set further right than bullets."""
    return para(text, indent_pt=24.0)


def objective(code: str, title: str) -> Block:
    return para(f"OO {code} : {title}", size_pt=HEADED, bold=True)


def test_dashes_below_the_fields_of_a_bullet_are_its_sub_actions() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1.1", "Fleurir les places"),
        item("Planter des tilleuls"),
        para("Échéance : 2027"),
        dash("Choisir les essences"),
        dash("Creuser les fosses"),
        objective("1.2", "Animer les soirées"),
        item("Ouvrir un kiosque"),
        para("Échéance : 2028"),
        dash("Dessiner les plans"),
        item("Fêter la Saint-Jean"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "      sous_action | Choisir les essences",
        "      sous_action | Creuser les fosses",
        "  oo 1.2 | Animer les soirées",
        "    action | Ouvrir un kiosque",
        "      sous_action | Dessiner les plans",
        "    action | Fêter la Saint-Jean",
    ]


def test_two_marks_at_one_indent_make_one_list() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1.1", "Fleurir les places"),
        item("Planter des tilleuls", indent_pt=24.0),
        para("Échéance : 2027"),
        dash("Semer des prairies"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "    action | Semer des prairies",
    ]


def test_letters_below_a_bullet_are_its_sub_actions_with_their_codes() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1.1", "Fleurir les places"),
        item("Planter des tilleuls"),
        item("Semer des prairies"),
        lettered("a) Choisir les graines"),
        lettered("b) Clôturer les parcelles"),
        item("Poser des bacs"),
        lettered("a) Repérer les lieux"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "    action | Semer des prairies",
        "      sous_action A | Choisir les graines",
        "      sous_action B | Clôturer les parcelles",
        "    action | Poser des bacs",
        "      sous_action A | Repérer les lieux",
    ]


def test_a_bullet_goes_on_with_its_list_after_labelled_sub_actions() -> None:
    found = read(
        para("Objectif stratégique 1 : Vivre au village", outline=1),
        item("Planter des tilleuls"),
        para("Étape : Choisir les essences"),
        item("Semer des prairies"),
        para("Échéance : 2027"),
        item("Poser des bacs"),
        para("Étape : Repérer les lieux"),
        para("Étape : Passer la commande"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  action | Planter des tilleuls",
        "    sous_action | Choisir les essences",
        "  action | Semer des prairies",
        "  action | Poser des bacs",
        "    sous_action | Repérer les lieux",
        "    sous_action | Passer la commande",
    ]
    assert said(found, "Semer des prairies") == [("end", "2027")]


def test_the_next_number_goes_on_with_its_list_after_labelled_sub_actions() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1.1", "Fleurir les places"),
        para("Actions :", bold=True),
        para("1. Planter des tilleuls"),
        para("Étape : Choisir les essences"),
        para("2. Semer des prairies"),
        para("3. Poser des bacs"),
        para("Étape : Repérer les lieux"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action 1 | Planter des tilleuls",
        "      sous_action | Choisir les essences",
        "    action 2 | Semer des prairies",
        "    action 3 | Poser des bacs",
        "      sous_action | Repérer les lieux",
    ]


def test_an_abbreviation_without_a_number_is_a_label_when_it_comes_time_and_again() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        item("Planter des tilleuls"),
        para("SA - Choisir les essences"),
        para("SA - Creuser les fosses"),
        item("Poser des bacs"),
        para("SA - Repérer les lieux"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  action | Planter des tilleuls",
        "    sous_action | Choisir les essences",
        "    sous_action | Creuser les fosses",
        "  action | Poser des bacs",
        "    sous_action | Repérer les lieux",
    ]


def test_abbreviations_that_a_lexicon_explains_are_no_elements() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        para("OO 1.1 : Fleurir les places", outline=2),
        para("Lexique", outline=1),
        para("OS : objectif stratégique"),
        para("OO : objectif opérationnel"),
        para("SA : sous-action"),
    )
    assert outline(found) == ["os 1 | Vivre au village", "  oo 1.1 | Fleurir les places"]


def test_a_label_with_a_dash_for_its_value_heads_nothing() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1.1", "Fleurir les places"),
        item("Planter des tilleuls"),
        para("Motivation : -", bold=True),
        para("Échevin(e) : -", bold=True),
        item("Semer des prairies"),
        para("Échevin(e) : Échevine des Parcs"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "    action | Semer des prairies",
    ]
    assert said(found, "Semer des prairies") == [("mandataire", "Échevine des Parcs")]


def test_a_bold_label_beside_a_dash_heads_nothing() -> None:
    plain = Style(size_pt=11.0)
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1.1", "Fleurir les places"),
        item("Planter des tilleuls"),
        Block("Service gestionnaire Cadre de vie", plain, lead="Service gestionnaire"),
        Block("Échéance -", replace(plain, bold=True), lead="Échéance"),
        item("Semer des prairies"),
        Block("Service gestionnaire -", replace(plain, bold=True), lead="Service gestionnaire"),
        Block("Échéance Décembre 2027", plain, lead="Échéance"),
        item("Poser des bacs"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "    action | Semer des prairies",
        "    action | Poser des bacs",
    ]
    assert said(found, "Planter des tilleuls") == [("service", "Cadre de vie")]
    assert said(found, "Semer des prairies") == [("end", "Décembre 2027")]


def test_bullets_below_the_sheet_of_an_action_are_its_sub_actions() -> None:
    found = read(
        para("OO 1 : Fleurir les places", outline=1),
        para("Action 1.1 : Planter des tilleuls", outline=2),
        table(("Service pilote", "Cadre de vie"), ("Date de début", "2025"), ("Échéance", "2027")),
        item("Choisir les essences"),
        item("Creuser les fosses"),
        para("Action 1.2 : Semer des prairies", outline=2),
        table(("Service pilote", "Cadre de vie"), ("Date de début", "2026"), ("Échéance", "2028")),
    )
    assert outline(found) == [
        "oo 1 | Fleurir les places",
        "  action 1.1 | Planter des tilleuls",
        "    sous_action | Choisir les essences",
        "    sous_action | Creuser les fosses",
        "  action 1.2 | Semer des prairies",
    ]


def test_what_begins_after_the_legal_basis_belongs_to_the_plan_though_numbers_begin_again() -> None:
    found = read(
        para("Cadre légal", size_pt=16.0, bold=True),
        para("Le présent programme est établi en application du Code de la démocratie locale."),
        para("Enjeu : Patrimoine"),
        para("OS 1 : Restaurer les lavoirs"),
        para("OO 1 : Trouver les moyens"),
        para("OS 2 : Ouvrir le musée"),
        para("OO 1 : Former les guides"),
        para("Enjeu : Gouvernance"),
        para("OS 1 : Simplifier les démarches"),
        para("OO 1 : Équiper le guichet"),
    )
    assert outline(found) == [
        "enjeu | Patrimoine",
        "  os 1 | Restaurer les lavoirs",
        "    oo 1 | Trouver les moyens",
        "  os 2 | Ouvrir le musée",
        "    oo 1 | Former les guides",
        "enjeu | Gouvernance",
        "  os 1 | Simplifier les démarches",
        "    oo 1 | Équiper le guichet",
    ]


def test_objectives_that_a_foreword_lists_are_repeated_not_doubled() -> None:
    found = read(
        para("Avant-propos", size_pt=16.0, bold=True),
        para("Trois objectifs nous guideront."),
        para("OS 1 : Restaurer les lavoirs"),
        para("OS 2 : Ouvrir le musée"),
        para("OS 1 : Restaurer les lavoirs"),
        para("OO 1 : Trouver les moyens"),
        para("OS 2 : Ouvrir le musée"),
        para("OO 1 : Former les guides"),
    )
    assert [line for line in outline(found) if "[" not in line] == [
        "os 1 | Restaurer les lavoirs",
        "  oo 1 | Trouver les moyens",
        "os 2 | Ouvrir le musée",
        "  oo 1 | Former les guides",
    ]


def test_bold_paragraphs_under_a_heading_of_actions_set_alike_are_actions() -> None:
    def group(code: str, title: str, *actions: str) -> list[Block]:
        return [objective(code, title), para("Actions", bold=True), *(para(text, bold=True) for text in actions)]

    found = read(
        para("OS 1 : Vivre au village", size_pt=18.0, bold=True),
        para("Le village compte quatre places, deux écoles et une salle que tous ses habitants veulent garder."),
        para("Une enquête menée l'an dernier auprès de cent ménages montre ce qui leur manque le plus."),
        *group("1.1", "Fleurir les places", "Planter des tilleuls", "Semer des prairies"),
        *group("1.2", "Animer les soirées", "Ouvrir un kiosque"),
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
        "    action | Semer des prairies",
        "  oo 1.2 | Animer les soirées",
        "    action | Ouvrir un kiosque",
    ]


def test_a_chapter_set_like_the_title_of_the_document_holds_no_plan() -> None:
    found = read(
        para("Commune de Valbrume – PST", outline=1),
        para("Le village compte quatre places, deux écoles et une salle que tous ses habitants veulent garder."),
        para("Une enquête menée l'an dernier auprès de cent ménages montre ce qui leur manque le plus."),
        para("Le territoire en bref", outline=1),
        item("9.412 habitants"),
        para("OS 1 : Vivre au village", outline=2),
        para("OO 1.1 : Fleurir les places", outline=3),
        para("Actions", bold=True),
        para("Planter des tilleuls", bold=True),
        para("Semer des prairies", bold=True),
        para("OO 1.2 : Animer les soirées", outline=3),
        para("Actions", bold=True),
        para("Ouvrir un kiosque", bold=True),
        para("OS 2 : Bien grandir", outline=2),
        para("OO 2.1 : Ouvrir les écoles", outline=3),
        para("Actions", bold=True),
        para("Prolonger la garderie", bold=True),
    )
    assert outline(found)[:3] == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action | Planter des tilleuls",
    ]


def test_lettered_steps_below_the_fields_of_a_bullet_are_its_own_under_a_heading() -> None:
    found = read(
        para("OS 1 : Rouler", outline=1),
        para("OO 1.1 : Pédaler", outline=2),
        para("Actions :", bold=True),
        item("Tracer une piste"),
        para("Service gestionnaire : Travaux"),
        para("a) Choisir un tracé", indent_pt=36),
        para("b) Désigner un auteur de projet", indent_pt=36),
        item("Prêter des vélos"),
        para("Service gestionnaire : Jeunesse"),
        para("a) Réunir les services", indent_pt=36),
    )
    assert outline(found)[2:] == [
        "    action | Tracer une piste",
        "      sous_action A | Choisir un tracé",
        "      sous_action B | Désigner un auteur de projet",
        "    action | Prêter des vélos",
        "      sous_action A | Réunir les services",
    ]


def test_a_number_that_goes_on_in_another_weight_is_of_the_same_level() -> None:
    found = read(
        para("Axe 1 : Vivre au village", outline=1),
        para("1. Fleurir les places", bold=True),
        para("Échéance : 2027"),
        para("2. Animer les soirées"),
        para("3. Réparer les ponts", bold=True),
        para("Échéance : 2028"),
        para("Axe 2 : Se déplacer", outline=1),
        para("1. Tracer des pistes", bold=True),
        para("Échéance : 2027"),
        para("2. Poser des arceaux", bold=True),
        para("Échéance : 2027"),
    )
    assert outline(found) == [
        "enjeu 1 | Vivre au village",
        *("  action 1 | Fleurir les places", "  action 2 | Animer les soirées", "  action 3 | Réparer les ponts"),
        "enjeu 2 | Se déplacer",
        *("  action 1 | Tracer des pistes", "  action 2 | Poser des arceaux"),
    ]


def test_inner_dashes_at_the_head_of_a_list_do_not_make_outer_bullets_inner() -> None:
    def bullet(text: str) -> Block:
        return replace(item(text, indent_pt=10.0), marker="\u2013")

    found = read(
        para("OS 1 : Vivre au village", outline=1),
        *(objective("1.1", "Fleurir les places"), bullet("Planter des tilleuls"), para("Échéance : 2027")),
        dash("Choisir les essences"),
        *(objective("1.2", "Animer les soirées"), dash("Dessiner les plans"), para("Échéance : 2027")),
        *(bullet("Ouvrir un kiosque"), para("Échéance : 2028"), dash("Peindre le toit")),
    )
    assert "    action | Ouvrir un kiosque" in outline(found)
    assert "      sous_action | Choisir les essences" in outline(found)


def test_what_dates_follow_right_below_are_actions_and_letters_below_them_steps() -> None:
    blocks = []
    for code, title in (("1", "Vivre au village"), ("2", "Se déplacer")):
        blocks += [
            para(f"Objectif stratégique {code} : {title}", outline=1),
            *(para("1. Fleurir les places"), para("Service : Travaux. Date de début : 2026."), lettered("a) Semer")),
            *(para("2. Peindre les bancs"), para("Service : Parcs. Date de début : 2027."), lettered("a) Poncer")),
        ]
    assert outline(read(*blocks))[:4] == [
        "os 1 | Vivre au village",
        "  action 1 | Fleurir les places",
        "    sous_action A | Semer",
        "  action 2 | Peindre les bancs",
    ]


def test_bullets_that_say_fields_are_no_items_below_a_number() -> None:
    blocks = []
    for code, title in (("1", "Vivre au village"), ("2", "Se déplacer")):
        blocks.append(para(f"Enjeu {code} : {title}", outline=1))
        for number, action in ((1, "Fleurir les places"), (2, "Peindre les bancs")):
            blocks += [para(f"{number}. {action}"), item("Pilote : Directrice générale"), item("Service : Travaux")]
    assert outline(read(*blocks))[:2] == ["enjeu 1 | Vivre au village", "  action 1 | Fleurir les places"]


def test_dashes_set_further_right_than_the_numbers_above_are_their_sub_actions() -> None:
    found = read(
        para("Objectif stratégique 1 : Vivre au village", size_pt=18.0, bold=True),
        objective("1.1", "Fleurir les places"),
        para("1. Planter des tilleuls"),
        dash("Choisir les essences"),
        dash("Creuser les fosses"),
        objective("1.2", "Animer les soirées"),
        para("1. Ouvrir un kiosque"),
        para("Objectif stratégique 2 : Gérer la forêt"),
        objective("2.1", "Éclairer les sentiers"),
        para("1. Poser des balises"),
        dash("Relever les croisements"),
        para("Synthèse des objectifs", size_pt=18.0, bold=True),
        para("OS 1 : Vivre au village"),
        para("OS 2 : Gérer la forêt"),
    )
    assert [line for line in outline(found) if "action" in line] == [
        "    action 1 | Planter des tilleuls",
        "      sous_action | Choisir les essences",
        "      sous_action | Creuser les fosses",
        "    action 1 | Ouvrir un kiosque",
        "    action 1 | Poser des balises",
        "      sous_action | Relever les croisements",
    ]


def test_sub_actions_named_once_stay_in_the_plan_whose_objectives_a_synthesis_repeats() -> None:
    objectives = ("Vivre au village", "Gérer la forêt")
    plan = [
        (
            para(f"Objectif stratégique {code} : {title}", size_pt=12.0, bold=True),
            para("Nos actions", bold=True),
            item(f"Ouvrir la maison {code}"),
            para(f"Sous-action : Choisir les plans de la maison {code}"),
        )
        for code, title in enumerate(objectives, 1)
    ]
    found = outline(
        read(
            para("Plan de la commune", size_pt=24.0, bold=True),
            para("Avant-propos", size_pt=14.0, bold=True),
            para("Ce plan engage la commune pour six ans."),
            *(block for part in plan for block in part),
            para("Synthèse des objectifs", size_pt=14.0, bold=True),
            *(para(f"Objectif stratégique {code} : {title}") for code, title in enumerate(objectives, 1)),
        )
    )
    assert found[:4] == [
        "os 1 | Vivre au village",
        "  action | Ouvrir la maison 1",
        "    sous_action | Choisir les plans de la maison 1",
        "os 2 | Gérer la forêt",
    ]


def test_numbers_set_otherwise_that_fill_the_counting_of_others_are_actions_even_where_one_stands_alone() -> None:
    def counted(*titles: str, plain: int = 0) -> list[Block]:
        return [
            block
            for n, title in enumerate(titles, 1)
            for block in (
                para(f"{n}. {title}", bold=n != plain, indent_pt=30.0),
                para("Porteur : Directeur général", indent_pt=12.0),
            )
        ]

    found = read(
        para("OS 1 : Vivre au village", outline=1),
        objective("1", "Fleurir les places"),
        *counted("Planter des tilleuls", "Semer des prairies", "Tailler les haies"),
        para("OS 2 : Animer les soirées", outline=1),
        objective("2", "Ouvrir les salles"),
        *counted("Prêter un kiosque", "Chauffer la salle", "Louer des chaises", plain=2),
        objective("3", "Jouer dehors"),
        *counted("Fêter la Saint-Jean"),
        para("OS 3 : Éclairer les sentiers", outline=1),
        objective("4", "Baliser"),
        *counted("Poser des balises", plain=1),
        objective("5", "Illuminer"),
        *counted("Relever les croisements", "Choisir les lampes", plain=1),
    )
    assert [line for line in outline(found) if line.startswith("    action 1")] == [
        "    action 1 | Planter des tilleuls",
        "    action 1 | Prêter un kiosque",
        "    action 1 | Fêter la Saint-Jean",
        "    action 1 | Poser des balises",
        "    action 1 | Relever les croisements",
    ]


def card(code: str, title: str, *steps: str) -> list[Block]:
    """The card of a project: what it does below «Actions», who bears it and what it costs at the foot."""
    return [
        para(code, color="ffffff", bold=True),
        para(title, size_pt=HEADED, bold=True),
        para("Actions", bold=True),
        *(item(step, indent_pt=18.0) for step in steps),
        para("Porteur : Office du tourisme"),
        para("Budget : 12.000 €"),
    ]


FOOT = [("porteur", "Office du tourisme"), ("budget", "12.000 €")]


def test_the_actions_on_the_card_of_a_project_are_its_own_and_its_foot_is_of_the_project() -> None:
    found = read(
        para("Ambition 1 : Vivre au village", size_pt=18.0, bold=True),
        *card("FP1", "Relier les chapelles", "Baliser les sentiers", "Former des guides"),
        *card("FP2", "Ouvrir un marché", "Couvrir la place"),
        para("Ambition 2 : Attirer par les paysages", size_pt=18.0, bold=True),
        *card("FP3", "Replanter les haies", "Fournir les plants", "Tailler les têtards"),
    )
    assert outline(found) == [
        "enjeu 1 | Vivre au village",
        "  action 1 | Relier les chapelles",
        "    sous_action | Baliser les sentiers",
        "    sous_action | Former des guides",
        "  action 2 | Ouvrir un marché",
        "    sous_action | Couvrir la place",
        "enjeu 2 | Attirer par les paysages",
        "  action 3 | Replanter les haies",
        "    sous_action | Fournir les plants",
        "    sous_action | Tailler les têtards",
    ]
    assert said(found, "Relier les chapelles") == said(found, "Ouvrir un marché") == FOOT
    assert said(found, "Former des guides") == said(found, "Couvrir la place") == []


def test_fields_between_sub_actions_are_theirs() -> None:
    found = read(
        para("Action 1 : Relier les chapelles", size_pt=HEADED, bold=True),
        item("Baliser les sentiers"),
        para("Porteur : Office du tourisme"),
        item("Former des guides"),
        para("Porteur : Centre culturel"),
        para("Action 2 : Ouvrir un marché", size_pt=HEADED, bold=True),
        item("Couvrir la place"),
        para("Porteur : Service des travaux"),
    )
    assert said(found, "Former des guides") == [("porteur", "Centre culturel")]
    assert said(found, "Couvrir la place") == [("porteur", "Service des travaux")]


def test_ambitions_that_a_sentence_counts_are_the_level_above() -> None:
    found = read(
        para("Le plan compte deux ambitions et trois actions."),
        para("Ambition 1 : Vivre au village", size_pt=HEADED, bold=True),
        para("Action 1 : Relier les chapelles"),
        para("Action 2 : Ouvrir un marché"),
        para("Ambition 2 : Attirer par les paysages", size_pt=HEADED, bold=True),
        para("Action 3 : Replanter les haies"),
    )
    assert [remark.code for remark in found.remarks] == []
