"""A render under Prefect: its server found or started, then the film as a flow of this process."""

from __future__ import annotations

import os
from contextlib import chdir
from importlib import import_module

from filmkit.cli.say import say
from filmkit.engine.job import Job
from filmkit.engine.listen import Listener
from filmkit.engine.server import Server, attach, client_environment, prefect_home, running_server
from filmkit.model.run import RunReport


def find_server(*, quiet: bool) -> Server:
    """The Prefect server to run under; that it is started is said. Raises ToolMissing where none can be had."""
    if not quiet and "PREFECT_API_URL" not in os.environ and running_server() is None:
        say(["starting the Prefect server: this takes a few seconds, and it stays for the next render"], to_error=True)
    return attach()


def run_under(server: Server, job: Job, listener: Listener) -> RunReport:
    """Runs as a Prefect flow. Prefect reads its settings when imported, and is imported only where there is work.

    It reads them from the folder it runs in as well (``prefect.toml``, ``pyproject.toml``, ``.env``), and they can name
    programs: it never runs in a folder that may be a stranger's film.
    """
    os.environ.update(client_environment(server))
    home = prefect_home()
    home.mkdir(parents=True, exist_ok=True)
    with chdir(home):
        from flows.order import run_ordered

        flow = getattr(import_module(f"flows.{job.session}"), job.session)
        return run_ordered(flow, job, listener)
