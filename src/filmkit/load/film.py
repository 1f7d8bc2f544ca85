"""Loading a film: the storyboard file becomes a frozen model, with everything that is wrong found at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from filmkit.errors import UsageError
from filmkit.load.findings import from_validation
from filmkit.load.reader import MOST_BYTES, Reading, read_tree
from filmkit.load.tree import Tree
from filmkit.load.words import nearest
from filmkit.model.film import Film
from filmkit.model.finding import Finding
from filmkit.model.storyboard import Storyboard

STORYBOARD = "storyboard.yaml"


@dataclass(frozen=True)
class Loaded:
    """A film and all that was found. ``film`` is None where the storyboard has errors, ``tree`` where it is no YAML."""

    folder: Path
    film: Film | None
    findings: tuple[Finding, ...]
    tree: Tree | None


@dataclass(frozen=True)
class FilmPlace:
    """The folder of a film and the storyboard file in it; ``cut`` is the name of another cut, or None."""

    folder: Path
    file: Path
    cut: str | None

    @property
    def name(self) -> str:
        """What the film is called: its folder, or its cut."""
        return self.cut or self.folder.name


def find_film(given: Path, *, cut: str | None = None) -> FilmPlace:
    """The film at a folder, or at a storyboard file (``storyboard.short.yaml`` is its cut ``short``).

    Raises UsageError where there is none.
    """
    if given.is_file():
        folder, cut = given.parent.resolve(), cut or _cut_of(given)
    else:
        folder = given.resolve()
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {given}", remedy="name the folder of a film, or make one: filmkit new NAME"
        )
    file = folder / (f"storyboard.{cut}.yaml" if cut else STORYBOARD)
    if not file.exists():
        raise UsageError(f"{given} has no {file.name}", remedy=_other_storyboards(folder, file.name))
    return FilmPlace(folder, file, cut)


def _cut_of(file: Path) -> str | None:
    parts = file.name.split(".")
    if len(parts) < 2 or parts[0] != "storyboard" or parts[-1] != "yaml":
        raise UsageError(f"{file.name} is not a storyboard", remedy="name a film's folder, or its storyboard.yaml")
    return ".".join(parts[1:-1]) or None


def _other_storyboards(folder: Path, wanted: str) -> str:
    have = sorted(path.name for path in folder.glob("storyboard*.y*ml"))
    if not have:
        return "name the folder of a film, or make one: filmkit new NAME"
    return (
        f"there is {nearest(wanted, have) or have[0]}; storyboards are called storyboard.yaml or storyboard.NAME.yaml"
    )


def read_storyboard(file: Path) -> Reading:
    """Reads a storyboard file safely, never more than its limit. Raises UsageError where it cannot be read."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{file.name} cannot be read: {error.strerror}", remedy="check that it is a file you may read"
        ) from None
    return read_tree(data, file.name)


def storyboard_from(reading: Reading) -> tuple[Storyboard | None, tuple[Finding, ...]]:
    """The model of a file that was read (None where it has errors), and all findings."""
    if reading.tree is None:
        return None, reading.findings
    try:
        board = Storyboard.model_validate(reading.tree.plain(), by_alias=True, by_name=False)
    except ValidationError as error:
        return None, (*reading.findings, *from_validation(error, reading.tree))
    return (None if reading.findings else board), reading.findings
