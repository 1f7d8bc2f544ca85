"""A folder of downloads, looked through with care: names only, nothing is opened, followed or waited for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filmkit.errors import UsageError
from filmkit.media.sniff import KINDS, PICTURE_ENDINGS

PARTIAL_ENDINGS: Final = frozenset({"part", "crdownload", "download", "opdownload", "partial"})
"""Endings that browsers give to what they have not finished."""

STILL_ENDINGS: Final = frozenset({"png", *KINDS["jpeg_pipe"].pictures})
"""Endings of pictures that do not move."""

_DEEPEST: Final = 3
_MOST_FILES: Final = 20_000
_BUNDLES: Final = (".app", ".photoslibrary", ".fcpbundle", ".lrdata")


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A regular file: its path, its name from the inbox on, with ``/``; size and time when it was seen."""

    path: Path
    name: str
    size: int
    mtime_ns: int

    @property
    def ending(self) -> str:
        """``mp4``, in small letters; empty where there is none."""
        return self.path.suffix[1:].lower()

    @property
    def is_clip(self) -> bool:
        """Whether it calls itself a clip: what is wrong with such a file is worth saying."""
        return self.ending in PICTURE_ENDINGS - STILL_ENDINGS

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders between the inbox and the file."""
        return tuple(self.name.split("/")[:-1])


@dataclass
class Inbox:
    """What lies in a folder. ``odd`` are links, pipes and devices that are called like media."""

    files: list[InboxFile] = field(default_factory=list)
    odd: list[tuple[str, str]] = field(default_factory=list)
    is_whole: bool = True


def look_into(folder: Path) -> Inbox:
    """The files of a folder and of three levels below it; no hidden ones, and no films. Raises UsageError."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", remedy="name the folder of your downloads with --inbox")
    inbox = Inbox()
    for entry, name in _walk(str(folder), "", 0):
        if len(inbox.files) >= _MOST_FILES:
            inbox.is_whole = False
            break
        _add(inbox, entry, name)
    return inbox


def downloads_folder() -> Path:
    """The user's own folder of downloads. Raises UsageError where there is none."""
    home = Path.home()
    for folder in (_told_by_desktop(home), home / "Downloads"):
        if folder is not None and folder.is_dir():
            return folder
    raise UsageError(f"there is no {home / 'Downloads'}", remedy="name the folder of your downloads with --inbox")


def _told_by_desktop(home: Path) -> Path | None:
    """``XDG_DOWNLOAD_DIR`` of the desktop's own file (xdg-user-dirs), in the user's language."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
    try:
        lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.strip().partition("=")
        if key == "XDG_DOWNLOAD_DIR":
            said = value.strip('"').replace("$HOME", str(home))
            return Path(said) if said.startswith("/") and Path(said) != home else None
    return None


def _walk(folder: str, above: str, depth: int) -> Iterator[tuple[os.DirEntry[str], str]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    if depth and any(entry.name == "storyboard.yaml" for entry in found):
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        name = f"{above}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if depth < _DEEPEST and not entry.name.endswith(_BUNDLES):
                yield from _walk(entry.path, f"{name}/", depth + 1)
        else:
            yield entry, name


def _add(inbox: Inbox, entry: os.DirEntry[str], name: str) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return
    if stat.S_ISREG(status.st_mode):
        inbox.files.append(InboxFile(Path(entry.path), name, status.st_size, status.st_mtime_ns))
    elif entry.name.rpartition(".")[2].lower() in PICTURE_ENDINGS:
        kind = "a link" if stat.S_ISLNK(status.st_mode) else "no ordinary file (a pipe or a device)"
        inbox.odd.append((name, kind))
