"""The door takes any file by what it is, and refuses the rest with a clear code."""

from __future__ import annotations

import contextlib
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers.office_files import open_document, para, texts, word, zip_of

from pipeline.exceptions import SourceError
from pipeline.readers import read_document
from pipeline.readers.file_types import find_type
from pipeline.readers.names import heading_level, is_contents_style, is_title_style, list_style_level
from pipeline.readers.numbering import ListLevel, advance, format_number, write_marker
from pipeline.readers.package import parse_xml


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path) -> tuple[str, dict[str, str]]:
    with pytest.raises(SourceError) as error:
        read_document(path)
    return error.value.code, error.value.facts


def ole(*streams: str) -> bytes:
    """A compound file whose root holds these streams: sector 0 is the allocation table, sector 1 the directory."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = bytearray(512)
    for place, name in enumerate(("Root Entry", *streams)):
        written = name.encode("utf-16-le") + b"\0\0"
        directory[place * 128 : place * 128 + len(written)] = written
        struct.pack_into("<H", directory, place * 128 + 64, len(written))
        sibling = place + 1 if 0 < place < len(streams) else 0xFFFFFFFF
        struct.pack_into("<III", directory, place * 128 + 68, 0xFFFFFFFF, sibling, 1 if place == 0 else 0xFFFFFFFF)
    return bytes(header) + table + bytes(directory)


def test_name_does_not_matter_the_content_does(tmp_path: Path) -> None:
    document = read_document(put(tmp_path, "plan.pdf", word(para("Planter"))))
    assert (document.format, document.source, texts(document)) == ("docx", "plan.pdf", ["Planter"])


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("vide.docx", b"", "file_empty"),
        ("photos.docx", zip_of({"lisez-moi.txt": "x"}), "not_word"),
        ("photos.zip", zip_of({"lisez-moi.txt": "x"}), "file_type_unknown"),
        ("plan.docx", b"\x89PNG\r\n\x1a\n\x00", "not_word"),
        ("page.txt", b"<!DOCTYPE html><html></html>", "file_type_unknown"),
        ("plan.docx", b"PK\x03\x04rien", "file_broken"),
        ("plan.docx", word(para("")), "no_text"),
        ("plan.txt", b"  \n ", "no_text"),
        ("plan.docx", ole("EncryptedPackage", "EncryptionInfo"), "file_encrypted"),
        ("secret.odt", zip_of({"mimetype": "x", "META-INF/manifest.xml": "<encryption-data/>"}), "file_encrypted"),
        ("plan.msg", ole("__properties"), "file_type_unknown"),
    ],
)
def test_refusals_are_clear(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    found, facts = refusal(put(tmp_path, name, data))
    assert (found, facts["file"]) == (code, name)


@pytest.mark.parametrize(
    ("data", "kind", "target"),
    [
        (ole("1Table", "WordDocument"), "doc", "docx"),
        (ole("PowerPoint Document"), "ppt", "pptx"),
        (b"{\\rtf1 x}", "rtf", "docx"),
        (open_document("presentation", ""), "odp", "pptx"),
    ],
)
def test_old_formats_ask_for_a_conversion(tmp_path: Path, data: bytes, kind: str, target: str) -> None:
    code, facts = refusal(put(tmp_path, "ancien", data))
    assert (code, facts["kind"], facts["target"]) == ("legacy_needs_conversion", kind, target)


def test_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.docx")[0] == "file_unreadable"


def test_member_names_are_never_paths(tmp_path: Path) -> None:
    data = word(para("Planter"))
    path = put(tmp_path, "plan.docx", data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evasion.txt", "x")
    assert texts(read_document(path)) == ["Planter"]
    assert sorted(p.name for p in tmp_path.parent.rglob("evasion*")) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_doctype_is_seen_in_every_encoding(encoding: str) -> None:
    mark = {"utf-8": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    with pytest.raises(SourceError) as error:
        parse_xml(mark + '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(encoding), "x")
    assert error.value.code == "xml_doctype"


@given(st.binary(max_size=600))
def test_any_bytes_are_a_type_or_a_refusal(data: bytes) -> None:
    for prefix in (b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"):
        with contextlib.suppress(SourceError):
            assert find_type(prefix + data, "x.docx")


def test_style_names_in_both_languages() -> None:
    assert [heading_level(n) for n in ("heading 1", "Titre 2", "Titre", "Titre de section")] == [1, 2, None, None]
    assert [is_contents_style(n) for n in ("toc 2", "TM 1", "Table des matières", "Tome")] == [True, True, True, False]
    assert [is_title_style(n) for n in ("Title", "Titre", "Titre 1")] == [True, True, False]
    assert [list_style_level(n) for n in ("List Bullet", "List Number 3", "Liste à puces 2", "Corps")] == [
        0,
        2,
        1,
        None,
    ]


@given(st.integers(1, 3000))
def test_roman_numbers_read_back(number: int) -> None:
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    digits = [values[letter] for letter in format_number(number, "upperRoman")]
    assert sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits)) == number


@given(st.lists(st.integers(0, 2), min_size=1, max_size=30))
def test_numbers_of_a_list_never_repeat(levels: list[int]) -> None:
    definition = tuple(ListLevel(".".join(f"%{n}" for n in range(1, i + 2))) for i in range(9))
    counters: list[int | None] = [None] * 9
    seen = []
    for index in [0, *levels]:
        advance(counters, index, definition)
        seen.append(write_marker(counters, index, definition))
    assert len(seen) == len(set(seen))


def test_a_library_that_fails_on_a_strange_file_is_a_fact_about_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes, source: str) -> None:
        raise KeyError("w:body")

    monkeypatch.setattr("pipeline.readers.docx.read_docx", fail)
    path = tmp_path / "plan.docx"
    path.write_bytes(word(para("Objectif")))
    with pytest.raises(SourceError) as caught:
        read_document(path)
    assert (caught.value.code, caught.value.facts["file"]) == ("reader_crashed", "plan.docx")
