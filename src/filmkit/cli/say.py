"""How commands speak: results to stdout, troubles to stderr, nothing but JSON with ``--json``; colour honours
NO_COLOR.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import TextIO

from filmkit.errors import FilmkitError, Stopped

_COLORS = {"error": "31", "warning": "33", "note": "36"}
_SEVERITY = re.compile(r"^( *|\S+:\d+:\d+: )(error|warning|note)(?=:)")


class Unheard(Exception):
    """Nobody reads the standard output any more (``filmkit plan | head``)."""


def tell(line: str, stream: TextIO) -> None:
    """One line. Raises Unheard where nobody reads the standard output; troubles that nobody reads stop no work."""
    try:
        print(line, file=stream)
    except BrokenPipeError:
        if stream is sys.stdout:
            raise Unheard from None


def say(lines: Iterable[str], *, to_error: bool = False) -> None:
    """Prints lines; words that name a severity are coloured on a terminal."""
    stream = sys.stderr if to_error else sys.stdout
    colored = stream.isatty() and not os.environ.get("NO_COLOR")
    for line in lines:
        tell(_tinted(line) if colored else line, stream)


def _tinted(line: str) -> str:
    return _SEVERITY.sub(lambda found: f"{found[1]}\033[{_COLORS[found[2]]}m{found[2]}\033[0m", line)


def say_json(value: object) -> None:
    """One JSON value on stdout, in signs that can be seen: a path may hold others, and bytes that are no text."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    tell("".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text), sys.stdout)


def exit_code_of(error: FilmkitError | Stopped) -> int:
    """The documented exit code of an error."""
    code: int = getattr(error, "worst_exit_code", error.exit_code)
    return code


def complain(error: FilmkitError | Stopped, *, as_json: bool) -> int:
    """Says an error and its remedy (all findings, where it has them); returns the exit code."""
    from filmkit.engine.schedule import Failures
    from filmkit.model.finding import FilmError
    from filmkit.report.text import count_line, finding_lines, plain

    code = exit_code_of(error)
    if as_json:
        from filmkit.report.json import error_value

        say_json(error_value(error, code))
        return code
    if isinstance(error, FilmError):
        say(finding_lines(error.findings), to_error=True)
        say([count_line(error.findings)], to_error=True)
        return code
    for one in error.errors if isinstance(error, Failures) else (error,):
        sign = "" if isinstance(one, Stopped) else "error: "
        say([plain(f"{sign}{one.message}")], to_error=True)
        if one.remedy:
            say([plain(f"    → {one.remedy}")], to_error=True)
    return code
