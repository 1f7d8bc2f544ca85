"""Joins overlap inside both shots; cuts go to the beat, and say so where they stay."""

from __future__ import annotations

import pytest
from cutting import clip, cut_of, found_in, frames, heard, only, scene
from storyboards import findings_of

from filmkit.model.finding import Severity
from filmkit.model.sound import Curve
from filmkit.model.storyboard import JoinKind


def music(more: str = "", beats: str = "tempo: 120 bpm, first: 0s", at: str = "start") -> str:
    return f"sound: {{music: [{{id: m, file: m.wav, at: {at}, beats: {{{beats}}}{more}}}]}}"


def moves(*shots: str, rest: str, **takes: float) -> list[tuple[str, int, str]]:
    timeline = cut_of(scene(*shots, rest=rest), **(takes or dict.fromkeys("abcd", 9)))
    return [(moved.shot.removeprefix("s/"), moved.frames, moved.reason) for moved in timeline.moved]


def test_join_is_half_a_second_where_not_said() -> None:
    for fps, overlap in (("24", 12), ("25", 13), ("30", 15)):
        timeline = cut_of(scene("id: a, lasts: 2s", "id: b, lasts: 2s, join: dissolve", fps=fps), a=3, b=3)
        assert clip(timeline, "b").join.frames == overlap


@pytest.mark.parametrize("kind", [kind.value for kind in JoinKind if kind is not JoinKind.CUT])
def test_film_is_shorter_by_every_kind_of_join(kind: str) -> None:
    shots = ["id: a, lasts: 2s", f"id: b, lasts: 2s, join: {{with: {kind}, lasts: 10f}}"]
    timeline = cut_of(scene(*shots), a=2, b=2)
    assert frames(timeline) == {"a": (0, 48), "b": (38, 86)}
    join = clip(timeline, "b").join
    assert (join.kind.value, join.frames) == (kind, 10)


def test_cut_needs_no_overlap() -> None:
    for join in ("cut", "{with: cut, lasts: 10f}"):
        assert frames(cut_of(scene("id: a", f"id: b, join: {join}"), a=1, b=1)) == {"a": (0, 24), "b": (24, 48)}


def test_join_never_reaches_outside_its_shots() -> None:
    """Takes of exactly the shots' length are enough: nothing but their own frames is shown."""
    shots = ["id: a, lasts: 24f", "id: b, lasts: 24f, join: {with: iris, lasts: 24f}"]
    assert frames(cut_of(scene(*shots), a=1, b=1)) == {"a": (0, 24), "b": (0, 24)}
    for before, after in (("23f", "24f"), ("24f", "23f")):
        shots = [f"id: a, lasts: {before}", f"id: b, lasts: {after}, join: {{with: iris, lasts: 24f}}"]
        assert only(found_in(scene(*shots), a=1, b=1), "join-too-long").path[-1] == "join"


@pytest.mark.parametrize(("second", "do_overlap"), [("12f", False), ("13f", True)])
def test_joins_of_a_shot_share_no_frame(second: str, do_overlap: bool) -> None:
    shots = ["id: a, lasts: 1s", "id: b, lasts: 1s, join: {with: fade, lasts: 12f}",
             f"id: c, lasts: 1s, join: {{with: fade, lasts: {second}}}"]  # fmt: skip
    codes = [finding.code for finding in found_in(scene(*shots), a=1, b=1, c=1)]
    assert codes == (["joins-meet"] if do_overlap else [])


def test_own_sounds_cross_over_the_frames_of_the_join() -> None:
    shots = ["id: a, lasts: 2s", "id: b, lasts: 2s, join: {with: dissolve, lasts: 12f}"]
    timeline = cut_of(scene(*shots), a=2, b=2)
    out, into = heard(timeline, "a"), heard(timeline, "b")
    assert (out.start + out.length - into.start, out.shape.fade_out, into.shape.fade_in) == (24_000,) * 3
    assert (out.shape.curve_in, out.shape.curve_out, into.shape.curve_in) == (Curve.LINEAR, Curve.POWER, Curve.POWER)


def test_join_on_the_first_shot_is_an_error_at_its_place() -> None:
    [finding] = findings_of(scene("id: a, lasts: 2s, join: dissolve"))
    assert (finding.code, finding.severity) == ("join-on-first", Severity.ERROR)
    assert findings_of(scene("id: a, lasts: 2s, join: cut")) == []


def test_cut_goes_to_the_nearest_beat_in_reach() -> None:
    """Beats stand on frames 12, 24, 36, 48 …"""
    cut_on = "cut_on: {music: m, within: 4f}"
    shots = ["id: a, lasts: 22f", f"id: b, lasts: 1s, {cut_on}", f"id: c, lasts: 14f, {cut_on}", "id: d, lasts: 1s"]
    timeline = cut_of(scene(*shots, rest=music()), **dict.fromkeys("abcd", 9))
    assert frames(timeline) == {"a": (0, 24), "b": (24, 48), "c": (48, 62), "d": (62, 86)}
    assert [(moved.shot, moved.frames) for moved in timeline.moved] == [("s/b", 2), ("s/c", 0)]


def test_only_the_length_of_the_shot_before_changes() -> None:
    shots = [f"id: {name}, lasts: {count}f" for name, count in zip("abcd", (25, 10, 27, 24), strict=True)]
    timeline = cut_of(scene(*shots, rest=f"cut_on: {{music: m, within: 5f}}\n{music()}"), **dict.fromkeys("abcd", 9))
    assert [(clip.start, clip.frames) for clip in timeline.clips] == [(0, 24), (24, 12), (36, 24), (60, 24)]


def test_moved_cut_takes_what_hangs_on_it_along() -> None:
    titles = (f"{{text: x, at: {point}, lasts: 1f}}" for point in ("b", "a.end", "s.end - 1f"))
    rest = f"titles: [{', '.join(titles)}]\n{music()}"
    timeline = cut_of(
        scene("id: a, lasts: 22f", "id: b, lasts: 1s, cut_on: {music: m, within: 4f}", rest=rest), a=9, b=9
    )
    assert [title.start for title in timeline.titles] == [24, 24, 47]


def test_earlier_of_two_beats_equally_near_is_taken() -> None:
    assert moves("id: a, lasts: 18f", "id: b, lasts: 1s, cut_on: {music: m, within: 6f}", rest=music()) == [
        ("b", -6, "")
    ]


@pytest.mark.parametrize(
    ("shots", "more", "why"),
    [
        (["id: a, lasts: 17f", "id: b, lasts: 1s, {cut_on}"], "", "nearest beat is 5 frames away, further than 4"),
        (["id: a, lasts: 22f", "id: b, lasts: 1s, join: dissolve, {cut_on}"], "", "under a join"),
        (["id: a, in: 8s, lasts: 23f", "id: b, lasts: 1s, {cut_on}"], "", ""),
        (["id: a, in: 194f, lasts: 22f", "id: b, lasts: 1s, {cut_on}"], "", "the take of s/a has no more frames"),
        (["id: a, lasts: 3f", "id: b, lasts: 1s, {cut_on}"], "", "s/a would have no frames left"),
        (["id: a, lasts: 70f", "id: b, lasts: 1s, {cut_on}"], ", lasts: 2s", "22 frames away"),
        (["id: a, lasts: 22f", "id: b, lasts: 1s, {cut_on}"], ", in: 59.9s, lasts: 50ms", "no beat of 'm' is heard"),
    ],
)
def test_cut_that_stays_is_reported(shots: list[str], more: str, why: str) -> None:
    text = scene(*(shot.replace("{cut_on}", "cut_on: {music: m, within: 4f}") for shot in shots), rest=music(more))
    notes = [finding for finding in found_in(text, a=9, b=9) if finding.code == "cut-stays"]
    assert [(note.severity, note.about) for note in notes] == ([(Severity.NOTE, "s/b")] if why else [])
    assert all(why in note.message for note in notes)
    [moved] = cut_of(text, a=9, b=9).moved
    assert why in moved.reason and bool(moved.frames) != bool(why)


@pytest.mark.parametrize("at", ["a.end - 10f", "a.end", "s.end", "b", "q.end", "q + 1s"])
def test_music_may_not_hang_on_the_cut_that_it_moves(at: str) -> None:
    rest = music(at=at).replace("]}", "], effects: [{id: q, file: f.wav, at: a.end, lasts: 1s}]}")
    text = scene("id: a, lasts: 22f", "id: b, lasts: 1s, cut_on: {music: m, within: 10f}", rest=rest)
    finding = only(found_in(text, a=9, b=9), "cut-on")
    assert "circle" in finding.message and finding.path[-1] == "cut_on"


def test_music_may_hang_on_the_beginning_of_the_shot_before() -> None:
    shots = ["id: a, lasts: 10f", "id: b, lasts: 22f", "id: c, lasts: 1s, cut_on: {music: m, within: 4f}"]
    assert moves(*shots, rest=music(at="b + 2f")) == [("c", 4, "")]  # its beats fall on frames 12, 24, 36


def test_beats_before_the_first_of_the_file_do_not_count() -> None:
    shots = ["id: a, lasts: 22f", "id: b, lasts: 1s, cut_on: {music: m, within: 4f}"]
    [(_, frames_moved, reason)] = moves(*shots, rest=music(beats="tempo: 120 bpm, first: 2s"))
    assert (frames_moved, reason) == (0, "the nearest beat is 26 frames away, further than 4")


def test_cuts_on_beats_that_were_not_found_stay() -> None:
    rest = "cut_on: {music: m, within: 4f}\nsound: {music: [{id: m, file: m.wav, at: start}]}"
    text = scene("id: a, lasts: 22f", "id: b, lasts: 1s", "id: c, lasts: 1s", rest=rest)
    assert findings_of(text) == []
    assert [moved.reason for moved in cut_of(text, a=9, b=9, c=9).moved] == ["the beats of 'm' are not known"] * 2


def test_cut_on_music_that_is_not_there_is_one_error() -> None:
    text = scene("id: a, lasts: 22f", "id: b, lasts: 1s, cut_on: {music: n, within: 4f}", rest=music())
    assert [finding.severity for finding in findings_of(text)] == [Severity.ERROR]
    assert found_in(text, a=9, b=9) == []
