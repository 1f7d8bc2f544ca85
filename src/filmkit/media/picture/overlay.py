"""Titles: drawn pictures laid over the film. Frames outside a title's range keep their bits."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ffmpeg

from filmkit.media.picture.fades import Ramps, ramped
from filmkit.media.picture.planes import Patch, patch_from_rgba
from filmkit.media.picture.retime import Stream
from filmkit.model.recipe import Canvas, TitleLayer


def write_patch(picture: Path, canvas: Canvas, target: Path) -> Patch | None:
    """The seen part of a drawn title as raw yuva420p in ``target``; None where the picture is empty."""
    patch = patch_from_rgba(picture, (canvas.width_px, canvas.height_px))
    if patch is not None:
        target.write_bytes(patch.data)
    return patch


def is_seen(title: TitleLayer, frames: int) -> bool:
    """Whether any frame of a segment of this length shows the title."""
    return title.start < min(frames, title.stop) and title.stop > 0


def titled(below: Stream, above: Stream, title: TitleLayer, patch: Patch, rate: Fraction) -> Stream:
    """The picture with the title over frames [``start``, ``stop``); ``above`` is one picture, the patch.

    ``shortest``: the title stands for ever, so a picture that ends too soon ends here, and the frame count tells.
    """
    return ffmpeg.filter(
        [below, _opacity(above, title, rate)],
        "overlay",
        x=patch.x,
        y=patch.y,
        format="yuv420",
        alpha="straight",
        shortest=1,
        enable=f"between(n,{title.start},{title.stop - 1})",
    )


def _opacity(above: Stream, title: TitleLayer, rate: Fraction) -> Stream:
    rise = (title.start, title.start + title.fade_in) if title.fade_in else None
    fall = (title.stop - title.fade_out, title.stop) if title.fade_out else None
    again = above.filter("loop", loop=-1, size=1).filter("settb", f"{rate.denominator}/{rate.numerator}")
    return ramped(again.filter("setpts", "N"), Ramps(rise, fall), rate, is_alpha=True)


def raw_input(source: str, pixel_format: str, size: tuple[int, int], rate: Fraction) -> Stream:
    """Raw pictures of our own as an input; ``source`` names the file as the tool run knows it."""
    return ffmpeg.input(source, f="rawvideo", pixel_format=pixel_format, video_size=size, framerate=str(rate))
