"""The workbook of the tables: one sheet a table, in French, with filters; the CSV files are the machine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.model import Element, Evaluation, Figure, Level, Plan
from pipeline.publish.names import describe_figure, show_measure
from pipeline.publish.sheets import (
    BLOCK_COLUMNS,
    REMARK_COLUMNS,
    Book,
    CellContent,
    Column,
    close_book,
    list_blocks,
    list_remarks,
    open_book,
    write_coded,
)
from pipeline.publish.wording import format_short_date, phrase, title_element, word

#: The columns of the contract, in its order (DESIGN.md, Tables), with the width in characters.
ELEMENT_COLUMNS = (
    Column("id", 15),
    Column("parent_id", 15),
    Column("position", 8),
    Column("level", 20),
    Column("code", 10),
    Column("title", 60, wrap=True),
    Column("description", 50, wrap=True),
    Column("comment", 50, wrap=True),
    Column("status", 16),
    Column("status_source", 18),
    Column("progress", 12),
    Column("health", 12),
    Column("start", 12),
    Column("end", 12),
    Column("end_first", 12),
    Column("priority", 10),
    Column("budget", 16),
    Column("fte", 8),
    Column("sdg", 10),
    Column("kind", 12),
    Column("synergy", 12),
    Column("result", 40, wrap=True),
    Column("plans", 20, wrap=True),
    Column("page", 8),
    Column("source", 24),
    Column("confidence", 10),
)


def write_workbook(plan: Plan, evaluation: Evaluation | None) -> bytes:
    """Return the workbook (.xlsx) of all tables; the figures and attainments are in when there is an evaluation."""
    book = open_book()
    titles = {e.id: title_element(e) for e in plan.elements}
    remarks = (*plan.remarks, *(() if evaluation is None else evaluation.remarks))
    tables: list[tuple[str, Sequence[Column], Sequence[Sequence[CellContent]]]] = [
        ("elements", ELEMENT_COLUMNS, [[getattr(e, c.code) for c in ELEMENT_COLUMNS] for e in plan.elements]),
        (
            "actors",
            (Column("element_id", 15), Column("element", 50, wrap=True), Column("role", 14), Column("name", 50)),
            [[a.element_id, titles.get(a.element_id, ""), a.role, a.name] for a in plan.actors],
        ),
        (
            "budgets",
            (
                Column("element_id", 15),
                Column("element", 50, wrap=True),
                Column("year", 8),
                Column("amount", 16),
                Column("kind", 18),
                Column("funder", 24),
            ),
            [[b.element_id, titles.get(b.element_id, ""), b.year, b.amount, b.kind, b.funder] for b in plan.budgets],
        ),
        (
            "indicators",
            (
                Column("id", 15),
                Column("element_id", 15),
                Column("element", 50, wrap=True),
                Column("label", 50, wrap=True),
                Column("family", 14),
                Column("kind", 12),
                Column("unit", 12),
                Column("direction", 14),
            ),
            [
                [
                    i.id,
                    i.element_id,
                    titles.get(i.element_id, ""),
                    i.label,
                    i.family,
                    word("indicator_kind", i.kind) if i.kind else "",
                    i.unit,
                    i.direction,
                ]
                for i in plan.indicators
            ],
        ),
        (
            "measures",
            (
                Column("indicator_id", 15),
                Column("indicator", 50, wrap=True),
                Column("period", 12),
                Column("measure_role", 18),
                Column("value", 14),
                Column("unit", 12),
                Column("original", 18),
                Column("source", 24),
                Column("locator", 18),
            ),
            list_measures(plan),
        ),
        (
            "unmatched",
            (
                Column("source", 24),
                Column("locator", 18),
                Column("reason", 28),
                Column("label", 50, wrap=True),
                Column("indicator", 40, wrap=True),
                Column("period", 12),
                Column("measure_role", 18),
                Column("value", 14),
                Column("candidates", 60, wrap=True),
            ),
            [
                [
                    u.source,
                    u.locator,
                    u.reason,
                    u.label,
                    u.indicator,
                    u.period,
                    show_role(u.role),
                    u.value,
                    u.candidates,
                ]
                for u in plan.unmatched
            ],
        ),
        ("remarks", REMARK_COLUMNS, list_remarks(remarks, titles)),
        (
            "statements",
            (
                Column("mention_id", 14),
                Column("element_id", 15),
                Column("group", 10),
                Column("field", 18),
                Column("value", 40),
                Column("original", 40),
                Column("source", 24),
                Column("locator", 18),
                Column("confidence", 10),
                Column("rank", 8),
            ),
            [
                [
                    s.mention_id,
                    s.element_id,
                    s.group,
                    s.field,
                    s.value,
                    s.original,
                    s.source,
                    s.locator,
                    s.confidence,
                    s.rank,
                ]
                for s in plan.statements
            ],
        ),
        ("blocks", BLOCK_COLUMNS, list_blocks(plan)),
    ]
    if evaluation is not None:
        tables[6:6] = list_evaluation(plan, evaluation, titles)
    write_summary(book, [(name, len(rows)) for name, _, rows in tables], evaluation)
    for name, columns, rows in tables:
        write_coded(book, name, columns, rows)
    return close_book(book)


def show_role(role: str) -> str:
    """Return the French word of a role of a measure."""
    return word("measure_role", role) if role else ""


def list_measures(plan: Plan) -> list[list[CellContent]]:
    """Return the rows of the sheet of measures."""
    labels = {i.id: i.label for i in plan.indicators}
    return [
        [
            m.indicator_id,
            labels.get(m.indicator_id, ""),
            m.period,
            show_role(m.role),
            m.value,
            m.unit,
            m.original,
            m.source,
            m.locator,
        ]
        for m in plan.measures
    ]


def list_evaluation(
    plan: Plan, evaluation: Evaluation, titles: Mapping[str, str]
) -> list[tuple[str, Sequence[Column], Sequence[Sequence[CellContent]]]]:
    """Return the two sheets of an evaluation."""
    actions = {e.id for e in plan.elements if e.level is Level.ACTION}
    figures = [f for f in evaluation.figures if f.scope_id not in actions]
    labels = {i.id: i for i in plan.indicators}
    elements: Mapping[str, Element] = {e.id: e for e in plan.elements}
    return [
        (
            "figures",
            (
                Column("scope", 50, wrap=True),
                Column("figure", 44, wrap=True),
                Column("numerator", 14),
                Column("denominator", 14),
                Column("rate", 10),
                Column("rule", 90, wrap=True),
            ),
            [
                [
                    show_scope(f.scope_id, titles),
                    describe_figure(f)["libelle"],
                    f.numerator,
                    f.denominator,
                    show_rate(f),
                    word("rule", f.rule),
                ]
                for f in figures
            ],
        ),
        (
            "attainments",
            (
                Column("indicator", 50, wrap=True),
                Column("element", 50, wrap=True),
                Column("baseline", 20),
                Column("target", 20),
                Column("actual", 20),
                Column("rate", 10),
                Column("rule", 60, wrap=True),
            ),
            [
                [
                    labels[a.indicator_id].label,
                    title_element(elements[labels[a.indicator_id].element_id])
                    if labels[a.indicator_id].element_id in elements
                    else "",
                    show_measure(a.baseline, labels[a.indicator_id].unit),
                    show_measure(a.target, labels[a.indicator_id].unit),
                    show_measure(a.actual, labels[a.indicator_id].unit),
                    None if a.rate_percent is None else round(a.rate_percent, 1),
                    word("attainment_rule", a.rule),
                ]
                for a in evaluation.attainments
                if a.indicator_id in labels
            ],
        ),
    ]


def show_scope(scope_id: str, titles: Mapping[str, str]) -> str:
    """Return the title of an element, or the words for the whole plan and for what stands outside."""
    return titles.get(scope_id) or (word("outside", scope_id) if scope_id else phrase("whole_plan"))


def show_rate(figure: Figure) -> Decimal | None:
    """Return a rate in percent with one decimal; sums of money have none."""
    if figure.denominator == 0 or (figure.code.startswith("budget_") and figure.code != "budget_given"):
        return None
    scale = 1 if figure.code == "progress_mean" else 100
    return round(Decimal(figure.numerator) * scale / figure.denominator, 1)


def write_summary(book: Book, counts: Sequence[tuple[str, int]], evaluation: Evaluation | None) -> None:
    """Add the first sheet: what is in the workbook, and the fingerprint of the data."""
    sheet = book.workbook.add_worksheet(word("sheets", "summary"))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, phrase("pst"), book.formats["title"])
    if evaluation is not None:
        facts = {"date": format_short_date(evaluation.cutoff), "fingerprint": evaluation.fingerprint}
        sheet.write_string(1, 0, phrase("workbook_state", facts), book.formats["text"])
    for column_index, code in enumerate(("sheet", "rows", "purpose")):
        sheet.write_string(3, column_index, word("columns", code), book.formats["header"])
    for row_index, (name, count) in enumerate(counts, start=4):
        sheet_name = word("sheets", name)
        sheet.write_url(row_index, 0, f"internal:'{sheet_name}'!A1", book.formats["text"], sheet_name)
        sheet.write_number(row_index, 1, count, book.formats["whole"])
        sheet.write_string(row_index, 2, word("sheet_purpose", name), book.formats["wrap"])
