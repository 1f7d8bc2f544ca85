"""What a mix session adds to the sound of a film: stems, M&E and solos, none of which needs a picture."""

from __future__ import annotations

from collections import Counter

import pytest
from films import FIRST_LIGHT, TOOLS, first_light

from filmkit.model.level_recipe import SheetRecipe
from filmkit.model.recipe import StemRecipe
from filmkit.model.sound import STEMS
from filmkit.plan.bounces import Bounces, file_word, solo_names, soloable, with_bounces
from filmkit.plan.cut import cut
from filmkit.plan.graph import Step
from filmkit.plan.planner import FilmPlan, Quality, plan_film
from filmkit.plan.stale import todo


def plan_of(text: str = FIRST_LIGHT) -> FilmPlan:
    film = first_light(text)
    timeline = cut(film).timeline
    assert timeline is not None
    return plan_film(timeline, film.storyboard.picture, (-14.0, -1.0), TOOLS, Quality())


def session(wanted: Bounces, text: str = FIRST_LIGHT) -> FilmPlan:
    return with_bounces(plan_of(text), wanted, TOOLS)


def step_of(plan: FilmPlan, file: str) -> Step:
    return next(plan.graph[part.step] for part in plan.deliveries if part.file == file)


def test_a_mix_needs_nothing_of_the_picture() -> None:
    assert {step.kind for step in session(Bounces(stems=True, picture=False)).graph} == {
        "source",
        "stem",
        "mix",
        "bounce",
    }
    assert {step.kind for step in plan_of().graph} >= {"segment", "master"}


def test_every_stem_is_delivered_whether_it_sounds_or_not() -> None:
    plan = session(Bounces(stems=True, picture=False))
    name = plan.timeline.name
    assert [part.file for part in plan.deliveries] == [
        f"{name}.mix.m4a",
        *(f"stems/{name}.{stem}.wav" for stem in (*STEMS, "m-and-e")),
    ]
    silent = {*STEMS} - {sound.stem.value for sound in plan.timeline.sounds}
    for stem in silent:
        assert step_of(plan, f"stems/{name}.{stem}.wav").inputs.keys() == {"levels"}


def test_music_and_effects_hold_no_production_sound() -> None:
    plan = session(Bounces(stems=True, picture=False))
    step = step_of(plan, f"stems/{plan.timeline.name}.m-and-e.wav")
    summed = [plan.graph[given.step].params["stem"] for slot, given in sorted(step.inputs.items()) if slot != "levels"]
    assert summed == ["music", "effects"]


def test_a_solo_of_a_cue_is_the_stem_without_its_other_cues() -> None:
    plan = session(Bounces(picture=False, solo=("horn",)))
    step = step_of(plan, f"{plan.timeline.name}.solo-horn.wav")
    (part,) = (plan.graph[given.step] for slot, given in step.inputs.items() if slot != "levels")
    whole = next(other for other in plan.graph if other.name == "stem effects")
    recipe, stem = StemRecipe.from_params(part.params), StemRecipe.from_params(whole.params)
    assert [cue.id for cue in recipe.cues] == ["horn"]
    assert recipe.cues[0] in stem.cues and len(stem.cues) > 1 and recipe.length == stem.length
    assert {slot for slot in part.inputs if slot.startswith("source")} == {recipe.cues[0].slot}


def test_a_solo_of_a_stem_reads_the_stem_itself() -> None:
    plan = session(Bounces(picture=False, solo=("music", "effects")))
    alone = session(Bounces(stems=True, picture=False))
    name = plan.timeline.name
    solo = step_of(plan, f"{name}.solo-music+effects.wav")
    assert solo.key == step_of(alone, f"stems/{name}.m-and-e.wav").key, "the same sound is made once"


def test_what_can_be_soloed_is_what_sounds() -> None:
    plan = plan_of()
    names = soloable(plan)
    assert names[:2] == ["dialogue", "music"] or names[0] in STEMS
    assert {sound.id for sound in plan.timeline.sounds} <= {*names}
    assert {name for name in names if name in STEMS} == {sound.stem.value for sound in plan.timeline.sounds}


def test_a_gain_makes_one_stem_the_mix_and_the_bounces_anew() -> None:
    """All bounces follow the mix, for its gain may be another."""
    before, after = (
        session(Bounces(stems=True, picture=False)),
        session(Bounces(stems=True, picture=False), FIRST_LIGHT.replace("-4 dB", "-5 dB")),
    )
    goals = [part.step for part in after.deliveries]
    missing = todo(after.graph, goals, {step.key for step in before.graph}).missing
    assert Counter(step.kind for step in missing) == {"stem": 1, "mix": 1, "bounce": len(goals) - 1}


def test_a_picture_needs_an_outline_of_each_stem_that_sounds_and_its_ducking_curves() -> None:
    duck = "file: music/dawn.ogg, duck: {under: dialogue},"
    assert "file: music/dawn.ogg," in FIRST_LIGHT
    plan = session(Bounces(), FIRST_LIGHT.replace("file: music/dawn.ogg,", duck))
    sheet = step_of(plan, f"{plan.timeline.name}.levels.png")
    present = {sound.stem.value for sound in plan.timeline.sounds}
    assert sheet.inputs.keys() == {"levels", "duck-music-duck0", *(f"wave-{stem}" for stem in present)}
    kinds = {slot: plan.graph[given.step].kind for slot, given in sheet.inputs.items()}
    assert kinds["levels"] == "mix" and kinds["duck-music-duck0"] == "duck" and kinds["wave-music"] == "waveform"
    recipe = SheetRecipe.from_params(sheet.params)
    assert {(cue.id, cue.start, cue.length) for cue in recipe.cues} == {
        (sound.id, sound.start, sound.length) for sound in plan.timeline.sounds
    }
    assert [(shot.name, shot.start) for shot in recipe.shots] == [
        (clip.shot, clip.start) for clip in plan.timeline.clips
    ]


@pytest.mark.parametrize(
    ("said", "names"),
    [(None, ()), ("", ()), ("horn", ("horn",)), (" horn , effects 2,,", ("horn", "effects 2"))],
)
def test_names_are_parted_by_commas(said: str | None, names: tuple[str, ...]) -> None:
    assert solo_names(said) == names


def test_no_name_leads_out_of_the_folder() -> None:
    assert file_word(["harbour/boat", "effects 2", "../x"]) == "harbour-boat+effects-2+---x"
