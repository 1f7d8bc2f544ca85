"""What happens while a film is made: events, and what a step leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeAlias

from filmkit.model.finding import Severity

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Plain JSON, as it stands in step parameters, facts, records and reports."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling: a fallback, a repair, a lower sandbox (ARCHITECTURE.md, Events).

    ``touches_content`` events change what is seen or heard: they stand in the deliverable's manifest too, so they may
    name no time, host, engine or path.
    """

    code: str
    message: str
    severity: Severity = Severity.NOTE
    about: str = ""
    touches_content: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage made: files by output name (inside its own folder), measured facts, events about content.

    The events name no shot, title or file: another film, with other names, may get the same result.
    """

    outputs: Mapping[str, PurePath]
    facts: Mapping[str, Json] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedCue:
    """A cue that begins ``samples`` later (or, negative, earlier) than in the last render; ``frames`` is that in frames
    of the film, None where it is no whole number of them.
    """

    cue: str
    samples: int
    frames: int | None = None


@dataclass(frozen=True, slots=True)
class CueChanges:
    """What has become of the cues since the last render: those that ``moved``, and the names of ``new`` and ``gone``
    ones.
    """

    moved: tuple[MovedCue, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


UNCHANGED = CueChanges()


@dataclass(frozen=True, slots=True)
class DuckedCues:
    """Cues that give way alike: to what, how often, for how many seconds in all, and how far."""

    cues: tuple[str, ...]
    under: str
    presses: int
    ducked_s: float
    deepest_db: float


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run, as it went: what stands in ``.filmkit/runs/`` and is shown at the end.

    ``made`` and ``hits`` count steps by kind; ``frames_encoded`` of ``frames``; ``film`` is the file, or empty where
    none came out; ``files`` are what else was put into ``out/``. Everything about the machine stands here and
    nowhere in the manifest.
    """

    name: str
    film: str
    frames: int
    length_s: float
    made: Mapping[str, int]
    hits: Mapping[str, int]
    frames_encoded: int
    wall_s: float
    engine: str
    workers: int
    sandbox: str
    ffmpeg: str
    placeholders: int = 0
    events: tuple[Event, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    cues: CueChanges = UNCHANGED
    ducked: tuple[DuckedCues, ...] = ()
