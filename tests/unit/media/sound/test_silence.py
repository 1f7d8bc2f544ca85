"""Where sounds begin and end, found to the millisecond by pydub's detection."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sounds import RATE, joined, noise, silence, tone, write_f32

from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.silence import Silence, find_silence

MS = RATE // 1000


def found(folder: Path, sound: np.ndarray, *, first: int = 0, threshold_db: float = -50.0) -> Silence:
    return find_silence(SoundFile(write_f32(folder / "sound.f32", sound)), first, threshold_db)


@pytest.mark.parametrize("before_ms, after_ms", [(0, 0), (1, 1), (250, 480), (9_999, 10_001), (12_345, 0)])
def test_silence_at_both_ends_is_found_to_the_millisecond(tmp_path: Path, before_ms: int, after_ms: int) -> None:
    sound = joined(silence(before_ms * MS), noise(RATE, -20), silence(after_ms * MS))
    assert found(tmp_path, sound) == Silence(before_ms * MS, after_ms * MS)


def test_a_threshold_decides_what_is_silence(tmp_path: Path) -> None:
    sound = joined(noise(RATE, -60), noise(RATE, -20), noise(2 * RATE, -70))
    assert found(tmp_path, sound, threshold_db=-50) == Silence(RATE, 2 * RATE)
    assert found(tmp_path, sound, threshold_db=-65) == Silence(0, 2 * RATE)
    assert found(tmp_path, sound, threshold_db=-100) == Silence(0, 0)


def test_silence_is_measured_from_the_given_sample_on(tmp_path: Path) -> None:
    sound = joined(tone(440, RATE, -6), silence(RATE), tone(440, RATE, -6), silence(RATE))
    assert found(tmp_path, sound, first=RATE + RATE // 2) == Silence(RATE // 2, RATE)


@pytest.mark.parametrize("samples", [0, 1, 47, 100, 480_000, 480_047])
def test_where_all_is_silent_all_of_it_lies_before(tmp_path: Path, samples: int) -> None:
    assert found(tmp_path, silence(samples)).before == samples


def test_pauses_inside_are_kept(tmp_path: Path) -> None:
    sound = joined(silence(100 * MS), noise(RATE, -20), silence(3 * RATE), noise(RATE, -20))
    assert found(tmp_path, sound) == Silence(100 * MS, 0)


def test_more_than_full_scale_is_no_silence(tmp_path: Path) -> None:
    assert found(tmp_path, joined(silence(480), tone(440, RATE, 12))) == Silence(480, 0)
