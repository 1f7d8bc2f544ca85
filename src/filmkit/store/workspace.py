"""Private folders on the store's disk, and clearing up after those who died in theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filmkit.store.disk import plain_errors
from filmkit.store.lease import Lease
from filmkit.store.owner import is_surely_dead, new_token


class Workspaces:
    """The folder ``tmp`` of a store: everything in it belongs to somebody alive who holds the lease, or is litter."""

    def __init__(self, folder: Path, lease: Lease) -> None:
        self.folder = folder
        self._lease = lease

    @contextmanager
    def new(self) -> Iterator[Path]:
        """An empty folder, removed with all it holds at the end."""
        folder = self.folder / new_token()
        with self._lease.shared():
            with plain_errors(self.folder):
                folder.mkdir()
            try:
                yield folder
            finally:
                remove_tree(folder)

    @contextmanager
    def new_file(self) -> Iterator[Path]:
        """A name for one temporary file, removed at the end if it still stands."""
        path = self.folder / new_token()
        with self._lease.shared():
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)

    def holds(self, path: Path) -> bool:
        """Whether ``path`` (absolute, without links in it) lies in a workspace."""
        return self.folder in path.parents

    def sweep(self) -> int:
        """Remove what the dead left; how many entries.

        With the lease to itself nobody is at work anywhere, so all goes; else only what surely has no owner any more.
        """
        if not any(self.folder.iterdir()):
            return 0
        with self._lease.exclusive() as is_alone:
            dead = [path for path in self.folder.iterdir() if is_alone or is_surely_dead(path.name)]
            for path in dead:
                remove_tree(path)
        return len(dead)


def remove_tree(path: Path) -> None:
    """Remove a file, a link or a folder with all it holds. It is litter: what cannot be removed now, or was removed by
    another process first, does not stop anybody, and is tried again at the next start.
    """
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
