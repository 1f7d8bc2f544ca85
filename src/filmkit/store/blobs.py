"""Blobs: bytes under the name of their sha256, at ``blobs/<aa>/<sha256>``, read-only, whole or not there."""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filmkit.errors import FilmkitError
from filmkit.store.disk import copy_bytes, fsync_folder, make_folder, open_regular, plain_errors, sha256_of, stamp_of
from filmkit.store.quarantine import set_aside
from filmkit.store.workspace import Workspaces

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Output:
    """One file a step left behind: its sha256 in 64 hex digits, its size in bytes."""

    sha256: str
    size: int


class BlobMissing(FilmkitError):
    """No whole file of this digest is in the store: never was, swept, or found damaged and set aside. It is a miss."""

    def __init__(self, digest: str, why: str) -> None:
        super().__init__(f"the store has no whole file {digest}: {why}", remedy="run again: it will be made anew")
        self.digest = digest


class Blobs:
    """The folder ``blobs`` of a store. Threads and processes may use it at once."""

    def __init__(self, folder: Path, workspaces: Workspaces, quarantine: Path) -> None:
        self.folder = folder
        self._workspaces = workspaces
        self._quarantine = quarantine
        self._guard = threading.Lock()
        self._verified: dict[str, tuple[int, ...]] = {}
        self.damaged: set[str] = set()

    def path(self, digest: str) -> Path:
        """Where the blob ``digest`` stands or would stand."""
        return self.folder / digest[:2] / digest

    def stands(self, digest: str, size: int) -> bool:
        """Whether a regular file of the right size stands there; its bytes are looked at by ``get``."""
        try:
            status = os.lstat(f"{self.folder}/{digest[:2]}/{digest}")
        except OSError:
            return False
        return status.st_size == size and stat.S_ISREG(status.st_mode)

    def put(self, path: Path) -> Output:
        """Take in the file ``path``: moved if it lies in a workspace and has no second name, else copied.

        The bytes are durable at the end, the name is once ``fsync_folder`` ran on ``path(digest).parent``.
        """
        with plain_errors(self.folder, needed_bytes=_size(path)):
            if self._workspaces.holds(path) and os.lstat(path).st_nlink == 1:
                return self._adopt(path)
            with self._workspaces.new_file() as copy:
                _copy_new(path, copy)
                return self._adopt(copy)

    def _adopt(self, path: Path) -> Output:
        handle = open_regular(path)
        try:
            before = os.fstat(handle)
            digest, size = sha256_of(handle)
            if stamp_of(os.fstat(handle)) != stamp_of(before) or size != before.st_size:
                raise OSError(errno.EBUSY, "the file is still being written", str(path))
            if self.stands(digest, size) and self._is_whole(digest):
                path.unlink()
                return Output(digest, size)
            path.chmod(0o444)  # before the rename, so that nobody ever finds a blob that can be written
            os.fsync(handle)
        finally:
            os.close(handle)
        target = self.path(digest)
        make_folder(target.parent)
        path.rename(target)
        self._remember(digest, os.lstat(target))
        return Output(digest, size)

    def settle(self, digests: set[str]) -> None:
        """Make the names of these blobs durable."""
        with plain_errors(self.folder):
            for folder in sorted({self.path(digest).parent for digest in digests}):
                fsync_folder(folder)

    def get(self, digest: str) -> Path:
        """The blob's path. Its bytes are checked the first time, and again whenever the file was touched since.

        Raises BlobMissing if there is none or it was damaged; a damaged one is set aside.
        """
        path = self.path(digest)
        try:
            status = os.lstat(path)
        except OSError:
            raise BlobMissing(digest, "it is not there") from None
        with self._guard:
            known = self._verified.get(digest)
        if known != stamp_of(status) and (damage := self.damage(digest)):
            set_aside(self._quarantine, path, damage)
            self.damaged.add(digest)
            raise BlobMissing(digest, f"{damage}; it was set aside in {self._quarantine}")
        return path

    def _is_whole(self, digest: str) -> bool:
        """Whether what stands there may be kept; a damaged one makes room for the one at hand."""
        try:
            self.get(digest)
        except BlobMissing:
            return False
        return True

    def damage(self, digest: str) -> str:
        """Read the whole blob: what is wrong with it in words, or an empty string."""
        path = self.path(digest)
        try:
            handle = open_regular(path)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        try:
            before = os.fstat(handle)
            found, size = sha256_of(handle)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        finally:
            os.close(handle)
        if found != digest:
            return f"its {size:,} bytes have the digest {found}"
        self._remember(digest, before)
        return ""

    def _remember(self, digest: str, status: os.stat_result) -> None:
        with self._guard:
            self._verified[digest] = stamp_of(status)

    def all(self) -> Iterator[tuple[str, os.stat_result]]:
        """Every blob by its digest, and what its folder says of it, in order of digest."""
        for folder in sorted(self.folder.iterdir()):
            with os.scandir(folder) as entries:
                found = [entry for entry in entries if SHA256.fullmatch(entry.name)]
            for entry in sorted(found, key=lambda entry: entry.name):
                yield entry.name, entry.stat(follow_symlinks=False)


def _size(path: Path) -> int:
    """Bytes that taking in ``path`` may need."""
    try:
        return os.lstat(path).st_size
    except OSError as error:
        raise FilmkitError(f"a step promised the file {path.name} and did not make it ({error.strerror})") from error


def _copy_new(source: Path, target: Path) -> None:
    reading = open_regular(source)
    try:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            copy_bytes(reading, writing)
        finally:
            os.close(writing)
    finally:
        os.close(reading)
