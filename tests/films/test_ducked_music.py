"""A film whose music gives way to a voice: heard in the finished file, and made again only where it has to be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sounds import Samples, joined, level_db, read_f32, silence, tone, write_wav
from soundsteps import played
from wholefilms import Rendered, render_film, settings_for, write_film

from filmkit.engine.job import Job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.plan.graph import Step

SECOND = 48_000
STORYBOARD = """filmkit: 1
title: Ducks
picture: {size: 96x64, fps: 24, preset: ultrafast}
scenes: [{id: pond, shots: [{id: reeds, color: grey, lasts: 4s}, {id: water, color: blue, lasts: 5s}]}]
sound:
  music: [{id: theme, file: theme.wav, at: start, gain: -6 dB, duck: {under: [dialogue, horn], by: 9 dB}}]
  effects: [{id: horn, file: horn.wav, at: water + 2s}, {id: wind, file: horn.wav, at: start, gain: -30 dB}]
  dialogue: [{id: late, file: late.wav, at: reeds + 2s}]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Rendered]:
    """The film's folder, the store, and the film rendered once. The voice is silent for its first half second."""
    folder = tmp_path_factory.mktemp("ducked")
    material = {
        "theme.wav": write_wav(folder / "theme.wav", tone(1_000, 9 * SECOND, -20)),
        "late.wav": write_wav(folder / "late.wav", joined(silence(SECOND // 2), tone(3_000, SECOND, -14))),
        "horn.wav": write_wav(folder / "horn.wav", tone(300, SECOND, -12)),
    }
    film = write_film(folder / "film", STORYBOARD, material)
    return film, folder / "store", render_film(film, settings_for(folder / "store"))


def theme_db(heard: Samples, at_s: float) -> float:
    """The level of the theme's own frequency in a tenth of a second around a time."""
    part = heard[round((at_s - 0.05) * SECOND) : round((at_s + 0.05) * SECOND), 0].astype(np.float64)
    turn = np.exp(-2j * np.pi * 1_000 * np.arange(len(part)) / SECOND)
    return float(20 * np.log10(abs((part * turn * np.hanning(len(part))).sum())))


def test_the_theme_gives_way_in_the_finished_film(made: tuple[Path, Path, Rendered]) -> None:
    """The voice sounds from 2.5 s to 3.5 s, the horn from 6 s to 7 s; the master is decoded as a player does."""
    _, _, rendered = made
    heard = played(rendered.outputs("master")[0])[: 9 * SECOND]
    levels = {at_s: theme_db(heard, at_s) - theme_db(heard, 1.0) for at_s in (2.2, 2.6, 3.4, 3.8, 4.3, 5.7, 6.5, 8.0)}
    assert levels == {
        2.2: pytest.approx(0, abs=0.2),
        2.6: pytest.approx(-9, abs=0.5),
        3.4: pytest.approx(-9, abs=0.5),
        3.8: pytest.approx(-4.5, abs=0.5),
        4.3: pytest.approx(0, abs=0.2),
        5.7: pytest.approx(0, abs=0.2),
        6.5: pytest.approx(-9, abs=0.5),
        8.0: pytest.approx(0, abs=0.2),
    }


def test_the_curve_is_kept_as_its_breakpoints(made: tuple[Path, Path, Rendered]) -> None:
    [curve] = made[2].outputs("duck")
    points = json.loads(curve.read_text())
    wanted_s = [(0, 0), (2.35, 0), (2.5, -9), (3.5, -9), (4.1, 0), (5.85, 0), (6, -9), (7, -9), (7.6, 0), (9, 0)]
    assert [(sample / SECOND, level) for sample, level in points] == [
        (pytest.approx(at_s, abs=1e-3), level) for at_s, level in wanted_s
    ]


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        (("at: reeds + 2s}", "at: reeds + 2s, gain: -3 dB}"), ["stem dialogue", "duck under dialogue, horn"]),
        (("at: water + 2s}", "at: water + 2s, gain: -3 dB}"),
         ["horn as it presses", "duck under dialogue, horn", "stem effects"]),
        (("at: water + 2s}", "at: water + 1s}"), ["duck under dialogue, horn", "stem effects"]),
        (("gain: -30 dB", "gain: -20 dB"), ["stem effects"]),
        (("by: 9 dB", "by: 6 dB"), ["duck under dialogue, horn"]),
        (("sound:", "sound:\n  stems: {dialogue: {high_pass: 80 Hz}}"), ["stem dialogue"]),
        (("sound:", "sound:\n  stems: {music: {gain: -2 dB}}"), ["stem music"]),
    ],
    ids=["voice", "horn", "horn-later", "wind", "depth", "bus-of-voice", "bus-of-music"],
)  # fmt: skip
def test_a_change_makes_only_what_hangs_on_it(
    made: tuple[Path, Path, Rendered], change: tuple[str, str], steps: list[str]
) -> None:
    film, store, _ = made
    assert STORYBOARD.count(change[0]) == 1
    (film / "storyboard.yaml").write_text(STORYBOARD.replace(*change))
    found = {step.name for step in open_job(film, settings_for(store)).todo.missing}
    ducks = {"stem music"} if any(name.startswith("duck") for name in steps) else set()
    assert found == {*steps, *ducks, "mix", "master"}


def test_a_softer_voice_leaves_the_picture_alone(made: tuple[Path, Path, Rendered]) -> None:
    film, store, first = made
    (film / "storyboard.yaml").write_text(STORYBOARD.replace("at: reeds + 2s}", "at: reeds + 2s, gain: -3 dB}"))
    again = render_film(film, settings_for(store))
    assert dict(again.report.made) == {"stem": 2, "duck": 1, "mix": 1, "master": 1}
    assert again.outputs("segment") == first.outputs("segment")
    assert again.outputs("mix") != first.outputs("mix")


def test_what_gives_way_itself_presses_all_the_same(tmp_path: Path) -> None:
    """The horn is all but silenced by the voice over it, and the theme still gives way to the horn."""
    material = {
        "theme.wav": write_wav(tmp_path / "theme.wav", tone(1_000, 9 * SECOND, -20)),
        "late.wav": write_wav(tmp_path / "late.wav", tone(3_000, 3 * SECOND, -14)),
        "horn.wav": write_wav(tmp_path / "horn.wav", tone(300, SECOND, -12)),
    }
    head = STORYBOARD.partition("sound:")[0]
    sounds = """sound:
  music: [{id: theme, file: theme.wav, at: start, duck: {under: effects, by: 9 dB}}]
  effects: [{id: horn, file: horn.wav, at: start + 3s, duck: {under: dialogue, by: 60 dB}}]
  dialogue: [{id: late, file: late.wav, at: start + 2s}]
"""
    job = open_job(write_film(tmp_path / "film", head + sounds, material), settings_for(tmp_path / "store"))
    run_job(job, run_local, Listeners())
    stems = {step.name: read_stem(job, step) for step in job.planned.plan.graph if step.kind == "stem"}
    assert set(stems) == {"stem effects", "effects as it presses", "stem music", "stem dialogue"}
    assert level_db(stems["stem effects"][3 * SECOND : 4 * SECOND])[0] == pytest.approx(-75, abs=0.1)
    lowered = [theme_db(stems["stem music"], at_s) - theme_db(stems["stem music"], 1.0) for at_s in (2.5, 3.5, 5.5)]
    assert lowered == [pytest.approx(level, abs=0.01) for level in (0, -9, 0)]


def read_stem(job: Job, step: Step) -> Samples:
    """What a step of a kind ``stem`` left in the store."""
    [record] = job.shop.store.lookup([step.key]).values()
    return read_f32(job.shop.store.get(record.outputs["stem"].sha256))
