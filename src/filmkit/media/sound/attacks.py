"""Where a sound sets in anew (a hit, a step, a consonant): moments that stretching may neither move nor repeat.

An attack is a block of 2.5 ms that carries ten times the power of the 40 ms before it, and is louder than −70 dBFS.
A steady tone, hum from 25 Hz up and noise have none; attacks lie at least 20 ms apart.
"""

from __future__ import annotations

import numpy as np

from filmkit.media.sound.samples import SoundFile, spans

_BLOCK = 120
_BEFORE = 16
_RISE = 10.0
_FLOOR = 1e-7
_APART = 8
_READ = _BLOCK * 500


def attacks(sound: SoundFile, first: int, stop: int) -> list[int]:
    """The samples at which blocks with an attack begin, in order, within [``first``, ``stop``)."""
    found: list[int] = []
    past = np.zeros(_BEFORE)
    for start, count in spans(max(0, stop - first), _READ):
        samples = sound.read(first + start, -(-count // _BLOCK) * _BLOCK)
        squares = np.square(samples, dtype=np.float64).sum(axis=1)
        powers = np.concatenate([past, squares.reshape(-1, _BLOCK).mean(axis=1)])
        before = np.lib.stride_tricks.sliding_window_view(powers[:-1], _BEFORE).mean(axis=1)
        rises = np.round(powers[_BEFORE:] / np.maximum(before, _FLOOR), 6) >= _RISE
        for block in np.flatnonzero(rises):
            place = first + start + int(block) * _BLOCK
            if not found or place - found[-1] >= _APART * _BLOCK:
                found.append(place)
        past = powers[-_BEFORE:]
    return found
