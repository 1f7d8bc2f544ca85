"""The tool runner believes a tool only when everything agrees, and waits for none for ever."""

from __future__ import annotations

import json
import os
import signal
import tracemalloc
from pathlib import Path

import pytest
from commands import left_of
from faketools import assert_dead, fake_ffmpeg, is_alive

from filmkit.errors import DiskFull, StepFailed
from filmkit.media import attend, children, run
from filmkit.media.run import ToolJob, ToolResult, run_tool, run_worker
from filmkit.media.sandbox import Limits, SandboxLevel, current_level
from filmkit.media.tools import find_ffmpeg

GOOD = "write(); done()"


@pytest.fixture(autouse=True)
def open_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake tool is a script: a sandbox that closes files would not let it find its interpreter."""
    monkeypatch.setattr(run, "current_level", lambda: SandboxLevel.LIMITS)


def run_fake(folder: Path, body: str, **how: object) -> ToolResult:
    ffmpeg = fake_ffmpeg(folder, body)
    (folder / "job").mkdir(exist_ok=True)
    fields: dict[str, object] = {"argv": ["out:film.mp4"], "inputs": {}, "expect_frames": 24, **how}
    return run_tool(ffmpeg, ToolJob(folder=folder / "job", **fields))  # type: ignore[arg-type]


def test_a_good_run_tells_its_frames_and_leaves_its_output(tmp_path: Path) -> None:
    seen: list[int] = []
    ffmpeg = fake_ffmpeg(tmp_path, f"wrote(7); wrote(7); wrote(19); {GOOD}")
    result = run_tool(ffmpeg, ToolJob(["out:film.mp4"], {}, tmp_path, 24), seen.append)
    assert (result, seen) == (ToolResult(24), [7, 19, 24])
    assert (tmp_path / "film.mp4").read_text() == "film"


def test_the_real_ffmpeg_is_believed(tmp_path: Path) -> None:
    argv = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=24:duration=1", "-c:v", "ffv1", "out:film.mkv"]
    assert run_tool(find_ffmpeg(), ToolJob(argv, {}, tmp_path, 24)) == ToolResult(24)


BAD = {
    "no-end": ("write(); wrote()", "ended before it said it was done"),
    "no-progress": ("write()", "ended before it said it was done"),
    "end-on-stderr": ("write(); wrote(); complain('progress=end\\n')", "ended before it said it was done"),
    "frames-on-stderr": ("write(); done(3); complain('frame=24\\nprogress=end\\n')", "complained: progress=end"),
    "goes-on-after-end": ("write(); done(); wrote()", "ended before it said it was done"),
    "complains": (f"{GOOD}; complain('[h264] error while decoding MB 3 4\\n')", "error while decoding MB 3 4"),
    "complains-without-line-end": (f"{GOOD}; complain('broken')", "complained: broken"),
    "too-few": ("write(); done(23)", "wrote 23 frames where 24 were planned"),
    "too-many": ("write(); done(25)", "wrote 25 frames where 24 were planned"),
    "no-frames": ("write(); say('progress=end\\n')", "wrote 0 frames where 24 were planned"),
    "no-number": ("write(); say('frame=' + '9' * 5000 + '\\nprogress=end\\n')", "wrote 0 frames where 24 were planned"),
    "empty": ("write(''); done()", "left film.mp4 empty"),
    "missing": ("done()", "left film.mp4 empty"),
    "folder": ("os.mkdir(out); done()", "left film.mp4 empty"),
    "exit-code": (f"{GOOD}; sys.exit(3)", "ended with exit code 3"),
    "killed": (f"{GOOD}; os.kill(os.getpid(), 9)", "signal 9: something killed it, often the system"),
    "crashed": (f"{GOOD}; os.kill(os.getpid(), 11)", "ended with signal 11"),
    "group-killed": (f"{GOOD}; os.killpg(0, 9)", "signal 9"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_run_that_is_wrong_in_one_way_is_not_believed(name: str, tmp_path: Path) -> None:
    body, reason = BAD[name]
    with pytest.raises(StepFailed) as failed:
        run_fake(tmp_path, body)
    assert reason in failed.value.message
    assert not children._running


def test_benign_lines_are_told_and_do_no_harm(tmp_path: Path) -> None:
    body = f"{GOOD}; complain('[mov] stray \\x1b[31mbox\\n')"
    assert run_fake(tmp_path, body, benign=(r"stray",)) == ToolResult(24, ("[mov] stray \ufffd[31mbox",))
    with pytest.raises(StepFailed):
        run_fake(tmp_path, body, benign=(r"another",))


def test_control_characters_in_what_it_writes_are_made_harmless(tmp_path: Path) -> None:
    with pytest.raises(StepFailed) as failed:
        run_fake(
            tmp_path,
            "complain('a\\x1b]0;evil\\x07b\\u202ec\\r\\x9bd\\xff\\n'); os.write(2, b'\\xff\\xfe'); sys.exit(1)",
        )
    shown = failed.value.message + failed.value.log
    assert "evil" in shown
    assert [char for char in shown if not (char.isprintable() or char == "\n")] == []


@pytest.mark.parametrize(("where", "block"), [(2, b"x" * 65535 + b"\n"), (2, b"x" * 65536), (1, b"x" * 65536)])
def test_tens_of_megabytes_of_words_neither_block_nor_fill_memory(where: int, block: bytes, tmp_path: Path) -> None:
    body = f"write(); flood({where}, {block[:1]!r} * 65535 + {block[-1:]!r}, 640); say('\\n'); done()"
    tracemalloc.start()
    try:
        if where == 2:
            with pytest.raises(StepFailed, match="complained") as failed:
                run_fake(tmp_path, body)
            assert len(failed.value.log) <= attend.KEEP_BYTES
        else:
            assert run_fake(tmp_path, body).frames == 24
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 12 << 20, f"{most:,} bytes were held for 40 MB of words"


STILL = {
    "silent": "time.sleep(60)",
    "same-frame": "while True: wrote(); time.sleep(0.02)",
    "chatty": "while True: complain('still here\\n'); time.sleep(0.02)",
    "closed-stdout": "os.close(1); time.sleep(60)",
    "closed-both": "write(); done(); os.close(1); os.close(2); time.sleep(60)",
    "stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
    "deaf": "signal.signal(signal.SIGTERM, signal.SIG_IGN); wrote(); time.sleep(60)",
    "endless-words": "while True: flood(2, b'x' * 65536, 1)",
}


@pytest.mark.parametrize("name", STILL)
def test_a_tool_that_stands_still_is_stopped(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attend, "STALL_S", 0.3)
    monkeypatch.setattr(children, "_PATIENCE_S", 0.2)
    with pytest.raises(StepFailed, match="made no progress") as failed:
        run_fake(tmp_path, f"open(out + '.pid', 'w').write(str(os.getpid()))\n{STILL[name]}")
    assert_dead(int((tmp_path / "job" / "film.mp4.pid").read_text()))
    assert failed.value.step == "ffmpeg"
    assert not children._running


def test_a_tool_that_never_comes_to_its_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attend, "WALL_S", 0.5)
    with pytest.raises(StepFailed, match="ran longer than"):
        run_fake(tmp_path, "n = 0\nwhile True: n += 1; wrote(n); time.sleep(0.01)")


def test_pipes_closed_early_are_not_the_end(tmp_path: Path) -> None:
    assert run_fake(tmp_path, "done(); os.close(1); os.close(2); time.sleep(0.3); write()").frames == 24


GRANDCHILD = "pid = os.fork()\nif not pid: {first}time.sleep(60); os._exit(0)\nwrite(str(pid)); done()"


def test_what_a_tool_leaves_behind_is_killed_though_it_keeps_the_pipes(tmp_path: Path) -> None:
    assert run_fake(tmp_path, GRANDCHILD.format(first="signal.signal(15, signal.SIG_IGN); ")).frames == 24
    assert_dead(int((tmp_path / "job" / "film.mp4").read_text()))


def test_one_that_leaves_the_group_does_not_hold_up_the_run(tmp_path: Path) -> None:
    assert run_fake(tmp_path, GRANDCHILD.format(first="os.setsid(); ")).frames == 24
    left = int((tmp_path / "job" / "film.mp4").read_text())
    assert is_alive(left), "it did not leave: this test proves nothing"
    os.kill(left, signal.SIGKILL)


def test_in_a_whole_sandbox_nobody_leaves_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    level = current_level()
    monkeypatch.setattr(run, "current_level", lambda: level)
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import os, sys, time\ntry: pid = os.fork()\nexcept PermissionError: pid = -1\n"
        "if not pid:\n    try: os.setsid()\n    except PermissionError: pass\n    time.sleep(60)\n"
        "sys.stdout.write('done\\n')\n"
    )
    assert run_worker(worker, (), "", Limits()) == ["done"]
    left = left_of(worker)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert bool(left) == (level < SandboxLevel.LANDLOCK_SECCOMP), f"at level {level}: {left}"


def test_the_child_sees_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "secret")
    monkeypatch.setenv("LD_PRELOAD_X", "secret")
    monkeypatch.setenv("PYTHONPATH", "/secret")
    run_fake(tmp_path, "import json; write(json.dumps(dict(os.environ))); done()")
    folder = str(tmp_path / "job")
    seen = json.loads((tmp_path / "job" / "film.mp4").read_text())
    seen.pop("LC_CTYPE", None)  # Python's own, in the fake (PEP 538)
    assert seen == {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder}


def test_the_child_has_its_own_descriptors_only(tmp_path: Path) -> None:
    take = tmp_path / "take.mp4"
    take.write_text("take")
    secret = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(secret, True)
    body = (
        "found = {}\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try: found[name] = os.readlink(f'/proc/self/fd/{name}')\n"
        "    except OSError: pass\n"  # the listing's own
        "given = sys.argv[sys.argv.index('-fd') + 1]\n"
        "write(repr((found.pop(given), sorted(found), found['0'], os.read(0, 9), os.getcwd()))); done()"
    )
    try:
        run_fake(tmp_path, body, argv=["-i", "in:take", "out:film.mp4"], inputs={"take": take})
    finally:
        os.close(secret)
    expected = (str(take), ["0", "1", "2"], "/dev/null", b"", str(tmp_path / "job"))
    assert (tmp_path / "job" / "film.mp4").read_text() == repr(expected)


@pytest.mark.parametrize("words", ["No space left on device", "Disk quota exceeded"])
def test_a_full_disk_is_told_as_such(words: str, tmp_path: Path) -> None:
    body = f"say('frame=6\\ntotal_size=3000000\\nprogress=continue\\n'); complain('av_write: {words}\\n'); sys.exit(1)"
    with pytest.raises(DiskFull) as full:
        run_fake(tmp_path, body)
    assert full.value.needed == 12_000_000  # 24 frames, of which 6 took 3 MB
    assert full.value.free > 0


def test_a_program_that_cannot_run_is_one_failure(tmp_path: Path) -> None:
    ffmpeg = fake_ffmpeg(tmp_path, GOOD)
    ffmpeg.path.chmod(0o644)
    with pytest.raises(StepFailed, match=r"exit code 126: launcher: .*Permission denied"):
        run_tool(ffmpeg, ToolJob(["out:film.mp4"], {}, tmp_path))
    ffmpeg.path.unlink()
    with pytest.raises(StepFailed, match="No such file"):
        run_tool(ffmpeg, ToolJob(["out:film.mp4"], {}, tmp_path))
    with pytest.raises(StepFailed, match="could not be started"):
        run_tool(ffmpeg, ToolJob([], {}, tmp_path / "not-there"))


def test_a_worker_that_crashes_has_answered_as_far_as_it_came(tmp_path: Path) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import os, sys\nprint(sys.argv[1]); print('half', end='', flush=True); os.kill(os.getpid(), 11)\n"
    )
    assert run_worker(worker, (), "asked", Limits()) == ["asked"]
