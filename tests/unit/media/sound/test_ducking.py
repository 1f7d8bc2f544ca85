"""The curve of a duck: straight in dB, as deep and as fast as asked, and 0 dB exactly where nothing presses."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.media.sound.ducking import DuckCurve, DuckShape, Point, duck_curve, ducked_samples, factors_of, write_curve
from filmkit.media.sound.pressing import HOLD_SAMPLES, Press

LENGTH = 200_000

shapes = st.builds(
    DuckShape, st.floats(0.5, 60).map(lambda by: round(by, 2)), st.integers(240, 60_000), st.integers(240, 90_000),
    st.integers(0, 70_000),
)  # fmt: skip


@st.composite
def press_lists(draw: st.DrawFn) -> list[Press]:
    """Presses as they are found: in order, the hold or more apart."""
    found, at = [], draw(st.integers(0, 60_000))
    for length in draw(st.lists(st.integers(1, 30_000), max_size=6)):
        if at < LENGTH:
            found.append((at, min(LENGTH, at + length)))
        at += length + draw(st.integers(HOLD_SAMPLES, 80_000))
    return found


def levels_db(points: list[Point]) -> npt.NDArray[np.float64]:
    """The level of every sample of the film, by numpy's own interpolation."""
    return np.interp(np.arange(LENGTH), [sample for sample, _ in points], [level for _, level in points])


def asked_db(presses: list[Press], shape: DuckShape) -> npt.NDArray[np.float64]:
    """The curve as the page says it: the lowest of what each press alone asks for."""
    samples, lowest = np.arange(LENGTH, dtype=np.float64), np.zeros(LENGTH)
    for start, stop in presses:
        down = start - shape.look_ahead + shape.attack
        fall = (samples - (down - shape.attack)) / shape.attack
        rise = 1 - (samples - max(stop, down)) / shape.release
        lowest = np.minimum(lowest, -shape.by_db * np.clip(np.minimum(fall, rise), 0, 1))
    return lowest


@given(press_lists(), shapes)
def test_curve_is_the_lowest_of_what_each_press_asks_for(presses: list[Press], shape: DuckShape) -> None:
    found = levels_db(duck_curve(presses, shape, LENGTH))
    within_a_sample = 1.01 * shape.by_db / min(shape.attack, shape.release) + 1e-5
    assert np.abs(found - asked_db(presses, shape)).max() < within_a_sample


@given(press_lists(), shapes)
def test_curve_is_never_above_0_nor_deeper_than_asked(presses: list[Press], shape: DuckShape) -> None:
    points = duck_curve(presses, shape, LENGTH)
    assert all(-shape.by_db <= level <= 0 for _, level in points)
    assert [points[0][0], points[-1][0]] == [0, LENGTH]
    assert all(first < last for (first, _), (last, _) in pairwise(points))


@given(press_lists(), shapes)
def test_curve_is_exactly_0_out_of_reach_of_any_press(presses: list[Press], shape: DuckShape) -> None:
    curve = DuckCurve(duck_curve(presses, shape, LENGTH))
    factors = curve.factors(0, LENGTH)
    reached = np.zeros(LENGTH, bool)
    for start, stop in presses:
        end = max(stop, start - shape.look_ahead + shape.attack) + shape.release
        reached[max(0, start - shape.look_ahead) : max(0, end)] = True
    assert factors is None or (factors[~reached] == 1.0).all()
    assert reached.any() or factors is None


@given(press_lists(), shapes)
def test_full_depth_stands_while_anything_presses(presses: list[Press], shape: DuckShape) -> None:
    found = levels_db(duck_curve(presses, shape, LENGTH))
    for start, stop in presses:
        down = max(start, start - shape.look_ahead + shape.attack)
        assert (np.abs(found[down:stop] + shape.by_db) < 1e-5).all()


@given(press_lists(), shapes)
def test_no_slope_is_steeper_than_attack_and_release(presses: list[Press], shape: DuckShape) -> None:
    points = duck_curve(presses, shape, LENGTH)
    for (first, low), (last, high) in pairwise(points):
        fastest = shape.by_db / (shape.release if high > low else shape.attack)
        assert abs(high - low) <= fastest * (last - first) + 2e-6


def test_fall_and_rise_take_as_long_as_asked() -> None:
    shape = DuckShape(9.0, attack=7_200, release=28_800, look_ahead=7_200)
    assert duck_curve([(48_000, 96_000)], shape, LENGTH) == [
        (0, 0.0), (40_800, 0.0), (48_000, -9.0), (96_000, -9.0), (124_800, 0.0), (LENGTH, 0.0),
    ]  # fmt: skip
    assert duck_curve([(48_000, 96_000)], DuckShape(9.0, 7_200, 28_800, 0), LENGTH)[1:3] == [
        (48_000, 0.0),
        (55_200, -9),
    ]


def test_a_gap_that_is_too_short_is_left_by_the_next_fall() -> None:
    points = duck_curve([(48_000, 60_000), (84_000, 96_000)], DuckShape(12.0, 6_000, 30_000, 6_000), LENGTH)
    assert points[3:6] == [(60_000, -12.0), (80_000, -4.0), (84_000, -12.0)]


def test_a_press_at_either_end_of_the_film_is_cut_with_it() -> None:
    shape = DuckShape(9.0, 7_200, 28_800, 7_200)
    assert duck_curve([(0, 1)], shape, LENGTH) == [(0, -9.0), (1, -9.0), (28_801, 0.0), (LENGTH, 0.0)]
    assert duck_curve([(3_600, 9_600)], shape, LENGTH)[0] == (0, -4.5)
    assert duck_curve([(LENGTH - 1, LENGTH)], shape, LENGTH)[-3:] == [
        (LENGTH - 7_201, 0.0), (LENGTH - 1, -9.0), (LENGTH, -9.0),
    ]  # fmt: skip


@pytest.mark.parametrize("by_db", [0.0, 9.0])
def test_no_press_or_no_depth_leaves_every_sample_alone(by_db: float) -> None:
    presses = [] if by_db else [(5_000, 90_000)]
    points = duck_curve(presses, DuckShape(by_db, 7_200, 28_800, 7_200), LENGTH)
    assert points == [(0, 0.0), (LENGTH, 0.0)] and ducked_samples(points) == 0
    assert DuckCurve(points).factors(0, LENGTH) is None


@given(st.integers(0, LENGTH - 1), st.integers(1, 70_000))
def test_any_run_of_the_curve_is_the_same_as_that_of_the_whole(first: int, count: int) -> None:
    points = duck_curve(
        [(9_000, 30_000), (45_000, 50_000), (150_000, 150_001)], DuckShape(9, 7_200, 28_800, 900), LENGTH
    )
    curve, count = DuckCurve(points), min(count, LENGTH - first)
    whole, part = curve.factors(0, LENGTH), curve.factors(first, count)
    assert whole is not None
    assert np.array_equal(np.ones(count, np.float32) if part is None else part, whole[first : first + count])


def test_factors_are_those_of_the_levels() -> None:
    levels = np.linspace(-60, 0, 100_001)
    assert factors_of(levels) == pytest.approx(10 ** (levels / 20), rel=1e-7)
    assert factors_of(np.zeros(3)).tolist() == [1.0, 1.0, 1.0]


def test_a_curve_comes_back_from_its_file(tmp_path: Path) -> None:
    points = duck_curve([(9_000, 30_000), (45_000, 50_000)], DuckShape(9, 7_200, 28_800, 7_200), LENGTH)
    write_curve(points, tmp_path / "curve.json")
    assert DuckCurve.read(tmp_path / "curve.json").points == points
