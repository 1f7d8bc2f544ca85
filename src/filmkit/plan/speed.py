"""Speed: from screen time to the take's time, exactly; constant or a ramp of straight pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, pairwise

from filmkit.model.take import Pictures
from filmkit.model.timebase import FrameRate, Time


@dataclass(frozen=True, slots=True)
class Speed:
    """Knots (screen seconds, speed) in order, straight between, held outside (storyboard.md, Times). Speeds are > 0.

    ``constant`` is the one speed, or None for a ramp.
    """

    knots: tuple[tuple[Fraction, Fraction], ...] = ((Fraction(0), Fraction(1)),)
    constant: Fraction | None = field(init=False, repr=False, compare=False)
    _areas: tuple[Fraction, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """What every question needs is worked out once: a ramp may have thousands of knots."""
        speeds = {speed for _, speed in self.knots}
        pieces = ((b_s - a_s) * (a + b) / 2 for (a_s, a), (b_s, b) in pairwise(self.knots))
        object.__setattr__(self, "constant", speeds.pop() if len(speeds) == 1 else None)
        object.__setattr__(self, "_areas", tuple(accumulate(pieces, initial=Fraction(0))))

    @classmethod
    def of(cls, written: Fraction | Mapping[Time, Fraction] | None, rate: FrameRate) -> Speed:
        """From the storyboard's ``speed``: a number, a ramp, or nothing."""
        if written is None:
            return cls()
        if isinstance(written, Fraction):
            return cls(((Fraction(0), written),))
        return cls(tuple(sorted((time.at(rate), speed) for time, speed in written.items())))

    def taken(self, screen_s: Fraction) -> Fraction:
        """Seconds of the take that pass in ``screen_s`` seconds from the shot's first frame (negative before it)."""
        if self.constant is not None:
            return self.constant * screen_s
        return self._integral(screen_s) - self._integral(Fraction(0))

    def _integral(self, until_s: Fraction) -> Fraction:
        """Area under the speed curve from the first knot to ``until_s``."""
        at = bisect_left(self.knots, until_s, key=lambda knot: knot[0])
        if at == 0:
            first_s, first = self.knots[0]
            return (until_s - first_s) * first
        (a_s, a), area = self.knots[at - 1], self._areas[at - 1]
        if at == len(self.knots):
            return area + (until_s - a_s) * a
        b_s, b = self.knots[at]
        here = a + (b - a) * (until_s - a_s) / (b_s - a_s)
        return area + (until_s - a_s) * (a + here) / 2

    def screen(self, take_s: Fraction) -> Fraction:
        """Screen seconds after which ``take_s`` seconds of the take have passed; to the microsecond for a ramp."""
        if self.constant is not None:
            return take_s / self.constant
        slowest = min(speed for _, speed in self.knots)
        low, high = sorted((Fraction(0), take_s / slowest))
        while high - low > Fraction(1, 2_000_000):
            middle = (low + high) / 2
            low, high = (middle, high) if self.taken(middle) < take_s else (low, middle)
        return Fraction(round(high * 1_000_000), 1_000_000)


def pictures_shown(pictures: Pictures, in_s: Fraction, speed: Speed, rate: FrameRate, frames: int) -> Sequence[int]:
    """For each of ``frames`` frames the index of the picture that stands at ``in_s + k × speed / fps`` of the take.

    May run past the last picture: the caller compares with ``pictures.count``. A picture counts as standing within one
    tick of its own clock, because containers round times to ticks.
    """
    constant = speed.constant
    if pictures.rate is None:
        times = (in_s + speed.taken(rate.seconds(frame)) for frame in range(frames))
        return [_standing(pictures, time) for time in times]
    if constant is None:
        return [((in_s + speed.taken(rate.seconds(frame))) * pictures.rate).__floor__() for frame in range(frames)]
    first, step = in_s * pictures.rate, constant * pictures.rate / rate.fps
    if step == 1:
        return range(first.__floor__(), first.__floor__() + frames)
    whole = first.denominator * step.denominator
    start, stride = first.numerator * step.denominator, step.numerator * first.denominator
    return [(start + frame * stride) // whole for frame in range(frames)]


def _standing(pictures: Pictures, time_s: Fraction) -> int:
    if time_s >= pictures.end:
        return pictures.count
    return max(0, bisect_right(pictures.ticks, time_s / pictures.time_base + 1) - 1)


def frames_given(pictures: Pictures, in_s: Fraction, speed: Speed, rate: FrameRate) -> int:
    """How many whole frames a take gives from ``in_s`` on: those whose time lies before its end."""
    left_s = pictures.end - in_s
    if left_s <= 0:
        return 0
    if (constant := speed.constant) is not None:
        return -((-left_s * rate.fps / constant).__floor__())
    frames = (speed.screen(left_s) * rate.fps).__floor__()
    while speed.taken(rate.seconds(frames)) < left_s:
        frames += 1
    while frames > 0 and speed.taken(rate.seconds(frames - 1)) >= left_s:
        frames -= 1
    return frames
