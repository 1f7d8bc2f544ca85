"""The bus of a stem: what its sum goes through before it reaches the mix, a gain and a high-pass.

The high-pass is a Butterworth of second order, 12 dB an octave, by the bilinear transform (the biquad of the audio EQ
cookbook with Q = 1/√2). It is worked out in plain products and sums, exactly, with its state carried from block to
block: there is no seam, and the samples are the same on every processor.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.samples import CHANNELS, gain
from filmkit.model.timebase import SAMPLE_RATE

Floats = npt.NDArray[np.float64]

_RUN = 128
"""The recursion goes through runs of so many samples, all of a block side by side."""


class Bus:
    """Takes the blocks of a stem in order. Gain in dB, corner of the high-pass in Hz (None: there is none)."""

    def __init__(self, gain_db: float = 0.0, high_pass_hz: float | None = None) -> None:
        self._factor = gain(gain_db)
        self._high_pass = None if high_pass_hz is None else HighPass(high_pass_hz)

    def through(self, block: Floats) -> Floats:
        """The block as it leaves the bus; shape (samples, 2)."""
        if self._high_pass is not None:
            block = self._high_pass.filtered(block)
        return block if self._factor == 1.0 else block * self._factor


class HighPass:
    """−3 dB at ``hz``, falling by 12 dB an octave below it."""

    def __init__(self, hz: float) -> None:
        corner = float(np.float32(math.tan(math.pi * hz / SAMPLE_RATE)))  # rounded: the same with every libm
        self._scale = 1.0 / (1.0 + math.sqrt(2.0) * corner + corner * corner)
        self._near = 2.0 * (1.0 - corner * corner) * self._scale
        self._far = -(1.0 - math.sqrt(2.0) * corner + corner * corner) * self._scale
        self._given = np.zeros((CHANNELS, 2))
        self._left = np.zeros((CHANNELS, 2))
        self._echo = self._echoes()

    def filtered(self, block: Floats) -> Floats:
        """The next block, filtered; shape (samples, 2)."""
        given = np.concatenate([self._given, block.T], axis=1)
        runs = -(-len(block) // _RUN)
        driven = np.zeros((CHANNELS, runs * _RUN))
        curvature = driven[:, : len(block)]
        np.subtract(given[:, 2:], 2.0 * given[:, 1:-1], out=curvature)
        curvature += given[:, :-2]
        curvature *= self._scale
        out = self._joined(self._side_by_side(driven.reshape(CHANNELS, runs, _RUN)))[:, : len(block)]
        self._given = given[:, -2:]
        self._left = np.concatenate([self._left, out], axis=1)[:, -2:]
        return np.ascontiguousarray(out.T)

    def _side_by_side(self, driven: Floats) -> Floats:
        """The recursion over each run as if silence lay before it; shape (side, run, sample)."""
        steps = np.ascontiguousarray(driven.transpose(2, 0, 1))
        steps[1] += steps[0] * self._near
        for at in range(2, _RUN):
            steps[at] += steps[at - 1] * self._near
            steps[at] += steps[at - 2] * self._far
        return np.ascontiguousarray(steps.transpose(1, 2, 0))

    def _joined(self, runs: Floats) -> Floats:
        """Adds to each run what rings on from the run before it; shape (side, sample)."""
        last, other = self._echo
        for side, own in enumerate(runs):
            before = np.array(self._before_each(own, self._left[side]))
            own += before[:, 1:] * last
            own += before[:, :1] * other
        return runs.reshape(CHANNELS, -1)

    def _before_each(self, runs: Floats, left: Floats) -> list[tuple[float, float]]:
        """The last but one and the last sample before each run."""
        (last_other, last_last), (other_other, other_last) = self._echo[:, -2:].tolist()
        other, last = left.tolist()
        found = []
        for own_other, own_last in runs[:, -2:].tolist():
            found.append((other, last))
            other, last = (
                own_other + last * last_other + other * other_other,
                own_last + last * last_last + other * other_last,
            )
        return found

    def _echoes(self) -> Floats:
        """What the samples of a run get of the last sample before it (row 0) and of the one before that (row 1)."""
        echo = np.zeros((2, _RUN + 2))
        echo[0, 1] = echo[1, 0] = 1.0
        for at in range(2, _RUN + 2):
            echo[:, at] = echo[:, at - 1] * self._near + echo[:, at - 2] * self._far
        return echo[:, 2:]
