"""The log of a run in the film's folder: a line a step as it begins and ends, there also after a kill."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from filmkit.errors import FilmkitError
from filmkit.model.run import Event, Json
from filmkit.plan.graph import Step
from filmkit.store.eventlog import EventLog


class RunLog:
    """A listener that writes ``<runs>/<time>-<pid>.log``. A log that cannot be written never fails the run it tells
    of.
    """

    def __init__(self, runs: Path) -> None:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self._path = runs / f"{stamp}-{os.getpid()}.log"
        self._log: EventLog | None = None

    def __enter__(self) -> RunLog:
        with suppress(FilmkitError):
            self._log = EventLog(self._path)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self._write("run-failed", {"error": getattr(error, "message", type(error).__name__)})
        if self._log is not None:
            self._log.close()

    def started(self, step: Step) -> None:
        """A line with the step's kind, name and key."""
        self._write("started", {"step": step.name, "kind": step.kind, "key": step.key})

    def progress(self, step: Step, done: int) -> None:
        """Frames are too fine for a log."""

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """A line with the step's seconds and what there was to tell."""
        told = [f"{event.code}: {event.message}" for event in events]
        self._write("finished", {"step": step.name, "key": step.key, "seconds": round(seconds, 3), "events": [*told]})

    def failed(self, step: Step, message: str) -> None:
        """A line with the step's error."""
        self._write("failed", {"step": step.name, "key": step.key, "error": message})

    def _write(self, kind: str, data: Mapping[str, Json]) -> None:
        if self._log is None:
            return
        try:
            self._log.append(kind, data)
        except FilmkitError:  # the disk is full: the step that fails of it says so; the log falls silent
            self._log.close()
            self._log = None
