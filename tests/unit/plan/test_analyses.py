"""What has to be measured before a film can be cut, and what the cut makes of the answers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from cutting import FILES, filmed, heard, only, scene
from films import TOOLS

from filmkit.model.analysis import Analysis, Answer, SilenceRecipe
from filmkit.model.film import Film
from filmkit.model.timeline import SoundClip
from filmkit.plan.analyses import analysis_step, wanted
from filmkit.plan.cut import Cut, cut
from filmkit.plan.graph import Step, WorkGraph

HIT = "sound: {effects: [{id: hit, file: f.wav, at: a + 1s, CUE}, {file: f.wav, at: hit.end}]}"
TRIM = Analysis("silence", "f.wav", SilenceRecipe(threshold_db=-50, first=24_000))


def film_with(cue: str) -> Film:
    return filmed(scene("id: a, lasts: 20s", rest=HIT.replace("CUE", cue)), {}, FILES)


def cut_with(cue: str, answer: Answer | None) -> Cut:
    return cut(replace(film_with(cue), analyses={TRIM: answer}))


def clips_with(cue: str, answer: Answer | None) -> tuple[SoundClip, SoundClip]:
    made = cut_with(cue, answer)
    assert made.timeline is not None, made.findings
    return heard(made.timeline, "hit"), heard(made.timeline, "effects 2")


def test_only_cues_that_trim_have_to_be_measured() -> None:
    assert wanted(film_with("in: 0.5s")) == ()
    assert wanted(film_with("in: 0.5s, trim: -50 dB")) == (TRIM,)


def test_what_is_answered_is_not_asked_again_even_if_there_was_no_answer() -> None:
    film = film_with("in: 0.5s, trim: -50 dB")
    assert wanted(replace(film, analyses={TRIM: {"before": 0, "after": 0}})) == ()
    assert wanted(replace(film, analyses={TRIM: None})) == ()


def test_a_file_without_sound_is_not_asked() -> None:
    film = film_with("in: 0.5s, trim: -50 dB")
    assert wanted(replace(film, files={})) == ()


def test_two_cues_of_one_question_are_one_step_on_the_decoded_file() -> None:
    film = film_with("in: 0.5s, trim: -50 dB")
    steps: list[Step] = []
    keys = {analysis_step(TRIM, film, TOOLS, steps) for _ in range(2)}
    graph = WorkGraph(steps)
    assert [step.kind for step in graph] == ["source", "silence"]
    assert keys == {step.key for step in graph if step.kind == "silence"}


def test_a_trimmed_cue_begins_with_its_sound_and_ends_with_it() -> None:
    hit, after = clips_with("in: 0.5s, trim: -50 dB", {"before": 12_000, "after": 48_000})
    assert (hit.start, hit.source_start) == (48_000, 24_000 + 12_000)
    assert hit.length == 480_000 - 24_000 - 12_000 - 48_000  # f.wav lasts ten seconds
    assert after.start == hit.start + hit.length


@pytest.mark.parametrize(
    ("cue", "length", "start", "pieces", "backwards", "stop"),
    [
        ("speed: 2", 198_000, 0, ((36_000, 396_000, 198_000),), 0, None),
        ("reverse: true", 396_000, 36_000, (), 396_000, None),
        ("loop: true, lasts: 15s", 720_000, 36_000, (), 0, 432_000),
        ("loop: true, reverse: true, lasts: 15s", 720_000, 36_000, (), 396_000, None),
        ("loop: true, speed: 2, lasts: 15s", 720_000, 0, ((36_000, 396_000, 198_000),), 0, None),
        ("reverse: true, speed: 2, lasts: 1s", 48_000, 0, ((36_000, 96_000, 48_000),), 48_000, None),
    ],
)
def test_speed_direction_and_loop_work_on_what_trimming_leaves(
    cue: str, length: int, start: int, pieces: tuple[object, ...], backwards: int, stop: int | None
) -> None:
    hit, _ = clips_with(f"in: 0.5s, trim: -50 dB, {cue}", {"before": 12_000, "after": 48_000})
    assert (hit.length, hit.source_start, hit.pieces, hit.reversed_samples, hit.source_stop) == (
        length, start, pieces, backwards, stop,
    )  # fmt: skip


def test_a_told_end_wins_over_the_trimmed_one() -> None:
    hit, after = clips_with("in: 0.5s, lasts: 2s, trim: -50 dB", {"before": 12_000, "after": 48_000})
    assert (hit.source_start, hit.length, after.start) == (36_000, 96_000, 144_000)


def test_marks_keep_their_place_in_the_file() -> None:
    text = "sound: {effects: [{id: hit, file: f.wav, at: a + 1s, in: 0.5s, trim: -50 dB, marks: {bang: 2s}}, " \
           "{file: f.wav, at: hit.bang}]}"  # fmt: skip
    film = filmed(scene("id: a, lasts: 20s", rest=text), {}, FILES)
    made = cut(replace(film, analyses={TRIM: {"before": 12_000, "after": 0}}))
    assert made.timeline is not None
    assert heard(made.timeline, "effects 2").start == int((1 + Fraction(2) - Fraction(3, 4)) * 48_000)


def test_a_loop_goes_back_where_its_sound_ends() -> None:
    hit, _ = clips_with("in: 0.5s, loop: true, lasts: 15s, trim: -50 dB", {"before": 12_000, "after": 48_000})
    assert (hit.source_start, hit.source_stop, hit.length) == (36_000, 432_000, 720_000)


def test_a_sound_that_is_all_silence_is_never_heard_and_the_finding_says_why() -> None:
    found = cut_with("in: 0.5s, trim: -50 dB", {"before": 456_000, "after": 0}).findings
    assert "nothing in it is louder than -50 dB" in only(list(found), "cue-silent").message


def test_without_an_answer_nothing_is_trimmed() -> None:
    hit, _ = clips_with("in: 0.5s, trim: -50 dB", None)
    assert (hit.source_start, hit.length) == (24_000, 456_000)
