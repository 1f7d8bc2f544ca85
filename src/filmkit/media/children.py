"""Running children: started from one thread that lives as long as filmkit, and stopped all together.

A child asks the kernel to die with its parent; that request follows the *thread* that created it, so all children are
created by one.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from filmkit.errors import StepFailed

_PATIENCE_S = 5.0

_running: dict[int, subprocess.Popen[bytes]] = {}
_lock = threading.Lock()
_stopping = threading.Event()
_orders: queue.SimpleQueue[tuple[Sequence[str], Path, Sequence[int], Future[subprocess.Popen[bytes]]]] = (
    queue.SimpleQueue()
)
_spawner: threading.Thread | None = None


def start(command: Sequence[str], folder: Path, descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, with pipes for its output and the given descriptors inherited.

    Raises StepFailed once everything is being stopped, OSError where the program cannot be started.
    """
    if _stopping.is_set():
        raise StepFailed("stop", "filmkit is being stopped")
    _ensure_spawner()
    born: Future[subprocess.Popen[bytes]] = Future()
    _orders.put((command, folder, descriptors, born))
    child = born.result()
    with _lock:
        _running[child.pid] = child
    if _stopping.is_set():
        _signal(child, signal.SIGKILL)
    return child


def ended(child: subprocess.Popen[bytes]) -> None:
    """Takes a child that has ended off the list."""
    with _lock:
        _running.pop(child.pid, None)


def stop(child: subprocess.Popen[bytes], patience_s: float = _PATIENCE_S) -> None:
    """TERM to the child's whole group, KILL if it does not leave in time."""
    _signal(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(patience_s)
    _signal(child, signal.SIGKILL)
    child.wait()


def stop_all() -> None:
    """Stops every child and lets no new one start: for a signal handler."""
    _stopping.set()
    with _lock:
        children = list(_running.values())
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_S
    while any(child.poll() is None for child in children) and time.monotonic() < deadline:
        time.sleep(0.02)
    for child in children:
        _signal(child, signal.SIGKILL)


def start_again() -> None:
    """Lets children start again after ``stop_all`` (a process that goes on: ``watch``, tests)."""
    _stopping.clear()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if child.poll() is None:
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return


def _ensure_spawner() -> None:
    global _spawner
    with _lock:
        if _spawner is None or not _spawner.is_alive():
            _spawner = threading.Thread(target=_spawn, name="filmkit-spawner", daemon=True)
            _spawner.start()


def _spawn() -> None:
    while True:
        command, folder, descriptors, born = _orders.get()
        try:
            child = subprocess.Popen(
                list(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                pass_fds=tuple(descriptors), start_new_session=True, env={"LANG": "C.UTF-8"},
            )  # fmt: skip
        except OSError as error:
            born.set_exception(error)
        else:
            born.set_result(child)
