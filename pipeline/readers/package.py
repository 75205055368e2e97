"""Zip packages of office files: bounded, without entities, names never used as paths."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from pipeline.exceptions import SourceError

#: What all members of a package may weigh once inflated; a plan of 300 pages with pictures stays far below.
MAX_INFLATED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 20_000

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
_DOCTYPE, *_WIDE_DOCTYPES = ("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)


def open_package(data: bytes, source: str) -> zipfile.ZipFile:
    """Open a zip after adding up what its members declare.

    Raises SourceError `file_broken`, `archive_too_big` (declared sizes above MAX_INFLATED_BYTES) or `file_encrypted`.
    A member is never inflated beyond its declared size: `zipfile` stops there.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except _BROKEN as error:
        raise SourceError("file_broken", file=source) from error
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED_BYTES:
        raise SourceError("archive_too_big", file=source, limit_mb=str(MAX_INFLATED_BYTES // 1024**2))
    if any(member.flag_bits & 1 for member in members):
        raise SourceError("file_encrypted", file=source)
    return archive


def read_member(archive: zipfile.ZipFile, name: str, source: str) -> bytes | None:
    """Read one member, None when the package has none of that name. Raises SourceError `file_broken`."""
    try:
        return archive.read(name)
    except KeyError:
        return None
    except _BROKEN as error:
        raise SourceError("file_broken", file=source) from error


def _has_doctype(data: bytes) -> bool:
    """Whether a part holds a DOCTYPE, in one byte a character or, where it has zero bytes at all, in two."""
    return _DOCTYPE in data or (b"\0" in data and any(doctype in data for doctype in _WIDE_DOCTYPES))


def parse_xml(data: bytes, source: str) -> etree._Element:
    """Parse one XML part. Raises SourceError `xml_doctype` (a DOCTYPE, in any encoding) or `file_broken`."""
    if _has_doctype(data):
        raise SourceError("xml_doctype", file=source)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("file_broken", file=source) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError("xml_doctype", file=source)
    return root


def read_xml(archive: zipfile.ZipFile, name: str, source: str) -> etree._Element | None:
    """Parse one member by `parse_office_xml`, None when it is missing."""
    data = read_member(archive, name, source)
    return None if data is None else parse_office_xml(data, source)


def parse_office_xml(data: bytes, source: str) -> etree._Element:
    """Parse one part, its strict Office namespaces read as the usual ones. Raises as `parse_xml`."""
    if b"http://purl.oclc.org/ooxml/" in data:
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
    return parse_xml(data, source)


def refuse_doctypes(archive: zipfile.ZipFile, source: str) -> None:
    """Refuse a package with a DOCTYPE in any XML part, before another library parses them. Raises SourceError."""
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels", ".vml")):
            data = read_member(archive, member.filename, source)
            if data is not None and _has_doctype(data):
                raise SourceError("xml_doctype", file=source)


def read_relations(archive: zipfile.ZipFile, part: str, source: str) -> dict[str, tuple[str, str]]:
    """Give {relation id: (kind, part name)} of one part, `part` "" for the package; external targets are left out.

    `kind` is the last word of the relation type: "styles", "header", "officeDocument".
    """
    folder, name = posixpath.split(part)
    root = read_xml(archive, posixpath.join(folder, "_rels", f"{name}.rels"), source)
    return {} if root is None else dict(_internal_relations(root, folder))


def _internal_relations(root: etree._Element, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for relation in root.iter(_RELATIONSHIP):
        if relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield relation.get("Id", ""), (relation.get("Type", "").rsplit("/", 1)[-1], part)
