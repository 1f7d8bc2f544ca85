"""The three ffmpeg runs sound needs: a foreign file decoded, the mix encoded, what was encoded decoded again.

All run with the processor's newest instructions switched off: resamplers and the AAC coder sum in another order where
those are used, and the same film would give other samples on another machine. That costs about a tenth of their time.
"""

from __future__ import annotations

import platform
from pathlib import Path

from filmkit.media.gate import GATE_BENIGN, GATE_FLAGS
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.sound import SoundFile
from filmkit.media.workbench import Workbench
from filmkit.model.timebase import SAMPLE_RATE

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


def encode_aac(bench: Workbench, sound: SoundFile, bitrate_kbps: int) -> Path:
    """Encodes a whole sound once to ``sound.m4a``; its edit list carries the encoder's delay and the exact length."""
    argv = (*steady_cpu_flags(), *RAW, "-i", "in:mix", "-c:a", "aac", *_CODER, "-b:a", f"{bitrate_kbps}k",
            "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
            "-f", "ipod", "out:sound.m4a")  # fmt: skip
    run_tool(bench.ffmpeg, ToolJob(argv, {"mix": sound.path}, bench.folder))
    return bench.folder / "sound.m4a"


def decode_aac(bench: Workbench, encoded: Path) -> SoundFile:
    """Decodes our own m4a to ``heard.f32``, as a player does: edit list applied."""
    argv = (*steady_cpu_flags(), "-f", "mov", "-i", "in:encoded", "-c:a", "pcm_f32le", "-f", "f32le", "out:heard.f32")
    run_tool(bench.ffmpeg, ToolJob(argv, {"encoded": encoded}, bench.folder))
    return SoundFile(bench.folder / "heard.f32")
