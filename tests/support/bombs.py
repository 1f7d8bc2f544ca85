"""Small files that would cost a machine dearly, each made in a moment."""

from __future__ import annotations

import struct
import subprocess
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
from barcode import make_numbered

MIB = 1 << 20


def run_ffmpeg(*words: str | Path) -> None:
    """The pinned ffmpeg as a maker of files, outside any box."""
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *map(str, words)]
    subprocess.run(argv, check=True)


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def zeros(count: int) -> bytes:
    """``count`` zero bytes (a multiple of a MiB) as a zlib stream, without ever holding them."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    check = 1
    for _ in range(count // MIB):
        check = zlib.adler32(bytes(MIB), check)
    return first + again * (count // MIB - 1) + end + struct.pack(">I", check)


def make_png(path: Path, width: int, height: int, *before: bytes, bits: int = 1, kind: int = 0) -> None:
    """A picture of zeros: 1 bit grey, or of another kind (2: RGB, 6: RGBA); ``before`` its pixels more chunks."""
    samples = {0: 1, 2: 3, 6: 4}[kind]
    rows = (1 + (width * bits * samples + 7) // 8) * height
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    data = zeros(-(-rows // MIB) * MIB)
    chunks = chunk(b"IHDR", head) + b"".join(before) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def _small_png(path: Path, *before: bytes) -> None:
    make_png(path, 96, 64, *before, bits=8, kind=2)


def _gif(path: Path) -> None:
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0xF0, 0, 0) + bytes(3) + b"\xff" * 3
    path.write_bytes(head + b"\x2c" + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x44\x01\0\x3b")


def _jpeg(path: Path) -> None:
    """A small picture whose header says 65,500 pixels a side."""
    run_ffmpeg("-f", "lavfi", "-i", "color=s=96x64", "-frames:v", "1", path)
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65500, 65500)
    path.write_bytes(data)


def _wide_h264(path: Path) -> None:
    one = ("-f", "lavfi", "-i", "color=s=8192x8192:r=1", "-frames:v", "1")
    run_ffmpeg(*one, "-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p", path)


def _many_streams(path: Path) -> None:
    one = make_numbered(path.with_name("one.mp4"), 2)
    run_ffmpeg("-i", one, *["-map", "0:v"] * 200, "-c", "copy", path)


def _shown_at(path: Path, times_s: Iterable[int | Fraction], rate: int = 1) -> None:
    """A black picture, and the packet that repeats it at each of these times: hours in a few kB."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "g": "9"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        black = av.VideoFrame.from_ndarray(np.full((64, 96), 16, np.uint8), "gray").reformat(format="yuv420p")
        data = []
        for number in range(2):
            black.pts, black.time_base = number, Fraction(1, rate)
            data += [bytes(packet) for packet in stream.encode(black)]
        data += [bytes(packet) for packet in stream.encode()]
        for number, time_s in enumerate(times_s):
            packet = av.Packet(data[min(number, 1)])
            packet.stream, packet.is_keyframe, packet.time_base = stream, number == 0, Fraction(1, rate)
            packet.pts = packet.dts = int(time_s * rate)
            packet.duration = 1
            out.mux(packet)


def _constant_samples(path: Path) -> None:
    """A moov that says two thousand million samples of one size: 8 bytes that become gigabytes of index."""
    make_numbered(path, 4)
    data = bytearray(path.read_bytes())
    at = data.index(b"stsz")
    data[at + 8 : at + 16] = struct.pack(">II", 1, 2_000_000_000)
    at = data.index(b"stts")
    data[at + 8 : at + 20] = struct.pack(">III", 1, 2_000_000_000, 512)
    at = data.index(b"stsc")
    data[at + 8 : at + 24] = struct.pack(">IIII", 1, 1, 2_000_000_000, 1)
    path.write_bytes(data)


@dataclass(frozen=True)
class Broken:
    """A file that is refused: its ending, how it is made, what its refusal says."""

    suffix: str
    make: Callable[[Path], object]
    says: str


_LONG = "it is longer than 30 minutes"
_TEXT = "it packs away more than 8 MB of hidden text"

BOMBS: dict[str, Broken] = {
    "streams-200": Broken("mp4", _many_streams, "it has 200 streams, more than 8"),
    "h264-8192": Broken("mp4", _wide_h264, "its picture is 8192 × 8192 pixels, too large"),
    "png-16k": Broken(
        "png", lambda path: make_png(path, 16384, 16384), "its picture is 16384 × 16384 pixels, too large"
    ),
    "png-16k-rgba": Broken(
        "png",
        lambda path: make_png(path, 16384, 16384, bits=8, kind=6),
        "its picture is 16384 × 16384 pixels, too large",
    ),
    "png-64k": Broken(
        "png", lambda path: make_png(path, 65536, 65536), "its picture is 65536 × 65536 pixels, too large"
    ),
    "png-wide": Broken(
        "png", lambda path: make_png(path, 100_000, 200), "its picture is 100000 × 200 pixels, too large"
    ),
    "gif-64k": Broken("gif", _gif, "its picture is 65535 × 65535 pixels, too large"),
    "jpeg-64k": Broken("jpg", _jpeg, "its picture is 65500 × 65500 pixels, too large"),
    "png-ztxt": Broken("png", lambda path: _small_png(path, chunk(b"zTXt", b"Comment\0\0" + zeros(480 * MIB))), _TEXT),
    "png-itxt": Broken("png", lambda path: _small_png(path, chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(480 * MIB))), _TEXT),
    "png-iccp": Broken("png", lambda path: _small_png(path, chunk(b"iCCP", b"icc\0\0" + zeros(480 * MIB))), _TEXT),
    "time-slow": Broken("mkv", lambda path: _shown_at(path, range(0, 5_000_000, 1_000_000)), _LONG),
    "time-gap": Broken("mkv", lambda path: _shown_at(path, [0, 100_800, 201_600]), _LONG),
    "time-long": Broken("mp4", lambda path: _shown_at(path, range(36_000)), _LONG),
    "time-stills": Broken(
        "mkv", lambda path: _shown_at(path, range(0, 20, 4)), "it shows 0.25 pictures a second; 1 to 240 are taken"
    ),
    "time-fast": Broken(
        "mp4", lambda path: make_numbered(path, 12, rate=480), "it shows 480 pictures a second; 1 to 240 are taken"
    ),
    "mov-samples": Broken("mp4", _constant_samples, "there are neither pictures nor sound in it"),
}
"""By the case's name in docs/safety.md."""
