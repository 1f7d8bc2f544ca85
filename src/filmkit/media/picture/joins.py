"""Joins: how a second picture takes over from the first, over exactly ``frames`` frames.

At frame k the second picture has taken over by t = (k + 1) / (frames + 1): no frame is all one or all the other, and
the steps are equal across both ends. Everything happens in yuv420p: pixels that a join does not touch keep their bits
(ffmpeg's xfade works in 4:4:4 and lets the first frame stand still).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import ffmpeg
from ffmpeg.nodes import FilterableStream, FilterNode, Node

from filmkit.media.picture.colour import parse_color, rgb_to_ycbcr
from filmkit.media.picture.fades import Ramps, ramped
from filmkit.media.picture.retime import Stream
from filmkit.model.recipe import Canvas, Overlap


class _Source(FilterNode):  # type: ignore[misc]  # the library has no types
    """A filter without inputs, which ffmpeg-python does not foresee."""

    def __init__(self, name: str, options: dict[str, str]) -> None:
        nothing: dict[str, type] = {}
        Node.__init__(self, None, name, nothing, FilterableStream, 0, 0, args=[], kwargs=options)

    def __hash__(self) -> int:
        """By name: the library takes nodes of equal options for one and the same."""
        return hash(self.name)


def joined(first: Stream, second: Stream, overlap: Overlap, canvas: Canvas) -> Stream:
    """One stream from two of equal length. Raises ValueError for an unknown kind."""
    make = _KINDS.get(overlap.kind)
    if make is None:
        raise ValueError(f"{overlap.kind!r} is not a join; known: {', '.join(sorted(_KINDS))}")
    return make(first, second, overlap.frames, canvas)


def _cover(color: str, canvas: Canvas) -> Stream:
    """One opaque colour for ever, one picture a frame: drawn once, then repeated."""
    y, u, v = rgb_to_ycbcr(*parse_color(color))
    once = _black((canvas.width_px, canvas.height_px), canvas.rate, "cover").filter("format", "yuv420p")
    one = once.filter("trim", end_frame=1).filter("lutyuv", y=y, u=u, v=v)
    return one.filter("loop", loop=-1, size=1).filter("format", "yuva420p")


def _black(size: tuple[int, int], rate: Fraction, name: str) -> Stream:
    options = {"color": "black", "size": f"{size[0]}x{size[1]}", "rate": str(rate)}
    return _Source(f"color@{name}", options).stream()


def _framed(stream: Stream, rate: Fraction) -> Stream:
    return stream.filter("settb", f"{rate.denominator}/{rate.numerator}").filter("setpts", "N")


def _laid_over(below: Stream, above: Stream, **options: object) -> Stream:
    """``shortest``: a picture that ends too soon ends the join, and the frame count tells."""
    return ffmpeg.filter([below, above], "overlay", format="yuv420", alpha="straight", shortest=1, **options)


def _dissolve(first: Stream, second: Stream, frames: int, canvas: Canvas) -> Stream:
    clear = second.filter("format", "yuva420p")
    return _laid_over(first, ramped(clear, Ramps(rise=(0, frames)), canvas.rate, is_alpha=True))


def _through(color: str) -> Callable[[Stream, Stream, int, Canvas], Stream]:
    def make(first: Stream, second: Stream, frames: int, canvas: Canvas) -> Stream:
        cut = _laid_over(first, second, enable=f"gte(n,{frames // 2})")
        rate = canvas.rate
        halves = (
            _cover(color, canvas).filter("settb", f"{rate.denominator}/{2 * rate.numerator}").filter("setpts", "2*N+2")
        )
        half_s = float((frames + 1) / (2 * rate))
        up = halves.filter("fade", type="in", st=0, d=f"{half_s:.6f}", alpha=1)
        down = up.filter("fade", type="out", st=f"{half_s:.6f}", d=f"{half_s:.6f}", alpha=1)
        return _laid_over(cut, _framed(down, rate))

    return make


def _wipe(expression: str, is_upright: bool) -> Callable[[Stream, Stream, int, Canvas], Stream]:
    """The edge is soft over a 64th of its way, so that it moves by less than a pixel without steps."""

    def make(first: Stream, second: Stream, frames: int, canvas: Canvas) -> Stream:
        length = canvas.height_px if is_upright else canvas.width_px
        strip = (16, length) if is_upright else (length, 16)
        soft = max(2, length // 64)
        way = f"((N+1)/{frames + 1}*{length + soft}-{soft}/2)"
        values = {"way": way, "soft": soft, "length": length}
        mask = _mask(expression.format(**values), strip, "neighbor", canvas)
        return _laid_over(first, ffmpeg.filter([second, mask], "alphamerge", shortest=1))

    return make


def _iris(first: Stream, second: Stream, frames: int, canvas: Canvas) -> Stream:
    """A circle that opens from the middle to the corners; drawn at an eighth of the size, its edge is soft anyway."""
    width, height = canvas.width_px, canvas.height_px
    small = max(8, width // 8), max(8, height // 8)
    reach, soft = f"{(width**2 + height**2) ** 0.5 / 2:.3f}", max(16, height // 20)
    x, y = f"((X+0.5)*{width}/{small[0]}-{width}/2)", f"((Y+0.5)*{height}/{small[1]}-{height}/2)"
    radius = f"((N+1)/{frames + 1}*({reach}+{soft})-{soft}/2)"
    mask = _mask(f"({radius}-hypot({x},{y}))/{soft}+0.5", small, "bilinear+accurate_rnd", canvas)
    return _laid_over(first, ffmpeg.filter([second, mask], "alphamerge", shortest=1))


def _mask(expression: str, size: tuple[int, int], scaling: str, canvas: Canvas) -> Stream:
    """Grey pictures of the canvas' size; ``expression`` gives the second picture's share, cut off at 0 and 1."""
    drawn = _black(size, canvas.rate, "mask").filter("format", "gray").filter("setparams", range="pc")
    drawn = drawn.filter("geq", lum=f"round(255*clip({expression},0,1))")
    full = drawn.filter("scale", w=canvas.width_px, h=canvas.height_px, flags=f"{scaling}+bitexact")
    return _framed(full.filter("format", "gray"), canvas.rate)


def _slide(stack: str, is_reversed: bool) -> Callable[[Stream, Stream, int, Canvas], Stream]:
    """Both pictures side by side, and a window that travels from the first to the second (in steps of two pixels)."""

    def make(first: Stream, second: Stream, frames: int, canvas: Canvas) -> Stream:
        pair = [second, first] if is_reversed else [first, second]
        side = ffmpeg.filter(pair, stack, shortest=1)
        length = canvas.width_px if stack == "hstack" else canvas.height_px
        way = f"{length}*({frames}-n)/{frames + 1}" if is_reversed else f"{length}*(n+1)/{frames + 1}"
        at = {"x": way, "y": 0} if stack == "hstack" else {"x": 0, "y": way}
        return side.filter("crop", w=canvas.width_px, h=canvas.height_px, **at)

    return make


_KINDS: dict[str, Callable[[Stream, Stream, int, Canvas], Stream]] = {
    "dissolve": _dissolve,
    "fade": _through("#000000"),
    "white": _through("#ffffff"),
    "wipe-left": _wipe("(X+0.5-{length}+{way})/{soft}+0.5", is_upright=False),
    "wipe-right": _wipe("({way}-X-0.5)/{soft}+0.5", is_upright=False),
    "wipe-up": _wipe("(Y+0.5-{length}+{way})/{soft}+0.5", is_upright=True),
    "wipe-down": _wipe("({way}-Y-0.5)/{soft}+0.5", is_upright=True),
    "slide-left": _slide("hstack", is_reversed=False),
    "slide-right": _slide("hstack", is_reversed=True),
    "slide-up": _slide("vstack", is_reversed=False),
    "slide-down": _slide("vstack", is_reversed=True),
    "iris": _iris,
}
