"""What a change costs, read off the plan alone."""

from __future__ import annotations

from films import FIRST_LIGHT, TOOLS, film, first_light, still, video

from filmkit.model.recipe import SegmentRecipe
from filmkit.model.storyboard import Picture
from filmkit.plan.cut import cut
from filmkit.plan.explain import remembered, why
from filmkit.plan.planner import FilmPlan, Quality, plan_film
from filmkit.plan.stale import todo


def plan_of(text: str = FIRST_LIGHT, quality: Quality = Quality()) -> FilmPlan:
    film = first_light(text)
    timeline = cut(film).timeline
    assert timeline is not None
    return plan_film(timeline, film.storyboard.picture, (-14.0, -1.0), TOOLS, quality)


def made_by(change: tuple[str, str]) -> dict[str, int]:
    """Steps by kind that a change of the storyboard makes stale, once the film was rendered."""
    before, after = plan_of(), plan_of(FIRST_LIGHT.replace(*change))
    assert FIRST_LIGHT.replace(*change) != FIRST_LIGHT
    counts: dict[str, int] = {}
    for step in todo(after.graph, [after.master], {step.key for step in before.graph}).missing:
        counts[step.kind] = counts.get(step.kind, 0) + 1
    return counts


def test_nothing_changed_means_nothing_to_do() -> None:
    first, second = plan_of(), plan_of()
    found = todo(second.graph, [second.master], {step.key for step in first.graph})
    assert found.missing == () and sum(found.hits.values()) == len(second.graph)


def test_a_trim_of_the_last_shot_touches_its_segment_and_its_sound() -> None:
    assert made_by(("id: flame,", "id: flame, in: 6f,")) == {"segment": 1, "stem": 1, "mix": 1, "master": 1}


def test_a_trim_next_to_a_join_touches_the_join_too() -> None:
    assert made_by(("in: 0.5s", "in: 0.75s")) == {"segment": 3, "stem": 2, "mix": 1, "master": 1}


def test_a_titles_text_touches_only_the_segments_under_it() -> None:
    assert made_by(("FIRST LIGHT", "SECOND LIGHT")) == {"title": 1, "segment": 2, "master": 1}


def test_a_gain_touches_one_stem_and_the_mix() -> None:
    assert made_by(("gain: -4 dB", "gain: -5 dB")) == {"stem": 1, "mix": 1, "master": 1}


def test_other_music_touches_its_source_stem_and_the_mix() -> None:
    assert made_by(("in: 12s", "in: 13s")) == {"stem": 1, "mix": 1, "master": 1}


def test_words_about_a_shot_cost_nothing() -> None:
    assert made_by(("the lamp takes fire", "the lamp goes out")) == {}


def test_a_draft_shares_no_segment_but_all_sound() -> None:
    full, draft = plan_of(), plan_of(quality=Quality(draft=True))
    missing = todo(draft.graph, [draft.master], {step.key for step in full.graph}).missing
    assert {step.kind for step in missing} == {"segment", "title", "card", "master"}
    assert (draft.canvas.width_px, draft.canvas.height_px, draft.canvas.codec.preset) == (426, 240, "superfast")


def test_why_names_the_field_and_both_values() -> None:
    before, after = plan_of(), plan_of(FIRST_LIGHT.replace("id: flame,", "id: flame, in: 6f,"))
    changes = why(after.graph, remembered(before.graph), "lamp/flame")
    assert "segment lamp/flame: it begins at picture 6 of its take, it was picture 0 ('in')" in map(str, changes)


def test_why_follows_what_a_segment_is_made_of() -> None:
    before, after = plan_of(), plan_of(FIRST_LIGHT.replace("FIRST LIGHT", "SECOND LIGHT"))
    changes = [str(change) for change in why(after.graph, remembered(before.graph), "harbour/boat")]
    assert any("title SECOND LIGHT" in change for change in changes)


def test_a_held_shot_shows_its_last_picture_once_where_a_join_of_one_frame_takes_over() -> None:
    held = FIRST_LIGHT.replace("lasts: 4s", "lasts: 4.6s, short: hold").replace("lasts: 12f", "lasts: 1f")
    recipes = [SegmentRecipe.from_params(step.params) for step in plan_of(held).graph if step.kind == "segment"]
    [layer] = [recipe.layers[0] for recipe in recipes if recipe.frames == 1]
    assert layer.kind == "take" and (layer.first, layer.shown_at, layer.holds) == (119, (), False)


def test_equal_steps_stand_once() -> None:
    film = FIRST_LIGHT.replace("{text: Day one,", "{text: FIRST LIGHT,").replace("style: lower-third, ", "")
    assert sum(step.kind == "title" for step in plan_of(film).graph) == 1


def test_a_key_knows_no_path() -> None:
    plan = plan_of()
    assert all("/nowhere/" not in str(step.identity()) for step in plan.graph)


def test_keys_hold_the_libraries_that_make_frames_and_samples() -> None:
    looks = """
filmkit: 1
title: Tools
scenes:
  - id: s
    shots:
      - {id: plain, lasts: 2s}
      - {id: titled, lasts: 2s}
      - {id: slow, speed: 0.5, lasts: 2s}
      - {id: moved, from: a.png, generate: {with: still}, lasts: 2s}
      - {id: planned, lasts: 2s}
      - {id: black, color: black, lasts: 2s}
titles: [{text: T, at: titled, lasts: 2s}]
"""
    takes = {f"s/{shot}": video(10) for shot in ("plain", "titled", "slow")}
    timeline = cut(film(looks, takes, {"a.png": still()})).timeline
    assert timeline is not None
    plan = plan_film(timeline, Picture(), (-14.0, -1.0), TOOLS, Quality())
    with_numpy = {step.name: set(step.tools) for step in plan.graph if "numpy" in step.tools}
    drawn = {"ffmpeg", "numpy", "pillow"}
    assert {name: tools for name, tools in with_numpy.items() if name.startswith(("segment", "source"))} == {
        "segment s/titled": drawn,
        "segment s/moved": drawn,
        "segment s/planned": drawn,
        "source takes/s/slow/t01.mp4 for s/slow": {"ffmpeg", "numpy"},
    }
