"""The gate's flags: what ffmpeg may do with a file that somebody else made.

Before every foreign ``-i``: stop at the first error, few streams, few pixels, no protocol but the descriptor it was
given, only the demuxers and decoders named here (the lists know no patterns). From facts measured with ffmpeg 5.1 and
9.0.
"""

from __future__ import annotations

import re
from pathlib import Path

from filmkit.errors import StepFailed
from filmkit.media.budgets import BUDGETS
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.tools import Ffmpeg
from filmkit.model.take import MediaFacts

DEMUXERS = (
    "mov",
    "matroska",
    "avi",
    "mpeg",
    "mpegts",
    "mpegvideo",
    "wav",
    "mp3",
    "flac",
    "ogg",
    "aac",
    "aiff",
    "png_pipe",
    "jpeg_pipe",
    "webp_pipe",
    "webp_anim",
    "gif",
    "apng",
    "rawvideo",
    "f32le",
)

_PCM = (
    "s8",
    "u8",
    "s16le",
    "s16be",
    "s24le",
    "s24be",
    "s32le",
    "s32be",
    "f32le",
    "f32be",
    "f64le",
    "f64be",
    "alaw",
    "mulaw",
)
DECODERS = (
    "h264",
    "hevc",
    "vp8",
    "vp9",
    "libvpx",
    "libvpx-vp9",
    "av1",
    "libdav1d",
    "prores",
    "mjpeg",
    "png",
    "apng",
    "gif",
    "webp",
    "webp_anim",
    "mpeg1video",
    "mpeg2video",
    "mpeg4",
    "ffv1",
    "rawvideo",
    "huffyuv",
    "utvideo",
    "dnxhd",
    "qtrle",
    "aac",
    "mp3",
    "mp3float",
    "mp2",
    "mp2float",
    "opus",
    "libopus",
    "vorbis",
    "libvorbis",
    "flac",
    "alac",
    "ac3",
    "eac3",
    *(f"pcm_{kind}" for kind in _PCM),
)

GATE_FLAGS: tuple[str, ...] = (
    "-xerror",
    "-err_detect",
    "crccheck+bitstream+buffer",
    "-max_streams",
    str(BUDGETS.streams),
    "-max_pixels",
    str(BUDGETS.area_px),
    "-protocol_whitelist",
    "fd",
    "-format_whitelist",
    ",".join(DEMUXERS),
    "-codec_whitelist",
    ",".join(DECODERS),
)
"""Options before a foreign input; ``-f DEMUXER`` follows them."""

GATE_BENIGN = (r"^\[\w+ @ 0x\w+\] Codec \([\w-]+\) not on whitelist ", r"^ +Last message repeated \d+ times$")
"""What ffmpeg says of streams nobody asked for (subtitles, data): it looks at all of them when it opens a file. The
stream that is asked for was found on the list by the probe.
"""


def decode_alone(ffmpeg: Ffmpeg, path: Path, facts: MediaFacts) -> str:
    """Decodes a file whole and counts its pictures: empty where it is sound, else what is wrong with it."""
    streams = [part.stream for part in (facts.video, facts.audio) if part is not None]
    maps = [word for stream in streams for word in ("-map", f"0:{stream}")]
    argv = [
        *GATE_FLAGS,
        "-threads",
        "1",
        "-f",
        facts.demuxer,
        "-i",
        "in:file",
        *maps,
        "-fps_mode",
        "passthrough",
        "-f",
        "null",
        "-",
    ]
    planned = facts.video.pictures.count if facts.video else None
    try:
        run_tool(ffmpeg, ToolJob(argv, {"file": path}, path.parent, planned, GATE_BENIGN))
    except StepFailed as failure:
        return _first_complaint(failure)
    return ""


def _first_complaint(failure: StepFailed) -> str:
    """What ffmpeg said first, without the names and addresses of its parts; else why the run was no success."""
    for line in failure.log.splitlines():
        said = re.sub(r"^(\[[^\]]* @ 0x[0-9a-f]+\] )+", "", line)
        if said and not any(re.search(pattern, line) for pattern in GATE_BENIGN):
            return said
    return failure.message.removeprefix("ffmpeg: ")
