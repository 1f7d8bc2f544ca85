"""A segment's filter graph: inputs, layers, join, titles, one stream at the end.

Built with ffmpeg-python from typed numbers, words of our own and generated names; nothing a user wrote enters it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import ffmpeg

from filmkit.media.gate import GATE_FLAGS
from filmkit.media.picture.conform import conformed, deinterlaced, finished, graded
from filmkit.media.picture.encode import ONE_THREAD
from filmkit.media.picture.fades import Ramps, ramped
from filmkit.media.picture.joins import joined
from filmkit.media.picture.overlay import is_seen, raw_input, titled
from filmkit.media.picture.planes import Patch
from filmkit.media.picture.retime import Stream, drops_pictures, filled, on_frames, picks
from filmkit.media.picture.still import stands
from filmkit.model.recipe import Canvas, ColorLayer, Layer, SegmentRecipe, StillLayer, TakeLayer


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made ready in the job's folder: drawn titles by slot, LUT files by slot as the graph may name them."""

    patches: Mapping[str, Patch | None]
    luts: Mapping[str, str]


def segment_arguments(recipe: SegmentRecipe, prepared: Prepared, output: Sequence[str]) -> list[str]:
    """Arguments for ffmpeg to make a segment; ``output`` is what the encoder is told, the file's name last.

    Inputs are named ``in:<slot>``; drawn frames of stills and colours ``in:still<n>``, n counting layers.
    """
    picture = _layers(recipe, prepared)
    for title in recipe.titles:
        patch = prepared.patches.get(title.slot)
        if patch is not None and is_seen(title, recipe.frames):
            above = raw_input(f"in:{title.slot}", "yuva420p", (patch.width, patch.height), recipe.canvas.rate)
            picture = titled(picture, above, title, patch, recipe.canvas.rate)
    argv = ffmpeg.get_args(ffmpeg.output(finished(picture), output[-1]))
    return [*ONE_THREAD, *_gated(argv[:-1]), *output]


def _layers(recipe: SegmentRecipe, prepared: Prepared) -> Stream:
    streams = [_layer(layer, index, recipe, prepared) for index, layer in enumerate(recipe.layers)]
    if recipe.overlap is None:
        if len(streams) != 1:
            raise ValueError(f"{len(streams)} layers without a join")
        return streams[0]
    if len(streams) != 2 or recipe.overlap.frames != recipe.frames:
        raise ValueError("a join needs two layers and spans its whole segment")
    return joined(finished(streams[0]), finished(streams[1]), recipe.overlap, recipe.canvas)


def _layer(layer: Layer, index: int, recipe: SegmentRecipe, prepared: Prepared) -> Stream:
    canvas = recipe.canvas
    if isinstance(layer, ColorLayer):
        picture = _still(index, canvas, is_standing=True)
    elif isinstance(layer, StillLayer):
        picture = _graded(_still(index, canvas, is_standing=stands(layer)), layer.grade, prepared)
    else:
        picture = _take(layer, recipe, prepared)
    return ramped(picture, Ramps.of(layer.fade).within(recipe.frames), canvas.rate)


def _take(layer: TakeLayer, recipe: SegmentRecipe, prepared: Prepared) -> Stream:
    canvas, frames = recipe.canvas, recipe.frames
    if layer.holds and not layer.shown_at:
        raise ValueError("a held take needs its table of frames: without it nobody knows which picture is the last")
    is_sought = layer.seek_us > 0 and not layer.conform.interlaced  # weaving needs the pictures before the first
    options: dict[str, object] = {"f": layer.conform.demuxer, "threads": 1, "noautorotate": None}
    if is_sought:
        options["ss"] = f"{layer.seek_us}us"
    source = ffmpeg.input(f"in:{layer.slot}", **options)[str(layer.conform.stream)]
    picture = picks(deinterlaced(source, layer.conform), layer, is_sought)
    picture = on_frames(picture, layer, frames, canvas.rate)
    fills_first = drops_pictures(layer, frames)
    if fills_first:
        picture = filled(picture, canvas.rate)
    picture = _graded(conformed(picture, layer.conform, layer.framing, canvas), layer.grade, prepared)
    return picture if fills_first else filled(picture, canvas.rate)


def _still(index: int, canvas: Canvas, *, is_standing: bool) -> Stream:
    drawn = raw_input(f"in:still{index}", "yuv420p", (canvas.width_px, canvas.height_px), canvas.rate)
    if is_standing:
        drawn = drawn.filter("loop", loop=-1, size=1)
    return _clocked(drawn, canvas.rate)


def _clocked(stream: Stream, rate: Fraction) -> Stream:
    return stream.filter("settb", f"{rate.denominator}/{rate.numerator}").filter("setpts", "N")


def _graded(stream: Stream, slot: str | None, prepared: Prepared) -> Stream:
    return graded(stream, prepared.luts[slot]) if slot is not None else stream


def _gated(argv: Sequence[str]) -> list[str]:
    """The gate's flags before every input that is a file of the film: those whose demuxer is not our raw one."""
    found: list[str] = []
    for at, word in enumerate(argv):
        if word == "-f" and argv[at + 1] != "rawvideo":
            found.extend(GATE_FLAGS)
        found.append(word)
    return found
