"""Curves of a mix and outlines of stems say what is in the sound, where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sounds import Samples, joined, silence, tone, write_f32

from filmkit.media.sound.limiter import Shaping
from filmkit.media.sound.loudness import HOP_SAMPLES, measure_levels
from filmkit.media.sound.mixlevels import mix_levels, outline
from filmkit.media.sound.samples import SoundFile

SECOND = 48_000


def outlined(folder: Path, sound: Samples, columns: int = 2_000) -> dict[str, Any]:
    return dict(outline(measure_levels(SoundFile(write_f32(folder / "sound.f32", sound))), columns))


def curves(folder: Path, sound: Samples, factors: Any = None) -> dict[str, Any]:
    levels = measure_levels(SoundFile(write_f32(folder / "sound.f32", sound)))
    shaping = Shaping(2.5, np.ones(len(levels.energy)) if factors is None else factors)
    return dict(mix_levels(shaping, levels, levels.peak))


def test_a_tone_has_its_level_where_it_sounds(tmp_path: Path) -> None:
    """997 Hz at −20 dBFS on both sides is −20 LUFS (EBU Tech 3341, signal 1, at another level)."""
    told = outlined(tmp_path, joined(silence(4 * SECOND), tone(997, 2 * SECOND, -20), silence(4 * SECOND)), 100)
    assert (told["samples"], told["column_samples"], len(told["peak_db"])) == (10 * SECOND, 4_800, 100)
    assert told["peak_db"][39] == -120.0 and told["peak_db"][61] == -120.0
    assert told["peak_db"][40:60] == pytest.approx([-20.0] * 20, abs=0.1)
    assert told["loudness_lufs"][41:59] == pytest.approx([-20.0] * 18, abs=0.15)


@pytest.mark.parametrize("samples", [1, 95, 96, 97, 48_000, 48_001])
def test_columns_cover_every_sample(samples: int, tmp_path: Path) -> None:
    sound = silence(samples)
    sound[-1] = 0.5
    told = outlined(tmp_path, sound, 7)
    count = len(told["peak_db"])
    assert count <= 7 and (count - 1) * told["column_samples"] < samples <= count * told["column_samples"]
    assert told["peak_db"][-1] == pytest.approx(-6.0, abs=0.05)


def test_short_term_loudness_begins_with_the_first_whole_three_seconds(tmp_path: Path) -> None:
    told = curves(tmp_path, joined(tone(997, 4 * SECOND, -20), silence(4 * SECOND)))
    values = told["short_term_lufs"]
    assert len(values) == 80 and values[:29] == [None] * 29
    assert values[29:40] == pytest.approx([-20.0] * 11, abs=0.1)
    assert values[54] == pytest.approx(-23.0, abs=0.1), "half of the 3 s are silent"
    assert values[75:] == [None] * 5


@pytest.mark.parametrize("samples", [100, SECOND, 3 * SECOND - 1])
def test_a_film_under_three_seconds_has_none(samples: int, tmp_path: Path) -> None:
    told = curves(tmp_path, tone(997, samples, -20))
    assert set(told["short_term_lufs"]) == {None}
    assert len(told["short_term_lufs"]) == len(told["true_peak_db"]) == len(told["limiter_db"])


def test_the_limiter_and_the_peaks_are_the_most_of_each_tenth(tmp_path: Path) -> None:
    factors = np.ones(2 * SECOND // HOP_SAMPLES)
    factors[77] = 0.5
    sound = tone(997, 2 * SECOND, -20)
    sound[60_000] = 0.5
    told = curves(tmp_path, sound, factors)
    assert told["gain_db"] == 2.5
    assert [(at, value) for at, value in enumerate(told["limiter_db"]) if value] == [(1, -6.02)]
    assert [at for at, value in enumerate(told["true_peak_db"]) if value > -10] == [12]
