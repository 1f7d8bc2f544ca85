"""From onsets and a tempo to beats: the best way from onset to onset, and the exact samples on it.

The way is found by dynamic programming (Ellis, "Beat Tracking by Dynamic Programming", 2007), here with a period that
may change along the sound. Scores are whole numbers, so that every processor decides alike. Each beat then goes to the
steepest rise of the sound near it. Where these lie on one straight line, the line is the grid: music made by machines
is steady, and a grid goes on through breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from filmkit.media.sound.onsets import HOP, Flags, Floats, Onsets, Whole, nearest_rise
from filmkit.media.sound.samples import SoundFile

_STIFF = 600.0
"""What a step of another length than the period costs, in mean onsets at a step of twice the length."""

_SEEN_LATE: Final = 120
"""A rise is seen half a hop before its onset, by how frames lie on samples."""

_DRIFT = 576
"""How far (12 ms) the middle of nine beats may lie off a line that they are said to lie on."""

_NEAR = 960
_CLEAR_DB = 6.0
"""A beat goes to an onset that rises so much; in music that is not steady only within 20 ms of where it should be."""

_EARLY = 1440
"""The first beat may lie 30 ms before the first sound: attacks are not all sharp."""


@dataclass(frozen=True)
class Beats:
    """``places`` in exact samples; whether they lie on one line; ``found``: the share of them with an onset near."""

    places: Floats
    is_steady: bool
    found: float


def walk(strength: Whole, periods: Floats) -> Whole:
    """The hops of the way with the strongest onsets whose steps keep to the period (in hops) of each place."""
    smooth = np.convolve(strength, [1, 2, 3, 2, 1])[2:-2]
    stiff = _STIFF * float(np.sqrt(np.square(smooth.astype(np.float64)).mean()))
    eighths = np.round(periods * 8).astype(int)
    shortest, longest = int(eighths.min() * 0.7 / 8), int(eighths.max() * 1.4 / 8) + 1
    steps = np.arange(shortest, longest + 1)
    score, came = smooth.copy(), np.full(len(smooth), -1)
    for first in range(0, len(smooth), shortest):
        here = np.arange(first, min(len(smooth), first + shortest))
        cost = np.round(stiff * np.square(np.log2(steps * 8 / eighths[here[len(here) // 2]]))).astype(np.int64)
        before = here[:, None] - steps
        value = np.where(before >= 0, score[before] - cost, 0)
        best = value.argmax(axis=1)
        top = value[np.arange(len(here)), best]
        score[here] += np.maximum(top, 0)
        came[here] = np.where(top > 0, before[np.arange(len(here)), best], -1)  # -1: a way begins here
    return _way_back(score, came, int(eighths[-1] / 8))


def _way_back(score: Whole, came: Whole, last_hops: int) -> Whole:
    at = max(0, len(score) - last_hops)
    at += int(np.argmax(score[at:]))
    found = []
    while at >= 0:
        found.append(at)
        at = int(came[at])
    return np.array(found[::-1])


def settle(sound: SoundFile, hops: Whole, onsets: Onsets) -> Beats:
    """The exact places of the beats of a way, from the first sound to the last."""
    coarse = hops * HOP + _SEEN_LATE
    near = [nearest_rise(sound, int(place)) for place in coarse]
    rise = np.array([found[1] if found else 0.0 for found in near])
    places = np.array([found[0] if found else place for found, place in zip(near, coarse, strict=True)], float)
    clear = rise >= _CLEAR_DB
    begins, ends = max(0, onsets.first * HOP - _EARLY), min(sound.samples, onsets.last * HOP + _EARLY)
    line = _steady_line(places, clear)
    if line is None:
        bent = np.where(clear & (np.abs(places - (smooth := _bent(places, clear))) < _NEAR), places, smooth)
        return Beats(_within(_continued(bent, begins), begins, ends), False, float(clear.mean()))
    origin, spacing = line
    numbers = np.arange(np.floor((begins - origin) / spacing), np.ceil((ends - origin) / spacing) + 1)
    grid = origin + spacing * numbers
    return Beats(_within(grid, begins, ends), True, float(clear.mean()))


def _within(places: Floats, begins: int, ends: int) -> Floats:
    kept = places[(places >= begins - _EARLY) & (places < ends)]
    return np.maximum(np.round(kept, 3), 0.0)


def _steady_line(places: Floats, clear: Flags) -> tuple[float, float] | None:
    """(place of beat 0, samples a beat) of the one line that the beats lie on; None where they do not."""
    if clear.sum() < 8:
        return None
    line = _grown_line(places[clear], float(np.median(np.diff(places))))
    places = places[clear]
    away = places - line[0] - line[1] * np.round((places - line[0]) / line[1])
    drift = np.abs([np.median(away[max(0, k - 4) : k + 5]) for k in range(len(away))]) <= _DRIFT
    thirds = [part.mean() for part in np.array_split(drift, 3)]
    return line if drift.mean() >= 0.75 and min(thirds) >= 0.5 else None


def _grown_line(places: Floats, spacing: float) -> tuple[float, float]:
    """From the straightest 16 beats outwards: a beat too many or too few somewhere does no harm."""
    starts = range(max(1, len(places) - 15))
    first = min(starts, key=lambda k: round(float(np.abs(np.diff(places[k : k + 16]) - spacing).sum()), 1))
    line, size, middle = (float(places[first]), spacing), 16, first + 8
    while True:
        part = places[max(0, middle - size // 2) : middle + size // 2]
        line = _robust_line(np.round((part - line[0]) / line[1]), part, np.ones(len(part)))
        if size // 2 >= len(places):
            return line
        size = size * 3 // 2


def _bent(places: Floats, clear: Flags) -> Floats:
    """Where each beat would be by the eight on both sides of it."""
    number, weight, found = np.arange(len(places)), np.where(clear, 1.0, 0.1), places.copy()
    for k in range(len(places)):
        near = slice(max(0, k - 8), k + 9)
        origin, spacing = _robust_line(number[near], places[near], weight[near])
        found[k] = origin + spacing * k
    return found


def _continued(places: Floats, begins: int) -> Floats:
    """Beats before the first, back to where the sound begins."""
    spacing = float(np.median(np.diff(places[:9]))) if len(places) > 1 else 0.0
    count = int((places[0] - begins + _EARLY) // spacing) if spacing > 0 else 0
    return np.concatenate([places[0] - spacing * np.arange(count, 0, -1), places])


def _robust_line(number: Floats | Whole, places: Floats, weight: Floats) -> tuple[float, float]:
    """Least squares whose outliers lose their say (Tukey's biweight): the place of number 0, samples a number."""
    w = weight
    for _ in range(10):
        x, y = (w * number).sum() / w.sum(), (w * places).sum() / w.sum()
        slope = (w * (number - x) * (places - y)).sum() / max(float((w * np.square(number - x)).sum()), 1e-9)
        away = np.abs(places - y - slope * (number - x))
        scale = max(12.0 * float(np.quantile(away, 0.3)), 240.0)
        w = weight * np.square(np.maximum(0, 1 - np.square(away / scale))) + 1e-6
    return round(float(y - slope * x), 3), round(float(slope), 6)
