"""Cues that repeat: ``each: harbour.cuts`` is heard at every cut inside a scene, ``each: theme.beats`` at every beat.

A cut inside a scene is where a shot of it begins, other than its first, joins included. Beats and bars are those that
are heard of the music. Whatever begins before the film or after its end is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from filmkit.model.film import Film, shot_name
from filmkit.model.finding import Finding, Severity
from filmkit.model.point import Each, Point
from filmkit.model.sound import Cue
from filmkit.model.storyboard import Scene
from filmkit.plan.points import Points
from filmkit.plan.shots import Path
from filmkit.plan.trouble import PointTrouble, did_you_mean

MOST_COPIES: Final = 10_000
"""How often the cues of one film may repeat, all together."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One time a cue is heard: its ``number`` from 1 (0: it does not repeat), from where, and to where it was told."""

    number: int
    start_s: Fraction
    stop_s: Fraction | None


@dataclass(frozen=True, slots=True)
class Repeats:
    """All times one cue is heard in a film."""

    film: Film
    points: Points
    name: str
    path: Path

    def of(self, cue: Cue, findings: list[Finding]) -> list[Heard]:
        """In order; what is left out, or is nowhere, becomes a finding. Raises PointTrouble."""
        assert cue.each is not None
        where = f"each: {cue.each}"
        found = list(self._starts(cue.each))
        heard = self._with_ends(cue, self._inside(found))
        if len(heard) < len(found):
            left_out = f"{len(found) - len(heard)} of {len(found)} times it would repeat ({where})"
            message = f"{self.name} is left out {left_out}: it would lie outside the film, or has no end there"
            findings.append(self._finding(message, "", Severity.NOTE))
        if not found:
            message = f"{self.name} is never heard: there is nothing to repeat at ({where})"
            remedy = "name another scene or music, or take the cue out"
            findings.append(self._finding(message, remedy, Severity.WARNING))
        return heard

    def _finding(self, message: str, remedy: str, severity: Severity) -> Finding:
        code = "copies-left-out" if severity is Severity.NOTE else "each-nowhere"
        return Finding(code, message, remedy, severity, about=self.name, path=(*self.path, "each"))

    def _inside(self, starts: list[Fraction]) -> list[Fraction]:
        film_s = self.points.rate.seconds(self.points.film_stop or 0)
        return [start_s for start_s in starts if 0 <= start_s < film_s]

    def _with_ends(self, cue: Cue, starts: list[Fraction]) -> list[Heard]:
        """Each with the end it was told; the last beat of a piece has no next one, and none is made up."""
        heard, trouble = [], None
        for number, start_s in enumerate(starts, start=1):
            try:
                heard.append(Heard(number, start_s, self.points.cues.end(cue, start_s)))
            except PointTrouble as found:
                trouble = found
        if trouble is not None and not heard:
            raise trouble
        return heard

    def _starts(self, each: Each) -> Iterator[Fraction]:
        if each.what == "cuts":
            found = self._cuts(each)
        else:
            music = self.points.names.cues.get(each.base.lower())
            if music is None:
                self.points.seconds(Point(each.base))  # says what is wrong with the name
                raise PointTrouble(f"'{each.base}' is a shot or scene; only music has beats", "write a cue of 'music'")
            found = self.points.cues.beats(music, is_bar=each.what == "downbeats")
        offset_s = each.offset.at(self.points.rate)
        film_s = self.points.rate.seconds(self.points.film_stop or 0)
        for start_s in found:
            if start_s >= film_s:
                return  # the film is over, the music may go on
            yield start_s + offset_s

    def _cuts(self, each: Each) -> Iterator[Fraction]:
        scene = self._scene(each)
        for shot in [shot for shot in scene.shots if not shot.omit][1:]:
            placed = self.points.placed[shot_name(scene, shot).lower()]
            yield self.points.rate.seconds(placed.start)

    def _scene(self, each: Each) -> Scene:
        scenes = {scene.id.lower(): scene for scene in self.film.storyboard.scenes}
        if (scene := scenes.get(each.base.lower())) is None:
            self.points.seconds(Point(each.base))
            raise PointTrouble(f"'{each.base}' is no scene: cuts lie between the shots of a scene",
                               did_you_mean(each.base, [scene.id for scene in scenes.values()]))  # fmt: skip
        return scene
