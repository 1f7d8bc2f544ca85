"""Damaged things are set aside with a note, never used and never lost."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from filmkit.store.disk import write_new
from filmkit.store.owner import new_token


def set_aside(quarantine: Path, damaged: Path, why: str) -> None:
    """Move ``damaged`` into ``quarantine``, with a note beside it that says what was found.

    Whoever finds damage goes on without the file in any case, so a disk that cannot be written does not stop them.
    """
    kept = quarantine / f"{damaged.stem}.{new_token()}"
    with contextlib.suppress(OSError):
        damaged.rename(kept)
        note = {"was": f"{damaged.parent.name}/{damaged.name}", "why": why, "wall_s": round(time.time(), 3)}
        write_new(kept.with_name(f"{kept.name}.note.json"), json.dumps(note).encode())
