"""Plan, Evaluation and Settings -> the names that Word templates may use, the same for every template.

Legal affairs type these names in Word, so they are French words of the field, without accents; templates/README.md
lists them and a test compares the two. Every value is a text, a truth value or a list of such tables: a template
computes nothing, all figures come from the Evaluation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.model import (
    Attainment,
    Element,
    Evaluation,
    Figure,
    Indicator,
    Level,
    Measure,
    Plan,
    Severity,
    Statement,
    Status,
)
from pipeline.publish.charts import Bar, Chart
from pipeline.publish.docx import Blanks
from pipeline.publish.wording import (
    format_amount,
    format_long_date,
    format_number,
    format_percent,
    format_period,
    format_quantity,
    format_rate,
    format_short_date,
    name_entity,
    phrase,
    read_wording,
    title_element,
    word,
)
from pipeline.remarks import fill_sentence
from pipeline.settings import Settings, read_law

Names = dict[str, Any]

STATUS_ROWS = (*(s.value for s in Status), "not_given")
RESPONSIBLE_ROLES = ("mandataire", "responsable", "porteur", "service")
AMOUNT_CODES = ("budget_total", "budget_other_levels", "budget_year", "budget_funder")
FINGERPRINT_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a plan by id, built once."""

    plan: Plan
    evaluation: Evaluation
    elements: Mapping[str, Element]
    figures: Mapping[tuple[str, str], Figure]
    actors: Mapping[str, Mapping[str, tuple[str, ...]]]  # element id -> role -> names
    statements: Mapping[tuple[str, str], tuple[Statement, ...]]  # element id, field -> what the sources say


def build_names(plan: Plan, evaluation: Evaluation, settings: Settings) -> Names:
    """Return all names of a template."""
    tables = index_tables(plan, evaluation)
    law = read_law(settings.entity.kind)
    identity = describe_identity(evaluation, settings, law)
    actions = [describe_action(tables, e) for e in plan.elements if e.level is Level.ACTION]
    by_id = {e.id: a for e, a in zip((e for e in plan.elements if e.level is Level.ACTION), actions, strict=True)}
    summary = describe_summary(tables)
    indicators = describe_indicators(tables)
    return {
        **identity,
        "droit": describe_law(tables, settings, law, identity),
        "synthese": summary,
        "volets": describe_scopes(tables, Level.VOLET),
        "objectifs": describe_scopes(tables, Level.OBJECTIF_STRATEGIQUE),
        "statuts": [describe_status(code) for code in STATUS_ROWS],
        "groupes": describe_groups(tables, by_id),
        "actions": actions,
        "retards": [a for a in actions if a["en_retard"]],
        "reports": [a for a in actions if a["reportee"]],
        "abandons": [a for a in actions if a["statut"]["code"] == Status.ANNULE_ABANDONNE],
        "changements": describe_changes(tables),
        "indicateurs": indicators,
        "indicateurs_mesures": [i for i in indicators if i["mesure"]],
        "indicateurs_sans_mesure": [i for i in indicators if not i["mesure"]],
        "synergies": {"applicables": bool(law["terms"]["synergies"]), **describe_synergies(tables, actions)},
        "budget": describe_budget(tables),
        "completude": describe_missing(tables),
        "remarques": describe_remarks(tables),
        "sources": describe_sources(tables),
        "diagramme": build_chart(tables),
    }


def build_title(code: str, names: Names) -> str:
    """Return the title of a document for its properties: what it is, which evaluation, whose, which term."""
    return " \u2013 ".join(
        (
            phrase(code),
            names["evaluation"]["titre"],
            f"{phrase('pst')} {names['legislature']['periode']}",
            names["entite"]["designation"],
        )
    )


def index_tables(plan: Plan, evaluation: Evaluation) -> Tables:
    """Index the plan once, so that no table is searched again."""
    actors: dict[str, dict[str, list[str]]] = {}
    for actor in plan.actors:
        names = actors.setdefault(actor.element_id, {}).setdefault(actor.role, [])
        if actor.name and actor.name not in names:
            names.append(actor.name)
    statements: dict[tuple[str, str], list[Statement]] = {}
    for statement in plan.statements:
        statements.setdefault((statement.element_id, statement.field), []).append(statement)
    return Tables(
        plan=plan,
        evaluation=evaluation,
        elements={e.id: e for e in plan.elements},
        figures={(f.scope_id, f.code): f for f in evaluation.figures},
        actors={e: {role: tuple(names) for role, names in roles.items()} for e, roles in actors.items()},
        statements={key: tuple(said) for key, said in statements.items()},
    )


# --------------------------------------------------------------------------------------------------- who, when, by law


def describe_identity(evaluation: Evaluation, settings: Settings, law: Mapping[str, Any]) -> Names:
    """Describe the entity, the term, the evaluation, the session and the signatories."""
    entity, session = settings.entity, settings.session
    facts = {"year": str(evaluation.cutoff.year)}
    title = fill_sentence(word("evaluation_title", settings.evaluation.kind), facts)
    organ = session.organ or law["session"]["organ"]
    verb = session.verb or law["session"]["verb"]
    vote = session.vote or law["session"]["vote"]
    if not vote and law["terms"]["vote_expected"]:
        vote = phrase("vote_blank")
    secretary = settings.signatories.secretary or law["signatories"]["secretary"]
    chair = settings.signatories.chair or law["signatories"]["chair"]
    fingerprint = evaluation.fingerprint
    return {
        "entite": {
            "nom": entity.name,
            "designation": name_entity(entity.name, law["designation"], tuple(law["name_words"])),
            "genre": word("entity_kind", entity.kind),
            "province": join_name(entity.province, "Province"),
            "arrondissement": join_name(entity.arrondissement, "Arrondissement"),
            "ins": entity.ins,
        },
        "legislature": {
            "debut": str(settings.legislature.start),
            "fin": str(settings.legislature.end),
            "periode": f"{settings.legislature.start}-{settings.legislature.end}",
        },
        "evaluation": {
            "titre": title,
            "libelle": fill_sentence(word("evaluation_phrase", settings.evaluation.kind), facts),
            "date_arret": format_long_date(evaluation.cutoff),
            "date_arret_courte": format_short_date(evaluation.cutoff),
            "annee": facts["year"],
            "empreinte": fingerprint,
            "empreinte_courte": fingerprint[:FINGERPRINT_SHOWN],
        },
        "seance": {
            "date": Blanks(phrase("session_date_blank") if session.date is None else format_long_date(session.date)),
            "organe": organ,
            "verbe": verb,
            "verbe_capitales": verb.upper(),
            "acte": read_wording()["verb_noun"].get(verb, verb[:1].upper() + verb[1:]),
            "vote": Blanks(vote),
            "vote_majuscule": Blanks(vote[:1].upper() + vote[1:]),
            "point": Blanks(session.point or phrase("point_blank")),
            "annexe": Blanks(phrase("annex_number" if session.annex else "annex_blank", {"annex": session.annex})),
        },
        "signataires": {"secretaire": secretary, "president": chair},
        "projet": session.draft,
    }


def join_name(name: str, designation: str) -> str:
    """Return « Province de Namur » for `Namur`; a name already full stays, none gives an empty text."""
    return name_entity(name, designation, (designation,)) if name else ""


def describe_law(tables: Tables, settings: Settings, law: Mapping[str, Any], identity: Names) -> Names:
    """Fill the texts of data/law/<kind>.toml; what is not confirmed is marked, what staff must fill in stands out."""
    verb_objects = read_wording()["verb_object"]
    verb = identity["seance"]["verbe"]
    facts = {
        "legislature": identity["legislature"]["periode"],
        "evaluation": identity["evaluation"]["libelle"],
        "cutoff": identity["evaluation"]["date_arret"],
        "council": identity["seance"]["organe"],
        "executive": law["terms"]["executive"],
        "entity": identity["entite"]["designation"],
        "annex": str(identity["seance"]["annexe"]),
        "verb": verb,
        "figures": describe_figures_sentence(tables),
    }
    facts["object"] = fill_sentence(verb_objects.get(verb, verb_objects["default"]), facts)

    def fill(entry: Mapping[str, Any]) -> Names:
        text = fill_sentence(entry["text"], facts)
        to_verify = bool(entry.get("verify", False))
        return {"texte": Blanks(f"{text} {phrase('to_verify')}" if to_verify else text), "a_verifier": to_verify}

    articles = [
        {"numero": phrase("article_first" if n == 1 else "article_other", {"number": str(n)}), **fill(entry)}
        for n, entry in enumerate(law["article"], start=1)
    ]
    conform = law["closing"]["conform"]
    if law["closing"]["conform_verify"]:
        conform = f"{conform} {phrase('to_verify')}"
    return {
        "organe_executif": law["terms"]["executive"],
        "declaration": law["policy"],
        "bases": [{"reference": b["reference"], "texte": fill(b)["texte"]} for b in law["basis"]],
        "visas": [fill(v) for v in law["visa"]],
        "considerants": [fill(c) for c in law["considering"]],
        "articles": articles,
        "par_le_conseil": law["closing"]["council"],
        "pour_extrait": Blanks(conform),
    }


def describe_figures_sentence(tables: Tables) -> str:
    """Return the sentence of figures of the deliberation: every status that occurs, out of all actions."""
    counts = {code: tables.figures["", code] for code in STATUS_ROWS}
    total = tables.figures["", "actions"].numerator
    if total == 0:
        return phrase("figures_none")
    said = [
        fill_sentence(word("status_count", code), {"count": str(figure.numerator)})
        for code, figure in counts.items()
        if figure.numerator
    ]
    counted = phrase("and", {"first": ", ".join(said[:-1]), "last": said[-1]}) if said[1:] else said[0]
    return phrase("figures", {"actions": str(total), "counts": counted})


# ------------------------------------------------------------------------------------------------------------- figures


def describe_figure(figure: Figure) -> Names:
    """Describe a figure with all it takes to check it."""
    code, _, name = figure.code.partition(":")
    label = fill_sentence(word("figure", code), {"name": name})
    if code in STATUS_ROWS:
        label = word("status", code)
    elif code == "synergy" and name:
        label = fill_sentence(word("figure", "synergy_status"), {"name": word("status", name)})
    elif code == "kind":
        label = fill_sentence(word("figure", "kind"), {"name": word("kind", name)})
    amount = code in AMOUNT_CODES
    numerator = format_amount(Decimal(figure.numerator)) if amount else format_number(figure.numerator)
    mean = code == "progress_mean"
    if mean:
        rate = format_percent(Decimal(figure.numerator) / figure.denominator) if figure.denominator else phrase("none")
    else:
        rate = phrase("none") if amount else format_rate(figure.numerator, figure.denominator)
    return {
        "libelle": label,
        "numerateur": numerator,
        "denominateur": format_number(figure.denominator),
        "taux": rate,
        "regle": word("rule", figure.rule),
    }


def describe_status(code: str) -> Names:
    """Describe a status: word and sign carry the meaning, the light fill only helps."""
    code = code if code in STATUS_ROWS else "not_given"
    return {
        "code": code,
        "mot": word("status", code),
        "symbole": word("status_symbol", code),
        "fond": word("status_fill", code),
    }


def describe_summary(tables: Tables) -> Names:
    """Describe the whole plan: a row a status, and the rates with their rules."""
    rows = [{"statut": describe_status(code), **describe_figure(tables.figures["", code])} for code in STATUS_ROWS]
    names = {
        "taux": "done_rate",
        "taux_sans_abandons": "done_rate_without_abandoned",
        "avancement": "progress_mean",
        "retards": "late",
        "retards_sans_statut": "overdue_not_given",
        "reports": "slipped",
        "sous_actions": "sub_actions",
        "sous_actions_terminees": "sub_actions_done",
        "non_renseignees": "not_given",
    }
    figures = {name: describe_figure(tables.figures["", code]) for name, code in names.items()}
    total = format_number(tables.figures["", "actions"].numerator)
    listed = ("taux", "taux_sans_abandons", "avancement", "retards", "retards_sans_statut", "reports")
    has_sub = tables.figures["", "sub_actions"].numerator > 0
    return {
        "actions": total,
        "sans_action": tables.figures["", "actions"].numerator == 0,
        "lignes": rows,
        "chiffres": [figures[n] for n in (*listed, *(("sous_actions_terminees",) if has_sub else ()))],
        **figures,
    }


def describe_scopes(tables: Tables, level: Level) -> list[Names]:
    """Describe each element of a level as one row of counts, then what is outside, then the whole plan."""
    scopes = [(e.id, title_element(e)) for e in tables.plan.elements if e.level is level]
    outside = f"outside_{level.value}"
    if scopes and (outside, "actions") in tables.figures:
        scopes.append((outside, word("outside", outside)))
    if scopes:
        scopes.append(("", phrase("whole_plan")))
    return [
        {
            "intitule": title,
            "nombres": [format_number(tables.figures[scope, code].numerator) for code in STATUS_ROWS],
            "total": format_number(tables.figures[scope, "actions"].numerator),
            "taux": describe_figure(tables.figures[scope, "done_rate"])["taux"],
            "taux_sans_abandons": describe_figure(tables.figures[scope, "done_rate_without_abandoned"])["taux"],
            "ensemble": scope == "",
        }
        for scope, title in scopes
    ]


def build_chart(tables: Tables) -> Chart:
    """Return the bar chart of the counts by status; each bar has its word and its number."""
    bars = tuple(
        Bar(word("status", code), int(tables.figures["", code].numerator), word("status_ink", code))
        for code in STATUS_ROWS
    )
    counts = ", ".join(f"{b.label} {b.value}" for b in bars)
    return Chart(phrase("chart_title"), phrase("chart_series"), bars, phrase("chart_alt", {"counts": counts}))


# ------------------------------------------------------------------------------------------------------------ elements


def describe_action(tables: Tables, element: Element) -> Names:
    """Describe an action or a sub-action as a row of a table."""
    roles = tables.actors.get(element.id, {})
    late = (element.id, "late") in tables.figures
    slipped = (element.id, "slipped") in tables.figures
    end = format_period(element.end)
    if slipped:
        end = phrase("deadline_moved", {"now": end, "first": format_period(element.end_first)})
    none = phrase("none")
    sub_action = element.level is Level.SOUS_ACTION
    # A sub-action is set off by a sign in its title, so that any template shows it.
    title = (phrase("sub_action_mark") + element.title) if sub_action else element.title
    responsible = "\n".join(dict.fromkeys(n for role in RESPONSIBLE_ROLES for n in roles.get(role, ())))
    return {
        "code": element.code,
        "titre": title,
        "description": element.description,
        "responsables": responsible or none,
        "mandataires": ", ".join(roles.get("mandataire", ())),
        "services": ", ".join(roles.get("service", ())),
        "partenaires": ", ".join(roles.get("partenaire", ())),
        "debut": format_period(element.start) or none,
        "echeance": end or none,
        "echeance_initiale": format_period(element.end_first or element.end) or none,
        "echeance_actuelle": format_period(element.end) or none,
        "reportee": slipped,
        "en_retard": late,
        "mention_retard": phrase("late_mark") if late else "",
        "statut": describe_status(element.status),
        "statut_imprime": element.status_source,
        "avancement": none if element.progress is None else format_percent(element.progress),
        "budget": none if element.budget is None else format_amount(element.budget),
        "commentaire": element.comment,
        "resultat": element.result,
        "synergie": word("synergy", element.synergy) if element.synergy else phrase("not_given"),
        "sous_action": sub_action,
    }


def describe_groups(tables: Tables, actions: Mapping[str, Names]) -> list[Names]:
    """Lay the actions out under their objectives, in plan order.

    A group is an OS, or, for actions and OO that stand under none, the enjeu or volet above them, or the plan itself. A
    section of a group is an OO, or the actions directly under the group; sub-actions follow their action.
    """
    groups: dict[str, Names] = {}
    sections: dict[tuple[str, str], Names] = {}
    volet_seen = enjeu_seen = ""

    def open_group(element: Element | None) -> Names:
        nonlocal volet_seen, enjeu_seen
        key = "" if element is None else element.id
        if key in groups:
            return groups[key]
        above = [] if element is None else [element, *climb(tables, element)]
        volet = next((a for a in above if a.level is Level.VOLET), None)
        enjeu = next((a for a in above if a.level is Level.ENJEU), None)
        title = phrase("whole_plan") if element is None else title_element(element)
        new_volet = "" if volet is None or volet.id == volet_seen else title_element(volet)
        new_enjeu = "" if enjeu is None or enjeu.id == enjeu_seen else title_element(enjeu)
        volet_seen = volet_seen if volet is None else volet.id
        enjeu_seen = enjeu_seen if enjeu is None else enjeu.id
        groups[key] = {
            "volet": "" if element is volet and volet is not None else new_volet,
            "enjeu": "" if element is enjeu and enjeu is not None else new_enjeu,
            "intitule": title,
            "niveau": "" if element is None else word("level", element.level),
            "description": "" if element is None else element.description,
            "resume": describe_scope_line(tables, key),
            "textes": [],
            "sections": [],
            "sans_action": True,
        }
        return groups[key]

    def open_section(group: Element | None, objective: Element | None) -> Names:
        keys = ("" if group is None else group.id, "" if objective is None else objective.id)
        if keys not in sections:
            parent = open_group(group)
            sections[keys] = {
                "intitule": "" if objective is None else title_element(objective),
                "description": "" if objective is None else objective.description,
                "resume": "" if objective is None else describe_scope_line(tables, objective.id),
                "actions": [],
                "sans_action": True,
            }
            parent["sections"].append(sections[keys])
        return sections[keys]

    for element in tables.plan.elements:
        if element.level is Level.OBJECTIF_STRATEGIQUE:
            open_group(element)
            continue
        if element.level not in (*ROWS, Level.OBJECTIF_OPERATIONNEL, Level.CONSTAT, Level.AMBITION):
            continue
        above = climb(tables, element)
        group = next((a for a in above if a.level is Level.OBJECTIF_STRATEGIQUE), None)
        group = group or next((a for a in above if a.level in (Level.ENJEU, Level.VOLET)), None)
        if element.level in (Level.CONSTAT, Level.AMBITION):
            if group is not None and group.id in groups:
                text = element.title or element.description
                groups[group.id]["textes"].append({"genre": word("level", element.level), "texte": text})
            continue
        if element.level is Level.OBJECTIF_OPERATIONNEL:
            open_section(group, element)
            continue
        objective = next((a for a in above if a.level is Level.OBJECTIF_OPERATIONNEL), None)
        section = open_section(group, objective)
        section["actions"].append(actions.get(element.id) or describe_action(tables, element))
        section["sans_action"] = False
        open_group(group)["sans_action"] = False
    return list(groups.values())


ROWS = (Level.ACTION, Level.SOUS_ACTION)


def climb(tables: Tables, element: Element) -> list[Element]:
    """Return the elements above, nearest first; a loop or a missing parent ends the climb."""
    above: list[Element] = []
    seen = {element.id}
    parent = tables.elements.get(element.parent_id)
    while parent is not None and parent.id not in seen:
        above.append(parent)
        seen.add(parent.id)
        parent = tables.elements.get(parent.parent_id)
    return above


def describe_scope_line(tables: Tables, scope_id: str) -> str:
    """Return one line of counts of an element; empty when it has no action."""
    figure = tables.figures.get((scope_id, "actions"))
    if figure is None or figure.numerator == 0:
        return phrase("no_action")
    rate = tables.figures[scope_id, "done_rate"]
    facts = {
        "actions": format_number(figure.numerator),
        "done": format_number(rate.numerator),
        "rate": format_rate(rate.numerator, rate.denominator),
    }
    return phrase("scope_summary", facts)


def describe_changes(tables: Tables) -> list[Names]:
    """Describe what differs between the sources, a row an element; slipped deadlines have a list of their own."""
    found: dict[str, list[str]] = {}
    for element_id, code in tables.evaluation.changes:
        kind, _, name = code.partition(":")
        if element_id not in tables.elements or (name == "end" and (element_id, "slipped") in tables.figures):
            continue
        if kind == "changed":
            sentence = word("change", name)
            values = show_values(tables, element_id, name)
            if values:
                sentence = f"{sentence} : {values}"
        else:
            sentence = fill_sentence(word("change", kind), {"source": name})
        found.setdefault(element_id, []).append(sentence)
    return [
        {
            "niveau": word("level", tables.elements[element_id].level),
            "intitule": title_element(tables.elements[element_id]),
            "constat": "\n".join(sentences),
        }
        for element_id, sentences in found.items()
    ]


def show_values(tables: Tables, element_id: str, field: str) -> str:
    """Return the values of a field that the sources give, each with its source."""
    shown: dict[str, list[str]] = {}
    for statement in tables.statements.get((element_id, field), ()):
        values = shown.setdefault(statement.source, [])
        value = show_value_of(field, statement.value)
        if value and value not in values:
            values.append(value)
    return " ; ".join(f"{', '.join(values)} ({source})" for source, values in shown.items() if values)


def show_value_of(field: str, value: str) -> str:
    """Return a canonical value in its French form."""
    if field in ("start", "end"):
        return format_period(value)
    if field == "status" and value:
        return word("status", value)
    return value


# ------------------------------------------------------------------------------- indicators, synergies, budget, quality


def describe_indicators(tables: Tables) -> list[Names]:
    """Describe each indicator with its measures at the cut-off, its rate and its rule."""
    attainments = {a.indicator_id: a for a in tables.evaluation.attainments}
    return [describe_indicator(tables, i, attainments[i.id]) for i in tables.plan.indicators if i.id in attainments]


def describe_indicator(tables: Tables, indicator: Indicator, attainment: Attainment) -> Names:
    """Describe one indicator."""
    element = tables.elements.get(indicator.element_id)
    rate = attainment.rate_percent
    return {
        "libelle": indicator.label,
        "unite": indicator.unit,
        "famille": word("family", indicator.family) if indicator.family else "",
        "code": "" if element is None else element.code,
        "element": "" if element is None else title_element(element),
        "depart": show_measure(attainment.baseline, indicator.unit),
        "cible": show_measure(attainment.target, indicator.unit),
        "realise": show_measure(attainment.actual, indicator.unit),
        "mesure": attainment.actual is not None,
        "taux": phrase("none") if rate is None else format_percent(rate),
        "regle": word("attainment_rule", attainment.rule),
    }


def show_measure(measure: Measure | None, unit: str) -> str:
    """Return value, unit and period of a measure; the printed text when it is no number."""
    if measure is None:
        return phrase("none")
    shown = measure.original if measure.value is None else format_quantity(measure.value, measure.unit or unit)
    return f"{shown} ({format_period(measure.period)})" if measure.period else shown


def describe_synergies(tables: Tables, actions: Sequence[Names]) -> Names:
    """Describe the balance of commune-CPAS synergies (asked since 2024)."""
    elements = [e for e in tables.plan.elements if e.level is Level.ACTION]
    listed = [a for e, a in zip(elements, actions, strict=True) if e.synergy == "oui"]
    return {
        "oui": describe_figure(tables.figures["", "synergy"]),
        "non_renseignees": describe_figure(tables.figures["", "synergy_not_given"]),
        "lignes": [
            {"statut": describe_status(code), **describe_figure(tables.figures["", f"synergy:{code}"])}
            for code in STATUS_ROWS
        ],
        "actions": listed,
        "aucune": not listed,
    }


def describe_budget(tables: Tables) -> Names:
    """Describe the printed amounts: total of the actions, by year, by funder, and what is printed elsewhere."""
    figures = tables.evaluation.figures

    def rows(prefix: str) -> list[Names]:
        found = [f for f in figures if f.scope_id == "" and f.code.startswith(f"{prefix}:")]
        return [{**describe_figure(f), "nom": f.code.partition(":")[2]} for f in found]

    elsewhere = tables.figures.get(("", "budget_other_levels"))
    return {
        "total": describe_figure(tables.figures["", "budget_total"]),
        "chiffrees": describe_figure(tables.figures["", "budget_given"]),
        "par_annee": rows("budget_year"),
        "par_financeur": rows("budget_funder"),
        "ailleurs": None if elsewhere is None else describe_figure(elsewhere),
        "aucun": tables.figures["", "budget_total"].denominator == 0,
    }


def describe_missing(tables: Tables) -> list[Names]:
    """Describe how many actions have no value for the fields that an evaluation needs."""
    found = [f for f in tables.evaluation.figures if f.scope_id == "" and f.code.startswith("missing:")]
    return [
        {
            "champ": word("missing", f.code.partition(":")[2]),
            "manquantes": format_number(f.numerator),
            "total": format_number(f.denominator),
            "taux": format_rate(f.numerator, f.denominator),
        }
        for f in found
    ]


def describe_remarks(tables: Tables) -> list[Names]:
    """Count the remarks of reading and evaluating by severity."""
    counts = Counter(r.severity for r in (*tables.plan.remarks, *tables.evaluation.remarks))
    return [{"gravite": word("severity", s), "nombre": format_number(counts[s])} for s in Severity]


def describe_sources(tables: Tables) -> list[Names]:
    """List the sources, in the order in which they first speak, with the number of their statements."""
    counts: dict[str, int] = {}
    for source in (s.source for s in tables.plan.statements or tables.plan.elements):
        if source:
            counts[source] = counts.get(source, 0) + 1
    for measure in tables.plan.measures:
        if measure.source:
            counts.setdefault(measure.source, 0)
    return [{"fichier": name} for name in counts]
