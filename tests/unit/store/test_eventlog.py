"""The log of a run survives what the run does not."""

from __future__ import annotations

import errno
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from filmkit.errors import DiskFull
from filmkit.store.eventlog import EventLog, read_events


def test_events_are_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "log.jsonl"
    with EventLog(path) as log:
        first = log.append("run-begins", {"film": "leaving-earth", "text": "line\nbreak — ü"})
        second = log.append("run-ends")
    assert read_events(path) == [first, second]
    assert (first.seq, second.seq) == (1, 2)
    assert second.monotonic_s >= first.monotonic_s
    assert first.wall_s > 1_600_000_000
    assert path.read_bytes().count(b"\n") == 2


def test_missing_log_is_empty(tmp_path: Path) -> None:
    assert read_events(tmp_path / "never.jsonl") == []


def test_log_torn_at_any_byte_keeps_its_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log:
        events = [log.append("step", {"number": number}) for number in range(3)]
    data = path.read_bytes()
    ends = [at for at, byte in enumerate(data) if byte == 10]
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        assert read_events(path) == events[: sum(end <= cut for end in ends)]


def test_log_is_gone_on_with_behind_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log:
        first = log.append("one")
    with path.open("ab") as file:
        file.write(b'{"seq":2,"kind":"two')
    with EventLog(path) as log:
        third = log.append("three")
    assert read_events(path) == [first, third]
    assert third.seq == 2


def test_lines_of_another_shape_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"seq":1}\n[]\n7\n{"seq":"1","monotonic_s":1.0,"wall_s":1.0,"kind":"x","data":{}}\n' + "[" * 99_999
    )
    assert read_events(path) == []


def test_threads_share_a_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: log.append("step", {"number": number, "fill": "x" * 500}), range(400)))
    events = read_events(path)
    assert [event.seq for event in events] == list(range(1, 401))
    assert {event.data["number"] for event in events} == set(range(400))


def test_log_of_a_killed_process_is_there_to_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    child = os.fork()
    if child == 0:
        log = EventLog(path)
        for number in range(100):
            log.append("step", {"number": number})
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert [event.data["number"] for event in read_events(path)] == list(range(100))


def test_full_disk_is_said_plainly_and_tears_no_later_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.jsonl"
    log = EventLog(path)
    first = log.append("one")
    real = os.write
    calls = iter([5, 0])

    def filling(handle: int, data: bytes) -> int:
        room = next(calls)
        if room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:room])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", filling)
        with pytest.raises(DiskFull):
            log.append("two")
    third = log.append("three")
    assert read_events(path) == [first, third]
