"""The meter on silence, on one side, and what its search for true peaks may leave out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sounds import Samples, noise, silence, tone, write_f32

from filmkit.media.sound.loudness import Loudness, measure_levels, measure_loudness
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.truepeak import measure_true_peak, true_peak_dbtp

SECOND = 48_000


def measured(folder: Path, sound: Samples) -> Loudness:
    return measure_loudness(measure_levels(SoundFile(write_f32(folder / "sound.f32", sound))))


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
