"""Layouts as TOML: written beside the tables with their evidence, read back when a person has edited them."""

from __future__ import annotations

import tomllib
from typing import Any

from pipeline.exceptions import SettingsError
from pipeline.model import LAYOUT_SCHEMA, Layout, Level, Rule
from pipeline.vocabulary import section_concepts

_NO_ELEMENT = frozenset(("skip", "text", "furniture"))
_LEVELS = frozenset(level.value for level in Level)
_SECTION = "section:"


def layout_to_toml(layout: Layout) -> str:
    """Write a layout: one [[rule]] a kind of line, what it becomes first, then the evidence."""
    lines = [f"schema = {_quote(layout.schema)}", f"source = {_quote(layout.source)}", ""]
    for rule in layout.rules:
        lines += [
            "[[rule]]",
            f"kind = {_quote(rule.kind)}",
            f"becomes = {_quote(rule.becomes)}",
            f"count = {rule.count}",
            f"pages = {_quote(rule.pages)}",
            f"example = {_quote(rule.example)}",
            f"confidence = {rule.confidence}",
        ]
        if rule.second:
            lines.append(f"second = {_quote(rule.second)}")
        lines += [f"reason = {_quote(rule.reason)}", ""]
    return "\n".join(lines)


def layout_from_toml(text: str, *, file: str = "") -> Layout:
    """Read a layout; only `kind` and `becomes` are needed in a rule, the evidence may be gone.

    Raises SettingsError with the place of the mistake: layout_broken (no TOML, another schema), layout_unknown_level
    (`becomes` is nothing that a line can become), layout_wrong_value (any other key of a rule).
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("layout_broken", file=file, detail=str(error)) from None
    entries = data.get("rule", [])
    if data.get("schema", LAYOUT_SCHEMA) != LAYOUT_SCHEMA or not isinstance(entries, list):
        raise SettingsError("layout_broken", file=file, detail=str(data.get("schema", "rule")))
    rules = tuple(_read_rule(entry, number, file) for number, entry in enumerate(entries, 1))
    return Layout(source=str(data.get("source", "")), rules=rules, inferred=False)


def _read_rule(entry: Any, number: int, file: str) -> Rule:
    """Read one [[rule]], the `number`th of its file."""
    if not isinstance(entry, dict):
        raise SettingsError("layout_wrong_value", file=file, rule=str(number), key="rule", value=str(entry))

    def word(key: str) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str) or (key == "kind" and not value):
            raise SettingsError("layout_wrong_value", file=file, rule=str(number), key=key, value=str(value))
        return value

    def amount(key: str, default: float) -> float:
        value = entry.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SettingsError("layout_wrong_value", file=file, rule=str(number), key=key, value=str(value))
        return value

    becomes = str(entry.get("becomes", ""))
    if not _may_become(becomes):
        raise SettingsError("layout_unknown_level", file=file, rule=str(number), value=becomes)
    return Rule(
        kind=word("kind"),
        becomes=becomes,
        count=int(amount("count", 0)),
        pages=word("pages"),
        example=word("example"),
        confidence=min(1.0, max(0.0, float(amount("confidence", 1.0)))),
        second=word("second"),
        reason=word("reason"),
    )


def _may_become(becomes: str) -> bool:
    if becomes.startswith(_SECTION):
        return becomes.removeprefix(_SECTION) in section_concepts()
    return becomes in _NO_ELEMENT or becomes in _LEVELS


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
