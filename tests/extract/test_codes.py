"""Codes of letters and digits in front of titles, and what stands between a code and its title."""

from __future__ import annotations

import pytest
from extract.documents import document, outline, para, read, said, values

from pipeline.extract import extract
from pipeline.model import Block

#: Codes of an OS, its OO and their actions, by the letter and the number of the OS, the ranks, and a running count.
NOTATIONS = {
    "digits of a code as its parts": ("OS-{letter}", "{letter}-{second}", "{letter}-{second}{third}"),
    "the same, nothing between": ("OS {letter}", "{letter}{second}", "{letter}{second}{third}"),
    "the same, behind labels": ("OS {letter}", "OO {letter}{second}", "Action {letter}{second}{third}"),
    "dashes between the parts": ("OS-{letter}", "OO-{letter}-{second}", "A-{letter}-{second}-{third}"),
    "dashes between numbers": ("OS {first}", "OO {first}-{second}", "A {first}-{second}-{third}"),
    "lines under letters": ("OS_{first}", "OO_{first}_{second}", "A_{first}_{second}_{third}"),
    "abbreviated axes": ("AS{first}", "OO{first}.{second}", "Act-{count}"),
    "letters alone": ("{letter}", "{letter}/{second}", "{letter}/{second}/{third}"),
}
OBJECTIVES = (
    ("Vivre au village", ("Fleurir les places", "Animer les soirées")),
    ("Rouler autrement", ("Tracer des pistes", "Relier les gares")),
)
ACTIONS = (
    "Planter des tilleuls",
    "Poser des bacs",
    "Ouvrir un kiosque",
    "Jouer dehors",
    "Peindre les bandes",
    "Poser des arceaux",
    "Créer une navette",
    "Louer des vélos",
)


def plan(notation: tuple[str, str, str], mark: str) -> list[Block]:
    blocks = [para("Programme stratégique transversal", size_pt=22.0, bold=True)]
    actions = iter(enumerate(ACTIONS, 1))
    for first, (title, parts) in enumerate(OBJECTIVES, 1):
        numbers: dict[str, object] = {"letter": "AB"[first - 1], "first": first}
        blocks.append(para(f"{notation[0].format(**numbers)}{mark}{title}", outline=1))
        for second, part in enumerate(parts, 1):
            blocks.append(para(f"{notation[1].format(**numbers, second=second)}{mark}{part}", outline=2))
            for third in (1, 2):
                count, action = next(actions)
                code = notation[2].format(**numbers, second=second, third=third, count=count)
                blocks += [para(f"{code}{mark}{action}", outline=3), para("Échéance : 2027")]
    return blocks


@pytest.mark.parametrize("mark", [" · ", " – ", " : ", " | "])
@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_codes_of_letters_and_digits_number_the_levels(notation: tuple[str, str, str], mark: str) -> None:
    found = read(*plan(notation, mark))
    assert [line.split(" | ")[1] for line in outline(found) if line.startswith("os")] == [
        "Vivre au village",
        "Rouler autrement",
    ]
    assert [line.split(" | ")[1] for line in outline(found) if line.startswith("  oo")] == [
        part for _, parts in OBJECTIVES for part in parts
    ]
    assert [line.split(" | ")[1] for line in outline(found) if line.startswith("    action")] == list(ACTIONS)
    assert said(found, "Louer des vélos") == [("end", "2027")]


def test_codes_stay_as_they_are_printed() -> None:
    found = read(*plan(NOTATIONS["digits of a code as its parts"], " · "))
    assert list(values(found, "code").values())[:6] == ["OS-A", "A-1", "A-11", "A-12", "A-2", "A-21"]


def test_numbers_that_count_on_beyond_nine_have_no_parts() -> None:
    found = read(
        para("OS 1 : Vivre au village", outline=1),
        *(para(f"P-{count} Aménager la place {count}", outline=2) for count in range(1, 9)),
        para("OS 2 : Rouler autrement", outline=1),
        *(para(f"P-{count} Aménager la piste {count}", outline=2) for count in range(9, 15)),
    )
    assert {line.split()[0] for line in outline(found) if line.startswith(" ")} == {"action"}


def test_a_letter_before_a_colon_in_running_text_is_no_code() -> None:
    contact = (para("T : 081 11 22 33"), para("F : 081 11 22 34"), para("G : rue Haute"))
    found = extract(document(*plan(NOTATIONS["dashes between numbers"], " – "), *contact))
    assert not {"081 11 22 33", "081 11 22 34", "rue Haute"} & set(values(found, "title").values())
