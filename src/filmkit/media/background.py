"""Processes that outlive the command that starts them: the managed server, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def start_in_background(argv: Sequence[str], env: Mapping[str, str], log: Path) -> int:
    """Starts a process of its own session, its output going to ``log``; returns its id."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(argv), env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            cwd=log.parent, close_fds=True,
        )  # fmt: skip
    _KEPT.append(child)
    return child.pid


_KEPT: list[subprocess.Popen[bytes]] = []
"""Children are kept so that one that ends is reaped and not taken for a running one."""


def is_running(pid: int, module: str) -> bool:
    """Whether process ``pid`` lives and runs ``module``: a recycled id must not pass for our server."""
    for child in _KEPT:
        if child.pid == pid and child.poll() is not None:
            return False
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    command = Path(f"/proc/{pid}/cmdline")
    return not command.parent.parent.joinpath("self").exists() or module.encode() in command.read_bytes()


def stop_process(pid: int, patience_s: float = 8.0) -> None:
    """TERM, then KILL; returns when the process is gone."""
    deadline = time.monotonic() + patience_s
    number = signal.SIGTERM
    while True:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        for child in _KEPT:
            if child.pid == pid:
                child.poll()
        if time.monotonic() > deadline:
            number = signal.SIGKILL
        time.sleep(0.1)
