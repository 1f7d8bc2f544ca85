"""One card: a slate for a missing take or a scene without shots, or a page of credits; an opaque RGBA picture.

Parameters: :class:`~filmkit.model.recipe.CardRecipe`. Output ``picture``.
Changed pixels mean a new version in plan/steps.py (a golden digest watches).
"""

from __future__ import annotations

from filmkit.errors import StepFailed
from filmkit.media.drawing.credits_page import draw_credits
from filmkit.media.drawing.drawn import Canvas, Drawn
from filmkit.media.drawing.lettering import save_picture
from filmkit.media.drawing.slate import draw_slate
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import CardRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Draws the card. Raises StepFailed where its text has no room."""
    recipe = CardRecipe.from_params(step.params)
    try:
        drawn = _drawn(recipe)
    except ValueError as error:
        raise StepFailed(step.name, str(error), remedy="shorten what the storyboard says here") from error
    target = bench.folder / "picture.png"
    save_picture(drawn.picture, target)
    return Made({"picture": target}, {"width": recipe.width_px, "height": recipe.height_px}, drawn.events)


def _drawn(recipe: CardRecipe) -> Drawn:
    canvas = Canvas(recipe.width_px, recipe.height_px)
    if recipe.kind == "credits":
        return draw_credits(recipe.lines, canvas)
    return draw_slate(recipe.lines, canvas)
