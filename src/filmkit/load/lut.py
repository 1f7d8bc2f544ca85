"""Reading an untrusted ``.cube`` file: never more of it than a table may have."""

from __future__ import annotations

from pathlib import Path

from filmkit.model.cube import MOST_BYTES, Cube

REMEDY = "export the look as a 3D .cube of 33 points"


def read_lut(path: Path) -> Cube:
    """The table in a file. Raises ValueError for what is none, OSError where it cannot be read."""
    with path.open("rb") as stream:
        return Cube.from_bytes(stream.read(MOST_BYTES + 1))
