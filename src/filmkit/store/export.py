"""Files for people: whole or not there, and never the store's own bytes under a second name.

A hard link would let an editor write into a blob; a reflink shares the bytes until somebody writes.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filmkit.store.disk import copy_bytes, fsync_folder, open_regular, plain_errors, write_whole
from filmkit.store.owner import is_surely_dead, new_token

_FICLONE = 0x40049409  # ioctl_ficlone(2)
_BEGIN, _END = ".filmkit-", ".part"
_LITTER_S = 86_400.0


def export_file(blob: Path, target: Path) -> None:
    """Put the bytes of ``blob`` at ``target``, replacing what stands there; folders above it are made.

    Raises DiskFull, or FilmkitError when the folder cannot be written or the target is a folder.
    """
    _replace(target, blob.stat().st_size, lambda writing: _clone_or_copy(blob, writing))


def export_text(text: str, target: Path) -> None:
    r"""Put a small JSON text at ``target`` in the same way; an equal one that stands there is left alone.

    A folder's name may be no text: its broken bytes are written as JSON says them (``\\udcff``).
    """
    data = text.encode("utf-8", "backslashreplace")
    if not _is_equal(target, data):
        _replace(target, len(data), lambda writing: write_whole(writing, data))


def _is_equal(target: Path, data: bytes) -> bool:
    try:
        reading = open_regular(target)
    except OSError:
        return False
    with os.fdopen(reading, "rb") as file:
        return file.read(len(data) + 1) == data


def _replace(target: Path, needed_bytes: int, write: Callable[[int], None]) -> None:
    folder = target.parent
    with plain_errors(folder, needed_bytes):
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        part = folder / f"{_BEGIN}{new_token()}{_END}"
        try:
            writing = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                write(writing)
                os.fsync(writing)
            finally:
                os.close(writing)
            part.rename(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        fsync_folder(folder)


def _sweep(folder: Path) -> None:
    """Remove what exports that were killed left in this folder; of another boot, what nobody wrote to for a day."""
    for left in folder.glob(f"{_BEGIN}*{_END}"):
        with suppress(FileNotFoundError):  # another export is just done with it
            if is_surely_dead(left.name) or time.time() - left.stat().st_mtime > _LITTER_S:
                left.unlink()


def _clone_or_copy(blob: Path, writing: int) -> None:
    reading = open_regular(blob)
    try:
        if not _is_cloned(reading, writing) and copy_bytes(reading, writing) != os.fstat(reading).st_size:
            raise OSError(errno.EIO, "the copy has another length", str(blob))
    finally:
        os.close(reading)


def _is_cloned(reading: int, writing: int) -> bool:
    """Whether the file system could share the bytes (btrfs, xfs, bcachefs); if not, nothing was written."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(writing, _FICLONE, reading)
    except OSError:
        return False
    return True
