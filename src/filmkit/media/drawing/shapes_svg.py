"""A drawing as SVG: text of the film is escaped, so that nothing of it can become markup, and equal drawings are equal
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch
from xml.sax.saxutils import escape, quoteattr

from filmkit.media.drawing.written import drawable
from filmkit.model.shapes import Band, Drawing, Line, Points, Polygon, Polyline, Rect, Shape, Text

_FONTS = "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


def svg_text(drawing: Drawing) -> str:
    """The whole document; no script, no link, no font of another place."""
    width, height = drawing.width, drawing.height
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{_FONTS}">',
        f"<title>{_said(drawing.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="{drawing.ground}"/>',
        *(_element(shape) for shape in drawing.shapes),
        "</svg>",
        "",
    ])  # fmt: skip


@singledispatch
def _element(shape: Shape) -> str:
    raise TypeError(f"no such shape: {shape!r}")


@_element.register
def _rect(shape: Rect) -> str:
    return _tag("rect", x=shape.x, y=shape.y, width=shape.width, height=shape.height, fill=shape.color,
                opacity=_unless_one(shape.opacity))  # fmt: skip


@_element.register
def _line(shape: Line) -> str:
    return _tag("line", x1=shape.x1, y1=shape.y1, x2=shape.x2, y2=shape.y2, stroke=shape.color,
                stroke_width=shape.width, stroke_dasharray=shape.dash or None,
                opacity=_unless_one(shape.opacity))  # fmt: skip


@_element.register
def _polyline(shape: Polyline) -> str:
    return _tag("polyline", points=_points(shape.points), fill="none", stroke=shape.color, stroke_width=shape.width,
                stroke_linejoin="round")  # fmt: skip


@_element.register
def _polygon(shape: Polygon) -> str:
    return _tag("polygon", points=_points(shape.points), fill=shape.color, opacity=_unless_one(shape.opacity))


@_element.register
def _band(shape: Band) -> str:
    there, back = zip(shape.xs, shape.upper, strict=True), zip(shape.xs[::-1], shape.lower[::-1], strict=True)
    return _polygon(Polygon((*there, *back), shape.color, shape.opacity))


@_element.register
def _text(shape: Text) -> str:
    """``textLength``: as wide as it was measured, whatever font the reader has."""
    tag = _tag("text", x=shape.x, y=shape.y, fill=shape.color, font_size=shape.size,
               font_weight="600" if shape.is_bold else None,
               text_anchor=None if shape.align == "start" else shape.align,
               textLength=shape.width or None, lengthAdjust="spacingAndGlyphs" if shape.width else None)  # fmt: skip
    return f"{tag.removesuffix('/>')}>{_said(shape.text)}</text>"


def _tag(name: str, **attributes: str | float | None) -> str:
    said = (
        f" {key.replace('_', '-')}={quoteattr(value if isinstance(value, str) else number(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{''.join(said)}/>"


def _unless_one(opacity: float) -> float | None:
    return None if opacity == 1.0 else opacity


def _points(points: Points) -> str:
    return " ".join(_pairs(points))


def _pairs(points: Iterable[tuple[float, float]]) -> Iterator[str]:
    return (f"{number(x)},{number(y)}" for x, y in points)


def number(value: float) -> str:
    """At most two decimals, and no more than it needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def _said(text: str) -> str:
    """Text that XML can hold: what cannot be drawn, control characters among it, is taken out."""
    return escape(drawable(text).text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
