"""What generating a film means now: takes that are wanted and missing, jobs that are on their way, and the money.

Nothing here is asked of a service or paid for.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from filmkit.engine.film_id import film_id
from filmkit.engine.wishes import Proposal, Who, propose
from filmkit.errors import FilmkitError, UsageError
from filmkit.load.examine import Probe
from filmkit.load.film import load_film
from filmkit.load.lock import LOCK
from filmkit.load.lock_write import read_lines
from filmkit.load.places import with_places
from filmkit.load.tree import excerpt
from filmkit.model.film import Film
from filmkit.model.finding import FilmError, Finding, Severity
from filmkit.model.generation import ShotRequest
from filmkit.model.scalar import Money
from filmkit.model.storyboard import Storyboard
from filmkit.plan.cut import cut
from filmkit.plan.requests import Order, by_nobody, made_by_render, wanted
from filmkit.providers.addresses import require_open
from filmkit.providers.registry import provider_of
from filmkit.store.digests import DigestMemo
from filmkit.store.jobs import Job, JobState, total
from filmkit.store.journal import Journal
from filmkit.store.owner import new_token


@dataclass(frozen=True)
class Budget:
    """The film's money: the limit (None: none), what was spent or is reserved here, and by others as the lock says."""

    currency: str
    limit: Money | None
    spent: Money
    elsewhere: Money

    @property
    def left(self) -> Money | None:
        """What may still be spent; None without a limit."""
        if self.limit is None:
            return None
        return Money(self.limit.amount - self.spent.amount - self.elsewhere.amount, self.currency)


@dataclass(frozen=True)
class Generation:
    """``proposals`` are new; ``on_their_way`` are jobs with something left to do, ``held`` those that wait for a
    person; ``told`` are jobs that make a wanted take and cannot be sent again as they are (moderated, lost).
    ``by_hand`` are takes that a person makes on a web page, ``by_render`` shots for which nothing has to be made.
    """

    folder: Path
    film: Film
    who: Who
    proposals: tuple[Proposal, ...]
    on_their_way: tuple[Job, ...]
    held: tuple[Job, ...]
    told: tuple[Job, ...]
    budget: Budget
    findings: tuple[Finding, ...]
    by_hand: tuple[ShotRequest, ...] = ()
    by_render: tuple[str, ...] = ()

    @property
    def price(self) -> Money | None:
        """What the proposals cost in all; None where nobody says for one of them."""
        prices = [proposal.wish.price for proposal in self.proposals]
        known = [price for price in prices if price is not None]
        return total(known, self.budget.currency) if len(known) == len(prices) else None


def open_generation(
    folder: Path, order: Order, journal: Journal, memo: DigestMemo, probe: Probe | None = None
) -> Generation:
    """Loads the film (or the cut, where ``folder`` is its storyboard) and finds out what is to be done.

    Raises UsageError, FilmError; nothing is asked of a service.
    """
    loaded = load_film(folder, memo=memo, probe=probe)
    if loaded.film is None:
        raise FilmError(loaded.findings)
    film = loaded.film
    who = Who(film_id(journal, loaded.folder), os.environ.get("FILMKIT_PERSON") or _user(), new_token())
    jobs = journal.jobs(who.film)
    locked = read_lines(loaded.folder)
    timeline, order = cut(film).timeline, _with_occupied(order, jobs, locked)
    asked, by_hand = wanted(film, timeline, order), wanted(film, timeline, order, by_hand=True)
    proposals, refused = _proposals(asked.requests, who)
    unmade = _nobody(by_nobody(film, order))
    findings = list(with_places([*asked.findings, *by_hand.findings, *refused, *unmade], loaded.tree))
    _refuse(findings, is_named=bool(order.shots), is_empty=not (proposals or by_hand.requests))
    fresh = [one for one in proposals if (last := _last(jobs, one)) is None or last.state.may_be_tried_again]
    return Generation(
        loaded.folder,
        film,
        who,
        tuple(fresh),
        tuple(job for job in jobs if job.state.is_open and job.state is not JobState.HELD),
        tuple(job for job in jobs if job.state is JobState.HELD),
        tuple(last for one in proposals if one not in fresh and (last := _last(jobs, one)) is not None),
        budget_of(film.storyboard, jobs, locked, fresh),
        tuple(findings),
        by_hand.requests,
        made_by_render(film, order),
    )


def _nobody(shots: Sequence[str]) -> list[Finding]:
    """Shots for whose takes the storyboard names nobody."""
    if not shots:
        return []
    return [
        Finding(
            "no-maker",
            f"the storyboard does not say who makes the takes of {', '.join(shots)}",
            "write `generate: {with: manual}` above `scenes:` to make them on a web page, or the word of a service "
            f"instead of manual; `filmkit models --for {shots[0]}` ranks them",
            Severity.WARNING,
        )
    ]


def budget_of(
    board: Storyboard | None,
    jobs: list[Job],
    locked: Mapping[str, Mapping[str, Any]],
    proposals: list[Proposal] | None = None,
) -> Budget:
    """The film's money as the storyboard, the journal and the lock tell it. Raises FilmkitError for two currencies."""
    limit = board.budget.limit if board is not None and board.budget else None
    prices = [price for one in proposals or () if (price := one.wish.price) is not None]
    charges = [charge for job in jobs if (charge := job.charge) is not None]
    currency = next((money.currency for money in ([limit] if limit else []) + charges + prices if money), "USD")
    own = {job.ref for job in jobs}
    elsewhere = [
        _told_price(name, said["price"])
        for name, said in locked.items()
        if said.get("price") is not None and said.get("job") not in own
    ]
    return Budget(currency, limit, total(charges, currency), total(elsewhere, currency))


def _told_price(take: str, said: object) -> Money:
    """A price that somebody else wrote into the lock. Raises FilmkitError: what is no sum, or a negative one, would
    move the budget's limit.
    """
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,12})?) ([A-Z]{3}|credits)", str(said))
    if match is None:
        raise FilmkitError(
            f"{LOCK} says that take {take} cost {excerpt(str(said))!r}, which is no sum of money",
            remedy="correct the line, or bring it back from git: the price is written like 0.60 USD",
        )
    return Money(Decimal(match[1]), match[2])


def _with_occupied(order: Order, jobs: list[Job], locked: Mapping[str, Any]) -> Order:
    """Numbers that are no files yet: jobs on their way, and takes the lock knows (others have not sent them yet); and
    those that were asked for in vain.
    """
    occupied: dict[str, set[int]] = {}
    tried: dict[str, set[int]] = {}
    gone: dict[str, set[int]] = {}
    for job in jobs:
        numbers = gone if job.state is JobState.USED else occupied if job.state.is_open else tried
        numbers.setdefault(job.wish.shot, set()).update({job.wish.take, int(str(job.facts.get("take", job.wish.take)))})
    for name in locked:
        shot, _, number = name.rpartition("/t")
        occupied.setdefault(shot, set()).add(int(number))
    return replace(order, occupied=occupied, tried=tried, gone=gone)


def _proposals(requests: Sequence[ShotRequest], who: Who) -> tuple[list[Proposal], list[Finding]]:
    proposals: list[Proposal] = []
    findings: list[Finding] = []
    for request in requests:
        try:
            provider = provider_of(request.maker)
            require_open(provider.home, os.environ)
            proposals.append(propose(provider, request, who))
        except UsageError as error:
            why = error.message.removeprefix(f"shot {request.shot}: ")
            finding = Finding("cannot-be-generated", f"{request.shot}: {why}", error.remedy, about=request.shot)
            if finding not in findings:
                findings.append(finding)
    return proposals, findings


def _refuse(findings: list[Finding], *, is_named: bool, is_empty: bool) -> None:
    """A shot that was named and cannot be made stops all; so does a film of which nothing can be made."""
    if (is_named or is_empty) and any(finding.severity is Severity.ERROR for finding in findings):
        raise FilmError(findings)


def _last(jobs: list[Job], proposal: Proposal) -> Job | None:
    """The latest attempt at this very wish."""
    own = [job for job in jobs if job.wish.key == proposal.wish.key]
    return max(own, key=lambda job: job.attempt, default=None)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
