"""Beats found in sounds whose beats are known: to 70 ms as such things are counted, and to 10 ms, for cuts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rhythms import Rhythm, Times, click_track, drums, f_measure, jittered, later, nearest_errors, pattern, ramp, steady
from sounds import RATE, Samples, noise, silence, tone, write_f32

from filmkit.media.sound.beats import BeatHint, BeatTrack, track_beats
from filmkit.media.sound.samples import SoundFile

LONG_S = 18.0
EXACT_MS = 10.0


def tracked(folder: Path, sound: Samples, hint: BeatHint | None = None) -> BeatTrack | None:
    return track_beats(SoundFile(write_f32(folder / "music.f32", sound)), hint)


def found(folder: Path, rhythm: Rhythm, hint: BeatHint | None = None) -> BeatTrack:
    track = tracked(folder, rhythm.sound, hint)
    assert track is not None, "no beat was found"
    return track


def seconds(track: BeatTrack) -> Times:
    return np.array(track.beats) / RATE


def check(track: BeatTrack, rhythm: Rhythm, *, f: float = 0.95, exact_ms: float = EXACT_MS, bias_ms: float = 2) -> None:
    score = f_measure(seconds(track), rhythm.beats)
    assert score >= f, f"F {score:.3f} at {track.bpm} bpm; tempos {track.guesses}"
    away_ms = 1000 * nearest_errors(seconds(track), rhythm.beats)
    away_ms = away_ms[np.abs(away_ms) < 70]
    assert np.abs(away_ms).max() <= exact_ms, f"{np.abs(away_ms).max():.1f} ms off"
    assert abs(np.median(away_ms)) <= bias_ms, f"all {np.median(away_ms):+.1f} ms off"


def bars(track: BeatTrack) -> Times:
    return seconds(track)[track.downbeat :: track.bar]


# clicks


@pytest.mark.parametrize("bpm", [60, 97, 180])
def test_a_click_track_is_found_without_a_hint(tmp_path: Path, bpm: float) -> None:
    clicks = click_track(steady(bpm, LONG_S, 0.3), LONG_S)
    track = found(tmp_path, clicks)
    check(track, clicks, f=0.99, exact_ms=1)
    assert track.is_steady and abs(track.bpm - bpm) <= 0.02


@pytest.mark.parametrize("off", [0.9, 1.1])
@pytest.mark.parametrize("bpm", [60, 128, 180])
def test_a_hint_a_tenth_off_helps(tmp_path: Path, bpm: float, off: float) -> None:
    music = drums(steady(bpm, LONG_S, 0.21), LONG_S, hats=0.9)
    track = found(tmp_path, music, BeatHint(bpm=bpm * off))
    check(track, music, f=0.99, exact_ms=2)
    assert track.octave == 1.0, "the octave is settled by the hint"


def test_a_first_click_on_the_first_sample_counts(tmp_path: Path) -> None:
    track = found(tmp_path, click_track(steady(120, LONG_S), LONG_S))
    assert track.beats[0] <= 48 and len(track.beats) == 36, track.beats[:3]


def test_jitter_is_smoothed_away(tmp_path: Path) -> None:
    """A drummer 15 ms early or late, on a grid: the grid is found, not the slips."""
    grid = steady(100, 40, 1.0)
    track = found(tmp_path, click_track(jittered(grid, 0.015), 40))
    even = Rhythm(silence(1), grid, grid)
    assert track.is_steady
    check(track, even, f=0.99, exact_ms=8, bias_ms=4)  # 65 slips do not cancel out quite


def test_silence_before_holds_no_beats(tmp_path: Path) -> None:
    music = later(drums(steady(97, LONG_S), LONG_S), 3.37)
    track = found(tmp_path, music)
    check(track, music, f=0.99, exact_ms=2)
    assert abs(seconds(track)[0] - 3.37) <= 0.002


# music


@pytest.mark.parametrize("bpm", [84, 97, 120, 140, 160])
def test_the_octave_of_music_with_drums_is_right_without_a_hint(tmp_path: Path, bpm: float) -> None:
    music = drums(steady(bpm, LONG_S, 0.1), LONG_S, hats=0.3)
    track = found(tmp_path, music)
    check(track, music, f=0.99, exact_ms=2)
    assert track.guesses[0].ratio == 1, "the tempo that was taken is the likeliest"


@pytest.mark.parametrize("bpm", [92, 126])
@pytest.mark.parametrize("swing", [0.5, 0.6, 2 / 3])
def test_loud_hats_between_the_beats_do_not_win(tmp_path: Path, bpm: float, swing: float) -> None:
    music = drums(steady(bpm, LONG_S, 0.1), LONG_S, swing=swing, hats=0.9)
    check(found(tmp_path, music), music, f=0.99, exact_ms=2)


@pytest.mark.parametrize("hint", [None, BeatHint(bpm=99), BeatHint(bpm=121)])
def test_a_tempo_that_rises_is_followed(tmp_path: Path, hint: BeatHint | None) -> None:
    music = drums(ramp(104, 116, 40), 40, hats=0.7)
    track = found(tmp_path, music, hint)
    check(track, music, f=0.98, exact_ms=3)
    assert not track.is_steady
    spacing = np.diff(seconds(track))
    assert spacing[0] > 60 / 106 and spacing[-1] < 60 / 114, "the beats at both ends have the tempo of their place"


@pytest.mark.parametrize(("first", "last"), [(100, 125), (130, 100)])
def test_a_tempo_that_changes_by_a_quarter_is_followed(tmp_path: Path, first: float, last: float) -> None:
    """Further than steps of one period could be bent: the period itself has to wander."""
    music = drums(ramp(first, last, 40), 40, hats=0.7)
    assert f_measure(seconds(found(tmp_path, music)), music.beats) >= 0.98


def test_a_break_without_drums_does_not_lose_the_grid(tmp_path: Path) -> None:
    music = drums(steady(120, 40), 40, chords=False)
    sound = music.sound.copy()
    sound[16 * RATE : 24 * RATE] = tone(220, 8 * RATE, -20)
    check(found(tmp_path, Rhythm(sound, music.beats, music.downbeats)), music, f=0.99, exact_ms=2)


def test_a_syncopated_pattern_keeps_its_beat(tmp_path: Path) -> None:
    hits = [(0.0, "kick", 0.8), (0.75, "kick", 0.5), (1.0, "snare", 0.7), (1.75, "hat", 0.2), (2.5, "kick", 0.6)]
    hits += [(3.0, "snare", 0.7), (3.5, "hat", 0.2)] + [(beat, "hat", 0.2) for beat in range(4)]
    music = pattern(steady(104, LONG_S), LONG_S, hits)
    check(found(tmp_path, music), music, f=0.99, exact_ms=3)


# what is known of the music


def test_a_beat_that_is_known_settles_which_are_beats_and_bars(tmp_path: Path) -> None:
    """Plain clicks say nothing of bars, and every second one could be the beat."""
    clicks = click_track(steady(140, LONG_S, 0.2), LONG_S)
    first = clicks.beats[3]
    track = found(tmp_path, clicks, BeatHint(bpm=70, first=round(first * RATE)))
    assert np.abs(seconds(track) - clicks.beats[3::2]).max() <= 0.002
    assert (track.downbeat, track.bars) == (0, 1.0)


@pytest.mark.parametrize("bar", [3, 4])
def test_bars_that_begin_with_bass_and_a_new_chord_are_guessed(tmp_path: Path, bar: int) -> None:
    music = drums(steady(112, LONG_S, 0.2)[1:], LONG_S, hats=0.3, bar=bar)
    track = found(tmp_path, music, BeatHint(bar=bar))
    assert f_measure(bars(track), music.downbeats) >= 0.95
    assert track.bars >= 0.15


def test_bars_of_plain_clicks_are_not_claimed(tmp_path: Path) -> None:
    assert found(tmp_path, click_track(steady(120, LONG_S), LONG_S)).bars <= 0.1


def test_an_octave_that_could_be_another_has_no_confidence(tmp_path: Path) -> None:
    """Kick and snare at 180 are as well one beat of kick and snare at 90."""
    music = drums(steady(180, LONG_S), LONG_S, hats=0.1)
    track = found(tmp_path, music)
    assert track.octave < 0.1, track.guesses
    assert {guess.ratio * round(track.bpm) for guess in track.guesses[:2]} == {90, 180}


# no beat


@pytest.mark.parametrize(
    "sound",
    [
        silence(0),
        silence(RATE),
        noise(100, -20),
        noise(20 * RATE, -20),
        tone(440, 10 * RATE),
        np.eye(3 * RATE, 2, dtype=np.float32),
    ],
    ids=["nothing", "silence", "two-milliseconds", "noise", "a-tone", "one-click"],
)
def test_what_has_no_beat_gets_none(tmp_path: Path, sound: Samples) -> None:
    assert tracked(tmp_path, sound) is None


# the same on every machine


def test_the_last_bits_of_samples_decide_nothing(tmp_path: Path) -> None:
    """Another processor's Fourier transform differs by less than this."""
    music = drums(steady(101, LONG_S, 0.1), LONG_S, hats=0.5)
    once = found(tmp_path, music)
    for seed in (1, 2):
        shaken = music.sound * (1 + noise(len(music.sound), -140, seed=seed))
        assert found(tmp_path, Rhythm(shaken.astype(np.float32), music.beats, music.downbeats)) == once


def test_sides_out_of_phase_are_heard(tmp_path: Path) -> None:
    music = drums(steady(110, LONG_S), LONG_S)
    turned = music.sound * np.array([1, -1], np.float32)
    assert found(tmp_path, Rhythm(turned, music.beats, music.downbeats)).beats == found(tmp_path, music).beats


# all of it


@pytest.mark.slow
@pytest.mark.parametrize("off", [0.9, 0.95, 1.0, 1.05, 1.1])
def test_every_tempo_from_60_to_180_with_a_hint(tmp_path: Path, off: float) -> None:
    for bpm in range(60, 181, 15):
        beats = steady(bpm, 30, 0.3)
        kinds = {
            "clicks": click_track(beats, 30),
            "accented": click_track(beats, 30, accent=True),
            "drums": drums(beats, 30),
            "loud hats": drums(beats, 30, hats=0.9, chords=False),
            "swing": drums(beats, 30, swing=2 / 3, hats=0.5),
            "jitter": click_track(jittered(beats, 0.01), 30),
        }
        for name, rhythm in kinds.items():
            track = found(tmp_path, rhythm, BeatHint(bpm=bpm * off))
            score = f_measure(seconds(track), rhythm.beats)
            assert score >= 0.95, f"{name} at {bpm} bpm with a hint of {bpm * off:.0f}: F {score:.3f}"
