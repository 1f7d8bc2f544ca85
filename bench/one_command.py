"""The rival: one ffmpeg command for the whole film, as an experienced person writes it by hand.

One input a shot (sought, then trimmed to the frame), ``fps`` and ``scale`` to bring it to the film, ``concat`` for
cuts, ``xfade`` for dissolves, ``overlay`` for the title's picture, ``adelay`` and ``amix`` for the sound,
``loudnorm`` in one pass, x264 and AAC with ffmpeg's own number of threads. It is made from the film's timeline, so
that both show and sound the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import ffmpeg_path
from filmkit.model.recipe import Codec
from filmkit.model.storyboard import JoinKind
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import Clip, SoundClip, TakeMaterial, Timeline

_TONE_MAP = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p,"
)


@dataclass
class _Command:
    """The command while it is written: inputs in order, the filter graph, the labels of sounds."""

    timeline: Timeline
    inputs: list[str] = field(default_factory=list)
    graph: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    _count: int = 0

    def input(self, *arguments: str) -> int:
        """Adds an input; returns its number."""
        self.inputs += arguments
        self._count += 1
        return self._count - 1


def write_command(timeline: Timeline, codec: Codec, target: Path, title: Path | None = None) -> list[str]:
    """The whole argument list. ``title`` is a picture of the film's size that is laid over the titles' ranges.

    Raises ValueError for what it cannot say: shots without takes, other speeds, other joins than dissolves.
    """
    command = _Command(timeline)
    pictures = [_picture(clip, command) for clip in timeline.clips]
    picture = _titled(_joined(pictures, command), title, command)
    sound = _mixed(command)
    return [
        ffmpeg_path(), "-nostdin", "-v", "error", "-y", *command.inputs, "-filter_complex", ";".join(command.graph),
        "-map", f"[{picture}]", *(("-map", f"[{sound}]", "-c:a", "aac", "-b:a", "192k") if sound else ()),
        "-c:v", "libx264", "-preset", codec.preset, "-crf", str(codec.crf), "-pix_fmt", "yuv420p",
        "-movflags", "+faststart", str(target),
    ]  # fmt: skip


def _picture(clip: Clip, command: _Command) -> str:
    """A shot's own chain: sought, at the film's rate and size, exactly its frames; its sound from the same input."""
    material = clip.material
    if not isinstance(material, TakeMaterial) or material.held_frames:
        raise ValueError(f"{clip.shot} is no plain take")
    facts, rate = material.take.file.facts, command.timeline.rate
    assert facts is not None and facts.video is not None
    length_s = float(rate.seconds(clip.frames)) + 0.2
    number = command.input("-ss", _s(float(material.in_s)), "-t", _s(length_s), "-i", material.take.file.path)
    size = f"{command.timeline.size.width_px}:{command.timeline.size.height_px}"
    fitted = f"scale={size}:force_original_aspect_ratio=increase,crop={size}"
    tones = _TONE_MAP if facts.video.color_transfer == "smpte2084" else ""
    command.graph.append(
        f"[{number}:v]setpts=PTS-STARTPTS,fps={rate.fps},{tones}{fitted},format=yuv420p,setsar=1,"
        f"trim=end_frame={clip.frames}[v{number}]"
    )
    _add_own_sound(clip, number, command)
    return f"v{number}"


def _joined(pictures: Sequence[str], command: _Command) -> str:
    """Cuts by ``concat``, dissolves by ``xfade`` between the parts."""
    clips, rate = command.timeline.clips, command.timeline.rate
    starts = [at for at, clip in enumerate(clips) if at == 0 or clip.join.frames]
    film = ""
    for part, (start, stop) in enumerate(zip(starts, [*starts[1:], len(clips)], strict=True)):
        streams = "".join(f"[{name}]" for name in pictures[start:stop])
        command.graph.append(f"{streams}concat=n={stop - start}:v=1:a=0[p{part}]")
        if part == 0:
            film = "p0"
            continue
        clip = clips[start]
        if clip.join.kind is not JoinKind.DISSOLVE:
            raise ValueError(f"{clip.shot} is joined by {clip.join.kind}")
        lasts, offset = (_s(float(rate.seconds(frames))) for frames in (clip.join.frames, clip.start))
        command.graph.append(f"[{film}][p{part}]xfade=transition=fade:duration={lasts}:offset={offset}[x{part}]")
        film = f"x{part}"
    return film


def _titled(picture: str, title: Path | None, command: _Command) -> str:
    if title is None or not command.timeline.titles:
        return picture
    number = command.input("-i", str(title))
    frames = "+".join(f"between(n,{shown.start},{shown.stop - 1})" for shown in command.timeline.titles)
    command.graph.append(f"[{picture}][{number}:v]overlay=enable='{frames}',format=yuv420p[titled]")
    return "titled"


def _add_own_sound(clip: Clip, number: int, command: _Command) -> None:
    own = [sound for sound in command.timeline.sounds if sound.id == clip.shot]
    for sound in own:
        command.graph.append(f"[{number}:a]asetpts=PTS-STARTPTS,{_shaped(sound, 0)}[s{number}]")
        command.sounds.append(f"s{number}")


def _mixed(command: _Command) -> str:
    """All sounds at their places, one sum, one pass of loudness."""
    shots = {clip.shot for clip in command.timeline.clips}
    for sound in command.timeline.sounds:
        if sound.id not in shots:
            assert sound.file is not None
            number = command.input("-i", sound.file.path)
            command.graph.append(f"[{number}:a]{_shaped(sound, sound.source_start)}[s{number}]")
            command.sounds.append(f"s{number}")
    if not command.sounds:
        return ""
    streams = "".join(f"[{name}]" for name in command.sounds)
    length_s = _s(command.timeline.samples / SAMPLE_RATE)
    command.graph.append(
        f"{streams}amix=inputs={len(command.sounds)}:normalize=0,apad=whole_dur={length_s},atrim=end={length_s},"
        f"loudnorm=I=-14:TP=-1:LRA=11,aresample=48000[mix]"
    )
    return "mix"


def _shaped(sound: SoundClip, begin: int) -> str:
    """48 kHz stereo, cut, faded, at its level and place."""
    length_s, fade_in_s, fade_out_s = (
        count / SAMPLE_RATE for count in (sound.length, sound.shape.fade_in, sound.shape.fade_out)
    )
    return (
        f"aresample=48000,aformat=channel_layouts=stereo,atrim=start_sample={begin}:end_sample={begin + sound.length},"
        f"asetpts=PTS-STARTPTS,afade=t=in:d={fade_in_s:.6f},"
        f"afade=t=out:st={length_s - fade_out_s:.6f}:d={fade_out_s:.6f},"
        f"volume={sound.shape.gain_db:g}dB,adelay={sound.start}S:all=1"
    )


def _s(seconds: float) -> str:
    return f"{seconds:.6f}"
