"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.engine.settings import Settings

Film = Annotated[Path, typer.Argument(help="A film's folder, or its storyboard file.", metavar="FILM")]
AsJson = Annotated[bool, typer.Option("--json", help="Nothing but JSON on stdout.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings and fallbacks are errors.")]
StoreOption = Annotated[str | None, typer.Option("--store", help="Where results are kept.", metavar="FOLDER")]
FfmpegOption = Annotated[
    str | None, typer.Option("--ffmpeg", help="Another ffmpeg than the pinned build.", metavar="PROGRAM")
]
EngineOption = Annotated[str, typer.Option("--engine", help="Who schedules the work: prefect or local.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Steps at a time; one a core if not said.")
]
Draft = Annotated[bool, typer.Option("--draft", help="Quick and small: a third of the lines.")]
Sandbox = Annotated[bool, typer.Option("--require-sandbox", help="Refuse to run without a real sandbox.")]


def film_path(film: Path) -> tuple[Path, str | None]:
    """The film's folder and the name of its cut. Raises UsageError where there is no storyboard."""
    folder, cut = film, None
    if film.suffix in {".yaml", ".yml"}:
        folder = film.parent
        parts = film.name.split(".")
        cut = parts[1] if len(parts) == 3 else None
    name = f"storyboard.{cut}.yaml" if cut else "storyboard.yaml"
    if not (folder / name).is_file():
        raise UsageError(
            f"there is no {name} in {folder}",
            remedy="name a film's folder, or make a film with `filmkit new my-film`",
        )
    return folder.resolve(), cut


def settings_of(engine: str = "local", **said: object) -> Settings:
    """Settings from options. Raises UsageError for an engine nobody knows."""
    from filmkit.engine.settings import Engine, Settings

    if engine not in set(Engine):
        raise UsageError(f"there is no engine '{engine}'", remedy="write --engine prefect or --engine local")
    return Settings(engine=Engine(engine), **said)  # type: ignore[arg-type]
