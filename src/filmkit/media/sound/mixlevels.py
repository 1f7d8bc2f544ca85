"""How a sound goes through the film, as JSON: the curves of the mix, a value each 100 ms, and the outline of a stem."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from filmkit.media.sound.limiter import Shaping
from filmkit.media.sound.loudness import HOP_SAMPLES, Floats, Levels, short_term_lufs
from filmkit.media.sound.samples import decibels
from filmkit.model.run import Json
from filmkit.model.timebase import SAMPLE_RATE

COLUMN_SAMPLES = SAMPLE_RATE // 10
_HOPS = COLUMN_SAMPLES // HOP_SAMPLES
_SILENT = -120.0


def mix_levels(shaping: Shaping, levels: Levels, peaks: Floats) -> dict[str, Json]:
    """``levels`` and ``peaks`` are of the sound as it is heard; ``shaping`` is what it was brought to level with.

    ``gain_db`` is the mix's static gain; ``limiter_db`` (0 or below) and ``true_peak_db`` are the lowest and highest of
    each 100 ms; ``short_term_lufs`` is the loudness of the 3 s that end with each 100 ms, null where there is none.
    """
    loudness = short_term_lufs(levels)
    columns = -(-levels.samples // COLUMN_SAMPLES)
    short_term: list[Json] = [None] * 29
    short_term += [_rounded(value) if np.isfinite(value) else None for value in loudness]
    short_term += [None]  # a last column that is not whole
    return {
        "samples": levels.samples,
        "column_samples": COLUMN_SAMPLES,
        "gain_db": shaping.gain_db,
        "limiter_db": [_rounded(decibels(value)) for value in -_highest(-shaping.factors)],
        "true_peak_db": [_rounded(decibels(value)) for value in _highest(peaks)],
        "short_term_lufs": short_term[:columns],
    }


def outline(levels: Levels, columns: int) -> dict[str, Json]:
    """The outline of a sound in at most ``columns`` columns: the highest sample of each, ``peak_db``, and how loud it
    is for the ear, ``loudness_lufs`` (K-weighted, ungated; BS.1770-4). Silence is −120.
    """
    hops = max(1, -(-len(levels.energy) // columns))
    energy = _by_column(levels.energy, hops).sum(axis=1)
    with np.errstate(divide="ignore"):
        loudness = -0.691 + 10.0 * np.log10(energy / (hops * HOP_SAMPLES))
    return {
        "samples": levels.samples,
        "column_samples": hops * HOP_SAMPLES,
        "peak_db": [_tenth(decibels(value)) for value in _by_column(levels.peak, hops).max(axis=1, initial=0.0)],
        "loudness_lufs": [_tenth(value) for value in loudness],
    }


def write_json(value: Json, out: Path) -> None:
    """On one line, in ASCII."""
    out.write_text(json.dumps(value, separators=(",", ":")), encoding="ascii")


def _by_column(values: Floats, hops: int) -> Floats:
    return np.pad(values, (0, -len(values) % hops)).reshape(-1, hops)


def _tenth(value: float) -> float:
    return round(max(_SILENT, float(value)), 1) + 0.0  # no −0.0


def _highest(values: Floats) -> Floats:
    """The highest hop of each column."""
    padded = np.pad(values, (0, -len(values) % _HOPS), mode="edge") if len(values) else values
    highest: Floats = padded.reshape(-1, _HOPS).max(axis=1)
    return highest


def _rounded(value: float) -> float:
    return round(float(value), 2) + 0.0  # no −0.0
