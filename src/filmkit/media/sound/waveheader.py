"""What a WAV's header says of its own length, and whether that can be believed.

Only chunk names and sizes are read here, never samples: decoding is the gate's work. Recorders and pipes write 0 or
all ones where they could not go back; those files are whole and are read to their end. A header that promises more
than the file holds belongs to a file that was cut off.
"""

from __future__ import annotations

import os
import shutil
import struct
from dataclasses import dataclass, replace
from pathlib import Path

_UNKNOWN = {0, 0x7FFFFFFF, 0xFFFFFFFF}
_NEARLY_ALL_ONES = 0xFFFFF000
_MOST_CHUNKS = 256
_PLAIN = {1, 3, 6, 7, 0xFFFE}
"""PCM, float, A-law, µ-law and what names one of them: each sample has its own bytes."""

_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICS")
"""What programs for MP3 files hang behind a WAV: not sound, though no chunk."""


@dataclass(frozen=True, slots=True)
class WaveData:
    """The data chunk: bytes ``claimed`` by the header, bytes ``present`` from its start at byte ``place`` to the end of
    the file. ``is_followed`` says that another chunk, or a tag, begins where it claims to end; ``align`` is bytes a
    sample (1 where that is not known: packed sound, or a header that comes later). ``is_parted`` says that more sound
    follows in another data chunk, which no program plays.
    """

    claimed: int
    present: int
    is_followed: bool
    place: int = 44
    align: int = 1
    is_parted: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the writer never filled in the length."""
        return self.claimed in _UNKNOWN or self.claimed >= _NEARLY_ALL_ONES

    @property
    def is_too_short(self) -> bool:
        """Whether sound goes on behind the claimed end, where no chunk begins."""
        return not self.is_open and self.claimed + 1 < self.present and not self.is_followed

    @property
    def is_ragged(self) -> bool:
        """Whether its last sample is not whole."""
        return self.heard % self.align > 0

    @property
    def is_mended(self) -> bool:
        """Whether the length that its header says is not the one that is read: all that is there, in whole samples."""
        return self.is_open or self.is_too_short or self.is_ragged

    @property
    def heard(self) -> int:
        """Bytes of sound."""
        return self.present if self.is_open or self.is_too_short else self.claimed

    @property
    def missing(self) -> int:
        """Bytes that were promised and are not there."""
        return 0 if self.is_open else max(0, self.claimed - self.present)


def read_wave_data(path: Path) -> WaveData | None:
    """The data chunk of a plain RIFF WAV; None for anything else (RF64 and W64 say their length elsewhere)."""
    with path.open("rb") as file:
        return wave_data_of(file.fileno())


def wave_data_of(descriptor: int) -> WaveData | None:
    """The same of an open file, whose place is left as it is."""
    size = os.fstat(descriptor).st_size
    head = os.pread(descriptor, 12, 0)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    place, align = 12, 1
    for _ in range(_MOST_CHUNKS):
        head = os.pread(descriptor, 24, place)
        if len(head) < 8:
            return None
        name, length = struct.unpack("<4sI", head[:8])
        behind = place + 8 + length + length % 2
        if name == b"fmt ":
            is_plain = int.from_bytes(head[8:10], "little") in _PLAIN
            align = max(1, int.from_bytes(head[20:22], "little")) if is_plain else 1
        if name == b"data":
            after = os.pread(descriptor, 8, behind)
            is_followed = _is_chunk(after, size) or after.startswith(_TAGS)
            wave = WaveData(length, size - place - 8, is_followed, place + 8, align)
            is_whole = is_followed and not wave.is_open and not wave.missing
            return replace(wave, is_parted=is_whole and _has_data(descriptor, behind))
        place = behind
    return None


def _has_data(descriptor: int, place: int) -> bool:
    """Whether a data chunk that is not empty stands at ``place`` or behind."""
    for _ in range(_MOST_CHUNKS):
        head = os.pread(descriptor, 8, place)
        if len(head) < 8:
            return False
        name, length = struct.unpack("<4sI", head)
        if name == b"data" and length:
            return True
        place += 8 + length + length % 2
    return False


def write_mended(path: Path, wave: WaveData, out: Path) -> Path:
    """A copy of a WAV whose header says the length that is there, in whole samples (4 GiB at most, as in any WAV)."""
    whole = min(wave.heard, 0xFFFFFFFF - wave.place) // wave.align * wave.align
    shutil.copyfile(path, out)
    with out.open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", wave.place + whole - 8))
        file.seek(wave.place - 4)
        file.write(struct.pack("<I", whole))
        file.truncate(wave.place + whole)
    return out


def _is_chunk(head: bytes, size: int) -> bool:
    return len(head) == 8 and all(32 <= byte < 127 for byte in head[:4]) and struct.unpack("<I", head[4:])[0] <= size
