"""Re-cutting: whatever is moved, lengthened or joined otherwise, cues and titles stay on their points, and only the
segments that show the change are made again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from films import TOOLS, film, sound, video
from hypothesis import given, settings
from hypothesis import strategies as st

from filmkit.model.storyboard import Picture
from filmkit.model.timebase import samples
from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut
from filmkit.plan.graph import Step
from filmkit.plan.planner import Quality, plan_film

RATES = st.sampled_from(["24", "25", "30", "50", "23.976", "29.97", "59.94"])
JOINS = ["cut", "dissolve", "fade", "white", "slide-up", "iris"]


@dataclass(frozen=True)
class Planned:
    """A shot as the test writes it: ``mark`` and ``title`` are frames after its beginning."""

    name: str
    frames: int
    kind: str
    join: int
    speed: str
    mark: int
    title: int


@st.composite
def films(draw: st.DrawFn) -> list[Planned]:
    """Two to eight shots with joins that never meet."""
    return [
        Planned(
            f"x{at}",
            draw(st.integers(14, 60)),
            draw(st.sampled_from(JOINS)),
            draw(st.integers(1, 6)),
            draw(st.sampled_from(["0.4", "0.8", "1", "1.25", "3"])),
            draw(st.integers(0, 4)),
            draw(st.integers(-3, 9)),
        )
        for at in range(draw(st.integers(2, 8)))
    ]


def timeline_of(shots: list[Planned], fps: str, *, bare: bool = False) -> Timeline:
    """The cut of these shots in this order, with a cue and a title hanging on each (none if ``bare``)."""
    lines = [f"filmkit: 1\ntitle: T\npicture: {{fps: {fps}}}\nscenes:\n  - id: s\n    shots:"]
    for at, shot in enumerate(shots):
        join = f", join: {{with: {shot.kind}, lasts: {shot.join}f}}" if at and not bare else ""
        lines.append(f"      - {{id: {shot.name}, lasts: {shot.frames}f, speed: {shot.speed}{join}, "
                     f"marks: {{m: {shot.mark}f}}}}")  # fmt: skip
    if not bare:
        signs = [f"{'+' if shot.title >= 0 else '-'} {abs(shot.title)}f" for shot in shots]
        titles = [f"{{id: t{one.name}, text: T, at: {one.name} {sign}, lasts: 5f}}"
                  for one, sign in zip(shots[1:], signs[1:], strict=True)]  # fmt: skip
        cues = [f"{{id: c{shot.name}, file: f.wav, at: {shot.name}.m}}" for shot in shots]
        lines += [f"titles: [{', '.join(titles)}]", f"sound: {{effects: [{', '.join(cues)}]}}"]
    made = cut(film("\n".join(lines), {f"s/{shot.name}": video(30) for shot in shots}, {"f.wav": sound(0.1)}))
    assert made.timeline is not None, made.findings
    return made.timeline


def assert_on_their_points(timeline: Timeline, shots: list[Planned]) -> None:
    """Each cue stands on its mark to the sample, each title at its distance to the frame."""
    starts = {clip.shot.removeprefix("s/"): clip.start for clip in timeline.clips}
    cues = {clip.id: clip.start for clip in timeline.sounds}
    titles = {title.title.id: title.start for title in timeline.titles}
    for at, shot in enumerate(shots):
        start_s = timeline.rate.seconds(starts[shot.name])
        exact = start_s + timeline.rate.seconds(shot.mark) / Fraction(shot.speed)
        assert cues[f"c{shot.name}"] == samples(exact), f"the cue of {shot.name}"
        if at:
            assert titles[f"t{shot.name}"] == starts[shot.name] + shot.title, f"the title of {shot.name}"


@settings(max_examples=60, deadline=None)
@given(RATES, films(), st.randoms(use_true_random=False))
def test_reordered_shots_take_their_cues_and_titles_along(fps: str, shots: list[Planned], chance: object) -> None:
    order = list(shots)
    chance.shuffle(order)  # type: ignore[attr-defined]
    before, after = timeline_of(shots, fps), timeline_of(order, fps)
    assert_on_their_points(before, shots)
    assert_on_their_points(after, order)
    lengths = {clip.shot: clip.frames for clip in before.clips}
    assert {clip.shot: clip.frames for clip in after.clips} == lengths
    overlaps = sum(clip.join.frames for clip in after.clips)
    assert after.frames == sum(lengths.values()) - overlaps == after.clips[-1].stop


@settings(max_examples=60, deadline=None)
@given(RATES, films(), st.data())
def test_a_retimed_shot_moves_what_comes_after_it_and_nothing_before(
    fps: str, shots: list[Planned], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(shots) - 1))
    more = data.draw(st.integers(1, 30))
    retimed = [*shots[:at], replace(shots[at], frames=shots[at].frames + more), *shots[at + 1 :]]
    before, after = timeline_of(shots, fps), timeline_of(retimed, fps)
    assert_on_their_points(after, retimed)
    moved = [new.start - old.start for old, new in zip(before.clips, after.clips, strict=True)]
    assert moved == [0] * (at + 1) + [more] * (len(shots) - at - 1)
    assert after.frames - before.frames == more


@settings(max_examples=60, deadline=None)
@given(RATES, films())
def test_a_join_shows_no_frame_outside_of_its_shots(fps: str, shots: list[Planned]) -> None:
    timeline = timeline_of(shots, fps)
    for before, after in zip(timeline.clips, timeline.clips[1:], strict=False):
        assert after.start + after.join.frames <= after.stop
        assert before.start <= after.start == before.stop - after.join.frames
    for clip in timeline.clips:
        assert len(clip.material.pictures) == clip.frames  # type: ignore[union-attr]


def segments(timeline: Timeline) -> dict[str, Step]:
    plan = plan_film(timeline, Picture(), (-14.0, -1.0), TOOLS, Quality())
    return {step.key: step for step in plan.graph if step.kind == "segment"}


@settings(max_examples=40, deadline=None)
@given(RATES, films(), st.randoms(use_true_random=False))
def test_shots_in_another_order_are_encoded_already(fps: str, shots: list[Planned], chance: object) -> None:
    order = list(shots)
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert set(segments(timeline_of(shots, fps, bare=True))) == set(segments(timeline_of(order, fps, bare=True)))


@settings(max_examples=40, deadline=None)
@given(RATES, films(), st.data())
def test_a_change_of_one_shot_touches_only_segments_that_show_it(
    fps: str, shots: list[Planned], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(shots) - 1))
    changed = [*shots[:at], replace(shots[at], speed="2", frames=shots[at].frames + 7), *shots[at + 1 :]]
    bare = data.draw(st.booleans())
    before, after = (segments(timeline_of(each, fps, bare=bare)) for each in (shots, changed))
    new = [after[key] for key in after.keys() - before.keys()]
    assert new, "nothing changed"
    allowed = {f"s/{shots[at].name}"}
    if not bare:  # a title that hangs on the next shot may reach back over this one's end, and so may that shot's own
        allowed |= {f"s/{shot.name}" for shot in shots[max(0, at - 1) : at + 2]}
    assert {shot for step in new for shot in step.about} <= allowed
