"""From a path as written to a file: in the film folder, else in the nearest ``assets/``, and never anywhere else.

Every component is looked at without following it. A link may lead to another place inside the film or its assets; one
that leads out, a device, a pipe or a folder is refused before anything opens it.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filmkit.errors import UsageError
from filmkit.load.words import escaped, nearest, shown

ASSETS_VARIABLE = "FILMKIT_ASSETS"
_MOST_LOOKED_AT = 5_000
_NOT_MATERIAL = {"out", "takes", "notes", "__pycache__"}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file inside the film or its assets; ``name`` is relative to whichever it is, escaped for messages."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class NoFile:
    """Why there is no such file, and what to do. ``code`` is ``file-missing``, ``link-leaves`` or ``not-a-file``."""

    code: str
    message: str
    remedy: str


def find_assets(folder: Path) -> Path | None:
    """``FILMKIT_ASSETS``, else the nearest ``assets/`` in a folder above the film; None where there is none.

    Raises UsageError where the variable names no folder.
    """
    if chosen := os.environ.get(ASSETS_VARIABLE):
        if not Path(chosen).is_dir():
            raise UsageError(f"{ASSETS_VARIABLE} names {chosen}, which is no folder", remedy="correct it, or unset it")
        return Path(chosen).resolve()
    return next((above / "assets" for above in folder.parents if (above / "assets").is_dir()), None)


@dataclass
class Files:
    """Finds the files of one film; remembers the folders it has looked at."""

    film: Path
    assets: Path | None
    _folders: dict[str, str | NoFile | None] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Files:
        """For the film in a folder (resolved)."""
        assets = find_assets(folder)
        return cls(folder, assets.resolve() if assets else None)

    def find(self, written: str) -> FoundFile | NoFile:
        """The file a path means. Never raises for what the disk holds."""
        parts = [part for part in written.split("/") if part not in ("", ".")]
        refused: NoFile | None = None
        for root in self._roots():
            found = self._inside(str(root), parts)
            if isinstance(found, str):
                return FoundFile(found, escaped("/".join(parts)))
            refused = refused or found
        return refused or self._missing(written, parts)

    def check_inside(self, path: str) -> NoFile | None:
        """Whether a path that was found by listing the film is no link that leaves."""
        real = os.path.realpath(path)
        if any(real == str(root) or real.startswith(f"{root}{os.sep}") for root in self._roots()):
            return None
        return NoFile(
            "link-leaves",
            f"{shown(path.rpartition('/')[2])} is a link that leaves the film",
            "copy the file itself into the film folder (or assets/)",
        )

    def _roots(self) -> Iterator[Path]:
        yield self.film
        if self.assets is not None:
            yield self.assets

    def _inside(self, root: str, parts: list[str]) -> str | NoFile | None:
        """The regular file at ``parts`` below ``root``; why not, or None where nothing is there."""
        if not parts:
            return None
        folder = self._folder(root, parts[:-1])
        return self._step(folder, parts[-1], wants_folder=False) if isinstance(folder, str) else folder

    def _folder(self, root: str, parts: list[str]) -> str | NoFile | None:
        here: str | NoFile | None = root
        for depth, part in enumerate(parts):
            key = "/".join([root, *parts[: depth + 1]])
            if key not in self._folders:
                self._folders[key] = self._step(str(here), part, wants_folder=True)
            here = self._folders[key]
            if not isinstance(here, str):
                return here
        return here

    def _step(self, folder: str, name: str, *, wants_folder: bool) -> str | NoFile | None:
        path = f"{folder}/{name}"
        status = _status(path)
        if status is None:
            spelling = _same_name(folder, name)
            if spelling is None:
                return None
            path = f"{folder}/{spelling}"
            status = _status(path)
        if status is not None and stat.S_ISLNK(status.st_mode):
            if (leaves := self.check_inside(path)) is not None:
                return leaves
            path = os.path.realpath(path)
            status = _status(path)
        if status is None:
            return None
        return _if_kind(path, status, wants_folder=wants_folder)

    def _missing(self, written: str, parts: list[str]) -> NoFile:
        where = "the film folder" + (" or assets/" if self.assets else "")
        near = self._nearest(parts)
        remedy = (
            f"did you mean '{near}'?" if near else "put the file there, or correct its path (from the film folder on)"
        )
        if near is None and "\\" in written:
            remedy = "write / between folders"
        return NoFile("file-missing", f"there is no file '{shown(written)}' in {where}", remedy)

    def _nearest(self, parts: list[str]) -> str | None:
        """A file that may have been meant: a like name in the same folder, or the same name in another."""
        if not parts:
            return None
        folder, name = "/".join(parts[:-1]), parts[-1]
        by_name: dict[str, str] = {}
        same_folder: list[str] = []
        for root in self._roots():
            for path in _material(root):
                by_name.setdefault(path.rpartition("/")[2].lower(), path)
                if path.rpartition("/")[0] == folder:
                    same_folder.append(path.rpartition("/")[2])
        if (near := nearest(name, same_folder)) is not None:
            return f"{folder}/{near}" if folder else near
        return by_name.get(name.lower()) or nearest("/".join(parts), by_name.values(), likeness=0.75)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (OSError, ValueError):
        return None


def _same_name(folder: str, name: str) -> str | None:
    """The entry that is spelled with other code points for the same letters (macOS writes é as e and ´)."""
    if name.isascii():
        return None
    try:
        entries = os.listdir(folder)  # noqa: PTH208
    except OSError:
        return None
    wanted = unicodedata.normalize("NFC", name)
    return next((entry for entry in entries if unicodedata.normalize("NFC", entry) == wanted), None)


def _if_kind(path: str, status: os.stat_result, *, wants_folder: bool) -> str | NoFile | None:
    if wants_folder:
        return path if stat.S_ISDIR(status.st_mode) else None
    if stat.S_ISREG(status.st_mode):
        return path
    what = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file (a pipe or a device)"
    return NoFile("not-a-file", f"'{shown(path.rpartition('/')[2])}' is {what}", "name a picture, clip or sound file")


def _material(root: Path) -> Iterator[str]:
    """Paths of files below a folder, relative to it: no takes, products or hidden ones, and not without end."""
    seen = 0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in sorted(folders) if not name.startswith(".") and name not in _NOT_MATERIAL]
        for name in sorted(files):
            seen += 1
            if seen > _MOST_LOOKED_AT:
                return
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")  # noqa: PTH118
