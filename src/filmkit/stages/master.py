"""The master: segments joined without re-encoding, the mix copied in, chapters and title, then measured.

Parameters: :class:`~filmkit.model.recipe.MasterRecipe`. Inputs ``segment00000`` … in order, ``sound``. Output
``master``; facts ``frames``, ``samples``, ``bytes``.
"""

from __future__ import annotations

from pathlib import Path

from filmkit.errors import StepFailed
from filmkit.media.picture.concat import check_canvas, check_film, check_headers, write_film
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import MasterRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Joins the film. Raises StepFailed where segments do not fit together or the result is not exactly as planned."""
    recipe = MasterRecipe.from_params(step.params)
    segments = [bench.inputs[f"segment{at:05}"] for at in range(len(recipe.segment_frames))]
    out = bench.folder / "master.mp4"
    try:
        _write(segments, bench.inputs["sound"], recipe, out)
    except ValueError as error:
        remedy = "run the command again; if it happens twice, report it with the film"
        raise StepFailed(step.name, str(error), remedy=remedy) from error
    bench.on_progress(recipe.frames)
    return Made({"master": out}, {"frames": recipe.frames, "samples": recipe.samples, "bytes": out.stat().st_size})


def _write(segments: list[Path], sound: Path, recipe: MasterRecipe, out: Path) -> None:
    check_headers(segments)
    check_canvas(segments, recipe.canvas)
    write_film(segments, sound, recipe, out)
    check_film(out, recipe)
