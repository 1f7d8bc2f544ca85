"""A full disk, a read-only store, a film nobody may write to: one plain message, no damage, and the command goes on."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import World
from disks import enlarge, read_only, small_disk
from faults import fail_at, fault_numbers
from smallfilm import make_film, products
from stores import assert_whole
from wholefilms import settings_for

from filmkit.cli.running import render_film
from filmkit.cli.say import complain
from filmkit.engine.job import open_job
from filmkit.engine.schedule import Failures
from filmkit.errors import DiskFull, FilmkitError
from filmkit.store.eventlog import read_events
from filmkit.store.store import Store

LOCAL = ("--engine", "local")
FULL = re.compile(r"error: the disk of (\S+) is full: ([\d,]+) bytes are needed, ([\d,]+) are free(.*)")
ROOM = 60 << 20


def told(done: subprocess.CompletedProcess[str], place: Path) -> tuple[int, int, str]:
    """Bytes needed and free, and what else the one message says."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith(("error", "    →"))]
    assert len(lines) == 2, f"one message and its remedy, instead of {lines}"
    found = FULL.fullmatch(lines[0])
    assert found, lines[0]
    assert found[1] == str(place)
    assert lines[1] == "    → free some space, or run `filmkit store gc`; what is finished is kept"
    return int(found[2].replace(",", "")), int(found[3].replace(",", "")), found[4]


def started_on_a_full_disk(film: Path) -> int:
    """Steps that began after one had failed of the disk (one may just be on its way)."""
    [log] = (film / ".filmkit" / "runs").glob("*.log")
    kinds = [(event.kind, "is full" in str(event.data.get("error"))) for event in read_events(log)]
    return [kind for kind, _ in kinds[kinds.index(("failed", True)) :]].count("started")


def check_full_store(tmp_path: Path, material: dict[str, Path], rendered: Path, size: int) -> None:
    """On a disk of its own where one can be mounted; else no file may grow larger than a part of that size."""
    world = World(tmp_path)
    film = make_film(tmp_path / "film", material)
    with small_disk(world.store, size) as is_real:
        needed, free, limit = told(
            world.run("render", film, *LOCAL, most_bytes=None if is_real else size // 3), world.store
        )
        assert needed > 100_000
        assert (free < min(needed, size), limit) == (True, "") if is_real else "quota or a limit" in limit
        assert not (film / "out").exists()
        assert started_on_a_full_disk(film) <= 1, "new work began though the disk was full"
        assert_whole(world.store)
        world.assert_quiet()
        if is_real:
            enlarge(world.store, ROOM)
        done = world.run("render", film, *LOCAL)
        assert done.returncode == 0, done.stderr
        assert products(film) == products(rendered / "film")
        assert_whole(world.store)


def test_a_full_store_is_told_once_and_the_same_command_goes_on(
    tmp_path: Path, material: dict[str, Path], rendered: Path
) -> None:
    check_full_store(tmp_path, material, rendered, 5 << 20)


@pytest.mark.slow
@pytest.mark.parametrize(
    "size", [160 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20, 7 << 20, 9 << 20, 11 << 20]
)
def test_a_store_that_is_full_at_some_time(
    size: int, tmp_path: Path, material: dict[str, Path], rendered: Path
) -> None:
    check_full_store(tmp_path, material, rendered, size)


def test_a_film_that_does_not_fit_into_out_is_told_and_put_there_later(
    tmp_path: Path, material: dict[str, Path], rendered: Path
) -> None:
    world = World(tmp_path)
    film = make_film(tmp_path / "film", material)
    shutil.copytree(rendered / "store", world.store)
    size = (rendered / "film" / "out" / "film.mp4").stat().st_size
    with small_disk(film / "out", 64 << 10) as is_real:
        needed, free, _ = told(
            world.run("render", film, *LOCAL, most_bytes=None if is_real else 64 << 10), film / "out"
        )
        assert needed == size
        assert not is_real or free <= 64 << 10
        assert list((film / "out").iterdir()) == []
        if is_real:
            enlarge(film / "out", ROOM)
        done = world.run("render", film, *LOCAL)
        assert (done.returncode, "nothing had to be made" in done.stdout) == (0, True), done.stderr
        assert products(film) == products(rendered / "film")


def copied(made: Path, folder: Path) -> tuple[Path, Path]:
    """Film and store as they were, but without the master: a render then makes, keeps and publishes one thing."""
    shutil.copytree(made, folder, copy_function=os.link)
    film, store = folder / "film", folder / "store"
    (store / "digests.sqlite").unlink()
    shutil.rmtree(film / "out")
    shutil.rmtree(film / ".filmkit")
    plan = open_job(film, settings_for(store)).planned.plan
    (store / "actions" / plan.master[:2] / f"{plan.master}.json").unlink()
    return film, store


@dataclass(frozen=True)
class Fault:
    """The ``number``-th call fails with ``code``."""

    number: int
    code: int

    def check(self, made: Path, folder: Path, patch: pytest.MonkeyPatch) -> tuple[FilmkitError | None, bool]:
        """Renders with it and then without; what it led to, and whether there were so many calls at all."""
        film, store = copied(made, folder)
        wanted, error = products(made / "film"), None
        with patch.context() as broken:
            called = fail_at(broken, self.number, self.code)
            try:
                render_film(film, settings_for(store, workers=1), quiet=True)
            except FilmkitError as caught:
                error = caught
        found = products(film) if (film / "out").is_dir() else {}
        assert found == {name: wanted[name] for name in found}, f"half made after {self}"
        assert_whole(store)
        render_film(film, settings_for(store, workers=1), quiet=True)
        assert products(film) == wanted, f"after {self}"
        assert list(film.rglob("*.part")) == []
        shutil.rmtree(folder)
        return error, called() >= self.number

    def check_words(self, error: FilmkitError, capsys: pytest.CaptureFixture[str]) -> None:
        """One message, and of a full disk where it is one."""
        assert complain(error, as_json=False) == 1
        said = capsys.readouterr().err
        assert (said.count("error: "), "mistake" in said) == (1, False), f"{self}: {said}"
        errors = error.errors if isinstance(error, Failures) else (error,)
        assert [type(one) is DiskFull for one in errors] == [self.code in {errno.ENOSPC, errno.EDQUOT}], (
            f"{self}: {said}"
        )


def test_a_render_with_some_calls_failing_leaves_nothing_half_made(
    tmp_path: Path, little: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (3, 7, 11, 15, 19, 23, 27):
        fault = Fault(number, errno.ENOSPC)
        error, did_happen = fault.check(little, tmp_path / str(number), monkeypatch)
        assert did_happen
        if error is not None:
            fault.check_words(error, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_render_with_the_nth_call_failing_leaves_nothing_half_made(
    code: int, tmp_path: Path, little: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    noticed = 0
    for number in fault_numbers():
        fault = Fault(number, code)
        error, did_happen = fault.check(little, tmp_path / str(number), monkeypatch)
        if not did_happen:
            break
        if error is not None:
            noticed += 1
            fault.check_words(error, capsys)
    assert not did_happen
    assert noticed > 12, f"{noticed} of {number} failing calls were noticed"


def test_a_read_only_store_is_told_before_any_work(tmp_path: Path, little: Path) -> None:
    film, store = copied(little, tmp_path / "copy")
    with read_only(store), pytest.raises(FilmkitError, match="cannot be written: Read-only") as refused:
        render_film(film, settings_for(store), quiet=True)
    assert str(store) in refused.value.message
    assert "--store" in refused.value.remedy
    assert not (film / "out").exists()
    [log] = (film / ".filmkit" / "runs").glob("*.log")
    assert "started" not in log.read_text()


def test_a_read_only_store_still_gives_what_it_has(tmp_path: Path, rendered: Path) -> None:
    shutil.copytree(rendered / "store", tmp_path / "store")
    shutil.copytree(rendered / "film", tmp_path / "film", ignore=shutil.ignore_patterns("out"))
    with read_only(tmp_path / "store"):
        report = render_film(tmp_path / "film", settings_for(tmp_path / "store"), quiet=True)
    assert report.made == {}
    assert products(tmp_path / "film") == products(rendered / "film")


def test_a_film_nobody_may_write_to_is_told_before_any_work(tmp_path: Path, little: Path) -> None:
    film, store = copied(little, tmp_path / "copy")
    before = {path.name for path in (store / "actions").glob("*/*")}
    with read_only(film), pytest.raises(FilmkitError, match=f"{film} cannot be written") as refused:
        render_film(film, settings_for(store), quiet=True)
    assert "the film's folder writable" in refused.value.remedy
    assert {path.name for path in (store / "actions").glob("*/*")} == before
    assert Store(store).damaged == frozenset()


def test_a_read_only_film_that_is_up_to_date_is_fine(tmp_path: Path, rendered: Path) -> None:
    shutil.copytree(rendered, tmp_path / "copy")
    film, store = tmp_path / "copy" / "film", tmp_path / "copy" / "store"
    before = products(film)
    with read_only(film):
        report = render_film(film, settings_for(store), quiet=True)
    assert (report.made, products(film)) == ({}, before)
