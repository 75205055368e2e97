"""Plain text and Markdown, as people type them and as converters and OCR leave them."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence

from pipeline.exceptions import SourceError
from pipeline.model import Block, Cell, Document, Marker, Position, Role, Table, build_document
from pipeline.readers.paragraphs import PLAIN_FACE, Face, Frame, Span, clean_text, goes_on, opens_item, set_paragraph
from pipeline.readers.text_columns import TextTable, cell_paragraphs, find_text_table, goes_on_below, is_header_line
from pipeline.text import fold, is_cut_short, join_lines, split_marker
from pipeline.vocabulary import match_level, match_number, match_section, split_inline_fields, starts_item

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={4,}|[\u2014\u2013\u2500]{1,})\s*$")
_PIPE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_TAG = re.compile(
    r"</?(?:sup|sub|br|b|i|u|p|em|strong|span|div|font|small|big|center|a|img|hr|ul|ol|li)(?:\s[^<>]*)?/?>", re.I
)
_BREAK_TAG = re.compile(r"<br\s*/?>", re.I)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]+?)(?<=\S)\1(?![\w*])")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_TYPED_ITEM = re.compile(r"^(?:(?:\d{1,3}|[a-z])[.)]|\((?:\d{1,3}|[a-z])\))\s+\S")
#: A bracket that is a line of its own; a letter in brackets is none.
_BRACKET_LINE = re.compile(r"\([^\W\d_][^()]{2,}\)")
_PAGE_NUMBER = re.compile(r"(?:page |p )?#(?: (?:sur |de |of )?#)?")
#: Fields that follow each other on one line are at least so many; what stands between them.
_FIELDS_IN_ROW = 2
_ROW_SEPARATOR = re.compile(r"\s[\-\u2013\u2014;|]\s")
#: The name of a level on a line of its own is no longer than this.
_MAXIMUM_LEVEL_CHARACTERS = 40
_TAB_WIDTH = 4
#: What parts the columns of a table set with spaces.
_WIDE_GAP = "  "
#: A running line stands on this many pages, on both of two; there are no more of them at one edge.
_MINIMUM_RUNNING_PAGES = 3
_MAXIMUM_RUNNING_LINES = 2
#: In a text wrapped by hand or by OCR, a line shorter than this share of the longest ones ended on purpose.
_FULL_LINE_SHARE = 0.75
#: Longer lines are whole paragraphs: the text is not wrapped.
_MAX_WRAPPED_WIDTH = 140
#: A numbered title in capitals that is no longer, or than that share of the longest one, is not wrapped.
_MINIMUM_WRAPPED_TITLE = 20
_SENTENCE_END = (".", "!", "?", ":", ";", "\u2026")
_INDENT_PT_PER_COLUMN = 6.0


def decode_text(data: bytes) -> str | None:
    """Decode text by its mark, as UTF-8, else as Windows-1252; None when the bytes are no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return None if _CONTROL.search(text) is not None else text


def read_text(data: bytes, source: str) -> Document:
    """Read text or Markdown: headings, lists, tables (pipes, tabs, columns), paragraphs; a form feed starts a page.

    The lines that run through the pages are headers and footers. Marks of weight and HTML residue are taken off, rules
    dropped. Raises SourceError `file_broken` when it is no text.
    """
    text = decode_text(data)
    if text is None:
        raise SourceError("file_broken", file=source)
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    headers, bodies = _cut_running([page.split("\n") for page in pages], 1)
    footers, bodies = _cut_running(bodies, -1)
    bodies = _with_late_bullets([_with_bullets(lines) for lines in bodies])
    blocks: list[Block] = []
    columns = ""  # the headers of the table that the page before ends with
    for page_number, lines in enumerate(bodies, start=1):
        blocks += _running_blocks(headers[page_number - 1], page_number, Role.HEADER)
        goes_on_here = bool(columns) and goes_on_below(columns, lines)
        found, columns = _page_blocks([columns, *lines] if goes_on_here else lines, page_number)
        blocks += found
        blocks += _running_blocks(footers[page_number - 1], page_number, Role.FOOTER)
    return build_document(source, "text", blocks, page_count=len(pages))


def _cut_running(pages: Sequence[list[str]], step: int) -> tuple[list[list[str]], list[list[str]]]:
    """Cut the lines that run through the pages, numbers apart, off their tops (`step` 1) or bottoms (-1).

    Returns those lines and what is left, page by page.
    """
    needed = _MINIMUM_RUNNING_PAGES if len(pages) > 2 else 2
    outer = [[line for line in page[::step] if line.strip()][:_MAXIMUM_RUNNING_LINES] for page in pages]
    keys = [[_running_key(line) for line in lines] for lines in outer]
    counts = Counter((depth, key) for page in keys for depth, key in enumerate(page) if key)
    running: list[list[str]] = []
    left: list[list[str]] = []
    for page, lines, own in zip(pages, outer, keys, strict=True):
        count = next((depth for depth, key in enumerate(own) if counts[depth, key] < needed), len(own))
        running.append(lines[:count][::step])
        rest = page[::step]
        for _ in range(count):
            rest = rest[next(place for place, line in enumerate(rest) if line.strip()) + 1 :]
        left.append(rest[::step])
    return running, left


def _running_key(line: str) -> str:
    """What makes two lines of different pages the same; "" for a line that says something of its own."""
    words = re.sub(r"\d+", "#", fold(line))
    text = _plain(line)
    if is_header_line(line):
        return ""
    return "" if (opens_item(text) or _is_level(text.strip())) and not _PAGE_NUMBER.fullmatch(words) else words


def _running_blocks(lines: Sequence[str], page_number: int, role: Role) -> list[Block]:
    frame = Frame(position=Position(page_number), role=role)
    return [block for line in lines for block in set_paragraph(_spans(line), frame)]


def _with_bullets(lines: Sequence[str]) -> list[str]:
    """Put bullets that a converter printed on lines of their own in front of the text that follows, one to a text."""
    out: list[str] = []
    bullets: list[str] = []
    for line in lines:
        glyph, rest = split_marker(line)
        if glyph and not rest.strip():
            bullets.append(line)
        elif bullets and line.strip():
            alone = len(bullets) == 1 and not opens_item(_plain(line))
            out += [f"{bullets[0].rstrip()} {line.lstrip()}"] if alone else [*bullets, line]
            bullets.clear()
        elif not bullets:
            out.append(line)
    return out + bullets


def _with_late_bullets(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Put bullets that a converter printed too early, before the fields of the item before, in front of their titles.

    The title of such a bullet follows those fields without an empty line; the bullet stands before other titles too.
    One that never does is that of the field.
    """
    out: list[list[str]] = []
    seen: set[str] = set()  # bullets that stand in front of texts
    labels: set[str] = set()  # of the fields since the last title
    owed = own = before = ""
    following = _labels_below(pages)
    for page_number, lines in enumerate(pages):
        full_width, *_ = _widths(lines)
        kept: list[str] = []
        apart = False
        for place, line in enumerate(lines):
            text = line.strip()
            glyph, rest = split_marker(text)
            here, below = following[page_number][place]
            if glyph and not rest.strip() and below:
                owed, own = (glyph, "") if glyph in seen else (owed, glyph)
                continue
            if not text:
                apart = bool(kept)
            elif glyph or (apart and not here):
                seen.update([glyph] if glyph and rest.strip() else ())
                owed = ""
                labels.clear()
            elif here:
                labels.add(here)
                line, own = f"{own} {text}" if own else line, ""
            elif owed and not goes_on(before, text) and (len(before) < full_width or below in labels):
                line = line if opens_item(_plain(text)) else f"{owed} {text}"
                owed = ""
                labels.clear()
            if text:
                apart, before = False, text
            kept.append(line)
        out.append(kept)
    return out


def _labels_below(pages: Sequence[Sequence[str]]) -> list[list[tuple[str, str]]]:
    """For each line of each page the label of the field that it opens, and that of the next text below it.

    The wraps of a title are skipped.
    """
    found: list[list[tuple[str, str]]] = []
    below = ""
    for lines in reversed(pages):
        labels: list[tuple[str, str]] = []
        for line in reversed(lines):
            text = _plain(line)
            glyph, rest = split_marker(text)
            fields = split_inline_fields(text)
            here = fields[0][1] if fields else ""
            labels.append((here, below))
            if text and not text[:1].islower() and (rest.strip() or not glyph):
                below = here
        found.append(labels[::-1])
    return found[::-1]


def _page_blocks(lines: Sequence[str], page_number: int) -> tuple[list[Block], str]:
    """The blocks of a page, and the headers of the table in columns that it ends with, "" when it ends with none."""
    blocks: list[Block] = []
    columns = ""
    widths = _widths(lines)
    indents: list[int] = []  # columns of the open list levels
    paragraph: list[str] = []
    place = 0

    def close() -> None:
        if paragraph:
            blocks.extend(_paragraph(paragraph, page_number, indents))
            paragraph.clear()

    while place < len(lines):
        line = lines[place]
        heading = _HEADING.match(line)
        spaced = find_text_table(lines, place) if _WIDE_GAP in line.strip() else None
        if spaced is not None:
            close()
            indents.clear()
            blocks.append(_spaced_table(spaced, page_number))
            columns = "" if any(map(str.strip, lines[spaced.end :])) else line
            place = spaced.end
            continue
        table_end = _table_end(lines, place)
        if table_end > place:
            close()
            indents.clear()
            blocks += _table(lines[place:table_end], page_number)
            place = table_end
            continue
        if not line.strip():
            if not _resumes(paragraph, lines, place):
                close()
        elif _RULE.match(line):
            close()
        elif heading is not None:
            close()
            indents.clear()
            title, place = _with_hard_breaks(lines, place, heading[2])
            frame = Frame(outline_level=len(heading[1]), position=Position(page_number))
            blocks += set_paragraph(_spans(title), frame)
        elif paragraph and not _goes_on(paragraph, line, widths):
            close()
            paragraph.append(line)
        else:
            paragraph.append(line)
        place += 1
    close()
    return blocks, columns


def _widths(lines: Sequence[str]) -> tuple[int, int, int]:
    """Width from which a line counts as full, a share of that of the longest; that; that of the longest numbered title.

    That title is in capitals; the first two are 0 for unwrapped text.
    """
    longest = max((len(line.rstrip()) for line in lines), default=0)
    numbered = (line.strip() for line in lines if len(line) <= _MAX_WRAPPED_WIDTH and line.strip()[:1].isalnum())
    titles = [len(line) for line in numbered if line.isupper() and match_number(line) is not None]
    full = (int(longest * _FULL_LINE_SHARE), longest) if longest <= _MAX_WRAPPED_WIDTH else (0, 0)
    return (*full, max(titles, default=0))


def _is_hard_break(line: str) -> bool:
    """A Markdown line break: two spaces or a backslash at the end."""
    return line.endswith(("  ", "\\")) and bool(line.strip())


def _goes_on(paragraph: Sequence[str], line: str, widths: tuple[int, int, int]) -> bool:
    """Whether a line is the wrap of those before."""
    text, before = line.strip(), paragraph[-1]
    if split_marker(text)[0] or _TYPED_ITEM.match(text):
        return False
    if opens_item(_plain(text)) or _names_level(_plain(text)):
        return False
    if _is_hard_break(before):
        return True
    previous = before.strip()
    if goes_on(previous, text) or _goes_on_fields(paragraph, text) or _goes_on_in_bracket(previous, text):
        return True
    if _is_level(_plain(previous)):
        return False
    full_width, longest, longest_title = widths
    label = match_level(_plain(paragraph[0]))
    number = match_number(_plain(paragraph[0])) if label is None else None
    title = label.rest if label is not None else number.rest if number is not None else ""
    joined_width = len(before.rstrip()) + 1 + len(text.split(" ")[0])
    if title.isupper() and text.isupper():
        room = max(_MINIMUM_WRAPPED_TITLE, longest_title * _FULL_LINE_SHARE) if number is not None else 0
        ends_here = joined_width <= room and not is_cut_short(previous.lower())
        return match_section(text) is None and not ends_here
    has_room = joined_width <= longest
    if label is not None and label.code and label.rest and has_room:
        return False  # a title ends here
    return len(before.rstrip()) >= full_width and not previous.endswith(_SENTENCE_END) and full_width > 0


def _goes_on_fields(paragraph: Sequence[str], text: str) -> bool:
    """Whether a line goes on a row of fields («Service : Voirie - Pilote :»): a label waits for it, or stands in it."""
    if not split_inline_fields(_plain(paragraph[0])):
        return False
    if text.startswith(":"):
        return True
    if len(split_inline_fields(_plain(" ".join(paragraph)))) < _FIELDS_IN_ROW:
        return False
    inner = _ROW_SEPARATOR.split(_plain(text))[1:]
    return paragraph[-1].rstrip().endswith(":") or any(split_inline_fields(part) for part in inner)


def _goes_on_in_bracket(previous: str, text: str) -> bool:
    """Whether a line is a bracket in lower case («(éthique, marchés)») without a field: it goes on the title above."""
    whole = _BRACKET_LINE.fullmatch(text) is not None and text[1].islower()
    return whole and not previous.endswith(_SENTENCE_END) and not split_inline_fields(text[1:])


def _names_level(text: str) -> bool:
    """Whether a line begins with the name of a level, a colon and a title («Action : planter»), or is that name."""
    if _is_level(text):
        return True
    label = match_level(text) if ":" in text else None
    return label is not None and bool(label.rest) and text[len(label.printed) :].lstrip().startswith(":")


def _is_level(text: str) -> bool:
    """Whether a line is the name of a level and nothing else: its title stands on the next one."""
    label = match_level(text) if len(text) <= _MAXIMUM_LEVEL_CHARACTERS else None
    return label is not None and not (label.code or label.rest or label.plural)


def _resumes(paragraph: Sequence[str], lines: Sequence[str], place: int) -> bool:
    """Whether an empty line cuts a title in two: an item without end, then one line that goes on in lower case."""
    following = next((line.strip() for line in lines[place:] if line.strip()), "")
    if not paragraph or not following[:1].islower() or _TYPED_ITEM.match(following):
        return False
    return starts_item(_plain(paragraph[0])) and not paragraph[-1].rstrip().endswith((*_SENTENCE_END, ","))


def _with_hard_breaks(lines: Sequence[str], place: int, title: str) -> tuple[str, int]:
    """A heading with the lines that a Markdown hard break adds to it, and the place of its last line."""
    while _is_hard_break(lines[place]) and place + 1 < len(lines) and lines[place + 1].strip():
        following = lines[place + 1]
        if _HEADING.match(following) or opens_item(_plain(following)):
            break
        place += 1
        title = f"{title} {following.strip()}"
    return title, place


def _paragraph(lines: Sequence[str], page_number: int, indents: list[int]) -> list[Block]:
    """One paragraph; `indents` is brought up to date with the list that it belongs to."""
    first = lines[0].expandtabs(_TAB_WIDTH)
    text = " ".join(line.strip().removesuffix("\\") for line in lines)
    column = len(first) - len(first.lstrip(" "))
    quoted = text.lstrip().startswith(">")
    text = re.sub(r"^(?:>\s?)+", "", text.lstrip()) if quoted else text
    marker, rest = split_marker(text)
    if not marker or not rest:
        if column == 0 and not _TYPED_ITEM.match(text):
            indents.clear()
        frame = Frame(position=Position(page_number), indent_pt=column * _INDENT_PT_PER_COLUMN)
        return set_paragraph(_spans(text), frame)
    while indents and indents[-1] > column:
        indents.pop()
    if not indents or indents[-1] < column:
        indents.append(column)
    inner, inner_rest = split_marker(rest)
    if inner and inner_rest:  # «- ✓ text»: a converter adds its own dash in front of the printed bullet
        marker, rest = inner, inner_rest
    frame = Frame(
        position=Position(page_number),
        list_level=len(indents) - 1,
        marker=marker,
        marker_kind=Marker.BULLET,
        indent_pt=column * _INDENT_PT_PER_COLUMN,
    )
    return set_paragraph(_spans(rest), frame)


def _plain(line: str) -> str:
    return clean_text("".join(text for text, _ in _spans(line)))


def _spans(text: str) -> list[Span]:
    """Runs of a line, the marks of Markdown and HTML read and taken off."""
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub("", _BREAK_TAG.sub(" ", text))
    text = html.unescape(text) if "&" in text else text
    spans: list[Span] = []
    end = 0
    for match in _STRONG.finditer(text):
        spans += [(_unmarked(text[end : match.start()]), PLAIN_FACE), (_unmarked(match[2]), Face(bold=True))]
        end = match.end()
    spans.append((_unmarked(text[end:]), PLAIN_FACE))
    return [span for span in spans if span[0]]


def _unmarked(text: str) -> str:
    text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text).replace("**", "")


# ------------------------------------------------------------------------------------------------------------ tables


def _table_end(lines: Sequence[str], place: int) -> int:
    """Where the table that starts at `place` ends; `place` itself when none starts there."""
    if _is_piped(lines[place]):
        end = place
        while end < len(lines) and (_is_piped(lines[end]) or ("|" in lines[end] and _PIPE_RULE.match(lines[end]))):
            end += 1
        ruled = any(_PIPE_RULE.match(line) for line in lines[place:end])
        is_table = ruled or _are_rows([_pipe_cells(line) for line in lines[place:end]])
        return end if end - place >= 2 and is_table else place
    if "\t" in lines[place].strip():
        end = place
        while end < len(lines) and "\t" in lines[end].lstrip("\t ") and not split_marker(lines[end])[0]:
            end += 1  # a tab at the end of a line is an empty last cell
        return end if end - place >= 2 and _same_width([line.split("\t") for line in lines[place:end]]) else place
    return place


def _spaced_table(found: TextTable, page_number: int) -> Block:
    """A table set in columns of spaces."""
    position = Position(page_number)
    cells: list[Cell] = []
    for row_index, row in enumerate(found.rows):
        for column_index, cell_lines in enumerate(row):
            blocks: list[Block] = []
            for paragraph in cell_paragraphs(cell_lines):
                blocks += set_paragraph(_spans(join_lines(paragraph)), Frame(position=position, in_cell=True))
            cells.append(Cell(row_index, column_index, tuple(blocks)))
    return Block(position=position, table=Table(len(found.rows), len(found.rows[0]), tuple(cells), 1))


def _is_piped(line: str) -> bool:
    stripped = line.strip()
    return " | " in stripped or (stripped.startswith("|") and stripped.count("|") >= 2)


def _are_rows(rows: Sequence[Sequence[str]]) -> bool:
    """Whether lines cut at pipes are rows; labels with their titles behind («OS 1 | Rouler») are headings."""
    return _same_width(rows) and not (len(rows[0]) == 2 and all(starts_item(row[0]) for row in rows))


def _same_width(rows: Sequence[Sequence[str]]) -> bool:
    widths = [len(row) for row in rows]
    return min(widths) >= 2 and len(set(widths)) == 1


def _pipe_cells(line: str) -> list[str]:
    stripped = line.strip().removeprefix("|")
    if stripped.endswith("|") and not stripped.endswith("\\|"):
        stripped = stripped[:-1]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", stripped)]


def _table(lines: Sequence[str], page_number: int) -> list[Block]:
    piped = _is_piped(lines[0])
    header_row_count = int(piped and len(lines) > 1 and _PIPE_RULE.match(lines[1]) is not None)
    rows = [
        _pipe_cells(line) if piped else [cell.strip() for cell in line.split("\t")]
        for line in lines
        if not (piped and _PIPE_RULE.match(line))
    ]
    position = Position(page_number)
    cells = []
    for row_index, row in enumerate(rows):
        for column_index, content in enumerate(row):
            blocks: list[Block] = []
            for line in _BREAK_TAG.split(content):
                blocks += set_paragraph(_spans(line), Frame(position=position, in_cell=True))
            cells.append(Cell(row_index, column_index, tuple(blocks)))
    table = Table(len(rows), max(len(row) for row in rows), tuple(cells), header_row_count)
    return [Block(position=position, table=table)]
