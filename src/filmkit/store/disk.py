"""Bytes to the disk, durably, and what the disk says when it cannot, in words a person can act on.

The order everywhere is restic's: temporary file → write → length → fsync → rename → fsync of the folder.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filmkit.errors import DiskFull, FilmkitError

BLOCK_BYTES = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SHUT = {errno.EROFS, errno.EACCES, errno.EPERM}

# A link is not followed and a pipe is not waited for: a shared store may hold what another machine put there.
NO_LINKS: int = getattr(os, "O_NOFOLLOW", 0)
READ_FLAGS: int = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | NO_LINKS


@contextmanager
def plain_errors(place: Path, needed_bytes: int = 0) -> Iterator[None]:
    """Turn an OSError into DiskFull or one FilmkitError about ``place``. A full disk is permanent: nobody retries."""
    try:
        yield
    except OSError as error:
        raise plain_error(error, place, needed_bytes) from error


def is_full(error: BaseException) -> bool:
    """Whether an error, of whatever library, is the disk's: there is no room."""
    return getattr(error, "errno", None) in _FULL


def is_broken(error: BaseException) -> bool:
    """Whether an error is the disk's: it cannot be read or written."""
    return isinstance(error, OSError) and error.errno in {errno.EIO, errno.EROFS}


def plain_error(error: OSError, place: Path, needed_bytes: int = 0) -> FilmkitError:
    """What the disk of ``place`` said, in words a person can act on."""
    if is_full(error):
        return DiskFull(str(place), needed_bytes, free_bytes(place))
    if error.errno in _SHUT:
        return FilmkitError(
            f"{place} cannot be written: {error.strerror} ({error.filename or place})",
            remedy="make that folder writable for you; another store is chosen with --store or FILMKIT_STORE",
        )
    return FilmkitError(f"the disk of {place} failed: {error}", remedy="check the disk, then `filmkit store check`")


def free_bytes(place: Path) -> int:
    """Bytes free for this user on the disk that holds ``place`` or, if it is not there, its nearest parent."""
    import shutil

    for folder in (place, *place.parents):
        if folder.exists():
            return shutil.disk_usage(folder).free
    return 0


def require_room(place: Path, needed_bytes: int) -> None:
    """Raise DiskFull unless ``needed_bytes`` are free on the disk of ``place``."""
    free = free_bytes(place)
    if free < needed_bytes:
        raise DiskFull(str(place), needed_bytes, free)


def fsync_folder(folder: str | Path) -> None:
    """Make the names in ``folder`` durable. (Windows cannot open folders, and keeps names by itself.)"""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make ``folder`` in its existing parent, durably; standing already is fine."""
    try:
        folder.mkdir()
    except FileExistsError:
        return
    fsync_folder(folder.parent)


def write_whole(handle: int, data: bytes | memoryview) -> None:
    """Write all of ``data``; a short write goes on, an impossible one raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def write_new(path: Path, data: bytes) -> None:
    """Write ``data`` into the new file ``path`` and fsync it; on any error no file is left."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        try:
            write_whole(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def open_regular(path: str | Path, *, follows_links: bool = False) -> int:
    """Open a regular file for reading and return its handle; links, pipes and devices raise OSError, at once."""
    handle = os.open(path, READ_FLAGS & ~NO_LINKS if follows_links else READ_FLAGS)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return handle


def sha256_of(handle: int) -> tuple[str, int]:
    """The sha256 and the count of all bytes from where ``handle`` stands, in blocks of 1 MiB."""
    digest = hashlib.sha256()
    block = memoryview(bytearray(min(BLOCK_BYTES, os.fstat(handle).st_size + 1)))
    count = 0
    with io.FileIO(handle, closefd=False) as file:
        while got := file.readinto(block):
            digest.update(block[:got])
            count += got
    return digest.hexdigest(), count


def copy_bytes(source: int, target: int) -> int:
    """Copy all bytes from where ``source`` stands to ``target``; how many."""
    count = 0
    while block := os.read(source, BLOCK_BYTES):
        write_whole(target, block)
        count += len(block)
    return count


def stamp_of(status: os.stat_result) -> tuple[int, int, int, int, int]:
    """What changes when a file is touched: device, inode, size, mtime and ctime in nanoseconds."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
