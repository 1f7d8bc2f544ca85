"""What a look into an inbox finds: candidates, what is known already, what is wrong, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filmkit.load.inbox import InboxFile
from filmkit.load.lock_write import read_lines, take_name
from filmkit.load.provenance import Provenance
from filmkit.load.takes import TakeFile
from filmkit.load.trash_list import trashed
from filmkit.model.take import MediaFacts
from filmkit.plan.download_names import NameSays
from filmkit.plan.likeness import Verdict


@dataclass(frozen=True)
class Candidate:
    """A file that may be a take: its bytes, what it is, where it comes from, and which shots speak for it."""

    file: InboxFile
    says: NameSays
    sha256: str
    facts: MediaFacts
    origin: Provenance
    verdict: Verdict

    @property
    def name(self) -> str:
        """Its name from the inbox on."""
        return self.file.name


@dataclass(frozen=True)
class Known:
    """A file whose bytes are known: ``take`` is where (``harbour/boat/t01``); ``way`` is ``there``, ``trash``, or
    ``twin`` (the same as another file here, which ``take`` then names).
    """

    candidate: Candidate
    take: str
    way: str


@dataclass(frozen=True)
class Wrong:
    """A file that is no take as it is, why, and what to do."""

    name: str
    reason: str
    remedy: str


@dataclass
class Survey:
    """What an inbox holds for a film; ``orders`` are what is sure, or was said, in the order in which it was made."""

    orders: list[Order] = field(default_factory=list)
    unsure: list[Candidate] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    left: int = 0
    is_whole: bool = True


@dataclass(frozen=True)
class Order:
    """A file that is to become a take, and why; ``number`` is said where the lock knows its place already."""

    candidate: Candidate
    shot: str
    why: str
    number: int | None = None


@dataclass(frozen=True)
class Taken:
    """A file that became a take."""

    candidate: Candidate
    shot: str
    number: int
    why: str = ""


@dataclass(frozen=True)
class Whereabouts:
    """Where bytes are known: takes on disk, the lock, the trash."""

    there: Mapping[str, str]
    locked: Mapping[str, str]
    away: Mapping[str, str]

    @classmethod
    def of(cls, film: Path, takes: Mapping[TakeFile, str], shots: Sequence[str]) -> Whereabouts:
        """Lines of shots that are no more say nothing."""
        lines = {name: line for name, line in read_lines(film).items() if name.rpartition("/t")[0] in shots}
        return cls(
            {sha256: take_name(take.shot, take.number) for take, sha256 in takes.items()},
            {str(line.get("sha256")): name for name, line in lines.items()},
            {kept.sha256: take_name(kept.shot, kept.number) for kept in trashed(film)},
        )

    def find(self, sha256: str) -> tuple[str, str]:
        """The take of these bytes, and in which way it is known; both empty where it is not."""
        if sha256 in self.there:
            return self.there[sha256], "there" if self.there[sha256] in self.locked.values() else "unwritten"
        for where, way in ((self.locked, "gone"), (self.away, "trash")):
            if sha256 in where:
                return where[sha256], way
        return "", ""
