"""Boxes that belong together: heads over the bodies of their cards, and trees of boxes, which lines may join.

What belongs together becomes one frame without an identity of its own, in reading order, before columns are looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.readers.pdf_columns import Frame, Item, Leaf, TableFrame, holds_heading, same_look
from pipeline.readers.pdf_lines import Line
from pipeline.readers.pdf_rulings import Box, Drawing, Ruling
from pipeline.readers.pdf_text import Word
from pipeline.readers.reading_order import Box as Place
from pipeline.readers.reading_order import order_tree

_MEETING_PT = 4.0  # how far a line may stop short of the box that it leads to
_CORNER_PT = 3.0  # a line that meets a box as near to a corner goes on its edge
_CONNECTOR_TEXT_PT = 8.0  # text as near to a line belongs to what it rules
_TOUCHING_PT = 3.0  # between the head of a card and its body
_NEAR_SHARE = 0.6  # of the gutter between cards: the body of a head stands nearer than that
_FURTHEST_BODY_PT = 15.0
_HEADING_GAP = 2.5  # of the font size: between a heading and the box under it
_HEADING_LEADING = 0.8  # likewise, between the lines of the heading
_MOST_HEADING_LINES = 4
_LEVEL_PT = 6.0  # cards of one row start as level as that
_BANNER_SHARE = 0.6  # of the width of all boxes: what is as wide is no part of a tree
_FEWEST_BOXES = 3
_TEXT_LEADING = 1.2  # of the font size: lines of one text stand closer than that
_MOST_BOXES = 150  # on a page with connectors
_MOST_RULINGS = 400  # on a page; more draw tables or charts


# ----------------------------------------------------------------------------------------------------------- cards


def join_heads(frames: Sequence[Frame | TableFrame]) -> list[Frame | TableFrame]:
    """Make one frame of each of several cards side by side: a box with a heading, and the boxes that go on under it."""
    if len(frames) < 2:
        return list(frames)
    below: dict[int, list[int]] = {
        index: [other for other, body in enumerate(frames) if other != index and _stands_under(frame, body)]
        for index, frame in enumerate(frames)
    }
    bodies = {other for others in below.values() for other in others}
    stacks: list[list[int]] = []
    for index, head in enumerate(frames):
        if index in bodies or len(below[index]) != 1 or not isinstance(head, Frame) or not holds_heading(head):
            continue
        stack = [index]
        while len(below[stack[-1]]) == 1:
            stack += below[stack[-1]]
        if _differ(head, frames[stack[1]]):
            stacks.append(stack)
    stacks = stacks or _near_bodies(frames)
    kept = [stack for stack in stacks if any(_are_side_by_side(frames, stack, other) for other in stacks)]
    taken = {index for stack in kept for index in stack}
    joined: list[Frame | TableFrame] = [frame for index, frame in enumerate(frames) if index not in taken]
    joined += [_group([frames[index] for index in stack]) for stack in kept]
    return sorted(joined, key=lambda frame: (frame.y0, frame.x0))


def _near_bodies(frames: Sequence[Frame | TableFrame]) -> list[list[int]]:
    """Heads with the boxes a little under them: nearer than the heads are to each other, and of another colour."""
    stacks: list[list[int]] = []
    for index, head in enumerate(frames):
        gutters = [
            max(other.x0 - head.x1, head.x0 - other.x1) for other in frames if abs(other.y0 - head.y0) <= _LEVEL_PT
        ]
        gutter = min((gutter for gutter in gutters if gutter >= 0), default=0.0)
        gap = min(_NEAR_SHARE * gutter, _FURTHEST_BODY_PT)
        under = [other for other, body in enumerate(frames) if other != index and _stands_under(head, body, gap)]
        if len(under) == 1 and isinstance(head, Frame) and holds_heading(head):
            body = frames[under[0]]
            if isinstance(body, TableFrame) or body.fill != head.fill:
                stacks.append([index, under[0]])
    used = Counter(index for stack in stacks for index in stack)
    return [] if any(count > 1 for count in used.values()) else stacks


def _stands_under(upper: Frame | TableFrame, lower: Frame | TableFrame, gap_pt: float = 0.0) -> bool:
    """Tell whether a box lies right under another of the same width, `gap_pt` apart at most."""
    return (
        -_TOUCHING_PT <= lower.y0 - upper.y1 <= gap_pt + _TOUCHING_PT
        and abs(lower.x0 - upper.x0) <= _TOUCHING_PT
        and abs(lower.x1 - upper.x1) <= _TOUCHING_PT
    )


def _differ(head: Frame, body: Frame | TableFrame) -> bool:
    """Tell whether a box is set apart from the one under it: by its colour, or by what it holds."""
    return isinstance(body, TableFrame) or head.fill != body.fill or not holds_heading(body)


def join_headings(items: Sequence[Item]) -> list[Item]:
    """Make one frame of each of several boxes side by side and the heading printed over it."""
    lines = [item for item in items if isinstance(item, Line)]
    boxes = [item for item in items if isinstance(item, Frame)]
    if len(boxes) < 2 or not lines:
        return list(items)
    lines.sort(key=lambda line: -line.y1)
    rows: list[list[Frame]] = []
    for box in sorted(boxes, key=lambda box: (box.y0, box.x0)):
        if rows and box.y0 - rows[-1][0].y0 <= _LEVEL_PT:
            rows[-1].append(box)
        else:
            rows.append([box])
    taken: set[int] = set()
    groups: list[Item] = []
    for row in rows:
        headings = [_heading_over(box, lines) for box in row]
        looks = {(lines_over[0].size, lines_over[0].face.bold) for lines_over in headings if lines_over}
        if len(row) < 2 or not all(headings) or len(looks) > 1:
            continue
        for box, heading in zip(row, headings, strict=True):
            taken.update(map(id, (box, *heading)))
            groups.append(_group([*heading, box]))
    return [*(item for item in items if id(item) not in taken), *groups]


def _heading_over(box: Frame, lines: Sequence[Line]) -> list[Line]:
    """The heading right over a box, as wide as the box at most; [] when what stands there is no heading of its own.

    `lines` run from the bottom of the page to its top.
    """
    first = _first_line(box)
    found: list[Line] = []
    for line in lines:
        lowest = found[0].y0 if found else box.y0
        if line.y1 > lowest + 1 or line.x1 <= box.x0 or line.x0 >= box.x1:
            continue
        gap = lowest - line.y1
        if gap > (_HEADING_LEADING if found else _HEADING_GAP) * line.size:
            break
        if found and same_look(line) != same_look(found[0]):
            break
        if line.x0 < box.x0 - _TOUCHING_PT or line.x1 > box.x1 + _TOUCHING_PT:
            return []
        found.insert(0, line)
    if not found or len(found) > _MOST_HEADING_LINES or first is None:
        return []
    stands_out = found[0].size > first.size + 0.6 or (found[0].face.bold and not first.face.bold)
    return found if stands_out else []


def _first_line(frame: Frame) -> Line | None:
    """The first line of a box; None when it opens with a table."""
    item = frame.leaves[0].items[0] if frame.leaves else None
    if isinstance(item, Frame):
        return _first_line(item)
    return item if isinstance(item, Line) else None


def _are_side_by_side(frames: Sequence[Frame | TableFrame], one: Sequence[int], other: Sequence[int]) -> bool:
    first, second = frames[one[0]], frames[other[0]]
    apart = first.x1 <= second.x0 + 1 or second.x1 <= first.x0 + 1
    return apart and abs(first.y0 - second.y0) <= _LEVEL_PT


def _group(items: Sequence[Item]) -> Frame:
    """One frame of several items, read in the order given."""
    x0, y0 = min(item.x0 for item in items), min(item.y0 for item in items)
    x1, y1 = max(item.x1 for item in items), max(item.y1 for item in items)
    return Frame(x0, y0, x1, y1, None, "", (Leaf(tuple(items), x0, x1),))


# ----------------------------------------------------------------------------------------------------------- trees


def join_trees(items: Sequence[Item], *, connected: bool) -> list[Item]:
    """Make one frame of the boxes of a mind map or an organisation chart, each box before those that hang on it.

    What hangs on the last boxes may be text without a box. `connected` tells that lines lead from box to box.
    """
    boxes = [item for item in items if isinstance(item, Frame)]
    if len(boxes) < _FEWEST_BOXES:
        return list(items)
    width = max(item.x1 for item in items) - min(item.x0 for item in items)
    boxes = [box for box in boxes if box.x1 - box.x0 < _BANNER_SHARE * width]
    texts = _texts_beside(boxes, [item for item in items if isinstance(item, Line)])
    for nodes in ([*boxes, *texts], boxes) if texts else (boxes,):
        places = [Place(index, node.x0, node.y0, node.x1, node.y1) for index, node in enumerate(nodes)]
        found = order_tree(places, connected=connected)
        inner = [index for index, is_leaf in found if not is_leaf]
        if not found or any(index >= len(boxes) or not holds_heading(nodes[index]) for index in inner):
            continue
        tree = _group([nodes[index] for index, _ in found])
        members = {id(node) for node in nodes}
        members.update(id(line) for text in nodes[len(boxes) :] for line in text.leaves[0].items)
        rest = [item for item in items if id(item) not in members]
        if not any(_overlap(item, tree) for item in rest):
            return [*rest, tree]
    return list(items)


def _texts_beside(boxes: Sequence[Frame], lines: Sequence[Line]) -> list[Frame]:
    """The texts without a box that stand beside one, each as a frame."""
    texts: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        for text in texts:
            last = text[-1]
            if line.y0 - last.y1 <= _TEXT_LEADING * line.size and line.x0 < last.x1 and last.x0 < line.x1:
                text.append(line)
                break
        else:
            texts.append([line])
    groups = [_group(text) for text in texts]
    return [group for group in groups if any(group.y0 < box.y1 and box.y0 < group.y1 for box in boxes)]


def _overlap(one: Item, other: Item) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1


# ------------------------------------------------------------------------------------------------------ connectors


def without_connectors(drawing: Drawing, words: Sequence[Word]) -> Drawing:
    """Leave out the lines that lead from box to box and enclose nothing: taken for rulings they would make a table."""
    if not 0 < len(drawing.rulings) <= _MOST_RULINGS or not _FEWEST_BOXES <= len(drawing.boxes) <= _MOST_BOXES:
        return drawing
    drawn = [box for box in drawing.boxes if box.fill or box.stroke]
    boxes = [box for box in drawn if not any(_holds(box, other) for other in drawn)]
    free = [ruling for ruling in drawing.rulings if not any(_runs_along(ruling, box) for box in boxes)]
    dropped: set[int] = set()
    for component in _components(free):
        if _is_connector(component, boxes, words):
            dropped.update(map(id, component))
    if not dropped:
        return drawing
    return drawing._replace(rulings=[ruling for ruling in drawing.rulings if id(ruling) not in dropped])


def _holds(box: Box, other: Box) -> bool:
    """Tell whether a box is a background of another one."""
    inside = box.x0 <= other.x0 and box.y0 <= other.y0 and other.x1 <= box.x1 and other.y1 <= box.y1
    return inside and other.area < box.area


def _runs_along(ruling: Ruling, box: Box) -> bool:
    """Tell whether a part of a line lies on an edge of a box, or inside it."""
    x0, y0, x1, y1 = ruling[:4]
    across, along = min(x1, box.x1) - max(x0, box.x0), min(y1, box.y1) - max(y0, box.y0)
    if y0 == y1:
        return across > 2 * _CORNER_PT and box.y0 - _CORNER_PT <= y0 <= box.y1 + _CORNER_PT
    return along > 2 * _CORNER_PT and box.x0 - _CORNER_PT <= x0 <= box.x1 + _CORNER_PT


def _components(rulings: Sequence[Ruling]) -> list[list[Ruling]]:
    """Sets of lines that meet."""
    waiting = list(rulings)
    components: list[list[Ruling]] = []
    while waiting:
        component = [waiting.pop()]
        for ruling in component:
            met = [other for other in waiting if _meet(ruling, other)]
            component += met
            waiting = [other for other in waiting if not any(other is one for one in met)]
        components.append(component)
    return components


def _meet(one: Ruling, other: Ruling) -> bool:
    reach = _MEETING_PT
    return (
        one.x0 <= other.x1 + reach
        and other.x0 <= one.x1 + reach
        and one.y0 <= other.y1 + reach
        and other.y0 <= one.y1 + reach
    )


def _is_connector(rulings: Sequence[Ruling], boxes: Sequence[Box], words: Sequence[Word]) -> bool:
    """Tell whether lines that meet lead to two boxes at least, with no text in the gap between the boxes."""
    ends = [(ruling, box) for ruling in rulings for box in boxes if _leads_to(ruling, box)]
    met = [box for _, box in ends]
    if len({box[:4] for box in met}) < 2:
        return False
    x0, y0 = min(r.x0 for r in rulings) - _CONNECTOR_TEXT_PT, min(r.y0 for r in rulings) - _CONNECTOR_TEXT_PT
    x1, y1 = max(r.x1 for r in rulings) + _CONNECTOR_TEXT_PT, max(r.y1 for r in rulings) + _CONNECTOR_TEXT_PT
    if any(ruling.y0 == ruling.y1 for ruling, _ in ends):
        y0, y1 = min(y0, *(box.y0 for box in met)), max(y1, *(box.y1 for box in met))
    if any(ruling.x0 == ruling.x1 for ruling, _ in ends):
        x0, x1 = min(x0, *(box.x0 for box in met)), max(x1, *(box.x1 for box in met))
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
        between = x0 <= x <= x1 and y0 <= y <= y1
        if between and not any(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for box in boxes):
            return False
    return True


def _leads_to(ruling: Ruling, box: Box) -> bool:
    """Tell whether a line ends at a side of a box, away from its corners."""
    x0, y0, x1, y1 = ruling[:4]
    if y0 == y1:
        beside = abs(x1 - box.x0) <= _MEETING_PT or abs(x0 - box.x1) <= _MEETING_PT
        return beside and box.y0 + _CORNER_PT < y0 < box.y1 - _CORNER_PT
    beside = abs(y1 - box.y0) <= _MEETING_PT or abs(y0 - box.y1) <= _MEETING_PT
    return beside and box.x0 + _CORNER_PT < x0 < box.x1 - _CORNER_PT
