"""Joining segments without re-encoding: packets one after the other, sound, title and chapters beside them, and the
proof of the result.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filmkit.media.drawing.boxes import video_header
from filmkit.media.picture.encode import film_timescale, timescale
from filmkit.model.recipe import Canvas, MasterRecipe
from filmkit.model.timebase import SAMPLE_RATE

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream


def write_film(segments: Sequence[Path], sound: Path, recipe: MasterRecipe, out: Path) -> None:
    """Writes the encoded pictures of all segments, one after the other, and the sound beside them, to ``out``: the same
    packets, those of later segments at later times, with the index at the beginning of the file.

    Done by PyAV in this process: every file is our own. (ffmpeg's concat demuxer decodes a picture of every segment
    only to look at it, 30 ms each.) Raises ValueError for a segment that is not of its planned length.
    """
    import av

    options = {
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "video_track_timescale": str(timescale(recipe.canvas.rate)),
        "movie_timescale": str(film_timescale(recipe.canvas.rate)),
    }
    with (
        av.open(str(out), "w", format="mp4", options=options) as film,
        av.open(str(sound)) as heard,
        av.open(str(segments[0]), options=_UNDECODED) as first,
    ):
        pictures = _stream_like(first.streams.video[0], film)
        voice = _stream_like(heard.streams.audio[0], film)
        _tell_about(recipe, film)
        sounds = _packets(heard.demux(heard.streams.audio[0]), voice)
        clock = film_timescale(recipe.canvas.rate)
        for packet in heapq.merge(_joined(segments, recipe, pictures), sounds, key=lambda each: _decoded(each, clock)):
            film.mux(packet)


_UNDECODED = {"skip_frame": "all"}


def _stream_like(source: Stream, film: OutputContainer) -> Stream:
    stream = film.add_stream_from_template(source)
    stream.time_base = source.time_base
    return stream


def _joined(segments: Sequence[Path], recipe: MasterRecipe, pictures: Stream) -> Iterator[Packet[Any]]:
    """Every packet of all segments, moved to its place in the film."""
    import av

    done = 0
    for at, (segment, frames) in enumerate(zip(segments, recipe.segment_frames, strict=True)):
        count = 0
        with av.open(str(segment), options=_UNDECODED) as part:
            later = done * _ticks(part.streams.video[0].time_base, recipe.canvas.rate)
            for packet in _packets(part.demux(part.streams.video[0]), pictures):
                packet.pts, packet.dts = (packet.pts or 0) + later, (packet.dts or 0) + later
                count += 1
                yield packet
        if count != frames:
            raise ValueError(f"segment {at} has {count} frames instead of {frames}")
        done += frames


def _packets(found: Iterator[Packet[Any]], stream: Stream) -> Iterator[Packet[Any]]:
    """The packets, for a stream of the film; without the empty one that tells the end."""
    for packet in found:
        if packet.pts is not None and packet.dts is not None:
            packet.stream = stream
            yield packet


def _decoded(packet: Packet[Any], clock: int) -> int:
    """When it is decoded, in ticks of ``clock`` a second: the order in which packets lie in the film."""
    return (packet.dts or 0) * packet.time_base.numerator * clock // packet.time_base.denominator


def _ticks(base: Fraction | None, rate: Fraction) -> int:
    """Ticks of a frame. Raises ValueError where a frame is no whole number of them."""
    ticks = 1 / (rate * (base or 0))
    if ticks.denominator != 1:
        raise ValueError(f"a clock of {base} s has no whole number of ticks a frame")
    return ticks.numerator


def _tell_about(recipe: MasterRecipe, film: OutputContainer) -> None:
    """Title and chapters, as written; a text ends at a NUL, which is left out."""
    frame_s = 1 / recipe.canvas.rate
    film.metadata["title"] = _told(recipe.title)
    film.set_chapters([
        {"id": at, "start": chapter.start, "end": chapter.stop, "time_base": frame_s,
         "metadata": {"title": _told(chapter.title)}}
        for at, chapter in enumerate(recipe.chapters)
    ])  # fmt: skip


def _told(text: str) -> str:
    return text.replace("\0", "")


def check_headers(segments: Sequence[Path]) -> None:
    """Raises ValueError unless all segments have the same codec settings: players read only the first one's."""
    first: dict[str, bytes] = {}
    for at, segment in enumerate(segments):
        header = video_header(segment)
        first = first or header
        if header != first:
            differing = sorted(name or "size" for name in {*header, *first} if header.get(name) != first.get(name))
            raise ValueError(f"segment {at} was encoded otherwise than the first ({', '.join(differing)})")


def check_film(path: Path, recipe: MasterRecipe) -> None:
    """Raises ValueError unless the film has exactly its frames at exactly their times, and its sound's exact length."""
    import av

    with av.open(str(path)) as film:
        video, sound = film.streams.video[0], film.streams.audio[0]
        base = video.time_base
        assert base is not None
        ticks = sorted(packet.pts for packet in film.demux(video) if packet.pts is not None)
        samples = Fraction(sound.duration or 0) * (sound.time_base or 0) * SAMPLE_RATE
    step = 1 / (recipe.canvas.rate * base)
    if len(ticks) != recipe.frames:
        raise ValueError(f"{len(ticks)} frames instead of {recipe.frames}")
    wrong = next((at for at, tick in enumerate(ticks) if tick != at * step), None)
    if wrong is not None:
        raise ValueError(f"frame {wrong} stands at {ticks[wrong]} ticks instead of {wrong * step}")
    if samples != recipe.samples:
        raise ValueError(f"{samples} samples of sound instead of {recipe.samples}")


def check_canvas(segments: Sequence[Path], canvas: Canvas) -> None:
    """Raises ValueError unless the segments are of the canvas' size."""
    fixed = video_header(segments[0])[""]
    width, height = int.from_bytes(fixed[28:30], "big"), int.from_bytes(fixed[30:32], "big")
    if (width, height) != (canvas.width_px, canvas.height_px):
        raise ValueError(f"segments of {width}×{height} pixels instead of {canvas.width_px}×{canvas.height_px}")
