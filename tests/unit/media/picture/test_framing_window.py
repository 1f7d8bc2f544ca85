"""Crop windows and placements: even, inside, of the canvas' shape."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from filmkit.media.picture.framing import Area, placement
from filmkit.model.recipe import Canvas, Framing

HD = Canvas(width_px=1280, height_px=720, fps="24")
sides = st.integers(2, 5000)
parts = st.floats(0, 1)


@given(sides, sides, parts, parts, st.floats(1, 4), st.sampled_from(["crop", "pad", "stretch"]))
def test_windows_are_even_and_inside(width: int, height: int, x: float, y: float, zoom: float, fit: str) -> None:
    framing = Framing.model_validate({"fit": fit, "focus": (x, y), "zoom": zoom})
    placed = placement((width, height), Fraction(1), HD, framing)
    window, inner = placed.window, placed.inner
    assert window.x >= 0 and window.x + window.width <= width and window.width > 0
    assert window.y >= 0 and window.y + window.height <= height and window.height > 0
    assert window.x % 2 == window.y % 2 == inner.x % 2 == inner.y % 2 == 0
    assert window.width % 2 == 0 or window.width == width
    assert window.height % 2 == 0 or window.height == height
    assert inner.width % 2 == inner.height % 2 == 0
    assert inner.x + inner.width <= 1280 and inner.y + inner.height <= 720
    assert (inner == Area(0, 0, 1280, 720)) or fit == "pad"


def test_the_canvas_own_size_is_taken_whole() -> None:
    placed = placement((1280, 720), Fraction(1), HD, Framing())
    assert placed.window == placed.inner == Area(0, 0, 1280, 720)


def test_crop_keeps_the_canvas_shape_and_follows_the_focus() -> None:
    assert placement((1080, 1920), Fraction(1), HD, Framing()).window == Area(0, 656, 1080, 608)
    assert placement((1080, 1920), Fraction(1), HD, Framing(focus=(0.5, 0.0))).window == Area(0, 0, 1080, 608)
    assert placement((1080, 1920), Fraction(1), HD, Framing(focus=(0.5, 1.0))).window == Area(0, 1312, 1080, 608)


def test_wide_pixels_count_as_wide() -> None:
    assert placement((720, 576), Fraction(64, 45), HD, Framing()).window == Area(0, 0, 720, 576)
    assert placement((720, 576), Fraction(16, 15), HD, Framing(fit="pad")).inner == Area(160, 0, 960, 720)


def test_zoom_punches_in() -> None:
    assert placement((1280, 720), Fraction(1), HD, Framing(zoom=2.0)).window == Area(320, 180, 640, 360)
