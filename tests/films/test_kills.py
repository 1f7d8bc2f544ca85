"""filmkit may be killed at any moment: whoever runs the command again gets the film, and nothing is left behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from commands import World, finished, processes_of
from smallfilm import make_film, products
from stores import assert_whole, digest_of
from wholefilms import settings_for

from filmkit.cli.running import render_film
from filmkit.engine.job import open_job
from filmkit.engine.server import Server
from filmkit.store.actions import record_from_bytes
from filmkit.store.store import Store

LOCAL = ("--engine", "local")
SEEDS = (5, 71)


@dataclass(frozen=True)
class Scene:
    """A film and the world it is rendered in, and what comes out when nobody disturbs it."""

    world: World
    film: Path
    truth: dict[str, str]

    def render(self, *words: str) -> None:
        """Runs the command to its end, which must be a good one."""
        done = self.world.run("render", self.film, *words)
        assert done.returncode == 0, done.stderr
        assert products(self.film) == self.truth

    def begin_anew(self) -> None:
        """Forgets all that was made."""
        Store(self.world.store).gc(everything=True)
        for path in (self.film / "out").iterdir():
            path.unlink()

    def assert_nothing_is_half_made(self) -> None:
        """What stands under its name is whole, at any moment."""
        out = self.film / "out"
        shown = {path.name: path for path in out.iterdir() if not path.name.endswith(".part")} if out.is_dir() else {}
        found = {name: digest_of(path.read_bytes()) for name, path in shown.items()}
        assert found == {name: self.truth[name] for name in found}
        for path in (self.film / ".filmkit").rglob("*.json"):
            if not path.name.endswith(".part"):
                json.loads(path.read_bytes())
        for path in self.world.store.glob("blobs/*/*"):
            assert (digest_of(path.read_bytes()), path.stat().st_mode & 0o777) == (path.name, 0o444)
        for path in self.world.store.glob("actions/*/*"):
            record_from_bytes(path.read_bytes(), path.stem)

    def assert_nothing_is_left(self) -> None:
        """No process, no temporary file, nothing set aside."""
        self.world.assert_quiet()
        left = [path for room in ("tmp", "trash", "quarantine") for path in (self.world.store / room).iterdir()]
        left += self.world.folder.rglob("*.part")
        assert left == []
        assert {path.name for path in self.film.iterdir()} == {
            ".filmkit", "music", "out", "sfx", "storyboard.yaml", "takes",
        }  # fmt: skip
        assert_whole(self.world.store)


@pytest.fixture
def scene(tmp_path: Path, material: dict[str, Path], rendered: Path) -> Scene:
    return Scene(World(tmp_path), make_film(tmp_path / "film", material), products(rendered / "film"))


def kill_often(scene: Scene, kills: int, seed: int, longest_s: float, *words: str) -> None:
    """Renders until so many runs were killed; a run that was quicker must be right, and all begins anew."""
    moments = random.Random(seed)
    landed = 0
    while landed < kills:
        command = scene.world.begin("render", scene.film, *words)
        time.sleep(moments.uniform(0, longest_s))
        command.kill()
        done = finished(command)
        if done.returncode == -signal.SIGKILL:
            landed += 1
            scene.world.assert_quiet()
            scene.assert_nothing_is_half_made()
        else:
            assert done.returncode == 0, f"seed {seed}, after {landed} kills: {done.stderr}"
            assert products(scene.film) == scene.truth
            scene.begin_anew()


def test_six_kills_at_random_moments_and_then_the_film(scene: Scene) -> None:
    kill_often(scene, 6, SEEDS[0], 1.0, *LOCAL)
    scene.render(*LOCAL)
    scene.assert_nothing_is_left()


def held_child(scene: Scene, command: subprocess.Popen[str]) -> int:
    """An ffmpeg of the command that is at work on a file, stopped so that it cannot end by itself."""
    while command.poll() is None:
        for pid in processes_of(scene.world.folder):
            with suppress(OSError):
                is_ffmpeg = Path(f"/proc/{pid}/exe").readlink().name.startswith("ffmpeg")
                if is_ffmpeg and b"-progress" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGSTOP)
                    return pid
    raise AssertionError("the film was done before one of its children was seen")


def test_a_killed_render_takes_a_child_with_it_that_would_never_end(scene: Scene) -> None:
    command = scene.world.begin("render", scene.film, *LOCAL)
    child = held_child(scene, command)
    command.kill()
    finished(command)
    try:
        scene.world.assert_quiet()
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_fifty_kills_at_random_moments_and_then_the_film(scene: Scene, seed: int) -> None:
    kill_often(scene, 50, seed, 3.0, *LOCAL)
    scene.render(*LOCAL)
    scene.assert_nothing_is_left()


@pytest.mark.slow
def test_kills_under_prefect_and_then_the_film(scene: Scene, prefect_server: Server, prefect_state: Path) -> None:
    scene = replace(scene, world=replace(scene.world, state=prefect_state))
    kill_often(scene, 8, SEEDS[1], 6.0)
    scene.render()
    scene.assert_nothing_is_left()
    assert prefect_server.answers()


def stop_at(scene: Scene, number: signal.Signals, after_s: float, *words: str) -> str:
    """Sends a signal so long after the command hears signals; what it said, or nothing where it was quicker."""
    command = scene.world.begin("render", scene.film, *words)
    assert scene.world.waited_until_it_hears(command, signal.SIGTERM), command.communicate()
    time.sleep(after_s)
    command.send_signal(number)
    sent = time.monotonic()
    done = finished(command)
    assert time.monotonic() - sent < 10, "it took its time to stop"
    scene.world.assert_quiet()
    scene.assert_nothing_is_half_made()
    assert "Traceback" not in done.stderr
    if done.returncode == 0 or "took" in done.stdout:
        assert done.returncode in {0, -number}, "it was done: the signal ends it, or comes too late"
        assert products(scene.film) == scene.truth
        scene.begin_anew()
        return ""
    assert done.returncode == 128 + number, done.stderr
    return done.stderr


def stop_often(scene: Scene, stops: int, seed: int, longest_s: float, *words: str) -> None:
    moments = random.Random(seed)
    landed = 0
    while landed < stops:
        number = (signal.SIGINT, signal.SIGTERM)[landed % 2]
        said = stop_at(scene, number, moments.uniform(0, longest_s), *words)
        if said:
            landed += 1
            *_, last, remedy = said.strip().splitlines()
            assert (last, remedy.strip()) == ("stopped", "→ run the same command again to go on where it stopped")
            assert "[failed]" not in said, f"seed {seed}: {said}"


def test_ctrl_c_and_term_at_random_moments_and_then_the_film(scene: Scene) -> None:
    stop_often(scene, 4, SEEDS[0], 0.7, *LOCAL)
    scene.render(*LOCAL)
    scene.assert_nothing_is_left()


@pytest.mark.slow
def test_ctrl_c_and_term_very_often_and_then_the_film(scene: Scene) -> None:
    stop_often(scene, 30, SEEDS[1], 2.5, *LOCAL)
    scene.render(*LOCAL)
    scene.assert_nothing_is_left()


@pytest.mark.slow
def test_ctrl_c_and_term_under_prefect_and_then_the_film(
    scene: Scene, prefect_server: Server, prefect_state: Path
) -> None:
    scene = replace(scene, world=replace(scene.world, state=prefect_state))
    stop_often(scene, 8, SEEDS[1], 5.0)
    scene.render()
    scene.assert_nothing_is_left()
    assert prefect_server.answers()


def halve(path: Path) -> None:
    """As a disk leaves a file that was not flushed before the power went."""
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    """Another way to lose a file: its length is there, its bytes are not."""
    path.chmod(0o644)
    path.write_bytes(b"\xff\0" * (path.stat().st_size // 2))


NOTES = ("film/out/film.json", "film/.filmkit/*.json", "film/.filmkit/runs/*", "store/digests.sqlite", "cache/*/*")
BLOBS = ("store/blobs/*/*",)
RECORDS = ("store/actions/*/*",)


@pytest.mark.parametrize(
    ("patterns", "hurt"), [(NOTES, halve), (NOTES, garble), (BLOBS, halve), (BLOBS, garble), (RECORDS, halve)]
)
def test_what_the_power_cut_short_is_made_again(
    patterns: Sequence[str], hurt: Callable[[Path], None], tmp_path: Path, little: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(little / "store", tmp_path / "store")
    shutil.copytree(little / "film", tmp_path / "film", ignore=shutil.ignore_patterns("out"))
    film, settings = tmp_path / "film", settings_for(tmp_path / "store")
    render_film(film, settings, quiet=True)
    for pattern in patterns:
        hit = list(tmp_path.glob(pattern))
        assert hit, f"there is no {pattern}"
        for path in hit:
            hurt(path)
    (film / "out" / "film.mp4").unlink()
    litter = film / "out" / ".filmkit-0123456789abcdef-1-1-1.part"
    litter.write_bytes(b"of another boot")
    os.utime(litter, (0, 0))
    assert isinstance(open_job(film, settings).outputs.last_plan(), dict)
    report = render_film(film, settings, quiet=True)
    assert bool(report.made) == (patterns != NOTES)
    assert products(film) == products(little / "film")
    assert open_job(film, settings).outputs.last_plan() != {}


def test_a_film_cut_short_in_out_is_put_there_again(tmp_path: Path, little: Path) -> None:
    shutil.copytree(little / "store", tmp_path / "store")
    shutil.copytree(little / "film", tmp_path / "film")
    film = tmp_path / "film" / "out" / "film.mp4"
    whole = film.read_bytes()
    halve(film)
    report = render_film(tmp_path / "film", settings_for(tmp_path / "store"), quiet=True)
    assert (report.made, film.read_bytes() == whole) == ({}, True)
    assert (film.parent / "film.kept-1.mp4").stat().st_size == len(whole) // 2  # it may be somebody's: it is kept


def test_a_kill_between_film_and_manifest_does_not_take_our_own_film_for_anothers(
    tmp_path: Path, material: dict[str, Path], little: Path
) -> None:
    shutil.copytree(little / "store", tmp_path / "store")
    shutil.copytree(little / "film", tmp_path / "film")
    film, settings = tmp_path / "film", settings_for(tmp_path / "store")
    first = (film / "out" / "film.json").read_bytes()
    (film / "storyboard.yaml").unlink()
    make_film(film, material, shots=4, title="SECOND")
    render_film(film, settings, quiet=True)
    (film / "out" / "film.json").write_bytes(first)  # what the kill leaves: the new film, the old manifest
    (film / "storyboard.yaml").unlink()
    make_film(film, material, shots=4, title="THIRD")
    render_film(film, settings, quiet=True)
    assert sorted(path.name for path in (film / "out").iterdir()) == ["film.json", "film.mp4"]


def servers_of(world: World) -> list[int]:
    return [pid for pid, told in processes_of(world.folder).items() if "filmkit.engine.server_main" in told]


@pytest.mark.slow
def test_kills_while_the_server_starts_leave_one_server(tmp_path: Path) -> None:
    world = World(tmp_path)
    try:
        for _ in range(3):
            command = world.begin("server", "start")
            while command.poll() is None and not servers_of(world):
                time.sleep(0.01)
            time.sleep(0.3)
            command.kill()
            finished(command)
        done = world.run("server", "start")
        assert (done.returncode, done.stderr) == (0, "")
        assert len(servers_of(world)) == 1
    finally:
        stopped = world.run("server", "stop")
        for pid in (left := servers_of(world)):
            os.kill(pid, signal.SIGKILL)
    assert (stopped.stdout, left) == ("stopped\n", [])
