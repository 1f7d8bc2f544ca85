"""Cues that a re-cut has moved, a line for each distance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from filmkit.model.run import MovedCue
from filmkit.model.timebase import SAMPLE_RATE

_LINES = 5
_NAMES = 6


def moved_lines(moved: Sequence[MovedCue]) -> Iterator[str]:
    """``+12 f: horn, whoosh 3``: those that moved most together first; after some lines only how many more."""
    by_distance: dict[str, list[str]] = {}
    for cue in moved:
        by_distance.setdefault(_distance(cue), []).append(cue.cue)
    groups = sorted(by_distance.items(), key=lambda group: -len(group[1]))
    for distance, names in groups[:_LINES]:
        rest = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        yield f"{distance}: {', '.join(names[:_NAMES])}{rest}"
    if left := sum(len(names) for _, names in groups[_LINES:]):
        yield f"and {left} more by other distances"


def _distance(cue: MovedCue) -> str:
    return f"{cue.samples / SAMPLE_RATE:+.3f} s" + (f" ({cue.frames:+} f)" if cue.frames is not None else "")
