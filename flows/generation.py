"""Takes from services, as a Prefect flow: a task for each take, none of them retried, for what is paid is paid once.

The journal decides what has been asked for, never Prefect: a flow that was stopped is simply run again. Keys are read
where they are used; no parameter, result or log holds one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from filmkit.engine.arrival import Arrival
from filmkit.engine.generate import GenerationReport, Run, Terms, Work, until_of
from filmkit.engine.generation import open_generation
from filmkit.engine.job import open_shop
from filmkit.engine.settings import Settings
from filmkit.errors import FilmkitError, Held, Stopped, UsageError
from filmkit.model.scalar import Money
from filmkit.plan.requests import Order
from filmkit.report.paid import outcome_lines, question_lines
from filmkit.store.jobs import JobState
from filmkit.store.journal import Journal

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner

MOST_AT_ONCE = 16
RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=MOST_AT_ONCE))

_works: ContextVar[Mapping[str, tuple[Work, threading.Semaphore]]] = ContextVar("works")


def run_name() -> str:
    """``generate leaving-earth``."""
    return f"generate {Path(runtime.flow_run.parameters['film']).resolve().name}"


@flow(
    name="generation",
    flow_run_name=run_name,
    retries=0,
    persist_result=False,
    task_runner=RUNNER,
)
def generation(
    film: str,
    shots: list[str] | None = None,
    most: str | None = None,
    until: str | None = None,
    takes: int | None = None,
) -> None:
    """Asks for the missing takes of the film in the folder ``film``, for ``most`` (``5 USD``) at most, and for nothing
    new after the time of day ``until`` (``06:00``). Raises UsageError where there is no limit at all.
    """
    order = Order(tuple(shots or ()), takes)
    terms = Terms(Money.parse(most) if most else None, until_of(until) if until else None)
    with Journal() as journal, ExitStack() as stack:
        shop = open_shop(Settings(), Path(film))
        planned = open_generation(Path(film), order, journal, shop.memo)
        if planned.proposals and terms.most is None and planned.budget.limit is None:
            raise UsageError("nobody is asked in a flow: it needs a limit", remedy="give 'most', or the film a budget")
        run = Run(planned, journal, Arrival(planned.folder, shop.store, shop.ffmpeg), terms)
        _make(run, run.open(stack))
        _tell(run.report())


@task(name="take", task_run_name="take {name}", retries=0, cache_policy=NO_CACHE, persist_result=False)
def take(name: str) -> None:
    """Makes one take, or brings it home."""
    work, turn = _works.get()[name]
    with turn:
        work.do()


def _make(run: Run, works: list[Work]) -> None:
    """All takes, each as a task; a wish to leave is passed on, and the services go on by themselves."""
    turns = {work.service: threading.Semaphore(work.most_at_once) for work in works}
    token = _works.set({work.name: (work, turns[work.service]) for work in works})
    try:
        futures = [take.submit(work.name) for work in works]
        try:
            for future in futures:
                future.result(raise_on_failure=True)
        except (Stopped, KeyboardInterrupt):
            run.leave()
            raise
    finally:
        _works.reset(token)


def _tell(report: GenerationReport) -> None:
    """What came of it stands in the run's log. Raises Held, FilmkitError where it is not all made."""
    logger = get_run_logger()
    for one in report.outcomes:
        lines = question_lines(one.job) if one.job.state is JobState.HELD else outcome_lines(one.job, one.trouble)
        for line in lines:
            logger.info("%s", line)
    for line in (*report.unasked, *report.notes):
        logger.warning("%s", line)
    if report.held:
        raise Held(f"{len(report.held)} held: a person must look", remedy="`filmkit generate` shows the questions")
    if not report.is_all_made:
        raise FilmkitError("not every take came home", remedy="run it again: it goes on where it stopped")
