"""Reading an untrusted ``.cube`` file: size before content, then :meth:`filmkit.model.cube.Cube.parse`."""

from __future__ import annotations

from pathlib import Path

from filmkit.model.cube import MOST_BYTES, Cube

REMEDY = "export the look as a 3D .cube of 33 points"


def read_lut(path: Path) -> Cube:
    """The table in a file. Raises ValueError for what is none, OSError where it cannot be read."""
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # titles of old tables; the numbers are ASCII in any case
    return Cube.parse(text)
