"""``store``: what it holds, what is damaged, what would go; plain lines and JSON."""

from __future__ import annotations

from desk import Desk
from stores import blob_path, overwrite

from filmkit.store.store import Store


def filled(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)


def test_stats_count_by_kind(desk: Desk) -> None:
    filled(desk)
    answer = desk.ask("store", "stats")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        f"store {desk.folder}/store",
        "  master         1    77 bytes",
        "  mix            1    77 bytes",
        "  segment        3   231 bytes",
        "  together       5   385 bytes",
    ]
    assert desk.ask("store", "stats", "--json").json["blobs"] == {"count": 5, "size": 385}


def test_a_new_store_is_empty(desk: Desk) -> None:
    assert desk.ask("store", "stats").out.splitlines()[-1] == "  together       0     0 bytes"
    assert desk.ask("store", "check").code == 0


def test_check_of_a_whole_store(desk: Desk) -> None:
    filled(desk)
    answer = desk.ask("store", "check")
    assert (answer.code, answer.out) == (0, "5 records, 5 files, 385 bytes read: all whole\n")


def test_check_names_damage_and_ends_with_1(desk: Desk) -> None:
    filled(desk)
    store = Store(desk.folder / "store")
    digest = next((store.folder / "blobs").glob("*/*")).name
    overwrite(blob_path(store, digest), b"x" * 77)
    answer = desk.ask("store", "check")
    assert answer.code == 1
    assert (
        digest[:12] in answer.out and "1 thing is damaged; the next render that needs it makes it again" in answer.out
    )
    assert desk.ask("store", "check", "--json").json["damages"][0]["kinds"] != []


def test_a_trial_sweep_says_what_would_go_and_leaves_it(desk: Desk) -> None:
    filled(desk)
    answer = desk.ask("store", "gc", "--all", "--dry-run")
    assert (answer.code, answer.out) == (0, "would free 385 bytes (5 results, 5 files); 0 bytes stay\n")
    assert desk.ask("store", "stats", "--json").json["blobs"]["count"] == 5


def test_a_sweep_frees(desk: Desk) -> None:
    filled(desk)
    assert desk.ask("store", "gc").out == "freed 0 bytes (0 results, 0 files); 385 bytes stay\n"
    assert desk.ask("store", "gc", "--all", "--json").json["freed_bytes"] == 385
    assert desk.ask("store", "stats", "--json").json["blobs"]["count"] == 0


def test_another_store_is_named_by_an_option(desk: Desk) -> None:
    (desk.folder / "other").mkdir()
    answer = desk.ask("store", "stats", "--store", "other")
    assert answer.out.splitlines()[0] == f"store {desk.folder}/other"
