"""Which cues a re-cut has moved since the last render, by how much, and what does not pass for a move."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from cutting import filmed, scene
from films import TOOLS

from filmkit.model.film import Film
from filmkit.model.run import CueChanges, MovedCue
from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut
from filmkit.plan.explain import Remembered, remembered
from filmkit.plan.moved import cue_changes
from filmkit.plan.planner import Quality, plan_film

SHOTS = ("id: a, lasts: 2s", "id: b, lasts: 2s, marks: {k: 1s}", "id: c, lasts: 2s")
SOUND = """sound:
  music: [{id: m, file: m.wav, at: start, to: end, duck: {under: x}}]
  effects: [{id: x, file: f.wav, at: b.k}, {file: f.wav, at: c}, {file: m.wav, at: a + 1s, lasts: 0.1s},
            {id: w, file: f.wav, each: s.cuts, lasts: 0.2s}]"""


def film_of(*shots: str, sound: str = SOUND, fps: str = "24") -> Film:
    return filmed(scene(*shots, rest=sound, fps=fps), {f"s/{name}": 5 for name in "abc"})


def cut_and_kept(film: Film) -> tuple[Timeline, Remembered]:
    """The timeline, and its plan as it comes back from the film's folder."""
    timeline = cut(film).timeline
    assert timeline is not None
    plan = plan_film(timeline, film.storyboard.picture, (-14, -1), TOOLS, Quality())
    return timeline, json.loads(json.dumps(remembered(plan.graph)))


def moved(before: Film, after: Film) -> dict[str, tuple[int, int | None]]:
    _, kept = cut_and_kept(before)
    timeline, _ = cut_and_kept(after)
    return {cue.cue: (cue.samples, cue.frames) for cue in cue_changes(timeline, kept).moved}


def test_cues_move_with_the_cuts_they_hang_on() -> None:
    later = film_of("id: a, lasts: 60f", *SHOTS[1:])
    assert moved(film_of(*SHOTS), later) == {
        "x": (24_000, 12), "effects 2 (f.wav)": (24_000, 12), "w 1": (24_000, 12), "w 2": (24_000, 12),
    }  # fmt: skip
    sooner = film_of(SHOTS[0], "id: b, in: 0.5s, lasts: 1s, marks: {k: 1s}", SHOTS[2])
    assert moved(film_of(*SHOTS), sooner)["x"] == (-24_000, -12)
    assert moved(later, later) == {}


def test_move_by_less_than_a_frame_is_told_in_samples() -> None:
    before, after = (film_of(*SHOTS, sound=SOUND.replace("at: c}", f"at: c + {ms}ms}}")) for ms in (10, 23))
    assert moved(before, after) == {"effects 2 (f.wav)": (624, None)}


@pytest.mark.parametrize("fps", ["24", "25", "29.97", "23.976"])
def test_move_by_whole_frames_is_known_at_every_rate(fps: str) -> None:
    after = film_of("id: a, lasts: 67f", *SHOTS[1:], fps=fps)
    before = film_of("id: a, lasts: 60f", *SHOTS[1:], fps=fps)
    assert {frames for _, frames in moved(before, after).values()} == {7}


def test_cue_put_in_before_others_moves_none() -> None:
    more = SOUND.replace("effects: [", "effects: [{file: m.wav, at: b, lasts: 0.3s}, {id: y, file: f.wav, at: a}, ")
    assert set(moved(film_of(*SHOTS), film_of(*SHOTS, sound=more))) == {
        "effects 1 (m.wav)"
    }  # now the first of its file


def test_new_and_removed_cues_are_named_and_have_not_moved() -> None:
    """A copy of one that repeats, a renamed cue and one that takes the place of another are told apart."""
    before, kept = cut_and_kept(film_of(*SHOTS))
    more = (
        SOUND.replace("id: x", "id: horn")
        .replace("under: x", "under: horn")
        .replace("each: s.cuts", "each: s.cuts + 3s")
    )
    after = cut_and_kept(film_of(*SHOTS, sound=more))[0]
    assert cue_changes(after, kept) == CueChanges((MovedCue("w 1", 144_000, 72),), ("horn",), ("x", "w 2"))
    assert cue_changes(before, kept) == CueChanges()


def test_takes_own_sound_goes_with_its_picture_and_is_not_listed() -> None:
    bare = "sound: {effects: [{id: x, file: f.wav, at: a}]}"
    assert moved(film_of(*SHOTS, sound=bare), film_of("id: a, lasts: 3s", *SHOTS[1:], sound=bare)) == {}


def test_without_a_former_render_nothing_has_moved() -> None:
    assert cue_changes(cut_and_kept(film_of(*SHOTS))[0], {}) == CueChanges()


@pytest.mark.parametrize(
    "garbage",
    [
        {"mix": {"inputs": 3}},
        {"mix": {"inputs": {"effects": ["x"]}}},
        {"mix": {"inputs": {"effects": "e"}}, "e": {"params": None}},
        {"mix": {"inputs": {"effects": "e"}}, "e": {"params": {"cues": 5}}},
        {
            "mix": {"inputs": {"effects": "e"}},
            "e": {"params": {"cues": [None, {"id": "x"}, {"id": "x", "start": "1"}]}},
        },
    ],
)
def test_plan_that_filmkit_never_wrote_moves_nothing(garbage: Mapping[str, Mapping[str, object]]) -> None:
    assert cue_changes(cut_and_kept(film_of(*SHOTS))[0], garbage).moved == ()  # type: ignore[arg-type]


def test_plan_of_an_earlier_filmkit_is_understood() -> None:
    """What was remembered before this report existed has all that it needs."""
    timeline, kept = cut_and_kept(film_of(*SHOTS))
    old = {name: {key: value for key, value in step.items() if key != "about"} for name, step in kept.items()}
    later = cut_and_kept(film_of("id: a, lasts: 60f", *SHOTS[1:]))[0]
    assert MovedCue("x", 24_000, 12) in cue_changes(later, old).moved and cue_changes(timeline, old) == CueChanges()
