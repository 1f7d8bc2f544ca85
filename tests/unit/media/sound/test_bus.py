"""The bus of a stem, measured: its gain, the response of its high-pass, and no seam between blocks."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from sounds import noise, tone

from filmkit.media.sound.bus import Bus, HighPass

RATE = 48_000
BLOCK = 65_536


def sent(bus: Bus, sound: npt.NDArray[np.float64], block: int = BLOCK) -> npt.NDArray[np.float64]:
    return np.concatenate([bus.through(sound[at : at + block]) for at in range(0, len(sound), block)])


def response_db(corner_hz: float, hz: float) -> float:
    """What a tone loses, both sides, once the filter has settled: RMS over whole periods."""
    count = 6 * RATE
    given = tone(hz, count, -12).astype(np.float64)
    settled = slice(count - round(round(hz * 3) / hz * RATE), count)
    heard = sent(Bus(high_pass_hz=corner_hz), given)[settled]
    ratio = np.square(heard).mean(axis=0) / np.square(given[settled]).mean(axis=0)
    assert ratio[0] == pytest.approx(ratio[1])
    return float(10 * math.log10(ratio[0]))


@pytest.mark.parametrize("corner_hz", [20, 80, 300, 1_000])
def test_high_pass_is_3_db_down_at_its_corner_and_falls_by_12_db_an_octave(corner_hz: float) -> None:
    assert response_db(corner_hz, corner_hz) == pytest.approx(-3.01, abs=0.05)
    assert response_db(corner_hz, corner_hz / 2) == pytest.approx(-12.3, abs=0.5)
    assert response_db(corner_hz, corner_hz / 4) - response_db(corner_hz, corner_hz / 2) == pytest.approx(-12, abs=0.5)
    assert response_db(corner_hz, corner_hz * 4) == pytest.approx(0, abs=0.1)


def test_high_pass_takes_dc_away() -> None:
    heard = sent(Bus(high_pass_hz=10), np.full((4 * RATE, 2), 0.5))
    assert np.abs(heard[2 * RATE :]).max() < 1e-6


@pytest.mark.parametrize("hz", [10, 80, 1_000])
def test_high_pass_is_the_recursion_of_its_biquad(hz: float) -> None:
    sound = noise(30_001, -12).astype(np.float64)
    corner = float(np.float32(math.tan(math.pi * hz / RATE)))
    scale = 1 / (1 + math.sqrt(2) * corner + corner**2)
    near, far = 2 * (corner**2 - 1) * scale, (1 - math.sqrt(2) * corner + corner**2) * scale
    wanted = np.zeros((len(sound) + 2, 2))
    padded = np.concatenate([np.zeros((2, 2)), sound])
    for at in range(2, len(padded)):
        driven = scale * (padded[at] - 2 * padded[at - 1] + padded[at - 2])
        wanted[at] = driven - near * wanted[at - 1] - far * wanted[at - 2]
    assert np.abs(sent(Bus(high_pass_hz=hz), sound) - wanted[2:]).max() < 1e-9


@pytest.mark.parametrize("block", [1, 127, 128, 4_096, 10_007])
def test_blocks_leave_no_seam(block: int) -> None:
    sound = noise(20_000 if block > 1 else 600, -12).astype(np.float64)
    whole = HighPass(80).filtered(sound)
    assert np.abs(sent(Bus(high_pass_hz=80), sound, block) - whole).max() < 1e-11


def test_gain_is_in_decibels_and_none_leaves_the_block_alone() -> None:
    sound = noise(5_000, -12).astype(np.float64)
    assert sent(Bus(-6.0), sound) == pytest.approx(sound * 10 ** (-6 / 20), rel=1e-6)
    assert np.array_equal(sent(Bus(), sound), sound)
