"""Commit, look up, get: what goes in comes out, or counts as a miss."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import assert_whole, blob_path, commit, digest_of, key_of, overwrite, record_path

from filmkit.errors import DiskFull, FilmkitError, UsageError
from filmkit.model.finding import Severity
from filmkit.model.run import Event, Made
from filmkit.store import blobs, disk
from filmkit.store.actions import BadRecord, Record, bytes_from_record, record_from_bytes
from filmkit.store.blobs import BlobMissing, Output
from filmkit.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_lookup_returns_what_was_committed(store: Store) -> None:
    event = Event("held-frame", "the last frame stands", Severity.WARNING, "harbour/boat", touches_content=True)
    record = commit(store, "boat", b"picture", b"sound", events=(event,))
    assert record.outputs == {"0": Output(digest_of(b"picture"), 7), "1": Output(digest_of(b"sound"), 5)}
    found = Store(store.folder).lookup([key_of("boat"), key_of("never")])
    assert found == {key_of("boat"): record}
    assert (record.events, record.facts, record.tools) == ((event,), {"frames": 48}, {"ffmpeg": "build-1"})
    assert store.get(digest_of(b"sound")).read_bytes() == b"sound"
    assert_whole(store.folder)


def test_commit_moves_from_workspace_and_copies_from_elsewhere(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "take.mp4"
    outside.write_bytes(b"not ours to move")
    with store.workspace() as folder:
        inside = folder / "made.mp4"
        inside.write_bytes(b"ours")
        inode = inside.stat().st_ino
        twin = folder / "twin.mp4"
        twin.write_bytes(b"two names")
        os.link(twin, tmp_path / "second name")
        made = Made({"a": inside, "again": inside, "b": outside, "c": twin})
        record = store.commit(key_of("x"), kind="gather", made=made, seconds=1, tools={})
        assert not inside.exists()
    assert store.get(record.outputs["a"].sha256).stat().st_ino == inode
    assert record.outputs["again"] == record.outputs["a"]
    assert outside.read_bytes() == b"not ours to move"
    kept = store.get(record.outputs["c"].sha256)
    assert (kept.stat().st_nlink, kept.read_bytes()) == (1, b"two names")
    assert_whole(store.folder)


def test_commit_keeps_a_whole_blob_and_replaces_a_damaged_one(store: Store) -> None:
    commit(store, "one", b"same bytes")
    path = blob_path(store, digest_of(b"same bytes"))
    inode = path.stat().st_ino
    commit(store, "two", b"same bytes")
    assert path.stat().st_ino == inode
    overwrite(path, b"some bytes")
    commit(store, "three", b"same bytes")
    assert Store(store.folder).get(digest_of(b"same bytes")).read_bytes() == b"same bytes"


def test_commit_refuses_a_file_that_is_still_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.workspace() as folder:
        path = folder / "film.mp4"
        path.write_bytes(b"the beginning")
        real = blobs.sha256_of

        def while_written(handle: int) -> tuple[str, int]:
            found = real(handle)
            with path.open("ab") as file:
                file.write(b" and the end")
            return found

        monkeypatch.setattr(blobs, "sha256_of", while_written)
        with pytest.raises(FilmkitError, match="still being written"):
            store.commit(key_of("x"), kind="s", made=Made({"a": path}), seconds=1, tools={})
    assert store.stats().blobs.count == 0


@pytest.mark.parametrize("name", ["link", "pipe", "folder", "nothing"])
def test_commit_refuses_what_is_no_file(store: Store, name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with store.workspace() as folder:
        (folder / "link").symlink_to(secret)
        os.mkfifo(folder / "pipe")
        (folder / "folder").mkdir()
        with pytest.raises(FilmkitError):
            store.commit(key_of("x"), kind="s", made=Made({"a": folder / name}), seconds=1, tools={})
    assert store.lookup([key_of("x")]) == {}
    assert store.stats().blobs.count == 0


def test_commit_refuses_relative_paths_and_wrong_keys(store: Store) -> None:
    with pytest.raises(ValueError, match="absolute"):
        store.commit(key_of("x"), kind="s", made=Made({"a": Path("a")}), seconds=1, tools={})
    for wrong in ("../../etc/passwd", key_of("x").upper(), ""):
        with pytest.raises(ValueError, match="no sha256"):
            store.commit(wrong, kind="s", made=Made({}), seconds=1, tools={})
        with pytest.raises(ValueError, match="no sha256"):
            store.get(wrong)


@pytest.mark.parametrize("damage", [b"picturf", b"pict", b"", b"picture and more"])
def test_get_sets_a_damaged_blob_aside(store: Store, damage: bytes) -> None:
    commit(store, "boat", b"picture")
    digest = digest_of(b"picture")
    overwrite(blob_path(store, digest), damage)
    later = Store(store.folder)
    with pytest.raises(BlobMissing) as caught:
        later.get(digest)
    assert caught.value.digest == digest
    assert later.lookup([key_of("boat")]) == {}
    aside = sorted(path.name for path in (store.folder / "quarantine").iterdir())
    assert [name.startswith(digest) for name in aside] == [True, True]
    assert "digest" in (store.folder / "quarantine" / aside[1]).read_text()
    commit(later, "boat", b"picture")
    assert later.get(digest).read_bytes() == b"picture"


def test_get_notices_damage_after_first_use(store: Store) -> None:
    commit(store, "boat", b"picture")
    path = store.get(digest_of(b"picture"))
    overwrite(path, b"Picture")
    with pytest.raises(BlobMissing):
        store.get(digest_of(b"picture"))


def test_get_does_not_follow_a_link(store: Store, tmp_path: Path) -> None:
    commit(store, "boat", b"picture")
    path = blob_path(store, digest_of(b"picture"))
    path.unlink()
    (tmp_path / "elsewhere").write_bytes(b"picture")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BlobMissing):
        store.get(digest_of(b"picture"))


def test_lookup_misses_a_blob_of_wrong_size_or_gone(store: Store) -> None:
    commit(store, "short", b"picture")
    commit(store, "gone", b"sound")
    overwrite(blob_path(store, digest_of(b"picture")), b"pict")
    blob_path(store, digest_of(b"sound")).unlink()
    assert store.lookup([key_of("short"), key_of("gone")]) == {}


def good_record() -> Record:
    events = (Event("code", "message"),)
    return Record(key_of("k"), "segment", {"picture": Output("0" * 64, 5)}, {"a": [1, None]}, events, {"t": "1"}, 1.5)


@given(st.data())
def test_record_with_any_flipped_bit_or_cut_is_refused(data: st.DataObject) -> None:
    whole = bytes_from_record(good_record())
    assert record_from_bytes(whole, key_of("k")) == good_record()
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = bytes([*whole[:at], whole[at] ^ (1 << bit), *whole[at + 1 :]])
    for damaged in (flipped, whole[:at], whole + b"x"):
        with pytest.raises(BadRecord):
            record_from_bytes(damaged, key_of("k"))


def sealed(body: str) -> bytes:
    return f'{{"sha256":"{digest_of(body.encode())}","record":{body}}}\n'.encode()


BODY = bytes_from_record(good_record())[len(sealed("")) - 2 : -2].decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format":1', '"format":2'),
        ('"format":1', '"fermat":1'),
        ('"kind":"segment"', '"kind":7'),
        ('"seconds":1.5', '"seconds":NaN'),
        ('"seconds":1.5', '"seconds":-1'),
        ('"seconds":1.5', '"seconds":true'),
        ('"seconds":1.5', '"seconds":1.5,"more":1'),
        ('"size":5', '"size":5.0'),
        ('"size":5', '"size":-5'),
        ('"size":5', '"path":5'),
        ('"size":5', '"size":5,"path":"/etc/passwd"'),
        ("0" * 64, "../../secret"),
        ('"picture"', '"pic\\u001bture"'),
        ('"outputs":{', '"outputs":[{'),
        ('"severity":"note"', '"severity":"loud"'),
        ('"severity":"note"', '"severity":["note"]'),
        ('"touches_content":false', '"touches_content":0'),
        ('"tools":{"t":"1"}', '"tools":{"t":1}'),
        ('"facts":{"a":[1,null]}', '"facts":[]'),
        ('"facts":{"a":[1,null]}', '"facts":' + "[" * 100_000),
        (BODY, "[]"),
        (BODY, BODY + "{}"),
    ],
)
def test_lookup_sets_a_forged_record_aside(store: Store, old: str, new: str) -> None:
    assert old in BODY
    path = record_path(store, key_of("k"))
    path.parent.mkdir()
    path.write_bytes(sealed(BODY.replace(old, new)))
    assert store.lookup([key_of("k")]) == {}
    assert not path.exists()
    assert len(list((store.folder / "quarantine").iterdir())) == 2


def test_the_sealed_body_itself_is_good() -> None:
    assert record_from_bytes(sealed(BODY), key_of("k")) == good_record()
    with pytest.raises(BadRecord, match="another key"):
        record_from_bytes(sealed(BODY), key_of("other"))


def test_lookup_waits_for_no_pipe(store: Store) -> None:
    path = record_path(store, key_of("k"))
    path.parent.mkdir()
    os.mkfifo(path)
    assert store.lookup([key_of("k")]) == {}


def test_threads_and_stores_commit_the_same_key(store: Store) -> None:
    def work(own: Store) -> int:
        for number in range(15):
            commit(own, str(number), b"%d" % number * 1000, b"shared")
            assert own.lookup([key_of(str(number))])
        return 15

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, (store, store, Store(store.folder)))) == [15, 15, 15]
    assert len(assert_whole(store.folder).lookup(map(key_of, map(str, range(15))))) == 15


def test_require_room_says_the_numbers(store: Store) -> None:
    store.require_room(1)
    with pytest.raises(DiskFull) as caught:
        store.require_room(1 << 60)
    assert caught.value.needed == 1 << 60
    assert 0 < caught.value.free < 1 << 60
    assert disk.free_bytes(store.folder / "not" / "there") == pytest.approx(caught.value.free, rel=0.1)


def test_store_refuses_rooms_that_are_links(store: Store, tmp_path: Path) -> None:
    (store.folder / "blobs").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (store.folder / "blobs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        Store(store.folder)


def test_store_in_a_file_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FilmkitError, match="file"):
        Store(tmp_path / "file" / "store")
