"""Progress: a bar for each running step and one for the whole on a terminal, plain lines in a log, nothing when
quiet.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filmkit.cli.say import tell
from filmkit.engine.listen import Listener
from filmkit.model.run import Event
from filmkit.plan.graph import Step
from filmkit.plan.stale import Todo
from filmkit.report.text import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Silent:
    """Nobody is watching."""

    def started(self, step: Step) -> None:
        """Says nothing."""

    def progress(self, step: Step, done: int) -> None:
        """Says nothing."""

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """Says nothing."""

    def failed(self, step: Step, message: str) -> None:
        """Says nothing."""


class Lines(Silent):
    """One line for every step that is done, for logs."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._lock = threading.Lock()

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """``[ 3/12] segment harbour/boat  1.2 s``."""
        with self._lock:
            self._done += 1
            count = f"{self._done:>{len(str(self._total))}}/{self._total}"
            tell(plain(f"[{count}] {step.name}  {seconds:.1f} s"), sys.stderr)

    def failed(self, step: Step, message: str) -> None:
        """The step's name; its whole message follows at the end."""
        tell(plain(f"[failed] {step.name}"), sys.stderr)


class Bars(Silent):
    """Bars on a terminal; the whole counts expected seconds, so that it moves evenly."""

    def __init__(self, bars: Progress, todo: Todo) -> None:
        self._bars = bars
        self._running: dict[str, TaskID] = {}
        self._whole = bars.add_task(f"{len(todo.missing)} steps", total=todo.seconds or 1.0)

    def started(self, step: Step) -> None:
        """A bar of its own for the step."""
        self._running[step.key] = self._bars.add_task(plain(step.name)[:48], total=step.cost.frames or None)

    def progress(self, step: Step, done: int) -> None:
        """Frames done."""
        if step.cost.frames:
            self._bars.update(self._running[step.key], completed=done)

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """The step's bar goes, the whole moves on."""
        self._bars.remove_task(self._running.pop(step.key))
        self._bars.advance(self._whole, step.cost.seconds)

    def failed(self, step: Step, message: str) -> None:
        """The step's bar goes."""
        if step.key in self._running:
            self._bars.remove_task(self._running.pop(step.key))


@contextmanager
def progress_for(todo: Todo, *, quiet: bool) -> Iterator[Listener]:
    """What shows the progress of a run where it is shown."""
    if quiet:
        yield Silent()
        return
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Lines(len(todo.missing))
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),  # a title may hold [brackets]
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Bars(bars, todo)
