"""The annex to the deliberation: numbered, dated, with the fingerprint of the data it was made from."""

from __future__ import annotations

from pipeline.model import Evaluation, Plan
from pipeline.publish.docx import fill_template
from pipeline.publish.names import build_names, build_title
from pipeline.settings import Settings

TEMPLATE_NAME = "annexe.docx"


def render_annex(plan: Plan, evaluation: Evaluation, settings: Settings, template: bytes) -> bytes:
    """Return the annex as .docx; raise TemplateError (see `fill_template`)."""
    names = build_names(plan, evaluation, settings)
    return fill_template(
        template,
        names,
        template_name=TEMPLATE_NAME,
        title=build_title("annex_title", names),
        author=names["entite"]["designation"],
    )
