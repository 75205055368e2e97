"""What the pipeline has to say: a code and its facts here, the French sentence in data/messages/*.toml.

Every file of data/messages is read; the tables `[remarks]`, `[errors]` and `[messages]` are merged over the files,
other tables are left to the rooms that own them. A sentence holds `{name}` where a fact goes, and `{name:one|many}`
for a word that agrees with the number in the fact `name` (in French, 0 and 1 are singular).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.exceptions import PipelineError
from pipeline.model import Remark

SECTIONS = ("remarks", "errors", "messages")

_PLACE = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_LONGEST_FACT = 1000


@cache
def read_sentences(section: str) -> Mapping[str, str]:
    """Return code -> sentence for one of SECTIONS, merged over the files in the order of their names."""
    merged: dict[str, str] = {}
    for entry in sorted(resources.files("pipeline").joinpath("data", "messages").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            merged.update(tomllib.loads(entry.read_text(encoding="utf-8")).get(section, {}))
    return merged


def fill_sentence(sentence: str, facts: Mapping[str, str]) -> str:
    """Put the facts at their places; line breaks in a fact become spaces, an absent fact an ellipsis."""

    def replace(match: re.Match[str]) -> str:
        name, one, many = match.groups()
        fact = _BREAKS.sub(" ", facts.get(name, "\u2026")).strip()
        if one is not None:
            return one if fact in ("0", "1") else many
        return fact if len(fact) <= _LONGEST_FACT else fact[:_LONGEST_FACT] + "\u2026"

    return _PLACE.sub(replace, sentence)


def render_message(code: str, facts: Mapping[str, str], *, section: str = "messages") -> str:
    """Return the French sentence of a code: of this section if it is there, of any other section if not.

    A code without a sentence gives the code and its facts: nothing that was to be said is lost, and a test forbids it.
    """
    for name in (section, *SECTIONS):
        sentence = read_sentences(name).get(code)
        if sentence is not None:
            return fill_sentence(sentence, facts)
    listed = ", ".join(f"{name}={value}" for name, value in facts.items())
    return fill_sentence("{text}", {"text": f"{code} ({listed})" if listed else code})


def render_remark(remark: Remark) -> str:
    """Return the French sentence of a remark; its place and source are facts like the others."""
    facts = {"source": remark.source, "locator": remark.locator, "element_id": remark.element_id} | dict(remark.facts)
    return render_message(remark.code, facts, section="remarks")


def render_error(error: PipelineError) -> str:
    """Return the French sentence of an error."""
    return render_message(error.code, error.facts, section="errors")
