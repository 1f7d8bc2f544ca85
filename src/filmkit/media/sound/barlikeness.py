"""How alike the bar lines of a piece of music are: whether the music after one could follow the music before another.

Around each bar line the four beats before it and the four after it are looked at, each as the strength of the sound in
bands a semitone wide. Two bar lines are alike where these eight are, in colour and in level: a · b ÷ max(a², b²), which
is 1 only for the same and 0 for what has no tone in common. Strengths are rounded to whole numbers before anything is
compared and all that follows is done in whole numbers, so that every processor finds the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from filmkit.media.children import check_stopped
from filmkit.media.sound.samples import SoundFile
from filmkit.model.timebase import SAMPLE_RATE

BEATS = 4
"""Beats on either side of a bar line that are looked at."""

_FFT = 4_096
_FRAMES = 4
"""Spectra of a beat."""

_LOWEST_HZ, _HIGHEST_HZ = 50.0, 12_000.0
_FLOOR = 1e-6
"""60 dB under the loudest band of the file there is nothing to compare."""

_SCALE = 1_000

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def likeness(sound: SoundFile, lines: Sequence[int], beat: int) -> list[list[int]]:
    """For each bar line, how like those before it it is: 0 … 100, row i of length i. ``lines`` are samples in order,
    ``beat`` (≥ 1) is the length of a beat in samples.
    """
    strengths = _strengths(sound, lines, beat)
    total: Whole = np.zeros((len(lines), len(lines)), np.int64)
    for part in range(strengths.shape[1]):
        total += _alike(strengths[:, part])
    parts = strengths.shape[1]
    return [[int(value) for value in row[:at]] for at, row in enumerate((total + parts // 2) // parts)]


def _alike(strengths: Whole) -> Whole:
    """0 … 100 for each pair; silence is like silence."""
    both: Whole = strengths @ strengths.T  # of whole numbers: exact, in whatever order it is summed
    power = np.diagonal(both)
    most = np.maximum(power[:, None], power[None, :])
    found: Whole = np.where(most > 0, 100 * both // np.maximum(most, 1), 100)
    return found


def _edges() -> npt.NDArray[np.intp]:
    """First bins of bands a semitone wide, where the bins are fine enough for that, and the first after the last."""
    steps = np.arange(np.floor(12 * np.log2(_HIGHEST_HZ / _LOWEST_HZ)) + 1)
    bins = np.round(_LOWEST_HZ * 2 ** (steps / 12) * _FFT / SAMPLE_RATE).astype(np.intp)
    return np.unique(bins)


def _strengths(sound: SoundFile, lines: Sequence[int], beat: int) -> Whole:
    """Rounded strengths of shape (bar lines, beats around them, bands): the fourth root of power, as one hears it."""
    powers = np.array([_powers(sound, line, beat) for line in lines])
    loudest = float(powers.max()) if powers.size else 0.0
    if loudest <= 0:
        return np.zeros(powers.shape, np.int64)
    share = powers / loudest
    return np.where(share > _FLOOR, np.round(_SCALE * np.sqrt(np.sqrt(share))), 0).astype(np.int64)


def _powers(sound: SoundFile, line: int, beat: int) -> Floats:
    """Power in each band of each beat around a bar line: the mean of frames that lie within the beat, at the same
    places in each, so that the same music gives the same numbers wherever it stands.
    """
    check_stopped()
    first = line - BEATS * beat
    around = sound.read(first, 2 * BEATS * beat + _FFT).astype(np.float64)
    window, edges = np.hanning(_FFT)[:, None], _edges()
    steps = [round(step * max(0, beat - _FFT) / (_FRAMES - 1)) for step in range(_FRAMES)]
    found = []
    for part in range(2 * BEATS):
        frames = (around[part * beat + step : part * beat + step + _FFT] * window for step in steps)
        power = sum(np.square(np.abs(np.fft.rfft(frame, axis=0))).sum(axis=1) for frame in frames)
        found.append(np.add.reduceat(power[: edges[-1]], edges[:-1]))
    return np.array(found)
