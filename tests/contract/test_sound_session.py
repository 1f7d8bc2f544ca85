"""The sound session gives the same files whoever schedules it: the command's engine, or Prefect's flow by itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from flowruns import run_flow
from twelvedoors import make_small_film, make_small_material
from wholefilms import settings_for

from filmkit.engine.job import finish_job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.server import Server
from filmkit.engine.settings import Session
from filmkit.plan.bounces import Bounces


def test_both_engines_put_the_same_files_into_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect: Server
) -> None:
    material = make_small_material(tmp_path / "material")
    here, there = (make_small_film(tmp_path / name / "doors", material) for name in ("local", "prefect"))
    settings = settings_for(tmp_path / "local-store", bounces=Bounces(stems=True, solo=("knock", "music")))
    finish_job(run_job(open_job(here, settings, Session.SOUND), run_local, Listeners()), "local")
    monkeypatch.setenv("FILMKIT_STORE", str(tmp_path / "prefect-store"))
    state = run_flow("sound", there, stems=True, solo="music, knock")
    assert state.is_completed(), state.message
    found = files_of(there)
    assert found == files_of(here)
    assert "doors.solo-music+knock.wav" in found and len(found) == 11


def files_of(film: Path) -> dict[str, str]:
    """Digests of all that lies in ``out/``."""
    out = film / "out"
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file()
    }
