"""``mix`` where the store has everything: what is said, which files lie in ``out/``, and how solos are asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk import COLOURS, Desk
from sounds import tone, write_wav

from filmkit.cli import running
from filmkit.engine.settings import Engine, Session, Settings
from filmkit.model.run import RunReport
from filmkit.plan.bounces import Bounces

SOUND = """\
sound:
  music: [{id: theme, file: tone.wav, at: start}]
  effects: [{id: horn, file: tone.wav, at: rocket}, {file: tone.wav, at: lights + 2f}]
"""
PICTURES = ("svg", "png", "json")
STEMS = ["dialogue", "music", "effects", "production", "m-and-e"]


@pytest.fixture
def film(desk: Desk) -> Path:
    """A film of two colours and three sounds."""
    folder = desk.film(COLOURS + SOUND)
    write_wav(folder / "tone.wav", tone(440, 9_600, -20))
    return folder


def out_of(film: Path) -> list[str]:
    return sorted(str(path.relative_to(film / "out")) for path in (film / "out").rglob("*") if path.is_file())


def test_the_mix_is_put_in_place_and_no_film(desk: Desk, film: Path) -> None:
    desk.fill(film, bounces=Bounces(), facts={"integrated_lufs": -14.02, "true_peak_dbtp": -1.3})
    answer = desk.ask("mix", film)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "leaving-earth: 0:01.5, 36 frames"
    assert (
        lines[1]
        == "  kept     1 sound, 2 stems, 1 mix, 2 waveforms, 1 level picture, from the store: nothing had to be made"
    )
    assert lines[2].startswith("  sound    -14.0 LUFS, true peak -1.3 dBTP")
    assert lines[-5:] == [
        f"  in       {film}/out", "           leaving-earth.mix.m4a: as in the film",
        *(f"           leaving-earth.levels.{kind}" for kind in PICTURES),
    ]  # fmt: skip
    assert out_of(film) == [*(f"leaving-earth.levels.{kind}" for kind in sorted(PICTURES)),
                            "leaving-earth.mix.json", "leaving-earth.mix.m4a"]  # fmt: skip


def test_without_a_picture_none_is_drawn(desk: Desk, film: Path) -> None:
    job = desk.fill(film, bounces=Bounces(picture=False))
    assert {step.kind for step in job.planned.plan.graph} == {"source", "stem", "mix"}
    answer = desk.ask("mix", "--no-picture", film)
    assert (answer.code, answer.err) == (0, "")
    assert out_of(film) == ["leaving-earth.mix.json", "leaving-earth.mix.m4a"]


def test_the_lanes_of_the_picture_s_numbers_follow_the_summary(desk: Desk, film: Path) -> None:
    numbers = {
        "length": 72_000, "frames": 36, "integrated_lufs": -14.0, "voice": [],
        "shots": [{"name": "city/lights", "start": 0}, {"name": "city/rocket", "start": 12}],
        "mix": {"column_samples": 4_800, "short_term_lufs": [None] * 15, "limiter_db": [0.0] * 15},
        "stems": {"music": {"column_samples": 4_800, "peak_db": [-12.0] * 15, "ducks": {}, "cues": []}},
    }  # fmt: skip
    desk.fill(film, bounces=Bounces(), made={"sheet": json.dumps(numbers)})
    lines = desk.ask("mix", film).out.splitlines()
    music = next(line for line in lines if line.startswith("music"))
    assert music == "music        " + "▆" * 67
    assert next(line for line in lines if "lights" in line) == "             │lights               │rocket"
    assert desk.ask("mix", "--json", film).json["levels"] == numbers


def test_every_stem_is_a_file_and_is_named(desk: Desk, film: Path) -> None:
    job = desk.fill(film, bounces=Bounces(stems=True, picture=False))
    answer = desk.ask("mix", "--stems", "--no-picture", film)
    assert answer.code == 0
    assert answer.out.splitlines()[-6:] == [
        f"  in       {film}/out/stems",
        *(f"           leaving-earth.{stem}.wav" for stem in STEMS[:4]),
        "           leaving-earth.m-and-e.wav: music and effects, without the takes' own sound",
    ]
    known = json.loads((film / "out" / "leaving-earth.mix.json").read_text())["files"]
    assert known.keys() == {"leaving-earth.mix.m4a", *(f"stems/leaving-earth.{stem}.wav" for stem in STEMS)}
    by_file = {part.file: part.step for part in job.planned.plan.deliveries}
    music = film / "out" / "stems" / "leaving-earth.music.wav"
    assert music.read_bytes() == f"the bytes of {by_file['stems/leaving-earth.music.wav']}".encode()


@pytest.mark.parametrize(
    ("said", "solo", "file"),
    [
        ("horn", ("horn",), "horn"),
        ("HORN,theme", ("theme", "horn"), "theme+horn"),
        ("effects 2", ("effects 2",), "effects-2"),
        ("effects,music", ("music", "effects"), "music+effects"),
    ],
)
def test_a_solo_names_stems_and_cues_in_any_order(
    desk: Desk, film: Path, said: str, solo: tuple[str, ...], file: str
) -> None:
    desk.fill(film, bounces=Bounces(solo=solo))
    answer = desk.ask("mix", "--solo", said, film)
    assert (answer.code, answer.err) == (0, "")
    assert f"leaving-earth.solo-{file}.wav" in out_of(film)


def test_a_solo_of_nothing_is_wrong_usage(desk: Desk, film: Path) -> None:
    for said in ("", " , "):
        answer = desk.ask("mix", "--solo", said, film)
        assert answer.code == 2 and "--solo names nothing" in answer.err


@pytest.mark.parametrize(
    ("said", "near"),
    [("horm", "did you mean 'horn'?"), ("musik", "did you mean 'music'?"), ("dialogue", "valid here:")],
)
def test_a_solo_of_what_does_not_sound_is_wrong_usage(desk: Desk, film: Path, said: str, near: str) -> None:
    answer = desk.ask("mix", "--solo", said, film)
    assert (answer.code, answer.out) == (2, "")
    first, second = answer.err.splitlines()
    assert first == f"error: nothing in this film sounds under the name '{said}'"
    assert near in second and "music, effects, theme, horn, effects 2" in second
    assert not (film / "out").exists()


def test_json_names_the_files_and_nothing_else_is_said(desk: Desk, film: Path) -> None:
    desk.fill(film, bounces=Bounces(solo=("horn",)))
    answer = desk.ask("mix", "--json", "--solo", "horn", film)
    assert (answer.code, answer.err) == (0, "")
    out = f"{film}/out/leaving-earth"
    assert answer.json["files"][:2] == [f"{out}.mix.m4a", f"{out}.solo-horn.wav"] and answer.json["film"] == ""
    assert answer.json["files"][2:] == [f"{out}.levels.{kind}" for kind in PICTURES]


def test_files_of_an_earlier_mix_are_named(desk: Desk, film: Path) -> None:
    desk.fill(film, bounces=Bounces(solo=("horn",)))
    desk.ask("mix", "--solo", "horn", film)
    assert "note:" not in desk.ask("mix", film).out
    board = film / "storyboard.yaml"
    board.write_text(board.read_text().replace("at: rocket", "at: rocket, gain: -1 dB"))
    desk.fill(film, bounces=Bounces())
    assert "  note:    of an earlier mix: leaving-earth.solo-horn.wav" in desk.ask("mix", film).out


def test_a_file_of_somebody_else_is_set_aside(desk: Desk, film: Path) -> None:
    desk.fill(film, bounces=Bounces(stems=True))
    mine = film / "out" / "stems" / "leaving-earth.music.wav"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    assert desk.ask("mix", "--stems", film).code == 0
    assert mine.with_name("leaving-earth.music.kept-1.wav").read_bytes() == b"mine"
    assert mine.read_bytes() != b"mine"


def test_a_manifest_that_names_files_elsewhere_is_not_followed(desk: Desk, film: Path) -> None:
    """The folder may be a stranger's: nothing it says leads out of ``out/``, and no entry of it is taken on trust."""
    desk.fill(film, bounces=Bounces())
    (film / "out").mkdir()
    entry = {"sha256": "0" * 64, "mix": "x", "size": 1}
    said = {"files": {"../storyboard.yaml": entry, "a": 1, "b": {"sha256": []}, "c\0d": entry, "/etc/passwd": entry}}
    (film / "out" / "leaving-earth.mix.json").write_text(json.dumps(said))
    answer = desk.ask("mix", film)
    assert (answer.code, answer.err) == (0, "")
    assert json.loads((film / "out" / "leaving-earth.mix.json").read_text())["files"].keys() == {
        "leaving-earth.mix.m4a", *(f"leaving-earth.levels.{kind}" for kind in PICTURES),
    }  # fmt: skip


@pytest.mark.parametrize(("words", "engine"), [([], Engine.LOCAL), (["--engine", "prefect"], Engine.PREFECT)])
def test_the_local_engine_is_the_default(
    desk: Desk, film: Path, words: list[str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Settings, Session]] = []
    report = RunReport("f", "", 1, 0.1, {}, {}, 0, 0.1, "local", 2, "none", "build")

    def render_film(folder: Path, settings: Settings, session: Session, *, quiet: bool) -> RunReport:
        asked.append((settings, session))
        return report

    monkeypatch.setattr(running, "render_film", render_film)
    assert desk.ask("mix", *words, film).code == 0
    assert [(settings.engine, session) for settings, session in asked] == [(engine, Session.SOUND)]
