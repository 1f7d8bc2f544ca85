"""Sounds of a stranger's film: each broken one is refused with its cue and file; odd ones are heard as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from bombs import Broken
from commands import World
from hostilefilms import Said, Stranger, ask, digests, shot_of
from oddmedia import MARKS
from oddsounds import BROKEN_INSIDE, BROKEN_SOUNDS, ODD_SOUNDS, PEAK_DB
from sounds import RATE, level_db

RENDER = ("--engine", "local")


def world_in(folder: Path) -> World:
    world = World(folder / "world")
    world.folder.mkdir()
    return world


def film_of(folder: Path, sounds: Mapping[str, Any], seconds: int) -> Path:
    """A second of black for each case, with its sound from a quarter of a second on; one more second as the end."""
    stranger = Stranger(folder / "film")
    (folder / "made").mkdir()
    cues = []
    for case, sound in sounds.items():
        path = folder / "made" / f"{case}.{sound.suffix}"
        sound.make(path)
        stranger.files[f"sound/{path.name}"] = path
        cues.append(f"    - {{id: {shot_of(case)}, file: sound/{path.name}, at: {len(cues)}s + 6f}}")
    cues = [cue.replace(f"at: {at}s + 6f", f"at: start + {24 * at + 6}f") for at, cue in enumerate(cues)]
    stranger.shot("black", f"color: black, lasts: {seconds}s")
    stranger.more = ["sound:", "  loudness: {integrated: -24 LUFS}", "  effects:", *cues]
    return stranger.write()


def assert_each_is_named(said: Said, sounds: Mapping[str, Broken]) -> None:
    assert said.code == 3, said.err
    for case, sound in sounds.items():
        told = [line for line in said.errors if f"sound/{case}.{sound.suffix}" in line and sound.says in line]
        assert len(told) == 1, f"{case}: {said.err}"
    assert len(said.errors) == len(sounds)


def test_sounds_that_are_none_are_refused_when_the_film_is_loaded(tmp_path: Path) -> None:
    film = film_of(tmp_path, BROKEN_SOUNDS, len(BROKEN_SOUNDS))
    said = ask(world_in(tmp_path), "render", film, *RENDER)
    assert_each_is_named(said, BROKEN_SOUNDS)
    assert [case for case in BROKEN_SOUNDS if not any(f" {shot_of(case)}: " in line for line in said.errors)] == []


def test_sounds_that_are_damaged_are_refused_and_never_heard_in_part(tmp_path: Path) -> None:
    film = film_of(tmp_path, BROKEN_INSIDE, len(BROKEN_INSIDE))
    assert_each_is_named(ask(world_in(tmp_path), "render", film, *RENDER), BROKEN_INSIDE)
    assert not (film / "out").exists()


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    film = film_of(folder, ODD_SOUNDS, len(ODD_SOUNDS))
    said = ask(world_in(folder), "render", film, *RENDER)
    assert said.code == 0, said.err
    return film


@pytest.fixture(scope="module")
def heard(odd: Path) -> dict[str, Any]:
    """Each case's second of the film."""
    with av.open(str(odd / "out" / "film.mp4")) as container:
        whole = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).T
    return {case: whole[at * RATE : (at + 1) * RATE] for at, case in enumerate(ODD_SOUNDS)}


def measured(second: Any, seconds: float) -> tuple[float, float]:
    """Levels of the two sides in the middle of a tone that begins at a quarter of a second."""
    margin = min(0.03, seconds / 4)
    return level_db(second[round((0.25 + margin) * RATE) : round((0.25 + seconds - margin) * RATE)])


@pytest.mark.parametrize("case", ODD_SOUNDS)
def test_an_odd_sound_is_heard_as_it_is(case: str, heard: dict[str, Any]) -> None:
    reference = measured(heard["tone"], 0.5)[0]
    assert reference > PEAK_DB - 20
    sound = ODD_SOUNDS[case]
    for side, wanted in zip(measured(heard[case], sound.seconds), sound.sides, strict=True):
        if wanted is None:
            assert side < reference - 50
        else:
            assert side - reference == pytest.approx(wanted, abs=0.3)
    before, after = heard[case][: RATE // 5], heard[case][round((0.3 + sound.seconds) * RATE) :]
    assert max(*level_db(before), *level_db(after)) < reference - 40, "it is heard where it should not be"


def test_turned_over_sides_stay_turned_over(heard: dict[str, Any]) -> None:
    left, right = heard["anti-phase"][RATE // 3 : RATE // 2].T
    assert np.corrcoef(left, right)[0, 1] < -0.99


def test_no_word_of_a_sound_file_reaches_anything_that_is_made(odd: Path) -> None:
    given = [content for name, content in digests(odd / "sound").items() if any(mark in content for mark in MARKS)]
    assert given, "the sounds do not carry what is looked for"
    made = digests(odd / "out", odd / ".filmkit", odd.parent / "world")
    assert {name: mark for name, content in made.items() for mark in MARKS if mark in content} == {}
