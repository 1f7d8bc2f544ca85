"""Joining segments without re-encoding: packets one after the other, titles and chapters, and the proof of the
result.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from filmkit.media.boxes import video_header
from filmkit.media.encode import film_timescale, segment_suffix, timescale
from filmkit.model.recipe import Canvas, MasterRecipe
from filmkit.model.timebase import SAMPLE_RATE

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream


def join_pictures(segments: Sequence[Path], recipe: MasterRecipe, out: Path) -> None:
    """Writes the encoded pictures of all segments, one after the other, to ``out``: the same packets at later times.

    (ffmpeg's own concat demuxer decodes a picture of every segment only to look at it, 30 ms each.)
    Raises ValueError for a segment that is not of its planned length.
    """
    import av

    rate = recipe.canvas.rate
    with av.open(str(out), "w", format="nut") as joined:
        stream = None
        done = 0
        for at, (segment, frames) in enumerate(zip(segments, recipe.segment_frames, strict=True)):
            with av.open(str(segment), options={"skip_frame": "all"}) as part:
                stream = stream or _stream_like(part.streams.video[0], joined)
                later = done * _ticks(part.streams.video[0].time_base, rate)
                count = _append(part, joined, stream, later)
            if count != frames:
                raise ValueError(f"segment {at} has {count} frames instead of {frames}")
            done += frames


def _stream_like(source: VideoStream, joined: OutputContainer) -> VideoStream:
    stream = joined.add_stream_from_template(source)
    stream.time_base = source.time_base
    return stream


def _append(part: InputContainer, joined: OutputContainer, stream: VideoStream, later: int) -> int:
    """Copies every packet, ``later`` ticks moved; returns how many."""
    count = 0
    for packet in part.demux(part.streams.video[0]):
        if packet.pts is None or packet.dts is None:
            continue  # the end
        packet.pts += later
        packet.dts += later
        packet.stream = stream
        joined.mux(packet)
        count += 1
    return count


def _ticks(base: Fraction | None, rate: Fraction) -> int:
    """Ticks of a frame. Raises ValueError where a frame is no whole number of them."""
    ticks = 1 / (rate * (base or 0))
    if ticks.denominator != 1:
        raise ValueError(f"a clock of {base} s has no whole number of ticks a frame")
    return ticks.numerator


def write_about(recipe: MasterRecipe, folder: Path) -> Path:
    """Title and chapters as an ffmetadata file: the one place where a user's words meet ffmpeg, escaped as it asks."""
    rate = recipe.canvas.rate
    lines = [";FFMETADATA1", f"title={_escaped(recipe.title)}"]
    for chapter in recipe.chapters:
        lines += ["[CHAPTER]", f"TIMEBASE={rate.denominator}/{rate.numerator}", f"START={chapter.start}"]
        lines += [f"END={chapter.stop}", f"title={_escaped(chapter.title)}"]
    path = folder / "about.ffmeta"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def film_arguments(recipe: MasterRecipe, name: str) -> list[str]:
    """Arguments for ffmpeg: ``in:pictures``, ``in:sound`` and ``in:about`` to ``name``."""
    rate = recipe.canvas.rate
    return [
        *("-f", "nut", "-i", "in:pictures", "-f", "mov", "-i", "in:sound", "-f", "ffmetadata", "-i", "in:about"),
        *("-map", "0:v:0", "-map", "1:a:0", "-c", "copy", "-map_metadata", "2", "-map_chapters", "2"),
        *("-fflags", "+bitexact", "-movflags", "+faststart"),
        *("-video_track_timescale", str(timescale(rate)), "-movie_timescale", str(film_timescale(rate))),
        *("-f", segment_suffix(recipe.canvas.codec)[1:], name),
    ]


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


def _escaped(text: str) -> str:
    """For ffmetadata: a backslash before special signs and line ends; NUL cannot be written and is left out."""
    return "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in text if letter != "\0")
