"""Both engines, as one suite sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakesteps import Bench
from prefectserver import run_in_flow

from filmkit.engine.local import run_local
from filmkit.engine.schedule import Execute
from filmkit.plan.graph import Step

RunSteps = Callable[[Sequence[Step], Execute, int], None]


@pytest.fixture
def run_steps(request: pytest.FixtureRequest) -> RunSteps:
    """The engine that the test's mark names."""
    if request.param == "local":
        return run_local
    request.getfixturevalue("prefect")
    return run_in_flow


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Where the steps of one test are made."""
    return Bench(tmp_path, monkeypatch)
