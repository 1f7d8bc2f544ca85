"""Reads what files are, inside the box: run as a program with descriptors, never imported by filmkit.

One argument: JSON ``{"files": [[descriptor, demuxer], …], "limits": {…}}``, the limits those of ``Budgets``. One line
of JSON on stdout for each file, in order: raw facts (without ``video`` and ``audio`` where the streams are too many);
``{"size"}`` of a picture too large to be decoded; ``{"refused", "remedy"}``, a sentence and what to do;
``{"unreadable"}``, the library's word.
"""

import json
import os
import signal
import struct
import sys
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.frame import Frame
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

Facts = dict[str, Any]
Packet = tuple[int | None, int, bool]
"""When it is shown and for how long, in ticks, and whether decoding can begin there."""

Limits = dict[str, int]


class Refused(Exception):
    """A file that is not taken: one sentence that begins with "it"; ``remedy``, if it is not to get the file again."""

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why)
        self.remedy = remedy


_SPACES = {
    0: "gbr",
    1: "bt709",
    2: "unknown",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    14: "ictcp",
}
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    11: "smpte431",
    12: "smpte432",
}
_TRANSFERS = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 11: "iec61966-2-4",
              13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"}  # fmt: skip
_RANGES = {1: "tv", 2: "pc"}
_FIELDS = {1: "progressive", 2: "tt", 3: "bb", 4: "tb", 5: "bt"}


def look(descriptor: int, demuxer: str, limits: Limits) -> Facts:
    """Raw facts of one file, read once: every packet counted, the first picture and the first sound decoded."""
    # Their headers say all: without this, opening a file decodes pictures only to guess what we decode and see below.
    options = {"skip_frame": "all"} if demuxer in {"mov", "matroska"} else {}
    options["max_pixels"] = str(limits["area_px"])
    file = os.fdopen(os.dup(descriptor), "rb")
    with av.open(file, mode="r", format=demuxer, options=options, metadata_errors="replace") as container:
        facts: Facts = {"streams": len(container.streams), "start_us": container.start_time}
        if len(container.streams) > limits["streams"]:
            return facts
        video = _meant([stream for stream in container.streams.video if not _is_cover(stream)])
        audio = _meant(container.streams.audio)
        if video is not None and _is_too_large(video.codec_context.width, video.codec_context.height, limits):
            return {"size": (video.codec_context.width, video.codec_context.height)}
        streams: list[Stream] = [stream for stream in (video, audio) if stream is not None]
        for stream in streams:
            stream.codec_context.thread_count = 1  # more threads hold more pictures back before the first comes out
        packets, first = _read(container, streams, limits)
        if video is not None:
            facts["video"] = _video(video, packets[video.index], first.get(video.index))
        if audio is not None:
            facts["audio"] = _audio(audio, packets[audio.index], first.get(audio.index))
    return facts


def _is_too_large(width: int, height: int, limits: Limits) -> bool:
    return max(width, height) > limits["side_px"] or width * height > limits["area_px"]


_Stream = TypeVar("_Stream", bound=Stream)


def _meant(streams: Sequence[_Stream]) -> _Stream | None:
    """The stream that the file marks as its default, else the first."""
    marked = [stream for stream in streams if stream.disposition & Disposition.default]
    return next(iter([*marked, *streams]), None)


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def _read(
    container: InputContainer, streams: list[Stream], limits: Limits
) -> tuple[dict[int, list[Packet]], dict[int, Frame]]:
    """For each stream every packet that is shown, and the first frame that its decoder gives."""
    found: dict[int, list[Packet]] = {stream.index: [] for stream in streams}
    most_ticks = {stream.index: limits["seconds"] / (stream.time_base or Fraction(1)) for stream in streams}
    first: dict[int, Frame] = {}
    for count, packet in enumerate(container.demux(*streams)):
        index = packet.stream.index
        if count >= limits["packets"]:
            raise Refused(f"it is made of more than {limits['packets']:,} pieces")
        if packet.is_corrupt and container.format.name != "wav":  # whether a WAV is whole was told by its header
            raise Refused("a part of it is damaged, or it ends too early")
        if packet.size and not packet.is_discard:
            whole = found[index][0][1] if found[index] else 0
            found[index].append((packet.pts, _heard_ticks(packet, whole), packet.is_keyframe))
            if (packet.pts or 0) - (found[index][0][0] or 0) > most_ticks[index]:
                raise Refused(f"it is longer than {limits['seconds'] // 60} minutes", "cut out the part you need")
        if index not in first and (frame := _decoded(packet)) is not None:
            first[index] = frame
    return found, first


def _heard_ticks(packet: Any, whole: int) -> int:  # noqa: ANN401 - a packet of any kind of stream
    """How long a packet is heard or seen. The last one of a sound may be filled up, which some demuxers have taken off
    already; ``whole`` are the ticks of one that is not.
    """
    ticks = int(packet.duration or 0)
    if packet.stream.type != "audio" or ticks != whole or not packet.has_sidedata("skip_samples"):
        return ticks
    _, at_end = struct.unpack("<II", bytes(packet.get_sidedata("skip_samples"))[:8])
    filled: Fraction = Fraction(at_end, packet.stream.codec_context.sample_rate or 1) / packet.time_base
    return max(0, ticks - round(filled))


def _decoded(packet: Any) -> Frame | None:  # noqa: ANN401 - a packet of any kind of stream
    """The first frame that comes out; the empty packet at the end of a stream asks for those held back."""
    try:
        return cast("Frame | None", next(iter(packet.decode()), None))
    except av.error.FFmpegError:
        what = "picture" if packet.stream.type == "video" else "sound"
        raise Refused(f"its first {what} is damaged") from None


def _video(stream: VideoStream, packets: list[Packet], first: Frame | None) -> Facts:
    context = stream.codec_context
    facts = {
        "stream": stream.index,
        "codec": context.name,
        "width": context.width,
        "height": context.height,
        "sar": str(Fraction(stream.sample_aspect_ratio or context.sample_aspect_ratio or 1) or 1),
        "pixel_format": context.pix_fmt,
        "bits": max((part.bits for part in context.format.components), default=8) if context.format else 8,
        "parts": len(context.format.components) if context.format else 3,
        "is_rgb": bool(context.format and (context.format.is_rgb or context.format.has_palette)),
        "has_palette": bool(context.format and context.format.has_palette),
        "field_order": _FIELDS.get(int(context.field_order), "unknown"),
        "color_range": _RANGES.get(int(context.color_range or 0), "unknown"),
        "color_matrix": _SPACES.get(int(context.colorspace if context.colorspace is not None else 2), "unknown"),
        "color_primaries": _PRIMARIES.get(int(context.color_primaries or 2), "unknown"),
        "color_transfer": _TRANSFERS.get(int(context.color_trc or 2), "unknown"),
        "time_base": str(stream.time_base),
        "rates": [str(rate) for rate in (stream.guessed_rate, stream.average_rate, stream.base_rate) if rate],
        "packets": packets,
    }
    if isinstance(first, VideoFrame):
        _see(first, facts)
    return facts


def _audio(stream: AudioStream, packets: list[Packet], first: Frame | None) -> Facts:
    context = stream.codec_context
    times = [pts for pts, _, _ in packets if pts is not None]
    ends = [pts + duration for pts, duration, _ in packets if pts is not None]
    is_chained = any(later < earlier for earlier, later in pairwise(times))  # Ogg files one after the other
    return {
        "stream": stream.index,
        "codec": context.name,
        "sample_rate": context.sample_rate,
        "channels": context.layout.nb_channels if context.layout else 0,
        "layout": context.layout.name if context.layout else "",
        "time_base": str(stream.time_base),
        "first": min(times, default=0),
        "end": 0 if is_chained else max(ends, default=0),
        "ticks": sum(duration for _, duration, _ in packets),
        "count": len(packets),
        **({"first_heard": first.pts} if first is not None else {}),
    }


def _see(frame: VideoFrame, facts: Facts) -> None:
    """What only a decoded picture tells: rotation, fields, colours that the header left out."""
    facts["rotation"] = int(frame.rotation) % 360
    facts["is_interlaced"] = bool(frame.interlaced_frame)
    facts["width"], facts["height"] = frame.width, frame.height
    facts["pixel_format"] = frame.format.name
    facts["parts"] = len(frame.format.components)
    if facts["color_range"] == "unknown":
        facts["color_range"] = _RANGES.get(int(frame.color_range or 0), "unknown")
    if facts["color_matrix"] == "unknown":
        facts["color_matrix"] = _SPACES.get(int(frame.colorspace if frame.colorspace is not None else 2), "unknown")


def main() -> None:
    """Answers one file a line, so that a crash on one loses only those after it, and a file that takes too long ends
    the process (SIGPROF) at its own line.
    """
    av.logging.set_level(av.logging.PANIC)
    request = json.loads(sys.argv[1])
    for descriptor, demuxer in request["files"]:
        signal.setitimer(signal.ITIMER_PROF, request["limits"]["probe_cpu_s"])
        try:
            answer = look(descriptor, demuxer, request["limits"])
        except Refused as refused:
            answer = {"refused": str(refused), "remedy": refused.remedy}
        except (av.error.MemoryError, MemoryError):
            answer = {"refused": "it takes more memory than a file may"}
        except (av.error.FFmpegError, ValueError, KeyError, OverflowError) as error:
            answer = {"unreadable": (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:120]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
