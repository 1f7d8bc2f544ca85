"""Lines of dialogue against the picture: a line that is longer than its shot, and a voice that speaks over itself.

Both are questions for an editor, so each finding brings the choices with it, in numbers to paste. A line whose end was
written down (``lasts`` or ``to``) runs over a cut on purpose. So does the voice of somebody who is not in the picture:
one who is not in the ``cast`` of the shot (else of the film), or whom the script calls a narrator or an off voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import Line, Stem
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Clip
from filmkit.plan.place import Placed
from filmkit.plan.points import Points
from filmkit.plan.shots import Path
from filmkit.plan.speech import spoken_samples
from filmkit.plan.trouble import PointTrouble

_LEAST_FRAMES = 2
"""Less than this past a cut is the breath at the end of a recording: nobody hears it as the line going on."""

_OVERLAP_S = Fraction(1, 10)
"""Recordings begin and end with a little silence: less than this of two lines at once is not heard as such."""


_OFF_SCREEN = re.compile(r"narrat|voice[ -]?over|\((v\.? ?o|o\.? ?s|off)\.?\)|^v\.?o\.?$")
"""How scripts name a voice without a picture: Narrator, KEEPER (V.O.), KEEPER (O.S.)."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A line that sounds: exact seconds of the film from its first sample to its last."""

    name: str
    line: Line
    path: Path
    start_s: Fraction
    end_s: Fraction


def check_lines(film: Film, points: Points, clips: Sequence[Clip], placed: Mapping[str, Placed]) -> Iterator[Finding]:
    """Warnings for lines that outlast their shot, notes for a voice that speaks over itself. Raises nothing."""
    spoken = list(_spoken(film, points))
    for each in spoken:
        home = _home(each, points, clips)
        shot = placed.get(home.shot) if home else None
        if home is None or shot is None or not _is_bound(each.line, film, shot):
            continue
        over = _Overrun(each, home, shot, points)
        if over.frames >= _LEAST_FRAMES:
            yield over.finding(clips)
    yield from _at_once(spoken)


def _spoken(film: Film, points: Points) -> Iterator[_Spoken]:
    for at, line in enumerate(film.storyboard.sound.dialogue):
        with suppress(PointTrouble):  # told where the cue is placed
            start_s, end_s = points.cues.start(line), points.cues.last_heard(line)
            if 0 <= start_s < end_s and (line.file is not None or spoken_samples(line, film)):
                path: Path = ("sound", Stem.DIALOGUE.value, at)
                yield _Spoken(line.id or f"dialogue {at + 1}", line, path, start_s, end_s)


def _home(spoken: _Spoken, points: Points, clips: Sequence[Clip]) -> Clip | None:
    """The shot a line belongs to: the one it hangs on where it begins before that (a J-cut), else the one in which it
    begins; under a join, the later of the two.
    """
    base = spoken.line.at.base.lower() if spoken.line.at else ""
    named = points.names.expected.get(base, "")
    for clip in clips:
        if named and clip.shot in {named, base} and spoken.start_s < points.rate.seconds(clip.start):
            return clip
    begun = [clip for clip in clips if points.rate.seconds(clip.start) <= spoken.start_s]
    return begun[-1] if begun and spoken.start_s < points.rate.seconds(begun[-1].stop) else None


def _is_bound(line: Line, film: Film, shot: Placed) -> bool:
    """Whether a line should end with its shot: nobody said otherwise, and its speaker may be in the picture."""
    if line.lasts is not None or line.to is not None:
        return False
    if line.speaker is None:
        return True
    speaker = line.speaker.casefold()
    if _OFF_SCREEN.search(speaker):
        return False
    seen = shot.plan.source.cast or tuple(film.storyboard.cast)
    return not seen or speaker in {name.casefold() for name in seen}


@dataclass(frozen=True, slots=True)
class _Overrun:
    spoken: _Spoken
    clip: Clip
    shot: Placed
    points: Points

    @property
    def rate(self) -> FrameRate:
        return self.points.rate

    @property
    def over_s(self) -> Fraction:
        return self.spoken.end_s - self.rate.seconds(self.clip.stop)

    @property
    def frames(self) -> int:
        """Whole frames of the line past its shot, the last one begun."""
        return (self.over_s * self.rate.fps).__ceil__()

    def finding(self, clips: Sequence[Clip]) -> Finding:
        after = next((clip for clip in clips if clip.start <= self.clip.stop < clip.stop), None)
        over = f"{float(self.over_s):.2f} s ({self.frames} frames)"
        message = (
            f"{self.spoken.name} goes on for {over} after the end of {self.clip.shot}"
            if after
            else f"{self.spoken.name} is cut off: the film ends with {self.clip.shot}, {over} before the line does"
        )
        choices = [self._extend(), self._trim(), *self._earlier()]
        if after:
            choices.append(f"or let it run over {after.shot} on purpose (L-cut): lasts: {_up(self._whole_s)}")
        return Finding("line-past-shot", message, "; ".join(choices), Severity.WARNING,
                       about=self.spoken.name, path=self.spoken.path)  # fmt: skip

    @property
    def _whole_s(self) -> Fraction:
        return self.spoken.end_s - self.spoken.start_s

    def _extend(self) -> str:
        frames = self.clip.frames + self.frames
        given = self.shot.plan.natural_frames(self.rate, self.shot.in_s) if self.shot.plan.take else None
        short = (
            f" (its take gives {_up(self.rate.seconds(given))} only)"
            if given is not None and given < frames and not self.shot.plan.shot.short
            else ""
        )
        return f"extend {self._name}: lasts: {_up(self.rate.seconds(frames))}{short}"

    def _trim(self) -> str:
        """Where the shot ends, as a length and as a place in the file."""
        heard_s = self._whole_s - self.over_s
        rest_s = self.points.part(self.spoken.line).in_s + heard_s
        return (
            f"trim the line: lasts: {_down(heard_s)}; split it: lasts: {_down(heard_s)} here, "
            f"and a line of its own with in: {_down(rest_s)}"
        )

    def _earlier(self) -> Iterator[str]:
        """So much earlier that it ends with its shot, where that is still within the film."""
        start_s = self.spoken.start_s - self.over_s
        if start_s >= 0:
            offset_s = start_s - self.rate.seconds(self.clip.start)
            how = "earlier" if offset_s >= 0 else "before its picture (J-cut)"
            sign = "-" if offset_s < 0 else "+"
            yield f"begin it {how}: at: {self._name} {sign} {_up(-offset_s) if offset_s < 0 else _down(offset_s)}"

    @property
    def _name(self) -> str:
        """The shot as a point may call it."""
        plan = self.shot.plan
        is_known = self.points.names.expected.get(plan.shot.id.lower()) == plan.name
        return plan.shot.id if is_known else plan.name


def _at_once(spoken: Sequence[_Spoken]) -> Iterator[Finding]:
    """One voice speaks one line at a time."""
    voices: dict[str, list[_Spoken]] = {}
    for each in sorted(spoken, key=lambda line: line.start_s):
        if each.line.speaker:
            voices.setdefault(each.line.speaker.casefold(), []).append(each)
    for lines in voices.values():
        for first, second in pairwise(lines):
            both_s = min(first.end_s, second.end_s) - second.start_s
            if both_s >= _OVERLAP_S:
                yield Finding(
                    "lines-at-once",
                    f"{second.line.speaker} says {second.name} {float(both_s):.2f} s before {first.name} is over",
                    f"begin it later: at: {first.name}.end" if first.line.id else "begin it later",
                    Severity.NOTE, about=second.name, path=second.path,
                )  # fmt: skip


def _up(seconds: Fraction) -> str:
    """Seconds as a storyboard writes them, to the next thousandth: whole frames stay the same frames."""
    return _written((seconds * 1000).__ceil__())


def _down(seconds: Fraction) -> str:
    return _written((seconds * 1000).__floor__())


def _written(thousandths: int) -> str:
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".") + "s"
