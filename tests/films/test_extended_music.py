"""Music extended to the end of a film: its beats on the grid to the sample, its ending kept, its seams not heard.

The piece is made of bars that can be told apart: two chords a bar, a click on every beat. Bars 5 to 8 come again as
9 to 12, so that there is a good place to go back from; the last bar has a chord of its own, and one louder click.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sounds import RATE, Samples, joined, level_db, onsets, tone, write_wav
from wholefilms import make_stem, settings_for, write_film

from filmkit.engine.job import open_job
from filmkit.media.sound.splice import BEFORE_SEAM, CROSSING
from filmkit.model.timeline import Timeline
from filmkit.report.json import timeline_value
from filmkit.report.text import timeline_lines

BPM = 125
BEAT = RATE * 60 // BPM
BAR = 4 * BEAT
UPBEAT = 4_000
CHORDS = [(220, 330), (262, 392), (196, 294), (247, 370)]
SONG = [0, 1, 2, 3, 0, 2, 1, 3, 0, 2, 1, 3, 1, 0, 3, 4]
END_HZ = 523.0


def bar(number: int) -> Samples:
    """Chords of one bar, a low tone through it, and a click on each beat."""
    halves = [tone(hz, BAR // 2, -24) for hz in (*CHORDS[number],)] if number < 4 else [tone(END_HZ, BAR, -24)]
    sound = joined(*halves) + tone(110, BAR, -30)
    sound[::BEAT] = 0.9
    return sound.astype(np.float32)


def piece() -> Samples:
    return joined(tone(110, UPBEAT, -30), *(bar(number) for number in SONG))


def extended(folder: Path, seconds: str, fps: str = "23.976") -> tuple[Timeline, Samples]:
    """The cut and the music stem of a film over which the piece is extended."""
    write_wav(folder / "m.wav", piece(), bits=32)
    beats = f"beats: {{tempo: {BPM} bpm, first: {UPBEAT / RATE:.9f}s}}"
    text = f"""
filmkit: 1
title: T
picture: {{size: 96x64, fps: {fps}}}
scenes: [{{id: s, shots: [{{id: a, color: black, lasts: {seconds}}}]}}]
sound:
  music: [{{id: m, file: m.wav, at: start, to: end, fit: extend, {beats}}}]
"""
    film = write_film(folder / "film", text, {"m.wav": folder / "m.wav"})
    job, stem = make_stem(film, settings_for(folder / "store"), "music")
    return job.planned.plan.timeline, stem


def test_beats_stay_on_the_grid_and_the_ending_is_heard(tmp_path: Path) -> None:
    more = 8
    seconds = (UPBEAT + (len(SONG) + more) * BAR) / RATE - 0.02
    timeline, heard = extended(tmp_path, f"{seconds:.6f}s")
    [music] = timeline.sounds
    assert len(heard) == timeline.samples == music.length
    beats = [UPBEAT + beat * BEAT for beat in range(4 * (len(SONG) + more))]
    assert onsets(heard, 0.5) == beats, "every beat once, on its sample, over all seams"
    assert np.array_equal(heard[300 : UPBEAT + 4 * BAR], piece()[300 : UPBEAT + 4 * BAR]), "the beginning is as it was"
    ending = heard[UPBEAT + (len(SONG) + more - 1) * BAR + 300 : timeline.samples - 25_000]
    tail = piece()[UPBEAT + (len(SONG) - 1) * BAR + 300 :][: len(ending)]
    assert np.array_equal(ending, tail), "the last bar is the last bar"
    assert {seam.likeness for seam in music.seams} == {100}
    lines = list(timeline_lines(timeline))
    assert len([line for line in lines if "m is extended at 0:" in line]) == len(music.seams)
    told = timeline_value(timeline)["seams"]
    assert [seam["sample"] for seam in told] == [seam.at for seam in music.seams]


@pytest.mark.parametrize("seconds", [40.0, 61.3])
def test_seams_are_not_heard(seconds: float, tmp_path: Path) -> None:
    """No step larger than the tones of the piece have; the level of a crossing within 1 dB of its two sides."""
    timeline, heard = extended(tmp_path, f"{seconds}s")
    source = piece()
    [music] = timeline.sounds
    quiet = source[:, 0][source[:, 0] < 0.5]
    natural = float(np.abs(np.diff(quiet)).max())
    assert len(heard) == timeline.samples and len(music.seams) >= 1
    shift = 0
    for seam in music.seams:
        crossing = heard[seam.at - BEFORE_SEAM - CROSSING : seam.at - BEFORE_SEAM]
        assert np.abs(np.diff(heard[seam.at - 2_400 : seam.at, 0])).max() <= natural
        sides = [level_db(source[end - CROSSING : end])[0] for end in
                 (seam.at + shift - BEFORE_SEAM, seam.source - BEFORE_SEAM)]  # fmt: skip
        assert min(sides) - 1 < level_db(crossing)[0] < max(sides) + 1, (level_db(crossing), sides)
        shift = seam.source - seam.at


def test_the_same_film_asks_for_the_same_seams(tmp_path: Path) -> None:
    """Nothing is measured again, and nothing is made again."""
    timeline, _ = extended(tmp_path, "61.3s")
    again = open_job(tmp_path / "film", settings_for(tmp_path / "store"))
    assert again.planned.plan.timeline.sounds == timeline.sounds
    assert {step.kind for step in again.todo.missing} == {"segment", "mix", "master"}
