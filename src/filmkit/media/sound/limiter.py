"""The gain that brings a mix to its loudness, and the limiter that keeps its true peaks below a ceiling.

Both are worked out on hops of 2 ms (:mod:`filmkit.media.sound.loudness`) before a sample is touched: how much each peak
must come down, what that does to the loudness, and so how much more gain is needed. Factors are rounded down to steps
of 2⁻¹⁶ and gains to 0.01 dB, so that another processor's last bit gives the same mix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from filmkit.media.sound.loudness import HOP_SAMPLES, Floats, Levels, measure_loudness
from filmkit.media.sound.samples import CHANNELS, Samples, decibels, gain
from filmkit.model.timebase import SAMPLE_RATE

LOOKAHEAD_HOPS = 5
"""10 ms: the limiter begins to come down this long before a peak."""

RELEASE_S = 0.06
"""After a peak the gain comes back with this time constant."""

MOST_LIMITING_DB = 15.0
"""No peak is brought down by more: a mix of clicks stays quieter than its target instead of becoming noise."""

MOST_MAKEUP_DB = 9.0
"""More gain than that to make up for limiting is not looked for."""

_RELEASE = 1.0 - math.exp(-HOP_SAMPLES / SAMPLE_RATE / RELEASE_S)
_STEPS = 65_536
_MOST_ROUNDS = 12


@dataclass(frozen=True)
class Shaping:
    """How a mix is brought to level: ``gain_db`` everywhere, times ``factors`` (one a hop, 1 where not limited).

    ``is_capped``: more gain would have asked too much of the limiter, so the loudness is not reached.
    """

    gain_db: float
    factors: Floats
    is_capped: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether any peak had to come down."""
        return bool((self.factors < 1.0).any())


def plan_shaping(
    levels: Levels, peaks: Floats, *, target_lufs: float, ceiling_dbtp: float, push: Floats | float = 1.0
) -> Shaping:
    """Gain and limiter factors with which a sound has ``target_lufs`` and no true peak above ``ceiling_dbtp``.

    ``peaks`` are its true peaks, a factor a hop; where ``push`` is above 1, they are held that much further down. A
    sound without loudness (silence, or less than 400 ms) keeps its gain and is only limited.
    """
    before = measure_loudness(levels).integrated_lufs
    start_db = 0.0 if before is None else round(target_lufs - before, 2)
    most_db = round(ceiling_dbtp + MOST_LIMITING_DB - decibels(float(peaks.max(initial=0.0))), 2)
    if before is None:
        return Shaping(0.0, limiter_factors(peaks * push, ceiling_dbtp))
    most_db = min(most_db, start_db + MOST_MAKEUP_DB)
    gain_db = min(start_db, most_db)
    for _ in range(_MOST_ROUNDS):
        factors = limiter_factors(peaks * push * gain(gain_db), ceiling_dbtp)
        after = measure_loudness(levels, factors * gain(gain_db)).integrated_lufs
        missing = 0.0 if after is None else target_lufs - after
        if abs(missing) <= 0.01 or (missing > 0 and gain_db >= most_db):
            break
        gain_db = round(min(gain_db + missing, most_db), 2)
    return Shaping(gain_db, factors, is_capped=gain_db >= most_db)


def limiter_factors(peaks: Floats, ceiling_dbtp: float) -> Floats:
    """A factor 0 … 1 a hop, smooth in time, that takes every hop's true peak (a factor of full scale) to the ceiling.

    What each hop needs is held 10 ms to both sides, released exponentially, and smoothed by a raised cosine no longer
    than the hold: the smoothed curve is nowhere above the need.
    """
    ceiling = gain(ceiling_dbtp)
    needed = np.ones(len(peaks))
    over = peaks > ceiling
    if not over.any():
        return needed
    needed[over] = np.floor(ceiling / peaks[over] * _STEPS) / _STEPS
    held = _released(1.0 - highest_near(1.0 - needed, LOOKAHEAD_HOPS + 1))
    window = np.hanning(2 * LOOKAHEAD_HOPS + 3)[1:-1]
    smooth = np.convolve(np.pad(held, LOOKAHEAD_HOPS, mode="edge"), window / window.sum(), mode="valid")
    rounded: Floats = np.minimum(1.0, np.floor(smooth * _STEPS + 1e-6) / _STEPS)
    return rounded


def shaped(samples: Samples, first_sample: int, shaping: Shaping) -> Samples:
    """``samples``, which begin at ``first_sample`` of the sound (a whole hop), with gain and limiter applied.

    Between the centres of two hops the factor runs straight.
    """
    factor = np.float32(gain(shaping.gain_db))
    hops = -(-len(samples) // HOP_SAMPLES)
    first = first_sample // HOP_SAMPLES
    near = _factors_around(shaping.factors, first, hops)
    if not (near < 1.0).any():
        return samples * factor
    centres = (np.arange(-1, hops + 1) + 0.5) * HOP_SAMPLES
    curve = np.interp(np.arange(len(samples)) + 0.5, centres, near).astype(np.float32)
    curve *= factor
    limited = samples.copy()
    for side in range(CHANNELS):
        limited[:, side] *= curve
    return limited


def _factors_around(factors: Floats, first: int, hops: int) -> Floats:
    """The factors of ``hops`` hops from ``first`` and of one neighbour on each side (the edge repeats)."""
    indices = np.clip(np.arange(first - 1, first + hops + 1), 0, max(0, len(factors) - 1))
    return factors[indices]


def highest_near(values: Floats, reach: int) -> Floats:
    """The highest value (≥ 0) within ``reach`` places to both sides of each."""
    highest, width, wanted = np.pad(values, reach), 1, 2 * reach + 1
    while width < wanted:  # the highest of twice as many is that of two neighbours
        step = min(width, wanted - width)
        highest = np.maximum(highest[:-step], highest[step:])
        width += step
    return highest


def _released(targets: Floats) -> Floats:
    """Falls at once, rises exponentially; what is within 1e-4 of 1 again is 1.

    How far below 1 it stands shrinks by the same factor each hop, unless more is asked for: straight lines in the
    logarithm, of which the highest counts.
    """
    below = 1.0 - targets
    falling = np.arange(len(targets)) * math.log(1.0 - _RELEASE)
    with np.errstate(divide="ignore"):
        still = np.exp(np.maximum.accumulate(np.log(below) - falling) + falling)
    curve: Floats = 1.0 - np.maximum(below, np.where(still < 1e-4, 0.0, still))
    return curve
