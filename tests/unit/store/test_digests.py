"""Digests of files are remembered, and never wrongly."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from filmkit.errors import FilmkitError
from filmkit.store import digests
from filmkit.store.digests import DigestMemo


@pytest.fixture
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that was really read."""
    seen: list[Path] = []
    real = digests._hash_file

    def counted(path: Path) -> tuple[str, tuple[int, ...], int]:
        seen.append(path)
        return real(path)

    monkeypatch.setattr(digests, "_hash_file", counted)
    return seen


def expected(path: Path) -> tuple[str, int]:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), len(data)


def written(folder: Path, count: int, size: int = 100) -> list[Path]:
    """Files that were last touched long enough ago to be trusted."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.bin" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(b"%d" % number * size)
    time.sleep(0.05)
    return paths


def test_digest_is_read_once_and_remembered(tmp_path: Path, read_files: list[Path]) -> None:
    paths = written(tmp_path / "takes", 5)
    truth = {path: expected(path) for path in paths}
    assert DigestMemo(tmp_path).digests(paths) == truth
    assert sorted(read_files) == paths
    assert DigestMemo(tmp_path).digests([*paths, paths[0]]) == truth
    assert DigestMemo(tmp_path).digest(paths[3]) == truth[paths[3]]
    assert len(read_files) == 5


def test_digest_of_a_large_file_and_of_an_empty_one(tmp_path: Path) -> None:
    large, empty = tmp_path / "large", tmp_path / "empty"
    large.write_bytes(os.urandom((3 << 20) + 17))
    empty.write_bytes(b"")
    found = DigestMemo(tmp_path).digests([large, empty])
    assert found == {large: expected(large), empty: expected(empty)}


def test_digest_is_read_again_when_anything_of_the_file_changed(tmp_path: Path, read_files: list[Path]) -> None:
    memo = DigestMemo(tmp_path)
    (path,) = written(tmp_path / "takes", 1)
    memo.digest(path)
    status = path.stat()
    path.write_bytes(b"1" * 100)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert memo.digest(path) == expected(path), "size and mtime are the old ones; ctime tells"
    other = tmp_path / "other"
    other.write_bytes(b"2" * 100)
    other.replace(path)
    assert memo.digest(path) == expected(path)
    assert len(read_files) == 3


def test_digest_of_a_file_just_touched_is_not_trusted(tmp_path: Path, read_files: list[Path]) -> None:
    memo = DigestMemo(tmp_path)
    path = tmp_path / "take"
    for number in range(50):
        path.write_bytes(b"%02d" % number)
        assert memo.digest(path) == expected(path)
    assert len(read_files) == 50


def test_times_without_a_fraction_need_two_seconds() -> None:
    stamp = (1, 2, 3, 1_700_000_000_000_000_000, 1_700_000_000_000_000_000)
    assert digests._is_racy(stamp, stamp[3] + 1_900_000_000)
    assert not digests._is_racy(stamp, stamp[3] + 2_100_000_000)
    assert digests._is_racy((1, 2, 3, stamp[3] + 5, 0), stamp[3] + 10_000_000)
    assert not digests._is_racy((1, 2, 3, stamp[3] + 5, 0), stamp[3] + 30_000_000)
    assert digests._is_racy((1, 2, 3, 0, stamp[3] + 5), stamp[3]), "a time in the future is never trusted"


def test_digest_of_a_file_that_keeps_changing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "take"
    path.write_bytes(b"x")
    real = digests.sha256_of

    def while_written(handle: int) -> tuple[str, int]:
        found = real(handle)
        with path.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(digests, "sha256_of", while_written)
    with pytest.raises(FilmkitError, match="changes while it is read"):
        DigestMemo(tmp_path).digest(path)


def test_digest_waits_for_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nothing"):
        with pytest.raises(OSError, match=r"regular|No such"):
            DigestMemo(tmp_path).digest(path)


@pytest.mark.parametrize("rubbish", [b"", b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_damaged_memo_is_started_afresh(tmp_path: Path, rubbish: bytes, read_files: list[Path]) -> None:
    (path,) = written(tmp_path / "takes", 1)
    DigestMemo(tmp_path).digest(path)
    (tmp_path / "digests.sqlite").write_bytes(rubbish)
    for _ in range(2):
        assert DigestMemo(tmp_path).digest(path) == expected(path)
    assert len(read_files) == 2


@pytest.mark.parametrize("at", [30, 100, 4096, 5000, 9000])
def test_memo_with_a_torn_page_is_never_an_error(tmp_path: Path, at: int) -> None:
    paths = written(tmp_path / "takes", 60)
    memo = DigestMemo(tmp_path)
    memo.digests(paths)
    memo.remember_all("probe", {expected(path)[0]: [1, 2] for path in paths})
    memo.close()
    file = tmp_path / "digests.sqlite"
    data = file.read_bytes()
    file.write_bytes(data[:at] + bytes(700) + data[at + 700 :])
    again = DigestMemo(tmp_path)
    assert again.digests(paths) == {path: expected(path) for path in paths}
    again.remember("0" * 64, "probe", 7)
    assert again.remembered("0" * 64, "probe") == 7


def test_memo_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (path,) = written(tmp_path / "takes", 1)
    (tmp_path / "digests.sqlite").mkdir()
    memo = DigestMemo(tmp_path)
    memo.remember(expected(path)[0], "probe", 1)
    assert memo.digest(path) == expected(path)
    assert memo.remembered(expected(path)[0], "probe") is None


def test_facts_are_remembered_by_digest_and_kind(tmp_path: Path) -> None:
    memo = DigestMemo(tmp_path)
    facts = {hashlib.sha256(b"%d" % number).hexdigest(): {"frames": number, "é": [None, 1.5]} for number in range(1200)}
    memo.remember_all("probe-1", dict(facts))
    some, other = list(facts)[:2]
    memo.remember(some, "beats", [1, 2])
    later = DigestMemo(tmp_path)
    assert later.remembered_all(facts, "probe-1") == facts
    assert later.remembered(some, "beats") == [1, 2]
    assert later.remembered(other, "beats") is None
    memo.remember(some, "beats", "new")
    assert later.remembered(some, "beats") == "new"
    with pytest.raises(ValueError, match="JSON"):
        memo.remember(some, "beats", float("nan"))


def test_memo_is_shared_by_many_at_once(tmp_path: Path) -> None:
    paths = written(tmp_path / "takes", 40)
    truth = {path: expected(path) for path in paths}

    def work(number: int) -> bool:
        memo = DigestMemo(tmp_path)
        for path in paths:
            memo.remember(truth[path][0], "probe", number)
        return memo.digests(paths) == truth

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
    assert DigestMemo(tmp_path).remembered(truth[paths[0]][0], "probe") in range(4)
