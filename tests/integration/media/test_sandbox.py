"""Each level of the sandbox holds what it promises, tried from inside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from faketools import assert_dead, is_alive, read_when_there
from inside import PYTHON, boxed_python, run_inside

from filmkit.media.sandbox import Limits, SandboxLevel, current_level, why_not

REACHED = [level for level in SandboxLevel if not why_not(level)]
CLOSED = [level for level in REACHED if level >= SandboxLevel.LANDLOCK]
SEALED = [level for level in REACHED if level is SandboxLevel.LANDLOCK_SECCOMP]


def test_this_machine_reaches_a_real_sandbox() -> None:
    """Without one, most of the tests below would pass by not being run."""
    assert [level for level in (SandboxLevel.LANDLOCK, SandboxLevel.LANDLOCK_SECCOMP) if level not in REACHED] == []
    assert current_level() == max(REACHED)


SHUT = {"EACCES", "EPERM", "ENOENT", "EXDEV"}
"""What a closed door answers; the last one is Landlock's for links and moves across its border."""

TRY_FILES = """
    import errno, json, os, sys
    outside, inside, parent, *only = sys.argv[1:]
    secret = outside + "/secret.txt"
    tries = {
        "read": lambda: open(secret).read(),
        "list": lambda: os.listdir(outside),
        "write": lambda: open(outside + "/new", "w"),
        "make": lambda: os.mkdir(outside + "/folder"),
        "remove": lambda: os.unlink(secret),
        "move": lambda: os.rename(secret, "x"),
        "link": lambda: os.link(secret, inside + "/linked"),
        "cut": lambda: os.truncate(secret, 0),
        "through-a-link": lambda: open(inside + "/way-out").read(),
        "passwd": lambda: open("/etc/passwd").read(),
        "environ": lambda: open(f"/proc/{parent}/environ").read(),
        "start": lambda: os.execv("/bin/sh", ["sh", "-c", "echo {}"]),
    }
    found = {}
    for name, attempt in tries.items():
        if only and name not in only:
            continue
        try:
            found[name] = "done: " + repr(attempt())[:20]
        except OSError as error:
            found[name] = errno.errorcode[error.errno]
    with open(inside + "/made", "w") as file:
        file.write("made")
    found["inside"] = open(inside + "/made").read()
    print(json.dumps(found))
"""


@pytest.mark.parametrize("level", CLOSED, ids=str)
def test_no_file_outside_the_job_can_be_touched(level: SandboxLevel, tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.txt").write_text("canary")
    (inside / "way-out").symlink_to(outside / "secret.txt")
    found = run_inside(TRY_FILES, level, inside, str(outside), str(inside), str(os.getpid()))
    assert found.pop("inside") == "made"
    assert {name: answer for name, answer in found.items() if answer not in SHUT} == {}
    assert not (inside / "linked").exists()
    assert [path.name for path in outside.iterdir()] == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "canary"


def test_at_the_lowest_level_the_same_tries_succeed(tmp_path: Path) -> None:
    """The control: what the test above finds shut is shut by the sandbox."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.txt").write_text("canary")
    (inside / "way-out").symlink_to(outside / "secret.txt")
    harmless = ("read", "list", "write", "make", "link", "cut", "through-a-link", "passwd", "environ")
    found = run_inside(TRY_FILES, SandboxLevel.LIMITS, inside, str(outside), str(inside), str(os.getpid()), *harmless)
    assert found.pop("inside") == "made"
    assert len(found) == len(harmless)
    assert {name: answer for name, answer in found.items() if not answer.startswith("done")} == {}


TRY_NETWORK = """
    import json, socket, sys
    port, found = int(sys.argv[1]), {}
    def attempt(name, what):
        try:
            what()
            found[name] = "done"
        except OSError as error:
            found[name] = type(error).__name__
    attempt("connect", lambda: socket.create_connection(("127.0.0.1", port), 5))
    attempt("bind", lambda: socket.socket().bind(("127.0.0.1", 0)))
    attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)))
    attempt("unix", lambda: socket.socket(socket.AF_UNIX))
    print(json.dumps(found))
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("level", REACHED, ids=str)
def test_network_is_closed_as_far_as_the_level_says(
    level: SandboxLevel, listener: socket.socket, tmp_path: Path
) -> None:
    found = run_inside(TRY_NETWORK, level, tmp_path, str(listener.getsockname()[1]))
    closed = {name for name, answer in found.items() if answer != "done"}
    expected: set[str] = {"connect", "bind"} if level >= SandboxLevel.LANDLOCK else set()
    assert closed == (expected | {"udp", "unix"} if level >= SandboxLevel.LANDLOCK_SECCOMP else expected)
    if "connect" in expected:
        with pytest.raises(BlockingIOError):
            listener.accept()


CALLS = {"ptrace": 101, "process_vm_readv": 310, "mount": 165, "unshare": 272, "setns": 308, "bpf": 321,
         "keyctl": 250, "add_key": 248, "request_key": 249, "perf_event_open": 298, "userfaultfd": 323,
         "io_uring_setup": 425, "init_module": 175, "finit_module": 313, "kexec_load": 246, "setsid": 112,
         "x32 getpid": 0x40000000 + 39}  # fmt: skip


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of system calls are those of x86-64")
@pytest.mark.parametrize("level", SEALED, ids=str)
def test_dangerous_system_calls_fail(level: SandboxLevel, tmp_path: Path) -> None:
    code = """
        import ctypes, json, sys
        libc = ctypes.CDLL(None, use_errno=True)
        print(json.dumps({number: libc.syscall(int(number), 0, 0, 0, 0, 0, 0) and ctypes.get_errno()
                          for number in sys.argv[1:]}))
    """
    found = run_inside(code, level, tmp_path, *map(str, CALLS.values()))
    assert {name: found[str(number)] for name, number in CALLS.items() if found[str(number)] != 1} == {}


@pytest.mark.parametrize("level", SEALED, ids=str)
def test_threads_may_be_started_and_processes_not(level: SandboxLevel, tmp_path: Path) -> None:
    code = """
        import json, os, threading
        found = []
        thread = threading.Thread(target=lambda: found.append("a thread"))
        thread.start()
        thread.join()
        for name, start in (("fork", os.fork), ("spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))):
            try:
                start()
                found.append(name)
            except PermissionError:
                pass
        print(json.dumps(found))
    """
    assert run_inside(code, level, tmp_path) == ["a thread"]


@pytest.mark.parametrize("level", REACHED, ids=str)
def test_limits_and_environment_are_those_of_the_box(level: SandboxLevel, tmp_path: Path) -> None:
    code = """
        import ctypes, json, os, resource
        names = ("CPU", "AS", "FSIZE", "NOFILE", "CORE")
        libc = ctypes.CDLL(None)
        print(json.dumps({"limits": {name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in names},
                          "open": [at for at in range(3, 99) if libc.fcntl(at, 1) >= 0],
                          "no_new_privs": libc.prctl(39, 0, 0, 0, 0), "environment": dict(os.environ)}))
    """
    found = run_inside(code, level, tmp_path, limits=Limits(cpu_s=7, space_bytes=1 << 30, file_bytes=999))
    wanted = {"CPU": 7, "AS": 1 << 30, "FSIZE": 999, "NOFILE": 256, "CORE": 0}
    assert found["limits"] == {name: [value, value] for name, value in wanted.items()}
    assert (found["open"], found["no_new_privs"]) == ([], 1)
    folder = str(tmp_path)
    assert {name: value for name, value in found["environment"].items() if name != "LC_CTYPE"} == {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "limits", "ends"),
    [
        ("while True: pass", Limits(cpu_s=1), -signal.SIGKILL),
        ("bytearray(2 << 30)", Limits(space_bytes=1 << 30), 1),
        ("open('big', 'wb').write(bytes(5000))", Limits(file_bytes=4096), -signal.SIGXFSZ),
    ],
    ids=["processor", "memory", "disk"],
)
def test_a_program_over_its_limits_ends(code: str, limits: Limits, ends: int, tmp_path: Path) -> None:
    code = f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n{code}"
    box = boxed_python(code, current_level(), tmp_path, limits=limits)
    assert subprocess.run(box, capture_output=True, timeout=60, check=False, cwd=tmp_path).returncode == ends


PARENT = """
import sys, threading
from pathlib import Path
from filmkit.media import children
command, folder = sys.argv[2:], Path(sys.argv[1])
thread = threading.Thread(target=children.start, args=(command, folder, ()))
thread.start()
thread.join()
threading.Event().wait()
"""
CHILD = """
    import os, sys, time
    try:
        pid = os.fork()
    except PermissionError:
        pid = -1
    if pid == 0:
        time.sleep(60)
    else:
        with open(sys.argv[1], "w") as file:
            file.write(f"{os.getpid()} {pid}")
        time.sleep(60)
"""


@pytest.mark.parametrize("level", REACHED, ids=str)
def test_a_child_dies_with_a_parent_that_is_killed(level: SandboxLevel, tmp_path: Path) -> None:
    """And from the level on that forbids new processes, nobody is left at all."""
    code = f"from filmkit.media.sandbox import *\n{PARENT}".replace(
        "command, folder = sys.argv[2:], Path(sys.argv[1])",
        "folder = Path(sys.argv[1])\ncommand = boxed(sys.argv[3:], SandboxLevel(int(sys.argv[2])), str(folder), "
        "(sys.base_prefix,), Limits())",
    )
    told = tmp_path / "pids"
    child = [PYTHON, "-I", "-S", "-c", textwrap.dedent(CHILD), str(told)]
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(int(level)), *child])
    try:
        pid, grandchild = map(int, read_when_there(told).split())
        assert is_alive(pid)
    finally:
        parent.kill()
        parent.wait()
    assert_dead(pid)
    if grandchild > 0:
        os.kill(grandchild, signal.SIGKILL)
    assert (grandchild > 0) == (level < SandboxLevel.LANDLOCK_SECCOMP)


def test_a_child_born_after_its_parent_died_runs_nothing(tmp_path: Path) -> None:
    words = boxed_python("open('ran', 'w')", SandboxLevel.LIMITS, tmp_path)
    words[5] = "1"  # the parent it is told of: long gone, and adopted by init
    assert subprocess.run(words, timeout=60, check=False, cwd=tmp_path).returncode == 1
    assert list(tmp_path.iterdir()) == []
