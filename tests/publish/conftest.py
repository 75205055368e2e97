# ruff: noqa: E501  (a row of the invented plan is kept readable)
"""Invented plans: a commune of two volets, a plan of one action, an empty one, and one of 600 actions."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.evaluate import evaluate
from pipeline.model import (
    Actor,
    Budget,
    Element,
    Evaluation,
    Indicator,
    Level,
    Measure,
    Plan,
    Remark,
    Severity,
    Statement,
)
from pipeline.settings import Settings, parse_settings

CUTOFF = date(2027, 9, 30)
TEMPLATES = Path(__file__).parents[2] / "templates"
SOURCE = "pst.docx"

TREE = (
    # level, code, title, status, progress, end_first, end, budget, synergy, comment, role: actor
    ("volet", "", "Volet interne : l'administration", "", "", "", "", "", "", "", ""),
    ("objectif_strategique", "1", "Être une administration proche, joignable et lisible", "", "", "", "", "", "", "", ""),
    ("objectif_operationnel", "1.1", "Répondre à toute demande dans les dix jours", "", "", "", "", "", "", "", ""),
    ("action", "1.1.1", "Mettre en place un accusé de réception automatique", "TERMINE", "100", "2025-06-30",
     "2025-06-30", "4500", "non", "En service depuis juin 2025.", "Service Population"),
    ("action", "1.1.2", "Tenir un tableau de bord des délais, publié chaque trimestre sur le site", "EN_COURS", "60",
     "2026-12-31", "2027-12-31", "", "non", "Le premier tableau a été présenté au comité de direction ; la publication "
     "attend la mise à jour du site.", "Directeur général"),
    ("sous_action", "1.1.2.1", "Choisir les indicateurs de délai", "TERMINE", "100", "", "2026-03", "", "", "", ""),
    ("sous_action", "1.1.2.2", "Publier le premier tableau", "NON_COMMENCE", "", "", "2027-12", "", "", "", ""),
    ("objectif_operationnel", "1.2", "Offrir un guichet commun avec le CPAS", "", "", "", "", "", "", "", ""),
    ("action", "1.2.1", "Ouvrir une permanence sociale à la maison communale", "TERMINE", "100", "2026", "2026", "12500.5",
     "oui", "", "Échevine des Affaires sociales"),
    ("action", "1.2.2", "Fusionner les services informatiques de la commune et du CPAS", "PROBLEME", "20", "2026-06-30",
     "2027-06-30", "86000", "oui", "Marché infructueux ; relance prévue au premier trimestre 2028.", "Service Informatique"),
    ("objectif_strategique", "2", "Être un employeur attentif", "", "", "", "", "", "", "", ""),
    ("objectif_operationnel", "2.1", "Former les agents", "", "", "", "", "", "", "", ""),
    ("action", "2.1.1", "Établir un plan de formation commun", "EN_ATTENTE", "", "2027", "2027", "", "oui", "",
     "Service du Personnel"),
    ("action", "2.1.2", "Créer une cellule d'accueil des nouveaux agents", "", "", "", "", "", "", "", ""),
    ("volet", "", "Volet externe : le développement des politiques", "", "", "", "", "", "", "", ""),
    ("objectif_strategique", "3", "Être une commune où l'on se déplace sans danger, à pied comme à vélo", "", "", "", "",
     "", "", "", ""),
    ("objectif_operationnel", "3.1", "Relier les villages par des voies cyclables sûres", "", "", "", "", "", "", "", ""),
    ("action", "3.1.1", "Aménager 12 km de voies lentes le long de l'ancienne ligne de chemin de fer", "EN_COURS", "45",
     "2026-12-31", "2028-12-31", "1519000", "non", "Deux tronçons sur quatre sont ouverts.", "Service Travaux"),
    ("action", "3.1.2", "Poser des arceaux devant chaque école & chaque bibliothèque <au moins 6>", "TERMINE", "100",
     "2027", "2027", "24000", "non", "", "Service Travaux"),
    ("action", "3.1.3", "Construire une passerelle sur la rivière", "ANNULE_ABANDONNE", "", "2028", "2028", "", "non",
     "Abandonnée : le permis a été refusé en 2026 et le coût a doublé.", "Échevin de la Mobilité"),
    ("objectif_strategique", "4", "Être une commune sobre en énergie", "", "", "", "", "", "", "", ""),
    ("action", "4.0.1", "Réaliser le cadastre énergétique des bâtiments", "TERMINE", "100", "2025", "2025", "31500", "non",
     "", "Conseiller en énergie"),
    ("objectif_operationnel", "4.1", "Rénover les bâtiments communaux", "", "", "", "", "", "", "", ""),
    ("action", "4.1.1", "Isoler la toiture de l'école du centre", "EN_COURS", "80", "2027-08-31", "2027-08-31", "215000",
     "non", "Réception provisoire attendue en octobre.", "Service Travaux"),
    ("action", "4.1.2", "Remplacer l'éclairage public par des lampes LED", "EN_COURS", "50", "2029", "2029", "480000",
     "non", "", "Service Travaux"),
    ("objectif_strategique", "5", "Être une commune où chacun trouve à se loger", "", "", "", "", "", "", "", ""),
    ("objectif_operationnel", "5.1", "Augmenter l'offre de logements publics", "", "", "", "", "", "", "", ""),
    ("action", "5.1.1", "Rénover six logements d'urgence avec le CPAS", "NON_COMMENCE", "0", "2028-06", "2028-06", "340000",
     "oui", "", "CPAS"),
    ("action", "5.1.2", "Texte hostile {{ 7*7 }} {% for x in y %} {# note #} {_{ =1+1", "NON_COMMENCE", "", "2029", "2029",
     "", "", "{{ 7*7 }}\nseconde ligne\tet tabulation \x07", "Service {{ 8*8 }}"),
)  # fmt: skip


def make_id(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def build_tree(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[Element, ...], tuple[Actor, ...]]:
    depth = {level.value: index for index, level in enumerate(Level)}
    open_rows: list[Element] = []
    elements: list[Element] = []
    actors: list[Actor] = []
    for position, (level, code, title, status, progress, first, end, budget, synergy, comment, actor) in enumerate(
        rows, 1
    ):
        while open_rows and depth[open_rows[-1].level] >= depth[level]:
            open_rows.pop()
        element = Element(
            id=make_id(level, code, title),
            parent_id=open_rows[-1].id if open_rows else "",
            position=position,
            level=Level(level),
            code=code,
            title=title,
            status=status,
            progress=Decimal(progress) if progress else None,
            end=end,
            end_first=first if first != end else "",
            budget=Decimal(budget) if budget else None,
            synergy=synergy,
            comment=comment,
            page=str(position // 4 + 1),
            source=SOURCE,
            confidence=0.55 if position % 9 == 0 else 0.97,
        )
        elements.append(element)
        open_rows.append(element)
        if actor:
            actors.append(Actor(element.id, "service" if actor.startswith("Service") else "mandataire", actor))
    return tuple(elements), tuple(actors)


def measure(indicator: str, period: str, role: str, value: str, unit: str = "", original: str = "") -> Measure:
    number = Decimal(value) if value else None
    return Measure(indicator, period, role, number, unit, original or value, "travaux.xlsx", "Feuil1!C7")


def build_commune() -> Plan:
    elements, actors = build_tree(TREE)
    by_code = {e.code: e.id for e in elements}
    indicators = (
        Indicator("i1", by_code["3.1.1"], "Longueur de voies lentes ouvertes", "realisation", "numeric", "km", "up"),
        Indicator("i2", by_code["4.1.2"], "Consommation de l'éclairage public", "resultat", "numeric", "kWh", "down"),
        Indicator(
            "i3", by_code["1.1.2"], "Part des réponses données dans les dix jours", "resultat", "numeric", "%", "up"
        ),
        Indicator("i4", by_code["2.1.1"], "Plan de formation adopté", "realisation", "milestone", "", ""),
        Indicator("i5", by_code["5.1.1"], "Satisfaction des locataires", "impact", "text", "", ""),
    )
    measures = (
        measure("i1", "2024", "baseline", "0", "km"),
        measure("i1", "", "target", "12", "km"),
        measure("i1", "2026", "actual", "5.4", "km"),
        measure("i1", "2027", "actual", "7", "km"),
        measure("i2", "2024", "baseline", "812500", "kWh"),
        measure("i2", "2030", "target", "400000", "kWh"),
        measure("i2", "2026", "actual", "655000", "kWh"),
        measure("i3", "", "target", "90", "%"),
        measure("i3", "2027-06-30", "actual", "71.5", "%"),
        measure("i4", "", "target", "1"),
        measure("i4", "2027-05", "actual", "0"),
        measure("i5", "2026", "actual", "", "", "bonne dans l'ensemble"),
    )
    budgets = (
        Budget(by_code["3.1.1"], "2025", Decimal(760000), "", "Wallonie"),
        Budget(by_code["3.1.1"], "2026", Decimal(759000), "", "Commune"),
        Budget(by_code["4.1.2"], "2026", Decimal(480000), "", "Commune"),
    )
    statements = tuple(
        Statement(f"m{n}", "title", e.title, e.title, source, f"p. {e.page}", e.confidence, element_id=e.id)
        for source in (SOURCE, "brochure.pdf")
        for n, e in enumerate(elements)
        if source == SOURCE or e.code != "5.1.1"
    )
    remarks = (
        Remark(Severity.WARNING, "unknown_code_of_a_test", (("fact", "=1+1"),), by_code["5.1.1"], SOURCE, "p. 3"),
    )
    return Plan(elements, actors, budgets, indicators, measures, (), statements, remarks, ())


def build_large() -> Plan:
    rows: list[tuple[str, ...]] = []
    for s in range(1, 13):
        rows.append(("objectif_strategique", str(s), f"Objectif stratégique inventé numéro {s}", *[""] * 8))
        for o in range(1, 6):
            rows.append(("objectif_operationnel", f"{s}.{o}", f"Objectif opérationnel inventé {s}.{o}", *[""] * 8))
            for a in range(1, 11):
                status = ("TERMINE", "EN_COURS", "NON_COMMENCE", "")[(s + o + a) % 4]
                title = f"Action inventée {s}.{o}.{a}, avec un intitulé d'une longueur ordinaire pour un tel programme"
                rows.append(
                    ("action", f"{s}.{o}.{a}", title, status, str(a * 10), "2026", "2027-06-30", "12500", "non",
                     "Un commentaire de suivi, sur une ligne ou deux, comme les services en écrivent.", "Service Travaux")
                )  # fmt: skip
    elements, actors = build_tree(tuple(rows))
    return Plan(elements=elements, actors=actors)


@pytest.fixture
def commune() -> Plan:
    return build_commune()


@pytest.fixture
def tiny() -> Plan:
    return Plan(elements=build_tree((("action", "", "Une action seule", *[""] * 8),))[0])


@pytest.fixture
def empty() -> Plan:
    return Plan()


@pytest.fixture
def large() -> Plan:
    return build_large()


@pytest.fixture
def cutoff() -> date:
    return CUTOFF


@pytest.fixture
def evaluation(commune: Plan) -> Evaluation:
    return evaluate(commune, CUTOFF)


def build_settings(kind: str = "commune", session: str = "") -> Settings:
    return parse_settings(
        f"""
[entity]
name = "Valmont"
kind = "{kind}"
province = "Namur"
arrondissement = "Namur"
[legislature]
start = 2024
end = 2030
[[source]]
file = "sources/pst.docx"
[evaluation]
cutoff = 2027-09-30
kind = "mid-term"
[session]
{session}
"""
    )


@pytest.fixture
def settings() -> Settings:
    return build_settings(session='date = 2027-11-29\npoint = "12"\nannex = "1"')


@pytest.fixture
def cpas_settings() -> Settings:
    return build_settings("cpas")


@pytest.fixture
def province_settings() -> Settings:
    return build_settings("province", 'draft = false\ndate = 2027-12-01\npoint = "3"\nannex = "2"')
