"""What a legend explains of statuses: signs or letters («● Réalisé, ◐ En cours»), with the statuses they stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.model import Block, Document, Marker, Table, leaf_blocks
from pipeline.text import split_pictograms
from pipeline.values import is_status_sign, is_status_word, parse_status, status_word
from pipeline.vocabulary import begins_with_verb, match_level

#: A legend explains this many signs or more.
MINIMUM_MARKS = 2
#: The word of a status in a legend is no longer than this, a line with all of them no longer than that.
MAXIMUM_WORD_CHARACTERS = 40
MAXIMUM_LEGEND_CHARACTERS = 400
#: A table that is a legend is low, or narrow and not too long.
LOW_ROWS, NARROW_COLUMNS, MAXIMUM_ROWS = 3, 4, 24
#: A table of more cells is no frame around text: a legend stands there in a wide cell only.
MAXIMUM_LAYOUT_CELLS = 40
#: Fewer words in a cell are a value, unless a verb is the first.
MINIMUM_TITLE_WORDS = 3
_BETWEEN = " \t\n:=;,.·•|/()[]–—-→\ufe0e\ufe0f"
_LETTERS = re.compile(r"[A-Z]{1,3}|[+-]{1,3}")
_LETTER_ENTRY = re.compile(r"(?:[^:=]*:)?\s*([A-Z]{1,3}|[+-]{1,3})\s*[:=]\s*([^:=]+)")

Entry = tuple[str, str]  # a mark, and the code of the status that it stands for


def find_marks(document: Document) -> dict[str, str]:
    """Find what the legends of a document explain as statuses: printed mark to code of `Status`.

    A legend is a table of marks beside their words, a line of them, or paragraphs in a row with one each. A mark is a
    sign, or up to three capital letters. One that stands for two statuses is left out. Without a legend, where several
    signs of statuses stand beside texts, those are marks that mean one status to all.
    """
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    for legend in _legends(document.blocks):
        marks = {mark for mark, _ in legend}
        if len(marks) < MINIMUM_MARKS or len({code for _, code in legend}) < MINIMUM_MARKS:
            continue
        for mark, code in legend:
            if found.setdefault(mark, code) != code:
                doubtful.add(mark)
    if not found:
        signs = {parts[0][0] for parts in find_signs(document).values()}
        ends = {block.text.rstrip("\ufe0e\ufe0f")[-1:] for block in leaf_blocks(document.blocks) if len(block.text) > 2}
        signs |= set(filter(is_status_sign, ends))
        found = {sign: status_word(sign) for sign in signs if status_word(sign)} if len(signs) >= MINIMUM_MARKS else {}
    return {mark: code for mark, code in found.items() if mark not in doubtful}


def find_signs(document: Document) -> dict[int, tuple[str, str]]:
    """The signs of statuses in front of paragraphs, by their index, and what stands behind: not the word for one.

    In a cell it is no value of few words either («\U0001f534 Priorité 1»).
    """
    first = {block.index: block.text for block in leaf_blocks(document.blocks) if is_status_sign(block.text[:1])}
    if not first:
        return {}
    parts = {index: split_pictograms(text, text[0]) for index, text in first.items()}
    in_flow = {block.index for block in document.blocks}
    return {
        index: (sign, rest)
        for index, (sign, rest) in parts.items()
        if sign and not is_status_word(rest) and (index in in_flow or _may_be_title(rest))
    }


def _may_be_title(text: str) -> bool:
    return begins_with_verb(text) or len(text.split()) >= MINIMUM_TITLE_WORDS


def _legends(blocks: Sequence[Block]) -> Iterator[list[Entry]]:
    """What may be the legends among some blocks: rows of tables, lines, and entries in a row."""
    run: list[Entry] = []
    for block in blocks:
        entries = _line_entries(block) if block.table is None else []
        if len(entries) == 1:
            run += entries
            continue
        yield from (run, entries)
        run = []
        if block.table is not None:
            table = block.table
            narrow = table.column_count <= NARROW_COLUMNS and table.row_count <= MAXIMUM_ROWS
            if narrow or table.row_count <= LOW_ROWS:
                yield _table_entries(table)
            layout = len(table.cells) <= MAXIMUM_LAYOUT_CELLS
            for cell in table.cells:
                if layout or cell.column_span > 1:
                    yield from _legends(cell.blocks)
    yield run


def _table_entries(table: Table) -> list[Entry]:
    """The entries of a table that holds nothing else, save the head of its columns; none for any other table."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if text := _printed(cell.blocks):
            rows.setdefault(cell.row_index, []).append(text)
    listed = [_row_entries(texts) for _, texts in sorted(rows.items())]
    body = listed if listed and listed[0] else listed[1:]
    if not any(body) and len(rows) == MINIMUM_MARKS:
        marks, words = (texts for _, texts in sorted(rows.items()))  # a row of marks over a row of words
        pairs = zip(marks, words, strict=False) if len(marks) == len(words) else ()
        return _entries((mark, word) for one, other in pairs for mark, word in ((one, other), (other, one)))
    return [entry for entries in body for entry in entries] if all(body) else []


def _row_entries(texts: Sequence[str]) -> list[Entry]:
    """The entries of a row: marks beside their words, then, beside a sign, what explains the word; none otherwise."""
    pairs = list(zip(texts[::2], texts[1::2], strict=False))
    for marks_first in (True, False):
        entries = _entries(pair if marks_first else pair[::-1] for pair in pairs)
        if entries and len(entries) * 2 == len(texts):
            return entries
        if entries and len(texts) == 3 and is_sign(entries[0][0]):
            return entries[:1]
    return _pieces(texts[0]) if len(texts) == 1 else []


def _line_entries(block: Block) -> list[Entry]:
    """The entries of a paragraph, in the order printed."""
    return _pieces(_printed((block,)))


def _pieces(text: str) -> list[Entry]:
    """The entries of one line: each sign before its word or each after it; letters with a colon or an equals sign."""
    if not 0 < len(text) <= MAXIMUM_LEGEND_CHARACTERS:
        return []
    signs = set() if text.isascii() else set(filter(is_sign, set(text)))
    places = [i for i, char in enumerate(text) if char in signs] if signs else []
    if not places:
        pieces = (_LETTER_ENTRY.fullmatch(piece) for piece in re.split(r"[,;|\n·]", text))
        return _entries((match[1], match[2]) for match in pieces if match is not None)
    after = [text[i + 1 : j] for i, j in zip(places, [*places[1:], len(text)], strict=True)]
    before = [text[i + 1 : j].rpartition(":")[2] for i, j in zip([-1, *places[:-1]], places, strict=True)]
    words = after if after[-1].strip(_BETWEEN) else before
    entries = _entries(zip((text[i] for i in places), words, strict=True))
    return entries if len(entries) == len(places) else []


def _entries(pairs: Iterable[tuple[str, str]]) -> list[Entry]:
    """The pairs of a mark and the word for a status, as entries."""
    found = []
    for mark, printed in pairs:
        word = printed.strip(_BETWEEN)
        mark = mark.strip("\ufe0e\ufe0f ")
        status = parse_status(word) if 2 < len(word) <= MAXIMUM_WORD_CHARACTERS and is_mark(mark) else None
        if status is not None and status.value and not (status.prose and _names_element(word)):
            found.append((mark, status.value))
    return found


def _names_element(text: str) -> bool:
    """Tell whether a text is the title of an element («Fleurir les places»), whatever words it holds."""
    return begins_with_verb(text) or match_level(text) is not None


def is_mark(text: str) -> bool:
    """Tell whether a text may be the mark of a status: one sign, or few capital letters."""
    return is_sign(text) or _LETTERS.fullmatch(text) is not None


def is_sign(text: str) -> bool:
    """Tell whether a text is one drawn sign («●», «✗»), which no keyboard has."""
    return len(text) == 1 and not (text.isascii() or text.isalpha()) and unicodedata.category(text) in ("So", "Sm")


def status_of_mark(marks: Mapping[str, str], printed: str) -> str:
    """The status that a printed mark stands for; "" for any other text."""
    return marks.get(printed.strip().rstrip("\ufe0e\ufe0f"), "")


def split_mark(marks: Mapping[str, str], title: str) -> tuple[str, str]:
    """Cut the sign of a status off the end of a title, or off its beginning; returns (title, sign), "" for none."""
    if not marks:
        return title, ""
    for sign, rest in ((title[-1:], title[:-1]), (title[:1], title[1:])):
        if sign in marks and is_sign(sign) and rest.strip():
            return rest.strip(" \ufe0e\ufe0f"), sign
    return title, ""


def _printed(blocks: Sequence[Block]) -> str:
    """The text of paragraphs with the bullets in front of them."""
    texts = (b.text if b.marker_kind is Marker.NONE else f"{b.marker} {b.text}" for b in blocks if b.table is None)
    return "\n".join(text.strip() for text in texts if text.strip())
