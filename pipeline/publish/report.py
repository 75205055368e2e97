"""The evaluation report: a Word template filled with the names of `names.py`."""

from __future__ import annotations

from pipeline.model import Evaluation, Plan
from pipeline.publish.docx import fill_template
from pipeline.publish.names import build_names, build_title
from pipeline.settings import Settings

TEMPLATE_NAME = "rapport-evaluation.docx"


def render_report(plan: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    """Return the report as .docx; raise TemplateError (see `fill_template`)."""
    names = build_names(plan, evaluation, settings)
    return fill_template(
        template,
        names,
        template_name=TEMPLATE_NAME,
        title=build_title("report_title", names),
        author=names["entite"]["designation"],
    )
