"""What a machine has of what filmkit needs."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from filmkit.engine.server import running_server
from filmkit.errors import FilmkitError
from filmkit.media.sandbox import SandboxLevel, current_level
from filmkit.media.sound.speech import find_speaker
from filmkit.media.tools import find_ffmpeg
from filmkit.store.disk import free_bytes
from filmkit.store.paths import store_folder

_GET_SPEAKER = "for scratch voices: 'apt install espeak-ng', 'brew install espeak-ng'"
_LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at; ``remedy`` says what to do, also where it is only not the best."""

    what: str
    found: str
    is_ok: bool = True
    remedy: str = ""


def examine(store: str | None, ffmpeg: str | None) -> list[Examined]:
    """Looks at everything; never raises for what is missing."""
    looks: dict[str, Callable[[], Examined]] = {
        "python": _python,
        "ffmpeg": lambda: _ffmpeg(ffmpeg),
        "sandbox": _sandbox,
        "store": lambda: _store(store),
        "prefect": lambda: _package("prefect"),
        "pillow": lambda: _package("pillow"),
        "av": lambda: _package("av"),
        "espeak-ng": _speaker,
        "server": _server,
    }
    found = []
    for what, look in looks.items():
        try:
            found.append(look())
        except FilmkitError as error:
            found.append(Examined(what, error.message, False, error.remedy))
    return found


def _python() -> Examined:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Examined("python", found, (3, 11) <= sys.version_info[:2] <= (3, 13))


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
    """Looks without making the folder: only a render does that."""
    folder = store_folder(chosen)
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return Examined("store", f"{folder} cannot be written", False, "choose another with --store or FILMKIT_STORE")
    free = free_bytes(folder)
    is_enough = free > _LEAST_FREE_BYTES
    return Examined("store", f"{folder}, {free / 1e9:.1f} GB free", is_enough, "" if is_enough else "free some space")


def _speaker() -> Examined:
    speaker = find_speaker()
    if speaker is None:
        return Examined("espeak-ng", "not installed: lines with a scratch voice stay silent", True, _GET_SPEAKER)
    return Examined("espeak-ng", f"{speaker.version} at {speaker.path}")


def _server() -> Examined:
    server = running_server()
    found = f"running at {server.url}" if server else "not running: it starts when a render needs it"
    return Examined("server", found)


def _package(name: str) -> Examined:
    try:
        return Examined(name, version(name))
    except PackageNotFoundError:
        return Examined(name, "not installed", False, "install filmkit again: `python3 start.py run doctor`")
