"""Sounds whose truth is known: arrays of shape (samples, 2), float32, 48 kHz, and files made of them.

Nothing is drawn at random: noise comes from a fixed seed, so that a failing test fails again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 48_000
Samples = npt.NDArray[np.float32]


def silence(samples: int) -> Samples:
    return np.zeros((samples, 2), np.float32)


def tone(hz: float, samples: int, peak_db: float = 0.0, *, sides: tuple[float, float] = (1.0, 1.0)) -> Samples:
    """A sine from phase 0 whose peak stands ``peak_db`` over full scale, times ``sides`` (left, right)."""
    wave = 10 ** (peak_db / 20) * np.sin(2 * np.pi * hz * np.arange(samples) / RATE)
    return (wave[:, None] * np.array(sides)).astype(np.float32)


def noise(samples: int, rms_db: float, *, seed: int = 7) -> Samples:
    """White Gaussian noise, the two sides independent, each at ``rms_db``."""
    drawn = np.random.default_rng(seed).standard_normal((samples, 2))
    return (drawn * 10 ** (rms_db / 20)).astype(np.float32)


def clicks(samples: int, places: Iterable[int], height: float = 0.9) -> Samples:
    """One full sample at each place, silence between."""
    sound = silence(samples)
    sound[list(places)] = height
    return sound


def bursts(samples: int, places: Iterable[int], rms_db: float, length: int = 4_800) -> Samples:
    """Noise that begins at each place and fades within ``length`` samples: drums, doors, steps."""
    sound = silence(samples)
    shape = np.exp(-np.arange(length) / (length / 5))[:, None]
    for number, place in enumerate(places):
        stop = min(samples, place + length)
        sound[place:stop] += (noise(length, rms_db, seed=number) * shape)[: stop - place].astype(np.float32)
    return sound


def joined(*parts: Samples) -> Samples:
    return np.concatenate(parts)


def write_f32(path: Path, sound: Samples) -> Path:
    sound.astype("<f4").tofile(path)
    return path


def read_f32(path: Path) -> Samples:
    return np.fromfile(path, "<f4").reshape(-1, 2)


def write_wav(
    path: Path,
    channels: npt.NDArray[np.float64] | Samples,
    rate: int = RATE,
    *,
    bits: int = 16,
    claimed_bytes: int | None = None,
) -> Path:
    """A WAV of shape (samples, channels): 16 and 24 bits PCM, 32 bits float. ``claimed_bytes`` is what its header
    says of the data chunk, where that should be a lie.
    """
    if bits == 32:
        data = channels.astype("<f4").tobytes()
    elif bits == 24:
        whole = np.round(channels * (2**23 - 1)).astype("<i4")
        data = whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    else:
        data = np.round(channels * 32767).astype("<i2").tobytes()
    count = channels.shape[1]
    claimed = len(data) if claimed_bytes is None else claimed_bytes
    kind = 3 if bits == 32 else 1
    form = struct.pack("<HHIIHH", kind, count, rate, rate * count * bits // 8, count * bits // 8, bits)
    head = b"RIFF" + struct.pack("<I", min(claimed + 36, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16) + form
    path.write_bytes(head + b"data" + struct.pack("<I", claimed) + data)
    return path


def onsets(sound: Samples, threshold: float, *, apart: int = 480) -> list[int]:
    """The highest sample of each run above ``threshold``, runs at least ``apart`` samples from each other."""
    level = np.abs(sound).max(axis=1)
    loud = np.flatnonzero(level > threshold)
    groups: Sequence[npt.NDArray[np.intp]] = np.split(loud, np.flatnonzero(np.diff(loud) > apart) + 1)
    return [int(group[np.argmax(level[group])]) for group in groups if len(group)]


def level_db(sound: Samples) -> tuple[float, float]:
    """RMS of the two sides in dB; −200 for silence."""
    power = np.square(sound.astype(np.float64)).mean(axis=0)
    return tuple(float(10 * np.log10(max(value, 1e-20))) for value in power)  # type: ignore[return-value]


def impurity_db(sound: Samples, hz: float) -> float:
    """What a left channel holds beside one sine, relative to it, in dB (least squares: no window to hide behind)."""
    turn = 2 * np.pi * hz * np.arange(len(sound)) / RATE
    basis = np.stack([np.sin(turn), np.cos(turn)], axis=1)
    wave = sound[:, 0].astype(np.float64)
    fitted = basis @ np.linalg.lstsq(basis, wave, rcond=None)[0]
    return float(10 * np.log10(max(np.square(wave - fitted).mean(), 1e-20) / np.square(fitted).mean()))
