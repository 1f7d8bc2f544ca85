"""Files that try to make their reader open another file or a connection, and the traps that tell whether it did.

A bait is a clip and a text outside the film and a port of this computer. ``Trap`` sees every opening of the two files,
by any process, and every connection to the port.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from barcode import make_numbered

SECRET = b"sk-canary-7f3a9c51e2"
"""Stands in the text outside the film, and may stand nowhere else afterwards."""

_IN_ACCESS, _IN_OPEN = 0x1, 0x20


@dataclass
class Trap:
    """A folder with secrets and a listening port, both watched."""

    folder: Path
    _watch: int = -1
    _server: socket.socket = field(default_factory=socket.socket)

    def __enter__(self) -> Trap:
        make_numbered(self.clip, 24, output=("-c:v", "mpeg2video", "-g", "1", "-f", "mpegts"))
        for path in (self.text, self.named_like_a_clip):
            path.write_bytes(SECRET + b"\n")
        self._watch = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        _checked(_libc.inotify_add_watch(self._watch, os.fsencode(self.folder), _IN_OPEN | _IN_ACCESS))
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(64)
        self._server.setblocking(False)
        self.sprung()  # opening the folder to watch it is no leak
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._watch)
        self._server.close()

    @property
    def clip(self) -> Path:
        """A real clip, which a playlist would show."""
        return self.folder / "secret.ts"

    @property
    def text(self) -> Path:
        return self.folder / "secret.txt"

    @property
    def named_like_a_clip(self) -> Path:
        """A text whose name passes lists of endings."""
        return self.folder / "key.mp4"

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/secret.ts"

    def sprung(self) -> list[str]:
        """Secrets opened and connections made since the last time, in words."""
        return [*self._opened(), *self._connected()]

    def _opened(self) -> list[str]:
        found = []
        try:
            data = os.read(self._watch, 1 << 16)
        except BlockingIOError:
            return []
        while data:
            length = struct.unpack_from("iIII", data)[3]
            name = data[16 : 16 + length].rstrip(b"\0").decode()
            found += [f"{name} was opened"] if name else []
            data = data[16 + length :]
        return list(dict.fromkeys(found))

    def _connected(self) -> list[str]:
        found = []
        while True:
            try:
                connection, _ = self._server.accept()
            except BlockingIOError:
                return found
            connection.close()
            found.append("a connection was made")


_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _playlist(*lines: str) -> bytes:
    return "\n".join(["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", "#EXT-X-MEDIA-SEQUENCE:0", *lines,
                      "#EXT-X-ENDLIST", ""]).encode()  # fmt: skip


def _hls(entry: str) -> bytes:
    return _playlist("#EXTINF:1.0,", entry)


def _hls_relative(trap: Trap) -> bytes:
    return _hls("../" * 12 + str(trap.clip).lstrip("/"))


def _hls_key(trap: Trap) -> bytes:
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="file://{trap.text}",IV=0x00000000000000000000000000000000'
    return _playlist(key, "#EXTINF:1.0,", f"file://{trap.clip}")


def _hls_concat(trap: Trap) -> bytes:
    """The trick of 2016: a line of the secret becomes part of an address."""
    return _hls(f"concat:http://127.0.0.1:{trap.port}/?|file://{trap.text}")


def _hls_master(trap: Trap) -> bytes:
    return f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1280000\n{trap.url}.m3u8\n".encode()


def _dash(url: str, head: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{head}<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" minBufferTime="PT1S"
 profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period duration="PT1S"><AdaptationSet mimeType="video/mp2t">
<Representation id="1" bandwidth="100000" width="96" height="64"><BaseURL>{url}</BaseURL><SegmentList duration="1">
<SegmentURL media="{url}"/></SegmentList></Representation></AdaptationSet></Period></MPD>
""".encode()


def _dash_xxe(trap: Trap) -> bytes:
    return _dash("&x;", f'<!DOCTYPE MPD [<!ENTITY x SYSTEM "file://{trap.text}">]>\n')


def _sdp(trap: Trap) -> bytes:
    return (f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
            f"m=video {trap.port} TCP/RTP/AVP 96\na=rtpmap:96 H264/90000\n").encode()  # fmt: skip


def _svg(trap: Trap) -> bytes:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="96" '
            f'height="64"><image xlink:href="file://{trap.clip}" width="96" height="64"/>'
            f'<image xlink:href="{trap.url}" width="9" height="9"/></svg>').encode()  # fmt: skip


def _mvg(trap: Trap) -> bytes:
    return f"push graphic-context\nviewbox 0 0 96 64\nimage over 0,0 0,0 'https://127.0.0.1:{trap.port}/x'\n".encode()


def _polyglot(trap: Trap) -> bytes:
    """Begins like an mp4 and goes on as a playlist."""
    return struct.pack(">I4s", 24, b"ftyp") + b"isom\0\0\0\0isommp42" + _hls(f"file://{trap.clip}")


def _external_track(trap: Trap) -> bytes:
    """A film whose data reference says that its pictures lie in another file (an alias, as QuickTime writes it)."""
    with tempfile.TemporaryDirectory() as folder:
        data = make_numbered(Path(folder) / "clip.mov", 12).read_bytes()
    path, name = os.fsencode(trap.clip), os.fsencode(trap.clip.name)
    record = bytes(10) + b"\x04root".ljust(28, b"\0") + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0")
    record += bytes(16) + struct.pack(">HH", 1, 2) + bytes(16)  # a folder beside it
    record += struct.pack(">HH", 2, len(path)) + path + bytes(len(path) % 2) + struct.pack(">HH", 0xFFFF, 0)
    inside, outside = struct.pack(">I4sI", 12, b"url ", 1), struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
    at = data.index(inside)
    made = bytearray(data)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):  # every box around it grows with it
        place = data.rindex(kind, 0, at) - 4
        size = struct.unpack_from(">I", data, place)[0] + len(outside) - len(inside)
        made[place : place + 4] = struct.pack(">I", size)
    made[at : at + len(inside)] = outside
    return bytes(made)


@dataclass(frozen=True)
class Lure:
    """A file that reaches for the trap: its ending in a film, its bytes, what its refusal says, and the demuxer that
    would fall for it.
    """

    suffix: str
    content: Callable[[Trap], bytes]
    says: str
    reader: str


_LIST = "it is a playlist that points to other files"
_MANIFEST = "it is a streaming manifest that points to other files"
_DRAWING = "it is an SVG drawing"
_SCRIPT = "it is a script that joins other files"
_ELSEWHERE = "there are neither pictures nor sound in it, or they lie in another file"
_TEXT = "it is a text, not media"

LURES: dict[str, Lure] = {
    "hls-mp4": Lure("mp4", lambda trap: _hls(f"file://{trap.clip}"), _LIST, "hls"),
    "hls-m3u8": Lure("m3u8", lambda trap: _hls(f"file://{trap.clip}"), _LIST, "hls"),
    "hls-absolute": Lure("mp4", lambda trap: _hls(str(trap.clip)), _LIST, "hls"),
    "hls-relative": Lure("mp4", _hls_relative, _LIST, "hls"),
    "hls-http": Lure("mp4", lambda trap: _hls(trap.url), _LIST, "hls"),
    "hls-master": Lure("mp4", _hls_master, _LIST, "hls"),
    "hls-key": Lure("mp4", _hls_key, _LIST, "hls"),
    "hls-concat": Lure("mp4", _hls_concat, _LIST, "hls"),
    "hls-spaced": Lure("mp4", lambda trap: b"\xef\xbb\xbf\r\n " + _hls(f"file://{trap.clip}"), _LIST, "hls"),
    "dash-mp4": Lure("mp4", lambda trap: _dash(f"file://{trap.clip}"), _MANIFEST, "dash"),
    "dash-http": Lure("mpd", lambda trap: _dash(trap.url), _MANIFEST, "dash"),
    "dash-xxe": Lure("mp4", _dash_xxe, _MANIFEST, "dash"),
    "ffconcat": Lure("mp4", lambda trap: f"ffconcat version 1.0\nfile '{trap.clip}'\n".encode(), _SCRIPT, "concat"),
    "sdp": Lure("mp4", _sdp, "it is a text that describes a broadcast", "sdp"),
    "svg": Lure("svg", _svg, _DRAWING, "svg_pipe"),
    "svg-png": Lure("png", _svg, _DRAWING, "svg_pipe"),
    "mvg": Lure("png", _mvg, _TEXT, "image2"),
    "text-mp4": Lure("mp4", lambda trap: b"\x1b[31mstudents draw letters\n" * 40, _TEXT, "tty"),
    "text-txt": Lure("txt", lambda trap: SECRET * 9, _TEXT, "tty"),
    "mov-dref": Lure("mov", _external_track, _ELSEWHERE, "mov"),
    "polyglot": Lure("mp4", _polyglot, "its index (moov) is missing or broken", "hls"),
}  # fmt: skip
"""By the case's name in docs/safety.md."""


def write_lure(name: str, folder: Path, trap: Trap) -> Path:
    """The lure as a file of its own ending."""
    path = folder / f"{name}.{LURES[name].suffix}"
    path.write_bytes(LURES[name].content(trap))
    return path
