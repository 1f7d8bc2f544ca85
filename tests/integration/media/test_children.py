"""Children are stopped all together, outlive the thread that asked for them, and never outlive filmkit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from commands import left_of
from faketools import assert_dead, fake_ffmpeg, is_alive, read_when_there

from filmkit.errors import Stopped
from filmkit.media import children, run
from filmkit.media.run import ToolJob, ToolResult, run_tool, run_worker
from filmkit.media.sandbox import Limits, SandboxLevel
from filmkit.media.sound.samples import spans

SLEEPY = "write(str(os.getpid())); time.sleep(60)"
DEAF = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPY}"


@pytest.fixture(autouse=True)
def open_box(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fake tool is a script, and needs its interpreter; afterwards children may start again."""
    monkeypatch.setattr(run, "current_level", lambda: SandboxLevel.LIMITS)
    monkeypatch.setattr(children, "_stopped_by", 0)
    monkeypatch.setattr(children, "_PATIENCE_S", 0.3)
    yield
    assert not children._running


def job(folder: Path, name: str) -> ToolJob:
    return ToolJob([f"out:{name}"], {}, folder)


def test_stop_all_ends_every_child_and_lets_no_new_one_start(tmp_path: Path) -> None:
    names = [f"pid{at}" for at in range(4)]
    ffmpeg = fake_ffmpeg(tmp_path, f"if out.endswith('0'): {DEAF}\n{SLEEPY}")
    with ThreadPoolExecutor(len(names)) as pool:
        runs = [pool.submit(run_tool, ffmpeg, job(tmp_path, name)) for name in names]
        pids = [int(read_when_there(tmp_path / name)) for name in names]
        children.stop_all(signal.SIGINT)
        children.stop_all()
        stopped = [done.exception(timeout=20) for done in runs]
    assert [(type(error), getattr(error, "exit_code", 0)) for error in stopped] == [(Stopped, 130)] * len(names)
    for pid in pids:
        assert_dead(pid)
    with pytest.raises(Stopped):
        run_tool(ffmpeg, job(tmp_path, "late"))
    with pytest.raises(Stopped):
        run_worker(tmp_path / "worker.py", (), "", Limits())
    assert not (tmp_path / "late").exists()


def test_long_work_of_our_own_ends_as_well() -> None:
    blocks = spans(10**9)
    next(blocks)
    children.stop_all(signal.SIGINT)
    with pytest.raises(Stopped):
        next(blocks)


def test_a_child_that_was_just_reaped_is_told_as_ended(tmp_path: Path) -> None:
    command = run.boxed(["/bin/true"], SandboxLevel.LIMITS, "", (), Limits())
    with children.start(command, tmp_path, ()) as child:
        children.end(child)
        assert children.has_ended(child)
        children.stop(child)
        children.end(child)


def test_a_run_that_was_done_when_the_signal_came_stays_done(tmp_path: Path) -> None:
    ffmpeg = fake_ffmpeg(tmp_path, "signal.signal(15, lambda *_: (done(), sys.exit(0)))\nwrite('film')\nsignal.pause()")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_tool, ffmpeg, job(tmp_path, "film"))
        read_when_there(tmp_path / "film")
        children.stop_all()
        assert running.result(timeout=20) == ToolResult(24)


def test_a_signal_that_comes_while_its_own_thread_holds_the_list_does_not_hang(tmp_path: Path) -> None:
    ffmpeg = fake_ffmpeg(tmp_path, SLEEPY)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_tool, ffmpeg, job(tmp_path, "pid"))
        read_when_there(tmp_path / "pid")
        with children._lock:
            children.stop_all()
        assert isinstance(running.exception(timeout=20), Stopped)


def test_a_child_lives_on_when_the_thread_that_asked_for_it_ends(tmp_path: Path) -> None:
    ffmpeg = fake_ffmpeg(tmp_path, SLEEPY)
    born: list[subprocess.Popen[bytes]] = []
    command = run.boxed([str(ffmpeg.path), "file:pid"], SandboxLevel.LIMITS, str(tmp_path), (), Limits())
    thread = threading.Thread(target=lambda: born.append(children.start(command, tmp_path, ())))
    thread.start()
    thread.join()
    pid = int(read_when_there(tmp_path / "pid"))
    threading.Event().wait(0.1)
    assert is_alive(pid)
    with born[0]:
        children.end(born[0])
    assert_dead(pid)


PARENT = """
import sys
from pathlib import Path
from filmkit.media import run
from filmkit.media.tools import Ffmpeg
from filmkit.media.sandbox import SandboxLevel
run.current_level = lambda: SandboxLevel.LIMITS
run.run_tool(Ffmpeg(Path(sys.argv[1]), "fake", False), run.ToolJob(["out:pid"], {}, Path(sys.argv[2])))
"""


def test_a_child_dies_with_a_filmkit_that_is_killed(tmp_path: Path) -> None:
    ffmpeg = fake_ffmpeg(tmp_path, DEAF)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(ffmpeg.path), str(tmp_path)]) as parent:
        pid = int(read_when_there(tmp_path / "pid"))
        assert os.getpgid(pid) != os.getpgid(parent.pid)
        parent.kill()
    assert left_of(tmp_path) == {}
    assert not is_alive(pid)


def test_many_children_at_once_are_all_told_apart(tmp_path: Path) -> None:
    ffmpeg = fake_ffmpeg(tmp_path, "number = int(out[-3:]); write(str(number)); done(number)")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: run_tool(ffmpeg, job(tmp_path, f"n{at:03}")), range(40)))
    assert [result.frames for result in found] == list(range(40))


def test_children_end_as_well_where_the_system_cannot_look_without_reaping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "waitid")
    assert run_tool(fake_ffmpeg(tmp_path, "write(); done()"), job(tmp_path, "film")) == ToolResult(24)


def test_what_cannot_be_started_does_not_stop_the_next(tmp_path: Path) -> None:
    for command in (["/nowhere/ffmpeg"], ["a\0b"], []):
        with pytest.raises((OSError, ValueError, IndexError)):
            children.start(command, tmp_path, ())
    assert run_tool(fake_ffmpeg(tmp_path, "write(); done()"), job(tmp_path, "film")) == ToolResult(24)
