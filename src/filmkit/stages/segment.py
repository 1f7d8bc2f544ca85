"""One segment: takes, stills and colours conformed, joined, titled and encoded once, exactly ``frames`` frames.

Parameters: :class:`~filmkit.model.recipe.SegmentRecipe`. Slots: takes are sources; pictures, titles, LUTs are inputs.
Output ``segment``; facts ``frames``, ``bytes``. Changed bytes mean a new version in plan/steps.py (a golden digest
watches).
"""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

from filmkit.errors import StepFailed
from filmkit.media.gate import GATE_BENIGN
from filmkit.media.picture.encode import video_arguments
from filmkit.media.picture.graph import Prepared, segment_arguments
from filmkit.media.picture.overlay import is_seen, write_patch
from filmkit.media.picture.planes import Patch
from filmkit.media.picture.still import write_color, write_still
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import ColorLayer, SegmentRecipe, StillLayer
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Renders the segment. Raises StepFailed where a take gives fewer pictures than planned, the recipe cannot be
    rendered, or the tool fails.
    """
    recipe = SegmentRecipe.from_params(step.params)
    name = "segment.mp4"
    try:
        job = _job(recipe, bench, name)
    except ValueError as error:
        raise StepFailed(
            step.name, str(error), remedy="this is an error in filmkit: report it with the film"
        ) from error
    run_tool(bench.ffmpeg, job, bench.on_progress)
    out = bench.folder / name
    return Made({"segment": out}, {"frames": recipe.frames, "bytes": out.stat().st_size})


def _job(recipe: SegmentRecipe, bench: Workbench, name: str) -> ToolJob:
    """What the tool is asked, with all it reads drawn. Raises ValueError for a recipe that contradicts itself."""
    files: dict[str, Path] = {**bench.sources, **_stills(recipe, bench)}
    patches = _patches(recipe, bench, files)
    prepared = Prepared(patches, _luts(recipe, bench))
    argv = segment_arguments(recipe, prepared, [*video_arguments(recipe.canvas, recipe.frames), f"out:{name}"])
    named = {word[3:] for word in argv if word.startswith("in:")}
    inputs = {slot: path for slot, path in files.items() if slot in named}
    return ToolJob(tuple(argv), inputs, bench.folder, recipe.frames, GATE_BENIGN)


def _stills(recipe: SegmentRecipe, bench: Workbench) -> dict[str, Path]:
    files = {}
    for index, layer in enumerate(recipe.layers):
        drawn = bench.folder / f"still{index}.yuv"
        if isinstance(layer, StillLayer):
            write_still(layer, bench.inputs[layer.slot], recipe.canvas, recipe.frames, drawn)
        elif isinstance(layer, ColorLayer):
            write_color(layer.color, recipe.canvas, drawn)
        else:
            continue
        files[drawn.stem] = drawn
    return files


def _patches(recipe: SegmentRecipe, bench: Workbench, files: dict[str, Path]) -> dict[str, Patch | None]:
    patches = {}
    for title in recipe.titles:
        if is_seen(title, recipe.frames) and title.slot not in patches:
            files[title.slot] = bench.folder / f"{title.slot}.yuva"
            patches[title.slot] = write_patch(bench.inputs[title.slot], recipe.canvas, files[title.slot])
    return patches


def _luts(recipe: SegmentRecipe, bench: Workbench) -> dict[str, str]:
    """LUT files copied to generated names, because the filter graph must name them."""
    slots = {layer.grade for layer in recipe.layers if layer.kind != "color" and layer.grade is not None}
    names = {slot: f"lut{index}.cube" for index, slot in enumerate(sorted(slots))}
    for slot, name in names.items():
        copyfile(bench.inputs[slot], bench.folder / name)
    return names
