"""A loop that breaks off in mid-sound goes on without a seam: no step above its own, and no dip or swell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import RATE, Samples, bursts, noise, silence, tone, write_f32

from filmkit.media.sound.loop import LoopedSound
from filmkit.media.sound.samples import SoundFile


def looped(folder: Path, sound: Samples, start: int = 0) -> tuple[Samples, int]:
    """Three rounds of a loop, and its period."""
    loop = LoopedSound(SoundFile(write_f32(folder / "sound.f32", sound)), start)
    return loop.read(0, 3 * loop.period), loop.period


def levels_db(sound: Samples, window: int, hop: int = 240) -> np.ndarray:
    squares = np.square(sound.astype(np.float64)).sum(axis=1)
    sums = np.cumsum(np.concatenate([[0], squares]))
    return 10 * np.log10((sums[window:] - sums[:-window])[::hop] / window + 1e-20)


def coloured(samples: int, slope: float) -> Samples:
    """Noise that falls by ``slope`` × 3 dB an octave from 20 Hz up; cut out of a longer one, as recordings are."""
    white = noise(2 * samples, -20)
    hz = np.maximum(np.arange(samples + 1) * RATE / (2 * samples), 20)
    shaped = np.fft.irfft(np.fft.rfft(white, axis=0) / (hz ** (slope / 2))[:, None], axis=0)
    return (0.1 * shaped / shaped.std()).astype(np.float32)[:samples]


LONG = 2 * RATE + 77
CHORD = sum(tone(hz, LONG, -15) for hz in (220, 277.2, 329.6))
SOUNDS = {
    **{f"{hz} Hz, {period}": tone(hz, period, -6)
       for hz in (55, 220.3, 443, 997) for period in (10_000, 47_999)},
    "997 Hz, 96123": tone(997, 96_123, -6),  # its end and its beginning are opposed
    "chord": CHORD,
    "white": noise(LONG, -20),
    "pink": coloured(LONG, 1),
    "brown": coloured(LONG, 2),
    "ambience": coloured(LONG, 1) * (1 + 0.3 * np.sin(np.arange(LONG) / 20_000))[:, None] + tone(120, LONG, -40),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUNDS)
def test_the_seam_has_no_step_and_no_level_that_the_sound_does_not_have(tmp_path: Path, name: str) -> None:
    sound = np.asarray(SOUNDS[name], np.float32)
    heard, period = looped(tmp_path, sound)
    seam = heard[period - 2_880 : period + 960]
    own = np.abs(np.diff(sound, axis=0)).max()
    assert np.abs(np.diff(seam, axis=0)).max() < 1.05 * own
    window = 1_920
    levels, usual = levels_db(seam, window), levels_db(sound, window)
    most = 0.5 if "Hz" in name else 1.0  # noise has no level of its own in so short a time
    assert usual.min() - most < levels.min() and levels.max() < usual.max() + most


@pytest.mark.parametrize("name", [name for name in SOUNDS if "Hz" in name])
def test_a_tone_keeps_its_level_across_the_seam_to_half_a_decibel(tmp_path: Path, name: str) -> None:
    """It dipped by 3 dB where the end and the beginning were opposed, and rose by 1.2 dB elsewhere."""
    heard, period = looped(tmp_path, SOUNDS[name])
    seam = levels_db(heard[period - 4_800 : period + 4_800], 2_400)
    usual = levels_db(SOUNDS[name], 2_400)
    assert usual.min() - 0.5 < seam.min() and seam.max() < usual.max() + 0.5


@settings(max_examples=15, deadline=None)
@given(hz=st.floats(40, 4_000), period=st.integers(4_800, 60_000))
def test_any_tone_of_any_period_is_looped_without_a_click(
    tmp_path_factory: pytest.TempPathFactory, hz: float, period: int
) -> None:
    sound = tone(hz, period, -6)
    heard, _ = looped(tmp_path_factory.mktemp("loop"), sound)
    assert np.abs(np.diff(heard[:, 0])).max() < 1.5 * np.abs(np.diff(sound[:, 0])).max() + 1e-4
    assert np.abs(heard).max() < 0.502 * 1.3


def test_what_lies_before_the_beginning_leads_to_it(tmp_path: Path) -> None:
    """Where ``in`` leaves some of the file out, that is the most natural way in."""
    sound = coloured(LONG, 1)
    sound[-1] += 0.5  # it breaks off with a click
    heard, period = looped(tmp_path, sound, 5_000)
    assert np.abs(heard[period - 50 : period] - sound[4_950:5_000]).max() < 0.02
    assert (
        np.abs(np.diff(heard[period - 2_000 : period + 10], axis=0)).max() < np.abs(np.diff(sound[:-1], axis=0)).max()
    )


def test_all_but_the_last_forty_milliseconds_is_the_file(tmp_path: Path) -> None:
    sound = tone(443, 47_999, -6)
    heard, period = looped(tmp_path, sound)
    assert period == 47_999
    for begin in range(0, 3 * period, period):
        assert np.array_equal(heard[begin : begin + period - 1_920], sound[:-1_920])


def test_a_loop_of_hits_keeps_each_where_it_is(tmp_path: Path) -> None:
    sound = bursts(RATE, [0, 12_000, 24_000, 36_000], -6, 9_000)
    heard, _ = looped(tmp_path, sound)
    assert np.array_equal(heard, np.tile(sound, (3, 1)))


@pytest.mark.parametrize("period", [1, 2, 3, 7, 8, 9, 41, 480, 4_801])
def test_the_shortest_loops_repeat_as_well(tmp_path: Path, period: int) -> None:
    heard, found = looped(tmp_path, noise(period, -12))
    assert found == period and heard.shape == (3 * period, 2) and np.isfinite(heard).all()


def test_silence_is_silence(tmp_path: Path) -> None:
    heard, _ = looped(tmp_path, silence(10_000))
    assert not heard.any()
