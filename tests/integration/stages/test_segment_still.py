"""Camera moves over a still: a dot of known place is followed to a hundredth of a pixel."""

from __future__ import annotations

from itertools import pairwise
from math import cos, sin
from pathlib import Path

import numpy as np
import pytest
from barcode import decoded_luma
from numpy.typing import NDArray
from PIL import Image
from rendering import canvas, render, segment_of

from filmkit.media.picture.still import view_at
from filmkit.model.recipe import Framing, StillLayer, Window

PICTURE = (1200, 675)
DOT = (520.0, 300.0)
ON = canvas(size=(320, 180))
FRAMES = 32
MOVES: dict[str, dict[str, object]] = {
    "push": {"windows": (Window(), Window(x=0.45, y=0.48, zoom=1.2))},
    "slow pan": {"windows": (Window(x=0.46, zoom=1.1), Window(x=0.47, zoom=1.1))},
    "pan and back": {"windows": (Window(x=0.46, zoom=1.1), Window(x=0.54, zoom=1.1), Window(x=0.46, zoom=1.3))},
    "roll": {"windows": (Window(zoom=1.3), Window(zoom=1.3, roll=4.0))},
    "handheld": {"windows": (Window(zoom=1.05), Window(zoom=1.05)), "shake": 0.01},
}


@pytest.fixture(scope="module")
def dot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    y, x = np.mgrid[0 : PICTURE[1], 0 : PICTURE[0]] + 0.5
    bright = np.exp(-((x - DOT[0]) ** 2 + (y - DOT[1]) ** 2) / (2 * 12.0**2)) * 200 + 20
    path = tmp_path_factory.mktemp("dot") / "dot.png"
    Image.fromarray(bright.astype(np.uint8)).convert("RGB").save(path)
    return path


def centre(luma: NDArray[np.uint8]) -> tuple[float, float]:
    weight = np.clip(luma.astype(float) - 40, 0, None)
    y, x = np.mgrid[0 : luma.shape[0], 0 : luma.shape[1]] + 0.5
    return float((weight * x).sum() / weight.sum()), float((weight * y).sum() / weight.sum())


def layer(move: str, **fields: object) -> StillLayer:
    return StillLayer.model_validate({"kind": "still", "slot": "picture0", "frames": FRAMES, **MOVES[move], **fields})


@pytest.mark.parametrize("move", MOVES)
def test_a_feature_follows_the_eased_path(move: str, dot: Path, tmp_path: Path) -> None:
    still = layer(move)
    frames = decoded_luma(render(segment_of(FRAMES, still, on=ON), tmp_path, {}, {"picture0": dot}))
    off = []
    for frame, luma in enumerate(frames):
        view = view_at(still, frame, PICTURE, ON)
        dx, dy = DOT[0] - view.x, DOT[1] - view.y
        across = dx * cos(view.roll) + dy * sin(view.roll)
        down = dy * cos(view.roll) - dx * sin(view.roll)
        wanted = ((across / view.width + 0.5) * 320, (down / view.height + 0.5) * 180)
        off.append(np.subtract(centre(luma), wanted))
    assert np.sqrt(np.mean(np.square(off))) < 0.05
    assert np.abs(np.diff(off, axis=0)).max() < 0.05


@pytest.mark.parametrize("move", ["pan and back", "roll", "handheld"])
def test_pieces_equal_one_piece(move: str, dot: Path, tmp_path: Path) -> None:
    whole = decoded_luma(render(segment_of(FRAMES, layer(move), on=ON), tmp_path, {}, {"picture0": dot}))
    parts = [
        luma
        for start, stop in pairwise([0, 1, 9, FRAMES])
        for luma in decoded_luma(
            render(segment_of(stop - start, layer(move, offset=start), on=ON), tmp_path, {}, {"picture0": dot})
        )
    ]
    assert np.array_equal(parts, whole)


def test_moves_begin_and_end_at_rest(dot: Path) -> None:
    for move in ("push", "slow pan"):
        views = [view_at(layer(move), frame, PICTURE, ON) for frame in range(FRAMES)]
        steps = np.abs(np.diff([(view.x, view.width) for view in views], axis=0)).sum(axis=1)
        assert steps[0] < steps.max() / 6 and steps[-1] < steps.max() / 6
        assert np.all(np.abs(np.diff(steps)) < steps.max() / 4)


@pytest.mark.parametrize("move", MOVES)
def test_windows_stay_inside_the_picture(move: str) -> None:
    for size in (PICTURE, (700, 1000), (3000, 500)):
        for frame in range(0, FRAMES, 3):
            view = view_at(layer(move), frame, size, ON)
            half_w = (view.width * abs(cos(view.roll)) + view.height * abs(sin(view.roll))) / 2
            half_h = (view.width * abs(sin(view.roll)) + view.height * abs(cos(view.roll))) / 2
            assert view.x - half_w >= -1e-6 and view.x + half_w <= size[0] + 1e-6
            assert view.y - half_h >= -1e-6 and view.y + half_h <= size[1] + 1e-6


def test_fine_detail_does_not_shimmer(tmp_path: Path) -> None:
    """Stripes finer than a pixel of the canvas become an even grey, in every frame of a move."""
    stripes = np.zeros((1440, 2560), np.uint8)
    stripes[:, ::3] = 255
    Image.fromarray(stripes).convert("RGB").save(tmp_path / "stripes.png")
    still = layer("slow pan")
    frames = decoded_luma(render(segment_of(4, still, on=ON), tmp_path, {}, {"picture0": tmp_path / "stripes.png"}))
    assert max(float(luma.std()) for luma in frames) < 2


def test_standing_card_is_one_picture(dot: Path, tmp_path: Path) -> None:
    card = StillLayer(kind="still", slot="picture0", frames=30)
    frames = decoded_luma(render(segment_of(5, card, on=ON), tmp_path, {}, {"picture0": dot}))
    assert len(frames) == 5 and all(np.array_equal(luma, frames[0]) for luma in frames)


def test_pad_shows_the_whole_picture(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), (255, 255, 255)).save(tmp_path / "square.png")
    card = StillLayer(kind="still", slot="picture0", frames=3, framing=Framing(fit="pad"))
    luma = decoded_luma(render(segment_of(1, card, on=ON), tmp_path, {}, {"picture0": tmp_path / "square.png"}))[0]
    assert luma[90, 160] == 235 and luma[2, 160] > 200
    assert np.all(luma[:, :66] == 16) and np.all(luma[:, 254:] == 16)


def test_transparent_picture_lies_on_black(tmp_path: Path) -> None:
    Image.new("RGBA", (320, 180), (255, 255, 255, 128)).save(tmp_path / "clear.png")
    card = StillLayer(kind="still", slot="picture0", frames=3)
    luma = decoded_luma(render(segment_of(1, card, on=ON), tmp_path, {}, {"picture0": tmp_path / "clear.png"}))[0]
    assert luma[90, 160] == pytest.approx(16 + 219 * 128 / 255, abs=1)
