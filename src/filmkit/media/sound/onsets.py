"""Where sounds begin: how much each moment rises over the one before, in three ranges of pitch, and the exact sample.

The rises are spectral flux in decibels over bands of half an octave (Bello et al., "A Tutorial on Onset Detection in
Music Signals", 2005). They are whole numbers: sums of them are the same on every processor, whatever last bits its
Fourier transform gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.samples import SoundFile, spans

Floats: TypeAlias = npt.NDArray[np.float64]
Whole: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

HOP: Final = 240
"""Samples from one rise to the next: 5 ms."""

_FRAME = 1024
_LAG = 2
"""A rise is measured over 10 ms: an attack takes longer than one hop to enter a frame."""

_BLOCK_HOPS = 512
_BANDS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 34, 48, 68, 96, 136, 192, 272, 384])
"""First bins, 47 Hz each, of 16 bands of about half an octave, from 47 Hz to 18 kHz."""

_SPLITS = [3, 10]
_FLOOR = 1e-5
"""Levels are counted from 50 dB below the loudest block of the sound: what is softer is no onset."""

_HEARD_DB = 1.0
_HIGHEST_DB = 24.0
_UNIT_DB = 1 / 64

_FINE, _REACH = 48, 40
"""Samples of a fine step (1 ms), and how many steps around a beat its onset is looked for."""


@dataclass(frozen=True)
class Onsets:
    """``rises`` of shape (3, hops): low (below 190 Hz), middle and high (from 2.2 kHz), in 1/64 dB a band.

    Column ``t`` belongs to sample ``t × HOP``. ``first`` and ``last`` are the hops between which there is sound.
    """

    rises: Whole
    first: int
    last: int


def measure_onsets(sound: SoundFile) -> Onsets:
    """The rises of a whole sound. Memory grows by 24 bytes each 5 ms of it."""
    hops = -(-sound.samples // HOP)
    loudest = max((float(np.square(block, dtype=np.float64).mean()) for _, block in sound.blocks()), default=0.0)
    rises = np.zeros((3, hops), np.int64)
    sounding = np.zeros(hops, bool)
    if loudest:
        for first, count in spans(hops, _BLOCK_HOPS):
            level = _levels(sound, first - _LAG, count + _LAG, _FLOOR * loudest)
            rises[:, first : first + count] = _grouped(level)
            sounding[first : first + count] = level[_LAG:].max(axis=1) > _HEARD_DB
    found = np.flatnonzero(sounding)
    return Onsets(rises, int(found[0]), int(found[-1]) + 1) if len(found) else Onsets(rises, 0, 0)


def _levels(sound: SoundFile, first: int, count: int, floor: float) -> Floats:
    """Decibels over ``floor`` of hops [``first``, ``first + count``) in each band, both channels together."""
    samples = sound.read(first * HOP - _FRAME // 4, (count - 1) * HOP + _FRAME)
    pair = samples[:, 0] + 1j * samples[:, 1].astype(np.float64)  # one transform for both: |L|² + |R|² of ±f
    frames = np.lib.stride_tricks.sliding_window_view(pair, _FRAME)[::HOP]
    power = np.square(np.abs(np.fft.fft(frames * _WINDOW, axis=1)))
    both = power[:, 1 : _FRAME // 2] + power[:, : _FRAME // 2 : -1]  # bins 1 …
    bands = np.add.reduceat(both, _BANDS - 1, axis=1)[:, :-1]
    return np.asarray(10 * np.log10(1 + bands * _SCALE / floor))


def _grouped(level: Floats) -> Whole:
    rise = np.round(np.clip(level[_LAG:] - level[:-_LAG], 0, _HIGHEST_DB) / _UNIT_DB).astype(np.int64)
    return np.stack([part.sum(axis=1) // part.shape[1] for part in np.split(rise, _SPLITS, axis=1)])


def nearest_rise(sound: SoundFile, sample: int) -> tuple[int, float] | None:
    """The sample near ``sample`` (within 40 ms) where the sound rises most steeply, and by how many dB; None where
    nothing begins there. Nearer ones count for more.
    """
    span = 2 * _REACH + 8
    start = sample - (_REACH + 4) * _FINE
    wave = sound.read(start - 1, span * _FINE + 1).astype(np.float64)
    sharp = np.square(np.diff(wave, axis=0)).sum(axis=1).reshape(span, _FINE).sum(axis=1)
    if not sharp.max():
        return None
    level = 10 * np.log10(sharp + 1e-4 * sharp.max())
    before = np.lib.stride_tricks.sliding_window_view(level, 4).max(axis=1)
    rise = np.round(level[4:-4] - before[: len(level) - 8], 3)
    offsets = np.arange(len(rise)) - _REACH
    best = int(np.argmax(rise * np.exp(-0.5 * np.square(offsets / 20))))
    return (sample + int(offsets[best]) * _FINE + _FINE // 2, float(rise[best])) if rise[best] >= 3 else None


_WINDOW = np.hanning(_FRAME + 1)[:-1]
_SCALE = 1.0 / np.square(_WINDOW).sum() / _FRAME
