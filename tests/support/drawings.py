"""Drawn pictures for tests: stages run in a folder, the ink of their letters, and references drawn by Pillow itself."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from filmkit.media.drawing.shaping import font_at
from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import CardRecipe, TitleRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step
from filmkit.plan.steps import VERSIONS
from filmkit.stages import card, title

Ink = NDArray[np.float64]


def make(recipe: TitleRecipe | CardRecipe, folder: Path, image: Path | None = None) -> Made:
    """Runs the recipe's stage in a folder."""
    stage: Any = title if isinstance(recipe, TitleRecipe) else card
    kind = stage.__name__.rsplit(".", 1)[-1]
    step = Step(kind=kind, name=f"{kind} x", version=VERSIONS[kind], params=recipe.as_params(), about=("x",))
    inputs = {"image": image} if image else {}
    folder.mkdir(parents=True, exist_ok=True)
    made: Made = stage.run(step, Workbench(folder, inputs, {}, Ffmpeg(Path("ffmpeg"), "none", is_pinned=True)))
    return made


def picture(recipe: TitleRecipe | CardRecipe, folder: Path, image: Path | None = None) -> NDArray[np.uint8]:
    """The drawn RGBA picture, of shape (height, width, 4)."""
    with Image.open(Path(make(recipe, folder, image).outputs["picture"])) as opened:
        assert opened.mode == "RGBA"
        return np.asarray(opened)


def titled(text: str, folder: Path, style: str = "subtitle", size: tuple[int, int] = (640, 360)) -> NDArray[np.uint8]:
    """A title of this text."""
    return picture(TitleRecipe(width_px=size[0], height_px=size[1], text=text, style=style), folder)


def ink_of(rgba: NDArray[np.uint8]) -> Ink:
    """How much of each pixel white letters cover (shadows are black), cut to what is covered."""
    return _cut(rgba[..., 1] / 255 * (rgba[..., 3] / 255))


def _cut(ink: Ink) -> Ink:
    rows, columns = np.flatnonzero((ink > 0.2).any(axis=1)), np.flatnonzero((ink > 0.2).any(axis=0))
    assert len(rows), "nothing is drawn"
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def reference(glyphs: list[str], face: str | list[str] = "sans", size_px: float = 96, **how: Any) -> Ink:
    """Pieces of text drawn one after the other from the left by Pillow, without kerning between them.

    ``face``: of all, or of each.
    """
    fonts = [font_at(name, size_px) for name in ([face] * len(glyphs) if isinstance(face, str) else face)]
    width = sum(font.getlength(glyph, **how) for font, glyph in zip(fonts, glyphs, strict=True))
    image = Image.new("L", (round(width) + 200, round(size_px * 4)))
    pen, at = ImageDraw.Draw(image), 100.0
    for font, glyph in zip(fonts, glyphs, strict=True):
        pen.text((at, size_px * 2), glyph, 255, font, "ls", **how)
        at += font.getlength(glyph, **how)
    return _cut(np.asarray(image) / 255)


def likeness(one: Ink, other: Ink) -> float:
    """Correlation of two inks brought to one size: 1 where they are the same drawing."""
    images = [
        Image.fromarray((ink * 255).astype(np.uint8)).resize((one.shape[1], one.shape[0])) for ink in (one, other)
    ]
    first, second = (np.asarray(image, dtype=float).ravel() for image in images)
    return float(np.corrcoef(first, second)[0, 1])


def digest_of(pictures: list[NDArray[np.uint8]]) -> str:
    """One digest of the pixels of several pictures."""
    return hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest()[:16]
