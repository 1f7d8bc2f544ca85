"""How much a foreign file may be. All numbers in one place; only the person who runs filmkit may raise them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budgets:
    """Limits of one file, checked from the probe before anything is decoded."""

    file_bytes: int = 2 << 30
    still_bytes: int = 256 << 20
    packed_text_bytes: int = 8 << 20
    seconds: int = 30 * 60
    side_px: int = 8192
    area_px: int = 35_389_440
    least_fps: int = 1
    most_fps: int = 240
    streams: int = 8
    packets: int = 600_000
    channels: int = 8
    least_hz: int = 8_000
    most_hz: int = 192_000
    pixels_in_all: int = 5_000_000_000_000
    probe_cpu_s: int = 10


BUDGETS = Budgets()
"""The defaults."""
