"""One paid take on its way, from whatever state it is found in: asked for, waited for, fetched, proved, put in place.

    intent ─▶ ask ─▶ submitted ─▶ wait ─▶ succeeded ─▶ fetch, gate, decode ─▶ stored ─▶ place, lock ─▶ used

Each step is in the journal, durably, before the next act. What may have been paid is never sent again: it is looked up,
or held for a person. Wherever the process dies, the next one goes on from the last line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from filmkit.engine.arrival import Arrival, Unfit
from filmkit.engine.pacing import Halt, Pace, Stopping, Turnstile
from filmkit.engine.wishes import compiled_from_json
from filmkit.errors import FilmkitError
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.providers.base import ErrorKind, Handle, Http, HttpError, Intent, Output, Provider, State, Status
from filmkit.providers.secrets import redacted, redacted_json, without_known
from filmkit.store.jobs import Job, JobState
from filmkit.store.journal import Journal

_SURE = frozenset({ErrorKind.RATE, ErrorKind.BUSY})
_PASSING = _SURE | {ErrorKind.TRANSIENT, ErrorKind.UNKNOWN_OUTCOME}
"""Troubles of a question that costs nothing: asked again after a while."""
_ENDS = {
    State.FAILED: JobState.FAILED,
    State.MODERATED: JobState.MODERATED,
    State.CANCELLED: JobState.CANCELLED,
    State.LOST: JobState.LOST,
    State.EXPIRED: JobState.LOST,
}
_CYCLES = 3
_SAID = {JobState.SUBMITTED: "begun", JobState.SUCCEEDED: "done", JobState.STORED: "came whole", JobState.USED: "made"}
"""States in a person's words, where these differ."""

T = TypeVar("T")

Tell = Callable[[Job, str, float | None], None]
"""Hears of each step of a job: the job, a few words, and how far it is (0 … 1) where the service tells."""


def silent(job: Job, words: str, share: float | None) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Desk:
    """What all errands of a run share. ``run`` is the token under which they hold their jobs."""

    journal: Journal
    arrival: Arrival
    pace: Pace
    halt: Halt
    run: str
    tell: Tell


@dataclass(frozen=True)
class Counter:
    """One service, as it is asked in this run."""

    provider: Provider
    http: Http
    turnstile: Turnstile


class Errand:
    """A job of the journal and what has to be done about it; one thread works on it."""

    def __init__(self, desk: Desk, counter: Counter, job: Job) -> None:
        self.job = job
        self.trouble = ""
        self._desk, self._counter = desk, counter
        self._outputs: tuple[Output, ...] = ()
        self._cycles = 0

    def go(self, *, is_new: bool) -> Job:
        """As far as it goes now; the job as it then stands. ``trouble`` says why it went no further.

        Never raises but for the journal's own troubles and what ends the process.
        """
        if not self._desk.journal.lease(self.job.ref, self._desk.run):
            self.trouble = "another filmkit is working on it"
            return self.job
        try:
            self._go(is_new=is_new)
        except Stopping:
            self._leave()
        finally:
            self._desk.journal.release(self.job.ref, self._desk.run)
        return self.job

    def _go(self, *, is_new: bool) -> None:
        if self.job.state is JobState.INTENT:
            self._ask() if is_new else self._look_up()
        elif self.job.state is JobState.HELD:
            self._look_up()  # a service may list today what it did not list yesterday
        if self.job.state is JobState.SUBMITTED:
            self._wait()
        if self.job.state in {JobState.SUCCEEDED, JobState.STORED}:
            self._bring_home()

    def _leave(self) -> None:
        self.trouble = self.trouble or "left to the service: the next `filmkit generate` goes on with it"
        if self.job.state.is_open:
            self._desk.journal.note(self.job.ref, "detached")

    # --- asking

    def _ask(self) -> None:
        """Sends the request. Again only where it surely was not accepted; what is unknown is looked up."""
        began, pace = time.monotonic(), self._desk.pace
        for refusals in range(1, pace.tries + 1):
            if not self._may_ask():
                self._end(JobState.REFUSED, "stopped before it was asked for", free=True)
                return
            error = self._send()
            if error is None:
                return
            is_over = refusals == pace.tries or time.monotonic() - began > pace.refused_s
            if is_over or not isinstance(error, HttpError) or error.kind not in _SURE:
                self._not_begun(error)
                return
            self._desk.journal.note(self.job.ref, "not taken", {"why": redacted(error.message)})
            self._tell_refusal(error, refusals)
            self._counter.turnstile.refused(error, refusals)

    def _may_ask(self) -> bool:
        """Waits for the service's turn; False where somebody wants to leave instead."""
        try:
            self._counter.turnstile.enter()
        except Stopping:
            return False
        return not self._desk.halt.is_wanted

    def _send(self) -> Exception | None:
        """The one request that is paid for. None where the job has begun, else what came instead."""
        intent = Intent(self.job.ref, compiled_from_json(self.job.wish), self.job.began)
        self._desk.tell(self.job, "asking", None)
        self._desk.journal.note(self.job.ref, "asked")
        try:
            handle = self._counter.provider.submit(intent.compiled, intent, self._counter.http)
        except Exception as error:  # noqa: BLE001 - whatever happened, it may have been paid
            return error
        self._submitted(handle)
        return None

    def _not_begun(self, error: Exception) -> None:
        """It was refused for good; or nobody knows, and it is looked up."""
        kind = error.kind if isinstance(error, HttpError) else ErrorKind.UNKNOWN_OUTCOME
        why = error.message if isinstance(error, FilmkitError) else f"{type(error).__name__}: {error}"
        self._desk.journal.note(self.job.ref, "no job", {"kind": kind.value, "why": redacted(why)})
        if kind in {ErrorKind.UNKNOWN_OUTCOME, ErrorKind.TRANSIENT}:
            self._look_up()
            return
        state = JobState.MODERATED if kind is ErrorKind.MODERATED else JobState.REFUSED
        remedy = error.remedy if isinstance(error, FilmkitError) else ""
        self._end(state, f"{why}{' → ' + remedy if remedy else ''}", free=True)

    def _submitted(self, handle: Handle) -> None:
        value = json.loads(without_known(json.dumps(dict(handle.value))))
        self._move(JobState.SUBMITTED, handle=value, reason="")

    def _look_up(self) -> None:
        """Finds out what became of a request whose answer was lost. It may have arrived, or not, or nobody can say."""
        events = self._desk.journal.events(self.job.ref)
        asked = [event.at for event in events if event.kind == "asked"]
        last = next((event.kind for event in reversed(events) if event.kind in {"asked", "not taken"}), "")
        if last != "asked":
            self._ask()  # killed before anything was sent, or while it waited after a refusal
            return
        self._desk.tell(self.job, "looking up what became of it", None)
        self._desk.halt.sleep(min(self._desk.pace.grace_s, asked[-1] + self._desk.pace.grace_s - time.time()))
        intent = Intent(self.job.ref, compiled_from_json(self.job.wish), asked[-1])
        found = self._patiently(lambda: self._counter.provider.reconcile(intent, self._counter.http))
        if found is None:
            return
        if found.handle is not None:
            self._desk.journal.note(self.job.ref, "found")
            self._submitted(found.handle)
        elif not found.is_certain:
            self._move(JobState.HELD, reason=redacted(found.question))
            self.trouble = ""
        elif self.job.state is JobState.HELD:
            self._end(JobState.WAIVED, "it never arrived; the next run may ask for it again", free=True)
        else:
            self._desk.journal.note(self.job.ref, "never arrived")
            self._cycles += 1
            if self._cycles < _CYCLES:
                self._ask()
            else:
                self._end(JobState.REFUSED, "it never reached the service, three times", free=True)

    # --- waiting

    def _wait(self) -> None:
        """Asks after the job until it is done, or patience ends: then it is left to run."""
        until, asked = time.monotonic() + self._desk.pace.patience_s, 0
        wait_s: float | None = 0.0 if self.job.handle is None else None
        while True:
            self._desk.halt.sleep(self._desk.pace.between(asked) if wait_s is None else wait_s)
            status = self._status()
            if status is None:
                return
            self._desk.tell(self.job, status.state.value, status.progress)
            if status.state.is_final:
                self._ended(status)
                return
            if time.monotonic() > until:
                self.trouble = "it still runs; the next `filmkit generate` asks again"
                self._leave()
                return
            asked, wait_s = asked + 1, status.wait_s
            self._desk.journal.lease(self.job.ref, self._desk.run)

    def _status(self) -> Status | None:
        return self._patiently(lambda: self._counter.provider.poll(self._handle(), self._counter.http))

    def _ended(self, status: Status) -> None:
        facts: dict[str, Json] = {**dict(status.facts), **({} if status.seed is None else {"seed": status.seed})}
        if status.state is State.SUCCEEDED:
            self._outputs = status.outputs
            self._move(JobState.SUCCEEDED, cost=self._settled(status), facts=_plain(facts))
            return
        reason = status.reason or f"the service says: {status.state.value}"
        self._move(_ENDS[status.state], cost=self._settled(status), reason=redacted(reason), facts=_plain(facts))

    def _settled(self, status: Status) -> Money | None:
        """What the service says it charged, in the estimate's currency; None: the estimate stands."""
        price = self.job.wish.price
        if status.cost is None or (price is not None and status.cost.currency != price.currency):
            return None
        return status.cost

    # --- bringing home

    def _bring_home(self) -> None:
        """Fetches until whole and sound, keeps it, places it. What was kept and is damaged is fetched again."""
        for attempt in range(self._desk.pace.tries):
            if self.job.state is JobState.SUCCEEDED and not self._fetch(attempt):
                return
            if self.job.state is JobState.STORED and self._place():
                return

    def _fetch(self, attempt: int) -> bool:
        """True once it is stored; also True to try again. False where it goes no further now."""
        if attempt:
            self._desk.halt.sleep(self._desk.pace.after(attempt, None))
        if not self._outputs and not self._fresh_outputs():
            return False
        output = next((one for one in self._outputs if one.media_type.startswith("video")), self._outputs[0])
        self._desk.tell(self.job, "fetching", None)
        try:
            with self._desk.arrival.folder() as folder:
                part = folder / "take"
                self._counter.turnstile.enter()
                self._counter.provider.fetch(self._handle(), output, self._counter.http, part)
                is_picture = self.job.wish.compiled.get("seconds") is None
                sha256, ending = self._desk.arrival.accept(part, self.job.take_name, may_be_still=is_picture)
        except (HttpError, Unfit) as error:
            self.trouble = f"{redacted(error.message)}; the service keeps it for a while: run the same command again"
            self._outputs = ()
            return not (isinstance(error, HttpError) and error.kind in {ErrorKind.AUTH, ErrorKind.INVALID})
        self.trouble = ""
        self._move(JobState.STORED, sha256=sha256, facts={**self.job.facts, "ending": ending})
        return True

    def _fresh_outputs(self) -> bool:
        """Addresses die: the job is asked for new ones. False where there are none any more."""
        status = self._status()
        if status is None:
            return False
        if status.state is State.SUCCEEDED and status.outputs:
            self._outputs = status.outputs
            return True
        if status.state in {State.LOST, State.EXPIRED, State.FAILED}:
            self._move(
                JobState.LOST, reason=f"it was made and paid for, and the service has it no more: {status.reason}"
            )
        else:
            self.trouble = f"the service says {status.state.value} and gives no file"
        return False

    def _place(self) -> bool:
        try:
            number = self._desk.arrival.place(self.job)
        except Unfit as damaged:
            self._desk.journal.note(self.job.ref, "damaged", {"why": damaged.message})
            self._move(JobState.SUCCEEDED)
            return False
        self._move(JobState.USED, facts={**self.job.facts, "take": number})
        return True

    # --- within

    def _handle(self) -> Handle:
        return Handle(self.job.wish.provider, self.job.handle or {})

    def _patiently(self, question: Callable[[], T]) -> T | None:
        """Asks what costs nothing, again while its trouble passes; None where it does not."""
        for refusals in range(1, self._desk.pace.tries + 1):
            self._counter.turnstile.enter()
            try:
                found = question()
                self.trouble = ""
                return found
            except HttpError as error:
                self.trouble = redacted(error.message)
                if error.kind not in _PASSING:
                    break
                self._tell_refusal(error, refusals)
                if error.kind in _SURE:
                    self._counter.turnstile.refused(error, refusals)
                else:
                    self._desk.halt.sleep(self._desk.pace.after(refusals, error.wait_s))
            except FilmkitError:
                raise
            except Exception as error:  # noqa: BLE001 - an adapter that does not understand an answer loses no job
                self.trouble = redacted(f"{self.job.wish.provider} is not understood: {type(error).__name__}: {error}")
                break
        return None

    def _tell_refusal(self, error: HttpError, refusals: int) -> None:
        """A service that cannot be reached, or is busy, is waited for in words, not in silence."""
        words = f"attempt {refusals} of {self._desk.pace.tries}: {redacted(error.message)}"
        self._desk.tell(self.job, words, None)

    def _move(self, to: JobState, **said: Any) -> None:  # noqa: ANN401 - columns of a job
        self.job = self._desk.journal.move(self.job.ref, to, **{k: v for k, v in said.items() if v is not None})
        self._desk.tell(self.job, _SAID.get(to, to.value), None)

    def _end(self, state: JobState, reason: str, *, free: bool) -> None:
        price = self.job.wish.price
        cost = Money(Decimal(0), price.currency) if free and price is not None else None
        self._move(state, reason=redacted(reason), cost=cost)


def _plain(facts: dict[str, Json]) -> dict[str, Json] | None:
    """What goes to the journal: without secrets, and nothing where there is nothing."""
    said = redacted_json(facts)
    return said if isinstance(said, dict) and said else None
