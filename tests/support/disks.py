"""Small and read-only disks for tests: real ones where this user may mount, else refusals of the same kind."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _mount(*words: str | Path) -> bool:
    command = ["mount", *map(str, words)]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0
    except OSError:
        return False


@contextmanager
def _unmounted(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[bool]:
    """A disk of its own at ``folder``; False where this user may not mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _mount("-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", folder):
        yield False
        return
    with _unmounted(folder):
        yield True


def enlarge(folder: Path, size_bytes: int) -> None:
    """Space is freed on a small disk."""
    assert _mount("-o", f"remount,size={size_bytes}", folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing below ``folder`` can be changed in this process: by a mount, or where none may be made by refusals."""
    if _mount("--bind", folder, folder) and _mount("-o", "remount,ro,bind", folder):
        with _unmounted(folder):
            yield
        return
    with pytest.MonkeyPatch.context() as patch:
        for name in ("mkdir", "rename", "open", "access"):
            patch.setattr(os, name, _refusing(getattr(os, name), folder))
        yield


def _refusing(real: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    def call(path: Any, how: Any = 0, *rest: Any, **options: Any) -> Any:
        changes = real.__name__ in {"mkdir", "rename"} or (real.__name__ == "open" and how & (os.O_CREAT | os.O_WRONLY))
        is_below = isinstance(path, str | Path) and Path(path).is_relative_to(folder)
        if is_below and real.__name__ == "access" and how & os.W_OK:
            return False
        if is_below and changes and not Path(path).is_dir():
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, how, *rest, **options)

    return call
