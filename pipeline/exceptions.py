"""One class a condition, each with its exit code; raised early, caught in `cli` only.

The message is a code of data/messages.toml with its facts: what, where, what to do, in one French sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar


class PipelineError(Exception):
    """Base: `code` is a key of [errors] in data/messages.toml, `facts` fill the sentence."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __reduce__(self) -> tuple[Callable[..., PipelineError], tuple[type[PipelineError], str, dict[str, str]]]:
        # An error comes back from a worker process by pickle, which would call the class with positional facts.
        return _rebuild, (type(self), self.code, self.facts)


def _rebuild(kind: type[PipelineError], code: str, facts: dict[str, str]) -> PipelineError:
    return kind(code, **facts)


class UsageError(PipelineError):
    """The command cannot be carried out as asked: missing date, folder that is not ours, unknown plan."""

    exit_code = 2


class SettingsError(UsageError):
    """plan.toml is missing or wrong; facts hold the line."""


class SourceError(PipelineError):
    """A source cannot be read: empty, broken, encrypted, of another type, hostile, too large, too slow."""

    exit_code = 3


class DataError(PipelineError):
    """No plan in the sources, or data in error."""

    exit_code = 4


class TemplateError(PipelineError):
    """A Word template cannot be filled."""

    exit_code = 5


class ToolMissingError(PipelineError):
    """LibreOffice or Tesseract is needed and not on this machine."""

    exit_code = 3
