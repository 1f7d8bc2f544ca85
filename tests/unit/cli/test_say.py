"""How commands end and speak: an exit code for each kind of error, colours only where they can be seen."""

from __future__ import annotations

import io
import os
import sys

import pytest
from desk import COLOURS, Desk

from filmkit.cli import say as speaking
from filmkit.cli.say import complain, say
from filmkit.engine.schedule import Failures
from filmkit.errors import DiskFull, FilmkitError, Held, PartlyDone, StepFailed, Stopped, ToolMissing, UsageError
from filmkit.model.finding import FilmError, Finding

ENDS = [
    (FilmkitError("a", remedy="b"), 1),
    (StepFailed("segment s/a", "no"), 1),
    (DiskFull("/disk", 2_000, 1), 1),
    (UsageError("a"), 2),
    (FilmError([Finding("x", "bad")]), 3),
    (PartlyDone("one of two"), 4),
    (Held("a person must decide"), 5),
    (ToolMissing("no ffmpeg"), 6),
    (Stopped(2), 130),
    (Stopped(15), 143),
    (Failures([FilmError([Finding("x", "bad")])]), 3),
    (Failures([FilmError([Finding("x", "bad")]), StepFailed("mix", "no")]), 1),
]


@pytest.mark.parametrize(("error", "code"), ENDS, ids=[f"{type(error).__name__}-{code}" for error, code in ENDS])
def test_every_error_has_its_exit_code_in_words_and_in_json(
    error: FilmkitError | Stopped, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert complain(error, as_json=False) == code
    said = capsys.readouterr()
    assert said.out == "" and said.err
    assert complain(error, as_json=True) == code
    said = capsys.readouterr()
    assert said.err == "" and f'"exit_code": {code}' in said.out


def test_all_failures_of_a_run_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    complain(Failures([StepFailed("segment s/a", "no", remedy="do"), StepFailed("mix", "never")]), as_json=False)
    assert capsys.readouterr().err == "error: segment s/a: no\n    → do\nerror: mix: never\n"


def test_a_stop_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain(Stopped(2), as_json=False)
    assert capsys.readouterr().err == "stopped\n    → run the same command again to go on where it stopped\n"


def test_text_of_the_film_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    complain(FilmkitError("a \x1b[2J b \u202e c", remedy="\x07"), as_json=False)
    assert not {"\x1b", "\u202e", "\x07"} & set(capsys.readouterr().err)


class Terminal(io.StringIO):
    """A stream somebody looks at."""

    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, line: str, stream: io.StringIO, **environment: str) -> str:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stream)
    say([line])
    return stream.getvalue().rstrip("\n")


def test_severities_are_coloured_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "storyboard.yaml:7:16: error: lasts: '4' is not a time"
    assert told(monkeypatch, line, Terminal()) == line.replace("error", "\033[31merror\033[0m")
    assert told(monkeypatch, "  warning: held", Terminal()) == "  \033[33mwarning\033[0m: held"
    assert told(monkeypatch, line, io.StringIO()) == line
    assert told(monkeypatch, line, Terminal(), NO_COLOR="1") == line


@pytest.mark.parametrize("line", ["       7 |   note: board only", "s: the error: of his life", "    → write error: x"])
def test_words_of_the_film_are_not_coloured(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, line, Terminal()) == line


def test_a_mistake_of_filmkits_own_is_json_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(value: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("filmkit.cli.plan.film_path", stumble)
    answer = desk.ask("plan", "--json")
    assert answer.code == 1 and answer.json["error"] == "a mistake of filmkit's own"
    assert "ZeroDivisionError: of ours" in answer.err


def test_a_full_or_shut_disk_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(value: object) -> None:
        raise OSError(28, os.strerror(28), "/disk/film")

    monkeypatch.setattr("filmkit.cli.plan.film_path", full)
    answer = desk.ask("plan", desk.film(COLOURS))
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[0] == "error: /disk/film: No space left on device"


def test_severities_that_are_coloured_are_those_there_are() -> None:
    assert set(speaking._COLORS) == {"error", "warning", "note"}
