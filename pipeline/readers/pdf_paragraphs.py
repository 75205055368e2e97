"""Lines to paragraphs, and pages to blocks.

Whether a line goes on the paragraph above it is read off the page: same face, usual leading, same left edge, and a line
above that had no room left for the first word below. What is usual is measured over the whole document first.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from pipeline import text, vocabulary
from pipeline.model import Block, Cell, Marker, Position, Role, Style, Table, record
from pipeline.readers.pdf_columns import Frame, Leaf, TableFrame
from pipeline.readers.pdf_lines import Line, is_raised_number, words_text
from pipeline.readers.pdf_rulings import Rectangle
from pipeline.readers.pdf_tags import HEADER_CELL, HEADING
from pipeline.readers.pdf_text import Face, Word

_BROKEN_LETTERS, _LONG_LETTERS, _FRAGMENT_LETTERS = 4, 7, 4
_LEADING_BIN = 0.04
_TAGGED_SHARE = 0.7  # of the words: running headers and footers have no tag
_HEADING_SHARE = 0.6  # more words in headings than that: the tags mean nothing
_LONGEST_LABEL = 40  # in front of a colon
_PARAGRAPH_GAP = 1.17  # times the usual leading
_DEFAULT_LEADING = 1.25
_WHOLE = 0.98  # of the characters of a line
_LARGEST_MISREADING = 1.3  # of one size by recognition of letters, in a line of one word
_SIZE_STEP_PT = 0.4  # between two styles; within one, sizes differ by rounding
_ENTRY_LINES = 3  # of a cell that holds one entry of a list
_BODY_OF_PAGE = (0.08, 0.92)  # of its height: running headers and footers stand above and below
_COLUMN_LINES, _COLUMN_SLACK_PT = 3, 14.0  # so many lines come so close to the edge of a column that they fill
_PAGE_EDGE = 0.15  # of the height of a page: a table that ends there may go on
_BESIDE_PICTURE = 2  # lines
_PICTURE_MARGIN_PT = 12.0  # white under a picture, which narrows one line more
_LARGE_TYPE = 1.1  # of the size of running text
_NOTE_SIZE = 0.92  # of the size of the text, at most
_LOOSEST_LEADING = 2.3
_SURE_HYPHENS = ("\u2010", "\u00ad")  # never typed
_MANY_HYPHENS, _HYPHEN_SHARE = 8, 0.05
_HYPHENS = ("-", "\u2010", "\u2011", "\u00ad")
_BOUND_TO_LEFT = frozenset(";:!?%\u00bb\u20ac")
_BOUND_TO_RIGHT = frozenset("\u00ab")
_TERMINAL = re.compile(r"[.!?;:\u2026][\u00bb\")\]]?$")
#: A counted word in front of a title («Objectif 3 : ...», «Priorité II – ...»).
_COUNTED_WORD = re.compile(
    r"[A-Z\u00c0-\u00dc][^\W\d_]{2,20} (?:[nN][\u00b0\u00ba] ?)?"
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4}) ?[:.\u2013\u2014] "
)
_DASH_MARKERS = frozenset("-\u2013\u2014*o\u2212\u00bb")
_NO_VALUES = (["-"], ["\u2013"], ["\u2014"], ["/"])
_CAPITALS_GAP = 1.4  # likewise, where both lines are in capitals, which a scan shows no taller than they are
_LED = re.compile(r"\s?(?<![.\u2026])[.\u2026]{4,}\s?\d{1,3}$")
_PAGE_DIGITS = 3
_PAGE_GAP = 1.5  # of the font size: at least between a title of the contents and the number of its page
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\s?[.)\u00b0]|\d{1,2}(?:\.\d{1,2}){1,4}|\(?[a-zA-Z]\)|[IVX]{1,4}[.)])\s+\S"
)
#: Text that `text.clean` would leave as it is; looking at each character costs more than the rest of a block.
_PLAIN = re.compile(
    r"(?:[!-~\u00a1-\u00ac\u00ae-\u017f\u2013-\u2026\u20ac]+ )*[!-~\u00a1-\u00ac\u00ae-\u017f\u2013-\u2026\u20ac]+"
)
_ELIDED = re.compile(r"^[^\W\d_]{1,6}['\u2019]")
_CLOSING = re.compile(r"[.,)\]\u2026]+")
_WHOLE_DATE = re.compile(r"\d{1,2}([./\-])\d{1,2}\1(?:19|20)\d\d")
_NO_WORD = re.compile(r"[bcdfghjklmnpqrstvwxz]+|[eiou\u00e9]")  # no French word
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Typography:
    """What is usual in one document: its words, its leading by size, the right edges of its columns, its margins."""

    known_words: frozenset[str]
    inner_words: frozenset[str]  # those met elsewhere than at the start or the end of a line
    leading: dict[float, float]
    usual_leading: float
    right_edges: dict[tuple[int, int], float]
    margins: dict[int, float]
    tags_are_sound: bool = False
    body_size_pt: float = 0.0  # that most characters have
    hyphenates: bool = True  # words are broken at line ends; else each hyphen there belongs to its word
    cell_texts: frozenset[str] = frozenset()  # of the cells of a few lines, and of entries in them
    cell_starts: frozenset[str] = frozenset()  # lines with which an entry of such a cell begins


@record(frozen=True, slots=True)
class Placed:
    """A block of the page flow with what joining over page breaks needs.

    `xs` are the column lines of a table; `is_open` tells that the last line ran to the edge of its column.
    """

    block: Block
    xs: tuple[float, ...] = ()
    is_open: bool = False
    ruled: bool = True


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line]
    marker: str = ""
    marker_kind: Marker = Marker.NONE
    marker_x: float = 0.0
    text_x: float = 0.0
    first_text: str = ""
    full: bool = field(default=False)


@record(frozen=True, slots=True)
class _Setting:
    """Where a leaf is set: the right edge of its text, whether that edge is known, and its left edge.

    `pictures` are the heights at which a picture narrows it, each with the left and right edges of the text there.
    """

    right: float
    right_is_known: bool
    left: float
    pictures: tuple[tuple[float, float, float, float], ...] = ()

    def edges(self, line: Line) -> tuple[float, float]:
        """The left and the right edge of the text at the height of a line."""
        left, right = self.left, self.right
        for y0, y1, narrow_left, narrow_right in self.pictures:
            if line.y1 > y0 and line.y0 < y1 and line.x0 >= narrow_left - 1 and line.x1 <= narrow_right + 1:
                left, right = max(left, narrow_left), min(right, narrow_right)
        return left, right


# ------------------------------------------------------------------------------------------------------ the measures


def measure(pages: Sequence[Frame]) -> Typography:
    """Measure what is usual over all pages of a document."""
    steps: dict[float, list[float]] = defaultdict(list)
    ends: dict[tuple[int, int], list[float]] = defaultdict(list)
    starts: dict[int, Counter[int]] = defaultdict(Counter)
    outer: set[str] = set()
    inner: set[str] = set()
    for page in pages:
        for leaf in page.leaves:
            if not leaf.turned:
                ends[_column_key(leaf)].extend(line.x1 for line in _uncut_lines(leaf, page))
                if leaf.column_index == 0:
                    body = (_BODY_OF_PAGE[0] * page.y1, _BODY_OF_PAGE[1] * page.y1)
                    starts[round(page.x1)].update(
                        round(item.x0) for item in leaf.items if isinstance(item, Line) and body[0] < item.y0 < body[1]
                    )
    leaves = [leaf for page in pages for leaf in _leaves(page)]
    for leaf in leaves:
        _measure_steps(leaf, steps)
        _collect_words(leaf, outer, inner)
    everything = [ratio for ratios in steps.values() for ratio in ratios]
    usual = _smallest_usual(everything) or _DEFAULT_LEADING
    leading = {size: _smallest_usual(ratios) or usual for size, ratios in steps.items() if len(ratios) >= 6}
    inner_words = _bare_words(inner)
    known_words = inner_words | _bare_words(outer)
    cells = [lines for page in pages for lines in _cell_lines(page, page)]
    whole_cells = frozenset(" ".join(lines) for lines in cells)
    cell_texts = whole_cells | _second_entries(cells, whole_cells)
    return Typography(
        known_words,
        inner_words,
        leading,
        usual,
        {key: edge for key, xs in ends.items() if (edge := _shared_edge(xs)) is not None},
        {width: _margin(counter) for width, counter in starts.items() if counter},
        _tags_are_sound(leaves),
        _body_size(leaves),
        _hyphenates(leaves, known_words),
        cell_texts,
        _cell_starts(cells, whole_cells),
    )


def _uncut_lines(leaf: Leaf, page: Frame) -> Iterator[Line]:
    """The lines of a leaf that end on the page: dot leaders may run past its edge."""
    return (item for item in leaf.items if isinstance(item, Line) and item.x1 <= page.x1)


def _tags_are_sound(leaves: Sequence[Leaf]) -> bool:
    """Tell whether the tags hold against the page: nearly all words have one, headings are few, and no level of them is
    set larger than the level above it.
    """
    total = tagged = headings = 0
    sizes: dict[str, list[float]] = defaultdict(list)
    for leaf in leaves:
        for item in leaf.items:
            if not isinstance(item, Line):
                continue
            total += len(item.words)
            for word in item.words:
                if word.tag:
                    tagged += 1
                    if HEADING.match(word.tag):
                        headings += 1
                        sizes[word.tag].append(word.face.size_pt)
    if not sizes or tagged < _TAGGED_SHARE * total or headings > _HEADING_SHARE * total:
        return False
    usual = [statistics.median(sizes[level]) for level in sorted(sizes)]
    return all(upper >= lower - 0.6 for upper, lower in pairwise(usual))


def _body_size(leaves: Sequence[Leaf]) -> float:
    sizes: dict[float, int] = defaultdict(int)
    for leaf in leaves:
        for item in leaf.items:
            if isinstance(item, Line):
                sizes[item.size] += len(item.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _hyphenates(leaves: Sequence[Leaf], known_words: frozenset[str]) -> bool:
    """Tell whether words are broken at line ends: many lines end in a hyphen, or one leaves a word known elsewhere."""
    count = pairs = 0
    for leaf in leaves:
        for item, following in pairwise(leaf.items):
            if not isinstance(item, Line) or not isinstance(following, Line):
                continue
            pairs += 1
            head, tail = item.words[-1].text, following.words[0].text
            if not head.endswith(_HYPHENS) or len(head) < 2:
                continue
            first, last = _WORD.search(head[:-1]), _WORD.match(tail)
            if first is None or last is None:
                continue
            count += 1
            if head[-1] in _SURE_HYPHENS or (head[first.start() : -1] + last.group()).lower() in known_words:
                return True
    return count >= _MANY_HYPHENS or count >= _HYPHEN_SHARE * pairs


def _leaves(frame: Frame) -> Iterator[Leaf]:
    for leaf in frame.leaves:
        yield leaf
        for item in leaf.items:
            if isinstance(item, Frame):
                yield from _leaves(item)
            elif isinstance(item, TableFrame):
                for cell in item.cells:
                    yield from _leaves(cell.frame)


def _cell_lines(frame: Frame, page: Frame) -> Iterator[list[str]]:
    """The lines of each cell that holds a few and nothing else; rows that the end of a page may cut are left out."""
    edge_pt = _PAGE_EDGE * (page.y1 - page.y0)
    for leaf in frame.leaves:
        for item in leaf.items:
            if isinstance(item, Frame):
                yield from _cell_lines(item, page)
            elif isinstance(item, TableFrame):
                first = int(item.y0 < page.y0 + edge_pt)
                end = item.row_count - int(item.y1 > page.y1 - edge_pt)
                for cell in item.cells:
                    yield from _cell_lines(cell.frame, page)
                    items = [inner for inner_leaf in cell.frame.leaves for inner in inner_leaf.items]
                    lines = [inner.text for inner in items if isinstance(inner, Line)]
                    whole = first <= cell.row_index and cell.row_index + cell.row_span <= end
                    if whole and 0 < len(lines) == len(items) <= _ENTRY_LINES:
                        yield lines


def _cell_starts(cells: Sequence[Sequence[str]], cell_texts: frozenset[str]) -> frozenset[str]:
    """The first lines of cells, and the lines that come after several whole cells."""
    after: dict[str, set[str]] = defaultdict(set)
    for lines in cells:
        for index in range(1, len(lines)):
            head = " ".join(lines[:index])
            if head in cell_texts:
                after[lines[index]].add(head)
    return frozenset([lines[0] for lines in cells] + [line for line, heads in after.items() if len(heads) > 1])


def _second_entries(cells: Sequence[Sequence[str]], cell_texts: frozenset[str]) -> frozenset[str]:
    """What stands below a whole cell in some cell and begins another one: two entries, in one order and the other."""
    firsts = {lines[0] for lines in cells}
    parted = ((lines[:index], lines[index:]) for lines in cells for index in range(1, len(lines)))
    return frozenset(" ".join(below) for head, below in parted if below[0] in firsts and " ".join(head) in cell_texts)


def _measure_steps(leaf: Leaf, steps: dict[float, list[float]]) -> None:
    lines = [item for item in leaf.items if isinstance(item, Line)]
    for first, second in pairwise(lines):
        if abs(first.size - second.size) <= 0.3 and first.face.color == second.face.color:
            ratio = (second.baseline - first.baseline) / max(first.size, 1.0)
            if 0.9 <= ratio <= _LOOSEST_LEADING:
                steps[_size_key(first.size)].append(ratio)


def _size_key(size: float) -> float:
    return round(size * 2) / 2


def _smallest_usual(ratios: list[float]) -> float | None:
    """The smallest leading that is common: wrapped lines stand closer than paragraphs."""
    if not ratios:
        return None
    bins = Counter(round(ratio / _LEADING_BIN) for ratio in ratios)
    needed = max(2, 0.12 * len(ratios))
    for key in sorted(bins):
        if bins[key] + bins.get(key + 1, 0) >= needed:
            return max(key, key + 1 if bins.get(key + 1) else key) * _LEADING_BIN
    return None


def _column_key(leaf: Leaf) -> tuple[int, int]:
    return round(leaf.left / 10), round(leaf.right / 10)


def _shared_edge(xs: list[float]) -> float | None:
    """The right edge that several lines come close to."""
    ordered = sorted(xs, reverse=True)
    for index, x in enumerate(ordered[:-2]):
        if x - ordered[index + 2] <= 14:
            return x
    return None


def _margin(starts: Counter[int]) -> float:
    total = sum(starts.values())
    common = [x for x, count in starts.items() if count >= max(2, 0.04 * total)]
    return float(min(common or starts))


def _collect_words(leaf: Leaf, outer: set[str], inner: set[str]) -> None:
    """Add the words of a leaf as printed: those inside lines, and those at their ends that no line end cuts."""
    broken = False
    for item in leaf.items:
        if not isinstance(item, Line):
            continue
        words = item.words
        ends_broken = words[-1].text.endswith(_HYPHENS)
        inner.update([word.text for word in words[1:-1]])
        whole = words[int(broken) : len(words) - int(ends_broken)]
        if whole:
            outer.update((whole[0].text, whole[-1].text))
        broken = ends_broken


def _bare_words(printed: set[str]) -> frozenset[str]:
    """The words in lower case, without what stands around them."""
    return frozenset(match.lower().replace("\u2010", "-") for word in printed for match in _WORD.findall(word))


# ---------------------------------------------------------------------------------------------------- frames to blocks


def page_blocks(page: Frame, page_number: int, typography: Typography) -> list[Placed]:
    """Read the blocks of one page in reading order."""
    return _frame_blocks(page, page, page_number, typography, page.fill)


def _frame_blocks(
    frame: Frame, page: Frame, page_number: int, typography: Typography, fill: str, outer_column: int = 0
) -> list[Placed]:
    placed: list[Placed] = []
    is_page = frame is page
    for leaf in frame.leaves:
        column = outer_column + leaf.column_index
        setting = _setting(leaf, frame, is_page, typography)
        current: _Paragraph | None = None
        for item in leaf.items:
            if isinstance(item, Line):
                goes_on = current is not None and _continues(current, item, setting, typography)
                if current is not None and goes_on and not (not is_page and _is_next(current, item, typography)):
                    current.lines.append(item)
                    continue
                if current is not None:
                    placed.append(_block(current, frame, leaf, column, page_number, setting, typography, fill))
                current = _opened(item)
                continue
            if current is not None:
                placed.append(_block(current, frame, leaf, column, page_number, setting, typography, fill))
                current = None
            if isinstance(item, Frame):
                placed += _frame_blocks(item, page, page_number, typography, item.fill or fill, column)
            else:
                placed.append(_table_block(item, frame, column, page, page_number, typography, fill))
        if current is not None:
            placed.append(_block(current, frame, leaf, column, page_number, setting, typography, fill))
    return [item for item in placed if item.block.text or item.block.marker or item.block.table is not None]


def _setting(leaf: Leaf, frame: Frame, is_page: bool, typography: Typography) -> _Setting:
    lines = [item for item in leaf.items if isinstance(item, Line)]
    if not lines:
        return _Setting(leaf.right, False, leaf.left)
    setting = _bare_setting(lines, leaf, frame, is_page, typography)
    if leaf.turned or not frame.pictures:
        return setting
    return replace(setting, pictures=tuple(_narrowed(lines, frame.pictures, setting)))


def _narrowed(
    lines: Sequence[Line], pictures: Sequence[Rectangle], setting: _Setting
) -> Iterator[tuple[float, float, float, float]]:
    """The heights of the pictures that lines run round, with the left and right edges of the lines beside each."""
    for x0, y0, x1, y1 in pictures:
        beside = [line for line in lines if line.y1 > y0 and line.y0 < y1]
        left_of = [line.x1 for line in beside if line.x1 <= x0 + 1]
        right_of = [line.x0 for line in beside if line.x0 >= x1 - 1]
        if len(left_of) >= _BESIDE_PICTURE and x0 < setting.right:
            yield y0, y1 + _PICTURE_MARGIN_PT, setting.left, max(left_of)
        elif len(right_of) >= _BESIDE_PICTURE and x1 > setting.left:
            yield y0, y1 + _PICTURE_MARGIN_PT, min(right_of), setting.right


def _bare_setting(lines: list[Line], leaf: Leaf, frame: Frame, is_page: bool, typography: Typography) -> _Setting:
    furthest = max([line.x1 for line in lines])
    left = min([line.x0 for line in lines])
    if leaf.turned:
        return _Setting(furthest, False, left)
    if not is_page:
        beside = [item.x0 for part in frame.leaves if part.column_index == leaf.column_index for item in part.items]
        left = min([left, *beside])
        padding = min(max(left - leaf.left, 0.0), 14.0)
        return _Setting(max(leaf.right - padding, furthest), True, left)
    furthest = max((line.x1 for line in _uncut_lines(leaf, frame)), default=frame.x1)
    edge = _edge_of_lone_column(leaf, frame, typography)
    if edge is not None:
        return _Setting(edge, True, left)
    edge = typography.right_edges.get(_column_key(leaf))
    if leaf.column_index == 0:
        margin = typography.margins.get(round(page_width(frame)), left)
        left = margin if abs(left - margin) < 0.25 * page_width(frame) else left
    return _Setting(max(edge, furthest) if edge is not None else furthest, edge is not None, left)


def _edge_of_lone_column(leaf: Leaf, page: Frame, typography: Typography) -> float | None:
    """The right edge of the first column of other pages where the text of a page fills that column only, else None."""
    top, bottom = _BODY_OF_PAGE[0] * page.y1, _BODY_OF_PAGE[1] * page.y1
    lines = [item for item in leaf.items if isinstance(item, Line) and top < item.y0 < bottom]
    start, end = _column_key(leaf)
    for (left, right), edge in typography.right_edges.items():
        narrower = left == start and right < end and all(line.x1 <= edge + 1 for line in lines)
        if narrower and sum(line.x1 > edge - _COLUMN_SLACK_PT for line in lines) >= _COLUMN_LINES:
            return edge
    return None


def page_width(page: Frame) -> float:
    """Width of the page frame in points."""
    return page.x1 - page.x0


def _table_block(
    table: TableFrame, frame: Frame, column: int, page: Frame, page_number: int, typography: Typography, fill: str
) -> Placed:
    cells = []
    for cell in table.cells:
        inner = _frame_blocks(cell.frame, page, page_number, typography, cell.frame.fill or fill)
        blocks = tuple(item.block for item in inner)
        cells.append(
            Cell(cell.row_index, cell.column_index, blocks, cell.row_span, cell.column_span, fill=cell.frame.fill)
        )
    position = Position(page_number, table.x0, table.y0, table.x1, table.y1, column, frame.identity)
    grid = Table(table.row_count, len(table.xs) - 1, tuple(cells), _tagged_header_rows(table, typography))
    block = Block(style=Style(fill=fill), position=position, table=grid)
    return Placed(block, table.xs, ruled=table.ruled)


def _tagged_header_rows(table: TableFrame, typography: Typography) -> int:
    """How many rows at the top hold header cells only, as a sound structure tree says."""
    if not typography.tags_are_sound:
        return 0
    tags: list[set[str]] = [set() for _ in range(table.row_count)]
    for cell in table.cells:
        for leaf in cell.frame.leaves:
            for item in leaf.items:
                if isinstance(item, Line):
                    tags[cell.row_index].update(word.tag for word in item.words)
    count = next((index for index, found in enumerate(tags) if found != {HEADER_CELL}), table.row_count)
    return count if count < table.row_count else 0


# ------------------------------------------------------------------------------------------------- lines to paragraphs


def _opened(line: Line) -> _Paragraph:
    """Start a paragraph: its typed bullet, or the tile in front of it, is its marker."""
    printed = line.text
    if line.marker:
        return _Paragraph([line], line.marker, line.marker_kind, line.x0, line.words[0].x0, printed)
    glyph, rest = text.split_marker(printed)
    if glyph:
        text_x = next((word.x0 for word in line.words[1:]), line.x0 + line.size)
        if len(line.words) and len(line.words[0].text) > len(glyph):
            text_x = line.x0 + 0.6 * line.size
        return _Paragraph([line], glyph, Marker.BULLET, line.x0, text_x, rest)
    text_x = line.x0
    if _NUMBERED.match(printed) and len(line.words) > 1:
        text_x = line.words[1].x0
    return _Paragraph([line], "", Marker.NONE, line.x0, text_x, printed)


def _continues(paragraph: _Paragraph, line: Line, setting: _Setting, typography: Typography) -> bool:
    """Tell whether a line goes on the paragraph above it."""
    last = paragraph.lines[-1]
    step = line.baseline - last.baseline
    size = max(line.size, last.size)
    alike = _same_setting(last, line) or _goes_on_title(paragraph, line) or _ends_cut_title(paragraph, line)
    if step <= 0.3 * size or line.marker or not alike:
        return False
    leading = typography.leading.get(_size_key(line.size), typography.usual_leading)
    in_capitals = _goes_on_capitals(paragraph, line)
    gap = _CAPITALS_GAP if in_capitals else _PARAGRAPH_GAP
    if step > max(leading * gap, leading + 1.2 / size) * size:
        return False
    if line.x0 >= last.x1 or line.x1 <= last.x0 - 0.5 * size:
        return False
    broken_word = last.words[-1].text.endswith(_HYPHENS) and len(last.words[-1].text) > 1
    left, right = setting.edges(last)
    room = right - last.x1 - 0.25 * size - _first_word_width(line)
    # Few lines are set in large type: the edge is that of smaller type, which comes closer to it.
    slack = 0.3 if size >= _LARGE_TYPE * typography.body_size_pt else 0.03
    fits = room > slack * size and not broken_word and not _closes_bracket(paragraph, line)
    starts_low = _starts_low(line)
    shift = setting.edges(line)[0] - left if setting.pictures else 0.0
    if not _is_aligned(paragraph, line, shift, fits=fits, starts_low=starts_low):
        return False
    if _opens_item(paragraph, line, last, fits=fits, starts_low=starts_low):
        return False
    if broken_word:
        return True
    if last.face != line.face and _is_restyled(_own_words(paragraph, last), line.words):
        return not fits and starts_low and not _TERMINAL.search(last.words[-1].text)
    ends = bool(_TERMINAL.search(last.words[-1].text))
    if fits:
        if len(paragraph.lines) == 1 and _is_label_alone(paragraph.first_text, line.text):
            return False
        if text.is_cut_short(last.text) or (last.text.endswith(":") and _awaits_value(paragraph)):
            return True
        if in_capitals and size >= _LARGE_TYPE * typography.body_size_pt:
            return not ends
        return starts_low and not ends and room < 0.35 * max(right - left, 1.0)
    return not (ends and not starts_low and not setting.right_is_known)


def _is_next(paragraph: _Paragraph, line: Line, typography: Typography) -> bool:
    """Tell whether a line of a cell is the next entry: what stands above is a whole cell elsewhere, and it begins one.

    «Directeur financier», «Bourgmestre», one a line: the first leaves the second no room, as wrapped text would.
    """
    if line.text not in typography.cell_starts or not line.text[:1].isupper() or len(paragraph.lines) > _ENTRY_LINES:
        return False
    printed = " ".join(above.text for above in paragraph.lines)
    return printed in typography.cell_texts and not text.is_cut_short(printed)


def _is_label_alone(first: str, second: str) -> bool:
    """Tell whether a line is the whole label of a field, and the line below it no part of a longer one."""
    return vocabulary.is_exact_label(first) and not vocabulary.is_exact_label(f"{first} {second}")


def _same_setting(first: Line, second: Line) -> bool:
    tolerance = max(0.6, 0.06 * max(first.size, second.size))
    return abs(first.size - second.size) <= tolerance and first.face.color == second.face.color


def _goes_on_title(paragraph: _Paragraph, line: Line) -> bool:
    """Tell whether a line is set like the end of a label's line («Objectif 1 – **Loger les**», «**familles**»)."""
    first, ending = paragraph.lines[0], paragraph.lines[0].words[-1].face
    set_alike = ending != first.words[0].face and all(word.face == ending for word in line.words)
    return set_alike and len(paragraph.lines) == 1 and vocabulary.starts_item(paragraph.first_text)


def _ends_cut_title(paragraph: _Paragraph, line: Line) -> bool:
    """Tell whether a line, its look misread or not, ends the title of an item that breaks off («... technique et»)."""
    last = paragraph.lines[-1]
    near = max(last.size, line.size) <= _LARGEST_MISREADING * min(last.size, line.size)
    cut = near and _starts_low(line) and text.is_cut_short(last.text)
    return cut and vocabulary.starts_item(paragraph.first_text)


def _awaits_value(paragraph: _Paragraph) -> bool:
    """Tell whether a row of fields («Pilote : Travaux - Service :») ends with a label without its value."""
    fields = vocabulary.split_inline_fields(" ".join(line.text for line in paragraph.lines))
    return len(fields) > 1 and not fields[-1][2]


def _goes_on_capitals(paragraph: _Paragraph, line: Line) -> bool:
    """Tell whether a line in capitals stands under the title of an item in capitals: no small letter tells wraps."""
    first, *others = paragraph.lines
    if not line.text.isupper() or not all(other.face == line.face and other.text.isupper() for other in others):
        return False
    label = vocabulary.match_level(first.marker or paragraph.first_text)
    if label is None or not label.code:
        return False
    return (paragraph.first_text if first.marker else label.rest).isupper()


def _first_word_width(line: Line) -> float:
    """Width of what a line could not break: its first word, with the signs that French sets off by a no-break space."""
    end = line.words[0].x1
    for before, word in pairwise(line.words):
        apart = word.x0 - end > 0.09 * word.face.size_pt
        if apart and word.text not in _BOUND_TO_LEFT and before.text not in _BOUND_TO_RIGHT:
            break
        end = word.x1
    return end - line.words[0].x0


def _starts_low(line: Line) -> bool:
    for char in line.text:
        if char.isalpha():
            return char.islower()
        if char.isdigit():
            return False
    return True


def _own_words(paragraph: _Paragraph, line: Line) -> tuple[Word, ...]:
    """The words of a line of a paragraph, without its typed bullet, which has a face of its own."""
    is_typed = paragraph.marker_kind is Marker.BULLET and line is paragraph.lines[0] and len(line.words) > 1
    return line.words[1:] if is_typed and line.words[0].text == paragraph.marker else line.words


def _is_restyled(upper: Sequence[Word], lower: Sequence[Word]) -> bool:
    """Tell whether all words of a line differ in weight, slope or size from all words of the line above."""
    return (
        abs(_share(upper, _is_bold) - _share(lower, _is_bold)) >= _WHOLE
        or abs(_share(upper, _is_italic) - _share(lower, _is_italic)) >= _WHOLE
        or min(abs(a.face.size_pt - b.face.size_pt) for a in upper for b in lower) >= _SIZE_STEP_PT
    )


def _is_bold(word: Word) -> bool:
    return word.face.bold


def _is_italic(word: Word) -> bool:
    return word.face.italic


def _share(words: Sequence[Word], holds: Callable[[Word], bool]) -> float:
    total = sum(len(word.text) for word in words)
    return sum(len(word.text) for word in words if holds(word)) / total if total else 0.0


def _is_aligned(paragraph: _Paragraph, line: Line, shift_pt: float, *, fits: bool, starts_low: bool) -> bool:
    """Tell whether a line starts where one of the paragraph may; `shift_pt` is how far a picture moves it."""
    first, last = paragraph.lines[0], paragraph.lines[-1]
    tolerance = max(2.2, 0.3 * line.size)
    if abs((line.x0 + line.x1) / 2 - (last.x0 + last.x1) / 2) <= 2.0 and abs(line.x0 - last.x0) > tolerance:
        hangs = abs(line.x0 - paragraph.text_x) <= tolerance
        return not paragraph.marker or len(paragraph.lines) > 1 or hangs  # centred
    if len(paragraph.lines) > 1 or shift_pt:
        return abs(line.x0 - last.x0 - shift_pt) <= tolerance
    if paragraph.marker:
        if line.x0 < paragraph.marker_x - tolerance or line.x0 > paragraph.text_x + tolerance:
            return False
        at_text = abs(line.x0 - paragraph.text_x) <= tolerance
        return at_text or not fits or starts_low
    shift = line.x0 - first.x0
    if abs(shift) <= tolerance or abs(line.x0 - paragraph.text_x) <= tolerance:
        return True
    if shift < 0:
        return -5 * line.size <= shift and not fits
    return shift <= 5 * line.size and not fits and (starts_low or vocabulary.starts_item(paragraph.first_text))


def _is_quoting(paragraph: _Paragraph) -> bool:
    """Tell whether a quotation is open at the end of a paragraph."""
    printed = " ".join(line.text for line in paragraph.lines)
    return printed.count("\u00ab") > printed.count("\u00bb")


def _closes_bracket(paragraph: _Paragraph, line: Line) -> bool:
    """Tell whether a line ends what stands in a bracket that the line above leaves open («... (Action», «15)»)."""
    inner, closing, _ = line.text.partition(")")
    above = paragraph.lines[-1].text
    opened = above.rfind("(") > above.rfind(")")
    return opened and bool(closing) and "(" not in inner and not _NUMBERED.match(line.text)


def _opens_item(paragraph: _Paragraph, line: Line, last: Line, *, fits: bool, starts_low: bool) -> bool:
    printed = line.text
    glyph, _ = text.split_marker(printed)
    if glyph == "\u00bb" and _is_quoting(paragraph):
        return False
    if glyph:
        if glyph not in _DASH_MARKERS:
            return True
        same_left = abs(line.x0 - last.x0) <= 2.2 and not paragraph.marker
        hanging = bool(paragraph.marker) and abs(line.x0 - paragraph.text_x) <= 2.2
        in_sentence = (same_left or hanging) and not fits and not _TERMINAL.search(last.words[-1].text)
        return not in_sentence or (bool(paragraph.marker) and abs(line.x0 - paragraph.marker_x) <= 2.2)
    if not printed[:1].isalnum() and printed[:1] != "(":
        return False
    if starts_low and not fits and not _NUMBERED.match(printed):
        return False
    if printed[:1].isdecimal() and not fits and _awaits_code(paragraph, printed):
        return False
    if _NUMBERED.match(printed):
        in_sentence = (
            not fits and not _TERMINAL.search(last.words[-1].text) and not _NUMBERED.match(paragraph.first_text)
        )
        return not in_sentence or vocabulary.starts_item(printed)
    ends = bool(_TERMINAL.search(last.words[-1].text))
    return (
        vocabulary.starts_item(printed)
        or _begins_alike(paragraph.first_text, printed)
        or (_COUNTED_WORD.match(printed) is not None and (ends or bool(vocabulary.after_half_label(printed))))
    )


def _begins_alike(first: str, second: str) -> bool:
    """Tell whether two lines begin with one label and a colon («Sous-action : ...»): no paragraph says it twice."""
    head, colon, _ = second.partition(":")
    return bool(colon) and first.startswith(f"{head}:") and len(head) <= _LONGEST_LABEL


def _awaits_code(paragraph: _Paragraph, printed: str) -> bool:
    """Tell whether a line begins with the code that a paragraph, the bare label of a level, lacks («OS», «1 – ...»)."""
    label = vocabulary.match_level(paragraph.first_text) if len(paragraph.lines) == 1 else None
    if label is None or label.code or label.rest:
        return False
    whole = vocabulary.match_level(f"{paragraph.first_text} {printed}")
    return whole is not None and whole.level is label.level and bool(whole.code)


def _block(
    paragraph: _Paragraph,
    frame: Frame,
    leaf: Leaf,
    column: int,
    page_number: int,
    setting: _Setting,
    typography: Typography,
    fill: str,
) -> Placed:
    lines = paragraph.lines
    printed = _with_page_last(lines)
    words = [word for line in lines for word in line.words]
    marker, marker_kind, role = paragraph.marker, paragraph.marker_kind, Role.BODY
    if not marker and _is_footnote(lines, typography):
        marker, marker_kind, role = words[0].text, Marker.NUMBER, Role.FOOTNOTE
        printed[0] = words_text(words[1 : len(lines[0].words)])
        words = words[1:]
    if paragraph.marker_kind is Marker.BULLET:
        glyph, printed[0] = text.split_marker(printed[0])
        words = words[1:] if words and words[0].text == glyph else words
    # Typed hyphens are U+002D; automatic hyphenation prints U+2010.
    printed = [part[:-1] + "\u00ad" if part.endswith("\u2010") else part for part in printed]
    for index in _broken_words(lines, setting, typography):
        printed[index] += "\u00ad"
    if not typography.hyphenates:
        printed = _hyphens_kept(printed)
    content = _clean(text.join_lines(printed, typography.known_words))
    x0, y0, x1, y1 = leaf.place if leaf.turned else _extent(lines)
    place = Position(page_number, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1), column, frame.identity)
    last = lines[-1]
    style = _style(words or [word for line in lines for word in line.words], fill)
    if typography.tags_are_sound:
        style = _tagged_style(style, words)
    block = Block(
        text=content,
        style=style,
        position=place,
        list_level=0 if paragraph.marker_kind is Marker.BULLET else None,
        marker=text.clean(marker),
        marker_kind=marker_kind,
        role=role,
        lead=_lead(words, typography) if words else "",
        indent_pt=round(max(paragraph.marker_x - setting.left, 0.0), 1),
    )
    return Placed(block, is_open=not leaf.turned and setting.right - last.x1 < 6 * last.size)


def _extent(lines: Sequence[Line]) -> Rectangle:
    """The box around the lines of a paragraph."""
    if len(lines) == 1:
        return lines[0].x0, lines[0].y0, lines[0].x1, lines[0].y1
    return (
        min([line.x0 for line in lines]),
        min([line.y0 for line in lines]),
        max([line.x1 for line in lines]),
        max([line.y1 for line in lines]),
    )


def _with_page_last(lines: Sequence[Line]) -> list[str]:
    """The lines as printed; a number of a page at the end of the first of several, set apart, ends the last one."""
    printed = [line.text for line in lines]
    led = _LED.search(printed[0]) if len(lines) > 1 else None
    if led is not None:
        return [printed[0][: led.start()], *printed[1:-1], f"{printed[-1]} {led[0].strip()}"]
    *words, number = lines[0].words
    if len(lines) < 2 or not words or not number.text.isdecimal() or len(number.text) > _PAGE_DIGITS:
        return printed
    gaps = [b.x0 - a.x1 for a, b in pairwise(lines[0].words)]
    if gaps[-1] > _PAGE_GAP * lines[0].size and gaps[-1] > 2 * max(gaps[:-1], default=0.0):
        printed[0] = words_text(words)
        printed[-1] += f" {number.text}"
    return printed


def _is_footnote(lines: Sequence[Line], typography: Typography) -> bool:
    """Tell whether a paragraph opens with the raised number of a note and is set smaller than the text."""
    first = lines[0]
    if len(first.words) < 2 or first.size > _NOTE_SIZE * typography.body_size_pt:
        return False
    return is_raised_number(first.words[0], first.words[1])


def _hyphens_kept(printed: Sequence[str]) -> list[str]:
    """Lines, each that ends in a hyphen joined to the next as it stands."""
    joined: list[str] = []
    for part in printed:
        if joined and len(joined[-1]) > 1 and joined[-1][-2].isalpha() and joined[-1].endswith("-"):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _broken_words(lines: Sequence[Line], setting: _Setting, typography: Typography) -> Iterator[int]:
    """Lines whose last word goes on below without a hyphen, as Word breaks words that are wider than their cell.

    Only where the word runs to the edge, and the document has the whole word elsewhere, or the word fills its line and
    what follows is no word.
    """
    for index, (upper, lower) in enumerate(pairwise(lines)):
        if len(upper.words) > 1 and upper.x1 < setting.right - 0.5 * upper.size:
            continue
        head, tail = upper.words[-1].text, lower.words[0].text
        head = _ELIDED.sub("", head)
        fills_line = len(upper.words) == 1 and upper.x0 - setting.left < 0.5 * upper.size
        digit_pt = (lower.words[0].x1 - lower.words[0].x0) / len(tail)
        if fills_line and tail.isdecimal() and upper.x1 + digit_pt >= setting.right - 0.1 * upper.size:
            if _WHOLE_DATE.fullmatch(head + tail):
                yield index
            continue
        if len(head) < _BROKEN_LETTERS or not head.isalpha() or upper.x1 < setting.right - 0.5 * upper.size:
            continue
        if fills_line and _CLOSING.fullmatch(tail):
            yield index
            continue
        match = _WORD.match(tail)
        if match is None or not match.group().islower():
            continue
        whole = (head + match.group()).lower() in typography.known_words
        if whole or (fills_line and _is_fragment(head, match.group(), typography)):
            yield index


def _is_fragment(head: str, tail: str, typography: Typography) -> bool:
    """Tell whether a short word at the start of a line is the end of the one above."""
    if _NO_WORD.fullmatch(tail):
        return True
    if len(tail) > _FRAGMENT_LETTERS or len(head) < _LONG_LETTERS or text.fold(tail) in _small_words():
        return False
    return tail not in typography.inner_words and head.lower() not in typography.inner_words


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    return frozenset(vocabulary.load("match")["stop_words"])


def _clean(printed: str) -> str:
    return printed if _PLAIN.fullmatch(printed) else text.clean(printed)


@lru_cache(maxsize=4096)
def _plain_style(face: Face, fill: str) -> Style:
    return Style(font=face.font, size_pt=face.size_pt, bold=face.bold, italic=face.italic, color=face.color, fill=fill)


def _style(words: Sequence[Word], fill: str) -> Style:
    first = words[0].face
    if all(word.face is first for word in words):
        return _plain_style(first, fill)
    faces: Counter[tuple[str, float, str]] = Counter()
    bold = italic = total = 0
    for word in words:
        weight = len(word.text)
        faces[word.face.font, word.face.size_pt, word.face.color] += weight
        total += weight
        bold += weight if word.face.bold else 0
        italic += weight if word.face.italic else 0
    font, size, color = max(faces, key=lambda face: faces[face])
    return Style(
        font=font, size_pt=size, bold=bold >= 0.7 * total, italic=italic >= 0.7 * total, color=color, fill=fill
    )


def _tagged_style(style: Style, words: Sequence[Word]) -> Style:
    """Add the outline level of a heading, when all words of the paragraph are of that heading."""
    tags = {word.tag for word in words}
    if len(tags) != 1 or not HEADING.match(tag := tags.pop()):
        return style
    return replace(style, outline_level=int(tag[1:]))


def _lead(words: Sequence[Word], typography: Typography) -> str:
    """The bold words at the start of a paragraph that does not go on in bold."""
    if not words[0].face.bold:
        return ""
    bold: list[str] = []
    sequence = iter(words)
    rest = None
    for word in sequence:
        if not word.face.bold:
            rest = word
            break
        bold.append(word.text)
    if rest is None or not any(any(char.isalpha() for char in part) for part in bold):
        return ""
    others = [word.text for word in (rest, *sequence)]
    if others not in _NO_VALUES and not any(char.isalnum() for other in others for char in other):
        return ""
    return text.clean(text.join_lines(bold, typography.known_words))
