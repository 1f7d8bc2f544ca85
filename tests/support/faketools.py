"""A tool that misbehaves as told, given to filmkit in place of ffmpeg."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from filmkit.media.tools import Ffmpeg

_BEGIN = """#!{python} -IS
import os, signal, sys, time

out = next((word[5:] for word in sys.argv if word.startswith("file:")), "")

def say(text): os.write(1, text.encode())
def complain(text): os.write(2, text.encode())
def wrote(frames=24): say(f"frame={{frames}}\\ntotal_size=99\\nprogress=continue\\n")
def done(frames=24): say(f"frame={{frames}}\\ntotal_size=99\\nprogress=end\\n")
def write(text="film"): open(out, "w").write(text)
def flood(where, block, count):
    for _ in range(count): os.write(where, block)

"""


def fake_ffmpeg(folder: Path, body: str) -> Ffmpeg:
    """A program of these lines of Python: they may ``write`` the output, say that they are ``done``, and worse."""
    path = folder / "fake-ffmpeg"
    path.write_text(_BEGIN.format(python=os.path.realpath(sys.executable)) + body + "\n")
    path.chmod(0o755)
    return Ffmpeg(path, "fake", is_pinned=False)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in {b"Z", b"X"}
    except OSError:
        return False


def read_when_there(path: Path, within_s: float = 20.0) -> str:
    """What a tool wrote into a file, as soon as it has."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if path.is_file() and (text := path.read_text()):
            return text
        time.sleep(0.01)
    raise AssertionError(f"{path} was not written within {within_s:g} s")


def assert_dead(pid: int, within_s: float = 5.0) -> None:
    """A process that was just killed has a moment to go."""
    deadline = time.monotonic() + within_s
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(pid), f"process {pid} still runs: {Path(f'/proc/{pid}/cmdline').read_bytes()!r}"
