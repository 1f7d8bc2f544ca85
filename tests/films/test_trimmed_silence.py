"""A recording with silence around it stands on its point with its first sound, in the mix of a whole film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sounds import RATE, joined, noise, read_f32, write_wav
from wholefilms import settings_for, write_film

from filmkit.engine.job import open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.settings import Session
from filmkit.model.finding import FilmError

BOARD = """filmkit: 1
title: Doors
picture: {size: 96x64, fps: 24, preset: ultrafast}
scenes:
  - id: hall
    shots: [{id: door, color: black, lasts: 3s}]
sound:
  effects:
    - {id: knock, file: sfx/knock.wav, at: door + 1s, trim: -40 dB}
    - {id: latch, file: sfx/latch.wav, at: knock.end}
"""


def stem_of(film: Path, store: Path) -> tuple[np.ndarray, list[str]]:
    """The effects of the film, and the steps that had to run for the mix (analyses not counted)."""
    job = open_job(film, settings_for(store), Session.SOUND)
    ran = [step.name for step in run_job(job, run_local, Listeners()).todo.missing]
    (step,) = [step for step in job.planned.plan.graph if step.kind == "stem"]
    output = job.shop.store.lookup([step.key])[step.key].outputs["stem"]
    return read_f32(job.shop.store.get(output.sha256)), ran


def write(folder: Path, before: int, after: int) -> Path:
    knock = write_wav(folder / "knock.wav", joined(noise(before, -60), noise(RATE // 2, -12), noise(after, -60)))
    latch = write_wav(folder / "latch.wav", noise(RATE // 4, -12))
    return write_film(folder / "film", BOARD, {"sfx/knock.wav": knock, "sfx/latch.wav": latch})


def test_the_first_sound_stands_on_the_point_and_the_next_cue_follows_the_last(tmp_path: Path) -> None:
    film = write(tmp_path, before=24_000, after=36_000)
    stem, ran = stem_of(film, tmp_path / "store")
    loud = np.flatnonzero(np.abs(stem).max(axis=1) > 0.05)
    assert abs(loud[0] - RATE) <= 48 + 24, f"the knock is heard at sample {loud[0]}"  # a millisecond, and its declick
    end = RATE + RATE // 2 + RATE // 4
    assert abs(loud[-1] - end) <= 96, f"the latch is over at sample {loud[-1]} instead of {end}"
    assert np.abs(stem[: RATE - 48]).max() == 0
    assert "source sfx/latch.wav" in ran, ran
    assert "source sfx/knock.wav" not in ran, "it was decoded for its analysis already"


def test_measured_once_nothing_is_left_to_do(tmp_path: Path) -> None:
    film = write(tmp_path, before=24_000, after=36_000)
    stem_of(film, tmp_path / "store")
    assert stem_of(film, tmp_path / "store")[1] == []


def test_a_broken_file_is_refused_by_name_before_the_film_is_planned(tmp_path: Path) -> None:
    film = write(tmp_path, before=24_000, after=36_000)
    broken = noise(RATE, -12)
    broken[RATE // 2] = np.nan
    (film / "sfx/knock.wav").unlink()
    write_wav(film / "sfx/knock.wav", broken, bits=32)
    with pytest.raises(FilmError) as refused:
        open_job(film, settings_for(tmp_path / "store"), Session.SOUND)
    (finding,) = refused.value.findings
    assert finding.code == "file-refused", finding
    assert "sfx/knock.wav" in finding.message and "0.500 s" in finding.message, finding.message
