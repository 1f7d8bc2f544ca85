"""The journal: every step durable, one job a take, money exact, nothing forgotten, two processes safe."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from filmkit.errors import FilmkitError
from filmkit.model.scalar import Money
from filmkit.store.jobs import MOVES, JobState, Wish, ref_of, wish_key
from filmkit.store.journal import STALE_S, Journal, OverBudget
from filmkit.store.owner import new_token

WISH = Wish(
    wish_key({"prompt": "a boat"}), "film-1", "harbour/boat", 1, "runway", "gen4.5", {"prompt": "a boat"},
    Money(Decimal("0.60"), "USD"), "Mina", "run-1",
)  # fmt: skip


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "state" / "journal.db") as journal:
        yield journal


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def wished(take: int, price: str = "0.60", **more: object) -> Wish:
    key = wish_key({"take": take, **{name: str(value) for name, value in more.items()}})
    return replace(WISH, key=key, take=take, price=usd(price), **more)  # type: ignore[arg-type]


def test_a_take_goes_its_way_and_its_story_is_kept(journal: Journal) -> None:
    job, is_new = journal.begin(WISH, {})
    assert is_new
    assert (job.state, job.ref) == (JobState.INTENT, ref_of(WISH.key, 1))
    journal.move(job.ref, JobState.SUBMITTED, handle={"id": "job7"})
    journal.move(job.ref, JobState.SUCCEEDED, cost=usd("0.55"), facts={"seed": 41})
    journal.move(job.ref, JobState.STORED, sha256="ab" * 32)
    used = journal.move(job.ref, JobState.USED)
    assert (used.handle, used.cost, used.facts, used.sha256) == ({"id": "job7"}, usd("0.55"), {"seed": 41}, "ab" * 32)
    story = [(event.kind, event.data) for event in journal.events(job.ref)]
    assert [kind for kind, _ in story] == ["intent", "submitted", "succeeded", "stored", "used"]
    assert story[1][1] == {"handle": {"id": "job7"}}
    assert story[2][1] == {"cost": "0.55 USD", "facts": {"seed": 41}}


def test_the_file_is_private_and_durable(journal: Journal) -> None:
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700
    assert journal._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert journal._db.execute("PRAGMA synchronous").fetchone()[0] == 2, "FULL: on the disk before the next act"


def test_a_second_reader_sees_each_step_at_once(journal: Journal) -> None:
    job, _ = journal.begin(WISH, {})
    with Journal(journal.path) as other:
        assert other.job(job.ref).state is JobState.INTENT
        journal.move(job.ref, JobState.SUBMITTED, handle={})
        assert other.job(job.ref).state is JobState.SUBMITTED


@pytest.mark.parametrize("state", list(JobState))
def test_only_ways_that_exist_are_gone(journal: Journal, state: JobState) -> None:
    job, _ = journal.begin(WISH, {})
    for to in JobState:
        journal._db.execute("UPDATE jobs SET state=?", (state,))
        if to is state or to in MOVES[state]:
            assert journal.move(job.ref, to).state is to
        else:
            with pytest.raises(ValueError, match="does not go"):
                journal.move(job.ref, to)
            assert journal.job(job.ref).state is state


def test_the_same_wish_is_the_same_job(journal: Journal) -> None:
    first, _ = journal.begin(WISH, {})
    again, is_new = journal.begin(WISH, {})
    assert (again, is_new) == (first, False)
    for state in (JobState.SUBMITTED, JobState.SUCCEEDED, JobState.STORED, JobState.USED):
        journal.move(first.ref, state)
        assert journal.begin(WISH, {})[1] is False
    assert len(journal.jobs()) == 1


def test_a_take_that_is_being_made_is_not_made_twice_in_other_words(journal: Journal) -> None:
    first, _ = journal.begin(WISH, {})
    other = replace(WISH, key=wish_key({"prompt": "a ship"}), compiled={"prompt": "a ship"})
    assert journal.begin(other, {}) == (first, False)


@pytest.mark.parametrize("end", [JobState.FAILED, JobState.CANCELLED])
def test_what_failed_may_be_tried_again_under_a_new_name(journal: Journal, end: JobState) -> None:
    first, _ = journal.begin(WISH, {})
    journal.move(first.ref, JobState.SUBMITTED)
    journal.move(first.ref, end, cost=usd("0"))
    second, is_new = journal.begin(WISH, {})
    assert is_new
    assert (second.attempt, second.ref) == (2, ref_of(WISH.key, 2))


def test_what_was_moderated_is_not_asked_again_in_the_same_words(journal: Journal) -> None:
    first, _ = journal.begin(WISH, {})
    journal.move(first.ref, JobState.SUBMITTED)
    journal.move(first.ref, JobState.MODERATED, cost=usd("0.60"))
    assert journal.begin(WISH, {})[1] is False
    assert journal.begin(replace(WISH, key=wish_key({"prompt": "another"})), {})[1] is True


def test_what_was_paid_and_lost_waits_for_a_person(journal: Journal) -> None:
    first, _ = journal.begin(WISH, {})
    journal.move(first.ref, JobState.SUBMITTED)
    journal.move(first.ref, JobState.LOST)
    assert journal.begin(WISH, {})[1] is False
    journal.move(first.ref, JobState.WAIVED)
    second, is_new = journal.begin(WISH, {})
    assert is_new
    assert journal.spent("film-1", "USD") == usd("1.20"), "both were paid"
    assert second.attempt == 2


def test_money_is_reserved_then_settled_to_the_cent(journal: Journal) -> None:
    limits = {"film": usd("1.30")}
    first, _ = journal.begin(wished(1, "0.10"), limits)
    for take in range(2, 14):
        journal.begin(wished(take, "0.10"), limits)
    assert journal.spent("film-1", "USD") == usd("1.30")
    with pytest.raises(OverBudget, match=r"costs 0\.10 USD, and of the film's budget of 1\.30 USD 0\.00 USD is left"):
        journal.begin(wished(14, "0.10"), limits)
    journal.move(first.ref, JobState.REFUSED, cost=usd("0"))
    assert journal.begin(wished(14, "0.10"), limits)[1], "what was never accepted is given back"
    assert len(journal.jobs()) == 14


def test_a_moderated_take_counts_as_the_service_charges(journal: Journal) -> None:
    job, _ = journal.begin(WISH, {})
    journal.move(job.ref, JobState.SUBMITTED)
    assert journal.move(job.ref, JobState.MODERATED).charge == usd("0.60"), "nobody says: the estimate"
    assert journal.move(job.ref, JobState.MODERATED, cost=usd("0")).charge == usd("0")


def test_a_run_has_a_limit_of_its_own_and_others_spent_too(journal: Journal) -> None:
    journal.begin(wished(1, "0.60"), {"run": usd("0.60")})
    with pytest.raises(OverBudget, match="this run"):
        journal.begin(wished(2, "0.01"), {"run": usd("0.60")})
    assert journal.begin(wished(2, "0.60", run="run-2"), {"run": usd("0.60")})[1]
    with pytest.raises(OverBudget, match=r"1\.30 USD is left"):
        journal.begin(wished(3, "1.40"), {"film": usd("5")}, elsewhere=usd("2.50"))


def test_no_price_means_no_limit_can_be_kept(journal: Journal) -> None:
    with pytest.raises(OverBudget, match="nobody says what it costs"):
        journal.begin(replace(WISH, price=None), {"film": usd("5")})
    assert journal.begin(replace(WISH, price=None), {})[1]


def test_one_film_has_one_currency(journal: Journal) -> None:
    journal.begin(WISH, {})
    with pytest.raises(FilmkitError, match="cannot be counted in EUR"):
        journal.begin(wished(2), {"film": Money(Decimal(5), "EUR")})
    assert len(journal.jobs()) == 1


def test_events_and_jobs_are_never_changed_or_removed(journal: Journal) -> None:
    journal.begin(WISH, {})
    for statement in ("UPDATE events SET kind='x'", "DELETE FROM events", "DELETE FROM jobs"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            journal._db.execute(statement)


def test_one_works_on_a_job_at_a_time(journal: Journal) -> None:
    mine, other = new_token(), new_token()
    job, _ = journal.begin(replace(WISH, run=mine), {})
    assert journal.lease(job.ref, mine)
    assert not journal.lease(job.ref, other)
    journal.release(job.ref, other)
    assert not journal.lease(job.ref, other), "only its holder lets go"
    journal.release(job.ref, mine)
    assert journal.lease(job.ref, other)


def test_a_dead_process_lets_go(journal: Journal) -> None:
    code = "from filmkit.store.owner import new_token; print(new_token())"
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    job, _ = journal.begin(replace(WISH, run=dead), {})
    assert journal.lease(job.ref, new_token())


def test_a_holder_of_another_boot_lets_go_after_a_long_silence(journal: Journal) -> None:
    job, _ = journal.begin(replace(WISH, run="0" * 16 + "-1-1-1"), {})
    assert not journal.lease(job.ref, new_token())
    journal._db.execute("UPDATE jobs SET leased = leased - ?", (STALE_S + 1,))
    assert journal.lease(job.ref, new_token())


def test_a_film_keeps_its_id_when_it_moves_and_when_its_memory_is_lost(journal: Journal, tmp_path: Path) -> None:
    assert journal.film_at(tmp_path / "a", "", "new-1") == "new-1"
    assert journal.film_at(tmp_path / "a", "", "new-2") == "new-1", "the folder is known"
    assert journal.film_at(tmp_path / "b", "new-1", "new-3") == "new-1", "the folder moved and says who it is"
    assert journal.film_at(tmp_path / "b", "", "new-4") == "new-1"


def test_a_newer_journal_is_not_touched(journal: Journal) -> None:
    journal._db.execute("PRAGMA user_version=99")
    with pytest.raises(FilmkitError, match="newer filmkit"):
        Journal(journal.path)


def test_a_damaged_journal_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(FilmkitError, match="cannot be used"):
        Journal(tmp_path / "journal.db")


def _spend(path: Path, person: int) -> None:
    with Journal(path) as journal:
        for take in range(10):
            try:
                journal.begin(replace(wished(100 * person + take, "0.10"), run=new_token()), {"film": usd("1.00")})
            except OverBudget:
                os._exit(3)
    os._exit(0)


def test_processes_never_spend_the_same_money(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    spawn = multiprocessing.get_context("fork")
    processes = [spawn.Process(target=_spend, args=(path, person)) for person in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert 3 in {process.exitcode for process in processes}, "somebody met the limit"
    with Journal(path) as journal:
        assert journal.spent("film-1", "USD") == usd("1.00")
        assert len(journal.jobs()) == 10
