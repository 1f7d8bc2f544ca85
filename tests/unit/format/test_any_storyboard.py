"""Whatever a storyboard says, its cut is a timeline that holds together, or findings: never a crash, never silence."""

from __future__ import annotations

from itertools import pairwise

from cutting import filmed
from films import sound, still, video
from hypothesis import given, settings
from hypothesis import strategies as st

from filmkit.model.finding import Severity
from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut

NAMES = ["p", "q", "a", "b", "c", "d", "p/a", "q/c", "x", "m", "start", "end", "credits", "nobody"]
POINTS = st.builds(
    lambda base, tail, offset: f"{base}{tail}{offset}",
    st.sampled_from(NAMES),
    st.sampled_from(["", "", ".end", ".k", ".beat(3)", ".beat(+1)", ".beat(-1)", ".downbeat(2)"]),
    st.sampled_from(["", "", " + 0.5s", " - 12f", " + 00:00:01:00", " - 100s"]),
)
EACHES = st.sampled_from(["p.cuts", "q.cuts - 2f", "m.beats", "m.downbeats + 1s", "a.cuts", "x.beats", "nobody.cuts"])
TIMES = st.sampled_from(["0s", "1f", "13f", "0.5s", "1.02s", "2s", "40s", "00:00:01:12"])
SPEEDS = st.sampled_from(["0.25", "0.8", "3", '{"0s": 1, "1s": 0.2}', '{"0.5s": 2, "0.6s": 0.01}'])
JOINS = st.sampled_from(["cut", "dissolve", "{with: iris, lasts: 5f}", "{with: white, lasts: 3s}"])
SHOT_KEYS = {
    "lasts": TIMES, "to": POINTS, "in": TIMES, "speed": SPEEDS, "join": JOINS, "short": st.just("hold"),
    "omit": st.sampled_from(["true", "false"]), "marks": st.sampled_from(["{k: 0.5s}", "{k: 9s}", "{K: 12f}"]),
    "sync": POINTS.map(lambda point: f'{{k: "{point}"}}'), "of": st.sampled_from(["a", "b", "p/a", "d"]),
    "color": st.just("red"), "from": st.sampled_from(["a.png", "{shot: a, at: a.k}"]), "sketch": st.just("a.png"),
    "fade_in": TIMES, "fade_out": TIMES, "zoom": st.just("1.5"), "take": st.sampled_from(["t01", "t02"]),
    "cut_on": st.sampled_from(["{music: m, within: 6f}", "none", "{within: 2s}", "{music: m, within: 20s}"]),
    "generate": st.sampled_from(["{with: still}", "{with: veo, length: 3s}", "{length: 1s}", "none"]),
    "own_sound": st.sampled_from(["mute", "{lead: 0.5s, trail: 40s}", "{gain: -6 dB, fade_in: 2s}", "none"]),
}  # fmt: skip
CUE_KEYS = {
    "to": POINTS, "lasts": TIMES, "in": TIMES, "loop": st.just("true"), "fade_in": TIMES,
    "marks": st.just("{k: 1s}"), "pan": st.just("-0.3"), "speed": st.sampled_from(["0.25", "0.8", "2"]),
    "reverse": st.just("true"), "fade_out": st.just("{lasts: 1s, curve: smooth}"),
}  # fmt: skip
TITLE_KEYS = {"to": POINTS, "lasts": TIMES, "fade_in": TIMES, "fade_out": TIMES}
NEVER_TOGETHER = [("lasts", "to"), ("in", "sync"), ("of", "color")]

TAME_POINTS = st.sampled_from(["start", "a", "b + 0.5s", "a.end - 6f", "p", "m.beat(2)", "x.k"])
TAME_SHOT_KEYS = {key: SHOT_KEYS[key] for key in ("color", "sketch", "zoom", "cut_on", "omit", "of")} | {
    "in": st.sampled_from(["0s", "13f", "0.5s"]), "speed": st.sampled_from(["0.8", "0.5", '{"0s": 1, "1s": 0.5}']),
    "join": st.sampled_from(["cut", "{with: iris, lasts: 5f}"]), "fade_in": st.just("7f"), "fade_out": st.just("0.1s"),
    "own_sound": st.sampled_from(["mute", "{trail: 40s}", "{gain: -6 dB}"]), "marks": st.just("{k: 0.6s}"),
}  # fmt: skip
TAME_CUE_KEYS = {"lasts": st.just("2s"), "in": st.just("0.5s"), "fade_in": TIMES, "marks": st.just("{k: 1s}")}
TAME_TITLE_KEYS = {"lasts": st.sampled_from(["2s", "40s", "20f"]), "fade_in": st.just("5f")}


@st.composite
def mapping(draw: st.DrawFn, start: str, keys: dict[str, st.SearchStrategy[str]]) -> str:
    chosen = draw(st.lists(st.sampled_from(sorted(keys)), max_size=6, unique=True))
    for one, other in NEVER_TOGETHER:
        if one in chosen and other in chosen:
            chosen.remove(other)
    if "lasts" in start:
        chosen = [key for key in chosen if key != "lasts"]
    return "{" + ", ".join([start, *(f"{key}: {draw(keys[key])}" for key in chosen)]) + "}"


@st.composite
def storyboard(draw: st.DrawFn, *, is_tame: bool) -> str:
    shot_keys, cue_keys, title_keys, points = (
        (TAME_SHOT_KEYS, TAME_CUE_KEYS, TAME_TITLE_KEYS, TAME_POINTS)
        if is_tame
        else (SHOT_KEYS, CUE_KEYS, TITLE_KEYS, POINTS)
    )
    lasts = ", lasts: 2s" if is_tame else ""
    shots = [draw(mapping(f"id: {name}{lasts}", shot_keys)) for name in "abcd"]
    second = draw(st.sampled_from([f"shots: [{shots[2]}, {shots[3]}]", "lasts: 1s", f"lasts: 2s, shots: [{shots[2]}]"]))
    title = draw(mapping(f"text: t, at: {draw(points)}", title_keys))
    place = draw(st.sampled_from(["at: a + 0.3s", "each: p.cuts - 2f"])) if is_tame else draw(st.one_of(
        points.map(lambda point: f"at: {point}"), EACHES.map(lambda each: f"each: {each}")))  # fmt: skip
    effect = draw(mapping(f"id: x, file: f.wav, {place}", cue_keys))
    music_at = draw(st.sampled_from(["start", "a"] if is_tame else ["start", "a", "a.end", "b.k", "x.end", "c"]))
    return "\n".join([
        "filmkit: 1", "title: T", f"picture: {{fps: {draw(st.sampled_from(['24', '25', '29.97']))}}}",
        "cut_on: {music: m, within: 3f}" if draw(st.booleans()) else "style: s",
        f"scenes: [{{id: p, shots: [{shots[0]}, {shots[1]}]}}, {{id: q, {second}}}]",
        f"titles: [{title}]",
        "credits: {lasts: 1s}" if draw(st.booleans()) else "avoid: none",
        f"sound: {{effects: [{effect}],",
        f"  music: [{{id: m, file: m.wav, at: {music_at}, beats: {{tempo: 120 bpm, first: 0.1s}}}}]}}",
    ])  # fmt: skip


TAKES = {"p/a": video(4), "p/b": video(3, "25"), "q/c": video(6, "30", sound=False)}
FILES = {"f.wav": sound(3), "m.wav": sound(20), "a.png": still()}


@settings(max_examples=60, deadline=None)
@given(storyboard(is_tame=False))
def test_any_storyboard_is_cut_or_answered(text: str) -> None:
    made = cut(filmed(text, TAKES, FILES))
    assert made == cut(filmed(text, TAKES, FILES))
    assert all(finding.message and finding.path for finding in made.findings)
    if made.timeline is not None:
        assert_holds_together(made.timeline)
    else:
        assert any(finding.severity is Severity.ERROR for finding in made.findings)


@settings(max_examples=60, deadline=None)
@given(storyboard(is_tame=True))
def test_reasonable_storyboards_hold_together(text: str) -> None:
    timeline = cut(filmed(text, TAKES, FILES)).timeline
    if timeline is not None:  # one in six hangs on a shot that is left out
        assert_holds_together(timeline)


def assert_holds_together(timeline: Timeline) -> None:
    clips = timeline.clips
    assert clips[0].start == 0 and clips[-1].stop == timeline.frames > 0
    for before, after in pairwise(clips):
        assert after.start == before.stop - after.join.frames, (before.shot, after.shot)
        assert before.start + before.join.frames <= after.start, (before.shot, after.shot)
    for clip in clips:
        assert clip.frames >= 1 and clip.fade_in_frames + clip.fade_out_frames <= clip.frames, clip.shot
    for title in timeline.titles:
        assert 0 <= title.start < title.stop <= timeline.frames, title.name
    for heard in timeline.sounds:
        assert heard.start >= 0 and heard.length > 0, heard.id
        assert heard.start + heard.length <= timeline.samples, heard.id
    for part, following in pairwise(timeline.scenes):
        assert part.start < part.stop == following.start
