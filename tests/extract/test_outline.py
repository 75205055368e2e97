"""The tree of a plan, from its labels, numbers, looks and lists, when it is set in lines."""

from __future__ import annotations

from extract.documents import codes, document, fates, item, outline, para, read, said

from pipeline.extract import extract
from pipeline.model import Block, Role

#: Two actions under an OO: enough for a text to be a plan.
PLAN = (
    para("OS 1 : Être une commune propre", bold=True),
    para("OO 1.1 : Trier mieux", bold=True),
    item("Action 1 : Installer des bulles à verre"),
    item("Action 2 : Former les agents"),
)
PLAN_OUTLINE = [
    "os 1 | Être une commune propre",
    "  oo 1.1 | Trier mieux",
    "    action 1 | Installer des bulles à verre",
    "    action 2 | Former les agents",
]


def test_labels_say_what_lines_are() -> None:
    assert outline(read(*PLAN)) == PLAN_OUTLINE


def test_labels_without_numbers() -> None:
    assert outline(
        read(
            para("Objectif stratégique : Accueillir", bold=True),
            para("Objectif opérationnel : Ouvrir plus tard", bold=True),
            para("Action : Étendre les heures"),
            para("Action : Engager deux agents"),
        )
    ) == [
        "os | Accueillir",
        "  oo | Ouvrir plus tard",
        "    action | Étendre les heures",
        "    action | Engager deux agents",
    ]


def test_a_label_alone_on_its_line_takes_the_next_line_as_title() -> None:
    found = outline(
        read(
            para("Objectif stratégique 1"),
            para("Vivre en paix"),
            para("Action 1"),
            para("Écrire"),
            para("Action 2 : Lire"),
        )
    )
    assert found == ["os 1 | Vivre en paix", "  action 1 | Écrire", "  action 2 | Lire"]


def test_numbers_restart_under_each_objective() -> None:
    found = outline(
        read(
            *(
                block
                for os in (1, 2)
                for block in (
                    para(f"OS {os} : Objectif {'AB'[os - 1]}", bold=True),
                    para(f"OO 1 : Premier de {os}", bold=True),
                    item(f"Action 1 : Une action de {os}"),
                    para(f"OO 2 : Second de {os}", bold=True),
                    item(f"Action 1 : Une autre de {os}"),
                )
            )
        )
    )
    assert found[5:] == [
        "os 2 | Objectif B",
        "  oo 1 | Premier de 2",
        "    action 1 | Une action de 2",
        "  oo 2 | Second de 2",
        "    action 1 | Une autre de 2",
    ]


def test_dotted_numbers_nest_by_depth_without_any_label() -> None:
    found = outline(
        read(
            para("Plan stratégique transversal", size_pt=20),
            *(
                block
                for i in (1, 2, 3)
                for block in (
                    para(f"{i}. Être une commune {'ABC'[i - 1]}", bold=True, size_pt=14),
                    *(
                        inner
                        for j in (1, 2)
                        for inner in (
                            para(f"{i}.{j}. Améliorer le point {i}{j}", bold=True),
                            item(f"Faire {i}{j} ici"),
                            item(f"Faire {i}{j} là"),
                        )
                    ),
                )
            ),
        )
    )
    assert found[:7] == [
        "os 1 | Être une commune A",
        "  oo 1.1 | Améliorer le point 11",
        "    action | Faire 11 ici",
        "    action | Faire 11 là",
        "  oo 1.2 | Améliorer le point 12",
        "    action | Faire 12 ici",
        "    action | Faire 12 là",
    ]


def test_one_ten_is_not_one_one() -> None:
    actions = [item(f"Action 1.{n} : Tâche numéro {n}") for n in range(1, 12)]
    found = outline(read(para("OS 1 : Tenir", bold=True), *actions))
    assert "  action 1.10 | Tâche numéro 10" in found
    assert "  action 1.1 | Tâche numéro 1" in found


def test_headings_without_labels_or_numbers_are_ranked_by_size() -> None:
    found = outline(
        read(
            *(
                block
                for i in (1, 2, 3)
                for block in (
                    para(f"Être une commune qui {['écoute', 'bouge', 'soigne'][i - 1]}", size_pt=18, bold=True),
                    *(
                        inner
                        for j in (1, 2)
                        for inner in (
                            para(f"Améliorer le service {i}{j}", size_pt=13, bold=True),
                            item(f"Engager pour {i}{j}"),
                            item(f"Former pour {i}{j}"),
                        )
                    ),
                )
            ),
            para("Objectifs stratégiques, plan stratégique transversal"),
        )
    )
    assert found[:4] == [
        "os | Être une commune qui écoute",
        "  oo | Améliorer le service 11",
        "    action | Engager pour 11",
        "    action | Former pour 11",
    ]


def test_one_element_in_two_notations_is_the_same_level_in_both() -> None:
    """Ordinals with labels in the summary, letters in the body."""
    body = [
        block
        for letter, title in (("A", "Soigner l'accueil"), ("B", "Planter la ville"))
        for block in (
            para(f"{letter}. {title}", bold=True, size_pt=14),
            para(f"OO 1 : Commencer à {title.lower()}", bold=True),
            item("Un premier pas"),
            item("Un second pas"),
        )
    ]
    found = outline(
        read(
            para("Premier objectif stratégique : Soigner l'accueil"),
            para("Deuxième objectif stratégique : Planter la ville"),
            *body,
        )
    )
    assert "os A | Soigner l'accueil" in found
    assert found[found.index("os B | Planter la ville") + 1] == "  oo 1 | Commencer à planter la ville"


def test_a_section_says_what_its_items_are() -> None:
    found = read(
        para("OS 1 : Protéger l'eau", bold=True),
        para("Constats :", bold=True),
        item("La nappe baisse"),
        item("Les fuites durent"),
        para("Ambitions :", bold=True),
        item("Perdre moins d'eau"),
        para("Objectifs opérationnels :", bold=True),
        item("Réparer le réseau"),
        item("Sensibiliser les ménages"),
    )
    assert outline(found) == [
        "os 1 | Protéger l'eau",
        "  constat | La nappe baisse",
        "  constat | Les fuites durent",
        "  ambition | Perdre moins d'eau",
        "  oo | Réparer le réseau",
        "  oo | Sensibiliser les ménages",
    ]


def test_actions_of_a_section_stand_beside_the_list_above_not_in_its_last_item() -> None:
    found = outline(
        read(
            para("OS 1 : Nourrir", bold=True),
            para("Objectifs opérationnels", bold=True),
            item("Cultiver"),
            item("Cuisiner"),
            para("Actions", bold=True),
            item("Acheter un four"),
            item("Ouvrir un potager"),
        )
    )
    assert found[-2:] == ["  action | Acheter un four", "  action | Ouvrir un potager"]


def test_constats_on_an_action_are_its_description() -> None:
    found = read(*PLAN, para("Constat : Le verre part à la poubelle"))
    assert outline(found) == PLAN_OUTLINE
    assert ("description", "Constat : Le verre part à la poubelle") in said(found, "Former les agents")


def test_paragraphs_grouped_by_numbers_stand_under_the_elements_with_these_numbers() -> None:
    found = outline(
        read(
            para("Enjeu 1 : L'eau", bold=True, size_pt=16),
            para("Objectifs stratégiques", bold=True),
            para("1. Boire une eau saine"),
            para("2. Nager près de chez soi"),
            para("Actions", bold=True),
            para("1."),
            para("Réparer le réseau"),
            para("Protéger les captages"),
            para("2."),
            para("Ouvrir un bassin"),
        )
    )
    assert found == [
        "enjeu 1 | L'eau",
        "  os 1 | Boire une eau saine",
        "    action | Réparer le réseau",
        "    action | Protéger les captages",
        "  os 2 | Nager près de chez soi",
        "    action | Ouvrir un bassin",
    ]


def test_inner_bullets_are_sub_actions() -> None:
    found = outline(
        read(
            para("OS 1 : Moins chauffer", bold=True),
            para("OO 1.1 : Isoler les écoles", bold=True),
            item("Isoler l'école du centre"),
            item("Poser des châssis", depth=1),
            item("Isoler le toit", depth=1),
            item("Isoler l'école du haut"),
        )
    )
    assert found[1:] == [
        "  oo 1.1 | Isoler les écoles",
        "    action | Isoler l'école du centre",
        "      sous_action | Poser des châssis",
        "      sous_action | Isoler le toit",
        "    action | Isoler l'école du haut",
    ]


def test_bullets_indented_under_bullets_are_sub_actions_where_the_format_tells_no_levels() -> None:
    found = outline(
        read(
            para("OS 1 : Moins chauffer", bold=True),
            para("OO 1.1 : Isoler les écoles", bold=True),
            item("Isoler l'école du centre", indent_pt=18),
            item("Poser des châssis", indent_pt=36),
            item("Isoler l'école du haut", indent_pt=18),
        )
    )
    assert found[3] == "      sous_action | Poser des châssis"


def test_a_paragraph_over_items_of_an_os_turns_them_into_text_when_oo_follow() -> None:
    found = read(
        para("OS 1 : Rouler moins", bold=True),
        item("Une voiture par ménage"),
        para("OO 1.1 : Marcher", bold=True),
        item("Tracer un sentier"),
        item("Éclairer un sentier"),
    )
    assert outline(found)[:2] == ["os 1 | Rouler moins", "  oo 1.1 | Marcher"]
    assert ("description", "Une voiture par ménage") in said(found, "Rouler moins")


def test_levels_without_an_oo() -> None:
    found = outline(
        read(
            *(
                block
                for i in (1, 2)
                for block in (
                    para(f"Axe {i} : Thème {i}", bold=True),
                    item(f"Action {2 * i - 1} : Faire {i}"),
                    item(f"Action {2 * i} : Refaire {i}"),
                )
            )
        )
    )
    assert found[:2] == ["enjeu 1 | Thème 1", "  action 1 | Faire 1"]


def test_three_volets() -> None:
    found = outline(
        read(
            *(
                block
                for name in ("Volet interne", "Volet externe", "Volet commun")
                for block in (
                    para(name, bold=True, size_pt=20),
                    para(f"OS 1 : But du {name.lower()}", bold=True, size_pt=14),
                    item("Action 1 : Commencer"),
                    item("Action 2 : Finir"),
                )
            )
        )
    )
    assert [line for line in found if line.startswith("volet")] == [
        "volet | Volet interne",
        "volet | Volet externe",
        "volet | Volet commun",
    ]
    assert "  os 1 | But du volet commun" in found


def test_a_volet_after_a_chapter_outside_the_plan_ends_it_where_numbers_start_again() -> None:
    found = read(
        para("Méthode", bold=True, size_pt=22),
        para("Le plan a été préparé en deux temps."),
        *(
            block
            for name, title in (("interne", "Accueillir"), ("externe", "Planter"))
            for block in (
                para(f"Volet {name}", bold=True, size_pt=20),
                para(f"OS 1 : But du volet {name}", bold=True, size_pt=14),
                item(f"{title} partout"),
                para("Pilote : Service des travaux"),
                item(f"{title} encore"),
            )
        ),
    )
    assert said(found, "Accueillir partout") == [("porteur", "Service des travaux")]
    assert said(found, "Planter partout") == [("porteur", "Service des travaux")]


def test_a_vision_text_holds_commitments() -> None:
    found = outline(
        read(
            para("Notre vision", size_pt=22, bold=True),
            para("Une ville ouverte", size_pt=15, bold=True),
            item("répondre dans les dix jours"),
            item("accueillir chacun"),
            para("Une ville sobre", size_pt=15, bold=True),
            item("réparer plutôt que jeter"),
            item("éteindre la nuit"),
        )
    )
    assert found[:3] == [
        "enjeu | Une ville ouverte",
        "  engagement | répondre dans les dix jours",
        "  engagement | accueillir chacun",
    ]


def test_the_same_title_twice_is_two_elements() -> None:
    found = outline(
        read(
            para("OO 1.1 : Former", bold=True),
            item("Action 1 : Organiser une journée"),
            para("OO 1.2 : Fêter", bold=True),
            item("Action 1 : Organiser une journée"),
        )
    )
    assert found == [
        "oo 1.1 | Former",
        "  action 1 | Organiser une journée",
        "oo 1.2 | Fêter",
        "  action 1 | Organiser une journée",
    ]


# ----------------------------------------------------------------------------------------- what is no part of the plan


def test_what_a_foreword_repeats_is_a_weaker_mention() -> None:
    found = outline(read(para("Avant-propos", outline=1), para("OS 1 : Être une commune propre"), *_outlined(PLAN)))
    assert found[0] == "[os 1 | Être une commune propre]"
    assert found[1:] == PLAN_OUTLINE


def test_a_synthesis_after_the_plan_is_a_weaker_mention() -> None:
    found = outline(read(*_outlined(PLAN), para("Synthèse", outline=1), para("OS 1 : Être une commune propre")))
    assert found[:4] == PLAN_OUTLINE
    assert found[4:] == ["[os 1 | Être une commune propre]"]


def test_an_annex_is_left_out_of_the_last_action() -> None:
    found = read(*_outlined(PLAN), para("Annexes", outline=1), para("Liste des plans communaux en vigueur."))
    assert outline(found) == PLAN_OUTLINE
    assert fates(found)["Liste des plans communaux en vigueur."] == "unclassified"


def test_footnotes_and_comments_are_left_out() -> None:
    found = read(*PLAN, para("1 Voir la loi.", role=Role.FOOTNOTE), para("À vérifier", role=Role.COMMENT))
    assert outline(found) == PLAN_OUTLINE
    assert fates(found)["À vérifier"] == "unclassified"


def test_small_numbered_lines_are_footnotes() -> None:
    found = read(*PLAN, para("1. Décret du 19 juillet 2018", size_pt=8))
    assert outline(found) == PLAN_OUTLINE


def test_minutes_are_no_plan() -> None:
    found = read(
        para("Procès-verbal de la séance du conseil communal", bold=True, size_pt=16),
        para("Présents : neuf conseillers"),
        para("1. Approbation du procès-verbal de la séance précédente", bold=True),
        para("Le conseil approuve à l'unanimité."),
        para("2. Tutelle sur le budget de la fabrique d'église", bold=True),
        para("Le conseil délibère et vote."),
    )
    assert outline(found) == []
    assert codes(found) == ["plan_not_recognised"]
    assert set(fates(found).values()) <= {"unclassified", "furniture"}


def test_a_plan_may_use_words_of_recipes_and_minutes_in_its_titles() -> None:
    found = read(
        para("PST", bold=True, size_pt=16),
        para("1. Faire vivre les villages", bold=True, size_pt=14),
        para("1.1. Préparation de la Saint-Éloi"),
        para("1.2. Préparation des repas scolaires"),
        para("2. Garder des finances saines", bold=True, size_pt=14),
        para("2.1. Recette des taxes"),
        para("2.2. Préparation de la facture électronique"),
    )
    assert len(outline(found)) == 6
    assert codes(found) == []


def test_an_empty_document_is_no_plan() -> None:
    found = extract(document())
    assert (found.statements, found.blocks, codes(found)) == ((), (), ["plan_not_recognised"])


def test_a_count_that_is_announced_and_not_found_is_reported() -> None:
    title = para("Programme stratégique transversal", bold=True, size_pt=20)
    found = read(
        title, para("Nos 3 objectifs stratégiques", bold=True, size_pt=14), *PLAN, para("OS 2 : Chauffer", bold=True)
    )
    assert "count_announced" in codes(found)
    facts = dict(next(r.facts for r in found.remarks if r.code == "count_announced"))
    assert (facts["announced"], facts["found"]) == ("3", "2")


def test_a_label_without_any_title_is_dropped_and_reported() -> None:
    found = read(*PLAN, para("Action 3 :"))
    assert outline(found) == PLAN_OUTLINE
    assert codes(found) == ["title_missing"]


# -------------------------------------------------------------------------------------------------------------- fields


def test_inline_fields_belong_to_the_element_above() -> None:
    found = read(*PLAN, para("Échéance : 2027 – Responsable : Cheffe des travaux"))
    assert said(found, "Former les agents") == [("end", "2027"), ("responsable", "Cheffe des travaux")]


def test_fields_at_the_end_of_a_title_are_cut_off() -> None:
    found = read(*PLAN, item("Action 3 : Fleurir les giratoires – Échéance : 2026"))
    assert said(found, "Fleurir les giratoires") == [("end", "2026")]


def test_a_label_above_its_values() -> None:
    found = read(*PLAN, para("Partenaires :"), item("Intercommunale"), item("École du centre"))
    assert said(found, "Former les agents") == [("partenaire", "Intercommunale"), ("partenaire", "École du centre")]


def test_actors_of_an_objective_belong_to_it() -> None:
    found = read(
        PLAN[0], para("Nos acteurs", bold=True), item("Le service Environnement"), item("Les écoles"), *PLAN[1:]
    )
    assert outline(found) == PLAN_OUTLINE
    assert said(found, "Être une commune propre") == [
        ("acteur", "Le service Environnement"),
        ("acteur", "Les écoles"),
    ]


def test_a_sentence_on_the_status_of_an_action_is_its_status() -> None:
    found = read(*PLAN, para("Réalisé le 02/12/2025"))
    assert said(found, "Former les agents") == [("status", "Réalisé le 02/12/2025")]


def test_running_text_is_the_description_of_the_element_above() -> None:
    found = read(*PLAN[:2], para("Nous trions encore trop peu, et trop tard."), *PLAN[2:])
    assert said(found, "Trier mieux") == [("description", "Nous trions encore trop peu, et trop tard.")]
    assert fates(found)["Nous trions encore trop peu, et trop tard."] == "text"


def test_key_figures_are_indicators() -> None:
    found = read(
        PLAN[0],
        para("27,5 %", size_pt=24, bold=True, box=1, page=1),
        para("de déchets triés en 2023", box=1, page=1),
        *PLAN[1:],
    )
    assert said(found, "Être une commune propre") == [
        ("indicator_label", "de déchets triés en 2023"),
        ("measure_value", "27,5 %"),
        ("measure_role", "actual"),
        ("measure_period", "2023"),
    ]


def test_a_list_of_titles_that_come_again_below_repeats_them() -> None:
    missions = ("Garantir une présence", "Protéger les plus faibles", "Rendre les routes sûres")
    blocks = [
        para("Programme stratégique", size_pt=20.0, bold=True),
        para("Nos missions en liste", size_pt=14.0, bold=True),
    ]
    blocks += [item(title, number=f"{n}.") for n, title in enumerate(missions, 1)]
    for n, title in enumerate(missions, 1):
        blocks += [para(f"{n}. {title}", size_pt=14.0, bold=True), para(f"Levier {n}.1 : Un levier", bold=True)]
        blocks += [item(f"Former les agents {n}"), item(f"Acheter du matériel {n}")]
    found = outline(read(*blocks))
    assert found[:3] == [f"[os {n} | {title}]" for n, title in enumerate(missions, 1)]
    assert found[3:6] == ["os 1 | Garantir une présence", "  oo 1.1 | Un levier", "    action | Former les agents 1"]


def _outlined(blocks: tuple[Block, ...]) -> list[Block]:
    """The same lines with outline levels, as a document with heading styles has them."""
    levels = {"OS": 1, "OO": 2}
    return [para(b.text, outline=levels[b.text[:2]]) if b.text[:2] in levels else b for b in blocks]
