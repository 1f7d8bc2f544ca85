"""``storyboard.lock``: what each take is, one JSON object a line, sorted by take. Here it is read and checked.

A line has at least ``take`` (``harbour/boat/t02``) and ``sha256``; whatever else it says (provider, model, seed,
prompt, price, licence) is of no concern here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmkit.load.files import Files, FoundFile
from filmkit.load.tree import Source, excerpt
from filmkit.load.words import shown
from filmkit.model.finding import Finding, Place, Severity
from filmkit.model.run import Json

LOCK: Final = "storyboard.lock"
MOST_BYTES: Final = 8 << 20

_TAKE = re.compile(r"(?P<shot>[^/]+/[^/]+)/t0*(?P<number>[0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class LockLine:
    """What a line says: take ``number`` of ``shot`` has these bytes."""

    shot: str
    number: int
    sha256: str
    line: int


def check_lock(files: Files, digests: Mapping[tuple[str, int], str]) -> list[Finding]:
    """An error for every take that is not what its line says, and for every line that cannot be read.

    ``digests`` has the sha256 of every take on disk by shot and number; empty where it could not be read.
    """
    found = files.find(LOCK)
    if not isinstance(found, FoundFile) or not Path(found.path).is_relative_to(files.film):
        return []
    with open(found.path, "rb") as stream:  # noqa: PTH123
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return [
            Finding(
                "lock-too-large", f"{LOCK} has more than {MOST_BYTES:,} bytes", "restore it from git", place=Place(LOCK)
            )
        ]
    source = Source(LOCK, data.decode("utf-8", errors="replace"))
    findings: list[Finding] = []
    on_disk = {(shot.lower(), number): sha256 for (shot, number), sha256 in digests.items()}
    for entry in _lines(source, findings):
        sha256 = on_disk.get((entry.shot.lower(), entry.number))
        if sha256 is None:
            findings.append(_gone(entry, source))
        elif sha256 and sha256 != entry.sha256:
            findings.append(_changed(entry, source))
    return findings


def _lines(source: Source, findings: list[Finding]) -> Iterator[LockLine]:
    seen: dict[tuple[str, int], int] = {}
    for number, text in enumerate(source.text.split("\n"), start=1):
        if not text.strip():
            continue
        entry = _entry(text, number)
        if entry is None:
            is_merge = text.startswith(("<<<<<<<", "=======", ">>>>>>>"))
            remedy = (
                "settle the merge: keep one line a take"
                if is_merge
                else f"restore {LOCK} from git, or delete this line"
            )
            place = Place(LOCK, number, 1, excerpt(text))
            findings.append(Finding("lock-line", "this line does not say what a take is", remedy, place=place))
            continue
        first = seen.setdefault((entry.shot.lower(), entry.number), number)
        if first != number:
            message = f"lines {first} and {number} are about the same take"
            place = Place(LOCK, number, 1, excerpt(text))
            findings.append(Finding("lock-twice", message, "keep the one that is right", place=place))
            continue
        yield entry


def object_of(text: str) -> dict[str, Json] | None:
    """What a line says; None where it is no JSON object, or has numbers that JSON has not (NaN, endless ones)."""
    try:
        value = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _finite(number: str) -> float:
    if not math.isfinite(float(number)):
        raise ValueError(number)
    return float(number)


def _entry(text: str, line: int) -> LockLine | None:
    value = object_of(text) or {}
    take, sha256 = value.get("take"), value.get("sha256")
    match = _TAKE.fullmatch(take) if isinstance(take, str) else None
    if match is None or not isinstance(sha256, str) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return None
    return LockLine(match["shot"], int(match["number"]), sha256, line)


def _gone(entry: LockLine, source: Source) -> Finding:
    name = f"t{entry.number:02} of {shown(entry.shot)}"
    place = Place(LOCK, entry.line, 1, excerpt(source.line_text(entry.line)))
    return Finding(
        "lock-take-gone",
        f"{LOCK} knows take {name}, and its file is not there",
        "bring the file back, or delete the line",
        Severity.WARNING,
        place,
        shown(entry.shot),
    )


def _changed(entry: LockLine, source: Source) -> Finding:
    place = Place(LOCK, entry.line, 1, excerpt(source.line_text(entry.line)))
    message = f"take t{entry.number:02} of {shown(entry.shot)} is not what {LOCK} says: its bytes have changed"
    remedy = "bring back the file that was there, and give the new take a new number"
    return Finding("take-changed", message, remedy, place=place, about=shown(entry.shot))
