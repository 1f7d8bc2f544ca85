"""The level picture of a mix: cuts, cues, outlines of the stems, ducking, loudness, peaks; as SVG, PNG and numbers.

Parameters: :class:`~filmkit.model.level_recipe.SheetRecipe`. Inputs: ``levels`` of the mix; ``wave-<stem>``, the
outline of each stem that sounds; ``duck-<stem>-<slot>``, the ducking curves of its cues. Outputs ``svg``, ``png`` and
``numbers`` (JSON, everything at the level of the mix). Changed pixels mean a new version in plan/steps.py (a golden
digest watches).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from filmkit.media.drawing.lettering import save_picture
from filmkit.media.drawing.shapes_png import picture_of
from filmkit.media.drawing.shapes_svg import svg_text
from filmkit.media.drawing.sheet.lanes import Lane
from filmkit.media.drawing.sheet.page import draw_sheet, lanes_of, spoken
from filmkit.media.sound.mixlevels import write_json
from filmkit.media.workbench import Workbench
from filmkit.model.level_recipe import SheetRecipe
from filmkit.model.run import Json, Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Draws the picture twice, and writes down its numbers."""
    recipe = SheetRecipe.from_params(step.params)
    given = {slot: json.loads(path.read_bytes()) for slot, path in bench.inputs.items()}
    waves = {slot.removeprefix("wave-"): wave for slot, wave in given.items() if slot.startswith("wave-")}
    lanes = lanes_of(recipe, given["levels"]["gain_db"], waves, _ducks(given))
    drawing = draw_sheet(recipe, given["levels"], lanes)
    outputs = {name: bench.folder / f"levels.{name}" for name in ("svg", "png", "json")}
    outputs["svg"].write_text(svg_text(drawing), encoding="utf-8")
    save_picture(picture_of(drawing), outputs["png"])
    write_json(_numbers(recipe, given["levels"], lanes), outputs["json"])
    return Made({"svg": outputs["svg"], "png": outputs["png"], "numbers": outputs["json"]})


def _ducks(given: dict[str, Any]) -> dict[str, dict[str, list[tuple[int, float]]]]:
    ducks: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for name, curve in given.items():
        if name.startswith("duck-"):
            _, stem, slot = name.split("-", 2)
            ducks.setdefault(stem, {})[slot] = [(int(sample), float(level)) for sample, level in curve]
    return ducks


def _numbers(recipe: SheetRecipe, mix: dict[str, Json], lanes: dict[str, Lane]) -> dict[str, Json]:
    value: dict[str, Json] = {
        **{key: part for key, part in recipe.model_dump(mode="json").items() if key != "cues"},
        "mix": mix,
        "voice": [list(run) for run in spoken(lanes, recipe.length)],
        "stems": {stem: _lane_value(lane) for stem, lane in lanes.items()},
    }
    return value


def _lane_value(lane: Lane) -> Json:
    value: dict[str, Any] = asdict(lane)
    value["cues"] = [cue.model_dump(mode="json") for cue in lane.cues]
    return value
