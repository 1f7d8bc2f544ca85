"""Writing ``storyboard.lock``: one JSON object a line for each take, in the order of their names, so that it merges.

Only the lines of the takes at hand change. Lines that cannot be read (a merge that is not settled) stay as they are, at
the top, where ``check`` finds them.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from filmkit.errors import FilmkitError
from filmkit.load.lock import LOCK, MOST_BYTES, object_of
from filmkit.load.products import state_folder_of
from filmkit.model.run import Json
from filmkit.store.disk import fsync_folder, open_regular, plain_errors, write_new
from filmkit.store.owner import new_token

if sys.platform != "win32":
    import fcntl

Lines = Mapping[str, Mapping[str, Json]]
"""What is said of each take, by its name ``harbour/boat/t02``; ``sha256`` always, ``take`` never."""

_NAME: Final = re.compile(r"(?P<scene>[^/]+)/(?P<shot>[^/]+)/t0*(?P<number>[0-9]{1,4})")


def take_name(shot: str, number: int) -> str:
    """``harbour/boat/t02``."""
    return f"{shot}/t{number:02}"


def read_lines(film: Path) -> dict[str, dict[str, Json]]:
    """What the lock says of each take, by ``harbour/boat/t02``; lines that say nothing of a take are left out.

    Raises FilmkitError where the file cannot be read.
    """
    return dict(_parsed(_read(film / LOCK))[0])


def write_lines(film: Path, lines: Lines) -> None:
    """Adds or replaces the lines of these takes, durably; two processes wait for each other.

    Raises FilmkitError where the lock cannot be written, and where it says that a take has other bytes: a take never
    changes.
    """
    with _alone(film):
        known, unread = _parsed(_read(film / LOCK))
        for take, said in lines.items():
            match = _NAME.fullmatch(take)
            if match is None:
                raise ValueError(f"{take!r} is no name of a take")
            name = take_name(f"{match['scene']}/{match['shot']}", int(match["number"]))
            before = known.get(name, {}).get("sha256")
            if before not in (None, said["sha256"]):
                raise FilmkitError(f"{LOCK} knows other bytes as take {name}", remedy="give the new one a new number")
            known[name] = {**known.get(name, {}), **said}
        _write(film / LOCK, unread + [_line(name, known[name]) for name in sorted(known, key=_order)])


def drop_lines(film: Path, takes: list[str]) -> None:
    """Takes the lines of these takes away (they went to the trash), durably."""
    with _alone(film):
        known, unread = _parsed(_read(film / LOCK))
        kept = [name for name in sorted(known, key=_order) if name not in takes]
        _write(film / LOCK, unread + [_line(name, known[name]) for name in kept])


def _line(name: str, said: Mapping[str, Json]) -> str:
    """The take first, for whoever reads it; the rest sorted."""
    rest = {key: value for key, value in sorted(said.items()) if value is not None and key != "take"}
    text = json.dumps({"take": name, **rest}, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
    return text if text.isprintable() else json.dumps({"take": name, **rest}, separators=(", ", ": "))


def _order(name: str) -> tuple[str, str, int]:
    scene, shot, take = name.split("/")
    return scene.casefold(), shot.casefold(), int(take[1:])


def _parsed(text: str) -> tuple[dict[str, dict[str, Json]], list[str]]:
    """The takes by name, and the lines that are about none. Of two about one take, the first counts."""
    known: dict[str, dict[str, Json]] = {}
    unread: list[str] = []
    for line in text.split("\n"):
        said = object_of(line)
        match = _NAME.fullmatch(str(said.get("take"))) if said else None
        if said is None or match is None:
            unread += [line] if line.strip() else []
        else:
            name = take_name(f"{match['scene']}/{match['shot']}", int(match["number"]))
            if name in known:
                unread.append(line)
            known.setdefault(name, {key: value for key, value in said.items() if key != "take"})
    return known, unread


def _read(path: Path) -> str:
    with plain_errors(path):
        try:
            handle = open_regular(path)
        except FileNotFoundError:
            return ""
        with os.fdopen(handle, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FilmkitError(f"{LOCK} has more than {MOST_BYTES:,} bytes", remedy="restore it from git")
    return data.decode("utf-8", "surrogateescape")


def _write(path: Path, lines: list[str]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    part = path.with_name(f".{new_token()}.part")
    with plain_errors(path, needed_bytes=len(data)):
        write_new(part, data)
        try:
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        fsync_folder(path.parent)


def _alone(film: Path) -> AbstractContextManager[None]:
    """Whoever writes the lock of a film does it alone."""
    return only_one(film, "lock")


@contextmanager
def only_one(film: Path, what: str) -> Iterator[None]:
    """Two processes that do this to a film wait for each other (a file lock on a file beside the logs)."""
    folder = state_folder_of(film)
    with plain_errors(folder):
        handle = os.open(folder / f"{what}.held", os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
