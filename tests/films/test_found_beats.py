"""A film whose cuts go to beats that nobody wrote down, from the sound file to the frames of the cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rhythms import drums, steady
from sounds import RATE, noise, write_wav
from wholefilms import settings_for, write_film

from filmkit.engine.job import Job, check_film, open_job, open_shop, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.settings import Session
from filmkit.model.finding import Severity

BOARD = """filmkit: 1
title: Drums
picture: {size: 96x64, fps: 24, preset: ultrafast}
cut_on: {music: song, within: 7f}
scenes:
  - id: hall
    shots:
      - {id: a, color: black, lasts: 50f}
      - {id: b, color: red, lasts: 40f}
      - {id: c, color: blue, lasts: 55f}
      - {id: d, color: green, to: song.downbeat(+2)}
sound:
  music: [{id: song, file: song.wav, at: start + 0.25s, in: 1s, to: end, BEATS}]
"""

BPM, FIRST_S = 112.0, 0.15


def write(folder: Path, beats: str = "gain: 0 dB") -> Path:
    song = folder / "song.wav"
    if not song.exists():
        write_wav(song, drums(steady(BPM, 20, FIRST_S), 20, hats=0.4).sound)
    return write_film(folder / f"film-{len(list(folder.iterdir()))}", BOARD.replace("BEATS", beats), {"song.wav": song})


def opened(film: Path, folder: Path) -> Job:
    return open_job(film, settings_for(folder / "store"), Session.SOUND)


def test_cuts_stand_on_the_beats_that_are_heard(tmp_path: Path) -> None:
    timeline = opened(write(tmp_path), tmp_path).planned.plan.timeline
    assert [moved.reason for moved in timeline.moved] == ["", "", ""]
    for clip in timeline.clips[1:]:
        place = (clip.start / 24 - 0.25 + 1 - FIRST_S) * BPM / 60  # in beats of the file
        assert abs(place - round(place)) * 60 / BPM <= 0.5 / 24 + 0.002, f"{clip.shot} begins at beat {1 + place:.2f}"
    last = (timeline.frames / 24 - 0.25 + 1 - FIRST_S) * BPM / 60
    assert round(last) % 4 == 0, "the film ends with a bar"


def test_beats_are_found_once(tmp_path: Path) -> None:
    film = write(tmp_path)
    job = opened(film, tmp_path)
    ran = {step.kind for step in run_job(job, run_local, Listeners()).todo.missing}
    assert "stem" in ran and not ran & {"source", "beats"}, "the song was decoded for its analysis already"
    kept = sorted((tmp_path / "store" / "actions").rglob("*.json"))
    again = opened(film, tmp_path)
    assert not again.todo.missing
    assert sorted((tmp_path / "store" / "actions").rglob("*.json")) == kept
    assert again.planned.plan.timeline == job.planned.plan.timeline


def test_a_hint_chooses_the_octave(tmp_path: Path) -> None:
    [half] = opened(write(tmp_path, "beats: {tempo: 60 bpm}"), tmp_path).planned.plan.timeline.beats
    [hand] = opened(write(tmp_path, "beats: {tempo: 112 bpm, first: 0.15s}"), tmp_path).planned.plan.timeline.beats
    assert (half.bpm, half.octave, half.is_steady) == (56.0, 1.0, True)
    assert (hand.bpm, hand.count) == (112.0, None)


def test_found_and_written_down_are_the_same_cut(tmp_path: Path) -> None:
    found = opened(write(tmp_path), tmp_path).planned.plan.timeline
    hand = opened(write(tmp_path, "beats: {tempo: 112 bpm, first: 0.15s}"), tmp_path).planned.plan.timeline
    assert [clip.start for clip in found.clips] == [clip.start for clip in hand.clips]
    assert found.moved == hand.moved


def test_music_without_beats_is_warned_of(tmp_path: Path) -> None:
    write_wav(tmp_path / "song.wav", noise(20 * RATE, -20))
    film = write(tmp_path)
    board = (film / "storyboard.yaml").read_text(encoding="utf-8").replace("to: song.downbeat(+2)", "lasts: 1s")
    (film / "storyboard.yaml").write_text(board, encoding="utf-8")
    settings = settings_for(tmp_path / "store")
    _, findings = check_film(film, settings, open_shop(settings))
    [warning] = [finding for finding in findings if finding.severity is not Severity.NOTE]
    assert (warning.code, warning.severity) == ("no-beats", Severity.WARNING)
    assert warning.place is not None and "song.wav" in warning.message and "{tempo: " in warning.remedy


@pytest.mark.parametrize("hint", ["gain: 0 dB", "beats: {tempo: 104 bpm}", "beats: {first: 0.15s}"])
def test_whatever_is_known_the_beats_are_the_same(tmp_path: Path, hint: str) -> None:
    timeline = opened(write(tmp_path, hint), tmp_path).planned.plan.timeline
    starts = np.array([clip.start for clip in timeline.clips])
    assert starts.tolist() == [0, *(round((0.25 - 1 + FIRST_S + k * 60 / BPM) * 24) for k in (5, 8, 12))][: len(starts)]
