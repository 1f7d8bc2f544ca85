"""Every frame of a segment shows exactly the planned picture of its take: the pictures carry their own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from barcode import make_numbered, make_stamped, read_numbers
from rendering import QUICK, canvas, numbered, render, segment_of, shown, take

from filmkit.errors import FilmkitError
from filmkit.model.take import Pictures

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "8", "-crf", "14", "-pix_fmt", "yuv420p")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "8", "-crf", "20", "-pix_fmt", "yuv420p")
MPEG2 = ("-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-g", "9", "-f", "vob")
KINDS = {
    "mp4": (".mp4", "mov", H264),
    "mkv": (".mkv", "matroska", H264),
    "webm": (".webm", "matroska", VP9),
    "mpeg-ps": (".mpg", "mpeg", MPEG2),
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One clip of 30 numbered pictures in each container."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        kind: make_numbered(folder / f"clip{suffix}", 30, rate=25, output=output)
        for kind, (suffix, _, output) in KINDS.items()
    }


def _at(seconds: Fraction) -> int:
    return round(seconds * 1_000_000)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_from_any_first(clips: dict[str, Path], kind: str, tmp_path: Path) -> None:
    for first in (0, 1, 8, 9, 27):
        layer = take(numbered(demuxer=KINDS[kind][1]), first=first)
        made = render(segment_of(3, layer, on=canvas(codec=QUICK)), tmp_path, {"take0": clips[kind]})
        assert read_numbers(made) == [first, first + 1, first + 2]


@pytest.mark.parametrize("kind", ["mp4", "mkv", "webm"])
def test_sought_pictures_at_every_index(clips: dict[str, Path], kind: str, tmp_path: Path) -> None:
    for first in range(8, 29, 1 if kind == "mp4" else 4):
        layer = take(numbered(demuxer=KINDS[kind][1]), first=first, seek_us=_at(Fraction(2 * first - 1, 50)))
        made = render(segment_of(2, layer), tmp_path, {"take0": clips[kind]})
        assert read_numbers(made) == [first, first + 1]


def test_sought_pictures_behind_leading_sound(tmp_path: Path) -> None:
    silence = ("-f", "lavfi", "-t", "1.5", "-i", "anullsrc")
    late = ("-vf", "setpts=PTS+0.3/TB", *H264, "-map", "1:a", "-map", "0:v")
    clip = make_numbered(tmp_path / "late.mp4", 30, rate=25, before=silence, output=late)
    layer = take(numbered(stream=1), first=12, seek_us=_at(Fraction(3, 10) + Fraction(23, 50)))
    assert read_numbers(render(segment_of(3, layer), tmp_path, {"take0": clip})) == [12, 13, 14]


@pytest.mark.parametrize(
    ("rate", "fps", "speed"),
    [
        (25, "24", "1"),
        (30, "24", "1"),
        (60, "24", "1"),
        (24, "30", "1"),
        (Fraction(24000, 1001), "24", "1"),
        (24, "24000/1001", "1"),
        (Fraction(30000, 1001), "30000/1001", "1/2"),
        (24, "24", "1/2"),
        (24, "24", "2"),
        (24, "25", "4/5"),
        (15, "60", "3/10"),
    ],
)
def test_other_rates_and_speeds(rate: Fraction | int, fps: str, speed: str, tmp_path: Path) -> None:
    clip = make_numbered(tmp_path / "clip.mp4", 40, rate=rate, output=H264)
    step = Fraction(speed) * Fraction(rate) / Fraction(fps)
    frames = min(24, (36 / step).__floor__())
    wanted = [3 + (frame * step).__floor__() for frame in range(frames)]
    made = render(segment_of(frames, take(**shown(wanted)), on=canvas(fps)), tmp_path, {"take0": clip})
    assert read_numbers(made) == wanted


@pytest.mark.parametrize("rate", [12, 15, 16, 60])
def test_one_picture_a_frame_whatever_the_takes_own_rate(rate: int, tmp_path: Path) -> None:
    clip = make_numbered(tmp_path / "clip.mp4", 30, rate=rate, output=H264)
    assert read_numbers(render(segment_of(9, take(first=21)), tmp_path, {"take0": clip})) == list(range(21, 30))
    with pytest.raises(FilmkitError, match="frames"):
        render(segment_of(9, take(first=22)), tmp_path, {"take0": clip})


RAMP = [0, 1, 2, 4, 6, 9, 12, 15, 17, 19, 20, 21, 21, 22, 22, 22, 23, 23, 23, 23, 24]


@pytest.mark.parametrize(
    "wanted",
    [
        RAMP,
        [5] * 9,
        [5, 6, 7, 7, 7, 7],
        [4, 29],
        [29],
        [9, 9, 9, 10],
        list(range(29, 30)) * 4,
        [0, 29, 29, 29],
    ],
    ids=str,
)
def test_ramps_and_held_ends(clips: dict[str, Path], wanted: Sequence[int], tmp_path: Path) -> None:
    layer = take(**shown(wanted), holds=wanted[-1] == 29)
    assert read_numbers(render(segment_of(len(wanted), layer), tmp_path, {"take0": clips["mp4"]})) == wanted


@pytest.mark.parametrize("first", [0, 11, 12, 40])
def test_variable_rate(first: int, tmp_path: Path) -> None:
    gaps = [20, 33, 50, 17, 40, 41, 66, 25] * 8
    ticks = [sum(gaps[:at]) for at in range(60)]
    clip = make_stamped(tmp_path / "vfr.mkv", ticks, Fraction(1, 1000))
    pictures = Pictures(60, Fraction(1, 1000), None, tuple(ticks), 30)
    start = ticks[first]
    times = [start + Fraction(frame * 1000, 24) for frame in range(14)]
    wanted = [max(at for at in range(60) if ticks[at] <= time) for time in times]
    sought = _at((pictures.shown_at(first - 1) + pictures.shown_at(first)) / 2) if first else 0
    for seek_us in {0, sought}:
        layer = take(numbered(demuxer="matroska"), **shown(wanted), seek_us=seek_us)
        assert read_numbers(render(segment_of(14, layer), tmp_path, {"take0": clip})) == wanted


@pytest.mark.parametrize("table", [False, True])
def test_take_with_too_few_pictures_is_refused(clips: dict[str, Path], table: bool, tmp_path: Path) -> None:
    layer = take(**(shown([27, 28, 29, 30, 30]) if table else {"first": 27}))
    with pytest.raises(FilmkitError):
        render(segment_of(5, layer), tmp_path, {"take0": clips["mp4"]})


def test_a_long_table_is_exact(tmp_path: Path) -> None:
    clip = make_numbered(tmp_path / "long.mp4", 3000, size=(48, 32), output=H264)
    wanted = [0]
    for frame in range(1, 2000):
        wanted.append(wanted[-1] + (frame * frame // 7) % 3)
    wanted = [min(2999, picture) for picture in wanted]
    layer = take(numbered(width=48, height=32), **shown(wanted))
    made = render(segment_of(2000, layer, on=canvas(codec=QUICK, size=(48, 32))), tmp_path, {"take0": clip})
    assert read_numbers(made) == wanted
