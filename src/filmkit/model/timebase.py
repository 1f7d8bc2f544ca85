"""Time as a film has it: whole frames at a rational rate, samples at 48 kHz, exact fractions between.

Floats appear nowhere in here. A :class:`Time` is what a person wrote (``4s``, ``12f``, ``00:00:04:12``); it becomes
seconds only together with the film's :class:`FrameRate`, because a frame is always a frame of the *film*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

SAMPLE_RATE = 48_000
"""Samples per second of all sound inside filmkit."""

_NTSC = {Fraction(rate) for rate in ("23.976", "23.98", "29.97", "47.952", "47.95", "59.94", "119.88")}
"""What people write for n·1000/1001."""


def round_half_up(value: Fraction) -> int:
    """The nearest whole number, halves towards +∞ (storyboard.md, Times)."""
    return (value + Fraction(1, 2)).__floor__()


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames per second as an exact fraction, 1 to 240; NTSC rates are n·1000/1001."""

    fps: Fraction

    @classmethod
    def parse(cls, text: str) -> FrameRate:
        """Reads ``24``, ``23.976`` or ``30000/1001``. Raises ValueError with what to write."""
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})|\d{1,3}(?:\.\d{1,3})?", text.strip())
        if match is None or (match[2] is not None and int(match[2]) == 0):
            raise ValueError(f"{text!r} is not a frame rate; write 24, 25, 30, 23.976, 29.97 or 30000/1001")
        fps = Fraction(text.strip())
        if fps in _NTSC:
            fps = Fraction(-(-fps.numerator // fps.denominator) * 1000, 1001)
        if not 1 <= fps <= 240:
            raise ValueError(f"{text!r} frames per second is outside 1 to 240")
        return cls(fps)

    @property
    def nominal(self) -> int:
        """The whole rate timecode counts at: 24 for 23.976."""
        return -(-self.fps.numerator // self.fps.denominator)

    def frames(self, seconds: Fraction) -> int:
        """Seconds to the nearest whole frame, halves up."""
        return round_half_up(seconds * self.fps)

    def seconds(self, frames: int) -> Fraction:
        """Exact seconds of a whole number of frames."""
        return frames / self.fps

    def samples(self, frames: int) -> int:
        """The sample (48 kHz) nearest to the start of a frame."""
        return samples(self.seconds(frames))

    def __str__(self) -> str:
        return str(self.fps)


def samples(seconds: Fraction) -> int:
    """Seconds to the nearest sample at 48 kHz, halves up."""
    return round_half_up(seconds * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Time:
    """A time as written: exact seconds plus whole frames of the film. Either may be negative in an offset."""

    seconds: Fraction = Fraction(0)
    frames: int = 0

    @classmethod
    def parse(cls, text: str) -> Time:
        """Reads ``4s``, ``0.5 s``, ``250ms``, ``12f`` or ``00:00:04:12``. Raises ValueError that says what to write."""
        plain = text.strip()
        if match := re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?(s|ms|f)", plain):
            return cls._with_unit(match[1], match[2], text)
        if match := re.fullmatch(r"(\d\d):([0-5]\d):([0-5]\d):(\d\d)", plain):
            hours, minutes, secs, frames = (int(part) for part in match.groups())
            return Timecode(Fraction(0), frames, (hours * 60 + minutes) * 60 + secs)
        raise ValueError(f"{text!r} is not a time; {_time_advice(plain)}")

    @classmethod
    def _with_unit(cls, number: str, unit: str, text: str) -> Time:
        if unit == "f":
            if "." in number:
                raise ValueError(f"{text!r} is not a whole number of frames; write 12f, or seconds such as 0.5s")
            return cls(Fraction(0), int(number))
        return cls(Fraction(number) / (1000 if unit == "ms" else 1))

    def at(self, rate: FrameRate) -> Fraction:
        """Exact seconds at the film's rate."""
        return self.seconds + rate.seconds(self.frames)

    def in_frames(self, rate: FrameRate) -> int:
        """Whole frames, halves up."""
        return rate.frames(self.at(rate))

    def __neg__(self) -> Time:
        return Time(-self.seconds, -self.frames)

    def __str__(self) -> str:
        parts = [f"{_decimal(self.seconds)}s"] if self.seconds or not self.frames else []
        return " + ".join(parts + ([f"{self.frames}f"] if self.frames else []))


@dataclass(frozen=True, slots=True)
class Timecode(Time):
    """A non-drop timecode: its seconds count at the nominal rate, so they become frames only with the rate."""

    clock_seconds: int = 0

    def at(self, rate: FrameRate) -> Fraction:
        return rate.seconds(self.clock_seconds * rate.nominal + self.frames)

    def __neg__(self) -> Time:
        return Timecode(Fraction(0), -self.frames, -self.clock_seconds)

    def __str__(self) -> str:
        minutes, secs = divmod(self.clock_seconds, 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{secs:02}:{self.frames:02}"


def _time_advice(text: str) -> str:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return f"write {text}s for seconds or {text.split('.')[0]}f for frames"
    if match := re.fullmatch(r"(\d+):(\d\d)", text):
        return f"write {int(match[1]) * 60 + int(match[2])}s, or 00:{int(match[1]):02}:{match[2]}:00"
    return "write 4s, 0.5s, 250ms, 12f or 00:00:04:12"


def _decimal(value: Fraction) -> str:
    text = f"{float(value):.9f}".rstrip("0").rstrip(".")
    return text or "0"
