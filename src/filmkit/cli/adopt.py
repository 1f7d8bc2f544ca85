"""``filmkit adopt``: what lies among the takes and is none becomes one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.options import AsJson, Film, StoreOption
from filmkit.cli.say import say


def adopt(
    film: Film = Path(),
    assign: Annotated[list[str] | None, typer.Option(help="Say a file's shot yourself.", metavar="FILE=SHOT")] = None,
    is_trial: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Makes takes of what lies in takes/ without being one.

    Files of shots that are no more, and files with other names, get a shot and a number. Takes that storyboard.lock
    does not know are written into it. Files are moved inside takes/, nothing is deleted.
    """
    from filmkit.cli.gathering import Session, assigned_shots, gatherer_of
    from filmkit.engine.adopt import Adopter
    from filmkit.load.takes import FOLDER

    adopter = gatherer_of(film, store, Adopter)
    session = Session(adopter, adopter.film / FOLDER, is_trial, as_json, lambda _: adopter.orphans())
    session.look(assigned_shots(assign or [], adopter))
    written = [take.name for take, _ in adopter.unwritten()] if is_trial else [
        take.name for take in adopter.write_down()]  # fmt: skip
    if written and not as_json:
        say([f"storyboard.lock knows {name} now" for name in written] if not is_trial else [
            f"storyboard.lock does not know {name}" for name in written])  # fmt: skip
    if session.failed:
        raise typer.Exit(1)
