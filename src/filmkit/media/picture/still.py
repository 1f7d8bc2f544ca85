"""Camera moves over one picture: which window of it each frame shows, to a fraction of a pixel.

The windows hold focus and zoom; of the layer's framing only ``fit`` is asked here.

Windows ease in and out of each other (cosine), zoom at an even relative rate, and stay inside the picture. The frames
are drawn by Pillow's resampler, which takes fractional windows and filters what it shrinks: ffmpeg's zoompan moves by
whole pixels, its perspective filter is three times slower and does not filter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING

from filmkit.media.picture.colour import parse_color, rgb_to_ycbcr
from filmkit.media.picture.planes import ycbcr
from filmkit.model.recipe import Canvas, StillLayer, Window

if TYPE_CHECKING:
    from PIL.Image import Image

_SPARE = 1.2
"""A picture is shrunk once to this many times what its closest window needs; more only costs time at every frame.
A rolling one to just what it needs, because the rolled resampler does not filter what it shrinks."""

_SWAY = ((0.31, 0.5), (0.83, 0.3), (1.71, 0.2))
"""A handheld wander: slow waves (Hz, share of the amplitude) that never fall into step."""


@dataclass(frozen=True, slots=True)
class View:
    """The window of one frame: centre, width and height in pixels of the picture, roll in radians clockwise."""

    x: float
    y: float
    width: float
    height: float
    roll: float


def view_at(layer: StillLayer, frame: int, picture: tuple[int, int], canvas: Canvas) -> View:
    """What frame ``frame`` of this segment shows of a picture of this many pixels (bars of ``pad`` included)."""
    moved = _between(layer, layer.offset + frame)
    zoom = max(moved.zoom, 1 + 2 * layer.shake)
    shape = canvas.width_px / canvas.height_px if layer.framing.fit != "stretch" else picture[0] / picture[1]
    roll = radians(moved.roll)
    width, height = _largest(picture, shape, roll, zoom)
    sway_x, sway_y = _sway(layer, layer.offset + frame, canvas)
    half_w, half_h = _half_bounds(width, height, roll)
    margin = layer.shake * height
    x = _clamped(moved.x * picture[0], half_w + margin, picture[0]) + sway_x * margin
    y = _clamped(moved.y * picture[1], half_h + margin, picture[1]) + sway_y * margin
    return View(x, y, width, height, roll)


def write_still(layer: StillLayer, picture: Path, canvas: Canvas, frames: int, target: Path) -> None:
    """The frames of a move as raw yuv420p of the canvas' size, one after the other."""
    with target.open("wb") as out:
        for data in _frames(layer, picture, canvas, frames):
            out.write(data)


def write_color(color: str, canvas: Canvas, target: Path) -> None:
    """One frame of a plain colour as raw yuv420p."""
    planes = zip(rgb_to_ycbcr(*parse_color(color)), (1, 4, 4), strict=True)
    pixels = canvas.width_px * canvas.height_px
    target.write_bytes(b"".join(bytes([value]) * (pixels // share) for value, share in planes))


def stands(layer: StillLayer) -> bool:
    """Whether every frame of the layer is the same."""
    return layer.shake == 0 and all(window == layer.windows[0] for window in layer.windows)


def _frames(layer: StillLayer, picture: Path, canvas: Canvas, frames: int) -> Iterator[bytes]:
    planes = _planes(layer, picture, canvas)
    size = planes[0].size
    for frame in range(1 if stands(layer) else frames):
        view = view_at(layer, frame, size, canvas)
        yield b"".join(_drawn(plane, view, canvas, is_chroma=index > 0).tobytes() for index, plane in enumerate(planes))


def _planes(layer: StillLayer, picture: Path, canvas: Canvas) -> tuple[Image, Image, Image]:
    """Y', Cb and Cr of the picture, over black, with the bars of ``pad``, as small as the closest window allows."""
    import numpy as np
    from PIL import Image

    with Image.open(picture) as opened:
        rgba = opened.convert("RGBA")
    black = Image.new("RGBA", rgba.size, (0, 0, 0, 255))
    upright = _barred(Image.alpha_composite(black, rgba).convert("RGB"), layer, canvas)
    upright = _shrunk(upright, layer, canvas)
    parts = ycbcr(np.asarray(upright).astype(np.float32))
    luma, blueness, redness = (Image.fromarray(np.rint(part).astype(np.uint8)) for part in parts)
    return luma, blueness, redness


def _barred(picture: Image, layer: StillLayer, canvas: Canvas) -> Image:
    from PIL import Image

    if layer.framing.fit != "pad":
        return picture
    width, height = picture.size
    wide = max(width, round(height * canvas.width_px / canvas.height_px))
    high = max(height, round(width * canvas.height_px / canvas.width_px))
    barred = Image.new("RGB", (wide, high))
    barred.paste(picture, ((wide - width) // 2, (high - height) // 2))
    return barred


def _shrunk(picture: Image, layer: StillLayer, canvas: Canvas) -> Image:
    from PIL import Image

    closest = max(1 + 2 * layer.shake, *(window.zoom for window in layer.windows))
    width, height = picture.size
    base_w, base_h = _largest(picture.size, canvas.width_px / canvas.height_px, 0.0, closest)
    spare = 1.0 if any(window.roll for window in layer.windows) else _SPARE
    scale = spare * max(canvas.width_px / base_w, canvas.height_px / base_h)
    if scale >= 1:
        return picture
    return picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)


def _drawn(plane: Image, view: View, canvas: Canvas, *, is_chroma: bool) -> Image:
    """One plane of one frame. Chroma sits on the left pixel of its pair: its window lies half a pixel left."""
    from PIL import Image

    half = 2 if is_chroma else 1
    size = canvas.width_px // half, canvas.height_px // half
    shift = 0.5 * view.width / canvas.width_px if is_chroma else 0.0
    if view.roll:
        return _rolled(plane, view, size, shift)
    left = view.x - view.width / 2 - shift
    top = view.y - view.height / 2
    box = (left, top, left + view.width, top + view.height)
    return plane.resize(size, Image.Resampling.BICUBIC, box=_inside(box, plane.size))


def _rolled(plane: Image, view: View, size: tuple[int, int], shift: float) -> Image:
    from PIL import Image

    across, down = view.width / size[0], view.height / size[1]
    turn, lean = cos(view.roll), sin(view.roll)
    to_x, to_y = view.width / 2 + shift, view.height / 2
    matrix = (
        *(across * turn, -down * lean, view.x - to_x * turn + to_y * lean),
        *(across * lean, down * turn, view.y - to_x * lean - to_y * turn),
    )
    return plane.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _inside(box: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Moved by the fraction of a pixel that rounding or the chroma's place may reach outside."""
    left, top, right, bottom = box
    move_x = max(0.0, -left) - max(0.0, right - size[0])
    move_y = max(0.0, -top) - max(0.0, bottom - size[1])
    return max(0.0, left + move_x), max(0.0, top + move_y), min(size[0], right + move_x), min(size[1], bottom + move_y)


def _between(layer: StillLayer, frame: int) -> Window:
    """The eased window at a frame of the whole move; it stands before its first and after its last."""
    legs = len(layer.windows) - 1
    if legs < 1 or layer.frames < 2:
        return layer.windows[0]
    way = min(max(frame / (layer.frames - 1), 0.0), 1.0) * legs
    leg = min(int(way), legs - 1)
    a, b = layer.windows[leg], layer.windows[leg + 1]
    eased = (1 - cos(pi * (way - leg))) / 2
    zoom = a.zoom * (b.zoom / a.zoom) ** eased
    # The centre follows the window's size, so that a zoom keeps the point it heads for.
    share = (1 / zoom - 1 / a.zoom) / (1 / b.zoom - 1 / a.zoom) if abs(a.zoom - b.zoom) > 1e-9 else eased
    return Window(
        x=a.x + (b.x - a.x) * share, y=a.y + (b.y - a.y) * share, zoom=zoom, roll=a.roll + (b.roll - a.roll) * eased
    )


def _largest(picture: tuple[int, int], shape: float, roll: float, zoom: float) -> tuple[float, float]:
    """The window of this shape and zoom, made smaller where its rolled corners would leave the picture."""
    height = min(picture[1], picture[0] / shape) / zoom
    half_w, half_h = _half_bounds(height * shape, height, roll)
    fit = min(1.0, picture[0] / 2 / half_w, picture[1] / 2 / half_h)
    return height * shape * fit, height * fit


def _half_bounds(width: float, height: float, roll: float) -> tuple[float, float]:
    turn, lean = abs(cos(roll)), abs(sin(roll))
    return (width * turn + height * lean) / 2, (width * lean + height * turn) / 2


def _clamped(centre: float, half: float, size: int) -> float:
    return min(max(centre, half), size - half) if 2 * half < size else size / 2


def _sway(layer: StillLayer, frame: int, canvas: Canvas) -> tuple[float, float]:
    """-1 … 1 across and down: the same for the same frame, in every run."""
    if not layer.shake:
        return 0.0, 0.0
    second = float(frame / canvas.rate)
    across = sum(share * sin(2 * pi * hertz * second) for hertz, share in _SWAY)
    down = sum(share * sin(2 * pi * hertz * 1.23 * second + 1.7) for hertz, share in _SWAY)
    return across, down
