"""Gathering by a person at a terminal, and while somebody watches a folder."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import HANG_S, World
from downloads import LIGHTHOUSE
from inboxes import clip, sha256

COMMAND = [sys.executable, "-c", "from filmkit.cli.main import main; main()", "gather", "film", "--inbox", "inbox"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    for folder in ("film", "inbox"):
        (made.folder / folder).mkdir()
    (made.folder / "film/storyboard.yaml").write_text(LIGHTHOUSE, encoding="utf-8")
    yield made
    made.assert_quiet()


class Terminal:
    """A command on a terminal of its own; answers are typed when the prompt is seen."""

    def __init__(self, world: World) -> None:
        self._outer, inner = pty.openpty()
        env = {**world.environment, "TERM": "xterm", "COLUMNS": "120"}
        self._process = subprocess.Popen(COMMAND, cwd=world.folder, env=env, stdin=inner, stdout=inner, stderr=inner)
        os.close(inner)
        self.seen = ""

    def type_at(self, prompt: str, word: str) -> None:
        """Waits for ``prompt`` behind all that was seen, and types a line."""
        before = len(self.seen)
        while prompt not in self.seen[before:]:
            self.seen += os.read(self._outer, 4096).decode()
        os.write(self._outer, f"{word}\n".encode())

    def left(self) -> int:
        """The exit code, when it has ended."""
        while True:
            try:
                self.seen += os.read(self._outer, 4096).decode()
            except OSError:
                break
        os.close(self._outer)
        return self._process.wait(HANG_S)


def test_a_person_is_asked_and_the_answer_becomes_a_take(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = tmp_path_factory.mktemp("made")
    for name in ("boat.mp4", "download.mp4", "harbour_gulls_00001_.mp4"):
        (world.folder / "inbox" / name).write_bytes(clip(made, name))
    terminal = Terminal(world)
    terminal.type_at("shot? ", "i")
    terminal.type_at("shot? ", "1")
    terminal.type_at("shot? ", "flmae")
    terminal.type_at("shot? ", "flame")
    assert terminal.left() == 0, terminal.seen
    assert "did you mean 'flame'?" in terminal.seen and "it is called boat" in terminal.seen
    takes = world.folder / "film/takes"
    assert sha256(takes / "harbour/boat/t01.mp4") == sha256(world.folder / "inbox/boat.mp4")
    assert sha256(takes / "tower/flame/t01.mp4") == sha256(world.folder / "inbox/download.mp4")
    assert (takes / "harbour/gulls/t01.mp4").exists()


def test_watching_takes_what_comes_until_ctrl_c(world: World, made: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--watch"], cwd=world.folder, env=world.environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("watching"):
            break
    data = clip(made, "late")
    late = world.folder / "inbox/boat_t01.mp4"
    with late.open("wb") as slow:  # a browser that writes in its place: what is not whole yet is no take
        slow.write(data[: len(data) // 2])
        slow.flush()
        time.sleep(0.5)
        slow.write(data[len(data) // 2 :])
    for line in process.stdout:
        if "harbour/boat t01" in line:
            break
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(HANG_S) == 130 and "stopped watching" in rest
    assert (world.folder / "film/takes/harbour/boat/t01.mp4").read_bytes() == data
