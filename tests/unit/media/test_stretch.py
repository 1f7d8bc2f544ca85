"""Stretched sound keeps its pitch, has exactly the length asked for, and no seams."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import Samples, bursts, clicks, noise, onsets, tone, write_f32

from filmkit.media.sound import SoundFile
from filmkit.media.stretch import Piece, stretch

SECOND = 48_000


def stretched(folder: Path, sound: Samples, *pieces: Piece) -> Samples:
    return np.concatenate([*stretch(SoundFile(write_f32(folder / "sound.f32", sound)), pieces), np.zeros((0, 2), "f4")])


def loudest_hz(sound: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * SECOND / len(sound)


@pytest.mark.parametrize("heard", [SECOND // 2, int(SECOND / 1.25), int(SECOND / 0.8), 3 * SECOND])
def test_pitch_and_level_stay(tmp_path: Path, heard: int) -> None:
    sound = tone(441, SECOND + 4_000, -6)
    slow = stretched(tmp_path, sound, (0, SECOND, heard))
    assert len(slow) == heard
    assert loudest_hz(slow[2_000:-2_000]) == pytest.approx(441, abs=3)
    middle = slow[4_000:-4_000, 0]
    assert np.abs(np.diff(middle)).max() < 1.3 * np.abs(np.diff(sound[:, 0])).max()
    windows = middle[: len(middle) // 960 * 960].reshape(-1, 960).std(axis=1)
    assert windows.min() > 0.8 * windows.max()


def test_sound_at_its_own_speed_is_copied(tmp_path: Path) -> None:
    sound = noise(SECOND, -12)
    copied = stretched(tmp_path, sound, (1_234, 7_777, 7_777), (1_234 + 7_777, 12_345, 12_345))
    assert np.abs(copied - sound[1_234 : 1_234 + 7_777 + 12_345]).max() < 1e-6


def test_a_ramp_of_many_pieces_has_no_seams(tmp_path: Path) -> None:
    sound = tone(441, 3 * SECOND, -6)
    pieces, at = [], 0
    for number in range(20):
        taken = int(4_800 * (1 - 0.035 * number))
        pieces.append((at, taken, 4_800))
        at += taken
    ramp = stretched(tmp_path, sound, *pieces)
    assert len(ramp) == 20 * 4_800
    assert np.abs(np.diff(ramp[2_000:-2_000, 0])).max() < 1.3 * np.abs(np.diff(sound[:, 0])).max()
    assert loudest_hz(ramp) == pytest.approx(441, abs=3)


def test_what_happens_stays_where_the_picture_shows_it(tmp_path: Path) -> None:
    sound = bursts(2 * SECOND, [SECOND // 2, SECOND], -6) + noise(2 * SECOND, -60)
    slow = stretched(tmp_path, sound, (0, 2 * SECOND, 4 * SECOND))
    level = np.abs(slow).max(axis=1)
    first = int(np.flatnonzero(level > 0.2)[0])
    assert first == pytest.approx(SECOND, abs=1_200)


def test_before_and_after_the_source_is_silence(tmp_path: Path) -> None:
    sound = clicks(4_800, [0])
    padded = stretched(tmp_path, sound, (-4_800, 9_600, 9_600), (4_800, 9_600, 9_600))
    assert onsets(padded, 0.5) == [4_800]
    assert len(padded) == 19_200


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-500, 9_000), st.integers(1, 4_000), st.integers(1, 4_000)), max_size=6))
def test_length_is_exact_whatever_the_pieces(tmp_path_factory: pytest.TempPathFactory, pieces: list[Piece]) -> None:
    sound = noise(6_000, -12)
    found = stretched(tmp_path_factory.mktemp("stretch"), sound, *pieces)
    assert len(found) == sum(piece[2] for piece in pieces)
    assert np.isfinite(found).all()


def test_a_piece_that_is_empty_on_one_side_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be heard"):
        stretched(tmp_path, noise(100, -12), (0, 0, 480))
