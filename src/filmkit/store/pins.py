"""Pins: digests that no sweep removes, such as takes that were paid for. Each is a small file ``pins/<sha256>``."""

from __future__ import annotations

from pathlib import Path

from filmkit.store.blobs import SHA256
from filmkit.store.disk import fsync_folder, plain_errors, write_new
from filmkit.store.workspace import Workspaces


class Pins:
    """The folder ``pins`` of a store."""

    def __init__(self, folder: Path, workspaces: Workspaces) -> None:
        self.folder = folder
        self._workspaces = workspaces

    def add(self, digest: str, reason: str) -> None:
        """Keep the blob ``digest`` for good, durably; ``reason`` is a word for people such as ``paid``."""
        if not SHA256.fullmatch(digest):
            raise ValueError(f"{digest!r} is no sha256 in lower-case hex")
        with plain_errors(self.folder), self._workspaces.new_file() as temporary:
            write_new(temporary, reason.encode())
            temporary.rename(self.folder / digest)
            fsync_folder(self.folder)

    def remove(self, digest: str) -> None:
        """Let the sweep have the blob ``digest`` again; one that is not pinned is fine."""
        with plain_errors(self.folder):
            (self.folder / digest).unlink(missing_ok=True)
            fsync_folder(self.folder)

    def all(self) -> frozenset[str]:
        """All pinned digests."""
        return frozenset(path.name for path in self.folder.iterdir() if SHA256.fullmatch(path.name))
