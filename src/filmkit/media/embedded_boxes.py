"""Texts in the boxes of MP4 and MOV, and in the elements of WebM and MKV, found by walking headers."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_BOXES = 20_000


@dataclass(frozen=True, slots=True)
class _Part:
    """A box or element: its kind, and where its contents lie."""

    kind: bytes
    start: int
    end: int


def boxed_texts(handle: int, size: int, most: int) -> Iterator[tuple[str, str]]:
    """Names and texts of at most ``most`` bytes in ``moov``."""
    movie = next((box for box in _boxes(handle, 0, size) if box.kind == b"moov"), None)
    for box in _boxes(handle, movie.start, movie.end) if movie else ():
        if box.kind == b"meta":
            yield from _meta(handle, box, most)
        for inner in _boxes(handle, box.start, box.end) if box.kind == b"udta" else ():
            if inner.kind == b"meta":
                yield from _meta(handle, inner, most)
            elif inner.kind in _NAMES:
                yield from _quicktime(handle, inner, most)


def _boxes(handle: int, at: int, end: int) -> Iterator[_Part]:
    for _ in range(_MOST_BOXES):
        head = os.pread(handle, 16, at) if at + 8 <= end else b""
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        start = at + 8
        if size == 1 and len(head) == 16:
            size, start = struct.unpack(">Q", head[8:])[0], at + 16
        elif size == 0:
            size = end - at
        if size < start - at or at + size > end:
            return
        yield _Part(kind, start, at + size)
        at += size


_NAMES = {b"\xa9cmt": "comment", b"\xa9des": "description", b"\xa9nam": "title"}


def _meta(handle: int, meta: _Part, most: int) -> Iterator[tuple[str, str]]:
    """``keys`` number the names, ``ilst`` holds the values by number, or by a name of four signs.

    In MP4 the box has a version before its contents, in QuickTime it has not.
    """
    has_version = os.pread(handle, 4, meta.start + 4) != b"hdlr"
    parts = {part.kind: part for part in _boxes(handle, meta.start + 4 * has_version, meta.end)}
    names = _keys(handle, parts[b"keys"], most) if b"keys" in parts else []
    if b"ilst" not in parts:
        return
    for item in _boxes(handle, parts[b"ilst"].start, parts[b"ilst"].end):
        [number] = struct.unpack(">I", item.kind)
        name = names[number - 1] if 0 < number <= len(names) else _NAMES.get(item.kind)
        value = next((part for part in _boxes(handle, item.start, item.end) if part.kind == b"data"), None)
        if name and value is not None and 8 < value.end - value.start <= most:
            yield name, os.pread(handle, value.end - value.start - 8, value.start + 8).decode("utf-8", "replace")


def _keys(handle: int, keys: _Part, most: int) -> list[str]:
    data = os.pread(handle, min(keys.end - keys.start, most), keys.start)
    names: list[str] = []
    at = 8
    while at + 8 <= len(data) and len(names) < 1000:
        [size] = struct.unpack(">I", data[at : at + 4])
        if size < 8:
            break
        names.append(data[at + 8 : at + size].decode("utf-8", "replace"))
        at += size
    return names


def _quicktime(handle: int, box: _Part, most: int) -> Iterator[tuple[str, str]]:
    """A text with its length and language before it."""
    head = os.pread(handle, 4, box.start)
    if len(head) == 4 and 4 < box.end - box.start <= most:
        length = struct.unpack(">HH", head)[0]
        yield (
            _NAMES[box.kind],
            os.pread(handle, min(length, box.end - box.start - 4), box.start + 4).decode("utf-8", "replace"),
        )


_SEGMENT, _TAGS, _TAG, _SIMPLE = b"\x18\x53\x80\x67", b"\x12\x54\xc3\x67", b"\x73\x73", b"\x67\xc8"
_NAME, _TEXT = b"\x45\xa3", b"\x44\x87"


def tagged_texts(handle: int, size: int, most: int) -> Iterator[tuple[str, str]]:
    """Names and texts in the ``Tags`` of a Matroska file."""
    for segment in _elements(handle, 0, size):
        if segment.kind == _SEGMENT:
            for tags in _elements(handle, segment.start, segment.end):
                if tags.kind == _TAGS:
                    yield from _tags(handle, tags, most)


def _tags(handle: int, tags: _Part, most: int) -> Iterator[tuple[str, str]]:
    for tag in _elements(handle, tags.start, tags.end):
        for simple in _elements(handle, tag.start, tag.end) if tag.kind == _TAG else ():
            if simple.kind != _SIMPLE:
                continue
            parts = {part.kind: part for part in _elements(handle, simple.start, simple.end)}
            if _NAME in parts and _TEXT in parts and parts[_TEXT].end - parts[_TEXT].start <= most:
                name, text = (
                    os.pread(handle, part.end - part.start, part.start).decode("utf-8", "replace")
                    for part in (parts[_NAME], parts[_TEXT])
                )
                yield name[:80], text


def _elements(handle: int, at: int, end: int) -> Iterator[_Part]:
    """The elements between two places; one of unknown length reaches to the end."""
    for _ in range(_MOST_BOXES * 10):
        head = os.pread(handle, 12, at) if at + 2 <= end else b""
        if len(head) < 2 or not head[0]:
            return
        wide = 9 - head[0].bit_length()
        if wide > 4 or len(head) <= wide or not head[wide]:
            return
        long = 9 - head[wide].bit_length()
        coded = int.from_bytes(head[wide : wide + long], "big") & ((1 << 7 * long) - 1)
        start = at + wide + long
        is_open = coded == (1 << 7 * long) - 1
        stop = end if is_open else start + coded
        if stop > end:
            return
        yield _Part(head[:wide], start, stop)
        at = stop
