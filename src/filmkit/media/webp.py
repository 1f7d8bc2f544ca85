"""Animated WebP: its pictures counted from the chunks (RFC 9649), for PyAV's library reads none; ffmpeg does."""

from __future__ import annotations

import os
import struct
from typing import Any

from filmkit.media.budgets import BUDGETS
from filmkit.media.headers import declared_size


def animated_webp(descriptor: int) -> dict[str, Any]:
    """Raw facts as the probe's worker gives them, or ``{"refused"}``; nothing is decoded."""
    packets: list[tuple[int, int, bool]] = []
    coded: set[bytes] = set()
    at, shown_ms = 12, 0
    while len(head := os.pread(descriptor, 8, at)) == 8 and len(packets) < BUDGETS.packets:
        kind, length = struct.unpack("<4sI", head)
        if kind == b"ANMF":
            frame = os.pread(descriptor, 20, at + 8)
            lasts_ms = int.from_bytes(frame[12:15], "little")
            packets.append((shown_ms, lasts_ms, not packets))
            coded.add(frame[16:20])
            shown_ms += lasts_ms
        at += 8 + length + length % 2
    if at > os.fstat(descriptor).st_size:
        return {"refused": "it ends before its last picture does: probably half a download"}
    is_rgb = b"VP8L" in coded
    if is_rgb and len(coded) > 1:
        return {"refused": "some of its pictures are lossless and some are not: filmkit reads all or none"}
    return {"streams": 1, "start_us": 0, "video": _video(descriptor, packets, is_rgb=is_rgb)}


def _video(descriptor: int, packets: list[tuple[int, int, bool]], *, is_rgb: bool) -> dict[str, Any]:
    """The decoder gives ``argb`` for lossless pictures, BT.601 with alpha for others."""
    width, height = declared_size(os.pread(descriptor, 32, 0), "webp_anim") or (0, 0)
    return {"stream": 0, "codec": "webp_anim", "width": width, "height": height, "sar": "1", "bits": 8, "parts": 4,
            "pixel_format": "argb" if is_rgb else "yuva420p", "is_rgb": is_rgb, "has_palette": False,
            "color_range": "pc" if is_rgb else "tv", "color_matrix": "gbr" if is_rgb else "bt470bg",
            "color_primaries": "unknown", "color_transfer": "unknown", "field_order": "progressive",
            "time_base": "1/1000", "rates": [], "packets": packets}  # fmt: skip
