"""A sound that repeats without a seam and never loses its beat: the period is always the length of its file, exactly.

Most loops are cut to fit and wrap as they are. Where the end breaks off in mid-sound and the wrap would click, the last
40 ms cross over into what leads to the beginning: the sound before it, where the loop begins later in its file, else
the place in the loop that goes on most like the beginning, brought to its very value. The crossing keeps the power, by
how alike the two sounds are.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.samples import BLOCK_SAMPLES, CHANNELS, Readable, Samples

_SEAM = 1_920
_LIKE = 960
_SEARCH = 96_000
_JOINT = 240
_NATURAL = 1.0
_OPPOSED = -0.2
_MOST_LIFT = 4.0
_QUIET = 0.01


class LoopedSound:
    """``sound`` from ``start`` to ``stop`` (None: its end), over and over. ``read(0, …)`` begins at ``start``."""

    def __init__(self, sound: Readable, start: int = 0, stop: int | None = None) -> None:
        self._sound = sound
        self._start = max(0, start)
        self._stop = sound.samples if stop is None else min(stop, sound.samples)
        self.period = max(0, self._stop - self._start)
        self._seam = self._mended_seam()
        self._whole = self._part(0, self.period) if 0 < self.period <= BLOCK_SAMPLES else None

    def read(self, first: int, count: int) -> Samples:
        """``count`` samples from sample ``first`` (≥ 0) of the endless sound; silence where there is nothing to
        repeat.
        """
        if not self.period:
            return np.zeros((count, CHANNELS), np.float32)
        place = first % self.period
        if self._whole is not None:
            return np.tile(self._whole, (-(-(place + count) // self.period), 1))[place : place + count].copy()
        if place + count <= self.period:
            return self._part(place, count)
        parts = [self._part(place, self.period - place)]
        return np.concatenate([*parts, self.read(0, count - len(parts[0]))])

    def _part(self, place: int, count: int) -> Samples:
        """Samples within one period."""
        samples = self._sound.read(self._start + place, count)
        if self._seam is not None:
            mended_from = self.period - len(self._seam)
            first, last = max(place, mended_from), place + count
            if last > first:
                samples[first - place :] = self._seam[first - mended_from : last - mended_from]
        return samples

    def _mended_seam(self) -> Samples | None:
        """The last 40 ms as they must be, or None where the plain wrap is clean."""
        length = min(_SEAM, self.period // 4)
        if length < 2:
            return None
        head = self._sound.read(self._start, length + 1)
        tail = self._sound.read(self._stop - length, length)
        if _is_clean(head, tail):
            return None
        area = self._sound.read(self._start, min(self.period, _SEARCH))
        return _bridged(tail, self._lead(head, area), area)

    def _lead(self, head: Samples, area: Samples) -> Samples:
        """What leads to the beginning, a sample less than ``head``; ``area`` is where to look for it."""
        length = len(head) - 1
        if self._start >= length:
            return self._sound.read(self._start - length, length)
        place = length + int(np.argmax(_likeness(area[length:], head[: min(_LIKE, length)])))
        lead = area[place - length : place].copy()
        joint = min(_JOINT, length)
        rise = ((np.arange(joint) + 0.5) / joint)[:, None]
        lead[length - joint :] += (head[0] - area[place]) * rise * rise * (3.0 - 2.0 * rise)
        return lead


def _likeness(area: Samples, piece: Samples) -> npt.NDArray[np.float64]:
    """How like ``piece`` the area goes on at each place, −1 to 1 (normalised cross-correlation)."""
    size = 1 << (len(area) + len(piece)).bit_length()
    spectrum = np.fft.rfft(area, size, axis=0) * np.conj(np.fft.rfft(piece, size, axis=0))
    likeness = np.fft.irfft(spectrum, size, axis=0).sum(axis=1)[: len(area) - len(piece) + 1]
    energy = np.cumsum(np.concatenate([[0.0], np.square(area, dtype=np.float64).sum(axis=1)]))
    power = energy[len(piece) :] - energy[: len(energy) - len(piece)]
    whole = max(float(power.max()), 1e-20) * 1e-3
    own = max(float(np.square(piece, dtype=np.float64).sum()), 1e-20)
    score: npt.NDArray[np.float64] = np.round(likeness / np.sqrt(np.maximum(power, whole) * own), 6)
    return score


def _bridged(tail: Samples, lead: Samples, area: Samples) -> Samples:
    """From ``tail`` to ``lead``: at once, or, where they would cancel each other, by way of a sound between them."""
    half = len(tail) // 2
    if _alike(tail, lead) >= _OPPOSED or len(area) < 2 * half + 1:
        return _crossed(tail, lead)
    first, second = _likeness(area[:-half], tail[:half]), _likeness(area[half:], lead[half : 2 * half])
    count = min(len(first), len(second), len(area) - len(tail) + 1)
    place = int(np.argmax(np.minimum(first[:count], second[:count])))
    between = area[place : place + len(tail)]
    return np.concatenate([_crossed(tail[:half], between[:half]), _crossed(between[half:], lead[half:])])


def _crossed(tail: Samples, lead: Samples) -> Samples:
    """From one sound to the other at the power they have."""
    share = ((np.arange(len(tail)) + 0.5) / len(tail))[:, None]
    rise = share * share * (3.0 - 2.0 * share)
    both = np.sqrt(rise * rise[::-1])
    lift = 1.0 / np.sqrt(np.maximum(1.0 + 2.0 * _alike(tail, lead) * both, 1.0 / _MOST_LIFT))
    crossed: Samples = ((tail * np.sqrt(rise[::-1]) + lead * np.sqrt(rise)) * lift).astype(np.float32)
    return crossed


def _alike(one: Samples, other: Samples) -> float:
    """The correlation of two sounds of one length, −1 to 1."""
    left, right = one.astype(np.float64), other.astype(np.float64)
    power = float(np.square(left).sum()) * float(np.square(right).sum())
    return round(float((left * right).sum()) / max(math.sqrt(power), 1e-20), 6)


def _is_clean(head: Samples, tail: Samples) -> bool:
    """Whether the step from the last sample to the first is no larger than the steps around it, or the end is quiet:
    a beat that begins at once after silence is music, not a click.
    """
    step = np.abs(head[0] - tail[-1]).max()
    around = max(np.abs(np.diff(head, axis=0)).max(), np.abs(np.diff(tail, axis=0)).max())
    loudest = max(np.abs(head).max(), np.abs(tail).max())
    return bool(step <= _NATURAL * around or np.abs(tail[-48:]).max() <= _QUIET * loudest)
