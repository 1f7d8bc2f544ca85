"""The takes' own sound on the film's sample clock: under their pictures, and before and after as is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import Curve, OwnSound, Stem
from filmkit.model.take import AudioFacts, SourceFile
from filmkit.model.timebase import SAMPLE_RATE, FrameRate, samples
from filmkit.model.timeline import Clip, Shape, SoundClip, TakeMaterial
from filmkit.plan.cue_shape import DECLICK, fade_of
from filmkit.plan.place import Placed
from filmkit.plan.speed import Speed

_RAMP_STEP_S = Fraction(1, 10)


def place_own_sounds(
    clips: list[Clip], placed: dict[str, Placed], rate: FrameRate, findings: list[Finding]
) -> list[SoundClip]:
    """The takes' own sound under their pictures; joins cross over the same frames with equal power."""
    sounds = []
    for at, clip in enumerate(clips):
        shot = placed.get(clip.shot)
        material = clip.material
        if shot is None or not isinstance(material, TakeMaterial) or shot.plan.inherits.own_sound.mute:
            continue
        audio = material.take.file.facts.audio if material.take.file.facts else None
        if audio is None:
            continue
        after = clips[at + 1].join.frames if at + 1 < len(clips) else 0
        own = _OwnSound(clip, shot, shot.plan.inherits.own_sound, audio, material.take.file, after)
        sounds.append(own.clip_at(rate, clips[-1].stop, findings))
    return sounds


@dataclass(frozen=True, slots=True)
class _OwnSound:
    clip: Clip
    shot: Placed
    own: OwnSound
    audio: AudioFacts
    file: SourceFile
    join_after: int

    def clip_at(self, rate: FrameRate, film_stop: int, findings: list[Finding]) -> SoundClip:
        """Its place; sound past the film's end is cut. A lead or trail that the take does not have is reported."""
        lead_s = self.own.lead.at(rate)
        trail_s = min(self.own.trail.at(rate), rate.seconds(film_stop - self.clip.stop))
        start_s, stop_s = rate.seconds(self.clip.start), rate.seconds(self.clip.stop) + trail_s
        if start_s < lead_s:
            findings.append(self._finding("lead-before-start", "would begin before the film", "lead", Severity.ERROR))
        findings += self._spare(rate, lead_s, trail_s)
        shape, speed = self._shape(rate), self.shot.plan.speed
        begin_s = self._first_s(-min(lead_s, start_s), stop_s - start_s, shape)
        start = samples(start_s + begin_s)
        length = samples(stop_s) - start
        take_s = self._begun_s + speed.taken(begin_s)
        if speed.constant != 1:
            last_s = speed.screen(self.audio.seconds - self._begun_s)
            length = min(length, max(1, samples(last_s - begin_s)))
        pieces = () if speed.constant == 1 else _pieces(speed, take_s, begin_s, length)
        if not pieces:
            length = min(length, max(1, samples(self.audio.seconds - take_s)))  # its last sample gets the fade
        return SoundClip(
            id=self.clip.shot,
            stem=Stem.PRODUCTION,
            file=self.file,
            start=start,
            length=length,
            source_start=0 if pieces else samples(take_s),
            shape=shape,
            pieces=pieces,
        )

    @property
    def _begun_s(self) -> Fraction:
        """Seconds into the take's sound at the shot's first frame."""
        return self.shot.in_s - self.audio.lead

    def _first_s(self, wanted_s: Fraction, stop_s: Fraction, shape: Shape) -> Fraction:
        """When it begins, in screen seconds from the shot's first frame: a fade in over a lead that the take does not
        have would be over before there is anything to hear. A crossing stays where the other side's is.
        """
        is_crossing = shape.curve_in is Curve.POWER and self.own.fade_in is None
        if is_crossing or self._begun_s + self.shot.plan.speed.taken(wanted_s) >= 0:
            return wanted_s
        first_s = self.shot.plan.speed.screen(-self._begun_s)
        return first_s if first_s < stop_s else wanted_s

    def _spare(self, rate: FrameRate, lead_s: Fraction, trail_s: Fraction) -> Iterator[Finding]:
        """Warnings where the take has less sound before or after its picture than is asked for."""
        speed, shown_s = self.shot.plan.speed, rate.seconds(self.clip.frames)
        before_s, after_s = self._begun_s, self.audio.seconds - self._begun_s - speed.taken(shown_s)
        for key, wanted_s, have_s, needs_s in (
            ("lead", lead_s, before_s, -speed.taken(-lead_s)),
            ("trail", trail_s, after_s, speed.taken(shown_s + trail_s) - speed.taken(shown_s)),
        ):
            if wanted_s and needs_s > have_s + Fraction(DECLICK, SAMPLE_RATE):
                why = (
                    f"should {key} by {float(wanted_s):.2f} s, its take has {float(max(Fraction(0), have_s)):.2f} s "
                    f"{'before' if key == 'lead' else 'after'} the picture"
                )
                yield self._finding(f"{key}-too-long", why, key, Severity.WARNING)

    def _finding(self, code: str, why: str, key: str, severity: Severity) -> Finding:
        path = (*self.shot.plan.path, "own_sound", key)
        return Finding(code, f"the sound of {self.clip.shot} {why}", f"shorten '{key}'", severity, None,
                       self.clip.shot, path)  # fmt: skip

    def _shape(self, rate: FrameRate) -> Shape:
        """A fade asked for wins; else a join crosses with equal power where the sound ends with its picture."""
        crossing_in = bool(self.clip.join.frames and not self.own.lead.at(rate) and self.own.fade_in is None)
        crossing_out = bool(self.join_after and not self.own.trail.at(rate) and self.own.fade_out is None)
        into, out = fade_of(self.own.fade_in, rate), fade_of(self.own.fade_out, rate)
        if crossing_in:
            into = max(DECLICK, rate.samples(self.clip.join.frames)), Curve.POWER
        if crossing_out:
            out = max(DECLICK, rate.samples(self.join_after)), Curve.POWER
        return Shape(self.own.gain, 0.0, into[0], out[0], into[1], out[1])


def _pieces(speed: Speed, take_s: Fraction, screen_s: Fraction, length: int) -> tuple[tuple[int, int, int], ...]:
    """Stretched parts (source sample, source samples, samples heard), laid end to end over ``length`` samples.

    A ramp is followed in steps of a tenth of a second, each at its own mean speed.
    """
    step = length if speed.constant is not None else samples(_RAMP_STEP_S)
    origin = speed.taken(screen_s)
    pieces = []
    for begin in range(0, length, max(1, step)):
        end = min(length, begin + step)
        a, b = (take_s + speed.taken(screen_s + Fraction(edge, SAMPLE_RATE)) - origin for edge in (begin, end))
        pieces.append((samples(a), max(1, samples(b) - samples(a)), end - begin))
    return tuple(pieces)
