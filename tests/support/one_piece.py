"""The film in one piece: the reference that a film of segments must equal, frame by frame, in a lossless codec.

Each take is decoded from its very beginning by a plain ffmpeg (no seek, no rate, no table of frames), the pictures that
the timeline names are picked out by their index here, and all shots, joins and titles go through *one* filter graph
and one encoder, in the film's own clock. Nobody tells the encoder how many frames there are: the film ends when its
last shot does. What a picture looks like (conform, fade, join, title) is filmkit's own definition; where it is cut,
sought, joined and counted is not.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import ffmpeg
import imageio_ffmpeg

from filmkit.media.picture.colour import parse_color, rgb_to_ycbcr
from filmkit.media.picture.conform import conformed, deinterlaced, finished
from filmkit.media.picture.fades import Ramps, ramped
from filmkit.media.picture.joins import joined
from filmkit.media.picture.overlay import raw_input, titled, write_patch
from filmkit.model.recipe import Canvas, Conform, Fade, Overlap, TitleLayer
from filmkit.model.timeline import Clip, ColorMaterial, TakeMaterial, Timeline, TitleClip
from filmkit.plan.picture_steps import conform_of

_LIMIT_S = 120
"""A film of a minute at this size takes seconds: a run that lasts longer never ends."""


@dataclass
class _Graph:
    """One ffmpeg command while it is written: raw inputs, and the text of its only filter graph."""

    canvas: Canvas
    folder: Path
    inputs: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def raw(self, path: Path, pixel_format: str, size: tuple[int, int]) -> str:
        """Adds raw pictures as an input, one a frame; returns its label."""
        shape = ["-pixel_format", pixel_format, "-video_size", f"{size[0]}x{size[1]}"]
        self.inputs += ["-f", "rawvideo", *shape, "-framerate", str(self.canvas.rate), "-i", str(path)]
        return f"{self.inputs.count('-i') - 1}:v"

    def add(self, name: str, stream: Any, **labels: str) -> str:
        """Adds a piece of graph built on ``ffmpeg.input(KEY)`` for each label given; returns its own label."""
        arguments = ffmpeg.get_args(ffmpeg.output(stream, "nowhere"))
        if "-filter_complex" not in arguments:
            (only,) = labels.values()
            self.text.append(f"[{only}]null[{name}]")
            return name
        text = arguments[arguments.index("-filter_complex") + 1]
        files = [arguments[at + 1] for at, word in enumerate(arguments) if word == "-i"]
        out = arguments[arguments.index("-map") + 1]
        known = {out: f"[{name}]", **{f"[{at}]": f"[{labels[file]}]" for at, file in enumerate(files)}}
        labelled = re.sub(r"\[\w+\]", lambda found: known.get(found[0], f"[{name}_{found[0][1:]}"), text)
        self.text.append(re.sub(r"@(cover|mask)", rf"@\g<1>{name}", labelled))
        return name


def write_one_piece(timeline: Timeline, canvas: Canvas, folder: Path, titles: Mapping[str, Path] | None = None) -> Path:
    """The picture of the whole film as ``one-piece.mov`` (ffv1), without sound.

    ``titles`` are the drawn pictures by ``TitleClip.name``; titles that are not in it are left out. Takes and plain
    colours only. Raises ValueError for other shots.
    """
    graph = _Graph(canvas, folder)
    clips = [_clip(clip, at, graph) for at, clip in enumerate(timeline.clips)]
    film = _film(timeline.clips, clips, graph)
    for at, title in enumerate(timeline.titles):
        if title.name in (titles or {}):
            film = _titled(film, title, (titles or {})[title.name], at, graph)
    out = folder / "one-piece.mov"
    _run([
        *graph.inputs, "-filter_complex", ";".join([*graph.text, f"[{film}]null[film]"]), "-map", "[film]",
        "-fps_mode", "passthrough", "-c:v", "ffv1", "-level", "3", "-g", "1", "-pix_fmt", "yuv420p", str(out),
    ])  # fmt: skip
    return out


def frame_digests(path: Path) -> list[str]:
    """The MD5 of every decoded frame of a film, in order of presentation."""
    said = _run(["-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"])
    return [line.rpartition(",")[2].strip() for line in said.decode().splitlines() if not line.startswith("#")]


def _clip(clip: Clip, at: int, graph: _Graph) -> str:
    """A whole shot on the canvas, faded, ``clip.frames`` long; returns its label."""
    if clip.look.lut is not None:
        raise ValueError(f"{clip.shot} is graded")
    size = graph.canvas.width_px, graph.canvas.height_px
    if isinstance(clip.material, ColorMaterial):
        stream = finished(ffmpeg.input("picture"))
        label = graph.raw(_write_color(clip, clip.material, at, graph), "yuv420p", size)
    elif isinstance(clip.material, TakeMaterial):
        facts = clip.material.take.file.facts
        assert facts is not None and facts.video is not None
        conform = conform_of(facts.demuxer, facts.video)
        stream = finished(conformed(ffmpeg.input("picture"), conform, clip.look.framing, graph.canvas))
        raw = _write_picked(clip.material, conform, graph.folder / f"shot{at}.raw")
        label = graph.raw(raw, conform.pixel_format, (conform.width, conform.height))
    else:
        raise ValueError(f"{clip.shot} shows neither a take nor a colour")
    fade = Fade(
        in_from=0 if clip.fade_in_frames else None, in_to=clip.fade_in_frames or None,
        out_from=clip.frames - clip.fade_out_frames if clip.fade_out_frames else None,
        out_to=clip.frames if clip.fade_out_frames else None,
    )  # fmt: skip
    return graph.add(f"shot{at}", ramped(stream, Ramps.of(fade), graph.canvas.rate), picture=label)


def _write_picked(material: TakeMaterial, conform: Conform, out: Path) -> Path:
    """The pictures the shot shows, in its own format, one for each frame."""
    source = ffmpeg.input(material.take.file.path, noautorotate=None)[str(conform.stream)]
    stream = ffmpeg.output(
        deinterlaced(source, conform), "-", format="rawvideo", pix_fmt=conform.pixel_format, fps_mode="passthrough"
    )
    decoded = _run(ffmpeg.get_args(stream))
    bits = av.VideoFormat(conform.pixel_format).padded_bits_per_pixel
    size = conform.width * conform.height * bits // 8
    count, rest = divmod(len(decoded), size)
    name, last = material.take.file.name, max(material.pictures)
    if rest or last >= count:
        raise ValueError(f"{name} decodes to {count} pictures and {rest} bytes; picture {last} is shown")
    out.write_bytes(b"".join(decoded[at * size : (at + 1) * size] for at in material.pictures))
    return out


def _write_color(clip: Clip, material: ColorMaterial, at: int, graph: _Graph) -> Path:
    pixels = graph.canvas.width_px * graph.canvas.height_px
    y, u, v = rgb_to_ycbcr(*parse_color(material.color))
    out = graph.folder / f"shot{at}.raw"
    out.write_bytes((bytes([y]) * pixels + bytes([u]) * (pixels // 4) + bytes([v]) * (pixels // 4)) * clip.frames)
    return out


def _film(clips: Sequence[Clip], labels: Sequence[str], graph: _Graph) -> str:
    """Every shot parted into what it shares with its neighbours and what it shows alone, then all parts end to end."""
    parts: list[str] = []
    tail = ""
    for at, (clip, label) in enumerate(zip(clips, labels, strict=True)):
        head_frames = clip.join.frames
        tail_frames = clips[at + 1].join.frames if at + 1 < len(clips) else 0
        edges = 0, head_frames, clip.frames - tail_frames, clip.frames
        named = zip(("head", "body", "tail"), pairwise(edges), strict=True)
        spans = {part: span for part, span in named if span[0] < span[1]}
        graph.text.append(f"[{label}]split={len(spans)}" + "".join(f"[{part}{at}in]" for part in spans))
        for part, (start, stop) in spans.items():
            graph.text.append(
                f"[{part}{at}in]trim=start_frame={start}:end_frame={stop},setpts=PTS-STARTPTS[{part}{at}]"
            )
        if "head" in spans:
            overlap = Overlap(kind=clip.join.kind.value, frames=head_frames)
            stream = joined(ffmpeg.input("first"), ffmpeg.input("second"), overlap, graph.canvas)
            parts.append(graph.add(f"join{at}", finished(stream), first=tail, second=f"head{at}"))
        if "body" in spans:
            parts.append(f"body{at}")
        tail = f"tail{at}"
    rate = graph.canvas.rate
    clock = f"settb={rate.denominator}/{rate.numerator},setpts=N"
    graph.text.append("".join(f"[{part}]" for part in parts) + f"concat=n={len(parts)},{clock}[cut]")
    return "cut"


def _titled(film: str, title: TitleClip, picture: Path, at: int, graph: _Graph) -> str:
    raw = graph.folder / f"title{at}.yuva"
    patch = write_patch(picture, graph.canvas, raw)
    if patch is None:
        return film
    layer = TitleLayer(
        slot="title", start=title.start, stop=title.stop, fade_in=title.fade_in_frames, fade_out=title.fade_out_frames
    )
    above = graph.raw(raw, "yuva420p", (patch.width, patch.height))
    drawn = raw_input("above", "yuva420p", (patch.width, patch.height), graph.canvas.rate)
    stream = titled(ffmpeg.input("below"), drawn, layer, patch, graph.canvas.rate)
    return graph.add(f"titled{at}", finished(stream), below=film, above=above)


def _run(arguments: Sequence[str]) -> bytes:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-nostdin", "-v", "error", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=_LIMIT_S)
    if done.returncode or done.stderr:
        raise RuntimeError(f"ffmpeg {' '.join(arguments)}\n{done.stderr.decode(errors='replace')}")
    return done.stdout
