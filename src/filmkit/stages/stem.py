"""One stem: the sum of its cues, each placed to the sample, in blocks, so that memory grows with nothing.

Parameters: :class:`~filmkit.model.recipe.StemRecipe`. Inputs: a source's ``sound`` in the slot each cue names, and a
``curve`` in the slot by which it is ducked. The sum of the cues goes through the stem's bus. Output ``stem``: 48 kHz
stereo float, exactly ``length`` samples. Facts: ``samples``, ``peak`` (sample peak, factor of full scale).

Pan is a balance of constant power: left cos, right sin of (pan + 1) · 45°, times √2, so that the centre leaves a
sound as it is and a sound panned hard stands 3 dB up on its side and is silent on the other. Fades follow the curves of
:mod:`filmkit.media.sound.curves`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from filmkit.media.sound.backwards import ReversedSound
from filmkit.media.sound.bus import Bus
from filmkit.media.sound.curves import fade_factors
from filmkit.media.sound.ducking import DuckCurve
from filmkit.media.sound.loop import LoopedSound
from filmkit.media.sound.samples import BLOCK_SAMPLES, CHANNELS, Readable, Samples, SoundFile, gain, spans
from filmkit.media.sound.splice import SplicedSound
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import PlacedCue, StemRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Sums the cues of ``step`` into ``stem.f32``. Raises ValueError where an input is not whole samples."""
    recipe = StemRecipe.from_params(step.params)
    out = bench.folder / "stem.f32"
    peak = write_stem(recipe, bench.inputs, out)
    bench.on_progress(recipe.length)
    return Made({"stem": out}, {"samples": recipe.length, "peak": peak})


def write_stem(recipe: StemRecipe, inputs: Mapping[str, Path], out: Path) -> float:
    """Writes the sum of all cues; returns its sample peak."""
    slots = dict.fromkeys(cue.duck_slot for cue in recipe.cues if cue.duck_slot)
    curves = {slot: DuckCurve.read(inputs[slot]) for slot in slots}
    sounds = _Sounds(inputs)
    voices = [_Voice(cue, sounds.of(cue), curves.get(cue.duck_slot)) for cue in recipe.cues]
    bus = Bus(recipe.bus_gain_db, recipe.high_pass_hz)
    heard = _voices_by_block(voices, recipe.length)
    peak = 0.0
    with out.open("wb") as file:
        for number, (start, count) in enumerate(spans(recipe.length)):
            total = np.zeros((count, CHANNELS), np.float64)
            for voice in heard.get(number, ()):
                voice.add_to(total, start)
            block = bus.through(total).astype("<f4")
            peak = max(peak, float(np.abs(block).max()))
            file.write(block.tobytes())
    return peak


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right factor of a pan from −1 to 1; their squares add up to 2."""
    angle = (pan + 1.0) * math.pi / 4.0
    return math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)


class _Voice:
    """One cue that sounds."""

    def __init__(self, cue: PlacedCue, sound: tuple[LoopedSound | Readable, int], duck: DuckCurve | None) -> None:
        self.cue = cue
        self._duck = duck
        self._sound, self._origin = sound
        factor = gain(cue.gain_db)
        self._gains = [np.float32(side * factor) for side in pan_gains(cue.pan)]

    def add_to(self, total: npt.NDArray[np.float64], start: int) -> None:
        """Adds what is heard of this cue in the block of the film that begins at sample ``start``."""
        first = max(start, self.cue.start)
        count = min(start + len(total), self.cue.start + self.cue.length) - first
        if count > 0:
            offset = first - self.cue.start
            heard = self._sound.read(self._origin + offset, count)
            for side, factor in enumerate(self._gains):  # a side at a time: four times as fast as rows of two
                heard[:, side] *= factor
            total[first - start : first - start + count] += self._ducked(self._faded(heard, offset), first)

    def _faded(self, samples: Samples, offset: int) -> Samples:
        cue, count = self.cue, len(samples)
        if offset < cue.fade_in:
            rising = min(count, cue.fade_in - offset)
            samples[:rising] *= fade_factors(offset, rising, cue.fade_in, cue.fade_in_curve)
        left = cue.length - offset - count
        if left < cue.fade_out:
            falling = min(count, cue.fade_out - left)
            samples[count - falling :] *= fade_factors(left, falling, cue.fade_out, cue.fade_out_curve)[::-1]
        return samples

    def _ducked(self, samples: Samples, first: int) -> Samples:
        """Lowered by what presses on it; ``first`` is where in the film the samples fall."""
        factors = self._duck.factors(first, len(samples)) if self._duck is not None else None
        if factors is not None:
            for side in range(CHANNELS):
                samples[:, side] *= factors
        return samples


class _Sounds:
    """What cues read. Those that read alike, such as the copies of one that repeats, share it: a loop keeps its seam
    and, where it is short, all of itself.
    """

    def __init__(self, inputs: Mapping[str, Path]) -> None:
        self._inputs = inputs
        self._known: dict[tuple[object, ...], tuple[LoopedSound | Readable, int]] = {}

    def of(self, cue: PlacedCue) -> tuple[LoopedSound | Readable, int]:
        """The sound, and the sample of it that is heard first."""
        key = (cue.slot, cue.source_start, cue.source_stop, cue.reversed_samples, cue.loop)
        if key not in self._known:
            self._known[key] = _as_heard(cue, SoundFile(self._inputs[cue.slot]))
        return self._known[key]


def _as_heard(cue: PlacedCue, file: SoundFile) -> tuple[LoopedSound | Readable, int]:
    sound: Readable = file
    first = cue.source_start
    if cue.splices:
        return SplicedSound(file, first, cue.splices), 0
    if cue.reversed_samples:
        there = file.samples - first if cue.loop else cue.reversed_samples  # a loop has no hole at its end
        sound = ReversedSound(file, first, max(0, min(cue.reversed_samples, there)))
        first = 0
    return (LoopedSound(sound, first, cue.source_stop), 0) if cue.loop else (sound, first)


def _voices_by_block(voices: list[_Voice], length: int) -> dict[int, list[_Voice]]:
    """Which cues sound in which block, in the recipe's order: sums are always made in one order."""
    heard: dict[int, list[_Voice]] = {}
    for voice in voices:
        first, stop = max(0, voice.cue.start), min(length, voice.cue.start + voice.cue.length)
        for number in range(first // BLOCK_SAMPLES, -(-stop // BLOCK_SAMPLES) if stop > first else 0):
            heard.setdefault(number, []).append(voice)
    return heard
