"""The folders filmkit writes into a film: real folders, never links that carry what is written to another place."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filmkit.errors import FilmkitError
from filmkit.load.words import shown
from filmkit.model.finding import Finding, Place
from filmkit.store.disk import plain_errors

STATE: Final = ".filmkit"
"""The folder in a film in which filmkit keeps what is of no concern to others; git ignores it."""


def state_folder_of(film: Path) -> Path:
    """``.filmkit`` of a film, made where it is missing. Raises FilmkitError where it is a link or no folder, or cannot
    be made.
    """
    folder = film / STATE
    with plain_errors(folder):
        folder.mkdir(exist_ok=True)
    for finding in check_products(film):
        if finding.place is not None and finding.place.file == STATE:
            raise FilmkitError(finding.message, remedy=finding.remedy)
    return folder


def check_products(film: Path, cut: str | None = None) -> Iterator[Finding]:
    """An error for each of ``out``, ``out/<cut>``, ``.filmkit`` and ``.filmkit/runs`` that is there and no folder."""
    for name in ("out", f"out/{cut}" if cut else "", STATE, f"{STATE}/runs"):
        try:
            mode = (film / name).lstat().st_mode if name else stat.S_IFDIR
        except OSError:
            continue  # it will be made
        if stat.S_ISLNK(mode):
            message = f"{shown(name)} is a link, and what filmkit writes stays in the film"
            remedy = "delete the link: filmkit makes the folder itself"
            yield Finding("product-link", message, remedy, place=Place(shown(name)))
        elif not stat.S_ISDIR(mode):
            message = f"{shown(name)} is no folder, and filmkit writes into it"
            yield Finding("product-not-folder", message, "rename or delete it", place=Place(shown(name)))
