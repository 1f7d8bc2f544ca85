"""The corpus: takes of mixed formats, music and effects, made here from fixed seeds and kept in bench/work/.

Every picture carries two bar codes in its middle, the number of its take and its own, so that a finished film tells
which frames it shows. Pictures are textures with the spectrum of photographs (amplitude falls with frequency), panned
under a moving subject, with grain; bit rates spread over more than a factor of ten, as those of real takes do.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
from barcode import barcode
from sounds import write_wav

RATE_HZ = 48_000
Picture = npt.NDArray[np.uint8]

_TEXTURE_PX = (2304, 1296)
_TEXTURES = 6
_X264 = ("-c:v", "libx264", "-preset", "fast", "-bf", "3")
_PLAIN = ("-pix_fmt", "yuv420p")
_HDR = (
    *("-c:v", "libx265", "-preset", "fast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
    *("-x265-params", "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"),
)
_TO_PQ = "zscale=tin=bt709:min=bt709:pin=bt709:rin=tv:t=smpte2084:m=bt2020nc:p=bt2020:r=tv:npl=203"


@dataclass(frozen=True, slots=True)
class Format:
    """How a take is stored: pixels, pictures per second, encoder arguments, a last filter."""

    size: tuple[int, int] = (1280, 720)
    rate: Fraction = Fraction(24)
    encoder: tuple[str, ...] = (*_X264, *_PLAIN)
    filter: str = "format=yuv420p"


NATIVE = Format()
FOREIGN: tuple[Format, ...] = (
    Format(rate=Fraction(25)),
    Format(rate=Fraction(25)),
    Format(rate=Fraction(30000, 1001)),
    Format(rate=Fraction(30)),
    Format(size=(1920, 1080)),
    Format(size=(1920, 1080)),
    Format(size=(720, 1280)),
    Format(rate=Fraction(30), filter=r"select=gt(abs(mod(7*n\,11)-3)\,0),format=yuv420p"),  # variable rate: gaps
    Format(encoder=(*_X264, "-pix_fmt", "yuv444p"), filter="format=yuv444p"),
    Format(encoder=_HDR, filter=f"{_TO_PQ},format=yuv420p10le"),
)
"""The ten takes that are not as the film is; they stand last in the corpus."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where it lies: ``takes`` in order, ``music`` (two pieces), ``effects``."""

    takes: tuple[Path, ...]
    music: tuple[Path, ...]
    effects: tuple[Path, ...]


def make_corpus(folder: Path, *, takes: int = 30, seconds: int = 6, scale: Fraction = Fraction(1)) -> Corpus:
    """The corpus, made where it is not there yet. ``scale`` shrinks all pictures (tests)."""
    folder.mkdir(parents=True, exist_ok=True)
    formats = _formats(takes)
    size = _texture_size(scale)
    textures = [_kept(folder / f"texture{at}.yuv", partial(_write_texture, at, size)) for at in range(_TEXTURES)]
    with ThreadPoolExecutor(2) as pool:

        def make(number: int) -> Path:
            look = _Look(formats[number], scale, seconds, textures)
            return _kept(folder / f"take{number:02}.mp4", partial(_make_take, number, look))

        paths = tuple(pool.map(make, range(takes)))
    music = tuple(_kept(folder / f"music{at}.wav", partial(_write_music, at, seconds * takes)) for at in (0, 1))
    effects = tuple(_kept(folder / f"effect{at}.wav", partial(_write_effect, at)) for at in range(10))
    return Corpus(paths, music, effects)


def _formats(takes: int) -> list[Format]:
    foreign = min(len(FOREIGN), takes // 3)
    return [*[NATIVE] * (takes - foreign), *FOREIGN[len(FOREIGN) - foreign :]]


@dataclass(frozen=True, slots=True)
class _Look:
    """What a take shows and how large it is."""

    format: Format
    scale: Fraction
    seconds: int
    textures: Sequence[Path]

    @property
    def size(self) -> tuple[int, int]:
        width, height = (2 * round(side * self.scale / 2) for side in self.format.size)
        return width, height


def _make_take(number: int, look: _Look, path: Path) -> None:
    """One take: a texture panned, another as its subject, grain, bar codes; sound unless the number says silent."""
    count = round(look.seconds * look.format.rate)
    code = _code_size(look)
    textures = number % _TEXTURES, (number + 1 + number // _TEXTURES) % _TEXTURES
    rate = look.format.rate
    size = _texture_size(look.scale)
    inputs = [word for at in textures for word in _raw(str(look.textures[at]), "yuv420p", size, rate)]
    inputs += _raw("-", "gray", (2 * code[0], code[1]), rate)
    codes = b"".join(np.hstack([barcode(number, *code), barcode(at, *code)]).tobytes() for at in range(count))
    _ffmpeg([
        *inputs, *_own_sound(number, look.seconds), "-filter_complex", _take_graph(number, look, count),
        "-map", "[out]", *(() if _is_silent(number) else ("-map", "3:a")), *look.format.encoder,
        "-crf", str(16 + number * 5 % 13), "-fps_mode", "passthrough", "-c:a", "aac", "-b:a", "160k",
        "-t", str(look.seconds), "-f", "mp4", str(path),
    ], codes)  # fmt: skip


def _take_graph(number: int, look: _Look, count: int) -> str:
    width, height = look.size
    pan_x, pan_y = f"1+sin(n*{0.004 + 0.003 * (number % 5):.3f}+{number})", f"1+cos(n*0.006+{number})"
    clock = f"settb={1 / look.format.rate},setpts=N"
    return (
        f"[0:v]loop=-1:1,{clock},crop={width}:{height}:x='(iw-ow)/2*({pan_x})':y='(ih-oh)/2*({pan_y})'[back];"
        f"[1:v]loop=-1:1,{clock},scale={width // 6 * 2}:{height // 4 * 2}[subject];"
        f"[back][subject]overlay=x='(W-w)/2*(1+sin(n*0.03+{number}))':y='(H-h)*0.6+8*sin(n*0.2)',"
        f"noise=c0s={1 + number % 6}:c0f=t:c0_seed={number + 1},trim=end_frame={count}[scene];"
        f"[2:v]{clock}[code];[scene][code]overlay=x=(W-w)/2:y=(H-h)/2,"
        f"setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,{look.format.filter}[out]"
    )


def _code_size(look: _Look) -> tuple[int, int]:
    """One bar code: a share of the part of the picture that a 16:9 film keeps, even and at least 24 × 16."""
    width, height = look.size
    kept_w = min(Fraction(width), height * Fraction(16, 9))
    return max(24, round(kept_w * 3 / 40 / 2) * 2), max(16, round(kept_w * 9 / 160 / 2) * 2)


def _is_silent(number: int) -> bool:
    return number % 5 == 4


def _own_sound(number: int, seconds: int) -> list[str]:
    """A tone under noise, every third take mono at 44.1 kHz."""
    if _is_silent(number):
        return []
    rate, layout = (44_100, "mono") if number % 3 == 2 else (48_000, "stereo")
    tone = f"sine=frequency={110 + 20 * number}:sample_rate={rate}:duration={seconds},volume=0.4"
    hiss = f"anoisesrc=color=pink:amplitude=0.1:seed={number}:sample_rate={rate}:duration={seconds}"
    mixed = f"{tone}[tone];{hiss}[hiss];[tone][hiss]amix=normalize=0,aformat=channel_layouts={layout}"
    return ["-f", "lavfi", "-i", mixed]


def _kept(path: Path, write: Callable[[Path], object]) -> Path:
    """A file that is whole or not there: written beside its place, then moved."""
    if not path.exists():
        unfinished = path.with_name(f"part.{path.name}")
        write(unfinished)
        unfinished.replace(path)
    return path


def _write_texture(number: int, size: tuple[int, int], path: Path) -> None:
    """A raw yuv420p picture whose amplitude falls with the power 1.1 of frequency (photographs: about 1)."""
    drawn = np.random.default_rng(100 + number)
    half = size[0] // 2, size[1] // 2
    luma = _cloud(drawn, size, (16, 235), 1.1)
    planes = [luma, _cloud(drawn, half, (88, 168), 1.5), _cloud(drawn, half, (88, 168), 1.5)]
    path.write_bytes(b"".join(plane.tobytes() for plane in planes))


def _cloud(drawn: np.random.Generator, size: tuple[int, int], values: tuple[int, int], power: float) -> Picture:
    width, height = size
    frequency = np.hypot(np.fft.rfftfreq(width)[None, :] * width / height, np.fft.fftfreq(height)[:, None])
    frequency[0, 0] = 1
    spectrum = np.exp(2j * np.pi * drawn.random(frequency.shape)) / frequency**power
    cloud = np.fft.irfft2(spectrum, s=(height, width))
    share = np.clip((cloud - cloud.mean()) / (4.4 * cloud.std()) + 0.5, 0, 1)
    picture: Picture = (values[0] + share * (values[1] - values[0])).astype(np.uint8)
    return picture


def _texture_size(scale: Fraction) -> tuple[int, int]:
    width, height = (4 * round(side * scale / 4) for side in _TEXTURE_PX)
    return width, height


def _write_music(piece: int, seconds: int, path: Path) -> None:
    """Chords that change every two seconds over a beat of noise; stereo, 48 kHz."""
    time_s = np.arange(seconds * RATE_HZ) / RATE_HZ
    root = np.array([110.0, 98.0, 130.8, 82.4])[(time_s // 2).astype(int) % 4] * (1 + piece / 8)
    chord = sum(np.sin(2 * np.pi * root * ratio * time_s) for ratio in (1, 1.25, 1.5, 2)) * 0.12
    beat = np.exp(-((time_s * 2) % 1) * 14) * np.random.default_rng(piece).standard_normal(len(time_s)) * 0.15
    write_wav(path, np.clip(np.stack([chord + beat, chord * 0.8 + beat], axis=1), -1, 1), RATE_HZ)


def _write_effect(number: int, path: Path) -> None:
    """A burst of noise that dies away within half a second to a second and a half; mono, 44.1 kHz."""
    length = 22_050 + 4_900 * number
    sound = np.random.default_rng(50 + number).standard_normal(length) * np.exp(-np.arange(length) / length * 6) * 0.25
    write_wav(path, np.clip(sound, -1, 1)[:, None], 44_100)


def ffmpeg_path() -> str:
    """The build filmkit pins: both sides of every comparison use it."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _ffmpeg(arguments: Sequence[str], data: bytes) -> None:
    argv = [ffmpeg_path(), "-v", "error", "-y", *arguments]
    subprocess.run(argv, input=data, check=True)


def _raw(source: str, pixel_format: str, size: tuple[int, int], rate: Fraction) -> list[str]:
    shape = ("-pixel_format", pixel_format, "-video_size", f"{size[0]}x{size[1]}", "-framerate", str(rate))
    return ["-f", "rawvideo", *shape, "-i", source]
