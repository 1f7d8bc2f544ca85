"""Points: where they lie, in which order they are known, and what is said of those that cannot be."""

from __future__ import annotations

import pytest
from cutting import cut_of, filmed, found_in, frames, heard, only, pictures, scene
from films import video

from filmkit.model.finding import Finding
from filmkit.plan.cut import cut

BEATS = "beats: {tempo: 120 bpm, first: 0s}"
MUSIC = f"sound: {{music: [{{id: m, file: m.wav, at: start, {BEATS}}}]}}"


def title_at(*points: str, rest: str = "", **takes: float) -> list[int]:
    """Frames at which titles hung on these points begin, in a film of three shots of two seconds with marks."""
    titles = ", ".join(f"{{text: x, at: {point}, lasts: 1f}}" for point in points)
    shots = [f"id: {name}, lasts: 2s, marks: {{m: 0.5s}}" for name in "abc"]
    text = scene(*shots, rest=f"titles: [{titles}]\n{rest}")
    return [title.start for title in cut_of(text, **(takes or dict.fromkeys("abc", 3))).titles]


def trouble(point: str, rest: str = "") -> Finding:
    text = scene("id: a, lasts: 2s, marks: {m: 0.5s}", rest=f"titles: [{{text: x, at: {point}, lasts: 1f}}]\n{rest}")
    return only(found_in(text, a=3), "point")


def test_every_kind_of_point_is_where_the_page_says() -> None:
    rest = "credits: {lasts: 2s}\nsound: {effects: [{id: q, file: f.wav, at: b, lasts: 1s, marks: {d: 0.25s}}]}"
    points = ["start", "a", "s/a", "S/A", "b", "a.end", "b.m", "s", "q", "q.d", "q.end", "credits", "a + 12f"]
    assert title_at(*points, rest=rest) == [0, 0, 0, 0, 48, 48, 60, 0, 48, 54, 72, 144, 12]
    assert title_at("end - 1f", "credits.end - 2f", "s.end", "b - 6f", "b  +  0.5s", rest=rest) == [
        191,
        190,
        144,
        42,
        60,
    ]
    assert title_at("end - 1f") == [143]


def test_points_of_shot_and_scene_begin_with_the_join() -> None:
    text = "filmkit: 1\ntitle: T\nscenes:\n" + "".join(
        f"  - id: {name}\n    shots: [{{id: {name}1, lasts: 2s{join}}}]\n"
        for name, join in (("p", ""), ("q", ", join: {with: dissolve, lasts: 12f}"))
    )
    titles = "titles: [{text: x, at: q, lasts: 1f}, {text: y, at: q1, lasts: 1f}, {text: z, at: p.end, lasts: 1f}]"
    timeline = cut(filmed(text + titles, {"p/p1": 3, "q/q1": 3})).timeline
    assert timeline is not None and [title.start for title in timeline.titles] == [36, 36, 48]


def test_mark_counts_from_in_through_speed() -> None:
    rest = "titles: [{text: x, at: a.m, lasts: 1f}]\nsound: {effects: [{id: q, file: f.wav, at: a.m}]}"
    timeline = cut_of(scene("id: a, in: 0.5s, lasts: 4s, speed: 0.8, marks: {m: 2.1s}", rest=rest), a=5)
    assert (timeline.titles[0].start, heard(timeline, "q").start) == (48, 96_000)  # 1.6 / 0.8 = 2 s
    ramped = cut_of(scene("id: a, lasts: 3s, speed: {0s: 1, 1s: 0.5}, marks: {m: 1.25s}", rest=rest), a=5)
    assert heard(ramped, "q").start == 96_000  # 0.75 s pass in the first second, then half a second in one


def test_mark_at_the_very_in_is_the_first_frame() -> None:
    """`in` rounds up to 13/24 s here: a mark written with the same number is still in the range in use."""
    rest = "sound: {effects: [{id: q, file: f.wav, at: b.m}]}"
    timeline = cut_of(scene("id: a, lasts: 1s", "id: b, in: 0.53s, lasts: 1s, marks: {m: 0.53s}", rest=rest), a=2, b=2)
    assert heard(timeline, "q").start == 48_000


@pytest.mark.parametrize("mark", ["0.4s", "1.5s", "2s"])
def test_mark_outside_the_range_in_use_is_an_error(mark: str) -> None:
    text = scene(f"id: a, in: 0.5s, lasts: 1s, marks: {{m: {mark}}}", rest="titles: [{text: x, at: a.m}]")
    assert "outside the part of the take that is used" in only(found_in(text, a=3), "point").message


@pytest.mark.parametrize(("mark", "is_heard"), [("0.9s", False), ("1s", True), ("2s", True), ("2.1s", False)])
def test_mark_of_a_cue_outside_its_range_is_an_error(mark: str, is_heard: bool) -> None:
    rest = f"titles: [{{text: x, at: q.d, lasts: 1f}}]\nsound: {{effects: [{{id: q, file: f.wav, at: a + 1s, in: 1s, lasts: 1s, marks: {{d: {mark}}}}}]}}"  # noqa: E501
    codes = [finding.code for finding in found_in(scene("id: a, lasts: 3s", rest=rest), a=3)]
    assert codes == ([] if is_heard else ["point"])


def test_mark_past_the_file_of_a_cue_is_an_error() -> None:
    rest = "sound: {effects: [{id: q, file: f.wav, at: a, to: end, marks: {d: 10.5s}}]}\ntitles: [{text: x, at: q.d}]"
    text = scene("id: a, lasts: 12s", rest=rest)
    assert "outside the part of its file" in only(found_in(text, a=12), "point").message


@pytest.mark.parametrize(
    ("cue", "mark", "end"),
    [
        ("at: a + 1s, in: 1s, speed: 0.5, lasts: 4s", 1 + (2 - 1) / 0.5, 5),
        ("at: a, in: 1s, speed: 2", (2 - 1) / 2, 4.5),
        ("at: a, in: 1s, lasts: 3s, reverse: true", 3 - (2 - 1), 3),
        ("at: a, reverse: true, speed: 2", (10 - 2) / 2, 5),
        ("at: a, in: 1s, lasts: 2s, reverse: true, speed: 0.5", 2 - (2 - 1) / 0.5, 2),
        ("at: a, lasts: 12s, reverse: true", 10 - 2, 12),  # the file is over before that: it begins at the file's end
    ],
)
def test_mark_of_a_cue_follows_speed_and_reverse(cue: str, mark: float, end: float) -> None:
    rest = f"sound: {{effects: [{{id: q, file: f.wav, {cue}, marks: {{d: 2s}}}}]}}\ntitles: [{{text: x, at: q.d, lasts: 1f}}, {{text: y, at: q.end, lasts: 1f}}]"  # noqa: E501
    titles = cut_of(scene("id: a, lasts: 13s", rest=rest), a=13).titles
    assert [title.start for title in titles] == [round(24 * mark), round(24 * end)]


def test_mark_of_a_reversed_cue_that_decides_its_own_end_is_a_circle() -> None:
    rest = "sound: {effects: [{id: x, file: f.wav, at: a, to: x.d, reverse: true, marks: {d: 1s}}]}"
    assert "circle: x.end → x.end" in only(found_in(scene("id: a, lasts: 3s", rest=rest), a=3), "point").message


# known without this shot's end


def test_shot_may_end_with_a_line_spoken_in_it() -> None:
    rest = "sound: {dialogue: [{id: late, file: f.wav, at: b + 0.5s, line: You are late., lasts: 1.5s}]}"
    timeline = cut_of(scene("id: a, lasts: 1s", "id: b, to: late.end", "id: c, lasts: 1s", rest=rest), a=2, b=5, c=2)
    assert frames(timeline) == {"a": (0, 24), "b": (24, 72), "c": (72, 96)}


@pytest.mark.parametrize(("to", "stop"), [("b.m + 1s", 60), ("b + 2s", 72), ("s + 3s", 72), ("start + 51f", 51)])
def test_shot_may_end_at_what_its_beginning_makes_known(to: str, stop: int) -> None:
    timeline = cut_of(scene("id: a, lasts: 1s", f"id: b, in: 0.5s, to: {to}, marks: {{m: 1s}}"), a=2, b=5)
    assert frames(timeline)["b"] == (24, stop)


def test_shot_may_end_on_a_beat_counted_from_its_own_start() -> None:
    shots = ["id: a, lasts: 13f", "id: b, to: m.beat(+2)", "id: c, lasts: 12f", "id: d, to: m.beat(+1)"]
    timeline = cut_of(scene(*shots, rest=MUSIC), **dict.fromkeys("abcd", 3))
    assert frames(timeline) == {"a": (0, 13), "b": (13, 36), "c": (36, 48), "d": (48, 60)}


@pytest.mark.parametrize("to", ["b.end", "s.end", "c", "end", "credits", "q.end", "b.end - 1f"])
def test_what_needs_this_shots_end_is_a_circle(to: str) -> None:
    rest = "credits: {}\nsound: {effects: [{id: q, file: f.wav, at: b, to: b.end}]}"
    shots = ["id: a, lasts: 1s", f"id: b, to: {to}", "id: c, lasts: 1s"]
    found = found_in(scene(*shots, rest=rest), a=2, b=5, c=2)
    [finding] = [finding for finding in found if finding.about == "s/b"]
    assert (finding.code, "circle" in finding.message, finding.path[-1]) == ("point", True, "to"), finding.message


def test_end_of_a_scene_is_not_known_before_its_last_shot() -> None:
    """The end of the shot before it would be a wrong answer, silently."""
    rest = "sound: {effects: [{id: q, file: f.wav, at: s.end - 1s, lasts: 2s}]}"
    shots = ["id: a, lasts: 2s", "id: b, to: q.end", "id: c, lasts: 2s"]
    finding = only(found_in(scene(*shots, rest=rest), a=3, b=5, c=3), "point")
    assert "circle through 's'" in finding.message


def test_end_of_an_earlier_scene_is_known() -> None:
    text = (
        "filmkit: 1\ntitle: T\nscenes:\n  - {id: p, shots: [{id: a, lasts: 1s}, {id: b, lasts: 1s}]}\n"
        "  - {id: q, shots: [{id: c, to: p.end + 1s}]}\n"
    )
    timeline = cut(filmed(text, {"p/a": 2, "p/b": 2, "q/c": 2})).timeline
    assert timeline is not None and [clip.stop for clip in timeline.clips] == [24, 48, 72]


@pytest.mark.parametrize(
    ("cues", "circle"),
    [
        ("{id: x, file: f.wav, at: y}, {id: y, file: f.wav, at: x}", "x → y → x"),
        ("{id: x, file: f.wav, at: x.end}", "x → x"),
        ("{id: x, file: f.wav, at: a, to: x.end}", "x.end → x.end"),
        ("{id: x, file: f.wav, at: a, to: y.end}, {id: y, file: f.wav, at: a, to: x.end}", "x.end → y.end → x.end"),
        ("{id: x, file: f.wav, at: y.end}, {id: y, file: f.wav, at: a, to: x}", "x → y.end → x"),
    ],
)
def test_circle_of_cues_is_named(cues: str, circle: str) -> None:
    found = found_in(scene("id: a, lasts: 1s", rest=f"sound: {{effects: [{cues}]}}"), a=2)
    assert found and {finding.code for finding in found} == {"point"}
    assert any(circle in finding.message for finding in found), [finding.message for finding in found]


def test_a_long_row_of_cues_is_not_called_a_circle() -> None:
    row = ", ".join(f"{{id: c{number}, file: f.wav, at: c{number + 1}}}" for number in range(150))
    found = found_in(
        scene("id: a, lasts: 1s", rest=f"sound: {{effects: [{row}, {{id: c150, file: f.wav, at: a}}]}}"), a=2
    )
    assert any("more than 100 cues hang on each other in a row: c0 → c1 →" in finding.message for finding in found)
    assert not any("circle" in finding.message for finding in found)


def test_cue_may_end_at_its_own_mark() -> None:
    rest = "sound: {effects: [{id: x, file: f.wav, at: a, to: x.d + 0.5s, marks: {d: 1s}}]}"
    assert heard(cut_of(scene("id: a, lasts: 3s", rest=rest), a=3), "x").length == 72_000


# beats


def test_beats_count_in_the_file_whatever_in() -> None:
    music = (
        "sound: {music: [{id: m, file: m.wav, at: a + 0.5s, in: 1s, beats: {tempo: 120 bpm, first: 0.25s, bar: 3}}]}"
    )
    text = "titles: [{text: x, at: m.beat(3), lasts: 1f}, {text: y, at: m.beat(5), lasts: 1f}, {text: z, at: m.downbeat(2), lasts: 1f}]"  # noqa: E501
    timeline = cut_of(scene("id: a, lasts: 5s", rest=f"{music}\n{text}"), a=5)
    assert [title.start for title in timeline.titles] == [18, 42, 30]  # file 1.25, 2.25, 1.75 s; film −0.5 s


def test_beats_follow_the_speed_of_the_music() -> None:
    music = "sound: {music: [{id: m, file: m.wav, at: a + 0.5s, in: 1s, speed: 0.8, beats: {tempo: 120 bpm, first: 0.25s}}]}"  # noqa: E501
    text = "titles: [{text: x, at: m.beat(3), lasts: 1f}, {text: y, at: m.beat(5), lasts: 1f}]"
    timeline = cut_of(scene("id: a, lasts: 5s", rest=f"{music}\n{text}"), a=5)
    assert [title.start for title in timeline.titles] == [
        round(24 * (0.5 + 0.25 / 0.8)),
        round(24 * (0.5 + 1.25 / 0.8)),
    ]


def test_beats_of_music_played_backwards_are_not_counted() -> None:
    finding = trouble("m.beat(1)", MUSIC.replace("at: start", "at: start, reverse: true"))
    assert "played backwards" in finding.message


@pytest.mark.parametrize("beat", ["m.beat(2)", "m.beat(12)", "m.downbeat(1)"])
def test_beat_that_is_not_heard_is_an_error(beat: str) -> None:
    music = (
        "sound: {music: [{id: m, file: m.wav, at: a + 0.5s, in: 1s, lasts: 4s, beats: {tempo: 120 bpm, first: 0.25s}}]}"
    )
    text = scene("id: a, lasts: 9s", rest=f"titles: [{{text: x, at: {beat}}}]\n{music}")
    assert "outside the part of the music that is heard" in only(found_in(text, a=9), "point").message


def test_counted_beats_are_those_that_are_heard() -> None:
    """The file's first beat is at two seconds: nothing stands on the grid before it."""
    music = "sound: {music: [{id: m, file: m.wav, at: start, beats: {tempo: 120 bpm, first: 2s}}]}"
    timeline = cut_of(scene("id: a, to: m.beat(+1)", "id: b, to: m.downbeat(+1)", rest=music), a=9, b=9)
    assert frames(timeline) == {"a": (0, 48), "b": (48, 96)}


def test_signed_beat_in_the_end_of_a_cue_counts_from_the_cue() -> None:
    music = "{id: m, file: m.wav, at: start, beats: {tempo: 60 bpm, first: 0s}}"
    rest = f"sound: {{music: [{music}], effects: [{{id: q, file: f.wav, at: a + 1.5s, to: m.beat(+1)}}]}}\ntitles: [{{text: x, at: q.end, lasts: 1f}}]"  # noqa: E501
    timeline = cut_of(scene("id: a, lasts: 5s", rest=rest), a=5)
    assert (heard(timeline, "q").length, timeline.titles[0].start) == (24_000, 48)


def test_signed_beat_where_nothing_has_begun_is_an_error() -> None:
    finding = trouble("m.beat(+1)", MUSIC)
    assert "counts from where something begins" in finding.message and "m.beat(1)" in finding.remedy


@pytest.mark.parametrize(
    ("point", "rest", "says"),
    [
        (
            "m.beat(1)",
            "sound: {music: [{id: m, file: m.wav, at: a}]}",
            "beats were not found; give them by hand",
        ),
        ("q.beat(1)", "sound: {effects: [{id: q, file: f.wav, at: a}]}", "'q' is not music"),
        ("a.beat(1)", "", "only music has beats"),
        ("strat", "", "did you mean 'start'?"),
        ("a.mm", "", "did you mean 'm'?"),
        ("q.m", "sound: {effects: [{id: q, file: f.wav, at: a}]}", "'q' has no mark 'm'"),
        ("q.end", "sound: {effects: [{id: q, file: gone.wav, at: a}]}", "its file is missing"),
        ("credits", "", "there are no credits"),
        ("start.m", "", "has no marks"),
        ("end.end", "", "has no marks"),
    ],
)
def test_point_that_is_nowhere_says_why(point: str, rest: str, says: str) -> None:
    finding = trouble(point, rest)
    assert says in f"{finding.message}; {finding.remedy}" and finding.path == ("titles", 0, "at")


def test_wrong_end_is_shown_at_its_end() -> None:
    rest = "titles: [{text: x, at: a, to: zz}]\nsound: {effects: [{file: f.wav, at: a, to: yy}, {file: f.wav, at: xx}]}"
    found = found_in(scene("id: a, lasts: 1s", rest=rest), a=2)
    assert [finding.path for finding in found] == [
        ("titles", 0, "to"), ("sound", "effects", 0, "to"), ("sound", "effects", 1, "at"),
    ]  # fmt: skip


def test_point_on_an_omitted_shot_says_so() -> None:
    rest = "titles: [{text: x, at: b, lasts: 1f}]"
    finding = only(found_in(scene("id: a, lasts: 1s", "id: b, lasts: 1s, omit: true", rest=rest), a=2), "point")
    assert "left out of the cut" in finding.message and "circle" not in finding.message


def test_twins_are_told_apart_by_their_scene() -> None:
    text = (
        "filmkit: 1\ntitle: T\nscenes:\n"
        "  - {id: p, shots: [{id: a, lasts: 1s}]}\n  - {id: q, shots: [{id: A, lasts: 1s}]}\n"
        "titles: [{text: x, at: q/a, lasts: 1f}, {text: y, at: P/a.end - 1f, lasts: 1f}]\n"
    )
    takes = {"p/a": video(2), "q/A": video(2)}
    timeline = cut(filmed(text, takes)).timeline
    assert timeline is not None and [title.start for title in timeline.titles] == [24, 23]
    finding = only(list(cut(filmed(text.replace("at: q/a", "at: a"), takes)).findings), "point")
    assert "'a' is in two scenes" in finding.message


# sync


def test_sync_trims_so_that_the_mark_falls_on_the_point() -> None:
    rest = "sound: {music: [{id: m, file: m.wav, at: start, marks: {verse: 2s}}]}"
    shots = ["id: a, lasts: 1.5s", "id: b, sync: {Sing: m.verse}, speed: 2, lasts: 1s, marks: {sing: 3s}"]
    timeline = cut_of(scene(*shots, rest=f"{rest}\ntitles: [{{text: x, at: b.sing, lasts: 1f}}]"), a=3, b=9)
    assert pictures(timeline, "b")[0] == 48  # half a second of screen is one of the take: 3 − 1 = 2 s
    assert timeline.titles[0].start == 48


@pytest.mark.parametrize("point", ["b + 0.5s", "s + 1.5s", "a.end + 0.5s"])
def test_sync_may_name_the_beginning_of_its_own_shot(point: str) -> None:
    shots = ["id: a, lasts: 1s", f"id: b, sync: {{sing: {point}}}, lasts: 1s, marks: {{sing: 2s}}"]
    assert pictures(cut_of(scene(*shots), a=2, b=4), "b")[0] == 36


@pytest.mark.parametrize("point", ["b.end", "b.sing", "end"])
def test_sync_on_what_it_decides_is_a_circle(point: str) -> None:
    shots = ["id: a, lasts: 1s", f"id: b, sync: {{sing: {point}}}, lasts: 1s, marks: {{sing: 2s}}"]
    found = found_in(scene(*shots), a=2, b=4)
    assert "circle" in only(found, "point").message and only(found, "point").path[-1] == "sync"


def test_sync_before_the_take_begins_is_an_error() -> None:
    shots = ["id: a, lasts: 1s, sync: {sing: start + 1s}, marks: {sing: 0.5s}"]
    assert "0.500 s before its take" in only(found_in(scene(*shots), a=4), "sync-too-early").message


def test_sync_of_no_mark_is_an_error() -> None:
    assert only(found_in(scene("id: a, lasts: 1s, sync: {sing: start}"), a=4), "unknown-mark").path[-1] == "sync"


def test_recut_shot_moves_every_cue_that_hangs_on_it() -> None:
    rest = "titles: [{text: x, at: b.m + 2f, lasts: 1f}]\nsound: {effects: [{id: q, file: f.wav, at: b.m}, {id: r, file: f.wav, at: q.end - 10.5s}]}"  # noqa: E501
    texts = [scene(f"id: a, lasts: {lasts}", "id: b, lasts: 2s, marks: {m: 1s}", rest=rest) for lasts in ("2s", "65f")]
    before, after = (cut_of(text, a=4, b=4) for text in texts)
    assert [title.start for title in after.titles] == [before.titles[0].start + 17]
    for cue in ("q", "r"):
        assert heard(after, cue).start - heard(before, cue).start == 17 * 2000
