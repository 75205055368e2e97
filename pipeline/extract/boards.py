"""Read the columns of a board of cards as hosted tools export it: cards, their lists and labels, members, due dates."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.matrix import PARENT_LEVELS, Matrix
from pipeline.values import status_word
from pipeline.vocabulary import Label, board_labels, match_level

#: The header stands among so many rows.
HEADER_ROWS = 3
#: Lists that are statuses name so many of them.
MINIMUM_STATUSES = 2


def name_board(matrix: Matrix) -> int | None:
    """Label the columns of a board of cards in its header; returns its row, None when the table is no board.

    Columns of titles beside those of a board are those of a plan.
    """
    for number, row in enumerate(matrix[:HEADER_ROWS]):
        labels = board_labels([place.text for place in row.distinct])
        titles = [i for i, p in enumerate(row.distinct) if p.label is not None and p.label.field == "title"]
        if not labels or any(i not in labels for i in titles):
            continue
        for index, label in labels.items():
            head = row.distinct[index]
            below = (other.places[head.cell.column_index] for other in matrix[number + 1 :])
            names = [place.text for place in below if place is not None and place.text]
            told = _label_of_lists(names) if label is None or label.field == "progress" else None
            head.label = told or label
        return number
    return None


def _label_of_lists(names: Sequence[str]) -> Label | None:
    """What the lists of a board are: most of them statuses, or all of them elements of one level above actions."""
    statuses = {status_word(name) for name in names} - {""}
    if len(statuses) >= MINIMUM_STATUSES and 2 * sum(map(bool, map(status_word, names))) > len(names):
        return Label("status")
    levels = {label.level if (label := match_level(name)) is not None and label.rest else None for name in names}
    return Label("title", levels.pop()) if len(levels) == 1 and levels <= PARENT_LEVELS else None
