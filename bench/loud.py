"""Twelve mixes brought to two levels by filmkit's mix stage and by ffmpeg-normalize, each a process of its own.

Both write AAC at 192 kb/s with true peaks below −1 dBTP. What they made is decoded and read by ffmpeg's ``ebur128``,
so that neither judges itself.
"""

from __future__ import annotations

import importlib.util
import math
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mixes import TWELVE
from sounds import Samples, write_f32, write_wav

from bench import ROOT
from bench.compare import Bench, Rows
from bench.corpus import RATE_HZ, ffmpeg_path
from bench.measure import Measured, RunFailed, run_measured
from bench.mixing import CEILING_DBTP

TARGETS_LUFS = (-14.0, -23.0)


@dataclass(frozen=True, slots=True)
class _Landed:
    """Where a mix came down, and what that took."""

    off_lu: float
    peak_dbtp: float
    cost: Measured

    def cells(self) -> tuple[str, str, str, str]:
        """Loudness beside its target, true peak, seconds of wall and CPU."""
        return f"{self.off_lu:+.2f}", f"{self.peak_dbtp:.1f}", f"{self.cost.wall_s:.2f}", f"{self.cost.cpu_s:.2f}"


def measure_loudness(bench: Bench) -> Rows:
    """Twelve mixes of half a minute, for −14 and −23 LUFS: how far off they land (LU), true peak (dBTP), seconds."""
    folder = bench.folder / "loudness"
    shutil.rmtree(folder, ignore_errors=True)
    names = ("off", "peak", "wall s", "CPU s")
    rows: Rows = [
        ("mix", "LUFS", *(f"filmkit: {names[0]}", *names[1:]), *(f"ffmpeg-normalize: {names[0]}", *names[1:]))
    ]
    for name, stems_of in TWELVE.items():
        stems = stems_of((20 if bench.is_quick else 30) * RATE_HZ)
        for lufs in TARGETS_LUFS:
            place = folder / f"{name} {lufs:g}"
            ours = _by_filmkit(place, stems, lufs)
            theirs = _by_ffmpeg_normalize(place, sum(stems.values()), lufs)
            rows.append((name, f"{lufs:g}", *ours.cells(), *(theirs.cells() if theirs else ("none", "", "", ""))))
            shutil.rmtree(place)
    return rows


def _by_filmkit(folder: Path, stems: dict[str, Samples], lufs: float) -> _Landed:
    (folder / "stems").mkdir(parents=True)
    for name, sound in stems.items():
        write_f32(folder / "stems" / f"{name}.f32", sound)
    command = [sys.executable, "-m", "bench.mixing", str(folder), f"{lufs:g}"]
    cost = run_measured(command, folder=ROOT)
    return _landed(folder / "bench" / "sound.m4a", lufs, cost)


def _by_ffmpeg_normalize(folder: Path, sound: Samples, lufs: float) -> _Landed | None:
    """With its defaults (EBU R128, two passes); None where it is not installed, or failed."""
    if importlib.util.find_spec("ffmpeg_normalize") is None:
        return None
    wav, made = write_wav(folder / "mix.wav", sound, bits=32), folder / "normalized.m4a"
    command = [sys.executable, "-m", "ffmpeg_normalize", str(wav), "-t", f"{lufs:g}", "-tp", f"{CEILING_DBTP:g}",
               "-c:a", "aac", "-b:a", "192k", "-ar", str(RATE_HZ), "-o", str(made)]  # fmt: skip
    try:
        cost = run_measured(command, env={"FFMPEG_PATH": ffmpeg_path()})
    except RunFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return None
    return _landed(made, lufs, cost)


def _landed(file: Path, lufs: float, cost: Measured) -> _Landed:
    read = "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:file=-"
    command = [ffmpeg_path(), "-nostdin", "-v", "error", "-i", str(file), "-af", read, "-f", "null", os.devnull]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    loudness = float(re.findall(r"r128\.I=(\S+)", said)[-1])
    peak = max(float(value) for value in re.findall(r"r128\.true_peaks_ch[01]=(\S+)", said))
    return _Landed(loudness - lufs, 20 * math.log10(peak), cost)
