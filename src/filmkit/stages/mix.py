"""The mix: the sum of the stems, brought to its loudness, limited where it must be, encoded to AAC once for the whole
film.

Parameters: :class:`~filmkit.model.recipe.MixRecipe`. Inputs: the stems by name. Output ``sound``: an m4a of exactly
``length`` samples, the encoder's delay in its edit list, so that copied into a plain mp4 a sample stays where it was
mixed. Output ``levels``: its facts (``whole``) and curves as JSON (:mod:`filmkit.media.sound.mixlevels`).

What counts is what is heard: what is encoded is decoded and measured on the way, and encoded again with a corrected
target where its loudness is off or its true peak above the ceiling. What the codec does to a few seconds is tried
first, so that one encoding is usually enough. Facts: ``integrated_lufs`` (null where nothing passes the gates),
``true_peak_dbtp``, ``range_lu``, ``short_term_lufs`` and ``momentary_lufs`` (the highest of 3 s and of 0.4 s; null
where the film is shorter or silent) of the decoded sound; ``gain_db``, ``limited``, ``samples``, ``offset_samples``
(where sample 0 of the mix stands in the decoded sound), ``encodings``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from filmkit.media.sound.comingsound import measure_once
from filmkit.media.sound.levelling import REHEARSAL, Aim, MeasuredMix, kept_by_codec
from filmkit.media.sound.limiter import Shaping, highest_near
from filmkit.media.sound.loudness import (
    HOP_SAMPLES,
    Floats,
    Levels,
    Loudness,
    highest_lufs,
    measure_levels,
    measure_loudness,
)
from filmkit.media.sound.mixlevels import mix_levels, write_json
from filmkit.media.sound.samples import CHANNELS, SoundFile, decibels, gain, spans
from filmkit.media.sound.soundcoding import encode_aac
from filmkit.media.sound.truepeak import true_peak_dbtp
from filmkit.media.workbench import Workbench
from filmkit.model.finding import Severity
from filmkit.model.recipe import MixRecipe
from filmkit.model.run import Event, Json, Made
from filmkit.model.sound import STEMS
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.plan.graph import Step

_CODEC_ROOM_DB = 1.0
"""The limiter aims this far below the ceiling at first: AAC raises peaks again."""

_MOST_LOSS_LU = 2.0
_TOLERANCE_LU = 0.09
_PROMISED_LU = 0.1
_GATING_BLOCK = SAMPLE_RATE * 2 // 5
_MOST_ENCODINGS = 4
_SAFE_STEP_DB = 0.2
_CODEC_REACH_HOPS = 6  # what one AAC frame (1024 samples) may move a peak
_ROOM_LEFT_DB = 0.6
"""Peaks further below the ceiling than this were held down more than the codec needs."""

_NOISY_GAIN_DB = 20.0
_LAG_WINDOW = 32_768


@dataclass(frozen=True)
class _Heard:
    """What was encoded, decoded and measured, and how the mix was shaped for it."""

    shaping: Shaping
    levels: Levels
    peaks: Floats
    offset_samples: int
    encodings: int

    @property
    def loudness(self) -> Loudness:
        """Gated loudness and range."""
        return measure_loudness(self.levels)

    @property
    def peak_dbtp(self) -> float:
        """The highest true peak."""
        return decibels(float(self.peaks.max(initial=0.0)))


def run(step: Step, bench: Workbench) -> Made:
    """Makes ``sound.m4a`` of the stems of ``step``. Raises StepFailed where the encoder does not keep the length."""
    recipe = MixRecipe.from_params(step.params)
    mix = MeasuredMix(write_sum(_in_order(bench), recipe.length, bench.folder / "mix.f32"))
    heard = _Encoder(bench, recipe, mix).encode_until_right()
    mix.sound.path.unlink()
    bench.on_progress(recipe.length)
    events = tuple(_events(recipe, mix.levels, heard))
    facts = _facts(recipe, heard)
    curves = mix_levels(heard.shaping, heard.levels, heard.peaks)
    write_json({"whole": facts, **curves}, bench.folder / "levels.json")
    outputs = {"sound": bench.folder / "sound.m4a", "levels": bench.folder / "levels.json"}
    return Made(outputs, facts, events)


def write_sum(stems: list[SoundFile], length: int, out: Path) -> SoundFile:
    """Writes the sum of the stems, ``length`` samples, in the order given."""
    with out.open("wb") as file:
        for start, count in spans(length):
            total = np.zeros((count, CHANNELS), np.float64)
            for stem in stems:
                total += stem.read(start, count)
            file.write(total.astype("<f4").tobytes())
    return SoundFile(out)


def _in_order(bench: Workbench) -> list[SoundFile]:
    """The stems in the order they stand everywhere, so that float sums are the same; others after them, by name."""
    names = sorted(bench.inputs, key=lambda name: (STEMS.index(name) if name in STEMS else len(STEMS), name))
    return [SoundFile(bench.inputs[name]) for name in names]


@dataclass(frozen=True)
class _Encoder:
    """Shapes, encodes and listens, until what is heard meets the recipe or the tries are used up."""

    bench: Workbench
    recipe: MixRecipe
    mix: MeasuredMix

    def encode_until_right(self) -> _Heard:
        aim = Aim(self.recipe.integrated_lufs, self.recipe.peak_dbtp - _CODEC_ROOM_DB, np.ones(self.mix.levels.hops))
        aim = self._rehearsed(aim)
        for encodings in range(1, _MOST_ENCODINGS + 1):
            heard = self._encode(aim, encodings)
            following = self._corrected(aim, heard)
            if following is None:
                break
            aim = following
        return heard

    def _encode(self, aim: Aim, encodings: int) -> _Heard:
        shaping = self.mix.shaping(aim)
        ready = self.mix.write_shaped(shaping, self.bench.folder / "shaped.f32")

        def hear(sound: SoundFile) -> _Heard:
            levels, peaks = measure_once(sound, gain(self.recipe.peak_dbtp))
            return _Heard(shaping, levels, peaks, _offset(ready, sound, levels), encodings)

        heard = encode_aac(self.bench, ready, self.recipe.bitrate_kbps, hear)
        self._clear(ready)
        return heard

    def _rehearsed(self, aim: Aim) -> Aim:
        """``aim`` less what the codec takes, and below what it adds to peaks, as a few seconds of the mix tell."""
        if self.recipe.length < 2 * REHEARSAL or not self.mix.levels.peak.any():
            return aim
        ready = self.mix.write_rehearsal(self.mix.shaping(aim), self.bench.folder / "shaped.f32")
        given, given_peak = _levels_and_peak(ready)
        heard, heard_peak = encode_aac(self.bench, ready, self.recipe.bitrate_kbps, _levels_and_peak)
        self._clear(ready)
        kept = kept_by_codec(given, heard)
        if not kept:
            return aim
        loss = min(_MOST_LOSS_LU, max(-_MOST_LOSS_LU, -10.0 * math.log10(kept)))
        room = max(_CODEC_ROOM_DB, heard_peak - given_peak + 3 * _SAFE_STEP_DB)
        return Aim(aim.lufs + loss, self.recipe.peak_dbtp - room, aim.push)

    def _clear(self, ready: SoundFile) -> None:
        ready.path.unlink()
        (self.bench.folder / "heard.f32").unlink()

    def _corrected(self, aim: Aim, heard: _Heard) -> Aim | None:
        """The next aim; None where what is heard is right, or louder cannot be had."""
        found = heard.loudness.integrated_lufs
        off = 0.0 if found is None else self.recipe.integrated_lufs - found
        room_db = self.recipe.peak_dbtp - heard.peak_dbtp
        can_rise = not heard.shaping.is_capped or room_db > _ROOM_LEFT_DB
        is_off = abs(off) > _TOLERANCE_LU and (off < 0 or can_rise)
        over = heard.peaks / gain(self.recipe.peak_dbtp)
        if not is_off and not (over > 1.0).any():
            return None
        ceiling_dbtp = aim.ceiling_dbtp
        if is_off and off > 0 and heard.shaping.is_limited:
            ceiling_dbtp += room_db - 2 * _SAFE_STEP_DB if room_db > _ROOM_LEFT_DB else -_SAFE_STEP_DB
        push = np.where(over > 1.0, over * gain(_SAFE_STEP_DB), 1.0)
        return Aim(aim.lufs + off * is_off, ceiling_dbtp, aim.push * highest_near(push, _CODEC_REACH_HOPS))


def _levels_and_peak(sound: SoundFile) -> tuple[Levels, float]:
    levels = measure_levels(sound)
    return levels, true_peak_dbtp(sound, levels)


def _offset(mixed: SoundFile, heard: SoundFile, levels: Levels) -> int:
    """How many samples later the decoded sound comes, by cross-correlation around its loudest moment (0 expected)."""
    loudest = int(np.argmax(levels.peak)) * HOP_SAMPLES - _LAG_WINDOW // 2
    given, found = (np.fft.rfft(sound.read(loudest, _LAG_WINDOW), 2 * _LAG_WINDOW, axis=0) for sound in (mixed, heard))
    likeness = np.fft.irfft(found * np.conj(given), axis=0).sum(axis=1)
    best = int(np.argmax(likeness))
    if likeness[0] >= 0.999 * likeness[best]:
        return 0
    return best if best < _LAG_WINDOW else best - 2 * _LAG_WINDOW


def _facts(recipe: MixRecipe, heard: _Heard) -> dict[str, Json]:
    found = heard.loudness
    return {
        "integrated_lufs": _rounded(found.integrated_lufs),
        "true_peak_dbtp": round(heard.peak_dbtp, 2),
        "range_lu": round(found.range_lu, 1),
        "short_term_lufs": _rounded(highest_lufs(heard.levels, 3.0)),
        "momentary_lufs": _rounded(highest_lufs(heard.levels, 0.4)),
        "gain_db": heard.shaping.gain_db,
        "limited": heard.shaping.is_limited,
        "samples": recipe.length,
        "offset_samples": heard.offset_samples,
        "encodings": heard.encodings,
    }


def _rounded(lufs: float | None) -> float | None:
    return None if lufs is None else round(lufs, 2)


def _events(recipe: MixRecipe, levels: Levels, heard: _Heard) -> Iterator[Event]:
    found = heard.loudness.integrated_lufs
    if not levels.peak.any():
        yield Event("sound-silent", "the film is silent: its loudness is not set", touches_content=True)
    elif recipe.length < _GATING_BLOCK:
        yield Event("sound-short", "the film is shorter than 400 ms: its loudness cannot be measured, only its peak "
                    "is kept", touches_content=True)  # fmt: skip
    elif found is None:
        yield Event("sound-below-gate", "nothing in the sound is louder than -70 LUFS: its loudness is not set",
                    Severity.WARNING, touches_content=True)  # fmt: skip
    elif abs(round(found - recipe.integrated_lufs, 2)) > _PROMISED_LU:
        yield Event("loudness-missed", f"the sound is at {found:.1f} LUFS instead of {recipe.integrated_lufs:g}: "
                    + _why_missed(heard), Severity.WARNING, touches_content=True)  # fmt: skip
    if heard.peak_dbtp > recipe.peak_dbtp:
        yield Event("peak-missed", f"the encoded sound peaks at {heard.peak_dbtp:.1f} dBTP, above {recipe.peak_dbtp:g}",
                    Severity.WARNING, touches_content=True)  # fmt: skip
    if heard.shaping.gain_db > _NOISY_GAIN_DB:
        yield Event("sound-raised", f"the mix was raised by {heard.shaping.gain_db:.0f} dB: its noise comes up with it",
                    Severity.WARNING, touches_content=True)  # fmt: skip


def _why_missed(heard: _Heard) -> str:
    if not heard.shaping.is_capped:
        return f"AAC takes the more from it the louder it is; {heard.encodings} encodings did not bring it nearer"
    down_db = -decibels(float(heard.shaping.factors.min()))
    return f"its peaks stand too far above the rest; they were brought down by {down_db:.0f} dB, and more is not done"
