"""Where a sound presses: when it is loud enough that what is ducked under it gives way.

The level of 10 ms hops (RMS of both sides, without their mean, so that neither DC nor a slow rumble presses) is held
against a threshold: 20 dB under the sound's own level, and never lower than −50 dBFS. The sound's own level is the mean
power of its hops, gated as BS.1770 gates loudness: those above −50 dBFS, then those above 10 dB under their own mean.
So a voice presses and the room tone under it does not, whether the voice was recorded loud or soft; and where a sound
is steady, as wind is, all of it presses. A pause shorter than 250 ms, a breath between two words, is part of the press.

All decisions are made of sums in a fixed order and of products with constants: they are the same on every processor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.samples import CHANNELS, SoundFile, spans
from filmkit.model.timebase import SAMPLE_RATE

Powers = npt.NDArray[np.float64]
Press = tuple[int, int]
"""Samples [start, stop) over which something presses."""

HOP_SAMPLES = SAMPLE_RATE // 100
HOLD_SAMPLES = SAMPLE_RATE // 4
"""A pause shorter than this does not end a press."""

_FLOOR = 1e-5  # −50 dBFS as a power
_UNDER_OWN_LEVEL = 0.01  # 20 dB
_GATE = 0.1  # 10 dB
_BLOCK = HOP_SAMPLES * 128


def presses(sound: SoundFile, start: int = 0) -> list[Press]:
    """Where ``sound`` presses, in order, to a tenth of a millisecond; ``start`` is where in the film it begins."""
    powers = hop_powers(sound)
    threshold = press_threshold(powers)
    loud = np.flatnonzero(powers > threshold)
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > HOLD_SAMPLES // HOP_SAMPLES) + 1)
    return [_edges(sound, threshold, start, (int(run[0]), int(run[-1]))) for run in runs if len(run)]


def together(several: Iterable[Iterable[Press]]) -> list[Press]:
    """The presses of several sounds as one: where any of them presses, pauses shorter than the hold included."""
    joined: list[Press] = []
    for start, stop in sorted(press for one in several for press in one):
        if joined and start - joined[-1][1] < HOLD_SAMPLES:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def hop_powers(sound: SoundFile) -> Powers:
    """Mean power of each hop of 10 ms (1.0: a full-scale square wave); a last hop that is not whole is filled up with
    silence.
    """
    found = [np.zeros(0)]
    for first, count in spans(sound.samples, _BLOCK):
        hops = sound.read(first, -(-count // HOP_SAMPLES) * HOP_SAMPLES).reshape(-1, HOP_SAMPLES, CHANNELS)
        sides = [_power(np.ascontiguousarray(hops[:, :, side])) for side in range(CHANNELS)]
        found.append((sides[0] + sides[1]) / CHANNELS)
    return np.concatenate(found)


def press_threshold(powers: Powers) -> float:
    """The power above which a hop presses."""
    heard = powers[powers > _FLOOR]
    if not len(heard):
        return _FLOOR
    heard = heard[heard > heard.mean() * _GATE]
    return max(_FLOOR, float(heard.mean()) * _UNDER_OWN_LEVEL)


def _power(hops: npt.NDArray[np.float32]) -> Powers:
    """Mean square of the rows, less the square of their mean."""
    mean = hops.sum(axis=1).astype(np.float64) / HOP_SAMPLES
    square = np.square(hops).sum(axis=1).astype(np.float64) / HOP_SAMPLES
    power: Powers = np.maximum(square - mean * mean, 0.0)
    return power


def _edges(sound: SoundFile, threshold: float, start: int, hops: tuple[int, int]) -> Press:
    """The first and the last sample of a run of hops that reach the threshold by themselves. A hop whose RMS is above
    it has such samples.
    """
    begin, end = (list(_reaching(sound, threshold, hop)) for hop in hops)
    return start + begin[0], start + end[-1] + 1


def _reaching(sound: SoundFile, threshold: float, hop: int) -> Iterator[int]:
    samples = sound.read(hop * HOP_SAMPLES, HOP_SAMPLES).astype(np.float64)
    power = np.square(samples - samples.mean(axis=0)).max(axis=1)
    first = hop * HOP_SAMPLES
    yield from (first + int(at) for at in np.flatnonzero(power >= min(threshold, float(power.max()))))
