"""What tests in several folders share: one Prefect server for all of them, and patience with a busy machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from prefectserver import client_of, serving

from filmkit.engine.server import Server

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def prefect_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XDG_STATE_HOME of the session's server."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def prefect_server(prefect_state: Path) -> Iterator[Server]:
    """A managed server of this test session."""
    with serving(prefect_state) as server:
        yield server


@pytest.fixture
def prefect(prefect_server: Server, prefect_state: Path) -> Iterator[Server]:
    """This process, and what it starts, is a client of the session's server."""
    with client_of(prefect_server, prefect_state):
        yield prefect_server
