"""``filmkit store``: look after what was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmkit.cli.options import AsJson, StoreOption
from filmkit.cli.say import say, say_json
from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.store.store import Store

app = typer.Typer(help="Look after what was made: check, gc, stats.", no_args_is_help=True, rich_markup_mode=None)


def _opened(chosen: str | None) -> Store:
    """The store. Raises UsageError where one is named that is not there: a slip of the pen makes no new store."""
    from filmkit.store.paths import store_folder
    from filmkit.store.store import Store

    folder = store_folder(chosen)
    if chosen is not None and not folder.is_dir():
        raise UsageError(f"there is no store at {folder}", remedy="without --store, your own is looked after")
    return Store(folder)


@app.command("stats")
def stats(as_json: AsJson = False, store: StoreOption = None) -> None:
    """How much the store holds, by kind."""
    from dataclasses import asdict

    from filmkit.report.storage import stats_lines

    opened = _opened(store)
    found = opened.stats()
    if as_json:
        say_json(asdict(found))
    else:
        say([f"store {opened.folder}", *stats_lines(found)])


@app.command("check")
def check(as_json: AsJson = False, store: StoreOption = None) -> None:
    """Reads everything and names what is damaged.

    The next render that needs a damaged thing sets it aside and makes it again. The exit code is then 1.
    """
    from dataclasses import asdict

    from filmkit.report.storage import check_lines

    found = _opened(store).check(read_data=True)
    if as_json:
        say_json(asdict(found))
    else:
        say(check_lines(found))
    if found.damages:
        raise typer.Exit(1)


@app.command("gc")
def gc(
    limit_gb: Annotated[float, typer.Option(min=0, help="Keep the store below this size.")] = 20.0,
    everything: Annotated[bool, typer.Option("--all", help="Drop all that can be made again, however new.")] = False,
    is_trial: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Drops what was not used for longest.

    Only what can be made again goes; what was paid for stays.
    """
    from dataclasses import asdict

    from filmkit.report.storage import sweep_line

    swept = _opened(store).gc(limit_bytes=int(limit_gb * 1e9), everything=everything, is_trial=is_trial)
    if as_json:
        say_json(asdict(swept))
    else:
        say([sweep_line(swept, is_trial=is_trial)])
