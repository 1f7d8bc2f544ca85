"""A foreign still made ours: through the gate to an upright 8-bit PNG that Pillow may open.

Parameters: :class:`~filmkit.model.recipe.PictureRecipe`; source ``file``. Output ``picture``: RGBA, straight alpha;
facts ``width``, ``height``. Of an animation the first picture is taken.
"""

from __future__ import annotations

import struct

from filmkit.media.gate import GATE_BENIGN
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.upright import upright_arguments
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import PictureRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Makes ``picture.png``. Raises StepFailed where the file does not decode to one whole picture."""
    recipe = PictureRecipe.from_params(step.params)
    argv = upright_arguments(recipe, "out:picture.png")
    job = ToolJob(tuple(argv), {"file": bench.sources["file"]}, bench.folder, 1, GATE_BENIGN)
    run_tool(bench.ffmpeg, job, bench.on_progress)
    out = bench.folder / "picture.png"
    with out.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])  # the IHDR chunk (PNG, 11.2.1)
    return Made({"picture": out}, {"width": width, "height": height})
