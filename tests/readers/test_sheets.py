"""What a coordinator gets from spreadsheets: typed cells, and where each one stands."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from readers.office_files import open_document, zip_of

from pipeline.exceptions import SourceError
from pipeline.model import Cell, Document, Role, Table
from pipeline.readers import read_document
from pipeline.readers.ods import read_ods
from pipeline.readers.sheets import locate, read_csv, read_xlsx


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def workbook_of(*rows: tuple[object, ...]) -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Suivi"
    for row in rows:
        sheet.append(row)
    return workbook


def read(workbook: Workbook) -> Document:
    return read_xlsx(saved(workbook), "suivi.xlsx")


def table_of(document: Document, place: int = 0) -> Table:
    return [block.table for block in document.blocks if block.table is not None][place]


def cells_of(document: Document) -> dict[str, Cell]:
    return {cell.locator: cell for cell in table_of(document).cells}


def test_values_keep_their_type() -> None:
    document = read(workbook_of(("Bancs", 12, 0.1, True, date(2027, 3, 31), datetime(2027, 3, 31, 0, 0), None, "")))
    cells = cells_of(document)
    assert [c.value for c in cells.values()] == [
        "Bancs",
        Decimal("12"),
        Decimal("0.1"),
        True,
        date(2027, 3, 31),
        date(2027, 3, 31),
    ]
    assert [c.text for c in cells.values()] == ["Bancs", "12", "0,1", "VRAI", "2027-03-31", "2027-03-31"]
    assert list(cells) == ["Suivi!A1", "Suivi!B1", "Suivi!C1", "Suivi!D1", "Suivi!E1", "Suivi!F1"]


def test_percent_format_is_known_but_a_percent_sign_in_quotes_is_not() -> None:
    workbook = workbook_of((0.275, 27.5))
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"].number_format = "0.0%"
    sheet["B1"].number_format = '0.0" %"'
    percent, plain = cells_of(read(workbook)).values()
    assert (percent.percent, percent.value, percent.text) == (True, Decimal("0.275"), "27,5 %")
    assert (plain.percent, plain.text) == (False, "27,5")


def test_sheets_are_named_and_hidden_ones_marked() -> None:
    workbook = workbook_of(("a",))
    workbook.create_sheet("Légende").append(("b",))
    workbook["Légende"].sheet_state = "hidden"
    document = read(workbook)
    assert [(b.text, b.role) for b in document.blocks if b.table is None] == [
        ("Suivi", Role.SHEET_NAME),
        ("Légende", Role.SHEET_NAME),
    ]
    assert [(table_of(document, i).name, table_of(document, i).hidden) for i in (0, 1)] == [
        ("Suivi", False),
        ("Légende", True),
    ]
    assert [b.position.page_number for b in document.blocks] == [1, 1, 2, 2]


def test_merged_cells_give_spans_and_covered_places_are_absent() -> None:
    workbook = workbook_of(("OS 1", None, "2025"), ("a", "b", "c"))
    sheet = workbook.active
    assert sheet is not None
    sheet.merge_cells("A1:B1")
    table = table_of(read(workbook))
    assert [(c.text, c.column_span) for c in table.cells][:2] == [("OS 1", 2), ("2025", 1)]


def test_lines_of_a_cell_are_separate_paragraphs() -> None:
    cell = next(iter(cells_of(read(workbook_of(("Service Travaux\nService Écoles",)))).values()))
    assert [b.text for b in cell.blocks] == ["Service Travaux", "Service Écoles"]
    assert cell.value == "Service Travaux\nService Écoles"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    workbook = workbook_of(("x",))
    sheet = workbook.active
    assert sheet is not None
    cell = sheet["A2"]
    cell.value, cell.data_type = '=HYPERLINK("http://exemple.invalid")', "s"
    assert cells_of(read(workbook))["Suivi!A2"].value == '=HYPERLINK("http://exemple.invalid")'


def test_formula_without_a_computed_value_stays_as_its_text() -> None:
    assert cells_of(read(workbook_of((2, 3, "=A1+B1"))))["Suivi!C1"].value == "=A1+B1"


def test_weight_and_fill_of_a_cell() -> None:
    workbook = workbook_of(("Total",))
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"].font = Font(bold=True, color="FF0070C0", size=14)
    sheet["A1"].fill = PatternFill("solid", fgColor="FFFFE699")
    cell = cells_of(read(workbook))["Suivi!A1"]
    style = cell.blocks[0].style
    assert (style.bold, style.size_pt, style.color, cell.fill) == (True, 14.0, "0070c0", "ffe699")


def test_one_cell_at_the_far_end_costs_nothing() -> None:
    workbook = workbook_of(("a",))
    sheet = workbook.active
    assert sheet is not None
    sheet["XFD1048576"] = "loin"
    table = table_of(read(workbook))
    assert (table.row_count, table.column_count, len(table.cells)) == (1_048_576, 16_384, 2)


def test_merge_down_to_the_end_of_the_sheet_costs_nothing() -> None:
    workbook = workbook_of(("a", "b"), (None, "c"))
    sheet = workbook.active
    assert sheet is not None
    sheet.merge_cells("A1:A2")
    data = saved(workbook)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    members[part] = bytes(members[part]).replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    table = table_of(read_xlsx(zip_of(members), "suivi.xlsx"))
    assert [c.text for c in table.cells] == ["a", "b", "c"]


def test_merge_longer_than_the_values_is_cut() -> None:
    workbook = workbook_of(("a", "b"), (None, "c"))
    sheet = workbook.active
    assert sheet is not None
    sheet.merge_cells("A1:A50")
    table = table_of(read(workbook))
    assert (table.row_count, table.cells[0].row_span) == (2, 2)


def test_hostile_workbooks_are_refused() -> None:
    for members, code in (
        ({"xl/workbook.xml": "<!DOCTYPE a><a/>"}, "xml_doctype"),
        ({"xl/workbook.xml": "<a/>"}, "file_broken"),
    ):
        with pytest.raises(SourceError) as error:
            read_xlsx(zip_of(members), "suivi.xlsx")
        assert error.value.code == code


@pytest.mark.slow
@pytest.mark.libreoffice
def test_old_excel_workbook_gives_the_same_values(tmp_path: Path) -> None:
    workbook = workbook_of(("Bancs", 12.5, date(2027, 3, 31)), ("fusion", None, True))
    sheet = workbook.active
    assert sheet is not None
    sheet.merge_cells("A2:B2")
    workbook.save(tmp_path / "suivi.xlsx")
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program is not None
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), "suivi.xlsx"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    document = read_document(tmp_path / "suivi.xls")
    assert document.format == "xls"
    cells = cells_of(document)
    assert [cell.value for cell in cells.values()] == ["Bancs", Decimal("12.5"), date(2027, 3, 31), "fusion", True]
    assert cells["Suivi!A2"].column_span == 2


# ---------------------------------------------------------------------------------------------------------------- csv


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_in_any_usual_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    rows = ("Relevé de Valmont", "", "Action;Année;Coût", "Bancs;2025;1500", '"Haies; arbres";2026;-', "Crèche;2027;8")
    text = "\r\n".join(row if '"' in row else row.replace(";", delimiter) for row in rows)
    if delimiter != ";":
        text = text.replace('"Haies; arbres";2026;-', f'"Haies; arbres"{delimiter}2026{delimiter}-')
    document = read_csv(text.encode(encoding), "suivi.csv")
    table = table_of(document)
    assert (table.row_count, table.column_count, table.name) == (6, 3, "")
    values = {cell.locator: cell.value for cell in table.cells}
    assert (values["A5"], values["B5"], values["C3"]) == ("Haies; arbres", "2026", "Coût")


def test_commas_in_sentences_part_no_cells() -> None:
    rows = ("Action", "Rouler autrement, en ville comme au village", "Tracer une piste", "Prêter des vélos", "Marcher")
    table = table_of(read_csv("\n".join(rows).encode(), "suivi.csv"))
    assert [cell.value for cell in table.cells] == list(rows)
    table = table_of(read_csv(b"Action, Fin, Cout\nBancs, 2025, 1500\n", "suivi.csv"))
    assert table.column_count == 3


def test_excel_separator_line_is_obeyed() -> None:
    table = table_of(read_csv(b"sep=,\na;x,b\n", "suivi.csv"))
    assert [cell.value for cell in table.cells] == ["a;x", "b"]


@given(st.integers(0, 20_000), st.integers(0, 16_383))
def test_locators_name_one_cell_each(row: int, column: int) -> None:
    from openpyxl.utils import coordinate_to_tuple

    assert coordinate_to_tuple(locate("", row, column)) == (row + 1, column + 1)


# ---------------------------------------------------------------------------------------------------------------- ods

SHEET = """<table:table table:name="Relevé"{style}>
<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>Titre</text:p>
</table:table-cell><table:covered-table-cell/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="1234.50">
<text:p>1 234,50</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.4"><text:p>40 %</text:p></table:table-cell>
</table:table-row>
<table:table-row><table:table-cell office:value-type="date" office:date-value="2027-03-31T00:00:00">
<text:p>31/03/27</text:p></table:table-cell>
<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>
</table:table>"""


def read_sheet(content: str, automatic: str = "") -> Document:
    return read_ods(open_document("spreadsheet", content, automatic=automatic), "suivi.ods")


def test_open_document_sheets_have_types_percents_spans_and_repeated_rows() -> None:
    table = table_of(read_sheet(SHEET.format(style="")))
    assert (table.row_count, table.column_count, table.hidden) == (4, 2, False)
    assert [(c.locator, c.value, c.percent) for c in table.cells] == [
        ("Relevé!A1", "Titre", False),
        ("Relevé!A2", Decimal("1234.50"), False),
        ("Relevé!B2", Decimal("0.4"), True),
        ("Relevé!A3", Decimal("1234.50"), False),
        ("Relevé!B3", Decimal("0.4"), True),
        ("Relevé!A4", date(2027, 3, 31), False),
        ("Relevé!B4", True, False),
    ]
    assert table.cells[0].column_span == 2
    assert [c.text for c in table.cells][1:3] == ["1234,5", "40 %"]


def test_hidden_open_document_sheet_is_marked() -> None:
    hiding = '<style:table-properties table:display="false"/>'
    automatic = f'<style:style style:name="ta1" style:family="table">{hiding}</style:style>'
    assert table_of(read_sheet(SHEET.format(style=' table:style-name="ta1"'), automatic)).hidden


def test_open_document_row_repeated_with_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.ods.MAX_CELLS", 100)
    bomb = SHEET.format(style="").replace('number-rows-repeated="2"', 'number-rows-repeated="1000000"')
    with pytest.raises(SourceError) as error:
        read_sheet(bomb)
    assert error.value.code == "sheet_too_big"
