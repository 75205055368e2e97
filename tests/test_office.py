"""LibreOffice: found or said to be missing; believed only when a true file came out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline import office
from pipeline.exceptions import SourceError, ToolMissingError
from pipeline.remarks import render_error


def test_a_machine_without_libreoffice_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    office.find_soffice.cache_clear()
    monkeypatch.setattr(office.shutil, "which", lambda name: None)
    monkeypatch.setattr(office, "_USUAL_PLACES", ())
    with pytest.raises(ToolMissingError) as caught:
        office.convert_to_pdf([Path("x.docx")], Path())
    assert "libreoffice-writer-nogui" in render_error(caught.value)
    office.find_soffice.cache_clear()


def test_the_clock_and_the_random_numbers_leave_a_pdf_without_moving_anything() -> None:
    def pdf(hour: bytes, number: bytes) -> bytes:
        return (
            b"%PDF-1.6\n/CreationDate(D:" + hour + b"Z00'00')\n/ID [ <" + number + b">\n<" + number + b"> ]\n"
            b"/DocChecksum /" + number + b"\n%%EOF"
        )

    one = office.drop_clock(pdf(b"20261120034353", b"5D99FB10CD016BDE5ACB7D91476F20C4"))
    two = office.drop_clock(pdf(b"20270101120000", b"00000000000000000000000000000001"))
    assert one == two
    assert len(one) == len(pdf(b"20261120034353", b"5D99FB10CD016BDE5ACB7D91476F20C4"))
    assert b"20261120" not in one


@pytest.mark.slow
@pytest.mark.libreoffice
def test_old_formats_become_new_ones_and_rubbish_does_not(tmp_path: Path) -> None:
    letter = tmp_path / "vieux plan.rtf"
    letter.write_bytes(b"{\\rtf1\\ansi {\\b Objectif 1} Planter\\par}")
    (tmp_path / "docx").write_bytes(office.convert_legacy(letter, "docx"))
    with zipfile.ZipFile(tmp_path / "docx") as archive:
        assert b"Planter" in archive.read("word/document.xml")
    rubbish = tmp_path / "rubbish.ppt"
    rubbish.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    with pytest.raises(SourceError) as caught:
        office.convert_legacy(rubbish, "pptx")
    assert caught.value.code == "legacy_failed"


@pytest.mark.slow
@pytest.mark.libreoffice
def test_many_documents_become_pdfs_in_one_go_and_a_broken_one_is_told(tmp_path: Path) -> None:
    import docx

    for name in ("un", "deux"):
        document = docx.Document()
        document.add_paragraph(f"Rapport {name}")
        document.save(str(tmp_path / f"{name}.docx"))
    (tmp_path / "trois.docx").write_bytes(b"PK\x03\x04 broken")
    out = tmp_path / "out"
    out.mkdir()
    names = ("un", "trois", "deux")
    found = office.convert_to_pdf([tmp_path / f"{name}.docx" for name in names], out)
    assert [path is not None for path in found] == [True, False, True]
