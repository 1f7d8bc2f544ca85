"""Where a point lies, in exact seconds of the film: resolved from the film's beginning to its end.

Shots are placed one after the other; a point may use what is placed already. Whatever hangs on something that is not
known without itself is a circle, and the error names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction

from filmkit.model.point import Point
from filmkit.model.sound import Cue, Music
from filmkit.model.timebase import FrameRate

_DEEPEST = 100
"""A chain of cues hanging on cues longer than this is taken for a circle."""


class PointTrouble(Exception):
    """A point that cannot be resolved: what is wrong with it, and what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class PlacedShot:
    """A shot on the film: its frames, and where its marks fall in exact seconds (None: outside the range in use)."""

    name: str
    start: int
    stop: int
    marks: dict[str, Fraction | None] = field(default_factory=dict)


@dataclass
class Points:
    """All points known so far. ``order`` is every name a shot or scene has, for telling «not yet» from «never»."""

    rate: FrameRate
    cues: dict[str, Cue]
    cue_length_s: Callable[[Cue], Fraction | None]
    expected: dict[str, str]
    placed: dict[str, PlacedShot] = field(default_factory=dict)
    film_stop: int | None = None
    credits_start: int | None = None
    _open: list[str] = field(default_factory=list)
    _cue_starts: dict[str, Fraction] = field(default_factory=dict)

    def seconds(self, point: Point, *, from_s: Fraction = Fraction(0)) -> Fraction:
        """Exact seconds of a point; ``from_s`` is where relative beats (``theme.beat(+2)``) count from.

        Raises PointTrouble for unknown names, marks outside the range in use, and circles.
        """
        return self._base(point, from_s) + point.offset.at(self.rate)

    def frame(self, point: Point, *, from_s: Fraction = Fraction(0)) -> int:
        """The frame a picture uses for a point: rounded once, halves up."""
        return self.rate.frames(self.seconds(point, from_s=from_s))

    def _base(self, point: Point, from_s: Fraction) -> Fraction:
        if point.base in {"start", "end", "credits"}:
            return self._reserved(point)
        if (cue := self.cues.get(point.base.lower())) is not None:
            return self._of_cue(point, cue, from_s)
        return self._of_shot(point)

    def _reserved(self, point: Point) -> Fraction:
        if point.mark or point.beat:
            raise PointTrouble(f"'{point.base}' has no marks or beats", "hang on a scene, shot or cue")
        if point.base == "start":
            return Fraction(0)
        frame = self.film_stop if point.base == "end" else self.credits_start
        if frame is None and point.base == "credits" and self.film_stop is not None:
            raise PointTrouble("there are no credits in this film", "add 'credits', or hang on 'end'")
        if frame is None:
            raise PointTrouble(f"'{point.base}' is not known before all shots are placed: a circle",
                               "hang the shot on something that comes before it")  # fmt: skip
        return self.rate.seconds(frame)

    def _of_shot(self, point: Point) -> Fraction:
        shot = self.placed.get(point.base.lower())
        if shot is None:
            raise self._unknown(point)
        if point.beat:
            raise PointTrouble(f"'{point.base}' is a shot or scene; only music has beats", "write a cue of 'music'")
        if point.mark is None:
            return self.rate.seconds(shot.start)
        if point.mark == "end":
            return self.rate.seconds(shot.stop)
        return self._mark(point, shot)

    def _mark(self, point: Point, shot: PlacedShot) -> Fraction:
        marks = {name.lower(): name for name in shot.marks}
        name = marks.get(str(point.mark).lower())
        if name is None:
            raise PointTrouble(f"'{point.base}' has no mark '{point.mark}'", _did_you_mean(str(point.mark), shot.marks))
        time_s = shot.marks[name]
        if time_s is None:
            raise PointTrouble(f"the mark '{point}' lies outside the part of the take that is used",
                               "change 'in', 'lasts' or the mark")  # fmt: skip
        return time_s

    def _unknown(self, point: Point) -> PointTrouble:
        if (written := self.expected.get(point.base.lower())) is not None:
            if written == "":
                return PointTrouble(f"'{point.base}' is in two scenes", "write the scene too, as in 'scene/shot'")
            return PointTrouble(f"'{point}' is not known yet where it is needed: a circle through '{written}'",
                                "hang this on something that comes before it")  # fmt: skip
        known = [*self.expected.values(), *(cue.id or "" for cue in self.cues.values()), "start", "end", "credits"]
        return PointTrouble(f"nothing here is called '{point.base}'", _did_you_mean(point.base, known))

    def cue_start(self, cue: Cue) -> Fraction:
        """Where a cue begins, in exact seconds."""
        name = (cue.id or "").lower()
        if name and name in self._cue_starts:
            return self._cue_starts[name]
        if (name and name in self._open) or len(self._open) > _DEEPEST:
            circle = " → ".join([*self._open[self._open.index(name) if name in self._open else 0 :], name][:8])
            raise PointTrouble(f"these cues hang on each other in a circle: {circle}", "hang one of them on a shot")
        self._open.append(name)
        try:
            start = self.seconds(cue.at)
        finally:
            self._open.pop()
        if name:
            self._cue_starts[name] = start
        return start

    def _of_cue(self, point: Point, cue: Cue, from_s: Fraction) -> Fraction:
        start = self.cue_start(cue)
        if point.beat:
            return self._beat(point, cue, start, from_s)
        if point.mark is None:
            return start
        if point.mark == "end":
            return self._cue_end(cue, start)
        marks = {name.lower(): time for name, time in cue.marks.items()}
        if point.mark.lower() not in marks:
            raise PointTrouble(f"'{cue.id}' has no mark '{point.mark}'", _did_you_mean(point.mark, cue.marks))
        return start + marks[point.mark.lower()].at(self.rate) - cue.in_.at(self.rate)

    def _cue_end(self, cue: Cue, start: Fraction) -> Fraction:
        if cue.lasts is not None:
            return start + cue.lasts.at(self.rate)
        if cue.to is not None:
            self._open.append((cue.id or "").lower())
            try:
                return self.seconds(cue.to)
            finally:
                self._open.pop()
        length = self.cue_length_s(cue)
        if length is None:
            raise PointTrouble(f"the end of '{cue.id}' is not known: its file is missing", "give it 'lasts'")
        return start + length - cue.in_.at(self.rate)

    def _beat(self, point: Point, cue: Cue, start: Fraction, from_s: Fraction) -> Fraction:
        first, spacing = beat_grid(cue, self.rate)
        if point.beat == "downbeat":
            spacing *= cue.beats.bar if isinstance(cue, Music) and cue.beats else 4
        origin = start - cue.in_.at(self.rate) + first
        if not point.relative:
            return origin + (point.count - 1) * spacing
        near = (from_s + self.rate.seconds(1) / 2 - origin) / spacing  # a beat on the shot's own first frame is beat 0
        return origin + (near.__floor__() + point.count) * spacing


def beat_grid(cue: Cue, rate: FrameRate) -> tuple[Fraction, Fraction]:
    """Seconds of the first beat in the file, and between beats. Raises PointTrouble where no grid is given."""
    if not isinstance(cue, Music) or cue.beats is None:
        what = "has no beat grid" if isinstance(cue, Music) else "is not music"
        raise PointTrouble(
            f"'{cue.id}' {what}, so its beats are not known",
            "give the music 'beats: {tempo: 97 bpm, first: 0.04s}'; finding them is not built yet",
        )
    return cue.beats.first.at(rate), 60 / cue.beats.tempo


def _did_you_mean(word: str, known: object) -> str:
    names = sorted({str(name) for name in known if name})  # type: ignore[attr-defined]
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean '{near[0]}'?"
    return "known are: " + ", ".join(names[:12]) if names else "nothing is known to hang on"
