"""relecture.xlsx: the workbook in which the coordinator checks what was read, and corrects it in place.

A row an element, in plan order. Doubt shows by a word and by a colour. The identifiers stay in the last column: they
tie a corrected row to its element. A hidden sheet keeps every cell as first read: what differs from it is a correction
(`pipeline/review.py` reads them), and typing the first value again takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.model import REVIEW_NAME, Actor, Became, Element, Level, Plan, Status
from pipeline.publish.sheets import (
    BLOCK_COLUMNS,
    REMARK_COLUMNS,
    Book,
    CellContent,
    Column,
    close_book,
    list_remarks,
    open_book,
    write_coded,
    write_table,
)
from pipeline.publish.wording import format_period, phrase, read_wording, title_element, word

#: Elements at 0.9 and above are right nearly always (issue of the reading); below 0.6 a reading is a guess.
SURE, GUESS = 0.9, 0.6
DOUBT_FILLS = {"doubtful": "F8DED6", "to_check": "FBF0D3"}

COLUMNS = (
    Column("check", 12),
    Column("position", 7),
    Column("level", 20),
    Column("code", 10),
    Column("title", 60, wrap=True),
    Column("parent", 36, wrap=True),
    Column("status", 16),
    Column("progress", 12),
    Column("start", 12),
    Column("end", 12),
    Column("end_first", 12),
    Column("budget", 14),
    Column("synergy", 12),
    Column("actors", 36, wrap=True),
    Column("comment", 40, wrap=True),
    Column("confidence", 10),
    Column("page", 7),
    Column("source", 22),
    Column("id", 15),
)
#: The hidden sheet has one more: how an element is named in the column of parents.
FIRST_COLUMNS = (*COLUMNS, Column("label", 40))
ID_COLUMN = len(COLUMNS) - 1
#: How cells are set. What a person types in a `typed` one stays as typed: Excel would make a number of `1.10` and a day
#: of `06/2027`.
CELL_KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "wrap": {"text_wrap": True},
    "typed": {"num_format": "@"},
    "number": {"align": "center"},
    "amount": {"num_format": '#,##0.00 "\u20ac"'},
}
KINDS = {
    **dict.fromkeys(("code", "start", "end", "end_first"), "typed"),
    **dict.fromkeys(("position", "progress", "confidence", "page"), "number"),
    "budget": "amount",
}
#: Columns with a drop-down list: column -> its words, in the order of the hidden sheet of lists.
LISTS: dict[str, tuple[str, ...]] = {
    "level": tuple(Level),
    "status": tuple(Status),
    "synergy": tuple(read_wording()["synergy"]),
}


def write_review(plan: Plan, first_read: Plan | None = None) -> bytes:
    """Return the review workbook (.xlsx): elements, remarks, blocks that became nothing.

    `first_read` is the plan without the corrections that are in `plan`; the same when there are none.
    """
    book = open_book()
    for doubt, fill in {"": "", **DOUBT_FILLS}.items():
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", **({"bg_color": fill} if fill else {})}
        for kind, more in CELL_KINDS.items():
            book.formats[f"{doubt}_{kind}"] = book.workbook.add_format({**base, **more})
    titles = {e.id: title_element(e) for e in plan.elements}
    write_elements(book, plan, titles)
    write_coded(book, "remarks", REMARK_COLUMNS, list_remarks(plan.remarks, titles))
    unclassified: list[list[CellContent]] = [
        [b.source, b.page_number, b.index, b.became, b.element_id, b.text]
        for b in plan.blocks
        if b.became is Became.UNCLASSIFIED
    ]
    write_coded(book, "unclassified", BLOCK_COLUMNS, unclassified)
    write_lists(book)
    write_first_read(book, plan if first_read is None else first_read, plan, titles)
    return close_book(book)


def rate_doubt(confidence: float) -> str:
    """Return `doubtful`, `to_check`, or an empty text when the reading is sure."""
    return "" if confidence >= SURE else "to_check" if confidence >= GUESS else "doubtful"


def write_elements(book: Book, plan: Plan, titles: Mapping[str, str]) -> None:
    """Add the sheet that is corrected."""
    actors = join_actors(plan.actors)
    doubts = [rate_doubt(e.confidence) for e in plan.elements]
    rows = [list_row(e, titles, actors) for e in plan.elements]

    def pick_format(row_index: int, column_index: int) -> str | None:
        column, doubt = COLUMNS[column_index], doubts[row_index]
        if column_index == ID_COLUMN:
            return "grey"
        kind = "wrap" if column.wrap else KINDS.get(column.code, "plain")
        return f"{doubt}_{kind}"

    sheet = write_table(book, word("sheets", "review"), COLUMNS, rows, pick_format=pick_format)
    sheet.freeze_panes(1, 5)
    lists = word("sheets", "lists")
    for list_index, (code, words) in enumerate(LISTS.items()):
        column_index = next(i for i, c in enumerate(COLUMNS) if c.code == code)
        first = xl_rowcol_to_cell(1, list_index, row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(len(words), list_index, row_abs=True, col_abs=True)
        sheet.data_validation(
            1,
            column_index,
            max(1, len(rows)),
            column_index,
            {"validate": "list", "source": f"='{lists}'!{first}:{last}", "error_message": phrase("list_error")},
        )
    sheet.write_comment(0, 0, phrase("review_help"), {"author": "", "x_scale": 3, "y_scale": 2})


def list_row(element: Element, titles: Mapping[str, str], actors: Mapping[str, str]) -> Sequence[CellContent]:
    """Return the row of one element, in the order of COLUMNS."""
    doubt = rate_doubt(element.confidence)
    return (
        phrase(doubt) if doubt else "",
        element.position,
        word("level", element.level),
        element.code,
        element.title,
        titles.get(element.parent_id, ""),
        word("status", element.status) if element.status else "",
        element.progress,
        format_period(element.start),
        format_period(element.end),
        format_period(element.end_first),
        element.budget,
        word("synergy", element.synergy) if element.synergy else "",
        actors.get(element.id, ""),
        element.comment,
        element.confidence,
        element.page,
        element.source,
        element.id,
    )


def join_actors(actors: Sequence[Actor]) -> Mapping[str, str]:
    """Return the actors of each element, one a line with the role."""
    lines: dict[str, list[str]] = {}
    for actor in actors:
        lines.setdefault(actor.element_id, []).append(f"{word('role', actor.role)} : {actor.name}")
    return {element_id: "\n".join(names) for element_id, names in lines.items()}


def write_lists(book: Book) -> None:
    """Add the hidden sheet that the drop-down lists read."""
    sheet = book.workbook.add_worksheet(word("sheets", "lists"))
    for column_index, (code, words) in enumerate(LISTS.items()):
        sheet.write_string(0, column_index, word("columns", code), book.formats["header"])
        for row_index, text in enumerate(words, start=1):
            sheet.write_string(row_index, column_index, word(code, text), book.formats["text"])
    sheet.hide()


def write_first_read(book: Book, first_read: Plan, plan: Plan, titles: Mapping[str, str]) -> None:
    """Add the hidden sheet of the cells as first read, laid out and named as those that are corrected.

    Positions, the titles by which parents are named and the deadlines first set are those of the corrected plan where
    nobody corrected them: a correction beside them changes them.
    """
    actors = join_actors(first_read.actors)
    now = {e.id: e for e in plan.elements}
    set_by_hand = {s.element_id for s in plan.statements if s.source == REVIEW_NAME and s.field == "end_first"}
    rows = []
    for e in first_read.elements:
        other = now.get(e.id, e)
        end_first = e.end_first if e.id in set_by_hand else other.end_first
        shown = replace(e, position=other.position, end_first=end_first)
        rows.append((*list_row(shown, titles, actors), titles.get(e.id, "")))
    write_table(book, word("sheets", "first_read"), FIRST_COLUMNS, rows).hide()
