"""Attends a running child: hears what it says, within bounds, and stops one that stands still. No wait is for ever.

Progress is believed from its own pipe only: what a tool writes to stderr may be the words of the file it reads.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from filmkit.media import children

STALL_S = 60.0
WALL_S = 4 * 3600.0
KEEP_BYTES = 1 << 20
_LINE_BYTES = 4096
_TICK_S = 0.25
_BLOCK_BYTES = 1 << 16
_MOST_LEFT = 64
"""Blocks that may still lie in the pipes of a child that has ended: more than pipes hold."""


@dataclass
class Heard:
    """What a running child said so far: frames and bytes written, whether it said it was done, the beginning of its
    stderr.
    """

    frames: int = 0
    size: int = 0
    is_end: bool = False
    log: bytearray = field(default_factory=bytearray)
    rest: bytes = b""
    moved_at: float = field(default_factory=time.monotonic)

    def move(self) -> None:
        """The child is getting on."""
        self.moved_at = time.monotonic()

    def complain(self, data: bytes) -> None:
        """Keeps the beginning of what it writes to stderr."""
        self.log += data[: KEEP_BYTES - len(self.log)]

    def progress(self, data: bytes, on_progress: Callable[[int], None] | None) -> None:
        """Progress lines, as ``-progress`` writes them."""
        *lines, rest = (self.rest + data).split(b"\n")
        self.rest = rest[-_LINE_BYTES:]
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"progress":
                self.is_end = value.strip() == b"end"
            elif name == b"frame" and self._grows("frames", value) and on_progress is not None:
                on_progress(self.frames)
            elif name == b"total_size":
                self._grows("size", value)

    def _grows(self, name: str, value: bytes) -> bool:
        digits = value.strip()
        if not digits.isdigit() or len(digits) > 18 or int(digits) == getattr(self, name):
            return False
        setattr(self, name, int(digits))
        self.move()
        return True


def attend(child: subprocess.Popen[bytes], heard: Heard, take: Callable[[bytes], None]) -> str:
    """Listens until the child ends, its output going to ``take``; returns why it was stopped, or nothing.

    Whatever it started is gone afterwards too.
    """
    assert child.stdout is not None and child.stderr is not None
    with child.stdout, child.stderr, selectors.DefaultSelector() as pipes:
        try:
            pipes.register(child.stdout, selectors.EVENT_READ, take)
            pipes.register(child.stderr, selectors.EVENT_READ, heard.complain)
            return _listen(child, heard, pipes)
        finally:
            children.end(child)


def _listen(child: subprocess.Popen[bytes], heard: Heard, pipes: selectors.BaseSelector) -> str:
    """Until the child has ended, not until its pipes are closed: a child may close them and live on, and what it
    started may keep them open.
    """
    began, pause_s, trouble = time.monotonic(), 0.0005, ""
    while not children.has_ended(child):
        if pipes.get_map():
            _pass_on(pipes, _TICK_S)
        else:
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _TICK_S)
        if trouble := _overdue(began, heard):
            children.stop(child)
            break
    for _ in range(_MOST_LEFT):
        if not _pass_on(pipes, 0):
            break
    return trouble


def _pass_on(pipes: selectors.BaseSelector, wait_s: float) -> bool:
    """Hands on a block from each pipe that has something; False where none had."""
    ready = pipes.select(wait_s) if pipes.get_map() else []
    for key, _ in ready:
        if data := os.read(key.fd, _BLOCK_BYTES):
            key.data(data)
        else:
            pipes.unregister(key.fileobj)
    return bool(ready)


def _overdue(began: float, heard: Heard) -> str:
    now = time.monotonic()
    if now - heard.moved_at > STALL_S:
        return f"made no progress for {STALL_S:.0f} s"
    return f"ran longer than {WALL_S / 3600:.0f} h" if now - began > WALL_S else ""
