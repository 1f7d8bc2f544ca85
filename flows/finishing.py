"""The fourth session, finalising: picture and sound joined, checked and put into ``out/``."""

from __future__ import annotations

from prefect import flow

from filmkit.engine.settings import Session
from flows.order import run_name, run_session


@flow(name="finishing", flow_run_name=run_name, persist_result=False)
def finishing(film: str, draft: bool = False, cut: str | None = None, workers: int | None = None) -> None:
    """Finishes the film in the folder ``film``."""
    run_session(Session.FINISHING, film, draft, cut, workers)
