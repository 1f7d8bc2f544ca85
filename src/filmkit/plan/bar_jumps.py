"""Which bars of a piece of music to repeat so that it lasts longer: jumps back from one bar line to an earlier one.

The beginning and the ending are kept: between the first bar and the first jump, between two jumps, and between the
last jump and the end, some bars run as they were written. Of all ways that make the music so many bars longer, the one
with the least cost is taken, where a jump costs what its two bar lines lack of being alike (0 … 100), and ten more: a
few good seams rather than many, but not one bad one rather than two good ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SEAM_COST: Final = 10
LEAST_BARS: Final = 4
"""Music of fewer whole bars has nothing to repeat that would not be heard as a loop."""

_CHOICES: Final = 8
"""Of each bar line, so many jumps are tried first: the best ones, and the best for their length."""

_MOST_WORK: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Jump:
    """From bar line ``start`` back to bar line ``to``; ``likeness`` of the two 0 … 100."""

    start: int
    to: int
    likeness: int

    @property
    def bars(self) -> int:
        """How many bars longer it makes the music."""
        return self.start - self.to


def shortest_run(bars: int) -> int:
    """How many bars in a row are heard at least as they were written, in music of so many bars."""
    return 4 if bars >= 16 else 2 if bars >= 8 else 1


def best_jumps(likeness: Sequence[Sequence[int]], more: int) -> tuple[Jump, ...] | None:
    """The jumps, in the order they are heard, that make the music ``more`` (≥ 1) bars longer; None where no way does.

    ``likeness`` has a row for each bar line, from that at which the first bar begins to that at which the last one
    ends; row i has i numbers. Always the same answer for the same numbers.
    """
    lines = len(likeness)
    if lines <= LEAST_BARS:
        return None
    few = _Search(likeness, [_few(likeness, at) for at in range(lines)], more).path()
    if few is not None or lines * lines * more > _MOST_WORK:
        return few
    return _Search(likeness, [tuple(range(at)) for at in range(lines)], more).path()


def _few(likeness: Sequence[Sequence[int]], at: int) -> tuple[int, ...]:
    """The bar lines that are worth jumping to from one: those most like it, and those likest for what they gain."""
    cost = [_cost(likeness[at][to]) for to in range(at)]
    best = sorted(range(at), key=lambda to: (cost[to], to))[:_CHOICES]
    longest = sorted(range(at), key=lambda to: (cost[to] / (at - to), to))[:_CHOICES]
    return tuple(sorted({*best, *longest}))


def _cost(likeness: int) -> int:
    return SEAM_COST + 100 - likeness


_NEVER: Final = 1 << 40


class _Search:
    """Least cost of ``more`` bars, worked out from the end: ``_from[r][j]`` is that of r bars still to be gained when a
    run has just begun at bar line j, ``_leaps[r][i]`` that of jumping from bar line i.
    """

    def __init__(self, likeness: Sequence[Sequence[int]], choices: Sequence[tuple[int, ...]], more: int) -> None:
        self._likeness, self._choices, self._more = likeness, choices, more
        self._lines = len(likeness)
        self._run = shortest_run(self._lines - 1)
        ends = [0 if self._lines - 1 - at >= self._run else _NEVER for at in range(self._lines)]
        self._from: list[list[int]] = [ends]
        self._next: list[list[tuple[int, int]]] = [[(0, 0)] * self._lines]
        for left in range(1, more + 1):
            self._work_out(left)

    def _work_out(self, left: int) -> None:
        """The row of ``left`` bars: the best jump from each bar line, then the best of all those after each."""
        leaps = [self._leap(at, left) for at in range(self._lines)]
        costs, after = [_NEVER] * self._lines, [(0, 0)] * self._lines
        best, way = _NEVER, (0, 0)
        for begun in range(self._lines - 1 - self._run, -1, -1):
            at = begun + self._run
            if leaps[at][0] <= best and leaps[at][0] < _NEVER:  # of equals, the earliest
                best, way = leaps[at][0], (at, leaps[at][1])
            costs[begun], after[begun] = best, way
        self._from.append(costs)
        self._next.append(after)

    def _leap(self, at: int, left: int) -> tuple[int, int]:
        found = (_NEVER, 0)
        for to in self._choices[at]:
            if at - to <= left:
                rest = self._from[left - (at - to)][to]
                found = min(found, (rest + _cost(self._likeness[at][to]), to))
        return found if found[0] < _NEVER else (_NEVER, 0)

    def path(self) -> tuple[Jump, ...] | None:
        """The jumps of the least cost, or None."""
        left, begun = self._more, 0
        if self._from[left][0] >= _NEVER:
            return None
        jumps = []
        while left:
            at, to = self._next[left][begun]
            jumps.append(Jump(at, to, self._likeness[at][to]))
            left, begun = left - (at - to), to
        return tuple(jumps)
