"""How a run is asked for: everything the command line can say. Only ``quality`` and ``ffmpeg`` reach keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from filmkit.media.tools import core_count
from filmkit.plan.bounces import Bounces
from filmkit.plan.planner import Quality


class Engine(StrEnum):
    """Who schedules the steps. Both give the same bytes."""

    PREFECT = "prefect"
    LOCAL = "local"


class Session(StrEnum):
    """A practical session of the course, as a slice of the graph; ``film`` is all of it."""

    PLANNING = "planning"
    ASSEMBLY = "assembly"
    SOUND = "sound"
    FINISHING = "finishing"
    FILM = "film"


@dataclass(frozen=True, slots=True)
class Settings:
    """``workers`` None: one a core. ``cut`` names ``storyboard.<cut>.yaml``. ``bounces`` is for the sound session."""

    engine: Engine = Engine.PREFECT
    store: str | None = None
    ffmpeg: str | None = None
    cut: str | None = None
    workers: int | None = None
    strict: bool = False
    require_sandbox: bool = False
    quality: Quality = Quality()
    bounces: Bounces = Bounces()

    @property
    def worker_count(self) -> int:
        """As many as asked for, else one a core that this process may use; 1 to 64."""
        return max(1, min(self.workers or core_count(), 64))
