"""Small films cut in memory, for tests of what the storyboard's page promises."""

from __future__ import annotations

from collections.abc import Mapping

from films import film, sound, video

from filmkit.model.film import Film
from filmkit.model.finding import Finding
from filmkit.model.take import MediaFacts
from filmkit.model.timeline import Clip, SoundClip, TakeMaterial, Timeline
from filmkit.plan.cut import cut

FILES = {"f.wav": sound(10), "m.wav": sound(60)}


def scene(*shots: str, rest: str = "", fps: str = "24") -> str:
    """A film of one scene ``s``; each shot is the inside of a flow mapping."""
    lines = "".join(f"      - {{{shot}}}\n" for shot in shots)
    return f"filmkit: 1\ntitle: T\npicture: {{fps: {fps}}}\n{rest}\nscenes:\n  - id: s\n    shots:\n{lines}"


def filmed(text: str, takes: Mapping[str, float | MediaFacts], files: Mapping[str, MediaFacts] = FILES) -> Film:
    """The film with takes by their full name: seconds at 24 frames a second, or facts."""
    facts = {name: take if isinstance(take, MediaFacts) else video(take) for name, take in takes.items()}
    return film(text, facts, files)


def cut_of(text: str, **takes: float) -> Timeline:
    """The timeline of a film without errors; takes by the name of their shot in scene ``s``."""
    made = cut(filmed(text, {f"s/{name}": seconds for name, seconds in takes.items()}))
    assert made.timeline is not None, [finding.message for finding in made.findings]
    return made.timeline


def found_in(text: str, **takes: float) -> list[Finding]:
    """All that the cut finds."""
    return list(cut(filmed(text, {f"s/{name}": seconds for name, seconds in takes.items()})).findings)


def only(findings: list[Finding], code: str) -> Finding:
    """The one finding of a code."""
    of_code = [finding for finding in findings if finding.code == code]
    assert len(of_code) == 1, [(finding.code, finding.message) for finding in findings]
    return of_code[0]


def frames(timeline: Timeline) -> dict[str, tuple[int, int]]:
    """First frame and first frame after it of every clip, by shot (without its scene ``s/``)."""
    return {clip.shot.removeprefix("s/"): (clip.start, clip.stop) for clip in timeline.clips}


def clip(timeline: Timeline, shot: str) -> Clip:
    """A shot's clip."""
    return next(clip for clip in timeline.clips if clip.shot == f"s/{shot}")


def pictures(timeline: Timeline, shot: str) -> list[int]:
    """Which picture of its take each frame of a shot shows."""
    material = clip(timeline, shot).material
    assert isinstance(material, TakeMaterial), material
    return list(material.pictures)


def heard(timeline: Timeline, name: str) -> SoundClip:
    """A sound by its cue's id, or its shot in scene ``s``."""
    return next(sound for sound in timeline.sounds if sound.id in {name, f"s/{name}"})
