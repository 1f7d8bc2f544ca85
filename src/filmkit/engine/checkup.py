"""What a machine has of what filmkit needs."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from filmkit.errors import FilmkitError
from filmkit.media.sandbox import SandboxLevel, current_level
from filmkit.media.tools import find_ffmpeg
from filmkit.store.paths import store_folder


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at; ``remedy`` says what to do, also where it is only not the best."""

    what: str
    found: str
    is_ok: bool = True
    remedy: str = ""


def examine(store: str | None, ffmpeg: str | None) -> list[Examined]:
    """Looks at everything; never raises for what is missing."""
    looks: list[Callable[[], Examined]] = [
        lambda: Examined(
            "python",
            f"{platform.python_version()} on {platform.system()} {platform.machine()}",
            sys.version_info >= (3, 11),
        ),
        lambda: _ffmpeg(ffmpeg),
        _sandbox,
        lambda: _store(store),
        lambda: _package("prefect"),
        lambda: _package("moviepy"),
        lambda: _package("av"),
    ]
    found = []
    for look in looks:
        try:
            found.append(look())
        except FilmkitError as error:
            found.append(Examined("trouble", error.message, False, error.remedy))
    return found


def _ffmpeg(chosen: str | None) -> Examined:
    tool = find_ffmpeg(chosen)
    note = "" if tool.is_pinned else "not the pinned build: other machines get other bytes"
    return Examined("ffmpeg", f"{tool.build_id} at {tool.path}", True, note)


def _sandbox() -> Examined:
    level = current_level()
    better = (
        "" if level >= SandboxLevel.LANDLOCK else "foreign films are safer with bubblewrap or a kernel with Landlock"
    )
    return Examined("sandbox", str(level), True, better)


def _store(chosen: str | None) -> Examined:
    folder = store_folder(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    return Examined("store", f"{folder}, {free / 1e9:.1f} GB free", free > 1e9, "" if free > 1e9 else "free some space")


def _package(name: str) -> Examined:
    try:
        return Examined(name, version(name))
    except PackageNotFoundError:
        return Examined(name, "not installed", False, "install filmkit again: `python3 start.py run doctor`")
