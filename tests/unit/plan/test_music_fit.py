"""Music fitted to its place: what is cut, faded or repeated, where the seams lie, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from cutting import filmed, heard, only, scene
from films import TOOLS, sound
from hypothesis import given, settings
from hypothesis import strategies as st
from storyboards import findings_of

from filmkit.media.sound.splice import BEFORE_SEAM, CROSSING
from filmkit.model.analysis import Analysis, Answer, BarsRecipe
from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.recipe import PlacedCue, StemRecipe
from filmkit.model.sound import Curve
from filmkit.model.timeline import SoundClip
from filmkit.plan.analyses import wanted
from filmkit.plan.cut import Cut, cut
from filmkit.plan.graph import Step
from filmkit.plan.sound_steps import sound_steps

BEATS = "beats: {tempo: 120 bpm, first: 0.5s}"
"""Bars of two seconds."""


def board(music: str, seconds: str = "60s", fps: str = "24") -> str:
    rest = f"sound: {{music: [{{id: m, file: m.wav, at: start, to: end, {music}}}]}}"
    return scene(f"id: a, color: black, lasts: {seconds}", rest=rest, fps=fps)


def analysed(text: str, file_s: float, song: str = "") -> Film:
    """The film with its bar lines compared: alike where the same letters of ``song`` stand on both sides."""
    film = filmed(text, {}, {"m.wav": sound(file_s)})
    answers: dict[Analysis, Answer | None] = {}
    for asked in wanted(film):
        if not isinstance(asked.recipe, BarsRecipe):
            answers[asked] = None  # beats that nobody found
            continue
        bars = song or "A" * len(asked.recipe.lines)
        around = [(bars[at - 1 : at], bars[at : at + 1]) for at in range(len(asked.recipe.lines))]
        rows = [[50 * (a[0] == b[0]) + 50 * (a[1] == b[1]) for b in around[:at]] for at, a in enumerate(around)]
        answers[asked] = {"likeness": rows}
    return replace(film, analyses=answers)


def made(text: str, file_s: float, song: str = "") -> tuple[SoundClip, list[Finding]]:
    done: Cut = cut(analysed(text, file_s, song))
    assert done.timeline is not None, done.findings
    return heard(done.timeline, "m"), list(done.findings)


# longer than its place


def test_trim_cuts_at_the_end_with_a_declick() -> None:
    for fit in ("fit: trim", "gain: 0 dB"):
        clip, findings = made(board(fit), 100)
        assert (clip.length, clip.shape.fade_out, clip.shape.curve_out) == (60 * 48_000, 240, Curve.LINEAR)
        assert findings == []


def test_fade_ends_with_three_seconds_of_fading() -> None:
    clip, findings = made(board("fit: fade"), 100)
    assert (clip.length, clip.shape.fade_out, clip.shape.curve_out) == (60 * 48_000, 3 * 48_000, Curve.SMOOTH)
    assert findings == []


def test_fade_that_is_written_wins() -> None:
    clip, _ = made(board("fit: fade, fade_out: 7s"), 100)
    assert (clip.shape.fade_out, clip.shape.curve_out) == (7 * 48_000, Curve.LINEAR)


def test_fade_of_a_short_place_takes_half_of_it() -> None:
    clip, _ = made(board("fit: fade", "4s"), 100)
    assert clip.shape.fade_out == 2 * 48_000


def test_music_that_ends_by_itself_is_not_faded() -> None:
    clip, findings = made(board("fit: fade"), 60)
    assert clip.shape.fade_out == 240 and findings == []
    shorter, findings = made(board("fit: fade"), 50)
    assert shorter.shape.fade_out == 240 and [each.code for each in findings] == ["sound-too-short"]


def test_extend_of_longer_music_only_cuts_it() -> None:
    clip, findings = made(board(f"fit: extend, {BEATS}"), 100)
    assert (clip.length, clip.seams, findings) == (60 * 48_000, (), [])


# shorter than its place


def test_verse_comes_once_more_and_the_ending_at_the_end() -> None:
    """Half a second, 24 bars, a second and a half: 50 s in a place of 60 s are five bars more."""
    song = "iiiiABCDEABCDEABCDEeeeee"
    clip, findings = made(board(f"fit: extend, {BEATS}"), 50, song)
    assert clip.length == 60 * 48_000 and clip.shape.fade_out == 240, "exactly full: nothing is cut off"
    assert [(seam.from_bar - seam.to_bar, seam.likeness) for seam in clip.seams] == [(5, 100)]
    [seam] = clip.seams
    assert (seam.at, seam.source) == (24_000 + (seam.from_bar - 1) * 96_000, 24_000 + (seam.to_bar - 1) * 96_000)
    told = only(findings, "music-extended")
    assert told.severity is Severity.NOTE and f"from bar {seam.from_bar} to {seam.to_bar} (100 of 100)" in told.message
    assert [each.code for each in findings] == ["music-extended"], "not that its file is too short"


@pytest.mark.parametrize("seconds", [51.0, 52.0, 58.7, 99.99, 300.0])
def test_what_is_left_over_is_less_than_a_bar_and_faded(seconds: float) -> None:
    clip, _ = made(board(f"fit: extend, {BEATS}", f"{seconds}s"), 50)
    frames = round(seconds * 24) * 2_000
    lasts = 50 * 48_000 + sum(seam.from_bar - seam.to_bar for seam in clip.seams) * 96_000
    assert clip.length == frames
    assert 0 <= lasts - frames < 96_000
    left_over = lasts - frames > 240
    assert (clip.shape.fade_out, clip.shape.curve_out) == ((24_000, Curve.SMOOTH) if left_over else (240, Curve.LINEAR))


def test_seams_never_lose_the_grid() -> None:
    """97 bpm: a bar is no whole number of samples; after any seam its beats lie within a sample of the grid."""
    text = board("fit: extend, in: 3.21s, beats: {tempo: 97 bpm, first: 0.04s, bar: 3}", "400s", "23.976")
    clip, _ = made(text, 64, "ABCDEFGH" * 5)
    bar_s = Fraction(60, 97) * 3
    assert len(clip.seams) >= 5
    for seam in clip.seams:
        assert abs(seam.source - 48_000 * (Fraction("0.04") + (seam.to_bar - 1) * bar_s)) <= 1
        lines = (Fraction(seam.at, 48_000) + Fraction("3.21") - Fraction("0.04")) / bar_s
        assert abs(lines - round(lines)) * bar_s * 48_000 <= Fraction(1, 2), "a seam is heard on the grid"


def test_beats_go_on_over_the_seams() -> None:
    """The cut hangs on beat 110, which the file does not reach: 50 s at 120 bpm have 100."""
    music = f"fit: extend, {BEATS}"
    text = scene("id: a, color: black, to: m.beat(110)", "id: b, color: grey, to: m.beat(+8)",
                 rest=f"sound: {{music: [{{id: m, file: m.wav, at: start, lasts: 60s, {music}}}]}}")  # fmt: skip
    timeline = cut(analysed(text, 50)).timeline
    assert timeline is not None
    assert [clip.frames for clip in timeline.clips] == [55 * 24, 4 * 24]  # 0.5 s + 109 beats


REFUSED = {
    "no beats": ("fit: extend", 50, "its beats are not known"),
    "three bars": (f"fit: extend, {BEATS}", 7.5, "fewer than 4 whole bars"),
    "in near its end": (f"fit: extend, in: 44s, {BEATS}", 50, "fewer than 4 whole bars"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_music_that_cannot_be_extended_is_told_and_plays_once(what: str) -> None:
    music, file_s, says = REFUSED[what]
    clip, findings = made(board(music), file_s)
    refused = only(findings, "fit-refused")
    assert refused.severity is Severity.WARNING and says in refused.message
    assert clip.seams == () and clip.length < 60 * 48_000
    assert "sound-too-short" in {each.code for each in findings}


def test_mark_after_a_seam_is_told() -> None:
    text = board(f"fit: extend, {BEATS}, marks: {{soon: 2s, late: 49s}}")
    finding = only(made(text, 50)[1], "mark-after-seam")
    assert "'late'" in finding.message and finding.severity is Severity.WARNING


CONTRADICTIONS = {
    "loop": ("fit: extend, loop: true, to: end", "keep 'loop' or 'fit'"),
    "no end": ("fit: fade", "'to' or 'lasts'"),
    "speed": ("fit: extend, speed: 1.2, to: end", "delete 'speed'"),
    "reverse": ("fit: extend, reverse: true, to: end", "delete 'speed' and 'reverse'"),
    "word": ("fit: stretch, to: end", "extend"),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_fit_that_makes_no_sense_is_an_error_that_says_what_to_do(what: str) -> None:
    music, says = CONTRADICTIONS[what]
    rest = f"sound: {{music: [{{id: m, file: m.wav, at: start, {music}}}]}}"
    told = findings_of(scene("id: a, color: black, lasts: 4s", rest=rest))
    [error] = [each for each in told if each.severity is Severity.ERROR]
    assert says in error.remedy, error


def test_analysis_asks_for_the_lines_within_the_part_that_is_played() -> None:
    film = filmed(board(f"fit: extend, in: 3s, {BEATS}"), {}, {"m.wav": sound(20)})
    [asked] = wanted(film)
    assert asked.recipe == BarsRecipe(lines=tuple(24_000 + bar * 96_000 for bar in range(2, 10)), beat=24_000)
    assert wanted(filmed(board(f"fit: fade, {BEATS}"), {}, {"m.wav": sound(20)})) == ()


def test_nothing_goes_back_to_the_very_beginning_of_a_file() -> None:
    """There is nothing before it that the crossing could be made of."""
    text = board("fit: extend, beats: {tempo: 120 bpm, first: 0s}", "200s")
    [asked] = wanted(filmed(text, {}, {"m.wav": sound(40)}))
    assert isinstance(asked.recipe, BarsRecipe) and asked.recipe.lines[0] == 96_000
    clip, _ = made(text, 40)
    assert len(clip.seams) > 3 and min(seam.to_bar for seam in clip.seams) >= 2


def test_seams_are_in_the_step_and_other_films_keep_their_keys() -> None:
    def cue_of(film: Film) -> PlacedCue:
        timeline = cut(film).timeline
        assert timeline is not None
        steps: list[Step] = []
        sound_steps(timeline, (-14.0, -1.0), TOOLS, steps)
        [stem] = [step for step in steps if step.kind == "stem"]
        assert ("splices" in str(stem.params)) == any(clip.seams for clip in timeline.sounds)
        return StemRecipe.from_params(stem.params).cues[0]

    seams = made(board(f"fit: extend, {BEATS}"), 50)[0].seams
    assert cue_of(analysed(board(f"fit: extend, {BEATS}"), 50)).splices == tuple((s.at, s.source) for s in seams)
    assert cue_of(analysed(board("fit: trim"), 100)) == cue_of(analysed(board("gain: 0 dB"), 100))


def test_beats_that_were_found_are_asked_for_first_and_their_bars_repeated() -> None:
    """Found beats of a hand that is not quite steady: bars of 1.9 and 2.1 s by turns, the first downbeat the second."""
    film = filmed(board("fit: extend"), {}, {"m.wav": sound(50)})
    [question] = wanted(film)
    assert question.kind == "beats"
    places = [12_000]
    for beat in range(96):
        places.append(places[-1] + (22_800 if beat // 4 % 2 else 25_200))
    answer: Answer = {
        "beats": [*places], "bar": 4, "downbeat": 1, "bpm": 120.0, "steady": False, "octave": 1.0, "found": 1.0,
        "bars": 1.0, "tempos": [],
    }  # fmt: skip
    film = replace(film, analyses={question: answer})
    [bars] = wanted(film)
    assert isinstance(bars.recipe, BarsRecipe) and bars.recipe.lines == tuple(places[1::4])
    rows = [[100 if (at - to) % 2 == 0 else 0 for to in range(at)] for at in range(len(bars.recipe.lines))]
    timeline = cut(replace(film, analyses={question: answer, bars: {"likeness": rows}})).timeline
    assert timeline is not None
    [clip] = timeline.sounds
    assert clip.length == 60 * 48_000 and clip.seams
    shift = 0
    for seam in clip.seams:
        assert (
            seam.at + shift == places[1 + 4 * (seam.from_bar - 1)] and seam.source == places[1 + 4 * (seam.to_bar - 1)]
        )
        shift = seam.source - seam.at
    assert 50 * 48_000 - shift >= clip.length, "it is long enough though its bars differ"


@settings(max_examples=60)
@given(
    tempo=st.integers(20, 400),
    first_ms=st.integers(0, 3_000),
    bar=st.integers(1, 7),
    in_ms=st.integers(0, 2_500),
    file_s=st.integers(4, 90),
    place_s=st.integers(1, 240),
    likenesses=st.lists(st.integers(0, 100), min_size=7, max_size=7),
)
def test_any_music_fills_its_place_or_says_why_not(
    tempo: int, first_ms: int, bar: int, in_ms: int, file_s: int, place_s: int, likenesses: list[int]
) -> None:
    music = f"fit: extend, in: {in_ms}ms, beats: {{tempo: {tempo} bpm, first: {first_ms}ms, bar: {bar}}}"
    film = filmed(board(music, f"{place_s}s"), {}, {"m.wav": sound(file_s)})
    answers: dict[Analysis, Answer | None] = {}
    for asked in wanted(film):
        assert isinstance(asked.recipe, BarsRecipe)
        rows = [[likenesses[(3 * at + to) % 7] for to in range(at)] for at in range(len(asked.recipe.lines))]
        answers[asked] = {"likeness": rows}
    done = cut(replace(film, analyses=answers))
    assert done.timeline is not None
    [clip] = done.timeline.sounds
    if not clip.seams:
        is_long_enough = clip.length == place_s * 48_000 or place_s * 1_000 <= file_s * 1_000 - in_ms
        assert is_long_enough or "fit-refused" in {finding.code for finding in done.findings}
        return
    assert clip.length == place_s * 48_000
    begun, source = 0, clip.source_start
    for seam in clip.seams:
        assert seam.at - begun > BEFORE_SEAM + CROSSING, "room for its crossing"
        ended = source + seam.at - begun
        assert BEFORE_SEAM + CROSSING <= seam.source < ended <= file_s * 48_000
        bar_s = Fraction(60, tempo) * bar
        assert abs(ended - seam.source - (seam.from_bar - seam.to_bar) * bar_s * 48_000) <= 1, "whole bars"
        begun, source = seam.at, seam.source
    lasts = begun + file_s * 48_000 - source
    together = -(-(file_s // bar_s + 1) // 256)  # of more than 256 bars, or 1,000 to be added, some count as one
    while place_s > 1_000 * bar_s * together:
        together *= 2
    assert -1 <= lasts - clip.length < together * bar_s * 48_000 + 1, "less than what counts as a bar is left over"
