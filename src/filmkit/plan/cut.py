"""The cut: a film becomes a timeline. The one place where times are computed; pure.

shots, in order ─▶ lengths, joins, cuts on the beat ─▶ credits ─▶ titles and cues on their points ─▶ Timeline
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from filmkit.model.film import Film, shot_name
from filmkit.model.finding import Finding, Severity, has_errors
from filmkit.model.storyboard import Storyboard
from filmkit.model.timebase import FrameRate, Time
from filmkit.model.timeline import Clip, MovedCut, ScenePart, Timeline
from filmkit.plan.beats import beats_of, check_beats, used_beats
from filmkit.plan.clips import clip_of
from filmkit.plan.credits import credit_pages
from filmkit.plan.dialogue import check_lines
from filmkit.plan.heard import part_of
from filmkit.plan.own_sound import place_own_sounds
from filmkit.plan.place import Placed, Placing
from filmkit.plan.points import Names, Points
from filmkit.plan.shots import Path
from filmkit.plan.sounds import place_cues
from filmkit.plan.speech import scratch_lines
from filmkit.plan.titles import place_titles


@dataclass(frozen=True)
class Cut:
    """The timeline, or None where an error left no cut to show; and everything found on the way."""

    timeline: Timeline | None
    findings: tuple[Finding, ...]


def cut(film: Film) -> Cut:
    """The film's timeline and all findings. Never raises for a film's mistakes."""
    findings: list[Finding] = []
    moved: list[MovedCut] = []
    points = _points(film)
    clips, placed = _picture(Placing(film, film.storyboard.picture.fps, points, findings, moved))
    if not clips:
        findings.append(
            Finding("no-shots", "no shot is left in the cut", "add shots, or take 'omit' away", path=("scenes",))
        )
    points.film_stop = clips[-1].stop if clips else 0
    timeline = Timeline(
        name=film.name,
        title=film.storyboard.title,
        rate=points.rate,
        size=film.storyboard.picture.size,
        frames=points.film_stop,
        clips=tuple(clips),
        titles=place_titles(film, points, findings),
        sounds=(*place_cues(film, points, findings), *place_own_sounds(clips, placed, points.rate, findings)),
        scenes=_scenes(clips),
        moved=tuple(moved),
        buses=film.storyboard.sound.stems,
        beats=used_beats(film),
    )
    findings += [*check_beats(film), *check_lines(film, points, clips, placed), *scratch_lines(film, timeline.sounds)]
    _check_promises(film, timeline, findings)
    return Cut(None if has_errors(findings) else timeline, tuple(findings))


def _points(film: Film) -> Points:
    return Points(
        film.storyboard.picture.fps,
        _names(film.storyboard),
        lambda cue: part_of(cue, film),
        lambda cue: beats_of(cue, film),
    )


def _names(board: Storyboard) -> Names:
    expected: dict[str, str] = {}
    omitted: set[str] = set()
    for scene in board.scenes:
        expected[scene.id.lower()] = scene.id
        if scene.shots and all(shot.omit for shot in scene.shots):
            omitted.add(scene.id.lower())
        for shot in scene.shots:
            full = shot_name(scene, shot)
            expected[full.lower()] = full
            other = expected.setdefault(shot.id.lower(), full)
            if "/" in other and other.split("/")[0] != scene.id:
                expected[shot.id.lower()] = ""  # the same id in two scenes is known only by its full name
            if shot.omit:
                omitted |= {shot.id.lower(), full.lower()}
    return Names(expected, frozenset(omitted), {cue.id.lower(): cue for _, cue in board.sound.cues() if cue.id})


def _picture(placing: Placing) -> tuple[list[Clip], dict[str, Placed]]:
    """All clips in order, credits included; and the placed shots by name, in order."""
    placed: dict[str, Placed] = {}
    before: Placed | None = None
    for scene_at in range(len(placing.film.storyboard.scenes)):
        for shot in placing.shots(scene_at, before):
            placed[shot.plan.name] = before = shot  # a cut on the beat hands out the shot before again, moved
    clips = [clip_of(shot, placing.rate, placing.findings) for shot in placed.values()]
    if placing.film.storyboard.credits is not None:
        placing.points.credits_start = clips[-1].stop if clips else 0
        clips += credit_pages(placing.film, clips, placing.points.credits_start, placing.rate)
    return clips, placed


def _scenes(clips: list[Clip]) -> tuple[ScenePart, ...]:
    """Scenes as chapters: each begins with its first clip and ends where the next begins; credits are one of them."""
    firsts = [clip for at, clip in enumerate(clips) if at == 0 or clip.scene != clips[at - 1].scene]
    stops = [clip.start for clip in firsts[1:]] + [clip.stop for clip in clips[-1:]]
    return tuple(ScenePart(clip.scene, clip.label, clip.start, stop) for clip, stop in zip(firsts, stops, strict=True))


def _check_promises(film: Film, timeline: Timeline, findings: list[Finding]) -> None:
    """Warnings for a film, or a scene with shots, that is not as long as its ``lasts`` says."""
    board = film.storyboard
    if board.lasts is not None:
        findings += _missed("the film", board.lasts, timeline.frames, timeline.rate, ("lasts",))
    for at, scene in enumerate(board.scenes):
        clips = [clip for clip in timeline.clips if clip.scene == scene.id]
        if scene.lasts is not None and scene.shots and clips:
            frames = clips[-1].stop - clips[0].start
            findings += _missed(f"scene {scene.id}", scene.lasts, frames, timeline.rate, ("scenes", at, "lasts"))


def _missed(what: str, promise: Time, frames: int, rate: FrameRate, path: Path) -> Iterator[Finding]:
    missed = frames - promise.in_frames(rate)
    if missed:
        yield Finding(
            "promise", f"{what} is {frames} frames ({float(rate.seconds(frames)):.2f} s), "
            f"{abs(missed)} {'more' if missed > 0 else 'fewer'} than 'lasts: {promise}' promises",
            "change some shots, or the promise", Severity.WARNING, path=path,
        )  # fmt: skip
