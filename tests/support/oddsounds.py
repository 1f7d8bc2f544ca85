"""Sounds of a stranger's film: broken ones, each refused by its name, and odd ones, a half-second tone each."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from bombs import Broken, run_ffmpeg
from oddmedia import COMMENT, SCRIPT
from sounds import RATE, noise, tone, write_wav

HALF = RATE // 2
PEAK_DB = -12.0


def _noise(path: Path) -> Path:
    return write_wav(path.with_name(f"noise-{path.stem}.wav"), noise(RATE, -20))


def _encoded(*words: str) -> Callable[[Path], object]:
    return lambda path: run_ffmpeg("-i", _noise(path), *words, path)


def _cut(*words: str, share: float = 0.5) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        _encoded(*words)(path)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share) // 4 * 4])

    return make


def _flipped(*words: str) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        _encoded(*words)(path)
        data = bytearray(path.read_bytes())
        at = len(data) * 6 // 10
        data[at : at + 2] = bytes([data[at] ^ 0x10, data[at + 1] ^ 0xFF])
        path.write_bytes(data)

    return make


def _with_sample(value: float) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        sound = noise(RATE, -20)
        sound[24_000, 1] = value
        write_wav(path, sound, bits=32)

    return make


def _picture(path: Path) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=96x64", "-frames:v", "1", "-c:v", "libx264", path)


_END = "cannot be read to its end"
_NO_NUMBER = "stands a sample that is no number"

BROKEN_SOUNDS: dict[str, Broken] = {
    "sound-html": Broken("wav", lambda path: path.write_bytes(b"<!doctype html><html>403"), "it is a web page"),
    "sound-json": Broken("mp3", lambda path: path.write_bytes(b'{"error": "expired"}'), "it is a JSON text"),
    "sound-empty": Broken("ogg", lambda path: path.write_bytes(b""), "the file is empty"),
    "sound-misnamed": Broken("wav", lambda path: _encoded("-f", "mp3")(path), "it is an MP3 sound that calls itself"),
    "sound-none": Broken("m4a", lambda path: _picture(path), "it holds no sound"),
    "sound-half-wav": Broken("wav", _cut("-c:a", "pcm_s16le"), "before its header says"),
    "sound-half-m4a": Broken("m4a", _cut("-c:a", "aac"), "probably half a download"),
    "sound-half-ogg": Broken("ogg", _cut("-c:a", "libvorbis", share=0.3), "probably half a download"),
    "sound-9-channels": Broken("wav", lambda path: write_wav(path, np.zeros((4_800, 9))), "it has 9 channels"),
}
"""Refused when the film is loaded, by the case's name in docs/safety.md."""

BROKEN_INSIDE: dict[str, Broken] = {
    "sound-half-flac": Broken("flac", _cut("-c:a", "flac"), _END),
    "sound-half-aac": Broken("aac", _cut("-c:a", "aac"), _END),
    "sound-flip-flac": Broken("flac", _flipped("-c:a", "flac"), _END),
    "sound-flip-ogg": Broken("ogg", _flipped("-c:a", "libvorbis"), _END),
    "sound-flip-opus": Broken("opus", _flipped("-c:a", "libopus"), _END),
    "sound-flip-m4a": Broken("m4a", _flipped("-c:a", "aac"), _END),
    "sound-nan": Broken("wav", _with_sample(np.nan), _NO_NUMBER),
    "sound-infinite": Broken("wav", _with_sample(np.inf), _NO_NUMBER),
    "sound-huge": Broken("wav", _with_sample(1e30), "times full scale, which no recording does"),
}
"""Refused when they are decoded."""


@dataclass(frozen=True)
class OddSound:
    """A tone of half a second; ``sides`` are its levels on the left and right in dB relative to ``PEAK_DB``, None for
    silence; ``is_mirrored`` where the right side is the left one turned over.
    """

    suffix: str
    make: Callable[[Path], object]
    sides: tuple[float | None, float | None] = (0.0, 0.0)
    is_mirrored: bool = False
    seconds: float = 0.5


def _tone(sides: tuple[float, float] = (1.0, 1.0), samples: int = HALF, **how: int) -> Callable[[Path], object]:
    return lambda path: write_wav(path, tone(440, samples, PEAK_DB, sides=sides), **how)  # type: ignore[arg-type]


def _channels(*factors: float, rate: int = RATE) -> Callable[[Path], object]:
    wave = 10 ** (PEAK_DB / 20) * np.sin(2 * np.pi * 440 * np.arange(rate // 2) / rate)
    return lambda path: write_wav(path, wave[:, None] * np.array(factors), rate)


def _tone_as(*words: str, cover: bool = False) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        wav = path.with_name(f"tone-{path.stem}.wav")
        _tone()(wav)
        picture = ("-f", "lavfi", "-i", "color=red:s=64x64:d=0.04", "-map", "0:a", "-map", "1:v", "-c:v", "mjpeg",
                   "-disposition:v", "attached_pic") if cover else ()  # fmt: skip
        run_ffmpeg("-i", wav, *picture, *words, path)

    return make


def _chain(path: Path) -> None:
    """Two Ogg files in one: what the first says of its length is half the truth."""
    parts = []
    for at in range(2):
        wav, part = (path.with_name(f"part{at}.{ending}") for ending in ("wav", "ogg"))
        _tone(samples=HALF // 2)(wav)
        run_ffmpeg("-i", wav, "-c:a", "libvorbis", "-q:a", "8", part)
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))


def _streamed(path: Path) -> None:
    """A FLAC written into a pipe: its header knows no length."""
    wav = path.with_name("streamed.wav")
    _tone()(wav)
    words = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(wav), "-f", "flac", "-"]
    path.write_bytes(subprocess.run(words, capture_output=True, check=True).stdout)


_TAGS = ("-metadata", f"title={SCRIPT}", "-metadata", f"comment={COMMENT[:9_000]}")

ODD_SOUNDS: dict[str, OddSound] = {
    "tone": OddSound("wav", _tone()),
    "anti-phase": OddSound("wav", _tone((1.0, -1.0)), is_mirrored=True),
    "right-only": OddSound("wav", _tone((0.0, 1.0)), (None, 0.0)),
    "centre-5.1": OddSound("wav", _channels(0, 0, 1, 0, 0, 0), (-3.01, -3.01)),
    "mono": OddSound("wav", _channels(1)),
    "mono-8khz": OddSound("wav", _channels(1, rate=8_000)),
    "stereo-192khz": OddSound("wav", _channels(1, 1, rate=192_000)),
    "bits-24": OddSound("wav", _tone(bits=24)),
    "float": OddSound("wav", _tone(bits=32)),
    "clip-20ms": OddSound("wav", _tone(samples=960), seconds=0.02),
    "digital-silence": OddSound("wav", _tone((0.0, 0.0)), (None, None)),
    "wav-no-length": OddSound("wav", _tone(claimed_bytes=0)),
    "wav-short-length": OddSound("wav", _tone(claimed_bytes=4_000)),
    "wav-long-length": OddSound("wav", _tone(claimed_bytes=2**32 - 1)),
    "mp3-no-header": OddSound("mp3", _tone_as("-q:a", "2", "-write_xing", "0")),
    "mp3-cover-tags": OddSound("mp3", _tone_as("-q:a", "2", "-c:a", "libmp3lame", *_TAGS, cover=True)),
    "flac-streamed": OddSound("flac", _streamed),
    "ogg-chained": OddSound("ogg", _chain),
}
"""By the case's name in docs/safety.md."""
