"""Kills at any moment, and the n-th write, fsync or rename failing: nothing half-made is ever visible."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import time
from pathlib import Path

import pytest
from faults import fail_at, fault_numbers
from stores import assert_whole, commit, digest_of, key_of

from filmkit.errors import DiskFull, FilmkitError
from filmkit.store.store import Store

ROUNDS = 40


@pytest.mark.parametrize(
    ("code", "error"), [(errno.ENOSPC, DiskFull), (errno.EIO, FilmkitError), (errno.EROFS, FilmkitError)]
)
def test_commit_with_the_nth_call_failing_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, error: type[FilmkitError]
) -> None:
    failed = 0
    for number in fault_numbers():
        store = Store(tmp_path / str(number))
        commit(store, "before", b"stands")
        with monkeypatch.context() as patch:
            called = fail_at(patch, number, code)
            try:
                commit(store, "film", b"picture" * 99, b"sound" * 99)
                is_done = called() < number
            except error:
                failed += 1
                is_done = False
        later = assert_whole(store.folder)
        found = later.lookup([key_of("before"), key_of("film")])
        assert key_of("before") in found
        if is_done:
            break
        for output in [output for record in found.values() for output in record.outputs.values()]:
            later.get(output.sha256)
        commit(later, "film", b"picture" * 99, b"sound" * 99)
        assert later.get(digest_of(b"sound" * 99)).read_bytes() == b"sound" * 99
    assert is_done
    assert failed > 10


def test_export_with_the_nth_call_failing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "store")
    commit(store, "film", b"the new film")
    target = tmp_path / "out" / "film.mp4"
    target.parent.mkdir()
    for number in fault_numbers():
        target.write_bytes(b"the old film")
        with monkeypatch.context() as patch:
            called = fail_at(patch, number, errno.ENOSPC)
            try:
                store.export(digest_of(b"the new film"), target)
            except DiskFull as error:
                assert error.needed == 12
        assert [path.name for path in target.parent.iterdir()] == ["film.mp4"]
        assert target.read_bytes() in {b"the old film", b"the new film"}
        if called() < number:
            break
    assert number > 3
    assert target.read_bytes() == b"the new film"


def test_sweep_with_the_nth_call_failing_leaves_whole_things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in fault_numbers():
        store = Store(tmp_path / str(number))
        for word in ("one", "two"):
            commit(store, word, word.encode(), b"shared")
        with monkeypatch.context() as patch:
            called = fail_at(patch, number, errno.EIO)
            with contextlib.suppress(FilmkitError):
                store.gc(everything=True)
        assert_whole(store.folder)
        if called() < number:
            break
    assert number > 4
    assert Store(store.folder).stats().blobs.count == 0


def work_until_killed(folder: Path, seed: int, ready: int) -> None:
    """Commit, export and sweep without end, in a process of its own."""
    store = Store(folder)
    os.write(ready, b"!")
    number = 0
    while True:
        number += 1
        commit(store, f"{seed}-{number}", b"%d" % (number + seed) * 20_000, b"shared %d" % number)
        store.export(digest_of(b"shared %d" % number), folder.parent / "out" / "film.mp4")
        if number % 5 == 0:
            store.gc(everything=True)


def killed_worker(folder: Path, seed: int, after_s: float) -> None:
    reading, ready = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work_until_killed(folder, seed, ready)
        finally:
            os._exit(1)
    os.read(reading, 1)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    os.close(ready)
    assert os.WIFSIGNALED(status), "the worker failed by itself"


def test_kills_at_any_moment_leave_nothing_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    moments = random.Random(20)
    committed = 0
    for seed in range(ROUNDS):
        killed_worker(folder, seed, moments.uniform(0, 0.06))
        committed += assert_whole(folder).stats().blobs.count
        Store(folder).gc(everything=True)
    assert committed > ROUNDS
    store = assert_whole(folder)
    commit(store, "after", b"film")
    store.export(digest_of(b"film"), tmp_path / "out" / "film.mp4")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["film.mp4"]
