"""How often a service is asked, and how long: one rhythm for all that is waited for, and one gate for each service."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from typing import Final

from filmkit.providers.base import HttpError


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. A job is asked after ``first_s`` and then ever more rarely, up to ``most_s``; ``backoff_s`` doubles with
    each refusal up to ``most_backoff_s``, for ``tries`` times or ``refused_s`` in all. After ``patience_s`` a job that
    still runs is left to run (the next command fetches it). ``grace_s``: how long a service may take to list a job
    whose answer was lost. ``leave_s``: how long what is under way may take to end when one wants to leave.
    """

    first_s: float = 2
    most_s: float = 15
    backoff_s: float = 1
    most_backoff_s: float = 60
    tries: int = 10
    refused_s: float = 1800
    patience_s: float = 7200
    grace_s: float = 10
    leave_s: float = 8

    def between(self, asked: int) -> float:
        """Until the next question after ``asked`` of them, a quarter more or less."""
        return min(self.first_s * 1.4**asked, self.most_s) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret

    def after(self, refusals: int, wait_s: float | None) -> float:
        """After so many refusals: what the service asks for and a little more, else full jitter."""
        most = min(self.backoff_s * 2**refusals, self.most_backoff_s)
        chance = random.uniform(0.1 * most, most)  # noqa: S311
        return chance if wait_s is None else wait_s + 0.1 * chance


PACE: Final = Pace()


class Stopping(Exception):
    """Nothing new is begun: somebody wants to leave. What is at the services goes on there."""


class Halt:
    """A wish to leave, seen by all threads."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody wants to leave."""
        return self._event.is_set()

    def want(self) -> None:
        """From now on nobody sleeps and nothing is begun."""
        self._event.set()

    def sleep(self, seconds: float) -> None:
        """Waits. Raises Stopping as soon as somebody wants to leave."""
        if self._event.wait(max(0.0, seconds)):
            raise Stopping


class Turnstile:
    """All questions to one service go through here; one that was told to wait makes all wait."""

    def __init__(self, pace: Pace, halt: Halt) -> None:
        self._pace, self._halt = pace, halt
        self._guard = threading.Lock()
        self._not_before = 0.0

    def enter(self) -> None:
        """Waits until the service may be asked. Raises Stopping."""
        while True:
            with self._guard:
                left = self._not_before - time.monotonic()
            if left <= 0:
                return
            self._halt.sleep(left)

    def refused(self, error: HttpError, refusals: int) -> None:
        """The service said: not now."""
        until = time.monotonic() + self._pace.after(refusals, error.wait_s)
        with self._guard:
            self._not_before = max(self._not_before, until)
