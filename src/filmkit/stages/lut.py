"""A grade's table, mixed to its strength and written in our own words: no byte of a foreign file reaches a filter.

Parameters: :class:`~filmkit.model.recipe.LutRecipe`; source ``file``. Output ``lut``: a 3D .cube.
"""

from __future__ import annotations

from filmkit.errors import StepFailed
from filmkit.media.workbench import Workbench
from filmkit.model.cube import MOST_BYTES, Cube
from filmkit.model.recipe import LutRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Writes ``lut.cube``. Raises StepFailed for a file that is no 3D table."""
    recipe = LutRecipe.from_params(step.params)
    with bench.sources["file"].open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        cube = Cube.from_bytes(data)
    except ValueError as error:
        raise StepFailed(step.name, f"{step.sources['file'].name} is no usable .cube table: {error}") from None
    out = bench.folder / "lut.cube"
    out.write_text(cube.at_strength(recipe.strength).text(), encoding="ascii")
    return Made({"lut": out}, {"size": cube.size})
