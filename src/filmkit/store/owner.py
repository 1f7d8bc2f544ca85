"""Who made a temporary name, and whether they are still alive.

A token is ``<boot>-<pid>-<start>-<n>``: 16 hex digits for this boot *and* process namespace (two containers on one
machine count their processes apart), the process and its start time in clock ticks (pids come again), and a counter.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from functools import cache
from pathlib import Path

_TOKEN = re.compile(r"([0-9a-f]{16})-(\d+)-(\d+)-\d+")
_numbers = itertools.count(1)


def new_token() -> str:
    """A name that no other process has made or will make."""
    return f"{_boot()}-{os.getpid()}-{_started_ticks(os.getpid())}-{next(_numbers)}"


def is_surely_dead(token: str) -> bool:
    """Whether the process that made ``token`` is gone. False as well when that cannot be known from here:
    it ran before this boot, in another container, or on another machine of a shared folder.
    """
    parts = _TOKEN.search(token)
    if parts is None or parts[1] != _boot():
        return False
    pid = int(parts[2])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return int(parts[3]) != _started_ticks(pid)


@cache
def _boot() -> str:
    try:
        seen = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii") + str(
            Path("/proc/self/ns/pid").readlink()
        )
    except OSError:  # no Linux: every boot looks the same, and is_surely_dead rests on the pid
        seen = ""
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _started_ticks(pid: int) -> int:
    """Field 22 of /proc/<pid>/stat (proc(5)); 0 where there is none. Field 2, a name, may hold blanks and brackets."""
    try:
        line = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0
    return int(line.rpartition(b")")[2].split()[19])
