"""Titles on the film's frames: each on its point, to its end, inside the film."""

from __future__ import annotations

from typing import Final

from filmkit.model.film import Film
from filmkit.model.finding import Finding
from filmkit.model.timebase import Time
from filmkit.model.timeline import TitleClip
from filmkit.model.titles import Title
from filmkit.plan.points import Points
from filmkit.plan.shots import Path
from filmkit.plan.trouble import PointTrouble

_UNSAID: Final = Time.parse("3s")
"""How long a title stays that says nothing of its end."""


def place_titles(film: Film, points: Points, findings: list[Finding]) -> tuple[TitleClip, ...]:
    """All titles in the order of the storyboard, later ones on top. What cannot be placed becomes a finding."""
    placed = []
    for index, title in enumerate(film.storyboard.titles):
        try:
            clip = _placed(film, title, points)
        except _Misplaced as problem:
            about = TitleClip(title, 0, 0).name or "title"
            path: Path = ("titles", index, problem.key)
            findings.append(
                Finding(problem.code, f"title '{about}' {problem.message}", problem.remedy, about=about, path=path)
            )
        else:
            placed.append(clip)
    return tuple(placed)


class _Misplaced(Exception):
    """Why a title has no place; ``key`` is the one to change."""

    def __init__(self, code: str, key: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.key, self.message, self.remedy = code, key, message, remedy


def _placed(film: Film, title: Title, points: Points) -> TitleClip:
    rate = points.rate
    start, stop = _frames(title, points)
    if start < 0:
        raise _Misplaced("title-before-start", "at", f"would begin {-start} frames before the film", "hang it later")
    inside = min(stop, points.film_stop or 0)
    if start >= inside:
        message = f"would stand on frames [{start}, {stop}), outside the film"
        raise _Misplaced("title-outside", "at", message, "hang it on a shot, or give it 'lasts'")
    fades = (title.fade_in.in_frames(rate), title.fade_out.in_frames(rate))
    if sum(fades) > inside - start:
        message = f"has fades of {fades[0]} + {fades[1]} frames, and stands for {inside - start}"
        raise _Misplaced("fades-meet", "fade_in" if fades[0] else "fade_out", message, "shorten them")
    image = film.files.get(title.image) if title.image else None
    return TitleClip(title, start, inside, *fades, image)


def _frames(title: Title, points: Points) -> tuple[int, int]:
    """First frame, and first frame after it; either may lie outside the film."""
    rate, key = points.rate, "at"
    try:
        start_s = points.seconds(title.at)
        start = rate.frames(start_s)
        if title.to is None:
            return start, start + (title.lasts or _UNSAID).in_frames(rate)
        key = "to"
        return start, rate.frames(points.seconds(title.to, start_s))
    except PointTrouble as trouble:
        raise _Misplaced("point", key, f"has no place: {trouble.message}", trouble.remedy) from None
