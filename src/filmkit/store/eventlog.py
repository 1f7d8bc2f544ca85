"""The log of a run: what happened, line by line, readable while it is written and after a kill.

Each line is ``{"seq":1,"monotonic_s":…,"wall_s":…,"kind":"…","data":{…}}``. Order is by ``seq``, durations by
``monotonic_s``; the wall time is for people.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from filmkit.model.run import Json
from filmkit.plan.graph import canonical
from filmkit.store.disk import NO_LINKS, plain_errors, write_whole

_FIELDS = {"seq": int, "monotonic_s": float, "wall_s": float, "kind": str, "data": dict}


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One line: number from 1, seconds by the monotonic clock and by the wall clock (since 1970), what and its data."""

    seq: int
    monotonic_s: float
    wall_s: float
    kind: str
    data: dict[str, Json]


class EventLog:
    """An append-only log at ``path``, whose folder is made if needed. Threads may share it; a run has its own.

    Each line is one write, so it survives a kill of this process. An old log is gone on with, after its last number.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        with plain_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | NO_LINKS, 0o666)
            self._is_torn = self._ends_torn()
        self._seq = max((event.seq for event in read_events(path)), default=0)

    def _ends_torn(self) -> bool:
        size = os.fstat(self._handle).st_size
        os.lseek(self._handle, max(size - 1, 0), os.SEEK_SET)
        return os.read(self._handle, 1) not in {b"", b"\n"}

    def append(self, kind: str, data: Mapping[str, Json] | None = None) -> LoggedEvent:
        """Write one line. Raises DiskFull or FilmkitError if it cannot be written, ValueError for what is no JSON."""
        with self._guard:
            seq = self._seq + 1
            event = LoggedEvent(seq, round(time.monotonic(), 6), round(time.time(), 3), kind, dict(data or {}))
            line = canonical({name: getattr(event, name) for name in _FIELDS}).encode("ascii") + b"\n"
            begin = b"\n" if self._is_torn else b""
            self._is_torn = True
            with plain_errors(self.path, needed_bytes=len(line)):
                write_whole(self._handle, begin + line)
            self._is_torn = False
            self._seq = seq
        return event

    def close(self) -> None:
        """Close the file; a second time is fine."""
        with self._guard:
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_events(path: Path) -> list[LoggedEvent]:
    """All whole lines of the log at ``path``, in order; a line torn by a kill is left out, a missing file is empty.

    Raises FilmkitError if the file cannot be read.
    """
    with plain_errors(path):
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
    return [event for event in map(_event, lines) if event]


def _event(line: bytes) -> LoggedEvent | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if type(value) is not dict or value.keys() != _FIELDS.keys():
        return None
    if any(type(value[name]) is not of for name, of in _FIELDS.items()):
        return None
    return LoggedEvent(**value)
