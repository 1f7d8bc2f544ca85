"""Putting takes away and bringing them back. Nothing is deleted: a file only moves, and its line with it.

Each move can be broken off anywhere. First the record is written, then the file is moved, then the lock is told; coming
back, the file is moved, the lock told, and the record goes last. :func:`mend` ends what was begun.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from filmkit.errors import FilmkitError, UsageError
from filmkit.load.files import Files
from filmkit.load.lock_write import drop_lines, read_lines, take_name, write_lines
from filmkit.load.place_take import TakeExists, free_number, move_take
from filmkit.load.takes import FOLDER, TakeFile
from filmkit.load.trash_list import RECORD, TRASH, Trashed, trashed
from filmkit.model.run import Json
from filmkit.store.disk import fsync_folder, make_folder, plain_errors, write_new


def put_away(film: Path, take: TakeFile, sha256: str) -> Trashed:
    """Moves a take into the trash, and its line out of the lock. Raises FilmkitError."""
    if take.path != film / take.name:
        raise FilmkitError(f"{take.name} is a link to another place", remedy="remove the link yourself")
    name = take_name(take.shot, take.number)
    line = read_lines(film).get(name, {})
    kept = Trashed(_new_folder(film), take.shot, take.number, take.path.name, sha256, line)
    _write_record(kept)
    with plain_errors(kept.folder):
        take.path.rename(kept.path)
        fsync_folder(kept.folder)
        fsync_folder(take.path.parent)
    drop_lines(film, [name])
    return kept


def bring_back(film: Path, kept: Trashed) -> int:
    """Moves a take back to its place; its number, which is a new one where another take has it now."""
    ending = kept.file.rpartition(".")[2]
    number = kept.number
    try:
        if take_name(kept.shot, number) in read_lines(film):
            number = free_number(film, kept.shot)
        move_take(film, kept.shot, number, kept.path, ending)
    except TakeExists:
        number = free_number(film, kept.shot)
        move_take(film, kept.shot, number, kept.path, ending)
    _settle(film, kept, number)
    return number


def last_put_away(film: Path) -> Trashed:
    """What an undo brings back. Raises UsageError where the trash is empty."""
    there = [kept for kept in trashed(film) if kept.is_there]
    if not there:
        raise UsageError("the trash is empty", remedy="nothing was put away with `filmkit takes --remove`")
    return there[-1]


def mend(film: Path, digests: Mapping[tuple[str, int], str]) -> None:
    """Ends moves that were broken off; ``digests`` are those of the takes on disk, by shot and number."""
    known = read_lines(film)
    for kept in trashed(film):
        name = take_name(kept.shot, kept.number)
        if kept.is_there:
            if (kept.shot, kept.number) not in digests and known.get(name, {}).get("sha256") == kept.sha256:
                drop_lines(film, [name])
            continue
        back = [number for (shot, number), sha256 in digests.items() if (shot, sha256) == (kept.shot, kept.sha256)]
        if back:
            _settle(film, kept, kept.number if kept.number in back else back[0])


def _settle(film: Path, kept: Trashed, number: int) -> None:
    name = take_name(kept.shot, number)
    if kept.line and name not in read_lines(film):
        write_lines(film, {name: kept.line})
    with plain_errors(kept.folder):
        (kept.folder / RECORD).unlink(missing_ok=True)
        kept.folder.rmdir()


def _new_folder(film: Path) -> Path:
    root = film / FOLDER / TRASH
    with plain_errors(root):
        make_folder(root)
        if (leaves := Files(film.resolve(), None).check_inside(str(root))) is not None:
            raise FilmkitError(leaves.message, remedy=leaves.remedy)
        highest = max((int(path.name) for path in root.iterdir() if path.name.isdigit()), default=0)
        for number in range(highest + 1, highest + 100):
            try:
                (root / f"{number:04}").mkdir()
            except FileExistsError:
                continue
            fsync_folder(root)
            return root / f"{number:04}"
    raise FilmkitError("somebody else fills the trash", remedy="try again")


def _write_record(kept: Trashed) -> None:
    said: dict[str, Json] = {"take": take_name(kept.shot, kept.number), "file": kept.file, "sha256": kept.sha256,
                             "line": dict(kept.line) or None}  # fmt: skip
    with plain_errors(kept.folder):
        write_new(kept.folder / RECORD, json.dumps(said, ensure_ascii=False, indent=1).encode())
        fsync_folder(kept.folder)
