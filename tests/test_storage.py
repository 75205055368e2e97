"""What ends on disk: exact tables, nothing half-written, nothing of a person's overwritten."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import storage
from pipeline.exceptions import DataError, UsageError
from pipeline.model import (
    Actor,
    Became,
    BlockFate,
    Budget,
    Element,
    Evaluation,
    Extraction,
    Figure,
    Indicator,
    Layout,
    Level,
    Measure,
    Plan,
    Remark,
    Severity,
    Statement,
)

PLAN = Plan(
    elements=(
        Element("a1", "", 1, Level.OBJECTIF_STRATEGIQUE, "OS 1", "Être une commune, \u00abpropre\u00bb\net s\u00fbre"),
        Element(
            "b2",
            "a1",
            2,
            Level.ACTION,
            "1.10",
            "=1+1",
            progress=Decimal("40.50"),
            budget=Decimal("0"),
            confidence=0.9876543,
        ),
    ),
    actors=(Actor("b2", "service", "Travaux"),),
    budgets=(Budget("b2", "2026", Decimal("1E+3"), "", "Wallonie"), Budget("b2", "2027", None)),
    indicators=(Indicator("i1", "b2", "Arbres plant\u00e9s"),),
    measures=(Measure("i1", "2026", "actual", None, "", "n.d.", "x.xlsx", "A1"),),
    statements=(Statement("m1", "title", "=1+1", "=1+1", "x.docx", "p. 1", 1 / 3, rank=1),),
    remarks=(Remark(Severity.WARNING, "source_unread", (("reason", "ab\u00eem\u00e9"),), source="x.docx"),),
    blocks=(BlockFate("x.docx", 1, 0, Became.ELEMENT, "=1+1", "m1", "b2"),),
)


def test_tables_of_the_contract_are_all_there_with_their_columns_even_when_empty() -> None:
    files = storage.build_plan_files(Plan())
    assert list(files) == [f"{name}.csv" for name in storage.TABLES]
    assert files["budgets.csv"] == b"element_id,year,amount,kind,funder\n"
    assert files["elements.csv"].startswith(b"id,parent_id,position,level,code,title,description,comment,status,")
    assert files["statements.csv"] == (
        b"mention_id,element_id,group,field,value,original,source,locator,confidence,rank\n"
    )


def test_numbers_are_plain_and_texts_are_kept_as_they_are() -> None:
    files = storage.build_plan_files(PLAN)
    rows = list(csv.DictReader(io.StringIO(files["elements.csv"].decode("utf-8"), newline="")))
    assert rows[0]["title"] == "Être une commune, «propre»\net sûre"
    assert (rows[1]["title"], rows[1]["code"]) == ("=1+1", "1.10")
    assert (rows[1]["progress"], rows[1]["budget"], rows[1]["fte"], rows[1]["confidence"]) == (
        "40.5",
        "0",
        "",
        "0.9877",
    )
    assert b"b2,2026,1000,,Wallonie\n" in files["budgets.csv"]
    assert b"\r" not in b"".join(files.values())


def test_a_remark_row_holds_its_french_sentence() -> None:
    row = next(csv.DictReader(io.StringIO(storage.write_table("remarks", PLAN.remarks).decode("utf-8"))))
    assert row["severity"] == "warning"
    assert row["message"].endswith("abîmé")


def test_a_plan_read_back_gives_the_same_tables(tmp_path: Path) -> None:
    storage.write_folder(tmp_path / "out", storage.build_plan_files(PLAN), made_from={})
    again = storage.read_plan(tmp_path / "out")
    assert storage.build_plan_files(again) == storage.build_plan_files(PLAN)
    assert again.budgets[1].amount is None
    assert again.remarks == PLAN.remarks


cells = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(title=cells, code=cells, amount=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_any_text_survives_the_table_but_for_its_kind_of_line_break(
    title: str, code: str, amount: Decimal | None
) -> None:
    title, code = (text.replace("\r\n", "\n").replace("\r", "\n") for text in (title, code))
    element = Element("i", "", 1, Level.ACTION, code, title, budget=amount)
    assert storage.read_table("elements", storage.write_table("elements", [element])) == (element,)


def test_an_extraction_read_back_is_the_same() -> None:
    extraction = Extraction("x.docx", PLAN.statements, PLAN.blocks, PLAN.remarks, Layout("x.docx"), (("entity", "V"),))
    again = storage.read_extraction(storage.build_extraction_files(extraction))
    assert again.statements[0].confidence == 1 / 3
    assert again.facts == extraction.facts
    assert again.remarks == extraction.remarks


def test_a_broken_table_is_one_error() -> None:
    with pytest.raises(DataError):
        storage.read_table("elements", b"id,level\nx,nonsense\n")
    with pytest.raises(DataError):
        storage.read_table("actors", b"\xff\xfe")


def test_the_data_package_lists_every_file_without_clock_or_path(tmp_path: Path) -> None:
    files = {**storage.build_plan_files(PLAN), "layout/x.docx.toml": b"a = 1\n"}
    for folder in ("one", "two"):
        storage.write_folder(tmp_path / folder, files, made_from={"x.docx": "00"})
    first = (tmp_path / "one" / "datapackage.json").read_bytes()
    assert first == (tmp_path / "two" / "datapackage.json").read_bytes()
    assert str(tmp_path).encode() not in first
    resources = json.loads(first)["resources"]
    assert [r["path"] for r in resources[:2]] == ["elements.csv", "actors.csv"]
    assert {r["path"] for r in resources} == set(files)
    assert all(r["hash"] == f"sha256:{storage.hash_bytes(files[r['path']])}" for r in resources)
    assert resources[0]["schema"]["fields"][2] == {"name": "position", "type": "integer"}


def test_a_folder_is_ours_until_a_file_is_edited_added_or_removed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert storage.find_edit(folder) == ""
    storage.write_folder(folder, {"a.csv": b"1", "b.csv": b"2"}, made_from={})
    assert storage.find_edit(folder) == ""
    (folder / "~$relecture.xlsx").write_bytes(b"lock of Excel")
    assert storage.find_edit(folder) == ""
    (folder / "b.csv").write_bytes(b"3")
    assert storage.find_edit(folder) == "b.csv"
    (folder / "b.csv").write_bytes(b"2")
    (folder / "mine.txt").write_bytes(b"")
    assert storage.find_edit(folder) == "mine.txt"
    (folder / "mine.txt").unlink()
    (folder / "a.csv").unlink()
    assert storage.find_edit(folder) == "a.csv"


def test_a_folder_without_our_record_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(b"mine")
    assert storage.find_edit(tmp_path) == "letter.docx"
    (tmp_path / "datapackage.json").write_text('{"resources": "no"}')
    assert storage.find_edit(tmp_path) != ""


def test_replacing_a_folder_leaves_nothing_of_the_old_one_and_nothing_beside(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    storage.write_folder(folder, {"old.csv": b"1", "layout/old.toml": b""}, made_from={})
    storage.write_folder(folder, {"new.csv": b"2"}, made_from={})
    assert sorted(p.name for p in folder.rglob("*")) == ["datapackage.json", "new.csv"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_folder_in_which_one_stands_is_filled_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    storage.write_folder(folder, {"old.csv": b"1", "layout/old.toml": b""}, made_from={})
    monkeypatch.chdir(folder)
    number = folder.stat().st_ino
    storage.write_folder(folder, {"new.csv": b"2"}, made_from={})
    assert folder.stat().st_ino == number
    assert sorted(p.name for p in folder.rglob("*")) == ["datapackage.json", "new.csv"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failure_while_writing_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    storage.write_folder(folder, {"a.csv": b"1"}, made_from={})
    with pytest.raises(UsageError):
        storage.write_folder(folder, {"a.csv": b"2", "a.csv/b": b""}, made_from={})
    assert storage.find_edit(folder) == ""
    assert (folder / "a.csv").read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_product_edited_by_hand_is_kept_aside(tmp_path: Path) -> None:
    assert storage.write_product(tmp_path, "rapport.docx", b"1", made_from="k", facts={}) == ""
    assert storage.write_product(tmp_path, "rapport.docx", b"2", made_from="k", facts={}) == ""
    (tmp_path / "rapport.docx").write_bytes(b"mine")
    assert storage.write_product(tmp_path, "rapport.docx", b"3", made_from="k", facts={}) == "rapport (modifié 1).docx"
    (tmp_path / "rapport.docx").write_bytes(b"mine again")
    assert storage.write_product(tmp_path, "rapport.docx", b"4", made_from="k", facts={}) == "rapport (modifié 2).docx"
    assert (tmp_path / "rapport (modifié 1).docx").read_bytes() == b"mine"
    assert (tmp_path / "rapport.docx").read_bytes() == b"4"


def test_a_product_that_was_there_before_us_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "annexe.docx").write_bytes(b"of somebody")
    assert storage.write_product(tmp_path, "annexe.docx", b"1", made_from="k", facts={}) == "annexe (modifié 1).docx"


@pytest.mark.parametrize("lock", ["~$rapport.docx", "~$pport.docx", ".~lock.rapport.docx#"])
def test_a_product_that_is_open_in_word_or_libreoffice_is_left(tmp_path: Path, lock: str) -> None:
    storage.write_product(tmp_path, "rapport.docx", b"1", made_from="k", facts={})
    (tmp_path / lock).write_bytes(b"")
    with pytest.raises(UsageError) as caught:
        storage.write_product(tmp_path, "rapport.docx", b"2", made_from="k", facts={})
    assert (caught.value.code, caught.value.facts["file"]) == ("file_busy", "rapport.docx")
    assert (tmp_path / "rapport.docx").read_bytes() == b"1"


def test_a_product_that_may_not_be_written_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage.write_product(tmp_path, "rapport.docx", b"1", made_from="k", facts={})

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "held", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UsageError) as caught:
        storage.write_product(tmp_path, "rapport.docx", b"2", made_from="k", facts={})
    assert caught.value.code == "file_busy"
    assert [p.name for p in tmp_path.glob("*.tmp")] == []


def test_an_evaluation_is_json_without_floats() -> None:
    evaluation = Evaluation(date(2027, 9, 30), (Figure("", "done", 1, 3, "r"),), fingerprint="ff")
    content = json.loads(storage.build_evaluation_file(evaluation))
    assert content["cutoff"] == "2027-09-30"
    assert content["figures"][0]["denominator"] == 3
