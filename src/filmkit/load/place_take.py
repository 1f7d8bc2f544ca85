"""Putting a file among the takes of a shot: copied, verified, durable, and never over another one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from filmkit.errors import FilmkitError
from filmkit.load.files import Files
from filmkit.load.lock_write import read_lines
from filmkit.load.takes import FOLDER
from filmkit.load.trash_list import trashed
from filmkit.store.disk import copy_bytes, fsync_folder, open_regular, plain_errors, sha256_of
from filmkit.store.owner import is_surely_dead, new_token

_TAKE: Final = re.compile(r"[tT]0*([0-9]{1,4})\.[A-Za-z0-9]{1,8}")


class TakeExists(FilmkitError):
    """Another file has this number already."""


def free_number(film: Path, shot: str) -> int:
    """The number after the highest that a file of the shot has, that the lock knows (its file may come back), or that
    lies in the trash (it may come back as well).
    """
    numbers = {number for number, _ in _files(film / FOLDER / shot)}
    locked = {int(name.rpartition("/t")[2]) for name in read_lines(film)
              if name.rpartition("/")[0].casefold() == shot.casefold()}  # fmt: skip
    away = {kept.number for kept in trashed(film) if kept.shot.casefold() == shot.casefold()}
    return max(numbers | locked | away, default=0) + 1


def numbers_of(film: Path, shot: str, sha256: str) -> list[int]:
    """The numbers under which these bytes are takes of the shot already."""
    found = []
    for number, path in sorted(_files(film / FOLDER / shot)):
        with plain_errors(path):
            handle = open_regular(path, follows_links=True)
            try:
                if sha256_of(handle)[0] == sha256:
                    found.append(number)
            finally:
                os.close(handle)
    return found


class Looked(NamedTuple):
    """A file of somebody else's, and the sha256 it had when it was examined."""

    path: Path
    sha256: str


def place_take(film: Path, shot: str, number: int, source: Path | Looked, ending: str) -> Path:
    """Copies ``source`` to ``takes/<scene>/<shot>/tNN.<ending>``; its path in the film. The same bytes there already
    are no error, so that a move that was broken off can be made again.

    Raises TakeExists where another file has the number, FilmkitError where the source has changed or the folder cannot
    be written or leaves the film, DiskFull.
    """
    path, expected = source if isinstance(source, Looked) else (source, "")
    folder = _folder(film, shot)
    target = folder / f"t{number:02}.{ending}"
    with plain_errors(folder, needed_bytes=path.stat().st_size):
        handle = open_regular(path)
        try:
            sha256, _ = sha256_of(handle)
            if expected not in ("", sha256):
                raise FilmkitError(f"{path.name} was changed while it was looked at", remedy="wait until it is whole")
            if (standing := _standing(folder, number)) is not None:
                return _same(standing, sha256, shot, number)
            os.lseek(handle, 0, os.SEEK_SET)
            _copy(handle, sha256, target)
        except FileExistsError:
            return _same(target, sha256, shot, number)
        finally:
            os.close(handle)
    return target


def move_take(film: Path, shot: str, number: int, source: Path, ending: str) -> Path:
    """Gives a file that lies in the film the name ``takes/<scene>/<shot>/tNN.<ending>``, and never another one's.

    Raises TakeExists, FilmkitError.
    """
    folder = _folder(film, shot)
    target = folder / f"t{number:02}.{ending}"
    with plain_errors(folder):
        os.close(open_regular(source))
        if _standing(folder, number) is not None:
            raise TakeExists(f"take t{number:02} of {shot} is there already", remedy="give it a new number")
        _name(source, target)
        fsync_folder(folder)
        source.unlink(missing_ok=True)
        fsync_folder(source.parent)
    return target


def sweep_parts(film: Path) -> None:
    """Takes away what copies left behind whose process died (a kill, a power cut): halves without a name."""
    for folder in (film, *film.glob(f"{FOLDER}/*/*")):
        for part in folder.glob(".*.part"):
            if is_surely_dead(part.name):
                part.unlink(missing_ok=True)


def _folder(film: Path, shot: str) -> Path:
    """The shot's folder, made where it is missing. No link on the way may lead out of the film."""
    folder = film
    files = Files(film.resolve(), None)
    for part in (FOLDER, *shot.split("/")):
        folder = folder / part
        with plain_errors(folder):
            folder.mkdir(exist_ok=True)
        if (leaves := files.check_inside(str(folder))) is not None:
            raise FilmkitError(leaves.message, remedy=leaves.remedy)
    return folder


def _files(folder: Path) -> list[tuple[int, Path]]:
    if not folder.is_dir():
        return []
    matches = ((_TAKE.fullmatch(path.name), path) for path in folder.iterdir())
    return [(int(match[1]), path) for match, path in matches if match]


def _standing(folder: Path, number: int) -> Path | None:
    return next((path for has, path in _files(folder) if has == number), None)


def _same(standing: Path, sha256: str, shot: str, number: int) -> Path:
    handle = open_regular(standing)
    try:
        if sha256_of(handle)[0] == sha256:
            return standing
    finally:
        os.close(handle)
    raise TakeExists(f"take t{number:02} of {shot} is there already, and another file", remedy="give it a new number")


def _copy(handle: int, sha256: str, target: Path) -> None:
    """Temporary file → fsync → read back → link, which never replaces → fsync of the folder."""
    part = target.with_name(f".{new_token()}.part")
    out = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        copy_bytes(handle, out)
        os.fsync(out)
        os.lseek(out, 0, os.SEEK_SET)
        if sha256_of(out)[0] != sha256:
            raise FilmkitError(f"the copy {target.name} is not what was copied", remedy="check the disk")
        _name(part, target)
        fsync_folder(target.parent)
    finally:
        os.close(out)
        part.unlink(missing_ok=True)


def _name(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links (FAT): nearly as good, since nobody else is expected here
        if target.exists():
            raise FileExistsError(target) from None
        part.rename(target)
