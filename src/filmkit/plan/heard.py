"""Which part of its file a cue may play: from where, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.analysis import Analysis, SilenceRecipe
from filmkit.model.film import Film
from filmkit.model.sound import Cue
from filmkit.model.timebase import SAMPLE_RATE, FrameRate, samples
from filmkit.plan.speech import speaking_samples


@dataclass(frozen=True, slots=True)
class Part:
    """``in_s`` seconds of the file are skipped; ``length_s`` may be heard from there (None: not known)."""

    in_s: Fraction
    length_s: Fraction | None


def part_of(cue: Cue, film: Film) -> Part:
    """From ``in`` to the end of the file, less the silence that ``trim`` cuts off at both ends."""
    in_s = cue.in_.at(film.storyboard.picture.fps)
    file = film.files.get(cue.file) if cue.file else None
    audio = file.facts.audio if file and file.facts else None
    if audio is None:
        spoken = speaking_samples(cue, film)
        return Part(in_s, None if spoken is None else Fraction(spoken, SAMPLE_RATE) - in_s)
    length_s = audio.seconds - in_s
    asked = silence_of(cue, film.storyboard.picture.fps)
    answer = film.analyses.get(asked) if asked else None
    if answer is None:
        return Part(in_s, length_s)
    before, after = (Fraction(int(str(answer[end])), SAMPLE_RATE) for end in ("before", "after"))
    return Part(in_s + before, length_s - before - after)


def silence_of(cue: Cue, rate: FrameRate) -> Analysis | None:
    """What has to be measured of a cue's file before its silence can be trimmed."""
    if cue.trim is None or cue.file is None:
        return None
    return Analysis("silence", cue.file, SilenceRecipe(threshold_db=cue.trim, first=samples(cue.in_.at(rate))))
