"""What users read is French and lives in data; Python holds codes only, and every code has its sentence."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.model import Remark, Severity
from pipeline.remarks import SECTIONS, fill_sentence, read_sentences, render_message, render_remark

PACKAGE = Path(__file__).resolve().parent.parent / "pipeline"
MESSAGES = PACKAGE / "data" / "messages"

#: Small words that no English sentence, code or pattern has between spaces.
FRENCH_WORDS = re.compile(
    r"(?<![\w'])(le|la|les|un|une|du|des|est|sont|dans|pour|avec|sans|aucun|aucune|fichier|dossier|et|ou|sur|pas)(?![\w'])",
    re.I,
)
ACCENTS = re.compile(r"[àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ]")
ERRORS = {
    "PipelineError", "UsageError", "SettingsError", "SourceError", "DataError", "TemplateError", "ToolMissingError",
}  # fmt: skip


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the strings of a module that are not docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_python_holds_no_french(path: Path) -> None:
    for node in literals(ast.parse(path.read_text(encoding="utf-8"))):
        text = str(node.value)
        words = FRENCH_WORDS.findall(text)
        assert len(words) < 2, f"line {node.lineno}: {text!r} reads as French; words belong in pipeline/data"
        accented = [word for word in re.findall(r"[^\W\d_]{5,}", text) if ACCENTS.search(word)]
        assert not accented or "[" in text, f"line {node.lineno}: {accented} belong in pipeline/data"


def said_codes(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the literal codes that a module gives to an error or a remark."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        place = 0 if node.func.id in ERRORS else 1 if node.func.id == "Remark" else None
        if place is not None and len(node.args) > place:
            choice = node.args[place]
            for inner in (choice.body, choice.orelse) if isinstance(choice, ast.IfExp) else (choice,):
                if (
                    isinstance(inner, ast.Constant)
                    and isinstance(inner.value, str)
                    and re.fullmatch(r"\w+", inner.value)
                ):
                    yield str(inner.value), node.lineno


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_every_code_has_its_sentence(path: Path) -> None:
    known = {code for section in SECTIONS for code in read_sentences(section)}
    missing = sorted({code for code, _ in said_codes(path)} - known)
    assert not missing, f"no sentence in pipeline/data/messages for {missing}"


def test_a_code_is_said_by_one_file_only() -> None:
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(MESSAGES.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for section in SECTIONS:
            for code in content.get(section, {}):
                assert (section, code) not in seen, f"{code} is in {seen[section, code]} and {path.name}"
                seen[section, code] = path.name


def test_sentences_begin_with_a_capital_or_a_fact_and_end_with_a_stop() -> None:
    for section in ("remarks", "errors"):
        for code, sentence in read_sentences(section).items():
            assert re.match(r"[A-ZÀÉÊŒÎ«{]", sentence), f"{code}: {sentence}"
            assert sentence.rstrip().endswith((".", "…", "?", "}", "»", ")")), f"{code}: {sentence}"
            assert "\n" not in sentence, code


def test_words_agree_with_their_number() -> None:
    sentence = "{n} {n:page|pages}"
    assert [fill_sentence(sentence, {"n": n}) for n in ("0", "1", "2")] == ["0 page", "1 page", "2 pages"]


def test_facts_are_text_whatever_they_look_like() -> None:
    assert fill_sentence("{file} !", {"file": "{{ 7*7 }} {reason}\n\x1b[31mx"}) == "{{ 7*7 }} {reason} [31mx !"
    assert fill_sentence("{file} {absent}", {"file": "a"}) == "a …"


def test_a_remark_without_a_sentence_is_still_said() -> None:
    remark = Remark(Severity.INFO, "code_of_tomorrow", (("label", "x"),), source="a.docx")
    assert "code_of_tomorrow" in render_remark(remark)
    assert render_message("code_of_tomorrow", {}) == "code_of_tomorrow"
