"""The third session, sound effects and music: sources, stems and the mix."""

from __future__ import annotations

from prefect import flow

from filmkit.engine.settings import Session
from flows.order import run_name, run_session


@flow(name="sound", flow_run_name=run_name, persist_result=False)
def sound(film: str, draft: bool = False, cut: str | None = None, workers: int | None = None) -> None:
    """Mixes the sound of the film in the folder ``film``."""
    run_session(Session.SOUND, film, draft, cut, workers)
