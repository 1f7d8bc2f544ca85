"""Which step runs when: each as soon as what it needs is there. Threads or Prefect's task runner carry them out."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from filmkit.errors import DiskFull, FilmkitError, StepFailed
from filmkit.media.children import check_stopped, stop_all
from filmkit.plan.graph import Step
from filmkit.store.actions import Record
from filmkit.store.disk import free_bytes

Execute = Callable[[Step], Record]

_TURN_S = 0.25
_SOUND = frozenset({"source", "duck", "stem", "mix"})


class Failures(FilmkitError):
    """Steps that failed, each with its own error; everything that could be finished is."""

    def __init__(self, errors: Iterable[FilmkitError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(dict.fromkeys(error.message for error in self.errors)))

    @property
    def worst_exit_code(self) -> int:
        """3 where only the film's own media are to blame, else the first other code."""
        codes = [error.exit_code for error in self.errors]
        return next((code for code in codes if code != 3), 3)


def _with_one_full_disk(errors: Sequence[FilmkitError]) -> Iterator[FilmkitError]:
    """All errors, those of a full disk as one: together these steps needed the bytes of each, at the same time."""
    full = [error for error in errors if isinstance(error, DiskFull)]
    if full:
        needed = sum(error.needed for error in full)
        yield DiskFull(full[0].place, needed, free_bytes(Path(full[0].place)))
    yield from (error for error in errors if not isinstance(error, DiskFull))


@dataclass(frozen=True)
class Batch:
    """Steps of one kind that need none of each other, run one after the other as one task."""

    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """The step's own name, or how many there are."""
        first = self.steps[0]
        return first.name if len(self.steps) == 1 else f"{first.name} and {len(self.steps) - 1} more"

    @property
    def key(self) -> str:
        """Names the batch among those of one run."""
        return self.steps[0].key

    @property
    def seconds(self) -> float:
        """Expected CPU seconds."""
        return sum(step.cost.seconds for step in self.steps)


class Carried(Protocol):
    """Work handed out: a future of a thread pool or of Prefect."""

    def add_done_callback(self, fn: Callable[[Any], None], /) -> None:
        """Calls ``fn`` when the work is done, whatever came of it."""


Submit = Callable[[Batch, Callable[[], None]], Carried]
"""Hands a batch, and the function that does its work, to a pool."""


def batches(missing: Sequence[Step], most: int) -> list[Batch]:
    """At most about ``most`` batches: one a step, or steps of a kind side by side where there are more."""
    if len(missing) <= most:
        return [Batch((step,)) for step in missing]
    size = -(-len(missing) // most)
    found: list[Batch] = []
    by_kind: dict[str, list[Step]] = {}
    for step in missing:
        by_kind.setdefault(step.kind, []).append(step)
    for steps in by_kind.values():
        found += [Batch(tuple(steps[at : at + size])) for at in range(0, len(steps), size)]
    return found


class Schedule:
    """Runs batches as they become ready. All that can run is run, also after a failure."""

    def __init__(self, todo: Sequence[Batch], execute: Execute, submit: Submit, workers: int) -> None:
        self._pending = {batch.key: batch for batch in todo}
        self._absent = {step.key for batch in todo for step in batch.steps}
        self._execute = execute
        self._submit = submit
        self._workers = workers
        self._done: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._failed: dict[str, FilmkitError] = {}
        self._made: set[str] = set()

    def run(self) -> None:
        """Raises Failures when everything that could run has run. Anything else that comes up here is a signal: all
        children are stopped before it goes its way, for the pool waits for its threads, and these for their children.
        """
        try:
            self._run_all()
        except BaseException:
            stop_all()
            raise
        check_stopped()
        if self._failed:
            raise Failures(_with_one_full_disk(tuple(self._failed.values())))
        if self._pending:
            raise StepFailed(next(iter(self._pending.values())).name, "waits for a step that is not there")

    def _run_all(self) -> None:
        running = 0
        while self._pending or running:
            for batch in self._ready()[: self._workers - running]:
                del self._pending[batch.key]
                running += 1
                self._hand_out(batch)
            if running:
                self._take_back(self._next_done())
                running -= 1
            elif self._is_disk_full() or not self._split():
                return  # what is left has no room, or needs a step that failed

    def _hand_out(self, batch: Batch) -> None:
        self._submit(batch, lambda: self._work(batch)).add_done_callback(lambda _: self._done.put(batch))

    def _next_done(self) -> Batch:
        """Waits in short turns: a signal that reached another thread is handled by this one, but does not wake it."""
        while True:
            with suppress(queue.Empty):
                return self._done.get(timeout=_TURN_S)

    def _take_back(self, batch: Batch) -> None:
        """A step that neither was made nor failed was lost by the pool: that is a failure too."""
        for step in batch.steps:
            if step.key in self._made:
                self._absent.discard(step.key)
            elif step.key not in self._failed:
                self._failed[step.key] = StepFailed(
                    step.name, "the engine gave it up before it ended", remedy="run the same command again"
                )

    def _split(self) -> bool:
        """Nothing is ready: parts each batch into steps that could run and steps that wait. False where none could."""
        parted = [
            part
            for batch in self._pending.values()
            for waits in (False, True)
            if (part := tuple(step for step in batch.steps if self._waits(step) is waits))
        ]
        self._pending = {steps[0].key: Batch(steps) for steps in parted}
        return any(not self._waits(steps[0]) for steps in parted)

    def _work(self, batch: Batch) -> None:
        errors: list[FilmkitError] = []
        for step in batch.steps:
            try:
                self._execute(step)
            except FilmkitError as error:
                errors.append(error)
                self._failed[step.key] = error
                continue
            self._made.add(step.key)
        if errors:
            raise errors[0]

    def _is_disk_full(self) -> bool:
        """Then no new work begins: it would fail too, and take the room of what still runs."""
        return any(isinstance(error, DiskFull) for error in tuple(self._failed.values()))

    def _waits(self, step: Step) -> bool:
        return any(given.step in self._absent for given in step.inputs.values())

    def _ready(self) -> list[Batch]:
        """Batches whose inputs are all there: first what the sound waits for, then the longest."""
        if self._is_disk_full():
            return []
        ready = [batch for batch in self._pending.values() if not any(self._waits(step) for step in batch.steps)]
        return sorted(ready, key=lambda batch: (batch.steps[0].kind not in _SOUND, -batch.seconds))
