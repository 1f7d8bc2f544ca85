"""What every engine promises, whoever schedules the steps."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import pytest
from fakesteps import Bench, fail_at, steps_of

from filmkit.engine import schedule
from filmkit.engine.schedule import Execute, Failures
from filmkit.errors import Stopped
from filmkit.plan.graph import Step

RunSteps = Callable[[Sequence[Step], Execute, int], None]

BOTH = pytest.mark.parametrize("run_steps", ["local", "prefect"], indirect=True)
BOTH_AT_LENGTH = pytest.mark.parametrize(
    "run_steps", ["local", pytest.param("prefect", marks=pytest.mark.slow)], indirect=True
)
"""Every promise is checked for both engines; most of them slowly, for a task takes Prefect's server a while."""

HANG_S = 30.0
"""Nothing here takes a second: whoever waits longer hangs."""

FILM = {
    "title": "", "card": "", "one": "title", "two": "title card", "three": "", "horn": "", "wind": "",
    "effects": "horn wind", "mix": "effects", "master": "one two three mix",
}  # fmt: skip
"""The shape of a film: what each step needs."""

TOLD = {
    "title": "title", "card": "card", "one": "one(title)", "two": "two(title)(card)", "three": "three",
    "horn": "horn", "wind": "wind", "effects": "effects(horn)(wind)", "mix": "mix(effects(horn)(wind))",
    "master": "master(one(title))(two(title)(card))(three)(mix(effects(horn)(wind)))",
}  # fmt: skip
"""What each step leaves, by hand."""


@BOTH_AT_LENGTH
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_steps_run_after_what_they_need_and_leave_the_same(run_steps: RunSteps, bench: Bench, workers: int) -> None:
    steps = steps_of(FILM)
    run_steps(steps, bench.execute, workers)
    assert bench.made(steps) == TOLD
    told = bench.diary.told
    for name, words in FILM.items():
        for needed in words.split():
            assert told.index(("finished", needed)) < told.index(("started", name)), f"{name} before {needed}: {told}"


@BOTH_AT_LENGTH
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_as_many_steps_run_at_once_as_there_are_workers_and_no_more(
    run_steps: RunSteps, bench: Bench, workers: int
) -> None:
    together = threading.Barrier(workers)
    bench.work = lambda step: None if int(step.name) >= 2 * workers else (together.wait(HANG_S), None)[1]
    run_steps(steps_of({str(number): "" for number in range(12)}), bench.execute, workers)
    assert bench.diary.at_once == workers
    assert sorted(map(int, bench.diary.names("finished"))) == list(range(12))


@BOTH
def test_what_does_not_need_a_failed_step_is_made_and_all_failures_are_told(run_steps: RunSteps, bench: Bench) -> None:
    steps = steps_of(FILM)
    bench.work = fail_at("card", "horn")
    with pytest.raises(Failures) as caught:
        run_steps(steps, bench.execute, 2)
    assert sorted(error.message for error in caught.value.errors) == [
        "card: as it was told to", "horn: as it was told to",
    ]  # fmt: skip
    assert "card: as it was told to" in caught.value.message and "horn: as it was told to" in caught.value.message
    assert bench.made(steps) == {name: TOLD[name] for name in ("title", "one", "three", "wind")}
    assert sorted(bench.diary.names("started")) == ["card", "horn", "one", "three", "title", "wind"]


@BOTH_AT_LENGTH
def test_a_run_after_a_failure_goes_on_with_what_is_missing(run_steps: RunSteps, bench: Bench) -> None:
    steps = steps_of(FILM)
    bench.work = fail_at("mix")
    with pytest.raises(Failures, match="mix: as it was told to"):
        run_steps(steps, bench.execute, 2)
    bench.work = fail_at()
    have = bench.made(steps)
    run_steps([step for step in steps if step.name not in have], bench.execute, 2)
    assert bench.made(steps) == TOLD
    assert Counter(bench.diary.names("finished")) == Counter(FILM.keys())


@BOTH
def test_a_mistake_of_a_stage_is_the_failure_of_its_step(run_steps: RunSteps, bench: Bench) -> None:
    def work(step: Step) -> None:
        if step.name == "master":
            raise ZeroDivisionError("nothing by nothing")

    steps = steps_of(FILM)
    bench.work = work
    with pytest.raises(Failures, match=r"master: a mistake of filmkit's own, ZeroDivisionError at .*: nothing by"):
        run_steps(steps, bench.execute, 2)
    assert bench.diary.names("failed") == ["master"]
    assert bench.made(steps).keys() == FILM.keys() - {"master"}


@BOTH_AT_LENGTH
def test_a_step_that_the_engine_loses_is_a_failure(run_steps: RunSteps, bench: Bench) -> None:
    def lose(step: Step) -> None:
        if step.name == "master":
            raise SystemError("the pool broke")
        bench.execute(step)

    with pytest.raises(Failures, match="master: the engine gave it up"):
        run_steps(steps_of(FILM), lose, 2)  # type: ignore[arg-type]


@BOTH_AT_LENGTH
def test_the_listener_is_told_each_thing_once(run_steps: RunSteps, bench: Bench) -> None:
    bench.work = fail_at("card")
    with pytest.raises(Failures):
        run_steps(steps_of(FILM), bench.execute, 3)
    ran = FILM.keys() - {"two", "master"}
    wanted = Counter([(what, name) for name in ran for what in ("started", "progress 1")])
    wanted += Counter([("failed" if name == "card" else "finished", name) for name in ran])
    assert Counter(bench.diary.told) == wanted


@contextmanager
def heard(error: BaseException) -> Iterator[None]:
    """SIGUSR2 raises ``error`` where the run waits, as a command's handler does."""

    def handler(number: int, frame: FrameType | None) -> None:
        raise error

    before = signal.signal(signal.SIGUSR2, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR2, before)


@BOTH
@pytest.mark.parametrize("error", [KeyboardInterrupt(), Stopped(signal.SIGTERM)], ids=["ctrl-c", "stopped"])
def test_a_stop_ends_the_children_and_begins_nothing_more(
    run_steps: RunSteps, bench: Bench, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps wait as for a child: until everything is stopped, or for ever."""
    stopped, together = threading.Event(), threading.Barrier(2, action=lambda: os.kill(os.getpid(), signal.SIGUSR2))
    hung = []

    def work(step: Step) -> None:
        if step.name not in {"title", "card"}:
            together.wait(HANG_S)
            hung.extend([] if stopped.wait(HANG_S) else [step.name])

    monkeypatch.setattr(schedule, "stop_all", stopped.set)
    bench.work = work
    steps = steps_of(FILM)
    with heard(error), pytest.raises(type(error)):
        run_steps(steps, bench.execute, 2)
    assert hung == []
    started = bench.diary.names("started")
    assert len([name for name in started if name not in {"title", "card"}]) == 2, started
    assert {"master", "mix"}.isdisjoint(started)


@pytest.mark.slow
@BOTH
def test_hundreds_of_steps_are_all_made(run_steps: RunSteps, bench: Bench) -> None:
    steps = many_steps()
    run_steps(steps, bench.execute, 2)
    assert len(bench.made(steps)) == 331
    assert Counter(bench.diary.names("started")) == Counter(step.name for step in steps)


def many_steps() -> list[Step]:
    """10 titles, 320 segments of which each needs one, a master."""
    needs = {f"t{at}": "" for at in range(10)} | {f"s{at}": f"t{at % 10}" for at in range(320)}
    segments = steps_of(needs)
    return segments + steps_of({**needs, "master": "s0 s319"}, "segment")[-1:]


@pytest.mark.slow
def test_prefect_gets_at_most_150_tasks_and_a_failure_stops_no_neighbour_in_its_batch(
    prefect: object, bench: Bench
) -> None:
    from prefect import runtime
    from prefectserver import run_in_flow

    tasks: list[str] = []

    def work(step: Step) -> None:
        tasks.append(str(runtime.task_run.id))
        fail_at("t3")(step)

    bench.work = work
    steps = many_steps()
    with pytest.raises(Failures) as caught:
        run_in_flow(steps, bench.execute, 2)
    assert [error.message for error in caught.value.errors] == ["t3: as it was told to"]
    lost = {"t3", *(f"s{at}" for at in range(3, 320, 10))}
    assert {step.name for step in steps} - bench.made(steps).keys() == lost
    assert 100 < len(set(tasks)) <= 2 * 150, f"{len(set(tasks))} tasks for {len(tasks)} steps"
