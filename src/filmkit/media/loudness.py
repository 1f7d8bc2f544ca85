"""Loudness and true peak of a sound file: ITU-R BS.1770-4, loudness range by EBU Tech 3342.

Done in numpy and not by ffmpeg's ``ebur128``: the energies of short hops are kept, so that the mix can foresee what its
limiter will do to the loudness, and the same numbers come out on every processor. Tests hold the two meters together.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from filmkit.media.sound import CHANNELS, SoundFile, decibels
from filmkit.model.timebase import SAMPLE_RATE

Floats = npt.NDArray[np.float64]

HOP_SAMPLES = 96
"""2 ms: the grain at which energies and peaks are kept."""

_WINDOW = 32_768
_STEP = 28_800  # 0.6 s: whole hops and whole 100 ms blocks; the rest of a window is the filter's run-in
_RUN_IN = _WINDOW - _STEP
_HOPS_A_STEP = _STEP // HOP_SAMPLES
_HOPS_A_BLOCK = SAMPLE_RATE // 10 // HOP_SAMPLES
_THREADS = 2

# K-weighting at 48 kHz, BS.1770-4 tables 1 and 2: numerators and denominators of the shelf and the high-pass.
_SHELF_B = (1.53512485958697, -2.69169618940638, 1.19839281085285)
_SHELF_A = (1.0, -1.69065929318241, 0.73248077421585)
_PASS_B = (1.0, -2.0, 1.0)
_PASS_A = (1.0, -1.99004745483398, 0.99007225036621)

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


@dataclass(frozen=True)
class Levels:
    """A sound's K-weighted ``energy`` (sum over both channels and the samples of a hop), sample ``peak`` and ``slope``
    (the highest step from one sample to the next), a value a hop of 2 ms; a last hop that is not whole is filled up
    with silence. ``samples`` is the sound's length.
    """

    samples: int
    energy: Floats
    peak: Floats
    slope: Floats


@dataclass(frozen=True)
class Loudness:
    """``integrated_lufs`` is None where nothing passes the gates: silence, or less than one 400 ms block."""

    integrated_lufs: float | None
    range_lu: float


def measure_levels(sound: SoundFile) -> Levels:
    """Energies and sample peaks of a whole file; memory does not grow with it, but for two numbers each 2 ms."""
    hops = -(-sound.samples // HOP_SAMPLES)
    found = np.zeros((3, hops))

    def measure(start: int) -> None:
        first = start // HOP_SAMPLES
        last = min(hops, first + _HOPS_A_STEP)
        found[:, first:last] = _measure_step(sound.read(start - _RUN_IN, _WINDOW))[:, : last - first]

    with ThreadPoolExecutor(_THREADS) as pool:  # FFTs run outside the interpreter's lock; a step writes its own place
        for _ in pool.map(measure, range(0, sound.samples, _STEP)):
            pass
    return Levels(sound.samples, *found)


def measure_loudness(levels: Levels, gains: Floats | None = None) -> Loudness:
    """Gated loudness, optionally as it would be after ``gains`` (a factor a hop; exact while they vary slowly)."""
    energy = levels.energy if gains is None else levels.energy * gains * gains
    tenths = _tenths(energy, levels.samples)
    return Loudness(_integrated(tenths), _range(tenths))


def short_term_lufs(levels: Levels) -> Floats:
    """Loudness of each 3 s that end with a whole 100 ms block (EBU Tech 3341); minus infinity in silence, empty for a
    sound shorter than 3 s.
    """
    return _lufs(_sliding(_tenths(levels.energy, levels.samples), 30))


def measure_true_peak(sound: SoundFile, levels: Levels, *, floor: float | None = None) -> Floats:
    """Highest true peak of each hop as a factor of full scale.

    Only hops that could rise above ``floor`` are oversampled (default: those that could be the highest of all); for the
    others the sample peak stands.
    """
    peak = levels.peak.copy()
    if not len(peak):
        return peak
    wanted = np.flatnonzero(_bound(levels) > (levels.peak.max() if floor is None else floor))
    if not len(wanted) or not levels.peak.max():
        return peak

    def measure(step: int) -> None:
        mine = wanted[np.searchsorted(wanted, step) : np.searchsorted(wanted, step + _HOPS_A_STEP)]
        if len(mine):
            near = sound.read(step * HOP_SAMPLES - _REACH, _STEP + 2 * _REACH)
            peak[mine] = np.maximum(peak[mine], _oversampled_peaks(near, mine - step))

    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(measure, range(0, len(peak), _HOPS_A_STEP)):
            pass
    return peak


def _bound(levels: Levels) -> Floats:
    """What the true peak of each hop cannot exceed."""
    peak, slope = (
        np.maximum(np.maximum(padded[:-2], padded[2:]), padded[1:-1])
        for padded in (np.pad(levels.peak, 1), np.pad(levels.slope, 1))
    )
    rounding = 1.0001
    bound: Floats = np.minimum(peak * _OVERSHOOT, peak + slope * _STEEPNESS) * rounding
    return bound


def true_peak_dbtp(sound: SoundFile, levels: Levels) -> float:
    """The highest true peak of the whole sound in dBTP."""
    return decibels(float(measure_true_peak(sound, levels).max(initial=0.0)))


def _measure_step(samples: npt.NDArray[np.float32]) -> Floats:
    """Rows energy, peak and slope of the hops of one step."""
    channels = np.ascontiguousarray(samples.T)
    weighted = np.fft.irfft(np.fft.rfft(channels, axis=1) * _k_weighting(), n=_WINDOW, axis=1)[:, _RUN_IN:]
    energy = _by_hop(np.square(weighted, out=weighted)).sum(axis=2).sum(axis=0)
    steps = np.diff(channels[:, _RUN_IN - 1 :], axis=1)
    peak, slope = (_by_hop(np.abs(of, out=of)).max(axis=2).max(axis=0) for of in (channels[:, _RUN_IN:], steps))
    return np.array([energy, peak, slope], np.float64)


def _by_hop(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Samples of a step, shape (channel, hop, sample)."""
    return samples.reshape(CHANNELS, _HOPS_A_STEP, HOP_SAMPLES)


@lru_cache(maxsize=1)
def _k_weighting() -> npt.NDArray[np.complex64]:
    """The filter's frequency response; its impulse response fades below 1e-8 within the run-in."""
    turn = np.exp(-2j * np.pi * np.arange(_WINDOW // 2 + 1) / _WINDOW)
    response = np.polyval(_SHELF_B[::-1], turn) / np.polyval(_SHELF_A[::-1], turn)
    response *= np.polyval(_PASS_B[::-1], turn) / np.polyval(_PASS_A[::-1], turn)
    return response.astype(np.complex64)


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


def _tenths(energy: Floats, samples: int) -> Floats:
    """Energy of each whole 100 ms block."""
    whole = samples // (SAMPLE_RATE // 10)
    tenths: Floats = energy[: whole * _HOPS_A_BLOCK].reshape(-1, _HOPS_A_BLOCK).sum(axis=1)
    return tenths


def _lufs(energy_a_second: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        loudness: Floats = -0.691 + 10.0 * np.log10(energy_a_second / SAMPLE_RATE)
    return loudness


def _sliding(tenths: Floats, count: int) -> Floats:
    """Mean energy a second of each run of ``count`` blocks of 100 ms."""
    if len(tenths) < count:
        return np.zeros(0)
    energy: Floats = np.lib.stride_tricks.sliding_window_view(tenths, count).sum(axis=1) * (10.0 / count)
    return energy


def _integrated(tenths: Floats) -> float | None:
    """BS.1770-4: mean of the 400 ms blocks above −70 LUFS and above 10 LU under their own mean."""
    energy = _sliding(tenths, 4)
    energy = energy[_lufs(energy) > -70.0]
    if not len(energy):
        return None
    energy = energy[_lufs(energy) > _lufs(energy.mean(keepdims=True)) - 10.0]
    return float(_lufs(energy.mean(keepdims=True))[0])


def _range(tenths: Floats) -> float:
    """Tech 3342: the 10th to the 95th percentile of 3 s loudness above −70 LUFS and above 20 LU under its mean."""
    energy = _sliding(tenths, 30)
    energy = energy[_lufs(energy) > -70.0]
    if not len(energy):
        return 0.0
    loudness = np.sort(_lufs(energy[_lufs(energy) > _lufs(energy.mean(keepdims=True)) - 20.0]))
    low, high = (loudness[int((len(loudness) - 1) * share + 0.5)] for share in (0.10, 0.95))
    return float(high - low)
