"""The same film by other programs, as far as they can: MoviePy in a process of its own, and melt, where installed.

Both make cuts, dissolves, the title and the sounds at their levels; neither brings the mix to a loudness as filmkit
does, MoviePy reads a take of variable rate at a constant one, and melt dissolves without the title's picture.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import Measured, run_measured
from bench.timeline import Rival, rival_of
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import Clip, SoundClip, TakeMaterial, Timeline

MoviePyClip = Any
"""A clip of MoviePy, which has no types."""


def peers_of(film: Path, store: Path, rival: Rival) -> dict[str, Callable[[int], Measured]]:
    """The peers that are installed, as runs to measure. Their films lie beside the folder of the film."""
    moviepy = [sys.executable, "-m", "bench.peers", str(film), str(store), str(film.with_suffix(".moviepy.mp4"))]
    root = Path(__file__).resolve().parents[1]
    found: dict[str, Callable[[int], Measured]] = {}
    if importlib.util.find_spec("moviepy") is not None:
        found["MoviePy 2"] = lambda _: run_measured(moviepy, folder=root)
    melt = shutil.which("melt")
    if melt is not None:
        command = melt_command(melt, rival, film.with_suffix(".melt.mp4"))
        found["melt"] = lambda _: run_measured(command, env={"SDL_VIDEODRIVER": "dummy"})
    return found


def melt_command(melt: str, rival: Rival, target: Path) -> list[str]:
    """Takes on one track with mixes between, the music on a second; frames of the takes counted at the film's rate."""
    words = [melt, "-silent"]
    for clip in rival.timeline.clips:
        material = _take(clip)
        first = rival.timeline.rate.frames(material.in_s)
        words += [material.take.file.path, f"in={first}", f"out={first + clip.frames - 1}"]
        if clip.join.frames:
            words += ["-mix", str(clip.join.frames), "-mixer", "luma", "-mixer", "mix:-1"]
    shots = {clip.shot for clip in rival.timeline.clips}
    music = next((sound for sound in rival.timeline.sounds if sound.id not in shots), None)
    if music is not None:
        words += ["-audio-track", music.file.path, f"out={rival.timeline.frames - 1}"]
        words += ["-transition", "mix:-1", "always_active=1", "a_track=0", "b_track=1", "sum=1"]
    size, rate = rival.timeline.size, rival.timeline.rate.fps
    return [
        *words, "-consumer", f"avformat:{target}", "real_time=-2", "progressive=1",
        "vcodec=libx264", f"preset={rival.codec.preset}", f"crf={rival.codec.crf}", "acodec=aac", "ab=192k",
        f"width={size.width_px}", f"height={size.height_px}", "sample_aspect_num=1", "sample_aspect_den=1",
        f"frame_rate_num={rate.numerator}", f"frame_rate_den={rate.denominator}",
    ]  # fmt: skip


def render_moviepy(rival: Rival, target: Path) -> None:
    """The film as a CompositeVideoClip, as MoviePy's guide does it."""
    from moviepy import CompositeAudioClip, CompositeVideoClip, ImageClip

    timeline = rival.timeline
    shots: dict[str, MoviePyClip] = {clip.shot: _moviepy_shot(clip, timeline) for clip in timeline.clips}
    layers = list(shots.values())
    if rival.title is not None:
        for title in timeline.titles:
            picture = ImageClip(str(rival.title), duration=_s(timeline, title.stop - title.start))
            layers.append(picture.with_start(_s(timeline, title.start)))
    size = timeline.size.width_px, timeline.size.height_px
    film = CompositeVideoClip(layers, size=size).with_duration(_s(timeline, timeline.frames))
    sounds = [_moviepy_sound(sound, shots.get(sound.id)) for sound in timeline.sounds]
    film = film.with_audio(CompositeAudioClip(sounds).with_duration(film.duration)) if sounds else film
    film.write_videofile(
        str(target), fps=float(timeline.rate.fps), codec="libx264", preset=rival.codec.preset, audio_codec="aac",
        audio_bitrate="192k", audio_fps=SAMPLE_RATE, ffmpeg_params=["-crf", str(rival.codec.crf)], logger=None,
    )  # fmt: skip


def _moviepy_shot(clip: Clip, timeline: Timeline) -> MoviePyClip:
    from moviepy import VideoFileClip
    from moviepy.video.fx import CrossFadeIn

    material = _take(clip)
    begin_s = float(material.in_s)
    shot: MoviePyClip = VideoFileClip(material.take.file.path).subclipped(begin_s, begin_s + _s(timeline, clip.frames))
    width, height = timeline.size.width_px, timeline.size.height_px
    if shot.size != [width, height]:
        scale = max(width / shot.w, height / shot.h)
        centre = {"x_center": shot.w * scale / 2, "y_center": shot.h * scale / 2}
        shot = shot.resized(scale).cropped(**centre, width=width, height=height)
    shot = shot.with_start(_s(timeline, clip.start))
    return shot.with_effects([CrossFadeIn(_s(timeline, clip.join.frames))]) if clip.join.frames else shot


def _moviepy_sound(sound: SoundClip, shot: MoviePyClip) -> MoviePyClip:
    from moviepy import AudioFileClip
    from moviepy.audio.fx import AudioFadeIn, AudioFadeOut

    assert sound.file is not None
    source = shot.audio if shot is not None else AudioFileClip(sound.file.path)
    begin_s = 0.0 if shot is not None else sound.source_start / SAMPLE_RATE
    heard = source.subclipped(begin_s, min(begin_s + sound.length / SAMPLE_RATE, source.duration))
    fades = [AudioFadeIn(sound.shape.fade_in / SAMPLE_RATE), AudioFadeOut(sound.shape.fade_out / SAMPLE_RATE)]
    heard = heard.with_volume_scaled(10 ** (sound.shape.gain_db / 20)).with_effects(fades)
    return heard.with_start(sound.start / SAMPLE_RATE)


def _take(clip: Clip) -> TakeMaterial:
    if not isinstance(clip.material, TakeMaterial):
        raise ValueError(f"{clip.shot} is no take")
    return clip.material


def _s(timeline: Timeline, frames: int) -> float:
    return float(timeline.rate.seconds(frames))


if __name__ == "__main__":
    render_moviepy(rival_of(Path(sys.argv[1]), Path(sys.argv[2])), Path(sys.argv[3]))
