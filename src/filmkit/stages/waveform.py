"""The outline of a stem, to be drawn: how high its samples reach and how loud it is, in some two thousand columns.

Parameters: :class:`~filmkit.model.level_recipe.WaveformRecipe`. Input ``stem``. Output ``waveform``: JSON
(:func:`filmkit.media.sound.mixlevels.outline`).
"""

from __future__ import annotations

from filmkit.media.sound.loudness import measure_levels
from filmkit.media.sound.mixlevels import outline, write_json
from filmkit.media.sound.samples import SoundFile
from filmkit.media.workbench import Workbench
from filmkit.model.level_recipe import WaveformRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Writes ``waveform.json``. Raises ValueError where the input is not whole samples."""
    levels = measure_levels(SoundFile(bench.inputs["stem"]))
    out = bench.folder / "waveform.json"
    write_json(outline(levels, WaveformRecipe.from_params(step.params).columns), out)
    bench.on_progress(levels.samples)
    return Made({"waveform": out}, {"samples": levels.samples})
