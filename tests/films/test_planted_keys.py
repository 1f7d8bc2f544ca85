"""A key is planted and everything is searched for it: arguments, children, files, reports, Prefect's database."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import World, finished, processes_of
from paidfilm import clip_bytes, write_paid_film
from providerserver import Fault, Reply, Route
from runwayserver import RunwayServer

from filmkit.engine.server import Server

KEY = "RUNWAYML_API_SECRET"
SIGNED = b"X-Amz-Signature=sig"


@dataclass(frozen=True)
class KeyedWorld(World):
    """A world whose person has a key in the environment."""

    keyed: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **self.keyed}


@pytest.fixture
def server() -> Iterator[RunwayServer]:
    with RunwayServer(clip_bytes()) as server:
        yield server


def _film(folder: Path, **more: object) -> Path:
    film = write_paid_film(folder, **more)  # type: ignore[arg-type]
    board = film / "storyboard.yaml"
    board.write_text(board.read_text().replace("with: fal, model: stub-1", "with: runway, model: gen4.5"))
    return film


def _hits(folder: Path, *needles: bytes) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    return [f"{path.relative_to(folder)}: {needle!r}" for path in files for needle in needles
            if needle in path.read_bytes()]  # fmt: skip


def _look_at_processes(world: World, main: int, key: bytes, seen: dict[int, str]) -> list[str]:
    """Arguments of every process, and environments of all but the command itself, that hold the key. A child that
    was forked and has not become its program yet is the command still: its arguments tell.
    """
    found = []
    try:
        own = Path(f"/proc/{main}/cmdline").read_bytes()
    except OSError:
        return []
    for pid, told in processes_of(world.folder).items():
        seen[pid] = told
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            environment = Path(f"/proc/{pid}/environ").read_bytes() if words != own else b""
        except OSError:
            continue
        found += [f"{pid} {told}"] if key in words + environment else []
    return found


@dataclass
class Watched:
    """Runs of ``generate``, and what was seen of their processes."""

    world: World
    server: RunwayServer
    told: list[subprocess.CompletedProcess[str]] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def run(self, *words: str | Path, stops: bool = False) -> subprocess.CompletedProcess[str]:
        """A run, interrupted where it ``stops`` once two takes are on their way."""
        command = self.world.begin("generate", "--yes", *words)
        while command.poll() is None:
            self.found += _look_at_processes(self.world, command.pid, self.server.key.encode(), self.seen)
            if stops and self.server.billed == 2:
                command.send_signal(signal.SIGINT)
                stops = False
            time.sleep(0.005)
        self.told.append(finished(command))
        return self.told[-1]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_planted_key_is_found_nowhere(tmp_path: Path, server: RunwayServer) -> None:
    key = server.key.encode()
    world = KeyedWorld(tmp_path, keyed={"FILMKIT_RUNWAY_URL": server.url, KEY: server.key})
    film = _film(tmp_path / "film", shots=4)
    watched = Watched(world, server)

    server.polls = 10**6
    assert watched.run("--at-once", "2", film, stops=True).returncode == 130
    assert server.billed == 2, "two go on at the service"

    server.polls = 1
    server.fates.append("moderated")
    server.fail("submit", Fault.RESET_AFTER)
    assert watched.run(film).returncode == 5, watched.told[-1].stderr

    plain = server.routes()
    said = {"error": f"bad key {server.key} in Authorization: Bearer {server.key}"}
    server.routes = lambda: [Route("GET", r"/v1/organization", "me", lambda _: Reply(401, said)), *plain]  # type: ignore[method-assign]
    refused = watched.run("--takes", "2", film, "s1")
    assert refused.returncode == 1 and "bad key" in refused.stderr

    assert sum("ffmpeg" in ran or "probe" in ran for ran in watched.seen.values()) > 0, "children were looked at"
    assert watched.found == []
    words = "".join(one.stdout + one.stderr for one in watched.told).encode()
    assert key not in words and SIGNED not in words
    assert _hits(tmp_path, key, SIGNED) == []
    assert server.leaks == []
    assert (film / "takes/harbour/s1/t01.mp4").is_file()
    world.assert_quiet()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_prefect_never_learns_a_key(
    tmp_path: Path, server: RunwayServer, prefect: Server, prefect_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FILMKIT_RUNWAY_URL": server.url, KEY: server.key}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FILMKIT_STORE", str(tmp_path / "store"))
    film = _film(tmp_path / f"night{os.getpid()}", shots=2)
    from flows import generation

    state = run_flow_without_workers(generation.generation, film)
    assert state.is_completed(), state.message
    assert server.billed == 2
    again = run_flow_without_workers(generation.generation, film)
    assert again.is_completed() and server.billed == 2

    said = {"error": f"no such model for {server.key}"}
    plain = server.routes()
    server.routes = lambda: [Route("POST", r"/v1/text_to_video", "submit", lambda _: Reply(400, said)), *plain]  # type: ignore[method-assign]
    failed = run_flow_without_workers(generation.generation, film, takes=2)
    assert failed.is_failed() and server.key not in str(failed.message)
    assert server.count("submit") == 4, "what was refused is not tried again by Prefect"

    deadline = time.monotonic() + 30
    databases = list(prefect_state.rglob("*.db"))
    assert databases
    while b"generate night" not in b"".join(path.read_bytes() for path in prefect_state.rglob("*.db*")):
        assert time.monotonic() < deadline, "the database holds no run"
        time.sleep(0.2)
    assert _hits(prefect_state, server.key.encode(), SIGNED) == []
    assert _hits(tmp_path, server.key.encode(), SIGNED) == []


def run_flow_without_workers(flow: object, film: Path, **asked: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """The flow's final state."""
    return flow(film=str(film), return_state=True, **asked)  # type: ignore[operator]
