"""Codes of letters and digits in front of titles, and what stands between a code and its title."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from extract.documents import document, outline, para, read, said, table, values

from pipeline.extract import extract
from pipeline.model import Block, build_document
from pipeline.vocabulary import match_level

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


#: Codes that name each level above, in the notations met.
COMPOSITE = {
    "dots": ("OS{a}", "OS{a}.OO{b}", "OS{a}.OO{b}.A{c}", "OS{a}.A{c}"),
    "dashes": ("OS{a}", "OS{a}-OO{b}", "OS{a}-OO{b}-A{c}", "OS{a}-A{c}"),
    "slashes": ("OS{a}", "OS{a}/OO{b}", "OS{a}/OO{b}/A{c}", "OS{a}/A{c}"),
    "slashes with spaces": ("OS {a}", "OS {a} / OO {b}", "OS {a} / OO {b} / A {c}", "OS {a} / A {c}"),
    "dashes with spaces": ("OS {a}", "OS {a} - OO {b}", "OS {a} - OO {b} - A {c}", "OS {a} - A {c}"),
    "spaces alone": ("OS{a}", "OS{a} OO{b}", "OS{a} OO{b} A{c}", "OS{a} A{c}"),
    "nothing between": ("OS{a}", "OS{a}OO{b}", "OS{a}OO{b}A{c}", "OS{a}A{c}"),
    "dots in labels": ("O.S.{a}", "O.S.{a} – O.O.{b}", "O.S.{a} – O.O.{b} – A.{c}", "O.S.{a} – A.{c}"),
    "zeros in front": ("OS-0{a}", "OS-0{a}/OO-0{b}", "OS-0{a}/OO-0{b}/A-0{c}", "OS-0{a}/A-0{c}"),
}
ROWS = (
    (0, {"a": 1}, "Vivre au village"),
    (1, {"a": 1, "b": 1}, "Fleurir les places"),
    (2, {"a": 1, "b": 1, "c": 1}, "Planter des tilleuls"),
    (2, {"a": 1, "b": 1, "c": 2}, "Poser des bacs"),
    (1, {"a": 1, "b": 2}, "Animer les soirées"),
    (2, {"a": 1, "b": 2, "c": 1}, "Ouvrir un kiosque"),
    (3, {"a": 1, "c": 1}, "Publier un agenda"),
    (0, {"a": 2}, "Rouler autrement"),
    (1, {"a": 2, "b": 1}, "Tracer des pistes"),
    (2, {"a": 2, "b": 1, "c": 1}, "Peindre les bandes"),
)
TREE = [
    "os | Vivre au village",
    "  oo | Fleurir les places",
    "    action | Planter des tilleuls",
    "    action | Poser des bacs",
    "  oo | Animer les soirées",
    "    action | Ouvrir un kiosque",
    "  action | Publier un agenda",
    "os | Rouler autrement",
    "  oo | Tracer des pistes",
    "    action | Peindre les bandes",
]


def composed(notation: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(notation[form].format(**numbers), title) for form, numbers, title in ROWS]


def without_codes(lines: list[str]) -> list[str]:
    return [f"{line[: len(line) - len(line.lstrip())]}{line.split()[0]} | {line.split(' | ')[1]}" for line in lines]


@pytest.mark.parametrize("mark", [" ", " : ", " – "])
@pytest.mark.parametrize("notation", COMPOSITE.values(), ids=COMPOSITE)
def test_the_last_part_of_a_code_that_names_the_levels_above_is_that_of_the_element(
    notation: tuple[str, ...], mark: str
) -> None:
    found = read(*(para(f"{code}{mark}{title}") for code, title in composed(notation)))
    assert without_codes(outline(found)) == TREE


@pytest.mark.parametrize("notation", COMPOSITE.values(), ids=COMPOSITE)
def test_such_codes_in_a_column_of_a_table_number_its_rows(notation: tuple[str, ...]) -> None:
    rows = [(code, title, "2027") for code, title in composed(notation)]
    assert without_codes(outline(read(table(("Code", "Intitulé", "Échéance"), *rows, header=1)))) == TREE


def test_such_codes_stand_beside_the_titles_of_sheets() -> None:
    blocks: list[Block] = []
    for code, title in composed(COMPOSITE["dots"]):
        sheet = table((code, title), ("Porteur", "Service des travaux"), ("Échéance", "2027"))
        blocks.append(sheet if ".A" in code else para(f"{code} {title}", bold=True))
    found = read(*blocks)
    assert without_codes(outline(found)) == TREE
    assert said(found, "Ouvrir un kiosque") == [("porteur", "Service des travaux"), ("end", "2027")]


def test_a_code_of_several_parts_stays_as_it_is_printed() -> None:
    for name, expected in (
        ("dots", "OS1.OO1.A1"),
        ("slashes with spaces", "OS1/OO1/A1"),
        ("spaces alone", "OS1 OO1 A1"),
    ):
        found = read(*(para(f"{code} : {title}") for code, title in composed(COMPOSITE[name])))
        assert list(values(found, "code").values())[2] == expected


def test_a_title_that_begins_like_a_label_is_a_title() -> None:
    found = read(
        para("OS 1 – A 3 km du centre, un parc", outline=1),
        para("OO 1.1 – Ouvrir le parc", outline=2),
        para("OS 2 – Action sociale", outline=1),
        para("OO 2.1 – Ouvrir une permanence", outline=2),
    )
    assert [line for line in outline(found) if line.startswith("os")] == [
        "os 1 | A 3 km du centre, un parc",
        "os 2 | Action sociale",
    ]


def test_a_code_without_an_end_is_read_all_the_same() -> None:
    assert read(para("OS1." * 5000)).statements == ()


@pytest.mark.parametrize(("second", "third"), [("II.1", "11.1.1"), ("IL.1", "T1.1.1"), ("II.1", "III.1.1")])
def test_strokes_that_a_scan_gives_otherwise_in_codes_are_those_of_the_parent(second: str, third: str) -> None:
    lines = (
        "Objectif stratégique I : Vivre au village",
        "Objectif opérationnel I.1 : Fleurir les places",
        "Action I.1.1 : Planter des tilleuls",
        "Objectif stratégique II : Rouler autrement",
        f"Objectif opérationnel {second} : Tracer des pistes",
        f"Action {third} : Relier les gares",
    )
    found = extract(build_document("plan.pdf", "scan", list(map(para, lines)), page_count=1, ocr_pages=(0,)))
    codes = [statement.value for statement in found.statements if statement.field == "code"]
    assert codes == ["I", "I.1", "I.1.1", "II", "II.1", "II.1.1"]


@pytest.mark.parametrize(
    ("os", "oo", "action"),
    [
        ("1", "1.A", "1.A.1"),
        ("OS I", "OO I.1", "Action I.1.a"),
        ("OS 1", "OO 1.1", "Mesure 1.1.A"),
        ("Axe 1", "OS 1.A", "Action 1.A.1"),
        ("Cap I", "But I.1", "Geste I.1.a"),
        ("Objectif 1", "Objectif 1.1", "Action 1.1.1"),
        ("Objectif I", "Objectif I.1", "Action I.1.1"),
        ("Objectif 1", "Sous-objectif 1.1", "Action 1.1.1"),
        ("Objectif général 1", "Objectif spécifique 1.1", "Action 1.1.1"),
    ],
)
@pytest.mark.parametrize("outlined", [True, False])
def test_numbers_letters_and_numerals_with_dots_are_one_code(os: str, oo: str, action: str, *, outlined: bool) -> None:
    def step(label: str, first: int, second: int = 0, third: int = 0) -> str:
        word, _, code = label.rpartition(" ")
        counts = {"1": str, "A": lambda n: "_AB"[n], "a": lambda n: "_ab"[n], "I": lambda n: "I" * n}
        parts = [counts[part](n) for part, n in zip(code.split("."), (first, second, third), strict=False)]
        return f"{word} {'.'.join(parts)}".strip()

    blocks = [para("Programme stratégique transversal 2025-2030", size_pt=20.0)]
    titles = iter(ACTIONS)
    for first, (objective, parts) in enumerate(OBJECTIVES, 1):
        blocks.append(para(f"{step(os, first)} – {objective}", outline=1, bold=not outlined))
        for second, part in enumerate(parts, 1):
            blocks.append(para(f"{step(oo, first, second)} – {part}", outline=2, bold=not outlined))
            for third in (1, 2):
                blocks.append(para(f"{step(action, first, second, third)} – {next(titles)}"))
    if not outlined:
        blocks = [replace(block, style=replace(block.style, outline_level=None)) for block in blocks]
    found = read(*blocks)
    assert list(values(found, "title").values())[:4] == [
        *("Vivre au village", "Fleurir les places"),
        *("Planter des tilleuls", "Poser des bacs"),
    ]
    printed = [code.rpartition(" ")[2] for code in (step(oo, 1, 1), step(action, 1, 1, 1), step(action, 1, 1, 2))]
    assert [re.sub("^O[OS]", "", code) for code in values(found, "code").values()][1:4] == [
        code.upper() for code in printed
    ]
    depths = [len(line) - len(line.lstrip()) for line in outline(found)]
    assert depths == [0, 2, 4, 4, 2, 4, 4] * 2


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [("Axe 1.A vélo", "1", "A vélo"), ("Axe I.L'eau", "I", "L'eau"), ("OS 1.A la carte", "OS1", "A la carte")],
)
def test_a_word_of_one_letter_after_a_number_is_no_part_of_the_code(text: str, code: str, title: str) -> None:
    label = match_level(text)
    assert label is not None
    assert (label.code, label.rest) == (code, title)


def test_the_codes_in_front_of_all_titles_of_a_column_are_read_alike() -> None:
    found = read(
        table(
            ["Axe", "Objectif", "Sous-objectif", "Action"],
            ["B Rouler", "Objectif 1 - Pédaler", "Objectif 1.1 - Tracer", "B1 Relier les gares"],
            ["B Rouler", "Objectif 1 - Pédaler", "Objectif 1.1 - Tracer", "B2 Peindre des pistes"],
            ["C Nager", "Objectif 2 - Plonger", "Objectif 2.1 - Creuser", "C1 Chauffer le bassin"],
        )
    )
    assert outline(found) == [
        "enjeu B | Rouler",
        "  os 1 | Pédaler",
        "    oo 1.1 | Tracer",
        "      action 1 | Relier les gares",
        "      action 2 | Peindre des pistes",
        "enjeu C | Nager",
        "  os 2 | Plonger",
        "    oo 2.1 | Creuser",
        "      action 1 | Chauffer le bassin",
    ]


@pytest.mark.parametrize("label", ["Action 1.1.{}", "Fiche action 1.1.{}", "1.1.{}"])
def test_the_number_beside_the_title_of_a_sheet_is_its_code(label: str) -> None:
    sheets = [
        table([label.format(n), title], ["Responsable", "Service Travaux"], ["Échéance", "2028"])
        for n, title in enumerate(ACTIONS[:2], 1)
    ]
    found = read(para("OS 1 : Vivre", outline=1), para("OO 1.1 : Fleurir", outline=2), sheets[0], para(""), sheets[1])
    assert outline(found)[2:] == [
        "    action 1.1.1 | Planter des tilleuls",
        "    action 1.1.2 | Poser des bacs",
    ]
    assert said(found, "Poser des bacs") == [("responsable", "Service Travaux"), ("end", "2028")]


def test_the_labels_of_parents_with_their_numbers_stand_beside_titles_in_a_sheet() -> None:
    found = read(
        table(
            ["OS 1", "Vivre au village"],
            ["OO 1.1", "Fleurir les places"],
            ["Action 1.1.1", "Planter des tilleuls"],
            ["Responsable", "Service Travaux"],
            ["Échéance", "2028"],
        )
    )
    assert outline(found) == [
        "os 1 | Vivre au village",
        "  oo 1.1 | Fleurir les places",
        "    action 1.1.1 | Planter des tilleuls",
    ]


def test_the_eleventh_action_of_a_scan_stays_the_eleventh() -> None:
    lines = (
        "Objectif stratégique 1 : Vivre au village",
        *(f"Action {n} : Planter le verger {n}" for n in range(1, 13)),
    )
    found = extract(build_document("plan.pdf", "scan", list(map(para, lines)), page_count=1, ocr_pages=(0,)))
    codes = [statement.value for statement in found.statements if statement.field == "code"]
    assert codes == ["1", *map(str, range(1, 13))]


def test_a_stroke_before_the_second_action_of_a_scan_is_the_first() -> None:
    lines = ("Objectif stratégique 1 : Vivre", "Action L : Planter", "Action 2 : Tailler", "Action 3 : Semer")
    found = extract(build_document("plan.pdf", "scan", list(map(para, lines)), page_count=1, ocr_pages=(0,)))
    assert [s.value for s in found.statements if s.field == "code"] == ["1", "1", "2", "3"]
    rows = table(("Code", "Action"), ("AT", "Planter"), ("A2", "Tailler"), ("A3", "Semer"), bold_header=True)
    heads = [para("Objectif stratégique 1 : Vivre"), rows]
    found = extract(build_document("plan.pdf", "scan", heads, page_count=1, ocr_pages=(0,)))
    assert [s.value for s in found.statements if s.field == "code"] == ["1", "A1", "A2", "A3"]


@pytest.mark.parametrize(
    "titles", [("E411 Poser des murs", "N4 Sécuriser la traversée"), ("École 1 Isoler", "École 2 Peindre")]
)
def test_roads_and_schools_in_front_of_titles_are_no_codes(titles: tuple[str, str]) -> None:
    rows = [(title, "Travaux", "2027") for title in titles]
    found = read(para("OS 1 : Vivre", outline=1), para("OO 1.1 : Bâtir", outline=2),
                 table(("Action", "Service", "Échéance"), *rows, bold_header=True))  # fmt: skip
    assert [line.split("| ")[1] for line in outline(found)[2:]] == list(titles)


@pytest.mark.parametrize(
    "printed", ["Action A.D.L. : soutenir les commerces", "Projet N.T.I.C. : former", "Axe C.P.A.S. : Aînés"]
)
def test_an_acronym_behind_a_label_is_no_code(printed: str) -> None:
    label = match_level(printed)
    assert label is None or not label.code
