"""Times: each `lasts` and `in` rounds by itself, halves up; points are exact until used; sounds go to the sample."""

from __future__ import annotations

from fractions import Fraction

import pytest
from cutting import clip, cut_of, filmed, found_in, frames, heard, only, pictures, scene
from films import video
from storyboards import findings_of

from filmkit.model.timebase import FrameRate, Time
from filmkit.model.timeline import TakeMaterial
from filmkit.plan.cut import cut
from filmkit.plan.speed import Speed, pictures_shown


@pytest.mark.parametrize(
    ("fps", "written", "count"),
    [
        ("24", "4s", 96),
        ("24", "0.5 s", 12),
        ("25", "0.5s", 13),  # 12.5: halves up
        ("25", "0.1s", 3),  # 2.5
        ("25", "99ms", 2),  # 2.475
        ("30", "50 ms", 2),  # 1.5
        ("24", "7f", 7),
        ("23.976", "1001ms", 24),
        ("23.976", "10s", 240),  # 239.76
        ("23.98", "1001s", 24_000),
        ("24", "00:00:04:12", 108),
        ("23.976", "00:00:04:12", 108),  # non-drop: counted at 24
        ("29.97", "00:01:00:00", 1800),
        ("24000/1001", "1s", 24),
    ],
)
def test_time_becomes_whole_frames(fps: str, written: str, count: int) -> None:
    assert Time.parse(written).in_frames(FrameRate.parse(fps)) == count


def test_lengths_round_each_by_itself() -> None:
    """Three shots of 2.5 frames are nine frames, not seven or eight."""
    timeline = cut_of(scene("id: a, lasts: 0.1s", "id: b, lasts: 0.1s", "id: c, lasts: 0.1s", fps="25"), a=1, b=1, c=1)
    assert frames(timeline) == {"a": (0, 3), "b": (3, 6), "c": (6, 9)}


def test_in_rounds_to_a_frame_of_the_film() -> None:
    """0.53 s is 12.72 frames: the shot begins at 13/24 s, in a take of 25 a second with picture 13."""
    made = cut(filmed(scene("id: a, in: 0.53s, lasts: 2f"), {"s/a": video(2, "25")})).timeline
    assert made is not None
    material = made.clips[0].material
    assert isinstance(material, TakeMaterial) and material.in_s == Fraction(13, 24)
    assert list(material.pictures) == [13, 14]


def test_frame_unit_is_of_the_film_in_a_take_too() -> None:
    made = cut(filmed(scene("id: a, in: 24f, lasts: 1s"), {"s/a": video(3, "50")})).timeline
    assert made is not None and pictures(made, "a")[0] == 50


def test_point_is_rounded_once_at_its_end() -> None:
    """`a` ends at frame 3; less 0.1 s is 0.5 frames, so 1 (rounded by itself the 0.1 s would be 3, and the sum 0).
    A mark at 0.1 s and 0.1 s more are 5 frames, not 3 + 3.
    """
    rest = "titles: [{text: x, at: a.end - 0.1s, lasts: 1f}, {text: y, at: b.m + 0.1s, lasts: 1f}]"
    shots = ["id: a, lasts: 0.1s", "id: b, lasts: 1s, marks: {m: 0.1s}"]
    timeline = cut_of(scene(*shots, rest=rest, fps="25"), a=1, b=2)
    assert [(title.start, title.stop) for title in timeline.titles] == [(1, 2), (8, 9)]


def test_exact_point_chain_is_not_rounded_between() -> None:
    """A cue at 10 ms and one hanging 10 ms after it: 20 ms, 960 samples; the frame is 0.48, so 0."""
    rest = (
        "titles: [{text: x, at: y, lasts: 1f}, {text: z, at: y + 1ms, lasts: 1f}]\n"
        "sound: {effects: [{id: x, file: f.wav, at: a + 10ms}, {id: y, file: f.wav, at: x + 10ms}]}"
    )
    timeline = cut_of(scene("id: a, lasts: 1s", rest=rest), a=1)
    assert (heard(timeline, "x").start, heard(timeline, "y").start) == (480, 960)
    assert [title.start for title in timeline.titles] == [0, 1]  # 0.48 and 0.504 frames


def test_sound_goes_to_the_sample_never_to_a_frame() -> None:
    rest = "sound: {effects: [{id: x, file: f.wav, at: a.m, in: 33ms, lasts: 777ms}]}"
    timeline = cut_of(scene("id: a, lasts: 2s, marks: {m: 0.123s}, speed: 0.8", rest=rest), a=3)
    cue = heard(timeline, "x")
    assert (cue.start, cue.source_start, cue.length) == (7380, 1584, 37_296)  # 0.123 / 0.8 s


@pytest.mark.parametrize(
    ("speed", "lasts", "in_", "is_long_enough"),
    [
        ("1", "48f", "0f", True),  # last picture time 47/24 of 2 s
        ("1", "48f", "1f", False),  # 48/24 lies at the end
        ("1", "47f", "1f", True),
        ("0.5", "96f", "0f", True),  # 95 × 0.5 = 47.5
        ("0.5", "97f", "0f", False),
        ("2", "24f", "0f", True),
        ("2", "25f", "0f", False),  # 24 × 2 = 48
        ("1.5", "32f", "0f", True),  # 31 × 1.5 = 46.5
        ("1.5", "33f", "0f", False),  # 32 × 1.5 = 48
    ],
)
def test_take_is_too_short_only_if_the_last_time_lies_at_its_end(
    speed: str, lasts: str, in_: str, is_long_enough: bool
) -> None:
    found = found_in(scene(f"id: a, speed: {speed}, lasts: {lasts}, in: {in_}"), a=2)
    assert [finding.code for finding in found] == ([] if is_long_enough else ["take-too-short"])


def test_short_take_names_shot_need_and_have() -> None:
    finding = only(found_in(scene("id: a, lasts: 3s, in: 0.5s"), a=2), "take-too-short")
    assert "s/a needs 72 frames" in finding.message and "gives 36, 36 too few" in finding.message
    assert "36f" in finding.remedy and "short: hold" in finding.remedy
    assert finding.path == ("scenes", 0, "shots", 0, "lasts")


def test_hold_freezes_the_last_picture_and_is_a_warning() -> None:
    text = scene("id: a, lasts: 60f, short: hold")
    assert pictures(cut_of(text, a=2), "a") == [*range(48), *[47] * 12]
    held = only(found_in(text, a=2), "held")
    assert "12 frames" in held.message and held.severity.value == "warning"


def test_hold_needs_a_picture_to_hold() -> None:
    finding = only(found_in(scene("id: a, in: 2s, lasts: 1s, short: hold"), a=2), "take-too-short")
    assert "hold" not in finding.remedy and "begin earlier" in finding.remedy


def test_hold_of_a_take_that_is_long_enough_says_nothing() -> None:
    assert found_in(scene("id: a, lasts: 1s, short: hold"), a=2) == []


def test_ramp_is_the_exact_integral_of_screen_time() -> None:
    """Speed 1 until 0.5 s, straight down to 0 … 0.5 at 1.5 s, held: frame 36 is 0.5 + 0.75 s, frame 48 is 1.5 s."""
    timeline = cut_of(scene('id: a, lasts: 3s, speed: {"0.5s": 1, 1500ms: 0.5}'), a=3)
    shown = pictures(timeline, "a")
    exact = [Fraction(frame, 24) for frame in range(12)]
    for frame in range(12, 36):
        down = Fraction(frame, 24) - Fraction(1, 2)
        exact.append(Fraction(1, 2) + down - down * down / 4)
    exact += [Fraction(5, 4) + (Fraction(frame, 24) - Fraction(3, 2)) / 2 for frame in range(36, 72)]
    assert shown == [(time * 24).__floor__() for time in exact]
    assert (shown[36], shown[48]) == (30, 36)


def test_ramp_before_its_first_knot_is_held() -> None:
    timeline = cut_of(scene("id: a, lasts: 2s, speed: {1s: 2, 2s: 2}"), a=5)
    assert pictures(timeline, "a") == [2 * frame for frame in range(48)]


@pytest.mark.timeout(60)
def test_ramp_of_thousands_of_knots_is_not_walked_through_for_every_frame() -> None:
    """A hang guard: with a walk it takes ten minutes, with the areas worked out once half a second."""
    facts = video(400).video
    assert facts is not None
    speed = Speed(tuple((Fraction(knot, 1000), Fraction(1 + knot % 3)) for knot in range(30_000)))
    shown = pictures_shown(facts.pictures, Fraction(0), speed, FrameRate.parse("24"), 1440)
    assert shown[720:722] == [1440, 1443]  # 30 s at a mean speed of 2, then the last knot's 3
    assert shown[1439] == (24 * (60 + Fraction(719, 24) * 3)).__floor__()


def test_natural_length_is_all_the_take_gives() -> None:
    assert frames(cut_of(scene("id: a"), a=2)) == {"a": (0, 48)}
    assert frames(cut_of(scene("id: a, in: 0.5s, speed: 0.75"), a=2)) == {"a": (0, 48)}  # 36 / 0.75
    assert frames(cut_of(scene("id: a, speed: {0s: 1, 1s: 0.5}"), a=2)) == {"a": (0, 84)}  # 18 in 24, then 30 / 0.5


def test_length_without_take_is_the_planned_one_less_in_through_speed() -> None:
    text = scene("id: a, in: 1s, speed: 2, generate: {length: 5s}")
    assert frames(cut_of(text)) == {"a": (0, 48)}
    finding = only(found_in(scene("id: a")), "no-length")
    assert "nothing says how long s/a is" in finding.message


def test_in_past_the_take_is_an_error() -> None:
    assert only(found_in(scene("id: a, in: 2s"), a=2), "in-past-end").path[-1] == "in"


@pytest.mark.parametrize("shot", ["id: a, lasts: 0f", "id: a, lasts: 20ms", "id: a, to: s"])
def test_shot_without_a_frame_is_an_error(shot: str) -> None:
    assert "shot-empty" in [finding.code for finding in found_in(scene(shot), a=2)]


@pytest.mark.parametrize("shot", ["id: a, lasts: 999999999s, speed: 0.8", "id: a, speed: 0.00001",
                                  "id: a, lasts: 1s, to: start + 999999999s"])  # fmt: skip
def test_film_of_years_is_refused_before_it_takes_all_memory(shot: str) -> None:
    shot = shot.replace("lasts: 1s, to", "to")
    assert "longer than 6 hours" in only(found_in(scene(shot), a=2), "film-too-long").message


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("lasts", "lasts: 00:00:01:24"),
        ("in", "in: 00:00:00:30"),
        ("horn", "marks: {horn: 00:00:00:24}"),
        ("to", "to: start + 00:00:01:25"),
        ("1", "speed: {00:00:01:24: 1}"),
    ],
)
def test_timecode_with_more_frames_than_a_second_has_is_an_error(key: str, line: str) -> None:
    text = scene(f"id: a, {line}".replace("speed: {00:00:01:24: 1}", 'speed: {"00:00:01:24": 1}'))
    [finding] = findings_of(text)
    assert (finding.code, "at 24 a second the last is 23" in finding.message) == ("timecode", True), key
    assert findings_of(text.replace("fps: 24", "fps: 60")) == []


def test_words_that_look_like_timecodes_are_words() -> None:
    assert findings_of(scene('id: a, lasts: 1s, action: "the clock shows 00:00:01:59"')) == []


def test_title_and_credits_round_their_lengths() -> None:
    rest = "credits: {lasts: 1.02s}\ntitles: [{text: x, at: a + 0.03s, lasts: 0.1s, fade_in: 0.02s}]"
    timeline = cut_of(scene("id: a, lasts: 1s", rest=rest, fps="25"), a=2)
    title = timeline.titles[0]
    assert (title.start, title.stop, title.fade_in_frames) == (1, 4, 1)  # 0.75, 2.5, 0.5 frames
    assert timeline.frames == 25 + 26  # 25.5


def test_fades_of_a_shot_stand_inside_it() -> None:
    timeline = cut_of(scene("id: a, lasts: 1s, fade_in: 0.25s, fade_out: 18f"), a=2)
    assert (clip(timeline, "a").fade_in_frames, clip(timeline, "a").fade_out_frames) == (6, 18)
    assert (
        only(found_in(scene("id: a, lasts: 1s, fade_in: 7f, fade_out: 18f"), a=2), "fades-meet").path[-1] == "fade_in"
    )
