"""The filmkit command as a process of its own, in a world of its own: store, state and cache in one folder.

A run and all its children carry this folder in their environment, working folder or arguments, so that whoever
outlives the run is found by it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_COMMAND = "from filmkit.cli.main import main; main()"
HANG_S = 120.0
"""No command of these tests takes a tenth of this: longer is a hang."""


@dataclass(frozen=True)
class World:
    """A folder with everything that filmkit keeps outside of films; ``state`` may be shared, for its Prefect server."""

    folder: Path
    state: Path | None = None

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "FILMKIT_"))}
        return {
            **inherited,
            "FILMKIT_STORE": str(self.store),
            "XDG_STATE_HOME": str(self.state or self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "NO_COLOR": "1",
        }

    def begin(self, *words: str | Path, most_bytes: int | None = None) -> subprocess.Popen[str]:
        """Starts a command in a session of its own; what it says comes through pipes. No file of it may grow larger
        than ``most_bytes``.
        """
        command = [sys.executable, "-c", _COMMAND, *map(str, words)]
        if most_bytes is not None:
            command = ["sh", "-c", f'ulimit -f {most_bytes // 512}; exec "$@"', "sh", *command]
        return subprocess.Popen(
            command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str | Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return finished(self.begin(*words, most_bytes=most_bytes))

    def waited_until_it_hears(self, command: subprocess.Popen[str], number: signal.Signals) -> bool:
        """Waits until the process has a handler for a signal; False if it ended without one."""
        while command.poll() is None:
            if _is_caught(command.pid, number):
                return True
            time.sleep(0.002)
        return False

    def assert_quiet(self) -> None:
        """Nobody of this world lives, but the managed Prefect server, which is meant to."""
        left = left_of(self.folder, but="filmkit.engine.server_main")
        assert left == {}, f"still running: {left}"


def finished(command: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """What a command said and how it ended. Raises TimeoutExpired, the command killed, if it hangs."""
    try:
        out, err = command.communicate(timeout=HANG_S)
    except subprocess.TimeoutExpired:
        command.kill()
        command.communicate()
        raise
    return subprocess.CompletedProcess(command.args, command.returncode, out, err)


def _is_caught(pid: int, number: signal.Signals) -> bool:
    """Whether process ``pid`` handles a signal itself (SigCgt of proc(5))."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return bool(int(status.partition("SigCgt:")[2].split()[0], 16) >> (number - 1) & 1)


def left_of(folder: Path, but: str = "\0") -> dict[int, str]:
    """Who still lives of the processes of a folder, once those that were just killed had a moment to go."""
    deadline = time.monotonic() + 3
    while True:
        left = {pid: told for pid, told in processes_of(folder).items() if but not in told}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def processes_of(folder: Path) -> dict[int, str]:
    """Every living process that has ``folder`` in its arguments, its environment or as its own, and what it runs."""
    pids = [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
    return {pid: told for pid in pids if (told := _told(pid, str(folder).encode()))}


def _told(pid: int, mark: bytes) -> str:
    """What process ``pid`` runs, if it bears the mark; empty for others, for the dead and for zombies."""
    place = Path(f"/proc/{pid}")
    try:
        words = (place / "cmdline").read_bytes()
        places = [words, (place / "environ").read_bytes(), os.fsencode((place / "cwd").readlink())]
    except OSError:
        return ""
    return words.replace(b"\0", b" ").decode(errors="replace")[:400] if any(mark in text for text in places) else ""
