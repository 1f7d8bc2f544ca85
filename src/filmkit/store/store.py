"""The store: what was made, kept by content and found by key. ARCHITECTURE.md (Store) tells what it promises.

blobs/<aa>/<sha256>        bytes, read-only        actions/<aa>/<key>.json   which bytes a step left behind
pins/<sha256>              what no sweep removes   quarantine/               what was damaged, with notes
tmp/<owner>                workspaces of the living   trash/                 on its way out        lease   the lock
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from filmkit.errors import FilmkitError, UsageError
from filmkit.model.run import Made
from filmkit.store import disk
from filmkit.store.actions import Actions, Record
from filmkit.store.blobs import SHA256, Blobs, Output
from filmkit.store.export import export_file
from filmkit.store.gc import (
    DEFAULT_LIMIT_BYTES,
    GRACE_S,
    QUARANTINE_S,
    Keep,
    Sweep,
    clear_quarantine,
    empty_trash,
    plan_sweep,
    run_sweep,
)
from filmkit.store.lease import Lease
from filmkit.store.pins import Pins
from filmkit.store.survey import CheckReport, Stats, check_store, stats_of, survey_store
from filmkit.store.workspace import Workspaces

_ROOMS = ("blobs", "actions", "pins", "quarantine", "tmp", "trash")


class Store:
    """One store folder, made if it is not there. Any number of threads, processes and stores may share it.

    Raises FilmkitError if the folder cannot be made, UsageError if one of its own folders is a link or a file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.realpath(folder))
        self._make_rooms()
        self._lease = Lease(self.folder / "lease")
        self._workspaces = Workspaces(self.folder / "tmp", self._lease)
        quarantine = self.folder / "quarantine"
        self._blobs = Blobs(self.folder / "blobs", self._workspaces, quarantine)
        self._actions = Actions(self.folder / "actions", self._workspaces, quarantine)
        self.pins = Pins(self.folder / "pins", self._workspaces)
        self._workspaces.sweep()
        empty_trash(self.folder / "trash")

    def _make_rooms(self) -> None:
        """A link would take the store to another disk, or to somebody else's files."""
        with disk.plain_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in _ROOMS:
                room = self.folder / name
                room.mkdir(exist_ok=True)
                if room.is_symlink():
                    raise UsageError(f"{room} is a link", remedy="choose a store whose own folders are folders")

    def lease(self) -> AbstractContextManager[None]:
        """Hold this for a whole run: while it is held, nothing is removed from the store."""
        return self._lease.shared()

    def workspace(self) -> AbstractContextManager[Path]:
        """An empty private folder on the store's disk, removed at the end, or at a later start if this process dies."""
        return self._workspaces.new()

    def require_writable(self) -> None:
        """Raise FilmkitError unless something can be made here: said before a run, not in the middle of it."""
        with self.workspace():
            pass

    def require_room(self, needed_bytes: int) -> None:
        """Raise DiskFull, with the numbers, unless so many bytes are free."""
        disk.require_room(self.folder, needed_bytes)

    def lookup(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records of those ``keys`` whose blobs all stand with the right size; any other key is a miss."""
        found = {}
        for key in keys:
            record = self._actions.read(_checked(key))
            if record and all([self._blobs.stands(output.sha256, output.size) for output in record.outputs.values()]):
                found[key] = record
        return found

    def commit(self, key: str, *, kind: str, made: Made, seconds: float, tools: Mapping[str, str]) -> Record:
        """Keep what a step made: files first, then the record, each durable before the next.

        Output paths are absolute. Files in a workspace are moved away from there; others are copied.
        Raises DiskFull, or FilmkitError when the store cannot be written or a file is not there.
        """
        _checked(key)
        with self._lease.shared():
            kept: dict[Path, Output] = {}
            for path in map(_absolute, made.outputs.values()):
                if path not in kept:
                    kept[path] = self._blobs.put(path)
            self._blobs.settle({output.sha256 for output in kept.values()})
            outputs = {name: kept[Path(path)] for name, path in made.outputs.items()}
            record = Record(key, kind, outputs, dict(made.facts), tuple(made.events), dict(tools), float(seconds))
            self._actions.write(record)
        return record

    def keep(self, path: Path, reason: str) -> str:
        """Takes in a file that was paid for and pins it, so that no sweep removes it; its sha256. The pin comes first.

        Raises DiskFull, FilmkitError.
        """
        with disk.plain_errors(path):
            handle = disk.open_regular(path)
            try:
                digest, _ = disk.sha256_of(handle)
            finally:
                os.close(handle)
        self.pins.add(digest, reason)
        with self.lease():
            sha256 = self._blobs.put(path).sha256
            self._blobs.settle({sha256})
        return sha256

    def get(self, digest: str) -> Path:
        """The read-only file of this digest, its bytes verified on first use by this Store. Raises BlobMissing."""
        return self._blobs.get(_checked(digest))

    def has(self, digest: str) -> bool:
        """Whether a file of this digest stands in the store; its bytes are not looked at."""
        return self._blobs.path(_checked(digest)).is_file()

    @property
    def damaged(self) -> frozenset[str]:
        """What was found damaged and set aside since this Store was opened."""
        return frozenset(self._blobs.damaged)

    def export(self, digest: str, target: Path) -> None:
        """Put a copy (a reflink where the disk can) of the file at ``target``, all at once. Raises BlobMissing."""
        with self._lease.shared():
            export_file(self.get(digest), target)

    def stats(self) -> Stats:
        """Counts and bytes by kind of step."""
        return stats_of(survey_store(self._actions, self._blobs), self.pins.all(), self.folder / "quarantine")

    def check(self, read_data: bool | float = False) -> CheckReport:
        """Report damage: records and sizes always, and the bytes of all blobs (True) or of a random share (0 … 1)."""
        with self._lease.shared():
            return check_store(survey_store(self._actions, self._blobs), self._blobs, float(read_data))

    def gc(self, limit_bytes: int = DEFAULT_LIMIT_BYTES, *, everything: bool = False, is_trial: bool = False) -> Sweep:
        """Sweep down to ``limit_bytes``, or ``everything`` that is not pinned, the young too; a trial only says what
        would go. Raises FilmkitError while any run uses the store.
        """
        keep = Keep(-1, float("-inf")) if everything else Keep(limit_bytes, GRACE_S)
        with self._lease.exclusive() as is_alone:
            if not is_alone and not is_trial:
                raise FilmkitError("a run is using the store", remedy="sweep when it has ended; nothing was removed")
            now_s = time.time()
            sweep = plan_sweep(survey_store(self._actions, self._blobs), self.pins.all(), keep, now_s)
            if not is_trial:
                run_sweep(sweep, self._actions, self._blobs, self.folder / "trash")
                clear_quarantine(self.folder / "quarantine", now_s if everything else now_s - QUARANTINE_S)
        return sweep


def _checked(name: str) -> str:
    """Keys and digests become paths: they are nothing but hex."""
    if not SHA256.fullmatch(name):
        raise ValueError(f"{name!r} is no sha256 in lower-case hex")
    return name


def _absolute(path: object) -> Path:
    found = Path(str(path))
    if not found.is_absolute():
        raise ValueError(f"an output's path must be absolute: {str(found)!r}")
    return found
