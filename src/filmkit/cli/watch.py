"""``filmkit watch``: renders again whenever the storyboard or its material is saved."""

from __future__ import annotations

import time
from pathlib import Path

from filmkit.cli.options import Draft, Film, StoreOption, Workers, film_path, settings_of
from filmkit.cli.say import complain, say
from filmkit.errors import FilmkitError

_LOOK_EVERY_S = 0.3
_SETTLED_S = 0.25
"""A file that is still being written is not rendered: nothing may have changed for this long."""


def watch(film: Film = Path(), draft: Draft = True, workers: Workers = None, store: StoreOption = None) -> None:
    """Renders on every save (a draft, on the local engine) until Ctrl-C. Mistakes are shown and waited out."""
    from filmkit.cli.running import render_film
    from filmkit.plan.planner import Quality
    from filmkit.report.text import summary_lines

    folder, cut = film_path(film)
    settings = settings_of("local", cut=cut, store=store, workers=workers, quality=Quality(draft=draft))
    seen: dict[str, tuple[int, int]] = {}
    while True:
        seen = _changed(folder, seen)
        try:
            say(summary_lines(render_film(folder, settings)))
        except FilmkitError as error:
            complain(error, as_json=False)
        say(["watching … save the storyboard to render again, Ctrl-C to leave"])


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
    """Size and time of every file of the film that is not a product."""
    found = {}
    for top in sorted(folder.iterdir()):
        if top.name in {"out", ".filmkit"} or top.name.startswith("."):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file():
                stat = path.stat()
                found[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return found
