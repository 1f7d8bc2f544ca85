"""The analysis of beats as a step: what it is asked, the facts it answers with, and that they change by its version
only.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from rhythms import drums, later, ramp, steady
from sounds import Samples, silence, write_f32
from soundsteps import NO_FFMPEG

from filmkit.media.workbench import Workbench
from filmkit.model.analysis import BeatsRecipe
from filmkit.model.run import Json
from filmkit.plan.graph import Step
from filmkit.plan.steps import VERSIONS
from filmkit.stages import beats

VERSION_OF_THE_DIGEST = 1
DIGEST = "65d877b67099608d"


def answer(folder: Path, sound: Samples, recipe: BeatsRecipe | None = None) -> dict[str, Json]:
    step = Step("beats", "beats song.ogg", 1, (recipe or BeatsRecipe()).as_params())
    file = write_f32(folder / "song.f32", sound)
    made = beats.run(step, Workbench(folder, {"sound": file}, {}, NO_FFMPEG))
    assert made.outputs == {}
    return dict(made.facts)


def test_facts_say_where_beats_are_and_how_sure_that_is(tmp_path: Path) -> None:
    facts = answer(tmp_path, drums(steady(112, 20, 0.15), 20, hats=0.4).sound)
    places = facts["beats"]
    assert isinstance(places, list) and all(type(place) is int for place in places) and len(places) == 38
    assert (facts["bpm"], facts["steady"], facts["bar"]) == (112.0, True, 4)
    assert all(0 <= float(str(facts[name])) <= 1 for name in ("octave", "found", "bars"))
    tempos = facts["tempos"]
    assert isinstance(tempos, list) and tempos[0][0] == 112.0 and {224.0, 56.0} & {tempo[0] for tempo in tempos[1:]}


def test_what_is_known_reaches_the_tracker(tmp_path: Path) -> None:
    sound = drums(steady(150, 20, 0.1), 20).sound
    half = answer(tmp_path, sound, BeatsRecipe(bpm="75"))
    assert (half["bpm"], half["octave"]) == (75.0, 1.0)
    first = answer(tmp_path, sound, BeatsRecipe(first=4_800 + 5 * 19_200, bar=3))
    assert isinstance(first["beats"], list) and abs(int(str(first["beats"][0])) - 100_800) <= 48
    assert (first["bar"], first["downbeat"]) == (3, 0)


def test_a_sound_without_beats_is_answered_with_none(tmp_path: Path) -> None:
    assert answer(tmp_path, silence(48_000)) == {"beats": []}


def test_the_beats_of_a_version_do_not_change(tmp_path: Path) -> None:
    assert VERSIONS["beats"] == VERSION_OF_THE_DIGEST, "write the digest of the new version into this test"
    songs = [
        drums(steady(97, 20), 20, swing=0.6, hats=0.8),
        drums(ramp(104, 110, 20), 20),
        later(drums(steady(140, 12), 12), 1),
    ]
    facts = repr([sorted(answer(tmp_path, song.sound).items()) for song in songs])
    assert hashlib.sha256(facts.encode()).hexdigest()[:16] == DIGEST, (
        f"other beats than before: raise the version\n{facts}"
    )
