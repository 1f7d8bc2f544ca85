"""The end of a render and the plan, word by word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

import pytest
from films import FIRST_LIGHT, first_light

from filmkit.model.finding import Finding, Severity
from filmkit.model.run import CueChanges, DuckedCues, Event, MovedCue, RunReport
from filmkit.model.timeline import MovedCut, MusicBeats, Tempo, Timeline
from filmkit.plan.cut import cut
from filmkit.plan.explain import Change
from filmkit.plan.graph import Cost, Step
from filmkit.plan.stale import Todo
from filmkit.report.summary import summary_lines
from filmkit.report.text import clock, kinds, listed, status_lines, timeline_lines, todo_lines, why_lines

REPORT = RunReport(
    name="first-light",
    film="/films/first-light/out/first-light.mp4",
    frames=408,
    length_s=17.0,
    made={"segment": 3, "title": 1, "mix": 1, "master": 1},
    hits={"segment": 6, "source": 4},
    frames_encoded=96,
    wall_s=4.06,
    engine="local",
    workers=2,
    sandbox="landlock+seccomp",
    ffmpeg="build",
    facts={
        "integrated_lufs": -14.02,
        "true_peak_dbtp": -1.06,
        "range_lu": 6.3,
        "short_term_lufs": -10.91,
        "momentary_lufs": None,
    },
)


def missing(shot: str) -> Event:
    return Event("placeholder", f"{shot} has no take", Severity.WARNING, shot, touches_content=True)


def test_summary_says_what_was_made_what_was_kept_how_long_it_took_and_where_the_film_lies() -> None:
    assert list(summary_lines(REPORT)) == [
        "first-light: 0:17.0, 408 frames",
        "  made     3 segments, 1 title, 1 mix, 1 master (96 frames)",
        "  kept     6 segments, 4 sounds, from the store",
        "  sound    -14.0 LUFS, true peak -1.1 dBTP, range 6.3 LU, loudest 3 s -10.9 LUFS",
        "  took     4.1 s, local engine, 2 workers, sandbox: landlock+seccomp",
        "  film     /films/first-light/out/first-light.mp4",
    ]


def test_summary_tells_which_cues_moved_and_by_how_much() -> None:
    horn, late = MovedCue("horn", 24_000, 12), MovedCue("late", 624)
    whooshes = tuple(MovedCue(f"whoosh {number}", -24_000, -12) for number in range(1, 9))
    lines = list(summary_lines(replace(REPORT, cues=CueChanges((horn, late, *whooshes)))))
    told = [line for line in lines if "moved" in line or "f)" in line or " s:" in line]
    assert told == [
        "  moved    -0.500 s (-12 f): whoosh 1, whoosh 2, whoosh 3, whoosh 4, whoosh 5, whoosh 6 and 2 more",
        "           +0.500 s (+12 f): horn",
        "           +0.013 s: late",
    ]


def test_summary_names_new_and_removed_cues_and_says_what_ducking_did() -> None:
    ducked = (
        DuckedCues(("theme", "song"), "under dialogue, horn", 5, 12.3, -9.0),
        DuckedCues(("hum",), "under x", 1, 2, -6),
    )
    changes = CueChanges((), ("horn", *(f"w {number}" for number in range(1, 8))), ("bell",))
    lines = list(summary_lines(replace(REPORT, cues=changes, ducked=ducked)))
    assert lines[4:8] == [
        "  ducked   theme, song under dialogue, horn: 5 times, 12.3 s in all, down to -9 dB",
        "           hum under x: once, 2.0 s in all, down to -6 dB",
        "  new      horn, w 1, w 2, w 3, w 4, w 5 and 2 more",
        "  gone     bell",
    ]


def test_a_film_recut_all_over_tells_of_a_few_moves_and_counts_the_rest() -> None:
    moved = tuple(MovedCue(f"c{number}", 1_000 * number) for number in range(1, 40))
    lines = list(summary_lines(replace(REPORT, cues=CueChanges(moved))))
    assert len(lines) == 6 + 6 and "           and 34 more by other distances" in lines


def test_summary_of_a_render_without_work_names_no_engine() -> None:
    report = replace(
        REPORT, made={}, hits={"master": 1}, frames_encoded=0, engine="no", facts={"integrated_lufs": None}
    )
    assert list(summary_lines(report))[1:3] == [
        "  kept     1 master, from the store: nothing had to be made",
        "  took     4.1 s",
    ]


def test_summary_ends_with_the_shots_that_have_no_take() -> None:
    report = replace(REPORT, placeholders=2, events=(missing("s/a"), missing("s/b")))
    assert list(summary_lines(report))[-2:] == [
        "  not finished: 2 shots have no take yet: s/a, s/b",
        "    → put takes into takes/<scene>/<shot>/ as t01.mp4 and render again",
    ]


def test_summary_tells_every_other_event_alike_ones_together() -> None:
    hint = "'orbit-left' is only hinted at over a still"
    events = (
        Event("engine-local", "run without Prefect: no server", Severity.WARNING),
        *(Event("move-approximated", hint, Severity.NOTE, shot) for shot in ("s/a", "s/b", "s/a")),
        Event("held", "s/c holds the last picture for 2 frames", Severity.WARNING, "s/c"),
        Event("scratch-silent", "nothing in this line can be said", Severity.WARNING, "l"),
    )
    assert list(summary_lines(replace(REPORT, events=events)))[5:-1] == [
        "  warning: run without Prefect: no server",
        f"  note:    {hint} (s/a, s/b)",
        "  warning: s/c holds the last picture for 2 frames",
        "  warning: nothing in this line can be said (l)",
    ]


def timeline() -> Timeline:
    made = cut(first_light(FIRST_LIGHT)).timeline
    assert made is not None
    return made


def test_the_cut_is_a_table() -> None:
    moved = (
        MovedCut("lamp/flame", 3, at=171, music="theme", beat=12),
        MovedCut("harbour/keeper", 0, "it lies under a join", at=84),
        MovedCut("x/y", 0, at=48, music="theme", beat=7),
    )
    tempos = (Tempo(112.0, 0.4), Tempo(56.0, 0.3), Tempo(224.0, 0.1))
    found = MusicBeats("song", 112.0, 4, 85, octave=0.14, found=0.8, bars=0.43, tempos=tempos)
    assert list(timeline_lines(replace(timeline(), moved=moved, beats=(MusicBeats("theme", 97.0, 4), found)))) == [
        "  shot            from frame  frames    length  shows",
        "  harbour/boat             0      96    4.00 s  take t01",
        "  harbour/keeper          84      84    3.50 s  take t01, dissolve 12f",
        "  lamp/flame             168      48    2.00 s  take t01",
        "  credits                216     192    8.00 s  credits",
        "  beats of theme: 97 bpm, bars of 4, by hand",
        "  beats of song: 112 bpm (sure 0.14; else 56, 224), 85 found (sure 0.80), bars of 4 are a guess (sure 0.43)",
        "  cut before lamp/flame: frame 168 → 171 (+3), on beat 12 of theme",
        "  cut before harbour/keeper: stays at frame 84: it lies under a join",
        "  cut before x/y: frame 48 is on beat 7 of theme already",
        "  408 frames, 0:17.0 at 24 frames a second",
    ]


def test_what_a_clip_shows() -> None:
    board = "scenes:\n  - id: s\n    shots: [{id: a, lasts: 1s}, {id: b, color: red, lasts: 1s}]\n"
    made = cut(first_light(f"filmkit: 1\ntitle: T\npicture: {{fps: 29.97}}\n{board}")).timeline
    assert made is not None
    lines = list(timeline_lines(made))
    assert [line.rsplit("  ", 1)[1] for line in lines[1:3]] == ["no take yet", "colour"]
    assert lines[-1] == "  60 frames, 0:02.0 at 29.97 frames a second"


def steps(count: int) -> tuple[Step, ...]:
    return tuple(Step("segment", f"segment s/{at}", 1, {"n": at}, cost=Cost(24, 0.5)) for at in range(count))


def test_a_long_list_of_work_is_cut_short() -> None:
    lines = list(todo_lines(Todo(steps(15), {"title": 2})))
    assert lines[:2] == ["  from the store: 2 titles", "  to make: 15 segments; 360 frames, about 7.5 s of one core"]
    assert lines[2] == "    segment s/0      24 frames   0.5 s" and len(lines) == 15
    assert lines[-1] == "    … and 3 more"


def test_one_of_everything_is_singular() -> None:
    every = (
        "segment",
        "picture",
        "lut",
        "title",
        "card",
        "source",
        "duck",
        "stem",
        "mix",
        "bounce",
        "waveform",
        "sheet",
        "master",
    )
    assert kinds(dict.fromkeys(every, 1)) == (
        "1 segment, 1 still, 1 grade, 1 title, 1 card, 1 sound, 1 ducking curve, 1 stem, "
        "1 mix, 1 bounce, 1 waveform, 1 level picture, 1 master"
    )


def test_status_lines() -> None:
    file = PurePath("/films/out/first-light.mp4")
    lines = list(status_lines(timeline(), [Finding("x", "y", severity=Severity.NOTE)], Todo((), {}), (file, True)))
    assert lines == [
        "test: First Light",
        "  length   0:17.0, 408 frames at 24, 1280x720",
        "  shots    3, none is missing",
        "  found    1 note (filmkit check tells them)",
        "  film     /films/out/first-light.mp4, finished",
    ]


@pytest.mark.parametrize(
    ("changes", "to_make", "last"),
    [
        ([Change("mix", "params.length", 1, 2, "the film lasts longer")], 1, "  to make: 1 segment"),
        ([Change("mix", "params.length", 1, 2, "the film lasts longer")], 0, "  nothing to make: the store has it"),
        ([], 2, "  to make: 2 segments, because the store has lost it"),
        ([], 0, "boat: nothing changed since the last render"),
    ],
)
def test_why_lines_end_with_what_has_to_be_made(changes: list[Change], to_make: int, last: str) -> None:
    assert list(why_lines("boat", changes, steps(to_make), is_first=False))[-1] == last


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.0"), (13.5, "0:13.5"), (59.96, "1:00.0"), (62.5, "1:02.5"), (3661.04, "61:01.0")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_long_list_of_names_is_cut_short() -> None:
    assert listed([str(at) for at in range(11)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 3 more"
