"""relecture.xlsx: the workbook in which the coordinator checks what was read, and corrects it in place.

A row an element, in plan order. Doubt shows by a word and by a colour. The identifiers stay in the last column: they
tie a corrected row to its element.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.model import Actor, Became, Element, Level, Plan, Status
from pipeline.publish.names import title_element
from pipeline.publish.sheets import Book, CellContent, Column, close_book, open_book, write_table
from pipeline.publish.wording import phrase, word
from pipeline.publish.workbook import BLOCK_COLUMNS, REMARK_COLUMNS, list_remarks, write_coded

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
    Column("actors", 36, wrap=True),
    Column("confidence", 10),
    Column("page", 7),
    Column("source", 22),
    Column("id", 15),
)
STATUS_COLUMN, LEVEL_COLUMN, ID_COLUMN = (
    next(i for i, c in enumerate(COLUMNS) if c.code == code) for code in ("status", "level", "id")
)
#: Rows below the last one that still have the drop-down lists: the coordinator may add elements.
SPARE_ROWS = 200


def write_review(plan: Plan) -> bytes:
    """Return the review workbook (.xlsx): elements, remarks, blocks that became nothing."""
    book = open_book()
    for code, fill in DOUBT_FILLS.items():
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", "bg_color": fill}
        book.formats[code] = book.workbook.add_format(base)
        book.formats[f"{code}_wrap"] = book.workbook.add_format({**base, "text_wrap": True})
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
    return close_book(book)


def rate_doubt(confidence: float) -> str:
    """Return `doubtful`, `to_check`, or an empty text when the reading is sure."""
    return "" if confidence >= SURE else "to_check" if confidence >= GUESS else "doubtful"


def write_elements(book: Book, plan: Plan, titles: Mapping[str, str]) -> None:
    """Add the sheet that is corrected."""
    actors = join_actors(plan.actors)
    doubts = [rate_doubt(e.confidence) for e in plan.elements]
    rows = [list_row(e, titles, actors, d) for e, d in zip(plan.elements, doubts, strict=True)]

    def pick_format(row_index: int, column_index: int) -> str | None:
        if column_index == ID_COLUMN:
            return "grey"
        doubt = doubts[row_index]
        return doubt and (f"{doubt}_wrap" if COLUMNS[column_index].wrap else doubt)

    sheet = write_table(book, word("sheets", "review"), COLUMNS, rows, pick_format=pick_format)
    sheet.freeze_panes(1, 5)
    last_row = len(rows) + SPARE_ROWS
    lists = word("sheets", "lists")
    for column_index, list_index, count in (
        (LEVEL_COLUMN, 0, len(Level)),
        (STATUS_COLUMN, 1, len(Status)),
    ):
        first = xl_rowcol_to_cell(1, list_index, row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(count, list_index, row_abs=True, col_abs=True)
        sheet.data_validation(
            1,
            column_index,
            last_row,
            column_index,
            {"validate": "list", "source": f"='{lists}'!{first}:{last}", "error_message": phrase("list_error")},
        )
    sheet.write_comment(0, ID_COLUMN, phrase("review_help"), {"author": "", "x_scale": 2})


def list_row(
    element: Element, titles: Mapping[str, str], actors: Mapping[str, str], doubt: str
) -> Sequence[CellContent]:
    """Return the row of one element, in the order of COLUMNS."""
    return (
        phrase(doubt) if doubt else "",
        element.position,
        word("level", element.level),
        element.code,
        element.title,
        titles.get(element.parent_id, ""),
        word("status", element.status) if element.status else "",
        element.progress,
        element.start,
        element.end,
        actors.get(element.id, ""),
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
    for column_index, (code, words) in enumerate(
        (
            ("level", [word("level", level) for level in Level]),
            ("status", [word("status", status) for status in Status]),
        )
    ):
        sheet.write_string(0, column_index, word("columns", code), book.formats["header"])
        for row_index, text in enumerate(words, start=1):
            sheet.write_string(row_index, column_index, text, book.formats["text"])
    sheet.hide()
