"""Paid jobs as values: what was wished, where each stands, and which way it may go from there.

intent ─▶ submitted ─▶ succeeded ─▶ stored ─▶ used
  │  ╲        ├──▶ failed, moderated, cancelled, lost          (paid or refunded, as the service says)
  │   ╲       └──▶ held ◀── a person says what became of it ──▶ submitted, waived, failed
  │    ▶ held
  └──▶ refused                                                  (surely never accepted: costs nothing)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from filmkit.errors import FilmkitError
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.plan.graph import canonical


class JobState(StrEnum):
    """Where a paid job stands."""

    INTENT = "intent"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    STORED = "stored"
    USED = "used"
    FAILED = "failed"
    MODERATED = "moderated"
    CANCELLED = "cancelled"
    LOST = "lost"
    REFUSED = "refused"
    WAIVED = "waived"
    HELD = "held"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done: it holds its reservation, and no other job makes the same take."""
        return self in _OPEN

    @property
    def may_be_tried_again(self) -> bool:
        """Whether the same wish may be sent once more, as a new attempt. A moderated one would be moderated again, a
        lost one was paid for: these wait until a person waives them.
        """
        return self in {JobState.FAILED, JobState.CANCELLED, JobState.REFUSED, JobState.WAIVED}


_OPEN = frozenset({JobState.INTENT, JobState.SUBMITTED, JobState.SUCCEEDED, JobState.STORED, JobState.HELD})
_ENDS = frozenset({JobState.FAILED, JobState.MODERATED, JobState.CANCELLED, JobState.LOST})
_FINAL = (JobState.FAILED, JobState.CANCELLED, JobState.USED, JobState.REFUSED, JobState.WAIVED)

MOVES: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.INTENT: frozenset({JobState.SUBMITTED, JobState.HELD, JobState.REFUSED, JobState.MODERATED}),
    JobState.SUBMITTED: _ENDS | {JobState.SUCCEEDED, JobState.HELD},
    JobState.SUCCEEDED: frozenset({JobState.STORED, JobState.FAILED, JobState.LOST, JobState.HELD}),
    JobState.STORED: frozenset({JobState.USED, JobState.SUCCEEDED}),
    JobState.HELD: _ENDS | {JobState.SUBMITTED, JobState.WAIVED},
    JobState.MODERATED: frozenset({JobState.WAIVED}),
    JobState.LOST: frozenset({JobState.WAIVED, JobState.SUBMITTED}),
    **{end: frozenset() for end in _FINAL},
}
"""From each state to those that may follow. ``stored`` goes back where the stored bytes were damaged since."""


@dataclass(frozen=True)
class Wish:
    """One take that is wanted from a service, before it is asked for.

    ``key`` is the digest of all that decides the take (:func:`wish_key`); ``compiled`` what will be sent, as JSON
    without secrets; ``price`` the estimate that is reserved, None where nobody says.
    """

    key: str
    film: str
    shot: str
    take: int
    provider: str
    model: str
    compiled: Mapping[str, Json]
    price: Money | None
    person: str = ""
    run: str = ""


@dataclass(frozen=True)
class Job:
    """A wish in the journal. ``ref`` is unique for ever; ``began`` is when the intent was written, seconds since 1970.

    ``reserved`` and ``cost`` are in the film's currency; ``cost`` is None until the job is settled.
    """

    ref: str
    wish: Wish
    attempt: int
    state: JobState
    began: float
    changed: float
    handle: Mapping[str, Json] | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    sha256: str = ""
    cost: Money | None = None
    reason: str = ""

    @property
    def charge(self) -> Money | None:
        """What counts against the budget: the cost, or the reservation until that is known; None where unknown."""
        return self.cost if self.cost is not None else self.wish.price

    @property
    def take_name(self) -> str:
        """``harbour/boat t02``."""
        return f"{self.wish.shot} t{self.wish.take:02}"


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """One line of a job's story: number, moment (seconds since 1970), what happened, and its data."""

    seq: int
    ref: str
    at: float
    kind: str
    data: Mapping[str, Json]


def wish_key(parts: Mapping[str, Json]) -> str:
    """The digest of a wish: provider, model, what is sent, digests of the references, seed, take, film and shot."""
    return hashlib.sha256(canonical(dict(parts)).encode()).hexdigest()


def ref_of(key: str, attempt: int) -> str:
    """The name of an attempt at a wish: 32 hex digits, the same wherever and whenever it is computed."""
    return hashlib.sha256(f"{key}/{attempt}".encode()).hexdigest()[:32]


def total(amounts: list[Money], currency: str) -> Money:
    """The exact sum. Raises FilmkitError where an amount is in another currency."""
    for amount in amounts:
        if amount.currency != currency and amount.amount:
            raise FilmkitError(
                f"{amount.amount:f} {amount.currency} cannot be counted in {currency}: a film has one currency",
                remedy=f"write budget.limit (and --max) in {amount.currency}",
            )
    return Money(sum((amount.amount for amount in amounts), Decimal(0)), currency)
