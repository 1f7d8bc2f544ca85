"""Frames that carry their own number as a bar code of black and white blocks, robust to scaling, colour and encoding.

Twelve bits in two rows of six blocks, followed by their complement: a misread frame is told, never taken for another.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

BITS = 12
COLUMNS = 6
ROWS = 4


def barcode(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A grey picture of shape (height, width): rows 0–1 the bits, highest first, rows 2–3 their complement."""
    bits = [(number >> (BITS - 1 - at)) & 1 for at in range(BITS)]
    cells = np.array([*bits, *(1 - bit for bit in bits)], np.uint8).reshape(ROWS, COLUMNS)
    rows = np.arange(height) * ROWS // height
    columns = np.arange(width) * COLUMNS // width
    return np.where(cells[np.ix_(rows, columns)] > 0, 225, 25).astype(np.uint8)


def read_barcode(luma: NDArray[Any]) -> int:
    """The number in a grey picture of any size. Raises ValueError where bits and complement disagree."""
    height, width = luma.shape
    cells = np.zeros((ROWS, COLUMNS))
    for row in range(ROWS):
        for column in range(COLUMNS):
            y, x = (2 * row + 1) * height // (2 * ROWS), (2 * column + 1) * width // (2 * COLUMNS)
            cells[row, column] = luma[y - 1 : y + 2, x - 1 : x + 2].mean()
    bits = (cells > 128).astype(int).ravel()
    if not np.array_equal(bits[:BITS], 1 - bits[BITS:]):
        raise ValueError(f"no bar code here: {bits}")
    return int("".join(map(str, bits[:BITS])), 2)


def make_numbered(
    path: Path,
    count: int,
    *,
    rate: Fraction | int = 24,
    size: tuple[int, int] = (96, 64),
    output: Sequence[str] = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"),
    before: Sequence[str] = (),
) -> Path:
    """A clip of ``count`` numbered pictures, written by ffmpeg with these output arguments; ``before`` may filter."""
    width, height = size
    raw = b"".join(barcode(number, width, height).tobytes() for number in range(count))
    reading = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", f"{width}x{height}", "-framerate", str(rate)]
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *reading, "-i", "-", *before, *output]
    subprocess.run([*argv, str(path)], input=raw, check=True)
    return path


def make_stamped(path: Path, ticks: Sequence[int], time_base: Fraction, *, size: tuple[int, int] = (96, 64)) -> Path:
    """A clip of variable rate: numbered picture ``i`` is shown at ``ticks[i]`` × ``time_base``."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=30, options={"preset": "ultrafast", "crf": "12", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.time_base = stream.codec_context.time_base = time_base
        for number, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(barcode(number, *size), "gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = tick, time_base
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def decoded_luma(path: Path) -> list[NDArray[np.uint8]]:
    """The luma of every decoded frame, in order of presentation."""
    with av.open(str(path)) as container:
        return [_luma(frame) for frame in container.decode(video=0)]


def read_numbers(path: Path) -> list[int]:
    """The numbers of all frames of a clip, in order of presentation."""
    return [read_barcode(luma) for luma in decoded_luma(path)]


def _luma(frame: Any) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width].copy()
