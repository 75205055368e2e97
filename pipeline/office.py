"""LibreOffice: find it, run it on a profile of its own, verify what came out.

It ends with 0 when it fails, makes a PDF of anything, and two runs on one profile collide (all measured with 7.4): so
nothing is believed but the file that it wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.exceptions import SourceError, ToolMissingError

START_S = 60.0
CONVERSION_S = 60.0  # for each file, on top of START_S

_NAMES = ("soffice", "libreoffice")
_USUAL_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
)

#: Tagged for screen readers, bookmarks from the headings, the document's title as name of the window.
_PDF_OPTIONS = {
    "UseTaggedPDF": True,
    "ExportBookmarks": True,
    "DisplayPDFDocumentTitle": True,
}

#: Settings of the private profile: no macro ever, no update of links, no recovery. (path, name, value)
_PROFILE_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Save/Document", "AutoSave", "false"),
    ("Writer/Content/Update", "Link", "0"),
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
    + "".join(
        f'<item oor:path="/org.openoffice.Office.{path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, name, value in _PROFILE_SETTINGS
    )
    + "</oor:items>\n"
)

_FILTERS = {"docx": "docx:MS Word 2007 XML", "pptx": "pptx:Impress MS PowerPoint 2007 XML"}
_STARTS = {"pdf": b"%PDF", "docx": b"PK\x03\x04", "pptx": b"PK\x03\x04"}


@cache
def find_soffice() -> str:
    """Return the path of LibreOffice's program.

    Raise ToolMissingError libreoffice_missing.
    """
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    for place in _USUAL_PLACES:
        if Path(place).is_file():
            return place
    raise ToolMissingError("libreoffice_missing")


def convert_to_pdf(documents: Sequence[Path], out_folder: Path) -> list[Path | None]:
    """Convert Word documents to tagged PDFs in one LibreOffice run; the answer is in their order, None where none
    came out.

    The PDF stands in `out_folder` under the document's stem. Raise ToolMissingError libreoffice_missing.
    """
    filter_name = "pdf:writer_pdf_Export:" + json.dumps(
        {name: {"type": "boolean", "value": str(value).lower()} for name, value in _PDF_OPTIONS.items()}
    )
    converted = _convert(documents, out_folder, filter_name, "pdf")
    for path in converted:
        if path is not None:
            path.write_bytes(drop_clock(path.read_bytes()))
    return converted


_CLOCK = re.compile(rb"(?<=/CreationDate\()D:\d{14}(?=[^)]*\))")
_NUMBERS = re.compile(rb"(?<=/ID \[)(\s*<[0-9A-F]{32}>){2}(?=\s*\])|(?<=/DocChecksum /)[0-9A-F]{32}")
_HEXADECIMAL = re.compile(rb"[0-9A-F]{32}")


def drop_clock(pdf: bytes) -> bytes:
    """Return a PDF of LibreOffice without its hour and its random numbers: the same document gives the same bytes.

    Nothing changes its length, so that the offsets of the file stay true; the numbers become a hash of the rest.
    """
    still = _CLOCK.sub(b"D:20000101000000", pdf)
    blank = _NUMBERS.sub(lambda m: _HEXADECIMAL.sub(b"0" * 32, m.group()), still)
    number = hashlib.sha256(blank).hexdigest()[:32].upper().encode("ascii")
    return _NUMBERS.sub(lambda m: _HEXADECIMAL.sub(number, m.group()), still)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a reader of a PDF goes by: how many pages, and the title and page number (from 1) of each bookmark."""

    page_count: int
    headings: tuple[tuple[str, int], ...]


def read_outline(pdf: bytes) -> Outline:
    """Return the pages and the bookmarks of a PDF that `convert_to_pdf` made, in order, of all levels."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for bookmark in document.get_toc(max_depth=10):
            target = bookmark.get_dest()
            page_index = None if target is None else target.get_index()
            if page_index is not None:
                found.append((bookmark.get_title(), page_index + 1))
        return Outline(len(document), tuple(found))
    finally:
        document.close()


def convert_legacy(path: Path, target: str) -> bytes:
    """Return a .doc, .ppt or .rtf as the bytes of a docx or pptx (`target`), macros never run.

    Raise ToolMissingError libreoffice_missing; SourceError legacy_failed when LibreOffice makes nothing of it.
    """
    find_soffice()
    with tempfile.TemporaryDirectory(prefix="pst-") as folder:
        # Under a plain name: the real one may be an option, an address or a path for somebody.
        plain = Path(folder) / f"source{path.suffix.lower() if path.suffix.isascii() else ''}"
        shutil.copyfile(path, plain)
        out_folder = Path(folder) / "out"
        out_folder.mkdir()
        converted = _convert([plain], out_folder, _FILTERS[target], target)[0]
        if converted is None:
            raise SourceError("legacy_failed", file=path.name)
        return converted.read_bytes()


def _convert(documents: Sequence[Path], out_folder: Path, filter_name: str, suffix: str) -> list[Path | None]:
    program = find_soffice()
    if not documents:
        return []
    with tempfile.TemporaryDirectory(prefix="pst-profile-", ignore_cleanup_errors=True) as profile:
        user = Path(profile) / "user"
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        command = [
            program,
            f"-env:UserInstallation={Path(profile).resolve().as_uri()}",
            "--headless",
            "--invisible",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            "--convert-to",
            filter_name,
            "--outdir",
            str(out_folder.resolve()),
            *(str(document.resolve()) for document in documents),
        ]
        _run(command, START_S + CONVERSION_S * len(documents))
    return [_verified(out_folder / f"{document.stem}.{suffix}", _STARTS[suffix]) for document in documents]


def _run(command: Sequence[str], deadline_s: float) -> None:
    """Run to the end or the deadline; the whole process group goes, LibreOffice's launcher leaves children behind."""
    environment = {**os.environ, "SAL_USE_VCLPLUGIN": "svp"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(deadline_s)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _verified(path: Path, start: bytes) -> Path | None:
    try:
        with path.open("rb") as stream:
            return path if stream.read(len(start)) == start else None
    except OSError:
        return None
