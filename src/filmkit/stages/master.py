"""The master: segments joined without re-encoding, the mix copied in, chapters and title, then measured.

Parameters: :class:`~filmkit.model.recipe.MasterRecipe`. Inputs ``segment00000`` … in order, ``sound``. Output
``master``; facts ``frames``, ``samples``, ``bytes``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filmkit.errors import StepFailed
from filmkit.media.concat import check_canvas, check_film, check_headers, film_arguments, join_pictures, write_about
from filmkit.media.encode import segment_suffix
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import MasterRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Joins the film. Raises StepFailed where segments do not fit together or the result is not exactly as planned."""
    recipe = MasterRecipe.from_params(step.params)
    segments = [bench.inputs[f"segment{at:05}"] for at in range(len(recipe.segment_frames))]
    _checked(step, lambda: check_headers(segments))
    _checked(step, lambda: check_canvas(segments, recipe.canvas))
    pictures = bench.folder / "pictures.nut"
    _checked(step, lambda: join_pictures(segments, recipe, pictures))
    out = _film(recipe, pictures, bench)
    _checked(step, lambda: check_film(out, recipe))
    bench.on_progress(recipe.frames)
    return Made({"master": out}, {"frames": recipe.frames, "samples": recipe.samples, "bytes": out.stat().st_size})


def _film(recipe: MasterRecipe, pictures: Path, bench: Workbench) -> Path:
    inputs = {"pictures": pictures, "sound": bench.inputs["sound"], "about": write_about(recipe, bench.folder)}
    name = f"master{segment_suffix(recipe.canvas.codec)}"
    run_tool(bench.ffmpeg, ToolJob(tuple(film_arguments(recipe, f"out:{name}")), inputs, bench.folder))
    pictures.unlink()
    return bench.folder / name


def _checked(step: Step, check: Callable[[], None]) -> None:
    try:
        check()
    except ValueError as error:
        remedy = "run the command again; if it happens twice, report it with the film"
        raise StepFailed(step.name, str(error), remedy=remedy) from error
