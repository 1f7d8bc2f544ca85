"""Just enough of ISO/IEC 14496-12 to compare the headers of two segments without decoding anything."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_TO_DESCRIPTIONS = (b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_VISUAL_HEADER = 8 + 78
"""Bytes of a visual sample entry before its own boxes: box header and the fixed fields of §12.1.3."""


def video_header(path: Path) -> dict[str, bytes]:
    """The boxes that describe a segment's pictures (codec settings, colour, pixel shape) by name, bit rate left out.

    The fixed fields (size, codec) stand under ``""``. Raises ValueError where the file is not what our encoder writes.
    """
    data = _movie_box(path)
    for name in _TO_DESCRIPTIONS:
        found = next((body for kind, body in _boxes(data) if kind == name), None)
        if found is None:
            raise ValueError(f"{path.name} has no {name.decode()} box")
        data = found
    entry_size = struct.unpack(">I", data[8:12])[0]  # after version, flags and the number of entries
    entry = data[8 : 8 + entry_size]
    inner = {kind.decode("latin-1"): body for kind, body in _boxes(entry[_VISUAL_HEADER:]) if kind != b"btrt"}
    return {"": entry[4:_VISUAL_HEADER], **inner}


def _movie_box(path: Path) -> bytes:
    """The body of ``moov``, wherever in the file it stands."""
    end = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= end:
            file.seek(at)
            size, kind = struct.unpack(">I4s", file.read(8))
            header = 8
            if size == 1:
                size, header = struct.unpack(">Q", file.read(8))[0], 16
            if kind == b"moov":
                return file.read(size - header)
            if size < header:
                break
            at += size
    raise ValueError(f"{path.name} has no moov box")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if size < 8 or at + size > len(data):
            return
        yield kind, data[at + 8 : at + size]
        at += size
