"""What a stage gets to work with: its own empty folder, files to read, the tools, and somebody to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filmkit.media.tools import Ffmpeg


def _silent(done: int) -> None:
    """Progress nobody listens to."""


@dataclass(frozen=True)
class Workbench:
    """``folder`` is empty and private to this step; ``inputs`` are read-only blobs of upstream steps by slot;
    ``sources`` are verified files of the film by slot; ``on_progress`` takes frames (or samples) done so far.
    """

    folder: Path
    inputs: Mapping[str, Path]
    sources: Mapping[str, Path]
    ffmpeg: Ffmpeg
    on_progress: Callable[[int], None] = _silent
