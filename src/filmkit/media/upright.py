"""Foreign stills made ours: ffmpeg's arguments that turn any picture file into an upright 8-bit RGBA PNG."""

from __future__ import annotations

import ffmpeg

from filmkit.media.gate import GATE_FLAGS
from filmkit.media.picture.colour import SCALER_FLAGS
from filmkit.media.picture.conform import turned
from filmkit.media.picture.encode import ONE_THREAD, PLAIN_FILE
from filmkit.model.recipe import PictureRecipe


def upright_arguments(recipe: PictureRecipe, output: str) -> list[str]:
    """Arguments for ffmpeg: the first picture of ``in:file``, upright, no side longer than ``most_px``, to PNG."""
    source = ffmpeg.input("in:file", f=recipe.demuxer, threads=1, noautorotate=None)
    most = recipe.most_px
    size = {"w": f"min({most},iw)", "h": f"min({most},ih)", "force_original_aspect_ratio": "decrease"}
    picture = turned(source["v"], recipe.rotation).filter("scale", **size, out_range="pc", flags=SCALER_FLAGS)
    picture = picture.filter("format", "rgba").filter("sidedata", mode="delete").filter("setsar", 1)
    argv = ffmpeg.get_args(ffmpeg.output(picture, output))
    encoding = [
        "-frames:v",
        "1",
        "-c:v",
        "png",
        "-pred",
        "mixed",
        "-threads",
        "1",
        "-flags:v",
        "+bitexact",
        *PLAIN_FILE,
    ]
    return [*ONE_THREAD, *GATE_FLAGS, *argv[:-1], *encoding, "-f", "image2pipe", output]
