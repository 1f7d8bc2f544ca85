"""Names of a film: unique ignoring case; scenes, shots and cues share one set, only shots of two scenes may repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from filmkit.load.tree import Tree
from filmkit.load.walk import KeyPath, each_cue, each_shot
from filmkit.model.film import shot_name
from filmkit.model.finding import Finding
from filmkit.model.storyboard import Shot, Storyboard


@dataclass(frozen=True, slots=True)
class Named:
    """Something with an id: what it is (``scene``, ``shot``, ``cue``), its id, the scene it is in, and where."""

    what: str
    id: str
    scene: str
    path: KeyPath


def names_of(board: Storyboard) -> Iterator[Named]:
    """Everything of a film that points can hang on, in the order of the file."""
    for at, scene in enumerate(board.scenes):
        yield Named("scene", scene.id, "", ("scenes", at, "id"))
        for shot_at, shot in enumerate(scene.shots):
            yield Named("shot", shot.id, scene.id, ("scenes", at, "shots", shot_at, "id"))
    for cue, path in each_cue(board):
        if cue.id:
            yield Named("cue", cue.id, "", (*path, "id"))


def check_ids(board: Storyboard, tree: Tree) -> list[Finding]:
    """One error for every name that is taken already; titles have a set of their own."""
    findings: list[Finding] = []
    first: dict[str, Named] = {}
    in_scene: set[tuple[str, str]] = set()
    for named in names_of(board):
        taken = first.setdefault(named.id.lower(), named)
        here = (named.scene.lower(), named.id.lower())
        is_twin_shot = taken.what == named.what == "shot" and here not in in_scene
        if taken is not named and not is_twin_shot:
            findings.append(_twice(named, taken, tree))
        if named.what == "shot":
            in_scene.add(here)
    return findings + _titles_twice(board, tree)


def _twice(named: Named, taken: Named, tree: Tree) -> Finding:
    line = tree.place(taken.path).line
    spelling = "" if named.id == taken.id else f" as '{taken.id}' (capital letters do not count)"
    return Finding(
        "id-twice",
        f"the {named.what} '{named.id}' has a name that a {taken.what} on line {line} has already{spelling}",
        f"rename one of them, such as '{named.id}-2'",
        path=named.path,
    )


def _titles_twice(board: Storyboard, tree: Tree) -> list[Finding]:
    findings = []
    first: dict[str, KeyPath] = {}
    for at, title in enumerate(board.titles):
        path: KeyPath = ("titles", at, "id")
        if title.id and first.setdefault(title.id.lower(), path) is not path:
            line = tree.place(first[title.id.lower()]).line
            message = f"the title '{title.id}' has a name that a title on line {line} has already"
            findings.append(Finding("id-twice", message, "rename one of them", path=path))
    return findings


class Shots:
    """The shots of a film by the names they may be called: ``boat`` where only one scene has it, ``harbour/boat``."""

    def __init__(self, board: Storyboard) -> None:
        self.by_full: dict[str, Shot] = {}
        self._full_names: dict[str, list[str]] = {}
        for scene, shot, _ in each_shot(board):
            self.by_full[shot_name(scene, shot)] = shot
            for name in (shot.id.lower(), shot_name(scene, shot).lower()):
                self._full_names.setdefault(name, []).append(shot_name(scene, shot))

    def full_names(self, name: str) -> list[str]:
        """Full names of all shots that a name may mean."""
        return self._full_names.get(name.lower(), [])

    def known(self) -> list[str]:
        """What may be written: the short name where it is enough."""
        return [full.split("/")[1] if len(self.full_names(full.split("/")[1])) == 1 else full for full in self.by_full]
