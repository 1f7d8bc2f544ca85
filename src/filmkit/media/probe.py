"""What files are: probed and counted in one sandboxed process for a whole batch, refused from the probe where over
budget.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from filmkit.errors import StepFailed
from filmkit.media.budgets import BUDGETS
from filmkit.media.gate import DECODERS
from filmkit.media.headers import check_headers, is_too_large, too_large
from filmkit.media.pictures import pictures_of
from filmkit.media.run import open_regular, run_worker
from filmkit.media.sandbox import Limits
from filmkit.media.sniff import HEAD_BYTES, KINDS, Refusal, sniff
from filmkit.media.sound.waveheader import wave_data_of
from filmkit.media.tools import core_count
from filmkit.media.webp import animated_webp
from filmkit.model.take import AudioFacts, MediaFacts, VideoFacts

WORKER = Path(__file__).with_name("probe_worker.py")
_BATCH = 100
_WORTH_A_PROCESS = 4
_STILLS = frozenset({"png_pipe", "jpeg_pipe", "webp_pipe"})

Found = MediaFacts | Refusal


def probe(paths: Sequence[Path]) -> list[Found]:
    """Facts or a refusal for each path, in order. Starts a process for every hundred files, and no more than it has
    cores.
    """
    workers = max(1, min(core_count(), len(paths) // _WORTH_A_PROCESS))
    size = min(_BATCH, -(-len(paths) // workers))
    parts = [paths[at : at + size] for at in range(0, len(paths), size)]
    with ThreadPoolExecutor(workers) as pool:
        return [found for part in pool.map(_probe_batch, parts) for found in part]


def _probe_batch(paths: Sequence[Path]) -> list[Found]:
    found: dict[int, Found] = {}
    opened: dict[int, tuple[int, str]] = {}
    try:
        for at, path in enumerate(paths):
            entered = _enter(path)
            if isinstance(entered, tuple):
                opened[at] = entered
            else:
                found[at] = entered
        found |= _ask(opened)
    finally:
        for descriptor, _ in opened.values():
            os.close(descriptor)
    return [found[at] for at in range(len(paths))]


def _enter(path: Path) -> tuple[int, str] | Found:
    """A descriptor and the demuxer, where the file is a regular one of a kind and size we take."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return Refusal("it is not a regular file (a link, a pipe or a device)", "put the file itself there")
        descriptor = open_regular(path)
    except OSError as error:
        return Refusal(f"it cannot be read: {error.strerror}", "check that the file is there and may be read")
    except StepFailed as failure:
        return Refusal(failure.message, "put the file itself there")
    looked = _look_at(descriptor)
    if not isinstance(looked, str):
        os.close(descriptor)
        return looked
    return descriptor, looked


def _look_at(descriptor: int) -> str | Found:
    """The demuxer, from what is told without decoding; or all there is to say already."""
    size = os.fstat(descriptor).st_size
    kind = sniff(os.pread(descriptor, HEAD_BYTES, 0), size)
    if isinstance(kind, Refusal):
        return kind
    most = BUDGETS.still_bytes if kind in _STILLS else BUDGETS.file_bytes
    if size > most:
        return Refusal(f"it has {size:,} bytes, more than {most:,}", "export it smaller")
    if (refusal := check_headers(descriptor, kind)) is not None:
        return refusal
    return _facts(animated_webp(descriptor), kind) if kind == "webp_anim" else kind


def _ask(opened: dict[int, tuple[int, str]]) -> dict[int, Found]:
    """Asks the worker about all files; one that kills it is refused and the rest asked again."""
    found: dict[int, Found] = {}
    left = list(opened)
    while left:
        request = json.dumps({"files": [opened[at] for at in left], "limits": asdict(BUDGETS)})
        limits = Limits(cpu_s=BUDGETS.probe_cpu_s * len(left), space_bytes=4 << 30, file_bytes=1)
        lines = run_worker(WORKER, [opened[at][0] for at in left], request, limits)
        for at, line in zip(left, lines, strict=False):
            found[at] = _to_the_end(_facts(json.loads(line), opened[at][1]), opened[at][0])
        if len(lines) < len(left):
            culprit = left[len(lines)]
            found[culprit] = Refusal(
                "it could not be examined within ten seconds and 4 GiB of memory", "export it again"
            )
            lines = [*lines, ""]
        left = left[len(lines) :]
    return found


def _to_the_end(found: Found, descriptor: int) -> Found:
    """A WAV whose header gives no right length is as long as its samples, as it is decoded."""
    if isinstance(found, Refusal) or found.demuxer != "wav" or found.audio is None:
        return found
    wave = wave_data_of(descriptor)
    if wave is None or not wave.is_mended:
        return found
    return replace(found, audio=replace(found.audio, samples=wave.heard // wave.align))


def _facts(raw: dict[str, Any], demuxer: str) -> Found:
    """The worker's answer as facts, or the refusal that follows from it."""
    if "refused" in raw:
        refusal = Refusal(raw["refused"])
        return replace(refusal, remedy=raw["remedy"]) if raw.get("remedy") else refusal
    if "unreadable" in raw:
        return Refusal(_unreadable(str(raw["unreadable"]), demuxer))
    if "size" in raw:
        return too_large(*raw["size"])
    if raw["streams"] > BUDGETS.streams:
        return Refusal(f"it has {raw['streams']} streams, more than {BUDGETS.streams}", "export picture and sound only")
    is_still = demuxer in _STILLS
    try:
        video = (
            _video(raw["video"], Fraction(raw["start_us"] or 0, 1_000_000), is_still=is_still)
            if "video" in raw
            else None
        )
        audio = _audio(raw["audio"], raw.get("video")) if "audio" in raw and raw["audio"]["count"] else None
    except (ValueError, ZeroDivisionError) as error:
        return Refusal(str(error))
    if video is None and audio is None:
        return Refusal("there are neither pictures nor sound in it, or they lie in another file")
    over = [*(_dear_pictures(video) if video else ()), *(_dear_sound(audio) if audio else ())]
    return over[0] if over else MediaFacts(demuxer, is_still, video, audio)


def _unreadable(error: str, demuxer: str) -> str:
    if demuxer == "mov" and ("moov" in error or "Invalid data" in error):
        return "its index (moov) is missing or broken: probably half a download"
    if error == "End of file":
        return "it ends before its first picture or sound: probably half a download"
    return f"it begins like {KINDS[demuxer].name}, but cannot be read: {error.lower()}"


def _video(raw: dict[str, Any], start_s: Fraction, *, is_still: bool) -> VideoFacts | None:
    if not raw["packets"]:
        return None
    time_base = Fraction(raw["time_base"])
    pictures = pictures_of(raw["packets"], time_base, [Fraction(rate) for rate in raw["rates"]], is_still=is_still)
    times = [pts for pts, _, _ in raw["packets"] if pts is not None]
    first_s = min(times) * time_base if times else start_s
    field_order = raw["field_order"]
    if raw.get("is_interlaced") and field_order in {"progressive", "unknown"}:
        field_order = "tt"
    return VideoFacts(
        stream=raw["stream"],
        codec=raw["codec"],
        width=raw["width"],
        height=raw["height"],
        sar=Fraction(raw["sar"]) or Fraction(1),
        rotation=_clockwise(raw.get("rotation", 0)),
        pixel_format=raw["pixel_format"] or "unknown",
        bits=raw["bits"],
        has_alpha=raw["parts"] in {2, 4} or raw["has_palette"],
        is_rgb=raw["is_rgb"],
        field_order=field_order,
        color_range=raw["color_range"],
        color_matrix=raw["color_matrix"],
        color_primaries=raw["color_primaries"],
        color_transfer=raw["color_transfer"],
        pictures=pictures,
        lead=max(Fraction(0), first_s - start_s),
    )


def _clockwise(counter_clockwise_deg: int) -> int:
    """PyAV tells how far the picture was turned counter-clockwise; to stand upright it turns back clockwise."""
    return round(-counter_clockwise_deg / 90) % 4 * 90


def _audio(raw: dict[str, Any], video: dict[str, Any] | None) -> AudioFacts | None:
    time_base = Fraction(raw["time_base"])
    first = raw.get("first_heard")
    first_s = (raw["first"] if first is None else first) * time_base
    end_s = raw["end"] * time_base if raw["end"] else first_s + raw["ticks"] * time_base
    pictures = [pts for pts, _, _ in video["packets"] if pts is not None] if video else []
    zero_s = min(pictures) * Fraction(video["time_base"]) if video and pictures else first_s
    return AudioFacts(
        stream=raw["stream"],
        codec=raw["codec"],
        sample_rate=raw["sample_rate"],
        channels=raw["channels"],
        layout=raw["layout"],
        samples=max(0, round((end_s - first_s) * raw["sample_rate"])),
        lead=first_s - zero_s,
    )


def _not_taken(what: str, codec: str) -> Iterator[Refusal]:
    if codec not in DECODERS:
        yield Refusal(f"{what} coded as {codec}, which is not taken", "export it as H.264 with AAC or PCM sound")


def _dear_pictures(video: VideoFacts) -> Iterator[Refusal]:
    """What would cost more than a shot may, or is not decoded at all."""
    yield from _not_taken("its pictures are", video.codec)
    pictures, area = video.pictures, video.width * video.height
    if is_too_large(video.width, video.height):
        yield too_large(video.width, video.height)
    if min(video.width, video.height) < 2:
        yield Refusal("its picture has no size", "export it again")
    yield from _too_long("it", pictures.end)
    fps = pictures.count / pictures.end if pictures.end else Fraction(0)
    if pictures.count > 1 and not BUDGETS.least_fps <= fps <= BUDGETS.most_fps + 1:
        yield Refusal(f"it shows {float(fps):.3g} pictures a second; 1 to 240 are taken", "export it at 24 or 25")
    if pictures.count * area > BUDGETS.pixels_in_all:
        yield Refusal("it holds more pixels than a shot may cost", "export it shorter or smaller")


def _dear_sound(audio: AudioFacts) -> Iterator[Refusal]:
    yield from _not_taken("its sound is", audio.codec)
    if audio.channels > BUDGETS.channels:
        yield Refusal(f"it has {audio.channels} channels, more than {BUDGETS.channels}", "mix it down to stereo")
    if not BUDGETS.least_hz <= audio.sample_rate <= BUDGETS.most_hz:
        yield Refusal(f"its sound has {audio.sample_rate} Hz", "export it at 48 kHz")
    yield from _too_long("its sound", audio.seconds)


def _too_long(what: str, seconds: Fraction) -> Iterator[Refusal]:
    if seconds > BUDGETS.seconds:
        yield Refusal(f"{what} is longer than {BUDGETS.seconds // 60} minutes", "cut out the part you need")


__all__ = ["Found", "Refusal", "probe"]
