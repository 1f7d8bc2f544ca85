"""The page of sheets for takes that are made by hand: written into the film's ``out/prompts/``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from filmkit.errors import FilmkitError
from filmkit.load.files import Files
from filmkit.model.generation import ShotRequest
from filmkit.providers.manual import Sheet, sheet_of
from filmkit.report.prompts import page
from filmkit.store.disk import plain_errors, write_new
from filmkit.store.owner import new_token


def gather_command(film: Path, cut: str = "") -> str:
    """What to type when the clips lie in the downloads."""
    named = shlex.quote(str(film / f"storyboard.{cut}.yaml" if cut else film))
    return f"filmkit gather {named} --inbox ~/Downloads"


def write_sheets(film: Path, title: str, requests: Sequence[ShotRequest], cut: str = "") -> Path:
    """Writes the page for these takes, whole, in the place of an older one; its path.

    Raises FilmkitError where the folder cannot be written.
    """
    folder = film / "out" / cut / "prompts" if cut else film / "out" / "prompts"
    sheets: list[Sheet] = [sheet_of(request) for request in requests]
    render = gather_command(film, cut).replace("gather", "render", 1).partition(" --inbox")[0]
    data = page(title, sheets, [gather_command(film, cut), render]).encode()
    place, part = folder / "index.html", folder / f".{new_token()}.part"
    if (leaves := Files(film.resolve(), None).check_inside(str(folder))) is not None:
        raise FilmkitError(leaves.message, remedy=leaves.remedy)
    with plain_errors(folder, needed_bytes=len(data)):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            write_new(part, data)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    return place
