"""What placing cues costs: every file decoded once, the cues placed and summed, apart from metering and AAC."""

from __future__ import annotations

import shutil

from manycues import cost_of

from bench.compare import Bench, Rows


def measure_cues(bench: Bench) -> Rows:
    """Decoding, placing and summing, in a process of its own: CPU as a share of the film's length, memory."""
    folder = bench.folder / "cues"
    rows: Rows = [("film", "cues", "CPU s", "share of its length", "peak MiB")]
    for minutes, cues in ((1, 10), (1, 1000), (10, 10), (10, 1000)):
        shutil.rmtree(folder, ignore_errors=True)
        cost = cost_of(folder, 60 * minutes, cues)
        share = cost.cpu_s / (60 * minutes)
        rows.append((f"{minutes} min", str(cues), f"{cost.cpu_s:.2f}", f"{share:.4f}", f"{cost.peak_mib:.0f}"))
    shutil.rmtree(folder)
    return rows
