"""Stills of every kind become the same upright PNG."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from filmkit.errors import StepFailed
from filmkit.media.probe import probe
from filmkit.media.tools import find_ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import PictureRecipe
from filmkit.model.take import MediaFacts
from filmkit.plan.graph import Step
from filmkit.plan.steps import VERSIONS
from filmkit.stages import picture

W, H = 96, 64


def scene() -> Image.Image:
    y, x = np.mgrid[0:H, 0:W].astype(float)
    parts = [40 + 190 * x / W, 40 + 190 * y / H, 220 - 90 * x / W - 80 * y / H]
    return Image.fromarray(np.rint(np.stack(parts, axis=-1)).astype(np.uint8))


def made(path: Path, folder: Path, **fields: Any) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """The pixels of the made picture and its facts; the recipe is what the plan writes from the probe."""
    facts = probe([path])[0]
    assert isinstance(facts, MediaFacts) and facts.video is not None
    recipe = PictureRecipe(demuxer=facts.demuxer, rotation=facts.video.rotation, **fields)
    folder.mkdir()
    step = Step(kind="picture", name="picture test", version=VERSIONS["picture"], params=recipe.as_params())
    result = picture.run(step, Workbench(folder=folder, inputs={}, sources={"file": path}, ffmpeg=find_ffmpeg()))
    with Image.open(Path(result.outputs["picture"])) as opened:
        assert opened.mode == "RGBA"
        return np.asarray(opened), dict(result.facts)


def off(pixels: NDArray[np.uint8], truth: Image.Image) -> float:
    return float(np.abs(pixels[..., :3].astype(float) - np.asarray(truth.convert("RGB")).astype(float)).mean())


SAVED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "png": ("RGB", "a.png", {}),
    "palette": ("P", "a.png", {}),
    "grey": ("L", "a.png", {}),
    "jpeg": ("RGB", "a.jpg", {"quality": 98, "subsampling": 0}),
    "jpeg progressive": ("RGB", "a.jpg", {"quality": 98, "progressive": True}),
    "grey jpeg": ("L", "a.jpg", {"quality": 98}),
    "cmyk jpeg": ("CMYK", "a.jpg", {"quality": 98}),
    "webp": ("RGB", "a.webp", {"quality": 98}),
    "webp lossless": ("RGB", "a.webp", {"lossless": True}),
}


@pytest.mark.parametrize("kind", SAVED)
def test_pixels_are_those_of_the_file(kind: str, tmp_path: Path) -> None:
    mode, name, options = SAVED[kind]
    saved = scene().convert(mode)
    saved.save(tmp_path / name, **options)
    pixels, facts = made(tmp_path / name, tmp_path / "step")
    with Image.open(tmp_path / name) as opened:
        assert off(pixels, opened) < (0.01 if name == "a.png" else 2.0)
    assert facts == {"width": W, "height": H}
    assert np.all(pixels[..., 3] == 255)


def test_deep_pixels_become_8_bit(tmp_path: Path) -> None:
    deep = (np.asarray(scene()).astype(np.uint16) * 257).astype(">u2").tobytes()
    argv = ["-f", "rawvideo", "-pixel_format", "rgb48be", "-video_size", f"{W}x{H}", "-i", "-", str(tmp_path / "a.png")]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", *argv]
    subprocess.run(program, input=deep, check=True)
    assert off(made(tmp_path / "a.png", tmp_path / "step")[0], scene()) < 0.6


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_alpha_is_kept_straight(name: str, tmp_path: Path) -> None:
    clear = scene().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((W, H)))
    clear.save(tmp_path / name, lossless=True, exact=True)
    pixels, _ = made(tmp_path / name, tmp_path / "step")
    assert np.array_equal(pixels, np.asarray(clear))


@pytest.mark.parametrize(("orientation", "stored_turn"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_exif_turns_it_upright_once(orientation: int, stored_turn: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = scene().rotate(stored_turn, expand=True)
    stored.save(tmp_path / "a.jpg", quality=98, subsampling=0, exif=exif)
    pixels, facts = made(tmp_path / "a.jpg", tmp_path / "step")
    assert facts == {"width": W, "height": H}
    assert off(pixels, scene()) < 2.0


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    scene().resize((W * 4, H * 4)).save(tmp_path / "a.png")
    pixels, facts = made(tmp_path / "a.png", tmp_path / "step", most_px=W)
    assert facts == {"width": W, "height": H}
    assert off(pixels, scene()) < 1.5


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    scene().save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    step = Step(kind="picture", name="picture a.png", version=1, params={"demuxer": "png_pipe"})
    bench = Workbench(folder=tmp_path, inputs={}, sources={"file": tmp_path / "a.png"}, ffmpeg=find_ffmpeg())
    with pytest.raises(StepFailed):
        picture.run(step, bench)
