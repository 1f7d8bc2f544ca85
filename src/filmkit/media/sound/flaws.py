"""Flaws of a sound that is whole and is played as it is: sides that cancel in mono, and a constant offset.

Two sides cancel where, over all blocks of 85 ms above −50 dBFS, their correlation is below −0.6 and their sum in mono
lies more than 10 dB below them: one of them is turned over. A wide stereo recording stays above both (uncorrelated
sides lose 3 dB). An offset is a mean of more than 0.02 of full scale (−34 dBFS): it takes head-room from the mix and
is heard as a knock where the sound begins and ends. Sounds shorter than half a second (offset: a second) are too short
to tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from filmkit.media.sound.samples import Samples, decibels
from filmkit.model.timebase import SAMPLE_RATE

_BLOCK = 4_096
_LOUD = 1e-5
_LEAST_LOUD_BLOCKS = 6
_CORRELATION = -0.6
_LOSS_DB = 10.0
_OFFSET = 0.02


class Flaws:
    """Collects over the blocks of one sound, in any lengths; blocks for phase begin with each ``add``."""

    def __init__(self) -> None:
        self._samples = 0
        self._sums = np.zeros(2)
        self._loud_blocks = 0
        self._left = self._right = self._product = 0.0

    def add(self, samples: Samples) -> None:
        """Takes in the next samples."""
        self._samples += len(samples)
        self._sums += samples.sum(axis=0, dtype=np.float64)
        whole = samples[: len(samples) // _BLOCK * _BLOCK].astype(np.float64)
        left, right = whole[:, 0].reshape(-1, _BLOCK), whole[:, 1].reshape(-1, _BLOCK)
        powers = [(one * other).sum(axis=1) for one, other in ((left, left), (right, right), (left, right))]
        loud = powers[0] + powers[1] > 2 * _LOUD * _BLOCK
        self._loud_blocks += int(loud.sum())
        self._left += float(powers[0][loud].sum())
        self._right += float(powers[1][loud].sum())
        self._product += float(powers[2][loud].sum())

    def found(self) -> Iterator[tuple[str, str]]:
        """(code, message) of each flaw."""
        if (loss_db := self._mono_loss_db()) is not None:
            quieter = f"{loss_db:.0f}" if loss_db < 60 else "more than 60"
            message = f"its two sides cancel each other: in mono, as on a telephone, it is {quieter} dB quieter"
            yield "anti-phase", f"{message}; turn one side over, or use one side only"
        offset = float(np.abs(self._sums).max()) / max(1, self._samples)
        if self._samples >= SAMPLE_RATE and offset > _OFFSET:
            message = f"it stands {decibels(offset):.0f} dBFS off zero all the time, which takes head-room from the mix"
            yield "dc-offset", f"{message} and knocks at its ends; a 'high_pass' on its stem's bus takes that away"

    def _mono_loss_db(self) -> float | None:
        """How far the mono sum lies below the sides, where that is a flaw."""
        both = math.sqrt(self._left * self._right)
        if self._loud_blocks < _LEAST_LOUD_BLOCKS or not both or round(self._product / both, 6) > _CORRELATION:
            return None
        mono = max(0.0, self._left + self._right + 2 * self._product) / 4
        loss_db = 10 * math.log10((self._left + self._right) / 2 / mono) if mono else math.inf
        return loss_db if round(loss_db, 6) > _LOSS_DB else None
