"""Progress: one bar for the whole and one for each running step on a terminal, a line a step in a log."""

from __future__ import annotations

import io
import re
import sys

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from filmkit.cli.progress import Bars, Lines, Silent, progress_for
from filmkit.plan.graph import Cost, Step
from filmkit.plan.stale import Todo

SEGMENT = Step("segment", "segment s/a", 1, {"n": 1}, cost=Cost(100, 3.0))
TITLE = Step("title", "title [/bold] {x} \x1b[2J", 1, {"n": 2}, cost=Cost(0, 1.0))
TODO = Todo((SEGMENT, TITLE), {})


def shown(bars: Progress) -> dict[str, tuple[float, float | None]]:
    """Completed and total of each bar by its description."""
    return {task.description: (task.completed, task.total) for task in bars.tasks}


def test_a_bar_for_the_whole_and_one_for_each_running_step() -> None:
    column = TextColumn("{task.description}", markup=False)
    with Progress(column, console=Console(file=io.StringIO(), force_terminal=True)) as progress:
        bars = Bars(progress, TODO)
        assert shown(progress) == {"2 steps": (0, 4.0)}
        bars.started(SEGMENT)
        bars.started(TITLE)
        bars.progress(SEGMENT, 40)
        assert shown(progress)["segment s/a"] == (40, 100)
        assert len(shown(progress)) == 3
        bars.finished(SEGMENT, 2.0, ())
        bars.failed(TITLE, "no")
        assert shown(progress) == {"2 steps": (3.0, 4.0)}


def test_a_step_that_fails_before_it_began_is_no_trouble() -> None:
    with Progress(console=Console(file=io.StringIO())) as progress:
        Bars(progress, TODO).failed(SEGMENT, "no")
        assert list(shown(progress)) == ["2 steps"]


class Terminal(io.StringIO):
    """A stream somebody looks at."""

    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, **environment: str) -> str:
    """What two steps leave on stderr."""
    for name, value in {"TERM": "xterm", "COLUMNS": "80", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_for(TODO, quiet=False) as listener:
        for step in TODO.missing:
            listener.started(step)
            listener.progress(step, 1)
            listener.finished(step, 1.25, ())
    return stream.getvalue()


def test_on_a_terminal_names_are_shown_as_they_are_and_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    text = run(monkeypatch, Terminal())
    assert "title [/bold] {x} \ufffd[2J" in text
    assert "\x1b[2J" not in text
    assert text.endswith("\x1b[?25h\r\x1b[1A\x1b[2K"), "the bars were left standing"


def test_colour_honours_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert re.search(r"\x1b\[(3|9)\d", run(monkeypatch, Terminal()))
    assert not re.search(r"\x1b\[(3|9)\d", run(monkeypatch, Terminal(), NO_COLOR="1"))


@pytest.mark.parametrize(("stream", "term"), [(io.StringIO, "xterm"), (Terminal, "dumb")])
def test_in_a_log_a_line_a_step(stream: type[io.StringIO], term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        run(monkeypatch, stream(), TERM=term) == "[1/2] segment s/a  1.2 s\n[2/2] title [/bold] {x} \ufffd[2J  1.2 s\n"
    )


def test_lines_count_with_as_many_places_as_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(12)
    lines.finished(SEGMENT, 0.04, ())
    lines.failed(TITLE, "no")
    assert capsys.readouterr().err == "[ 1/12] segment s/a  0.0 s\n[failed] title [/bold] {x} \ufffd[2J\n"


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_for(TODO, quiet=True) as listener:
        assert isinstance(listener, Silent)
        listener.started(SEGMENT)
        listener.progress(SEGMENT, 1)
        listener.finished(SEGMENT, 1.0, ())
        listener.failed(SEGMENT, "no")
    assert capsys.readouterr() == ("", "")
