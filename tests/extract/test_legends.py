"""What a person gets where statuses are signs or letters that a legend explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from extract.documents import item, outline, para, read, said, table

from pipeline.extract.legends import find_marks
from pipeline.model import Block, Extraction, build_document
from pipeline.normalise import normalise

OBJECTIVES = (para("OS 1 : Rouler autrement", bold=True), para("OO 1.1 : Pédaler plus", bold=True))
SIGNS = "●◐○✗"
WORDS = ("Réalisé", "En cours", "À démarrer", "Abandonné")
STATUSES = ("TERMINE", "EN_COURS", "NON_COMMENCE", "ANNULE_ABANDONNE")
TITLES = ("Tracer une piste", "Prêter des vélos", "Poser des arceaux", "Flécher un itinéraire")


def followed(marks: Sequence[str | Sequence[Block]]) -> Block:
    return table(("Action", "État"), *zip(TITLES, marks, strict=True))


def statuses(extraction: Extraction) -> list[tuple[str, str]]:
    """The status of each action, as code and as printed."""
    return [(s.value, s.original) for s in normalise(extraction.statements)[0] if s.field == "status"]


@pytest.mark.parametrize(
    "legend",
    [
        [para("Légende : ● Réalisé, ◐ En cours, ○ À démarrer, ✗ Abandonné")],
        [para("Légende : Réalisé ●   En cours ◐   À démarrer ○   Abandonné ✗")],
        [para("● : action réalisée ; ◐ : action en cours ; ○ : action à démarrer ; ✗ : action abandonnée")],
        [para("Légende"), *(para(f"{sign} {word}") for sign, word in zip(SIGNS, WORDS, strict=True))],
        [table(*zip(SIGNS, WORDS, strict=True))],
        [table(*zip(WORDS, SIGNS, strict=True))],
        [table(tuple(SIGNS), WORDS)],
        [table([text for pair in zip(SIGNS, WORDS, strict=True) for text in pair])],
        [table(("Signe", "Sens", "Règle"), *((s, w, "selon le Collège") for s, w in zip(SIGNS, WORDS, strict=True)))],
    ],
    ids=["line", "words first", "phrases", "paragraphs", "table", "table turned", "two rows", "one row", "explained"],
)
def test_a_sign_is_the_status_that_the_legend_gives(legend: list[Block]) -> None:
    found = read(*legend, *OBJECTIVES, followed(SIGNS))
    assert statuses(found) == list(zip(STATUSES, SIGNS, strict=True))
    assert len(outline(found)) == 6


def test_letters_of_a_legend_are_statuses() -> None:
    legend = para("Statuts : R = réalisé ; EC = en cours ; AD = à démarrer ; AB = abandonné")
    letters = ("R", "EC", "AD", "AB")
    assert statuses(read(legend, *OBJECTIVES, followed(letters))) == list(zip(STATUSES, letters, strict=True))


def test_a_sign_at_the_end_of_a_title_is_its_status() -> None:
    legend = para("● Réalisé, ◐ En cours")
    actions = (para("Action 1.1.1 : Tracer une piste ◐"), para("Action 1.1.2 : Prêter des vélos ●"))
    found = read(legend, *OBJECTIVES, *actions)
    assert outline(found)[2:] == ["    action 1.1.1 | Tracer une piste", "    action 1.1.2 | Prêter des vélos"]
    assert said(found, "Tracer une piste") == [("status", "◐")]


def test_a_lone_sign_taken_for_a_bullet_is_still_the_text_of_its_cell() -> None:
    bullets = [[replace(item(""), marker=sign)] for sign in SIGNS]
    found = read(para("● Réalisé, ◐ En cours, ○ À démarrer, ✗ Abandonné"), *OBJECTIVES, followed(bullets))
    assert statuses(found) == list(zip(STATUSES, SIGNS, strict=True))


def test_without_a_legend_a_sign_is_no_status() -> None:
    assert {value for value, _ in statuses(read(*OBJECTIVES, followed(SIGNS)))} == {""}


@pytest.mark.parametrize(
    "blocks",
    [
        [para("● Réalisé, ◐ En cours"), para("○ Réalisé, ● En cours")],
        [table(("DG", "En cours"), ("DT", "Réalisé"), ("DG", "Abandonné"), ("DT", "En cours"))],
        [table(("●", "Isoler l'école", "En cours"), ("◐", "Planter une haie", "Réalisé"))],
        [para("• Réalisé"), para("• En cours")],
        [para("● Réalisé")],
    ],
    ids=["two meanings", "services", "actions", "bullets", "one"],
)
def test_what_only_looks_like_a_legend_explains_no_sign(blocks: list[Block]) -> None:
    assert find_marks(build_document("plan.docx", "docx", blocks)).keys() <= {"◐", "○"}
