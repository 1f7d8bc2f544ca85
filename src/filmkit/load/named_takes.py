"""Shots and takes as people name them on the command line: ``boat``, ``harbour/boat``, ``t02``, ``boat/t02``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmkit.errors import UsageError
from filmkit.load.files import Files
from filmkit.load.film import read_storyboard, storyboard_from
from filmkit.load.takes import TakeFile, list_takes
from filmkit.load.walk import KeyPath, each_shot
from filmkit.load.words import did_you_mean, shown
from filmkit.model.film import shot_name
from filmkit.model.finding import FilmError, Finding
from filmkit.model.storyboard import Storyboard

_TAKE: Final = re.compile(r"[tT]?0*([0-9]{1,4})")


@dataclass(frozen=True)
class NamedShot:
    """A shot, where it stands, the take it circles (``t02``, or None), and whose material it shows."""

    name: str
    path: KeyPath
    circled: str | None
    material: str


@dataclass(frozen=True)
class Shelf:
    """All shots of a film and the files of their takes; nothing is opened."""

    folder: Path
    board: Storyboard
    shots: tuple[NamedShot, ...]
    takes: dict[str, list[TakeFile]]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, folder: Path, storyboard: Path) -> Shelf:
        """Raises FilmError where the storyboard cannot be read; what is wrong with media is no matter here."""
        board, findings = storyboard_from(read_storyboard(storyboard))
        if board is None:
            raise FilmError(findings)
        listed = list_takes(board, Files.of(folder))
        return cls(folder, board, tuple(_shots(board)), listed.takes, tuple(listed.findings))

    def shot(self, word: str) -> NamedShot:
        """The shot that is meant. Raises UsageError."""
        low = word.lower()
        for shot in self.shots:
            if low in {shot.name.lower(), shot.name.lower().rpartition("/")[2]}:
                return shot
        names = [name for shot in self.shots for name in (shot.name, shot.name.rpartition("/")[2])]
        raise UsageError(f"there is no shot '{shown(word)}'", remedy=did_you_mean(word, names))

    def take(self, shot: NamedShot, word: str) -> TakeFile:
        """A take of a shot that is there. Raises UsageError."""
        match = _TAKE.fullmatch(word)
        have = self.takes.get(shot.material, [])
        for take in have:
            if match is not None and take.number == int(match[1]):
                return take
        listed = ", ".join(take.label for take in have)
        remedy = f"it has {listed}" if have else f"it has none yet: put one into takes/{shot.material}/"
        raise UsageError(f"{shot.name} has no take '{shown(word)}'", remedy=remedy)

    def named(self, word: str) -> tuple[NamedShot, TakeFile]:
        """``boat/t02`` or ``harbour/boat/t02``. Raises UsageError."""
        shot, slash, take = word.rpartition("/")
        if not slash:
            raise UsageError(f"'{shown(word)}' names no take", remedy="write shot and take: boat/t02")
        found = self.shot(shot)
        return found, self.take(found, take)


def _shots(board: Storyboard) -> Iterator[NamedShot]:
    names = {}
    for scene, shot, _ in each_shot(board):
        names[shot.id.lower()] = names[shot_name(scene, shot).lower()] = shot_name(scene, shot)
    for scene, shot, path in each_shot(board):
        name = shot_name(scene, shot)
        yield NamedShot(name, path, shot.take, names.get(shot.of.lower(), name) if shot.of else name)
