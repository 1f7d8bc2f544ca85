"""Flash and click belong together at every cut of a film, as a player shows and plays the delivered file.

Every shot begins with a white picture of its take, and the take's own sound has a click at that very time (left). A
cue with a click of its own hangs on the shot as well (right). Both sounds begin a little before the cut, so that the
fade at their beginning does not swallow the click.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from sounds import RATE, Samples, clicks, onsets, write_wav
from wholefilms import render_film, settings_for, write_film

RATES = {"24": Fraction(24), "29.97": Fraction(30000, 1001)}
MOST_S = Fraction(1, 1000)
PERIOD_FRAMES = 20
"""A take flashes and clicks this often, in frames of the film. Shots are shorter: each holds one flash, at its cut."""

FLASHES = 7
CUE_LEAD_S = Fraction(1, 10)
LEFT, RIGHT = (1, 0), (0, 1)


@dataclass(frozen=True)
class Kind:
    """How a take is written: pictures for each frame of the film, its sound's rate, its codecs and container."""

    suffix: str
    pictures: Fraction
    sound_hz: int
    codecs: str


KINDS = [
    Kind("mp4", Fraction(1), 48_000, "-bf 2 -c:a aac"),
    Kind("mov", Fraction(1), 44_100, "-bf 0 -c:a pcm_s16le"),
    Kind("mkv", Fraction(2), 48_000, "-bf 2 -c:a flac"),
    Kind("mp4", Fraction(1, 2), 44_100, "-bf 3 -c:a aac"),
    Kind("mkv", Fraction(1), 48_000, "-bf 0 -c:a libopus -b:a 128k"),
]


def make_take(folder: Path, kind: Kind, rate: Fraction) -> Path:
    """A take that flashes for one of its pictures and clicks at that picture's time, once a period."""
    clock = rate * kind.pictures
    period = int(PERIOD_FRAMES * kind.pictures)
    flashes = range(0, FLASHES * period, period)
    raw = b"".join(bytes([235 if at in flashes else 25]) * (96 * 64) for at in range(FLASHES * period))
    places = [round(at / clock * kind.sound_hz) for at in flashes]
    sound = clicks(int(FLASHES * period / clock * kind.sound_hz), places) * LEFT
    wav = write_wav(folder / f"{kind.suffix}{kind.codecs.split()[-1]}.wav", sound, kind.sound_hz)
    out = wav.with_suffix(f".{kind.suffix}")
    pictures = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "96x64", "-framerate", str(clock), "-i", "-"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p", *kind.codecs.split()]
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *pictures, "-i", str(wav), *coding]
    subprocess.run([*argv, str(out)], input=raw, check=True, timeout=60)
    return out


def make_film(folder: Path, fps: str, cuts: int) -> Path:
    """A black leader and ``cuts`` shots, each from another take and another place in it than the one before."""
    folder.mkdir()
    made = [make_take(folder, kind, RATES[fps]) for kind in KINDS]
    wav = write_wav(folder / "click.wav", clicks(RATE // 5, [int(CUE_LEAD_S * RATE)]) * RIGHT)
    lines = ["filmkit: 1", "title: Flash and click", f"picture: {{size: 96x64, fps: {fps}, preset: ultrafast}}",
             "own_sound: {lead: 2f}", "scenes:", "  - id: all", "    shots:",
             "      - {id: leader, color: black, lasts: 12f}"]  # fmt: skip
    files = {"sounds/click.wav": wav}
    for at in range(cuts):
        take = made[at % len(made)]
        files[f"takes/all/s{at}/t01{take.suffix}"] = take
        begins = PERIOD_FRAMES * (1 + at % (FLASHES - 1))
        lines.append(f"      - {{id: s{at}, in: {begins}f, lasts: {8 + at * 5 % 7}f}}")
    lines += ["sound:", "  effects:"]
    lines += [f"    - {{file: sounds/click.wav, at: s{at} - {int(CUE_LEAD_S * 1000)}ms}}" for at in range(cuts)]
    return write_film(folder, "\n".join(lines) + "\n", files)


def flash_times(film: Path) -> list[Fraction]:
    """When each flash is first shown, in seconds of the player's clock."""
    with av.open(str(film)) as container:
        base = container.streams.video[0].time_base or Fraction(0)
        pictures = [
            (frame.pts * base, frame.to_ndarray(format="gray").mean() > 128) for frame in container.decode(video=0)
        ]
    return [shown_s for (_, before), (shown_s, is_white) in pairwise(pictures) if is_white and not before]


def click_times(film: Path) -> list[list[Fraction]]:
    """When each click is heard on the left and on the right, in seconds of the player's clock.

    The decoder takes the encoder's delay away as the edit list says; each block of samples says when it is heard.
    """
    with av.open(str(film)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.sample_rate == RATE
        blocks = [(frame.pts * frame.time_base, frame.to_ndarray().T) for frame in container.decode(stream)]
    for (heard_s, samples), (next_s, _) in pairwise(blocks):
        assert next_s == heard_s + Fraction(len(samples), RATE), f"a gap in the sound at {float(next_s):.4f} s"
    sound: Samples = np.concatenate([samples for _, samples in blocks])
    return [
        [blocks[0][0] + Fraction(at, RATE) for at in onsets(side, float(side.max()) / 2)]
        for side in (sound[:, :1], sound[:, 1:])
    ]


def check_sync(film: Path, cuts: int) -> None:
    flashes = flash_times(film)
    assert len(flashes) == cuts, f"{len(flashes)} flashes at {cuts} cuts"
    for who, heard in zip(("own sounds", "cues"), click_times(film), strict=True):
        assert len(heard) == cuts, f"{len(heard)} clicks of the {who} at {cuts} cuts"
        late_s = [click_s - flash_s for click_s, flash_s in zip(heard, flashes, strict=True)]
        worst = max(range(cuts), key=lambda at: abs(late_s[at]))
        said = f"at cut {worst} the click of the {who} comes {float(late_s[worst] * 1000):+.3f} ms after its flash"
        assert abs(late_s[worst]) < MOST_S, said


@pytest.mark.parametrize("fps", RATES)
def test_flash_and_click_are_together_at_eight_cuts(fps: str, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film", fps, 8)
    check_sync(render_film(film, settings_for(tmp_path / "store")).film, 8)


@pytest.mark.slow
@pytest.mark.parametrize("fps", RATES)
def test_flash_and_click_are_together_at_two_hundred_cuts(fps: str, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film", fps, 200)
    check_sync(render_film(film, settings_for(tmp_path / "store")).film, 200)
