"""Joining segments without re-encoding: the list ffmpeg reads, titles and chapters, and the proof that it is right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from shutil import copyfile

from filmkit.media.boxes import video_header
from filmkit.media.encode import film_timescale, segment_suffix, timescale
from filmkit.model.recipe import Canvas, MasterRecipe
from filmkit.model.timebase import SAMPLE_RATE

LIST_NAME = "segments.ffconcat"


def write_list(segments: Sequence[Path], recipe: MasterRecipe, folder: Path) -> None:
    """``segments.ffconcat`` in ``folder``, with the segments beside it under generated names (no path is ever quoted).

    Each duration is the difference of two rounded ends, so that rounding to microseconds never adds up.
    """
    lines = ["ffconcat version 1.0"]
    suffix = segment_suffix(recipe.canvas.codec)
    done = 0
    for at, (segment, frames) in enumerate(zip(segments, recipe.segment_frames, strict=True)):
        name = f"s{at:05}{suffix}"
        _place(segment, folder / name)
        length_us = _us(done + frames, recipe.canvas.rate) - _us(done, recipe.canvas.rate)
        lines += [f"file {name}", f"duration {length_us // 1_000_000}.{length_us % 1_000_000:06}"]
        done += frames
    (folder / LIST_NAME).write_text("\n".join(lines) + "\n", encoding="ascii")


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


def concat_arguments(recipe: MasterRecipe, name: str) -> list[str]:
    """Arguments for ffmpeg: the list (in the folder it runs in), ``in:sound`` and ``in:about`` to ``name``."""
    rate = recipe.canvas.rate
    return [
        *("-f", "concat", "-i", f"file:{LIST_NAME}"),
        *("-f", "mov", "-i", "in:sound", "-f", "ffmetadata", "-i", "in:about"),
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


def _place(segment: Path, target: Path) -> None:
    """The file under another name: the same bytes on the same disk, copied only where that cannot be."""
    try:
        os.link(segment, target)
    except OSError:
        copyfile(segment, target)


def _us(frames: int, rate: Fraction) -> int:
    return round(frames / rate * 1_000_000)


def _escaped(text: str) -> str:
    """For ffmetadata: a backslash before special signs and line ends; NUL cannot be written and is left out."""
    return "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in text if letter != "\0")
