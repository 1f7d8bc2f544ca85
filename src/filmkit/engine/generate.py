"""Generating: all errands of a run, a few at a time for each service, until all are done or somebody wants to leave."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from filmkit.engine.arrival import Arrival
from filmkit.engine.errand import Counter, Desk, Errand, Tell, silent
from filmkit.engine.generation import Budget, Generation, budget_of
from filmkit.engine.pacing import PACE, Halt, Pace, Turnstile
from filmkit.engine.wishes import Proposal, with_ref
from filmkit.errors import DiskFull, FilmkitError, Stopped, UsageError
from filmkit.load.lock_write import read_lines
from filmkit.model.scalar import Money
from filmkit.providers.base import ErrorKind, HttpError, PreFlight
from filmkit.providers.exchange import Limits
from filmkit.providers.http import LIMITS, Client
from filmkit.providers.registry import provider_of
from filmkit.store.jobs import Job, JobState
from filmkit.store.journal import Journal, OverBudget

MOST_AT_ONCE = 4
"""Jobs of one service at a time, where it does not say."""


@dataclass(frozen=True)
class Terms:
    """How a run may go: ``most`` it may cost; nothing new is begun after ``until`` (seconds since 1970); ``at_once``
    at most for each service; ``unpriced``: also takes whose price nobody knows, limit or not;
    ``environment`` is where addresses and keys are looked up; ``limits`` are the client's.
    """

    most: Money | None = None
    until: float | None = None
    at_once: int | None = None
    unpriced: bool = False
    pace: Pace = PACE
    limits: Limits = LIMITS
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True)
class Outcome:
    """A job as it stands at the end of a run, and why it went no further."""

    job: Job
    trouble: str = ""


@dataclass(frozen=True)
class GenerationReport:
    """What came of a run. ``unasked`` says why takes were not asked for, one line each; ``notes`` what else there is to
    tell. ``stopped``: somebody wanted to leave.
    """

    outcomes: tuple[Outcome, ...]
    unasked: tuple[str, ...]
    notes: tuple[str, ...]
    budget: Budget
    stopped: Stopped | None = None

    def of(self, *states: JobState) -> list[Outcome]:
        """The outcomes in these states."""
        return [outcome for outcome in self.outcomes if outcome.job.state in states]

    @property
    def held(self) -> list[Outcome]:
        """Those that wait for a person."""
        return self.of(JobState.HELD)

    @property
    def is_all_made(self) -> bool:
        """Whether every take came home."""
        return not self.unasked and len(self.of(JobState.USED)) == len(self.outcomes)


@dataclass(frozen=True)
class Work:
    """One take to be made or brought home, by calling ``do``; ``most_at_once`` of its service at a time."""

    name: str
    service: str
    most_at_once: int
    do: Callable[[], None]


def until_of(clock: str) -> float:
    """The next moment at which a clock here shows ``06:00``, in seconds since 1970. Raises UsageError."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", clock.strip())
    if match is None:
        raise UsageError(f"{clock!r} is no time of day", remedy="write it like 06:00")
    now = datetime.now()
    then = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    return (then if then > now else then + timedelta(days=1)).timestamp()


class Run:
    """One run of ``generate``: opens the services, asks, waits, brings home."""

    def __init__(self, generation: Generation, journal: Journal, arrival: Arrival, terms: Terms, tell: Tell = silent
                 ) -> None:  # fmt: skip
        self._generation, self._journal, self._terms = generation, journal, terms
        self._halt = Halt()
        self._desk = Desk(journal, arrival, terms.pace, self._halt, generation.who.run, tell)
        self._outcomes: list[Outcome] = []
        self._unasked: list[str] = []
        self._notes: list[str] = []
        self._errors: list[BaseException] = []
        self._guard = threading.Lock()

    def go(self) -> GenerationReport:
        """All of it. Raises FilmkitError where a service cannot be used at all (no key), before anything is paid."""
        stopped: Stopped | None = None
        with ExitStack() as stack:
            threads = self._begin(self.open(stack))
            try:
                _join(threads)
            except Stopped as error:
                stopped = error
                self.leave()
                _join(threads, until=time.monotonic() + self._terms.pace.leave_s)
        self._raise_mistakes()
        return self.report(stopped)

    def open(self, stack: ExitStack) -> list[Work]:
        """Everything there is to do, to be called in any threads; services are closed with ``stack``. What is on its
        way comes first, so that nothing that was paid for gets old. Raises FilmkitError, before anything is paid.
        """
        asked = {proposal.wish.provider for proposal in self._generation.proposals}
        words = sorted(asked | {job.wish.provider for job in self._generation.on_their_way})
        counters = {word: self.open_counter(word, stack) for word in words}
        sizes = {word: self._size(counters[word], is_asked=word in asked) for word in words}
        for job in self._generation.held:  # they are looked up once more, where the service can be asked
            if job.wish.provider not in counters:
                with suppress(FilmkitError):
                    counters[job.wish.provider] = self.open_counter(job.wish.provider, stack)
                    sizes[job.wish.provider] = 1
        begun = [job for job in (*self._generation.on_their_way, *self._generation.held)
                 if job.wish.provider in counters]  # fmt: skip
        works = [
            Work(job.take_name, job.wish.provider, sizes[job.wish.provider],
                 partial(self.resume, counters[job.wish.provider], job))
            for job in begun
        ]  # fmt: skip
        return works + [
            Work(f"{one.request.shot} t{one.request.take:02}", one.wish.provider, sizes[one.wish.provider],
                 partial(self.make, counters[one.wish.provider], one))
            for one in self._generation.proposals
        ]  # fmt: skip

    def leave(self) -> None:
        """From now on nothing is begun, and nobody waits; what is at the services goes on there."""
        self._halt.want()

    def open_counter(self, word: str, stack: ExitStack) -> Counter:
        """A service as it is asked in this run; closed with ``stack``. Raises UsageError, HttpError for a key."""
        provider = provider_of(word, self._terms.environment)
        client = stack.enter_context(Client(provider, self._terms.environment, self._terms.limits))
        client.require_keys()
        return Counter(provider, client, Turnstile(self._terms.pace, self._halt))

    def resume(self, counter: Counter, job: Job) -> None:
        """Goes on with a job of the journal."""
        self._keep(Errand(self._desk, counter, job), is_new=False)

    def make(self, counter: Counter, proposal: Proposal) -> None:
        """Reserves, asks for one new take, and brings it home."""
        take = f"{proposal.request.shot} t{proposal.request.take:02}"
        if self._terms.until is not None and time.time() > self._terms.until:
            self._say(f"{take}: the time is over; it was not asked for")
            return
        limits = {"film": self._generation.budget.limit, "run": self._terms.most}
        if proposal.wish.price is None and self._terms.unpriced:
            limits = {}
        try:
            job, is_new = self._journal.begin(
                proposal.wish,
                {kind: limit for kind, limit in limits.items() if limit is not None},
                self._generation.budget.elsewhere,
                lambda ref: with_ref(counter.provider, proposal, ref),
            )
        except OverBudget as error:
            self._say(f"{error.message} → {error.remedy}")
            return
        if is_new or job.state.is_open:
            self._keep(Errand(self._desk, counter, job), is_new=is_new)
        else:
            self._outcome(Outcome(job))

    def report(self, stopped: Stopped | None = None) -> GenerationReport:
        """What came of it so far."""
        jobs = self._journal.jobs(self._generation.who.film)
        budget = budget_of(self._generation.film.storyboard, jobs, read_lines(self._generation.folder))
        held = [Outcome(job) for job in jobs if job.state is JobState.HELD]
        mine = {outcome.job.ref for outcome in self._outcomes}
        others = [outcome for outcome in held if outcome.job.ref not in mine]
        outcomes = sorted([*self._outcomes, *others], key=lambda one: (one.job.wish.shot, one.job.wish.take))
        return GenerationReport(
            tuple(outcomes), tuple(self._unasked), tuple(self._notes), budget, stopped
        )  # fmt: skip

    # --- within

    def _size(self, counter: Counter, *, is_asked: bool) -> int:
        """How many jobs of a service are worked on at a time."""
        flight = self._preflight(counter) if is_asked else PreFlight(True)
        return max(1, min(flight.most_at_once or MOST_AT_ONCE, self._terms.at_once or 64))

    def _preflight(self, counter: Counter) -> PreFlight:
        """Raises HttpError where the key is not taken or nobody answers; what else is out of order is a note."""
        try:
            flight = counter.provider.preflight(counter.http)
        except HttpError as error:
            if error.kind in {ErrorKind.AUTH, ErrorKind.RETIRED, ErrorKind.INVALID, ErrorKind.BUSY}:
                raise
            self._notes.append(error.message)
            return PreFlight(True)
        if not flight.is_ready:
            raise HttpError(flight.message or f"{counter.provider.id} is not ready", ErrorKind.BUSY)
        price = self._generation.price
        balance = flight.balance
        if balance and price and balance.currency == price.currency and balance.amount < price.amount:
            self._notes.append(f"{counter.provider.id}: the account holds less than these takes cost")
        return flight

    def _begin(self, works: list[Work]) -> list[threading.Thread]:
        """Threads for each service, as many as may run at a time."""
        queues: dict[str, deque[Work]] = defaultdict(deque)
        for work in works:
            queues[work.service].append(work)
        threads = [
            threading.Thread(target=self._work, args=(queue,), name=f"filmkit-{word}-{at}", daemon=True)
            for word, queue in queues.items()
            for at in range(min(queue[0].most_at_once, len(queue)))
        ]
        for thread in threads:
            thread.start()
        return threads

    def _work(self, queue: deque[Work]) -> None:
        while not self._halt.is_wanted:
            try:
                work = queue.popleft()
            except IndexError:
                return
            try:
                work.do()
            except BaseException as error:  # noqa: BLE001 - told by the main thread, once the others are done
                self._errors.append(error)
                self._halt.want()

    def _raise_mistakes(self) -> None:
        for error in self._errors:
            if not isinstance(error, Stopped):
                raise error

    def _keep(self, errand: Errand, *, is_new: bool) -> None:
        """A take that fails by itself (a full disk, a folder that cannot be written) does not take others with it."""
        try:
            errand.go(is_new=is_new)
        except FilmkitError as error:
            errand.trouble = error.message
            if isinstance(error, DiskFull):
                self._halt.want()
        self._outcome(Outcome(errand.job, errand.trouble))

    def _outcome(self, outcome: Outcome) -> None:
        with self._guard:
            self._outcomes.append(outcome)

    def _say(self, why: str) -> None:
        with self._guard:
            self._unasked.append(why)


def _join(threads: list[threading.Thread], until: float | None = None) -> None:
    """Waits for threads, in short steps, so that a signal is heard."""
    for thread in threads:
        while thread.is_alive() and (until is None or time.monotonic() < until):
            thread.join(0.1)
