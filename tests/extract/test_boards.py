"""What a person gets from boards of cards, as hosted tools export them."""

from __future__ import annotations

from extract.documents import outline, said

from pipeline.extract import extract
from pipeline.model import Extraction
from pipeline.readers.sheets import read_csv


def board(*rows: str) -> Extraction:
    return extract(read_csv("\n".join(rows).encode(), "tableau.csv"))


def test_lists_are_statuses_and_labels_are_parents() -> None:
    found = board(
        "Liste;Carte;Description;Étiquettes;Échéance;Membres",
        "À démarrer;Planter des haies;Avec les écoles.;Objectif stratégique : Une nature préservée;31/03/2027;Agent A",
        "À démarrer;Creuser des mares;;Objectif stratégique : Une nature préservée;30/06/2028;Agent A",
        "En cours;Isoler la crèche;Subside demandé.;Objectif stratégique : Une énergie sobre;31/12/2026;Agente B",
    )
    assert outline(found) == [
        "os | Une nature préservée",
        "  action | Planter des haies",
        "  action | Creuser des mares",
        "os | Une énergie sobre",
        "  action | Isoler la crèche",
    ]
    assert sorted(said(found, "Isoler la crèche")) == [
        ("description", "Subside demandé."),
        ("end", "31/12/2026"),
        ("responsable", "Agente B"),
        ("status", "En cours"),
    ]


def test_lists_are_parents_and_the_columns_of_the_tool_say_nothing() -> None:
    found = board(
        "Card ID;Card Name;Card URL;Labels;Members;Due Date;List ID;List Name;Archived",
        "5f1a;Planter des haies;https://example.org/1;;Agent A;2027-03-31;77;OS 1 : Une nature préservée;false",
        "5f1b;Creuser des mares;https://example.org/2;;Agent A;2027-03-31;77;OS 1 : Une nature préservée;false",
        "5f1c;Isoler la crèche;https://example.org/3;;Agente B;2028-03-31;78;OS 2 : Une énergie sobre;false",
    )
    assert outline(found) == [
        "os 1 | Une nature préservée",
        "  action | Planter des haies",
        "  action | Creuser des mares",
        "os 2 | Une énergie sobre",
        "  action | Isoler la crèche",
    ]
    assert said(found, "Isoler la crèche") == [("responsable", "Agente B"), ("end", "2028-03-31")]


def test_progress_in_words_is_a_status() -> None:
    found = board(
        "ID de tâche;Nom de tâche;Nom du compartiment;Progression;Attribué à",
        "x1;Planter des haies;OO 1.1 Verdir;En cours;Agent A",
        "x2;Creuser des mares;OO 1.1 Verdir;En cours;Agent A",
        "x3;Isoler la crèche;OO 2.1 Épargner;Non commencé;Agente B",
    )
    assert outline(found) == [
        "oo 1.1 | Verdir",
        "  action | Planter des haies",
        "  action | Creuser des mares",
        "oo 2.1 | Épargner",
        "  action | Isoler la crèche",
    ]
    assert said(found, "Isoler la crèche") == [("status", "Non commencé"), ("responsable", "Agente B")]


def test_cards_of_a_plan_with_actions_are_no_board() -> None:
    found = board(
        "Action;Carte;Étiquettes;Membres",
        "OS 1 : Une nature préservée;;;",
        "Planter des haies;Carte des haies;En cours;Agent A",
        "Creuser des mares;Carte des mares;Terminé;Agente B",
    )
    assert outline(found) == [
        "os 1 | Une nature préservée",
        "  action | Planter des haies",
        "  action | Creuser des mares",
    ]
