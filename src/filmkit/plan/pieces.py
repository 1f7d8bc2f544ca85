"""Pieces: the timeline cut wherever the recipe of a frame changes. Each piece becomes one segment.

A shot alone, the overlap of a join, the part of a shot under a title. A title's edge does not cut a join (the overlap
is one piece, the title lies over part of it), nor closer than half a second to another cut: short pieces cost bytes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from filmkit.model.timeline import Clip, Timeline, TitleClip


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames [``start``, ``stop``) of the film: one clip, or two where ``second`` takes over by its join."""

    start: int
    stop: int
    first: Clip
    second: Clip | None = None
    titles: tuple[TitleClip, ...] = ()
    part: str = ""

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.stop - self.start

    @property
    def shots(self) -> tuple[str, ...]:
        """The shots it shows."""
        return (self.first.shot,) if self.second is None else (self.first.shot, self.second.shot)

    @property
    def name(self) -> str:
        """``harbour/boat 1/2``, ``harbour/boat → harbour/keeper``."""
        return " → ".join(self.shots) + (f" {self.part}" if self.part else "")


def pieces(timeline: Timeline) -> list[Piece]:
    """All pieces in order; their frames add up to the film's."""
    found: list[Piece] = []
    clips = timeline.clips
    shortest = max(4, timeline.rate.nominal // 2)
    wanted = sorted({edge for title in timeline.titles for edge in (title.start, title.stop)})
    for at, clip in enumerate(clips):
        after = clips[at + 1] if at + 1 < len(clips) else None
        alone = (clip.start + clip.join.frames, clip.stop - (after.join.frames if after else 0))
        edges = list(_edges(alone, wanted, shortest))
        for part, (start, stop) in enumerate(pairwise(edges)):
            label = f"{part + 1}/{len(edges) - 1}" if len(edges) > 2 else ""
            found.append(Piece(start, stop, clip, None, _over(timeline, start, stop), label))
        if after is not None and after.join.frames:
            start, stop = after.start, after.start + after.join.frames
            found.append(Piece(start, stop, clip, after, _over(timeline, start, stop)))
    return found


def _edges(alone: tuple[int, int], wanted: Sequence[int], shortest: int) -> Iterator[int]:
    """Where the frames of a clip alone are cut, both ends included; ``wanted`` are the edges of all titles, in order.
    Nothing where the joins leave no frame.
    """
    start, stop = alone
    if start >= stop:
        return
    yield start
    last = start
    for edge in wanted[bisect_left(wanted, start + shortest) : bisect_right(wanted, stop - shortest)]:
        if edge - last >= shortest:
            yield edge
            last = edge
    yield stop


def _over(timeline: Timeline, start: int, stop: int) -> tuple[TitleClip, ...]:
    return tuple(title for title in timeline.titles if title.start < stop and title.stop > start)
