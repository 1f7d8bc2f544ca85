"""``filmkit new``: a film that renders at once, to be changed from there."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.say import say
from filmkit.errors import UsageError


def new(
    film: Annotated[Path, typer.Argument(help="The new film's folder; it may not exist yet.", metavar="FOLDER")],
) -> None:
    """Makes a new film that renders at once; asks nothing.

    In the folder stand a storyboard with three shots, a title and credits, and a place for takes, pictures and sounds.
    """
    from filmkit.load.starter import starter_storyboard

    if film.exists() and (not film.is_dir() or any(film.iterdir())):
        raise UsageError(
            f"{film} is there already" + (" and is not empty" if film.is_dir() else ""),
            remedy="choose another folder; nothing was changed",
        )
    for folder in ("takes", "reference", "sound", "notes"):
        (film / folder).mkdir(parents=True, exist_ok=True)
    (film / "storyboard.yaml").write_text(starter_storyboard(film.resolve().name), encoding="utf-8")
    (film / ".gitignore").write_text("out/\n.filmkit/\ntakes/.trash/\n", encoding="utf-8")
    say([
        f"made {film / 'storyboard.yaml'}",
        f"  next: filmkit render {shlex.quote(str(film))}",
        f"  then: put takes into {film / 'takes'}/<scene>/<shot>/ as t01.mp4 and render again",
    ])  # fmt: skip
