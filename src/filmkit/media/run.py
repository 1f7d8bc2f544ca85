"""Runs a tool on files it never sees by name, and believes it only when everything agrees.

Inputs are opened here and handed over as descriptors (``in:NAME`` after ``-i``); outputs are generated names inside the
job's folder (``out:NAME``). A run is a success only with exit code 0, ``progress=end``, silence on stderr, the planned
number of frames, and outputs that are there and durable.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filmkit.errors import DiskFull, StepFailed
from filmkit.media import children
from filmkit.media.children import stop_all
from filmkit.media.sandbox import Limits, boxed, current_level
from filmkit.media.tools import Ffmpeg

_STALL_S = 60.0
_WALL_S = 4 * 3600.0
_KEEP_BYTES = 1 << 20
_SAFE_NAME = re.compile(r"[a-z0-9_.-]{1,64}")

BOX = Limits(cpu_s=4 * 3600, space_bytes=8 << 30, file_bytes=64 << 30)
"""What one tool may use at most; a backstop behind the budgets that the probe checks."""


@dataclass(frozen=True)
class ToolJob:
    """``argv`` is everything after the program. ``benign`` are patterns of stderr lines that mean no harm: they are
    returned, not fatal. ``expect_frames`` must equal the frames the tool says it wrote.
    """

    argv: Sequence[str]
    inputs: Mapping[str, Path]
    folder: Path
    expect_frames: int | None = None
    benign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """``frames`` as the tool counted them, ``log`` the benign lines it wrote."""

    frames: int
    log: tuple[str, ...] = ()


@dataclass
class _Heard:
    """What a running child said so far."""

    frames: int = 0
    size: int = 0
    is_end: bool = False
    log: bytes = b""
    rest: bytes = b""
    moved_at: float = field(default_factory=time.monotonic)

    def complain(self, data: bytes) -> None:
        """Keeps the beginning of what it writes to stderr."""
        self.log = (self.log + data)[:_KEEP_BYTES]


def run_tool(ffmpeg: Ffmpeg, job: ToolJob, on_progress: Callable[[int], None] | None = None) -> ToolResult:
    """Runs ffmpeg in the sandbox. Raises StepFailed with the reason and the log's last lines, DiskFull."""
    with _opened(job) as (argv, descriptors):
        progress = ["-nostdin", "-hide_banner", "-v", "error", "-stats_period", "0.5", "-progress", "pipe:1", "-y"]
        program = [str(ffmpeg.path), *progress, *argv]
        command = boxed(program, current_level(), str(job.folder), (), BOX)
        try:
            child = children.start(command, job.folder, descriptors)
        except OSError as error:
            raise StepFailed("ffmpeg", f"could not be started: {error.strerror}") from None
    heard = _Heard()
    trouble = _attend(child, heard, lambda data: _hear(heard, data, on_progress))
    _judge(job, child.returncode, heard, trouble)
    for name in _outputs(job):
        _make_durable(job.folder / name)
    return ToolResult(heard.frames, tuple(_lines(heard.log)))


@contextmanager
def _opened(job: ToolJob) -> Iterator[tuple[list[str], list[int]]]:
    """The arguments with descriptors and generated names in them; the descriptors are closed afterwards."""
    descriptors: list[int] = []
    argv: list[str] = []
    try:
        for word in job.argv:
            if word.startswith("in:") and argv and argv[-1] == "-i":
                descriptors.append(open_regular(job.inputs[word[3:]]))
                argv[-1:] = ["-fd", str(descriptors[-1]), "-i", "fd:"]
            elif word.startswith("out:"):
                argv.append(f"file:{job.folder / _checked_name(word[4:])}")
            else:
                argv.append(word)
        yield argv, descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def open_regular(path: Path) -> int:
    """A descriptor of a regular file that is no link. Raises StepFailed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise StepFailed("input", f"{path.name} cannot be opened: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StepFailed("input", f"{path.name} is not a file")
    return descriptor


def _checked_name(name: str) -> str:
    if not _SAFE_NAME.fullmatch(name):
        raise ValueError(f"output name {name!r} is not a generated one")
    return name


def _outputs(job: ToolJob) -> list[str]:
    return [word[4:] for word in job.argv if word.startswith("out:")]


def _attend(child: subprocess.Popen[bytes], heard: _Heard, take: Callable[[bytes], None]) -> str:
    """Listens until the child ends, its output going to ``take``; returns why it was stopped, or nothing."""
    assert child.stdout is not None and child.stderr is not None
    try:
        with selectors.DefaultSelector() as pipes:
            pipes.register(child.stdout, selectors.EVENT_READ, take)
            pipes.register(child.stderr, selectors.EVENT_READ, heard.complain)
            trouble = _listen(child, heard, pipes)
        child.wait()
    finally:
        if child.poll() is None:
            children.stop(child)
        child.stdout.close()
        child.stderr.close()
        children.ended(child)
    return trouble


def _listen(child: subprocess.Popen[bytes], heard: _Heard, pipes: selectors.BaseSelector) -> str:
    """Passes on what comes through the pipes until both are closed; stops one that stands still or runs too long."""
    began, trouble = time.monotonic(), ""
    while pipes.get_map():
        for key, _ in pipes.select(timeout=1.0):
            if data := os.read(key.fd, 65536):
                key.data(data)
            else:
                pipes.unregister(key.fileobj)
        trouble = trouble or _overdue(began, heard)
        if trouble:
            children.stop(child)
    return trouble


def _overdue(began: float, heard: _Heard) -> str:
    now = time.monotonic()
    if now - heard.moved_at > _STALL_S:
        return f"made no progress for {_STALL_S:.0f} s"
    return f"ran longer than {_WALL_S / 3600:.0f} h" if now - began > _WALL_S else ""


def _hear(heard: _Heard, data: bytes, on_progress: Callable[[int], None] | None) -> None:
    """Progress lines, as ``-progress`` writes them."""
    *lines, heard.rest = (heard.rest + data).split(b"\n")
    for line in lines:
        name, _, value = line.partition(b"=")
        if name == b"progress":
            heard.is_end = value.strip() == b"end"
        elif name in {b"frame", b"total_size"} and value.strip().isdigit():
            number = int(value)
            if name == b"frame" and number != heard.frames:
                heard.frames, heard.moved_at = number, time.monotonic()
                if on_progress is not None:
                    on_progress(number)
            elif name == b"total_size" and number != heard.size:
                heard.size, heard.moved_at = number, time.monotonic()


def _judge(job: ToolJob, code: int, heard: _Heard, trouble: str) -> None:
    """Raises StepFailed or DiskFull unless everything agrees that the run went well."""
    lines = _lines(heard.log)
    if any("No space left on device" in line for line in lines):
        raise DiskFull(str(job.folder), _bytes_needed(job, heard), shutil.disk_usage(job.folder).free)
    harmful = [line for line in lines if not any(re.search(pattern, line) for pattern in job.benign)]
    reason = trouble or next(_reasons(job, code, heard, harmful), "")
    if reason:
        last = harmful[-1] if harmful else ""
        raise StepFailed("ffmpeg", f"{reason}{': ' + last if last else ''}", log="\n".join(lines[-20:]))


def _reasons(job: ToolJob, code: int, heard: _Heard, harmful: Sequence[str]) -> Iterator[str]:
    """Why a run that came to its end is no success, the plainest first."""
    if code:
        yield f"ended with {_told(code)}"
    if not heard.is_end:
        yield "ended before it said it was done"
    if harmful:
        yield "complained"
    if job.expect_frames is not None and heard.frames != job.expect_frames:
        yield f"wrote {heard.frames} frames where {job.expect_frames} were planned"
    yield from (f"left {name} empty" for name in _outputs(job) if not _is_there(job.folder / name))


def _told(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _bytes_needed(job: ToolJob, heard: _Heard) -> int:
    """What the whole output would take, from the share that was written; at least one MiB."""
    if job.expect_frames and heard.frames:
        return max(1 << 20, heard.size * job.expect_frames // heard.frames)
    return max(1 << 20, 2 * heard.size)


def _lines(log: bytes) -> list[str]:
    """Lines of a log without what could steer a terminal."""
    text = log.decode("utf-8", "replace")
    return [
        "".join(char if char.isprintable() else "\ufffd" for char in line) for line in text.splitlines() if line.strip()
    ]


def _is_there(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def run_worker(script: Path, inputs: Sequence[int], request: str, limits: Limits) -> list[str]:
    """Runs one of our own Python programs in the box on descriptors it inherits; returns the lines it wrote.

    A crash is no error: the lines before it are the answer. The worker may read Python's own files and nothing else.
    """
    readable = tuple(dict.fromkeys((sys.base_prefix, sys.prefix, str(script), *_site_folders())))
    program = [
        os.path.realpath(sys.executable),
        "-I",
        "-c",
        _WORKER_START,
        *_site_folders(),
        "--",
        str(script),
        request,
    ]
    child = children.start(boxed(program, current_level(), "", readable, limits), script.parent, inputs)
    heard, lines = _Heard(), _Gathered()

    def take(data: bytes) -> None:
        lines.take(data)
        heard.moved_at = time.monotonic()

    _attend(child, heard, take)
    return lines.whole()


_WORKER_START = (
    "import sys,runpy;at=sys.argv.index('--');sys.path+=sys.argv[1:at];sys.argv=sys.argv[at+1:];"
    "runpy.run_path(sys.argv[0],run_name='__main__')"
)
"""A venv's python is a link that the box may not follow: its packages are named instead."""


def _site_folders() -> list[str]:
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]


class _Gathered:
    """Whole lines of a worker's output, at most 256 MiB."""

    def __init__(self) -> None:
        self._data = bytearray()

    def take(self, data: bytes) -> None:
        if len(self._data) < 256 << 20:
            self._data += data

    def whole(self) -> list[str]:
        *lines, _ = self._data.decode("utf-8", "replace").split("\n")
        return lines


__all__ = ["ToolJob", "ToolResult", "open_regular", "run_tool", "run_worker", "stop_all"]
