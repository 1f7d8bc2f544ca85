"""Conform: bring a take to the canvas. Every filter in here is left out where the take does not need it."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from filmkit.media.picture.colour import SCALER_FLAGS, TAGS, TONEMAP_PEAK, Colour, colour_of
from filmkit.media.picture.framing import Area, Placement, placement
from filmkit.media.picture.retime import Stream
from filmkit.model.recipe import Canvas, Conform, Framing

Options: TypeAlias = dict[str, "int | str"]
"""Options of one filter: typed numbers and words of our own."""

_TURNS = {90: ("clock",), 180: ("clock", "clock"), 270: ("cclock",)}
_DEEP = "gbrp10le"


def deinterlaced(stream: Stream, conform: Conform) -> Stream:
    """Frames of fields woven into whole pictures, one a frame, so that the plan's picture numbers hold."""
    if not conform.interlaced:
        return stream
    return stream.filter("bwdif", mode="send_frame", parity=conform.interlaced, deint="all")


def turned(stream: Stream, rotation: int) -> Stream:
    """Upright: ``rotation`` degrees clockwise. ffmpeg's own turning is always off."""
    for turn in _TURNS.get(rotation, ()):
        stream = stream.filter("transpose", dir=turn)
    return stream


def conformed(stream: Stream, conform: Conform, framing: Framing, canvas: Canvas) -> Stream:
    """Pictures of the canvas' size: yuv420p, BT.709, limited range, square pixels."""
    colour = colour_of(conform)
    size = conform.width, conform.height
    sar = Fraction(conform.sar)
    if conform.rotation in {90, 270}:
        size, sar = size[::-1], 1 / sar
    placed = placement(size, sar, canvas, framing)
    if _is_ready(conform, colour, placed, canvas):
        return stream
    stream = stream.filter("setparams", **colour.tags)
    stream = turned(stream, conform.rotation)
    stream = _cut(stream, placed.window, size)
    if conform.has_alpha:
        stream, colour = _over_black(stream, colour), Colour("gbr", True, colour.primaries, colour.transfer)
    return _padded(_coloured(stream, colour, placed.inner), placed.inner, canvas)


def finished(stream: Stream) -> Stream:
    """The end of every chain: the same pixels, tags and headers whatever came in."""
    bare = stream.filter("sidedata", mode="delete").filter("setsar", 1)
    return bare.filter("setparams", **TAGS).filter("format", "yuv420p")


def graded(stream: Stream, lut_file: str) -> Stream:
    """Through a 3-D LUT in 10-bit RGB. ``lut_file`` is a generated name inside the job's folder."""
    rgb = _scaled(stream, {"in_color_matrix": "bt709", "in_range": "tv", "out_range": "pc"}).filter("format", _DEEP)
    looked = rgb.filter("lut3d", file=lut_file, interp="tetrahedral")
    back: Options = {"in_range": "pc", "out_color_matrix": "bt709", "out_range": "tv"}
    return _scaled(looked, back).filter("format", "yuv420p")


def _is_ready(conform: Conform, colour: Colour, placed: Placement, canvas: Canvas) -> bool:
    whole = Area(0, 0, canvas.width_px, canvas.height_px)
    is_plain = conform.pixel_format in {"yuv420p", "yuvj420p"} and not conform.has_alpha and not conform.rotation
    return is_plain and colour.is_ours and placed.window == placed.inner == whole


def _cut(stream: Stream, window: Area, size: tuple[int, int]) -> Stream:
    if window == Area(0, 0, *size):
        return stream
    return stream.filter("crop", window.width, window.height, window.x, window.y, exact=1)


def _over_black(stream: Stream, colour: Colour) -> Stream:
    """Straight alpha over black is each colour times its alpha, in RGB."""
    rgb = _scaled(stream, {**_given(colour), "out_range": "pc"}).filter("format", "gbrap")
    return rgb.filter("premultiply", inplace=1).filter("format", "gbrp")


def _given(colour: Colour) -> Options:
    """What the scaler is told of its input."""
    in_range: Options = {"in_range": "pc" if colour.is_full_range else "tv"}
    return in_range if colour.matrix == "gbr" else {**in_range, "in_color_matrix": colour.matrix}


def _coloured(stream: Stream, colour: Colour, inner: Area) -> Stream:
    size: Options = {"w": inner.width, "h": inner.height}
    if colour.is_hdr or colour.is_wide:
        return _mapped(stream, colour, size)
    wanted: Options = {**size, **_given(colour), "out_color_matrix": "bt709", "out_range": "tv"}
    return _scaled(stream, wanted).filter("format", "yuv420p")


def _mapped(stream: Stream, colour: Colour, size: Options) -> Stream:
    """Through linear light: gamut by zimg, highlights by a fixed curve (Hable), 100 cd/m² as white."""
    linear = stream.filter("zscale", **size, filter="bicubic", transfer="linear", npl=100).filter("format", "gbrpf32le")
    narrow = linear.filter("zscale", primaries="bt709")
    if colour.is_hdr:
        narrow = narrow.filter("tonemap", tonemap="hable", desat=0, peak=TONEMAP_PEAK)
    video = narrow.filter("zscale", transfer="bt709", matrix="bt709", range="tv", dither="none")
    return video.filter("format", "yuv420p")


def _scaled(stream: Stream, options: Options) -> Stream:
    return stream.filter("scale", **options, flags=SCALER_FLAGS)


def _padded(stream: Stream, inner: Area, canvas: Canvas) -> Stream:
    if (inner.width, inner.height) == (canvas.width_px, canvas.height_px):
        return stream
    return stream.filter("pad", canvas.width_px, canvas.height_px, inner.x, inner.y, color="black")
