"""One render as a command runs it: findings said, progress shown, then the files put in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from filmkit.cli.patience import patience
from filmkit.cli.progress import progress_for
from filmkit.cli.say import say
from filmkit.engine.job import Job, finish_job, open_job, run_job
from filmkit.engine.listen import Listener, Listeners
from filmkit.engine.local import run_local
from filmkit.engine.runlog import RunLog
from filmkit.engine.settings import Engine, Session, Settings
from filmkit.errors import ToolMissing
from filmkit.model.finding import Finding, Severity
from filmkit.model.run import Event, RunReport
from filmkit.report.text import finding_lines


def render_film(folder: Path, settings: Settings, session: Session = Session.FILM, *, quiet: bool = False) -> RunReport:
    """Opens, runs and finishes one film, or one session of it. Raises FilmkitError."""
    with patience(quiet=quiet):
        job = open_job(folder, settings, session)
    if not quiet:
        say(finding_lines(_worth_saying(job.planned.findings)), to_error=True)
    if not job.todo.missing:
        return finish_job(job, "no")
    run = _local if settings.engine is Engine.LOCAL else _prefect(settings, quiet=quiet)
    with (
        job.shop.store.lease(),
        progress_for(job.todo, quiet=quiet) as shown,
        RunLog(job.outputs.folder / ".filmkit" / "runs") as log,
    ):
        return run(job, Listeners(shown, log))


def _worth_saying(findings: Sequence[Finding]) -> list[Finding]:
    """Notes are for ``check``; missing takes and lines stand in the summary, all in one line."""
    told = {"placeholder", "scratch-voice"}
    return [found for found in findings if found.severity is not Severity.NOTE and found.code not in told]


Run = Callable[[Job, Listener], RunReport]
"""Runs what is missing of a film and finishes it."""


def _local(job: Job, listener: Listener, events: Sequence[Event] = ()) -> RunReport:
    return finish_job(run_job(job, run_local, listener), "local", events)


def _prefect(settings: Settings, *, quiet: bool) -> Run:
    """Under Prefect; without it where no server can be had, which the report tells. Raises ToolMissing if ``strict``.

    Finding a server costs imports of its own: only here, where there is work for it.
    """
    from filmkit.cli.under_prefect import find_server, run_under

    try:
        server = find_server(quiet=quiet)
    except ToolMissing as missing:
        if settings.strict:
            raise
        return partial(
            _local, events=[Event("engine-local", f"run without Prefect: {missing.message}", Severity.WARNING)]
        )
    return partial(run_under, server)
