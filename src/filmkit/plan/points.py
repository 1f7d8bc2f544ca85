"""Where a point lies, in exact seconds of the film: resolved from the film's beginning to its end.

Shots are placed one after the other; a point may use what is placed already, and the beginning of a shot whose end is
still looked for. Whatever hangs on something that is not known without itself is a circle, and the error names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from filmkit.model.point import Point
from filmkit.model.sound import Cue, Music
from filmkit.model.timebase import FrameRate
from filmkit.plan.beats import FileBeats
from filmkit.plan.cue_points import CuePoints
from filmkit.plan.heard import Part
from filmkit.plan.trouble import PointTrouble, did_you_mean


@dataclass(frozen=True, slots=True)
class PlacedShot:
    """A shot or scene on the film. ``stop`` and ``marks`` are None while they are not known yet; ``marks`` are exact
    seconds of the film and may lie outside the frames that are shown.
    """

    name: str
    start: int
    stop: int | None = None
    marks: Mapping[str, Fraction] | None = None


@dataclass(frozen=True)
class Names:
    """What points of a film may be called: ``expected`` leads from every name of a scene or shot to its full one (empty
    where two scenes have it), ``omitted`` has those that are left out of the cut; all in small letters.
    """

    expected: Mapping[str, str]
    omitted: frozenset[str]
    cues: Mapping[str, Cue]


@dataclass
class Points:
    """All points known so far; ``film_stop`` and ``credits_start`` are None until all shots are placed."""

    rate: FrameRate
    names: Names
    part: Callable[[Cue], Part]
    file_beats: Callable[[Music], FileBeats | None]
    placed: dict[str, PlacedShot] = field(default_factory=dict)
    film_stop: int | None = None
    credits_start: int | None = None
    cues: CuePoints = field(init=False)

    def __post_init__(self) -> None:
        self.cues = CuePoints(self.rate, self.part, self.file_beats, self.seconds)

    def seconds(self, point: Point, from_s: Fraction | None = None) -> Fraction:
        """Exact seconds of a point; ``from_s`` is where relative beats (``theme.beat(+2)``) count from.

        Raises PointTrouble for unknown names, marks and beats outside the range in use, and circles.
        """
        return self._base(point, from_s) + point.offset.at(self.rate)

    def _base(self, point: Point, from_s: Fraction | None) -> Fraction:
        if point.base in {"start", "end", "credits"}:
            return self._reserved(point)
        if (cue := self.names.cues.get(point.base.lower())) is not None:
            return self.cues.seconds(point, cue, from_s)
        return self._of_shot(point)

    def _reserved(self, point: Point) -> Fraction:
        is_end = point.base == "end" or (point.base, point.mark) == ("credits", "end")
        if (point.mark or point.beat) and not (is_end and point.base == "credits"):
            raise PointTrouble(f"'{point.base}' has no marks or beats", "hang on a scene, shot or cue")
        if point.base == "start":
            return Fraction(0)
        if self.film_stop is None:
            raise PointTrouble(f"'{point}' is not known before all shots are placed: a circle",
                               "hang the shot on something that comes before it")  # fmt: skip
        if point.base == "credits" and self.credits_start is None:
            raise PointTrouble("there are no credits in this film", "add 'credits', or hang on 'end'")
        return self.rate.seconds(self.film_stop if is_end else self.credits_start or 0)

    def _of_shot(self, point: Point) -> Fraction:
        shot = self.placed.get(point.base.lower())
        if shot is None:
            raise self._unknown(point)
        if point.beat:
            raise PointTrouble(f"'{point.base}' is a shot or scene; only music has beats", "write a cue of 'music'")
        if point.mark is None:
            return self.rate.seconds(shot.start)
        if point.mark != "end":
            return self._mark(point, shot)
        if shot.stop is None:
            raise _circle(point, shot.name)
        return self.rate.seconds(shot.stop)

    def _mark(self, point: Point, shot: PlacedShot) -> Fraction:
        if shot.marks is None:
            raise _circle(point, shot.name)
        marks = {name.lower(): time for name, time in shot.marks.items()}
        time_s = marks.get(str(point.mark).lower())
        if time_s is None:
            raise PointTrouble(f"'{point.base}' has no mark '{point.mark}'", did_you_mean(str(point.mark), shot.marks))
        is_past = shot.stop is not None and time_s >= self.rate.seconds(shot.stop)
        if is_past or time_s < self.rate.seconds(shot.start):
            raise PointTrouble(f"the mark '{point}' lies outside the part of the take that is used",
                               "change 'in', 'lasts' or the mark")  # fmt: skip
        return time_s

    def _unknown(self, point: Point) -> PointTrouble:
        name, names = point.base.lower(), self.names
        if names.expected.get(name) == "":
            return PointTrouble(f"'{point.base}' is in two scenes", "write the scene too, as in 'scene/shot'")
        if name in names.omitted:
            return PointTrouble(f"'{point.base}' is left out of the cut ('omit')", "hang this on a shot that is shown")
        if name in names.expected:
            return _circle(point, names.expected[name])
        cues = (cue.id or "" for cue in names.cues.values())
        known = [*names.expected.values(), *cues, "start", "end", "credits"]
        return PointTrouble(f"nothing here is called '{point.base}'", did_you_mean(point.base, known))


def _circle(point: Point, through: str) -> PointTrouble:
    return PointTrouble(f"'{point}' is not known yet where it is needed: a circle through '{through}'",
                        "hang this on something that comes before it")  # fmt: skip
