"""What an HTTP answer means where a service has no words of its own for it."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable

from filmkit.providers.base import Answer, ErrorKind, HttpError
from filmkit.providers.secrets import redacted

_MOST_WAIT_S = 3600.0
_KINDS = {
    401: ErrorKind.AUTH,
    402: ErrorKind.BALANCE,
    403: ErrorKind.AUTH,
    404: ErrorKind.NOT_FOUND,
    408: ErrorKind.UNKNOWN_OUTCOME,
    410: ErrorKind.NOT_FOUND,
    425: ErrorKind.BUSY,
    429: ErrorKind.RATE,
    503: ErrorKind.BUSY,
}
_REMEDIES = {
    ErrorKind.AUTH: "see that the key is right, and may do this",
    ErrorKind.BALANCE: "the account is empty: add credit on the service's page",
    ErrorKind.INVALID: "change what the storyboard asks for",
    ErrorKind.RATE: "wait, then run the same command again",
    ErrorKind.BUSY: "wait, then run the same command again",
    ErrorKind.MODERATED: "say it in other words, or use another picture",
}


def status_kind(answer: Answer) -> ErrorKind | None:
    """What the status alone says; None for 2xx. A 5xx other than 503 may have been accepted: an unknown outcome."""
    if 200 <= answer.status < 300:
        return None
    if answer.status in _KINDS:
        return _KINDS[answer.status]
    return ErrorKind.UNKNOWN_OUTCOME if answer.status >= 500 else ErrorKind.INVALID


def retry_after_s(answer: Answer) -> float | None:
    """Seconds the service asks to be left alone (Retry-After, RFC 9110 10.2.3, or in milliseconds); an hour at most."""
    if milliseconds := answer.headers.get("retry-after-ms"):
        return _seconds(milliseconds, 1000)
    said = answer.headers.get("retry-after", "")
    seconds = _seconds(said, 1)
    if seconds is not None or not said:
        return seconds
    try:
        return _bounded(email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _seconds(text: str, parts: int) -> float | None:
    try:
        return _bounded(float(text) / parts)
    except ValueError:
        return None


def _bounded(seconds: float) -> float | None:
    return min(max(seconds, 0.0), _MOST_WAIT_S) if seconds == seconds else None


def checked(answer: Answer, classify: Callable[[Answer], ErrorKind | None], what: str, *, is_free: bool) -> Answer:
    """The answer, where it is a success; else raises HttpError with its kind and the service's own words.

    ``what`` was asked (``poll the job``). ``is_free``: nothing is paid for, so that what may have been accepted is
    only TRANSIENT.
    """
    kind = classify(answer)
    if kind is None:
        return answer
    if is_free and kind is ErrorKind.UNKNOWN_OUTCOME:
        kind = ErrorKind.TRANSIENT
    said = said_by(answer)
    raise HttpError(
        redacted(f"could not {what}: the service answered {answer.status}{': ' + said if said else ''}"),
        kind,
        remedy=_REMEDIES.get(kind, ""),
        wait_s=retry_after_s(answer),
    )


def said_by(answer: Answer) -> str:
    """The service's own words about an error, on one line, redacted; empty where there are none."""
    words = _words(answer.body, 0) or answer.text
    return redacted(" ".join("".join(sign if sign.isprintable() else " " for sign in words).split()))[:400]


def _words(value: object, depth: int) -> str:
    """The first text under the names that services use for what they say."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((found for item in value[:3] if depth < 4 and (found := _words(item, depth + 1))), "")
    if isinstance(value, dict) and depth < 4:
        names = ("error", "message", "detail", "details", "msg", "status_msg", "base_resp", "failure", "reason", "code")
        return next((found for name in names if (found := _words(value.get(name), depth + 1))), "")
    return ""
