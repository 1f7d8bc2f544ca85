"""A mix before it is encoded: measured once, shaped to a loudness as often as needed, and heard in parts beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from filmkit.media.sound.limiter import Shaping, plan_shaping, shaped
from filmkit.media.sound.loudness import HOP_SAMPLES, Floats, Levels, measure_levels
from filmkit.media.sound.samples import Samples, SoundFile, gain, spans
from filmkit.media.sound.truepeak import raise_true_peaks
from filmkit.model.timebase import SAMPLE_RATE

_BLOCK = HOP_SAMPLES * 640
_SECOND = SAMPLE_RATE // HOP_SAMPLES
_HIGHEST = 6
_NEAR_HOPS = _SECOND // 2
_SHARES = 24
_PART_HOPS = _SECOND // 4
_EDGE = 240
_SPARE_DB = 1.0

REHEARSAL = (_HIGHEST * _NEAR_HOPS + _SHARES * _PART_HOPS) * HOP_SAMPLES
"""How many samples are heard beforehand."""


@dataclass(frozen=True)
class Aim:
    """What a mix is shaped to. ``push``: how much further each hop's peaks are held down, a factor ≥ 1, where the codec
    raised them.
    """

    lufs: float
    ceiling_dbtp: float
    push: Floats


class MeasuredMix:
    """A sum of stems with its levels. True peaks are looked for only where a gain brings them to a ceiling."""

    def __init__(self, sound: SoundFile) -> None:
        self.sound = sound
        self.levels: Levels = measure_levels(sound)
        self._peaks = self.levels.peak.copy()
        self._known_from = math.inf

    def shaping(self, aim: Aim) -> Shaping:
        """Gain and limiter for an aim."""
        while True:
            found = plan_shaping(
                self.levels, self._peaks, target_lufs=aim.lufs, ceiling_dbtp=aim.ceiling_dbtp, push=aim.push
            )
            needed = gain(aim.ceiling_dbtp - found.gain_db) / float(aim.push.max(initial=1.0))
            if needed >= self._known_from or not self._peaks.any():
                return found
            floor = needed / gain(_SPARE_DB)
            raise_true_peaks(self.sound, self.levels, self._peaks, (floor, self._known_from))
            self._known_from = floor

    def write_shaped(self, shaping: Shaping, out: Path) -> SoundFile:
        """The whole mix as it is to be encoded."""
        with out.open("wb") as file:
            for samples in self._shaped(shaping, 0, self.sound.samples):
                file.write(samples.astype("<f4").tobytes())
        return SoundFile(out)

    def write_rehearsal(self, shaping: Shaping, out: Path) -> SoundFile:
        """Half a second around each of the highest peaks, then a quarter of a second from the middle of each 24th of
        the energy: what a codec takes from these it takes from the whole. Each begins and ends with a short fade.
        """
        with out.open("wb") as file:
            for first, hops in self._parts(shaping):
                parts = self._shaped(shaping, first * HOP_SAMPLES, hops * HOP_SAMPLES)
                file.write(_faded(np.concatenate(list(parts))).astype("<f4").tobytes())
        return SoundFile(out)

    def _shaped(self, shaping: Shaping, first: int, length: int) -> Iterator[Samples]:
        for start, count in spans(length, _BLOCK):
            yield shaped(self.sound.read(first + start, count), first + start, shaping)

    def _parts(self, shaping: Shaping) -> Iterator[tuple[int, int]]:
        """(first hop, hops) of each part of a rehearsal."""
        peaks = self._peaks.copy()
        for _ in range(_HIGHEST):
            highest = int(np.argmax(peaks))
            peaks[max(0, highest - _NEAR_HOPS) : highest + _NEAR_HOPS] = 0.0
            yield self._around(highest, _NEAR_HOPS)
        energy = np.cumsum(self.levels.energy * shaping.factors**2)
        for share in range(_SHARES):
            yield self._around(int(np.searchsorted(energy, energy[-1] * (share + 0.5) / _SHARES)), _PART_HOPS)

    def _around(self, hop: int, hops: int) -> tuple[int, int]:
        """The part of ``hops`` whole hops with ``hop`` in its middle, where the sound's ends allow it."""
        return max(0, min(hop - hops // 2, self.levels.samples // HOP_SAMPLES - hops)), hops


def kept_by_codec(given: Levels, heard: Levels) -> float | None:
    """The share of the whole mix's energy that a codec left, as a rehearsal before and after it tells; None of silence.

    Parts were chosen in proportion to their energy, so each tells as much as any other.
    """
    before, after = (
        levels.energy[_HIGHEST * _NEAR_HOPS :].reshape(_SHARES, _PART_HOPS).sum(axis=1) for levels in (given, heard)
    )
    shares = after[before > 0] / before[before > 0]
    return float(shares.mean()) if len(shares) else None


def _faded(samples: Samples) -> Samples:
    rise = ((np.arange(_EDGE) + 0.5) / _EDGE).astype(np.float32)[:, None]
    samples[:_EDGE] *= rise
    samples[-_EDGE:] *= rise[::-1]
    return samples
