"""Which files of an inbox are worth opening, by their names and first bytes; and what is wrong by these already."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from filmkit.load.inbox import PARTIAL_ENDINGS, STILL_ENDINGS, Inbox, InboxFile
from filmkit.media.sniff import HEAD_BYTES, KINDS, PICTURE_ENDINGS, Refusal, sniff
from filmkit.plan.download_names import read_name
from filmkit.plan.likeness import Clue, Slate
from filmkit.store.disk import open_regular

_TAIL_BYTES: Final = 1 << 16
_PACKED: Final = (b".mp4", b".mov", b".webm", b".mkv", b".webp")


@dataclass
class Sifted:
    """``files`` to be examined, and whether name or folder speaks for a take; ``wrong`` with reason and remedy;
    ``left`` counts what is nobody's business here. ``wanted`` are names that were asked for.
    """

    wanted: frozenset[str]
    files: list[tuple[InboxFile, bool]] = field(default_factory=list)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    left: int = 0


def sift(inbox: Inbox, slate: Slate, wanted: frozenset[str]) -> Sifted:
    """Opens nothing but the heads of files without a telling name, and the ends of archives."""
    sifted = Sifted(wanted)
    for file in inbox.files:
        _sift_one(file, slate, sifted)
    for name, kind in inbox.odd:
        sifted.wrong.append((name, f"it is {kind}: that is neither followed nor opened", "put the file itself there"))
    return sifted


def _sift_one(file: InboxFile, slate: Slate, sifted: Sifted) -> None:
    says = read_name(file.path.name)
    is_likely = bool(says.maker or says.beginnings)
    if not is_likely and file.ending in PICTURE_ENDINGS:
        clue = Clue(file.folders, says.whole, says.label, says.is_numbered, says.beginnings, seed=says.seed)
        is_likely = bool(slate.verdict(clue).matches)
    if file.name in sifted.wanted:
        sifted.files.append((file, True))
    elif file.ending in PARTIAL_ENDINGS:
        sifted.wrong.append((file.name, "the download is not finished", "wait for it, or download it again"))
    elif file.ending == "zip":
        _archive(file, sifted)
    elif (says.is_stranger and not (file.folders and is_likely)) or not _may_be_take(file, is_likely=is_likely):
        sifted.left += 1
    elif _is_waiting(file):
        sifted.wrong.append((file.name, "the file is empty", "wait for the download, or download it again"))
    else:
        sifted.files.append((file, is_likely))


def _may_be_take(file: InboxFile, *, is_likely: bool) -> bool:
    """A clip always; a picture where something speaks for it or ComfyUI may have made it; else by its first bytes."""
    if file.ending in STILL_ENDINGS:
        return is_likely
    if file.ending in PICTURE_ENDINGS:
        return True
    kind = _kind(file) if not file.ending or is_likely else None
    return isinstance(kind, str) and bool(KINDS[kind].pictures)


def _is_waiting(file: InboxFile) -> bool:
    return file.size == 0


def _kind(file: InboxFile) -> str | Refusal | None:
    head = _read(file, 0, HEAD_BYTES)
    return sniff(head, file.size) if head else None


def _archive(file: InboxFile, sifted: Sifted) -> None:
    """Its list of contents stands at its end; names of clips in it are looked for, nothing is unpacked."""
    tail = _read(file, max(0, file.size - _TAIL_BYTES), _TAIL_BYTES).lower()
    if any(ending in tail for ending in _PACKED):
        sifted.wrong.append((file.name, "it is a zip archive with clips in it", "unpack it into the inbox"))
    else:
        sifted.left += 1


def _read(file: InboxFile, at: int, count: int) -> bytes:
    try:
        handle = open_regular(file.path)
    except OSError:
        return b""
    try:
        return os.pread(handle, count, at)
    finally:
        os.close(handle)
