"""The door: a file of any format in, a Document out; the real type decides, never the name alone."""

from __future__ import annotations

from pathlib import Path

from pipeline.exceptions import PipelineError, SourceError
from pipeline.model import Document, leaf_blocks

#: Old or foreign formats that LibreOffice has to convert first, and into what.
LEGACY_TARGETS = {"doc": "docx", "rtf": "docx", "ppt": "pptx", "odp": "pptx"}
MAX_FILE_BYTES = 200_000_000


def read_document(path: Path) -> Document:
    """Read a source by its real type (magic bytes, members of the package); only text files go by their suffix.

    Raises SourceError: `file_unreadable`, `file_empty`, `file_too_big`, `file_type_unknown`, `not_word`,
    `file_encrypted`, `file_broken`, `reader_crashed`, `archive_too_big`, `xml_doctype`, `sheet_too_big`, `no_text`, and
    `legacy_needs_conversion` with facts `kind` and `target` when `office.convert_legacy` must be called first.
    """
    source = path.name
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError("file_too_big", file=source, limit_mb=str(MAX_FILE_BYTES // 1_000_000))
        data = path.read_bytes()
    except OSError as error:
        raise SourceError("file_unreadable", file=source) from error
    if not data:
        raise SourceError("file_empty", file=source)
    from pipeline.readers.file_types import find_type

    file_type = find_type(data, source)
    if file_type in LEGACY_TARGETS:
        raise SourceError("legacy_needs_conversion", file=source, kind=file_type, target=LEGACY_TARGETS[file_type])
    try:
        document = _read(file_type, data, source)
    except (PipelineError, MemoryError, RecursionError):
        raise
    except Exception as error:
        # A library that fails on a strange file is a fact about the file; --verbose shows which and where.
        raise SourceError("reader_crashed", file=source) from error
    if not any(block.text for block in leaf_blocks(document.blocks)):
        raise SourceError("no_text", file=source)
    return document


def _read(file_type: str, data: bytes, source: str) -> Document:
    """Call the reader of a type; its libraries are imported here and not before."""
    match file_type:
        case "docx":
            from pipeline.readers.docx import read_docx

            return read_docx(data, source)
        case "pdf":
            from pipeline.readers.pdf import read_pdf

            return read_pdf(data, source)
        case "pptx":
            from pipeline.readers.pptx import read_pptx

            return read_pptx(data, source)
        case "odt":
            from pipeline.readers.odt import read_odt

            return read_odt(data, source)
        case "xlsx":
            from pipeline.readers.sheets import read_xlsx

            return read_xlsx(data, source)
        case "ods":
            from pipeline.readers.ods import read_ods

            return read_ods(data, source)
        case "xls" | "xlsb":
            from pipeline.readers.sheets import read_calamine

            return read_calamine(data, source, file_type)
        case "csv":
            from pipeline.readers.sheets import read_csv

            return read_csv(data, source)
        case _:
            from pipeline.readers.text import read_text

            return read_text(data, source)
