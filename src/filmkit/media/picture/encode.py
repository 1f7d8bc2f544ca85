"""How segments are encoded: settings that decide bytes. Changing one is a new version of the segment stage."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from filmkit.model.recipe import Canvas, Codec
from filmkit.model.timebase import SAMPLE_RATE

B_FRAMES = 3
REORDER_FRAMES = 2
"""Pictures x264 holds back with a pyramid of B-frames: decode times run two frames ahead in every segment, even in one
of a single frame (where x264 by itself would not), so that decode times never step back where segments meet."""

X264_THREADS = 2
"""x264's bits depend on how many threads it is told, not on the machine's cores: so they are always two. A lone segment
is then done in two thirds of the time, and a film of many takes no longer (23.2 and 23.1 s on two cores).
"""

ONE_THREAD = ("-filter_threads", "1", "-filter_complex_threads", "1")
"""The scaler's bits must not depend on the machine's cores."""

PLAIN_FILE = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
"""Nothing of the sources' tags, and no version strings of the writer."""


def timescale(rate: Fraction) -> int:
    """Ticks per second of a film's video track: holds every frame of ``rate`` exactly, the same for all segments."""
    return rate.numerator * (1000 if rate.numerator < 1000 else 1)


def film_timescale(rate: Fraction) -> int:
    """Ticks per second that hold both frames and 48 kHz samples exactly, for the film's own length and edit lists."""
    both = lcm(rate.numerator, SAMPLE_RATE)
    return both if both < 2**31 else timescale(rate)


def video_arguments(canvas: Canvas, frames: int) -> list[str]:
    """Output arguments of a segment of exactly ``frames`` frames, up to the file's name."""
    codec = canvas.codec
    return [
        *("-frames:v", str(frames), "-r", str(canvas.rate), "-fps_mode", "cfr"),
        *(_lossless() if codec.name == "lossless" else _x264(codec)),
        *("-flags:v", "+bitexact"),
        *PLAIN_FILE,
        *("-video_track_timescale", str(timescale(canvas.rate)), "-movie_timescale", str(film_timescale(canvas.rate))),
        *("-f", "mp4"),
    ]


def _x264(codec: Codec) -> Sequence[str]:
    return (
        *("-c:v", "libx264", "-preset", codec.preset, "-crf", str(codec.crf), "-g", str(codec.gop_frames)),
        *("-bf", str(B_FRAMES), "-x264-params", "b-pyramid=normal:open-gop=0", "-pix_fmt", "yuv420p"),
        *("-threads", str(X264_THREADS)),
        *("-bsf:v", f"filter_units=remove_types=6,setts=pts=PTS:dts=N-{REORDER_FRAMES}"),
    )


def _lossless() -> Sequence[str]:
    return ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1", "-threads", "1", "-pix_fmt", "yuv420p")
