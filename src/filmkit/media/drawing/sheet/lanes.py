"""A lane of a level picture: one stem, with its cues as bars, its outline, and how it is ducked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from filmkit.media.drawing.shapes_png import text_width
from filmkit.media.drawing.sheet.axes import (
    DIM,
    DUCK,
    LEFT,
    PALE,
    PANEL,
    RIGHT,
    SMALL,
    STEM_COLORS,
    Scale,
    TimeAxis,
    area,
    centres,
    fitted,
    label,
    lane_name,
    level_line,
)
from filmkit.model.level_recipe import SheetCue
from filmkit.model.shapes import Polygon, Polyline, Rect, Shape

FLOOR_DB = -48.0
_WAVE_HEIGHT, _BAR_HEIGHT, _MOST_ROWS, _SILENT_HEIGHT = 92, 16, 4, 24
_DUCK_DB = 24.0
_MOST_NAME_PX = 90.0

Curve = Sequence[tuple[int, float]]
"""Breakpoints (sample, dB) of a line that is straight in dB."""


@dataclass(frozen=True)
class Lane:
    """A stem at the level of the mix: the peak (dBFS) and the loudness (LUFS) of each column; ``ducks`` by slot.

    Its cues stand in the order in which they begin.
    """

    stem: str
    cues: tuple[SheetCue, ...]
    column_samples: int
    peak_db: Sequence[float]
    loudness_lufs: Sequence[float]
    ducks: Mapping[str, Curve]


def silent_lane(stem: str, top: float) -> tuple[list[Shape], float]:
    """A stem in which nothing sounds; and its height."""
    y = top + _SILENT_HEIGHT / 2 + 4
    return [label((LEFT - 12, y), stem, DIM, align="end"), label((LEFT + 8, y), "nothing", DIM)], _SILENT_HEIGHT


def stem_lane(lane: Lane, axis: TimeAxis, top: float) -> tuple[list[Shape], float]:
    """A stem that sounds; and its height."""
    rows = rows_of(lane.cues, axis)
    bars = (_BAR_HEIGHT + 2) * (max(rows, default=0) + 1)
    box = top + bars
    shapes: list[Shape] = [Rect(LEFT, box, RIGHT - LEFT, _WAVE_HEIGHT, PANEL)]
    shapes += _outline(lane, axis, box)
    shapes += _ducking(lane, axis, box)
    for cue, row, room in zip(lane.cues, rows, _rooms_after(lane.cues, rows, axis), strict=True):
        shapes += _bar(cue, axis, top + row * (_BAR_HEIGHT + 2), room)
    shapes += [lane_name(box + 20, lane.stem, STEM_COLORS[lane.stem])]
    return shapes, bars + _WAVE_HEIGHT


def _outline(lane: Lane, axis: TimeAxis, top: float) -> Iterator[Shape]:
    """Peaks pale, loudness full, both mirrored about the middle: 0 dB at the edges, the floor in the middle."""
    half = Scale(top, _WAVE_HEIGHT / 2, FLOOR_DB, 0.0)
    middle = top + _WAVE_HEIGHT / 2
    for value in (-12.0, -24.0, -36.0):
        yield level_line(half.y(value), opacity=0.5)
    for value in (0.0, -24.0, FLOOR_DB):
        yield label((RIGHT + 8, half.y(value) + 4 + 5 * (not value)), f"{value:g}".replace("-", "−"), DIM, 11.0)
    xs = centres(axis, lane.column_samples, len(lane.peak_db))
    for values, opacity in ((lane.peak_db, 0.38), (lane.loudness_lufs, 0.95)):
        upper = [half.y(value) for value in values]
        lower = [round(2 * middle - y, 2) for y in upper]
        yield area(xs, (upper, lower), STEM_COLORS[lane.stem], opacity)


def _ducking(lane: Lane, axis: TimeAxis, top: float) -> Iterator[Shape]:
    """Each curve over the cues that it lowers: 0 dB at the lane's top, what it takes hanging down from there."""
    scale = Scale(top + 1, _WAVE_HEIGHT - 2, -_DUCK_DB, 0.0)
    for slot, curve in lane.ducks.items():
        for start, stop in _spans([cue for cue in lane.cues if cue.duck_slot == slot]):
            points = tuple((round(axis.x(sample), 2), scale.y(level)) for sample, level in clipped(curve, start, stop))
            if points and any(y > scale.top for _, y in points):
                yield Polygon(((points[0][0], scale.top), *points, (points[-1][0], scale.top)), DUCK, 0.22)
                yield Polyline(points, DUCK, 2.0)
    if lane.ducks:
        yield label((LEFT - 12, top + 38), "ducked by, dB", DUCK, align="end")
        for value in (0, -6, -12, -18):
            yield label((RIGHT + 34, scale.y(value) + 4 + 5 * (not value)), f"{value}".replace("-", "−"), DUCK, 11.0)


def _spans(cues: Sequence[SheetCue]) -> list[tuple[int, int]]:
    """Where any of these cues sounds, overlaps joined."""
    spans: list[tuple[int, int]] = []
    for start, stop in sorted((cue.start, cue.start + cue.length) for cue in cues):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        else:
            spans.append((start, stop))
    return spans


def clipped(curve: Curve, start: int, stop: int) -> list[tuple[int, float]]:
    """The part of a curve between two samples, its ends interpolated; outside its breakpoints it stays level."""
    if not curve:
        return []
    inside = [(sample, level) for sample, level in curve if start < sample < stop]
    return [(start, value_at(curve, start)), *inside, (stop, value_at(curve, stop))]


def value_at(curve: Curve, sample: int) -> float:
    """The curve's level at a sample."""
    for (left, low), (right, high) in pairwise(curve):
        if left <= sample <= right:
            return high if right == left else low + (high - low) * (sample - left) / (right - left)
    return curve[0][1] if sample < curve[0][0] else curve[-1][1]


def rows_of(cues: Sequence[SheetCue], axis: TimeAxis) -> list[int]:
    """The row of each cue's bar: the first that is free there, its name counted in; where all are taken, the one that
    is free the soonest.
    """
    free: list[float] = []
    rows = []
    for cue in cues:
        x = axis.x(cue.start)
        row = next((at for at, place in enumerate(free) if place <= x), len(free))
        if row == _MOST_ROWS:
            row = free.index(min(free))
        elif row == len(free):
            free.append(0.0)
        named = x + min(_MOST_NAME_PX, text_width(cue.id, SMALL)) + 12
        free[row] = max(free[row], axis.x(cue.start + cue.length), named)
        rows.append(row)
    return rows


def _rooms_after(cues: Sequence[SheetCue], rows: Sequence[int], axis: TimeAxis) -> list[float]:
    """Pixels from each bar's end to the next bar of its row, or to the film's end."""
    following: dict[int, float] = {}
    rooms = []
    for cue, row in zip(reversed(cues), reversed(rows), strict=True):
        rooms.append(following.get(row, float(RIGHT)) - axis.x(cue.start + cue.length))
        following[row] = axis.x(cue.start)
    return rooms[::-1]


def _bar(cue: SheetCue, axis: TimeAxis, top: float, room_after: float) -> Iterator[Shape]:
    """The cue as a bar whose ends slope with its fades; its name in it, or after it where there is more room."""
    color, stop = STEM_COLORS[cue.stem], cue.start + cue.length
    x, end = axis.x(cue.start), max(axis.x(stop), axis.x(cue.start) + 2)
    risen, falls = axis.x(cue.start + cue.fade_in), max(axis.x(stop - cue.fade_out), axis.x(cue.start))
    foot = top + _BAR_HEIGHT
    corners = ((x, foot), (min(risen, end), top), (max(min(risen, end), falls), top), (end, foot))
    yield Polygon(tuple((round(px, 2), py) for px, py in corners), color, 0.42)
    yield Rect(round(x), top, 2, _BAR_HEIGHT, color)
    inside = fitted((x + 7, top + 12), cue.id, PALE, end - x - 12)
    if inside and inside[0].text == " ".join(cue.id.split()):
        yield from inside
    else:
        yield from fitted((end + 5, top + 12), cue.id, color, room_after - 10) or inside
