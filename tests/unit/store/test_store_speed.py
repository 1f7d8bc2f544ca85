"""A warm command looks everything up before it does anything: that must cost next to nothing."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stores import blob_path, commit, digest_of, key_of, record_path

from filmkit.store import disk
from filmkit.store.digests import DigestMemo
from filmkit.store.store import Store


def fastest_s(work: Callable[[], object], times: int = 7) -> float:
    """Processor seconds of the fastest of some runs: others use this machine too."""
    spent = []
    for _ in range(times):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)


def test_lookup_costs_little_more_than_reading_the_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "store")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        for number in range(500):
            commit(store, str(number), b"%d" % number)
    keys = [key_of(str(number)) for number in range(500)]
    paths = [(str(record_path(store, key)), str(blob_path(store, digest_of(b"%d" % n)))) for n, key in enumerate(keys)]

    def plainly() -> None:
        for record, blob in paths:
            handle = os.open(record, os.O_RDONLY)
            json.loads(os.read(handle, os.fstat(handle).st_size))
            os.close(handle)
            os.lstat(blob)

    assert len(store.lookup(keys)) == 500
    assert fastest_s(lambda: store.lookup(keys)) < 4 * fastest_s(plainly)


def test_memo_answers_for_a_thousand_files_at_once(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    paths = [tmp_path / "takes" / str(number) for number in range(1000)]
    for path in paths:
        path.write_bytes(b"x" * 10)
    time.sleep(0.05)
    DigestMemo(tmp_path).digests(paths)
    assert fastest_s(lambda: DigestMemo(tmp_path).digests(paths)) < 0.05


def test_hashing_is_as_fast_as_sha256(tmp_path: Path) -> None:
    data = os.urandom(16 << 20)
    path = tmp_path / "take"
    path.write_bytes(data)

    def from_disk() -> None:
        handle = disk.open_regular(path)
        disk.sha256_of(handle)
        os.close(handle)

    assert fastest_s(from_disk) < 2 * fastest_s(lambda: hashlib.sha256(data).digest())


def test_commit_is_durable_with_few_fsyncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file once, each touched folder once, the record and its folder: what a commit costs on any disk."""
    store = Store(tmp_path / "store")
    for number in range(256):
        for room in ("blobs", "actions"):
            (store.folder / room / f"{number:02x}").mkdir()
    calls = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (calls.append(handle), real(handle)))
    commit(store, "film", b"picture", b"sound", b"picture")
    assert len(calls) == 2 + 2 + 2
