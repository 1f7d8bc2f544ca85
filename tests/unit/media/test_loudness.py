"""The meter reads what EBU Tech 3341 and 3342 say of signals defined by their levels, and peaks between samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sounds import Samples, joined, noise, silence, tone, write_f32

from filmkit.media.loudness import Loudness, measure_levels, measure_loudness
from filmkit.media.sound import SoundFile, decibels
from filmkit.media.truepeak import measure_true_peak, true_peak_dbtp

SECOND = 48_000


def measured(folder: Path, sound: Samples) -> Loudness:
    return measure_loudness(measure_levels(SoundFile(write_f32(folder / "sound.f32", sound))))


def steps(*levels: tuple[float, float]) -> Samples:
    """1 kHz on both sides: (peak in dBFS, seconds) one after the other."""
    return joined(*(tone(1_000, int(seconds * SECOND), level) for level, seconds in levels))


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
def test_integrated_loudness_is_that_of_ebu_3341(tmp_path: Path, sound: Samples, lufs: float) -> None:
    assert measured(tmp_path, sound).integrated_lufs == pytest.approx(lufs, abs=0.1)


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
def test_loudness_range_is_that_of_ebu_3342(tmp_path: Path, sound: Samples, lu: float) -> None:
    assert measured(tmp_path, sound).range_lu == pytest.approx(lu, abs=0.5)


def test_silence_and_less_than_a_gating_block_have_no_loudness(tmp_path: Path) -> None:
    assert measured(tmp_path, silence(SECOND)) == Loudness(None, 0.0)
    assert measured(tmp_path, tone(1_000, SECOND // 50)) == Loudness(None, 0.0)
    assert measured(tmp_path, tone(1_000, SECOND * 2 // 5)).integrated_lufs is not None
    assert measured(tmp_path, silence(0)) == Loudness(None, 0.0)


def test_a_side_alone_is_three_units_quieter(tmp_path: Path) -> None:
    both = measured(tmp_path, tone(1_000, 2 * SECOND, -20)).integrated_lufs
    one = measured(tmp_path, tone(1_000, 2 * SECOND, -20, sides=(0.0, 1.0))).integrated_lufs
    assert both is not None and one is not None
    assert both - one == pytest.approx(3.01, abs=0.01)


@pytest.mark.parametrize(("hz", "phase", "sample_peak_db"), [(12_000, 45, -9), (8_000, 60, -7.25), (16_000, 90, -6)])
def test_true_peak_is_found_between_samples(tmp_path: Path, hz: float, phase: float, sample_peak_db: float) -> None:
    wave = 0.5012 * np.sin(2 * np.pi * hz * np.arange(SECOND) / SECOND + np.radians(phase))
    fade = np.minimum(1.0, np.minimum(np.arange(SECOND), np.arange(SECOND)[::-1]) / 4_800)
    sound = np.repeat((wave * fade)[:, None], 2, axis=1).astype(np.float32)
    file = SoundFile(write_f32(tmp_path / "sound.f32", sound))
    levels = measure_levels(file)
    assert decibels(float(np.abs(sound).max())) == pytest.approx(sample_peak_db, abs=0.3)
    assert true_peak_dbtp(file, levels) == pytest.approx(-6.0, abs=0.2)


def test_hops_left_out_could_not_have_been_the_peak(tmp_path: Path) -> None:
    sound = noise(4 * SECOND, -20)
    sound[2 * SECOND : 2 * SECOND + 400] *= 3
    file = SoundFile(write_f32(tmp_path / "sound.f32", sound))
    spectrum = np.fft.rfft(sound, axis=0)
    exact = np.abs(np.fft.irfft(spectrum, 16 * SECOND, axis=0) * 4).max()
    assert true_peak_dbtp(file, measure_levels(file)) == pytest.approx(20 * np.log10(exact), abs=0.4)


@given(st.integers(0, 2**32), st.sampled_from([0.02, 0.2, 1.0]), st.floats(0.05, 1.0))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_hop_above_the_floor_is_left_out(tmp_path: Path, seed: int, smooth: float, share: float) -> None:
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal((SECOND, 2)) * random.random((SECOND, 1)) ** 3, axis=0)
    spectrum[int(len(spectrum) * smooth) :] = 0
    file = SoundFile(write_f32(tmp_path / "sound.f32", np.fft.irfft(spectrum, SECOND, axis=0).astype(np.float32)))
    levels = measure_levels(file)
    every = measure_true_peak(file, levels, floor=0.0)
    floor = float(every.max()) * share
    some = measure_true_peak(file, levels, floor=floor)
    assert (some[every > floor] == every[every > floor]).all()
    assert (some <= np.maximum(every, floor)).all()
