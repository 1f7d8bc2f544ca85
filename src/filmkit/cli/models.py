"""``filmkit models``: what each model can do and costs, and which of them fits a shot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmkit.cli.options import AsJson, Film, StoreOption, film_path, settings_of
from filmkit.cli.say import say, say_json
from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.load.makers import Commission


def models(
    film: Film = Path(),
    shot: Annotated[
        str | None, typer.Option("--for", help="Rank the models for this shot, with the price.", metavar="SHOT")
    ] = None,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Shows what each model can do and costs, as of a day.

    With --for, which of them fits a shot of the film, why, for what price, and what would be lost.
    """
    from filmkit.providers.capabilities import capabilities
    from filmkit.providers.ranking import rank
    from filmkit.report.models import choice_value, model_value, ranking_lines, table_lines

    table = capabilities()
    if shot is None:
        if film != Path():
            raise UsageError("the table is the same for all films", remedy="name a shot of it with --for")
        if as_json:
            say_json({
                "checked_on": table.checked_on.isoformat(), "sources": dict(table.sources),
                "models": [model_value(model) for model in table.models],
            })  # fmt: skip
        else:
            say(table_lines(table))
        return
    wanted = _commission(film, shot, store)
    choices = rank(wanted.wish, table)
    own = wanted.model.key if wanted.model is not None and wanted.generate.with_ is not None else ""
    if as_json:
        say_json({"shot": wanted.name, "chosen": own, "choices": [choice_value(choice) for choice in choices]})
    else:
        takes = wanted.generate.takes or 1
        say(ranking_lines(wanted.name, wanted.wish, choices, own=own, takes=takes))


def _commission(film: Path, wanted: str, store: str | None) -> Commission:
    """What a shot of a film wants. Raises FilmError for a film with errors, UsageError for a shot that is none."""
    from filmkit.engine.job import open_shop
    from filmkit.load.film import load_film
    from filmkit.load.makers import commission
    from filmkit.load.walk import each_shot
    from filmkit.load.words import did_you_mean
    from filmkit.model.film import shot_name
    from filmkit.model.finding import FilmError

    folder, cut = film_path(film)
    loaded = load_film(folder, cut=cut, memo=open_shop(settings_of(cut=cut, store=store)).memo)
    if loaded.film is None:
        raise FilmError(loaded.findings)
    board, names = loaded.film.storyboard, []
    for scene, shot, path in each_shot(board):
        name = shot_name(scene, shot)
        if wanted.lower() in {name.lower(), shot.id.lower()}:
            return commission(board, scene, shot, path, loaded.film.files)
        names += [name, shot.id]
    raise UsageError(f"there is no shot '{wanted}'", remedy=did_you_mean(wanted, names))
