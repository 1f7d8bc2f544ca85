"""The Prefect engine: flat tasks, one a missed step or batch, shown in Prefect's page; the store decides what is
missing.

Prefect caches nothing (``NO_CACHE``, no results): what the store had ends as one ``Cached`` task a kind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from httpx import HTTPError
from prefect import task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed

from filmkit.engine.job import Job, finish_job, run_job
from filmkit.engine.listen import Listener, Listeners
from filmkit.engine.schedule import Batch, Carried, Execute, Schedule, batches
from filmkit.model.run import Event, RunReport
from filmkit.plan.graph import Step
from filmkit.plan.stale import Todo
from filmkit.report.summary import summary_lines
from filmkit.report.text import word_for_many

MOST_TASKS = 150
"""Task runs of one flow run: Prefect's sqlite server takes about 30 ms of its own time for each."""

_UPDATE_EVERY_S = 1.0


@task(cache_policy=NO_CACHE, persist_result=False, retries=0)
def do_batch(work: Callable[[], None]) -> None:
    """One batch of steps."""
    work()


@task(cache_policy=NO_CACHE, persist_result=False)
def from_the_store(kind: str, count: int) -> State[Any]:
    """What the store already had, as one cached task."""
    return Completed(name="Cached", message=f"{count} from the store")


def show_hits(todo: Todo) -> None:
    """One ``Cached`` task for each kind of step that need not run."""
    for kind, count in sorted(todo.hits.items()):
        name = f"{word_for_many(kind)}: {count} from the store"
        from_the_store.with_options(task_run_name=name)(kind, count, return_state=True)


def run_tasks(missing: Sequence[Step], execute: Execute, workers: int) -> None:
    """Runs steps as tasks of the flow that calls this. Raises Failures when all that can run has run."""

    def submit(batch: Batch, work: Callable[[], None]) -> Carried:
        carried: Carried = do_batch.with_options(task_run_name=safe(batch.name)).submit(work)
        return carried

    Schedule(batches(missing, MOST_TASKS), execute, submit, workers).run()


def safe(text: str) -> str:
    """Text of the film for Prefect's page: no Markdown, no template braces."""
    return "".join(char if char.isalnum() or char in " -_./→#" else "·" for char in text)[:120]


class ProgressPage:
    """The share of expected work that is done, as a progress artifact; updated at most once a second."""

    def __init__(self, todo: Todo) -> None:
        self._total_s = max(0.001, todo.seconds)
        self._done_s = 0.0
        self._shown_at = time.monotonic()
        self._lock = threading.Lock()
        self._is_lost = False
        made = create_progress_artifact(progress=0.0, key="progress", description=f"{len(todo.missing)} steps")
        self._artifact = cast("UUID", made)  # outside of a coroutine it is never one

    def started(self, step: Step) -> None:
        """The page shows the task as running."""

    def progress(self, step: Step, done: int) -> None:
        """Single frames are too fine for the page."""

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """The step's expected share is done."""
        with self._lock:
            self._done_s += step.cost.seconds
            if time.monotonic() - self._shown_at < _UPDATE_EVERY_S:
                return
            self._shown_at = time.monotonic()
        self.show()

    def failed(self, step: Step, message: str) -> None:
        """The task's own state says it."""

    def show(self) -> None:
        """Sends the share done to the page."""
        share = round(min(100.0, 100 * self._done_s / self._total_s), 1)
        self.tell(lambda: update_progress_artifact(self._artifact, progress=share))

    def tell(self, something: Callable[[], object]) -> None:
        """What only shows a film on the page does not fail it. A server that went away is not asked again: each time
        would cost a while, and the flow's end tells of it.
        """
        if not self._is_lost:
            try:
                something()
            except HTTPError:
                self._is_lost = True


def without_heartbeat() -> Any:  # noqa: ANN401 - Prefect's own context manager
    """A command's own flow needs no heartbeat; with it every run waits a second at its end."""
    return temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})


def run_flow(job: Job, listener: Listener) -> RunReport:
    """Inside a flow: shows the hits, runs the misses as tasks, finishes the film, leaves table and report."""
    show_hits(job.todo)
    page = ProgressPage(job.todo)
    with job.shop.store.lease():
        job = run_job(job, run_tasks, Listeners(listener, page))
        page.show()
        report = finish_job(job, "prefect")
    page.tell(lambda: _leave_artifacts(job, report))
    return report


def _leave_artifacts(job: Job, report: RunReport) -> None:
    key = (
        "".join(char if char.isascii() and char.isalnum() else "-" for char in report.name.lower()).strip("-") or "film"
    )
    create_table_artifact(table=_rows(job), key=f"{key}-shots", description="Shots of the film")
    text = "\n".join(f"    {line}" for line in summary_lines(report))  # an indented block: nothing in it is Markdown
    create_markdown_artifact(markdown=f"# {safe(report.name)}\n\n{text}\n", key=f"{key}-report", description="Report")


def _rows(job: Job) -> list[dict[str, Any]]:
    """A row a shot: its frames, and how many of its segments were made or came from the store."""
    missing = {step.key for step in job.todo.missing}
    segments = [step for step in job.planned.plan.graph if step.kind == "segment"]
    rows = []
    for clip in job.planned.plan.timeline.clips:
        shown = [step for step in segments if clip.shot in step.about]
        made = sum(step.key in missing for step in shown)
        rows.append({
            "shot": safe(clip.shot), "frames": clip.frames, "join": clip.join.kind.value, "made": made,
            "from the store": len(shown) - made, "take": "none yet" if clip.is_placeholder else "yes",
        })  # fmt: skip
    return rows
