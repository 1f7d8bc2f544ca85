"""The header of our own WAVs: read by others, right to the byte, and an RF64 where a RIFF would be too short."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import pytest

from filmkit.media.sound.wavefile import wave_header

MOST = (2**32 - 1 - 50) // 8
"""The longest sound whose RIFF still says its own length: 50 bytes of header are counted in it."""


@pytest.mark.parametrize("samples", [0, 1, 48_000, MOST])
def test_a_riff_says_its_length(samples: int) -> None:
    header = wave_header(samples)
    riff, size, wave = struct.unpack("<4sI4s", header[:12])
    assert (riff, wave, size) == (b"RIFF", b"WAVE", len(header) - 8 + samples * 8)
    assert header[-8:] == b"data" + struct.pack("<I", samples * 8)


def test_what_a_riff_cannot_say_is_said_by_an_rf64() -> None:
    header = wave_header(MOST + 1)
    assert header[:4] == b"RF64" and header[4:8] == b"\xff" * 4 == header[-4:]
    assert header[12:16] == b"ds64"
    whole, data, count = struct.unpack("<QQQ", header[20:44])
    assert (whole, data, count) == (len(header) - 8 + (MOST + 1) * 8, (MOST + 1) * 8, MOST + 1)


@pytest.mark.parametrize("samples", [4_801, MOST + 96_000], ids=["short", "over 4 GiB"])
def test_another_reader_finds_the_sound_and_its_length(samples: int, tmp_path: Path) -> None:
    """The long file has holes instead of samples, so it takes no room."""
    path = tmp_path / "sound.wav"
    header = wave_header(samples)
    path.write_bytes(header)
    with path.open("r+b") as file:
        file.truncate(len(header) + samples * 8)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("pcm_f32le", 48_000, 2)
        assert stream.duration == samples
