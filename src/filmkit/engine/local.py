"""The local engine: a few threads. Same steps, same bytes as under Prefect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from filmkit.engine.schedule import Batch, Execute, Schedule, batches
from filmkit.plan.graph import Step


def run_local(missing: Sequence[Step], execute: Execute, workers: int) -> None:
    """Executes steps in ``workers`` threads. Raises Failures when all that can run has run."""
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="filmkit") as pool:

        def submit(batch: Batch, work: Callable[[], None]) -> Future[None]:
            return pool.submit(work)

        Schedule(batches(missing, max(1, len(missing))), execute, submit, workers).run()
