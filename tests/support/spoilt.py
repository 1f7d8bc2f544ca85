"""What a gatherer brings home in place of media, and media that are damaged: files that are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from barcode import make_numbered
from bombs import Broken, run_ffmpeg

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p")
FASTSTART = (*X264, "-movflags", "+faststart")
FRAGMENTS = (*X264, "-g", "6", "-movflags", "frag_keyframe+empty_moov")
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n"
PAGE = b"<!-- saved -->\n<!DOCTYPE html>\n<html><head><title>Link expired</title></head><body>403</body></html>"
ERROR = b'{"error": {"code": 403, "message": "The link has expired"}}'


def _written(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _picture(path: Path) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=s=96x64", "-frames:v", "1", "-f", "image2", "-c:v", "png", path)


def _webm(path: Path) -> None:
    make_numbered(path, 24, output=("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-f", "webm"))


def _cut(share: float, *output: str) -> Callable[[Path], object]:
    """The first part of a clip."""

    def make(path: Path) -> None:
        whole = make_numbered(path.with_name(f"whole-{path.name}"), 48, output=output or X264).read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])

    return make


def _cut_picture(path: Path) -> None:
    _picture(path)
    path.write_bytes(path.read_bytes()[:-100])


def _damaged_start(path: Path) -> None:
    """The first picture's bytes are overwritten."""
    data = make_numbered(path, 24, output=X264).read_bytes()
    begin = _first_picture(data) + 5
    path.write_bytes(data[:begin] + b"\xff\x55" * 40 + data[begin + 80 :])


def flipped(data: bytes, percent: int) -> bytes:
    """An mp4 with a bit and a byte turned over in its pictures, ``percent`` of the way through them."""
    begin, end = _first_picture(data), data.index(b"moov") - 4
    at = begin + (end - begin - 2) * percent // 100
    return data[:at] + bytes([data[at] ^ 0x10, data[at + 1] ^ 0xFF]) + data[at + 2 :]


def _first_picture(data: bytes) -> int:
    """Where it begins in an mp4 of x264: behind the settings that the encoder writes of itself."""
    at = data.index(b"mdat") + 4
    return at + 4 + int.from_bytes(data[at : at + 4], "big")


def _codec_nobody_takes(path: Path) -> None:
    make_numbered(path, 12, output=("-c:v", "snow", "-strict", "-2", "-pix_fmt", "yuv420p"))


_HALF = "probably half a download"

SPOILT: dict[str, Broken] = {
    "html-mp4": Broken("mp4", _written(PAGE), "it is a web page saved under this name"),
    "json-mp4": Broken("mp4", _written(ERROR), "it is a JSON text, probably an error message of the service"),
    "lfs-mp4": Broken("mp4", _written(LFS), "it is a Git LFS pointer, not the file itself"),
    "png-mp4": Broken("mp4", _picture, "it is a PNG picture that calls itself .mp4"),
    "webm-mp4": Broken("mp4", _webm, "it is a WebM or Matroska file that calls itself .mp4"),
    "zip-mp4": Broken("mp4", _written(b"PK\x03\x04" + bytes(60)), "it is a zip archive"),
    "pdf-png": Broken("png", _written(b"%PDF-1.7\n" + bytes(60)), "it is a PDF"),
    "noise-mp4": Broken("mp4", _written(bytes(range(256)) * 40), "it is no media file that filmkit knows"),
    "empty-mp4": Broken("mp4", _written(b""), "the file is empty"),
    "half-mp4": Broken("mp4", _cut(0.5), _HALF),
    "half-faststart": Broken("mp4", _cut(0.5, *FASTSTART), _HALF),
    "half-fragments": Broken("mp4", _cut(0.5, *FRAGMENTS), _HALF),
    "half-mkv": Broken("mkv", _cut(0.5), _HALF),
    "half-webm": Broken("webm", _cut(0.9, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), _HALF),
    "half-avi": Broken("avi", _cut(0.7, "-c:v", "mpeg4"), _HALF),
    "half-webp": Broken("webp", _cut(0.7, "-c:v", "libwebp_anim"), _HALF),
    "half-png": Broken("png", _cut_picture, _HALF),
    "flip-start": Broken("mp4", _damaged_start, "its first picture is damaged"),
    "codec-unknown": Broken("mkv", _codec_nobody_takes, "its pictures are coded as snow, which is not taken"),
}  # fmt: skip
"""By the case's name in docs/safety.md."""
