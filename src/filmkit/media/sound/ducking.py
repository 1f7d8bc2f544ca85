"""Ducking: the curve by which a cue gives way to what presses on it, and its factors, sample by sample.

The curve is straight in dB between breakpoints. It begins to fall ``look_ahead`` before a press begins, is at full
depth ``attack`` later, stays there as long as anything presses, and comes back over ``release``. Where the next press
comes before the level is back, the curve is the lower of the two: it rises until it meets the next fall. Elsewhere it
is 0 dB exactly, and leaves each sample as it is.

Sums, products and a polynomial are all there is to it, so the factors are the same on every processor.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import factorial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.pressing import Press

Point = tuple[int, float]
"""A breakpoint: sample of the film, level in dB (≤ 0)."""

_TURNS_PER_DB = 0.16609640474436813  # log2(10) / 20
_LN2 = 0.6931471805599453
_TERMS = [1.0 / factorial(power) for power in range(9, -1, -1)]


@dataclass(frozen=True, slots=True)
class DuckShape:
    """How deep, in dB ≥ 0, and how fast, in samples; attack and release are at least 1."""

    by_db: float
    attack: int
    release: int
    look_ahead: int

    def bottoms(self, presses: Iterable[Press]) -> list[Press]:
        """Where the curve is at full depth: it is reached even where a press is over before."""
        found: list[Press] = []
        for start, stop in presses:
            reached = start - self.look_ahead + self.attack
            if found and reached <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], stop))
            else:
                found.append((reached, max(reached, stop)))
        return found


def duck_curve(presses: Sequence[Press], shape: DuckShape, length: int) -> list[Point]:
    """Breakpoints from sample 0 to ``length``, in order; ``presses`` in order, not touching each other."""
    points: list[Point] = []
    bottoms = shape.bottoms(presses) if shape.by_db else []
    for at, (start, stop) in enumerate(bottoms):
        if not at:
            points.append((start - shape.attack, 0.0))
        points.append((start, -shape.by_db))
        if stop > start:
            points.append((stop, -shape.by_db))
        points += _between(stop, bottoms[at + 1][0], shape) if at + 1 < len(bottoms) else [(stop + shape.release, 0.0)]
    return _within(points, length)


def _between(stop: int, start: int, shape: DuckShape) -> Iterator[Point]:
    """From the end of one bottom to the beginning of the next: up to 0 dB, or as far as the next fall lets it."""
    spare = start - stop - shape.attack - shape.release
    if spare >= 0:
        yield stop + shape.release, 0.0
        if spare:
            yield start - shape.attack, 0.0
        return
    turn = stop + round((start - stop) * shape.release / (shape.attack + shape.release))
    if stop < turn < start:
        risen = min((turn - stop) / shape.release, (start - turn) / shape.attack)
        yield turn, round(-shape.by_db * (1.0 - risen), 6)


def _within(points: list[Point], length: int) -> list[Point]:
    """The same curve between sample 0 and ``length``, with a breakpoint at both."""
    inside = [point for point in points if 0 < point[0] < length]
    return [(0, _level(points, 0)), *inside, (length, _level(points, length))]


def _level(points: list[Point], sample: int) -> float:
    """The level at a sample; outside the breakpoints nothing is ducked."""
    for (first, low), (last, high) in pairwise(points):
        if first <= sample <= last:
            return round(low + (high - low) * (sample - first) / (last - first), 6)
    return 0.0


def ducked_samples(points: Sequence[Point]) -> int:
    """How many samples lie between breakpoints of which one is below 0 dB."""
    return sum(last - first for (first, low), (last, high) in pairwise(points) if min(low, high) < 0.0)


def write_curve(points: Sequence[Point], out: Path) -> None:
    """Writes breakpoints as JSON, ``[[sample, dB], …]``."""
    out.write_text(json.dumps(points, separators=(",", ":")), encoding="ascii")


class DuckCurve:
    """A curve that can be asked for any run of samples from 0 to its last breakpoint."""

    def __init__(self, points: Iterable[Point]) -> None:
        self.points = [(int(sample), float(level)) for sample, level in points]
        self._samples = [sample for sample, _ in self.points]

    @classmethod
    def read(cls, path: Path) -> DuckCurve:
        """The curve that :func:`write_curve` wrote."""
        return cls(json.loads(path.read_text(encoding="ascii")))

    def factors(self, first: int, count: int) -> npt.NDArray[np.float32] | None:
        """The factor of each sample [``first``, ``first + count``); None where all are 1."""
        begin = max(0, bisect_right(self._samples, first) - 1)
        end = bisect_left(self._samples, first + count)
        pieces = list(pairwise(self.points[begin : end + 1]))
        if all(low == high == 0.0 for (_, low), (_, high) in pieces):
            return None
        factors = np.ones(count, np.float32)
        for (left, low), (right, high) in pieces:
            start, stop = max(left, first), min(right, first + count)
            line = np.arange(start - left, stop - left, dtype=np.float64) if low != high else np.zeros(1)
            factors[start - first : stop - first] = factors_of(line * ((high - low) / (right - left)) + low)
        return factors


def factors_of(levels_db: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """10 to the power of dB / 20, by a Taylor series of plain products and sums; 0 dB is 1 exactly."""
    turns = levels_db * _TURNS_PER_DB
    whole = np.rint(turns)
    rest = (turns - whole) * _LN2
    total = np.full_like(rest, _TERMS[0])
    for term in _TERMS[1:]:
        total *= rest
        total += term
    return np.ldexp(total, whole.astype(np.int32)).astype(np.float32)
