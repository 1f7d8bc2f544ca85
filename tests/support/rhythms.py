"""Music whose beats are known: click tracks, drums with bass and chords, steady, swung, jittered, or getting faster.

Everything is made by formula with fixed seeds. Beats are given in seconds of the sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sounds import RATE, Samples

Times = npt.NDArray[np.float64]
Wave = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rhythm:
    """A sound, its beats in seconds, and which of them begin a bar."""

    sound: Samples
    beats: Times
    downbeats: Times


def steady(bpm: float, length_s: float, start_s: float = 0.0) -> Times:
    """Beats of one tempo from ``start_s`` on."""
    spacing = 60 / bpm
    return start_s + spacing * np.arange(int((length_s - start_s - 1e-9) / spacing) + 1)


def ramp(first_bpm: float, last_bpm: float, length_s: float) -> Times:
    """Beats whose tempo goes evenly from one to another: beat k stands where the integral of the tempo is k."""
    slope = (last_bpm - first_bpm) / length_s / 60
    count = int((first_bpm + last_bpm) / 120 * length_s)
    k = np.arange(count)
    return (-first_bpm / 60 + np.sqrt((first_bpm / 60) ** 2 + 2 * slope * k)) / slope


def jittered(beats: Times, deviation_s: float, seed: int = 5) -> Times:
    """The same beats, each played a little early or late."""
    moved = beats + np.random.default_rng(seed).normal(0, deviation_s, len(beats))
    return np.maximum.accumulate(np.maximum(moved, 0.0))


def click_track(beats: Times, length_s: float, *, bar: int = 4, accent: bool = False) -> Rhythm:
    """A metronome: a short blip on each beat, a higher and louder one at each bar if ``accent``."""
    sound = _silence(length_s)
    for number, at in enumerate(beats):
        is_first = accent and number % bar == 0
        _add(sound, at, _blip(1500 if is_first else 1000), 0.8 if is_first else 0.5)
    return _rhythm(sound, beats, bar)


def drums(
    beats: Times, length_s: float, *, swing: float = 0.5, hats: float = 0.15, chords: bool = True, bar: int = 4
) -> Rhythm:
    """Kick on 1 and 3 (other bars: on 1), snare on the others, hats on beats and between.

    Those between stand at ``swing`` of the beat (2/3 is a shuffle). ``hats`` is their level; the ones between the beats
    are the louder ones. ``chords`` adds a bass and a pad that change with the bar.
    """
    sound = _silence(length_s)
    ends = np.append(beats[1:], 2 * beats[-1] - beats[-2])
    for number, (at, end) in enumerate(zip(beats, ends, strict=True)):
        place = number % bar
        _add(
            sound,
            at,
            _kick() if place in ((0, 2) if bar == 4 else (0,)) else _snare(number),
            0.7 if place == 0 else 0.55,
        )
        _add(sound, at, _hat(2 * number), hats * 0.5)
        _add(sound, at + swing * (end - at), _hat(2 * number + 1), hats)
        if chords:
            _add(sound, at, _tones(_ROOTS[number // bar % 4], end - at, place == 0), 0.2)
    return _rhythm(sound, beats, bar)


def pattern(beats: Times, length_s: float, hits: Sequence[tuple[float, str, float]], bar: int = 4) -> Rhythm:
    """A bar of ``(beat in the bar, kick | snare | hat | clap, level)`` over and over."""
    sound = _silence(length_s)
    played: dict[str, Callable[[int], Wave]] = {"kick": lambda _: _kick(), "snare": _snare, "hat": _hat, "clap": _clap}
    places = np.arange(len(beats))
    for first in range(0, len(beats), bar):
        for place, name, level in hits:
            if first + place <= len(beats) - 1:
                _add(sound, float(np.interp(first + place, places, beats)), played[name](first), level)
    return _rhythm(sound, beats, bar)


def later(rhythm: Rhythm, by_s: float) -> Rhythm:
    """The same after ``by_s`` of silence."""
    before = np.zeros((round(by_s * RATE), 2), np.float32)
    return Rhythm(np.concatenate([before, rhythm.sound]), rhythm.beats + by_s, rhythm.downbeats + by_s)


def f_measure(found: Times, true: Times, within_s: float = 0.07) -> float:
    """Harmonic mean of precision and recall; each beat is matched once at most."""
    hits, at = 0, 0
    for beat in true:
        while at < len(found) and found[at] < beat - within_s:
            at += 1
        if at < len(found) and abs(found[at] - beat) <= within_s:
            hits, at = hits + 1, at + 1
    return 2 * hits / max(1, len(found) + len(true))


def nearest_errors(found: Times, true: Times) -> Times:
    """How far each found beat lies after the nearest true one, in seconds."""
    return np.array([at - true[np.argmin(np.abs(true - at))] for at in found])


_ROOTS = (55.0, 43.65, 65.41, 49.0)


def _silence(length_s: float) -> Wave:
    return np.zeros(round(length_s * RATE))


def _rhythm(sound: Wave, beats: Times, bar: int) -> Rhythm:
    both = np.repeat(sound[:, None], 2, axis=1)
    both *= 0.9 / max(0.9, float(np.abs(both).max()))
    return Rhythm(both.astype(np.float32), beats, beats[::bar])


def _add(sound: Wave, at_s: float, wave: Wave, level: float) -> None:
    place = round(at_s * RATE)
    if place < len(sound):
        stop = min(len(sound), place + len(wave))
        sound[place:stop] += level * wave[: stop - place]


def _decay(length_s: float, time_s: float) -> Wave:
    return np.exp(-np.arange(round(length_s * RATE)) / (time_s * RATE))


def _blip(hz: float) -> Wave:
    shape = _decay(0.03, 0.008)
    return shape * np.sin(2 * np.pi * hz * np.arange(len(shape)) / RATE)


def _kick() -> Wave:
    shape = _decay(0.25, 0.07)
    time = np.arange(len(shape)) / RATE
    return shape * np.sin(2 * np.pi * (50 * time + 2.5 * (1 - np.exp(-time / 0.02))))


def _snare(seed: int) -> Wave:
    shape = _decay(0.2, 0.05)
    drawn = np.random.default_rng(seed).uniform(-1, 1, len(shape))
    return shape * (0.6 * drawn + 0.5 * np.sin(2 * np.pi * 190 * np.arange(len(shape)) / RATE))


def _clap(seed: int) -> Wave:
    return _decay(0.15, 0.04) * np.random.default_rng(seed).uniform(-1, 1, round(0.15 * RATE))


def _hat(seed: int) -> Wave:
    shape = _decay(0.06, 0.015)
    drawn = np.random.default_rng(10_000 + seed).uniform(-1, 1, len(shape) + 1)
    return shape * np.diff(drawn)


def _tones(root_hz: float, length_s: float, is_new: bool) -> Wave:
    time = np.arange(round(length_s * RATE)) / RATE
    swell = np.minimum(1.0, time / 0.01) if is_new else 1.0
    ends = np.minimum(1.0, (length_s - time) / 0.01)
    wave = sum(np.sin(2 * np.pi * root_hz * ratio * time) / (1 + n) for n, ratio in enumerate((1, 4, 5, 6)))
    return np.asarray(wave * swell * ends)
