"""The log of a run: a line a step as it begins and ends, there also when the run fails or the disk is full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from filmkit.engine.listen import Listeners
from filmkit.engine.runlog import RunLog
from filmkit.errors import DiskFull, FilmkitError
from filmkit.model.run import Event
from filmkit.plan.graph import Step
from filmkit.store.eventlog import EventLog, read_events

STEP = Step("segment", "segment s/a", 1, {})


def told(runs: Path) -> list[tuple[str, dict[str, object]]]:
    [log] = runs.glob("*.log")
    return [(event.kind, dict(event.data)) for event in read_events(log)]


def test_a_line_a_step_as_it_begins_and_ends(tmp_path: Path) -> None:
    with RunLog(tmp_path) as log:
        log.started(STEP)
        log.progress(STEP, 12)
        log.finished(STEP, 1.23456, [Event("held", "one frame is held")])
        log.failed(STEP, "no such file")
    assert told(tmp_path) == [
        ("started", {"step": "segment s/a", "kind": "segment", "key": STEP.key}),
        ("finished", {"step": "segment s/a", "key": STEP.key, "seconds": 1.235, "events": ["held: one frame is held"]}),
        ("failed", {"step": "segment s/a", "key": STEP.key, "error": "no such file"}),
    ]


def test_the_log_says_why_a_run_failed(tmp_path: Path) -> None:
    with pytest.raises(FilmkitError), RunLog(tmp_path):
        raise FilmkitError("the roof is on fire")
    assert told(tmp_path) == [("run-failed", {"error": "the roof is on fire"})]


def test_a_full_disk_silences_the_log_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: EventLog, kind: str, data: object) -> None:
        raise DiskFull("/disk", 1, 0)

    with RunLog(tmp_path) as log:
        log.started(STEP)
        monkeypatch.setattr(EventLog, "append", full)
        log.started(STEP)
        log.finished(STEP, 1.0, ())
    assert [kind for kind, _ in told(tmp_path)] == ["started"]


class Noting:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def started(self, step: Step) -> None:
        self.heard.append(("started", step.name))

    def progress(self, step: Step, done: int) -> None:
        self.heard.append(("progress", done))

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        self.heard.append(("finished", seconds, len(events)))

    def failed(self, step: Step, message: str) -> None:
        self.heard.append(("failed", message))


def test_all_listeners_are_told_everything() -> None:
    one, other = Noting(), Noting()
    both = Listeners(one, other)
    both.started(STEP)
    both.progress(STEP, 3)
    both.finished(STEP, 0.5, [Event("a", "b")])
    both.failed(STEP, "no")
    assert (
        one.heard
        == other.heard
        == [("started", "segment s/a"), ("progress", 3), ("finished", 0.5, 1), ("failed", "no")]
    )
