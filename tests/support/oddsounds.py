"""Sounds of a stranger's film: broken ones, each refused by its name, and odd ones, a half-second tone each."""

from __future__ import annotations

import struct
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


_FORM = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, RATE, RATE * 4, 4, 16)
_LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"Lavf59.27.100\0"
_NOTE = b"note" + struct.pack("<I", 5) + b"hello\0"  # of odd length: a filling byte follows
_PCM = np.round(tone(440, HALF, PEAK_DB) * 32767).astype("<i2").tobytes()
_DATA = b"data" + struct.pack("<I", len(_PCM)) + _PCM


def _riff(*chunks: bytes) -> bytes:
    """A WAV of these chunks."""
    return b"RIFF" + struct.pack("<I", sum(map(len, chunks)) + 4) + b"WAVE" + b"".join(chunks)


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
    "sound-text": Broken("wav", lambda path: path.write_text("Notes for the horn.\n" * 20), "it is a text, not media"),
    "sound-no-samples": Broken("wav", lambda path: write_wav(path, np.zeros((0, 2))), "neither pictures nor sound"),
    "sound-no-form": Broken("wav", lambda path: path.write_bytes(_riff(_DATA)), "but cannot be read"),
    "sound-two-parts": Broken(
        "wav", lambda path: path.write_bytes(_riff(_FORM, _DATA, _NOTE, _DATA)), "its sound lies in several parts"
    ),
    "sound-384khz": Broken(
        "wav", lambda path: write_wav(path, np.zeros((3_840, 2)), 384_000), "its sound has 384000 Hz"
    ),
    "sound-adpcm": Broken("wav", _encoded("-c:a", "adpcm_ima_wav"), "its sound is coded as adpcm_ima_wav"),
    "sound-32-channels": Broken("wav", lambda path: write_wav(path, np.zeros((4_800, 32))), "it has 32 channels"),
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


def _silent_track(path: Path) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "0.5", "-c:a", "aac", path)


def _clip_as_sound(path: Path) -> None:
    """A clip with pictures that calls itself .m4a."""
    wav = path.with_name("clip.wav")
    _tone()(wav)
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=96x64:d=0.5:r=24", "-i", wav, "-c:v", "libx264", "-c:a", "aac",
               "-b:a", "256k", "-f", "mp4", path)  # fmt: skip


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
    "wav-ragged": OddSound("wav", _tone(claimed_bytes=len(_PCM) - 1)),
    "wav-tagged": OddSound("wav", lambda path: path.write_bytes(_riff(_FORM, _DATA) + b"TAG" + b"\x7f" * 125)),
    "wav-chunks-before": OddSound("wav", lambda path: path.write_bytes(_riff(_LIST, _NOTE, _FORM, _NOTE, _DATA))),
    "wav-chunks-behind": OddSound("wav", lambda path: path.write_bytes(_riff(_FORM, _DATA, _NOTE, _LIST))),
    "wav-form-last": OddSound("wav", lambda path: path.write_bytes(_riff(_DATA, _FORM))),
    "wav-rf64": OddSound("wav", _tone_as("-rf64", "always")),
    "wav-one-sample": OddSound("wav", _tone(samples=1), (None, None), seconds=1 / RATE),
    "bits-8": OddSound("wav", _tone_as("-c:a", "pcm_u8")),
    "bits-32": OddSound("wav", _tone_as("-c:a", "pcm_s32le")),
    "side-7.1": OddSound("wav", _channels(0, 0, 0, 0, 0, 0, 1, 0), (-3.01, None)),
    "low-7.1": OddSound("wav", _channels(0, 0, 0, 1, 0, 0, 0, 0), (None, None)),
    "m4a-silent": OddSound("m4a", _silent_track, (None, None)),
    "m4a-pictures": OddSound("m4a", _clip_as_sound),
    "mp3-delay": OddSound("mp3", _tone_as("-q:a", "0")),
    "opus-pre-skip": OddSound("opus", _tone_as("-c:a", "libopus", "-b:a", "256k")),
    "mp3-no-header": OddSound("mp3", _tone_as("-q:a", "2", "-write_xing", "0")),
    "mp3-cover-tags": OddSound("mp3", _tone_as("-q:a", "2", "-c:a", "libmp3lame", *_TAGS, cover=True)),
    "flac-streamed": OddSound("flac", _streamed),
    "ogg-chained": OddSound("ogg", _chain),
}
"""By the case's name in docs/safety.md."""
