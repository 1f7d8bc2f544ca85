"""The sweep: what can be made again goes, least recently used first, until the store is within its limit.

What is pinned stays, and so does what is younger than a day, unless asked for. Blobs that no record names go first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filmkit.store.actions import Actions
from filmkit.store.blobs import Blobs
from filmkit.store.disk import fsync_folder, plain_errors
from filmkit.store.owner import new_token
from filmkit.store.survey import Survey, digests_of
from filmkit.store.workspace import remove_tree

DEFAULT_LIMIT_BYTES = 20_000_000_000
GRACE_S = 86_400.0
QUARANTINE_S = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Keep:
    """What a sweep must leave: ``limit_bytes`` of blobs, anything used or made in the last ``grace_s`` seconds."""

    limit_bytes: int = DEFAULT_LIMIT_BYTES
    grace_s: float = GRACE_S


@dataclass(frozen=True, slots=True)
class Sweep:
    """What goes: keys of records and digests of blobs with ``freed_bytes`` together; ``left_bytes`` of blobs stay."""

    records: tuple[str, ...]
    blobs: tuple[str, ...]
    freed_bytes: int
    left_bytes: int


def plan_sweep(survey: Survey, pins: frozenset[str], keep: Keep, now_s: float) -> Sweep:
    """Decide what goes, from facts alone; ``now_s`` is the wall time. Times in the future count as young."""
    users = survey.users()
    left_bytes = sum(facts.size for facts in survey.blobs.values())
    records: list[str] = []
    blobs: list[str] = []

    def let_go(digests: Iterable[str]) -> None:
        nonlocal left_bytes
        for digest in sorted(digests):
            facts = survey.blobs.get(digest)
            if facts and not users[digest] and digest not in pins and now_s - facts.made_s >= keep.grace_s:
                blobs.append(digest)
                left_bytes -= facts.size

    before_bytes = left_bytes
    let_go(survey.blobs)
    for key, (record, used_s) in sorted(survey.records.items(), key=lambda item: (item[1][1], item[0])):
        digests = digests_of(record)
        is_whole = digests <= survey.blobs.keys()
        if now_s - used_s < keep.grace_s or (is_whole and (left_bytes <= keep.limit_bytes or digests & pins)):
            continue
        records.append(key)
        users.subtract(digests)
        let_go(digests)
    return Sweep(tuple(records), tuple(blobs), before_bytes - left_bytes, left_bytes)


def run_sweep(sweep: Sweep, actions: Actions, blobs: Blobs, trash: Path) -> None:
    """Remove what ``sweep`` names: records before blobs, each by rename, fsync, unlink; whoever calls holds the lease
    alone. A kill at any point leaves whole things, blobs without a record, and litter in ``trash``.
    """
    with plain_errors(trash):
        _throw([actions.path(key) for key in sweep.records], trash)
        _throw([blobs.path(digest) for digest in sweep.blobs], trash)
        empty_trash(trash)


def _throw(paths: list[Path], trash: Path) -> None:
    for path in paths:
        path.rename(trash / f"{path.name}.{new_token()}")
    for folder in {path.parent for path in paths}:
        fsync_folder(folder)


def empty_trash(trash: Path) -> None:
    """Remove all that was thrown away: nobody uses anything from there."""
    for path in trash.iterdir():
        remove_tree(path)


def clear_quarantine(quarantine: Path, before_s: float) -> None:
    """Remove what was set aside before the wall time ``before_s``; until then a person may want to look at it."""
    with plain_errors(quarantine):
        for path in quarantine.iterdir():
            if path.lstat().st_ctime < before_s:
                remove_tree(path)
