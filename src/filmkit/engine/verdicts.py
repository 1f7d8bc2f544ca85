"""What a person says about a paid job that filmkit cannot settle by itself."""

from __future__ import annotations

import re
from decimal import Decimal

from filmkit.errors import UsageError
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.providers.registry import provider_of
from filmkit.store.jobs import Job, JobState
from filmkit.store.journal import Journal

HOW = (
    "--answer REF=no (nothing was begun, nothing charged) · REF=JOB (the job's name on the service's page) · "
    "REF=yes (it was charged, and its job is not to be found)"
)


_UNKNOWN = frozenset({JobState.HELD, JobState.LOST})
"""Where it may turn out that nothing began, or what the job is called."""
_ASKING = {
    "no": _UNKNOWN,
    "yes": frozenset({JobState.HELD, JobState.SUBMITTED, JobState.SUCCEEDED}),
    "again": frozenset({JobState.MODERATED, JobState.LOST}),
}


def answer(journal: Journal, film: str, said: str) -> Job:
    """Settles a job by ``REF=WORD``; REF may be the beginning of it.

    ``no``: it never arrived; the take may be asked for again. ``yes``: it was charged, and is lost; also for a job that
    is on its way and will never come. ``again``, for a take that was moderated or lost: ask again in spite of that, for
    the price of another. Any other word is the job's name at the service: it is fetched by the next run.
    Raises UsageError.
    """
    ref, is_said, word = said.partition("=")
    word = word.strip()
    if not is_said or not word:
        raise UsageError(f"{said!r} is no answer", remedy=HOW)
    job = _job(journal, film, ref.strip())
    if job.state not in _ASKING.get(word, _UNKNOWN):
        raise UsageError(f"{job.take_name} ({job.ref[:8]}) is {job.state}: {word!r} is no answer to that", remedy=HOW)
    handle = None if word in _ASKING else _handle(job, word)
    journal.note(job.ref, "answered", {"word": word})
    if word == "again":
        return journal.move(job.ref, JobState.WAIVED)
    if word == "yes":
        return journal.move(job.ref, JobState.LOST, reason="a person says that it was charged, and is not to be found")
    if word == "no":
        price = job.wish.price
        cost = {"cost": Money(Decimal(0), price.currency)} if price else {}
        return journal.move(job.ref, JobState.WAIVED, **cost)
    return journal.move(job.ref, JobState.SUBMITTED, handle=handle, reason="")


def _job(journal: Journal, film: str, ref: str) -> Job:
    found = [job for job in journal.jobs(film) if ref and job.ref.startswith(ref)]
    if len(found) != 1:
        what = "several jobs begin" if found else "no job of this film begins"
        raise UsageError(f"{what} with {ref!r}", remedy="`filmkit cost --by job` lists all jobs with their names")
    return found[0]


def _handle(job: Job, name: str) -> dict[str, Json]:
    """What the service would have answered. Raises UsageError."""
    if not re.fullmatch(r"[A-Za-z0-9_./:-]{1,200}", name):
        raise UsageError(f"{name!r} is no job's name", remedy="copy it from the service's page")
    return dict(provider_of(job.wish.provider).handle_of(name, job.wish.compiled).value)
