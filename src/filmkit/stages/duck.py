"""One ducking curve: how far a cue gives way to what presses on it, over the whole film.

Parameters: :class:`~filmkit.model.recipe.DuckRecipe`. Inputs: in the slots ``press0`` … the sums of what presses, each
before its own ducking and bus, so that nothing can press on itself in a circle. Output ``curve``: JSON, ``[[sample,
dB], …]``, breakpoints of a line that is straight in dB; the first is at sample 0, the last at ``length``. Facts:
``presses`` (how many), ``ducked_s`` (seconds below 0 dB), ``deepest_db``.
"""

from __future__ import annotations

from filmkit.media.sound.ducking import DuckShape, duck_curve, ducked_samples, write_curve
from filmkit.media.sound.pressing import Press, presses, together
from filmkit.media.sound.samples import SoundFile
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import DuckRecipe
from filmkit.model.run import Event, Made
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Writes ``curve.json``. Raises ValueError where an input is not whole samples."""
    recipe = DuckRecipe.from_params(step.params)
    found = _presses(recipe, bench)
    shape = DuckShape(recipe.by_db, recipe.attack, recipe.release, recipe.look_ahead)
    points = duck_curve(found, shape, recipe.length)
    out = bench.folder / "curve.json"
    write_curve(points, out)
    bench.on_progress(recipe.length)
    facts = {
        "presses": len(found),
        "ducked_s": round(ducked_samples(points) / SAMPLE_RATE, 3),
        "deepest_db": min(level for _, level in points),
    }
    idle = Event("duck-idle", "nothing that should press is ever loud enough: the level is kept", touches_content=True)
    return Made({"curve": out}, facts, () if found else (idle,))


def _presses(recipe: DuckRecipe, bench: Workbench) -> list[Press]:
    """Where anything presses within the film."""
    several = [
        presses(SoundFile(bench.inputs[f"press{at}"]), start) for at, start in enumerate(recipe.starts)
    ]  # fmt: skip
    return [(start, stop) for start, stop in together(several) if start < recipe.length and stop > 0]
