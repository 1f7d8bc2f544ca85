"""An analysis: where a sound begins and ends, for cues that ``trim`` it.

Parameters: :class:`~filmkit.model.analysis.SilenceRecipe`. Input ``sound``: a decoded file. No output but its facts:
``before`` and ``after``, samples of silence at the two ends of what lies from sample ``first`` on.
"""

from __future__ import annotations

from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.silence import find_silence
from filmkit.media.workbench import Workbench
from filmkit.model.analysis import SilenceRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Measures the silence of ``step``. Raises ValueError where its input is not whole samples."""
    recipe = SilenceRecipe.from_params(step.params)
    sound = SoundFile(bench.inputs["sound"])
    found = find_silence(sound, recipe.first, recipe.threshold_db)
    bench.on_progress(sound.samples)
    return Made({}, {"before": found.before, "after": found.after})
