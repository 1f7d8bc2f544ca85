"""``filmkit gather``: downloads become takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.options import AsJson, Film, StoreOption


def gather(
    film: Film = Path(),
    inbox: Annotated[Path | None, typer.Option(help="The folder to look in.", show_default="your downloads")] = None,
    assign: Annotated[list[str] | None, typer.Option(help="Say a file's shot yourself.", metavar="FILE=SHOT")] = None,
    is_trial: Annotated[bool, typer.Option("--dry-run", help="Only say what would be gathered.")] = False,
    watches: Annotated[bool, typer.Option("--watch", help="Go on looking, until Ctrl-C.")] = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Copies downloads into the takes of their shots.

    Files are matched by name, by what their maker wrote into them, and by words. What is unsure is asked; without a
    terminal it is listed and left.
    """
    from filmkit.cli.gathering import Session, assigned_shots, gatherer_of, watch_inbox
    from filmkit.engine.gather import Gatherer
    from filmkit.load.inbox import downloads_folder

    folder = inbox.expanduser() if inbox is not None else downloads_folder()
    session = Session(gatherer_of(film, store, Gatherer), folder, is_trial=is_trial, as_json=as_json)
    session.check_folder()
    session.look(assigned_shots(assign or [], session.gatherer))
    if watches:
        watch_inbox(session)
    if session.failed:
        raise typer.Exit(1)
