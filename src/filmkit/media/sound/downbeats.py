"""Which beats begin a bar: a guess. Bars tend to begin with a low note and with another harmony (Goto, "An audio-based
real-time beat tracking system for music with or without drum-sounds", 2001).
"""

from __future__ import annotations

import numpy as np

from filmkit.media.sound.onsets import HOP, Floats, Whole
from filmkit.media.sound.samples import SoundFile

_FRAME = 8192
_SEMITONES = np.unique(np.round(55.0 * 2.0 ** (np.arange(61) / 12) * _FRAME / 48_000).astype(int))
_HARMONY = 0.7
"""What a change of harmony counts for, beside a low note."""

_FIRST_IS_LIKELY = 0.15
"""Music more often begins with a bar than within one."""

_CLEAR, _SURE = 2.0, 4.0
"""Clues in standard deviations above the next best beats, and in standard errors of them, that are convincing."""


def guess_downbeat(sound: SoundFile, beats: Floats, low: Whole, bar: int) -> tuple[int, float]:
    """Which of the first ``bar`` beats begins a bar, and how sure that is, 0 … 1. ``low``: rises of low pitches."""
    if bar == 1 or len(beats) < 2 * bar:
        return 0, 1.0 if bar == 1 else 0.0
    clues = _standard(_low_notes(beats, low)) + _HARMONY * _standard(_harmony_changes(sound, beats))
    phases = [clues[phase::bar] for phase in range(bar)]
    means = np.round([float(phase.mean()) for phase in phases], 4)
    best = int(np.argmax(means + _FIRST_IS_LIKELY * (np.arange(bar) == 0)))
    second = float(np.delete(means, best).max())
    spread = float(np.mean([phase.std() for phase in phases])) / float(np.sqrt(len(clues) / bar))
    lead = max(0.0, float(means[best]) - second)
    return best, round(min(1.0, lead / _CLEAR) * min(1.0, lead / max(spread, 0.05) / _SURE), 3)


def _standard(clue: Floats) -> Floats:
    spread = max(float(clue.std()), 0.1 * float(clue.mean()))  # small differences are no accents
    return np.round((clue - clue.mean()) / spread, 4) if spread > 0 else np.zeros_like(clue)


def _low_notes(beats: Floats, low: Whole) -> Floats:
    hops = np.clip(np.round(beats / HOP).astype(int), 0, len(low) - 1)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(low, 6), 13)
    return np.asarray(around[hops].sum(axis=1).astype(float))


def _harmony_changes(sound: SoundFile, beats: Floats) -> Floats:
    """How far the sound of each beat differs from the beat before, in shares of semitones' power."""
    shares = np.stack([_semitones(sound, int(place) + HOP) for place in beats])
    changes = np.abs(np.diff(shares, axis=0)).sum(axis=1)
    return np.round(np.concatenate([changes[:1] if len(changes) else [0.0], changes]), 4)


def _semitones(sound: SoundFile, start: int) -> Floats:
    samples = sound.read(start, _FRAME)
    power = np.square(np.abs(np.fft.fft((samples[:, 0] + 1j * samples[:, 1]) * np.hanning(_FRAME))))
    both = power[1 : _FRAME // 2] + power[: _FRAME // 2 : -1]
    level = np.log10(1 + 1e3 * np.add.reduceat(both, _SEMITONES - 1)[:-1])
    return np.asarray(level / max(float(level.sum()), 1e-9))
