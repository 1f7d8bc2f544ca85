"""Flows run as Prefect runs them, and what its server then knows of them."""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import Any

from prefectserver import ask

from filmkit.store.store import Store

WITHIN_S = 60.0
"""Prefect's server writes down tasks some time after they ran."""


def run_flow(session: str, film: Path, **asked: Any) -> Any:
    """Runs the flow of a session by what its parameters say; returns its final state."""
    flow = getattr(import_module(f"flows.{session}"), session)
    return flow(film=str(film), workers=2, **asked, return_state=True)


def made(folder: Path) -> dict[str, int]:
    """Steps by kind that the store in this folder has."""
    return {kind: tally.count for kind, tally in Store(folder / "store").stats().kinds.items()}


def runs_of(film: Path) -> list[Any]:
    """All flow runs of a film, the first one first."""
    return sorted(
        (
            run
            for run in ask(lambda client: client.read_flow_runs(limit=200))
            if run.parameters.get("film") == str(film)
        ),
        key=lambda run: run.created,
    )


def tasks_of(run: Any, count: int) -> dict[str, str]:
    """States of a run's tasks by name, once there are so many and all have ended."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    wanted = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    deadline = time.monotonic() + WITHIN_S
    while True:
        found = ask(lambda client: client.read_task_runs(flow_run_filter=wanted, limit=200))
        tasks = {task.name: task.state_name for task in found}
        if len(found) >= count and all(task.state and task.state.is_final() for task in found):
            return tasks
        assert time.monotonic() < deadline, f"{len(found)} of {count} tasks: {tasks}"
        time.sleep(0.2)


def artifacts_of(run: Any) -> dict[str, Any]:
    """A run's artifacts by type."""
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
    return {each.type: each.data for each in ask(lambda client: client.read_artifacts(artifact_filter=wanted))}
