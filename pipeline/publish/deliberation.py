"""The draft deliberation: a draft that says so until legal staff lift it (`session.draft`)."""

from __future__ import annotations

from pipeline.model import Evaluation, Plan
from pipeline.publish.docx import fill_template
from pipeline.publish.names import build_names, build_title
from pipeline.settings import Settings

TEMPLATE_NAME = "deliberation.docx"


def render_deliberation(plan: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    """Return the draft deliberation as .docx; raise TemplateError (see `fill_template`)."""
    names = build_names(plan, evaluation, settings)
    return fill_template(
        template,
        names,
        template_name=TEMPLATE_NAME,
        title=build_title("deliberation_title", names),
        author=names["entite"]["designation"],
    )
