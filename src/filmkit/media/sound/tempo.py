"""The tempo of music along its time: which period its onsets repeat with, and which octave of it is the beat.

Every half second, the onsets of 8 s are compared with themselves later (the autocorrelation tempogram of Grosche and
Müller). The octave is chosen over the whole sound: how well it repeats, weighted by how usual the tempo is (a
log-normal preference, after Moelants, "Preferred tempo reconsidered", 2002); or a hint gives it. Within it the period
may wander from place to place (Viterbi), so that a tempo that rises is followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from filmkit.media.sound.onsets import HOP, Floats, Whole
from filmkit.model.timebase import SAMPLE_RATE

HOPS_A_MINUTE: Final = 60 * SAMPLE_RATE // HOP

_PAIR = 2
"""Hops are taken in pairs: 10 ms are enough to tell tempos apart."""

_STEP, _WINDOW_STEPS = 50, 17
"""Pairs from one row to the next (half a second), and rows that a row looks at (8.5 s)."""

_WINDOW = np.round(64 * np.hanning(_WINDOW_STEPS + 2)[1:-1])
_TEMPOS = 40.0 * 1.0125 ** np.arange(145)
_MULTIPLES = (1, 2, 4)
"""Beats after which music should repeat: most bars are of two or four."""

_LONGEST_LAG = 604
_GROUP_WEIGHTS = (1.0, 1.0, 0.2)
"""Of low, middle and high pitches: cymbals play between the beats, drums and basses on them."""

_USUAL_BPM, _WIDTH_OCTAVES = 128.0, 0.9
"""Chosen so that an even click is taken as its beat from 60 to 180 bpm."""

_HINT = 0.125
_WANDER = 0.1
_WIDEST = 18
"""Bins to both sides of the chosen tempo within which it may wander: a quarter."""

_RATIOS = tuple(Fraction(text) for text in ("1", "1/3", "1/2", "2/3", "3/4", "4/3", "3/2", "2", "3"))


@dataclass(frozen=True)
class TempoGuess:
    """A tempo that the beat could have, as a ratio to the one that was taken, and its share of all scores, 0 … 1."""

    ratio: Fraction
    score: float


@dataclass(frozen=True)
class TempoPath:
    """The period of the beat at each hop, in hops; the tempos it could have, the likeliest first; and how far the
    chosen one stands above the next, 0 … 1.
    """

    periods: Floats
    guesses: tuple[TempoGuess, ...]
    octave: float


def follow_tempo(rises: Whole, hint_bpm: float | None = None) -> TempoPath | None:
    """The tempo along onsets of shape (groups, hops); None where nothing repeats. A hint may be off by a tenth."""
    if not rises.any():
        return None
    shares = _tempogram(rises)
    comb = _at_periods(shares, _MULTIPLES)
    salience = np.sqrt(np.maximum(_at_periods(shares, (1,)).mean(axis=0), 0) * np.maximum(comb.mean(axis=0), 0))
    score = np.round(salience * _preference(hint_bpm), 6)
    best = int(np.argmax(score))
    if score[best] <= 0:
        return None
    bins = _path(comb, best)
    centres = (np.arange(len(comb)) * _STEP + _STEP // 2) * _PAIR
    bpm = np.interp(np.arange(rises.shape[1]), centres, _TEMPOS[bins])
    guesses = _guesses(np.round(salience * _preference(None), 6), best)
    return TempoPath(HOPS_A_MINUTE / bpm, guesses, _lead(guesses))


def _lead(guesses: tuple[TempoGuess, ...]) -> float:
    """How far the likeliest stands above the next: 0 for two alike, 1 where there is no other."""
    first, second = guesses[0].score, guesses[1].score if len(guesses) > 1 else 0.0
    return round((first - second) / max(first + second, 1e-9), 3)


def _preference(hint_bpm: float | None) -> Floats:
    if hint_bpm is not None:
        return np.asarray((np.abs(_TEMPOS / hint_bpm - 1) <= _HINT).astype(float))
    return np.asarray(np.exp(-0.5 * np.square(np.log2(_TEMPOS / _USUAL_BPM) / _WIDTH_OCTAVES)))


def _tempogram(rises: Whole) -> Floats:
    """Of shape (lags of 10 ms, steps of half a second): how well the onsets around a step repeat after a lag."""
    groups = [(weight, _paired(group)) for group, weight in zip(rises, _GROUP_WEIGHTS, strict=True) if group.any()]
    total = sum(weight for weight, _ in groups)
    levels = [(weight / total, group, np.maximum(_repeats(group, 0), 1.0)) for weight, group in groups]
    lags = range(_LONGEST_LAG)
    return np.array([sum(weight * (_repeats(group, lag) / level) for weight, group, level in levels) for lag in lags])


def _paired(envelope: Whole) -> Whole:
    """Pairs of hops, a little blurred, in whole steps and with nothing after them for the longest lag."""
    paired = np.pad(envelope, (0, len(envelope) % _PAIR)).reshape(-1, _PAIR).sum(axis=1)
    padded = np.zeros(-(-len(paired) // _STEP) * _STEP + _LONGEST_LAG, np.int64)
    padded[: len(paired)] = np.convolve(paired, [1, 2, 1])[1:-1]
    return padded


def _repeats(padded: Whole, lag: int) -> Floats:
    """Products of onsets with those a lag later, around each step."""
    size = len(padded) - _LONGEST_LAG
    sums = (padded[:size] * padded[lag : lag + size]).reshape(-1, _STEP).sum(axis=1)
    half = _WINDOW_STEPS // 2
    return np.asarray(np.convolve(sums, _WINDOW)[half : half + len(sums)])


def _at_periods(share: Floats, multiples: tuple[int, ...]) -> Floats:
    """Rows of half a second: the mean repetition after these multiples of the period of each tempo."""
    periods = HOPS_A_MINUTE / _PAIR / _TEMPOS
    found = np.zeros((share.shape[1], len(_TEMPOS)))
    for multiple in multiples:
        lags = periods * multiple
        low = np.minimum(lags.astype(int), _LONGEST_LAG - 2)
        part = lags - low
        found += (share[low].T * (1 - part) + share[low + 1].T * part) / len(multiples)
    return np.round(found, 6)


def _path(gram: Floats, best: int) -> Whole:
    """The tempo bins of the best way through, no more than a quarter from the best of all, one bin a step at most."""
    low, high = max(0, best - _WIDEST), min(len(_TEMPOS), best + _WIDEST + 1)
    score, came = gram[0, low:high].copy(), []
    for row in gram[1:, low:high]:
        steps = np.stack([np.append(-np.inf, score[:-1]) - _WANDER, score, np.append(score[1:], -np.inf) - _WANDER])
        choice = steps[[1, 0, 2]].argmax(axis=0)
        came.append(np.array([0, -1, 1])[choice])
        score = np.round(steps[[1, 0, 2]].max(axis=0) + row, 6)
    place = int(np.argmax(score))
    found = [place]
    for moves in reversed(came):
        place += int(moves[place])
        found.append(place)
    return np.array(found[::-1]) + low


def _guesses(score: Floats, best: int) -> tuple[TempoGuess, ...]:
    """The tempo that was taken and those related to it, each at its highest nearby, the likeliest first."""
    found = []
    for ratio in _RATIOS:
        near = np.flatnonzero(np.abs(_TEMPOS / (_TEMPOS[best] * float(ratio)) - 1) < (0.001 if ratio == 1 else 0.03))
        found.append((ratio, max(0.0, float(score[near].max())) if len(near) else 0.0))
    total = max(sum(value for _, value in found), 1e-9)
    ranked = sorted(found, key=lambda guess: -guess[1])
    return tuple(TempoGuess(ratio, round(value / total, 3)) for ratio, value in ranked if value > 0)
