"""What is asked of music whose beats the film hangs on, and what the cut makes of the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cutting import filmed, frames, only, scene

from filmkit.model.analysis import Analysis, Answer, BeatsRecipe
from filmkit.model.film import Film
from filmkit.model.finding import Severity
from filmkit.plan.analyses import wanted
from filmkit.plan.beats import beats_of, needs_beats
from filmkit.plan.cut import Cut, cut

QUARTERS = [600 + 24_000 * k for k in range(100)]
ANSWER = {
    "beats": QUARTERS, "bpm": 120.0, "steady": True, "bar": 4, "downbeat": 1, "octave": 0.4, "found": 0.8, "bars": 0.5,
    "tempos": [[120.0, 0.6], [60.0, 0.3], [240.0, 0.1]],
}  # fmt: skip


def film_of(*shots: str, music: str = "", rest: str = "") -> Film:
    sound = f"sound: {{music: [{{id: m, file: m.wav, at: start{music}}}]}}"
    return filmed(scene(*shots, rest=f"{sound}\n{rest}"), dict.fromkeys(("s/a", "s/b", "s/c"), 20))


def cut_with(film: Film, answer: Answer | None) -> Cut:
    return cut(replace(film, analyses=dict.fromkeys(wanted(film), answer)))


# what is asked


@pytest.mark.parametrize(
    ("music", "asked"),
    [
        ("", BeatsRecipe()),
        (", beats: {tempo: 97 bpm}", BeatsRecipe(bpm="97")),
        (", beats: {tempo: 97.5 bpm, bar: 3}", BeatsRecipe(bpm="195/2", bar=3)),
        (", beats: {first: 0.25s}", BeatsRecipe(first=12_000)),
        (", beats: {bar: 3}", BeatsRecipe(bar=3)),
        (", beats: {tempo: 97 bpm, first: 0s}", None),
    ],
)
def test_less_than_a_grid_by_hand_helps_to_find_one(music: str, asked: BeatsRecipe | None) -> None:
    film = film_of("id: a, to: m.beat(4)", music=music)
    assert wanted(film) == (() if asked is None else (Analysis("beats", "m.wav", asked),))


@pytest.mark.parametrize(
    ("shot", "rest", "is_bar"),
    [
        ("id: a, lasts: 2s", "", None),
        ("id: a, to: m.beat(4)", "", False),
        ("id: a, to: M.downbeat(2)", "", True),
        ("id: a, lasts: 1s, marks: {k: 1s}, sync: {k: m.downbeat(2)}", "", True),
        ("id: a, lasts: 2s", "titles: [{text: x, at: m.beat(3) + 2f}]", False),
        ("id: a, lasts: 2s", "cut_on: {music: m, within: 4f}", False),
        ("id: a, lasts: 2s, cut_on: {music: m, within: 4f}", "titles: [{text: x, at: a, to: m.downbeat(+1)}]", True),
        ("id: a, lasts: 2s, marks: {beat-3: 1s}", "titles: [{text: x, at: m}]", None),
    ],
)
def test_only_what_hangs_on_beats_asks_for_them(shot: str, rest: str, is_bar: bool | None) -> None:
    film = film_of(shot, rest=rest)
    assert needs_beats(film.storyboard) == ({} if is_bar is None else {"m": is_bar})
    assert len(wanted(film)) == (is_bar is not None)


def test_each_asks_for_beats_and_cuts_do_not() -> None:
    text = "sound: {{music: [{{id: m, file: m.wav, at: start}}], effects: [{{file: f.wav, each: {}}}]}}"
    asked = {each: needs_beats(filmed(scene("id: a, lasts: 2s", rest=text.format(each)), {"s/a": 3}).storyboard)
             for each in ("m.beats", "m.downbeats", "s.cuts")}  # fmt: skip
    assert asked == {"m.beats": {"m": False}, "m.downbeats": {"m": True}, "s.cuts": {}}


# what the cut makes of it


def test_points_and_cuts_stand_on_beats_that_were_found() -> None:
    film = film_of("id: a, to: m.beat(4)", "id: b, lasts: 25f, cut_on: none", "id: c, lasts: 1s",
                   rest="cut_on: {music: m, within: 4f}\ntitles: [{text: x, at: m.downbeat(2)}]")  # fmt: skip
    timeline = cut_with(film, ANSWER).timeline
    assert timeline is not None
    assert frames(timeline) == {"a": (0, 36), "b": (36, 60), "c": (60, 84)}
    assert [(moved.beat, moved.frames, moved.at) for moved in timeline.moved] == [(6, -1, 60)]
    assert timeline.titles[0].start == 60, "beat 6 begins the second bar: beat 2 the first"
    [known] = timeline.beats
    assert (known.bpm, known.count, known.octave, known.bars) == (120.0, 100, 0.4, 0.5)


def test_bars_count_from_a_first_beat_that_was_said() -> None:
    film = film_of("id: a, to: m.downbeat(2)", music=", beats: {first: 0.0125s}")
    made = cut_with(film, {**ANSWER, "downbeat": 0, "bars": 1.0})
    assert made.timeline is not None and made.timeline.frames == 48
    assert made.findings == ()
    assert made.timeline.beats[0].bars is None


def test_a_grid_by_hand_is_known_without_a_guess() -> None:
    made = cut(film_of("id: a, to: m.downbeat(2)", music=", beats: {tempo: 120 bpm, first: 0s}"))
    assert made.findings == () and made.timeline is not None and made.timeline.frames == 48
    [known] = made.timeline.beats
    assert (known.count, known.octave, known.bars, known.tempos) == (None, None, None, ())


# what is said of it


def test_a_tempo_that_could_be_another_is_warned_of_with_the_others() -> None:
    film = film_of("id: a, to: m.beat(4)")
    finding = only(list(cut_with(film, {**ANSWER, "octave": 0.05}).findings), "tempo-unsure")
    assert finding.severity is Severity.WARNING and finding.path == ("sound", "music", 0, "file")
    assert "120 bpm" in finding.message and "60 or 240" in finding.message
    assert "beats: {tempo: 120 bpm}" in finding.remedy


@pytest.mark.parametrize(("bars", "severity"), [(0.05, Severity.WARNING), (0.5, Severity.NOTE)])
def test_bars_that_are_used_are_told_to_be_a_guess(bars: float, severity: Severity) -> None:
    film = film_of("id: a, to: m.downbeat(2)")
    finding = only(list(cut_with(film, {**ANSWER, "bars": bars}).findings), "downbeats-guessed")
    assert finding.severity is severity and f"{bars:.2f}" in finding.message


def test_bars_that_nobody_uses_are_not_mentioned() -> None:
    assert cut_with(film_of("id: a, to: m.beat(4)"), {**ANSWER, "bars": 0.0}).findings == ()


def test_beats_that_few_sounds_begin_on_are_warned_of() -> None:
    found = cut_with(film_of("id: a, to: m.beat(4)"), {**ANSWER, "found": 0.07}).findings
    assert only(list(found), "beats-unsure").severity is Severity.WARNING


def test_music_without_beats_is_told_once_and_what_needs_one_is_an_error() -> None:
    film = film_of("id: a, lasts: 2s", "id: b, to: m.beat(+4)", rest="cut_on: {music: m, within: 4f}")
    made = cut_with(film, {"beats": []})
    assert [(finding.code, finding.severity) for finding in made.findings] == [
        ("point", Severity.ERROR),
        ("no-beats", Severity.WARNING),
    ]


@pytest.mark.parametrize("tempo", ["", "tempo: 97 bpm, "])
def test_a_first_beat_past_the_end_of_its_file_is_told(tempo: str) -> None:
    film = film_of("id: a, lasts: 2s", music=f", beats: {{{tempo}first: 3000s}}", rest="cut_on: {music: m, within: 4f}")
    finding = only(list(cut_with(film, {"beats": []}).findings), "first-beat-outside")
    assert "3000.00 s" in finding.message and finding.path == ("sound", "music", 0, "beats", "first")


def test_a_file_that_could_not_be_measured_has_no_beats() -> None:
    film = film_of("id: a, lasts: 2s", "id: b, lasts: 2s", rest="cut_on: {music: m, within: 4f}")
    made = cut_with(film, None)
    assert made.findings == () and made.timeline is not None, "that the file was refused is told already"
    assert [moved.reason for moved in made.timeline.moved] == ["the beats of 'm' are not known"]
    [music] = film.storyboard.sound.music
    assert beats_of(music, film) is None
