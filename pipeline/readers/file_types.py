"""What a file really is, from its bytes."""

from __future__ import annotations

import struct
import zipfile
from pathlib import PurePath

from pipeline.exceptions import SourceError
from pipeline.readers.package import open_package, read_member

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF = b"{\\rtf"
_PDF_HEAD_BYTES = 1024  # a PDF may start with some stray bytes
_WORD_SUFFIXES = (".docx", ".docm", ".dotx", ".doc")
_CSV_SUFFIXES = (".csv", ".tsv")

#: A member that only this format has.
_ZIP_MEMBERS = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
)
_ODF_TYPES = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)
#: Main parts by content type, for packages that name them otherwise.
_CONTENT_TYPES = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"wordprocessingml.template.main+xml", "docx"),
    (b"vnd.ms-word.document.macroEnabled.main+xml", "docx"),
    (b"presentationml.presentation.main+xml", "pptx"),
    (b"presentationml.slideshow.main+xml", "pptx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
)
#: Streams at the root of an OLE file.
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)


def find_type(data: bytes, source: str) -> str:
    """Name the format: docx, pptx, xlsx, xlsb, odt, ods, odp, doc, xls, ppt, rtf, pdf, csv or text.

    Raises SourceError `file_encrypted`, `file_broken`, `archive_too_big`, `file_type_unknown`, `not_word` (a file
    named as a Word document that is none).
    """
    if b"%PDF-" in data[:_PDF_HEAD_BYTES]:
        return "pdf"
    if data.startswith(_RTF):
        return "rtf"
    unknown = "not_word" if PurePath(source).suffix.lower() in _WORD_SUFFIXES else "file_type_unknown"
    if data.startswith(_ZIP):
        found = _zip_type(data, source)
    elif data.startswith(_OLE):
        found = _ole_type(data, source)
    else:
        found = _text_type(data, source)
    if not found:
        raise SourceError(unknown, file=source)
    return found


def _zip_type(data: bytes, source: str) -> str:
    archive = open_package(data, source)
    names = set(archive.namelist())
    for member, found in _ZIP_MEMBERS:
        if member in names:
            return found
    if "mimetype" in names:
        return _odf_type(archive, source)
    types = read_member(archive, "[Content_Types].xml", source) or b""
    return next((found for content_type, found in _CONTENT_TYPES if content_type in types), "")


def _odf_type(archive: zipfile.ZipFile, source: str) -> str:
    mimetype = (read_member(archive, "mimetype", source) or b"").strip()
    manifest = read_member(archive, "META-INF/manifest.xml", source) or b""
    if b"encryption-data" in manifest:
        raise SourceError("file_encrypted", file=source)
    return next((found for start, found in _ODF_TYPES if mimetype.startswith(start)), "")


def _ole_type(data: bytes, source: str) -> str:
    names = _ole_root_names(data)
    found = next((found for name, found in _OLE_STREAMS if name in names), "")
    if found == "encrypted":
        raise SourceError("file_encrypted", file=source)
    return found


def _ole_root_names(data: bytes) -> set[str]:
    """Names of the streams at the root of a compound file (MS-CFB 2.2 to 2.6); empty when the structure is broken."""
    try:
        sector_bytes = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        fat_sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < 0xFFFFFFFA]

        def next_sector(sector: int) -> int:
            fat_sector, place = divmod(sector, sector_bytes // 4)
            return int(struct.unpack_from("<I", data, (fat_sectors[fat_sector] + 1) * sector_bytes + place * 4)[0])

        directory = bytearray()
        sector, seen = struct.unpack_from("<I", data, 48)[0], set[int]()
        while sector < 0xFFFFFFFA and sector not in seen and len(seen) < 4096:
            seen.add(sector)
            directory += data[(sector + 1) * sector_bytes : (sector + 2) * sector_bytes]
            sector = next_sector(sector)
        return _children(bytes(directory), struct.unpack_from("<I", directory, 76)[0])
    except (struct.error, IndexError):
        return set()


def _children(directory: bytes, first: int) -> set[str]:
    names: set[str] = set()
    todo, seen = [first], set[int]()
    while todo:
        entry = todo.pop()
        if entry in seen or (entry + 1) * 128 > len(directory):
            continue
        seen.add(entry)
        length_bytes = min(struct.unpack_from("<H", directory, entry * 128 + 64)[0], 64)
        name = directory[entry * 128 : entry * 128 + max(0, length_bytes - 2)]
        names.add(name.decode("utf-16-le", "replace"))
        todo += struct.unpack_from("<II", directory, entry * 128 + 68)
    return names


def _text_type(data: bytes, source: str) -> str:
    """csv or text; "" when the bytes are no text, or a web page."""
    from pipeline.readers.text import decode_text

    text = decode_text(data)
    if text is None or text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        return ""
    return "csv" if PurePath(source).suffix.lower() in _CSV_SUFFIXES else "text"
