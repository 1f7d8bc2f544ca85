"""Stores for tests: made quickly, and looked through for anything half-made."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from filmkit.model.run import Event, Made
from filmkit.store.actions import Record
from filmkit.store.store import Store


def key_of(word: str) -> str:
    """A step's key, made of a word."""
    return hashlib.sha256(f"key {word}".encode()).hexdigest()


def digest_of(data: bytes) -> str:
    """The name of a blob."""
    return hashlib.sha256(data).hexdigest()


def commit(store: Store, word: str, *contents: bytes, kind: str = "segment", events: tuple[Event, ...] = ()) -> Record:
    """Commit a step whose outputs ``0``, ``1``, … have these contents, made in a workspace."""
    with store.workspace() as folder:
        outputs = {}
        for number, content in enumerate(contents):
            outputs[str(number)] = folder / f"{number}.bin"
            outputs[str(number)].write_bytes(content)
        made = Made(outputs, {"frames": 48}, events)
        return store.commit(key_of(word), kind=kind, made=made, seconds=0.5, tools={"ffmpeg": "build-1"})


def blob_path(store: Store, digest: str) -> Path:
    """Where a blob stands in the store's folder, for tests that damage it."""
    return store.folder / "blobs" / digest[:2] / digest


def record_path(store: Store, key: str) -> Path:
    """Where a record stands in the store's folder, for tests that damage it."""
    return store.folder / "actions" / key[:2] / f"{key}.json"


def overwrite(path: Path, data: bytes) -> None:
    """Write into a read-only file as a disk error would: same name, mode and times."""
    status = path.stat()
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def age(store: Store, days: float) -> None:
    """Make every record look as if it was last used ``days`` ago. (The time a blob came in cannot be set back.)"""
    for path in (store.folder / "actions").rglob("*.json"):
        status = path.stat()
        os.utime(path, (status.st_atime - days * 86_400, status.st_mtime - days * 86_400))


def assert_whole(folder: Path) -> Store:
    """A new start finds no litter, no damage, and no record without its files; returns the opened store."""
    store = Store(folder)
    report = store.check(read_data=True)
    assert (report.damages, report.incomplete) == ((), 0)
    assert [path.name for room in ("tmp", "trash", "quarantine") for path in (folder / room).iterdir()] == []
    for path in (folder / "blobs").glob("*/*"):
        assert path.stat().st_mode & 0o777 == 0o444
    return store
