"""Seams of extended music: the beat on a seam is untouched, the level stays, and no step is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import RATE, Samples, clicks, level_db, noise, onsets, tone, write_f32

from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.splice import BEFORE_SEAM, CROSSING, SplicedSound, crossing

SEAM = 60_000


def spliced(folder: Path, sound: Samples, *splices: tuple[int, int], first: int = 0) -> SplicedSound:
    return SplicedSound(SoundFile(write_f32(folder / "a.f32", sound)), first, splices)


def test_clicks_on_bars_stay_on_their_samples(tmp_path: Path) -> None:
    bars = [100 + bar * 24_000 for bar in range(8)]
    music = clicks(200_000, bars)
    sound = spliced(tmp_path, music, (bars[6], bars[2]), (bars[6] + 2 * 24_000, bars[1]))
    heard = sound.read(0, bars[6] + 5 * 24_000)
    assert onsets(heard, 0.5) == [100 + bar * 24_000 for bar in range(11)]
    assert np.unique(heard[heard > 0.01]).tolist() == [np.float32(0.9)], "each once, and at its own level"


@settings(max_examples=30)
@given(starts=st.lists(st.integers(-500, 120_000), min_size=1, max_size=4), count=st.integers(1, 70_000))
def test_any_part_is_that_part_of_the_whole(
    starts: list[int], count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sound = spliced(tmp_path_factory.mktemp("s"), noise(90_000, -12), (SEAM, 20_000), (100_000, 30_000), first=7)
    whole = sound.read(-500, 190_500)
    for start in starts:
        assert np.array_equal(sound.read(start, count), whole[start + 500 : start + 500 + count])


def test_outside_of_crossings_samples_are_those_of_the_file(tmp_path: Path) -> None:
    music = noise(90_000, -12)
    heard = spliced(tmp_path, music, (SEAM, 20_000)).read(0, 110_000)
    assert np.array_equal(heard[: SEAM - BEFORE_SEAM - CROSSING], music[: SEAM - BEFORE_SEAM - CROSSING])
    assert np.array_equal(heard[SEAM - BEFORE_SEAM :], music[20_000 - BEFORE_SEAM : 70_000])


def levels_db(sound: Samples) -> list[float]:
    """RMS of the left side in windows of 10 ms."""
    return [level_db(sound[at : at + 480])[0] for at in range(0, len(sound) - 479, 480)]


@pytest.mark.parametrize("kind", ["the same", "another tone", "noise", "turned round"])
def test_level_of_a_crossing_is_even_whatever_the_two_have_in_common(kind: str) -> None:
    """The same sound, a fifth above it (strange to it), noise, and itself with the wave turned round."""
    one = tone(500, CROSSING, -6)
    other = {
        "the same": one, "another tone": tone(750, CROSSING, -6), "turned round": -one, "noise": noise(CROSSING, -9),
    }[kind]  # fmt: skip
    crossed = crossing(one, other)
    if kind == "turned round":
        assert np.abs(crossed).max() <= 0.51, "it passes through silence; nothing gets louder"
    else:
        middle = levels_db(crossed)
        assert max(abs(level - level_db(one)[0]) for level in middle) < 1.0, middle


def test_a_seam_between_tones_has_no_step(tmp_path: Path) -> None:
    low, high = tone(440, 60_000, -6), tone(660, 60_000, -6)
    sound = spliced(tmp_path, np.concatenate([low, high]), (50_000, 70_123))
    heard = sound.read(40_000, 20_000)
    natural = float(np.abs(np.diff(high[:, 0])).max())
    assert np.abs(np.diff(heard[:, 0])).max() < 1.2 * natural
    assert max(abs(level + 9.03) for level in levels_db(heard)) < 1.0
    assert RATE == 48_000
