"""Putting pictures on frames: the plan's table of frames becomes an expression that ffmpeg evaluates exactly.

``setpts`` gives each picture its frame, ``fps`` fills the gaps and makes each stand for exactly one frame (a picture
that keeps the length it has in a slower take would be encoded twice). At the end of its input ``setpts`` is asked once
more, for the picture after the last: the table answers with the segment's length, so the last picture stands to the
end, and a take that gives fewer pictures than planned yields fewer frames instead of a silent hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from filmkit.model.recipe import TakeLayer

Stream = Any
"""A node of an ffmpeg-python graph (the library has no types)."""


def picks(stream: Stream, layer: TakeLayer, is_sought: bool) -> Stream:
    """Only the pictures this layer shows: from ``first`` on, or from the first decoded where the file was sought."""
    first = 0 if is_sought else layer.first
    last = {"end_frame": first + len(layer.shown_at)} if layer.shown_at else {}
    if first:
        last["start_frame"] = first
    return stream.filter("trim", **last) if last else stream


def on_frames(stream: Stream, layer: TakeLayer, frames: int, rate: Fraction) -> Stream:
    """Pictures stamped with the frame each begins to stand at, in units of one frame."""
    stamped = stream.filter("settb", f"{rate.denominator}/{rate.numerator}")
    return stamped.filter("setpts", frame_expression(layer.shown_at, frames) if layer.shown_at else "N")


def filled(stream: Stream, rate: Fraction) -> Stream:
    """One picture a frame: those that stand longer are repeated, of several at one frame the last stays."""
    return stream.filter("fps", fps=str(rate), start_time=0)


def drops_pictures(layer: TakeLayer, frames: int) -> bool:
    """Whether more pictures are decoded than frames shown: then filling first saves work on pictures nobody sees."""
    return len(layer.shown_at) > frames


def frame_expression(shown_at: Sequence[int], frames: int) -> str:
    """The frame of picture ``N`` as an expression: a balanced tree over runs of equal steps.

    A flat sum of 2,000 terms is refused by ffmpeg's parser; the tree is 11 deep. Raises ValueError for a table that
    does not begin at 0, falls, or reaches past the segment.
    """
    if shown_at[0] != 0 or shown_at[-1] >= frames or any(b < a for a, b in pairwise(shown_at)):
        raise ValueError("shown_at must begin at 0, never fall, and end inside the segment")
    return _tree(_runs([*shown_at, frames]))


def _runs(table: Sequence[int]) -> list[tuple[int, int, int]]:
    """(index, value there, step) of the longest runs of equal steps."""
    runs: list[tuple[int, int, int]] = []
    start = 0
    while start < len(table):
        stop = start + 1
        step = table[stop] - table[start] if stop < len(table) else 0
        while stop < len(table) and table[stop] - table[stop - 1] == step:
            stop += 1
        runs.append((start, table[start], step))
        start = stop
    return runs


def _tree(runs: Sequence[tuple[int, int, int]]) -> str:
    if len(runs) == 1:
        index, value, step = runs[0]
        base = value - index * step
        return str(base) if step == 0 else ("N" if step == 1 else f"N*{step}") + (f"{base:+d}" if base else "")
    half = len(runs) // 2
    return f"if(lt(N,{runs[half][0]}),{_tree(runs[:half])},{_tree(runs[half:])})"
