"""Paid takes in plain lines: what is planned and for how much, what came of it, what a film cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from filmkit.model.generation import Loss
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.report.text import plain
from filmkit.store.jobs import Job, JobState
from filmkit.store.journal_rows import money, text_of


@dataclass(frozen=True, slots=True)
class PlannedTake:
    """One line of the plan."""

    shot: str
    take: int
    provider: str
    model: str
    seconds: Decimal | None
    price: Money | None
    losses: tuple[Loss, ...] = ()


def plan_lines(takes: Sequence[PlannedTake]) -> Iterator[str]:
    """A table of the takes to ask for; below those of a shot, what of the storyboard is not kept as written."""
    rows = [
        (take.shot, f"t{take.take:02}", f"{take.provider}/{take.model}", _seconds(take.seconds), _price(take.price))
        for take in takes
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, take, below in zip(rows, takes, [*takes[1:], None], strict=True):
        left = "  ".join(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=False))
        yield plain(f"{left}  {row[3].rjust(widths[3])}  {row[4].rjust(widths[4])}")
        if below is not None and (below.shot, below.losses) == (take.shot, take.losses):
            continue  # what all takes of a shot lose is said once
        yield from (plain(f"    {loss.fate.value}: {loss.key} ({loss.detail})") for loss in take.losses)


def budget_line(price: Money | None, count: int, limit: Money | None, left: Money | None, spent: Money) -> str:
    """``3 takes, 1.80 USD; spent 4.20 USD of 20.00 USD, 15.80 USD left``."""
    takes = f"{count} take{'s' if count != 1 else ''}, {_price(price)}" if count else "nothing new to ask for"
    of = f" of {money(limit)}, {money(left)} left" if limit is not None and left is not None else ""
    return f"{takes}; spent {money(spent)}{of}"


_WORDS: Final = {
    JobState.USED: "made",
    JobState.FAILED: "failed",
    JobState.MODERATED: "moderated",
    JobState.CANCELLED: "cancelled",
    JobState.LOST: "paid and lost",
    JobState.REFUSED: "not taken",
    JobState.HELD: "HELD",
}
_ASIDE: Final = {
    JobState.MODERATED: "say it in other words; to ask again as it is: filmkit generate FILM --answer {ref}=again",
    JobState.LOST: "if it is there after all: filmkit generate FILM --answer {ref}=NAME; "
    "to ask and pay once more: filmkit generate FILM --answer {ref}=again",
}


def outcome_lines(job: Job, trouble: str) -> Iterator[str]:
    """What became of one take, what it cost, and what to do."""
    word = _WORDS.get(job.state, "on its way")
    name = f"{job.wish.shot} t{int(str(job.facts.get('take', job.wish.take))):02}"
    cost = "" if job.charge is None or job.state is JobState.REFUSED else f"  {money(job.charge)}"
    why = trouble if job.state.is_open and trouble else job.reason
    yield plain(f"{name}  {word}{cost}{': ' + why if why else ''}")
    if job.state in _ASIDE:
        yield f"    → {_ASIDE[job.state].format(ref=job.ref[:8])}"


def question_lines(job: Job) -> Iterator[str]:
    """The question a person must answer, and how."""
    yield plain(f"{job.take_name} ({job.wish.provider}, {job.ref[:8]}): {job.reason or 'was this take begun?'}")
    answer = f"filmkit generate FILM --answer {job.ref[:8]}"
    yield f"    → no, nothing was charged:            {answer}=no"
    yield f"    → yes, and this is the job's name:    {answer}=NAME"
    yield f"    → yes, charged, and not to be found:  {answer}=yes"


BY: Final[dict[str, Callable[[Job], str]]] = {
    "shot": lambda job: job.wish.shot,
    "take": lambda job: job.take_name,
    "model": lambda job: f"{job.wish.provider}/{job.wish.model}",
    "person": lambda job: job.wish.person or "somebody",
    "day": lambda job: time.strftime("%Y-%m-%d", time.localtime(job.began)),
}
"""What costs can be counted by."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """``takes`` that came home of ``jobs``; ``cost`` counts all of them, ``open`` what of it is only reserved."""

    name: str
    jobs: int
    takes: int
    cost: Money
    open: Money


def cost_rows(jobs: Iterable[Job], by: str, currency: str) -> list[CostRow]:
    """Costs in the order of first mention, days sorted."""
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(BY[by](job), []).append(job)
    return [_row(name, groups[name], currency) for name in (sorted(groups) if by in {"day", "take"} else groups)]


def _row(name: str, jobs: list[Job], currency: str) -> CostRow:
    def sum_of(chosen: Iterable[Job]) -> Money:
        return Money(sum((job.charge.amount for job in chosen if job.charge), Decimal(0)), currency)

    made = sum(job.state is JobState.USED for job in jobs)
    return CostRow(name, len(jobs), made, sum_of(jobs), sum_of(job for job in jobs if job.state.is_open))


def cost_lines(rows: Sequence[CostRow]) -> Iterator[str]:
    """A table with a sum below."""
    if not rows:
        yield "no take of this film was asked for from a service"
        return
    width = max(len(row.name) for row in rows)
    for row in rows:
        open_ = f", {money(row.open)} of it reserved" if row.open.amount else ""
        yield plain(f"{row.name.ljust(width)}  {money(row.cost):>12}  {row.takes} of {row.jobs} came home{open_}")
    total = Money(sum((row.cost.amount for row in rows), Decimal(0)), rows[0].cost.currency)
    yield f"{'in all'.ljust(width)}  {money(total):>12}"


def job_value(job: Job, trouble: str = "") -> dict[str, Json]:
    """A job for machines."""
    return {
        "ref": job.ref, "shot": job.wish.shot, "take": job.facts.get("take", job.wish.take), "state": job.state.value,
        "provider": job.wish.provider, "model": job.wish.model, "person": job.wish.person,
        "estimate": text_of(job.wish.price), "cost": text_of(job.cost), "sha256": job.sha256 or None,
        "reason": job.reason or trouble or None, "attempt": job.attempt,
    }  # fmt: skip


def _seconds(seconds: Decimal | None) -> str:
    return "" if seconds is None else f"{float(seconds):g} s"


def _price(price: Money | None) -> str:
    return "price unknown" if price is None else money(price)
