"""The takes of a film as a table: what each file is, what the lock says of it, and which the film shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filmkit.engine.execute import Workshop
from filmkit.load.examine import Examined, Examiner, Probe
from filmkit.load.lock_write import read_lines, take_name
from filmkit.load.named_takes import NamedShot, Shelf
from filmkit.load.takes import TakeFile
from filmkit.load.trash import mend
from filmkit.model.run import Json
from filmkit.model.take import MediaFacts


@dataclass(frozen=True)
class TakeRow:
    """One take. ``use`` is ``circled``, ``shown`` (the highest, where none is circled) or empty; ``facts`` are None
    where the file cannot be used, and ``problem`` says why; ``line`` is what the lock says.
    """

    shot: str
    file: TakeFile
    use: str
    sha256: str
    facts: MediaFacts | None
    problem: str
    line: Mapping[str, Json]
    is_changed: bool


def take_rows(shelf: Shelf, shots: Sequence[NamedShot], shop: Workshop, probe: Probe | None = None) -> list[TakeRow]:
    """Rows for the takes of these shots, in the order of the film."""
    files = [take for shot in shots for take in shelf.takes.get(shot.name, [])]
    found = Examiner(shop.memo, probe).examine(media=[take.path for take in files], tables=(), others=())
    lines = read_lines(shelf.folder)
    return [
        _row(shot, take, shelf.takes[shot.name], found[take.path], lines.get(take_name(take.shot, take.number), {}))
        for shot in shots
        for take in shelf.takes.get(shot.name, [])
    ]


def _row(
    shot: NamedShot, take: TakeFile, group: Sequence[TakeFile], found: Examined, line: Mapping[str, Json]
) -> TakeRow:
    is_circled = shot.circled == take.label
    is_shown = shot.circled is None and take is group[-1]
    said = line.get("sha256")
    return TakeRow(
        shot=shot.name,
        file=take,
        use="circled" if is_circled else "shown" if is_shown else "",
        sha256=found.sha256,
        facts=found.facts if found.problem is None else None,
        problem=found.problem[0] if found.problem is not None else "",
        line=line,
        is_changed=said not in (None, found.sha256),
    )


def digests_of(shelf: Shelf, shop: Workshop) -> dict[tuple[str, int], str]:
    """The sha256 of every take on disk that can be read, by shot and number."""
    files = [take for group in shelf.takes.values() for take in group]
    found = Examiner(shop.memo).examine(media=(), tables=(), others=[take.path for take in files])
    return {(take.shot, take.number): found[take.path].sha256 for take in files if found[take.path].sha256}


def mended(folder: Path, storyboard: Path, shop: Workshop) -> Shelf:
    """The shelf of a film after what was broken off in its trash was ended."""
    shelf = Shelf.of(folder, storyboard)
    mend(folder, digests_of(shelf, shop))
    return shelf
