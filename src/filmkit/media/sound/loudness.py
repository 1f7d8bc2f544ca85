"""Loudness of a sound file: ITU-R BS.1770-4; short-term, momentary and range by EBU Tech 3341 and 3342.

Done in numpy and not by ffmpeg's ``ebur128``: the energies of short hops are kept, so that the mix can foresee what its
limiter will do to the loudness, and the same numbers come out on every processor. Tests hold the two meters together.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.samples import CHANNELS, SoundFile
from filmkit.model.timebase import SAMPLE_RATE

Floats = npt.NDArray[np.float64]

HOP_SAMPLES = 96
"""2 ms: the grain at which energies and peaks are kept."""

_WINDOW = 32_768
_STEP = 28_800  # 0.6 s: whole hops and whole 100 ms blocks; the rest of a window is the filter's run-in
_RUN_IN = _WINDOW - _STEP
HOPS_A_STEP = _STEP // HOP_SAMPLES
"""How many hops are measured at a time."""

_HOPS_A_BLOCK = SAMPLE_RATE // 10 // HOP_SAMPLES
_THREADS = 2

# K-weighting at 48 kHz, BS.1770-4 tables 1 and 2: numerators and denominators of the shelf and the high-pass.
_SHELF_B = (1.53512485958697, -2.69169618940638, 1.19839281085285)
_SHELF_A = (1.0, -1.69065929318241, 0.73248077421585)
_PASS_B = (1.0, -2.0, 1.0)
_PASS_A = (1.0, -1.99004745483398, 0.99007225036621)


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

    @staticmethod
    def empty(samples: int) -> Levels:
        """Those of a sound of which nothing is measured yet."""
        return Levels(samples, *np.zeros((3, -(-samples // HOP_SAMPLES))))

    @property
    def hops(self) -> int:
        """How many values there are of each."""
        return len(self.peak)


@dataclass(frozen=True)
class Loudness:
    """``integrated_lufs`` is None where nothing passes the gates: silence, or less than one 400 ms block."""

    integrated_lufs: float | None
    range_lu: float


def measure_levels(sound: SoundFile) -> Levels:
    """Energies and sample peaks of a whole file; memory does not grow with it, but for three numbers each 2 ms."""
    levels = Levels.empty(sound.samples)
    with ThreadPoolExecutor(_THREADS) as pool:  # FFTs run outside the interpreter's lock; a step writes its own place
        for _ in pool.map(lambda first: measure_step(sound, levels, first), range(0, levels.hops, HOPS_A_STEP)):
            pass
    return levels


def measure_step(sound: SoundFile, levels: Levels, first: int) -> None:
    """Fills in the values of one step of ``levels``, which are 0 before: ``HOPS_A_STEP`` hops from hop ``first``."""
    samples = sound.read(first * HOP_SAMPLES - _RUN_IN, _WINDOW)
    if not samples.any():  # a stem is silent for most of a film
        return
    found = _step_values(samples)[:, : levels.hops - first]
    for values, of in zip(found, (levels.energy, levels.peak, levels.slope), strict=True):
        of[first : first + len(values)] = values


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


def highest_lufs(levels: Levels, seconds: float) -> float | None:
    """The highest loudness of any ``seconds`` on end, without gates, looked for every 2 ms: of 3 s it is what Tech 3341
    calls the highest short-term loudness, of 0.4 s the highest momentary one. None where a sound is shorter or silent.
    """
    count = round(seconds * SAMPLE_RATE / HOP_SAMPLES)
    whole = levels.samples // HOP_SAMPLES
    if whole < count:
        return None
    sums = np.concatenate([[0.0], np.cumsum(levels.energy[:whole])])
    most = (sums[count:] - sums[:-count]).max(keepdims=True) / seconds
    return float(_lufs(most)[0]) if levels.peak.any() else None


def _step_values(samples: npt.NDArray[np.float32]) -> Floats:
    """Rows energy, peak and slope of the hops of one step."""
    channels = np.ascontiguousarray(samples.T)
    weighted = np.fft.irfft(np.fft.rfft(channels, axis=1) * _k_weighting(), n=_WINDOW, axis=1)[:, _RUN_IN:]
    energy = _by_hop(np.square(weighted, out=weighted)).sum(axis=2).sum(axis=0)
    steps = np.diff(channels[:, _RUN_IN - 1 :], axis=1)
    peak, slope = (_by_hop(np.abs(of, out=of)).max(axis=2).max(axis=0) for of in (channels[:, _RUN_IN:], steps))
    return np.array([energy, peak, slope], np.float64)


def _by_hop(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Samples of a step, shape (channel, hop, sample)."""
    return samples.reshape(CHANNELS, HOPS_A_STEP, HOP_SAMPLES)


@lru_cache(maxsize=1)
def _k_weighting() -> npt.NDArray[np.complex64]:
    """The filter's frequency response; its impulse response fades below 1e-8 within the run-in."""
    turn = np.exp(-2j * np.pi * np.arange(_WINDOW // 2 + 1) / _WINDOW)
    response = np.polyval(_SHELF_B[::-1], turn) / np.polyval(_SHELF_A[::-1], turn)
    response *= np.polyval(_PASS_B[::-1], turn) / np.polyval(_PASS_A[::-1], turn)
    return response.astype(np.complex64)


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
