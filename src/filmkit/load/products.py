"""The folders filmkit writes into a film: real folders, never links that carry what is written to another place."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from filmkit.load.words import shown
from filmkit.model.finding import Finding, Place


def check_products(film: Path, cut: str | None = None) -> Iterator[Finding]:
    """An error for each of ``out``, ``out/<cut>``, ``.filmkit`` and ``.filmkit/runs`` that is there and no folder."""
    for name in ("out", f"out/{cut}" if cut else "", ".filmkit", ".filmkit/runs"):
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
