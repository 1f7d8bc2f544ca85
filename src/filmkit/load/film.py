"""Loading a film: the storyboard file becomes a frozen model, with everything that is wrong found at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from filmkit.errors import UsageError
from filmkit.load.capabilities import check_capabilities
from filmkit.load.examine import Examiner, Memo, Probe
from filmkit.load.files import Files, FoundFile
from filmkit.load.findings import from_validation
from filmkit.load.generation import check_generation
from filmkit.load.glyphs import check_texts
from filmkit.load.ids import check_ids
from filmkit.load.inventory import take_inventory, unused_sounds
from filmkit.load.lines import check_lines
from filmkit.load.lock import check_lock
from filmkit.load.material import check_material
from filmkit.load.places import with_places
from filmkit.load.products import check_products
from filmkit.load.reader import MOST_BYTES, Reading, read_tree
from filmkit.load.references import check_references
from filmkit.load.timecodes import check_timecodes
from filmkit.load.tree import Tree
from filmkit.load.understood import understood
from filmkit.load.unplaced import check_unplaced
from filmkit.load.words import escaped, nearest
from filmkit.load.workflows import check_workflows
from filmkit.model.film import Film
from filmkit.model.finding import FilmError, Finding, Place
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
        """What the film is called: its folder, or its cut, in signs that can be shown."""
        return escaped(self.cut or self.folder.name)


def load_film(folder: Path, *, cut: str | None = None, memo: Memo, probe: Probe | None = None) -> Loaded:
    """Loads the film in a folder (or at a storyboard file) with its inventory, and says everything that is wrong.

    ``memo`` remembers digests and facts; ``probe`` is the sandboxed one where none is given. Raises UsageError where
    there is no film, FilmError where its storyboard is no file of it, never for what a film holds.
    """
    place = find_film(folder, cut=cut)
    reading = read_storyboard(place.file)
    board, errors = storyboard_from(reading)
    known = board or (understood(reading.tree, errors) if reading.tree else None)
    if known is None or reading.tree is None:
        return Loaded(place.folder, None, errors, reading.tree)
    files = Files.of(place.folder)
    inventory = take_inventory(known, files, Examiner(memo, probe))
    found = [
        *errors,
        *check_board(known, reading.tree),
        *inventory.findings,
        *check_generation(known, inventory.takes, inventory.files),
        *check_workflows(known, inventory.takes, inventory.files),
        *check_lock(files, inventory.digests),
        *unused_sounds(files, inventory),
        *check_products(place.folder, place.cut),
    ]
    film = Film(place.name, board, inventory.takes, inventory.files) if board else None
    return Loaded(place.folder, film, _in_order(with_places(found, reading.tree), place.file.name), reading.tree)


def check_board(board: Storyboard, tree: Tree) -> list[Finding]:
    """All that is found in a storyboard without looking at any file."""
    return [
        *check_ids(board, tree),
        *check_references(board),
        *(found for found in check_material(board) if found.code != "missing-key" or not tree.has(found.path)),
        *check_lines(board),
        *check_unplaced(board),
        *check_timecodes(board, tree),
        *check_capabilities(board),
        *check_texts(board),
    ]


def _in_order(findings: Iterable[Finding], storyboard: str) -> tuple[Finding, ...]:
    """In the order of the storyboard; findings about other files after it."""

    def key(finding: Finding) -> tuple[bool, int, int]:
        place = finding.place
        return (place is None or place.file != storyboard, place.line if place else 0, place.column if place else 0)

    return tuple(sorted(findings, key=key))


def find_film(given: Path, *, cut: str | None = None) -> FilmPlace:
    """The film at a folder, or at a storyboard file (``storyboard.short.yaml`` is its cut ``short``).

    Raises UsageError where there is none, FilmError where a link, a pipe or a folder stands in its place.
    """
    if given.is_file():
        folder, cut = given.parent.resolve(), cut or _cut_of(given)
    else:
        folder = given.resolve()
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {given}", remedy="name the folder of a film, or make one: filmkit new NAME"
        )
    name = f"storyboard.{cut}.yaml" if cut else STORYBOARD
    found = Files(folder, None).find(name)
    if isinstance(found, FoundFile):
        return FilmPlace(folder, Path(found.path), cut)
    if found.code != "file-missing":
        raise FilmError([Finding(found.code, found.message, found.remedy, place=Place(name))])
    raise UsageError(f"{given} has no {name}", remedy=_other_storyboards(folder, name))


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
