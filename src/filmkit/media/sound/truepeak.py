"""True peaks, between the samples too: ITU-R BS.1770-4 annex 2."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.loudness import HOP_SAMPLES, HOPS_A_STEP, Floats, Levels
from filmkit.media.sound.samples import CHANNELS, SoundFile, decibels

_THREADS = 2
HOPS_A_SEARCH = 10 * HOPS_A_STEP
"""How many hops are searched at a time: few at a time would cost more than the sums."""

_REACH = 16


def _interpolators() -> npt.NDArray[np.float32]:
    """Three phases between two samples, four-fold (BS.1770-4 annex 2 asks for no less; its own 12 taps read noise 0.7
    dB low): windowed sinc, 16 taps either side. Row ``p`` gives the value ``(p + 1) / 4`` after the sample ``_REACH -
    1``.
    """
    places = np.arange(1 - _REACH, _REACH + 1)[None, :] - np.array([0.25, 0.5, 0.75])[:, None]
    window = np.i0(8.0 * np.sqrt((1.0 - (places / _REACH) ** 2).clip(0))) / np.i0(8.0)
    taps: npt.NDArray[np.float64] = np.sinc(places) * window
    return taps.astype(np.float32)


_TAPS = _interpolators()
_OVERSHOOT = float(np.abs(_TAPS).sum(axis=1).max())
"""No true peak can be higher than this factor times the sample peaks around it (7.5 dB) …"""


def _steepness() -> float:
    """… nor further above the nearest sample than this factor times the steps between the samples around it.

    The taps add up to 1, so a value between samples is the nearest one plus the steps that lead away from it, each
    weighted by the taps that lie beyond it. Most sound is smooth: this bound is far below the other.
    """
    away = []
    for taps, nearest in zip(_TAPS.astype(np.float64), (_REACH - 1, _REACH - 1, _REACH), strict=True):
        beyond = np.concatenate([np.cumsum(taps)[:nearest], np.cumsum(taps[::-1])[::-1][nearest + 1 :]])
        away.append(float(np.abs(beyond).sum()))
    return max(away)


_STEEPNESS = _steepness()


def measure_true_peak(sound: SoundFile, levels: Levels, *, floor: float | None = None) -> Floats:
    """Highest true peak of each hop as a factor of full scale.

    Only hops that could rise above ``floor`` are oversampled (default: those that could be the highest of all); for the
    others the sample peak stands.
    """
    peaks = levels.peak.copy()
    if peaks.any():
        raise_true_peaks(sound, levels, peaks, (float(peaks.max()) if floor is None else floor, math.inf))
    return peaks


def raise_true_peaks(sound: SoundFile, levels: Levels, peaks: Floats, between: tuple[float, float]) -> None:
    """Brings ``peaks`` from the sample peak to the true peak where that could be above the lower bound.

    Hops that could also be above the higher one are passed over: they were brought there before.
    """

    def search(first: int) -> None:
        search_peaks(sound, levels, peaks, first, between)

    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(search, range(0, levels.hops, HOPS_A_SEARCH)):
            pass


def search_peaks(sound: SoundFile, levels: Levels, peaks: Floats, first: int, between: tuple[float, float]) -> None:
    """As :func:`raise_true_peaks`, for ``HOPS_A_SEARCH`` hops from hop ``first``; the levels of the hops beside them
    must be there.
    """
    last = min(levels.hops, first + HOPS_A_SEARCH)
    bound = _bound(levels, first, last)
    wanted = np.flatnonzero((bound > between[0]) & (bound <= between[1]))
    if len(wanted):
        near = sound.read(first * HOP_SAMPLES - _REACH, (last - first) * HOP_SAMPLES + 2 * _REACH)
        peaks[first + wanted] = np.maximum(peaks[first + wanted], _oversampled_peaks(near, wanted))


def _bound(levels: Levels, first: int, last: int) -> Floats:
    """What the true peaks of hops ``first`` up to ``last`` cannot exceed."""
    begin, end = max(0, first - 1), min(levels.hops, last + 1)
    around = ((1 - (first - begin), 1 - (end - last)),)
    peak, slope = (
        np.lib.stride_tricks.sliding_window_view(np.pad(of[begin:end], around), 3).max(axis=1)
        for of in (levels.peak, levels.slope)
    )
    rounding = 1.0001
    bound: Floats = np.minimum(peak * _OVERSHOOT, peak + slope * _STEEPNESS) * rounding
    return bound


def true_peak_dbtp(sound: SoundFile, levels: Levels) -> float:
    """The highest true peak of the whole sound in dBTP."""
    return decibels(float(measure_true_peak(sound, levels).max(initial=0.0)))


def _oversampled_peaks(samples: npt.NDArray[np.float32], hops: npt.NDArray[np.intp]) -> Floats:
    """Peaks of ``hops`` (counted from sample ``_REACH`` of ``samples``), between the samples too."""
    places = hops[:, None] * HOP_SAMPLES + np.arange(HOP_SAMPLES + 2 * _REACH)
    highest = np.zeros(len(hops), np.float32)
    for channel in range(CHANNELS):
        near = samples[:, channel][places]
        for taps in _TAPS:
            total = near[:, : HOP_SAMPLES + 1] * taps[0]
            for tap in range(1, len(taps)):
                total += near[:, tap : tap + HOP_SAMPLES + 1] * taps[tap]
            np.maximum(highest, np.abs(total, out=total).max(axis=1), out=highest)
    return highest.astype(np.float64)
