"""The curves of fades: how a sound rises from nothing to its level. A fade out is the mirror of its fade in.

With t from 0 to 1 over the fade, the factor is

    linear        t                          straight in amplitude: −6 dB half way
    power         √(3t² − 2t³)               equal power: with its mirror, the squares add up to 1 (−3 dB half way)
    smooth        3t² − 2t³                  an S: begins and ends level, −6 dB half way
    exponential   (2^(10t) − 1) / 1023       straight in decibels over 60 dB, to −40 dB within 1 dB; then to nothing

Only sums, products, quotients and roots are used, which every processor computes alike: library powers are not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LN2 = 0.6931471805599453
_OCTAVES = 10
_SQUARINGS = 4
_TERMS = 14


def fade_factors(first: int, count: int, length: int, curve: str) -> npt.NDArray[np.float32]:
    """Factors of the samples ``first`` … of a fade in over ``length`` samples; 1 past its end. Shape (count, 1).

    Raises ValueError for a curve without a name here.
    """
    share = np.clip((np.arange(first, first + count) + 0.5) / length, 0.0, 1.0)
    return _shaped(share, curve).astype(np.float32)[:, None]


def _shaped(share: npt.NDArray[np.float64], curve: str) -> npt.NDArray[np.float64]:
    if curve == "linear":
        return share
    if curve == "exponential":
        return (_octaves_up(share) - 1.0) / (2.0**_OCTAVES - 1.0)
    smooth = share * share * (3.0 - 2.0 * share)
    if curve == "power":
        root: npt.NDArray[np.float64] = np.sqrt(smooth)
        return root
    if curve == "smooth":
        return smooth
    raise ValueError(f"no fade has the curve {curve!r}")


def _octaves_up(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """2 ** (10 · share): Taylor's series of a small power, squared four times."""
    small = share * (_OCTAVES * _LN2 / 2**_SQUARINGS)
    total: npt.NDArray[np.float64] = np.ones_like(small)
    for term in range(_TERMS, 0, -1):
        total = 1.0 + small * total / term
    for _ in range(_SQUARINGS):
        total = total * total
    return total
