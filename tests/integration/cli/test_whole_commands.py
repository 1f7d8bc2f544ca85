"""Whole commands as a person and a nightly job run them: bars on a terminal, lines in a log, and a film in the end."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from commands import HANG_S, World, finished
from desk import COLOURS

SEEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CARD = COLOURS.replace("color: white, ", "")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everything filmkit keeps, in one folder; nobody may be left in it."""
    made = World(tmp_path)
    yield made
    made.assert_quiet()


def write(world: World, text: str = COLOURS) -> Path:
    film = world.folder / "leaving-earth"
    film.mkdir(exist_ok=True)
    (film / "storyboard.yaml").write_text(text, encoding="utf-8")
    return film


def frames_of(film: Path) -> int:
    with av.open(str(film)) as container:
        return sum(1 for _ in container.decode(video=0))


def on_a_terminal(world: World, *words: str, **environment: str) -> tuple[int, str]:
    """Exit code and all that a terminal of 100 columns was sent, escapes included."""
    outer, inner = pty.openpty()
    env = {**world.environment, "TERM": "xterm", "COLUMNS": "100", **environment}
    command = [sys.executable, "-c", "from filmkit.cli.main import main; main()", *words]
    process = subprocess.Popen(command, cwd=world.folder, env=env, stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    sent = b""
    while True:
        try:
            sent += os.read(outer, 65536)
        except OSError:  # the last one who could write is gone
            break
    os.close(outer)
    return process.wait(HANG_S), sent.decode()


def test_a_terminal_shows_a_bar_for_the_whole_and_one_for_each_step(world: World) -> None:
    write(world, CARD)
    code, sent = on_a_terminal(world, "render", "leaving-earth", "--engine", "local", NO_COLOR="")
    assert code == 0, sent
    shown = SEEN.sub("", sent)
    assert re.search(r"6 steps ━+ +0 % 0:00:0\d", shown) and re.search(r"6 steps ━+ 100 % 0:00:0\d", shown)
    for step in ("card city/rocket", "segment city/lights → city/rocket", "mix", "master"):
        assert re.search(rf"{step} +━", shown), f"no bar for {step}"
    assert "\x1b[91m" in sent, "no colour"
    last = shown.rsplit("\n  film  ", 1)[1].splitlines()
    assert last[0].strip() == f"{world.folder}/leaving-earth/out/leaving-earth.mp4"
    assert last[1] == "  not finished: 1 shot has no take yet: city/rocket"


def test_no_color_means_no_colour(world: World) -> None:
    write(world, CARD)
    code, sent = on_a_terminal(world, "render", "leaving-earth", "--engine", "local", NO_COLOR="1")
    assert code == 0, sent
    assert "━" in sent and not re.search(r"\x1b\[(3|9)\d", sent)


def test_a_log_gets_a_line_a_step_on_stderr_and_the_summary_on_stdout(world: World) -> None:
    film = write(world)
    done = world.run("render", "leaving-earth", "--engine", "local")
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert [line.split("]")[0] for line in lines] == [f"[{at}/5" for at in range(1, 6)]
    assert lines[-1].startswith("[5/5] master  ")
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout.splitlines()[1] == "  made     3 segments, 1 mix, 1 master (36 frames)"
    assert frames_of(film / "out" / "leaving-earth.mp4") == 36


def test_a_nightly_job_reads_json_and_nothing_else(world: World) -> None:
    film = write(world)
    done = world.run("render", film, "--engine", "local", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["made"] == {"segment": 3, "mix": 1, "master": 1} and told["frames_encoded"] == 36
    write(world, COLOURS.replace("white", "red"))
    told = json.loads(world.run("render", film, "--engine", "local", "--json").stdout)
    assert told["made"] == {"segment": 2, "master": 1} and told["frames_encoded"] == 24


def test_a_new_film_renders_at_once(world: World) -> None:
    assert world.run("new", "first-light").returncode == 0
    done = world.run("render", "first-light", "--draft", "--engine", "local")
    assert done.returncode == 0, done.stderr
    film = world.folder / "first-light" / "out" / "first-light.draft.mp4"
    assert frames_of(film) == 324
    assert done.stdout.splitlines()[-2].startswith("  not finished: 3 shots have no take yet: arrival/street, ")


def test_a_damaged_take_is_answered_with_its_name_and_3(world: World) -> None:
    film = write(world, CARD)
    take = film / "takes" / "city" / "rocket" / "t01.mp4"
    take.parent.mkdir(parents=True)
    take.write_text("this is no video")
    done = world.run("render", film, "--engine", "local")
    assert (done.returncode, done.stdout) == (3, "")
    assert "takes/city/rocket/t01.mp4: error: take t01 of city/rocket cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_watch_renders_again_at_a_save_and_ends_with_130(world: World) -> None:
    film = write(world)
    command = world.begin("watch", film)
    assert command.stdout is not None
    for colour in ("red", "blue", None):
        while "watching" not in (line := command.stdout.readline()):
            assert line, "watch ended"
        if colour:
            write(world, COLOURS.replace("white", colour))
    command.send_signal(signal.SIGINT)
    done = finished(command)
    assert (done.returncode, done.stdout) == (130, "stopped watching\n")
    assert done.stderr.count("] master ") == 3
    assert frames_of(film / "out" / "leaving-earth.draft.mp4") == 36


def test_a_reader_who_leaves_is_no_error(world: World) -> None:
    write(world)
    command = world.begin("plan", "leaving-earth", "--json")
    assert command.stdout is not None and command.stderr is not None
    command.stdout.close()
    assert command.wait(HANG_S) == 0
    assert command.stderr.read() == ""
    command.stderr.close()


def test_a_log_that_nobody_reads_stops_no_render(world: World) -> None:
    film = write(world)
    command = world.begin("render", film, "--engine", "local")
    assert command.stderr is not None
    command.stderr.close()
    command.stderr = None
    done = finished(command)
    assert done.returncode == 0 and done.stdout.startswith("leaving-earth: 0:01.5, 36 frames\n")
    assert frames_of(film / "out" / "leaving-earth.mp4") == 36


def test_an_old_terminal_without_arrows_still_gets_its_answer(world: World) -> None:
    write(world, COLOURS.replace("lasts: 1s", "lasts: 1"))
    env = {**world.environment, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", "from filmkit.cli.main import main; main()", "check", "leaving-earth"]
    done = subprocess.run(command, cwd=world.folder, env=env, capture_output=True, check=False, timeout=HANG_S)
    assert done.returncode == 3
    assert b"    ? write 1s for seconds or 1f for frames" in done.stdout and done.stderr == b""
