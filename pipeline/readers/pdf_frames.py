"""What holds what on a page: boxes, tables and their cells, nested, each with its own words.

Text in a box never meets text out of it. Small drawings that stand for a character (check boxes, round bullets) become
characters here, and tiles with a number or the label of a level become the marker of the line beside them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline import vocabulary
from pipeline.readers.pdf_bands import with_open_tables
from pipeline.readers.pdf_cards import join_headings, join_heads, join_trees, without_connectors
from pipeline.readers.pdf_columns import Frame, Item, Leaf, TableFrame, grid_table, read_order
from pipeline.readers.pdf_labels import attach_centred_numbers, attach_labels, with_tile_number
from pipeline.readers.pdf_lines import Line, segment_lines
from pipeline.readers.pdf_rulings import Box, Drawing, Rectangle
from pipeline.readers.pdf_stacks import with_stacks, without_rules
from pipeline.readers.pdf_tables import Grid, covers_page, find_grids
from pipeline.readers.pdf_text import Face, Word

SplitWord = Callable[[Word, float], list[Word]]

_CHECK_BOX_PT = (5.0, 15.0)
_BULLET_PT = (1.5, 6.5)
_LARGEST_BULLET_PT = 14.0
_FEWEST_BULLETS = 3
_CHECKED, _UNCHECKED, _BULLET = "\u2612", "\u2610", "\u2022"
_CHECK_GLYPHS = frozenset("xX\u00d7\u2713\u2714\u2715\u2716\u2717\u2718\u2612\uf0fc\uf0fb")
_TILE_NUMBER = re.compile(r"^(?:\d{1,3}|[A-Z]|[IVX]{1,4})[.)]?$")
_TILE_PT = (70.0, 48.0)  # width and height of the largest number tile
_TILE_REACH_PT = 45.0
_LABEL_TILE_LINES = 2.2  # height of the tallest tile with the label or the dotted number of a line, in font sizes
_LABEL_TILE_RATIO = 0.9  # a title is set no smaller than the label in the tile before it, but for this much
_BIG_NUMBER = 1.3  # a bare number this much larger than the text beside it is set as a tile
_CROSSING_SHARE = 0.12
_PICTURE_PT = 30.0  # a smaller one is an icon


@dataclass(slots=True)
class _Node:
    """A container while the page is being taken apart: a box, the page, or a table with one node a cell."""

    box: Rectangle
    fill: str
    identity: int | None
    children: list[_Node] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    grid: Grid | None = None
    cells: list[_Node] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # cell index of each place of the grid, row by row; -1 when none


def read_frames(
    words: list[Word], drawing: Drawing, width_pt: float, height_pt: float, split_word: SplitWord, first_identity: int
) -> Frame:
    """Sort the words of a page into its boxes and tables, and put each in reading order.

    `split_word` cuts a word at a vertical line where a table asks for it. Boxes are numbered from `first_identity`.
    """
    words, drawing = _draw_characters(words, drawing)
    drawn = len(drawing.rulings)
    drawing = without_connectors(drawing, words)
    page_fill = next((b.fill for b in reversed(drawing.boxes) if b.fill and covers_page(b, width_pt, height_pt)), "")
    root = _Node((0.0, 0.0, width_pt, height_pt), page_fill, None)
    grids = find_grids(drawing, width_pt, height_pt) if drawing.boxes or drawing.rulings else []
    grids = [without_rules(grid, drawing.rulings) for grid in grids]
    grids = with_stacks(with_open_tables(grids, drawing, words), drawing, words)
    if grids:
        for node in sorted(_nodes(grids, words), key=_area, reverse=True):
            _insert(root, node)
    for word in words:
        _place(root, word, split_word)
    counter = iter(range(first_identity, first_identity + 1_000_000))
    return _frame(root, counter, _pictures_between(words, drawing), connected=len(drawing.rulings) < drawn)


def _pictures_between(words: Sequence[Word], drawing: Drawing) -> tuple[Rectangle, ...]:
    """The pictures that stand among the text; one with text on it is a background."""
    large = [box for box in drawing.images if min(box[2] - box[0], box[3] - box[1]) >= _PICTURE_PT]
    return tuple(
        (x0, y0, x1, y1)
        for x0, y0, x1, y1 in large
        if not any(x0 < (w.x0 + w.x1) / 2 < x1 and y0 < (w.y0 + w.y1) / 2 < y1 for w in words)
    )


def next_identity(frame: Frame, first: int) -> int:
    """The number after the largest box number in a frame, at any depth; `first` when it has no box."""
    following = first if frame.identity is None else max(first, frame.identity + 1)
    for leaf in frame.leaves:
        for item in leaf.items:
            if isinstance(item, Frame):
                following = next_identity(item, following)
            elif isinstance(item, TableFrame):
                for cell in item.cells:
                    following = next_identity(cell.frame, following)
    return following


def _area(node: _Node) -> float:
    x0, y0, x1, y1 = node.box
    return (x1 - x0) * (y1 - y0)


# ----------------------------------------------------------------------------------------------- drawn characters


def _draw_characters(words: list[Word], drawing: Drawing) -> tuple[list[Word], Drawing]:
    """Turn drawn check boxes and bullets into words, and take them out of the drawing."""
    squares = [box for box in drawing.boxes if _is_square(box, *_CHECK_BOX_PT) and box.stroke]
    dots = [box for box in drawing.boxes if _is_square(box, *_BULLET_PT) and box.fill]
    dots += _large_dots(drawing.boxes)
    if not squares and not dots:
        return words, drawing
    used: set[Box] = set()
    swallowed: set[Word] = set()
    drawn: list[Word] = []
    for box in squares:
        inside = [w for w in words if box.x0 <= (w.x0 + w.x1) / 2 <= box.x1 and box.y0 <= (w.y0 + w.y1) / 2 <= box.y1]
        if any(w.text not in _CHECK_GLYPHS for w in inside) or box in used:
            continue
        beside = _word_beside(box, words)
        if beside is None:
            continue
        crossed = any(_inside(cross, box) for cross in drawing.crosses)
        marked = bool(inside) or crossed or bool(box.fill)
        swallowed.update(inside)
        used.add(box)
        drawn.append(_drawn_word(_CHECKED if marked else _UNCHECKED, box, beside))
    for box in dots:
        beside = _word_beside(box, words)
        if beside is not None and box.width > max(_BULLET_PT[1], beside.face.size_pt):
            continue
        if box in used or beside is None or beside.x0 < box.x1 or any(_inside((*box[:4],), other) for other in used):
            continue
        if any(w.x1 <= box.x0 and box.x0 - w.x1 < 12 and abs(w.baseline - beside.baseline) < 2 for w in words):
            continue
        used.add(box)
        drawn.append(_drawn_word(_BULLET, box, beside))
    if not drawn:
        return words, drawing
    kept = [word for word in words if word not in swallowed]
    return kept + drawn, drawing._replace(boxes=[box for box in drawing.boxes if box not in used])


def _large_dots(boxes: Sequence[Box]) -> list[Box]:
    """Filled squares and discs up to the size of type that stand one under the other, all alike: no states."""
    alike: dict[tuple[int, int, str], list[Box]] = {}
    for box in boxes:
        if box.fill and not box.stroke and _is_square(box, _BULLET_PT[1], _LARGEST_BULLET_PT):
            alike.setdefault((round(box.x0), round(box.width), box.fill), []).append(box)
    columns: dict[int, set[str]] = {}
    for x, _, fill in alike:
        columns.setdefault(x, set()).add(fill)
    return [
        box
        for (x, _, _), found in alike.items()
        if len(found) >= _FEWEST_BULLETS and len(columns[x]) == 1
        for box in found
    ]


def _is_square(box: Box, smallest: float, largest: float) -> bool:
    return smallest <= box.width <= largest and smallest <= box.height <= largest and abs(box.width - box.height) <= 2.0


def _inside(inner: Rectangle, outer: Box) -> bool:
    return (
        inner[0] >= outer.x0 - 1.5
        and inner[1] >= outer.y0 - 1.5
        and inner[2] <= outer.x1 + 1.5
        and inner[3] <= outer.y1 + 1.5
    )


def _word_beside(box: Box, words: Sequence[Word]) -> Word | None:
    """The nearest word on the line of a small drawing."""
    middle = (box.y0 + box.y1) / 2
    near = [
        (min(abs(word.x0 - box.x1), abs(box.x0 - word.x1)), word)
        for word in words
        if word.direction == 0 and word.y0 <= middle <= word.y1 and -30 <= word.x0 - box.x1 <= 30
    ]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _drawn_word(glyph: str, box: Box, beside: Word) -> Word:
    return Word(glyph, box.x0, beside.y0, box.x1, beside.y1, beside.baseline, beside.face, 0, beside.order)


# ------------------------------------------------------------------------------------------------------ the nesting


def _nodes(grids: Sequence[Grid], words: Sequence[Word]) -> Iterator[_Node]:
    """The containers that grids make: tables, or boxes where the cells are cards rather than a table."""
    upright = [word for word in words if word.direction == 0]
    for grid in grids:
        x0, y0, x1, y1 = grid.box
        inside = [w for w in words if x0 <= (w.x0 + w.x1) / 2 <= x1 and y0 <= (w.y0 + w.y1) / 2 <= y1]
        if not inside:
            continue
        places = _places(grid)
        filled: dict[int, list[Word]] = {}
        for word in inside:
            place = _place_of(grid, (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2)
            filled.setdefault(places[place], []).append(word)
        if _is_table(grid, filled, inside):
            node = _Node(grid.box, "", None, grid=grid, places=places)
            node.cells = [_Node(cell.box, cell.fill, None) for cell in grid.cells]
            yield node
            continue
        for box, fill in _boxes(grid, filled):
            if _frames_text(box, upright):
                yield _Node(box, fill, 0)


def _places(grid: Grid) -> list[int]:
    places = [-1] * (grid.row_count * grid.column_count)
    for index, cell in enumerate(grid.cells):
        for row in range(cell.row_index, cell.row_index + cell.row_span):
            for column in range(cell.column_index, cell.column_index + cell.column_span):
                places[row * grid.column_count + column] = index
    return places


def _place_of(grid: Grid, x: float, y: float) -> int:
    columns = len(grid.xs) - 1
    return _row_of(grid, y) * columns + bisect_right(grid.xs, x, 1, columns) - 1


def _row_of(grid: Grid, y: float) -> int:
    return bisect_right(grid.ys, y, 1, len(grid.ys) - 1) - 1


def _is_table(grid: Grid, filled: dict[int, list[Word]], inside: Sequence[Word]) -> bool:
    """Tell a table from a card, a stack of cards, a row of tiles, or a drawing that text happens to cross."""
    if len(grid.cells) < 2 or grid.column_count < 2 or -1 in filled:
        return False
    if all(cell.column_span == grid.column_count for cell in grid.cells):
        return False
    crossing = sum(1 for word in inside if word.direction == 0 and _crosses(grid, word))
    if crossing > _CROSSING_SHARE * len(inside) + 1:
        return False
    if len(filled) < 2:
        return len(grid.cells) >= 6 and grid.row_count >= 2
    if grid.row_count == 1 or len(grid.cells) == 2:
        contents = [filled[index] for index in sorted(filled)]
        numbers = sum(1 for words in contents if len(words) == 1 and _TILE_NUMBER.match(words[0].text))
        if numbers and 2 * numbers >= len(contents):
            return False
        if len(contents) >= 2 and all(_is_tile(words) for words in contents):
            return False
    return True


def _crosses(grid: Grid, word: Word) -> bool:
    """Tell whether a word lies over a vertical line that separates the cells at its height."""
    first = bisect_right(grid.xs, word.x0 + 1.5) - 1
    last = bisect_right(grid.xs, word.x1 - 1.5) - 1
    if first == last or first < 0 or last >= len(grid.xs) - 1:
        return False
    row = _row_of(grid, (word.y0 + word.y1) / 2)
    return not any(
        cell.row_index <= row < cell.row_index + cell.row_span
        and cell.column_index <= first
        and last < cell.column_index + cell.column_span
        for cell in grid.cells
    )


def _is_tile(words: Sequence[Word]) -> bool:
    """A key-figure tile: a number in large type over a caption in small type."""
    sizes = sorted({word.face.size_pt for word in words})
    big = [word.text for word in words if word.face.size_pt == sizes[-1]]
    return len(sizes) >= 2 and sizes[-1] >= 1.3 * sizes[0] and any(char.isdigit() for char in "".join(big))


def _boxes(grid: Grid, filled: dict[int, list[Word]]) -> list[tuple[Rectangle, str]]:
    """The cells with text as boxes; a stack of one colour (a paragraph shaded line by line) is one box."""
    cells = [grid.cells[index] for index in sorted(filled) if index >= 0]
    fills = {cell.fill for cell in grid.cells}
    if len(grid.cells) > 1 and len(fills) == 1 and "" not in fills and grid.column_count == 1:
        return [(grid.box, grid.cells[0].fill)]
    return [(cell.box, cell.fill) for cell in cells]


def _frames_text(box: Rectangle, words: Sequence[Word]) -> bool:
    """Tell whether a box holds whole lines; a highlight behind part of a line frames nothing."""
    x0, y0, x1, y1 = box
    inside: list[Word] = []
    outside: list[Word] = []
    for word in words:
        middle = (word.y0 + word.y1) / 2
        if not y0 <= middle <= y1:
            continue
        if x0 <= (word.x0 + word.x1) / 2 <= x1:
            if word.x0 < x0 - 0.4 * word.height or word.x1 > x1 + 0.4 * word.height:
                return False
            inside.append(word)
        else:
            outside.append(word)
    for word in outside:
        reach = 0.45 * word.face.size_pt
        if word.x1 <= x0 + reach and x0 - word.x1 < reach:
            near = [w for w in inside if abs(w.baseline - word.baseline) < 1 and 0 <= w.x0 - word.x1 < reach]
        elif word.x0 >= x1 - reach and word.x0 - x1 < reach:
            near = [w for w in inside if abs(w.baseline - word.baseline) < 1 and 0 <= word.x0 - w.x1 < reach]
        else:
            continue
        if near:
            return False
    return True


def _contains(outer: Rectangle, inner: Rectangle) -> bool:
    return (
        outer[0] - 2.5 <= inner[0]
        and outer[1] - 2.5 <= inner[1]
        and outer[2] + 2.5 >= inner[2]
        and outer[3] + 2.5 >= inner[3]
    )


def _insert(parent: _Node, node: _Node) -> None:
    """Hang a container under the smallest one that holds it; one that only overlaps others stands beside them."""
    for other in parent.cells or parent.children:
        if _contains(other.box, node.box):
            if other.grid is None and node.grid is None and _same_box(other.box, node.box):
                other.fill = node.fill or other.fill
                return
            _insert(other, node)
            return
    if not parent.cells:
        parent.children.append(node)
        return
    x, y = (node.box[0] + node.box[2]) / 2, (node.box[1] + node.box[3]) / 2
    for cell in parent.cells:
        if cell.box[0] <= x <= cell.box[2] and cell.box[1] <= y <= cell.box[3] and _contains(cell.box, node.box):
            cell.children.append(node)
            return


def _same_box(first: Rectangle, second: Rectangle) -> bool:
    return all(abs(a - b) <= 3.0 for a, b in zip(first, second, strict=True))


def _place(node: _Node, word: Word, split_word: SplitWord) -> None:
    """Put a word into the innermost container that holds its middle."""
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    inner: _Node | None = node
    while inner is not None:
        node = inner
        if node.grid is not None:
            if word.direction == 0 and _crosses(node.grid, word):
                line = min(node.grid.xs[1:-1], key=lambda at: abs(at - x))
                parts = split_word(word, line)
                if len(parts) > 1:
                    for part in parts:
                        _place(node, part, split_word)
                    return
            index = node.places[_place_of(node.grid, x, y)]
            inner = node.cells[index if index >= 0 else 0]
        else:
            inner = _child_at(node, x, y) if node.children else None
    node.words.append(word)


def _child_at(node: _Node, x: float, y: float) -> _Node | None:
    """The last container of a box that holds a point."""
    for child in reversed(node.children):
        x0, y0, x1, y1 = child.box
        if x0 <= x <= x1 and y0 <= y <= y1:
            return child
    return None


# ------------------------------------------------------------------------------------------------------- the frames


def _frame(node: _Node, counter: Iterator[int], pictures: tuple[Rectangle, ...], *, connected: bool) -> Frame:
    identity = None if node.identity is None else next(counter)
    children: list[Frame | TableFrame] = []
    for child in sorted(node.children, key=lambda c: (c.box[1], c.box[0])):
        if child.grid is not None:
            cells = [_frame(cell, counter, pictures, connected=connected) for cell in child.cells]
            if any(cell.leaves for cell in cells):
                children.append(grid_table(child.grid, cells))
        else:
            frame = _frame(child, counter, pictures, connected=connected)
            if frame.leaves:
                children.append(frame)
    upright = [word for word in node.words if word.direction == 0]
    x0, y0, x1, y1 = node.box
    lines = attach_centred_numbers(attach_labels(segment_lines(upright), x1))
    items = _attach_tiles(lines, join_heads(children), node)
    items = join_trees(join_headings(items), connected=connected)
    leaves = read_order(items, x0, x1)
    for direction in (90, 270, 180) if len(upright) < len(node.words) else ():
        turned = [word for word in node.words if word.direction == direction]
        if turned:
            leaves.append(_turned_leaf(turned, direction))
    return Frame(x0, y0, x1, y1, identity, node.fill, tuple(leaves), pictures)


def _attach_tiles(lines: list[Line], children: Sequence[Frame | TableFrame], node: _Node) -> list[Item]:
    """Give tiles with a number or a label, and bare numbers in large type, to the line at their right as its marker."""
    tiles = [(child, _tile_number(child) or _tile_label(child, lines)) for child in children]
    kept: list[Item] = [child for child, number in tiles if number is None]
    marks: list[tuple[Item, str]] = [(child, number) for child, number in tiles if number is not None]
    plain = []
    for line in lines:
        if (
            len(line.words) == 1
            and _TILE_NUMBER.match(line.text)
            and any(other.size * _BIG_NUMBER <= line.size and _stands_right(line, other) for other in lines)
        ):
            marks.append((line, line.text))
        else:
            plain.append(line)
    for mark, number in marks:
        beside = [i for i, line in enumerate(plain) if _stands_right(mark, line) and not line.marker]
        if any(_ends_in_number(plain[i], number) for i in beside):
            continue  # the label beside the tile says it too
        if beside:
            first = min(beside, key=lambda i: plain[i].baseline)
            plain = with_tile_number(plain, first, number, (mark.x0, mark.y0, mark.x1, mark.y1))
        else:
            kept.append(mark)
    return [*plain, *kept]


def _ends_in_number(line: Line, number: str) -> bool:
    return len(line.words) > 1 and line.words[-1].text.rstrip(".:)") == number.rstrip(".)")


def _tile_number(frame: Frame | TableFrame) -> str | None:
    if isinstance(frame, TableFrame) or frame.x1 - frame.x0 > _TILE_PT[0] or frame.y1 - frame.y0 > _TILE_PT[1]:
        return None
    items = [item for leaf in frame.leaves for item in leaf.items]
    if len(items) != 1 or not isinstance(items[0], Line):
        return None
    printed = items[0].text.strip()
    return printed if _TILE_NUMBER.match(printed) else None


def _tile_label(frame: Frame | TableFrame, lines: Sequence[Line]) -> str | None:
    """The label of a level («Objectif 1.2»), or the dotted number, that is all that a tile before a title holds."""
    items = [item for leaf in frame.leaves for item in leaf.items] if isinstance(frame, Frame) else []
    if len(items) != 1 or not isinstance(items[0], Line):
        return None
    inner = items[0]
    if frame.y1 - frame.y0 > _LABEL_TILE_LINES * inner.size:
        return None
    beside = [line for line in lines if _stands_right(frame, line)]
    if not beside or any(line.size < _LABEL_TILE_RATIO * inner.size for line in beside):
        return None
    printed = inner.text.strip()
    label = vocabulary.match_level(printed)
    if label is not None:
        return None if label.rest or label.plural else printed
    number = vocabulary.match_number(printed)
    return printed if number is not None and "." in number.shape and not number.rest else None


def _stands_right(mark: Item, line: Line) -> bool:
    gap = line.x0 - mark.x1
    middle = line.baseline - 0.3 * line.size
    return -1.0 <= gap <= _TILE_REACH_PT and mark.y0 - 2 <= middle <= mark.y1 + 2


def _turned_leaf(words: list[Word], direction: int) -> Leaf:
    """Set rotated words upright, as a leaf of their own."""
    place = (min(w.x0 for w in words), min(w.y0 for w in words), max(w.x1 for w in words), max(w.y1 for w in words))
    upright = [turn_word(word, direction) for word in words]
    lines = segment_lines(upright)
    leaves = read_order(lines, min(w.x0 for w in upright), max(w.x1 for w in upright))
    items = tuple(item for leaf in leaves for item in leaf.items)
    return Leaf(items, leaves[0].left, max(w.x1 for w in upright), 0, turned=True, place=place)


def turn_word(word: Word, direction: int) -> Word:
    """Turn the place of a word so that text set at `direction` degrees reads upright."""
    x0, y0, x1, y1 = turn_rectangle((word.x0, word.y0, word.x1, word.y1), direction)
    size = word.face.size_pt
    baseline = y1 - min(0.22 * size, 0.25 * (y1 - y0))
    return word._replace(x0=x0, y0=y0, x1=x1, y1=y1, baseline=baseline, direction=0)


def turn_rectangle(box: Rectangle, direction: int) -> Rectangle:
    """Turn a rectangle about the origin so that what was set at `direction` degrees reads upright."""
    x0, y0, x1, y1 = box
    if direction == 90:
        return -y1, x0, -y0, x1
    if direction == 270:
        return y0, -x1, y1, -x0
    if direction == 180:
        return -x1, -y1, -x0, -y0
    return box


def same_face(first: Face, second: Face) -> bool:
    """Tell whether two faces look alike: size, weight and colour; not the font's name."""
    return abs(first.size_pt - second.size_pt) <= 0.6 and first.bold == second.bold and first.color == second.color
