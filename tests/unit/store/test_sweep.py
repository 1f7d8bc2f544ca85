"""Leases, workspaces, pins, the sweep, stats and check."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import age, assert_whole, blob_path, commit, digest_of, key_of, overwrite, record_path

from filmkit.errors import FilmkitError
from filmkit.store import owner
from filmkit.store.actions import Record
from filmkit.store.blobs import BlobMissing, Output
from filmkit.store.gc import Keep, plan_sweep
from filmkit.store.store import Store
from filmkit.store.survey import BlobFacts, Survey, Tally

DAY_S = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def waiting_child(folder: Path) -> int:
    """A process that holds a workspace with a file in it, until it is killed."""
    reading, ready = os.pipe()
    child = os.fork()
    if child == 0:
        with Store(folder).workspace() as own:
            (own / "half.mp4").write_bytes(b"half")
            os.write(ready, b"!")
            time.sleep(60)
        os._exit(0)
    os.read(reading, 1)
    os.close(reading)
    os.close(ready)
    return child


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_workspace_is_empty_private_and_removed(store: Store) -> None:
    with store.workspace() as one, store.workspace() as two:
        assert one != two
        assert [list(one.iterdir()), list(two.iterdir())] == [[], []]
        assert one.stat().st_dev == (store.folder / "blobs").stat().st_dev
        (one / "sub").mkdir()
        (one / "sub" / "file").write_text("x")
    assert list((store.folder / "tmp").iterdir()) == []


def test_start_sweeps_the_workspaces_of_the_dead_only(store: Store) -> None:
    living, dying = waiting_child(store.folder), waiting_child(store.folder)
    try:
        kill(dying)
        Store(store.folder)
        left = [path.name for path in (store.folder / "tmp").iterdir()]
        assert [int(name.split("-")[1]) for name in left] == [living]
        assert (store.folder / "tmp" / left[0] / "half.mp4").read_bytes() == b"half"
    finally:
        kill(living)
    assert_whole(store.folder)


def test_start_sweeps_what_another_boot_left_once_nobody_is_at_work(store: Store) -> None:
    other = store.folder / "tmp" / f"{'0' * 16}-{os.getpid()}-1-1"
    other.mkdir()
    (other / "file").write_text("x")
    with store.lease():
        Store(store.folder)
        assert other.exists(), "it may belong to another machine that shares the folder"
    Store(store.folder)
    assert not other.exists()


def test_owner_is_told_from_a_later_process_of_the_same_number() -> None:
    token = owner.new_token()
    boot, pid, start, number = token.split("-")
    assert not owner.is_surely_dead(token)
    assert owner.is_surely_dead(f"{boot}-{pid}-{int(start) - 1}-{number}")
    assert not owner.is_surely_dead(f"{'f' * 16}-{pid}-{int(start) - 1}-{number}")
    assert not owner.is_surely_dead("something else")


def test_sweep_is_refused_while_a_run_holds_the_lease(store: Store) -> None:
    commit(store, "boat", b"picture")
    child = waiting_child(store.folder)
    try:
        with pytest.raises(FilmkitError, match="a run is using the store"):
            store.gc(everything=True)
        assert store.gc(everything=True, is_trial=True).freed_bytes == 7
    finally:
        kill(child)
    with store.lease(), store.lease(), pytest.raises(FilmkitError):
        Store(store.folder).gc()
    assert store.stats().blobs.count == 1
    assert store.gc(everything=True).freed_bytes == 7
    assert store.stats().blobs.count == 0


def test_commit_waits_for_a_sweep_to_end(store: Store) -> None:
    with store._lease.exclusive() as is_alone:
        assert is_alone
        child = os.fork()
        if child == 0:
            commit(store, "boat", b"picture")
            os._exit(0)
        time.sleep(0.05)
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
        assert store.stats().blobs.count == 0
    os.waitpid(child, 0)
    assert store.stats().blobs.count == 1


def test_sweep_keeps_the_young_and_what_is_within_the_limit(store: Store) -> None:
    commit(store, "old", b"o" * 1000)
    age(store, 3)
    commit(store, "new", b"n" * 1000)
    assert store.gc().records == ()
    assert store.gc(0).blobs == (), "both blobs came in today"
    assert set(store.lookup([key_of("old"), key_of("new")])) == {key_of("new")}


def test_sweep_everything_leaves_what_is_pinned(store: Store) -> None:
    commit(store, "paid", b"paid for")
    commit(store, "free", b"made here")
    store.pins.add(digest_of(b"paid for"), "paid")
    sweep = store.gc(everything=True)
    assert (sweep.freed_bytes, sweep.left_bytes) == (9, 8)
    assert set(Store(store.folder).lookup([key_of("paid"), key_of("free")])) == {key_of("paid")}
    with pytest.raises(BlobMissing):
        store.get(digest_of(b"made here"))
    store.pins.remove(digest_of(b"paid for"))
    assert store.gc(everything=True).left_bytes == 0
    assert_whole(store.folder)


def test_lookup_stamps_a_use_once_a_day(store: Store) -> None:
    commit(store, "boat", b"picture")
    path = record_path(store, key_of("boat"))
    age(store, 0.5)
    half_a_day = path.stat().st_mtime
    store.lookup([key_of("boat")])
    assert path.stat().st_mtime == half_a_day
    age(store, 1)
    store.lookup([key_of("boat")])
    assert time.time() - path.stat().st_mtime < 60


def surveyed(*records: tuple[str, float, str], sizes: dict[str, tuple[int, float]]) -> Survey:
    """Records as (name, last use, names of blobs), blobs as name → (size, came in)."""
    made = {
        key: (Record(key, "s", {str(at): Output(name, 1) for at, name in enumerate(names)}, {}, (), {}, 1.0), used)
        for key, used, names in records
    }
    return Survey(made, {}, {name: BlobFacts(*facts) for name, facts in sizes.items()})


def test_plan_of_a_sweep_lets_the_least_recently_used_go_first() -> None:
    survey = surveyed(
        ("k3", 3, "cs"), ("k1", 1, "as"), ("k2", 2, "b"), sizes={"a": (10, 0), "b": (10, 0), "c": (10, 0), "s": (5, 0)}
    )
    sweep = plan_sweep(survey, frozenset(), Keep(20, DAY_S), now_s=9 * DAY_S)
    assert (sweep.records, sweep.blobs) == (("k1", "k2"), ("a", "b"))
    assert (sweep.freed_bytes, sweep.left_bytes) == (20, 15)


def test_plan_of_a_sweep_removes_unused_blobs_and_broken_records_first() -> None:
    survey = surveyed(
        ("broken", 1, "x"), ("whole", 0, "a"), sizes={"a": (10, 0), "unused": (10, 0), "young": (9, 8.5 * DAY_S)}
    )
    sweep = plan_sweep(survey, frozenset(), Keep(19, DAY_S), now_s=9 * DAY_S)
    assert (sweep.records, sweep.blobs, sweep.left_bytes) == (("broken",), ("unused",), 19)


NAMES = "abcdef"
RECORDS = st.lists(st.tuples(st.floats(0, 10), st.text(NAMES, max_size=3)), max_size=8)


@given(
    RECORDS,
    st.sets(st.sampled_from(NAMES)),
    st.integers(0, 60),
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9)),
)
def test_plan_of_any_sweep_keeps_its_promises(
    records: list[tuple[float, str]], pins: set[str], limit: int, blobs: dict[str, int]
) -> None:
    survey = surveyed(
        *((f"k{at}", used, names) for at, (used, names) in enumerate(records)),
        sizes={name: (size, size / 2) for name, size in blobs.items()},
    )
    sweep = plan_sweep(survey, frozenset(pins), Keep(limit, 4.0), now_s=10.0)
    stay = set(blobs) - set(sweep.blobs)
    assert sweep.left_bytes == sum(blobs[name] for name in stay)
    assert sweep.freed_bytes + sweep.left_bytes == sum(blobs.values())
    assert not pins & set(sweep.blobs)
    for key, (record, used) in survey.records.items():
        names = {output.sha256 for output in record.outputs.values()}
        if key not in sweep.records:
            assert not names & set(sweep.blobs), "a record that stays keeps its blobs"
        else:
            assert 10.0 - used >= 4.0
    assert all(blobs[name] / 2 <= 6.0 for name in sweep.blobs)


def test_stats_count_by_kind(store: Store) -> None:
    commit(store, "one", b"1" * 10, kind="segment")
    commit(store, "two", b"1" * 10, b"2" * 20, kind="segment")
    commit(store, "mix", b"3" * 40, kind="mix")
    record_path(store, key_of("mix")).unlink()
    store.pins.add(digest_of(b"2" * 20), "paid")
    stats = store.stats()
    assert stats.kinds == {"segment": Tally(2, 30)}
    assert (stats.blobs, stats.pinned, stats.unused) == (Tally(3, 70), Tally(1, 20), Tally(1, 40))
    assert stats.quarantined == Tally(0, 0)


def test_check_finds_every_damage_and_changes_nothing(store: Store) -> None:
    for word in ("good", "flipped", "short", "gone", "forged"):
        commit(store, word, word.encode() * 100)
    overwrite(blob_path(store, digest_of(b"flipped" * 100)), b"Flipped" + b"flipped" * 99)
    overwrite(blob_path(store, digest_of(b"short" * 100)), b"short")
    blob_path(store, digest_of(b"gone" * 100)).unlink()
    overwrite(record_path(store, key_of("forged")), b"{}")
    later = Store(store.folder)
    quick, full = later.check(), later.check(read_data=True)
    names = {damage.name for damage in full.damages}
    short, flipped = (f"blobs/{digest_of(word * 100)}" for word in (b"short", b"flipped"))
    assert names == {short, flipped, f"actions/{key_of('forged')}"}
    assert {damage.name for damage in quick.damages} == names - {flipped}
    assert [damage.kinds for damage in full.damages if damage.name == flipped] == [("segment",)]
    assert (full.records, full.blobs, full.incomplete, full.read_blobs) == (5, 4, 1, 4)
    assert (quick.read_blobs, later.check(0.5).read_blobs) == (0, 2)
    assert list((store.folder / "quarantine").iterdir()) == []


def test_quarantine_is_cleared_with_everything_or_after_a_month(store: Store) -> None:
    commit(store, "boat", b"picture")
    overwrite(blob_path(store, digest_of(b"picture")), b"Picture")
    with pytest.raises(BlobMissing):
        Store(store.folder).get(digest_of(b"picture"))
    store.gc()
    assert store.stats().quarantined.count == 2
    store.gc(everything=True)
    assert store.stats().quarantined.count == 0


def test_export_is_a_file_of_its_own(store: Store, tmp_path: Path) -> None:
    commit(store, "film", b"film" * 100_000)
    target = tmp_path / "out" / "deep" / "film.mp4"
    store.export(digest_of(b"film" * 100_000), target)
    blob = store.get(digest_of(b"film" * 100_000))
    assert target.read_bytes() == b"film" * 100_000
    assert (target.stat().st_nlink, target.stat().st_ino == blob.stat().st_ino) == (1, False)
    assert target.stat().st_mode & 0o200
    target.write_bytes(b"edited")
    assert Store(store.folder).get(digest_of(b"film" * 100_000)).read_bytes()[:4] == b"film"


def test_export_replaces_a_file_and_never_writes_into_it(store: Store, tmp_path: Path) -> None:
    commit(store, "film", b"the new film")
    target = tmp_path / "film.mp4"
    target.write_bytes(b"the old film")
    with target.open("rb") as player:
        store.export(digest_of(b"the new film"), target)
        assert player.read() == b"the old film"
    assert target.read_bytes() == b"the new film"


def test_export_refuses_a_damaged_blob_and_a_folder(store: Store, tmp_path: Path) -> None:
    commit(store, "film", b"film")
    with pytest.raises(FilmkitError):
        store.export(digest_of(b"film"), tmp_path)
    overwrite(blob_path(store, digest_of(b"film")), b"flim")
    with pytest.raises(BlobMissing):
        Store(store.folder).export(digest_of(b"film"), tmp_path / "film.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]
