"""``filmkit circle``: chooses the take that the film shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.options import AsJson, Film, film_path
from filmkit.cli.say import say, say_json


def circle(
    shot: Annotated[str, typer.Argument(help="A shot: boat, or harbour/boat.", metavar="SHOT")],
    take: Annotated[str, typer.Argument(help="One of its takes.", metavar="TAKE")],
    film: Film = Path(),
    as_json: AsJson = False,
) -> None:
    """Chooses the take of a shot that the film shows.

    One value in storyboard.yaml is written; every other byte of the file stays as it is.
    """
    from filmkit.load.circle import circle as write
    from filmkit.load.film import find_film
    from filmkit.load.named_takes import Shelf

    folder, cut = film_path(film)
    file = find_film(folder, cut=cut).file
    shelf = Shelf.of(folder, file)
    found = shelf.shot(shot)
    chosen = shelf.take(found, take)
    is_new = write(file, found.path, chosen.label)
    if as_json:
        say_json({"shot": found.name, "take": chosen.label, "changed": is_new})
    else:
        say([f"{found.name} shows {chosen.label} now" if is_new else f"{found.name} shows {chosen.label} already"])
