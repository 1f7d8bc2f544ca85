"""What a file's own header says of its size and its end, read before any decoder makes room for it.

Only fixed fields are read, by offset; nothing is believed but that a file which contradicts itself is not whole.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import cast

from filmkit.media.budgets import BUDGETS
from filmkit.media.sniff import Refusal
from filmkit.media.sound.waveheader import wave_data_of

_HEAD_BYTES = 1 << 16
_MOST_PARTS = 200_000
_AGAIN = "download it again, whole"
_EXPORT = "open it in a sound editor and export it again, as WAV or FLAC"


def check_headers(descriptor: int, demuxer: str) -> Refusal | None:
    """A refusal where a file is cut off, shows more pixels than a shot may cost, or packs away hidden text."""
    missing = _declared_end(descriptor, demuxer) - os.fstat(descriptor).st_size
    if missing > 0:
        return Refusal(f"it ends {missing:,} bytes before its header says: probably half a download", _AGAIN)
    if demuxer == "wav" and (wave := wave_data_of(descriptor)) is not None and wave.is_parted:
        return Refusal("its sound lies in several parts (data chunks), and only the first would be heard", _EXPORT)
    size = declared_size(os.pread(descriptor, _HEAD_BYTES, 0), demuxer)
    if size is not None and is_too_large(*size):
        return too_large(*size)
    return _check_png(descriptor) if demuxer in {"png_pipe", "apng"} else None


def is_too_large(width: int, height: int) -> bool:
    """Whether a picture of this many pixels is over budget."""
    return max(width, height) > BUDGETS.side_px or width * height > BUDGETS.area_px


def too_large(width: int, height: int) -> Refusal:
    """The refusal of such a picture."""
    return Refusal(f"its picture is {width} × {height} pixels, too large", "export it at 4K or smaller")


def declared_size(head: bytes, demuxer: str) -> tuple[int, int] | None:
    """Width and height of a picture file; None for other files and headers that do not say."""
    try:
        if demuxer in {"png_pipe", "apng"}:
            return cast("tuple[int, int]", struct.unpack(">II", head[16:24]))
        if demuxer == "gif":
            return cast("tuple[int, int]", struct.unpack("<HH", head[6:10]))
        if demuxer == "webp_anim":
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
        return _jpeg_size(head) if demuxer == "jpeg_pipe" else None
    except struct.error:
        return None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """From the frame header (ITU-T T.81, B.2.2), if it stands within ``head``."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        kind, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _declared_end(descriptor: int, demuxer: str) -> int:
    """Bytes that the file should have at least."""
    if demuxer == "mov":
        return _mov_end(descriptor)
    if demuxer == "matroska":
        return _matroska_end(os.pread(descriptor, 256, 0))
    if demuxer == "avi":
        size = int.from_bytes(os.pread(descriptor, 4, 4), "little")
        return size + 8 if size < 0xFFFFFFFF else 0
    wave = wave_data_of(descriptor) if demuxer == "wav" else None
    return wave.place + wave.claimed if wave is not None and wave.missing else 0


def _mov_end(descriptor: int) -> int:
    """Where the last box of media or index ends (ISO/IEC 14496-12, 4.2)."""
    at = end = 0
    for _ in range(_MOST_PARTS):
        head = os.pread(descriptor, 16, at)
        size, kind = struct.unpack(">I4s", head[:8]) if len(head) >= 8 else (0, b"")
        if size == 1:
            size = int.from_bytes(head[8:], "big")
        if size < 8:  # the end, or a box that goes on to it
            break
        at += size
        end = at if kind in {b"moov", b"moof", b"mdat"} else end
    return end


def _matroska_end(head: bytes) -> int:
    """Where the Segment ends (RFC 8794, 4 and 6); 0 where it does not say, as a stream does."""
    try:
        at, size = _ebml_size(head, 4)
        at, size = _ebml_size(head, at + size + 4)
    except IndexError:
        return 0
    return at + size


def _ebml_size(data: bytes, at: int) -> tuple[int, int]:
    """Where an element's data begin and how many bytes they are; 0 bytes for an unknown size."""
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
    return at + width, 0 if value == (1 << 7 * width) - 1 else value


def _check_png(descriptor: int) -> Refusal | None:
    """A PNG that is cut off, or packs away more text than anyone wrote: its reader would unpack it all."""
    left = BUDGETS.packed_text_bytes
    for kind, data in _png_chunks(descriptor, left):
        if kind == b"IEND":
            return None
        left -= _unpacked(kind, data, left)
        if left < 0:
            most = BUDGETS.packed_text_bytes >> 20
            return Refusal(f"it packs away more than {most} MB of hidden text", "export it without metadata")
    return Refusal("it ends before its last part (IEND): probably half a download", _AGAIN)


def _png_chunks(descriptor: int, most: int) -> Iterator[tuple[bytes, bytes]]:
    """Name of every chunk (PNG, 5.3); of those that hold packed text or profiles the data, one byte over ``most``."""
    at = 8
    for _ in range(_MOST_PARTS):
        head = os.pread(descriptor, 8, at)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        is_packed = kind in {b"zTXt", b"iTXt", b"iCCP"}
        yield kind, os.pread(descriptor, min(length, most + 1), at + 8) if is_packed else b""
        at += 12 + length


def _unpacked(kind: bytes, data: bytes, most: int) -> int:
    """Bytes that a chunk's text takes, counted up to one more than ``most``."""
    text = data.partition(b"\0")[2]
    if kind == b"iTXt":  # flag, method, language, translated keyword, text (PNG, 11.3.3.4)
        is_packed, text = text[:1] == b"\x01", text[2:].partition(b"\0")[2].partition(b"\0")[2]
        if not is_packed:
            return len(text)
    try:
        return len(zlib.decompressobj().decompress(text if kind == b"iTXt" else text[1:], most + 1))
    except zlib.error:
        return len(data)
