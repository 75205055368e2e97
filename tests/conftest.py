"""What tests need of the machine: those marked `libreoffice` or `tesseract` are skipped, with the reason, where it is
missing.

With PST_TEST_NOTHING_SKIPPED set (in .ci/run), a missing program fails the test instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

import pytest


@cache
def missing_tool(name: str) -> str:
    """Return why tests marked with this name cannot run here; "" when they can."""
    if name == "libreoffice":
        found = shutil.which("soffice") or shutil.which("libreoffice")
        return "" if found else "LibreOffice is not installed (libreoffice-writer-nogui, libreoffice-impress-nogui)"
    program = shutil.which("tesseract")
    if program is None:
        return "Tesseract is not installed (tesseract-ocr-fra)"
    languages = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
    return "" if "fra" in languages else "Tesseract has no French data (tesseract-ocr-fra)"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail where nothing may be skipped, the tests whose program is missing."""
    for name in ("libreoffice", "tesseract"):
        if item.get_closest_marker(name) is not None and missing_tool(name):
            if os.environ.get("PST_TEST_NOTHING_SKIPPED"):
                pytest.fail(missing_tool(name))
            pytest.skip(missing_tool(name))
