"""``filmkit watch``: renders again whenever the storyboard or its material is saved."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.options import Film, StoreOption, Workers, film_path, settings_of
from filmkit.cli.say import complain, say
from filmkit.errors import FilmkitError, Stopped

_LOOK_EVERY_S = 0.3
_SETTLED_S = 0.25
"""A file that is still being written is not rendered: nothing may have changed for this long."""


def watch(
    film: Film = Path(),
    draft: Annotated[bool, typer.Option("--draft/--full", help="A quick, small film, or the real one.")] = True,
    workers: Workers = None,
    store: StoreOption = None,
) -> None:
    """Renders a draft at every save, until Ctrl-C.

    Runs on the local engine. Mistakes are shown and waited out.
    """
    from filmkit.cli.running import render_film
    from filmkit.plan.planner import Quality
    from filmkit.report.summary import summary_lines

    folder, cut = film_path(film)
    settings = settings_of("local", cut=cut, store=store, workers=workers, quality=Quality(draft=draft))
    seen: dict[str, tuple[int, int]] = {}
    try:
        while True:
            seen = _changed(folder, seen)
            try:
                say(summary_lines(render_film(folder, settings)))
            except FilmkitError as error:
                complain(error, as_json=False)
            say(["watching … save the storyboard to render again, Ctrl-C to leave"])
    except Stopped as stopped:
        say(["stopped watching"])
        raise typer.Exit(stopped.exit_code) from None


def _changed(folder: Path, seen: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Waits until the film's sources differ from ``seen`` and have settled."""
    while True:
        now = _sources(folder)
        if now != seen:
            time.sleep(_SETTLED_S)
            if _sources(folder) == now:
                return now
        time.sleep(_LOOK_EVERY_S)


def _sources(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file of the film that is neither hidden nor a product. What vanishes meanwhile (an editor
    saves beside the file, then renames) is passed over.
    """
    found = {}
    for top, folders, files in os.walk(folder):
        is_film = Path(top) == folder
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (is_film and name == "out"))
        for name in files:
            path = Path(top, name)
            with suppress(OSError):
                if not name.startswith(".") and path.is_file():
                    stat = path.stat()
                    found[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return found
