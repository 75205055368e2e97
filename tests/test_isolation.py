"""A hostile or broken file ends in one error, soon, and leaves no process behind."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from pipeline import isolation
from pipeline.exceptions import SourceError


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        isolation.check_file(path)
    return caught.value.code


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    assert code_of(tmp_path / "absent.pdf") == "file_missing"
    assert code_of(tmp_path) == "file_is_folder"
    assert code_of(tmp_path / "empty.pdf") == "file_empty"


def test_the_container_is_told_by_the_bytes_not_the_name(tmp_path: Path) -> None:
    contents = {"pdf": b"%PDF-1.7\n", "rtf": b"{\\rtf1 x}", "text": b"OS 1"}
    for container, data in contents.items():
        path = tmp_path / "plan.docx"
        path.write_bytes(data)
        assert isolation.check_file(path).container == container
    assert isolation.check_file(write_zip(tmp_path / "a.pdf", {"x": b"1"})).container == "zip"


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.docx", {f"word/{i}.xml": bytes(60_000_000) for i in range(4)})
    assert path.stat().st_size < 1_000_000
    assert code_of(path) == "archive_too_big"


def test_a_part_that_repeats_itself_beyond_belief_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "flood.docx", {"word/document.xml": b"<w:p/>" * 2_000_000})
    assert code_of(path) == "archive_too_big"


def test_a_broken_or_locked_archive_is_refused(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "whole.docx", {"word/document.xml": os.urandom(5000)}).read_bytes()
    (tmp_path / "half.docx").write_bytes(whole[: len(whole) // 2])
    assert code_of(tmp_path / "half.docx") == "archive_broken"
    locked = bytearray(whole)
    entry = locked.rindex(b"PK\x01\x02")
    struct.pack_into("<H", locked, entry + 8, 0x1)
    (tmp_path / "locked.docx").write_bytes(bytes(locked))
    assert code_of(tmp_path / "locked.docx") == "file_encrypted"


def test_old_office_files_are_known_by_their_streams(tmp_path: Path) -> None:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    for stream, target in (("WordDocument", "docx"), ("PowerPoint Document", "pptx"), ("Workbook", "")):
        path = tmp_path / "old.bin"
        path.write_bytes(start + stream.encode("utf-16-le"))
        assert isolation.check_file(path).legacy == target
    path.write_bytes(start + "EncryptedPackage".encode("utf-16-le"))
    assert code_of(path) == "file_encrypted"


def add(a: int, b: int) -> int:
    return a + b


def sleep_with_child(seconds: int, note: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])
    note.write_text(str(child.pid))
    time.sleep(seconds)


def take_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def die() -> None:
    os._exit(7)


def refuse() -> None:
    raise SourceError("file_encrypted", file="plan.pdf")


def fail() -> None:
    raise KeyError("w:body")


def count_pages(total: int) -> int:
    for page in range(1, total + 1):
        isolation.report_progress(page, total)
        time.sleep(0.15)
    return total


def test_a_result_comes_back() -> None:
    assert isolation.call_isolated(add, (2, 3), file="plan.pdf") == 5


@pytest.mark.parametrize(("function", "code"), [(die, "reader_crashed"), (refuse, "file_encrypted")])
def test_what_goes_wrong_is_one_source_error(function: object, code: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError) as caught:
        isolation.call_isolated(function, (), file="plan.pdf")  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.facts["file"]) == (code, "plan.pdf")
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_our_own_is_a_bug_and_not_the_fault_of_the_file(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(isolation.WorkerError, match="KeyError"):
        isolation.call_isolated(fail, (), file="plan.pdf")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_memory_is_limited() -> None:
    with pytest.raises(SourceError) as caught:
        isolation.call_isolated(take_memory, (3000,), file="plan.pdf", memory_mb=1024)
    assert caught.value.code == "too_much_memory"


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_the_deadline_ends_the_worker_and_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    started = time.monotonic()
    with pytest.raises(SourceError) as caught:
        isolation.call_isolated(sleep_with_child, (60, note), file="plan.pdf", deadline_s=0.6)
    assert caught.value.code == "too_slow"
    assert time.monotonic() - started < 10
    child = int(note.read_text())
    for _ in range(50):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the worker's child is still running")


def test_announced_pages_are_shown_and_lengthen_the_deadline() -> None:
    seen: list[tuple[int, int]] = []
    total = isolation.call_isolated(
        count_pages, (6,), file="scan.pdf", deadline_s=0.5, on_progress=lambda done, total: seen.append((done, total))
    )
    assert total == 6
    assert seen[-1][1] == 6
