"""What is in a store: looked through for `store stats`, `store check`, and before a sweep. Nothing is changed here."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filmkit.store.actions import Actions, BadRecord, Record
from filmkit.store.blobs import Blobs


@dataclass(frozen=True, slots=True)
class BlobFacts:
    """``size`` in bytes; ``made_s`` when it came into the store, in wall seconds."""

    size: int
    made_s: float


@dataclass(frozen=True, slots=True)
class Survey:
    """Every whole record by key with its last use in wall seconds, bad ones with what is wrong, and every blob."""

    records: Mapping[str, tuple[Record, float]]
    bad_records: Mapping[str, str]
    blobs: Mapping[str, BlobFacts]

    def users(self) -> Counter[str]:
        """How many records name each digest."""
        return Counter(digest for record, _ in self.records.values() for digest in digests_of(record))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how many bytes together."""

    count: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """``kinds``: records of each kind of step, with the bytes of the blobs they name (a shared one counts for each).

    ``blobs`` are all of them once; ``unused`` those no record names and no pin holds.
    """

    kinds: Mapping[str, Tally]
    blobs: Tally
    pinned: Tally
    unused: Tally
    quarantined: Tally


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged thing: its name in the store (``blobs/<sha256>``), what is wrong, the kinds of step that need it."""

    name: str
    what: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was looked at. ``incomplete`` records name blobs that are not there: no damage, they count as misses."""

    records: int
    blobs: int
    read_blobs: int
    read_bytes: int
    incomplete: int
    damages: tuple[Damage, ...]


def digests_of(record: Record) -> set[str]:
    """The blobs a record names."""
    return {output.sha256 for output in record.outputs.values()}


def survey_store(actions: Actions, blobs: Blobs) -> Survey:
    """Read every record, and look at the name and size of every blob."""
    records: dict[str, tuple[Record, float]] = {}
    bad: dict[str, str] = {}
    for key in actions.known_keys():
        try:
            records[key] = actions.load(key)
        except FileNotFoundError:
            continue  # another run's sweep was quicker
        except (BadRecord, OSError) as error:
            bad[key] = str(error)
    found = {name: BlobFacts(status.st_size, max(status.st_mtime, status.st_ctime)) for name, status in blobs.all()}
    return Survey(records, bad, found)


def stats_of(survey: Survey, pins: frozenset[str], quarantine: Path) -> Stats:
    """Counts and bytes by kind."""
    sizes = {digest: facts.size for digest, facts in survey.blobs.items()}
    named: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for record, _ in survey.records.values():
        counts[record.kind] += 1
        named.setdefault(record.kind, set()).update(digests_of(record) & sizes.keys())
    users = survey.users()
    aside = [entry.stat(follow_symlinks=False).st_size for entry in os.scandir(quarantine)]
    return Stats(
        kinds={kind: Tally(counts[kind], sum(map(sizes.__getitem__, named[kind]))) for kind in sorted(counts)},
        blobs=_tally(list(sizes.values())),
        pinned=_tally([size for digest, size in sizes.items() if digest in pins]),
        unused=_tally([size for digest, size in sizes.items() if digest not in pins and not users[digest]]),
        quarantined=_tally(aside),
    )


def _tally(sizes: list[int]) -> Tally:
    return Tally(len(sizes), sum(sizes))


def check_store(survey: Survey, blobs: Blobs, share: float) -> CheckReport:
    """Compare sizes of all blobs with their records, and read a random ``share`` (0 … 1) of the blobs to the end."""
    damages = [Damage(f"actions/{key}", what) for key, what in survey.bad_records.items()]
    needed_by: dict[str, set[str]] = {}
    incomplete = 0
    for record, _ in survey.records.values():
        incomplete += any(digest not in survey.blobs for digest in digests_of(record))
        for output in record.outputs.values():
            needed_by.setdefault(output.sha256, set()).add(record.kind)
            facts = survey.blobs.get(output.sha256)
            if facts is not None and facts.size != output.size:
                what = f"{facts.size:,} bytes where {output.size:,} were"
                damages.append(_damage(output.sha256, what, {record.kind}))
    known = {damage.name for damage in damages}
    chosen = random.SystemRandom().sample(sorted(survey.blobs), round(len(survey.blobs) * min(max(share, 0.0), 1.0)))
    for digest in sorted(chosen):
        what = blobs.damage(digest)
        if what and f"blobs/{digest}" not in known:
            damages.append(_damage(digest, what, needed_by.get(digest, set())))
    return CheckReport(
        records=len(survey.records) + len(survey.bad_records),
        blobs=len(survey.blobs),
        read_blobs=len(chosen),
        read_bytes=sum(survey.blobs[digest].size for digest in chosen),
        incomplete=incomplete,
        damages=tuple(damages),
    )


def _damage(digest: str, what: str, kinds: set[str]) -> Damage:
    return Damage(f"blobs/{digest}", what, tuple(sorted(kinds)))
