"""Grids of beats: in the file of the music, given by hand or found, and in the film, as far as they are heard.

Beats are counted from 0 here, from the first of the file, whatever part of it is played. All times are exact.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol


class Grid(Protocol):
    """Beats in seconds of a file."""

    @property
    def last(self) -> int | None:
        """The last beat; None where there is no last one."""

    def at(self, index: int) -> Fraction:
        """Exact seconds of beat ``index``, from 0 to ``last``."""

    def before(self, time_s: Fraction) -> int:
        """The last beat at or before a time; negative where there is none."""


@dataclass(frozen=True, slots=True)
class EvenGrid:
    """A grid by hand: beats at ``first_s + k × spacing_s``, for ever."""

    first_s: Fraction
    spacing_s: Fraction
    last: None = None

    def at(self, index: int) -> Fraction:
        return self.first_s + index * self.spacing_s

    def before(self, time_s: Fraction) -> int:
        return ((time_s - self.first_s) / self.spacing_s).__floor__()


@dataclass(frozen=True, slots=True)
class FoundGrid:
    """Beats that were found in a file, in order."""

    times_s: tuple[Fraction, ...]

    @property
    def last(self) -> int:
        return len(self.times_s) - 1

    def at(self, index: int) -> Fraction:
        return self.times_s[index]

    def before(self, time_s: Fraction) -> int:
        return bisect_right(self.times_s, time_s) - 1


@dataclass(frozen=True)
class LoopedGrid:
    """Beats of a file whose part from ``in_s``, ``length_s`` long, is played over and over: they go on counting."""

    once: Grid
    in_s: Fraction
    length_s: Fraction
    last: None = None

    @cached_property
    def _first(self) -> int:
        """The first beat of the part."""
        index = self.once.before(self.in_s)
        return index if index >= 0 and self.once.at(index) == self.in_s else index + 1

    @cached_property
    def _count(self) -> int:
        """Beats in one turn; 0 where there are none."""
        end_s = self.in_s + self.length_s
        index = self.once.before(end_s)
        return index - self._first + (0 if index >= 0 and self.once.at(index) == end_s else 1)

    def at(self, index: int) -> Fraction:
        if index < self._first or not self._count:
            return self.once.at(index)
        turn, place = divmod(index - self._first, self._count)
        return self.once.at(self._first + place) + turn * self.length_s

    def before(self, time_s: Fraction) -> int:
        if time_s < self.in_s or not self._count:
            return min(self.once.before(time_s), self._first - 1)
        turn, rest_s = divmod(time_s - self.in_s, self.length_s)
        return int(turn) * self._count + min(self.once.before(self.in_s + rest_s), self._first + self._count - 1)


@dataclass(frozen=True, slots=True)
class ContinuedGrid:
    """Beats of music that is extended by whole bars: past the last one they go on at the mean of those before it."""

    once: Grid
    last: None = None

    def at(self, index: int) -> Fraction:
        last = self.once.last
        if last is None or index <= last:
            return self.once.at(index)
        return self.once.at(last) + (index - last) * self._spacing_s(last)

    def before(self, time_s: Fraction) -> int:
        index, last = self.once.before(time_s), self.once.last
        if last is None or index < last or not self._spacing_s(last):
            return index
        return last + int((time_s - self.once.at(last)) // self._spacing_s(last))

    def _spacing_s(self, last: int) -> Fraction:
        return (self.once.at(last) - self.once.at(0)) / last if last else Fraction(0)


@dataclass(frozen=True, slots=True)
class BarGrid:
    """The beats that begin a bar: ``first`` and every ``bar``-th after it."""

    beats: Grid
    bar: int
    first: int = 0

    @property
    def last(self) -> int | None:
        return None if self.beats.last is None else (self.beats.last - self.first) // self.bar

    def at(self, index: int) -> Fraction:
        return self.beats.at(self.first + index * self.bar)

    def before(self, time_s: Fraction) -> int:
        return (self.beats.before(time_s) - self.first) // self.bar


@dataclass(frozen=True)
class HeardGrid:
    """Beats in seconds of the film: the file's time ``in_s`` is heard at ``start_s``, its rest at ``speed``, until
    ``until_s`` (None: not known yet).
    """

    grid: Grid
    start_s: Fraction
    in_s: Fraction
    speed: Fraction
    until_s: Fraction | None

    def at(self, index: int) -> Fraction:
        """Exact seconds of a beat in the film."""
        return self.start_s + (self.grid.at(index) - self.in_s) / self.speed

    def before(self, time_s: Fraction) -> int:
        """The last beat at or before a time, heard or not; -1 where there is none."""
        return self.grid.before(self._in_file(time_s))

    @cached_property
    def first(self) -> int:
        """The first beat that is heard, if any is."""
        index = self.grid.before(self.in_s)
        return max(0, index if index >= 0 and self.grid.at(index) == self.in_s else index + 1)

    @cached_property
    def last(self) -> int | None:
        """The last beat that is heard; None where that is not known. Less than ``first`` where none is."""
        ends = [] if self.grid.last is None else [self.grid.last]
        if self.until_s is not None:
            ends.append(self.before(self.until_s))
        return min(ends, default=None)

    def has(self, index: int) -> bool:
        """Whether this beat is heard."""
        return index >= self.first and (self.last is None or index <= self.last)

    def nearest(self, time_s: Fraction) -> list[int]:
        """The heard beats next to a time on both sides of it: two, one or none."""
        index, last = self.before(time_s), self.last
        both = {max(self.first, k if last is None else min(k, last)) for k in (index, index + 1)}
        return sorted(k for k in both if self.has(k))

    def _in_file(self, time_s: Fraction) -> Fraction:
        return self.in_s + (time_s - self.start_s) * self.speed
