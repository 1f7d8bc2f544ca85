"""A few pictures of a take, small, for people to look at: through the gate, and conformed like a segment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ffmpeg

from filmkit.media.gate import GATE_BENIGN, GATE_FLAGS
from filmkit.media.picture.colour import SCALER_FLAGS
from filmkit.media.picture.conform import conformed, deinterlaced
from filmkit.media.picture.encode import ONE_THREAD
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.tools import Ffmpeg
from filmkit.model.recipe import Canvas, Conform, Framing

if TYPE_CHECKING:
    from PIL.Image import Image

_OUT = "glimpses.rgb"


def glimpses(tool: Ffmpeg, take: tuple[Path, Conform], at: Sequence[int], canvas: Canvas, folder: Path) -> list[Image]:
    """The pictures numbered ``at`` (from 0, in order of presentation), whole, on a canvas of this size.

    ``take`` is a file and what is known of it, ``folder`` an empty one to work in. Raises StepFailed where the take
    does not hold these pictures.
    """
    from PIL import Image

    path, conform = take
    wanted = sorted(set(at))
    run_tool(tool, ToolJob(_arguments(conform, wanted, canvas), {"take": path}, folder, len(wanted), GATE_BENIGN,
                           frozenset({_OUT})))  # fmt: skip
    size = (canvas.width_px, canvas.height_px)
    data = (folder / _OUT).read_bytes()
    stride = size[0] * size[1] * 3
    pictures = {
        number: Image.frombytes("RGB", size, data[place * stride : (place + 1) * stride])
        for place, number in enumerate(wanted)
    }
    return [pictures[number] for number in at]


def _arguments(conform: Conform, wanted: Sequence[int], canvas: Canvas) -> list[str]:
    source = ffmpeg.input("in:take", f=conform.demuxer, threads=1, noautorotate=None)[str(conform.stream)]
    chosen = "+".join(f"eq(n,{number})" for number in wanted)
    picture = deinterlaced(source, conform).filter("select", chosen)
    picture = conformed(picture, conform, Framing(fit="pad"), canvas)
    picture = picture.filter("scale", in_color_matrix="bt709", in_range="tv", out_range="pc", flags=SCALER_FLAGS)
    argv = ffmpeg.get_args(ffmpeg.output(picture.filter("format", "rgb24"), f"out:{_OUT}"))
    encoding = ["-frames:v", str(len(wanted)), "-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "rawvideo"]
    return [*ONE_THREAD, *GATE_FLAGS, *argv[:-1], *encoding, f"out:{_OUT}"]
