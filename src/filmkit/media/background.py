"""Processes that outlive the command that starts them: the managed server, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


def start_in_background(argv: Sequence[str], env: Mapping[str, str], log: Path, descriptors: Sequence[int] = ()) -> int:
    """Starts a process of its own session, its output going to ``log``, with these descriptors; returns its id."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(argv), env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            cwd=log.parent, pass_fds=tuple(descriptors),
        )  # fmt: skip
    _KEPT.append(child)
    return child.pid


_KEPT: list[subprocess.Popen[bytes]] = []
"""Children are kept so that one that ends is reaped and not taken for a running one."""


def is_running(pid: int, module: str = "") -> bool:
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
    if not Path("/proc/self").exists():
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    has_ended = stat.rpartition(b")")[2].split()[0] in {b"Z", b"X"}  # it only waits for its parent to ask
    return not has_ended and module.encode() in command


def stop_process(pid: int, patience_s: float = 8.0) -> None:
    """TERM, then KILL; returns when the process is gone."""
    began = time.monotonic()
    while is_running(pid):
        waited_s = time.monotonic() - began
        if waited_s > 2 * patience_s:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if waited_s > patience_s else signal.SIGTERM)
        time.sleep(0.1)
