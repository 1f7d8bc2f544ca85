"""One title: text in a style, a picture or a plain colour, drawn on a clear canvas as an RGBA picture.

Parameters: :class:`~filmkit.model.recipe.TitleRecipe`. Slot ``image``: a picture of our own. Output ``picture``.
Changed pixels mean a new version in plan/steps.py (a golden digest watches).
"""

from __future__ import annotations

from filmkit.errors import StepFailed
from filmkit.media.drawing.lettering import save_picture
from filmkit.media.drawing.titling import draw_title
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import TitleRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Draws the title. Raises StepFailed for an unknown style, a picture that does not open, text without room."""
    recipe = TitleRecipe.from_params(step.params)
    try:
        drawn = draw_title(recipe, bench.inputs.get("image") if recipe.has_image else None)
    except (ValueError, OSError) as error:
        raise StepFailed(step.name, str(error), remedy="change the title's style or its text") from error
    target = bench.folder / "picture.png"
    save_picture(drawn.picture, target)
    return Made({"picture": target}, {"width": recipe.width_px, "height": recipe.height_px}, drawn.events)
