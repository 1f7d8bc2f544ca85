"""What of its file a cue plays, at which speed and in which direction, and how it is faded: in samples."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.sound import Cue, Curve, SoundFade
from filmkit.model.timebase import SAMPLE_RATE, FrameRate, samples
from filmkit.model.timeline import Shape
from filmkit.plan.heard import Part

DECLICK = SAMPLE_RATE * 5 // 1000
"""Five milliseconds: the shortest fade at either end of any sound."""


@dataclass(frozen=True, slots=True)
class UsedPart:
    """As in ``SoundClip``: the first sample read, stretched ``pieces``, how many are heard backwards (0: none), and
    where a loop goes back before the end of its file.
    """

    start: int
    pieces: tuple[tuple[int, int, int], ...] = ()
    reversed_samples: int = 0
    stop: int | None = None


def used_part(cue: Cue, part: Part, told: int | None, length: int) -> UsedPart:
    """What is read of ``part``; ``told`` are samples up to the end a cue was told (None: it plays out), ``length``
    those that are heard before the film is over.

    Backwards, it begins where the part ends: at its told end, or its own. What repeats is all of the part.
    """
    first, length_s = samples(part.in_s), part.length_s or Fraction(0)
    whole = samples(length_s / cue.speed)
    used = whole if cue.loop or told is None else min(whole, told)
    if not cue.reverse and not cue.loop:
        used = length
    backwards = used if cue.reverse else 0
    if cue.speed != 1:
        return UsedPart(0, ((first, max(1, samples(Fraction(used, SAMPLE_RATE) * cue.speed)), used),), backwards)
    stops_early = cue.loop and cue.trim is not None and not cue.reverse
    return UsedPart(first, (), backwards, first + samples(length_s) if stops_early else None)


def cue_shape(cue: Cue, rate: FrameRate) -> Shape:
    """Gain, pan, fades and loop of a cue."""
    fade_in, curve_in = fade_of(cue.fade_in, rate)
    fade_out, curve_out = fade_of(cue.fade_out, rate)
    return Shape(cue.gain, cue.pan, fade_in, fade_out, curve_in, curve_out, cue.loop)


def fade_of(fade: SoundFade | None, rate: FrameRate) -> tuple[int, Curve]:
    """Samples and curve of a fade; a declick where none is written, or a shorter one."""
    if fade is None:
        return DECLICK, Curve.LINEAR
    return max(DECLICK, samples(fade.lasts.at(rate))), fade.curve
