"""How takes that are being made are shown: a row for each on a terminal, a line for each change in a log."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filmkit.cli.say import tell
from filmkit.engine.errand import Tell, silent
from filmkit.report.text import plain
from filmkit.store.jobs import Job

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class TakeLines:
    """``harbour/boat t02: running``, once for each change."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._guard = threading.Lock()

    def __call__(self, job: Job, words: str, share: float | None) -> None:
        """One line, if there is anything new to say."""
        with self._guard:
            if self._last.get(job.ref) == words:
                return
            self._last[job.ref] = words
            tell(plain(f"{job.take_name}: {words}"), sys.stderr)


class TakeRows:
    """A row for each job that is worked on."""

    def __init__(self, rows: Progress) -> None:
        self._rows = rows
        self._ids: dict[str, TaskID] = {}
        self._guard = threading.Lock()

    def __call__(self, job: Job, words: str, share: float | None) -> None:
        """Words, and how far it is where the service tells."""
        with self._guard:
            if job.ref not in self._ids:
                self._ids[job.ref] = self._rows.add_task("", total=None)
            done = {} if share is None else {"total": 1.0, "completed": min(max(share, 0.0), 1.0)}
            self._rows.update(self._ids[job.ref], description=plain(f"{job.take_name}  {words}")[:60], **done)  # type: ignore[arg-type]


@contextmanager
def take_progress(*, quiet: bool) -> Iterator[Tell]:
    """What hears of takes that are being made, and shows it."""
    if quiet:
        yield silent
        return
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield TakeLines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as rows:
        yield TakeRows(rows)
