"""Steps whose work is a few bytes, run by a real engine through the real store: what they made can be foretold.

A step's output is its name and the outputs of what it needs. What happened is written down in the order it happened.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from filmkit.engine import execute
from filmkit.engine.execute import Workshop, execute_step
from filmkit.engine.listen import Listeners
from filmkit.errors import StepFailed
from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.run import Event, Made
from filmkit.plan.graph import Input, Step
from filmkit.store.actions import Record
from filmkit.store.digests import DigestMemo
from filmkit.store.store import Store


def steps_of(needs: Mapping[str, str], kind: str = "segment") -> list[Step]:
    """Steps from ``{"c": "a b"}``: names, and what they need, which stands before them."""
    made: dict[str, Step] = {}
    for name, words in needs.items():
        inputs = {f"in{at}": Input(made[word].key, "out") for at, word in enumerate(words.split())}
        made[name] = Step(kind, name, 1, {"name": name}, inputs=inputs)
    return list(made.values())


@dataclass
class Diary:
    """A listener that keeps what it is told, and how many steps ran at once."""

    told: list[tuple[str, str]] = field(default_factory=list)
    at_once: int = 0
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, step: Step) -> None:
        with self._lock:
            self._running += 1
            self.at_once = max(self.at_once, self._running)
            self.told.append(("started", step.name))

    def progress(self, step: Step, done: int) -> None:
        with self._lock:
            self.told.append((f"progress {done}", step.name))

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        self._end("finished", step)

    def failed(self, step: Step, message: str) -> None:
        self._end("failed", step)

    def _end(self, how: str, step: Step) -> None:
        with self._lock:
            self._running -= 1
            self.told.append((how, step.name))

    def names(self, what: str) -> list[str]:
        return [name for told, name in self.told if told == what]


Work = Callable[[Step], None]
"""Done inside a step before it leaves its output: wait, fail, look around."""


class Bench:
    """A store of its own, and stages that do ``work`` and leave foreseeable bytes."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.store = Store(folder / "store")
        self.diary = Diary()
        self.work: Work = lambda step: None
        self._shop = Workshop(self.store, DigestMemo(folder / "store"), Ffmpeg(Path("none"), "none", is_pinned=True))
        patch.setattr(execute, "stage", lambda kind: self._run)

    def execute(self, step: Step) -> Record:
        """What engines are given to run a step with."""
        return execute_step(step, self._shop, Listeners(self.diary))

    def _run(self, step: Step, bench: Workbench) -> Made:
        bench.on_progress(1)
        self.work(step)
        given = "".join(f"({bench.inputs[slot].read_text()})" for slot in sorted(bench.inputs))
        path = bench.folder / "out"
        path.write_text(step.name + given)
        return Made({"out": path})

    def made(self, steps: Iterable[Step]) -> dict[str, str]:
        """What the store has of these steps: contents by name."""
        steps = list(steps)
        records = self.store.lookup(step.key for step in steps)
        return {
            step.name: self.store.get(records[step.key].outputs["out"].sha256).read_text()
            for step in steps
            if step.key in records
        }  # fmt: skip


def fail_at(*names: str) -> Work:
    """Steps of these names fail."""

    def work(step: Step) -> None:
        if step.name in names:
            raise StepFailed(step.name, "as it was told to")

    return work
