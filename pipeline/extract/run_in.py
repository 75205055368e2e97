"""Part titles from the prose that runs on behind them in one paragraph («**1.2 Isoler l'ecole.** Les murs ...»)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from pipeline.model import Block, Document, Marker
from pipeline.vocabulary import match_label, match_level, match_number

#: Titles run into prose where so many blocks of one notation, and this share of them, show it by weight.
MINIMUM_RUN_IN = 3
RUN_IN_SHARE = 0.6
#: Without a change of weight, this share of the labels of one level are followed by a short sentence and more text.
STOPPED_SHARE = 0.8
#: A first sentence that is longer is no title.
MAXIMUM_TITLE_CHARACTERS = 160
#: A code of letters and a number that no level of the plan is known by («P1. », «PR-2 : »).
_LETTERED = re.compile(r"(?P<letters>[A-Z]{1,3})[.-]?\d{1,3}(?:\.\d{1,3})*\s?[.):\u2013-]?\s+(?=[^\W\d_])")
#: What stands between a title and its prose.
_SEPARATORS = " .\u2013\u2014:-"
#: Fewer words behind a title are no prose.
MINIMUM_PROSE_WORDS = 3
#: Capitals behind a stop begin a sentence; one letter in front of it is an initial («J. Dupont», «art. 5» are none).
_STOP = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=[)\u00bb%]))(?:\.|(?<!\s)\s?[!?])\s+(?=[\u00ab(]?\s?[A-Z\u00c0-\u00dc\d])")


def with_titles_parted(document: Document) -> Document:
    """Cut the prose behind run-in titles off them; the prose keeps the place of its paragraph."""
    by_weight: dict[str, dict[int, int]] = defaultdict(dict)
    by_stop: dict[str, dict[int, int]] = defaultdict(dict)
    count: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    for block in document.blocks:
        notation, start = _notation(block)
        if not notation:
            continue
        count[notation] += 1
        whole[notation] += block.style.bold and not block.lead
        if led := _end_of_lead(block, start):
            by_weight[notation][block.index] = led
        if stop := _end_of_sentence(block.text, start):
            by_stop[notation][block.index] = stop
    stopped = {notation for notation in count if notation.startswith("label") or "." in notation}
    cut: dict[int, int] = {}
    for notation, total in count.items():
        led_ends, stops = by_weight[notation], by_stop[notation]
        if len(led_ends) >= MINIMUM_RUN_IN and len(led_ends) + whole[notation] >= RUN_IN_SHARE * total:
            cut.update(led_ends)
        elif notation in stopped and len(stops) >= max(MINIMUM_RUN_IN, STOPPED_SHARE * total):
            cut.update(stops)
    if not cut:
        return document
    blocks: list[Block] = []
    for block in document.blocks:
        end = cut.get(block.index, 0) if block.table is None else 0
        blocks += [block] if not end else _parted(block, end)
    return replace(document, blocks=tuple(blocks))


def _parted(block: Block, end: int) -> list[Block]:
    """The title of a paragraph, all of it as heavy as its beginning, and the prose behind it as a paragraph."""
    title, prose = block.text[:end].rstrip(_SEPARATORS), block.text[end:].lstrip(_SEPARATORS)
    heavy, plain = replace(block.style, bold=True), replace(block.style, bold=False, outline_level=None)
    return [
        replace(block, text=title, lead="", style=heavy if end == len(block.lead) else block.style),
        replace(block, text=prose, lead="", style=plain, marker="", marker_kind=Marker.NONE, list_level=None),
    ]


def _notation(block: Block) -> tuple[str, int]:
    """What kind of label or number a block begins with, and where its title begins; "" for other blocks."""
    if block.table is not None or len(block.text) < MINIMUM_PROSE_WORDS:
        return "", 0
    label = match_level(block.text)
    if label is not None:
        coded = bool(label.code) and bool(label.rest)
        return (f"label {label.level.value}", max(block.text.find(label.rest), 0)) if coded else ("", 0)
    number = match_number(block.text)
    if number is not None:
        return f"number {number.shape}", max(block.text.find(number.rest), 0)
    code = _LETTERED.match(block.text)
    if code is not None:
        return f"code {code['letters']}", code.end()
    return (block.marker_kind.value, 0) if block.marker_kind is not Marker.NONE else ("", 0)


def _end_of_lead(block: Block, start: int) -> int:
    """Where the title ends that stands out by its weight and a stop, with prose behind it; 0 when none does."""
    title, prose = block.lead[start:].strip(), block.text[len(block.lead) :]
    if not title or not block.text.startswith(block.lead) or len(title) > MAXIMUM_TITLE_CHARACTERS:
        return 0
    stopped = title.endswith((".", "!", "?")) or prose.lstrip().startswith((". ", "\u2013 ", "\u2014 "))
    told = len(prose.split()) >= MINIMUM_PROSE_WORDS and prose.lstrip(" .\u2013\u2014\u00ab(")[:1].isalnum()
    return len(block.lead) if stopped and told and match_label(title.rstrip(".")) is None else 0


def _end_of_sentence(text: str, start: int) -> int:
    """Where the first sentence ends that more text follows, both of them sentences; 0 when there is none."""
    found = _STOP.search(text, start)
    if found is None or found.start() - start > MAXIMUM_TITLE_CHARACTERS or not text.rstrip().endswith((".", "!", "?")):
        return 0
    told = len(text[found.end() :].split()) >= MINIMUM_PROSE_WORDS
    return found.end() if told else 0
