"""Ducking as it is heard: a steady tone gives way to bursts, measured after the duck and the stem stage."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sounds import Samples, joined, level_db, noise, silence, tone
from soundsteps import make_curve, sum_stem

from filmkit.model.recipe import DuckRecipe, PlacedCue, StemRecipe
from filmkit.plan.steps import VERSIONS

SECOND = 48_000
LENGTH = 8 * SECOND
BURST = (3 * SECOND, 4 * SECOND)


def recipe(*starts: int, **shape: float) -> DuckRecipe:
    usual = {"length": LENGTH, "by_db": 9.0, "attack": 7_200, "release": 28_800, "look_ahead": 7_200}
    return DuckRecipe.model_validate(usual | shape | {"starts": starts})


def pressing(*bursts: tuple[int, int], level: float = -20.0) -> Samples:
    """Noise over these samples, silence elsewhere."""
    sound = silence(LENGTH)
    for number, (start, stop) in enumerate(bursts):
        sound[start:stop] = noise(stop - start, level, seed=number)
    return sound


def cue(slot: str = "a", **more: object) -> PlacedCue:
    bare = {"id": slot, "slot": slot, "start": 0, "length": LENGTH, "fade_in": 0, "fade_out": 0}
    return PlacedCue.model_validate(bare | more)


def ducked(folder: Path, asked: DuckRecipe, *sounds: Samples) -> tuple[Samples, Samples]:
    """A steady tone as it is, and as it is heard under these sounds."""
    steady = tone(1_000, LENGTH, -12)
    curve, _ = make_curve(folder, asked, *sounds)
    stem = StemRecipe(stem="music", length=LENGTH, cues=(cue(duck_slot="duck0"),))
    heard, _ = sum_stem(folder, stem, {"a": steady}, {"duck0": curve})
    return steady, heard


def lowered_db(steady: Samples, heard: Samples) -> npt.NDArray[np.float64]:
    """How far each millisecond, one period of the tone, is below the steady one."""
    before, after = (np.square(sound[:, 0].astype(np.float64)).reshape(-1, 48).sum(axis=1) for sound in (steady, heard))
    lowered: npt.NDArray[np.float64] = 10 * np.log10(after / before)
    return lowered


@pytest.mark.parametrize("by_db", [3.0, 9.0, 24.0])
@pytest.mark.parametrize(("attack_ms", "release_ms"), [(50, 300), (150, 600), (500, 1_500)])
def test_depth_attack_and_release_are_as_asked(tmp_path: Path, by_db: float, attack_ms: int, release_ms: int) -> None:
    asked = recipe(0, by_db=by_db, attack=48 * attack_ms, release=48 * release_ms, look_ahead=48 * attack_ms)
    lowered = lowered_db(*ducked(tmp_path, asked, pressing(BURST)))
    assert np.abs(lowered[3_000:4_000] + by_db).max() < 0.1
    assert np.abs(lowered[: 3_000 - attack_ms - 1]).max() == np.abs(lowered[4_000 + release_ms + 1 :]).max() == 0.0
    half = np.flatnonzero(lowered < -by_db / 2)
    assert half[0] == pytest.approx(3_000 - attack_ms / 2, abs=10)
    assert half[-1] == pytest.approx(4_000 + release_ms / 2, abs=10)
    assert np.abs(np.diff(lowered[3_000 - attack_ms + 1 : 2_999]) + by_db / attack_ms).max() < 0.05
    assert np.abs(np.diff(lowered[4_001 : 3_999 + release_ms]) - by_db / release_ms).max() < 0.05


def test_without_look_ahead_the_fall_begins_with_the_press(tmp_path: Path) -> None:
    lowered = lowered_db(*ducked(tmp_path, recipe(0, look_ahead=0), pressing(BURST)))
    assert lowered[2_999] == 0.0 and np.flatnonzero(lowered < -4.5)[0] == pytest.approx(3_075, abs=10)
    assert np.abs(lowered[3_151:4_000] + 9).max() < 0.1


@pytest.mark.parametrize("burst", [(0, 1), (0, SECOND), (LENGTH - 1, LENGTH), (LENGTH - SECOND, LENGTH)])
def test_a_press_at_the_films_edge_is_heard_in_full_depth_there(tmp_path: Path, burst: tuple[int, int]) -> None:
    lowered = lowered_db(*ducked(tmp_path, recipe(0), np.sign(pressing(burst)) * np.float32(0.5)))
    edge = 0 if burst[0] == 0 else -1
    assert lowered[edge] == pytest.approx(-9, abs=0.5)
    assert lowered[4_000] == 0.0


def test_what_nothing_presses_on_keeps_every_sample(tmp_path: Path) -> None:
    for sounds in ((), (silence(LENGTH),), (noise(LENGTH, -60), silence(10))):
        steady, heard = ducked(tmp_path, recipe(*(0 for _ in sounds)), *sounds)
        assert np.array_equal(steady, heard)
    _, made = make_curve(tmp_path, recipe(0), silence(LENGTH))
    assert made.facts == {"presses": 0, "ducked_s": 0.0, "deepest_db": 0.0}
    assert [event.code for event in made.events] == ["duck-idle"]


def test_outside_the_reach_of_a_press_every_sample_is_kept(tmp_path: Path) -> None:
    steady, heard = ducked(tmp_path, recipe(0), pressing(BURST))
    assert np.array_equal(steady[: BURST[0] - 7_200], heard[: BURST[0] - 7_200])
    assert np.array_equal(steady[BURST[1] + 28_800 :], heard[BURST[1] + 28_800 :])
    assert not np.array_equal(steady, heard)


def test_a_cue_is_placed_before_it_presses(tmp_path: Path) -> None:
    whole, _ = make_curve(tmp_path, recipe(0), pressing(BURST))
    alone, made = make_curve(tmp_path, recipe(BURST[0]), pressing(BURST)[slice(*BURST)])
    assert json.loads(alone.read_text()) == json.loads(whole.read_text())
    assert made.facts == {"presses": 1, "ducked_s": 1.75, "deepest_db": -9.0} and not made.events


def test_two_sounds_press_by_their_own_levels(tmp_path: Path) -> None:
    loud, soft = pressing((SECOND, 2 * SECOND), level=-8), pressing((5 * SECOND, 6 * SECOND), level=-40)
    lowered = lowered_db(*ducked(tmp_path, recipe(0, 0), loud, soft))
    assert lowered[1_500] == pytest.approx(-9, abs=0.1) == lowered[5_500]
    assert lowered[3_500] == 0.0


def test_each_cue_of_a_stem_gives_way_to_its_own_press(tmp_path: Path) -> None:
    early, _ = make_curve(tmp_path, recipe(0), pressing((SECOND, 2 * SECOND)))
    late, _ = make_curve(tmp_path, recipe(0, by_db=20.0), pressing((5 * SECOND, 6 * SECOND)))
    cues = (cue("a", duck_slot="duck0"), cue("b", duck_slot="duck1"))
    left, right = tone(1_000, LENGTH, -12, sides=(1, 0)), tone(1_000, LENGTH, -12, sides=(0, 1))
    heard, _ = sum_stem(
        tmp_path,
        StemRecipe(stem="music", length=LENGTH, cues=cues),
        {"a": left, "b": right},
        {"duck0": early, "duck1": late},
    )
    steady = level_db(left[:SECOND])[0]
    found = [level_db(heard[at * SECOND + 4_800 : (at + 1) * SECOND - 4_800]) for at in (1, 3, 5)]
    lowered = [[side - steady for side in sides] for sides in found]
    assert lowered == [
        pytest.approx([-9, 0], abs=0.01), pytest.approx([0, 0], abs=0.01), pytest.approx([0, -20], abs=0.01),
    ]  # fmt: skip


def test_a_cue_that_begins_late_is_ducked_in_the_time_of_the_film(tmp_path: Path) -> None:
    curve, _ = make_curve(tmp_path, recipe(0), pressing(BURST))
    late = cue(start=2 * SECOND, length=4 * SECOND, duck_slot="duck0")
    heard, _ = sum_stem(
        tmp_path,
        StemRecipe(stem="music", length=LENGTH, cues=(late,)),
        {"a": tone(1_000, 4 * SECOND, -12)},
        {"duck0": curve},
    )
    lowered = lowered_db(tone(1_000, 4 * SECOND, -12), heard[2 * SECOND : 6 * SECOND])
    assert np.flatnonzero(lowered < -8.9)[0] == pytest.approx(1_000, abs=3)
    assert lowered[1_500] == pytest.approx(-9, abs=0.01)


def test_the_bus_comes_after_the_ducking_and_the_sum(tmp_path: Path) -> None:
    curve, _ = make_curve(tmp_path, recipe(0), pressing(BURST))
    low = tone(40, LENGTH, -12)
    bare = StemRecipe(stem="music", length=LENGTH, cues=(cue(duck_slot="duck0"),))
    through = bare.model_copy(update={"high_pass_hz": 80.0, "bus_gain_db": 3.0})
    plain, bussed = (sum_stem(tmp_path, stem, {"a": low}, {"duck0": curve})[0] for stem in (bare, through))
    for at in (1, 3, 6):
        span = slice(at * SECOND + 9_600, (at + 1) * SECOND)
        assert level_db(bussed[span])[0] - level_db(plain[span])[0] == pytest.approx(3 - 12.3, abs=0.1)


def test_a_stem_through_its_high_pass_has_no_seam_between_blocks(tmp_path: Path) -> None:
    stem = StemRecipe(stem="music", length=LENGTH, cues=(cue(),), high_pass_hz=200.0)
    heard, _ = sum_stem(tmp_path, stem, {"a": tone(1_000, LENGTH, -12)})
    settled = heard[SECOND:, 0].astype(np.float64).reshape(-1, 48)
    assert np.abs(settled - settled[0]).max() < 1e-6


def test_bytes_of_this_version_are_known(tmp_path: Path) -> None:
    """Other digests mean another curve, or other stems: raise the version in plan/steps.py and record the new one."""
    press = joined(silence(20_000), np.full((30_000, 2), 0.25, np.float32) * np.array([[1], [-1]] * 15_000, np.float32))
    curve, _ = make_curve(tmp_path, recipe(0, 9_000, length=150_000), press, press)
    digest = hashlib.sha256(curve.read_bytes()).hexdigest()
    assert (VERSIONS["duck"], digest[:16]) == (1, "12f3c43ca07bda05")
    sound = (((np.arange(150_000)[:, None] * [7_919, 6_007]) % 2_001 - 1_000) / 1_024).astype(np.float32)
    stem = StemRecipe(
        stem="music",
        length=150_000,
        cues=(cue(length=150_000, duck_slot="duck0"),),
        high_pass_hz=80.0,
        bus_gain_db=-2.5,
    )
    heard, _ = sum_stem(tmp_path, stem, {"a": sound}, {"duck0": curve})
    assert (VERSIONS["stem"], hashlib.sha256(heard.tobytes()).hexdigest()[:16]) == (2, "916bc36403953fab")
