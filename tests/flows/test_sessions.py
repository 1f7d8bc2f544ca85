"""The five flows as Prefect runs them by itself: each does its session's steps, and its page tells what it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flowruns import artifacts_of, made, run_flow, runs_of, tasks_of
from twelvedoors import make_small_film, make_small_material

from filmkit.engine.server import Server

PLANNING = {"picture": 1, "lut": 1, "title": 1, "card": 2}
PICTURE = {**PLANNING, "segment": 7}
MIX = {"source": 4, "stem": 3, "mix": 1}
SOUND = {**MIX, "waveform": 3, "sheet": 1}
ALL = {**PICTURE, **MIX, "master": 1}

STEPS = {"planning": PLANNING, "assembly": PICTURE, "sound": SOUND, "finishing": ALL, "film": ALL}
"""Steps by kind that each session makes of the small film, counted by hand."""


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_small_material(tmp_path_factory.mktemp("material"))


@pytest.fixture
def film(tmp_path: Path, material: dict[str, Path], monkeypatch: pytest.MonkeyPatch, prefect: Server) -> Path:
    """The small film in a folder, with a store of its own, and a server to run it under."""
    monkeypatch.setenv("FILMKIT_STORE", str(tmp_path / "store"))
    return make_small_film(tmp_path / f"doors{tmp_path.name[-8:]}", material)


@pytest.mark.parametrize(
    "session", ["sound", *(pytest.param(name, marks=pytest.mark.slow) for name in STEPS if name != "sound")]
)
def test_a_flow_by_itself_makes_its_session(session: str, film: Path, tmp_path: Path) -> None:
    state = run_flow(session, film)
    assert state.is_completed(), state.message
    assert made(tmp_path) == STEPS[session]
    (run,) = runs_of(film)
    verb = {"film": "render", "sound": "mix"}.get(session, session)
    assert (run.name, run.state_name) == (f"{verb} {film.name}", "Completed")
    tasks = tasks_of(run, sum(STEPS[session].values()))
    assert len(tasks) == sum(STEPS[session].values()) and set(tasks.values()) == {"Completed"}
    is_film = session in {"finishing", "film"}
    assert (film / "out" / f"{film.name}.mp4").exists() == is_film
    assert (film / ".filmkit" / "plan.json").exists() == is_film, "plan --why compares with whole films only"


@pytest.mark.slow
def test_a_session_shows_what_the_store_had_of_it_as_cached(film: Path, tmp_path: Path) -> None:
    for session in ("planning", "film", "sound", "sound"):
        assert run_flow(session, film).is_completed()
    assert made(tmp_path) == {**ALL, **SOUND}
    _, whole, _, sound = runs_of(film)
    tasks = tasks_of(whole, sum(ALL.values()) - sum(PLANNING.values()) + len(PLANNING))
    assert cached(tasks) == sorted(PLANNING.values())
    assert {"segment arrival/s01", "segment arrival/s01 → arrival/s02", "mix", "master"} <= tasks.keys()
    only_cached = tasks_of(sound, len(SOUND))
    assert cached(only_cached) == sorted(SOUND.values()) and len(only_cached) == len(SOUND)


def cached(tasks: Mapping[str, str]) -> list[int]:
    """How many steps each ``Cached`` task stands for: ``stems: 3 from the store``."""
    names = [name for name, state in tasks.items() if state == "Cached"]
    return sorted(int(name.removesuffix(" from the store").split(": ")[1]) for name in names)


def test_a_run_leaves_progress_a_table_and_a_report(film: Path) -> None:
    assert run_flow("film", film).is_completed()
    (run,) = runs_of(film)
    found = artifacts_of(run)
    assert found["progress"] == 100.0
    assert found["markdown"].startswith(f"# {film.name}\n") and "1 shot has no take yet" in found["markdown"]
    rows = {row["shot"]: row for row in _table(found["table"])}
    assert rows["arrival/s02"] == {
        "shot": "arrival/s02", "frames": 14, "join": "iris", "made": 2, "from the store": 0, "take": "yes",
    }  # fmt: skip
    assert rows["arrival/s04"]["take"] == "none yet"


def _table(data: Any) -> list[dict[str, Any]]:
    rows = json.loads(data) if isinstance(data, str) else data
    assert isinstance(rows, list)
    return rows
