"""What a flow is asked to do: a job the command line has planned already, or a film that Prefect itself names."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prefect import Flow, runtime
from prefect.task_runners import ThreadPoolTaskRunner

from filmkit.engine.job import Job, open_job
from filmkit.engine.listen import Listener, Listeners
from filmkit.engine.prefect_runner import run_flow, without_heartbeat
from filmkit.engine.settings import Session, Settings
from filmkit.errors import FilmkitError
from filmkit.model.finding import Severity
from filmkit.model.run import Event, RunReport
from filmkit.plan.planner import Quality

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner


@dataclass
class Order:
    """A planned job, who listens, and the report once it is done."""

    job: Job
    listener: Listener
    report: RunReport | None = None


_order: ContextVar[Order | None] = ContextVar("order", default=None)


def run_session(session: Session, film: str, draft: bool, cut: str | None, workers: int | None) -> None:
    """The body of a flow: the steps of one session, or of the whole film."""
    run_settings(session, film, Settings(cut=cut, workers=workers, quality=Quality(draft=draft)))


def run_settings(session: Session, film: str, settings: Settings) -> None:
    """The same, with settings that only one session has. A job that the command line planned has its own."""
    order = _order.get()
    if order is None:
        order = Order(open_job(Path(film), settings, session), Listeners())
    order.report = run_flow(order.job, order.listener)


def run_ordered(flow: Flow[Any, Any], job: Job, listener: Listener) -> RunReport:
    """Runs a planned job as a flow of this process. Raises FilmkitError, also where Prefect itself breaks off."""
    order = Order(job, listener)
    token = _order.set(order)
    settings = job.settings
    runner = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=settings.worker_count))
    try:
        with without_heartbeat():
            flow.with_options(task_runner=runner)(
                film=str(job.outputs.folder), cut=settings.cut, workers=settings.worker_count, **_more(job)
            )
    except FilmkitError:
        raise
    except Exception as error:
        lost = f"Prefect broke off: {type(error).__name__}: {error}"
        if order.report is None:
            raise FilmkitError(lost, remedy="run the same command again; what was finished is kept") from error
        event = Event("prefect-lost", lost, Severity.WARNING)
        return replace(order.report, events=(*order.report.events, event))
    finally:
        _order.reset(token)
    assert order.report is not None
    return order.report


def _more(job: Job) -> dict[str, Any]:
    """The parameters that not every flow has."""
    if job.session is not Session.SOUND:
        return {"draft": job.settings.quality.draft}
    bounces = job.settings.bounces
    return {"stems": bounces.stems, "solo": ",".join(bounces.solo) or None}


def run_name() -> str:
    """``render leaving-earth``: the flow run's name, from its parameters."""
    run = runtime.flow_run
    verb = {"film": "render", "sound": "mix"}.get(run.flow_name, run.flow_name)
    return f"{verb} {Path(run.parameters['film']).resolve().name}"
