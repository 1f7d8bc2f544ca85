"""Lengths add up, joins never reach outside, cues stay on their points: whatever the film."""

from __future__ import annotations

from fractions import Fraction

from films import film, sound, video
from hypothesis import given, settings
from hypothesis import strategies as st

from filmkit.model.timebase import samples
from filmkit.plan.cut import cut
from filmkit.plan.pieces import pieces
from filmkit.plan.speed import Speed, frames_given, pictures_shown

RATES = ["24", "25", "30", "23.976", "29.97"]
JOINS = ["cut", "dissolve", "fade", "white", "wipe-left", "iris"]

shot = st.tuples(
    st.integers(13, 60), st.sampled_from(JOINS), st.integers(1, 6), st.sampled_from(["0.5", "0.8", "1", "1.7", "2"])
)


def board(fps: str, shots: list[tuple[int, str, int, str]]) -> str:
    lines = [f"filmkit: 1\ntitle: T\npicture: {{fps: {fps}}}\nscenes:\n  - id: s\n    shots:"]
    for at, (frames, kind, join, speed) in enumerate(shots):
        joined = f", join: {{with: {kind}, lasts: {join}f}}" if at else ""
        lines.append(f"      - {{id: x{at}, lasts: {frames}f, speed: {speed}{joined}, marks: {{m: {frames // 4}f}}}}")
    cues = ", ".join(f"{{id: c{at}, file: f.wav, at: x{at}.m}}" for at in range(len(shots)))
    titles = ", ".join(f"{{text: t{at}, at: x{at} + 3f, lasts: {5 + at}f}}" for at in range(len(shots)))
    return "\n".join([*lines, f"titles: [{titles}]", f"sound: {{effects: [{cues}]}}"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RATES), st.lists(shot, min_size=1, max_size=9))
def test_the_cut_of_any_film(fps: str, shots: list[tuple[int, str, int, str]]) -> None:
    made = cut(film(board(fps, shots), {f"s/x{at}": video(10) for at in range(len(shots))}, {"f.wav": sound(0.1)}))
    timeline = made.timeline
    assert timeline is not None, made.findings
    overlaps = sum(clip.join.frames for clip in timeline.clips)
    assert timeline.frames == sum(frames for frames, *_ in shots) - overlaps
    for before, after in zip(timeline.clips, timeline.clips[1:], strict=False):
        assert after.start == before.stop - after.join.frames
        assert before.start + before.join.frames <= after.start  # joins at the two ends of a shot never meet
    for at, clip in enumerate(timeline.clips):
        cue = next(sound for sound in timeline.sounds if sound.id == f"c{at}")
        speed = Fraction(shots[at][3])
        exact = timeline.rate.seconds(clip.start) + timeline.rate.seconds(shots[at][0] // 4) / speed
        assert cue.start == samples(exact)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RATES), st.lists(shot, min_size=1, max_size=9))
def test_pieces_cover_every_frame_once(fps: str, shots: list[tuple[int, str, int, str]]) -> None:
    timeline = cut(
        film(board(fps, shots), {f"s/x{at}": video(10) for at in range(len(shots))}, {"f.wav": sound(0.1)})
    ).timeline
    assert timeline is not None
    found = pieces(timeline)
    assert [piece.start for piece in found] == [0, *(piece.stop for piece in found[:-1])]
    assert found[-1].stop == timeline.frames
    for piece in found:
        assert piece.first.start <= piece.start < piece.stop <= piece.first.stop
        for title in timeline.titles:
            assert (title in piece.titles) == (title.start < piece.stop and title.stop > piece.start)


@given(
    st.sampled_from(["24", "25", "30000/1001", "60", "8"]), st.sampled_from(RATES),
    st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=20), st.integers(0, 40),
)  # fmt: skip
def test_frame_k_shows_the_picture_standing_at_its_time(
    take_fps: str, fps: str, factor: Fraction, in_frames: int
) -> None:
    from filmkit.model.timebase import FrameRate

    rate = FrameRate.parse(fps)
    facts = video(3, take_fps).video
    assert facts is not None
    pictures, in_s, speed = facts.pictures, rate.seconds(in_frames), Speed(((Fraction(0), factor),))
    frames = frames_given(pictures, in_s, speed, rate)
    shown = pictures_shown(pictures, in_s, speed, rate, frames + 1)
    for frame in range(frames):
        time = in_s + frame * factor / rate.fps
        assert pictures.shown_at(shown[frame]) <= time < pictures.shown_at(shown[frame] + 1)
        assert shown[frame] < pictures.count
    assert shown[frames] >= pictures.count  # one more frame would lie at or past the end


@given(st.lists(st.tuples(st.integers(0, 40), st.fractions(min_value=Fraction(1, 5), max_value=3, max_denominator=10)),
                min_size=1, max_size=5, unique_by=lambda knot: knot[0]))  # fmt: skip
def test_a_ramp_turns_round(knots: list[tuple[int, Fraction]]) -> None:
    speed = Speed(tuple(sorted((Fraction(at, 10), value) for at, value in knots)))
    for screen in (Fraction(0), Fraction(1, 3), Fraction(2), Fraction(9)):
        assert abs(speed.screen(speed.taken(screen)) - screen) < Fraction(1, 100_000)
