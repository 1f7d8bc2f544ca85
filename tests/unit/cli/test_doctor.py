"""``doctor``: a line for each thing that filmkit needs; what is missing says what to do, and the exit code is 6."""

from __future__ import annotations

import pytest
from desk import Desk

from filmkit.media.sandbox import SandboxLevel

NEEDED = ["python", "ffmpeg", "sandbox", "store", "prefect", "pillow", "av", "espeak-ng", "server"]


@pytest.fixture(autouse=True)
def no_sandbox_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filmkit.engine.checkup.current_level", lambda: SandboxLevel.LANDLOCK)


def test_everything_is_there(desk: Desk) -> None:
    answer = desk.ask("doctor")
    assert answer.code == 0, answer.out
    assert [line.split()[:2] for line in answer.out.splitlines()] == [["ok", what] for what in NEEDED]
    assert "not running" in answer.out.splitlines()[-1]


def test_doctor_makes_nothing(desk: Desk) -> None:
    desk.ask("doctor")
    assert not (desk.folder / "store").exists()


def test_json_has_the_same(desk: Desk) -> None:
    told = desk.ask("doctor", "--json").json
    assert [one["what"] for one in told] == NEEDED and all(one["ok"] for one in told)


def test_missing_things_say_what_to_do(desk: Desk) -> None:
    (desk.folder / "file").write_text("")
    answer = desk.ask("doctor", "--ffmpeg", "/nowhere/ffmpeg", "--store", "file")
    assert answer.code == 6
    assert [line.split()[1] for line in answer.out.splitlines() if line.startswith("MISSING")] == ["ffmpeg", "store"]
    assert answer.out.count("         → ") == 2


def test_a_weak_sandbox_is_worth_a_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filmkit.engine.checkup.current_level", lambda: SandboxLevel.LIMITS)
    answer = desk.ask("doctor")
    assert answer.code == 0 and "         → foreign films are safer with" in answer.out
