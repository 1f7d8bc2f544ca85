"""The takes on disk: ``takes/<scene>/<shot>/tNN.ext``, and whatever lies there that is no take of a shot."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filmkit.load.files import Files
from filmkit.load.walk import each_shot
from filmkit.load.words import did_you_mean, shown
from filmkit.media.sniff import PICTURE_ENDINGS
from filmkit.model.film import shot_name
from filmkit.model.finding import Finding, Place, Severity
from filmkit.model.storyboard import Storyboard

FOLDER: Final = "takes"
_TAKE = re.compile(r"[tT]0*([0-9]{1,4})\.([A-Za-z0-9]{1,8})")
_PARTIAL: Final = frozenset({"part", "crdownload", "download", "tmp", "partial"})


@dataclass(frozen=True, slots=True)
class TakeFile:
    """A file that is take ``number`` of ``shot`` (``harbour/boat``); ``name`` is relative to the film."""

    shot: str
    number: int
    path: Path
    name: str

    @property
    def label(self) -> str:
        """``t02``."""
        return f"t{self.number:02}"


@dataclass
class TakeList:
    """All takes by shot, lowest number first; findings have no path but the place of the file."""

    takes: dict[str, list[TakeFile]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def list_takes(board: Storyboard, files: Files) -> TakeList:
    """Looks through ``takes/``; opens nothing. Never raises for what lies there."""
    listed = TakeList()
    root = str(files.film / FOLDER)
    if (leaves := files.check_inside(root)) is not None:
        listed.findings.append(_at(FOLDER, leaves.code, leaves.message, leaves.remedy))
        return listed
    shots = _shots(board)
    for scene in _entries(root):
        if not _leaves(listed, scene, f"{FOLDER}/{scene.name}", files):
            _add_scene(listed, scene, shots, files)
    for takes in listed.takes.values():
        takes.sort(key=lambda take: take.number)
    return listed


def _add_scene(listed: TakeList, scene: os.DirEntry[str], shots: dict[tuple[str, str], str], files: Files) -> None:
    place = f"{FOLDER}/{scene.name}"
    below = list(_entries(scene.path)) if scene.is_dir() else []
    for entry in below:
        shot = shots.get((_plain(scene.name), _plain(entry.name)))
        if shot is None or not entry.is_dir():
            _unused(listed, f"{place}/{entry.name}", shots)
        elif not _leaves(listed, entry, f"{place}/{entry.name}", files, about=shot):
            _add_takes(listed, shot, entry.path, f"{place}/{entry.name}", files)
    if not below:
        _unused(listed, place, shots)


def _leaves(listed: TakeList, entry: os.DirEntry[str], name: str, files: Files, *, about: str = "") -> bool:
    """Whether a folder is a link that leads out of the film; nothing in it is looked at then."""
    leaves = files.check_inside(entry.path) if entry.is_symlink() else None
    if leaves is not None:
        message = f"{about}: {leaves.message}" if about else leaves.message
        listed.findings.append(_at(name, leaves.code, message, leaves.remedy, about=about))
    return leaves is not None


def _shots(board: Storyboard) -> dict[tuple[str, str], str]:
    return {(_plain(scene.id), _plain(shot.id)): shot_name(scene, shot) for scene, shot, _ in each_shot(board)}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """What a folder holds in order of name, without what systems hide there."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    yield from (entry for entry in found if entry.name[0] != "." and entry.name.lower() not in _SYSTEM_FILES)


_SYSTEM_FILES: Final = frozenset({"thumbs.db", "desktop.ini"})


def _add_takes(listed: TakeList, shot: str, folder: str, name: str, files: Files) -> None:
    takes = listed.takes.setdefault(shot, [])
    for entry in _entries(folder):
        file = f"{name}/{entry.name}"
        match = _TAKE.fullmatch(entry.name)
        suffix = entry.name.rpartition(".")[2].lower()
        if suffix in _PARTIAL:
            _warn(
                listed, file, "take-partial", "looks like a download that is not finished", "wait for it, or delete it"
            )
        elif suffix not in PICTURE_ENDINGS:
            continue  # notes, workflows and the like may lie beside takes
        elif match is None or int(match[1]) < 1:
            free = max((take.number for take in takes), default=0) + 1
            _warn(listed, file, "take-name", "is not called like a take", f"rename it to t{free:02}.{suffix}")
        elif (problem := _no_file(entry, files)) is not None:
            listed.findings.append(_at(file, problem[0], f"{shot}: {problem[1]}", problem[2], about=shot))
        else:
            path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            takes.append(TakeFile(shot, int(match[1]), Path(path), file))
    _check_numbers(listed, shot, takes)


def _no_file(entry: os.DirEntry[str], files: Files) -> tuple[str, str, str] | None:
    if entry.is_symlink() and (leaves := files.check_inside(entry.path)) is not None:
        return leaves.code, leaves.message, leaves.remedy
    if not entry.is_file():
        return "not-a-file", f"{shown(entry.name)} is no ordinary file", "put a picture or clip there"
    return None


def _check_numbers(listed: TakeList, shot: str, takes: list[TakeFile]) -> None:
    by_number: dict[int, TakeFile] = {}
    for take in takes:
        first = by_number.setdefault(take.number, take)
        if first is not take:
            names = f"{first.name.rpartition('/')[2]} and {take.name.rpartition('/')[2]}"
            free = max(other.number for other in takes) + 1
            message = f"two files are take t{take.number:02} of {shot}: {names}"
            listed.findings.append(
                _at(take.name, "take-twice", message, f"rename one of them to t{free:02}", about=shot)
            )
    takes[:] = list(by_number.values())


def _unused(listed: TakeList, name: str, shots: dict[tuple[str, str], str]) -> None:
    near = did_you_mean(name.removeprefix(f"{FOLDER}/"), shots.values())
    remedy = f"move its takes into the folder of a shot ({FOLDER}/scene/shot), or delete it; {near}"
    _warn(listed, name, "take-unused", "belongs to no shot of the film", remedy)


def _warn(listed: TakeList, name: str, code: str, message: str, remedy: str) -> None:
    finding = Finding(code, f"{shown(name)} {message}", remedy, Severity.WARNING, Place(shown(name)))
    listed.findings.append(finding)


def _at(name: str, code: str, message: str, remedy: str, *, about: str = "") -> Finding:
    return Finding(code, message, remedy, place=Place(shown(name)), about=about)
