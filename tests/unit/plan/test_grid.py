"""Grids of beats, even and found, looped, in bars, and as far as they are heard."""

from __future__ import annotations

from fractions import Fraction

import pytest

from filmkit.plan.grid import BarGrid, EvenGrid, FoundGrid, Grid, HeardGrid, LoopedGrid

UNEVEN = FoundGrid(tuple(Fraction(text) for text in ("0.1", "0.7", "1.2", "1.8", "2.5", "3")))
EVEN = EvenGrid(Fraction("0.1"), Fraction("0.5"))


def times(grid: Grid | HeardGrid, first: int, last: int) -> list[float]:
    return [float(grid.at(index)) for index in range(first, last + 1)]


def heard(grid: Grid, *, at: str = "10", in_: str = "0", speed: str = "1", until: str | None = None) -> HeardGrid:
    until_s = None if until is None else Fraction(until)
    return HeardGrid(grid, Fraction(at), Fraction(in_), Fraction(speed), until_s)


@pytest.mark.parametrize("grid", [UNEVEN, EVEN], ids=["found", "even"])
def test_the_beat_before_a_time_is_the_last_one_that_has_come(grid: Grid) -> None:
    for index in range(5):
        beat = grid.at(index)
        assert grid.before(beat) == index == grid.before(grid.at(index + 1) - Fraction(1, 48_000))
    assert grid.before(Fraction(0)) < 0


def test_found_beats_have_an_end_and_even_ones_none() -> None:
    assert (UNEVEN.last, EVEN.last) == (5, None)
    assert UNEVEN.before(Fraction(100)) == 5


def test_bars_are_every_fourth_beat_from_one_of_them() -> None:
    bars = BarGrid(UNEVEN, 2, first=1)
    assert times(bars, 0, 2) == [0.7, 1.8, 3.0]
    assert bars.last == 2
    assert [bars.before(Fraction(text)) for text in ("0.6", "0.7", "1.79", "1.8", "9")] == [-1, 0, 0, 1, 2]


def test_heard_beats_are_counted_in_the_file_and_lie_in_the_film() -> None:
    """From 1 s of the file at half the speed: 1.2 s of the file are heard 0.4 s after the start."""
    grid = heard(UNEVEN, in_="1", speed="0.5", until="13")
    assert (grid.first, grid.last) == (2, 4)
    assert times(grid, 2, 4) == [10.4, 11.6, 13.0]
    assert [grid.has(index) for index in range(6)] == [False, False, True, True, True, False]


def test_music_that_begins_on_a_beat_has_it() -> None:
    assert heard(UNEVEN, in_="0.7").first == 1
    assert heard(EVEN, in_="0.6").first == 1


def test_the_beats_next_to_a_time_are_heard_ones() -> None:
    grid = heard(UNEVEN, in_="1", until="11.6")
    assert grid.nearest(Fraction("10.5")) == [2, 3]
    assert grid.nearest(Fraction(0)) == [2], "before the music: its first"
    assert grid.nearest(Fraction(99)) == [4], "after it: its last"
    assert heard(UNEVEN, in_="1.21", until="10.1").nearest(Fraction(10)) == [], "none is heard"


def test_a_loop_goes_on_counting() -> None:
    """The part from 0.5 s to 2.5 s holds three beats: 0.7, 1.2, 1.8; the one at 2.5 s begins the next turn's time."""
    grid = LoopedGrid(UNEVEN, Fraction("0.5"), Fraction(2))
    assert times(grid, 0, 7) == [0.1, 0.7, 1.2, 1.8, 2.7, 3.2, 3.8, 4.7]
    assert [grid.before(Fraction(text)) for text in ("0.05", "0.1", "0.69", "2.69", "2.7", "4.69", "4.7")] == [
        -1, 0, 0, 3, 4, 6, 7,
    ]  # fmt: skip
    assert heard(grid, in_="0.5", until="14.2").last == 7


def test_a_loop_of_a_whole_number_of_beats_is_an_endless_grid() -> None:
    grid = LoopedGrid(FoundGrid(tuple(Fraction(k, 2) for k in range(9))), Fraction(0), Fraction(4))
    assert times(grid, 0, 20) == [k / 2 for k in range(21)]
    assert all(grid.before(Fraction(k, 4)) == k // 2 for k in range(60))


def test_a_loop_without_a_beat_has_none() -> None:
    grid = heard(LoopedGrid(UNEVEN, Fraction("0.2"), Fraction("0.4")), in_="0.2", until="12")
    assert grid.nearest(Fraction(11)) == []
