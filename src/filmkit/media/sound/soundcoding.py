"""The two ffmpeg runs sound needs: a foreign file decoded, and the mix encoded and decoded again.

All run with the processor's newest instructions switched off: resamplers and the AAC coder sum in another order where
those are used, and the same film would give other samples on another machine. That costs about a tenth of their time.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from filmkit.errors import StepFailed
from filmkit.media.gate import GATE_BENIGN, GATE_FLAGS
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.sound.comingsound import ComingSound
from filmkit.media.sound.samples import SoundFile
from filmkit.media.workbench import Workbench
from filmkit.model.timebase import SAMPLE_RATE

Heard = TypeVar("Heard")

_CODER = ("-aac_coder", "fast", "-aac_is", "0", "-aac_pns", "0")
"""As good as the default from 128 kb/s up in a third of its time. Intensity stereo and noise substitution are tools
for low rates: without them stereo keeps its phase above 6 kHz, and peaks rise half as much.
"""

RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2")
"""How our own ``.f32`` files are read and written."""


def steady_cpu_flags() -> tuple[str, ...]:
    """The arguments that make every x86-64 processor since 2008 (numpy needs no less) compute the same samples."""
    return ("-cpuflags", "sse4.2") if platform.machine().lower() in {"x86_64", "amd64"} else ()


def decode_foreign(bench: Workbench, file: Path, demuxer: str, stream: int, pan: str) -> SoundFile:
    """Decodes stream ``stream`` of one of the film's files through the gate to ``decoded.f32``.

    ``pan`` is the value of the pan filter. The fold is done in float, before the resampler, so that sums above full
    scale are kept.
    """
    chain = f"aformat=sample_fmts=fltp,pan={pan},aresample={SAMPLE_RATE},asetpts=N/SR/TB"  # times of a chain step back
    argv = (*steady_cpu_flags(), *GATE_FLAGS, "-f", demuxer, "-i", "in:sound", "-map", f"0:{stream}",
            "-af", chain, "-c:a", "pcm_f32le", "-f", "f32le", "out:decoded.f32")  # fmt: skip
    run_tool(bench.ffmpeg, ToolJob(argv, {"sound": file}, bench.folder, benign=GATE_BENIGN))
    return SoundFile(bench.folder / "decoded.f32")


def encode_aac(bench: Workbench, sound: SoundFile, bitrate_kbps: int, hear: Callable[[SoundFile], Heard]) -> Heard:
    """Encodes a whole sound once to ``sound.m4a``; its edit list carries the encoder's delay and the exact length.

    The same process decodes what it encodes, and ``hear`` gets that as a sound of the same length while it comes, on a
    thread of its own: reading waits for what is not there yet. Returns what ``hear`` returns. Raises StepFailed where
    the file does not keep the length.
    """
    argv = (*steady_cpu_flags(), *RAW, "-i", "in:mix", "-map", "0:a", "-c:a", "aac", *_CODER, "-b:a",
            f"{bitrate_kbps}k", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
            "-f", "ipod", "out:sound.m4a",
            "-dec", "0:0", "-filter_complex", "[dec:0]anull[heard]", "-map", "[heard]",
            "-c:a", "pcm_f32le", "-f", "f32le", "out:heard.f32")  # fmt: skip
    job = ToolJob(argv, {"mix": sound.path}, bench.folder, passing=frozenset({"heard.f32"}))
    coming = ComingSound(bench.folder / "heard.f32", sound.samples)
    with ThreadPoolExecutor(1) as pool:
        hearing = pool.submit(hear, coming)
        try:
            run_tool(bench.ffmpeg, job)
        finally:
            coming.finish()
        _check_length(bench.folder / "sound.m4a", sound.samples)
        return hearing.result()


def _check_length(file: Path, samples: int) -> None:
    """That a player plays ``samples`` of it, from the first. Raises StepFailed."""
    import av

    with av.open(str(file)) as container:
        stream = container.streams.audio[0]
        if (stream.start_time, stream.duration) != (0, samples):
            found = f"{stream.duration} samples from {stream.start_time}"
            raise StepFailed("mix", f"the encoder gave {found} instead of {samples} from 0")
