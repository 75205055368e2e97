"""Folders of tables on disk: exact columns, hashed, replaced whole, never over what a person has edited.

A *package* is a folder with a `datapackage.json` (Data Package) that lists every file in it with its size and
SHA-256. A folder whose files all match is ours and unchanged; anything else belongs to a person.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.exceptions import DataError, UsageError
from pipeline.model import (
    PLAN_SCHEMA,
    Actor,
    Became,
    BlockFate,
    Budget,
    Element,
    Evaluation,
    Extraction,
    Indicator,
    Layout,
    Level,
    Measure,
    Plan,
    Remark,
    Severity,
    Statement,
    Unmatched,
)
from pipeline.remarks import render_message, render_remark

PACKAGE_NAME = "datapackage.json"

# ----------------------------------------------------------------------------------------------------------- the tables


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its type in the words of Table Schema, and how a row gives it."""

    name: str
    type: str = "string"
    attribute: str = ""  # of the dataclass; the name when empty


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(*name.split(":")) for name in names)


#: The contract: tables in order, columns in order (name:type:attribute).
TABLES: dict[str, tuple[Column, ...]] = {
    "elements": _columns(
        "id", "parent_id", "position:integer", "level", "code", "title", "description", "comment", "status",
        "status_source", "progress:number", "health", "start", "end", "end_first", "priority", "budget:number",
        "fte:number", "sdg", "kind", "synergy", "result", "plans", "page", "source", "confidence:number",
    ),
    "actors": _columns("element_id", "role", "name"),
    "budgets": _columns("element_id", "year", "amount:number", "kind", "funder"),
    "indicators": _columns("id", "element_id", "label", "family", "kind", "unit", "direction"),
    "measures": _columns(
        "indicator_id", "period", "role", "value:number", "unit", "original", "source", "locator"
    ),
    "unmatched": _columns(
        "source", "locator", "reason", "label", "indicator", "period", "role", "value", "candidates"
    ),
    "statements": _columns(
        "mention_id", "element_id", "group", "field", "value", "original", "source", "locator", "confidence:number",
        "rank:integer",
    ),
    "remarks": _columns("severity", "code", "element_id", "source", "locator", "message", "facts"),
    "blocks": _columns(
        "source", "page:integer:page_number", "index:integer", "became", "element_id", "text", "mention_id"
    ),
}  # fmt: skip

_CLASSES: dict[str, Callable[..., Any]] = {
    "elements": Element,
    "actors": Actor,
    "budgets": Budget,
    "indicators": Indicator,
    "measures": Measure,
    "unmatched": Unmatched,
    "statements": Statement,
    "remarks": Remark,
    "blocks": BlockFate,
}

#: How a cell is read back, by table and column; a column that is not here is text, taken as it is.
_READERS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("elements", "position"): int,
    ("elements", "level"): Level,
    ("elements", "confidence"): float,
    ("statements", "confidence"): float,
    ("statements", "rank"): int,
    ("remarks", "severity"): Severity,
    ("blocks", "page"): int,
    ("blocks", "index"): int,
    ("blocks", "became"): Became,
    **{
        place: lambda text: Decimal(text) if text else None
        for place in (
            ("elements", "progress"),
            ("elements", "budget"),
            ("elements", "fte"),
            ("budgets", "amount"),
            ("measures", "value"),
        )
    },
}


def _cell_text(value: object) -> str:
    """Plain decimals without exponent or trailing zeros, at most four decimals for a confidence; None is empty."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    # A lone CR is not quoted by the writer and would end the row for a reader; the tables know LF only.
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _remark_row(remark: Remark) -> list[str]:
    facts = json.dumps(dict(remark.facts), ensure_ascii=False) if remark.facts else ""
    message = render_remark(remark)
    return [remark.severity, remark.code, remark.element_id, remark.source, remark.locator, message, facts]


def write_table(name: str, rows: Iterable[Any]) -> bytes:
    """Return the CSV of one table of TABLES: UTF-8, LF, minimal quotes, the header always there."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    columns = TABLES[name]
    writer.writerow([column.name for column in columns])
    if name == "remarks":
        writer.writerows(_remark_row(remark) for remark in rows)
    else:
        attributes = [column.attribute or column.name for column in columns]
        writer.writerows([_cell_text(getattr(row, attribute)) for attribute in attributes] for row in rows)
    # A half of a surrogate pair, which some broken files hold, has no UTF-8 form.
    return stream.getvalue().encode("utf-8", errors="replace")


def read_table(name: str, data: bytes) -> tuple[Any, ...]:
    """Return the rows of a table as its dataclass of `model`.

    Raise DataError table_broken when the file is not the table that `write_table` writes.
    """
    try:
        csv.field_size_limit(2**31 - 1)
        reader = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
        return tuple(_read_row(name, row) for row in reader)
    except (ValueError, KeyError, TypeError, csv.Error, ArithmeticError):
        raise DataError("table_broken", table=name) from None


def _read_row(name: str, row: dict[str, str]) -> Any:
    if name == "remarks":
        facts = tuple(json.loads(row["facts"]).items()) if row["facts"] else ()
        return Remark(Severity(row["severity"]), row["code"], facts, row["element_id"], row["source"], row["locator"])
    values = {
        column.attribute or column.name: _READERS.get((name, column.name), str)(row[column.name])
        for column in TABLES[name]
    }
    return _CLASSES[name](**values)


def build_plan_files(plan: Plan) -> dict[str, bytes]:
    """Return file name -> content for the tables of a plan."""
    return {f"{name}.csv": write_table(name, getattr(plan, name)) for name in TABLES}


def read_plan(folder: Path) -> Plan:
    """Read the tables of a plan back.

    Raise DataError table_missing or table_broken.
    """
    tables = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if not path.is_file():
            raise DataError("table_missing", table=path.name, folder=folder.name)
        tables[name] = read_table(name, path.read_bytes())
    return Plan(**tables)


# --------------------------------------------------------------------------------------------------- what a source says

_EXTRACTION_TABLES = ("statements", "remarks", "blocks")


def build_extraction_files(extraction: Extraction) -> dict[str, bytes]:
    """Return file name -> content for what one source says; the exact confidences go to extraction.json.

    The layout is not among them: it is a file for people, written and read by `extract`.
    """
    files = {f"{name}.csv": write_table(name, getattr(extraction, name)) for name in _EXTRACTION_TABLES}
    facts = {
        "source": extraction.source,
        "facts": [list(fact) for fact in extraction.facts],
        "confidences": [statement.confidence for statement in extraction.statements],
    }
    files["extraction.json"] = _json_bytes(facts)
    return files


def read_extraction(files: Mapping[str, bytes]) -> Extraction:
    """Rebuild an extraction from `build_extraction_files`, its layout empty.

    Raise DataError table_missing or table_broken.
    """
    for name in ("extraction.json", *(f"{name}.csv" for name in _EXTRACTION_TABLES)):
        if name not in files:
            raise DataError("table_missing", table=name, folder="")
    tables = {name: read_table(name, files[f"{name}.csv"]) for name in _EXTRACTION_TABLES}
    try:
        facts = json.loads(files["extraction.json"])
        statements = tuple(
            replace(statement, confidence=confidence)
            for statement, confidence in zip(tables["statements"], facts["confidences"], strict=True)
        )
        pairs = tuple((str(key), str(value)) for key, value in facts["facts"])
        source = str(facts["source"])
    except (ValueError, KeyError, TypeError):
        raise DataError("table_broken", table="extraction.json") from None
    return Extraction(source, statements, tables["blocks"], tables["remarks"], Layout(source), pairs)


# ---------------------------------------------------------------------------------------------------------- the package


def hash_bytes(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_parts(parts: Mapping[str, str]) -> str:
    """Return one SHA-256 for named parts, whatever their order."""
    return hash_bytes("\n".join(f"{name}\0{parts[name]}" for name in sorted(parts)).encode("utf-8"))


def _json_bytes(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


_NOT_IN_NAME = re.compile(r"[^a-z0-9._]+")
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".toml": "application/toml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def build_package(files: Mapping[str, bytes], *, made_from: Mapping[str, str]) -> bytes:
    """Return the datapackage.json of these files: no clock, no path of the machine, sorted where order is free.

    `made_from` (what -> SHA-256) tells later what the folder was made from.
    """
    tables = [f"{table}.csv" for table in TABLES if f"{table}.csv" in files]
    resources = [_build_resource(path, files[path]) for path in [*tables, *sorted(set(files) - set(tables))]]
    return _json_bytes(
        {
            "profile": "data-package",
            "name": "pst",
            "schema": PLAN_SCHEMA,
            "made_from": dict(sorted(made_from.items())),
            "resources": resources,
        }
    )


def _build_resource(path: str, data: bytes) -> dict[str, object]:
    suffix = Path(path).suffix
    stem = path[: -len(suffix)] if suffix else path
    resource: dict[str, object] = {
        "name": _NOT_IN_NAME.sub("-", stem.lower()).strip("-"),
        "path": path,
        "mediatype": _MEDIA_TYPES.get(suffix, "application/octet-stream"),
        "bytes": len(data),
        "hash": f"sha256:{hash_bytes(data)}",
    }
    table = path.removesuffix(".csv").rsplit("/", 1)[-1]
    if suffix == ".csv" and table in TABLES:
        fields = [{"name": column.name, "type": column.type} for column in TABLES[table]]
        resource |= {"encoding": "utf-8", "schema": {"fields": fields}}
    return resource


@dataclass(frozen=True, slots=True)
class Package:
    """A folder that we wrote: what it was made from, and its files (path -> SHA-256)."""

    made_from: Mapping[str, str]
    hashes: Mapping[str, str]


def read_package(folder: Path) -> Package | None:
    """Read the record of a folder; None when there is none or it is not one of ours."""
    try:
        content = json.loads((folder / PACKAGE_NAME).read_bytes())
        hashes = {str(r["path"]): str(r["hash"]).removeprefix("sha256:") for r in content["resources"]}
        made_from = {str(name): str(value) for name, value in content["made_from"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Package(made_from, hashes)


def find_edit(folder: Path) -> str:
    """Return the name of the first file of a folder that is not as we wrote it (edited, added or removed); "" when
    all are.

    An empty folder is unchanged. A folder without our record answers with its first file. The lock files that Word,
    Excel and LibreOffice lay beside an open document do not count.
    """
    present = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir() or p.is_symlink())
    present = [path for path in present if not is_lock_file(path)]
    if not present:
        return ""
    package = read_package(folder)
    if package is None:
        return present[0]
    for path in present:
        if path == PACKAGE_NAME:
            continue
        if path not in package.hashes or hash_bytes((folder / path).read_bytes()) != package.hashes[path]:
            return path
    return next((path for path in sorted(package.hashes) if path not in present), "")


def is_lock_file(path: str) -> bool:
    """Tell whether a name is that of the lock that Word, Excel (~$) or LibreOffice (.~lock) lay beside an open file."""
    name = path.rsplit("/", 1)[-1]
    return name.startswith("~$") or (name.startswith(".~lock.") and name.endswith("#"))


def write_folder(folder: Path, files: Mapping[str, bytes], *, made_from: Mapping[str, str]) -> None:
    """Put the files and their datapackage.json in place of the folder, all or nothing.

    The caller has made sure that the folder may be replaced. Raise UsageError folder_unwritable or file_busy.
    """
    complete = {**files, PACKAGE_NAME: build_package(files, made_from=made_from)}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
    except OSError:
        raise UsageError("folder_unwritable", folder=str(folder)) from None
    try:
        for path, data in complete.items():
            target = fresh / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        fresh.chmod(0o777 & ~_umask())
        _swap(fresh, folder, complete)
    except PermissionError as error:
        raise UsageError("file_busy", file=Path(error.filename or folder).name) from None
    except OSError:
        raise UsageError("folder_unwritable", folder=str(folder)) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _swap(fresh: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    old = fresh.with_suffix(".old")
    try:
        if folder == Path.cwd():
            raise OSError  # the shell that stands in it would be left in a folder that is no more
        folder.rename(old)
    except OSError:
        # A mounted folder cannot be renamed: file by file then, the record last.
        for path in sorted(files, key=lambda path: path == PACKAGE_NAME):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).replace(folder / path)
        for left in sorted(folder.rglob("*"), reverse=True):
            if left.is_dir() and not left.is_symlink():
                if not any(left.iterdir()):
                    left.rmdir()
            elif left.relative_to(folder).as_posix() not in files and not is_lock_file(left.name):
                left.unlink()
        return
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


# --------------------------------------------------------------------------------------------------------- the products

RECORD_NAME = ".pst.json"


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """What we know of a product that we wrote: its SHA-256, that of all it was made from, and what to say of it."""

    hash: str
    made_from: str
    facts: Mapping[str, str]


def read_records(folder: Path) -> dict[str, ProductRecord]:
    """Return file name -> record of the products in a folder; empty when there is no record or it cannot be read."""
    try:
        content = json.loads((folder / RECORD_NAME).read_bytes())
        return {
            str(name): ProductRecord(
                str(r["hash"]), str(r["made_from"]), {str(k): str(v) for k, v in r["facts"].items()}
            )
            for name, r in content["products"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, "" when there is none."""
    try:
        return hash_bytes(path.read_bytes())
    except FileNotFoundError:
        return ""
    except OSError:
        raise UsageError("file_busy", file=path.name) from None


def write_product(folder: Path, name: str, data: bytes, *, made_from: str, facts: Mapping[str, str]) -> str:
    """Put a product in place and in the record; return the name under which an edited one was kept aside, "" when none.

    Raise UsageError file_busy when Word, Excel or LibreOffice hold the file open, folder_unwritable.
    """
    target = folder / name
    if any((folder / lock).exists() for lock in (f"~${name}", f"~${name[2:]}", f".~lock.{name}#")):
        raise UsageError("file_busy", file=name)
    records = read_records(folder)
    aside = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        present = hash_file(target)
        if present and (name not in records or records[name].hash != present):
            aside = keep_aside(target)
        _replace_file(target, data)
        records[name] = ProductRecord(hash_bytes(data), made_from, facts)
        _replace_file(
            folder / RECORD_NAME, _json_bytes({"products": {n: _record_json(records[n]) for n in sorted(records)}})
        )
    except PermissionError:
        raise UsageError("file_busy", file=name) from None
    except OSError:
        raise UsageError("folder_unwritable", folder=folder.name) from None
    return aside


def _record_json(record: ProductRecord) -> dict[str, object]:
    return {"hash": record.hash, "made_from": record.made_from, "facts": dict(sorted(record.facts.items()))}


def _replace_file(target: Path, data: bytes) -> None:
    fresh = target.with_name(f".{target.name}.tmp")
    try:
        fresh.write_bytes(data)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def keep_aside(path: Path) -> str:
    """Rename a file or a folder that a person has edited, and return its new name; no other file is overwritten."""
    number = 1
    while True:
        words = render_message("aside", {"stem": path.stem if path.is_file() else path.name, "number": str(number)})
        other = path.with_name(words + (path.suffix if path.is_file() else ""))
        if not other.exists():
            path.rename(other)
            return other.name
        number += 1


def build_evaluation_file(evaluation: Evaluation) -> bytes:
    """Return an evaluation as JSON: decimals as text, the cut-off date in ISO."""
    return _json_bytes(_plain(evaluation))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return _cell_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
