"""How a job is begun and asked after, for every service alike: one paid request, then questions that cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from filmkit.model.run import Json
from filmkit.providers.answers import checked
from filmkit.providers.base import Answer, ErrorKind, Http, HttpError, Intent, Provider, Request
from filmkit.providers.reading import Place, text_at


def begin(provider: Provider, request: Request, http: Http, *place: Place) -> Answer:
    """Sends the one request that is paid for; its answer has a name for the job at ``place``.

    Raises HttpError. An answer without a name may stand for a job: UNKNOWN_OUTCOME.
    """
    return begun(provider, http.send(request), *place)


def begun(provider: Provider, answer: Answer, *place: Place) -> Answer:
    """The same for an answer that was looked at already. Raises HttpError."""
    checked(answer, provider.classify, "begin the take", is_free=False)
    if not text_at(answer.body, *place):
        raise HttpError(
            f"{provider.id} answered {answer.status}, but without a name for the job",
            ErrorKind.UNKNOWN_OUTCOME,
        )
    return answer


def ask(provider: Provider, path: str, http: Http, what: str) -> Answer:
    """A question that costs nothing. Raises HttpError, also where the answer is no JSON object."""
    answer = checked(http.send(Request("GET", path)), provider.classify, what, is_free=True)
    if not isinstance(answer.body, dict):
        raise HttpError(f"could not {what}: {provider.id} answered with something else", ErrorKind.TRANSIENT)
    return answer


@contextmanager
def before_it_is_paid() -> Iterator[None]:
    """Around what is sent before the one paid request: whatever gets lost there, nothing has begun (BUSY)."""
    try:
        yield
    except HttpError as error:
        if error.kind not in {ErrorKind.TRANSIENT, ErrorKind.UNKNOWN_OUTCOME}:
            raise
        raise HttpError(error.message, ErrorKind.BUSY, remedy=error.remedy, wait_s=error.wait_s) from None


def part(name: Json) -> str:
    """A name that a service gave, as one part of a path."""
    return quote(str(name), safe="")


def hour_of(intent: Intent) -> str:
    """When a request was written down, for a question to a person: ``2026-11-22 14:05 UTC``."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(intent.began, UTC).strftime("%Y-%m-%d %H:%M UTC")
