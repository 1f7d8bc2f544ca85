"""The second session, integrating shots: every segment of the picture."""

from __future__ import annotations

from prefect import flow

from filmkit.engine.settings import Session
from flows.order import run_name, run_session


@flow(name="assembly", flow_run_name=run_name, persist_result=False)
def assembly(film: str, draft: bool = False, cut: str | None = None, workers: int | None = None) -> None:
    """Encodes the segments of the film in the folder ``film``."""
    run_session(Session.ASSEMBLY, film, draft, cut, workers)
