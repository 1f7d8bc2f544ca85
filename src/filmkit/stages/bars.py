"""An analysis: which bar lines of a piece of music are alike, for music that is extended by repeating bars.

Parameters: :class:`~filmkit.model.analysis.BarsRecipe`. Input ``sound``: a decoded file. No output but its facts:
``likeness``, a row for each bar line, 0 … 100 for each one before it.
"""

from __future__ import annotations

from typing import cast

from filmkit.media.sound.barlikeness import likeness
from filmkit.media.sound.samples import SoundFile
from filmkit.media.workbench import Workbench
from filmkit.model.analysis import BarsRecipe
from filmkit.model.run import Json, Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Compares the bar lines of ``step``. Raises ValueError where its input is not whole samples."""
    recipe = BarsRecipe.from_params(step.params)
    sound = SoundFile(bench.inputs["sound"])
    found = likeness(sound, recipe.lines, recipe.beat)
    bench.on_progress(sound.samples)
    return Made({}, {"likeness": cast("Json", found)})
