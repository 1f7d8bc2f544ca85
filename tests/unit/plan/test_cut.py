from __future__ import annotations

import pytest
from films import FIRST_LIGHT, film, first_light, video

from filmkit.model.sound import Curve
from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut


def cut_of(text: str, **takes: float) -> Timeline:
    made = cut(film(text, {name.replace("__", "/"): video(seconds) for name, seconds in takes.items()}))
    assert made.timeline is not None, made.findings
    return made.timeline


def codes(text: str, **takes: float) -> set[str]:
    made = cut(film(text, {name.replace("__", "/"): video(seconds) for name, seconds in takes.items()}))
    return {finding.code for finding in made.findings}


def board(shots: str, rest: str = "", fps: str = "24") -> str:
    return f"filmkit: 1\ntitle: T\npicture: {{fps: {fps}}}\nscenes:\n  - id: s\n    shots:\n{shots}\n{rest}"


def test_the_reference_example_is_cut_as_its_page_says() -> None:
    timeline = cut(first_light()).timeline
    assert timeline is not None
    assert [(clip.shot, clip.start, clip.stop) for clip in timeline.clips] == [
        ("harbour/boat", 0, 96), ("harbour/keeper", 84, 168), ("lamp/flame", 168, 216), ("credits", 216, 408),
    ]  # fmt: skip
    assert [(title.name, title.start, title.stop) for title in timeline.titles] == [
        ("FIRST LIGHT", 24, 96),
        ("Day one", 96, 144),
    ]
    starts = {sound.id: sound.start for sound in timeline.sounds}
    assert (starts["horn"], starts["wind"], starts["late"]) == (76_800, 168_000, 206_400)
    assert timeline.frames == 408


def test_a_moved_shot_takes_its_cues_along() -> None:
    longer = first_light(FIRST_LIGHT.replace("in: 0.5s, lasts: 4s", "in: 0.5s, lasts: 4.5s"))
    before, after = cut(first_light()).timeline, cut(longer).timeline
    assert before is not None and after is not None
    moved = {a.id: b.start - a.start for a, b in zip(before.sounds, after.sounds, strict=True)}
    assert moved == {"theme": 0, "horn": 0, "wind": 24_000, "late": 24_000, "harbour/boat": 0, "harbour/keeper": 24_000,
                     "lamp/flame": 24_000}  # fmt: skip


def test_own_sounds_cross_under_a_join_with_equal_power() -> None:
    timeline = cut(first_light()).timeline
    assert timeline is not None
    boat, keeper = (next(s for s in timeline.sounds if s.id == f"harbour/{name}") for name in ("boat", "keeper"))
    assert boat.shape.curve_out is Curve.POWER and keeper.shape.curve_in is Curve.POWER
    assert boat.shape.fade_out == keeper.shape.fade_in == 24_000


@pytest.mark.parametrize(
    ("shots", "code"),
    [
        ("      - {id: a, lasts: 3s}\n", "take-too-short"),
        ("      - {id: a}\n      - {id: b, lasts: 1s, join: {with: dissolve, lasts: 30f}}\n", "join-too-long"),
        ("      - {id: a, lasts: 1s}\n      - {id: b, lasts: 1s, join: {with: iris, lasts: 13f}}\n"
         "      - {id: c, lasts: 1s, join: {with: iris, lasts: 12f}}\n", "joins-meet"),
        ("      - {id: a, in: 5s}\n", "in-past-end"),
        ("      - {id: n}\n", "no-length"),
        ("      - {id: a, fade_in: 1s, fade_out: 1.5s}\n", "fades-meet"),
        ("      - {id: a, to: z.end}\n", "point"),
        ("      - {id: a, to: a.end}\n", "point"),
        ("      - {id: a, to: end}\n", "point"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_is_a_finding(shots: str, code: str) -> None:
    assert code in codes(board(shots), s__a=2, s__b=2, s__c=2)


def test_a_short_take_says_need_and_have() -> None:
    made = cut(film(board("      - {id: a, in: 1s, lasts: 3s}\n"), {"s/a": video(2)}))
    finding = next(f for f in made.findings if f.code == "take-too-short")
    assert (
        "72 frames" in finding.message
        and "gives 24" in finding.message
        and finding.path == ("scenes", 0, "shots", 0, "lasts")
    )


def test_a_held_shot_repeats_the_last_picture_and_says_so() -> None:
    made = cut(film(board("      - {id: a, lasts: 3s, short: hold}\n"), {"s/a": video(2)}))
    assert made.timeline is not None
    material = made.timeline.clips[0].material
    assert list(material.pictures)[44:52] == [44, 45, 46, 47, 47, 47, 47, 47] and material.held_frames == 24  # type: ignore[union-attr]
    assert "held" in {finding.code for finding in made.findings}


def test_without_a_length_a_shot_is_as_long_as_its_take_gives() -> None:
    assert cut_of(board("      - {id: a, in: 0.5s, speed: 0.5}\n"), s__a=2).frames == 72


def test_a_shot_without_take_is_a_card_of_its_planned_length() -> None:
    timeline = cut_of(board("      - {id: a, generate: {length: 5s}, in: 1s}\n"))
    assert timeline.frames == 96 and timeline.clips[0].is_placeholder


def test_a_scene_without_shots_is_one_card() -> None:
    timeline = cut_of("filmkit: 1\ntitle: T\nscenes:\n  - {id: s, lasts: 2s}\n  - {id: t, lasts: 1s}\n")
    assert [(clip.shot, clip.frames) for clip in timeline.clips] == [("s", 48), ("t", 24)]


def test_an_omitted_shot_keeps_out_of_the_cut() -> None:
    assert cut_of(board("      - {id: a}\n      - {id: b, omit: true}\n"), s__a=1, s__b=1).frames == 24


def test_of_shows_another_shots_material() -> None:
    timeline = cut_of(board("      - {id: a, lasts: 1s}\n      - {id: b, of: a, in: 1s, lasts: 1s}\n"), s__a=3)
    assert list(timeline.clips[1].material.pictures) == list(range(24, 48))  # type: ignore[union-attr]


def test_a_shot_may_end_with_a_cue_and_on_a_relative_beat() -> None:
    rest = "sound: {music: [{id: m, file: m.wav, at: start, to: end, beats: {tempo: 120 bpm, first: 0s}}]}"
    timeline = cut_of(board("      - {id: a, lasts: 13f}\n      - {id: b, to: m.beat(+2)}\n", rest), s__a=3, s__b=3)
    assert (timeline.clips[1].start, timeline.clips[1].stop) == (13, 36)  # beats stand on frames 12, 24, 36 …


def test_cut_on_moves_the_cut_within_its_reach_and_lengthens_the_shot_before() -> None:
    rest = "sound: {music: [{id: m, file: m.wav, at: start, to: end, beats: {tempo: 120 bpm, first: 0s}}]}"
    shots = (
        "      - {id: a, lasts: 22f}\n      - {id: b, lasts: 1s, cut_on: {music: m, within: 4f}}\n"
        "      - {id: c, lasts: 1s}\n"
    )
    timeline = cut_of(board(shots, rest), s__a=3, s__b=3, s__c=3)
    assert [(clip.start, clip.frames) for clip in timeline.clips] == [(0, 24), (24, 24), (48, 24)]
    assert [(cut.shot, cut.frames) for cut in timeline.moved] == [("s/b", 2)]


def test_cut_on_music_that_hangs_on_the_moved_shot_is_a_circle() -> None:
    rest = "sound: {music: [{id: m, file: m.wav, at: b, to: end, beats: {tempo: 120 bpm, first: 0s}}]}"
    found = cut(
        film(
            board("      - {id: a, lasts: 22f}\n      - {id: b, lasts: 1s, cut_on: {music: m, within: 4f}}\n", rest),
            {"s/a": video(3), "s/b": video(3)},
        )
    )
    assert any(finding.code == "cut-on" and "circle" in finding.message for finding in found.findings)


def test_cues_that_hang_on_each_other_are_a_circle_that_is_named() -> None:
    rest = "sound: {effects: [{id: x, file: f.wav, at: y}, {id: y, file: f.wav, at: x}]}"
    found = cut(film(board("      - {id: a}\n", rest), {"s/a": video(1)}))
    assert any("x → y" in finding.message or "y → x" in finding.message for finding in found.findings)


def test_sync_trims_so_that_the_mark_falls_on_the_point() -> None:
    rest = "sound: {music: [{id: m, file: m.wav, at: start, to: end, marks: {verse: 2s}}]}"
    timeline = cut_of(
        board(
            "      - {id: a, lasts: 1.5s}\n      - {id: b, sync: {sing: m.verse}, lasts: 1s, marks: {sing: 3s}}\n", rest
        ),
        s__a=3,
        s__b=5,
    )
    assert timeline.clips[1].material.in_s == 2.5  # type: ignore[union-attr]


def test_a_missed_promise_says_by_how_many_frames() -> None:
    made = cut(film(board("      - {id: a}\n", "lasts: 2s"), {"s/a": video(1)}))
    assert any("24 fewer" in finding.message for finding in made.findings if finding.code == "promise")
