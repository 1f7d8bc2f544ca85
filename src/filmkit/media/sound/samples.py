"""Sound as it lies between steps: raw ``.f32`` files, 48 kHz stereo, float32 little endian, interleaved.

Arrays are of shape (samples, 2). Full scale is ±1.0; float has headroom, so nothing clips before the master's encoder.
Files are read with plain reads and never memory-mapped: mapped pages would count as memory of the process, and that
must stay flat however long a film is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from filmkit.media.children import check_stopped

Samples: TypeAlias = npt.NDArray[np.float32]

CHANNELS = 2
BYTES_PER_SAMPLE = 4 * CHANNELS
BLOCK_SAMPLES = 65_536
"""How many samples are worked on at a time (0.5 MB, inside a core's cache)."""

SILENCE_DB = -200.0
"""What :func:`decibels` says of digital silence, which JSON has no number for."""


class Readable(Protocol):
    """What can be read like a :class:`SoundFile`."""

    samples: int

    def read(self, start: int, count: int) -> Samples:
        """Samples [``start``, ``start + count``), a new (count, 2) array; what lies outside is 0."""
        ...


class SoundFile:
    """One ``.f32`` file, readable at any sample; silence lies before its first and after its last one."""

    def __init__(self, path: Path) -> None:
        size = path.stat().st_size
        if size % BYTES_PER_SAMPLE:
            raise ValueError(f"{path.name} is not whole stereo float samples: {size} bytes")
        self.path = path
        self.samples = size // BYTES_PER_SAMPLE

    def read(self, start: int, count: int) -> Samples:
        """Samples [``start``, ``start + count``), a new (count, 2) array; what lies outside the file is 0."""
        first, last = max(0, start), min(self.samples, start + count)
        if last <= first:
            return np.zeros((count, CHANNELS), np.float32)
        found = np.fromfile(self.path, "<f4", (last - first) * CHANNELS, offset=first * BYTES_PER_SAMPLE)
        found = found.reshape(-1, CHANNELS)
        if len(found) == count:
            return found
        whole = np.zeros((count, CHANNELS), np.float32)
        whole[first - start : last - start] = found
        return whole

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[tuple[int, Samples]]:
        """(first sample, samples) of the whole file, in order."""
        for start, count in spans(self.samples, block_samples):
            yield start, self.read(start, count)


def spans(samples: int, block_samples: int = BLOCK_SAMPLES) -> Iterator[tuple[int, int]]:
    """(first sample, count) of each block of a sound of ``samples``. Raises Stopped: long sounds take a while."""
    for start in range(0, samples, block_samples):
        check_stopped()
        yield start, min(block_samples, samples - start)


def gain(decibel: float) -> float:
    """The factor of a gain in dB, rounded to float32 so that it is the same on every machine."""
    return float(np.float32(10.0 ** (decibel / 20.0)))


def decibels(factor: float) -> float:
    """A factor ≥ 0 in dB; :data:`SILENCE_DB` at or below that level."""
    return max(SILENCE_DB, 20.0 * float(np.log10(factor))) if factor > 0 else SILENCE_DB
