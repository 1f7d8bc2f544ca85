"""What has become of the cues since the last render: a line for each distance that some moved by, for new ones and for
those that are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from filmkit.model.run import CueChanges, MovedCue
from filmkit.model.timebase import SAMPLE_RATE

_LINES = 5
_NAMES = 6


def cue_lines(cues: CueChanges) -> Iterator[tuple[str, str]]:
    """(``moved``, ``new`` or ``gone``, a line of what has)."""
    yield from (("moved", line) for line in _moved_lines(cues.moved))
    yield from ((word, _listed(names)) for word, names in (("new", cues.new), ("gone", cues.gone)) if names)


def _moved_lines(moved: Sequence[MovedCue]) -> Iterator[str]:
    """``+12 f: horn, whoosh 3``: those that moved most together first; after some lines only how many more."""
    by_distance: dict[str, list[str]] = {}
    for cue in moved:
        by_distance.setdefault(_distance(cue), []).append(cue.cue)
    groups = sorted(by_distance.items(), key=lambda group: -len(group[1]))
    for distance, names in groups[:_LINES]:
        yield f"{distance}: {_listed(names)}"
    if left := sum(len(names) for _, names in groups[_LINES:]):
        yield f"and {left} more by other distances"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")


def _distance(cue: MovedCue) -> str:
    return f"{cue.samples / SAMPLE_RATE:+.3f} s" + (f" ({cue.frames:+} f)" if cue.frames is not None else "")
