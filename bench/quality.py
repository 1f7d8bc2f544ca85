"""What came out: which pictures a film shows, how large its picture is, how far it lies from a lossless one."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from barcode import read_barcode

from bench.corpus import ffmpeg_path
from filmkit.engine.job import finish_job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.settings import Engine, Settings
from filmkit.model.timeline import TakeMaterial, Timeline
from filmkit.plan.planner import Quality

VideoFrame = Any
"""A decoded frame of PyAV."""

Luma = npt.NDArray[np.uint8]

TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"

Code = tuple[int, int] | None
"""Number of the take and of its picture, as a frame tells; None where it cannot be read (in a dissolve)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Of a film's ``frames``: those outside joins (``planned``) that show the planned picture (``right``) or, at
    another rate, the one before or after it (``near``).
    """

    frames: int
    right: int
    near: int
    planned: int


def read_codes(film: Path) -> list[Code]:
    """The codes of every frame."""
    import av

    with av.open(str(film)) as container:
        return [_code(frame) for frame in container.decode(video=0)]


def _code(frame: VideoFrame) -> Code:
    luma = frame.reformat(format="gray").to_ndarray() if frame.format.name != "yuv420p" else _luma(frame)
    height, width = luma.shape
    kept_w = min(width, height * 16 // 9)
    half_w, high = round(kept_w * 3 / 40), round(kept_w * 9 / 160)
    rows = luma[(height - high) // 2 : (height + high) // 2]
    try:
        left, right = rows[:, width // 2 - half_w : width // 2], rows[:, width // 2 : width // 2 + half_w]
        return read_barcode(left), read_barcode(right)
    except ValueError:
        return None


def _luma(frame: VideoFrame) -> Luma:
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def check_shown(film: Path, timeline: Timeline) -> Shown:
    """Compares a film with its plan: each frame outside a join should carry the codes of the picture planned for it."""
    shown = read_codes(film)
    right = near = planned = 0
    for at, clip in enumerate(timeline.clips):
        if not isinstance(clip.material, TakeMaterial):
            continue
        codes = read_codes(Path(clip.material.take.file.path))
        after = timeline.clips[at + 1].join.frames if at + 1 < len(timeline.clips) else 0
        for frame in range(clip.join.frames, clip.frames - after):
            planned += 1
            found = shown[clip.start + frame] if clip.start + frame < len(shown) else None
            picture = clip.material.pictures[frame]
            right += found == codes[picture]
            near += found != codes[picture] and found in codes[max(0, picture - 1) : picture + 2]
    return Shown(len(shown), right, near, planned)


def render_lossless(film: Path, store: Path) -> Path:
    """The film with every picture kept exactly (ffv1), beside its folder: what encodings are compared with."""
    settings = Settings(engine=Engine.LOCAL, store=str(store), quality=Quality(lossless=True))
    job = open_job(film, settings)
    run_job(job, run_local, Listeners())
    return Path(finish_job(job, "local").film).rename(film.with_suffix(".lossless.mp4"))


def encode_whole(lossless: Path, out: Path, preset: str, crf: int, gop_frames: int) -> Path:
    """The same pictures encoded in one go, with a key frame at least every ``gop_frames``."""
    argv = [ffmpeg_path(), "-nostdin", "-v", "error", "-y", "-i", str(lossless), "-map", "0:v:0", "-c:v", "libx264"]
    subprocess.run(
        [*argv, "-preset", preset, "-crf", str(crf), "-g", str(gop_frames), "-pix_fmt", "yuv420p", str(out)], check=True
    )
    return out


def picture_bytes(film: Path) -> int:
    """Bytes of the video packets."""
    import av

    with av.open(str(film)) as container:
        return sum(packet.size for packet in container.demux(video=0))


def measure_vmaf(film: Path, lossless: Path) -> float:
    """Mean VMAF (0 … 100, default model) of every fourth frame against the lossless film."""
    alike = f"settb=1/24,setpts=N,{TAGS}"  # where the two are tagged otherwise, ffmpeg would convert one of them
    graph = f"[0:v]{alike}[a];[1:v]{alike}[b];[a][b]libvmaf=n_subsample=4:n_threads=2"
    argv: Sequence[str] = [ffmpeg_path(), "-nostdin", "-v", "info", "-i", str(film), "-i", str(lossless)]
    done = subprocess.run([*argv, "-filter_complex", graph, "-f", "null", "-"], check=True, capture_output=True)
    found = re.search(rb"VMAF score: ([0-9.]+)", done.stderr)
    if found is None:
        raise ValueError(done.stderr.decode(errors="replace")[-500:])
    return float(json.loads(found[1]))
