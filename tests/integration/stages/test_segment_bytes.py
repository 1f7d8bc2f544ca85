"""The bytes of segments change only together with the stage's version: a fixed set of recipes has known digests.

When a change of bytes is meant: raise the segment's version in plan/steps.py and write the digests this test then
shows here.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import PIL
import pytest
from barcode import make_numbered
from PIL import Image
from rendering import canvas, numbered, render, segment_of, shown, take

from filmkit.media.tools import find_ffmpeg
from filmkit.model.recipe import (
    Codec,
    ColorLayer,
    Fade,
    Framing,
    Overlap,
    SegmentRecipe,
    StillLayer,
    TitleLayer,
    Window,
)
from filmkit.plan.steps import VERSIONS

ON = canvas("24000/1001", Codec(preset="veryfast", crf=23, gop_frames=12))
OTHER = ColorLayer(kind="color", color="#2a6fb0", fade=Fade(in_from=-2, in_to=5))
RECIPES: dict[str, SegmentRecipe] = {
    "take": segment_of(6, take(first=3), on=ON),
    "scaled": segment_of(4, take(numbered(width=100, height=50, color_matrix="unknown"), slot="take1"), on=ON),
    "padded": segment_of(
        3, take(numbered(width=100, height=50), slot="take1", framing=Framing(fit="pad"), **shown([2, 2, 5])), on=ON
    ),
    "graded": segment_of(3, take(grade="lut0"), on=ON),
    "still": segment_of(
        4, StillLayer(kind="still", slot="picture0", frames=9, windows=(Window(), Window(zoom=1.3))), on=ON
    ),
    "titled": segment_of(5, OTHER, on=ON, titles=(TitleLayer(slot="title0", start=-1, stop=4, fade_in=3),)),
    **{
        kind: segment_of(4, take(), OTHER, on=ON, overlap=Overlap(kind=kind, frames=4))
        for kind in ("dissolve", "white", "wipe-up", "slide-right", "iris")
    },
}
VERSION_OF_THE_DIGESTS = 3
DIGESTS = {
    "take": "afcef111aabb0207",
    "scaled": "c5d245da113e4db2",
    "padded": "ff90475b2e8079b7",
    "graded": "2dc76a6e6ced24c5",
    "still": "d7817e7010fb7ec6",
    "titled": "a1084c2a26f93c67",
    "dissolve": "a22f6d4f54d9fb0c",
    "white": "ba60b1f186ca78cb",
    "wipe-up": "81d485f6a80475ab",
    "slide-right": "bb021d632e43f6c2",
    "iris": "7769251e46bba9da",
}


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("material")
    one = ("-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-bf", "2", "-pix_fmt", "yuv420p")
    y, x = np.mgrid[0:90, 0:160]
    rgb = np.stack([x, y * 2, 200 - x], axis=-1).astype(np.uint8)
    Image.fromarray(rgb).save(folder / "picture.png")
    alpha = np.where((x[:64, :96] - 48) ** 2 + (y[:64, :96] - 30) ** 2 < 200, 255, 0)[..., None]
    Image.fromarray(np.concatenate([rgb[:64, :96], alpha], axis=-1).astype(np.uint8)).save(folder / "title.png")
    points = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    rows = "\n".join(f"{0.9 * r:.3f} {0.1 + 0.8 * g:.3f} {b**2:.3f}" for r, g, b in points)
    (folder / "look.cube").write_text(f"LUT_3D_SIZE 2\n{rows}\n")
    return {
        "take0": make_numbered(folder / "take0.mp4", 12, output=one),
        "take1": make_numbered(folder / "take1.mp4", 12, size=(100, 50), output=one),
        "picture0": folder / "picture.png",
        "title0": folder / "title.png",
        "lut0": folder / "look.cube",
    }


def test_digests_belong_to_this_version() -> None:
    assert VERSIONS["segment"] == VERSION_OF_THE_DIGESTS, "write the digests of the new version into this test"


@pytest.mark.parametrize("name", RECIPES)
def test_bytes_are_those_of_this_version(name: str, material: dict[str, Path], tmp_path: Path) -> None:
    assert find_ffmpeg().is_pinned, "digests belong to the pinned ffmpeg build"
    digests = {
        hashlib.sha256(render(RECIPES[name], tmp_path, material, material).read_bytes()).hexdigest()[:16]
        for _ in range(2)
    }
    assert digests == {DIGESTS[name]}, (
        f"with Pillow {PIL.__version__}: changed bytes need a new version in plan/steps.py"
    )
