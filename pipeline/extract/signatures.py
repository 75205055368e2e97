"""Describe every line of a document by what it shows: label, number, style rank, bullet, place.

A `Line` is a block (or the blocks of one wrapped title); its `kind` is the signature in words, shared by all lines
that look alike. Nothing here decides a level.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.model import LEVEL_DEPTH, Block, Level, Marker, Role, Style
from pipeline.text import clean, fold, is_cut_short, split_marker, strip_title, unspace
from pipeline.values import is_row_of_goals
from pipeline.vocabulary import (
    LevelLabel,
    Number,
    Section,
    begins_level_word,
    level_of_style,
    match_abbreviation,
    match_level,
    match_number,
    match_section,
    may_name_level,
    names_volet,
    says_no_value,
    split_inline_fields,
    without_continuation,
)

MAXIMUM_HEADING_CHARACTERS = 320
#: A heading is printed at least this much larger than the body.
HEADING_SIZE_RATIO = 1.08
#: A title in larger type behind a word that labels a field has so many spaces or more.
LEAST_TITLE_SPACES = 1
#: A line that ends like a sentence is a heading only when it is set this much larger than the body.
SENTENCE_SIZE_RATIO = 1.3
#: A line longer than this that ends like a sentence is not set apart by its weight, capitals or fill.
MAXIMUM_LABEL_SENTENCE_CHARACTERS = 120
#: A line in body style names a section («Actions») only when it is no longer than this.
MAXIMUM_PLAIN_SECTION_CHARACTERS = 60
#: The body of a document is bold only when this share of its characters is: many plans are mostly bold titles.
BOLD_BODY = 0.8
#: Numbered lines set smaller than this against the body are footnotes.
NOTE_SIZE_RATIO = 0.9
#: A fill behind this many lines of running text sets no heading apart.
COMMON_FILL_LINES = 8
#: Items of a list that stand this much further right belong to an inner list.
LIST_STEP_PT = 8.0
#: One step of the indent that tells kinds of numbered lines apart.
INDENT_STEP_PT = 18.0
#: Two parts of one title may differ this much in size: recognition measures sizes roughly.
WRAPPED_SIZE_RATIO = 1.25

#: A text printed several times in one line, as shadows and tiles of a brochure leave it.
_REPEATED = re.compile(r"^(.{4,40}?)(?:\s+\1)+$", re.DOTALL)
#: An address of electronic mail or of a page is no title.
_ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+")
#: A line that holds a number, and nothing else.
_LONE_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-H]|[IVX]{1,4})\.?$")
#: A label alone on its line is no longer than this.
MAXIMUM_LONE_LABEL_CHARACTERS = 40
#: The label of an action that may be a number: the first of those that begin with a letter.
_LETTERED_ACTION = re.compile(r"A[.\-]?\d{1,3}(?:\.\d{1,3})*")
#: The letter or roman numeral at the end of a label («Objectif stratégique B», «[OS II]»).
_LETTER_OF_LABEL = re.compile(r"[\s.\-](?P<letter>[A-Z]|[IVX]{1,4})[\])]?$")
#: A letter that recognition makes of a 1, after a label, and the letters or numerals that show it to be one.
_LIKE_ONE = re.compile(r"[^\d]{1,40}?[\s.\-](?P<letter>[IL])(?!\w)")
_BESIDE = {"I": frozenset(("II", "H")), "L": frozenset("K")}
#: A code that begins with 1, the letters of its label first.
_CODE_WITH_ONE = re.compile(r"(?P<label>[A-Z.]*)1(?P<rest>(?:\.\d+)*)")
#: The count at the end of a word («Priorité II»).
_COUNT_AT_END = re.compile(r"\s(?:\d{1,2}|[IVX]{1,4})$")
#: A number that begins with a letter, nothing between the two.
_GLUED_LETTER = re.compile(
    r"^(?P<code>(?P<letter>[A-Z])\d{1,2}(?:\.\d{1,2})*)(?:\s*[.:)\u2013\u00b7\u2022-])?(?:\s+(?P<rest>.*))?$"
)
#: A code of letters and of digits that may each count a level; so many extend those of the level above.
_DIGITS = re.compile(r"(?P<letters>[A-Z]{1,2})[.\-]?(?P<digits>\d{1,4})")
MINIMUM_DIGITS = 3
#: Letters in front of numbers are a code where so many stand so, and this share of them count on.
MINIMUM_COUNTED, COUNTED_SHARE = 4, 0.8
_COUNTED_CODE = re.compile(
    r"(?P<letters>[A-Z]{1,3})(?P<count>\d{1,3})\s?(?:[.):\u2013-]\s*|(?<=\s))(?P<rest>[^\W\d_].+)"
)
#: Fewer words in quotation marks are a name, not a sentence.
QUOTED_WORDS = 3
_QUOTED_SENTENCE = re.compile(
    '[\u00ab\u201c"](?P<sentence>[^\u00ab\u00bb\u201c\u201d"]+[.!?\u2026])\\s?[\u00bb\u201d"]'
)
#: The call of a note at the end of a line, and the mark at the beginning of the note.
_NOTE_CALL = re.compile(r"[^\s*]\s?(\*{1,3})$")
_NOTE_MARK = re.compile(r"^\(?(\*{1,3})(?!\*)")
#: Styles name levels where at least so many do, each for so many lines.
STYLED_LEVELS, STYLED = 2, 2
#: An abbreviation of a level without numbers («SA – Visiter les lieux») stands over so many titles.
ABBREVIATED = 3
#: A plan has two volets.
VOLETS = 2
#: The codes of the first of several.
_FIRST = frozenset(("1", "01", "I", "A"))
#: A number in front of words, which may be a count, or a date.
_WEAK_NUMBER = re.compile(r"^(?P<code>\d{1,2}(?:\.\d{1,2}){0,3})\s+(?P<rest>[^\W\d_].*)$")
#: Dotted numbers that may be dates are numbers where this share of them extends the number above.
EXTENDED = 0.8
#: Sections that a typed number may stand in front of.
_NUMBERED_SECTIONS = frozenset(("outside", "annex", "contents", "legend", "summary"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the flow with its features."""

    blocks: tuple[Block, ...]
    text: str  # number or label included, bullet left out
    title: str  # what is left when label, number and bullet are gone
    kind: str
    rank: float  # how strongly it is set as a heading; 0 for body text
    style: str
    label: LevelLabel | None = None
    number: Number | None = None
    section: Section | None = None
    bullet: bool = False
    depth: int = 0  # list level, 0 for the outer one
    page_number: int = 0
    box: int | None = None
    furniture: bool = False

    @property
    def locator(self) -> str:
        """Where the line is: page (or nothing when the format has none) and block."""
        return locator(self.blocks[0])


def locator(block: Block) -> str:
    """Where a block is, in the form that tables print."""
    page_number = block.position.page_number
    return f"p. {page_number} \u00a7 {block.index + 1}" if page_number else f"\u00a7 {block.index + 1}"


# ------------------------------------------------------------------------------------------------------ the body


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """The style that most characters of a document have."""

    size_pt: float
    bold: bool
    color: str
    fills: frozenset[str] = frozenset()  # fills behind many lines of body size: cards and shaded cells, no headings


def read_body_style(blocks: Iterable[Block]) -> BodyStyle:
    """Return the commonest size, weight and colour, weighed by characters, over paragraphs that are no headings."""
    weights: dict[tuple[float, bool, str], int] = {}
    fills: Counter[tuple[str, float, bool]] = Counter()
    for block in blocks:
        style = block.style
        if style.fill:
            fills[style.fill, _half_points(style.size_pt), style.bold] += 1
        if style.outline_level is None and (block.role is Role.BODY or block.role is Role.TEXT_BOX):
            look = (style.size_pt, style.bold, style.color)
            weights[look] = weights.get(look, 0) + len(block.text)
    sizes: Counter[float] = Counter()
    bolds: Counter[bool] = Counter()
    colors: Counter[str] = Counter()
    for (size_pt, bold, color), weight in weights.items():
        sizes[_half_points(size_pt)] += weight
        bolds[bold] += weight
        colors[color] += weight
    if not sizes:
        return BodyStyle(0.0, False, "")
    body_pt = sizes.most_common(1)[0][0]
    bold_body = bolds[True] >= BOLD_BODY * (bolds[True] + bolds[False])
    common = frozenset(
        fill
        for (fill, fill_size_pt, fill_bold), count in fills.items()
        if count >= COMMON_FILL_LINES and fill_size_pt <= body_pt and fill_bold == bold_body
    )
    return BodyStyle(body_pt, bold_body, colors.most_common(1)[0][0], common)


def _half_points(size_pt: float) -> float:
    """A size rounded to half a point."""
    return round(size_pt * 2) / 2


# --------------------------------------------------------------------------------------------------- one line


def is_capitals(text: str) -> bool:
    """Tell whether a text is set in capitals (at least four letters, no small one)."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and all(c == c.upper() for c in letters)


def heading_rank(style: Style, text: str, body: BodyStyle) -> float:
    """Weigh how strongly a line is set as a heading: outline levels first, then size, weight, fill, capitals, colour.

    0 for body text. Outline level 1 weighs 100, level 9 20; a bold line of body size some 6; size counts 40 a doubling.
    """
    if style.outline_level is not None:
        return 110.0 - 10.0 * style.outline_level
    if len(text) > MAXIMUM_HEADING_CHARACTERS or not any(c.isalpha() for c in text):
        return 0.0
    stripped = text.rstrip()
    rank = 0.0
    large = bool(body.size_pt) and style.size_pt > body.size_pt * HEADING_SIZE_RATIO
    plain_sentence = (
        stripped.endswith((".", ";")) and not style.bold and style.size_pt < SENTENCE_SIZE_RATIO * body.size_pt
    )
    if large and not plain_sentence:
        rank += 8.0 + min(60.0, 40.0 * (style.size_pt / body.size_pt - 1.0))
    if not (stripped.endswith((".", ";", ",")) and len(text) > MAXIMUM_LABEL_SENTENCE_CHARACTERS):
        if style.bold and not body.bold:
            rank += 6.0
        if is_capitals(text):
            rank += 4.0
        if style.fill and style.fill not in body.fills:
            rank += 3.0
    if rank and style.color and style.color != body.color:
        rank += 1.0
    return rank


def style_key(style: Style, rank: float, body: BodyStyle) -> str:
    """Name the look of a line so that lines of one look share the name."""
    if style.outline_level is not None:
        return f"h{style.outline_level}"
    if rank <= 0:
        return "body"
    ratio = round(style.size_pt / body.size_pt, 1) if body.size_pt else 1.0
    weight = ("b" if style.bold else "") + ("i" if style.italic else "")
    color = f"#{style.color}" if style.color != body.color else ""
    return f"x{ratio:.1f}{weight}{color}{f'/{style.fill}' if style.fill else ''}"


def line_kind(
    label: LevelLabel | None,
    number: Number | None,
    section: Section | None,
    look: str,
    rank: float,
    *,
    bullet: bool,
    depth: int,
    indent_pt: float,
) -> str:
    """The signature in words; equal for lines that look alike."""
    if section is not None:
        return f"section {section.concept}"
    if label is not None:
        return f"label {label.level.value}"
    if number is not None:
        place = f" depth {depth}" if depth else f" indent {round(indent_pt / INDENT_STEP_PT)}"
        return f"number {number.shape} {look}{place if rank <= 0 else ''}"
    if bullet:
        return f"item {depth}"
    if look in ("sheet name", "note"):
        return look
    return f"heading {look}" if rank > 0 else "paragraph"


def read_line(block: Block, body: BodyStyle) -> Line:
    """Describe one block."""
    text = clean(unspace(block.text))
    bullet = block.marker_kind is Marker.BULLET
    if block.marker_kind is Marker.NONE:
        marker, rest = split_marker(text)
        if marker:
            bullet, text = True, rest
    repeated = _REPEATED.match(text)
    if repeated:
        text = repeated[1].strip()
    generated = block.marker_kind is Marker.NUMBER
    whole = _with_marker(block.marker, text) if generated else text
    listed = block.list_level is not None
    depth = block.list_level or 0
    label = match_level(whole)
    plain_item = bullet or (listed and not generated and block.style.outline_level is None)
    address = _ADDRESS.fullmatch(text) is not None
    rank = 0.0 if plain_item or address or is_row_of_goals(text) else heading_rank(block.style, text, body)
    number = None if label is not None else match_number(whole, heading=rank > 0)
    if number is None and label is None and generated:
        marker = block.marker.strip(" .)")
        number = Number(marker, "A" if re.fullmatch("[A-Z]", marker) else "1", text, ".")
    label = label or _label_behind(number)
    section = _read_section(text, rank, label, number, bullet=bullet, generated=generated)
    if section is not None:
        label = number = None
    if label is not None:
        number = None
    title = label.rest if label else number.rest if number else text
    if rank > 0 and label is None and number is None and section is None and _is_answer(block, text, body):
        rank = 0.0
    look = style_key(block.style, rank, body)
    if block.role is Role.SHEET_NAME and label is None and section is None:
        number, look = None, "sheet name"  # names of sheets set parts apart, they are no titles of a plan
    small = 0 < block.style.size_pt < NOTE_SIZE_RATIO * body.size_pt and block.style.outline_level is None
    if small and number is not None and number.shape == "1" and not listed and block.position.box is None:
        number, look = None, "note"
    return Line(
        blocks=(block,),
        text=whole,
        title="" if address else strip_title(title),
        rank=rank,
        style=look,
        label=label,
        number=number,
        section=section,
        bullet=bullet,
        depth=depth,
        page_number=block.position.page_number,
        box=block.position.box,
        kind=line_kind(label, number, section, look, rank, bullet=bullet, depth=depth, indent_pt=block.indent_pt),
    )


def _label_behind(number: Number | None) -> LevelLabel | None:
    """The label between a number and its title («1. Enjeu : Grandir»), with this number as its code; None when none."""
    label = match_level(number.rest) if number is not None else None
    if number is None or label is None or label.code or label.plural:
        return None
    return replace(label, code=number.code) if label.rest and label.level in LEVEL_DEPTH else None


def _with_marker(marker: str, text: str) -> str:
    """A text behind its number, or behind the label that stands for one: a colon parts a label without a number."""
    label = match_level(marker)
    named = label is not None and not label.code and not label.rest and bool(text)
    return f"{marker} : {text}" if named else f"{marker} {text}".strip()


def _is_answer(block: Block, text: str, body: BodyStyle) -> bool:
    """Tell whether a line is a question and its answer, or fields with their values, however it is set.

    A word with its count («Priorité 1 : ...») labels no field; one that may name a level, and a title in larger type,
    are a heading.
    """
    fields = split_inline_fields(text) if block.style.outline_level is None else []
    if len(fields) == 1 and _COUNT_AT_END.search(fields[0][1]):
        return False
    if len(fields) == 1 and block.style.size_pt > body.size_pt * HEADING_SIZE_RATIO:
        _, printed, value = fields[0]
        if may_name_level(printed.rstrip(" :")) and value.count(" ") >= LEAST_TITLE_SPACES:
            return False
    return bool(fields) and (all(value for _, _, value in fields) or says_no_value(text))


def _read_section(
    text: str, rank: float, label: LevelLabel | None, number: Number | None, *, bullet: bool, generated: bool
) -> Section | None:
    """Read a line as the heading of a section; None where its label, its number or its bullet says something else."""
    may_head = rank > 0 or len(text) <= MAXIMUM_PLAIN_SECTION_CHARACTERS
    section = match_section(text) if may_head else None
    if section is None or (bullet and not text.rstrip().endswith(":") and section.concept != "furniture"):
        return None
    if label is not None and (label.code or label.rest):
        return None
    if number is not None and not generated and section.concept not in _NUMBERED_SECTIONS:
        return None
    return section


# --------------------------------------------------------------------------------------- what neighbours tell


def read_lines(blocks: Sequence[Block], body: BodyStyle) -> list[Line]:
    """Describe the blocks of a run of text in order; wrapped titles become one line, empty blocks none."""
    lines: list[Line] = []
    heads: frozenset[Level] | None = None  # read when the first label has a number below it
    for block in blocks:
        if not clean(block.text) and not block.marker.strip():
            continue
        line = read_line(block, body)
        numbers = bool(lines) and _numbers_label(lines[-1], line)
        if numbers and heads is None:
            heads = _heads_of_numbers(blocks)
        if numbers and lines[-1].label is not None and lines[-1].label.level not in (heads or ()):
            label = lines[-1].blocks[0]
            whole = read_line(replace(label, text=f"{clean(unspace(label.text))} {line.text}"), body)
            lines[-1] = replace(whole, blocks=(label, block))
        elif lines and _is_code_beside(lines[-1], line):
            code = lines[-1].blocks[0]
            text = f"{clean(unspace(code.text))} {line.text}"
            whole = read_line(replace(block, text=text, indent_pt=code.indent_pt), body)
            lines[-1] = replace(whole, blocks=(code, block))
        elif lines and _continues(lines[-1], line):
            previous = lines[-1]
            lines[-1] = replace(
                previous,
                blocks=previous.blocks + line.blocks,
                text=f"{previous.text} {line.text}",
                title=strip_title(f"{previous.title}{_after_title(previous)} {line.text}"),
            )
        else:
            lines.append(line)
    return _deepen(lines)


def _after_title(line: Line) -> str:
    """The punctuation that a line prints after its title: within a wrapped title it belongs to it."""
    _, found, after = line.text.rpartition(line.title)
    return after if found else ""


def _numbers_label(previous: Line, line: Line) -> bool:
    """Tell whether a line is the number of a label that stands alone on the line before («AXE», then «1»)."""
    label = previous.label
    lone = label is not None and not label.code and not label.rest and not label.plural and len(previous.blocks) == 1
    return lone and previous.page_number == line.page_number and bool(_LONE_NUMBER.match(line.text))


def _heads_of_numbers(blocks: Sequence[Block]) -> frozenset[Level]:
    """The levels whose label alone heads a list («Action», then «1.1.1» and «1.1.2», each above its title).

    Between two such labels, a number on a line of its own is followed by the next.
    """
    found: set[Level] = set()
    head: Level | None = None
    code = ""
    for block in blocks:
        text = clean(block.text)
        if _LONE_NUMBER.match(text) and text[0].isdigit():
            if head is not None and code and _follows(code, text):
                found.add(head)
            code = text
        elif len(text) <= MAXIMUM_LONE_LABEL_CHARACTERS and (label := match_level(text)) is not None:
            head, code = (label.level if not (label.code or label.rest or label.plural) else None), ""
    return frozenset(found)


def _follows(code: str, other: str) -> bool:
    """Tell whether a number is the next after another in the same series («1.1.2» after «1.1.1»)."""
    (stem, _, last), (other_stem, _, other_last) = (text.strip(" .").rpartition(".") for text in (code, other))
    return stem == other_stem and int(other_last) == int(last) + 1


def _is_code_beside(previous: Line, line: Line) -> bool:
    """Tell whether a line is the title on the row of the number that stands alone on the line before."""
    number, place, title = previous.number, previous.blocks[-1].position, line.blocks[0].position
    if number is None or number.rest or len(previous.blocks) > 1 or previous.page_number != line.page_number:
        return False
    if line.label or line.number or line.section or line.bullet or not line.title or place.x1_pt <= place.x0_pt:
        return False
    middle_pt = (place.y0_pt + place.y1_pt) / 2
    apart = place.x1_pt <= title.x0_pt + 1 or title.x1_pt <= place.x0_pt + 1
    return apart and title.y0_pt <= middle_pt <= title.y0_pt + 1.6 * (title.y1_pt - title.y0_pt)


def _continues(previous: Line, line: Line) -> bool:
    """Tell whether a line is the wrapped rest of a title: same look, small first letter, nothing that opens an item."""
    if previous.section or line.label or line.section or line.number or line.bullet:
        return False
    if not (previous.label or previous.bullet or previous.rank > 0 or previous.number):
        return False
    in_bracket = previous.text.count("(") > previous.text.count(")")
    closes = in_bracket and line.text.count(")") > line.text.count("(")
    if not (line.text[:1].islower() or in_bracket or is_cut_short(previous.text)) or not previous.title:
        return False
    if previous.text.rstrip().endswith((".", ";", ":", "!", "?")) and not closes:
        return False
    if previous.box != line.box or line.page_number - previous.page_number not in (0, 1):
        return False
    first, second = previous.blocks[-1], line.blocks[0]
    smaller_pt, larger_pt = sorted((first.style.size_pt, second.style.size_pt))
    # recognition tells weight badly; a title that breaks off needs its rest
    same_weight = first.style.bold == second.style.bold or (is_cut_short(previous.text) and line.text.isupper())
    same_look = same_weight and larger_pt <= WRAPPED_SIZE_RATIO * smaller_pt
    return same_look and second.list_level in (None, first.list_level) and second.table is None


def _deepen(lines: list[Line]) -> list[Line]:
    """Tell the levels of lists apart by indentation where the format gives all items of a run one level."""
    out = list(lines)
    start = 0
    while start < len(out):
        if not out[start].bullet:
            start += 1
            continue
        stop = start
        while stop < len(out) and out[stop].bullet and out[stop].page_number - out[start].page_number <= 1:
            stop += 1
        run = out[start:stop]
        if len({line.depth for line in run}) == 1:
            out[start:stop] = _deepen_run(run)
        start = stop
    return out


def _deepen_run(run: list[Line]) -> list[Line]:
    """Give the items of one list a depth by the steps of their indents."""
    steps_pt: list[float] = []
    for indent_pt in sorted({line.blocks[0].indent_pt for line in run}):
        if not steps_pt or indent_pt - steps_pt[-1] > LIST_STEP_PT:
            steps_pt.append(indent_pt)
    if len(steps_pt) == 1:
        return run
    out = []
    for line in run:
        depth = sum(line.blocks[0].indent_pt > step_pt - 0.5 for step_pt in steps_pt) - 1
        kind = f"item {depth}" if line.kind.startswith("item ") else line.kind
        out.append(replace(line, depth=depth, kind=kind))
    return out


# --------------------------------------------------------------------------------- what the whole document tells


def settle_label_letters(lines: Sequence[Line]) -> list[Line]:
    """Read a letter after a label as its number only where other letters number that level («ACTION A MENER» is none).

    What was read as 1 is the numeral I where an «OS II» follows, the letter I after an H, L after a K.
    """
    letters: dict[Level, set[str]] = {}
    for line in lines:
        if line.label is not None and (found := _LETTER_OF_LABEL.search(line.label.printed)):
            letters.setdefault(line.label.level, set()).add(found["letter"])
    return [_with_sure_letter(line, letters) for line in lines] if letters else list(lines)


def _with_sure_letter(line: Line, letters: Mapping[Level, Collection[str]]) -> Line:
    """The line with the letter of its label settled; `letters` are those that number each level."""
    label = line.label
    if label is None:
        return line
    code = with_letter(label.code, line.text, set().union(*letters.values()))
    if code != label.code:
        return replace(line, label=replace(label, code=code))
    found = _LETTER_OF_LABEL.search(label.printed)
    lone = found is not None and len(letters[label.level]) < 2 and found.end("letter") == len(label.printed)
    return _as_plain(line) if lone and re.match(r"\s\w", line.text[len(label.printed) :]) else line


def with_letter(code: str, text: str, letters: Collection[str]) -> str:
    """A code with the letter that `text` prints for its 1 where one of `letters` is the next; else the code alone."""
    one, found = _LIKE_ONE.match(text), _CODE_WITH_ONE.fullmatch(code)
    if one is None or found is None or _BESIDE[one["letter"]].isdisjoint(letters):
        return code
    if found["label"].endswith(f"{one['letter']}."):
        return code  # «I.1» holds both
    return f"{found['label']}{one['letter']}{found['rest']}"


def _as_plain(line: Line) -> Line:
    """The line without its label, set as it is."""
    return as_number(line, None, line.text)


def settle_letters(lines: Sequence[Line]) -> list[Line]:
    """Read «A.1» as a number, not as the label of an action, where the document numbers by letters («A.», «B.1»).

    «B1» is one too, where a letter alone numbers what it stands in.
    """
    numbers = [line.number for line in lines if line.number is not None]
    letters = {n.code[0] for n in numbers if n.shape.startswith("A") and re.match(r"[A-Z](?![A-Z])", n.code)}
    alone = {n.code for n in numbers if n.shape == "A" and n.code.isalpha()}
    alone |= {letter for line in lines if (letter := letter_of_label(line.label))}
    glued = (_GLUED_LETTER.match(line.text) for line in lines if alone and not is_named(line))
    letters |= {found["letter"] for found in glued if found is not None and found["letter"] in alone}
    if not letters - set("AIVX"):
        return list(lines)
    return [_numbered_by_letter(line, alone) for line in lines]


def settle_counted_codes(lines: Sequence[Line]) -> list[Line]:
    """Read codes whose letters nothing explains («P1. Isoler l'ecole», «P2. ...») as numbers, where they count on."""
    found = [_COUNTED_CODE.match(line.text) if not is_named(line) and not line.furniture else None for line in lines]
    counts: dict[str, list[int]] = {}
    for match in filter(None, found):
        counts.setdefault(match["letters"], []).append(int(match["count"]))
    counting = {
        letters
        for letters, told in counts.items()
        if len(told) >= MINIMUM_COUNTED
        and begins_level_word(letters)
        and sum(b in (1, a + 1) for a, b in pairwise([0, *told])) >= COUNTED_SHARE * len(told)
    }
    return [
        as_number(line, Number(f"{match['letters']}{match['count']}", "A.1", match["rest"], ""))
        if match is not None and match["letters"] in counting
        else line
        for line, match in zip(lines, found, strict=True)
    ]


def letter_of_label(label: LevelLabel | None) -> str:
    """The letter or roman numeral that numbers an element in its label («OS-B», «Axe II»); "" when none does."""
    found = _LETTER_OF_LABEL.search(label.printed) if label is not None and label.code else None
    return found["letter"] if found is not None else ""


def _numbered_by_letter(line: Line, letters: Collection[str]) -> Line:
    """The line with «A.1» read as a number; «B1» too, when its letter is one of `letters`; any other as it is."""
    label = line.label
    coded = label is not None and not label.printed[1:2].isalpha()  # no word in front («Fiche action A.1»)
    if label is not None and coded and label.level is Level.ACTION and _LETTERED_ACTION.fullmatch(label.code):
        typed = match_number(line.text, heading=line.rank > 0)
        number = typed or Number(label.code, "A" + ".1" * len(re.findall(r"\d+", label.code)), label.rest, ".")
    else:
        glued = _GLUED_LETTER.match(line.text) if label is None and line.number is None else None
        if glued is None or glued["letter"] not in letters:
            return line
        number = Number(glued["code"], "A.1", glued["rest"] or "", "")
    return as_number(line, number)


def as_number(line: Line, number: Number | None, title: str = "") -> Line:
    """The line as one with a typed number and no label; its title is `title` where it has no number either."""
    kind = line_kind(
        None,
        number,
        None,
        line.style,
        line.rank,
        bullet=line.bullet,
        depth=line.depth,
        indent_pt=line.blocks[0].indent_pt,
    )
    rest = number.rest if number is not None else title
    return replace(line, label=None, number=number, kind=kind, title=strip_title(rest))


def is_named(line: Line) -> bool:
    """Tell whether a line carries a label, a number or the words of a section."""
    return line.label is not None or line.number is not None or line.section is not None


def settle_digits(lines: Sequence[Line]) -> list[Line]:
    """Read the digits of codes («A-1», «A-11», «A-12», «A-2») as their parts, where each extends the last shorter one.

    Numbers that count on beyond nine («A-9», «A-10») do not.
    """
    found = [_DIGITS.fullmatch(line.number.code) if line.number is not None else None for line in lines]
    last: dict[tuple[str, int], str] = {}  # letters and count of digits -> the last ones, until shorter ones come
    longer = extended = 0
    for match in filter(None, found):
        letters, digits = match["letters"], match["digits"]
        if len(digits) > 1:
            longer += 1
            extended += last.get((letters, len(digits) - 1)) == digits[:-1]
        last = {key: value for key, value in last.items() if key[0] != letters or key[1] < len(digits)}
        last[letters, len(digits)] = digits
    if extended < MINIMUM_DIGITS or extended < EXTENDED * longer:
        return list(lines)
    return [
        as_number(line, replace(line.number, shape="A" + ".1" * len(match["digits"])))
        if match is not None and line.number is not None and len(match["digits"]) > 1
        else line
        for line, match in zip(lines, found, strict=True)
    ]


def dotted_code(number: Number) -> str:
    """A code with dots between all of its parts («A.1» for A1 and A-1, «A.1.1» for A-11 whose digits are parts)."""
    if not number.shape.startswith("A"):
        return number.code
    parts = re.findall(r"[A-Z]+|\d+", number.code.upper())
    packed = len(parts) == 2 and len(parts[1]) == number.shape.count(".") > 1
    return ".".join((parts[0], *parts[1]) if packed else parts)


def settle_extended(lines: Sequence[Line]) -> list[Line]:
    """Read numbers that alone say nothing («2 Accueillir», «01.01.01 Former») where other numbers go with them.

    A plain one is the nearest line above that the number of the next element extends («2.1»); a dotted one that may be
    a date extends the last number above, and the others like it do too.
    """
    weak = [
        _WEAK_NUMBER.match(line.text) if not (is_named(line) or line.bullet or line.furniture) else None
        for line in lines
    ]
    found: dict[int, re.Match[str]] = {}
    open_codes: dict[str, int] = {}  # plain number -> where it stands, until a dotted number comes
    last = ""
    for index, (line, match) in enumerate(zip(lines, weak, strict=True)):
        code = line.number.code if line.number is not None else ""
        if match is not None and "." not in match["code"]:
            open_codes[match["code"]] = index
        elif match is not None and (match["code"].rpartition(".")[0] in (last, last.rpartition(".")[0])):
            found[index] = match
            last = match["code"]
        elif "." in code:
            parent, _, place = code.rpartition(".")
            above = weak[open_codes[parent]] if place.strip("0") == "1" and parent in open_codes else None
            if above is not None:
                found[open_codes[parent]] = above
            open_codes, last = {}, code
    dotted = [match for match in weak if match is not None and "." in match["code"]]
    plain = sum("." not in match["code"] for match in found.values())
    sound = 2 <= len(found) - plain >= EXTENDED * len(dotted)
    return [
        as_number(line, Number(match["code"], "1" + ".1" * match["code"].count("."), match["rest"], ""))
        if (match := found.get(index)) is not None and (sound if "." in match["code"] else plain > 1)
        else line
        for index, line in enumerate(lines)
    ]


def settle_abbreviations(lines: Sequence[Line]) -> list[Line]:
    """Read «SA – Visiter les lieux» as labelled without a number, where the document sets many titles behind one word.

    A lexicon explains each abbreviation but once.
    """
    found = [None if is_named(line) or line.furniture else match_abbreviation(line.text) for line in lines]
    titles: dict[Level, set[str]] = {}
    for level, title in filter(None, found):
        titles.setdefault(level, set()).add(fold(title))
    return [
        as_label(replace(line, title=strip_title(match[1])), match[0])
        if match is not None and len(titles[match[0]]) >= ABBREVIATED
        else line
        for line, match in zip(lines, found, strict=True)
    ]


def settle_continued(lines: Sequence[Line]) -> list[Line]:
    """Cut «(suite)», «(2/3)» and the like off titles that stand elsewhere too without it, or with another of these."""
    stems = [without_continuation(line.title) if line.title.endswith((")", "]")) else "" for line in lines]
    if not any(stems):
        return list(lines)
    known = Counter(fold(stem or line.title) for line, stem in zip(lines, stems, strict=True))
    return [
        replace(line, title=stem) if stem and known[fold(stem)] > 1 else line
        for line, stem in zip(lines, stems, strict=True)
    ]


def settle_volets(lines: Sequence[Line]) -> list[Line]:
    """Read the headings of volets as such: of the two known ones without the word, of any that begin with it.

    The document has two of them at least. Parts of a larger document are none.
    """
    if _are_parts_of_larger(lines):
        lines = [as_text(line) if _is_counted_volet(line) else line for line in lines]
    headed = [line.rank > 0 and line.label is None and names_volet(line.title) for line in lines]
    known = {fold(line.title) for line in lines if line.label is not None and line.label.level is Level.VOLET}
    if len(known | {fold(line.title) for line, named in zip(lines, headed, strict=True) if named}) < VOLETS:
        return list(lines)
    return [as_label(line, Level.VOLET) if named else line for line, named in zip(lines, headed, strict=True)]


def _are_parts_of_larger(lines: Sequence[Line]) -> bool:
    """Tell whether volets are the parts of a document («Partie IV – Stratégie», «Partie V – Projets») of which this is.

    None is the first; two stand one right after the other, or one is called what a chapter is called.
    """
    places = [place for place, line in enumerate(lines) if _is_counted_volet(line)]
    labels = [label for place in places if (label := lines[place].label) is not None]
    if not labels or any(label.code in _FIRST for label in labels):
        return False
    follow = any(below == above + 1 for above, below in pairwise(places))
    return follow or any(match_section(label.rest) is not None for label in labels)


def _is_counted_volet(line: Line) -> bool:
    return line.label is not None and line.label.level is Level.VOLET and line.label.code != ""


def settle_styles(lines: Sequence[Line]) -> list[Line]:
    """Read paragraphs whose style names a level («PST Action») as elements of it, where styles name two or more.

    A line with a label of its own stays as it is.
    """
    named = [level_of_style(line.blocks[0].style.name) if line.blocks[0].style.name else None for line in lines]
    counts = Counter(level for level in named if level in LEVEL_DEPTH)
    if sum(count >= STYLED for count in counts.values()) < STYLED_LEVELS:
        return list(lines)
    return [
        as_label(line, level) if level is not None and counts[level] >= STYLED and _may_be_styled(line) else line
        for line, level in zip(lines, named, strict=True)
    ]


def _may_be_styled(line: Line) -> bool:
    return line.label is None and line.section is None and bool(line.title) and not line.furniture


def as_label(line: Line, level: Level) -> Line:
    """The line as one with the label of a level, its number as the code."""
    code = line.number.code if line.number is not None else ""
    label = LevelLabel(level, code, line.text, line.title, plural=False)
    return replace(line, label=label, number=None, bullet=False, kind=f"label {level.value}")


def unify_colors(lines: Sequence[Line]) -> list[Line]:
    """Give one kind to headings that differ by nothing but a colour that changes from chapter to chapter.

    Colours are kept when they set levels apart: two colours over one size and weight, or one colour for most headings.
    """
    groups: dict[str, Counter[str]] = {}
    for line in lines:
        if line.rank > 0 and line.style.startswith("x") and "#" in line.style:
            groups.setdefault(_uncolored(line.style), Counter())[line.style] += 1
    varied = {
        base for base, looks in groups.items() if len(looks) >= 3 and max(looks.values()) <= 0.5 * sum(looks.values())
    }
    out = []
    for line in lines:
        base = _uncolored(line.style)
        if base in varied and line.style != base:
            look = base + ("/fill" if "/" in line.style else "#color")
            line = replace(line, style=look, kind=line.kind.replace(line.style, look))
        out.append(line)
    return out


def _uncolored(look: str) -> str:
    """A look without its colours."""
    return re.split(r"[#/]", look)[0]


def as_text(line: Line) -> Line:
    """The line as running text, whatever its words name."""
    return replace(line, label=None, section=None, kind="paragraph", rank=0.0)


def find_notes(lines: Sequence[Line]) -> list[Line]:
    """Read «* Avec le CPAS.» as a note, not as an item, where a line above it on the page ends with the same mark.

    The mark is left out of the title that it stands after. More such lines than marked titles are a list.
    """
    out = list(lines)
    marked: dict[str, list[int]] = {}
    page_number = call_count = note_count = 0
    for index, line in enumerate(lines):
        if line.page_number != page_number:
            page_number, marked = line.page_number, {}
        mark = _note_mark(line)
        calls = marked.get(mark, []) if mark else []
        if calls:
            note_count += 1
            out[index] = replace(line, bullet=False, kind="note", label=None, number=None, rank=0.0)
            for call in calls:
                out[call] = replace(out[call], title=strip_title(out[call].title.removesuffix(mark)))
            continue
        end = _NOTE_CALL.search(line.text) if line.text.endswith("*") else None
        if end:
            call_count += 1
            marked.setdefault(end[1], []).append(index)
    return out if note_count <= call_count else list(lines)


def settle_quotations(lines: Sequence[Line]) -> list[Line]:
    """Read a sentence that someone is quoted for as text, however it is set: titles are no speech."""
    return [as_text(line) if line.rank > 0 and _is_quotation(line) else line for line in lines]


def _is_quotation(line: Line) -> bool:
    """Tell whether a line without a mark begins with a whole sentence in quotation marks."""
    marked = line.label is not None or line.number is not None or line.section is not None or line.bullet
    quoted = _QUOTED_SENTENCE.match(line.text) if not marked else None
    return quoted is not None and len(quoted["sentence"].split()) >= QUOTED_WORDS


def _note_mark(line: Line) -> str:
    """The asterisks that a line begins with; empty when it begins with none."""
    block = line.blocks[0]
    marker = block.marker if block.marker_kind is Marker.BULLET else split_marker(block.text)[0]
    begin = _NOTE_MARK.match(marker or block.text)
    return begin[1] if begin else ""
