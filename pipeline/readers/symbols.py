"""Characters of symbol fonts, as the Unicode character that looks the same.

Source: the code charts of Wingdings, Wingdings 2, Wingdings 3, Webdings and Symbol; only glyphs that stand as bullets,
arrows, ticks and boxes in office documents are listed.
"""

from __future__ import annotations

_WINGDINGS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "☐", 0x70: "☐", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆",
    0x76: "❖", 0x77: "⬥", 0x78: "☒", 0x9E: "·", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "☐",
    0xD8: "➢", 0xDC: "➔", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xE9: "↑", 0xEA: "↓", 0xF0: "⇨",
    0xF3: "⬄", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x46: "☞", 0x4A: "☺", 0x4C: "☹", 0x28: "☎", 0x2A: "✉",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x96: "●", 0x97: "•", 0x98: "●", 0xA1: "■",
    0xA2: "■", 0xA3: "☐", 0xA4: "☐",
}  # fmt: skip
_WINGDINGS_3 = {0x22: "→", 0x67: "→", 0x75: "▶", 0x7D: "▶", 0x84: "◀", 0xC6: "⇨"}
_WEBDINGS = {0x34: "▶", 0x3C: "■", 0x3D: "●", 0x61: "✓", 0x63: "☐", 0x67: "■", 0x6E: "●", 0x72: "✗"}
_SYMBOL = {
    0xA3: "≤", 0xA8: "♦", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xDE: "⇒", 0x2D: "−",
    0xB9: "≠", 0xBB: "≈", 0xE0: "◊", 0x6D: "μ",
}  # fmt: skip
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}
_PRIVATE_USE = range(0xF000, 0xF100)

#: Fonts whose characters are pictures, in lower case.
SYMBOL_FONTS = frozenset(_FONTS)


def symbol_text(text: str, font: str) -> str:
    """Replace what a symbol font draws by Unicode; characters of other fonts and unknown ones stay as they are.

    Private-use characters (U+F0xx) with no known symbol font are read as Wingdings, the usual case after a conversion.
    """
    glyphs = _FONTS.get(font.lower())
    if glyphs is None:
        if not any(ord(char) in _PRIVATE_USE for char in text):
            return text
        return "".join(_WINGDINGS.get(ord(c) - 0xF000, c) if ord(c) in _PRIVATE_USE else c for c in text)
    return "".join(glyphs.get(ord(c) - 0xF000 if ord(c) in _PRIVATE_USE else ord(c), c) for c in text)


def bullet_glyph(text: str, font: str = "") -> str:
    """Give the bullet that a list level draws; a glyph that no table knows is shown as a plain bullet."""
    glyph = symbol_text(text, font).strip()
    if not glyph or any(0xE000 <= ord(char) <= 0xF8FF for char in glyph):
        return "•"
    return "•" if font.lower() in _FONTS and glyph.isascii() and glyph.isalnum() else glyph
