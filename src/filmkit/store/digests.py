"""Digests of source files, remembered, and facts that were found out about bytes (probe results), by digest.

A digest is remembered for device and inode with size, mtime and ctime, under git's racy-timestamp rule: a file touched
at or after the moment it was looked at could be touched again without its times showing it, so it is not remembered.
The memo is a convenience: one that is damaged, locked or cannot be written is done without, never an error.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from filmkit.errors import FilmkitError
from filmkit.model.run import Json
from filmkit.plan.graph import canonical
from filmkit.store.blobs import SHA256
from filmkit.store.disk import open_regular, sha256_of, stamp_of

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

FORMAT = 1
_FILE = "digests.sqlite"
_AT_ONCE = 500
_CLOCK_TICK_NS = 20_000_000  # the kernel stamps files with a clock that ticks every 1 to 10 ms
_COARSE_TICK_NS = 2_000_000_000  # FAT keeps two seconds, some others one: then nothing stands below the second
_SECOND_NS = 1_000_000_000
_TABLES = f"""
CREATE TABLE digests (file TEXT PRIMARY KEY, size INT, mtime_ns INT, ctime_ns INT, sha256 TEXT) WITHOUT ROWID;
CREATE TABLE facts (sha256 TEXT, kind TEXT, value TEXT, PRIMARY KEY (sha256, kind)) WITHOUT ROWID;
PRAGMA user_version = {FORMAT};
"""
# sqlite's PERM, BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN; every other error means that the memo is damaged
_BLOCKED = frozenset((3, 5, 6, 8, 10, 13, 14))


class DigestMemo:
    """The memo in ``folder``. Threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def digest(self, path: Path) -> tuple[str, int]:
        """The sha256 and the size in bytes of the file ``path``; see ``digests``."""
        return self.digests([path])[path]

    def digests(self, paths: Iterable[Path]) -> dict[Path, tuple[str, int]]:
        """The sha256 and the size in bytes of every file. Links are followed: where they may lead is the caller's rule.

        Raises OSError for what is no readable regular file, FilmkitError for one that keeps changing.
        """
        stamps = {path: stamp_of(os.stat(path)) for path in paths}  # noqa: PTH116  Path.stat is slow by the thousand
        known = self._known({_name(stamp) for stamp in stamps.values()})
        found: dict[Path, tuple[str, int]] = {}
        for path, stamp in stamps.items():
            row = known.get(_name(stamp))
            if row and row[:3] == stamp[2:] and SHA256.fullmatch(str(row[3])):
                found[path] = (str(row[3]), stamp[2])
        found.update(self._hashed([path for path in stamps if path not in found]))
        return found

    def _known(self, files: set[str]) -> dict[str, tuple[object, ...]]:
        def ask(memo: sqlite3.Connection) -> dict[str, tuple[object, ...]]:
            rows = _select(memo, "SELECT file, size, mtime_ns, ctime_ns, sha256 FROM digests WHERE file", sorted(files))
            return {str(row[0]): row[1:] for row in rows}

        return self._try(ask, {}) if files else {}

    def _hashed(self, paths: Sequence[Path]) -> dict[Path, tuple[str, int]]:
        """Read the files, several at a time (hashing lets go of the interpreter), and remember what may be."""
        if not paths:
            return {}
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(4, os.cpu_count() or 1, len(paths))) as pool:
            read = list(pool.map(_hash_file, paths))
        rows = [(_name(stamp), *stamp[2:], digest) for digest, stamp, seen_ns in read if not _is_racy(stamp, seen_ns)]
        if rows:
            self._try(lambda memo: _insert(memo, "digests VALUES (?, ?, ?, ?, ?)", rows), None)
        return {path: (digest, stamp[2]) for path, (digest, stamp, _) in zip(paths, read, strict=True)}

    def remembered(self, digest: str, kind: str) -> Json | None:
        """The facts of ``kind`` known of the bytes ``digest``, or None."""
        return self.remembered_all([digest], kind).get(digest)

    def remembered_all(self, digests: Iterable[str], kind: str) -> dict[str, Json]:
        """The facts of ``kind`` by digest, for those of ``digests`` of which any are known."""

        def ask(memo: sqlite3.Connection) -> dict[str, Json]:
            rows = _select(
                memo, "SELECT sha256, value FROM facts WHERE kind = ? AND sha256", sorted(set(digests)), kind
            )
            return {str(row[0]): json.loads(str(row[1])) for row in rows}

        return self._try(ask, {})

    def remember(self, digest: str, kind: str, value: Json) -> None:
        """Keep facts of ``kind`` about the bytes ``digest``; the kind's name says their version too."""
        self.remember_all(kind, {digest: value})

    def remember_all(self, kind: str, values: Mapping[str, Json]) -> None:
        """Keep facts of ``kind`` by digest, in one go. Raises ValueError or TypeError for what is no JSON."""
        rows = [(digest, kind, canonical(value)) for digest, value in values.items()]
        if rows:
            self._try(lambda memo: _insert(memo, "facts VALUES (?, ?, ?)", rows), None)

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._guard:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """``work`` in one transaction; once more with a new memo if it is damaged; ``otherwise`` if it is blocked."""
        import sqlite3

        with self._guard:
            for _ in range(2):
                try:
                    if self._connection is None:
                        self._connection = _open(self._path)
                    with self._connection:
                        return work(self._connection)
                except (sqlite3.DatabaseError, ValueError) as error:
                    self._close()
                    if getattr(error, "sqlite_errorcode", 1) & 0xFF in _BLOCKED:
                        break
                    self._discard()
            return otherwise

    def _discard(self) -> None:
        for path in (self._path, self._path.with_name(f"{_FILE}-journal")):
            with suppress(OSError):
                path.unlink()


def _open(path: Path) -> sqlite3.Connection:
    """The memo, made if it is not there. A rollback journal, not WAL: the folder may be shared between machines."""
    import sqlite3

    memo = sqlite3.connect(path, timeout=2.0, check_same_thread=False)
    try:
        memo.execute("PRAGMA synchronous = NORMAL")
        if memo.execute("PRAGMA user_version").fetchone()[0] == FORMAT:
            return memo
        memo.execute("BEGIN IMMEDIATE")
        if memo.execute("PRAGMA user_version").fetchone()[0] != FORMAT:  # nobody was quicker
            for statement in filter(str.strip, _TABLES.split(";")):
                memo.execute(statement)
        memo.commit()
    except BaseException:
        memo.close()
        raise
    return memo


def _select(memo: sqlite3.Connection, begin: str, names: Sequence[str], *before: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        rows += memo.execute(f"{begin} IN ({','.join('?' * len(some))})", (*before, *some)).fetchall()
    return rows


def _insert(memo: sqlite3.Connection, what: str, rows: Sequence[tuple[object, ...]]) -> None:
    memo.executemany(f"INSERT OR REPLACE INTO {what}", rows)


def _name(stamp: tuple[int, ...]) -> str:
    return f"{stamp[0]}:{stamp[1]}"


def _is_racy(stamp: tuple[int, ...], seen_ns: int) -> bool:
    """Whether the file could change after ``seen_ns`` and keep its times."""
    touched_ns = max(stamp[3:])
    is_coarse = all(time_ns % _SECOND_NS == 0 for time_ns in stamp[3:])
    return touched_ns + (_COARSE_TICK_NS if is_coarse else _CLOCK_TICK_NS) >= seen_ns


def _hash_file(path: Path) -> tuple[str, tuple[int, ...], int]:
    """Digest, stamp, and the wall time in nanoseconds just before the file was looked at."""
    for _ in range(3):
        seen_ns = time.time_ns()
        handle = open_regular(path, follows_links=True)
        try:
            stamp = stamp_of(os.fstat(handle))
            digest, size = sha256_of(handle)
            if stamp_of(os.fstat(handle)) == stamp and size == stamp[2]:
                return digest, stamp, seen_ns
        finally:
            os.close(handle)
    raise FilmkitError(f"{path.name} changes while it is read", remedy="wait until it is written, then run again")
