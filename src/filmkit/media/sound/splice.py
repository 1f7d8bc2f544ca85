"""Music that goes on elsewhere in its file: runs laid end to end, with a short crossing before each seam.

A seam lies on a bar line. The crossing is over 5 ms before it, so that the beat there sounds once, from the new run,
untouched. Its gains keep the level whatever the two runs have in common: with what likeness ρ (0 … 1) they are measured
to have, g₁² + g₂² + 2ρ g₁ g₂ = 1; like a straight crossing for the same sound, and of equal power for strangers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from filmkit.media.sound.samples import CHANNELS, Readable, Samples

CROSSING = 1_440
"""Samples of a crossing: 30 ms."""

BEFORE_SEAM = 240
"""Samples from the end of a crossing to its seam."""

_STEPS = 64
"""A likeness is rounded, so that every processor finds the same."""


class SplicedSound:
    """``sound`` from sample ``first`` on, and from each splice (sample heard, sample of the source) on from there.

    Splices are in order and further apart than a crossing is long.
    """

    def __init__(self, sound: Readable, first: int, splices: Sequence[tuple[int, int]]) -> None:
        self._sound = sound
        self._begins = [0, *(heard for heard, _ in splices)]
        self._shifts = [first, *(source - heard for heard, source in splices)]
        self.samples = sound.samples - self._shifts[-1]

    def read(self, start: int, count: int) -> Samples:
        """Samples [``start``, ``start + count``) as they are heard, a new (count, 2) array."""
        heard = np.zeros((count, CHANNELS), np.float32)
        run = max(0, bisect_right(self._begins, start) - 1)
        while run < len(self._begins) and (run == 0 or self._crossing(run) < start + count):
            self._lay(run, heard, start)
            run += 1
        return heard

    def _crossing(self, run: int) -> int:
        """Where the crossing into a run begins."""
        return self._begins[run] - BEFORE_SEAM - CROSSING

    def _lay(self, run: int, heard: Samples, start: int) -> None:
        """Lays what is heard of one run, from the end of its crossing on, and that crossing."""
        stop = start + len(heard)
        begin = start if run == 0 else max(start, self._crossing(run) + CROSSING)
        end = stop if run + 1 == len(self._begins) else min(stop, self._crossing(run + 1))
        if begin < end:
            heard[begin - start : end - start] = self._sound.read(self._shifts[run] + begin, end - begin)
        if run:
            self._cross(run, heard, start)

    def _cross(self, run: int, heard: Samples, start: int) -> None:
        place = self._crossing(run)
        begin, end = max(start, place), min(start + len(heard), place + CROSSING)
        if begin < end:
            both = [self._sound.read(self._shifts[side] + place, CROSSING) for side in (run - 1, run)]
            crossed = crossing(*both)
            heard[begin - start : end - start] = crossed[begin - place : end - place]


def crossing(ends: Samples, begins: Samples) -> Samples:
    """From one sound to another over their whole length, at an even level."""
    share = ((np.arange(len(ends)) + 0.5) / len(ends))[:, None]
    level = np.sqrt((1 - share) ** 2 + share**2 + 2 * _likeness(ends, begins) * share * (1 - share))
    crossed: Samples = (ends * ((1 - share) / level) + begins * (share / level)).astype(np.float32)
    return crossed


def _likeness(one: Samples, other: Samples) -> float:
    """Correlation of two sounds, 0 … 1: what runs against each other counts as strange."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    power = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    return max(0, round(_STEPS * float((a * b).sum()) / power)) / _STEPS if power > 0 else 0.0
