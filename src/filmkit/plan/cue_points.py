"""Points of cues: where a sound begins and ends, its marks, and the beats of music."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count, takewhile
from typing import TypeAlias

from filmkit.model.point import Point
from filmkit.model.sound import Cue, Music, MusicFit
from filmkit.model.timebase import FrameRate
from filmkit.plan.beats import FileBeats
from filmkit.plan.grid import BarGrid, ContinuedGrid, HeardGrid, LoopedGrid
from filmkit.plan.heard import Part
from filmkit.plan.trouble import PointTrouble, did_you_mean

_DEEPEST = 100
"""No chain of cues that hang on later ones is followed further."""

Resolve: TypeAlias = Callable[[Point, Fraction | None], Fraction]
"""Exact seconds of any point of the film; the second value is where relative beats count from."""


@dataclass
class CuePoints:
    """Resolves points on cues; ``part`` is what of its file a cue may play, ``file_beats`` where its beats are in it,
    ``resolve`` any other point.
    """

    rate: FrameRate
    part: Callable[[Cue], Part]
    file_beats: Callable[[Music], FileBeats | None]
    resolve: Resolve
    _open: list[str] = field(default_factory=list)
    _starts: dict[str, Fraction] = field(default_factory=dict)

    def start(self, cue: Cue) -> Fraction:
        """Where a cue begins, in exact seconds. Raises PointTrouble."""
        name = (cue.id or "").lower()
        if name in self._starts:
            return self._starts[name]
        with self._within(name):
            if cue.at is None:
                raise PointTrouble(f"'{cue.id}' is heard many times ('each: {cue.each}'): it has no one place",
                                   "hang this on what it repeats at, or give that cue 'at'")  # fmt: skip
            start_s = self.resolve(cue.at, None)
        if name:
            self._starts[name] = start_s
        return start_s

    def end(self, cue: Cue, start_s: Fraction | None = None) -> Fraction | None:
        """Where a cue was told to end; None where it plays out. ``start_s`` is where it begins, if it has no one
        place. Raises PointTrouble.
        """
        if cue.lasts is not None:
            return (self.start(cue) if start_s is None else start_s) + cue.lasts.at(self.rate)
        if cue.to is None:
            return None
        with self._within(f"{cue.id or ''}.end".lower()):
            return self.resolve(cue.to, self.start(cue) if start_s is None else start_s)

    def seconds(self, point: Point, cue: Cue, from_s: Fraction | None) -> Fraction:
        """Exact seconds of a point on a cue, without its offset. Raises PointTrouble."""
        if point.beat:
            return self._beat(point, cue, from_s)
        if point.mark is None:
            return self.start(cue)
        if point.mark == "end":
            return self.last_heard(cue)
        return self._mark(point, cue)

    def nearest_beat(self, cue: Cue, time_s: Fraction) -> tuple[int, Fraction] | None:
        """The heard beat whose frame is nearest to that of a time, the earlier of two: its number, from 1 in the file,
        and its exact seconds; None where none is heard. Raises PointTrouble.
        """
        grid = self._grid(cue)
        beats = [(index + 1, grid.at(index)) for index in grid.nearest(time_s)]
        frame = self.rate.frames(time_s)
        return min(beats, key=lambda beat: abs(self.rate.frames(beat[1]) - frame), default=None)

    def beats(self, cue: Cue, *, is_bar: bool = False) -> Iterator[Fraction]:
        """All beats, or first beats of bars, that are heard; without end where that of the music is not known.

        Raises PointTrouble.
        """
        grid = self._grid(cue, is_bar=is_bar)
        return map(grid.at, takewhile(grid.has, count(grid.first)))

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Whatever is found out of cues inside is forgotten after: for places that are only tried."""
        starts = dict(self._starts)
        try:
            yield
        finally:
            self._starts.clear()
            self._starts.update(starts)

    @contextmanager
    def _within(self, name: str) -> Iterator[None]:
        """Marks a cue's start or end as being looked for. Raises PointTrouble where it is so already: a circle."""
        if len(self._open) > _DEEPEST and name not in self._open:
            chain = " → ".join(self._open[:4])
            raise PointTrouble(f"more than {_DEEPEST} cues hang on each other in a row: {chain} → …",
                               "hang one of them on a shot")  # fmt: skip
        if name and name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name][:8])
            raise PointTrouble(f"these cues hang on each other in a circle: {circle}", "hang one of them on a shot")
        self._open.append(name)
        try:
            yield
        finally:
            self._open.pop()

    def last_heard(self, cue: Cue) -> Fraction:
        """Where a cue ends: where it was told to, else where it has played out. Raises PointTrouble."""
        told = self.end(cue)
        if told is None and (told := self._played_out(cue)) is None:
            raise PointTrouble(f"the end of '{cue.id}' is not known: its file is missing", "give it 'lasts'")
        return told

    def _played_out(self, cue: Cue) -> Fraction | None:
        length_s = self.part(cue).length_s
        return None if length_s is None or cue.loop else self.start(cue) + length_s / cue.speed

    def _heard_at(self, cue: Cue, file_s: Fraction) -> Fraction:
        """Where a moment of a cue's file is heard: the part of it that is played, at its speed, maybe backwards."""
        part = self.part(cue)
        if not cue.reverse:
            return self.start(cue) + (file_s - part.in_s) / cue.speed
        told_s = None if cue.loop else self.end(cue)
        lengths = [] if part.length_s is None else [part.length_s / cue.speed]
        if told_s is not None:
            lengths.append(told_s - self.start(cue))
        if not lengths:
            raise PointTrouble(f"the part of '{cue.id}' that is heard is not known: its file is missing",
                               "give it 'lasts'")  # fmt: skip
        return self.start(cue) + min(lengths) - (file_s - part.in_s) / cue.speed

    def _heard_until(self, cue: Cue) -> Fraction | None:
        """Where a cue ends as far as that is known by now: the end it was told, or that of its file."""
        ends = [] if _is_extended(cue) else [self._played_out(cue)]
        with suppress(PointTrouble):  # its end hangs on something that comes later: then nothing limits it yet
            ends.append(self.end(cue))
        return min((end for end in ends if end is not None), default=None)

    def _mark(self, point: Point, cue: Cue) -> Fraction:
        marks = {name.lower(): time for name, time in cue.marks.items()}
        mark = marks.get(str(point.mark).lower())
        if mark is None:
            raise PointTrouble(f"'{cue.id}' has no mark '{point.mark}'", did_you_mean(str(point.mark), cue.marks))
        start_s = self.start(cue)
        time_s = self._heard_at(cue, mark.at(self.rate))
        until_s = self._heard_until(cue)
        if time_s < start_s or (until_s is not None and time_s > until_s):
            raise PointTrouble(f"the mark '{point}' lies outside the part of its file that is heard",
                               "change 'in', the end of the cue, or the mark")  # fmt: skip
        return time_s

    def _beat(self, point: Point, cue: Cue, from_s: Fraction | None) -> Fraction:
        grid = self._grid(cue, is_bar=point.beat == "downbeat")
        index = point.count - 1
        if point.relative:
            if from_s is None:
                raise PointTrouble(f"'{point}' counts from where something begins, and this is a beginning itself",
                                   f"write which one, such as {point.base}.{point.beat}(1)")  # fmt: skip
            begun_s = from_s + self.rate.seconds(1) / 2  # a beat on the shot's own first frame is beat 0
            index = max(grid.before(begun_s), grid.first - 1) + point.count
        if not grid.has(index):
            raise PointTrouble(f"'{point}' is {_which(index)}, outside the part of the music that is heard",
                               "choose another beat, or change 'in' or the end of the music")  # fmt: skip
        return grid.at(index)

    def _grid(self, cue: Cue, *, is_bar: bool = False) -> HeardGrid:
        known = self.file_beats(cue) if isinstance(cue, Music) else None
        if known is None:
            what = "is music whose beats were not found" if isinstance(cue, Music) else "is not music: it has no beats"
            raise PointTrouble(f"'{cue.id}' {what}", "give them by hand, as in beats: {tempo: 97 bpm, first: 0.04s}"
                               if isinstance(cue, Music) else "hang this on a cue of 'music'")  # fmt: skip
        if cue.reverse:
            raise PointTrouble(f"'{cue.id}' is played backwards, so its beats are not counted", "hang this on a mark")
        part, grid = self.part(cue), known.grid
        if cue.loop and part.length_s:
            grid = LoopedGrid(grid, part.in_s, part.length_s)
        elif _is_extended(cue):
            grid = ContinuedGrid(grid)
        if is_bar:
            grid = BarGrid(grid, known.bars.bar, known.bars.first)
        return HeardGrid(grid, self.start(cue), part.in_s, cue.speed, self._heard_until(cue))


def _is_extended(cue: Cue) -> bool:
    """Whether it is heard on after the end of its file."""
    return isinstance(cue, Music) and cue.fit is MusicFit.EXTEND


def _which(index: int) -> str:
    return f"number {index + 1} of its file" if index >= 0 else "before the first of its file"
