"""Cuts that go to the beat: what keeps them, and that they never go further than they may."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from cutting import cut_of, filmed, frames, scene
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut

ON = "cut_on: {music: m, within: 6f}"
"""Beats stand on frames 12, 24, 36, 48 …"""


def cut_with(*shots: str, sound: str = "", beats: str = "tempo: 120 bpm, first: 0s", on: str = ON) -> Timeline:
    rest = f"{on}\nsound: {{music: [{{id: m, file: m.wav, at: start, beats: {{{beats}}}}}]{sound}}}"
    return cut_of(scene(*shots, rest=rest), **dict.fromkeys("abcd", 20))


def moves(timeline: Timeline) -> list[tuple[int, str]]:
    return [(moved.frames, moved.reason) for moved in timeline.moved]


def said(at: str, lasts: str) -> str:
    return f", dialogue: [{{id: late, at: {at}, lasts: {lasts}, file: f.wav, line: hello}}]"


# dialogue


@pytest.mark.parametrize(
    ("lasts", "line", "moved"),
    [
        ("20f", ("start + 22f", ", lasts: 2s"), None),
        ("20f", ("start + 22f", ""), None),  # it plays out
        ("28f", ("a + 4f", ", lasts: 23f"), None),
        ("28f", ("a + 4f", ", lasts: 20f"), -4),  # it ends on the beat
        ("28f", ("a + 4f", ", lasts: 2s"), -4),  # the cut lies in it as it is
        ("20f", ("a.end - 2f", ", lasts: 1s"), 4),  # so here, and it goes along
        ("20f", ("b", ", lasts: 2s"), 4),
        ("20f", ("b - 2f", ", lasts: 2s"), 4),
        ("20f", ("b - 20f", ", lasts: 12f"), 4),
        ("20f", ("c + 1s", ", lasts: 2s"), 4),
        ("20f", ("m.beat(2) + 8f", ", lasts: 2s"), None),
    ],
)
def test_a_cut_never_moves_into_a_line_it_was_clear_of(lasts: str, line: tuple[str, str], moved: int | None) -> None:
    at, end = line
    said = f", dialogue: [{{id: late, at: {at}{end}, file: f.wav, line: hello}}]"
    timeline = cut_with(f"id: a, lasts: {lasts}", "id: b, lasts: 2s", "id: c, lasts: 2s, cut_on: none", sound=said)
    expected = (0, "it would fall into the line 'late'") if moved is None else (moved, "")
    assert moves(timeline) == [expected]


def test_what_was_only_tried_leaves_nothing_behind() -> None:
    """A cue that hangs on the cut stands where the cut is in the end."""
    sound = ", effects: [{id: hit, file: f.wav, at: b}], dialogue: [{id: l, at: hit + 2f, file: f.wav, line: hello}]"
    timeline = cut_with("id: a, lasts: 20f", "id: b, lasts: 2s", sound=sound)
    assert frames(timeline) == {"a": (0, 24), "b": (24, 72)}
    assert {sound.id: sound.start for sound in timeline.sounds if sound.id in "m hit l"} == {
        "m": 0,
        "hit": 48_000,
        "l": 52_000,
    }


# marks


@pytest.mark.parametrize(
    ("shots", "moved"),
    [
        (["id: a, lasts: 28f, marks: {hit: 23f}", "id: b, lasts: 1s"], -4),
        (["id: a, lasts: 28f, marks: {hit: 24f}", "id: b, lasts: 1s"], None),
        (["id: a, lasts: 28f, marks: {hit: 30f}", "id: b, lasts: 1s"], -4),  # not shown as it is
        (["id: a, lasts: 20f, marks: {hit: 19f}", "id: b, lasts: 1s"], 4),
        (["id: a, lasts: 28f, in: 10f, speed: 0.5, marks: {hit: 22f}", "id: b, lasts: 1s"], None),
    ],
)
def test_a_mark_that_is_shown_stays_in_the_picture(shots: list[str], moved: int | None) -> None:
    expected = (0, "the mark s/a.hit would no longer be shown") if moved is None else (moved, "")
    assert moves(cut_with(*shots)) == [expected]


@pytest.mark.parametrize(("mark", "moved"), [("10f", 4), ("25f", None)])
def test_so_does_one_of_the_shot_after_that_ends_on_a_point(mark: str, moved: int | None) -> None:
    """The shot after ends on frame 48, wherever it begins."""
    timeline = cut_with("id: a, lasts: 20f", f"id: b, to: m.beat(5), marks: {{hit: {mark}}}")
    expected = (0, "the mark s/b.hit would no longer be shown") if moved is None else (moved, "")
    assert moves(timeline) == [expected]


# any film


@dataclass(frozen=True)
class AnyFilm:
    """Frames of shots, a mark in each, lines (shot, frames after its first, frames), the reach in frames, and the grid
    by hand.
    """

    lengths: list[int]
    marks: list[int]
    lines: list[tuple[int, int, int]]
    reach: int
    tempo: Fraction = Fraction(120)
    first: Fraction = Fraction(0)

    def timeline(self) -> Timeline:
        """The last shot is a long one, so that no line outlasts the film."""
        shots = [f"id: s{k}, lasts: {n}f, marks: {{k: {self.marks[k]}f}}" for k, n in enumerate(self.lengths)]
        shots.append("id: rest, color: black, lasts: 400f, cut_on: none")
        spoken = ", ".join(f"{{at: s{k} + {at}f, lasts: {n}f, file: f.wav, line: x}}" for k, at, n in self.lines)
        grid = f"{{tempo: {float(self.tempo)} bpm, first: {float(self.first)}s}}"
        rest = (
            f"cut_on: {{music: m, within: {self.reach}f}}\n"
            f"sound: {{music: [{{id: m, file: m.wav, at: start, beats: {grid}}}], dialogue: [{spoken}]}}"
        )
        made = cut(filmed(scene(*shots, rest=rest), {f"s/s{k}": 20 for k in range(len(self.lengths))}))
        assert made.timeline is not None, made.findings
        return made.timeline


@st.composite
def films(draw: st.DrawFn) -> AnyFilm:
    lengths = draw(st.lists(st.integers(1, 60), min_size=2, max_size=8))
    return AnyFilm(
        lengths,
        [draw(st.integers(0, 70)) for _ in lengths],
        draw(st.lists(st.tuples(st.integers(0, len(lengths) - 1), st.integers(0, 90), st.integers(1, 60)), max_size=3)),
        draw(st.integers(0, 30)),
        draw(st.sampled_from([Fraction(text) for text in ("97", "120", "133.5", "180", "60")])),
        Fraction(draw(st.integers(0, 9)), 10),
    )


@settings(deadline=None, max_examples=100)
@given(films())
@example(AnyFilm([28, 24], [24, 0], [], 6))
@example(AnyFilm([20, 24], [0, 0], [(0, 22, 9)], 6))
def test_cuts_keep_their_reach_whatever_the_film(film: AnyFilm) -> None:
    timeline = film.timeline()
    shift = [moved.frames for moved in timeline.moved]
    assert len(shift) == len(film.lengths) - 1
    assert all(abs(frames) <= film.reach for frames in shift)
    made = [clip.frames for clip in timeline.clips[:-1]]
    assert made == [n + frames for n, frames in zip(film.lengths, [*shift, 0], strict=True)], "only the shot before"
    assert min(made) >= 1
    for before, after, mark in zip(film.lengths, made, film.marks, strict=True):
        assert not mark < before or mark < after, "a mark that was shown is not any more"
    for number, moved in enumerate(timeline.moved):
        was, now = moved.at - moved.frames, moved.at
        for shot, after, count in film.lines:
            at = timeline.clips[shot].start + after
            into = shot <= number and at < now < at + count  # those of later shots go along with the cut
            assert not into or at < was < at + count, f"from {was} into a line, to {now}"
    assert film.timeline() == timeline, "twice the same"


@settings(deadline=None, max_examples=50)
@given(films())
def test_a_moved_cut_is_on_its_beat(film: AnyFilm) -> None:
    for moved in film.timeline().moved:
        if not moved.reason:
            beat_frames = (film.first + (moved.beat - 1) * 60 / film.tempo) * 24
            assert moved.at == (beat_frames + Fraction(1, 2)).__floor__()
