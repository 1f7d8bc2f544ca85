"""How a mix goes through the film, a value each 100 ms: short-term loudness, true peak, what the limiter took.

The curves are JSON, rounded to 0.01 dB. They are small: 10 numbers a second of each.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from filmkit.media.limiter import Shaping
from filmkit.media.loudness import HOP_SAMPLES, Floats, Levels, short_term_lufs
from filmkit.media.sound import decibels
from filmkit.model.timebase import SAMPLE_RATE

COLUMN_SAMPLES = SAMPLE_RATE // 10
_HOPS = COLUMN_SAMPLES // HOP_SAMPLES


def write_levels(shaping: Shaping, levels: Levels, peaks: Floats, out: Path) -> None:
    """``levels`` and ``peaks`` are of the sound as it is heard; ``shaping`` is what it was brought to level with.

    ``gain_db`` is the mix's static gain; ``limiter_db`` (0 or below) and ``true_peak_db`` are the lowest and highest of
    each 100 ms; ``short_term_lufs`` is the loudness of the 3 s that end with each 100 ms, null where there is none.
    """
    loudness = short_term_lufs(levels)
    columns = -(-levels.samples // COLUMN_SAMPLES)
    before = min(columns, 29)
    curves = {
        "samples": levels.samples,
        "column_samples": COLUMN_SAMPLES,
        "gain_db": shaping.gain_db,
        "limiter_db": [_rounded(decibels(value)) for value in -_highest(-shaping.factors)],
        "true_peak_db": [_rounded(decibels(value)) for value in _highest(peaks)],
        "short_term_lufs": [None] * before + [_rounded(value) if np.isfinite(value) else None for value in loudness],
    }
    out.write_text(json.dumps(curves, separators=(",", ":")), encoding="ascii")


def _highest(values: Floats) -> Floats:
    """The highest hop of each column."""
    padded = np.pad(values, (0, -len(values) % _HOPS), mode="edge") if len(values) else values
    highest: Floats = padded.reshape(-1, _HOPS).max(axis=1)
    return highest


def _rounded(value: float) -> float:
    return round(float(value), 2) + 0.0  # no −0.0
