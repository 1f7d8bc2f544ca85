"""The sandbox ladder, chosen by trying: bubblewrap, Landlock with seccomp, Landlock alone, resource limits alone.

The level is a fact of the machine and of the run's report, never of a key.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

from filmkit.errors import ToolMissing

LAUNCHER = Path(__file__).with_name("launcher.py")
_TRY_S = 10


class SandboxLevel(IntEnum):
    """From nothing but resource limits to a world of its own."""

    LIMITS = 1
    LANDLOCK = 2
    LANDLOCK_SECCOMP = 3
    BUBBLEWRAP = 4

    def __str__(self) -> str:
        return {1: "limits", 2: "landlock", 3: "landlock+seccomp", 4: "bubblewrap"}[self.value]


@cache
def current_level() -> SandboxLevel:
    """The highest level that works here: each is tried on a program that does nothing."""
    for level in sorted(SandboxLevel, reverse=True):
        if not why_not(level):
            return level
    return SandboxLevel.LIMITS


@cache
def why_not(level: SandboxLevel) -> str:
    """Empty where a level works here, else what it answered."""
    if sys.platform != "linux":
        return "" if level is SandboxLevel.LIMITS else f"{level} needs Linux"
    if level is SandboxLevel.BUBBLEWRAP and shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    true = shutil.which("true") or "/bin/true"
    command = boxed([true], level, "", (), Limits())
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TRY_S, stdin=subprocess.DEVNULL, check=False,
            env={"LANG": "C.UTF-8"},  # like all children: what the user's environment holds is none of theirs
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return (
        ""
        if done.returncode == 0
        else done.stderr.decode(errors="replace").strip()[-200:] or f"exit code {done.returncode}"
    )


def require(level: SandboxLevel) -> None:
    """Raises ToolMissing (exit code 6) where this machine does not reach ``level``."""
    if current_level() < level:
        raise ToolMissing(
            f"the sandbox is only '{current_level()}' here, '{level}' is required: {why_not(level)}",
            remedy="install bubblewrap, or use a Linux kernel with Landlock (5.13 or newer)",
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU seconds, bytes of address space and bytes a file that one program may use; 0: no limit."""

    cpu_s: int = 0
    space_bytes: int = 0
    file_bytes: int = 0


def boxed(program: list[str], level: SandboxLevel, folder: str, readable: tuple[str, ...], limits: Limits) -> list[str]:
    """The command that runs ``program`` in the box: it may write ``folder`` only and read ``readable`` and the system's
    libraries only.
    """
    readable = (
        *readable,
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/etc/ld.so.cache",
        str(Path(program[0]).resolve()),
    )
    inner = _bubblewrap(program, folder, readable) if level is SandboxLevel.BUBBLEWRAP else program
    launched = SandboxLevel.LIMITS if level is SandboxLevel.BUBBLEWRAP else level
    return [
        sys.executable, "-I", "-S", str(LAUNCHER), str(launched), str(os.getpid()), folder, str(limits.cpu_s),
        str(limits.space_bytes), str(limits.file_bytes), ":".join(readable), *inner,
    ]  # fmt: skip


def _bubblewrap(program: list[str], folder: str, readable: tuple[str, ...]) -> list[str]:
    bwrap = shutil.which("bwrap") or "bwrap"
    command = [bwrap, "--unshare-all", "--die-with-parent", "--clearenv", "--setenv", "LANG", "C.UTF-8"]
    command += ["--setenv", "PATH", "/usr/bin:/bin", "--tmpfs", "/tmp", "--dev", "/dev", "--proc", "/proc"]  # noqa: S108
    for path in dict.fromkeys(readable):
        command += ["--ro-bind-try", path, path]
    if folder:
        command += [
            "--bind",
            folder,
            folder,
            "--chdir",
            folder,
            "--setenv",
            "HOME",
            folder,
            "--setenv",
            "TMPDIR",
            folder,
        ]
    return [*command, "--", *program]
