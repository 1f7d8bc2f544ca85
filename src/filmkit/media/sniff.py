"""What a file really is, by its first bytes: the demuxer it is forced to be read with, or what it is instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not taken, and what to do."""

    reason: str
    remedy: str = "download or export it again"


HEAD_BYTES = 4096
"""How much of a file is looked at."""

_LINK = "download it again from the page that made it; the link had probably expired"
_MEDIA = "export it as mp4, mov, mkv or webm (sound: wav, mp3, ogg, flac or m4a; pictures: png, jpeg or webp)"


def sniff(head: bytes, size: int) -> str | Refusal:
    """The name of the demuxer for a file that begins with ``head``, or why it is refused."""
    if not size:
        return Refusal("the file is empty")
    return _container(head) or _disguise(head)


def _container(head: bytes) -> str | None:
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}:
        return "mov"
    if head[:4] == b"RIFF":
        kinds = {b"WAVE": "wav", b"AVI ": "avi"}
        return _webp(head) if head[8:12] == b"WEBP" else kinds.get(head[8:12])
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "apng" if b"acTL" in head[:2048] else "png_pipe"
    for magic, demuxer in _MAGIC:
        if head.startswith(magic):
            return demuxer
    return _stream(head)


_MAGIC = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\xff\xd8\xff", "jpeg_pipe"),
    (b"GIF8", "gif"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpegvideo"),
    (b"FORM", "aiff"),
    (b"RF64", "wav"),
)


def _webp(head: bytes) -> str:
    return "webp_anim" if head[12:16] == b"VP8X" and len(head) > 20 and head[20] & 2 else "webp_pipe"


def _stream(head: bytes) -> str | None:
    """Formats without a magic word: transport streams, bare MPEG audio."""
    if head[:1] == b"G" and head[188:189] in {b"G", b""} and head[376:377] in {b"G", b""} and len(head) >= 188:
        return "mpegts"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    return None


def _disguise(head: bytes) -> Refusal:
    """Names what is not media; the commonest mistakes of downloads first."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for marks, reason, remedy in _DISGUISES:
        if any(text.startswith(mark) for mark in marks):
            return Refusal(reason, remedy)
    if b"\0" not in head and all(byte >= 32 or byte in b"\t\r\n\x1b" for byte in head):
        return Refusal("it is a text, not media", _MEDIA)
    return Refusal("it is no media file that filmkit knows", _MEDIA)


_DISGUISES: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"<!doctype html", b"<html", b"<head"), "it is a web page saved under this name", _LINK),
    ((b"version https://git-lfs",), "it is a Git LFS pointer, not the file itself", "run `git lfs pull`"),
    ((b"#extm3u",), "it is a playlist that points to other files", "download the film itself, not its playlist"),
    ((b"<mpd", b"<?xml version=\"1.0\"?><mpd", b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<mpd"),
     "it is a streaming manifest that points to other files", "download the film itself, not its manifest"),
    ((b"ffconcat",), "it is a script that joins other files", _MEDIA),
    ((b"<svg", b"<?xml"), "it is an XML or SVG drawing", "export it as PNG"),
    ((b"{", b"["), "it is a JSON text, probably an error message of the service", _LINK),
    ((b"pk\x03\x04",), "it is a zip archive", "unpack it first"),
    ((b"%pdf",), "it is a PDF", "export the page as PNG"),
)  # fmt: skip
