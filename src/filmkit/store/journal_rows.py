"""How the journal's values stand in its tables: money as exact text, mappings as JSON."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from typing import Final

from filmkit.model.scalar import Money
from filmkit.store.jobs import Job, JobState, Wish

SCHEMA: Final = (
    "CREATE TABLE films(folder TEXT PRIMARY KEY, id TEXT NOT NULL)",
    """CREATE TABLE jobs(
        ref TEXT PRIMARY KEY, key TEXT NOT NULL, film TEXT NOT NULL, shot TEXT NOT NULL, take INTEGER NOT NULL,
        provider TEXT NOT NULL, model TEXT NOT NULL, compiled TEXT NOT NULL, price TEXT, person TEXT NOT NULL,
        run TEXT NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL, began REAL NOT NULL, changed REAL NOT NULL,
        owner TEXT NOT NULL, leased REAL NOT NULL, handle TEXT, facts TEXT, sha256 TEXT NOT NULL DEFAULT '',
        cost TEXT, reason TEXT NOT NULL DEFAULT '', UNIQUE(key, attempt))""",
    "CREATE INDEX jobs_of_films ON jobs(film, shot, take)",
    """CREATE TABLE events(
        seq INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL REFERENCES jobs(ref), at REAL NOT NULL,
        kind TEXT NOT NULL, data TEXT NOT NULL)""",
    "CREATE INDEX events_of_jobs ON events(ref)",
    """CREATE TRIGGER events_stay BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER events_remain BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never removed'); END""",
    """CREATE TRIGGER jobs_remain BEFORE DELETE ON jobs
        BEGIN SELECT RAISE(ABORT, 'jobs are never removed'); END""",
)


def text_of(amount: Money | None) -> str | None:
    """``0.5 USD``: exact, whatever its size."""
    return None if amount is None else f"{amount.amount:f} {amount.currency}"


def money_of(text: str | None) -> Money | None:
    """The amount again."""
    if text is None:
        return None
    amount, _, currency = text.partition(" ")
    return Money(Decimal(amount), currency)


def money(amount: Money) -> str:
    """``0.50 USD``: two places at least, for people."""
    plain = amount.amount.normalize()
    places = max(2, -int(plain.as_tuple().exponent)) if plain else 2
    return f"{plain:.{places}f} {amount.currency}"


def job_of(row: sqlite3.Row) -> Job:
    """A job as its row says."""
    wish = Wish(
        row["key"], row["film"], row["shot"], row["take"], row["provider"], row["model"], json.loads(row["compiled"]),
        money_of(row["price"]), row["person"], row["run"],
    )  # fmt: skip
    return Job(
        row["ref"], wish, row["attempt"], JobState(row["state"]), row["began"], row["changed"],
        json.loads(row["handle"]) if row["handle"] else None, json.loads(row["facts"]) if row["facts"] else {},
        row["sha256"], money_of(row["cost"]), row["reason"],
    )  # fmt: skip
