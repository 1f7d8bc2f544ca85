"""Music fitted to the picture: cut or faded where it is longer than its place, extended by whole bars where shorter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, cast

from filmkit.model.analysis import Analysis, BarsRecipe
from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import Cue, Curve, Music, MusicFit
from filmkit.model.timebase import SAMPLE_RATE, samples
from filmkit.model.timeline import Seam, Shape, SoundClip
from filmkit.plan.bar_jumps import LEAST_BARS, Jump, best_jumps
from filmkit.plan.beats import beats_of
from filmkit.plan.cue_shape import DECLICK
from filmkit.plan.heard import Part, part_of
from filmkit.plan.shots import Path

FADE_S: Final = Fraction(3)
"""How long ``fit: fade`` fades out, at most half of what is heard."""

REST_FADE_S: Final = Fraction(1, 2)
"""Extended music is longer than its place by less than a bar: what is cut off is faded so long."""

_MOST_LINES: Final = 256
_MOST_TOLD: Final = 8
_TRIES: Final = 4
_BEFORE_S: Final = Fraction(35, 1000)
"""What lies before a bar line is heard in the crossing: at the very beginning of a file there is nothing."""

_MOST_MORE: Final = 1_000
"""Beyond these, several bars count as one: the work of a very long piece stays small."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Extended music: its ``seams``, and how many samples it would last."""

    seams: tuple[Seam, ...]
    length: int


@dataclass(frozen=True, slots=True)
class _Lines:
    """Bar lines within the part of a file that is played, in seconds of the file; the number of the bar that begins at
    each, counted from 1 in the file; and how long a beat is there.
    """

    at_s: tuple[Fraction, ...]
    bars: tuple[int, ...]
    beat_s: Fraction

    @property
    def is_enough(self) -> bool:
        """Whether there are bars to repeat."""
        return len(self.at_s) > LEAST_BARS

    @property
    def unit_s(self) -> Fraction:
        """How far two of the lines are apart, on the whole."""
        return (self.at_s[-1] - self.at_s[0]) / (len(self.at_s) - 1)

    def every(self, step: int) -> _Lines:
        """One line of so many."""
        return _Lines(self.at_s[::step], self.bars[::step], self.beat_s)


def bars_of(cue: Cue, film: Film, part: Part) -> Analysis | None:
    """What has to be compared before music can be extended; None where it is not to be, its beats are not known, or it
    has too few bars.
    """
    lines = _lines(cue, film, part) if isinstance(cue, Music) and cue.fit is MusicFit.EXTEND else None
    if lines is None or not lines.is_enough or cue.file is None:
        return None
    recipe = BarsRecipe(lines=tuple(map(samples, lines.at_s)), beat=max(1, samples(lines.beat_s)))
    return Analysis("bars", cue.file, recipe)


def _lines(cue: Music, film: Film, part: Part) -> _Lines | None:
    """None where the beats are not known."""
    known = beats_of(cue, film)
    if known is None or part.length_s is None:
        return None
    grid, in_s = known.bars, part.in_s
    begin_s = max(in_s, _BEFORE_S)
    first = max(0, grid.before(begin_s))
    first += grid.at(first) < begin_s
    stop = grid.before(in_s + part.length_s) + 1
    found = range(first, stop if grid.last is None else min(stop, grid.last + 1))
    at_s = tuple(map(grid.at, found))
    beat_s = (at_s[-1] - at_s[0]) / (len(at_s) - 1) / grid.bar if len(at_s) > 1 else Fraction(0)
    lines = _Lines(at_s, tuple(bar + 1 for bar in found), beat_s)
    return lines.every(-(-len(found) // _MOST_LINES) or 1)


def extended(cue: Music, film: Film, part: Part, wanted: int) -> Fitted | str:
    """The music made at least ``wanted`` samples long, by less than a bar more (two or more where it has over 256
    bars or over 1,000 are missing, and some count as one); or why it cannot be.
    """
    lines = _lines(cue, film, part)
    if lines is None:
        return "whole bars are repeated, and its beats are not known; give them by hand, as in beats: {tempo: 97 bpm}"
    if not lines.is_enough:
        return f"it has fewer than {LEAST_BARS} whole bars"
    asked = bars_of(cue, film, part)
    answer = film.analyses.get(asked) if asked else None
    if answer is None:
        return "its bars could not be compared"
    likeness = cast("Sequence[Sequence[int]]", answer["likeness"])
    there_s = part.length_s or Fraction(0)
    more_s = Fraction(wanted, SAMPLE_RATE) - there_s
    while more_s / lines.unit_s > _MOST_MORE and len(lines.at_s) > 2 * LEAST_BARS:
        lines, likeness = lines.every(2), [row[::2] for row in likeness[::2]]
    jumps = _jumps(lines, likeness, more_s)
    if jumps is None:
        return "no jumps between its bars make it as long as that"
    gained_s = sum((lines.at_s[jump.start] - lines.at_s[jump.to] for jump in jumps), Fraction(0))
    return Fitted(_seams(jumps, lines, part.in_s), samples(there_s + gained_s))


def _jumps(lines: _Lines, likeness: Sequence[Sequence[int]], more_s: Fraction) -> tuple[Jump, ...] | None:
    """The best jumps that gain enough; bars of music that was played by hand are not all as long as their mean."""
    least = (more_s / lines.unit_s).__ceil__()
    for more in range(least, least + _TRIES):
        jumps = best_jumps(likeness, more)
        if jumps is not None and sum(lines.at_s[jump.start] - lines.at_s[jump.to] for jump in jumps) >= more_s:
            return jumps
    return None


def _seams(jumps: Sequence[Jump], lines: _Lines, in_s: Fraction) -> tuple[Seam, ...]:
    """Jumps in samples of what is heard: each rounded by itself, so that no error adds up."""
    seams = []
    gained_s = Fraction(0)
    for jump in jumps:
        at = samples(lines.at_s[jump.start] - in_s + gained_s)
        gained_s += lines.at_s[jump.start] - lines.at_s[jump.to]
        source = samples(Fraction(at, SAMPLE_RATE) + in_s - gained_s)
        seams.append(Seam(at, source, lines.bars[jump.start], lines.bars[jump.to], jump.likeness))
    return tuple(seams)


@dataclass(frozen=True, slots=True)
class MusicPlace:
    """A cue of music and where its place ends: sample ``stop`` of the film."""

    cue: Music
    path: Path
    stop: int

    def fitted(self, clip: SoundClip, film: Film, findings: list[Finding]) -> SoundClip:
        """The clip, which ends with its file or its place, fitted as its cue says. Findings tell of seams, and of music
        that cannot be extended.
        """
        part, wanted = part_of(self.cue, film), self.stop - clip.start
        there = samples((part.length_s or Fraction(0)) / self.cue.speed)
        if self.cue.fit is MusicFit.EXTEND and wanted > there + DECLICK:
            made = extended(self.cue, film, part, wanted)
            if isinstance(made, str):
                findings.append(self._refused(clip.id, made))
                return clip
            findings[:] = [finding for finding in findings if finding.code != "sound-too-short"]
            findings += self._told(clip.id, made, film)
            clip, there = replace(clip, length=wanted, seams=made.seams), made.length
        return replace(clip, shape=self._shape(clip.shape, there, clip.length))

    def _shape(self, shape: Shape, there: int, heard: int) -> Shape:
        """With the fade out that fitting asks for, where more is there than is heard."""
        if self.cue.fit in {None, MusicFit.TRIM} or self.cue.fade_out is not None or there <= heard + DECLICK:
            return shape
        fade_s = FADE_S if self.cue.fit is MusicFit.FADE else REST_FADE_S
        return replace(shape, fade_out=min(samples(fade_s), max(1, heard // 2)), curve_out=Curve.SMOOTH)

    def _refused(self, name: str, why: str) -> Finding:
        return Finding("fit-refused", f"{name} cannot be extended: {why}", "let it loop, or choose longer music",
                       Severity.WARNING, about=name, path=(*self.path, "fit"))  # fmt: skip

    def _told(self, name: str, made: Fitted, film: Film) -> Iterator[Finding]:
        seams = ", ".join(
            f"after {seam.at / SAMPLE_RATE:.2f} s from bar {seam.from_bar} to {seam.to_bar} ({seam.likeness} of 100)"
            for seam in made.seams[:_MOST_TOLD]
        )
        more = f" and {len(made.seams) - _MOST_TOLD} more" if len(made.seams) > _MOST_TOLD else ""
        yield Finding("music-extended", f"{name} is extended; it goes on elsewhere {seams}{more}", "", Severity.NOTE,
                      about=name, path=(*self.path, "fit"))  # fmt: skip
        rate, first = film.storyboard.picture.fps, made.seams[0]
        in_s = part_of(self.cue, film).in_s
        for mark, time in self.cue.marks.items():
            if samples(time.at(rate) - in_s) >= first.at:
                yield Finding(
                    "mark-after-seam", f"the mark '{mark}' of {name} lies after its first seam: it is heard later than "
                    "what hangs on it", f"hang things on a beat of {name} instead, which counts what is heard",
                    Severity.WARNING, about=name, path=(*self.path, "marks", mark),
                )  # fmt: skip
