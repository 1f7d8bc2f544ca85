"""Which ffmpeg: the pinned build of imageio-ffmpeg, or the one a person names (which is an event)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from filmkit.errors import ToolMissing
from filmkit.media.sandbox import Limits, SandboxLevel, boxed

_ASK_S = 20
_MOST_KNOWN = 8
"""Programs that are remembered: this build, one or two others, a voice."""


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """A program and its build: ``build_id`` is the version and a digest of how it was configured; it enters keys."""

    path: Path
    build_id: str
    is_pinned: bool


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def find_ffmpeg(chosen: str | None = None) -> Ffmpeg:
    """The pinned build, or ``chosen`` (else ``FILMKIT_FFMPEG``). Raises ToolMissing where it does not run."""
    named = chosen or os.environ.get("FILMKIT_FFMPEG")
    path = Path(named).expanduser().absolute() if named else _pinned()
    if not path.is_file() or not os.access(path, os.X_OK):
        raise ToolMissing(
            f"there is no program {path}", remedy="leave --ffmpeg and FILMKIT_FFMPEG away to use the pinned build"
        )
    return Ffmpeg(path, remembered_id(path, _ask), named is None)


def _pinned() -> Path:
    """Found by its place in the package: importing it would cost 50 ms of every command."""
    spec = find_spec("imageio_ffmpeg")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for program in sorted(Path(folder, "binaries").glob("ffmpeg-*")):
            if os.access(program, os.X_OK):
                return program
    raise ToolMissing(
        "the pinned ffmpeg build is not installed", remedy="install filmkit again: pip install imageio-ffmpeg==0.8.1"
    )


def remembered_id(path: Path, ask: Callable[[Path], str]) -> str:
    """What a program answered when it was asked who it is, remembered by the file's size and times, so that most
    commands start no process to learn it.
    """
    stat = path.stat()
    stamp = f"{path}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}"
    memo = _memo_file()
    known = _read(memo)
    if stamp in known:
        return known[stamp]
    build = ask(path)
    kept = dict(list(known.items())[-_MOST_KNOWN + 1 :])
    try:
        memo.parent.mkdir(parents=True, exist_ok=True)
        memo.write_text(json.dumps({**kept, stamp: build}), encoding="utf-8")  # a torn one reads as none
    except OSError:
        return build  # a memo that cannot be kept only costs the question next time
    return build


def _ask(path: Path) -> str:
    try:
        answer = answer_of(path, "-nostdin", "-hide_banner", "-version")
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolMissing(
            f"{path} does not answer as ffmpeg does: {error}", remedy="name another with --ffmpeg"
        ) from None
    lines = answer.splitlines() or [""]
    words = lines[0].split()
    if len(words) < 3 or words[0] != "ffmpeg":
        raise ToolMissing(f"{path} is not ffmpeg", remedy="name another with --ffmpeg")
    rest = "\n".join(line for line in lines if line.startswith(("configuration", "lib", "built")))
    return f"{words[2]}+{hashlib.sha256(rest.encode()).hexdigest()[:12]}"


def answer_of(path: Path, *words: str) -> str:
    """What a program answers to a question about itself. Raises OSError, SubprocessError."""
    command = boxed([str(path), *words], SandboxLevel.LIMITS, "", (), Limits())
    done = subprocess.run(
        command, capture_output=True, timeout=_ASK_S, check=True, stdin=subprocess.DEVNULL, env={"LANG": "C.UTF-8"}
    )
    return done.stdout.decode(errors="replace")


def _memo_file() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "filmkit" / "tools.json"


def _read(memo: Path) -> dict[str, str]:
    try:
        found = json.loads(memo.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}
