"""The journal of paid jobs: one SQLite file in the user's state folder, durable before each next act.

Each change is one transaction (``BEGIN IMMEDIATE``, WAL, ``synchronous=FULL``: about 1.5 ms) that writes the job's new
state and one event; events are never changed or removed, the file itself sees to that. Budget is reserved in the same
transaction as the intent, so that two processes can never spend the same money. A job is worked on by whoever holds its
lease; one that its holder's death left behind may be taken over.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from filmkit.errors import DiskFull, FilmkitError
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.plan.graph import canonical
from filmkit.store.disk import free_bytes
from filmkit.store.jobs import MOVES, Job, JobState, JournalEvent, Wish, ref_of, total
from filmkit.store.journal_rows import SCHEMA, job_of, money, text_of
from filmkit.store.owner import is_surely_dead
from filmkit.store.paths import state_folder

VERSION: Final = 1
STALE_S: Final = 600.0
"""A lease whose holder cannot be looked at from here (another boot, another container) ends after so long a silence."""


class OverBudget(FilmkitError):
    """The reservation would exceed a limit; nothing was written."""


class Journal:
    """The journal at ``path`` (the user's own where none is given). Threads may share it; processes have their own.

    Raises FilmkitError where the file cannot be read or written, or is of a newer filmkit.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_folder() / "journal.db"
        self._guard = threading.RLock()
        with self._plainly():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            self.path.chmod(0o600)
            self._db.row_factory = sqlite3.Row
            self._begin_wal()
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._prepare()

    def _begin_wal(self) -> None:
        """Two processes that open a new file at once are in each other's way for a moment; no busy timeout helps."""
        for left in range(100, -1, -1):
            try:
                if self._db.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal":
                    return
            except sqlite3.OperationalError:
                if not left:
                    raise
            time.sleep(0.02)

    def _prepare(self) -> None:
        if self._version() == VERSION:
            return
        with self._writing():
            version = self._version()
            if version > VERSION:
                raise FilmkitError(f"the journal {self.path} was written by a newer filmkit", remedy="update filmkit")
            if version == 0:
                for statement in SCHEMA:
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version={VERSION}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        """Closes the file; a second time is fine."""
        with self._guard:
            self._db.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- films

    def film_at(self, folder: Path, known: str, new: str) -> str:
        """The id of the film in ``folder``: ``known`` (what the folder itself says) where given, else the one that was
        there before, else ``new``; remembered.
        """
        with self._writing():
            row = self._db.execute("SELECT id FROM films WHERE folder=?", (str(folder),)).fetchone()
            film = known or (row["id"] if row else new)
            self._db.execute("INSERT OR REPLACE INTO films(folder, id) VALUES(?, ?)", (str(folder), film))
        return str(film)

    # --- a job's way

    def begin(
        self,
        wish: Wish,
        limits: Mapping[str, Money],
        elsewhere: Money | None = None,
        fill: Callable[[str], Mapping[str, Json]] | None = None,
    ) -> tuple[Job, bool]:
        """Writes an intent with its reservation, leased to its run, and says True; or gives the job that makes this
        take already, and False.

        ``limits``: ``film`` for all of the film, ``run`` for this run (``wish.run``); ``elsewhere`` is what the film
        cost others; ``fill`` (pure) gives what will be sent once the job's ref is known. Raises OverBudget.
        """
        with self._writing():
            found = self._standing(wish)
            if found is not None and not found.state.may_be_tried_again:
                return found, False
            self._require_budget(wish, limits, elsewhere)
            attempt = found.attempt + 1 if found else 1
            ref, now = ref_of(wish.key, attempt), time.time()
            compiled = canonical(dict(fill(ref) if fill else wish.compiled))
            self._db.execute(
                "INSERT INTO jobs(ref, key, film, shot, take, provider, model, compiled, price, person, run, attempt,"
                " state, began, changed, owner, leased) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (ref, wish.key, wish.film, wish.shot, wish.take, wish.provider, wish.model, compiled,
                 text_of(wish.price), wish.person, wish.run, attempt, JobState.INTENT, now, now, wish.run, now),
            )  # fmt: skip
            take = f"{wish.shot}/t{wish.take:02}"
            self._write_event(ref, JobState.INTENT, {"take": take, "price": text_of(wish.price)})
            return self._job(ref), True

    def _standing(self, wish: Wish) -> Job | None:
        """The job that makes this very take, whatever its words were; else the last attempt at this very wish."""
        rows = self._db.execute(
            "SELECT * FROM jobs WHERE film=? AND shot=? AND take=? ORDER BY began DESC",
            (wish.film, wish.shot, wish.take),
        ).fetchall()
        jobs = [job_of(row) for row in rows]
        busy = next((job for job in jobs if job.state.is_open), None)
        attempts = [job for job in jobs if job.wish.key == wish.key]
        return busy or max(attempts, key=lambda job: job.attempt, default=None)

    def move(self, ref: str, to: JobState, **said: Any) -> Job:  # noqa: ANN401 - columns of a job
        """Brings a job into another state, with what is known now: ``handle``, ``facts``, ``sha256``, ``cost``,
        ``reason``. Raises ValueError for a way that does not exist; to where it stands already is no way and no error.
        """
        with self._writing():
            job = self._job(ref)
            if job.state is not to and to not in MOVES[job.state]:
                raise ValueError(f"a job does not go from {job.state} to {to}")
            columns = {
                "state": to.value,
                "changed": time.time(),
                **{name: _column(value) for name, value in said.items()},
            }
            names = ", ".join(f"{name}=?" for name in columns)
            self._db.execute(f"UPDATE jobs SET {names} WHERE ref=?", (*columns.values(), ref))  # noqa: S608
            self._write_event(ref, to, {name: _plain(value) for name, value in said.items()})
            return self._job(ref)

    def note(self, ref: str, kind: str, data: Mapping[str, Json] | None = None) -> None:
        """Adds an event to a job's story (``detached``, ``polled``, ``answered``)."""
        with self._writing():
            self._write_event(ref, kind, dict(data or {}))

    # --- leases

    def lease(self, ref: str, owner: str) -> bool:
        """Makes ``owner`` the one who works on a job; False where somebody who may be alive does. Renews its own."""
        with self._writing():
            row = self._db.execute("SELECT owner, leased FROM jobs WHERE ref=?", (ref,)).fetchone()
            holder = row["owner"]
            if holder and holder != owner and not is_surely_dead(holder) and time.time() - row["leased"] < STALE_S:
                return False
            self._db.execute("UPDATE jobs SET owner=?, leased=? WHERE ref=?", (owner, time.time(), ref))
            return True

    def release(self, ref: str, owner: str) -> None:
        """Lets go of a job, if ``owner`` holds it."""
        with self._writing():
            self._db.execute("UPDATE jobs SET owner='' WHERE ref=? AND owner=?", (ref, owner))

    # --- questions

    def job(self, ref: str) -> Job:
        """The job. Raises KeyError."""
        with self._guard, self._plainly():
            return self._job(ref)

    def jobs(self, film: str | None = None) -> list[Job]:
        """All jobs (of a film), oldest first."""
        where, values = ("WHERE film=?", (film,)) if film is not None else ("", ())
        with self._guard, self._plainly():
            rows = self._db.execute(f"SELECT * FROM jobs {where} ORDER BY began, ref", values).fetchall()  # noqa: S608
        return [job_of(row) for row in rows]

    def open_jobs(self, film: str) -> list[Job]:
        """Those of a film where something is still to be done."""
        return [job for job in self.jobs(film) if job.state.is_open]

    def events(self, ref: str) -> list[JournalEvent]:
        """A job's story, in order."""
        with self._guard, self._plainly():
            rows = self._db.execute("SELECT * FROM events WHERE ref=? ORDER BY seq", (ref,)).fetchall()
        return [JournalEvent(row["seq"], row["ref"], row["at"], row["kind"], json.loads(row["data"])) for row in rows]

    def spent(self, film: str, currency: str, *, run: str | None = None) -> Money:
        """What a film (or one run of it) cost, with what is reserved. Raises FilmkitError for another currency."""
        jobs = [job for job in self.jobs(film) if run is None or job.wish.run == run]
        return total([job.charge for job in jobs if job.charge is not None], currency)

    # --- within

    def _require_budget(self, wish: Wish, limits: Mapping[str, Money], elsewhere: Money | None) -> None:
        """Raises OverBudget where a limit would be exceeded, or where nobody says what the take costs."""
        for kind, limit in limits.items():
            what = "this run's limit" if kind == "run" else "the film's budget"
            if wish.price is None:
                raise OverBudget(
                    f"{wish.shot} t{wish.take:02} is not asked for: nobody says what it costs, and {what} has a limit",
                    remedy="choose a model with a price (`filmkit models`), or say --unpriced",
                )
            spent = self.spent(wish.film, limit.currency, run=wish.run if kind == "run" else None)
            others = total([elsewhere], limit.currency).amount if elsewhere is not None and kind == "film" else 0
            left = Money(limit.amount - spent.amount - others, limit.currency)
            if total([wish.price], limit.currency).amount > left.amount:
                raise OverBudget(
                    f"{wish.shot} t{wish.take:02} is not asked for: it costs {money(wish.price)}, and of {what} of "
                    f"{money(limit)} {money(left)} is left",
                    remedy="raise budget.limit in the storyboard" if kind == "film" else "raise --max",
                )

    def _job(self, ref: str) -> Job:
        row = self._db.execute("SELECT * FROM jobs WHERE ref=?", (ref,)).fetchone()
        if row is None:
            raise KeyError(ref)
        return job_of(row)

    def _write_event(self, ref: str, kind: str, data: Mapping[str, Json]) -> None:
        self._db.execute(
            "INSERT INTO events(ref, at, kind, data) VALUES(?,?,?,?)", (ref, time.time(), kind, canonical(dict(data)))
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it is on the disk afterwards, or nothing."""
        with self._guard, self._plainly():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if "disk is full" in str(error):
                raise DiskFull(str(self.path.parent), 1 << 20, free_bytes(self.path.parent)) from error
            raise FilmkitError(
                f"the journal of paid jobs cannot be used: {error} ({self.path})",
                remedy="see that it is yours and the disk is sound; it must not lie on a network disk",
            ) from error
        except OSError as error:
            raise FilmkitError(f"the journal of paid jobs cannot be used: {error}", remedy="make its folder writable"
                               ) from error  # fmt: skip


def _column(value: object) -> object:
    if isinstance(value, Money):
        return text_of(value)
    return canonical(dict(value)) if isinstance(value, Mapping) else value


def _plain(value: Any) -> Json:  # noqa: ANN401 - columns of a job
    if isinstance(value, Money):
        return text_of(value)
    return dict(value) if isinstance(value, Mapping) else value
