"""Layouts as TOML: written beside the tables with their evidence, read back when a person has edited them."""

from __future__ import annotations

import tomllib

from pipeline.exceptions import SettingsError
from pipeline.model import LAYOUT_SCHEMA, Layout, Level, Rule

_SKIPPED = {"skip", "text", "furniture"}


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
    """Read a layout; raises SettingsError (`layout_broken`, `layout_unknown_level`) with the place of the mistake."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("layout_broken", file=file, detail=str(error)) from None
    if data.get("schema", LAYOUT_SCHEMA) != LAYOUT_SCHEMA:
        raise SettingsError("layout_broken", file=file, detail=str(data.get("schema")))
    rules = []
    for number, entry in enumerate(data.get("rule", ()), 1):
        becomes = str(entry.get("becomes", ""))
        if becomes not in _SKIPPED and becomes not in set(Level) and not becomes.startswith("section:"):
            raise SettingsError("layout_unknown_level", file=file, rule=str(number), value=becomes)
        rules.append(
            Rule(
                kind=str(entry.get("kind", "")),
                becomes=becomes,
                count=int(entry.get("count", 0)),
                pages=str(entry.get("pages", "")),
                example=str(entry.get("example", "")),
                confidence=float(entry.get("confidence", 1.0)),
                second=str(entry.get("second", "")),
                reason=str(entry.get("reason", "")),
            )
        )
    return Layout(source=str(data.get("source", "")), rules=tuple(rules), inferred=False)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
