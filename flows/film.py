"""All of a film: every session, as one Prefect flow."""

from __future__ import annotations

from prefect import flow

from filmkit.engine.settings import Session
from flows.order import run_name, run_session


@flow(name="film", flow_run_name=run_name, persist_result=False)
def film(film: str, draft: bool = False, cut: str | None = None, workers: int | None = None) -> None:
    """Renders the film in the folder ``film`` into its ``out/``."""
    run_session(Session.FILM, film, draft, cut, workers)
