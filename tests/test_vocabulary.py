"""Labels, numbers, sections and fields as they are printed; what only looks like one stays text."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Level
from pipeline.vocabulary import (
    Label,
    is_contents_title,
    is_exact_label,
    is_total,
    is_vision_title,
    looks_strategic,
    match_code,
    match_label,
    match_level,
    match_number,
    match_section,
    plan_evidence,
    section_concepts,
    split_final_code,
    split_inline_fields,
    split_title_fields,
    starts_item,
    tidy_code,
)

OS, OO = Level.OBJECTIF_STRATEGIQUE, Level.OBJECTIF_OPERATIONNEL

# -------------------------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("text", "level", "code", "rest"),
    [
        ("OS 1 : Rouler", OS, "OS1", "Rouler"),
        ("OS.1 Rouler", OS, "OS.1", "Rouler"),
        ("O.S. 1 – Rouler", OS, "O.S.1", "Rouler"),
        ("Objectif stratégique N° 1 : Rouler", OS, "1", "Rouler"),
        ("OBJECTIF STRATEGIQUE 1 : ROULER", OS, "1", "ROULER"),
        ("Axe stratégique 2 – Habiter", OS, "2", "Habiter"),
        ("Premier objectif stratégique : Rouler", OS, "1", "Rouler"),
        ("Objectif stratégique : Rouler", OS, "", "Rouler"),
        ("OO 1.10 : Pédaler", OO, "OO1.10", "Pédaler"),
        ("Objectifs opérationnels 1.1 Pédaler", OO, "1.1", "Pédaler"),
        ("OO3.l Pédaler", OO, "OO3.1", "Pédaler"),
        ("003.1 Pédaler", OO, "OO3.1", "Pédaler"),
        ("Levier 4 : Pédaler", OO, "4", "Pédaler"),
        ("Action 149 : Tracer", Level.ACTION, "149", "Tracer"),
        ("A.3 Tracer", Level.ACTION, "A.3", "Tracer"),
        ("A1.1.1 Tracer", Level.ACTION, "A1.1.1", "Tracer"),
        ("Fiche-projet 7 : Tracer", Level.ACTION, "7", "Tracer"),
        ("Étape 2 : Mesurer", Level.SOUS_ACTION, "2", "Mesurer"),
        ("Enjeu 3 : L'eau", Level.ENJEU, "3", "L'eau"),
        ("Axe II – L'eau", Level.ENJEU, "II", "L'eau"),
        ("A) Volet interne", Level.VOLET, "A", "Volet interne"),
        ("OS A – Rouler", OS, "OSA", "Rouler"),
        ("OS.K – Rouler", OS, "OS.K", "Rouler"),
        ("O.S. B Rouler", OS, "O.S.B", "Rouler"),
        ("O.5. B - Rouler", OS, "O.S.B", "Rouler"),
        ("OS II – Rouler", OS, "OSII", "Rouler"),
        ("OO A.1 – Pédaler", OO, "OOA.1", "Pédaler"),
        ("Objectif stratégique B Rouler", OS, "B", "Rouler"),
        ("Objectif stratégique D D'un quai à l'autre", OS, "D", "D'un quai à l'autre"),
        ("Enjeu I | L'EAU", Level.ENJEU, "I", "| L'EAU"),
        ("[OS 1] Rouler", OS, "OS1", "Rouler"),
        ("[Axe 2] L'eau", Level.ENJEU, "2", "L'eau"),
        ("(OO 1.2) Pédaler", OO, "OO1.2", "Pédaler"),
        ("Volet externe", Level.VOLET, "", "Volet externe"),
    ],
)
def test_labels_of_levels(text: str, level: Level, code: str, rest: str) -> None:
    found = match_level(text)
    assert found is not None
    assert (found.level, found.code, found.rest) == (level, code, rest)


@pytest.mark.parametrize(
    "text",
    [
        "Action sociale et logement",
        "action 3 de la liste",
        "Os et cartilages",
        "A 3 km du centre",
        "Projet de ville",
        "Axer les efforts sur l'eau",
        "Le volet interne du plan est présenté au conseil communal.",
        "Étapes suivies par les services depuis deux ans",
        "OS D'un coup de pédale",
        "Action C'est à vous",
        "Projet À vélo",
        "Objectif stratégique À la hauteur",
        "Projet a réaliser",
        "Actions A mener",
        "SA B – Transports",
        "[fin 2027]",
        "(voir OS 1) Rouler",
        "(OS 1)",
        "",
        "…",
    ],
)
def test_prose_is_no_label(text: str) -> None:
    found = match_level(text)
    assert found is None or not (found.code or found.rest)


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("1. Rouler", "1", "Rouler"),
        ("1.1Encadrer", "1.1", "Encadrer"),
        ("1.10 Encadrer", "1.10", "Encadrer"),
        ("1.1.1. Encadrer", "1.1.1", "Encadrer"),
        ("A. Rouler", "A", "Rouler"),
        ("II - Rouler", "II", "Rouler"),
        ("a) Rouler", "A", "Rouler"),
        ("3) Rouler", "3", "Rouler"),
        ("01 Rouler", "01", "Rouler"),
    ],
)
def test_typed_numbers(text: str, code: str, rest: str) -> None:
    found = match_number(text)
    assert found is not None
    assert (found.code, found.rest) == (code, rest)


@pytest.mark.parametrize(
    "text", ["30 km/h en ville", "5 agents", "2.5 millions", "12.05.2024 séance", "1 Rouler", "100 % local", "Rouler"]
)
def test_quantities_and_dates_are_no_numbers(text: str) -> None:
    assert match_number(text) is None


@pytest.mark.parametrize("text", ["M. le Bourgmestre", "M. Dupont", "M. l'Échevin des Travaux"])
def test_a_title_of_courtesy_is_no_letter(text: str) -> None:
    assert match_number(text) is None


def test_the_tenth_action_of_an_objective_is_no_date() -> None:
    for text, code in (("1.1.10 Encadrer", "1.1.10"), ("12.05.2024 Encadrer", None), ("12.05.24 Encadrer", None)):
        found = match_number(text)
        assert (found.code if found is not None else None) == code


def test_in_front_of_a_heading_a_bare_number_is_one() -> None:
    found = match_number("1 Rouler", heading=True)
    assert found is not None
    assert found.code == "1"
    assert match_number("5 agents", heading=True) is None


@pytest.mark.parametrize(
    ("code", "tidy"),
    [("1.10", "1.10"), ("1. 1.", "1.1"), ("1,2", "1.2"), ("3.l", "3.1"), ("os 1", "OS 1"), ("0012", "0012")],
)
def test_codes_are_text(code: str, tidy: str) -> None:
    assert tidy_code(code) == tidy


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("OS 1 : Rouler", True),
        ("1.1 Encadrer", True),
        ("2. Encadrer", True),
        ("et la suite", False),
        ("5 agents", False),
    ],
)
def test_what_opens_an_item(text: str, starts: bool) -> None:
    assert starts_item(text) is starts


# ------------------------------------------------------------------------------------------------------------ sections


@pytest.mark.parametrize(
    ("text", "concept", "count"),
    [
        ("Objectifs stratégiques", OS, None),
        ("Nos 5 enjeux", Level.ENJEU, 5),
        ("Actions :", Level.ACTION, None),
        ("Constats", Level.CONSTAT, None),
        ("Avant-propos", "outside", None),
        ("TABLE DES MATIÈRES", "contents", None),
        ("Annexes", "annex", None),
        ("Nos acteurs", "acteur", None),
    ],
)
def test_headings_of_sections(text: str, concept: str, count: int | None) -> None:
    found = match_section(text)
    assert found is not None
    assert (found.concept, found.count) == (concept, count)
    assert found.concept in section_concepts()


@pytest.mark.parametrize("text", ["", "actions menées", "Les actions du service des travaux ont commencé", "Mobilité"])
def test_other_lines_head_no_section(text: str) -> None:
    assert match_section(text) is None


def test_titles_of_documents_and_rows() -> None:
    assert is_contents_title("Sommaire")
    assert not is_contents_title("Mobilité")
    assert is_vision_title("Notre vision 2035")
    assert not is_vision_title("Plan stratégique transversal")
    assert is_total("Sous-total OO 1")
    assert not is_total("Totaliser les heures")
    assert looks_strategic("Être une commune qui écoute")
    assert not looks_strategic("Écouter")


def test_words_of_a_plan_and_of_other_documents_are_counted() -> None:
    plan, other = plan_evidence(["Programme stratégique transversal", "Objectif stratégique"])
    assert plan > other
    plan, other = plan_evidence(["Procès-verbal", "Le conseil délibère"])
    assert other > plan


# -------------------------------------------------------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Responsable", Label("responsable")),
        ("Échevin(e) en charge :", Label("mandataire")),
        ("Service(s) gestionnaire(s)", Label("service")),
        ("Échéance", Label("end")),
        ("Taux d'avancement (%)", Label("progress")),
        ("O.D.D.", Label("sdg")),
        ("Intitulé de l'action", Label("title", Level.ACTION)),
        ("N° OO", Label("code", OO)),
        ("OO", Label("title", OO)),
        ("Objectifs opérationnels", Label("title", OO)),
        ("Action", Label("title", Level.ACTION)),
    ],
)
def test_labels_of_fields(text: str, label: Label) -> None:
    assert match_label(text) == label


@pytest.mark.parametrize("text", ["%", "% réal.", "% Réalisé", "Réal. (%)", "Av. (%)", "% avanc.", "Tx", "Tx d'av."])
def test_short_headers_of_progress(text: str) -> None:
    assert match_label(text) == Label("progress")


@pytest.mark.parametrize("text", ["Av.", "Avanc.", "Réal."])
def test_a_short_header_without_a_percent_sign_may_be_a_status(text: str) -> None:
    assert match_label(text) == Label("status")


@pytest.mark.parametrize("text", ["Responsable GRH", "Échevin de l'Environnement", "Tracer une piste", "", "x" * 100])
def test_values_are_no_labels(text: str) -> None:
    assert match_label(text) is None


def test_in_a_place_of_labels_the_first_word_is_enough() -> None:
    assert match_label("Partenaires extérieurs pressentis") is None or match_label("Partenaires extérieurs", loose=True)
    assert match_label("Objectif stratégique poursuivi", loose=True) == Label("title", OS)
    assert is_exact_label("Responsable")
    assert not is_exact_label("Responsable GRH")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Échéance : 2022 – Responsable : Service Travaux", [("end", "2022"), ("responsable", "Service Travaux")]),
        ("Échéance : 2022 ; Budget : 1.000 €", [("end", "2022"), ("budget", "1.000 €")]),
        ("Service : Urbanisme / Mobilité Fin : 2028", [("service", "Urbanisme / Mobilité"), ("end", "2028")]),
        ("Partenaires : CPAS, ONE Délai : T3 2028", [("partenaire", "CPAS, ONE"), ("end", "T3 2028")]),
        ("Responsable :", [("responsable", "")]),
        (
            "[Porteur : CPAS | Échéance : mars 2026 | État : en cours]",
            [
                ("porteur", "CPAS"),
                ("end", "mars 2026"),
                ("status", "en cours"),
            ],
        ),
        ("(Service : Travaux (voirie), Échéance : 2027)", [("service", "Travaux (voirie)"), ("end", "2027")]),
        ("[Service : Travaux] [Échéance : 2026]", [("service", "Travaux"), ("end", "2026")]),
        ("Nous avons choisi : rouler", []),
        ("Rouler mieux", []),
        ("Tracer une piste, échéance : 2022", []),
    ],
)
def test_fields_on_one_line(text: str, fields: list[tuple[str, str]]) -> None:
    assert [(name, value) for name, _, value in split_inline_fields(text)] == fields


def test_fields_at_the_end_of_a_title() -> None:
    title, fields = split_title_fields("Fleurir les giratoires – Échéance : 2023 – Responsable : Voirie")
    assert title == "Fleurir les giratoires"
    assert [(name, value) for name, _, value in fields] == [("end", "2023"), ("responsable", "Voirie")]
    assert split_title_fields("Fleurir : une idée") == ("Fleurir : une idée", [])


@pytest.mark.parametrize("title", ["Fleurir (Échevin(e) : {} ; Fin : 2027)", "Fleurir [Échevin(e) : {} ; Fin : 2027]"])
@pytest.mark.parametrize("name", ["Échevine des Parcs", "Échevin (Parcs)"])
def test_fields_in_brackets_after_a_title_keep_the_brackets_of_their_own(title: str, name: str) -> None:
    cut, fields = split_title_fields(title.format(name))
    assert (cut, [(field, value) for field, _, value in fields]) == ("Fleurir", [("mandataire", name), ("end", "2027")])


# ---------------------------------------------------------------------------------------------------------- properties

heads = st.sampled_from(
    [
        "",
        "OS 1 : ",
        "OO 1.10",
        "Action ",
        "A.",
        "1.1",
        "II - ",
        "Volet interne ",
        "Objectif stratégique ",
        "Constat : ",
        "003.1 ",
    ]
)
anything = st.builds(lambda head, tail: head + tail, heads, st.text(max_size=40))


@given(anything)
def test_what_is_left_of_a_label_or_a_number_is_the_end_of_the_text(text: str) -> None:
    label, number = match_level(text), match_number(text)
    if label is not None:
        assert text.rstrip().endswith(label.rest)
    if number is not None:
        assert text.rstrip().endswith(number.rest)


@given(
    st.integers(1, 9),
    st.lists(st.integers(1, 99), min_size=1, max_size=3),
    st.sampled_from(["Encadrer", "Étendre", "« Citer »"]),
)
def test_every_dotted_number_stays_as_printed(first: int, others: list[int], word: str) -> None:
    code = ".".join(str(part) for part in (first, *others))
    number, label = match_number(f"{code} {word}"), match_level(f"Action {code} : {word}")
    assert number is not None
    assert label is not None
    assert (number.code, label.code) == (code, code)


@given(anything)
def test_any_text_is_read_without_error_and_the_same_again(text: str) -> None:
    for read in (match_section, match_label, split_inline_fields, split_title_fields, is_total, starts_item):
        assert read(text) == read(text)
    title, fields = split_title_fields(text)
    assert text.startswith(title)
    assert bool(fields) or title == text


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("Tracer des pistes (OO.2)", ("Tracer des pistes", "OO.2")),
        ("Tracer des pistes [OS1]", ("Tracer des pistes", "OS1")),
        ("Tracer des pistes (phase 1)", ("Tracer des pistes (phase 1)", "")),
        ("(OO.2)", ("(OO.2)", "")),
    ],
)
def test_codes_in_brackets_after_titles(title: str, cut: tuple[str, str]) -> None:
    assert split_final_code(title) == cut


@pytest.mark.parametrize("unit", ["a ", "( ", "a (b) ", "(OO.2"])
def test_a_hostile_title_costs_no_time(unit: str) -> None:
    started = perf_counter()
    split_final_code(unit * (100_000 // len(unit)) + ")")
    assert perf_counter() - started < 5


@pytest.mark.parametrize(
    ("printed", "code", "rest"),
    [("00 A.1 Accueillir", "OOA.1", "Accueillir"), ("O0 B.2 : Former", "OOB.2", "Former")],
)
def test_a_letter_in_a_code_survives_what_recognition_makes_of_its_label(printed: str, code: str, rest: str) -> None:
    label = match_level(printed)
    assert label is not None
    assert (label.level, label.code, label.rest) == (Level.OBJECTIF_OPERATIONNEL, code, rest)


def test_roman_numerals_that_recognition_read_with_an_l_are_numbers() -> None:
    numbers = [match_number(text) for text in ("Il. Garantir l'équilibre", "Ill. Former", "Il est évalué chaque année")]
    assert [number and number.code for number in numbers] == ["II", "III", None]


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.1.1", "1.1.1"), ("12", "12"), ("2.3 bis", None), ("1.1 Planter", None), ("Planter", None), ("", None)],
)
def test_a_text_that_is_nothing_but_a_code(text: str, code: str | None) -> None:
    number = match_code(text)
    assert (number.code if number is not None else None) == code


def test_closing_brackets_without_end_behind_a_value_are_cut_at_once() -> None:
    assert split_inline_fields(f"Pilote : le service{' )' * 100_000}")[0][2] == "le service"
