"""The third session, sound effects and music: sources, stems and the mix, which goes into ``out/``."""

from __future__ import annotations

from prefect import flow

from filmkit.engine.settings import Session, Settings
from filmkit.plan.bounces import Bounces, solo_names
from flows.order import run_name, run_settings


@flow(name="sound", flow_run_name=run_name, persist_result=False)
def sound(
    film: str, cut: str | None = None, workers: int | None = None, stems: bool = False, solo: str | None = None
) -> None:
    """Mixes the sound of the film in the folder ``film``; ``stems`` and ``solo`` as ``filmkit mix`` has them."""
    bounces = Bounces(stems, solo_names(solo))
    run_settings(Session.SOUND, film, Settings(cut=cut, workers=workers, bounces=bounces))
