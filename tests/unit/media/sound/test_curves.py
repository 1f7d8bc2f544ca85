"""Fades follow the curve that is named, to the sample, wherever a block begins."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from filmkit.media.sound.curves import fade_factors
from filmkit.model.sound import Curve

LENGTH = 48_000


def whole(curve: str) -> np.ndarray:
    return fade_factors(0, LENGTH, LENGTH, curve)[:, 0].astype(np.float64)


def level_db(curve: str, share: float) -> float:
    return 20 * math.log10(whole(curve)[round(share * LENGTH)])


@pytest.mark.parametrize("curve", Curve)
def test_a_fade_rises_from_nothing_to_full(curve: Curve) -> None:
    factors = whole(curve)
    assert factors[0] < 0.006 and factors[-1] == pytest.approx(1, abs=2e-4)
    assert (np.diff(factors) > 0).mean() > 0.97 and (np.diff(factors) >= 0).all()
    assert (fade_factors(LENGTH, 10, LENGTH, curve) == 1).all()


def test_half_way_each_curve_is_where_an_editor_expects_it() -> None:
    levels = {curve.value: level_db(curve, 0.5) for curve in Curve}
    assert levels == {
        "linear": pytest.approx(-6.02, abs=0.01),
        "power": pytest.approx(-3.01, abs=0.01),
        "smooth": pytest.approx(-6.02, abs=0.01),
        "exponential": pytest.approx(-30.4, abs=0.1),
    }


def test_equal_power_and_its_mirror_add_up_in_power_and_smooth_in_amplitude() -> None:
    power, smooth = whole("power"), whole("smooth")
    assert np.abs(np.square(power) + np.square(power[::-1]) - 1).max() < 1e-6
    assert np.abs(smooth + smooth[::-1] - 1).max() < 1e-6
    assert max(np.diff(smooth)[[0, -1]]) < 1e-3 * np.diff(smooth).max()  # level at both ends


def test_exponential_is_straight_in_decibels_down_to_forty() -> None:
    for share in (0.35, 0.5, 0.65, 0.8, 0.95):
        assert level_db("exponential", share) == pytest.approx(-60.2 * (1 - share), abs=1.0)
    exact = (2.0 ** (10 * (np.arange(LENGTH) + 0.5) / LENGTH) - 1) / 1_023
    assert np.abs(whole("exponential") - exact).max() < 1e-7


@pytest.mark.parametrize("curve", Curve)
def test_blocks_of_a_fade_are_the_whole_fade(curve: Curve) -> None:
    parts = [fade_factors(first, 1_000, 4_321, curve) for first in range(0, 5_000, 1_000)]
    assert np.array_equal(np.concatenate(parts), fade_factors(0, 5_000, 4_321, curve))


def test_curves_have_the_same_bits_everywhere() -> None:
    """Sums, products and roots alone: another digest means that a processor or library computes otherwise."""
    factors = np.concatenate([fade_factors(0, 10_007, 10_007, curve) for curve in Curve])
    assert hashlib.sha256(factors.astype("<f4").tobytes()).hexdigest()[:16] == "0ae5ad0bf4c44cc7"


def test_a_curve_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no fade has the curve 'bezier'"):
        fade_factors(0, 10, 10, "bezier")
