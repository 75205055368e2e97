"""`make bench`: a plan of 180 pages and 600 actions in ruled tables, PDF and Word, read by `pst` and by plain tools.

Prints ratios of whole processes (time, peak memory), of bytes -> statements alone, and of 60 pages against 180 a page.
Needs LibreOffice (to make the PDF) and poppler (pdftotext).
"""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.isolation import COLLECT_AFTER_OBJECTS

OBJECTIVES, ACTIONS_OF_EACH = 60, 10
REPEATS = 5
WORDS = (
    *("entretien", "des", "voiries", "communales", "et", "trottoirs", "accueil", "familles", "plantation", "de"),
    *("haies", "suivi", "chantiers", "concertation", "avec", "les", "riverains", "formation", "agents", "isolation"),
    *("b\u00e2timents", "publics", "mobilit\u00e9", "douce", "jeunesse", "culture", "sport", "num\u00e9rique"),
)
COLUMN_WIDTHS_MM = (15, 38, 62, 24, 19, 18)
DESCRIPTION_WORDS = 50


@dataclass(frozen=True)
class Cost:
    """Of one whole process."""

    seconds: float
    peak_mib: float


def sentence(seed: int, count: int) -> str:
    """Return `count` words that depend on the seed only."""
    return " ".join(WORDS[(seed * 7 + i * (1 + seed % 5)) % len(WORDS)] for i in range(count)).capitalize()


def build_word(path: Path, objectives: int) -> None:
    """Write a plan: operational objectives, each with a ruled table of its actions."""
    import docx
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height, section.left_margin, section.right_margin = (
        Mm(210),
        Mm(297),
        Mm(17),
        Mm(17),
    )
    document.styles["Normal"].font.size = Pt(10)
    heads = ("N\u00b0", "Action", "Description", "Responsable", "\u00c9ch\u00e9ance", "Statut")
    statuses = ("En cours", "R\u00e9alis\u00e9", "\u00c0 d\u00e9marrer")
    for number in range(objectives):
        if number % 6 == 0:
            document.add_heading(f"Objectif strat\u00e9gique {number // 6 + 1} : {sentence(number, 9)}", 1)
        code = f"{number // 6 + 1}.{number % 6 + 1}"
        document.add_heading(f"Objectif op\u00e9rationnel {code} : {sentence(number + 100, 8)}", 2)
        document.add_paragraph(sentence(number + 7, 60) + ".")
        table = document.add_table(ACTIONS_OF_EACH + 1, len(heads))
        table.style = "Table Grid"
        table.autofit = False
        for column, width_mm in zip(table.columns, COLUMN_WIDTHS_MM, strict=True):
            column.width = Mm(width_mm)
        rows = [heads]
        for action in range(1, ACTIONS_OF_EACH + 1):
            seed = number * 100 + action
            rows.append(
                (
                    f"{code}.{action}",
                    sentence(seed, 8),
                    sentence(seed + 3, DESCRIPTION_WORDS) + ".",
                    f"Service {sentence(seed + 5, 2)}",
                    f"{1 + seed % 12:02}/{2025 + seed % 6}",
                    statuses[seed % 3],
                )
            )
        for cell, text in zip(table._cells, [text for row in rows for text in row], strict=True):
            cell.text = text
        for index, cell in enumerate(table._cells):
            cell.width = Mm(COLUMN_WIDTHS_MM[index % len(heads)])
        document.add_page_break()
    document.save(str(path))


def run(command: Sequence[str | Path]) -> Cost:
    """Run a process to its end, several times; the least seconds, and the peak of the largest process of its tree."""
    costs = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        if status != 0:
            sys.exit(f"failed: {' '.join(map(str, command))}")
        costs.append(Cost(time.perf_counter() - started, usage.ru_maxrss / 1024))
    return Cost(min(c.seconds for c in costs), max(c.peak_mib for c in costs))


def clock(function: Callable[[], object]) -> float:
    """Return the least seconds of processor time of a call, imports done before, garbage collected as in the worker."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS)
    function()
    times = []
    for _ in range(REPEATS):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times)


def read_statements(path: Path) -> int:
    """Bytes to statements, in this process."""
    from pipeline.extract import extract
    from pipeline.readers import read_document

    return len(extract(read_document(path)).statements)


def walk_word(path: Path) -> int:
    """Unzip a Word file and walk its XML, nothing else."""
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        root = etree.parse(io.BytesIO(archive.read("word/document.xml")))
    return sum(len(node.text or "") for node in root.iter())


def count_pages(pdf: Path) -> int:
    """Return the number of pages."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def main() -> None:
    """Build the documents, measure, print."""
    from pipeline.office import convert_to_pdf

    bin_folder = Path(sys.executable).parent
    plain = (
        "import sys, pdfplumber\n"
        "with pdfplumber.open(sys.argv[1]) as pdf:\n"
        "    for page in pdf.pages:\n        page.extract_tables()\n        page.close()\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, small = folder / "plan.docx", folder / "tiers.docx"
        build_word(large, OBJECTIVES)
        build_word(small, OBJECTIVES // 3)
        pdf, small_pdf = (path for path in convert_to_pdf([large, small], folder) if path is not None)
        pages, small_pages = count_pages(pdf), count_pages(small_pdf)
        text = run(["pdftotext", "-layout", pdf, folder / "plan.txt"])
        characters = len((folder / "plan.txt").read_text(encoding="utf-8").replace(" ", ""))
        print(f"{pages} pages, {OBJECTIVES * ACTIONS_OF_EACH} actions, {characters // pages} characters a page")
        pst: list[str | Path] = [bin_folder / "pst", "migrate", "--quiet"]
        whole = run([*pst, pdf, "--out", folder / "out"])
        third = run([*pst, small_pdf, "--out", folder / "third"])
        word = run([*pst, large, "--out", folder / "word"])
        plumber = run([sys.executable, "-c", plain, pdf])
        alone, word_alone = clock(lambda: read_statements(pdf)), clock(lambda: read_statements(large))
        walk = clock(lambda: walk_word(large))
        growth = (whole.seconds / pages) / (third.seconds / small_pages)
        rows = (
            ("pst migrate PDF / pdftotext -layout", whole.seconds / text.seconds, "x", "at most 15"),
            ("plain pdfplumber / pst migrate PDF", plumber.seconds / whole.seconds, "x", "at least 3"),
            ("bytes -> statements PDF / pdftotext", alone / text.seconds, "x", "at most 10"),
            ("bytes -> statements Word / walking its XML", word_alone / walk, "x", "at most 15"),
            ("time a page, 180 pages / 60 pages", growth, "x", "at most 1.1"),
            ("peak of pst migrate PDF", whole.peak_mib, " MiB", "under 400"),
            ("peak of pst migrate Word", word.peak_mib, " MiB", "under 400"),
            ("pst migrate PDF", whole.seconds, " s", ""),
            ("pst migrate Word", word.seconds, " s", ""),
            ("pdftotext -layout", text.seconds, " s", ""),
            ("plain pdfplumber", plumber.seconds, " s", ""),
        )
        for label, value, unit, aim in rows:
            print(f"{label:<46} {value:8.2f}{unit:<5} {aim}")


if __name__ == "__main__":
    main()
