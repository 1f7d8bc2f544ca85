"""Speed: from screen time to the take's time, exactly; constant or a ramp of straight pieces."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.take import Pictures
from filmkit.model.timebase import FrameRate, Time


@dataclass(frozen=True, slots=True)
class Speed:
    """Knots (screen seconds, speed) in order, straight between, held outside (storyboard.md, Times). Speeds are > 0."""

    knots: tuple[tuple[Fraction, Fraction], ...] = ((Fraction(0), Fraction(1)),)

    @classmethod
    def of(cls, written: Fraction | Mapping[Time, Fraction] | None, rate: FrameRate) -> Speed:
        """From the storyboard's ``speed``: a number, a ramp, or nothing."""
        if written is None:
            return cls()
        if isinstance(written, Fraction):
            return cls(((Fraction(0), written),))
        return cls(tuple(sorted((time.at(rate), speed) for time, speed in written.items())))

    @property
    def constant(self) -> Fraction | None:
        """The one speed, or None for a ramp."""
        speeds = {speed for _, speed in self.knots}
        return speeds.pop() if len(speeds) == 1 else None

    def taken(self, screen_s: Fraction) -> Fraction:
        """Seconds of the take that pass in ``screen_s`` seconds from the shot's first frame (negative before it)."""
        if (constant := self.constant) is not None:
            return constant * screen_s
        return self._integral(screen_s) - self._integral(Fraction(0))

    def _integral(self, until_s: Fraction) -> Fraction:
        """Area under the speed curve from the first knot to ``until_s``."""
        first_s, first = self.knots[0]
        if until_s <= first_s:
            return (until_s - first_s) * first
        area = Fraction(0)
        for (a_s, a), (b_s, b) in zip(self.knots, self.knots[1:], strict=False):
            if until_s <= b_s:
                here = a + (b - a) * (until_s - a_s) / (b_s - a_s)
                return area + (until_s - a_s) * (a + here) / 2
            area += (b_s - a_s) * (a + b) / 2
        last_s, last = self.knots[-1]
        return area + (until_s - last_s) * last

    def screen(self, take_s: Fraction) -> Fraction:
        """Screen seconds after which ``take_s`` seconds of the take have passed; to the microsecond for a ramp."""
        if (constant := self.constant) is not None:
            return take_s / constant
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
