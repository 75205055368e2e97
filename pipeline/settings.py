"""plan.toml: what a person says of a plan, checked; every mistake is named with its line.

The defaults that follow from the law (organ, verb, signatories) come from data/law/<kind>.toml.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from pipeline.exceptions import SettingsError
from pipeline.remarks import render_message

SETTINGS_NAME = "plan.toml"


def _check_inside(file: str) -> str:
    """Refuse a path that leaves the plan's folder."""
    path = PurePosixPath(file.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", file) or not path.name:
        raise PydanticCustomError("path_outside", "path leaves the folder of the plan")
    return str(path)


def _refuse_time(value: object) -> object:
    # TOML has dates of its own; a quoted one is a text, a date with an hour is a mistake.
    if type(value) is not date:
        raise PydanticCustomError("date_type", "not a date")
    return value


Text = Annotated[str, Field(max_length=2000)]
SomeText = Annotated[str, Field(min_length=1, max_length=2000)]
InnerPath = Annotated[str, Field(min_length=1), AfterValidator(_check_inside)]
Day = Annotated[date, BeforeValidator(_refuse_time)]
Year = Annotated[int, Field(ge=1990, le=2100)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Entity(_Table):
    """Who the plan belongs to; `name` is as printed, `ins` is text (five digits)."""

    name: SomeText
    kind: Literal["commune", "cpas", "province"]
    province: Text = ""
    arrondissement: Text = ""
    ins: Annotated[str, Field(pattern=r"^(\d{5})?$")] = ""


class Legislature(_Table):
    """First and last year of the term."""

    start: Year
    end: Year

    @model_validator(mode="after")
    def _check_order(self) -> Legislature:
        if self.end < self.start:
            raise PydanticCustomError("years_reversed", "end before start")
        return self


class Source(_Table):
    """A document of the plan, path inside the plan's folder."""

    file: InnerPath
    role: Literal["adopted", "update", "brochure", "follow-up"] = "adopted"


class IndicatorBook(_Table):
    """A service's spreadsheet; `date` is the day on which it was sent."""

    file: InnerPath
    date: Day | None = None


class EvaluationChoice(_Table):
    """The cut-off date (None: asked on the command line) and which evaluation it is."""

    cutoff: Day | None = None
    kind: Literal["mid-term", "final", "yearly"] = "mid-term"


class Session(_Table):
    """The meeting that the deliberation is for; empty texts take the default of the kind of entity, or stay a blank
    to fill.
    """

    date: Day | None = None
    organ: Text = ""
    verb: Text = ""
    vote: Text = ""
    point: Text = ""
    annex: Text = ""
    draft: bool = True


class Signatories(_Table):
    """Functions that sign, never names."""

    secretary: Text = ""
    chair: Text = ""


class Settings(_Table):
    """A whole plan.toml. `source` and `indicators` are in the order of the file, the first source wins."""

    entity: Entity
    legislature: Legislature
    source: tuple[Source, ...] = Field(min_length=1)
    indicators: tuple[IndicatorBook, ...] = ()
    evaluation: EvaluationChoice = EvaluationChoice()
    session: Session = Session()
    signatories: Signatories = Signatories()


# ---------------------------------------------------------------------------------------------------------- the reading


def read_settings(path: Path) -> Settings:
    """Read and check a plan.toml, defaults of the kind of entity filled in.

    Raise SettingsError: settings_missing, settings_encoding, settings_syntax (with the line), settings_invalid (with
    the line and what is wrong, all mistakes at once).
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise SettingsError("settings_missing", file=_shown(path)) from None
    except UnicodeDecodeError:
        raise SettingsError("settings_encoding", file=_shown(path)) from None
    return parse_settings(text, file=_shown(path))


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def parse_settings(text: str, *, file: str = SETTINGS_NAME) -> Settings:
    """Check the text of a plan.toml; see `read_settings`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = place.group(1) if place else str(max(1, len(text.splitlines())))
        raise SettingsError("settings_syntax", file=file, line=line) from None
    # Lists of tables are tuples in the frozen model, and its strict mode takes no list for a tuple.
    for name in ("source", "indicators"):
        if isinstance(content.get(name), list):
            content[name] = tuple(content[name])
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        lines = find_lines(text)
        mistakes = sorted((_line_of(e["loc"], lines), _sentence(e)) for e in error.errors(include_url=False))
        said = [render_message("settings_mistake", {"line": str(line), "mistake": text}) for line, text in mistakes]
        raise SettingsError("settings_invalid", file=file, mistakes=" ".join(said)) from None
    _check_twice(settings, text, file)
    return _with_defaults(settings)


def _check_twice(settings: Settings, text: str, file: str) -> None:
    seen: set[str] = set()
    lines = find_lines(text)
    files = [
        *((("source", index, "file"), entry.file) for index, entry in enumerate(settings.source)),
        *((("indicators", index, "file"), entry.file) for index, entry in enumerate(settings.indicators)),
    ]
    for place, path in files:
        name = PurePosixPath(path).name
        if name.casefold() in seen:
            mistake = render_message("mistake_same_name", {"file": name})
            said = render_message("settings_mistake", {"line": str(_line_of(place, lines)), "mistake": mistake})
            raise SettingsError("settings_invalid", file=file, mistakes=said)
        seen.add(name.casefold())


@cache
def read_law(kind: str) -> Mapping[str, Any]:
    """Return the content of data/law/<kind>.toml."""
    text = resources.files("pipeline").joinpath("data", "law", f"{kind}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _with_defaults(settings: Settings) -> Settings:
    """Fill the empty texts of session and signatories from the `[defaults]` of the law of this kind of entity."""
    law = read_law(settings.entity.kind)
    updates: dict[str, BaseModel] = {}
    for name, table in (("session", settings.session), ("signatories", settings.signatories)):
        given = law.get(name, {})
        empty = {key: given[key] for key, value in table if value == "" and isinstance(given.get(key), str)}
        if empty:
            updates[name] = table.model_copy(update=empty)
    return settings.model_copy(update=updates)


# ------------------------------------------------------------------------------------------------------ lines and words

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"' ]+?)\s*\]\]?")
_KEY = re.compile(r"(?:^|[;,{])\s*([A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')\s*=")
_VALUE_STRINGS = re.compile(r"(=\s*)(\"(?:\\.|[^\"\\])*\"|'[^']*')")


def find_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Return where each table and key of a TOML text stands: ("source", 0, "file") -> line number, from 1."""
    found: dict[tuple[str | int, ...], int] = {}
    counts: dict[str, int] = {}
    table: tuple[str | int, ...] = ()
    for number, raw in enumerate(text.splitlines(), 1):
        header = _HEADER.match(raw)
        if header:
            name = header.group(2).strip("\"'")
            table = (name,)
            if header.group(1) == "[[":
                table = (name, counts.setdefault(name, 0))
                counts[name] += 1
                found.setdefault((name,), number)
            found.setdefault(table, number)
            continue
        # Equals signs and hashes inside of a text are none.
        line = _VALUE_STRINGS.sub(r'\1""', raw).split("#", 1)[0]
        for key in _KEY.findall(line):
            found.setdefault((*table, key.strip("\"'")), number)
    return found


def _line_of(place: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]) -> int:
    """Return the line of the key at this place, or of the nearest table around it; 1 when there is none."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return 1


def _sentence(error: ErrorDetails) -> str:
    place = error["loc"]
    key = str(next((part for part in reversed(place) if isinstance(part, str)), ""))
    table = ".".join(str(part) for part in place[:-1] if isinstance(part, str))
    context = error.get("ctx", {})
    facts = {
        "key": f"{table}.{key}" if table else key,
        "value": str(error.get("input", "")),
        "expected": str(context.get("expected", "")).replace("'", '"').replace(" or ", ", "),
        "least": str(context.get("ge", "")),
        "most": str(context.get("le", "")),
    }
    kind = error["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(key, _known_keys(place[:-1]), n=1, cutoff=0.6)
        if near:
            return render_message("mistake_extra_near", facts | {"near": near[0]})
    code = f"mistake_{kind}"
    words = render_message(code, facts)
    return render_message("mistake_other", facts) if words.startswith(code) else words


def _known_keys(place: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    tables: dict[str, type[BaseModel]] = {
        "entity": Entity,
        "legislature": Legislature,
        "source": Source,
        "indicators": IndicatorBook,
        "evaluation": EvaluationChoice,
        "session": Session,
        "signatories": Signatories,
    }
    if place:
        model = tables.get(str(place[0]), Settings)
    return list(model.model_fields)
