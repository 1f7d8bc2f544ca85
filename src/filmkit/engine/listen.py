"""Who is told what happens while steps run: the event log, the terminal, Prefect's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from filmkit.model.run import Event
from filmkit.plan.graph import Step


class Listener(Protocol):
    """Called from several threads; must return at once and never raise."""

    def started(self, step: Step) -> None:
        """A step begins to run."""

    def progress(self, step: Step, done: int) -> None:
        """``done`` frames or samples of a running step."""

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """A step is done and its result is in the store."""

    def failed(self, step: Step, message: str) -> None:
        """A step failed."""


class Listeners:
    """Tells several listeners."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def started(self, step: Step) -> None:
        """A step begins to run."""
        for listener in self._listeners:
            listener.started(step)

    def progress(self, step: Step, done: int) -> None:
        """``done`` frames or samples of a running step."""
        for listener in self._listeners:
            listener.progress(step, done)

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """A step is done and its result is in the store."""
        for listener in self._listeners:
            listener.finished(step, seconds, events)

    def failed(self, step: Step, message: str) -> None:
        """A step failed."""
        for listener in self._listeners:
            listener.failed(step, message)
