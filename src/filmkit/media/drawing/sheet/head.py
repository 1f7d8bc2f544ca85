"""The head of a level picture: the film and its numbers, seconds, scenes and shots; and the cut lines through all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from filmkit.media.drawing.sheet.axes import (
    CUT,
    DIM,
    GREY,
    GRID,
    LEFT,
    NORMAL,
    PALE,
    PANEL,
    RIGHT,
    TimeAxis,
    fitted,
    label,
    level_line,
)
from filmkit.model.level_recipe import SheetRecipe, SheetShot
from filmkit.model.run import Json
from filmkit.model.shapes import Line, Polygon, Rect, Shape
from filmkit.model.timebase import SAMPLE_RATE

HEIGHT = 192
"""Where the first lane may begin."""

_RULER, _SCENES, _SHOTS, _FRAMES = 100, 108, 134, 173
_SHOT_HEIGHT = 24
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_LEAST_TICK_PX = 84
_NEAR_PX = 16
"""Where cuts stand nearer than this on average, their lines are fainter, or they would hide the lanes."""

_SILENT_DB = -120.0


def head(recipe: SheetRecipe, axis: TimeAxis, whole: Mapping[str, Json]) -> Iterator[Shape]:
    """Everything above the lanes; ``whole`` are the facts of the mix."""
    numbers = _numbers(recipe, whole)
    yield from fitted((LEFT, 38), recipe.title, PALE, RIGHT - LEFT, 22.0)
    yield label((LEFT, 62), numbers, GREY, NORMAL)
    yield from _ruler(recipe, axis)
    yield from _scenes(recipe, axis)
    yield from _shots(recipe, axis)


def _numbers(recipe: SheetRecipe, whole: Mapping[str, Json]) -> str:
    seconds = recipe.length / SAMPLE_RATE
    parts = [f"{clock(seconds)}, {recipe.frames} frames at {float(Fraction(recipe.fps)):.6g}"]
    if isinstance(loud := whole.get("integrated_lufs"), (int, float)):
        parts.append(f"integrated {loud:.1f} LUFS (asked {recipe.integrated_lufs:g})")
        parts.append(f"range {whole['range_lu']} LU")
    peak = whole["true_peak_dbtp"]
    if isinstance(peak, (int, float)) and peak > _SILENT_DB:
        parts.append(f"true peak {peak:.1f} dBTP (ceiling {recipe.peak_dbtp:g})")
        parts.append(f"gain of the mix {whole['gain_db']:+} dB")
    else:
        parts.append("silent")
    return "   ·   ".join(parts).replace("-", "−")


def clock(seconds: float) -> str:
    """``1:02.5``, without tenths where there are none."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}".removesuffix(".0")


def tick_step_s(length_s: float) -> float:
    """Seconds from one labelled tick to the next: as near as they can be read."""
    return next((step for step in _STEPS_S if step * (RIGHT - LEFT) / length_s >= _LEAST_TICK_PX), _STEPS_S[-1])


def _ruler(recipe: SheetRecipe, axis: TimeAxis) -> Iterator[Shape]:
    length_s = recipe.length / SAMPLE_RATE
    step_s = tick_step_s(length_s)
    yield level_line(_RULER)
    for number in range(int(length_s / (step_s / 5)) + 1):
        x = round(axis.x(number * step_s / 5 * SAMPLE_RATE)) + 0.5
        is_long = number % 5 == 0
        yield Line(x, _RULER - (8 if is_long else 4), x, _RULER, GREY if is_long else GRID)
        if is_long and x < RIGHT - 20:
            yield label((x + 4, _RULER - 5), clock(number // 5 * step_s), GREY)
    yield label((LEFT - 12, _RULER - 5), "time", DIM, align="end")


def _scenes(recipe: SheetRecipe, axis: TimeAxis) -> Iterator[Shape]:
    yield label((LEFT - 12, _SCENES + 16), "scene", DIM, align="end")
    stops = [*(scene.start for scene in recipe.scenes[1:]), recipe.frames]
    for scene, stop in zip(recipe.scenes, stops, strict=False):
        x, end = _x(recipe, axis, scene.start), _x(recipe, axis, stop)
        yield Rect(x, _SCENES, max(1.0, end - x - 1), 22, "#2b313b")
        yield from fitted((x + 8, _SCENES + 15), scene.title, PALE, end - x - 14)


def _shots(recipe: SheetRecipe, axis: TimeAxis) -> Iterator[Shape]:
    yield label((LEFT - 12, _SHOTS + 17), "shot", DIM, align="end")
    yield label((LEFT - 12, _FRAMES), "frame", DIM, align="end")
    free = 0.0
    stops = [*(shot.start for shot in recipe.shots[1:]), recipe.frames]
    for shot, stop in zip(recipe.shots, stops, strict=False):
        x, end = _x(recipe, axis, shot.start), _x(recipe, axis, stop)
        yield Rect(x, _SHOTS, max(1.0, end - x - 1), _SHOT_HEIGHT, PANEL)
        yield from _join(recipe, axis, shot)
        name = shot.name.rpartition("/")[2] or shot.name
        inset = _x(recipe, axis, shot.start + shot.join_frames) - x
        yield from fitted((x + inset + 7, _SHOTS + 16), name, PALE, end - x - inset - 12)
        number = label((x + 4, _FRAMES), str(shot.start), DIM, 11.0)
        if x >= free:
            yield number
            free = x + number.width + 8


def _join(recipe: SheetRecipe, axis: TimeAxis, shot: SheetShot) -> Iterator[Shape]:
    """The overlap of a join: the shot comes up while the one before goes down."""
    if shot.join_frames:
        x, full = _x(recipe, axis, shot.start), _x(recipe, axis, shot.start + shot.join_frames)
        yield Polygon(((x, _SHOTS + _SHOT_HEIGHT), (full, _SHOTS), (full, _SHOTS + _SHOT_HEIGHT)), GRID)


def cut_lines(recipe: SheetRecipe, axis: TimeAxis, foot: float) -> Iterator[Shape]:
    """A line through all lanes where each shot begins, stronger where a scene does."""
    scenes = {scene.start for scene in recipe.scenes}
    faint = 0.28 if len(recipe.shots) * _NEAR_PX < RIGHT - LEFT else 0.12
    for shot in recipe.shots:
        if shot.start:
            x = _x(recipe, axis, shot.start)
            strong = shot.start in scenes
            yield Line(x + 0.5, _SCENES if strong else _SHOTS, x + 0.5, foot, CUT, 1.0, 0.55 if strong else faint)


def _x(recipe: SheetRecipe, axis: TimeAxis, frame: int) -> float:
    """The whole pixel at which a frame begins."""
    return float(round(axis.x(frame * recipe.length / recipe.frames)))
