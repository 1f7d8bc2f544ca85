"""Takes that are odd and yet fine: each shows its pictures' own numbers, so that a film of them can be read frame by
frame, and carries what must not reach the film.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from barcode import make_numbered
from bombs import run_ffmpeg

SCRIPT = "<script>alert('canary-4b1d')</script>"
COMMENT = "canary-comment-91ce " * 3_000
CHAPTER = "'; rm -rf / #canary-chapter-77aa"
MARKS = (b"canary-", b"<script", b"evil.ttf")
"""What stands in odd takes and may stand in nothing that is made of them."""

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", "-pix_fmt", "yuv420p")
PICTURES = 12


@dataclass(frozen=True)
class Odd:
    """A take of ``PICTURES`` numbered pictures at ``rate``, the first number ``first``; ``make`` gets its path."""

    suffix: str
    make: Callable[[Path], object]
    rate: Fraction | int = 24
    first: int = 0
    pictures: int = PICTURES


def _encoded(suffix: str, *output: str, rate: Fraction | int = 24, size: tuple[int, int] = (96, 64)) -> Odd:
    return Odd(suffix, lambda path: make_numbered(path, PICTURES, rate=rate, size=size, output=output), rate)


def _with(path: Path, *words: str | Path, before: tuple[str | Path, ...] = ()) -> None:
    """A numbered clip as input 0 of another run, its streams copied unless said otherwise."""
    plain = make_numbered(path.with_name(f"plain-{path.stem}.mp4"), PICTURES, output=X264)
    run_ffmpeg("-i", plain, *before, "-c", "copy", *words, path)


def _hostile_metadata(path: Path) -> None:
    about = path.with_name("about.ffmeta")
    chapters = "".join(
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={at}\nEND={at + 90}\ntitle={CHAPTER.replace(';', chr(92) + ';')}\n"
        for at in range(0, 400, 100)
    ).replace("#", "\\#")
    about.write_text(f";FFMETADATA1\ntitle={SCRIPT}\nartist={SCRIPT}\ncomment={COMMENT}\n{chapters}", encoding="utf-8")
    words = ("-map", "0", "-map_metadata", "1", "-map_chapters", "1", "-metadata:s:v:0", f"handler_name={SCRIPT}")
    _with(path, *words, before=("-f", "ffmetadata", "-i", about))


def _picture(path: Path) -> Path:
    """A red still: seen anywhere, it is the wrong stream."""
    still = path.with_name(f"red-{path.stem}.png")
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=320x240", "-frames:v", "1", still)
    return still


def _cover(path: Path) -> None:
    """A picture of the cover, as players show it beside the film."""
    words = ("-map", "0", "-map", "1", "-c:v:1", "mjpeg", "-disposition:v:1", "attached_pic")
    _with(path, *words, before=("-i", _picture(path)))


def _second_is_default(path: Path) -> None:
    """The first stream is another picture (a cover, a menu); the second one is marked as the one to be shown."""
    words = ("-map", "1", "-map", "0", "-c:v:0", "mjpeg", "-disposition:v:0", "0", "-disposition:v:1", "default")
    _with(path, *words, before=("-i", _picture(path)))


def _attachment(path: Path) -> None:
    font = path.with_name("font.bin")
    font.write_bytes(b"canary-font")
    about = ("-metadata:s:t", "mimetype=application/x-truetype-font", "-metadata:s:t", "filename=../../evil.ttf")
    _with(path, "-attach", font, *about)


def _subtitled(path: Path) -> None:
    text = path.with_name("text.srt")
    text.write_text(f"1\n00:00:00,000 --> 00:00:09,000\n{SCRIPT}\n", encoding="utf-8")
    _with(path, "-map", "0", "-map", "1", "-c:s", "ass", "-disposition:s:0", "default+forced", before=("-i", text))


def _silent_track(path: Path) -> None:
    """Sound in name only, as many generators add it."""
    words = ("-map", "0", "-map", "1", "-c:a", "aac", "-shortest")
    _with(path, *words, before=("-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo"))


def _data_tracks(path: Path) -> None:
    """Time code and a track of raw data in front of the pictures."""
    _with(path, "-timecode", "01:02:03:04", "-f", "mov")


def _lying_mp4(path: Path) -> None:
    """All three headers say 26,122 s."""
    make_numbered(path, PICTURES, output=X264)
    data = bytearray(path.read_bytes())
    for kind, clock_at in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 0)):
        at = data.index(kind)
        clock = struct.unpack_from(">I", data, at + clock_at)[0] if clock_at else 1000
        length_at = at + (20 if clock_at else 24)
        data[length_at : length_at + 4] = struct.pack(">I", min(26_122 * clock, 2**32 - 1))
    path.write_bytes(data)


def _lying_mkv(path: Path) -> None:
    """Its Duration says 169,022 s."""
    make_numbered(path, PICTURES, output=X264)
    data = bytearray(path.read_bytes())
    at = data.index(b"\x44\x89\x88")
    data[at + 3 : at + 11] = struct.pack(">d", 169_022_000.0)
    path.write_bytes(data)


def _streamed_webm(path: Path) -> None:
    """As a browser records it: no duration, no sizes, no index."""
    whole = make_numbered(path.with_name("whole.webm"), PICTURES, output=(*_VP9, "yuv420p"))
    run_ffmpeg("-i", whole, "-c", "copy", "-live", "1", "-f", "webm", path)


_VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "4", "-b:v", "0",
        "-pix_fmt")  # fmt: skip
_SIZES = {"1x1": (96, 96), "3x2": (96, 64), "16x9": (128, 72), "9x16": (72, 128)}

ODD: dict[str, Odd] = {
    "meta-script": Odd("mp4", _hostile_metadata),
    "cover-art": Odd("mp4", _cover),
    "cover-first": Odd("mkv", _second_is_default),
    "mkv-attachment": Odd("mkv", _attachment),
    "subtitles": Odd("mkv", _subtitled),
    "silent-track": Odd("mp4", _silent_track),
    "timecode": Odd("mov", _data_tracks),
    "lies-mp4": Odd("mp4", _lying_mp4),
    "lies-mkv": Odd("mkv", _lying_mkv),
    "no-duration": Odd("webm", _streamed_webm),
    "webp-anim": _encoded("webp", "-c:v", "libwebp_anim", "-quality", "95", "-loop", "0", rate=8),
    "webp-anim-lossless": _encoded("webp", "-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0", rate=10),
    "apng": _encoded("png", "-f", "apng", "-plays", "0", rate=10),
    "gif": _encoded("gif", rate=10),
    "h264-rgb": _encoded("mp4", "-c:v", "libx264rgb", "-preset", "ultrafast", "-crf", "8"),
    "h264-444": _encoded("mp4", *X264[:-1], "yuv444p"),
    "h264-10bit": _encoded("mp4", *X264[:-1], "yuv420p10le"),
    "hevc-10bit": _encoded("mp4", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-crf",
                           "8", "-pix_fmt", "yuv420p10le"),
    "vp9-rgb": _encoded("webm", *_VP9, "gbrp"),
    "alpha": _encoded("mov", "-c:v", "qtrle", "-pix_fmt", "argb"),
    "odd-size": _encoded("mp4", *X264[:-1], "yuv444p", size=(97, 65)),
    "sar-32-27": _encoded("mp4", "-vf", "setsar=32/27", *X264),
    "sar-405-404": _encoded("mp4", "-vf", "setsar=405/404:max=1000", *X264),
    "sar-639-640": _encoded("mp4", "-vf", "setsar=639/640:max=1000", *X264),
    **{f"rate-{rate}": _encoded("mp4", *X264, rate=rate) for rate in (8, 10, 15, 16, 25, 30, 48, 50, 60)},
    "rate-29.97": _encoded("mp4", *X264, rate=Fraction(30_000, 1001)),
    **{f"shape-{name}": _encoded("mp4", *X264, size=size) for name, size in _SIZES.items()},
}  # fmt: skip
"""By the case's name in docs/safety.md."""
