"""The mix: the sum of the stems, brought to its loudness, limited where it must be, encoded to AAC once for the whole
film.

Parameters: :class:`~filmkit.model.recipe.MixRecipe`. Inputs: the stems by name. Output ``sound``: an m4a of exactly
``length`` samples, the encoder's delay in its edit list, so that copied into a plain mp4 a sample stays where it was
mixed. Output ``levels``: its gain and curves as JSON (:mod:`filmkit.media.mixlevels`).

What counts is what is heard: the encoded file is decoded and measured, and encoded again with a corrected target
where its loudness is more than 0.3 LU off or its true peak is above the ceiling. What the codec does to the loudest
seconds is tried first, so that one encoding is usually enough. Facts: ``integrated_lufs`` (null where nothing passes
the gates), ``true_peak_dbtp``, ``range_lu`` of the decoded file; ``gain_db``, ``limited``, ``samples``,
``offset_samples`` (where sample 0 of the mix stands in the decoded file), ``encodings``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from filmkit.errors import StepFailed
from filmkit.media.limiter import MOST_MAKEUP_DB, Shaping, highest_near, plan_shaping, shaped
from filmkit.media.loudness import (
    HOP_SAMPLES,
    Floats,
    Levels,
    Loudness,
    measure_levels,
    measure_loudness,
    measure_true_peak,
    true_peak_dbtp,
)
from filmkit.media.mixlevels import write_levels
from filmkit.media.sound import CHANNELS, SoundFile, decibels, gain, spans
from filmkit.media.soundcoding import decode_aac, encode_aac
from filmkit.media.workbench import Workbench
from filmkit.model.finding import Severity
from filmkit.model.recipe import MixRecipe
from filmkit.model.run import Event, Json, Made
from filmkit.model.sound import STEMS
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.plan.graph import Step

_BLOCK = HOP_SAMPLES * 640
_CODEC_ROOM_DB = 1.0
"""The limiter aims this far below the ceiling at first: AAC raises peaks again."""

_REHEARSAL = SAMPLE_RATE * 6
_MOST_LOSS_LU = 2.0
_USUAL_MAKEUP_DB = 3.5
_TOLERANCE_LU = 0.3
_PROMISED_LU = 0.5
_GATING_BLOCK = SAMPLE_RATE * 2 // 5
_MOST_ENCODINGS = 4
_SAFE_STEP_DB = 0.2
_CODEC_REACH_HOPS = 6  # what one AAC frame (1024 samples) may move a peak
_NOISY_GAIN_DB = 20.0
_LAG_WINDOW = 32_768


@dataclass(frozen=True)
class _Aim:
    """What the mix is shaped to, so that what is heard meets the recipe. ``push``: how much further each hop's peaks
    are held down, a factor ≥ 1, where the codec raised them.
    """

    lufs: float
    ceiling_dbtp: float
    push: Floats


@dataclass(frozen=True)
class _Heard:
    """The decoded file, measured, and how the mix was shaped for it."""

    shaping: Shaping
    levels: Levels
    loudness: Loudness
    peaks: Floats
    offset_samples: int
    encodings: int

    @property
    def peak_dbtp(self) -> float:
        """The highest true peak."""
        return decibels(float(self.peaks.max(initial=0.0)))


def run(step: Step, bench: Workbench) -> Made:
    """Makes ``sound.m4a`` of the stems of ``step``. Raises StepFailed where the encoder does not keep the length."""
    recipe = MixRecipe.from_params(step.params)
    mix = _measured_mix(recipe, write_sum(_in_order(bench), recipe.length, bench.folder / "mix.f32"))
    heard = _Encoder(step.name, bench, recipe, mix).encode_until_right()
    mix.sound.path.unlink()
    bench.on_progress(recipe.length)
    events = tuple(_events(recipe, mix.levels, heard))
    write_levels(heard.shaping, heard.levels, heard.peaks, bench.folder / "levels.json")
    outputs = {"sound": bench.folder / "sound.m4a", "levels": bench.folder / "levels.json"}
    return Made(outputs, _facts(recipe, heard), events)


def _measured_mix(recipe: MixRecipe, sound: SoundFile) -> _Mix:
    """The sum, measured. Peaks that no usual gain brings to the ceiling are not looked for; where the mix needs more
    gain after all, it is measured once more.
    """
    levels = measure_levels(sound)
    loudness = measure_loudness(levels).integrated_lufs
    start_db = 0.0 if loudness is None else recipe.integrated_lufs - loudness
    for makeup_db in (_USUAL_MAKEUP_DB, MOST_MAKEUP_DB):
        floor = gain(recipe.peak_dbtp - _CODEC_ROOM_DB - start_db - makeup_db)
        mix = _Mix(sound, levels, measure_true_peak(sound, levels, floor=floor))
        if mix.shaping(mix.first_aim(recipe)).gain_db <= start_db + makeup_db - _MOST_LOSS_LU:
            break
    return mix


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
class _Mix:
    """The sum of the stems, and what was measured of it once: levels and true peaks of each hop."""

    sound: SoundFile
    levels: Levels
    peaks: Floats

    def first_aim(self, recipe: MixRecipe) -> _Aim:
        """What the recipe asks for, with room for what the codec adds to peaks."""
        return _Aim(recipe.integrated_lufs, recipe.peak_dbtp - _CODEC_ROOM_DB, np.ones(len(self.peaks)))

    def shaping(self, aim: _Aim) -> Shaping:
        """Gain and limiter for an aim."""
        return plan_shaping(self.levels, self.peaks, target_lufs=aim.lufs, ceiling_dbtp=aim.ceiling_dbtp, push=aim.push)

    def loudest(self, samples: int) -> int:
        """Where the loudest run of ``samples`` begins, on a whole hop."""
        hops = samples // HOP_SAMPLES
        sums = np.cumsum(np.concatenate([[0.0], self.levels.energy]))
        return int(np.argmax(sums[hops:] - sums[:-hops])) * HOP_SAMPLES


@dataclass(frozen=True)
class _Encoder:
    """Shapes, encodes and listens, until what is heard meets the recipe or the tries are used up."""

    name: str
    bench: Workbench
    recipe: MixRecipe
    mix: _Mix

    def encode_until_right(self) -> _Heard:
        aim = self._rehearsed(self.mix.first_aim(self.recipe))
        for encodings in range(1, _MOST_ENCODINGS + 1):
            heard = self._encode(aim, encodings)
            following = self._corrected(aim, heard)
            if following is None:
                break
            aim = following
        return heard

    def _encode(self, aim: _Aim, encodings: int) -> _Heard:
        shaping = self.mix.shaping(aim)
        ready = self._write_shaped(shaping, 0, self.recipe.length)
        heard = self._through_aac(ready)
        levels = measure_levels(heard)
        peaks = measure_true_peak(heard, levels)
        if peaks.max(initial=0.0) > gain(self.recipe.peak_dbtp):
            peaks = measure_true_peak(heard, levels, floor=gain(self.recipe.peak_dbtp))
        found = _Heard(shaping, levels, measure_loudness(levels), peaks, _offset(ready, heard, levels), encodings)
        ready.path.unlink()
        heard.path.unlink()
        return found

    def _rehearsed(self, aim: _Aim) -> _Aim:
        """``aim`` less what the codec takes from the loudest seconds, and below what it adds to their peaks."""
        if self.recipe.length < 2 * _REHEARSAL or not self.mix.levels.peak.any():
            return aim
        ready = self._write_shaped(self.mix.shaping(aim), self.mix.loudest(_REHEARSAL), _REHEARSAL)
        given, given_peak = _measured(ready)
        heard, heard_peak = _measured(self._through_aac(ready))
        if given is None or heard is None:
            return aim
        loss = min(_MOST_LOSS_LU, max(-_MOST_LOSS_LU, given - heard))
        room = max(_CODEC_ROOM_DB, heard_peak - given_peak + 3 * _SAFE_STEP_DB)
        return _Aim(aim.lufs + loss, self.recipe.peak_dbtp - room, aim.push)

    def _through_aac(self, ready: SoundFile) -> SoundFile:
        heard = decode_aac(self.bench, encode_aac(self.bench, ready, self.recipe.bitrate_kbps))
        if heard.samples != ready.samples:
            raise StepFailed(self.name, f"the encoder gave {heard.samples} samples instead of {ready.samples}")
        return heard

    def _write_shaped(self, shaping: Shaping, first: int, length: int) -> SoundFile:
        out = self.bench.folder / "shaped.f32"
        with out.open("wb") as file:
            for start, count in spans(length, _BLOCK):
                samples = self.mix.sound.read(first + start, count)
                file.write(shaped(samples, first + start, shaping).astype("<f4").tobytes())
        return SoundFile(out)

    def _corrected(self, aim: _Aim, heard: _Heard) -> _Aim | None:
        """The next aim; None where what is heard is right, or louder cannot be had."""
        off = 0.0
        if heard.loudness.integrated_lufs is not None:
            off = self.recipe.integrated_lufs - heard.loudness.integrated_lufs
        is_off = abs(off) > _TOLERANCE_LU and not (off > 0 and heard.shaping.is_capped)
        over = heard.peaks / gain(self.recipe.peak_dbtp)
        if not is_off and not (over > 1.0).any():
            return None
        push = np.where(over > 1.0, over * gain(_SAFE_STEP_DB), 1.0)
        ceiling_dbtp = aim.ceiling_dbtp - _SAFE_STEP_DB * is_off
        return _Aim(aim.lufs + off * is_off, ceiling_dbtp, aim.push * highest_near(push, _CODEC_REACH_HOPS))


def _measured(sound: SoundFile) -> tuple[float | None, float]:
    levels = measure_levels(sound)
    return measure_loudness(levels).integrated_lufs, true_peak_dbtp(sound, levels)


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
        "integrated_lufs": None if found.integrated_lufs is None else round(found.integrated_lufs, 2),
        "true_peak_dbtp": round(heard.peak_dbtp, 2),
        "range_lu": round(found.range_lu, 1),
        "gain_db": heard.shaping.gain_db,
        "limited": heard.shaping.is_limited,
        "samples": recipe.length,
        "offset_samples": heard.offset_samples,
        "encodings": heard.encodings,
    }


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
    elif abs(found - recipe.integrated_lufs) > _PROMISED_LU:
        yield Event("loudness-missed", f"the sound is at {found:.1f} LUFS instead of {recipe.integrated_lufs:g}: its "
                    "peaks would have to come down too far", Severity.WARNING, touches_content=True)  # fmt: skip
    if heard.peak_dbtp > recipe.peak_dbtp:
        yield Event("peak-missed", f"the encoded sound peaks at {heard.peak_dbtp:.1f} dBTP, above {recipe.peak_dbtp:g}",
                    Severity.WARNING, touches_content=True)  # fmt: skip
    if heard.shaping.gain_db > _NOISY_GAIN_DB:
        yield Event("sound-raised", f"the mix was raised by {heard.shaping.gain_db:.0f} dB: its noise comes up with it",
                    Severity.WARNING, touches_content=True)  # fmt: skip
