"""Numbers without labels: which level they stand for, which list they go on with, and when they are numbers at all."""

from __future__ import annotations

import pytest
from extract.documents import codes, fates, item, outline, para, read

from pipeline.model import Block, Layout, Level
from pipeline.vocabulary import announced_levels, match_number, roman_value

PLAN = para("Le programme comprend 2 objectifs stratégiques, 3 objectifs opérationnels et 4 actions.")


def test_numbers_of_four_parts_are_an_os_an_oo_an_action_and_its_step() -> None:
    texts = ["1. Rouler", "1.1. Pédaler", "1.1.1. Tracer une piste", "1.1.1.1. Choisir un tracé", "1.1.1.2. Tracer"]
    more = ["2. Marcher", "2.1. Flâner", "2.1.1. Élargir un trottoir", "2.1.1.1. Mesurer", "2.1.1.2. Paver"]
    found = outline(read(para("PST", outline=1), *map(para, texts + more)))
    assert [line.split(" | ")[0].strip() for line in found[:4]] == [
        "os 1",
        "oo 1.1",
        "action 1.1.1",
        "sous_action 1.1.1.1",
    ]


def test_the_counts_that_a_text_announces_tell_its_levels() -> None:
    sentence = "Le plan compte trois axes, 4 objectifs opérationnels et vingt actions dont 12 fiches-actions."
    assert {level.value: count for level, count in announced_levels(sentence).items()} == {
        "enjeu": 3,
        "objectif_operationnel": 4,
        "action": 20,
    }
    written = {"vingt-six actions": 26, "dix-sept actions": 17, "soixante-douze actions": 72, "douze actions": 12}
    assert {words: announced_levels(words)[Level.ACTION] for words in written} == written
    assert not announced_levels("quatre-vingt-deux actions")
    assert not announced_levels("deux cents actions")
    headings = [
        block
        for number, title in enumerate(("Rouler", "Marcher", "Nager"), 1)
        for block in (para(f"{number}. {title}", outline=1), item(f"Tracer une voie pour {title}"), item("Compter"))
    ]
    levels = [
        outline(read(para(f"Le plan stratégique transversal compte trois {named}."), *headings))[0].split()[0]
        for named in ("enjeux", "objectifs stratégiques")
    ]
    assert levels == ["enjeu", "os"]


def test_counts_in_a_sentence_that_the_plan_does_not_have_are_reported() -> None:
    texts = ["OS 1 : Rouler", "OO 1.1 : Pédaler", "OS 2 : Marcher", "OO 2.1 : Flâner", "OO 2.2 : Courir"]
    headings = [para(text, outline=1 if text.startswith("OS") else 2) for text in texts]
    told = "Le plan compte {} objectifs stratégiques et 3 objectifs opérationnels ; 9 actions sont finies."
    assert codes(read(para(told.format(2)), *headings, item("Courir"), item("Nager"))) == ["count_announced"]
    remark = next(r for r in read(para(told.format(4)), *headings).remarks if r.code == "count_announced")
    assert dict(remark.facts) == {"level": "objectif_strategique", "announced": "4", "found": "2"}
    assert codes(read(para("Deux objectifs stratégiques de 2019 sont finis."), *headings)) == []


def test_numbered_titles_that_end_with_fields_are_actions_over_their_lettered_steps() -> None:
    actions = [
        block
        for n, (title, end) in enumerate((("Tracer une piste", "2027"), ("Prêter des vélos", "2028")), 1)
        for block in (para(f"{n}. {title} (Échéance : {end})"), para(f"a) Étudier {n}"), para(f"b) Chiffrer {n}"))
    ]
    found = read(para("OS 1 : Rouler"), *actions, para("OS 2 : Marcher"), *actions)
    assert outline(found)[:4] == [
        "os 1 | Rouler",
        "  action 1 | Tracer une piste",
        "    sous_action A | Étudier 1",
        "    sous_action B | Chiffrer 1",
    ]


def plain_plan(first: str, second: str) -> list[Block]:
    """A text without any style: OS by number, actions numbered again under «Actions»."""
    return [
        PLAN,
        *map(para, (first, "Actions", "1. Tracer une piste", "2. Prêter des vélos")),
        *map(para, (second, "Actions", "1. Élargir un trottoir", "2. Éclairer la place")),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("1. ROULER AUTREMENT", "2. MARCHER DAVANTAGE"), ("1 - Rouler autrement", "2 - Marcher davantage")],
)
def test_a_list_ends_at_the_number_that_comes_after_the_one_above_it(first: str, second: str) -> None:
    found = outline(read(*plain_plan(first, second)))
    assert [line.lower() for line in found] == [
        "os 1 | rouler autrement",
        "  action 1 | tracer une piste",
        "  action 2 | prêter des vélos",
        "os 2 | marcher davantage",
        "  action 1 | élargir un trottoir",
        "  action 2 | éclairer la place",
    ]


def test_a_synthesis_at_the_end_repeats_what_has_another_level_by_its_look() -> None:
    plan = plain_plan("1. ROULER AUTREMENT", "2. MARCHER DAVANTAGE")
    found = outline(read(*plan, *map(para, ("Synthèse", "1. Rouler autrement", "2. Marcher davantage"))))
    assert len([line for line in found if "[" not in line]) == 6
    assert "[os 2 | Marcher davantage]" in found


def test_a_number_without_a_delimiter_is_one_when_the_next_number_extends_it() -> None:
    lines = ["1 Rouler autrement", "1.1 Pédaler", "12 pistes existent déjà.", "2 Marcher davantage", "2.1 Flâner"]
    found = read(para("Le PST est fait d'objectifs stratégiques, que suivent les services."), *map(para, lines))
    assert outline(found)[:2] == ["os 1 | Rouler autrement", "  oo 1.1 | Pédaler"]
    assert fates(found)["12 pistes existent déjà."] != "element"


def test_a_padded_code_is_no_date_and_a_date_is_no_code() -> None:
    number, date = match_number("01.02.03 Tracer une piste"), match_number("01.02.24 Conseil communal")
    assert number is not None
    assert (number.code, number.rest) == ("01.02.03", "Tracer une piste")
    assert date is None


def test_a_sheet_under_weak_numbers_ends_the_foreword_before_it() -> None:
    from extract.documents import table

    sheets = [
        block
        for oo, action in (("1.1 – PÉDALER", "Tracer une piste"), ("1.2 – MARCHER", "Élargir un trottoir"))
        for block in (
            para("1 – ROULER AUTREMENT", bold=True),
            para(oo, bold=True),
            table(("Action", action), ("Service", "Travaux"), ("Délai", "2027")),
        )
    ]
    found = read(para("Avant-propos", outline=1), para("Bonne lecture à toutes et à tous."), *sheets)
    assert [line.strip() for line in outline(found) if "[" not in line][:3] == [
        "os 1 | ROULER AUTREMENT",
        "oo 1.1 | PÉDALER",
        "action | Tracer une piste",
    ]
    assert codes(found) == []


def test_the_word_action_over_numbers_on_lines_of_their_own_heads_a_list() -> None:
    def actions(*titles: tuple[str, str]) -> list[Block]:
        return [para("Action", bold=True), *(para(text) for title in titles for text in title)]

    found = read(
        para("OS1 - Rouler", outline=1),
        para("OO1.1 - Pédaler", outline=2),
        *actions(("1.1.1", "Tracer une piste"), ("1.1.2", "Prêter des vélos")),
        para("OO1.2 - Marcher", outline=2),
        *actions(("1.2.1", "Élargir un trottoir")),
    )
    assert outline(found) == [
        "os 1 | Rouler",
        "  oo 1.1 | Pédaler",
        "    action 1.1.1 | Tracer une piste",
        "    action 1.1.2 | Prêter des vélos",
        "  oo 1.2 | Marcher",
        "    action 1.2.1 | Élargir un trottoir",
    ]


def test_a_letter_after_the_word_action_is_no_number_of_a_heading() -> None:
    found = read(
        *(
            block
            for letter, title in (("A", "Rouler"), ("B", "Marcher"), ("C", "Planter"))
            for block in (
                para(f"{letter} - {title}", outline=1),
                para(f"{letter}.1 - {title} davantage", outline=2),
                para(f"Fiche action {letter}.1.1 : {title} en groupe", outline=3),
            )
        )
    )
    assert [line.split()[0] for line in outline(found)] == ["os", "oo", "action"] * 3


def test_roman_numerals_have_a_value() -> None:
    assert [roman_value(numeral) for numeral in ("I", "IV", "IX", "XIV")] == [1, 4, 9, 14]


def test_the_layout_of_a_plan_in_numbers_replays() -> None:
    plan = plain_plan("1. ROULER AUTREMENT", "2. MARCHER DAVANTAGE")
    first = read(*plan)
    assert isinstance(first.layout, Layout)
    assert outline(read(*plan, layout=first.layout)) == outline(first)
