"""Gain and limiter foresee what they do: loudness is met, no true peak passes, what is not loud is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import Samples, bursts, clicks, joined, noise, silence, tone, write_f32

from filmkit.media.sound.limiter import MOST_LIMITING_DB, Shaping, limiter_factors, plan_shaping, shaped
from filmkit.media.sound.loudness import HOP_SAMPLES, measure_levels, measure_loudness
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.truepeak import measure_true_peak, true_peak_dbtp

SECOND = 48_000


def brought(folder: Path, sound: Samples, lufs: float = -14.0, ceiling: float = -1.0) -> tuple[Samples, Shaping]:
    file = SoundFile(write_f32(folder / "before.f32", sound))
    levels = measure_levels(file)
    shaping = plan_shaping(levels, measure_true_peak(file, levels, floor=0), target_lufs=lufs, ceiling_dbtp=ceiling)
    blocks = [shaped(samples, start, shaping) for start, samples in file.blocks(HOP_SAMPLES * 100)]
    return np.concatenate(blocks), shaping


def levels_of(folder: Path, sound: Samples) -> tuple[float | None, float]:
    file = SoundFile(write_f32(folder / "after.f32", sound))
    levels = measure_levels(file)
    return measure_loudness(levels).integrated_lufs, true_peak_dbtp(file, levels)


@pytest.mark.parametrize(
    "sound",
    [
        tone(300, 6 * SECOND, -30) + bursts(6 * SECOND, range(0, 6 * SECOND, SECOND // 2), -22),
        noise(6 * SECOND, -16),
        joined(noise(4 * SECOND, -46), noise(2 * SECOND, -20)),
        tone(997, 6 * SECOND, -40),
    ],
    ids=["music", "hot", "dynamic", "quiet"],
)
@pytest.mark.parametrize("lufs", [-14.0, -23.0])
def test_loudness_is_met_and_no_peak_passes(tmp_path: Path, sound: Samples, lufs: float) -> None:
    after, _ = brought(tmp_path, sound, lufs)
    found, peak = levels_of(tmp_path, after)
    assert found == pytest.approx(lufs, abs=0.05)
    assert peak <= -1.0 + 0.05


def test_a_mix_that_fits_is_only_multiplied(tmp_path: Path) -> None:
    sound = tone(997, 2 * SECOND, -30)
    after, shaping = brought(tmp_path, sound, -20)
    assert not shaping.is_limited
    assert np.allclose(after, sound * 10 ** (shaping.gain_db / 20), rtol=1e-6, atol=0)


def test_one_loud_moment_comes_down_and_the_rest_stays(tmp_path: Path) -> None:
    sound = tone(997, 4 * SECOND, -17)
    sound[2 * SECOND : 2 * SECOND + 480] *= 20
    after, shaping = brought(tmp_path, sound)
    factor = 10 ** (shaping.gain_db / 20)
    far = np.r_[0 : 2 * SECOND - 1_500, 2 * SECOND + 40_000 : 4 * SECOND]
    assert np.allclose(after[far], sound[far] * factor, rtol=1e-6, atol=0)
    assert levels_of(tmp_path, after)[1] <= -0.95


def test_silence_stays_silent_and_clicks_are_not_blown_up(tmp_path: Path) -> None:
    after, shaping = brought(tmp_path, silence(SECOND))
    assert shaping.gain_db == 0.0
    assert not after.any()
    sound = clicks(10 * SECOND, range(1_000, 10 * SECOND, 9_600))
    after, shaping = brought(tmp_path, sound)
    assert shaping.is_capped
    assert shaping.gain_db <= MOST_LIMITING_DB + 1.0
    assert levels_of(tmp_path, after)[1] <= -0.9


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0, 8.0), min_size=1, max_size=200))
def test_factors_never_stand_above_what_a_peak_needs(peaks: list[float]) -> None:
    found = np.array(peaks)
    factors = limiter_factors(found, -1.0)
    near = np.pad(factors, 1, mode="edge")
    highest = np.maximum(np.maximum(near[:-2], near[2:]), factors)
    assert (found * highest <= 10 ** (-1 / 20) * (1 + 1e-6)).all() or (found <= 10 ** (-1 / 20)).all()
    assert ((factors > 0) & (factors <= 1)).all()


def test_blocks_leave_no_mark() -> None:
    sound = noise(SECOND, 0)
    file_peaks = np.abs(sound).reshape(-1, HOP_SAMPLES * 2).max(axis=1)
    shaping = Shaping(0.0, limiter_factors(file_peaks, -1.0))
    whole = shaped(sound, 0, shaping)
    parts = [shaped(sound[start : start + 9_600], start, shaping) for start in range(0, SECOND, 9_600)]
    assert np.abs(np.concatenate(parts) - whole).max() < 1e-6
