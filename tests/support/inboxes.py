"""A film and a folder of downloads: clips that are quick to make, each with bytes of its own."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from barcode import make_numbered
from desk import Answer, Desk


@cache
def _clip(folder: Path) -> bytes:
    path = folder / "a-clip.mp4"
    make_numbered(path, 24, output=("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"))
    return path.read_bytes()


def clip(folder: Path, mark: str) -> bytes:
    """A second of film; ``mark`` makes other bytes of it, in a box that everybody passes over."""
    text = mark.encode("utf-8", "surrogateescape")
    return _clip(folder) + struct.pack(">I4s", 8 + len(text), b"free") + text


def sha256(path: Path) -> str:
    """Of a whole file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class InboxDesk:
    """A person with a film, and downloads beside it; ``made`` is where the clip is made once for all tests."""

    desk: Desk
    film: Path
    inbox: Path
    made: Path

    @classmethod
    def at(cls, desk: Desk, storyboard: str, made: Path) -> InboxDesk:
        """With an empty inbox."""
        inbox = desk.folder / "inbox"
        inbox.mkdir()
        return cls(desk, desk.film(storyboard, "film"), inbox, made)

    def put(self, *names: str) -> list[Path]:
        """Clips under these names in the inbox, the first the oldest."""
        return [self.put_bytes(name, clip(self.made, name)) for name in names]

    def put_bytes(self, name: str, data: bytes) -> Path:
        """A file of any bytes."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def gather(self, *words: str) -> Answer:
        """``filmkit gather`` from the inbox."""
        return self.desk.ask("gather", "film", "--inbox", "inbox", *words)

    def told(self, *words: str) -> Any:
        """The same as JSON."""
        return self.gather("--json", *words).json

    def ask(self, *words: str) -> Answer:
        """Any command."""
        return self.desk.ask(*words)

    def take(self, label: str) -> Path:
        """A take of the boat."""
        return self.film / f"takes/harbour/boat/{label}.mp4"

    def sha(self, label: str) -> str:
        """Its sha256."""
        return sha256(self.take(label))

    @property
    def takes(self) -> list[str]:
        """Every file below ``takes/`` that is seen, from there on."""
        root = self.film / "takes"
        return sorted(
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
        )

    @property
    def lock(self) -> dict[str, dict[str, Any]]:
        """Lines of the lock by take; every line has to be one."""
        path = self.film / "storyboard.lock"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return {line["take"]: line for line in map(json.loads, lines)}

    def assert_locked(self, takes: Iterable[str]) -> None:
        """Each of these files stands in the lock with its sha256, and nothing else does."""
        files = {f"{name.rpartition('.')[0]}": self.film / "takes" / name for name in takes}
        assert {name: line["sha256"] for name, line in self.lock.items()} == {
            name: sha256(path) for name, path in files.items()
        }
