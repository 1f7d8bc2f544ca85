"""The lease: runs hold it together, the sweep holds it alone, and a killed process lets go of it by dying."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filmkit.errors import FilmkitError, ToolMissing
from filmkit.store.disk import plain_errors

if sys.platform != "win32":
    import fcntl


class Lease:
    """A file lock (flock) on ``path``: shared among all who use the store, exclusive for whoever removes from it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._holders = 0
        self._handle = -1

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the lease with others, from any thread, as often as wanted. Waits while a sweep runs."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def exclusive(self) -> Iterator[bool]:
        """Try to hold the lease alone, without waiting; yields whether it was had.

        Raises ToolMissing where the system has no such locks: nothing can be removed safely there.
        """
        if sys.platform == "win32":
            raise ToolMissing("this system has no shared file locks", remedy="remove the store's folder by hand")
        handle = self._open()
        try:
            yield self._locked(handle, is_shared=False)
        finally:
            self._let_go(handle)

    def _enter(self) -> None:
        with self._guard:
            if self._holders == 0:
                self._handle = self._open()
                self._locked(self._handle, is_shared=True)
            self._holders += 1

    def _leave(self) -> None:
        with self._guard:
            self._holders -= 1
            if self._holders == 0:
                self._let_go(self._handle)
                self._handle = -1

    def _open(self) -> int:
        """A lock needs no right to write: on a read-only store a lease that stands is opened for reading."""
        with plain_errors(self._path.parent):
            try:
                return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError:
                if self._path.exists():
                    return os.open(self._path, os.O_RDONLY)
                raise

    def _let_go(self, handle: int) -> None:
        """Unlock before closing: a process forked meanwhile has the handle too, and would hold on."""
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)

    def _locked(self, handle: int, *, is_shared: bool) -> bool:
        if sys.platform == "win32":
            return True
        try:
            fcntl.flock(handle, fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise FilmkitError(
                f"the disk of {self._path.parent} keeps no file locks: {error.strerror}",
                remedy="choose a store on another disk with --store or FILMKIT_STORE",
            ) from error
        return True
