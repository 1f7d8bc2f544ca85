"""The cut: a film becomes a timeline. The one place where times are computed; pure.

shots, in order ─▶ lengths, joins, cuts on the beat ─▶ credits ─▶ titles and cues on their points ─▶ Timeline
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity, has_errors
from filmkit.model.sound import Cue
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Clip, MovedCut, ScenePart, Timeline, TitleClip
from filmkit.plan.clips import clip_of
from filmkit.plan.credits import credit_pages
from filmkit.plan.place import Placed, Placing
from filmkit.plan.points import Points, PointTrouble
from filmkit.plan.sounds import place_cues, place_own_sounds

_TITLE_S = Fraction(3)


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
        titles=_titles(film, points, findings),
        sounds=(*place_cues(film, points, findings), *place_own_sounds(clips, placed, points.rate, findings)),
        scenes=_scenes(clips),
        moved=tuple(moved),
    )
    _check_promise(film, timeline, findings)
    return Cut(None if has_errors(findings) else timeline, tuple(findings))


def _points(film: Film) -> Points:
    rate = film.storyboard.picture.fps
    expected: dict[str, str] = {}
    for scene in film.storyboard.scenes:
        expected[scene.id.lower()] = scene.id
        for shot in scene.shots:
            expected[f"{scene.id}/{shot.id}".lower()] = f"{scene.id}/{shot.id}"
            # the same id in two scenes is known only by its full name
            is_twin = shot.id.lower() in expected
            expected[shot.id.lower()] = "" if is_twin else f"{scene.id}/{shot.id}"
    cues = {cue.id.lower(): cue for _, cue in film.storyboard.sound.cues() if cue.id}

    def cue_length_s(cue: Cue) -> Fraction | None:
        file = film.files.get(cue.file) if cue.file else None
        audio = file.facts.audio if file and file.facts else None
        return audio.seconds if audio else None

    return Points(rate, cues, cue_length_s, expected)


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


def _titles(film: Film, points: Points, findings: list[Finding]) -> tuple[TitleClip, ...]:
    rate: FrameRate = points.rate
    placed = []
    for index, title in enumerate(film.storyboard.titles):
        about = title.id or (title.text or "title").split("\n")[0][:40]
        try:
            start_s = points.seconds(title.at)
            start = rate.frames(start_s)
            if title.to is not None:
                stop = points.frame(title.to, from_s=start_s)
            else:
                stop = start + (title.lasts.in_frames(rate) if title.lasts else rate.frames(_TITLE_S))
        except PointTrouble as trouble:
            findings.append(Finding("point", f"title '{about}': {trouble.message}", trouble.remedy, about=about,
                                    path=("titles", index, "at")))  # fmt: skip
            continue
        inside = (max(0, start), min(stop, points.film_stop or 0))
        if inside[0] >= inside[1]:
            findings.append(
                Finding(
                    "title-outside",
                    f"title '{about}' would stand on frames [{start}, {stop}), outside the film",
                    "hang it on a shot, or give it 'lasts'",
                    about=about,
                    path=("titles", index, "at"),
                )
            )
            continue
        image = film.files.get(title.image) if title.image else None
        fades = (title.fade_in.in_frames(rate), title.fade_out.in_frames(rate))
        placed.append(TitleClip(title, *inside, *fades, image))
    return tuple(placed)


def _scenes(clips: list[Clip]) -> tuple[ScenePart, ...]:
    """Scenes as chapters: each begins with its first clip and ends where the next begins; credits are one of them."""
    firsts = [clip for at, clip in enumerate(clips) if at == 0 or clip.scene != clips[at - 1].scene]
    stops = [clip.start for clip in firsts[1:]] + [clips[-1].stop if clips else 0]
    return tuple(ScenePart(clip.scene, clip.label, clip.start, stop) for clip, stop in zip(firsts, stops, strict=True))


def _check_promise(film: Film, timeline: Timeline, findings: list[Finding]) -> None:
    if (promise := film.storyboard.lasts) is None:
        return
    missed = timeline.frames - promise.in_frames(timeline.rate)
    if missed:
        findings.append(Finding(
            "promise", f"the film is {timeline.frames} frames ({float(timeline.rate.seconds(timeline.frames)):.2f} s), "
            f"{abs(missed)} {'more' if missed > 0 else 'fewer'} than 'lasts: {promise}' promises",
            "change some shots, or the promise", Severity.WARNING, path=("lasts",),
        ))  # fmt: skip
