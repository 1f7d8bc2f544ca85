"""How a run is asked for: everything the command line can say, none of which is in a key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from filmkit.media.tools import core_count
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
    """``workers`` None: one a core. ``cut`` names ``storyboard.<cut>.yaml``."""

    engine: Engine = Engine.PREFECT
    store: str | None = None
    ffmpeg: str | None = None
    cut: str | None = None
    workers: int | None = None
    strict: bool = False
    require_sandbox: bool = False
    quality: Quality = Quality()

    @property
    def worker_count(self) -> int:
        """At least one; never more than the cores this process may use."""
        cores = core_count()
        return max(1, min(self.workers or cores, 64))
