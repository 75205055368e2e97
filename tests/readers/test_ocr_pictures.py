"""What the picture of a page shows besides its words: drawn lines, fills, glyphs of codes, cells to be read again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from pipeline.readers.ocr_bilevel import is_bilevel, smoothed
from pipeline.readers.ocr_doubts import PartReader, settle_cells, settle_codes, settle_stacks, split_joined
from pipeline.readers.ocr_leaders import without_leaders
from pipeline.readers.ocr_look import Look, MeasuredLine, extent, fit_neighbours, fit_to_ink, settle_pages
from pipeline.readers.ocr_rulings import find_lines, without_lines, without_underlines
from pipeline.readers.ocr_shades import find_shades, head_walls, open_columns
from pipeline.readers.ocr_tesseract import Pixels, ReadWord
from pipeline.readers.pdf_rulings import Box, Drawing, Ruling
from pipeline.readers.pdf_text import Face, Word
from tests.readers.pdf_writer import Page, write_pdf

SCALE = 300 / 72


def picture(page: Page) -> Pixels:
    """A page in colour at 300 dpi."""
    bitmap = pypdfium2.PdfDocument(write_pdf([page]))[0].render(scale=SCALE)
    return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)


def grey(page: Page) -> Pixels:
    return np.array(Image.fromarray(picture(page)).convert("L"), dtype=np.uint8)


def word(text: str, x0: float, y0: float, x1: float, y1: float, confidence: float = 50.0) -> ReadWord:
    """A word of the first pass, its box in points."""
    left, top, right, bottom = (round(value * SCALE) for value in (x0, y0, x1, y1))
    return ReadWord((1, 1, 1), left, top, right - left, bottom - top, text, confidence)


def answers(*texts: str, unsure: str = "") -> PartReader:
    """A reader that says the given texts of the parts it is shown, in turn, and the last one of all others."""
    said = iter(texts)

    def read(parts: Sequence[Pixels], mode: str) -> list[list[ReadWord]]:
        found = [next(said, texts[-1]) for _ in parts]
        return [[ReadWord((1, 1, 1), 14, 14, 40, 20, text, 50.0 if text == unsure else 90.0)] for text in found]

    return read


def small_table() -> Page:
    page = Page(300, 200)
    page.grid([40, 120, 260], [40, 60, 80, 100])
    page.text(44, 54, "Libellé")
    page.text(124, 74, "Il les lit, elle lie")
    return page


def test_lines_that_the_scanner_broke_and_tilted_are_found_whole() -> None:
    scan = grey(small_table())
    scan[:, 700:707] = np.where(scan[:, 700:707] < 200, 255, scan[:, 700:707])  # a blank of a point and a half
    tilted = np.asarray(Image.fromarray(scan).rotate(0.08, Image.Resampling.BICUBIC, fillcolor=255), dtype=np.uint8)
    noise = np.random.default_rng(1).normal(0, 8, tilted.shape)
    noisy = np.clip(tilted * 0.8 + 40 + noise, 0, 255).astype(np.uint8)
    lines = find_lines(noisy, SCALE)
    assert len(lines.level) == 4
    assert len(lines.upright) == 3
    rulings = lines.rulings(SCALE)
    assert sorted(round(r.x0 / 10) for r in rulings if r.x0 == r.x1) == [4, 12, 26]
    assert sorted(round(r.y0 / 10) for r in rulings if r.y0 == r.y1) == [4, 6, 8, 10]


def test_the_stems_of_large_letters_are_no_lines() -> None:
    page = Page(400, 200)
    page.text(20, 100, "Illimité", size=40, bold=True)
    assert find_lines(grey(page), SCALE).upright == []


def test_lines_are_wiped_out_and_letters_are_kept() -> None:
    scan = grey(small_table())
    wiped = without_lines(scan, find_lines(scan, SCALE))
    plain = Page(300, 200)
    plain.text(44, 54, "Libellé")
    plain.text(124, 74, "Il les lit, elle lie")
    assert np.abs(wiped.astype(int) - grey(plain)).mean() < 0.5
    assert (wiped < 128).sum() == pytest.approx((grey(plain) < 128).sum(), rel=0.02)


def test_a_line_under_words_is_wiped_out_and_their_tails_are_kept() -> None:
    plain, underlined = Page(300, 100), Page(300, 100)
    for page in (plain, underlined):
        page.text(20, 50, "O.S.1. Vivre dans des quartiers apaisés", size=12, bold=True)
    underlined.box(20, 50.5, 262, 51.7, fill="000000")
    wiped = without_underlines(grey(underlined), SCALE)
    assert (wiped < 128).sum() == pytest.approx((grey(plain) < 128).sum(), rel=0.05)
    assert without_underlines(grey(plain), SCALE).tolist() == grey(plain).tolist()


def test_fills_are_found_and_the_shadow_of_a_fold_is_none() -> None:
    page = Page(400, 300)
    page.box(60, 50, 360, 70, fill="1f5f40")
    page.text(64, 64, "Objectif", color="ffffff", bold=True)
    page.box(60, 90, 360, 110, fill="d9d9d9")
    page.text(64, 104, "Action")
    scan = picture(page).astype(float)
    scan[:, :300] *= np.linspace(0.7, 1, 300)[None, :, None]
    pixels = scan.astype(np.uint8)
    shades = find_shades(pixels, np.array(Image.fromarray(pixels).convert("L")), SCALE)
    assert sorted((round(b.x0), round(b.y0), round(b.x1), round(b.y1)) for b in shades) == [
        (60, 50, 360, 70),
        (60, 90, 360, 110),
    ]


def test_the_columns_of_a_table_go_on_through_its_filled_head() -> None:
    page = Page(400, 200)
    page.box(60, 50, 360, 70, fill="404040")
    for x, head in ((64, "Action"), (164, "Service"), (264, "Statut")):
        page.text(x, 64, head, color="ffffff", bold=True)
    head = Box(60, 50, 360, 70, "404040", "")
    columns = [Ruling(x, 70, x, 150, "000000") for x in (60, 160, 260, 360)]
    assert [round(wall.x0) for wall in head_walls([head], columns, grey(page), SCALE)] == [160, 260]


def test_a_faint_light_line_in_a_filled_head_is_a_wall_beside_those_that_are_found() -> None:
    page = Page(400, 200)
    page.box(60, 50, 360, 70, fill="404040")
    for x, head in ((64, "Action"), (164, "Service"), (264, "Statut")):
        page.text(x, 64, head, color="ffffff", bold=True)
    for x, color in ((160, "ffffff"), (260, "868686")):
        page.box(x, 50, x + 0.5, 70, fill=color)
    head = Box(60, 50, 360, 70, "404040", "")
    columns = [Ruling(x, 70, x, 150, "000000") for x in (60, 160, 260, 360)]
    walls = head_walls([head], columns, grey(page), SCALE)
    assert {160, 260} <= {round(wall.x0) for wall in walls}


def test_a_band_with_one_title_is_not_cut_into_columns() -> None:
    page = Page(400, 200)
    page.box(60, 50, 360, 70, fill="404040")
    page.text(64, 64, "Un cadre", color="ffffff", bold=True)
    band = Box(60, 50, 360, 70, "404040", "")
    columns = [Ruling(x, 70, x, 150, "000000") for x in (60, 160, 260, 360)]
    assert head_walls([band], columns, grey(page), SCALE) == []


def test_a_filled_head_over_rows_without_lines_is_cut_in_the_white_strips() -> None:
    head = Box(60, 50, 360, 70, "404040", "")
    words = [
        word("Action", 64, 56, 94, 64), word("Budget", 200, 56, 235, 64), word("Statut", 300, 56, 330, 64),
        word("Planter", 64, 80, 100, 88), word("1.200", 190, 80, 235, 88), word("Terminé", 300, 80, 340, 88),
    ]  # fmt: skip
    walls = [wall.x0 for wall in open_columns([head], [], words, SCALE)]
    assert len(walls) == 2
    assert 100 < walls[0] < 190
    assert 235 < walls[1] < 300


@pytest.mark.parametrize(
    ("printed", "first_read", "glyphs", "expected"),
    [
        ("2.1.2", "212", "212", "2.1.2"),
        ("1.1.1", "LIT", "111", "1.1.1"),
        ("OO1.2", "0012", "0012", "OO1.2"),
        ("OS1", "OS", "OS1", "OS1"),
        ("2028", "2028", "2028", "2028"),
        ("PCS", "PCS", "PC5", "PCS"),
        ("12/24", "12/24", "1224", "12/24"),
    ],
)
def test_a_code_gets_the_glyphs_and_dots_of_the_picture(
    printed: str, first_read: str, glyphs: str, expected: str
) -> None:
    page = Page(200, 60)
    page.text(20, 40, printed, size=11)
    (settled,) = settle_codes([word(first_read, 20, 31, 28 + 5 * len(printed), 41)], grey(page), answers(glyphs))
    assert settled.text == expected


def test_a_cross_alone_in_its_cell_is_read_again() -> None:
    page = Page(200, 100)
    page.text(95, 54, "X", bold=True)
    cells = [(20.0, 40.0, 80.0, 60.0), (80.0, 40.0, 120.0, 60.0)]
    (cross,) = settle_cells([], grey(page), cells, SCALE, answers("X"))
    assert cross.text == "X"
    assert 80 < cross.left / SCALE < 120


def test_what_was_read_surely_stays() -> None:
    page = Page(200, 100)
    page.text(24, 54, "Terminé")
    sure = word("Terminé", 24, 46, 62, 55, confidence=96)
    assert settle_cells([sure], grey(page), [(20.0, 40.0, 80.0, 60.0)], SCALE, answers("Autre")) == [sure]


def test_the_head_of_a_narrow_column_that_runs_upwards_is_read() -> None:
    page = Page(200, 120)
    page.text(50, 90, "Reporté", bold=True, angle=90)
    head = settle_cells([], grey(page), [(40.0, 40.0, 58.0, 100.0)], SCALE, answers("£", "Reporté", "£", unsure="£"))
    assert [w.text for w in head] == ["Reporté"]
    assert head[0].is_turned


def test_a_space_that_the_picture_shows_parts_a_word() -> None:
    page = Page(200, 60)
    page.text(20, 40, "En cours", size=9, bold=True)
    assert [w.text for w in split_joined([word("Encours", 19, 33, 60, 41)], grey(page))] == ["En", "cours"]
    assert [w.text for w in split_joined([word("Cours", 33.5, 33, 60, 41)], grey(page))] == ["Cours"]


def test_the_sign_after_a_word_whose_box_holds_it_too_parts_no_letter_from_the_word() -> None:
    page = Page(200, 60)
    page.text(20, 40, "Action", size=9, bold=True)
    page.text(56, 40, "s", size=9, bold=True)
    whole = word("Actions", 19, 33, 62, 42)
    assert len(split_joined([whole], grey(page))) == 2
    line = [whole, word(":", 55, 33, 62, 42)]
    assert split_joined(line, grey(page)) == line


def test_a_gap_in_a_word_that_is_narrower_than_the_spaces_of_its_line_parts_nothing() -> None:
    page = Page(200, 60)
    for x, content in ((20, "Peser"), (54, "les"), (78, "retou"), (101.6, "rs")):
        page.text(x, 40, content, size=9)
    line = [word("Peser", 19, 33, 46, 42), word("les", 53, 33, 66, 42), word("retours", 77, 33, 114, 42)]
    assert split_joined(line, grey(page)) == line
    assert len(split_joined(line[2:], grey(page))) == 2


@pytest.mark.parametrize("printed", ["PATRIMOINE", "PUBLIQUE", "GÉNÉRATIONS", "patrimoine", "légué"])
def test_words_of_one_size_measure_alike_whatever_their_letters_reach_to(printed: str) -> None:
    page = Page(300, 60)
    page.text(20, 40, printed, size=14, bold=True)
    rows = np.flatnonzero((grey(page) < 128).any(axis=1))
    height_px = float(rows[-1] - rows[0] + 1)
    assert height_px / extent(printed) / SCALE == pytest.approx(14, rel=0.12)


def measured(text: str, y_pt: float, weight: float, size_pt: float = 10.0) -> MeasuredLine:
    """A line with its baseline at a height, its strokes as heavy as given."""
    face = Face("", size_pt, False, False, "000000")
    words = [
        Word(content, 40.0 + 30 * place, y_pt - size_pt, 65.0 + 30 * place, y_pt + 2, y_pt, face)
        for place, content in enumerate(text.split(" "))
    ]
    return MeasuredLine(tuple(words), size_pt, tuple(weight * size_pt for _ in words), (0.0, 0.0, 0.0))


def test_the_short_end_of_a_bold_title_is_bold_though_its_strokes_leave_a_doubt() -> None:
    text = [measured("des mots de texte courant sans relief", 200.0 + 14 * line, 0.08) for line in range(8)]
    titles = [measured("Planter des haies avec les", 100, 0.11, 14), measured("habitants", 119, 0.095, 15)]
    alone = measured("Semer", 160, 0.095)
    (page,) = settle_pages([Look([*titles, alone, *text], Drawing([], [], [], []), 595, 842)])
    bold = [word for word in page.words if word.face.bold]
    assert " ".join(word.text for word in bold) == "Planter des haies avec les habitants"
    assert len({word.face.size_pt for word in bold}) == 1


def test_a_lone_sign_as_flat_as_a_dash_is_a_dash() -> None:
    page = Page(200, 60)
    page.text(20, 40, "-")
    page.text(60, 40, "s")
    found = [fit_to_ink(word("s", x0, 30, x0 + 6, 42), grey(page)).text for x0 in (19, 59)]
    assert found == ["-", "s"]


def test_rows_of_dots_are_taken_off_and_letters_stay() -> None:
    page = Page(400, 120)
    page.text(20, 40, "Planter des haies")
    page.text(20, 70, "Réunir le 02/12/28 iiiiiiiiiiiiiiiiiiii mmmmmmmmmm ... suite")
    bare = grey(page)
    page.text(105, 40, "." * 80)
    page.text(340, 40, "12")
    page_number = Page(400, 120, operators=[*page.operators])
    cleared = without_leaders(grey(page_number), SCALE)
    band = slice(round(30 * SCALE), round(45 * SCALE))
    assert cleared[band, round(110 * SCALE) : round(320 * SCALE)].min() > 200
    assert cleared[band, round(338 * SCALE) : round(355 * SCALE)].min() < 100
    assert (cleared[: round(28 * SCALE)] == bare[: round(28 * SCALE)]).all()
    assert (cleared[round(55 * SCALE) :] == bare[round(55 * SCALE) :]).all()


def test_a_row_of_small_heavy_letters_is_no_line() -> None:
    page = Page(300, 200)
    page.line(40, 60, 260, 60)
    page.text(44, 74, "Ressources saines et sociales", size=7, bold=True)
    assert [round((line.first + line.last) / SCALE) for line in find_lines(grey(page), SCALE).level] == [60]


def test_a_number_that_a_code_takes_in_is_not_read_twice() -> None:
    page = Page(300, 200)
    page.text(44, 74, "OO 2", size=10)
    scan = grey(page)
    words = [word("O0", 44, 66, 65.5, 75, 80.0), word("2", 61, 66, 66, 75, 95.0)]
    assert "".join(found.text for found in settle_codes(words, scan, answers("OO2"))) == "OO2"


def test_a_column_of_page_numbers_read_as_one_line_on_end_is_read_again() -> None:
    scan = np.full((800, 300), 255, dtype=np.uint8)
    stack = [word(text, 50, 40 + 20 * n, 55, 48 + 20 * n, 40.0) for n, text in enumerate(("oo", "01", "©"))]
    level = ReadWord((2, 1, 1), 20, 20, 90, 30, "Sommaire", 95.0)
    found = settle_stacks([level, *stack], scan, answers("5"))
    assert [one.text for one in found] == ["Sommaire", "5"]


def test_a_fax_loses_its_specks_and_keeps_the_dots_of_its_letters() -> None:
    page = Page(300, 200)
    page.text(40, 60, "Il finit ici.", size=11)
    clean = np.where(picture(page) < 128, 0, 255).astype(np.uint8)
    fax = clean.copy()
    rows, columns = np.arange(400, 800, 40), np.arange(100, 1100, 100)
    for down, right in ((0, 0), (0, 1), (1, 0)):
        fax[rows + down, columns + right] = 0
    assert (smoothed(fax, SCALE)[300:] > 250).all()
    assert (smoothed(fax, SCALE)[:300] == smoothed(clean, SCALE)[:300]).all()
    dots = clean[: round(52.5 * SCALE)]  # what stands above the small letters
    assert ((smoothed(clean, SCALE)[: len(dots)] < 160) & (dots == 0)).sum() > 0.5 * (dots == 0).sum()


@pytest.mark.parametrize(("threshold", "is_fax"), [(128, True), (None, False)])
def test_a_page_scanned_in_black_and_white_is_told_from_one_in_greys(threshold: int | None, is_fax: bool) -> None:
    scan = grey(small_table())[::2, ::2]
    if threshold is not None:
        scan = np.where(scan < threshold, 0, 255).astype(np.uint8)
    page = Page(300, 200)
    page.picture(scan.shape[1], scan.shape[0], scan.tobytes())
    assert is_bilevel(pypdfium2.PdfDocument(write_pdf([page]))[0]) is is_fax


def test_words_read_apart_have_the_blank_that_the_picture_shows_between_them() -> None:
    page = Page(300, 200)
    page.text(40, 60, "rampe", size=11)
    page.text(80, 60, "à", size=11)
    loose = [word("rampe", 40, 50, 77, 63), word("à", 77.5, 50, 86, 63)]
    before, after = fit_neighbours(loose, grey(page))
    assert after.left - before.left - before.width > 2 * SCALE
