"""Running children: started from one thread that lives as long as filmkit, and stopped all together.

A child asks the kernel to die with its parent; that request follows the *thread* that created it, so all children are
created by one. Each child leads a process group of its own. The group is signalled by the child's number, so a child
is reaped only when its group is gone: until then the number belongs to nobody else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filmkit.errors import Stopped

_PATIENCE_S = 5.0

_running: dict[int, subprocess.Popen[bytes]] = {}
_lock = threading.RLock()  # a signal handler may come while its own thread holds it
_stopped_by = 0
_spawner = ThreadPoolExecutor(1, "filmkit-spawner")


def start(command: Sequence[str], folder: Path, descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, with pipes for its output and the given descriptors inherited.

    Raises Stopped once everything is being stopped, OSError where the program cannot be started.
    """
    check_stopped()
    child = _spawner.submit(_spawn, command, folder, descriptors).result()
    with _lock:
        _running[child.pid] = child
        if _stopped_by:
            _signal(child, signal.SIGKILL)
    return child


def _spawn(command: Sequence[str], folder: Path, descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        pass_fds=tuple(descriptors), start_new_session=True, env={"LANG": "C.UTF-8"},
    )  # fmt: skip


def has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether it ended; where the system can tell that, it is not reaped by asking."""
    with _lock:
        if child.returncode is not None:
            return True
        if not hasattr(os, "waitid"):
            return child.poll() is not None
        return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def stop(child: subprocess.Popen[bytes]) -> None:
    """TERM to the child's whole group; returns when the child has ended or the time is up."""
    _signal(child, signal.SIGTERM)
    _wait([child])


def end(child: subprocess.Popen[bytes]) -> None:
    """KILL to whatever is left of the child and its group; then it is reaped and off the list."""
    _signal(child, signal.SIGKILL)
    while not has_ended(child):
        _wait([child])
    with _lock:
        child.wait()
        _running.pop(child.pid, None)


def stop_all(number: int = signal.SIGTERM) -> None:
    """Stops every child and lets no new one start, because of signal ``number`` (the first one counts)."""
    global _stopped_by
    _stopped_by = _stopped_by or number
    with _lock:
        children = list(_running.values())
    for child in children:
        _signal(child, signal.SIGTERM)
    _wait(children)
    for child in children:
        _signal(child, signal.SIGKILL)


def check_stopped() -> None:
    """Raises Stopped where everything is being stopped: long work of our own asks now and then."""
    if error := stopped():
        raise error


def stopped() -> Stopped | None:
    """Whether everything is being stopped. (What a signal raises can come out as another error: ``__set_name__`` for
    one wraps it.)
    """
    return Stopped(_stopped_by) if _stopped_by else None


def _wait(children: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline, pause_s = time.monotonic() + _PATIENCE_S, 0.0005
    while not all(map(has_ended, children)) and time.monotonic() < deadline:
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, 0.05)


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the whole group, also when its leader has ended already; not to a number that may be another's by now."""
    with _lock:
        if child.returncode is None:
            try:
                os.killpg(child.pid, number)
            except (ProcessLookupError, PermissionError):  # the last of them has just gone
                return
