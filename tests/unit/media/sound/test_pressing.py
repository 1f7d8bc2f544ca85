"""A voice presses from its first loud sample to its last; room tone, DC and breaths do not change that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sounds import Samples, joined, noise, silence, tone, write_f32

from filmkit.media.sound.pressing import hop_powers, presses, together
from filmkit.media.sound.samples import SoundFile

SECOND = 48_000


def pressing(folder: Path, sound: Samples, start: int = 0) -> list[tuple[int, int]]:
    return presses(SoundFile(write_f32(folder / "sound.f32", sound)), start)


@pytest.mark.parametrize("onset", [0, 1, 479, 480, 12_345, 61_440 - 7, 61_440])
def test_a_burst_presses_from_its_first_to_its_last_sample(tmp_path: Path, onset: int) -> None:
    burst = np.full((7_001, 2), 0.1, np.float32) * np.sign(tone(1_000, 7_001) + 1e-3)
    [(start, stop)] = pressing(tmp_path, joined(silence(onset), burst, silence(20_000)))
    assert onset <= start < onset + 5 and onset + 6_996 < stop <= onset + 7_001
    assert pressing(tmp_path, joined(silence(onset), burst), 500) == [(start + 500, stop + 500)]


def test_silence_and_what_is_under_50_dbfs_never_press(tmp_path: Path) -> None:
    assert pressing(tmp_path, silence(SECOND)) == pressing(tmp_path, silence(0)) == []
    assert pressing(tmp_path, noise(SECOND, -51)) == []
    assert len(pressing(tmp_path, noise(SECOND, -49))) == 1


@pytest.mark.parametrize("voice_db", [-12, -20, -28])
def test_a_voice_presses_over_its_room_tone(tmp_path: Path, voice_db: float) -> None:
    room = noise(6 * SECOND, voice_db - 24)
    room[2 * SECOND : 3 * SECOND] += noise(SECOND, voice_db, seed=3)
    [(start, stop)] = pressing(tmp_path, room)
    assert start == pytest.approx(2 * SECOND, abs=480) and stop == pytest.approx(3 * SECOND, abs=480)


def test_a_steady_sound_presses_all_along(tmp_path: Path) -> None:
    for level_db in (-12, -30, -45):
        [(start, stop)] = pressing(tmp_path, noise(3 * SECOND, level_db))
        assert start < 48 and stop > 3 * SECOND - 48


def test_dc_and_a_slow_rumble_do_not_press(tmp_path: Path) -> None:
    sound = silence(4 * SECOND) + 0.25 + tone(1, 4 * SECOND, -20)
    assert pressing(tmp_path, sound) == []
    sound[SECOND : 2 * SECOND] += noise(SECOND, -20)
    [(start, stop)] = pressing(tmp_path, sound)
    assert start == pytest.approx(SECOND, abs=480) and stop == pytest.approx(2 * SECOND, abs=480)


@pytest.mark.parametrize(("pause_ms", "count"), [(40, 1), (240, 1), (270, 2), (900, 2)])
def test_a_breath_between_words_does_not_end_a_press(tmp_path: Path, pause_ms: int, count: int) -> None:
    word = noise(SECOND // 2, -20)
    found = pressing(tmp_path, joined(silence(SECOND), word, silence(48 * pause_ms), word, silence(SECOND)))
    assert len(found) == count
    assert found[0][0] == pytest.approx(SECOND, abs=2)
    assert found[-1][1] == pytest.approx(2 * SECOND + 48 * pause_ms, abs=2)


def test_a_whisper_presses_in_the_film_of_a_shout(tmp_path: Path) -> None:
    sound = joined(noise(SECOND, -10), silence(SECOND), noise(SECOND, -29, seed=2), silence(SECOND))
    assert len(pressing(tmp_path, sound)) == 2


def test_presses_of_several_sounds_are_one(tmp_path: Path) -> None:
    assert together([[(0, 10), (50_000, 60_000)], [(5, 20), (61_000, 70_000)], []]) == [(0, 20), (50_000, 70_000)]
    assert together([[(0, 100)], [(100 + 11_999, 20_000)]]) == [(0, 20_000)]
    assert together([[(0, 100)], [(100 + 12_000, 20_000)]]) == [(0, 100), (12_100, 20_000)]
    assert together([]) == []


def test_hops_have_the_power_of_their_sound(tmp_path: Path) -> None:
    sound = joined(tone(1_000, SECOND, -20, sides=(1, 0)), silence(SECOND), noise(SECOND + 17, -30))
    powers = hop_powers(SoundFile(write_f32(tmp_path / "sound.f32", sound)))
    assert len(powers) == 301
    assert 10 * np.log10(powers[:100]) == pytest.approx(np.full(100, -26.02), abs=0.01)
    assert not powers[100:200].any()
    assert 10 * np.log10(powers[200:300].mean()) == pytest.approx(-30, abs=0.1)
