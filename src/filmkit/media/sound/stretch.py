"""Time-stretching with the pitch kept: WSOLA (Verhelst and Roelands, 1993).

Windows of 40 ms are laid down every 20 ms; the middle of each is taken from where the time map says, moved by up to 10
ms to where it best continues the one before. Attacks (:mod:`filmkit.media.sound.attacks`) are copied as they are to
where the map has them, and windows beside them leave them out: a hit is heard once, at its moment. One run covers the
whole map, so that a ramp of many pieces has no seams and the length is exact; where the map runs at the speed of the
source, the source is copied.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.attacks import attacks
from filmkit.media.sound.samples import CHANNELS, Samples, SoundFile

Piece = tuple[int, int, int]
"""First source sample, source samples, samples heard."""

_HOP = 960
_WINDOW = 2 * _HOP
_SEARCH = 480
_ATTACK = 240
_FAR = 2**62
_FFT = 4096


@dataclass(frozen=True)
class TimeMap:
    """Where in the source each heard sample comes from: straight within each piece, pieces laid end to end."""

    pieces: tuple[Piece, ...]
    begins: tuple[int, ...]
    samples: int

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> TimeMap:
        """Raises ValueError for a piece that is empty on one side only."""
        begins, total = [], 0
        heard_pieces = tuple(piece for piece in pieces if piece[1] or piece[2])
        for _, source, heard in heard_pieces:
            if source <= 0 or heard <= 0:
                raise ValueError(f"a piece of {source} source samples cannot be heard for {heard}")
            begins.append(total)
            total += heard
        return cls(heard_pieces, tuple(begins), total)

    def source_at(self, heard: int) -> int:
        """The source sample heard at ``heard``; before the first and past the last piece at the source's own speed."""
        index = max(0, bisect_right(self.begins, heard) - 1)
        start, source, length = self.pieces[index]
        offset = heard - self.begins[index]
        if offset < 0:
            return start + offset
        if offset >= length:
            return start + source + offset - length
        return start + (2 * offset * source + length) // (2 * length)


def stretch(sound: SoundFile, pieces: Sequence[Piece]) -> Iterator[Samples]:
    """The stretched sound in order, blocks of (samples, 2); together exactly the sum of the samples heard."""
    time_map = TimeMap.of(pieces)
    held = _HeldAttacks.of(sound, time_map)
    window = _window()
    tail = np.zeros((_HOP, CHANNELS), np.float32)
    place = time_map.source_at(0) - _HOP if time_map.samples else 0
    left = time_map.samples
    for heard in range(-_HOP, time_map.samples, _HOP):
        if heard > -_HOP:
            place = _next_place(sound, held, heard, time_map.source_at(heard + _HOP) - _HOP, place + _HOP)
        grain = sound.read(place, _WINDOW) * window
        if heard >= 0:
            block = tail + grain[:_HOP]
            yield block[:left]
            left -= min(left, _HOP)
        tail = grain[_HOP:]


def _next_place(sound: SoundFile, held: _HeldAttacks, heard: int, wanted: int, natural: int) -> int:
    """Where the window heard from ``heard`` on is taken: with an attack in it, so that this falls on its moment."""
    if wanted == natural:
        return wanted
    if (offset := held.offset_in(heard)) is not None:
        return heard + offset
    low, high = held.bounds(heard)
    low, high = (low, high) if low <= high else (wanted, wanted)  # attacks too near each other: the map alone
    return _best_place(sound, min(max(wanted, low), high), natural, (low, high))


@dataclass(frozen=True)
class _HeldAttacks:
    """Attacks by the moment they are heard: ``heard[k]`` in the stretched sound is ``source[k]`` in the source."""

    heard: tuple[int, ...]
    source: tuple[int, ...]

    @classmethod
    def of(cls, sound: SoundFile, time_map: TimeMap) -> _HeldAttacks:
        pairs = []
        for begin, (start, source, length) in zip(time_map.begins, time_map.pieces, strict=True):
            if source != length:
                found = attacks(sound, start, start + source)
                pairs += [(begin + (2 * (at - start) * length + source) // (2 * source), at) for at in found]
        return cls(tuple(heard for heard, _ in pairs), tuple(source for _, source in pairs))

    def offset_in(self, heard: int) -> int | None:
        """Source less heard of the attack nearest to the middle of the window at ``heard``; None where it has none."""
        first, stop = bisect_left(self.heard, heard), bisect_left(self.heard, heard + _WINDOW)
        near = min(range(first, stop), key=lambda at: abs(self.heard[at] - heard - _HOP), default=None)
        return None if near is None else self.source[near] - self.heard[near]

    def bounds(self, heard: int) -> tuple[int, int]:
        """Between which places a window without an attack lies: it plays neither the one before again nor the next."""
        after = bisect_left(self.heard, heard)
        low = self.source[after - 1] + _ATTACK if after else -_FAR
        high = self.source[after] - _WINDOW if after < len(self.heard) else _FAR
        return low, high


@lru_cache(maxsize=1)
def _window() -> npt.NDArray[np.float32]:
    """Raised cosine whose halves add up to 1."""
    ramp = np.sin(np.pi * (np.arange(_HOP) + 0.5) / (2 * _HOP)) ** 2
    return np.concatenate([ramp, ramp[::-1]]).astype(np.float32)[:, None]


def _best_place(sound: SoundFile, wanted: int, natural: int, bounds: tuple[int, int]) -> int:
    """The start near ``wanted`` whose window is most like what naturally follows (normalised cross-correlation)."""
    template = sound.read(natural, _WINDOW)
    region = sound.read(wanted - _SEARCH, _WINDOW + 2 * _SEARCH)
    if not template.any() or not region.any():
        return wanted
    spectrum = np.fft.rfft(region, _FFT, axis=0) * np.conj(np.fft.rfft(template, _FFT, axis=0))
    likeness = np.fft.irfft(spectrum, _FFT, axis=0).sum(axis=1)[: 2 * _SEARCH + 1]
    energy = np.cumsum(np.concatenate([[0.0], np.square(region, dtype=np.float64).sum(axis=1)]))
    power = energy[_WINDOW:] - energy[:-_WINDOW]
    score = likeness / np.sqrt(np.maximum(power, power.max() * 1e-6))
    first = max(0, bounds[0] - wanted + _SEARCH)
    allowed = np.round(score / np.abs(score).max(), 6)[first : max(first, bounds[1] - wanted + _SEARCH) + 1]
    return wanted - _SEARCH + first + int(np.argmax(allowed))
