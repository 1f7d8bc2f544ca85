"""Texts that programs write into their pictures and clips: PNG, WebP, MP4 and MOV, WebM and MKV. Nothing is decoded.

Only names, sizes and the texts themselves are read here, each bounded, as in the other header readers of this folder:
pixels and samples are the gate's work. Whatever does not fit is passed over.

    PNG   tEXt, zTXt, iTXt, and ``comf`` (ComfyUI's animated PNG)
    WebP  EXIF: texts like ``prompt:{…}`` in any tag of its first directory (ComfyUI uses Make and Model)
    MP4   moov/udta/meta and moov/meta: keys with their ilst (ISO/IEC 14496-12; QuickTime's mdta), and ``©cmt``
    MKV   Tags/Tag/SimpleTag (RFC 9559)
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from filmkit.media.embedded_boxes import boxed_texts, tagged_texts
from filmkit.media.run import open_regular

MOST_TEXT = 8 << 20
"""Bytes of one text: the largest graphs have a few hundred thousand."""

MOST_TEXTS = 64
_MOST_CHUNKS = 100_000
_PNG = b"\x89PNG\r\n\x1a\n"


def embedded_texts(path: Path) -> dict[str, str]:
    """The texts in a file by their names in small letters; empty where it has none, or is of another kind.

    Raises OSError, or StepFailed for what is no regular file.
    """
    handle = open_regular(path)
    try:
        found: dict[str, str] = {}
        for name, text in _texts(handle):
            found.setdefault(name.strip().lower()[:80], text)
            if len(found) >= MOST_TEXTS:
                break
        return found
    finally:
        os.close(handle)


def _texts(handle: int) -> Iterator[tuple[str, str]]:
    head = os.pread(handle, 16, 0)
    size = os.fstat(handle).st_size
    if head.startswith(_PNG):
        return _png(handle)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(handle)
    if head[4:8] in {b"ftyp", b"moov", b"wide", b"free", b"mdat"}:
        return boxed_texts(handle, size, MOST_TEXT)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return tagged_texts(handle, size, MOST_TEXT)
    return iter(())


def _png(handle: int) -> Iterator[tuple[str, str]]:
    at = 8
    for _ in range(_MOST_CHUNKS):
        head = os.pread(handle, 8, at)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind in _PNG_KINDS and length <= MOST_TEXT:
            data = os.pread(handle, length, at + 8)
            if len(data) == length and b"\0" in data:
                yield from _PNG_KINDS[kind](data)
        elif kind == b"eXIf" and length <= MOST_TEXT:
            yield from _exif(os.pread(handle, length, at + 8))
        at += 12 + length


def _plain(data: bytes) -> Iterator[tuple[str, str]]:
    name, _, text = data.partition(b"\0")
    yield name.decode("latin-1"), text.decode("latin-1")


def _packed(data: bytes) -> Iterator[tuple[str, str]]:
    name, _, rest = data.partition(b"\0")
    if rest[:1] == b"\0":
        yield name.decode("latin-1"), _inflated(rest[1:]).decode("latin-1")


def _international(data: bytes) -> Iterator[tuple[str, str]]:
    name, _, rest = data.partition(b"\0")
    parts = rest[2:].split(b"\0", 2)
    if len(rest) > 2 and len(parts) == 3:
        text = _inflated(parts[2]) if rest[0] else parts[2]
        yield name.decode("latin-1"), text.decode("utf-8", "replace")


_PNG_KINDS = {b"tEXt": _plain, b"comf": _plain, b"zTXt": _packed, b"iTXt": _international}


def _inflated(data: bytes) -> bytes:
    """What was packed; nothing where it is damaged or would be too large."""
    packed = zlib.decompressobj()
    try:
        text = packed.decompress(data, MOST_TEXT)
    except zlib.error:
        return b""
    return b"" if packed.unconsumed_tail else text


def _webp(handle: int) -> Iterator[tuple[str, str]]:
    at = 12
    for _ in range(_MOST_CHUNKS):
        head = os.pread(handle, 8, at)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        if kind == b"EXIF" and length <= MOST_TEXT:
            yield from _exif(os.pread(handle, length, at + 8))
        at += 8 + length + length % 2


def _exif(data: bytes) -> Iterator[tuple[str, str]]:
    """Texts ``name:value`` in the first directory (TIFF 6.0, section 2)."""
    data = data.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return
    [first] = struct.unpack(f"{order}I", data[4:8])
    if first + 2 > len(data):
        return
    [count] = struct.unpack(f"{order}H", data[first : first + 2])
    for entry in range(min(count, MOST_TEXTS)):
        at = first + 2 + 12 * entry
        if at + 12 > len(data):
            return
        _, kind, length = struct.unpack(f"{order}HHI", data[at : at + 8])
        if kind != 2 or length <= 4:
            continue
        [place] = struct.unpack(f"{order}I", data[at + 8 : at + 12])
        text = data[place : place + length].rstrip(b"\0").decode("utf-8", "replace")
        name, colon, value = text.partition(":")
        if colon and name.isidentifier():
            yield name, value
