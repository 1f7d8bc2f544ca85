"""Circling a take: one value of ``storyboard.yaml`` is written at its place, and every other byte stays as it is."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmkit.errors import FilmkitError
from filmkit.load.film import read_storyboard
from filmkit.load.reader import Reading, read_tree
from filmkit.load.tree import Mapping, Plain, Scalar, Tree
from filmkit.load.walk import KeyPath
from filmkit.store.disk import fsync_folder, open_regular, plain_errors, stamp_of, write_new
from filmkit.store.owner import new_token

_KEY: Final = "take"
_BOM: Final = b"\xef\xbb\xbf"


def circle(file: Path, shot: KeyPath, take: str) -> bool:
    """Writes ``take: t02`` into the shot at a path of keys; False where it says so already.

    The file that results is read again before it replaces the other: it differs in this one value or is not written.
    Raises FilmkitError where that cannot be done, or where somebody else saves the file meanwhile.
    """
    with plain_errors(file):
        handle = open_regular(file, follows_links=True)
        with os.fdopen(handle, "rb") as stream:
            stamp, data = os.fstat(stream.fileno()), stream.read()
    tree = _tree(read_storyboard(file), file)
    node = tree.node(shot)
    if not isinstance(node, Mapping):
        raise _by_hand(file, take)
    written = node.items.get(_KEY)
    if isinstance(written, Scalar) and written.text == take:
        return False
    bom = _BOM if data.startswith(_BOM) else b""
    text = _replaced(tree, written, take) if isinstance(written, Scalar) else _inserted(tree, node, take)
    patched = bom + text.encode() if text is not None else b""
    if text is None or not _is_only_change(tree, read_tree(patched, file.name), shot, take):
        raise _by_hand(file, take)
    _save(file, patched, stamp)
    return True


def _tree(reading: Reading, file: Path) -> Tree:
    if reading.tree is None or reading.findings:
        raise FilmkitError(f"{file.name} has errors of its own", remedy="`filmkit check` lists them")
    return reading.tree


def _by_hand(file: Path, take: str) -> FilmkitError:
    return FilmkitError(f"the take cannot be written into {file.name} at its place", remedy=f"write take: {take}")


@dataclass(frozen=True)
class _Span:
    """Where a value stands in the text, quotes included."""

    start: int
    stop: int


def _span(text: str, value: Scalar) -> _Span | None:
    """The extent of a value of one line; None where it is written in another way."""
    quote = text[value.at] if value.is_quoted and text[value.at] in "'\"" else ""
    said = f"{quote}{value.text}{quote}"
    stop = value.at + len(said)
    return _Span(value.at, stop) if text[value.at : stop] == said else None


def _replaced(tree: Tree, value: Scalar, take: str) -> str | None:
    text = tree.source.text
    span = _span(text, value)
    if span is None:
        return None
    quote = text[span.start] if value.is_quoted else ""
    return f"{text[: span.start]}{quote}{take}{quote}{text[span.stop :]}"


def _inserted(tree: Tree, shot: Mapping, take: str) -> str | None:
    """Behind the shot's ``id``, in the style in which the shot is written."""
    name, text = shot.items.get("id"), tree.source.text
    span = _span(text, name) if isinstance(name, Scalar) else None
    if span is None:
        return None
    if shot.is_flow:
        return f"{text[: span.stop]}, {_KEY}: {take}{text[span.stop :]}"
    place = tree.source.place(shot.keys["id"])
    end = re.compile(r"\r\n|\r|\n").search(text, span.stop)
    first = re.search(r"\r\n|\r|\n", text)
    newline = end[0] if end else first[0] if first else "\n"
    line = " " * (place.column - 1) + f"{_KEY}: {take}"
    if end is None:
        return f"{text}{newline}{line}{newline}"
    return f"{text[: end.end()]}{line}{newline}{text[end.end() :]}"


def _is_only_change(before: Tree, after: Reading, shot: KeyPath, take: str) -> bool:
    if after.tree is None or after.findings:
        return False
    wanted = before.plain()
    here: Plain = wanted
    for step in shot:
        here = here[step]  # type: ignore[index]
    assert isinstance(here, dict)
    here[_KEY] = take
    return after.tree.plain() == wanted


def _save(file: Path, data: bytes, stamp: os.stat_result) -> None:
    """Atomically, with the permissions it had, and not over what somebody else has saved meanwhile."""
    real = file.resolve()
    part = real.with_name(f".{new_token()}.part")
    with plain_errors(real.parent, needed_bytes=len(data)):
        write_new(part, data)
        try:
            part.chmod(stat.S_IMODE(stamp.st_mode))
            if stamp_of(real.stat()) != stamp_of(stamp):
                raise FilmkitError(f"{file.name} was saved by somebody else meanwhile", remedy="try again")
            part.replace(real)
        finally:
            part.unlink(missing_ok=True)
        fsync_folder(real.parent)
