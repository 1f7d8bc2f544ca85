"""One render as a command runs it: findings said, progress shown, then the files put in place."""

from __future__ import annotations

import os
from pathlib import Path

from filmkit.cli.progress import progress_for
from filmkit.cli.say import say
from filmkit.engine.job import Job, finish_job, open_job, run_job
from filmkit.engine.listen import Listener, Listeners
from filmkit.engine.local import run_local
from filmkit.engine.runlog import RunLog
from filmkit.engine.server import attach, client_environment
from filmkit.engine.settings import Engine, Settings
from filmkit.errors import ToolMissing
from filmkit.model.finding import Severity
from filmkit.model.run import Event, RunReport
from filmkit.report.text import finding_lines


def render_film(folder: Path, settings: Settings, *, quiet: bool = False) -> RunReport:
    """Opens, runs and finishes one film. Raises FilmkitError."""
    job = open_job(folder, settings)
    if not quiet:
        worth_saying = [finding for finding in job.planned.findings if finding.severity is not Severity.NOTE]
        say(finding_lines(worth_saying), to_error=True)
    if not job.todo.missing:
        return finish_job(job, "no")
    with (
        progress_for(job.todo, quiet=quiet) as shown,
        RunLog(job.outputs.folder / ".filmkit" / "runs") as log,
    ):
        listener = Listeners(shown, log)
        if settings.engine is Engine.LOCAL:
            run_job(job, run_local, listener)
            return finish_job(job, "local")
        return _under_prefect(job, listener)


def _under_prefect(job: Job, listener: Listener) -> RunReport:
    """Runs as a Prefect flow; on the local engine where no server can be had, which the report then says."""
    try:
        server = attach()
    except ToolMissing as missing:
        run_job(job, run_local, listener)
        event = Event("engine-local", f"run without Prefect: {missing.message}", Severity.WARNING)
        return finish_job(job, "local", [event])
    os.environ.update(client_environment(server))
    from flows.film import film  # Prefect reads its settings when imported, and only where there is work
    from flows.order import run_ordered

    return run_ordered(film, job, listener)
