"""The first session, planning and storyboarding: titles, cards and stills are drawn, nothing is cut yet."""

from __future__ import annotations

from prefect import flow

from filmkit.engine.settings import Session
from flows.order import run_name, run_session


@flow(name="planning", flow_run_name=run_name, persist_result=False)
def planning(film: str, draft: bool = False, cut: str | None = None, workers: int | None = None) -> None:
    """Draws what the board of the film in the folder ``film`` needs."""
    run_session(Session.PLANNING, film, draft, cut, workers)
