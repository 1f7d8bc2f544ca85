"""``filmkit watch`` ends at once when told so, while it waits and while it renders."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

from commands import HANG_S, World, finished
from smallfilm import make_film, products


def wait_for(path: Path, pattern: str, words: str, command: subprocess.Popen[str]) -> None:
    """Until a file says something, or a hang."""
    deadline = time.monotonic() + HANG_S
    while not any(words in found.read_text() for found in path.glob(pattern)):
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < deadline, f"{words!r} never stood in {path}/{pattern}"
        time.sleep(0.01)


def stopped(world: World, command: subprocess.Popen[str], number: signal.Signals) -> str:
    """What it said when it was told to stop; it ended as it should."""
    command.send_signal(number)
    done = finished(command)
    assert done.returncode == 128 + number, done.stderr
    assert "Traceback" not in done.stderr
    world.assert_quiet()
    return done.stdout + done.stderr


def test_watch_is_stopped_while_it_renders(tmp_path: Path, material: dict[str, Path]) -> None:
    world = World(tmp_path)
    film = make_film(tmp_path / "film", material)
    command = world.begin("watch", film, "--full")
    wait_for(film / ".filmkit" / "runs", "*.log", '"started"', command)
    assert "stopped" in stopped(world, command, signal.SIGINT)
    assert list(film.rglob("*.part")) == []


def test_watch_is_stopped_while_it_waits(tmp_path: Path, rendered: Path) -> None:
    world = World(tmp_path)
    shutil.copytree(rendered / "store", world.store)
    shutil.copytree(rendered / "film", tmp_path / "film")
    command = world.begin("watch", tmp_path / "film", "--full")
    assert command.stdout is not None
    while "watching" not in (line := command.stdout.readline()):
        assert line, "it ended by itself"
    assert "stopped" in stopped(world, command, signal.SIGTERM)
    assert products(tmp_path / "film") == products(rendered / "film")
