"""Who says to have made a file: the content credentials (C2PA) that generators write into clips and pictures.

Bounded, and nothing is verified: a claim is what somebody wrote there, no proof. Only the place of the manifest is
looked for (C2PA 2.1, annex A), and in it the texts behind two keys of its CBOR (RFC 8949).

    MP4   box ``uuid`` d8fec3d6-1b0e-483c-9297-5828877ec481
    PNG   chunk ``caBX``
    JPEG  segments APP11
    WebP  chunk ``C2PA``
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filmkit.media.run import open_regular

_MOST_BYTES: Final = 2 << 20
_MOST_PARTS: Final = 20_000
_MP4: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_KEYS: Final = (b"claim_generator_info", b"softwareAgent", b"claim_generator")
_LONGEST: Final = 200


def read_claims(path: Path) -> tuple[str, ...]:
    """The names of programs that claim to have made a file, in the order in which they stand there; mostly one or two.

    Raises OSError, or StepFailed for what is no regular file.
    """
    handle = open_regular(path)
    try:
        return tuple(dict.fromkeys(name for data in _manifests(handle) for name in _names(data)))
    finally:
        os.close(handle)


def _manifests(handle: int) -> Iterator[bytes]:
    head = os.pread(handle, 16, 0)
    if head[4:8] in {b"ftyp", b"moov", b"wide", b"free", b"mdat"}:
        yield from _boxes(handle)
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _chunks(handle, 8, ">I4s", b"caBX", extra=4)
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        yield from _chunks(handle, 12, "<4sI", b"C2PA", extra=0)
    elif head.startswith(b"\xff\xd8"):
        yield b"".join(_segments(handle))[:_MOST_BYTES]


def _boxes(handle: int) -> Iterator[bytes]:
    at, end = 0, os.fstat(handle).st_size
    for _ in range(_MOST_PARTS):
        head = os.pread(handle, 32, at) if at < end else b""
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        start = 8
        if size == 1 and len(head) >= 16:
            size, start = struct.unpack(">Q", head[8:16])[0], 16
        if kind == b"uuid" and head[start : start + 16] == _MP4:
            yield os.pread(handle, min(size or _MOST_BYTES, _MOST_BYTES), at + start + 16)
        if size < start:
            return
        at += size


def _chunks(handle: int, at: int, form: str, wanted: bytes, *, extra: int) -> Iterator[bytes]:
    for _ in range(_MOST_PARTS):
        head = os.pread(handle, 8, at)
        if len(head) < 8:
            return
        first, second = struct.unpack(form, head)
        length, kind = (first, second) if isinstance(first, int) else (second, first)
        if kind == wanted:
            yield os.pread(handle, min(length, _MOST_BYTES), at + 8)
        at += 8 + length + extra + (length % 2 if not extra else 0)


def _segments(handle: int) -> Iterator[bytes]:
    at = 2
    for _ in range(_MOST_PARTS):
        head = os.pread(handle, 4, at)
        if len(head) < 4 or head[0] != 0xFF or head[1] in {0xD9, 0xDA}:
            return
        [length] = struct.unpack(">H", head[2:])
        if head[1] == 0xEB:
            yield os.pread(handle, length - 2, at + 4) if length > 2 else b""
        at += 2 + length


def _names(data: bytes) -> Iterator[str]:
    """Texts behind the keys: the value itself, or the ``name`` in the map that is the value."""
    for key in _KEYS:
        at = data.find(key)
        while at >= 0:
            after = at + len(key)
            name = data.find(b"dname", after, after + _LONGEST)
            text = _text(data, after) or (_text(data, name + 5) if name >= 0 else "")
            if text:
                yield text
            at = data.find(key, after)


def _text(data: bytes, at: int) -> str:
    """A CBOR text of at most ``_LONGEST`` bytes; empty where none stands there."""
    first = data[at] if at < len(data) else 0
    if 0x60 <= first <= 0x77:
        start, length = at + 1, first - 0x60
    elif first == 0x78 and at + 1 < len(data):
        start, length = at + 2, data[at + 1]
    else:
        return ""
    text = data[start : start + length].decode("utf-8", "replace")
    return text if 0 < length <= _LONGEST and len(data) >= start + length and text.isprintable() else ""
