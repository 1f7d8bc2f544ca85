"""A stem is the sum of its cues, each to the sample, with its gain, pan, fades and loop."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import Samples, clicks, impurity_db, joined, level_db, noise, onsets, silence, tone
from soundsteps import sum_stem

from filmkit.media.sound.samples import BLOCK_SAMPLES
from filmkit.model.recipe import PlacedCue, StemRecipe
from filmkit.plan.steps import VERSIONS

SECOND = 48_000


def cue(start: int = 0, length: int = SECOND, **shape: object) -> PlacedCue:
    bare = {"id": "c", "slot": "a", "start": start, "length": length, "fade_in": 0, "fade_out": 0}
    return PlacedCue.model_validate(bare | shape)


def stem_of(length: int, *cues: PlacedCue) -> StemRecipe:
    return StemRecipe(stem="effects", length=length, cues=cues)


def exact(samples: int) -> Samples:
    """A sound of whole-number arithmetic: the same bytes with every library and processor."""
    return (((np.arange(samples)[:, None] * [7_919, 6_007]) % 2_001 - 1_000) / 1_024).astype(np.float32)


def test_two_hundred_clicks_fall_on_their_samples(tmp_path: Path) -> None:
    places = [733 + number * 4_801 for number in range(200)]
    recipe = stem_of(200 * 4_801 + SECOND, *(cue(place, 100) for place in places))
    heard, made = sum_stem(tmp_path, recipe, {"a": clicks(100, [0])})
    assert onsets(heard, 0.5) == places
    assert made.facts == {"samples": recipe.length, "peak": pytest.approx(0.9)}


def test_gain_is_in_decibels_and_sums_are_plain(tmp_path: Path) -> None:
    sound = noise(SECOND, -20)
    heard, _ = sum_stem(tmp_path, stem_of(SECOND, cue(gain_db=-6.0), cue(gain_db=-6.0)), {"a": sound})
    assert level_db(heard)[0] - level_db(sound)[0] == pytest.approx(20 * math.log10(2) - 6, abs=1e-3)


@pytest.mark.parametrize(("pan", "left", "right"), [(0, 0, 0), (-1, 3.01, -200), (1, -200, 3.01), (0.5, -5.33, 2.32)])
def test_pan_keeps_the_power(tmp_path: Path, pan: float, left: float, right: float) -> None:
    sound = tone(997, SECOND, -20)
    heard, _ = sum_stem(tmp_path, stem_of(SECOND, cue(pan=pan)), {"a": sound})
    reference = level_db(sound)[0]
    found = [max(-200.0, level - reference) if level > -150 else -200 for level in level_db(heard)]
    assert found == pytest.approx([left, right], abs=0.01)
    assert np.square(heard).sum() == pytest.approx(np.square(sound).sum(), rel=1e-4)


def test_linear_fades_run_straight(tmp_path: Path) -> None:
    ones = silence(SECOND) + 1
    heard, _ = sum_stem(tmp_path, stem_of(SECOND, cue(fade_in=4_800, fade_out=9_600)), {"a": ones})
    assert heard[2_400, 0] == pytest.approx(0.5, abs=2e-4)
    assert heard[4_800:-9_600, 0].min() == 1.0
    assert heard[-4_800, 0] == pytest.approx(0.5, abs=2e-4)
    assert max(heard[0, 0], heard[-1, 0]) < 2e-4


def test_sounds_cross_over_with_equal_power(tmp_path: Path) -> None:
    ends = cue(0, SECOND, fade_out=4_800, fade_out_curve="power")
    begins = cue(SECOND - 4_800, SECOND, slot="b", fade_in=4_800, fade_in_curve="power")
    ones = silence(SECOND) + 1
    left, _ = sum_stem(tmp_path, stem_of(2 * SECOND - 4_800, ends), {"a": ones})
    right, _ = sum_stem(tmp_path, stem_of(2 * SECOND - 4_800, begins), {"b": ones})
    assert np.abs(np.square(left) + np.square(right) - 1).max() < 1e-6


@settings(max_examples=40, deadline=None)
@given(start=st.integers(-300, 900), length=st.integers(1, 900), source_start=st.integers(-300, 900))
def test_any_placing_is_the_slice_it_says(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, source_start: int
) -> None:
    sound = noise(600, -12)
    placed = cue(start, length, source_start=source_start)
    heard, _ = sum_stem(tmp_path_factory.mktemp("stem"), stem_of(700, placed), {"a": sound})
    expected = silence(700)
    for sample in range(max(0, start), min(700, start + length)):
        from_source = source_start + sample - start
        if 0 <= from_source < len(sound):
            expected[sample] = sound[from_source]
    assert np.array_equal(heard, expected)


def test_blocks_leave_no_mark(tmp_path: Path) -> None:
    length = 3 * BLOCK_SAMPLES + 17
    heard, _ = sum_stem(tmp_path, stem_of(length, cue(0, length, gain_db=-3)), {"a": tone(440, length, -6)})
    assert impurity_db(heard, 440) < -120


@pytest.mark.parametrize("period", [480, 96 * 1_400])
def test_a_loop_cut_to_fit_stays_pure_and_on_its_beat(tmp_path: Path, period: int) -> None:
    hz = SECOND / 96
    sound = tone(hz, period, -6)
    heard, _ = sum_stem(tmp_path, stem_of(5 * period + 31, cue(0, 5 * period + 31, loop=True)), {"a": sound})
    assert impurity_db(heard, hz) < -120
    assert np.array_equal(heard[4 * period : 5 * period], sound)


def test_a_loop_of_beats_keeps_them_though_it_begins_at_once(tmp_path: Path) -> None:
    beat = joined(tone(60, 4_000, -3) + 0.4, silence(8_000))
    heard, _ = sum_stem(tmp_path, stem_of(60_000, cue(0, 60_000, loop=True)), {"a": beat})
    assert np.array_equal(heard, np.tile(beat, (5, 1)))


def test_a_loop_broken_off_in_mid_sound_does_not_click(tmp_path: Path) -> None:
    sound = tone(443, 10_000, -6)
    heard, _ = sum_stem(tmp_path, stem_of(30_000, cue(0, 30_000, loop=True)), {"a": sound})
    natural = np.abs(np.diff(sound[:, 0])).max()
    assert abs(float(sound[0, 0] - sound[-1, 0])) > 5 * natural
    assert np.abs(np.diff(heard[:, 0])).max() < 1.1 * natural
    assert np.array_equal(heard[10_000:18_000], sound[:8_000])


def test_a_loop_begins_again_where_its_trim_begins(tmp_path: Path) -> None:
    sound = noise(1_000, -12)
    heard, _ = sum_stem(tmp_path, stem_of(1_500, cue(0, 1_500, source_start=400, loop=True)), {"a": sound})
    assert np.array_equal(heard[600:1_200], sound[400:])


def test_a_reversed_cue_is_the_used_part_from_its_end_to_its_beginning(tmp_path: Path) -> None:
    sound = noise(3 * BLOCK_SAMPLES, -12)
    length, first = 2 * BLOCK_SAMPLES + 333, 1_234
    placed = cue(77, length, source_start=first, reversed_samples=length)
    heard, _ = sum_stem(tmp_path, stem_of(77 + length + 50, placed), {"a": sound})
    assert np.array_equal(heard[77 : 77 + length], sound[first : first + length][::-1])
    assert not heard[:77].any() and not heard[77 + length :].any()


def test_a_reversed_cue_cut_short_by_the_film_still_begins_at_the_end_of_its_part(tmp_path: Path) -> None:
    sound = noise(5_000, -12)
    heard, _ = sum_stem(tmp_path, stem_of(900, cue(100, 800, source_start=500, reversed_samples=3_000)), {"a": sound})
    assert np.array_equal(heard[100:], sound[2_700:3_500][::-1])


def test_a_reversed_loop_repeats_the_reversed_part_without_a_hole(tmp_path: Path) -> None:
    beat = joined(silence(4_000), tone(60, 4_000, -3) + 0.4)
    placed = cue(0, 21_000, source_start=1_000, reversed_samples=7_030, loop=True)  # its facts promised 30 more
    heard, _ = sum_stem(tmp_path, stem_of(21_000, placed), {"a": beat})
    assert np.array_equal(heard, np.tile(beat[1_000:][::-1], (3, 1)))


def test_fades_with_curves_stand_in_the_stem(tmp_path: Path) -> None:
    ones = silence(SECOND) + 1
    shape = {"fade_in": 4_800, "fade_out": 9_600, "fade_in_curve": "smooth", "fade_out_curve": "exponential"}
    heard, _ = sum_stem(tmp_path, stem_of(SECOND, cue(**shape)), {"a": ones})
    assert heard[1_200, 0] == pytest.approx(0.15625, abs=2e-4)
    assert 20 * math.log10(heard[-4_800, 0]) == pytest.approx(-30.4, abs=0.1)
    assert heard[4_800:-9_600, 0].min() == 1.0


def test_bytes_of_this_version_are_known(tmp_path: Path) -> None:
    """Another digest means other stems for the same film: raise the version in plan/steps.py and record the new one."""
    cues = (
        cue(100, 9_000, gain_db=-4.5, pan=-0.3, fade_in=240, fade_out=1_200, fade_out_curve="power"),
        cue(5_000, 12_000, slot="b", source_start=-50, loop=True, pan=0.7, fade_in=900, fade_in_curve="power"),
        cue(2_000, 13_000, slot="c", loop=True, gain_db=-6),
    )
    broken_off = (np.cumsum(exact(4_801), axis=0) / 200).astype("f4")
    sum_stem(tmp_path, stem_of(16_000, *cues), {"a": exact(8_000), "b": exact(3_007), "c": broken_off})
    digest = hashlib.sha256((tmp_path / "bench0" / "stem.f32").read_bytes()).hexdigest()
    assert (VERSIONS["stem"], digest[:16]) == (2, "23c1d7611d2a91c0")
