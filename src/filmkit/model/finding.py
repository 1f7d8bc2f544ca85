"""A finding: one thing that is wrong or worth knowing about a film, said so that its reader can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from filmkit.errors import FilmkitError


class Severity(StrEnum):
    """How much a finding weighs: errors stop a render, warnings only under ``--strict``, notes never."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: line and column count from 1; ``excerpt`` is that line as it stands."""

    file: str
    line: int = 0
    column: int = 0
    excerpt: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, where, about which shot or cue, and what to do.

    ``code`` is a stable word such as ``take-too-short``; ``about`` the shot, cue or title (``harbour/boat``) or empty.
    ``path`` leads to the value in the storyboard (``("scenes", 0, "shots", 1, "join")``); loading makes it a place.
    """

    code: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    place: Place | None = None
    about: str = ""
    path: tuple[str | int, ...] = ()


class FilmError(FilmkitError):
    """The storyboard or its media have errors: exit code 3, all findings together."""

    exit_code = 3

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        super().__init__(f"{errors} error{'s' if errors != 1 else ''} in the storyboard or its media")
        self.findings = tuple(findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether a render must stop."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def as_errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings as ``--strict`` takes them: a warning is an error."""
    return tuple(
        replace(finding, severity=Severity.ERROR) if finding.severity is Severity.WARNING else finding
        for finding in findings
    )
