"""The smallest PDF writer that the tests of the PDF reader need: text, boxes, lines and pictures at given places.

Places are in points from the top left corner of the page, y grows downwards; text is set in Helvetica.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, field

_FONTS = {(False, False): "F1", (True, False): "F2", (False, True): "F3"}
_NAMES = {"F1": "Helvetica", "F2": "Helvetica-Bold", "F3": "Helvetica-Oblique"}


@dataclass
class Page:
    """One page under construction."""

    width: float = 595.0
    height: float = 842.0
    rotate: int = 0
    operators: list[str] = field(default_factory=list)
    pictures: list[tuple[int, int, bytes]] = field(default_factory=list)

    def text(
        self, x: float, y: float, content: str, *, size: float = 10, bold: bool = False, italic: bool = False,
        color: str = "000000", angle: float = 0, spacing: float = 0,
    ) -> None:  # fmt: skip
        """Set one line with its baseline at (x, y), turned counterclockwise by `angle` degrees."""
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        data = content.encode("cp1252").hex()
        font = _FONTS[bold, italic]
        self.operators.append(
            f"BT {_rgb(color)} rg /{font} {size} Tf {spacing} Tc {cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} "
            f"{x:.2f} {self.height - y:.2f} Tm <{data}> Tj ET"
        )

    def lines(self, x: float, y: float, contents: list[str], *, size: float = 10, leading: float = 1.2,
              bold: bool = False, color: str = "000000") -> float:  # fmt: skip
        """Set lines under each other; the baseline after the last one."""
        for content in contents:
            self.text(x, y, content, size=size, bold=bold, color=color)
            y += leading * size
        return y

    def box(self, x0: float, y0: float, x1: float, y1: float, *, fill: str = "", stroke: str = "") -> None:
        """Draw a rectangle."""
        colors = (f"{_rgb(fill)} rg " if fill else "") + (f"{_rgb(stroke)} RG " if stroke else "")
        operator = {(True, True): "B", (True, False): "f", (False, True): "S"}[bool(fill), bool(stroke)]
        self.operators.append(f"{colors}{x0:.2f} {self.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re {operator}")

    def line(self, x0: float, y0: float, x1: float, y1: float, *, color: str = "000000", width: float = 0.5) -> None:
        """Draw a straight line."""
        self.operators.append(
            f"{_rgb(color)} RG {width} w {x0:.2f} {self.height - y0:.2f} m {x1:.2f} {self.height - y1:.2f} l S"
        )

    def grid(self, xs: list[float], ys: list[float]) -> None:
        """Draw all lines of a table."""
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)

    def table(self, xs: list[float], ys: list[float], rows: list[list[str]], *, bold_rows: int = 0) -> None:
        """Draw a ruled table with one line of text a cell."""
        self.grid(xs, ys)
        for index, row in enumerate(rows):
            for x, content in zip(xs, row, strict=False):
                if content:
                    self.text(x + 4, ys[index] + 13, content, bold=index < bold_rows)

    def picture(
        self, width: int, height: int, grey: bytes, *, box: tuple[float, float, float, float] | None = None
    ) -> None:
        """Cover the page, or a box of it, with a grey picture, one byte a pixel."""
        x0, y0, x1, y1 = box or (0.0, 0.0, self.width, self.height)
        self.operators.append(
            f"q {x1 - x0:.2f} 0 0 {y1 - y0:.2f} {x0:.2f} {self.height - y1:.2f} cm /I{len(self.pictures)} Do Q"
        )
        self.pictures.append((width, height, grey))


def write_pdf(pages: list[Page]) -> bytes:
    """Put pages together."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = []
    for name in _NAMES.values():
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode())
        fonts.append(len(objects))
    font_entries = " ".join(f"/{key} {number} 0 R" for key, number in zip(_NAMES, fonts, strict=True))
    kids = []
    for page in pages:
        names = []
        for index, (width, height, grey) in enumerate(page.pictures):
            packed = zlib.compress(grey)
            head = (
                f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
                f"/BitsPerComponent 8 /Filter /FlateDecode /Length {len(packed)} >>"
            )
            objects.append(head.encode() + b"\nstream\n" + packed + b"\nendstream")
            names.append(f"/I{index} {len(objects)} 0 R")
        content = "\n".join(page.operators).encode("latin-1")
        objects.append(f"<< /Length {len(content)} >>".encode() + b"\nstream\n" + content + b"\nendstream")
        stream = len(objects)
        objects.append(
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] /Rotate {page.rotate} "
                f"/Contents {stream} 0 R "
                f"/Resources << /Font << {font_entries} >> /XObject << {' '.join(names)} >> >> >>"
            ).encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _rgb(color: str) -> str:
    return " ".join(f"{int(color[i : i + 2], 16) / 255:.3f}" for i in (0, 2, 4))
