"""The managed Prefect server in tests: one for a whole test session, in a state folder of its own, stopped at the end.

Prefect reads its settings when it is imported: nothing here imports it before the environment says where to look.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from filmkit.engine.schedule import Execute
from filmkit.engine.server import Server, attach, client_environment, stop_server
from filmkit.plan.graph import Step

_OF_PREFECT = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "PREFECT_HOME", "PREFECT_API_KEY", "PREFECT_PROFILE")


@contextmanager
def own_state(state: Path, **variables: str) -> Iterator[None]:
    """An environment in which the managed server belongs to ``state``, and no other Prefect is named."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _OF_PREFECT:
            patch.delenv(name, raising=False)
        for name, value in {"XDG_STATE_HOME": str(state), **variables}.items():
            patch.setenv(name, value)
        yield


@contextmanager
def serving(state: Path) -> Iterator[Server]:
    """A managed server that is stopped at the end, whatever happens."""
    with own_state(state):
        server = attach()
    try:
        yield server
    finally:
        _send_what_is_left()
        with own_state(state):
            stop_server()


def _send_what_is_left() -> None:
    """What Prefect still has to tell: it would go on trying for a minute once the server is gone."""
    if worker := sys.modules.get("prefect.events.worker"):
        worker.EventsWorker.drain_all(timeout=60)


@contextmanager
def client_of(server: Server, state: Path) -> Iterator[None]:
    """This process as a client of ``server``, in what it imports, in its settings, and in the commands it starts."""
    with own_state(state):
        variables = client_environment(server)
    with own_state(state, **variables):
        from prefect.settings import (
            PREFECT_API_AUTH_STRING,
            PREFECT_API_URL,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            temporary_settings,
        )

        wanted = {
            PREFECT_API_URL: server.url,
            PREFECT_API_AUTH_STRING: server.auth,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        with temporary_settings(wanted):
            yield


def run_in_flow(missing: Sequence[Step], execute: Execute, workers: int) -> None:
    """The Prefect engine as its flows call it. To be used inside ``client_of``."""
    from prefect import flow
    from prefect.task_runners import ThreadPoolTaskRunner

    from filmkit.engine.prefect_runner import run_tasks

    @flow(name="contract", persist_result=False, task_runner=ThreadPoolTaskRunner(max_workers=workers))  # type: ignore[arg-type]
    def body() -> None:
        run_tasks(missing, execute, workers)

    body()


def ask(question: Callable[[Any], Any]) -> Any:
    """What the server answers to a question put with Prefect's own client."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return question(client)
