"""Level pictures of made-up films: a recipe, the numbers of a mix and outlines of stems, and what the stage draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from filmkit.media.drawing.shapes_svg import svg_text
from filmkit.media.drawing.sheet.page import draw_sheet, lanes_of
from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.level_recipe import SheetCue, SheetRecipe, SheetScene, SheetShot
from filmkit.plan.graph import Step
from filmkit.stages import sheet

RATE = 48_000
COLUMN = 4_800
"""A tenth of a second."""

_numbers = count()


def recipe_of(seconds: int = 20, **fields: Any) -> SheetRecipe:
    """A film of four shots in two scenes at 24 frames a second."""
    frames = 24 * seconds
    starts = [0, frames // 4, frames // 2, frames * 3 // 4]
    shots = tuple(
        SheetShot(name=f"s/shot{at}", start=start, stop=stop)
        for at, (start, stop) in enumerate(zip(starts, [*starts[1:], frames], strict=True))
    )
    return SheetRecipe.model_validate({
        "title": "First Light", "fps": "24", "frames": frames, "length": seconds * RATE, "integrated_lufs": -16.0,
        "peak_dbtp": -1.0, "scenes": (SheetScene(title="One", start=0), SheetScene(title="Two", start=starts[2])),
        "shots": shots, **fields,
    })  # fmt: skip


def cue(id: str, stem: str, start_s: float, length_s: float, **fields: Any) -> SheetCue:
    return SheetCue(id=id, stem=stem, start=round(start_s * RATE), length=round(length_s * RATE), **fields)


def mix_of(seconds: int = 20, **changes: Any) -> dict[str, Any]:
    """The ``levels`` of a mix: on its target all the time, never limited."""
    tenths = seconds * 10
    whole = {"integrated_lufs": -16.0, "true_peak_dbtp": -2.5, "range_lu": 3.0, "gain_db": 0.0}
    curves: dict[str, Any] = {
        "samples": seconds * RATE, "column_samples": COLUMN, "gain_db": 0.0, "limiter_db": [0.0] * tenths,
        "true_peak_db": [-6.0] * tenths, "short_term_lufs": [None] * 29 + [-16.0] * (tenths - 29),
    }  # fmt: skip
    return {**curves, **changes, "whole": {**whole, **{key: changes[key] for key in whole if key in changes}}}


def wave_of(loudness: Sequence[float]) -> dict[str, Any]:
    """An outline with this loudness in each tenth of a second, peaks 10 dB above it."""
    peaks = [min(0.0, value + 10.0) for value in loudness]
    return {
        "samples": len(loudness) * COLUMN, "column_samples": COLUMN, "peak_db": peaks, "loudness_lufs": [*loudness],
    }  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """What the stage left."""

    svg: str
    numbers: dict[str, Any]
    pixels: npt.NDArray[np.uint8]


def draw(
    folder: Path,
    recipe: SheetRecipe,
    waves: Mapping[str, Any],
    mix: Mapping[str, Any] | None = None,
    ducks: Mapping[str, Sequence[tuple[int, float]]] | None = None,
) -> Drawn:
    """The level picture; ``ducks`` are curves by ``<stem>-<slot>``."""
    given = {"levels": mix or mix_of(recipe.length // RATE), **{f"wave-{stem}": wave for stem, wave in waves.items()}}
    given |= {f"duck-{name}": [*map(list, curve)] for name, curve in (ducks or {}).items()}
    bench = folder / f"sheet{next(_numbers)}"
    bench.mkdir(parents=True)
    inputs = {}
    for slot, value in given.items():
        inputs[slot] = folder / f"{bench.name}-{slot}.json"
        inputs[slot].write_text(json.dumps(value))
    step = Step("sheet", "level picture", 1, recipe.as_params())
    made = sheet.run(step, Workbench(bench, inputs, {}, Ffmpeg(Path("no-ffmpeg"), "none", is_pinned=True)))
    with Image.open(made.outputs["png"]) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    numbers = json.loads(Path(made.outputs["numbers"]).read_bytes())
    return Drawn(Path(made.outputs["svg"]).read_text(encoding="utf-8"), numbers, pixels)


def sketch(recipe: SheetRecipe, waves: Mapping[str, Any], mix: Mapping[str, Any] | None = None) -> str:
    """The same as SVG alone, which is quick."""
    mix = mix or mix_of(recipe.length // RATE)
    return svg_text(draw_sheet(recipe, mix, lanes_of(recipe, mix["gain_db"], waves, {})))
