"""A sound that is measured while it is still being written: reading it waits for what is not there yet."""

from __future__ import annotations

import math
import threading
from pathlib import Path

from filmkit.media.sound.loudness import HOPS_A_STEP, Floats, Levels, measure_step
from filmkit.media.sound.samples import BYTES_PER_SAMPLE, Samples, SoundFile
from filmkit.media.sound.truepeak import HOPS_A_SEARCH, search_peaks

_LOOK_S = 0.01


class ComingSound(SoundFile):
    """A ``.f32`` file that will have ``samples`` samples; more that come after them do not belong to it."""

    def __init__(self, path: Path, samples: int) -> None:
        self.path = path
        self.samples = samples
        self._over = threading.Event()

    def finish(self) -> None:
        """Nothing more will come."""
        self._over.set()

    def read(self, start: int, count: int) -> Samples:
        """As of any sound file. Raises EOFError where the writer finished before what is asked for."""
        needed = min(start + count, self.samples) * BYTES_PER_SAMPLE
        while self._bytes() < needed:
            if self._over.wait(_LOOK_S) and self._bytes() < needed:
                raise EOFError(f"{self.path.name} ends early")
        return super().read(start, count)

    def _bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


def measure_once(sound: SoundFile, ceiling: float) -> tuple[Levels, Floats]:
    """Levels and true peaks of each hop (factors of full scale), in one pass from its beginning to its end.

    True are the highest peak of all, and all peaks above ``ceiling``; elsewhere the sample peak may stand.
    """
    levels = Levels.empty(sound.samples)
    peaks = levels.peak.copy()
    highest = 0.0
    for first in range(0, levels.hops + HOPS_A_SEARCH, HOPS_A_SEARCH):
        for step in range(first, min(levels.hops, first + HOPS_A_SEARCH), HOPS_A_STEP):
            measure_step(sound, levels, step)
        if first:  # one behind: a bound needs the levels of the next hop
            done = slice(first - HOPS_A_SEARCH, first)
            peaks[done] = levels.peak[done]
            highest = max(highest, float(peaks[done].max()))
            search_peaks(sound, levels, peaks, done.start, (min(highest, ceiling), math.inf))
            highest = max(highest, float(peaks[done].max()))
    return levels, peaks
