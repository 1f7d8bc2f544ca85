"""Linear ramps on whole frames: from and to black, and of a picture's opacity.

A ramp that rises over frames [a, b) is 0 at frame a - 1 and full at b, in equal steps; one that falls over [c, d) is
full at c - 1 and 0 at d: every frame of a fade is partly seen, and the two directions mirror each other. Frames count
from the segment's first and may lie outside it: the same film cut into pieces fades the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from filmkit.media.picture.retime import Stream
from filmkit.model.recipe import Fade


@dataclass(frozen=True, slots=True)
class Ramps:
    """Rises over ``rise``, falls over ``fall``: ranges of frames, each possibly absent."""

    rise: tuple[int, int] | None = None
    fall: tuple[int, int] | None = None

    @classmethod
    def of(cls, fade: Fade | None) -> Ramps:
        """A shot's fade from and to black."""
        if fade is None:
            return cls()
        rise = (fade.in_from, fade.in_to) if fade.in_from is not None and fade.in_to is not None else None
        fall = (fade.out_from, fade.out_to) if fade.out_from is not None and fade.out_to is not None else None
        return cls(rise, fall)

    def within(self, frames: int) -> Ramps:
        """Only the ramps that change a frame of a segment of this length."""
        rise = self.rise if self.rise is not None and self.rise[1] > 0 else None
        fall = self.fall if self.fall is not None and self.fall[0] < frames else None
        return Ramps(rise, fall)


def ramped(stream: Stream, ramps: Ramps, rate: Fraction, *, is_alpha: bool = False) -> Stream:
    """A stream of one picture a frame, in units of a frame or half a frame, brought up and down.

    ffmpeg's fade wants times ≥ 0: the clock is moved up for it and set back.
    """
    ramp_list = [("in", ramps.rise), ("out", ramps.fall)]
    spans = [(kind, span[0] - 1, span[1] + 1 - span[0]) for kind, span in ramp_list if span is not None]
    if not spans:
        return stream
    shift = max(0, *(-start for _, start, _ in spans))
    moved = stream.filter("setpts", f"N+{shift}")
    for kind, start, length in spans:
        options: dict[str, int | str] = {"alpha": 1} if is_alpha else {}
        moved = moved.filter("fade", type=kind, st=_s(start + shift, rate), d=_s(length, rate), **options)
    return moved.filter("setpts", "N")


def _s(frames: int, rate: Fraction) -> str:
    """Seconds to the microsecond: ffmpeg rounds them to its clock's ticks, which are whole frames here."""
    return f"{float(frames / rate):.6f}"
