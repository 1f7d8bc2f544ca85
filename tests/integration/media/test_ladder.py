"""The ladder of sandboxes is climbed by trying; a level that is required and not to be had ends the run; the level is
told, and changes no byte.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from barcode import make_numbered
from commands import World
from inside import PYTHON, run_inside
from wholefilms import write_film

from filmkit.errors import ToolMissing
from filmkit.media import sandbox
from filmkit.media.sandbox import SandboxLevel, current_level, require, why_not

FAKE_BWRAP = """#!/bin/sh
echo "$@" > "{told}"
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
"""


@pytest.fixture
def with_bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Puts a program of these lines on the path as ``bwrap``; the ladder is tried anew before and after."""

    def install(text: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "bwrap").write_text(text)
        (folder / "bwrap").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        _forget()

    yield install
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    why_not.cache_clear()
    current_level.cache_clear()


def test_bubblewrap_is_asked_to_show_no_more_than_the_job(with_bwrap: Any, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with_bwrap(FAKE_BWRAP.format(told=told))
    assert current_level() is SandboxLevel.BUBBLEWRAP
    job = tmp_path / "job"
    job.mkdir()
    run_inside("import json; print(json.dumps('ran'))", SandboxLevel.BUBBLEWRAP, job)
    words = told.read_text().partition(" -- ")[0].split()
    assert words[:3] == ["--unshare-all", "--die-with-parent", "--clearenv"]
    binds = {words[at + 1] for at, word in enumerate(words) if word in {"--bind", "--dev-bind"}}
    shown = {words[at + 1] for at, word in enumerate(words) if word == "--ro-bind-try"}
    assert binds == {str(job)}
    system = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", sys.base_prefix, PYTHON}
    assert shown == system
    assert words[words.index("--chdir") + 1] == str(job)
    assert not any(word.startswith("--share") for word in words)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n", "setting up uid map"),
        ("#!/bin/sh\nexit 127\n", "exit code 127"),
        ("no program\n", "Exec format error"),
        ("#!/bin/sh\nsleep 60\n", "timed out"),
    ],
    ids=["denied", "silent", "no-program", "hangs"],
)
def test_the_ladder_falls_through_by_trying(
    text: str, says: str, with_bwrap: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_TRY_S", 0.5)
    with_bwrap(text)
    assert says in why_not(SandboxLevel.BUBBLEWRAP)
    assert current_level() is SandboxLevel.LANDLOCK_SECCOMP
    with pytest.raises(ToolMissing, match="'bubblewrap' is required") as caught:
        require(SandboxLevel.BUBBLEWRAP)
    assert caught.value.exit_code == 6 and says in caught.value.message


WITHOUT_LANDLOCK = """
import os, sys
from filmkit.media import launcher
launcher._DENIED = {machine: (444,) for machine in launcher._DENIED}
launcher._CLONE = {machine: (-1 & 0xFFFF, -1 & 0xFFFF) for machine in launcher._CLONE}
launcher._libc.prctl(38, 1, 0, 0, 0)
launcher.close_network()
os.execv(sys.executable, [sys.executable, "-c", "from filmkit.cli.main import main; main()", *sys.argv[1:]])
"""
"""Becomes the command on a kernel without Landlock: a filter refuses its first call, and nothing else."""


def on_an_old_kernel(world: World, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_LANDLOCK, *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=world.environment, cwd=world.folder
    )


@pytest.fixture
def film(tmp_path: Path) -> Path:
    clip = make_numbered(tmp_path / "clip.mp4", 12)
    picture = "picture: {size: 96x64, fps: 24, preset: ultrafast}"
    board = f"filmkit: 1\ntitle: T\n{picture}\nscenes:\n  - id: a\n    shots: [{{id: s, lasts: 6f}}]\n"
    return write_film(tmp_path / "film", board, {"takes/a/s/t01.mp4": clip})


def report_of(film: Path) -> Any:
    [report] = (film / ".filmkit" / "runs").glob("*.json")
    return json.loads(report.read_text())


def test_a_required_sandbox_that_is_not_to_be_had_is_exit_code_6(film: Path, tmp_path: Path) -> None:
    world = World(tmp_path)
    done = on_an_old_kernel(world, "render", film, "--engine", "local", "--require-sandbox")
    assert done.returncode == 6, done.stderr
    assert "the sandbox is only 'limits' here" in done.stderr and "Traceback" not in done.stderr
    assert not (film / "out").exists()
    asked = [path for path in world.store.rglob("*") if path.is_file() and b"yuv420p" in path.read_bytes()]
    assert asked == [], "the take was examined outside the sandbox that was required"


def test_the_level_stands_in_the_report_of_the_run(film: Path, tmp_path: Path) -> None:
    world = World(tmp_path)
    done = on_an_old_kernel(world, "render", film, "--engine", "local")
    assert done.returncode == 0, done.stderr
    report = report_of(film)
    assert report["sandbox"] == "limits"
    assert [event["code"] for event in report["events"] if event["severity"] == "warning"] == ["sandbox-lower"]
    low = (film / "out" / "film.mp4").read_bytes()
    rmtree(world.store)
    rmtree(film / ".filmkit")
    done = world.run("render", film, "--engine", "local", "--require-sandbox")
    assert done.returncode == 0, done.stderr
    assert report_of(film)["sandbox"] == str(current_level())
    assert (film / "out" / "film.mp4").read_bytes() == low, "the level must not change a byte"
