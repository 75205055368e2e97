"""Cheap checks on a file, then a worker process with a memory limit and a deadline.

A source is opened by a stranger's library and was written by a stranger: whatever happens there (endless loop, crash
of a C library, memory bomb) ends in one SourceError here, and the caller goes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from pipeline.exceptions import PipelineError, SourceError

Result = TypeVar("Result")

#: Environment variable that lets the worker's own words and tracebacks through.
VERBOSE = "PST_VERBOSE"

MAX_FILE_BYTES = 200_000_000
MAX_ARCHIVE_BYTES = 200_000_000
MAX_ARCHIVE_MEMBERS = 20_000
MAX_COMPRESSION_RATIO = 250  # of one member; an ordinary XML part does 5 to 100, a bomb up to 1032
RATIO_COUNTS_FROM_BYTES = 10_000_000  # a small member may be as empty as it likes

MEMORY_MB = 3072  # of address space: libraries reserve more than they use
DEADLINE_S = 100.0
DEADLINE_PER_STEP_S = 8.0  # for each step (a page to OCR) that the worker announces

#: A worker looks for garbage in cycles only after so many new objects: it makes hardly any, and soon ends.
COLLECT_AFTER_OBJECTS = 50_000

_PR_SET_PDEATHSIG = 1  # linux/prctl.h

_KINDS_BY_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """What the first bytes of a file say: `container` is zip, pdf, ole, rtf or text; `legacy` is what LibreOffice
    must turn it into ("docx", "pptx") before a reader can open it, empty when none is needed.
    """

    container: str
    size_bytes: int
    legacy: str = ""


def check_file(path: Path) -> FileKind:
    """Look at a file without opening it with any document library.

    Raise SourceError: file_missing, file_is_folder, file_unreadable, file_empty, file_too_big, archive_broken,
    archive_too_big, file_encrypted.
    """
    try:
        if path.is_dir():
            raise SourceError("file_is_folder", file=str(path))
        size_bytes = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(1024)
    except FileNotFoundError:
        raise SourceError("file_missing", file=str(path)) from None
    except OSError:
        raise SourceError("file_unreadable", file=path.name) from None
    if size_bytes == 0:
        raise SourceError("file_empty", file=path.name)
    if size_bytes > MAX_FILE_BYTES:
        raise SourceError("file_too_big", file=path.name, limit_mb=str(MAX_FILE_BYTES // 1_000_000))
    container = next((kind for magic, kind in _KINDS_BY_MAGIC if head.startswith(magic)), "text")
    if container == "text" and b"%PDF-" in head:  # a PDF may start with a few stray bytes
        container = "pdf"
    if container == "zip":
        _check_archive(path)
    return FileKind(container, size_bytes, _legacy_target(path) if container in ("ole", "rtf") else "")


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise SourceError("archive_broken", file=path.name) from None
    total_bytes = sum(m.file_size for m in members)
    bombs = any(
        m.file_size > RATIO_COUNTS_FROM_BYTES and m.file_size > MAX_COMPRESSION_RATIO * max(1, m.compress_size)
        for m in members
    )
    if total_bytes > MAX_ARCHIVE_BYTES or len(members) > MAX_ARCHIVE_MEMBERS or bombs:
        raise SourceError("archive_too_big", file=path.name, limit_mb=str(MAX_ARCHIVE_BYTES // 1_000_000))
    if any(m.flag_bits & 0x1 for m in members):
        raise SourceError("file_encrypted", file=path.name)


#: Names of OLE streams (UTF-16) that tell what an old Office file is.
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "docx"),
    ("PowerPoint Document", "pptx"),
)


def _legacy_target(path: Path) -> str:
    """Return the format into which an RTF or OLE file must be converted; empty for a workbook, which a reader opens
    as it is.

    Raise SourceError file_encrypted for an Office file with a password.
    """
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES)
    if data.startswith(b"{\\rtf"):
        return "docx"
    for name, target in _OLE_STREAMS:
        if name.encode("utf-16-le") in data:
            if target == "encrypted":
                raise SourceError("file_encrypted", file=path.name)
            return target
    return ""


# ----------------------------------------------------------------------------------------------------------- the worker

#: The worker's end of the pipe; None outside of a worker.
_pipe_to_parent: Connection | None = None


def report_progress(done: int, total: int) -> None:
    """Tell the waiting parent how far a long work is (pages read by OCR); each announced step lengthens the deadline.

    Does nothing outside of a worker, so that readers may always call it.
    """
    if _pipe_to_parent is not None:
        with contextlib.suppress(OSError):
            _pipe_to_parent.send_bytes(pickle.dumps(("progress", (done, total))))


class WorkerError(RuntimeError):
    """A fault of the program itself, met in the worker process."""


def call_isolated(
    function: Callable[..., Result],
    arguments: tuple[Any, ...],
    *,
    file: str,
    memory_mb: int = MEMORY_MB,
    deadline_s: float = DEADLINE_S,
    on_progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Call `function(*arguments)` in a process of its own and return what it returns.

    `function` is a module-level function; `file` is the bare name for the sentences; `on_progress(done, total)` is
    called about ten times a second, with (0, 0) while the worker has announced nothing. Raise what the function
    raised when it is a PipelineError; WorkerError when it failed otherwise (a bug); SourceError too_slow,
    too_much_memory or reader_crashed (the process died) when the worker gave no answer. The worker
    and all processes that it started are ended in every case.
    """
    # Fork costs 5 ms where spawn costs 150: the parent has no thread and has loaded no document library at this point.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(sender, function, arguments, memory_mb), daemon=True)
    worker.start()
    sender.close()
    try:
        kind, content = _wait(worker, receiver, deadline_s=deadline_s, on_progress=on_progress)
    finally:
        _end(worker)
        receiver.close()
    if kind == "result":
        result: Result = content
        return result
    if kind == "error":
        raise content
    if kind == "bug":
        raise WorkerError(content)
    raise SourceError(kind, file=file)


def _wait(
    worker: Any, receiver: Connection, *, deadline_s: float, on_progress: Callable[[int, int], None] | None
) -> tuple[str, Any]:
    ends_at = time.monotonic() + deadline_s
    steps = (0, 0)
    while time.monotonic() < ends_at:
        if receiver.poll(0.1):
            try:
                kind, content = pickle.loads(receiver.recv_bytes())
            except EOFError:
                worker.join(1)
                killed = worker.exitcode == -9  # by the system, when memory runs out
                return ("too_much_memory" if killed else "reader_crashed"), None
            if kind != "progress":
                return kind, content
            if content[1] > steps[1]:
                ends_at += (content[1] - steps[1]) * DEADLINE_PER_STEP_S
            steps = content
        if on_progress is not None:
            on_progress(*steps)
    return "too_slow", None


def _work(sender: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], memory_mb: int) -> None:
    global _pipe_to_parent
    _pipe_to_parent = sender
    _limit(memory_mb)
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS)
    if not os.environ.get(VERBOSE):
        _silence()
    try:
        answer = ("result", function(*arguments))
    except PipelineError as error:
        if error.__cause__ is not None:
            _explain()
        answer = ("error", error)
    except (MemoryError, RecursionError):
        answer = ("too_much_memory", None)
    except KeyboardInterrupt:
        return
    except Exception as error:
        _explain()
        answer = ("bug", f"{type(error).__name__}: {error}")
    sender.send_bytes(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
    sender.close()


def _explain() -> None:
    """Print where the exception at hand came from, when --verbose asks for it."""
    if os.environ.get(VERBOSE):
        import traceback

        traceback.print_exc()


def _limit(memory_mb: int) -> None:
    """Start a process group of its own and lower the limits; nothing of it exists on Windows, where the deadline
    remains.
    """
    if sys.platform == "win32":
        return
    import resource

    os.setsid()
    if sys.platform == "linux":
        # A parent that is killed outright ends nobody: the kernel is asked to end the worker with it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        limit_bytes = memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence() -> None:
    """Send what libraries print (C ones too) nowhere: what there is to say comes back as remarks."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _end(worker: Any) -> None:
    if sys.platform != "win32" and worker.pid is not None:
        # Not before the worker leads its own group: the number would be ours.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(worker.pid) == worker.pid:
                os.killpg(worker.pid, signal.SIGKILL)
    if worker.is_alive():
        worker.kill()
    worker.join()
    worker.close()
