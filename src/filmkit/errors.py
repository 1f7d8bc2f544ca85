"""Everything filmkit can say went wrong, and the exit code that goes with it.

    FilmkitError                     1   a step or the run failed
    ├── UsageError                   2   the command was called wrongly
    ├── FilmError (model.finding)    3   the storyboard or its media have errors
    ├── PartlyDone                   4   some films of many failed
    ├── Held                         5   a person must decide
    ├── ToolMissing                  6   a needed tool or sandbox level is not to be had
    ├── StepFailed                   1   one step failed; carries its name and the log's last lines
    └── DiskFull                     1   not enough room; carries the bytes needed and found
    Stopped                    130/143   Ctrl-C or TERM: no error, so that nobody who handles errors swallows it

A user's mistake never shows a traceback: the command line prints ``message`` and ``remedy`` and leaves with
``exit_code``.
"""

from __future__ import annotations

from typing import ClassVar


class FilmkitError(Exception):
    """Base of all errors a person is meant to read: what was found, and what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(FilmkitError):
    """The command was called wrongly: an unknown film, shot, option or value."""

    exit_code = 2


class PartlyDone(FilmkitError):
    """Some of many films failed; the others are done."""

    exit_code = 4


class Held(FilmkitError):
    """Nothing more can be done until a person decides."""

    exit_code = 5


class ToolMissing(FilmkitError):
    """A needed program, library or sandbox level is not to be had on this machine."""

    exit_code = 6


class StepFailed(FilmkitError):
    """One step of the work graph failed; ``step`` is its name, ``log`` the last lines its tool wrote."""

    def __init__(self, step: str, message: str, *, remedy: str = "", log: str = "") -> None:
        super().__init__(f"{step}: {message}", remedy=remedy)
        self.step = step
        self.log = log


class DiskFull(FilmkitError):
    """Not enough room on the disk of ``place``; ``needed`` and ``free`` are bytes."""

    def __init__(self, place: str, needed: int, free: int) -> None:
        limit = "" if free < needed else "; a quota or a limit of yours is in the way"
        super().__init__(
            f"the disk of {place} is full: {needed:,} bytes are needed, {free:,} are free{limit}",
            remedy="free some space, or run `filmkit store gc`; what is finished is kept",
        )
        self.place = place
        self.needed = needed
        self.free = free


class Stopped(BaseException):
    """The run was stopped by a signal; finished work is kept. The exit code is 128 + signal: 130 for Ctrl-C (SIGINT),
    143 for TERM.
    """

    message = "stopped"
    remedy = "run the same command again to go on where it stopped"

    def __init__(self, signal_number: int) -> None:
        super().__init__(self.message)
        self.exit_code = 128 + signal_number
