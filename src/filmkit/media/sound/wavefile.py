"""WAVs of our own: 48 kHz stereo, 32-bit float, header and samples and nothing else, so that equal sounds are equal
files.

A RIFF cannot be longer than 4 GiB (3.1 hours of this); a longer sound becomes an RF64 (EBU Tech 3306), which editors
and ffmpeg read as well.
"""

from __future__ import annotations

import struct

from filmkit.media.sound.samples import BYTES_PER_SAMPLE, CHANNELS
from filmkit.model.timebase import SAMPLE_RATE

_IEEE_FLOAT = 3
_MOST = 0xFFFFFFFF


def wave_header(samples: int) -> bytes:
    """Everything before the first of ``samples`` float samples."""
    data = samples * BYTES_PER_SAMPLE
    form = struct.pack(
        "<HHIIHHH", _IEEE_FLOAT, CHANNELS, SAMPLE_RATE, SAMPLE_RATE * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 32, 0
    )
    chunks = _chunk(b"fmt ", form) + _chunk(b"fact", struct.pack("<I", min(samples, _MOST)))
    size = 4 + len(chunks) + 8 + data
    if size <= _MOST:
        return b"RIFF" + struct.pack("<I", size) + b"WAVE" + chunks + b"data" + struct.pack("<I", data)
    long = _chunk(b"ds64", struct.pack("<QQQI", size + 8 + 28, data, samples, 0))
    return b"RF64" + struct.pack("<I", _MOST) + b"WAVE" + long + chunks + b"data" + struct.pack("<I", _MOST)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content
