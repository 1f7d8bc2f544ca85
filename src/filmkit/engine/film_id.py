"""Which film a folder is, for the journal: an id that goes with the folder when it is moved or renamed.

The id stands in ``.filmkit/film``, which git ignores: a clone on another machine is a film of its own there, as its
jobs are in another journal. The journal also remembers the folder, in case ``.filmkit`` is thrown away.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from filmkit.load.products import state_folder_of
from filmkit.store.disk import fsync_folder, open_regular, plain_errors, write_new
from filmkit.store.journal import Journal

_ID = re.compile(r"[0-9a-f]{32}")


def film_id(journal: Journal, folder: Path) -> str:
    """The film's id, made and remembered where it has none. Raises FilmkitError where it cannot be written,
    and where ``.filmkit`` is a link: what lies behind it is not the film's.
    """
    place = state_folder_of(folder) / "film"
    known = _read(place)
    film = journal.film_at(folder, known, secrets.token_hex(16))
    if film != known:
        _write(place, film)
    return film


def _read(place: Path) -> str:
    try:
        handle = open_regular(place)
    except OSError:
        return ""
    try:
        text = os.read(handle, 64).decode("ascii", "replace").strip()
    finally:
        os.close(handle)
    return text if _ID.fullmatch(text) else ""


def _write(place: Path, film: str) -> None:
    with plain_errors(place):
        place.unlink(missing_ok=True)
        try:
            write_new(place, f"{film}\n".encode())
        except FileExistsError:
            return  # another filmkit was quicker, and the journal told both the same id
        fsync_folder(place.parent)
