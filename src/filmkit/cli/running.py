"""One render as a command runs it: findings said, progress shown, then the files put in place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

from filmkit.cli.progress import progress_for
from filmkit.cli.say import say
from filmkit.engine.job import Job, finish_job, open_job, run_job
from filmkit.engine.listen import Listener, Listeners
from filmkit.engine.local import run_local
from filmkit.engine.runlog import RunLog
from filmkit.engine.server import Server, attach, client_environment, prefect_home, running_server
from filmkit.engine.settings import Engine, Settings
from filmkit.errors import ToolMissing
from filmkit.model.finding import Finding, Severity
from filmkit.model.run import Event, RunReport
from filmkit.report.text import finding_lines


def render_film(folder: Path, settings: Settings, *, quiet: bool = False) -> RunReport:
    """Opens, runs and finishes one film. Raises FilmkitError."""
    job = open_job(folder, settings)
    if not quiet:
        say(finding_lines(_worth_saying(job.planned.findings)), to_error=True)
    if not job.todo.missing:
        return finish_job(job, "no")
    server, events = _server(settings, quiet=quiet)
    with (
        job.shop.store.lease(),
        progress_for(job.todo, quiet=quiet) as shown,
        RunLog(job.outputs.folder / ".filmkit" / "runs") as log,
    ):
        listener = Listeners(shown, log)
        if server is not None:
            return _under_prefect(job, server, listener)
        return finish_job(run_job(job, run_local, listener), "local", events)


def _worth_saying(findings: Sequence[Finding]) -> list[Finding]:
    """Notes are for ``check``; missing takes stand in the summary, all in one line."""
    return [found for found in findings if found.severity is not Severity.NOTE and found.code != "placeholder"]


def _server(settings: Settings, *, quiet: bool) -> tuple[Server | None, list[Event]]:
    """The Prefect server to run under; none for the local engine, or with an event where none can be had.

    Raises ToolMissing where that may not be (``strict``).
    """
    if settings.engine is Engine.LOCAL:
        return None, []
    if not quiet and "PREFECT_API_URL" not in os.environ and running_server() is None:
        say(["starting the Prefect server: this takes a few seconds, and it stays for the next render"], to_error=True)
    try:
        return attach(), []
    except ToolMissing as missing:
        if settings.strict:
            raise
        return None, [Event("engine-local", f"run without Prefect: {missing.message}", Severity.WARNING)]


def _under_prefect(job: Job, server: Server, listener: Listener) -> RunReport:
    """Runs as a Prefect flow. Prefect reads its settings when imported, and is imported only where there is work.

    It reads them from the folder it runs in as well (``prefect.toml``, ``pyproject.toml``, ``.env``), and they can name
    programs: it never runs in a folder that may be a stranger's film.
    """
    os.environ.update(client_environment(server))
    home = prefect_home()
    home.mkdir(parents=True, exist_ok=True)
    with chdir(home):
        from flows.film import film
        from flows.order import run_ordered

        return run_ordered(film, job, listener)
