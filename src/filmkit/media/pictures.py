"""From packets to pictures: when each is shown, at a constant rate where the file's own clock allows one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from filmkit.model.take import Pictures

Packet = tuple[int | None, int, bool]
"""Presentation time in ticks (None: not said), duration in ticks, whether decoding may begin there."""

_COMMON = [Fraction(n) for n in (8, 10, 12, 15, 16, 24, 25, 30, 48, 50, 60, 90, 100, 120)] + [
    Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)
]


def pictures_of(
    packets: Sequence[Packet], time_base: Fraction, rates: Sequence[Fraction], *, is_still: bool
) -> Pictures:
    """Pictures in order of presentation. Raises ValueError where no rate can be told for packets without times."""
    if is_still:
        return Pictures(1, time_base, Fraction(25))
    usable = [rate for rate in rates if 0 < rate <= 1000]
    if any(pts is None for pts, _, _ in packets):
        if not usable:
            raise ValueError("its pictures have no times and no rate")
        keys = tuple(at for at, (_, _, is_key) in enumerate(packets) if is_key)
        return Pictures(len(packets), time_base, usable[0], keys=keys or (0,))
    shown = sorted((pts, duration, is_key) for pts, duration, is_key in packets if pts is not None)
    ticks = [pts - shown[0][0] for pts, _, _ in shown]
    keys = tuple(at for at, (_, _, is_key) in enumerate(shown) if is_key) or (0,)
    for rate in _candidates(ticks, time_base, usable):
        if _fits(ticks, time_base, rate):
            return Pictures(len(ticks), time_base, rate, keys=keys)
    if any(a == b for a, b in pairwise(ticks)):
        raise ValueError("two of its pictures are shown at the same time")
    last = shown[-1][1] or (ticks[-1] - ticks[-2] if len(ticks) > 1 else 1)
    return Pictures(len(ticks), time_base, None, tuple(ticks), last, keys)


def _candidates(ticks: Sequence[int], time_base: Fraction, rates: Sequence[Fraction]) -> Iterator[Fraction]:
    """What the file says, then common rates near the measured one, whole ones first, then the measured one itself."""
    if len(ticks) < 2 or ticks[-1] == 0:
        yield from rates or [Fraction(25)]
        return
    yield from rates
    measured = (len(ticks) - 1) / (ticks[-1] * time_base)
    yield from (rate for rate in _COMMON if abs(rate - measured) < measured / 50)
    yield measured.limit_denominator(1001)


def _fits(ticks: Sequence[int], time_base: Fraction, rate: Fraction) -> bool:
    """Whether every time is within one tick of a regular one: containers round to their clock."""
    step = 1 / (rate * time_base)
    number, parts = step.numerator, step.denominator
    return all(abs(tick * parts - at * number) <= parts for at, tick in enumerate(ticks))
