"""Which cues a re-cut has moved, and by how much, which are new and which are gone: the cut held against what is
remembered of the last render.

The takes' own sound is left out, for it goes with its picture. A cue without an id is known by its file, and its
number among those of its stem with the same file: a cue put in before it does not pass for a move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from filmkit.model.run import CueChanges, Json, MovedCue
from filmkit.model.sound import STEMS, Stem
from filmkit.model.timebase import SAMPLE_RATE, FrameRate
from filmkit.model.timeline import Timeline
from filmkit.plan.explain import Remembered

_Identity: TypeAlias = tuple[str, str, int]


def cue_changes(timeline: Timeline, before: Remembered) -> CueChanges:
    """In the order of the timeline; nothing where no former render is remembered."""
    if "mix" not in before:
        return CueChanges()
    was = {identity: (name, start) for identity, name, start in _told_apart(_remembered(before))}
    moved, new = [], []
    now = (
        (sound.stem.value, sound.id, sound.file.name if sound.file else "", sound.start) for sound in timeline.sounds
    )
    for identity, name, start in _told_apart(now):
        if identity not in was:
            new.append(name)
        elif by := start - was.pop(identity)[1]:
            moved.append(MovedCue(name, by, _whole_frames(by, timeline.rate)))
    return CueChanges(tuple(moved), tuple(new), tuple(name for name, _ in was.values()))


def _whole_frames(moved: int, rate: FrameRate) -> int | None:
    """How many frames that is, where it is a whole number of them: both places were rounded to the sample."""
    frames = round(moved * rate.fps / SAMPLE_RATE)
    return frames if abs(moved - frames * SAMPLE_RATE / rate.fps) < 1 else None


def _told_apart(cues: Iterator[tuple[str, str, str, int]]) -> Iterator[tuple[_Identity, str, int]]:
    """(identity, name, start) of every cue given as (stem, name, file, start)."""
    counts: dict[tuple[str, str], int] = {}
    for stem, name, file, start in cues:
        if stem == Stem.PRODUCTION:
            continue
        if not name.startswith(f"{stem} "):
            yield (stem, name, 0), name, start
            continue
        counts[stem, file] = number = counts.get((stem, file), 0) + 1
        yield (stem, f"file {file}", number), f"{name} ({file})", start


def _remembered(before: Remembered) -> Iterator[tuple[str, str, str, int]]:
    """(stem, name, file, start) of every cue of the stems that went into the mix. The file may be a stranger's."""
    stems = _mapping(before.get("mix", {}).get("inputs"))
    for stem in STEMS:
        step = before.get(str(stems.get(stem)), {})
        params, inputs = _mapping(step.get("params")), _mapping(step.get("inputs"))
        cues = params.get("cues")
        for cue in map(_mapping, cues if isinstance(cues, list) else []):
            start = cue.get("start")
            if isinstance(start, int):
                source = before.get(str(inputs.get(str(cue.get("slot")))), {})
                yield stem, str(cue.get("id")), str(_mapping(source.get("files")).get("file") or ""), start


def _mapping(value: Json | Mapping[str, Json]) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
