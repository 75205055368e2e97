"""What a careful reader notes of a fixture (`NAME.gold`, `NAME.fields.tsv`), and the plan that was read, in one form.

A gold line is `LEVEL [CODE] | title`, two spaces a level, `?` in front when the line may be missing; see
tests/fixtures/layouts/README.md. A line of either side becomes a `Noted`, its place the folded titles from the root.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path

from pipeline.extract import extract
from pipeline.merge import merge
from pipeline.model import Document, Element, Layout, Level, Plan
from pipeline.normalise import normalise
from pipeline.readers import read_document
from pipeline.text import fold

SHORT_NAMES = {"os": Level.OBJECTIF_STRATEGIQUE.value, "oo": Level.OBJECTIF_OPERATIONNEL.value}
#: Texts that may differ by some letters are the same when this much of them is.
ROUGH_SIMILARITY = 0.9


@dataclass(frozen=True, slots=True)
class Noted:
    """One element: where it stands, what it is, and the numbers and letters of its code."""

    titles: tuple[str, ...]  # folded, from the root to itself
    levels: tuple[str, ...]  # of gold, several for one element when it may be either: "enjeu/objectif_strategique"
    code: str = ""  # of gold, empty when the code is not noted

    def __str__(self) -> str:
        return f"{'  ' * (len(self.titles) - 1)}{self.levels[-1]} {self.code} | {self.titles[-1]}"


def code_key(code: str) -> str:
    """A code without label letters, zeros in front, marks: «OS.01» and «1» are the same, «1.10» and «1.1» are not."""
    numbers = re.findall(r"\d+", code)
    return ".".join(str(int(number)) for number in numbers) if numbers else fold(code)


def read_plan(source: Path | Document, layout: Layout | None = None) -> Plan:
    """Read one source as `pst migrate` does, in this process."""
    document = read_document(source) if isinstance(source, Path) else source
    extraction = extract(document, layout)
    statements, remarks = normalise(extraction.statements)
    return merge([replace(extraction, statements=statements, remarks=extraction.remarks + remarks)])


def noted_gold(path: Path) -> tuple[list[Noted], list[Noted]]:
    """Read the lines of a gold outline in order; returns those that must be there, and those that may be."""
    must: list[Noted] = []
    may: list[Noted] = []
    above: list[tuple[str, str, bool]] = []  # title, level, whether the line may be missing
    for raw in path.read_text(encoding="utf-8").splitlines():
        if not raw.strip() or raw.lstrip().startswith(("#", "@")):
            continue
        head, _, tail = raw.strip().partition("|")
        name, *code = head.removeprefix("?").split()
        optional = head.startswith("?")
        del above[(len(raw) - len(raw.lstrip(" "))) // 2 :]
        levels = "/".join(SHORT_NAMES.get(level, level) for level in name.split("/"))
        above.append((fold(tail.partition("||")[0]), levels, optional))
        chain = [(title, level) for title, level, skipped in above[:-1] if not skipped] + [above[-1][:2]]
        noted = Noted(tuple(t for t, _ in chain), tuple(v for _, v in chain), code_key("".join(code)))
        (may if optional else must).append(noted)
    return must, may


def noted_plan(plan: Plan) -> list[Noted]:
    """The elements of a plan in the form of gold lines."""
    by_id = {element.id: element for element in plan.elements}
    out = []
    for element in plan.elements:
        chain: list[Element] = [element]
        while chain[0].parent_id:
            chain.insert(0, by_id[chain[0].parent_id])
        out.append(
            Noted(tuple(fold(e.title) for e in chain), tuple(e.level.value for e in chain), code_key(element.code))
        )
    return out


def missed_and_invented(plan: Plan, gold: Path, *, roughly: bool = False) -> tuple[list[str], list[str]]:
    """Compare a plan with its gold: what is not there at its place with its level and code, and what should not be.

    With `roughly`, titles may differ by some letters.
    """
    must, may = noted_gold(gold)
    left = noted_plan(plan)
    missed = []
    for noted in must:
        same = next((other for other in left if is_noted(noted, other, roughly=roughly)), None)
        if same is None:
            missed.append(str(noted))
        else:
            left.remove(same)
    invented = [str(other) for other in left if not any(is_noted(noted, other, roughly=roughly) for noted in may)]
    return missed, invented


def is_noted(gold: Noted, found: Noted, *, roughly: bool) -> bool:
    """Tell whether an element that was read is the one of a gold line."""
    if len(gold.levels) != len(found.levels) or gold.code not in ("", found.code):
        return False
    levels = all(level in noted.split("/") for noted, level in zip(gold.levels, found.levels, strict=True))
    titles = zip(gold.titles, found.titles, strict=True)
    return levels and all(is_same_text(a, b, roughly=roughly) for a, b in titles)


def similar(a: str, b: str) -> bool:
    """Tell whether two folded texts differ by some letters only."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ROUGH_SIMILARITY


def field_values(plan: Plan, element: Element) -> dict[str, list[str]]:
    """All values of an element by field, as the tables print them; descriptions and people folded."""
    values: dict[str, list[str]] = {}
    for name in ("status", "status_source", "progress", "start", "end", "budget", "priority", "description", "result"):
        value = getattr(element, name)
        if value not in ("", None):
            values[name] = [plain(name, format(value, "f") if isinstance(value, Decimal) else value)]
    if element.sdg:
        values["odd"] = element.sdg.split(";")
    for actor in plan.actors:
        if actor.element_id == element.id:
            values.setdefault(actor.role, []).append(plain(actor.role, actor.name))
    for indicator in plan.indicators:
        if indicator.element_id == element.id:
            values.setdefault("indicator", []).append(plain("indicator", indicator.label))
    return values


def plain(name: str, value: str) -> str:
    """A value as it is compared: numbers without idle zeros, words folded, codes and dates as they are."""
    if name in ("progress", "budget"):
        return format(Decimal(value).normalize(), "f")
    return value if name in ("status", "start", "end") else fold(value)


def read_gold_fields(path: Path) -> list[tuple[str, dict[str, list[str]]]]:
    """Read NAME.fields.tsv: for each run of one title its fields, in the form of `field_values`."""
    rows: list[tuple[str, dict[str, list[str]]]] = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if not rows or rows[-1][0] != fold(row["title"]):
                rows.append((fold(row["title"]), {}))
            rows[-1][1].setdefault(row["field"], []).append(plain(row["field"], row["value"]))
    return rows


def wrong_fields(plan: Plan, path: Path, *, roughly: bool = False) -> list[str]:
    """Compare the fields that the gold knows of each element; returns one line for each that is not as printed."""
    wrong = []
    elements = list(plan.elements)
    for title, wanted in read_gold_fields(path):
        element = next((e for e in elements if is_same_text(title, fold(e.title), roughly=roughly)), None)
        if element is None:
            wrong.append(f"{title}: no such element")
            continue
        elements.remove(element)
        found = field_values(plan, element)
        for name, values in wanted.items():
            there = found.get(name, [])
            if name == "description":  # more may be said of an element than its description
                right = len(there) == 1 and all(
                    v in there[0] or is_same_text(v, there[0], roughly=roughly) for v in values
                )
            else:
                right = len(there) == len(values) and all(
                    any(is_same_text(v, other, roughly=roughly) for other in there) for v in values
                )
            if not right:
                wrong.append(f"{title}: {name} is {there}, not {values}")
    return wrong


def is_same_text(wanted: str, found: str, *, roughly: bool) -> bool:
    """Compare two values; those of a scan may differ by some letters."""
    return wanted == found or (roughly and similar(wanted, found))
