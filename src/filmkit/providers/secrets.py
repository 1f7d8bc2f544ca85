"""What may never be read by others: keys are remembered as they are read, and taken out of whatever is said.

message, log record, report, event ─▶ redacted ─▶ the same with ``[secret]`` where a secret stood
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from filmkit.model.run import Json

MARK: Final = "[secret]"
_LEAST = 6
"""Shorter values are words of the language: taking them out would make messages unreadable."""

_known: set[str] = set()

_URL = re.compile(
    r"""(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<user>[^\s/@"'<>]*@)?(?P<rest>[^\s"'<>?#]*)"""
    r"""(?P<query>[?#][^\s"'<>]*)?"""
)
_PATTERNS = (
    (re.compile(r"(?i)((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|key|basic|token)\s+)?[^\s\"',;}]+"),
     rf"\1{MARK}"),
    (re.compile(r"(?i)\b((?:x-goog-api-key|x-api-key|api[-_]?key)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;}]+"), rf"\1{MARK}"),
    (re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}"), rf"\1{MARK}"),
    (re.compile(r"(?i)(x-(?:amz|goog)-(?:signature|credential|security-token)=)[^&\s\"']+"), rf"\1{MARK}"),
    (re.compile(r"\b(?:sk|key|tok|pk|rk)[-_][A-Za-z0-9_-]{16,}"), MARK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MARK),
)  # fmt: skip


def remember(values: Iterable[str]) -> None:
    """From now on these values are taken out of whatever this process says, its log records too."""
    longest = {value for value in values if len(value) >= _LEAST}
    if longest:
        _known.update(longest)
        _guard_logs()


def without_known(text: str) -> str:
    """``text`` without the keys this process knows; all else stays."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, MARK)
    return text


def redacted(text: str) -> str:
    """``text`` without known keys, authorisations, signatures, and without user and query of addresses."""
    text = _URL.sub(_plain_address, without_known(text))
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def redacted_json(value: Json) -> Json:
    """The same for every text in a JSON value, names too."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, list):
        return [redacted_json(item) for item in value]
    if isinstance(value, dict):
        return {redacted(name): redacted_json(item) for name, item in value.items()}
    return value


def holds_secret(text: str) -> bool:
    """Whether a key that this process knows stands in ``text``."""
    return any(value in text for value in _known)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without the variables whose value is, or holds, a known key: for children."""
    return {name: value for name, value in environment.items() if not holds_secret(value)}


def _plain_address(found: re.Match[str]) -> str:
    user = f"{MARK}@" if found["user"] else ""
    query = f"{found['query'][0]}…" if found["query"] and len(found["query"]) > 1 else ""
    return f"{found['scheme']}{user}{found['rest']}{query}"


def _guard_logs() -> None:
    """Every log record of this process is redacted where it is made, whoever writes it and wherever it goes."""
    if getattr(logging.getLogRecordFactory(), "redacts", False):
        return
    make = logging.getLogRecordFactory()

    def guarded(*args: Any, **more: Any) -> logging.LogRecord:  # noqa: ANN401 - as logging calls it
        record = make(*args, **more)
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # logging itself complains of wrong arguments, later and better
            return record
        if (plain := redacted(said)) != said:
            record.msg, record.args = plain, ()
        return record

    guarded.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(guarded)
