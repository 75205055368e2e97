"""The check of the Word templates: every name exists, every loop closes, and each can be filled with any plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from jinja2 import TemplateError as EngineError
from jinja2 import meta, nodes

from pipeline.exceptions import TemplateError
from pipeline.model import (
    Actor,
    Attainment,
    Budget,
    Element,
    Evaluation,
    Figure,
    Indicator,
    Level,
    Measure,
    Plan,
)
from pipeline.publish.docx import (
    build_environment,
    explain,
    fill_template,
    list_names,
    read_tags,
    show_value,
    unknown_name,
)
from pipeline.publish.names import STATUS_ROWS, build_names
from pipeline.remarks import render_error, render_message
from pipeline.settings import Entity, EvaluationChoice, Legislature, Session, Settings, Source

SAMPLE_DAY = date(2000, 1, 1)
#: Names that the template engine itself gives in a loop.
LOOP_ATTRIBUTES = frozenset({"index", "index0", "revindex", "first", "last", "length", "cycle", "changed"})
FIGURE_CODES = (
    "actions",
    *STATUS_ROWS,
    "done_rate",
    "done_rate_without_abandoned",
    "progress_mean",
    "late",
    "overdue_not_given",
    "slipped",
    "sub_actions",
    "sub_actions_done",
    "budget_total",
    "budget_given",
    "synergy",
    "synergy_not_given",
    *(f"synergy:{code}" for code in STATUS_ROWS),
)


def check_templates(folder: Path) -> tuple[str, ...]:
    """Check each .docx of the folder; return one French sentence for each thing that is wrong, none when all is well.

    The lock file of a template that Word has open (`~$...`) is no template.
    """
    paths = sorted(p for p in folder.glob("*.docx") if not p.name.startswith("~$"))
    if not paths:
        return (render_message("template_none", {"folder": folder.name}),)
    return tuple(sentence for path in paths for sentence in check_template(path.name, path.read_bytes()))


def check_template(name: str, template: bytes) -> tuple[str, ...]:
    """Check the names of one template, also where no plan leads, then fill it with a full and an empty plan."""
    full = build_names(*build_sample(), build_sample_settings("commune", draft=True))
    problems: list[TemplateError] = []
    try:
        problems += check_names(name, template, full)
    except TemplateError as error:
        problems.append(error)
    if not problems:
        cases: tuple[tuple[Plan, Evaluation, Settings], ...] = (
            (*build_sample(), build_sample_settings("commune", draft=True)),
            (*build_sample(), build_sample_settings("cpas", draft=False)),
            (Plan(), build_sample_evaluation(("",)), build_sample_settings("province", draft=True)),
        )
        for plan, evaluation, settings in cases:
            try:
                fill_template(
                    template, build_names(plan, evaluation, settings), template_name=name, title=name, author=name
                )
            except TemplateError as error:
                problems.append(error)
    return tuple(dict.fromkeys(render_error(p) for p in problems))


def check_names(name: str, template: bytes, names: Mapping[str, Any]) -> list[TemplateError]:
    """Return an error for each name that does not exist; raise TemplateError when a part cannot be read at all."""
    environment = build_environment(show_value)
    known = list_names(names)
    problems: list[TemplateError] = []
    for tags in read_tags(template, name):
        try:
            tree = environment.parse(tags)
        except EngineError as error:
            problems.append(explain(error, name, names, tags))
            continue
        unknown = {n for n in meta.find_undeclared_variables(tree) if n not in names and n not in environment.globals}
        unknown |= {a for a in list_attributes(tree) if a not in known | LOOP_ATTRIBUTES}
        problems += [unknown_name(name, n, known) for n in sorted(unknown)]
    return problems


def list_attributes(tree: nodes.Template) -> Iterator[str]:
    """Yield what stands after a dot."""
    for node in tree.find_all(nodes.Getattr):
        yield node.attr


# ------------------------------------------------------------------------------------------------------ a plan to fill


def build_sample() -> tuple[Plan, Evaluation]:
    """Return a plan that has something of everything, its texts without meaning."""
    levels = (
        Level.VOLET,
        Level.ENJEU,
        Level.OBJECTIF_STRATEGIQUE,
        Level.OBJECTIF_OPERATIONNEL,
        Level.ACTION,
        Level.SOUS_ACTION,
    )
    chain = tuple(
        Element(
            id=level.value,
            parent_id=levels[index - 1].value if index else "",
            position=index + 1,
            level=level,
            code=str(index),
            title=level.value,
            description="x",
            comment="x",
            status="ANNULE_ABANDONNE" if level is Level.ACTION else "",
            end="2001",
            end_first="2000",
            synergy="oui",
            source="x",
        )
        for index, level in enumerate(levels)
    )
    constat = Element("constat", Level.OBJECTIF_STRATEGIQUE.value, 7, Level.CONSTAT, title="x")
    action = Level.ACTION.value
    measure = Measure("i", "2000", "actual", Decimal(1), "x", "1", "x", "x")
    plan = Plan(
        elements=(*chain, constat),
        actors=(Actor(action, "service", "x"),),
        budgets=(Budget(action, "2000", Decimal(1), "x", "x"),),
        indicators=(Indicator("i", action, "x"),),
        measures=(measure,),
    )
    return plan, build_sample_evaluation(("", *(e.id for e in chain)), attained=measure)


def build_sample_evaluation(scope_ids: tuple[str, ...], *, attained: Measure | None = None) -> Evaluation:
    """Return an evaluation with every figure that a template may ask for; without `attained`, that of an empty plan."""
    count = 0 if attained is None else 1
    figures = [Figure(scope, code, count, count, "count_status") for scope in scope_ids for code in FIGURE_CODES]
    if attained is not None:
        more = ("budget_year:x", "budget_funder:x", "budget_other_levels", "missing:status")
        figures += [Figure("", code, 1, 1, "count_missing") for code in more]
    return Evaluation(
        cutoff=SAMPLE_DAY,
        figures=tuple(figures),
        attainments=() if attained is None else (Attainment("i", attained, attained, attained, Decimal(1), "text"),),
        fingerprint="0" * 64,
        changes=() if attained is None else ((Level.ACTION.value, "changed:title"),),
    )


def build_sample_settings(kind: Literal["commune", "cpas", "province"], *, draft: bool) -> Settings:
    """Return the settings of the sample; what is empty in them takes the default of the law."""
    return Settings(
        entity=Entity(name="X", kind=kind, province="X" if draft else "", arrondissement="X" if draft else ""),
        legislature=Legislature(start=2000, end=2006),
        source=(Source(file="x"),),
        evaluation=EvaluationChoice(cutoff=SAMPLE_DAY),
        session=Session(date=SAMPLE_DAY if draft else None, draft=draft, vote="x" if draft else ""),
    )
