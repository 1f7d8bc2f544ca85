"""``filmkit again`` and ``filmkit vary``: one more take like an earlier one, or several that differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filmkit.cli.generate import Most, OnlyPlan, Unpriced, Way, Yes, order_takes
from filmkit.cli.options import AsJson, Film, StoreOption, film_path
from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.load.named_takes import NamedShot, Shelf
    from filmkit.plan.requests import Again

Shot = Annotated[str, typer.Argument(help="A shot: boat, or harbour/boat.", metavar="SHOT")]


def again(
    shot: Shot,
    take: Annotated[str, typer.Argument(help="The take to make once more.", metavar="TAKE")],
    film: Film = Path(),
    yes: Yes = False,
    most: Most = None,
    only_plan: OnlyPlan = False,
    unpriced: Unpriced = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Makes a take once more: same seed, same model, same words.

    What storyboard.lock does not know is as the storyboard says now: change the words, and see what only they change.
    """
    from filmkit.plan.requests import Order

    shelf, found = _found(film, shot)
    made = _made(shelf, found, shelf.take(found, take).label)
    way = Way(yes, most, only_plan, unpriced=unpriced, as_json=as_json, store=store)
    order_takes(film, Order((found.name,), more=1, again=made), way)


def vary(
    shot: Shot,
    film: Film = Path(),
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="How many more takes.", metavar="N")] = 4,
    yes: Yes = False,
    most: Most = None,
    only_plan: OnlyPlan = False,
    unpriced: Unpriced = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Makes more takes of a shot, each with a seed of its own."""
    from filmkit.plan.requests import Order

    _, found = _found(film, shot)
    way = Way(yes, most, only_plan, unpriced=unpriced, as_json=as_json, store=store)
    order_takes(film, Order((found.name,), more=seeds), way)


def _found(film: Path, shot: str) -> tuple[Shelf, NamedShot]:
    from filmkit.load.film import find_film
    from filmkit.load.named_takes import Shelf

    folder, cut = film_path(film)
    shelf = Shelf.of(folder, find_film(folder, cut=cut).file)
    return shelf, shelf.shot(shot)


def _made(shelf: Shelf, shot: NamedShot, label: str) -> Again:
    """How a take was made, as the lock knows it. Raises UsageError where it knows no seed."""
    from filmkit.load.lock_write import read_lines
    from filmkit.plan.requests import Again

    line: dict[str, Any] = dict(read_lines(shelf.folder).get(f"{shot.material}/{label}", {}))
    seed = line.get("seed")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise UsageError(
            f"nobody knows the seed of {shot.name} {label}", remedy="make other takes instead: filmkit vary"
        )
    texts = {key: line[key] if isinstance(line.get(key), str) else None for key in ("provider", "model", "prompt")}
    return Again(seed, texts["provider"], texts["model"], texts["prompt"])
