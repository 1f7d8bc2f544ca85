"""What lies in ``takes/.trash``: one folder a take that was put away, with a record of what it was.

takes/.trash/0003/record.json     {"take": "harbour/boat/t02", "file": "t02.mp4", "sha256": …, "line": {…}}
takes/.trash/0003/t02.mp4
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filmkit.load.takes import FOLDER
from filmkit.model.run import Json
from filmkit.store.disk import open_regular

TRASH: Final = ".trash"
RECORD: Final = "record.json"
_MOST_BYTES: Final = 1 << 20
_TAKE: Final = re.compile(r"(?P<shot>[^/]+/[^/]+)/t0*(?P<number>[0-9]{1,4})")
_FILE: Final = re.compile(r"[A-Za-z0-9]{1,8}\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True)
class Trashed:
    """A take that was put away: ``line`` is what the lock said of it."""

    folder: Path
    shot: str
    number: int
    file: str
    sha256: str
    line: Mapping[str, Json] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Where the file lies, if it does: a command may have been broken off before it was moved."""
        return self.folder / self.file

    @property
    def is_there(self) -> bool:
        """Whether the file lies in the trash."""
        return self.path.is_file() and not self.path.is_symlink()


def trashed(film: Path) -> list[Trashed]:
    """All records that can be read, the oldest first."""
    root = film / FOLDER / TRASH
    if root.is_symlink() or not root.is_dir():
        return []
    folders = sorted((path for path in root.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    return [found for folder in folders if (found := _read(folder)) is not None]


def _read(folder: Path) -> Trashed | None:
    try:
        handle = open_regular(folder / RECORD)
        with os.fdopen(handle, "rb") as stream:
            said = json.loads(stream.read(_MOST_BYTES))
        match = _TAKE.fullmatch(said["take"])
        line = said.get("line") or {}
        if match is None or not _FILE.fullmatch(said["file"]) or not isinstance(line, dict):
            return None
        return Trashed(folder, match["shot"], int(match["number"]), said["file"], str(said["sha256"]), line)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
