"""Cues on the film's sample clock, each on its point. The takes' own sound is placed by plan/own_sound.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import Cue, Music, Stem
from filmkit.model.take import SourceFile
from filmkit.model.timebase import SAMPLE_RATE, samples
from filmkit.model.timeline import Shape, SoundClip
from filmkit.plan.cue_shape import DECLICK, cue_shape, used_part
from filmkit.plan.each import MOST_COPIES, Heard, Repeats
from filmkit.plan.heard import Part
from filmkit.plan.music_fit import MusicPlace
from filmkit.plan.points import Points
from filmkit.plan.shots import Path
from filmkit.plan.speech import SCRATCH, spoken_recipe
from filmkit.plan.trouble import PointTrouble


def place_cues(film: Film, points: Points, findings: list[Finding]) -> list[SoundClip]:
    """Every cue with a file, to the sample. Unknown points, cues before 0 and silent files become findings."""
    placed: list[SoundClip] = []
    counts: dict[str, int] = {}
    copies = 0
    for stem, cue in film.storyboard.sound.cues():
        index = counts.get(stem, 0)
        counts[stem] = index + 1
        path: Path = ("sound", stem.value, index)
        name = cue.id or f"{stem.value} {index + 1}"
        heard = _heard(cue, Repeats(film, points, name, path), findings)
        copies += sum(one.number > 0 for one in heard)
        if copies > MOST_COPIES:
            findings.append(Finding("too-many-copies", f"with {name} the cues of this film repeat more than "
                                    f"{MOST_COPIES:,} times", "repeat at bars, or end sooner", about=name,
                                    path=(*path, "each")))  # fmt: skip
            break
        found: list[Finding] = []
        for one in heard:
            clip = _CuePlace(name, stem, cue, path, one).clip(film, points, found)
            if clip is not None and isinstance(cue, Music) and one.stop_s is not None:
                stop = min(points.rate.samples(points.film_stop or 0), samples(one.stop_s))
                clip = MusicPlace(cue, path, stop).fitted(clip, film, found)
            placed += [] if clip is None else [clip]
        findings += {finding.code: finding for finding in reversed(found)}.values()  # of copies, the first that has it
    return placed


def _heard(cue: Cue, repeats: Repeats, findings: list[Finding]) -> list[Heard]:
    """When a cue is heard: once, many times, or, with a finding, not at all."""
    key, name, path = "each" if cue.each else "at", repeats.name, repeats.path
    try:
        if cue.each is not None:
            return repeats.of(cue, findings)
        start_s = repeats.points.cues.start(cue)
        key = "to"
        heard = Heard(0, start_s, repeats.points.cues.end(cue))
    except PointTrouble as trouble:
        findings.append(Finding("point", f"{name}: {trouble.message}", trouble.remedy, about=name, path=(*path, key)))
        return []
    if start_s < 0:
        findings.append(Finding("cue-before-start", f"{name} would begin {float(-start_s):.3f} s before the film",
                                "hang it later", about=name, path=(*path, "at")))  # fmt: skip
        return []
    return [heard]


@dataclass(frozen=True, slots=True)
class _CuePlace:
    cue_name: str
    stem: Stem
    cue: Cue
    path: Path
    heard: Heard

    @property
    def name(self) -> str:
        """``whoosh``, or ``whoosh 3`` of a cue that repeats."""
        return f"{self.cue_name} {self.heard.number}" if self.heard.number else self.cue_name

    def clip(self, film: Film, points: Points, findings: list[Finding]) -> SoundClip | None:
        file = film.files.get(self.cue.file) if self.cue.file else None
        spoken = spoken_recipe(self.cue, film)
        if spoken is None and not self._sounds(file, findings):
            return None
        part = points.part(self.cue)
        length = self._length(part, points, findings)
        if length < 1:
            return None
        shape = cue_shape(self.cue, points.rate)
        findings += self._fades(shape, length)
        used = used_part(self.cue, part, self._told(), length)
        return SoundClip(
            id=self.name + SCRATCH * (spoken is not None),
            stem=self.stem,
            file=file,
            start=samples(self.heard.start_s),
            length=length,
            source_start=used.start,
            source_stop=used.stop,
            shape=shape,
            pieces=used.pieces,
            reversed_samples=used.reversed_samples,
            duck=self.cue.duck,
            copy_of=self.cue_name if self.heard.number or spoken else "",
            spoken=spoken,
        )

    def _fades(self, shape: Shape, length: int) -> Iterator[Finding]:
        """A warning for fades that leave no room for the sound itself."""
        if shape.fade_in + shape.fade_out > length + 2 * DECLICK and max(shape.fade_in, shape.fade_out) > DECLICK:
            both = f"{shape.fade_in / SAMPLE_RATE:.2f} s in and {shape.fade_out / SAMPLE_RATE:.2f} s out"
            heard = f"{length / SAMPLE_RATE:.2f} s of it are heard"
            yield Finding("fades-too-long", f"{self.name} never reaches its level: it fades {both}, and {heard}",
                          "shorten its fades, or let more of it be heard", Severity.WARNING,
                          about=self.name, path=self.path)  # fmt: skip

    def _told(self) -> int | None:
        """Samples up to the end it was told, where it was told one."""
        return None if self.heard.stop_s is None else samples(self.heard.stop_s) - samples(self.heard.start_s)

    def _sounds(self, file: SourceFile | None, findings: list[Finding]) -> bool:
        """Whether there is a sound in its file. A missing or refused file has its own finding; a line without one is
        only captioned.
        """
        if file is None or file.facts is None:
            return False
        if file.facts.audio is None:
            findings.append(Finding("no-sound", f"{self.name}: {file.name} has no sound", "name another file",
                                    about=self.name, path=(*self.path, "file")))  # fmt: skip
        return file.facts.audio is not None

    def _length(self, part: Part, points: Points, findings: list[Finding]) -> int:
        """Samples heard: to the cue's end, the sound's own, or the film's, whichever comes first."""
        start, told = samples(self.heard.start_s), self._told()
        given = samples((part.length_s or Fraction(0)) / self.cue.speed)
        film_left = points.rate.samples(points.film_stop or 0) - start
        if given < 1 or film_left < 1 or (told is not None and told < 1):
            self._silent(given, film_left, findings)
            return 0
        if told is None and self.cue.loop:
            findings.append(Finding("loop-without-end", f"{self.name} loops without an end", "give it 'lasts' or 'to'",
                                    about=self.name, path=(*self.path, "loop")))  # fmt: skip
        wanted = film_left if told is None else min(film_left, told)
        if told is not None and self.cue.file and not self.cue.loop and wanted > given + DECLICK:
            findings.append(
                Finding(
                    "sound-too-short",
                    f"{self.name} is over {(wanted - given) / SAMPLE_RATE:.2f} s before its end: the file gives "
                    f"{given / SAMPLE_RATE:.2f} s",
                    "let it loop, end it earlier, or begin later in the file",
                    Severity.WARNING,
                    about=self.name,
                    path=self.path,
                )
            )
        return wanted if self.cue.loop else min(wanted, given)

    def _silent(self, given: int, film_left: int, findings: list[Finding]) -> None:
        why = (
            (f"nothing in it is louder than {self.cue.trim:g} dB" if self.cue.trim is not None else "")
            or "its file gives nothing after 'in'"
            if given < 1
            else "it begins at or after the film's end"
            if film_left < 1
            else "it ends before it begins"
        )
        findings.append(Finding("cue-silent", f"{self.name} is never heard: {why}", "change 'in', 'at' or its end",
                                about=self.name, path=self.path))  # fmt: skip
