"""A bounce: stems summed as they stand in the mix, as a WAV for an editor or another mixer.

Parameters: :class:`~filmkit.model.recipe.BounceRecipe`. Inputs: ``levels`` of the mix, whose static gain every stem
gets, and the stems ``stem0`` … Output ``wave``: 48 kHz stereo, 32-bit float, exactly ``length`` samples. The limiter
is not in it: all stems together are the mix before its limiter. Facts: ``peak_db`` (sample peak, over full scale).

Each stem is rounded to float32 before it is added: a bounce of two stems is the sum of their own bounces, to the bit.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from filmkit.media.sound.samples import CHANNELS, SoundFile, decibels, gain, spans
from filmkit.media.sound.wavefile import wave_header
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import BounceRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Writes ``sound.wav``. Raises ValueError where an input is not whole samples."""
    recipe = BounceRecipe.from_params(step.params)
    factor = np.float32(gain(json.loads(bench.inputs["levels"].read_bytes())["gain_db"]))
    stems = [SoundFile(bench.inputs[slot]) for slot in sorted(bench.inputs) if slot != "levels"]
    out = bench.folder / "sound.wav"
    peak = write_bounce(stems, factor, recipe.length, out)
    bench.on_progress(recipe.length)
    return Made({"wave": out}, {"samples": recipe.length, "peak_db": round(decibels(peak), 2)})


def write_bounce(stems: list[SoundFile], factor: np.float32, length: int, out: Path) -> float:
    """The sum of the stems, each times ``factor``; returns its sample peak."""
    peak = 0.0
    with out.open("wb") as file:
        file.write(wave_header(length))
        for start, count in spans(length):
            total = np.zeros((count, CHANNELS), np.float32)
            for stem in stems:
                total += stem.read(start, count) * factor
            peak = max(peak, float(np.abs(total).max()))
            file.write(total.astype("<f4").tobytes())
    return peak
