"""Labels of levels that recognition spoiled: parted rightly, numbered as those around them, without noise."""

from __future__ import annotations

import pytest

from pipeline.readers.ocr_labels import settle_labels
from pipeline.readers.ocr_look import Look, MeasuredLine
from pipeline.readers.pdf_lines import words_text
from pipeline.readers.pdf_rulings import Drawing
from pipeline.readers.pdf_text import Face, Word

_SIZE_PT = 12.0


def line(text: str, y_pt: float) -> MeasuredLine:
    face, x, words = Face("", _SIZE_PT, False, False, "000000"), 60.0, []
    for part in text.split():
        words.append(Word(part, x, y_pt - 9, x + 6 * len(part), y_pt + 3, y_pt, face, 0, 0))
        x += 6 * len(part) + 4
    return MeasuredLine(tuple(words), _SIZE_PT, (1.0,) * len(words), (0.0, 0.0, 0.0))


def settled(*texts: str) -> list[str]:
    lines = [line(text, 60.0 + 20 * index) for index, text in enumerate(texts)]
    (look,) = settle_labels([Look(lines, Drawing([], [], [], []), 595, 842)])
    assert all(len(each.words) == len(each.strokes) for each in look.lines)
    return [words_text(each.words) for each in look.lines]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("ENJEUI : UN BOURG ACCUEILLANT", "ENJEU I : UN BOURG ACCUEILLANT"),
        ("ActionA2 : Tailler les haies", "Action A2 : Tailler les haies"),
        ("Obj ectif stratégique 4 : Rouler moins vite", "Objectif stratégique 4 : Rouler moins vite"),
        ("ENJEUX : UN BOURG ACCUEILLANT", "ENJEUX : UN BOURG ACCUEILLANT"),
        ("Actions en cours : quatre", "Actions en cours : quatre"),
    ],
)
def test_a_label_glued_to_its_number_or_broken_in_two_is_parted_rightly(read: str, printed: str) -> None:
    assert settled(read) == [printed]


def test_a_number_misread_is_the_one_that_its_neighbours_count() -> None:
    read = ["Action A4 : Tailler", "Action AS : Semer", "Action A6 : Planter", "Action A7 : Cueillir"]
    assert settled(*read)[1] == "Action A5 : Semer"
    assert settled("Enjeu I : Vivre", "Enjeu II : Rouler", "Enjeu IIT : Grandir")[2] == "Enjeu III : Grandir"
    assert settled("Action A4 : Tailler", "Action sociale : Aider")[1] == "Action sociale : Aider"
    assert settled("Action 1 : Tailler", "Action 4 : Aider") == ["Action 1 : Tailler", "Action 4 : Aider"]


def test_strokes_and_dots_beside_lines_are_left_out() -> None:
    read = ["| Action A7 : Tailler les haies |", "\u2026 Action A8 : Semer", "' Action A9 : Planter", "\u2022 Un banc"]
    assert settled(*read) == [
        "Action A7 : Tailler les haies",
        "Action A8 : Semer",
        "Action A9 : Planter",
        "\u2022 Un banc",
    ]
