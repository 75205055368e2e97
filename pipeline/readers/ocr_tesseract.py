"""Tesseract: found, run on pictures, and its table of words as values."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.exceptions import SourceError, ToolMissingError

Pixels = npt.NDArray[np.uint8]

PAGE_DEADLINE_S = 120
_LANGUAGE = "fra"
_LEAST_CONFIDENCE = 20.0
#: What Tesseract takes a picture for: its page segmentation modes.
_WHOLE_PAGE, BLOCK, LINE, WORD = "3", "6", "7", "8"


@dataclass(frozen=True, slots=True)
class ReadWord:
    """One word of Tesseract's table, in pixels."""

    line: tuple[int, int, int]
    left: int
    top: int
    width: int
    height: int
    text: str
    confidence: float = 100.0
    part_index: int = 0  # of the pictures read in one run
    is_turned: bool = False  # printed upwards or downwards: its box is not that of its ink


def find_tesseract(source: str) -> str:
    """Path of the Tesseract command. Raises `ToolMissingError` (`tesseract_missing`)."""
    found = shutil.which("tesseract")
    if found is None:
        raise ToolMissingError("tesseract_missing", file=source)
    return found


def recognise(tesseract: str, image: Pixels, dpi: int, page: str, source: str) -> list[ReadWord]:
    """Read the words of a picture of a page, in grey.

    Raises `ToolMissingError` (`tesseract_language_missing`) and `SourceError` (`ocr_failed`).
    """
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PPM")
    return _run(tesseract, stream.getvalue(), dpi, _WHOLE_PAGE, page, source)


def recognise_parts(
    tesseract: str, images: Sequence[Pixels], dpi: int, mode: str, page: str, source: str
) -> list[list[ReadWord]]:
    """Read the words of parts of a page in one run, each part apart; `mode` is `BLOCK`, `LINE` or `WORD`.

    Raises as `recognise` does.
    """
    if not images:
        return []
    stream = io.BytesIO()
    first, *others = [Image.fromarray(image) for image in images]
    first.save(stream, "TIFF", save_all=True, append_images=others)
    parts: list[list[ReadWord]] = [[] for _ in images]
    for word in _run(tesseract, stream.getvalue(), dpi, mode, page, source):
        parts[word.part_index].append(word)
    return parts


def _run(tesseract: str, stream: bytes, dpi: int, mode: str, page: str, source: str) -> list[ReadWord]:
    try:
        done = subprocess.run(
            [tesseract, "stdin", "stdout", "-l", _LANGUAGE, "--dpi", str(dpi), "--psm", mode, "tsv"],
            input=stream,
            capture_output=True,
            timeout=PAGE_DEADLINE_S,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # more threads make it several times slower
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError("ocr_failed", file=source, page=page) from error
    if done.returncode != 0:
        if b"language" in done.stderr:
            raise ToolMissingError("tesseract_language_missing", file=source)
        raise SourceError("ocr_failed", file=source, page=page)
    return _words(done.stdout.decode("utf-8", errors="replace"))


def _words(tsv: str) -> list[ReadWord]:
    words = []
    for record in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE):
        printed = (record.get("text") or "").strip().lstrip("_")  # what Tesseract makes of a bullet's shadow
        if record.get("level") != "5" or not printed or float(record["conf"]) < 0:
            continue
        if float(record["conf"]) < _LEAST_CONFIDENCE and not any(char.isalnum() for char in printed):
            continue
        line = (int(record["block_num"]), int(record["par_num"]), int(record["line_num"]))
        left, top, width, height = (int(record[key]) for key in ("left", "top", "width", "height"))
        words.append(
            ReadWord(line, left, top, width, height, printed, float(record["conf"]), int(record["page_num"]) - 1)
        )
    return words
