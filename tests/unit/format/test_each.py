"""Cues that repeat: at which cuts and beats, what they are called, and what is said where that cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cutting import FILES, cut_of, filmed, found_in, heard, only, scene
from films import TOOLS
from storyboards import findings_of

from filmkit.model.finding import Severity
from filmkit.model.recipe import StemRecipe
from filmkit.model.timeline import SoundClip, Timeline
from filmkit.plan import each as each_module
from filmkit.plan.bounces import Bounces, soloable, with_bounces
from filmkit.plan.cut import cut
from filmkit.plan.planner import Quality, plan_film

SHOTS = ("id: a, lasts: 2s", "id: b, lasts: 1s", "id: c, lasts: 1.5s", "id: d, lasts: 1s")
TAKES = dict.fromkeys("abcd", 4)
MUSIC = "music: [{id: m, file: m.wav, at: a + 0.5s, beats: {tempo: 120 bpm, first: 0s, bar: 3}}]"


def whoosh(inside: str, more: str = MUSIC) -> str:
    return f"sound: {{{more}, effects: [{{id: whoosh, file: f.wav, {inside}}}]}}"


def copies(timeline: Timeline) -> list[SoundClip]:
    return [sound for sound in timeline.sounds if sound.cue == "whoosh"]


def starts(inside: str, *shots: str, more: str = MUSIC) -> list[float]:
    timeline = cut_of(scene(*(shots or SHOTS), rest=whoosh(inside, more)), **TAKES)
    return [sound.start / 48_000 for sound in copies(timeline)]


def test_cue_is_heard_at_every_cut_inside_a_scene() -> None:
    """Not where the scene begins: there is no cut of its own there, and none where it ends."""
    timeline = cut_of(scene(*SHOTS, rest=whoosh("each: s.cuts, lasts: 0.2s, gain: -3 dB")), **TAKES)
    assert [(sound.id, sound.start, sound.length) for sound in copies(timeline)] == [
        ("whoosh 1", 96_000, 9_600), ("whoosh 2", 144_000, 9_600), ("whoosh 3", 216_000, 9_600),
    ]  # fmt: skip
    assert {sound.shape.gain_db for sound in copies(timeline)} == {-3.0}


@pytest.mark.parametrize(
    ("inside", "seconds"),
    [
        ("each: s.cuts + 2f", [2 + 2 / 24, 3 + 2 / 24, 4.5 + 2 / 24]),
        ("each: S.Cuts - 0.5s", [1.5, 2.5, 4]),
        ("each: m.beats", [0.5 + 0.5 * k for k in range(10)]),
        ("each: m.downbeats", [0.5, 2, 3.5, 5]),
        ("each: m.downbeats - 6f", [0.25, 1.75, 3.25, 4.75]),
        ("each: m.beats - 1s", [0.5 * k for k in range(9)]),  # the first would begin before the film
        ("each: m.downbeats + 1s", [1.5, 3, 4.5]),  # the last would begin after it
    ],
)
def test_cue_repeats_where_it_says(inside: str, seconds: list[float]) -> None:
    assert starts(f"{inside}, lasts: 0.1s") == pytest.approx(seconds)


def test_cuts_begin_with_their_join_and_shots_left_out_have_none() -> None:
    shots = (SHOTS[0], "id: x, lasts: 9s, omit: true", "id: b, lasts: 1s, join: {with: dissolve, lasts: 12f}", SHOTS[2])
    assert starts("each: s.cuts", *shots) == [1.5, 2.5]


def test_beats_are_those_that_are_heard_at_the_speed_of_the_music() -> None:
    music = (
        "music: [{id: m, file: m.wav, at: a, in: 0.25s, speed: 0.5, lasts: 2.6s, beats: {tempo: 120 bpm, first: 0s}}]"
    )
    assert starts("each: m.beats", more=music) == [0.5, 1.5, 2.5]


def test_each_copy_ends_for_itself() -> None:
    timeline = cut_of(scene(*SHOTS, rest=whoosh("each: s.cuts, to: m.beat(+1)")), **TAKES)
    assert [(sound.start, sound.length) for sound in copies(timeline)] == [
        (96_000, 24_000), (144_000, 24_000), (216_000, 24_000),
    ]  # fmt: skip
    assert copies(cut_of(scene(*SHOTS, rest=whoosh("each: s.cuts")), **TAKES))[-1].length == 48_000  # the film's end


def test_copies_share_one_decoded_sound_and_their_stem_names_the_cue() -> None:
    film = filmed(scene(*SHOTS, rest=whoosh("each: m.beats, lasts: 0.2s, speed: 0.8")), {f"s/{n}": 4 for n in "abcd"})
    timeline = cut(film).timeline
    assert timeline is not None
    graph = plan_film(timeline, film.storyboard.picture, (-14, -1), TOOLS, Quality()).graph
    assert [step.name for step in graph if step.name.endswith("for whoosh")] == ["source f.wav for whoosh"]
    assert next(step for step in graph if step.name == "stem effects").about == ("whoosh",)


def test_all_copies_press_and_can_be_heard_alone() -> None:
    music = MUSIC.replace("at: a + 0.5s", "at: a, duck: {under: whoosh}")
    rest = whoosh("each: s.cuts, lasts: 0.2s", music).replace(
        "effects: [", "effects: [{id: horn, file: f.wav, at: b}, "
    )
    film = filmed(scene(*SHOTS, rest=rest), {f"s/{n}": 4 for n in "abcd"})
    timeline = cut(film).timeline
    assert timeline is not None
    plan = plan_film(timeline, film.storyboard.picture, (-14, -1), TOOLS, Quality())
    pressing = next(step for step in plan.graph if step.name == "whoosh as it presses")
    assert [cue.start for cue in StemRecipe.from_params(pressing.params).cues] == [0, 48_000, 120_000]
    assert soloable(plan)[-8:] == ["whoosh", "whoosh 1", "whoosh 2", "whoosh 3", "s/a", "s/b", "s/c", "s/d"]
    alone = with_bounces(plan, Bounces(solo=("whoosh",)), TOOLS)
    part = next(step for step in alone.graph if step.name == "stem effects: whoosh")
    assert [cue.id for cue in StemRecipe.from_params(part.params).cues] == ["whoosh 1", "whoosh 2", "whoosh 3"]


def test_recut_moves_the_copies_with_their_cuts() -> None:
    assert starts("each: s.cuts", "id: a, lasts: 49f", *SHOTS[1:]) == pytest.approx(
        [start + 1 / 24 for start in starts("each: s.cuts")]
    )


@pytest.mark.parametrize("point", ["whoosh", "whoosh.end", "whoosh.k + 1s"])
def test_point_on_a_cue_that_repeats_says_why_it_is_none(point: str) -> None:
    rest = f"{whoosh('each: s.cuts, marks: {k: 1s}')}\ntitles: [{{text: x, at: {point}}}]"
    finding = only(found_in(scene(*SHOTS, rest=rest), **TAKES), "point")
    assert "heard many times ('each: s.cuts'): it has no one place" in finding.message


def test_shot_that_ends_with_a_cue_that_repeats_is_an_error_not_a_crash() -> None:
    shots = ("id: a, to: whoosh.end", *SHOTS[1:])
    finding = only(found_in(scene(*shots, rest=whoosh("each: s.cuts, lasts: 1s")), **TAKES), "point")
    assert "it has no one place" in finding.message and finding.path[-1] == "to"


def test_music_that_hangs_on_what_repeats_at_its_beats_is_no_endless_loop() -> None:
    music = MUSIC.replace("at: a + 0.5s", "at: whoosh")
    found = found_in(scene(*SHOTS, rest=whoosh("each: m.beats", music)), **TAKES)
    assert [(finding.about, "no one place" in finding.message) for finding in found] == [("m", True), ("whoosh", True)]


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("each: b.cuts", "'b' is no scene: cuts lie between the shots of a scene"),
        ("each: m.cuts", "'m' is no scene"),
        ("each: nobody.cuts", "nothing here is called 'nobody'"),
        ("each: strat.beats", "nothing here is called 'strat'"),
        ("each: s.beats", "'s' is a shot or scene; only music has beats"),
        ("each: whoosh.beats", "'whoosh' is not music"),
    ],
)
def test_each_that_is_nowhere_says_why(inside: str, says: str) -> None:
    finding = only(found_in(scene(*SHOTS, rest=whoosh(inside)), **TAKES), "point")
    assert says in finding.message and finding.path == ("sound", "effects", 0, "each")


def test_beats_nobody_knows_are_told() -> None:
    bare = "music: [{id: m, file: m.wav, at: a}]"
    finding = only(found_in(scene(*SHOTS, rest=whoosh("each: m.beats", bare)), **TAKES), "point")
    assert "'m' is music whose beats were not found" in finding.message


def test_what_is_left_out_is_told_and_nothing_to_repeat_at_is_warned_of() -> None:
    note = only(found_in(scene(*SHOTS, rest=whoosh("each: m.beats - 1s")), **TAKES), "copies-left-out")
    assert note.severity is Severity.NOTE and "left out 1 of 10 times" in note.message
    alone = only(found_in(scene(SHOTS[0], rest=whoosh("each: s.cuts")), a=4), "each-nowhere")
    assert alone.severity is Severity.WARNING and "nothing to repeat at (each: s.cuts)" in alone.message


def test_one_mistake_of_all_copies_is_told_once() -> None:
    found = found_in(scene(*SHOTS, rest=whoosh("each: s.cuts, in: 9s, lasts: 2s")), **TAKES)
    warned = only(found, "sound-too-short")
    assert warned.message.startswith("whoosh 1 is over")


def test_more_copies_than_anybody_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filmkit.plan.sounds.MOST_COPIES", 12)
    more = f"{MUSIC[:-1]}, {{id: n, file: m.wav, each: m.downbeats, lasts: 1s}}]"
    finding = only(found_in(scene(*SHOTS, rest=whoosh("each: m.beats", more)), **TAKES), "too-many-copies")
    assert "with whoosh the cues of this film repeat more than 12 times" in finding.message
    assert each_module.MOST_COPIES == 10_000


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("each: s.cuts, at: a", "both 'at' and 'each'"),
        ("gain: 0 dB", "'at' is missing"),
        ("each: s", "is not many places; "),
        ("each: s.cut", "is not many places; "),
        ("each: s.cuts+2f", "is not many places; "),
        ("each: s/a.cuts", "is not many places; "),
    ],
)
def test_each_that_is_wrongly_written_is_an_error_at_its_line(inside: str, says: str) -> None:
    [finding] = findings_of(scene(SHOTS[0], rest=whoosh(inside)))
    assert says in f"{finding.message}; {finding.remedy}", finding
    assert finding.place is not None and finding.place.line == 4


def test_copies_of_a_repeated_line_are_lines_of_their_own() -> None:
    text = "sound: {dialogue: [{id: yes, file: f.wav, each: s.cuts, lasts: 0.3s, line: Yes!}]}"
    timeline = cut(filmed(scene(*SHOTS, rest=text), {f"s/{n}": 4 for n in "abcd"}, FILES)).timeline
    assert timeline is not None
    assert [sound.id for sound in timeline.sounds if sound.stem == "dialogue"] == ["yes 1", "yes 2", "yes 3"]
    one = heard(timeline, "yes 1")
    assert replace(one, copy_of="").cue == "yes 1" and one.cue == "yes"
