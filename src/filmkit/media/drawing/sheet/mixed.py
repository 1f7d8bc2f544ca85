"""The foot of a level picture: how loud the whole mix is, against its target, and what peaks and limiter do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from filmkit.media.drawing.sheet.axes import (
    DIM,
    GREY,
    LEFT,
    LIMIT,
    PALE,
    PANEL,
    RIGHT,
    TARGET,
    Scale,
    TimeAxis,
    area,
    centres,
    label,
    lane_name,
    level_line,
)
from filmkit.model.level_recipe import SheetRecipe
from filmkit.model.shapes import Polygon, Polyline, Rect, Shape
from filmkit.model.timebase import SAMPLE_RATE

LOUDNESS_HEIGHT, PEAK_HEIGHT = 130, 76
_ABOVE_LU, _BELOW_LU = 9.0, 27.0
_LOW_DB = -24.0
_MOST_COLUMNS = 2_000
_HALF_WINDOW = SAMPLE_RATE * 3 // 2


def loudness_lane(recipe: SheetRecipe, mix: Mapping[str, Any], axis: TimeAxis, top: float) -> Iterator[Shape]:
    """Short-term loudness, drawn at the middle of its 3 s, and the target of the whole."""
    target = recipe.integrated_lufs
    scale = Scale(top, LOUDNESS_HEIGHT, target - _BELOW_LU, target + _ABOVE_LU)
    yield Rect(LEFT, top, RIGHT - LEFT, LOUDNESS_HEIGHT, PANEL)
    yield lane_name(top + 22, "mix", PALE)
    yield label((LEFT - 12, top + 40), "short-term LUFS", GREY, align="end")
    for value in range(int(target) - 24, int(target) + 9, 6):
        if abs(value - target) > 2:
            yield level_line(scale.y(value), opacity=0.5)
            yield label((RIGHT + 8, scale.y(value) + 4), f"{value}".replace("-", "−"), DIM, 11.0)
    yield from _curve(mix, axis, scale)
    yield level_line(scale.y(target), TARGET, dash=6.0)
    yield label((RIGHT + 8, scale.y(target) + 4), f"{target:g} asked".replace("-", "−"), TARGET, 11.0)


def _curve(mix: Mapping[str, Any], axis: TimeAxis, scale: Scale) -> Iterator[Shape]:
    """The curve in parts: there is none in silence, nor within a second and a half of the film's ends."""
    grouped = _grouped(mix["short_term_lufs"])
    step = mix["column_samples"] * _group(mix["short_term_lufs"])
    values = [max((value for value in group if value is not None), default=None) for group in grouped]
    part: list[tuple[float, float]] = []
    for at, value in enumerate([*values, None]):
        if value is not None:
            part.append((round(axis.x((at + 1) * step - _HALF_WINDOW), 2), scale.y(value)))
        elif part:
            foot = scale.top + scale.height
            yield Polygon((*part, (part[-1][0], foot), (part[0][0], foot)), PALE, 0.14)
            if len(part) > 1:
                yield Polyline(tuple(part), PALE, 2.0)
            part = []


def _group(values: Sequence[float | None]) -> int:
    """How many values fall together, so that a long film has no more than can be seen."""
    return -(-len(values) // _MOST_COLUMNS) or 1


def _grouped(values: Sequence[Any]) -> list[Sequence[Any]]:
    size = _group(values)
    return [values[at : at + size] for at in range(0, len(values), size)]


def peak_lane(recipe: SheetRecipe, mix: Mapping[str, Any], axis: TimeAxis, top: float) -> Iterator[Shape]:
    """True peaks of the encoded mix from below, with their ceiling; what the limiter takes hangs down from above."""
    scale = Scale(top, PEAK_HEIGHT, _LOW_DB, 0.0)
    foot = top + PEAK_HEIGHT
    yield Rect(LEFT, top, RIGHT - LEFT, PEAK_HEIGHT, PANEL)
    yield label((LEFT - 12, top + 20), "true peak dBTP", GREY, align="end")
    yield label((LEFT - 12, top + 38), "limiter", LIMIT, align="end")
    for value in (-6.0, -12.0, -18.0):
        yield level_line(scale.y(value), opacity=0.5)
        yield label((RIGHT + 8, scale.y(value) + 4), f"{value:g}".replace("-", "−"), DIM, 11.0)
    peaks = [max(group) for group in _grouped(mix["true_peak_db"])]
    limiter = [min(group) for group in _grouped(mix["limiter_db"])]
    xs = centres(axis, mix["column_samples"] * _group(mix["true_peak_db"]), len(peaks))
    if xs:
        yield area(xs, ([scale.y(value) for value in peaks], [foot] * len(xs)), GREY, 0.45)
        if any(value < 0 for value in limiter):
            taken = [scale.y(value) for value in limiter]
            yield area(xs, ([float(top)] * len(xs), taken), LIMIT, 0.9)
    yield level_line(scale.y(recipe.peak_dbtp), LIMIT, dash=6.0)
    yield label(
        (RIGHT + 8, scale.y(recipe.peak_dbtp) + 5), f"{recipe.peak_dbtp:g} ceiling".replace("-", "−"), LIMIT, 11.0
    )
