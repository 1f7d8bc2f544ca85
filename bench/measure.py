"""One run of a program, measured: wall clock, CPU and memory of its whole tree of processes.

CPU is user + system time of the program and of all descendants it waited for, as the kernel counts it. Memory is the
highest sum over the tree of the processes' proportional set size (PSS: a page shared by three counts a third in each),
sampled every 50 ms; where the kernel does not show PSS of a process, its resident size (RSS) stands in, and
``is_pss`` is false. Linux only: it reads /proc.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PERIOD_S = 0.05
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run cost. ``peak_mib`` is that of the tree, 0 where the run was shorter than a sample."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    is_pss: bool = True


class RunFailed(Exception):
    """A measured program did not end well."""


def run_measured(argv: Sequence[str], *, env: Mapping[str, str] | None = None, folder: Path | None = None) -> Measured:
    """Runs a program to its end. Raises RunFailed with the end of its messages where it exits other than with 0."""
    began = time.perf_counter()
    child = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})}, cwd=folder,
    )  # fmt: skip
    said: list[bytes] = []
    reading = threading.Thread(target=lambda: said.append(child.stderr.read() if child.stderr else b""), daemon=True)
    reading.start()
    watch = _Watch(child.pid)
    watch.start()
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    watch.stop()
    reading.join(timeout=2)
    if child.returncode != 0:
        raise RunFailed(f"{argv[0]} ended with {child.returncode}:\n{b''.join(said).decode(errors='replace')[-3000:]}")
    return Measured(wall_s, usage.ru_utime + usage.ru_stime, watch.peak_bytes / _MIB, watch.is_pss)


class _Watch(threading.Thread):
    """Samples the memory of a process and its descendants until stopped."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.peak_bytes = 0
        self.is_pss = True
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_PERIOD_S):
            self.peak_bytes = max(self.peak_bytes, sum(self._bytes(pid) for pid in tree_of(self.root)))

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _bytes(self, pid: int) -> int:
        """A process may end while it is looked at: it then holds nothing."""
        with suppress(FileNotFoundError, ProcessLookupError):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
                return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith(b"Pss:"))
            except (PermissionError, StopIteration):
                pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
                self.is_pss = self.is_pss and pages == 0
                return pages * os.sysconf("SC_PAGE_SIZE")
        return 0


def tree_of(root: int) -> Iterator[int]:
    """A process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - twenty times a second: no Path for each process
        if entry.isdigit():
            with suppress(OSError, IndexError):
                parent = int(Path(f"/proc/{entry}/stat").read_bytes().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def alternating(runs: Mapping[str, Callable[[int], Measured]], rounds: int) -> dict[str, Measured]:
    """Every run once a round, in turn, so that a machine that slows down slows all of them; medians by name.

    Each callable gets the number of the round, from 0.
    """
    found: dict[str, list[Measured]] = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            found[name].append(run(number))
    return {name: median(measured) for name, measured in found.items()}


def median(runs: Sequence[Measured]) -> Measured:
    """Each number by itself: the middle of the runs."""
    return Measured(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.peak_mib for run in runs),
        all(run.is_pss for run in runs),
    )


def machine() -> str:
    """What the numbers were measured on, in a line; the load average tells whether it was alone."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), "CPU")
    memory_gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{cores} cores of {model}, {memory_gib:.0f} GiB, {platform.system()}, Python {platform.python_version()}; "
        f"load average {load}"
    )
