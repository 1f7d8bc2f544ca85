"""Pictures that move, made by ``render`` itself: nothing has to be generated, and this is how that is said. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 6


def nothing_to_generate(shots: Sequence[str]) -> str:
    """``harbour/boat: nothing has to be generated, …``; empty without shots."""
    if not shots:
        return ""
    named = ", ".join(shots[:_MOST]) + (f" and {len(shots) - _MOST} more" if len(shots) > _MOST else "")
    whose = "its picture is" if len(shots) == 1 else "their pictures are"
    return f"{named}: nothing has to be generated; {whose} moved by `filmkit render` (still)"
