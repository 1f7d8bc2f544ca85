"""Digest and facts of files in bulk: from the memo where they are known, else by the sandboxed probe, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from filmkit.errors import FilmkitError
from filmkit.load.lut import REMEDY, read_lut
from filmkit.model.run import Json
from filmkit.model.take import MediaFacts

FACTS_KIND: Final = "probe-5"
"""What is remembered of media. The number is its version: it grows when the probe finds out more, or otherwise."""

LUT_KIND: Final = "lut-2"
"""What is remembered of a table: its size, or why it is none. The number is its version."""


class Memo(Protocol):
    """What is needed of the store's memo of digests and facts."""

    def digests(self, paths: Iterable[Path]) -> dict[Path, tuple[str, int]]:
        """sha256 and size of every file."""

    def remembered_all(self, digests: Iterable[str], kind: str) -> dict[str, Json]:
        """Facts of a kind by digest."""

    def remember_all(self, kind: str, values: Mapping[str, Json]) -> None:
        """Keeps facts of a kind."""


class Refused(Protocol):
    """Why the gate refuses a file: one sentence, and what to do."""

    @property
    def reason(self) -> str:
        """What is wrong with it."""

    @property
    def remedy(self) -> str:
        """What to do about it."""


Probe: TypeAlias = Callable[[Sequence[Path]], Sequence[MediaFacts | Refused]]
"""Probes and counts files, in their order."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One file: its bytes, its facts (of media), or what is wrong with it and what to do."""

    sha256: str = ""
    size: int = 0
    facts: MediaFacts | None = None
    problem: tuple[str, str] | None = None


@dataclass(frozen=True)
class Examiner:
    """Examines files with a memo and a probe (None: the sandboxed one, imported when a file is new)."""

    memo: Memo
    probe: Probe | None = None

    def examine(self, *, media: Sequence[Path], tables: Sequence[Path], others: Sequence[Path]) -> dict[Path, Examined]:
        """Everything known of every file; a path that stands in two lists must be the same in both."""
        digests, unread = self._digests({*media, *tables, *others})
        facts = self._facts({digests[path][0]: path for path in media if path in digests})
        luts = self._tables({digests[path][0]: path for path in tables if path in digests})
        found = {path: Examined(problem=problem) for path, problem in unread.items()}
        for path, (sha256, size) in digests.items():
            found[path] = Examined(sha256, size)
        for path in media:
            if path in digests:
                found[path] = _with_facts(*digests[path], facts[digests[path][0]])
        for path in tables:
            if path in digests and luts[digests[path][0]] is not None:
                found[path] = Examined(*digests[path], problem=luts[digests[path][0]])
        return found

    def _digests(self, paths: set[Path]) -> tuple[dict[Path, tuple[str, int]], dict[Path, tuple[str, str]]]:
        """Digests of all files that can be read; what is wrong with the others."""
        try:
            return self.memo.digests(paths), {}
        except (OSError, FilmkitError):
            pass  # one of them: find out which
        digests: dict[Path, tuple[str, int]] = {}
        unread: dict[Path, tuple[str, str]] = {}
        for path in paths:
            try:
                digests.update(self.memo.digests([path]))
            except OSError as error:
                unread[path] = (f"it cannot be read ({error.strerror})", "check that you may read it")
            except FilmkitError as error:
                unread[path] = (error.message, error.remedy)
        return digests, unread

    def _facts(self, files: Mapping[str, Path]) -> dict[str, MediaFacts | Refused]:
        """Facts by digest; what the memo does not know is probed, each content once."""
        from filmkit.media.facts import facts_to_json

        known = self.memo.remembered_all(files, FACTS_KIND)
        facts: dict[str, MediaFacts | Refused] = {}
        for sha256, value in known.items():
            if (read := _read_facts(value)) is not None:
                facts[sha256] = read
        new = [sha256 for sha256 in files if sha256 not in facts]
        if new:
            probed = dict(zip(new, (self.probe or _probe())([files[sha256] for sha256 in new]), strict=True))
            facts |= probed
            made = {sha256: facts_to_json(fact) for sha256, fact in probed.items() if isinstance(fact, MediaFacts)}
            self.memo.remember_all(FACTS_KIND, made)
        return facts

    def _tables(self, files: Mapping[str, Path]) -> dict[str, tuple[str, str] | None]:
        """By digest what is wrong with a table and what to do, or None."""
        known = self.memo.remembered_all(files, LUT_KIND)
        new = {sha256: _check_table(path) for sha256, path in files.items() if not isinstance(known.get(sha256), str)}
        if new:
            self.memo.remember_all(LUT_KIND, dict(new))
        return {sha256: _told(str(value)) for sha256, value in {**known, **new}.items()}


def _told(problem: str) -> tuple[str, str] | None:
    """What is wrong, and what to do about it; None where nothing is."""
    message, _, remedy = problem.partition("; ")
    return (message, remedy or REMEDY) if message else None


def _read_facts(value: Json) -> MediaFacts | None:
    """Facts from the memo; None where it holds something else, and the file is probed again."""
    from filmkit.media.facts import facts_from_json

    try:
        return facts_from_json(value)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _check_table(path: Path) -> str:
    """Empty for a good table, else what is wrong and what to do."""
    try:
        read_lut(path)
    except ValueError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read ({error.strerror}); check that you may read it"
    return ""


def _with_facts(sha256: str, size: int, facts: MediaFacts | Refused) -> Examined:
    if isinstance(facts, MediaFacts):
        return Examined(sha256, size, facts)
    return Examined(sha256, size, problem=(facts.reason, facts.remedy))


def _probe() -> Probe:
    from filmkit.media.probe import probe

    return probe
