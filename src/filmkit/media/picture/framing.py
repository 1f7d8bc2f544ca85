"""Which part of a picture is kept and where it lands on the canvas: whole, even pixels, computed here and nowhere else.

Even, because chroma is stored for 2 × 2 pixels: an odd edge would shift colours by half a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.recipe import Canvas, Framing


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of whole pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Cut ``window`` out of the upright picture, scale it to ``inner``'s size, lay it there on black."""

    window: Area
    inner: Area


def placement(upright: tuple[int, int], sar: Fraction, canvas: Canvas, framing: Framing) -> Placement:
    """How a picture of ``upright`` stored pixels, each ``sar`` times as wide as high, comes to the canvas.

    ``crop`` fills the canvas, ``pad`` shows all on black, ``stretch`` distorts; ``zoom`` punches in around ``focus``.
    """
    width, height = upright
    whole = Area(0, 0, canvas.width_px, canvas.height_px)
    keep_w, keep_h = Fraction(width), Fraction(height)
    if framing.fit == "crop":
        shape = Fraction(canvas.width_px, canvas.height_px) / sar
        keep_w, keep_h = (height * shape, keep_h) if width > height * shape else (keep_w, width / shape)
    zoom = max(Fraction(1), Fraction(framing.zoom))
    window = _window(upright, (keep_w / zoom, keep_h / zoom), framing.focus)
    inner = whole if framing.fit != "pad" else _inside(canvas, window.width * sar, Fraction(window.height))
    return Placement(window, inner)


def _window(upright: tuple[int, int], keep: tuple[Fraction, Fraction], focus: tuple[float, float]) -> Area:
    spans = [_span(size, part, at) for size, part, at in zip(upright, keep, focus, strict=True)]
    (x, width), (y, height) = spans
    return Area(x, y, width, height)


def _span(size: int, keep: Fraction, focus: float) -> tuple[int, int]:
    """Start and length of what is kept along one side; all of it where that is what is asked (odd sizes too)."""
    if keep >= size:
        return 0, size
    length = min(max(2, _even(keep)), size)
    start = Fraction(focus) * size - Fraction(length, 2)
    return min(max(0, _even(start)), (size - length) // 2 * 2), length


def _inside(canvas: Canvas, width: Fraction, height: Fraction) -> Area:
    """The largest even rectangle of this shape in the middle of the canvas."""
    scale = min(canvas.width_px / width, canvas.height_px / height)
    inner_w = min(canvas.width_px, max(2, _even(width * scale)))
    inner_h = min(canvas.height_px, max(2, _even(height * scale)))
    return Area((canvas.width_px - inner_w) // 4 * 2, (canvas.height_px - inner_h) // 4 * 2, inner_w, inner_h)


def _even(value: Fraction) -> int:
    """The nearest even number, halves up."""
    return (value / 2 + Fraction(1, 2)).__floor__() * 2
