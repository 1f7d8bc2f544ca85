"""A film against the template it was made from: what the exercise fixed must be as it was handed out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from filmkit.load.film import Loaded, read_storyboard, storyboard_from
from filmkit.load.places import with_places
from filmkit.load.walk import KeyPath
from filmkit.model.finding import Finding
from filmkit.model.storyboard import Scene, Storyboard


def check_against(loaded: Loaded, template: Path) -> tuple[Finding, ...]:
    """An error for each part the template fixes that differs here; scene ids and their ``lasts`` always count.

    Raises UsageError where the template cannot be read. Its own errors are findings that say so.
    """
    if loaded.film is None:
        return ()
    model, findings = storyboard_from(read_storyboard(template))
    if model is None:
        return tuple(replace(finding, message=f"the template: {finding.message}") for finding in findings)
    return with_places(_differences(loaded.film.storyboard, model), loaded.tree)


def _differences(board: Storyboard, model: Storyboard) -> Iterator[Finding]:
    for key in model.fixed:
        if getattr(board, key) != getattr(model, key):
            yield _fixed(key, (key,))
    yield from _scenes(board, model)


def _scenes(board: Storyboard, model: Storyboard) -> Iterator[Finding]:
    wanted = [scene.id for scene in model.scenes]
    have = [scene.id for scene in board.scenes]
    if have != wanted:
        message = f"the scenes are {_listed(have)}; the template has {_listed(wanted)}"
        yield Finding("fixed", message, "restore the scenes of the template, in its order", path=("scenes",))
    by_id: dict[str, Scene] = {scene.id: scene for scene in model.scenes}
    for at, scene in enumerate(board.scenes):
        same = by_id.get(scene.id)
        if same is None:
            continue
        if scene.lasts != same.lasts:
            wanted_lasts = f"write lasts: {same.lasts}" if same.lasts else "delete 'lasts'"
            message = f"'lasts' of scene {scene.id} is not that of the template"
            yield Finding("fixed", message, wanted_lasts, path=("scenes", at, "lasts"))
        if "cut_on" in model.fixed:
            yield from _cuts(scene, same, ("scenes", at))


def _cuts(scene: Scene, same: Scene, path: KeyPath) -> Iterator[Finding]:
    """Cutting on the beat may be said again by scene and shot; a shot of one's own says nothing of it."""
    if scene.cut_on != same.cut_on:
        yield _fixed("cut_on", (*path, "cut_on"))
    wanted = {shot.id: shot.cut_on for shot in same.shots}
    for at, shot in enumerate(scene.shots):
        if shot.cut_on != wanted.get(shot.id):
            yield _fixed("cut_on", (*path, "shots", at, "cut_on"))


def _fixed(key: str, path: KeyPath) -> Finding:
    message = f"'{key}' is fixed by the template and differs here"
    return Finding("fixed", message, f"copy '{key}' from the template again", path=path)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
