"""Part of a sound from its last sample to its first, read block by block: nothing is held in memory."""

from __future__ import annotations

import numpy as np

from filmkit.media.sound.samples import Readable, Samples


class ReversedSound:
    """The samples [``first``, ``first + samples``) of ``sound``; sample 0 of this one is the last of them.

    Before its first and after its last sample lies silence, and so does what ``sound`` does not have.
    """

    def __init__(self, sound: Readable, first: int, samples: int) -> None:
        self._sound = sound
        self._first = first
        self.samples = samples

    def read(self, start: int, count: int) -> Samples:
        """Samples [``start``, ``start + count``), a new (count, 2) array."""
        begin, stop = max(0, start), min(self.samples, start + count)
        heard = np.zeros((count, 2), np.float32)
        if stop > begin:
            part = self._sound.read(self._first + self.samples - stop, stop - begin)
            heard[begin - start : stop - start] = part[::-1]
        return heard
