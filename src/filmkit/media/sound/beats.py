"""Beats of music: its tempo, where its beats fall, which begin a bar, and how sure each of these is.

    onsets ─▶ tempo along time, its octave ─▶ way from onset to onset ─▶ exact samples ─▶ a guess at the bars

Every number that decides is rounded or whole, so that another processor finds the same beats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filmkit.media.sound.beatwalk import Beats, settle, walk
from filmkit.media.sound.downbeats import guess_downbeat
from filmkit.media.sound.onsets import HOP, Floats, Onsets, Whole, measure_onsets
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.tempo import TempoGuess, TempoPath, follow_tempo

_WEIGHTS = np.array([[3], [3], [1]])
"""Of low, middle and high onsets: loud cymbals between the beats must not win over drums on them."""

_MEAN_HOPS = 80
_FEWEST, _LEAST_FOUND = 4, 0.05
"""Fewer beats, or beats that hardly any sound begins on, are none."""

_FIRST_COUNTS = 1.1
"""How much more the beats count of which one is where the sound begins, when it could be these or those between."""


@dataclass(frozen=True)
class BeatHint:
    """What a person knows of the music: about how fast (bpm, may be off by a tenth), a beat (sample), beats a bar."""

    bpm: float | None = None
    first: int | None = None
    bar: int = 4


@dataclass(frozen=True)
class BeatTrack:
    """Beats in samples of the file; beat ``downbeat`` and every ``bar``-th after it begin a bar.

    ``bpm`` is the middle tempo; ``is_steady``: it is one for the whole sound. ``guesses`` are the tempos that the beat
    could have, the likeliest first. Confidences are 0 … 1: ``octave`` that the tempo is not another one of these
    (0: two are as likely), ``found`` that sounds begin on the beats and not between them, ``bars`` that the downbeats
    are right.
    """

    beats: tuple[int, ...]
    bpm: float
    is_steady: bool
    guesses: tuple[TempoGuess, ...]
    bar: int
    downbeat: int
    octave: float
    found: float
    bars: float


def track_beats(sound: SoundFile, hint: BeatHint | None = None) -> BeatTrack | None:
    """The beats of a sound; None where it has none: silence, a few sounds, noise."""
    hint = hint or BeatHint()
    onsets = measure_onsets(sound)
    rises = np.maximum(onsets.rises - _local_mean(onsets.rises), 0)
    path = follow_tempo(rises, hint.bpm)
    if path is None:
        return None
    strength = np.asarray((rises * _WEIGHTS).sum(axis=0))
    if hint.first is not None:
        strength[min(len(strength) - 1, hint.first // HOP)] += 100 * int(strength.max())
    beats = settle(sound, walk(strength, path.periods), onsets)
    beats = _from_first(beats, hint.first) if hint.first is not None else _in_phase(beats, strength, onsets)
    if len(beats.places) < _FEWEST:
        return None
    track = _track(sound, beats, path, rises, hint)
    return track if track.found >= _LEAST_FOUND else None


def _track(sound: SoundFile, beats: Beats, path: TempoPath, rises: Whole, hint: BeatHint) -> BeatTrack:
    downbeat, bars = (0, 1.0) if hint.first is not None else guess_downbeat(sound, beats.places, rises[0], hint.bar)
    strength = np.asarray((rises * _WEIGHTS).sum(axis=0))
    at, *between = (_mean_strength(beats.places, strength, part) for part in (0, 0.25, 0.5, 0.75))
    contrast = max(0.0, 1 - sum(between) / 3 / at) if at else 0.0
    return BeatTrack(
        beats=tuple(int(place) for place in np.round(beats.places)),
        bpm=round(60 * 48_000 / float(np.median(np.diff(beats.places))), 2),
        is_steady=beats.is_steady,
        guesses=path.guesses,
        bar=hint.bar,
        downbeat=downbeat,
        octave=1.0 if hint.bpm is not None else path.octave,
        found=round(beats.found * contrast, 3),
        bars=bars,
    )


def _local_mean(rises: Whole) -> Whole:
    """The mean of 0.8 s around each hop."""
    size = 2 * _MEAN_HOPS + 1
    sums = np.cumsum(np.pad(rises, ((0, 0), (_MEAN_HOPS + 1, _MEAN_HOPS))), axis=1)
    return np.asarray((sums[:, size:] - sums[:, :-size]) // size)


def _mean_strength(places: Floats, strength: Whole, part: float) -> float:
    """The mean strength of onsets at these parts of the beats."""
    smooth = np.convolve(strength, [1, 1, 1, 1, 1])[2:-2]
    hops = np.round((places[:-1] + part * np.diff(places)) / HOP).astype(int)
    return float(smooth[np.clip(hops, 0, len(smooth) - 1)].mean())


def _in_phase(beats: Beats, strength: Whole, onsets: Onsets) -> Beats:
    """The same beats, or half a beat off where that is as strong and the sound begins there: music begins on beats."""
    places = beats.places
    if not beats.is_steady or len(places) < _FEWEST:
        return beats
    half = (places[1] - places[0]) / 2
    begins = (onsets.first * HOP - places[0]) / half
    if abs(begins - round(begins)) > 0.15 or round(begins) % 2 == 0:
        return beats
    if _mean_strength(places, strength, 0.5) * _FIRST_COUNTS < _mean_strength(places, strength, 0):
        return beats
    first = places[0] - half if places[0] - half >= onsets.first * HOP - HOP * 6 else places[0] + half
    moved = first + 2 * half * np.arange(len(places) + 1)
    return Beats(moved[moved < places[-1] + 1.5 * half], True, beats.found)


def _from_first(beats: Beats, first: int) -> Beats:
    """The beats from the one that is known on."""
    spacing = float(np.median(np.diff(beats.places))) if len(beats.places) > 1 else 0.0
    return Beats(beats.places[beats.places > first - spacing / 2], beats.is_steady, beats.found)
