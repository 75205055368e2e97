"""What a person gets from a service's spreadsheet, however it was laid out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.measures import extract_measures
from pipeline.model import (
    Became,
    Block,
    Cell,
    CellValue,
    Document,
    Extraction,
    Role,
    Table,
    build_document,
    leaf_blocks,
)

Percent = tuple[Decimal, str]


def shown(value: CellValue) -> str:
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    return value.isoformat() if isinstance(value, date) else str(value)


def sheet(
    *rows: tuple[CellValue | Percent, ...],
    name: str = "Suivi",
    hidden: bool = False,
    merged: tuple[tuple[int, int, int, int], ...] = (),
) -> list[Block]:
    """A sheet from its rows; `merged` holds (row, column, row span, column span); a pair is a percent as shown."""
    spans = {(r, c): (rs, cs) for r, c, rs, cs in merged}
    cells = []
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is None or value == "":
                continue
            number, text = value if isinstance(value, tuple) else (value, shown(value))
            row_span, column_span = spans.get((r, c), (1, 1))
            place, percent = f"{name}!{'ABCDEFGHIJ'[c]}{r + 1}", isinstance(value, tuple)
            cells.append(Cell(r, c, (Block(text=text),), row_span, column_span, "", number, percent, False, place))
    width = max(len(row) for row in rows)
    return [Block(text=name, role=Role.SHEET_NAME), Block(table=Table(len(rows), width, tuple(cells), 0, name, hidden))]


def read(*blocks: Block) -> Extraction:
    return extract_measures(build_document("suivi.xlsx", "xlsx", list(blocks)))


Row = tuple[str, str, str, str, str, str]


def rows(extraction: Extraction) -> list[Row]:
    """(reference, indicator, period, role, value, unit) of each measure."""
    mentions: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for statement in extraction.statements:
        mentions[statement.mention_id][statement.group][statement.field] = statement.value
    found = []
    for groups in mentions.values():
        reference = groups[""].get("ref_code") or groups[""].get("ref_title", "")
        for name in sorted(g for g in groups if "." in g):
            one, label = groups[name], groups[name.split(".")[0]].get("indicator_label", "")
            found.append(
                (
                    reference,
                    label,
                    one["measure_period"],
                    one["measure_role"],
                    one["measure_value"],
                    one.get("measure_unit", ""),
                )
            )
    return found


def remarks(extraction: Extraction) -> list[str]:
    return [r.code for r in extraction.remarks]


def test_a_long_table_with_a_title_above_and_a_note_below() -> None:
    extraction = read(
        *sheet(
            ("Relevé des indicateurs du service Nature",),
            (),
            (
                "Référence",
                "Intitulé de l'action",
                "Indicateur",
                "Date de mesure",
                "Valeur",
                "Valeur à atteindre",
                "Unité",
            ),
            ("A1.1", "Planter des haies", "Haies plantées", date(2026, 12, 31), Decimal("3.5"), Decimal(12), "km"),
            ("A1.2", "Ouvrir un verger", "Arbres", "30/06/2026", "1 250", "-", ""),
            (),
            ("Source : service Nature, relevé annuel.",),
        )
    )
    assert rows(extraction) == [
        ("A1.1", "Haies plantées", "2026-12-31", "actual", "3.5", "km"),
        ("A1.1", "Haies plantées", "", "target", "12", "km"),
        ("A1.2", "Arbres", "2026-06-30", "actual", "1250", ""),
        ("A1.2", "Arbres", "", "target", "", ""),
    ]
    assert remarks(extraction) == ["measure_no_number", "measure_note_row"]


def test_a_wide_table_with_years_in_several_forms() -> None:
    extraction = read(
        *sheet(
            (
                "Code",
                "Indicateur",
                "Situation initiale 2023",
                "Valeur 2024",
                "Réalisé 2025",
                Decimal(2026),
                "31/12/2026",
                "Cible 2030",
            ),
            ("1.1", "Cyclistes", Decimal(100), Decimal(110), Decimal(120), Decimal(130), Decimal(140), Decimal(200)),
        )
    )
    assert [(period, role, value) for _, _, period, role, value, _ in rows(extraction)] == [
        ("2023", "baseline", "100"),
        ("2024", "actual", "110"),
        ("2025", "actual", "120"),
        ("2026", "actual", "130"),
        ("2026-12-31", "actual", "140"),
        ("2030", "target", "200"),
    ]


def test_a_header_on_two_lines_with_merged_cells() -> None:
    extraction = read(
        *sheet(
            ("N°", "Action", "Indicateur", "2025", "", "2026", ""),
            ("", "", "", "Réalisé", "Cible", "Réalisé", "Cible"),
            ("2.1", "Entretenir les sentiers", "Sentiers", Decimal(4), Decimal(5), Decimal(6), Decimal(8)),
            merged=((0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 2, 1), (0, 3, 1, 2), (0, 5, 1, 2)),
        )
    )
    assert [r[2:5] for r in rows(extraction)] == [
        ("2025", "actual", "4"),
        ("2025", "target", "5"),
        ("2026", "actual", "6"),
        ("2026", "target", "8"),
    ]


def test_halves_and_quarters_under_a_year() -> None:
    extraction = read(
        *sheet(
            ("Code", "Indicateur", "2026", "", "T1 2027"),
            ("", "", "S1", "S2", ""),
            ("2.1", "Visites", Decimal(4), Decimal(5), Decimal(6)),
            merged=((0, 2, 1, 2),),
        )
    )
    assert [r[2] for r in rows(extraction)] == ["2026-S1", "2026-S2", "2027-Q1"]


def test_months_take_the_year_of_the_title() -> None:
    extraction = read(
        *sheet(
            ("Fréquentation de la bibliothèque en 2026",),
            ("Code", "Indicateur", "Janvier", "Février"),
            ("2.1", "Visites", Decimal(4), Decimal(5)),
        )
    )
    assert [r[2] for r in rows(extraction)] == ["2026-01", "2026-02"]


def test_a_code_typed_once_for_several_rows() -> None:
    extraction = read(
        *sheet(
            ("Code", "Indicateur", "Date", "Valeur", "Unité"),
            ("A1.1", "Absences", Decimal(44196), "6,8", "%"),
            ("", "", Decimal(44377), "6,1", "%"),
            ("", "Départs", Decimal(2021), Decimal(3), "agents"),
            ("A1.2", "", Decimal(2021), Decimal(9), ""),
            merged=((1, 0, 3, 1),),
        )
    )
    assert rows(extraction) == [
        ("A1.1", "Absences", "2020-12-31", "actual", "6.8", "%"),
        ("A1.1", "Absences", "2021-06-30", "actual", "6.1", "%"),
        ("A1.1", "Départs", "2021", "actual", "3", "agents"),
        ("A1.2", "A1.2", "2021", "actual", "9", ""),
    ]


def test_numbers_percents_and_scales_are_read_by_their_kind() -> None:
    extraction = read(
        *sheet(
            ("Code", "Indicateur", "Valeur", "Unité"),
            ("1", "Part locale", (Decimal("0.275"), "27,5 %"), ""),
            ("2", "Part bio", "27,5 %", "%"),
            ("3", "Visiteurs", "8.627", "personnes"),
            ("4", "Subside", Decimal("12.5"), "k€"),
            ("5", "Subside reçu", "1.250.000,00 €", ""),
            ("6", "Masse (kg)", Decimal("8.627"), ""),
            ("7", "Rien", "n.d.", ""),
        )
    )
    assert [r[4:] for r in rows(extraction)] == [
        ("27.5", "%"),
        ("27.5", "%"),
        ("8627", "personnes"),
        ("12500", "€"),
        ("1250000", "€"),
        ("8.627", "kg"),
        ("", ""),
    ]
    assert [s.original for s in extraction.statements if s.field == "measure_value"][-1] == "n.d."


def test_totals_and_rows_without_value_are_said_not_read() -> None:
    extraction = read(
        *sheet(
            ("Action", "Indicateur", "2025", "2026"),
            ("Planter des haies", "Haies", Decimal(3), Decimal(4)),
            ("Ouvrir un verger", "Arbres", "", ""),
            ("TOTAL", "", Decimal(3), Decimal(4)),
        )
    )
    assert len(rows(extraction)) == 2
    assert remarks(extraction) == ["measure_row_without_value", "measure_total_row"]


def test_actions_without_an_indicator_column() -> None:
    extraction = read(
        *sheet(("Projet", "Unité", "2025", "Cible 2030"), ("Planter des haies", "km", Decimal(3), Decimal(9)))
    )
    assert rows(extraction) == [
        ("Planter des haies", "Planter des haies", "2025", "actual", "3", "km"),
        ("Planter des haies", "Planter des haies", "2030", "target", "9", "km"),
    ]


def test_columns_that_are_indicators_themselves() -> None:
    extraction = read(
        *sheet(
            ("Action A2.3 : Bibliothèque",),
            ("Année", "Nombre de visiteurs", "Nombre de prêts"),
            (Decimal(2025), Decimal(900), Decimal(4100)),
            (Decimal(2026), Decimal(950), Decimal(4300)),
        )
    )
    assert rows(extraction)[:3] == [
        ("A2.3", "Nombre de visiteurs", "2025", "actual", "900", ""),
        ("A2.3", "Nombre de prêts", "2025", "actual", "4100", ""),
        ("A2.3", "Nombre de visiteurs", "2026", "actual", "950", ""),
    ]


def test_a_word_that_is_a_title_or_a_target() -> None:
    words = read(*sheet(("Objectif", "Indicateur", "2026"), ("Planter des haies", "Haies", Decimal(3))))
    numbers = read(*sheet(("Code", "Indicateur", "2026", "Objectif"), ("1.1", "Haies", Decimal(3), Decimal(9))))
    assert rows(words)[0][0] == "Planter des haies"
    assert [r[3:5] for r in rows(numbers)] == [("actual", "3"), ("target", "9")]


def test_a_code_typed_in_front_of_the_title() -> None:
    extraction = read(*sheet(("Action", "Indicateur", "2026"), ("A1.2 - Planter des haies", "Haies", Decimal(3))))
    references = {s.field: s.value for s in extraction.statements if s.field.startswith("ref_")}
    assert references == {"ref_code": "A1.2", "ref_title": "Planter des haies"}


def test_one_sheet_a_service_hidden_ones_too() -> None:
    head = ("Code", "Indicateur", "2026")
    extraction = read(
        *sheet(head, ("1.1", "Haies", Decimal(3)), name="Nature"),
        *sheet(head, ("2.1", "Livres", Decimal(5)), name="Culture", hidden=True),
        *sheet(("Mode d'emploi",), ("Complétez les feuilles.",), name="Lisez-moi"),
    )
    assert [r[0] for r in rows(extraction)] == ["1.1", "2.1"]
    assert remarks(extraction) == ["measure_hidden_sheet", "measure_no_header"]
    assert {s.locator for s in extraction.statements if s.field == "measure_value"} == {"Nature!C2", "Culture!C2"}


def test_a_second_table_further_down_has_its_own_header() -> None:
    extraction = read(
        *sheet(
            ("Code", "Indicateur", "2025"),
            ("1.1", "Haies", Decimal(3)),
            (),
            ("Action A2.1 : Bibliothèque",),
            ("Indicateur", "Valeur cible", "2026"),
            ("Livres", Decimal(9), Decimal(5)),
        )
    )
    assert [(r[0], r[2], r[3], r[4]) for r in rows(extraction)] == [
        ("1.1", "2025", "actual", "3"),
        ("A2.1", "", "target", "9"),
        ("A2.1", "2026", "actual", "5"),
    ]


def test_columns_of_other_things_are_left_alone() -> None:
    extraction = read(
        *sheet(
            ("Code", "Responsable", "Indicateur", "Budget 2026", "Réalisé 2026", "Échéance", "Commentaire"),
            ("1.1", "Cheffe de service", "Haies", Decimal(5000), Decimal(3), Decimal(2028), "Retard dû à la pluie"),
        )
    )
    assert rows(extraction) == [("1.1", "Haies", "2026", "actual", "3", "")]


def test_a_formula_or_a_template_mark_stays_text() -> None:
    extraction = read(*sheet(("Code", "Indicateur", "2026"), ("1.1", '=HYPERLINK("x")', "{{ 7*7 }}")))
    assert rows(extraction) == [("1.1", '=HYPERLINK("x")', "2026", "actual", "", "")]
    assert [s.original for s in extraction.statements if s.field == "measure_value"] == ["{{ 7*7 }}"]


def test_a_file_without_measures_says_so() -> None:
    assert remarks(read(*sheet(("Bonjour",)))) == ["measure_no_header", "measure_none"]
    assert remarks(read(Block(text="Un texte."))) == ["measure_none"]


cell_values = st.one_of(
    st.none(),
    st.sampled_from(
        ["Code", "Indicateur", "Valeur", "2026", "Cible 2030", "Date", "Total", "A1.1", "n.d.", "12 %", "Action"]
    ),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-10, max_value=99999),
    st.booleans(),
    st.dates(),
)


@given(st.lists(st.lists(cell_values, min_size=1, max_size=6).map(tuple), min_size=1, max_size=8))
def test_any_sheet_is_read_and_every_block_has_one_fate(grid: list[tuple[CellValue, ...]]) -> None:
    document: Document = build_document("suivi.xlsx", "xlsx", sheet(*grid))
    extraction = extract_measures(document)
    assert [b.index for b in extraction.blocks] == [b.index for b in leaf_blocks(document.blocks)]
    assert extract_measures(document) == extraction
    mentions = {s.mention_id for s in extraction.statements}
    assert {b.mention_id for b in extraction.blocks if b.mention_id} == mentions
    assert all(b.became is not Became.ELEMENT for b in extraction.blocks)
