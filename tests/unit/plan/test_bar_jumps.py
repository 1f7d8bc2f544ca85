"""Jumps between bars: as many bars as asked for, never a run too short, and no way costs less."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmkit.plan.bar_jumps import SEAM_COST, Jump, best_jumps, shortest_run

Likeness = list[list[int]]


def rows(text: str) -> Likeness:
    """Bar lines of a song written as letters, a bar each: alike where both bars beside them are, half where one is."""
    around = [(text[at - 1] if at else "", text[at] if at < len(text) else "") for at in range(len(text) + 1)]
    return [[50 * (a[0] == b[0]) + 50 * (a[1] == b[1]) for b in around[:at]] for at, a in enumerate(around)]


def cost(jumps: Sequence[Jump]) -> int:
    return sum(SEAM_COST + 100 - jump.likeness for jump in jumps)


def bars_heard(jumps: Sequence[Jump], bars: int) -> list[int]:
    """The bars in the order they are heard."""
    heard: list[int] = []
    at = 0
    for jump in jumps:
        heard += range(at, jump.start)
        at = jump.to
    return [*heard, *range(at, bars)]


def song(jumps: Sequence[Jump] | None, text: str) -> str:
    assert jumps is not None
    return "".join(text[bar] for bar in bars_heard(jumps, len(text)))


def test_a_verse_is_repeated_where_it_comes_again() -> None:
    """Intro, verse ABCD twice, ending: four more bars are one more verse, without a bad seam."""
    text = "iiABCDABCDee"
    jumps = best_jumps(rows(text), 4)
    assert jumps is not None and [jump.likeness for jump in jumps] == [100]
    assert song(jumps, text) == "iiABCDABCDABCDee"
    assert song(best_jumps(rows(text), 8), text) == "iiABCDABCDABCDABCDee"


def test_two_good_seams_are_better_than_a_bad_one() -> None:
    text = "iABABABABABABABe"
    bad = best_jumps(rows("iABCDEFGHIJKLMNe"), 14)
    assert bad is not None and len(bad) == 1 and bad[0].likeness < 100, "where there are no good ones"
    jumps = best_jumps(rows(text), 14)
    assert jumps is not None and [jump.likeness for jump in jumps] == [100, 100]
    assert len(song(jumps, text)) == len(text) + 14


def test_one_good_seam_is_better_than_two() -> None:
    text = "iABABABABABABABABe"
    jumps = best_jumps(rows(text), 4)
    assert jumps is not None and [jump.bars for jump in jumps] == [4]


@settings(max_examples=60)
@given(
    text=st.text("ABC", min_size=4, max_size=8),
    more=st.integers(1, 7),
    noise=st.lists(st.integers(0, 30), min_size=45, max_size=45),
)
def test_no_other_way_costs_less(text: str, more: int, noise: list[int]) -> None:
    """Against all ways there are, tried one by one."""
    drawn = iter(noise)
    likeness = [[max(0, value - next(drawn)) for value in row] for row in rows(text)]
    run = shortest_run(len(text))
    ways = [path for path in _all_ways(likeness, more, 0, run)]
    jumps = best_jumps(likeness, more)
    if not ways:
        assert jumps is None
        return
    assert jumps is not None and cost(jumps) == min(map(cost, ways))
    check_runs(jumps, len(text), more)


def _all_ways(likeness: Likeness, more: int, begun: int, run: int) -> list[list[Jump]]:
    lines = len(likeness)
    if more == 0:
        return [[]] if lines - 1 - begun >= run else []
    return [
        [Jump(at, to, likeness[at][to]), *rest]
        for at in range(begun + run, lines)
        for to in range(max(0, at - more), at)
        for rest in _all_ways(likeness, more - (at - to), to, run)
    ]


def check_runs(jumps: Sequence[Jump], bars: int, more: int) -> None:
    run = shortest_run(bars)
    assert sum(jump.bars for jump in jumps) == more and all(jump.bars > 0 for jump in jumps)
    assert jumps[0].start >= run and bars - jumps[-1].to >= run, "beginning and ending are kept"
    assert all(after.start - before.to >= run for before, after in pairwise(jumps))


@pytest.mark.parametrize("more", [1, 3, 17, 64, 400])
@pytest.mark.parametrize("bars", [4, 8, 33, 120])
def test_any_length_is_reached(bars: int, more: int) -> None:
    likeness = [[(at * 7 + to * 13) % 101 for to in range(at)] for at in range(bars + 1)]
    jumps = best_jumps(likeness, more)
    assert jumps is not None
    check_runs(jumps, bars, more)
    assert jumps == best_jumps(likeness, more), "the same each time"


@pytest.mark.parametrize("bars", [0, 1, 3])
def test_a_handful_of_bars_is_too_little(bars: int) -> None:
    assert best_jumps(rows("A" * bars), 2) is None
