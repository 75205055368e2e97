"""Colours and fonts of a DrawingML theme."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PERCENT = 100_000
_USUAL_MAP = {"tx1": "dk1", "tx2": "dk2", "bg1": "lt1", "bg2": "lt2"}


class Theme(NamedTuple):
    """Colours by the name that shapes use (tx1, accent2), and fonts by their reference (+mj-lt, +mn-lt)."""

    colors: Mapping[str, str]
    fonts: Mapping[str, str]

    def color(self, holder: etree._Element) -> str | None:
        """rrggbb of the colour that an element holds, shades applied; None when it cannot be told."""
        for child in holder:
            if child.tag == A + "srgbClr":
                base = child.get("val", "").lower()
            elif child.tag == A + "schemeClr":
                base = self.colors.get(child.get("val", ""), "")
            elif child.tag == A + "sysClr":
                base = child.get("lastClr", "").lower()
            else:
                continue
            return _shaded(base, child) if len(base) == 6 else None
        return None

    def font(self, typeface: str) -> str:
        """Name of a typeface, references to the theme followed."""
        return self.fonts.get(typeface, "") if typeface.startswith("+") else typeface


def read_theme(root: etree._Element, color_map: Mapping[str, str]) -> Theme:
    """Read a theme part; `color_map` says which theme colour each name stands for on the slides."""
    scheme: dict[str, str] = {}
    for entry in root.iterfind(f".//{A}clrScheme/*"):
        for color in entry:
            attribute = "val" if color.tag == A + "srgbClr" else "lastClr"
            scheme[etree.QName(entry).localname] = color.get(attribute, "").lower()
    colors = dict(scheme)
    colors.update({name: scheme.get(target, "") for name, target in (color_map or _USUAL_MAP).items()})
    fonts = {}
    for reference, path in (("+mj-lt", "majorFont"), ("+mn-lt", "minorFont")):
        latin = root.find(f".//{A}fontScheme/{A}{path}/{A}latin")
        fonts[reference] = "" if latin is None else latin.get("typeface", "")
    return Theme(colors, fonts)


def _shaded(base: str, element: etree._Element) -> str:
    try:
        red, green, blue = (int(base[i : i + 2], 16) / 255 for i in (0, 2, 4))
    except ValueError:
        return ""
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    for child in element:
        value = child.get("val", "")
        share = int(value) / _PERCENT if value.isdecimal() else 1.0
        if child.tag == A + "lumMod" or child.tag == A + "shade":
            light *= share
        elif child.tag == A + "lumOff":
            light += share
        elif child.tag == A + "tint":
            light += (1 - light) * (1 - share)
    shaded = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation)
    return "".join(f"{round(channel * 255):02x}" for channel in shaded)
