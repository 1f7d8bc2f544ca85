"""The minimum requirements of EBU Tech 3341 (table 1) and Tech 3342 (table 1), their signals made from the published
descriptions.

Left out: 3341-7 and -8, 3342-5 and -6, which are recorded programmes; and 3341-6, a signal of five channels: filmkit
folds a sound to stereo before it is mixed, so there is no meter of five channels to check. What the fold does to its
channels is checked with the sources. Live meters (9 and 12: constant readings) are read at every 2 ms.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sounds import RATE, Samples, joined, silence, tone, write_f32

from filmkit.media.sound.loudness import HOP_SAMPLES, Levels, highest_lufs, measure_levels, measure_loudness
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.truepeak import true_peak_dbtp

SHORT_TERM_S, MOMENTARY_S = 3.0, 0.4
ALL_20 = range(1, 21)


def levels_of(folder: Path, sound: Samples) -> Levels:
    return measure_levels(SoundFile(write_f32(folder / "sound.f32", sound)))


def steps(*levels: tuple[float, float]) -> Samples:
    """1 kHz on both sides: (peak in dBFS, seconds) one after the other."""
    return joined(*(tone(1_000, round(seconds * RATE), level) for level, seconds in levels))


def quiet(seconds: float) -> Samples:
    return silence(round(seconds * RATE))


def loudness_at_each_hop(levels: Levels, seconds: float) -> list[float]:
    """What a live meter reads every 2 ms, from the first moment its window is full."""
    count = round(seconds * RATE / HOP_SAMPLES)
    windows = np.lib.stride_tricks.sliding_window_view(levels.energy, count).sum(axis=1)
    return list(-0.691 + 10 * np.log10(windows / seconds / RATE))


@pytest.mark.parametrize(
    ("sound", "lufs"),
    [
        (steps((-23, 20)), -23.0),
        (steps((-33, 20)), -33.0),
        (steps((-36, 10), (-23, 60), (-36, 10)), -23.0),
        (steps((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0),
        (steps((-26, 20), (-20, 20.1), (-26, 20)), -23.0),
    ],
    ids=["3341-1", "3341-2", "3341-3", "3341-4", "3341-5"],
)
def test_integrated_loudness(tmp_path: Path, sound: Samples, lufs: float) -> None:
    assert measure_loudness(levels_of(tmp_path, sound)).integrated_lufs == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize(("level", "seconds"), [(-23.0, 20), (-33.0, 20)], ids=["3341-1", "3341-2"])
def test_a_steady_tone_reads_the_same_on_all_scales(tmp_path: Path, level: float, seconds: float) -> None:
    levels = levels_of(tmp_path, steps((level, seconds)))
    for window_s in (SHORT_TERM_S, MOMENTARY_S):
        assert highest_lufs(levels, window_s) == pytest.approx(level, abs=0.1)


def test_short_term_stands_still_while_levels_change_within_its_window_3341_9(tmp_path: Path) -> None:
    levels = levels_of(tmp_path, steps(*[(-20.0, 1.34), (-30.0, 1.66)] * 5))
    readings = loudness_at_each_hop(levels, SHORT_TERM_S)
    assert (min(readings), max(readings)) == (pytest.approx(-23.0, abs=0.1), pytest.approx(-23.0, abs=0.1))


@pytest.mark.parametrize("number", ALL_20)
def test_highest_short_term_is_found_wherever_it_begins_3341_10(tmp_path: Path, number: int) -> None:
    levels = levels_of(tmp_path, joined(quiet(number * 0.15), steps((-23.0, 3)), quiet(1)))
    assert highest_lufs(levels, SHORT_TERM_S) == pytest.approx(-23.0, abs=0.1)


def test_highest_short_term_of_each_of_twenty_segments_3341_11(tmp_path: Path) -> None:
    for number in ALL_20:
        segment = joined(quiet(number * 0.15), steps((-39.0 + number, 3)), quiet(3 - number * 0.15))
        highest = highest_lufs(levels_of(tmp_path, segment), SHORT_TERM_S)
        assert highest == pytest.approx(-39.0 + number, abs=0.1), number


def test_momentary_stands_still_while_levels_change_within_its_window_3341_12(tmp_path: Path) -> None:
    levels = levels_of(tmp_path, steps(*[(-20.0, 0.18), (-30.0, 0.22)] * 25))
    readings = loudness_at_each_hop(levels, MOMENTARY_S)[RATE // HOP_SAMPLES :]
    assert (min(readings), max(readings)) == (pytest.approx(-23.0, abs=0.1), pytest.approx(-23.0, abs=0.1))


@pytest.mark.parametrize("number", ALL_20)
def test_highest_momentary_is_found_wherever_it_begins_3341_13(tmp_path: Path, number: int) -> None:
    levels = levels_of(tmp_path, joined(quiet(number * 0.02), steps((-23.0, 0.4)), quiet(1)))
    assert highest_lufs(levels, MOMENTARY_S) == pytest.approx(-23.0, abs=0.1)


def test_highest_momentary_of_each_of_twenty_segments_3341_14(tmp_path: Path) -> None:
    for number in ALL_20:
        segment = joined(quiet(number * 0.02), steps((-39.0 + number, 0.4)), quiet(0.4 - number * 0.02))
        highest = highest_lufs(levels_of(tmp_path, segment), MOMENTARY_S)
        assert highest == pytest.approx(-39.0 + number, abs=0.1), number


@pytest.mark.parametrize(
    ("part", "amplitude", "degrees", "dbtp"),
    [(4, 0.50, 0.0, -6.0), (4, 0.50, 45.0, -6.0), (6, 0.50, 60.0, -6.0), (8, 0.50, 67.5, -6.0), (4, 1.41, 45.0, 3.0)],
    ids=["3341-15", "3341-16", "3341-17", "3341-18", "3341-19"],
)
def test_true_peak_of_a_sine_at_a_part_of_the_rate(
    tmp_path: Path, part: int, amplitude: float, degrees: float, dbtp: float
) -> None:
    """The sine begins and ends softly: a hard edge is a peak of its own."""
    wave = amplitude * np.sin(2 * np.pi * np.arange(RATE) / part + np.radians(degrees))
    wave *= np.clip(np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 4_800, 0, 1)
    check_peak(tmp_path, wave, dbtp)


@pytest.mark.parametrize("offset", range(4), ids=["3341-20", "3341-21", "3341-22", "3341-23"])
def test_true_peak_of_a_single_period_wherever_the_samples_fall(tmp_path: Path, offset: int) -> None:
    """One period of fs/4 at full scale within a softer fs/6, made at four times the rate, brought below half of it, and
    taken every fourth sample from ``offset`` on: the peak lies at another place between samples each time.
    """
    place = np.arange(4 * RATE)
    wave = 0.5 * np.sin(2 * np.pi * place / 24)
    middle = 2 * RATE - 2 * RATE % 24
    wave[middle : middle + 16] = np.sin(2 * np.pi * np.arange(16) / 16)
    wave *= np.clip(np.minimum(place, place[::-1]) / 19_200, 0, 1)
    spectrum = np.fft.rfft(wave)
    spectrum[np.fft.rfftfreq(len(wave), 1 / (4 * RATE)) > 20_000] = 0
    wave = np.fft.irfft(spectrum, len(wave))
    wave /= np.abs(np.fft.irfft(np.fft.rfft(wave), 4 * len(wave)) * 4).max()  # 0 dBTP: at sixteen times the rate
    check_peak(tmp_path, wave[offset::4], 0.0)


def check_peak(folder: Path, wave: npt.NDArray[np.float64], dbtp: float) -> None:
    """Tech 3341 allows +0.2 and −0.4 dB."""
    file = SoundFile(write_f32(folder / "sound.f32", np.repeat(wave[:, None], 2, axis=1).astype(np.float32)))
    assert dbtp - 0.4 <= true_peak_dbtp(file, measure_levels(file)) <= dbtp + 0.2


@pytest.mark.parametrize(
    ("sound", "lu"),
    [
        (steps((-20, 20), (-30, 20)), 10.0),
        (steps((-20, 20), (-15, 20)), 5.0),
        (steps((-40, 20), (-20, 20)), 20.0),
        (steps((-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)), 15.0),
    ],
    ids=["3342-1", "3342-2", "3342-3", "3342-4"],
)
def test_loudness_range(tmp_path: Path, sound: Samples, lu: float) -> None:
    """The standard allows 1 LU."""
    assert measure_loudness(levels_of(tmp_path, sound)).range_lu == pytest.approx(lu, abs=0.1)


# where the gates and percentiles of the formulas stand, which the signals of the tables do not tell apart


@pytest.mark.parametrize(("below", "lufs"), [(12.5, -22.77), (13.1, -20.0)])
def test_the_relative_gate_stands_10_lu_under_the_mean(tmp_path: Path, below: float, lufs: float) -> None:
    """Half of each: their mean is 2.8 LU under the louder one, so the gate is 12.8 LU under it."""
    sound = steps((-20, 30), (-20 - below, 30))
    assert measure_loudness(levels_of(tmp_path, sound)).integrated_lufs == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize(("below", "lu"), [(22.5, 22.5), (23.5, 0.0)])
def test_the_gate_of_the_range_stands_20_lu_under_the_mean(tmp_path: Path, below: float, lu: float) -> None:
    sound = steps((-20, 40), (-20 - below, 40))
    assert measure_loudness(levels_of(tmp_path, sound)).range_lu == pytest.approx(lu, abs=0.2)


def test_the_range_goes_from_the_10th_to_the_95th_percentile(tmp_path: Path) -> None:
    """A tone that falls by 20 dB in a minute: windows of 3 s lie evenly over 19 of them."""
    fall = 10.0 ** (-np.arange(60 * RATE) / RATE / 60)
    sound = (steps((-20, 60)) * fall[:, None]).astype(np.float32)
    assert measure_loudness(levels_of(tmp_path, sound)).range_lu == pytest.approx(0.85 * 19, abs=0.1)
