"""A sound that repeats without a seam and never loses its beat: the period is always the length of its file, exactly.

Most loops are cut to fit and wrap as they are. Where the end breaks off in mid-sound and the wrap would click, the last
10 ms cross over into the beginning mirrored about its first sample: that joins the beginning in value and in slope.
"""

from __future__ import annotations

import numpy as np

from filmkit.media.sound import BLOCK_SAMPLES, CHANNELS, Readable, Samples

_SEAM = 480
_NATURAL = 2.0
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
        """The last 10 ms as they must be, or None where the plain wrap is clean."""
        length = min(_SEAM, self.period // 2)
        if length < 2:
            return None
        head = self._sound.read(self._start, length + 1)
        tail = self._sound.read(self._stop - length, length)
        if _is_clean(head, tail):
            return None
        mirrored = 2.0 * head[0] - head[:0:-1]
        share = ((np.arange(length) + 0.5) / length)[:, None]
        rise = np.sqrt(share * share * (3.0 - 2.0 * share))
        seam: Samples = (tail * rise[::-1] + mirrored * rise).astype(np.float32)
        return seam


def _is_clean(head: Samples, tail: Samples) -> bool:
    """Whether the step from the last sample to the first is no larger than the steps around it, or the end is quiet:
    a beat that begins at once after silence is music, not a click.
    """
    step = np.abs(head[0] - tail[-1]).max()
    around = max(np.abs(np.diff(head, axis=0)).max(), np.abs(np.diff(tail, axis=0)).max())
    loudest = max(np.abs(head).max(), np.abs(tail).max())
    return bool(step <= _NATURAL * around or np.abs(tail[-48:]).max() <= _QUIET * loudest)
