"""Runs a tool on files it never sees by name, and believes it only when everything agrees.

Inputs are opened here and handed over as descriptors (``in:NAME`` after ``-i``); outputs are generated names inside the
job's folder (``out:NAME``). A run is a success only with exit code 0, ``progress=end``, silence on stderr, the planned
number of frames, and outputs that are there and durable.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filmkit.errors import DiskFull, StepFailed
from filmkit.media import children
from filmkit.media.attend import Heard, attend
from filmkit.media.sandbox import Limits, boxed, current_level
from filmkit.media.tools import Ffmpeg

_FULL = re.compile(r"No space left on device|Disk quota exceeded|File too large")
_SAFE_NAME = re.compile(r"[a-z0-9_.-]{1,64}")

BOX = Limits(cpu_s=4 * 3600, space_bytes=8 << 30, file_bytes=64 << 30)
"""What one tool may use at most; a backstop behind the budgets that the probe checks."""


@dataclass(frozen=True)
class ToolJob:
    """``argv`` is everything after the program. ``benign`` are patterns of stderr lines that mean no harm: they are
    returned, not fatal. ``expect_frames`` must equal the frames the tool says it wrote. ``passing`` are outputs that
    nobody keeps: they need not outlive a power cut.
    """

    argv: Sequence[str]
    inputs: Mapping[str, Path]
    folder: Path
    expect_frames: int | None = None
    benign: tuple[str, ...] = ()
    passing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """``frames`` as the tool counted them, ``log`` the benign lines it wrote."""

    frames: int
    log: tuple[str, ...] = ()


def run_tool(ffmpeg: Ffmpeg, job: ToolJob, on_progress: Callable[[int], None] | None = None) -> ToolResult:
    """Runs ffmpeg in the sandbox. Raises StepFailed with the reason and the log's last lines, DiskFull, Stopped.

    A run that went wrong is not tried again: the same build on the same bytes does the same, and a tool that was killed
    for want of memory would be again. The next command goes on from what is finished.
    """
    with _opened(job) as (argv, descriptors):
        progress = ["-nostdin", "-hide_banner", "-v", "error", "-stats_period", "0.5", "-progress", "pipe:1", "-y"]
        program = [str(ffmpeg.path), *progress, *argv]
        command = boxed(program, current_level(), str(job.folder), (), BOX)
        try:
            child = children.start(command, job.folder, descriptors)
        except OSError as error:
            raise StepFailed("ffmpeg", f"could not be started: {error.strerror}") from None
    heard = Heard()
    trouble = attend(child, heard, lambda data: heard.progress(data, on_progress))
    _judge(job, child.returncode, heard, trouble)
    for name in _outputs(job):
        if name not in job.passing:
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


def _judge(job: ToolJob, code: int, heard: Heard, trouble: str) -> None:
    """Raises StepFailed or DiskFull unless everything agrees that the run went well, Stopped if it was told to end."""
    lines = _lines(heard.log)
    harmful = [line for line in lines if not any(re.search(pattern, line) for pattern in job.benign)]
    reason = trouble or next(_reasons(job, code, heard, harmful), "")
    if reason:
        children.check_stopped()
        if any(map(_FULL.search, harmful)):
            raise DiskFull(str(job.folder), _bytes_needed(job, heard), shutil.disk_usage(job.folder).free)
        last = harmful[-1] if harmful else ""
        raise StepFailed("ffmpeg", f"{reason}{': ' + last if last else ''}", log="\n".join(lines[-20:]))


def _reasons(job: ToolJob, code: int, heard: Heard, harmful: Sequence[str]) -> Iterator[str]:
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
    if code == -signal.SIGKILL:
        return "signal 9: something killed it, often the system for want of memory"
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _bytes_needed(job: ToolJob, heard: Heard) -> int:
    """What the whole output would take, from the share that was written; at least one MiB."""
    if job.expect_frames and heard.frames:
        return max(1 << 20, heard.size * job.expect_frames // heard.frames)
    return max(1 << 20, 2 * heard.size)


def _lines(log: bytes | bytearray) -> list[str]:
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


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended: its exit code, why it was stopped (or nothing), the lines it wrote to stderr."""

    code: int
    trouble: str
    log: tuple[str, ...]


def run_plain(program: list[str], folder: Path, readable: tuple[str, ...], limits: Limits) -> Ran:
    """Runs a program that is no ffmpeg in the box; it may write ``folder`` and read ``readable``. Whether it did well
    is for the caller to judge. Raises StepFailed where it cannot be started, Stopped.
    """
    try:
        child = children.start(boxed(program, current_level(), str(folder), readable, limits), folder, ())
    except OSError as error:
        raise StepFailed(Path(program[0]).name, f"could not be started: {error.strerror}") from None
    heard = Heard()
    trouble = attend(child, heard, lambda _: heard.move())
    children.check_stopped()
    return Ran(child.returncode, trouble, tuple(_lines(heard.log)))


def run_worker(script: Path, inputs: Sequence[int], request: str, limits: Limits) -> list[str]:
    """Runs one of our own Python programs in the box on descriptors it inherits; returns the lines it wrote.

    A crash is no error: the lines before it are the answer. The worker may read Python's own files and nothing else.
    Raises Stopped.
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
    heard, lines = Heard(), _Gathered()

    def take(data: bytes) -> None:
        lines.take(data)
        heard.move()

    attend(child, heard, take)
    children.check_stopped()
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


__all__ = ["Ran", "ToolJob", "ToolResult", "open_regular", "run_plain", "run_tool", "run_worker"]
