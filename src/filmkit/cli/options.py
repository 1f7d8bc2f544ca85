"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.engine.settings import Settings

Film = Annotated[
    Path, typer.Argument(help="A film's folder, or its storyboard file.", metavar="FILM", show_default="this folder")
]
AsJson = Annotated[bool, typer.Option("--json", help="Nothing but JSON on stdout.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings and fallbacks are errors.")]
StoreOption = Annotated[str | None, typer.Option("--store", help="Where results are kept.", metavar="FOLDER")]
FfmpegOption = Annotated[
    str | None, typer.Option("--ffmpeg", help="Another ffmpeg than the pinned build.", metavar="PROGRAM")
]
EngineOption = Annotated[Literal["prefect", "local"], typer.Option("--engine", help="Who schedules the work.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Steps at a time; one a core if not said.", metavar="N")
]
Draft = Annotated[bool, typer.Option("--draft", help="Quick and small: a third of the lines.")]
Sandbox = Annotated[bool, typer.Option("--require-sandbox", help="Refuse to run without a real sandbox.")]


def film_path(film: Path) -> tuple[Path, str | None]:
    """The film's folder and the name of its cut. Raises UsageError where there is no storyboard."""
    from filmkit.load.film import find_film

    if film.suffix in {".yaml", ".yml"} and not film.exists() and film.parent.is_dir():
        _no_such_storyboard(film)
    try:
        place = find_film(film)
    except UsageError as error:
        around = film.resolve()
        outer = next((folder for folder in around.parents if (folder / "storyboard.yaml").is_file()), None)
        if outer is None:
            raise
        raise UsageError(error.message, remedy=f"you are inside the film {outer}: name that folder") from None
    return place.folder, place.cut


def _no_such_storyboard(film: Path) -> NoReturn:
    from filmkit.load.words import nearest

    near = nearest(film.name, sorted(path.name for path in film.parent.glob("storyboard*.y*ml")))
    raise UsageError(
        f"there is no {film.name} in {film.parent}",
        remedy=f"there is {near}" if near else "name the folder of a film, or make one: filmkit new NAME",
    )


def settings_of(engine: Literal["prefect", "local"] = "local", **said: object) -> Settings:
    """Settings from options."""
    from filmkit.engine.settings import Engine, Settings

    return Settings(engine=Engine(engine), **said)  # type: ignore[arg-type]
