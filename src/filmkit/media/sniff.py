"""What a file really is, by its first bytes: the demuxer it is forced to be read with, or what it is instead."""

from __future__ import annotations

import re
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


@dataclass(frozen=True, slots=True)
class Kind:
    """What a demuxer reads, in a person's words, and the endings such files have, the usual one first: those of files
    with pictures, and those of files that only sound.
    """

    name: str
    pictures: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """All of them."""
        return self.pictures + self.sounds


KINDS = {
    "mov": Kind("an MP4 or QuickTime file", ("mp4", "mov", "m4v", "3gp", "3g2", "qt"), ("m4a", "m4b")),
    "matroska": Kind("a WebM or Matroska file", ("webm", "mkv"), ("mka",)),
    "avi": Kind("an AVI film", ("avi",)),
    "mpeg": Kind("an MPEG program stream", ("mpg", "mpeg", "vob")),
    "mpegvideo": Kind("an MPEG stream of pictures", ("mpg", "mpeg", "m2v", "m1v")),
    "mpegts": Kind("an MPEG transport stream", ("ts", "mts", "m2ts")),
    "wav": Kind("a WAV sound", sounds=("wav", "wave", "bwf")),
    "aiff": Kind("an AIFF sound", sounds=("aif", "aiff", "aifc")),
    "mp3": Kind("an MP3 sound", sounds=("mp3", "mp2")),
    "aac": Kind("an AAC sound", sounds=("aac",)),
    "flac": Kind("a FLAC sound", sounds=("flac",)),
    "ogg": Kind("an Ogg file", ("ogv",), ("ogg", "oga", "opus")),
    "png_pipe": Kind("a PNG picture", ("png", "apng")),
    "apng": Kind("an animated PNG", ("png", "apng")),
    "jpeg_pipe": Kind("a JPEG picture", ("jpg", "jpeg", "jpe", "jfif")),
    "webp_pipe": Kind("a WebP picture", ("webp",)),
    "webp_anim": Kind("an animated WebP", ("webp",)),
    "gif": Kind("a GIF", ("gif",)),
}
"""By demuxer: all that :func:`sniff` names."""

PICTURE_ENDINGS = frozenset(ending for kind in KINDS.values() for ending in kind.pictures)
"""Endings of files that may be takes; what they really hold is found out by their bytes."""

SOUND_ENDINGS = frozenset(ending for kind in KINDS.values() for ending in kind.sounds)
"""Endings of files that may be cues."""


def check_ending(name: str, demuxer: str) -> Refusal | None:
    """A refusal where a file's name says that it is something else than its bytes do. Unknown endings say nothing."""
    ending = name.rpartition(".")[2].lower()
    kind = KINDS.get(demuxer)
    if kind is None or ending in kind.endings or ending not in PICTURE_ENDINGS | SOUND_ENDINGS:
        return None
    return Refusal(
        f"it is {kind.name} that calls itself .{ending}",
        f"give it the ending .{kind.endings[0]}, or export it as .{ending}",
    )


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
    if (root := _root(text)) in _MARKUP:
        return _MARKUP[root]
    for mark, reason, remedy in _DISGUISES:
        if text.startswith(mark):
            return Refusal(reason, remedy)
    if b"\0" not in head and all(byte >= 32 or byte in b"\t\r\n\x1b" for byte in head):
        return Refusal("it is a text, not media", _MEDIA)
    return Refusal("it is no media file that filmkit knows", _MEDIA)


def _root(text: bytes) -> bytes:
    """The first element (or document type) of a text in markup; empty where it is none."""
    while text.startswith((b"<?", b"<!--")):
        text = text.partition(b"?>" if text.startswith(b"<?") else b"-->")[2].lstrip()
    match = re.match(rb"<(?:!doctype\s+)?([a-z]+)", text)
    return match[1] if match else b""


_PAGE = Refusal("it is a web page saved under this name", _LINK)
_EXPIRED = Refusal("it is an error message in XML, saved under this name", _LINK)
_MANIFEST = Refusal("it is a streaming manifest that points to other files", "download the film itself")
_MARKUP = {b"html": _PAGE, b"head": _PAGE, b"body": _PAGE, b"error": _EXPIRED, b"mpd": _MANIFEST,
           b"smoothstreamingmedia": _MANIFEST, b"svg": Refusal("it is an SVG drawing", "export it as PNG")}  # fmt: skip

_DISGUISES: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs", "it is a Git LFS pointer, not the file itself", "run `git lfs pull`"),
    (b"#extm3u", "it is a playlist that points to other files", "download the film itself, not its playlist"),
    (b"ffconcat", "it is a script that joins other files", _MEDIA),
    (b"v=0", "it is a text that describes a broadcast (SDP)", _MEDIA),
    (b"<", "it is a text in markup (XML)", _MEDIA),
    (b"{", "it is a JSON text, probably an error message of the service", _LINK),
    (b"[", "it is a JSON text, probably an error message of the service", _LINK),
    (b"pk\x03\x04", "it is a zip archive", "unpack it first"),
    (b"%pdf", "it is a PDF", "export the page as PNG"),
)
